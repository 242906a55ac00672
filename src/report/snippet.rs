//! Labels → the lines that one diagnostic shows, ready for codespan-reporting.
//!
//! A diagnostic gets files of its own that hold no more than the lines it needs: clipped, with
//! everything a terminal would obey replaced. Its cost does not depend on the length of a file,
//! of a line or of a label. Lines left out are two empty ones, which codespan-reporting does not
//! draw: from a distance of three lines on it puts a break.

use std::collections::BTreeSet;
use std::ops::Range;

use codespan_reporting::diagnostic::{self, LabelStyle};
use codespan_reporting::files::{Error, Files, Location};
use unicode_width::UnicodeWidthStr;

use super::Style;
use super::clip::{Clipped, Frame, clip};
use super::places::{Lines, Places};
use crate::escape::escape;
use crate::source::{FileId, Label};

/// Lines shown after the first one of a label over several lines (codespan-reporting's
/// `start_context_lines`).
pub const CONTEXT_AFTER_START: usize = 3;
/// Lines shown before the last one of such a label (`end_context_lines`).
pub const CONTEXT_BEFORE_END: usize = 1;
/// The least room for a line, in columns, however narrow the terminal is.
const LEAST_COLUMNS: usize = 20;

/// What one diagnostic shows of the files.
pub struct Excerpt {
    /// The labels that point at a file there is, as ranges of the excerpt.
    pub labels: Vec<diagnostic::Label<usize>>,
    /// Digits of the greatest line number; 0 without a label.
    pub digits: usize,
    parts: Vec<Part>,
}

/// What is shown of one file.
#[derive(Default)]
struct Part {
    path: String,
    text: String,
    /// The first byte of each line in `text`.
    starts: Vec<usize>,
    /// The number of each line in the file, counted from 1.
    numbers: Vec<usize>,
    /// Where labels start: in `text`, and in the file.
    places: Vec<(usize, Location)>,
}

/// A label on its way into the excerpt.
struct Spot {
    file: FileId,
    place: Location,
    first: Point,
    /// On the same line as `first` or below; its byte is one past the label's last.
    last: Point,
    message: String,
    /// In the excerpt.
    range: Range<usize>,
}

/// A line of a file, counted from 0, and a byte of that line.
#[derive(Clone, Copy)]
struct Point {
    line: usize,
    byte: usize,
}

impl Excerpt {
    /// The lines that `labels` need; the first label is the primary one.
    pub fn of(labels: &[Label], places: &Places, style: &Style) -> Self {
        let mut spots: Vec<_> = labels.iter().filter_map(|label| Spot::of(label, places)).collect();
        let greatest = spots.iter().map(|spot| spot.last.line + 1).max();
        let digits = greatest.and_then(usize::checked_ilog10).map_or(0, |log| log as usize + 1);
        let mut files = Vec::new();
        for spot in &spots {
            if !files.contains(&spot.file) {
                files.push(spot.file);
            }
        }
        let frame =
            Frame { columns: style.width.saturating_sub(digits + 3), room: 0, ascii: style.ascii };
        let mut part = |file| Part::of(file, &mut spots, places, frame);
        let parts = files.iter().map(|&file| part(file)).collect();
        let labels =
            spots.into_iter().enumerate().map(|(at, spot)| spot.label(at, &files)).collect();
        Self { labels, digits, parts }
    }

    fn part(&self, file: usize) -> Result<&Part, Error> {
        self.parts.get(file).ok_or(Error::FileMissing)
    }
}

impl Spot {
    /// None if there is no such file. A span that is not in the text is moved into it.
    fn of(label: &Label, places: &Places) -> Option<Self> {
        let (source, lines) = places.file(label.span.file)?;
        let text = source.text.as_str();
        let (line_number, column_number) = lines.line_column(text, label.span.start as usize);
        let range = within(text, label.span.range());
        let first = Point::of(text, lines, range.start);
        let mut last = Point::of(text, lines, range.end);
        if last.line > first.line && first.byte == lines.range(text, first.line).len() {
            // It starts behind its first line: there is nothing to underline but this place.
            last = first;
        }
        let place = Location { line_number, column_number };
        let message = escape(&label.text).into_owned();
        Some(Self { file: label.span.file, place, first, last, message, range: 0..0 })
    }

    fn is_on_one_line(&self) -> bool {
        self.first.line == self.last.line
    }

    /// The lines that have to be shown.
    fn lines(&self) -> impl Iterator<Item = usize> {
        let (first, last) = (self.first.line, self.last.line);
        let start = first..=last.min(first + CONTEXT_AFTER_START);
        start.chain(first.max(last.saturating_sub(CONTEXT_BEFORE_END))..=last)
    }

    /// The bytes of `line` to keep in sight, if this label starts or ends there.
    fn mark(&self, line: usize) -> Option<Range<usize>> {
        match (self.first.line == line, self.last.line == line) {
            (true, true) => Some(self.first.byte..self.last.byte),
            (true, false) => Some(self.first.byte..self.first.byte + 1),
            (false, true) => Some(self.last.byte.saturating_sub(1)..self.last.byte),
            (false, false) => None,
        }
    }

    /// Notes where `line`, which starts at `start` in the excerpt, shows this label.
    fn lay(&mut self, line: usize, start: usize, clipped: &Clipped) {
        if self.first.line == line {
            self.range.start = start + clipped.start(self.first.byte);
            self.range.end = self.range.start;
        }
        let is_empty = self.is_on_one_line() && self.first.byte == self.last.byte;
        if self.last.line == line && !is_empty {
            self.range.end = start + clipped.end(self.last.byte);
        }
    }

    fn label(self, at: usize, files: &[FileId]) -> diagnostic::Label<usize> {
        let style = if at == 0 { LabelStyle::Primary } else { LabelStyle::Secondary };
        let file = files.iter().position(|&file| file == self.file).unwrap_or(0);
        diagnostic::Label::new(style, file, self.range).with_message(self.message)
    }
}

/// `range` clamped to `text`, without the line breaks it ends with.
fn within(text: &str, range: Range<usize>) -> Range<usize> {
    let start = range.start.min(text.len());
    let mut end = range.end.clamp(start, text.len());
    let bytes = text.as_bytes();
    while end > start && bytes[end - 1] == b'\n' {
        end -= 1;
        end -= usize::from(end > start && bytes[end - 1] == b'\r');
    }
    start..end
}

impl Point {
    fn of(text: &str, lines: &Lines, at: usize) -> Self {
        let line = lines.line(text, at);
        let range = lines.range(text, line);
        Self { line, byte: at.clamp(range.start, range.end) - range.start }
    }
}

impl Part {
    /// The lines of `file` that its `spots` need; tells those where they are shown.
    fn of(file: FileId, spots: &mut [Spot], places: &Places, frame: Frame) -> Self {
        let Some((source, lines)) = places.file(file) else { return Self::default() };
        let mut spots: Vec<_> = spots.iter_mut().filter(|spot| spot.file == file).collect();
        let needed: BTreeSet<_> = spots.iter().flat_map(|spot| spot.lines()).collect();
        // codespan-reporting draws the side of each label over several lines in two columns.
        let sides = 2 * spots.iter().filter(|spot| !spot.is_on_one_line()).count();
        let columns = frame.columns.saturating_sub(sides).max(LEAST_COLUMNS);
        let frame = Frame { columns, ..frame };
        let mut part = Self { path: escape(&source.path).into_owned(), ..Self::default() };
        let mut next = None;
        for line in needed {
            part.pass_over(next.unwrap_or(line)..line, &source.text, lines, frame);
            part.push_line(line, &source.text, lines, &mut spots, frame);
            next = Some(line + 1);
        }
        part.places = spots.iter().map(|spot| (spot.range.start, spot.place)).collect();
        part
    }

    /// A single line between two others is shown; several are not.
    fn pass_over(&mut self, skipped: Range<usize>, text: &str, lines: &Lines, frame: Frame) {
        match skipped.len() {
            0 => {}
            1 => self.push_line(skipped.start, text, lines, &mut [], frame),
            _ => {
                self.push(skipped.start, "");
                self.push(skipped.start, "");
            }
        }
    }

    fn push_line(
        &mut self,
        line: usize,
        text: &str,
        lines: &Lines,
        spots: &mut [&mut Spot],
        frame: Frame,
    ) {
        let marks: Vec<_> = spots.iter().filter_map(|spot| spot.mark(line)).collect();
        let ending = spots.iter().filter(|spot| spot.last.line == line);
        let room = ending.map(|spot| 1 + spot.message.width()).max().unwrap_or(0);
        let clipped = clip(&text[lines.range(text, line)], &marks, Frame { room, ..frame });
        for spot in spots {
            spot.lay(line, self.text.len(), &clipped);
        }
        self.push(line, &clipped.text);
    }

    fn push(&mut self, line: usize, text: &str) {
        self.starts.push(self.text.len());
        self.numbers.push(line + 1);
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at).saturating_sub(1)
    }
}

impl<'a> Files<'a> for Excerpt {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, file: usize) -> Result<&'a str, Error> {
        Ok(&self.part(file)?.path)
    }

    fn source(&'a self, file: usize) -> Result<&'a str, Error> {
        Ok(&self.part(file)?.text)
    }

    fn line_index(&'a self, file: usize, at: usize) -> Result<usize, Error> {
        Ok(self.part(file)?.line(at))
    }

    fn line_number(&'a self, file: usize, line: usize) -> Result<usize, Error> {
        let numbers = &self.part(file)?.numbers;
        numbers.get(line).copied().ok_or(Error::LineTooLarge { given: line, max: numbers.len() })
    }

    fn line_range(&'a self, file: usize, line: usize) -> Result<Range<usize>, Error> {
        let part = self.part(file)?;
        let too_large = Error::LineTooLarge { given: line, max: part.starts.len() };
        let start = part.starts.get(line).copied().ok_or(too_large)?;
        Ok(start..part.starts.get(line + 1).map_or(part.text.len(), |&next| next))
    }

    /// The place in the file, not in the excerpt; it is asked for starts of labels only.
    fn location(&'a self, file: usize, at: usize) -> Result<Location, Error> {
        let part = self.part(file)?;
        let place = part.places.iter().find(|(start, _)| *start == at);
        place.map(|(_, place)| *place).ok_or(Error::InvalidCharBoundary { given: at })
    }
}
