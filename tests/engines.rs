//! The compiled rules and the interpreter derive the same rows.

mod common;

#[allow(dead_code, reason = "the example's own main")]
#[path = "../examples/generate.rs"]
mod generate;

use lynt::datalog::program::RelationId;
use lynt::engine::derive;
use lynt::eval;
use lynt::examples::examples;
use lynt::facts::{Facts, collect};
use lynt::rules::{Plan, Rules};
use lynt::source::Sources;
use lynt::topology;

fn everything(rules: &Rules) -> Plan {
    rules.plan_for((0..rules.set.program.relations.len()).collect())
}

fn facts(rules: &Rules, texts: &[&str]) -> Facts {
    let mut sources = Sources::default();
    let files: Vec<_> = texts.iter().map(|text| sources.add("t.toml", *text)).collect();
    let program = &rules.set.program;
    let topology = topology::parse(program, &sources, &files).expect("the topology is right");
    collect(program, topology, &everything(rules).relations, rules.texts())
}

/// How many rows both engines derive from the texts.
fn compare(rules: &Rules, texts: &[&str]) -> usize {
    let program = &rules.set.program;
    let mut compiled = facts(rules, texts);
    let mut interpreted = compiled.clone();
    let plan = everything(rules);
    let limits = eval::Limits::default();
    derive(rules, &plan, &mut compiled, &limits).expect("within the limits");
    eval::derive(program, &plan.relations, &mut interpreted, &limits).expect("within the limits");
    let derived = |id: &RelationId| program.relations[*id].role.is_derived();
    let mut rows = 0;
    for id in (0..program.relations.len()).filter(derived) {
        let (one, other) = (compiled.store.table(id), interpreted.store.table(id));
        assert_eq!(one, other, "{}", program.relations[id].name);
        rows += one.rows;
    }
    rows
}

#[test]
fn both_engines_derive_the_same() {
    let rules = Rules::shipped();
    let mut rows = 0;
    for rule in rules.violations() {
        for example in examples(&rule.docs) {
            let texts: Vec<&str> = example.files.iter().map(|file| file.text.as_str()).collect();
            rows += compare(&rules, &texts);
        }
    }
    for shape in ["pairs", "star", "chain", "ring", "all-to-one"] {
        let generated =
            generate::generated(&["400", "--shape", shape]).expect("arguments are right");
        rows += compare(&rules, &[&generated.0]);
    }
    println!("{rows} rows compared");
    assert!(rows > 10_000);
}
