//! Report → logging commands of Azure Pipelines, which shows them with the build.

use std::io::{self, Write};

use super::annotations::{Annotation, annotations};
use super::places::Places;
use super::{Report, Style};
use crate::escape::escape;
use crate::source::Severity;

/// Writes one command a line. There is none for notes: they are lines of the log.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    annotations(report).into_iter().try_for_each(|annotation| match annotation.severity() {
        Severity::Error => write_command("error", annotation, report, &places, out),
        Severity::Warning => write_command("warning", annotation, report, &places, out),
        Severity::Note => write_note(annotation, report, &places, out),
    })
}

fn write_command(
    kind: &str,
    annotation: Annotation<'_>,
    report: &Report<'_>,
    places: &Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "##vso[task.logissue type={kind}")?;
    if let Some(region) = annotation.region(places) {
        let (path, start) = (property(&escape(region.path)), region.start);
        write!(out, ";sourcepath={path};linenumber={};columnnumber={}", start.line, start.column)?;
    }
    let text = data(&annotation.lines(report, places).join("\n"));
    writeln!(out, ";code={}]{text}", property(annotation.name()))
}

fn write_note(
    annotation: Annotation<'_>,
    report: &Report<'_>,
    places: &Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lines = annotation.lines(report, places);
    writeln!(out, "note[{}]: {}", inert(annotation.name()), inert(&lines[0]))?;
    lines[1..].iter().try_for_each(|line| writeln!(out, "  {}", inert(line)))
}

/// A text behind `]`.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text behind `=`.
fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}

/// A text in which no command begins: the agent finds `##vso[` anywhere in a line.
fn inert(text: &str) -> String {
    if text.contains("##") { text.replace('#', "\\u{23}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_or_begins_one() {
        assert_eq!(data("100%;\n]"), "100%AZP25;%0A]");
        assert_eq!(property("100%;\n]"), "100%AZP25%3B%0A%5D");
        assert_eq!(inert("###vso[task.complete]x"), "\\u{23}\\u{23}\\u{23}vso[task.complete]x");
        assert_eq!(inert("#1"), "#1");
    }
}
