//! The vocabulary → the schema of a file of a topology.

use super::{DIALECT, NOT_BLANK, closed, one_line, quantity};
use crate::datalog::program::{Constant, Default, EntityDecl, Key, Kind, Program, RelationId};
use serde_json::{Map, Value, json};

/// The schema of a file of a topology.
pub fn topology(program: &Program) -> Value {
    let mut tables = Map::new();
    let mut definitions = Map::new();
    for entity in &program.entities {
        let table = json!({ "$ref": format!("#/$defs/{}", entity.name) });
        let docs = one_line(&entity.docs);
        let table = match entity.by {
            Some(_) => json!({ "type": "array", "description": docs, "items": table }),
            None => table,
        };
        tables.insert(entity.table.clone(), table);
        definitions.insert(entity.name.clone(), Value::Object(definition(program, entity)));
    }
    for kind in &program.enums {
        let docs = one_line(&kind.docs);
        let definition = json!({ "description": docs, "enum": kind.values });
        definitions.insert(kind.name.clone(), definition);
    }
    for (number, unit) in program.units.iter().enumerate() {
        let mut definition = quantity(program, Kind::Unit(number));
        definition["description"] = json!(one_line(&unit.docs));
        definitions.insert(unit.name.clone(), definition);
    }
    if let Some(number) = program.schema {
        let docs = "The number of the schema that the file is written by";
        tables.insert("schema".into(), json!({ "description": docs, "const": number }));
    }
    let mut schema = closed("A topology, or one of the files of one", tables);
    schema.insert("$schema".into(), json!(DIALECT));
    schema.insert("title".into(), json!("Topology of Lync Server or Skype for Business Server"));
    schema.insert("$defs".into(), Value::Object(definitions));
    Value::Object(schema)
}

/// A table of the topology.
fn definition(program: &Program, entity: &EntityDecl) -> Map<String, Value> {
    let mut properties = Map::new();
    for (path, key) in &entity.keys {
        let parts: Vec<&str> = path.split('.').collect();
        insert(&mut properties, &parts, value(program, key));
    }
    let Some(by) = &entity.by else { return closed(&entity.docs, properties) };
    let docs = format!("What the {} is called: no other one has this {by}", entity.noun);
    let name = json!({ "description": docs, "type": "string", "pattern": NOT_BLANK });
    properties.insert(by.clone(), name);
    let mut table = closed(&entity.docs, properties);
    table.insert("required".into(), json!([by]));
    table
}

/// Puts a key in its place; `back-end.witness` is in a table of its own.
fn insert(properties: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => {
            properties.insert((*name).to_owned(), value);
        }
        [table, below @ ..] => {
            let inner = properties
                .entry(*table)
                .or_insert_with(|| Value::Object(closed(table, Map::new())));
            if let Some(inner) = inner["properties"].as_object_mut() {
                insert(inner, below, value);
            }
        }
    }
}

/// All forms in which a key may be written, its documentation and what holds without it.
fn value(program: &Program, key: &Key) -> Value {
    let mut forms: Vec<Value> = key.one.iter().map(|one| scalar(program, *one)).collect();
    let each = key.each.iter().map(|each| scalar(program, *each));
    forms.extend(each.map(|item| json!({ "type": "array", "items": item })));
    if key.entries.is_some() {
        forms.push(json!({ "type": "object", "additionalProperties": { "type": "string" } }));
    }
    let mut value = match forms.as_slice() {
        [form] => form.clone(),
        _ => json!({ "anyOf": forms }),
    };
    let mut docs = one_line(&key.docs);
    match &key.default {
        Some(Default::Value(constant)) => value["default"] = constant_value(program, constant),
        Some(Default::Key { entity, path }) => {
            docs.push_str(&format!(" (default: {}.{path})", program.entities[*entity].table));
        }
        None => {}
    }
    value["description"] = json!(docs);
    value
}

/// One value for the last column of `relation`.
fn scalar(program: &Program, relation: RelationId) -> Value {
    let kind = program.relations[relation].columns.last().map_or(Kind::Text, |column| column.kind);
    match kind {
        Kind::Entity | Kind::Of(_) => json!({ "type": "string", "pattern": NOT_BLANK }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Int => quantity(program, kind),
        Kind::Enum(_) | Kind::Unit(_) => {
            json!({ "$ref": format!("#/$defs/{}", program.kind_name(kind)) })
        }
    }
}

fn constant_value(program: &Program, constant: &Constant) -> Value {
    match constant {
        Constant::Number(number) => json!(number),
        Constant::Bool(value) => json!(value),
        Constant::Enum(id, at) => json!(program.enums[*id].values[*at as usize]),
        Constant::Text(text) | Constant::Entity(_, text) => json!(text),
    }
}
