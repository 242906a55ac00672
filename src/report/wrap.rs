//! Long lines → lines that fit.

use unicode_width::UnicodeWidthStr;

/// Columns for the text however narrow the terminal is.
const LEAST_COLUMNS: usize = 20;

/// `head` and `text` with line breaks at blanks so that no line is wider than `columns`, except for
/// a long word; lines after the first stand under the start of `text`. A line break in `text` stays.
pub fn wrap(head: &str, text: &str, columns: usize) -> String {
    let indent = head.width();
    let columns = columns.saturating_sub(indent).max(LEAST_COLUMNS);
    let mut wrapped = head.to_owned();
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            next_line(&mut wrapped, indent);
        }
        wrap_line(&mut wrapped, line, indent, columns);
    }
    wrapped.truncate(wrapped.trim_end().len());
    wrapped
}

fn wrap_line(wrapped: &mut String, line: &str, indent: usize, columns: usize) {
    let mut used = 0;
    for (at, word) in line.split(' ').enumerate() {
        let width = word.width();
        if at > 0 && used + 1 + width > columns {
            next_line(wrapped, indent);
            used = 0;
        } else if at > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += width;
    }
}

fn next_line(wrapped: &mut String, indent: usize) {
    wrapped.push('\n');
    wrapped.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_under_the_text() {
        let cases = [
            ("a short text", "note: a short text"),
            ("words that need more room", "note: words that need more\n      room"),
            ("東京東京東京 東京東京", "note: 東京東京東京\n      東京東京"),
            ("averyveryverylongwordindeed x", "note: averyveryverylongwordindeed\n      x"),
            ("two\nlines", "note: two\n      lines"),
            ("", "note:"),
        ];
        for (text, wrapped) in cases {
            assert_eq!(wrap("note: ", text, 26), wrapped);
        }
    }
}
