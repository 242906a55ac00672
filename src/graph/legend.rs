//! What signs mean, below the picture.

use super::line;
use super::model::{Failure, Graph, Link, LinkKind, Marks, UNKNOWN};
use super::scene::{Area, Scene, set};
use super::sign;
use super::theme::Look;
use super::width::width;
use super::words;
use crate::source::Severity;

/// The least width of a picture, so that the legend has room.
pub(super) const LEAST_WIDTH: i32 = 620;

/// From the left edge of a line to its text, and of a sign.
const TEXT: [i32; 2] = [52, 22];
/// Between two signs.
const APART: i32 = 20;
const LINE: i32 = 24;

/// What draws a sign, how wide it is with the blank behind it, and what it means.
type Entry<'e> = (Box<dyn Fn(&mut Scene, i32, i32) + 'e>, i32, String);

/// Draws the legend from `(x, y)` on, that wide; returns its lower edge.
pub(super) fn legend(scene: &mut Scene, graph: &Graph, (x, y): (i32, i32), most: i32) -> i32 {
    let mut y = y;
    for (title, entries) in sections(graph) {
        y = section(scene, (x, y), most, title, &entries);
    }
    y
}

/// The entries of one section in lines; its lower edge.
fn section(
    scene: &mut Scene,
    (x, y): (i32, i32),
    most: i32,
    title: &str,
    entries: &[Entry<'_>],
) -> i32 {
    let heading = set(Look::Muted, 11, true);
    let text = set(Look::Ink, 12, false);
    scene.text(heading, (x, y + 16), HEADING, title);
    let (mut at, mut y) = (HEADING, y);
    for (draw, sign, word) in entries {
        let needs = sign + width(word, text.font);
        if at > HEADING && at + needs > most {
            (at, y) = (HEADING, y + LINE);
        }
        draw(scene, x + at, y + 12);
        scene.text(text, (x + at + sign, y + 16), (most - at - sign).max(0), word);
        at += needs + APART;
    }
    y + LINE
}

/// What the headings take.
const HEADING: i32 = 80;

fn sections(graph: &Graph) -> Vec<(&'static str, Vec<Entry<'_>>)> {
    let mut sections = vec![("Relations", relations(graph)), ("Checks", checks())];
    if let Some(failure) = &graph.failure {
        sections.push(("Service", modes(graph, failure)));
    }
    sections
}

fn relations(graph: &Graph) -> Vec<Entry<'_>> {
    let kinds = [LinkKind::Pair, LinkKind::OneWay, LinkKind::Registrar, LinkKind::NextHop];
    let shown =
        kinds.into_iter().filter(|kind| graph.folded.is_none() || *kind != LinkKind::NextHop);
    let entry = |kind: LinkKind| -> Entry<'_> {
        let link = Link { kind, from: 0, to: 0, count: 1, bundle: None, marks: Marks::default() };
        let draw = move |scene: &mut Scene, x: i32, y: i32| line::sample(scene, &link, (x, y));
        (Box::new(draw), TEXT[0], words::link(kind).to_owned())
    };
    let mut entries: Vec<Entry<'_>> = shown.map(entry).collect();
    if graph.links.iter().any(|link| link.bundle.is_some()) {
        let draw = |scene: &mut Scene, x: i32, y: i32| line::bundle_sample(scene, (x, y));
        let text = "pairs of two sites as one line: each pool names its partner";
        entries.push((Box::new(draw), TEXT[0], text.to_owned()));
    }
    entries
}

fn checks<'e>() -> Vec<Entry<'e>> {
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let entry = |severity: Severity| -> Entry<'e> {
        let draw =
            move |scene: &mut Scene, x: i32, y: i32| sign::severity(scene, severity, (x + 7, y));
        (Box::new(draw), TEXT[1], severity.as_str().to_owned())
    };
    severities.into_iter().map(entry).collect()
}

fn modes<'e>(graph: &'e Graph, failure: &'e Failure) -> Vec<Entry<'e>> {
    let groups = || graph.nodes.iter().flat_map(|node| &node.groups);
    let down: Entry<'e> = (
        Box::new(|scene: &mut Scene, x: i32, y: i32| {
            scene.area(Look::Down, Area { x, y: y - 8, width: 30, height: 16 }, 4);
        }),
        38,
        "down".to_owned(),
    );
    let entry = |mode: super::Mode| -> Option<Entry<'e>> {
        let in_mode: Vec<_> = groups().filter(|group| failure.mode(group) == mode).collect();
        if mode == UNKNOWN && in_mode.is_empty() {
            return None;
        }
        let users = words::number(super::model::users(in_mode));
        let draw = move |scene: &mut Scene, x: i32, y: i32| sign::mode(scene, mode, (x + 7, y));
        Some((Box::new(draw), TEXT[1], format!("{}: {users} users", mode.name)))
    };
    Failure::all().filter_map(entry).chain([down]).collect()
}
