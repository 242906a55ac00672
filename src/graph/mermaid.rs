//! Picture → Mermaid's flowchart.

use super::model::{Graph, Link, LinkKind, Marks, Node, NodeKind};
use super::nest::{Nest, nests};
use super::words;
use crate::escape::escape;
use crate::source::Severity;
use std::fmt::Write;

/// The most relations that Mermaid draws where nobody has set `maxEdges`.
pub const MOST_LINKS: usize = 500;

/// The most characters that Mermaid reads where nobody has set `maxTextSize`.
pub const MOST_CHARACTERS: usize = 50_000;

/// Names are long: lines are broken late.
const CONFIG: &str = "config:\n  flowchart:\n    wrappingWidth: 400\n";

const CLASSES: &str = "    classDef error stroke:#cf222e,stroke-width:3px
    classDef warning stroke:#9a6700,stroke-width:2px
    classDef down stroke-dasharray:6 3
    classDef legend fill:none,stroke:none
";

/// The picture as a flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let mut text =
        format!("---\ntitle: {}\n{CONFIG}---\nflowchart LR\n", yaml(&words::title(graph)));
    for nest in nests(graph) {
        subgraph(&mut text, graph, &nest, 1);
    }
    for (at, link) in graph.links.iter().enumerate() {
        let (from, to, arrow) = (link.from, link.to, arrow(link));
        line(&mut text, 1, &format!("n{from} {arrow} n{to}"));
        if let Some(color) = color(&link.marks) {
            line(&mut text, 1, &format!("linkStyle {at} stroke:{color},stroke-width:3px"));
        }
    }
    line(&mut text, 1, "subgraph legend [\"Legend\"]");
    line(&mut text, 2, &format!("signs[{}]:::legend", quoted(words::legend(graph))));
    line(&mut text, 1, "end");
    text + CLASSES
}

fn line(text: &mut String, depth: usize, line: &str) {
    let _infallible = writeln!(text, "{:depth$}{line}", "", depth = depth * 4);
}

/// A site with its branch sites in it.
fn subgraph(text: &mut String, graph: &Graph, nest: &Nest, depth: usize) {
    let site = &graph.sites[nest.site];
    let label = quoted([words::site(site).to_owned(), words::wrong(&site.marks)]);
    line(text, depth, &format!("subgraph s{} [{label}]", nest.site));
    // A subgraph with nothing in it would be a node.
    if nest.nodes.is_empty() && nest.branches.is_empty() {
        line(text, depth + 1, &format!("e{}[\" \"]:::legend", nest.site));
    }
    for &at in &nest.nodes {
        let node = &graph.nodes[at];
        line(text, depth + 1, &format!("n{at}{}{}", shape(graph, node), class(node)));
    }
    nest.branches.iter().for_each(|branch| subgraph(text, graph, branch, depth + 1));
    line(text, depth, "end");
}

fn shape(graph: &Graph, node: &Node) -> String {
    let label = quoted(words::lines(graph, node));
    match node.kind {
        NodeKind::Edge => format!("[[{label}]]"),
        NodeKind::Director => format!("{{{{{label}}}}}"),
        kind if kind.is_branch() => format!("[{label}]"),
        _ => format!("({label})"),
    }
}

fn class(node: &Node) -> &'static str {
    match (node.is_down, node.marks.worst()) {
        (true, _) => ":::down",
        (_, Some(Severity::Error)) => ":::error",
        (_, Some(Severity::Warning)) => ":::warning",
        _ => "",
    }
}

fn color(marks: &Marks) -> Option<&'static str> {
    match marks.worst()? {
        Severity::Error => Some("#cf222e"),
        Severity::Warning => Some("#9a6700"),
        Severity::Note => None,
    }
}

fn arrow(link: &Link) -> String {
    let arrow = match link.kind {
        LinkKind::Pair => "<-->",
        LinkKind::OneWay => "-.->",
        LinkKind::Registrar => "---",
        LinkKind::NextHop => "-.-",
    };
    let wrong = words::wrong(&link.marks);
    match (link.count, wrong.is_empty()) {
        (1, true) => arrow.to_owned(),
        (1, false) => format!("{arrow}|{}|", quoted([wrong])),
        (count, _) => format!("{arrow}|{}|", quoted([count.to_string(), wrong])),
    }
}

/// Lines as one string of Mermaid, in which all but letters, digits and a few signs are codes.
fn quoted(lines: impl IntoIterator<Item = String>) -> String {
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    format!("\"{}\"", lines.map(|line| coded(&line)).collect::<Vec<_>>().join("<br>"))
}

fn coded(line: &str) -> String {
    let line = escape(line);
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        // `1. ` and `- ` would begin a list.
        let begins_list =
            matches!(char, '.' | '-') && !chars.peek().is_some_and(|c| c.is_alphanumeric());
        let is_plain =
            char.is_alphanumeric() || matches!(char, ' ' | ',' | '·' | '✖' | '▲' | 'ℹ' | '.' | '-');
        if is_plain && !begins_list {
            text.push(char);
        } else {
            let _infallible = write!(text, "#{};", u32::from(char));
        }
    }
    text
}

/// A text as YAML has it.
fn yaml(text: &str) -> String {
    format!("\"{}\"", escape(text).replace('\\', "\\\\").replace('"', "\\\""))
}
