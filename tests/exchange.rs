//! Facts in files: any bytes are read or refused, and what was read is written as it was.

mod common;

use common::command::Folder;
use lynt::datalog::compile_alone;
use lynt::exchange::{Table, read, refuse, screen};
use lynt::report::{Style, write_problems};
use lynt::source::{Problem, Sources};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;

/// Programs with one input each.
const INPUTS: [&str; 6] = [
    "input R(x: Text);",
    "input R(n: Int);",
    "enum Colour { \"red\", \"green\" } input R(c: Colour);",
    "input R(b: Bool);",
    "input R();",
    "enum Colour { \"red\", \"green\" } input R(x: Text, n: Int, c: Colour, b: Bool, y: Text);",
];

/// Reads `bytes` as the file of an input. What is wrong can be shown; what is right is the same when
/// it is written and read again. Whether it was right.
fn judge(text: &str, folder: &Folder, bytes: &[u8]) -> bool {
    folder.write("R.facts", bytes);
    let mut sources = Sources::default();
    sources.add("p.dl", text);
    let program = compile_alone(&sources).0.expect("it compiles");
    let input = program.relation_named("R").expect("the input");
    let facts = match read(&program, Some(&folder.0), &mut sources) {
        Ok(facts) => facts,
        Err(problems) => {
            show(&problems, &sources);
            return false;
        }
    };
    let table = Table::new(&program, &facts, input);
    assert!(screen(&table).lines().count() >= table.rows.len());
    if !refuse(&program, &facts, &[input]).is_empty() {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains("\n\u{feff}") || text.contains('\0'), "{bytes:?}");
        return true;
    }
    folder.write("R.facts", table.lines());
    let again = read(&program, Some(&folder.0), &mut sources).expect("it was written");
    assert_eq!(Table::new(&program, &again, input), table, "{bytes:?}");
    true
}

fn show(problems: &[Problem], sources: &Sources) {
    let mut shown = Vec::new();
    let style = Style { color: false, ascii: true, width: 80 };
    write_problems(problems, sources, &style, &mut shown).expect("writing to memory");
    let shown = String::from_utf8(shown).expect("UTF-8");
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
    assert!(problems.len() <= 11, "{problems:?}");
}

/// What files of facts are made of, and what they had better not.
const PIECES: &[&[u8]] = &[
    b"\t",
    b"\t",
    b"\n",
    b"\n",
    b"\r\n",
    b"\r",
    b"a",
    b"B",
    b" ",
    b"5",
    b"-9",
    b"true",
    b"red",
    b"green",
    b"()",
    b"\0",
    b"\"",
    b"\x1b[31m",
    b"\xff",
    b"\xc3",
    b"9223372036854775807",
    b"x\t5\tred\ttrue\ty\n",
    "\u{feff}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{e9}".as_bytes(),
];

#[test]
fn any_bytes_are_read_or_refused() {
    let folder = Folder::new("exchange-bytes");
    let piece = prop_oneof![
        9 => prop::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    let cases = (prop::sample::select(&INPUTS), prop::collection::vec(piece, 0..12));
    let counts = Cell::new((0, 0));
    let config = Config { cases: 1_000, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&cases, |(input, pieces)| {
        let (read, refused) = counts.get();
        let was_right = judge(input, &folder, &pieces.concat());
        counts.set(if was_right { (read + 1, refused) } else { (read, refused + 1) });
        Ok(())
    });
    assert_eq!(result, Ok(()));
    let (read, refused) = counts.get();
    println!("{read} files were read, {refused} refused");
    assert!(read > 50 && refused > 500, "{read} {refused}");
}
