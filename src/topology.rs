//! TOML text → spanned entities, checked against the vocabulary.
//!
//! The vocabulary ([`Program::entities`]) says which tables and keys there are; nothing about them
//! is written here. All mistakes of all files are found in one run.

mod cursor;
pub mod owners;
pub mod pieces;
mod regular;

use crate::datalog::lex::duration_seconds;
use crate::datalog::program::{EntityId, Key, Kind, Program, RelationId, UnitDecl};
use crate::source::{FileId, Problem, Sources, Span};
use crate::spelling::nearest;
use crate::texts::{TextId, Texts};
use owners::Owners;
use pieces::{Piece, Pieces, SyntaxError};
use regular::{Found, Regular, Written};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeInteger, DeString, DeTable, DeValue};

/// What the files of one topology say.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    /// In the order of the files.
    pub entities: Vec<Entity>,
    /// The values of all entities, those of one entity together; where [`parse_for`] read them, those that are needed.
    pub values: Vec<Value>,
    /// Names and texts as they are written.
    pub texts: Texts,
}

/// One table of the topology.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its kind.
    pub kind: EntityId,
    /// Its name; None for a table that stands once.
    pub name: Option<TextId>,
    /// Where its name stands, or its header.
    pub place: Span,
    /// Its part of [`Topology::values`].
    pub values: Range<u32>,
}

/// One value of a key.
#[derive(Clone, Debug)]
pub struct Value {
    /// The relation that it goes to.
    pub relation: RelationId,
    /// What it is.
    pub datum: Datum,
    /// Where it stands.
    pub span: Span,
}

/// A value as a relation holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datum {
    /// A number in the unit of its column.
    Number(i64),
    /// The ordinal of an enum's value; 0 and 1 for false and true.
    Ordinal(u32),
    /// A text.
    Text(TextId),
    /// The name of an entity; the key's kind says in which namespace.
    Name(TextId),
    /// An entry of a table of free keys.
    Entry(TextId, TextId),
}

/// Reads `files` of `sources` as one topology.
///
/// # Errors
/// Every syntax and schema error of every file, sorted by place.
pub fn parse(
    program: &Program,
    sources: &Sources,
    files: &[FileId],
) -> Result<Topology, Vec<Problem>> {
    parse_for(program, sources, files, &all(program))
}

/// As [`parse`], but keeps the values of those relations only that are `needed`, by relation: many checks need few.
///
/// # Errors
/// As [`parse`]: the values of all relations are checked.
pub fn parse_for(
    program: &Program,
    sources: &Sources,
    files: &[FileId],
    needed: &[bool],
) -> Result<Topology, Vec<Problem>> {
    let read = read_pieces(program, sources, files, needed);
    let (topology, problems) =
        read.unwrap_or_else(|| read_by_toml(program, sources, files, needed));
    settle(program, topology, problems)
}

fn all(program: &Program) -> Vec<bool> {
    vec![true; program.relations.len()]
}

/// The same as [`parse`], with no way of its own for pieces of regular form: the definition.
///
/// # Errors
/// As [`parse`].
#[doc(hidden)]
pub fn parse_by_toml(
    program: &Program,
    sources: &Sources,
    files: &[FileId],
) -> Result<Topology, Vec<Problem>> {
    let (topology, problems) = read_by_toml(program, sources, files, &all(program));
    settle(program, topology, problems)
}

/// Reads pieces as they come, those of regular form without toml; none if some file must not be cut.
fn read_pieces(
    program: &Program,
    sources: &Sources,
    files: &[FileId],
    needed: &[bool],
) -> Option<(Topology, Vec<Problem>)> {
    let regular = Regular::new(program);
    let (mut topology, mut problems) = (Topology::default(), Vec::new());
    for &file in files {
        let mut reader = Reader::new(program, file, needed, &mut topology);
        reader.read_pieces(&sources.file(file).text, &regular)?;
        problems.append(&mut reader.problems);
    }
    Some((topology, problems))
}

fn read_by_toml(
    program: &Program,
    sources: &Sources,
    files: &[FileId],
    needed: &[bool],
) -> (Topology, Vec<Problem>) {
    let (mut topology, mut problems) = (Topology::default(), Vec::new());
    for &file in files {
        let mut reader = Reader::new(program, file, needed, &mut topology);
        reader.read(&sources.file(file).text);
        problems.append(&mut reader.problems);
    }
    (topology, problems)
}

fn settle(
    program: &Program,
    topology: Topology,
    mut problems: Vec<Problem>,
) -> Result<Topology, Vec<Problem>> {
    problems.extend(duplicates(program, &topology));
    if problems.is_empty() {
        return Ok(topology);
    }
    problems.sort_by_key(|problem| problem.labels.first().map(|label| label.span));
    Err(problems)
}

/// The form in which a name is compared: FQDNs without case and without a trailing dot.
pub fn canonical_name(is_fqdn: bool, name: &str) -> std::borrow::Cow<'_, str> {
    if !is_fqdn {
        return name.into();
    }
    lowered(name.strip_suffix('.').unwrap_or(name))
}

/// `text` in lower case.
pub fn lowered(text: &str) -> std::borrow::Cow<'_, str> {
    // Without a way out of the loop, many bytes are looked at at once.
    let is_other = |byte: u8| byte.is_ascii_uppercase() | !byte.is_ascii();
    if text.bytes().fold(false, |is_found, byte| is_found | is_other(byte)) {
        return text.to_lowercase().into();
    }
    text.into()
}

/// A number that is the same for all kinds whose names must differ from each other.
pub fn namespace(program: &Program, kind: EntityId) -> usize {
    if program.entities[kind].is_fqdn() { usize::MAX } else { kind }
}

/// Entities of one name in one namespace, and tables that stand more than once.
fn duplicates(program: &Program, topology: &Topology) -> Vec<Problem> {
    let Topology { entities, texts, .. } = topology;
    let mut owners = Owners::new(program, entities, texts);
    // Of tables that stand once.
    let mut first: FxHashMap<EntityId, u32> = FxHashMap::default();
    let mut problems = Vec::new();
    for (at, entity) in (0..).zip(entities) {
        let before = match entity.name {
            Some(_) => owners.add(texts, at),
            None => Some(*first.entry(entity.kind).or_insert(at)).filter(|&first| first != at),
        };
        let Some(before) = before.map(|before| &entities[before as usize]) else { continue };
        let declared = &program.entities[entity.kind];
        let name = entity.name.map_or("", |name| texts.get(name));
        let problem = match &declared.by {
            None => {
                Problem::error("duplicate-table", format!("`[{}]` stands twice", declared.table))
            }
            Some(by) => {
                let name_of = if declared.is_fqdn() { "duplicate-fqdn" } else { "duplicate-name" };
                let other = &program.entities[before.kind];
                let message = if other.table == declared.table {
                    format!("two `[[{}]]` have the {by} `{name}`", declared.table)
                } else {
                    format!(
                        "a `[[{}]]` and a `[[{}]]` have the {by} `{name}`",
                        other.table, declared.table
                    )
                };
                Problem::error(name_of, message)
            }
        };
        problems.push(problem.at(entity.place, "again here").at(before.place, "first here"));
    }
    problems
}

/// Reads one file.
struct Reader<'a> {
    program: &'a Program,
    file: FileId,
    /// By relation, whether its values are kept. All are checked.
    needed: &'a [bool],
    /// Where the piece begins that is being read.
    offset: usize,
    topology: &'a mut Topology,
    problems: Vec<Problem>,
    /// How many tables of this file the vocabulary knows.
    known_tables: usize,
}

impl<'a> Reader<'a> {
    fn new(
        program: &'a Program,
        file: FileId,
        needed: &'a [bool],
        topology: &'a mut Topology,
    ) -> Self {
        Self { program, file, needed, offset: 0, topology, problems: Vec::new(), known_tables: 0 }
    }

    fn read(&mut self, text: &str) {
        let program = self.program;
        let is_table = |name: &str| program.entities.iter().any(|entity| entity.table == name);
        let errors = pieces::parse(text, &is_table, &mut |piece| self.piece(&piece));
        self.settle(errors);
    }

    /// As `read`, but pieces of regular form without toml; none if the text must not be cut.
    fn read_pieces(&mut self, text: &str, regular: &Regular<'_>) -> Option<()> {
        let is_table = |name: &str| regular.is_table(name);
        let mut pieces = Pieces::of(text, &is_table);
        let mut found = Found::default();
        while let Some(start) = pieces.next_start() {
            match regular.read(text, start, &mut found) {
                Some((name, end)) => {
                    pieces.pass(name, end);
                    self.found(&found);
                }
                None => pieces.parse_next(&mut |piece| self.piece(&piece)),
            }
        }
        let errors = pieces.finish()?;
        self.settle(errors);
        Some(())
    }

    fn piece(&mut self, piece: &Piece<'_>) {
        self.offset = piece.offset;
        self.root(&piece.table);
    }

    /// Adds an entity that was read without toml.
    fn found(&mut self, found: &Found<'_>) {
        let Topology { entities, values, texts } = &mut *self.topology;
        let Some((name, place)) = &found.name else { return };
        let name = Some(texts.add(name.trim()));
        let start = values.len();
        let items =
            found.statements.iter().flat_map(|statement| &found.items[statement.items.clone()]);
        for item in items.filter(|item| self.needed[item.relation]) {
            let datum = match &item.written {
                Written::Datum(datum) => *datum,
                Written::Text(text) => Datum::Text(texts.add(text)),
                Written::Name(name) => Datum::Name(texts.add(name.trim())),
                Written::Entry(key, text) => Datum::Entry(texts.add(key), texts.add(text)),
            };
            let span = Span::new(self.file, item.span.clone());
            values.push(Value { relation: item.relation, datum, span });
        }
        let place = Span::new(self.file, place.clone());
        let values = bound(start)..bound(values.len());
        entities.push(Entity { kind: found.kind, name, place, values });
        self.known_tables += 1;
    }

    /// Adds the syntax errors to the other problems.
    fn settle(&mut self, errors: Vec<SyntaxError>) {
        self.replace_if_foreign(errors.is_empty());
        let span = |error: &SyntaxError| Span::new(self.file, error.span.clone());
        let (twice, others): (Vec<SyntaxError>, Vec<SyntaxError>) =
            errors.into_iter().partition(|error| error.first.is_some());
        // What toml takes an unquoted text for, `none` for a number, is nothing that anybody wrote.
        let no_values: FxHashSet<Span> = others.iter().map(span).collect();
        let is_of_value =
            |problem: &Problem| matches!(problem.name, "wrong-type" | "unknown-value");
        self.problems.retain(|problem| {
            let place = problem.labels.first().filter(|_| is_of_value(problem));
            place.is_none_or(|label| !no_values.contains(&label.span))
        });
        // `[pool]` beside `[[pool]]` is a key written twice, but that is not what is wrong.
        let said = self.problems.iter().filter(|problem| problem.name == "wrong-type");
        let said: FxHashSet<Span> =
            said.flat_map(|problem| &problem.labels).map(|label| label.span).collect();
        let twice = twice.into_iter().filter(|error| !said.contains(&span(error)));
        let errors = others.into_iter().chain(twice);
        self.problems.extend(errors.map(|error| error.problem(self.file)));
    }

    /// A file without any known table is none of ours: one word about it instead of one a key.
    fn replace_if_foreign(&mut self, is_toml: bool) {
        if self.known_tables > 0 || self.problems.is_empty() || !is_toml {
            return;
        }
        let unknown = |problem: &Problem| matches!(problem.name, "unknown-table" | "unknown-key");
        if !self.problems.iter().all(unknown) {
            return;
        }
        let first = self
            .problems
            .iter()
            .filter_map(|problem| problem.labels.first())
            .min_by_key(|label| label.span.start);
        let Some(span) = first.map(|label| label.span) else { return };
        let tables: Vec<String> = self
            .program
            .entities
            .iter()
            .map(|entity| header(entity.by.is_some(), &entity.table))
            .collect();
        let problem = Problem::error("foreign-file", "this TOML file is no topology: none of its tables is known")
            .at(span, "")
            .help(format!(
                "a topology is made of {}; leave other files out with `--exclude GLOB`, or name the topology's files or folder",
                tables.join(", ")
            ));
        self.problems = vec![problem];
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start + self.offset..range.end + self.offset)
    }

    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn root(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name: &str = key.get_ref();
            let found = self.program.entities.iter().position(|entity| entity.table == name);
            match found {
                Some(entity) => {
                    self.known_tables += 1;
                    self.entities(entity, key, value);
                }
                None if name == "schema" && self.program.schema.is_some() => self.schema(value),
                None => self.unknown_table(key, value),
            }
        }
    }

    fn schema(&mut self, value: &Spanned<DeValue<'_>>) {
        let known = self.program.schema.unwrap_or(1);
        let found = match value.get_ref() {
            DeValue::Integer(number) => integer(number),
            _ => None,
        };
        if found == Some(known) {
            self.known_tables += 1;
            return;
        }
        let problem =
            Problem::error("unknown-schema", format!("this lynt reads schema {known} only"))
                .at(self.span(value.span()), "")
                .help(format!("write `schema = {known}`, or use the lynt that knows this schema"));
        self.report(problem);
    }

    fn unknown_table(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let name: &str = key.get_ref();
        let tables = self.program.entities.iter().map(|entity| entity.table.as_str());
        let near = nearest(name, tables.chain(["schema"]));
        let is_table = matches!(value.get_ref(), DeValue::Table(_))
            || value
                .get_ref()
                .as_array()
                .is_some_and(|array| array.iter().any(|item| item.get_ref().is_table()));
        let (problem, what) =
            if is_table { ("unknown-table", "table") } else { ("unknown-key", "key") };
        let problem = Problem::error(problem, format!("unknown {what} `{name}`"))
            .at(self.span(key.span()), "")
            .did_you_mean(near);
        self.report(problem);
    }

    fn entities(
        &mut self,
        kind: EntityId,
        key: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let declared = &self.program.entities[kind];
        let wanted = header(declared.by.is_some(), &declared.table);
        match (value.get_ref(), &declared.by) {
            (DeValue::Table(table), None) => self.entity(kind, table, self.span(value.span())),
            (DeValue::Array(array), Some(_)) => {
                for element in array {
                    let span = self.span(element.span());
                    match element.get_ref() {
                        DeValue::Table(table) => self.entity(kind, table, span),
                        _ => self.wrong_type(span, &wanted, "a table", element.get_ref()),
                    }
                }
            }
            (found, _) => {
                let span = self.span(key.span());
                let message = format!("`{}` is written `{wanted}`", declared.table);
                let text = format!("this is {}", describe(found));
                self.report(Problem::error("wrong-type", message).at(span, text));
            }
        }
    }

    fn entity(&mut self, kind: EntityId, table: &DeTable<'_>, place: Span) {
        let start = self.topology.values.len();
        let (name, place) = match self.program.entities[kind].by.clone() {
            None => (None, Some(place)),
            Some(by) => self.name(kind, &by, table, place),
        };
        self.keys(kind, "", table);
        let end = self.topology.values.len();
        // An entity without a name was reported.
        if let Some(place) = place {
            self.topology.entities.push(Entity {
                kind,
                name,
                place,
                values: bound(start)..bound(end),
            });
        }
    }

    fn name(
        &mut self,
        kind: EntityId,
        by: &str,
        table: &DeTable<'_>,
        place: Span,
    ) -> (Option<TextId>, Option<Span>) {
        let header = header(true, &self.program.entities[kind].table);
        let Some(value) = table.get(by) else {
            let problem = Problem::error("missing-key", format!("this `{header}` has no `{by}`"))
                .at(place, "")
                .help(format!("every `{header}` has a `{by}`, which names it"));
            self.report(problem);
            return (None, None);
        };
        let span = self.span(value.span());
        match value.get_ref() {
            DeValue::String(name) if !name.trim().is_empty() => {
                (Some(self.topology.texts.add(name.trim())), Some(span))
            }
            DeValue::String(_) => {
                self.report(Problem::error("empty-name", format!("`{by}` is empty")).at(span, ""));
                (None, None)
            }
            other => {
                self.wrong_type(span, by, "a text", other);
                (None, None)
            }
        }
    }

    fn keys(&mut self, kind: EntityId, prefix: &str, table: &DeTable<'_>) {
        let declared = &self.program.entities[kind];
        for (key, value) in table {
            let name: &str = key.get_ref();
            if prefix.is_empty() && declared.by.as_deref() == Some(name) {
                continue;
            }
            let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
            if let Some(known) = declared.keys.get(&path) {
                self.value(known, &path, value);
            } else if has_keys_below(declared.keys.keys(), &path) {
                match value.get_ref() {
                    DeValue::Table(inner) => self.keys(kind, &path, inner),
                    other => self.wrong_type(self.span(value.span()), &path, "a table", other),
                }
            } else {
                self.unknown_key(kind, prefix, key);
            }
        }
    }

    fn unknown_key(&mut self, kind: EntityId, prefix: &str, key: &Spanned<DeString<'_>>) {
        let declared = &self.program.entities[kind];
        let name: &str = key.get_ref();
        let below = |path: &'_ str| -> Option<String> {
            let rest = if prefix.is_empty() {
                path
            } else {
                path.strip_prefix(prefix)?.strip_prefix('.')?
            };
            rest.split('.').next().map(str::to_owned)
        };
        let mut keys: Vec<String> = declared.keys.keys().filter_map(|path| below(path)).collect();
        keys.extend(declared.by.clone().filter(|_| prefix.is_empty()));
        keys.dedup();
        let near = nearest(name, keys.iter().map(String::as_str));
        let owner = header(declared.by.is_some(), &declared.table);
        let owner = if prefix.is_empty() { owner } else { format!("{prefix} of {owner}") };
        let message = format!("`{owner}` has no key `{name}`");
        let problem = Problem::error("unknown-key", message)
            .at(self.span(key.span()), "")
            .help(format!("its keys are {}", keys.join(", ")))
            .did_you_mean(near);
        self.report(problem);
    }

    fn value(&mut self, key: &Key, path: &str, value: &Spanned<DeValue<'_>>) {
        let span = self.span(value.span());
        match (value.get_ref(), key.each, key.entries, key.one) {
            (DeValue::Array(array), Some(relation), ..) => {
                for element in array {
                    let span = self.span(element.span());
                    self.scalar(relation, path, element.get_ref(), span);
                }
            }
            (DeValue::Table(table), _, Some(relation), _) => {
                for (key, value) in table {
                    let span = self.span(value.span());
                    self.entry(relation, path, key.get_ref(), value.get_ref(), span);
                }
            }
            (found, None, Some(_), None) => self.wrong_type(span, path, "a table", found),
            (found, Some(_), _, None) => self.wrong_type(span, path, "an array", found),
            (found, _, _, Some(relation)) => self.scalar(relation, path, found, span),
            (found, None, None, None) => self.wrong_type(span, path, "nothing", found),
        }
    }

    fn entry(
        &mut self,
        relation: RelationId,
        path: &str,
        key: &str,
        value: &DeValue<'_>,
        span: Span,
    ) {
        let DeValue::String(text) = value else {
            return self.wrong_type(span, &format!("{path}.{key}"), "a text", value);
        };
        let (key, text) = (self.topology.texts.add(key), self.topology.texts.add(text));
        self.add(relation, Datum::Entry(key, text), span);
    }

    /// One value for the last column of `relation`.
    fn scalar(&mut self, relation: RelationId, path: &str, value: &DeValue<'_>, span: Span) {
        let kind = self.program.relations[relation].columns.last().map(|column| column.kind);
        let Some(kind) = kind else { return };
        let datum = match (kind, value) {
            (Kind::Entity | Kind::Of(_), DeValue::String(name)) => self.reference(path, name, span),
            (Kind::Text, DeValue::String(text)) => Some(Datum::Text(self.topology.texts.add(text))),
            (Kind::Enum(id), DeValue::String(text)) => self.enum_value(id, path, text, span),
            (Kind::Bool, DeValue::Boolean(value)) => Some(Datum::Ordinal(u32::from(*value))),
            (Kind::Int | Kind::Unit(_), DeValue::Integer(number)) => {
                self.number(path, number, span)
            }
            (Kind::Unit(unit), DeValue::String(text))
                if self.program.units[unit].seconds.is_some() =>
            {
                self.duration(unit, path, text, span)
            }
            (kind, other) => {
                self.wrong_type(span, path, self.describe_kind(kind), other);
                None
            }
        };
        if let Some(datum) = datum {
            self.add(relation, datum, span);
        }
    }

    fn add(&mut self, relation: RelationId, datum: Datum, span: Span) {
        if self.needed[relation] {
            self.topology.values.push(Value { relation, datum, span });
        }
    }

    fn describe_kind(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Entity | Kind::Of(_) => "a name in quotes",
            Kind::Enum(_) | Kind::Text => "a text",
            Kind::Bool => "true or false",
            Kind::Unit(unit) if self.program.units[unit].seconds.is_some() => {
                "a number or a duration such as \"30m\""
            }
            Kind::Int | Kind::Unit(_) => "a number",
        }
    }

    fn reference(&mut self, path: &str, name: &str, span: Span) -> Option<Datum> {
        if name.trim().is_empty() {
            let problem = Problem::error("empty-name", format!("`{path}` is empty"))
                .at(span, "")
                .help("leave the key out where there is nothing to name");
            self.report(problem);
            return None;
        }
        Some(Datum::Name(self.topology.texts.add(name.trim())))
    }

    fn enum_value(&mut self, id: usize, path: &str, text: &str, span: Span) -> Option<Datum> {
        let values = &self.program.enums[id].values;
        if let Some(at) = values.iter().position(|value| value == text) {
            return Some(Datum::Ordinal(u32::try_from(at).ok()?));
        }
        let near = nearest(text, values.iter().map(String::as_str));
        let listed =
            values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(", ");
        let problem = Problem::error("unknown-value", format!("`{path}` can't be `{text}`"))
            .at(span, "")
            .help(format!("it is one of {listed}"))
            .did_you_mean(near);
        self.report(problem);
        None
    }

    fn number(&mut self, path: &str, number: &DeInteger<'_>, span: Span) -> Option<Datum> {
        match integer(number) {
            Some(number) if number >= 0 => Some(Datum::Number(number)),
            Some(_) => {
                let message = format!("`{path}` can't be negative");
                self.report(Problem::error("unknown-value", message).at(span, ""));
                None
            }
            None => {
                let message = format!("`{path}` does not fit into 64 bits");
                self.report(Problem::error("unknown-value", message).at(span, ""));
                None
            }
        }
    }

    fn duration(&mut self, unit: usize, path: &str, text: &str, span: Span) -> Option<Datum> {
        let declared = &self.program.units[unit];
        if let Some(number) = whole_units(declared, text) {
            return Some(Datum::Number(number));
        }
        let name = declared.name.to_lowercase();
        let message = match duration_seconds(text.trim()) {
            Some(_) => format!("`{path}` is no whole number of {name}"),
            None => format!("`{path}` is no duration"),
        };
        let problem = Problem::error("unknown-value", message).at(span, "").help(format!(
            "write a number of {name}, or a duration such as \"30m\", \"1h30m\", \"2h\""
        ));
        self.report(problem);
        None
    }

    fn wrong_type(&mut self, span: Span, path: &str, wanted: &str, found: &DeValue<'_>) {
        let found = describe(found);
        let problem =
            Problem::error("wrong-type", format!("`{path}` wants {wanted}, found {found}"))
                .at(span, format!("this is {found}"));
        self.report(problem);
    }
}

/// An index into [`Topology::values`].
fn bound(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A duration such as `30m` in a unit of time; none if it is none, or no whole number of them.
fn whole_units(unit: &UnitDecl, text: &str) -> Option<i64> {
    let (one, seconds) = (unit.seconds?, duration_seconds(text.trim())?);
    (seconds % one == 0).then_some(seconds / one)
}

fn header(many: bool, table: &str) -> String {
    if many { format!("[[{table}]]") } else { format!("[{table}]") }
}

fn has_keys_below<'k>(mut keys: impl Iterator<Item = &'k String>, path: &str) -> bool {
    keys.any(|key| key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The number, if it fits into 64 bits.
pub fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// What a value is, for a message.
pub fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
