//! Where lines may end: the sides of cards and of branch sites.

use super::card::{self, PADDING, ROW};
use super::model::Graph;
use super::plan::{Column, Leaf, Plan, Unit};

/// The place of a node in its row of sites.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spot {
    /// The row.
    pub(super) shelf: usize,
    /// The column, counted through the row.
    pub(super) column: usize,
    /// What lines end at, from the left edge of the column.
    pub(super) left: i32,
    pub(super) right: i32,
    /// Where lines may end, from the upper edge of the row.
    pub(super) top: i32,
    pub(super) bottom: i32,
    /// Whether lines may end at its left side too: at that of a branch is the line to its pool.
    pub(super) has_left: bool,
    /// The pool on which it hangs.
    pub(super) hangs_on: Option<usize>,
}

/// By node where it is.
pub(super) fn spots(graph: &Graph, plan: &Plan) -> Vec<Spot> {
    let mut spots = vec![Spot::default(); graph.nodes.len()];
    for (shelf, blocks) in plan.shelves.iter().enumerate() {
        let columns = plan.blocks[blocks.clone()].iter().flat_map(|block| &block.columns);
        for (column, Column { units, .. }) in columns.enumerate() {
            for unit in units {
                let place = Spot { shelf, column, ..Spot::default() };
                of_unit(&mut spots, graph, unit, place);
            }
        }
    }
    spots
}

fn of_unit(spots: &mut [Spot], graph: &Graph, unit: &Unit, place: Spot) {
    if let Some(node) = unit.node {
        let (top, bottom) = (unit.y, unit.y + unit.card_height);
        spots[node] = Spot { left: 0, right: unit.width, top, bottom, has_left: true, ..place };
    }
    for Leaf { x, y, width, nodes, .. } in &unit.leaves {
        for &(node, down) in nodes {
            let top = unit.y + y + down;
            let bottom = top + card::height(&graph.nodes[node], width - 2 * PADDING, ROW);
            let (left, right, hangs_on) = (*x, x + width, unit.node);
            spots[node] = Spot { left, right, top, bottom, hangs_on, ..place };
        }
    }
}
