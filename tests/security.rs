//! What docs/security.md promises where topologies, configurations and rules come from people who are not trusted.
#![cfg(unix)]

mod common;

use common::command::{Case, Folder, command, lynt, run_cases, text};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

/// A topology with an error.
const SELF: &str = "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"sfb-2015\"\n\
                    backup-registrar = \"p.contoso.com\"\n";
/// A name that terminals, pages, shells and pipelines would each act on.
const NASTY: &str =
    "</script><img src=x onerror=alert(1)>\\u001b[2J\\n::error::x##vso[task.complete]$(x)";

/// The base branch and a change to it in which everything is tried that could silence its verdict.
fn change(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder
        .write("base/lynt.toml", "[rules]\npaths = [\"house\"]\n")
        .write("base/house/house.dl", "/// A pool is called so.\nviolation HouseName(p: Pool) { severity: error; examines: Pool(p); message: \"`{p}` is here\"; label p: \"here\"; }\nHouseName(p) <- Pool(p), (p.fqdn.starts_with(\"p.\"));\n")
        .write("change/lynt.toml", "[topology]\nexclude = [\"*\"]\n[rules]\nselect = []\n[rule.self-backup]\nlevel = \"off\"\n[baseline]\nfile = \"b.toml\"\n")
        .write("change/topology/lynt.toml", "[rules]\nselect = []\n[output]\nfail-on = \"never\"\n")
        .write("change/topology/pools.toml", format!("# lynt: ignore-file[self-backup]: none\n{SELF}"))
        .write("change/topology/new/lynt.toml", "[rules]\nselect = []\n")
        .write("change/topology/new/same.toml", SELF)
        .write("change/topology/lynt-baseline.toml", "version = 1\n\n[[finding]]\nrule = \"self-backup\"\nsubject = [\"p.contoso.com\"]\n");
    folder
}

#[test]
fn a_change_does_not_decide_about_its_verdict() {
    let folder = change("security-change");
    let at = folder.0.join("change");
    // As it is, it does.
    let trusting = lynt(&at, &["check", "topology"], b"");
    assert_eq!(trusting.status.code(), Some(0), "{}", text(&trusting.stdout));
    let recipes: [&[&str]; 2] = [
        &["check", "--config", "../base/lynt.toml", "--no-ignores", "--no-baseline", "topology"],
        &["check", "--isolated", "--no-ignores", "--rules", "../base/house", "topology"],
    ];
    for arguments in recipes {
        // The two files together have one name twice: that they are one topology is seen.
        let output = lynt(&at, arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stdout));
        assert!(text(&output.stdout).contains("duplicate-fqdn"));
    }
    fs::remove_dir_all(at.join("topology/new")).expect("it goes");
    for arguments in recipes {
        let output = lynt(&at, arguments, b"");
        let out = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {out}{}", text(&output.stderr));
        assert!(out.contains("error[self-backup]") && out.contains("error[house-name]"), "{out}");
    }
}

/// Only the command line may send a report elsewhere than into the configuration's folder.
#[test]
fn a_configuration_writes_in_its_own_folder_only() {
    let folder = Folder::new("security-outputs");
    folder.write("victim", "kept").write("r/.git/hooks/pre-commit", "kept").write("r/out/x", "");
    symlink("../victim", folder.0.join("r/link.json")).expect("a link");
    symlink("..", folder.0.join("r/up")).expect("a link");
    symlink(".git", folder.0.join("r/dot")).expect("a link");
    folder.write("r/t.toml", SELF);
    let full = folder.0.join("victim");
    let outside = [
        full.to_str().expect("a path"),
        "../victim",
        "out/../../victim",
        "link.json",
        "up/victim",
        "up/new",
        ".git/hooks/pre-commit",
        ".GIT/new",
        "dot/hooks/pre-commit",
    ];
    for path in outside {
        folder.write("r/lynt.toml", format!("[output]\nformat = [\"json={path}\"]\n"));
        let part = format!("{path} is not in the folder of the configuration");
        let place = "r/lynt.toml:2:11";
        run_cases(&folder, "", &[(&["check", "r/t.toml"], 2, &[], &[&part, place])]);
    }
    assert_eq!(
        (folder.read("victim"), folder.list(".")),
        ("kept".to_owned(), vec!["r".to_owned(), "victim".to_owned()])
    );
    assert_eq!(folder.read("r/.git/hooks/pre-commit"), "kept");
    folder.write("r/lynt.toml", "[output]\nformat = [\"json=out/r.json\", \"junit=./j.xml\"]\n");
    let cases: [Case<'_>; 2] = [
        (&["check", "r/t.toml"], 1, &[], &[]),
        (&["check", "-f", "json=victim", "r/t.toml"], 1, &[], &[]),
    ];
    run_cases(&folder, "", &cases);
    assert!(folder.read("r/out/r.json").contains("self-backup"));
    assert!(folder.read("r/j.xml").contains("testsuite"));
    assert!(folder.read("victim").contains("self-backup"), "the command line may");
}

/// The texts of all files below a folder.
fn state(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => texts.extend(state(&path)),
            false => _ = texts.insert(path.display().to_string(), fs::read(&path).expect("a file")),
        }
    }
    texts
}

/// Nothing is written that nobody names: no cache, no state, no log; the home folder is the same one here.
#[test]
fn commands_that_name_no_output_write_nothing() {
    let folder = Folder::new("security-writes");
    folder.write("t.toml", SELF).write("x.xml", include_str!("../examples/litware/Topology.xml"));
    let before = state(folder.as_ref());
    let commands: [&[&str]; 19] = [
        &["check", "t.toml"],
        &["check", "--proof", "--timings", "t.toml"],
        &["check", "--fix", "--diff", "t.toml"],
        &["check", "--show-settings", "t.toml"],
        &["explain", "self-backup:p", "t.toml"],
        &["query", "Pool(p)", "t.toml"],
        &["facts", "t.toml"],
        &["simulate", "--matrix", "t.toml"],
        &["graph", "t.toml"],
        &["report", "t.toml"],
        &["waivers", "t.toml"],
        &["diff", "t.toml", "x.xml"],
        &["import", "x.xml"],
        &["rule"],
        &["vocabulary"],
        &["schema", "config"],
        &["man"],
        &["completions", "bash"],
        &["new", "rule", "pool-alone", "--stdout"],
    ];
    for arguments in commands {
        let mut command = command(folder.as_ref(), arguments);
        command.env("XDG_CACHE_HOME", folder.as_ref()).env("TMPDIR", folder.as_ref());
        let output = command.stdin(Stdio::null()).output().expect("lynt ends");
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        assert_eq!(
            state(folder.as_ref()).keys().collect::<Vec<_>>(),
            before.keys().collect::<Vec<_>>()
        );
    }
    assert!(state(folder.as_ref()) == before);
}

/// The policy stands before anything else can, forbids scripts, and nothing in the page would need one.
#[test]
fn a_page_runs_nothing_and_loads_nothing() {
    let folder = Folder::new("security-page");
    folder.write("t.toml", SELF.replace("p.contoso.com", NASTY));
    let output = lynt(&folder, &["report", "--today", "2026-12-01", "t.toml"], b"");
    let page = text(&output.stdout);
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">";
    let at = page.find(policy).expect("the policy");
    for element in ["<style", "<script", "<title", "<link", "<body"] {
        assert!(
            page.find(element).is_none_or(|found| found > at),
            "{element} is before the policy"
        );
    }
    for script in page.split("<script").skip(1) {
        assert!(script.starts_with(" type=\"application/json\""), "{}", &script[..60]);
    }
    for part in ["<img", "<iframe", "<object", "<embed", "<form", "<link", "url(", "@import"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(page.contains("onerror"), "the name is there, as text");
    assert!(!page.contains(['\u{1b}', '\u{202e}']));
}

/// What stands in a topology is never at the beginning of a line, where pipelines look for commands.
#[test]
fn no_text_is_a_command_of_a_pipeline() {
    let folder = Folder::new("security-commands");
    folder.write("t.toml", SELF.replace("p.contoso.com", NASTY));
    for format in
        ["human", "concise", "github", "azure", "tap", "csv", "markdown", "gitlab", "jsonl"]
    {
        let out = text(&lynt(&folder, &["check", "-f", format, "t.toml"], b"").stdout);
        assert!(out.contains("onerror"), "{format}: {out}");
        assert!(!out.contains('\u{1b}'), "{format}");
        for line in out.lines().map(str::trim_start) {
            let is_own = format == "github"
                && (line.starts_with("::error ")
                    || line.starts_with("::warning ")
                    || line.starts_with("::notice "));
            assert!(is_own || !line.starts_with("::"), "{format}: {line}");
            // Azure's agent takes the first one of a line, wherever it stands; what follows is its text.
            assert!(format != "azure" || line.find("##vso[").is_none_or(|at| at == 0), "{line}");
        }
    }
}
