//! `-f FORMAT=FILE`: several reports of one run, each whole or not at all.

mod common;

use common::command::{Folder, lynt, lynt_with, text};
use lynt::report::FORMATS;
use std::fs;

const BROKEN: &str = "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"sfb-2015\"\n\
                      backup-registrar = \"p.contoso.com\"\n";

fn broken(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("t.toml", BROKEN);
    folder
}

#[test]
fn one_run_writes_several_reports() {
    let folder = broken("targets");
    let arguments =
        ["check", "-f", "human", "-f", "concise=lines.txt", "-f", "human=page.txt", "t.toml"];
    let output = lynt(&folder.0, &arguments, b"");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), folder.read("page.txt"));
    assert!(folder.read("page.txt").contains("--> t.toml:4:20"));
    assert!(folder.read("lines.txt").starts_with("t.toml:4:20: error[self-backup]: "));
    assert_eq!(folder.list(""), ["lines.txt", "page.txt", "t.toml"], "no temporary file is left");

    let output = lynt(&folder.0, &["check", "-f", "concise=lines.txt", "t.toml"], b"");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    let output = lynt(&folder.0, &["check", "-f", "concise=-", "t.toml"], b"");
    assert_eq!(text(&output.stdout), folder.read("lines.txt"));
}

#[test]
fn colours_never_go_to_files() {
    let folder = broken("targets-colour");
    let arguments = ["check", "--color", "always", "-f", "human", "-f", "human=page.txt", "t.toml"];
    let variables = [("FORCE_COLOR", "1"), ("CLICOLOR_FORCE", "1")];
    let output = lynt_with(&folder.0, &arguments, b"", &variables);
    assert!(text(&output.stdout).contains("\u{1b}["));
    assert!(!folder.read("page.txt").contains("\u{1b}["));
}

#[test]
fn reports_that_would_mix_are_refused() {
    let folder = broken("targets-twice");
    let cases: [(&[&str], &str); 5] = [
        (&["-f", "human", "-f", "concise"], "can't both go to standard output"),
        (&["-f", "human", "-f", "concise=-"], "can't both go to standard output"),
        (&["-f", "human=x", "-f", "concise=x"], "can't both go to x"),
        (&["-f", "human="], "there is no file name behind `=`"),
        (&["-f", "concice=x"], "did you mean `concise`?"),
    ];
    for (formats, part) in cases {
        let arguments = [&["check"], formats, &["t.toml"]].concat();
        let output = lynt(&folder.0, &arguments, b"");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()));
        assert!(text(&output.stderr).contains(part), "{}", text(&output.stderr));
        assert_eq!(folder.list(""), ["t.toml"]);
    }
}

#[test]
fn a_report_that_can_not_be_written_is_an_error_and_the_others_are_written() {
    let folder = broken("targets-unwritable");
    folder.write("folder/x", "");
    for target in ["concise=nowhere/lines.txt", "concise=folder", "concise=folder/x/lines.txt"] {
        let arguments = ["check", "-f", target, "-f", "concise", "-f", "human=page.txt", "t.toml"];
        let output = lynt(&folder.0, &arguments, b"");
        let (name, errors) = (target.split_once('=').expect("a file").1, text(&output.stderr));
        assert_eq!(output.status.code(), Some(2), "{errors}");
        let said = format!("error[unwritable]: could not write {name}: ");
        assert!(errors.starts_with(&said) && errors.lines().count() == 1, "{errors}");
        assert!(text(&output.stdout).contains("self-backup"));
        assert!(folder.read("page.txt").contains("self-backup"));
        assert_eq!(folder.list(""), ["folder", "page.txt", "t.toml"]);
    }
}

/// What keeps lynt from looking at all is said on standard error, once.
#[test]
fn a_run_that_can_not_begin_says_so_in_every_report() {
    let folder = broken("targets-problems");
    let arguments = ["check", "-f", "human", "-f", "concise=lines.txt", "nowhere.toml"];
    let output = lynt(&folder.0, &arguments, b"");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()));
    assert!(text(&output.stderr).contains("could not read nowhere.toml"));
    assert!(folder.read("lines.txt").starts_with("error[unreadable]: could not read nowhere.toml"));
}

/// GitHub shows what is in the file that this variable names below the build.
#[test]
fn the_github_format_adds_a_summary() {
    let folder = broken("targets-summary");
    folder.write("summary.md", "before\n");
    let path = folder.0.join("summary.md");
    let variables = [("GITHUB_STEP_SUMMARY", path.to_str().expect("UTF-8"))];
    for format in ["github", "github=annotations.txt"] {
        lynt_with(&folder.0, &["check", "-f", format, "t.toml"], b"", &variables);
    }
    let summary = folder.read("summary.md");
    assert!(summary.starts_with("before\n# lynt: violations (exit code 1)\n"), "{summary}");
    assert_eq!(summary.matches("\n### error: `self-backup`\n").count(), 2);
    assert!(folder.read("annotations.txt").starts_with("::error title=lynt%3A self-backup,"));
    lynt_with(&folder.0, &["check", "-f", "human", "t.toml"], b"", &variables);
    lynt_with(&folder.0, &["check", "-f", "github", "t.toml"], b"", &[("GITHUB_STEP_SUMMARY", "")]);
    assert_eq!(folder.read("summary.md"), summary, "no other format does that");

    let nowhere = folder.0.join("nowhere/summary.md");
    let variables = [("GITHUB_STEP_SUMMARY", nowhere.to_str().expect("UTF-8"))];
    let output = lynt_with(&folder.0, &["check", "-f", "github", "t.toml"], b"", &variables);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("error[unwritable]: could not write "));
}

/// The exit code does not depend on the format, and programs read it in the report too.
#[test]
fn exit_codes_are_the_same_in_every_format() {
    let folder = broken("targets-codes");
    folder.write("clean.toml", BROKEN.replace("backup-registrar", "# backup-registrar"));
    folder.write("typo.toml", BROKEN.replace("backup-registrar", "backup-registrat"));
    for (path, code) in [("clean.toml", 0), ("t.toml", 1), ("typo.toml", 2), ("no.toml", 2)] {
        for format in FORMATS {
            let output = lynt(&folder.0, &["check", "-f", format.name, path], b"");
            assert_eq!(output.status.code(), Some(code), "{path} as {}", format.name);
            let told = code == 2 && path == "no.toml";
            let (report, errors) = (text(&output.stdout), text(&output.stderr));
            assert_eq!(errors.is_empty(), !told, "{path} as {}: {errors}", format.name);
            assert!(!told || format.is_for_people || report.contains("could not read no.toml"));
        }
        let output = lynt(&folder.0, &["check", "-f", "json", path], b"");
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(document["summary"]["exit_code"], code, "{path}");
    }
}

#[test]
fn the_schema_is_printed() {
    let folder = Folder::new("targets-schema");
    let output = lynt(&folder.0, &["schema", "output"], b"");
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(schema["$defs"]["schema"]["const"], "lynt-json/1");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    #[test]
    fn a_link_is_followed_and_permissions_stay() {
        let folder = broken("targets-link");
        folder.write("real/lines.txt", "old\n");
        let real = folder.0.join("real/lines.txt");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("it is ours");
        symlink("real/lines.txt", folder.0.join("link.txt")).expect("a link");
        lynt(&folder.0, &["check", "-f", "concise=link.txt", "t.toml"], b"");
        assert!(folder.read("real/lines.txt").contains("self-backup"));
        assert!(folder.0.join("link.txt").is_symlink());
        let mode = fs::metadata(&real).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    /// A reader that closes the pipe early costs no report in a file.
    #[test]
    fn a_closed_pipe_costs_no_file() {
        let folder = broken("targets-pipe");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lynt"));
        command.args(["check", "-f", "json", "-f", "concise=lines.txt", "t.toml"]);
        let pipe = std::process::Stdio::piped;
        command.current_dir(&folder.0).stdout(pipe()).stderr(pipe());
        let mut child = command.spawn().expect("lynt runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("lynt ends");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
        assert!(folder.read("lines.txt").contains("self-backup"));
    }

    /// Renaming a report over a device would destroy the device.
    #[test]
    fn a_device_is_written_to() {
        let folder = broken("targets-device");
        let output = lynt(&folder.0, &["check", "-f", "concise=/dev/null", "t.toml"], b"");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(!Path::new("/dev/null").is_file());
        let output = lynt(&folder.0, &["check", "-f", "concise=/dev/stdout", "t.toml"], b"");
        assert!(text(&output.stdout).contains("self-backup"), "{}", text(&output.stderr));
        if Path::new("/dev/full").exists() {
            let output = lynt(&folder.0, &["check", "-f", "concise=/dev/full", "t.toml"], b"");
            assert_eq!(output.status.code(), Some(2));
            assert!(text(&output.stderr).contains("could not write /dev/full: "));
        }
    }
}
