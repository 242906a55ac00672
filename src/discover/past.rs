//! A topology → what it was at a revision.

use super::baselines::Baselined;
use super::configuration::{CONFIGURATION, full};
use super::{Configuration, Quota, TopologyFiles, add, display, exclusion, may_be_topology};
use crate::baseline::{Baseline, parse};
use crate::git::{Blob, Revision};
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
    /// Texts of that time that can't be decoded: then it can't be checked.
    pub problems: Vec<Problem>,
    /// What was known at that time.
    pub baseline: Option<Baseline>,
    /// The lines that are not as they were, counted from 0, by the path of the file as it is now.
    pub changed: BTreeMap<String, Vec<std::ops::Range<usize>>>,
}

/// What a topology was at a revision, by its configuration of today. `exclude`: globs of files that are left
/// out; `now`: its texts of today.
///
/// # Errors
/// git can't say it.
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
        _ => keep_topology(&mut files, folder, configuration, exclude).map_err(one)?,
    }
    let differs = revision.changed_files().map_err(one)?;
    let texts: BTreeMap<&str, &str> =
        now.files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let mut sources = Sources::default();
    let (mut read, mut changed, mut problems) = (Vec::new(), BTreeMap::new(), Vec::new());
    let max_file_size = configuration.config.max_file_size();
    for (path, blob) in files {
        let shown = display(&folder.join(&path));
        let (mut lines, text) = (Vec::new(), texts.get(shown.as_str()));
        let file = match text {
            // What comes from standard input may be no file.
            Some(text) if root.is_dir() && !differs.contains(&path) => {
                Ok(sources.add(shown.clone(), (*text).to_owned()))
            }
            _ => {
                refuse(&shown, &blob, max_file_size, &sources).map_err(one)?;
                if text.is_some() {
                    lines = revision.changed_lines(&path).map_err(one)?;
                }
                let bytes = revision.content(&blob).map_err(one)?;
                add(shown.clone(), bytes, &mut sources)
            }
        };
        match file {
            Ok(file) => read.push(file),
            Err(problem) => problems.push(problem),
        }
        changed.insert(shown, lines);
    }
    let baseline = match baselined {
        Some(baselined) => old_baseline(baselined, &revision, max_file_size, &mut sources)?,
        None => None,
    };
    let topology = TopologyFiles { path: topology.path.clone(), files: read };
    Ok((Past { sources, topology, problems, baseline, changed }, revision.commit))
}

/// Refuses a content that is too large.
fn refuse(shown: &str, blob: &Blob, max_file_size: u64, sources: &Sources) -> Result<(), Problem> {
    Quota::of_files(max_file_size, sources.bytes()).refuse(shown, blob.bytes)
}

/// What stood under a path at a revision, whatever is there now.
#[derive(Clone, Debug)]
pub struct Then {
    revision: Revision,
    /// From the current folder.
    path: PathBuf,
    /// As the user calls the revision.
    name: String,
    /// The regular files, told from the path, each with its content; a file itself by an empty path.
    files: BTreeMap<PathBuf, Blob>,
}

impl Then {
    /// What stood under `path`, from the current folder, at the commit that `revision` means.
    ///
    /// # Errors
    /// git can't say it, or there was nothing.
    pub fn of(revision: &str, path: &Path) -> Result<Self, Problem> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let folder = path.ancestors().find(|at| at.is_dir()).unwrap_or(Path::new("."));
        let below = path.strip_prefix(folder).unwrap_or(path);
        let found = Revision::of(folder, revision)?;
        let told = |(path, blob): (PathBuf, Blob)| {
            Some((path.strip_prefix(below).ok()?.to_path_buf(), blob))
        };
        let files: BTreeMap<PathBuf, Blob> = found.files()?.into_iter().filter_map(told).collect();
        if files.is_empty() {
            let message = format!("there is no {} at {revision}", display(path));
            let help = "behind `REV:` stands a path from the current folder";
            return Err(Problem::error("unreadable", message).help(help));
        }
        Ok(Self { revision: found, path: path.to_path_buf(), name: revision.to_owned(), files })
    }

    /// What reports call it: `main:topology`.
    pub fn shown(&self) -> String {
        format!("{}:{}", self.name, display(&self.path))
    }

    /// The commit's id.
    pub fn commit(&self) -> &str {
        &self.revision.commit
    }

    /// Whether it was a file.
    pub fn is_file(&self) -> bool {
        self.files.contains_key(Path::new(""))
    }

    /// The content of the file that it was; empty for a folder. `configuration`: says how large it may be.
    ///
    /// # Errors
    /// git can't read it, or it is too large.
    pub fn content(
        &self,
        configuration: &Configuration,
        sources: &Sources,
    ) -> Result<Vec<u8>, Problem> {
        let Some(blob) = self.files.get(Path::new("")) else { return Ok(Vec::new()) };
        refuse(&self.shown(), blob, configuration.config.max_file_size(), sources)?;
        self.revision.content(blob)
    }

    /// The topology that the folder was. `configuration`: says which files of a folder belong to it; `exclude`: globs
    /// of files that are left out.
    ///
    /// # Errors
    /// git can't read a text, or it is too large or can't be decoded.
    pub fn topology(
        &self,
        configuration: &Configuration,
        exclude: &[String],
        sources: &mut Sources,
    ) -> Result<TopologyFiles, Vec<Problem>> {
        let mut files = self.files.clone();
        keep_topology(&mut files, &self.path, configuration, exclude)
            .map_err(|problem| vec![problem])?;
        let (mut read, mut problems) = (Vec::new(), Vec::new());
        let max_file_size = configuration.config.max_file_size();
        for (path, blob) in files {
            let shown = format!("{}:{}", self.name, display(&self.path.join(path)));
            let refused = refuse(&shown, &blob, max_file_size, sources);
            let bytes = refused.and_then(|()| self.revision.content(&blob));
            match bytes.and_then(|bytes| add(shown, bytes, sources)) {
                Ok(file) => read.push(file),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(TopologyFiles { path: self.shown(), files: read })
    }
}

/// Keeps of the files of a folder, told from it, those that were its topology.
fn keep_topology(
    files: &mut BTreeMap<PathBuf, Blob>,
    folder: &Path,
    configuration: &Configuration,
    exclude: &[String],
) -> Result<(), Problem> {
    let exclude = exclusion(folder, exclude)?;
    let nested = if configuration.parts { nested(files) } else { Vec::new() };
    let full = full(folder);
    files.retain(|path, _| {
        let full = full.join(path);
        may_be_topology(path)
            && !is_hidden(path)
            && !nested.iter().any(|nested| path.starts_with(nested))
            && !is_excluded(path, folder, &exclude)
            && configuration.globs.include(&full)
            && !configuration.globs.exclude(&full)
    });
    Ok(())
}

fn parent(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Folders below that were topologies of their own.
fn nested(files: &BTreeMap<PathBuf, Blob>) -> Vec<PathBuf> {
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
    max_file_size: u64,
    sources: &mut Sources,
) -> Result<Option<Baseline>, Vec<Problem>> {
    let own = parent(&baselined.path);
    // It may stand in another repository.
    let Ok(revision) = Revision::of(own, &revision.commit) else { return Ok(None) };
    let name = baselined.path.file_name().map(PathBuf::from).unwrap_or_default();
    let files = revision.files().map_err(|problem| vec![problem])?;
    let Some(blob) = files.get(&name) else { return Ok(None) };
    let shown = display(&baselined.path);
    refuse(&shown, blob, max_file_size, sources).map_err(|problem| vec![problem])?;
    let bytes = revision.content(blob).map_err(|problem| vec![problem])?;
    let read = add(shown, bytes, sources);
    Ok(read.ok().and_then(|file| parse(sources, file).ok()))
}
