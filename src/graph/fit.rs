//! How many rows of sites there are: as many as make a sheet of paper.

use super::model::Graph;
use super::plan::{Plan, SHEET, plan};
use super::route::{Routes, route};
use super::shelf::{about, shelvings};

/// What stands below the rows, about.
const LEGEND: i32 = 90;

/// How many numbers of rows are tried: those that look best before the lines are known.
const TRIED: usize = 6;

/// Plans a picture whose rows begin at `top`.
pub(super) fn fit(graph: &Graph, top: i32) -> (Plan, Routes) {
    let mut plan = plan(graph);
    let mut all = shelvings(&plan.blocks);
    all.sort_by(|one, other| {
        let distance = |shelves: &[_]| from_sheet(about(&plan.blocks, shelves));
        distance(one).total_cmp(&distance(other))
    });
    all.truncate(TRIED);
    let tried = all.into_iter().map(|shelves| {
        plan.shelves = shelves;
        let routes = route(graph, &plan, top);
        let distance = from_sheet((routes.right(), routes.rows.end + LEGEND));
        (distance, plan.shelves.clone(), routes)
    });
    let best = tried.min_by(|(one, ..), (other, ..)| one.total_cmp(other));
    match best {
        Some((_, shelves, routes)) => (Plan { shelves, ..plan }, routes),
        None => {
            let routes = route(graph, &plan, top);
            (plan, routes)
        }
    }
}

/// How far a width and a height are from the proportion of a sheet.
fn from_sheet((width, height): (i32, i32)) -> f64 {
    (f64::from(width) / f64::from(height) / SHEET).ln().abs()
}
