//! Findings and comments → which findings are ignored, and findings about ignores themselves.
//!
//! `# lynt: ignore[rule] until 2026-12-31 by whom: reason` hides findings of that rule whose primary place
//! is on its line, or whose subject's table it stands in or right above. An ignore with a mistake hides
//! nothing.

mod about;
pub mod add;
mod comment;
mod ignores;
mod page;

pub use about::subjects;
pub use comment::FORM;
pub use ignores::{Ignore, Name};

use crate::checks::{CHECKS, MALFORMED, UNUSED};
use crate::datalog::program::Violation;
use crate::date::Date;
use crate::source::{FileId, Severity, Sources, Span};
use crate::suppression::{Hider, Suppression};
use crate::violation::{Finding, sort};
use ignores::{Named, Sheet, Wanted};
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

/// What ignores need to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The day of the check.
    pub today: Date,
    /// Whether each says why.
    pub require_reason: bool,
    /// Whether each says until when.
    pub require_until: bool,
    /// How many days it is at most from today to the end of one.
    pub max_days: Option<i64>,
    /// How grave it is that one hides nothing; None: that is not looked for.
    pub unused: Option<Severity>,
    /// How grave it is that one is wrong; None: that is not said.
    pub malformed: Option<Severity>,
    /// Rules whose findings can't be ignored, and where that is said.
    pub firm: BTreeMap<String, String>,
}

impl Policy {
    /// What holds where nothing is configured.
    pub fn new(today: Date) -> Self {
        Self {
            today,
            require_reason: true,
            require_until: false,
            max_days: None,
            unused: Some(UNUSED.severity),
            malformed: Some(MALFORMED.severity),
            firm: BTreeMap::new(),
        }
    }
}

/// The rules that ignores may name.
#[derive(Clone, Debug, Default)]
pub struct Known<'r> {
    /// Ids of all rules.
    pub rules: BTreeSet<&'r str>,
    /// The groups of rules.
    pub groups: BTreeSet<&'r str>,
    /// Ids of the rules that were run: only their ignores can be unused.
    pub selected: BTreeSet<&'r str>,
}

impl<'r> Known<'r> {
    /// The rules of a program and the checks of ignores.
    pub fn of(
        violations: impl IntoIterator<Item = &'r Violation>,
        selected: &dyn Fn(&Violation) -> bool,
        policy: &Policy,
    ) -> Self {
        let mut known = Self::default();
        for violation in violations {
            known.rules.insert(&violation.id);
            known.groups.insert(&violation.group);
            if selected(violation) {
                known.selected.insert(&violation.id);
            }
        }
        for check in CHECKS {
            known.rules.insert(check.id);
            known.groups.insert(check.group);
        }
        if policy.unused.is_some() {
            known.selected.insert(UNUSED.id);
        }
        known
    }
}

/// What became of findings.
#[derive(Clone, Debug, Default)]
pub struct Filtered {
    /// All findings, those about ignores too; those that are ignored say by what. Sorted.
    pub findings: Vec<Finding>,
    /// The ignores of all files, in their order.
    pub ignores: Vec<Ignore>,
}

/// Finds out which of `findings` the comments in `files` hide. Most topologies have no ignore: the rules that are
/// `known` are only then asked for.
pub fn filter<'r>(
    sources: &Sources,
    files: &[FileId],
    known: impl FnOnce() -> Known<'r>,
    policy: &Policy,
    mut findings: Vec<Finding>,
) -> Filtered {
    let known = &LazyCell::new(known);
    let read = files.iter().filter_map(|&file| Sheet::read(sources, file, || known, policy));
    let mut sheets: Vec<Sheet> = read.collect();
    sheets.sort_by_key(|sheet| sheet.file);
    let mut filter = Filter { policy, sheets };
    if filter.sheets.is_empty() {
        return Filtered { findings, ignores: Vec::new() };
    }
    findings.iter_mut().for_each(|finding| filter.judge(finding));
    findings.extend(filter.malformed());
    let mut unused = filter.unused(known, |rule| rule != UNUSED.id);
    unused.iter_mut().for_each(|finding| filter.judge(finding));
    findings.append(&mut unused);
    findings.extend(filter.unused(known, |rule| rule == UNUSED.id));
    sort(&mut findings);
    let ignores = filter.sheets.into_iter().flat_map(|sheet| sheet.ignores).collect();
    Filtered { findings, ignores }
}

struct Filter<'f> {
    policy: &'f Policy,
    /// The files that have ignores, sorted.
    sheets: Vec<Sheet>,
}

/// Which sheet, which of its ignores, and which of its names.
type At = (usize, usize, usize);

/// How many ignores that don't count are told of at one finding.
const MOST_TOLD: usize = 20;

impl Filter<'_> {
    /// Hides `finding` if an ignore does; otherwise says why those that mean it do not count.
    fn judge(&mut self, finding: &mut Finding) {
        let subject = finding.subject.name.clone();
        let firm = self.policy.firm.get(&finding.rule);
        let counting = self.meant(finding, true, if firm.is_some() { MOST_TOLD } else { 1 });
        if let (None, Some(&at)) = (firm, counting.first()) {
            finding.suppression = Some(self.suppression(at));
            self.name_mut(at).subjects.push(subject);
            return;
        }
        let others = self.meant(finding, false, MOST_TOLD - counting.len());
        for at in counting.into_iter().chain(others) {
            let ignore = &self.sheets[at.0].ignores[at.1];
            finding.notes.push(self.why_not(ignore, firm));
            self.name_mut(at).subjects.push(subject.clone());
        }
    }

    /// The ignores that name the finding's rule and stand where they would hide it, the nearest first, `most` at
    /// most: those that count, or those that don't.
    fn meant(&self, finding: &Finding, counting: bool, most: usize) -> Vec<At> {
        let label = finding.labels.first().map(|label| label.span);
        let subject = finding.subject.place;
        let wanted = Wanted { rule: &finding.rule, counting };
        let mut found: Vec<At> = Vec::new();
        let mut add = |place: Option<Span>, search: &dyn Fn(&Sheet, Span) -> Vec<Named>| {
            let Some(place) = place else { return };
            let Ok(sheet) = self.sheets.binary_search_by_key(&place.file, |sheet| sheet.file)
            else {
                return;
            };
            for (at, name) in search(&self.sheets[sheet], place) {
                let at = (sheet, at, name);
                if found.len() < most && !found.contains(&at) {
                    found.push(at);
                }
            }
        };
        // Of those that are found already there is no need of as many others.
        let some = |named: &[Named]| named[..named.len().min(most)].to_vec();
        add(label, &|sheet, place| some(sheet.on_lines(wanted, place)));
        add(subject, &|sheet, place| some(sheet.about_table(wanted, place)));
        add(label, &|sheet, _| some(sheet.for_file(wanted)));
        add(subject, &|sheet, _| some(sheet.for_file(wanted)));
        found
    }

    fn suppression(&self, (sheet, at, _): At) -> Suppression {
        let Ignore { place, reason, by, until, days_left, .. } = &self.sheets[sheet].ignores[at];
        Suppression {
            kind: Hider::Ignore,
            place: Some(*place),
            reason: reason.clone(),
            by: by.clone(),
            until: *until,
            days_left: *days_left,
        }
    }

    fn why_not(&self, ignore: &Ignore, firm: Option<&String>) -> String {
        let place = &ignore.at;
        match (ignore.mistakes.first(), ignore.until, firm) {
            (Some(mistake), ..) => {
                format!("the ignore at {place} does not count: {}", mistake.message)
            }
            (None, Some(until), _) if ignore.has_expired() => {
                format!("the ignore at {place} expired {until}")
            }
            (None, _, said) => {
                let said = said.map_or(String::new(), |said| format!(" ({said})"));
                format!("the ignore at {place} does not count: this rule can't be ignored{said}")
            }
        }
    }

    fn name_mut(&mut self, (sheet, at, name): At) -> &mut Name {
        &mut self.sheets[sheet].ignores[at].names[name]
    }

    fn malformed(&self) -> Vec<Finding> {
        let Some(severity) = self.policy.malformed else { return Vec::new() };
        let mut findings = Vec::new();
        for ignore in self.sheets.iter().flat_map(|sheet| &sheet.ignores) {
            for (nth, mistake) in ignore.mistakes.iter().enumerate() {
                findings.push(about::malformed(mistake, nth, &ignore.at, severity));
            }
        }
        findings
    }

    /// What hides nothing: names of rules that were run, in ignores without mistakes.
    fn unused(&self, known: &Known<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Finding> {
        let Some(severity) = self.policy.unused else { return Vec::new() };
        let mut findings = Vec::new();
        for ignore in self.sheets.iter().flat_map(|sheet| &sheet.ignores) {
            let is_unused = |name: &&Name| {
                name.subjects.is_empty() && known.selected.contains(name.rule.as_str())
            };
            let unused: Vec<&Name> = ignore.names.iter().filter(is_unused).collect();
            let is_whole = unused.len() == ignore.names.len();
            if ignore.mistakes.is_empty() {
                let wanted = unused.into_iter().filter(|name| wanted(&name.rule));
                findings.extend(wanted.map(|name| about::unused(ignore, name, is_whole, severity)));
            }
        }
        findings
    }
}
