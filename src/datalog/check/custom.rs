//! What custom rule files may not do: change what the files before them mean.

use crate::datalog::ast::{File, Item, Word};
use crate::source::{FileId, Problem, Span};
use std::collections::BTreeMap;

/// Reports what would change the vocabulary or a relation that a file before `first` declares.
pub fn refuse_changes(files: &[File], first: FileId, problems: &mut Vec<Problem>) {
    let (custom, before): (Vec<&File>, Vec<&File>) =
        files.iter().partition(|file| file.file >= first);
    let mut declared: BTreeMap<&str, Span> =
        before.iter().flat_map(|file| &file.items).filter_map(declared_relation).collect();
    // A name that is declared once more is one mistake, which is reported where it is declared.
    for (name, _) in custom.iter().flat_map(|file| &file.items).filter_map(declared_relation) {
        declared.remove(name);
    }
    for item in custom.iter().flat_map(|file| &file.items) {
        problems.extend(refusal(item, &declared));
    }
}

fn declared_relation(item: &Item) -> Option<(&str, Span)> {
    let name = match item {
        Item::Relation(relation) => &relation.name,
        Item::Violation(violation) => &violation.name,
        _ => return None,
    };
    Some((&name.node, name.span))
}

fn refusal(item: &Item, declared: &BTreeMap<&str, Span>) -> Option<Problem> {
    match item {
        Item::Schema(number) => Some(
            Problem::error("custom-vocabulary", "the topology's schema is lynt's own")
                .at(number.span, "")
                .help("leave the line out"),
        ),
        Item::Entity(entity) => Some(vocabulary(&entity.name, "table")),
        Item::Input(input) => Some(vocabulary(&input.name, "key")),
        Item::Violation(outcome) if outcome.is_outcome => Some(
            Problem::error("custom-vocabulary", "outcomes belong to lynt's own simulation")
                .at(outcome.name.span, "")
                .help("declare a `violation`"),
        ),
        Item::Clause(clause) => {
            let name = &clause.head.name;
            let place = *declared.get(name.node.as_str())?;
            let message = format!("`{}` is lynt's own: other rules rely on it", name.node);
            let problem = Problem::error("derives-shipped", message)
                .at(name.span, "a custom rule can't add to it")
                .at(place, "declared here")
                .help("derive a relation of your own, which may read this one");
            Some(problem)
        }
        _ => None,
    }
}

fn vocabulary(name: &Word, what: &str) -> Problem {
    let message = format!("custom rules can't add the {what} of `{}` to topologies", name.node);
    Problem::error("custom-vocabulary", message)
        .at(name.span, "")
        .help("put what you need into `tags = { key = \"value\" }` of any entity and read `Tag(e, \"key\", value)`")
}
