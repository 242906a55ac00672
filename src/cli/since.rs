//! `lynt check --since REV`: only what is new.

use super::Output;
use super::setup::{Prepared, Setup};
use crate::discover::{Baselined, Past, TopologyFiles, past};
use crate::report::{Outcome, Since};
use crate::since::{hide, lead_with_changes};
use crate::source::{Problem, Sources};
use crate::violation::Finding;
use std::collections::BTreeMap;
use std::io;

/// With what topologies are compared.
#[derive(Clone, clap::Args)]
pub(super) struct SinceArguments {
    /// Show only what the topology did not have at this commit, such as `main` or `HEAD~1`
    #[arg(long, value_name = "REV", help_heading = "Baseline")]
    since: Option<String>,
    /// Whether reports call the commit by its id, whatever it is called here.
    #[arg(skip)]
    by_id: bool,
}

/// What is compared, and how.
pub(super) struct Comparison<'c> {
    pub prepared: &'c Prepared,
    /// By the topology's path.
    pub baselines: &'c BTreeMap<String, Baselined>,
    /// Globs of files that are left out.
    pub exclude: &'c [String],
    /// Checks a topology as it was, with the settings of today.
    pub check_past: &'c dyn Fn(&Past, &TopologyFiles, &Setup) -> Outcome,
}

impl SinceArguments {
    /// The same, for a report that says the same when the commit is called otherwise: names move.
    pub(super) fn by_id(&self) -> Self {
        Self { by_id: true, ..self.clone() }
    }

    /// Hides in the outcomes what each topology had at the revision too, if one is named. A topology that
    /// could not be checked then had nothing. Gives for each what was open then and is gone.
    ///
    /// # Errors
    /// git does not know the revision, or there is no git.
    pub(super) fn compare(
        &self,
        comparison: &Comparison<'_>,
        outcomes: &mut [Outcome],
        sources: &Sources,
        output: &Output,
    ) -> io::Result<Result<Vec<Vec<Finding>>, Vec<Problem>>> {
        let mut gone = Vec::new();
        let Some(revision) = &self.since else { return Ok(Ok(gone)) };
        for ((topology, setup), outcome) in comparison.prepared.topologies.iter().zip(outcomes) {
            let setup = &comparison.prepared.setups[*setup];
            let baselined = comparison.baselines.get(&topology.path);
            let (configuration, exclude) = (&setup.configuration, comparison.exclude);
            let found = past(topology, configuration, exclude, baselined, sources, revision);
            let (past, commit) = match found {
                Ok(found) => found,
                Err(problems) => return Ok(Err(problems)),
            };
            let then = match past.problems.is_empty() {
                true => (comparison.check_past)(&past, topology, setup),
                false => Outcome { problems: past.problems.clone(), ..Outcome::default() },
            };
            if let Some(first) = then.problems.first() {
                output.warn(&[unchecked(revision, topology, first)], sources)?;
            }
            let name = if self.by_id { commit.clone() } else { revision.clone() };
            let since = Since { name, commit };
            gone.push(hide((outcome, sources), (&then, &past.sources), since));
            lead_with_changes(outcome, sources, &past.changed);
        }
        Ok(Ok(gone))
    }
}

fn unchecked(revision: &str, topology: &TopologyFiles, why: &Problem) -> Problem {
    let path = &topology.path;
    let message = format!("{path} could not be checked as it was at {revision}: {}", why.message);
    Problem::warning("unchecked-revision", message).help("so everything is shown as new")
}
