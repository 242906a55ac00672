//! Every screen of the README and of the pages in `docs/` that the tests below name is what the program
//! prints on a terminal of 80 columns.

mod common;

use common::command::Folder;
use lynt::config::keys::KEYS;
use lynt::config::{apply, parse, select};
use lynt::report::FORMATS;
use lynt::rules::Rules;
use lynt::source::Sources;
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
        .env_remove("LYNT_CONFIG")
        .env_remove("LYNT_TODAY")
        .env("HOME", folder)
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

/// The picture in the README is the one of today.
#[test]
fn the_picture_is_of_today() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(run(&["graph", "examples/contoso"], root), read("docs/images/contoso.svg"));
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

#[test]
fn screens_of_the_pictures() {
    check_screens("docs/graph.md", 1);
}

#[test]
fn screens_of_differences() {
    check_screens("docs/diff.md", 2);
}

#[test]
fn screens_of_exports() {
    check_screens("docs/export.md", 1);
}

/// The page shows every key with what holds by default and an example, and its examples are sound.
#[test]
fn screens_of_the_configuration() {
    check_screens("docs/configuration.md", 4);
    let page = read("docs/configuration.md");
    let sections: Vec<&str> = page.split("\n### ").skip(1).collect();
    let mut rules = Rules::shipped();
    for key in KEYS {
        let name = key.path.replace("rule.*", "rule.ID").replace("params.*", "params.NAME");
        let is_named = |section: &&&str| {
            let heading = section.lines().next().unwrap_or("");
            heading.split(", ").any(|named| named == name)
        };
        let section = sections.iter().find(is_named);
        let section = section.unwrap_or_else(|| panic!("no section names {name}"));
        let default =
            if key.default.is_empty() { String::new() } else { format!("`{}`", key.default) };
        let says =
            ["Default: ", "Defaults: ", "Not set: "].iter().any(|word| section.contains(word));
        assert!(says && section.contains(&default), "{name} says nothing of its default {default}");
        let example =
            section.split("```toml lynt\n").nth(1).and_then(|rest| rest.split("```").next());
        let example = example.unwrap_or_else(|| panic!("{name} has no example"));
        let mut sources = Sources::default();
        let file = sources.add("lynt.toml", example);
        let config =
            parse(&sources, file).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        let is_set = config.all(key.path).next().is_some() || key.path.contains("params");
        assert!(is_set, "the example of {name} does not set it");
        apply(&config, &mut rules).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        select(&config, &rules).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
    }
    for path in page.match_indices("\n### ").map(|(at, _)| &page[at + 5..]) {
        let heading = path.lines().next().unwrap_or("");
        for name in heading.split(", ") {
            let path = name.replace(".ID", ".*").replace(".NAME", ".*");
            assert!(KEYS.iter().any(|key| key.path == path), "there is no key {name}");
        }
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

/// A screen may show several commands, and files by `cat`.
fn check_screen(screen: &str, folder: &Path) {
    let commands = screen.strip_prefix("$ ").expect("a command").split("\n$ ");
    for (command, expected) in commands.filter_map(|shown| shown.split_once('\n')) {
        let words: Vec<&str> = command.split_whitespace().collect();
        let found = match words.as_slice() {
            ["lynt", arguments @ ..] => run(arguments, folder),
            ["cat", file] => fs::read_to_string(folder.join(file)).expect(file),
            _ => panic!("{command}"),
        };
        let expected: Vec<&str> = expected.lines().collect();
        let lines: Vec<&str> = found.lines().collect();
        assert!(matches(&expected, &lines), "{command}\n{found}");
    }
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
