//! Bytes of a text → the lines around them.

use std::ops::Range;

/// The byte order mark that a text may begin with.
const MARK: char = '\u{feff}';

/// Where the line of a byte begins, behind a byte order mark.
pub fn start(text: &str, at: usize) -> usize {
    match text[..at].rfind('\n') {
        Some(end) => end + 1,
        None => text.len() - text.trim_start_matches(MARK).len(),
    }
}

/// Where the line of a byte ends, without its line break.
pub fn end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

/// Where the line behind the line of a byte begins; the end of the text, where there is none.
pub fn next(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// The blanks that the line of a byte begins with, up to that byte.
pub fn indent(text: &str, at: usize) -> &str {
    let line = &text[start(text, at)..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Whether nothing but blanks and line breaks stands in a range.
pub fn is_blank(text: &str, range: Range<usize>) -> bool {
    text[range].trim_matches([' ', '\t', '\r', '\n', MARK]).is_empty()
}

/// Whether the line that begins at a byte is a comment and nothing else.
pub fn is_comment(text: &str, start: usize) -> bool {
    text[start..].trim_start_matches([' ', '\t']).starts_with('#')
}

/// Where the comments begin that stand right above the line of a byte; that line, where there are none.
pub fn lead(text: &str, at: usize) -> usize {
    let mut first = start(text, at);
    while let Some(above) = text[..first].strip_suffix('\n') {
        let line = start(text, above.len());
        if !is_comment(text, line) {
            break;
        }
        first = line;
    }
    first
}

/// Where what begins before a byte ends, comments right below it included, unless these belong to a header
/// right below them; without the last line break.
pub fn tail(text: &str, at: usize) -> usize {
    let mut last = end(text, at);
    let mut line = next(text, at);
    while line < text.len() && is_comment(text, line) {
        last = end(text, line);
        line = next(text, line);
    }
    let rest = text[line..].trim_start_matches([' ', '\t']);
    if rest.starts_with('[') { end(text, at) } else { last }
}
