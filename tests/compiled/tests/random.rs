// What crepe makes of random programs, and of those whose meaning is said by hand, is what they mean.
//
// `LYNT_COMPILED=200 cargo test -p compiled` compiles 200 random programs instead of 60. They stand in six crates, whose
// text this is: one crate of all of them takes 14 GiB to compile.

#[path = "../../engines/cases.rs"]
mod cases;
mod crepe;
#[path = "../../engines/lowered.rs"]
mod lowered;
#[path = "../../engines/naive.rs"]
mod naive;
#[path = "../../oracle/random.rs"]
mod random;
#[path = "../../engines/random_program.rs"]
mod random_program;
#[path = "../../engines/random_rule.rs"]
mod random_rule;
#[allow(dead_code, reason = "a part of it runs other engines")]
#[path = "../../engines/run.rs"]
mod run;
#[allow(dead_code, reason = "nothing is said in words here")]
#[path = "../../engines/stand_alone.rs"]
mod stand_alone;
#[allow(dead_code, reason = "variants need more")]
#[path = "../../engines/syntax.rs"]
mod syntax;

use crepe::Compiled;
use lynt::datalog::lower::Lowered;
use lynt::engine::{Hashing, Indices, Reader, fold, in_order, project};
use lynt::facts::{Column, Store};
use random::Random;
use random_program::Generated;
use run::{Run, count};

/// How many times facts are put into each random program.
const FACTS: u64 = 30;

// Of the programs of this part; the crate is called by it.
include!(concat!(env!("OUT_DIR"), "/", env!("CARGO_CRATE_NAME"), ".rs"));

/// The compiled programs whose names begin so, with what follows in the name.
fn programs(prefix: &str) -> Vec<(&str, Compiled)> {
    let named = PROGRAMS.iter().filter_map(|(name, run)| Some((name.strip_prefix(prefix)?, *run)));
    named.collect()
}

#[test]
fn random_programs() {
    let programs = programs("random_");
    let mut rows = 0;
    for &(seed, compiled) in &programs {
        let seed = seed.parse().expect("a seed");
        let Generated { program, facts } = random_program::program(seed);
        let mut run = Run::new(&program, &program.text(), &facts);
        for other in 0..FACTS {
            let meant = run.meant();
            let found = crepe::derive(compiled, &run);
            assert_eq!(found, meant, "seed {seed}, facts {other}\n{}", program.text());
            rows += count(&meant);
            let facts = random_program::facts(&program, &mut Random::new(other));
            run = Run::new(&program, &program.text(), &facts);
        }
    }
    println!("{} random programs, {FACTS} times each: {rows} rows compared", programs.len());
    assert!(programs.len() >= 10 && rows > 300 * programs.len());
}

#[test]
fn cases() {
    let programs = programs("case_");
    assert!(programs.len() >= cases::CASES.len() / 6);
    for &(at, compiled) in &programs {
        let (why, text, _) = cases::CASES[at.parse::<usize>().expect("a number")];
        let run = Run::of_text(text);
        assert_eq!(crepe::derive(compiled, &run), run.meant(), "{why}\n{text}");
    }
}
