//! A tuple that is not there → per rule, the assignment that comes nearest, and what fails in it.

use super::tell::{RulePlace, Teller};
use super::{Told, ToldKind, Tuple};
use crate::datalog::program::{Clause, Literal, RelationId};
use crate::eval::{Binding, Search, Solver};
use crate::facts::Cell;
use std::slice;

/// How near one rule comes to a tuple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Where the rule stands.
    pub rule: RulePlace,
    /// Each literal of its body in the order of the text, and whether it holds; empty where the rule's
    /// head can't be the tuple.
    pub literals: Vec<(Verdict, Told)>,
    /// Rows that the rule lacks and that other rules would have to derive; None stands for any value.
    pub failed: Vec<(RelationId, Vec<Option<Cell>>)>,
}

/// Whether a literal holds in the nearest assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It reads a variable that a failed literal would have bound.
    Open,
}

/// So many assignments are tried for one rule; beyond that the nearest one so far is told.
const MOST_TRIED: usize = 20_000;

/// So many rows of one atom are tried.
const MOST_ROWS: usize = 1_000;

/// For each rule of `relation` the assignment that satisfies most of its body with its head as in
/// `cells`, where None stands for any value. In the order of the rules.
pub fn why_not(relation: RelationId, cells: &[Option<Cell>], teller: &Teller) -> Vec<Attempt> {
    let clauses = teller.prover.solver().clauses(relation).iter();
    clauses.map(|clause| attempt(clause, cells, teller)).collect()
}

fn attempt<'a>(clause: &'a Clause, cells: &[Option<Cell>], teller: &Teller<'_, 'a>) -> Attempt {
    let (rule, solver) = (teller.rule(clause.span), teller.prover.solver());
    let Some(binding) = solver.unify(clause, cells) else {
        return Attempt { rule, literals: Vec::new(), failed: Vec::new() };
    };
    let mut nearest = Nearest { solver, body: &clause.body, best: None, tried: 0 };
    nearest.search(&mut vec![None; clause.body.len()], &binding, 0);
    let (_, verdicts, binding) = nearest.best.unwrap_or_default();
    let judged = || clause.body.iter().zip(verdicts.iter().copied());
    let told = judged()
        .map(|(literal, verdict)| (verdict, teller.verdict(literal, verdict, clause, &binding)));
    let failed = judged()
        .filter(|(_, verdict)| *verdict == Verdict::No)
        .filter_map(|(literal, _)| lacking(literal, &binding, teller));
    Attempt { rule, literals: told.collect(), failed: failed.collect() }
}

/// The row that a literal wants to be derived.
fn lacking(
    literal: &Literal,
    binding: &Binding,
    teller: &Teller,
) -> Option<(RelationId, Vec<Option<Cell>>)> {
    let Literal::Atom(atom) = literal else { return None };
    let prover = teller.prover;
    let is_derived = prover.program.relations[atom.relation].role.is_derived();
    (is_derived && !atom.negated).then(|| (atom.relation, prover.solver().cells(atom, binding)))
}

/// Branch and bound over the literals of a body.
struct Nearest<'s, 'a> {
    solver: &'s Solver<'a>,
    body: &'a [Literal],
    /// How many literals hold, what became of each, and the assignment.
    best: Option<(usize, Vec<Verdict>, Binding)>,
    tried: usize,
}

impl Nearest<'_, '_> {
    fn search(&mut self, verdicts: &mut Vec<Option<Verdict>>, binding: &Binding, held: usize) {
        self.tried += 1;
        let open = verdicts.iter().filter(|verdict| verdict.is_none()).count();
        let best = self.best.as_ref().map(|(held, ..)| *held);
        if best.is_some_and(|best| held + open <= best) || self.tried > MOST_TRIED {
            return;
        }
        let Some(at) = self.next(verdicts, binding) else {
            let verdicts = verdicts.iter().map(|verdict| verdict.unwrap_or(Verdict::Open));
            // What is open may be closed: only what holds counts.
            if best.is_none_or(|best| held > best) {
                self.best = Some((held, verdicts.collect(), binding.clone()));
            }
            return;
        };
        let mut ways = Vec::new();
        self.solver.solve(slice::from_ref(&self.body[at]), binding, &mut |found| {
            ways.push(found.clone());
            if ways.len() < MOST_ROWS { Search::Continue } else { Search::Stop }
        });
        verdicts[at] = Some(Verdict::Yes);
        for way in &ways {
            self.search(verdicts, way, held + 1);
        }
        verdicts[at] = Some(Verdict::No);
        self.search(verdicts, binding, held);
        verdicts[at] = None;
    }

    /// A literal that can be judged now: a condition, or else the atom with most arguments known.
    fn next(&self, verdicts: &[Option<Verdict>], binding: &Binding) -> Option<usize> {
        let score = |at: usize| {
            let literal = &self.body[at];
            let mut ready = true;
            literal.each_read(&mut |var| ready &= binding[var].is_some());
            match literal {
                Literal::Atom(atom) if !atom.negated => {
                    let cells = self.solver.cells(atom, binding);
                    Some(1 + cells.iter().flatten().count())
                }
                _ => ready.then_some(usize::MAX),
            }
        };
        let open = (0..verdicts.len()).filter(|&at| verdicts[at].is_none());
        let scored = open.filter_map(|at| Some((score(at)?, usize::MAX - at)));
        scored.max().map(|(_, at)| usize::MAX - at)
    }
}

impl Teller<'_, '_> {
    fn verdict(
        &self,
        literal: &Literal,
        verdict: Verdict,
        clause: &Clause,
        binding: &Binding,
    ) -> Told {
        let text = self.literal(literal, clause, binding);
        let mut told =
            Told { kind: ToldKind::Condition, text, rule: None, places: vec![], children: vec![] };
        let Literal::Atom(atom) = literal else { return told };
        let cells = self.prover.solver().cells(atom, binding);
        let there = verdict != Verdict::Open && (verdict == Verdict::Yes) != atom.negated;
        if there {
            let table = self.prover.facts.store.table(atom.relation);
            for row in self.prover.solver().rows(atom.relation, &cells).into_iter().take(1) {
                let tuple = Tuple { relation: atom.relation, row: table.row(row) };
                let near = self.tuple(&tuple, ToldKind::Near);
                if atom.negated {
                    told.children.push(near);
                } else {
                    told.kind = ToldKind::Fact;
                    told.places = near.places;
                }
            }
        } else if verdict != Verdict::Open {
            let absence = self.absence(&self.prover.absence(atom.relation, cells.clone()));
            let is_open_key = cells.get(1).is_some_and(Option::is_none)
                && self.prover.solver().is_key(atom.relation);
            let text = if is_open_key { absence.text } else { told.text };
            told = Told { text, kind: ToldKind::Absent, ..absence };
        }
        told
    }
}
