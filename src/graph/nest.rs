//! Sites in sites: which branch sites lie in which central site.

use super::model::{Graph, SiteKind};

/// A site with what stands there and its branch sites.
pub(super) struct Nest {
    /// The site.
    pub(super) site: usize,
    /// The nodes that stand there, by name.
    pub(super) nodes: Vec<usize>,
    /// Its branch sites, by name.
    pub(super) branches: Vec<Nest>,
}

/// The sites that lie in no other one. A branch site lies in its central site, where that is one.
pub(super) fn nests(graph: &Graph) -> Vec<Nest> {
    let mut nodes = vec![Vec::new(); graph.sites.len()];
    graph.nodes.iter().enumerate().for_each(|(at, node)| nodes[node.site].push(at));
    let (mut outer, mut inner) = (Vec::new(), Vec::new());
    for (site, nodes) in nodes.into_iter().enumerate() {
        let nest = Nest { site, nodes, branches: Vec::new() };
        match central(graph, site) {
            None => outer.push(nest),
            Some(central) => inner.push((central, nest)),
        }
    }
    for (central, nest) in inner {
        if let Ok(at) = outer.binary_search_by_key(&central, |nest| nest.site) {
            outer[at].branches.push(nest);
        }
    }
    outer
}

/// The central site in which a branch site lies.
fn central(graph: &Graph, site: usize) -> Option<usize> {
    let site = &graph.sites[site];
    let is_central = |central: &usize| graph.sites[*central].kind == SiteKind::Central;
    site.central.filter(|_| site.kind == SiteKind::Branch).filter(is_central)
}
