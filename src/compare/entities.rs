//! Topology × topology → the entities and keys that differ.

use super::values::{Canonical, Identity, Item, Written, items};
use super::{Change, Changed, ChangedKey, Locator, Valued};
use crate::datalog::program::Program;
use crate::topology::Topology;
use std::collections::{BTreeMap, BTreeSet};

/// What differs, by kind in the order of the vocabulary, then by canonical name.
pub fn entities(
    program: &Program,
    old: &Topology,
    new: &Topology,
    locator: &Locator<'_>,
) -> Vec<Changed> {
    let (olds, news) = (items(program, old), items(program, new));
    let all: BTreeSet<&Identity> = olds.keys().chain(news.keys()).collect();
    let compared = all.into_iter().filter_map(|identity| {
        let (before, after) = (olds.get(identity), news.get(identity));
        let (change, keys) = match (before, after) {
            (Some(before), Some(after)) => (Change::Changed, keys(before, after, locator)),
            (None, after) => {
                (Change::Added, after.map_or(Vec::new(), |own| alone(own, false, locator)))
            }
            (before, None) => {
                (Change::Removed, before.map_or(Vec::new(), |own| alone(own, true, locator)))
            }
        };
        if change == Change::Changed && keys.is_empty() {
            return None;
        }
        let name = |topology: &Topology, item: &Item<'_>| {
            item.entity.name.map_or(String::new(), |name| topology.texts.get(name).to_owned())
        };
        let named = after.map(|item| name(new, item)).or(before.map(|item| name(old, item)));
        let declared = &program.entities[identity.0];
        let place = |item: &Item<'_>| locator.place(item.entity.place);
        Some(Changed {
            change,
            table: declared.table.clone(),
            kind: declared.noun.clone(),
            name: named.unwrap_or_default(),
            old: before.and_then(place),
            new: after.and_then(place),
            keys,
        })
    });
    compared.collect()
}

/// The keys of an entity that only one side has; what holds by default is left out.
fn alone(item: &Item<'_>, is_old: bool, locator: &Locator<'_>) -> Vec<ChangedKey> {
    let written = item.keys.iter().map(|(key, values)| {
        let own = values.values().filter(|written| !written.is_default);
        (key, own.map(|written| valued(written, locator)).collect::<Vec<Valued>>())
    });
    let keys = written.filter(|(_, own)| !own.is_empty()).map(|(key, own)| {
        let (old, new) = if is_old { (own, Vec::new()) } else { (Vec::new(), own) };
        ChangedKey { key: key.clone(), old, new }
    });
    keys.collect()
}

fn keys(old: &Item<'_>, new: &Item<'_>, locator: &Locator<'_>) -> Vec<ChangedKey> {
    let none = BTreeMap::new();
    let all: BTreeSet<&String> = old.keys.keys().chain(new.keys.keys()).collect();
    let compared = all.into_iter().map(|key| {
        let before = old.keys.get(key).unwrap_or(&none);
        let after = new.keys.get(key).unwrap_or(&none);
        let (old, new) = (only(before, after, locator), only(after, before, locator));
        ChangedKey { key: key.clone(), old, new }
    });
    compared.filter(|key| !key.old.is_empty() || !key.new.is_empty()).collect()
}

/// The values that the other side does not have.
fn only(
    own: &BTreeMap<Canonical, Written>,
    other: &BTreeMap<Canonical, Written>,
    locator: &Locator<'_>,
) -> Vec<Valued> {
    let own = own.iter().filter(|(canonical, _)| !other.contains_key(canonical));
    own.map(|(_, written)| valued(written, locator)).collect()
}

fn valued(written: &Written, locator: &Locator<'_>) -> Valued {
    let Written { value, shown, span, is_default } = written;
    let place = locator.place(*span);
    Valued { value: value.clone(), shown: shown.clone(), default: *is_default, place }
}
