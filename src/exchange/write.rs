//! Rows → files, all of them or none.

use super::clipped;
use super::declarations::{declarations, plain_name, souffle_declarations};
use super::table::Table;
use crate::datalog::program::{Program, RelationId};
use crate::facts::Facts;
use crate::file::write_all;
use crate::print::Printer;
use crate::source::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Writes the facts of these relations into `folder`, with declarations for programs that read them.
///
/// # Errors
/// What can't stand in such a file or could not be written; then no file is changed.
pub fn export(
    program: &Program,
    facts: &Facts,
    relations: &[RelationId],
    folder: &Path,
) -> Result<(), Vec<Problem>> {
    let problems = refuse(program, facts, relations);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut files = vec![
        ("declarations.dl".to_owned(), declarations(program, relations)),
        ("declarations.souffle".to_owned(), souffle_declarations(program, relations)),
    ];
    for &relation in relations {
        let table = Table::new(program, facts, relation);
        files.push((format!("{}.facts", plain_name(table.name)), table.lines()));
    }
    write_files(folder, &files).map_err(|problem| vec![problem])
}

/// What of these relations can't stand in a file: each text once, at the first fact that has it, or at
/// the declaration of the relation that derives it.
pub fn refuse(program: &Program, facts: &Facts, relations: &[RelationId]) -> Vec<Problem> {
    let printer = Printer::new(program, facts);
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for &relation in relations {
        let declared = &program.relations[relation];
        let table = facts.store.table(relation);
        for (column, values) in declared.columns.iter().zip(&table.columns) {
            for row in (0..table.rows).filter(|_| !column.kind.is_number()) {
                let text = printer.word(column.kind, values.cell(row));
                let Some(why) = unwritable(text) else { continue };
                if seen.insert(text) {
                    let message = format!("`{}` {why}, and can't be written", clipped(text));
                    let place = facts.place(relation, row).unwrap_or(declared.span);
                    let problem = Problem::error("unwritable-text", message).at(place, "");
                    problems.push(problem.help(UNQUOTED));
                }
            }
        }
    }
    problems.sort_by_key(|problem| problem.labels.first().map(|label| label.span));
    problems
}

const UNQUOTED: &str = "in this form a line is a row, a tab parts its cells, and nothing is quoted";

/// Why a text can't stand in a cell.
fn unwritable(text: &str) -> Option<&'static str> {
    if text.starts_with('\u{feff}') {
        return Some("begins with a byte order mark");
    }
    text.bytes().find_map(|byte| match byte {
        b'\t' => Some("holds a tab"),
        b'\n' | b'\r' => Some("holds a line break"),
        // A file that begins with one is taken for UTF-16.
        b'\0' => Some("holds a zero byte"),
        _ => None,
    })
}

/// Writes files (name, text) into `folder`, which is made if it is missing, all of them or none.
///
/// # Errors
/// What could not be made, written or moved. A file that stands there is old or new, never half.
pub fn write_files(folder: &Path, files: &[(String, String)]) -> Result<(), Problem> {
    refuse_same_names(files)?;
    write_all(folder, files)
}

/// On many systems names that differ in case only are one file.
fn refuse_same_names(files: &[(String, String)]) -> Result<(), Problem> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, _) in files {
        if let Some(before) = seen.insert(name.to_lowercase(), name) {
            let message = format!("`{before}` and `{name}` are one file where case does not count");
            return Err(Problem::error("unwritable", message)
                .help("call one of the relations otherwise, or take one with `--relation`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_read_back_is_unwritable() {
        let cases = [
            ("", None),
            ("fe-lon.contoso.com", None),
            ("a \"b\", c", None),
            ("Köln\u{2028}\u{85}\u{1b}", None),
            ("a\0", Some("holds a zero byte")),
            ("a\tb\n", Some("holds a tab")),
            ("a\nb", Some("holds a line break")),
            ("a\r", Some("holds a line break")),
            ("\u{feff}a", Some("begins with a byte order mark")),
            ("a\u{feff}", None),
        ];
        for (text, why) in cases {
            assert_eq!(unwritable(text), why, "{text:?}");
        }
    }
}
