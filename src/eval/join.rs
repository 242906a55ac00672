//! A plan and tables → assignments, one after the other.

use super::index::{Index, NONE};
use super::limits::Meter;
use super::plan::{Fold, Lookup, Op, Part, Slot, Value};
use super::solver::Binding;
use crate::datalog::ast::{Compare, Operator};
use crate::datalog::program::{Operation, RelationId, TestKind, VarId};
use crate::facts::{Cell, Names, Store, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::rc::Rc;

/// Whether a search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// To the next assignment.
    Continue,
    /// Enough was found.
    Stop,
}

/// What plans run over.
pub(super) struct Join<'r> {
    pub(super) store: &'r Store,
    pub(super) names: &'r Names,
    /// For each need of the plan its index.
    pub(super) indices: &'r [Rc<Index>],
    /// For relations that grow, the rows that the last round brought.
    pub(super) new: &'r FxHashMap<RelationId, Range<usize>>,
    pub(super) meter: &'r Meter,
}

impl Join<'_> {
    /// Calls `visit` with each assignment that extends `binding` and satisfies all `operations`.
    pub(super) fn each(
        &self,
        operations: &[Op],
        binding: &mut Binding,
        visit: &mut dyn FnMut(&Binding) -> Search,
    ) -> Search {
        let mut cursors = vec![Cursor::default(); operations.len()];
        let mut key = Vec::new();
        let mut at = 0;
        let mut entering = true;
        loop {
            if !self.meter.step() {
                return Search::Stop;
            }
            let goes_on = match operations.get(at) {
                None if visit(binding) == Search::Stop => return Search::Stop,
                None => false,
                Some(Op::Rows(lookup)) => {
                    if entering {
                        cursors[at] = self.start(lookup, binding, &mut key);
                    }
                    self.advance(lookup, &mut cursors[at], binding)
                }
                Some(condition) => entering && self.judge(condition, binding, &mut key),
            };
            entering = goes_on;
            if goes_on {
                at += 1;
            } else if at == 0 {
                return Search::Continue;
            } else {
                at -= 1;
            }
        }
    }

    /// Whether a condition holds; what it binds is bound then.
    fn judge(&self, condition: &Op, binding: &mut Binding, key: &mut Vec<Cell>) -> bool {
        match condition {
            Op::Rows(_) => false,
            Op::Absent(lookup) => {
                let mut cursor = self.start(lookup, binding, key);
                !self.advance(lookup, &mut cursor, binding)
            }
            Op::Compare { compare, left, right } => {
                holds(*compare, value(left, binding), value(right, binding))
            }
            Op::Test { subject, kind, pattern, negated } => {
                self.passes(slot(*subject, binding), *kind, pattern) != *negated
            }
            Op::Let { var, value: of } => {
                binding[*var] = Some(value(of, binding));
                true
            }
            Op::Fold(fold) => {
                let result = self.fold(fold, binding);
                binding[fold.var] = result;
                result.is_some()
            }
        }
    }

    fn range(&self, lookup: &Lookup) -> Range<usize> {
        let rows = self.store.rows(lookup.relation);
        match (self.new.get(&lookup.relation), lookup.part) {
            (None, _) => 0..rows,
            (Some(new), Part::All) => 0..new.end,
            (Some(new), Part::New) => new.clone(),
            (Some(new), Part::Old) => 0..new.start,
        }
    }

    fn start(&self, lookup: &Lookup, binding: &Binding, key: &mut Vec<Cell>) -> Cursor {
        let range = self.range(lookup);
        let row = |row: usize| u32::try_from(row).unwrap_or(NONE);
        let (start, end) = (row(range.start), row(range.end));
        match &lookup.index {
            None => Cursor { next: start, end },
            Some((index, slots)) => {
                key.clear();
                key.extend(slots.iter().map(|&of| slot(of, binding)));
                let table = self.store.table(lookup.relation);
                Cursor { next: self.indices[*index].first(table, key), end }
            }
        }
    }

    /// Binds the next row that fits; whether there is one.
    fn advance(&self, lookup: &Lookup, cursor: &mut Cursor, binding: &mut Binding) -> bool {
        let table = self.store.table(lookup.relation);
        loop {
            // Chains ascend: the first row beyond the end ends them.
            if cursor.next >= cursor.end || !self.meter.step() {
                return false;
            }
            let row = cursor.next;
            cursor.next = match &lookup.index {
                None => row + 1,
                Some((index, _)) => self.indices[*index].next(table, row),
            };
            if fits(table, row as usize, lookup, binding) {
                return true;
            }
        }
    }

    fn passes(&self, text: Cell, kind: TestKind, pattern: &str) -> bool {
        let text = usize::try_from(text).ok().and_then(|id| self.names.canonical.get(id));
        text.is_some_and(|text| kind.passes(text, pattern))
    }

    fn fold(&self, fold: &Fold, binding: &Binding) -> Option<Cell> {
        let key: Vec<Cell> = fold.outer.iter().filter_map(|&var| binding[var]).collect();
        if let Some(&known) = fold.known.borrow().get(&key) {
            return known;
        }
        let mut total = Total::new(fold.operation);
        let mut seen: FxHashSet<(Vec<Cell>, Cell)> = FxHashSet::default();
        let mut inside = binding.clone();
        self.each(&fold.operations, &mut inside, &mut |found| {
            let value = fold.of.map_or(0, |of| slot(of, found));
            if fold.distinct || seen.insert((cells(&fold.inner, found), value)) {
                total.add(value);
            }
            Search::Continue
        });
        let result = total.result();
        fold.known.borrow_mut().insert(key, result);
        result
    }
}

/// Where a walk through rows is.
#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    next: u32,
    end: u32,
}

fn cells(vars: &[VarId], binding: &Binding) -> Vec<Cell> {
    vars.iter().filter_map(|&var| binding[var]).collect()
}

#[inline]
fn fits(table: &Table, row: usize, lookup: &Lookup, binding: &mut Binding) -> bool {
    for &(column, var) in &lookup.binds {
        binding[var] = Some(table.columns[column].cell(row));
    }
    lookup.checks.iter().all(|&(column, of)| table.columns[column].cell(row) == slot(of, binding))
}

/// A plan reads only what it has bound; a variable that nothing binds would equal nothing.
#[inline]
fn slot(slot: Slot, binding: &Binding) -> Cell {
    match slot {
        Slot::Cell(cell) => cell,
        Slot::Var(var) => binding[var].unwrap_or(Cell::MIN),
    }
}

fn value(of: &Value, binding: &Binding) -> Cell {
    match of {
        Value::Slot(of) => slot(*of, binding),
        Value::Binary(operator, left, right) => {
            operate(*operator, value(left, binding), value(right, binding))
        }
    }
}

/// Arithmetic of 64 bits that stays at its ends instead of going beyond.
pub(super) fn operate(operator: Operator, left: Cell, right: Cell) -> Cell {
    match operator {
        Operator::Add => left.saturating_add(right),
        Operator::Subtract => left.saturating_sub(right),
        Operator::Multiply => left.saturating_mul(right),
    }
}

pub(super) fn holds(compare: Compare, left: Cell, right: Cell) -> bool {
    match compare {
        Compare::Equal => left == right,
        Compare::NotEqual => left != right,
        Compare::Less => left < right,
        Compare::LessEqual => left <= right,
        Compare::Greater => left > right,
        Compare::GreaterEqual => left >= right,
    }
}

/// An aggregate under way.
struct Total {
    operation: Operation,
    count: i64,
    /// Of 128 bits: a sum saturates at its end, so that the order of its terms does not matter.
    value: Option<i128>,
}

impl Total {
    fn new(operation: Operation) -> Self {
        let value = (operation == Operation::Sum).then_some(0);
        Self { operation, count: 0, value }
    }

    fn add(&mut self, value: Cell) {
        self.count += 1;
        let value = i128::from(value);
        let before = self.value.unwrap_or(value);
        self.value = Some(match self.operation {
            Operation::Count | Operation::Max => before.max(value),
            Operation::Min => before.min(value),
            Operation::Sum => before + value,
        });
    }

    fn result(&self) -> Option<Cell> {
        match self.operation {
            Operation::Count => Some(self.count),
            _ => self.value.map(saturated),
        }
    }
}

/// The nearest number of 64 bits.
pub fn saturated(number: i128) -> Cell {
    number.clamp(Cell::MIN.into(), Cell::MAX.into()) as Cell
}
