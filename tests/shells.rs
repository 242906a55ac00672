//! What shells and `man` get: scripts that they can read, pages without warnings.

mod common;

use common::command::{Folder, lynt, printed, run_cases, text};
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

/// Runs a program that need not be installed here; what it said, and whether all was well.
fn run(
    program: &str,
    arguments: &[impl AsRef<OsStr>],
    folder: &Folder,
) -> Option<(bool, String, String)> {
    let run = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("LC_ALL", "C.UTF-8")
        .env("MANWIDTH", "80")
        .output();
    let Ok(output) = run else {
        let _ = writeln!(io::stderr(), "{program} is not installed, so it judged nothing");
        return None;
    };
    Some((output.status.success(), text(&output.stdout), text(&output.stderr)))
}

fn commands() -> Vec<String> {
    let help = text(&lynt(Path::new("."), &["--help"], b"").stdout);
    let list = help.split("Commands:\n").nth(1).expect("the commands");
    let names = list.lines().take_while(|line| !line.is_empty());
    // What is indented more goes on with a description.
    let name = |line: &str| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned);
    names.filter_map(name).filter(|name| !name.is_empty()).filter(|name| name != "help").collect()
}

#[test]
fn each_shell_gets_a_script_that_it_can_read() {
    let folder = Folder::new("completions");
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    for shell in SHELLS {
        let script = printed(&folder, &["completions", shell], "");
        let names = commands.iter().map(String::as_str);
        for part in names.chain(["fail-on", "unsafe-fixes"]) {
            assert!(script.contains(part), "{shell}: {part}");
        }
        folder.write(shell, &script);
        if ["bash", "zsh", "fish"].contains(&shell)
            && let Some(judged) = run(shell, &["-n", shell], &folder)
        {
            assert_eq!(judged, (true, String::new(), String::new()), "{shell}");
        }
    }
}

/// The words that bash offers for a line's last word.
#[test]
fn bash_completes_commands_options_and_values() {
    let folder = Folder::new("bash");
    folder.write("lynt.bash", printed(&folder, &["completions", "bash"], ""));
    let cases = [
        ("lynt che", "check"),
        ("lynt check --fail-on warn", "warning"),
        ("lynt check --unsafe", "--unsafe-fixes"),
        ("lynt completions po", "powershell"),
        ("lynt new ru", "rule"),
        ("lynt schema ou", "output"),
    ];
    for (line, expected) in cases {
        let words: Vec<&str> = line.split(' ').collect();
        let (at, last) = (words.len() - 1, words[words.len() - 1]);
        let script = format!(
            "source lynt.bash; COMP_WORDS=({line}); COMP_CWORD={at}; \
             _lynt lynt '{last}' '{}'; echo \"${{COMPREPLY[*]}}\"",
            words[at - 1]
        );
        let Some(completed) = run("bash", &["-c", script.as_str()], &folder) else { return };
        assert_eq!(completed, (true, format!("{expected}\n"), String::new()), "{line}");
    }
}

#[test]
fn man_pages_are_read_without_warnings() {
    let folder = Folder::new("man");
    folder.write("man1/lynt.1", "an old one");
    assert_eq!(printed(&folder, &["man", "--out", "man1"], ""), "");
    let pages = folder.list("man1");
    for name in commands() {
        assert!(pages.contains(&format!("lynt-{name}.1")), "{name}: {pages:?}");
    }
    assert!(pages.contains(&"lynt-new-rule.1".to_owned()), "{pages:?}");
    assert_eq!(folder.read("man1/lynt.1"), printed(&folder, &["man"], ""));
    for page in pages {
        let path = format!("man1/{page}");
        let help = page.trim_end_matches(".1").replace('-', " ");
        let help: Vec<&str> = help.split(' ').skip(1).chain(["--help"]).collect();
        let help = text(&lynt(&folder, &help, b"").stdout);
        let readers: [(&str, &[&str]); 3] = [
            ("groff", &["-man", "-ww", "-Tutf8", "-P-cbou"]),
            ("man", &["--warnings", "-l"]),
            ("mandoc", &["-Tutf8", "-Wwarning"]),
        ];
        for (reader, arguments) in readers {
            let arguments = [arguments, &[path.as_str()]].concat();
            let Some((is_read, shown, warnings)) = run(reader, &arguments, &folder) else {
                continue;
            };
            assert!(is_read && warnings.is_empty(), "{reader} {page}: {warnings}");
            for part in ["NAME", "SYNOPSIS", "OPTIONS"] {
                assert!(shown.contains(part), "{reader} {page}: no {part}: {shown}");
            }
            let options = help.split([' ', ',', '`', ';', '\n']);
            for option in options.filter(|word| word.starts_with("--") && word.len() > 3) {
                assert!(shown.contains(option), "{reader} {page}: no {option}: {shown}");
            }
        }
    }
}

#[test]
fn mistakes_are_told() {
    let folder = Folder::new("shells-wrong");
    folder.write("file", "");
    run_cases(
        &folder,
        "",
        &[
            (&["completions", "tcsh"], 2, &[], &["invalid value 'tcsh'", "fish", "zsh"]),
            (&["completions"], 2, &[], &["<SHELL>"]),
            (&["man", "check"], 2, &[], &["unexpected argument 'check'"]),
            (
                &["man", "--out", "nowhere"],
                2,
                &[],
                &["could not write nowhere: there is no such folder", "make the folder first"],
            ),
            (&["man", "--out", "file"], 2, &[], &["could not write file"]),
        ],
    );
}
