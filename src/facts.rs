//! Topology → facts: tables of numbers for the engine, names and places for people.
//!
//! Entities and texts are numbered in the order of their names, so that `<` on numbers is `<` on
//! names. Only relations that the program reads are filled.

use crate::datalog::program::{
    Constant, Default as KeyDefault, EntityId, Key, Kind, Program, Relation, RelationId, Role,
};
use crate::source::Span;
use crate::texts::{TextId, Texts};
use crate::topology::owners::{Owners, Space};
use crate::topology::{Datum, Entity, Topology, Value, canonical_name, lowered};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// Entities, enum values, texts, booleans.
    Ids(Vec<u32>),
    /// Numbers with and without a unit.
    Numbers(Vec<i64>),
}

impl Column {
    fn new(kind: Kind) -> Self {
        if kind.is_number() { Column::Numbers(Vec::new()) } else { Column::Ids(Vec::new()) }
    }

    /// The value in `row`, whatever the column holds.
    pub fn cell(&self, row: usize) -> Cell {
        match self {
            Column::Ids(ids) => Cell::from(ids[row]),
            Column::Numbers(numbers) => numbers[row],
        }
    }

    fn ids(&self) -> Option<&[u32]> {
        match self {
            Column::Ids(ids) => Some(ids),
            Column::Numbers(_) => None,
        }
    }

    fn picked(&self, rows: &[u32]) -> Self {
        match self {
            Column::Ids(ids) => Column::Ids(rows.iter().map(|&row| ids[row as usize]).collect()),
            Column::Numbers(all) => {
                Column::Numbers(rows.iter().map(|&row| all[row as usize]).collect())
            }
        }
    }

    fn retain(&mut self, keep: &[bool]) {
        let mut rows = keep.iter().copied();
        let mut is_kept = || rows.next().unwrap_or(true);
        match self {
            Column::Ids(ids) => ids.retain(|_| is_kept()),
            Column::Numbers(numbers) => numbers.retain(|_| is_kept()),
        }
    }

    /// Appends a value; an id must fit into 32 bits.
    pub fn push(&mut self, cell: Cell) {
        match self {
            Column::Ids(ids) => ids.push(u32::try_from(cell).unwrap_or(NO_ID)),
            Column::Numbers(numbers) => numbers.push(cell),
        }
    }
}

/// A value of any column: an id or a number.
pub type Cell = i64;

/// The id of a name or a text that the topology does not have.
pub const NO_ID: u32 = u32::MAX;

/// The rows of one relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// How many rows.
    pub rows: usize,
    /// The columns, each with `rows` values.
    pub columns: Vec<Column>,
}

impl Table {
    /// An empty table with columns of these kinds.
    pub fn new(kinds: impl IntoIterator<Item = Kind>) -> Self {
        Self { rows: 0, columns: kinds.into_iter().map(Column::new).collect() }
    }

    /// Appends a row.
    pub fn push(&mut self, cells: &[Cell]) {
        self.rows += 1;
        for (column, &cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> Vec<Cell> {
        self.columns.iter().map(|column| column.cell(row)).collect()
    }

    /// Makes room for `rows` more.
    fn reserve(&mut self, rows: usize) {
        for column in &mut self.columns {
            match column {
                Column::Ids(ids) => ids.reserve_exact(rows),
                Column::Numbers(numbers) => numbers.reserve_exact(rows),
            }
        }
    }

    /// Appends the rows of a table with the same columns.
    pub fn append(&mut self, rows: &Table) {
        self.rows += rows.rows;
        for (column, more) in self.columns.iter_mut().zip(&rows.columns) {
            match (column, more) {
                (Column::Ids(ids), Column::Ids(more)) => ids.extend_from_slice(more),
                (Column::Numbers(all), Column::Numbers(more)) => all.extend_from_slice(more),
                (column, more) => (0..rows.rows).for_each(|row| column.push(more.cell(row))),
            }
        }
    }

    /// Of rows that are alike and follow each other, keeps the first.
    pub fn remove_repeated(&mut self) {
        let is_like_before = |row: usize| {
            row > 0 && self.columns.iter().all(|column| column.cell(row - 1) == column.cell(row))
        };
        let keep: Vec<bool> = (0..self.rows).map(|row| !is_like_before(row)).collect();
        self.rows = keep.iter().filter(|keep| **keep).count();
        self.columns.iter_mut().for_each(|column| column.retain(&keep));
    }

    /// How much memory the columns take.
    pub fn bytes(&self) -> usize {
        let bytes = |column: &Column| match column {
            Column::Ids(ids) => ids.capacity() * size_of::<u32>(),
            Column::Numbers(all) => all.capacity() * size_of::<i64>(),
        };
        self.columns.iter().map(bytes).sum()
    }

    /// The same rows, ascending.
    #[must_use]
    pub fn sorted(&self) -> Self {
        let ids: Option<Vec<&[u32]>> = self.columns.iter().map(Column::ids).collect();
        // Ids fit side by side into one number, which sorts faster than rows of columns do.
        let columns = match ids.as_deref() {
            Some([one]) => vec![Column::Ids(sorted(one.to_vec()))],
            Some([one, other]) => {
                let pairs = one.iter().zip(*other);
                let joined = pairs.map(|(&one, &other)| u64::from(one) << 32 | u64::from(other));
                let rows = sorted(joined.collect::<Vec<u64>>());
                vec![
                    Column::Ids(rows.iter().map(|row| (row >> 32) as u32).collect()),
                    Column::Ids(rows.iter().map(|&row| row as u32).collect()),
                ]
            }
            _ => return self.sorted_by_cells(),
        };
        Self { rows: self.rows, columns }
    }

    fn sorted_by_cells(&self) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(self.rows).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by(|&one, &other| {
            let cells = |row: u32| self.columns.iter().map(move |c| c.cell(row as usize));
            cells(one).cmp(cells(other))
        });
        let columns = self.columns.iter().map(|column| column.picked(&order)).collect();
        Self { rows: self.rows, columns }
    }
}

fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values
}

/// The tables of all relations, by relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    tables: Vec<Table>,
}

impl Store {
    /// A store for the relations `0..relations`, all empty.
    pub fn new(relations: usize) -> Self {
        Self { tables: vec![Table::default(); relations] }
    }

    /// The table of a relation.
    pub fn table(&self, relation: RelationId) -> &Table {
        &self.tables[relation]
    }

    /// The table of a relation, to append to.
    pub fn table_mut(&mut self, relation: RelationId) -> &mut Table {
        &mut self.tables[relation]
    }

    /// How many rows a relation has.
    pub fn rows(&self, relation: RelationId) -> usize {
        self.tables[relation].rows
    }

    /// A column of ids; empty where the relation is.
    pub fn ids(&self, relation: RelationId, column: usize) -> &[u32] {
        match self.tables[relation].columns.get(column) {
            Some(Column::Ids(ids)) => ids,
            _ => &[],
        }
    }

    /// A column of numbers; empty where the relation is.
    pub fn numbers(&self, relation: RelationId, column: usize) -> &[i64] {
        match self.tables[relation].columns.get(column) {
            Some(Column::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// Takes out the tables of the relations from `from` on.
    pub fn split_off(&mut self, from: RelationId) -> Vec<Table> {
        self.tables.split_off(from.min(self.tables.len()))
    }

    /// Appends the tables of the relations that follow.
    pub fn extend(&mut self, tables: Vec<Table>) {
        self.tables.extend(tables);
    }

    /// Sets the rows of a relation.
    pub fn put(&mut self, relation: RelationId, rows: usize, columns: Vec<Column>) {
        self.put_table(relation, Table { rows, columns });
    }

    /// Sets the rows of a relation.
    pub fn put_table(&mut self, relation: RelationId, table: Table) {
        if self.tables.len() <= relation {
            self.tables.resize(relation + 1, Table::default());
        }
        self.tables[relation] = table;
    }
}

/// What the topology says, as the engine reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The tables of the vocabulary's relations.
    pub store: Store,
    /// For each relation the place of each of its rows.
    places: Vec<Vec<Span>>,
    /// What the numbers stand for.
    pub names: Names,
}

impl Facts {
    /// Where the fact in `row` of `relation` stands.
    pub fn place(&self, relation: RelationId, row: usize) -> Option<Span> {
        self.places.get(relation)?.get(row).copied()
    }
}

/// What the numbers stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Entities in the order of their names.
    pub entities: Vec<Named>,
    /// Texts in the form in which they are compared, sorted: canonical (no outer blanks, lower case), or
    /// as they are written where `exact` says so.
    pub canonical: Vec<String>,
    /// For each text one way in which it was written.
    pub written: Vec<String>,
    /// Whether texts are compared as they are written, as a program without a topology does.
    pub exact: bool,
}

/// An entity that a number stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its kind.
    pub kind: EntityId,
    /// Its name as its own table writes it; empty for a table that stands once.
    pub name: String,
    /// Where its name stands.
    pub place: Span,
}

impl Names {
    /// The cell of a constant; [`NO_ID`] for a text or an entity that the topology does not have.
    pub fn id(&self, program: &Program, constant: &Constant) -> Cell {
        let id = match constant {
            Constant::Text(text) => self.text(text),
            Constant::Entity(kind, name) => self.entity(program, *kind, name),
            Constant::Number(number) => return *number,
            Constant::Enum(_, ordinal) => Some(*ordinal),
            Constant::Bool(value) => Some(u32::from(*value)),
        };
        Cell::from(id.unwrap_or(NO_ID))
    }

    /// The names of a program without a topology: texts that are compared as they are written. They
    /// are sorted, each once.
    pub fn of_texts(texts: Vec<String>) -> Self {
        Self { entities: Vec::new(), canonical: texts.clone(), written: texts, exact: true }
    }

    /// The id of a text.
    pub fn text(&self, text: &str) -> Option<u32> {
        let form = if self.exact { text.to_owned() } else { canonical_text(text) };
        let at = self.canonical.binary_search(&form).ok()?;
        u32::try_from(at).ok()
    }

    /// The id of an entity of `kind` by its name.
    pub fn entity(&self, program: &Program, kind: Kind, name: &str) -> Option<u32> {
        let matches = |named: &Named| {
            let declared = &program.entities[named.kind];
            let fits = match kind {
                Kind::Of(kind) => kind == named.kind,
                _ => true,
            };
            fits && declared.by.is_some()
                && canonical_name(declared.is_fqdn(), &named.name)
                    == canonical_name(declared.is_fqdn(), name)
        };
        u32::try_from(self.entities.iter().position(matches)?).ok()
    }
}

/// The form in which texts are compared: no outer blanks, lower case.
pub fn canonical_text(text: &str) -> String {
    text_form(text).into_owned()
}

fn text_form(text: &str) -> Cow<'_, str> {
    lowered(text.trim())
}

/// The start of a text as a number: texts whose starts differ are in the order of these.
fn prefix(text: &str) -> u128 {
    let mut start = [0; 16];
    let length = text.len().min(start.len());
    start[..length].copy_from_slice(&text.as_bytes()[..length]);
    u128::from_be_bytes(start)
}

/// Sorts numbers by the [`prefix`] of the text that each stands for, then by `rest`; otherwise they stay in their order.
fn sorted_by_prefix(mut keys: Vec<(u128, u32)>, rest: impl Fn(&u32, &u32) -> Ordering) -> Vec<u32> {
    // A stable sort is quick on runs that are in order.
    keys.sort_by_key(|key| key.0);
    let mut sorted: Vec<u32> = keys.iter().map(|key| key.1).collect();
    let mut start = 0;
    for same in keys.chunk_by(|one, other| one.0 == other.0) {
        let end = start + same.len();
        sorted[start..end].sort_by(&rest);
        start = end;
    }
    sorted
}

/// Turns a topology into the facts of the relations in `wanted`; the texts in `constants`, which the
/// rules name, get ids too.
pub fn collect<'t>(
    program: &Program,
    topology: Topology,
    wanted: &BTreeSet<RelationId>,
    constants: impl IntoIterator<Item = &'t str>,
) -> Facts {
    let order = Order::of(program, &topology);
    let Topology { entities, values, mut texts } = topology;
    let constants: Vec<TextId> = constants.into_iter().map(|text| texts.add(text)).collect();
    let kinds = |relation: RelationId| program.relations[relation].columns.iter().map(|c| c.kind);
    let space = |relation: &Relation| {
        let last = relation.columns.last();
        Space::of(program, last.map_or(Kind::Entity, |column| column.kind))
    };
    let mut collector = Collector {
        program,
        entities: &entities,
        values: &values,
        owners: Owners::of(program, &entities, &texts),
        texts,
        ids: &order.ids,
        spaces: program.relations.iter().map(space).collect(),
        wanted: (0..program.relations.len()).map(|id| wanted.contains(&id)).collect(),
        defaults: defaults(program, wanted),
        tables: (0..program.relations.len()).map(|id| Table::new(kinds(id))).collect(),
        places: vec![Vec::new(); program.relations.len()],
        key_texts: FxHashMap::default(),
        first: FxHashMap::default(),
    };
    collector.reserve();
    for at in 0..entities.len() {
        collector.entity(at);
    }
    let Collector { texts, mut tables, places, .. } = collector;
    drop(values);
    let mut names = number_texts(program, &texts, &mut tables, &constants);
    names.entities = order
        .sorted
        .iter()
        .map(|&at| &entities[at as usize])
        .map(|entity| Named {
            kind: entity.kind,
            name: entity.name.map_or(String::new(), |name| texts.get(name).to_owned()),
            place: entity.place,
        })
        .collect();
    Facts { store: Store { tables }, places, names }
}

/// The name by which an entity is found.
fn name_form<'t>(program: &Program, texts: &'t Texts, entity: &Entity) -> Cow<'t, str> {
    let name = entity.name.map_or("", |name| texts.get(name));
    canonical_name(program.entities[entity.kind].is_fqdn(), name)
}

/// Entities in the order of their canonical names, then of their kinds.
struct Order {
    /// Indices into the topology's entities.
    sorted: Vec<u32>,
    /// For each entity of the topology its id: its place in `sorted`.
    ids: Vec<u32>,
}

impl Order {
    fn of(program: &Program, topology: &Topology) -> Self {
        let form = |at: u32| {
            let entity = &topology.entities[at as usize];
            (name_form(program, &topology.texts, entity), entity.kind)
        };
        // One kind after the other: within a kind the names are often in order already.
        let mut all: Vec<u32> = (0..).zip(&topology.entities).map(|(at, _)| at).collect();
        all.sort_by_key(|&at| topology.entities[at as usize].kind);
        let keys = all.into_iter().map(|at| (prefix(&form(at).0), at)).collect();
        let sorted = sorted_by_prefix(keys, |&one, &other| form(one).cmp(&form(other)));
        let mut ids = vec![0; sorted.len()];
        for (id, &at) in (0..).zip(&sorted) {
            ids[at as usize] = id;
        }
        Self { sorted, ids }
    }
}

/// For each relation whether [`collect()`] needs its values to fill those in `wanted`.
pub fn needed(program: &Program, wanted: &BTreeSet<RelationId>) -> Vec<bool> {
    let is_of_names =
        |relation: &Relation| relation.columns.last().is_some_and(|c| c.kind.is_entity());
    // Names of any relation may stand for nothing.
    let names = program.unresolved.is_some_and(|unresolved| wanted.contains(&unresolved));
    let relations = program.relations.iter().enumerate();
    let mut needed: Vec<bool> = relations
        .map(|(id, relation)| wanted.contains(&id) || names && is_of_names(relation))
        .collect();
    for (_, default) in defaults(program, wanted).iter().flatten() {
        if let KeyDefault::Key { entity, path } = default {
            let key = program.entities[*entity].keys.get(path);
            key.and_then(|key| key.one).into_iter().for_each(|relation| needed[relation] = true);
        }
    }
    needed
}

/// By kind: what holds where a key of it is absent, for the keys that are wanted.
fn defaults<'p>(
    program: &'p Program,
    wanted: &BTreeSet<RelationId>,
) -> Vec<Vec<(RelationId, &'p KeyDefault)>> {
    let default = |key: &'p Key| {
        let relation = key.one.filter(|relation| wanted.contains(relation))?;
        Some((relation, key.default.as_ref()?))
    };
    program.entities.iter().map(|kind| kind.keys.values().filter_map(default).collect()).collect()
}

struct Collector<'a> {
    program: &'a Program,
    entities: &'a [Entity],
    values: &'a [Value],
    texts: Texts,
    /// For each entity of the topology its id.
    ids: &'a [u32],
    owners: Owners<'a>,
    /// For each relation where the names in its last column are looked up.
    spaces: Vec<Space>,
    /// By relation.
    wanted: Vec<bool>,
    /// By kind.
    defaults: Vec<Vec<(RelationId, &'a KeyDefault)>>,
    tables: Vec<Table>,
    places: Vec<Vec<Span>>,
    /// The text of a key's path.
    key_texts: FxHashMap<RelationId, TextId>,
    /// The first entity of each kind, by index.
    first: FxHashMap<EntityId, usize>,
}

impl Collector<'_> {
    /// Counts, so that tables grow but rarely.
    fn reserve(&mut self) {
        let mut rows = vec![0; self.tables.len()];
        let mut kinds = vec![0; self.program.entities.len()];
        for (at, entity) in self.entities.iter().enumerate() {
            self.first.entry(entity.kind).or_insert(at);
            kinds[entity.kind] += 1;
        }
        self.values.iter().for_each(|value| rows[value.relation] += 1);
        for ((kind, count), defaults) in self.program.entities.iter().zip(kinds).zip(&self.defaults)
        {
            let names = kind.name_relation.into_iter().chain([kind.relation]);
            names.chain(defaults.iter().map(|default| default.0)).for_each(|id| rows[id] = count);
        }
        for (relation, rows) in rows.into_iter().enumerate().filter(|&(id, _)| self.wanted[id]) {
            self.tables[relation].reserve(rows);
            self.places[relation].reserve(rows);
        }
    }

    fn entity(&mut self, at: usize) {
        let entity = &self.entities[at];
        let declared = &self.program.entities[entity.kind];
        let id = Cell::from(self.ids[at]);
        self.add(declared.relation, &[id], entity.place);
        if let (Some(relation), Some(name)) = (declared.name_relation, entity.name) {
            self.add(relation, &[id, Cell::from(name)], entity.place);
        }
        let values = &self.values[entity.values.start as usize..entity.values.end as usize];
        for value in values {
            self.value(id, value);
        }
        self.defaults(id, entity, values);
    }

    fn add(&mut self, relation: RelationId, cells: &[Cell], place: Span) {
        if self.wanted[relation] {
            self.tables[relation].push(cells);
            self.places[relation].push(place);
        }
    }

    fn value(&mut self, id: Cell, value: &Value) {
        let relation = value.relation;
        let last = match value.datum {
            Datum::Number(number) => number,
            Datum::Ordinal(ordinal) => Cell::from(ordinal),
            Datum::Text(text) => Cell::from(text),
            Datum::Entry(key, text) => {
                return self.add(relation, &[id, Cell::from(key), Cell::from(text)], value.span);
            }
            Datum::Name(name) => match self.resolve(relation, name) {
                Some(entity) => Cell::from(entity),
                None => return self.unresolved(id, relation, name, value.span),
            },
        };
        self.add(relation, &[id, last], value.span);
    }

    /// The entity for which a name stands.
    fn resolve(&self, relation: RelationId, name: TextId) -> Option<u32> {
        let entity = self.owners.find(&self.texts, self.spaces[relation], name)?;
        Some(self.ids[entity as usize])
    }

    fn unresolved(&mut self, id: Cell, relation: RelationId, name: TextId, place: Span) {
        let Some(unresolved) = self.program.unresolved else { return };
        let key = match self.key_texts.get(&relation) {
            Some(&text) => text,
            None => {
                let text = self.texts.add(key_path(self.program, relation));
                self.key_texts.insert(relation, text);
                text
            }
        };
        self.add(unresolved, &[id, Cell::from(key), Cell::from(name)], place);
    }

    /// What holds where a key is absent; its place is the default's, or the entity's name.
    fn defaults(&mut self, id: Cell, entity: &Entity, values: &[Value]) {
        for at in 0..self.defaults[entity.kind].len() {
            let (relation, default) = self.defaults[entity.kind][at];
            if values.iter().any(|value| value.relation == relation) {
                continue;
            }
            match default {
                KeyDefault::Value(constant) => {
                    let cell = match constant {
                        Constant::Number(number) => *number,
                        Constant::Enum(_, ordinal) => Cell::from(*ordinal),
                        Constant::Bool(value) => Cell::from(*value),
                        Constant::Text(text) => Cell::from(self.texts.add(text)),
                        // A name as a default would need its entity; the vocabulary has none.
                        Constant::Entity(..) => continue,
                    };
                    self.add(relation, &[id, cell], entity.place);
                }
                KeyDefault::Key { entity: owner, path } => {
                    if let Some(mut value) = self.singleton_value(*owner, path) {
                        value.relation = relation;
                        self.value(id, &value);
                    }
                }
            }
        }
    }

    fn singleton_value(&self, kind: EntityId, path: &str) -> Option<Value> {
        let relation = self.program.entities[kind].keys.get(path)?.one?;
        let entity = &self.entities[*self.first.get(&kind)?];
        let values = &self.values[entity.values.start as usize..entity.values.end as usize];
        values.iter().find(|value| value.relation == relation).cloned()
    }
}

/// The path of the key that goes to `relation`, as TOML writes it.
fn key_path(program: &Program, relation: RelationId) -> &str {
    match &program.relations[relation].role {
        Role::Key { path, .. } => path,
        Role::Input(sources) => sources.first().map_or("", |source| &source.path),
        _ => "",
    }
}

/// Replaces the first numbers of texts by numbers in the order of their canonical forms, which equal
/// texts share.
fn number_texts(
    program: &Program,
    texts: &Texts,
    tables: &mut [Table],
    constants: &[TextId],
) -> Names {
    let mut used = vec![false; texts.len()];
    constants.iter().for_each(|&text| used[text as usize] = true);
    each_text_column(program, tables, &mut |ids| {
        ids.iter().for_each(|&id| used[id as usize] = true);
    });
    let form = |id: TextId| text_form(texts.get(id));
    let used = (0..).zip(&used).filter(|(_, used)| **used);
    let keys = used.map(|(id, _)| (prefix(&form(id)), id)).collect();
    let sorted = sorted_by_prefix(keys, |&one, &other| form(one).cmp(&form(other)));
    let mut names = Names::default();
    let mut number_of = vec![NO_ID; texts.len()];
    for id in sorted {
        let canonical = form(id);
        if names.canonical.last().is_none_or(|last| *last != canonical) {
            names.canonical.push(canonical.into_owned());
            names.written.push(texts.get(id).trim().to_owned());
        }
        number_of[id as usize] = u32::try_from(names.canonical.len() - 1).unwrap_or(NO_ID);
    }
    each_text_column(program, tables, &mut |ids| {
        ids.iter_mut().for_each(|id| *id = number_of[*id as usize]);
    });
    names
}

fn each_text_column(program: &Program, tables: &mut [Table], visit: &mut dyn FnMut(&mut Vec<u32>)) {
    for (table, relation) in tables.iter_mut().zip(&program.relations) {
        for (column, declared) in table.columns.iter_mut().zip(&relation.columns) {
            if let (Column::Ids(ids), Kind::Text) = (column, declared.kind) {
                visit(ids);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table, prefix, sorted_by_prefix, text_form};
    use crate::datalog::program::Kind;

    /// Cells that are in no order, the same ones again and again.
    fn cells(rows: usize, columns: usize) -> Vec<Vec<Cell>> {
        let cell = |row: usize, column: usize| Cell::from((row * 7919 + column * 31) as u16 % 23);
        (0..rows).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect()
    }

    #[test]
    fn sorted_rows_ascend_column_by_column() {
        let kinds: [&[Kind]; 6] = [
            &[],
            &[Kind::Text],
            &[Kind::Entity, Kind::Text],
            &[Kind::Entity, Kind::Text, Kind::Bool],
            &[Kind::Entity, Kind::Int],
            &[Kind::Int],
        ];
        for kinds in kinds {
            let mut rows = cells(100, kinds.len());
            let mut table = Table::new(kinds.iter().copied());
            rows.iter().for_each(|row| table.push(row));
            rows.sort();
            let sorted = table.sorted();
            assert_eq!(sorted.rows, 100);
            assert_eq!((0..100).map(|row| sorted.row(row)).collect::<Vec<_>>(), rows, "{kinds:?}");
            assert_eq!(sorted.sorted(), sorted);
        }
    }

    #[test]
    fn the_room_that_columns_take_is_counted() {
        let mut table = Table::new([Kind::Text, Kind::Int]);
        assert_eq!(table.bytes(), 0);
        table.reserve(100);
        assert_eq!((table.rows, table.bytes()), (0, 100 * (4 + 8)));
    }

    #[test]
    fn texts_are_sorted_as_their_bytes_are() {
        let texts = [
            "fe-lon-000000001.contoso.com",
            "fe-lon-000000001",
            "fe-lon-000000001.a",
            "fe-lon-00000000",
            "fe-lon-00000000\0",
            "fe-lon-00000000\0\0",
            "",
            "\0",
            "é",
            "z",
            "fe-lon-00000000é",
            "fe-lon-000000001.a",
            "z",
        ];
        assert!(prefix("fe-a") < prefix("fe-b") && prefix("") < prefix("z"));
        let keys = (0..).zip(texts).map(|(at, text)| (prefix(text), at)).collect();
        let sorted =
            sorted_by_prefix(keys, |&one, &other| texts[one as usize].cmp(texts[other as usize]));
        let mut wanted: Vec<u32> = (0..13).collect();
        wanted.sort_by_key(|&at| texts[at as usize]);
        assert_eq!(sorted, wanted);
    }

    #[test]
    fn texts_are_compared_without_case_and_outer_blanks() {
        for text in ["a", " a b\t", "A", "É", "é", "\u{3000}ß ", "İ", ""] {
            assert_eq!(text_form(text), text.trim().to_lowercase());
        }
    }
}
