//! Names of an export → names in a message.

use crate::escape::toml_escaped;

/// `text` in backticks, on one line.
pub fn name(text: &str) -> String {
    format!("`{}`", toml_escaped(text))
}
