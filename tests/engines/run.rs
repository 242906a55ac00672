//! Programs run by the interpreter and by the definition.

use crate::lowered;
use crate::naive::{self, Row};
use crate::random_program::Cells;
use crate::stand_alone::{StandAlone, compiled, listed, rows};
use crate::syntax;
use lynt::datalog::program::{Program, RelationId};
use lynt::eval::{self, Limits};
use lynt::facts::Facts;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of derived relations, each in the order of the table.
pub type Listed = Vec<(RelationId, Vec<Row>)>;

/// What the interpreter derives, in all relations.
pub fn interpreted(program: &Program, facts: &Facts) -> Listed {
    let mut facts = facts.clone();
    let all = (0..program.relations.len()).collect();
    eval::derive(program, &all, &mut facts, &Limits::default()).expect("within the limits");
    derived(program).map(|id| (id, listed(&facts, id))).collect()
}

/// What the rules mean.
pub fn meant(program: &Program, facts: &Facts) -> Listed {
    let mut rows = naive::derive(program, &facts.names, rows(program, facts));
    derived(program).map(|id| (id, std::mem::take(&mut rows[id]).into_iter().collect())).collect()
}

pub fn derived(program: &Program) -> impl Iterator<Item = RelationId> {
    (0..program.relations.len()).filter(|&id| program.relations[id].role.is_derived())
}

pub fn count(listed: &Listed) -> usize {
    listed.iter().map(|(_, rows)| rows.len()).sum()
}

/// A program that has no topology, and its facts.
pub struct Run {
    pub compiled: StandAlone,
    pub facts: Facts,
}

impl Run {
    pub fn new(program: &syntax::Program, text: &str, facts: &[Vec<Cells>]) -> Self {
        let inputs = program.relations.iter().zip(facts).filter(|(relation, _)| relation.is_input);
        Self::with_facts(text, &inputs.map(|(input, rows)| (&*input.name, &**rows)).collect())
    }

    /// A program whose facts stand in its text.
    pub fn of_text(text: &str) -> Self {
        Self::with_facts(text, &BTreeMap::new())
    }

    /// A program, and facts by the names of their relations.
    pub fn with_facts(text: &str, given: &BTreeMap<&str, &[Cells]>) -> Self {
        let compiled = compiled(text);
        let facts = compiled.facts(given);
        Self { compiled, facts }
    }

    /// What an engine derives that is not meant.
    pub fn dissent(&self) -> Option<String> {
        let StandAlone { program, lowered } = &self.compiled;
        let meant = self.meant();
        let lowered = lowered::derive(program, lowered, &self.facts);
        let engines = [("interpreted", self.interpreted()), ("lowered", lowered)];
        let wrong = engines.into_iter().find(|(_, found)| *found != meant);
        wrong.map(|(engine, found)| format!("{engine}: {found:?}; meant: {meant:?}"))
    }

    pub fn interpreted(&self) -> Listed {
        interpreted(&self.compiled.program, &self.facts)
    }

    pub fn meant(&self) -> Listed {
        meant(&self.compiled.program, &self.facts)
    }

    /// The rows in words, by the relations of `program`, which may have other names here.
    pub fn in_words(&self, program: &syntax::Program, listed: &Listed) -> Vec<BTreeSet<String>> {
        let listed: BTreeMap<RelationId, &Vec<Row>> =
            listed.iter().map(|(id, rows)| (*id, rows)).collect();
        let relations = program.relations.iter();
        relations
            .map(|relation| {
                let id = self.compiled.program.relation_named(&relation.name).expect("declared");
                let rows = listed.get(&id).into_iter().flat_map(|rows| rows.iter());
                rows.map(|row| self.compiled.in_words(&self.facts.names, id, row)).collect()
            })
            .collect()
    }
}
