//! Numbers of facts → names, numbers and texts as people write them.

use crate::datalog::program::{Kind, Program};
use crate::facts::{Cell, Facts};
use crate::topology::canonical_name;
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
    /// All FQDNs in the order of their canonical forms; found when first needed.
    fqdns: OnceCell<Vec<&'a str>>,
}

impl<'a> Printer<'a> {
    /// A printer for the values of `facts`.
    pub fn new(program: &'a Program, facts: &'a Facts) -> Self {
        Self { program, facts, fqdns: OnceCell::new() }
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

    /// The host name of an FQDN that no other one has.
    fn short_name(&self, entity: Cell) -> Option<&'a str> {
        let named = at(entity).and_then(|at| self.facts.names.entities.get(at))?;
        if !self.program.entities[named.kind].is_fqdn() {
            return None;
        }
        let fqdns = self.fqdns.get_or_init(|| fqdns(self.program, self.facts));
        let host = host(&named.name);
        let form = canonical_name(true, host);
        // The host alone, then all of them with a domain: these follow each other.
        let alone = fqdns.partition_point(|name| *canonical_name(true, name) < *form);
        let is_alone = |name: &&str| *canonical_name(true, name) == *form;
        let with_domain = format!("{form}.");
        let first = fqdns.partition_point(|name| *canonical_name(true, name) < *with_domain);
        let is_with_domain = |name: &&&str| canonical_name(true, name).starts_with(&with_domain);
        let alike = fqdns[first..].iter().take(2).take_while(is_with_domain).count();
        let alike = alike + fqdns.get(alone).filter(|name| is_alone(name)).iter().count();
        (alike == 1).then_some(host)
    }
}

/// All FQDNs, in the order of their canonical forms.
fn fqdns<'a>(program: &Program, facts: &'a Facts) -> Vec<&'a str> {
    let entities = facts.names.entities.iter();
    let fqdns = entities.filter(|named| program.entities[named.kind].is_fqdn());
    fqdns.map(|named| named.name.as_str()).collect()
}

fn at(cell: Cell) -> Option<usize> {
    usize::try_from(cell).ok()
}

/// The host name of an FQDN.
fn host(name: &str) -> &str {
    name.split('.').next().unwrap_or("")
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
