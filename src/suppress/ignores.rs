//! A file → its ignores, judged by the policy, and which of them are where.

use super::comment::{Directive, Mistake, parse};
use super::page::{Comment, Page};
use super::{Known, MALFORMED, Policy};
use crate::date::Date;
use crate::source::{FileId, Label, SourceFile, Sources, Span};
use crate::spelling::nearest;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// An ignore comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The comment.
    pub place: Span,
    /// Its `path:line`.
    pub at: String,
    /// Whether it is for the whole file.
    pub is_for_file: bool,
    /// The rules between its brackets, in their order.
    pub names: Vec<Name>,
    /// Why; empty where nothing is said.
    pub reason: String,
    /// Who answers for it.
    pub by: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// How many days from the day of the check to `until`; negative: it has expired.
    pub days_left: Option<i64>,
    /// What is wrong with it; then it hides nothing.
    pub mistakes: Vec<Wrong>,
}

/// A rule that an ignore names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The rule's id as it is written.
    pub rule: String,
    /// Where.
    pub place: Span,
    /// What goes when this name alone is removed from the list.
    pub removal: Span,
    /// The subjects of the findings that it hides, or would hide if the ignore counted.
    pub subjects: Vec<String>,
}

/// A mistake in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where.
    pub label: Label,
    /// What, in one line.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Ignore {
    /// Whether it hides what it names: it has no mistake and has not expired.
    pub fn counts(&self) -> bool {
        self.mistakes.is_empty() && !self.has_expired()
    }

    /// Whether its last day is over.
    pub fn has_expired(&self) -> bool {
        self.days_left.is_some_and(|days| days < 0)
    }

    /// Whether it hides a finding.
    pub fn hides(&self) -> bool {
        self.counts() && self.names.iter().any(|name| !name.subjects.is_empty())
    }
}

/// A file that has ignores.
pub(super) struct Sheet {
    pub(super) file: FileId,
    pub(super) page: Page,
    /// In the order of the text.
    pub(super) ignores: Vec<Ignore>,
    /// The line of each ignore.
    lines: Vec<usize>,
    /// By rule, those that count and those that don't: each finding asks for its own.
    naming: [FxHashMap<String, Naming>; 2],
}

/// Where an ignore names a rule: which ignore it is, and which of its names.
pub(super) type Named = (usize, usize);

/// The ignores of a file that name one rule, in the order of the text.
#[derive(Default)]
struct Naming {
    /// Those for the whole file.
    for_file: Vec<Named>,
    /// The others.
    others: Vec<Named>,
}

/// Which ignores are asked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    /// The rule that they name.
    pub(super) rule: &'w str,
    /// Whether it is those that count, or those that don't.
    pub(super) counting: bool,
}

impl Sheet {
    /// Reads a file; None where no comment speaks to lynt.
    pub(super) fn read<'k>(
        sources: &Sources,
        file: FileId,
        known: impl FnOnce() -> &'k Known<'k>,
        policy: &Policy,
    ) -> Option<Self> {
        let SourceFile { path, text } = sources.file(file);
        if !mentions_lynt(text) {
            return None;
        }
        let page = Page::of(text);
        let judge = Judge { file, path, text, page: &page, known: known(), policy };
        let (mut ignores, mut lines) = (Vec::new(), Vec::new());
        for comment in &page.comments {
            if let Some(directive) = parse(&text[comment.range.clone()]) {
                ignores.push(judge.ignore(comment, &directive));
                lines.push(comment.line);
            }
        }
        if ignores.is_empty() {
            return None;
        }
        let naming = naming(&ignores);
        Some(Self { file, page, ignores, lines, naming })
    }

    /// The ignores on the lines of `place`.
    pub(super) fn on_lines(&self, wanted: Wanted<'_>, place: Span) -> &[Named] {
        self.within(wanted, &self.page.lines(&place.range()))
    }

    /// The ignores in the table that holds `place`, and right above it.
    pub(super) fn about_table(&self, wanted: Wanted<'_>, place: Span) -> &[Named] {
        let table = self.page.table(place.start as usize);
        table.map_or(&[], |table| self.within(wanted, &(table.lead..table.lines.end)))
    }

    /// The ignores for the whole file.
    pub(super) fn for_file(&self, wanted: Wanted<'_>) -> &[Named] {
        self.naming(wanted).map_or(&[], |naming| &naming.for_file)
    }

    fn within(&self, wanted: Wanted<'_>, lines: &Range<usize>) -> &[Named] {
        let others = self.naming(wanted).map_or(&[][..], |naming| &naming.others);
        let place = |line| others.partition_point(|&(ignore, _)| self.lines[ignore] < line);
        &others[place(lines.start)..place(lines.end)]
    }

    fn naming(&self, wanted: Wanted<'_>) -> Option<&Naming> {
        self.naming[usize::from(wanted.counting)].get(wanted.rule)
    }
}

fn naming(ignores: &[Ignore]) -> [FxHashMap<String, Naming>; 2] {
    let mut naming = [FxHashMap::default(), FxHashMap::default()];
    for (at, ignore) in ignores.iter().enumerate() {
        for (nth, name) in ignore.names.iter().enumerate() {
            let of_rule: &mut Naming =
                naming[usize::from(ignore.counts())].entry(name.rule.clone()).or_default();
            let list = if ignore.is_for_file { &mut of_rule.for_file } else { &mut of_rule.others };
            list.push((at, nth));
        }
    }
    naming
}

/// Most files have no ignore, and need not be read once more.
fn mentions_lynt(text: &str) -> bool {
    ["lynt", "Lynt", "LYNT"].iter().any(|name| text.contains(name))
}

/// Judges the ignores of one file.
struct Judge<'j> {
    file: FileId,
    path: &'j str,
    text: &'j str,
    page: &'j Page,
    known: &'j Known<'j>,
    policy: &'j Policy,
}

impl Judge<'_> {
    fn ignore(&self, comment: &Comment, directive: &Directive<'_>) -> Ignore {
        let start = comment.range.start;
        let mut mistakes = directive.mistakes.clone();
        // Of what could not be read nothing is missing.
        if mistakes.is_empty() {
            mistakes.extend(self.terms(comment, directive));
        }
        mistakes.extend(self.names(directive));
        mistakes.sort_by_key(|mistake| mistake.range.start);
        let names = (0..directive.rules.len()).map(|at| self.name(start, directive, at));
        let until = directive.until.as_ref().map(|(date, _)| *date);
        Ignore {
            place: self.span(0, comment.range.clone()),
            at: format!("{}:{}", self.path, comment.line + 1),
            is_for_file: directive.is_for_file,
            names: names.collect(),
            reason: directive.reason.to_owned(),
            by: directive.by.map(str::to_owned),
            until,
            days_left: until.map(|until| self.policy.today.days_until(until)),
            mistakes: mistakes.into_iter().map(|mistake| self.wrong(start, mistake)).collect(),
        }
    }

    /// A range of bytes, counted from `start`.
    fn span(&self, start: usize, range: Range<usize>) -> Span {
        Span::new(self.file, start + range.start..start + range.end)
    }

    fn wrong(&self, start: usize, mistake: Mistake) -> Wrong {
        let Mistake { range, message, help } = mistake;
        Wrong { label: Label { span: self.span(start, range), text: String::new() }, message, help }
    }

    fn name(&self, start: usize, directive: &Directive<'_>, at: usize) -> Name {
        let words = &directive.rules;
        let word = &words[at].range;
        // With the comma that parts it from its neighbour.
        let removal = match (at, words.get(at + 1)) {
            (0, Some(next)) => word.start..next.range.start,
            (0, None) => word.clone(),
            _ => words[at - 1].range.end..word.end,
        };
        Name {
            rule: words[at].text.to_owned(),
            place: self.span(start, word.clone()),
            removal: self.span(start, removal),
            subjects: Vec::new(),
        }
    }

    fn names(&self, directive: &Directive<'_>) -> Vec<Mistake> {
        let known = self.known;
        let mut mistakes = Vec::new();
        for word in &directive.rules {
            let mistake = |message: String| Mistake::new(word.range.clone(), message);
            if word.text == MALFORMED.id {
                let mistake = mistake(format!("`{}` can't be ignored", word.text));
                mistakes.push(mistake.help("mend the ignore that is wrong"));
            } else if known.groups.contains(word.text) && !known.rules.contains(word.text) {
                let mistake = mistake(format!("`{}` is a group of rules", word.text));
                mistakes.push(mistake.help("name each rule: `lynt rule` lists them by group"));
            } else if !known.rules.contains(word.text) {
                let near = nearest(word.text, known.rules.iter().copied());
                let mistake = mistake(format!("no rule is called `{}`", word.text));
                mistakes.push(mistake.help(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`lynt rule` lists the rules".to_owned(),
                }));
            }
        }
        mistakes
    }

    fn terms(&self, comment: &Comment, directive: &Directive<'_>) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let whole = 0..self.text[comment.range.clone()].trim_end().len();
        if directive.is_for_file && comment.range.start > self.page.first_statement {
            let message = "`ignore-file` stands at the top of a file, before any key or table";
            let help = "write `ignore` here, or move the comment to the first line";
            mistakes.push(Mistake::new(whole.clone(), message).help(help));
        }
        if directive.reason.is_empty() && self.policy.require_reason {
            let end = whole.end..whole.end;
            let mistake = Mistake::new(end, "no reason is given");
            mistakes.push(mistake.help("write `: reason` at its end"));
        }
        mistakes.extend(self.until(directive, whole));
        mistakes
    }

    fn until(&self, directive: &Directive<'_>, whole: Range<usize>) -> Option<Mistake> {
        let Policy { today, require_until, max_days, .. } = self.policy;
        let last = max_days.and_then(|days| today.plus(days));
        let example = last.map_or(String::from("2026-12-31"), |last| last.to_string());
        match (&directive.until, last) {
            (None, _) if *require_until || max_days.is_some() => {
                let mistake = Mistake::new(whole.end..whole.end, "no end is given");
                Some(mistake.help(format!("write `until {example}` behind the `]`")))
            }
            (Some((until, range)), Some(last)) if *until > last => {
                let days = max_days.unwrap_or(0);
                let message = format!("{until} is more than {days} days from {today}");
                let help = format!("write `until {last}` or earlier");
                Some(Mistake::new(range.clone(), message).help(help))
            }
            _ => None,
        }
    }
}
