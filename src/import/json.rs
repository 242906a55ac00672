//! Text → JSON as `ConvertTo-Json` writes it, each value with its path in the document.

use super::ImportError;
use super::decode::place_after;
use super::placed::Offset;
use super::{interval, quote};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// The units of a .NET time span: 100 ns.
const TICKS_PER_SECOND: u64 = 10_000_000;

const EXPECTED: &str = "expected an object as the script in docs/export.md writes it, or XML of `Get-CsTopology -AsXml`";

const TRUNCATED: &str = "`ConvertTo-Json` cuts off what is nested deeper than its `-Depth`: export again with `ConvertTo-Json -Depth 6`";

/// Bytes of a path above which a value has the place of what is around it. What is read has shorter ones; without
/// a limit many values below one long key would take memory without end.
const MAX_PATH: usize = 100;

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
    let text = text.trim_start();
    let in_list = text.strip_prefix('[').map(str::trim_start);
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
            let line = u32::try_from(cause.line()).unwrap_or(u32::MAX);
            let column = u32::try_from(cause.column()).unwrap_or(u32::MAX);
            Err(ImportError {
                place: Some((line, column.max(1))),
                ..error(
                    &format!("malformed JSON: {}", crate::escape::toml_escaped(what)),
                    "the export was changed or damaged: export it again",
                )
            })
        }
    }
}

/// Where the values of a document begin, by their paths: `pools[3].Services`.
pub struct Offsets(HashMap<String, Offset>);

impl Offsets {
    /// Those of a document that `parse` has read: the parser keeps none, so the text is gone through once more.
    ///
    /// # Errors
    /// A key that stands twice in one object: one of the two would go unread.
    pub fn new(text: &str) -> Result<Self, ImportError> {
        let mut scanner =
            Scanner { text, at: 0, path: String::new(), found: HashMap::new(), twice: None };
        scanner.value();
        match scanner.twice {
            None => Ok(Self(scanner.found)),
            Some((key, at)) => Err(ImportError {
                place: text.get(..at).map(place_after),
                ..error(
                    &format!("the key {} stands twice in one object", quote::name(&key)),
                    "the export was changed or damaged: export it again",
                )
            }),
        }
    }

    /// Of the value at a path, or of the nearest around it.
    pub fn of(&self, mut path: &str) -> Offset {
        loop {
            if let Some(found) = self.0.get(path) {
                return *found;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None => return self.0.get("").copied().unwrap_or_default(),
            }
        }
    }
}

/// Goes through well-formed JSON. The parser's limit of its nesting is that of the recursion here.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
    path: String,
    found: HashMap<String, Offset>,
    /// A key that stands twice in one object, and where it does so first.
    twice: Option<(String, usize)>,
}

impl Scanner<'_> {
    fn value(&mut self) {
        let first = self.next();
        if self.path.len() <= MAX_PATH {
            self.found.insert(self.path.clone(), Offset(self.at));
        }
        match first {
            Some(b'{') => self.members(b'}'),
            Some(b'[') => self.members(b']'),
            Some(b'"') => drop(self.string()),
            _ => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let is_end = |c: char| matches!(c, ',' | ']' | '}') || c.is_ascii_whitespace();
                self.at += rest.find(is_end).unwrap_or(rest.len());
            }
        }
    }

    /// What stands in an object or a list, and its end.
    fn members(&mut self, end: u8) {
        let length = self.path.len();
        let (mut index, mut keys) = (0, HashSet::new());
        self.at += 1;
        while let Some(byte) = self.next().filter(|byte| *byte != end) {
            if byte == b',' {
                self.at += 1;
                continue;
            }
            if end == b'}' {
                let start = self.at;
                let key = self.string();
                if keys.contains(&key) && self.twice.is_none() {
                    self.twice = Some((key.clone(), start));
                }
                self.path.push_str(if length == 0 { "" } else { "." });
                self.path.push_str(&key);
                keys.insert(key);
                self.next();
                self.at += 1;
            } else {
                self.path.push_str(&format!("[{index}]"));
                index += 1;
            }
            self.value();
            self.path.truncate(length);
        }
        self.at += 1;
    }

    /// A string without its quotes.
    fn string(&mut self) -> String {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut is_escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let is_end = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            is_end
        });
        let length = end.map_or(rest.len(), |end| end + 2);
        self.at += length;
        serde_json::from_str(rest.get(..length).unwrap_or_default()).unwrap_or_default()
    }

    /// The next byte that is no blank.
    fn next(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied()
    }
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
fn error(message: &str, help: &str) -> ImportError {
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
