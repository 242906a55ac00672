//! Proofs → trees of lines, for people, and JSON.

use super::Style;
use super::places::Places;
use crate::escape::escape;
use crate::proof::{Attempt, RulePlace, Told, ToldKind, Verdict};
use crate::source::Span;
use serde::Serialize;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// How the lines of a tree are drawn.
struct Twigs {
    branch: &'static str,
    last: &'static str,
    pass: &'static str,
}

const UNICODE: Twigs = Twigs { branch: "├─ ", last: "└─ ", pass: "│  " };
const ASCII: Twigs = Twigs { branch: "|- ", last: "`- ", pass: "|  " };

/// Draws proofs.
pub struct Trees<'a> {
    /// Finds lines and columns in the topology.
    pub places: &'a Places<'a>,
    /// How it is drawn.
    pub style: &'a Style,
}

impl Trees<'_> {
    /// Writes a proof, each line behind `indent`.
    pub fn write(&self, proof: &Told, indent: &str, out: &mut dyn Write) -> io::Result<()> {
        self.line(proof, "", indent, "", out)?;
        self.children(&proof.children, indent, out)
    }

    /// Writes how near each rule comes to what was asked for.
    pub fn write_attempts(&self, attempts: &[Attempt], out: &mut dyn Write) -> io::Result<()> {
        for attempt in attempts {
            writeln!(out, "\nrule at {}", rule_place(&attempt.rule))?;
            if attempt.literals.is_empty() {
                writeln!(out, "  NO   its head gives other values")?;
            }
            for (verdict, told) in &attempt.literals {
                self.line(told, &format!("  {:<4} ", word(*verdict)), "", "       ", out)?;
                self.children(&told.children, "       ", out)?;
            }
        }
        Ok(())
    }

    fn children(&self, children: &[Told], indent: &str, out: &mut dyn Write) -> io::Result<()> {
        let twigs = if self.style.ascii { ASCII } else { UNICODE };
        for (at, child) in children.iter().enumerate() {
            let is_last = at + 1 == children.len();
            let (twig, pass) =
                if is_last { (twigs.last, "   ") } else { (twigs.branch, twigs.pass) };
            let below = format!("{indent}{pass}");
            let inner = if child.children.is_empty() { "   " } else { twigs.pass };
            self.line(child, &format!("{indent}{twig}"), "", &format!("{below}{inner}"), out)?;
            self.children(&child.children, &below, out)?;
        }
        Ok(())
    }

    /// One step: its places behind it where there is room, else on lines of their own, behind `below`.
    fn line(
        &self,
        told: &Told,
        before: &str,
        indent: &str,
        below: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut text = format!("{indent}{before}{}", escape(&words(told)));
        let mut places: Vec<String> =
            told.places.iter().filter_map(|&span| self.place(span)).collect();
        places.extend(told.rule.as_ref().map(rule_place));
        if let [place] = places.as_slice()
            && text.width() + 2 + place.width() <= self.style.width
        {
            text.push_str("  ");
            text.push_str(place);
            places.clear();
        }
        writeln!(out, "{text}")?;
        for place in places {
            writeln!(out, "{indent}{}{place}", if below.is_empty() { "   " } else { below })?;
        }
        Ok(())
    }

    fn place(&self, span: Span) -> Option<String> {
        let (path, line, column) = self.places.place(span)?;
        Some(format!("{}:{line}:{column}", escape(path)))
    }
}

/// A step of a proof as JSON.
#[derive(Serialize)]
pub struct Step<'p> {
    kind: &'static str,
    text: &'p str,
    rule: Option<StepPlace<'p>>,
    places: Vec<StepPlace<'p>>,
    children: Vec<Step<'p>>,
}

#[derive(Serialize)]
struct StepPlace<'p> {
    path: &'p str,
    line: usize,
    column: usize,
}

/// A proof as JSON.
pub fn json<'p>(told: &'p Told, places: &'p Places) -> Step<'p> {
    let known = told.places.iter().filter_map(|&span| places.place(span));
    Step {
        kind: told.kind.as_str(),
        text: &told.text,
        rule: told.rule.as_ref().map(rule_json),
        places: known.map(|(path, line, column)| StepPlace { path, line, column }).collect(),
        children: told.children.iter().map(|child| json(child, places)).collect(),
    }
}

/// How near a rule comes, as JSON.
#[derive(Serialize)]
pub struct Nearest<'p> {
    rule: StepPlace<'p>,
    literals: Vec<Judged<'p>>,
}

#[derive(Serialize)]
struct Judged<'p> {
    /// Null: a literal that failed would have bound what this one reads.
    holds: Option<bool>,
    literal: Step<'p>,
}

/// How near rules come, as JSON.
pub fn attempts_json<'p>(attempts: &'p [Attempt], places: &'p Places) -> Vec<Nearest<'p>> {
    let judged = |(verdict, told): &'p (Verdict, Told)| {
        let holds = match verdict {
            Verdict::Yes => Some(true),
            Verdict::No => Some(false),
            Verdict::Open => None,
        };
        Judged { holds, literal: json(told, places) }
    };
    let nearest = |attempt: &'p Attempt| Nearest {
        rule: rule_json(&attempt.rule),
        literals: attempt.literals.iter().map(judged).collect(),
    };
    attempts.iter().map(nearest).collect()
}

/// What a step says, with what must be said of its kind.
fn words(told: &Told) -> String {
    match told.kind {
        ToldKind::Near => format!("there is {}", told.text),
        ToldKind::Above => format!("{} (proved above)", told.text),
        ToldKind::Folded => format!("{} (deeper: --depth)", told.text),
        _ => told.text.clone(),
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "NO",
        Verdict::Open => "?",
    }
}

fn rule_place(place: &RulePlace) -> String {
    format!("{}:{}", escape(&place.path), place.line)
}

fn rule_json(place: &RulePlace) -> StepPlace<'_> {
    StepPlace { path: &place.path, line: place.line, column: place.column }
}
