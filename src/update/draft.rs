//! What is to become of one file's text, until it is edits.

mod adding;

use super::lines;
use super::outline::{Content, Form, Outline};
use crate::fix::{Edit, line_end};
use crate::source::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Something between commas.
pub type Piece = Range<usize>;

/// The changes of a file.
pub struct Draft<'t> {
    pub text: &'t str,
    pub outline: &'t Outline,
    replaced: Vec<(Range<usize>, String)>,
    /// By place; what stands at one place, in this order.
    added: BTreeMap<(usize, Level), Added>,
    /// Statements that go: table and index.
    gone: BTreeSet<(usize, usize)>,
    /// Tables that get statements.
    grown: BTreeSet<usize>,
    /// Whole tables that go, without the blank lines around them.
    cut: Vec<Range<usize>>,
    /// Where something comes in the place of what is cut.
    refilled: BTreeSet<usize>,
}

/// What is added, in the order in which it stands at one place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What was missing behind the last thing.
    Comma,
    /// Keys, elements.
    Item,
    /// Tables.
    Table,
}

/// What is added at one place.
struct Added {
    lead: String,
    between: String,
    tail: String,
    items: Vec<String>,
}

impl<'t> Draft<'t> {
    /// No changes.
    pub fn new(text: &'t str, outline: &'t Outline) -> Self {
        let (replaced, cut) = (Vec::new(), Vec::new());
        let (added, gone) = (BTreeMap::new(), BTreeSet::new());
        let (grown, refilled) = (BTreeSet::new(), BTreeSet::new());
        Draft { text, outline, replaced, added, gone, grown, cut, refilled }
    }

    /// A range gets another text.
    pub fn replace(&mut self, range: Range<usize>, text: String) {
        self.replaced.push((range, text));
    }

    /// A statement goes, with its line.
    pub fn remove(&mut self, statement: (usize, usize)) {
        self.gone.insert(statement);
    }

    /// Lines of a table go, with the blank lines around it.
    pub fn cut(&mut self, range: Range<usize>) {
        self.cut.push(range);
    }

    /// Lines come in the place of those that are cut from `at` on.
    pub fn refill(&mut self, at: usize, items: Vec<String>) {
        self.refilled.insert(at);
        let end = line_end(self.text, at);
        self.insert((at, Level::Table), ["", &format!("{end}{end}"), end], items);
    }

    /// Items are added behind those that were added there before, with what stands before, between and behind
    /// them.
    pub fn add(&mut self, at: usize, around: [&str; 3], items: Vec<String>) {
        self.insert((at, Level::Item), around, items);
    }

    /// As `add`, at a level.
    pub fn insert(&mut self, at: (usize, Level), around: [&str; 3], items: Vec<String>) {
        let [lead, between, tail] = around.map(str::to_owned);
        let empty = Added { lead, between, tail, items: Vec::new() };
        self.added.entry(at).or_insert(empty).items.extend(items);
    }

    /// Some of the things between commas go, each with one comma, and with its line where it has one.
    pub fn remove_pieces(&mut self, pieces: &[Piece], gone: &BTreeSet<usize>) {
        let text = self.text;
        let last_kept = (0..pieces.len()).rev().find(|at| !gone.contains(at));
        for &at in gone {
            let piece = &pieces[at];
            let line = lines::start(text, piece.start)..lines::next(text, piece.end);
            let behind = text[piece.end..lines::end(text, piece.end)].trim_start();
            let behind = behind.strip_prefix(',').unwrap_or(behind).trim_start();
            let is_alone = lines::is_blank(text, line.start..piece.start)
                && (behind.is_empty() || behind.starts_with('#'));
            let range = match (last_kept, pieces.get(at + 1)) {
                _ if is_alone => line,
                (Some(kept), _) if kept < at => pieces[kept].end..piece.end,
                (_, Some(next)) => piece.start..next.start,
                // The last one of which nothing is left takes the comma behind it along.
                _ => piece.start..piece.end + comma(&text[piece.end..]),
            };
            self.replaced.push((range, String::new()));
        }
    }

    /// The edits of `file`.
    pub fn edits(mut self, file: FileId) -> Vec<Edit> {
        self.remove_statements();
        for range in self.without_blanks() {
            self.replaced.push((range, String::new()));
        }
        let edit = |range: Range<usize>, text: String| Edit { span: Span::new(file, range), text };
        let mut texts: BTreeMap<usize, String> = BTreeMap::new();
        for ((at, _), Added { lead, between, tail, items }) in self.added {
            *texts.entry(at).or_default() += &(lead + &items.join(&between) + &tail);
        }
        let added = texts.into_iter().map(|(at, text)| edit(at..at, text));
        let replaced = self.replaced.into_iter().map(|(range, text)| edit(range, text));
        let mut edits: Vec<Edit> = added.chain(replaced).collect();
        edits.sort();
        edits
    }

    fn remove_statements(&mut self) {
        for (at, table) in self.outline.tables.iter().enumerate() {
            let own = self.gone.range((at, 0)..(at + 1, 0)).map(|(_, statement)| *statement);
            let gone: BTreeSet<usize> = own.collect();
            let pieces: Vec<Piece> =
                table.statements.iter().map(|statement| statement.range.clone()).collect();
            if matches!(table.form, Form::Inline(_)) {
                self.remove_pieces(&pieces, &gone);
                continue;
            }
            for statement in gone {
                self.replaced.push((self.lines_of((at, statement)), String::new()));
            }
        }
    }

    /// The lines of a statement under a header.
    fn lines_of(&self, statement: (usize, usize)) -> Range<usize> {
        let Range { start, end } = self.outline.statement(statement).range;
        lines::start(self.text, start)..lines::next(self.text, end)
    }

    /// Ends the changes of keys: tables within entities of which nothing is left go as a whole.
    pub fn settle(&mut self) {
        self.empty_inline_tables();
        for (at, table) in self.outline.tables.iter().enumerate() {
            let Form::Header { range, path, .. } = &table.form else { continue };
            let all: Vec<_> =
                (0..table.statements.len()).map(|statement| (at, statement)).collect();
            let is_empty = all.iter().all(|statement| self.gone.contains(statement));
            let (true, true, Some(last)) = (path.len() > 1, is_empty, all.last()) else { continue };
            let whole = lines::start(self.text, range.start)..self.lines_of(*last).end;
            // A comment stays, and so does the header then.
            let mut left = self.text[range.end..whole.end].to_owned();
            for statement in all.iter().rev() {
                let Range { start, end } = self.outline.statement(*statement).range;
                left.replace_range(start - range.end..end - range.end, "");
            }
            let has_lead = lines::lead(self.text, range.start) < whole.start;
            if left.trim().is_empty() && !has_lead && !self.grown.contains(&at) {
                self.cut(whole);
            }
        }
    }

    /// The end of the last line up to that of `at` which is not blank and stays.
    pub fn last_kept(&self, at: usize) -> usize {
        let is_line = |(table, _): &&(usize, usize)| {
            !matches!(self.outline.tables[*table].form, Form::Inline(_))
        };
        let gone = self.gone.iter().filter(is_line).map(|statement| self.lines_of(*statement));
        let gone: Vec<Range<usize>> = gone.chain(self.cut.iter().cloned()).collect();
        let mut at = at;
        loop {
            let start = match gone.iter().find(|range| range.start <= at && at < range.end) {
                Some(range) => range.start,
                None if lines::is_blank(self.text, lines::start(self.text, at)..at) => {
                    lines::start(self.text, at)
                }
                None => return at,
            };
            let Some(above) = self.text[..start].strip_suffix('\n') else { return at };
            at = lines::end(self.text, above.trim_end_matches('\r').len());
        }
    }

    /// An inline table of which nothing is left goes as a whole.
    fn empty_inline_tables(&mut self) {
        for (at, table) in self.outline.tables.iter().enumerate() {
            for (statement, written) in table.statements.iter().enumerate() {
                let Content::Table(inner) = written.value.content else { continue };
                let count = self.outline.tables[inner].statements.len();
                let is_empty = (0..count).all(|statement| self.gone.contains(&(inner, statement)));
                if count > 0 && is_empty && !self.grown.contains(&inner) {
                    self.gone.retain(|(table, _)| *table != inner);
                    self.gone.insert((at, statement));
                }
            }
        }
    }

    /// What is cut, with the blank lines behind it; those before it, where nothing follows.
    fn without_blanks(&mut self) -> Vec<Range<usize>> {
        let text = self.text;
        self.cut.sort_by_key(|range| range.start);
        let mut whole: Vec<Range<usize>> = Vec::new();
        for range in std::mem::take(&mut self.cut) {
            match whole.last_mut() {
                Some(last)
                    if !self.refilled.contains(&range.start)
                        && (range.start <= last.end
                            || lines::is_blank(text, last.end..range.start)) =>
                {
                    last.end = last.end.max(range.end);
                }
                _ => whole.push(range),
            }
        }
        for range in &mut whole {
            if self.refilled.contains(&range.start) {
                continue;
            }
            while range.end < text.len()
                && lines::is_blank(text, range.end..lines::next(text, range.end))
            {
                range.end = lines::next(text, range.end);
            }
            let before = &text[..range.start];
            if range.end == text.len() && !before.is_empty() {
                let kept = before.trim_end_matches(['\r', '\n', ' ', '\t']);
                range.start = lines::next(text, kept.len()).min(range.start);
            }
        }
        whole
    }
}

/// A value in several lines, indented as the line of `at`.
pub fn fitted(text: &str, value: &str, at: usize) -> String {
    value.replace('\n', &format!("{}{}", line_end(text, at), lines::indent(text, at)))
}

/// The bytes up to behind a comma that comes next; 0, where none does.
fn comma(rest: &str) -> usize {
    let behind = rest.trim_start().strip_prefix(',');
    behind.map_or(0, |behind| rest.len() - behind.len())
}
