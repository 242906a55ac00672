//! Report → CSV (RFC 4180), a row for each problem and finding, for registers kept in spreadsheets.

use std::io::{self, Write};

use super::lines::several;
use super::places::{Places, Region};
use super::{Outcome, Report, Style};
use crate::escape::escape;
use crate::source::{Label, Problem};
use crate::suppression::OPEN;
use crate::violation::Finding;

/// The columns.
const HEADER: [&str; 19] = [
    "status",
    "exit-code",
    "topology",
    "level",
    "rule",
    "group",
    "subject-kind",
    "subject",
    "message",
    "path",
    "line",
    "column",
    "end-line",
    "end-column",
    "help",
    "id",
    "reason",
    "by",
    "until",
];

/// Writes a header and the rows.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    write_row(HEADER.map(str::to_owned), out)?;
    for problem in report.problems {
        write_row(of_problem(problem, "", report, &places), out)?;
    }
    for outcome in report.outcomes {
        for problem in &outcome.problems {
            write_row(of_problem(problem, &outcome.path, report, &places), out)?;
        }
        for finding in &outcome.findings {
            write_row(of_finding(finding, outcome, report, &places), out)?;
        }
    }
    Ok(())
}

fn of_problem(
    problem: &Problem,
    topology: &str,
    report: &Report<'_>,
    places: &Places<'_>,
) -> [String; HEADER.len()] {
    let Problem { severity, name, message, labels, help } = problem;
    let [path, line, column, end_line, end_column] = place(labels, places);
    [
        "could not check".to_owned(),
        report.exit_code.to_string(),
        one_line(topology),
        severity.as_str().to_owned(),
        (*name).to_owned(),
        String::new(),
        String::new(),
        String::new(),
        one_line(message),
        path,
        line,
        column,
        end_line,
        end_column,
        lines(help.as_slice()),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ]
}

fn of_finding(
    finding: &Finding,
    outcome: &Outcome,
    report: &Report<'_>,
    places: &Places<'_>,
) -> [String; HEADER.len()] {
    let Finding { rule, id, subject, severity, message, labels, helps, .. } = finding;
    let [status, reason, by, until] = suppression(finding);
    let known = report.rules.binary_search_by(|known| known.id.cmp(rule));
    let group = known.map_or(String::new(), |at| report.rules[at].group.clone());
    let [path, line, column, end_line, end_column] = place(labels, places);
    [
        status,
        report.exit_code.to_string(),
        one_line(&outcome.path),
        severity.as_str().to_owned(),
        rule.clone(),
        group,
        one_line(&subject.kind),
        one_line(&subject.name),
        one_line(message),
        path,
        line,
        column,
        end_line,
        end_column,
        lines(helps),
        one_line(id),
        reason,
        by,
        until,
    ]
}

/// Status, and of a hidden finding why, who answers for it and until when.
fn suppression(finding: &Finding) -> [String; 4] {
    let Some(by) = &finding.suppression else {
        return [OPEN.to_owned(), String::new(), String::new(), String::new()];
    };
    let until = by.until.map_or(String::new(), |until| until.to_string());
    let who = by.by.as_deref().map_or(String::new(), one_line);
    [by.kind.status().to_owned(), one_line(&by.reason), who, until]
}

/// Path, line and column of the start, line and column of the end of the first place.
fn place(labels: &[Label], places: &Places<'_>) -> [String; 5] {
    let region = labels.iter().find_map(|label| places.region(label.span));
    let Some(Region { path, start, end }) = region else { return Default::default() };
    let numbers = [start.line, start.column, end.line, end.column].map(|number| number.to_string());
    let [line, column, end_line, end_column] = numbers;
    [one_line(path), line, column, end_line, end_column]
}

fn one_line(text: &str) -> String {
    escape(text).into_owned()
}

/// The only cell with several lines.
fn lines(helps: &[String]) -> String {
    helps.iter().flat_map(|help| several("", help)).collect::<Vec<_>>().join("\n")
}

fn write_row(cells: [String; HEADER.len()], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(row(&cells).as_bytes())
}

/// Texts as a row, with its line end.
pub fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A text as a cell. What a spreadsheet would take for a formula gets a `'` before it.
fn cell(text: &str) -> String {
    let text: Vec<_> = text.split('\n').map(escape).collect();
    let text = text.join("\n");
    let guard = if begins_formula(&text) { "'" } else { "" };
    if text.contains(['"', ',', '\n']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

/// Spreadsheets take the wide forms too.
fn begins_formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_compute_nothing() {
        let cases = [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM", "'@SUM"),
            (" =1", "' =1"),
            ("\t=1", "' =1"),
            ("＝1", "'＝1"),
            ("a\r\n=1", "\"a\\u{d}\n=1\""),
        ];
        for (text, expected) in cases {
            assert_eq!(cell(text), expected);
        }
    }
}
