//! Random programs and their variants, run by all engines.

use crate::random::Random;
use crate::random_program::{self, Cells, Generated};
use crate::rounds;
use crate::run::{Run, count};
use crate::syntax::Program;
use crate::variants::variants;

/// What was compared, and how much came out.
#[derive(Default)]
struct Compared {
    programs: usize,
    variants: usize,
    rows: usize,
    /// Programs of which little can be learned.
    trivial: usize,
}

#[test]
fn random_programs_and_their_variants_give_what_they_mean() {
    let mut compared = Compared::default();
    for seed in 0..1_000 * rounds() {
        compared.program(seed);
    }
    let Compared { programs, variants, rows, trivial } = compared;
    println!(
        "{programs} random programs, {trivial} of them trivial, and {variants} variants: {rows} rows compared"
    );
    assert!(programs >= 1_000 && variants >= 5 * programs);
    assert!(rows > 100 * programs, "programs derive little");
    assert!(trivial * 5 < programs, "too many programs are trivial");
}

impl Compared {
    fn program(&mut self, seed: u64) {
        let Generated { program, facts } = random_program::program(seed);
        let original = Run::new(&program, &program.text(), &facts);
        if original.dissent().is_some() {
            panic!("seed {seed}\n{}", smallest(program, facts));
        }
        let rows = original.meant();
        let filled = rows.iter().filter(|(_, rows)| !rows.is_empty()).count();
        self.programs += 1;
        self.rows += count(&rows);
        self.trivial += usize::from(count(&rows) < 5 || filled * 2 < rows.len());
        let meant = original.in_words(&program, &rows);
        for variant in variants(&program, &mut Random::new(seed)) {
            let run = Run::new(&variant.program, &variant.text, &facts);
            let rows = run.interpreted();
            let found = run.in_words(&variant.program, &rows);
            if found[..meant.len()] != meant {
                let (how, text) = (variant.how, program.text());
                panic!("seed {seed} {how}\n{text}\n\n{}", smallest(variant.program, facts));
            }
            self.rows += count(&rows);
            self.variants += 1;
        }
    }
}

/// A program on which an engine differs, as small as leaving out rules, conditions and facts gives.
fn smallest(mut program: Program, mut facts: Vec<Vec<Cells>>) -> String {
    let dissent = |program: &Program, facts: &[Vec<Cells>]| {
        Run::new(program, &program.text(), facts).dissent()
    };
    for at in (0..program.rules.len()).rev() {
        let mut less = program.clone();
        less.rules.remove(at);
        if dissent(&less, &facts).is_some() {
            program = less;
        }
    }
    for rule in 0..program.rules.len() {
        for at in (0..program.rules[rule].body.len()).rev() {
            let mut less = program.clone();
            let literal = less.rules[rule].body.remove(at);
            if literal.is_condition() && dissent(&less, &facts).is_some() {
                program = less;
            }
        }
    }
    for relation in 0..facts.len() {
        for at in (0..facts[relation].len()).rev() {
            let mut less = facts.clone();
            less[relation].remove(at);
            if dissent(&program, &less).is_some() {
                facts = less;
            }
        }
    }
    let dissent = dissent(&program, &facts);
    format!("{}\nfacts: {facts:?}\n{dissent:#?}", program.text())
}
