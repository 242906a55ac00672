//! A case as it stands in its folder, in lynt's language.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of all cases, which stand in `root`.
pub fn folders(root: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

pub struct Case {
    pub name: String,
    /// `accept` or `reject`.
    pub expect: String,
    /// The name of the problem.
    pub reason: Option<String>,
    /// The rule at fault, counted from 1.
    pub line: Option<usize>,
    /// The program in lynt's language.
    pub text: String,
    /// How many lines of `text` stand before the first rule.
    pub declarations: usize,
    pub rules: usize,
}

impl Case {
    pub fn read(folder: &Path) -> Self {
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
}

/// The files `NAME.tsv` of a folder: their names and texts.
pub fn tables(folder: &Path) -> Vec<(String, String)> {
    let mut tables = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains('\\'), "{}: an escape", path.display());
        tables.push((path.file_stem().unwrap().to_str().unwrap().to_owned(), text));
    }
    tables
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
