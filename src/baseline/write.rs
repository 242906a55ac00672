//! Entries that come or go → the new text of a baseline. What stays is not touched.

use super::read::VERSION;
use super::{Baseline, Entry, named};
use crate::atom::{Atom, Value};
use crate::date::Date;
use crate::escape::toml_string;
use std::collections::BTreeMap;
use std::fmt;

/// What stands at the top of a new baseline.
const HEAD: &str = "\
# What lynt found when it came: `lynt check` hides these findings and counts them.
# `lynt baseline --prune` removes those that are gone.
";

/// A finding that is recorded.
#[derive(Clone, Copy, Debug)]
pub struct New<'n> {
    /// The finding's atom.
    pub atom: &'n Atom,
    /// The topology's path from the baseline's folder; empty for that folder itself.
    pub topology: &'n str,
    /// The day on which it is recorded.
    pub added: Date,
    /// Why it is let be.
    pub reason: &'n str,
}

/// As an entry shows itself.
impl fmt::Display for New<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&named(self.atom, self.topology))
    }
}

impl New<'_> {
    fn subject(&self) -> Vec<Value> {
        self.atom.arguments.iter().map(|argument| argument.value.clone()).collect()
    }

    /// What its entry will be the same by, and is sorted by.
    pub fn identity(&self) -> (String, String) {
        (self.topology.to_owned(), self.atom.identity())
    }

    fn text(&self) -> String {
        let subject: Vec<String> = self.subject().iter().map(toml).collect();
        let mut lines = vec![
            "[[finding]]".to_owned(),
            format!("rule = {}", toml_string(&self.atom.predicate)),
            format!("subject = [{}]", subject.join(", ")),
        ];
        if !self.topology.is_empty() {
            lines.push(format!("topology = {}", toml_string(self.topology)));
        }
        lines.push(format!("added = {}", self.added));
        if !self.reason.is_empty() {
            lines.push(format!("reason = {}", toml_string(self.reason)));
        }
        lines.join("\n") + "\n"
    }
}

fn toml(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Text(text) => toml_string(text),
    }
}

/// The text with the entries of `new` that it does not have, each before the first that comes after it.
/// `None`: there is no baseline yet.
pub fn with_added(old: Option<(&str, &Baseline)>, new: &[New<'_>]) -> String {
    let fresh = format!("{HEAD}version = {VERSION}\n");
    let (text, entries) =
        old.map_or((fresh.as_str(), &[][..]), |(text, known)| (text, &known.entries));
    let known: Vec<(String, String)> = entries.iter().map(Entry::identity).collect();
    let missing =
        new.iter().map(|new| (new.identity(), new)).filter(|(order, _)| !known.contains(order));
    let missing: BTreeMap<(String, String), &New<'_>> = missing.collect();
    let mut inserted: BTreeMap<usize, String> = BTreeMap::new();
    for (order, new) in missing {
        let after = known.iter().zip(entries).find(|(known, _)| **known > order);
        let at = after.map_or(text.len(), |(_, entry)| entry.block.start);
        let block = if at < text.len() { new.text() + "\n" } else { format!("\n{}", new.text()) };
        inserted.entry(at).or_default().push_str(&block);
    }
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for (at, blocks) in inserted {
        result.push_str(&text[from..at]);
        if at == text.len() && !text.is_empty() && !text.ends_with('\n') {
            result.push_str(line_end);
        }
        result.push_str(&blocks.replace('\n', line_end));
        from = at;
    }
    result.push_str(&text[from..]);
    result
}

/// The text without the entries of these indices.
pub fn pruned(text: &str, baseline: &Baseline, gone: &[usize]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for Entry { block, .. } in gone.iter().filter_map(|&at| baseline.entries.get(at)) {
        result.push_str(&text[from..block.start]);
        from = block.end;
    }
    result.push_str(&text[from..]);
    // The last entry's neighbour had a blank line below it.
    let is_at_end = from == text.len();
    let end = result.trim_end_matches(['\n', '\r', ' ']).len();
    match is_at_end && text.len() > result.len() {
        true => result[..end].to_owned() + if text.contains("\r\n") { "\r\n" } else { "\n" },
        false => result,
    }
}
