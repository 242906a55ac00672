//! Any choices as a topology with slips, ignores and a baseline: fixes do what they promise.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lynt::rules::Rules;

#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "../../tests/oracle/generate.rs"]
mod generate;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "../../tests/oracle/model.rs"]
mod model;
#[path = "../../tests/mend/promises.rs"]
mod promises;
#[path = "../choices.rs"]
mod random;

thread_local! {
    static RULES: Rules = Rules::shipped();
}

fuzz_target!(|bytes: &[u8]| {
    random::choose_by(bytes);
    let kind = bytes.first().copied().unwrap_or(0);
    let ways = [kind >= 128];
    // Rules that mend nothing can only say that a fix brought a violation: every sixteenth time they are there.
    let selected: promises::Selected =
        if kind % 16 == 0 { |_| true } else { |rule| !rule.telling.fixes.is_empty() };
    let mut counts = promises::Counts::default();
    RULES.with(|rules| promises::hold(rules, kind.into(), &ways, selected, &mut counts));
});
