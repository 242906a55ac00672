//! Text → JSON as `ConvertTo-Json` writes it, each value with its path in the document.

use super::ImportError;
use super::decode::{place_after, without_blanks};
use super::offsets::Offsets;
use super::{interval, quote};
use serde_json::{Map, Value};

/// The units of a .NET time span: 100 ns.
const TICKS_PER_SECOND: u64 = 10_000_000;

const EXPECTED: &str = "expected an object as the script in docs/export.md writes it, or XML of `Get-CsTopology -AsXml`";

const TRUNCATED: &str = "`ConvertTo-Json` cuts off what is nested deeper than its `-Depth`: export again with `ConvertTo-Json -Depth 6`";

/// What a single value may be called when it became an object.
pub const VALUE_KEYS: &[&str] = &["Value", "Fqdn", "Identity", "Name", "FullName"];

/// A value and where it stands: `pools[3].Services`.
#[derive(Clone)]
pub struct At<'a> {
    pub path: String,
    pub value: &'a Value,
}

/// What is wrong with a value.
pub struct Wrong {
    path: String,
    message: String,
    help: String,
}

impl Wrong {
    pub fn new(path: &str, message: &str, help: &str) -> Self {
        Self { path: path.to_owned(), message: message.to_owned(), help: help.to_owned() }
    }

    /// The error in `text`, of which `offsets` are.
    pub fn in_text(self, offsets: &Offsets, text: &str) -> ImportError {
        let place = text.get(..offsets.of(&self.path).0).map(place_after);
        ImportError { place, ..error(&self.message, &self.help) }
    }
}

/// Whether the text begins as an object does, or a list of objects; TOML may begin with `[[`.
pub fn is_json(text: &str) -> bool {
    let text = without_blanks(text);
    let in_list = text.strip_prefix('[').map(without_blanks);
    text.starts_with('{') || in_list.is_some_and(|rest| rest.starts_with(['{', ']']))
}

/// Parses an object.
pub fn parse(text: &str) -> Result<Map<String, Value>, ImportError> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(error("this JSON is a list, not an object", EXPECTED)),
        Err(cause) if cause.is_eof() => Err(ImportError {
            place: Some(place_after(text)),
            ..error("the JSON ends too early", "the export looks cut off: export it again")
        }),
        Err(cause) => {
            let message = cause.to_string();
            let what = message.split(" at line ").next().unwrap_or(&message);
            let place = place_after(&text[..offset(text, cause.line(), cause.column())]);
            Err(ImportError {
                place: Some(place),
                ..error(
                    &format!("malformed JSON: {}", crate::escape::toml_escaped(what)),
                    "the export was changed or damaged: export it again",
                )
            })
        }
    }
}

/// The byte at a line and a column of the parser, which counts the bytes of a line from 1, and 0 is its break.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let start: usize = lines.map(str::len).sum();
    text.floor_char_boundary(start + column.saturating_sub(1))
}

/// The values of a list. `ConvertTo-Json` writes a list of one as its value, an empty one as null, and some as objects.
pub fn list<'a>(object: &'a Map<String, Value>, key: &str, path: &str) -> Vec<At<'a>> {
    let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let (path, value) = match object.get(key) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Object(wrapped)) if wrapped.contains_key("Count") => {
            (format!("{path}.value"), wrapped.get("value").unwrap_or(&Value::Null))
        }
        Some(value) => (path, value),
    };
    match value {
        Value::Array(values) => {
            let at = |(index, value)| At { path: format!("{path}[{index}]"), value };
            values.iter().enumerate().map(at).filter(|at| !at.value.is_null()).collect()
        }
        value => vec![At { path, value }],
    }
}

impl<'a> At<'a> {
    pub fn object(&self) -> Result<&'a Map<String, Value>, Wrong> {
        match self.value {
            Value::Object(object) => Ok(object),
            Value::String(text) if is_truncated(text) => Err(self.truncated()),
            _ => Err(self.unexpected("an object")),
        }
    }

    /// The text of a value, which may be an object around it; nothing for null.
    pub fn text(&self) -> Result<String, Wrong> {
        match self.value {
            Value::Null => Ok(String::new()),
            Value::String(text) if is_truncated(text) => Err(self.truncated()),
            Value::String(text) => Ok(text.trim().to_owned()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(boolean) => Ok(boolean.to_string()),
            Value::Object(object) => {
                let inner = VALUE_KEYS.iter().find_map(|key| object.get(*key));
                match inner {
                    Some(value) if !value.is_object() => {
                        At { path: self.path.clone(), value }.text()
                    }
                    _ => Err(self.unexpected("a text")),
                }
            }
            Value::Array(values) => match values.as_slice() {
                [value] if !value.is_array() => At { path: self.path.clone(), value }.text(),
                [] => Ok(String::new()),
                _ => Err(self.unexpected("a text")),
            },
        }
    }

    /// A name in a list. Where there is a blank, a whole list was cut off.
    pub fn name(&self) -> Result<String, Wrong> {
        let name = self.text()?;
        if name.contains(' ') && name.contains(['.', ':']) {
            Err(self.truncated())
        } else {
            Ok(name)
        }
    }

    /// A time span: as text, or as an object with all its parts.
    pub fn time_span(&self) -> Result<String, Wrong> {
        let Value::Object(object) = self.value else { return self.text() };
        let ticks = object.get("Ticks").and_then(Value::as_u64);
        let seconds =
            ticks.filter(|ticks| ticks % TICKS_PER_SECOND == 0).map(|t| t / TICKS_PER_SECOND);
        let seconds = seconds.map(|seconds| seconds.to_string());
        seconds
            .filter(|seconds| interval::seconds(seconds).is_some())
            .ok_or_else(|| self.unexpected("a time span of whole seconds"))
    }

    fn truncated(&self) -> Wrong {
        let path = quote::name(&self.path);
        Wrong::new(
            &self.path,
            &format!("the JSON was cut off: {path} has the name of a type or a list in one text"),
            TRUNCATED,
        )
    }

    fn unexpected(&self, expected: &str) -> Wrong {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        let path = quote::name(&self.path);
        Wrong::new(&self.path, &format!("{path} is {found}, not {expected}"), EXPECTED)
    }
}

/// What stands under a key of an object.
pub fn at<'a>(object: &'a Map<String, Value>, key: &str, path: &str) -> At<'a> {
    At { path: format!("{path}.{key}"), value: object.get(key).unwrap_or(&Value::Null) }
}

/// An error about the document as a whole.
pub fn error(message: &str, help: &str) -> ImportError {
    ImportError {
        message: message.to_owned(),
        document: None,
        place: None,
        help: Some(help.to_owned()),
    }
}

/// Types are named `System.Collections.Generic.List`1[..]`, objects written as `@{Identity=..}`.
fn is_truncated(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("@{") || text.starts_with("System.") || text.starts_with("Microsoft.Rtc.")
}
