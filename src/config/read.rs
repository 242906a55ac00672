//! Walks the TOML of a configuration: known keys become settings, all else a problem in its place.

use super::keys::{Form, KEYS, Key, MOST_DAYS, index};
use super::version::{VERSION, fits};
use super::{Config, Origin, Setting, Value};
use crate::size;
use crate::source::{FileId, Problem, Sources, Span};
use crate::spelling::nearest;
use crate::topology::pieces;
use crate::topology::{describe, integer};
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// Reads the configuration in `file`.
///
/// # Errors
/// Everything that is wrong with it, sorted by place; where this lynt is not of the version that it wants,
/// that alone.
pub fn parse(sources: &Sources, file: FileId) -> Result<Config, Vec<Problem>> {
    let text = &sources.file(file).text;
    let mut reader = Reader { file, offset: 0, config: Config::default(), problems: Vec::new() };
    let is_table = |name: &str| parts_below(&[]).any(|part| part == name);
    let errors = pieces::parse(text, &is_table, &mut |piece| {
        reader.offset = piece.offset;
        reader.table(&[], &[], &piece.table);
    });
    let Reader { config, mut problems, .. } = reader;
    match version(&config) {
        Version::Other(problem) => return Err(vec![problem]),
        // What was read of a text that can't be read says nothing.
        Version::Unknown(problem) if errors.is_empty() => problems.push(problem),
        Version::Unknown(_) | Version::Fits => {}
    }
    let errors: Vec<Problem> = errors.into_iter().map(|error| error.problem(file)).collect();
    // What toml takes an unquoted text for, `note` for a number, is nothing that anybody wrote.
    let no_values: BTreeSet<Span> = errors.iter().filter_map(place).collect();
    problems.retain(|problem| place(problem).is_none_or(|place| !no_values.contains(&place)));
    problems.extend(errors);
    problems.sort_by_key(place);
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

fn place(problem: &Problem) -> Option<Span> {
    problem.labels.first().map(|label| label.span)
}

/// What `required-version` comes to.
enum Version {
    Fits,
    /// Another version of lynt may know other keys, so nothing else is said then.
    Other(Problem),
    Unknown(Problem),
}

fn version(config: &Config) -> Version {
    let setting = config.get("required-version", "");
    let wanted = setting.map(|setting| (&setting.value, setting.origin.span()));
    let Some((Value::Text(wanted), Some(span))) = wanted else { return Version::Fits };
    match fits(wanted, VERSION) {
        Some(true) => Version::Fits,
        Some(false) => {
            let message = format!("this is lynt {VERSION}, the configuration wants {wanted}");
            let problem = Problem::error("required-version", message).at(span, "");
            Version::Other(problem.help("install such a version"))
        }
        None => {
            let message = format!("`{wanted}` says no versions");
            let help = "write such as \">=0.3\" or \">=0.3, <1\"";
            Version::Unknown(Problem::error("unknown-value", message).at(span, "").help(help))
        }
    }
}

struct Reader {
    file: FileId,
    /// Where the piece begins that is being read.
    offset: usize,
    config: Config,
    problems: Vec<Problem>,
}

/// A name that a key's path leaves open.
type Name = (String, Span);

impl Reader {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start + self.offset..range.end + self.offset)
    }

    /// `path`: the parts of the table's path as [`KEYS`] has it; `names`: what stands for each `*` in it.
    fn table(&mut self, path: &[&'static str], names: &[Name], table: &DeTable<'_>) {
        for (key, value) in table {
            let name: &str = key.get_ref();
            let mut known = parts_below(path);
            let Some(part) = known.find(|part| *part == name || *part == "*") else {
                self.unknown_key(path, names, key);
                continue;
            };
            let path = [path, &[part]].concat();
            let own = (part == "*").then(|| (name.to_owned(), self.span(key.span())));
            if path == ["rule", "*"] {
                self.config.rules.extend(own.clone());
            }
            let names: Vec<Name> = names.iter().cloned().chain(own).collect();
            let written = path.join(".");
            match (KEYS.iter().find(|key| key.path == written), value.get_ref()) {
                (Some(key), _) => self.value(key, &names, value),
                (None, DeValue::Table(inner)) => self.table(&path, &names, inner),
                (None, found) => {
                    self.wrong_type(&shown(&path, &names), "a table", found, value.span())
                }
            }
        }
    }

    fn unknown_key(&mut self, path: &[&'static str], names: &[Name], key: &Spanned<DeString<'_>>) {
        let name: &str = key.get_ref();
        let mut keys: Vec<&str> = parts_below(path).collect();
        keys.dedup();
        let owner = match path {
            [] => "the configuration".to_owned(),
            path => format!("`[{}]`", shown(path, names)),
        };
        let problem = Problem::error("unknown-key", format!("{owner} has no key `{name}`"))
            .at(self.span(key.span()), "")
            .help(format!("its keys are {}", keys.join(", ")))
            .did_you_mean(nearest(name, keys.iter().copied()));
        self.problems.push(problem);
    }

    fn value(&mut self, key: &Key, names: &[Name], value: &Spanned<DeValue<'_>>) {
        let parts: Vec<&'static str> = key.path.split('.').collect();
        let path = shown(&parts, names);
        let origin = Origin::Text(self.span(value.span()));
        let Some(value) = self.read(key.form, &path, value) else { return };
        let name = names.last().map_or(origin, |(_, span)| Origin::Text(*span));
        let mut setting = Setting { value, origin, name, under: Vec::new() };
        match names.split_last() {
            Some((_, under)) if key.form == Form::Param => {
                setting.under = under.to_vec();
                self.param(names, setting);
            }
            last => {
                let name = last.map_or(String::new(), |((name, _), _)| name.clone());
                self.config.settings.insert((index(key.path), name), setting);
            }
        }
    }

    /// The value, if it is of that form.
    fn read(&mut self, form: Form, path: &str, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let range = value.span();
        match (form, value.get_ref()) {
            (Form::Text | Form::Param, DeValue::String(text)) => {
                Some(Value::Text(text.to_string()))
            }
            (Form::Choice(choices), DeValue::String(text)) => {
                self.choice(path, choices, text, range)
            }
            (Form::Bool, DeValue::Boolean(value)) => Some(Value::Bool(*value)),
            (Form::Size, DeValue::String(text)) => self.size(path, text, range),
            (Form::Days, DeValue::Integer(number)) => {
                let days = integer(number).filter(|days| (0..=MOST_DAYS).contains(days));
                self.number(
                    path,
                    days,
                    &format!("is a number of days from 0 to {MOST_DAYS}"),
                    range,
                )
            }
            (Form::Param, DeValue::Integer(number)) => {
                self.number(path, integer(number), "does not fit into 64 bits", range)
            }
            (Form::Texts, DeValue::Array(array)) => {
                let texts = array.iter().filter_map(|item| self.text(path, item));
                Some(Value::Texts(texts.collect()))
            }
            (form, other) => {
                self.wrong_type(path, form.describe(), other, range);
                None
            }
        }
    }

    /// An element of an array of texts.
    fn text(&mut self, path: &str, item: &Spanned<DeValue<'_>>) -> Option<(String, Origin)> {
        match item.get_ref() {
            DeValue::String(text) => Some((text.to_string(), Origin::Text(self.span(item.span())))),
            other => {
                self.wrong_type(path, "an array of texts", other, item.span());
                None
            }
        }
    }

    /// A parameter may be set in several places, to one value.
    fn param(&mut self, names: &[Name], setting: Setting) {
        let Some((name, _)) = names.last() else { return };
        match self.config.settings.entry((index("params.*"), name.clone())) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(setting);
            }
            std::collections::btree_map::Entry::Occupied(mut entry)
                if entry.get().value == setting.value =>
            {
                entry.get_mut().under.extend(setting.under);
            }
            std::collections::btree_map::Entry::Occupied(entry) => {
                let places = [setting.origin.span(), entry.get().origin.span()];
                let message = format!("`{name}` is set to two values");
                let mut problem = Problem::error("duplicate-param", message).help(
                    "a parameter holds for all rules that read it: set it once, in `[params]`",
                );
                for (place, text) in places.into_iter().flatten().zip(["again here", "first here"])
                {
                    problem = problem.at(place, text);
                }
                self.problems.push(problem);
            }
        }
    }

    fn choice(
        &mut self,
        path: &str,
        choices: &[&str],
        text: &str,
        range: Range<usize>,
    ) -> Option<Value> {
        if choices.contains(&text) {
            return Some(Value::Text(text.to_owned()));
        }
        let problem = Problem::error("unknown-value", format!("`{path}` can't be `{text}`"))
            .at(self.span(range), "")
            .help(format!("it is one of {}", choices.join(", ")))
            .did_you_mean(nearest(text, choices.iter().copied()));
        self.problems.push(problem);
        None
    }

    fn size(&mut self, path: &str, text: &str, range: Range<usize>) -> Option<Value> {
        if let Err(why) = size::parse(text) {
            let problem = Problem::error("unknown-value", format!("`{path}` {why}"));
            self.problems.push(problem.at(self.span(range), ""));
            return None;
        }
        Some(Value::Text(text.to_owned()))
    }

    fn number(
        &mut self,
        path: &str,
        number: Option<i64>,
        wanted: &str,
        range: Range<usize>,
    ) -> Option<Value> {
        if number.is_none() {
            let problem = Problem::error("unknown-value", format!("`{path}` {wanted}"));
            self.problems.push(problem.at(self.span(range), ""));
        }
        number.map(Value::Number)
    }

    fn wrong_type(&mut self, path: &str, wanted: &str, found: &DeValue<'_>, range: Range<usize>) {
        let found = describe(found);
        let problem =
            Problem::error("wrong-type", format!("`{path}` wants {wanted}, found {found}"))
                .at(self.span(range), format!("this is {found}"));
        self.problems.push(problem);
    }
}

impl Form {
    fn describe(self) -> &'static str {
        match self {
            Form::Text | Form::Choice(_) => "a text",
            Form::Texts => "an array of texts",
            Form::Bool => "true or false",
            Form::Days => "a number of days",
            Form::Size => "a size such as \"256MiB\"",
            Form::Param => "a number or a duration such as \"30m\"",
        }
    }
}

/// The next parts of all keys below `path`.
fn parts_below(path: &[&str]) -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter_map(move |key| {
        let mut parts = key.path.split('.');
        path.iter().all(|part| parts.next() == Some(part)).then(|| parts.next()).flatten()
    })
}

/// A path with the names that stand for `*`.
fn shown(path: &[&str], names: &[Name]) -> String {
    let mut names = names.iter();
    let parts = path.iter().map(|part| match *part {
        "*" => names.next().map_or("*", |(name, _)| name),
        part => part,
    });
    parts.collect::<Vec<_>>().join(".")
}
