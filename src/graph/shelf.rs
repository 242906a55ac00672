//! Sites in rows.

use super::plan::{Block, GUTTER, MARGIN};
use std::ops::Range;

/// The width and the height of blocks in these rows, about.
pub(super) fn about(blocks: &[Block], shelves: &[Range<usize>]) -> (i32, i32) {
    let rows = || shelves.iter().map(|shelf| &blocks[shelf.clone()]);
    let widths = rows().map(|row| row.iter().map(about_width).fold(0, i32::saturating_add));
    let heights = rows().map(|row| row.iter().map(|block| block.height + GUTTER).max());
    let height = heights.map(Option::unwrap_or_default).fold(ELSEWHERE, i32::saturating_add);
    (widths.max().unwrap_or(0), height)
}

/// What title and legend take, about.
const ELSEWHERE: i32 = 200;

/// The width of a block, about.
pub(super) fn about_width(block: &Block) -> i32 {
    let columns = block.columns.iter().map(|column| column.width + GUTTER).sum::<i32>();
    columns + 2 * MARGIN + GUTTER
}

/// Ways to put blocks into rows in their order, from one row on.
pub(super) fn shelvings(blocks: &[Block]) -> Vec<Vec<Range<usize>>> {
    let mut number = 1;
    let mut shelvings = Vec::new();
    while number <= blocks.len() {
        shelvings.push(filled(blocks, number));
        // Of many rows, one more or less makes no difference.
        number += 1 + number / MANY_ROWS;
    }
    shelvings
}

const MANY_ROWS: usize = 8;

/// So many rows, about equally wide; what stands alone takes one more.
fn filled(blocks: &[Block], number: usize) -> Vec<Range<usize>> {
    let width = |block: &Block| if block.is_alone { 0.0 } else { f64::from(about_width(block)) };
    let all: f64 = blocks.iter().map(width).sum();
    let mut shelves: Vec<Range<usize>> = Vec::new();
    let (mut before, mut last) = (0.0, -1.0);
    for (at, block) in blocks.iter().enumerate() {
        // The row in which its middle lies.
        let row = ((before + width(block) / 2.0) / all.max(1.0) * number as f64).floor();
        match shelves.last_mut() {
            Some(shelf) if row <= last && !block.is_alone => shelf.end = at + 1,
            _ => shelves.push(at..at + 1),
        }
        (last, before) = (row, before + width(block));
    }
    shelves
}
