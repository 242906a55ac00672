//! A value that differs → edits of its own bytes: quotes, order and comments of arrays stay.

use super::draft::{Draft, Level, Piece, fitted};
use super::lines;
use super::outline::{Content, Value};
use crate::compare::values::Canonical;
use crate::datalog::lex::duration_seconds;
use crate::escape::{acts, toml_escaped, toml_string};
use crate::fix::line_end;
use std::ops::Range;
use toml::de::DeValue;

/// A value as an export has it.
pub struct New<'n> {
    /// As the export's TOML writes it.
    pub written: &'n str,
    /// What it consists of: itself, or the elements of an array.
    pub parts: Vec<(Canonical, &'n str)>,
    /// Whether an array of one means the same as that one.
    pub is_list: bool,
    /// The seconds in its unit, where it is a time.
    pub seconds: Option<i64>,
}

/// Makes `old` mean what `new` does. `meant`: what its parts mean, by where they begin.
pub fn replace(draft: &mut Draft<'_>, old: &Value, meant: &[(usize, Canonical)], new: &New<'_>) {
    let text = draft.text;
    match &old.content {
        Content::Array(elements) if new.is_list => {
            list(draft, old.range.clone(), elements, meant, new);
        }
        Content::Scalar if !new.written.starts_with('[') => {
            let written = restyled(&text[old.range.clone()], new.written, new.seconds);
            draft.replace(old.range.clone(), written);
        }
        _ => {
            let written = fitted(text, new.written, old.range.start);
            draft.replace(old.range.clone(), written);
        }
    }
}

/// The elements that only the export has come in the place of those that it does not have, in their order.
fn list(
    draft: &mut Draft<'_>,
    range: Range<usize>,
    elements: &[Value],
    meant: &[(usize, Canonical)],
    new: &New<'_>,
) {
    let of = |element: &Value| meant.iter().find(|(start, _)| *start == element.range.start);
    let stays = |element: &Value| {
        of(element).is_none_or(|(_, own)| new.parts.iter().any(|(canonical, _)| canonical == own))
    };
    let mut gone: Vec<usize> = (0..elements.len()).filter(|at| !stays(&elements[*at])).collect();
    let is_new = |canonical: &Canonical| !meant.iter().any(|(_, own)| own == canonical);
    let mut come = new.parts.iter().filter(|(canonical, _)| is_new(canonical));
    let pairs = gone.len().min(come.clone().count());
    for (at, (_, written)) in gone.drain(..pairs).zip(come.by_ref()) {
        let old = elements[at].range.clone();
        let written = restyled(&draft.text[old.clone()], written, new.seconds);
        draft.replace(old, written);
    }
    let pieces: Vec<Piece> = elements.iter().map(|element| element.range.clone()).collect();
    draft.remove_pieces(&pieces, &gone.into_iter().collect());
    let first = elements.first().map(|element| &draft.text[element.range.clone()]);
    let style = first.unwrap_or("\"\"").to_owned();
    let come: Vec<String> =
        come.map(|(_, written)| restyled(&style, written, new.seconds)).collect();
    append(draft, range, &pieces, come);
}

/// Adds elements behind the last one, on lines of their own where that has one.
pub fn append(draft: &mut Draft<'_>, array: Range<usize>, elements: &[Piece], come: Vec<String>) {
    if come.is_empty() {
        return;
    }
    let text = draft.text;
    let Some(last) = elements.last() else {
        return draft.add(array.start + 1, ["", ", ", ""], come);
    };
    let line = lines::start(text, last.start);
    if line <= array.start || !lines::is_blank(text, line..last.start) {
        return draft.add(last.end, [", ", ", ", ""], come);
    }
    let has_comma = text[last.end..].trim_start().starts_with(',');
    let end = lines::end(text, last.end);
    let lead = format!("{}{}", line_end(text, end), lines::indent(text, last.start));
    let between = format!(",{lead}");
    match (has_comma, array.end > end) {
        (true, true) => draft.add(end, [&lead, &between, ","], come),
        (false, true) => {
            draft.insert((last.end, Level::Comma), [",", "", ""], vec![String::new()]);
            draft.add(end, [&lead, &between, ""], come);
        }
        // The array ends on that line.
        (_, false) => draft.add(last.end, [&between, &between, ""], come),
    }
}

/// `new` with the quotes of `old`; a duration where `old` is one.
fn restyled(old: &str, new: &str, seconds: Option<i64>) -> String {
    let inside = old.trim_matches(['"', '\'']);
    if let (Some(unit), Ok(number)) = (seconds, new.parse::<i64>()) {
        let is_duration = inside.len() < old.len() && duration_seconds(inside.trim()).is_some();
        return match duration(number.saturating_mul(unit)).filter(|_| is_duration) {
            Some(duration) => quoted(old, &duration),
            None => new.to_owned(),
        };
    }
    match DeValue::parse(new).map(toml::Spanned::into_inner) {
        Ok(DeValue::String(text)) => quoted(old, &text),
        _ => new.to_owned(),
    }
}

/// `1h30m`; None for nothing.
fn duration(seconds: i64) -> Option<String> {
    let parts = [(seconds / 3600, 'h'), (seconds % 3600 / 60, 'm'), (seconds % 60, 's')];
    let written = parts.iter().filter(|(number, _)| *number > 0);
    let text: String = written.map(|(number, unit)| format!("{number}{unit}")).collect();
    (!text.is_empty()).then_some(text)
}

fn quoted(old: &str, text: &str) -> String {
    let escaped = || toml_escaped(&text.replace('\\', "\\\\").replace('"', "\\\""));
    let is_literal = !text.contains('\'') && !text.chars().any(acts);
    match ["\"\"\"", "'''", "'", "\""].into_iter().find(|quotes| old.starts_with(quotes)) {
        Some(quotes @ ("'''" | "'")) if is_literal => format!("{quotes}{text}{quotes}"),
        Some(quotes @ ("\"\"\"" | "\"")) => format!("{quotes}{}{quotes}", escaped()),
        _ => toml_string(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_notations_stay() {
        let cases = [
            ("\"a\"", r"'\\b\c'", None, r#""\\\\b\\c""#, "doubled backslashes as before"),
            ("'a'", "\"b\"", None, "'b'", "a literal"),
            ("'a'", "\"b'c\"", None, "\"b'c\"", "what no literal can hold"),
            ("'''a'''", "\"b\"", None, "'''b'''", "a literal in three quotes"),
            ("\"\"\"\na\"\"\"", "\"b\"", None, "\"\"\"b\"\"\"", "three quotes"),
            ("\"5m\"", "5400", Some(1), "\"1h30m\"", "a duration"),
            ("'5m'", "90", Some(60), "'1h30m'", "minutes"),
            ("300", "600", Some(1), "600", "a number"),
            ("\"5m\"", "0", Some(1), "0", "no time at all"),
            ("true", "false", None, "false", "a truth"),
        ];
        for (old, new, seconds, expected, why) in cases {
            assert_eq!(restyled(old, new, seconds), expected, "{why}");
        }
    }
}
