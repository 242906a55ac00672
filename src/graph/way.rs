//! Relations → ways: by which gutters lines go.

use super::map::Map;
use super::model::{Graph, Link, LinkKind};
use super::spot::Spot;
use crate::source::Severity;
use std::collections::BTreeMap;

/// The way of a line. It leaves a card sideways into the gutter beside it, runs along gutters between columns and
/// gutters between rows in turn, and enters the other card sideways.
pub(super) struct Way {
    /// An index into the links of the graph.
    pub(super) link: usize,
    /// Lines with the same key are drawn as one.
    pub(super) key: usize,
    pub(super) ends: [End; 2],
    /// The gutters between columns, each by row and number.
    pub(super) gutters: Vec<(usize, usize)>,
    /// The gutters between rows: each lies between two of the others.
    pub(super) channels: Vec<usize>,
}

/// Where a line ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) node: usize,
    /// At which side of the node.
    pub(super) is_right: bool,
    /// From the upper edge of the row.
    pub(super) y: i32,
}

/// How a line looks, for those that may be drawn as one: its kind, how wrong it is, where it ends.
type Family = (LinkKind, Option<Severity>, usize);

/// The ways of all relations but those of SBAs that hang on their pool.
pub(super) fn ways(graph: &Graph, spots: &[Spot], map: &Map) -> Vec<Way> {
    let mut keys: BTreeMap<Family, usize> = BTreeMap::new();
    let mut ways = Vec::new();
    for (at, link) in graph.links.iter().enumerate() {
        if link.kind == LinkKind::Registrar && spots[link.from].hangs_on == Some(link.to) {
            continue;
        }
        let family = (link.kind, link.marks.worst(), link.to);
        let together = *keys.entry(family).or_insert(at);
        let is_alone = link.kind == LinkKind::Pair || link.from == link.to;
        let key = match link.bundle {
            Some(first) => first,
            None if is_alone => graph.links.len() + at,
            None => together,
        };
        ways.push(way(at, key, link, spots, map));
    }
    ways
}

fn way(at: usize, key: usize, link: &Link, spots: &[Spot], map: &Map) -> Way {
    let nodes = [link.from, link.to];
    let [a, b] = nodes.map(|node| &spots[node]);
    let (gutters, channels) = match a.shelf.cmp(&b.shelf) {
        std::cmp::Ordering::Equal => beside(a, b, map),
        std::cmp::Ordering::Less => across(a, b, map),
        std::cmp::Ordering::Greater => {
            let (mut gutters, mut channels) = across(b, a, map);
            gutters.reverse();
            channels.reverse();
            (gutters, channels)
        }
    };
    let outer = [gutters.first(), gutters.last()].map(|gutter| gutter.map_or(0, |(_, at)| *at));
    let end = |at: usize| {
        let is_right = outer[at] > spots[nodes[at]].column;
        End { node: nodes[at], is_right, y: 0 }
    };
    Way { link: at, key, ends: [end(0), end(1)], gutters, channels }
}

/// The gutters at a node: that on its right, and perhaps that on its left.
fn gutters_at(spot: &Spot) -> Vec<usize> {
    let left = spot.has_left.then_some(spot.column);
    std::iter::once(spot.column + 1).chain(left).collect()
}

/// Gutters between columns and between rows.
type Gutters = (Vec<(usize, usize)>, Vec<usize>);

/// The way between two nodes in one row: by one gutter, or by the upper or the lower edge of the row.
fn beside(a: &Spot, b: &Spot, map: &Map) -> Gutters {
    let (of_a, of_b) = (gutters_at(a), gutters_at(b));
    if let Some(&both) = of_a.iter().find(|gutter| of_b.contains(gutter)) {
        return (vec![(a.shelf, both)], Vec::new());
    }
    let nearest = |gutters: &[usize], to: usize| {
        gutters.iter().copied().min_by_key(|gutter| gutter.abs_diff(to)).unwrap_or(to)
    };
    let first = nearest(&of_a, b.column);
    let last = nearest(&of_b, first);
    let below = 2 * map.heights[a.shelf] - a.bottom - b.bottom;
    let channel = a.shelf + usize::from(a.top + b.top > below);
    (vec![(a.shelf, first), (b.shelf, last)], vec![channel])
}

/// The way from a node down to one in a lower row: around the sites in the rows between.
fn across(a: &Spot, b: &Spot, map: &Map) -> Gutters {
    let nearest = |spot: &Spot, x: i32| {
        let gutters = gutters_at(spot).into_iter();
        gutters.min_by_key(|&gutter| (map.about[spot.shelf][gutter] - x).abs()).unwrap_or(0)
    };
    let first = nearest(a, map.about[b.shelf][b.column]);
    let last = nearest(b, map.about[a.shelf][first]);
    let x = map.about[b.shelf][last];
    let between = (a.shelf + 1..b.shelf).map(|shelf| (shelf, map.through(shelf, x)));
    let gutters = std::iter::once((a.shelf, first)).chain(between).chain([(b.shelf, last)]);
    (gutters.collect(), (a.shelf + 1..=b.shelf).collect())
}
