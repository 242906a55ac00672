//! Ways → lines: where exactly they run. No text stands in a gutter, so no line crosses a name.

use super::lanes::{Lanes, Run, Side};
use super::map::{Edges, Map, lane};
use super::model::Graph;
use super::plan::Plan;
use super::port::set_ports;
use super::spot::{Spot, spots};
use super::way::{Way, ways};

/// Above and below everything in a row.
const ABOVE: i32 = -1;
const BELOW: i32 = i32::MAX / 4;

/// A relation that is drawn as a line.
pub(super) struct Wire {
    /// An index into the links of the graph.
    pub(super) link: usize,
    /// Wires with the same key are drawn as one.
    pub(super) key: usize,
    /// The corners, each level with the one before or straight above or below it.
    pub(super) points: Vec<(i32, i32)>,
}

/// Where columns and rows are, and all lines.
pub(super) struct Routes {
    /// By row.
    pub(super) columns: Vec<Edges>,
    pub(super) rows: Edges,
    pub(super) wires: Vec<Wire>,
}

impl Routes {
    /// Behind the widest row.
    pub(super) fn right(&self) -> i32 {
        self.columns.iter().map(|edges| edges.end).max().unwrap_or(0)
    }
}

/// Finds the lines of all relations but those of SBAs that hang on their pool; `top` is the upper edge of all.
pub(super) fn route(graph: &Graph, plan: &Plan, top: i32) -> Routes {
    let spots = spots(graph, plan);
    let map = Map::of(plan);
    let mut ways = ways(graph, &spots, &map);
    set_ports(&mut ways, &spots);
    let gutters = gutter_lanes(&ways, &map);
    let columns = map.place_columns(&gutters);
    let upright = |way: &Way, at: usize| {
        let (shelf, gutter) = way.gutters[at];
        columns[shelf].gutters[gutter] + lane(gutters[shelf][gutter].lane(way.key))
    };
    let channels = channel_lanes(&ways, plan, &upright);
    let rows = map.place_rows(&channels, top);
    let level = |way: &Way, at: usize| {
        let channel = way.channels[at];
        rows.gutters[channel] + lane(channels[channel].lane(way.key))
    };
    let points = |way: &Way| {
        let [from, to] = [0, 1].map(|end| port(way, end, &spots, &columns, &rows));
        if from.1 == to.1 && way.channels.is_empty() && way.ends[0].node != way.ends[1].node {
            return vec![from, to];
        }
        let (mut points, mut y) = (vec![from], from.1);
        for at in 0..way.gutters.len() {
            points.push((upright(way, at), y));
            y = if at < way.channels.len() { level(way, at) } else { to.1 };
            points.push((upright(way, at), y));
        }
        points.push(to);
        points
    };
    let wire = |way: &Way| Wire { link: way.link, key: way.key, points: points(way) };
    let wires = ways.iter().map(wire).collect();
    Routes { columns, rows, wires }
}

/// Where a way ends.
fn port(way: &Way, end: usize, spots: &[Spot], columns: &[Edges], rows: &Edges) -> (i32, i32) {
    let end = way.ends[end];
    let spot = &spots[end.node];
    let left = columns[spot.shelf].starts[spot.column];
    let x = left + if end.is_right { spot.right } else { spot.left };
    (x, rows.starts[spot.shelf] + end.y)
}

/// The lanes of all gutters between columns.
fn gutter_lanes(ways: &[Way], map: &Map) -> Vec<Vec<Lanes>> {
    let gutters = map.about.iter().map(|gutters| vec![Vec::new(); gutters.len()]);
    let mut runs: Vec<Vec<Vec<Run>>> = gutters.collect();
    for way in ways {
        for (at, &(shelf, gutter)) in way.gutters.iter().enumerate() {
            let run = upright_run(way, at);
            if run.from < run.to {
                runs[shelf][gutter].push(run);
            }
        }
    }
    runs.iter().map(|shelf| shelf.iter().map(|runs| Lanes::of(runs)).collect()).collect()
}

/// Along one of the gutters between columns, in pixels from the upper edge of the row.
fn upright_run(way: &Way, at: usize) -> Run {
    let shelf = way.gutters[at].0;
    let end = |channel: Option<usize>, port: i32| match channel {
        None => port,
        Some(channel) if channel == shelf => ABOVE,
        Some(_) => BELOW,
    };
    let before = at.checked_sub(1).map(|at| way.channels[at]);
    let (from, to) =
        (end(before, way.ends[0].y), end(way.channels.get(at).copied(), way.ends[1].y));
    let side = |end: usize| if way.ends[end].is_right { Side::First } else { Side::Last };
    let side = match (at == 0, at + 1 == way.gutters.len()) {
        (true, false) => side(0),
        (false, true) => side(1),
        _ => Side::Middle,
    };
    Run { key: way.key, from: from.min(to), to: from.max(to), side }
}

/// The lanes of all gutters between rows.
fn channel_lanes(ways: &[Way], plan: &Plan, upright: &dyn Fn(&Way, usize) -> i32) -> Vec<Lanes> {
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); plan.shelves.len() + 1];
    for way in ways {
        for (at, &channel) in way.channels.iter().enumerate() {
            let (one, other) = (upright(way, at), upright(way, at + 1));
            let is_below = [at, at + 1].map(|at| way.gutters[at].0 == channel);
            let side = match is_below {
                [true, true] => Side::Last,
                [false, false] => Side::First,
                _ => Side::Middle,
            };
            runs[channel].push(Run {
                key: way.key,
                from: one.min(other),
                to: one.max(other),
                side,
            });
        }
    }
    runs.iter().map(|runs| Lanes::of(runs)).collect()
}
