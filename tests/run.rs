//! Programs of one's own as people run them: rows, files, and errors that say what to do.

mod common;

use common::command::{Folder, command, lynt, printed, run_cases, text, told};
use std::fs::{self, File};
use std::process::Stdio;

const PATHS: &str = "input Edge(x: Text, y: Text);
relation Path(x: Text, y: Text);
Path(x, y) <- Edge(x, y);
Path(x, z) <- Path(x, y), Edge(y, z);
relation Loops();
Loops() <- Path(x, x);
relation Reach(x: Text, n: Int);
Reach(x, n) <- Edge(x, _), let n = count { Path(x, y) };
";

const EDGES: &str = "lon\tams\nams\tzrh\nzrh\tams\n";

fn paths(name: &str) -> Folder {
    let folder = Folder::new(&format!("run-{name}"));
    folder.write("paths.dl", PATHS).write("facts/Edge.facts", EDGES);
    folder
}

#[test]
fn rows_are_printed_as_tables_json_or_lines() {
    let folder = paths("formats");
    let run = ["run", "paths.dl", "--facts", "facts"];
    let with = |more: &[&str]| printed(&folder, &[&run, more].concat(), "");
    let tables = "Path: 6 rows
  x    y
  ---  ---
  ams  ams
  ams  zrh
  lon  ams
  lon  zrh
  zrh  ams
  zrh  zrh

Loops: 1 row
  ()

Reach: 3 rows
  x    n
  ---  -
  ams  2
  lon  2
  zrh  2
";
    assert_eq!(with(&[]), tables);
    assert_eq!(with(&["-f", "human"]), tables);
    assert_eq!(
        with(&["-f", "tsv", "--relation", "Reach"]),
        "Reach\tams\t2\nReach\tlon\t2\nReach\tzrh\t2\n"
    );
    assert_eq!(with(&["-f", "tsv", "--relation", "Loops"]), "Loops\t()\n");
    let json = r#"{"relations":[{"name":"Loops","columns":[],"rows":[[]]},{"name":"Reach","columns":["x","n"],"rows":[["ams",2],["lon",2],["zrh",2]]}]}"#;
    let asked = ["--relation", "Reach", "--relation", "Loops"];
    assert_eq!(with(&[&["-f", "json"], &asked[..]].concat()), format!("{json}\n"));
}

#[test]
fn programs_come_from_files_and_from_standard_input() {
    let folder = paths("sources");
    let (declarations, rules) = PATHS.split_once('\n').expect("lines");
    folder.write("declarations.dl", declarations).write("rules.dl", format!("\u{feff}{rules}"));
    let tables = printed(&folder, &["run", "paths.dl", "--facts", "facts"], "");
    for (arguments, input) in [
        (&["run", "-", "--facts", "facts"][..], PATHS),
        (&["run", "declarations.dl", "rules.dl", "--facts", "facts/"], ""),
        (&["run", "--facts", "./facts", "rules.dl", "-"], declarations),
    ] {
        assert_eq!(printed(&folder, arguments, input), tables, "{arguments:?}");
    }
    let alone = "enum Colour { \"red\", \"green\" }\nparam most: Int = 2;\n\
                 relation Is(c: Colour, n: Int);\nIs(\"green\", 1);\nIs(\"red\", most);\nIs(\"green\", -3);\n\
                 relation Never(); relation Better(c: Colour); Better(c) <- Is(c, _), (c > \"red\");";
    let expected = "Is\tgreen\t-3\nIs\tgreen\t1\nIs\tred\t2\nBetter\tgreen\n";
    let output = lynt(&folder, &["run", "-", "-f", "tsv"], alone.as_bytes());
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), expected));
    let warning = text(&output.stderr);
    assert!(warning.contains("warning[underived-relation]: no rule derives `Never`"), "{warning}");
    assert!(!warning.contains("unread"), "what is derived is the output: {warning}");
}

#[test]
fn a_file_is_written_for_every_derived_relation() {
    let folder = paths("out");
    let arguments = ["run", "paths.dl", "--facts", "facts", "--out", "new/out"];
    assert_eq!(printed(&folder, &arguments, ""), "");
    assert_eq!(folder.list("new/out"), ["Loops.csv", "Path.csv", "Reach.csv"]);
    assert_eq!(folder.read("new/out/Reach.csv"), "ams\t2\nlon\t2\nzrh\t2\n");
    assert_eq!(folder.read("new/out/Loops.csv"), "()\n");
    folder.write("facts/Edge.facts", "lon\tams\n");
    printed(&folder, &arguments, "");
    assert_eq!(folder.read("new/out/Path.csv"), "lon\tams\n", "written anew");
    assert_eq!(folder.read("new/out/Loops.csv"), "", "no row");
    folder.write("facts/Edge.facts", "lon\tzrh\n");
    printed(&folder, &[&arguments[..], &["--relation", "Path"]].concat(), "");
    assert_eq!(folder.read("new/out/Path.csv"), "lon\tzrh\n");
    assert_eq!(folder.read("new/out/Reach.csv"), "lon\t1\n", "not asked for, hence not touched");
}

/// As no topology compares them.
#[test]
fn texts_are_what_their_bytes_are() {
    let folder = Folder::new("run-texts");
    folder.write("facts/T.facts", "b\na \na\nA\n\nZ\n\u{e9}\nz\nA\n");
    let program = "input T(x: Text);
        relation Order(x: Text); Order(x) <- T(x);
        relation Before(x: Text); Before(x) <- T(x), (x < \"a\");
        relation Is(x: Text); Is(x) <- T(x), (x == \"A\");
        relation Other(x: Text); Other(x) <- T(x), (x != \"a\");
        relation Big(x: Text); Big(x) <- T(x), (x.starts_with(\"A\"));
        relation Small(x: Text); Small(x) <- T(x), (x.matches(\"a*\"));
        relation Least(x: Text); Least(x) <- let x = min t { T(t) };
        relation Said(x: Text); Said(\" As Written \"); Said(x) <- T(x), !Order(x);";
    let rows = printed(&folder, &["run", "-", "--facts", "facts", "-f", "tsv"], program);
    let of = |name: &str| -> Vec<&str> {
        rows.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('\t')).collect()
    };
    assert_eq!(of("Order"), ["", "A", "Z", "a", "a ", "b", "z", "\u{e9}"]);
    assert_eq!(of("Before"), ["", "A", "Z"]);
    assert_eq!(of("Is"), ["A"]);
    assert_eq!(of("Other"), ["", "A", "Z", "a ", "b", "z", "\u{e9}"]);
    assert_eq!(of("Big"), ["A"]);
    assert_eq!(of("Small"), ["a", "a "]);
    assert_eq!(of("Least"), [""]);
    assert_eq!(of("Said"), [" As Written "]);
}

#[test]
fn line_ends_empty_lines_and_relations_without_columns() {
    let program = "input T(x: Text); input P(x: Text, n: Int); input Go();
        relation R(x: Text); R(x) <- T(x);
        relation Q(x: Text, n: Int); Q(x, n) <- P(x, n);
        relation Went(); Went() <- Go();";
    let cases = [
        ("", "", "", "", "files without rows"),
        ("\u{feff}", "\u{feff}", "\u{feff}", "", "nor with a mark"),
        ("a\nb", "a\t1", "()", "R\ta\nR\tb\nQ\ta\t1\nWent\t()\n", "no line end at the end"),
        (
            "a\r\nb\r\n",
            "a\t1\r\n",
            "()\r\n",
            "R\ta\nR\tb\nQ\ta\t1\nWent\t()\n",
            "line ends of Windows",
        ),
        ("\u{feff}a\n", "\u{feff}a\t1\n", "\u{feff}()\n", "R\ta\nQ\ta\t1\nWent\t()\n", "a mark"),
        ("\n", "\t1\n", "()\n()\n", "R\t\nQ\t\t1\nWent\t()\n", "an empty text is a text"),
        (
            "a\n\nb\n",
            "\t-0\n\t+7\n",
            "",
            "R\t\nR\ta\nR\tb\nQ\t\t0\nQ\t\t7\n",
            "an empty line in between",
        ),
    ];
    let folder = Folder::new("run-lines");
    for (t, p, go, expected, why) in cases {
        folder.write("f/T.facts", t).write("f/P.facts", p).write("f/Go.facts", go);
        let found = printed(&folder, &["run", "-", "--facts", "f", "-f", "tsv"], program);
        assert_eq!(found, expected, "{why}");
    }
}

const KINDS: &str = "enum Colour { \"red\", \"green\", \"blue\" }
unit Metres;
input Edge(x: Text, y: Text, n: Int);
input Has(x: Text, c: Colour, b: Bool, m: Metres);
input Go();
relation Out(x: Text, y: Text, n: Int);
Out(x, y, n) <- Edge(x, y, n), Has(x, _, true, _), Go();
";

#[test]
fn mistakes_in_files_of_facts_are_located_and_all_told() {
    let folder = Folder::new("run-mistakes");
    folder.write("p.dl", KINDS);
    folder.write(
        "f/Edge.facts",
        b"a\tb\t1\nb\tc\nc\td\t2\t3\t\n\nx\ty\t12a\nx\ty\t9223372036854775808\n\
          x\ty\t-9223372036854775808\r\nK\xc3\xb6ln\rx\ty\t1\nx\ty\t\nl\xffn\ty\tq\n",
    );
    folder.write(
        "f/Has.facts",
        "l\tgren\ttrue\t5\nl\tRed\tyes\t1.5\n\tpurple\t\t-9223372036854775809\n",
    );
    folder.write("f/Go.facts", "()\n\nx\n");
    let arguments = ["run", "p.dl", "--facts", "f"];
    let expected = [
        "f/Edge.facts:2:4 wrong-columns: this line has 2 columns, `Edge` has 3",
        "f/Edge.facts:3:7 wrong-columns: this line has 5 columns, `Edge` has 3",
        "f/Edge.facts:4:1 wrong-columns: this line is empty, `Edge` has 3 columns",
        "f/Edge.facts:5:5 wrong-type: `12a` is no whole number",
        "f/Edge.facts:6:5 wrong-type: `9223372036854775808` does not fit into 64 bits",
        "f/Edge.facts:8:5 wrong-line-end: a carriage return inside of a line",
        "f/Edge.facts:9:5 wrong-type: `` is no whole number",
        "f/Edge.facts:10:2 not-utf8: this byte is not UTF-8",
        "f/Has.facts:1:3 unknown-value: `gren` is no Colour",
        "f/Has.facts:2:3 unknown-value: `Red` is no Colour",
        "f/Has.facts:2:7 unknown-value: `yes` is no truth value",
        "f/Has.facts:2:11 wrong-type: `1.5` is no whole number",
        "f/Has.facts:3:2 unknown-value: `purple` is no Colour",
        "f/Has.facts:3:9 unknown-value: `` is no truth value",
        "f/Has.facts:3:10 wrong-type: `-9223372036854775809` does not fit into 64 bits",
        "f/Go.facts:2:1 wrong-columns: `Go` has no columns, its row is `()`",
        "f/Go.facts:3:1 wrong-columns: `Go` has no columns, its row is `()`",
    ];
    assert_eq!(told(&folder, &arguments, ""), expected);
    let stderr = text(&lynt(&folder, &arguments, b"").stderr);
    for part in [
        "did you mean `green`?",
        "did you mean `red`?",
        "its values are red, green, blue",
        "its columns are x, y, n, with a tab between two",
        "a line ends with LF or CRLF",
        "write `true` or `false`",
        "save the file as UTF-8",
    ] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    folder.write("f/Edge.facts", [0xff, 0xfe, b'a', 0, b'\t', 0]);
    folder.write("f/Has.facts", "").write("f/Go.facts", "");
    let utf16 = ["f/Edge.facts:1:1 not-utf8: this file is UTF-16, lynt reads UTF-8"];
    assert_eq!(told(&folder, &arguments, ""), utf16);
}

#[test]
fn ten_errors_of_a_file_are_told_and_the_others_counted() {
    let folder = Folder::new("run-many");
    folder.write("p.dl", KINDS).write("f/Go.facts", "");
    folder.write("f/Edge.facts", "a\tb\n".repeat(1_000));
    folder.write("f/Has.facts", b"\xe9\ttrue\n".repeat(11));
    let told = told(&folder, &["run", "p.dl", "--facts", "f"], "");
    assert_eq!(told.len(), 22, "{told:?}");
    assert_eq!(told[9], "f/Edge.facts:10:4 wrong-columns: this line has 2 columns, `Edge` has 3");
    assert_eq!(told[10], "more-errors: and 990 more errors in f/Edge.facts");
    assert_eq!(told[21], "more-errors: and 1 more error in f/Has.facts");
}

#[test]
fn files_that_are_missing_or_none_are_told() {
    let folder = Folder::new("run-missing");
    folder.write("p.dl", KINDS).write("f/Edge.facts", "").write("f/Hass.facts", "");
    fs::create_dir(folder.0.join("f/Go.facts")).expect("a folder");
    folder.write("self.dl", "relation R(x: Text); R(x) <- R(x);\n");
    run_cases(
        &folder,
        KINDS,
        &[
            (
                &["run", "p.dl", "--facts", "f"],
                2,
                &[],
                &[
                    "could not read f/Has.facts",
                    "--> p.dl:4:7",
                    "did you mean `Hass.facts`?",
                    "could not read f/Go.facts",
                    "--> p.dl:5:7",
                ],
            ),
            (
                &["run", "-"],
                2,
                &[],
                &["nothing says where the rows of `Edge` are", "--> <stdin>:3:7", "`--facts`"],
            ),
            (&["run", "p.dl", "--facts", "g"], 2, &[], &["g does not exist", "`--facts` names"]),
            (&["run", "p.dl", "--facts", "p.dl"], 2, &[], &["p.dl is no folder"]),
            (&["run", "q.dl"], 2, &[], &["could not read q.dl"]),
            (&["run", "f"], 2, &[], &["could not read f"]),
            (&["run", "q.dl", "f", "-"], 2, &[], &["could not read q.dl", "could not read f"]),
            (&["run", "self.dl"], 0, &["R: no rows"], &[]),
            (&["run", "self.dl", "--facts", "g"], 0, &["R: no rows"], &[]),
        ],
    );
}

#[test]
fn programs_that_cannot_run_say_why() {
    let folder = Folder::new("run-programs");
    folder.write("f/Edge.facts", "");
    folder.write(
        "shipped.dl",
        "entity Pool from pool by fqdn { site: Text }\ninput X(p: Pool) from pool.x;\n",
    );
    folder.write("inputs.dl", "input Edge(x: Text);\n");
    folder.write("utf16.dl", [0xff, 0xfe, b'r', 0]);
    folder.write("latin1.dl", b"relation R(x: Text);\nR(\"Z\xfcrich\");\n");
    folder.write(
        "fold.dl",
        "input Edge(x: Text);\nrelation R(x: Text);\n\
         R(x) <- Edge(x);\nR(x) <- R(x), let n = count { Edge(y) }, (n > 0);\n",
    );
    run_cases(
        &folder,
        "relation R(x: Txt); R(x) <- Egde(x);\nR(\"a\", \"b\");\n",
        &[
            (
                &["run", "-"],
                2,
                &[],
                &["<stdin>:1:15", "did you mean `Text`?", "unknown relation `Egde`", "<stdin>:2"],
            ),
            (&["run", "shipped.dl"], 2, &[], &["shipped.dl:1:8", "shipped.dl:2:23", "has none"]),
            (&["run", "inputs.dl", "--facts", "f"], 2, &[], &["the program derives nothing"]),
            (&["run", "utf16.dl"], 2, &[], &["utf16.dl:1:1", "UTF-16"]),
            (&["run", "latin1.dl"], 2, &[], &["latin1.dl:2:5", "not UTF-8"]),
            (
                &["run", "fold.dl", "--facts", "f"],
                2,
                &[],
                &["error[aggregate-in-recursion]", "fold.dl:4"],
            ),
        ],
    );
}

/// A cross product with an empty result.
#[test]
fn a_limit_ends_a_program_that_never_would() {
    let folder = paths("limits");
    folder
        .write("facts/Edge.facts", (0..1_000).map(|n| format!("a{n}\tb{n}\n")).collect::<String>());
    let program = "input Edge(x: Text, y: Text); relation Cross(x: Text);\n\
        Cross(a) <- Edge(a, _), Edge(_, b), Edge(c, _), Edge(_, d), (a == b), (c == d), (a < c);\n";
    let run = ["run", "-", "--facts", "facts", "--limit", "steps=1_000_000"];
    let expected = "<stdin>:2:1 limit-reached: limit reached in rule `Cross`: 1,000,000 steps";
    let slow = program.replace("(a == b), (c == d), (a < c)", "(a < b), (b < c), (d < a), (c < a)");
    assert_eq!(told(&folder, &run, &slow), [expected]);
    assert_eq!(printed(&folder, &run, program), "Cross: no rows\n  x\n  -\n");
}

/// The paths along a chain of 40 edges are 820: as many rows are within the limit. Each round joins only what the
/// round before brought, once: without that these steps are too few.
#[test]
fn what_reaches_a_limit_is_within_it() {
    let folder = paths("chain");
    let edges: String = (0..40).map(|n| format!("a{n:02}\ta{:02}\n", n + 1)).collect();
    folder.write("facts/Edge.facts", edges);
    let program = "input Edge(x: Text, y: Text);\nrelation Path(x: Text, y: Text);\n\
        Path(x, y) <- Edge(x, y);\nPath(x, z) <- Path(x, y), ";
    let by_edges = format!("{program}Edge(y, z);\n");
    let by_paths = format!("{program}Path(y, z);\n");
    let twice =
        format!("relation Twice(x: Text, y: Text);\nTwice(x, y) <- Path(x, y);\n{by_edges}");
    let cases = [
        (&by_edges, "rows=820", true),
        (&by_edges, "rows=819", false),
        (&by_edges, "steps=6_000", true),
        (&by_edges, "steps=4_000", false),
        (&by_paths, "steps=40_000", true),
        (&by_paths, "steps=35_000", false),
        // Two relations and their indices; what a table had before it was sorted is given back.
        (&twice, "bytes=30_000", true),
        (&twice, "bytes=22_500", false),
    ];
    for (program, limit, is_enough) in cases {
        let run = ["run", "-", "--facts", "facts", "--limit", limit];
        let output = lynt(&folder, &run, program.as_bytes());
        assert_eq!(output.status.success(), is_enough, "{limit}: {program}");
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let expected = if is_enough { "Path: 820 rows\n" } else { "limit reached in rule `" };
        assert!((stdout + &stderr).contains(expected), "{limit}: {program}");
    }
}

#[test]
fn a_typo_in_every_argument_is_answered() {
    let folder = paths("typos");
    folder.write("pool.toml", "[[pool]]\nfqdn = \"p.contoso.com\"\n");
    run_cases(
        &folder,
        "",
        &[
            (&["runn", "paths.dl"], 2, &[], &["run"]),
            (&["run"], 2, &[], &["<PROGRAM>"]),
            (&["run", "paths.dl", "--fact", "facts"], 2, &[], &["--facts"]),
            (&["run", "paths.dl", "--facts", "fact"], 2, &[], &["fact does not exist"]),
            (&["run", "paths.dl", "--facts", "facts", "--ou", "o"], 2, &[], &["--out"]),
            (&["run", "paths.dl", "--facts", "facts", "-f", "jsn"], 2, &[], &["human, json, tsv"]),
            (
                &["run", "paths.dl", "--facts", "facts", "--out", "o", "-f", "json"],
                2,
                &[],
                &["'--out <DIR>' cannot be used with '--format"],
            ),
            (
                &["run", "paths.dl", "--facts", "facts", "--relation", "Pth"],
                2,
                &[],
                &["derives no relation `Pth`", "did you mean `Path`?"],
            ),
            (
                &["run", "paths.dl", "--facts", "facts", "--relation", "Edge"],
                2,
                &[],
                &["derives no relation `Edge`", "declared with `relation`"],
            ),
            (
                &["run", "paths.dl", "--limit", "step=5"],
                2,
                &[],
                &["rows, steps, bytes and seconds"],
            ),
            (&["facts", "--oout", "o", "pool.toml"], 2, &[], &["--out"]),
            (
                &["facts", "--out", "o", "--relation", "Poool", "pool.toml"],
                2,
                &[],
                &["did you mean `Pool`?"],
            ),
            (&["facts", "--out", "o", "pol.toml"], 2, &[], &["could not read pol.toml"]),
            (
                &["facts", "--out", "o", "pool.toml", "pool.toml"],
                2,
                &[],
                &["`--out` takes one topology, found 2", "pool.toml, pool.toml"],
            ),
            (&["facts", "--out"], 2, &[], &["--out <DIR>"]),
            (&["facts", "--help"], 0, &["--out facts/"], &[]),
            (&["run", "--help"], 0, &["Examples:", "NAME.facts", "--relation"], &[]),
        ],
    );
    assert!(!folder.0.join("o").exists(), "a command that failed makes no folder");
}

#[test]
fn what_cannot_be_written_leaves_everything_as_it_was() {
    let folder = paths("unwritable");
    folder.write("file", "mine\n").write("old/Path.csv", "old\n");
    fs::create_dir_all(folder.0.join("taken/Reach.csv")).expect("a folder");
    let texts = "relation R(x: Text, n: Int); R(\"a\\tb\", 1); R(\"c\\nd\", 2); R(\"e\", 3);\n\
                 relation S(x: Text); S(x) <- R(x, _);\nrelation T(n: Int); T(n) <- R(_, n);\n";
    folder.write("texts.dl", texts);
    folder.write("case.dl", "relation Ab(x: Text); Ab(\"1\"); relation AB(x: Text); AB(\"2\");");
    let run = ["run", "paths.dl", "--facts", "facts", "--out"];
    for (out, error) in [
        ("file", "unwritable: could not write file: "),
        ("file/below", "unwritable: could not write file/below: "),
        ("taken", "unwritable: could not write taken/Reach.csv: this is a folder"),
    ] {
        let told = told(&folder, &[&run[..], &[out]].concat(), "");
        assert!(told.len() == 1 && told[0].starts_with(error), "{told:?}");
    }
    let unwritable = [
        "texts.dl:1:10 unwritable-text: `a b` holds a tab, and can't be written",
        "texts.dl:1:10 unwritable-text: `c\\u{a}d` holds a line break, and can't be written",
    ];
    assert_eq!(told(&folder, &["run", "texts.dl", "--out", "old"], ""), unwritable);
    assert_eq!(told(&folder, &["run", "texts.dl", "-f", "tsv"], ""), unwritable);
    let unquoted = ["run", "texts.dl", "-f", "tsv", "--relation", "T"];
    assert_eq!(printed(&folder, &unquoted, ""), "T\t1\nT\t2\nT\t3\n");
    let one = "unwritable: `Ab.csv` and `AB.csv` are one file where case does not count";
    assert_eq!(told(&folder, &["run", "case.dl", "--out", "old"], ""), [one]);
    printed(&folder, &["run", "case.dl", "--out", "one", "--relation", "AB"], "");

    assert_eq!(folder.read("file"), "mine\n");
    assert_eq!(folder.read("old/Path.csv"), "old\n");
    assert_eq!(folder.list("old"), ["Path.csv"], "no temporary file is left");
    assert_eq!(folder.list("one"), ["AB.csv"]);
    assert_eq!(folder.list("taken"), ["Reach.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_or_an_output_that_takes_nothing_is_told() {
    let folder = paths("full");
    let told = told(&folder, &["run", "paths.dl", "--facts", "facts", "--out", "/proc/lynt"], "");
    assert!(told[0].starts_with("unwritable: could not write /proc/lynt: "), "{told:?}");
    for format in ["human", "json", "tsv"] {
        let full = File::options().write(true).open("/dev/full").expect("the device");
        let output = command(&folder.0, &["run", "paths.dl", "--facts", "facts", "-f", format])
            .stdout(full)
            .output()
            .expect("lynt runs");
        assert_eq!(output.status.code(), Some(2), "{format}");
        assert!(
            text(&output.stderr).starts_with("error: could not write the output: "),
            "{format}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = paths("closed");
    let edges: String = (0..20_000).map(|n| format!("a{n}\tb{n}\n")).collect();
    folder.write("facts/Edge.facts", edges);
    let program = "input Edge(x: Text, y: Text); relation R(x: Text); R(x) <- Edge(x, _);";
    folder.write("copy.dl", program);
    let mut child = command(&folder.0, &["run", "copy.dl", "--facts", "facts"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("lynt runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("lynt ends");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn what_could_act_never_reaches_people_raw() {
    let folder = Folder::new("run-escape");
    let evil = "\u{1b}[31m\u{202e}\u{9b}\u{7f}::error::x";
    let program = "input T(x: Text); relation R(x: Text); R(x) <- T(x);";
    folder.write("f/T.facts", format!("{evil}\n"));
    let run = ["run", "-", "--facts", "f"];
    for (format, shown) in [
        ("human", r"\u{1b}[31m\u{202e}\u{9b}\u{7f}::error::x"),
        ("json", r"\u001b[31m\u202e\u009b\u007f::error::x"),
    ] {
        let rows = printed(&folder, &[&run[..], &["-f", format]].concat(), program);
        assert!(rows.contains(shown), "{rows:?}");
    }
    folder.write("f/T.facts", format!("{evil}\ty\n{evil}{}\n", "\tz".repeat(100_000)));
    let stderr = text(&lynt(&folder, &run, program.as_bytes()).stderr);
    assert!(stderr.contains("this line has 100001 columns") && stderr.len() < 2_000, "{stderr:?}");
    assert!(!stderr.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{7f}']), "{stderr:?}");
}
