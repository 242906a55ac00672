//! Where a report comes from.

use super::super::checker::Checker;
use crate::audit::{File, Manifest, SCHEMA};
use crate::date::Date;
use crate::git::{Revision, root};
use crate::report::{Report, sha256};
use crate::rules::Rules;
use crate::source::SourceFile;
use std::fs;
use std::path::{Path, PathBuf};

/// Of what time a report is.
pub(super) enum Origin<'o> {
    /// Made now.
    Now,
    /// Made again: files are compared with the commit of the page that is verified.
    Again(&'o Manifest),
}

impl Origin<'_> {
    /// The manifest of a report. `arguments`: what makes the same report.
    pub(super) fn manifest(
        &self,
        checker: &Checker<'_>,
        report: &Report<'_>,
        arguments: Vec<String>,
        today: Date,
    ) -> Manifest {
        let files = files(checker, report);
        let folders = report.outcomes.iter().map(|outcome| Path::new(&outcome.path));
        let folders: Vec<&Path> = folders.filter(|path| path.is_dir()).collect();
        let (commit, is_dirty) = match self {
            Origin::Now => commit("HEAD", &files, &folders),
            Origin::Again(Manifest { commit: Some(name), .. }) => commit(name, &files, &folders),
            Origin::Again(_) => (None, false),
        };
        Manifest {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules_sha256: sha256::of_files(report.rule_files),
            today: today.to_string(),
            commit,
            is_dirty,
            arguments,
            files,
        }
    }
}

/// The files that a report rests on, sorted.
fn files(checker: &Checker<'_>, report: &Report<'_>) -> Vec<File> {
    let mut files = Vec::new();
    let mut add = |role: &str, file: &SourceFile| {
        let sha256 = sha256::of_text(&file.text);
        files.push(File { role: role.to_owned(), path: file.path.clone(), sha256 });
    };
    for outcome in report.outcomes {
        outcome.files.iter().for_each(|&file| add("topology", report.sources.file(file)));
    }
    for setup in &checker.prepared.setups {
        let file = setup.configuration.file;
        file.iter().for_each(|&file| add("configuration", report.sources.file(file)));
    }
    let baselines = checker.baselines.values().filter_map(|known| known.baseline.as_ref());
    baselines.for_each(|baseline| add("baseline", report.sources.file(baseline.file)));
    let shipped = Rules::shipped().set.sources.files;
    let custom = report.rule_files.files.iter().filter(|file| !shipped.contains(file));
    custom.for_each(|file| add("rules", file));
    files.sort();
    files.dedup();
    files
}

/// The commit of that name in the repository that holds the first file, and whether any of the files in it
/// differs, or one of a topology's folder is gone.
fn commit(name: &str, files: &[File], folders: &[&Path]) -> (Option<String>, bool) {
    let Some(first) = files.iter().find(|file| file.role == "topology") else {
        return (None, false);
    };
    let folder = Path::new(&first.path).parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(root) = root(folder.unwrap_or(Path::new("."))) else { return (None, false) };
    let Ok(revision) = Revision::of(&root, name) else { return (None, false) };
    let (Ok(known), Ok(changed)) = (revision.files(), revision.changed_files()) else {
        return (None, false);
    };
    let differs = |file: &File| {
        let real = fs::canonicalize(&file.path).unwrap_or_default();
        let below = real.strip_prefix(&root);
        below.is_ok_and(|path| !known.contains_key(path) || changed.contains(path))
    };
    let gone: Vec<PathBuf> =
        changed.iter().map(|path| root.join(path)).filter(|path| !path.exists()).collect();
    let lacks = |folder: &&Path| {
        let real = fs::canonicalize(folder).unwrap_or_default();
        let is_part = |path: &PathBuf| path.extension().is_some_and(|found| found == "toml");
        gone.iter().any(|path| path.starts_with(&real) && is_part(path))
    };
    let is_dirty = files.iter().any(differs) || folders.iter().any(lacks);
    (Some(revision.commit.clone()), is_dirty)
}
