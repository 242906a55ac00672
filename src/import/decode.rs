//! Bytes → text.
//!
//! What the XML declaration claims is not asked: PowerShell's `>` writes UTF-16 whatever the text says of itself.

use super::ImportError;
use std::borrow::Cow;

const SAVE_AS_UTF8: &str = "save the export as UTF-8, for example with `Out-File -Encoding utf8`, or as UTF-16 with a byte order mark";

/// The text of a UTF-8 or UTF-16 file, without its byte order mark.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ImportError> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Without a mark the first character tells: XML begins with `<`, JSON with `{`.
        [b'<' | b'{', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<' | b'{', ..] => utf16(bytes, u16::from_be_bytes),
        _ => utf8(bytes),
    }
}

/// `text` without what XML and JSON call blanks at its start: `is_export` knows no others.
pub fn without_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\r', '\n'])
}

/// Line and column behind `text`, both 1-based; a column is a character.
pub fn place_after(text: &str) -> (u32, u32) {
    let line = 1 + text.bytes().filter(|&b| b == b'\n').count();
    let line_start = text.rfind('\n').map_or(0, |newline| newline + 1);
    let column = 1 + text.get(line_start..).map_or(0, |line| line.chars().count());
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, ImportError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let (good, bad) = bytes.split_at(error.valid_up_to());
        let byte = bad.first().copied().unwrap_or_default();
        undecodable(
            format!("the text is not UTF-8: unexpected byte 0x{byte:02X}"),
            &String::from_utf8_lossy(good),
        )
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, ImportError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2);
    for c in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        match c {
            Ok(c) => text.push(c),
            Err(half) => {
                let half = half.unpaired_surrogate();
                return Err(undecodable(
                    format!("the text is not UTF-16: half a character, 0x{half:04X}"),
                    &text,
                ));
            }
        }
    }
    if odd.is_empty() {
        Ok(Cow::Owned(text))
    } else {
        Err(undecodable("the text is not UTF-16: it ends with half a code unit".to_owned(), &text))
    }
}

fn undecodable(message: String, good: &str) -> ImportError {
    ImportError {
        message,
        document: None,
        place: Some(place_after(good)),
        help: Some(SAVE_AS_UTF8.to_owned()),
    }
}
