//! The columns and rows of a plan, and the gutters between them.

use super::lanes::Lanes;
use super::plan::{MARGIN, Plan};

/// From lane to lane.
const LANE: i32 = 7;
/// From the edge of a gutter to its first lane: there is room for an arrow.
const EDGE: i32 = 17;
/// A gutter without lanes: between columns, between sites, between rows of sites.
const EMPTY: [i32; 3] = [28, 20, 24];

/// The columns and rows of a plan. A gutter has the number of the column to its right, or of the row below it.
pub(super) struct Map {
    /// By row, for each column its width, and whether a site begins with it.
    columns: Vec<Vec<(i32, bool)>>,
    /// By row, for each gutter about where it is.
    pub(super) about: Vec<Vec<i32>>,
    /// By row how high it is.
    pub(super) heights: Vec<i32>,
}

/// Where columns, or rows, and the gutters before them begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Edges {
    pub(super) starts: Vec<i32>,
    pub(super) gutters: Vec<i32>,
    /// Behind all of them.
    pub(super) end: i32,
}

impl Map {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut map = Self { columns: Vec::new(), about: Vec::new(), heights: Vec::new() };
        for shelf in &plan.shelves {
            let blocks = &plan.blocks[shelf.clone()];
            let columns = blocks.iter().flat_map(|block| block.columns.iter().enumerate());
            let columns: Vec<(i32, bool)> =
                columns.map(|(at, column)| (column.width, at == 0)).collect();
            let (mut x, mut gutters) = (0, vec![0]);
            for (width, begins) in &columns {
                x += width + EMPTY[0] + if *begins { 2 * MARGIN } else { 0 };
                gutters.push(x);
            }
            map.columns.push(columns);
            map.about.push(gutters);
            map.heights.push(blocks.iter().map(|block| block.height).max().unwrap_or(0));
        }
        map
    }

    /// Whether a gutter is at the edge of a site.
    fn is_border(&self, shelf: usize, gutter: usize) -> bool {
        self.columns[shelf].get(gutter).is_none_or(|(_, begins)| *begins)
    }

    /// The gutter at the edge of a site that is nearest to `x`.
    pub(super) fn through(&self, shelf: usize, x: i32) -> usize {
        let gutters = (0..self.about[shelf].len()).filter(|&gutter| self.is_border(shelf, gutter));
        gutters.min_by_key(|&gutter| (self.about[shelf][gutter] - x).abs()).unwrap_or(0)
    }

    /// By row the places of its columns, where its gutters have these lanes.
    pub(super) fn place_columns(&self, gutters: &[Vec<Lanes>]) -> Vec<Edges> {
        let rows = gutters.iter().enumerate();
        rows.map(|(shelf, gutters)| self.place_row(shelf, gutters)).collect()
    }

    fn place_row(&self, shelf: usize, gutters: &[Lanes]) -> Edges {
        let mut edges = Edges::default();
        let mut x = 0;
        for (at, lanes) in gutters.iter().enumerate() {
            let is_border = self.is_border(shelf, at);
            x += if is_border && at > 0 { MARGIN } else { 0 };
            x += self.out_of_step(shelf, lanes, x);
            edges.gutters.push(x);
            let is_outer = at == 0 || at + 1 == gutters.len();
            x += match is_outer {
                true => gutter_width(lanes, 0),
                false => gutter_width(lanes, EMPTY[usize::from(is_border)]),
            };
            edges.end = x;
            if let Some((width, begins)) = self.columns[shelf].get(at) {
                x += if *begins { MARGIN } else { 0 };
                edges.starts.push(x);
                x += width;
            }
        }
        edges
    }

    /// How far to move a gutter so that none of its lanes goes on where one of the next row begins.
    fn out_of_step(&self, shelf: usize, lanes: &Lanes, x: i32) -> i32 {
        let step = if shelf.is_multiple_of(2) { 0 } else { LANE / 2 };
        let is_needed = lanes.number > 0 && self.columns.len() > 1;
        if is_needed { (step - x).rem_euclid(LANE) } else { 0 }
    }

    /// The places of rows from `top` on, where the gutters between them have these lanes.
    pub(super) fn place_rows(&self, gutters: &[Lanes], top: i32) -> Edges {
        let mut edges = Edges::default();
        let mut y = top;
        for (at, lanes) in gutters.iter().enumerate() {
            edges.gutters.push(y);
            y += gutter_width(lanes, EMPTY[2]);
            edges.end = y;
            if let Some(height) = self.heights.get(at) {
                edges.starts.push(y);
                y += height;
            }
        }
        edges
    }
}

/// From the edge of a gutter to a lane.
pub(super) fn lane(lane: usize) -> i32 {
    EDGE + i32::try_from(lane).unwrap_or(0) * LANE
}

fn gutter_width(lanes: &Lanes, empty: i32) -> i32 {
    match lanes.number {
        0 => empty,
        number => lane(number - 1) + EDGE,
    }
}
