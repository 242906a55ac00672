//! Exports in, TOML and notes out.
//!
//! `litware` is one deployment in both formats, everything in the opposite order; `odd` has what exports should not have.

use lynt::import::{ImportError, Imported, Note, anonymise, import};

const LITWARE_XML: &[u8] = include_bytes!("../examples/litware/Topology.xml");
const LITWARE_TBXML: &[u8] = include_bytes!("import/litware.tbxml");
const ODD_XML: &[u8] = include_bytes!("import/odd.xml");

#[test]
fn get_cs_topology_as_xml() {
    let imported = imported(LITWARE_XML);
    assert_eq!(imported.toml, include_str!("../examples/litware/topology.toml"));
    assert_eq!(lines(&imported), include_str!("import/litware.notes"));
}

#[test]
fn topology_builder_file() {
    let imported = imported(LITWARE_TBXML);
    assert_eq!(imported.toml, include_str!("import/litware.tbxml.toml"));
    assert_eq!(lines(&imported), include_str!("import/litware.notes"));
}

#[test]
fn both_formats_differ_in_the_head_comment_only() {
    let without_head =
        |bytes| imported(bytes).toml.split_once('\n').map(|(_, rest)| rest.to_owned());
    assert_eq!(without_head(LITWARE_XML), without_head(LITWARE_TBXML));
}

#[test]
fn what_exports_should_not_have() {
    let imported = imported(ODD_XML);
    assert_eq!(imported.toml, include_str!("import/odd.xml.toml"));
    assert_eq!(lines(&imported), include_str!("import/odd.notes"));
}

#[test]
fn every_encoding_gives_the_same() {
    let expected = imported(LITWARE_XML);
    let text = String::from_utf8(LITWARE_XML.to_vec()).expect("the fixture is UTF-8");
    let windows = text.replace('\n', "\r\n");
    let no_declaration =
        text.split_once('\n').map(|(_, rest)| rest).expect("a declaration stands first");
    let cases = [
        (
            "UTF-16LE with a mark and CRLF, as `>` writes it",
            utf16(&format!("\u{feff}{windows}"), u16::to_le_bytes),
        ),
        ("UTF-16BE with a mark", utf16(&format!("\u{feff}{text}"), u16::to_be_bytes)),
        ("UTF-16LE without a mark", utf16(&text, u16::to_le_bytes)),
        ("UTF-16BE without a mark", utf16(&text, u16::to_be_bytes)),
        ("UTF-8 with a mark and CRLF", format!("\u{feff}{windows}").into_bytes()),
        ("without a declaration", no_declaration.as_bytes().to_vec()),
        ("with blank lines before the declaration", format!("\r\n\r\n{windows}").into_bytes()),
        ("claiming to be ASCII", text.replace("utf-16", "us-ascii").into_bytes()),
        (
            "in a wrapper",
            format!("<DocItemSet xmlns=\"urn:x\"><Value>{no_declaration}</Value></DocItemSet>")
                .into_bytes(),
        ),
    ];
    for (name, bytes) in cases {
        let imported = imported(&bytes);
        assert_eq!(
            (&imported.toml, messages(&imported)),
            (&expected.toml, messages(&expected)),
            "{name}"
        );
    }
}

#[test]
fn letters_beyond_ascii_survive_every_encoding() {
    let text = String::from_utf8(LITWARE_XML.to_vec())
        .expect("the fixture is UTF-8")
        .replace("Redvale", "Zürich 東京 😀");
    let expected =
        include_str!("../examples/litware/topology.toml").replace("Redvale", "Zürich 東京 😀");
    for bytes in [text.clone().into_bytes(), utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)] {
        // Sites are sorted by name; `Z` and `R` both come last here.
        assert_eq!(imported(&bytes).toml, expected);
    }
}

/// What it is, the file, the message, its line and column.
type Refused<'a> = (&'a str, &'a [u8], &'a str, Option<(u32, u32)>);

#[test]
fn what_is_no_export_is_refused_with_its_place() {
    const TOPOLOGY: &str =
        "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\">";
    let deep = format!("{TOPOLOGY}\n{}", "<a>".repeat(100_000));
    let wide = format!("{TOPOLOGY}\n<a{}/>", " a=\"\"".repeat(100_000));
    let prefixes = "<a xmlns:p=\"\" b=\"\">".repeat(60);
    let cases: &[Refused] = &[
        ("empty", b"", "the file is empty", None),
        ("blank", b"\xEF\xBB\xBF \r\n", "the file is empty", None),
        ("prose", b"\n  Topology", "this is not XML: it does not begin with `<`", Some((2, 3))),
        (
            "binary",
            b"\x89PNG\r\n\x1a\n\0\0",
            "the text is not UTF-8: unexpected byte 0x89",
            Some((1, 1)),
        ),
        (
            "a code page",
            b"<a>\n<b n='Z\xFCrich'/></a>",
            "the text is not UTF-8: unexpected byte 0xFC",
            Some((2, 8)),
        ),
        (
            "half a pair",
            b"\xFF\xFE<\0a\0\x00\xD8/\0",
            "the text is not UTF-16: half a character, 0xD800",
            Some((1, 3)),
        ),
        (
            "an odd byte",
            b"\xFE\xFF\0<\0a\0",
            "the text is not UTF-16: it ends with half a code unit",
            Some((1, 3)),
        ),
        (
            "a DTD",
            b"<!-- <!DOCTYPE no> -->\n<!DOCTYPE a [<!ENTITY e 'eeee'>]>\n<a>&e;</a>",
            "the XML has a document type declaration (DTD), which is refused",
            Some((2, 1)),
        ),
        (
            "cut off in an element",
            b"<a>\n <b>\n  c",
            "the XML ends too early: an element is not closed",
            Some((3, 4)),
        ),
        (
            "cut off in a tag",
            b"<a>\n <b",
            "the XML ends too early: an element is not closed",
            Some((2, 4)),
        ),
        (
            "a wrong end tag",
            b"\n <a>\n</b>",
            "malformed XML: expected 'a' tag, not 'b'",
            Some((3, 1)),
        ),
        (
            "on the first line",
            b"\n <a></b>",
            "malformed XML: expected 'a' tag, not 'b'",
            Some((2, 5)),
        ),
        (
            "a line break in the message",
            b"<a b\n\x1b>",
            "malformed XML: expected '=' not '\\u001B'",
            Some((2, 1)),
        ),
        (
            "a control character",
            b"<a>\n\x07</a>",
            "malformed XML: a non-XML character '\\u{7}' found",
            Some((2, 1)),
        ),
        (
            "its reference",
            b"<a b='&#7;'/>",
            "malformed XML: malformed entity reference",
            Some((1, 7)),
        ),
        (
            "an entity",
            b"<a b='&who;'/>",
            "malformed XML: unknown entity reference 'who'",
            Some((1, 7)),
        ),
        ("only a comment", b"<!-- a -->", "there is no element in this XML", Some((1, 11))),
        (
            "a page",
            b"\r\n <?xml version='1.0'?>\n<html/>",
            "there is no topology in this XML, whose root element is `html`",
            Some((3, 1)),
        ),
        (
            "another topology",
            b"<Topology/>",
            "there is no topology in this XML, whose root element is `Topology`",
            Some((1, 1)),
        ),
        ("too deep", deep.as_bytes(), "the elements are nested more than 64 deep", Some((2, 190))),
        (
            "too wide",
            wide.as_bytes(),
            "an element and those around it have more than 100 attributes",
            Some((2, 1)),
        ),
        (
            "too many prefixes",
            prefixes.as_bytes(),
            "an element and those around it have more than 100 attributes",
            Some((1, 951)),
        ),
    ];
    for (name, bytes, message, place) in cases {
        let error = refused(bytes);
        assert_eq!((error.message.as_str(), error.place), (*message, *place), "{name}");
        assert!(error.help.is_some_and(|help| !help.contains('\n')), "{name}");
    }
}

#[test]
fn the_help_says_what_is_expected() {
    let expected = "expected the output of `(Get-CsTopology -AsXml).ToString()` or a file of Topology Builder (.tbxml)";
    assert_eq!(refused(b"<html/>").help.as_deref(), Some(expected));
}

/// Nothing to check is no pass.
#[test]
fn an_empty_export_is_refused_with_what_was_expected() {
    let of = |name: &str, namespace: &str, inside: &str| {
        format!(
            "\n<{name} xmlns='urn:schema:Microsoft.Rtc.Management.{namespace}.2008'>{inside}</{name}>"
        )
    };
    let as_xml = |inside: &str| of("Topology", "Deploy.Topology", inside);
    let empty = "the export is empty: it has no site, no pool, no SBA and no Edge pool";
    let hosts = "<Clusters><Cluster Fqdn='a.example'><ClusterId SiteId='1' Number='1' /></Cluster></Clusters>";
    let cases = [
        (as_xml(""), "(Get-CsTopology -AsXml).ToString() > Topology.xml"),
        (
            as_xml("<Sites /><Clusters /><Services />"),
            "(Get-CsTopology -AsXml).ToString() > Topology.xml",
        ),
        // Hosts of nothing that the product needs.
        (as_xml(hosts), "(Get-CsTopology -AsXml).ToString() > Topology.xml"),
        (
            of("PartialTopology", "Deploy.Topology", ""),
            "Download Topology from existing deployment",
        ),
        ("\n{\"lynt\": 1, \"pools\": null}".to_owned(), "the script in docs/export.md"),
    ];
    for (text, how) in cases {
        let error = refused(text.as_bytes());
        assert_eq!((error.message.as_str(), error.place), (empty, Some((2, 1))), "{text}");
        assert!(error.help.is_some_and(|help| help.contains(how)), "{text}");
        assert_eq!(anonymise(text.as_bytes()).err(), Some(refused(text.as_bytes())), "{text}");
    }
    // A site alone is something to check.
    let site = as_xml("<Sites><CentralSite SiteId='1'><Name>A</Name></CentralSite></Sites>");
    assert_eq!(messages(&imported(site.as_bytes()))[0], "the export has no Front End pool");
}

/// Each value has the place of what says it, in each form.
#[test]
fn values_have_their_places_in_the_export() {
    let json = include_str!("import/litware.json");
    let forms = [("XML", LITWARE_XML), ("tbxml", LITWARE_TBXML), ("JSON", json.as_bytes())];
    for (form, bytes) in forms {
        let text = std::str::from_utf8(bytes).expect("the fixture is UTF-8");
        let imported = imported(bytes);
        let at = |value: &str| {
            let offset = imported.toml.find(value).unwrap_or_else(|| panic!("{form}: {value}"));
            let (line, column) = imported.origins.place(offset).expect(value);
            let line = text.lines().nth(line as usize - 1).expect(value);
            line.chars().skip(column as usize - 1).collect::<String>()
        };
        let cases = [
            ("\"Ashby\"", "Ashby"),
            ("\"fe-port-3.litware.example\"", "fe-port-3.litware.example"),
            ("\"sfb-2015\"", "7"),
        ];
        for (value, expected) in cases {
            assert!(at(value).contains(expected), "{form}: {value}: {}", at(value));
        }
        // Every value has one, and no two lines of the TOML the same place as the whole file.
        for (offset, _) in imported.toml.match_indices(" = ").skip(1) {
            let line = imported.toml[offset..].lines().next().unwrap_or_default();
            if !imported.toml[..offset].ends_with("central-site") || !line.contains('?') {
                assert_ne!(imported.origins.place(offset + 3), None, "{form}: {line}");
            }
        }
    }
}

#[test]
fn many_sites_of_one_name_take_no_time() {
    let sites = "<CentralSite SiteId='1'><Name>A</Name></CentralSite>".repeat(20_000);
    let xml = format!(
        "<Topology xmlns='urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008'><Sites>{sites}</Sites></Topology>"
    );
    let toml = imported(xml.as_bytes()).toml;
    assert!(toml.contains("name = \"A-1-19999\"\n"));
}

#[test]
fn no_truncation_panics() {
    for length in 0..ODD_XML.len() {
        assert_shape(import(&ODD_XML[..length]));
    }
}

#[test]
fn no_changed_byte_panics() {
    let utf16 = utf16(&String::from_utf8_lossy(ODD_XML), u16::to_le_bytes);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for fixture in [ODD_XML, LITWARE_TBXML, &utf16] {
        for _ in 0..2_000 {
            let mut bytes = fixture.to_vec();
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
            assert_shape(import(&bytes));
        }
    }
}

/// XML that stays well-formed, with names that try to break out of the TOML.
#[test]
fn no_name_breaks_out() {
    let text = String::from_utf8(LITWARE_TBXML.to_vec()).expect("the fixture is UTF-8");
    let bits = [
        "&#10;", "&#13;", "&quot;", "'", "\\", "#", "]", "&#9;", "&#x2028;", "&#x202e;", "&#127;",
        "é", "=", "\"\"\"", "'''",
    ];
    let mut random = Random(7);
    for _ in 0..300 {
        let mut name = String::new();
        for _ in 0..random.below(6) {
            name.push_str(&bits[random.below(bits.len())].replace('"', "&quot;"));
        }
        let changed = text
            .replace("litware.example", &name)
            .replace("Redvale", &name)
            .replace("LyncShare", &name);
        assert_shape(Ok(imported(changed.as_bytes())));
    }
}

/// Whatever was read: each line is one that this program writes, and no message has a second line.
fn assert_shape(result: Result<Imported, ImportError>) {
    match result {
        Ok(imported) => {
            assert!(imported.toml.ends_with('\n'));
            for line in imported.toml.split_terminator('\n') {
                assert!(has_shape(line), "{line:?}");
            }
            let is_one_line = |note: &Note| !note.message.chars().any(char::is_control);
            assert!(imported.notes.iter().all(is_one_line));
        }
        Err(error) => {
            assert!(!error.message.chars().any(char::is_control), "{:?}", error.message);
            assert!(error.place.is_none_or(|(line, column)| line > 0 && column > 0));
        }
    }
}

fn has_shape(line: &str) -> bool {
    const TABLES: &[&str] =
        &["", "[central-management]", "[[site]]", "[[pool]]", "[[sba]]", "[[edge-pool]]", "]"];
    if line.chars().any(char::is_control) {
        return false;
    }
    if TABLES.contains(&line) || line.starts_with("# ") {
        return true;
    }
    let value = match line.strip_prefix("    ") {
        Some(value) => value.strip_suffix(',').unwrap_or(value),
        None => match line.split_once(" = ") {
            Some((key, value)) if key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') => value,
            _ => return false,
        },
    };
    ends_a_value(value)
}

/// Does the line end outside of strings, with every string closed?
fn ends_a_value(value: &str) -> bool {
    let mut quote = None;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => return false,
            (Some('"'), '\\') => drop(chars.next()),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    quote.is_none()
}

fn imported(bytes: &[u8]) -> Imported {
    import(bytes).expect("the export is read")
}

fn refused(bytes: &[u8]) -> ImportError {
    import(bytes).expect_err("the export is refused")
}

/// The notes, each behind its place.
fn lines(imported: &Imported) -> String {
    let line = |Note { message, place }: &Note| match place {
        Some((line, column)) => format!("{line}:{column}: {message}\n"),
        None => format!("{message}\n"),
    };
    imported.notes.iter().map(line).collect()
}

fn messages(imported: &Imported) -> Vec<&str> {
    imported.notes.iter().map(|note| note.message.as_str()).collect()
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

/// xorshift64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("it is below a usize")
    }
}
