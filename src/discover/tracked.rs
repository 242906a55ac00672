//! Files → those of them that git tracks.

use super::display;
use crate::git::tracked;
use crate::source::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which files count: all, or those that git tracks. git is asked once for each folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Tracked {
    is_wanted: bool,
    /// The tracked files below a folder, told from the folder.
    known: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

impl Tracked {
    /// Only tracked files count, where that is wanted.
    pub(super) fn new(is_wanted: bool) -> Self {
        Self { is_wanted, ..Self::default() }
    }

    /// Leaves those of `paths` that count; all are below `folder`, reached through no symbolic link.
    pub(super) fn retain(
        &mut self,
        paths: &mut Vec<PathBuf>,
        folder: &Path,
    ) -> Result<(), Problem> {
        if self.is_wanted {
            let tracked = self.below(folder)?;
            let is_tracked =
                |path: &Path| path.strip_prefix(folder).map(|path| tracked.contains(path));
            paths.retain(|path| is_tracked(path).unwrap_or(false));
        }
        Ok(())
    }

    /// Whether a file counts.
    pub(super) fn counts(&mut self, file: &Path) -> Result<bool, Problem> {
        let name = file.file_name().filter(|_| self.is_wanted);
        let Some(name) = name else { return Ok(true) };
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok(self.below(folder.unwrap_or(Path::new(".")))?.contains(Path::new(name)))
    }

    fn below(&mut self, folder: &Path) -> Result<&BTreeSet<PathBuf>, Problem> {
        if !self.known.contains_key(folder) {
            self.known.insert(folder.to_path_buf(), tracked(folder)?);
        }
        Ok(&self.known[folder])
    }
}

/// A file was named that does not count.
pub(super) fn untracked(file: &Path) -> Problem {
    let message = format!("git does not track {}", display(file));
    Problem::error("untracked", message).help("`git add` it, or leave out `--tracked`")
}
