//! Paths on the command line → topologies: which files belong together, their texts, and the
//! configuration that counts for them.

mod baselines;
mod configuration;
mod folder;
mod marked;
mod past;
mod quota;
mod text;
mod tracked;

pub use baselines::{Baselined, Baselines};
pub use configuration::{Choice, Configuration, Configurations, search};
pub use marked::{TestFiles, test_files};
pub use past::{Past, Then, past};
pub use quota::Quota;
pub use text::{add, is_utf16, not_utf8, utf16_problem};

use crate::baseline;
use crate::source::{FileId, Problem, Sources};
use configuration::CONFIGURATION;
use folder::folder;
use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tracked::{Tracked, untracked};

/// The files of one topology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopologyFiles {
    /// The path by which reports call it.
    pub path: String,
    /// Its files, sorted by path.
    pub files: Vec<FileId>,
}

/// Files in a topology's folder that are no part of it.
const NOT_TOPOLOGY: &[&str] = &[CONFIGURATION, baseline::FILE];

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// Files, folders with all their `*.toml`, or `-` for standard input. A folder below one of them that
    /// holds a `lynt.toml` is a topology of its own, unless no such file is looked for.
    pub paths: &'r [PathBuf],
    /// Globs of files that are left out of folders.
    pub exclude: &'r [String],
    /// Whether only those files count that git tracks; standard input is none.
    pub tracked: bool,
    /// What standard input is called.
    pub stdin_name: &'r str,
    /// How many bytes a file may have, where that is not left to configurations.
    pub max_file_size: Option<u64>,
    /// Which configuration counts.
    pub choice: &'r Choice,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Discovered {
    /// The topologies, each with its configuration: an index into `configurations`.
    pub topologies: Vec<(TopologyFiles, usize)>,
    /// The configurations that count for some topology.
    pub configurations: Vec<Configuration>,
}

/// Reads topologies and their configurations into `sources`.
///
/// # Errors
/// Everything that could not be found, read or decoded, and everything that is wrong with configurations.
pub fn discover(request: &Request<'_>, sources: &mut Sources) -> Result<Discovered, Vec<Problem>> {
    let mut configurations = Configurations::new(request.choice, sources)?;
    configurations.tracked = Tracked::new(request.tracked);
    configurations.max_file_size = request.max_file_size;
    let mut problems = Vec::new();
    let mut topologies = Vec::new();
    for path in request.paths {
        let found = if path.is_dir() {
            folder(path, request.exclude, &mut configurations, sources)
        } else {
            file(path, request.stdin_name, &mut configurations, sources).map(|found| vec![found])
        };
        match found {
            Ok(mut found) => topologies.append(&mut found),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    let configurations = configurations.found;
    if problems.is_empty() { Ok(Discovered { topologies, configurations }) } else { Err(problems) }
}

/// A topology that is one file, or comes from standard input.
fn file(
    path: &Path,
    stdin_name: &str,
    configurations: &mut Configurations<'_>,
    sources: &mut Sources,
) -> Result<(TopologyFiles, usize), Vec<Problem>> {
    let is_stdin = path == Path::new("-");
    let name = if is_stdin { Path::new(stdin_name) } else { path };
    // What is not there is told when it is read.
    let is_file = !is_stdin && path.exists();
    if is_file && !configurations.tracked.counts(path).map_err(|problem| vec![problem])? {
        return Err(vec![untracked(path)]);
    }
    let configuration = configurations.of(name.parent().unwrap_or(Path::new("")), sources)?;
    let max_file_size = configurations.found[configuration].config.max_file_size();
    let topology = match is_stdin {
        true => standard_input(stdin_name, max_file_size, sources),
        false => read_topology(path, &[path.to_path_buf()], max_file_size, sources),
    };
    Ok((topology?, configuration))
}

/// A path as reports print it: with `/`, without a leading `./` unless it would look like an option.
pub fn display(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    match text.strip_prefix("./").unwrap_or(&text) {
        "" => ".".to_owned(),
        text if text.starts_with('-') && text != "-" => format!("./{text}"),
        text => text.to_owned(),
    }
}

fn standard_input(
    name: &str,
    max_file_size: u64,
    sources: &mut Sources,
) -> Result<TopologyFiles, Vec<Problem>> {
    let read = Quota::of_files(max_file_size, sources.bytes()).read_stdin(name);
    let file = read.and_then(|bytes| add(name.to_owned(), bytes, sources));
    let file = file.map_err(|problem| vec![problem])?;
    Ok(TopologyFiles { path: name.to_owned(), files: vec![file] })
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension == wanted)
}

/// Whether a file of a folder is part of a topology.
fn may_be_topology(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    has_extension(path, "toml") && !NOT_TOPOLOGY.contains(&name)
}

/// The files of a folder that are neither hidden, nor ignored by git, nor excluded, sorted by path.
fn walk(root: &Path, exclude: &[String]) -> Result<Vec<PathBuf>, Vec<Problem>> {
    let exclude = exclusion(root, exclude).map_err(|problem| vec![problem])?;
    let (mut paths, mut problems) = (Vec::new(), Vec::new());
    // A folder that the user names is read even where git ignores it or its name begins with a dot.
    let walk = WalkBuilder::new(root)
        .overrides(exclude)
        .require_git(false)
        .sort_by_file_path(Ord::cmp)
        .build();
    for entry in walk {
        match entry {
            Ok(entry) if entry.path().is_dir() => {}
            Ok(entry) => paths.push(entry.into_path()),
            Err(error) => {
                let path = path_of(&error).unwrap_or(root);
                problems.push(unreadable(&display(path), &bare(&error)));
            }
        }
    }
    if problems.is_empty() { Ok(paths) } else { Err(problems) }
}

/// Refuses what is no regular file, such as a named pipe, among what was found in folders: whoever names
/// one means it, but reading one that nobody meant may take for ever.
///
/// # Errors
/// One problem for each.
fn only_regular(paths: &[PathBuf]) -> Result<(), Vec<Problem>> {
    let others = paths.iter().filter(|path| is_other(path));
    let problem = |path: &PathBuf| no_regular_file(path).help("if it is meant, name it by itself");
    let problems: Vec<Problem> = others.map(problem).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Whether there is something that is no regular file.
fn is_other(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| !data.is_file())
}

fn no_regular_file(path: &Path) -> Problem {
    unreadable(&display(path), &"it is no regular file")
}

/// Reads rule files into `sources`: a file, or a folder with all its `*.dl`.
///
/// # Errors
/// Everything that could not be found, read or decoded, and a folder without rules.
pub fn rule_files(paths: &[PathBuf], sources: &mut Sources) -> Result<Vec<FileId>, Vec<Problem>> {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for path in paths {
        let found = rule_paths(path).map(|mut found| {
            // The configuration and the command line may name the same.
            found.retain(|path| seen.insert(full_and_real(path)));
            found
        });
        match found.and_then(|found| read_all(&found, &Quota::of_rules, sources)) {
            Ok(mut read) => files.append(&mut read),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

fn full_and_real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

fn rule_paths(path: &Path) -> Result<Vec<PathBuf>, Vec<Problem>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = walk(path, &[])?;
    found.retain(|path| has_extension(path, "dl"));
    only_regular(&found)?;
    if found.is_empty() {
        let message = format!("no *.dl files in {}", display(path));
        let problem = Problem::error("no-rules", message).help("`lynt new rule ID` begins a rule");
        return Err(vec![problem]);
    }
    Ok(found)
}

fn exclusion(root: &Path, globs: &[String]) -> Result<Override, Problem> {
    let mut builder = OverrideBuilder::new(root);
    for glob in globs {
        builder.add(&format!("!{glob}")).map_err(|error| {
            Problem::error("usage", format!("`--exclude {glob}` is no glob: {}", bare(&error)))
        })?;
    }
    builder.build().map_err(|error| Problem::error("usage", one_line(&error)))
}

/// Reads the files of the topology `root`, each of which may have `max_file_size` bytes.
fn read_topology(
    root: &Path,
    paths: &[PathBuf],
    max_file_size: u64,
    sources: &mut Sources,
) -> Result<TopologyFiles, Vec<Problem>> {
    let quota = |sources: &Sources| Quota::of_files(max_file_size, sources.bytes());
    let files = read_all(paths, &quota, sources)?;
    Ok(TopologyFiles { path: display(root), files })
}

/// Reads files; `quota`: how much may be read after what is in `sources`.
fn read_all(
    paths: &[PathBuf],
    quota: &dyn Fn(&Sources) -> Quota,
    sources: &mut Sources,
) -> Result<Vec<FileId>, Vec<Problem>> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        let read = quota(sources).read(path);
        match read.and_then(|bytes| add(display(path), bytes, sources)) {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

fn unreadable(path: &str, error: &dyn std::fmt::Display) -> Problem {
    let message = format!("could not read {path}: {}", one_line(error));
    let problem = Problem::error("unreadable", message);
    if fs::symlink_metadata(path).is_ok() {
        return problem;
    }
    problem.help("paths are taken from the current folder")
}

/// What is wrong, without the glob or the path, which stand beside it.
fn bare(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => bare(err),
        ignore::Error::Glob { err, .. } => one_line(err),
        // An error of a walk names the path; the system's own is its source.
        ignore::Error::Io(error) => {
            let system = error.get_ref().and_then(|walk| walk.source());
            system.map_or_else(|| one_line(error), |system| one_line(&system))
        }
        other => one_line(other),
    }
}

/// Where it went wrong.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } => path_of(err),
        _ => None,
    }
}

fn one_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().replace(['\n', '\r'], " ")
}
