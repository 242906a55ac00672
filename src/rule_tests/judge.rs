//! Findings and marks → what is found and not marked, marked and not found.

use crate::examples::marks;
use crate::source::{FileId, Severity, Sources, Span};
use crate::violation::Finding;
use std::collections::BTreeSet;

/// A mark and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedMark {
    /// The rule's id.
    pub rule: String,
    /// The id in the text.
    pub span: Span,
}

/// The marks of some files, in their order.
pub fn marks_of(files: &[FileId], sources: &Sources) -> Vec<PlacedMark> {
    let of_file = |&file: &FileId| {
        let marks = marks(&sources.file(file).text).into_iter();
        marks.map(move |mark| PlacedMark {
            rule: mark.id.to_owned(),
            span: Span::new(file, mark.range),
        })
    };
    files.iter().flat_map(of_file).collect()
}

/// Findings against marks.
#[derive(Clone, Debug, Default)]
pub struct Judgement<'j> {
    /// Found and not marked.
    pub unexpected: Vec<&'j Finding>,
    /// Marked and not found.
    pub missing: Vec<&'j PlacedMark>,
    /// Found and not marked, which does not matter.
    pub beside: Vec<&'j Finding>,
}

/// Holds findings against marks. Each finding wants a mark of its rule on the line of its first label,
/// and each mark a finding. But a warning or a note of a rule that is neither `exact` nor marked anywhere
/// wants none.
pub fn judge<'j>(
    findings: &'j [Finding],
    marks: &'j [PlacedMark],
    sources: &Sources,
    exact: &dyn Fn(&str) -> bool,
) -> Judgement<'j> {
    let marked: BTreeSet<&str> = marks.iter().map(|mark| mark.rule.as_str()).collect();
    let mut open: Vec<(&PlacedMark, Place)> =
        marks.iter().map(|mark| (mark, place(mark.span, sources))).collect();
    let mut judgement = Judgement::default();
    for finding in findings {
        let rule = finding.rule.as_str();
        let found = finding.labels.first().map(|label| place(label.span, sources));
        let met = open.iter().position(|(mark, place)| mark.rule == rule && Some(*place) == found);
        if let Some(met) = met {
            open.remove(met);
        } else if finding.severity == Severity::Error || marked.contains(rule) || exact(rule) {
            judgement.unexpected.push(finding);
        } else {
            judgement.beside.push(finding);
        }
    }
    judgement.missing = open.into_iter().map(|(mark, _)| mark).collect();
    judgement
}

/// A file and one of its lines, counted from 1.
type Place = (FileId, usize);

fn place(span: Span, sources: &Sources) -> Place {
    (span.file, sources.line_column(span).0)
}
