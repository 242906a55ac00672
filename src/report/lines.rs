//! Findings and problems → lines of plain text in which nothing acts.

use super::places::Places;
use crate::escape::escape;
use crate::source::{Label, Problem};
use crate::violation::Finding;

/// What there is to say of a finding behind its message: places, notes, helps and sources.
pub fn of_finding(finding: &Finding, places: &Places<'_>) -> Vec<String> {
    let mut lines = of_labels(&finding.labels, places);
    lines.extend(finding.notes.iter().flat_map(|note| several("note: ", note)));
    lines.extend(finding.helps.iter().flat_map(|help| several("help: ", help)));
    lines.extend(finding.sources.iter().flat_map(|source| several("source: ", source)));
    lines
}

/// What there is to say of a problem behind its message.
pub fn of_problem(problem: &Problem, places: &Places<'_>) -> Vec<String> {
    let mut lines = of_labels(&problem.labels, places);
    lines.extend(problem.help.iter().flat_map(|help| several("help: ", help)));
    lines
}

/// `path:line:column: text` of each label.
fn of_labels(labels: &[Label], places: &Places<'_>) -> Vec<String> {
    let line = |label: &Label| {
        let place = place(label, places)?;
        Some(match escape(&label.text) {
            text if text.is_empty() => place,
            text => format!("{place}: {text}"),
        })
    };
    labels.iter().filter_map(line).collect()
}

/// `path:line:column`; none if there is no such file.
pub fn place(label: &Label, places: &Places<'_>) -> Option<String> {
    let (path, line, column) = places.place(label.span)?;
    Some(format!("{}:{line}:{column}", escape(path)))
}

/// Lines behind the first one are text to type: indented.
pub fn several(head: &str, text: &str) -> Vec<String> {
    let line = |(at, line)| format!("{}{}", if at == 0 { head } else { "  " }, escape(line));
    text.trim_end_matches('\n').split('\n').enumerate().map(line).collect()
}
