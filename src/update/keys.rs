//! An entity that both have → changes of those of its keys that differ.

use super::draft::Draft;
use super::no_place;
use super::outline::Content;
use super::owner::Owner;
use super::values::{New, replace};
use super::{Item, Page, Pages, Sides, find};
use crate::compare::values::{Canonical, canonical, path, values};
use crate::datalog::program::{EntityDecl, Kind, Program};
use crate::import::rank;
use crate::source::{FileId, Problem};
use crate::topology::Topology;
use std::collections::{BTreeMap, BTreeSet};

/// One entity on both sides.
pub struct Pair<'p> {
    pub sides: &'p Sides<'p>,
    pub old: &'p Item<'p>,
    pub new: &'p Item<'p>,
    pub own: &'p Pages<'p>,
    pub exported: &'p Pages<'p>,
}

/// Its text on both sides.
struct Written<'w> {
    old: &'w Page<'w>,
    old_owner: &'w Owner,
    new: &'w Page<'w>,
    new_owner: &'w Owner,
}

impl Pair<'_> {
    /// Whether anything changes, and what.
    pub fn draft(&self, drafts: &mut BTreeMap<FileId, Draft<'_>>) -> Result<bool, Vec<Problem>> {
        let differing = self.differing();
        if differing.is_empty() {
            return Ok(false);
        }
        let program = self.sides.request.program;
        let place = self.old.entity.place;
        let found = find(program, self.own, self.old.entity);
        let exported = find(program, self.exported, self.new.entity);
        let (Some((file, old_at)), Some((export, new_at))) = (found, exported) else {
            return Err(no_place(place));
        };
        let (old, new) = (&self.own[&file], &self.exported[&export]);
        let (old_owner, new_owner) = (&old.owners[old_at], &new.owners[new_at]);
        let written = Written { old, old_owner, new, new_owner };
        let draft = drafts.get_mut(&file).ok_or_else(|| no_place(place))?;
        let mut added: Vec<(String, String)> = Vec::new();
        for key in differing {
            match (old_owner.leaf(key), new_owner.value(&new.outline, key)) {
                (None, Some(value)) => {
                    added.push((key.to_owned(), new.text[value.range.clone()].to_owned()));
                }
                (Some(leaf), None) => draft.remove(leaf.at),
                (Some(_), Some(_)) => self.replace(key, &written, draft),
                (None, None) => return Err(no_place(place)),
            }
        }
        added.sort_by_key(|(key, _)| rank(&old_owner.table, key));
        let by = program.entities[self.old.entity.kind].by.as_deref().unwrap_or("");
        draft.add_keys(old_owner, by, &added);
        Ok(true)
    }

    /// The keys whose values differ in what they mean.
    fn differing(&self) -> BTreeSet<&str> {
        let none = BTreeMap::new();
        let (old, new) = (&self.old.keys, &self.new.keys);
        let all = old.keys().chain(new.keys());
        let differs = |key: &&String| {
            let (before, after) = (old.get(*key).unwrap_or(&none), new.get(*key).unwrap_or(&none));
            !before.keys().eq(after.keys())
        };
        all.filter(differs).map(String::as_str).collect()
    }

    fn replace(&self, key: &str, written: &Written<'_>, draft: &mut Draft<'_>) {
        let Written { old, old_owner, new, new_owner } = written;
        let (program, kind) = (self.sides.request.program, self.old.entity.kind);
        let (Some(before), Some(after)) =
            (old_owner.value(&old.outline, key), new_owner.value(&new.outline, key))
        else {
            return;
        };
        let own = means(program, self.sides.old, self.old, key);
        let meant = means(program, self.sides.wanted, self.new, key);
        let pieces = match &after.content {
            Content::Array(elements) => elements.iter().collect(),
            _ => vec![after],
        };
        let parts = pieces.into_iter().filter_map(|piece| {
            let (_, canonical) = meant.iter().find(|(start, _)| *start == piece.range.start)?;
            Some((canonical.clone(), &new.text[piece.range.clone()]))
        });
        let declared = &program.entities[kind];
        let is_array = matches!(after.content, Content::Array(_));
        let written = &new.text[after.range.clone()];
        let is_list = is_array || means_the_same(declared, key);
        let seconds = seconds(program, declared, key);
        replace(draft, before, &own, &New { written, parts: parts.collect(), is_list, seconds });
    }
}

/// What the parts of a key's value mean, by where they begin.
fn means(
    program: &Program,
    topology: &Topology,
    item: &Item<'_>,
    key: &str,
) -> Vec<(usize, Canonical)> {
    let declared = &program.entities[item.entity.kind];
    let own = values(topology, item.entity).iter();
    let own = own.filter(|value| path(declared, topology, value) == key);
    own.map(|value| (value.span.start as usize, canonical(program, topology, value))).collect()
}

/// Whether one value says the same as an array of it.
fn means_the_same(declared: &EntityDecl, key: &str) -> bool {
    declared.keys.get(key).is_some_and(|key| key.one.is_some() && key.one == key.each)
}

/// The seconds in a key's unit.
fn seconds(program: &Program, declared: &EntityDecl, key: &str) -> Option<i64> {
    let relation = declared.keys.get(key)?.one?;
    match program.relations[relation].columns.last()?.kind {
        Kind::Unit(unit) => program.units[unit].seconds,
        _ => None,
    }
}
