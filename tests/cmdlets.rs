//! JSON of cmdlets: the same deployment as the XML, and everything that `ConvertTo-Json` makes of it.

use lynt::import::{ImportError, Imported, anonymise, import};

const LITWARE_XML: &[u8] = include_bytes!("../examples/litware/Topology.xml");
const LITWARE_JSON: &str = include_str!("import/litware.json");

fn imported(text: &str) -> Imported {
    import(text.as_bytes()).expect("the export is read")
}

fn refused(text: &str) -> ImportError {
    import(text.as_bytes()).expect_err("the export is refused")
}

fn notes(imported: &Imported) -> String {
    let notes = imported.notes.iter().map(|note| note.message.as_str());
    notes.collect::<Vec<&str>>().join("\n")
}

/// The lines of which the other text has fewer.
fn only<'a>(text: &'a str, other: &str) -> Vec<&'a str> {
    let count = |text: &str, line: &str| text.lines().filter(|other| *other == line).count();
    text.lines().filter(|line| count(text, line) > count(other, line)).collect()
}

/// What one of the two knows is all that differs, and is noted.
#[test]
fn the_same_deployment_gives_the_same_toml() {
    let xml = import(LITWARE_XML).expect("the export is read");
    let json = imported(LITWARE_JSON);
    assert_eq!(
        only(&xml.toml, &json.toml),
        [
            "# Imported by lynt from the output of Get-CsTopology -AsXml.",
            "central-site = \"Redvale\"",
            "central-site = \"Portmere\"",
            r#"back-end = { sql-server = 'sql-red.litware.example\RTC', high-availability = "alwayson-ag" }"#,
        ]
    );
    assert_eq!(
        only(&json.toml, &xml.toml),
        [
            "# Imported by lynt from the output of cmdlets, as JSON.",
            "# central-site = \"?\"  # TODO: not in the export",
            "# central-site = \"?\"  # TODO: not in the export",
            r"back-end = { sql-server = 'sql-red.litware.example\RTC' }",
            "#   [[pool]]               back-end.high-availability",
        ]
    );
    assert_eq!(
        only(&notes(&json), &notes(&xml)),
        [
            "the central site of the branch site `Ashby` is not in the export: add `central-site`",
            "the central site of the branch site `Kelby` is not in the export: add `central-site`",
            "not in the export, to be added by hand: [[pool]]: back-end.high-availability",
        ]
    );
}

#[test]
fn every_encoding_gives_the_same() {
    let expected = imported(LITWARE_JSON);
    let windows = LITWARE_JSON.replace('\n', "\r\n");
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect();
    let cases: [Vec<u8>; 5] = [
        utf16(&format!("\u{feff}{windows}"), u16::to_le_bytes),
        utf16(&format!("\u{feff}{LITWARE_JSON}"), u16::to_be_bytes),
        utf16(LITWARE_JSON, u16::to_le_bytes),
        format!("\u{feff}{windows}").into_bytes(),
        format!("\r\n\r\n{windows}").into_bytes(),
    ];
    for bytes in cases {
        let imported = import(&bytes).expect("the export is read");
        assert_eq!((&imported.toml, notes(&imported)), (&expected.toml, notes(&expected)));
    }
}

#[test]
fn case_prefixes_and_forms_of_values_make_no_difference() {
    let expected = imported(LITWARE_JSON);
    let cases = [
        ("\"Registrar:fe-red.litware.example\"", "\"registrar:FE-RED.Litware.example.\""),
        ("\"Director:dir-red.litware.example\"", "[\"Registrar:dir-red.litware.example\"]"),
        (
            "\"UserServer\": \"UserServer:fe-red.litware.example\"",
            "\"UserServer\": \"fe-red.litware.example\"",
        ),
        ("\"Site:Portmere\"", "\"Portmere\""),
        ("\"SiteId\": \"Site:Redvale\"", "\"SiteId\": \"site:REDVALE\""),
        ("\"00:10:00\"", "{\"Ticks\": 6000000000}"),
        ("\"00:10:00\"", "\"00:10:00.0000000\""),
        ("\"EnableAutomaticFailover\": null,", ""),
        ("\"Version\": 7", "\"Version\": \"7\""),
        (
            "\"PoolFqdn\": \"fe-red.litware.example\"",
            "\"PoolFqdn\": {\"Value\": \"fe-red.litware.example\"}",
        ),
        ("\"backups\":", "\"userDatabases2\": null, \"backups\":"),
    ];
    for (from, to) in cases {
        assert!(LITWARE_JSON.contains(from), "{from}");
        assert_eq!(imported(&LITWARE_JSON.replace(from, to)).toml, expected.toml, "{to}");
    }
}

#[test]
fn what_the_parts_disagree_on_is_noted() {
    let noted = |from: &str, to: &str| {
        assert!(LITWARE_JSON.contains(from), "{from}");
        notes(&imported(&LITWARE_JSON.replacen(from, to, 1)))
    };
    let cases = [
        (
            "\"Registrar:sba-ashby.litware.example\",",
            "\"Registrar:sba-ashby.litware.example\", \"Oracle:sba-ashby.litware.example\",",
            "the role `Oracle` is not known here",
        ),
        ("\"backups\":", "\"weather\": 1, \"backups\":", "the key `weather` is not known here"),
        (
            "\"Registrar:FE-Port.litware.example\"",
            "\"Registrar:gone.litware.example\"",
            "the service `Registrar` of `fe-red.litware.example` depends on `Registrar:gone.litware.example`, which the export does not have",
        ),
        (
            "\"Registrar:FE-Port.litware.example\"",
            "\"Registrar:se-port.litware.example\"",
            "`Get-CsPoolBackupRelationship` of `fe-red.litware.example` names `fe-port.litware.example`, `BackupRegistrar` of its Registrar does not",
        ),
        (
            "\"FileStore:files-port.litware.example\"",
            "\"Registrar:files-port.litware.example\"",
            "`Get-CsPool` says that `files-port.litware.example` has a service `Registrar`, `Get-CsService` does not",
        ),
        (
            "\"SiteType\": \"CentralSite\"",
            "\"SiteType\": null",
            "the `SiteType` of `Portmere` is absent: it was read as a central site",
        ),
        (
            "\"Site\": \"Site:Ashby\"",
            "\"Site\": \"Site:Nowhere\"",
            "the site of `sba-ashby.litware.example` is not in the export",
        ),
    ];
    for (from, to, note) in cases {
        let notes = noted(from, to);
        assert!(notes.contains(note), "{note}\n---\n{notes}");
    }
}

#[test]
fn a_backup_that_only_the_relation_tells_counts() {
    let text = LITWARE_JSON.replace("\"Registrar:FE-Port.litware.example\"", "null");
    let imported = imported(&text);
    assert!(imported.toml.contains("backup-registrar = \"fe-port.litware.example\""));
    assert!(notes(&imported).contains("names `fe-port.litware.example`"));
}

#[test]
fn what_is_no_export_is_refused() {
    let with = |from: &str, to: &str| {
        assert!(LITWARE_JSON.contains(from), "{from}");
        LITWARE_JSON.replacen(from, to, 1)
    };
    let services = "\"Services\": \"FileStore:files-red.litware.example\"";
    let cut =
        "the JSON was cut off: `pools[4].Services` has the name of a type or a list in one text";
    let cases = [
        ("{}".to_owned(), "this JSON is no export for lynt: it has no `pools`"),
        ("[]".to_owned(), "this JSON is a list, not an object"),
        ("{\"pools\": 5}".to_owned(), "`pools` is a number, not an object"),
        (
            "{\"lynt\": 2, \"pools\": []}".to_owned(),
            "the export is of version 2, and this lynt reads 1",
        ),
        ("{\"pools\": [}".to_owned(), "malformed JSON: expected value"),
        (LITWARE_JSON[..900].to_owned(), "the JSON ends too early"),
        (with(services, "\"Services\": \"System.Collections.Generic.List`1[System.String]\""), cut),
        (with(services, "\"Services\": \"Registrar:a.example UserServer:a.example\""), cut),
        (with(services, "\"Services\": \"@{Role=FileStore; Fqdn=a.example}\""), cut),
        (
            "{\"pools\": \"@{Fqdn=a.example}\"}".to_owned(),
            "the JSON was cut off: `pools` has the name of a type or a list in one text",
        ),
        (
            with(
                "\"BackupRegistrar\": \"Registrar:FE-Port.litware.example\"",
                "\"BackupRegistrar\": \"Microsoft.Rtc.Management.Xds.X\"",
            ),
            "the JSON was cut off: `registrars[0].BackupRegistrar` has the name of a type or a list in one text",
        ),
        (
            with("\"00:10:00\"", "{\"Ticks\": 5}"),
            "`registrars[0].FailbackDetectionInterval` is an object, not a time span of whole seconds",
        ),
        (
            with("\"ShareName\": \"lync\"", "\"ShareName\": [1, 2]"),
            "`fileStores.value[1].ShareName` is a list, not a text",
        ),
    ];
    for (text, message) in cases {
        let error = refused(&text);
        assert_eq!(error.message, message);
        assert!(error.place.is_some() || message.starts_with("this JSON is a list"), "{message}");
        let help = error.help.expect("a help");
        assert_eq!(help.contains("ConvertTo-Json -Depth"), message.contains("cut off"), "{help}");
        assert_eq!(anonymise(text.as_bytes()), Err(refused(&text)));
    }
    assert_eq!(refused("\n{\"pools\": [}").place, Some((2, 12)));
    // What is wrong in a value has the place of the value, whatever stands in keys and texts before it.
    let nested = "{\"sites\": [{\"Identity\": \"a\\\\\\\"]},\"}],\n \"p\\u006fols\": [ {\"Fqdn\": \"ä\", \"Site\": {}}]}";
    let error = refused(nested);
    assert_eq!(error.message, "`pools[0].Site` is an object, not a text");
    assert_eq!(error.place, Some((2, 40)));
    let cut = LITWARE_JSON[..900].lines().last().map(|line| line.chars().count() + 1);
    let place = refused(&LITWARE_JSON[..900]).place.map(|(_, column)| column);
    assert_eq!(place, cut.and_then(|column| u32::try_from(column).ok()));
}

#[test]
fn nothing_survives_anonymising() {
    let anonymised = anonymise(LITWARE_JSON.as_bytes()).expect("the export is read");
    assert_eq!(import(anonymised.export.as_bytes()), Ok(anonymised.imported.clone()));
    let xml = anonymise(LITWARE_XML).expect("the export is read").imported;
    // The XML names one host more that is sorted in between; these have the same pseudonyms.
    for line in xml.toml.lines().filter(|line| line.starts_with("fqdn") || line.starts_with("name"))
    {
        assert!(anonymised.imported.toml.contains(line), "{line}");
    }
    let all = format!("{anonymised:?}").to_lowercase();
    for name in [
        "litware", "redvale", "portmere", "ashby", "kelby", "rtc", "lync", "-red", "-port",
        "se-files",
    ] {
        assert!(!all.contains(name), "{name}");
    }
    let odd = LITWARE_JSON.replace(
        "\"backups\":",
        "\"Portmere\": {\"note\": \"call Ann\", \"Phone\": 4912345678}, \"backups\":",
    );
    let odd = anonymise(odd.as_bytes()).expect("the export is read").export.to_lowercase();
    assert!(
        !odd.contains("portmere") && !odd.contains("ann\"") && !odd.contains("4912345678"),
        "{odd}"
    );
}

#[test]
fn no_damage_panics() {
    for length in (0..LITWARE_JSON.len()).step_by(13) {
        assert!(import(&LITWARE_JSON.as_bytes()[..length]).is_err(), "{length}");
    }
    for at in (0..LITWARE_JSON.len()).step_by(5) {
        let mut bytes = LITWARE_JSON.as_bytes().to_vec();
        bytes[at] ^= 0x15;
        if import(&bytes).is_ok() {
            assert!(anonymise(&bytes).is_ok(), "{at}");
        }
    }
}

/// The script in the documentation writes the keys that the fixture has, so those that are read.
#[test]
fn the_script_writes_what_is_read() {
    let page = include_str!("../docs/export.md").replace("\r\n", "\n");
    let script = page.split("```powershell\n").nth(1).and_then(|rest| rest.split("```").next());
    let script = script.expect("the page has a script");
    let lists: Vec<(&str, &str)> =
        script.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(" = ")).collect();
    let keys: Vec<&str> = lists
        .iter()
        .map(|(key, _)| key.trim())
        .filter(|key| key.chars().all(char::is_alphanumeric) && !key.is_empty())
        .collect();
    let fixture: serde_json::Value = serde_json::from_str(LITWARE_JSON).expect("JSON");
    let mut expected: Vec<&String> = fixture.as_object().expect("an object").keys().collect();
    expected.sort();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    for key in keys.iter().filter(|key| **key != "lynt") {
        let part = script.split(&format!("\n    {key} ")).nth(1).expect(key);
        let end = keys.iter().filter_map(|next| part.find(&format!("\n    {next} "))).min();
        let part = &part[..end.unwrap_or(part.len())];
        let item = match &fixture[*key] {
            serde_json::Value::Array(items) => &items[0],
            object if object["value"].is_array() => &object["value"][0],
            object => object,
        };
        for property in item.as_object().expect("an object").keys() {
            let words = part.split(|c: char| !c.is_alphanumeric());
            assert!(words.into_iter().any(|word| word == property), "{key}: {property}");
        }
    }
}
