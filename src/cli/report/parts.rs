//! Topologies → what a report tells of each besides its outcome.

use super::super::checker::Checker;
use super::super::setup::Setup;
use super::super::waivers;
use crate::audit::{Part, Table};
use crate::discover::{Baselined, TopologyFiles};
use crate::facts::collect;
use crate::graph::{self, MOST_POOLS};
use crate::print::grouped;
use crate::report::Outcome;
use crate::rules::Rules;
use crate::simulate::{MOST_FAILURES, Scenario, Simulator, Users, failures_of, modes};
use crate::source::{Problem, Sources};
use crate::topology::{self, Topology};
use crate::violation::Finding;

/// The part of each topology. `gone`: one for each where there is any.
pub(super) fn parts(
    checker: &Checker<'_>,
    outcomes: &[Outcome],
    gone: Vec<Vec<Finding>>,
    sources: &Sources,
) -> Result<Vec<Part>, Vec<Problem>> {
    let mut gone = gone.into_iter();
    let pairs = checker.prepared.topologies.iter().zip(outcomes).enumerate();
    let parts = pairs.map(|(at, ((topology, setup), outcome))| {
        let setup = &checker.prepared.setups[*setup];
        let baselined = checker.baselines.get(&topology.path);
        part(at + 1, (topology, setup, baselined), outcome, gone.next(), sources)
    });
    parts.collect()
}

fn part(
    number: usize,
    (topology, setup, baselined): (&TopologyFiles, &Setup, Option<&Baselined>),
    outcome: &Outcome,
    gone: Option<Vec<Finding>>,
    sources: &Sources,
) -> Result<Part, Vec<Problem>> {
    let program = &setup.rules.set.program;
    let parsed = topology::parse(program, sources, &topology.files)?;
    let texts = setup.rules.texts();
    let facts = collect(program, parsed.clone(), &graph::relations(program), texts);
    let findings: Vec<Finding> = outcome.open().cloned().collect();
    let drawn = graph::graph(program, &facts, &findings, None);
    let mut limits = Vec::new();
    if drawn.pools() > MOST_POOLS {
        limits.push(format!("The picture shows sites: there are more than {MOST_POOLS} pools."));
    }
    let Failures { table: failover, harmless, untried } = failures(&setup.rules, parsed)?;
    limits.extend(untried.into_iter().chain(left_out(setup)));
    let (columns, rows) = waivers::ignores(outcome, setup);
    let ignores = Table::new(&columns, &days(&columns), rows, "no comment ignores anything");
    let found = baselined.map(|known| waivers::baseline(known, outcome, setup, sources));
    let (columns, rows) = found.unwrap_or_default();
    let baseline = Table::new(&columns, &days(&columns), rows, "there are no entries");
    let picture = graph::svg(&drawn, &format!("lynt-t{number}"));
    Ok(Part {
        name: drawn.name.clone(),
        picture,
        failover,
        harmless,
        ignores,
        baseline,
        gone,
        limits,
    })
}

/// Which columns count days.
fn days(columns: &[&str]) -> Vec<usize> {
    (0..columns.len()).filter(|&at| columns[at].starts_with("days")).collect()
}

/// The rules that were not run, in a sentence.
fn left_out(setup: &Setup) -> Option<String> {
    let all = setup.rules.violations().into_iter();
    let left: Vec<&str> =
        all.filter(|rule| !setup.is_selected(rule)).map(|rule| rule.id.as_str()).collect();
    (!left.is_empty()).then(|| format!("Rules that were not run: {}.", left.join(", ")))
}

/// What single failures do.
#[derive(Default)]
struct Failures {
    /// Users by what is left to them, the worst first, and at the top what it is when nothing fails.
    table: Table,
    /// Those that change nothing.
    harmless: Vec<String>,
    /// Why they were not tried.
    untried: Option<String>,
}

fn failures(rules: &Rules, topology: Topology) -> Result<Failures, Vec<Problem>> {
    let program = &rules.set.program;
    let modes: Vec<&str> = modes(program).iter().rev().map(String::as_str).collect();
    let columns = [&["what fails"], &*modes, &["unknown"]].concat();
    let numbers: Vec<usize> = (1..columns.len()).collect();
    let number = failures_of(program, &topology);
    if number > MOST_FAILURES {
        let number = grouped(i64::try_from(number).unwrap_or(i64::MAX));
        let untried = format!(
            "Single failures were not tried: there are {number}, more than {MOST_FAILURES}. \
             `lynt simulate --matrix` tries them."
        );
        let table = Table::new(&columns, &numbers, Vec::new(), "not tried, see the limits");
        return Ok(Failures { table, untried: Some(untried), ..Failures::default() });
    }
    let mut simulator = Simulator::new(rules, topology).map_err(|problem| vec![problem])?;
    let normal = simulator.run(&Scenario::default())?.by_mode(modes.len());
    let row = |head: String, users: &[Users]| -> Vec<String> {
        std::iter::once(head).chain(users.iter().map(Users::to_string)).collect()
    };
    let mut rows = vec![row("nothing".to_owned(), &normal)];
    let mut harmless = Vec::new();
    for (kind, name) in simulator.single_failures() {
        let users = simulator.run(&Scenario::single(kind, &name))?.by_mode(modes.len());
        let head = format!("{kind} {name}");
        match users == normal {
            true => harmless.push(head),
            false => rows.push(row(head, &users)),
        }
    }
    let table = Table::new(&columns, &numbers, rows, "there is nothing that can fail");
    Ok(Failures { table, harmless, untried: None })
}
