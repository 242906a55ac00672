//! The engines derive what the rules mean, as `naive` defines it.
//!
//! `LYNT_ROUNDS=10 cargo test --test engines` compares ten times as many random programs and
//! topologies.

mod cases;
#[allow(dead_code, reason = "the example's own main")]
#[path = "../../examples/generate.rs"]
mod generate;
mod lowered;
#[allow(dead_code, reason = "the oracle needs more")]
#[path = "../oracle/model.rs"]
mod model;
mod naive;
mod parts;
mod programs;
#[path = "../oracle/random.rs"]
mod random;
mod random_program;
mod random_rule;
mod run;
mod shipped;
mod stand_alone;
mod syntax;
#[path = "../oracle/generate.rs"]
mod topologies;
mod variants;

use run::Run;
use std::env;

/// How many times as much is compared.
fn rounds() -> u64 {
    env::var("LYNT_ROUNDS").map_or(1, |rounds| rounds.parse().expect("a number of rounds"))
}

#[test]
fn cases_hold() {
    for (why, text, expected) in cases::CASES {
        let run = Run::of_text(text);
        let asked = run.compiled.program.relation_named("Q").expect("a case asks for Q");
        let meant = run.meant();
        let (_, rows) = meant.iter().find(|(id, _)| *id == asked).expect("Q is derived");
        assert_eq!(rows, expected, "{why}\n{text}");
        assert_eq!(run.dissent(), None, "{why}\n{text}");
    }
}

/// A sum is of all its terms, whatever their order: of the largest number, 1 and -1 it is the largest.
#[test]
fn sums_saturate_at_their_end() {
    let text = "relation S(a: Int, b: Int); S(1, 9_223_372_036_854_775_807); S(2, 1); S(3, -1);
         relation Q(n: Int);
         Q(n) <- let n = sum b { S(a, b) };";
    assert_eq!(Run::of_text(text).dissent(), None);
}
