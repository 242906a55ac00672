//! A report → tables as CSV, and all of it as Markdown, for other documents.

use super::{Audit, Table, tables};
use crate::escape::escape;
use crate::report::places::Places;
use crate::report::{Outcome, csv_row};

/// The annexes: the names of files and their texts. Every CSV has a column that names the topology.
pub fn annexes(audit: &Audit<'_>) -> Vec<(&'static str, String)> {
    let outcomes = audit.report.outcomes;
    let places = Places::new(audit.report.sources);
    let of_all = |table: &dyn Fn(usize, &Outcome) -> Table| {
        let tables = outcomes.iter().enumerate().map(|(at, outcome)| (outcome, table(at, outcome)));
        csv(&tables.collect::<Vec<_>>())
    };
    vec![
        ("verdict.csv", of_all(&|_, outcome| tables::matrix(outcome, audit.report.rules))),
        ("findings.csv", of_all(&|_, outcome| tables::findings(outcome, &places))),
        ("population.csv", of_all(&|_, outcome| tables::population(outcome))),
        ("failover.csv", of_all(&|at, _| audit.parts[at].failover.clone())),
        ("ignores.csv", of_all(&|at, _| audit.parts[at].ignores.clone())),
        ("baseline.csv", of_all(&|at, _| audit.parts[at].baseline.clone())),
        ("audit.md", markdown(audit, &places)),
    ]
}

fn csv(tables: &[(&Outcome, Table)]) -> String {
    let mut text = String::new();
    // Where there is no baseline its table has no columns.
    let mut columns = tables.iter().map(|(_, table)| table.columns.as_slice());
    let columns = columns.find(|columns| !columns.is_empty()).unwrap_or_default();
    let head =
        std::iter::once("topology").chain(columns.iter().map(String::as_str)).map(str::to_owned);
    text.push_str(&csv_row(&head.collect::<Vec<_>>()));
    for (outcome, table) in tables {
        for row in &table.rows {
            let cells = std::iter::once(&outcome.path).chain(row);
            let cells = cells.map(|cell| escape(cell).into_owned());
            text.push_str(&csv_row(&cells.collect::<Vec<_>>()));
        }
    }
    text
}

fn markdown(audit: &Audit<'_>, places: &Places<'_>) -> String {
    let mut text = format!("# {}\n\n", inline(audit.title));
    for (name, value) in audit.manifest.facts() {
        text.push_str(&format!("- {name}: {}\n", inline(&value)));
    }
    text.push_str(&section(2, "Files", &tables::files(audit)));
    for (outcome, part) in audit.report.outcomes.iter().zip(audit.parts) {
        text.push_str(&format!("\n## {}\n", inline(&outcome.path)));
        text.push_str(&section(3, "Verdict", &tables::matrix(outcome, audit.report.rules)));
        text.push_str(&section(3, "Single failures", &part.failover));
        if !part.harmless.is_empty() {
            let harmless = inline(&part.harmless.join(", "));
            text.push_str(&format!("\nThese change nothing when they fail alone: {harmless}.\n"));
        }
        text.push_str(&section(3, "Findings", &tables::findings(outcome, places)));
        text.push_str(&section(3, "Ignores", &part.ignores));
        text.push_str(&section(3, "Baseline", &part.baseline));
        if let Some(gone) = &part.gone {
            text.push_str(&section(3, "Changes", &tables::changes(outcome, gone)));
        }
        for limit in &part.limits {
            text.push_str(&format!("\n{}\n", inline(limit)));
        }
    }
    text
}

fn section(level: usize, title: &str, table: &Table) -> String {
    let mut text = format!("\n{} {title}\n\n", "#".repeat(level));
    if table.rows.is_empty() {
        return text + table.empty + "\n";
    }
    let is_number = |at: usize| table.numbers.contains(&at);
    let rules = (0..table.columns.len()).map(|at| if is_number(at) { "---:" } else { "---" });
    let columns: Vec<String> = table.columns.iter().map(|column| inline(column)).collect();
    text.push_str(&format!("| {} |\n", columns.join(" | ")));
    text.push_str(&format!("| {} |\n", rules.collect::<Vec<_>>().join(" | ")));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| inline(cell)).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// A text in which no character means anything to Markdown.
fn inline(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in escape(text).chars() {
        match c {
            '<' => quoted.push_str("&lt;"),
            '>' => quoted.push_str("&gt;"),
            '&' => quoted.push_str("&amp;"),
            c if "\\`*_{}[]()#!|~:@".contains(c) => {
                quoted.push('\\');
                quoted.push(c);
            }
            c => quoted.push(c),
        }
    }
    quoted
}
