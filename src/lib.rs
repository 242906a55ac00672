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
pub mod eval;
pub mod engine;
pub mod print;
pub mod atom;
pub mod examined;
pub mod violation;
pub mod simulate;
pub mod discover;
pub mod report;
pub mod import;
pub mod cli;

use datalog::program::Violation;
use discover::TopologyFiles;
use report::{Examined, Outcome};
use rules::Rules;
use source::{Problem, Sources};
use std::time::{Duration, Instant};

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
    /// Whether what the rules looked at is listed by name.
    pub subjects: bool,
}

/// Checks one topology by the shipped rules and reports the violations of those `selected`.
pub fn check(
    rules: &Rules,
    sources: &Sources,
    topology: &TopologyFiles,
    options: &Options<'_>,
    timings: &mut Timings,
) -> Outcome {
    let (path, files) = (topology.path.clone(), topology.files.clone());
    let plan = rules.plan(options.selected);
    let program = &rules.set.program;
    let parsed = timed(&mut timings.parse, || topology::parse(program, sources, &topology.files));
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(problems) => return Outcome { path, files, problems, ..Outcome::default() },
    };
    if parsed.entities.is_empty() && !options.allow_empty {
        let problems = vec![nothing_to_check(&path)];
        return Outcome { path, files, problems, ..Outcome::default() };
    }
    let mut facts = timed(&mut timings.facts, || {
        facts::collect(program, parsed, &plan.relations, rules.texts())
    });
    timed(&mut timings.rules, || engine::derive(rules, &plan, &mut facts));
    let explained =
        timed(&mut timings.explain, || violation::explain(program, &facts, options.selected));
    let subjects = options.subjects.then(|| examined::subjects(program, &facts, options.selected));
    Outcome {
        path,
        files,
        problems: Vec::new(),
        findings: explained.findings,
        examined: explained
            .examined
            .into_iter()
            .map(|(rule, subjects)| Examined { rule, subjects })
            .collect(),
        population: explained.population,
        subjects: subjects.unwrap_or_default(),
    }
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
