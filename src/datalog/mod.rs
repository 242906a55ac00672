//! The rule language: text → checked program → crepe.
//!
//! `build.rs` includes this folder with `source` and `spelling`, so it imports nothing else.

pub mod ast;
pub mod check;
pub mod clauses;
pub mod crepe;
pub mod late;
pub mod lex;
pub mod lower;
pub mod parse;
pub mod program;
mod strata;

use crate::source::{FileId, Problem, Severity, Sources, Span};
use program::{Program, Query};

/// Parses and checks all files of `sources` as one program. All problems of all files come back in
/// one go, sorted by place; the program only when none of them is an error.
pub fn compile(sources: &Sources) -> (Option<Program>, Vec<Problem>) {
    compile_custom(sources, FileId::MAX)
}

/// As [`compile()`], where the files from `first` on are custom: they add relations and violations to the
/// program before them, but can't change what it means.
pub fn compile_custom(sources: &Sources, first: FileId) -> (Option<Program>, Vec<Problem>) {
    judge(sources, FactsFrom::Topology, first)
}

/// As [`compile()`], for a program of its own: its inputs are files, and what speaks of a topology has no
/// place in it.
pub fn compile_alone(sources: &Sources) -> (Option<Program>, Vec<Problem>) {
    judge(sources, FactsFrom::Files, FileId::MAX)
}

fn judge(sources: &Sources, facts: FactsFrom, first: FileId) -> (Option<Program>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for (id, file) in (0..).zip(&sources.files) {
        files.push(parse::parse(id, &file.text, &mut problems));
    }
    check::refuse_changes(&files, first, &mut problems);
    let program = check::check(&files, sources, facts, &mut problems);
    finish(program, problems)
}

/// As [`compile_custom()`], where the last file is no rule but the body of one: a question.
pub fn compile_query(sources: &Sources, first: FileId) -> (Option<(Program, Query)>, Vec<Problem>) {
    let mut problems = Vec::new();
    let (mut files, mut question) = (Vec::new(), Vec::new());
    for (id, file) in (0u32..).zip(&sources.files) {
        if id as usize + 1 == sources.files.len() {
            question = parse::parse_body(id, &file.text, &mut problems);
        } else {
            files.push(parse::parse(id, &file.text, &mut problems));
        }
    }
    check::refuse_changes(&files, first, &mut problems);
    let program =
        check::check_query(&files, &question, sources, FactsFrom::Topology, &mut problems);
    finish(program, problems)
}

fn finish<T>(program: T, mut problems: Vec<Problem>) -> (Option<T>, Vec<Problem>) {
    problems.sort_by_key(|problem| problem.labels.first().map(|label| label.span));
    let failed = problems.iter().any(|problem| problem.severity == Severity::Error);
    (if failed { None } else { Some(program) }, problems)
}

/// Where a program's facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactsFrom {
    /// A topology.
    Topology,
    /// Files of facts.
    Files,
}

/// A name or another word of the text, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// What was written.
    pub node: T,
    /// Where.
    pub span: Span,
}
