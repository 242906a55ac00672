//! Custom rules, explanations and questions on the command line: what people see, and what they are
//! told when something is wrong.

mod common;

use common::command::{Folder, lynt, printed, run_cases, text, told};

const TOPOLOGY: &str = r#"[[site]]
name = "London"

[[site]]
name = "Zurich"

[[pool]]
fqdn = "fe-lon.contoso.com"
site = "London"
version = "sfb-2015"
backup-registrar = "fe-zrh.contoso.com"

[[pool]]
fqdn = "fe-zrh.contoso.com"
site = "Zurich"
version = "sfb-2015"
backup-registrar = "fe-gva.contoso.com"

[[pool]]
fqdn = "fe-gva.contoso.com"
site = "Zurich"
version = "sfb-2015"
backup-registrar = "fe-zrh.contoso.com"

[[user-group]]
name = "Sales, EMEA"
home = "fe-lon.contoso.com"
users = 120

[[user-group]]
name = "Board"
home = "fe-lon.contoso.com"
users = 12
"#;

/// Counts, negates, and has a note, labels and a parameter.
const CROWDED: &str = r#"/// A pool homes several groups, and is not in Zurich.
violation CrowdedPool(p: Pool) {
    severity: warning;
    message: "`{p}` homes {list g: HomedOn(g, p)}";
    label HomedOn(g, p): "`{g}` is homed here";
    note: "more than {most-groups} group";
    help: "move one of them";
}
/// How many groups a pool may home.
param most-groups: Int = 1;
relation InZurich(p: Pool);
InZurich(p) <- Pool(p), (p.site == "Zurich");
CrowdedPool(p) <- Pool(p), let n = count { HomedOn(g, p) }, (n > most-groups), !InZurich(p);
"#;

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("t.toml", TOPOLOGY).write("house/crowded-pool.dl", CROWDED);
    folder
}

#[test]
fn custom_rules_are_reported_like_shipped_ones() {
    let folder = folder("custom");
    let output = lynt(&folder, &["check", "--rules", "house", "--select", "house", "t.toml"], b"");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let expected = r#"warning[crowded-pool]: `fe-lon.contoso.com` homes Board and Sales, EMEA
   --> t.toml:27:8
   |
27 | home = "fe-lon.contoso.com"
   |        ^^^^^^^^^^^^^^^^^^^^ `Sales, EMEA` is homed here
   .
32 | home = "fe-lon.contoso.com"
   |        -------------------- `Board` is homed here
   |
   = note: more than 1 group
   = help: move one of them
   = why: lynt explain crowded-pool:fe-lon t.toml --rules house
   = docs: lynt rule crowded-pool --rules house

1 violation (1 warning) in t.toml
examined 3 pools with 1 rule
"#;
    assert_eq!(text(&output.stdout), expected);
    let listed = printed(&folder, &["rule", "--rules", "house"], "");
    assert!(listed.contains("\nhouse\n  crowded-pool  "), "{listed}");
    let documented = printed(&folder, &["rule", "crowded-pool", "--rules", "house"], "");
    assert!(
        documented.starts_with("# crowded-pool\n\nA pool homes several groups"),
        "{documented}"
    );
    let all =
        lynt(&folder, &["check", "--rules", "house", "--ignore", "crowded-pool", "t.toml"], b"");
    assert!(!text(&all.stdout).contains("crowded-pool"));
}

#[test]
fn wrong_rules_stop_the_check() {
    let folder = folder("wrong-rules");
    folder
        .write("twice/a.dl", CROWDED.replace("CrowdedPool", "SelfBackup"))
        .write("check/a.dl", CROWDED.replace("CrowdedPool", "UnusedIgnore"))
        .write("group/a.dl", CROWDED.replace("CrowdedPool", "Pairing"))
        .write("all/a.dl", CROWDED.replace("CrowdedPool", "All"))
        .write("own/a.dl", "FrontEnd(p) <- Pool(p);\n")
        .write("entity/a.dl", "entity Rack from rack by name { site: Site }\n")
        .write("bytes/a.dl", b"relation A(p: Pool);\n// \xff\n")
        .write("utf16/a.dl", b"\xff\xfer\0e\0l\0")
        .write("several/a.dl", "relation A(p: Pool);\nA(p) <- Pol(p);\n")
        .write("several/b.dl", "relation B(p: Pool);\nB(p) <- Pool(p), (p.sit == \"x\");\n")
        .write("empty/readme.txt", "no rules here");
    let cases: &[(&str, &[&str])] = &[
        ("twice", &["rules/backup/self-backup.dl:43:11 twice/a.dl:2:11 duplicate-declaration: "]),
        (
            "check",
            &[
                "check/a.dl:2:11 duplicate-declaration: lynt checks something of its own as `unused-ignore`",
            ],
        ),
        ("group", &["group/a.dl:2:11 duplicate-declaration: `pairing` selects several rules"]),
        ("all", &["all/a.dl:2:11 duplicate-declaration: `all` selects several rules"]),
        (
            "own",
            &[
                "rules/shared.dl:4:10 own/a.dl:1:1 derives-shipped: `FrontEnd` is lynt's own: other rules rely on it",
            ],
        ),
        ("entity", &["entity/a.dl:1:8 custom-vocabulary: "]),
        ("bytes", &["bytes/a.dl:2:4 not-utf8: this byte is not UTF-8"]),
        ("utf16", &["utf16/a.dl:1:1 not-utf8: "]),
        ("several", &["several/a.dl:2:9 undeclared-relation: ", "several/b.dl:2:21 unknown-key: "]),
        ("empty", &["no-rules: no *.dl files in empty"]),
        ("missing.dl", &["unreadable: could not read missing.dl: "]),
    ];
    for (rules, expected) in cases {
        let told = told(&folder, &["check", "--rules", rules, "t.toml"], "");
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (told, expected) in told.iter().zip(*expected) {
            assert!(told.starts_with(expected), "{told} does not begin with {expected}");
        }
    }
    let warned = "relation Odd(p: Pool);\nOdd(p) <- Pool(p), (p.site == s), Site(s), Site(t);\n";
    folder.write("warned/a.dl", warned);
    let output =
        lynt(&folder, &["check", "--rules", "warned", "--select", "self-backup", "t.toml"], b"");
    assert_eq!(output.status.code(), Some(0));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("warning[singleton-variable]: `t` is used only once"), "{stderr}");
    assert!(stderr.contains("warned/a.dl"), "{stderr}");
}

#[test]
fn limits_end_a_check_with_an_error() {
    let folder = folder("limits");
    let cross = r#"/// Nothing, at great cost.
violation Cross(p: Pool) { severity: error; message: "{p}"; label p: ""; }
relation Same(g: UserGroup, h: UserGroup);
Same(g, h) <- UserGroup(g), UserGroup(h);
Cross(p) <- Pool(p), Same(a, _), Same(b, _), Same(c, _), Same(d, _), Same(e, _), Same(f, _),
    Same(g, _), Same(h, _), Same(i, _), let n = 1, let m = count { Same(a, q), Same(b, q), Same(c, q),
    Same(d, q), Same(e, q), Same(f, q), Same(g, q), Same(h, q), Same(i, q) }, (m < n);
"#;
    folder.write("cross.dl", cross);
    let check = |limit: &str| {
        let arguments =
            ["check", "--rules", "cross.dl", "--limit", limit, "--select", "cross", "t.toml"];
        let output = lynt(&folder, &arguments, b"");
        assert_eq!(output.status.code(), Some(2));
        let stdout = text(&output.stdout);
        assert!(stdout.ends_with("could not check t.toml: 1 problem; no verdict\n"), "{stdout}");
        let first = stdout.lines().next().unwrap_or("").to_owned();
        [first.replace("error[limit-reached]", "limit-reached")]
    };
    let many: String = (0..60).map(|at| format!("[[user-group]]\nname = \"g{at}\"\n")).collect();
    folder.write("t.toml", format!("{TOPOLOGY}{many}"));
    let reached = |name: &str, most: &str| {
        let rule = if name == "rows" || name == "bytes" { "Same" } else { "Cross" };
        let line = if rule == "Same" { 4 } else { 5 };
        format!(
            "limit-reached: limit reached in rule `{rule}`: {most} {name} (rule at cross.dl:{line}:1)"
        )
    };
    assert_eq!(check("steps=100000"), [reached("steps", "100,000")]);
    assert_eq!(check("rows=1000"), [reached("rows", "1,000")]);
    assert_eq!(check("bytes=10000"), [reached("bytes", "10,000")]);
    assert_eq!(check("seconds=1"), [reached("seconds", "1")]);
    let question =
        ["query", "--limit", "steps=1000", "UserGroup(a), UserGroup(b), (a < b)", "t.toml"];
    assert_eq!(
        told(&folder, &question, ""),
        ["limit-reached: limit reached in the question: 1,000 steps"]
    );
}

#[test]
fn a_violation_is_explained() {
    let folder = folder("explain");
    let expected = r#"crowded-pool: A pool homes several groups, and is not in Zurich.

CrowdedPool("fe-lon.contoso.com")  house/crowded-pool.dl:13
|- Pool("fe-lon.contoso.com")  t.toml:8:8
|- count { HomedOn(g, "fe-lon.contoso.com") } = 2
|  |- HomedOn("Board", "fe-lon.contoso.com")  rules/shared.dl:57
|  |  |- "Board".home = "fe-lon.contoso.com"  t.toml:32:8
|  |  `- UserGroup("Board")  t.toml:31:8
|  `- HomedOn("Sales, EMEA", "fe-lon.contoso.com")  rules/shared.dl:57
|     |- "Sales, EMEA".home = "fe-lon.contoso.com"  t.toml:27:8
|     `- UserGroup("Sales, EMEA")  t.toml:26:8
|- 2 > 1
`- no InZurich("fe-lon.contoso.com")  t.toml:8:8
"#;
    for finding in ["crowded-pool:fe-lon", "crowded-pool:FE-LON.contoso.com", "CrowdedPool(fe-lon)"]
    {
        let found = printed(&folder, &["explain", finding, "t.toml", "--rules", "house"], "");
        assert_eq!(found, expected, "{finding}");
    }
    let folded = printed(
        &folder,
        &["explain", "crowded-pool:fe-lon", "t.toml", "--rules", "house", "--depth", "1"],
        "",
    );
    assert!(
        folded.contains("HomedOn(\"Board\", \"fe-lon.contoso.com\") (deeper: --depth)"),
        "{folded}"
    );
    let piped = printed(
        &folder,
        &["explain", "HomedOn('x', y)".replace('\'', "").replace("x, y", "Board").as_str(), "-"],
        TOPOLOGY,
    );
    assert!(piped.starts_with("\nHomedOn(\"Board\", \"fe-lon.contoso.com\")"), "{piped}");
    let json = printed(
        &folder,
        &["explain", "-f", "json", "crowded-pool:fe-lon", "t.toml", "--rules", "house"],
        "",
    );
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["holds"], true);
    let children = json["proofs"][0]["children"].as_array().expect("premises");
    let kinds: Vec<&str> = children.iter().filter_map(|child| child["kind"].as_str()).collect();
    assert_eq!(kinds, ["fact", "aggregate", "condition", "absent"]);
    assert_eq!(children[0]["places"][0]["line"], 8);
}

#[test]
fn what_is_no_violation_is_explained() {
    let folder = folder("explain-not");
    let expected = r#"crowded-pool(fe-gva) is no violation; so near comes each rule:

rule at house/crowded-pool.dl:13
  yes  Pool("fe-gva.contoso.com")  t.toml:20:8
  yes  count { HomedOn(g, "fe-gva.contoso.com") } = 0
  NO   0 > 1
  NO   no InZurich("fe-gva.contoso.com")
       `- there is InZurich("fe-gva.contoso.com")  t.toml:20:8
"#;
    let arguments = ["explain", "--not", "crowded-pool(fe-gva)", "t.toml", "--rules", "house"];
    assert_eq!(printed(&folder, &arguments, ""), expected);
    // A key without a value is unknown; of other rows it is told which ones are wanted.
    let kept = "violation Kept(p: Pool) { severity: note; message: \"{p}\"; label p: \"\"; }
Kept(p) <- Pool(p), (p.state is known), Tag(p, key, key);\n";
    folder.write("own/kept.dl", kept);
    let expected = r#"kept(fe-gva) is no violation; so near comes each rule:

rule at own/kept.dl:2
  yes  Pool("fe-gva.contoso.com")  t.toml:20:8
  NO   "fe-gva.contoso.com".state is unknown  t.toml:20:8
  NO   Tag("fe-gva.contoso.com", key, key)  t.toml:20:8
"#;
    let arguments = ["explain", "--not", "kept(fe-gva)", "t.toml", "--rules", "own"];
    assert_eq!(printed(&folder, &arguments, ""), expected);
    let arguments = ["explain", "--not", "asymmetric-backup(fe-zrh, fe-gva)", "t.toml"];
    let found = printed(&folder, &arguments, "");
    assert!(found.contains("  NO   no Backup(\"fe-gva.contoso.com\", \"fe-zrh.contoso.com\")\n       `- there is Backup("), "{found}");
    let arguments = ["explain", "--not", "SoundPair(fe-lon, _)", "t.toml"];
    let found = printed(&folder, &arguments, "");
    assert!(found.contains("  NO   OneToOne(\"fe-lon.contoso.com\", "), "{found}");
    let arguments = ["explain", "--not", "Associated(_, _)", "t.toml"];
    let found = printed(&folder, &arguments, "");
    assert!(found.contains("  NO   Sba("), "{found}");
    for (value, written) in [
        ("UserGroup.users(Board, 12)", "users = 12"),
        ("Pool.version(fe-gva, sfb-2015)", "version = \"sfb-2015\""),
        ("Pool.fqdn(FE-GVA, fe-gva.contoso.com)", "fqdn = \"fe-gva.contoso.com\""),
    ] {
        let told = printed(&folder, &["explain", value, "t.toml"], "");
        assert!(told.contains(written) && told.contains("t.toml:"), "{value}: {told}");
    }
    let base = printed(&folder, &["explain", "--not", "Tag(fe-lon, _, _)", "t.toml"], "");
    assert!(base.ends_with("no rule derives it: the topology would have to say it\n"), "{base}");
    let json =
        printed(&folder, &["explain", "--not", "-f", "json", "self-backup(fe-lon)", "t.toml"], "");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["holds"], false);
    assert!(json["rules"][0]["literals"].as_array().is_some_and(|literals| !literals.is_empty()));
}

#[test]
fn questions_are_answered() {
    let folder = folder("query");
    let expected = "p                   q                   place
fe-gva.contoso.com  fe-zrh.contoso.com  t.toml:23:20
fe-lon.contoso.com  fe-zrh.contoso.com  t.toml:11:20
fe-zrh.contoso.com  fe-gva.contoso.com  t.toml:17:20

3 answers
";
    let question = "Backup(p, q), (p.version >= \"lync-2013\")";
    assert_eq!(printed(&folder, &["query", question, "t.toml"], ""), expected);
    let question = "Site(s), let n = count { Pool(p), (p.site == s) };";
    let tsv = printed(&folder, &["query", question, "-f", "tsv", "-"], TOPOLOGY);
    assert_eq!(tsv, "s\tn\tplace\nLondon\t1\t<stdin>:2:8\nZurich\t2\t<stdin>:5:8\n");
    let json = printed(
        &folder,
        &["query", "UserGroup(g), let n = g.users, (n > 50)", "-f", "json", "t.toml"],
        "",
    );
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["variables"], serde_json::json!(["g", "n"]));
    assert_eq!(json["answers"][0]["values"], serde_json::json!({"g": "Sales, EMEA", "n": 120}));
    assert_eq!(json["answers"].as_array().map(Vec::len), Some(1));
    let cases = [
        ("Pool(\"fe-lon.contoso.com\")", "yes\n"),
        ("Pool(\"x\")", "no\n"),
        ("Sba(s)", "no answer\n"),
    ];
    for (question, answer) in cases {
        assert!(
            printed(&folder, &["query", question, "t.toml"], "").ends_with(answer),
            "{question}"
        );
    }
    folder.write(
        "same.toml",
        "[[site]]\nname = \"x\"\n[[user-group]]\nname = \"x\"\n[[site]]\nname = \"y\"\n",
    );
    let cases = [
        ("Site(\"x\")", "same.toml:2:8\nyes\n"),
        ("UserGroup(\"x\")", "same.toml:4:8\nyes\n"),
        ("UserGroup(\"y\")", "no\n"),
    ];
    for (question, answer) in cases {
        let found = printed(&folder, &["query", question, "same.toml"], "");
        assert!(found.ends_with(answer), "a name is one of its kind: {question}: {found}");
    }
    let own = printed(&folder, &["query", "InZurich(p)", "t.toml", "--rules", "house"], "");
    assert!(own.contains("fe-gva.contoso.com  t.toml:20:8\n"), "{own}");
}

#[test]
fn mistakes_are_told() {
    let folder = folder("ask-mistakes");
    folder
        .write("typo.toml", "[[pol]]\n")
        .write("two/a/lynt.toml", "")
        .write("two/a/t.toml", TOPOLOGY);
    folder.write("two/c/lynt.toml", "").write("two/c/t.toml", TOPOLOGY);
    let cases: &[(&[&str], &[&str])] = &[
        (&["explain"], &["required", "<FINDING>"]),
        (
            &["explain", "crowded-pool:fe-lon", "t.toml"],
            &["no rule or relation is called `crowded-pool`"],
        ),
        (&["explain", "asymetric-backup:fe-lon", "t.toml"], &["did you mean `asymmetric-backup`?"]),
        (
            &["explain", "asymmetric-backup:fe-zrh", "t.toml"],
            &["is no violation", "lynt explain --not 'asymmetric-backup(fe-zrh)'"],
        ),
        (
            &["explain", "asymmetric-backup:fe-lo", "t.toml"],
            &["the topology has no pool called `fe-lo`", "did you mean `fe-lon`?"],
        ),
        (
            &["explain", "Pool.version(fe-lon, sfb-2051)", "t.toml"],
            &["`sfb-2051` is no Version", "did you mean `sfb-2015`?"],
        ),
        (&["explain", "UserGroup.users(Board, many)", "t.toml"], &["`many` is no number"]),
        (&["explain", "Pool.fqdn(fe-lon, x)", "t.toml"], &["no text of the topology is `x`"]),
        (&["explain", "Pool.automatic-failover(fe-lon, yes)", "t.toml"], &["`yes` is no Bool"]),
        (&["explain", "BackupRegistrar(Lodnon, _)", "t.toml"], &["has nothing called `Lodnon`"]),
        (&["explain", "self-backup(a, b, c)", "t.toml"], &["`self-backup` has 1 columns, found 3"]),
        (&["explain", "self-backup(\"a)", "t.toml"], &["a quote that is not closed"]),
        (
            &["explain", "--not", "asymmetric-backup(fe-lon)", "t.toml"],
            &["does hold", "leave out `--not`"],
        ),
        (&["explain", "self-backup:fe-lon", "none.toml"], &["could not read none.toml"]),
        (&["explain", "self-backup:fe-lon", "typo.toml"], &["foreign-file"]),
        (&["explain", "self-backup:fe-lon", "two"], &["two holds 2 topologies", "name one of"]),
        (
            &["explain", "-f", "jsn", "self-backup:fe-lon", "t.toml"],
            &["possible values: human, json"],
        ),
        (&["query"], &["required", "<QUESTION>"]),
        (&["query", "Backup(p, q", "t.toml"], &["<question>:1:12", "expected"]),
        (&["query", "Backup(p)", "t.toml"], &["has 2 columns, found 1"]),
        (&["query", "Backup(p, q) Pool(p)", "t.toml"], &["<question>:1:"]),
        (&["query", "!Backup(p, q)", "t.toml"], &["unsafe-negation"]),
        (&["query", "", "t.toml"], &["<question>:1:1"]),
        (&["query", "Pol(p)", "t.toml"], &["unknown relation `Pol`", "<question>:1:1", "`Pool`"]),
        (
            &["query", "Pool(p), !Bakcup(p, _), let n = count { Sbaa(s) }", "t.toml"],
            &["unknown relation `Bakcup`", "unknown relation `Sbaa`"],
        ),
        (&["query", "Pool(p)", "--limit", "steps", "t.toml"], &["steps=1000000"]),
        (&["query", "Pool(p)", "--limit", "stps=1", "t.toml"], &["rows, steps, bytes and seconds"]),
        (&["query", "Pool(p)", "--limit", "steps=-1", "t.toml"], &["no whole number"]),
    ];
    for (arguments, err) in cases {
        run_cases(&folder, "", &[(arguments, 2, &[], err)]);
    }
}

/// Whatever stands in a name, it does not act on a terminal.
#[test]
fn names_can_not_act() {
    let folder = folder("ask-escapes");
    folder.write("t.toml", "[[user-group]]\nname = \"a\\u001b[31m\\nb\"\nusers = 1\n");
    for arguments in [
        &["query", "UserGroup(g)", "t.toml"][..],
        &["query", "UserGroup(g)", "-f", "tsv", "t.toml"],
        &["explain", "UserGroup(_)", "t.toml"],
    ] {
        let found = printed(&folder, arguments, "");
        assert!(!found.contains('\u{1b}'), "{found:?}");
        assert!(found.contains("\\u{1b}[31m") || found.contains("\\u{1b}"), "{found:?}");
    }
}
