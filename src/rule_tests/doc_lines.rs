//! Bytes of an example → the place in the rule's own file, which is where one edits.

use super::judge::PlacedMark;
use crate::datalog::lex::{TokenKind, lex};
use crate::datalog::program::Violation;
use crate::examples::ExampleFile;
use crate::proof::{Attempt, Told};
use crate::source::{Problem, Sources, Span};
use crate::violation::Finding;
use std::ops::Range;

/// Where each line of a rule's documentation stands, without the `///` before it.
pub struct DocLines {
    lines: Vec<Span>,
}

impl DocLines {
    /// The lines of the documentation directly above the rule's declaration.
    pub fn of(rule: &Violation, sources: &Sources) -> Self {
        let text = &sources.file(rule.span.file).text;
        let tokens = lex(rule.span.file, text, &mut Vec::new());
        let name = tokens.partition_point(|token| token.span.start < rule.span.start);
        // Before the name stands the word `violation`.
        let above = tokens[..name.saturating_sub(1)].iter().rev();
        let docs = above.take_while(|token| matches!(token.kind, TokenKind::Doc(_)));
        let mut lines: Vec<Span> = docs.map(|token| content(text, token.span)).collect();
        lines.reverse();
        Self { lines }
    }

    /// The line with this number, counted from 0; that of the last one where there are fewer.
    pub fn line(&self, number: usize) -> Option<Span> {
        self.lines.get(number).or(self.lines.last()).copied()
    }

    /// Where bytes of an example's file stand.
    pub fn place(&self, file: &ExampleFile, range: Range<usize>) -> Option<Span> {
        let first = self.char(file, range.start)?;
        if range.is_empty() {
            return Some(Span { end: first.start, ..first });
        }
        // The last byte, since the end may be the beginning of the next line.
        Some(first.to(self.char(file, range.end - 1)?))
    }

    /// The character that the byte `at` belongs to; nothing at the end of a line.
    fn char(&self, file: &ExampleFile, at: usize) -> Option<Span> {
        let (before, rest) = file.text.split_at(floor(&file.text, at));
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = self.line(file.line + before.matches('\n').count())?;
        let length = rest.chars().next().map_or(0, char::len_utf8);
        let start = (line.start as usize + before.len() - line_start).min(line.end as usize);
        Some(Span::new(line.file, start..(start + length).min(line.end as usize)))
    }
}

/// The nearest beginning of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// A line of documentation without its marks and one blank, as the lexer takes it.
fn content(text: &str, line: Span) -> Span {
    let whole = &text[line.range()];
    let content = whole.trim_start_matches("///");
    let content = content.strip_prefix(' ').unwrap_or(content);
    let start = line.end as usize - content.len();
    Span::new(line.file, start..start + content.trim_end().len())
}

/// Puts places of one example, whose files are numbered from 0, where they stand in the rule's file.
pub(super) struct Moving<'m> {
    pub(super) files: &'m [ExampleFile],
    pub(super) lines: &'m DocLines,
}

impl Moving<'_> {
    pub(super) fn span(&self, span: &mut Span) {
        let file = self.files.get(span.file as usize);
        *span = file.and_then(|file| self.lines.place(file, span.range())).unwrap_or(*span);
    }

    pub(super) fn mark(&self, mark: &mut PlacedMark) {
        self.span(&mut mark.span);
    }

    pub(super) fn problem(&self, problem: &mut Problem) {
        problem.labels.iter_mut().for_each(|label| self.span(&mut label.span));
    }

    pub(super) fn finding(&self, finding: &mut Finding) {
        finding.labels.iter_mut().for_each(|label| self.span(&mut label.span));
        finding.subject.place.iter_mut().for_each(|place| self.span(place));
        // An example is not mended.
        finding.fixes.clear();
        finding.proof.iter_mut().for_each(|proof| self.told(proof));
    }

    pub(super) fn told(&self, told: &mut Told) {
        told.places.iter_mut().for_each(|place| self.span(place));
        told.children.iter_mut().for_each(|child| self.told(child));
    }

    pub(super) fn attempt(&self, attempt: &mut Attempt) {
        attempt.literals.iter_mut().for_each(|(_, told)| self.told(told));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{examples, marks};
    use crate::rules::Rules;

    /// Every example of every rule stands, byte by byte, where it is said to stand.
    #[test]
    fn examples_stand_in_their_files() {
        let rules = Rules::shipped();
        let mut compared = 0;
        for rule in rules.violations() {
            let lines = DocLines::of(rule, &rules.set.sources);
            for file in examples(&rule.docs.text).iter().flat_map(|example| &example.files) {
                let mut start = 0;
                for line in file.text.split_inclusive('\n') {
                    let end = start + line.trim_end().len();
                    let place = lines.place(file, start..end).expect("a place");
                    assert_eq!(
                        rules.set.sources.text(place),
                        &file.text[start..end],
                        "{}",
                        rule.id
                    );
                    start += line.len();
                    compared += 1;
                }
                for mark in marks(&file.text) {
                    let place = lines.place(file, mark.range).expect("a place");
                    assert_eq!(rules.set.sources.text(place), mark.id);
                }
            }
        }
        assert!(compared > 1000);
    }

    #[test]
    fn comments_between_and_windows_line_ends_do_no_harm() {
        let text = "\u{feff}// first\r\n/// Odd.\r\n// between\r\n///\r\n/// ## Violates\r\n\
            ///```toml\r\n///   [[pool]]  \r\n/// fqdn = \"ü\"\r\n/// ```\r\nviolation Odd(p: Pool) {\r\n\
            severity: note; message: \"m\"; label p: \"l\"; }\r\nOdd(p) <- Pool(p);\r\n";
        let rules = Rules::shipped().with_custom([("odd.dl".to_owned(), text.to_owned())]);
        let rules = rules.expect("the rule compiles");
        let rule = rules.violations().into_iter().find(|rule| rule.id == "odd").expect("the rule");
        let lines = DocLines::of(rule, &rules.set.sources);
        let example = &examples(&rule.docs.text)[0];
        let file = &example.files[0];
        assert_eq!(file.text, "  [[pool]]\nfqdn = \"ü\"\n");
        let cases = [
            (2..10, "[[pool]]"),
            (11..15, "fqdn"),
            (19..21, "ü"),
            (20..21, "ü"),
            (8..14, "]]  \r\n/// fqd"),
            (22..23, ""),
            (23..99, ""),
        ];
        for (range, expected) in cases {
            let place = lines.place(file, range.clone()).expect("a place");
            assert_eq!(rules.set.sources.text(place), expected, "{range:?}");
        }
        let fence = lines.line(example.line).expect("a line");
        assert_eq!(rules.set.sources.text(fence), "```toml");
    }
}
