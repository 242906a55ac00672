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
mod quote;
mod sites;
mod tbxml;
mod told;
mod write;
mod xml;

pub use told::{Telling, rank, telling};

use deployment::Deployment;
use roxmltree::Node;

/// What an export becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The topology as TOML, ending with a newline.
    pub toml: String,
    /// What could not be told, one line each, for people.
    pub notes: Vec<String>,
}

/// Why an export could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// What is wrong, on one line.
    pub message: String,
    /// Line and column (in characters), both 1-based, where known.
    pub place: Option<(u32, u32)>,
    /// What to do about it, on one line.
    pub help: Option<String>,
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
pub fn import(bytes: &[u8]) -> Result<Imported, ImportError> {
    if archive::is_zip(bytes) {
        return import(&archive::document(bytes)?).map_err(in_archive);
    }
    let text = decode::decode(bytes)?;
    if json::is_json(&text) {
        let mut notes = Vec::new();
        let deployment = cmdlets::read(&json::parse(&text)?, &mut notes)?;
        let (entities, more) = derive::derive(deployment);
        notes.extend(more);
        return Ok(Imported { toml: write::write(&entities), notes });
    }
    let document = xml::parse(&text)?;
    let (_, deployment) = read(xml::find_topology(&document, &text)?);
    let (entities, notes) = derive::derive(deployment);
    Ok(Imported { toml: write::write(&entities), notes })
}

/// Reads an export as `import` does and replaces every name in it by a pseudonym, the same one wherever it occurs.
pub fn anonymise(bytes: &[u8]) -> Result<Anonymised, ImportError> {
    if archive::is_zip(bytes) {
        return anonymise(&archive::document(bytes)?).map_err(in_archive);
    }
    let text = decode::decode(bytes)?;
    if json::is_json(&text) {
        let export = json::parse(&text)?;
        let export = anonymise::anonymise_json(&export, &cmdlets::read(&export, &mut Vec::new())?);
        let imported = import(export.as_bytes())?;
        return Ok(Anonymised { export, imported });
    }
    let document = xml::parse(&text)?;
    let (topology, deployment) = read(xml::find_topology(&document, &text)?);
    let export = anonymise::anonymise(topology, &deployment);
    let imported = import(export.as_bytes())?;
    Ok(Anonymised { export, imported })
}

/// A place in a document in an archive, told as such.
fn in_archive(error: ImportError) -> ImportError {
    let message = format!("in `DocItemSet.xml`: {}", error.message);
    ImportError { message, ..error }
}

fn read<'a, 'input>(topology: xml::Topology<'a, 'input>) -> (Node<'a, 'input>, Deployment) {
    match topology {
        xml::Topology::AsXml(topology) => (topology, as_xml::read(topology)),
        xml::Topology::TopologyBuilder(topology) => (topology, tbxml::read(topology)),
    }
}
