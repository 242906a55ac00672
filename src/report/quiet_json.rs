//! Values → JSON in which nothing acts on a terminal: such characters are written as `\u202e`.

use std::io::{self, Write};

use serde::Serialize;

use crate::escape::{acts, is_plain};

/// Writes `value` over several lines, for people too.
pub fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(Quiet { out: &mut *out }, value)?;
    out.write_all(b"\n")
}

/// Writes `value` on one line.
pub fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(Quiet { out: &mut *out }, value)?;
    out.write_all(b"\n")
}

/// Takes JSON, in which only texts have other characters than ASCII, and escapes those that act.
/// Of the others serde_json writes line breaks only raw, and these between values.
struct Quiet<'a> {
    out: &'a mut dyn Write,
}

impl Write for Quiet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    /// serde_json hands over whole characters.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        if is_plain(text) {
            return self.out.write_all(bytes);
        }
        let mut units = [0; 2];
        text.chars().try_for_each(|char| match char {
            _ if char == '\n' || !acts(char) => write!(self.out, "{char}"),
            _ => {
                let mut units = char.encode_utf16(&mut units).iter();
                units.try_for_each(|unit| write!(self.out, "\\u{unit:04x}"))
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_escaped_and_read_back_the_same() {
        let value = ["a\u{1b}[31m\n\"\\", "\u{202e}\u{9b}\u{7f}\u{2028}", "Köln 東京", "\u{e0041}"];
        let mut out = Vec::new();
        write_line(&value, &mut out).expect("a Vec takes everything");
        let text = String::from_utf8(out).expect("JSON is UTF-8");
        assert_eq!(
            text,
            "[\"a\\u001b[31m\\n\\\"\\\\\",\"\\u202e\\u009b\\u007f\\u2028\",\"Köln 東京\",\"\\udb40\\udc41\"]\n"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).expect("it is JSON"), value);
    }
}
