//! Checks the shipped rules and compiles them: `rules/**/*.dl` → a `crepe!` program, and the checked program as
//! bytes, so that no run checks them again. Says what lynt is built from.

#[path = "build/commit.rs"]
mod commit;
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
    println!("cargo::rerun-if-changed=Cargo.toml");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    say_origin(&root)?;
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
    // What is wrong was printed: cargo stops at it.
    let program = program.unwrap_or_default();
    let lowered = datalog::lower::lower(&program);
    fs::write(out.join("compiled.rs"), datalog::crepe::emit(&lowered))?;
    let checked = postcard::to_allocvec(&(&program, &lowered)).map_err(io::Error::other)?;
    fs::write(out.join("checked"), checked)
}

/// What lynt is built from.
const BUILT_FROM: [&str; 6] = ["src", "rules", "build", "build.rs", "Cargo.toml", "Cargo.lock"];

/// Tells `lynt --version -v` where lynt comes from. A debug build does not say its commit: it would have to
/// be built again for each commit.
fn say_origin(root: &Path) -> io::Result<()> {
    let variable = |name| env::var(name).map_err(io::Error::other);
    let commit = if variable("PROFILE")? == "debug" {
        "not recorded in a debug build".to_owned()
    } else {
        let watched = BUILT_FROM.map(|path| root.join(path)).into_iter().filter(|it| it.exists());
        for path in watched.chain(commit::moves_with(root)) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        commit::commit(root, &BUILT_FROM).unwrap_or("unknown".to_owned())
    };
    println!("cargo::rustc-env=LYNT_COMMIT={commit}");
    println!("cargo::rustc-env=LYNT_TARGET={}", variable("TARGET")?);
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let crepe = crepe_version(&manifest).ok_or(io::Error::other("Cargo.toml pins no crepe"))?;
    println!("cargo::rustc-env=LYNT_CREPE={crepe}");
    Ok(())
}

/// The version of crepe in the text of Cargo.toml, as it is written or as cargo packages it.
fn crepe_version(manifest: &str) -> Option<&str> {
    let starts = ["\ncrepe = ", "\n[dependencies.crepe]"];
    let (_, rest) = starts.iter().find_map(|start| manifest.split_once(start))?;
    let (_, version) = rest.split_once("version = \"=")?;
    version.split_once('"').map(|(version, _)| version)
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
