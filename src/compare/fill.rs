//! An export and another topology → the export with what it can't tell, as the other has it.

use super::values::{Identity, identity, path, values};
use crate::datalog::program::Program;
use crate::import::{Telling, telling};
use crate::topology::{Datum, Entity, Topology, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The topology `export`, which is an export's, with what exports don't tell as `other` has it; and what that
/// is: tables, and keys as `pool.capacity`, sorted.
pub fn fill(program: &Program, export: &Topology, other: &Topology) -> (Topology, Vec<String>) {
    let mut filled = Filled { program, topology: Topology::default(), taken: BTreeSet::new() };
    let others: BTreeMap<Identity, &Entity> =
        other.entities.iter().map(|entity| (identity(program, other, entity), entity)).collect();
    let mut own = BTreeSet::new();
    for entity in &export.entities {
        let identity = identity(program, export, entity);
        filled.entity(export, entity);
        if let Some(kept) = others.get(&identity) {
            filled.keys(export, entity, other, kept);
        }
        filled.close();
        own.insert(identity);
    }
    for (identity, entity) in others {
        let table = &program.entities[entity.kind].table;
        if !own.contains(&identity) && telling(table, "") != Telling::Always {
            filled.taken.insert(table.clone());
            filled.entity(other, entity);
            filled.close();
        }
    }
    (filled.topology, filled.taken.into_iter().collect())
}

struct Filled<'p> {
    program: &'p Program,
    topology: Topology,
    /// What was taken from the other topology.
    taken: BTreeSet<String>,
}

impl Filled<'_> {
    /// Adds an entity with its values; more of them may follow until it is closed.
    fn entity(&mut self, from: &Topology, entity: &Entity) {
        let name = entity.name.map(|name| self.topology.texts.add(from.texts.get(name)));
        let start = self.end();
        values(from, entity).iter().for_each(|value| self.value(from, value));
        let Entity { kind, place, .. } = *entity;
        self.topology.entities.push(Entity { kind, name, place, values: start..start });
    }

    /// Adds the values of `kept` that exports don't tell.
    fn keys(&mut self, export: &Topology, entity: &Entity, other: &Topology, kept: &Entity) {
        let declared = &self.program.entities[entity.kind];
        let own = values(export, entity).iter().map(|value| path(declared, export, value));
        let own: BTreeSet<String> = own.collect();
        for value in values(other, kept) {
            let path = path(declared, other, value);
            let is_told = match telling(&declared.table, &path) {
                Telling::Always => true,
                Telling::WhereWritten => own.contains(&path),
                Telling::Never => false,
            };
            if !is_told {
                self.taken.insert(format!("{}.{path}", declared.table));
                self.value(other, value);
            }
        }
    }

    /// Ends the values of the last entity.
    fn close(&mut self) {
        let end = self.end();
        if let Some(last) = self.topology.entities.last_mut() {
            last.values.end = end;
        }
    }

    fn end(&self) -> u32 {
        u32::try_from(self.topology.values.len()).unwrap_or(u32::MAX)
    }

    fn value(&mut self, from: &Topology, value: &Value) {
        let texts = &mut self.topology.texts;
        let mut text = |id| texts.add(from.texts.get(id));
        let datum = match value.datum {
            Datum::Text(id) => Datum::Text(text(id)),
            Datum::Name(id) => Datum::Name(text(id)),
            Datum::Entry(key, id) => Datum::Entry(text(key), text(id)),
            datum @ (Datum::Number(_) | Datum::Ordinal(_)) => datum,
        };
        self.topology.values.push(Value { datum, ..value.clone() });
    }
}
