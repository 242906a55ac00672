//! Facts → derived relations, from the bottom up, component by component: in a component whose
//! relations read each other, each round joins only what the round before brought.

use super::index::{Index, hash};
use super::join::{Join, Search};
use super::limits::{Limit, Limits, Meter};
use super::plan::{Given, Part, Plan, Planner};
use crate::datalog::program::{Clause, Kind, Literal, Program, RelationId, Term};
use crate::facts::{Cell, Facts, Names, Store, Table};
use crate::source::Problem;
use hashbrown::HashTable;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::ops::Range;
use std::rc::Rc;

/// Derives those relations of `program` that are `wanted`, each sorted and without repetitions. What
/// they read must be wanted too or be complete in `facts`.
///
/// # Errors
/// A limit was reached: the problem names the rule, and is placed at it in the rules' sources. The
/// tables of `facts` are then of no use.
pub fn derive(
    program: &Program,
    wanted: &BTreeSet<RelationId>,
    facts: &mut Facts,
    limits: &Limits,
) -> Result<(), Problem> {
    let components = components(program, wanted);
    if components.is_empty() {
        return Ok(());
    }
    let store = mem::take(&mut facts.store);
    let mut deriving = Deriving::new(program, &facts.names, store, *limits);
    let mut result = Ok(());
    for component in components {
        result = deriving.component(&component, &mut |_, _| {});
        if result.is_err() {
            break;
        }
        component.iter().for_each(|&relation| deriving.sort(relation));
    }
    facts.store = deriving.store;
    result
}

/// For the rows of relations that read each other, in which round each was first derived.
#[derive(Clone, Debug, Default)]
pub struct Rounds {
    of: FxHashMap<(RelationId, Vec<Cell>), usize>,
}

impl Rounds {
    /// The round that brought `row`; None for what is no row of these relations.
    pub fn of(&self, relation: RelationId, row: &[Cell]) -> Option<usize> {
        self.of.get(&(relation, row.to_vec())).copied()
    }
}

/// The rounds of the relations that `relation` reads and that read it, itself among them. All that they
/// read must be complete. Empty where `relation` does not depend on itself.
pub fn rounds(program: &Program, relation: RelationId, facts: &Facts) -> Rounds {
    let own: Vec<RelationId> = (0..program.relations.len())
        .filter(|&other| program.strata[other] == program.strata[relation])
        .collect();
    let mut rounds = Rounds::default();
    let mut clauses = own.iter().flat_map(|&relation| program.clauses.of(relation));
    if clauses.all(|clause| recursive_atoms(clause, &own).is_empty()) {
        return rounds;
    }
    let store = facts.store.clone();
    let mut deriving = Deriving::new(program, &facts.names, store, Limits::default());
    let mut known: FxHashMap<RelationId, usize> = FxHashMap::default();
    // What was derived within the limits is derived within them again.
    let _ = deriving.component(&own, &mut |store, round| {
        for &relation in &own {
            let table = store.table(relation);
            for row in known.insert(relation, table.rows).unwrap_or(0)..table.rows {
                rounds.of.entry((relation, table.row(row))).or_insert(round);
            }
        }
    });
    rounds
}

/// The derived relations that are wanted, those together that read each other, each after what it
/// reads.
fn components(program: &Program, wanted: &BTreeSet<RelationId>) -> Vec<Vec<RelationId>> {
    let mut members: BTreeMap<usize, Vec<RelationId>> = BTreeMap::new();
    for &relation in wanted {
        if program.relations.get(relation).is_some_and(|relation| relation.role.is_derived()) {
            members.entry(program.strata[relation]).or_default().push(relation);
        }
    }
    members.into_values().collect()
}

/// All columns of a derived relation: the index that tells whether a row is there already.
type Columns = Vec<usize>;

struct Deriving<'p> {
    program: &'p Program,
    names: &'p Names,
    store: Store,
    indices: FxHashMap<RelationId, BTreeMap<Columns, Rc<Index>>>,
    /// For relations of the component that is derived, the rows that the last round brought.
    new: FxHashMap<RelationId, Range<usize>>,
    meter: Meter,
    rows: u64,
    /// Those of the tables of derived relations and of all indices.
    bytes: usize,
}

impl<'p> Deriving<'p> {
    fn new(program: &'p Program, names: &'p Names, store: Store, limits: Limits) -> Self {
        let relations = program.relations.iter().enumerate();
        let derived = relations.filter(|(_, relation)| relation.role.is_derived());
        let bytes = derived.map(|(relation, _)| store.table(relation).bytes()).sum();
        Self {
            program,
            names,
            store,
            indices: FxHashMap::default(),
            new: FxHashMap::default(),
            meter: Meter::new(limits),
            rows: 0,
            bytes,
        }
    }

    /// Replaces the table of a derived relation; the indices of its rows are of no more use.
    fn put_table(&mut self, relation: RelationId, table: Table) {
        self.bytes -= self.bytes_of(relation);
        self.store.put_table(relation, table);
        self.indices.remove(&relation);
        self.bytes += self.bytes_of(relation);
    }

    /// The bytes of a derived relation's table and of its indices.
    fn bytes_of(&self, relation: RelationId) -> usize {
        let indices = self.indices.get(&relation).into_iter().flat_map(BTreeMap::values);
        let indices: usize = indices.map(|index| index.bytes()).sum();
        indices + self.store.table(relation).bytes()
    }

    /// Derives the relations of a component anew; `after` is called with each round's tables.
    fn component(
        &mut self,
        component: &[RelationId],
        after: &mut dyn FnMut(&Store, usize),
    ) -> Result<(), Problem> {
        for &relation in component {
            let kinds = self.program.relations[relation].columns.iter().map(|column| column.kind);
            self.put_table(relation, Table::new(kinds));
        }
        let program = self.program;
        let clauses = component.iter().flat_map(|&relation| program.clauses.of(relation));
        let (recursive, plain): (Vec<&Clause>, Vec<&Clause>) =
            clauses.partition(|clause| !recursive_atoms(clause, component).is_empty());
        for clause in plain {
            self.apply(clause, None, &mut None)?;
        }
        after(&self.store, 0);
        if !recursive.is_empty() {
            self.rounds(&recursive, component, after)?;
        }
        Ok(())
    }

    fn rounds(
        &mut self,
        clauses: &[&'p Clause],
        component: &[RelationId],
        after: &mut dyn FnMut(&Store, usize),
    ) -> Result<(), Problem> {
        let variants: Vec<(&Clause, usize)> = clauses
            .iter()
            .flat_map(|&clause| {
                recursive_atoms(clause, component).into_iter().map(move |at| (clause, at))
            })
            .collect();
        let mut plans: Vec<Option<Plan>> = variants.iter().map(|_| None).collect();
        for round in 1.. {
            for &relation in component {
                let from = self.new.get(&relation).map_or(0, |new| new.end);
                self.new.insert(relation, from..self.store.rows(relation));
            }
            if component.iter().all(|relation| self.new[relation].is_empty()) {
                break;
            }
            for (&(clause, at), plan) in variants.iter().zip(&mut plans) {
                let Literal::Atom(atom) = &clause.body[at] else { continue };
                if !self.new[&atom.relation].is_empty() {
                    self.apply(clause, Some(at), plan)?;
                }
            }
            after(&self.store, round);
        }
        self.new.clear();
        Ok(())
    }

    /// Appends what a rule derives; with `new` that atom takes its rows from the last round.
    fn apply(
        &mut self,
        clause: &'p Clause,
        new: Option<usize>,
        plan: &mut Option<Plan>,
    ) -> Result<(), Problem> {
        if self.is_idle(clause) {
            return Ok(());
        }
        let plan = plan.get_or_insert_with(|| self.plan(clause, new));
        let indices: Vec<Rc<Index>> =
            plan.needs.iter().map(|need| self.index(need.relation, &need.columns)).collect();
        let all: Columns = (0..clause.terms.len()).collect();
        let known = self.index(clause.head, &all);
        let mut found = Found::new(&self.program.relations[clause.head].columns);
        let terms: Vec<Head> = clause.terms.iter().map(|term| self.head(term)).collect();
        let room = self.meter.limits.rows.saturating_sub(self.rows);
        let table = self.store.table(clause.head);
        let join = Join {
            store: &self.store,
            names: self.names,
            indices: &indices,
            new: &self.new,
            meter: &self.meter,
        };
        let mut row = Vec::new();
        let mut binding = vec![None; clause.vars.len()];
        join.each(&plan.operations, &mut binding, &mut |binding| {
            row.clear();
            row.extend(terms.iter().map(|term| term.cell(binding)));
            if known.first(table, &row) == super::index::NONE && found.add(&row) > room {
                self.meter.reach(Limit::Rows);
            }
            Search::Continue
        });
        drop((indices, known));
        self.rows += found.table.rows as u64;
        self.append(clause.head, &found.table);
        self.check_limits(clause)
    }

    /// Whether a rule can't derive anything, since one of its atoms has no rows: most rules in a small topology.
    fn is_idle(&self, clause: &Clause) -> bool {
        clause.body.iter().any(|literal| match literal {
            Literal::Atom(atom) => !atom.negated && self.store.rows(atom.relation) == 0,
            _ => false,
        })
    }

    fn head(&self, term: &Term) -> Head {
        match term {
            Term::Var(var) => Head::Var(*var),
            Term::Constant(constant) => Head::Cell(self.names.id(self.program, constant)),
            Term::Param(param) => Head::Cell(self.program.params[*param].value),
            // The check refuses `_` in a head.
            Term::Any => Head::Cell(0),
        }
    }

    /// The rows that each atom stands for, with `new` that one for those of the last round. Relations that do
    /// not grow have no rounds.
    fn plan(&self, clause: &Clause, new: Option<usize>) -> Plan {
        let part = |at: usize| match new.map(|new| at.cmp(&new)) {
            Some(Ordering::Equal) => Part::New,
            Some(Ordering::Greater) => Part::Old,
            Some(Ordering::Less) | None => Part::All,
        };
        let body: Vec<Given> =
            clause.body.iter().enumerate().map(|(at, literal)| (literal, part(at))).collect();
        let planner = Planner { program: self.program, names: self.names, store: &self.store };
        planner.plan(&body, &vec![false; clause.vars.len()], new)
    }

    fn index(&mut self, relation: RelationId, columns: &[usize]) -> Rc<Index> {
        let table = self.store.table(relation);
        let kinds = &self.program.relations[relation].columns;
        let index = self.indices.entry(relation).or_default().entry(columns.to_vec());
        let ids = || match columns {
            [column] => ids(self.program, self.names, kinds[*column].kind),
            _ => None,
        };
        Rc::clone(index.or_insert_with(|| {
            let index = Index::of(table, columns, ids());
            self.bytes += index.bytes();
            Rc::new(index)
        }))
    }

    fn append(&mut self, relation: RelationId, rows: &Table) {
        if rows.rows == 0 {
            return;
        }
        self.bytes -= self.bytes_of(relation);
        self.store.table_mut(relation).append(rows);
        let table = self.store.table(relation);
        for index in self.indices.entry(relation).or_default().values_mut() {
            Rc::make_mut(index).extend(table);
        }
        self.bytes += self.bytes_of(relation);
    }

    fn check_limits(&mut self, clause: &Clause) -> Result<(), Problem> {
        if self.bytes as u64 > self.meter.limits.bytes {
            self.meter.reach(Limit::Bytes);
        }
        match self.meter.reached() {
            None => Ok(()),
            Some(limit) => Err(self.exceeded(clause, limit)),
        }
    }

    fn exceeded(&self, clause: &Clause, limit: Limit) -> Problem {
        let name = &self.program.relations[clause.head].name;
        let most = self.meter.limits.describe(limit);
        Problem::error("limit-reached", format!("limit reached in rule `{name}`: {most}"))
            .at(clause.span, "")
            .help(format!(
                "join its atoms by common variables, or raise the limit with `--limit {}=..`",
                limit.name()
            ))
    }

    /// What is complete is sorted.
    fn sort(&mut self, relation: RelationId) {
        let sorted = self.store.table(relation).sorted();
        self.put_table(relation, sorted);
    }
}

/// Positions of the positive atoms of a rule whose relations are in its own component.
fn recursive_atoms(clause: &Clause, component: &[RelationId]) -> Vec<usize> {
    let is_recursive = |literal: &Literal| match literal {
        Literal::Atom(atom) => !atom.negated && component.contains(&atom.relation),
        _ => false,
    };
    (0..clause.body.len()).filter(|&at| is_recursive(&clause.body[at])).collect()
}

/// How many ids a column may hold, where that is known and its values are ids.
pub(super) fn ids(program: &Program, names: &Names, kind: Kind) -> Option<usize> {
    match kind {
        Kind::Entity | Kind::Of(_) => Some(names.entities.len()),
        Kind::Text => Some(names.canonical.len()),
        Kind::Enum(id) => Some(program.enums[id].values.len()),
        Kind::Bool => Some(2),
        Kind::Int | Kind::Unit(_) => None,
    }
}

/// An argument of a head.
enum Head {
    Var(usize),
    Cell(Cell),
}

impl Head {
    fn cell(&self, binding: &[Option<Cell>]) -> Cell {
        match self {
            Head::Cell(cell) => *cell,
            // The check sees to it that a body binds what its head names.
            Head::Var(var) => binding[*var].unwrap_or(Cell::MIN),
        }
    }
}

/// Rows that a rule has derived and that its relation does not have yet, each once.
struct Found {
    table: Table,
    rows: HashTable<u32>,
}

impl Found {
    fn new(columns: &[crate::datalog::program::Column]) -> Self {
        let table = Table::new(columns.iter().map(|column| column.kind));
        Self { table, rows: HashTable::new() }
    }

    /// How many rows there are now.
    fn add(&mut self, row: &[Cell]) -> u64 {
        let Self { table, rows } = self;
        let hash_of = hash(row.iter().copied());
        let cells = |at: u32| table.columns.iter().map(move |column| column.cell(at as usize));
        if rows.find(hash_of, |&at| cells(at).eq(row.iter().copied())).is_none() {
            let at = u32::try_from(table.rows).unwrap_or(u32::MAX);
            rows.insert_unique(hash_of, at, |&at| hash(cells(at)));
            table.push(row);
        }
        table.rows as u64
    }
}
