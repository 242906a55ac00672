//! What the texts of all three forms say of a node.

use super::mark::counted;
use super::model::{
    Failure, Graph, Group, Link, LinkKind, Marks, Node, NodeKind, Site, SiteKind, users,
};
use crate::print::grouped;
use crate::source::Severity;

/// `enterprise · sfb-2015`.
pub(super) fn facts(node: &Node) -> String {
    let noun = match node.kind {
        NodeKind::FrontEnd | NodeKind::Site | NodeKind::Homeless => None,
        kind => Some(kind.noun().to_owned()),
    };
    let facts = noun.into_iter().chain(node.facts.iter().cloned());
    facts.collect::<Vec<_>>().join(" · ")
}

/// `11,200`, with a `+` where there may be more; `?` where nothing is known.
pub(super) fn number((sum, more): (i64, bool)) -> String {
    match (sum, more) {
        (0, true) => "?".to_owned(),
        (sum, more) => format!("{}{}", grouped(sum), if more { "+" } else { "" }),
    }
}

/// The users of a group, as [`number`].
pub(super) fn group_users(group: &Group) -> String {
    number(users([group]))
}

/// What a site is called.
pub(super) fn site(site: &Site) -> &str {
    if site.kind == SiteKind::Nowhere { "no site" } else { &site.name }
}

/// A node in lines: name, facts, what is wrong, groups with the letters of their modes.
pub(super) fn lines(graph: &Graph, node: &Node) -> Vec<String> {
    let down = if node.is_down { "DOWN: " } else { "" };
    let mut lines = vec![format!("{down}{}", node.name), facts(node), wrong(&node.marks)];
    lines.extend(node.groups.iter().map(|group| group_line(graph.failure.as_ref(), group)));
    lines.retain(|line| !line.is_empty());
    lines
}

fn group_line(failure: Option<&Failure>, group: &Group) -> String {
    let mode =
        failure.map_or(String::new(), |failure| format!("[{}] ", failure.mode(group).letter));
    let wrong = wrong(&group.marks);
    let wrong = if wrong.is_empty() { wrong } else { format!(" {wrong}") };
    format!("{mode}{}: {}{wrong}", group.name, group_users(group))
}

/// `✖ 2 errors, 1 warning`; empty where nothing is wrong.
pub(super) fn wrong(marks: &Marks) -> String {
    match marks.worst() {
        None => String::new(),
        Some(worst) => format!("{} {}", sign(worst), counted(marks)),
    }
}

/// The sign of a severity.
pub(super) fn sign(severity: Severity) -> char {
    match severity {
        Severity::Error => '✖',
        Severity::Warning => '▲',
        Severity::Note => 'ℹ',
    }
}

/// What a relation is called in the legend.
pub(super) fn link(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Pair => "pair: each backs up the other",
        LinkKind::OneWay => "backup registrar, one way",
        LinkKind::Registrar => "SBA and its pool",
        LinkKind::NextHop => "Edge pool and next hop",
    }
}

/// `Contoso Europe: 8 pools, 7 SBAs, 31,000 users`.
pub(super) fn title(graph: &Graph) -> String {
    let name = if graph.name.is_empty() { "Topology" } else { &graph.name };
    format!("{name}: {}", summary(graph))
}

/// `8 pools, 7 SBAs, 31,000 users`.
pub(super) fn summary(graph: &Graph) -> String {
    let branches = graph.nodes.iter().filter(|node| node.kind.is_branch()).count();
    let mut parts = vec![plural(graph.pools(), "pool")];
    if branches > 0 {
        parts.push(plural(branches, "SBA"));
    }
    let groups = || graph.nodes.iter().flat_map(|node| &node.groups);
    if groups().next().is_some() {
        parts.push(format!("{} users", number(users(groups()))));
    }
    parts.join(", ")
}

/// `1 pool`, `1,200 pools`.
pub(super) fn plural(count: usize, word: &str) -> String {
    let number = grouped(i64::try_from(count).unwrap_or(i64::MAX));
    if count == 1 { format!("{number} {word}") } else { format!("{number} {word}s") }
}

/// What the legend says apart from signs: what is down, what was found, what is grouped.
pub(super) fn remarks(graph: &Graph) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(failure) = &graph.failure {
        let verb = if failure.down.len() == 1 { "is" } else { "are" };
        let down = failure.down.join(", ");
        remarks.push(format!("{down} {verb} down, after the failure detection interval"));
    }
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let counts = severities.map(|severity| (severity, graph.count(severity)));
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts.map(|(word, count)| plural(count, word.as_str())).collect();
    match counts.is_empty() {
        true => remarks.push("lynt check finds nothing".to_owned()),
        false => remarks.push(format!("lynt check finds {}", counts.join(", "))),
    }
    let elsewhere = graph.elsewhere.findings.len();
    if elsewhere > 0 {
        remarks.push(format!("{elsewhere} of them about what is not shown"));
    }
    remarks.extend(graph.folded.map(|pools| format!("{}: grouped by site", plural(pools, "pool"))));
    remarks
}

/// The legend in lines.
pub(super) fn legend(graph: &Graph) -> Vec<String> {
    let looks = [
        (LinkKind::Pair, "solid line, two arrows"),
        (LinkKind::OneWay, "dashed line, one arrow"),
        (LinkKind::Registrar, "solid line, no arrow"),
        (LinkKind::NextHop, "dotted line"),
    ];
    let mut lines = remarks(graph);
    lines.extend(looks.map(|(kind, look)| format!("{look} · {}", link(kind))));
    lines.push("✖ error, ▲ warning, ℹ note of lynt check".to_owned());
    if graph.failure.is_some() {
        lines.push(
            Failure::all()
                .map(|mode| format!("[{}] {}", mode.letter, mode.name))
                .collect::<Vec<_>>()
                .join(", "),
        );
    }
    lines
}

/// Below the title: what there is, what is down, what was found, what is grouped.
pub(super) fn subtitle(graph: &Graph) -> String {
    std::iter::once(summary(graph)).chain(remarks(graph)).collect::<Vec<_>>().join(" · ")
}

/// What the picture is, for those who don't see it.
pub(super) fn description(graph: &Graph) -> Vec<String> {
    let wrong = graph.links.iter().filter(|link| !link.marks.findings.is_empty());
    let mut lines = vec![summary(graph)];
    lines.extend(remarks(graph));
    let sites = graph.sites.iter().map(site).collect::<Vec<_>>().join(", ");
    lines.push(format!("Sites: {sites}"));
    lines.extend(wrong.map(|link| link_text(graph, link)));
    lines
}

/// A site in words.
pub(super) fn site_text(graph: &Graph, at: usize) -> String {
    let found = &graph.sites[at];
    let kind = match found.kind {
        SiteKind::Central => "central site ",
        SiteKind::Branch => "branch site ",
        SiteKind::Nowhere => "",
    };
    let findings = found
        .marks
        .findings
        .iter()
        .map(|(severity, text)| format!("{}: {text}", severity.as_str()));
    std::iter::once(format!("{kind}{}", site(found))).chain(findings).collect::<Vec<_>>().join("\n")
}

/// The most groups that the words of a node name.
const MOST_GROUPS: usize = 100;

/// A node in words, with all that is wrong.
pub(super) fn node_text(graph: &Graph, node: &Node) -> String {
    let down = if node.is_down { " is down" } else { "" };
    let mut lines = vec![format!("{} {}{down}", node.kind.noun(), node.name)];
    if !node.facts.is_empty() {
        lines.push(node.facts.join(", "));
    }
    for group in node.groups.iter().take(MOST_GROUPS) {
        let mode = graph.failure.as_ref().map_or("", |failure| failure.mode(group).name);
        let mode = if mode.is_empty() { String::new() } else { format!(", {mode}") };
        lines.push(format!("{}: {} users{mode}", group.name, group_users(group)));
    }
    let more = node.groups.len().saturating_sub(MOST_GROUPS);
    lines.extend((more > 0).then(|| format!("and {}", plural(more, "other group"))));
    let marks = node.groups.iter().map(|group| &group.marks);
    let findings = std::iter::once(&node.marks).chain(marks).flat_map(|marks| &marks.findings);
    lines.extend(findings.map(|(severity, text)| format!("{}: {text}", severity.as_str())));
    lines.join("\n")
}

/// A relation in words.
pub(super) fn link_text(graph: &Graph, found: &Link) -> String {
    let [from, to] = [found.from, found.to].map(|node| &graph.nodes[node].name);
    let text = match found.kind {
        LinkKind::Pair => format!("{from} and {to} are a pair"),
        LinkKind::OneWay => format!("{from} names {to} as its backup registrar, one way"),
        LinkKind::Registrar => format!("{from} has the registrar {to}"),
        LinkKind::NextHop => format!("{from} has the next hop {to}"),
    };
    let times = if found.count > 1 { format!(" ({} times)", found.count) } else { String::new() };
    let wrong = counted(&found.marks);
    let wrong = if wrong.is_empty() { wrong } else { format!(": {wrong}") };
    format!("{text}{times}{wrong}")
}

/// `2 pools · 1 SBA`.
pub(super) fn count(nodes: &[&Node]) -> String {
    let count =
        |is_it: &dyn Fn(NodeKind) -> bool| nodes.iter().filter(|node| is_it(node.kind)).count();
    let counts = [
        ("site", count(&|kind| kind == NodeKind::Site)),
        ("pool", count(&|kind| matches!(kind, NodeKind::FrontEnd | NodeKind::Director))),
        ("SBA", count(&NodeKind::is_branch)),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    counts.map(|(word, count)| plural(count, word)).collect::<Vec<_>>().join(" · ")
}
