//! TOML text → tables, one piece of the text at a time.
//!
//! A piece begins at a top-level header, so only one table is in memory at a time, and a mistake spoils one table only.
//! A text is accepted exactly when [`DeTable::parse`] accepts it:
//! - A cut at a header outside brackets is harmless: before and after it, toml stands between two statements.
//! - A cut inside brackets happens only where no TOML text can have such a line, so the text is rejected in any case.
//! - What no single piece shows, a top-level name written twice, is compared here.
//! - Where a header reaches into another piece, the whole text is one piece.

mod keys;
mod layout;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use rustc_hash::FxHashMap;
use toml::de::DeTable;

use crate::source::{FileId, Problem, Span};
use keys::Keys;
use layout::Layout;

/// A part of a TOML text that begins at a top-level table header (or at the start of the text), parsed by itself.
pub struct Piece<'t> {
    /// The table header that begins the piece; `None` for what stands before the first header (perhaps nothing), or when
    /// the whole text is one piece.
    pub header: Option<Header<'t>>,
    /// What was parsed; what could be read of it, if the piece has errors. Spans in it count from `offset`.
    /// Under a header it holds one key, the header's name, with a table, or with an array of one table.
    pub table: DeTable<'t>,
    /// Byte offset of the piece in the text.
    pub offset: usize,
}

/// `[name]` or `[[name]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header<'t> {
    /// The bare key between the brackets.
    pub name: &'t str,
    /// Whether it is `[[name]]`.
    pub is_array: bool,
    /// The whole header, brackets included, in bytes of the text.
    pub span: Range<usize>,
}

/// One syntax error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// One line, without a full stop; toml's wording (ours for what is left open, and for words without quotes).
    pub message: String,
    /// Where it is, in bytes of the whole text, on character boundaries. Empty where something is missing.
    pub span: Range<usize>,
    /// For a key that was written before in the same table, or a value that a dotted key cannot extend: the key's first
    /// place, in bytes of the whole text.
    pub first: Option<Range<usize>>,
}

impl SyntaxError {
    /// The problem that it is of `file`.
    pub fn problem(self, file: FileId) -> Problem {
        let problem =
            Problem::error("toml-syntax", self.message).at(Span::new(file, self.span), "");
        match self.first {
            Some(first) => problem.at(Span::new(file, first), "first here"),
            None => problem,
        }
    }
}

/// The deepest nesting of brackets, and the longest dotted path, that toml accepts; not public there ("LIMIT").
const MAX_DEPTH: usize = 80;

/// Parses `text` piece by piece, in the order of the text; each piece is handed to `visit` and dropped afterwards.
///
/// `is_table` says whether a name is a table that the schema knows: such a header ends brackets that were left open.
/// A piece whose brackets are nested deeper than toml can read gives an error and is not handed out.
/// Returns the errors in the order of the text, at most one per line; none exactly when [`DeTable::parse`] accepts `text`.
pub fn parse<'t>(
    text: &'t str,
    is_table: &dyn Fn(&str) -> bool,
    visit: &mut dyn FnMut(Piece<'t>),
) -> Vec<SyntaxError> {
    let layout = Layout::of(text, is_table);
    let mut reader = PieceReader::default();
    for index in 0..layout.piece_count() {
        let (header, range) = layout.piece(text, index);
        if let Some(piece) = reader.read(text, header, range, &layout) {
            visit(piece);
        }
    }
    reader.finish(text)
}

/// The pieces of a text one after the other, for who reads most of them without toml.
///
/// The text is cut while it is read, so whether it must not be cut is known at its end only.
pub struct Pieces<'t, 'f> {
    text: &'t str,
    is_table: &'f dyn Fn(&str) -> bool,
    /// Where the next piece begins.
    at: usize,
    /// Whether it begins with a header; only the first one need not.
    has_header: bool,
    reader: PieceReader<'t>,
    /// Whether a header reached into another piece.
    is_whole: bool,
    /// Whether brackets were left open, so that the text is cut all the same.
    is_broken: bool,
    /// Whether a piece could not be told from the one before.
    is_blurred: bool,
}

impl<'t, 'f> Pieces<'t, 'f> {
    /// The pieces of `text`; `is_table` as for [`parse`].
    pub fn of(text: &'t str, is_table: &'f dyn Fn(&str) -> bool) -> Self {
        Self {
            text,
            is_table,
            at: 0,
            has_header: false,
            reader: PieceReader::default(),
            is_whole: false,
            is_broken: false,
            is_blurred: false,
        }
    }

    /// Where the next piece begins, in bytes of the text; none at the end.
    pub fn next_start(&self) -> Option<usize> {
        (self.at < self.text.len()).then_some(self.at)
    }

    /// Passes over the next piece, which begins with the header `[[name]]`, holds no mistake, and ends at `end`.
    pub fn pass(&mut self, name: &'t str, end: usize) {
        let span = self.at..self.at + name.len() + "[[]]".len();
        let header = Header { name, is_array: true, span };
        self.reader.errors.extend(self.reader.names.add_header(self.text, &header));
        self.move_to(end);
    }

    /// Parses the next piece.
    pub fn parse_next(&mut self, visit: &mut dyn FnMut(Piece<'t>)) {
        let mut layout = Layout::of_piece(self.text, self.at, self.has_header, self.is_table);
        self.is_whole |= std::mem::take(&mut layout.is_whole);
        self.is_broken |= layout.is_broken;
        let (header, range) = layout.piece(self.text, usize::from(self.has_header));
        let range = self.at..range.end;
        self.is_blurred |= layout.too_deep.last().is_some_and(|&bracket| bracket >= range.end);
        self.move_to(range.end);
        if let Some(piece) = self.reader.read(self.text, header, range, &layout) {
            visit(piece);
        }
    }

    fn move_to(&mut self, at: usize) {
        self.at = at;
        self.has_header = true;
    }

    /// The errors as [`parse`] returns them; none if the text must not be cut here, so that the pieces count for nothing.
    pub fn finish(self) -> Option<Vec<SyntaxError>> {
        let is_cut = (!self.is_whole || self.is_broken) && !self.is_blurred;
        is_cut.then(|| self.reader.finish(self.text))
    }
}

/// Reads pieces with toml.
#[derive(Default)]
struct PieceReader<'t> {
    names: Names<'t>,
    errors: Vec<SyntaxError>,
}

impl<'t> PieceReader<'t> {
    fn read(
        &mut self,
        text: &'t str,
        header: Option<Header<'t>>,
        range: Range<usize>,
        layout: &Layout,
    ) -> Option<Piece<'t>> {
        let (table, mut found) = read(text, &range, layout);
        match (&header, &table) {
            (Some(header), _) if found.is_empty() || is_sound(text, header, &found) => {
                found.extend(self.names.add_header(text, header));
            }
            (None, Some(table)) if !layout.is_whole => self.names.add_keys(table),
            _ => {}
        }
        found.sort_by_key(|error| error.span.start);
        self.errors.append(&mut found);
        Some(Piece { header, table: table?, offset: range.start })
    }

    /// The errors in the order of the text, at most one per line.
    fn finish(mut self, text: &str) -> Vec<SyntaxError> {
        keep_first_of_each_line(text, &mut self.errors);
        self.errors
    }
}

/// Parses one piece; no table if its brackets are nested too deep.
fn read<'t>(
    text: &'t str,
    range: &Range<usize>,
    layout: &Layout,
) -> (Option<DeTable<'t>>, Vec<SyntaxError>) {
    // toml would find this too, but its count of open brackets can be fooled (`{[][][]`), and then its stack overflows.
    if let Some(bracket) = first_within(&layout.too_deep, range) {
        return (None, vec![too_deep(bracket)]);
    }
    let (table, errors) = DeTable::parse_recoverable(&text[range.clone()]);
    if errors.is_empty() {
        return (Some(table.into_inner()), Vec::new());
    }
    let mut found = locate(text, range, &errors);
    found.retain(|error| !is_skipped(&layout.skipped, error.span.start));
    if let Some(opener) = first_within(&layout.unclosed, range) {
        // What follows was read as a part of what is not closed.
        found.retain(|error| error.span.start < opener);
        found.push(unclosed(text, opener));
    }
    (Some(table.into_inner()), found)
}

/// toml's errors in one piece, as errors of the text.
fn locate(text: &str, range: &Range<usize>, errors: &[toml::de::Error]) -> Vec<SyntaxError> {
    let keys = Keys::of(&text[range.clone()]);
    let duplicates: HashSet<usize> =
        errors.iter().filter(|error| is_duplicate(error)).filter_map(start).collect();
    let mut too_long = keys.too_long.iter();
    let mut found = Vec::new();
    for error in errors {
        let again = start(error).and_then(|start| keys.again.get(&start));
        let follows =
            again.and_then(|again| again.under).is_some_and(|key| duplicates.contains(&key));
        if follows && is_duplicate(error) {
            continue;
        }
        // Only the error about a path that is too long comes without a place, once for each in their order.
        let span = error.span().or_else(|| too_long.next().cloned()).unwrap_or(0..0);
        found.push(SyntaxError {
            message: wording(error.message()).to_owned(),
            span: settle(text, range.start, span),
            first: again.map(|again| settle(text, range.start, again.first.clone())),
        });
    }
    found
}

/// toml takes a word that begins as `nan` or `inf` do, such as `none`, for one of these.
fn wording(message: &str) -> &str {
    match message {
        "invalid float, expected `nan`" | "invalid float, expected `inf`" => {
            "string values must be quoted, expected literal string"
        }
        message => message,
    }
}

fn is_duplicate(error: &toml::de::Error) -> bool {
    error.message() == "duplicate key"
}

fn start(error: &toml::de::Error) -> Option<usize> {
    error.span().map(|span| span.start)
}

/// Moves a span of a piece into the text, onto character boundaries and out of the middle of a line end.
fn settle(text: &str, offset: usize, span: Range<usize>) -> Range<usize> {
    let place = |at: usize| {
        let at = text.floor_char_boundary(offset + at);
        let is_split = text[..at].ends_with('\r') && text[at..].starts_with('\n');
        at - usize::from(is_split)
    };
    let start = place(span.start);
    start..place(span.end).max(start)
}

/// The first of `places`, which ascend, within `range`.
fn first_within(places: &[usize], range: &Range<usize>) -> Option<usize> {
    let index = places.partition_point(|&place| place < range.start);
    places.get(index).copied().filter(|&place| place < range.end)
}

/// Whether `place` lies behind the start of one of `ranges`, which ascend, and before its end.
///
/// The error about the missing `=` stands before or at the start, so it stays.
fn is_skipped(ranges: &[Range<usize>], place: usize) -> bool {
    let index = ranges.partition_point(|range| range.start < place);
    index.checked_sub(1).is_some_and(|index| place < ranges[index].end)
}

/// The error at a bracket that is nested too deep.
fn too_deep(bracket: usize) -> SyntaxError {
    SyntaxError {
        message: "cannot recurse further; max recursion depth met".to_owned(),
        span: bracket..bracket + 1,
        first: None,
    }
}

/// The error at the bracket or the quotes at `opener`.
fn unclosed(text: &str, opener: usize) -> SyntaxError {
    let (message, length) = match text.as_bytes()[opener] {
        b'[' => ("unclosed array, expected `]`", 1),
        b'{' => ("unclosed inline table, expected `}`", 1),
        b'"' => ("unclosed multi-line basic string, expected `\"\"\"`", 3),
        _ => ("unclosed multi-line literal string, expected `'''`", 3),
    };
    SyntaxError { message: message.to_owned(), span: opener..opener + length, first: None }
}

/// Whether no error stands on the line of `header`; otherwise what it was meant to be is unknown.
fn is_sound(text: &str, header: &Header, found: &[SyntaxError]) -> bool {
    let end =
        text[header.span.end..].find('\n').map_or(text.len(), |length| header.span.end + length);
    found.iter().all(|error| error.span.start > end)
}

/// Of errors in the order of the text, keeps the first of each line: the others nearly always follow from it.
fn keep_first_of_each_line(text: &str, errors: &mut Vec<SyntaxError>) {
    let mut last = None;
    errors.retain(|error| {
        let start = error.span.start;
        // From one error to the next, kept or not, so that every byte is looked at once.
        last.replace(start).is_none_or(|last| text[last..start].contains('\n'))
    });
}

/// The first place of every top-level name.
#[derive(Default)]
struct Names<'t>(FxHashMap<Cow<'t, str>, FirstName>);

struct FirstName {
    /// In bytes of the text.
    span: Range<usize>,
    /// Whether it is the name of an array of tables, which may come again.
    is_array: bool,
}

impl<'t> Names<'t> {
    /// Adds the keys that stand before the first header.
    fn add_keys(&mut self, table: &DeTable<'t>) {
        for key in table.keys() {
            let first = FirstName { span: key.span(), is_array: false };
            self.0.insert(key.get_ref().clone(), first);
        }
    }

    /// Adds a header; an error if the name is taken.
    fn add_header(&mut self, text: &str, header: &Header<'t>) -> Option<SyntaxError> {
        let span = || name_span(text, header);
        match self.0.get(header.name) {
            Some(first) if first.is_array && header.is_array => None,
            Some(first) => Some(SyntaxError {
                message: "duplicate key".to_owned(),
                span: span(),
                first: Some(first.span.clone()),
            }),
            None => {
                let first = FirstName { span: span(), is_array: header.is_array };
                self.0.insert(Cow::Borrowed(header.name), first);
                None
            }
        }
    }
}

/// The name of a header, in bytes of the text.
fn name_span(text: &str, header: &Header) -> Range<usize> {
    let from_name = text[header.span.clone()].trim_start_matches(['[', ' ', '\t']);
    let start = header.span.end - from_name.len();
    start..start + header.name.len()
}
