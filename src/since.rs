//! Outcomes of now and of then → what is new.

use crate::checks::is_check;
use crate::report::places::Places;
use crate::report::{Outcome, Since};
use crate::source::{Label, Sources};
use crate::suppression::{Hider, Suppression};
use crate::violation::{Finding, sort};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Hides the open findings of `now` that `then` had open too: what was hidden then is new. Gives what was open
/// then and is gone.
pub fn hide(
    now: (&mut Outcome, &Sources),
    then: (&Outcome, &Sources),
    since: Since,
) -> Vec<Finding> {
    let (outcome, sources) = now;
    let known: BTreeSet<String> = then.0.open().map(|finding| identity(finding, then.1)).collect();
    let findings = outcome.findings.iter_mut().filter(|finding| finding.suppression.is_none());
    for finding in findings.filter(|finding| known.contains(&identity(finding, sources))) {
        finding.suppression = Some(Suppression {
            kind: Hider::Revision,
            place: None,
            reason: format!("{} has it too", since.name),
            by: None,
            until: None,
            days_left: None,
        });
    }
    outcome.since = Some(since);
    let left: BTreeSet<String> =
        outcome.findings.iter().map(|finding| identity(finding, sources)).collect();
    let gone = then.0.open().filter(|finding| !left.contains(&identity(finding, then.1)));
    gone.cloned().collect()
}

/// What a finding is the same by. Those about ignores are known by their lines, which edits move.
fn identity(finding: &Finding, sources: &Sources) -> String {
    let label = finding.labels.first().filter(|_| is_check(&finding.rule));
    match label {
        Some(label) => {
            let (path, line) = (&sources.file(label.span.file).path, line_of(label, sources));
            format!("{}: {path}: {line}: {}", finding.rule, finding.message)
        }
        None => finding.atom.identity(),
    }
}

/// The text of the line that a label begins on.
fn line_of<'s>(label: &Label, sources: &'s Sources) -> &'s str {
    let text = &sources.file(label.span.file).text;
    let start = label.span.range().start.min(text.len());
    let from = text[..start].rfind('\n').map_or(0, |end| end + 1);
    text[from..].lines().next().unwrap_or("").trim()
}

/// Lets the first label on a changed line lead in each open finding, so that it shows on what was changed.
/// `changed`: lines counted from 0, by path; a file that is not named is new.
pub fn lead_with_changes(
    outcome: &mut Outcome,
    sources: &Sources,
    changed: &BTreeMap<String, Vec<Range<usize>>>,
) {
    let places = Places::new(sources);
    let is_changed = |label: &Label| {
        let Some((path, line, _)) = places.place(label.span) else { return false };
        let lines = changed.get(path);
        lines.is_none_or(|lines| lines.iter().any(|lines| lines.contains(&(line - 1))))
    };
    let findings = outcome.findings.iter_mut().filter(|finding| finding.suppression.is_none());
    for finding in findings {
        if let Some(at) = finding.labels.iter().position(is_changed) {
            finding.labels[..=at].rotate_right(1);
        }
    }
    sort(&mut outcome.findings);
}
