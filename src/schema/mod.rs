//! The vocabulary and the keys of the configuration → JSON Schemas, by which editors complete and check.
//!
//! A schema sees one file. It accepts what more than one file shows to be wrong, such as a name that
//! nothing defines, and whatever lynt accepts.

mod config;
mod topology;

pub use config::config;
pub use topology::topology;

use crate::datalog::program::{Kind, Program};
use serde_json::{Map, Value, json};

/// The dialect of the schemas. Nothing that means anything stands beside a `$ref`, since older readers
/// would pass over it.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A text that is not blank.
pub const NOT_BLANK: &str = r"\S";

/// A duration: hours, minutes and seconds, of which each may be left out.
pub const DURATION: &str = r"^\s*([0-9]+h([0-9]+m)?([0-9]+s)?|[0-9]+m([0-9]+s)?|[0-9]+s)\s*$";

/// A table with these keys and no others.
fn closed(docs: &str, properties: Map<String, Value>) -> Map<String, Value> {
    let mut table = Map::new();
    table.insert("type".into(), json!("object"));
    table.insert("description".into(), json!(one_line(docs)));
    table.insert("properties".into(), Value::Object(properties));
    table.insert("additionalProperties".into(), json!(false));
    table
}

/// A whole number from 0 up in a unit, or a duration where the unit is one of time.
fn quantity(program: &Program, kind: Kind) -> Value {
    let number = json!({ "type": "integer", "minimum": 0 });
    match kind {
        Kind::Unit(unit) if program.units[unit].seconds.is_some() => {
            json!({ "anyOf": [number, { "type": "string", "pattern": DURATION }] })
        }
        _ => number,
    }
}

/// Documentation as a description.
fn one_line(docs: &str) -> String {
    docs.split_whitespace().collect::<Vec<_>>().join(" ")
}
