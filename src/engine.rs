//! Facts → tuples: the shipped rules as compiled by crepe, or any rules interpreted.

use crate::datalog::lower::{Lowered, Origin};
use crate::datalog::program::{Operation, Program, RelationId, TestKind};
use crate::eval::{self, Limits};
use crate::facts::{Cell, Facts, NO_ID, Names, Store, Table};
use crate::rules::{Plan, Rules};
use crate::source::{Problem, Sources};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher};

mod reader;

pub use reader::{Indices, Reader};

#[cfg(feature = "compiled")]
mod compiled {
    use super::{Hashing, Indices, Lowered, Reader, fold, in_order, project};
    use crate::facts::{Column, Store};

    include!(concat!(env!("OUT_DIR"), "/compiled.rs"));
}

/// How the compiled rules hash their rows: as Fx does, but every table with a multiplier of its own.
///
/// crepe fills one table in the order in which it walks another. Were both to hash alike, rows would come
/// in the order of their places in the new, still small table, and pile up: the time would grow faster
/// than the number of rows.
#[derive(Clone, Copy)]
pub struct Hashing {
    multiplier: u64,
}

impl Default for Hashing {
    fn default() -> Self {
        thread_local! {
            static TABLES: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
        }
        let table = TABLES.replace(TABLES.get().wrapping_add(1));
        // The multiplier of rustc-hash, times an odd number: odd again, so no two rows collide for it.
        Self { multiplier: 0xf135_7aea_2e62_a9c5u64.wrapping_mul(2 * (table % 4096) + 1) }
    }
}

impl BuildHasher for Hashing {
    type Hasher = RowHasher;

    fn build_hasher(&self) -> RowHasher {
        RowHasher { multiplier: self.multiplier, hash: 0 }
    }
}

/// Hashes the columns of one row.
pub struct RowHasher {
    multiplier: u64,
    hash: u64,
}

impl Hasher for RowHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn write_u32(&mut self, id: u32) {
        self.write_u64(u64::from(id));
    }

    fn write_u64(&mut self, word: u64) {
        self.hash = (self.hash.rotate_left(23) ^ word).wrapping_mul(self.multiplier);
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn finish(&self) -> u64 {
        // The table reads the lowest and the highest bits; the middle ones are mixed best.
        self.hash.rotate_left(26)
    }
}

/// Derives the relations of a plan, each sorted and without repetitions, and puts them into the store of
/// `facts`, which holds the facts of that plan: the shipped rules as compiled, then custom rules
/// interpreted. Without the feature `compiled` all rules are interpreted.
///
/// # Errors
/// A limit was reached in a rule that is interpreted; the message says where the rule stands.
pub fn derive(
    rules: &Rules,
    plan: &Plan,
    facts: &mut Facts,
    limits: &Limits,
) -> Result<(), Problem> {
    let program = &rules.set.program;
    for (id, relation) in program.relations.iter().enumerate() {
        if facts.store.table(id).columns.len() != relation.columns.len() {
            let kinds = relation.columns.iter().map(|column| column.kind);
            facts.store.put_table(id, Table::new(kinds));
        }
    }
    run_shipped(rules, &plan.steps, facts);
    let interpreted = if cfg!(feature = "compiled") { rules.shipped } else { 0 };
    let wanted = plan.relations.iter().copied().filter(|&id| id >= interpreted).collect();
    eval::derive(program, &wanted, facts, limits)
        .map_err(|problem| without_place(problem, &rules.set.sources))
}

/// Derives again what depends on the facts of `changed`, which were replaced after [`derive()`].
///
/// # Errors
/// As [`derive()`].
pub fn derive_again(
    rules: &Rules,
    plan: &Plan,
    changed: &BTreeSet<RelationId>,
    facts: &mut Facts,
    limits: &Limits,
) -> Result<(), Problem> {
    let after = rules.lowered.steps_after(changed);
    let steps = plan.steps.iter().zip(after).map(|(wanted, after)| *wanted && after).collect();
    derive(rules, &Plan { steps, relations: plan.relations.clone() }, facts, limits)
}

/// A problem of a rule, told in the report of a topology: that has other files.
fn without_place(mut problem: Problem, sources: &Sources) -> Problem {
    if let Some(label) = problem.labels.pop() {
        problem.message = format!("{} (rule at {})", problem.message, sources.place(label.span));
    }
    problem
}

#[cfg(not(feature = "compiled"))]
fn run_shipped(_: &Rules, _: &[bool], _: &mut Facts) {}

/// Lowering has numbered its own relations from where those of custom rules begin, so these step aside.
#[cfg(feature = "compiled")]
fn run_shipped(rules: &Rules, steps: &[bool], facts: &mut Facts) {
    let custom = facts.store.split_off(rules.shipped);
    prepare(&rules.set.program, &rules.lowered, facts);
    compiled::run(&rules.lowered, steps, &mut facts.store);
    facts.store.split_off(rules.shipped);
    facts.store.extend(custom);
}

/// Fills the relations that lowering added: constants, parameters, tests.
pub fn prepare(program: &Program, lowered: &Lowered, facts: &mut Facts) {
    let Facts { store, names, .. } = facts;
    for (id, relation) in lowered.relations.iter().enumerate() {
        if relation.origin == Origin::Program {
            continue;
        }
        let rows = added_rows(program, &relation.origin, names);
        let mut table = Table::new(relation.columns.iter().copied());
        rows.iter().for_each(|&cell| table.push(&[cell]));
        store.put_table(id, table);
    }
}

/// The rows of a relation with one column that lowering added.
fn added_rows(program: &Program, origin: &Origin, names: &Names) -> Vec<Cell> {
    match origin {
        Origin::Constant(constant) => vec![names.id(program, constant)],
        Origin::Param(param) => vec![program.params[*param].value],
        Origin::Test(kind, pattern) => passing_texts(*kind, pattern, names),
        Origin::Program | Origin::Added | Origin::Fold(_) => Vec::new(),
    }
}

fn passing_texts(kind: TestKind, pattern: &str, names: &Names) -> Vec<Cell> {
    (0..)
        .zip(&names.canonical)
        .filter(|(_, text)| kind.passes(text, pattern))
        .map(|(id, _)| id)
        .collect()
}

/// Gives the relation `to` some columns of the rows of `from`, sorted and without repetitions.
pub fn project(store: &mut Store, from: RelationId, columns: &[usize], to: RelationId) {
    let rows = store.table(from);
    let picked = columns.iter().map(|&column| rows.columns[column].clone()).collect();
    let mut table = Table { rows: rows.rows, columns: picked };
    let order = |one: usize, other: usize| {
        let mut orders =
            table.columns.iter().map(|column| column.cell(one).cmp(&column.cell(other)));
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    if (1..table.rows).any(|row| order(row - 1, row) == Ordering::Greater) {
        table = table.sorted();
    }
    table.remove_repeated();
    store.put_table(to, table);
}

/// Sorts rows that differ from each other; `id` is their first cell, or [`NO_ID`] where that is no id.
pub fn in_order<R: Copy + Ord>(mut rows: Vec<R>, id: impl Fn(&R) -> u32) -> Vec<R> {
    let most = rows.iter().map(&id).max().unwrap_or(NO_ID) as usize;
    // Where an entry for each id costs little more than the rows, each row goes straight to its place.
    if rows.len() < 64 || most > 8 * rows.len() {
        rows.sort_unstable();
        return rows;
    }
    let mut ends = vec![0u32; most + 2];
    rows.iter().for_each(|row| ends[id(row) as usize + 1] += 1);
    for id in 0..=most {
        ends[id + 1] += ends[id];
    }
    let mut sorted = rows.clone();
    for row in &rows {
        let place = &mut ends[id(row) as usize];
        sorted[*place as usize] = *row;
        *place += 1;
    }
    let mut start = 0;
    for end in ends {
        sorted[start..end as usize].sort_unstable();
        start = end as usize;
    }
    sorted
}

/// Computes an aggregate from the rows that the blocks before it derived, which are sorted: the assignments of
/// one row of the context follow each other, in the order of these rows.
pub fn fold(store: &mut Store, lowered: &Lowered, fold: usize) {
    let fold = &lowered.folds[fold];
    let columns = &lowered.relations[fold.result].columns;
    let (context, assignments) = (store.table(fold.context), store.table(fold.assignments));
    let mut table = Table::new(columns.iter().copied());
    let mut at = 0;
    let mut cells = Vec::new();
    for row in 0..context.rows {
        cells.clear();
        cells.extend(context.columns.iter().map(|column| column.cell(row)));
        // Of 128 bits: a sum saturates at its end, so that the order of its terms does not matter.
        let mut result: Option<i128> = None;
        while at < assignments.rows {
            match compare(assignments, at, &cells) {
                Ordering::Greater => break,
                Ordering::Less => {}
                Ordering::Equal => {
                    let value =
                        assignments.columns.get(fold.column).map_or(0, |c| c.cell(at)).into();
                    result = Some(match fold.operation {
                        Operation::Count => result.unwrap_or(0) + 1,
                        Operation::Sum => result.unwrap_or(0) + value,
                        Operation::Min => result.map_or(value, |least| least.min(value)),
                        Operation::Max => result.map_or(value, |most| most.max(value)),
                    });
                }
            }
            at += 1;
        }
        let of_none = matches!(fold.operation, Operation::Count | Operation::Sum).then_some(0);
        if let Some(value) = result.or(of_none) {
            cells.push(eval::saturated(value));
            table.push(&cells);
        }
    }
    store.put_table(fold.result, table);
}

/// How the first cells of a row stand to `cells`.
fn compare(table: &Table, row: usize, cells: &[Cell]) -> Ordering {
    table
        .columns
        .iter()
        .map(|column| column.cell(row))
        .zip(cells)
        .map(|(own, cell)| own.cmp(cell))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::{in_order, project};
    use crate::datalog::program::Kind;
    use crate::facts::{Cell, NO_ID, Store, Table};

    #[test]
    fn rows_are_put_in_order() {
        // Few and many, of near ids and of far ones.
        for (count, step) in [(0, 1), (5, 1), (500, 1), (500, 1_000_000)] {
            let rows = (0..count).map(|at: u32| ((at * 7919 % 101) * step, at));
            let rows: Vec<(u32, u32)> = rows.chain((count > 400).then_some((3, NO_ID))).collect();
            let mut sorted = rows.clone();
            sorted.sort_unstable();
            assert_eq!(in_order(rows.clone(), |row| row.0), sorted, "{count} {step}");
            assert_eq!(in_order(rows, |_| NO_ID), sorted, "{count} {step}");
        }
    }

    #[test]
    fn a_projection_has_each_row_once() {
        let from = [[2, 1, 9], [1, 1, 9], [2, 1, 8], [1, 0, 9]];
        let cases: &[(&[usize], &[&[Cell]])] = &[
            (&[0], &[&[1], &[2]]),
            (&[1, 0], &[&[0, 1], &[1, 1], &[1, 2]]),
            (&[2, 1, 0], &[&[8, 1, 2], &[9, 0, 1], &[9, 1, 1], &[9, 1, 2]]),
            (&[], &[&[]]),
        ];
        for (columns, expected) in cases {
            let mut store = Store::new(2);
            let mut table = Table::new([Kind::Entity, Kind::Entity, Kind::Int]);
            from.iter().for_each(|row| table.push(row));
            store.put_table(0, table);
            project(&mut store, 0, columns, 1);
            let rows = store.table(1);
            let rows: Vec<Vec<Cell>> = (0..rows.rows).map(|row| rows.row(row)).collect();
            assert_eq!(rows, *expected, "{columns:?}");
        }
        let mut store = Store::new(2);
        store.put_table(0, Table::new([Kind::Entity]));
        project(&mut store, 0, &[], 1);
        assert_eq!(store.rows(1), 0, "nothing of nothing");
    }
}
