//! Which cases of a JUnit report pass, fail and are skipped.

use crate::common::file_outcome;
use crate::limits::{finding, format, written};
use lynt::atom::Subject;
use lynt::date::Date;
use lynt::examined::Subjects;
use lynt::report::Examined;
use lynt::source::{Severity, Span};
use lynt::suppression::{Hider, Suppression};
use lynt::violation::Finding;

fn pool(name: &str) -> Subject {
    Subject { kind: "pool".to_owned(), name: name.to_owned(), place: None }
}

/// The cases of a rule that examined the pools a and b and found these: name, and what is in it.
fn cases(found: &[(&str, Severity)]) -> Vec<(String, String)> {
    let (mut outcome, sources) = file_outcome("x = 1\n");
    let findings = found.iter().enumerate().map(|(number, &(name, severity))| Finding {
        subject: pool(name),
        ..finding(number, severity)
    });
    outcome.findings = findings.collect();
    outcome.examined = vec![Examined { rule: "a-rule".to_owned(), subjects: 2 }];
    outcome.subjects = Subjects { all: vec![pool("a"), pool("b")], of_rules: vec![vec![0, 1]] };
    let text = written(format("junit").write, &[outcome], &sources);
    let cases = text.split("<testcase ").skip(1).map(|case| {
        let name = case.split(" name=\"").nth(1).and_then(|rest| rest.split('"').next());
        let element = case.split('<').nth(1).and_then(|rest| rest.split(['>', '/']).next());
        let element = element.filter(|_| !case.lines().next().expect("a line").ends_with("/>"));
        (name.expect("a name").to_owned(), element.unwrap_or("holds").to_owned())
    });
    cases.collect()
}

/// What is ignored does not pass, and where something else is open, that is told.
#[test]
fn what_is_ignored_is_skipped() {
    let suppression = Suppression {
        kind: Hider::Ignore,
        place: Some(Span::new(0, 0..1)),
        reason: "CHG-4711".to_owned(),
        by: Some("netops".to_owned()),
        until: Date::new(2026, 12, 31),
        days_left: Some(38),
    };
    let with = |found: &[(&str, Severity, bool)]| {
        let (mut outcome, sources) = file_outcome("x = 1\n");
        let findings =
            found.iter().enumerate().map(|(number, &(name, severity, ignored))| Finding {
                subject: pool(name),
                suppression: ignored.then(|| suppression.clone()),
                ..finding(number, severity)
            });
        outcome.findings = findings.collect();
        outcome.examined = vec![Examined { rule: "a-rule".to_owned(), subjects: 1 }];
        outcome.subjects = Subjects { all: vec![pool("a")], of_rules: vec![vec![0]] };
        written(format("junit").write, &[outcome], &sources)
    };
    let skipped = "<skipped message=\"ignored until 2026-12-31 by netops: CHG-4711\">";
    let text = with(&[("a", Severity::Error, true)]);
    assert!(text.contains(skipped) && text.contains("failures=\"0\""), "{text}");
    let text = with(&[("a", Severity::Error, true), ("a", Severity::Error, false)]);
    assert!(text.contains("<failure message=\"finding 1\""), "{text}");
    assert!(text.contains("ignored until 2026-12-31 by netops: CHG-4711"), "{text}");
    let text = with(&[("a", Severity::Error, true), ("a", Severity::Note, false)]);
    assert!(text.contains("<skipped message=\"note, below --fail-on: finding 1\">"), "{text}");
}

#[test]
fn a_case_for_each_subject() {
    let (error, note) = (Severity::Error, Severity::Note);
    let failed = |number| format!("failure message=\"finding {number}\" type=\"error\"");
    let below = "skipped message=\"note, below --fail-on: finding 0\"".to_owned();
    let other = "skipped message=\"not judged by itself: what the rule found is about other \
                 subjects\""
        .to_owned();
    let holds = || "holds".to_owned();
    let expected = [
        (vec![], vec![("pool a", holds()), ("pool b", holds())]),
        (vec![("b", error)], vec![("pool a", holds()), ("pool b", failed(0))]),
        (vec![("b", note)], vec![("pool a", holds()), ("pool b", below)]),
        (vec![("a", note), ("a", error)], vec![("pool a", failed(1)), ("pool b", holds())]),
        (
            vec![("c", error), ("a", error)],
            vec![("pool a", failed(1)), ("pool b", other), ("pool c", failed(0))],
        ),
    ];
    for (found, expected) in expected {
        let expected: Vec<(String, String)> =
            expected.into_iter().map(|(name, fate)| (name.to_owned(), fate)).collect();
        assert_eq!(cases(&found), expected, "{found:?}");
    }
}

#[test]
fn one_case_tells_all_that_was_found_of_its_subject() {
    let (mut outcome, sources) = file_outcome("x = 1\n");
    outcome.findings = vec![finding(0, Severity::Note), finding(1, Severity::Error)];
    let text = written(format("junit").write, &[outcome], &sources);
    assert!(text.contains("tests=\"1\" failures=\"1\""), "{text}");
    assert!(text.contains(">note: finding 0\nnote: a note") && text.contains("error: finding 1\n"));
}
