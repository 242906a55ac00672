//! The example topologies give exactly what they are marked with, and generated ones what was planted.

mod common;

#[allow(dead_code, reason = "the example's own main")]
#[path = "../examples/generate.rs"]
mod generate;

use common::{Checked, assert_snapshot, check_texts, topologies};
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::{Options, Timings, check};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Checks a path below the package, as the command line does.
fn check_path(rules: &Rules, path: &str) -> Checked {
    let mut sources = Sources::default();
    let topologies = topologies(PathBuf::from(path), &mut sources);
    assert_eq!(topologies.len(), 1);
    let options = Options::default();
    let outcome = check(rules, &sources, &topologies[0], &options, &mut Timings::default());
    assert_eq!(outcome.problems, []);
    Checked { sources, outcome }
}

#[test]
fn clean_examples_give_nothing() {
    let rules = Rules::shipped();
    for path in ["examples/contoso", "examples/legacy-2010.toml", "examples/litware"] {
        assert_eq!(check_path(&rules, path).found(|_| true), [""; 0], "{path}");
    }
}

#[test]
fn the_enterprise_leaves_no_rule_without_evidence() {
    let checked = check_path(&Rules::shipped(), "examples/contoso");
    let idle: Vec<_> = checked.outcome.examined.iter().filter(|rule| rule.subjects == 0).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn the_broken_example_gives_exactly_its_marks_of_every_rule() {
    let rules = Rules::shipped();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let checked = check_path(&rules, "examples/broken");
    assert_eq!(checked.differences(|_| true), [""; 0]);
    assert_snapshot("broken.txt", &checked.human());
    // Some mistakes need a topology of their own: there is one Central Management store, and one
    // Edge pool elsewhere or one pool without a site is enough to say nothing.
    let mut all = vec![checked];
    let alone = fs::read_dir(root.join("examples/broken-alone")).expect("the folder");
    for entry in alone {
        let name = entry.expect("a file").file_name().into_string().expect("UTF-8");
        let checked = check_path(&rules, &format!("examples/broken-alone/{name}"));
        assert_eq!(checked.differences(|_| true), [""; 0], "{name}");
        all.push(checked);
    }
    for rule in rules.violations() {
        let found = all.iter().flat_map(|checked| &checked.outcome.findings);
        assert!(found.clone().any(|finding| finding.rule == rule.id), "nothing breaks {}", rule.id);
    }
}

#[test]
fn the_same_bytes_over_100_runs() {
    let run = || {
        let output = Command::new(env!("CARGO_BIN_EXE_lynt"))
            .args(["check", "examples/broken"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("lynt runs");
        assert_eq!(output.status.code(), Some(1));
        output.stdout
    };
    let first = run();
    assert!((1..100).all(|_| run() == first));
}

fn counts(checked: &Checked) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in &checked.outcome.findings {
        *counts.entry(finding.rule.clone()).or_default() += 1;
    }
    counts
}

#[test]
fn generated_topologies_give_what_was_planted() {
    let rules = Rules::shipped();
    let cases: &[&[&str]] = &[
        &["10000"],
        &["1000", "--seed", "7"],
        &["300", "--shape", "clean"],
        &["300", "--shape", "star"],
        &["300", "--shape", "all-to-one"],
        &["300", "--shape", "chain"],
        &["300", "--shape", "ring"],
        &["1"],
    ];
    for arguments in cases {
        let (toml, expected) = generate::generated(arguments).expect("the arguments are right");
        let checked = check_texts(&rules, &[("generated.toml", &toml)]);
        assert_eq!(checked.outcome.problems, [], "{arguments:?}");
        let expected: BTreeMap<String, usize> =
            expected.into_iter().map(|(rule, count)| (rule.to_owned(), count)).collect();
        assert_eq!(counts(&checked), expected, "{arguments:?}");
    }
}
