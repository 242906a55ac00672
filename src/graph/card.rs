//! Nodes as cards: how high they are, and what they say.

use super::model::{Failure, Graph, Group, Marks, Node, NodeKind, users};
use super::scene::{Area, Scene, Set, set};
use super::sign;
use super::theme::Look;
use super::width::width as width_of;
use super::words;
use std::collections::BTreeMap;

/// The width of a card without branches in several columns.
pub(super) const WIDTH: i32 = 264;

/// From the edge of a card to its texts.
pub(super) const PADDING: i32 = 10;

const NAME_LINE: i32 = 18;
const LINE: i32 = 17;

/// The most lines of groups in a column.
const MOST_GROUPS: usize = 8;

/// What a column of groups takes at least, and what is between two.
const GROUPS: i32 = 220;
const BESIDE: i32 = 28;

/// How a card's texts are set.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    name: Set,
    has_facts: bool,
}

/// A pool or an Edge pool.
pub(super) const CARD: Sizes = Sizes { name: set(Look::Ink, 13, true), has_facts: true };
/// An SBA in the box of its branch site.
pub(super) const ROW: Sizes = Sizes { name: set(Look::Ink, 12, true), has_facts: false };

const FACTS: Set = set(Look::Muted, 11, false);
const GROUP: Set = set(Look::Ink, 12, false);

/// The lines of a node's groups: each group, or those of one mode together where there are too many.
fn group_lines(node: &Node, columns: usize) -> Vec<Group> {
    let most = MOST_GROUPS * columns;
    if node.groups.len() <= most {
        return node.groups.clone();
    }
    let (shown, rest) = node.groups.split_at(most - 1);
    let mut modes: BTreeMap<Option<usize>, Vec<&Group>> = BTreeMap::new();
    rest.iter().for_each(|group| modes.entry(group.mode).or_default().push(group));
    let folded = modes.into_iter().map(|(mode, groups)| {
        let (sum, at_least) = users(groups.iter().copied());
        let mut marks = Marks::default();
        groups.iter().for_each(|group| marks.extend(&group.marks));
        let name = format!("and {}", words::plural(groups.len(), "other group"));
        Group { name, users: Some(sum), at_least, mode, marks }
    });
    shown.iter().cloned().chain(folded).collect()
}

/// In how many columns groups stand in a node of this width.
fn group_columns(width: i32) -> usize {
    usize::try_from((width + BESIDE) / (GROUPS + BESIDE)).unwrap_or(1).max(1)
}

/// What is known of a node, in lines that fit.
fn fact_lines(node: &Node, width: i32, sizes: Sizes) -> Vec<String> {
    let facts = words::facts(node);
    if !sizes.has_facts || facts.is_empty() && !has_sum(node) {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    for fact in facts.split(WORD) {
        let sum = if lines.len() == 1 { sum_width(node) } else { 0 };
        let last = lines.last_mut().expect("there is one");
        let longer = if last.is_empty() { fact.to_owned() } else { format!("{last}{WORD}{fact}") };
        match last.is_empty() || width_of(&longer, FACTS.font) <= width - sum {
            true => *last = longer,
            false => lines.push(fact.to_owned()),
        }
    }
    lines
}

/// What is between two facts.
const WORD: &str = " · ";

/// Whether it says how many users there are in all.
fn has_sum(node: &Node) -> bool {
    node.groups.len() > 1 && node.kind != NodeKind::Site
}

fn sum(node: &Node) -> String {
    format!("{} users", words::number(node.users()))
}

fn sum_width(node: &Node) -> i32 {
    if has_sum(node) { width_of(&sum(node), FACTS.font) + 8 } else { 0 }
}

/// How high a node of this width is, padding left out of both.
pub(super) fn height(node: &Node, width: i32, sizes: Sizes) -> i32 {
    let columns = group_columns(width);
    let groups = group_lines(node, columns).len().div_ceil(columns);
    let lines = fact_lines(node, width, sizes).len() + node.partners.len() + groups;
    NAME_LINE + i32::try_from(lines).unwrap_or(i32::MAX).saturating_mul(LINE)
}

/// Writes a node's texts into an area without padding.
pub(super) fn texts(scene: &mut Scene, graph: &Graph, node: &Node, area: Area, sizes: Sizes) {
    let (x, right) = (area.x, area.right());
    let mut y = area.y + 13;
    let signs = sign::marks_width(&node.marks);
    sign::marks(scene, &node.marks, right, y);
    let down = if node.is_down { down(scene, x, y) } else { 0 };
    scene.name(sizes.name, (x + down, y), area.width - signs - down - 4, &node.name);
    y += NAME_LINE - 1;
    let facts = fact_lines(node, area.width, sizes);
    if has_sum(node) && sizes.has_facts {
        scene.text(FACTS.to_end(), (right, y), area.width, &sum(node));
    }
    for (at, line) in facts.iter().chain(&node.partners).enumerate() {
        let most = area.width - if at == 0 { sum_width(node) } else { 0 };
        scene.text(FACTS, (x, y), most, line);
        y += LINE;
    }
    groups(scene, graph.failure.as_ref(), node, area, y);
}

/// Writes the lines of groups, column by column.
fn groups(scene: &mut Scene, failure: Option<&Failure>, node: &Node, area: Area, y: i32) {
    let columns = group_columns(area.width);
    let lines = group_lines(node, columns);
    let rows = lines.len().div_ceil(columns).max(1);
    let number = i32::try_from(columns).unwrap_or(1);
    let width = (area.width - (number - 1) * BESIDE) / number;
    for (column, lines) in (0..).zip(lines.chunks(rows)) {
        let x = area.x + column * (width + BESIDE);
        for (row, line) in (0..).zip(lines) {
            group(scene, failure, line, (x, x + width), y + row * LINE);
        }
    }
}

/// The word for what is down; its width.
fn down(scene: &mut Scene, x: i32, y: i32) -> i32 {
    let word = set(Look::Sign, 9, true);
    let width = width_of("DOWN", word.font) + 8;
    scene.area(Look::Ink, Area { x, y: y - 11, width, height: 14 }, 3);
    scene.text(word, (x + 4, y - 1), width, "DOWN");
    width + 6
}

fn group(
    scene: &mut Scene,
    failure: Option<&Failure>,
    group: &Group,
    (left, right): (i32, i32),
    y: i32,
) {
    let mut x = left;
    if let Some(failure) = failure {
        sign::mode(scene, failure.mode(group), (x + 7, y - 4));
        x += 19;
    }
    let users = words::group_users(group);
    scene.text(GROUP.to_end(), (right, y), right - x, &users);
    let signs = sign::marks_width(&group.marks);
    let end = right - width_of(&users, GROUP.font) - 6;
    sign::marks(scene, &group.marks, end, y);
    scene.text(GROUP, (x, y), end - signs - x - 4, &group.name);
}
