//! Report → Markdown: a table of what was found, then a section for each finding.

use std::io::{self, Write};

use super::by_rule::by_rule;
use super::lines::place;
use super::places::Places;
use super::{Examined, Outcome, Report, Style};
use crate::escape::escape;
use crate::source::{Label, Problem};
use crate::violation::Finding;

/// Bytes of findings in a step's summary: GitHub refuses a summary above 1 MiB whole.
const MOST_BYTES: usize = 1 << 19;

/// Writes everything.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_up_to(usize::MAX, report, out)
}

/// Writes as much as GitHub takes as the summary of a step.
pub fn write_summary(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_up_to(MOST_BYTES, report, out)
}

fn write_up_to(most: usize, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(report.sources);
    let verdict = match report.exit_code {
        0 => "nothing at or above `--fail-on`",
        1 => "violations",
        _ => "could not check",
    };
    writeln!(out, "# lynt: {verdict} (exit code {})", report.exit_code)?;
    let mut room = most;
    sections(
        report.problems.iter().map(|problem| problem_section(problem, &places)),
        &mut room,
        out,
    )?;
    for outcome in report.outcomes {
        out.write_all(head(outcome).as_bytes())?;
        let problems = outcome.problems.iter().map(|problem| problem_section(problem, &places));
        let findings = outcome.open().map(|finding| finding_section(finding, &places));
        sections(problems.chain(findings), &mut room, out)?;
    }
    Ok(())
}

/// Writes sections as long as there is room, and counts the others.
fn sections(
    mut sections: impl Iterator<Item = String>,
    room: &mut usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    while let Some(section) = sections.next() {
        if section.len() > *room {
            *room = 0;
            return writeln!(out, "\n{} more are left out here.", 1 + sections.count());
        }
        *room -= section.len();
        out.write_all(section.as_bytes())?;
    }
    Ok(())
}

/// What is said of a topology before its findings.
fn head(outcome: &Outcome) -> String {
    let mut head = format!("\n## {}\n", code(&outcome.path));
    if !outcome.problems.is_empty() {
        head.push_str("\nCould not check: no rule was run.\n");
        return head;
    }
    let found = by_rule(outcome.open());
    if !found.is_empty() {
        head.push_str("\n| rule | level | examined | violations |\n| --- | --- | ---: | ---: |\n");
    }
    for (rule, findings) in &found {
        let level = findings.iter().map(|finding| finding.severity).max();
        let level = level.map_or("", |level| level.as_str());
        let examined = outcome.examined.iter().find(|examined| examined.rule == **rule);
        let examined = examined.map_or(0, |examined| examined.subjects);
        let rule = code(rule).replace('|', "\\|");
        head.push_str(&format!("| {rule} | {level} | {examined} | {} |\n", findings.len()));
    }
    let holds =
        |examined: &&Examined| examined.subjects > 0 && !found.contains_key(examined.rule.as_str());
    let hold = outcome.examined.iter().filter(holds).count();
    head.push_str(&format!("\nRules that hold: {hold} of {}.\n", outcome.examined.len()));
    for (how, count) in outcome.hidden() {
        head.push_str(&format!("\nFindings {how}: {count}.\n"));
    }
    if let Some(path) = &outcome.configuration {
        head.push_str(&format!("\nConfiguration: {}.\n", code(path)));
    }
    let vacuous = outcome.examined.iter().filter(|examined| examined.subjects == 0);
    let vacuous: Vec<String> = vacuous.map(|examined| code(&examined.rule)).collect();
    if !vacuous.is_empty() {
        head.push_str(&format!("\nNot evidence, looked at nothing: {}.\n", vacuous.join(", ")));
    }
    head
}

fn finding_section(finding: &Finding, places: &Places<'_>) -> String {
    let Finding { rule, severity, message, labels, notes, helps, sources, .. } = finding;
    let mut section = section_head(severity.as_str(), rule, message);
    section.push_str(&label_items(labels, places));
    let lists = [("Note", notes), ("Help", helps), ("Source", sources)];
    for (head, texts) in lists {
        texts.iter().for_each(|text| section.push_str(&item(head, text)));
    }
    section
}

fn problem_section(problem: &Problem, places: &Places<'_>) -> String {
    let Problem { severity, name, message, labels, help } = problem;
    let mut section = section_head(severity.as_str(), name, message);
    section.push_str(&label_items(labels, places));
    help.iter().for_each(|help| section.push_str(&item("Help", help)));
    section
}

fn section_head(level: &str, name: &str, message: &str) -> String {
    format!("\n### {level}: {}\n\n{}\n\n", code(name), text(message))
}

fn label_items(labels: &[Label], places: &Places<'_>) -> String {
    let item = |label: &Label| {
        let place = code(&place(label, places)?);
        Some(match label.text.as_str() {
            "" => format!("- {place}\n"),
            said => format!("- {place}: {}\n", text(said)),
        })
    };
    labels.iter().filter_map(item).collect()
}

/// Lines behind the first one are text to type.
fn item(head: &str, said: &str) -> String {
    let (first, to_type) = said.split_once('\n').unwrap_or((said, ""));
    let mut item = format!("- {head}: {}\n", text(first));
    for line in to_type.lines() {
        item.push_str(&format!("  - {}\n", code(line)));
    }
    item
}

/// A text in which what stands between backticks is code, and nothing else means anything.
pub(super) fn text(said: &str) -> String {
    let escaped = escape(said);
    let pieces: Vec<&str> = escaped.split('`').collect();
    // Without a partner the last backtick is a character.
    let paired = pieces.len() - (pieces.len() + 1) % 2;
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        match at {
            _ if at >= paired => text.push_str(&format!("\\`{}", plain(piece))),
            _ if at % 2 == 1 => text.push_str(&code(piece)),
            _ => text.push_str(&plain(piece)),
        }
    }
    text
}

/// Characters that mean something in Markdown or HTML as mere characters; `-`, `1.` and `1)` mean
/// something at the start.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        let begins_item = match char {
            '-' => at == 0,
            '.' | ')' => at > 0 && text[..at].bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if begins_item || char.is_ascii_punctuation() && !",;'\"()/?%.-".contains(char) {
            plain.push('\\');
        }
        plain.push(char);
    }
    plain
}

/// A text as code: in more backticks than it has.
pub(super) fn code(said: &str) -> String {
    let text = escape(said);
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if longest > 0 || text.trim().is_empty() { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_nothing() {
        let cases = [
            ("plain text, as it is", "plain text, as it is"),
            ("`a.b` names `<b>`", "`a.b` names `<b>`"),
            (
                "<b>&amp; *x* _y_ [z](u) #1 a|b",
                "\\<b\\>\\&amp; \\*x\\* \\_y\\_ \\[z\\](u) \\#1 a\\|b",
            ),
            ("SBA `a`b` has", "SBA `a`b\\` has"),
            ("http://x.example", "http\\://x.example"),
            ("- 1. x", "\\- 1. x"),
            ("12. x", "12\\. x"),
            ("(`a`).", "(`a`)."),
            ("a\n# b", "a\\\\u\\{a\\}\\# b"),
        ];
        for (said, markdown) in cases {
            assert_eq!(text(said), markdown);
        }
        assert_eq!(code("a``b"), "``` a``b ```");
        assert_eq!(code(""), "`  `");
    }
}
