//! What the readers of a report take of it, and no more.

use crate::STYLE;
use crate::common::file_outcome;
use lynt::atom::{Atom, Subject};
use lynt::report::{FORMATS, Format, Outcome, Report, Style, Write};
use lynt::source::{Label, Problem, Severity, Sources, Span};
use lynt::suppression::{Hider, Suppression};
use lynt::violation::Finding;
use serde_json::Value;

pub fn finding(number: usize, severity: Severity) -> Finding {
    Finding {
        rule: "a-rule".to_owned(),
        id: format!("a-rule:{number}"),
        atom: Atom::default(),
        subject: Subject::default(),
        severity,
        message: format!("finding {number}"),
        labels: Vec::new(),
        notes: vec![
            "a note of some length, as notes are, that is the same for every finding".into(),
        ],
        helps: Vec::new(),
        sources: Vec::new(),
        fixes: Vec::new(),
        handle: format!("a-rule:{number}"),
        proof: None,
        suppression: None,
    }
}

/// That many findings of each severity, notes first.
fn findings(counts: [(usize, Severity); 3]) -> Vec<Finding> {
    let severities =
        counts.iter().flat_map(|&(count, severity)| std::iter::repeat_n(severity, count));
    severities.enumerate().map(|(number, severity)| finding(number, severity)).collect()
}

pub fn written(write: Write, outcomes: &[Outcome], sources: &Sources) -> String {
    drawn(write, outcomes, sources, &STYLE)
}

fn drawn(write: Write, outcomes: &[Outcome], sources: &Sources, style: &Style) -> String {
    let report = Report {
        outcomes,
        problems: &[],
        sources,
        rules: &[],
        rule_files: &Sources::default(),
        exit_code: 1,
    };
    let mut out = Vec::new();
    write(&report, style, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

pub fn format(name: &str) -> &'static Format {
    FORMATS.iter().find(|format| format.name == name).expect("a format of this name")
}

#[test]
fn sarif_has_as_many_results_and_places_as_github_takes() {
    let (mut outcome, sources) = file_outcome("x = 1\n");
    outcome.findings =
        findings([(15_000, Severity::Note), (10_001, Severity::Warning), (2, Severity::Error)]);
    let label = |start: usize| Label { span: Span::new(0, start % 5..5), text: String::new() };
    outcome.findings[25_002].labels = (0..1_500).map(label).collect();
    let text = written(format("sarif").write, &[outcome], &sources);
    let log: Value = serde_json::from_str(&text).expect("it is JSON");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 25_000);
    let of = |level: &str| results.iter().filter(|result| result["level"] == level).count();
    assert_eq!((of("note"), of("warning"), of("error")), (14_997, 10_001, 2), "the gravest stay");
    let related = results[24_999]["relatedLocations"].as_array().expect("related locations");
    assert_eq!(related.len(), 999, "and the primary one");
    let notifications = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notifications[0]["descriptor"]["id"], "too-many-results");
    assert_eq!(
        notifications[0]["message"]["text"],
        "25000 of 25003 findings are in this file, the gravest ones"
    );
}

/// What is hidden takes no place from what is open, however grave it is.
#[test]
fn sarif_leaves_out_hidden_findings_first() {
    let (mut outcome, sources) = file_outcome("x = 1\n");
    let counts = [(24_999, Severity::Note), (1, Severity::Warning), (2, Severity::Error)];
    outcome.findings = findings(counts);
    for finding in &mut outcome.findings[25_000..] {
        finding.suppression = Some(Suppression {
            kind: Hider::Baseline,
            place: None,
            reason: "adoption".to_owned(),
            by: None,
            until: None,
            days_left: None,
        });
    }
    let hidden = Style { hidden: true, ..STYLE };
    let text = drawn(format("sarif").write, &[outcome], &sources, &hidden);
    let log: Value = serde_json::from_str(&text).expect("it is JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let suppressed =
        |result: &&Value| !result["suppressions"].as_array().expect("all say it").is_empty();
    assert_eq!((results.len(), results.iter().filter(suppressed).count()), (25_000, 0));
    let notifications = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(
        notifications[0]["message"]["text"],
        "25000 of 25002 findings are in this file, the gravest ones"
    );
}

#[test]
fn github_gets_ten_of_each_kind_and_the_number_of_the_others() {
    let (mut outcome, sources) = file_outcome("x = 1\n");
    outcome.findings =
        findings([(12, Severity::Note), (11, Severity::Warning), (25, Severity::Error)]);
    let unchecked =
        Outcome { problems: vec![Problem::error("a-problem", "stops")], ..Outcome::default() };
    let text = written(format("github").write, &[outcome, unchecked], &sources);
    let lines: Vec<&str> = text.lines().collect();
    let of = |kind: &str| lines.iter().filter(|line| line.starts_with(kind)).count();
    assert_eq!((of("::error "), of("::warning "), of("::notice ")), (10, 10, 10));
    assert!(lines[0].contains("a-problem::could not check (exit code 1): stops"), "{}", lines[0]);
    assert!(lines.is_sorted_by_key(|line| line.chars().nth(2).map(|kind| "ewn".find(kind))));
    let left_out = 16 + 1 + 3;
    assert_eq!(
        lines[29],
        format!("::notice title=lynt::{left_out} more: see the log or the step summary")
    );

    let (mut few, sources) = file_outcome("x = 1\n");
    few.findings = findings([(9, Severity::Note), (10, Severity::Warning), (10, Severity::Error)]);
    let text = written(format("github").write, &[few], &sources);
    assert!(text.lines().count() == 29 && !text.contains(" more: "), "{text}");
}

/// GitHub refuses a step's summary above 1 MiB whole.
#[test]
fn a_steps_summary_stays_below_what_github_takes() {
    let (variable, write) = format("github").beside.expect("a summary");
    assert_eq!(variable, "GITHUB_STEP_SUMMARY");
    let (mut outcome, sources) = file_outcome("x = 1\n");
    outcome.findings =
        findings([(12_000, Severity::Note), (1, Severity::Warning), (1, Severity::Error)]);
    let outcomes = [outcome];
    let (summary, all) = (
        written(write, &outcomes, &sources),
        written(format("markdown").write, &outcomes, &sources),
    );
    assert!(summary.len() < 1 << 20 && all.len() > 1 << 20, "{} {}", summary.len(), all.len());
    let shown = summary.matches("\n### ").count();
    assert_eq!(all.matches("\n### ").count(), 12_002);
    assert!(summary.ends_with(&format!("\n{} more are left out here.\n", 12_002 - shown)));
}
