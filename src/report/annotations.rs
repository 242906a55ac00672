//! Report → what a build's log is told one by one, the gravest first.

use super::lines::{of_finding, of_problem};
use super::places::{Places, Region};
use super::{Outcome, Report};
use crate::source::{Label, Problem, Severity};
use crate::violation::Finding;

/// A problem or a finding.
#[derive(Clone, Copy)]
pub enum Annotation<'r> {
    /// Something that kept lynt from checking.
    Problem(&'r Problem),
    /// A violation.
    Finding(&'r Finding),
}

/// Problems, then findings, the gravest first, those of one severity in their order.
pub fn annotations<'r>(report: &Report<'r>) -> Vec<Annotation<'r>> {
    let of_topologies = report.outcomes.iter().flat_map(|outcome| &outcome.problems);
    let problems = report.problems.iter().chain(of_topologies).map(Annotation::Problem);
    let findings = report.outcomes.iter().flat_map(Outcome::open);
    let mut all: Vec<_> = problems.chain(findings.map(Annotation::Finding)).collect();
    all.sort_by_key(|annotation| std::cmp::Reverse(annotation.severity()));
    all
}

impl<'r> Annotation<'r> {
    /// How grave.
    pub fn severity(self) -> Severity {
        match self {
            Annotation::Problem(problem) => problem.severity,
            Annotation::Finding(finding) => finding.severity,
        }
    }

    /// The problem's name or the rule's id.
    pub fn name(self) -> &'r str {
        match self {
            Annotation::Problem(problem) => problem.name,
            Annotation::Finding(finding) => &finding.rule,
        }
    }

    /// The first place.
    pub fn region<'p>(self, places: &Places<'p>) -> Option<Region<'p>> {
        let labels: &[Label] = match self {
            Annotation::Problem(problem) => &problem.labels,
            Annotation::Finding(finding) => &finding.labels,
        };
        labels.iter().find_map(|label| places.region(label.span))
    }

    /// The message and all else that there is to say; a problem says what becomes of the run.
    pub fn lines(self, report: &Report<'_>, places: &Places<'_>) -> Vec<String> {
        let (message, details) = match self {
            Annotation::Problem(problem) => {
                let head = format!("could not check (exit code {}): ", report.exit_code);
                (head + &problem.message, of_problem(problem, places))
            }
            Annotation::Finding(finding) => (finding.message.clone(), of_finding(finding, places)),
        };
        std::iter::once(crate::escape::escape(&message).into_owned()).chain(details).collect()
    }
}
