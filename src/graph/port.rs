//! Where lines end at the sides of cards: one below the other, in the order in which they come.

use super::spot::Spot;
use super::way::Way;
use std::collections::BTreeMap;

/// From the upper edge of a card to the first line that ends there.
const FIRST: i32 = 14;
/// From line to line.
const NEXT: i32 = 8;
/// From a card's corner to a line.
const CORNER: i32 = 5;

/// A side of a node, and the lines that end there: by what comes first, key, way and end.
type Sides = BTreeMap<(usize, bool), Vec<(i32, usize, usize, usize)>>;

/// Sets where all ways end.
pub(super) fn set_ports(ways: &mut [Way], spots: &[Spot]) {
    let mut sides = Sides::new();
    for (at, way) in ways.iter().enumerate() {
        for end in [0, 1] {
            let side = (way.ends[end].node, way.ends[end].is_right);
            // A relation of a node to itself has two ends.
            let key = 2 * way.key + if way.ends[0].node == way.ends[1].node { end } else { 0 };
            sides.entry(side).or_default().push((toward(way, end, spots), key, at, end));
        }
    }
    for ((node, is_right), lines) in &mut sides {
        lines.sort_unstable();
        let keys = distinct(lines);
        for (_, key, way, end) in lines.iter() {
            let at = keys.iter().position(|found| found == key).unwrap_or(0);
            ways[*way].ends[*end].y = port(&spots[*node], *is_right, at, keys.len());
        }
    }
    straighten(ways, spots, &sides);
}

/// The keys in the order of their first lines.
fn distinct(lines: &[(i32, usize, usize, usize)]) -> Vec<usize> {
    let mut keys: Vec<usize> = Vec::new();
    for (_, key, ..) in lines {
        if !keys.contains(key) {
            keys.push(*key);
        }
    }
    keys
}

/// About how high the other end is: above everything, below everything, or beside.
fn toward(way: &Way, end: usize, spots: &[Spot]) -> i32 {
    let own = spots[way.ends[end].node].shelf;
    let channel = if end == 0 { way.channels.first() } else { way.channels.last() };
    match channel {
        None => spots[way.ends[1 - end].node].top,
        Some(channel) if *channel == own => i32::MIN,
        Some(_) => i32::MAX,
    }
}

/// Where one of `number` lines ends. Those of left and right sides are not level, so that two that meet in a gutter
/// don't lie on each other.
fn port(spot: &Spot, is_right: bool, at: usize, number: usize) -> i32 {
    let [at, number] = [at, number].map(|count| i32::try_from(count).unwrap_or(i32::MAX / 64));
    let (first, last) = (spot.top + CORNER, spot.bottom - CORNER);
    let level = if is_right { 0 } else { NEXT / 2 };
    let begin = spot.top + FIRST;
    let begin = begin - (begin - level).rem_euclid(NEXT);
    if begin + (number - 1) * NEXT <= last {
        return begin + at * NEXT;
    }
    first + (last - first) * (at + 1) / (number + 1)
}

/// Makes lines straight whose ends are nearly level and have their sides to themselves.
fn straighten(ways: &mut [Way], spots: &[Spot], sides: &Sides) {
    for way in ways.iter_mut().filter(|way| way.channels.is_empty()) {
        let [a, b] = way.ends;
        let is_alone = [a, b].iter().all(|end| sides[&(end.node, end.is_right)].len() == 1);
        let within =
            |y: i32, node: usize| spots[node].top + CORNER <= y && y <= spots[node].bottom - CORNER;
        if is_alone && a.is_right != b.is_right && (a.y - b.y).abs() <= NEXT && within(a.y, b.node)
        {
            way.ends[1].y = a.y;
        }
    }
}
