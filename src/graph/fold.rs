//! Too many pools for one picture → one node for each site.

use super::model::{Graph, Group, Link, LinkKind, Marks, Node, NodeKind, Site, SiteKind};
use super::words::plural;
use std::collections::BTreeMap;

/// The most pools of which each gets a node of its own.
pub const MOST_POOLS: usize = 500;

/// Sites as nodes, with counts of what they hold and of relations between them. A branch site is counted in its
/// central site.
pub(super) fn fold(graph: &Graph) -> Graph {
    let shown = shown(graph);
    let mut nodes: Vec<Node> = Vec::new();
    let mut node_of: BTreeMap<usize, usize> = BTreeMap::new();
    for &site in &shown {
        node_of.entry(site).or_insert_with(|| {
            nodes.push(node(graph, site, &shown));
            nodes.len() - 1
        });
    }
    let at = |site: usize| node_of[&shown[site]];
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

/// By site the site whose node stands for it.
fn shown(graph: &Graph) -> Vec<usize> {
    let is_central = |site: &usize| graph.sites[*site].kind == SiteKind::Central;
    let central = |(at, site): (usize, &Site)| match site.kind {
        SiteKind::Branch => site.central.filter(is_central).unwrap_or(at),
        _ => at,
    };
    graph.sites.iter().enumerate().map(central).collect()
}

fn node(graph: &Graph, site: usize, shown: &[usize]) -> Node {
    let here: Vec<&Node> = graph.nodes.iter().filter(|node| shown[node.site] == site).collect();
    let Site { name, kind, .. } = &graph.sites[site];
    let name = if *kind == SiteKind::Nowhere { "no site" } else { name };
    let branches = shown.iter().enumerate().filter(|(at, shown)| **shown == site && *at != site);
    let (branches, mut marks) = (branches.map(|(at, _)| at).collect::<Vec<_>>(), Marks::default());
    for at in branches.iter().copied().chain([site]) {
        marks.extend(&graph.sites[at].marks);
    }
    for node in &here {
        marks.extend(&node.marks);
        node.groups.iter().for_each(|group| marks.extend(&group.marks));
    }
    let (facts, groups) = (counts(&here, branches.len()), by_mode(&here));
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
