//! Violations → report.
//!
//! A new format is a file beside this one, its `mod` line and its row in [`FORMATS`].

use std::io::{self, Write};

use crate::source::{Problem, Sources};
use crate::violation::Finding;

mod ansi;
mod clip;
mod closing;
mod concise;
mod human;
pub mod places;
pub mod proof;
mod snippet;
mod wrap;

/// What became of one topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The topology's path as the user gave it.
    pub path: String,
    /// What kept it from being checked; then `findings` and `examined` are empty.
    pub problems: Vec<Problem>,
    /// The violations, sorted by place.
    pub findings: Vec<Finding>,
    /// One for each selected rule, sorted by id.
    pub examined: Vec<Examined>,
    /// What follows `lynt explain ID` to find the same topology: a blank and its path.
    pub path_arguments: String,
    /// What follows `lynt rule ID` to find the same rules: a blank and `--rules` with the paths.
    pub rule_arguments: String,
    /// What the rules looked at together, such as `("pool", 14)`; the noun is in the singular.
    pub population: Vec<(String, usize)>,
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
}

/// A way to write the outcomes of a run.
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// Writes the outcomes of all topologies; fails only where the writer does.
    pub write: fn(&[Outcome], &Sources, &Style, &mut dyn Write) -> io::Result<()>,
}

/// All formats; adding one is a file and a row.
pub const FORMATS: &[Format] = &[
    Format { name: "human", write: human::write },
    Format { name: "concise", write: concise::write },
];

/// Writes problems of rules, of settings or of the command line, for people,
/// with a blank line between two.
pub fn write_problems(
    problems: &[Problem],
    sources: &Sources,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    human::write_problems(problems, sources, style, out)
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
