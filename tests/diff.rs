//! `lynt diff`: what differs is told, and nothing else, wherever the two sides come from.

mod common;

#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/generate.rs"]
mod generate;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/model.rs"]
mod model;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/random.rs"]
mod random;

use common::command::{Case, Folder, git, lynt, run_cases, text};
use common::exports::deflated;
use lynt::Options;
use lynt::compare::{Changed, Findings, Locator, check, entities, failures, findings};
use lynt::import::{Telling, import, telling};
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::topology::{self, Topology};
use model::written;
use random::Random;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A debug build, being slow, tries fewer.
const TOPOLOGIES: u64 = if cfg!(debug_assertions) { 300 } else { 3_000 };

/// Rules and failures take longer.
const JUDGED: u64 = if cfg!(debug_assertions) { 25 } else { 300 };

const EXPORT: &str = include_str!("../examples/litware/Topology.xml");

const LONDON: &str = "\
[[site]]
name = \"London\"

[[pool]]
fqdn = \"fe-lon.contoso.com\"
site = \"London\"
version = \"sfb-2015\"
backup-registrar = \"fe-ams.contoso.com\"
failure-detection-interval = 300
front-end-servers = [\"a.contoso.com\", \"b.contoso.com\"]

[[pool]]
fqdn = \"fe-ams.contoso.com\"
version = \"sfb-2015\"
backup-registrar = \"fe-lon.contoso.com\"

[[user-group]]
name = \"London staff\"
home = \"fe-lon.contoso.com\"
users = 500
";

/// Runs `lynt diff -f json`; the exit code must be that of what is found.
fn diff(folder: &Folder, arguments: &[&str]) -> Value {
    let output = lynt(folder, &[&["diff", "-f", "json"], arguments].concat(), b"");
    let said = text(&output.stdout) + &text(&output.stderr);
    let found: Value = serde_json::from_slice(&output.stdout).expect(&said);
    let code = i32::from(found["alike"] != true);
    assert_eq!(output.status.code(), Some(code), "{said}");
    found
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `@line:column`, or nothing.
fn spot(place: &Value) -> String {
    match place["line"].as_u64() {
        Some(line) => format!("@{line}:{}", place["column"]),
        None => String::new(),
    }
}

/// `changed pool fe.contoso.com: capacity: [3@1:2] [4@1:2]`, one line for each entity.
fn told(found: &Value) -> Vec<String> {
    let values = |values: &Value| {
        let told = values.as_array().expect("an array").iter().map(|value| {
            let default = if value["default"] == true { "*" } else { "" };
            format!("{}{default}{}", word(&value["value"]), spot(&value["place"]))
        });
        format!("[{}]", told.collect::<Vec<_>>().join(" "))
    };
    let entities = found["entities"].as_array().expect("an array").iter().map(|entity| {
        let keys = entity["keys"].as_array().expect("an array").iter();
        let keys = keys.map(|key| {
            format!("; {}: {} {}", word(&key["key"]), values(&key["old"]), values(&key["new"]))
        });
        let head = format!("{} {}", word(&entity["change"]), word(&entity["table"]));
        let (name, keys) = (word(&entity["name"]), keys.collect::<String>());
        let places = [&entity["old"], &entity["new"]].map(spot).join("");
        format!("{head} {name}{places}{keys}")
    });
    entities.collect()
}

#[test]
fn each_kind_of_difference_is_told_with_its_places() {
    let folder = Folder::new("diff-kinds");
    folder.write("old.toml", LONDON);
    let pool = "changed pool fe-lon.contoso.com@5:8@5:8; ";
    let cases = [
        (
            "users = 500",
            "users = 600",
            "changed user-group London staff@18:8@18:8; users: [500@20:9] [600@20:9]".to_owned(),
        ),
        ("300", "\"6m\"", format!("{pool}failure-detection-interval: [300@9:30] [360@9:30]")),
        (
            "failure-detection-interval = 300\n",
            "",
            "changed pool fe-lon.contoso.com@5:8@5:8; failure-detection-interval: [300@9:30] []"
                .to_owned(),
        ),
        (
            "\"a.contoso.com\", ",
            "\"c.contoso.com\", ",
            format!("{pool}front-end-servers: [a.contoso.com@10:22] [c.contoso.com@10:22]"),
        ),
        (
            "[\"a.contoso.com\", \"b.contoso.com\"]",
            "2",
            format!("{pool}front-end-servers: [a.contoso.com@10:22 b.contoso.com@10:39] [2@10:21]"),
        ),
        (
            "registrar = \"fe-ams.contoso.com\"",
            "registrar = [\"fe-ams.contoso.com\", \"x\"]",
            format!("{pool}backup-registrar: [] [x@8:43]"),
        ),
        (
            "name = \"London\"\n",
            "name = \"London\"\nkind = \"branch\"\n",
            "changed site London@2:8@2:8; kind: [central*@2:8] [branch@3:8]".to_owned(),
        ),
        (
            "site = \"London\"\n",
            "site = \"LONDON\"\n",
            format!("{pool}site: [London@6:8] [LONDON@6:8]"),
        ),
        (
            "site = \"London\"\n",
            "site = \"London\"\ntags = { Owner = \"voice\" }\n",
            format!("{pool}tags.owner: [] [voice@7:18]"),
        ),
        (
            "site = \"London\"\n",
            "site = \"London\"\nautomatic-failover = true\n",
            format!("{pool}automatic-failover: [] [true@7:22]"),
        ),
        (
            "[[user-group]]",
            "[[site]]\nname = \"York\"\nkind = \"branch\"\n\n[[user-group]]",
            "added site York@18:8; kind: [] [branch@19:8]".to_owned(),
        ),
        ("[[site]]\nname = \"London\"\n", "", "removed site London@2:8".to_owned()),
        (
            "[[site]]\n",
            "[deployment]\nname = \"Contoso\"\n[[site]]\n",
            "added deployment @1:1; name: [] [Contoso@2:8]".to_owned(),
        ),
    ];
    for (from, to, expected) in cases {
        let new = LONDON.replacen(from, to, 1);
        assert_ne!(new, LONDON, "{from}");
        folder.write("new.toml", new);
        let found = diff(&folder, &["--no-verdict", "old.toml", "new.toml"]);
        // What stands below an added line moves, which is none of the case's business.
        assert_eq!(told(&found), [expected], "{from} -> {to}");
        assert_eq!((&found["findings"], &found["failures"]), (&Value::Null, &Value::Null));
    }
    // A default of the deployment shows wherever it holds.
    folder.write(
        "old.toml",
        "[deployment]\ndefault-version = \"sfb-2015\"\n[[pool]]\nfqdn = \"a\"\n",
    );
    folder.write(
        "new.toml",
        "[deployment]\ndefault-version = \"sfb-2019\"\n[[pool]]\nfqdn = \"a\"\n",
    );
    let found = diff(&folder, &["--no-verdict", "old.toml", "new.toml"]);
    let deployment =
        "changed deployment @1:1@1:1; default-version: [sfb-2015@2:19] [sfb-2019@2:19]";
    assert_eq!(
        told(&found),
        [deployment, "changed pool a@4:8@4:8; version: [sfb-2015*@4:8] [sfb-2019*@4:8]"]
    );
}

#[test]
fn ways_of_writing_are_no_difference() {
    let folder = Folder::new("diff-alike");
    folder.write("old.toml", LONDON);
    let mut tables: Vec<&str> = LONDON.split("\n\n").collect();
    tables.reverse();
    let cases = [
        (
            "comments",
            format!("# hello\n{}", LONDON.replace("\n\n", "\n\n# lynt: ignore[backup]: no\n")),
        ),
        ("order", tables.join("\n\n") + "\n"),
        ("case", LONDON.replace("\"fe-lon.contoso.com\"", "\"FE-LON.Contoso.com\"")),
        ("dots", LONDON.replace("fe-ams.contoso.com\"", "fe-ams.contoso.com.\"")),
        ("a duration", LONDON.replace("300", "\"5m\"")),
        (
            "an array of one",
            LONDON.replace("\"fe-ams.contoso.com\"\nfail", "[\"fe-ams.contoso.com\"]\nfail"),
        ),
        (
            "the order of an array",
            LONDON.replace(
                "[\"a.contoso.com\", \"b.contoso.com\"]",
                "[\"B.contoso.com\", \"a.contoso.com\", \"a.contoso.com\"]",
            ),
        ),
        (
            "a default",
            LONDON.replace("name = \"London\"\n", "name = \"London\"\nkind = \"central\"\n"),
        ),
        (
            "a default of the deployment",
            LONDON.replace("version = \"sfb-2015\"\n", "")
                + "[deployment]\ndefault-version = \"sfb-2015\"\n",
        ),
    ];
    for (what, new) in cases {
        assert_ne!(new, LONDON, "{what}");
        folder.write("new.toml", &new);
        let found = diff(&folder, &["old.toml", "new.toml"]);
        match what {
            // The table itself is more than there was.
            "a default of the deployment" => assert_eq!(told(&found).len(), 1, "{what}"),
            _ => assert_eq!(told(&found), Vec::<String>::new(), "{what}"),
        }
        assert_eq!(found["findings"]["new"], found["findings"]["gone"], "{what}");
        assert_eq!(found["failures"]["rows"].as_array().map(Vec::len), Some(0), "{what}");
    }
    // Files, their names and folders.
    for (name, table) in ["z.toml", "a/b.toml", "c.toml", "d.toml"].iter().zip(LONDON.split("\n\n"))
    {
        folder.write(&format!("split/{name}"), table);
    }
    assert_eq!(diff(&folder, &["old.toml", "split"])["alike"], true);
}

#[test]
fn what_it_does_is_told() {
    let folder = Folder::new("diff-verdict");
    folder.write("old.toml", LONDON);
    folder.write("new.toml", LONDON.replace("backup-registrar = \"fe-ams.contoso.com\"\n", ""));
    let select = ["--select", "asymmetric-backup", "old.toml", "new.toml"];
    let found = diff(&folder, &select);
    let (new, gone) = (&found["findings"]["new"], &found["findings"]["gone"]);
    assert_eq!(
        word(&new[0]["atom"]),
        "asymmetric-backup(\"fe-ams.contoso.com\", \"fe-lon.contoso.com\")"
    );
    assert_eq!((spot(&new[0]["place"]).as_str(), gone), ("@14:20", &Value::Array(Vec::new())));
    let rows = found["failures"]["rows"].as_array().expect("rows");
    let row = |row: &Value| {
        format!(
            "{} {} {}",
            word(&row["failure"]),
            word(&row["old"][0]["mode"]),
            word(&row["new"][0]["mode"])
        )
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    assert!(rows.contains(&"pool fe-lon.contoso.com resiliency offline".to_owned()), "{rows:?}");
    // People read the same, and so does who comments on a change.
    let markdown_findings = [
        "| new | `asymmetric-backup` | error | `fe-ams.contoso.com` names `fe-lon.contoso.com` as its backup \
         registrar, but `fe-lon.contoso.com` does not name `fe-ams.contoso.com` | `new.toml:14:20` |\n",
        "| what fails | | offline | resiliency | on-backup-registrar | failed-over | normal | unknown |\n",
        "| `site London` | OLD |  | 500 |  |  |  |  |\n| `site London` | NEW | 500 |  |  |  |  |  |\n",
    ];
    let cases: &[Case<'_>] = &[
        (
            &[&["diff"], &select[..]].concat(),
            1,
            &[
                "~ when site London fails\n      - resiliency 500\n      + offline 500\n",
                "single failures that\n           differ: 2\n",
            ],
            &[],
        ),
        (&[&["diff", "-f", "markdown"], &select[..]].concat(), 1, &markdown_findings, &[]),
        (
            &["diff", "-f", "markdown", "--select", "asymmetric-backup", "new.toml", "old.toml"],
            1,
            &["| gone | `asymmetric-backup` | error | ", "| `site London` | NEW |  | 500 |"],
            &[],
        ),
    ];
    run_cases(&folder, "", cases);
    // More users are told where they are hurt, and once where they are not.
    folder.write("more.toml", LONDON.replace("users = 500", "users = 600"));
    let found = diff(&folder, &["old.toml", "more.toml"]);
    let rows = found["failures"]["rows"].as_array().expect("rows");
    let failing: Vec<String> = rows.iter().map(|row| word(&row["failure"])).collect();
    assert_eq!(failing, ["nothing", "pool fe-lon.contoso.com", "site London"]);
    // A comment that ignores it keeps it from being new; that it is ignored is no difference.
    let ignored = LONDON.replace("backup-registrar = \"fe-ams.contoso.com\"\n", "").replace(
        "[[pool]]\nfqdn = \"fe-ams",
        "# lynt: ignore[asymmetric-backup] until 2026-12-31: soon\n[[pool]]\nfqdn = \"fe-ams",
    );
    folder.write("new.toml", ignored);
    let counts = |today: &str| {
        let found = diff(&folder, &[&["--today", today][..], &select].concat());
        found["findings"]["new"].as_array().map(Vec::len)
    };
    assert_eq!((counts("2026-12-31"), counts("2027-01-01")), (Some(0), Some(1)));
    // The levels of NEW count for both, those of OLD don't.
    let level = |level: &str| format!("[rule.unknown-version]\nlevel = \"{level}\"\n");
    folder.write("new/lynt.toml", level("note")).write("new/t.toml", LONDON);
    folder.write("old/lynt.toml", level("error"));
    folder.write("old/t.toml", LONDON.replace("version = \"sfb-2015\"\n", ""));
    let counts = "different: 0 added, 0 removed, 2 changed; findings: 0 new, 2 gone, ";
    let cases: &[Case<'_>] = &[
        (&["diff", "old", "new"], 1, &["- note[unknown-version]", counts], &[]),
        (&["diff", "new", "old"], 1, &["+ error[unknown-version]"], &[]),
        (&["diff", "--isolated", "old", "new"], 1, &["- warning[unknown-version]", counts], &[]),
    ];
    run_cases(&folder, "", cases);
}

fn commit(folder: &Folder) {
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "next"]);
}

#[test]
fn revisions_are_read_through_git() {
    let folder = Folder::new("diff-git");
    git(&folder.0, &["init", "--quiet", "--initial-branch", "main"]);
    folder.write("topology/a.toml", LONDON).write("topology/lynt-baseline.toml", "version = 1\n");
    // None of these belongs to the topology.
    let other = "[[site]]\nname = \"York\"\n";
    folder.write("topology/.hidden/x.toml", other).write("topology/lab/x.toml", other);
    folder
        .write("topology/lab/lynt.toml", "")
        .write("topology/lynt.toml", "[topology]\nexclude = [\"old\"]\n");
    folder.write("topology/old/x.toml", other).write("topology/left/x.toml", other);
    folder.write("export.xml", EXPORT);
    commit(&folder);
    let id = git(&folder.0, &["rev-parse", "HEAD"]);
    let exclude = ["--exclude", "left"];
    let with = |sides: &[&'static str]| [&exclude, sides].concat();
    let found = diff(&folder, &with(&["HEAD:topology", "topology"]));
    assert_eq!(
        (&found["alike"], word(&found["old"]["commit"]).as_str()),
        (&Value::Bool(true), id.trim())
    );
    // Moved and changed: places tell of which commit they are.
    std::fs::remove_file(folder.0.join("topology/a.toml")).expect("it goes");
    folder.write("topology/b.toml", LONDON.replace("500", "501"));
    let found = diff(&folder, &with(&["main:topology", "topology"]));
    assert_eq!(
        told(&found),
        ["changed user-group London staff@18:8@18:8; users: [500@20:9] [501@20:9]"]
    );
    let values = &found["entities"][0]["keys"][0];
    assert_eq!(word(&values["old"][0]["place"]["path"]), "main:topology/a.toml");
    assert_eq!(word(&values["new"][0]["place"]["path"]), "topology/b.toml");
    commit(&folder);
    let file = ["HEAD~1:topology/a.toml", "HEAD:topology/b.toml"];
    assert_eq!(told(&diff(&folder, &file)).len(), 1);
    // A folder that is gone; a path from another folder; an export of a commit.
    std::fs::remove_dir_all(folder.0.join("topology")).expect("it goes");
    assert_eq!(told(&diff(&folder, &with(&["HEAD~1:topology", "HEAD:topology"]))).len(), 1);
    git(&folder.0, &["checkout", "--quiet", "--", "topology"]);
    let below = lynt(folder.0.join("topology"), &["diff", "--exclude", "left", "HEAD:", "."], b"");
    assert_eq!(below.status.code(), Some(0), "{}", text(&below.stderr));
    assert_eq!(diff(&folder, &["HEAD:export.xml", "export.xml"])["alike"], true);
    // What is there is no revision.
    folder.write("HEAD:topology", LONDON.replace("500", "502"));
    let found = diff(&folder, &["HEAD:topology", "HEAD:topology/"]);
    assert_eq!(found["old"]["commit"], Value::Null);
}

#[test]
fn an_export_is_compared_by_what_it_tells() {
    let folder = Folder::new("diff-export");
    let toml = import(EXPORT.as_bytes()).expect("it is read").toml;
    folder.write("t/imported.toml", &toml).write("old.xml", EXPORT);
    let found = diff(&folder, &["t", "old.xml"]);
    assert_eq!(
        (&found["alike"], &found["left_out"]),
        (&Value::Bool(true), &Value::Array(Vec::new()))
    );
    // What people keep does not differ, and counts for what the export does.
    let kept = "\n[[user-group]]\nname = \"Red\"\nhome = \"fe-red.litware.example\"\nusers = 900\nenterprise-voice = true\n";
    let edition = "edition = \"enterprise\"\n";
    let more = format!("{edition}capacity = 5000\nhosting = \"virtual\"\n");
    // An export tells this key of some pools, but not of this one.
    let sometimes = format!("{edition}failback-detection-interval = 700\n");
    let by_hand = toml.replace(edition, &more).replacen(edition, &sometimes, 1) + kept;
    folder.write("t/imported.toml", &by_hand);
    for sides in [["t", "old.xml"], ["old.xml", "t"]] {
        let found = diff(&folder, &sides);
        assert_eq!(found["alike"], true, "{found}");
        let left: Vec<String> =
            found["left_out"].as_array().expect("an array").iter().map(word).collect();
        let failback = "pool.failback-detection-interval";
        assert_eq!(left, ["pool.capacity", failback, "pool.hosting", "user-group"]);
    }
    let line = "left out, not told by exports: pool.capacity, pool.failback-detection-interval,";
    run_cases(&folder, "", &[(&["diff", "t", "old.xml"], 0, &[line, "\nalike: "], &[])]);
    let all = told(&diff(&folder, &["--all-keys", "t", "old.xml"]));
    assert_eq!(all.len(), 3, "{all:?}");
    // The change of an export, and what it does to the users that the repository knows.
    let dependency = "\
        <Dependency Usage=\"BackupRegistrar\">
          <ServiceId SiteId=\"2\" RoleName=\"Registrar\" Instance=\"1\" />
        </Dependency>\n";
    let lost = EXPORT.replacen(dependency, "", 1);
    assert_ne!(lost, EXPORT);
    // An export has no configuration of its own.
    folder.write("lost.xml", lost);
    folder.write("t/lynt.toml", "[rule.asymmetric-backup]\nlevel = \"note\"\n");
    let found = diff(&folder, &["t", "lost.xml"]);
    let [only] = told(&found).try_into().expect("one entity");
    let expected = "changed pool fe-red.litware.example@51:8@103:14; backup-registrar: [fe-port.litware.example@57:20] []";
    assert_eq!(only, expected);
    let new = found["findings"]["new"].as_array().expect("an array").iter();
    let new: Vec<String> =
        new.map(|found| format!("{} {}", word(&found["severity"]), word(&found["rule"]))).collect();
    assert!(new.contains(&"note asymmetric-backup".to_owned()), "{new:?}");
    let rows = found["failures"]["rows"].as_array().expect("an array");
    let row = rows.iter().find(|row| row["failure"] == "pool fe-red.litware.example");
    let row = row.expect("the users hang on it");
    let left = [&row["old"], &row["new"]]
        .map(|modes| (word(&modes[0]["mode"]), modes[0]["users"].as_i64()));
    let modes = ["resiliency", "offline"].map(|mode| (mode.to_owned(), Some(900)));
    assert_eq!(left, modes);
    let changed = EXPORT.replace("fe-port-3.litware.example", "fe-port-4.litware.example");
    assert_ne!(changed, EXPORT);
    folder.write("new.xml", &changed);
    assert_eq!(
        told(&diff(&folder, &["t", "new.xml"])),
        [
            "changed pool fe-port.litware.example@34:8@55:14; front-end-servers: [fe-port-3.litware.example@45:5] [fe-port-4.litware.example@57:16]"
        ]
    );
    assert_eq!(told(&diff(&folder, &["old.xml", "new.xml"])).len(), 1);
    #[cfg(unix)]
    {
        let shell = format!("{} diff t <(cat new.xml)", env!("CARGO_BIN_EXE_lynt"));
        let piped =
            std::process::Command::new("bash").args(["-c", &shell]).current_dir(&folder.0).output();
        let piped = piped.expect("bash runs");
        assert_eq!(piped.status.code(), Some(1), "{}", text(&piped.stderr));
    }
    // From standard input, as UTF-16 with a mark.
    let bytes: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(changed.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    run_cases(
        &folder,
        bytes,
        &[(&["diff", "t", "-"], 1, &["+ \"fe-port-4.litware.example\"  <stdin>:57:16\n"], &[])],
    );
}

/// Whatever its form: what differs has the place where the export says it.
#[test]
fn values_of_an_export_have_their_places_in_it() {
    let folder = Folder::new("diff-places");
    let xml = EXPORT.replace("fe-port-3.litware.example", "fe-port-4.litware.example");
    let json = include_str!("import/litware.json");
    let changed = json.replace("fe-port-3.litware.example", "fe-port-4.litware.example");
    let tbxml = include_str!("import/litware.tbxml");
    folder.write("old.json", json).write("new.json", &changed);
    folder.write("old.xml", EXPORT).write("new.xml", &xml);
    folder.write("new.zip", deflated("DocItemSet.xml", xml.as_bytes()));
    folder.write("old.tbxml", tbxml);
    folder.write(
        "new.tbxml",
        tbxml.replace("fe-port-3.litware.example", "fe-port-4.litware.example"),
    );
    // `line:column` of the first mention, with what stands `before` the name there.
    let first = |text: &str, before: &str| {
        let at = text.find(&format!("{before}fe-port-4.litware.example")).expect(before);
        let line = text[..at].matches('\n').count() + 1;
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        format!("{line}:{}", at - start + 1)
    };
    let cases = [
        ("old.xml", "new.xml", "new.xml", "57:16".to_owned()),
        ("old.xml", "new.zip", "new.zip(DocItemSet.xml)", "57:16".to_owned()),
        ("old.json", "new.json", "new.json", first(&changed, "\"")),
        ("old.tbxml", "new.tbxml", "new.tbxml", first(&folder.read("new.tbxml"), "Fqdn=\"")),
    ];
    for (old, new, path, place) in cases {
        let found = diff(&folder, &[old, new]);
        let value = &found["entities"][0]["keys"][0]["new"][0];
        assert_eq!(value["value"], "fe-port-4.litware.example", "{new}");
        let told = format!("{}:{}", value["place"]["line"], value["place"]["column"]);
        assert_eq!((word(&value["place"]["path"]).as_str(), told), (path, place), "{new}");
    }
    // Findings too.
    let dependency = "<Dependency Usage=\"BackupRegistrar\">\n          <ServiceId SiteId=\"2\"";
    let lost = EXPORT.replacen(dependency, &dependency.replace('2', "9"), 1);
    assert_ne!(lost, EXPORT);
    folder.write("lost.xml", &lost);
    let found = diff(&folder, &["old.xml", "lost.xml"]);
    let (new, gone) = (&found["findings"]["new"], &found["findings"]["gone"]);
    for finding in new.as_array().into_iter().chain(gone.as_array()).flatten() {
        assert_ne!(spot(&finding["place"]), "", "{finding}");
    }
    assert!(new.as_array().is_some_and(|new| !new.is_empty()), "{found}");
}

/// Every key that the importer writes is one that exports tell, or where they may.
#[test]
fn what_is_imported_can_be_told() {
    let rules = Rules::shipped();
    let program = &rules.set.program;
    let mut keys = BTreeSet::new();
    let exports = ["../examples/litware/Topology.xml", "import/litware.tbxml", "import/odd.xml"];
    for export in exports {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(export);
        let toml = import(&std::fs::read(path).expect(export)).expect(export).toml;
        let mut sources = Sources::default();
        let file = sources.add(export, toml);
        let topology = topology::parse(program, &sources, &[file]).expect("it is a topology");
        for entity in &topology.entities {
            let declared = &program.entities[entity.kind];
            for value in &topology.values[entity.values.start as usize..entity.values.end as usize]
            {
                let goes = |relation| relation == value.relation;
                let key = declared.keys.iter().find(|(_, key)| key.relations().any(goes));
                keys.insert((declared.table.clone(), key.expect("a key").0.clone()));
            }
        }
    }
    assert!(keys.len() > 20, "{keys:?}");
    for (table, key) in &keys {
        assert_ne!(telling(table, key), Telling::Never, "{table}.{key}");
    }
    // None is thought to be told and never is, but for those of SBAs that the importer writes as those of pools.
    for entity in &program.entities {
        let table = entity.table.as_str();
        for key in entity.keys.keys().filter(|key| telling(table, key) != Telling::Never) {
            let is_written = |table: &str| keys.contains(&(table.to_owned(), key.clone()));
            assert!(is_written(table) || table == "sba" && is_written("pool"), "{table}.{key}");
        }
    }
}

#[test]
fn what_can_not_be_compared_is_told() {
    let folder = Folder::new("diff-wrong");
    folder.write("t.toml", LONDON).write("broken.toml", "[[pool]\n").write("empty.toml", "");
    folder
        .write("nothing.json", "{\"pools\": []}")
        .write("broken.xml", "<Topology>")
        .write("rules.dl", "nonsense");
    let cases: &[Case<'_>] = &[
        (&["diff", "t.toml"], 2, &[], &["<NEW>"]),
        (&["diff", "-", "-"], 2, &[], &["error[usage]: both sides are standard input"]),
        (&["diff", "gone", "t.toml"], 2, &[], &["error[unreadable]: OLD: could not read gone"]),
        (
            &["diff", "t.toml", "gone.xml"],
            2,
            &[],
            &["error[unreadable]: NEW: could not read gone.xml"],
        ),
        (&["diff", "HEAD:t.toml", "t.toml"], 2, &[], &["error[no-work-tree]: OLD: "]),
        (&["diff", "broken.toml", "t.toml"], 2, &[], &["]: OLD: ", "broken.toml:1:"]),
        (&["diff", "t.toml", "broken.toml"], 2, &[], &["]: NEW: ", "broken.toml:1:"]),
        (&["diff", "broken.toml", "gone"], 2, &[], &["NEW: could not read gone"]),
        (&["diff", "t.toml", "broken.xml"], 2, &[], &["error[import]: NEW: broken.xml:1:"]),
        (
            &["diff", "nothing.json", "t.toml"],
            2,
            &[],
            &["error[import]: OLD: nothing.json:1:1: the export is empty", "help: expected"],
        ),
        (
            &["diff", "t.toml", "empty.toml"],
            2,
            &[],
            &["error[nothing-to-check]: NEW: there is nothing to compare in empty.toml"],
        ),
        (&["diff", "--rules", "rules.dl", "t.toml", "t.toml"], 2, &[], &["rules.dl:1:1"]),
        (&["diff", "--select", "no-such", "t.toml", "t.toml"], 2, &[], &["no-such"]),
    ];
    run_cases(&folder, "", cases);
    git(&folder.0, &["init", "--quiet", "--initial-branch", "main"]);
    commit(&folder);
    let cases: &[Case<'_>] = &[
        (
            &["diff", "mian:t.toml", "t.toml"],
            2,
            &[],
            &["error[unknown-revision]: OLD: git knows no commit `mian`"],
        ),
        (
            &["diff", "t.toml", "HEAD:gone"],
            2,
            &[],
            &["error[unreadable]: NEW: there is no gone at HEAD", "a path from the current folder"],
        ),
        (&["diff", "--output=x:t.toml", "t.toml"], 2, &[], &["unexpected argument"]),
        (&["diff", "t.toml", "HEAD:broken.toml"], 2, &[], &["NEW: ", "HEAD:broken.toml:1:"]),
    ];
    run_cases(&folder, "", cases);
}

/// A job at night must say so, instead of taking hours or calling nothing a pass.
#[test]
fn too_many_failures_are_not_tried() {
    let folder = Folder::new("diff-many");
    let sites = (0..601).map(|at| format!("[[site]]\nname = \"s{at}\"\n"));
    folder.write("many.toml", sites.collect::<String>()).write("few.toml", LONDON);
    let found = diff(&folder, &["--select", "backup", "few.toml", "many.toml"]);
    assert_eq!(
        (&found["failures"]["untried"], &found["failures"]["rows"][0]),
        (&Value::Bool(true), &Value::Null)
    );
    let cases: &[Case<'_>] = &[
        (&["diff", "many.toml", "many.toml"], 0, &["0 unchanged; single failures: too"], &[]),
        (
            &["diff", "-f", "markdown", "many.toml", "many.toml"],
            0,
            &["Not tried: there are too many."],
            &[],
        ),
    ];
    run_cases(&folder, "", cases);
}

#[test]
fn names_can_not_act() {
    let folder = Folder::new("diff-names");
    folder.write("old.toml", "[[site]]\nname = \"a\"\n");
    folder.write(
        "new.toml",
        "[[site]]\nname = \"a\"\nregion = \"\\u001b[31m|`<b>\"\n[[site]]\nname = \"\\u202e|x\"\n",
    );
    let cases: &[Case<'_>] = &[
        (
            &["diff", "old.toml", "new.toml"],
            1,
            &["+ \"\\u{1b}[31m|`<b>\"  new.toml:3:10\n", "+ site \\u{202e}|x  new.toml:5:8"],
            &[],
        ),
        (
            &["diff", "-f", "markdown", "old.toml", "new.toml"],
            1,
            &["`` \"\\u{1b}[31m\\|`<b>\" `` `new.toml:3:10` |\n", "site `\\u{202e}\\|x` | |"],
            &[],
        ),
        (
            &["diff", "--color", "always", "old.toml", "new.toml"],
            1,
            &["\u{1b}[32m+ site \\u{202e}|x"],
            &[],
        ),
    ];
    run_cases(&folder, "", cases);
}

/// A random topology as text, read.
fn read(rules: &Rules, model: &model::Topology, seed: u64, sources: &mut Sources) -> Topology {
    let written = written(model, seed);
    // Tags are the writer's own invention.
    let plain = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("tags = "))
            .fold(String::new(), |all, line| all + line + "\n")
    };
    let files: Vec<u32> =
        written.iter().map(|(name, text)| sources.add(name, plain(text))).collect();
    topology::parse(&rules.set.program, sources, &files).expect("the generator writes topologies")
}

fn any<'l, T>(list: &'l mut [T], random: &mut Random) -> Option<&'l mut T> {
    let at = (!list.is_empty()).then(|| random.below(list.len()))?;
    list.get_mut(at)
}

/// Changes one thing; the table, the name and the key that differ then, or "" for the whole entity.
fn edit(
    model: &mut model::Topology,
    random: &mut Random,
) -> Option<(&'static str, String, &'static str)> {
    match random.below(8) {
        0 => {
            let group = any(&mut model.groups, random)?;
            group.users = Some(group.users.map_or(7, |users| users + 1));
            Some(("user-group", group.name.clone(), "users"))
        }
        1 => {
            let pool = any(&mut model.pools, random)?;
            pool.backups.push("brand-new.contoso.com".to_owned());
            Some(("pool", pool.fqdn.clone(), "backup-registrar"))
        }
        2 => {
            let pool = any(&mut model.pools, random)?;
            pool.failure = match pool.failure {
                Some(_) => None,
                None => Some(77),
            };
            Some(("pool", pool.fqdn.clone(), "failure-detection-interval"))
        }
        3 => {
            let sba = any(&mut model.sbas, random)?;
            sba.kind = if sba.kind == Some("server") { None } else { Some("server") };
            Some(("sba", sba.fqdn.clone(), "kind"))
        }
        4 => {
            let site = any(&mut model.sites, random)?;
            site.region =
                Some(site.region.clone().map_or("west".to_owned(), |region| region + "x"));
            Some(("site", site.name.clone(), "region"))
        }
        5 => {
            let edge = any(&mut model.edges, random)?;
            edge.next_hop = Some("brand-new.contoso.com".to_owned());
            Some(("edge-pool", edge.fqdn.clone(), "next-hop"))
        }
        6 => {
            let claim = any(&mut model.claims, random)?;
            claim.rto = Some(claim.rto.map_or(3, |rto| rto + 1));
            Some(("disaster-recovery", claim.name.clone(), "rto"))
        }
        _ => {
            let group = any(&mut model.groups, random)?;
            let name = group.name.clone();
            model.groups.retain(|group| group.name != name);
            Some(("user-group", name, ""))
        }
    }
}

/// What differs, with OLD and NEW exchanged.
fn mirrored(entities: &[Changed]) -> Value {
    let mut value = serde_json::to_value(entities).expect("it is JSON");
    for entity in value.as_array_mut().expect("an array") {
        let change = match entity["change"].as_str() {
            Some("added") => "removed",
            Some("removed") => "added",
            _ => "changed",
        };
        entity["change"] = change.into();
        // The name is NEW's, as it writes it.
        entity["name"] =
            entity["name"].as_str().map(|name| name.trim_end_matches('.').to_lowercase()).into();
        exchange(entity);
        entity["keys"].as_array_mut().expect("an array").iter_mut().for_each(exchange);
    }
    value
}

fn exchange(value: &mut Value) {
    let (old, new) = (value["old"].take(), value["new"].take());
    (value["old"], value["new"]) = (new, old);
}

fn lowered(entities: &[Changed]) -> Value {
    let mut value = serde_json::to_value(entities).expect("it is JSON");
    for entity in value.as_array_mut().expect("an array") {
        entity["name"] =
            entity["name"].as_str().map(|name| name.trim_end_matches('.').to_lowercase()).into();
    }
    value
}

#[test]
fn random_edits_are_found_and_nothing_else() {
    let rules = Rules::shipped();
    let program = &rules.set.program;
    let mut edits = 0;
    for seed in 0..TOPOLOGIES {
        let mut random = Random::new(seed ^ 0xd1ff);
        let model = generate::topology(seed);
        let mut edited = model.clone();
        let done = edit(&mut edited, &mut random);
        let mut sources = Sources::default();
        let old = read(&rules, &model, seed, &mut sources);
        let same = read(&rules, &model, seed + 1, &mut sources);
        let new = read(&rules, &edited, seed + 2, &mut sources);
        let locator = Locator::new(&sources, BTreeMap::new());
        assert_eq!(entities(program, &old, &same, &locator), [], "seed {seed}");
        let found = entities(program, &old, &new, &locator);
        assert_eq!(
            lowered(&entities(program, &new, &old, &locator)),
            mirrored(&found),
            "seed {seed}"
        );
        let Some((table, name, key)) = done else {
            assert_eq!(found, [], "seed {seed}");
            continue;
        };
        let [only] = found.as_slice() else { panic!("seed {seed}: {found:?}") };
        let keys: Vec<&str> = only.keys.iter().map(|key| key.key.as_str()).collect();
        let written = only.name.trim_end_matches('.');
        assert!(
            only.table == table && written.eq_ignore_ascii_case(&name),
            "seed {seed}: {only:?}"
        );
        match key {
            "" => assert_eq!((only.new.as_ref(), only.old.is_some()), (None, true), "seed {seed}"),
            key => assert_eq!(keys, [key], "seed {seed}"),
        }
        edits += 1;
    }
    assert!(edits > TOPOLOGIES / 2, "{edits} edits");
}

#[test]
fn random_verdicts_are_alike_for_the_same_and_mirror_each_other() {
    let rules = Rules::shipped();
    let program = &rules.set.program;
    let (mut differing, mut harmed) = (0, 0);
    for seed in 0..JUDGED {
        let model = generate::topology(seed);
        let mut sources = Sources::default();
        let old = read(&rules, &model, seed, &mut sources);
        let same = read(&rules, &model, seed + 1, &mut sources);
        let new = read(
            &rules,
            &model.without(model.entities().saturating_sub(1 + model.sites.len())),
            seed + 2,
            &mut sources,
        );
        let locator = Locator::new(&sources, BTreeMap::new());
        let checked = |topology: &Topology| {
            check(&rules, topology.clone(), &sources, &[], &Options::default())
                .expect("within the limits")
        };
        let [before, again, after] = [&old, &same, &new].map(checked);
        let judged = |one: &Topology, other: &Topology, found: [&[_]; 2]| {
            findings(program, [one, other], found[0], found[1], &locator)
        };
        let alike = judged(&old, &same, [&before, &again]);
        assert_eq!(
            (alike.new.as_slice(), alike.gone.as_slice()),
            ([].as_slice(), [].as_slice()),
            "seed {seed}"
        );
        // A name that nothing defines may stand twice, with a dot and without.
        assert!(alike.unchanged <= before.len(), "seed {seed}");
        let Findings { new: came, gone, unchanged } = judged(&old, &new, [&before, &after]);
        assert!(came.len() + unchanged <= after.len(), "seed {seed}");
        assert!(gone.len() + unchanged <= before.len(), "seed {seed}");
        let mirror = judged(&new, &old, [&after, &before]);
        assert_eq!(
            (&mirror.new, &mirror.gone, mirror.unchanged),
            (&gone, &came, unchanged),
            "seed {seed}"
        );
        differing += usize::from(!came.is_empty() || !gone.is_empty());
        let rows = |one: &Topology, other: &Topology| {
            failures(&rules, one.clone(), other.clone()).expect("within the limits").rows
        };
        assert_eq!(rows(&old, &same), [], "seed {seed}");
        let (there, back) = (rows(&old, &new), rows(&new, &old));
        assert_eq!(there.len(), back.len(), "seed {seed}");
        for (row, mirror) in there.iter().zip(&back) {
            assert_eq!((&row.old, &row.new), (&mirror.new, &mirror.old), "seed {seed}");
        }
        harmed += there.len();
    }
    assert!(differing > 3 && harmed > 3, "{differing} {harmed}");
}
