//! What fixes promise, on a random topology: the findings that are said to be fixed are gone, what is ignored is left
//! alone, nothing new has come, a second time changes nothing, and only lines that were reported are touched.

use crate::random::Random;
use crate::{generate, model};
use lynt::baseline::{Baseline, Known, New, with_added};
use lynt::checks::{STALE, is_check};
use lynt::datalog::program::Violation;
use lynt::date::Date;
use lynt::discover::TopologyFiles;
use lynt::fix::{Edit, apply, edits};
use lynt::mend::{Mended, mend};
use lynt::report::Outcome;
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::suppress::Policy;
use lynt::suppress::add::{Terms, add};
use lynt::suppression::Hider;
use lynt::violation::Finding;
use lynt::{Options, Timings, check};
use std::collections::BTreeSet;

/// What became of the findings of some topologies.
#[derive(Default)]
pub struct Counts {
    /// Violations that fixes mended.
    pub fixed: usize,
    /// Fixes that were refused.
    pub refused: usize,
    /// Findings that something hid.
    pub kept: usize,
}

struct Case {
    sources: Sources,
    topology: TopologyFiles,
    policy: Policy,
    /// Half of what was found, every third time.
    baseline: Baseline,
    selected: Selected,
}

impl Case {
    /// A random topology with slips of the pen, written with CRLF or with a byte order mark now and then.
    fn new(seed: u64, selected: Selected) -> Self {
        let mut sources = Sources::default();
        let mut random = Random::new(seed);
        let texts = model::written(&generate::topology(seed), seed);
        let files = texts.iter().map(|(name, text)| {
            let text = &with_slips(text, &mut random);
            let text = match seed % 4 {
                1 => text.replace('\n', "\r\n"),
                2 => format!("\u{feff}{text}"),
                _ => text.clone(),
            };
            sources.add(name, text)
        });
        let topology = TopologyFiles { path: "topology".to_owned(), files: files.collect() };
        let policy = Policy::new(Date::new(2026, 11, 26).expect("a day"));
        Self { sources, topology, policy, baseline: Baseline::default(), selected }
    }

    /// Hides some of what is found, every third time by ignores and every third time by a baseline.
    fn hide(&mut self, rules: &Rules, seed: u64) {
        let open = self.check(rules, &self.sources).findings.into_iter();
        let open = open.filter(|finding| !is_check(&finding.rule)).enumerate();
        let some: Vec<Finding> =
            open.filter(|(at, _)| at % 2 == 0).map(|(_, finding)| finding).collect();
        if seed % 3 == 1 {
            let terms = Terms { reason: "known".to_owned(), until: None, by: None };
            let addition = add(&self.sources, &some, &terms, &self.policy);
            let edits: Vec<Edit> =
                addition.added.values().flatten().map(|added| added.edit.clone()).collect();
            for (file, text) in apply(&edits, &self.sources) {
                self.sources.files[file as usize].text = text;
            }
        }
        if seed % 3 == 2 {
            let new = some.iter().map(|finding| New {
                atom: &finding.atom,
                topology: "",
                added: self.policy.today,
                reason: "known",
            });
            let text = with_added(None, &new.collect::<Vec<_>>());
            let mut sources = Sources::default();
            let file = sources.add("lynt-baseline.toml", text);
            self.baseline =
                lynt::baseline::parse(&sources, file).expect("what was written is read");
        }
    }

    fn with_options<R>(&self, run: impl FnOnce(&Options<'_>) -> R) -> R {
        let (stale, firm) = (Some(STALE.severity), &self.policy.firm);
        let baseline = Some(Known { baseline: &self.baseline, topology: "", stale, firm });
        let ignores = Some(&self.policy);
        run(&Options { selected: &self.selected, ignores, baseline, ..Options::default() })
    }

    fn check(&self, rules: &Rules, sources: &Sources) -> Outcome {
        self.with_options(|options| {
            check(rules, sources, &self.topology, options, &mut Timings::default())
        })
    }
}

/// Lines with a backup registrar are lost, and names lose a letter.
fn with_slips(text: &str, random: &mut Random) -> String {
    let keys = ["backup-registrar = ", "home = ", "next-hop = ", "site = "];
    let slip = |line: &str| {
        let key = keys.iter().find(|key| line.trim_start().starts_with(**key));
        let Some(key) = key.filter(|_| line.ends_with('"')) else { return Some(line.to_owned()) };
        match random.below(6) {
            0 if key.starts_with("backup") => None,
            1 => Some(format!("{}\"", &line[..line.len() - 2])),
            _ => Some(line.to_owned()),
        }
    };
    text.lines().filter_map(slip).map(|line| line + "\n").collect()
}

/// What rules found; checks of ignores are known by their lines, and an entry of the baseline that hides
/// nothing any more is what a fix leaves.
fn ids(outcome: &Outcome) -> BTreeSet<String> {
    let found = outcome.findings.iter().filter(|finding| !is_check(&finding.rule));
    found.map(|finding| finding.id.clone()).collect()
}

/// What ignores hide, as fixes name it. What only the baseline knows may be mended.
fn ignored(outcome: &Outcome) -> BTreeSet<&str> {
    outcome.hidden_by(Hider::Ignore).map(|(finding, _)| finding.handle.as_str()).collect()
}

/// Lines of the old text that are gone and lines of the new one that have come, with their ends.
fn touched(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
    let (old, mut new) = (lines(old), lines(new));
    let mut gone = Vec::new();
    for line in old {
        match new.iter().position(|other| *other == line) {
            Some(at) => drop(new.remove(at)),
            None => gone.push(line),
        }
    }
    (gone, new)
}

/// The lines of a file, with their ends, in which fixes of findings with these handles change something.
fn lines_of_fixes(
    found: &Outcome,
    handles: &BTreeSet<&str>,
    sources: &Sources,
    file: u32,
) -> BTreeSet<String> {
    let text = &sources.file(file).text;
    let fixed = found.findings.iter().filter(|one| handles.contains(one.handle.as_str()));
    let fixes = fixed.flat_map(|finding| &finding.fixes);
    let edits = fixes.filter_map(|fix| edits(fix, sources)).flatten();
    let here = edits.filter(|edit| edit.span.file == file);
    here.flat_map(|edit| {
        let start = text[..edit.span.range().start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[edit.span.range().end..]
            .find('\n')
            .map_or(text.len(), |at| edit.span.range().end + at + 1);
        text[start..end].split_inclusive('\n').map(str::to_owned)
    })
    .collect()
}

/// Whether a text begins with a byte order mark, and whether every line ends with CRLF.
fn form(text: &str) -> (bool, bool) {
    let is_crlf = text.matches('\n').count() == text.matches("\r\n").count();
    (text.starts_with('\u{feff}'), is_crlf)
}

/// Which rules are checked.
pub type Selected = fn(&Violation) -> bool;

/// Mends the topology of `seed` in each of these ways: with fixes that are not safe, or without.
///
/// # Panics
/// Where a promise is broken.
pub fn hold(rules: &Rules, seed: u64, ways: &[bool], selected: Selected, counts: &mut Counts) {
    let mut case = Case::new(seed, selected);
    if !case.check(rules, &case.sources).problems.is_empty() {
        return;
    }
    case.hide(rules, seed);
    let before = case.check(rules, &case.sources);
    let ignored = ignored(&before);
    counts.kept += before.findings.iter().filter(|finding| finding.suppression.is_some()).count();
    for &with_unsafe in ways {
        let run = |sources: &Sources| -> Mended {
            case.with_options(|options| mend(rules, sources, &case.topology, options, with_unsafe))
        };
        let mended = run(&case.sources);
        let after = case.check(rules, &mended.sources);
        assert_eq!(after.problems, [], "seed {seed}");
        let (old, new) = (ids(&before), ids(&after));
        assert!(new.is_subset(&old), "seed {seed}: new findings {:?}", new.difference(&old));
        let gone: BTreeSet<&str> = before
            .findings
            .iter()
            .filter(|finding| !new.contains(&finding.id))
            .map(|finding| finding.handle.as_str())
            .collect();
        for one in &mended.fixed {
            assert!(!ignored.contains(one.handle.as_str()), "seed {seed}: {one:?} was ignored");
            // An ignore may hide nothing only after another fix.
            let rule = one.handle.split(':').next().unwrap_or("");
            let is_gone = gone.contains(one.handle.as_str()) || is_check(rule);
            assert!(is_gone, "seed {seed}: {one:?} is still there");
        }
        let again = run(&mended.sources);
        assert_eq!(again.fixed, [], "seed {seed}: a second time");
        assert_eq!(again.sources, mended.sources, "seed {seed}: a second time");
        let handles: BTreeSet<&str> = mended.fixed.iter().map(|one| one.handle.as_str()).collect();
        // What was found only after another fix was made: ignores that hide nothing any more.
        let later = mended
            .fixed
            .iter()
            .filter(|one| !before.findings.iter().any(|old| old.handle == one.handle))
            .count();
        let (mut lines, mut others) = (0, 0);
        for (file, (old, new)) in (0..).zip(case.sources.files.iter().zip(&mended.sources.files)) {
            assert_eq!(form(&old.text), form(&new.text), "seed {seed}");
            let (gone, come) = touched(&old.text, &new.text);
            let reported = lines_of_fixes(&before, &handles, &case.sources, file);
            others += gone.iter().filter(|line| !reported.contains(*line)).count();
            lines += gone.len() + come.len();
        }
        assert!(others <= later, "seed {seed}: {others} lines that no fix is about");
        // A value that is replaced is a line gone and a line come, a key that is added one come.
        assert!(lines <= 2 * mended.fixed.len(), "seed {seed}: {lines} lines");
        counts.fixed += mended.fixed.len();
        let could = |finding: &&Finding| finding.fixes.iter().any(|fix| fix.is_safe || with_unsafe);
        counts.refused += after.findings.iter().filter(could).count();
    }
}
