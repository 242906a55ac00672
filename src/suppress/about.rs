//! Findings about ignores: those that are wrong, and those that hide nothing.

use super::ignores::{Ignore, Name, Wrong};
use crate::atom::{Argument, Atom, Subject, Value};
use crate::checks::{Check, MALFORMED, UNUSED};
use crate::fix::{Change, Fix};
use crate::source::{Label, Severity, Span};
use crate::violation::Finding;

/// What the subject of such a check is called.
const KIND: &str = "ignore";

/// What the checks of ignores look at.
pub fn subjects(ignores: &[Ignore]) -> Vec<Subject> {
    let subject = |ignore: &Ignore| Subject {
        kind: KIND.to_owned(),
        name: ignore.at.clone(),
        place: Some(ignore.place),
    };
    ignores.iter().map(subject).collect()
}

/// `nth`: which mistake of its comment it is, counted from 0. `at`: `path:line` of the comment.
pub(super) fn malformed(wrong: &Wrong, nth: usize, at: &str, severity: Severity) -> Finding {
    let Wrong { label, message, help } = wrong;
    let what = if nth == 0 { String::new() } else { (nth + 1).to_string() };
    Finding {
        helps: vec![help.clone()],
        notes: vec!["an ignore with a mistake hides nothing".to_owned()],
        ..finding(&MALFORMED, (at, &what), severity, message.clone(), label.span)
    }
}

/// `is_whole`: whether no name of the ignore hides anything.
pub(super) fn unused(ignore: &Ignore, name: &Name, is_whole: bool, severity: Severity) -> Finding {
    let rule = &name.rule;
    let expired = ignore.until.filter(|_| ignore.has_expired());
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
        ..finding(&UNUSED, (&ignore.at, rule), severity, message, name.place)
    }
}

/// `what`: `path:line` of the comment, and what of it the finding is about.
fn finding(
    check: &Check,
    what: (&str, &str),
    severity: Severity,
    message: String,
    span: Span,
) -> Finding {
    let (at, part) = what;
    let text =
        |text: &str| Argument { kind: "Text".to_owned(), value: Value::Text(text.to_owned()) };
    let arguments: Vec<&str> = [at, part].into_iter().filter(|text| !text.is_empty()).collect();
    Finding {
        rule: check.id.to_owned(),
        id: format!("{}:{}", check.id, arguments.join(",")),
        atom: Atom {
            predicate: check.id.to_owned(),
            arguments: arguments.into_iter().map(text).collect(),
        },
        subject: Subject { kind: KIND.to_owned(), name: at.to_owned(), place: None },
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
