//! Findings and simulations → marks in a picture.

use super::Simulation;
use super::model::{Failure, Graph, Marks};
use super::read::{Read, Target};
use crate::atom::{Argument, Value};
use crate::datalog::program::{EntityDecl, EntityId, Program};
use crate::facts::Facts;
use crate::source::{Severity, Span};
use crate::topology::canonical_name;
use crate::violation::Finding;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Marks what open findings are about: the first thing in the picture that they name, and relations of that
/// thing to others that they name.
pub(super) fn mark(read: &mut Read, program: &Program, facts: &Facts, findings: &[Finding]) {
    let entities = Entities::of(program, facts);
    let links = links_of(&read.graph);
    for finding in findings.iter().filter(|finding| finding.suppression.is_none()) {
        let targets: Vec<Target> =
            entities.of_finding(finding).into_iter().filter_map(|id| read.targets[id]).collect();
        let finding = (finding.severity, format!("{}: {}", finding.rule, finding.message));
        let graph = &mut read.graph;
        for link in links_among(graph, &links, &targets) {
            graph.links[link].marks.findings.push(finding.clone());
        }
        marks(graph, targets.first().copied()).findings.push(finding);
    }
    sort(&mut read.graph);
}

/// In which order the files say things makes no difference.
fn sort(graph: &mut Graph) {
    let sites = graph.sites.iter_mut().map(|site| &mut site.marks);
    let links = graph.links.iter_mut().map(|link| &mut link.marks);
    let nodes = graph.nodes.iter_mut().flat_map(|node| {
        let groups = node.groups.iter_mut().map(|group| &mut group.marks);
        std::iter::once(&mut node.marks).chain(groups)
    });
    for marks in sites.chain(links).chain(nodes).chain([&mut graph.elsewhere]) {
        marks.findings.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
    }
}

fn marks(graph: &mut Graph, target: Option<Target>) -> &mut Marks {
    match target {
        None => &mut graph.elsewhere,
        Some(Target::Site(site)) => &mut graph.sites[site].marks,
        Some(Target::Node(node)) => &mut graph.nodes[node].marks,
        Some(Target::Group(node, group)) => &mut graph.nodes[node].groups[group].marks,
    }
}

/// By node the relations that it has.
fn links_of(graph: &Graph) -> Vec<Vec<usize>> {
    let mut links = vec![Vec::new(); graph.nodes.len()];
    for (at, link) in graph.links.iter().enumerate() {
        links[link.from].push(at);
        if link.to != link.from {
            links[link.to].push(at);
        }
    }
    links
}

/// The relations of the first node with others of `targets`.
fn links_among(graph: &Graph, links: &[Vec<usize>], targets: &[Target]) -> Vec<usize> {
    let Some(Target::Node(first)) = targets.first() else { return Vec::new() };
    let named: BTreeSet<usize> = targets
        .iter()
        .filter_map(|target| match target {
            Target::Node(node) => Some(*node),
            _ => None,
        })
        .collect();
    let is_among = |link: &usize| {
        let link = &graph.links[*link];
        named.contains(&link.from) && named.contains(&link.to)
    };
    links[*first].iter().copied().filter(is_among).collect()
}

/// Finds entities by their places and names.
struct Entities<'a> {
    program: &'a Program,
    by_place: FxHashMap<Span, usize>,
    by_name: FxHashMap<(EntityId, String), usize>,
}

impl<'a> Entities<'a> {
    fn of(program: &'a Program, facts: &Facts) -> Self {
        let all = || facts.names.entities.iter().enumerate();
        let name = |kind: EntityId, name: &str| {
            (kind, canonical_name(program.entities[kind].is_fqdn(), name).into_owned())
        };
        Self {
            program,
            by_place: all().map(|(id, named)| (named.place, id)).collect(),
            by_name: all().map(|(id, named)| (name(named.kind, &named.name), id)).collect(),
        }
    }

    /// The entities that a finding names, its subject first.
    fn of_finding(&self, finding: &Finding) -> Vec<usize> {
        let subject = finding.subject.place.and_then(|place| self.by_place.get(&place).copied());
        let arguments =
            finding.atom.arguments.iter().filter_map(|argument| self.of_argument(argument));
        let mut seen = BTreeSet::new();
        subject.into_iter().chain(arguments).filter(|id| seen.insert(*id)).collect()
    }

    fn of_argument(&self, argument: &Argument) -> Option<usize> {
        let Value::Text(name) = &argument.value else { return None };
        // The kind `Entity` is any of those that have FQDNs.
        let is_kind = |entity: &EntityDecl| {
            entity.name == argument.kind || argument.kind == "Entity" && entity.is_fqdn()
        };
        let kinds = self.program.entities.iter().enumerate().filter(|(_, entity)| is_kind(entity));
        let name = |is_fqdn: bool| canonical_name(is_fqdn, name).into_owned();
        let mut found =
            kinds.map(|(kind, entity)| self.by_name.get(&(kind, name(entity.is_fqdn()))));
        found.find_map(Option::<&usize>::copied)
    }
}

/// Says what is down, and in which mode each group is.
pub(super) fn fail(graph: &mut Graph, simulation: &Simulation<'_>) {
    let Simulation { down, modes, simulated } = simulation;
    let down_names: BTreeSet<_> = down.iter().map(|name| canonical_name(true, name)).collect();
    let mut mode_of: FxHashMap<&str, Option<usize>> = FxHashMap::default();
    for group in &simulated.groups {
        mode_of.insert(&group.name, group.mode.and_then(|mode| usize::try_from(mode).ok()));
    }
    for node in &mut graph.nodes {
        node.is_down = down_names.contains(&canonical_name(true, &node.name));
        for group in &mut node.groups {
            group.mode = mode_of.get(group.name.as_str()).copied().flatten();
        }
    }
    graph.failure = Some(Failure { down: down.to_vec(), modes: modes.to_vec() });
}

/// `2 errors, 1 warning`; empty where there is nothing.
pub(super) fn counted(marks: &Marks) -> String {
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let counts = severities.map(|severity| (severity.as_str(), marks.count(severity)));
    let parts = counts.iter().filter(|(_, count)| *count > 0).map(|(word, count)| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    });
    parts.collect::<Vec<_>>().join(", ")
}
