//! Report → a Code Quality report of GitLab.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::places::Places;
use super::quiet_json::write_pretty;
use super::{Outcome, Report, Style, sha256};
use crate::source::{Label, Problem, Severity};
use crate::violation::Finding;

/// Writes one array.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    let mut entries: Vec<Value> =
        report.problems.iter().map(|problem| of_problem(problem, "", report, &places)).collect();
    for outcome in report.outcomes {
        let problems = outcome.problems.iter();
        entries.extend(problems.map(|problem| of_problem(problem, &outcome.path, report, &places)));
        let several = report.outcomes.len() > 1;
        let findings = outcome.open();
        entries.extend(findings.map(|finding| of_finding(finding, outcome, several, &places)));
    }
    write_pretty(&entries, out)
}

fn of_finding(finding: &Finding, outcome: &Outcome, several: bool, places: &Places<'_>) -> Value {
    json!({
        "description": finding.message,
        "check_name": finding.rule,
        "fingerprint": fingerprint(finding, outcome, several),
        "severity": match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        "location": location(&finding.labels, &outcome.path, places),
    })
}

/// Of the ground atom, so that edits elsewhere don't change it. Two topologies of one run may have
/// the same atom, and GitLab shows a fingerprint once: then the topology's path counts too.
fn fingerprint(finding: &Finding, outcome: &Outcome, several: bool) -> String {
    let path = if several { format!("{}\n", outcome.path) } else { String::new() };
    sha256::of_text(&format!("{path}{}", finding.atom))
}

fn of_problem(problem: &Problem, path: &str, report: &Report<'_>, places: &Places<'_>) -> Value {
    let Problem { severity: _, name, message, labels, help: _ } = problem;
    let location = location(labels, path, places);
    json!({
        "description": format!("could not check (exit code {}): {message}", report.exit_code),
        "check_name": name,
        "fingerprint": sha256::of_text(&format!("{name}\n{message}\n{location}")),
        "severity": "blocker",
        "location": location,
    })
}

/// The first place. GitLab wants one: without, the first line of what was checked.
fn location(labels: &[Label], path: &str, places: &Places<'_>) -> Value {
    match labels.iter().find_map(|label| places.region(label.span)) {
        Some(region) => json!({
            "path": region.path,
            "lines": { "begin": region.start.line, "end": region.end.line },
        }),
        None => json!({ "path": path, "lines": { "begin": 1, "end": 1 } }),
    }
}
