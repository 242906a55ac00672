//! Tuples → why they hold: the rule that gives each, the facts under it, and what is absent.
//!
//! Nothing is recorded while rules run. A proof is found from the top down, and every step of a
//! recursion goes to a row of an earlier round, so that it ends.

mod named;
mod tell;
mod why_not;

pub use named::{Arguments, Named, named, violation_of};
pub use tell::{RulePlace, Teller, Told, ToldKind};
pub use why_not::{Attempt, Verdict, why_not};

use crate::datalog::program::{Aggregate, Atom, Clause, Literal, Program, RelationId};
use crate::eval::{Binding, Limits, Rounds, Search, Solver, rounds};
use crate::facts::{Cell, Facts};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::rc::Rc;

/// Why something holds.
#[derive(Clone, Debug)]
pub enum Proof<'a> {
    /// The topology says so.
    Fact(Tuple),
    /// A rule derives it.
    Derived {
        /// What is derived.
        tuple: Tuple,
        /// By this rule,
        clause: &'a Clause,
        /// with these values of its variables.
        binding: Binding,
        /// Why each literal of the rule's body holds, in the order of the body.
        premises: Vec<Proof<'a>>,
    },
    /// No row fits.
    Absent(Absence),
    /// A condition on values.
    Holds {
        /// A comparison, a test or a `let`.
        literal: &'a Literal,
        /// Of this rule,
        clause: &'a Clause,
        /// with these values.
        binding: Binding,
    },
    /// What a set of rows amounts to.
    Counted {
        /// The aggregate.
        aggregate: &'a Aggregate,
        /// Of this rule,
        clause: &'a Clause,
        /// with these values.
        binding: Binding,
        /// How many assignments were counted.
        total: usize,
        /// Why the first of them hold: for each the positive atoms between the braces.
        rows: Vec<Vec<Proof<'a>>>,
    },
    /// Proved before in the same proof.
    Above(Tuple),
    /// Derived too, below the depth that was asked for.
    Folded(Tuple),
}

/// A row of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tuple {
    /// The relation.
    pub relation: RelationId,
    /// The row.
    pub row: Vec<Cell>,
}

/// A row that is not there.
#[derive(Clone, Debug)]
pub struct Absence {
    /// The relation.
    pub relation: RelationId,
    /// The arguments; None stands for any.
    pub cells: Vec<Option<Cell>>,
    /// Rows with the same first argument, a few of them.
    pub near: Vec<Vec<Cell>>,
    /// How many such rows there are.
    pub total: usize,
}

/// How large a proof may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// So many rules stand below each other at most.
    pub depth: usize,
    /// So many counted rows of an aggregate are proved.
    pub rows: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { depth: 40, rows: 10 }
    }
}

/// The deepest proof that is ever built: the stack holds a few words for each level.
pub const MOST_DEPTH: usize = 500;

/// How many near rows an absence names.
const MOST_NEAR: usize = 3;

/// Finds proofs of tuples.
pub struct Prover<'a> {
    program: &'a Program,
    facts: &'a Facts,
    solver: Solver<'a>,
    /// By stratum, of relations that depend on themselves.
    rounds: RefCell<FxHashMap<usize, Rc<Rounds>>>,
    size: Size,
}

impl<'a> Prover<'a> {
    /// A prover over facts whose derived relations are complete.
    pub fn new(program: &'a Program, facts: &'a Facts, limits: Limits, size: Size) -> Self {
        let solver = Solver::new(program, facts, limits);
        let size = Size { depth: size.depth.min(MOST_DEPTH), ..size };
        Self { program, facts, solver, rounds: RefCell::default(), size }
    }

    /// What answers questions about the same facts.
    pub fn solver(&self) -> &Solver<'a> {
        &self.solver
    }

    /// Why the relation has this row; None where it has not.
    pub fn prove(&self, relation: RelationId, row: &[Cell]) -> Option<Proof<'a>> {
        let cells: Vec<Option<Cell>> = row.iter().copied().map(Some).collect();
        if self.solver.rows(relation, &cells).is_empty() {
            return None;
        }
        let tuple = Tuple { relation, row: row.to_vec() };
        Some(self.tuple(tuple, 0, &mut FxHashSet::default()))
    }

    fn tuple(&self, tuple: Tuple, depth: usize, above: &mut FxHashSet<Tuple>) -> Proof<'a> {
        if !self.program.relations[tuple.relation].role.is_derived() {
            return Proof::Fact(tuple);
        }
        if above.contains(&tuple) {
            return Proof::Above(tuple);
        }
        if depth >= self.size.depth {
            return Proof::Folded(tuple);
        }
        let Some((clause, binding)) = self.step(&tuple) else { return Proof::Folded(tuple) };
        above.insert(tuple.clone());
        let premises = clause
            .body
            .iter()
            .map(|literal| self.literal(literal, clause, &binding, depth + 1, above))
            .collect();
        Proof::Derived { tuple, clause, binding, premises }
    }

    /// The first rule that gives a tuple, and its first assignment whose premises were there before.
    fn step(&self, tuple: &Tuple) -> Option<(&'a Clause, Binding)> {
        let row: Vec<Option<Cell>> = tuple.row.iter().copied().map(Some).collect();
        let clauses = self.solver.clauses(tuple.relation);
        clauses.iter().find_map(|clause| {
            let binding = self.solver.unify(clause, &row)?;
            let mut step = None;
            self.solver.solve(&clause.body, &binding, &mut |found| {
                if !self.is_earlier(tuple, clause, found) {
                    return Search::Continue;
                }
                step = Some(found.clone());
                Search::Stop
            });
            Some((clause, step?))
        })
    }

    /// Whether what a recursive rule reads of its own component was there in an earlier round.
    fn is_earlier(&self, tuple: &Tuple, clause: &Clause, binding: &Binding) -> bool {
        let own = self.program.strata[tuple.relation];
        let mut atoms = clause.body.iter().filter_map(|literal| match literal {
            Literal::Atom(atom) if self.program.strata[atom.relation] == own => Some(atom),
            _ => None,
        });
        atoms.all(|atom| {
            let rounds = self.rounds(tuple.relation);
            let round = rounds.of(tuple.relation, &tuple.row);
            let mut rows = self.rows(atom, binding).into_iter();
            rows.any(|row| rounds.of(atom.relation, &row) < round)
        })
    }

    fn rounds(&self, relation: RelationId) -> Rc<Rounds> {
        let mut known = self.rounds.borrow_mut();
        let rounds = known
            .entry(self.program.strata[relation])
            .or_insert_with(|| Rc::new(rounds(self.program, relation, self.facts)));
        Rc::clone(rounds)
    }

    fn rows(&self, atom: &Atom, binding: &Binding) -> Vec<Vec<Cell>> {
        let rows = self.solver.rows(atom.relation, &self.solver.cells(atom, binding));
        rows.into_iter().map(|row| self.facts.store.table(atom.relation).row(row)).collect()
    }

    /// Why a literal that holds does so.
    fn literal(
        &self,
        literal: &'a Literal,
        clause: &'a Clause,
        binding: &Binding,
        depth: usize,
        above: &mut FxHashSet<Tuple>,
    ) -> Proof<'a> {
        match literal {
            Literal::Atom(atom) if atom.negated => {
                Proof::Absent(self.absence(atom.relation, self.solver.cells(atom, binding)))
            }
            Literal::Atom(atom) => self.atom(atom, binding, depth, above),
            Literal::Aggregate(aggregate) => self.counted(aggregate, clause, binding, depth, above),
            Literal::Compare { .. } | Literal::Test(_) | Literal::Let { .. } => {
                Proof::Holds { literal, clause, binding: binding.clone() }
            }
        }
    }

    /// The first row that an atom matches; in a recursion the one of the earliest round.
    fn atom(
        &self,
        atom: &Atom,
        binding: &Binding,
        depth: usize,
        above: &mut FxHashSet<Tuple>,
    ) -> Proof<'a> {
        let relation = atom.relation;
        let mut rows = self.rows(atom, binding);
        if rows.len() > 1 && self.program.relations[relation].role.is_derived() {
            let rounds = self.rounds(relation);
            rows.sort_by_key(|row| rounds.of(relation, row));
        }
        let row = rows.into_iter().next().unwrap_or_default();
        self.tuple(Tuple { relation, row }, depth, above)
    }

    /// What is there instead of a row that is not.
    pub(crate) fn absence(&self, relation: RelationId, cells: Vec<Option<Cell>>) -> Absence {
        let mut near = Vec::new();
        if cells.len() > 1 && cells[0].is_some() {
            let mut shared = vec![None; cells.len()];
            shared[0] = cells[0];
            near = self.solver.rows(relation, &shared);
        }
        let total = near.len();
        let table = self.facts.store.table(relation);
        let near = near.into_iter().take(MOST_NEAR).map(|row| table.row(row)).collect();
        Absence { relation, cells, near, total }
    }

    fn counted(
        &self,
        aggregate: &'a Aggregate,
        clause: &'a Clause,
        binding: &Binding,
        depth: usize,
        above: &mut FxHashSet<Tuple>,
    ) -> Proof<'a> {
        let mut outside = binding.clone();
        aggregate.inner.iter().for_each(|&var| outside[var] = None);
        let mut seen = FxHashSet::default();
        let mut counted = Vec::new();
        self.solver.solve(&aggregate.body, &outside, &mut |found| {
            let value = self.solver.term(&aggregate.of, found);
            let inner: Vec<Option<Cell>> = aggregate.inner.iter().map(|&var| found[var]).collect();
            if seen.insert((inner, value)) && counted.len() < self.size.rows {
                counted.push(found.clone());
            }
            Search::Continue
        });
        let rows = counted
            .iter()
            .map(|found| self.positive_atoms(&aggregate.body, clause, found, depth, above));
        let rows = rows.collect();
        Proof::Counted { aggregate, clause, binding: binding.clone(), total: seen.len(), rows }
    }

    fn positive_atoms(
        &self,
        body: &'a [Literal],
        clause: &'a Clause,
        binding: &Binding,
        depth: usize,
        above: &mut FxHashSet<Tuple>,
    ) -> Vec<Proof<'a>> {
        body.iter()
            .filter(|literal| matches!(literal, Literal::Atom(atom) if !atom.negated))
            .map(|literal| self.literal(literal, clause, binding, depth, above))
            .collect()
    }
}
