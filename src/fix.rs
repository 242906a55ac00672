//! Changes that a fix proposes → edited text. Nothing is read or written here.
//!
//! An edit replaces a range of bytes and leaves every other byte as it is: comments, blanks, line ends
//! and a byte order mark stay.

use crate::source::{FileId, Sources, Span};
use std::collections::BTreeMap;

/// A way to mend a violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a sentence without a full stop.
    pub title: String,
    /// Whether it is the one right answer; others change what somebody may have meant.
    pub is_safe: bool,
    /// What is changed.
    pub changes: Vec<Change>,
}

/// A change of a topology's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The value that stands there becomes another one.
    Replace {
        /// The whole value, quotes included.
        value: Span,
        /// The text that the value must be, if that is known.
        was: Option<String>,
        /// The new value as TOML has it.
        text: String,
    },
    /// A key is added to the table of an entity.
    Add {
        /// The entity's name in its table, quotes included.
        name: Span,
        /// The key.
        key: String,
        /// Its value as TOML has it.
        text: String,
    },
    /// What stands there goes, and its line with it where nothing else is on that.
    Remove {
        /// What goes.
        span: Span,
    },
}

/// A range of bytes of one file that becomes `text`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; empty where text is only added.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// The edits that make the changes of a fix, sorted by place; None where the text is of a form in which
/// no place for a change can be found.
pub fn edits(fix: &Fix, sources: &Sources) -> Option<Vec<Edit>> {
    let mut edits: Vec<Edit> =
        fix.changes.iter().map(|change| edit(change, sources)).collect::<Option<_>>()?;
    edits.sort();
    Some(edits)
}

fn edit(change: &Change, sources: &Sources) -> Option<Edit> {
    match change {
        Change::Replace { value, was, text } => {
            let there = sources.text(*value);
            // A value in several lines or an array is more than this change knows of.
            let is_plain = !there.is_empty() && !there.contains('\n') && !there.starts_with('[');
            let inside = there.trim_matches(['"', '\'']);
            let is_plain = is_plain && was.as_ref().is_none_or(|was| was == inside);
            is_plain.then(|| Edit { span: *value, text: text.clone() })
        }
        Change::Add { name, key, text } => Some(addition(*name, key, text, sources)),
        Change::Remove { span } => Some(removal(*span, sources)),
    }
}

/// Behind the entity's name: a line of its own where the name has one, else a further entry of the
/// inline table.
fn addition(name: Span, key: &str, value: &str, sources: &Sources) -> Edit {
    let text = &sources.file(name.file).text;
    let line = line_around(text, name);
    let before = &text[line.start..name.start as usize];
    let after = text[name.end as usize..line.end].trim();
    let stands_alone = before.split('=').count() == 2 && !before.contains(['{', '[', '"']);
    if stands_alone && (after.is_empty() || after.starts_with('#')) {
        let indent = &before[..before.len() - before.trim_start().len()];
        let indent = indent.trim_start_matches('\u{feff}');
        let end = line_end(text, line.end);
        return Edit {
            span: Span::new(name.file, line.end..line.end),
            text: format!("{end}{indent}{key} = {value}"),
        };
    }
    let at = name.end as usize;
    Edit { span: Span::new(name.file, at..at), text: format!(", {key} = {value}") }
}

/// The line break that lines of this text end with, as at `at`.
pub fn line_end(text: &str, at: usize) -> &'static str {
    let ends_so = text[at..].starts_with("\r\n");
    let others_do = !text[at..].starts_with('\n') && text.contains("\r\n");
    if ends_so || others_do { "\r\n" } else { "\n" }
}

fn removal(span: Span, sources: &Sources) -> Edit {
    let text = &sources.file(span.file).text;
    let line = line_around(text, span);
    let (start, end) = (span.start as usize, span.end as usize);
    let blank = |range: std::ops::Range<usize>| {
        text[range].trim_start_matches('\u{feff}').trim().is_empty()
    };
    let whole = if blank(line.start..start) && blank(end..line.end) {
        let first = line.start + if text[line.start..].starts_with('\u{feff}') { 3 } else { 0 };
        let rest = &text[line.end..];
        let ending = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        first..line.end + ending
    } else {
        let before = text[line.start..start].trim_end().len();
        line.start + before..end
    };
    Edit { span: Span::new(span.file, whole), text: String::new() }
}

/// The line in which a span begins, without its line break.
fn line_around(text: &str, span: Span) -> std::ops::Range<usize> {
    let (start, end) = (span.start as usize, span.end as usize);
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let to = if text[..to].ends_with('\r') { to - 1 } else { to };
    from..to.max(end)
}

/// Whether two lists of edits want different things of the same bytes, or of the same place.
pub fn overlap(one: &[Edit], other: &[Edit]) -> bool {
    one.iter().any(|a| {
        other.iter().any(|b| {
            let (x, y) = (a.span, b.span);
            x.file == y.file && a != b && x.start <= y.end && y.start <= x.end
        })
    })
}

/// The new texts of the files that `edits` change. The same edit twice is made once.
///
/// # Panics
/// Never where the edits' places are those of the files and none overlaps another.
pub fn apply(edits: &[Edit], sources: &Sources) -> BTreeMap<FileId, String> {
    let mut sorted = edits.to_vec();
    sorted.sort();
    sorted.dedup();
    // For each file the new text so far, and up to where the old one is in it.
    let mut texts: BTreeMap<FileId, (String, usize)> = BTreeMap::new();
    for edit in &sorted {
        let old = &sources.file(edit.span.file).text;
        let (new, done) = texts.entry(edit.span.file).or_default();
        new.push_str(&old[*done..edit.span.range().start.max(*done)]);
        new.push_str(&edit.text);
        *done = edit.span.range().end.max(*done);
    }
    let with_rest = |(file, (new, done)): (FileId, (String, usize))| {
        (file, new + &sources.file(file).text[done..])
    };
    texts.into_iter().map(with_rest).collect()
}

/// What an edit does to the lines of a file, as `diff -u` shows it, `context` lines around each change; a file
/// without an old text is new.
pub fn diff(path: &str, old: Option<&str>, new: &str, context: usize) -> String {
    let before = if old.is_some() { path } else { "/dev/null" };
    let mut text = format!("--- {before}\n+++ {path}\n");
    let old: Vec<&str> = old.unwrap_or("").split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let steps = steps(&old, &new);
    for hunk in hunks(&steps, context) {
        hunk.write(&steps, &old, &new, &mut text);
    }
    text
}

/// A line that stays, goes or comes: its numbers in the old and the new text, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Keep(usize, usize),
    Remove(usize, usize),
    Insert(usize, usize),
}

/// Edits are few and near: what is alike at both ends is passed over, the rest compared line by line.
fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut at, mut to) = (0, 0);
    while at < old.len() || to < new.len() {
        if at < old.len() && to < new.len() && old[at] == new[to] {
            steps.push(Step::Keep(at, to));
            (at, to) = (at + 1, to + 1);
            continue;
        }
        let (removed, inserted) = next_match(&old[at..], &new[to..]);
        steps.extend((0..removed).map(|line| Step::Remove(at + line, to)));
        steps.extend((0..inserted).map(|line| Step::Insert(at + removed, to + line)));
        (at, to) = (at + removed, to + inserted);
    }
    steps
}

/// How many lines of each text come before the nearest line that both have.
fn next_match(old: &[&str], new: &[&str]) -> (usize, usize) {
    for distance in 1..old.len() + new.len() {
        for removed in 0..=distance.min(old.len()) {
            let inserted = distance - removed;
            if removed < old.len() && inserted < new.len() && old[removed] == new[inserted] {
                return (removed, inserted);
            }
        }
    }
    (old.len(), new.len())
}

struct Hunk {
    steps: std::ops::Range<usize>,
}

fn hunks(steps: &[Step], context: usize) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    for (at, _) in steps.iter().enumerate().filter(|(_, step)| !matches!(step, Step::Keep(..))) {
        let (from, to) = (at.saturating_sub(context), (at + context + 1).min(steps.len()));
        match hunks.last_mut() {
            Some(last) if last.steps.end >= from => last.steps.end = to,
            _ => hunks.push(Hunk { steps: from..to }),
        }
    }
    hunks
}

impl Hunk {
    fn write(&self, steps: &[Step], old: &[&str], new: &[&str], text: &mut String) {
        let own = &steps[self.steps.clone()];
        let Some(&(Step::Keep(from, to) | Step::Remove(from, to) | Step::Insert(from, to))) =
            own.first()
        else {
            return;
        };
        let removed = own.iter().filter(|step| !matches!(step, Step::Insert(..))).count();
        let inserted = own.iter().filter(|step| !matches!(step, Step::Remove(..))).count();
        // Of no lines the one before them is named.
        let (from, to) = (from + removed.min(1), to + inserted.min(1));
        text.push_str(&format!("@@ -{from},{removed} +{to},{inserted} @@\n"));
        for step in own {
            let (sign, line) = match *step {
                Step::Keep(at, _) => (' ', old[at]),
                Step::Remove(at, _) => ('-', old[at]),
                Step::Insert(_, at) => ('+', new[at]),
            };
            text.push(sign);
            text.push_str(line);
            if !line.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add("t.toml", text);
        sources
    }

    fn span(text: &str, what: &str) -> Span {
        let start = text.find(what).expect("it is there");
        Span::new(0, start..start + what.len())
    }

    fn edited(text: &str, change: Change) -> String {
        let sources = sources(text);
        let fix = Fix { title: String::new(), is_safe: true, changes: vec![change] };
        let edits = edits(&fix, &sources).expect("there is a place");
        apply(&edits, &sources).remove(&0).expect("the file is changed")
    }

    #[test]
    fn a_key_is_added_where_its_table_is() {
        let cases = [
            ("[[pool]]\nfqdn = \"a\"\n", "[[pool]]\nfqdn = \"a\"\nk = 1\n", "a line of its own"),
            ("[[pool]]\nfqdn = \"a\"", "[[pool]]\nfqdn = \"a\"\nk = 1", "at the end of the file"),
            (
                "[[p]]\r\n  fqdn = \"a\" # c\r\n",
                "[[p]]\r\n  fqdn = \"a\" # c\r\n  k = 1\r\n",
                "CRLF, indent",
            ),
            ("\u{feff}fqdn = \"a\"\n", "\u{feff}fqdn = \"a\"\nk = 1\n", "byte order mark"),
            (
                "pool = [{ fqdn = \"a\", x = 1 }]\n",
                "pool = [{ fqdn = \"a\", k = 1, x = 1 }]\n",
                "inline",
            ),
            ("pool = [{fqdn = \"a\"}]\n", "pool = [{fqdn = \"a\", k = 1}]\n", "inline, last entry"),
            ("[[p]]\r\nfqdn = \"a\"", "[[p]]\r\nfqdn = \"a\"\r\nk = 1", "as the other lines end"),
            (
                "[[p]]\r\nfqdn = \"a\"\nx = 1\n",
                "[[p]]\r\nfqdn = \"a\"\nk = 1\nx = 1\n",
                "as this line ends",
            ),
            (
                "p = [{\n  fqdn = \"a\", x = 1\n}]\n",
                "p = [{\n  fqdn = \"a\", k = 1, x = 1\n}]\n",
                "inline, something behind it",
            ),
            (
                "p = [{\n  x = 1, fqdn = \"a\"\n}]\n",
                "p = [{\n  x = 1, fqdn = \"a\", k = 1\n}]\n",
                "inline, something before it",
            ),
            (
                "p = [\n  { fqdn = \"a\"\n}]\n",
                "p = [\n  { fqdn = \"a\", k = 1\n}]\n",
                "inline, over two lines",
            ),
        ];
        for (text, expected, why) in cases {
            let (key, value) = ("k".to_owned(), "1".to_owned());
            let change = Change::Add { name: span(text, "\"a\""), key, text: value };
            assert_eq!(edited(text, change), expected, "{why}");
        }
    }

    #[test]
    fn a_value_is_replaced_where_it_is_known() {
        let cases = [
            ("k = \"a\"\n", "\"a\"", Some("a"), Some("k = 1\n"), "as expected"),
            ("k = 'a'\n", "'a'", Some("a"), Some("k = 1\n"), "in other quotes"),
            ("k = 5\n", "5", None, Some("k = 1\n"), "whatever it was"),
            ("k = \"b\"\n", "\"b\"", Some("a"), None, "another one"),
            ("k = [2]\n", "[2]", None, None, "an array"),
            ("k = \"\"\"\na\"\"\"\n", "\"\"\"\na\"\"\"", None, None, "a text of two lines"),
            ("k = 5\n", "", None, None, "nothing"),
        ];
        for (text, value, was, expected, why) in cases {
            let (was, new) = (was.map(str::to_owned), "1".to_owned());
            let changes = vec![Change::Replace { value: span(text, value), was, text: new }];
            let fix = Fix { title: String::new(), is_safe: true, changes };
            let sources = sources(text);
            let found = edits(&fix, &sources).and_then(|edits| apply(&edits, &sources).remove(&0));
            assert_eq!(found.as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn what_is_removed_takes_its_line_along() {
        let cases = [
            ("a = 1\n# gone\nb = 2\n", "a = 1\nb = 2\n", "a line of its own"),
            ("a = 1 # gone\nb = 2\n", "a = 1\nb = 2\n", "behind something"),
            ("a = 1\r\n  # gone  \r\nb = 2\r\n", "a = 1\r\nb = 2\r\n", "CRLF"),
            ("\u{feff}# gone\na = 1\n", "\u{feff}a = 1\n", "byte order mark"),
            ("a = 1\n# gone", "a = 1\n", "last line"),
        ];
        for (text, expected, why) in cases {
            assert_eq!(
                edited(text, Change::Remove { span: span(text, "# gone") }),
                expected,
                "{why}"
            );
        }
    }

    #[test]
    fn edits_at_one_place_overlap_unless_they_are_the_same() {
        let edit = |start: usize, end: usize, text: &str| {
            vec![Edit { span: Span::new(0, start..end), text: text.to_owned() }]
        };
        let cases = [
            (edit(0, 3, "x"), edit(0, 3, "x"), false),
            (edit(0, 3, "x"), edit(0, 3, "y"), true),
            (edit(0, 3, "x"), edit(2, 5, "y"), true),
            (edit(4, 4, "x"), edit(4, 4, "y"), true),
            (edit(0, 3, "x"), edit(4, 5, "y"), false),
        ];
        for (one, other, overlaps) in cases {
            assert_eq!(overlap(&one, &other), overlaps, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_diff_is_what_patch_reads() {
        let old: String = (1..=12).map(|line| format!("{line}\n")).collect();
        let new = old.replace("3\n", "three\n").replace("11\n", "11\nmore\n");
        let expected = "--- t\n+++ t\n@@ -2,3 +2,3 @@\n 2\n-3\n+three\n 4\n@@ -11,2 +11,3 @@\n 11\n+more\n 12\n";
        assert_eq!(diff("t", Some(&old), &new, 1), expected);
        let expected = "--- t\n+++ t\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n";
        assert_eq!(diff("t", Some("a"), "b", 3), expected);
        let expected = "--- t\n+++ t\n@@ -2,3 +2,1 @@\n b\n-c\n-d\n";
        assert_eq!(diff("t", Some("a\nb\nc\nd\n"), "a\nb\n", 1), expected);
        let expected = "--- t\n+++ t\n@@ -1,0 +2,1 @@\n+x\n";
        assert_eq!(diff("t", Some("a\nb\n"), "a\nx\nb\n", 0), expected);
        let expected = "--- /dev/null\n+++ t\n@@ -0,0 +1,2 @@\n+a\n+b\n";
        assert_eq!(diff("t", None, "a\nb\n", 3), expected);
    }
}
