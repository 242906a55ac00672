//! Which baseline counts.

use super::configured::ConfigArguments;
use super::setup::{Prepared, Setup};
use crate::baseline::Known;
use crate::discover::{Baselined, Baselines, display};
use crate::source::{Problem, Sources};
use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

/// The file that is named.
#[derive(clap::Args)]
pub(super) struct BaselineFile {
    /// The baseline, instead of the one that is found or that lynt.toml names
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub baseline: Option<PathBuf>,
    /// Whether the environment names no file.
    #[arg(skip)]
    is_alone: bool,
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
        let variable = || {
            let file = env::var_os(VARIABLE).filter(|_| !self.is_alone);
            file.filter(|file| !file.is_empty()).map(PathBuf::from)
        };
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
    /// From now on no file counts that the environment names.
    pub(super) fn forget_environment(&mut self) {
        self.file.is_alone = true;
    }

    /// These options as words of a command line; a file that the environment names is among them.
    pub(super) fn words(&self) -> Vec<String> {
        match (self.no_baseline, self.file.named()) {
            (true, _) => vec!["--no-baseline".to_owned()],
            (false, Some(file)) => vec![format!("--baseline={}", display(&file))],
            (false, None) => Vec::new(),
        }
    }

    /// The baselines that count, by the topology's path. Where no configuration counts, only one that is
    /// named does; `is_tracked`: only one that git tracks, or that is named.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn all(
        &self,
        prepared: &Prepared,
        config: &ConfigArguments,
        is_tracked: bool,
        sources: &mut Sources,
    ) -> Result<BTreeMap<String, Baselined>, Vec<Problem>> {
        let isolated = config.choice()?.isolated;
        if self.no_baseline || (isolated && self.file.named().is_none()) {
            return Ok(BTreeMap::new());
        }
        let baselines = Baselines::new(is_tracked);
        let found = self.file.all(prepared, true, baselines, sources)?;
        let paths = prepared.topologies.iter().map(|(topology, _)| topology.path.clone());
        Ok(paths.zip(found).collect())
    }
}

/// What a check needs of a baseline.
pub(super) fn known<'b>(baselined: &'b Baselined, setup: &'b Setup) -> Option<Known<'b>> {
    let baseline = baselined.baseline.as_ref()?;
    let (topology, firm) = (baselined.topology.as_str(), &setup.policy.firm);
    Some(Known { baseline, topology, stale: setup.stale, firm })
}
