//! The zip of `Export-CsConfiguration`, and those that only look like it.

mod common;

use common::exports::{deflated, doc_item_set};
use lynt::import::{Imported, anonymise, import, named};

const LITWARE_XML: &[u8] = include_bytes!("../examples/litware/Topology.xml");

/// An entry as it is written, true or not.
#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    bytes: Vec<u8>,
    flags: u16,
    method: u16,
    /// Bytes when unpacked, as told.
    size: u32,
}

fn entry(name: &str, bytes: &[u8]) -> Entry {
    let size = u32::try_from(bytes.len()).expect("a small entry");
    Entry { name: name.as_bytes().to_vec(), bytes: bytes.to_vec(), flags: 0, method: 0, size }
}

/// The archive of these entries, by the format's description and no library.
fn archive(entries: &[Entry]) -> Vec<u8> {
    let (mut all, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = u32::try_from(all.len()).expect("a small archive");
        let packed = u32::try_from(entry.bytes.len()).expect("a small entry");
        let mut common = Vec::new();
        for field in [20, entry.flags, entry.method, 0, 0x21] {
            common.extend(u16::to_le_bytes(field));
        }
        for field in [crc32(&entry.bytes), packed, entry.size] {
            common.extend(u32::to_le_bytes(field));
        }
        common.extend(u16::try_from(entry.name.len()).expect("a short name").to_le_bytes());
        common.extend([0, 0]);
        all.extend(b"PK\x03\x04");
        all.extend(&common);
        all.extend(&entry.name);
        all.extend(&entry.bytes);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(&entry.name);
    }
    let count = u16::try_from(entries.len()).expect("a small archive").to_le_bytes();
    let start = u32::try_from(all.len()).expect("a small archive").to_le_bytes();
    let length = u32::try_from(directory.len()).expect("a small archive").to_le_bytes();
    all.extend(directory);
    all.extend(b"PK\x05\x06\0\0\0\0");
    [&count[..], &count, &length, &start, &[0, 0]].iter().for_each(|part| all.extend(*part));
    all
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

fn litware() -> String {
    let text = std::str::from_utf8(LITWARE_XML).expect("the fixture is UTF-8");
    text.split_once('\n').expect("a declaration stands first").1.to_owned()
}

#[test]
fn the_document_in_it_is_read() {
    let expected = import(LITWARE_XML).expect("the export is read");
    let document = doc_item_set(&litware());
    let other = entry("[Content_Types].xml", b"<Types/>");
    let utf16: Vec<u8> =
        format!("\u{feff}{document}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        document.clone().into_bytes(),
        archive(&[other.clone(), entry("DocItemSet.xml", document.as_bytes())]),
        archive(&[entry("docitemset.XML", &utf16), other]),
        deflated("DocItemSet.xml", &utf16),
    ] {
        let imported = import(&bytes).expect("the export is read");
        let messages = |imported: &Imported| -> Vec<String> {
            imported.notes.iter().map(|note| note.message.clone()).collect()
        };
        assert_eq!((&imported.toml, messages(&imported)), (&expected.toml, messages(&expected)));
        let document = (!bytes.starts_with(b"<")).then_some("DocItemSet.xml");
        assert_eq!(imported.document, document);
        let anonymised = anonymise(&bytes).expect("the export is read");
        assert_eq!(anonymised, anonymise(LITWARE_XML).expect("the export is read"));
    }
}

#[test]
fn what_could_do_harm_is_refused() {
    let document = entry("DocItemSet.xml", doc_item_set(&litware()).as_bytes());
    let with = |other: Entry| archive(&[document.clone(), other]);
    let alone = |change: &dyn Fn(&mut Entry)| {
        let mut changed = document.clone();
        change(&mut changed);
        archive(&[changed])
    };
    let many: Vec<Entry> = (0..101).map(|number| entry(&number.to_string(), b"")).collect();
    let mut overlapping = archive(&[document.clone(), entry("b", b"")]);
    let second = overlapping.len() - 22 - 1 - 4;
    overlapping[second..second + 4].copy_from_slice(&[0; 4]);
    let bomb = deflated("DocItemSet.xml", &vec![b' '; 8 << 20]);
    let big = |entry: &mut Entry| (entry.size, entry.bytes) = (300 << 20, vec![0; 3 << 20]);
    let zipped = archive(&[entry("a", b"")]);
    let cases: &[(&str, Vec<u8>, &str)] = &[
        ("two of one name", with(document.clone()), "the zip archive has two entries of one name"),
        (
            "two but for case",
            with(entry("DOCITEMSET.xml", b"")),
            "the zip archive has two entries of one name, such as `DOCITEMSET.xml`",
        ),
        (
            "absolute",
            with(entry("/etc/x", b"")),
            "the zip archive's entry `/etc/x` has an absolute path",
        ),
        ("a drive", with(entry("C:x", b"")), "the zip archive's entry `C:x` has an absolute path"),
        ("a share", with(entry("\\\\h\\x", b"")), "has an absolute path"),
        (
            "upwards",
            with(entry("a/../../x", b"")),
            "the zip archive's entry `a/../../x` has `..` in its path",
        ),
        ("upwards on Windows", with(entry("a\\..\\x", b"")), "has `..` in its path"),
        (
            "what acts",
            with(entry("../\u{1b}[2J", b"")),
            "the zip archive's entry `../\\u001B[2J` has `..` in its path",
        ),
        (
            "encrypted",
            alone(&|entry| entry.flags = 1),
            "the zip archive's entry `DocItemSet.xml` is encrypted",
        ),
        (
            "another packing",
            alone(&|entry| entry.method = 12),
            "is packed in a way that no export has",
        ),
        (
            "nested",
            with(entry("more.ZIP", b"")),
            "the zip archive's entry `more.ZIP` is a zip archive itself",
        ),
        (
            "nested by content",
            archive(&[entry("DocItemSet.xml", &zipped)]),
            "`DocItemSet.xml` in the zip archive is a zip archive itself",
        ),
        ("many", archive(&many), "the zip archive has more than 100 entries"),
        ("overlapping", overlapping, "entries of the zip archive lie on one another"),
        (
            "a bomb",
            bomb,
            "the zip archive's entry `DocItemSet.xml` unpacks to more than 250 times its size",
        ),
        ("large", alone(&big), "the zip archive unpacks to more than 256 MiB"),
        (
            "a large file",
            [&b"PK\x03\x04"[..], &vec![0; 65 << 20]].concat(),
            "the zip archive has more than 64 MiB",
        ),
        (
            "larger than told",
            alone(&|entry| entry.size -= 1),
            "`DocItemSet.xml` in the zip archive is damaged",
        ),
        (
            "smaller than told",
            alone(&|entry| entry.size += 1),
            "`DocItemSet.xml` in the zip archive is damaged",
        ),
        (
            "without the document",
            archive(&[entry("x/DocItemSet.xml", b"")]),
            "the zip archive has no `DocItemSet.xml`",
        ),
        ("empty", archive(&[]), "the zip archive has no `DocItemSet.xml`"),
        (
            "cut off",
            archive(std::slice::from_ref(&document))[..500].to_vec(),
            "the zip archive is damaged or cut off",
        ),
        (
            "no XML",
            archive(&[entry("DocItemSet.xml", b"hello")]),
            "config.zip(DocItemSet.xml): this is not XML",
        ),
    ];
    for (name, bytes, message) in cases {
        let error = import(bytes).expect_err(name);
        let said = format!("{}: {}", named("config.zip", error.document), error.message);
        assert!(said.contains(message), "{name}: {said}");
        assert!(
            error.help.is_some_and(|help| help.contains("xpected") || help.contains("export")),
            "{name}"
        );
        assert!(anonymise(bytes).is_err(), "{name}");
    }
    let mut damaged = archive(&[document]);
    damaged[300] ^= 1;
    let error = import(&damaged).expect_err("a checksum");
    assert!(error.message.contains("is damaged"), "{}", error.message);
}

#[test]
fn a_document_without_one_topology_says_what_to_export_instead() {
    let topology = "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\"/>";
    let cases = [
        (doc_item_set("<a/>"), "there is no topology in this `DocItemSet` that could be read"),
        (
            doc_item_set("&lt;Topology/&gt;"),
            "there is no topology in this `DocItemSet` that could be read",
        ),
        (doc_item_set(&topology.repeat(2)), "there is more than one topology in this `DocItemSet`"),
    ];
    for (text, message) in cases {
        let error = import(text.as_bytes()).expect_err(message);
        assert_eq!(error.message, message);
        assert!(error.help.is_some_and(|help| help.contains("(Get-CsTopology -AsXml).ToString()")));
    }
}

#[test]
fn no_damage_panics() {
    let good = deflated("DocItemSet.xml", doc_item_set(&litware()).as_bytes());
    for length in (0..good.len()).step_by(7) {
        assert!(import(&good[..length]).is_err(), "{length}");
    }
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x41;
        // Whatever comes of it, it comes.
        let _ = import(&bytes);
    }
}
