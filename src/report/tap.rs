//! Report → TAP 14: a test for each rule in each topology, and one for each problem.

use std::io::{self, Write};

use super::by_rule::by_rule;
use super::lines::{of_finding, of_problem};
use super::places::Places;
use super::{Outcome, Report, Style};
use crate::escape::escape;
use crate::source::{Problem, Severity};
use crate::violation::Finding;

/// Writes version, tests, plan, and the exit code as a comment.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"TAP version 14\n")?;
    let mut tests = Tests { places: Places::new(report.sources), number: 0, out };
    report.problems.iter().try_for_each(|problem| tests.problem(problem, None))?;
    for outcome in report.outcomes {
        let path = Some(outcome.path.as_str());
        outcome.problems.iter().try_for_each(|problem| tests.problem(problem, path))?;
        tests.rules(outcome)?;
    }
    let nothing = if tests.number == 0 { " # SKIP no rule was run" } else { "" };
    writeln!(tests.out, "1..{}{nothing}\n# exit code {}", tests.number, report.exit_code)
}

struct Tests<'a> {
    places: Places<'a>,
    /// Of the last test, counted from 1.
    number: usize,
    out: &'a mut dyn Write,
}

impl Tests<'_> {
    fn rules(&mut self, outcome: &Outcome) -> io::Result<()> {
        let mut found = by_rule(outcome.open());
        for examined in &outcome.examined {
            let findings = found.remove(examined.rule.as_str()).unwrap_or_default();
            self.rule(&examined.rule, examined.subjects, &findings, outcome)?;
        }
        found.iter().try_for_each(|(rule, findings)| self.rule(rule, 0, findings, outcome))?;
        outcome.hidden().try_for_each(|(how, count)| {
            writeln!(self.out, "# findings of {} {how}: {count}", escape(&outcome.path))
        })
    }

    fn rule(
        &mut self,
        rule: &str,
        examined: usize,
        findings: &[&Finding],
        outcome: &Outcome,
    ) -> io::Result<()> {
        let Some(gravest) = findings.iter().map(|finding| finding.severity).max() else {
            let vacuous = if examined == 0 { " # SKIP looked at nothing: no evidence" } else { "" };
            return self.test(true, rule, Some(&outcome.path), vacuous);
        };
        // A test that is to do fails nothing.
        let to_do = format!(" # TODO {}, below --fail-on", gravest.as_str());
        let to_do = if outcome.is_failure(gravest) { "" } else { &to_do };
        self.test(false, rule, Some(&outcome.path), to_do)?;
        self.begin(gravest)?;
        writeln!(self.out, "  examined: {examined}\n  violations:")?;
        for finding in findings {
            self.entry(&finding.message, &of_finding(finding, &self.places))?;
        }
        self.out.write_all(b"  ...\n")
    }

    fn problem(&mut self, problem: &Problem, path: Option<&str>) -> io::Result<()> {
        self.test(false, &format!("could not check: {}", problem.name), path, "")?;
        self.begin(problem.severity)?;
        self.out.write_all(b"  problems:\n")?;
        self.entry(&problem.message, &of_problem(problem, &self.places))?;
        self.out.write_all(b"  ...\n")
    }

    fn test(&mut self, ok: bool, name: &str, path: Option<&str>, rest: &str) -> io::Result<()> {
        self.number += 1;
        let name = match path {
            Some(path) => format!("{path}: {name}"),
            None => name.to_owned(),
        };
        let (ok, name) = (if ok { "ok" } else { "not ok" }, description(&name));
        writeln!(self.out, "{ok} {} - {name}{rest}", self.number)
    }

    fn begin(&mut self, severity: Severity) -> io::Result<()> {
        writeln!(self.out, "  ---\n  severity: {}", severity.as_str())
    }

    /// One finding or problem, in YAML.
    fn entry(&mut self, message: &str, details: &[String]) -> io::Result<()> {
        writeln!(self.out, "    - message: {}", quoted(&escape(message)))?;
        if details.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "      details:")?;
        details.iter().try_for_each(|line| writeln!(self.out, "        - {}", quoted(line)))
    }
}

/// What stands between a test's number and its directive.
fn description(text: &str) -> String {
    escape(text).replace('\\', "\\\\").replace('#', "\\#")
}

/// A line in quotes, as YAML and JSON both have it.
fn quoted(line: &str) -> String {
    format!("\"{}\"", line.replace('\\', "\\\\").replace('"', "\\\""))
}
