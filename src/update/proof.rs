//! The new texts, read again: they say what the export says, and nothing else was changed.

use super::{Request, Sides, Update};
use crate::compare::values::{identity, path, values};
use crate::compare::{Change, Changed, Locator, entities, fill};
use crate::datalog::program::{Kind, Program};
use crate::discover::TopologyFiles;
use crate::source::{FileId, Problem, Sources, Span};
use crate::topology::{self, Datum, Topology, canonical_name};
use std::collections::{BTreeMap, BTreeSet};

/// What still names an entity that went: a sentence, and its place.
///
/// # Errors
/// The new texts are no topology, say something else than the export, or would be changed once more.
pub fn prove(
    request: &Request<'_>,
    old: &Topology,
    wanted: &Topology,
    update: &Update,
) -> Result<Vec<(String, String)>, Vec<Problem>> {
    let program = request.program;
    let (sources, files) = texts(request, update);
    let new = topology::parse(program, &sources, &files)?;
    let locator = Locator::new(&sources, BTreeMap::new());
    let mut wrong = entities(program, wanted, &new, &locator);
    if !update.prunes {
        // What the export does not have stays, and stays as it was.
        let same = entities(program, old, &new, &locator);
        let is_kept = |entity: &Changed| {
            entity.change == Change::Added && !same.iter().any(|changed| is_same(changed, entity))
        };
        wrong.retain(|entity| !is_kept(entity));
    }
    if let Some(entity) = wrong.first() {
        let keys: Vec<&str> = entity.keys.iter().map(|key| key.key.as_str()).collect();
        return Err(vec![unproven(&format!(
            "{} {} would not be what the export says: {}",
            entity.kind,
            entity.name,
            keys.join(", ")
        ))]);
    }
    let (path, is_folder) = (request.topology.path.clone(), request.is_folder);
    let topology = TopologyFiles { path, files };
    let again = Request { sources: &sources, topology: &topology, is_folder, ..*request };
    let export = topology::parse(program, &sources, &[request.export])?;
    let (wanted, _) = fill(program, &export, &new);
    let again = Sides { request: &again, old: &new, wanted: &wanted }.draft()?;
    if !again.edits.is_empty() || !again.update.created.is_empty() {
        return Err(vec![unproven("a second update would change the files once more")]);
    }
    Ok(dangling(program, old, &new, &sources))
}

fn is_same(one: &Changed, other: &Changed) -> bool {
    (&one.table, &one.name) == (&other.table, &other.name)
}

/// All texts as they would be, and the files of the topology among them.
fn texts(request: &Request<'_>, update: &Update) -> (Sources, Vec<FileId>) {
    let mut sources = request.sources.clone();
    for (&file, text) in &update.edited {
        sources.files[file as usize].text.clone_from(text);
    }
    let created = update.created.iter().map(|(path, text)| sources.add(path, text));
    let created: Vec<FileId> = created.collect();
    let files = request.topology.files.iter().copied().chain(created).collect();
    (sources, files)
}

fn unproven(why: &str) -> Problem {
    Problem::error("unproven", format!("nothing was written: {why}")).help(
        "this is a mistake of lynt's: change these keys by hand, and report it with the files, \
         the export under `lynt import --anonymise --keep-form`",
    )
}

/// The names in the new texts that meant something in the old ones, and no longer do.
fn dangling(
    program: &Program,
    old: &Topology,
    new: &Topology,
    sources: &Sources,
) -> Vec<(String, String)> {
    let names = |topology: &Topology| -> BTreeSet<(Option<usize>, String)> {
        let names = topology.entities.iter().map(|entity| {
            let (kind, name) = identity(program, topology, entity);
            (Some(kind).filter(|kind| !program.entities[*kind].is_fqdn()), name)
        });
        names.collect()
    };
    let (before, after) = (names(old), names(new));
    let mut found = Vec::new();
    for entity in &new.entities {
        let declared = &program.entities[entity.kind];
        for value in values(new, entity) {
            let Datum::Name(name) = value.datum else { continue };
            let name = new.texts.get(name);
            let kind = program.relations[value.relation].columns.last().map(|column| column.kind);
            let wanted = match kind {
                Some(Kind::Of(kind)) if !program.entities[kind].is_fqdn() => Some(kind),
                _ => None,
            };
            let canonical = canonical_name(wanted.is_none(), name).into_owned();
            let meant = (wanted, canonical);
            if before.contains(&meant) && !after.contains(&meant) {
                let (key, noun) = (path(declared, new, value), &declared.noun);
                let owner = entity.name.map_or("", |name| new.texts.get(name));
                let what = format!("{noun} {owner}");
                let what = what.trim_end();
                found.push((value.span, format!("`{key}` of {what} still names {name}")));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(span, what): (Span, String)| (what, sources.place(span))).collect()
}
