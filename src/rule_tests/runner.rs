//! Tests, one after the other → what became of each.

use super::doc_lines::{DocLines, Moving};
use super::idle::Mutants;
use super::judge::{PlacedMark, judge, marks_of};
use super::why::Explainer;
use super::{Difference, Test, TestKind, TestedRule, Tests};
use crate::datalog::program::Violation;
use crate::discover::TopologyFiles;
use crate::examples::{Example, examples, marks};
use crate::facts::Facts;
use crate::proof::Size;
use crate::rules::Plan;
use crate::source::{Problem, Sources, Span};
use crate::spelling::nearest;
use crate::violation::{Finding, explain};
use crate::{Options, Timings, load};

/// Runs tests.
pub(super) struct Runner<'t> {
    tests: &'t Tests<'t>,
    /// The rules whose examples run.
    pub(super) tested: Vec<&'t Violation>,
    plan: Plan,
    pub(super) mutants: Mutants<'t>,
}

/// A test as it is about to run.
struct Trial<'t> {
    sources: &'t Sources,
    files: TopologyFiles,
    /// The rule whose example it is.
    of: Option<&'t Violation>,
}

impl<'t> Runner<'t> {
    pub(super) fn new(tests: &'t Tests<'t>) -> Self {
        let rules = tests.rules;
        let tested: Vec<&Violation> =
            rules.violations().into_iter().filter(|rule| (tests.tested)(rule)).collect();
        let plan = rules.plan_for((0..rules.set.program.relations.len()).collect());
        let mutants = Mutants::new(rules, &tested);
        Self { tests, tested, plan, mutants }
    }

    /// Runs a rule's examples.
    pub(super) fn rule(&mut self, rule: &'t Violation) -> TestedRule {
        let lines = DocLines::of(rule, &self.tests.rules.set.sources);
        let examples = examples(&rule.docs.text);
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

    /// Runs a marked topology.
    pub(super) fn topology(&mut self, files: &TopologyFiles) -> Test {
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
        let mut of: Vec<&Violation> = trial.of.map_or(self.tested.clone(), |rule| vec![rule]);
        let exact = |id: &str| of.iter().any(|rule| rule.id == id);
        let judgement = judge(findings, marks, trial.sources, &exact);
        test.beside = judgement.beside.iter().map(|&finding| finding.clone()).collect();
        let mut unexpected = self.with_proofs(&facts, &judgement.unexpected);
        let Tests { rules, limits, .. } = *self.tests;
        let explainer =
            Explainer { set: &rules.set, facts: &facts, sources: trial.sources, limits };
        for mark in judgement.missing {
            test.differences.push(explainer.missing(mark, &mut unexpected));
        }
        test.differences.extend(unexpected.into_iter().map(Difference::Unexpected));
        // An example that fails says nothing of its rule, a topology nothing of those that fail there.
        let fails = |id: &str| test.differences.iter().any(|difference| difference.rule() == id);
        if test.passes() || (trial.of.is_none() && test.problems.is_empty()) {
            of.retain(|rule| !fails(&rule.id));
            self.mutants.try_on(&mut facts, &of);
        }
    }

    fn with_proofs(&self, facts: &Facts, findings: &[&Finding]) -> Vec<Finding> {
        if findings.is_empty() {
            return Vec::new();
        }
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
    let is_marked = texts.flat_map(marks).any(|mark| mark.id == rule.id);
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
