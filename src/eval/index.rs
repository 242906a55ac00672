//! Which rows of a table have certain cells.

use crate::facts::{Cell, Table};
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// No row.
pub(super) const NONE: u32 = u32::MAX;

/// The rows of a table by the cells of some columns. Rows with the same cells form a chain, in
/// ascending order.
#[derive(Clone, Debug)]
pub(super) struct Index {
    columns: Vec<usize>,
    heads: Heads,
    /// For each row the next one of its chain.
    next: Vec<u32>,
}

#[derive(Clone, Debug)]
enum Heads {
    /// By the id in the only column; the last one stands for ids that nothing has.
    Dense(Vec<Chain>),
    Hashed(HashTable<Chain>),
    /// The rows are in the order of these cells: a search finds them, and nothing is kept.
    Sorted,
}

#[derive(Clone, Copy, Debug)]
struct Chain {
    first: u32,
    last: u32,
}

const EMPTY: Chain = Chain { first: NONE, last: NONE };

impl Index {
    /// An index over what `table` holds. `ids` is how many ids the only column may hold, where it is
    /// one column of ids.
    pub(super) fn of(table: &Table, columns: &[usize], ids: Option<usize>) -> Self {
        let heads = match ids {
            Some(ids) => Heads::Dense(vec![EMPTY; ids + 1]),
            None => Heads::Hashed(HashTable::new()),
        };
        let mut index = Self { columns: columns.to_vec(), heads, next: Vec::new() };
        index.extend(table);
        index
    }

    /// As [`Index::of()`], for a table that does not grow: where its rows are in the order of these columns it
    /// costs nothing to make.
    pub(super) fn of_complete(table: &Table, columns: &[usize], ids: Option<usize>) -> Self {
        let cells = |row: usize| columns.iter().map(move |&column| table.columns[column].cell(row));
        if (1..table.rows).all(|row| cells(row - 1).le(cells(row))) {
            return Self { columns: columns.to_vec(), heads: Heads::Sorted, next: Vec::new() };
        }
        Self::of(table, columns, ids)
    }

    /// Takes in the rows that were appended to the table.
    pub(super) fn extend(&mut self, table: &Table) {
        self.next.reserve(table.rows - self.next.len());
        for row in self.next.len()..table.rows {
            self.add(table, row);
        }
    }

    fn add(&mut self, table: &Table, row: usize) {
        let number = u32::try_from(row).unwrap_or(NONE);
        self.next.push(NONE);
        let Self { columns, heads, next } = self;
        let chain = match heads {
            // Such a table does not grow.
            Heads::Sorted => return,
            Heads::Dense(heads) => {
                let slot = slot(table.columns[columns[0]].cell(row), heads.len());
                &mut heads[slot]
            }
            Heads::Hashed(heads) => {
                let cells = |row: usize| columns.iter().map(move |&c| table.columns[c].cell(row));
                let hash = hash(cells(row));
                let found =
                    heads.find_mut(hash, |chain| cells(chain.first as usize).eq(cells(row)));
                match found {
                    Some(chain) => chain,
                    None => {
                        let rehash = |chain: &Chain| self::hash(cells(chain.first as usize));
                        heads.insert_unique(hash, EMPTY, rehash).into_mut()
                    }
                }
            }
        };
        if chain.first == NONE {
            chain.first = number;
        } else {
            next[chain.last as usize] = number;
        }
        chain.last = number;
    }

    /// The first row whose indexed cells are `key`, or [`NONE`].
    #[inline]
    pub(super) fn first(&self, table: &Table, key: &[Cell]) -> u32 {
        match &self.heads {
            Heads::Dense(heads) => heads[slot(key[0], heads.len())].first,
            Heads::Hashed(heads) => {
                let cells = |row: u32| {
                    self.columns.iter().map(move |&c| table.columns[c].cell(row as usize))
                };
                let chain = heads
                    .find(hash(key.iter().copied()), |c| cells(c.first).eq(key.iter().copied()));
                chain.map_or(NONE, |chain| chain.first)
            }
            Heads::Sorted => self.search(table, key),
        }
    }

    /// The first row of a table in order whose cells are `key`, or [`NONE`].
    fn search(&self, table: &Table, key: &[Cell]) -> u32 {
        let cells =
            |row: usize| self.columns.iter().map(move |&column| table.columns[column].cell(row));
        let (mut start, mut end) = (0, table.rows);
        while start < end {
            let middle = start + (end - start) / 2;
            if cells(middle).lt(key.iter().copied()) {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        let is_found = start < table.rows && cells(start).eq(key.iter().copied());
        if is_found { u32::try_from(start).unwrap_or(NONE) } else { NONE }
    }

    /// The next row of the chain, or [`NONE`].
    #[inline]
    pub(super) fn next(&self, table: &Table, row: u32) -> u32 {
        if !matches!(self.heads, Heads::Sorted) {
            return self.next[row as usize];
        }
        let (row, next) = (row as usize, row as usize + 1);
        let is_alike = |&column: &usize| {
            let column = &table.columns[column];
            column.cell(row) == column.cell(next)
        };
        let goes_on = next < table.rows && self.columns.iter().all(is_alike);
        if goes_on { u32::try_from(next).unwrap_or(NONE) } else { NONE }
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let heads = match &self.heads {
            Heads::Dense(heads) => heads.len(),
            Heads::Hashed(heads) => heads.capacity() + heads.capacity() / 8,
            Heads::Sorted => 0,
        };
        heads * size_of::<Chain>() + self.next.capacity() * size_of::<u32>()
    }
}

#[inline]
fn slot(id: Cell, heads: usize) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX).min(heads - 1)
}

#[inline]
pub(super) fn hash(cells: impl Iterator<Item = Cell>) -> u64 {
    let mut hasher = FxHasher::default();
    cells.for_each(|cell| hasher.write_i64(cell));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Index, NONE};
    use crate::facts::{Cell, Column, Table};

    /// The rows that an index finds, in the order in which it finds them.
    fn found(index: &Index, table: &Table, key: &[Cell]) -> Vec<u32> {
        let some = |row: u32| (row != NONE).then_some(row);
        let first = some(index.first(table, key));
        std::iter::successors(first, |&row| some(index.next(table, row))).collect()
    }

    #[test]
    fn a_complete_table_is_searched_or_indexed_alike() {
        let columns = vec![Column::Ids(vec![1, 1, 2, 2, 7]), Column::Numbers(vec![5, 9, -1, 4, 4])];
        let table = Table { rows: 5, columns };
        // In the order of the first column and of both, not of the second.
        for columns in [&[0][..], &[0, 1], &[1], &[1, 0]] {
            let (indexed, complete) =
                (Index::of(&table, columns, None), Index::of_complete(&table, columns, None));
            assert_eq!(complete.bytes() == 0, columns[0] == 0, "{columns:?}");
            for first in -2..9 {
                for second in -2..10 {
                    let key = &[first, second][..columns.len()];
                    let (indexed, complete) =
                        (found(&indexed, &table, key), found(&complete, &table, key));
                    assert_eq!(indexed, complete, "{columns:?} {key:?}");
                }
            }
        }
    }
}
