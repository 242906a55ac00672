//! `lynt --version`, and how the build learns the commit.

mod common;

#[path = "../build/commit.rs"]
mod commit;

use commit::{commit, moves_with};
use common::command::{Folder, lynt, printed, run_cases, text};
use std::process::{Command, Stdio};

/// Runs git in a folder; whether it is installed.
fn git(folder: &Folder, arguments: &[&str]) -> bool {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let run = Command::new("git")
        .args([&identity, arguments].concat())
        .current_dir(folder)
        .stdout(Stdio::null())
        .status();
    run.map(|status| assert!(status.success(), "git {arguments:?}")).is_ok()
}

#[test]
fn the_version_is_one_line_and_the_rest_is_asked_for() {
    let folder = Folder::new("version");
    folder.write("t.toml", "[[site]]\nname = \"London\"\n");
    let line = format!("lynt {}\n", env!("CARGO_PKG_VERSION"));
    for arguments in [&["--version"][..], &["-V"], &["--version", "check"]] {
        assert_eq!(printed(&folder, arguments, ""), line);
    }
    let long = printed(&folder, &["--version", "-v"], "");
    for arguments in [&["-v", "--version"][..], &["-V", "-v"], &["-Vv"], &["-V", "--verbose"]] {
        assert_eq!(printed(&folder, arguments, ""), long);
    }
    let rest = long.strip_prefix(&line).expect("it begins with the version");
    let said: Vec<(&str, &str)> = rest.lines().filter_map(|line| line.split_once(": ")).collect();
    let names: Vec<&str> = said.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["commit", "target", "rules", "rules-sha256", "crepe"], "{long}");
    let (rules, crepe) = match cfg!(feature = "compiled") {
        true => ("compiled", "0."),
        false => ("interpreted", "none"),
    };
    assert_eq!(said[2].1, rules);
    assert!(said[4].1.starts_with(crepe), "{long}");
    assert!(said[1].1.split('-').count() >= 3, "{long}");
    // The digest that reports carry.
    let report = lynt(&folder, &["check", "-f", "json", "t.toml"], b"");
    let digest = format!("\"rules_sha256\": \"{}\"", said[3].1);
    assert!(text(&report.stdout).contains(&digest), "{digest}: {}", text(&report.stdout));
    run_cases(
        &folder,
        "",
        &[
            (&["-v"], 2, &[], &["--version"]),
            (&["-v", "check", "t.toml"], 2, &[], &["--version"]),
            (&["check", "--version"], 2, &[], &["unexpected argument '--version'"]),
        ],
    );
}

/// A repository around the package says nothing of it; a commit and what was changed since do.
#[test]
fn the_commit_is_that_of_the_package() {
    let folder = Folder::new("commit");
    let paths = ["src", "Cargo.toml"];
    folder.write("pkg/Cargo.toml", "[package]\n").write("pkg/src/main.rs", "fn main() {}\n");
    let root = folder.0.join("pkg");
    assert_eq!(commit(&root, &paths), None, "in no repository");
    if !git(&folder, &["init", "--quiet", "-b", "main"]) {
        return;
    }
    assert_eq!(commit(&root, &paths), None, "in a repository without a commit");
    git(&folder, &["commit", "--quiet", "--allow-empty", "-m", "one"]);
    assert_eq!(commit(&root, &paths), None, "in a repository that does not know the package");
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "two"]);
    let head = folder.read(".git/refs/heads/main");
    let head = head.trim();
    assert_eq!(commit(&root, &paths).as_deref(), Some(head));
    folder.write("pkg/notes.txt", "not built from").write("other/main.rs", "");
    assert_eq!(commit(&root, &paths).as_deref(), Some(head));
    folder.write("pkg/src/new.rs", "");
    let changed = Some(format!("{head}, with changes"));
    assert_eq!(commit(&root, &paths), changed, "a new file");
    git(&folder, &["stash", "--quiet", "--include-untracked"]);
    folder.write("pkg/src/main.rs", "fn main() { }\n");
    assert_eq!(commit(&root, &paths), changed, "a changed file");
    let moves = moves_with(&root);
    for name in ["HEAD", "logs/HEAD", "refs/heads/main"] {
        let path = folder.0.join(".git").join(name);
        let path = path.canonicalize().expect("it is there");
        let is_it = |found: &std::path::PathBuf| found.canonicalize().is_ok_and(|it| it == path);
        assert!(moves.iter().any(is_it), "{name}: {moves:?}");
    }
    assert!(moves.iter().all(|path| path.is_file()), "{moves:?}");
}

/// A package that cargo has made says of which commit it is.
#[test]
fn a_package_carries_its_commit() {
    let folder = Folder::new("packaged");
    let id = "0123456789abcdef0123456789abcdef01234567";
    let packaged = |dirty: &str| {
        format!(
            "{{\n  \"git\": {{\n    \"sha1\": \"{id}\"{dirty}\n  }},\n  \"path_in_vcs\": \"\"\n}}"
        )
    };
    let cases = [
        (packaged(""), Some(id.to_owned())),
        (packaged(",\n    \"dirty\": true"), Some(format!("{id}, with changes"))),
        (packaged("").replace(id, "nonsense"), None),
        (String::new(), None),
    ];
    for (text, expected) in cases {
        folder.write(".cargo_vcs_info.json", &text);
        assert_eq!(commit(&folder.0, &["src"]), expected, "{text}");
    }
}
