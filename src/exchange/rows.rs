//! The text of one file of facts → rows.

use super::{ROW_WITHOUT_COLUMNS, clipped};
use crate::datalog::program::{EnumDecl, Kind, Program, Relation};
use crate::facts::{Cell, Table};
use crate::source::{FileId, Problem, Span};
use crate::spelling::nearest;
use crate::texts::Texts;
use std::num::IntErrorKind;

/// So many errors of one file are told; the rest is counted.
const MAX_ERRORS: usize = 10;

/// What is wrong with one file.
pub struct Errors {
    file: FileId,
    /// The first ones.
    pub told: Vec<Problem>,
    untold: usize,
}

impl Errors {
    /// None yet of the file that will be `file`.
    pub fn new(file: FileId) -> Self {
        Self { file, told: Vec::new(), untold: 0 }
    }

    /// Adds a problem; it is made only where it is told.
    pub fn add(&mut self, problem: impl FnOnce(FileId) -> Problem) {
        if self.told.len() < MAX_ERRORS {
            self.told.push(problem(self.file));
        } else {
            self.untold += 1;
        }
    }

    /// What is told of the file at `path`, in the order of places; the last problem says how many more
    /// there are.
    pub fn finish(self, path: &str) -> Vec<Problem> {
        let Self { file: _, mut told, untold } = self;
        told.sort_by_key(|problem| problem.labels.first().map(|label| label.span));
        if untold > 0 {
            let errors = if untold == 1 { "error" } else { "errors" };
            let message = format!("and {untold} more {errors} in {path}");
            told.push(Problem::error("more-errors", message));
        }
        told
    }
}

/// Reads the lines of one relation's file.
pub struct Rows<'a> {
    /// The program.
    pub program: &'a Program,
    /// The relation whose rows they are.
    pub relation: &'a Relation,
    /// Where the texts of cells get their numbers.
    pub texts: &'a mut Texts,
    /// What is wrong with the file.
    pub errors: &'a mut Errors,
}

impl Rows<'_> {
    /// The rows of `text`. Where something is wrong the table is of no use.
    pub fn read(&mut self, text: &str) -> Table {
        let mut table = Table::new(self.relation.columns.iter().map(|column| column.kind));
        // Bytes that were replaced were reported.
        let damaged = !self.errors.told.is_empty();
        let lines = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut start = text.len() - lines.len();
        for line in lines.split_inclusive('\n') {
            let row = line.strip_suffix('\n').unwrap_or(line);
            let row = row.strip_suffix('\r').unwrap_or(row);
            if !(damaged && row.contains(char::REPLACEMENT_CHARACTER)) {
                self.row(row, start, &mut table);
            }
            start += line.len();
        }
        table
    }

    /// Appends the row that begins at byte `start`.
    fn row(&mut self, row: &str, start: usize, table: &mut Table) {
        if let Some(at) = row.find('\r') {
            return self.errors.add(|file| carriage_return(file, start + at));
        }
        let columns = self.relation.columns.as_slice();
        if columns.is_empty() && row == ROW_WITHOUT_COLUMNS {
            // A set has a row once.
            table.rows = 1;
            return;
        }
        if row.split('\t').count() != columns.len() {
            return self.errors.add(|file| wrong_columns(self.relation, row, file, start));
        }
        let mut at = start;
        for ((column, values), cell) in columns.iter().zip(&mut table.columns).zip(row.split('\t'))
        {
            if let Some(value) = self.cell(column.kind, cell, at) {
                values.push(value);
            }
            at += cell.len() + 1;
        }
        table.rows += 1;
    }

    /// The value of a cell that begins at byte `at`.
    fn cell(&mut self, kind: Kind, cell: &str, at: usize) -> Option<Cell> {
        let value = match kind {
            Kind::Int | Kind::Unit(_) => cell.parse().ok(),
            Kind::Bool => cell.parse().ok().map(bool::into),
            Kind::Enum(id) => {
                let values = &self.program.enums[id].values;
                values.iter().position(|value| value == cell).and_then(|at| Cell::try_from(at).ok())
            }
            // A program without a topology has no entities.
            Kind::Text | Kind::Entity | Kind::Of(_) => Some(self.texts.add(cell).into()),
        };
        if value.is_none() {
            let program = self.program;
            self.errors.add(|file| {
                wrong_cell(program, kind, cell).at(Span::new(file, at..at + cell.len()), "")
            });
        }
        value
    }
}

fn carriage_return(file: FileId, at: usize) -> Problem {
    Problem::error("wrong-line-end", "a carriage return inside of a line")
        .at(Span::new(file, at..at + 1), "")
        .help("a line ends with LF or CRLF")
}

/// The row that begins at byte `start` has too few or too many cells.
fn wrong_columns(relation: &Relation, row: &str, file: FileId, start: usize) -> Problem {
    let (wanted, found) = (relation.columns.len(), row.split('\t').count());
    let name = &relation.name;
    let message = match (wanted, row) {
        (0, _) => format!("`{name}` has no columns, its row is `()`"),
        (_, "") => format!("this line is empty, `{name}` has {}", columns(wanted)),
        _ => format!("this line has {}, `{name}` has {wanted}", columns(found)),
    };
    // What is too much, or the end of the line, where something is missing.
    let fits: usize = row.split_inclusive('\t').take(wanted).map(str::len).sum();
    let names: Vec<&str> = relation.columns.iter().map(|column| column.name.as_str()).collect();
    let help = match wanted {
        0 => "a file without lines says that there is no row".to_owned(),
        1 => format!("its column is {}", names.join("")),
        _ => format!("its columns are {}, with a tab between two", names.join(", ")),
    };
    Problem::error("wrong-columns", message)
        .at(Span::new(file, start + fits..start + row.len()), "")
        .help(help)
}

fn columns(count: usize) -> String {
    if count == 1 { "1 column".to_owned() } else { format!("{count} columns") }
}

/// A cell that is no value of its column's kind.
fn wrong_cell(program: &Program, kind: Kind, cell: &str) -> Problem {
    let shown = clipped(cell);
    match kind {
        Kind::Enum(id) => {
            let EnumDecl { name, values, .. } = &program.enums[id];
            Problem::error("unknown-value", format!("`{shown}` is no {name}"))
                .help(format!("its values are {}", values.join(", ")))
                .did_you_mean(nearest(cell, values.iter().map(String::as_str)))
        }
        Kind::Bool => Problem::error("unknown-value", format!("`{shown}` is no truth value"))
            .help("write `true` or `false`"),
        _ => match cell.parse::<Cell>().map_err(|error| *error.kind()) {
            Err(IntErrorKind::PosOverflow | IntErrorKind::NegOverflow) => {
                Problem::error("wrong-type", format!("`{shown}` does not fit into 64 bits"))
            }
            _ => Problem::error("wrong-type", format!("`{shown}` is no whole number"))
                .help("a number is written in digits, such as `-40`"),
        },
    }
}
