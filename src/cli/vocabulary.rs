//! `lynt vocabulary`: entities, keys, kinds and relations, for people who write rules.

use super::{CLEAN, Output};
use crate::datalog::program::{Constant, RelationId};
use crate::datalog::program::{Default, EntityDecl, Key, Kind, Program, Relation, Role};
use crate::rules::Rules;
use crate::source::{Problem, Sources};
use crate::spelling::nearest;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  lynt vocabulary           everything
  lynt vocabulary Pool      the keys of a pool
  lynt vocabulary Backup    one relation";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// An entity, a kind or a relation; everything without it
    name: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let rules = Rules::shipped();
    let program = &rules.set.program;
    let mut pages = pages(program);
    if let Some(name) = &arguments.name {
        let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
        if !names.contains(&name.as_str()) {
            let near = nearest(name, names.iter().copied());
            let message = format!("no entity, kind or relation is called `{name}`");
            let problem = Problem::error("unknown-name", message)
                .help("`lynt vocabulary` prints all of them")
                .did_you_mean(near);
            return output.could_not_check(&[problem], &Sources::default());
        }
        pages.retain(|page| page.name == *name);
    }
    let mut heading = "";
    for page in &pages {
        if page.heading != heading && arguments.name.is_none() {
            writeln!(output.out, "# {}\n", page.heading)?;
            heading = page.heading;
        }
        writeln!(output.out, "{}", page.text)?;
    }
    Ok(CLEAN)
}

/// What is printed of one name.
struct Page {
    heading: &'static str,
    name: String,
    text: String,
}

fn pages(program: &Program) -> Vec<Page> {
    let mut pages = Vec::new();
    for entity in &program.entities {
        let text = entity_text(program, entity);
        pages.push(Page { heading: "Entities", name: entity.name.clone(), text });
    }
    for kind in &program.enums {
        let values: Vec<String> = kind.values.iter().map(|value| format!("\"{value}\"")).collect();
        let text =
            format!("enum {}\n{}    {}\n", kind.name, indent(&kind.docs), values.join(" < "));
        pages.push(Page { heading: "Kinds", name: kind.name.clone(), text });
    }
    for unit in &program.units {
        let text = format!("unit {}\n{}", unit.name, indent(&unit.docs));
        pages.push(Page { heading: "Kinds", name: unit.name.clone(), text });
    }
    for relation in &program.relations {
        let heading = match relation.role {
            Role::Input(_) | Role::Unresolved => "Relations that the topology fills",
            Role::Derived => "Relations that rules derive",
            _ => continue,
        };
        let text = format!("{}\n{}", signature(program, relation), indent(&relation.docs));
        pages.push(Page { heading, name: relation.name.clone(), text });
    }
    pages.sort_by_key(|page| {
        ["Entities", "Kinds", "Relations that the topology fills", "Relations that rules derive"]
            .iter()
            .position(|heading| *heading == page.heading)
    });
    pages
}

fn signature(program: &Program, relation: &Relation) -> String {
    let columns: Vec<String> = relation
        .columns
        .iter()
        .map(|column| format!("{}: {}", column.name, program.kind_name(column.kind)))
        .collect();
    format!("{}({})", relation.name, columns.join(", "))
}

fn entity_text(program: &Program, entity: &EntityDecl) -> String {
    let table = match &entity.by {
        Some(by) => format!("[[{}]], named by `{by}`", entity.table),
        None => format!("[{}], once", entity.table),
    };
    let mut text = format!("{}: {table}\n{}", entity.name, indent(&entity.docs));
    for (path, key) in &entity.keys {
        text.push_str(&key_text(program, path, key));
    }
    text
}

fn key_text(program: &Program, path: &str, key: &Key) -> String {
    let mut forms = Vec::new();
    if let Some(relation) = key.one {
        forms.push(value_kind(program, relation));
    }
    if let Some(relation) = key.each {
        forms.push(format!("[{}]", value_kind(program, relation)));
    }
    if key.entries.is_some() {
        forms.push("{ key = Text }".to_owned());
    }
    let default = match &key.default {
        None => String::new(),
        Some(default) => format!(" = {}", default_text(program, default)),
    };
    let mut relations: Vec<&str> = key
        .relations()
        .map(|relation| &program.relations[relation])
        .filter(|relation| !matches!(relation.role, Role::Key { .. }))
        .map(|relation| relation.name.as_str())
        .collect();
    relations.dedup();
    let atom =
        if relations.is_empty() { String::new() } else { format!("  -> {}", relations.join(", ")) };
    let docs = key.docs.lines().next().unwrap_or("");
    format!("    {path}: {}{default}{atom}\n        {docs}\n", forms.join(" or "))
}

fn value_kind(program: &Program, relation: RelationId) -> String {
    let kind = program.relations[relation].columns.last().map_or(Kind::Text, |column| column.kind);
    program.kind_name(kind).to_owned()
}

fn default_text(program: &Program, default: &Default) -> String {
    match default {
        Default::Key { entity, path } => format!("{}.{path}", program.entities[*entity].table),
        Default::Value(Constant::Number(number)) => number.to_string(),
        Default::Value(Constant::Bool(value)) => value.to_string(),
        Default::Value(Constant::Enum(id, at)) => {
            format!("\"{}\"", program.enums[*id].values[*at as usize])
        }
        Default::Value(Constant::Text(text) | Constant::Entity(_, text)) => format!("\"{text}\""),
    }
}

fn indent(docs: &str) -> String {
    docs.lines().map(|line| format!("    {line}\n")).collect()
}
