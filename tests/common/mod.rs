//! What several tests need: checking texts, comparing marks, snapshots.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod command;
pub mod exports;

use lynt::discover::{Choice, Request, TopologyFiles, discover};
use lynt::report::{FORMATS, Outcome, Report, Style};
use lynt::rule_tests::{judge, marks_of};
use lynt::rules::Rules;
use lynt::source::{Severity, Sources};
use lynt::{Options, Timings, check};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A topology of texts, as one check saw it.
pub struct Checked {
    pub sources: Sources,
    pub outcome: Outcome,
}

/// Checks `files` (name, text) as one topology by all rules.
pub fn check_texts(rules: &Rules, files: &[(&str, &str)]) -> Checked {
    let mut sources = Sources::default();
    let ids = files.iter().map(|(name, text)| sources.add(*name, *text)).collect();
    let topology = TopologyFiles { path: "topology".to_owned(), files: ids };
    let options = Options::default();
    let outcome = check(rules, &sources, &topology, &options, &mut Timings::default());
    Checked { sources, outcome }
}

impl Checked {
    /// `file:line rule-id` of every finding that `wanted` accepts, sorted.
    pub fn found(&self, wanted: impl Fn(&lynt::violation::Finding) -> bool) -> Vec<String> {
        let mut found: Vec<String> = self
            .outcome
            .findings
            .iter()
            .filter(|finding| wanted(finding))
            .map(|finding| {
                let span = finding.labels.first().expect("a finding has a place").span;
                let (line, _) = self.sources.line_column(span);
                format!("{}:{line} {}", self.sources.file(span.file).path, finding.rule)
            })
            .collect();
        found.sort();
        found
    }

    /// What is found and not marked, and what is marked and not found, by all rules that are `exact`,
    /// all marked ones, and all errors.
    pub fn differences(&self, exact: impl Fn(&str) -> bool) -> Vec<String> {
        let files: Vec<_> = (0..).take(self.sources.files.len()).collect();
        let marks = marks_of(&files, &self.sources);
        let judgement = judge(&self.outcome.findings, &marks, &self.sources, &exact);
        let unmarked = judgement.unexpected.iter().map(|finding| format!("found: {}", finding.id));
        let missing = judgement
            .missing
            .iter()
            .map(|mark| format!("not found: {} at {}", mark.rule, self.sources.place(mark.span)));
        unmarked.chain(missing).collect()
    }

    /// The human report, as in a file.
    pub fn human(&self) -> String {
        let style = Style {
            color: false,
            ascii: true,
            width: 100,
            proofs: false,
            hidden: false,
            most: usize::MAX,
        };
        let mut text = Vec::new();
        let write = FORMATS.iter().find(|format| format.name == "human").expect("the format").write;
        let report = Report {
            outcomes: std::slice::from_ref(&self.outcome),
            problems: &[],
            sources: &self.sources,
            rules: &[],
            rule_files: &Sources::default(),
            exit_code: 1,
        };
        write(&report, &style, &mut text).expect("writing to memory");
        String::from_utf8(text).expect("reports are UTF-8")
    }
}

/// The topologies of a path, as where no configuration counts.
pub fn topologies(path: PathBuf, sources: &mut Sources) -> Vec<TopologyFiles> {
    let choice = Choice { isolated: true, ..Choice::default() };
    let (paths, stdin_name) = (&[path], "<stdin>");
    let (exclude, choice) = (&[], &choice);
    let request =
        Request { paths, exclude, tracked: false, stdin_name, max_file_size: None, choice };
    let found = discover(&request, sources).expect("the path is read");
    found.topologies.into_iter().map(|(topology, _)| topology).collect()
}

/// Compares with the file `tests/snapshots/<name>`; `LYNT_BLESS=1` writes it anew.
pub fn assert_snapshot(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if env::var_os("LYNT_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(&path, text).expect("the snapshot is written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        expected == text,
        "{name} differs; run with LYNT_BLESS=1, then read it\n--- expected\n{expected}\n--- found\n{text}"
    );
}

/// What became of a topology of one file that holds `text`, without findings.
pub fn file_outcome(text: &str) -> (Outcome, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("t.toml", text);
    let (path, fail_on) = ("t.toml".to_owned(), Some(Severity::Error));
    (Outcome { path, files: vec![file], fail_on, ..Outcome::default() }, sources)
}
