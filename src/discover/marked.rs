//! Paths → rule files and the topologies beside them that say by marks where findings are expected.

use super::{Choice, Quota, Request, discover, display, has_extension, is_other};
use super::{may_be_topology, no_regular_file, only_regular, walk};
use crate::config::Config;
use crate::discover::TopologyFiles;
use crate::source::{Problem, Sources};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What tests consist of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestFiles {
    /// Rule files.
    pub rules: BTreeSet<PathBuf>,
    /// Files and folders of topologies with marks.
    pub topologies: BTreeSet<PathBuf>,
}

/// Finds rule files, `*.dl`, and marked topologies, `*.toml` with `#~` in them. Where a folder holds rules,
/// each marked file beside them is a topology; any other folder with marked files is one topology with
/// all that is in it and below.
///
/// # Errors
/// Everything that could not be found or read, and a file without marks that was named.
pub fn test_files(paths: &[PathBuf]) -> Result<TestFiles, Vec<Problem>> {
    let (mut files, mut problems) = (TestFiles::default(), Vec::new());
    for path in paths {
        let added = if path.is_dir() {
            folder(path, &mut files)
        } else {
            file(path, &mut files).map_err(|problem| vec![problem])
        };
        problems.extend(added.err().into_iter().flatten());
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

impl TestFiles {
    /// Reads the topologies into `sources`.
    ///
    /// # Errors
    /// Everything that could not be read or decoded.
    pub fn read_topologies(
        &self,
        sources: &mut Sources,
    ) -> Result<Vec<TopologyFiles>, Vec<Problem>> {
        let paths: Vec<PathBuf> = self.topologies.iter().cloned().collect();
        // What a test expects does not depend on settings.
        let choice = &Choice { isolated: true, apart: true, ..Choice::default() };
        let (paths, stdin_name) = (paths.as_slice(), "<stdin>");
        let (tracked, max_file_size) = (false, None);
        let request = Request { paths, exclude: &[], tracked, stdin_name, max_file_size, choice };
        let found = discover(&request, sources)?.topologies.into_iter();
        let mut topologies: Vec<TopologyFiles> = found.map(|(topology, _)| topology).collect();
        // A folder in it may be a topology of its own, without marks.
        topologies.retain(|topology| {
            topology.files.iter().any(|&file| sources.file(file).text.contains(MARK))
        });
        Ok(topologies)
    }
}

const MARK: &str = "#~";

fn file(path: &Path, files: &mut TestFiles) -> Result<(), Problem> {
    if !has_extension(path, "toml") {
        files.rules.insert(plain(path));
        return Ok(());
    }
    // It will be read twice.
    if is_other(path) {
        return Err(no_regular_file(path));
    }
    if !is_marked(path)? {
        let message = format!("no line of {} is marked", display(path));
        return Err(Problem::error("nothing-to-test", message)
            .help("`#~ rule-id` at a line's end says that a finding is expected on this line"));
    }
    files.topologies.insert(plain(path));
    Ok(())
}

fn folder(root: &Path, files: &mut TestFiles) -> Result<(), Vec<Problem>> {
    let (rules, others): (Vec<PathBuf>, Vec<PathBuf>) =
        walk(root, &[])?.into_iter().partition(|path| has_extension(path, "dl"));
    let others: Vec<PathBuf> = others.into_iter().filter(|path| may_be_topology(path)).collect();
    only_regular(&rules)?;
    only_regular(&others)?;
    let (mut marked, mut problems) = (Vec::new(), Vec::new());
    for path in others {
        match is_marked(&path) {
            Ok(true) => marked.push(path),
            Ok(false) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let beside_rules: BTreeSet<&Path> = rules.iter().filter_map(|path| path.parent()).collect();
    let folders: BTreeSet<&Path> = marked
        .iter()
        .filter_map(|path| path.parent())
        .filter(|folder| !beside_rules.contains(folder))
        .collect();
    for path in &marked {
        let outermost = path.ancestors().filter(|folder| folders.contains(folder)).last();
        files.topologies.insert(plain(outermost.unwrap_or(path)));
    }
    files.rules.extend(rules.iter().map(|path| plain(path)));
    Ok(())
}

/// Without a leading `./`, so that a path is the same however it is reached.
fn plain(path: &Path) -> PathBuf {
    let plain = path.strip_prefix("./").unwrap_or(path);
    if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain.to_owned() }
}

fn is_marked(path: &Path) -> Result<bool, Problem> {
    let bytes = Quota::of_files(Config::default().max_file_size(), 0).read(path)?;
    Ok(bytes.windows(MARK.len()).any(|bytes| bytes == MARK.as_bytes()))
}
