//! Report → what SARIF says of lynt and its rules.

use serde_json::{Value, json};

use crate::report::{Report, Rule, sha256};
use crate::source::Severity;

/// Characters that GitHub takes of a full description.
const MOST_DESCRIPTION: usize = 1_024;

/// The tool with all selected rules.
pub fn of_report(report: &Report<'_>) -> Value {
    json!({
        "driver": {
            "name": "lynt",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "properties": { "rulesSha256": sha256::of_files(report.rule_files) },
            "rules": report.rules.iter().map(rule).collect::<Vec<_>>(),
        },
    })
}

/// A rule stands in the list whether it found something or not.
fn rule(rule: &Rule) -> Value {
    // No description may be empty, and a rule may have no documentation.
    let title = rule.docs.title();
    let title = if title.is_empty() { &rule.id } else { title };
    let help = Some(rule.help()).filter(|help| !help.is_empty());
    let help = help.as_deref().unwrap_or(title);
    let full = first_paragraph(rule.docs.body()).unwrap_or_else(|| title.to_owned());
    json!({
        "id": rule.id,
        "shortDescription": { "text": title },
        "fullDescription": { "text": cut(&full) },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": rule.severity.as_str() },
        "properties": {
            // Datalog answers exactly what a rule asks.
            "precision": "very-high",
            "problem.severity": match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            },
            "tags": [rule.group],
        },
    })
}

/// The first paragraph that is no heading.
fn first_paragraph(docs: &str) -> Option<String> {
    docs.split("\n\n").map(without_headings).find(|paragraph| !paragraph.is_empty())
}

/// As much of `text` as GitHub takes.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_DESCRIPTION - 1) {
        Some((end, _)) if text[end..].chars().count() > 1 => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

/// The lines of a paragraph as one.
fn without_headings(paragraph: &str) -> String {
    let lines = paragraph.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}
