//! `# lynt: ignore[rule, rule] until 2026-12-31 by netops: reason` → its parts, and what is wrong with it.

use crate::date::Date;
use crate::spelling::nearest;
use rustc_hash::FxHashSet;
use std::ops::Range;

/// How an ignore is written; what a message about a malformed one says.
pub const FORM: &str = "# lynt: ignore[rule, rule] until 2026-12-31 by whom: reason";

/// A comment that speaks to lynt. All ranges are bytes of the comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directive<'t> {
    /// Whether it is `ignore-file`.
    pub is_for_file: bool,
    /// The names between the brackets.
    pub rules: Vec<Word<'t>>,
    /// The last day on which it counts.
    pub until: Option<(Date, Range<usize>)>,
    /// Who answers for it.
    pub by: Option<&'t str>,
    /// Why.
    pub reason: &'t str,
    /// What is wrong with how it is written.
    pub mistakes: Vec<Mistake>,
}

/// A word of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// As it stands.
    pub text: &'t str,
    /// Where.
    pub range: Range<usize>,
}

/// Something wrong with an ignore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where, in bytes of the comment.
    pub range: Range<usize>,
    /// What, in one line.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Mistake {
    /// A mistake; the help is how an ignore is written.
    pub fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { range, message: message.into(), help: format!("write `{FORM}`") }
    }

    /// The same with another help.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }
}

/// Reads a comment, its `#` included; None where it does not speak to lynt.
pub fn parse(comment: &str) -> Option<Directive<'_>> {
    let mut rest = Rest { all: comment, at: 1 };
    rest.blanks();
    if rest.take("lynt:") {
        rest.blanks();
        return Some(directive(rest));
    }
    let start = rest.at;
    looks_meant(rest.left()).then(|| {
        let mistake =
            Mistake::new(start..comment.trim_end().len(), "this is no ignore, but looks like one");
        Directive { mistakes: vec![mistake], ..Directive::default() }
    })
}

/// Whether somebody meant to write an ignore: `lynt ignore[..]`, `Lynt: Ignore[..]`.
fn looks_meant(text: &str) -> bool {
    let text: String = text.to_ascii_lowercase().split([' ', '\t', ':']).collect();
    ["lyntignore[", "lyntignore-file["].iter().any(|start| text.starts_with(start))
}

fn directive(mut rest: Rest<'_>) -> Directive<'_> {
    let mut found = Directive::default();
    let word = rest.word(|c| c.is_alphanumeric() || "-_".contains(c));
    match word.text {
        "ignore" => {}
        "ignore-file" => found.is_for_file = true,
        other => {
            let near = nearest(other, ["ignore", "ignore-file"]);
            let range = if other.is_empty() { rest.to_end() } else { word.range };
            let message = match other {
                "" => "nothing is said behind `lynt:`".to_owned(),
                other => format!("`lynt: {other}` is unknown"),
            };
            let mistake = Mistake::new(range, message);
            found.mistakes.push(match near {
                Some(near) => mistake.help(format!("did you mean `lynt: {near}`?")),
                None => mistake,
            });
            return found;
        }
    }
    rest.blanks();
    if rules(&mut rest, &mut found) {
        terms(&mut rest, &mut found);
    }
    found
}

/// Reads `[rule, rule]`; whether one can go on behind it.
fn rules<'t>(rest: &mut Rest<'t>, found: &mut Directive<'t>) -> bool {
    if !rest.take("[") {
        let message = "no rules are named: what is ignored stands between `[` and `]`";
        found.mistakes.push(Mistake::new(rest.to_end(), message));
        return false;
    }
    let open = rest.at - 1;
    let Some(length) = rest.left().find(']') else {
        found.mistakes.push(Mistake::new(open..rest.to_end().end, "`]` is missing"));
        return false;
    };
    let end = rest.at + length;
    let mut seen = FxHashSet::default();
    while rest.at <= end {
        let name = rest.all[rest.at..end].split(',').next().unwrap_or("");
        let range = trimmed(rest.all, rest.at..rest.at + name.len());
        rest.at += name.len() + 1;
        let text = &rest.all[range.clone()];
        if text.is_empty() {
            found.mistakes.push(Mistake::new(open..end + 1, "a rule's name is missing"));
        } else if !seen.insert(text) {
            let mistake = Mistake::new(range, format!("`{text}` is named twice"));
            found.mistakes.push(mistake.help("once is enough"));
        } else {
            found.rules.push(Word { text, range });
        }
    }
    true
}

/// Reads `until 2026-12-31 by netops: reason`.
fn terms<'t>(rest: &mut Rest<'t>, found: &mut Directive<'t>) {
    let colon = rest.left().find(':').map(|length| rest.at + length);
    let end = colon.unwrap_or(rest.all.len());
    found.reason = colon.map_or("", |colon| rest.all[colon + 1..].trim());
    let mut before = Rest { all: &rest.all[..end], at: rest.at };
    let mut seen = Vec::new();
    loop {
        before.blanks();
        let word = before.word(|c| !c.is_whitespace());
        if word.text.is_empty() {
            return;
        }
        if seen.contains(&word.text) {
            let message = format!("`{}` stands twice", word.text);
            found.mistakes.push(Mistake::new(word.range.clone(), message));
        } else {
            seen.push(word.text);
        }
        match word.text {
            "until" => until(&mut before, word.range, found),
            "by" => by(&mut before, word.range, found),
            _ => {
                let range = word.range.start..before.to_end().end;
                let message = "expected `until`, `by`, or `:` and the reason";
                return found.mistakes.push(Mistake::new(range, message));
            }
        }
    }
}

fn until<'t>(rest: &mut Rest<'t>, keyword: Range<usize>, found: &mut Directive<'t>) {
    rest.blanks();
    let word = rest.word(|c| !c.is_whitespace());
    match Date::parse(word.text) {
        Some(date) => found.until = Some((date, word.range)),
        None if word.text.is_empty() => {
            let mistake = Mistake::new(keyword, "`until` names no date");
            found.mistakes.push(mistake.help("a date is written `2026-12-31`"));
        }
        None => {
            let mistake = Mistake::new(word.range, format!("`{}` is no date", word.text));
            found
                .mistakes
                .push(mistake.help("a date is written `2026-12-31`, and there must be such a day"));
        }
    }
}

/// A name may be of several words; it ends before `until`.
fn by<'t>(rest: &mut Rest<'t>, keyword: Range<usize>, found: &mut Directive<'t>) {
    let start = rest.at;
    let mut end = start;
    loop {
        let before = rest.at;
        rest.blanks();
        let word = rest.word(|c| !c.is_whitespace());
        if matches!(word.text, "" | "until" | "by") {
            rest.at = before;
            break;
        }
        end = word.range.end;
    }
    match rest.all[start..end].trim() {
        "" => found.mistakes.push(Mistake::new(keyword, "`by` names nobody")),
        name => found.by = Some(name),
    }
}

/// What of a comment is still to be read.
struct Rest<'t> {
    all: &'t str,
    at: usize,
}

impl<'t> Rest<'t> {
    fn left(&self) -> &'t str {
        &self.all[self.at..]
    }

    fn blanks(&mut self) {
        self.at = self.all.len() - self.left().trim_start().len();
    }

    fn take(&mut self, text: &str) -> bool {
        let is_there = self.left().starts_with(text);
        self.at += if is_there { text.len() } else { 0 };
        is_there
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> Word<'t> {
        let text = self.left();
        let text = &text[..text.find(|c| !belongs(c)).unwrap_or(text.len())];
        let start = self.at;
        self.at += text.len();
        Word { text, range: start..self.at }
    }

    /// What is left without blanks at its end.
    fn to_end(&self) -> Range<usize> {
        self.at.min(self.all.trim_end().len())..self.all.trim_end().len()
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let word = &text[range.clone()];
    let start = range.start + word.len() - word.trim_start().len();
    start..start + word.trim().len()
}
