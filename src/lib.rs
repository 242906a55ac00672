//! A Datalog policy checker for Lync Server and Skype for Business Server topologies kept as TOML.
//!
//! **TOML text → spanned topology → facts → rules → violations → report.** The order of the modules
//! below is the architecture: a module imports only modules above it.

pub mod source;
pub mod spelling;
pub mod escape;
pub mod xml;
pub mod datalog;
pub mod examples;
pub mod checks;
pub mod rules;
pub mod texts;
pub mod date;
pub mod size;
pub mod topology;
pub mod facts;
pub mod print;
pub mod eval;
pub mod proof;
pub mod fix;
pub mod engine;
pub mod atom;
pub mod examined;
pub mod suppression;
pub mod violation;
pub mod suppress;
pub mod baseline;
pub mod config;
pub mod schema;
pub mod simulate;
pub mod git;
pub mod graph;
pub mod discover;
pub mod interrupt;
pub mod file;
pub mod exchange;
pub mod rule_tests;
pub mod report;
pub mod since;
pub mod audit;
pub mod mend;
pub mod import;
pub mod compare;
pub mod update;
pub mod cli;

use atom::Subject;
use checks::{Check, MALFORMED, STALE, UNUSED};
use datalog::program::Violation;
use discover::TopologyFiles;
use eval::Limits;
use facts::Facts;
use proof::Size;
use report::{Examined, Outcome};
use rules::{Plan, Rules};
use source::{Problem, Sources};
use std::time::{Duration, Instant};
use suppress::{Filtered, Known, Policy};
use violation::{Explained, Finding};

/// How long each arrow took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timings {
    /// TOML text → spanned topology.
    pub parse: Duration,
    /// Topology → facts.
    pub facts: Duration,
    /// Facts → tuples.
    pub rules: Duration,
    /// Tuples → violations.
    pub explain: Duration,
}

/// What a check looks at.
pub struct Options<'o> {
    /// The rules whose violations are reported.
    pub selected: &'o dyn Fn(&Violation) -> bool,
    /// Whether a topology without anything in it passes.
    pub allow_empty: bool,
    /// How much the rules may cost.
    pub limits: Limits,
    /// How large the proof of each finding may be; None: findings carry no proofs.
    pub proofs: Option<Size>,
    /// Whether what the rules looked at is listed by name.
    pub subjects: bool,
    /// What ignores need to count; None: comments are not looked at.
    pub ignores: Option<&'o Policy>,
    /// The baseline that counts; None: there is none.
    pub baseline: Option<baseline::Known<'o>>,
}

impl Default for Options<'_> {
    /// All rules, something to check, the usual limits, no proofs, no ignores, no baseline.
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            selected: &|_: &Violation| true,
            allow_empty: false,
            limits,
            proofs: None,
            subjects: false,
            ignores: None,
            baseline: None,
        }
    }
}

/// Checks one topology and reports the violations of those rules that are selected.
pub fn check(
    rules: &Rules,
    sources: &Sources,
    topology: &TopologyFiles,
    options: &Options<'_>,
    timings: &mut Timings,
) -> Outcome {
    let (path, files) = (topology.path.clone(), topology.files.clone());
    let plan = rules.plan(options.selected);
    let explained = load(rules, sources, topology, &plan, options, timings).and_then(|facts| {
        let explain = || violation::explain(&rules.set, &facts, options);
        let explained = timed(&mut timings.explain, explain).map_err(|problem| vec![problem])?;
        let name = || examined::subjects(&rules.set.program, &facts, options.selected);
        Ok((explained, options.subjects.then(name).unwrap_or_default()))
    });
    match explained {
        Err(problems) => Outcome { path, files, problems, ..Outcome::default() },
        Ok((Explained { findings, examined, population }, subjects)) => {
            let examined =
                examined.into_iter().map(|(rule, subjects)| Examined { rule, subjects }).collect();
            let hide = || hide(rules, sources, topology, options, findings);
            let (Filtered { findings, ignores }, looked) = timed(&mut timings.explain, hide);
            let outcome =
                Outcome { path, files, findings, examined, population, ..Outcome::default() };
            let mut outcome = Outcome { subjects, ignores, ..outcome };
            looked.into_iter().for_each(|(check, at)| add_check(&mut outcome, check, at, options));
            outcome
        }
    }
}

/// Hides what comments ignore and what the baseline knows. Gives also what the checks of these looked at.
fn hide(
    rules: &Rules,
    sources: &Sources,
    topology: &TopologyFiles,
    options: &Options<'_>,
    findings: Vec<Finding>,
) -> (Filtered, Vec<(Check, Vec<Subject>)>) {
    let mut filtered = filter(rules, sources, topology, options, findings);
    let mut looked = Vec::new();
    if let Some(policy) = options.ignores.filter(|_| !filtered.ignores.is_empty()) {
        let levels = [(MALFORMED, policy.malformed), (UNUSED, policy.unused)];
        let run = levels.into_iter().filter(|(_, level)| level.is_some());
        looked.extend(run.map(|(check, _)| (check, suppress::subjects(&filtered.ignores))));
    }
    if let Some(known) = options.baseline {
        let violations = rules.violations();
        let is_off = |rule: &str| {
            violations.iter().any(|known| known.id == rule && !(options.selected)(known))
        };
        let ids: Vec<&str> = violations.iter().map(|rule| rule.id.as_str()).collect();
        let is_run = |rule: &str| !is_off(rule);
        let entries = baseline::filter(&known, &ids, &is_run, &mut filtered.findings);
        if known.stale.is_some() && !entries.is_empty() {
            looked.push((STALE, entries));
        }
        violation::sort(&mut filtered.findings);
    }
    (filtered, looked)
}

/// Counts what a check of ignores or of the baseline looked at.
fn add_check(outcome: &mut Outcome, check: Check, looked: Vec<Subject>, options: &Options<'_>) {
    let rule = check.id.to_owned();
    let at = outcome.examined.partition_point(|examined| examined.rule < rule);
    outcome.examined.insert(at, Examined { rule, subjects: looked.len() });
    if options.subjects {
        let first = outcome.subjects.all.len();
        let own = (first..first + looked.len()).map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        outcome.subjects.of_rules.insert(at, own.collect());
        outcome.subjects.all.extend(looked);
    }
}

/// Hides what comments ignore.
fn filter(
    rules: &Rules,
    sources: &Sources,
    topology: &TopologyFiles,
    options: &Options<'_>,
    findings: Vec<Finding>,
) -> Filtered {
    let Some(policy) = options.ignores else {
        return Filtered { findings, ignores: Vec::new() };
    };
    let known = || Known::of(rules.violations(), options.selected, policy);
    suppress::filter(sources, &topology.files, known, policy, findings)
}

/// Reads one topology and derives the relations of `plan`.
///
/// # Errors
/// All that is wrong with the topology's text, that there is nothing in it, or a limit of the rules.
pub fn load(
    rules: &Rules,
    sources: &Sources,
    topology: &TopologyFiles,
    plan: &Plan,
    options: &Options<'_>,
    timings: &mut Timings,
) -> Result<Facts, Vec<Problem>> {
    let program = &rules.set.program;
    let parsed = timed(&mut timings.parse, || {
        let needed = facts::needed(program, &plan.relations);
        topology::parse_for(program, sources, &topology.files, &needed)
    })?;
    if parsed.entities.is_empty() && !options.allow_empty {
        return Err(vec![nothing_to_check(&topology.path)]);
    }
    let mut facts = timed(&mut timings.facts, || {
        facts::collect(program, parsed, &plan.relations, rules.texts())
    });
    timed(&mut timings.rules, || engine::derive(rules, plan, &mut facts, &options.limits))
        .map_err(|problem| vec![problem])?;
    Ok(facts)
}

/// A clean verdict on nothing would be a lie.
fn nothing_to_check(path: &str) -> Problem {
    Problem::error("nothing-to-check", format!("there is nothing to check in {path}"))
        .help("a topology begins with tables such as `[[site]]` and `[[pool]]`; `--allow-empty` lets an empty one pass")
}

/// Runs one arrow and adds its time to `total`.
fn timed<T>(total: &mut Duration, arrow: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = arrow();
    *total += start.elapsed();
    result
}
