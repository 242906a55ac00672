//! The shipped rules: as they are compiled, interpreted, and meant. Without the feature `compiled` the
//! first is left out, since nothing is compiled.

use crate::run::{count, derived, interpreted, meant};
use crate::stand_alone::listed;
use crate::{generate, model, rounds, topologies};
use lynt::engine::derive;
use lynt::eval::Limits;
use lynt::examples::examples;
use lynt::facts::{Facts, collect};
use lynt::rules::{Plan, Rules};
use lynt::source::Sources;
use lynt::topology;

/// One of so many random topologies is also held against the definition, which is slow.
const MEANT: u64 = 30;

#[test]
fn examples_of_all_rules() {
    let rules = Rules::shipped();
    let (mut topologies, mut rows) = (0, 0);
    for rule in rules.violations() {
        for example in examples(&rule.docs.text) {
            let files = example.files.into_iter().map(|file| (file.name, file.text)).collect();
            topologies += 1;
            rows += compare(&rules, files, true);
        }
    }
    println!("{topologies} examples of rules: {rows} rows compared");
    assert!(topologies >= 2 * rules.violations().len() && rows > 10_000);
}

#[test]
fn large_topologies() {
    let rules = Rules::shipped();
    let mut rows = 0;
    for shape in ["pairs", "star", "chain", "ring", "all-to-one"] {
        let topology =
            generate::generated(&["400", "--shape", shape]).expect("arguments are right");
        rows += compare(&rules, vec![("topology.toml".to_owned(), topology.0)], false);
    }
    println!("5 topologies of 400 pools: {rows} rows compared");
    assert!(rows > 200_000);
}

#[test]
fn random_topologies() {
    let rules = Rules::shipped();
    let (mut rows, mut meant) = (0, 0);
    let topologies = 3_000 * rounds();
    for seed in 0..topologies {
        let files = model::written(&topologies::topology(seed), seed);
        let is_meant = seed % MEANT == 0;
        meant += u64::from(is_meant);
        rows += compare(&rules, files, is_meant);
    }
    println!("{topologies} random topologies, {meant} of them also as meant: {rows} rows compared");
    assert!(meant >= 100 && rows > 500_000);
}

/// How many rows the engines derive from a topology, and the definition where it is asked.
fn compare(rules: &Rules, files: Vec<(String, String)>, with_meaning: bool) -> usize {
    let program = &rules.set.program;
    let plan = rules.plan_for((0..program.relations.len()).collect());
    let mut facts = facts(rules, &plan, &files);
    let interpreted = interpreted(program, &facts);
    if with_meaning {
        assert_eq!(interpreted, meant(program, &facts), "{files:#?}");
    }
    if cfg!(feature = "compiled") {
        derive(rules, &plan, &mut facts, &Limits::default()).expect("within the limits");
        let compiled: Vec<_> = derived(program).map(|id| (id, listed(&facts, id))).collect();
        assert_eq!(interpreted, compiled, "{files:#?}");
    }
    count(&interpreted)
}

fn facts(rules: &Rules, plan: &Plan, files: &[(String, String)]) -> Facts {
    let mut sources = Sources::default();
    let files: Vec<_> = files.iter().map(|(name, text)| sources.add(name, text)).collect();
    let program = &rules.set.program;
    let topology = topology::parse(program, &sources, &files).expect("the topology is right");
    collect(program, topology, &plan.relations, rules.texts())
}
