//! Report → JSON: everything that a program may want to know, in the form `lynt-json/1`.
//!
//! `output.schema.json` beside this file describes it. New keys may come; what a key means stays.

use std::io::{self, Write};

use serde::Serialize;

use super::places::{Places, Position, Region};
use super::proof::{Step, json as proof_json};
use super::quiet_json::write_pretty;
use super::run_json::Run;
use super::{Outcome, Report, Style};
use crate::suppression::{self, OPEN};
use crate::{atom, fix, source, violation};

/// The JSON Schema of this format and of `jsonl`.
pub const SCHEMA: &str = include_str!("output.schema.json");

/// Writes one object.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    let document = Document {
        run: Run::of(report),
        problems: problems(report, &places).collect(),
        findings: findings(report, &places).collect(),
    };
    write_pretty(&document, out)
}

#[derive(Serialize)]
struct Document<'r> {
    #[serde(flatten)]
    run: Run<'r>,
    problems: Vec<Problem<'r>>,
    findings: Vec<Finding<'r>>,
}

/// Something that kept lynt from checking.
#[derive(Serialize)]
pub struct Problem<'r> {
    name: &'r str,
    level: &'static str,
    topology: Option<&'r str>,
    message: &'r str,
    labels: Vec<Label<'r>>,
    help: Option<&'r str>,
}

/// A violation.
#[derive(Serialize)]
pub struct Finding<'r> {
    id: &'r str,
    rule: &'r str,
    level: &'static str,
    status: &'static str,
    topology: &'r str,
    subject: Subject<'r>,
    atom: Atom<'r>,
    message: &'r str,
    labels: Vec<Label<'r>>,
    notes: &'r [String],
    help: &'r [String],
    sources: &'r [String],
    suppression: Option<Suppression<'r>>,
    fixes: Vec<Fix<'r>>,
    handle: &'r str,
    proof: Option<Step<'r>>,
}

#[derive(Serialize)]
struct Fix<'r> {
    title: &'r str,
    safety: &'static str,
    edits: Vec<Edit<'r>>,
}

#[derive(Serialize)]
struct Edit<'r> {
    path: &'r str,
    start: u32,
    end: u32,
    text: String,
}

/// What hides a finding.
#[derive(Serialize)]
struct Suppression<'r> {
    reason: &'r str,
    by: Option<&'r str>,
    until: Option<String>,
    days_left: Option<i64>,
    path: Option<&'r str>,
    start: Option<Position>,
    end: Option<Position>,
}

#[derive(Serialize)]
struct Subject<'r> {
    kind: &'r str,
    name: &'r str,
}

#[derive(Serialize)]
struct Atom<'r> {
    predicate: &'r str,
    args: Vec<Value<'r>>,
    kinds: Vec<&'r str>,
    text: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'r> {
    Number(i64),
    Bool(bool),
    Text(&'r str),
}

#[derive(Serialize)]
struct Label<'r> {
    primary: bool,
    path: &'r str,
    start: Position,
    end: Position,
    text: &'r str,
}

/// What kept the run or one of its topologies from being checked.
pub fn problems<'r>(
    report: &'r Report<'_>,
    places: &'r Places<'_>,
) -> impl Iterator<Item = Problem<'r>> {
    let of_run = report.problems.iter().map(|problem| (problem, None));
    let of_topologies = report.outcomes.iter().flat_map(|outcome| {
        outcome.problems.iter().map(|problem| (problem, Some(outcome.path.as_str())))
    });
    of_run.chain(of_topologies).map(|(problem, topology)| {
        let source::Problem { severity, name, message, labels, help } = problem;
        Problem {
            name,
            level: severity.as_str(),
            topology,
            message,
            labels: label_list(labels, places),
            help: help.as_deref(),
        }
    })
}

/// The violations of all topologies.
pub fn findings<'r>(
    report: &'r Report<'_>,
    places: &'r Places<'_>,
) -> impl Iterator<Item = Finding<'r>> {
    report.outcomes.iter().flat_map(|outcome| {
        outcome.findings.iter().map(|finding| one_finding(finding, outcome, places))
    })
}

fn one_finding<'r>(
    finding: &'r violation::Finding,
    outcome: &'r Outcome,
    places: &'r Places<'_>,
) -> Finding<'r> {
    let violation::Finding {
        rule,
        id,
        atom,
        subject,
        severity,
        message,
        labels,
        notes,
        helps,
        sources,
        fixes,
        handle,
        proof,
        suppression,
    } = finding;
    Finding {
        id,
        rule,
        level: severity.as_str(),
        status: suppression.as_ref().map_or(OPEN, |by| by.kind.status()),
        topology: &outcome.path,
        subject: Subject { kind: &subject.kind, name: &subject.name },
        atom: one_atom(atom),
        message,
        labels: label_list(labels, places),
        notes,
        help: helps,
        sources,
        suppression: suppression.as_ref().map(|by| one_suppression(by, places)),
        fixes: fixes.iter().filter_map(|fix| one_fix(fix, places)).collect(),
        handle,
        proof: proof.as_ref().map(|proof| proof_json(proof, places)),
    }
}

fn one_fix<'r>(fix: &'r fix::Fix, places: &'r Places<'_>) -> Option<Fix<'r>> {
    let sources = places.sources();
    let edits = fix::edits(fix, sources)?.into_iter().map(|edit| Edit {
        path: &sources.file(edit.span.file).path,
        start: edit.span.start,
        end: edit.span.end,
        text: edit.text,
    });
    let safety = if fix.is_safe { "safe" } else { "unsafe" };
    Some(Fix { title: &fix.title, safety, edits: edits.collect() })
}

fn one_suppression<'r>(
    by: &'r suppression::Suppression,
    places: &'r Places<'_>,
) -> Suppression<'r> {
    let region = by.place.and_then(|place| places.region(place));
    Suppression {
        reason: &by.reason,
        by: by.by.as_deref(),
        until: by.until.map(|until| until.to_string()),
        days_left: by.days_left,
        path: region.map(|region| region.path),
        start: region.map(|region| region.start),
        end: region.map(|region| region.end),
    }
}

fn one_atom(atom: &atom::Atom) -> Atom<'_> {
    let args = atom.arguments.iter().map(|argument| match &argument.value {
        atom::Value::Number(number) => Value::Number(*number),
        atom::Value::Bool(value) => Value::Bool(*value),
        atom::Value::Text(text) => Value::Text(text),
    });
    Atom {
        predicate: &atom.predicate,
        args: args.collect(),
        kinds: atom.arguments.iter().map(|argument| argument.kind.as_str()).collect(),
        text: atom.to_string(),
    }
}

fn label_list<'r>(labels: &'r [source::Label], places: &'r Places<'_>) -> Vec<Label<'r>> {
    let regions =
        labels.iter().filter_map(|label| Some((places.region(label.span)?, label.text.as_str())));
    let label = |(at, (region, text)): (usize, (Region<'r>, &'r str))| Label {
        primary: at == 0,
        path: region.path,
        start: region.start,
        end: region.end,
        text,
    };
    regions.enumerate().map(label).collect()
}
