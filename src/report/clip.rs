//! A line of a file → what of it fits, without anything a terminal would obey.
//!
//! Only the text near the marks is read, so that a finding in a line of many megabytes costs no
//! more than one in a short line.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::escape::{acts, is_plain, picture};

/// Columns from one tab stop to the next.
const TAB: usize = 4;
/// More marks than this do not get their own piece of a line that is too long; they point at `…`.
const MARKS: usize = 16;
/// Bytes read on each side of a mark for each column there is: no character of UTF-8 is longer.
const REACH: usize = 4;
/// Columns before the first mark that are kept even where the text of the mark needs the room.
const LEAD: usize = 8;
/// What an unread stretch counts as: too many columns ever to fit.
const UNREAD: usize = usize::MAX / 4;

/// How much room there is for a line.
#[derive(Clone, Copy)]
pub struct Frame {
    /// Columns for the line.
    pub columns: usize,
    /// Columns that the longest text behind a mark wants.
    pub room: usize,
    /// Write `...` for `…`.
    pub ascii: bool,
}

/// What is shown of a line.
pub struct Clipped {
    /// The text to show.
    pub text: String,
    /// Where each byte of the line went, in order; empty if the text is the line itself.
    pieces: Vec<Piece>,
}

/// Some bytes of the line and the bytes of the text that stand for them.
struct Piece {
    line: Range<usize>,
    text: Range<usize>,
}

impl Clipped {
    /// Where a mark starts in the text that starts at `byte` of the line.
    pub fn start(&self, byte: usize) -> usize {
        if self.pieces.is_empty() {
            return byte.min(self.text.len());
        }
        let at = self.pieces.partition_point(|piece| piece.line.end <= byte);
        self.pieces.get(at).map_or(self.text.len(), |piece| piece.text.start)
    }

    /// Where a mark that is not empty ends in the text that ends before `byte` of the line.
    pub fn end(&self, byte: usize) -> usize {
        if self.pieces.is_empty() {
            return byte.min(self.text.len());
        }
        let at = self.pieces.partition_point(|piece| piece.line.end < byte);
        self.pieces.get(at).map_or(self.text.len(), |piece| piece.text.end)
    }
}

/// Fits `line` into `frame` around `marks`, ranges of its bytes of which the first matters most;
/// at least the start of the first one is kept.
pub fn clip(line: &str, marks: &[Range<usize>], frame: Frame) -> Clipped {
    // One column for a caret behind the line.
    if line.len() < frame.columns && is_plain(line) {
        return Clipped { text: line.to_owned(), pieces: Vec::new() };
    }
    let marks = if marks.is_empty() { std::slice::from_ref(&(0..1)) } else { marks };
    let marks = &marks[..marks.len().min(MARKS)];
    let cells = Cells::read(line, marks, frame);
    let kept = Fit::of(&cells.cells, marks, frame);
    cells.join(&kept, ellipsis(frame))
}

fn ellipsis(frame: Frame) -> &'static str {
    if frame.ascii { "..." } else { "…" }
}

/// What is kept or left out as a whole: a character with the ones that combine with it.
struct Cell {
    /// Of the line.
    bytes: Range<usize>,
    /// Bytes of [`Cells::shown`].
    shown: Range<usize>,
    columns: usize,
}

/// A line, read into cells.
struct Cells {
    cells: Vec<Cell>,
    shown: String,
    ascii: bool,
    /// Columns since the start of the line or since an unread stretch; tab stops count from there.
    column: usize,
}

impl Cells {
    fn read(line: &str, marks: &[Range<usize>], frame: Frame) -> Self {
        let mut cells =
            Self { cells: Vec::new(), shown: String::new(), ascii: frame.ascii, column: 0 };
        let mut read = 0;
        for window in windows(line, marks, frame.columns * REACH) {
            cells.skip(read..window.start);
            read = window.end;
            for (at, char) in line[window.clone()].char_indices() {
                cells.push(window.start + at, char);
            }
        }
        cells.skip(read..line.len());
        if marks.iter().any(|mark| mark.start >= line.len()) {
            cells.add(line.len()..line.len() + 1, cells.shown.len(), 1);
        }
        cells
    }

    /// Leaves `bytes` unread.
    fn skip(&mut self, bytes: Range<usize>) {
        if !bytes.is_empty() {
            self.add(bytes, self.shown.len(), UNREAD);
            self.column = 0;
        }
    }

    fn push(&mut self, at: usize, char: char) {
        let bytes = at..at + char.len_utf8();
        let start = self.shown.len();
        let columns = match char {
            '\t' => TAB - self.column % TAB,
            _ if acts(char) => 1,
            _ => char.width().unwrap_or(1),
        };
        match char {
            '\t' => self.shown.extend(std::iter::repeat_n(' ', columns)),
            _ if acts(char) => self.shown.push(picture(char, self.ascii)),
            _ if columns == 0 => return self.combine(bytes, char),
            _ => self.shown.push(char),
        }
        self.add(bytes, start, columns);
        self.column += columns;
    }

    /// Adds a character without a width of its own to the cell before; at the start of the line
    /// it would combine with the frame.
    fn combine(&mut self, bytes: Range<usize>, char: char) {
        let shown = &mut self.shown;
        match self.cells.last_mut() {
            Some(cell) if cell.columns == UNREAD => cell.bytes.end = bytes.end,
            Some(cell) => {
                shown.push(char);
                cell.shown.end = shown.len();
                cell.bytes.end = bytes.end;
            }
            None => {
                shown.push(if self.ascii { '?' } else { char::REPLACEMENT_CHARACTER });
                self.add(bytes, 0, 1);
                self.column += 1;
            }
        }
    }

    fn add(&mut self, bytes: Range<usize>, start: usize, columns: usize) {
        self.cells.push(Cell { bytes, shown: start..self.shown.len(), columns });
    }

    /// The kept cells, with `ellipsis` for each run of others.
    fn join(&self, kept: &[bool], ellipsis: &str) -> Clipped {
        let mut clipped = Clipped { text: String::new(), pieces: Vec::new() };
        let mut hidden = false;
        for (cell, &kept) in self.cells.iter().zip(kept) {
            match clipped.pieces.last_mut() {
                Some(piece) if !kept && hidden => piece.line.end = cell.bytes.end,
                _ => {
                    let start = clipped.text.len();
                    clipped.text.push_str(if kept {
                        &self.shown[cell.shown.clone()]
                    } else {
                        ellipsis
                    });
                    let text = start..clipped.text.len();
                    clipped.pieces.push(Piece { line: cell.bytes.clone(), text });
                }
            }
            hidden = !kept;
        }
        clipped
    }
}

/// The bytes of `line` that are at most `reach` away from the start of a mark or from the mark's
/// text near its start, in order and without overlaps.
fn windows(line: &str, marks: &[Range<usize>], reach: usize) -> Vec<Range<usize>> {
    let around = |mark: &Range<usize>| {
        let start = line.floor_char_boundary(mark.start.saturating_sub(reach));
        let end = mark.end.clamp(mark.start, mark.start.saturating_add(reach));
        start..line.ceil_char_boundary(end.saturating_add(reach).min(line.len()))
    };
    let mut windows: Vec<_> = marks.iter().map(around).collect();
    windows.sort_by_key(|window| window.start);
    windows.dedup_by(|next, window| {
        let touches = next.start <= window.end;
        if touches {
            window.end = window.end.max(next.end);
        }
        touches
    });
    windows
}

/// Which cells are kept.
struct Fit<'a> {
    cells: &'a [Cell],
    kept: Vec<bool>,
    /// Columns of what is kept and of the ellipses.
    columns: usize,
    frame: Frame,
    /// Columns of an ellipsis.
    ellipsis: usize,
}

impl<'a> Fit<'a> {
    fn of(cells: &'a [Cell], marks: &[Range<usize>], frame: Frame) -> Vec<bool> {
        if columns(cells) <= frame.columns {
            return vec![true; cells.len()];
        }
        let ellipsis = ellipsis(frame).chars().count();
        let kept = vec![false; cells.len()];
        let mut fit = Fit { cells, kept, columns: ellipsis, frame, ellipsis };
        // Each mark gets its share first, so that a long one leaves something to the others.
        for limit in [frame.columns / marks.len(), frame.columns] {
            for mark in marks {
                fit.keep_mark(mark, limit);
            }
        }
        fit.grow();
        fit.fill();
        fit.kept
    }

    /// Keeps the cell `at` if it fits; a kept cell may split, shorten or end a run of hidden ones.
    fn keep(&mut self, at: usize) -> bool {
        if self.kept[at] {
            return true;
        }
        let before = at > 0 && !self.kept[at - 1];
        let after = self.kept.get(at + 1) == Some(&false);
        let runs = usize::from(before) + usize::from(after);
        let columns = self.columns + self.cells[at].columns + runs * self.ellipsis - self.ellipsis;
        if columns > self.frame.columns {
            return false;
        }
        self.columns = columns;
        self.kept[at] = true;
        true
    }

    /// Keeps as much of `mark` from its start as fits, and not more than `limit` columns unless
    /// its first cell is wider.
    fn keep_mark(&mut self, mark: &Range<usize>, limit: usize) {
        let first = self.cells.partition_point(|cell| cell.bytes.end <= mark.start);
        let end = self.cells.partition_point(|cell| cell.bytes.start < mark.end).max(first + 1);
        let mut used: usize = 0;
        for at in first..end.min(self.cells.len()) {
            used = used.saturating_add(self.cells[at].columns);
            if (at > first && used > limit) || !self.keep(at) {
                return;
            }
        }
    }

    /// Keeps what is around the kept cells as long as it fits, by turns on each side of each run.
    fn grow(&mut self) {
        let mut runs = self.runs(true);
        let spare = self.frame.columns - self.columns;
        let mut lead = spare.saturating_sub(self.frame.room).max(LEAD);
        let mut grown = true;
        while grown {
            grown = false;
            for run in &mut runs {
                grown |= self.grow_right(run) | self.grow_left(run, &mut lead);
            }
        }
    }

    fn grow_right(&mut self, run: &mut Range<usize>) -> bool {
        let grown = self.kept.get(run.end) == Some(&false) && self.keep(run.end);
        run.end += usize::from(grown);
        grown
    }

    /// At most `lead` columns, which it counts down.
    fn grow_left(&mut self, run: &mut Range<usize>, lead: &mut usize) -> bool {
        let Some(left) = run.start.checked_sub(1) else { return false };
        let columns = self.cells[left].columns;
        let grown = !self.kept[left] && columns <= *lead && self.keep(left);
        if grown {
            *lead -= columns;
            run.start = left;
        }
        grown
    }

    /// Shows what is not longer than the ellipsis that would stand for it.
    fn fill(&mut self) {
        for run in self.runs(false) {
            let columns = columns(&self.cells[run.clone()]);
            if columns <= self.ellipsis {
                self.kept[run].fill(true);
            }
        }
    }

    /// The runs of cells that are kept, or of those that are not.
    fn runs(&self, kept: bool) -> Vec<Range<usize>> {
        let mut end = 0;
        let runs = self.kept.chunk_by(|a, b| a == b).map(|run| {
            end += run.len();
            (run[0], end - run.len()..end)
        });
        runs.filter(|(is_kept, _)| *is_kept == kept).map(|(_, run)| run).collect()
    }
}

fn columns(cells: &[Cell]) -> usize {
    cells.iter().fold(0, |sum, cell| sum.saturating_add(cell.columns))
}
