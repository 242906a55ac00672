//! No rule text makes the front end panic, overflow the stack or go on for ever.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lynt::datalog::compile;
use lynt::datalog::crepe::emit;
use lynt::datalog::lower::lower;
use lynt::source::Sources;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, panic};

/// Compiles, lowers and emits; how many problems there are.
fn judge(texts: &[&str]) -> usize {
    let mut sources = Sources::default();
    for (at, text) in texts.iter().enumerate() {
        sources.add(format!("{at}.dl"), *text);
    }
    let (program, problems) = compile(&sources);
    // Every place can be shown; to find a line takes a walk through the file.
    for problem in problems.iter().take(50) {
        let place = sources.place(problem.labels[0].span);
        assert!(!problem.message.contains(['\n', '\r']) && !place.is_empty(), "{problem:?}");
    }
    if let Some(lowered) = program.map(|program| lower(&program)) {
        assert!(emit(&lowered).contains("pub fn run("));
    }
    problems.len()
}

/// As [`judge`], but says which text it was.
fn judge_or_show(texts: &[&str]) {
    if panic::catch_unwind(|| judge(texts)).is_err() {
        panic!("the front end panicked on this text:\n{}", texts.last().unwrap());
    }
}

fn rules_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

fn rule_file(path: &str) -> String {
    fs::read_to_string(rules_folder().join(path)).unwrap()
}

/// All shipped rules in one text, the vocabulary first.
fn shipped() -> String {
    let mut folders = vec![rules_folder()];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Every beginning of a text; what stands in documentation only is left out.
fn judge_beginnings(others: &[&str], text: &str) {
    let text = without_docs(text);
    for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
        judge_or_show(&[others, &[&text[..end]]].concat());
    }
}

fn without_docs(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("///"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn every_beginning_of_the_vocabulary_is_judged() {
    judge_beginnings(&[], &rule_file("vocabulary.dl"));
}

#[test]
fn every_beginning_of_two_rules_is_judged() {
    let (vocabulary, shared) = (without_docs(&rule_file("vocabulary.dl")), rule_file("shared.dl"));
    for path in ["backup/asymmetric-backup.dl", "references/unknown-site.dl"] {
        judge_beginnings(&[&vocabulary, &shared], &rule_file(path));
    }
}

/// Xorshift, so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }
}

const TOKENS: &[&str] = &[
    "<-",
    "<=",
    ">=",
    "==",
    "!=",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ":",
    ".",
    "=",
    "<",
    ">",
    "!",
    "+",
    "-",
    "*",
    "_",
    "\"",
    "\\",
    "/",
    "///",
    "//",
    "\n",
    "\r\n",
    "\u{feff}",
    "é",
    "0",
    "9223372036854775807",
    "1h30m",
    "-5",
    "true",
    "let",
    "count",
    "sum",
    "max",
    "is",
    "unknown",
    "known",
    "else",
    "from",
    "by",
    "as",
    "any",
    "unresolved",
    "input",
    "relation",
    "violation",
    "entity",
    "enum",
    "unit",
    "param",
    "schema",
    "severity",
    "label",
    "note",
    "help",
    "examines",
    "suggest",
    "message",
    "p",
    "q",
    "p.site",
    "p.version",
    "Pool",
    "Backup",
    "Entity",
    "Int",
    "Text",
    "\"lync-2013\"",
    "\"{p} {list q: Backup(p, q)}\"",
    "let n = count { ",
    "let n = sum n { ",
    "!Backup(",
    "Backup(p, q)",
    "(p.version > ",
];

/// Replaces, removes, doubles or inserts bytes and tokens.
fn mutate(text: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(6) {
        let at = random.below(text.len() + 1);
        let end = (at + random.below(12)).min(text.len());
        match random.below(6) {
            0 => text.insert(at, u8::try_from(random.below(256)).unwrap()),
            1 => drop(text.drain(at..end)),
            2 => drop(text.splice(at..at, random.pick(TOKENS).bytes())),
            3 => drop(text.splice(at..end, random.pick(TOKENS).bytes())),
            4 => {
                let piece = text[at..(at + random.below(200)).min(text.len())].to_vec();
                let to = random.below(text.len() + 1);
                drop(text.splice(to..to, piece));
            }
            _ => {
                // A word for another one of the text.
                let words: Vec<(usize, usize)> = words(text);
                let (from, to) = words[random.below(words.len())];
                let word = text[from..to].to_vec();
                let (from, to) = words[random.below(words.len())];
                drop(text.splice(from..to, word));
            }
        }
    }
}

fn words(text: &[u8]) -> Vec<(usize, usize)> {
    let mut words = vec![(0, 0)];
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() && *byte != b'-' {
            words.push((start, at));
            start = at + 1;
        }
    }
    words.retain(|(start, end)| start < end);
    if words.is_empty() { vec![(0, 0)] } else { words }
}

fn judge_mutations(seed: u64, count: usize) {
    let shipped = without_docs(&shipped());
    let mut random = Random(seed);
    for _ in 0..count {
        let mut text = shipped.clone().into_bytes();
        mutate(&mut text, &mut random);
        judge_or_show(&[&String::from_utf8_lossy(&text)]);
    }
}

#[test]
fn mutations_of_the_shipped_rules_are_judged() {
    judge_mutations(0x9E37_79B9_7F4A_7C15, 1500);
}

#[test]
fn more_mutations_of_the_shipped_rules_are_judged() {
    judge_mutations(0xD1B5_4A32_D192_ED03, 1500);
}

/// Judges each input: a panic, an overflow of the stack or an endless loop is the failure. The name of
/// the one at work is printed.
#[allow(clippy::print_stdout, reason = "shown only where the test fails")]
fn judge_all(cases: &[(&str, String)]) {
    for (name, text) in cases {
        println!("{name}");
        judge(&[text]);
    }
}

/// `count` pieces, each made from its number.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn deep_text_is_refused() {
    let rule = "relation A(n: Int);\nA(1) <- ";
    let after = |begin: &str, piece: &str| format!("{rule}{begin}{}", piece.repeat(100_000));
    // Two chains in each other: the longest that is allowed, as often as is allowed.
    let chains = |inner: String, _| format!("1 + ({inner}){}", " + 1".repeat(60));
    let chained = (0..60).fold("1".to_owned(), chains);
    let cases = [
        ("parentheses", after("", "(")),
        ("closing parentheses", after("", ")")),
        ("parentheses of an expression", after("(", "(")),
        ("parentheses of a value", after("let n = ", "(")),
        ("exclamation marks", after("", "!")),
        ("braces", after("", "{")),
        ("closing braces", after("", "}")),
        ("nots and parentheses", after("", "!(")),
        ("aggregates", after("", "let n = count { ")),
        ("minus signs", after("(", "-")),
        ("sums", after("(1", " + 1")),
        ("products", after("let n = 1", " * 1")),
        ("sums in parentheses", after("(1", " + (1")),
        ("sums of sums", format!("{rule}({chained} == 1);")),
        ("keys of keys", format!("entity X from x {{ {}", "a { ".repeat(100_000))),
        ("dots", format!("{rule}(p{} == 1), A(p);", ".site".repeat(100_000))),
        (
            "else",
            format!("violation V(p: Int) {{ label p: \"x\"{}", " else p: \"x\"".repeat(100_000)),
        ),
        ("quotes", "\"".repeat(100_000)),
        ("opening quotes", "\"\n".repeat(100_000)),
        ("backslashes", format!("\"{}", "\\q".repeat(100_000))),
        ("documentation", "///\n".repeat(100_000)),
        ("documentation of nothing", "///\n)\n".repeat(50_000)),
        ("words", "relation ".repeat(100_000)),
        ("words on lines", "relation\n".repeat(100_000)),
        ("commas", after("A(1), ", ",")),
        ("strange characters", "@ ".repeat(100_000)),
        ("signs", "<-".repeat(100_000)),
        (
            "placeholders",
            format!("violation V(p: Entity) {{ message: \"{}\"; }}", "{p} {q} {".repeat(20_000)),
        ),
        (
            "braces in a message",
            format!("violation V(p: Entity) {{ message: \"{}\"; }}", "{".repeat(99_999)),
        ),
        (
            "closing braces in a message",
            format!("violation V(p: Entity) {{ message: \"{}\"; }}", "}".repeat(99_999)),
        ),
        (
            "escapes and placeholders",
            format!("violation V(p: Entity) {{ message: \"{}\"; }}", "\\\"{p}{q}".repeat(3_000)),
        ),
    ];
    judge_all(&cases);
}

#[test]
fn long_programs_are_judged_in_time() {
    let pool = "entity Pool from pool by fqdn { n: Int }\n";
    let chain = |not: &str| {
        many(10_000, |n| {
            let next = (n + 1) % 10_000;
            format!("relation R{n}(p: Pool);\nR{n}(p) <- Pool(p), {not}R{next}(p);\n")
        })
    };
    let numbers = many(4_999, |n| format!("{n}, "));
    let names = many(2_000, |n| format!("v{n}, "));
    let cases = [
        ("a chain of relations", format!("{pool}{}", chain(""))),
        ("a cycle of negations", format!("{pool}{}", chain("!"))),
        (
            "20,000 rules",
            format!(
                "{pool}relation A(p: Pool);\n{}",
                "A(p) <- Pool(p), (p.n > 5), A(p);\n".repeat(20_000)
            ),
        ),
        (
            "20,000 wrong rules",
            format!(
                "{pool}relation A(p: Pool);\n{}",
                "B(p) <- Pol(q), (p.n > 5) C(p);\n".repeat(20_000)
            ),
        ),
        (
            "20,000 unknown names",
            format!("{pool}{}", many(5_000, |n| format!("Q{n}(p) <- P{n}(p);\n"))),
        ),
        ("5,000 terms", format!("relation A(n: Int);\nA({numbers} 1) <- A({numbers} 2);")),
        (
            "5,000 columns",
            format!("relation A({}n: Int);", many(5_000, |n| format!("c{n}: Int, "))),
        ),
        ("2,000 variables", format!("relation A(n: Int);\nA({names} x) <- A({names} y);")),
        (
            "2,000 literals",
            format!(
                "{pool}relation A(p: Pool);\nA(p) <- Pool(p){};",
                many(1_000, |n| format!(", A(p{n}), Pool(p{n})"))
            ),
        ),
        (
            "2,000 conditions",
            format!(
                "{pool}relation A(p: Pool);\nA(p) <- Pool(p){};",
                many(2_000, |n| format!(", (p.n != {n})"))
            ),
        ),
        (
            "500 lets in reverse order",
            format!(
                "relation A(n: Int);\nA(1) <- {}let v500 = 5;",
                many(500, |n| format!("let v{n} = v{} + 1, ", n + 1))
            ),
        ),
        (
            "100 aggregates",
            format!(
                "{pool}relation A(p: Pool);\nA(p) <- Pool(p){};",
                many(100, |n| format!(", let v{n} = count {{ Pool(q), (q != p) }}"))
            ),
        ),
        (
            "5,000 violations",
            many(5_000, |n| {
                format!(
                    "violation V{n}(e: Entity) {{ severity: note; message: \"{{e}}\"; label e: \"\"; }}\n"
                )
            }),
        ),
        (
            "5,000 wrong lines",
            format!("violation V(e: Entity) {{\n{}}}", "  mesage: \"{e}\";\n".repeat(5_000)),
        ),
        (
            "5,000 keys",
            format!(
                "entity P from p by name {{ {} }}",
                many(5_000, |n| format!("k{n}: Int = 5, "))
            ),
        ),
        ("5,000 values", format!("enum E {{ {} }}", many(5_000, |n| format!("\"v{n}\", ")))),
        (
            "5,000 entities",
            many(5_000, |n| format!("entity P{n} from p{n} by name {{ a: Int }}\n")),
        ),
        (
            "5,000 constants",
            format!("relation A(t: Text);\n{}", many(5_000, |n| format!("A(\"v{n}\");\n"))),
        ),
    ];
    judge_all(&cases);
}

#[test]
fn pieces_of_text_nest_in_every_way() {
    let mut random = Random(42);
    for _ in 0..3_000 {
        let mut text =
            String::from("relation A(n: Int, m: Int);\ninput B(e: Entity);\nA(x, y) <- ");
        for _ in 0..random.below(40) {
            let _ = write!(text, "{} ", random.pick(TOKENS));
        }
        judge_or_show(&[&text]);
    }
}
