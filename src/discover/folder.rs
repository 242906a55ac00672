//! A folder → the topologies in it.

use super::configuration::{CONFIGURATION, Configuration, Configurations, Globs, full};
use super::{TopologyFiles, display, may_be_topology, only_regular, read_topology, walk};
use crate::source::{Problem, Sources};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The topology of a folder, and those below it that have a `lynt.toml` of their own, where such count.
pub(super) fn folder(
    root: &Path,
    exclude: &[String],
    configurations: &mut Configurations<'_>,
    sources: &mut Sources,
) -> Result<Vec<(TopologyFiles, usize)>, Vec<Problem>> {
    let mut paths = walk(root, exclude)?;
    paths.retain(|path| path.ends_with(CONFIGURATION) || may_be_topology(path));
    let some = paths.iter().any(|path| may_be_topology(path));
    configurations.tracked.retain(&mut paths, root).map_err(|problem| vec![problem])?;
    let (mut files, mut nested): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| may_be_topology(path));
    if some && files.is_empty() {
        return Err(vec![nothing_tracked(root)]);
    }
    // Outer ones first: what they exclude is no topology of its own.
    nested.sort_by_key(|path| path.components().count());
    let mut roots = vec![Root::new(root, configurations, sources)?];
    if !configurations.found[roots[0].configuration].parts {
        nested.clear();
    }
    let mut problems = Vec::new();
    for path in &nested {
        let folder = path.parent().unwrap_or(root);
        if folder == root || is_excluded(path, &roots) {
            continue;
        }
        match Root::new(folder, configurations, sources) {
            Ok(root) => roots.push(root),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    files.retain(|path| !is_excluded(path, &roots));
    if !problems.is_empty() {
        return Err(problems);
    }
    group(&files, &roots, configurations, sources)
}

/// A folder in which a topology begins.
struct Root {
    folder: PathBuf,
    /// The folder as the configuration's globs see it.
    full: PathBuf,
    configuration: usize,
    globs: Globs,
}

impl Root {
    fn new(
        folder: &Path,
        configurations: &mut Configurations<'_>,
        sources: &mut Sources,
    ) -> Result<Self, Vec<Problem>> {
        let configuration = configurations.of(folder, sources)?;
        let globs = configurations.found[configuration].globs.clone();
        Ok(Self { folder: folder.to_path_buf(), full: full(folder), configuration, globs })
    }

    fn holds(&self, path: &Path) -> bool {
        path.starts_with(&self.folder)
    }

    /// `path`, which the folder holds, as the configuration's globs see it.
    fn full(&self, path: &Path) -> PathBuf {
        self.full.join(path.strip_prefix(&self.folder).unwrap_or(path))
    }
}

/// Whether the configuration of any folder around `path` excludes it.
fn is_excluded(path: &Path, roots: &[Root]) -> bool {
    let mut around = roots.iter().filter(|root| root.holds(path));
    around.any(|root| root.globs.exclude(&root.full(path)))
}

/// Files by the nearest of `roots` that holds them. The first of these holds all.
fn group(
    paths: &[PathBuf],
    roots: &[Root],
    configurations: &Configurations<'_>,
    sources: &mut Sources,
) -> Result<Vec<(TopologyFiles, usize)>, Vec<Problem>> {
    let mut by_root: BTreeMap<usize, Vec<PathBuf>> = BTreeMap::new();
    for path in paths {
        let holds = |(_, root): &(usize, &Root)| root.holds(path);
        let depth = |(_, root): &(usize, &Root)| root.folder.components().count();
        let nearest = roots.iter().enumerate().filter(holds).max_by_key(depth);
        if let Some((at, root)) = nearest
            && root.globs.include(&root.full(path))
        {
            by_root.entry(at).or_default().push(path.clone());
        }
    }
    if by_root.is_empty() {
        let configuration = &configurations.found[roots[0].configuration];
        return Err(vec![nothing_in(&roots[0].folder, configuration)]);
    }
    let mut topologies = Vec::new();
    let mut problems = Vec::new();
    for (at, paths) in by_root {
        let Root { folder, configuration, .. } = &roots[at];
        let max_file_size = configurations.found[*configuration].config.max_file_size();
        let read = only_regular(&paths);
        match read.and_then(|()| read_topology(folder, &paths, max_file_size, sources)) {
            Ok(topology) => topologies.push((topology, *configuration)),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    topologies.sort_by(|(one, _), (other, _)| Path::new(&one.path).cmp(Path::new(&other.path)));
    if problems.is_empty() { Ok(topologies) } else { Err(problems) }
}

fn nothing_tracked(root: &Path) -> Problem {
    let message = format!("git tracks no *.toml file in {}", display(root));
    Problem::error("nothing-to-check", message)
        .help("`git add` the topology's files, or leave out `--tracked`")
}

fn nothing_in(root: &Path, configuration: &Configuration) -> Problem {
    let root = display(root);
    let include = configuration.config.texts("topology.include");
    match include.first().and_then(|(_, origin)| origin.span()) {
        Some(span) => {
            let message = format!("no *.toml file in {root} is included");
            Problem::error("nothing-to-check", message)
                .at(span, "")
                .help("globs are relative to the folder of their configuration")
        }
        None => Problem::error("nothing-to-check", format!("no *.toml files in {root}")).help(
            "name the topology's folder or file, or take a TOML from standard input with `-`",
        ),
    }
}
