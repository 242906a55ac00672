//! What an export says, with the place where it says so; and notes on it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Where something begins in the text of an export, in bytes. No part of what a thing is: things compare as if they
/// had no place, so that the order in the export does not matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offset(pub usize);

impl PartialEq for Offset {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Offset {}

impl PartialOrd for Offset {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Offset {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

/// A value and where the export has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed<T> {
    pub value: T,
    pub at: Offset,
}

impl<T> Placed<T> {
    pub fn new(value: T, at: Offset) -> Self {
        Self { value, at }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Placed<U> {
        Placed { value: change(self.value), at: self.at }
    }
}

/// What there is to say of an export, in the order in which it is said.
#[derive(Default)]
pub struct Notes(pub Vec<(String, Option<Offset>)>);

impl Notes {
    /// Of the whole export.
    pub fn say(&mut self, message: impl Into<String>) {
        self.0.push((message.into(), None));
    }

    /// Of what stands at a place.
    pub fn say_at(&mut self, at: Offset, message: impl Into<String>) {
        self.0.push((message.into(), Some(at)));
    }
}

/// Things that are counted by what they are called.
#[derive(Default)]
pub struct Counts(BTreeMap<String, (usize, Offset)>);

impl Counts {
    /// Counts one more; the first in the export gives the place.
    pub fn add(&mut self, what: String, at: Offset) {
        let (times, first) = self.0.entry(what).or_insert((0, at));
        *times += 1;
        first.0 = first.0.min(at.0);
    }

    /// What was counted, how often, and where it stands first; by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, usize, Offset)> {
        self.0.iter().map(|(what, (times, first))| (what.as_str(), *times, *first))
    }
}
