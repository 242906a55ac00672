//! Texts → XML.

use crate::escape::escape;

/// Lines as XML.
pub fn lines(text: &str) -> String {
    text.split('\n').map(self::text).collect::<Vec<_>>().join("\n")
}

/// A text as XML, in an element and in an attribute. What XML 1.0 forbids is written out, as what
/// acts: U+FFFE and U+FFFF are the only characters that are forbidden and don't act.
pub fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in escape(text).chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' => escaped.push_str("\\u{fffe}"),
            '\u{ffff}' => escaped.push_str("\\u{ffff}"),
            _ => escaped.push(char),
        }
    }
    escaped
}
