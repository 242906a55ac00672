//! Rows → files, all of them or none.

use super::clipped;
use super::declarations::{declarations, plain_name, souffle_declarations};
use super::table::Table;
use crate::datalog::program::{Program, RelationId};
use crate::discover::display;
use crate::facts::Facts;
use crate::print::Printer;
use crate::source::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

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

/// Writes files (name, text) into `folder`, which is made if it is missing. They are written beside
/// their places first, and moved only once all of them are complete.
///
/// # Errors
/// What could not be made, written or moved. A file that stands there is old or new, never half.
pub fn write_files(folder: &Path, files: &[(String, String)]) -> Result<(), Problem> {
    refuse_same_names(files)?;
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
    let mut written = Vec::new();
    let result = write_beside(folder, files, &mut written).and_then(|()| {
        files.iter().zip(&written).try_for_each(|((name, _), beside)| {
            let path = folder.join(name);
            fs::rename(beside, &path).map_err(|error| unwritten(&path, &error))
        })
    });
    if result.is_err() {
        written.iter().for_each(|beside| _ = fs::remove_file(beside));
    }
    result
}

fn write_beside(
    folder: &Path,
    files: &[(String, String)],
    written: &mut Vec<PathBuf>,
) -> Result<(), Problem> {
    for (name, text) in files {
        let path = folder.join(name);
        if path.is_dir() {
            return Err(unwritten(&path, &"this is a folder"));
        }
        let beside = folder.join(format!(".{name}.lynt-{}", std::process::id()));
        write_new(&beside, text).map_err(|error| unwritten(&path, &error))?;
        written.push(beside);
    }
    Ok(())
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes()).inspect_err(|_| _ = fs::remove_file(path))
}

fn unwritten(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::error("unwritable", format!("could not write {}: {error}", display(path)))
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
