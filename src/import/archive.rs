//! The zip of `Export-CsConfiguration` → the `DocItemSet.xml` in it.
//!
//! It is read in memory; nothing is ever extracted. An archive that looks made to do harm is refused as a whole.

use super::ImportError;
use super::quote;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use zip::{CompressionMethod, ZipArchive};

/// What is read of an archive.
pub const DOCUMENT: &str = "DocItemSet.xml";

/// Real archives have two.
const MAX_ENTRIES: usize = 100;

/// Bytes of the whole archive.
const MAX_PACKED: usize = 64 << 20;

/// Bytes of all entries together when unpacked.
const MAX_UNPACKED: u64 = 256 << 20;

/// Times by which an entry may be larger than what it is packed into. XML in UTF-16 is some 50 times larger.
const MAX_RATIO: u64 = 250;

/// Bytes up to which nobody asks for the ratio: a few bytes of nothing but blanks pack well.
const SMALL: u64 = 1 << 20;

const EXPECTED: &str = "expected what `Export-CsConfiguration -FileName config.zip` wrote; `(Get-CsTopology -AsXml).ToString() > Topology.xml` does as well";

/// Whether `bytes` begin as a zip archive does.
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The bytes of the `DocItemSet.xml` in the archive.
///
/// # Errors
/// No archive, no such entry, or anything in it that no export has.
pub fn document(bytes: &[u8]) -> Result<Vec<u8>, ImportError> {
    if bytes.len() > MAX_PACKED {
        return Err(refused(format!("the zip archive has more than {} MiB", MAX_PACKED >> 20)));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| refused(format!("the zip archive is damaged or cut off: {error}")))?;
    if archive.len() > MAX_ENTRIES {
        return Err(refused(format!("the zip archive has more than {MAX_ENTRIES} entries")));
    }
    let is_twisted = archive.has_overlapping_entries().unwrap_or(true);
    let is_doubled = archive.has_duplicate_names();
    let mut found = None;
    let mut names = BTreeSet::new();
    let mut unpacked: u64 = 0;
    for index in 0..archive.len() {
        let (name, size) = entry(&mut archive, index)?;
        if is_doubled || !names.insert(name.to_lowercase()) {
            let name = quote::name(&name);
            return Err(refused(format!(
                "the zip archive has two entries of one name, such as {name}"
            )));
        }
        unpacked = unpacked.saturating_add(size);
        if name.eq_ignore_ascii_case(DOCUMENT) {
            found = Some((index, size));
        }
    }
    if unpacked > MAX_UNPACKED {
        let limit = MAX_UNPACKED >> 20;
        return Err(refused(format!("the zip archive unpacks to more than {limit} MiB")));
    }
    if is_twisted {
        return Err(refused("entries of the zip archive lie on one another".to_owned()));
    }
    let Some((index, size)) = found else {
        return Err(refused(format!("the zip archive has no `{DOCUMENT}`")));
    };
    unpack(&mut archive, index, size)
}

/// The name of an entry and its size when unpacked, if it may be there.
fn entry(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
) -> Result<(String, u64), ImportError> {
    let entry = archive
        .by_index_raw(index)
        .map_err(|error| refused(format!("an entry of the zip archive is damaged: {error}")))?;
    let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
    let of_entry =
        |what: &str| Err(refused(format!("the zip archive's entry {} {what}", quote::name(&name))));
    let parts = || name.split(['/', '\\']);
    let has_drive = name.as_bytes().get(1) == Some(&b':');
    if name.starts_with(['/', '\\']) || has_drive {
        return of_entry("has an absolute path");
    }
    if parts().any(|part| part == "..") {
        return of_entry("has `..` in its path");
    }
    if entry.encrypted() {
        return of_entry("is encrypted");
    }
    if name.to_lowercase().ends_with(".zip") {
        return of_entry("is a zip archive itself");
    }
    if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::DEFLATE) {
        return of_entry("is packed in a way that no export has: neither stored nor deflated");
    }
    let (packed, size) = (entry.compressed_size(), entry.size());
    if size > SMALL && size / packed.max(1) > MAX_RATIO {
        return of_entry(&format!("unpacks to more than {MAX_RATIO} times its size"));
    }
    Ok((name, size))
}

fn unpack(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    size: u64,
) -> Result<Vec<u8>, ImportError> {
    let damaged =
        |error: String| refused(format!("`{DOCUMENT}` in the zip archive is damaged: {error}"));
    let entry = archive.by_index(index).map_err(|error| damaged(error.to_string()))?;
    let mut bytes = Vec::new();
    // What the directory says of the size need not be so.
    entry.take(size + 1).read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
    if u64::try_from(bytes.len()) != Ok(size) {
        return Err(damaged("it is not as large as the directory says".to_owned()));
    }
    if is_zip(&bytes) {
        return Err(refused(format!("`{DOCUMENT}` in the zip archive is a zip archive itself")));
    }
    Ok(bytes)
}

fn refused(message: String) -> ImportError {
    ImportError {
        message: crate::escape::escape(&message).into_owned(),
        document: None,
        place: None,
        help: Some(EXPECTED.to_owned()),
    }
}
