//! An independent oracle: the findings of every rule on random topologies are those of plain sets
//! and loops, which share nothing with the rules or the engines.

#[path = "../common/mod.rs"]
mod common;

mod random;
mod model;
mod generate;
mod rules;

use common::check_texts;
use lynt::rules::Rules;
use model::{Topology, written};
use rules::{Find, RULES};
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

/// How many topologies are compared; a debug build, being slow, compares fewer.
const TOPOLOGIES: u64 = if cfg!(debug_assertions) { 1_000 } else { 10_000 };

/// How many threads share the work.
const CHUNKS: u64 = 2;

/// What one chunk found.
#[derive(Default)]
struct Compared {
    /// Findings on which both agree, by rule.
    agreed: BTreeMap<&'static str, usize>,
    /// By rule: how many topologies they differ on, and the first one's seed.
    differ: BTreeMap<&'static str, (usize, u64)>,
}

#[test]
fn rules_find_what_the_oracle_finds() {
    let shipped: BTreeSet<String> =
        Rules::shipped().violations().iter().map(|violation| violation.id.clone()).collect();
    for (id, find) in RULES.iter().filter(|(id, _)| !shipped.contains(*id)) {
        let expected: usize =
            (0..TOPOLOGIES).map(|seed| find(&generate::topology(seed)).len()).sum();
        println!("skipped, since lynt does not have it: {id}, of which {expected} are expected");
    }
    for id in shipped.iter().filter(|id| RULES.iter().all(|(known, _)| known != id)) {
        println!("the oracle does not know: {id}");
    }
    let table: Vec<(&'static str, Find)> =
        RULES.iter().filter(|(id, _)| shipped.contains(*id)).copied().collect();

    let chunks: Vec<Compared> = thread::scope(|scope| {
        let chunk = |first| (first..TOPOLOGIES).step_by(usize::try_from(CHUNKS).unwrap());
        let table = &table;
        let spawn = |first| scope.spawn(move || compare(&Rules::shipped(), table, chunk(first)));
        let threads: Vec<_> = (0..CHUNKS).map(spawn).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    let mut total = 0;
    let mut silent = Vec::new();
    let mut differing = Vec::new();
    println!("{TOPOLOGIES} topologies; findings of each rule:");
    for &(id, find) in &table {
        let agreed: usize = chunks.iter().filter_map(|chunk| chunk.agreed.get(id)).sum();
        println!("{agreed:8} {id}");
        total += agreed;
        if agreed == 0 {
            silent.push(id);
        }
        let differ: Vec<_> = chunks.iter().filter_map(|chunk| chunk.differ.get(id)).collect();
        if let Some(seed) = differ.iter().map(|(_, seed)| *seed).min() {
            let topologies: usize = differ.iter().map(|(count, _)| count).sum();
            println!("{}", disagreement(&Rules::shipped(), id, find, topologies, seed));
            differing.push(id);
        }
    }
    println!("{total:8} in all");
    assert!(differing.is_empty(), "rules and oracle disagree: {differing:?}");
    assert!(silent.is_empty(), "never found on any topology: {silent:?}");
}

/// Compares rules and oracle on the topologies of these seeds.
fn compare(
    rules: &Rules,
    table: &[(&'static str, Find)],
    seeds: impl Iterator<Item = u64>,
) -> Compared {
    let mut compared = Compared::default();
    for seed in seeds {
        let topology = generate::topology(seed);
        let mut found = found(rules, &topology, seed);
        for &(id, find) in table {
            let by_rule = found.remove(id).unwrap_or_default();
            if by_rule == expected(find, &topology) {
                *compared.agreed.entry(id).or_default() += by_rule.len();
            } else {
                compared.differ.entry(id).or_insert((0, seed)).0 += 1;
            }
        }
    }
    compared
}

/// What the oracle expects one rule to find.
fn expected(find: Find, topology: &Topology) -> BTreeSet<String> {
    find(topology).iter().map(|names| plain(names)).collect()
}

/// Names in lower case and without trailing dots.
fn plain(names: &str) -> String {
    let names = names.to_lowercase();
    let plain = |name| str::strip_suffix(name, ".").unwrap_or(name);
    names.split(',').map(plain).collect::<Vec<_>>().join(",")
}

/// What lynt finds, by rule: the arguments in a finding's id.
fn found(rules: &Rules, topology: &Topology, seed: u64) -> BTreeMap<String, BTreeSet<String>> {
    let files = written(topology, seed);
    let texts: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let outcome = check_texts(rules, &texts).outcome;
    let problems: Vec<_> = outcome.problems.iter().map(|problem| &problem.message).collect();
    assert!(problems.is_empty(), "{problems:?}\n{}", toml(topology, seed));
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in outcome.findings {
        let (_, arguments) = finding.id.split_once(':').unwrap_or_default();
        found.entry(finding.rule).or_default().insert(plain(arguments));
    }
    found
}

/// A disagreement in full, on as small a topology as leaving out tables gives.
fn disagreement(rules: &Rules, id: &str, find: Find, topologies: usize, seed: u64) -> String {
    let both = |topology: &Topology| {
        let by_rule = found(rules, topology, seed).remove(id).unwrap_or_default();
        (by_rule, expected(find, topology))
    };
    let differs = |topology: &Topology| {
        let (by_rule, by_oracle) = both(topology);
        by_rule != by_oracle
    };
    let mut topology = generate::topology(seed);
    let mut at = 0;
    while at < topology.entities() {
        let less = topology.without(at);
        if !less.is_empty() && differs(&less) {
            topology = less;
        } else {
            at += 1;
        }
    }
    let (by_rule, by_oracle) = both(&topology);
    format!(
        "\n---- {id}: {topologies} topologies differ; this is of seed {seed}\n{}rule:   {by_rule:?}\noracle: {by_oracle:?}\n",
        toml(&topology, seed)
    )
}

fn toml(topology: &Topology, seed: u64) -> String {
    let files = written(topology, seed);
    files.iter().map(|(name, text)| format!("# {name}\n{text}")).collect()
}
