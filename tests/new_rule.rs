//! `lynt new rule`: what it writes passes `lynt test` as it stands, and it never writes over anything.

mod common;

use common::command::{Folder, lynt, run_cases, text};

#[test]
fn a_wrong_id_or_place_is_answered() {
    let folder = Folder::new("new-rule-wrong");
    folder.write("a.dl", "").write("folder/x.txt", "");
    run_cases(
        &folder,
        "",
        &[
            (&["new"], 2, &[], &["rule"]),
            (&["new", "rul", "x"], 2, &[], &["'rule'"]),
            (&["new", "rule"], 2, &[], &["<ID>"]),
            (
                &["new", "rule", "Pool Names"],
                2,
                &[],
                &["not in kebab-case", "did you mean `pool-names`?"],
            ),
            (&["new", "rule", "2nd-pool"], 2, &[], &["begins with a letter"]),
            (&["new", "rule", ""], 2, &[], &["begins with a letter"]),
            (
                &["new", "rule", "self-backup"],
                2,
                &[],
                &["`self-backup` is taken", "`lynt rule self-backup`", "`our-self-backup`"],
            ),
            (
                &["new", "rule", "stale-baseline"],
                2,
                &[],
                &["`stale-baseline` is taken", "`lynt rule stale-baseline`"],
            ),
            (&["new", "rule", "pool"], 2, &[], &["`pool` is taken", "`lynt vocabulary Pool`"]),
            (
                &["new", "rule", "x", "--out", "nowhere"],
                2,
                &[],
                &["could not write nowhere: there is no such folder"],
            ),
            (
                &["new", "rule", "x", "--out", "nowhere/x.dl"],
                2,
                &[],
                &["there is no folder nowhere"],
            ),
            (
                &["new", "rule", "x", "--out", "a.dl"],
                2,
                &[],
                &["could not write a.dl: the file exists"],
            ),
            (&["new", "rule", "x", "--out", ".", "--stdout"], 2, &[], &["cannot be used with"]),
        ],
    );
    assert_eq!(folder.list("."), ["a.dl", "folder"], "nothing was written");
}

#[test]
fn a_new_rule_passes_its_tests_as_it_stands() {
    let folder = Folder::new("new-rule");
    let long = "pool-of-a-site-in-a-country-without-an-administrator-who-answers-at-night-1";
    for id in ["x", "pool-without-owner", "dr-2010-claim", "a-b-c", "p2-3x", long] {
        let file = format!("{id}.dl");
        let output = lynt(&folder, &["new", "rule", id], b"");
        let out = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(out.contains(&format!("lynt test {file}\n")), "{out}");
        let tested = lynt(&folder, &["test", "--strict", &file], b"");
        assert_eq!(tested.status.code(), Some(0), "{tested:?}");
        assert!(tested.stderr.is_empty(), "{tested:?}");
        let name = format!("ok    {id}  2 examples");
        assert!(text(&tested.stdout).starts_with(&name), "{tested:?}");
    }
    // All of them together, and as rules of a check.
    assert_eq!(lynt(&folder, &["test", "--strict"], b"").status.code(), Some(0));
    folder.write("t/pools.toml", "[[pool]]\nfqdn = \"a.contoso.com\"\nversion = \"sfb-2015\"\n");
    let checked = lynt(&folder, &["check", "--rules", "x.dl", "-f", "concise", "t"], b"");
    assert!(
        text(&checked.stdout).contains("warning[x]: nobody owns `a.contoso.com`"),
        "{checked:?}"
    );
}

#[test]
fn a_new_rule_goes_where_rules_are() {
    let folder = Folder::new("new-rule-place");
    folder.write("house/readme.txt", "");
    let printed = text(&lynt(&folder, &["new", "rule", "x", "--stdout"], b"").stdout);
    assert!(printed.contains("violation X(p: Pool)") && printed.contains("#~ x\n"), "{printed}");
    let cases: &[(&[&str], &str)] = &[
        (&["new", "rule", "x"], "x.dl"),
        (&["new", "rule", "y", "--out", "house"], "house/y.dl"),
        (&["new", "rule", "y", "--out", "house/other name.dl"], "house/other name.dl"),
    ];
    for (arguments, path) in cases {
        let output = lynt(&folder, arguments, b"");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(folder.read(path).contains("violation "), "{path}");
    }
    assert_eq!(folder.read("x.dl"), printed);
    folder.write("rules/readme.txt", "");
    lynt(&folder, &["new", "rule", "x"], b"");
    assert_eq!(folder.read("rules/x.dl"), printed);
    assert_eq!(folder.list("."), ["house", "rules", "x.dl"], "no temporary file is left");
}
