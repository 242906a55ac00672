//! `lynt import --anonymise`: nothing of an export survives, and everything else does.

mod common;

use common::command::{Folder, lynt, run_cases, text};
use lynt::import::{Imported, Note, anonymise, import};
use roxmltree::{Document, Node};
use std::collections::BTreeSet;

const LITWARE_XML: &str = include_str!("../examples/litware/Topology.xml");
const LITWARE_TBXML: &str = include_str!("import/litware.tbxml");
const ODD_XML: &str = include_str!("import/odd.xml");
/// What is hard to hide.
const PRIVATE_XML: &str = include_str!("import/private.xml");

const EXPORTS: &[(&str, &str)] = &[
    ("litware", LITWARE_XML),
    ("litware.tbxml", LITWARE_TBXML),
    ("odd", ODD_XML),
    ("private", PRIVATE_XML),
];

/// Words that names may be and that are the product's all the same.
fn schema_words() -> BTreeSet<String> {
    // Those of exports without comments, in which nothing is named like the schema.
    let mut words = BTreeSet::new();
    for line in [LITWARE_XML, LITWARE_TBXML].into_iter().flat_map(str::lines) {
        for tag in line.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
            words.insert(name.trim_start_matches('/').to_lowercase());
            for attribute in rest.split("\" ") {
                let Some((name, value)) = attribute.split_once("=\"") else { continue };
                words.insert(name.trim().to_lowercase());
                if ["RoleName", "Usage", "Type", "InterfaceSide", "xmlns"].contains(&name.trim()) {
                    words.extend(value.split(['.', ':', '"']).map(str::to_lowercase));
                }
            }
        }
    }
    words
}

/// The values, texts, comments and instructions of an export: whole, and their words and labels of at least three
/// characters, in lower case.
fn tokens(export: &str) -> BTreeSet<String> {
    let document = Document::parse(export).expect("the export is XML");
    let mut values: Vec<&str> = Vec::new();
    for node in document.descendants() {
        values.extend(node.attributes().map(|attribute| attribute.value()));
        values.extend(node.text());
        values.extend(node.pi().and_then(|pi| pi.value));
    }
    values.retain(|value| !value.starts_with("Microsoft.Rtc."));
    values.into_iter().flat_map(words).collect()
}

fn words(text: &str) -> Vec<String> {
    let separators: &[fn(char) -> bool] =
        &[|_| false, char::is_whitespace, |c| !c.is_alphanumeric() && !"-_".contains(c)];
    let words = separators.iter().flat_map(|separator| text.split(separator));
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    words.filter(|word| word.chars().count() >= 3).collect()
}

/// Does `token` stand in `text`, not as a part of a longer word?
fn stands(token: &str, text: &str) -> bool {
    text.match_indices(token).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + token.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
    })
}

/// Numbers up to five digits, versions and intervals are kept: they are no tokens.
fn is_kept_by_form(token: &str) -> bool {
    let digits = token.chars().all(|c| c.is_ascii_digit() || ".:".contains(c));
    let is_interval =
        token.starts_with("pt") && token[2..].starts_with(|c: char| c.is_ascii_digit());
    (digits && token.len() <= 5) || is_interval || token.ends_with(":00:00") || token == "00:10:00"
}

/// Words of the product that stand in values, and that no attribute of `litware` from which words are taken has.
const OTHER_WORDS: &[&str] = &[
    "0.0.0.0",
    "component",
    "false",
    "https",
    "mtls",
    "true",
    "urn",
    "urn:component:registrar",
    // Of fixtures.
    "backup",
    "mirror",
    "persistentchat",
    "sipserver",
];

fn said(notes: &[Note]) -> String {
    notes.iter().map(|note| note.message.as_str()).collect::<Vec<&str>>().join("\n")
}

#[test]
fn nothing_survives() {
    let mut known = schema_words();
    known.extend(OTHER_WORDS.iter().map(|&word| word.to_owned()));
    let mut words_of_lynt = words(include_str!("import/litware.notes"));
    words_of_lynt.push("edge".to_owned());
    let mut survived = Vec::new();
    for (name, export) in EXPORTS {
        let anonymised = anonymise(export.as_bytes()).expect(name);
        let Imported { toml, notes, .. } = anonymised.imported;
        let values = toml.lines().filter_map(|line| line.split_once('"').or(line.split_once('\'')));
        let values: Vec<&str> = values.map(|(_, value)| value).collect();
        let written = format!("{}{}", anonymised.export, values.join("\n")).to_lowercase();
        let notes = said(&notes).to_lowercase();
        let sought = tokens(export);
        assert!(sought.len() > 40, "{name}");
        for token in sought {
            if known.contains(&token) || is_kept_by_form(&token) {
                continue;
            }
            let is_noted = !words_of_lynt.contains(&token) && stands(&token, &notes);
            if stands(&token, &written) || is_noted {
                survived.push(format!("{name}: {token}"));
            }
        }
    }
    assert!(survived.is_empty(), "{survived:#?}");
}

#[test]
fn names_of_people_and_places_are_not_even_parts_of_words() {
    let anonymised = anonymise(PRIVATE_XML.as_bytes()).expect("the export is read");
    let all = format!("{anonymised:?}").to_lowercase();
    for name in [
        "quist",
        "annabel",
        "tailsp",
        "oslo",
        "bergen",
        "troms",
        "s3cret",
        "9f2a77c1",
        "1004336348",
        "10.20.",
        "203.0",
        "abcd",
        "20191",
        "55512",
        "50161",
        "xn--",
        "audit",
        "dc01",
        "example.test",
    ] {
        assert!(!all.contains(name), "{name}: {all}");
    }
}

#[test]
fn the_anonymised_export_imports_as_the_anonymised_import() {
    for (name, export) in EXPORTS {
        let anonymised = anonymise(export.as_bytes()).expect(name);
        assert_eq!(import(anonymised.export.as_bytes()), Ok(anonymised.imported), "{name}");
    }
}

/// The import of the original with names replaced by hand is what comes out, table by table.
#[test]
fn only_names_change() {
    const NAMES: &[(&str, &str)] = &[
        ("Ashby", "Site 1"),
        ("Kelby", "Site 2"),
        ("Portmere", "Site 3"),
        ("Redvale", "Site 4"),
        ("dir-red.litware.example", "director-01.anonymous.invalid"),
        ("edge-red.litware.example", "edge-01.anonymous.invalid"),
        ("fe-port.litware.example", "fe-01.anonymous.invalid"),
        ("fe-red.litware.example", "fe-02.anonymous.invalid"),
        ("se-port.litware.example", "fe-03.anonymous.invalid"),
        ("fe-port-1.litware.example", "fe-server-01.anonymous.invalid"),
        ("fe-port-2.litware.example", "fe-server-02.anonymous.invalid"),
        ("fe-port-3.litware.example", "fe-server-03.anonymous.invalid"),
        ("fe-red-1.litware.example", "fe-server-04.anonymous.invalid"),
        ("fe-red-2.litware.example", "fe-server-05.anonymous.invalid"),
        ("fe-red-3.litware.example", "fe-server-06.anonymous.invalid"),
        ("sba-ashby.litware.example", "sba-01.anonymous.invalid"),
        ("sql-port.litware.example", "sql-01.anonymous.invalid"),
        ("sql-red.litware.example\\RTC", "sql-02.anonymous.invalid\\instance-1"),
        ("files-port.litware.example\\lync", "files-01.anonymous.invalid\\share-1"),
        ("files-red.litware.example\\LyncShare", "files-02.anonymous.invalid\\share-2"),
        ("fe-03.anonymous.invalid\\se-files", "fe-03.anonymous.invalid\\share-3"),
    ];
    for export in [LITWARE_XML, LITWARE_TBXML] {
        let original = import(export.as_bytes()).expect("the export is read");
        let anonymised = anonymise(export.as_bytes()).expect("the export is read").imported;
        let replaced = |text: &str| {
            NAMES.iter().fold(text.to_owned(), |text, (name, other)| text.replace(name, other))
        };
        assert_eq!(tables(&replaced(&original.toml)), tables(&anonymised.toml));
        assert_eq!(replaced(&said(&original.notes)), said(&anonymised.notes));
    }
}

/// The tables of a TOML, without the widths of its lines, sorted.
fn tables(toml: &str) -> BTreeSet<String> {
    let one_line = |table: &str| {
        let words: Vec<&str> = table.split_whitespace().collect();
        words.join(" ").replace("[ \"", "[\"").replace("\", ]", "\"]")
    };
    toml.split("\n\n").map(one_line).collect()
}

#[test]
fn structure_is_kept() {
    for (name, export) in EXPORTS {
        let anonymised = anonymise(export.as_bytes()).expect(name).export;
        let shape = |text: &str| {
            let document = Document::parse(text).expect(name);
            let elements = document.descendants().filter(Node::is_element);
            let shape = elements.map(|node| (node.ancestors().count(), node.attributes().count()));
            shape.collect::<Vec<_>>()
        };
        assert_eq!(shape(export), shape(&anonymised), "{name}");
    }
}

#[test]
fn the_same_name_is_the_same_everywhere() {
    let export = anonymise(PRIVATE_XML.as_bytes()).expect("the export is read").export;
    // Once as a pool's machine, as a Standard Edition server in capitals, as its machine with a point.
    let document = Document::parse(&export).expect("XML");
    let fqdns: Vec<&str> =
        document.descendants().filter_map(|node| node.attribute("Fqdn")).collect();
    assert_eq!((fqdns[1], fqdns[3]), (fqdns[4], fqdns[4]));
    let toml = import(export.as_bytes()).expect("it is an export").toml;
    assert!(
        toml.contains("failure-detection-interval = 300"),
        "a server is called like the attribute"
    );
    // The gateway's name is the address of a network card.
    let address = document.descendants().find_map(|node| node.attribute("IPAddress"));
    assert_eq!(fqdns.last().copied(), address);
    assert_eq!(address, Some("198.18.0.1"));
}

#[test]
fn twice_anonymised_is_read_still() {
    for (name, export) in EXPORTS {
        let once = anonymise(export.as_bytes()).expect(name);
        let twice = anonymise(once.export.as_bytes()).expect(name);
        assert_eq!(
            once.imported.toml.lines().count(),
            twice.imported.toml.lines().count(),
            "{name}"
        );
        for token in tokens(&once.export).iter().filter(|token| token.contains("anonymous")) {
            assert!(!stands(token, &twice.export), "{name}: {token}");
        }
    }
}

#[test]
fn the_command_writes_either_form() {
    let folder = Folder::new("anonymise");
    folder.write("Topology.xml", PRIVATE_XML);
    let expected = anonymise(PRIVATE_XML.as_bytes()).expect("the export is read");
    let toml = lynt(&folder, &["import", "Topology.xml", "--anonymize"], b"");
    assert_eq!(text(&toml.stdout), expected.imported.toml);
    let arguments = ["import", "Topology.xml", "--anonymise", "--keep-form", "-o", "anonymous.xml"];
    let kept = lynt(&folder, &arguments, b"");
    assert_eq!((kept.status.code(), text(&kept.stdout).as_str()), (Some(0), ""));
    assert!(text(&kept.stderr).ends_with("look the file over before you share it\n"));
    assert_eq!(folder.read("anonymous.xml"), expected.export);
    run_cases(
        &folder,
        &PRIVATE_XML[..PRIVATE_XML.len() - 20],
        &[
            (&["import", "Topology.xml", "--keep-form"], 2, &[], &["--anonymise"]),
            (
                &["import", "-", "--anonymise", "-o", "cut.toml"],
                2,
                &[],
                &["the XML ends too early"],
            ),
        ],
    );
    assert_eq!(folder.list("."), ["Topology.xml", "anonymous.xml"]);
}

/// A changed byte makes an export that is refused, or one that can be anonymised and reads as many tables then.
#[test]
fn whatever_is_read_can_be_anonymised() {
    let tables = |toml: &str| toml.matches("\n[").count();
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut below = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % end as u64).expect("it is below a usize")
    };
    let mut read = 0;
    for _ in 0..600 {
        let mut bytes = PRIVATE_XML.as_bytes().to_vec();
        let at = below(bytes.len());
        bytes[at] ^= 1 << below(8);
        if let Ok(original) = import(&bytes) {
            let anonymised = anonymise(&bytes).expect("it was read before");
            assert_eq!(tables(&original.toml), tables(&anonymised.imported.toml), "{at}");
            read += 1;
        }
    }
    assert!(read > 100, "{read}");
}
