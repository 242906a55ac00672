//! A topology → what it was at a revision.

use super::baselines::Baselined;
use super::configuration::{CONFIGURATION, full};
use super::{Configuration, TopologyFiles, add, display, exclusion, may_be_topology};
use crate::baseline::{Baseline, parse};
use crate::git::Revision;
use crate::source::{Problem, Sources};
use ignore::overrides::Override;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// A topology as it was.
#[derive(Clone, Debug)]
pub struct Past {
    /// The texts of that time.
    pub sources: Sources,
    /// The topology; without files where there was none.
    pub topology: TopologyFiles,
    /// What was known at that time.
    pub baseline: Option<Baseline>,
    /// The lines that are not as they were, counted from 0, by the path of the file as it is now.
    pub changed: BTreeMap<String, Vec<std::ops::Range<usize>>>,
}

/// What a topology was at a revision, by its configuration of today. `exclude`: globs of files that are left
/// out; `now`: its texts of today.
///
/// # Errors
/// git can't say it, or a text of that time can't be decoded.
pub fn past(
    topology: &TopologyFiles,
    configuration: &Configuration,
    exclude: &[String],
    baselined: Option<&Baselined>,
    now: &Sources,
    revision: &str,
) -> Result<(Past, String), Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    let root = Path::new(&topology.path);
    let folder = if root.is_dir() { root } else { parent(root) };
    let revision = Revision::of(folder, revision).map_err(one)?;
    let mut files = revision.files().map_err(one)?;
    match root.strip_prefix(folder) {
        Ok(file) if !root.is_dir() => files.retain(|path, _| path == file),
        _ => {
            let exclude = exclusion(folder, exclude).map_err(one)?;
            let nested = nested(&files);
            files.retain(|path, _| {
                let full = full(folder).join(path);
                may_be_topology(path)
                    && !is_hidden(path)
                    && !nested.iter().any(|nested| path.starts_with(nested))
                    && !is_excluded(path, folder, &exclude)
                    && configuration.globs.include(&full)
                    && !configuration.globs.exclude(&full)
            });
        }
    }
    let differs = revision.changed_files().map_err(one)?;
    let texts: BTreeMap<&str, &str> =
        now.files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let mut sources = Sources::default();
    let (mut read, mut changed) = (Vec::new(), BTreeMap::new());
    for (path, id) in files {
        let shown = display(&folder.join(&path));
        let (mut lines, text) = (Vec::new(), texts.get(shown.as_str()));
        read.push(match text {
            // What comes from standard input may be no file.
            Some(text) if root.is_dir() && !differs.contains(&path) => {
                sources.add(shown.clone(), (*text).to_owned())
            }
            _ => {
                if text.is_some() {
                    lines = revision.changed_lines(&path).map_err(one)?;
                }
                let bytes = revision.content(&id).map_err(one)?;
                add(shown.clone(), bytes, &mut sources).map_err(one)?
            }
        });
        changed.insert(shown, lines);
    }
    let baseline = match baselined {
        Some(baselined) => old_baseline(baselined, &revision, &mut sources)?,
        None => None,
    };
    let topology = TopologyFiles { path: topology.path.clone(), files: read };
    Ok((Past { sources, topology, baseline, changed }, revision.commit))
}

fn parent(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Folders below that were topologies of their own.
fn nested(files: &BTreeMap<PathBuf, String>) -> Vec<PathBuf> {
    let configurations = files.keys().filter(|path| path.ends_with(CONFIGURATION));
    let folders = configurations.filter_map(|path| path.parent());
    folders.filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_path_buf).collect()
}

/// Whether globs leave out a file, or a folder that it is in.
fn is_excluded(path: &Path, folder: &Path, globs: &Override) -> bool {
    let is_named = |at: &Path| !at.as_os_str().is_empty();
    path.ancestors()
        .filter(|at| is_named(at))
        .any(|at| globs.matched(folder.join(at), at != path).is_ignore())
}

/// Whether any name in a path begins with a dot.
fn is_hidden(path: &Path) -> bool {
    path.components().any(|part| match part {
        Component::Normal(name) => name.to_string_lossy().starts_with('.'),
        _ => false,
    })
}

/// What the baseline was; nothing where it was not there or wrong, for then it hid nothing.
fn old_baseline(
    baselined: &Baselined,
    revision: &Revision,
    sources: &mut Sources,
) -> Result<Option<Baseline>, Vec<Problem>> {
    let own = parent(&baselined.path);
    // It may stand in another repository.
    let Ok(revision) = Revision::of(own, &revision.commit) else { return Ok(None) };
    let name = baselined.path.file_name().map(PathBuf::from).unwrap_or_default();
    let files = revision.files().map_err(|problem| vec![problem])?;
    let Some(id) = files.get(&name) else { return Ok(None) };
    let bytes = revision.content(id).map_err(|problem| vec![problem])?;
    let read = add(display(&baselined.path), bytes, sources);
    Ok(read.ok().and_then(|file| parse(sources, file).ok()))
}
