//! The rules of a program.

use super::late::Late;
use super::program::{Clause, RelationId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Rules by the relation that they derive, those of one in the order of the files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Clauses {
    /// By relation; there may be relations behind the last one here.
    of: Vec<Late<Vec<Clause>>>,
}

impl Clauses {
    /// The rules of a relation.
    pub fn of(&self, head: RelationId) -> &[Clause] {
        self.of.get(head).map_or(&[], |clauses| clauses)
    }

    /// All rules, by relation.
    pub fn iter(&self) -> impl Iterator<Item = &Clause> {
        self.of.iter().flat_map(|clauses| clauses.iter())
    }

    /// The rules of a relation.
    pub fn of_mut(&mut self, head: RelationId) -> &mut [Clause] {
        self.of.get_mut(head).map_or(&mut [], |clauses| clauses)
    }

    /// `relations`, and what those of them from `first` on are derived from, directly or through others.
    pub fn sources(
        &self,
        relations: BTreeSet<RelationId>,
        first: RelationId,
    ) -> BTreeSet<RelationId> {
        let mut all = relations.clone();
        let mut open: Vec<RelationId> = relations.into_iter().collect();
        while let Some(relation) = open.pop() {
            let own = if relation < first { &[] } else { self.of(relation) };
            for literal in own.iter().flat_map(|clause| &clause.body) {
                literal.each_atom(&mut |atom, _| {
                    if all.insert(atom.relation) {
                        open.push(atom.relation);
                    }
                });
            }
        }
        all
    }

    /// Adds a rule.
    pub fn push(&mut self, clause: Clause) {
        if self.of.len() <= clause.head {
            self.of.resize_with(clause.head + 1, Late::default);
        }
        self.of[clause.head].push(clause);
    }
}

impl FromIterator<Clause> for Clauses {
    fn from_iter<C: IntoIterator<Item = Clause>>(clauses: C) -> Self {
        let mut all = Self::default();
        clauses.into_iter().for_each(|clause| all.push(clause));
        all
    }
}
