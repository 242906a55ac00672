//! Topologies → the baselines that count for them.

use super::configuration::{around, full, told_from};
use super::tracked::Tracked;
use super::{Configuration, Quota, add, display};
use crate::baseline::{Baseline, FILE, parse};
use crate::config::Origin;
use crate::source::{Problem, Sources};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A topology and its baseline.
#[derive(Clone, Debug)]
pub struct Baselined {
    /// The baseline's file, which need not be there.
    pub path: PathBuf,
    /// The topology, as entries of that baseline name it.
    pub topology: String,
    /// What the file says; None: there is no file yet.
    pub baseline: Option<Baseline>,
}

impl Baselined {
    /// The file's path as reports print it; None where there is no file.
    pub fn shown(&self) -> Option<String> {
        self.baseline.is_some().then(|| display(&self.path))
    }
}

/// The configuration names a baseline that is not there.
fn missing(path: &Path, origin: Origin) -> Problem {
    let problem = Problem::error("unreadable", format!("there is no {}", display(path)));
    origin
        .place(problem)
        .help("`lynt baseline` writes one; without `baseline.file` none need be there")
}

/// Baselines, each read once.
#[derive(Debug)]
pub struct Baselines {
    known: BTreeMap<PathBuf, Option<Baseline>>,
    /// Which files count; one that is named counts all the same.
    tracked: Tracked,
}

impl Baselines {
    /// Those that git tracks, where `tracked` says so, else all.
    pub fn new(tracked: bool) -> Self {
        Self { known: BTreeMap::new(), tracked: Tracked::new(tracked) }
    }

    /// The baseline of a topology: `named`, where a file is named; else the one that its configuration names;
    /// else the one beside that; without a configuration the nearest one upward, at last the one in the
    /// topology's own folder.
    ///
    /// # Errors
    /// Everything that is wrong with it, a file that is named and is not there where `must_be` says so, and that
    /// git can't say what it tracks.
    pub fn of(
        &mut self,
        topology: &Path,
        configuration: &Configuration,
        named: Option<&Path>,
        must_be: bool,
        sources: &mut Sources,
    ) -> Result<Baselined, Vec<Problem>> {
        let own =
            if topology.is_dir() { topology } else { topology.parent().unwrap_or(Path::new("")) };
        let configured =
            configuration.config.get("baseline.file", "").map(|setting| setting.origin);
        let file = Path::new(configuration.config.text("baseline.file"));
        let path = match (named, configured, &configuration.path) {
            (Some(named), ..) => named.to_path_buf(),
            (None, Some(origin), _) => configuration.resolve(file, origin),
            (None, None, Some(_)) => configuration.folder.join(FILE),
            (None, None, None) => self.nearest(own).map_err(|problem| vec![problem])?,
        };
        if let (None, Some(origin), true) = (named, configured, must_be && !path.exists()) {
            return Err(vec![missing(&path, origin)]);
        }
        let is_there = match named {
            Some(_) => must_be || path.exists(),
            None => path.exists() && self.tracked.counts(&path).map_err(|problem| vec![problem])?,
        };
        let max_file_size = configuration.config.max_file_size();
        let baseline = if is_there { self.read(&path, max_file_size, sources)? } else { None };
        let folder = full(&path).parent().unwrap_or(Path::new("")).to_path_buf();
        let topology = told_from(&folder, &full(topology));
        let topology = display(&topology);
        let topology = if topology == "." { String::new() } else { topology };
        Ok(Baselined { path, topology, baseline })
    }

    /// The nearest one upward that counts, or where one would be.
    fn nearest(&mut self, folder: &Path) -> Result<PathBuf, Problem> {
        for file in around(folder, FILE) {
            if self.tracked.counts(&file)? {
                return Ok(file);
            }
        }
        Ok(folder.join(FILE))
    }

    fn read(
        &mut self,
        path: &Path,
        max_file_size: u64,
        sources: &mut Sources,
    ) -> Result<Option<Baseline>, Vec<Problem>> {
        if let Some(known) = self.known.get(path) {
            return Ok(known.clone());
        }
        let read = Quota::of_files(max_file_size, sources.bytes()).read(path);
        let read = read.map_err(|problem| match path.exists() {
            true => problem,
            false => problem.help("`lynt baseline` writes one"),
        });
        let file = read.and_then(|bytes| add(display(path), bytes, sources));
        let file = file.map_err(|problem| vec![problem])?;
        let baseline = parse(sources, file)?;
        self.known.insert(path.to_path_buf(), Some(baseline.clone()));
        Ok(Some(baseline))
    }
}
