//! Nodes as cards: how high they are, and what they say.

use super::model::{Failure, Graph, Group, Marks, Node, users};
use super::scene::{Area, Scene, Set, set};
use super::sign;
use super::theme::Look;
use super::width::width;
use super::words;
use std::collections::BTreeMap;

/// The width of a card without branches in several columns.
pub(super) const WIDTH: i32 = 264;

/// From the edge of a card to its texts.
pub(super) const PADDING: i32 = 10;

const NAME_LINE: i32 = 18;
const LINE: i32 = 17;

/// The most groups of which each gets a line of its own.
const MOST_GROUPS: usize = 8;

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
fn group_lines(node: &Node) -> Vec<Group> {
    if node.groups.len() <= MOST_GROUPS {
        return node.groups.clone();
    }
    let (shown, rest) = node.groups.split_at(MOST_GROUPS - 1);
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

/// How high a node is with these texts, padding left out.
pub(super) fn height(node: &Node, sizes: Sizes) -> i32 {
    let facts = usize::from(sizes.has_facts && has_facts(node));
    let lines = facts + node.partners.len() + group_lines(node).len();
    NAME_LINE + i32::try_from(lines).unwrap_or(i32::MAX).saturating_mul(LINE)
}

fn has_facts(node: &Node) -> bool {
    !words::facts(node).is_empty() || !node.groups.is_empty()
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
    if sizes.has_facts && has_facts(node) {
        facts(scene, node, area, y);
        y += LINE;
    }
    for partner in &node.partners {
        scene.text(FACTS, (x, y), area.width, &format!("pair: {partner}"));
        y += LINE;
    }
    for line in group_lines(node) {
        group(scene, graph.failure.as_ref(), &line, (x, right), y);
        y += LINE;
    }
}

/// The word for what is down; its width.
fn down(scene: &mut Scene, x: i32, y: i32) -> i32 {
    let word = set(Look::Sign, 9, true);
    let width = width("DOWN", word.font) + 8;
    scene.area(Look::Ink, Area { x, y: y - 11, width, height: 14 }, 3);
    scene.text(word, (x + 4, y - 1), width, "DOWN");
    width + 6
}

fn facts(scene: &mut Scene, node: &Node, area: Area, y: i32) {
    let mut most = area.width;
    if node.groups.len() > 1 || node.kind == super::NodeKind::Site {
        let sum = format!("{} users", words::number(node.users()));
        scene.text(FACTS.to_end(), (area.right(), y), most, &sum);
        most -= width(&sum, FACTS.font) + 8;
    }
    scene.text(FACTS, (area.x, y), most, &words::facts(node));
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
    let end = right - width(&users, GROUP.font) - 6;
    sign::marks(scene, &group.marks, end, y);
    scene.text(GROUP, (x, y), end - signs - x - 4, &group.name);
}
