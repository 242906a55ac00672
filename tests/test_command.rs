//! `lynt test` as people and scripts meet it.

mod common;

use common::assert_snapshot;
use common::command::{Folder, lynt, lynt_with, run_cases, text};
use std::path::PathBuf;
use std::process::Output;

/// A rule about pools without an owner; `{id}`, `{Name}` and its examples are filled in.
fn rule(id: &str, name: &str) -> String {
    format!(
        "/// A pool has no owner.\n///\n/// ## Violates\n/// ```toml\n/// [[pool]]\n\
         /// fqdn = \"fe-lon.contoso.com\" #~ {id}\n/// ```\n///\n/// ## Complies\n/// ```toml\n\
         /// [[pool]]\n/// fqdn = \"fe-lon.contoso.com\"\n/// tags = {{ owner = \"x\" }}\n/// ```\n\
         violation {name}(p: Pool) {{\n    severity: warning;\n    examines: Pool(p);\n    \
         message: \"nobody owns `{{p}}`\";\n    label p: \"this one\";\n}}\n\n\
         {name}(p) <- Pool(p), !Tag(p, \"owner\", _);\n"
    )
}

/// Rules with mistakes and a topology of which one finding is not marked.
fn failing() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rule-tests")
}

#[test]
fn failures_are_reported_as_the_snapshot_shows() {
    let columns = |arguments: &[&str]| -> Output {
        lynt_with(failing(), arguments, b"", &[("COLUMNS", "80")])
    };
    let output = columns(&["test"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "");
    assert_snapshot("rule-tests/failing.txt", &text(&output.stdout));
    let one = ["test", "-v", "house/users-without-sba.dl"];
    assert_snapshot("rule-tests/verbose.txt", &text(&columns(&one).stdout));
    assert_snapshot("rule-tests/failing.xml", &text(&columns(&["test", "-f", "junit"]).stdout));
}

#[test]
fn verdicts_and_streams() {
    let folder = Folder::new("test-verdicts");
    folder.write("good/a.dl", rule("unowned", "Unowned"));
    folder.write("bad/a.dl", rule("unownd", "Unowned"));
    let idle =
        rule("unowned", "Unowned").replace("<- Pool(p),", "<- Pool(p), (p.role == \"front-end\"),");
    folder.write("idle/a.dl", idle);
    folder.write("bare/a.dl", rule("unowned", "Unowned").replace("```toml", "```text"));
    let topology = "[[pool]]\nfqdn = \"a.contoso.com\" #~ unowned\nversion = \"sfb-2015\"\n";
    folder.write("good/more/pools.toml", topology);
    folder.write("good/more/lab/lynt.toml", "");
    folder.write("good/more/lab/pools.toml", topology.replace(" #~ unowned", ""));
    folder.write(
        "marks/self.toml",
        format!("{topology}backup-registrar = \"a.contoso.com\" #~ self-backup\n"),
    );
    folder.write("plain.toml", topology.replace(" #~ unowned", ""));
    folder.write("none/readme.md", "nothing");
    run_cases(
        &folder,
        "",
        &[
            (
                &["test", "good"],
                0,
                &[
                    "ok    unowned    2 examples",
                    "ok    good/more  1 mark",
                    "1 rule, 2 examples, 1 marked topology: 3 passed, 0 failed\n",
                ],
                &[],
            ),
            (&["test", "good/a.dl"], 0, &["1 rule, 2 examples: 2 passed, 0 failed\n"], &[]),
            (&["test", "good/a.dl", "./good/a.dl", "good"], 0, &["1 rule, 2 examples"], &[]),
            (&["test", "-q", "good"], 0, &[], &[]),
            (
                &["test", "-v", "good"],
                0,
                &[
                    "good/a.dl:4  violating example of `unowned`",
                    "beside it: warning[unknown-version]",
                ],
                &[],
            ),
            (
                &["test", "bad"],
                1,
                &["FAIL  unowned  1 of 2 examples failed", "`unownd`", "did you mean `unowned`?"],
                &[],
            ),
            (
                &["test", "-q", "bad"],
                1,
                &["FAILED: violating example of `unowned`, bad/a.dl:4"],
                &[],
            ),
            (
                &["test", "idle"],
                0,
                &[
                    "warning[never-false]: no test of `unowned` makes this condition false",
                    "idle/a.dl:22:24",
                    "2 passed, 0 failed, 1 warning",
                ],
                &[],
            ),
            (&["test", "-q", "idle"], 0, &[], &[]),
            (&["test", "--strict", "idle"], 1, &["warning[never-false]"], &[]),
            (&["test", "-q", "--strict", "idle"], 1, &["warning[never-false]", "1 warning\n"], &[]),
            (&["test", "--strict", "good"], 0, &["3 passed, 0 failed\n"], &[]),
            (
                &["test", "marks/self.toml", "good/a.dl"],
                0,
                &["ok    marks/self.toml  2 marks"],
                &[],
            ),
            (
                &["test", "marks/self.toml"],
                1,
                &[
                    "FAIL  marks/self.toml",
                    "no rule is called `unowned`",
                    "0 rules, 0 examples, 1 marked topology",
                ],
                &[],
            ),
            (
                &["test", "none"],
                2,
                &[],
                &[
                    "there is nothing to test in none: no rule and no marked topology",
                    "lynt new rule ID",
                    "--shipped",
                ],
            ),
            (
                &["test", "bare"],
                2,
                &[],
                &["there is nothing to test in bare: no rule has an example", "## Violates"],
            ),
            (&["test", "plain.toml"], 2, &[], &["no line of plain.toml is marked", "#~ rule-id"]),
        ],
    );
}

/// Beside rules each marked file is a topology; a folder without rules is one with all below it.
#[test]
fn marked_files_make_topologies() {
    let folder = Folder::new("test-topologies");
    let marked = "[[pool]]\nfqdn = \"a.contoso.com\" #~ unowned\nversion = \"sfb-2015\"\n";
    let other = marked.replace("a.contoso", "b.contoso");
    folder.write("house/a.dl", rule("unowned", "Unowned"));
    folder.write("house/one.toml", marked).write("house/two.toml", marked);
    folder.write("house/plain.toml", "this is read by nobody");
    folder.write("house/more/a.toml", marked).write("house/more/below/b.toml", &other);
    folder.write("house/more/below/plain.toml", "[[site]]\nname = \"London\"\n");
    folder.write("house/apart/below/a.toml", marked).write("house/apart/beside/a.toml", marked);
    let output = text(&lynt(&folder, &["test", "house"], b"").stdout);
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(
        lines,
        [
            "ok    unowned             2 examples",
            "ok    house/apart/below   1 mark",
            "ok    house/apart/beside  1 mark",
            "ok    house/more          2 marks",
            "ok    house/one.toml      1 mark",
            "ok    house/two.toml      1 mark",
            "",
            "1 rule, 2 examples, 5 marked topologies: 7 passed, 0 failed",
        ]
    );
}

#[test]
fn a_typo_in_every_argument_is_answered() {
    let folder = Folder::new("test-typos");
    folder.write("a.dl", rule("unowned", "Unowned"));
    run_cases(
        &folder,
        "",
        &[
            (&["tets"], 2, &[], &["unrecognized subcommand", "test"]),
            (&["test", "b.dl"], 2, &[], &["could not read b.dl"]),
            (&["test", "nowhere/"], 2, &[], &["could not read nowhere"]),
            (&["test", "b.toml"], 2, &[], &["could not read b.toml"]),
            (&["test", "--shiped"], 2, &[], &["--shipped"]),
            (&["test", "--strickt"], 2, &[], &["--strict"]),
            (&["test", "-q", "-v"], 2, &[], &["cannot be used with"]),
            (&["test", "-f", "jnuit"], 2, &[], &["there is no such format", "human, json, junit"]),
            (&["test", "-f", "junit="], 2, &[], &["there is no file name behind `=`"]),
            (
                &["test", "-f", "junit", "-f", "json"],
                2,
                &[],
                &["both go to standard output", "junit=lynt-test.xml"],
            ),
            (&["test", "-f", "junit=x", "-f", "json=x"], 2, &[], &["both go to x"]),
            (&["test", "-f", "junit=nowhere/x.xml"], 2, &[], &["could not write nowhere/x.xml"]),
            (&["test", "--limit", "setps=3"], 2, &[], &["rows, steps, bytes and seconds"]),
        ],
    );
}

#[test]
fn what_keeps_rules_from_being_tested_is_located() {
    let folder = Folder::new("test-broken");
    folder.write("syntax.dl", "relation Odd(p: Pool);\nOdd(p) <- Pool(p)\n");
    folder.write("kinds.dl", "relation Odd(p: Pool);\nOdd(s) <- Sba(s);\n");
    folder.write("latin1.dl", b"// Z\xfcrich\n");
    folder.write("clash.dl", rule("self-backup", "SelfBackup"));
    folder.write(
        "doubtful.dl",
        rule("unowned", "Unowned").replace("Pool(p), !", "Pool(p), BackupRegistrar(x, p), !"),
    );
    folder.write("t/latin1.toml", b"# Z\xfcrich #~ x\n");
    run_cases(
        &folder,
        "",
        &[
            (&["test", "syntax.dl", "kinds.dl"], 2, &[], &["syntax.dl:2:18", "kinds.dl:2:5"]),
            (&["test", "latin1.dl"], 2, &[], &["latin1.dl:1:5", "not UTF-8"]),
            (&["test", "clash.dl"], 2, &[], &["clash.dl:15:11", "SelfBackup"]),
            (&["test", "t"], 2, &[], &["t/latin1.toml:1:4", "not UTF-8"]),
            (
                &["test", "doubtful.dl"],
                1,
                &["FAIL"],
                &["warning[singleton-variable]", "doubtful.dl:22"],
            ),
        ],
    );
}

/// A rule that costs too much fails its test, and says which rule it is.
#[test]
fn a_limit_is_told() {
    let folder = Folder::new("test-limit");
    folder.write("a.dl", rule("unowned", "Unowned"));
    run_cases(
        &folder,
        "",
        &[(&["test", "--limit", "steps=1", "a.dl"], 1, &["error[limit-reached]", "1 steps"], &[])],
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("test-unreadable");
    folder.write("a.dl", rule("unowned", "Unowned"));
    let path = folder.0.join("a.dl");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).expect("the mode is set");
    if fs::read(&path).is_err() {
        run_cases(&folder, "", &[(&["test"], 2, &[], &["could not read a.dl"])]);
    }
}

/// What a topology in a rule's documentation says never reaches a terminal raw.
#[test]
fn what_could_act_is_written_out() {
    let folder = Folder::new("test-escape");
    let evil = rule("unowned", "Unowned")
        .replace("fe-lon.contoso.com\" #~ unowned", "\\u001b[31mevil\\u202e.contoso.com\"")
        .replace("owner = \"x\"", "other = \"x\"");
    folder.write("a.dl", evil);
    for format in ["human", "junit", "json"] {
        let output = lynt(&folder, &["test", "-v", "-f", format], b"");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(out.contains("evil") && err.is_empty(), "{out}{err}");
        assert!(!out.contains(['\u{1b}', '\u{202e}']), "{out:?}");
    }
}

#[test]
fn reports_go_into_files_whole() {
    let folder = Folder::new("test-files");
    folder.write("a.dl", rule("unowned", "Unowned")).write("old.xml", "old");
    let arguments = ["test", "-f", "human", "-f", "junit=old.xml", "-f", "json=new.json"];
    let output = lynt(&folder, &arguments, b"");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(text(&output.stdout).ends_with("2 passed, 0 failed\n"));
    assert_eq!(folder.list("."), ["a.dl", "new.json", "old.xml"], "no temporary file is left");
    let junit = folder.read("old.xml");
    assert_eq!(junit.matches("<testcase ").count(), 2, "{junit}");
    let json: serde_json::Value = serde_json::from_str(&folder.read("new.json")).expect("JSON");
    assert_eq!((&json["summary"]["passed"], &json["summary"]["exit_code"]), (&2.into(), &0.into()));
    assert_eq!(json["tests"][0]["place"]["line"], 4);
}

/// Counts agree with what is counted, and the text is XML, whatever the rules say.
#[test]
fn junit_is_well_formed() {
    let folder = Folder::new("test-junit");
    let odd = "\\u0001 \\uffff <&\\\">]]> \\u202e";
    folder.write(
        "odd.dl",
        rule("unowned", "Unowned")
            .replace("fe-lon.contoso.com\"\n", &format!("{odd}\"\n"))
            .replace("owner =", "other ="),
    );
    folder.write(
        "idle.dl",
        rule("idle", "Idle").replace("<- Pool(p),", "<- Pool(p), (p.role == \"front-end\"),"),
    );
    let output = lynt(&folder, &["test", "--strict", "-f", "junit"], b"");
    let xml = text(&output.stdout);
    let document =
        roxmltree::Document::parse(&xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let suites: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name("testsuite")).collect();
    assert_eq!(
        suites.iter().map(|suite| suite.attribute("name")).collect::<Vec<_>>(),
        [Some("idle"), Some("unowned"), Some("warnings")]
    );
    for suite in suites {
        for (attribute, element) in [
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            let found = suite.descendants().filter(|node| node.has_tag_name(element)).count();
            assert_eq!(
                suite.attribute(attribute),
                Some(found.to_string().as_str()),
                "{attribute}: {xml}"
            );
        }
    }
}

#[test]
fn the_shipped_rules_pass() {
    let folder = Folder::new("test-shipped");
    let output = lynt(&folder, &["test", "--shipped", "-f", "json"], b"");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let summary = &json["summary"];
    assert_eq!((&summary["rules"], &summary["failed"]), (&69.into(), &0.into()));
}

/// Programs read what people read: each kind of difference, with its places.
#[test]
fn json_tells_each_kind_of_difference() {
    let folder = Folder::new("test-json");
    let elsewhere = rule("unowned", "Unowned")
        .replace(" #~ unowned", "\n/// version = \"sfb-2015\" #~ unowned");
    let missing = rule("unlisted", "Unlisted").replacen(
        "#~ unlisted\n",
        "#~ unlisted\n/// tags = { owner = \"y\" }\n",
        1,
    );
    let unmarked = rule("unnamed", "Unnamed")
        .replace("/// tags = { owner = \"x\" }", "/// tags = { other = \"x\" }");
    folder.write("a.dl", elsewhere).write("b.dl", missing).write("c.dl", unmarked);
    let output = lynt(&folder, &["test", "-f", "json"], b"");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let tests = json["tests"].as_array().expect("tests").iter();
    let told = tests.flat_map(|test| {
        let differences = test["differences"].as_array().expect("differences").iter();
        differences.map(|difference| {
            let line = |of: &serde_json::Value| of["line"].as_u64().unwrap_or(0);
            let (mark, found) = (line(&difference["mark"]), line(&difference["finding"]["place"]));
            let near = difference["near"].as_array().map_or(0, Vec::len);
            format!("{} {} {mark} {found} {near}", test["rule"], difference["kind"])
        })
    });
    let told: Vec<String> = told.collect();
    assert_eq!(
        told,
        [
            r#""unlisted" "not-found" 6 0 1"#,
            r#""unnamed" "not-marked" 0 12 0"#,
            r#""unowned" "mark-elsewhere" 7 6 0"#,
        ]
    );
}

/// `-v` names the conditions, too, that no test can judge.
#[test]
fn conditions_that_can_not_be_judged_are_named_on_demand() {
    let folder = Folder::new("test-unjudged");
    let counted = rule("unowned", "Unowned")
        .replacen("/// ```\n", "/// capacity = 10\n/// ```\n", 1)
        .replace("/// tags = { owner = \"x\" }", "/// capacity = 5")
        .replace("!Tag(p, \"owner\", _)", "let n =\n    p.capacity, let m = n * 2, (m > 12)");
    folder.write("a.dl", counted);
    let not_judged = "not judged, 2 conditions without which a rule means nothing:\n  \
                      a.dl:23: let n = p.capacity\n  a.dl:24: let m = n * 2\n";
    run_cases(&folder, "", &[(&["test", "-v"], 0, &[not_judged], &[])]);
    let brief = lynt(&folder, &["test"], b"");
    assert!(!text(&brief.stdout).contains("not judged"));
}
