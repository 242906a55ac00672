//! Rules → their tests: the examples in their documentation and marked topologies, run and judged; and
//! what the tests leave open.

mod doc_lines;
mod idle;
mod judge;
mod literals;
mod why;

pub use doc_lines::DocLines;
pub use idle::Literals;
pub use judge::{Judgement, PlacedMark, judge, marks_of};

use crate::datalog::program::Violation;
use crate::discover::TopologyFiles;
use crate::eval::Limits;
use crate::examples::{Example, examples};
use crate::facts::Facts;
use crate::proof::{Attempt, Size};
use crate::rules::{Plan, Rules};
use crate::source::{Problem, Severity, Sources, Span};
use crate::spelling::nearest;
use crate::violation::{Finding, explain};
use crate::{Options, Timings, load};
use doc_lines::Moving;
use idle::Mutants;
use std::collections::BTreeSet;
use why::Explainer;

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
    /// What the tests leave open of rules all of whose tests passed, in the order of the text.
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
    let mut failed: BTreeSet<&str> = BTreeSet::new();
    let all_pass = tested.topologies.iter().all(Test::passes);
    for rule in &tested.rules {
        if !all_pass || !rule.examples.iter().all(Test::passes) {
            failed.insert(&rule.id);
        }
    }
    tested.literals = runner.mutants.literals(&failed);
    tested
}

struct Runner<'t> {
    tests: &'t Tests<'t>,
    tested: Vec<&'t Violation>,
    plan: Plan,
    mutants: Mutants<'t>,
}

/// A test as it is about to run.
struct Trial<'t> {
    sources: &'t Sources,
    files: TopologyFiles,
    /// The rule whose example it is.
    of: Option<&'t Violation>,
}

impl<'t> Runner<'t> {
    fn new(tests: &'t Tests<'t>) -> Self {
        let rules = tests.rules;
        let tested: Vec<&Violation> =
            rules.violations().into_iter().filter(|rule| (tests.tested)(rule)).collect();
        let plan = rules.plan_for((0..rules.set.program.relations.len()).collect());
        let mutants = Mutants::new(rules, &tested);
        Self { tests, tested, plan, mutants }
    }

    fn rule(&mut self, rule: &'t Violation) -> TestedRule {
        let lines = DocLines::of(rule, &self.tests.rules.set.sources);
        let examples = examples(&rule.docs);
        let examples = examples.iter().map(|example| self.example(rule, example, &lines)).collect();
        TestedRule { id: rule.id.clone(), span: rule.span, examples }
    }

    fn example(&mut self, rule: &'t Violation, example: &Example, lines: &DocLines) -> Test {
        let mut sources = Sources::default();
        let files =
            example.files.iter().map(|file| sources.add(&*file.name, &*file.text)).collect();
        let files = TopologyFiles { path: "this example".to_owned(), files };
        let kind = if example.violates { TestKind::Violates } else { TestKind::Complies };
        let mut test = self.run(Trial { sources: &sources, files, of: Some(rule) }, kind);
        test.move_places(&Moving { files: &example.files, lines });
        test.place = lines.line(example.line);
        test.problems.extend(own_mark(rule, example, test.place));
        test
    }

    fn topology(&mut self, files: &TopologyFiles) -> Test {
        let kind = TestKind::Topology(files.path.clone());
        self.run(Trial { sources: self.tests.sources, files: files.clone(), of: None }, kind)
    }

    fn run(&mut self, trial: Trial, kind: TestKind) -> Test {
        let Tests { rules, limits, .. } = *self.tests;
        let marks = marks_of(&trial.files.files, trial.sources);
        let mut test = Test {
            kind,
            place: None,
            marks: marks.len(),
            problems: Vec::new(),
            differences: Vec::new(),
            beside: Vec::new(),
        };
        let (marks, wrong) = self.known(marks);
        test.problems.extend(wrong);
        let options = Options { limits, ..Options::default() };
        let timings = &mut Timings::default();
        let loaded = load(rules, trial.sources, &trial.files, &self.plan, &options, timings);
        let explained = loaded.and_then(|facts| {
            let explained =
                explain(&rules.set, &facts, &options).map_err(|problem| vec![problem])?;
            Ok((facts, explained.findings))
        });
        match explained {
            Err(problems) => test.problems.extend(problems),
            Ok((facts, findings)) => self.judge(&trial, facts, &findings, &marks, &mut test),
        }
        test
    }

    /// Marks of rules that there are, and what is wrong with the other ones.
    fn known(&self, marks: Vec<PlacedMark>) -> (Vec<PlacedMark>, Vec<Problem>) {
        let violations = self.tests.rules.violations();
        let ids = || violations.iter().map(|rule| rule.id.as_str());
        let (known, unknown): (Vec<_>, Vec<_>) =
            marks.into_iter().partition(|mark| ids().any(|id| id == mark.rule));
        let problem = |mark: PlacedMark| {
            let message = format!("no rule is called `{}`, which is marked here", mark.rule);
            Problem::error("unknown-rule", message)
                .at(mark.span, "")
                .help("`#~ rule-id` at a line's end marks where a finding is expected")
                .did_you_mean(nearest(&mark.rule, ids()))
        };
        (known, unknown.into_iter().map(problem).collect())
    }

    fn judge(
        &mut self,
        trial: &Trial,
        mut facts: Facts,
        findings: &[Finding],
        marks: &[PlacedMark],
        test: &mut Test,
    ) {
        let of: Vec<&Violation> = trial.of.map_or(self.tested.clone(), |rule| vec![rule]);
        let exact = |id: &str| of.iter().any(|rule| rule.id == id);
        let judgement = judge(findings, marks, trial.sources, &exact);
        test.beside = judgement.beside.iter().map(|&finding| finding.clone()).collect();
        if judgement.unexpected.is_empty() && judgement.missing.is_empty() {
            if test.passes() {
                self.mutants.try_on(&mut facts, &of);
            }
            return;
        }
        let mut unexpected = self.with_proofs(&facts, &judgement.unexpected);
        let Tests { rules, limits, .. } = *self.tests;
        let explainer =
            Explainer { set: &rules.set, facts: &facts, sources: trial.sources, limits };
        for mark in judgement.missing {
            test.differences.push(explainer.missing(mark, &mut unexpected));
        }
        test.differences.extend(unexpected.into_iter().map(Difference::Unexpected));
    }

    fn with_proofs(&self, facts: &Facts, findings: &[&Finding]) -> Vec<Finding> {
        let selected = |rule: &Violation| findings.iter().any(|finding| finding.rule == rule.id);
        let options = Options {
            selected: &selected,
            limits: self.tests.limits,
            proofs: Some(Size::default()),
            ..Options::default()
        };
        let proved = explain(&self.tests.rules.set, facts, &options).unwrap_or_default().findings;
        let proof = |finding: &&Finding| {
            let proved = proved.iter().find(|proved| proved.id == finding.id);
            proved.unwrap_or(finding).clone()
        };
        findings.iter().map(proof).collect()
    }
}

impl Test {
    fn move_places(&mut self, moving: &Moving) {
        self.problems.iter_mut().for_each(|problem| moving.problem(problem));
        self.beside.iter_mut().for_each(|finding| moving.finding(finding));
        for difference in &mut self.differences {
            match difference {
                Difference::Unexpected(finding) => moving.finding(finding),
                Difference::Misplaced { mark, finding } => {
                    moving.mark(mark);
                    moving.finding(finding);
                }
                Difference::Missing { mark, severity: _, near } => {
                    moving.mark(mark);
                    let attempts = near.iter_mut().flat_map(|near| &mut near.attempts);
                    attempts.for_each(|attempt| moving.attempt(attempt));
                }
            }
        }
    }
}

/// What is wrong with an example whose marks don't say what its section says.
fn own_mark(rule: &Violation, example: &Example, place: Option<Span>) -> Option<Problem> {
    let texts = example.files.iter().map(|file| file.text.as_str());
    let is_marked = texts.flat_map(crate::examples::marks).any(|mark| mark.id == rule.id);
    let id = &rule.id;
    let (message, help) = match (example.violates, is_marked) {
        (true, false) => (
            format!("no line of this violating example is marked with `#~ {id}`"),
            format!("put `#~ {id}` at the end of the line that the first label must point at"),
        ),
        (false, true) => (
            format!("a complying example is marked with `#~ {id}`"),
            "take the mark away, or put the example below `## Violates`".to_owned(),
        ),
        _ => return None,
    };
    let problem = Problem::error("wrong-mark", message).help(help);
    Some(match place {
        Some(place) => problem.at(place, ""),
        None => problem,
    })
}
