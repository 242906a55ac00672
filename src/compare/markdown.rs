//! What differs → Markdown: a table of keys, one of findings, one of failures.

use super::{Change, Changed, Difference, Failures, Findings, Found, Place, Side, Valued};
use crate::report::{markdown_code, markdown_text};
use std::io::{self, Write};

/// Writes everything.
pub fn write(difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
    let verdict = if difference.alike { "alike" } else { "different" };
    writeln!(out, "# lynt diff: {verdict}\n")?;
    side("OLD", &difference.old, out)?;
    side("NEW", &difference.new, out)?;
    writeln!(out, "- entities: {}", difference.counted())?;
    if !difference.left_out.is_empty() {
        let left: Vec<String> = difference.left_out.iter().map(|key| cell(key)).collect();
        writeln!(out, "- left out, not told by exports: {}", left.join(", "))?;
    }
    entities(&difference.entities, out)?;
    if let Some(found) = &difference.findings {
        findings(found, out)?;
    }
    difference.failures.as_ref().map_or(Ok(()), |failures| write_failures(failures, out))
}

fn side(what: &str, side: &Side, out: &mut dyn Write) -> io::Result<()> {
    let export = if side.export { ", an export" } else { "" };
    let commit = side.commit.as_ref().map_or(String::new(), |commit| format!(" ({commit})"));
    writeln!(out, "- {what}: {}{commit}{export}", markdown_code(&side.name))
}

fn entities(entities: &[Changed], out: &mut dyn Write) -> io::Result<()> {
    if entities.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Entities\n\n| | entity | key | OLD | NEW |\n| --- | --- | --- | --- | --- |"
    )?;
    for entity in entities {
        let change = match entity.change {
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Changed => "changed",
        };
        let name = cell(&entity.name);
        let head = format!("{change} | {} {name}", entity.kind);
        if entity.change != Change::Changed {
            let (old, new) = (place(entity.old.as_ref()), place(entity.new.as_ref()));
            writeln!(out, "| {head} | | {} | {} |", old.trim_start(), new.trim_start())?;
        }
        for key in &entity.keys {
            let (old, new) = (values(&key.old), values(&key.new));
            writeln!(out, "| {head} | {} | {old} | {new} |", cell(&key.key))?;
        }
    }
    Ok(())
}

fn findings(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    let Findings { new, gone, unchanged } = findings;
    let counts = format!("{} new, {} gone, {unchanged} unchanged.", new.len(), gone.len());
    writeln!(out, "\n## Findings\n\n{counts}")?;
    if new.is_empty() && gone.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| | rule | level | message | place |\n| --- | --- | --- | --- | --- |")?;
    let all =
        gone.iter().map(|found| ("gone", found)).chain(new.iter().map(|found| ("new", found)));
    for (what, Found { rule, severity, message, place: at, .. }) in all {
        let message = without_bars(&markdown_text(message));
        let (rule, at) = (cell(rule), place(at.as_ref()));
        writeln!(out, "| {what} | {rule} | {severity} | {message} | {} |", at.trim_start())?;
    }
    Ok(())
}

fn write_failures(failures: &Failures, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## Single failures\n")?;
    if failures.untried {
        return writeln!(out, "Not tried: there are too many.");
    }
    if failures.rows.is_empty() {
        return writeln!(out, "None differs.");
    }
    let columns: Vec<&str> = failures.modes.iter().map(String::as_str).collect();
    writeln!(out, "| what fails | | {} |", columns.join(" | "))?;
    writeln!(out, "| --- | --- |{}", " ---: |".repeat(columns.len()))?;
    for row in &failures.rows {
        for (side, modes) in [("OLD", &row.old), ("NEW", &row.new)] {
            let Some(modes) = modes else { continue };
            let users = failures.modes.iter().map(|column| {
                let found = modes.iter().find(|mode| mode.mode == *column);
                found.map_or(String::new(), |mode| mode.users().to_string())
            });
            let users: Vec<String> = users.collect();
            writeln!(out, "| {} | {side} | {} |", cell(&row.failure), users.join(" | "))?;
        }
    }
    Ok(())
}

fn values(values: &[Valued]) -> String {
    let value = |value: &Valued| {
        let default = if value.default { " by default" } else { "" };
        format!("{}{default}{}", cell(&value.shown), place(value.place.as_ref()))
    };
    values.iter().map(value).collect::<Vec<_>>().join("<br>")
}

/// A place with a blank before it.
fn place(place: Option<&Place>) -> String {
    place.map_or(String::new(), |place| format!(" {}", cell(&place.to_string())))
}

/// A `|` would end the cell, in code too; those outside of code are escaped already.
fn without_bars(markdown: &str) -> String {
    markdown.replace("\\|", "|").replace('|', "\\|")
}

/// A text as code in a cell of a table.
fn cell(text: &str) -> String {
    if text.is_empty() { String::new() } else { without_bars(&markdown_code(text)) }
}
