//! How compiled rules read relations that are complete: by columns, and by indices made where one is used.

use crate::datalog::program::RelationId;
use crate::facts::{Cell, Column, NO_ID, Store, Table};
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// The relation of an index, and the columns by which it finds rows.
type Key = (RelationId, &'static [usize]);

/// The indices that compiled rules use, by their numbers; each is made when a block needs it.
pub struct Indices {
    keys: &'static [Key],
    made: Vec<Option<Index>>,
}

impl Indices {
    /// None is made yet.
    pub fn new(keys: &'static [Key]) -> Self {
        Self { keys, made: keys.iter().map(|_| None).collect() }
    }

    /// Makes those of the `numbers` that are not made yet.
    pub fn build(&mut self, store: &Store, numbers: &[usize]) {
        for &number in numbers {
            let (relation, columns) = self.keys[number];
            self.made[number].get_or_insert_with(|| Index::of(store.table(relation), columns));
        }
    }

    /// Frees those of these numbers: no later block needs them.
    pub fn drop(&mut self, numbers: &[usize]) {
        numbers.iter().for_each(|&number| self.made[number] = None);
    }
}

/// The rows of a table in the order of some columns.
#[derive(Debug, Default)]
struct Index {
    columns: Vec<usize>,
    /// The rows in that order; empty where it is the table's own.
    order: Vec<u32>,
    /// For each id of the first column where its rows begin in that order, and where the last ones end.
    /// Empty where a search is as good: the column holds numbers, or few of many ids.
    starts: Vec<u32>,
}

impl Index {
    fn of(table: &Table, columns: &[usize]) -> Self {
        let mut index = Self { columns: columns.to_vec(), ..Self::default() };
        let by = || columns.iter().map(|&column| &table.columns[column]);
        let is_in_order = (1..table.rows)
            .all(|row| by().map(|c| c.cell(row - 1)).le(by().map(|column| column.cell(row))));
        let ids = match table.columns.get(columns[0]) {
            Some(Column::Ids(ids)) => dense(ids),
            _ => None,
        };
        if let Some((ids, most)) = ids {
            index.starts = starts(ids, most);
        }
        if !is_in_order {
            index.order = order(table, columns, ids.map(|(ids, _)| ids), &index.starts);
        }
        index
    }

    /// Where the rows stand in the index whose cells are `key`.
    #[inline]
    fn range(&self, table: &Table, key: &[Cell]) -> Range<usize> {
        let mut range = 0..table.rows;
        let mut rest = 0;
        if !self.starts.is_empty() {
            let id = usize::try_from(key[0]).unwrap_or(usize::MAX).min(self.starts.len() - 1);
            let end = self.starts.get(id + 1).copied().unwrap_or(self.starts[id]);
            range = self.starts[id] as usize..end as usize;
            rest = 1;
        }
        for (&column, &cell) in self.columns.iter().zip(key).skip(rest) {
            let column = &table.columns[column];
            let from = self.search(column, range.clone(), |own| own < cell);
            let to = self.search(column, from..range.end, |own| own == cell);
            range = from..to;
        }
        range
    }

    /// The first place in `range`, whose cells ascend, at which `before` does not hold.
    fn search(&self, column: &Column, range: Range<usize>, before: impl Fn(Cell) -> bool) -> usize {
        let Range { mut start, mut end } = range;
        while start < end {
            let middle = start + (end - start) / 2;
            if before(column.cell(self.row(middle))) {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    }

    #[inline]
    fn row(&self, at: usize) -> usize {
        if self.order.is_empty() { at } else { self.order[at] as usize }
    }
}

/// A column of ids, and the largest, where an entry for each id up to it costs little more than the rows.
fn dense(ids: &[u32]) -> Option<(&[u32], usize)> {
    let most = ids.iter().copied().max().filter(|&most| most != NO_ID)? as usize;
    (most <= 8 * ids.len() + 64).then_some((ids, most))
}

/// For each id up to `most` how many of `ids` are less; then how many there are.
fn starts(ids: &[u32], most: usize) -> Vec<u32> {
    let mut starts = vec![0; most + 2];
    ids.iter().for_each(|&id| starts[id as usize + 1] += 1);
    for id in 0..=most {
        starts[id + 1] += starts[id];
    }
    starts
}

/// The rows of a table, sorted by `columns`; by the place of each id where these are known.
fn order(table: &Table, columns: &[usize], ids: Option<&[u32]>, starts: &[u32]) -> Vec<u32> {
    let rows = u32::try_from(table.rows).unwrap_or(NO_ID);
    if let (Some(ids), [_]) = (ids, columns) {
        let mut next = starts.to_vec();
        let mut order = vec![0; ids.len()];
        for (row, &id) in (0..rows).zip(ids) {
            let place = &mut next[id as usize];
            order[*place as usize] = row;
            *place += 1;
        }
        return order;
    }
    let mut order: Vec<u32> = (0..rows).collect();
    let cell = |row: u32, column: usize| table.columns[column].cell(row as usize);
    if let [first, second] = *columns {
        order.sort_unstable_by_key(|&row| (cell(row, first), cell(row, second)));
    } else {
        order.sort_unstable_by(|&one, &other| {
            let cells = |row: u32| columns.iter().map(move |&column| cell(row, column));
            cells(one).cmp(cells(other))
        });
    }
    order
}

/// Reads the relations that a block does not derive itself. The only row of crepe's relation `Read`.
#[derive(Clone, Copy)]
pub struct Reader<'s> {
    store: &'s Store,
    indices: &'s Indices,
}

impl<'s> Reader<'s> {
    /// Reads from `store` by `indices` that are made of it.
    pub fn new(store: &'s Store, indices: &'s Indices) -> Self {
        Self { store, indices }
    }

    /// A column of ids.
    #[inline]
    pub fn ids(self, relation: RelationId, column: usize) -> &'s [u32] {
        self.store.ids(relation, column)
    }

    /// A column of numbers.
    #[inline]
    pub fn numbers(self, relation: RelationId, column: usize) -> &'s [i64] {
        self.store.numbers(relation, column)
    }

    /// All rows.
    #[inline]
    pub fn all(self, relation: RelationId) -> Range<usize> {
        0..self.store.rows(relation)
    }

    /// Whether there is any row.
    #[inline]
    pub fn has_rows(self, relation: RelationId) -> bool {
        self.store.rows(relation) > 0
    }

    /// The rows whose cells in the columns of the index are `key`.
    #[inline]
    pub fn rows<const N: usize>(
        self,
        index: usize,
        relation: RelationId,
        key: [Cell; N],
    ) -> Found<'s> {
        // A block builds the indices that its rules name.
        let Some(index) = &self.indices.made[index] else {
            return Found { order: &[], range: 0..0 };
        };
        let range = index.range(self.store.table(relation), &key);
        Found { order: &index.order, range }
    }

    /// Whether there is such a row.
    #[inline]
    pub fn has<const N: usize>(self, index: usize, relation: RelationId, key: [Cell; N]) -> bool {
        !self.rows(index, relation, key).range.is_empty()
    }
}

/// crepe keeps rows in sets; there is one reader, so all are alike.
impl PartialEq for Reader<'_> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Reader<'_> {}

impl Hash for Reader<'_> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Rows that an index found.
pub struct Found<'s> {
    order: &'s [u32],
    range: Range<usize>,
}

impl Iterator for Found<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let at = self.range.next()?;
        Some(if self.order.is_empty() { at } else { self.order[at] as usize })
    }
}

#[cfg(test)]
mod tests {
    use super::{Index, Indices, Reader};
    use crate::facts::{Cell, Column, NO_ID, Store, Table};

    fn table(columns: Vec<Column>) -> Table {
        let rows = match &columns[0] {
            Column::Ids(ids) => ids.len(),
            Column::Numbers(numbers) => numbers.len(),
        };
        Table { rows, columns }
    }

    /// By looking at every row.
    fn expected(table: &Table, columns: &[usize], key: &[Cell]) -> Vec<usize> {
        let fits = |row: &usize| {
            columns.iter().zip(key).all(|(&column, &cell)| table.columns[column].cell(*row) == cell)
        };
        (0..table.rows).filter(fits).collect()
    }

    fn assert_finds(table: &Table, columns: &[usize], keys: &[&[Cell]]) {
        let index = Index::of(table, columns);
        for key in keys {
            let mut found: Vec<usize> =
                index.range(table, key).map(|place| index.row(place)).collect();
            found.sort_unstable();
            assert_eq!(found, expected(table, columns, key), "{columns:?} {key:?} {index:?}");
        }
    }

    #[test]
    fn an_index_finds_what_looking_at_every_row_finds() {
        let tables = [
            // In order, and not; with ids that are rare, and with what nothing has; empty.
            table(vec![Column::Ids(vec![0, 1, 1, 4]), Column::Ids(vec![9, 2, 7, 2])]),
            table(vec![Column::Ids(vec![4, 1, 0, 1]), Column::Numbers(vec![-3, 7, 7, 7])]),
            table(vec![Column::Ids(vec![70_000, 3, 70_000]), Column::Ids(vec![1, 1, 1])]),
            table(vec![Column::Ids(vec![NO_ID, 3]), Column::Ids(vec![1, NO_ID])]),
            table(vec![Column::Ids(vec![]), Column::Ids(vec![])]),
        ];
        let cells = [-3, 0, 1, 2, 3, 4, 5, 7, 9, 70_000, 70_001, Cell::from(NO_ID), Cell::MAX];
        for table in &tables {
            let one: Vec<[Cell; 1]> = cells.iter().map(|&cell| [cell]).collect();
            let two: Vec<[Cell; 2]> =
                cells.iter().flat_map(|&a| cells.iter().map(move |&b| [a, b])).collect();
            let one: Vec<&[Cell]> = one.iter().map(|key| &key[..]).collect();
            let two: Vec<&[Cell]> = two.iter().map(|key| &key[..]).collect();
            assert_finds(table, &[0], &one);
            assert_finds(table, &[1], &one);
            assert_finds(table, &[0, 1], &two);
        }
    }

    #[test]
    fn a_reader_walks_rows_and_asks_for_them() {
        let mut store = Store::new(2);
        store.put_table(1, table(vec![Column::Ids(vec![5, 3, 5]), Column::Numbers(vec![1, 2, 3])]));
        let mut indices = Indices::new(&[(1, &[0])]);
        indices.build(&store, &[0]);
        let reader = Reader::new(&store, &indices);
        assert_eq!(reader.all(1).map(|row| reader.ids(1, 0)[row]).collect::<Vec<_>>(), [5, 3, 5]);
        assert_eq!(
            reader.rows(0, 1, [5]).map(|r| reader.numbers(1, 1)[r]).collect::<Vec<_>>(),
            [1, 3]
        );
        assert!(reader.has(0, 1, [3]) && !reader.has(0, 1, [4]));
        assert!(reader.has_rows(1) && !reader.has_rows(0));
    }
}
