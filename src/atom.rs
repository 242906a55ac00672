//! Rows → ground atoms and subjects: what a finding is about, as data.

use crate::datalog::program::{Kind, Program, Violation};
use crate::facts::{Cell, Facts};
use crate::print::{Names, Printer, quoted};
use crate::source::Span;
use crate::topology::canonical_name;
use std::fmt;

/// A relation and a value for each of its columns: the identity of a finding, whatever becomes of
/// lines and messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Atom {
    /// The rule's id.
    pub predicate: String,
    /// One for each column.
    pub arguments: Vec<Argument>,
}

/// The value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The column's kind as rules write it: `Pool`, `Seconds`.
    pub kind: String,
    /// The value.
    pub value: Value,
}

/// A value as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number in the unit of its kind.
    Number(i64),
    /// A truth.
    Bool(bool),
    /// A text, or the name of an entity or of an enum's value; names in full.
    Text(String),
}

/// What a rule looks at, or a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// What one of its kind is called: `pool`, `SBA`.
    pub kind: String,
    /// Its name in full.
    pub name: String,
    /// Where its name stands; none for what is no entity.
    pub place: Option<Span>,
}

impl Atom {
    /// The atom of a row of the rule's relation.
    pub fn of(program: &Program, printer: &Printer<'_>, rule: &Violation, row: &[Cell]) -> Self {
        let columns = program.relations[rule.relation].columns.iter();
        let arguments = columns.zip(row).map(|(column, &cell)| Argument {
            kind: program.kind_name(column.kind).to_owned(),
            value: Value::of(printer, column.kind, cell),
        });
        Self { predicate: rule.id.clone(), arguments: arguments.collect() }
    }
}

impl Atom {
    /// What it is the same by when topologies are compared: FQDNs may be written in another case, and with a dot
    /// at the end.
    pub fn identity(&self) -> String {
        let same = |argument: &Argument| match &argument.value {
            Value::Text(text) if text.trim_end_matches('.').contains('.') => {
                quoted(&canonical_name(true, text))
            }
            value => value.to_string(),
        };
        let arguments: Vec<String> = self.arguments.iter().map(same).collect();
        format!("{}({})", self.predicate, arguments.join(", "))
    }
}

impl Value {
    fn of(printer: &Printer<'_>, kind: Kind, cell: Cell) -> Self {
        match kind {
            Kind::Int | Kind::Unit(_) => Value::Number(cell),
            Kind::Bool => Value::Bool(cell != 0),
            _ => Value::Text(printer.value(kind, cell, Names::Full)),
        }
    }
}

impl Subject {
    /// What stands in a column of this kind.
    pub fn of(
        program: &Program,
        facts: &Facts,
        printer: &Printer<'_>,
        kind: Kind,
        cell: Cell,
    ) -> Self {
        let name = printer.value(kind, cell, Names::Full);
        if !kind.is_entity() {
            return Self { kind: program.kind_name(kind).to_owned(), name, place: None };
        }
        let named = usize::try_from(cell).ok().and_then(|at| facts.names.entities.get(at));
        let place = named.map(|named| named.place);
        Self { kind: printer.noun(cell).to_owned(), name, place }
    }
}

/// As a rule would write it: `asymmetric-backup("a.contoso.com", "b.contoso.com")`.
impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments.iter().map(|argument| argument.value.to_string());
        write!(f, "{}({})", self.predicate, arguments.collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Text(text) => f.write_str(&quoted(text)),
        }
    }
}

/// `pool fe-lon.contoso.com`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}
