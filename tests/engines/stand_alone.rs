//! A program that has no topology: its text compiled, rows of cells as its facts.

use crate::naive::{Row, Rows};
use lynt::datalog::compile;
use lynt::datalog::lower::{Lowered, Origin, lower};
use lynt::datalog::program::{Constant, Kind, Program, RelationId};
use lynt::facts::{Facts, NO_ID, Names, Store, Table, canonical_text};
use lynt::source::{Severity, Sources};
use std::collections::{BTreeMap, BTreeSet};

/// A checked program, and what the compiled one is made from.
pub struct StandAlone {
    pub program: Program,
    pub lowered: Lowered,
}

/// Compiles a text that has no error.
pub fn compiled(text: &str) -> StandAlone {
    let mut sources = Sources::default();
    sources.add("program.dl", text);
    let (program, problems) = compile(&sources);
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    let errors: Vec<String> = errors
        .map(|error| format!("{}: {}", sources.place(error.labels[0].span), error.message))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    let program = program.expect("there is no error");
    let lowered = lower(&program);
    StandAlone { program, lowered }
}

impl StandAlone {
    /// The facts whose rows are `given`, by the name of their relation; each cell as a file has it.
    pub fn facts(&self, given: &BTreeMap<&str, &[Vec<String>]>) -> Facts {
        let id = |name| self.program.relation_named(name).expect("the program declares it");
        let tables: Vec<(RelationId, &[Vec<String>])> =
            given.iter().map(|(name, rows)| (id(name), *rows)).collect();
        let mut facts = Facts::default();
        facts.names.canonical = self.texts(&tables).into_iter().collect();
        facts.names.written = facts.names.canonical.clone();
        facts.store = Store::new(self.program.relations.len());
        for relation in 0..self.program.relations.len() {
            facts.store.put_table(relation, Table::new(self.kinds(relation)));
        }
        for (relation, rows) in tables {
            let kinds = self.kinds(relation);
            let mut table = Table::new(kinds.iter().copied());
            for row in rows {
                let cells =
                    row.iter().zip(&kinds).map(|(cell, &kind)| self.cell(&facts, cell, kind));
                table.push(&cells.collect::<Row>());
            }
            facts.store.put_table(relation, table);
        }
        facts
    }

    fn kinds(&self, relation: RelationId) -> Vec<Kind> {
        self.program.relations[relation].columns.iter().map(|column| column.kind).collect()
    }

    /// All texts of the rows and of the rules, as they are compared.
    fn texts(&self, tables: &[(RelationId, &[Vec<String>])]) -> BTreeSet<String> {
        let constants =
            self.lowered.relations.iter().filter_map(|relation| match &relation.origin {
                Origin::Constant(Constant::Text(text)) => Some(text.as_str()),
                _ => None,
            });
        let mut texts: BTreeSet<String> = constants.map(canonical_text).collect();
        for (relation, rows) in tables {
            for (column, kind) in self.kinds(*relation).into_iter().enumerate() {
                if kind == Kind::Text {
                    texts.extend(rows.iter().map(|row| canonical_text(&row[column])));
                }
            }
        }
        texts
    }

    fn cell(&self, facts: &Facts, cell: &str, kind: Kind) -> i64 {
        match kind {
            Kind::Text => i64::from(facts.names.text(cell).unwrap_or(NO_ID)),
            Kind::Bool => i64::from(cell == "true"),
            Kind::Enum(id) => {
                let values = &self.program.enums[id].values;
                let at = values.iter().position(|value| value == cell).expect("the enum has it");
                i64::try_from(at).expect("enums are short")
            }
            _ => cell.parse().expect("a number"),
        }
    }

    /// A row as a file has it.
    pub fn in_words(&self, names: &Names, relation: RelationId, row: &Row) -> String {
        let word = |(&cell, kind): (&i64, Kind)| match (kind, usize::try_from(cell)) {
            (Kind::Text, Ok(id)) => names.canonical[id].clone(),
            (Kind::Enum(kind), Ok(ordinal)) => self.program.enums[kind].values[ordinal].clone(),
            (Kind::Bool, _) => (cell != 0).to_string(),
            _ => cell.to_string(),
        };
        let words: Vec<String> = row.iter().zip(self.kinds(relation)).map(word).collect();
        words.join("\t")
    }
}

/// The rows of all relations of a program, as sets.
pub fn rows(program: &Program, facts: &Facts) -> Rows {
    (0..program.relations.len()).map(|id| listed(facts, id).into_iter().collect()).collect()
}

/// The rows of a relation in the order in which they stand.
pub fn listed(facts: &Facts, relation: RelationId) -> Vec<Row> {
    let table = facts.store.table(relation);
    (0..table.rows).map(|row| table.row(row)).collect()
}
