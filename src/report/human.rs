//! Outcomes → diagnostics with the lines they are about, and closing lines.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{self, Diagnostic};
use codespan_reporting::files;
use codespan_reporting::term::{self, Chars, Config};

use super::ansi::Ansi;
use super::closing;
use super::places::Places;
use super::proof::Trees;
use super::snippet::{CONTEXT_AFTER_START, CONTEXT_BEFORE_END, Excerpt};
use super::wrap::wrap;
use super::{Outcome, Report, Style};
use crate::escape::escape;
use crate::proof::Told;
use crate::source::{Problem, Severity, Sources};
use crate::violation::Finding;

/// Columns between the line number and the text of a note: a blank, `=` and a blank.
const BULLET: usize = 3;

/// Writes what became of each topology.
pub fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let outcomes = report.outcomes;
    let places = Places::new(report.sources);
    let mut page = Page::new(&places, style, out);
    report.problems.iter().try_for_each(|problem| page.problem(problem))?;
    let mut left = style.most;
    for outcome in outcomes {
        for problem in &outcome.problems {
            page.problem(problem)?;
        }
        let open = outcome.open().count();
        let shown = open.min(left);
        left -= shown;
        for finding in outcome.open().take(shown) {
            let digits = page.finding(finding, outcome)?;
            if let Some(proof) = finding.proof.as_ref().filter(|_| style.proofs) {
                page.proof(proof, digits + 1)?;
            }
        }
        if shown < open {
            page.block(closing::not_shown(open - shown).as_bytes())?;
        }
        page.block(closing::of_one(outcome, outcomes.len() > 1, style.width).as_bytes())?;
    }
    if outcomes.len() > 1 { page.block(closing::of_all(outcomes).as_bytes()) } else { Ok(()) }
}

/// A finding as it is shown, and its proof as `style` would have it below.
pub fn finding_and_proof(
    finding: &Finding,
    outcome: &Outcome,
    places: &Places<'_>,
    style: &Style,
) -> io::Result<[Vec<u8>; 2]> {
    let (mut shown, mut proved) = (Vec::new(), Vec::new());
    let digits = Page::new(places, style, &mut shown).finding(finding, outcome)?;
    if let Some(proof) = &finding.proof {
        Page::new(places, style, &mut proved).proof(proof, digits + 1)?;
    }
    Ok([shown, proved])
}

/// See [`super::write_problems`].
pub fn write_problems(
    problems: &[Problem],
    sources: &Sources,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let places = Places::new(sources);
    let mut page = Page::new(&places, style, out);
    problems.iter().try_for_each(|problem| page.problem(problem))
}

/// A report being written: blocks of lines with a blank line between two.
struct Page<'a> {
    places: &'a Places<'a>,
    style: &'a Style,
    config: Config,
    out: &'a mut dyn Write,
    is_empty: bool,
}

impl<'a> Page<'a> {
    fn new(places: &'a Places<'a>, style: &'a Style, out: &'a mut dyn Write) -> Self {
        let config = Config {
            chars: if style.ascii { Chars::ascii() } else { Chars::box_drawing() },
            start_context_lines: CONTEXT_AFTER_START,
            end_context_lines: CONTEXT_BEFORE_END,
            ..Config::default()
        };
        Self { places, style, config, out, is_empty: true }
    }

    /// Gives the digits of the greatest line number, by which a proof below is indented.
    fn finding(&mut self, finding: &Finding, outcome: &Outcome) -> io::Result<usize> {
        let Finding { rule, id: _, severity, message, labels, notes, helps, .. } = finding;
        let Finding { sources, handle, .. } = finding;
        let excerpt = Excerpt::of(labels, self.places, self.style);
        let columns = self.columns(&excerpt);
        let mut items: Vec<_> = notes.iter().map(|note| item("note: ", note, columns)).collect();
        items.extend(helps.iter().map(|text| help(text, columns)));
        items.extend(sources.iter().map(|source| item("source: ", source, columns)));
        if let Some(fix) = finding.fixes.first() {
            let how = if fix.is_safe { "`--fix`" } else { "`--unsafe-fixes`" };
            items.push(item("fix: ", &format!("{} ({how})", fix.title), columns));
        }
        let Outcome { path_arguments, explain_arguments, rule_arguments, .. } = outcome;
        // Commands are to be copied: they are not wrapped.
        if !handle.is_empty() {
            let handle = shell_word(handle);
            items.push(format!("why: lynt explain {handle}{path_arguments}{explain_arguments}"));
        }
        items.push(format!("docs: lynt rule {}{rule_arguments}", escape(rule)));
        self.diagnostic(head(*severity, rule, message).with_notes(items), &excerpt)?;
        Ok(excerpt.digits)
    }

    /// The proof of the finding above it.
    fn proof(&mut self, proof: &Told, indent: usize) -> io::Result<()> {
        let mut lines = Vec::new();
        let trees = Trees { places: self.places, style: self.style };
        trees.write(proof, &" ".repeat(indent), &mut lines)?;
        self.out.write_all(&lines)
    }

    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        let Problem { severity, name, message, labels, help: advice } = problem;
        let excerpt = Excerpt::of(labels, self.places, self.style);
        let columns = self.columns(&excerpt);
        let items = advice.iter().map(|text| help(text, columns)).collect();
        self.diagnostic(head(*severity, name, message).with_notes(items), &excerpt)
    }

    /// The room for a note below `excerpt`.
    fn columns(&self, excerpt: &Excerpt) -> usize {
        self.style.width.saturating_sub(excerpt.digits + BULLET)
    }

    fn diagnostic(&mut self, diagnostic: Diagnostic<usize>, excerpt: &Excerpt) -> io::Result<()> {
        let diagnostic = diagnostic.with_labels(excerpt.labels.clone());
        let mut drawn = Vec::new();
        let mut writer = Ansi { out: &mut drawn, color: self.style.color };
        term::emit_to_write_style(&mut writer, &self.config, excerpt, &diagnostic)
            .map_err(io_error)?;
        self.block(&without_trailing_blanks(&drawn))
    }

    /// Writes whole lines.
    fn block(&mut self, lines: &[u8]) -> io::Result<()> {
        if !self.is_empty {
            self.out.write_all(b"\n")?;
        }
        self.is_empty = false;
        self.out.write_all(lines)
    }
}

/// `text` as one word of a shell.
pub fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._:,/@+-=".contains(c);
    let text = escape(text);
    // zsh takes what begins with `=` for the name of a program.
    if !text.is_empty() && !text.starts_with('=') && text.chars().all(is_plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

fn head(severity: Severity, name: &str, message: &str) -> Diagnostic<usize> {
    let severity = match severity {
        Severity::Error => diagnostic::Severity::Error,
        Severity::Warning => diagnostic::Severity::Warning,
        Severity::Note => diagnostic::Severity::Note,
    };
    Diagnostic::new(severity).with_code(escape(name)).with_message(escape(message))
}

/// What stands behind a bullet: `start` and `text`, wrapped.
fn item(start: &str, text: &str, columns: usize) -> String {
    let lines: Vec<_> = text.trim_end_matches('\n').split('\n').map(escape).collect();
    wrap(start, &lines.join("\n"), columns)
}

/// Lines of a help after the first one are text to type: indented, and never wrapped.
fn help(text: &str, columns: usize) -> String {
    let (advice, to_type) = text.split_once('\n').unwrap_or((text, ""));
    let advice = item("help: ", advice, columns);
    to_type.lines().fold(advice, |help, line| help + "\n  " + &escape(line))
}

/// Whole lines as codespan-reporting draws them, without the blanks it leaves at the end of some
/// of them and without the empty line it ends with.
fn without_trailing_blanks(drawn: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(drawn.len());
    for line in drawn.trim_ascii_end().split(|&byte| byte == b'\n') {
        lines.extend_from_slice(line.trim_ascii_end());
        lines.push(b'\n');
    }
    lines
}

fn io_error(error: files::Error) -> io::Error {
    match error {
        files::Error::Io(error) => error,
        error => io::Error::other(error),
    }
}
