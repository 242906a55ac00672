//! Fixes → topologies that were checked again: only what is proven to mend is kept.
//!
//! A fix is tried on the text in memory. It is kept where the finding is gone afterwards and no rule
//! finds anything that was not there before.

use crate::checks::{STALE, is_check};
use crate::discover::TopologyFiles;
use crate::fix::{Edit, apply, edits, overlap};
use crate::report::Outcome;
use crate::rules::Rules;
use crate::source::Sources;
use crate::violation::Finding;
use crate::{Options, Timings, check};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a topology's text.
#[derive(Clone, Debug, Default)]
pub struct Mended {
    /// The texts of all files, changed or not.
    pub sources: Sources,
    /// What was kept, in the order in which it was made.
    pub fixed: Vec<Fixed>,
}

/// A violation that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// By which `lynt explain` found it, as the first report of it says.
    pub handle: String,
    /// What was done.
    pub title: String,
}

/// What a check finds.
struct Known {
    /// The ids of what rules find.
    ids: BTreeSet<String>,
    /// How much is found about ignores. These are known by their lines, which edits move.
    ignores: usize,
}

impl Known {
    fn of(outcome: &Outcome) -> Self {
        // Whatever mends what the baseline knows leaves an entry that hides nothing.
        let findings = outcome.findings.iter().filter(|finding| finding.rule != STALE.id);
        let (ignores, others): (Vec<&Finding>, Vec<&Finding>) =
            findings.partition(|finding| is_about_ignore(finding));
        let ids = others.into_iter().map(|finding| finding.id.clone());
        Self { ids: ids.collect(), ignores: ignores.len() }
    }
}

fn is_about_ignore(finding: &Finding) -> bool {
    is_check(&finding.rule)
}

/// A fix that may be tried: a finding's id, what it is called, and its edits.
struct Candidate {
    id: String,
    is_about_ignore: bool,
    fixed: Fixed,
    edits: Vec<Edit>,
}

/// Mends a topology by the fixes of those rules that are selected, the safe ones, or all of them.
/// Problems of the topology leave it as it is.
pub fn mend(
    rules: &Rules,
    sources: &Sources,
    topology: &TopologyFiles,
    options: &Options<'_>,
    with_unsafe: bool,
) -> Mended {
    let mut mending = Mending {
        rules,
        topology,
        options,
        with_unsafe,
        mended: Mended { sources: sources.clone(), fixed: Vec::new() },
        refused: BTreeSet::new(),
        is_stale: false,
        handles: BTreeMap::new(),
        known: None,
    };
    while mending.round() {}
    mending.mended
}

struct Mending<'m> {
    rules: &'m Rules,
    topology: &'m TopologyFiles,
    options: &'m Options<'m>,
    with_unsafe: bool,
    mended: Mended,
    /// Findings whose fixes did not mend.
    refused: BTreeSet<String>,
    /// Whether something was mended after the first of them was refused: then it may mend now.
    is_stale: bool,
    /// What findings were called, by their ids: alone in its subject, one has a shorter name than before.
    handles: BTreeMap<String, String>,
    /// What is found in the texts as they are, once that is known.
    known: Option<Known>,
}

impl Mending<'_> {
    /// Makes some fixes; whether there may be more.
    fn round(&mut self) -> bool {
        let asked = self.asked();
        for Finding { id, handle, .. } in &asked.findings {
            self.handles.entry(id.clone()).or_insert_with(|| handle.clone());
        }
        let candidates = self.candidates(&asked);
        if candidates.is_empty() {
            return self.reconsider();
        }
        let known =
            self.known.take().unwrap_or_else(|| Known::of(&self.check(&self.mended.sources)));
        let all: Vec<&Candidate> = candidates.iter().collect();
        if let Some(tried) = self.tried(&all, &known) {
            self.keep(tried, &candidates);
            return true;
        }
        // One of them does not mend: they are tried by themselves.
        for candidate in &candidates {
            match self.tried(&[candidate], &known) {
                Some(tried) => {
                    self.keep(tried, std::slice::from_ref(candidate));
                    return true;
                }
                None => {
                    self.refused.insert(candidate.id.clone());
                }
            }
        }
        self.known = Some(known);
        self.reconsider()
    }

    /// Whether fixes that were refused are to be tried again, as the topology is another one now.
    fn reconsider(&mut self) -> bool {
        self.refused.clear();
        std::mem::take(&mut self.is_stale)
    }

    fn keep(&mut self, (sources, known): (Sources, Known), candidates: &[Candidate]) {
        (self.mended.sources, self.known) = (sources, Some(known));
        self.is_stale = !self.refused.is_empty();
        self.mended.fixed.extend(candidates.iter().map(|candidate| candidate.fixed.clone()));
    }

    /// What the selected rules find, and what is to be said of ignores.
    fn asked(&self) -> Outcome {
        let Options { selected, limits, ignores, .. } = *self.options;
        let options = Options { selected, limits, ignores, ..Options::default() };
        let sources = &self.mended.sources;
        check(self.rules, sources, self.topology, &options, &mut Timings::default())
    }

    /// Checks by all rules: a fix must not break what nobody asked for.
    fn check(&self, sources: &Sources) -> Outcome {
        let Options { limits, ignores, .. } = *self.options;
        let options = Options { limits, ignores, ..Options::default() };
        check(self.rules, sources, self.topology, &options, &mut Timings::default())
    }

    /// Fixes of open findings that don't meet at one place, in the order of the findings.
    fn candidates(&self, outcome: &Outcome) -> Vec<Candidate> {
        let mut chosen: Vec<Candidate> = Vec::new();
        for finding in outcome.open() {
            let is_new = !self.refused.contains(&finding.id);
            let candidate = is_new.then(|| self.candidate(finding)).flatten();
            let free = |candidate: &Candidate| {
                chosen.iter().all(|other| !overlap(&other.edits, &candidate.edits))
            };
            chosen.extend(candidate.filter(free));
        }
        chosen
    }

    fn candidate(&self, finding: &Finding) -> Option<Candidate> {
        let mut fixes = finding.fixes.iter().filter(|fix| fix.is_safe || self.with_unsafe);
        fixes.find_map(|fix| {
            let edits = edits(fix, &self.mended.sources)?;
            let id = finding.id.clone();
            let handle = self.handles.get(&id).filter(|handle| !handle.is_empty());
            let handle = handle.unwrap_or(&id).clone();
            let fixed = Fixed { handle, title: fix.title.clone() };
            Some(Candidate { id, is_about_ignore: is_about_ignore(finding), fixed, edits })
        })
    }

    /// The texts with the edits of all candidates and what is found in them, if that mends: every one of the
    /// findings is gone, and none is new.
    fn tried(&self, candidates: &[&Candidate], known: &Known) -> Option<(Sources, Known)> {
        let edits: Vec<Edit> =
            candidates.iter().flat_map(|candidate| candidate.edits.iter().cloned()).collect();
        let mut sources = self.mended.sources.clone();
        for (file, text) in apply(&edits, &sources) {
            sources.files[file as usize].text = text;
        }
        let after = self.check(&sources);
        let left = Known::of(&after);
        let (ignores, others): (Vec<&Candidate>, Vec<&Candidate>) =
            candidates.iter().partition(|candidate| candidate.is_about_ignore);
        let gone = others.iter().all(|candidate| !left.ids.contains(&candidate.id));
        let fewer = ignores.is_empty() || left.ignores + ignores.len() <= known.ignores;
        let nothing_new = left.ids.is_subset(&known.ids);
        (after.problems.is_empty() && gone && fewer && nothing_new).then_some((sources, left))
    }
}

/// The files that differ: path, text before, text after.
pub fn changed<'s>(old: &'s Sources, new: &'s Sources) -> BTreeMap<&'s str, (&'s str, &'s str)> {
    let pairs = old.files.iter().zip(&new.files);
    pairs
        .filter(|(old, new)| old.text != new.text)
        .map(|(old, new)| (old.path.as_str(), (old.text.as_str(), new.text.as_str())))
        .collect()
}
