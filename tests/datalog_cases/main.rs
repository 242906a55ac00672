//! Programs that others wrote (`tests/datalog-cases`): the right ones compile and give the rows that their
//! authors say, the wrong ones are refused for the right reason at the right rule.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod case;

use case::{Case, folders, tables};
use lynt::datalog::compile;
use lynt::datalog::crepe::emit;
use lynt::datalog::lower::lower;
use lynt::source::{Problem, Severity, Sources};
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
    for folder in folders(&root()) {
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
    for folder in folders(&root()) {
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

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/datalog-cases")
}

impl Case {
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

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}
