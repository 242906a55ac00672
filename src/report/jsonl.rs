//! Report → a line of JSON for each problem and finding, then one for the run.

use std::io::{self, Write};

use serde::Serialize;

use super::json::{Finding, Problem, findings, problems};
use super::places::Places;
use super::quiet_json::write_line;
use super::run_json::Run;
use super::{Report, Style};

/// A line.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'r> {
    Problem(Problem<'r>),
    Finding(Box<Finding<'r>>),
    Summary(Run<'r>),
}

/// Writes the lines.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    for problem in problems(report, &places) {
        write_line(&Line::Problem(problem), out)?;
    }
    for finding in findings(report, &places) {
        write_line(&Line::Finding(Box::new(finding)), out)?;
    }
    write_line(&Line::Summary(Run::of(report)), out)
}
