//! Topology → the values of its entities in the form in which they are compared.

use crate::datalog::program::{
    Constant, Default as KeyDefault, EntityDecl, EntityId, Kind, Program, RelationId,
};
use crate::facts::canonical_text;
use crate::print::{grouped, quoted};
use crate::source::Span;
use crate::topology::{Datum, Entity, Topology, Value, canonical_name};
use std::collections::BTreeMap;

use super::Scalar;

/// What an entity is the same by: its kind and its canonical name.
pub type Identity = (EntityId, String);

/// Entities by what they are the same by.
pub type Items<'t> = BTreeMap<Identity, Item<'t>>;

/// An entity and its values.
pub struct Item<'t> {
    /// The entity.
    pub entity: &'t Entity,
    /// By the key's path; each value once, by the form in which it is compared.
    pub keys: BTreeMap<String, BTreeMap<Canonical, Written>>,
}

/// The form in which values are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Canonical {
    /// A number, or an ordinal.
    Number(i64),
    /// A text or a name.
    Text(String),
}

/// A value as the topology has it.
pub struct Written {
    /// As data.
    pub value: Scalar,
    /// As people read it.
    pub shown: String,
    /// Where it stands.
    pub span: Span,
    /// Whether it holds because the key is absent.
    pub is_default: bool,
}

/// What an entity is the same by.
pub fn identity(program: &Program, topology: &Topology, entity: &Entity) -> Identity {
    let name = entity.name.map_or("", |name| topology.texts.get(name));
    (entity.kind, canonical_name(program.entities[entity.kind].is_fqdn(), name).into_owned())
}

/// The values of an entity.
pub fn values<'t>(topology: &'t Topology, entity: &Entity) -> &'t [Value] {
    &topology.values[entity.values.start as usize..entity.values.end as usize]
}

/// The path of the key that goes to a relation; `tags.owner` for an entry of a table of free keys.
pub fn path(declared: &EntityDecl, topology: &Topology, value: &Value) -> String {
    let goes = |relation: RelationId| relation == value.relation;
    let found = declared.keys.iter().find(|(_, key)| key.relations().any(goes));
    let path = found.map_or("", |(path, _)| path.as_str());
    match value.datum {
        Datum::Entry(key, _) => format!("{path}.{}", canonical_text(topology.texts.get(key))),
        _ => path.to_owned(),
    }
}

/// The entities of a topology with their values, those too that hold by default.
pub fn items<'t>(program: &Program, topology: &'t Topology) -> Items<'t> {
    let mut items = Items::new();
    for entity in &topology.entities {
        let declared = &program.entities[entity.kind];
        let mut keys: BTreeMap<String, BTreeMap<Canonical, Written>> = BTreeMap::new();
        let own = values(topology, entity);
        for value in own {
            let (canonical, written) = read(program, topology, value);
            let at = keys.entry(path(declared, topology, value)).or_default();
            at.entry(canonical).or_insert(written);
        }
        for (path, key) in &declared.keys {
            let is_absent = !own.iter().any(|value| Some(value.relation) == key.one);
            let default = key.default.as_ref().filter(|_| is_absent);
            if let Some((canonical, written)) =
                default.and_then(|default| by_default(program, topology, entity, default))
            {
                keys.entry(path.clone()).or_default().insert(canonical, written);
            }
        }
        items.insert(identity(program, topology, entity), Item { entity, keys });
    }
    items
}

/// The form in which a value is compared.
pub fn canonical(program: &Program, topology: &Topology, value: &Value) -> Canonical {
    read(program, topology, value).0
}

fn read(program: &Program, topology: &Topology, value: &Value) -> (Canonical, Written) {
    let kind = program.relations[value.relation].columns.last().map(|column| column.kind);
    let kind = kind.unwrap_or(Kind::Text);
    let text = |id| topology.texts.get(id);
    let (canonical, scalar) = match value.datum {
        Datum::Number(number) => (Canonical::Number(number), Scalar::Number(number)),
        Datum::Ordinal(ordinal) => of_ordinal(program, kind, ordinal),
        Datum::Text(id) | Datum::Entry(_, id) => {
            (Canonical::Text(canonical_text(text(id))), Scalar::Text(text(id).trim().to_owned()))
        }
        Datum::Name(id) => {
            let is_fqdn = match kind {
                Kind::Of(entity) => program.entities[entity].is_fqdn(),
                _ => true,
            };
            let name = canonical_name(is_fqdn, text(id)).into_owned();
            (Canonical::Text(name), Scalar::Text(text(id).to_owned()))
        }
    };
    let shown = shown(program, kind, &scalar);
    (canonical, Written { value: scalar, shown, span: value.span, is_default: false })
}

fn of_ordinal(program: &Program, kind: Kind, ordinal: u32) -> (Canonical, Scalar) {
    let scalar = match kind {
        Kind::Enum(id) => {
            let word = program.enums[id].values.get(ordinal as usize);
            Scalar::Text(word.cloned().unwrap_or_default())
        }
        _ => Scalar::Bool(ordinal != 0),
    };
    (Canonical::Number(i64::from(ordinal)), scalar)
}

fn shown(program: &Program, kind: Kind, value: &Scalar) -> String {
    match (value, kind) {
        (Scalar::Number(number), Kind::Unit(unit)) => {
            format!("{} {}", grouped(*number), program.units[unit].name.to_lowercase())
        }
        (Scalar::Number(number), _) => grouped(*number),
        (Scalar::Bool(value), _) => value.to_string(),
        (Scalar::Text(text), Kind::Text) => quoted(text),
        (Scalar::Text(text), _) => text.clone(),
    }
}

/// What holds where a key is absent; its place is the name of its entity.
fn by_default(
    program: &Program,
    topology: &Topology,
    entity: &Entity,
    default: &KeyDefault,
) -> Option<(Canonical, Written)> {
    let constant = match default {
        KeyDefault::Value(constant) => constant,
        KeyDefault::Key { entity: owner, path } => {
            let relation = program.entities[*owner].keys.get(path)?.one?;
            let singleton = topology.entities.iter().find(|entity| entity.kind == *owner)?;
            let mut values = values(topology, singleton).iter();
            let value = values.find(|value| value.relation == relation)?;
            let (canonical, written) = read(program, topology, value);
            return Some((canonical, Written { span: entity.place, is_default: true, ..written }));
        }
    };
    let (kind, (canonical, value)) = match constant {
        Constant::Enum(id, ordinal) => {
            (Kind::Enum(*id), of_ordinal(program, Kind::Enum(*id), *ordinal))
        }
        Constant::Bool(value) => (Kind::Bool, of_ordinal(program, Kind::Bool, u32::from(*value))),
        Constant::Number(number) => {
            (Kind::Int, (Canonical::Number(*number), Scalar::Number(*number)))
        }
        Constant::Text(text) => {
            (Kind::Text, (Canonical::Text(canonical_text(text)), Scalar::Text(text.clone())))
        }
        // A name as a default would need its entity; the vocabulary has none.
        Constant::Entity(..) => return None,
    };
    let shown = shown(program, kind, &value);
    Some((canonical, Written { value, shown, span: entity.place, is_default: true }))
}
