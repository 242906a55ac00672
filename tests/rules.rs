//! Every rule's examples run as tests.

mod common;

use common::{assert_snapshot, check_texts};
use lynt::eval::Limits;
use lynt::examples::{Example, examples};
use lynt::rule_tests::{TestKind, Tests, run};
use lynt::rules::Rules;

#[test]
fn examples_of_every_rule_land_where_they_are_marked() {
    let rules = Rules::shipped();
    let (tested, sources) = (|_: &_| true, &rules.set.sources);
    let limits = Limits::default();
    let tests = Tests { rules: &rules, tested: &tested, topologies: &[], sources, limits };
    let tested = run(&tests);
    assert_eq!(tested.rules.len(), rules.violations().len());
    for rule in &tested.rules {
        for kind in [TestKind::Violates, TestKind::Complies] {
            let of_kind = rule.examples.iter().filter(|test| test.kind == kind).count();
            assert!(of_kind > 0, "{}: no example {kind:?}", rule.id);
        }
        for test in &rule.examples {
            assert!(test.passes(), "{}: {test:#?}", rule.id);
        }
    }
    let examples: usize = tested.rules.iter().map(|rule| rule.examples.len()).sum();
    println!("{examples} examples of {} rules", tested.rules.len());
}

#[test]
fn violating_examples_are_reported_as_the_snapshots_show() {
    let rules = Rules::shipped();
    for rule in rules.violations() {
        let examples = examples(&rule.docs.text);
        let reports = examples.iter().filter(|example| example.violates);
        let reports: String = reports.map(|example| report(&rules, example)).collect();
        assert_snapshot(&format!("rules/{}.txt", rule.id), &reports);
    }
}

/// The human report without the closing lines, which speak of all rules.
fn report(rules: &Rules, example: &Example) -> String {
    let files: Vec<(&str, &str)> =
        example.files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
    let report = check_texts(rules, &files).human();
    let end = report.find("\nexamined ").and_then(|at| report[..at].rfind("\n\n"));
    report[..end.map_or(report.len(), |at| at + 1)].to_owned()
}
