//! Questions about tuples that are known: which assignments satisfy a conjunction, and where in the
//! topology a tuple comes from.

use super::derive::ids;
use super::index::{Index, NONE};
use super::join::{Join, Search};
use super::limits::{Limit, Limits, Meter};
use super::plan::{Given, Part, Plan, Planner};
use crate::datalog::program::{Atom, Clause, Literal, Program, RelationId, Role, Term};
use crate::facts::{Cell, Facts};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Values of variables; None: not bound yet.
pub type Binding = Vec<Option<Cell>>;

/// A plan and the indices that it needs.
struct Prepared {
    plan: Plan,
    indices: Vec<Rc<Index>>,
}

/// So many rows of one entity are looked through; where there are more, an index of all that is known is made.
const FEW: usize = 64;

/// By relation and columns.
type Indices = FxHashMap<(RelationId, Vec<usize>), Rc<Index>>;

/// A conjunction, by its place in the program, and which variables are bound.
type Question = (*const Literal, usize, Vec<bool>);

/// Answers questions about the facts and the tuples derived from them.
pub struct Solver<'a> {
    program: &'a Program,
    facts: &'a Facts,
    /// Made when first needed.
    indices: RefCell<Indices>,
    prepared: RefCell<FxHashMap<Question, Rc<Prepared>>>,
    meter: Meter,
}

impl<'a> Solver<'a> {
    /// A solver over facts whose derived relations are complete.
    pub fn new(program: &'a Program, facts: &'a Facts, limits: Limits) -> Self {
        let (indices, prepared) = (RefCell::default(), RefCell::default());
        Self { program, facts, indices, prepared, meter: Meter::new(limits) }
    }

    /// The limit that was reached; then answers may lack something.
    pub fn reached(&self) -> Option<Limit> {
        self.meter.reached()
    }

    /// The rules that derive a relation, in the order of their text.
    pub fn clauses(&self, relation: RelationId) -> &'a [Clause] {
        self.program.clauses.of(relation)
    }

    /// Calls `visit` with each assignment that extends `binding` and satisfies `body`.
    pub fn solve(
        &self,
        body: &'a [Literal],
        binding: &Binding,
        visit: &mut dyn FnMut(&Binding) -> Search,
    ) -> Search {
        let bound: Vec<bool> = binding.iter().map(Option::is_some).collect();
        let question = (body.as_ptr(), body.len(), bound);
        let known = self.prepared.borrow().get(&question).map(Rc::clone);
        let prepared = known.unwrap_or_else(|| {
            let prepared = Rc::new(self.prepare(body, &question.2));
            self.prepared.borrow_mut().insert(question, Rc::clone(&prepared));
            prepared
        });
        let join = Join {
            store: &self.facts.store,
            names: &self.facts.names,
            indices: &prepared.indices,
            new: &FxHashMap::default(),
            meter: &self.meter,
        };
        join.each(&prepared.plan.operations, &mut binding.clone(), visit)
    }

    fn prepare(&self, body: &[Literal], bound: &[bool]) -> Prepared {
        let Facts { store, names, .. } = self.facts;
        let body: Vec<Given> = body.iter().map(|literal| (literal, Part::All)).collect();
        let plan = Planner { program: self.program, names, store }.plan(&body, bound, None);
        let needs = plan.needs.iter();
        let indices = needs.map(|need| self.index(need.relation, &need.columns)).collect();
        Prepared { plan, indices }
    }

    fn index(&self, relation: RelationId, columns: &[usize]) -> Rc<Index> {
        let mut indices = self.indices.borrow_mut();
        let index = indices.entry((relation, columns.to_vec())).or_insert_with(|| {
            let kinds = &self.program.relations[relation].columns;
            let ids = match columns {
                [column] => ids(self.program, &self.facts.names, kinds[*column].kind),
                _ => None,
            };
            Rc::new(Index::of_complete(self.facts.store.table(relation), columns, ids))
        });
        Rc::clone(index)
    }

    /// The distinct values of `term` over all assignments, sorted.
    pub fn values(&self, body: &'a [Literal], binding: &Binding, term: &Term) -> BTreeSet<Cell> {
        let mut values = BTreeSet::new();
        if body.is_empty() {
            values.extend(self.term(term, binding));
            return values;
        }
        self.solve(body, binding, &mut |found| {
            values.extend(self.term(term, found));
            Search::Continue
        });
        values
    }

    /// The value of a term.
    pub fn term(&self, term: &Term, binding: &Binding) -> Option<Cell> {
        match term {
            Term::Any => None,
            Term::Var(var) => binding.get(*var).copied().flatten(),
            Term::Constant(constant) => Some(self.facts.names.id(self.program, constant)),
            Term::Param(param) => Some(self.program.params[*param].value),
        }
    }

    /// The values of an atom's arguments; None for what is not bound.
    pub fn cells(&self, atom: &Atom, binding: &Binding) -> Vec<Option<Cell>> {
        atom.terms.iter().map(|term| self.term(term, binding)).collect()
    }

    /// The numbers of the rows whose cells are those given, ascending; None stands for any.
    pub fn rows(&self, relation: RelationId, cells: &[Option<Cell>]) -> Vec<usize> {
        let table = self.facts.store.table(relation);
        let known = |column: &usize| cells[*column].is_some();
        let columns: Vec<usize> = (0..cells.len()).filter(known).collect();
        let Some(first) = columns.first() else { return (0..table.rows).collect() };
        // The first column of what a topology says is an entity that has few of these, as a rule.
        let is_derived = self.program.relations[relation].role.is_derived();
        let is_of_entity = !is_derived && *first == 0 && columns.len() > 1;
        let few = is_of_entity.then(|| self.chained(relation, cells, &columns[..1], FEW)).flatten();
        let all = || self.chained(relation, cells, &columns, usize::MAX).unwrap_or_default();
        few.unwrap_or_else(all)
    }

    /// The rows with these cells, found by an index of `columns`; None where more than `most` have the same there.
    fn chained(
        &self,
        relation: RelationId,
        cells: &[Option<Cell>],
        columns: &[usize],
        most: usize,
    ) -> Option<Vec<usize>> {
        let table = self.facts.store.table(relation);
        let index = self.index(relation, columns);
        let key: Vec<Cell> = columns.iter().filter_map(|&column| cells[column]).collect();
        let fits = |row: usize| {
            let mut pairs = cells.iter().zip(&table.columns);
            pairs.all(|(cell, column)| cell.is_none_or(|cell| cell == column.cell(row)))
        };
        let (mut rows, mut looked_at) = (Vec::new(), 0);
        let mut row = index.first(table, &key);
        while row != NONE {
            looked_at += 1;
            if looked_at > most {
                return None;
            }
            rows.extend(Some(row as usize).filter(|&row| fits(row)));
            row = index.next(table, row);
        }
        Some(rows)
    }

    /// The assignment of a rule's variables under which its head is `row`, before its body is looked
    /// at; None where the head can't be that row.
    pub fn unify(&self, clause: &Clause, row: &[Option<Cell>]) -> Option<Binding> {
        let mut binding: Binding = vec![None; clause.vars.len()];
        for (term, cell) in clause.terms.iter().zip(row) {
            match (self.term(term, &binding), term, cell) {
                (Some(value), _, Some(cell)) if value != *cell => return None,
                (None, Term::Var(var), Some(cell)) => binding[*var] = Some(*cell),
                _ => {}
            }
        }
        Some(binding)
    }

    /// Where a tuple comes from: the places of a fact, or for a derived tuple those of the first
    /// positive atom of the first rule that gives it.
    pub fn places(&self, relation: RelationId, row: &[Cell]) -> Vec<Span> {
        self.places_unless(relation, row, &mut BTreeSet::new())
    }

    fn places_unless(
        &self,
        relation: RelationId,
        row: &[Cell],
        seen: &mut BTreeSet<(RelationId, Vec<Cell>)>,
    ) -> Vec<Span> {
        let cells: Vec<Option<Cell>> = row.iter().copied().map(Some).collect();
        if !self.program.relations[relation].role.is_derived() {
            let rows = self.rows(relation, &cells).into_iter();
            return rows.filter_map(|row| self.facts.place(relation, row)).collect();
        }
        if !seen.insert((relation, row.to_vec())) {
            return Vec::new();
        }
        let clauses = self.clauses(relation).iter();
        let mut places = clauses.map(|clause| self.places_by(clause, &cells, seen));
        places.find(|places| !places.is_empty()).unwrap_or_default()
    }

    fn places_by(
        &self,
        clause: &'a Clause,
        row: &[Option<Cell>],
        seen: &mut BTreeSet<(RelationId, Vec<Cell>)>,
    ) -> Vec<Span> {
        let Some(binding) = self.unify(clause, row) else { return Vec::new() };
        let mut proof = None;
        self.solve(&clause.body, &binding, &mut |found| {
            proof = Some(found.clone());
            Search::Stop
        });
        let Some(proof) = proof else { return Vec::new() };
        let mut places = clause.body.iter().map(|literal| match literal {
            // One that is negated has no rows.
            Literal::Atom(atom) => self.atom_places_unless(atom, &proof, seen),
            _ => Vec::new(),
        });
        places.find(|places| !places.is_empty()).unwrap_or_default()
    }

    /// Where the tuples that match an atom under an assignment come from.
    pub fn atom_places(&self, atom: &Atom, binding: &Binding) -> Vec<Span> {
        self.atom_places_unless(atom, binding, &mut BTreeSet::new())
    }

    fn atom_places_unless(
        &self,
        atom: &Atom,
        binding: &Binding,
        seen: &mut BTreeSet<(RelationId, Vec<Cell>)>,
    ) -> Vec<Span> {
        let rows = self.rows(atom.relation, &self.cells(atom, binding));
        let is_derived = self.program.relations[atom.relation].role.is_derived();
        if !is_derived {
            return rows.iter().filter_map(|&row| self.facts.place(atom.relation, row)).collect();
        }
        let table = self.facts.store.table(atom.relation);
        rows.iter()
            .flat_map(|&row| self.places_unless(atom.relation, &table.row(row), seen))
            .collect()
    }

    /// Whether what `relation` holds is looked up by a dot.
    pub fn is_key(&self, relation: RelationId) -> bool {
        matches!(self.program.relations[relation].role, Role::Key { .. })
    }
}
