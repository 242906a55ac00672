//! Too many pools for one picture → one node for each site.

use super::model::{Graph, Group, Link, LinkKind, Marks, Node, NodeKind, Site, SiteKind};
use super::nest::{Nest, nests};
use super::words::{self, plural};
use std::collections::BTreeMap;

/// The most pools of which each gets a node of its own.
pub const MOST_POOLS: usize = 500;

/// Sites as nodes, with counts of what they hold and of relations between them. A branch site is counted in its
/// central site.
pub(super) fn fold(graph: &Graph) -> Graph {
    let nests = nests(graph);
    let mut node_of = vec![0; graph.sites.len()];
    for (at, nest) in nests.iter().enumerate() {
        node_of[nest.site] = at;
        nest.branches.iter().for_each(|branch| node_of[branch.site] = at);
    }
    let mut nodes: Vec<Node> = nests.iter().map(|nest| node(graph, nest)).collect();
    let at = |site: usize| node_of[site];
    let links = folded_links(graph, &at);
    partners(&mut nodes, &links);
    let Graph { name, failure, elsewhere, .. } = graph.clone();
    let sites = vec![Site {
        name: "Sites".to_owned(),
        kind: SiteKind::Central,
        central: None,
        marks: Marks::default(),
    }];
    Graph { name, sites, nodes, links, failure, elsewhere, folded: Some(graph.pools()) }
}

/// A site with all that it and its branch sites hold.
fn node(graph: &Graph, nest: &Nest) -> Node {
    let sites = || nest.branches.iter().chain([nest]);
    let nodes = sites().flat_map(|nest| &nest.nodes).map(|&node| &graph.nodes[node]);
    let (here, mut marks): (Vec<&Node>, Marks) = (nodes.collect(), Marks::default());
    sites().for_each(|nest| marks.extend(&graph.sites[nest.site].marks));
    for node in &here {
        marks.extend(&node.marks);
        node.groups.iter().for_each(|group| marks.extend(&group.marks));
    }
    let (name, branches) = (words::site(&graph.sites[nest.site]), nest.branches.len());
    let (facts, groups) = (counts(&here, branches), by_mode(&here));
    Node { facts, groups, marks, ..Node::new(name, NodeKind::Site, 0) }
}

/// `50 pools`, `2 SBAs`.
fn counts(nodes: &[&Node], branches: usize) -> Vec<String> {
    let count =
        |is_it: &dyn Fn(NodeKind) -> bool| nodes.iter().filter(|node| is_it(node.kind)).count();
    let kinds: [(&str, usize); 5] = [
        ("pool", count(&|kind| kind == NodeKind::FrontEnd)),
        ("Director", count(&|kind| kind == NodeKind::Director)),
        ("Edge pool", count(&|kind| kind == NodeKind::Edge)),
        ("SBA", count(&NodeKind::is_branch)),
        ("branch site", branches),
    ];
    let down = nodes.iter().filter(|node| node.is_down).count();
    let counted =
        kinds.into_iter().filter(|(_, count)| *count > 0).map(|(word, count)| plural(count, word));
    counted.chain((down > 0).then(|| format!("{down} down"))).collect()
}

/// The groups of a site, those of one mode together.
fn by_mode(nodes: &[&Node]) -> Vec<Group> {
    let mut modes: BTreeMap<Option<usize>, (usize, i64, bool)> = BTreeMap::new();
    for group in nodes.iter().flat_map(|node| &node.groups) {
        let (groups, users, at_least) = modes.entry(group.mode).or_default();
        *groups += 1;
        *users = users.saturating_add(group.users.unwrap_or(0));
        *at_least |= group.users.is_none();
    }
    let group = |(mode, (groups, users, at_least)): (Option<usize>, (usize, i64, bool))| Group {
        name: plural(groups, "user group"),
        users: Some(users),
        at_least,
        mode,
        marks: Marks::default(),
    };
    modes.into_iter().map(group).collect()
}

/// Relations between pools of different sites, counted.
fn folded_links(graph: &Graph, at: &dyn Fn(usize) -> usize) -> Vec<Link> {
    let mut links: BTreeMap<(usize, usize, LinkKind), Link> = BTreeMap::new();
    for link in graph.links.iter().filter(|link| link.kind != LinkKind::NextHop) {
        let ends = [link.from, link.to].map(|node| at(graph.nodes[node].site));
        let [from, to] = match link.kind {
            LinkKind::Pair => [ends[0].min(ends[1]), ends[0].max(ends[1])],
            _ => ends,
        };
        if from == to {
            continue;
        }
        let (kind, marks) = (link.kind, Marks::default());
        let folded = links.entry((from, to, kind)).or_insert(Link {
            kind,
            from,
            to,
            count: 0,
            bundle: None,
            marks,
        });
        folded.count += 1;
        folded.marks.extend(&link.marks);
    }
    links.into_values().collect()
}

/// The most partners that a site names.
const MOST_PARTNERS: usize = 4;

/// Says of each site how many pairs it has with which others.
fn partners(nodes: &mut [Node], links: &[Link]) {
    for link in links.iter().filter(|link| link.kind == LinkKind::Pair) {
        for (node, other) in [(link.from, link.to), (link.to, link.from)] {
            let text = format!("{}: {}", plural(link.count, "pair"), nodes[other].name);
            nodes[node].partners.push(text);
        }
    }
    for node in nodes {
        let more = node.partners.len().saturating_sub(MOST_PARTNERS);
        if more > 0 {
            node.partners.truncate(MOST_PARTNERS);
            node.partners.push(format!("and pairs with {}", plural(more, "more site")));
        }
    }
}
