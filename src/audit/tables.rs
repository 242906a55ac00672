//! Outcomes → tables.

use super::{Audit, Table};
use crate::report::places::Places;
use crate::report::{Outcome, Rule};
use crate::suppression::{HIDERS, Hider};
use crate::violation::Finding;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a rule, in a word of its own: never told by colour alone.
pub const VERDICTS: [(&str, &str); 4] = [
    ("violated", "something open is at or above the level that fails"),
    ("open", "something is open below that level"),
    ("holds", "nothing is open"),
    ("not evidence", "it looked at nothing, so that it found nothing proves nothing"),
];

/// A row for each rule: what it looked at, and what became of that.
pub fn matrix(outcome: &Outcome, rules: &[Rule]) -> Table {
    let mut of_rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &outcome.findings {
        of_rules.entry(&finding.rule).or_default().push(finding);
    }
    let rows = outcome.examined.iter().map(|examined| {
        let findings = of_rules.get(examined.rule.as_str()).map_or(&[][..], Vec::as_slice);
        let rule = rules.iter().find(|rule| rule.id == examined.rule);
        let level = rule.map_or("", |rule| rule.severity.as_str());
        let open: Vec<&&Finding> =
            findings.iter().filter(|finding| finding.suppression.is_none()).collect();
        let fails = open.iter().any(|finding| outcome.is_failure(finding.severity));
        let verdict = match (examined.subjects, open.len()) {
            (0, 0) => 3,
            (_, 0) => 2,
            _ if fails => 0,
            _ => 1,
        };
        let subjects: BTreeSet<_> =
            findings.iter().map(|it| (&it.subject.kind, &it.subject.name)).collect();
        let hidden = HIDERS.map(|kind| {
            let by = findings.iter().filter_map(|finding| finding.suppression.as_ref());
            by.filter(|by| by.kind == kind).count().to_string()
        });
        let [ignored, baseline, unchanged] = hidden;
        vec![
            examined.rule.clone(),
            level.to_owned(),
            examined.subjects.to_string(),
            examined.subjects.saturating_sub(subjects.len()).to_string(),
            open.len().to_string(),
            ignored,
            baseline,
            unchanged,
            VERDICTS[verdict].0.to_owned(),
        ]
    });
    let columns =
        ["rule", "level", "examined", "hold", "open", "ignored", "baseline", "not new", "verdict"];
    Table::new(&columns, &[2, 3, 4, 5, 6, 7], rows.collect(), "no rule was run")
}

/// A row for each rule and each subject that it looked at.
pub fn population(outcome: &Outcome) -> Table {
    let mut rows = Vec::new();
    for (examined, subjects) in outcome.examined.iter().zip(&outcome.subjects.of_rules) {
        for &at in subjects {
            let Some(subject) = outcome.subjects.all.get(at as usize) else { continue };
            rows.push(vec![examined.rule.clone(), subject.kind.clone(), subject.name.clone()]);
        }
    }
    Table::new(&["rule", "kind", "subject"], &[], rows, "nothing was looked at")
}

/// A row for each finding, those that are hidden too.
pub fn findings(outcome: &Outcome, places: &Places<'_>) -> Table {
    let place = |finding: &Finding| {
        let place = finding.labels.first().and_then(|label| places.place(label.span));
        place.map_or(String::new(), |(path, line, column)| format!("{path}:{line}:{column}"))
    };
    let rows = outcome.findings.iter().map(|finding| {
        let by = finding.suppression.as_ref();
        vec![
            finding.rule.clone(),
            finding.severity.as_str().to_owned(),
            by.map_or("open", |by| by.kind.status()).to_owned(),
            finding.subject.to_string(),
            place(finding),
            finding.message.clone(),
            by.map_or(String::new(), |by| by.reason.clone()),
        ]
    });
    let columns = ["rule", "level", "status", "subject", "place", "message", "reason"];
    Table::new(&columns, &[], rows.collect(), "nothing was found")
}

/// What is new since a revision, what is gone, and how much is as it was.
pub fn changes(outcome: &Outcome, gone: &[Finding]) -> Table {
    let row = |what: &str, finding: &Finding| {
        let Finding { rule, subject, message, .. } = finding;
        vec![what.to_owned(), rule.clone(), subject.to_string(), message.clone()]
    };
    let new = outcome.open().map(|finding| row("new", finding));
    let gone = gone.iter().map(|finding| row("gone", finding));
    let same = outcome.hidden_by(Hider::Revision).map(|(finding, _)| row("as it was", finding));
    let columns = ["change", "rule", "subject", "message"];
    Table::new(&columns, &[], new.chain(gone).chain(same).collect(), "nothing changed")
}

/// The files that the report rests on.
pub fn files(audit: &Audit<'_>) -> Table {
    let rows = audit
        .manifest
        .files
        .iter()
        .map(|file| vec![file.role.clone(), file.path.clone(), file.sha256.clone()]);
    Table::new(&["file", "path", "SHA-256"], &[], rows.collect(), "there are no files")
}
