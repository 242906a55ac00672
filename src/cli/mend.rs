//! `lynt check --fix`: mended topologies → files, or a diff.

use super::setup::{Prepared, Setup};
use super::{Output, tell};
use crate::discover::TopologyFiles;
use crate::escape::escape;
use crate::file::rewrite;
use crate::fix::diff;
use crate::mend::{Fixed, Mended, changed};
use crate::source::{Problem, Sources};
use std::io::{self, Write};
use std::path::Path;

/// What is done with fixes.
#[derive(clap::Args)]
pub(super) struct FixArguments {
    /// Mend what has one right answer; each fix is checked before it is written
    #[arg(long, help_heading = "Fix")]
    fix: bool,
    /// Mend also where somebody may have meant something else
    #[arg(long, help_heading = "Fix")]
    unsafe_fixes: bool,
    /// Print what --fix would change instead of writing it
    #[arg(long, help_heading = "Fix")]
    diff: bool,
}

/// Lines around each change of a diff.
const CONTEXT: usize = 3;

impl FixArguments {
    /// Whether anything is to be mended.
    pub(super) fn is_wanted(&self) -> bool {
        self.fix || self.unsafe_fixes || self.diff
    }

    /// Whether files stay as they are.
    pub(super) fn is_diff(&self) -> bool {
        self.diff
    }

    /// Whether fixes that change what somebody may have meant are made too.
    pub(super) fn with_unsafe(&self) -> bool {
        self.unsafe_fixes
    }

    /// Mends the topologies in `sources`, each by `mend_one`, and writes what changed, or prints the
    /// difference. What was done is told on standard error.
    ///
    /// # Errors
    /// What could not be written; files that come after it are left as they are.
    pub(super) fn mend(
        &self,
        prepared: &Prepared,
        sources: &mut Sources,
        mend_one: &dyn Fn(&Sources, &TopologyFiles, &Setup) -> Mended,
        output: &mut Output,
    ) -> io::Result<Result<(), Vec<Problem>>> {
        let mut mended = sources.clone();
        let mut fixed = Vec::new();
        for (topology, setup) in &prepared.topologies {
            let one = mend_one(&mended, topology, &prepared.setups[*setup]);
            mended = one.sources;
            fixed.extend(one.fixed);
        }
        let changes = changed(sources, &mended);
        if self.diff {
            for (path, (old, new)) in &changes {
                show(path, Some(old), new, output)?;
            }
            say(&fixed, changes.len(), "would fix");
            return Ok(Ok(()));
        }
        for (path, (old, new)) in &changes {
            if let Err(problem) = rewrite(Path::new(path), old, new) {
                return Ok(Err(vec![problem]));
            }
        }
        say(&fixed, changes.len(), "fixed");
        *sources = mended;
        Ok(Ok(()))
    }
}

/// Prints what becomes of a file's text; a file without one is new.
pub(super) fn show(
    path: &str,
    old: Option<&str>,
    new: &str,
    output: &mut Output,
) -> io::Result<()> {
    output.out.write_all(shown(&diff(path, old, new, CONTEXT)).as_bytes())
}

/// A diff with what would act on a terminal written out.
fn shown(diff: &str) -> String {
    diff.split_inclusive('\n')
        .map(|line| {
            let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
            escape(text.trim_end_matches('\r')).into_owned() + end
        })
        .collect()
}

fn say(fixed: &[Fixed], files: usize, word: &str) {
    let mut text = String::new();
    for Fixed { handle, title } in fixed {
        text.push_str(&format!("{word} {}: {}\n", escape(handle), escape(title)));
    }
    let plural = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    let (violations, files) = (plural(fixed.len(), "violation"), plural(files, "file"));
    match fixed {
        [] => text.push_str("nothing to fix\n"),
        _ => text.push_str(&format!("{word} {violations} in {files}\n")),
    }
    tell(text.as_bytes());
}
