//! Any choices as a program with facts: the interpreter, and the lowered program that crepe gets, derive
//! what the program means.

#![no_main]

use libfuzzer_sys::fuzz_target;

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

fuzz_target!(|bytes: &[u8]| {
    random::choose_by(bytes);
    let random_program::Generated { program, facts } = random_program::program(0);
    let text = program.text();
    let dissent = run::Run::new(&program, &text, &facts).dissent();
    assert!(dissent.is_none(), "{dissent:?}\n{text}");
});
