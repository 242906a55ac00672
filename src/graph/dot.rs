//! Picture → DOT, the language of Graphviz.

use super::model::{Graph, Link, LinkKind, Marks, Node, NodeKind};
use super::nest::{Nest, nests};
use super::words;
use crate::escape::escape;
use crate::source::Severity;
use std::fmt::Write;

const HEAD: &str =
    "    graph [rankdir=LR, fontname=\"sans-serif\", labelloc=t, nodesep=0.3, ranksep=1];
    node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];
    edge [fontname=\"sans-serif\", fontsize=9];
";

/// The picture as DOT.
pub fn dot(graph: &Graph) -> String {
    let mut text =
        format!("digraph topology {{\n{HEAD}    label={};\n", quoted([words::title(graph)]));
    for nest in nests(graph) {
        cluster(&mut text, graph, &nest, 1);
    }
    for link in &graph.links {
        let (from, to, style) = (link.from, link.to, edge(link));
        line(&mut text, 1, &format!("n{from} -> n{to} [{style}];"));
    }
    let legend = quoted(words::legend(graph));
    line(&mut text, 1, "subgraph cluster_legend {");
    line(&mut text, 2, "label=\"Legend\";");
    line(&mut text, 2, &format!("legend [shape=plaintext, style=\"\", label={legend}];"));
    line(&mut text, 1, "}");
    text + "}\n"
}

fn line(text: &mut String, depth: usize, line: &str) {
    let _infallible = writeln!(text, "{:depth$}{line}", "", depth = depth * 4);
}

/// A site with its branch sites in it.
fn cluster(text: &mut String, graph: &Graph, nest: &Nest, depth: usize) {
    let site = &graph.sites[nest.site];
    let label = [words::site(site).to_owned(), words::wrong(&site.marks)];
    line(text, depth, &format!("subgraph cluster_{} {{", nest.site));
    line(text, depth + 1, &format!("label={};", quoted(label)));
    // A cluster with nothing in it is not drawn.
    if nest.nodes.is_empty() && nest.branches.is_empty() {
        line(text, depth + 1, &format!("s{} [style=invis, label=\"\"];", nest.site));
    }
    for &at in &nest.nodes {
        let node = &graph.nodes[at];
        let label = quoted(words::lines(graph, node));
        let (shape, marks) = (shape(node), color(&node.marks));
        line(text, depth + 1, &format!("n{at} [label={label}{shape}{marks}];"));
    }
    nest.branches.iter().for_each(|branch| cluster(text, graph, branch, depth + 1));
    line(text, depth, "}");
}

fn shape(node: &Node) -> &'static str {
    match (node.is_down, node.kind) {
        (true, _) => ", style=\"rounded,dashed\"",
        (_, NodeKind::Edge) => ", shape=component, style=\"\"",
        (_, NodeKind::Director) => ", shape=cds, style=\"\"",
        (_, kind) if kind.is_branch() => ", style=\"\"",
        _ => "",
    }
}

fn color(marks: &Marks) -> &'static str {
    match marks.worst() {
        Some(Severity::Error) => ", color=\"#cf222e\", penwidth=2.5",
        Some(Severity::Warning) => ", color=\"#9a6700\", penwidth=1.8",
        _ => "",
    }
}

/// How an edge looks; it stands in no rank but where an SBA hangs on its pool.
fn edge(link: &Link) -> String {
    let style = match link.kind {
        LinkKind::Pair => "dir=both, constraint=false",
        LinkKind::OneWay => "style=dashed, constraint=false",
        LinkKind::Registrar => "dir=none",
        LinkKind::NextHop => "style=dotted, constraint=false, arrowhead=empty",
    };
    let wrong = words::wrong(&link.marks);
    let label = match (link.count, wrong.is_empty()) {
        (1, true) => String::new(),
        (1, false) => format!(", label={}", quoted([wrong])),
        (count, _) => format!(", label={}", quoted([count.to_string(), wrong])),
    };
    format!("{style}{label}{}", color(&link.marks))
}

/// Lines as one string of DOT, in which `\` and `&` begin what is no text.
fn quoted(lines: impl IntoIterator<Item = String>) -> String {
    let lines = lines.into_iter().filter(|line| !line.is_empty()).map(|line| {
        let line = escape(&line).replace('\\', "\\\\").replace('"', "\\\"");
        line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    });
    format!("\"{}\"", lines.collect::<Vec<_>>().join("\\n"))
}
