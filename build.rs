//! Checks the shipped rules and compiles them: `rules/**/*.dl` → a `crepe!` program.

#[allow(dead_code, reason = "the build needs a part of it")]
#[path = "src/datalog/mod.rs"]
mod datalog;
#[allow(dead_code, reason = "the build needs a part of it")]
#[path = "src/source.rs"]
mod source;
#[allow(dead_code, reason = "the build needs a part of it")]
#[path = "src/spelling.rs"]
mod spelling;

use source::{Problem, Severity, Sources};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/datalog");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let mut paths = Vec::new();
    find_rules(&root.join("rules"), &mut paths)?;
    // Files of the root folder first, so that ids of the vocabulary do not move when a rule comes.
    paths.sort_by_key(|path| (path.components().count(), path.clone()));

    let mut sources = Sources::default();
    for path in &paths {
        sources.add(relative(&root, path), fs::read_to_string(path)?);
    }
    fs::write(out.join("rules.rs"), embed(&root, &paths))?;
    let (program, problems) = datalog::compile(&sources);
    problems.iter().for_each(|problem| print(problem, &sources));
    let compiled = program.map(|program| datalog::crepe::emit(&datalog::lower::lower(&program)));
    fs::write(out.join("compiled.rs"), compiled.unwrap_or_default())
}

fn find_rules(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_rules(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "dl") {
            paths.push(path);
        }
    }
    Ok(())
}

/// The path below the package, with `/`.
fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn embed(root: &Path, paths: &[PathBuf]) -> String {
    let mut text = String::from("pub(super) const FILES: &[(&str, &str)] = &[\n");
    for path in paths {
        let name = relative(root, path);
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/\", {name:?}))),"
        );
    }
    text.push_str("];\n");
    text
}

/// As cargo shows it: `rules/backup/x.dl:3:4: message`.
fn print(problem: &Problem, sources: &Sources) {
    let kind = if problem.severity == Severity::Error { "error" } else { "warning" };
    let place = problem.labels.first().map(|label| sources.place(label.span));
    let help = problem.help.as_deref().map(|help| format!(" ({help})"));
    let text = format!(
        "{}: {}{}",
        place.as_deref().unwrap_or("rules"),
        problem.message,
        help.unwrap_or_default()
    );
    println!("cargo::{kind}={}", text.replace('\n', " "));
}
