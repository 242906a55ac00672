//! Keys that an entity does not have yet → where they are added.

use super::super::lines;
use super::super::outline::Form;
use super::super::owner::{Home, Owner};
use super::{Draft, fitted};
use crate::fix::line_end;
use crate::import::rank;
use std::collections::BTreeSet;

impl Draft<'_> {
    /// Keys are added to an entity, each with its path and its value, in the order of an import.
    pub fn add_keys(&mut self, owner: &Owner, by: &str, keys: &[(String, String)]) {
        let mut grouped: BTreeSet<Vec<String>> = BTreeSet::new();
        for (key, value) in keys {
            let path: Vec<String> = key.split('.').map(str::to_owned).collect();
            let around = owner
                .homes
                .iter()
                .filter(|home| path.starts_with(&home.prefix) && home.prefix.len() < path.len());
            let Some(home) = around.max_by_key(|home| home.prefix.len()) else { continue };
            let below = &path[home.prefix.len()..];
            let parent = &path[..=home.prefix.len()];
            if below.len() == 1 || self.is_dotted(owner, home, parent) {
                self.add_key(owner, home, by, &path, value);
            } else if grouped.insert(parent.to_vec()) {
                let prefix = format!("{}.", parent.join("."));
                let inner = keys.iter().filter_map(|(key, value)| {
                    key.strip_prefix(&prefix).map(|key| format!("{key} = {value}"))
                });
                let table = format!("{{ {} }}", inner.collect::<Vec<_>>().join(", "));
                self.add_key(owner, home, by, parent, &table);
            }
        }
    }

    /// Whether keys below `parent` are written as dotted ones.
    fn is_dotted(&self, owner: &Owner, home: &Home, parent: &[String]) -> bool {
        self.outline.tables[home.table].statements.iter().any(|statement| {
            let path = home.path(&owner.table, &statement.keys);
            path.is_some_and(|path| path.len() > parent.len() && path.starts_with(parent))
        })
    }

    /// Behind the last of the keys that an import writes before this one.
    fn add_key(&mut self, owner: &Owner, home: &Home, by: &str, path: &[String], value: &str) {
        self.grown.insert(home.table);
        let (text, outline) = (self.text, self.outline);
        let table = &outline.tables[home.table];
        let ranked = |path: &[String]| match path {
            [name] if name == by => Some(0),
            path => rank(&owner.table, &path.join(".")),
        };
        let mine = ranked(path);
        let own = |at: &usize| home.path(&owner.table, &table.statements[*at].keys);
        let all: Vec<usize> = (0..table.statements.len()).filter(|at| own(at).is_some()).collect();
        let left = || all.iter().filter(|at| !self.gone.contains(&(home.table, **at)));
        let before = left().filter(|at| {
            let rank = own(at).and_then(|path| ranked(&path));
            rank.is_some() && rank < mine
        });
        let before = before.max().map(|at| table.statements[*at].range.clone());
        let has_others = left().next().is_some();
        let names = [&vec![owner.table.clone(); home.skip], &path[home.prefix.len()..]].concat();
        let key = names.join(".");
        let item = |at: usize| vec![format!("{key} = {}", fitted(text, value, at))];
        match (&table.form, before) {
            (Form::Inline(_), Some(before)) => {
                let item = item(before.start);
                self.add(before.end, [", ", ", ", ""], item);
            }
            (Form::Inline(braces), None) => {
                let at = braces.start + 1;
                let is_tight = text[at..].starts_with('}');
                let tail = if has_others {
                    ","
                } else if is_tight {
                    " "
                } else {
                    ""
                };
                let item = item(at);
                self.add(at, [" ", ", ", tail], item);
            }
            (_, Some(before)) => {
                let (at, item) = (lines::end(text, before.end), item(before.start));
                let lead = format!("{}{}", line_end(text, at), lines::indent(text, before.start));
                self.add(at, [&lead, &lead, ""], item);
            }
            (Form::Header { range, .. }, None) => {
                let first = all.first().map_or(range.start, |at| table.statements[*at].range.start);
                let (at, item) = (lines::end(text, range.end), item(first));
                let lead = format!("{}{}", line_end(text, at), lines::indent(text, first));
                self.add(at, [&lead, &lead, ""], item);
            }
            (Form::Root, None) => {
                let Some(first) = all.first().map(|at| table.statements[*at].range.start) else {
                    return;
                };
                let (at, item) = (lines::start(text, first), item(first));
                let (end, indent) = (line_end(text, at), lines::indent(text, first));
                self.add(at, [indent, &format!("{end}{indent}"), end], item);
            }
        }
    }
}
