//! The keys of the configuration → the schema of `lynt.toml`.

use super::{DIALECT, DURATION, closed, one_line, quantity};
use crate::checks::CHECKS;
use crate::config::keys::{Form, KEYS, Key, MOST_DAYS};
use crate::datalog::program::{Kind, Param, Program};
use crate::rules::Rules;
use crate::size;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The schema of `lynt.toml`. It offers the ids and parameters of `rules`, and accepts others: the
/// configuration itself may name rules that have them.
pub fn config(rules: &Rules) -> Value {
    let mut root = Tree::default();
    for key in KEYS {
        let parts = key.path.split('.');
        parts.fold(&mut root, |tree, part| tree.below.entry(part).or_default()).key = Some(key);
    }
    let mut writer = Writer { rules, definitions: Map::new() };
    let mut schema = writer.table(&root, &[]);
    schema.insert("$schema".into(), json!(DIALECT));
    schema.insert("title".into(), json!("Configuration of lynt, lynt.toml"));
    schema.insert("$defs".into(), Value::Object(writer.definitions));
    Value::Object(schema)
}

/// The keys as tables; `*` stands for names that the user gives.
#[derive(Default)]
struct Tree {
    key: Option<&'static Key>,
    below: BTreeMap<&'static str, Tree>,
}

struct Writer<'r> {
    rules: &'r Rules,
    /// What stands for each `*`, by the path before it.
    definitions: Map<String, Value>,
}

impl Writer<'_> {
    fn table(&mut self, tree: &Tree, path: &[&str]) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut others = json!(false);
        for (part, below) in &tree.below {
            let path = [path, &[part]].concat();
            let schema = match below.key {
                Some(key) => value(key),
                None => Value::Object(self.table(below, &path)),
            };
            if *part != "*" {
                properties.insert((*part).to_owned(), schema);
                continue;
            }
            let names = path.iter().copied().filter(|part| *part != "*");
            let name = names.collect::<Vec<_>>().join(".");
            others = json!({ "$ref": format!("#/$defs/{name}") });
            properties.extend(offered(self.rules, &path, &others));
            self.definitions.insert(name, schema);
        }
        let mut table = closed(&docs(path), properties);
        table.insert("additionalProperties".into(), others);
        table
    }
}

/// What is to be said of a table.
fn docs(path: &[&str]) -> String {
    match path {
        [] => "What of lynt is to be otherwise for the topologies of this folder".to_owned(),
        path => format!("[{}]", path.join(".").replace('*', "ID")),
    }
}

/// The names that there are for the `*` at the end of a path.
fn offered(rules: &Rules, path: &[&str], other: &Value) -> Vec<(String, Value)> {
    let with_docs = |docs: &str| {
        let mut value = other.clone();
        value["description"] = json!(docs);
        value
    };
    let program = &rules.set.program;
    if *path == ["rule", "*"] {
        let violations = rules.violations().into_iter();
        let ids = violations.map(|rule| (rule.id.clone(), with_docs(rule.docs.title())));
        let checks = CHECKS.iter().map(|check| (check.id.to_owned(), other.clone()));
        return ids.chain(checks).collect();
    }
    program.params.iter().map(|it| (it.name.clone(), param(program, it))).collect()
}

fn param(program: &Program, param: &Param) -> Value {
    let mut value = match param.kind {
        Kind::Unit(_) => quantity(program, param.kind),
        _ => json!({ "type": "integer" }),
    };
    value["description"] = json!(one_line(&param.docs));
    value["default"] = json!(param.default);
    value
}

fn value(key: &Key) -> Value {
    let mut value = match key.form {
        Form::Text => json!({ "type": "string" }),
        Form::Choice(choices) => json!({ "enum": choices }),
        Form::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Form::Bool => json!({ "type": "boolean" }),
        Form::Size => json!({ "type": "string", "pattern": size::PATTERN }),
        Form::Days => json!({ "type": "integer", "minimum": 0, "maximum": MOST_DAYS }),
        Form::Param => {
            json!({ "anyOf": [{ "type": "integer" }, { "type": "string", "pattern": DURATION }] })
        }
    };
    value["description"] = json!(key.docs);
    // Defaults are written so that they are TOML and JSON alike.
    if let Ok(default) = serde_json::from_str::<Value>(key.default) {
        value["default"] = default;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_shown() {
        for key in KEYS {
            assert_eq!(value(key).get("default").is_some(), !key.default.is_empty(), "{key:?}");
        }
    }
}
