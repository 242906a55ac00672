//! A topology and an export → the topology's text with what the export tells, and nothing else changed.
//!
//! **export, topology → what differs → drafts of files → edits → texts that were compared with the export again.**
//! Nothing is read or written here.

mod draft;
mod keys;
mod lines;
mod outline;
mod owner;
mod page;
mod proof;
mod tables;
mod values;

use crate::compare::fill;
use crate::compare::values::{Identity, Item, Items, items};
use crate::datalog::program::Program;
use crate::discover::TopologyFiles;
use crate::fix::{Edit, apply};
use crate::source::{FileId, Problem, Sources, Span};
use crate::topology::{self, Topology, namespace};
use draft::Draft;
use page::{Page, Pages, find, pages};
use std::collections::{BTreeMap, BTreeSet};
use tables::{Coming, Files};

/// What is asked for.
pub struct Request<'r> {
    /// The vocabulary.
    pub program: &'r Program,
    /// The texts of the topology and of the export.
    pub sources: &'r Sources,
    /// The topology.
    pub topology: &'r TopologyFiles,
    /// Whether it is a folder, which gets new files.
    pub is_folder: bool,
    /// What the export became by an import.
    pub export: FileId,
    /// Whether entities go that the export does not have.
    pub prune: bool,
    /// Whether something is at a path.
    pub is_taken: &'r dyn Fn(&str) -> bool,
}

/// What becomes of a topology.
#[derive(Debug, Default)]
pub struct Update {
    /// The new texts of files that change.
    pub edited: BTreeMap<FileId, String>,
    /// New files: path and text.
    pub created: Vec<(String, String)>,
    /// How many entities come.
    pub added: usize,
    /// How many entities get, lose or change keys.
    pub changed: usize,
    /// The entities that the export does not have.
    pub missing: Vec<Missing>,
    /// Whether these go.
    pub prunes: bool,
    /// What still names an entity that goes: a sentence, and the place in the new text as reports print it.
    pub dangling: Vec<(String, String)>,
}

/// An entity that the export does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// `pool fe-lon.contoso.com`
    pub what: String,
    /// Where its name stands.
    pub place: Span,
}

impl Update {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.edited.is_empty() && self.created.is_empty()
    }
}

/// Plans an update.
///
/// # Errors
/// All that is wrong with the topology's text, an entity that is of another kind in the export, a new file whose path is
/// taken, and whatever keeps the new texts from saying what the export says.
pub fn update(request: &Request<'_>) -> Result<Update, Vec<Problem>> {
    let Request { program, sources, topology, export, .. } = *request;
    let old = topology::parse(program, sources, &topology.files)?;
    let export_says = topology::parse(program, sources, &[export])?;
    let (wanted, _) = fill(program, &export_says, &old);
    let drafted = Sides { request, old: &old, wanted: &wanted }.draft()?;
    let edited = apply(&drafted.edits, sources);
    let mut update = Update { edited, ..drafted.update };
    if !update.is_empty() {
        update.dangling = proof::prove(request, &old, &wanted, &update)?;
    }
    Ok(update)
}

/// The two topologies.
struct Sides<'s> {
    request: &'s Request<'s>,
    old: &'s Topology,
    /// What the export says, with what it can't tell as the topology has it.
    wanted: &'s Topology,
}

/// What is planned, not yet applied.
struct Drafted {
    edits: Vec<Edit>,
    update: Update,
}

impl<'s> Sides<'s> {
    fn draft(&self) -> Result<Drafted, Vec<Problem>> {
        let Request { program, sources, topology, export, prune, .. } = *self.request;
        let (olds, news) = (items(program, self.old), items(program, self.wanted));
        let missing: Vec<&Identity> =
            olds.keys().filter(|identity| !news.contains_key(*identity)).collect();
        self.no_kind_changes(&missing, &olds, &news)?;
        let (own, exported) =
            (pages(program, sources, &topology.files), pages(program, sources, &[export]));
        let mut drafts: BTreeMap<FileId, Draft<'_>> =
            own.iter().map(|(file, page)| (*file, Draft::new(page.text, &page.outline))).collect();
        let mut update = Update { prunes: prune, ..Update::default() };
        // Which entities of the export come, by kind.
        let mut coming: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (identity, new) in &news {
            let Some(old) = olds.get(identity) else {
                let place = find(program, &exported, new.entity);
                let (_, at) = place.ok_or_else(|| no_place(new.entity.place))?;
                coming.entry(identity.0).or_default().push(at);
                continue;
            };
            let pair = keys::Pair { sides: self, old, new, own: &own, exported: &exported };
            update.changed += usize::from(pair.draft(&mut drafts)?);
        }
        drafts.values_mut().for_each(Draft::settle);
        let mut gone = BTreeSet::new();
        for identity in missing {
            let entity = olds[identity].entity;
            update.missing.push(self.missing(identity, entity.place));
            if prune {
                let at = find(program, &own, entity).ok_or_else(|| no_place(entity.place))?;
                gone.insert(at);
            }
        }
        let page = &exported[&export];
        let coming: Vec<(usize, Coming<'_>)> = coming
            .into_iter()
            .map(|(kind, owners)| {
                let owners = owners.into_iter().map(|at| &page.owners[at]).collect();
                (kind, Coming { page, owners, table: &program.entities[kind].table })
            })
            .collect();
        let mut files = Files { pages: &own, drafts: &mut drafts, gone: &gone };
        self.move_tables(&mut files, &coming, &mut update)?;
        let edits = drafts.into_iter().flat_map(|(file, draft)| draft.edits(file)).collect();
        Ok(Drafted { edits, update })
    }

    /// Entities go and come.
    fn move_tables(
        &self,
        files: &mut Files<'_, '_>,
        coming: &[(usize, Coming<'_>)],
        update: &mut Update,
    ) -> Result<(), Vec<Problem>> {
        files.gone.iter().for_each(|at| files.remove(*at));
        files.remove_elements();
        for (kind, coming) in coming {
            update.added += coming.owners.len();
            if files.add(coming).is_some() {
                continue;
            }
            match self.request.topology.files.last() {
                Some(&only) if !self.request.is_folder => files.add_at_end(only, coming),
                _ => update.created.push(self.created(*kind, coming)?),
            }
        }
        Ok(())
    }

    fn missing(&self, identity: &Identity, place: Span) -> Missing {
        let noun = &self.request.program.entities[identity.0].noun;
        let name = self.request.sources.text(place).trim_matches(['"', '\'']);
        Missing { what: format!("{noun} {name}"), place }
    }

    /// A new entity can't have the name of one of another kind that stays.
    fn no_kind_changes(
        &self,
        missing: &[&Identity],
        olds: &Items<'_>,
        news: &Items<'_>,
    ) -> Result<(), Vec<Problem>> {
        let program = self.request.program;
        let key = |identity: &Identity| (namespace(program, identity.0), identity.1.clone());
        let come = news.keys().filter(|identity| !olds.contains_key(*identity));
        let come: BTreeMap<(usize, String), usize> =
            come.map(|identity| (key(identity), identity.0)).collect();
        let wrong = missing.iter().filter(|_| !self.request.prune).filter_map(|identity| {
            let new = &program.entities[*come.get(&key(identity))?];
            let (old, name) = (&program.entities[identity.0], &identity.1);
            let message = format!(
                "`{name}` is a `[[{}]]` in the export and a `[[{}]]` here",
                new.table, old.table
            );
            Some(Problem::error("other-kind", message).at(olds[*identity].entity.place, "").help(
                "`--prune` takes the old table away, with all its keys, and adds the new one",
            ))
        });
        let wrong: Vec<Problem> = wrong.collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// A new file for entities of one kind.
    fn created(&self, kind: usize, coming: &Coming<'_>) -> Result<(String, String), Vec<Problem>> {
        let Request { program, sources, topology, is_taken, .. } = *self.request;
        let declared = &program.entities[kind];
        let plural = if declared.by.is_some() { "s" } else { "" };
        let name = format!("{}{plural}", declared.table);
        let folder = match topology.path.trim_end_matches('/') {
            "." => String::new(),
            folder => format!("{folder}/"),
        };
        let is_own = |path: &str| {
            topology.files.iter().any(|file| sources.file(*file).path.eq_ignore_ascii_case(path))
        };
        let mut path = format!("{folder}{name}.toml");
        for number in 2.. {
            if !is_own(&path) {
                break;
            }
            path = format!("{folder}{name}-{number}.toml");
        }
        if is_taken(&path) {
            let message = format!("{path} is in the way: it is no part of the topology");
            let problem = Problem::error("unwritable", message);
            return Err(vec![problem.help(format!(
                "`[[{}]]` of the export would go to this file; move it, or let it count",
                declared.table
            ))]);
        }
        let is_windows =
            topology.files.iter().any(|file| sources.file(*file).text.contains("\r\n"));
        let end = if is_windows { "\r\n" } else { "\n" };
        let text = coming.fitted(end, "", "").join(&format!("{end}{end}")) + end;
        Ok((path, text))
    }
}

/// The reader accepts no such form; better said than skipped.
fn no_place(span: Span) -> Vec<Problem> {
    let message = "this table is written in a form in which it can't be updated";
    vec![
        Problem::error("no-place", message).at(span, "").help("write it under a header of its own"),
    ]
}
