//! Findings about ignores: those that are wrong, and those that hide nothing.

use super::ignores::{Ignore, Name, Wrong};
use crate::atom::{Argument, Atom, Subject, Value};
use crate::date::Date;
use crate::fix::{Change, Fix};
use crate::source::{Label, Severity, Span};
use crate::violation::Finding;

/// What is checked of ignores: as a rule, but of comments, which no rule can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its id.
    pub id: &'static str,
    /// Its group.
    pub group: &'static str,
    /// How grave its findings are, unless that is configured.
    pub severity: Severity,
    /// A title, then Markdown.
    pub docs: &'static str,
}

impl Check {
    /// The first line of the documentation.
    pub fn title(&self) -> &'static str {
        self.docs.lines().next().unwrap_or("")
    }
}

/// An ignore with a mistake.
pub const MALFORMED: Check = Check {
    id: "malformed-ignore",
    group: "ignores",
    severity: Severity::Error,
    docs: include_str!("malformed-ignore.md"),
};

/// An ignore that hides nothing.
pub const UNUSED: Check = Check {
    id: "unused-ignore",
    group: "ignores",
    severity: Severity::Warning,
    docs: include_str!("unused-ignore.md"),
};

/// All checks of ignores, sorted by id.
pub const CHECKS: &[Check] = &[MALFORMED, UNUSED];

/// `nth`: which mistake of its comment it is, counted from 0. `place`: `path:line` of the comment.
pub(super) fn malformed(wrong: &Wrong, nth: usize, place: &str, severity: Severity) -> Finding {
    let Wrong { label, message, help } = wrong;
    let id = match nth {
        0 => place.to_owned(),
        nth => format!("{place}:{}", nth + 1),
    };
    Finding {
        helps: vec![help.clone()],
        notes: vec!["an ignore with a mistake hides nothing".to_owned()],
        ..finding(&MALFORMED, &id, severity, message.clone(), label.span)
    }
}

/// `is_whole`: whether no name of the ignore hides anything. `expired`: when it did.
pub(super) fn unused(
    ignore: &Ignore,
    name: &Name,
    is_whole: bool,
    expired: Option<Date>,
    place: &str,
    severity: Severity,
) -> Finding {
    let rule = &name.rule;
    let within = if ignore.is_for_file { " in this file" } else { "" };
    let message = format!("this ignore of `{rule}` hides nothing{within}");
    let (title, removal) = match is_whole {
        true => ("remove the comment".to_owned(), ignore.place),
        false => (format!("remove `{rule}` from the list"), name.removal),
    };
    let elsewhere =
        "to the line of a finding, into the table of its subject, or right above that table";
    let help = match ignore.is_for_file {
        true => title.clone(),
        false => format!("{title}, or move it {elsewhere}"),
    };
    Finding {
        helps: vec![help],
        notes: expired.iter().map(|date| format!("it expired {date}")).collect(),
        fixes: vec![Fix { title, is_safe: true, changes: vec![Change::Remove { span: removal }] }],
        ..finding(&UNUSED, &format!("{place}:{rule}"), severity, message, name.place)
    }
}

fn finding(check: &Check, id: &str, severity: Severity, message: String, span: Span) -> Finding {
    let argument = Argument { kind: "Text".to_owned(), value: Value::Text(id.to_owned()) };
    Finding {
        rule: check.id.to_owned(),
        id: format!("{}:{id}", check.id),
        atom: Atom { predicate: check.id.to_owned(), arguments: vec![argument] },
        subject: Subject { kind: "ignore".to_owned(), name: id.to_owned(), place: None },
        severity,
        message,
        labels: vec![Label { span, text: String::new() }],
        notes: Vec::new(),
        helps: Vec::new(),
        sources: Vec::new(),
        handle: String::new(),
        proof: None,
        fixes: Vec::new(),
        suppression: None,
    }
}
