//! Bytes of a file → text.

use crate::source::{FileId, Problem, Sources, Span};

/// Adds a file whose bytes must be UTF-8, with or without a byte order mark.
///
/// # Errors
/// What the bytes are instead, at the first place where that shows. The file is added all the same,
/// with replacement characters, so that the place can be shown.
pub fn add(path: String, bytes: Vec<u8>, sources: &mut Sources) -> Result<FileId, Problem> {
    let utf16 = is_utf16(&bytes);
    let error = match String::from_utf8(bytes) {
        Ok(text) if !utf16 => return Ok(sources.add(path, text)),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    let good = error.as_ref().map_or(0, |error| error.utf8_error().valid_up_to());
    let bytes = error.map_or(Vec::new(), std::string::FromUtf8Error::into_bytes);
    let shown = if utf16 { String::new() } else { lossy_until_line_end(&bytes, good) };
    let end = shown[good.min(shown.len())..].chars().next().map_or(good, |c| good + c.len_utf8());
    let file = sources.add(path, shown);
    let place = Span::new(file, good.min(end)..end);
    Err(if utf16 { utf16_problem(file) } else { not_utf8(place) })
}

/// Whether the bytes of a file look as those that PowerShell's `>` writes.
pub fn is_utf16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    marked || (bytes.len() >= 2 && (bytes[0] == 0) != (bytes[1] == 0))
}

/// The whole file is UTF-16.
pub fn utf16_problem(file: FileId) -> Problem {
    Problem::error("not-utf8", "this file is UTF-16, lynt reads UTF-8")
        .at(Span::new(file, 0..0), "")
        .help("in PowerShell write it with `Set-Content -Encoding utf8`; an editor's \"Save with encoding\" does it too")
}

/// What stands at `place` is shown there as a replacement character.
pub fn not_utf8(place: Span) -> Problem {
    Problem::error("not-utf8", "this byte is not UTF-8")
        .at(place, "")
        .help("save the file as UTF-8")
}

/// The text up to the end of the line that holds byte `good`, the first one that is wrong.
fn lossy_until_line_end(bytes: &[u8], good: usize) -> String {
    let rest = &bytes[good..];
    let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    String::from_utf8_lossy(&bytes[..good + line]).into_owned()
}
