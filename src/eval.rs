//! Questions about tuples that are known: which assignments satisfy a conjunction, and where in the
//! topology a tuple comes from.

use crate::datalog::ast::{Compare, Operator};
use crate::datalog::program::{
    Aggregate, Atom, Clause, Expr, Literal, Operation, Program, RelationId, Term, TestKind, VarId,
};
use crate::facts::{Cell, Column, Facts, Table};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

/// Values of variables; None: not bound yet.
pub type Binding = Vec<Option<Cell>>;

/// The rows of a relation, sorted by some of its columns.
type Index = Vec<u32>;

/// The rows of a relation that have certain cells.
struct Rows {
    index: Rc<Index>,
    found: Range<usize>,
}

impl Rows {
    fn iter(&self) -> impl Iterator<Item = usize> {
        self.index[self.found.clone()].iter().map(|&row| row as usize)
    }

    fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// Answers questions about the facts and the tuples derived from them.
pub struct Solver<'a> {
    program: &'a Program,
    facts: &'a Facts,
    /// Made when first needed, for a relation and the columns that are bound (a bit each).
    indices: RefCell<FxHashMap<(RelationId, u16), Rc<Index>>>,
    /// The rules that derive a relation.
    clauses: FxHashMap<RelationId, Vec<&'a Clause>>,
}

/// Whether a search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// To the next assignment.
    Continue,
    /// Enough was found.
    Stop,
}

impl<'a> Solver<'a> {
    /// A solver over facts whose derived relations are complete.
    pub fn new(program: &'a Program, facts: &'a Facts) -> Self {
        let mut clauses: FxHashMap<RelationId, Vec<&Clause>> = FxHashMap::default();
        for clause in &program.clauses {
            clauses.entry(clause.head).or_default().push(clause);
        }
        Self { program, facts, indices: RefCell::default(), clauses }
    }

    /// Calls `visit` with each assignment that extends `binding` and satisfies `body`.
    pub fn solve(
        &self,
        body: &[Literal],
        binding: &mut Binding,
        visit: &mut dyn FnMut(&Binding) -> Search,
    ) -> Search {
        let literals: Vec<&Literal> = body.iter().collect();
        self.search(&literals, binding, visit)
    }

    /// The distinct values of `term` over all assignments, sorted.
    pub fn values(&self, body: &[Literal], binding: &Binding, term: &Term) -> BTreeSet<Cell> {
        let mut values = BTreeSet::new();
        let mut binding = binding.clone();
        self.solve(body, &mut binding, &mut |found| {
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
            Term::Param(param) => Some(self.program.params[*param].default),
        }
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
        if !seen.insert((relation, row.to_vec())) {
            return Vec::new();
        }
        if !self.program.relations[relation].role.is_derived() {
            let rows = self.rows(relation, row.iter().map(|&cell| Some(cell)));
            return rows.iter().filter_map(|row| self.facts.place(relation, row)).collect();
        }
        for clause in self.clauses.get(&relation).into_iter().flatten() {
            let places = self.places_by(clause, row, seen);
            if !places.is_empty() {
                return places;
            }
        }
        Vec::new()
    }

    fn places_by(
        &self,
        clause: &Clause,
        row: &[Cell],
        seen: &mut BTreeSet<(RelationId, Vec<Cell>)>,
    ) -> Vec<Span> {
        let mut binding = vec![None; clause.vars.len()];
        for (term, &cell) in clause.terms.iter().zip(row) {
            match self.term(term, &binding) {
                Some(value) if value != cell => return Vec::new(),
                Some(_) => {}
                None => {
                    if let Term::Var(var) = term {
                        binding[*var] = Some(cell);
                    }
                }
            }
        }
        let mut proof = None;
        self.solve(&clause.body, &mut binding, &mut |found| {
            proof = Some(found.clone());
            Search::Stop
        });
        let Some(proof) = proof else { return Vec::new() };
        for literal in &clause.body {
            let Literal::Atom(atom) = literal else { continue };
            if atom.negated {
                continue;
            }
            let places = self.atom_places_unless(atom, &proof, seen);
            if !places.is_empty() {
                return places;
            }
        }
        Vec::new()
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
        let cells: Vec<Option<Cell>> =
            atom.terms.iter().map(|term| self.term(term, binding)).collect();
        let table = self.facts.store.table(atom.relation);
        let rows = self.rows(atom.relation, cells.into_iter());
        let mut places = Vec::new();
        let mut done = BTreeSet::new();
        for row in rows.iter() {
            let row = table.row(row);
            if done.insert(row.clone()) {
                places.extend(self.places_unless(atom.relation, &row, seen));
            }
        }
        places
    }

    fn search(
        &self,
        literals: &[&Literal],
        binding: &mut Binding,
        visit: &mut dyn FnMut(&Binding) -> Search,
    ) -> Search {
        let Some(next) = self.next(literals, binding) else { return visit(binding) };
        let rest: Vec<&Literal> =
            literals.iter().enumerate().filter(|(at, _)| *at != next).map(|(_, l)| *l).collect();
        match literals[next] {
            Literal::Atom(atom) if atom.negated => {
                let cells = atom.terms.iter().map(|term| self.term(term, binding));
                if self.rows(atom.relation, cells).is_empty() {
                    return self.search(&rest, binding, visit);
                }
                Search::Continue
            }
            Literal::Atom(atom) => self.join(atom, &rest, binding, visit),
            Literal::Compare { compare, left, right, .. } => {
                match (self.expr(left, binding), self.expr(right, binding)) {
                    (Some(left), Some(right)) if holds(*compare, left, right) => {
                        self.search(&rest, binding, visit)
                    }
                    _ => Search::Continue,
                }
            }
            Literal::Test(test) => {
                let text = self.term(&test.subject, binding);
                if self.passes(text, test.kind, &test.pattern) != test.negated {
                    return self.search(&rest, binding, visit);
                }
                Search::Continue
            }
            Literal::Let { var, value, .. } => {
                let value = self.expr(value, binding);
                self.search_with(*var, value, &rest, binding, visit)
            }
            Literal::Aggregate(aggregate) => {
                let value = self.aggregate(aggregate, binding);
                self.search_with(aggregate.var, value, &rest, binding, visit)
            }
        }
    }

    fn search_with(
        &self,
        var: VarId,
        value: Option<Cell>,
        rest: &[&Literal],
        binding: &mut Binding,
        visit: &mut dyn FnMut(&Binding) -> Search,
    ) -> Search {
        let (Some(value), before) = (value, binding[var]) else { return Search::Continue };
        if before.is_some_and(|before| before != value) {
            return Search::Continue;
        }
        binding[var] = Some(value);
        let search = self.search(rest, binding, visit);
        binding[var] = before;
        search
    }

    /// A literal that can be judged now: a condition whose variables are bound, or the atom with the
    /// most bound arguments.
    fn next(&self, literals: &[&Literal], binding: &Binding) -> Option<usize> {
        let score = |literal: &Literal| {
            let mut ready = true;
            literal.each_read(&mut |var| ready &= binding[var].is_some());
            match literal {
                Literal::Atom(atom) if !atom.negated => {
                    let bound = |term: &&Term| self.term(term, binding).is_some();
                    1 + atom.terms.iter().filter(bound).count()
                }
                _ if ready => usize::MAX,
                _ => 0,
            }
        };
        let scores = literals.iter().enumerate().map(|(at, literal)| (score(literal), at));
        scores.max_by_key(|(score, at)| (*score, usize::MAX - at)).map(|(_, at)| at)
    }

    fn join(
        &self,
        atom: &Atom,
        rest: &[&Literal],
        binding: &mut Binding,
        visit: &mut dyn FnMut(&Binding) -> Search,
    ) -> Search {
        let table = self.facts.store.table(atom.relation);
        let cells: Vec<Option<Cell>> =
            atom.terms.iter().map(|term| self.term(term, binding)).collect();
        for row in self.rows(atom.relation, cells.into_iter()).iter() {
            let mut bound_here = Vec::new();
            let mut fits = true;
            for (column, term) in atom.terms.iter().enumerate() {
                let Term::Var(var) = term else { continue };
                let cell = table.columns[column].cell(row);
                match binding[*var] {
                    Some(value) => fits &= value == cell,
                    None => {
                        binding[*var] = Some(cell);
                        bound_here.push(*var);
                    }
                }
            }
            let search = if fits { self.search(rest, binding, visit) } else { Search::Continue };
            bound_here.iter().for_each(|&var| binding[var] = None);
            if search == Search::Stop {
                return Search::Stop;
            }
        }
        Search::Continue
    }

    /// The rows whose cells are those given; None stands for any.
    fn rows(&self, relation: RelationId, cells: impl Iterator<Item = Option<Cell>>) -> Rows {
        let mut mask = 0;
        let mut key = Vec::new();
        for (column, cell) in cells.enumerate() {
            if let Some(cell) = cell {
                mask |= 1 << column;
                key.push(cell);
            }
        }
        let index = self.index(relation, mask);
        let bound = bound_columns(self.facts.store.table(relation), mask);
        let cells = |row: u32| bound.iter().map(move |column| column.cell(row as usize));
        let start = index.partition_point(|&row| cells(row).lt(key.iter().copied()));
        let length = index[start..].partition_point(|&row| cells(row).eq(key.iter().copied()));
        Rows { index, found: start..start + length }
    }

    fn index(&self, relation: RelationId, mask: u16) -> Rc<Index> {
        if let Some(index) = self.indices.borrow().get(&(relation, mask)) {
            return Rc::clone(index);
        }
        let table = self.facts.store.table(relation);
        let bound = bound_columns(table, mask);
        let cells = |row: u32| bound.iter().map(move |column| column.cell(row as usize));
        let mut index: Index = (0..u32::try_from(table.rows).unwrap_or(u32::MAX)).collect();
        // Stable, and quick where the rows are in this order already.
        index.sort_by(|&one, &other| cells(one).cmp(cells(other)));
        let index = Rc::new(index);
        self.indices.borrow_mut().insert((relation, mask), Rc::clone(&index));
        index
    }

    fn passes(&self, text: Option<Cell>, kind: TestKind, pattern: &str) -> bool {
        let text = text.and_then(|id| usize::try_from(id).ok());
        text.and_then(|id| self.facts.names.canonical.get(id))
            .is_some_and(|text| kind.passes(text, pattern))
    }

    fn expr(&self, expr: &Expr, binding: &Binding) -> Option<Cell> {
        match expr {
            Expr::Term(term) => self.term(term, binding),
            Expr::Binary(operator, left, right) => {
                let (left, right) = (self.expr(left, binding)?, self.expr(right, binding)?);
                Some(match operator {
                    Operator::Add => left.saturating_add(right),
                    Operator::Subtract => left.saturating_sub(right),
                    Operator::Multiply => left.saturating_mul(right),
                })
            }
        }
    }

    fn aggregate(&self, aggregate: &Aggregate, binding: &Binding) -> Option<Cell> {
        let mut assignments = BTreeSet::new();
        let mut inside = binding.clone();
        self.solve(&aggregate.body, &mut inside, &mut |found| {
            let assignment: Vec<_> = aggregate.inner.iter().map(|&var| found[var]).collect();
            assignments.insert((assignment, self.term(&aggregate.of, found)));
            Search::Continue
        });
        let values = assignments.iter().filter_map(|(_, value)| *value);
        match aggregate.operation {
            Operation::Count => i64::try_from(assignments.len()).ok(),
            Operation::Sum => Some(values.fold(0, i64::saturating_add)),
            Operation::Min => values.min(),
            Operation::Max => values.max(),
        }
    }
}

fn bound_columns(table: &Table, mask: u16) -> Vec<&Column> {
    let is_bound = |column: &usize| mask & (1 << column) != 0;
    (0..table.columns.len()).filter(is_bound).map(|column| &table.columns[column]).collect()
}

fn holds(compare: Compare, left: Cell, right: Cell) -> bool {
    match compare {
        Compare::Equal => left == right,
        Compare::NotEqual => left != right,
        Compare::Less => left < right,
        Compare::LessEqual => left <= right,
        Compare::Greater => left > right,
        Compare::GreaterEqual => left >= right,
    }
}
