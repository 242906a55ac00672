//! What git knows of folders, asked of real repositories.

mod common;

use common::command::{Folder, git};
use lynt::git::{root, tracked};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn names(names: &[&str]) -> BTreeSet<PathBuf> {
    names.iter().map(PathBuf::from).collect()
}

/// `name: message` of what is wrong.
fn problem<T: std::fmt::Debug>(asked: Result<T, lynt::source::Problem>) -> String {
    let problem = asked.expect_err("it fails");
    format!("{}: {}", problem.name, problem.message)
}

fn repository(name: &str) -> Folder {
    let folder = Folder::new(name);
    git(&folder.0, &["init", "--quiet"]);
    folder
}

#[test]
fn what_is_committed_or_staged_is_tracked() {
    let folder = repository("git-tracked");
    folder.write("a.toml", "").write("below/b.toml", "").write("below/deep/c.toml", "");
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "first"]);
    folder.write("below/staged.toml", "").write("below/intended.toml", "").write("new.toml", "");
    git(&folder.0, &["add", "below/staged.toml"]);
    git(&folder.0, &["add", "--intent-to-add", "below/intended.toml"]);
    fs::remove_file(folder.0.join("a.toml")).expect("the file goes");
    git(&folder.0, &["rm", "--quiet", "--cached", "below/b.toml"]);

    let all = tracked(&folder.0).expect("a work tree");
    let below = ["deep/c.toml", "intended.toml", "staged.toml"];
    let from_root = below.map(|name| format!("below/{name}"));
    let mut expected = names(&["a.toml"]);
    expected.extend(from_root.iter().map(PathBuf::from));
    assert_eq!(all, expected);
    assert_eq!(tracked(&folder.0.join("below")).expect("a work tree"), names(&below));
    assert_eq!(tracked(&folder.0.join("below/../below/deep")).expect("it"), names(&["c.toml"]));
    let real = fs::canonicalize(&folder.0).expect("a folder");
    assert_eq!(root(&folder.0.join("below/deep")).expect("a work tree"), real);
}

#[test]
fn a_new_repository_tracks_nothing() {
    let folder = repository("git-new");
    folder.write("a.toml", "");
    assert_eq!(tracked(&folder.0).expect("a work tree"), names(&[]));
}

/// Names that a shell, a pathspec or git's quoting would take for something else.
#[test]
fn names_are_taken_as_they_are() {
    let folder = repository("git-names");
    let odd =
        ["-a.toml", "a\tb\nc.toml", "*.toml", ":(top)x.toml", "\"q\".toml", "ü.toml", " .toml"];
    let below = [":(exclude)d", "[d]*", "-d"];
    for name in odd {
        folder.write(name, "");
        for below in below {
            folder.write(&format!("{below}/{name}"), "");
        }
    }
    folder.write("d/none.toml", "");
    git(&folder.0, &["add", "--all"]);
    for below in below {
        assert_eq!(tracked(&folder.0.join(below)).expect("a work tree"), names(&odd), "{below}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = repository("git-bytes");
    let below = folder.0.join(OsStr::from_bytes(b"d\xff"));
    fs::create_dir(&below).expect("a folder");
    let name = OsStr::from_bytes(b"\xfe\n.toml");
    fs::write(below.join(name), "").expect("a file");
    git(&folder.0, &["add", "--all"]);
    assert_eq!(tracked(&below).expect("a work tree"), [PathBuf::from(name)].into());
}

#[test]
fn a_linked_work_tree_has_its_own_index() {
    let folder = Folder::new("git-linked");
    let (main, bare) = (folder.0.join("main"), folder.0.join("bare.git"));
    fs::create_dir(&main).expect("a folder");
    git(&main, &["init", "--quiet"]);
    folder.write("main/a.toml", "");
    git(&main, &["add", "--all"]);
    git(&main, &["commit", "--quiet", "--message", "first"]);
    git(&main, &["worktree", "add", "--quiet", "--detach", "../linked"]);
    git(&folder.0, &["clone", "--quiet", "--bare", "main", "bare.git"]);
    git(&bare, &["worktree", "add", "--quiet", "--detach", "../of-bare"]);
    for linked in ["linked", "of-bare"] {
        folder.write(&format!("{linked}/b.toml"), "");
        git(&folder.0.join(linked), &["add", "--all"]);
        let found = tracked(&folder.0.join(linked)).expect("a work tree");
        assert_eq!(found, names(&["a.toml", "b.toml"]), "{linked}");
    }
    assert_eq!(tracked(&main).expect("a work tree"), names(&["a.toml"]));
    let none = problem(root(&bare));
    assert!(none.starts_with("no-work-tree: git finds no work tree around "), "{none}");
}

/// The files of a submodule count with those of the repository around it; those of a repository that only
/// lies there do not.
#[test]
fn submodules_are_tracked_too() {
    let folder = Folder::new("git-submodules");
    for name in ["branches", "main"] {
        fs::create_dir(folder.0.join(name)).expect("a folder");
        git(&folder.0.join(name), &["init", "--quiet"]);
    }
    folder.write("branches/lon/sba.toml", "");
    git(&folder.0.join("branches"), &["add", "--all"]);
    git(&folder.0.join("branches"), &["commit", "--quiet", "--message", "first"]);
    let main = folder.0.join("main");
    folder.write("main/pools.toml", "");
    git(
        &main,
        &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../branches", "sub"],
    );
    git(&main, &["clone", "--quiet", "../branches", "clone"]);
    git(&main, &["add", "pools.toml"]);
    folder.write("main/sub/new.toml", "");
    let expected = names(&[".gitmodules", "pools.toml", "sub/lon/sba.toml"]);
    assert_eq!(tracked(&main).expect("a work tree"), expected);
    assert_eq!(tracked(&main.join("sub/lon")).expect("a submodule"), names(&["sba.toml"]));
    assert_eq!(tracked(&main.join("clone")).expect("a clone"), names(&["lon/sba.toml"]));
}

#[test]
fn what_git_can_not_do_is_told() {
    let folder = Folder::new("git-problems");
    fs::create_dir(folder.0.join("broken")).expect("a folder");
    git(&folder.0.join("broken"), &["init", "--quiet"]);
    folder.write("broken/.git/index", "no index");
    let told = problem(tracked(&folder.0.join("broken")));
    let expected = "git-failed: `git ls-files` failed: fatal: ";
    assert!(told.starts_with(expected) && told.contains("index file smaller"), "{told}");
    let told = problem(tracked(&folder.0.join("gone")));
    assert!(told.starts_with("unreadable: could not read "), "{told}");
    let told = problem(tracked(&folder.0));
    assert!(told.starts_with("no-work-tree: ") && told.contains("not a git repository"), "{told}");
    let inside = problem(tracked(&folder.0.join("broken/.git")));
    assert!(inside.ends_with("this operation must be run in a work tree"), "{inside}");
}

/// A repository's configuration names programs for git to run; none of them is run.
#[cfg(unix)]
#[test]
fn nothing_that_a_repository_names_is_run() {
    let folder = repository("git-hostile");
    folder.write("a.toml", "");
    git(&folder.0, &["add", "--all"]);
    let program = folder.0.join("program");
    fs::write(&program, format!("#!/bin/sh\ntouch '{}'\n", folder.0.join("ran").display()))
        .expect("a program");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&program, executable).expect("it may run");
    let program = program.to_str().expect("a path");
    for key in ["core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "core.editor"] {
        git(&folder.0, &["config", key, program]);
    }
    git(&folder.0, &["config", "pager.ls-files", program]);
    git(&folder.0, &["config", "alias.ls-files", &format!("!{program}")]);
    let hooks = folder.0.join(".git/hooks");
    fs::create_dir_all(&hooks).expect("a folder");
    fs::copy(program, hooks.join("post-index-change")).expect("a hook");
    assert_eq!(tracked(&folder.0).expect("a work tree"), names(&["a.toml"]));
    assert!(!folder.0.join("ran").exists());
    // It would be run where git is asked without care.
    git(&folder.0, &["status", "--short"]);
    assert!(folder.0.join("ran").exists());
}

/// A folder that looks like a repository without a work tree may hold a configuration; git does not read it.
#[test]
fn a_repository_among_files_is_not_taken_for_one() {
    let folder = repository("git-embedded");
    git(&folder.0, &["init", "--quiet", "--bare", "topology"]);
    git(&folder.0.join("topology"), &["config", "core.bare", "false"]);
    git(&folder.0.join("topology"), &["config", "core.worktree", ".."]);
    let told = problem(tracked(&folder.0.join("topology")));
    assert!(told.starts_with("no-work-tree: ") && told.contains("safe.bareRepository"), "{told}");
}
