//! Outline → the entities of a file, and where each one's keys stand.

use super::outline::{Content, Form, Outline, Table, Value};
use std::ops::Range;

/// What one entity is written in.
#[derive(Debug, Default)]
pub struct Owner {
    /// The name of its table: `pool`.
    pub table: String,
    /// Where its keys stand, in the order of the text; inline tables in it too.
    pub homes: Vec<Home>,
    /// Its keys with plain values.
    pub leaves: Vec<Leaf>,
    /// Where it is an element of an array before the first header: the statement, and which one it is.
    pub element: Option<(usize, usize)>,
}

/// A part of a text in which keys of an entity stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// An index into [`Outline::tables`].
    pub table: usize,
    /// How many first parts of its dotted keys are the entity's table: 1 in `deployment.name = ".."`, else 0.
    pub skip: usize,
    /// The path that stands before its keys.
    pub prefix: Vec<String>,
}

/// A key with a plain value or an array.
#[derive(Debug)]
pub struct Leaf {
    /// `back-end.witness`
    pub path: String,
    /// Table and statement of the outline.
    pub at: (usize, usize),
}

impl Owner {
    /// The key with this path.
    pub fn leaf(&self, path: &str) -> Option<&Leaf> {
        self.leaves.iter().find(|leaf| leaf.path == path)
    }

    /// The value of a key, which stands in `outline`.
    pub fn value<'o>(&self, outline: &'o Outline, path: &str) -> Option<&'o Value> {
        self.leaf(path).map(|leaf| &outline.statement(leaf.at).value)
    }

    /// The headers that it stands under.
    pub fn headers<'o>(
        &'o self,
        outline: &'o Outline,
    ) -> impl Iterator<Item = (usize, Range<usize>)> {
        self.homes.iter().filter_map(|home| match &outline.tables[home.table].form {
            Form::Header { range, .. } => Some((home.table, range.clone())),
            _ => None,
        })
    }
}

impl Home {
    /// The path of a statement in it, if that is the entity's.
    pub fn path(&self, table: &str, keys: &[String]) -> Option<Vec<String>> {
        let is_own = self.skip == 0 || keys.first().is_some_and(|first| first == table);
        is_own.then(|| [self.prefix.as_slice(), keys.get(self.skip..).unwrap_or(&[])].concat())
    }
}

/// The entities of a file, in the order of the text.
pub fn owners(outline: &Outline) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::new();
    for (at, table) in outline.tables.iter().enumerate() {
        match &table.form {
            Form::Root => root(at, table, &mut owners),
            Form::Header { path, is_array, .. } => header(at, path, *is_array, &mut owners),
            Form::Inline(_) => {}
        }
    }
    owners.iter_mut().for_each(|owner| fill(owner, outline));
    owners
}

/// What is written before the first header.
fn root(at: usize, table: &Table, owners: &mut Vec<Owner>) {
    for (statement, written) in table.statements.iter().enumerate() {
        let Some(name) = written.keys.first() else { continue };
        match &written.value.content {
            Content::Array(elements) if written.keys.len() == 1 => {
                for (index, element) in elements.iter().enumerate() {
                    let Content::Table(table) = element.content else { continue };
                    let homes = vec![Home { table, skip: 0, prefix: Vec::new() }];
                    let (table, element) = (name.clone(), Some((statement, index)));
                    owners.push(Owner { table, homes, element, ..Owner::default() });
                }
            }
            Content::Table(inner) if written.keys.len() == 1 => {
                add(name, Home { table: *inner, skip: 0, prefix: Vec::new() }, owners);
            }
            _ => add(name, Home { table: at, skip: 1, prefix: Vec::new() }, owners),
        }
    }
}

fn header(at: usize, path: &[String], is_array: bool, owners: &mut Vec<Owner>) {
    let Some((name, prefix)) = path.split_first() else { return };
    let home = Home { table: at, skip: 0, prefix: prefix.to_vec() };
    match is_array && prefix.is_empty() {
        true => {
            owners.push(Owner { table: name.clone(), homes: vec![home], ..Owner::default() });
        }
        false => add(name, home, owners),
    }
}

/// A further part of the last entity of this table, or the first of one.
fn add(table: &str, home: Home, owners: &mut Vec<Owner>) {
    match owners.iter_mut().rev().find(|owner| owner.table == table) {
        Some(owner) if owner.homes.contains(&home) => {}
        Some(owner) => owner.homes.push(home),
        None => {
            let table = table.to_owned();
            owners.push(Owner { table, homes: vec![home], ..Owner::default() });
        }
    }
}

/// Adds the keys, and the inline tables as homes.
fn fill(owner: &mut Owner, outline: &Outline) {
    let mut at = 0;
    while let Some(home) = owner.homes.get(at).cloned() {
        for (statement, written) in outline.tables[home.table].statements.iter().enumerate() {
            let Some(path) = home.path(&owner.table, &written.keys) else { continue };
            match written.value.content {
                Content::Table(table) if !path.is_empty() => {
                    owner.homes.push(Home { table, skip: 0, prefix: path });
                }
                _ => {
                    owner.leaves.push(Leaf { path: path.join("."), at: (home.table, statement) });
                }
            }
        }
        at += 1;
    }
}
