//! Lync's XML → TOML.
//!
//! **bytes → text → XML → deployment → entities → TOML**: one file per arrow, two for the middle one, since
//! `Get-CsTopology -AsXml` and Topology Builder write the same things differently.

mod as_xml;
mod decode;
mod deployment;
mod derive;
mod entities;
mod graph;
mod interval;
mod notes;
mod quote;
mod sites;
mod tbxml;
mod told;
mod write;
mod xml;

pub use told::{Telling, telling};

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

/// Whether a file is an export, and no TOML: what begins with `<` can't be TOML.
pub fn is_export(bytes: &[u8]) -> bool {
    let is_mark_or_blank = |byte: &u8| {
        matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF | b'\t' | b'\n' | b'\r' | b' ')
    };
    bytes.iter().find(|byte| !is_mark_or_blank(byte)) == Some(&b'<')
}

/// Reads a `Get-CsTopology -AsXml` document or a Topology Builder file (.tbxml); tells them apart by content.
///
/// The order of sites, clusters, services and attributes in the export does not show in the result, so that
/// two exports of one deployment can be compared.
pub fn import(bytes: &[u8]) -> Result<Imported, ImportError> {
    let text = decode::decode(bytes)?;
    let document = xml::parse(&text)?;
    let deployment = match xml::find_topology(&document, &text)? {
        xml::Topology::AsXml(topology) => as_xml::read(topology),
        xml::Topology::TopologyBuilder(topology) => tbxml::read(topology),
    };
    let (entities, notes) = derive::derive(deployment);
    Ok(Imported { toml: write::write(&entities), notes })
}
