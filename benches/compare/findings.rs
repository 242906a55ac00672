//! What a program printed → its findings, so that programs that find other things are not compared.

use super::measure::{OUT, run};
use super::programs::{LYNT, NAMED, Program};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// A rule's id and the names of what it is about.
type Finding = Vec<String>;

/// Holds `programs` against lynt on the topology in `folder/topology`, whose files are `files`.
///
/// # Errors
/// The first program that finds something else, with the first finding that only one of both has.
pub fn compare(folder: &Path, files: &[String], programs: &[Program]) -> io::Result<usize> {
    let wanted = found_by_lynt(folder)?;
    for program in programs {
        program.prepare(folder)?;
        run(folder, &program.command(files), program.codes)?;
        let found = found(folder)?;
        if let Some(finding) = wanted.symmetric_difference(&found).next() {
            let does = if found.contains(finding) { "finds, and lynt does not" } else { "misses" };
            let (place, name) = (folder.display(), program.name);
            let finding = finding.join(" ");
            return Err(io::Error::other(format!("{place}: {name} {does}: {finding}")));
        }
    }
    Ok(wanted.len())
}

fn found_by_lynt(folder: &Path) -> io::Result<BTreeSet<Finding>> {
    let rules = NAMED.join(",");
    let arguments = [LYNT, "check", "--no-ignores", "-f", "jsonl", "--select", &rules, "topology"];
    run(folder, &arguments.map(str::to_owned), &[0, 1])?;
    let mut found = BTreeSet::new();
    for line in BufReader::new(File::open(folder.join(OUT))?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let atom = &line["atom"];
        let Some(rule) = atom["predicate"].as_str() else { continue };
        let texts = |key: &str| atom[key].as_array().cloned().unwrap_or_default();
        let (args, kinds) = (texts("args"), texts("kinds"));
        let names = args.iter().zip(&kinds).map(|(name, kind)| {
            let name = name.as_str().unwrap_or_default();
            match kind.as_str() {
                Some("Pool" | "Sba") => name.strip_suffix('.').unwrap_or(name).to_lowercase(),
                _ => name.to_owned(),
            }
        });
        found.insert([rule.to_owned()].into_iter().chain(names).collect());
    }
    Ok(found)
}

/// What the others print: `rule TAB name TAB name`, or the atoms of clingo.
fn found(folder: &Path) -> io::Result<BTreeSet<Finding>> {
    let mut found = BTreeSet::new();
    for line in BufReader::new(File::open(folder.join(OUT))?).lines() {
        let line = line?;
        let (rule, names) = match line.split_once('(') {
            Some((rule, atom)) if !line.contains('\t') => (rule.replace('_', "-"), strings(atom)),
            _ => {
                let mut words = line.trim_end_matches('\t').split('\t').map(str::to_owned);
                (words.next().unwrap_or_default(), words.collect())
            }
        };
        if NAMED.contains(&rule.as_str()) {
            found.insert([rule].into_iter().chain(names).collect());
        }
    }
    Ok(found)
}

/// The texts in quotes of `atom`.
fn strings(atom: &str) -> Vec<String> {
    let (mut strings, mut open) = (Vec::new(), None::<String>);
    let mut letters = atom.chars();
    while let Some(letter) = letters.next() {
        match (letter, &mut open) {
            ('"', None) => open = Some(String::new()),
            ('"', Some(_)) => strings.extend(open.take()),
            ('\\', Some(text)) => text.extend(letters.next()),
            (letter, Some(text)) => text.push(letter),
            (_, None) => {}
        }
    }
    strings
}
