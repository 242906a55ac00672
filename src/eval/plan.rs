//! A conjunction → the order in which its literals are judged.
//!
//! Conditions come as soon as what they read is known; of the atoms the one comes next that is
//! expected to have the fewest rows. What is equal keeps the order of the text.

use super::index::hash;
use crate::datalog::ast::{Compare, Operator};
use crate::datalog::program::{
    Aggregate, Atom, Expr, Literal, Operation, Program, RelationId, Role, Term, Test, TestKind,
    VarId,
};
use crate::facts::{Cell, Names, Store, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;

/// What is done one after the other; each operation multiplies or filters the assignments.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) operations: Vec<Op>,
    /// The indices that the operations, those inside aggregates too, refer to by number.
    pub(super) needs: Vec<Need>,
}

/// An index that a plan looks rows up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) relation: RelationId,
    pub(super) columns: Vec<usize>,
}

/// One operation.
#[derive(Debug)]
pub(super) enum Op {
    /// Goes on with each row that fits.
    Rows(Lookup),
    /// Goes on where no row fits.
    Absent(Lookup),
    /// Goes on where the comparison holds.
    Compare { compare: Compare, left: Value, right: Value },
    /// Goes on where the text passes.
    Test { subject: Slot, kind: TestKind, pattern: String, negated: bool },
    /// Binds a variable.
    Let { var: VarId, value: Value },
    /// Binds a variable to what an aggregate amounts to.
    Fold(Fold),
}

/// Rows of a relation.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) relation: RelationId,
    /// Which rows.
    pub(super) part: Part,
    /// The index into [`Plan::needs`] and what its columns must hold; None: all rows are tried.
    pub(super) index: Option<(usize, Vec<Slot>)>,
    /// Variables that a row binds.
    pub(super) binds: Vec<(usize, VarId)>,
    /// What other columns must hold.
    pub(super) checks: Vec<(usize, Slot)>,
}

/// Which rows of a growing relation are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Those known when the round began.
    All,
    /// Those that the round before brought.
    New,
    /// Those that were known before that.
    Old,
}

/// A value that is known when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Var(VarId),
    Cell(Cell),
}

/// A slot, or arithmetic over slots.
#[derive(Debug)]
pub(super) enum Value {
    Slot(Slot),
    Binary(Operator, Box<Value>, Box<Value>),
}

/// An aggregate.
#[derive(Debug)]
pub(super) struct Fold {
    pub(super) var: VarId,
    pub(super) operation: Operation,
    /// What is summed or compared; None for a count.
    pub(super) of: Option<Slot>,
    pub(super) operations: Vec<Op>,
    pub(super) outer: Vec<VarId>,
    pub(super) inner: Vec<VarId>,
    /// Whether no two ways through `operations` give the same assignment.
    pub(super) distinct: bool,
    /// Results by the values of `outer`.
    pub(super) known: RefCell<FxHashMap<Vec<Cell>, Option<Cell>>>,
}

/// Makes plans from what is known of the tables.
pub(super) struct Planner<'a> {
    pub(super) program: &'a Program,
    pub(super) names: &'a Names,
    pub(super) store: &'a Store,
}

/// A literal and, for an atom of a growing relation, the rows that it stands for.
pub(super) type Given<'l> = (&'l Literal, Part);

impl Planner<'_> {
    /// A plan for `body` where the variables in `bound` are known. With `first` that literal is joined
    /// first.
    pub(super) fn plan(&self, body: &[Given], bound: &[bool], first: Option<usize>) -> Plan {
        let mut planning = Planning { planner: self, needs: Vec::new() };
        let operations = planning.operations(body, bound.to_vec(), first);
        Plan { operations, needs: planning.needs }
    }

    fn cell(&self, term: &Term) -> Option<Slot> {
        match term {
            Term::Any => None,
            Term::Var(var) => Some(Slot::Var(*var)),
            Term::Constant(constant) => Some(Slot::Cell(self.names.id(self.program, constant))),
            Term::Param(param) => Some(Slot::Cell(self.program.params[*param].value)),
        }
    }

    /// How many rows an atom is expected to have for each assignment so far.
    fn fan_out(&self, atom: &Atom, bound: &[bool]) -> f64 {
        let columns = known_columns(atom, bound);
        if columns.first() == Some(&0)
            && matches!(self.program.relations[atom.relation].role, Role::Key { .. })
        {
            return 1.0;
        }
        fan_out(self.store.table(atom.relation), &columns)
    }
}

fn is_known(term: &Term, bound: &[bool]) -> bool {
    match term {
        Term::Any => false,
        Term::Var(var) => bound[*var],
        Term::Constant(_) | Term::Param(_) => true,
    }
}

fn known_columns(atom: &Atom, bound: &[bool]) -> Vec<usize> {
    (0..atom.terms.len()).filter(|&column| is_known(&atom.terms[column], bound)).collect()
}

/// So many rows tell how a table's values are spread.
const SAMPLE: usize = 256;

/// How many rows have the same cells in `columns`, on average, judged by a sample.
pub(super) fn fan_out(table: &Table, columns: &[usize]) -> f64 {
    let rows = table.rows as f64;
    if columns.is_empty() || table.rows == 0 {
        return rows;
    }
    if columns.len() == table.columns.len() {
        return 0.5;
    }
    let sample = table.rows.min(SAMPLE);
    let stride = table.rows / sample;
    let seen: FxHashSet<u64> = (0..sample)
        .map(|at| hash(columns.iter().map(|&column| table.columns[column].cell(at * stride))))
        .collect();
    let distinct = seen.len() as f64;
    // Where most of a sample differs, so does most of the table; else the sample has seen all values.
    let share = distinct / sample as f64;
    if share > 0.7 { 1.0 / share } else { rows / distinct }
}

struct Planning<'p, 'a> {
    planner: &'p Planner<'a>,
    needs: Vec<Need>,
}

impl Planning<'_, '_> {
    fn operations(
        &mut self,
        body: &[Given],
        mut bound: Vec<bool>,
        first: Option<usize>,
    ) -> Vec<Op> {
        let mut left: Vec<Given> = body.to_vec();
        let mut operations = Vec::new();
        if let Some(first) = first {
            operations.extend(self.take(left.remove(first), &mut bound));
        }
        while !left.is_empty() {
            let cost = |(literal, _): &Given| self.cost(literal, &left, &bound);
            let costs: Vec<f64> = left.iter().map(cost).collect();
            let best = (0..left.len()).min_by(|&one, &other| costs[one].total_cmp(&costs[other]));
            operations.extend(self.take(left.remove(best.unwrap_or(0)), &mut bound));
        }
        operations
    }

    /// How late a literal should come; infinite: not yet.
    fn cost(&self, literal: &Literal, left: &[Given], bound: &[bool]) -> f64 {
        let ready = {
            let mut ready = true;
            literal.each_read(&mut |var| ready &= bound[var]);
            ready
        };
        match literal {
            Literal::Atom(atom) if !atom.negated => self.planner.fan_out(atom, bound),
            Literal::Compare { .. } if !ready => match self.equates(literal, left, bound) {
                Some(_) => -1.0,
                None => f64::INFINITY,
            },
            _ if !ready => f64::INFINITY,
            Literal::Aggregate(_) => 1.5,
            Literal::Atom(_) => -1.0,
            _ => -2.0,
        }
    }

    /// `(p.version == q.version)` where one side is known: the other one, which an atom binds later, is
    /// known then too.
    fn equates(&self, literal: &Literal, left: &[Given], bound: &[bool]) -> Option<(VarId, Slot)> {
        let Literal::Compare {
            compare: Compare::Equal,
            left: Expr::Term(one),
            right: Expr::Term(other),
            ..
        } = literal
        else {
            return None;
        };
        let in_atom = |var: VarId| {
            left.iter().any(|(literal, _)| match literal {
                Literal::Atom(atom) => !atom.negated && atom.terms.contains(&Term::Var(var)),
                _ => false,
            })
        };
        for (known, open) in [(one, other), (other, one)] {
            if let Term::Var(var) = open
                && !bound[*var]
                && is_known(known, bound)
                && in_atom(*var)
            {
                return Some((*var, self.planner.cell(known)?));
            }
        }
        None
    }

    fn take(&mut self, (literal, part): Given, bound: &mut [bool]) -> Option<Op> {
        match literal {
            Literal::Atom(atom) => {
                let lookup = self.lookup(atom, part, bound);
                Some(if atom.negated { Op::Absent(lookup) } else { Op::Rows(lookup) })
            }
            Literal::Compare { compare, left, right, .. } => {
                // One side that is not known equals the other one, else it would not be the turn of this.
                match (Value::of(self.planner, left)?, Value::of(self.planner, right)?) {
                    (Value::Slot(Slot::Var(var)), value) | (value, Value::Slot(Slot::Var(var)))
                        if !bound[var] =>
                    {
                        bound[var] = true;
                        Some(Op::Let { var, value })
                    }
                    (left, right) => Some(Op::Compare { compare: *compare, left, right }),
                }
            }
            Literal::Test(Test { subject, kind, pattern, negated, .. }) => Some(Op::Test {
                subject: self.planner.cell(subject)?,
                kind: *kind,
                pattern: pattern.clone(),
                negated: *negated,
            }),
            Literal::Let { var, value, .. } => {
                let value = Value::of(self.planner, value)?;
                Some(self.bind(*var, value, bound))
            }
            Literal::Aggregate(aggregate) => {
                let fold = self.fold(aggregate, bound);
                bound[aggregate.var] = true;
                Some(Op::Fold(fold))
            }
        }
    }

    /// A variable that is known already is compared.
    fn bind(&self, var: VarId, value: Value, bound: &mut [bool]) -> Op {
        if bound[var] {
            let left = Value::Slot(Slot::Var(var));
            return Op::Compare { compare: Compare::Equal, left, right: value };
        }
        bound[var] = true;
        Op::Let { var, value }
    }

    fn lookup(&mut self, atom: &Atom, part: Part, bound: &mut [bool]) -> Lookup {
        let program = self.planner.program;
        let known = known_columns(atom, bound);
        let is_key = matches!(program.relations[atom.relation].role, Role::Key { .. });
        let columns = match part {
            // The new rows are few and come one after the other.
            Part::New => Vec::new(),
            _ if is_key && known.first() == Some(&0) => vec![0],
            _ => known.clone(),
        };
        let slot = |column: usize| self.planner.cell(&atom.terms[column]);
        let key: Vec<Slot> = columns.iter().filter_map(|&column| slot(column)).collect();
        let mut checks: Vec<(usize, Slot)> = known
            .iter()
            .filter(|column| !columns.contains(column))
            .filter_map(|&column| Some((column, slot(column)?)))
            .collect();
        let mut binds = Vec::new();
        for (column, term) in atom.terms.iter().enumerate() {
            let Term::Var(var) = *term else { continue };
            if known.contains(&column) {
                continue;
            }
            if bound[var] {
                checks.push((column, Slot::Var(var)));
            } else if !atom.negated {
                bound[var] = true;
                binds.push((column, var));
            }
        }
        let index = (!columns.is_empty()).then(|| (self.need(atom.relation, columns), key));
        Lookup { relation: atom.relation, part, index, binds, checks }
    }

    fn need(&mut self, relation: RelationId, columns: Vec<usize>) -> usize {
        let need = Need { relation, columns };
        let found = self.needs.iter().position(|other| *other == need);
        found.unwrap_or_else(|| {
            self.needs.push(need);
            self.needs.len() - 1
        })
    }

    fn fold(&mut self, aggregate: &Aggregate, bound: &[bool]) -> Fold {
        let body: Vec<Given> = aggregate.body.iter().map(|literal| (literal, Part::All)).collect();
        let operations = self.operations(&body, bound.to_vec(), None);
        Fold {
            var: aggregate.var,
            operation: aggregate.operation,
            of: self.planner.cell(&aggregate.of),
            operations,
            outer: aggregate.outer.clone(),
            inner: aggregate.inner.clone(),
            distinct: self.is_distinct(&aggregate.body),
            known: RefCell::default(),
        }
    }

    /// Different rows of relations without repetitions, all of whose columns are named, are different
    /// assignments.
    fn is_distinct(&self, body: &[Literal]) -> bool {
        let relations = &self.planner.program.relations;
        body.iter().all(|literal| match literal {
            Literal::Atom(atom) if !atom.negated => {
                let role = &relations[atom.relation].role;
                let repeats = matches!(role, Role::Input(_) | Role::Unresolved);
                !repeats && !atom.terms.contains(&Term::Any)
            }
            _ => true,
        })
    }
}

impl Value {
    fn of(planner: &Planner, expr: &Expr) -> Option<Self> {
        Some(match expr {
            Expr::Term(term) => Value::Slot(planner.cell(term)?),
            Expr::Binary(operator, left, right) => Value::Binary(
                *operator,
                Box::new(Value::of(planner, left)?),
                Box::new(Value::of(planner, right)?),
            ),
        })
    }
}
