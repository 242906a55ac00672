//! Two topologies → what differs: entities and keys, findings, what single failures leave to users.
//!
//! Entities are the same by kind and canonical name, values by what they mean to rules. Files, order, comments
//! and ways of writing make no difference.

mod entities;
mod failures;
mod fill;
mod findings;
mod human;
mod markdown;
pub mod values;

pub use entities::entities;
pub use failures::{Failures, Row, failures};
pub use fill::fill;
pub use findings::{Findings, Found, check, findings};
pub use human::write as write_human;
pub use markdown::write as write_markdown;

use crate::import::{Imported, Origins, named};
use crate::report::places::Places;
use crate::source::{FileId, Sources, Span};
use serde::Serialize;
use std::collections::BTreeMap;

/// The form of the data.
pub const SCHEMA: &str = "lynt-diff/1";

/// What differs between two topologies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Whether nothing differs.
    pub alike: bool,
    /// What was.
    pub old: Side,
    /// What is.
    pub new: Side,
    /// Tables and keys (`pool.capacity`) that were taken from the other side, since an export does not tell
    /// them. Sorted.
    pub left_out: Vec<String>,
    /// By kind in the order of the vocabulary, then by name.
    pub entities: Vec<Changed>,
    /// What the rules find; None: not asked for.
    pub findings: Option<Findings>,
    /// What single failures leave to users; None: not asked for.
    pub failures: Option<Failures>,
}

/// One of two topologies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Side {
    /// As the user calls it.
    pub name: String,
    /// Whether it is an export.
    pub export: bool,
    /// The commit's id, where git was asked.
    pub commit: Option<String>,
}

/// What became of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only NEW has it.
    Added,
    /// Only OLD has it.
    Removed,
    /// Some of its keys differ.
    Changed,
}

/// An entity that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// What became of it.
    pub change: Change,
    /// Its table: `edge-pool`.
    pub table: String,
    /// What one of its kind is called: `Edge pool`.
    pub kind: String,
    /// Its name as NEW writes it, else as OLD does; empty for a table that stands once.
    pub name: String,
    /// Where its name stands in OLD.
    pub old: Option<Place>,
    /// Where its name stands in NEW.
    pub new: Option<Place>,
    /// The keys that differ, by path.
    pub keys: Vec<ChangedKey>,
}

/// A key that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedKey {
    /// Its path: `back-end.witness`.
    pub key: String,
    /// The values that only OLD has; of an array the elements.
    pub old: Vec<Valued>,
    /// The values that only NEW has.
    pub new: Vec<Valued>,
}

/// A value of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Valued {
    /// What it is; a number in the unit of its key.
    pub value: Scalar,
    /// As people read it: `12,000`, `300 seconds`.
    #[serde(skip)]
    pub shown: String,
    /// Whether it holds because the key is absent.
    pub default: bool,
    /// Where it stands, or the name of the entity that does not have the key.
    pub place: Option<Place>,
}

/// A value as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A number.
    Number(i64),
    /// A truth.
    Bool(bool),
    /// A text, a name or a word of an enum.
    Text(String),
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file; of a commit behind its revision: `main:topology/pools.toml`; of an archive with the document
    /// in it: `config.zip(DocItemSet.xml)`.
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl Difference {
    /// Says whether anything differs.
    #[must_use]
    pub fn judged(mut self) -> Self {
        let findings = self.findings.as_ref();
        let same_findings =
            findings.is_none_or(|found| found.new.is_empty() && found.gone.is_empty());
        let same_failures = self.failures.as_ref().is_none_or(|failures| failures.rows.is_empty());
        self.alike = self.entities.is_empty() && same_findings && same_failures;
        self
    }

    /// How many entities became so.
    fn count(&self, change: Change) -> usize {
        self.entities.iter().filter(|entity| entity.change == change).count()
    }

    /// `1 added, 0 removed, 2 changed`
    fn counted(&self) -> String {
        let [added, removed, changed] =
            [Change::Added, Change::Removed, Change::Changed].map(|change| self.count(change));
        format!("{added} added, {removed} removed, {changed} changed")
    }
}

impl Changed {
    /// `Edge pool edge.contoso.com`; the kind alone for a table that stands once.
    fn head(&self) -> String {
        format!("{} {}", self.kind, self.name).trim_end().to_owned()
    }
}

/// `topology/pools.toml:13:20`
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { path, line, column } = self;
        write!(f, "{path}:{line}:{column}")
    }
}

/// Where the values of an export stand.
#[derive(Clone, Debug)]
pub struct Export {
    name: String,
    origins: Origins,
}

impl Export {
    /// Of the export that reports call `path`.
    #[must_use]
    pub fn new(path: &str, imported: &Imported) -> Self {
        Self { name: named(path, imported.document), origins: imported.origins.clone() }
    }
}

/// Finds places. The TOML that an export becomes is in no file, so its places are those in the export.
pub struct Locator<'a> {
    places: Places<'a>,
    exports: BTreeMap<FileId, &'a Export>,
}

impl<'a> Locator<'a> {
    /// Finds places in `sources`, of which `exports` are what exports became.
    pub fn new(sources: &'a Sources, exports: BTreeMap<FileId, &'a Export>) -> Self {
        Self { places: Places::new(sources), exports }
    }

    fn place(&self, span: Span) -> Option<Place> {
        if let Some(export) = self.exports.get(&span.file) {
            let (line, column) = export.origins.place(span.start as usize)?;
            let (line, column) = (line as usize, column as usize);
            return Some(Place { path: export.name.clone(), line, column });
        }
        let (path, line, column) = self.places.place(span)?;
        Some(Place { path: path.to_owned(), line, column })
    }
}
