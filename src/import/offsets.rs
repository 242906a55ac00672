//! JSON that was parsed → where its values begin.

use super::ImportError;
use super::decode::place_after;
use super::json::error;
use super::placed::Offset;
use super::quote;
use std::collections::{HashMap, HashSet};

/// Bytes of a path above which a value has the place of what is around it. What is read has shorter ones; without
/// a limit many values below one long key would take memory without end.
const MAX_PATH: usize = 100;

/// Where the values of a document begin, by their paths: `pools[3].Services`.
pub struct Offsets(HashMap<String, Offset>);

impl Offsets {
    /// Those of a document that `json::parse` has read: the parser keeps none, so the text is gone through once more.
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
