//! TOML text → where to cut it.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use super::{Header, MAX_DEPTH};

/// Where to cut a text, and where its brackets are wrong. All places ascend.
#[derive(Default)]
pub(super) struct Layout {
    /// The headers that begin a piece, brackets included, in bytes of the text.
    headers: Vec<Range<usize>>,
    /// Brackets and quotes that are not closed before the piece ends, at most one per piece: byte offsets.
    pub(super) unclosed: Vec<usize>,
    /// Brackets nested deeper than `MAX_DEPTH`: byte offsets.
    pub(super) too_deep: Vec<usize>,
    /// Brackets behind a key without `=`, which toml reads line by line: from the opening to the closing one.
    pub(super) skipped: Vec<Range<usize>>,
    /// Whether some header reaches into another piece, so that the text must not be cut.
    pub(super) is_whole: bool,
    /// Whether brackets were left open anywhere.
    pub(super) is_broken: bool,
}

impl Layout {
    pub(super) fn of(text: &str, is_table: &dyn Fn(&str) -> bool) -> Layout {
        let mut scanner = Scanner::new(text, is_table);
        for token in Source::new(text).lex() {
            scanner.step(token);
        }
        // A text with unclosed brackets is rejected in any case, and pieces show its mistakes better.
        scanner.layout.is_whole &= !scanner.layout.is_broken;
        scanner.layout
    }

    /// Lays out only the piece that begins at `start`, a byte offset: it is piece 1 if it `has_header`, and piece 0
    /// otherwise.
    pub(super) fn of_piece(
        text: &str,
        start: usize,
        has_header: bool,
        is_table: &dyn Fn(&str) -> bool,
    ) -> Layout {
        let text = &text[start..];
        let mut scanner = Scanner::new(text, is_table);
        for token in Source::new(text).lex() {
            scanner.step(token);
            if scanner.layout.headers.len() > usize::from(has_header) {
                break;
            }
        }
        scanner.layout.shift(start);
        scanner.layout
    }

    fn shift(&mut self, offset: usize) {
        for range in self.headers.iter_mut().chain(&mut self.skipped) {
            *range = range.start + offset..range.end + offset;
        }
        self.unclosed.iter_mut().chain(&mut self.too_deep).for_each(|place| *place += offset);
    }

    pub(super) fn piece_count(&self) -> usize {
        if self.is_whole { 1 } else { self.headers.len() + 1 }
    }

    /// The header and the range of a piece; piece 0 stands before the first header.
    pub(super) fn piece<'t>(
        &self,
        text: &'t str,
        index: usize,
    ) -> (Option<Header<'t>>, Range<usize>) {
        if self.is_whole {
            return (None, 0..text.len());
        }
        let header = index.checked_sub(1).map(|index| self.header(text, index));
        let start = header.as_ref().map_or(0, |header| header.span.start);
        let end = self.headers.get(index).map_or(text.len(), |next| next.start);
        (header, start..end)
    }

    fn header<'t>(&self, text: &'t str, index: usize) -> Header<'t> {
        let span = self.headers[index].clone();
        let written = &text[span.clone()];
        let name = header_name(written);
        Header { name, is_array: written.starts_with("[["), span }
    }
}

/// The name in `[name]` or `[[name]]`.
fn header_name(written: &str) -> &str {
    written.trim_matches(['[', ']', ' ', '\t'])
}

/// Reads the tokens of a text once and lays out its pieces.
///
/// It follows toml's own recovery from mistakes line by line, so it never counts fewer open brackets than toml does.
struct Scanner<'t, 'f> {
    text: &'t str,
    is_table: &'f dyn Fn(&str) -> bool,
    layout: Layout,
    /// Where in a statement the next token stands, as long as no bracket is open.
    place: Place,
    /// The open brackets of a value, outermost first: byte offsets.
    open: Vec<usize>,
    /// Whether the open brackets stand behind a key without `=`.
    is_skipping: bool,
    /// Whether nothing but whitespace was read of the line.
    is_line_start: bool,
    /// The first tokens of a line that begins with `[`, without whitespace; empty for other lines.
    line: Vec<Token>,
    /// Whether brackets were open where `line` began.
    is_line_inside: bool,
}

/// A place in a statement.
#[derive(Clone, Copy)]
enum Place {
    Start,
    Key,
    Value,
    /// Behind the value, in a header or in what toml skips after a mistake: brackets have no meaning.
    Rest,
}

/// As many tokens as `[[name]]` has, and one to see whether something follows.
const LINE_TOKENS: usize = 6;

impl<'t, 'f> Scanner<'t, 'f> {
    fn new(text: &'t str, is_table: &'f dyn Fn(&str) -> bool) -> Scanner<'t, 'f> {
        Scanner {
            text,
            is_table,
            layout: Layout::default(),
            place: Place::Start,
            open: Vec::new(),
            is_skipping: false,
            is_line_start: true,
            line: Vec::new(),
            is_line_inside: false,
        }
    }

    fn step(&mut self, token: Token) {
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment => {}
            TokenKind::Newline => self.end_line(),
            TokenKind::Eof => {
                self.end_line();
                self.end_open(self.text.len());
            }
            _ => {
                self.remember(token);
                self.advance(token);
            }
        }
    }

    fn remember(&mut self, token: Token) {
        let is_first = std::mem::take(&mut self.is_line_start);
        if is_first && token.kind() == TokenKind::LeftSquareBracket {
            self.is_line_inside = !self.open.is_empty();
            self.line.push(token);
        } else if !self.line.is_empty() && self.line.len() < LINE_TOKENS {
            self.line.push(token);
        }
    }

    fn advance(&mut self, token: Token) {
        use TokenKind::*;
        if self.is_unterminated(token) {
            return self.open.push(token.span().start());
        }
        if !self.open.is_empty() {
            return self.nest(token);
        }
        self.place = match (self.place, token.kind()) {
            (
                Place::Start | Place::Key,
                Atom | Dot | BasicString | LiteralString | MlBasicString | MlLiteralString,
            ) => Place::Key,
            (Place::Start | Place::Key | Place::Value, Equals) => Place::Value,
            (Place::Key | Place::Value, LeftSquareBracket | LeftCurlyBracket) => {
                self.is_skipping = matches!(self.place, Place::Key);
                self.nest(token);
                Place::Rest
            }
            _ => Place::Rest,
        };
    }

    /// Whether the token is a multi-line string that the text ends in.
    fn is_unterminated(&self, token: Token) -> bool {
        let is_string =
            matches!(token.kind(), TokenKind::MlBasicString | TokenKind::MlLiteralString);
        let (start, end) = (token.span().start(), token.span().end());
        is_string && end == self.text.len() && {
            let written = &self.text[start..end];
            written.len() < 6 || !written.ends_with(&written[..3])
        }
    }

    fn nest(&mut self, token: Token) {
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                self.open.push(token.span().start());
                if self.open.len() == MAX_DEPTH + 1 {
                    self.layout.too_deep.push(token.span().start());
                }
            }
            TokenKind::RightSquareBracket => self.close(b'[', token),
            TokenKind::RightCurlyBracket => self.close(b'{', token),
            _ => {}
        }
    }

    /// Closes the innermost bracket if it is an `opener`; toml goes on inside it otherwise.
    fn close(&mut self, opener: u8, token: Token) {
        let is_match = |&mut place: &mut usize| self.text.as_bytes()[place] == opener;
        let closed = self.open.pop_if(is_match).filter(|_| self.is_skipping);
        if let Some(start) = closed.filter(|_| self.open.is_empty()) {
            self.layout.skipped.push(start..token.span().end());
        }
    }

    fn end_line(&mut self) {
        match (Shape::of(&self.line, self.text), self.is_line_inside) {
            (Shape::Header { span, is_alone: true }, true) if self.is_recovery(&span) => {
                self.end_open(span.start);
                self.layout.headers.push(span);
            }
            (Shape::Header { span, .. }, false) => self.layout.headers.push(span),
            (Shape::Subtable(name), false) => self.layout.is_whole |= self.is_foreign(name),
            (Shape::Quoted, false) => self.layout.is_whole = true,
            _ => {}
        }
        self.is_line_start = true;
        self.line.clear();
        if self.open.is_empty() {
            self.place = Place::Start;
            self.is_skipping = false;
        }
    }

    /// Whether a line inside brackets is a header all the same: it names a known table, and it is no array of a value.
    fn is_recovery(&self, span: &Range<usize>) -> bool {
        let name = header_name(&self.text[span.clone()]);
        // Every other value of TOML without quotes begins with a digit, a sign or a dot.
        let is_value = matches!(name, "true" | "false" | "inf" | "nan");
        let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic());
        is_word && !is_value && (self.is_table)(name)
    }

    /// Whether a header whose path begins with `name` reaches out of the current piece.
    fn is_foreign(&self, name: &str) -> bool {
        let current = self.layout.headers.last();
        current.is_none_or(|span| header_name(&self.text[span.clone()]) != name)
    }

    /// Gives up the brackets that are still open at `end`, a byte offset.
    fn end_open(&mut self, end: usize) {
        match self.open.first() {
            Some(&start) if self.is_skipping => self.layout.skipped.push(start..end),
            _ => self.layout.unclosed.extend(self.unclosed()),
        }
        self.layout.is_broken |= !self.open.is_empty();
        self.open.clear();
    }

    /// Of the brackets that are open, the innermost on the line of the outermost: in `{ x = [1 }` the `[` is meant.
    fn unclosed(&self) -> Option<usize> {
        let mut places = self.open.iter().copied();
        let outermost = places.next()?;
        let is_near = |last: usize, next: usize| !self.text[last..next].contains('\n');
        let near =
            places.try_fold(
                outermost,
                |last, next| {
                    if is_near(last, next) { Ok(next) } else { Err(last) }
                },
            );
        Some(near.unwrap_or_else(|last| last))
    }
}

/// What a line that begins with `[` may be.
enum Shape<'t> {
    /// `[name]` or `[[name]]`; `is_alone` if nothing but a comment follows.
    Header {
        span: Range<usize>,
        is_alone: bool,
    },
    /// `[name.…` or `[[name.…`
    Subtable(&'t str),
    /// `["…` or `[["…`
    Quoted,
    Other,
}

impl<'t> Shape<'t> {
    /// `line`: the tokens of the line without whitespace, at most `LINE_TOKENS`.
    fn of(line: &[Token], text: &'t str) -> Shape<'t> {
        let brackets = 1 + usize::from(are_adjacent(line, 0, TokenKind::LeftSquareBracket));
        let kinds = |index: usize| line.get(brackets + index).map(Token::kind);
        match (kinds(0), kinds(1)) {
            (Some(TokenKind::Atom), Some(TokenKind::RightSquareBracket)) => {
                let close = brackets + brackets;
                let is_closed =
                    brackets == 1 || are_adjacent(line, 3, TokenKind::RightSquareBracket);
                if !is_closed {
                    return Shape::Other;
                }
                let span = line[0].span().start()..line[close].span().end();
                Shape::Header { span, is_alone: line.len() == close + 1 }
            }
            (Some(TokenKind::Atom), Some(TokenKind::Dot)) => {
                let name = line[brackets].span();
                Shape::Subtable(&text[name.start()..name.end()])
            }
            (Some(kind), _) if kind.encoding().is_some() => Shape::Quoted,
            _ => Shape::Other,
        }
    }
}

/// Whether the tokens at `index` and behind it are both of `kind`, with nothing between.
fn are_adjacent(line: &[Token], index: usize, kind: TokenKind) -> bool {
    match line.get(index..index + 2) {
        Some([one, two]) => {
            one.kind() == kind && two.kind() == kind && one.span().end() == two.span().start()
        }
        _ => false,
    }
}
