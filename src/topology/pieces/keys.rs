//! Piece with errors → which keys were written before, and which dotted paths are too long.
//!
//! toml's errors name neither, so this follows the keys once more, through toml's own events.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

use super::MAX_DEPTH;

/// The keys of one piece that toml says too little about.
#[derive(Default)]
pub(super) struct Keys {
    /// The keys that were written before in the same table, by their start: byte offset in the piece.
    pub(super) again: HashMap<usize, Again>,
    /// The dotted paths longer than `MAX_DEPTH`, in bytes of the piece.
    pub(super) too_long: Vec<Range<usize>>,
}

/// A key that was written before.
pub(super) struct Again {
    /// The first place, in bytes of the piece.
    pub(super) first: Range<usize>,
    /// The start of the header that the key stands under, if that was written before too: byte offset in the piece.
    pub(super) under: Option<usize>,
}

impl Keys {
    /// The brackets of `piece` must not be nested deeper than `MAX_DEPTH`.
    pub(super) fn of(piece: &str) -> Keys {
        let source = Source::new(piece);
        let tokens = source.lex().into_vec();
        let mut events = Vec::with_capacity(tokens.len());
        parse_document(&tokens, &mut events, &mut ());
        let mut walk = Walk::new(source);
        for event in events {
            walk.step(event);
        }
        walk.keys
    }
}

/// Follows the keys of a piece through its tables. Tables are numbered; 0 is the root.
struct Walk<'t> {
    source: Source<'t>,
    keys: Keys,
    /// The first place of a key in a table, in bytes of the piece, and the table that it holds.
    known: HashMap<(usize, Cow<'t, str>), (Range<usize>, usize)>,
    /// How many tables there are.
    count: usize,
    /// The table that the next path begins in.
    table: usize,
    /// The tables around the open inline tables, outermost first.
    around: Vec<usize>,
    /// The path that is being read.
    path: Vec<Event>,
    /// Whether a dot was the last thing read, so that the path goes on.
    is_dotted: bool,
    /// Whether the header that is being read is `[[..]]`.
    is_array: bool,
    /// See `Again::under`.
    under: Option<usize>,
}

impl<'t> Walk<'t> {
    fn new(source: Source<'t>) -> Walk<'t> {
        Walk {
            source,
            keys: Keys::default(),
            known: HashMap::new(),
            count: 1,
            table: 0,
            around: Vec::new(),
            path: Vec::new(),
            is_dotted: false,
            is_array: false,
            under: None,
        }
    }

    fn step(&mut self, event: Event) {
        match event.kind() {
            EventKind::Whitespace => return,
            EventKind::StdTableOpen => self.is_array = false,
            EventKind::ArrayTableOpen => self.is_array = true,
            EventKind::SimpleKey => self.add_key(event),
            EventKind::StdTableClose | EventKind::ArrayTableClose => self.enter_header(),
            EventKind::KeyValSep => drop(self.end_path()),
            EventKind::InlineTableOpen => {
                self.around.push(self.table);
                self.table = self.new_table();
            }
            EventKind::InlineTableClose => self.table = self.around.pop().unwrap_or(0),
            _ => {}
        }
        self.is_dotted = event.kind() == EventKind::KeySep;
    }

    fn add_key(&mut self, key: Event) {
        if !self.is_dotted {
            self.path.clear();
        }
        self.path.push(key);
        if self.path.len() > MAX_DEPTH + 1 {
            self.keys.too_long.pop();
        }
        if self.path.len() > MAX_DEPTH {
            let start = self.path[0].span().start();
            self.keys.too_long.push(start..key.span().end());
        }
    }

    fn enter_header(&mut self) {
        self.around.clear();
        self.table = 0;
        self.under = None;
        let last = self.path.last().map(|key| key.span().start());
        let Some(key) = self.end_path() else { return };
        if self.is_array {
            self.table = self.new_table();
        } else {
            self.under = last.filter(|start| self.keys.again.contains_key(start));
            self.table = self.known.get(&key).map_or(0, |(_, table)| *table);
        }
        if let Some((_, table)) = self.known.get_mut(&key) {
            *table = self.table;
        }
    }

    /// Looks up every key of the path that was read; returns the last one and the table that holds it.
    fn end_path(&mut self) -> Option<(usize, Cow<'t, str>)> {
        let path = std::mem::take(&mut self.path);
        if path.len() > MAX_DEPTH {
            return None;
        }
        let under = self.under.filter(|_| self.around.is_empty());
        let (mut table, mut last) = (self.table, None);
        for event in path {
            let key = (table, self.decode(event));
            table = self.look_up(&key, event.span().start()..event.span().end(), under);
            last = Some(key);
        }
        last
    }

    /// The table behind `key`, which stands at `span`; notes whether the key was written before.
    fn look_up(
        &mut self,
        key: &(usize, Cow<'t, str>),
        span: Range<usize>,
        under: Option<usize>,
    ) -> usize {
        if let Some((first, table)) = self.known.get(key) {
            let first = first.clone();
            self.keys.again.insert(span.start, Again { first, under });
            return *table;
        }
        let table = self.new_table();
        self.known.insert(key.clone(), (span, table));
        table
    }

    /// The key without quotes and escapes.
    fn decode(&self, key: Event) -> Cow<'t, str> {
        let mut name = Cow::Borrowed("");
        if let Some(raw) = self.source.get(key) {
            // toml has reported the errors.
            raw.decode_key(&mut name, &mut ());
        }
        name
    }

    fn new_table(&mut self) -> usize {
        self.count += 1;
        self.count - 1
    }
}
