//! Violations → report.
//!
//! A new format is a file beside this one, its `mod` line and its row in [`FORMATS`].

use std::io;

use crate::checks::Check;
use crate::datalog::late::Late;
use crate::datalog::program::{Docs, Violation};
use crate::examined::Subjects;
use crate::source::{FileId, Problem, Severity, Sources};
use crate::suppress::Ignore;
use crate::suppression::{HIDERS, Hider, Suppression};
use crate::violation::Finding;

mod annotations;
mod ansi;
mod azure;
mod by_rule;
mod clip;
mod closing;
mod concise;
mod csv;
mod github;
mod gitlab;
mod human;
pub mod json;
mod jsonl;
mod junit;
mod lines;
mod markdown;
pub mod places;
pub mod proof;
pub mod quiet_json;
mod run_json;
mod sarif;
pub mod sha256;
mod snippet;
mod tap;
mod wrap;

/// A run, as reports tell of it.
#[derive(Clone, Copy, Debug)]
pub struct Report<'r> {
    /// What became of each topology.
    pub outcomes: &'r [Outcome],
    /// What kept the run from looking at topologies at all; then there is no outcome.
    pub problems: &'r [Problem],
    /// The files that the outcomes' places count in.
    pub sources: &'r Sources,
    /// The selected rules, sorted by id.
    pub rules: &'r [Rule],
    /// The files that the rules stand in.
    pub rule_files: &'r Sources,
    /// 0 clean, 1 violations, 2 could not check.
    pub exit_code: u8,
}

impl Report<'_> {
    /// The least severity that fails any of its topologies; None where no finding does.
    pub fn fail_on(&self) -> Option<Severity> {
        self.outcomes.iter().filter_map(|outcome| outcome.fail_on).min()
    }
}

/// A rule, as reports tell of it whether it found something or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Its group.
    pub group: String,
    /// How grave its findings are.
    pub severity: Severity,
    /// Its documentation.
    pub docs: Late<Docs>,
}

impl Rule {
    /// What reports tell of `violation`.
    pub fn of(violation: &Violation) -> Self {
        Self {
            id: violation.id.clone(),
            group: violation.group.clone(),
            severity: violation.severity,
            docs: violation.docs.clone(),
        }
    }

    /// What reports tell of a check of ignores or of the baseline.
    pub fn of_check(check: &Check, severity: Severity) -> Self {
        let docs = Docs { text: check.docs.to_owned(), sources: Vec::new() };
        let (id, group) = (check.id.to_owned(), check.group.to_owned());
        Self { id, group, severity, docs: docs.into() }
    }

    /// Its documentation below the title and the documents that say so, in Markdown.
    pub fn help(&self) -> String {
        let mut help = self.docs.body().to_owned();
        if !self.docs.sources.is_empty() {
            help.push_str("\n\n## Source\n");
        }
        for source in &self.docs.sources {
            help.push_str(&format!("\n- {source}"));
        }
        help.trim().to_owned()
    }
}

/// What became of one topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The topology's path as the user gave it.
    pub path: String,
    /// Its files, sorted by path.
    pub files: Vec<FileId>,
    /// The path of the configuration in force; None: all is as lynt has it.
    pub configuration: Option<String>,
    /// The path of the baseline in force.
    pub baseline: Option<String>,
    /// What it was compared with, so that only what is new is open.
    pub since: Option<Since>,
    /// The least severity that fails the check; None where no finding does.
    pub fail_on: Option<Severity>,
    /// What kept it from being checked; then `findings` and `examined` are empty.
    pub problems: Vec<Problem>,
    /// The violations, sorted by place; those that something hides too.
    pub findings: Vec<Finding>,
    /// The ignores in its files, in their order.
    pub ignores: Vec<Ignore>,
    /// One for each selected rule, sorted by id.
    pub examined: Vec<Examined>,
    /// What follows `lynt explain ID` to find the same topology: a blank and its path.
    pub path_arguments: String,
    /// What follows `lynt explain ID` to find the same rules: a blank and `--rules` with the paths.
    pub explain_arguments: String,
    /// What follows `lynt rule ID` to find the same rules.
    pub rule_arguments: String,
    /// What the rules looked at together, such as `("pool", 14)`; the noun is in the singular.
    pub population: Vec<(String, usize)>,
    /// What each rule looked at by name, as `examined`; empty where no format of the run asks for it.
    pub subjects: Subjects,
}

impl Outcome {
    /// The findings that nothing hides.
    pub fn open(&self) -> impl Iterator<Item = &Finding> + Clone {
        self.findings.iter().filter(|finding| finding.suppression.is_none())
    }

    /// The findings that something of this kind hides, each with what does.
    pub fn hidden_by(&self, kind: Hider) -> impl Iterator<Item = (&Finding, &Suppression)> + Clone {
        let hidden = self
            .findings
            .iter()
            .filter_map(|finding| Some((finding, finding.suppression.as_ref()?)));
        hidden.filter(move |(_, by)| by.kind == kind)
    }

    /// How many findings each kind of thing hides, in words; nothing where it hides none.
    fn hidden(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let counts = HIDERS.into_iter().map(|kind| (words(kind), self.hidden_by(kind).count()));
        counts.filter(|(_, count)| *count > 0)
    }

    /// Whether an open finding of this severity fails the check.
    pub fn is_failure(&self, severity: Severity) -> bool {
        self.fail_on.is_some_and(|least| severity >= least)
    }

    /// Whether an open finding fails the check.
    pub fn fails(&self) -> bool {
        self.open().any(|finding| self.is_failure(finding.severity))
    }
}

/// What findings are that this hides.
fn words(kind: Hider) -> &'static str {
    match kind {
        Hider::Ignore => "ignored by comments",
        Hider::Baseline => "in the baseline",
        Hider::Revision => "not new",
    }
}

/// A revision of a topology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// As the user calls it.
    pub name: String,
    /// The commit's id.
    pub commit: String,
}

/// How much one rule looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The rule's id.
    pub rule: String,
    /// How many subjects it looked at; a rule that looked at none has not passed.
    pub subjects: usize,
}

/// How a report is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Write ANSI colours.
    pub color: bool,
    /// Draw with ASCII only; what is quoted stays as it is.
    pub ascii: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Print proofs where findings have them.
    pub proofs: bool,
    /// List in SARIF what is hidden too.
    pub hidden: bool,
    /// How many findings people are shown; all count.
    pub most: usize,
}

/// Writes a report; fails only where the writer does.
pub type Write = fn(&Report<'_>, &Style, &mut dyn io::Write) -> io::Result<()>;

/// A way to write a report.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// Writes it.
    pub write: Write,
    /// Whether it is for people, whom standard error tells what keeps a run from looking at topologies.
    pub is_for_people: bool,
    /// Whether it names what the rules looked at ([`Outcome::subjects`]).
    pub names_subjects: bool,
    /// Whether it tells why each violation is one ([`Finding::proof`]).
    pub carries_proofs: bool,
    /// What is also written to the end of the file that an environment variable names.
    pub beside: Option<(&'static str, Write)>,
}

impl Format {
    const fn new(name: &'static str, write: Write) -> Self {
        Self {
            name,
            write,
            is_for_people: false,
            names_subjects: false,
            carries_proofs: false,
            beside: None,
        }
    }
}

/// All formats; adding one is a file and a row.
pub const FORMATS: &[Format] = &[
    Format { is_for_people: true, ..Format::new("human", human::write) },
    Format { is_for_people: true, ..Format::new("concise", concise::write) },
    Format { carries_proofs: true, ..Format::new("json", json::write) },
    Format { carries_proofs: true, ..Format::new("jsonl", jsonl::write) },
    Format { carries_proofs: true, ..Format::new("sarif", sarif::write) },
    Format { names_subjects: true, ..Format::new("junit", junit::write) },
    Format {
        beside: Some(("GITHUB_STEP_SUMMARY", markdown::write_summary)),
        ..Format::new("github", github::write)
    },
    Format::new("gitlab", gitlab::write),
    Format::new("azure", azure::write),
    Format::new("tap", tap::write),
    Format::new("csv", csv::write),
    Format::new("markdown", markdown::write),
];

pub use human::finding_and_proof;

/// Writes problems of rules, of settings or of the command line, for people,
/// with a blank line between two.
pub fn write_problems(
    problems: &[Problem],
    sources: &Sources,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    human::write_problems(problems, sources, style, out)
}

/// What became of a topology, in lines of so many columns.
pub fn closing(outcome: &Outcome, columns: usize) -> String {
    closing::of_one(outcome, false, columns)
}

/// Texts as a row of CSV, with its line end; none of them can compute anything in a spreadsheet.
pub fn csv_row(cells: &[String]) -> String {
    csv::row(cells)
}

/// A text as code in Markdown, in more backticks than it has.
pub fn markdown_code(text: &str) -> String {
    markdown::code(text)
}

/// A text in Markdown: what stands between backticks is code, and nothing else means anything.
pub fn markdown_text(text: &str) -> String {
    markdown::text(text)
}

/// `text` as one word of a shell, quoted where it must be.
pub fn shell_word(text: &str) -> String {
    human::shell_word(text)
}

/// `head` and `text` with line breaks at blanks so that no line is wider than `columns`; lines after
/// the first stand under the start of `text`.
pub fn wrapped(head: &str, text: &str, columns: usize) -> String {
    wrap::wrap(head, text, columns)
}
