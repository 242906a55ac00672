//! Facts in files: what a topology is written as, what is read back, and any bytes.

mod common;

use common::command::{Folder, lynt, printed, text, told};
use lynt::datalog::compile_alone;
use lynt::datalog::program::{Kind, Program, Relation};
use lynt::exchange::{Table, plain_name, read, refuse, screen};
use lynt::report::{Style, write_problems};
use lynt::rules::Rules;
use lynt::source::{Problem, Sources};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;

/// The relations that `lynt facts` writes.
fn filled(program: &Program) -> Vec<&Relation> {
    program.relations.iter().filter(|relation| !relation.role.is_derived()).collect()
}

/// Nothing is wrong with the first one, everything with the second one.
const TOPOLOGIES: [&str; 2] = ["examples/contoso", "examples/broken"];

/// `lynt facts --out facts` of an example of the repository.
fn exported(topology: &str, name: &str) -> Folder {
    let folder = Folder::new(name);
    let topology = format!("{}/{topology}", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(printed(&folder, &["facts", "--out", "facts", &topology], ""), "");
    folder
}

#[test]
fn every_relation_has_a_file_and_a_declaration() {
    let program = Rules::shipped().set.program;
    let folder = exported(TOPOLOGIES[0], "exchange-files");
    let mut names: Vec<String> = filled(&program)
        .into_iter()
        .map(|relation| format!("{}.facts", plain_name(&relation.name)))
        .chain(["declarations.dl".to_owned(), "declarations.souffle".to_owned()])
        .collect();
    names.sort();
    assert_eq!(folder.list("facts"), names);
    let distinct: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(distinct.len(), names.len(), "no two names differ in case only");

    assert_eq!(folder.read("facts/Deployment.facts"), "deployment\n", "it stands once");
    assert_eq!(folder.read("facts/Unresolved.facts"), "", "no rows, but a file");
    for (file, line) in [
        ("BackupRegistrar", "fe-ams-01.contoso.com\tfe-lon-01.contoso.com"),
        ("Pool_version", "fe-lon-01.contoso.com\tsfb-2015"),
        ("Pool_automatic_failover", "fe-lon-01.contoso.com\ttrue"),
        ("Pool_back_end_sql_server", "fe-lon-01.contoso.com\tsql-lon-01.contoso.com"),
        ("UserGroup_users", "london-office\t9400"),
    ] {
        let text = folder.read(&format!("facts/{file}.facts"));
        assert!(text.lines().any(|found| found == line), "{file}: {text}");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.is_sorted() && text.ends_with('\n'), "{file}: {text}");
    }
    let declarations = folder.read("facts/declarations.dl");
    for part in [
        "enum Version { \"lync-2010\", \"lync-2013\", \"sfb-2015\", \"sfb-2019\", \"sfb-se\" }\n",
        "/// A number of users.\nunit Users;\n",
        "/// The version of the pool's servers.\ninput Pool_version(x: Text, value: Version);\n",
        "input Pool_failure_detection_interval(x: Text, value: Seconds);\n",
        "input BackupRegistrar(x: Text, y: Text);\n",
    ] {
        assert!(declarations.contains(part), "{part}: {declarations}");
    }
}

/// Words of Soufflé's own that are spelt as names.
const RESERVED: &str = "as autoinc band bnot bor brie bshl bshr bshru btree bxor cat contains count \
    eqrel false fold inline input land lnot lor lxor magic match max mean min nil ord output \
    overridable printsize range stateful strlen substr sum true";

/// Read as Soufflé reads them: a word, a name, columns in parentheses, each `name: type`.
#[test]
fn declarations_for_souffle_fit_the_files() {
    let folder = exported(TOPOLOGIES[1], "exchange-souffle");
    let declarations = folder.read("facts/declarations.souffle");
    let mut lines = declarations.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
    let mut declared = 0;
    while let Some(line) = lines.next() {
        let (name, columns) = line
            .strip_prefix(".decl ")
            .and_then(|line| line.strip_suffix(')')?.split_once('('))
            .expect(line);
        assert_eq!(lines.next(), Some(format!(".input {name}").as_str()));
        let columns = columns.split(", ").filter(|column| !column.is_empty());
        let columns: Vec<(&str, &str)> =
            columns.map(|column| column.split_once(": ").expect(column)).collect();
        for word in columns.iter().map(|(column, _)| column).chain([&name]) {
            let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
            assert!(word.starts_with(|c: char| c.is_ascii_alphabetic()), "{line}");
            assert!(word.chars().all(is_letter), "{line}");
            assert!(!RESERVED.split_whitespace().any(|reserved| reserved == *word), "{line}");
        }
        for row in folder.read(&format!("facts/{name}.facts")).lines() {
            let cells: Vec<&str> = row.split('\t').collect();
            assert_eq!(cells.len(), columns.len(), "{name}: {row}");
            for (cell, (_, kind)) in cells.iter().zip(&columns) {
                let fits = match *kind {
                    "symbol" => true,
                    "number" => cell.parse::<i64>().is_ok(),
                    _ => false,
                };
                assert!(fits, "{line}: {row}");
            }
        }
        declared += 1;
    }
    assert_eq!(declared, filled(&Rules::shipped().set.program).len());
}

/// Every file that was written is read, and written again it has the same bytes.
#[test]
fn a_topology_survives_the_way_there_and_back() {
    let program = Rules::shipped().set.program;
    for topology in TOPOLOGIES {
        let folder = exported(topology, "exchange-back");
        let mut copies = folder.read("facts/declarations.dl");
        for relation in filled(&program) {
            copies.push_str(&copy(&program, relation));
        }
        printed(&folder, &["run", "-", "--facts", "facts", "--out", "copies"], &copies);
        let mut rows = 0;
        for relation in filled(&program) {
            let name = plain_name(&relation.name);
            let written = folder.read(&format!("facts/{name}.facts"));
            assert_eq!(folder.read(&format!("copies/Copy_{name}.csv")), written, "{name}");
            rows += written.lines().count();
        }
        println!("{topology}: {rows} rows came back");
        assert!(rows > 200, "{rows}");
    }
}

/// `relation Copy_Pool(x: Text); Copy_Pool(x) <- Pool(x);`
fn copy(program: &Program, relation: &Relation) -> String {
    let kind = |kind: Kind| if kind.is_entity() { "Text" } else { program.kind_name(kind) };
    let columns = relation.columns.iter();
    let columns: Vec<String> =
        columns.map(|column| format!("{}: {}", column.name, kind(column.kind))).collect();
    let terms: Vec<&str> = relation.columns.iter().map(|column| column.name.as_str()).collect();
    let (name, columns, terms) = (plain_name(&relation.name), columns.join(", "), terms.join(", "));
    format!("relation Copy_{name}({columns});\nCopy_{name}({terms}) <- {name}({terms});\n")
}

/// Three of lynt's own rules, over files.
const BACKUPS: &str = "
relation FrontEnd(p: Text);
FrontEnd(p) <- Pool_role(p, \"front-end\");
relation Backup(p: Text, q: Text);
Backup(p, q) <- BackupRegistrar(p, q), FrontEnd(p), FrontEnd(q), (p != q);
relation Partner(p: Text, q: Text);
Partner(p, q) <- Backup(p, q), Pool_version(p, v), (v >= \"lync-2013\");
Partner(p, q) <- Backup(p, q), Pool_version(q, v), (v >= \"lync-2013\");
Partner(p, q) <- Backup(q, p), Pool_version(p, v), (v >= \"lync-2013\");
Partner(p, q) <- Backup(q, p), Pool_version(q, v), (v >= \"lync-2013\");
relation MisnamedBackup(p: Text);
MisnamedBackup(p) <- FrontEnd(p), Unresolved(p, \"backup-registrar\", _);
MisnamedBackup(p) <- FrontEnd(p), BackupRegistrar(p, x), !Backup(p, x);

relation AsymmetricBackup(p: Text, q: Text);
AsymmetricBackup(p, q) <- Partner(p, q), Backup(p, q), !Backup(q, p), !MisnamedBackup(q);
relation SbaWithoutRegistrar(s: Text);
SbaWithoutRegistrar(s) <- Sba(s), !BackupRegistrar(s, _), !Unresolved(s, \"backup-registrar\", _);
relation SelfBackup(p: Text);
SelfBackup(p) <- BackupRegistrar(p, p), Pool(p);
";

#[test]
fn a_program_over_the_files_finds_what_check_finds() {
    for topology in TOPOLOGIES {
        let folder = exported(topology, "exchange-check");
        let program = folder.read("facts/declarations.dl") + BACKUPS;
        let path = format!("{}/{topology}", env!("CARGO_MANIFEST_DIR"));
        for (rule, relation, columns) in [
            ("asymmetric-backup", "AsymmetricBackup", 2),
            ("sba-without-registrar", "SbaWithoutRegistrar", 1),
            ("self-backup", "SelfBackup", 1),
        ] {
            let run = ["run", "-", "--facts", "facts", "-f", "tsv", "--relation", relation];
            let rows = printed(&folder, &run, &program);
            let rows: BTreeSet<&str> =
                rows.lines().map(|line| line.split_once('\t').expect("a row").1).collect();
            let check = ["check", "-f", "concise", "--fail-on", "never", "--select", rule, &path];
            let report = text(&lynt(&folder, &check, b"").stdout);
            // The columns of these violations are the first names in backticks.
            let row = |line: &str| {
                let (_, message) = line.split_once(&format!("[{rule}]: "))?;
                let names = message.split('`').skip(1).step_by(2).take(columns);
                Some(names.collect::<Vec<_>>().join("\t"))
            };
            let checked: Vec<String> = report.lines().filter_map(row).collect();
            let checked: BTreeSet<&str> = checked.iter().map(String::as_str).collect();
            assert_eq!(rows, checked, "{topology}: {rule}\n{report}");
            assert_eq!(checked.is_empty(), topology == TOPOLOGIES[0], "{rule}: {report}");
        }
    }
}

#[test]
fn what_a_file_cannot_hold_is_told_at_its_fact_and_nothing_is_written() {
    let folder = Folder::new("exchange-cells");
    folder.write(
        "t.toml",
        "[[pool]]\nfqdn = \"a\\tb.contoso.com\"\nversion = \"sfb-2015\"\n\
         tags = { owner = \"x\\ny\", plain = \"fine\" }\nback-end = { sql-server = \"s\\rt\" }\n",
    );
    folder.write("out/Pool.facts", "old\n");
    let expected = [
        "t.toml:2:8 unwritable-text: `a b.contoso.com` holds a tab, and can't be written",
        "t.toml:4:18 unwritable-text: `x\\u{a}y` holds a line break, and can't be written",
        "t.toml:5:27 unwritable-text: `s\\u{d}t` holds a line break, and can't be written",
    ];
    assert_eq!(told(&folder, &["facts", "--out", "out", "t.toml"], ""), expected);
    assert_eq!(folder.list("out"), ["Pool.facts"]);
    assert_eq!(folder.read("out/Pool.facts"), "old\n");
}

#[test]
fn files_are_replaced_together() {
    let folder = Folder::new("exchange-replaced");
    let pool = |name: &str| {
        format!("[[pool]]\nfqdn = \"{name}.contoso.com\"\ntags = {{ a = \"1\", b = \"1\" }}\n")
    };
    folder.write("t.toml", pool("p")).write("wrong.toml", pool("w") + "sit = \"x\"\n");
    let out = ["facts", "--out", "out", "--relation"];
    let two = ["Pool", "--relation", "Tag", "--relation", "Pool", "t.toml"];
    printed(&folder, &[&out[..], &two].concat(), "");
    let files = ["Pool.facts", "Tag.facts", "declarations.dl", "declarations.souffle"];
    assert_eq!(folder.list("out"), files);
    assert_eq!(folder.read("out/Tag.facts"), "p.contoso.com\ta\t1\np.contoso.com\tb\t1\n");
    printed(&folder, &[&out[..], &["Pool", "-"]].concat(), &pool("q"));
    assert_eq!(folder.list("out"), files, "what is not asked for stays");
    assert_eq!(folder.read("out/Pool.facts"), "q.contoso.com\n");

    let wrong = told(&folder, &[&out[..], &["Pool", "wrong.toml"]].concat(), "");
    assert!(wrong[0].starts_with("wrong.toml:4:1 unknown-key: "), "{wrong:?}");
    fs::remove_file(folder.0.join("out/Tag.facts")).expect("it goes");
    fs::create_dir(folder.0.join("out/Tag.facts")).expect("a folder");
    let taken = told(&folder, &[&out[..], &two].concat(), "");
    assert_eq!(taken, ["unwritable: could not write out/Tag.facts: this is a folder"]);
    assert_eq!(folder.read("out/Pool.facts"), "q.contoso.com\n", "neither is written");
    assert_eq!(folder.list("out"), files, "no temporary file is left");
}

/// Two entities of one name can't be told apart in these files, and a row stands once.
#[test]
fn a_row_stands_once() {
    let folder = Folder::new("exchange-once");
    let topology = "[[site]]\nname = \"London\"\ntags = { b = \"2\", a = \"1\" }\n\
        [[user-group]]\nname = \"London\"\ntags = { a = \"1\", c = \"3\" }\n\
        [[pool]]\nfqdn = \"P.contoso.com\"\n\
        backup-registrar = [\"p.contoso.com\", \"P.CONTOSO.com.\"]\n";
    printed(&folder, &["facts", "--out", "out", "-"], topology);
    assert_eq!(folder.read("out/Tag.facts"), "London\ta\t1\nLondon\tb\t2\nLondon\tc\t3\n");
    assert_eq!(folder.read("out/BackupRegistrar.facts"), "P.contoso.com\tP.contoso.com\n");
}

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
    let facts = match read(&program, Some(&folder.0), 1 << 20, &mut sources) {
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
        assert!(text.contains(['\u{feff}', '\0']), "{bytes:?}");
        return true;
    }
    folder.write("R.facts", table.lines());
    let again = read(&program, Some(&folder.0), 1 << 20, &mut sources).expect("it was written");
    assert_eq!(Table::new(&program, &again, input), table, "{bytes:?}");
    true
}

fn show(problems: &[Problem], sources: &Sources) {
    let mut shown = Vec::new();
    let style = Style {
        color: false,
        ascii: true,
        width: 80,
        proofs: false,
        hidden: false,
        most: usize::MAX,
    };
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
