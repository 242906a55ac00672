//! Names of an export → names in a message.

use crate::escape::toml_escaped;

/// Characters of a name that are shown: an FQDN has 255 at most, and what is longer may stand in many notes.
const MAX_SHOWN: usize = 300;

/// `text` in backticks, on one line.
pub fn name(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("`{}`..", toml_escaped(text.get(..end).unwrap_or_default())),
        None => format!("`{}`", toml_escaped(text)),
    }
}
