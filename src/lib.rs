//! A Datalog policy checker for Lync Server and Skype for Business Server topologies kept as TOML.
//!
//! **TOML text → spanned topology → facts → rules → violations → report.** The order of the modules
//! below is the architecture: a module imports only modules above it.

pub mod source;
pub mod spelling;
pub mod escape;
pub mod datalog;
pub mod examples;
pub mod rules;
pub mod texts;
pub mod topology;
pub mod facts;
pub mod print;
pub mod eval;
pub mod engine;
pub mod violation;
pub mod simulate;
pub mod discover;
pub mod report;
pub mod import;
pub mod cli;

use datalog::program::Violation;
use discover::TopologyFiles;
use eval::Limits;
use report::{Examined, Outcome};
use rules::Rules;
use source::{Problem, Sources};
use std::time::{Duration, Instant};
use violation::Explained;

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
}

impl Default for Options<'_> {
    /// All rules, something to check, the usual limits.
    fn default() -> Self {
        Self { selected: &|_| true, allow_empty: false, limits: Limits::default() }
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
    let path = topology.path.clone();
    match explained(rules, sources, topology, options, timings) {
        Err(problems) => Outcome { path, problems, ..Outcome::default() },
        Ok(explained) => Outcome {
            path,
            problems: Vec::new(),
            findings: explained.findings,
            examined: explained
                .examined
                .into_iter()
                .map(|(rule, subjects)| Examined { rule, subjects })
                .collect(),
            population: explained.population,
        },
    }
}

/// The arrows, one after the other.
fn explained(
    rules: &Rules,
    sources: &Sources,
    topology: &TopologyFiles,
    options: &Options<'_>,
    timings: &mut Timings,
) -> Result<Explained, Vec<Problem>> {
    let Options { selected, allow_empty, limits } = options;
    let Timings { parse, facts: collecting, rules: deriving, explain } = timings;
    let plan = rules.plan(*selected);
    let program = &rules.set.program;
    let parsed = timed(parse, || topology::parse(program, sources, &topology.files))?;
    if parsed.entities.is_empty() && !allow_empty {
        return Err(vec![nothing_to_check(&topology.path)]);
    }
    let mut facts =
        timed(collecting, || facts::collect(program, parsed, &plan.relations, rules.texts()));
    timed(deriving, || engine::derive(rules, &plan, &mut facts, limits))
        .and_then(|()| timed(explain, || violation::explain(program, &facts, *selected, limits)))
        .map_err(|problem| vec![problem])
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
