//! A relation's rows as people and programs read them.

use super::ROW_WITHOUT_COLUMNS;
use crate::datalog::program::{Kind, Program, RelationId};
use crate::escape::acts;
use crate::facts::{Cell, Facts};
use crate::print::Printer;
use serde::Serialize;
use std::fmt::{self, Display, Formatter, Write};

/// A value of a cell. Numbers are ordered as numbers, names and texts by their bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value<'v> {
    /// A number, in the unit of its column.
    Number(i64),
    /// True or false.
    Bool(bool),
    /// A text, the name of an entity or a value of an enum.
    Text(&'v str),
}

impl Display for Value<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => number.fmt(out),
            Value::Bool(value) => value.fmt(out),
            Value::Text(text) => out.write_str(text),
        }
    }
}

/// A relation and its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table<'v> {
    /// The relation's name.
    pub name: &'v str,
    /// The columns' names.
    pub columns: Vec<&'v str>,
    /// Sorted, each once.
    pub rows: Vec<Vec<Value<'v>>>,
}

impl<'v> Table<'v> {
    /// The rows of `relation`.
    pub fn new(program: &'v Program, facts: &'v Facts, relation: RelationId) -> Self {
        let declared = &program.relations[relation];
        let printer = Printer::new(program, facts);
        let table = facts.store.table(relation);
        let value = |(kind, cell): (Kind, Cell)| match kind {
            Kind::Int | Kind::Unit(_) => Value::Number(cell),
            Kind::Bool => Value::Bool(cell != 0),
            _ => Value::Text(printer.word(kind, cell)),
        };
        let kinds = || declared.columns.iter().map(|column| column.kind);
        let row = |row: usize| kinds().zip(table.row(row)).map(value).collect();
        let mut rows: Vec<Vec<Value<'_>>> = (0..table.rows).map(row).collect();
        rows.sort_unstable();
        rows.dedup();
        let columns = declared.columns.iter().map(|column| column.name.as_str()).collect();
        Self { name: &declared.name, columns, rows }
    }

    /// One line a row, with a tab between two cells.
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for row in &self.rows {
            push_line(&mut lines, row);
        }
        lines
    }
}

/// `a`, a tab, `5` and the end of the line.
fn push_line(lines: &mut String, row: &[Value<'_>]) {
    if row.is_empty() {
        lines.push_str(ROW_WITHOUT_COLUMNS);
    }
    for (at, value) in row.iter().enumerate() {
        if at > 0 {
            lines.push('\t');
        }
        // Writing to a string does not fail.
        let _ = write!(lines, "{value}");
    }
    lines.push('\n');
}

/// `{"relations":[{"name":"Path","columns":["x","n"],"rows":[["a",5]]}]}`: one line, in which nothing acts
/// on a terminal.
///
/// # Errors
/// None that a table of values can have.
pub fn json(tables: &[Table<'_>]) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Document<'t> {
        relations: &'t [Table<'t>],
    }
    let text = serde_json::to_string(&Document { relations: tables })?;
    let mut json = String::with_capacity(text.len() + 1);
    for char in text.chars() {
        if acts(char) {
            // Such a character stands inside of a text only.
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(json, "\\u{unit:04x}");
            }
        } else {
            json.push(char);
        }
    }
    json.push('\n');
    Ok(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_json_of_every_kind_of_value() {
        let row = vec![Value::Text("a \"b\""), Value::Number(i64::MIN), Value::Bool(true)];
        let evil = vec![Value::Text("\u{202e}\u{e0001}\n"), Value::Number(0), Value::Bool(false)];
        let columns = vec!["x", "n", "b"];
        let table = Table { name: "R", columns, rows: vec![row, evil] };
        let none = Table { name: "Won", columns: vec![], rows: vec![vec![]] };
        assert!(table.lines().starts_with("a \"b\"\t-9223372036854775808\ttrue\n"));
        assert_eq!(none.lines(), "()\n");
        let expected = r#"{"relations":[{"name":"R","columns":["x","n","b"],"rows":[["a \"b\"",-9223372036854775808,true],["\u202e\udb40\udc01\n",0,false]]},{"name":"Won","columns":[],"rows":[[]]}]}"#;
        assert_eq!(json(&[table, none]).expect("JSON"), format!("{expected}\n"));
    }
}
