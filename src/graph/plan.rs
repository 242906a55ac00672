//! What stands where, by names and sites alone: pools with their branches in columns, columns in sites, sites in
//! rows. How wide the gutters between columns and rows are is decided later, by the lines in them.

use super::card::{self, CARD, PADDING, ROW, WIDTH};
use super::model::{Graph, LinkKind, Node, NodeKind, SiteKind};
use super::nest::{Nest, nests};
use super::shelf::about_width;
use std::collections::BTreeMap;
use std::ops::Range;

/// From a pool's left edge to its branches.
pub(super) const INDENT: i32 = 22;
/// Between things that belong together.
const NEAR: i32 = 8;
/// Between the SBAs of a branch site.
const BETWEEN: i32 = 4;
/// Between pools.
const APART: i32 = 18;
/// From a site's upper edge to what it holds.
pub(super) const HEADER: i32 = 52;
/// From a site's edge to what it holds.
pub(super) const MARGIN: i32 = 16;
/// The name of a branch site.
pub(super) const BRANCH_NAME: i32 = 19;
/// How high the branches of one pool may be before they get a further column.
const BRANCHES_HIGH: i32 = 700;
/// What a column takes besides its cards, about.
pub(super) const GUTTER: i32 = 40;
/// The proportion of a sheet of paper that lies on its long side.
pub(super) const SHEET: f64 = 1.414;
/// The proportion of each of so many sites: one alone is as wide as the sheet; where they take several rows, none is
/// much higher than its neighbours.
fn proportion(sites: usize) -> f64 {
    match sites {
        1 => 1.7,
        2..=6 => 1.2,
        _ => 2.2,
    }
}

/// Where everything stands, each in what holds it.
pub(super) struct Plan {
    /// Sites that lie in no other one.
    pub(super) blocks: Vec<Block>,
    /// Rows of them.
    pub(super) shelves: Vec<Range<usize>>,
}

/// A site that lies in no other one.
pub(super) struct Block {
    pub(super) site: usize,
    pub(super) columns: Vec<Column>,
    pub(super) height: i32,
    /// Whether it begins a row.
    pub(super) is_alone: bool,
}

/// Units one below the other.
pub(super) struct Column {
    pub(super) width: i32,
    pub(super) units: Vec<Unit>,
}

/// A pool with the branches that hang on it, or a branch site alone.
pub(super) struct Unit {
    pub(super) node: Option<usize>,
    /// From the upper edge of the site.
    pub(super) y: i32,
    pub(super) card_height: i32,
    pub(super) leaves: Vec<Leaf>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A branch site.
pub(super) struct Leaf {
    pub(super) site: usize,
    /// From the left edge of the column.
    pub(super) x: i32,
    /// From the upper edge of the unit.
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    /// What stands there, each from the upper edge of the leaf.
    pub(super) nodes: Vec<(usize, i32)>,
}

/// Plans a picture; in which rows sites stand is left open.
pub(super) fn plan(graph: &Graph) -> Plan {
    let registrars = registrars(graph);
    let nests = split(nests(graph), graph);
    let is_sited = |nest: &&Nest| graph.sites[nest.site].kind != SiteKind::Nowhere;
    let sited: Vec<&Nest> = nests.iter().filter(is_sited).collect();
    let wanted = proportion(sited.len());
    let mut blocks: Vec<Block> = sited
        .iter()
        .map(|nest| Block::of(nest.site, columns(units(graph, nest, &registrars), wanted)))
        .collect();
    // What has no site takes a row of its own: as wide a one as the others are.
    if let Some(nest) = nests.iter().find(|nest| !is_sited(nest)) {
        let units = units(graph, nest, &registrars);
        let height = |block: &Block| f64::from(block.height + GUTTER);
        let sited: f64 =
            blocks.iter().map(|block| f64::from(about_width(block)) * height(block)).sum();
        let own: f64 = units.iter().map(area).sum();
        let proportion = SHEET * (sited + own) / own.max(1.0);
        blocks.push(Block { is_alone: true, ..Block::of(nest.site, columns(units, proportion)) });
    }
    Plan { blocks, shelves: Vec::new() }
}

/// A branch site with pools of its own is drawn as a central one is.
fn split(nests: Vec<Nest>, graph: &Graph) -> Vec<Nest> {
    let mut all = Vec::new();
    for mut nest in nests {
        let is_leaf =
            |nest: &Nest| nest.nodes.iter().all(|&node| graph.nodes[node].kind.is_branch());
        let (leaves, own): (Vec<Nest>, Vec<Nest>) = nest.branches.into_iter().partition(is_leaf);
        nest.branches = leaves;
        all.push(nest);
        all.extend(own);
    }
    all.sort_by_key(|nest| (graph.sites[nest.site].kind == SiteKind::Nowhere, nest.site));
    all
}

/// By SBA its registrar pools.
fn registrars(graph: &Graph) -> BTreeMap<usize, Vec<usize>> {
    let mut registrars: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for link in graph.links.iter().filter(|link| link.kind == LinkKind::Registrar) {
        registrars.entry(link.from).or_default().push(link.to);
    }
    registrars
}

/// What stands in a site: pools with the branches that hang on them, then branches that hang on none.
fn units(graph: &Graph, nest: &Nest, registrars: &BTreeMap<usize, Vec<usize>>) -> Vec<Unit> {
    let mut hanging: BTreeMap<usize, Vec<&Nest>> = BTreeMap::new();
    let mut loose: Vec<&Nest> = Vec::new();
    for branch in &nest.branches {
        let named = branch.nodes.iter().flat_map(|node| registrars.get(node).into_iter().flatten());
        let is_here = |node: &Node| node.site == nest.site && !node.kind.is_branch();
        match named.copied().filter(|&pool| is_here(&graph.nodes[pool])).min() {
            Some(pool) => hanging.entry(pool).or_default().push(branch),
            None => loose.push(branch),
        }
    }
    let mut nodes = nest.nodes.clone();
    nodes.sort_by_key(|&node| (rank(graph.nodes[node].kind), node));
    let mut units: Vec<Unit> = nodes
        .into_iter()
        .map(|node| unit(graph, Some(node), hanging.get(&node).map_or(&[][..], Vec::as_slice)))
        .collect();
    units.extend(loose.into_iter().map(|branch| unit(graph, None, &[branch])));
    units
}

impl Block {
    fn of(site: usize, mut columns: Vec<Column>) -> Self {
        if columns.is_empty() {
            columns.push(Column { width: WIDTH, units: Vec::new() });
        }
        let bottoms = columns.iter().flat_map(|column| column.units.last());
        let bottom = bottoms.map(|unit| unit.y + unit.height).max().unwrap_or(HEADER - MARGIN);
        Self { site, columns, height: bottom + MARGIN, is_alone: false }
    }
}

/// What a unit takes, about.
fn area(unit: &Unit) -> f64 {
    f64::from(unit.height + APART) * f64::from(unit.width + GUTTER)
}

/// In which order kinds stand in a site.
fn rank(kind: NodeKind) -> usize {
    match kind {
        NodeKind::FrontEnd | NodeKind::Site => 0,
        NodeKind::Director => 1,
        NodeKind::Edge => 2,
        NodeKind::Appliance | NodeKind::Server => 3,
        NodeKind::Homeless => 4,
    }
}

fn unit(graph: &Graph, node: Option<usize>, branches: &[&Nest]) -> Unit {
    let indent = if node.is_some() { INDENT } else { 0 };
    let mut leaves: Vec<Leaf> = branches.iter().map(|branch| leaf(graph, branch, indent)).collect();
    let width = stack(&mut leaves, indent);
    let inner = width - 2 * PADDING;
    let card = node.map(|node| card::height(&graph.nodes[node], inner, CARD) + 2 * PADDING - 4);
    let first = card.map_or(0, |height| height + NEAR);
    leaves.iter_mut().for_each(|leaf| leaf.y += first);
    let bottoms = leaves.iter().map(|leaf| leaf.y + leaf.height);
    let card_height = card.unwrap_or(0);
    let height = bottoms.max().unwrap_or(card_height);
    Unit { node, y: 0, card_height, leaves, width, height }
}

/// Puts branches one below the other, in as many columns as they need; the width of all.
fn stack(leaves: &mut [Leaf], indent: i32) -> i32 {
    let high: i32 = leaves.iter().map(|leaf| leaf.height + NEAR).sum();
    let number = (high + BRANCHES_HIGH - 1) / BRANCHES_HIGH;
    let most = high / number.max(1);
    let (mut at, mut y) = (0, 0);
    for leaf in leaves {
        // Where most of it would stand below the end of the column, it begins the next one.
        if y + leaf.height / 2 > most && at + 1 < number {
            (at, y) = (at + 1, 0);
        }
        (leaf.x, leaf.y) = (at * (WIDTH + NEAR) + indent, y);
        y += leaf.height + NEAR;
    }
    WIDTH + at * (WIDTH + NEAR)
}

fn leaf(graph: &Graph, branch: &Nest, indent: i32) -> Leaf {
    let width = WIDTH - indent;
    let mut y = NEAR - 2 + BRANCH_NAME;
    let mut nodes = Vec::new();
    for &node in &branch.nodes {
        nodes.push((node, y));
        y += card::height(&graph.nodes[node], width - 2 * PADDING, ROW) + BETWEEN;
    }
    y -= if nodes.is_empty() { 0 } else { BETWEEN };
    Leaf { site: branch.site, x: 0, y: 0, width, height: y + NEAR - 3, nodes }
}

/// Fills columns one after the other, about equally high, so that a site has this proportion. Units of
/// another width begin a column.
fn columns(units: Vec<Unit>, proportion: f64) -> Vec<Column> {
    let all: f64 = units.iter().map(area).sum();
    let tallest = units.iter().map(|unit| unit.height).max().unwrap_or(0);
    let width = f64::from(WIDTH + GUTTER);
    let number = ((all * proportion).sqrt() / width).round().max(1.0);
    let most = (all / (number * width)).max(f64::from(tallest));
    let mut columns: Vec<Column> = Vec::new();
    let (mut y, mut begun) = (HEADER, 0.0);
    let mut before = 0.0;
    for mut unit in units {
        let height = f64::from(unit.height + APART);
        let is_full = before + height / 2.0 - begun > most;
        let is_other = columns.last().is_none_or(|column| column.width != unit.width);
        if is_full || is_other {
            // A column ends where it should have ended, so that one more unit moves few others.
            begun = if is_other { before } else { begun + most };
            y = HEADER;
            columns.push(Column { width: unit.width, units: Vec::new() });
        }
        before += height;
        unit.y = y;
        y += unit.height + APART;
        columns.last_mut().expect("one was pushed").units.push(unit);
    }
    columns
}
