//! Many pairs between two sites → one line, and in each pool the name of its partner.

use super::model::{Graph, LinkKind};
use std::collections::BTreeMap;

/// The most pairs between two sites of which each gets a line of its own.
const MOST_PAIRS: usize = 8;

/// Bundles pairs with which nothing is wrong.
pub(super) fn bundle(graph: &mut Graph) {
    let mut between: BTreeMap<[usize; 2], Vec<usize>> = BTreeMap::new();
    for (at, link) in graph.links.iter().enumerate() {
        let mut sites = [link.from, link.to].map(|node| graph.nodes[node].site);
        sites.sort_unstable();
        let is_sound = link.kind == LinkKind::Pair && link.marks.findings.is_empty();
        if is_sound && sites[0] != sites[1] {
            between.entry(sites).or_default().push(at);
        }
    }
    for links in between.into_values().filter(|links| links.len() > MOST_PAIRS) {
        for &at in &links {
            graph.links[at].bundle = links.first().copied();
            let ends = [graph.links[at].from, graph.links[at].to];
            let [from, to] = ends.map(|node| format!("pair: {}", graph.nodes[node].name));
            graph.nodes[ends[0]].partners.push(to);
            graph.nodes[ends[1]].partners.push(from);
        }
    }
}
