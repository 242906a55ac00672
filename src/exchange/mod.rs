//! Facts ↔ files that other Datalog engines read and write, in Soufflé's convention.
//!
//! A relation `R` is read from `R.facts` and written to `R.csv`. A line is a row, cells are separated by
//! tabs, and nothing is quoted, so no cell holds a tab or the end of a line. A relation without columns
//! holds the line `()`, or nothing.

mod declarations;
mod read;
mod rows;
mod screen;
mod table;
mod write;

pub use declarations::{declarations, plain_name, souffle_declarations};
pub use read::read;
pub use screen::screen;
pub use table::{Table, Value, json};
pub use write::{export, refuse, write_files};

/// The line of the only row that a relation without columns can have.
const ROW_WITHOUT_COLUMNS: &str = "()";

/// So many characters of a cell stand in a message.
const MAX_CELL: usize = 60;

/// The beginning of a cell, which may be as long as a file.
fn clipped(cell: &str) -> String {
    match cell.char_indices().nth(MAX_CELL) {
        Some((end, _)) => format!("{}..", &cell[..end]),
        None => cell.to_owned(),
    }
}
