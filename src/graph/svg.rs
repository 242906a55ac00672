//! Picture → SVG.

use super::card::{self, CARD, PADDING, ROW};
use super::fit::fit;
use super::legend;
use super::line;
use super::model::{Graph, Node, SiteKind, users};
use super::plan::{self, BRANCH_NAME, Block, INDENT, Leaf, MARGIN, Plan, Unit};
use super::route::Routes;
use super::scene::{Area, Scene, set};
use super::sign;
use super::theme::Look;
use super::words;
use crate::source::Severity;

/// The edge of the paper.
const PAPER: i32 = 24;
/// What the title takes.
const TITLE: i32 = 64;

/// The picture as SVG, all of whose names begin with `prefix`: letters, digits and `-`. It has no script and names
/// nothing outside of itself, so that it may stand in a page. Its colours follow the reader's choice of light or
/// dark; a page that sets `--PREFIX-NAME`, such as `--lynt-card`, has its own.
pub fn svg(graph: &Graph, prefix: &str) -> String {
    let (plan, routes) = fit(graph, PAPER + TITLE);
    let width = (routes.right() + 2 * PAPER).max(legend::LEAST_WIDTH);
    let mut scene = Scene::new(prefix);
    let mut picture = Picture { graph, plan: &plan, routes: &routes, scene: &mut scene };
    picture.sites();
    picture.lines();
    picture.cards();
    let bottom = legend::legend(&mut scene, graph, (PAPER, routes.rows.end + 8), width - 2 * PAPER);
    let mut whole = Scene::new(prefix);
    let (height, title) = (bottom + PAPER, words::title(graph));
    whole.area(Look::Paper, Area { x: 0, y: 0, width, height }, 0);
    heading(&mut whole, graph, width);
    whole.take(scene);
    whole.svg((width, height), &title, &words::description(graph))
}

fn heading(scene: &mut Scene, graph: &Graph, width: i32) {
    let name = if graph.name.is_empty() { "Topology" } else { &graph.name };
    let most = width - 2 * PAPER;
    scene.text(set(Look::Ink, 22, true), (PAPER, PAPER + 22), most, name);
    scene.text(set(Look::Muted, 13, false), (PAPER, PAPER + 44), most, &words::subtitle(graph));
}

struct Picture<'a> {
    graph: &'a Graph,
    plan: &'a Plan,
    routes: &'a Routes,
    scene: &'a mut Scene,
}

impl<'a> Picture<'a> {
    /// Everything that stands in a column: the row, the column, its left edge and the upper edge of its row.
    fn columns(&self) -> Vec<(&'a Block, &'a plan::Column, (i32, i32))> {
        let mut all = Vec::new();
        for (shelf, blocks) in self.plan.shelves.iter().enumerate() {
            let columns = self.plan.blocks[blocks.clone()]
                .iter()
                .flat_map(|block| block.columns.iter().map(move |column| (block, column)));
            let lefts = &self.routes.columns[shelf].starts;
            for ((block, column), left) in columns.zip(lefts) {
                all.push((block, column, (PAPER + left, self.routes.rows.starts[shelf])));
            }
        }
        all
    }

    fn sites(&mut self) {
        for (shelf, blocks) in self.plan.shelves.iter().enumerate() {
            let blocks = &self.plan.blocks[blocks.clone()];
            let tallest = blocks.iter().map(|block| block.height).max().unwrap_or(0);
            let mut at = 0;
            for block in blocks {
                let lefts = &self.routes.columns[shelf].starts[at..at + block.columns.len()];
                at += block.columns.len();
                let x = PAPER + lefts[0] - MARGIN;
                let last = block.columns.last().map_or(0, |column| column.width);
                let width = PAPER + lefts[lefts.len() - 1] + last + MARGIN - x;
                // Sites of about the same height are of the same height.
                let height = if 2 * block.height > tallest { tallest } else { block.height };
                let area = Area { x, y: self.routes.rows.starts[shelf], width, height };
                self.site(block, area);
            }
        }
    }

    fn site(&mut self, block: &Block, area: Area) {
        let site = &self.graph.sites[block.site];
        let name = words::site(site);
        let most = block.columns.first().map_or(0, |column| column.width);
        self.scene.begin(&words::site_text(self.graph, block.site));
        self.scene.area(Look::Site, area, 10);
        let (x, y) = (area.x + MARGIN, area.y + 24);
        let signs = sign::marks_width(&site.marks);
        self.scene.text(set(Look::Ink, 15, true), (x, y), most - signs, name);
        sign::marks(self.scene, &site.marks, x + most, y);
        let summary = self.summary(block);
        self.scene.text(set(Look::Muted, 11, false), (x, y + 16), most, &summary);
        self.scene.end();
    }

    /// `central site · 2 pools · 13,400 users`.
    fn summary(&self, block: &Block) -> String {
        let units = || block.columns.iter().flat_map(|column| &column.units);
        let leaves = units().flat_map(|unit| &unit.leaves).flat_map(|leaf| &leaf.nodes);
        let here: Vec<&Node> = units()
            .filter_map(|unit| unit.node)
            .chain(leaves.map(|(node, _)| *node))
            .map(|node| &self.graph.nodes[node])
            .collect();
        let kind = match self.graph.sites[block.site].kind {
            _ if self.graph.folded.is_some() => "",
            SiteKind::Central => "central site",
            SiteKind::Branch => "branch site",
            SiteKind::Nowhere => "",
        };
        let groups = || here.iter().flat_map(|node| &node.groups);
        let users = match groups().count() {
            0 => String::new(),
            _ => format!("{} users", words::number(users(groups()))),
        };
        let parts = [kind.to_owned(), words::count(&here), users];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn cards(&mut self) {
        for (_, column, at) in self.columns() {
            for unit in &column.units {
                self.unit(unit, (at.0, at.1 + unit.y));
            }
        }
    }

    fn unit(&mut self, unit: &Unit, (x, y): (i32, i32)) {
        if let Some(node) = unit.node {
            let area = Area { x, y, width: unit.width, height: unit.card_height };
            self.trunk(unit, node, (x, y));
            self.card(node, area);
        }
        for leaf in &unit.leaves {
            let (width, height) = (leaf.width, leaf.height);
            self.branch(leaf, Area { x: x + leaf.x, y: y + leaf.y, width, height });
        }
    }

    fn card(&mut self, at: usize, area: Area) {
        let node = &self.graph.nodes[at];
        self.scene.begin(&words::node_text(self.graph, node));
        self.scene.area(Look::Card, area, 6);
        let outline = match node.marks.worst() {
            _ if node.is_down => Some(Look::Down),
            Some(Severity::Error) => Some(Look::WrongError),
            Some(Severity::Warning) => Some(Look::WrongWarning),
            _ => None,
        };
        if let Some(look) = outline {
            self.scene.area(look, area, 6);
        }
        let inner = Area {
            x: area.x + PADDING,
            y: area.y + PADDING - 3,
            width: area.width - 2 * PADDING,
            height: 0,
        };
        card::texts(self.scene, self.graph, node, inner, CARD);
        self.scene.end();
    }

    fn branch(&mut self, leaf: &Leaf, area: Area) {
        let site = &self.graph.sites[leaf.site];
        self.scene.begin(&words::site_text(self.graph, leaf.site));
        self.scene.area(Look::Branch, area, 6);
        let (x, most) = (area.x + PADDING, area.width - 2 * PADDING);
        let y = area.y + BRANCH_NAME - 1;
        let signs = sign::marks_width(&site.marks);
        let set = set(Look::Muted, 11, true);
        self.scene.text(set, (x, y), most - signs - 4, words::site(site));
        sign::marks(self.scene, &site.marks, x + most, y);
        for &(at, down) in &leaf.nodes {
            let node = &self.graph.nodes[at];
            self.scene.begin(&words::node_text(self.graph, node));
            let inner = Area { x, y: area.y + down, width: most, height: 0 };
            card::texts(self.scene, self.graph, node, inner, ROW);
            self.scene.end();
        }
        self.scene.end();
    }

    /// The lines from a pool to the SBAs that hang on it: one down each column of branches.
    fn trunk(&mut self, unit: &Unit, pool: usize, (x, y): (i32, i32)) {
        let mut columns: Vec<(i32, Vec<(i32, i32)>)> = Vec::new();
        for leaf in &unit.leaves {
            let tied = leaf.nodes.iter().filter(|(node, _)| self.is_tied(*node, pool));
            let ends = tied.map(|(_, down)| (x + leaf.x, y + leaf.y + down + 9));
            match columns.last_mut() {
                Some((left, all)) if *left == leaf.x => all.extend(ends),
                _ => columns.push((leaf.x, ends.collect())),
            }
        }
        for (left, ends) in columns {
            let x = x + left - INDENT / 2;
            let Some((_, last)) = ends.last() else { continue };
            let mut path = format!("M{x} {}V{last}", y + unit.card_height);
            ends.iter().for_each(|(end, level)| path += &format!("M{x} {level}H{end}"));
            self.scene.path(Look::Trunk, &path);
        }
    }

    fn is_tied(&self, sba: usize, pool: usize) -> bool {
        let links = &self.graph.links;
        let first = links.partition_point(|link| link.from < sba);
        links[first..].iter().take_while(|link| link.from == sba).any(|link| link.to == pool)
    }

    fn lines(&mut self) {
        line::lines(self.scene, self.graph, &self.routes.wires, PAPER);
    }
}
