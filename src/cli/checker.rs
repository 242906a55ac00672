//! What was prepared → outcomes, for commands that check as `lynt check` does.

use super::baselined::known;
use super::input::Input;
use super::rule_files::RuleFiles;
use super::setup::{Prepared, Setup};
use super::since::{Comparison, SinceArguments};
use super::{CLEAN, COULD_NOT_CHECK, Output, VIOLATIONS};
use crate::checks::{Check, STALE};
use crate::discover::{Baselined, Past, TopologyFiles};
use crate::proof::Size;
use crate::report::Outcome;
use crate::source::{Problem, Sources};
use crate::violation::Finding;
use crate::{Options, Timings, check};
use std::collections::BTreeMap;
use std::io;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looking {
    /// Whether a topology without anything in it passes.
    pub allow_empty: bool,
    /// Whether findings carry their proofs.
    pub proofs: bool,
    /// Whether what the rules looked at is listed by name.
    pub subjects: bool,
    /// Whether ignores count.
    pub ignores: bool,
}

impl Looking {
    /// At findings and what ignores hide of them, nothing more.
    pub(super) const AT_FINDINGS: Self =
        Self { allow_empty: false, proofs: false, subjects: false, ignores: true };
}

/// Checks what was prepared.
pub(super) struct Checker<'c> {
    pub prepared: &'c Prepared,
    pub input: &'c Input,
    pub rule_files: &'c RuleFiles,
    /// By the topology's path.
    pub baselines: BTreeMap<String, Baselined>,
    pub looking: Looking,
}

impl Checker<'_> {
    /// Calls `check` with what checks of a topology look at.
    pub(super) fn with_options<R>(
        &self,
        topology: &TopologyFiles,
        setup: &Setup,
        check: impl FnOnce(&Options<'_>) -> R,
    ) -> R {
        let Looking { allow_empty, proofs, subjects, ignores } = self.looking;
        let baselined = self.baselines.get(&topology.path);
        check(&Options {
            selected: &|rule| setup.is_selected(rule),
            allow_empty,
            limits: self.rule_files.limits.limits(),
            proofs: proofs.then(Size::default),
            subjects,
            ignores: ignores.then_some(&setup.policy),
            baseline: baselined.and_then(|baselined| known(baselined, setup)),
        })
    }

    /// What became of each topology.
    pub(super) fn outcomes(&self, sources: &Sources, timings: &mut Timings) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for (topology, setup) in &self.prepared.topologies {
            let setup = &self.prepared.setups[*setup];
            let checked = self.with_options(topology, setup, |options| {
                check(&setup.rules, sources, topology, options, timings)
            });
            outcomes.push(Outcome {
                configuration: setup.configuration.path.clone(),
                baseline: self.baselines.get(&topology.path).and_then(Baselined::shown),
                fail_on: setup.configuration.config.fail_on(),
                path_arguments: self.input.arguments(&topology.path),
                explain_arguments: self.rule_files.arguments(),
                rule_arguments: setup.rule_arguments.clone(),
                ..checked
            });
        }
        outcomes
    }

    /// Hides what each topology had at the revision of `--since`, if there is one. Gives for each what was open
    /// then and is gone.
    pub(super) fn compare(
        &self,
        since: &SinceArguments,
        outcomes: &mut [Outcome],
        sources: &Sources,
        output: &Output,
    ) -> io::Result<Result<Vec<Vec<Finding>>, Vec<Problem>>> {
        let check_past = |past: &Past, topology: &TopologyFiles, setup: &Setup| {
            let baselined = self.baselines.get(&topology.path).cloned();
            let then = baselined.map(|now| Baselined { baseline: past.baseline.clone(), ..now });
            self.with_options(topology, setup, |options| {
                let baseline = then.as_ref().and_then(|then| known(then, setup));
                let (proofs, subjects, allow_empty) = (None, false, true);
                let options = Options { baseline, proofs, subjects, allow_empty, ..*options };
                let timings = &mut Timings::default();
                check(&setup.rules, &past.sources, &past.topology, &options, timings)
            })
        };
        let comparison = Comparison {
            prepared: self.prepared,
            baselines: &self.baselines,
            exclude: self.input.excluded(),
            check_past: &check_past,
        };
        since.compare(&comparison, outcomes, sources, output)
    }

    /// Whether what a check looks at is looked at.
    pub(super) fn is_on(&self, check: &Check) -> bool {
        match check.id == STALE.id {
            true => self.baselines.values().any(|known| known.baseline.is_some()),
            false => self.looking.ignores,
        }
    }
}

/// The exit code.
pub(super) fn verdict(outcomes: &[Outcome]) -> u8 {
    if outcomes.iter().any(|outcome| !outcome.problems.is_empty()) {
        return COULD_NOT_CHECK;
    }
    if outcomes.iter().any(Outcome::fails) { VIOLATIONS } else { CLEAN }
}
