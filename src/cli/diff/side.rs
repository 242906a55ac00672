//! One side of a comparison → its topology, wherever it comes from.

use super::super::configured::ConfigArguments;
use super::super::import::problem;
use super::super::input::{Counting, OneInput};
use crate::compare::{self, Export};
use crate::discover::{Configuration, Quota, Then, TopologyFiles, add, display};
use crate::import::{import, is_export};
use crate::source::{Problem, Sources};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// Bytes in which an export shows what it is: before that, PowerShell prints some blank lines at most.
const START: u64 = 1 << 12;

/// What standard input is called.
const STDIN: &str = "<stdin>";

/// One of two topologies.
pub(super) struct Side {
    pub topology: TopologyFiles,
    /// What counts where it stands.
    pub configuration: Configuration,
    /// Where the values of an export stand, whose TOML is in no file; None: it is no export.
    pub export: Option<Export>,
    /// The commit's id, where git was asked.
    pub commit: Option<String>,
}

/// Says of which side problems are.
pub(super) fn in_side(what: &str, problems: Vec<Problem>) -> Vec<Problem> {
    let of_side =
        |problem: Problem| Problem { message: format!("{what}: {}", problem.message), ..problem };
    problems.into_iter().map(of_side).collect()
}

impl Side {
    /// Reads what `path` means: standard input, what is there, or else what was there at a revision.
    ///
    /// # Errors
    /// Everything that keeps it from being read.
    pub(super) fn read(
        path: &Path,
        counting: &Counting,
        config: &ConfigArguments,
        sources: &mut Sources,
    ) -> Result<Self, Vec<Problem>> {
        if path == Path::new("-") {
            let configuration = counting.configuration(config, Path::new(""), sources)?;
            let max_file_size = configuration.config.max_file_size();
            let quota = Quota::of_files(max_file_size, sources.bytes());
            let bytes = quota.read_stdin(STDIN).map_err(|problem| vec![problem])?;
            return Self::of_bytes(path, STDIN, bytes, configuration, sources);
        }
        let revision = path.to_str().and_then(|text| text.split_once(':'));
        if let Some((revision, path)) = revision.filter(|_| fs::symlink_metadata(path).is_err()) {
            return Self::then(revision, Path::new(path), counting, config, sources);
        }
        if path.exists() && !path.is_dir() {
            // A pipe can be read once.
            if has_exports_name(path) || !path.is_file() || begins_as_export(path) {
                let configuration = counting.configuration(config, folder_of(path), sources)?;
                let max_file_size = configuration.config.max_file_size();
                let quota = Quota::of_files(max_file_size, sources.bytes());
                let bytes = quota.read(path).map_err(|problem| vec![problem])?;
                return Self::of_bytes(path, &display(path), bytes, configuration, sources);
            }
        }
        let input = OneInput::of(path.to_path_buf(), counting.clone());
        let (topology, configuration) = input.discover(config, sources)?;
        Ok(Self { topology, configuration, export: None, commit: None })
    }

    /// What it is in reports.
    pub(super) fn told(&self) -> compare::Side {
        compare::Side {
            name: self.topology.path.clone(),
            export: self.export.is_some(),
            commit: self.commit.clone(),
        }
    }

    fn then(
        revision: &str,
        path: &Path,
        counting: &Counting,
        config: &ConfigArguments,
        sources: &mut Sources,
    ) -> Result<Self, Vec<Problem>> {
        let then = Then::of(revision, path).map_err(|problem| vec![problem])?;
        let folder = if then.is_file() { folder_of(path) } else { path };
        let configuration = counting.configuration(config, folder, sources)?;
        let commit = Some(then.commit().to_owned());
        if then.is_file() {
            let bytes = then.content(&configuration, sources).map_err(|problem| vec![problem])?;
            let read = Self::of_bytes(path, &then.shown(), bytes, configuration, sources);
            return read.map(|side| Self { commit, ..side });
        }
        let topology = then.topology(&configuration, counting.excluded(), sources)?;
        Ok(Self { topology, configuration, export: None, commit })
    }

    /// A topology or an export that is one text, which reports call `name`.
    fn of_bytes(
        path: &Path,
        name: &str,
        bytes: Vec<u8>,
        configuration: Configuration,
        sources: &mut Sources,
    ) -> Result<Self, Vec<Problem>> {
        let (file, export) = if has_exports_name(path) || is_export(&bytes) {
            let imported = import(&bytes).map_err(|error| vec![problem(name, error)])?;
            let export = Export::new(name, &imported);
            (sources.add(name, imported.toml), Some(export))
        } else {
            let file = add(name.to_owned(), bytes, sources).map_err(|problem| vec![problem])?;
            (file, None)
        };
        let topology = TopologyFiles { path: name.to_owned(), files: vec![file] };
        Ok(Self { topology, configuration, export, commit: None })
    }
}

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// Whether a file is an export by what it begins with; what can't be read is none.
fn begins_as_export(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(START).read_to_end(&mut start));
    read.is_ok() && is_export(&start)
}

/// Whether a file says by its name that it is an export, whatever is in it.
fn has_exports_name(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    ["xml", "tbxml"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}
