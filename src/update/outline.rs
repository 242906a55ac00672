//! TOML text → where its headers, keys and values stand.
//!
//! The text was read as a topology before, so it is TOML and nested no deeper than the reader allows.

use std::borrow::Cow;
use std::ops::Range;
use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

/// Where the parts of a text stand. All places are bytes of the text.
#[derive(Debug, Default)]
pub struct Outline {
    /// What stands before the first header, then what stands under each, and inline tables between them.
    pub tables: Vec<Table>,
}

/// What stands under one header, before the first header or in one inline table.
#[derive(Debug, Default)]
pub struct Table {
    /// What holds the keys.
    pub form: Form,
    /// In the order of the text.
    pub statements: Vec<Statement>,
}

/// What holds keys.
#[derive(Debug, Default)]
pub enum Form {
    /// The beginning of the text.
    #[default]
    Root,
    /// `[..]`, or `[[..]]` where it is an array's.
    Header { range: Range<usize>, path: Vec<String>, is_array: bool },
    /// From `{` to `}`.
    Inline(Range<usize>),
}

/// `key = value`
#[derive(Debug)]
pub struct Statement {
    /// The parts of a dotted key, decoded.
    pub keys: Vec<String>,
    /// From the first byte of the key to the last one of the value.
    pub range: Range<usize>,
    pub value: Value,
}

#[derive(Debug)]
pub struct Value {
    pub range: Range<usize>,
    pub content: Content,
}

#[derive(Debug)]
pub enum Content {
    Scalar,
    Array(Vec<Value>),
    /// An index into [`Outline::tables`].
    Table(usize),
}

impl Outline {
    /// Reads a text that is TOML.
    pub fn of(text: &str) -> Self {
        let source = Source::new(text);
        let tokens = source.lex().into_vec();
        let mut events = Vec::with_capacity(tokens.len());
        parse_document(&tokens, &mut events, &mut ());
        let skipped = [EventKind::Whitespace, EventKind::Newline, EventKind::Comment];
        events.retain(|event| !skipped.contains(&event.kind()));
        let mut reader = Reader { source, events, at: 0, tables: vec![Table::default()] };
        reader.document();
        Outline { tables: reader.tables }
    }

    /// The statement at an index of a table.
    pub fn statement(&self, (table, at): (usize, usize)) -> &Statement {
        &self.tables[table].statements[at]
    }
}

struct Reader<'t> {
    source: Source<'t>,
    events: Vec<Event>,
    at: usize,
    tables: Vec<Table>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Event> {
        let event = self.events.get(self.at).copied();
        self.at += 1;
        event
    }

    fn peek(&self) -> Option<EventKind> {
        self.events.get(self.at).map(Event::kind)
    }

    fn document(&mut self) {
        let mut table = 0;
        while let Some(kind) = self.peek() {
            match kind {
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => table = self.header(),
                EventKind::SimpleKey => self.statement(table),
                _ => self.at += 1,
            }
        }
    }

    fn header(&mut self) -> usize {
        let (mut range, mut path, mut is_array) = (0..0, Vec::new(), false);
        while let Some(event) = self.next() {
            match event.kind() {
                EventKind::SimpleKey => path.push(self.name(event)),
                EventKind::StdTableClose | EventKind::ArrayTableClose => {
                    range.end = event.span().end();
                    break;
                }
                EventKind::KeySep => {}
                kind => {
                    range.start = event.span().start();
                    is_array = kind == EventKind::ArrayTableOpen;
                }
            }
        }
        self.table(Form::Header { range, path, is_array })
    }

    fn table(&mut self, form: Form) -> usize {
        self.tables.push(Table { form, statements: Vec::new() });
        self.tables.len() - 1
    }

    fn statement(&mut self, table: usize) {
        let start = self.events[self.at].span().start();
        let mut keys = Vec::new();
        while let Some(event) = self.next() {
            match event.kind() {
                EventKind::SimpleKey => keys.push(self.name(event)),
                EventKind::KeyValSep => break,
                _ => {}
            }
        }
        let value = self.value();
        let range = start..value.range.end;
        self.tables[table].statements.push(Statement { keys, range, value });
    }

    fn value(&mut self) -> Value {
        let Some(event) = self.next() else {
            return Value { range: 0..0, content: Content::Scalar };
        };
        let start = event.span().start();
        match event.kind() {
            EventKind::ArrayOpen => {
                let mut elements = Vec::new();
                let end = self.until(EventKind::ArrayClose, &mut |reader, _| {
                    elements.push(reader.value());
                });
                Value { range: start..end, content: Content::Array(elements) }
            }
            EventKind::InlineTableOpen => {
                let table = self.table(Form::Inline(start..start));
                let end = self.until(EventKind::InlineTableClose, &mut |reader, _| {
                    reader.statement(table);
                });
                self.tables[table].form = Form::Inline(start..end);
                Value { range: start..end, content: Content::Table(table) }
            }
            _ => Value { range: start..event.span().end(), content: Content::Scalar },
        }
    }

    /// Reads items up to the closing bracket; where that ends.
    fn until(&mut self, close: EventKind, item: &mut dyn FnMut(&mut Self, EventKind)) -> usize {
        while let Some(kind) = self.peek() {
            if kind == close {
                break;
            }
            match kind {
                EventKind::ValueSep => self.at += 1,
                _ => item(self, kind),
            }
        }
        self.next().map_or(0, |event| event.span().end())
    }

    /// A key without quotes and escapes.
    fn name(&self, event: Event) -> String {
        let mut name = Cow::Borrowed("");
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut name, &mut ());
        }
        name.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_toml_has_its_places() {
        let text =
            "\u{feff}a.'b' = [1, {c = 2}, ] # x\n[[ \"pool\" ]]\nk = '''\n[x]'''\n[pool.t]\n";
        let outline = Outline::of(text);
        let written: Vec<(Vec<String>, &str)> = outline
            .tables
            .iter()
            .flat_map(|table| &table.statements)
            .map(|statement| (statement.keys.clone(), &text[statement.range.clone()]))
            .collect();
        let expected = [
            (vec!["a".to_owned(), "b".to_owned()], "a.'b' = [1, {c = 2}, ]"),
            (vec!["c".to_owned()], "c = 2"),
            (vec!["k".to_owned()], "k = '''\n[x]'''"),
        ];
        assert_eq!(written, expected);
        let headers = outline.tables.iter().filter_map(|table| match &table.form {
            Form::Header { range, path, is_array } => Some((&text[range.clone()], path, *is_array)),
            _ => None,
        });
        let headers: Vec<_> = headers.collect();
        let pool = vec!["pool".to_owned()];
        let below = vec!["pool".to_owned(), "t".to_owned()];
        assert_eq!(headers, [("[[ \"pool\" ]]", &pool, true), ("[pool.t]", &below, false)]);
    }
}
