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
        }
    }

    /// The next row of the chain, or [`NONE`].
    #[inline]
    pub(super) fn next(&self, row: u32) -> u32 {
        self.next[row as usize]
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let heads = match &self.heads {
            Heads::Dense(heads) => heads.len(),
            Heads::Hashed(heads) => heads.capacity() + heads.capacity() / 8,
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
