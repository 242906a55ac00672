//! A relation's rows → an aligned table for people.

use super::ROW_WITHOUT_COLUMNS;
use super::table::{Table, Value};
use crate::escape::escape;
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// A column is not padded beyond so many columns of the screen, so that one long cell does not push all
/// other rows apart; a longer cell sticks out.
const MAX_WIDTH: usize = 48;

/// The relation's name, how many rows it has, and its rows below the names of their columns. Nothing in
/// it acts on a terminal.
pub fn screen(table: &Table<'_>) -> String {
    let mut screen = match table.rows.len() {
        0 => format!("{}: no rows\n", table.name),
        1 => format!("{}: 1 row\n", table.name),
        rows => format!("{}: {rows} rows\n", table.name),
    };
    let layouts = layouts(table);
    if !layouts.is_empty() {
        push_row(&mut screen, table.columns.iter().map(|name| Cow::Borrowed(*name)), &layouts);
        let rules = layouts.iter().map(|layout| Cow::Owned("-".repeat(layout.width)));
        push_row(&mut screen, rules, &layouts);
    }
    for row in &table.rows {
        if row.is_empty() {
            push_row(&mut screen, [Cow::Borrowed(ROW_WITHOUT_COLUMNS)].into_iter(), &[NARROW]);
        } else {
            push_row(&mut screen, row.iter().map(shown), &layouts);
        }
    }
    screen
}

/// How a column is drawn.
#[derive(Clone, Copy)]
struct Layout {
    /// In columns of the screen.
    width: usize,
    /// Numbers stand at the right.
    right: bool,
}

const NARROW: Layout = Layout { width: 0, right: false };

fn layouts(table: &Table<'_>) -> Vec<Layout> {
    let is_number = |value: &Value<'_>| matches!(value, Value::Number(_));
    let mut layouts: Vec<Layout> = (table.columns.iter().enumerate())
        .map(|(column, name)| Layout {
            width: name.width(),
            right: table.rows.first().is_some_and(|row| is_number(&row[column])),
        })
        .collect();
    for row in &table.rows {
        for (layout, value) in layouts.iter_mut().zip(row) {
            layout.width = layout.width.max(shown(value).width().min(MAX_WIDTH));
        }
    }
    layouts
}

fn shown<'v>(value: &Value<'v>) -> Cow<'v, str> {
    match *value {
        // An empty cell would be taken for none.
        Value::Text("") => Cow::Borrowed("\"\""),
        Value::Text(text) => escape(text),
        Value::Number(_) | Value::Bool(_) => Cow::Owned(value.to_string()),
    }
}

/// Appends a line; it does not end with blanks.
fn push_row<'c>(
    screen: &mut String,
    cells: impl Iterator<Item = Cow<'c, str>>,
    layouts: &[Layout],
) {
    for (cell, layout) in cells.zip(layouts) {
        let blanks = " ".repeat(layout.width.saturating_sub(cell.width()));
        let (before, after) =
            if layout.right { (blanks, String::new()) } else { (String::new(), blanks) };
        screen.extend(["  ", &before, &cell, &after]);
    }
    screen.truncate(screen.trim_end_matches(' ').len());
    screen.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_long_cells_stick_out() {
        let long = "x".repeat(MAX_WIDTH + 2);
        let rows = vec![
            vec![Value::Text(""), Value::Number(5), Value::Text("a ")],
            vec![Value::Text("東京\u{1b}"), Value::Number(-44100), Value::Text("")],
            vec![Value::Text(&long), Value::Number(7), Value::Text("b")],
        ];
        let table = Table { name: "R", columns: vec!["name", "n", "t"], rows };
        let lines: Vec<String> = screen(&table).lines().map(str::to_owned).collect();
        let width = MAX_WIDTH;
        let expected = [
            "R: 3 rows".to_owned(),
            format!("  {:<width$}  {:>6}  t", "name", "n"),
            format!("  {}  ------  --", "-".repeat(width)),
            format!("  {:<width$}  {:>6}  a", "\"\"", 5),
            format!("  {}{}  -44100  \"\"", "東京\\u{1b}", " ".repeat(width - 10)),
            format!("  {long}  {:>6}  b", 7),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn relations_without_rows_or_columns() {
        let table = |columns, rows| Table { name: "R", columns, rows };
        assert_eq!(screen(&table(vec!["x"], vec![])), "R: no rows\n  x\n  -\n");
        assert_eq!(screen(&table(vec![], vec![vec![]])), "R: 1 row\n  ()\n");
        assert_eq!(screen(&table(vec![], vec![])), "R: no rows\n");
    }
}
