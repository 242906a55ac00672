//! `lynt import --update`: an export and a topology → the topology's files, or a diff.

use super::configured::ConfigArguments;
use super::import::problem;
use super::input::{Counting, OneInput};
use super::mend::show;
use super::{CLEAN, Output, VIOLATIONS, tell};
use crate::discover::{Configuration, TopologyFiles, display};
use crate::escape::escape;
use crate::file::{Rewrite, rewrite_all};
use crate::import::import;
use crate::rules::Rules;
use crate::source::{FileId, Problem, Sources};
use crate::update::{Request, Update, update};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What is done with a topology that is there.
#[derive(clap::Args)]
pub(super) struct Updating {
    /// Bring this topology, a file or a folder, up to the export: show what differs, then write it
    #[arg(long, value_name = "TOPOLOGY", conflicts_with_all = ["output", "anonymise"], help_heading = "Update")]
    update: Option<PathBuf>,
    /// With --update: remove what the export does not have
    #[arg(long, requires = "update", help_heading = "Update")]
    prune: bool,
    /// With --update: show what would change instead of writing it
    #[arg(long, requires = "update", help_heading = "Update")]
    diff: bool,
    #[command(flatten)]
    config: ConfigArguments,
}

impl Updating {
    /// The topology that is to be updated.
    pub(super) fn topology(&self) -> Option<&Path> {
        self.update.as_deref()
    }

    /// Updates the topology at `path`, whose files have at most `max_file_size` bytes, by the export that a file
    /// holds.
    pub(super) fn run(
        &self,
        path: &Path,
        export: (&Path, &[u8]),
        max_file_size: Option<u64>,
        output: &mut Output,
    ) -> io::Result<u8> {
        let mut sources = Sources::default();
        let read = self.read(path, export, &Counting::up_to(max_file_size), &mut sources);
        let (topology, configuration, export) = match read {
            Ok(read) => read,
            Err(problems) => return output.could_not_check(&problems, &sources),
        };
        let rules = Rules::shipped();
        let request = Request {
            program: &rules.set.program,
            sources: &sources,
            topology: &topology,
            is_folder: path.is_dir(),
            export,
            prune: self.prune,
            is_taken: &|path| Path::new(path).symlink_metadata().is_ok(),
        };
        let update = update(&request).and_then(|update| counted(update, &configuration));
        let update = match update {
            Ok(update) => update,
            Err(problems) => return output.could_not_check(&problems, &sources),
        };
        for Rewrite { path, old, new } in rewrites(&update, &sources) {
            show(path, old, new, output)?;
        }
        output.out.flush()?;
        if !self.diff
            && let Err(problems) = rewrite_all(&rewrites(&update, &sources))
        {
            return output.could_not_check(&problems, &sources);
        }
        say(&update, &sources, if self.diff { "would update" } else { "updated" });
        Ok(if self.diff && !update.is_empty() { VIOLATIONS } else { CLEAN })
    }

    /// The topology with its configuration, and what the export became.
    fn read(
        &self,
        path: &Path,
        (file, bytes): (&Path, &[u8]),
        counting: &Counting,
        sources: &mut Sources,
    ) -> Result<(TopologyFiles, Configuration, FileId), Vec<Problem>> {
        if path == Path::new("-") {
            let usage = Problem::error("usage", "standard input can't be changed");
            return Err(vec![usage.help("name a file or a folder; the export may be `-`")]);
        }
        let imported = import(bytes).map_err(|error| vec![problem(&display(file), error)])?;
        let (topology, configuration) = self.discover(path, counting, sources)?;
        Ok((topology, configuration, sources.add(display(file), imported.toml)))
    }

    /// A folder in which there is nothing yet is a topology, too.
    fn discover(
        &self,
        path: &Path,
        counting: &Counting,
        sources: &mut Sources,
    ) -> Result<(TopologyFiles, Configuration), Vec<Problem>> {
        let input = OneInput::of(path.to_path_buf(), counting.clone());
        let found = input.discover(&self.config, sources);
        let is_empty = |problems: &[Problem]| {
            path.is_dir() && problems.iter().all(|problem| problem.name == "nothing-to-check")
        };
        match found {
            Err(problems) if is_empty(&problems) => {
                let configuration = counting.configuration(&self.config, path, sources)?;
                let topology = TopologyFiles { path: display(path), files: Vec::new() };
                Ok((topology, configuration))
            }
            found => found,
        }
    }
}

/// A new file that the configuration leaves out would be written again and again.
fn counted(update: Update, configuration: &Configuration) -> Result<Update, Vec<Problem>> {
    let out = update.created.iter().filter(|(path, _)| !configuration.counts(Path::new(path)));
    let out = out.map(|(path, _)| {
        let message = format!("the configuration leaves out {path}, to which new tables would go");
        Problem::error("unwritable", message)
            .help("let it count by `topology.include` and `topology.exclude`")
    });
    let out: Vec<Problem> = out.collect();
    if out.is_empty() { Ok(update) } else { Err(out) }
}

/// The files that change, by path, then the new ones.
fn rewrites<'u>(update: &'u Update, sources: &'u Sources) -> Vec<Rewrite<'u>> {
    let edited = update.edited.iter().map(|(&file, new)| {
        let file = sources.file(file);
        Rewrite { path: &file.path, old: Some(&file.text), new }
    });
    let created = update.created.iter().map(|(path, new)| Rewrite { path, old: None, new });
    edited.chain(created).collect()
}

/// Says on standard error what became of the topology.
fn say(update: &Update, sources: &Sources, word: &str) {
    let mut text = String::new();
    let Update { edited, created, added, changed, missing, prunes, dangling } = update;
    for missing in missing.iter().filter(|_| !prunes) {
        let (what, place) = (escape(&missing.what), sources.place(missing.place));
        text += &format!("note: {what} is not in the export: {}\n", escape(&place));
    }
    if !prunes && !missing.is_empty() {
        text += "note: `--prune` removes what is not in the export\n";
    }
    for (what, place) in dangling {
        text += &format!("note: {}: {}\n", escape(what), escape(place));
    }
    let files = match edited.len() + created.len() {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    };
    let removed = if *prunes { missing.len() } else { 0 };
    text += &match update.is_empty() {
        true => "nothing to update\n".to_owned(),
        false => format!("{word} {files}: {added} added, {changed} changed, {removed} removed\n"),
    };
    tell(text.as_bytes());
}
