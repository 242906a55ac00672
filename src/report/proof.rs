//! Proofs → trees of lines, for people, and JSON.

use super::Style;
use super::places::Places;
use crate::escape::escape;
use crate::proof::{Attempt, RulePlace, Told, ToldKind, Verdict};
use crate::source::Span;
use serde_json::{Value, json};
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

    /// A proof as JSON.
    pub fn json(&self, told: &Told) -> Value {
        let places: Vec<Value> = told
            .places
            .iter()
            .filter_map(|&span| self.places.place(span))
            .map(|(path, line, column)| json!({"path": path, "line": line, "column": column}))
            .collect();
        json!({
            "kind": told.kind.as_str(),
            "text": told.text,
            "rule": told.rule.as_ref().map(rule_json),
            "places": places,
            "children": told.children.iter().map(|child| self.json(child)).collect::<Vec<_>>(),
        })
    }

    /// How near rules come, as JSON.
    pub fn attempts_json(&self, attempts: &[Attempt]) -> Value {
        let literal = |(verdict, told): &(Verdict, Told)| {
            let holds = match verdict {
                Verdict::Yes => Value::Bool(true),
                Verdict::No => Value::Bool(false),
                Verdict::Open => Value::Null,
            };
            json!({"holds": holds, "literal": self.json(told)})
        };
        let attempts = attempts.iter().map(|attempt| {
            let literals: Vec<Value> = attempt.literals.iter().map(literal).collect();
            json!({"rule": rule_json(&attempt.rule), "literals": literals})
        });
        attempts.collect()
    }
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

fn rule_json(place: &RulePlace) -> Value {
    json!({"path": place.path, "line": place.line, "column": place.column})
}
