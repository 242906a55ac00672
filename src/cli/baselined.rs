//! Which baseline counts.

use super::setup::{Prepared, Setup};
use crate::baseline::Known;
use crate::discover::{Baselined, Baselines};
use crate::source::{Problem, Sources};
use std::env;
use std::path::{Path, PathBuf};

/// The file that is named.
#[derive(clap::Args)]
pub(super) struct BaselineFile {
    /// The baseline, instead of the one that is found or that lynt.toml names
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub baseline: Option<PathBuf>,
}

/// Whether a baseline counts, and which.
#[derive(clap::Args)]
pub(super) struct BaselineArguments {
    #[command(flatten)]
    file: BaselineFile,
    /// Let no baseline count: show everything
    #[arg(long, help_heading = "Baseline", conflicts_with = "baseline")]
    no_baseline: bool,
}

/// The variable that names a file instead of `--baseline FILE`.
const VARIABLE: &str = "LYNT_BASELINE";

impl BaselineFile {
    /// The file that is named here or in the environment.
    fn named(&self) -> Option<PathBuf> {
        let variable = || env::var_os(VARIABLE).filter(|file| !file.is_empty()).map(PathBuf::from);
        self.baseline.clone().or_else(variable)
    }

    /// The baseline of each topology, whether its file is there or not, read into `baselines`.
    ///
    /// # Errors
    /// Everything that is wrong with them; where a file `must_be` there, that it is not.
    pub(super) fn all(
        &self,
        prepared: &Prepared,
        must_be: bool,
        mut baselines: Baselines,
        sources: &mut Sources,
    ) -> Result<Vec<Baselined>, Vec<Problem>> {
        let named = self.named();
        let found = prepared.topologies.iter().map(|(topology, setup)| {
            let configuration = &prepared.setups[*setup].configuration;
            let path = Path::new(&topology.path);
            baselines.of(path, configuration, named.as_deref(), must_be, sources)
        });
        found.collect()
    }
}

impl BaselineArguments {
    /// The baseline of each topology; None where none counts. `isolated`: only one that is named does;
    /// `tracked`: only one that is named, or that git tracks.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn all(
        &self,
        prepared: &Prepared,
        isolated: bool,
        tracked: bool,
        sources: &mut Sources,
    ) -> Result<Vec<Option<Baselined>>, Vec<Problem>> {
        if self.no_baseline || (isolated && self.file.named().is_none()) {
            return Ok(vec![None; prepared.topologies.len()]);
        }
        let found = self.file.all(prepared, true, Baselines::new(tracked), sources)?;
        Ok(found.into_iter().map(Some).collect())
    }
}

/// What a check needs of a baseline.
pub(super) fn known<'b>(baselined: &'b Baselined, setup: &'b Setup) -> Option<Known<'b>> {
    let baseline = baselined.baseline.as_ref()?;
    let (topology, firm) = (baselined.topology.as_str(), &setup.policy.firm);
    Some(Known { baseline, topology, stale: setup.stale, firm })
}
