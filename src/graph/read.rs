//! Facts → what a picture shows.

use super::model::{Graph, Group, Link, LinkKind, Marks, Node, NodeKind, Site, SiteKind};
use crate::datalog::program::{EntityId, Kind, Program, RelationId};
use crate::facts::{Cell, Facts};
use crate::print::Printer;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The relations that a picture reads.
const RELATIONS: [&str; 18] = [
    "Deployment.name",
    "CentralManagement.active",
    "CentralManagement.standby",
    "Site.kind",
    "Site.central-site",
    "Pool.site",
    "Pool.role",
    "Pool.edition",
    "Pool.version",
    "Pool.state",
    "Sba.kind",
    "Sba.site",
    "Sba.version",
    "EdgePool.site",
    "EdgePool.next-hop",
    "UserGroup.home",
    "UserGroup.users",
    "BackupRegistrar",
];

/// What the facts must hold.
pub fn relations(program: &Program) -> BTreeSet<RelationId> {
    let named = RELATIONS.iter().filter_map(|name| program.relation_named(name));
    named.chain(program.entities.iter().map(|entity| entity.relation)).collect()
}

/// What stands for an entity in the picture: indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Site(usize),
    Node(usize),
    /// A node and one of its groups.
    Group(usize, usize),
}

/// A picture, and by entity what stands for it.
pub(super) struct Read {
    pub(super) graph: Graph,
    pub(super) targets: Vec<Option<Target>>,
}

/// Facts → sites, nodes, groups and relations.
pub(super) fn read(program: &Program, facts: &Facts) -> Read {
    let targets = vec![None; facts.names.entities.len()];
    let printer = Printer::new(program, facts);
    let mut reader = Reader { program, facts, printer, graph: Graph::default(), targets };
    reader.name();
    reader.sites();
    reader.nodes();
    reader.groups();
    reader.links();
    reader.central_management();
    Read { graph: reader.graph, targets: reader.targets }
}

struct Reader<'a> {
    program: &'a Program,
    facts: &'a Facts,
    printer: Printer<'a>,
    graph: Graph,
    targets: Vec<Option<Target>>,
}

/// The values of a key by entity.
type Values = FxHashMap<usize, Cell>;

impl<'a> Reader<'a> {
    /// The rows of a relation of two columns.
    fn rows(&self, relation: &str) -> Vec<(usize, Cell)> {
        let Some(relation) = self.program.relation_named(relation) else { return Vec::new() };
        let table = self.facts.store.table(relation);
        let row = |at: usize| match table.row(at)[..] {
            [entity, value] => Some((usize::try_from(entity).ok()?, value)),
            _ => None,
        };
        (0..table.rows).filter_map(row).collect()
    }

    fn values(&self, relation: &str) -> Values {
        self.rows(relation).into_iter().collect()
    }

    /// The last column of a relation as text.
    fn word(&self, relation: &str, cell: Cell) -> String {
        let relation = self.program.relation_named(relation);
        let column = relation.and_then(|relation| self.program.relations[relation].columns.last());
        column.map_or("", |column| self.printer.word(column.kind, cell)).to_owned()
    }

    /// The entities of a table with their names, by name.
    fn entities(&self, table: &str) -> Vec<(usize, &'a str)> {
        let is_it = |kind: EntityId| self.program.entities[kind].table == table;
        let named = self.facts.names.entities.iter().enumerate();
        named.filter(|(_, named)| is_it(named.kind)).map(|(id, named)| (id, &*named.name)).collect()
    }

    fn name(&mut self) {
        let name = self.rows("Deployment.name").first().map(|(_, name)| *name);
        self.graph.name =
            name.map_or(String::new(), |name| self.printer.word(Kind::Text, name).to_owned());
    }

    fn sites(&mut self) {
        let (kinds, centrals) = (self.values("Site.kind"), self.values("Site.central-site"));
        let sites = self.entities("site");
        for (at, (id, name)) in sites.iter().enumerate() {
            let is_branch = kinds.get(id).is_some_and(|&kind| kind == 1);
            let kind = if is_branch { SiteKind::Branch } else { SiteKind::Central };
            let site =
                Site { name: (*name).to_owned(), kind, central: None, marks: Marks::default() };
            self.graph.sites.push(site);
            self.targets[*id] = Some(Target::Site(at));
        }
        for (at, (id, _)) in sites.iter().enumerate() {
            let central = centrals.get(id).and_then(|&central| self.site_of(central));
            self.graph.sites[at].central = central.filter(|&central| central != at);
        }
    }

    fn site_of(&self, entity: Cell) -> Option<usize> {
        match self.target(entity)? {
            Target::Site(site) => Some(site),
            _ => None,
        }
    }

    fn target(&self, entity: Cell) -> Option<Target> {
        *self.targets.get(usize::try_from(entity).ok()?)?
    }

    fn node_of(&self, entity: Cell) -> Option<usize> {
        match self.target(entity)? {
            Target::Node(node) => Some(node),
            _ => None,
        }
    }

    /// The site for what has none.
    fn nowhere(&mut self) -> usize {
        let (kind, name) = (SiteKind::Nowhere, String::new());
        match self.graph.sites.last() {
            Some(last) if last.kind == kind => {}
            _ => self.graph.sites.push(Site { name, kind, central: None, marks: Marks::default() }),
        }
        self.graph.sites.len() - 1
    }

    fn nodes(&mut self) {
        let tables = ["Pool", "Sba", "EdgePool"].iter();
        let sites: Values = tables.flat_map(|table| self.rows(&format!("{table}.site"))).collect();
        let mut facts = self.facts_of_nodes();
        for (id, name, kind) in self.kinds_of_nodes() {
            let site = sites.get(&id).and_then(|&site| self.site_of(site));
            let site = site.unwrap_or_else(|| self.nowhere());
            let facts = facts.remove(&id).unwrap_or_default();
            self.targets[id] = Some(Target::Node(self.graph.nodes.len()));
            self.graph.nodes.push(Node { facts, ..Node::new(name, kind, site) });
        }
    }

    /// What becomes a node, in the order of names.
    fn kinds_of_nodes(&self) -> Vec<(usize, &'a str, NodeKind)> {
        let (roles, kinds) = (self.values("Pool.role"), self.values("Sba.kind"));
        let none = Values::default();
        let tables = [
            ("pool", &roles, [NodeKind::FrontEnd, NodeKind::Director]),
            ("sba", &kinds, [NodeKind::Appliance, NodeKind::Server]),
            ("edge-pool", &none, [NodeKind::Edge, NodeKind::Edge]),
        ];
        let mut nodes = Vec::new();
        for (table, values, kinds) in tables {
            let kind = |id: &usize| kinds[usize::from(values.get(id) == Some(&1))];
            let entities = self.entities(table).into_iter();
            nodes.extend(entities.map(|(id, name)| (id, name, kind(&id))));
        }
        // Entities are numbered in the order of their names.
        nodes.sort_by_key(|(id, ..)| *id);
        nodes
    }

    /// By entity: edition and version, and whether it is on its way out.
    fn facts_of_nodes(&self) -> FxHashMap<usize, Vec<String>> {
        let mut facts: FxHashMap<usize, Vec<String>> = FxHashMap::default();
        for relation in ["Pool.edition", "Pool.version", "Pool.state", "Sba.version"] {
            for (id, value) in self.rows(relation) {
                let word = self.word(relation, value);
                // Being in use needs no word.
                if word != "active" {
                    facts.entry(id).or_default().push(word);
                }
            }
        }
        facts
    }

    fn groups(&mut self) {
        let (homes, users) = (self.values("UserGroup.home"), self.values("UserGroup.users"));
        for (id, name) in self.entities("user-group") {
            let home = homes.get(&id).and_then(|&home| self.node_of(home));
            let node = home.unwrap_or_else(|| self.homeless());
            let groups = &mut self.graph.nodes[node].groups;
            self.targets[id] = Some(Target::Group(node, groups.len()));
            groups.push(Group {
                name: name.to_owned(),
                users: users.get(&id).copied(),
                at_least: false,
                mode: None,
                marks: Marks::default(),
            });
        }
    }

    /// The node for groups whose home is nothing that could be one. It stands behind all others.
    fn homeless(&mut self) -> usize {
        let kind = NodeKind::Homeless;
        if self.graph.nodes.last().is_none_or(|last| last.kind != kind) {
            let site = self.nowhere();
            self.graph.nodes.push(Node::new("no home", kind, site));
        }
        self.graph.nodes.len() - 1
    }

    fn links(&mut self) {
        let backups = self.ends("BackupRegistrar");
        let named: BTreeSet<(usize, usize)> = backups.iter().copied().collect();
        for (from, to) in backups {
            let is_back = from != to && named.contains(&(to, from));
            match self.graph.nodes[from].kind {
                kind if kind.is_branch() => self.link(LinkKind::Registrar, from, to),
                _ if !is_back => self.link(LinkKind::OneWay, from, to),
                _ if from < to => self.link(LinkKind::Pair, from, to),
                _ => {}
            }
        }
        for (from, to) in self.ends("EdgePool.next-hop") {
            self.link(LinkKind::NextHop, from, to);
        }
        self.graph.links.sort_by_key(|link| (link.from, link.to, link.kind));
        self.graph.links.dedup_by_key(|link| (link.from, link.to, link.kind));
    }

    /// The rows of a relation of two nodes.
    fn ends(&self, relation: &str) -> Vec<(usize, usize)> {
        let both = |(from, to): (usize, Cell)| {
            Some((self.node_of(Cell::try_from(from).ok()?)?, self.node_of(to)?))
        };
        self.rows(relation).into_iter().filter_map(both).collect()
    }

    fn link(&mut self, kind: LinkKind, from: usize, to: usize) {
        self.graph.links.push(Link {
            kind,
            from,
            to,
            count: 1,
            bundle: None,
            marks: Marks::default(),
        });
    }

    fn central_management(&mut self) {
        for (key, word) in [("active", "CMS"), ("standby", "CMS standby")] {
            for (_, store) in self.rows(&format!("CentralManagement.{key}")) {
                if let Some(node) = self.node_of(store) {
                    self.graph.nodes[node].facts.push(word.to_owned());
                }
            }
        }
    }
}
