//! Where a report comes from, as data in its page: by it a report is verified.

use crate::report::sha256;
use serde::{Deserialize, Serialize};

/// Where a report comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this data.
    pub schema: String,
    /// lynt's version.
    pub version: String,
    /// The digest of all rule files in force.
    pub rules_sha256: String,
    /// The day of the check.
    pub today: String,
    /// The commit of the topology's repository; None outside of one.
    pub commit: Option<String>,
    /// Whether any file that the report rests on is not as that commit has it.
    pub is_dirty: bool,
    /// What follows `lynt report` to make the same report.
    pub arguments: Vec<String>,
    /// The files that it rests on.
    pub files: Vec<File>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct File {
    /// What it is: `topology`, `rules`, `configuration`, `baseline`.
    pub role: String,
    /// Its path, from the folder in which lynt ran.
    pub path: String,
    /// The digest of its text.
    pub sha256: String,
}

/// The form of the data.
pub const SCHEMA: &str = "lynt-audit/1";

/// The id of the element that holds it.
pub const ELEMENT: &str = "lynt-manifest";

/// What stands in a page for its digest while that is computed.
pub const NO_DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What stands before the digest of a page, where that is told.
pub const DIGEST: &str = "<code id=\"lynt-digest\">";

impl Manifest {
    /// What it says, by names, without files and arguments.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let dirty = if self.is_dirty { ", with changes that are not committed" } else { "" };
        let commit = self.commit.as_ref().map_or_else(
            || "none: the topology is in no git repository".to_owned(),
            |commit| format!("{commit}{dirty}"),
        );
        vec![
            ("Commit", commit),
            ("Day of the check", self.today.clone()),
            ("Checked by", format!("lynt {}", self.version)),
            ("Rules, SHA-256", self.rules_sha256.clone()),
        ]
    }

    /// The data as a page holds it: no character of it can end the element that it stands in.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        in_page(&text)
    }
}

/// JSON of which no character can end the element that it stands in: a `<` occurs only in strings.
pub fn in_page(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// The manifest of a page; None where it has none, or one of another form.
pub fn embedded(page: &str) -> Option<Manifest> {
    let (_, rest) = page.split_once(&format!("id=\"{ELEMENT}\">"))?;
    let (text, _) = rest.split_once("</script>")?;
    let manifest: Manifest = serde_json::from_str(text).ok()?;
    (manifest.schema == SCHEMA).then_some(manifest)
}

/// The digest that a page tells, and the one that it has; None where it tells none.
pub fn digest_of(page: &str) -> Option<(String, String)> {
    let (before, rest) = page.split_once(DIGEST)?;
    let told = rest.get(..NO_DIGEST.len())?;
    let after = &rest[NO_DIGEST.len()..];
    let blank = format!("{before}{DIGEST}{NO_DIGEST}{after}");
    Some((told.to_owned(), sha256::of_text(&blank)))
}
