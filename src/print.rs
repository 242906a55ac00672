//! Numbers of facts → names, numbers and texts as people write them.

use crate::datalog::program::{Kind, Program};
use crate::facts::{Cell, Facts};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// Whether FQDNs are shortened to host names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// As the topology writes them.
    Full,
    /// The host name, where only one FQDN has it.
    Short,
}

/// Prints values of any kind.
pub struct Printer<'a> {
    program: &'a Program,
    facts: &'a Facts,
    /// Host names that are unambiguous; found when first needed.
    short: OnceCell<FxHashMap<Cell, String>>,
}

impl<'a> Printer<'a> {
    /// A printer for the values of `facts`.
    pub fn new(program: &'a Program, facts: &'a Facts) -> Self {
        Self { program, facts, short: OnceCell::new() }
    }

    /// A value as a sentence has it: `fe-lon.contoso.com`, `44,100`, `30 minutes`.
    pub fn value(&self, kind: Kind, cell: Cell, names: Names) -> String {
        match kind {
            Kind::Int => grouped(cell),
            Kind::Unit(unit) => match self.program.units[unit].seconds {
                Some(_) => {
                    format!("{} {}", grouped(cell), self.program.units[unit].name.to_lowercase())
                }
                None => grouped(cell),
            },
            Kind::Entity | Kind::Of(_) => self
                .short_name(cell)
                .filter(|_| names == Names::Short)
                .unwrap_or_else(|| self.entity_name(cell))
                .to_owned(),
            Kind::Bool | Kind::Enum(_) | Kind::Text => self.word(kind, cell).to_owned(),
        }
    }

    /// A value as a name on the command line has it: `fe-lon`, `44100`.
    pub fn word_for(&self, kind: Kind, cell: Cell, names: Names) -> String {
        if kind.is_number() { cell.to_string() } else { self.value(kind, cell, names) }
    }

    /// A value as a rule has it: `"fe-lon.contoso.com"`, `44100`, `true`.
    pub fn term(&self, kind: Kind, cell: Cell) -> String {
        match kind {
            Kind::Int | Kind::Unit(_) => cell.to_string(),
            Kind::Bool => self.word(kind, cell).to_owned(),
            Kind::Entity | Kind::Of(_) | Kind::Enum(_) | Kind::Text => {
                quoted(self.word(kind, cell))
            }
        }
    }

    /// What one entity of this kind is called: `pool`, `SBA`.
    pub fn noun(&self, entity: Cell) -> &str {
        let named = at(entity).and_then(|at| self.facts.names.entities.get(at));
        named.map_or("entity", |named| &self.program.entities[named.kind].noun)
    }

    /// A value that is no number, as it stands: `fe-lon.contoso.com`, `sfb-2015`, `true`.
    pub fn word(&self, kind: Kind, cell: Cell) -> &'a str {
        let Some(at) = at(cell) else { return "" };
        let word = match kind {
            Kind::Entity | Kind::Of(_) => Some(self.entity_name(cell)),
            Kind::Bool => Some(if at == 0 { "false" } else { "true" }),
            Kind::Enum(id) => self.program.enums[id].values.get(at).map(String::as_str),
            _ => self.facts.names.written.get(at).map(String::as_str),
        };
        word.unwrap_or("")
    }

    /// The name, or the table's for an entity without one.
    fn entity_name(&self, entity: Cell) -> &'a str {
        let named = at(entity).and_then(|at| self.facts.names.entities.get(at));
        match named {
            None => "",
            Some(named) if named.name.is_empty() => &self.program.entities[named.kind].table,
            Some(named) => &named.name,
        }
    }

    fn short_name(&self, entity: Cell) -> Option<&str> {
        let short = self.short.get_or_init(|| short_names(self.program, self.facts));
        short.get(&entity).map(String::as_str)
    }
}

fn at(cell: Cell) -> Option<usize> {
    usize::try_from(cell).ok()
}

/// For each FQDN whose host name no other one has: the host name.
fn short_names(program: &Program, facts: &Facts) -> FxHashMap<Cell, String> {
    let fqdns = || {
        (0..)
            .zip(&facts.names.entities)
            .filter(|(_, named)| program.entities[named.kind].is_fqdn())
            .map(|(id, named)| (id, named.name.split('.').next().unwrap_or("")))
    };
    let mut hosts: FxHashMap<String, Option<Cell>> = FxHashMap::default();
    for (id, host) in fqdns() {
        hosts.entry(host.to_lowercase()).and_modify(|only| *only = None).or_insert(Some(id));
    }
    fqdns()
        .filter(|(id, host)| hosts.get(&host.to_lowercase()) == Some(&Some(*id)))
        .map(|(id, host)| (id, host.to_owned()))
        .collect()
}

/// A text as a rule has it: in quotes, with escapes.
pub fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n").replace('\t', "\\t"))
}

/// `a, b and c`; `a, b and 97 more`.
pub fn enumerate(names: &[String], more: usize) -> String {
    let more =
        (more > 0).then(|| format!("{} more", grouped(i64::try_from(more).unwrap_or(i64::MAX))));
    let mut all: Vec<&str> = names.iter().map(String::as_str).chain(more.as_deref()).collect();
    match all.pop() {
        None => "none".to_owned(),
        Some(last) if all.is_empty() => last.to_owned(),
        Some(last) => format!("{} and {last}", all.join(", ")),
    }
}

/// Digits in groups of three: `44,100`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_as_people_write_them() {
        let cases =
            [(0, "0"), (999, "999"), (1000, "1,000"), (-44100, "-44,100"), (1234567, "1,234,567")];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
        let names =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(enumerate(&names(&["a"]), 0), "a");
        assert_eq!(enumerate(&names(&["a", "b", "c"]), 0), "a, b and c");
        assert_eq!(enumerate(&names(&["a", "b"]), 97), "a, b and 97 more");
        assert_eq!(enumerate(&[], 0), "none");
    }
}
