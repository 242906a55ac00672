//! The text of `lynt.toml` → settings, each with its place.

mod apply;
pub mod keys;
mod read;
mod select;
mod version;

pub use apply::apply;
pub use read::parse;
pub use select::{Selection, rules_named, select, unknown_rule};
pub use version::VERSION;

use crate::checks::MALFORMED;
use crate::date::Date;
use crate::size;
use crate::source::{Problem, Severity, Sources, Span};
use crate::suppress::Policy;
use keys::{KEYS, index};
use std::collections::BTreeMap;

/// Settings; what is not set has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// By the key's place in [`KEYS`] and the names that its path leaves open: a rule, a parameter.
    pub settings: BTreeMap<(usize, String), Setting>,
    /// The rules that are named, and where.
    pub rules: Vec<(String, Span)>,
}

/// The value of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it is.
    pub value: Value,
    /// Who says so.
    pub origin: Origin,
    /// Where the open name of its path stands; the value's place where there is none.
    pub name: Origin,
    /// The rules under which a parameter is set.
    pub under: Vec<(String, Span)>,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// True or false.
    Bool(bool),
    /// A number.
    Number(i64),
    /// Texts, each with its own place.
    Texts(Vec<(String, Origin)>),
}

/// Who sets something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A text of TOML: a file, or `--config 'key = value'`.
    Text(Span),
    /// An option of the command line, such as `--select`.
    Option(&'static str),
}

impl Origin {
    /// Its place in a text.
    pub fn span(self) -> Option<Span> {
        match self {
            Origin::Text(span) => Some(span),
            Origin::Option(_) => None,
        }
    }

    /// `problem`, with its place in a text.
    pub fn place(self, problem: Problem) -> Problem {
        match self {
            Origin::Text(span) => problem.at(span, ""),
            Origin::Option(_) => problem,
        }
    }

    /// `lynt.toml:4`, `--select`.
    pub fn describe(self, sources: &Sources) -> String {
        match self {
            Origin::Text(span) => {
                let (line, _) = sources.line_column(span);
                format!("{}:{line}", sources.file(span.file).path)
            }
            Origin::Option(option) => option.to_owned(),
        }
    }
}

impl Config {
    /// The settings of `later` where it has such, else these.
    #[must_use]
    pub fn overlaid(mut self, later: Config) -> Self {
        self.settings.extend(later.settings);
        self.rules.extend(later.rules);
        self
    }

    /// Sets a key whose path leaves no name open.
    pub fn set(&mut self, path: &str, value: Value, origin: Origin) {
        let setting = Setting { value, origin, name: origin, under: Vec::new() };
        self.settings.insert((index(path), String::new()), setting);
    }

    /// What a key is set to.
    pub fn get(&self, path: &str, name: &str) -> Option<&Setting> {
        self.settings.get(&(index(path), name.to_owned()))
    }

    /// All names for which a key is set, with what it is set to.
    pub fn all<'c>(&'c self, path: &str) -> impl Iterator<Item = (&'c str, &'c Setting)> {
        let key = index(path);
        let settings = self.settings.range((key, String::new())..(key + 1, String::new()));
        settings.map(|((_, name), setting)| (name.as_str(), setting))
    }

    /// The texts of a key.
    pub fn texts(&self, path: &str) -> &[(String, Origin)] {
        match self.get(path, "").map(|setting| &setting.value) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// The text of a key, or of its default.
    pub fn text(&self, path: &str) -> &str {
        match self.get(path, "").map(|setting| &setting.value) {
            Some(Value::Text(text)) => text,
            _ => KEYS[index(path)].default.trim_matches('"'),
        }
    }

    /// How many bytes a file may have.
    pub fn max_file_size(&self) -> u64 {
        size::parse(self.text("topology.max-file-size")).unwrap_or(0)
    }

    fn is(&self, path: &str) -> bool {
        match self.get(path, "").map(|setting| &setting.value) {
            Some(Value::Bool(value)) => *value,
            _ => KEYS[index(path)].default == "true",
        }
    }

    /// The least severity that fails a check; None: none does.
    pub fn fail_on(&self) -> Option<Severity> {
        Severity::named(self.text("output.fail-on"))
    }

    /// How grave it is that an entry of the baseline hides nothing; None: that is not looked for.
    pub fn stale(&self) -> Option<Severity> {
        Severity::named(self.text("baseline.stale"))
    }

    /// What ignores need to count on the day `today`.
    pub fn policy(&self, sources: &Sources, today: Date) -> Policy {
        let max_days = match self.get("suppressions.max-days", "").map(|setting| &setting.value) {
            Some(Value::Number(days)) => Some(*days),
            _ => None,
        };
        let firm = self
            .all("rule.*.suppressible")
            .filter(|(_, setting)| setting.value == Value::Bool(false));
        Policy {
            today,
            require_reason: self.is("suppressions.require-reason"),
            require_until: self.is("suppressions.require-until"),
            max_days,
            unused: Severity::named(self.text("suppressions.unused")),
            malformed: self.malformed(),
            firm: firm
                .map(|(rule, said)| (rule.to_owned(), said.origin.describe(sources)))
                .collect(),
        }
    }

    fn malformed(&self) -> Option<Severity> {
        match self.get("rule.*.level", MALFORMED.id).map(|setting| &setting.value) {
            Some(Value::Text(level)) => Severity::named(level),
            _ => Some(MALFORMED.severity),
        }
    }
}
