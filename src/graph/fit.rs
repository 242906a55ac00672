//! How many rows of sites there are: as many as make a sheet of paper.

use super::model::Graph;
use super::plan::{Plan, SHEET, plan, shelvings};
use super::route::{Routes, route};

/// What stands below the rows, about.
const LEGEND: i32 = 90;

/// Plans a picture whose rows begin at `top`.
pub(super) fn fit(graph: &Graph, top: i32) -> (Plan, Routes) {
    let mut plan = plan(graph);
    let mut best: Option<(f64, Vec<_>, Routes)> = None;
    for shelves in shelvings(&plan.blocks) {
        plan.shelves = shelves;
        let routes = route(graph, &plan, top);
        let sheet = f64::from(routes.right()) / f64::from(routes.rows.end + LEGEND);
        let distance = (sheet / SHEET).ln().abs();
        if best.as_ref().is_none_or(|(least, ..)| distance < *least) {
            best = Some((distance, plan.shelves.clone(), routes));
        }
    }
    match best {
        Some((_, shelves, routes)) => (Plan { shelves, ..plan }, routes),
        None => {
            let routes = route(graph, &plan, top);
            (plan, routes)
        }
    }
}
