//! The rule language: what wrong programs are told, and that right ones compile, lower and are emitted.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::assert_snapshot;
use lynt::datalog::crepe::emit;
use lynt::datalog::lower::lower;
use lynt::datalog::program::{Constant, Default};
use lynt::datalog::{compile, compile_alone, compile_custom};
use lynt::report::{Style, write_problems};
use lynt::rules::Rules;
use lynt::source::{Problem, Severity, Sources};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

const VOCABULARY: &str = include_str!("rule-language/vocabulary.dl");

/// Each program of `rule-language/wrong.txt` gives exactly the problems that stand under it. After a
/// change of a message, `BLESS=1 cargo test --test rule_language` writes them anew; then read them.
#[test]
fn wrong_programs_are_told_what_is_wrong() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rule-language/wrong.txt");
    let expected = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let mut found = String::new();
    for case in expected.split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let program = rest.split("---\n").next().unwrap();
        let told = match title.split_once(": ") {
            Some(("custom", _)) => problems_of_custom,
            Some(("alone", _)) => problems_alone,
            _ => problems_of,
        };
        let problems = told(program);
        assert_ne!(problems, "", "{title}: nothing is wrong");
        assert_eq!(told(&program.replace('\n', "\r\n")), problems, "{title}");
        found.push_str(&format!("=== {title}\n{program}---\n{problems}"));
    }
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &found).unwrap();
        return;
    }
    for (found, expected) in found.split("=== ").zip(expected.split("=== ")) {
        assert_eq!(found, expected);
    }
}

/// A page of rules with ten unlike mistakes gives ten errors, each in its line, and nothing else.
#[test]
fn ten_mistakes_are_ten_errors() {
    let first = [
        (14, "syntax"),
        (20, "undeclared-relation"),
        (25, "unknown-variable"),
        (34, "type-mismatch"),
        (43, "unknown-key"),
        (52, "syntax"),
        (53, "arity"),
        (53, "syntax"),
        (62, "syntax"),
        (66, "unsafe-negation"),
    ];
    let second = [
        (5, "syntax"),
        (11, "syntax"),
        (15, "syntax"),
        (24, "syntax"),
        (33, "syntax"),
        (38, "negation-cycle"),
        (48, "type-mismatch"),
        (57, "unsafe-head"),
        (60, "duplicate-declaration"),
        (66, "unsafe-comparison"),
    ];
    for (name, expected) in [("ten-mistakes", first), ("ten-more-mistakes", second)] {
        let path = format!("tests/rule-language/{name}.dl");
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(root.join(&path)).unwrap().replace("\r\n", "\n");
        let wrong = Rules::shipped().with_custom([(path, text)]);
        let (problems, sources) = wrong.expect_err("ten mistakes");
        let place = |problem: &Problem| problem.labels.first().unwrap().span;
        let found: Vec<(usize, &str)> = problems
            .iter()
            .map(|problem| (sources.line_column(place(problem)).0, problem.name))
            .collect();
        assert_eq!(found, expected, "{name}");
        assert!(problems.iter().all(|problem| problem.severity == Severity::Error));
        let style = Style {
            color: false,
            ascii: false,
            width: 80,
            proofs: false,
            hidden: false,
            most: usize::MAX,
        };
        let mut report = Vec::new();
        write_problems(&problems, &sources, &style, &mut report).unwrap();
        assert_snapshot(&format!("rule-language/{name}.txt"), &String::from_utf8(report).unwrap());
    }
}

/// Whoever adds a problem adds a program that has it.
#[test]
fn every_problem_of_the_front_end_has_a_wrong_program() {
    let wrong = include_str!("rule-language/wrong.txt");
    let mut names = BTreeSet::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/datalog")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text: String =
                fs::read_to_string(path).unwrap().split_whitespace().collect::<Vec<_>>().join("");
            for (severity, call) in
                [("error", "Problem::error(\""), ("warning", "Problem::warning(\"")]
            {
                let calls = text.split(call).skip(1);
                names.extend(
                    calls.filter_map(|rest| {
                        Some(format!("{severity}[{}]", rest.split('"').next()?))
                    }),
                );
            }
        }
    }
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(wrong.contains(&name), "no program has {name}");
    }
}

/// Each program of `rule-language/right.txt` compiles without a problem, is lowered and emitted; the
/// lines under it are among the emitted ones.
#[test]
fn right_programs_compile_and_are_emitted() {
    let cases = include_str!("rule-language/right.txt").replace("\r\n", "\n");
    for case in cases.split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let (program, expected) = rest.split_once("---\n").unwrap_or((rest, ""));
        for program in
            [program.to_owned(), program.replace('\n', "\r\n"), format!("\u{feff}{program}")]
        {
            assert_eq!(problems_of(&program), "", "{title}");
        }
        let mut sources = Sources::default();
        sources.add("vocabulary.dl", VOCABULARY);
        sources.add("rules.dl", program);
        let text = emit(&lower(&compile(&sources).0.unwrap()));
        for line in expected.lines() {
            let rules = text.lines().filter(|line| line.contains(" <- ")).collect::<Vec<_>>();
            assert!(text.contains(line), "{title}: {line} is not in\n{}", rules.join("\n"));
        }
    }
}

#[test]
fn defaults_and_violations_are_in_the_checked_program() {
    let text = "entity Room from room by name { racks: Int = 5, door { open: Bool = true } }
/// A title.
violation NoRoom(r: Room) {
    severity: warning; message: \"{r}\"; label r: \"{r}\"; source: \"a\"; source: \"b\";
}
NoRoom(r) <- Room(r);";
    let mut sources = Sources::default();
    sources.add("rules/group/no-room.dl", text);
    let program = compile(&sources).0.unwrap();
    let keys = &program.entities[0].keys;
    assert_eq!(keys["racks"].default, Some(Default::Value(Constant::Number(5))));
    assert_eq!(keys["door.open"].default, Some(Default::Value(Constant::Bool(true))));
    let violation = &program.violations[0];
    assert_eq!((violation.id.as_str(), violation.group.as_str()), ("no-room", "group"));
    assert_eq!((violation.docs.title(), violation.severity), ("A title.", Severity::Warning));
    assert_eq!(violation.docs.sources, ["a", "b"]);
}

/// The group of a rule is the folder of its file, or the file where that lies in `rules` itself or in no folder.
#[test]
fn a_rule_is_of_the_group_of_its_file() {
    let text = "violation V(p: Pool) { severity: note; message: \"{p}\"; label p: \"\"; } V(p) <- Pool(p);";
    for (path, group) in [
        ("rules/backup/v.dl", "backup"),
        ("rules/own.dl", "own"),
        ("own.dl", "own"),
        ("house\\v.dl", "house"),
    ] {
        let mut sources = Sources::default();
        sources.add("vocabulary.dl", VOCABULARY);
        sources.add(path, text);
        assert_eq!(compile(&sources).0.unwrap().violations[0].group, group, "{path}");
    }
}

/// Whatever looks at entities of several kinds looks at entities; of one kind, at those.
#[test]
fn what_the_rules_of_a_violation_look_at_is_of_one_kind() {
    for (rules, kind, looks) in [
        ("V(x) <- Pool(x);", "Pool", 1),
        ("V(x) <- Pool(x); V(x) <- Pool(x), Backup(x, _);", "Pool", 2),
        ("V(x) <- Pool(x); V(x) <- Sba(x);", "Entity", 2),
        ("V(x) <- Sba(x); V(x) <- Pool(x); V(x) <- Sba(x), Backup(x, _);", "Entity", 3),
        ("V(x) <- Pool(x); V(x) <- Of(v, x), (v == \"sfb-2015\");", "Pool", 1),
        ("V(x) <- Of(v, x), (v == \"sfb-2015\"); V(x) <- Pool(x);", "Version", 1),
        ("V(x) <- !Backup(s, x), Pool(x), Sba(s);", "Pool", 1),
    ] {
        let declared = "violation V(x: Entity) { severity: note; message: \"{x}\"; label x: \"\"; }
relation Of(v: Version, x: Pool);
Of(v, x) <- Pool(x), let v = x.version;";
        let mut sources = Sources::default();
        sources.add("vocabulary.dl", VOCABULARY);
        sources.add("rules.dl", format!("{declared} {rules}"));
        let program = compile(&sources).0.unwrap();
        let examined = program.violations[0].examined;
        assert_eq!(program.kind_name(program.relations[examined].columns[0].kind), kind, "{rules}");
        let clauses = program.clauses.iter().filter(|clause| clause.head == examined).count();
        assert_eq!(clauses, looks, "{rules}");
    }
}

/// A brace alone is pointed at, whatever stands before it in its text.
#[test]
fn a_brace_without_its_partner_is_what_is_pointed_at() {
    for (message, place) in [("{p} {", "{"), ("\\\"{{p}} } {p}", "}"), ("ü\\n{list s: Sba(s)", "{")]
    {
        let program = format!(
            "violation V(p: Pool) {{ severity: note; message: \"{message}\"; label p: \"\"; }} V(p) <- Pool(p);"
        );
        let mut sources = Sources::default();
        sources.add("vocabulary.dl", VOCABULARY);
        sources.add("rules.dl", &program);
        let problems = compile(&sources).1;
        let [problem] = problems.as_slice() else { panic!("{message}: {problems:?}") };
        assert_eq!(problem.message, "a brace without its partner");
        assert_eq!(sources.text(problem.labels[0].span), place, "{message}");
    }
}

/// A label or a placeholder is a reader: without it the key's facts would not be loaded.
#[test]
fn what_only_messages_read_is_read() {
    let text = "violation V(p: Pool) {
    severity: note; message: \"{p.state} {noun p.site} {list s: Sba(s), (s.version == \\\"sfb-2015\\\")}\";
    label p.fqdn: \"{p}\" else Center(p, _): \"\";
}
V(p) <- Backup(_, p), Pool(p);";
    let mut sources = Sources::default();
    sources.add("vocabulary.dl", VOCABULARY);
    sources.add("rules.dl", text);
    let program = compile(&sources).0.unwrap();
    let mut read = program.violations[0].reads.clone();
    lower(&program).steps_for(&mut read);
    let names = ["Pool.state", "Pool.site", "Sba", "Sba.version", "Pool.fqdn", "Center", "Backup"];
    for name in names {
        assert!(read.contains(&program.relation_named(name).unwrap()), "{name}");
    }
    assert!(!read.contains(&program.relation_named("Tag").unwrap()));
}

/// One line a problem: `line:column error[name]: message`, then its other places and its help.
fn problems_of(program: &str) -> String {
    let mut sources = Sources::default();
    sources.add("vocabulary.dl", VOCABULARY);
    sources.add("rules.dl", program);
    compile(&sources).1.iter().map(|problem| write(&sources, problem)).collect()
}

/// The problems of a program that may only add to the rules before it.
fn problems_of_custom(program: &str) -> String {
    let mut sources = Sources::default();
    sources.add("vocabulary.dl", VOCABULARY);
    let own = "relation Own(p: Pool);\nOwn(p) <- Pool(p), Listed(p);\nrelation Listed(p: Pool);
Listed(p) <- Own(p);
violation Watched(p: Pool) { severity: note; message: \"{p}\"; label p: \"\"; }
Watched(p) <- Own(p);
violation Noted(p: Pool) { severity: note; message: \"{p}\"; label p: \"\"; }
Noted(p) <- Own(p);\n";
    sources.add("own.dl", own);
    let first = sources.add("rules.dl", program);
    let (_, problems) = compile_custom(&sources, first);
    problems.iter().map(|problem| write(&sources, problem)).collect()
}

/// The problems of a program without a topology.
fn problems_alone(program: &str) -> String {
    let mut sources = Sources::default();
    sources.add("rules.dl", program);
    compile_alone(&sources).1.iter().map(|problem| write(&sources, problem)).collect()
}

fn write(sources: &Sources, problem: &Problem) -> String {
    let place = |span| sources.place(span).trim_start_matches("rules.dl:").to_owned();
    let (first, others) = problem.labels.split_first().expect("every problem has a place");
    let severity = problem.severity.as_str();
    let Problem { name, message, .. } = problem;
    let mut text = format!("{} {severity}[{name}]: {message}\n", place(first.span));
    if !first.text.is_empty() {
        text.push_str(&format!("    here: {}\n", first.text));
    }
    for label in others {
        text.push_str(&format!("    {}: {}\n", place(label.span), label.text));
    }
    if let Some(help) = &problem.help {
        text.push_str(&format!("    help: {help}\n"));
    }
    text
}
