//! Lync's exports → TOML.
//!
//! **bytes → text → XML → deployment → entities → TOML**: one file per arrow, two for the middle one, since
//! `Get-CsTopology -AsXml` and Topology Builder write the same things differently.

mod anonymise;
mod archive;
mod as_xml;
mod cmdlets;
mod decode;
mod deployment;
mod derive;
mod entities;
mod graph;
mod interval;
mod json;
mod notes;
mod offsets;
mod placed;
mod quote;
mod sites;
mod tbxml;
mod told;
mod write;
mod xml;

pub use told::{Telling, rank, telling};

use crate::report::places::Lines;
use deployment::{Deployment, Kind, MAX_NAME};
use offsets::Offsets;
use placed::{Notes, Offset};
use roxmltree::Node;
use serde_json::{Map, Value};

/// What an export becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The topology as TOML, ending with a newline.
    pub toml: String,
    /// What could not be told, for people.
    pub notes: Vec<Note>,
    /// Where the values of the TOML stand in the export.
    pub origins: Origins,
    /// Of an archive the document that was read.
    pub document: Option<&'static str>,
}

/// What there is to say of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// On one line.
    pub message: String,
    /// Line and column (in characters) in the export, both 1-based; None: of the whole export.
    pub place: Option<(u32, u32)>,
}

/// Where values of the TOML stand in the export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<(usize, (u32, u32))>);

impl Origins {
    /// Line and column (in characters) in the export, both 1-based, of what stands at a byte of the TOML.
    #[must_use]
    pub fn place(&self, offset: usize) -> Option<(u32, u32)> {
        let behind = self.0.partition_point(|(start, _)| *start <= offset);
        behind.checked_sub(1).and_then(|at| self.0.get(at)).map(|(_, place)| *place)
    }
}

/// Why an export could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// What is wrong, on one line.
    pub message: String,
    /// Of an archive the document that it is about.
    pub document: Option<&'static str>,
    /// Line and column (in characters), both 1-based, where known.
    pub place: Option<(u32, u32)>,
    /// What to do about it, on one line.
    pub help: Option<String>,
}

/// What an export is called in reports: of an archive the document in it, `config.zip(DocItemSet.xml)`.
#[must_use]
pub fn named(path: &str, document: Option<&str>) -> String {
    document.map_or_else(|| path.to_owned(), |document| format!("{path}({document})"))
}

/// Whether a file is an export, and no TOML: what begins with `<` or `{` can't be TOML, nor can an archive.
pub fn is_export(bytes: &[u8]) -> bool {
    if archive::is_zip(bytes) {
        return true;
    }
    let is_mark_or_blank = |byte: &u8| {
        matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF | b'\t' | b'\n' | b'\r' | b' ')
    };
    matches!(bytes.iter().find(|byte| !is_mark_or_blank(byte)), Some(b'<' | b'{'))
}

/// An export under pseudonyms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anonymised {
    /// The export in its own form, as UTF-8.
    pub export: String,
    /// What that export becomes.
    pub imported: Imported,
}

/// Reads a `Get-CsTopology -AsXml` document, a Topology Builder file (.tbxml), the zip of `Export-CsConfiguration`,
/// or JSON of cmdlets; tells them apart by content.
///
/// The order of sites, clusters, services and attributes in the export does not show in the result, so that
/// two exports of one deployment can be compared.
///
/// # Errors
/// What is no export, is damaged or made to do harm, or has nothing that could be checked.
pub fn import(bytes: &[u8]) -> Result<Imported, ImportError> {
    if archive::is_zip(bytes) {
        let document = Some(archive::DOCUMENT);
        let imported = import(&archive::document(bytes)?);
        return match imported {
            Ok(imported) => Ok(Imported { document, ..imported }),
            Err(error) => Err(ImportError { document, ..error }),
        };
    }
    let text = decode::decode(bytes)?;
    let mut notes = Notes::default();
    if json::is_json(&text) {
        let deployment = read_json(&json::parse(&text)?, &text, &mut notes)?;
        return imported(&deployment, notes, &text, 0);
    }
    let document = xml::parse(&text)?;
    let (_, deployment) = read(xml::find_topology(&document, &text)?);
    let blank = text.len() - document.input_text().len();
    imported(&deployment, notes, &text, blank)
}

/// Reads an export as `import` does and replaces every name in it by a pseudonym, the same one wherever it occurs.
///
/// # Errors
/// Those of `import`.
pub fn anonymise(bytes: &[u8]) -> Result<Anonymised, ImportError> {
    // What is refused is refused in the words, and with the places, of the export.
    import(bytes)?;
    if archive::is_zip(bytes) {
        return anonymise(&archive::document(bytes)?);
    }
    let text = decode::decode(bytes)?;
    let export = if json::is_json(&text) {
        let export = json::parse(&text)?;
        let deployment = read_json(&export, &text, &mut Notes::default())?;
        anonymise::anonymise_json(&export, &deployment)
    } else {
        let document = xml::parse(&text)?;
        let (topology, deployment) = read(xml::find_topology(&document, &text)?);
        anonymise::anonymise(topology, &deployment)
    };
    let imported = import(export.as_bytes())?;
    Ok(Anonymised { export, imported })
}

/// What a deployment becomes; its offsets are counted from the byte `start` of `text`.
fn imported(
    deployment: &Deployment,
    mut notes: Notes,
    text: &str,
    start: usize,
) -> Result<Imported, ImportError> {
    let lines = Lines::of(text);
    let place = |at: Offset| {
        let (line, column) = lines.line_column(text, start + at.0);
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    };
    if let Some(at) = deployment.long_name() {
        return Err(ImportError {
            message: format!("a name is longer than {MAX_NAME} bytes"),
            document: None,
            place: Some(place(at)),
            help: Some("the export was changed or damaged: export it again".to_owned()),
        });
    }
    let entities = derive::derive(deployment, &mut notes);
    if entities.is_empty() {
        return Err(empty(deployment.kind, place(deployment.at)));
    }
    let (toml, origins) = write::write(&entities);
    let origins = origins.into_iter().map(|(start, at)| (start, place(at)));
    let notes = notes.0.into_iter().map(|(message, at)| Note { message, place: at.map(place) });
    Ok(Imported {
        toml,
        notes: notes.collect(),
        origins: Origins(origins.collect()),
        document: None,
    })
}

/// Nothing to check is no pass.
fn empty(kind: Kind, place: (u32, u32)) -> ImportError {
    let how = match kind {
        Kind::AsXml => "`(Get-CsTopology -AsXml).ToString() > Topology.xml` exports it",
        Kind::TopologyBuilder => {
            "Topology Builder saves it after `Download Topology from existing deployment`"
        }
        Kind::Cmdlets => "the script in docs/export.md exports it",
    };
    ImportError {
        message: "the export is empty: it has no site, no pool, no SBA and no Edge pool".to_owned(),
        document: None,
        place: Some(place),
        help: Some(format!("expected the topology of a deployment that is published: {how}")),
    }
}

/// The deployment that an object tells of, which was parsed from `text`.
fn read_json(
    export: &Map<String, Value>,
    text: &str,
    notes: &mut Notes,
) -> Result<Deployment, ImportError> {
    let offsets = Offsets::new(text)?;
    cmdlets::read(export, &offsets, notes).map_err(|wrong| wrong.in_text(&offsets, text))
}

fn read<'a, 'input>(topology: xml::Topology<'a, 'input>) -> (Node<'a, 'input>, Deployment) {
    match topology {
        xml::Topology::AsXml(topology) => (topology, as_xml::read(topology)),
        xml::Topology::TopologyBuilder(topology) => (topology, tbxml::read(topology)),
    }
}
