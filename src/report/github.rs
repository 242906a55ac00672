//! Report → workflow commands, which GitHub shows as annotations at the lines of a change.

use std::io::{self, Write};

use super::annotations::{Annotation, annotations};
use super::places::Places;
use super::{Report, Style};
use crate::escape::escape;
use crate::source::Severity;

/// Annotations of one kind that GitHub shows for a step.
const MOST: usize = 10;

/// Writes one command a line. What GitHub would not show is counted in a last notice.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    let all = annotations(report);
    let mut shown: Vec<Annotation<'_>> = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        // The last notice is one itself.
        let most = if severity == Severity::Note { MOST - 1 } else { MOST };
        let of_severity = all.iter().filter(|annotation| annotation.severity() == severity);
        shown.extend(of_severity.take(most).copied());
    }
    for annotation in &shown {
        write_command(*annotation, report, &places, out)?;
    }
    match all.len() - shown.len() {
        0 => Ok(()),
        more => writeln!(out, "::notice title=lynt::{more} more: see the log or the step summary"),
    }
}

fn write_command(
    annotation: Annotation<'_>,
    report: &Report<'_>,
    places: &Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let command = match annotation.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let title = property(&format!("lynt: {}", annotation.name()));
    write!(out, "::{command} title={title}")?;
    if let Some(region) = annotation.region(places) {
        let (start, end) = (region.start, region.end);
        write!(out, ",file={},line={},endLine={}", property(region.path), start.line, end.line)?;
        // Columns are taken on one line only.
        if start.line == end.line {
            write!(out, ",col={},endColumn={}", start.column, end.column)?;
        }
    }
    writeln!(out, "::{}", data(&annotation.lines(report, places).join("\n")))
}

/// A text behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text behind `=`.
fn property(text: &str) -> String {
    data(&escape(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_text_too_early() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a:b,c\n%"), "a%3Ab%2Cc\\u{a}%25");
    }
}
