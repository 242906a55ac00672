//! Rules → their tests: the examples in their documentation and marked topologies, run and judged; and
//! what the tests leave open.

mod doc_lines;
mod idle;
mod judge;
mod literals;
mod runner;
mod why;

pub use doc_lines::DocLines;
pub use idle::Literals;
pub use judge::{Judgement, PlacedMark, judge, marks_of};

use crate::datalog::program::Violation;
use crate::discover::TopologyFiles;
use crate::eval::Limits;
use crate::proof::Attempt;
use crate::rules::Rules;
use crate::source::{Problem, Severity, Sources, Span};
use crate::violation::Finding;
use runner::Runner;
use std::collections::BTreeSet;

/// What is tested.
pub struct Tests<'t> {
    /// All rules; they judge every test.
    pub rules: &'t Rules,
    /// The rules whose examples run, and that must find nothing in a topology that is not marked there.
    pub tested: &'t dyn Fn(&Violation) -> bool,
    /// Topologies with marks.
    pub topologies: &'t [TopologyFiles],
    /// The files of the rules, then those of the topologies.
    pub sources: &'t Sources,
    /// How much the rules may cost.
    pub limits: Limits,
}

/// What became of all tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// The tested rules, sorted by id.
    pub rules: Vec<TestedRule>,
    /// The marked topologies.
    pub topologies: Vec<Test>,
    /// What the tests leave open of rules that all tests agree with, in the order of the text.
    pub literals: Vec<Literals>,
}

/// What became of one rule's examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedRule {
    /// The rule's id.
    pub id: String,
    /// Its name in the text.
    pub span: Span,
    /// Its examples, in the order of the text.
    pub examples: Vec<Test>,
}

/// What a test is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestKind {
    /// An example below `## Violates`.
    Violates,
    /// An example below `## Complies`.
    Complies,
    /// A topology with marks, by its path.
    Topology(String),
}

/// What became of one test. Places are in the rule's file for an example, else in the topology's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// What it is.
    pub kind: TestKind,
    /// Of an example the line that opens its block.
    pub place: Option<Span>,
    /// How many marks it has.
    pub marks: usize,
    /// Why it can't be judged, and wrong marks.
    pub problems: Vec<Problem>,
    /// Where findings and marks differ.
    pub differences: Vec<Difference>,
    /// Warnings and notes of other rules, which don't matter.
    pub beside: Vec<Finding>,
}

impl Test {
    /// Whether it passed.
    pub fn passes(&self) -> bool {
        self.problems.is_empty() && self.differences.is_empty()
    }
}

/// A finding or a mark without the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Found, but not marked; the finding has its proof.
    Unexpected(Finding),
    /// Found and marked, but the first label is on another line.
    Misplaced {
        /// Where it was expected.
        mark: PlacedMark,
        /// What was found, with its proof.
        finding: Finding,
    },
    /// Marked, but not found.
    Missing {
        /// Where it was expected.
        mark: PlacedMark,
        /// How grave the rule is.
        severity: Option<Severity>,
        /// How near the rule comes.
        near: Vec<Near>,
    },
}

impl Difference {
    /// The id of the rule that is found or marked.
    pub fn rule(&self) -> &str {
        match self {
            Difference::Unexpected(finding) => &finding.rule,
            Difference::Misplaced { mark, .. } | Difference::Missing { mark, .. } => &mark.rule,
        }
    }
}

/// How near rules come to a row that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The row; `_` stands for anything.
    pub what: String,
    /// One for each rule that derives such rows.
    pub attempts: Vec<Attempt>,
}

/// Runs all tests.
pub fn run(tests: &Tests) -> Tested {
    let mut runner = Runner::new(tests);
    let mut tested = Tested::default();
    for &rule in &runner.tested.clone() {
        tested.rules.push(runner.rule(rule));
    }
    tested.topologies = tests.topologies.iter().map(|files| runner.topology(files)).collect();
    let failed = failed(&tested);
    tested.literals = runner.mutants.literals(&failed);
    tested
}

/// The rules of which failing tests may have shown more.
fn failed(tested: &Tested) -> BTreeSet<String> {
    let mut failed = BTreeSet::new();
    let all_ids = || tested.rules.iter().map(|rule| rule.id.clone());
    for topology in &tested.topologies {
        failed.extend(topology.differences.iter().map(|difference| difference.rule().to_owned()));
        if !topology.problems.is_empty() {
            failed.extend(all_ids());
        }
    }
    let fails = tested.rules.iter().filter(|rule| !rule.examples.iter().all(Test::passes));
    failed.extend(fails.map(|rule| rule.id.clone()));
    failed
}
