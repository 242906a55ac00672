//! Text → the parts of lines of regular form: headers, keys, strings, numbers, blanks.
//!
//! Each function passes over what it names, or says that it is not there in the form that needs no thought.

use std::borrow::Cow;
use toml_parser::decoder::Encoding;
use toml_parser::{ParseError, Raw, Span};

/// A place in a text.
pub(super) struct Cursor<'t> {
    text: &'t str,
    /// Byte offset of what is read next, on a character boundary.
    pub(super) at: usize,
}

/// Classes of bytes, as bits of [`CLASSES`]: control characters, which TOML allows nowhere but in line ends; what a basic
/// or a literal string can't go on with; what a bare key is made of.
const CONTROL: u8 = 1;
const ENDS_BASIC: u8 = 2;
const ENDS_LITERAL: u8 = 4;
const BARE: u8 = 8;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'\t' => 0,
            _ if byte.is_ascii_control() => CONTROL | ENDS_BASIC | ENDS_LITERAL,
            b'"' | b'\\' => ENDS_BASIC,
            b'\'' => ENDS_LITERAL,
            b'-' | b'_' => BARE,
            _ if byte.is_ascii_alphanumeric() => BARE,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    /// The next byte; 0 at the end, which TOML allows nowhere.
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn is_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn eat(&mut self, byte: u8) -> Option<()> {
        if self.text.as_bytes().get(self.at) != Some(&byte) {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// Passes over the bytes whose class holds none of `stops`.
    fn pass_until(&mut self, stops: u8) {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|&byte| CLASSES[usize::from(byte)] & stops != 0);
        self.at += length.unwrap_or(rest.len());
    }

    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t') {
            self.at += 1;
        }
    }

    /// Passes over blanks and a comment to the start of the next line.
    pub(super) fn end_line(&mut self) -> Option<()> {
        self.blanks();
        if self.peek() == b'#' {
            self.pass_until(CONTROL);
        }
        if self.is_end() || self.eat(b'\n').is_some() {
            return Some(());
        }
        self.eat(b'\r')?;
        self.eat(b'\n')
    }

    /// Passes over blanks, comments and line ends.
    pub(super) fn blank_lines(&mut self) -> Option<()> {
        self.blanks();
        while matches!(self.peek(), b'#' | b'\n' | b'\r') {
            self.end_line()?;
            self.blanks();
        }
        Some(())
    }

    fn bare(&mut self) -> Option<&'t str> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|&byte| CLASSES[usize::from(byte)] & BARE == 0);
        let start = self.at;
        self.at += length.unwrap_or(rest.len());
        Some(&self.text[start..self.at]).filter(|name| !name.is_empty())
    }

    /// `[[name]]`
    pub(super) fn header(&mut self) -> Option<&'t str> {
        self.eat(b'[')?;
        self.eat(b'[')?;
        let name = self.bare()?;
        self.eat(b']')?;
        self.eat(b']')?;
        Some(name)
    }

    /// `[name.key]`
    pub(super) fn subheader(&mut self) -> Option<(&'t str, &'t str)> {
        self.eat(b'[')?;
        let name = self.bare()?;
        self.eat(b'.')?;
        let key = self.bare()?;
        self.eat(b']')?;
        Some((name, key))
    }

    /// Whether `[[name]]` or `[name]` follows.
    pub(super) fn is_header(&self) -> bool {
        let at_start = || Self { text: self.text, at: self.at };
        let table = |mut cursor: Self| {
            cursor.eat(b'[')?;
            cursor.bare()?;
            cursor.eat(b']')
        };
        at_start().header().is_some() || table(at_start()).is_some()
    }

    /// A bare key and `=`, up to the value.
    pub(super) fn key(&mut self) -> Option<&'t str> {
        let key = self.bare()?;
        self.blanks();
        self.eat(b'=')?;
        self.blanks();
        Some(key)
    }

    /// A string within a line.
    pub(super) fn string(&mut self) -> Option<Cow<'t, str>> {
        let (quote, stops) = match self.peek() {
            b'"' => (b'"', ENDS_BASIC),
            _ => (b'\'', ENDS_LITERAL),
        };
        let start = self.at;
        self.eat(quote)?;
        self.pass_until(stops);
        if stops == ENDS_BASIC && self.peek() == b'\\' {
            return self.escaped(start);
        }
        self.eat(quote)?;
        let text = &self.text[start + 1..self.at - 1];
        // Three quotes open a string of many lines.
        (!text.is_empty() || self.peek() != quote).then_some(Cow::Borrowed(text))
    }

    /// Goes on with a basic string from its first escape; it begins at `start`.
    fn escaped(&mut self, start: usize) -> Option<Cow<'t, str>> {
        while self.eat(b'"').is_none() {
            self.eat(b'\\')?;
            if matches!(self.peek(), b'"' | b'\\') {
                self.at += 1;
            }
            self.pass_until(ENDS_BASIC);
        }
        let span = Span::new_unchecked(start, self.at);
        let raw = Raw::new_unchecked(&self.text[start..self.at], Some(Encoding::BasicString), span);
        let (mut text, mut error) = (Cow::Borrowed(""), None::<ParseError>);
        let _ = raw.decode_scalar(&mut text, &mut error);
        error.is_none().then_some(text)
    }

    /// A decimal number without a sign.
    pub(super) fn number(&mut self) -> Option<i64> {
        let start = self.at;
        let mut number: i64 = 0;
        while let digit @ b'0'..=b'9' = self.peek() {
            number = number.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
            self.at += 1;
        }
        let is_plain = self.at == start + 1 || self.text.as_bytes()[start] != b'0';
        (is_plain && self.at > start).then_some(number)
    }

    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.bare()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}
