//! `--tracked`: only the files that git tracks count, in real repositories and inside real hooks.

mod common;

use common::command::{Case, Folder, git, lynt, lynt_with, run_cases, text, try_git};
use std::fs;
use std::path::Path;

/// A pool whose backup registrar is in another file.
const POOL: &str = "[[pool]]\nfqdn = \"p.x\"\nbackup-registrar = \"q.x\"\n";
/// That other pool.
const PARTNER: &str = "[[pool]]\nfqdn = \"q.x\"\nbackup-registrar = \"p.x\"\n";
/// A file that can't be read as a topology.
const WRONG: &str = "[[pool]]\nfqdn = \n";
const CHECK: [&str; 4] = ["check", "--tracked", "--select", "unknown-backup"];

/// A repository with a pool and its partner, committed.
fn repository(name: &str) -> Folder {
    let folder = Folder::new(name);
    git(&folder.0, &["init", "--quiet"]);
    folder.write("topology/pool.toml", POOL).write("topology/partner.toml", PARTNER);
    commit(&folder.0);
    folder
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "next"]);
}

/// The exit code of a check, standard error and standard output below each other, and both as one text.
fn check(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = lynt_with(folder, &[&CHECK, arguments].concat(), b"", variables);
    (output.status.code(), text(&output.stderr) + &text(&output.stdout))
}

#[test]
fn only_tracked_files_count() {
    let folder = repository("tracked");
    folder.write("topology/draft.toml", WRONG).write("topology/lab/lynt.toml", WRONG);
    folder.write("topology/lab/lab.toml", WRONG).write("new/draft.toml", WRONG);
    let none = "error[nothing-to-check]: git tracks no *.toml file in new";
    let untracked = "error[untracked]: git does not track topology/draft.toml";
    let files = "topology:\n  topology/partner.toml\n  topology/pool.toml\n";
    let cases: &[Case<'_>] = &[
        (&["check"], 2, &[], &["topology/lab/lynt.toml:1:3"]),
        (&["check", "--tracked", "topology/draft.toml"], 2, &[], &[untracked, "`git add` it"]),
        (&["check", "--tracked", "topology", "topology/draft.toml"], 2, &[], &[untracked]),
        (&["check", "--tracked", "topology/gone.toml"], 2, &[], &["could not read topology/gone"]),
        (&["check", "--tracked", "new"], 2, &[], &[none, "`git add` the topology's files"]),
        (&["check", "--tracked", "topology/pool.toml"], 1, &["`q.x`"], &[]),
        (&["check", "--tracked", "--show-files", "topology"], 0, &[files], &[]),
        // Standard input is no file.
        (&["check", "--tracked", "-"], 2, &["error[nothing-to-check]"], &[]),
        (&["facts", "--tracked", "topology"], 0, &["topology/pool.toml:2:8"], &[]),
        (&["query", "--tracked", "Backup(p, q)", "topology"], 0, &["q.x"], &[]),
        (&["explain", "--tracked", "self-backup:p", "topology/draft.toml"], 2, &[], &[untracked]),
        (&["waivers", "--tracked", "topology"], 0, &[""], &[]),
        (&["simulate", "--tracked", "--down", "p.x", "topology"], 0, &["p.x is down"], &[]),
    ];
    run_cases(&folder, "", cases);
    for path in [".", "topology", "topology/", "new/../topology"] {
        let (code, said) = check(&folder.0, &[path], &[]);
        assert!(code == Some(0) && said.contains("ok: 2 pools"), "{path}: {said}");
    }
}

/// A commit is what the index holds: new files count from `git add` on, deleted ones until it.
#[test]
fn what_is_staged_is_tracked() {
    let folder = repository("tracked-staged");
    let partner = folder.0.join("topology/partner.toml");
    fs::remove_file(&partner).expect("the file goes");
    let (code, said) = check(&folder.0, &[], &[]);
    assert!(code == Some(1) && said.contains("`q.x`"), "{said}");
    folder.write("topology/other.toml", PARTNER);
    assert_eq!(check(&folder.0, &[], &[]).0, Some(1));
    git(&folder.0, &["add", "topology/other.toml"]);
    let (code, said) = check(&folder.0, &[], &[]);
    assert_eq!(code, Some(0), "{said}");
    git(&folder.0, &["rm", "--quiet", "--cached", "topology/other.toml"]);
    assert_eq!(check(&folder.0, &[], &[]).0, Some(1));
}

/// A finding's own commands look at the same files.
#[test]
fn commands_in_reports_heed_it() {
    let folder = repository("tracked-commands");
    git(&folder.0, &["rm", "--quiet", "--cached", "topology/partner.toml"]);
    let (_, said) = check(&folder.0, &["--exclude", "old *.toml", "topology"], &[]);
    let command = "lynt explain unknown-backup:p topology --exclude 'old *.toml' --tracked";
    assert!(said.contains(&format!("why: {command}")), "{said}");
    let words = ["explain", "--tracked", "unknown-backup:p", "topology"];
    let output = lynt(&folder, &words, b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = lynt(&folder, &["explain", "unknown-backup:p", "topology"], b"");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
}

/// A configuration that will not be in the commit changes no verdict on it.
#[test]
fn an_untracked_configuration_does_not_count() {
    let folder = repository("tracked-configuration");
    folder
        .write("lynt.toml", "[rules]\nignore = [\"all\"]\n[topology]\nexclude = [\"pool.toml\"]\n");
    folder.write("topology/lynt.toml", WRONG);
    let files = "# no lynt.toml\ntopology:\n  topology/partner.toml\n  topology/pool.toml\n";
    for path in ["topology", "topology/pool.toml"] {
        let (code, said) = check(&folder.0, &["--show-files", path], &[]);
        assert!(code == Some(0) && said.starts_with("# no lynt.toml\n"), "{said}");
        assert!(path != "topology" || said == files, "{said}");
    }
    git(&folder.0, &["add", "lynt.toml"]);
    let (code, said) = check(&folder.0, &["--show-files", "topology"], &[]);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "# lynt.toml\ntopology:\n  topology/partner.toml\n")
    );
    // One that is named counts whoever tracks it.
    let (code, said) = check(&folder.0, &["--config", "topology/lynt.toml", "topology"], &[]);
    assert!(code == Some(2) && said.contains("topology/lynt.toml:2"), "{said}");
}

/// Nor does a baseline that will not be in the commit; the nearest one that will be counts.
#[test]
fn an_untracked_baseline_does_not_count() {
    let folder = repository("tracked-baseline");
    git(&folder.0, &["rm", "--quiet", "topology/partner.toml"]);
    let record = ["baseline", "--tracked", "--select", "unknown-backup", "topology"];
    let open = ["-f", "concise", "topology"];
    let says = |arguments: &[&str], expected: i32, part: &str| {
        let (code, said) = check(&folder.0, arguments, &[]);
        assert!(code == Some(expected) && said.contains(part), "{arguments:?}: {said}");
    };
    for (configuration, file) in [
        (None, "topology/lynt-baseline.toml"),
        (Some(""), "lynt-baseline.toml"),
        (Some("[baseline]\nfile = \"known/b.toml\"\n"), "known/b.toml"),
    ] {
        if let Some(text) = configuration {
            folder.write("lynt.toml", text);
            git(&folder.0, &["add", "lynt.toml"]);
        }
        folder.write(file, "version = 1 # ours\n");
        let output = lynt(&folder, &record, b"");
        assert_eq!(text(&output.stdout), format!("{file}: 1 added, 0 there before\n"));
        assert!(folder.read(file).contains("# ours\n"), "{file} is added to, tracked or not");
        says(&open, 1, "error[unknown-backup]");
        let output = lynt(&folder, &[&["check"], &CHECK[2..], &["topology"]].concat(), b"");
        assert_eq!(output.status.code(), Some(0), "without --tracked {file} counts");
        // One that is named counts whoever tracks it.
        says(&["--baseline", file, "topology"], 0, "1 known finding");
        let (code, said) = check(&folder.0, &["topology"], &[("LYNT_BASELINE", file)]);
        assert_eq!(code, Some(0), "{said}");
        git(&folder.0, &["add", file]);
        says(&["topology"], 0, &format!("{file}: 1 known finding"));
        git(&folder.0, &["rm", "--quiet", "--force", file]);
    }
    // Without a configuration the nearest one upward that is tracked counts.
    git(&folder.0, &["rm", "--quiet", "--force", "lynt.toml"]);
    folder.write("lynt-baseline.toml", "version = 1\n");
    let output = lynt(&folder, &record, b"");
    assert_eq!(text(&output.stdout), "lynt-baseline.toml: 1 added, 0 there before\n");
    folder.write("topology/lynt-baseline.toml", "version = 1\n");
    says(&open, 1, "error[unknown-backup]");
    git(&folder.0, &["add", "lynt-baseline.toml"]);
    says(&["topology"], 0, "lynt-baseline.toml: 1 known finding");
}

#[test]
fn what_git_can_not_do_ends_the_check() {
    let folder = Folder::new("tracked-problems");
    folder.write("topology/pool.toml", POOL);
    for path in ["topology", "topology/pool.toml"] {
        let (code, said) = check(&folder.0, &[path], &[]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("error[no-work-tree]: git finds no work tree around "), "{said}");
        assert!(said.contains("not a git repository"), "{said}");
    }
    let empty = folder.0.join("topology");
    let (code, said) =
        check(&folder.0, &["topology"], &[("PATH", empty.to_str().expect("a path"))]);
    assert!(code == Some(2) && said.contains("error[no-git]: could not run git: "), "{said}");
    assert!(said.contains("the program `git` must be on the PATH"), "{said}");
}

#[test]
fn paths_are_taken_from_the_current_folder() {
    let folder = repository("tracked-below");
    folder.write("topology/draft.toml", WRONG).write("elsewhere/x.toml", WRONG);
    let topology = folder.0.join("topology");
    let whole = topology.to_str().expect("a path");
    let cases =
        [("topology", "."), ("elsewhere", ".."), ("elsewhere", "../topology"), (".", whole)];
    for (below, path) in cases {
        let (code, said) = check(&folder.0.join(below), &[path], &[]);
        assert!(code == Some(0) && said.contains("ok: 2 pools"), "{below} {path}: {said}");
    }
}

#[test]
fn odd_names_are_tracked_or_not() {
    let folder = repository("tracked-names");
    folder.write("odd/a\nb \"c\".toml", POOL).write("odd/ü*.toml", PARTNER);
    commit(&folder.0);
    folder
        .write("odd/a\nb.toml", WRONG)
        .write("odd/ü.toml", WRONG)
        .write("odd/b \"c\".toml", WRONG);
    let (code, said) = check(&folder.0, &["odd"], &[]);
    assert!(code == Some(0) && said.contains("ok: 2 pools"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_tracked_or_not() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = repository("tracked-bytes");
    let write = |name: &[u8], text: &str| {
        fs::write(folder.0.join("topology").join(OsStr::from_bytes(name)), text).expect("a file");
    };
    write(b"\xff.toml", "[[pool]]\nfqdn = \"r.x\"\n");
    commit(&folder.0);
    write(b"\xfe.toml", WRONG);
    let (code, said) = check(&folder.0, &[], &[]);
    assert!(code == Some(0) && said.contains("ok: 3 pools"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_means_the_folder() {
    let folder = repository("tracked-link");
    folder.write("topology/draft.toml", WRONG);
    let outside = Folder::new("tracked-link-outside");
    std::os::unix::fs::symlink(folder.0.join("topology"), outside.0.join("link")).expect("a link");
    let (code, said) = check(&outside.0, &["link"], &[]);
    assert!(code == Some(0) && said.contains("ok: 2 pools"), "{said}");
}

/// The partner of a pool is in a submodule: its files count as those around them do.
#[test]
fn submodules_count() {
    let folder = repository("tracked-submodule");
    git(&folder.0, &["rm", "--quiet", "-r", "topology/partner.toml"]);
    let module = Folder::new("tracked-submodule-module");
    git(&module.0, &["init", "--quiet"]);
    module.write("partner.toml", PARTNER);
    commit(&module.0);
    let path = module.0.to_str().expect("a path");
    let add =
        ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", path, "topology/sub"];
    git(&folder.0, &add);
    folder.write("topology/sub/draft.toml", WRONG);
    for path in ["topology", "."] {
        let (code, said) = check(&folder.0, &[path], &[]);
        assert!(code == Some(0) && said.contains("ok: 2 pools"), "{said}");
    }
    // In a hook of the repository around it, too.
    hook(&folder.0, "", "check --tracked --select unknown-backup topology");
    git(&folder.0, &["commit", "--quiet", "--message", "submodule"]);
    hook(&folder.0, "", "check --tracked topology/sub --show-files");
    let output = try_git(&folder.0, &["commit", "--allow-empty", "--message", "again"]);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("  topology/sub/partner.toml\n") && !said.contains("draft"), "{said}");
}

/// Makes `lynt <arguments>` the hook that a repository runs before commits, and `before` before it.
fn hook(folder: &Path, before: &str, arguments: &str) {
    let hooks = folder.join(".git/hooks");
    fs::create_dir_all(&hooks).expect("a folder");
    let (path, lynt) = (hooks.join("pre-commit"), env!("CARGO_BIN_EXE_lynt"));
    let script = format!("#!/bin/sh\n{before}\nexec '{lynt}' {arguments} >&2\n");
    fs::write(&path, script).expect("a hook");
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("it runs");
}

/// Whether a commit goes through, and what was said.
fn commits(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = try_git(folder, &[&["commit", "--message", "next"], arguments].concat());
    (output.status.success(), text(&output.stderr))
}

#[test]
fn a_hook_sees_what_is_committed() {
    let folder = repository("tracked-hook");
    hook(&folder.0, "", "check --tracked --select unknown-backup");
    folder.write("topology/draft.toml", WRONG);
    folder.write("topology/more.toml", "[[pool]]\nfqdn = \"r.x\"\n");
    git(&folder.0, &["add", "topology/more.toml"]);
    let (done, said) = commits(&folder.0, &[]);
    assert!(done && said.contains("ok: 3 pools"), "{said}");
    // A commit that only deletes.
    git(&folder.0, &["rm", "--quiet", "topology/partner.toml"]);
    let (done, said) = commits(&folder.0, &[]);
    assert!(!done && said.contains("error[unknown-backup]"), "{said}");
    git(&folder.0, &["reset", "--quiet", "--hard"]);
    // A commit of some paths has an index of its own, told by GIT_INDEX_FILE.
    folder
        .write("topology/one.toml", "[[pool]]\nfqdn = \"s.x\"\n")
        .write("topology/two.toml", WRONG);
    git(&folder.0, &["add", "topology/one.toml", "topology/two.toml"]);
    let (done, said) = commits(&folder.0, &["--", "topology/one.toml"]);
    assert!(done && said.contains("ok: 4 pools"), "{said}");
    let (done, said) = commits(&folder.0, &[]);
    assert!(!done && said.contains("topology/two.toml:2"), "{said}");
}

#[test]
fn a_hook_may_change_its_folder_or_be_of_a_linked_work_tree() {
    let folder = repository("tracked-linked");
    let linked = folder.0.join("linked");
    git(&folder.0, &["worktree", "add", "--quiet", "--detach", "linked"]);
    for name in ["topology/draft.toml", "linked/topology/draft.toml"] {
        folder.write(name, WRONG);
    }
    for before in ["", "cd topology"] {
        hook(&folder.0, before, "check --tracked --select self-backup");
        for root in [&folder.0, &linked] {
            let (done, said) = commits(root, &["--allow-empty"]);
            assert!(done && said.contains("ok: 2 pools"), "{before} {said}");
        }
    }
}

/// GIT_DIR may name a repository that lies elsewhere than its work tree.
#[test]
fn variables_name_the_repository() {
    let folder = Folder::new("tracked-variables");
    let away = Folder::new("tracked-variables-away");
    let directory = away.0.join("dir");
    let directory = directory.to_str().expect("a path");
    git(&folder.0, &["init", "--quiet", "--separate-git-dir", directory]);
    fs::remove_file(folder.0.join(".git")).expect("the file goes");
    let tree = folder.0.to_str().expect("a path");
    folder.write("topology/pool.toml", POOL).write("topology/partner.toml", PARTNER);
    let of_both = ["--git-dir", directory, "--work-tree", tree];
    git(&folder.0, &[&of_both[..], &["add", "--all"]].concat());
    folder.write("topology/draft.toml", WRONG);
    let passes = |below: &str, path: &str, variables: &[(&str, &str)]| {
        let (code, said) = check(&folder.0.join(below), &[path], variables);
        assert!(code == Some(0) && said.contains("ok: 2 pools"), "{below} {path}: {said}");
    };
    let (dir, tree) = (("GIT_DIR", directory), ("GIT_WORK_TREE", tree));
    passes(".", ".", &[dir]);
    passes(".", "topology", &[dir]);
    passes("topology", ".", &[dir, tree]);
    passes("topology", "../topology", &[dir, ("GIT_WORK_TREE", "..")]);
    // Of another repository they say nothing.
    let other = repository("tracked-variables-other");
    other.write("topology/draft.toml", WRONG);
    let there = other.0.join("topology");
    passes(".", there.to_str().expect("a path"), &[dir]);
    passes(".", there.to_str().expect("a path"), &[("GIT_INDEX_FILE", "no-such-index")]);
}
