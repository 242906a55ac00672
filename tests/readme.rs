//! Every screen of the README is what the program prints on a terminal of 80 columns.

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
fn screens_are_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md");
    let folder = std::env::temp_dir().join(format!("lynt-readme-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    copy(&root.join("examples"), &folder.join("examples"));
    let blocks: Vec<&str> = readme
        .split("```console\n")
        .skip(1)
        .map(|rest| rest.split("```").next().expect("a block ends"))
        .collect();
    assert!(blocks.len() >= 3);
    for block in blocks {
        let (command, expected) = block.split_once('\n').expect("a command");
        let arguments: Vec<&str> =
            command.strip_prefix("$ lynt ").expect("a command").split_whitespace().collect();
        let found = run(&arguments, &folder);
        let expected: Vec<&str> = expected.lines().collect();
        let lines: Vec<&str> = found.lines().collect();
        assert!(matches(&expected, &lines), "{command}\n{found}");
    }
    fs::remove_dir_all(&folder).expect("the folder goes");
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
