//! `lynt check --add-ignore`: open findings → ignore comments in the topology's files.

use super::setup::Prepared;
use super::today::date;
use super::{CLEAN, Output, VIOLATIONS};
use crate::date::Date;
use crate::escape::escape;
use crate::file::{rewrite, unchanged};
use crate::fix::{Edit, apply};
use crate::report::Outcome;
use crate::source::{FileId, Problem, Sources};
use crate::suppress::add::{Added, Addition, Terms, add};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// What is written into the files.
#[derive(clap::Args)]
pub(super) struct Adding {
    /// Write a comment that ignores it above the table of each open finding, with this reason
    #[arg(long, value_name = "REASON", help_heading = "Ignores")]
    add_ignore: Option<String>,
    /// The last day on which the added ignores count
    #[arg(long, value_name = "DATE", value_parser = date, requires = "add_ignore", help_heading = "Ignores")]
    until: Option<Date>,
    /// Who answers for the added ignores
    #[arg(long, value_name = "WHO", requires = "add_ignore", help_heading = "Ignores")]
    by: Option<String>,
}

impl Adding {
    pub(super) fn is_asked(&self) -> bool {
        self.add_ignore.is_some()
    }

    fn terms(&self) -> Terms {
        let reason = self.add_ignore.clone().unwrap_or_default();
        Terms { reason, until: self.until, by: self.by.clone() }
    }

    /// Writes the comments and says which. No file is written where anything speaks against one of them
    /// beforehand.
    pub(super) fn add(
        &self,
        prepared: &Prepared,
        outcomes: &[Outcome],
        sources: &Sources,
        output: &mut Output,
    ) -> io::Result<u8> {
        let additions = match self.additions(prepared, outcomes, sources) {
            Ok(additions) => additions,
            Err(problems) => return output.could_not_check(&problems, sources),
        };
        let texts = texts(&additions, sources);
        let files = texts.iter().map(|(&file, text)| (sources.file(file), text));
        let checked = files.clone().map(|(file, _)| unchanged(Path::new(&file.path), &file.text));
        let wrong: Vec<Problem> = checked.filter_map(Result::err).collect();
        if !wrong.is_empty() {
            return output.could_not_check(&wrong, sources);
        }
        for (file, text) in files {
            if let Err(problem) = rewrite(Path::new(&file.path), &file.text, text) {
                return output.could_not_check(&[problem], sources);
            }
        }
        tell(&additions, sources, output)?;
        let refused: Vec<Problem> =
            additions.into_iter().flat_map(|addition| addition.refused).collect();
        output.warn(&refused, sources)?;
        Ok(if refused.is_empty() { CLEAN } else { VIOLATIONS })
    }

    /// What is added to each topology.
    fn additions(
        &self,
        prepared: &Prepared,
        outcomes: &[Outcome],
        sources: &Sources,
    ) -> Result<Vec<Addition>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut additions = Vec::new();
        let terms = self.terms();
        for ((_, setup), outcome) in prepared.topologies.iter().zip(outcomes) {
            let policy = &prepared.setups[*setup].policy;
            problems.extend(outcome.problems.iter().cloned());
            if let Some(problem) =
                terms.problem(policy).filter(|problem| !problems.contains(problem))
            {
                problems.push(problem);
            }
            additions.push(add(sources, &outcome.findings, &terms, policy));
        }
        if problems.is_empty() { Ok(additions) } else { Err(problems) }
    }
}

/// The comments of all topologies by file. A file may be a part of several topologies.
fn by_file(additions: &[Addition]) -> BTreeMap<FileId, Vec<&Added>> {
    let mut by_file: BTreeMap<FileId, Vec<&Added>> = BTreeMap::new();
    for (&file, added) in additions.iter().flat_map(|addition| &addition.added) {
        by_file.entry(file).or_default().extend(added);
    }
    by_file
}

/// The new texts of the files.
fn texts(additions: &[Addition], sources: &Sources) -> BTreeMap<FileId, String> {
    let edits: Vec<Edit> =
        by_file(additions).values().flatten().map(|added| added.edit.clone()).collect();
    apply(&edits, sources)
}

/// Says what was added where.
fn tell(additions: &[Addition], sources: &Sources, output: &mut Output) -> io::Result<()> {
    let by_file = by_file(additions);
    let mut count = 0;
    for (&file, added) in &by_file {
        let path = &sources.file(file).path;
        for Added { line, rules, subject, .. } in added {
            count += 1;
            let line = format!("{path}:{line}: {subject}: {}", rules.join(", "));
            writeln!(output.out, "{}", escape(&line))?;
        }
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    match (count, by_file.len()) {
        (0, _) => writeln!(output.out, "nothing to ignore"),
        (count, files) => {
            let (many, most) = (plural(count), plural(files));
            writeln!(output.out, "added {count} ignore{many} in {files} file{most}")
        }
    }
}
