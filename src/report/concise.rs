//! Outcomes → one line each, for editors and the logs of builds.

use std::io::{self, Write};

use codespan_reporting::diagnostic;
use codespan_reporting::term::WriteStyle;

use super::ansi::Ansi;
use super::places::Places;
use super::{Outcome, Style};
use crate::escape::escape;
use crate::source::{Label, Severity, Sources};

/// Writes `path:line:column: error[name]: message` for each problem and each finding.
pub fn write(
    outcomes: &[Outcome],
    sources: &Sources,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let places = Places::new(sources);
    let mut out = Ansi { out, color: style.color };
    for outcome in outcomes {
        for problem in &outcome.problems {
            write_place(&problem.labels, outcome, &places, &mut out)?;
            write_head(problem.severity, problem.name, &problem.message, &mut out)?;
        }
        for finding in &outcome.findings {
            write_place(&finding.labels, outcome, &places, &mut out)?;
            write_head(finding.severity, &finding.rule, &finding.message, &mut out)?;
        }
    }
    Ok(())
}

/// The place of the first label, or the topology's path where there is none.
fn write_place(
    labels: &[Label],
    outcome: &Outcome,
    places: &Places,
    out: &mut Ansi,
) -> io::Result<()> {
    match labels.iter().find_map(|label| places.place(label.span)) {
        Some((path, line, column)) => write!(out, "{}:{line}:{column}: ", escape(path)),
        None => write!(out, "{}: ", escape(&outcome.path)),
    }
}

fn write_head(severity: Severity, name: &str, message: &str, out: &mut Ansi) -> io::Result<()> {
    out.set_header(match severity {
        Severity::Error => diagnostic::Severity::Error,
        Severity::Warning => diagnostic::Severity::Warning,
        Severity::Note => diagnostic::Severity::Note,
    })?;
    write!(out, "{}[{}]", severity.as_str(), escape(name))?;
    out.set_header_message()?;
    write!(out, ": {}", escape(message))?;
    out.reset()?;
    writeln!(out)
}
