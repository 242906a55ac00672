//! A file of a topology → its text, its outline, and which entity stands where.

use super::outline::Outline;
use super::owner::{Owner, owners};
use crate::datalog::program::Program;
use crate::source::{FileId, Sources};
use crate::topology::Entity;
use std::collections::BTreeMap;

/// A file.
pub struct Page<'s> {
    pub text: &'s str,
    pub outline: Outline,
    /// In the order of the text.
    pub owners: Vec<Owner>,
    /// Which owner has its name where; byte offsets.
    named: BTreeMap<usize, usize>,
    /// Which owner is a table that stands once.
    single: BTreeMap<String, usize>,
}

/// The files of a topology.
pub type Pages<'s> = BTreeMap<FileId, Page<'s>>;

impl<'s> Page<'s> {
    fn of(program: &Program, text: &'s str) -> Self {
        let outline = Outline::of(text);
        let owners = owners(&outline);
        let (mut named, mut single) = (BTreeMap::new(), BTreeMap::new());
        for (at, owner) in owners.iter().enumerate() {
            let declared = program.entities.iter().find(|declared| declared.table == owner.table);
            let Some(declared) = declared else { continue };
            let name = declared.by.as_ref().and_then(|by| owner.value(&outline, by));
            if let Some(name) = name {
                named.insert(name.range.start, at);
            } else if declared.by.is_none() {
                single.insert(owner.table.clone(), at);
            }
        }
        Page { text, outline, owners, named, single }
    }

    /// The owner that an entity is.
    fn owner(&self, program: &Program, entity: &Entity) -> Option<usize> {
        let named = self.named.get(&(entity.place.start as usize));
        let single = || self.single.get(&program.entities[entity.kind].table);
        entity.name.map_or_else(single, |_| named).copied()
    }
}

/// Reads files that are TOML.
pub fn pages<'s>(program: &Program, sources: &'s Sources, files: &[FileId]) -> Pages<'s> {
    let page = |file: &FileId| (*file, Page::of(program, &sources.file(*file).text));
    files.iter().map(page).collect()
}

/// Where an entity stands: its file, and which owner in it.
pub fn find(program: &Program, pages: &Pages<'_>, entity: &Entity) -> Option<(FileId, usize)> {
    let file = entity.place.file;
    Some((file, pages.get(&file)?.owner(program, entity)?))
}
