//! The rules in `examples/custom-rules`: every example runs, each beside the shipped rules.

mod common;

use common::{assert_snapshot, check_texts};
use lynt::datalog::program::Violation;
use lynt::eval::Limits;
use lynt::examples::examples;
use lynt::rule_tests::{TestKind, Tests, run};
use lynt::rules::Rules;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "examples/custom-rules";

/// The shipped rules and those of the folder.
fn rules() -> Rules {
    let files = rule_files().into_iter().map(|path| (path.clone(), read(&path)));
    let rules = Rules::shipped().with_custom(files).map_err(|(problems, _)| problems);
    let rules = rules.expect("the rules compile");
    assert_eq!(rules.warnings, []);
    rules
}

fn custom(rules: &Rules) -> Vec<&Violation> {
    rules.violations().into_iter().filter(|rule| rules.is_custom(rule)).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a file of the examples").replace("\r\n", "\n")
}

/// The rule files, as paths from the root of the repository with `/`.
fn rule_files() -> Vec<String> {
    let mut paths = Vec::new();
    for folder in entries(&root().join(FOLDER)).into_iter().filter(|path| path.is_dir()) {
        paths.extend(entries(&folder));
    }
    let below = |path: PathBuf| path.strip_prefix(root()).expect("below the root").to_owned();
    let mut paths: Vec<String> =
        paths.into_iter().map(|path| below(path).to_string_lossy().replace('\\', "/")).collect();
    paths.sort();
    paths
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn every_example_lands_where_it_is_marked() {
    let rules = rules();
    let (tested, sources) = (|rule: &Violation| rules.is_custom(rule), &rules.set.sources);
    let limits = Limits::default();
    let tests = Tests { rules: &rules, tested: &tested, topologies: &[], sources, limits };
    let tested = run(&tests);
    let idle = tested.literals.iter().flat_map(|literals| &literals.idle);
    let idle: Vec<&str> = idle.map(|&literal| sources.text(literal)).collect();
    assert_eq!(idle, [""; 0], "no example makes these false");
    for rule in &tested.rules {
        for kind in [TestKind::Violates, TestKind::Complies] {
            let has = rule.examples.iter().any(|test| test.kind == kind);
            assert!(has, "{}: no example {kind:?}", rule.id);
        }
        for test in &rule.examples {
            assert!(test.passes(), "{}: {test:#?}", rule.id);
        }
    }
}

#[test]
fn every_example_is_looked_at_and_reported_as_the_snapshots_show() {
    let rules = rules();
    for rule in custom(&rules) {
        let (mut reports, mut passed_on_evidence) = (String::new(), false);
        for example in &examples(&rule.docs.text) {
            let files: Vec<(&str, &str)> =
                example.files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
            let mut checked = check_texts(&rules, &files);
            let examined = checked.outcome.examined.iter().find(|row| row.rule == rule.id);
            let looked = examined.is_some_and(|row| row.subjects > 0);
            passed_on_evidence |= looked && !example.violates;
            if example.violates {
                assert!(looked, "{} does not examine what it finds", rule.id);
                checked.outcome.findings.retain(|finding| finding.rule == rule.id);
                checked.outcome.examined.retain(|row| row.rule == rule.id);
                checked.outcome.population.clear();
                reports.push_str(&checked.human());
            }
        }
        assert!(passed_on_evidence, "{} looks at nothing where it is complied with", rule.id);
        assert_snapshot(&format!("custom-rules/{}.txt", rule.id), &reports);
    }
}

#[test]
fn every_rule_is_documented_as_a_shipped_one() {
    let rules = rules();
    let sources = &rules.set.sources;
    assert_eq!(custom(&rules).len(), rule_files().len(), "one rule a file");
    let sections = ["## What it checks", "## Why", "## Violates", "## Complies", "## How to fix"];
    for rule in custom(&rules) {
        let path = &sources.file(rule.span.file).path;
        assert_eq!(*path, format!("{FOLDER}/{}/{}.dl", rule.group, rule.id));
        let positions: Vec<_> =
            sections.iter().map(|section| rule.docs.text.find(section)).collect();
        assert!(positions.iter().all(Option::is_some), "{}: sections {positions:?}", rule.id);
        assert!(positions.is_sorted(), "{}: the sections' order", rule.id);
        assert!(rule.docs.title().ends_with('.'), "{}: the title is a sentence", rule.id);
        assert!(!rule.telling.helps.is_empty(), "{} does not help", rule.id);
        let text = &sources.file(rule.span.file).text;
        assert!(text.contains("examines:"), "{} says nothing of what it examines", rule.id);
    }
}

#[test]
fn the_readme_has_a_row_for_every_rule() {
    let readme = read(&format!("{FOLDER}/README.md"));
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| [")).collect();
    let mut linked: Vec<String> = Vec::new();
    for row in &rows {
        let link = row.split("](").nth(1).and_then(|rest| rest.split(')').next());
        linked.push(format!("{FOLDER}/{}", link.expect("a link")));
    }
    linked.sort();
    assert_eq!(linked, rule_files());
}

/// No condition of theirs is untested, no example is missing.
#[test]
fn testing_them_leaves_nothing_to_warn_of() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lynt"));
    let output = command.args(["test", "--strict", FOLDER]).current_dir(root()).output();
    let output = output.expect("lynt runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(!text.contains("warning"), "{text}");
}
