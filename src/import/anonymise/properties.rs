//! JSON of cmdlets → the same JSON under pseudonyms.

use super::pieces::{Piece, of_property};
use crate::import::json::VALUE_KEYS;
use serde_json::{Map, Number, Value};

/// Numbers above are no counts, versions or ports.
const MAX_NUMBER: u64 = 99_999;

/// Properties of which names are replaced in no way.
const PROPERTIES: &[&str] = &[
    "Active",
    "BackupRegistrar",
    "Computers",
    "Count",
    "DependentServiceList",
    "DisplayName",
    "EdgeServer",
    "EnableAutomaticFailover",
    "FailbackDetectionInterval",
    "FailureDetectionInterval",
    "Fqdn",
    "FullName",
    "Identity",
    "Name",
    "Pool",
    "PoolFqdn",
    "Registrar",
    "Relation",
    "Services",
    "ShareName",
    "Site",
    "SiteId",
    "SiteType",
    "SqlInstanceName",
    "Ticks",
    "UserDatabase",
    "UserServer",
    "Value",
    "Version",
    "value",
];

/// The export with each text and each unknown key as `written` has it.
pub fn renamed(
    export: &Map<String, Value>,
    written: &mut impl FnMut(Vec<Piece>) -> String,
) -> Map<String, Value> {
    let list =
        |(key, value): (&String, &Value)| (name(key, written), of_value(key, key, value, written));
    export.iter().map(list).collect()
}

/// `key` is that of the property, in whose value there may be keys that only say that it is one.
fn of_value(
    list: &str,
    key: &str,
    value: &Value,
    written: &mut impl FnMut(Vec<Piece>) -> String,
) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(number) => Value::Number(of_number(key, number)),
        Value::String(text) => Value::String(written(of_property(list, key, text))),
        Value::Array(values) => {
            values.iter().map(|value| of_value(list, key, value, written)).collect()
        }
        Value::Object(object) => {
            let mut renamed = Map::new();
            for (inner, value) in object {
                let is_around = key != list && VALUE_KEYS.contains(&inner.as_str());
                let property = if is_around || inner == "value" { key } else { inner };
                renamed.insert(name(inner, written), of_value(list, property, value, written));
            }
            Value::Object(renamed)
        }
    }
}

fn name(key: &str, written: &mut impl FnMut(Vec<Piece>) -> String) -> String {
    if PROPERTIES.contains(&key) {
        key.to_owned()
    } else {
        written(vec![Piece::Word(key.to_owned())])
    }
}

/// A time span stays what it is.
fn of_number(key: &str, number: &Number) -> Number {
    let is_small = number.as_u64().is_some_and(|number| number <= MAX_NUMBER);
    if is_small || key == "Ticks" || key.starts_with("Total") {
        number.clone()
    } else {
        Number::from(0)
    }
}
