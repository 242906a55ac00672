//! Findings × findings → which are new, which are gone.

use super::{Locator, Place};
use crate::Options;
use crate::atom::{Argument, Value};
use crate::checks::is_check;
use crate::datalog::program::Program;
use crate::engine::derive;
use crate::facts::{canonical_text, collect};
use crate::rules::Rules;
use crate::source::{FileId, Problem, Sources};
use crate::suppress::{Known, filter};
use crate::topology::{Topology, canonical_name};
use crate::violation::{Finding, explain};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the rules find on two sides, by ground atom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// Those that only NEW has, by rule and atom; not those that a comment ignores.
    pub new: Vec<Found>,
    /// Those that only OLD has; not those that a comment ignores.
    pub gone: Vec<Found>,
    /// How many both have.
    pub unchanged: usize,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The rule's id.
    pub rule: String,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// The ground atom, as a rule would write it.
    pub atom: String,
    /// What is wrong, in one line.
    pub message: String,
    /// Where a person would edit.
    pub place: Option<Place>,
}

/// What the rules find in a topology; what comments in `files` ignore says by what it is hidden.
///
/// # Errors
/// A limit of the rules.
pub fn check(
    rules: &Rules,
    topology: Topology,
    sources: &Sources,
    files: &[FileId],
    options: &Options<'_>,
) -> Result<Vec<Finding>, Problem> {
    let plan = rules.plan(options.selected);
    let mut facts = collect(&rules.set.program, topology, &plan.relations, rules.texts());
    derive(rules, &plan, &mut facts, &options.limits)?;
    let mut findings = explain(&rules.set, &facts, options)?.findings;
    if let Some(policy) = options.ignores {
        let known = || Known::of(rules.violations(), options.selected, policy);
        findings = filter(sources, files, known, policy, findings).findings;
        // Those about ignores are about comments.
        findings.retain(|finding| !is_check(&finding.rule));
    }
    Ok(findings)
}

/// Compares findings. `topologies`: both sides, for the FQDNs that there are.
pub fn findings(
    program: &Program,
    topologies: [&Topology; 2],
    old: &[Finding],
    new: &[Finding],
    locator: &Locator<'_>,
) -> Findings {
    let identities = Identities::of(program, topologies);
    let by_identity = |findings: &'_ [Finding]| -> BTreeMap<String, usize> {
        let numbered = findings.iter().enumerate();
        numbered.map(|(at, finding)| (identities.identity(finding), at)).collect()
    };
    let (olds, news) = (by_identity(old), by_identity(new));
    let only = |own: &BTreeMap<String, usize>, other: &BTreeMap<String, usize>, all: &[Finding]| {
        let own = own.iter().filter(|(identity, _)| !other.contains_key(*identity));
        let own = own.map(|(_, &at)| &all[at]).filter(|finding| finding.suppression.is_none());
        own.map(|finding| found(finding, locator)).collect()
    };
    Findings {
        new: only(&news, &olds, new),
        gone: only(&olds, &news, old),
        unchanged: olds.keys().filter(|identity| news.contains_key(*identity)).count(),
    }
}

fn found(finding: &Finding, locator: &Locator<'_>) -> Found {
    Found {
        rule: finding.rule.clone(),
        severity: finding.severity.as_str(),
        atom: finding.atom.to_string(),
        message: finding.message.clone(),
        place: finding.labels.first().and_then(|label| locator.place(label.span)),
    }
}

/// What findings are the same by: atoms in which names and texts are canonical.
struct Identities<'p> {
    program: &'p Program,
    /// The FQDNs of both sides.
    fqdns: BTreeSet<String>,
}

impl<'p> Identities<'p> {
    fn of(program: &'p Program, topologies: [&Topology; 2]) -> Self {
        let mut fqdns = BTreeSet::new();
        for topology in topologies {
            let entities = topology.entities.iter();
            let named = entities.filter(|entity| program.entities[entity.kind].is_fqdn());
            let names = named.filter_map(|entity| entity.name);
            let names = names.map(|name| canonical_name(true, topology.texts.get(name)));
            fqdns.extend(names.map(std::borrow::Cow::into_owned));
        }
        Self { program, fqdns }
    }

    fn identity(&self, finding: &Finding) -> String {
        let mut atom = finding.atom.clone();
        for Argument { kind, value } in &mut atom.arguments {
            let Value::Text(text) = value else { continue };
            let fqdn = canonical_name(true, text).into_owned();
            if self.fqdns.contains(&fqdn) {
                *text = fqdn;
            } else if !self.program.entities.iter().any(|entity| entity.name == *kind) {
                // A name that nothing defines is a text.
                let written = canonical_text(text);
                *text = canonical_name(true, &written).into_owned();
            }
        }
        atom.to_string()
    }
}
