//! What differs → lines for people: `-` is OLD, `+` is NEW.

use super::failures::Mode;
use super::{Change, Changed, ChangedKey, Difference, Failures, Findings, Found, Place, Valued};
use crate::escape::escape;
use crate::report::{Style, wrapped};
use std::io::{self, Write};

/// Writes everything, at last what it comes to.
pub fn write(difference: &Difference, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines { style, out };
    difference.entities.iter().try_for_each(|entity| lines.entity(entity))?;
    if let Some(findings) = &difference.findings {
        lines.findings(findings)?;
    }
    if let Some(failures) = &difference.failures {
        lines.failures(failures)?;
    }
    lines.closing(difference)
}

struct Lines<'l> {
    style: &'l Style,
    out: &'l mut dyn Write,
}

impl Lines<'_> {
    /// A line that begins with a sign, in the sign's colour.
    fn line(&mut self, indent: usize, sign: char, text: &str) -> io::Result<()> {
        // Select Graphic Rendition (ECMA-48, 8.3.117): red, green, yellow.
        let color = match sign {
            '-' => "31",
            '+' => "32",
            _ => "33",
        };
        let text = format!("{:indent$}{sign} {}", "", escape(text));
        match self.style.color {
            true => writeln!(self.out, "\x1b[{color}m{text}\x1b[m"),
            false => writeln!(self.out, "{text}"),
        }
    }

    fn entity(&mut self, entity: &Changed) -> io::Result<()> {
        let head = entity.head();
        match entity.change {
            Change::Added => self.line(0, '+', &placed(&head, entity.new.as_ref()))?,
            Change::Removed => self.line(0, '-', &placed(&head, entity.old.as_ref()))?,
            Change::Changed => self.line(0, '~', &head)?,
        }
        for ChangedKey { key, old, new } in &entity.keys {
            writeln!(self.out, "    {}", escape(key))?;
            old.iter().try_for_each(|value| self.line(6, '-', &valued(value)))?;
            new.iter().try_for_each(|value| self.line(6, '+', &valued(value)))?;
        }
        writeln!(self.out)
    }

    fn findings(&mut self, findings: &Findings) -> io::Result<()> {
        let Findings { new, gone, .. } = findings;
        gone.iter().try_for_each(|found| self.found('-', found))?;
        new.iter().try_for_each(|found| self.found('+', found))?;
        if new.is_empty() && gone.is_empty() { Ok(()) } else { writeln!(self.out) }
    }

    fn found(&mut self, sign: char, found: &Found) -> io::Result<()> {
        let Found { rule, severity, message, place, .. } = found;
        self.line(0, sign, &format!("{severity}[{rule}]"))?;
        writeln!(self.out, "{}", wrapped("    ", &escape(message), self.style.width))?;
        match place {
            Some(place) => writeln!(self.out, "    {}", escape(&place.to_string())),
            None => Ok(()),
        }
    }

    fn failures(&mut self, failures: &Failures) -> io::Result<()> {
        for row in &failures.rows {
            self.line(0, '~', &format!("when {} fails", row.failure))?;
            for (sign, modes) in [('-', &row.old), ('+', &row.new)] {
                if let Some(modes) = modes {
                    self.line(6, sign, &users(modes))?;
                }
            }
        }
        if failures.rows.is_empty() { Ok(()) } else { writeln!(self.out) }
    }

    fn closing(&mut self, difference: &Difference) -> io::Result<()> {
        let width = self.style.width;
        if !difference.left_out.is_empty() {
            let left: Vec<String> =
                difference.left_out.iter().map(|key| escape(key).into_owned()).collect();
            writeln!(
                self.out,
                "{}",
                wrapped("left out, not told by exports: ", &left.join(", "), width)
            )?;
        }
        let verdict = if difference.alike { "alike" } else { "different" };
        let mut parts = vec![difference.counted()];
        if let Some(Findings { new, gone, unchanged }) = &difference.findings {
            let (new, gone) = (new.len(), gone.len());
            parts.push(format!("findings: {new} new, {gone} gone, {unchanged} unchanged"));
        }
        parts.extend(difference.failures.as_ref().map(told));
        writeln!(self.out, "{}", wrapped(&format!("{verdict}: "), &parts.join("; "), width))
    }
}

/// How many failures differ.
fn told(failures: &Failures) -> String {
    match failures.untried {
        true => "single failures: too many to try".to_owned(),
        false => format!("single failures that differ: {}", failures.rows.len()),
    }
}

fn placed(head: &str, place: Option<&Place>) -> String {
    place.map_or_else(|| head.to_owned(), |place| format!("{head}  {place}"))
}

fn valued(value: &Valued) -> String {
    let default = if value.default { " (by default)" } else { "" };
    placed(&format!("{}{default}", value.shown), value.place.as_ref())
}

/// `normal 3,000, on-backup-registrar 12,000`
fn users(modes: &[Mode]) -> String {
    let modes: Vec<String> = modes.iter().map(Mode::to_string).collect();
    if modes.is_empty() { "no user groups".to_owned() } else { modes.join(", ") }
}
