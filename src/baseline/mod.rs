//! `lynt-baseline.toml`, what was there when lynt came → which findings it hides.
//!
//! An entry is a ground atom: lines, messages and the rest of the topology may change as they like.

mod read;
mod write;

pub use read::parse;
pub use write::{New, pruned, with_added};

use crate::atom::{Argument, Atom, Subject, Value};
use crate::checks::{STALE, is_check};
use crate::date::Date;
use crate::source::{FileId, Label, Severity, Span};
use crate::spelling::nearest;
use crate::suppression::{Hider, Suppression};
use crate::violation::Finding;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

/// What the file is called.
pub const FILE: &str = "lynt-baseline.toml";

/// What one of its entries is called.
const KIND: &str = "baseline entry";

/// A baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Its file.
    pub file: FileId,
    /// In the order of the file.
    pub entries: Vec<Entry>,
}

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The rule's id.
    pub rule: String,
    /// The arguments of the ground atom.
    pub subject: Vec<Value>,
    /// The topology's path from the baseline's folder; empty for that folder itself.
    pub topology: String,
    /// The day on which it was recorded.
    pub added: Option<Date>,
    /// Why it is let be.
    pub reason: String,
    /// Its subject.
    pub place: Span,
    /// Its table, the comment right above it included, up to the next one; bytes of the text.
    pub block: Range<usize>,
}

/// A baseline, and what is to be known to judge by it.
#[derive(Clone, Copy, Debug)]
pub struct Known<'b> {
    /// The baseline.
    pub baseline: &'b Baseline,
    /// The topology, as entries name it.
    pub topology: &'b str,
    /// How grave it is that an entry hides nothing; None: that is not looked for.
    pub stale: Option<Severity>,
    /// Rules whose findings can't be hidden, and where that is said.
    pub firm: &'b BTreeMap<String, String>,
}

impl Baseline {
    /// The entries about `topology`, each with its index.
    pub fn about(&self, topology: &str) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(move |(_, entry)| entry.topology == topology)
    }
}

impl Entry {
    /// What it is the same by: its topology, and the finding that it means.
    pub fn identity(&self) -> (String, String) {
        (self.topology.clone(), self.atom().identity())
    }

    /// The finding that it means.
    fn atom(&self) -> Atom {
        atom(&self.rule, &self.subject)
    }

    /// Its arguments, as registers show them: `a.contoso.com, b.contoso.com`.
    pub fn arguments(&self) -> String {
        let texts = self.subject.iter().map(|value| match value {
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Text(text) => text.clone(),
        });
        texts.collect::<Vec<_>>().join(", ")
    }
}

/// `asymmetric-backup("a.contoso.com", "b.contoso.com")`, and of what topology if that is said.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&named(&self.atom(), &self.topology))
    }
}

fn named(atom: &Atom, topology: &str) -> String {
    if topology.is_empty() { atom.to_string() } else { format!("{atom} in {topology}") }
}

fn atom(rule: &str, subject: &[Value]) -> Atom {
    let arguments =
        subject.iter().map(|value| Argument { kind: String::new(), value: value.clone() });
    Atom { predicate: rule.to_owned(), arguments: arguments.collect() }
}

/// Hides those of the open `findings` that the baseline knows, and adds one for each entry that hides
/// nothing, if `is_run` says that its rule was run; `rules` are the ids of all there are. Gives the entries that
/// were looked at.
pub fn filter(
    known: &Known<'_>,
    rules: &[&str],
    is_run: &dyn Fn(&str) -> bool,
    findings: &mut Vec<Finding>,
) -> Vec<Subject> {
    let own = known.baseline.about(known.topology);
    let entries: BTreeMap<String, &Entry> =
        own.map(|(_, entry)| (entry.atom().identity(), entry)).collect();
    let mut found = BTreeSet::new();
    for finding in findings.iter_mut() {
        let identity = finding.atom.identity();
        let Some(entry) = entries.get(&identity) else { continue };
        found.insert(identity);
        match known.firm.get(&finding.rule) {
            Some(said) => {
                finding
                    .notes
                    .push(format!("the baseline can't hide this rule's findings ({said})"));
            }
            None if finding.suppression.is_none() => finding.suppression = Some(hidden_by(entry)),
            None => {}
        }
    }
    let run = entries.iter().filter(|(_, entry)| is_run(&entry.rule));
    let stale = run.clone().filter(|(identity, _)| !found.contains(*identity));
    findings.extend(known.stale.into_iter().flat_map(|severity| {
        stale.clone().map(move |(_, entry)| stale_finding(entry, rules, severity))
    }));
    run.map(|(_, entry)| subject(entry)).collect()
}

/// Which of the entries are about `topology` and mean none of `findings`, though `is_run` says that their
/// rules were run: indices, in their order.
pub fn gone(
    baseline: &Baseline,
    topology: &str,
    is_run: &dyn Fn(&str) -> bool,
    findings: &[Finding],
) -> Vec<usize> {
    let found: BTreeSet<String> = findings.iter().map(|finding| finding.atom.identity()).collect();
    let own = baseline.about(topology).filter(|(_, entry)| is_run(&entry.rule));
    own.filter(|(_, entry)| !found.contains(&entry.atom().identity())).map(|(at, _)| at).collect()
}

fn hidden_by(entry: &Entry) -> Suppression {
    Suppression {
        kind: Hider::Baseline,
        place: Some(entry.place),
        reason: entry.reason.clone(),
        by: None,
        until: None,
        days_left: None,
    }
}

fn subject(entry: &Entry) -> Subject {
    Subject { kind: KIND.to_owned(), name: entry.atom().to_string(), place: Some(entry.place) }
}

fn stale_finding(entry: &Entry, rules: &[&str], severity: Severity) -> Finding {
    let rule = entry.rule.as_str();
    let (message, mut helps) = if rules.contains(&rule) || is_check(rule) {
        (format!("`{rule}` no longer finds what this entry of the baseline hides"), Vec::new())
    } else {
        let near = nearest(rule, rules.iter().copied());
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let message =
            format!("no rule is called `{rule}`: this entry of the baseline hides nothing");
        (message, help.into_iter().collect())
    };
    helps.push("remove it: `lynt baseline --prune`".to_owned());
    let key = entry.atom().to_string();
    let value = Value::Text(key.clone());
    let arguments = vec![Argument { kind: "Text".to_owned(), value }];
    Finding {
        rule: STALE.id.to_owned(),
        id: format!("{}:{key}", STALE.id),
        atom: Atom { predicate: STALE.id.to_owned(), arguments },
        subject: subject(entry),
        severity,
        message,
        labels: vec![Label { span: entry.place, text: String::new() }],
        notes: Vec::new(),
        helps,
        sources: Vec::new(),
        handle: String::new(),
        proof: None,
        fixes: Vec::new(),
        suppression: None,
    }
}
