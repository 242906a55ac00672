//! Relations that a topology fills → their declarations for programs that read them from files.

use crate::datalog::program::{Column, EnumDecl, Kind, Program, Relation, RelationId};
use crate::print::quoted;
use std::collections::BTreeSet;

/// A relation's name as other engines can have it: `Pool.back-end.witness` as `Pool_back_end_witness`.
pub fn plain_name(name: &str) -> String {
    name.replace(['.', '-'], "_")
}

/// `input Pool_version(x: Text, value: Version);` for each relation, with its documentation and with the
/// enums and units that it needs: the start of a program for `lynt run`.
pub fn declarations(program: &Program, relations: &[RelationId]) -> String {
    let mut text = String::new();
    for kind in kinds(program, relations) {
        match kind {
            Kind::Enum(id) => push_enum(&mut text, &program.enums[id]),
            Kind::Unit(id) if program.units[id].seconds.is_none() => {
                push_docs(&mut text, "///", &program.units[id].docs);
                text.push_str(&format!("unit {};\n\n", program.units[id].name));
            }
            _ => {}
        }
    }
    for &relation in relations {
        let relation = &program.relations[relation];
        let kind = |kind: Kind| if kind.is_entity() { "Text" } else { program.kind_name(kind) };
        let columns = columns(relation, &|column| column.name.clone(), &kind);
        push_docs(&mut text, "///", &relation.docs);
        text.push_str(&format!("input {}({columns});\n\n", plain_name(&relation.name)));
    }
    text
}

/// The same for Soufflé: `.decl Pool_version(x: symbol, value: symbol)`, `.input Pool_version`.
pub fn souffle_declarations(program: &Program, relations: &[RelationId]) -> String {
    let mut text = String::new();
    for &relation in relations {
        let relation = &program.relations[relation];
        let kind = |kind: Kind| if kind.is_number() { "number" } else { "symbol" };
        let columns = columns(relation, &|column| plain_name(&column.name), &kind);
        let name = plain_name(&relation.name);
        push_docs(&mut text, "//", &relation.docs);
        text.push_str(&format!(".decl {name}({columns})\n.input {name}\n\n"));
    }
    text
}

fn kinds(program: &Program, relations: &[RelationId]) -> BTreeSet<Kind> {
    let columns = relations.iter().flat_map(|&relation| &program.relations[relation].columns);
    columns.map(|column| column.kind).collect()
}

fn columns<'p>(
    relation: &Relation,
    name: &dyn Fn(&Column) -> String,
    kind: &dyn Fn(Kind) -> &'p str,
) -> String {
    let columns = relation.columns.iter();
    let columns: Vec<String> =
        columns.map(|column| format!("{}: {}", name(column), kind(column.kind))).collect();
    columns.join(", ")
}

fn push_docs(text: &mut String, mark: &str, docs: &str) {
    for line in docs.lines() {
        text.push_str(format!("{mark} {line}").trim_end());
        text.push('\n');
    }
}

fn push_enum(text: &mut String, declared: &EnumDecl) {
    push_docs(text, "///", &declared.docs);
    let values: Vec<String> = declared.values.iter().map(|value| quoted(value)).collect();
    text.push_str(&format!("enum {} {{ {} }}\n\n", declared.name, values.join(", ")));
}
