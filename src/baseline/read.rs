//! The text of a baseline → its entries.

use super::{Baseline, Entry};
use crate::atom::Value;
use crate::date::Date;
use crate::source::{FileId, Problem, Sources, Span};
use crate::spelling::nearest;
use crate::topology::pieces::{self, Piece};
use crate::topology::{describe, integer};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The one version of the form.
pub(super) const VERSION: i64 = 1;

/// The keys of an entry.
const KEYS: [&str; 5] = ["rule", "subject", "topology", "added", "reason"];

/// Reads the baseline in `file`.
///
/// # Errors
/// Everything that is wrong with it, sorted by place.
pub fn parse(sources: &Sources, file: FileId) -> Result<Baseline, Vec<Problem>> {
    let text = &sources.file(file).text;
    let mut reader = Reader {
        file,
        text,
        offset: 0,
        has_version: false,
        entries: Vec::new(),
        problems: Vec::new(),
    };
    let errors = pieces::parse(text, &|name| name == "finding", &mut |piece| reader.piece(&piece));
    if errors.is_empty() {
        reader.finish();
    } else {
        // What was read of a text that can't be read says nothing.
        reader.problems.clear();
    }
    let Reader { entries, mut problems, .. } = reader;
    problems.extend(errors.into_iter().map(|error| error.problem(file)));
    problems.sort_by_key(|problem| problem.labels.first().map(|label| label.span));
    if problems.is_empty() { Ok(Baseline { file, entries }) } else { Err(problems) }
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    /// Where the piece begins that is being read.
    offset: usize,
    has_version: bool,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start + self.offset..range.end + self.offset)
    }

    fn piece(&mut self, piece: &Piece<'_>) {
        self.offset = piece.offset;
        let header =
            piece.header.as_ref().filter(|header| header.is_array && header.name == "finding");
        self.has_version |= piece.table.contains_key("version");
        for (key, value) in &piece.table {
            match (key.get_ref().as_ref(), value.get_ref(), header) {
                ("finding", DeValue::Array(array), Some(header)) => {
                    let tables = array.iter().filter_map(|table| table.get_ref().as_table());
                    let place = Span::new(self.file, header.span.clone());
                    tables.for_each(|table| self.entry(table, place));
                }
                ("finding", ..) => {
                    let message = "each finding is a table of its own";
                    let problem =
                        Problem::error("wrong-type", message).at(self.span(key.span()), "");
                    self.problems.push(problem.help("write it below a line `[[finding]]`"));
                }
                ("version", DeValue::Integer(number), _) => {
                    self.version(integer(number), value.span())
                }
                ("version", other, _) => {
                    self.wrong_type("version", "a number", other, value.span())
                }
                (name, ..) => {
                    self.unknown_key("the baseline", name, &["version", "finding"], key.span())
                }
            }
        }
    }

    fn version(&mut self, version: Option<i64>, range: Range<usize>) {
        if version != Some(VERSION) {
            let message = format!("this lynt reads baselines of version {VERSION}");
            let problem = Problem::error("unknown-value", message).at(self.span(range), "");
            self.problems.push(problem.help("install a newer lynt"));
        }
    }

    fn entry(&mut self, table: &DeTable<'_>, header: Span) {
        let before = self.problems.len();
        for (key, _) in table.iter().filter(|(key, _)| !KEYS.contains(&key.get_ref().as_ref())) {
            self.unknown_key("`[[finding]]`", key.get_ref(), &KEYS, key.span());
        }
        let rule = self.text(table, "rule", header, true);
        let subject = self.subject(table, header);
        let topology = self.text(table, "topology", header, false);
        let reason = self.text(table, "reason", header, false);
        let added = table.get("added").and_then(|value| self.date(value));
        if self.problems.len() == before {
            let block = above(self.text, header.start as usize)..self.text.len();
            let place = table.get("subject").map_or(header, |value| self.span(value.span()));
            let topology = topology.trim_matches('/').to_owned();
            self.entries.push(Entry { rule, subject, topology, added, reason, place, block });
        }
    }

    /// The text of a key; an empty one where there is none.
    fn text(&mut self, table: &DeTable<'_>, key: &str, place: Span, is_required: bool) -> String {
        match table.get(key).map(|value| (value.get_ref(), value.span())) {
            Some((DeValue::String(text), _)) => text.to_string(),
            Some((other, range)) => {
                self.wrong_type(key, "a text", other, range);
                String::new()
            }
            None => {
                if is_required {
                    self.missing(key, place);
                }
                String::new()
            }
        }
    }

    fn subject(&mut self, table: &DeTable<'_>, place: Span) -> Vec<Value> {
        match table.get("subject").map(|value| (value.get_ref(), value.span())) {
            Some((DeValue::Array(array), _)) => {
                array.iter().filter_map(|item| self.argument(item)).collect()
            }
            Some((other, range)) => {
                self.wrong_type("subject", "an array", other, range);
                Vec::new()
            }
            None => {
                self.missing("subject", place);
                Vec::new()
            }
        }
    }

    fn argument(&mut self, item: &Spanned<DeValue<'_>>) -> Option<Value> {
        let number = match item.get_ref() {
            DeValue::String(text) => return Some(Value::Text(text.to_string())),
            DeValue::Boolean(value) => return Some(Value::Bool(*value)),
            DeValue::Integer(number) => integer(number),
            _ => None,
        };
        if number.is_none() {
            let wanted = "texts, numbers, true or false";
            self.wrong_type("subject", wanted, item.get_ref(), item.span());
        }
        number.map(Value::Number)
    }

    fn date(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Date> {
        let date = match value.get_ref() {
            DeValue::Datetime(date) => Date::parse(&date.to_string()),
            _ => None,
        };
        if date.is_none() {
            self.wrong_type("added", "a date such as 2026-12-31", value.get_ref(), value.span());
        }
        date
    }

    fn missing(&mut self, key: &str, place: Span) {
        let message = format!("this entry has no `{key}`");
        let problem = Problem::error("missing-key", message).at(place, "");
        self.problems.push(problem.help("`lynt baseline` writes whole entries"));
    }

    fn unknown_key(&mut self, owner: &str, name: &str, known: &[&str], range: Range<usize>) {
        let problem = Problem::error("unknown-key", format!("{owner} has no key `{name}`"))
            .at(self.span(range), "")
            .help(format!("its keys are {}", known.join(", ")))
            .did_you_mean(nearest(name, known.iter().copied()));
        self.problems.push(problem);
    }

    fn wrong_type(&mut self, key: &str, wanted: &str, found: &DeValue<'_>, range: Range<usize>) {
        let found = describe(found);
        let problem =
            Problem::error("wrong-type", format!("`{key}` wants {wanted}, found {found}"))
                .at(self.span(range), format!("this is {found}"));
        self.problems.push(problem);
    }

    /// What only the whole text shows.
    fn finish(&mut self) {
        if !self.has_version {
            let problem = Problem::error("missing-key", "the baseline has no `version`");
            let problem = problem.at(Span::new(self.file, 0..0), "");
            self.problems.push(problem.help(format!("write `version = {VERSION}` at its top")));
        }
        let starts: Vec<usize> = self.entries.iter().map(|entry| entry.block.start).collect();
        let mut first: BTreeMap<(String, String), Span> = BTreeMap::new();
        for (at, entry) in self.entries.iter_mut().enumerate() {
            if let Some(next) = starts.get(at + 1) {
                entry.block.end = *next;
            }
            let place = *first.entry(entry.identity()).or_insert(entry.place);
            if place != entry.place {
                let problem = Problem::error("duplicate-entry", "this finding is listed twice");
                self.problems.push(problem.at(entry.place, "again here").at(place, "first here"));
            }
        }
    }
}

/// Where the comment begins that stands right above the line of `start`; the line's start without one.
fn above(text: &str, start: usize) -> usize {
    let mut begin = text[..start].rfind('\n').map_or(0, |end| end + 1);
    while let Some(end) = begin.checked_sub(1) {
        let line = text[..end].rfind('\n').map_or(0, |end| end + 1);
        // What stands at the top is about the whole file.
        if line == 0 || !text[line..end].trim_start().starts_with('#') {
            break;
        }
        begin = line;
    }
    begin
}
