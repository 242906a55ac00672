//! Report → what JSON says of a run as a whole: tool, verdict, inputs, topologies, rules.

use std::collections::BTreeMap;

use serde::Serialize;

use super::by_rule::by_rule;
use super::{Examined, Outcome, Report, sha256};
use crate::source::{Severity, SourceFile};
use crate::suppression::{HIDERS, Hider};

/// What is said of a run as a whole.
#[derive(Serialize)]
pub struct Run<'r> {
    schema: &'static str,
    tool: Tool,
    summary: Summary,
    inputs: Vec<Input<'r>>,
    topologies: Vec<Topology<'r>>,
    rules: Vec<Rule<'r>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
    rules_sha256: String,
}

#[derive(Serialize)]
struct Summary {
    exit_code: u8,
    fail_on: Option<&'static str>,
    errors: usize,
    warnings: usize,
    notes: usize,
    #[serde(flatten)]
    hidden: Hidden,
    problems: usize,
}

/// How many findings are hidden, by what hides them.
#[derive(Clone, Copy, Default, Serialize)]
struct Hidden {
    ignored: usize,
    baseline: usize,
    unchanged: usize,
}

impl Hidden {
    /// `count`: how many findings something of a kind hides.
    fn of(count: impl Fn(Hider) -> usize) -> Self {
        let [ignored, baseline, unchanged] = HIDERS.map(count);
        Self { ignored, baseline, unchanged }
    }

    fn add(&mut self, other: Hidden) {
        self.ignored += other.ignored;
        self.baseline += other.baseline;
        self.unchanged += other.unchanged;
    }
}

#[derive(Serialize)]
struct Input<'r> {
    path: &'r str,
    sha256: String,
    topology: &'r str,
}

#[derive(Serialize)]
struct Topology<'r> {
    path: &'r str,
    checked: bool,
    configuration: Option<&'r str>,
    baseline: Option<&'r str>,
    since: Option<Revision<'r>>,
    fail_on: Option<&'static str>,
    population: Vec<Count<'r>>,
    rules: Vec<Looked<'r>>,
}

/// What a topology was compared with.
#[derive(Serialize)]
struct Revision<'r> {
    name: &'r str,
    commit: &'r str,
}

#[derive(Serialize)]
struct Count<'r> {
    kind: &'r str,
    count: usize,
}

/// What a rule did in one topology.
#[derive(Serialize)]
struct Looked<'r> {
    name: &'r str,
    examined: usize,
    violations: usize,
    #[serde(flatten)]
    hidden: Hidden,
}

/// A rule, with what it did in all topologies.
#[derive(Serialize)]
struct Rule<'r> {
    name: &'r str,
    group: &'r str,
    level: &'static str,
    title: &'r str,
    sources: &'r [String],
    examined: usize,
    violations: usize,
    #[serde(flatten)]
    hidden: Hidden,
}

impl<'r> Run<'r> {
    /// What is said of this run.
    pub fn of(report: &'r Report<'_>) -> Self {
        let tool = Tool {
            name: "lynt",
            version: env!("CARGO_PKG_VERSION"),
            rules_sha256: sha256::of_files(report.rule_files),
        };
        let topologies: Vec<_> = report.outcomes.iter().map(topology).collect();
        let rules = rules(report, &topologies);
        let (summary, inputs) = (summary(report), inputs(report));
        Self { schema: "lynt-json/1", tool, summary, inputs, topologies, rules }
    }
}

fn summary(report: &Report<'_>) -> Summary {
    let of = |severity| {
        let findings = report.outcomes.iter().flat_map(Outcome::open);
        findings.filter(|finding| finding.severity == severity).count()
    };
    let problems: usize = report.outcomes.iter().map(|outcome| outcome.problems.len()).sum();
    Summary {
        exit_code: report.exit_code,
        fail_on: report.fail_on().map(Severity::as_str),
        errors: of(Severity::Error),
        warnings: of(Severity::Warning),
        notes: of(Severity::Note),
        hidden: Hidden::of(|kind| {
            report.outcomes.iter().map(|outcome| outcome.hidden_by(kind).count()).sum()
        }),
        problems: report.problems.len() + problems,
    }
}

fn inputs<'r>(report: &'r Report<'_>) -> Vec<Input<'r>> {
    let files = report.outcomes.iter().flat_map(|outcome| {
        outcome.files.iter().map(|&file| (report.sources.file(file), outcome.path.as_str()))
    });
    let input = |(file, topology): (&'r SourceFile, &'r str)| Input {
        path: &file.path,
        sha256: sha256::of_text(&file.text),
        topology,
    };
    files.map(input).collect()
}

fn topology(outcome: &Outcome) -> Topology<'_> {
    let found = by_rule(outcome.open());
    let hidden = HIDERS.map(|kind| by_rule(outcome.hidden_by(kind).map(|(finding, _)| finding)));
    let rules = outcome.examined.iter().map(|Examined { rule, subjects }| Looked {
        name: rule,
        examined: *subjects,
        violations: found.get(rule.as_str()).map_or(0, Vec::len),
        hidden: Hidden::of(|kind| hidden[kind as usize].get(rule.as_str()).map_or(0, Vec::len)),
    });
    Topology {
        path: &outcome.path,
        checked: outcome.problems.is_empty(),
        configuration: outcome.configuration.as_deref(),
        baseline: outcome.baseline.as_deref(),
        since: outcome
            .since
            .as_ref()
            .map(|since| Revision { name: &since.name, commit: &since.commit }),
        fail_on: outcome.fail_on.map(Severity::as_str),
        population: outcome
            .population
            .iter()
            .map(|(kind, count)| Count { kind, count: *count })
            .collect(),
        rules: rules.collect(),
    }
}

/// The selected rules, with the sums over all topologies.
fn rules<'r>(report: &'r Report<'_>, topologies: &[Topology<'_>]) -> Vec<Rule<'r>> {
    let mut sums: BTreeMap<&str, (usize, usize, Hidden)> = BTreeMap::new();
    for looked in topologies.iter().flat_map(|topology| &topology.rules) {
        let (examined, violations, hidden) = sums.entry(looked.name).or_default();
        *examined += looked.examined;
        *violations += looked.violations;
        hidden.add(looked.hidden);
    }
    let rule = |rule: &'r super::Rule| {
        let super::Rule { id, group, severity, docs } = rule;
        let (title, sources) = (docs.title(), &docs.sources);
        let (examined, violations, hidden) = sums.get(id.as_str()).copied().unwrap_or_default();
        let level = severity.as_str();
        Rule { name: id, group, level, title, sources, examined, violations, hidden }
    };
    report.rules.iter().map(rule).collect()
}
