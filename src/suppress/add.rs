//! Open findings → ignore comments that hide them, as edits.

use super::Policy;
use super::comment::parse;
use super::page::Page;
use crate::checks::is_check;
use crate::date::Date;
use crate::fix::Edit;
use crate::source::{FileId, Problem, Sources, Span};
use crate::violation::Finding;
use std::collections::{BTreeMap, BTreeSet};

/// What all added ignores say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Why.
    pub reason: String,
    /// The last day on which they count.
    pub until: Option<Date>,
    /// Who answers for them.
    pub by: Option<String>,
}

/// One comment that is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The line that it stands on, counted from 1, once all are added.
    pub line: usize,
    /// The rules that it names.
    pub rules: Vec<String>,
    /// What it is about: a subject's name, or nothing.
    pub subject: String,
    /// The edit that adds it.
    pub edit: Edit,
}

/// What is to be added, and what can't be.
#[derive(Clone, Debug, Default)]
pub struct Addition {
    /// For each file its comments, in the order of the text.
    pub added: BTreeMap<FileId, Vec<Added>>,
    /// Why some findings stay open.
    pub refused: Vec<Problem>,
}

impl Terms {
    /// What stands behind the brackets.
    fn text(&self) -> String {
        let until = self.until.map_or(String::new(), |until| format!(" until {until}"));
        let by = self.by.as_ref().map_or(String::new(), |by| format!(" by {}", by.trim()));
        let reason = self.reason.trim();
        if reason.is_empty() { until + &by } else { format!("{until}{by}: {reason}") }
    }

    /// The comment for these rules.
    fn comment(&self, rules: &BTreeSet<&str>) -> String {
        let rules: Vec<&str> = rules.iter().copied().collect();
        format!("# lynt: ignore[{}]{}", rules.join(", "), self.text())
    }

    /// What keeps ignores with these terms from counting.
    pub fn problem(&self, policy: &Policy) -> Option<Problem> {
        let usage = |message: &str| Some(Problem::error("usage", message));
        let texts = [Some(&self.reason), self.by.as_ref()];
        if texts.iter().flatten().any(|text| text.chars().any(|c| c.is_control() && c != '\t')) {
            return usage(
                "a comment is one line: the reason and the name can't hold control characters",
            );
        }
        let comment = self.comment(&BTreeSet::from(["x"]));
        let read = parse(&comment)?;
        let by = self.by.as_deref().map(str::trim);
        if !read.mistakes.is_empty() || read.by != by || read.reason != self.reason.trim() {
            return usage("`--by` can't be empty, nor hold `:`, `by` or `until`");
        }
        let days = self.until.map(|until| policy.today.days_until(until));
        match (days, policy.max_days) {
            _ if policy.require_reason && read.reason.is_empty() => {
                usage("`--add-ignore`: the configuration wants a reason: `--add-ignore 'REASON'`")
            }
            (None, most) if policy.require_until || most.is_some() => {
                usage("`--add-ignore`: the configuration wants an end, `--until DATE`")
            }
            (Some(days), _) if days < 0 => usage("`--until` lies in the past"),
            (Some(days), Some(most)) if days > most => {
                let message =
                    format!("`--until` is {days} days ahead, the configuration allows {most}");
                usage(&message)
            }
            _ => None,
        }
    }
}

/// Comments that hide the open ones of `findings`, one for each table.
pub fn add(sources: &Sources, findings: &[Finding], terms: &Terms, policy: &Policy) -> Addition {
    let mut adder = Adder { sources, pages: BTreeMap::new(), spots: BTreeMap::new() };
    let mut addition = Addition::default();
    for finding in findings.iter().filter(|finding| finding.suppression.is_none()) {
        if is_check(&finding.rule) {
            continue;
        }
        if let Err(why) = adder.add(finding, policy) {
            addition.refused.push(refusal(finding, &why));
        }
    }
    // How many lines the comments before this one add to its file.
    let mut above: BTreeMap<FileId, usize> = BTreeMap::new();
    for (spot, wanted) in &adder.spots {
        let page = &adder.pages[&spot.file];
        let comment = terms.comment(&wanted.rules);
        let text = match &wanted.indent {
            Some(indent) => format!("{indent}{comment}{}", adder.line_end(spot.file, spot.at)),
            None => format!(" {comment}"),
        };
        let above = above.entry(spot.file).or_default();
        let line = page.line(spot.at) + *above + 1;
        *above += usize::from(wanted.indent.is_some());
        addition.added.entry(spot.file).or_default().push(Added {
            line,
            rules: wanted.rules.iter().map(|rule| (*rule).to_owned()).collect(),
            subject: wanted.subject.to_owned(),
            edit: Edit { span: Span::new(spot.file, spot.at..spot.at), text },
        });
    }
    addition
}

fn refusal(finding: &Finding, why: &str) -> Problem {
    let message = format!("no ignore was added for {}: {why}", finding.id);
    let problem = Problem::error("not-ignored", message);
    match finding.labels.first() {
        Some(label) => problem.at(label.span, ""),
        None => problem,
    }
}

/// A place in a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    file: FileId,
    /// Byte offset.
    at: usize,
}

/// What is to stand at a spot.
struct Wanted<'f> {
    rules: BTreeSet<&'f str>,
    subject: &'f str,
    /// The blanks before a comment on a line of its own; None: it is appended to a line.
    indent: Option<String>,
}

struct Adder<'a> {
    sources: &'a Sources,
    pages: BTreeMap<FileId, Page>,
    spots: BTreeMap<Spot, Wanted<'a>>,
}

impl<'a> Adder<'a> {
    fn add(&mut self, finding: &'a Finding, policy: &Policy) -> Result<(), String> {
        if let Some(said) = policy.firm.get(&finding.rule) {
            return Err(format!("this rule can't be ignored ({said})"));
        }
        let subject = &finding.subject;
        let above = subject.place.and_then(|place| self.above(place));
        let (spot, indent) = match above {
            Some((spot, indent)) => (spot, Some(indent)),
            None => (self.behind(finding)?, None),
        };
        let empty = Wanted { rules: BTreeSet::new(), subject: &subject.name, indent };
        self.spots.entry(spot).or_insert(empty).rules.insert(&finding.rule);
        Ok(())
    }

    /// Above the header of the table that holds `place`.
    fn above(&mut self, place: Span) -> Option<(Spot, String)> {
        let text = &self.sources.file(place.file).text;
        let page = self.page(place.file);
        let (at, indent) = page.above(text, page.table(place.start as usize)?)?;
        Some((Spot { file: place.file, at }, indent.to_owned()))
    }

    /// At the end of the line of the primary place.
    fn behind(&mut self, finding: &Finding) -> Result<Spot, String> {
        let place = finding.labels.first().ok_or("it has no place")?.span;
        let text = &self.sources.file(place.file).text;
        let page = self.page(place.file);
        let last = page.lines(&place.range()).end.saturating_sub(1);
        let at = page.end_of(text, last).ok_or("there is no room for a comment on its line")?;
        Ok(Spot { file: place.file, at })
    }

    fn page(&mut self, file: FileId) -> &Page {
        let sources = self.sources;
        self.pages.entry(file).or_insert_with(|| Page::of(&sources.file(file).text))
    }

    /// The line end that the line at `at` has, or the text's first one.
    fn line_end(&self, file: FileId, at: usize) -> &'static str {
        let text = &self.sources.file(file).text;
        let end = |text: &str| text.find('\n').map(|end| text[..end].ends_with('\r'));
        match end(&text[at..]).or_else(|| end(text)) {
            Some(true) => "\r\n",
            _ => "\n",
        }
    }
}
