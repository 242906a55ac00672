//! A piece of regular form → its values, straight from the text.
//!
//! Nearly every piece of a topology is `[[name]]` and lines `key = value` that hold no surprise. It needs no table of
//! toml's in between, which costs most of the time. A piece that is irregular, wrong or unknown in any way is given up
//! here and read by toml, so what toml and its reader say of a text stays the definition.

use super::cursor::Cursor;
use super::{Datum, whole_units};
use crate::datalog::program::{EntityDecl, EntityId, Key, Kind, Program, RelationId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// The arrays of tables that the vocabulary knows, prepared for many pieces.
pub(super) struct Regular<'p> {
    program: &'p Program,
    /// The arrays of tables, by name.
    tables: FxHashMap<&'p str, Table<'p>>,
    /// The names of all tables.
    names: FxHashSet<&'p str>,
}

struct Table<'p> {
    kind: EntityId,
    /// By the first part of their paths.
    keys: FxHashMap<&'p str, Slot<'p>>,
}

/// What may stand under a key.
struct Slot<'p> {
    /// The place of the key among those of its table, in the order of their names.
    rank: usize,
    wanted: Wanted<'p>,
}

enum Wanted<'p> {
    /// The entity's name.
    Name,
    Value(Form),
    /// A table with these keys.
    Table(FxHashMap<&'p str, Form>),
}

/// How the value of a key may be written.
#[derive(Clone, Copy)]
struct Form {
    one: Option<Goal>,
    each: Option<Goal>,
    entries: Option<RelationId>,
}

/// A relation and the kind of its last column.
#[derive(Clone, Copy)]
struct Goal {
    relation: RelationId,
    kind: Kind,
}

/// What a piece says, kept from piece to piece only for its memory.
#[derive(Default)]
pub(super) struct Found<'t> {
    /// The kind of the entity.
    pub(super) kind: EntityId,
    /// The entity's name, and where it stands.
    pub(super) name: Option<(Cow<'t, str>, Range<usize>)>,
    /// The keys, in the order of their names.
    pub(super) statements: Vec<Statement<'t>>,
    /// The values of all keys, those of one together.
    pub(super) items: Vec<Item<'t>>,
}

/// A key with what it holds, or a key in a table, or the opening of a table.
pub(super) struct Statement<'t> {
    /// The rank of the key in its entity, and what stands below it: empty for the key itself.
    path: (usize, &'t str),
    /// The number of the statement that opened the table around it, or its own.
    group: usize,
    /// Its part of [`Found::items`].
    pub(super) items: Range<usize>,
}

/// One value.
pub(super) struct Item<'t> {
    pub(super) relation: RelationId,
    pub(super) written: Written<'t>,
    /// In bytes of the text.
    pub(super) span: Range<usize>,
}

/// A value whose texts have no numbers yet.
pub(super) enum Written<'t> {
    Datum(Datum),
    Text(Cow<'t, str>),
    /// With outer blanks.
    Name(Cow<'t, str>),
    Entry(&'t str, Cow<'t, str>),
}

impl<'p> Regular<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        let first = |table: &str| program.entities.iter().position(|entity| entity.table == table);
        let is_array = |(kind, entity): &(EntityId, &EntityDecl)| {
            entity.by.is_some() && first(&entity.table) == Some(*kind)
        };
        let arrays = program.entities.iter().enumerate().filter(is_array);
        let table = |(kind, entity): (EntityId, &'p EntityDecl)| {
            (entity.table.as_str(), Table { kind, keys: slots(program, entity) })
        };
        let names = program.entities.iter().map(|entity| entity.table.as_str()).collect();
        Self { program, tables: arrays.map(table).collect(), names }
    }

    /// Whether the vocabulary knows a table of this name.
    pub(super) fn is_table(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Reads the piece whose header begins at `start` into `found`. Returns the header's name, and
    /// where the piece ends, in bytes of `text`; none if it is not regular.
    pub(super) fn read<'t>(
        &self,
        text: &'t str,
        start: usize,
        found: &mut Found<'t>,
    ) -> Option<(&'t str, usize)> {
        found.clear();
        let mut cursor = Cursor::new(text, start);
        let name = cursor.header()?;
        let table = self.tables.get(name)?;
        cursor.end_line()?;
        found.kind = table.kind;
        let mut reader = PieceReader { program: self.program, table, cursor, found };
        reader.piece(name)?;
        let end = reader.cursor.at;
        // An entity without a name is a mistake.
        found.name.as_ref()?;
        found.sort()?;
        Some((name, end))
    }
}

fn slots<'p>(program: &'p Program, entity: &'p EntityDecl) -> FxHashMap<&'p str, Slot<'p>> {
    let first = |path: &'p str| path.split('.').next().unwrap_or(path);
    let by = entity.by.as_deref();
    let names: BTreeSet<&str> = entity.keys.keys().map(|path| first(path)).chain(by).collect();
    let wanted = |name: &str| match entity.keys.get(name) {
        _ if by == Some(name) => Wanted::Name,
        Some(key) => Wanted::Value(Form::of(program, key)),
        None => {
            let below = |path: &'p String| path.strip_prefix(name)?.strip_prefix('.');
            let inner = entity.keys.iter().filter_map(|(path, key)| Some((below(path)?, key)));
            Wanted::Table(inner.map(|(path, key)| (path, Form::of(program, key))).collect())
        }
    };
    (0..).zip(names).map(|(rank, name)| (name, Slot { rank, wanted: wanted(name) })).collect()
}

impl Form {
    fn of(program: &Program, key: &Key) -> Self {
        let goal = |relation: RelationId| {
            let kind = program.relations[relation].columns.last()?.kind;
            Some(Goal { relation, kind })
        };
        Self { one: key.one.and_then(goal), each: key.each.and_then(goal), entries: key.entries }
    }
}

impl Found<'_> {
    fn clear(&mut self) {
        self.name = None;
        self.statements.clear();
        self.items.clear();
    }

    /// Sorts the statements as toml's tables are; none if two of them write the same key.
    fn sort(&mut self) -> Option<()> {
        self.statements.sort_unstable_by_key(|statement| statement.path);
        let fit = |pair: &[Statement<'_>]| {
            let [one, other] = [&pair[0], &pair[1]];
            one.path.0 != other.path.0 || (one.group == other.group && one.path.1 != other.path.1)
        };
        self.statements.windows(2).all(fit).then_some(())
    }
}

/// Reads one piece.
struct PieceReader<'r, 't> {
    program: &'r Program,
    table: &'r Table<'r>,
    cursor: Cursor<'t>,
    found: &'r mut Found<'t>,
}

/// A table below an entity: what may stand in it.
#[derive(Clone, Copy)]
enum Below<'r> {
    Keys(&'r FxHashMap<&'r str, Form>),
    /// Free keys.
    Entries(RelationId),
}

/// A table that statements stand in.
#[derive(Clone, Copy)]
struct Opened<'r> {
    rank: usize,
    group: usize,
    below: Below<'r>,
}

impl<'r, 't> PieceReader<'r, 't> {
    /// Reads what follows the header `[[name]]`, up to the next piece.
    fn piece(&mut self, name: &str) -> Option<()> {
        let mut opened = None;
        loop {
            self.cursor.blanks();
            match self.cursor.peek() {
                b'[' if self.cursor.is_header() => return Some(()),
                b'[' => opened = Some(self.subtable(name)?),
                b'#' | b'\n' | b'\r' => {}
                _ if self.cursor.is_end() => return Some(()),
                _ => self.statement(opened)?,
            }
            self.cursor.end_line()?;
        }
    }

    /// `[name.key]`
    fn subtable(&mut self, name: &str) -> Option<Opened<'r>> {
        let (table, key) = self.cursor.subheader()?;
        let slot = self.table.keys.get(key).filter(|_| table == name)?;
        self.open(slot)
    }

    fn statement(&mut self, opened: Option<Opened<'r>>) -> Option<()> {
        let key = self.cursor.key()?;
        if let Some(opened) = opened {
            return self.inner(opened, key);
        }
        let slot = self.table.keys.get(key)?;
        match &slot.wanted {
            Wanted::Name => self.name(slot.rank),
            Wanted::Value(form) if self.cursor.peek() != b'{' => {
                let start = self.found.items.len();
                self.value(form)?;
                self.add((slot.rank, ""), self.found.statements.len(), start);
                Some(())
            }
            _ => self.inline(slot),
        }
    }

    fn name(&mut self, rank: usize) -> Option<()> {
        let start = self.cursor.at;
        let name = self.cursor.string()?;
        if name.trim().is_empty() {
            return None;
        }
        self.found.name = Some((name, start..self.cursor.at));
        self.add((rank, ""), self.found.statements.len(), self.found.items.len());
        Some(())
    }

    /// `{ key = value, .. }`
    fn inline(&mut self, slot: &'r Slot<'r>) -> Option<()> {
        let opened = self.open(slot)?;
        self.cursor.eat(b'{')?;
        self.cursor.blanks();
        if self.cursor.eat(b'}').is_some() {
            return Some(());
        }
        loop {
            let key = self.cursor.key()?;
            self.inner(opened, key)?;
            self.cursor.blanks();
            if self.cursor.eat(b'}').is_some() {
                return Some(());
            }
            self.cursor.eat(b',')?;
            self.cursor.blanks();
        }
    }

    fn open(&mut self, slot: &'r Slot<'r>) -> Option<Opened<'r>> {
        let below = match &slot.wanted {
            Wanted::Table(keys) => Below::Keys(keys),
            Wanted::Value(form) => Below::Entries(form.entries?),
            Wanted::Name => return None,
        };
        let group = self.found.statements.len();
        self.add((slot.rank, ""), group, self.found.items.len());
        Some(Opened { rank: slot.rank, group, below })
    }

    /// The value of `key` in a table below the entity.
    fn inner(&mut self, opened: Opened<'r>, key: &'t str) -> Option<()> {
        let items = self.found.items.len();
        match opened.below {
            Below::Keys(keys) => self.value(keys.get(key)?)?,
            Below::Entries(relation) => {
                let start = self.cursor.at;
                let written = Written::Entry(key, self.cursor.string()?);
                let span = start..self.cursor.at;
                self.found.items.push(Item { relation, written, span });
            }
        }
        self.add((opened.rank, key), opened.group, items);
        Some(())
    }

    fn add(&mut self, path: (usize, &'t str), group: usize, start: usize) {
        let items = start..self.found.items.len();
        self.found.statements.push(Statement { path, group, items });
    }

    fn value(&mut self, form: &Form) -> Option<()> {
        if self.cursor.peek() == b'[' { self.array(form.each?) } else { self.scalar(form.one?) }
    }

    fn array(&mut self, goal: Goal) -> Option<()> {
        self.cursor.eat(b'[')?;
        self.cursor.blank_lines()?;
        while self.cursor.eat(b']').is_none() {
            self.scalar(goal)?;
            self.cursor.blank_lines()?;
            if self.cursor.eat(b',').is_some() {
                self.cursor.blank_lines()?;
            } else if self.cursor.peek() != b']' {
                return None;
            }
        }
        Some(())
    }

    fn scalar(&mut self, Goal { relation, kind }: Goal) -> Option<()> {
        let start = self.cursor.at;
        let written = match self.cursor.peek() {
            b'"' | b'\'' => {
                let text = self.cursor.string()?;
                self.text(kind, text)?
            }
            b'0'..=b'9' if kind.is_number() => Written::Datum(Datum::Number(self.cursor.number()?)),
            b't' | b'f' if kind == Kind::Bool => {
                Written::Datum(Datum::Ordinal(u32::from(self.cursor.boolean()?)))
            }
            _ => return None,
        };
        self.found.items.push(Item { relation, written, span: start..self.cursor.at });
        Some(())
    }

    fn text(&self, kind: Kind, text: Cow<'t, str>) -> Option<Written<'t>> {
        match kind {
            Kind::Entity | Kind::Of(_) if text.trim().is_empty() => None,
            Kind::Entity | Kind::Of(_) => Some(Written::Name(text)),
            Kind::Text => Some(Written::Text(text)),
            Kind::Enum(id) => {
                let at = self.program.enums[id].values.iter().position(|value| *value == text)?;
                Some(Written::Datum(Datum::Ordinal(u32::try_from(at).ok()?)))
            }
            Kind::Unit(unit) => {
                let number = whole_units(&self.program.units[unit], &text)?;
                Some(Written::Datum(Datum::Number(number)))
            }
            Kind::Int | Kind::Bool => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Regular};
    use crate::datalog;
    use crate::source::Sources;

    const VOCABULARY: &str = "
        /// A site.
        entity Site as \"site\" from site by name {
            /// Where.
            region: Text,
            /// Whether.
            open: Bool,
            /// How long.
            away: Seconds,
            /// Inside.
            hall {
                /// How wide.
                width: Int,
                /// How high.
                height: Int,
            },
        }
        /// One.
        entity Land as \"land\" from land {
            /// What it is called.
            title: Text,
        }
        /// Neighbours.
        input Near(x: Site, y: Site) from site.near, site.near[];
        /// Tags.
        input Tag(e: Entity, key: Text, value: Text) from any.tags{};
    ";

    /// Statements under `[[site]]` and a name that need no toml.
    const REGULAR: &[&str] = &[
        "",
        "region = \"a\" # c\n\n\t# d\n",
        "region='a'\r\nopen=true",
        "region = \"a\\\\b \\u00e9\"\n",
        "away = 30\n  near = \"x\"\n",
        "away = \"1h\"\nnear = []\n",
        "near = [ 'a',\n\"b\" # c\n, 'c',\n]\n",
        "hall = {}\ntags = { a = 'b', c=\"d\" }\n",
        "hall = { width = 1, height = 2 }\n",
        "[site.hall]\nwidth = 1\n[site.tags]\na = 'b'\n",
    ];

    /// Those that are given up, since they are wrong or for a reason.
    const OTHER: &[(&str, &str)] = &[
        ("region = \"\"\"a\"\"\"\n", "many lines"),
        ("region = \"\\q\"\n", "no escape"),
        ("region = 1\n", "no text"),
        ("region = 'a'\nregion = 'b'\n", "twice"),
        ("region = 'a' 'b'\n", "more on the line"),
        ("region = 'a' # \u{1}\n", "a control character"),
        ("region = 'a'\r", "half a line end"),
        ("'region' = 'a'\n", "a key in quotes"),
        ("away = 1_000\n", "rare, and decoding it is toml's"),
        ("away = 007\n", "no number"),
        ("away = -1\n", "negative"),
        ("away = 9223372036854775808\n", "too large"),
        ("away = \"soon\"\n", "no duration"),
        ("open = truer\n", "no boolean"),
        ("near = ['a' 'b']\n", "no comma"),
        ("near = ''\n", "an empty name"),
        ("near = ['a'\n", "no end"),
        ("name = 'b'\n", "two names"),
        ("other = 1\n", "an unknown key"),
        ("hall = { width = 1, }\n", "a comma too many for older readers"),
        ("hall = { width = 1, width = 2 }\n", "twice within"),
        ("hall = { width = 1 }\n[site.hall]\n", "twice"),
        ("hall.width = 1\n", "a dotted key"),
        ("[site.tags]\n[site.tags]\n", "twice"),
        ("[site.name]\n", "no table"),
        ("[other.tags]\n", "of another table"),
        ("[[site.tags]]\n", "an array of tables"),
        ("[ site ]\n", "blanks in the next header"),
    ];

    /// How much of `text` is read without toml.
    fn read(text: &str) -> Option<usize> {
        let mut sources = Sources::default();
        sources.add("vocabulary.dl", VOCABULARY);
        let program = datalog::compile(&sources).0.expect("it is right");
        let found = Regular::new(&program).read(text, 0, &mut Found::default());
        found.map(|(name, end)| {
            assert_eq!(name, "site");
            end
        })
    }

    #[test]
    fn pieces_of_regular_form_are_read() {
        for statements in REGULAR {
            let piece = format!("[[site]] # c\nname = 'a'\n{statements}");
            assert_eq!(read(&piece), Some(piece.len()), "{piece}");
        }
        for next in ["[[site]] x", "[land]\n", "[[other]]"] {
            let piece = "[[site]]\nname = 'a'\n  ";
            assert_eq!(read(&format!("{piece}{next}")), Some(piece.len()), "{next}");
        }
    }

    #[test]
    fn all_others_are_given_up() {
        for (statements, reason) in OTHER {
            assert_eq!(
                read(&format!("[[site]]\nname = 'a'\n{statements}")),
                None,
                "{reason}: {statements}"
            );
        }
        for piece in
            ["[[site]]\n", "[[site]] x\nname = 'a'\n", "[land]\n", "[[land]]\n", "name = 'a'\n", ""]
        {
            assert_eq!(read(piece), None, "{piece}");
        }
    }
}
