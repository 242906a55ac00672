//! Ignores in comments: which hide what, what is said of those that are wrong or hide nothing, and
//! those that lynt writes itself.

mod added;
mod cases;
mod command;
#[path = "../common/mod.rs"]
mod common;
mod places;
#[path = "random.rs"]
mod property;
#[allow(dead_code, reason = "another test uses more of it")]
#[path = "../oracle/random.rs"]
mod random;

use lynt::date::Date;
use lynt::discover::TopologyFiles;
use lynt::report::Outcome;
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::suppress::Policy;
use lynt::violation::Finding;
use lynt::{Options, Timings, check};

/// The day of all these checks.
const TODAY: &str = "2026-11-23";

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn policy() -> Policy {
    Policy::new(date(TODAY))
}

/// Checks texts, by name, as one topology; without a policy comments are not looked at.
fn check_texts(
    rules: &Rules,
    files: &[(&str, &str)],
    policy: Option<&Policy>,
) -> (Sources, Outcome) {
    let mut sources = Sources::default();
    let ids = files.iter().map(|(name, text)| sources.add(*name, *text)).collect();
    let topology = TopologyFiles { path: "topology".to_owned(), files: ids };
    let options = Options { ignores: policy, ..Options::default() };
    let outcome = check(rules, &sources, &topology, &options, &mut Timings::default());
    assert_eq!(outcome.problems, [], "{files:?}");
    (sources, outcome)
}

/// `id` of an open finding, `(id)` of one that is ignored; `path:line` and the rule for those about ignores.
fn brief(sources: &Sources, finding: &Finding) -> String {
    let brief = match finding.rule.as_str() {
        "malformed-ignore" | "unused-ignore" => {
            let place = sources.place(finding.labels[0].span);
            format!("{place}: {}", finding.rule)
        }
        _ => finding.id.clone(),
    };
    if finding.suppression.is_some() { format!("({brief})") } else { brief }
}
