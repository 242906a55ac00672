//! Outcomes → one line each, for editors and the logs of builds.

use std::io::{self, Write};

use codespan_reporting::diagnostic;
use codespan_reporting::term::WriteStyle;

use super::ansi::Ansi;
use super::places::Places;
use super::{Outcome, Report, Style};
use crate::escape::escape;
use crate::source::{Label, Problem, Severity};

/// Writes `path:line:column: error[name]: message` for each problem and each finding.
pub fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    let mut out = Ansi { out, color: style.color };
    for problem in report.problems {
        write_problem(problem, None, &places, &mut out)?;
    }
    for outcome in report.outcomes {
        for problem in &outcome.problems {
            write_problem(problem, Some(outcome), &places, &mut out)?;
        }
        for finding in outcome.open() {
            write_place(&finding.labels, Some(outcome), &places, &mut out)?;
            write_head(finding.severity, &finding.rule, &finding.message, &mut out)?;
        }
    }
    Ok(())
}

fn write_problem(
    problem: &Problem,
    outcome: Option<&Outcome>,
    places: &Places,
    out: &mut Ansi,
) -> io::Result<()> {
    write_place(&problem.labels, outcome, places, out)?;
    write_head(problem.severity, problem.name, &problem.message, out)
}

/// The place of the first label, or the topology's path where there is none, or nothing.
fn write_place(
    labels: &[Label],
    outcome: Option<&Outcome>,
    places: &Places,
    out: &mut Ansi,
) -> io::Result<()> {
    match (labels.iter().find_map(|label| places.place(label.span)), outcome) {
        (Some((path, line, column)), _) => write!(out, "{}:{line}:{column}: ", escape(path)),
        (None, Some(outcome)) => write!(out, "{}: ", escape(&outcome.path)),
        (None, None) => Ok(()),
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
