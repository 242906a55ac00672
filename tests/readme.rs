//! Every screen of the README and of `docs/formats.md` is what the program prints on a terminal of 80
//! columns.

mod common;

use common::command::Folder;
use lynt::report::FORMATS;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs `lynt <arguments>` as on a terminal that shows Unicode; standard output and standard error.
fn run(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_lynt"))
        .args(arguments)
        .args(["--unicode", "always"])
        .env("COLUMNS", "80")
        .env_remove("NO_COLOR")
        .env_remove("GITHUB_STEP_SUMMARY")
        .current_dir(folder)
        .output()
        .expect("lynt runs");
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8(text).expect("output is UTF-8").replace("\r\n", "\n")
}

/// Whether `found` is `expected`, in which a line `...` stands for any lines.
fn matches(expected: &[&str], found: &[&str]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((&"...", rest)) => (0..=found.len()).any(|at| matches(rest, &found[at..])),
        Some((line, rest)) => found.first() == Some(line) && matches(rest, &found[1..]),
    }
}

#[test]
fn screens_of_the_readme() {
    check_screens("README.md", 3);
}

/// The page shows every format there is.
#[test]
fn screens_of_the_formats() {
    check_screens("docs/formats.md", FORMATS.len());
    let page = read("docs/formats.md");
    for format in FORMATS {
        assert!(page.contains(&format!("\n## {}\n", format.name)), "{}", format.name);
        assert!(page.contains(&format!(" -f {} ", format.name)), "{}", format.name);
    }
}

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join(path)).expect("the page").replace("\r\n", "\n")
}

/// Runs the commands of a page in a folder with the examples and the files that stand before them, such
/// as "toml topology.toml".
fn check_screens(path: &str, at_least: usize) {
    let (page, folder) = (read(path), Folder::new(&path.replace('/', "-")));
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), &folder.0.join("examples"));
    let mut screens = 0;
    for block in page.split("\n```").skip(1).step_by(2) {
        let (tag, text) = block.split_once('\n').expect("a block has a line");
        if let Some(name) = tag.strip_prefix("toml ") {
            folder.write(name, format!("{text}\n"));
        }
        if tag == "console" {
            check_screen(text, &folder.0);
            screens += 1;
        }
    }
    assert!(screens >= at_least, "{screens} screens");
}

fn check_screen(screen: &str, folder: &Path) {
    let (command, expected) = screen.split_once('\n').expect("a command");
    let arguments = command.strip_prefix("$ lynt ").expect("a command").split_whitespace();
    let found = run(&arguments.collect::<Vec<_>>(), folder);
    let expected: Vec<&str> = expected.lines().collect();
    let lines: Vec<&str> = found.lines().collect();
    assert!(matches(&expected, &lines), "{command}\n{found}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}
