//! Byte offsets → lines and columns, without reading a file again for each of them.

use std::cell::OnceCell;
use std::ops::Range;

use serde::Serialize;

use crate::source::{FileId, SourceFile, Sources, Span};

/// Bytes between two places where the characters before are known: few enough to count in no time,
/// enough that the table is small beside the text.
const STRIDE: usize = 1024;

/// Finds lines and columns in all files of a run.
pub struct Places<'a> {
    sources: &'a Sources,
    /// One for each file, made when it is first needed.
    lines: Vec<OnceCell<Lines>>,
}

/// Where a span is, for people and for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region<'a> {
    /// The file's path.
    pub path: &'a str,
    /// The first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// In bytes, counted from 0.
    pub offset: usize,
}

/// Where the lines of one file are.
pub struct Lines {
    /// The first byte of the first line: behind a byte order mark.
    first: usize,
    /// What there is before each multiple of [`STRIDE`].
    before: Vec<Count>,
}

/// What there is in a part of a text.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    breaks: usize,
    characters: usize,
}

impl<'a> Places<'a> {
    /// Reads no file yet.
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, lines: sources.files.iter().map(|_| OnceCell::new()).collect() }
    }

    /// The files in which it finds places.
    pub fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// A file and its lines; none if there is no such file.
    pub fn file(&self, file: FileId) -> Option<(&'a SourceFile, &Lines)> {
        let source = self.sources.files.get(file as usize)?;
        let lines = self.lines.get(file as usize)?;
        Some((source, lines.get_or_init(|| Lines::of(&source.text))))
    }

    /// Path, line and column of the start of `span`, both counted from 1, the column in characters;
    /// none if there is no such file.
    pub fn place(&self, span: Span) -> Option<(&'a str, usize, usize)> {
        let (source, lines) = self.file(span.file)?;
        let (line, column) = lines.line_column(&source.text, span.start as usize);
        Some((&source.path, line, column))
    }

    /// Start and end of `span`; none if there is no such file.
    pub fn region(&self, span: Span) -> Option<Region<'a>> {
        let (source, lines) = self.file(span.file)?;
        let position = |offset: u32| {
            let offset = source.text.len().min(offset as usize);
            let (line, column) = lines.line_column(&source.text, offset);
            Position { line, column, offset }
        };
        Some(Region { path: &source.path, start: position(span.start), end: position(span.end) })
    }
}

impl Lines {
    /// Those of a text.
    pub fn of(text: &str) -> Self {
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut count = Count::default();
        let before = text.as_bytes().chunks(STRIDE).map(|chunk| {
            let before = count;
            count.breaks += breaks(chunk);
            count.characters += character_starts(chunk);
            before
        });
        Self { first, before: before.collect() }
    }

    /// The line, counted from 0, that the byte `at` is in.
    pub fn line(&self, text: &str, at: usize) -> usize {
        let (stride, known) = self.known_before(at);
        known.breaks + breaks(&text.as_bytes()[stride..at.min(text.len())])
    }

    /// The bytes of `line` without its line break.
    pub fn range(&self, text: &str, line: usize) -> Range<usize> {
        let start = self.start(text, line).unwrap_or(text.len());
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        let carriage_return =
            end < text.len() && end > start && text.as_bytes().get(end - 1) == Some(&b'\r');
        start..end - usize::from(carriage_return)
    }

    /// The first byte of `line`; None if there are not so many.
    fn start(&self, text: &str, line: usize) -> Option<usize> {
        if line == 0 {
            return Some(self.first);
        }
        // The last stride that begins within an earlier line has the break before this one.
        let stride = self.before.partition_point(|before| before.breaks < line).saturating_sub(1);
        let known = self.before.get(stride).map_or(0, |before| before.breaks);
        let from = stride * STRIDE;
        let mut found =
            text.as_bytes()[from..].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        found.nth(line - known - 1).map(|(at, _)| from + at + 1)
    }

    /// Line and column of the byte `at`, both counted from 1.
    pub fn line_column(&self, text: &str, at: usize) -> (usize, usize) {
        let line = self.line(text, at);
        let start = self.start(text, line).unwrap_or(0);
        let at = at.clamp(start, text.len());
        (line + 1, 1 + self.characters_before(text, at) - self.characters_before(text, start))
    }

    fn characters_before(&self, text: &str, at: usize) -> usize {
        let (stride, known) = self.known_before(at);
        known.characters + character_starts(&text.as_bytes()[stride..at])
    }

    /// The last multiple of the stride up to `at`, and what there is before it.
    fn known_before(&self, at: usize) -> (usize, Count) {
        // A text that ends at a multiple of the stride has no entry for its end.
        let stride = (at / STRIDE).min(self.before.len().saturating_sub(1));
        (stride * STRIDE, self.before.get(stride).copied().unwrap_or_default())
    }
}

fn breaks(bytes: &[u8]) -> usize {
    count(bytes, |byte| byte == b'\n')
}

/// How many bytes are not a continuation of a UTF-8 sequence.
fn character_starts(bytes: &[u8]) -> usize {
    count(bytes, |byte| byte & 0xc0 != 0x80)
}

/// How many bytes there are for which `is_one` holds. So many at a time fit into a number of one byte, of which the
/// compiler has sixteen or more counted at once.
fn count(bytes: &[u8], is_one: impl Fn(u8) -> bool) -> usize {
    let few = bytes.chunks(usize::from(u8::MAX));
    few.map(|few| usize::from(few.iter().map(|&byte| u8::from(is_one(byte))).sum::<u8>())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_sources() {
        let mut sources = Sources::default();
        let texts = [
            "",
            "\n",
            "é = 1\r\nüb = 2\n",
            "東京\n\n\u{301}x",
            &"ü".repeat(1024),
            &"a\n".repeat(2000),
        ];
        for text in texts {
            sources.add("a.toml", text);
        }
        let places = Places::new(&sources);
        for (file, text) in texts.iter().enumerate() {
            let file = FileId::try_from(file).expect("few");
            for start in 0..text.len() + 3 {
                let span = Span::new(file, start..start);
                let (line, column) = sources.line_column(span);
                assert_eq!(places.place(span), Some(("a.toml", line, column)), "{file} {start}");
            }
        }
        assert_eq!(places.place(Span::new(99, 0..0)), None);
        let region = places.region(Span::new(2, 4..900)).expect("a region");
        assert_eq!((region.start.line, region.start.column, region.start.offset), (1, 4, 4));
        assert_eq!((region.end.line, region.end.column, region.end.offset), (3, 1, 16));
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml", "\u{feff}ab\nc");
        let places = Places::new(&sources);
        let columns = [(0, 1, 1), (1, 1, 1), (3, 1, 1), (4, 1, 2), (6, 2, 1)];
        for (start, line, column) in columns {
            assert_eq!(places.place(Span::new(file, start..start)), Some(("a.toml", line, column)));
        }
    }
}
