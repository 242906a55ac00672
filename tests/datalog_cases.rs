//! Programs that others wrote (`tests/datalog-cases`): the right ones compile and give the rows that their
//! authors say, the wrong ones are refused for the right reason at the right rule.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lynt::datalog::compile;
use lynt::datalog::crepe::emit;
use lynt::datalog::lower::lower;
use lynt::source::{Problem, Severity, Sources};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where `case.json` names no line though the program has several rules: the first rule of the cycle.
const FAULTS: &[(&str, usize)] = &[("rej-negation-two-cycle", 1)];

/// Where arithmetic feeds its own recursion, which lynt refuses; every such rule is reported.
const ARITHMETIC: &[(&str, &[usize])] =
    &[("sfl-arith-loop", &[3, 5]), ("sfl-arith-topological", &[8])];

#[test]
fn programs_of_others_are_judged_as_their_authors_judge_them() {
    let (mut accepted, mut rejected) = (0, 0);
    for folder in folders() {
        let case = Case::read(&folder);
        if case.expect == "accept" {
            accepted += 1;
            case.must_compile();
        } else {
            rejected += 1;
            case.must_be_refused();
        }
    }
    assert_eq!((accepted + rejected, rejected, accepted), (79, 23, 56));
}

/// By `lynt run`, from files to files.
#[test]
fn programs_of_others_give_their_authors_rows() {
    let (mut programs, mut relations, mut rows) = (0, 0, 0);
    for folder in folders() {
        let case = Case::read(&folder);
        let refused = ARITHMETIC.iter().any(|(name, _)| *name == case.name);
        if case.expect == "accept" && !refused {
            let (of_relations, of_rows) = case.must_give_its_rows(&folder);
            programs += 1;
            relations += of_relations;
            rows += of_rows;
        }
    }
    println!("{programs} programs gave {rows} rows of {relations} relations");
    assert_eq!((programs, relations, rows), (54, 117, 2851));
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/datalog-cases");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

struct Case {
    name: String,
    /// `accept` or `reject`.
    expect: String,
    /// The name of the problem.
    reason: Option<String>,
    /// The rule at fault, counted from 1.
    line: Option<usize>,
    /// The program in lynt's language.
    text: String,
    /// How many lines of `text` stand before the first rule.
    declarations: usize,
    rules: usize,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let json = |file: &str| -> Value {
            serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
        };
        let (case, program) = (json("case.json"), json("program.json"));
        let text = |key: &str| case[key].as_str().map(str::to_owned);
        let relations = program["relations"].as_object().unwrap();
        let rules = program["rules"].as_array().unwrap();
        let declarations = relations.iter().map(|(name, relation)| declaration(name, relation));
        let translated = rules.iter().map(|rule| translate(rule.as_str().unwrap()));
        let lines: Vec<String> = declarations.chain(translated).collect();
        Self {
            name: text("name").unwrap(),
            expect: text("expect").unwrap(),
            reason: text("reason"),
            line: case["line"].as_u64().map(|line| usize::try_from(line).unwrap()),
            text: lines.join("\n"),
            declarations: relations.len(),
            rules: rules.len(),
        }
    }

    fn must_compile(&self) {
        let mut sources = Sources::default();
        sources.add(&self.name, &self.text);
        let (program, problems) = compile(&sources);
        let found = self.errors(&sources, &problems);
        let refused = ARITHMETIC.iter().find(|(name, _)| *name == self.name);
        let rules = refused.map_or(&[][..], |(_, rules)| rules);
        let expected: Vec<_> =
            rules.iter().map(|&rule| ("arithmetic-in-recursion", rule)).collect();
        assert_eq!(found, expected, "{}: {problems:#?}\n{}", self.name, self.text);
        if let Some(program) = program {
            let lowered = lower(&program);
            assert!(emit(&lowered).contains("pub fn run("), "{}", self.name);
        }
    }

    /// How many relations and rows there are.
    fn must_give_its_rows(&self, folder: &Path) -> (usize, usize) {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("datalog-cases").join(&self.name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("facts")).unwrap();
        fs::write(root.join("program.dl"), &self.text).unwrap();
        for (name, text) in tables(&folder.join("facts")) {
            fs::write(root.join(format!("facts/R_{name}.facts")), text).unwrap();
        }
        let run = Command::new(env!("CARGO_BIN_EXE_lynt"))
            .args(["run", "program.dl", "--facts", "facts", "--out", "out"])
            .current_dir(&root)
            .output()
            .unwrap();
        assert!(run.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&run.stderr));
        let expected = tables(&folder.join("expected"));
        for (name, expected) in &expected {
            let found = fs::read_to_string(root.join(format!("out/R_{name}.csv"))).unwrap();
            let (found, expected) = (sorted(&found), sorted(expected));
            assert_eq!(found, expected, "{}: {name}\n{}", self.name, self.text);
        }
        (expected.len(), expected.iter().map(|(_, text)| text.lines().count()).sum())
    }

    fn must_be_refused(&self) {
        let mut sources = Sources::default();
        sources.add(&self.name, &self.text);
        let (program, problems) = compile(&sources);
        assert!(program.is_none(), "{}: accepted\n{}", self.name, self.text);
        let expected = (self.reason.as_deref().unwrap(), self.fault());
        let found = self.errors(&sources, &problems);
        assert_eq!(found, [expected], "{}: {problems:#?}\n{}", self.name, self.text);
    }

    /// The rule at fault: what the case says, the table above, or the only rule.
    fn fault(&self) -> usize {
        let told = FAULTS.iter().find(|(name, _)| *name == self.name).map(|(_, line)| *line);
        let only = (self.rules == 1).then_some(1);
        self.line.or(told).or(only).expect("a program of several rules says which one is wrong")
    }

    /// Errors by name and rule.
    fn errors<'p>(&self, sources: &Sources, problems: &'p [Problem]) -> Vec<(&'p str, usize)> {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        errors
            .map(|problem| {
                let (line, _) = sources.line_column(problem.labels[0].span);
                (problem.name, line.saturating_sub(self.declarations))
            })
            .collect()
    }
}

/// The files `NAME.tsv` of a folder: their names and texts.
fn tables(folder: &Path) -> Vec<(String, String)> {
    let mut tables = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains('\\'), "{}: an escape", path.display());
        tables.push((path.file_stem().unwrap().to_str().unwrap().to_owned(), text));
    }
    tables
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// `edge`, `{"role": "input", "columns": ["str", "int"]}` → `input R_edge(c0: Text, c1: Int);`
fn declaration(name: &str, relation: &Value) -> String {
    let word = if relation["role"] == "input" { "input" } else { "relation" };
    let kind = |column: &Value| if column == "int" { "Int" } else { "Text" };
    let columns: Vec<String> = relation["columns"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(at, column)| format!("c{at}: {}", kind(column)))
        .collect();
    format!("{word} R_{name}({});", columns.join(", "))
}

/// `a(x + 1) if b(x) and not c(x) and x < 9` → `R_a(v0) <- R_b(x), !R_c(x), (x < 9), let v0 = x + 1;`
fn translate(rule: &str) -> String {
    let rule = rule.trim();
    let (head, body) = match rule.strip_suffix(" if") {
        Some(head) => (head, Some("")),
        None => rule.split_once(" if ").map_or((rule, None), |(head, body)| (head, Some(body))),
    };
    let literals =
        body.filter(|body| !body.is_empty()).map_or(Vec::new(), |body| split(body, " and "));
    let mut bound: BTreeSet<&str> = literals.iter().flat_map(|literal| bound_by(literal)).collect();
    let mut lets = Vec::new();
    let head = atom(head, &mut lets);
    let mut written = Vec::new();
    for literal in &literals {
        written.push(literal_text(literal, &mut bound, &mut lets));
    }
    written.append(&mut lets);
    if body.is_none() { format!("{head};") } else { format!("{head} <- {};", written.join(", ")) }
}

/// The variables of a positive atom.
fn bound_by(literal: &str) -> Vec<&str> {
    let Some((_, terms)) = as_atom(literal).filter(|_| !literal.starts_with("not ")) else {
        return Vec::new();
    };
    terms.into_iter().filter(|term| is_variable(term)).collect()
}

fn literal_text<'l>(
    literal: &'l str,
    bound: &mut BTreeSet<&'l str>,
    lets: &mut Vec<String>,
) -> String {
    if let Some(negated) = literal.strip_prefix("not ") {
        return format!("!{}", atom(negated, lets));
    }
    if as_atom(literal).is_some() {
        return atom(literal, lets);
    }
    let sign = ["!=", "<=", ">=", "=", "<", ">"]
        .into_iter()
        .find(|sign| split(literal, &format!(" {sign} ")).len() == 2)
        .unwrap_or_else(|| panic!("no comparison: {literal}"));
    let sides = split(literal, &format!(" {sign} "));
    if sign == "=" {
        for (one, other) in [(sides[0], sides[1]), (sides[1], sides[0])] {
            if is_variable(one) && bound.insert(one) {
                return format!("let {one} = {other}");
            }
        }
        return format!("({} == {})", sides[0], sides[1]);
    }
    format!("({literal})")
}

/// An atom in lynt's language; sums in it become variables that `lets` bind.
fn atom(text: &str, lets: &mut Vec<String>) -> String {
    let (name, terms) = as_atom(text).unwrap_or_else(|| panic!("no atom: {text}"));
    let mut written = Vec::new();
    for term in terms {
        if split(term, " + ").len() > 1 {
            let variable = format!("sum_of_{}", lets.len());
            lets.push(format!("let {variable} = {term}"));
            written.push(variable);
        } else {
            written.push(term.to_owned());
        }
    }
    format!("R_{name}({})", written.join(", "))
}

/// `edge(x,"a")` → `edge`, [`x`, `"a"`]
fn as_atom(text: &str) -> Option<(&str, Vec<&str>)> {
    let text = text.trim().trim_start_matches("not ");
    let (name, terms) = text.strip_suffix(')')?.split_once('(')?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let terms = if terms.is_empty() { Vec::new() } else { split(terms, ",") };
    is_name.then_some((name, terms))
}

fn is_variable(term: &str) -> bool {
    term != "_" && term.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Splits at `separator` outside quotes.
fn split<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        quoted ^= c == '"';
        if !quoted && at >= start && text[at..].starts_with(separator) {
            parts.push(text[start..at].trim());
            start = at + separator.len();
        }
    }
    parts.push(text[start..].trim());
    parts
}
