//! Lines with their arrows and marks.

use super::model::{Graph, Link, LinkKind};
use super::route::Wire;
use super::scene::Scene;
use super::sign;
use super::theme::Look;
use super::words;
use crate::source::Severity;
use std::collections::BTreeMap;

/// How far corners are rounded.
const ROUND: i32 = 5;

type Point = (i32, i32);

/// Draws all lines, `left` pixels further right; those that are wrong last.
pub(super) fn lines(scene: &mut Scene, graph: &Graph, wires: &[Wire], left: i32) {
    let mut families: BTreeMap<usize, Vec<&Wire>> = BTreeMap::new();
    wires.iter().for_each(|wire| families.entry(wire.key).or_default().push(wire));
    let mut families: Vec<Vec<&Wire>> = families.into_values().collect();
    families.sort_by_key(|wires| graph.links[wires[0].link].marks.worst());
    for family in &families {
        let link = &graph.links[family[0].link];
        let texts: Vec<String> =
            family.iter().map(|wire| words::link_text(graph, &graph.links[wire.link])).collect();
        scene.begin(&texts.join("\n"));
        let moved = family.iter().map(|wire| moved(&wire.points, left)).collect::<Vec<_>>();
        let path = if let [one] = &moved[..] { rounded(one) } else { united(&moved) };
        let look = if link.bundle.is_some() { Look::Bundle } else { look(link.kind) };
        scene.line(look, wrong(link), &path);
        for points in &moved {
            ends(scene, link, points);
        }
        if let Some(severity) = link.marks.worst() {
            moved.iter().for_each(|points| mark(scene, severity, points, moved.len() == 1));
        }
        scene.end();
    }
}

fn moved(points: &[Point], left: i32) -> Vec<Point> {
    let mut points: Vec<Point> = points.iter().map(|(x, y)| (x + left, *y)).collect();
    points.dedup();
    points
}

/// How the line of a relation looks.
fn look(kind: LinkKind) -> Look {
    match kind {
        LinkKind::OneWay => Look::OneWay,
        LinkKind::NextHop => Look::NextHop,
        LinkKind::Registrar => Look::Remote,
        LinkKind::Pair => Look::Pair,
    }
}

/// The colour of what is wrong with a relation.
fn wrong(link: &Link) -> Option<Look> {
    match link.marks.worst()? {
        Severity::Error => Some(Look::WrongError),
        Severity::Warning => Some(Look::WrongWarning),
        Severity::Note => None,
    }
}

/// A line with round corners.
fn rounded(points: &[Point]) -> String {
    let mut path = String::new();
    for (at, &(x, y)) in points.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| points.get(at));
        let (Some(&before), Some(&after)) = (before, points.get(at + 1)) else {
            path += &format!("{}{x} {y}", if at == 0 { "M" } else { "L" });
            continue;
        };
        let (start, end) = (toward((x, y), before), toward((x, y), after));
        path += &format!("L{} {}Q{x} {y} {} {}", start.0, start.1, end.0, end.1);
    }
    path
}

/// A little way from a corner to the next one.
fn toward((x, y): Point, (to_x, to_y): Point) -> Point {
    let step = |from: i32, to: i32| {
        from + (to - from)
            .clamp(-ROUND.min((to - from).abs() / 2), ROUND.min((to - from).abs() / 2))
    };
    (step(x, to_x), step(y, to_y))
}

/// Lines that are drawn as one: what several have in common is there once, so that dashes stay dashes.
fn united(lines: &[Vec<Point>]) -> String {
    let (mut level, mut upright) = (BTreeMap::new(), BTreeMap::new());
    for pair in lines.iter().flat_map(|points| points.windows(2)) {
        let [(x, y), (to_x, to_y)] = [pair[0], pair[1]];
        let (all, at, from, to) = match y == to_y {
            true => (&mut level, y, x.min(to_x), x.max(to_x)),
            false => (&mut upright, x, y.min(to_y), y.max(to_y)),
        };
        all.entry(at).or_insert_with(Vec::new).push((from, to));
    }
    let level = level.into_iter().flat_map(|(y, parts)| {
        union(parts).into_iter().map(move |(from, to)| format!("M{from} {y}H{to}"))
    });
    let upright = upright.into_iter().flat_map(|(x, parts)| {
        union(parts).into_iter().map(move |(from, to)| format!("M{x} {from}V{to}"))
    });
    level.chain(upright).collect()
}

fn union(mut parts: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    parts.sort_unstable();
    let mut united: Vec<(i32, i32)> = Vec::new();
    for (from, to) in parts {
        match united.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => united.push((from, to)),
        }
    }
    united
}

/// The arrows at the ends of a line.
fn ends(scene: &mut Scene, link: &Link, points: &[Point]) {
    let [first, .., last] = points else { return };
    let [second, before] = [points[1], points[points.len() - 2]];
    let colour = match (link.kind, link.marks.worst()) {
        (LinkKind::Registrar, _) => return,
        (LinkKind::NextHop, _) => {
            return scene.line(Look::Trunk, wrong(link), &open_arrow(*last, before));
        }
        (_, Some(Severity::Error)) => Look::Error,
        (_, Some(Severity::Warning)) => Look::Warning,
        (LinkKind::Pair, _) => Look::PairEnd,
        (LinkKind::OneWay, _) => Look::OneWayEnd,
    };
    scene.path(colour, &arrow(*last, before));
    if link.kind == LinkKind::Pair {
        scene.path(colour, &arrow(*first, second));
    }
}

/// An arrow whose tip is at a point, as seen from another one on its left or right.
fn arrow((x, y): Point, (from, _): Point) -> String {
    let back = if from < x { -9 } else { 9 };
    format!("M{x} {y}l{back} -4v8z")
}

fn open_arrow((x, y): Point, (from, _): Point) -> String {
    let back = if from < x { -7 } else { 7 };
    format!("M{} {}L{x} {y}L{} {}", x + back, y - 4, x + back, y + 4)
}

/// The sign of a severity on a line: in the middle of its longest part, or of its first part where others share the
/// rest.
fn mark(scene: &mut Scene, severity: Severity, points: &[Point], is_alone: bool) {
    let length = |pair: &&[Point]| (pair[1].0 - pair[0].0).abs() + (pair[1].1 - pair[0].1).abs();
    let longest = points.windows(2).max_by_key(length).filter(|_| is_alone);
    if let Some(pair) = longest.or_else(|| points.windows(2).next()) {
        let middle = ((pair[0].0 + pair[1].0) / 2, (pair[0].1 + pair[1].1) / 2);
        sign::severity(scene, severity, middle);
    }
}

/// A short line of a kind, for the legend.
pub(super) fn sample(scene: &mut Scene, link: &Link, (x, y): Point) {
    let points = [(x, y), (x + 44, y)];
    scene.path(look(link.kind), &format!("M{x} {y}H{}", x + 44));
    ends(scene, link, &points);
}

/// A short line that stands for several pairs, for the legend.
pub(super) fn bundle_sample(scene: &mut Scene, (x, y): Point) {
    scene.path(Look::Bundle, &format!("M{x} {y}H{}M{} {}V{}", x + 44, x + 22, y - 7, y + 7));
    scene.path(Look::PairEnd, &arrow((x, y), (x + 44, y)));
    scene.path(Look::PairEnd, &arrow((x + 44, y), (x, y)));
}
