//! `lynt.toml` as people and scripts meet it: which one counts, what it changes, and what is said of it.

mod common;

use common::command::{Folder, command, git, lynt, lynt_with, text};
use std::collections::BTreeSet;
use std::fs;
use std::process::Output;

/// Two warnings and two errors.
const POOLS: &str = "[[pool]]\nfqdn = \"p.x\"\nbackup-registrar = \"p.x\"\n[[pool]]\nfqdn = \"q.x\"\nbackup-registrar = \"gone.x\"\n";

const SHORT: &str = "/// A name is short.\nviolation ShortName(p: Pool) {\n    severity: note;\n    examines: Pool(p);\n    message: \"`{p}` is short\";\n    label p: \"here\";\n}\nShortName(p) <- Pool(p), (p.fqdn.ends_with(\".x\"));\n";

/// What a run must say: exit code, parts of standard output, parts of standard error.
fn says(output: &Output, code: i32, out: &[&str], err: &[&str]) {
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let all = format!("--- out\n{stdout}--- err\n{stderr}");
    assert_eq!(output.status.code(), Some(code), "{all}");
    for (parts, whole) in [(out, &stdout), (err, &stderr)] {
        for part in parts {
            match part.strip_prefix('!') {
                Some(part) => assert!(!whole.contains(part), "{part:?} is there: {all}"),
                None => assert!(whole.contains(part), "no {part:?}: {all}"),
            }
        }
    }
}

/// Rows: folder below the test's, arguments, exit code, parts of standard output.
type Row<'r> = (&'r str, &'r [&'r str], i32, &'r [&'r str]);

fn run(folder: &Folder, rows: &[Row<'_>]) {
    for (below, arguments, code, parts) in rows {
        let at = folder.0.join(below);
        let home = folder.0.to_str().expect("a path");
        let home = [("HOME", home), ("USERPROFILE", home)];
        let output = lynt_with(&at, arguments, POOLS.as_bytes(), &home);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let all = format!("{below}$ lynt {arguments:?}\n--- out\n{stdout}--- err\n{stderr}");
        assert_eq!(output.status.code(), Some(*code), "{all}");
        for part in *parts {
            let (part, wanted) = part.strip_prefix('!').map_or((*part, true), |part| (part, false));
            assert_eq!((stdout.clone() + &stderr).contains(part), wanted, "{part:?}: {all}");
        }
    }
}

#[test]
fn the_nearest_file_counts() {
    let folder = Folder::new("configuration-nearest");
    let level = |level: &str| format!("[rule.self-backup]\nlevel = \"{level}\"\n");
    folder.write("repo/lynt.toml", level("note"));
    folder.write("repo/topology/deep/pools.toml", POOLS);
    folder.write("repo/lab/lynt.toml", level("warning"));
    folder.write("repo/lab/pools.toml", POOLS);
    folder.write("repo/lab/.git/HEAD", "");
    folder.write("repo/vendor/.git/HEAD", "").write("repo/vendor/pools.toml", POOLS);
    folder.write("repo/linked/.git", "gitdir: ../.git/worktrees/linked\n");
    folder.write("repo/linked/pools.toml", POOLS);
    let (note, warning, error) =
        ("note[self-backup]", "warning[self-backup]", "error[self-backup]");
    let (of_repo, of_lab) = ("configuration: lynt.toml", "configuration: lab/lynt.toml");
    run(
        &folder,
        &[
            ("repo", &["check", "topology"], 1, &[note, of_repo]),
            ("repo", &["check", "topology/deep/pools.toml"], 1, &[note, of_repo]),
            ("repo", &["check", "./topology/../topology"], 1, &[note, of_repo]),
            ("repo/topology", &["check"], 1, &[note, "configuration: ../lynt.toml"]),
            ("repo/topology/deep", &["check", "."], 1, &[note, "configuration: ../../lynt.toml"]),
            ("repo/lab", &["check", "../topology"], 1, &[note, "configuration: ../lynt.toml"]),
            ("repo", &["check", "lab"], 1, &[warning, of_lab, "!configuration: lynt.toml"]),
            ("repo", &["check", "lab/pools.toml"], 1, &[warning, of_lab]),
            ("repo/lab", &["check", "-"], 1, &[warning, "configuration: lynt.toml"]),
            ("repo", &["check", "--stdin-filename", "lab/x.toml", "-"], 1, &[warning, of_lab]),
            // Each topology has its own.
            ("repo", &["check", "topology", "lab"], 1, &[note, warning, of_repo, of_lab]),
            // A repository of its own ends the search; so does a work tree, where `.git` is a file.
            ("repo", &["check", "vendor"], 1, &[error, "!configuration:"]),
            ("repo", &["check", "linked"], 1, &[error, "!configuration:"]),
            // The home folder does too, but its own file counts.
            (".", &["check", "repo/vendor"], 1, &[error, "!configuration:"]),
        ],
    );
    let absolute = folder.0.join("repo/topology");
    let absolute = absolute.to_str().expect("a path");
    let output = lynt(&folder, &["check", absolute], b"");
    says(
        &output,
        1,
        &[note, &format!("configuration: {}", folder.0.join("repo/lynt.toml").display())],
        &[],
    );
}

#[test]
fn the_search_ends_at_home() {
    let folder = Folder::new("configuration-home");
    folder.write("lynt.toml", "[rule.self-backup]\nlevel = \"note\"\n");
    folder.write("home/topology/pools.toml", POOLS);
    let home = folder.0.join("home");
    let check = || {
        let mut command = command(&home, &["check", "-f", "concise", "topology"]);
        command.env("HOME", &home).env("USERPROFILE", &home);
        text(&command.output().expect("lynt runs").stdout)
    };
    assert!(check().contains("error[self-backup]"), "what is above the home folder does not count");
    folder.write("home/lynt.toml", "[rule.self-backup]\nlevel = \"warning\"\n");
    assert!(check().contains("warning[self-backup]"), "what is in it does");
}

#[test]
fn globs_choose_the_files() {
    let folder = Folder::new("configuration-globs");
    folder.write("lynt.toml", "[topology]\ninclude = [\"topology/**/*.toml\", \"!*.draft.toml\"]\nexclude = [\"old\", \"/topology/x.toml\"]\n");
    for name in ["topology/a.toml", "topology/deep/b.toml", "topology/deep/x.toml"] {
        folder.write(name, POOLS.replace(".x\"", &format!(".{}\"", name.replace('/', "-"))));
    }
    for name in ["Cargo.toml", "topology/old/c.toml", "topology/x.toml", "topology/d.draft.toml"] {
        folder.write(name, "rubbish");
    }
    folder
        .write("topology/old/sub/lynt.toml", "rubbish")
        .write("topology/old/sub/e.toml", "rubbish");
    folder.write("lab/lynt.toml", "[topology]\nexclude = [\"a.toml\"]\n");
    folder.write("lab/a.toml", "rubbish").write("lab/b.toml", POOLS);
    folder
        .write("none/lynt.toml", "[topology]\ninclude = [\"*.tml\"]\n")
        .write("none/a.toml", POOLS);
    let three = "# lynt.toml\n.:\n  topology/a.toml\n  topology/deep/b.toml\n  topology/deep/x.toml\n\n# lab/lynt.toml\nlab:\n  lab/b.toml\n";
    run(
        &folder,
        &[
            (".", &["check", "--show-files", "--exclude", "none"], 0, &[three]),
            (
                "topology",
                &["check", "--show-files"],
                0,
                &["# ../lynt.toml\n.:\n  a.toml\n  deep/b.toml\n  deep/x.toml\n"],
            ),
            (".", &["check", "--show-files", "lab"], 0, &["# lab/lynt.toml\nlab:\n  lab/b.toml\n"]),
            // A file that is named is looked at.
            (".", &["check", "--show-files", "lab/a.toml"], 0, &["lab/a.toml:\n  lab/a.toml\n"]),
            (
                ".",
                &["check", "none"],
                2,
                &["no *.toml file in none is included", "none/lynt.toml:2:12"],
            ),
            (
                ".",
                &["check", "lab", "--config", "topology.exclude = [\"b.toml\", \"a.toml\"]"],
                2,
                &["no *.toml files in lab"],
            ),
            (".", &["facts", "lab"], 0, &["lab/b.toml:", "!rubbish"]),
            (
                ".",
                &["check", "lab", "--config", "topology.include = [\"[\"]"],
                2,
                &["`[` is no glob: unclosed character class", "--config:1:21"],
            ),
            (
                ".",
                &["check", "lab/b.toml", "--config", "topology.exclude = [\"[\"]"],
                2,
                &["`[` is no glob"],
            ),
        ],
    );
}

#[test]
fn levels_count_everywhere() {
    let folder = Folder::new("configuration-levels");
    folder.write("t.toml", POOLS);
    let levels = "[rule.self-backup]\nlevel = \"note\"\n[rule.unknown-backup]\nlevel = \"warning\"\n[rule.unknown-version]\nlevel = \"off\"\n";
    folder.write("lynt.toml", levels);
    run(
        &folder,
        &[
            (
                ".",
                &["check", "t.toml"],
                0,
                &[
                    "note[self-backup]",
                    "warning[unknown-backup]",
                    "!unknown-version]",
                    "2 violations (1 warning, 1 note)",
                ],
            ),
            (".", &["check", "--fail-on", "warning", "t.toml"], 1, &["2 violations"]),
            (".", &["check", "--fail-on", "never", "t.toml"], 0, &["2 violations"]),
            (
                ".",
                &["check", "-f", "sarif", "--select", "self-backup", "t.toml"],
                0,
                &[
                    "\"level\": \"note\"",
                    "\"problem.severity\": \"recommendation\"",
                    "!\"level\": \"error\"",
                ],
            ),
            (
                ".",
                &["check", "-f", "json", "--select", "self-backup", "t.toml"],
                0,
                &[
                    "\"level\": \"note\"",
                    "\"configuration\": \"lynt.toml\"",
                    "!\"level\": \"error\"",
                ],
            ),
            (".", &["rule", "self-backup"], 0, &["(note, group backup)"]),
            // An id on the command line wins over `off`.
            (
                ".",
                &["check", "--extend-select", "unknown-version", "t.toml"],
                0,
                &["warning[unknown-version]"],
            ),
            (".", &["check", "--select", "all", "t.toml"], 0, &["!unknown-version]"]),
            (".", &["check", "--ignore", "backup", "t.toml"], 0, &["!self-backup]"]),
            (
                ".",
                &["check", "--isolated", "t.toml"],
                1,
                &["error[self-backup]", "warning[unknown-version]", "!configuration"],
            ),
            (
                ".",
                &["check", "--config", "output.fail-on = \"note\"", "t.toml"],
                1,
                &["note[self-backup]"],
            ),
            (
                ".",
                &["check", "--config", "rule.self-backup.level = \"error\"", "t.toml"],
                1,
                &["error[self-backup]"],
            ),
            (
                ".",
                &["check", "--config", "output.fail-on = \"note\"", "--fail-on", "error", "t.toml"],
                0,
                &["note[self-backup]"],
            ),
        ],
    );
}

/// Two topologies of one run are judged by two configurations.
#[test]
fn topologies_have_configurations_of_their_own() {
    let folder = Folder::new("configuration-two");
    folder.write(
        "a/lynt.toml",
        "[rules]\npaths = [\"house\"]\nselect = [\"short-name\"]\n[output]\nfail-on = \"note\"\n",
    );
    folder.write("a/house/short.dl", SHORT).write("a/t.toml", POOLS);
    folder.write("b/lynt.toml", "[rules]\npaths = [\"../b.dl\"]\nselect = [\"all\"]\nignore = [\"references\", \"backup\"]\n");
    folder.write("b.dl", SHORT.replace("ShortName", "OtherName").replace("is short", "is other"));
    folder.write("b/t.toml", POOLS);
    run(
        &folder,
        &[
            (
                ".",
                &["check", "a"],
                1,
                &["note[short-name]", "docs: lynt rule short-name --config a/lynt.toml"],
            ),
            (".", &["check", "b"], 0, &["note[other-name]", "!short-name"]),
            (
                ".",
                &["check", "a", "b"],
                1,
                &[
                    "note[short-name]",
                    "note[other-name]",
                    "configuration: a/lynt.toml",
                    "configuration: b/lynt.toml",
                ],
            ),
            (".", &["check", "b", "b/t.toml"], 0, &["note[other-name]"]),
            (
                ".",
                &["check", "-f", "json", "a", "b"],
                1,
                &["\"name\": \"short-name\"", "\"name\": \"other-name\""],
            ),
            // What a report prints works as it stands.
            (
                ".",
                &["explain", "short-name:p", "a"],
                0,
                &["short-name: A name is short.", "a/house/short.dl:8"],
            ),
            (".", &["explain", "other-name:p", "b"], 0, &["b.dl:8"]),
            (
                ".",
                &["explain", "short-name:p", "b"],
                2,
                &["no rule or relation is called `short-name`"],
            ),
            (".", &["rule", "short-name", "--config", "a/lynt.toml"], 0, &["# short-name"]),
            (".", &["rule", "short-name"], 2, &["no rule or group is called `short-name`"]),
            ("a", &["rule", "short-name"], 0, &["# short-name"]),
            ("a", &["check"], 1, &["docs: lynt rule short-name\n"]),
            (".", &["query", "ShortName(p)", "a"], 0, &["p.x", "2 answers"]),
            (".", &["simulate", "a"], 0, &[]),
            (
                ".",
                &["check", "--isolated", "a"],
                1,
                &[
                    "error[self-backup]",
                    "!short-name",
                    "why: lynt explain self-backup:p a --isolated",
                ],
            ),
            // The same file twice is one.
            (".", &["check", "--rules", "a/house/short.dl", "a"], 1, &["2 violations (2 notes)"]),
            (
                ".",
                &["check", "--rules", "b.dl", "--select", "other-name,short-name", "a"],
                1,
                &["4 violations", "explain other-name:p a --rules b.dl"],
            ),
        ],
    );
}

/// `lynt test` takes rules from the configuration, and no other setting.
#[test]
fn tests_find_the_rules_that_are_configured() {
    let folder = Folder::new("configuration-test");
    let examples = "///\n/// ## Violates\n/// ```toml\n/// [[pool]]\n/// fqdn = \"p.x\" #~ short-name\n/// ```\n///\n/// ## Complies\n/// ```toml\n/// [[pool]]\n/// fqdn = \"p.contoso.com\"\n/// ```\n";
    let rule = SHORT.replacen("short.\n", &format!("short.\n{examples}"), 1);
    folder.write(
        "lynt.toml",
        "[rules]\npaths = [\"house\"]\nignore = [\"all\"]\n[rule.short-name]\nlevel = \"off\"\n",
    );
    folder.write("house/short.dl", rule);
    folder
        .write("marked/t.toml", "[[pool]]\nfqdn = \"q.x\" #~ short-name\nversion = \"sfb-2015\"\n");
    run(
        &folder,
        &[
            (
                ".",
                &["test", "marked"],
                0,
                &["1 rule, 2 examples, 1 marked topology: 3 passed, 0 failed"],
            ),
            (".", &["test"], 0, &["1 rule, 2 examples, 1 marked topology: 3 passed, 0 failed"]),
            (".", &["test", "house"], 0, &["1 rule, 2 examples"]),
            (
                "marked",
                &["test"],
                0,
                &["1 rule, 2 examples, 1 marked topology: 3 passed, 0 failed"],
            ),
            (".", &["test", "--isolated", "marked"], 1, &["short-name"]),
            (
                ".",
                &["test", "--isolated", "--config", "rules.paths = [\"house\"]", "marked"],
                0,
                &["3 passed, 0 failed"],
            ),
        ],
    );
    folder.write("wrong/lynt.toml", "[rules]\npaths = [\"nowhere\"]\n");
    folder.write("wrong/t.toml", "[[pool]]\nfqdn = \"q.x\" #~ short-name\n");
    let told: &[&str] = &["there is no wrong/nowhere", "wrong/lynt.toml:2:10"];
    run(&folder, &[(".", &["test", "wrong"], 2, told)]);
}

#[test]
fn a_topology_around_others_can_be_explained() {
    let folder = Folder::new("configuration-around");
    folder
        .write("t/pools.toml", POOLS)
        .write("t/lab/lynt.toml", "")
        .write("t/lab/l.toml", POOLS.replace(".x\"", ".l\""));
    folder
        .write("only/lab/lynt.toml", "")
        .write("only/lab/l.toml", POOLS)
        .write("only/lob/lynt.toml", "")
        .write("only/lob/l.toml", POOLS);
    run(
        &folder,
        &[
            (
                ".",
                &["check", "t"],
                1,
                &["why: lynt explain self-backup:p t\n", "why: lynt explain self-backup:p t/lab\n"],
            ),
            (".", &["explain", "self-backup:p.x", "t"], 0, &["t/pools.toml:3:20"]),
            (".", &["explain", "self-backup:p.l", "t/lab"], 0, &["t/lab/l.toml:3:20"]),
            (
                ".",
                &["explain", "self-backup:p", "only"],
                2,
                &["only holds 2 topologies", "name one of only/lab, only/lob"],
            ),
            ("t", &["explain", "self-backup:p.x"], 0, &["pools.toml:3:20"]),
        ],
    );
}

/// What two folders have in common shows only where they are one topology.
#[test]
fn where_no_file_is_looked_for_none_parts_a_folder() {
    let folder = Folder::new("configuration-parts");
    folder.write("t/pools.toml", POOLS).write("t/new/lynt.toml", "").write("t/new/p.toml", POOLS);
    folder.write("etc/lynt.toml", "");
    let together = ["duplicate-fqdn"];
    let root = folder.as_ref();
    git(root, &["init", "-q"]);
    git(root, &["add", "t"]);
    git(root, &["commit", "-q", "-m", "x"]);
    run(
        &folder,
        &[
            (".", &["check", "t"], 1, &["in t/new\n", "2 topologies: 2 with"]),
            (".", &["check", "--config", "output.fail-on = \"error\"", "t"], 1, &["2 topologies"]),
            (".", &["check", "--isolated", "t"], 2, &together),
            (".", &["check", "--config", "etc/lynt.toml", "t"], 2, &together),
            // The commit had the same two files, so it could not be checked either.
            (".", &["diff", "--isolated", "HEAD:t", "t/pools.toml"], 2, &together),
            (".", &["diff", "HEAD:t", "t/pools.toml"], 0, &["alike"]),
        ],
    );
}

#[test]
fn parameters_are_set() {
    let folder = Folder::new("configuration-params");
    folder.write("t.toml", "[[pool]]\nfqdn = \"p.x\"\nversion = \"sfb-2015\"\nedition = \"enterprise\"\nfront-end-servers = 4\n[[user-group]]\nname = \"g\"\nhome = \"p.x\"\nusers = 30000\n");
    let too_many = "pool `p.x` has 4 Front End Servers, and its version supports at most 3";
    run(
        &folder,
        &[
            (
                ".",
                &["check", "--select", "pools", "t.toml"],
                0,
                &["pool-over-capacity", "!too-many-front-ends]"],
            ),
            (".", &["check", "--config", "params.max-front-ends = 3", "t.toml"], 1, &[too_many]),
            (
                ".",
                &[
                    "check",
                    "--config",
                    "rule.too-many-front-ends.params = { max-front-ends = 3 }",
                    "t.toml",
                ],
                1,
                &[too_many],
            ),
            (
                ".",
                &[
                    "check",
                    "--select",
                    "pools",
                    "--config",
                    "params.users-per-front-end = 8000",
                    "t.toml",
                ],
                0,
                &["ok: "],
            ),
            (
                ".",
                &[
                    "query",
                    "Capacity(p, n)",
                    "--config",
                    "params.users-per-front-end = 8000",
                    "t.toml",
                ],
                0,
                &["32000"],
            ),
            (
                ".",
                &[
                    "explain",
                    "too-many-front-ends:p",
                    "--config",
                    "params.max-front-ends = 3",
                    "t.toml",
                ],
                0,
                &["too-many-front-ends"],
            ),
            (".", &["explain", "too-many-front-ends:p", "t.toml"], 2, &["is no violation"]),
        ],
    );
}

#[test]
fn the_command_line_chooses_the_file() {
    let folder = Folder::new("configuration-choice");
    folder
        .write("t/lynt.toml", "[rule.self-backup]\nlevel = \"note\"\n")
        .write("t/pools.toml", POOLS);
    folder.write(
        "etc/lynt.toml",
        "[rule.self-backup]\nlevel = \"warning\"\n[rules]\npaths = [\"short.dl\"]\n",
    );
    folder.write("etc/short.dl", SHORT);
    folder.write("a=b.toml", "[rule.self-backup]\nlevel = \"warning\"\n");
    let (note, warning, error) =
        ("note[self-backup]", "warning[self-backup]", "error[self-backup]");
    run(
        &folder,
        &[
            (".", &["check", "t"], 1, &[note, "configuration: t/lynt.toml"]),
            (
                ".",
                &["check", "--config", "etc/lynt.toml", "t"],
                1,
                &[
                    warning,
                    "short-name]",
                    "configuration: etc/lynt.toml",
                    "docs: lynt rule self-backup --config etc/lynt.toml",
                ],
            ),
            (".", &["check", "--config", "a=b.toml", "t"], 1, &[warning]),
            (
                ".",
                &[
                    "check",
                    "--config",
                    "etc/lynt.toml",
                    "--config",
                    "rule.self-backup.level = \"error\"",
                    "t",
                ],
                1,
                &[error],
            ),
            (".", &["check", "--isolated", "t"], 1, &[error, "!configuration:"]),
            (
                ".",
                &["check", "--isolated", "--config", "rule.self-backup.level = \"warning\"", "t"],
                1,
                &[warning],
            ),
            (
                ".",
                &["check", "--isolated", "--config", "etc/lynt.toml", "t"],
                2,
                &["`--isolated` lets no file count"],
            ),
            (
                ".",
                &["check", "--config", "etc/lynt.toml", "--config", "t/lynt.toml", "t"],
                2,
                &["two files are named"],
            ),
            (".", &["check", "--config", "nowhere.toml", "t"], 2, &["could not read nowhere.toml"]),
            (
                ".",
                &["check", "--config", "rules.selct = []", "t"],
                2,
                &["--config:1:7", "did you mean `select`?"],
            ),
            (
                ".",
                &["explain", "short-name:p", "--config", "etc/lynt.toml", "t"],
                0,
                &["etc/short.dl:8"],
            ),
        ],
    );
    let with = |arguments: &[&str], file: &str| {
        text(&lynt_with(&folder, arguments, b"", &[("LYNT_CONFIG", file)]).stdout)
    };
    assert!(with(&["check", "t"], "etc/lynt.toml").contains(warning));
    assert!(with(&["check", "t"], "").contains(note), "an empty variable is none");
    assert!(with(&["check", "--config", "t/lynt.toml", "t"], "etc/lynt.toml").contains(note));
    assert!(with(&["check", "--isolated", "t"], "etc/lynt.toml").contains(error));
}

#[test]
fn what_is_wrong_is_told_once_and_in_every_report() {
    let folder = Folder::new("configuration-wrong");
    folder.write("t/lynt.toml", "[rules]\nslect = []\npaths = 1\n").write("t/a.toml", POOLS);
    folder.write("t/sub/b.toml", POOLS);
    folder.write("u/lynt.toml", "[rule.self-bakcup]\nlevel = \"off\"\n").write("u/a.toml", POOLS);
    folder
        .write(
            "v/lynt.toml",
            "[rules]\npaths = [\"house\", \"nowhere\"]\n[output]\nformat = [\"humna\"]\n",
        )
        .write("v/a.toml", POOLS);
    folder.write("v/house/broken.dl", "violation X(p: Pool) {}\n");
    folder.write("w/lynt.toml", [0xff, 0xfe, b'[', 0]).write("w/a.toml", POOLS);
    folder
        .write("x/lynt.toml", "[output]\nformat = [\"human\", \"humna=x.txt\", \"sarif=\"]\n")
        .write("x/a.toml", POOLS);
    folder
        .write("y/lynt.toml", "[output]\nformat = [\"human\", \"json\"]\n")
        .write("y/a.toml", POOLS);
    run(
        &folder,
        &[
            (
                ".",
                &["check", "t"],
                2,
                &["t/lynt.toml:2:1", "did you mean `select`?", "t/lynt.toml:3:9"],
            ),
            (".", &["check", "t", "u"], 2, &["t/lynt.toml:2:1", "!u/lynt.toml"]),
            (".", &["check", "u"], 2, &["u/lynt.toml:1:7", "did you mean `self-backup`?"]),
            (".", &["check", "v"], 2, &["there is no v/nowhere", "v/lynt.toml:2:19"]),
            (
                ".",
                &["check", "v", "--config", "rules.paths = [\"v/house\"]"],
                2,
                &["v/house/broken.dl:1:"],
            ),
            (".", &["check", "w"], 2, &["w/lynt.toml:1:1", "UTF-16"]),
            (
                ".",
                &["check", "x"],
                2,
                &[
                    "x/lynt.toml:2:20",
                    "did you mean `human`?",
                    "x/lynt.toml:2:35",
                    "no file name behind `=`",
                ],
            ),
            (
                ".",
                &["check", "y"],
                2,
                &["two reports can't both go to standard output", "y/lynt.toml:2:11"],
            ),
            (".", &["check", "-f", "json", "y"], 1, &["\"exit_code\": 1"]),
            (".", &["explain", "self-backup:p", "t"], 2, &["t/lynt.toml:2:1"]),
            (".", &["query", "Pool(p)", "u"], 2, &["u/lynt.toml:1:7"]),
            (".", &["facts", "t"], 2, &["t/lynt.toml:2:1"]),
            (".", &["simulate", "u"], 2, &["u/lynt.toml:1:7"]),
            ("t", &["rule"], 2, &["lynt.toml:2:1"]),
            (".", &["waivers", "t"], 2, &["t/lynt.toml:2:1"]),
        ],
    );
    // The files below have the same configuration: it is told of once.
    let output = lynt(&folder, &["check", "-f", "json", "t/a.toml", "t/sub/b.toml"], b"");
    assert_eq!(text(&output.stderr).matches("error[").count(), 2);
    assert_eq!(text(&output.stdout).matches("\"name\": \"unknown-key\"").count(), 1);
    says(&output, 2, &["\"exit_code\": 2", "\"path\": \"t/lynt.toml\""], &[]);
    let output = lynt(
        &folder,
        &["check", "-f", "json", "v", "--config", "rules.paths = [\"v/house\"]"],
        b"",
    );
    says(&output, 2, &["\"exit_code\": 2", "\"path\": \"v/house/broken.dl\""], &[]);
}

#[test]
fn reports_are_configured() {
    let folder = Folder::new("configuration-output");
    folder.write(
        "t/lynt.toml",
        "[output]\nformat = [\"concise\", \"json=reports/lynt.json\"]\nfail-on = \"never\"\n",
    );
    folder.write("t/pools.toml", POOLS).write("t/reports/.keep", "");
    let output = lynt(&folder, &["check", "t"], b"");
    says(&output, 0, &["t/pools.toml:3:20: error[self-backup]", "!configuration"], &[]);
    assert!(folder.read("t/reports/lynt.json").contains("\"fail_on\": null"));
    fs::remove_file(folder.0.join("t/reports/lynt.json")).expect("it is there");
    let output = lynt(&folder, &["check", "-f", "human", "t"], b"");
    says(&output, 0, &["configuration: t/lynt.toml"], &[]);
    assert_eq!(folder.list("t/reports"), [".keep"], "the command line wins");
}

#[test]
fn settings_say_who_sets_them() {
    let folder = Folder::new("configuration-settings");
    folder.write("lynt.toml", "[rules]\nignore = [\"unpaired-pool\"]\n\n[rule.self-backup]\nlevel = \"note\"\n[params]\nmax-front-ends = 3\n");
    folder.write("t.toml", POOLS);
    let arguments = [
        "check",
        "--show-settings",
        "--fail-on",
        "note",
        "--ignore",
        "sba",
        "--config",
        "suppressions.max-days = 9",
        "t.toml",
    ];
    let settings = text(&lynt(&folder, &arguments, b"").stdout);
    let line = |start: &str| {
        let line = settings.lines().find(|line| line.starts_with(start));
        line.unwrap_or_else(|| panic!("no {start}: {settings}"))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert!(settings.starts_with("# lynt.toml\n"));
    let expected = [
        ("rules.ignore", "rules.ignore = [\"unpaired-pool\", \"sba\"] # lynt.toml:2, --ignore"),
        ("rule.self-backup", "rule.self-backup.level = \"note\" # lynt.toml:5"),
        ("params.max-front-ends ", "params.max-front-ends = 3 # lynt.toml:7"),
        ("params.max-front-ends-2019", "params.max-front-ends-2019 = 16 # default"),
        ("suppressions.max-days", "suppressions.max-days = 9 # --config:1"),
        ("output.fail-on", "output.fail-on = \"note\" # --fail-on"),
        ("output.format", "output.format = [\"human\"] # default"),
        ("# required-version", "# required-version is not set"),
    ];
    for (start, expected) in expected {
        assert_eq!(line(start), expected);
    }
    // What is printed is a configuration that says the same.
    folder.write("again/lynt.toml", &settings).write("again/t.toml", POOLS);
    let again = text(&lynt(&folder, &["check", "--show-settings", "again"], b"").stdout);
    let without_places = |settings: &str| -> BTreeSet<String> {
        let line = |line: &str| line.split(" #").next().unwrap_or("").trim_end().to_owned();
        settings.lines().skip(1).map(line).collect()
    };
    assert_eq!(without_places(&again), without_places(&settings));
}
