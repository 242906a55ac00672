//! One deployment in every form in which administrators have it: small and large, whole and cut off.

mod common;

#[allow(dead_code, reason = "the example's own main")]
#[path = "../examples/export.rs"]
mod export;

use common::command::{Case, Folder, lynt, run_cases, text};
use common::exports::{deflated, doc_item_set};
use lynt::import::{Imported, import};
use lynt::rules::Rules;
use lynt::source::{Sources, Span};
use lynt::topology;
use std::collections::{BTreeMap, BTreeSet};

const LITWARE_XML: &str = include_str!("../examples/litware/Topology.xml");
const LITWARE_TBXML: &str = include_str!("import/litware.tbxml");
const LITWARE_JSON: &str = include_str!("import/litware.json");

/// The forms as the page calls them.
const FORMS: [&str; 4] = ["XML", "zip", ".tbxml", "JSON"];

/// The archive of `Export-CsConfiguration` around a document that begins with a declaration.
fn zip_of(xml: &str) -> Vec<u8> {
    let (_, topology) = xml.split_once('\n').expect("a declaration stands first");
    deflated("DocItemSet.xml", doc_item_set(topology).as_bytes())
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// One deployment in each of [`FORMS`].
fn litware() -> [Vec<u8>; 4] {
    let [xml, tbxml, json] = [LITWARE_XML, LITWARE_TBXML, LITWARE_JSON].map(str::as_bytes);
    [xml.to_vec(), zip_of(LITWARE_XML), tbxml.to_vec(), json.to_vec()]
}

fn read(bytes: &[u8]) -> Imported {
    import(bytes).expect("the export is read")
}

/// The keys that a TOML has, as `pool.back-end.sql-server`, each with its values as they are written.
fn keys(toml: &str) -> BTreeMap<String, Vec<String>> {
    let rules = Rules::shipped();
    let program = &rules.set.program;
    let mut sources = Sources::default();
    let file = sources.add("t.toml", toml);
    let topology = topology::parse(program, &sources, &[file]).expect("the import is a topology");
    let written = |span: Span| toml[span.start as usize..span.end as usize].to_owned();
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entity in &topology.entities {
        let declared = &program.entities[entity.kind];
        let mut add = |key: &str, span: Span| {
            keys.entry(format!("{}.{key}", declared.table)).or_default().push(written(span));
        };
        if entity.name.is_some() {
            add(if declared.is_fqdn() { "fqdn" } else { "name" }, entity.place);
        }
        for value in &topology.values[entity.values.start as usize..entity.values.end as usize] {
            let goes = |relation| relation == value.relation;
            let key = declared.keys.iter().find(|(_, key)| key.relations().any(goes));
            add(key.expect("a key").0, value.span);
        }
    }
    keys
}

/// The page says of every key which form knows it; where forms know one, they say the same.
#[test]
fn the_page_says_what_each_form_knows() {
    let page = include_str!("../docs/export.md").replace("\r\n", "\n");
    let (_, table) = page.split_once("\n| key | XML | zip | .tbxml | JSON |\n").expect("the table");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let known: Vec<bool> = cells[1..].iter().map(|cell| *cell != "no").collect();
        (cells[0].trim_matches('`').to_owned(), known)
    });
    let told: BTreeMap<String, Vec<bool>> = rows.collect();
    let of_forms = litware().map(|bytes| keys(&read(&bytes).toml));
    let all: BTreeSet<&String> = of_forms.iter().flat_map(BTreeMap::keys).collect();
    let found: BTreeMap<String, Vec<bool>> = all
        .into_iter()
        .map(|key| (key.clone(), of_forms.iter().map(|keys| keys.contains_key(key)).collect()))
        .collect();
    assert_eq!(told, found);
    for (key, known) in &found {
        let mut values = of_forms.iter().filter_map(|keys| keys.get(key));
        let first = values.next().expect("a form knows it");
        assert!(values.all(|values| values == first), "{key}: {FORMS:?} {known:?}");
    }
    assert!(found.values().any(|known| known.contains(&false)) && found.len() > 20);
}

/// Where all know the facts, the TOML is the same but for its first line.
#[test]
fn xml_zip_and_tbxml_give_the_same() {
    let [xml, zip, tbxml, _] = litware().map(|bytes| read(&bytes));
    assert_eq!(xml.toml, zip.toml);
    let rest =
        |imported: &Imported| imported.toml.split_once('\n').map(|(_, rest)| rest.to_owned());
    assert_eq!(rest(&xml), rest(&tbxml));
    // What is no fact of theirs is a note of theirs, in all forms.
    let messages = |imported: &Imported| -> Vec<String> {
        imported.notes.iter().map(|note| note.message.clone()).collect()
    };
    assert_eq!(messages(&xml), messages(&zip));
    assert_eq!(messages(&xml), messages(&tbxml));
}

/// 50 pools and 200 SBAs, in every form, through all commands.
#[test]
fn a_large_deployment_is_read_in_every_form() {
    let folder = Folder::new("exports-large");
    let large = export::Deployment::new(50);
    let (xml, tbxml, json) = (export::as_xml(&large), export::tbxml(&large), export::json(&large));
    assert!(xml.len() > 5_000_000, "{}", xml.len());
    folder.write("Topology.xml", utf16(&xml)).write("config.zip", zip_of(&xml));
    folder.write("t.tbxml", &tbxml).write("export.json", &json);
    let forms = ["Topology.xml", "config.zip", "t.tbxml", "export.json"];
    let tomls = forms.map(|name| {
        let toml = format!("{name}.toml");
        let output = lynt(&folder, &["import", name, "-o", &toml], b"");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        folder.read(&toml)
    });
    for (table, count) in
        [("[[pool]]", 50), ("[[sba]]", 200), ("[[site]]", 225), ("[[edge-pool]]", 5)]
    {
        tomls.iter().for_each(|toml| {
            assert_eq!(toml.lines().filter(|line| *line == table).count(), count, "{table}")
        });
    }
    let [xml_keys, zip, tbxml, json] = tomls.each_ref().map(|toml| keys(toml));
    assert_eq!((&xml_keys, &xml_keys), (&zip, &tbxml));
    let without: BTreeMap<_, _> =
        xml_keys.into_iter().filter(|(key, _)| key != "site.central-site").collect();
    assert_eq!(without, json);
    let changed = xml.replacen("Fqdn=\"fe-007-3.", "Fqdn=\"fe-007-9.", 1);
    assert_ne!(changed, xml);
    folder.write("changed.xml", &changed);
    let place =
        changed.lines().position(|line| line.contains("fe-007-9.")).expect("it is there") + 1;
    let told = format!("+ \"fe-007-9.fabrikam.example\"  changed.xml:{place}:37\n");
    let cases: &[Case<'_>] = &[
        (
            &["check", "Topology.xml.toml"],
            0,
            &["ok: 1 Central Management store, 225 sites, 50 pools, 200 SBAs, 5 Edge pools"],
            &[],
        ),
        (&["diff", "--no-verdict", "Topology.xml.toml", "config.zip"], 0, &["alike"], &[]),
        (
            &["diff", "--no-verdict", "t.tbxml", "export.json"],
            1,
            &["0 added, 0 removed, 200 changed"],
            &[],
        ),
        (
            &["diff", "--no-verdict", "t.tbxml.toml", "export.json"],
            0,
            &["left out, not told by exports: site.central-site", "alike"],
            &[],
        ),
        (
            &["diff", "--no-verdict", "Topology.xml", "changed.xml"],
            1,
            &[&told, "0 added, 0 removed, 1 changed"],
            &[],
        ),
    ];
    run_cases(&folder, "", cases);
}

/// Wherever it was cut: an error with its place, and no file that looks whole.
#[test]
fn what_was_cut_off_is_refused_wherever_it_was_cut() {
    let small = export::Deployment::new(2);
    let (xml, tbxml, json) = (export::as_xml(&small), export::tbxml(&small), export::json(&small));
    let forms: [(&str, Vec<u8>, usize); 7] = [
        ("xml", xml.trim_end().into(), 1_997),
        ("tbxml", tbxml.trim_end().into(), 1_997),
        ("json", json.trim_end().into(), 13),
        ("odd", include_str!("import/odd.xml").trim_end().into(), 1),
        ("utf-16", utf16(LITWARE_XML.trim_end()), 173),
        ("utf-16 json", utf16(LITWARE_JSON.trim_end()), 67),
        ("zip", zip_of(&xml), 1),
    ];
    let folder = Folder::new("exports-cut");
    folder.write("old.toml", "mine\n");
    for (form, whole, step) in &forms {
        assert!(import(whole).is_ok(), "{form}");
        for length in (0..whole.len()).step_by(*step) {
            let error = import(&whole[..length]).expect_err(form);
            assert!(!error.message.is_empty() && error.help.is_some(), "{form} {length}");
            // An archive has no lines, and neither has nothing at all.
            let has_lines = error.message != "the file is empty" && !error.message.contains("zip");
            assert_eq!(error.place.is_some(), has_lines, "{form} {length}: {}", error.message);
        }
        for length in [0, 1, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            folder.write("cut", &whole[..length]);
            for arguments in [&["-o", "new.toml"][..], &["-o", "old.toml", "--force"], &[]] {
                let output = lynt(&folder, &[&["import", "cut"], arguments].concat(), b"");
                let said = text(&output.stderr);
                assert_eq!(output.status.code(), Some(2), "{form} {length}: {said}");
                assert_eq!(
                    said.matches("error[import]: cut").count(),
                    1,
                    "{form} {length}: {said}"
                );
                assert_eq!(
                    (said.matches("error").count(), text(&output.stdout)),
                    (1, String::new()),
                    "{said}"
                );
            }
        }
    }
    assert_eq!(folder.list("."), ["cut", "old.toml"]);
    assert_eq!(folder.read("old.toml"), "mine\n");
}

/// What nobody exports: refused at its place, or read as what it is, and never in more time or memory than it is worth.
#[test]
fn hostile_exports_are_refused() {
    let entities = (0..64).fold("<!ENTITY a0 'ha'>".to_owned(), |all, at| {
        all + &format!("<!ENTITY a{} '&a{at};&a{at};'>", at + 1)
    });
    let long = "k".repeat(1 << 20);
    let nested = format!("{{\"pools\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let refused: [(&str, String, &str, (u32, u32)); 9] = [
        (
            "entities of entities",
            format!(
                "<?xml version='1.0'?>\n<!DOCTYPE Topology [{entities}]>\n<Topology>&a64;</Topology>"
            ),
            "the XML has a document type declaration (DTD), which is refused",
            (2, 1),
        ),
        (
            "a file of the machine",
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hosts'>]><Topology>&e;</Topology>"
                .to_owned(),
            "the XML has a document type declaration (DTD), which is refused",
            (1, 1),
        ),
        ("nested lists", nested, "malformed JSON: recursion limit exceeded", (1, 137)),
        (
            "a list twice",
            "{\"pools\": [],\n \"pools\": [1]}".to_owned(),
            "the key `pools` stands twice in one object",
            (2, 2),
        ),
        (
            "a key twice",
            "{\"pools\": [{\"Fqdn\": \"a\", \"F\\u0071dn\": \"b\"}]}".to_owned(),
            "the key `Fqdn` stands twice in one object",
            (1, 26),
        ),
        (
            "a number without end",
            "{\"pools\": 1e999}".to_owned(),
            "malformed JSON: number out of range",
            (1, 15),
        ),
        (
            "no value behind a letter of two bytes",
            "{\"sites\": \"Zürich\", \"pools\": x}".to_owned(),
            "malformed JSON: expected value",
            (1, 30),
        ),
        (
            "a blank that is none of XML's",
            "\u{b}<Topology/>".to_owned(),
            "this is not XML: it does not begin with `<`",
            (1, 1),
        ),
        (
            "many values below a long key",
            format!("{{\"pools\": [], \"{long}\": [{}1]}}", "1,".repeat(300_000)),
            "the export is empty: it has no site, no pool, no SBA and no Edge pool",
            (1, 1),
        ),
    ];
    for (name, text, message, place) in refused {
        let error = import(text.as_bytes()).expect_err(name);
        assert_eq!((error.message.as_str(), error.place), (message, Some(place)), "{name}");
    }
    // A name that is long and often named, where it may be and where it may not.
    let export = |fqdn: &str, role: &str| {
        let dependency = format!(
            "<Dependency><ServiceId SiteId='9' RoleName='{role}' Instance='9' /></Dependency>"
        );
        let dependencies = dependency.repeat(20);
        format!(
            "<Topology xmlns='urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008'><Sites><CentralSite SiteId='1'><Name>A</Name></CentralSite></Sites><Clusters>\n<Cluster Fqdn='{fqdn}'><ClusterId SiteId='1' Number='1' /></Cluster></Clusters><Services><Service ServiceVersion='7'><ServiceId SiteId='1' RoleName='Registrar' Instance='1' /><DependsOn>{dependencies}</DependsOn><InstalledOn><ClusterId SiteId='1' Number='1' /></InstalledOn></Service></Services></Topology>"
        )
    };
    let error = import(export(&long, "x").as_bytes()).expect_err("a long FQDN");
    assert_eq!(
        (error.message.as_str(), error.place),
        ("a name is longer than 1000 bytes", Some((2, 10)))
    );
    let named = read(export(&"k".repeat(1_000), &long).as_bytes());
    let said: usize = named.notes.iter().map(|note| note.message.len()).sum();
    assert!(named.notes.len() > 20 && said < 100_000, "{said}");
}

/// What a file claims of its encoding is not asked; what it is, is.
#[test]
fn encodings_are_what_they_are() {
    let expected = keys(&read(LITWARE_TBXML.as_bytes()).toml);
    let claims = |encoding: &str| {
        LITWARE_TBXML.replace("encoding=\"utf-8\"", &format!("encoding=\"{encoding}\""))
    };
    assert_ne!(claims("x"), LITWARE_TBXML);
    for bytes in [
        claims("utf-16").into_bytes(),
        claims("ebcdic").into_bytes(),
        utf16(LITWARE_TBXML.trim_start_matches('\u{feff}')),
    ] {
        assert_eq!(keys(&read(&bytes).toml), expected);
    }
    let mut odd = utf16(LITWARE_XML);
    odd.push(b'x');
    let error = import(&odd).expect_err("half a code unit");
    assert_eq!(error.message, "the text is not UTF-16: it ends with half a code unit");
    let utf32: Vec<u8> =
        format!("\u{feff}{LITWARE_XML}").chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    assert_eq!(import(&utf32).expect_err("UTF-32").place, Some((1, 1)));
}
