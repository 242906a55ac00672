//! Sizes of files as people write them.

/// The units that there are, with their bytes.
const UNITS: [(&str, u64); 4] =
    [("bytes", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// A size as [`parse`] reads it, for schemas.
pub const PATTERN: &str = "^[0-9]+ ?(bytes|KiB|MiB|GiB)$";

/// The most that a size may be, in bytes: places in files are counted in 32 bits.
const MOST: u64 = 4095 << 20;

/// The bytes of a size such as `256MiB` or `1 GiB`.
///
/// # Errors
/// Why it is none, in words that follow a name.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let unit = UNITS.iter().find(|(name, _)| *name == unit);
    let (Some((_, unit)), false) = (unit, number.is_empty()) else {
        return Err("is a whole number and a unit: bytes, KiB, MiB or GiB, as in `256MiB`".into());
    };
    let size = number.parse::<u64>().ok().and_then(|number| number.checked_mul(*unit));
    match size {
        Some(0) => Err("is at least 1 byte".into()),
        Some(size) if size <= MOST => Ok(size),
        _ => Err(format!("is at most {}", shown(MOST))),
    }
}

/// `128 MiB`: in the greatest unit of which it is a whole number.
pub fn shown(bytes: u64) -> String {
    let whole = UNITS.iter().rev().find(|(_, unit)| bytes.is_multiple_of(*unit) && bytes > 0);
    let (name, unit) = whole.unwrap_or(&UNITS[0]);
    format!("{} {name}", bytes / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let cases = [
            ("1bytes", Ok(1)),
            ("1000 bytes", Ok(1000)),
            ("3KiB", Ok(3 << 10)),
            ("256 MiB", Ok(256 << 20)),
            ("1GiB", Ok(1 << 30)),
            ("4095MiB", Ok(4095 << 20)),
            ("4GiB", Err("is at most 4095 MiB")),
            ("99999999999999999999 bytes", Err("is at most 4095 MiB")),
            ("18446744073709551615GiB", Err("is at most 4095 MiB")),
            ("0MiB", Err("is at least 1 byte")),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected.map_err(str::to_owned), "{text}");
        }
        for text in [
            "", "1", "MiB", "1.5GiB", "-1MiB", "1GB", "1 G", "one MiB", "1MiB ", "1  MiB", "1mib",
            "٣MiB",
        ] {
            assert!(parse(text).is_err_and(|why| why.contains("as in `256MiB`")), "{text}");
        }
    }

    #[test]
    fn a_size_is_shown_in_its_unit() {
        let cases = [(0, "0 bytes"), (1, "1 bytes"), (1 << 20, "1 MiB"), (1536 << 20, "1536 MiB")];
        for (bytes, expected) in cases {
            assert_eq!(shown(bytes), expected);
        }
        for bytes in [1, 1023, 1 << 10, 1025, 3 << 30, MOST] {
            assert_eq!(parse(&shown(bytes)), Ok(bytes));
        }
    }
}
