//! Text of an export → text that is safe in TOML, in a message and on a terminal.

use crate::escape::acts;

/// `text` as a TOML string: a literal one where backslashes would have to be doubled, else a basic one.
pub fn toml_string(text: &str) -> String {
    let reads_better_literally =
        text.contains('\\') && !text.contains('\'') && !text.chars().any(acts);
    if reads_better_literally {
        format!("'{text}'")
    } else {
        format!("\"{}\"", escaped(&text.replace('\\', "\\\\").replace('"', "\\\"")))
    }
}

/// `text` in backticks, on one line.
pub fn name(text: &str) -> String {
    format!("`{}`", escaped(text))
}

/// `text` with every character that acts written as TOML writes it: by its number, in four digits or eight.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if acts(c) && u32::from(c) > 0xffff => {
                escaped.push_str(&format!("\\U{:08X}", u32::from(c)));
            }
            c if acts(c) => escaped.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped
}
