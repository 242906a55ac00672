//! Every rule's examples run as tests.

mod common;

use common::{assert_snapshot, check_texts};
use lynt::examples::examples;
use lynt::rules::Rules;

#[test]
fn examples_of_every_rule_land_where_they_are_marked() {
    let rules = Rules::shipped();
    let mut ran = 0;
    for rule in rules.violations() {
        let examples = examples(&rule.docs);
        assert!(examples.iter().any(|example| example.violates), "{} shows no violation", rule.id);
        assert!(examples.iter().any(|example| !example.violates), "{} shows no remedy", rule.id);
        let mut reports = String::new();
        for example in &examples {
            let files: Vec<(&str, &str)> =
                example.files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
            let checked = check_texts(&rules, &files);
            assert_eq!(checked.outcome.problems, [], "{}: an example is no topology", rule.id);
            let of_rule = |line: &String| line.ends_with(&format!(" {}", rule.id));
            let (judged, marked) = (checked.judged(&rule.id), checked.marked());
            assert_eq!(judged, marked, "{}: findings (left) and marks differ", rule.id);
            assert_eq!(marked.iter().any(of_rule), example.violates, "{}: marks", rule.id);
            if example.violates {
                // Without the closing lines, which speak of all rules.
                let report = checked.human();
                let end = report.find("\nexamined ").and_then(|at| report[..at].rfind("\n\n"));
                reports.push_str(&report[..end.map_or(report.len(), |at| at + 1)]);
            }
            ran += 1;
        }
        assert_snapshot(&format!("rules/{}.txt", rule.id), &reports);
    }
    println!("{ran} examples of {} rules", rules.violations().len());
}
