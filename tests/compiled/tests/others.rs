//! Programs that others wrote give, compiled by crepe, the rows that their authors expect.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "only texts and rows are asked for")]
#[path = "../../datalog_cases/case.rs"]
mod case;
mod crepe;
#[path = "../../engines/lowered.rs"]
mod lowered;
#[path = "../../engines/naive.rs"]
mod naive;
#[path = "../../oracle/random.rs"]
mod random;
#[allow(dead_code, reason = "nothing is random here")]
#[path = "../../engines/random_program.rs"]
mod random_program;
#[path = "../../engines/random_rule.rs"]
mod random_rule;
#[allow(dead_code, reason = "a part of it runs other engines")]
#[path = "../../engines/run.rs"]
mod run;
#[path = "../../engines/stand_alone.rs"]
mod stand_alone;
#[allow(dead_code, reason = "nothing is random here")]
#[path = "../../engines/syntax.rs"]
mod syntax;

use case::{Case, tables};
use crepe::Compiled;
use lynt::datalog::lower::Lowered;
use lynt::engine::{Hashing, Indices, Reader, fold, in_order, project};
use lynt::facts::{Column, Store, canonical_text};
use random_program::Cells;
use run::{Run, count};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

include!(concat!(env!("OUT_DIR"), "/others.rs"));

#[test]
fn programs_of_others() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datalog-cases");
    let (mut relations, mut rows) = (0, 0);
    for &(name, compiled) in PROGRAMS {
        let folder = root.join(name);
        let given = rows_in(&folder.join("facts"));
        let given = given.iter().map(|(name, rows)| (&**name, &**rows)).collect();
        let run = Run::with_facts(&Case::read(&folder).text, &given);
        let derived = crepe::derive(compiled, &run);
        assert_eq!(derived, run.interpreted(), "{name}");
        rows += count(&derived);
        for (relation, expected) in rows_in(&folder.join("expected")) {
            let id = run.compiled.program.relation_named(&relation).expect("it is declared");
            let (_, found) = derived.iter().find(|(other, _)| *other == id).expect("it is derived");
            let found = found.iter().map(|row| run.compiled.in_words(&run.facts.names, id, row));
            let expected = expected.iter().map(|row| canonical(row));
            assert_eq!(found.collect::<BTreeSet<_>>(), expected.collect(), "{name}: {relation}");
            relations += 1;
        }
    }
    println!("{} programs of others, {relations} relations: {rows} rows compared", PROGRAMS.len());
    // Two of the 56 need arithmetic in a recursion, which lynt refuses.
    assert!(PROGRAMS.len() == 54 && relations == 117 && rows > 6_000);
}

/// The rows of each table of a folder, by the name that the relation has in lynt.
fn rows_in(folder: &Path) -> BTreeMap<String, Vec<Cells>> {
    let cells = |line: &str| match line {
        "()" => Vec::new(),
        _ => line.split('\t').map(str::to_owned).collect(),
    };
    let rows = |text: String| text.lines().map(cells).collect();
    tables(folder).into_iter().map(|(name, text)| (format!("R_{name}"), rows(text))).collect()
}

/// A row as lynt compares its texts.
fn canonical(row: &[String]) -> String {
    row.iter().map(|cell| canonical_text(cell)).collect::<Vec<_>>().join("\t")
}
