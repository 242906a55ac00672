//! Any choices as a program with facts: the interpreter, and the lowered program that crepe gets, derive
//! what the program means.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use lynt::datalog::program::Literal;
use lynt::eval::{self, Limits};
use lynt::facts::Facts;

#[path = "../../tests/engines/lowered.rs"]
mod lowered;
#[path = "../../tests/engines/naive.rs"]
mod naive;
#[path = "../choices.rs"]
mod random;
#[path = "../../tests/engines/random_program.rs"]
mod random_program;
#[path = "../../tests/engines/random_rule.rs"]
mod random_rule;
#[allow(dead_code, reason = "its own tests ask for more")]
#[path = "../../tests/engines/run.rs"]
mod run;
#[allow(dead_code, reason = "its own tests ask for more")]
#[path = "../../tests/engines/stand_alone.rs"]
mod stand_alone;
#[allow(dead_code, reason = "variants need more")]
#[path = "../../tests/engines/syntax.rs"]
mod syntax;

/// What the definition may have to go through, and the interpreter. Larger programs teach no more and
/// take seconds.
const MOST: usize = 50_000;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    random::choose_by(bytes);
    let random_program::Generated { program, facts } = random_program::program(0);
    let text = program.text();
    let run = run::Run::new(&program, &text, &facts);
    if !is_small(&run) {
        return Corpus::Reject;
    }
    let dissent = run.dissent();
    assert!(dissent.is_none(), "{dissent:?}\n{text}");
    Corpus::Keep
});

fn is_small(run: &run::Run) -> bool {
    let program = &run.compiled.program;
    let mut facts = run.facts.clone();
    let all = (0..program.relations.len()).collect();
    let limits = Limits { steps: MOST as u64, ..Limits::default() };
    let derived = eval::derive(program, &all, &mut facts, &limits);
    derived.is_ok()
        && program
            .clauses
            .iter()
            .map(|clause| choices(&clause.body, &facts))
            .fold(0, usize::saturating_add)
            <= MOST
}

/// In how many ways each positive literal can be one of its rows.
fn choices(body: &[Literal], facts: &Facts) -> usize {
    let ways = body.iter().map(|literal| match literal {
        Literal::Atom(atom) if !atom.negated => facts.store.table(atom.relation).rows.max(1),
        Literal::Aggregate(aggregate) => choices(&aggregate.body, facts),
        _ => 1,
    });
    ways.fold(1, usize::saturating_mul)
}
