//! The minimal checker that lynt's speed is compared with finds what lynt finds.

#[allow(dead_code, reason = "the example's own main")]
#[path = "../examples/generate.rs"]
mod generate;
#[path = "../benches/compare/minimal.rs"]
mod minimal;

mod common;

use common::check_texts;
use lynt::rules::Rules;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const NAMED: &[&str] = &[
    "asymmetric-backup",
    "multiple-partners",
    "sba-without-registrar",
    "dr-claimed-for-sba-users",
];

/// `rule("name", "name")` of each finding of the four rules, FQDNs in one form.
fn found_by_lynt(rules: &Rules, files: &[(&str, &str)]) -> BTreeSet<String> {
    let checked = check_texts(rules, files);
    let findings = checked.outcome.findings.iter();
    let named = findings.filter(|finding| NAMED.contains(&finding.rule.as_str()));
    named.map(|finding| finding.atom.identity()).collect()
}

fn found_by_hand(files: &[(&str, &str)]) -> BTreeSet<String> {
    let texts: Vec<&str> = files.iter().map(|(_, text)| *text).collect();
    let mut out = Vec::new();
    let topology = minimal::read(&texts).expect("the topology is read");
    minimal::check(&topology, &mut out).expect("a vector is written");
    let lines = String::from_utf8(out).expect("UTF-8");
    let atom = |line: &str| {
        let mut words = line.split('\t');
        let rule = words.next().unwrap_or("");
        let names: Vec<String> = words.map(|name| format!("{name:?}")).collect();
        format!("{rule}({})", names.join(", "))
    };
    lines.lines().map(atom).collect()
}

/// Compares them, and returns how many of the rules fired.
fn compare(rules: &Rules, what: &str, files: &[(&str, &str)]) -> usize {
    let (lynt, hand) = (found_by_lynt(rules, files), found_by_hand(files));
    assert_eq!(lynt, hand, "{what}");
    let fired = |rule: &&&str| lynt.iter().any(|atom| atom.starts_with(&format!("{rule}(")));
    NAMED.iter().filter(fired).count()
}

/// The TOML files of an example, or the one that it is.
fn example(path: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let read = |path: &Path| {
        (path.display().to_string(), fs::read_to_string(path).expect("a file is read"))
    };
    if path.is_file() {
        return vec![read(&path)];
    }
    let entries = fs::read_dir(&path).expect("a folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

#[test]
fn examples_and_edges() {
    let rules = Rules::shipped();
    for (path, fired) in [
        ("benches/compare/edges.toml", 4),
        ("examples/broken", 4),
        ("examples/contoso", 0),
        ("examples/legacy-2010.toml", 0),
    ] {
        let files = example(path);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(compare(&rules, path, &files), fired, "{path}");
    }
}

#[test]
fn generated_topologies() {
    let rules = Rules::shipped();
    for (size, shape, fired) in [
        ("100", "pairs", 1),
        ("400", "pairs", 4),
        ("100", "clean", 0),
        ("100", "star", 2),
        ("100", "all-to-one", 2),
        ("100", "chain", 2),
        ("100", "ring", 2),
    ] {
        let (text, _) = generate::generated(&[size, "--shape", shape]).expect("right arguments");
        let files = [("generated.toml", text.as_str())];
        assert_eq!(compare(&rules, shape, &files), fired, "{size} {shape}");
    }
}

#[test]
fn what_the_minimal_checker_can_not_read_is_an_error() {
    for text in ["[[pool]\n", "[[pool]]\nfqdn = \"a\\q\"\n", "pool = []\n", "pool.fqdn = 1\n"] {
        assert!(minimal::read(&[text]).is_err(), "{text}");
    }
}
