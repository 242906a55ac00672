//! A file → a hash of each line, as GitHub's code scanning computes it, so that alerts are the same
//! whoever computes it.
//!
//! A line's hash covers the 100 UTF-16 code units from its start, over its end into the lines below:
//! blanks and tabs are skipped, every kind of line break is one `\n`, the file's end is 65535 and
//! zeros behind it. Units are the digits of a number to the base 37, modulo 2^64. Lines with the same
//! hash are numbered.

use std::collections::{BTreeMap, VecDeque};

/// How many units a hash covers.
const WINDOW: u32 = 100;
/// What a unit counts more than the next one.
const BASE: u64 = 37;
/// Stands at the end of the file.
const END: u16 = 65535;

/// The hashes of the lines of `text`, such as `a7f2ff13bc495cf2:1`.
pub fn line_hashes(text: &str) -> Vec<String> {
    let (mut hashes, mut seen) = (Vec::new(), BTreeMap::new());
    // Of each line whose window is not complete: units and number before its start.
    let mut open: VecDeque<(u64, u64)> = VecDeque::new();
    let (mut units, mut number) = (0_u64, 0_u64);
    let behind = std::iter::repeat_n((0, false), WINDOW as usize);
    for (unit, begins_line) in significant(text).chain(behind) {
        if begins_line {
            open.push_back((units, number));
        }
        number = number.wrapping_mul(BASE).wrapping_add(u64::from(unit));
        units += 1;
        if let Some(&(start, before)) = open.front()
            && units - start == u64::from(WINDOW)
        {
            open.pop_front();
            let hash = number.wrapping_sub(before.wrapping_mul(BASE.wrapping_pow(WINDOW)));
            let count = seen.entry(hash).and_modify(|count| *count += 1).or_insert(1_u32);
            hashes.push(format!("{hash:x}:{count}"));
        }
    }
    hashes
}

/// The units that count, each with whether it begins a line.
fn significant(text: &str) -> impl Iterator<Item = (u16, bool)> {
    const BLANK: u16 = b' ' as u16;
    const TAB: u16 = b'\t' as u16;
    const LF: u16 = b'\n' as u16;
    const CR: u16 = b'\r' as u16;
    let mut after_cr = false;
    let skipped = move |unit: u16| {
        let skipped = unit == BLANK || unit == TAB || (after_cr && unit == LF);
        after_cr = unit == CR;
        if skipped { None } else { Some(if unit == CR { LF } else { unit }) }
    };
    let mut begins_line = true;
    text.encode_utf16().filter_map(skipped).chain([END]).map(move |unit| {
        let begins = std::mem::replace(&mut begins_line, unit == LF);
        (unit, begins)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the tests of GitHub's `codeql-action` expect of `src/fingerprints.ts`.
    #[test]
    fn hashes_are_those_of_github() {
        let ends = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        let lorem = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let cases: [(&str, &[&str]); 8] = [
            ("", &["c129715d7a2bc9a3:1"]),
            (
                " a\nb\n  \t\tc\n d",
                &[
                    "271789c17abda88f:1",
                    "54703d4cd895b18:1",
                    "180aee12dab6264:1",
                    "a23a3dc5e078b07b:1",
                ],
            ),
            (
                " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
                &[
                    "8b7cf3e952e7aeb2:1",
                    "b1ae1287ec4718d9:1",
                    "bff680108adb0fcc:1",
                    "c6805c5e1288b612:1",
                    "b86d3392aea1be30:1",
                    "e6ceba753e1a442:1",
                ],
            ),
            (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", &ends),
            (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", &ends),
            (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", &ends),
            (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", &ends),
            (
                &lorem,
                &[
                    "a7f2ff13bc495cf2:1",
                    "a7f2ff13bc495cf2:2",
                    "a7f2ff13bc495cf2:3",
                    "a7f2ff13bc495cf2:4",
                    "a7f2ff13bc495cf2:5",
                    "a7f2ff13bc495cf2:6",
                    "a7f2ff1481e87703:1",
                    "a9cf91f7bbf1862b:1",
                    "55ec222b86bcae53:1",
                    "cc97dc7b1d7d8f7b:1",
                    "c129715d7a2bc9a3:1",
                ],
            ),
        ];
        for (text, hashes) in cases {
            assert_eq!(line_hashes(text), hashes, "{text:?}");
        }
    }
}
