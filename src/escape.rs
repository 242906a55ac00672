//! Text from outside → text that cannot act on a terminal or reorder what is read.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` on one line, a tab as a blank and what [`acts`] as `\u{1b}`.
pub fn escape(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '\t' => escaped.push(' '),
            _ if acts(char) => {
                let _infallible = write!(escaped, "\\u{{{:x}}}", u32::from(char));
            }
            _ => escaped.push(char),
        }
    }
    Cow::Owned(escaped)
}

/// `text` as a TOML string: a literal one where backslashes would have to be doubled, else a basic one.
pub fn toml_string(text: &str) -> String {
    let reads_better_literally =
        text.contains('\\') && !text.contains('\'') && !text.chars().any(acts);
    if reads_better_literally {
        format!("'{text}'")
    } else {
        format!("\"{}\"", toml_escaped(&text.replace('\\', "\\\\").replace('"', "\\\"")))
    }
}

/// `text` with every character that acts written as TOML writes it: by its number, in four digits or eight.
pub fn toml_escaped(text: &str) -> String {
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

/// Whether `text` is printable ASCII only.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether a terminal obeys `char` instead of showing it: controls, bidirectional marks,
/// separators of lines, and characters without any look.
pub fn acts(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{61c}' // Arabic letter mark
            | '\u{180e}' // Mongolian vowel separator
            | '\u{200b}'..='\u{200f}' // zero-width characters, left-to-right and right-to-left mark
            | '\u{2028}'..='\u{202e}' // line and paragraph separator, embeddings and overrides
            | '\u{2060}'..='\u{206f}' // word joiner, invisible operators, isolates
            | '\u{feff}' // zero-width no-break space, the byte order mark
            | '\u{fff9}'..='\u{fffb}' // interlinear annotation
            | '\u{e0000}'..='\u{e007f}' // tags
        )
}

/// One column wide, for a `char` that cannot be shown itself: its control picture if it has one.
pub fn picture(char: char, ascii: bool) -> char {
    match u32::from(char) {
        _ if ascii => '?',
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7f => '\u{2421}',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_written_out() {
        let cases = [
            ("plain", "plain", "nothing to do"),
            ("Köln 東京 e\u{301}", "Köln 東京 e\u{301}", "letters of any script stay"),
            ("a\tb", "a b", "a tab is a blank"),
            ("a\r\nb", r"a\u{d}\u{a}b", "a message is one line"),
            ("\u{1b}[31mred", r"\u{1b}[31mred", "no escape sequences"),
            ("\0\u{7f}\u{9b}", r"\u{0}\u{7f}\u{9b}", "C0, DEL and C1"),
            ("\u{202e}x\u{2069}", r"\u{202e}x\u{2069}", "nothing is read backwards"),
            ("\u{61c}\u{200e}\u{200f}", r"\u{61c}\u{200e}\u{200f}", "directional marks"),
            ("\u{200b}\u{200d}\u{2060}\u{feff}", r"\u{200b}\u{200d}\u{2060}\u{feff}", "zero width"),
            ("\u{2028}\u{2029}\u{85}", r"\u{2028}\u{2029}\u{85}", "other line breaks"),
        ];
        for (text, escaped, why) in cases {
            assert_eq!(escape(text), escaped, "{why}");
        }
        assert!(matches!(escape("plain"), Cow::Borrowed(_)));
        assert!(matches!(escape("Köln"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_toml_string_shows_what_acts() {
        let cases = [
            ("plain", r#""plain""#, "a basic string"),
            (r"a\b", r"'a\b'", "backslashes stay as they are in a literal one"),
            (r#"a\"b"#, r#"'a\"b'"#, "so do quotes beside them"),
            (r#"a"b"#, r#""a\"b""#, "without a backslash nothing reads better literally"),
            (r"a\b'c", r#""a\\b'c""#, "a literal one can't hold its own quote"),
            ("a\\\u{1b}", r#""a\\\u001B""#, "nor what acts"),
            ("a\r\n\tb", r#""a\r\n\tb""#, "the short forms"),
            ("\u{7f}\u{202e}\u{feff}", r#""\u007F\u202E\uFEFF""#, "four digits"),
            ("\u{e0041}", r#""\U000E0041""#, "eight digits where four are too few"),
            ("\u{1f600}é", "\"\u{1f600}é\"", "what shows stays, however large its number is"),
        ];
        for (text, written, why) in cases {
            assert_eq!(toml_string(text), written, "{why}");
            let document = format!("k = {written}");
            let read = toml::de::DeTable::parse(&document).expect("it is TOML");
            assert_eq!(read.get_ref()["k"].get_ref().as_str(), Some(text), "{why}");
        }
    }

    #[test]
    fn a_picture_is_one_visible_character() {
        assert_eq!(picture('\u{1b}', false), '␛');
        assert_eq!(picture('\u{7f}', false), '␡');
        assert_eq!(picture('\u{202e}', false), '\u{fffd}');
        assert_eq!(picture('\u{1b}', true), '?');
    }
}
