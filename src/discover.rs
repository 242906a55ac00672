//! Paths on the command line → topologies: which files belong together, and their texts.

mod marked;

pub use marked::{TestFiles, test_files};

use crate::source::{FileId, Problem, Sources, Span};
use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The files of one topology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopologyFiles {
    /// The path by which reports call it.
    pub path: String,
    /// Its files, sorted by path.
    pub files: Vec<FileId>,
}

/// Files in a topology's folder that are no part of it.
const NOT_TOPOLOGY: &[&str] = &["lynt.toml", "lynt-baseline.toml"];

/// Reads what `paths` name into `sources`: a file, a folder with all its `*.toml`, or `-` for
/// standard input, which is called `stdin_name`. A folder below one of them that holds a `lynt.toml`
/// is a topology of its own.
///
/// # Errors
/// Everything that could not be found, read or decoded.
pub fn discover(
    paths: &[PathBuf],
    exclude: &[String],
    stdin_name: &str,
    sources: &mut Sources,
) -> Result<Vec<TopologyFiles>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut topologies = Vec::new();
    for path in paths {
        let found = if path == Path::new("-") {
            standard_input(stdin_name, sources).map(|topology| vec![topology])
        } else if path.is_dir() {
            folder(path, exclude, sources)
        } else {
            read_topology(display(path), std::slice::from_ref(path), sources)
                .map(|found| vec![found])
        };
        match found {
            Ok(mut found) => topologies.append(&mut found),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    if problems.is_empty() { Ok(topologies) } else { Err(problems) }
}

/// A path as reports print it: with `/`, without a leading `./`.
pub fn display(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text);
    if text.is_empty() { ".".to_owned() } else { text.to_owned() }
}

fn standard_input(name: &str, sources: &mut Sources) -> Result<TopologyFiles, Vec<Problem>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| vec![unreadable(name, &error)])?;
    let file = add(name.to_owned(), bytes, sources).map_err(|problem| vec![problem])?;
    Ok(TopologyFiles { path: name.to_owned(), files: vec![file] })
}

fn folder(
    root: &Path,
    exclude: &[String],
    sources: &mut Sources,
) -> Result<Vec<TopologyFiles>, Vec<Problem>> {
    let (mut paths, mut roots) = (Vec::new(), vec![root.to_path_buf()]);
    for path in walk(root, exclude)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        if name == "lynt.toml" {
            roots.extend(path.parent().map(Path::to_path_buf));
        } else if has_extension(&path, "toml") && !NOT_TOPOLOGY.contains(&name) {
            paths.push(path);
        }
    }
    group(root, &paths, &roots, sources)
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension == wanted)
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
            Err(error) => problems.push(unreadable(&display(root), &error)),
        }
    }
    if problems.is_empty() { Ok(paths) } else { Err(problems) }
}

/// Reads rule files into `sources`: a file, or a folder with all its `*.dl`.
///
/// # Errors
/// Everything that could not be found, read or decoded, and a folder without rules.
pub fn rule_files(paths: &[PathBuf], sources: &mut Sources) -> Result<Vec<FileId>, Vec<Problem>> {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match rule_paths(path).and_then(|found| read_topology(String::new(), &found, sources)) {
            Ok(read) => files.extend(read.files),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

fn rule_paths(path: &Path) -> Result<Vec<PathBuf>, Vec<Problem>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = walk(path, &[])?;
    found.retain(|path| has_extension(path, "dl"));
    if found.is_empty() {
        let message = format!("no *.dl files in {}", display(path));
        let problem = Problem::error("no-rules", message).help("`lynt new rule ID` begins a rule");
        return Err(vec![problem]);
    }
    Ok(found)
}

/// Files by the nearest folder in `roots` that holds them.
fn group(
    root: &Path,
    paths: &[PathBuf],
    roots: &[PathBuf],
    sources: &mut Sources,
) -> Result<Vec<TopologyFiles>, Vec<Problem>> {
    let mut by_root: BTreeMap<&Path, Vec<PathBuf>> = BTreeMap::new();
    for path in paths {
        let holds = |candidate: &&PathBuf| path.starts_with(candidate);
        let nearest = roots.iter().filter(holds).max_by_key(|root| root.components().count());
        by_root.entry(nearest.map_or(root, PathBuf::as_path)).or_default().push(path.clone());
    }
    if by_root.is_empty() {
        let problem = Problem::error(
            "nothing-to-check",
            format!("no *.toml files in {}", display(root)),
        )
        .help("name the topology's folder or file, or take a TOML from standard input with `-`");
        return Err(vec![problem]);
    }
    let mut topologies = Vec::new();
    let mut problems = Vec::new();
    for (root, paths) in by_root {
        match read_topology(display(root), &paths, sources) {
            Ok(topology) => topologies.push(topology),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    if problems.is_empty() { Ok(topologies) } else { Err(problems) }
}

fn exclusion(root: &Path, globs: &[String]) -> Result<Override, Problem> {
    let mut builder = OverrideBuilder::new(root);
    for glob in globs {
        builder.add(&format!("!{glob}")).map_err(|error| {
            Problem::error("usage", format!("`--exclude {glob}`: {}", one_line(&error)))
        })?;
    }
    builder.build().map_err(|error| Problem::error("usage", one_line(&error)))
}

fn read_topology(
    name: String,
    paths: &[PathBuf],
    sources: &mut Sources,
) -> Result<TopologyFiles, Vec<Problem>> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        let read = fs::read(path).map_err(|error| unreadable(&display(path), &error));
        match read.and_then(|bytes| add(display(path), bytes, sources)) {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(TopologyFiles { path: name, files }) } else { Err(problems) }
}

fn unreadable(path: &str, error: &dyn std::fmt::Display) -> Problem {
    let message = format!("could not read {path}: {}", one_line(error));
    let problem = Problem::error("unreadable", message);
    if Path::new(path).exists() {
        return problem;
    }
    problem
        .help("paths are taken from the current folder; without one, the folder itself is checked")
}

fn one_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().replace(['\n', '\r'], " ")
}

/// Adds a file whose bytes must be UTF-8, with or without a byte order mark.
///
/// # Errors
/// What the bytes are instead, at the first place where that shows. The file is added all the same,
/// with replacement characters, so that the place can be shown.
pub fn add(path: String, bytes: Vec<u8>, sources: &mut Sources) -> Result<FileId, Problem> {
    let utf16 = is_utf16(&bytes);
    let error = match String::from_utf8(bytes) {
        Ok(text) if !utf16 => return Ok(sources.add(path, text)),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    let good = error.as_ref().map_or(0, |error| error.utf8_error().valid_up_to());
    let bytes = error.map_or(Vec::new(), std::string::FromUtf8Error::into_bytes);
    let shown = if utf16 { String::new() } else { lossy_until_line_end(&bytes, good) };
    let end = shown[good.min(shown.len())..].chars().next().map_or(good, |c| good + c.len_utf8());
    let file = sources.add(path, shown);
    let place = Span::new(file, good.min(end)..end);
    Err(if utf16 { utf16_problem(file) } else { not_utf8(place) })
}

/// Whether the bytes of a file look as those that PowerShell's `>` writes.
pub fn is_utf16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    marked || (bytes.len() >= 2 && (bytes[0] == 0) != (bytes[1] == 0))
}

/// The whole file is UTF-16.
pub fn utf16_problem(file: FileId) -> Problem {
    Problem::error("not-utf8", "this file is UTF-16, lynt reads UTF-8")
        .at(Span::new(file, 0..0), "")
        .help("in PowerShell write it with `Set-Content -Encoding utf8`; an editor's \"Save with encoding\" does it too")
}

/// What stands at `place` is shown there as a replacement character.
pub fn not_utf8(place: Span) -> Problem {
    Problem::error("not-utf8", "this byte is not UTF-8")
        .at(place, "")
        .help("save the file as UTF-8")
}

/// The text up to the end of the line that holds byte `good`, the first one that is wrong.
fn lossy_until_line_end(bytes: &[u8], good: usize) -> String {
    let rest = &bytes[good..];
    let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    String::from_utf8_lossy(&bytes[..good + line]).into_owned()
}
