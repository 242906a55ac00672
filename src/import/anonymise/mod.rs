//! An export → the same export under pseudonyms.
//!
//! Every value goes through `pieces`: the product's own words, numbers and booleans are kept, everything else is
//! replaced. Comments, processing instructions and what is not the topology are left out.

mod pieces;
mod properties;
mod pseudonyms;

use super::deployment::{Deployment, elements};
use super::graph::connect;
use super::placed::Notes;
use crate::xml;
use pieces::{Piece, is_failover, is_id, of_namespace, of_value};
use pseudonyms::{Found, Pseudonyms};
use roxmltree::{Attribute, Node};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Blanks by which a level is indented.
const INDENT: usize = 2;

/// Stems of hosts by the roles on their cluster: the first row of which all roles are there.
const STEMS: &[(&[&str], &str, &str)] = &[
    (&["Registrar", "UserServices"], "fe-", "fe-server-"),
    (&["Registrar"], "sba-", "sba-server-"),
    (&["EdgeServer"], "edge-", "edge-server-"),
    (&["MediationServer"], "mediation-", "mediation-server-"),
    (&["PstnGateway"], "gateway-", "gateway-server-"),
    (&["WacService"], "office-", "office-server-"),
    (&["FileStore"], "files-", "files-server-"),
    (&["UserStore"], "sql-", "sql-server-"),
    (&["CentralMgmtStore"], "sql-", "sql-server-"),
    (&["MonitoringStore"], "sql-", "sql-server-"),
    (&["ArchivingStore"], "sql-", "sql-server-"),
];

/// The XML around `topology` under pseudonyms: the whole document, or the topology alone where something else wraps it.
pub fn anonymise(topology: Node, deployment: &Deployment) -> String {
    let root = topology.document().root_element();
    let is_whole = matches!(root.tag_name().name(), "Topology" | "TopologyBuilder");
    let root = if is_whole { root } else { topology };
    let mut found = Found::default();
    for node in root.descendants().filter(Node::is_element) {
        found.add(of_name(node.tag_name().name()));
        found.add(node.tag_name().namespace().map(of_namespace).unwrap_or_default());
        found.add(text(node));
        for attribute in node.attributes() {
            found.add(of_name(attribute.name()));
            found.add(attribute.namespace().map(of_namespace).unwrap_or_default());
            found.add(of_value(node.tag_name().name(), Some(attribute.name()), attribute.value()));
        }
    }
    let mut stems = stems(deployment);
    for domain in root.descendants().filter_map(sip_domain) {
        stems.entry(domain.trim().to_lowercase()).or_insert("domain-");
    }
    let pseudonyms = Pseudonyms::new(&found, &stems);
    let mut writer = Writer { pseudonyms: &pseudonyms, xml: String::new() };
    writer.xml.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    writer.element(root, None, 0);
    writer.xml
}

/// The JSON under pseudonyms.
pub fn anonymise_json(export: &Map<String, Value>, deployment: &Deployment) -> String {
    let mut found = Found::default();
    properties::renamed(export, &mut |pieces| {
        found.add(pieces);
        String::new()
    });
    let pseudonyms = Pseudonyms::new(&found, &stems(deployment));
    let renamed = properties::renamed(export, &mut |pieces| pseudonyms.render(pieces));
    format!("{:#}\n", Value::Object(renamed))
}

/// The name of an element or an attribute. Those that the import looks for by a part of them are kept.
fn of_name(name: &str) -> Vec<Piece> {
    let name_of = if is_id(name) || is_failover(name) { Piece::Kept } else { Piece::Word };
    vec![name_of(name.to_owned())]
}

fn sip_domain<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    match node.tag_name().name() {
        "InternalDomains" => node.attribute("DefaultDomain"),
        "InternalDomain" => node.attribute("Name"),
        _ => None,
    }
}

/// What stands in an element, around its children.
fn text(node: Node) -> Vec<Piece> {
    let text: String =
        node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    of_value(node.tag_name().name(), None, &text)
}

/// What each cluster and each of its machines is, by FQDN in lower case; clusters count before machines.
fn stems(deployment: &Deployment) -> BTreeMap<String, &'static str> {
    let graph = connect(deployment, &mut Notes::default());
    let mut stems = BTreeMap::new();
    let mut of_machines = Vec::new();
    for (index, cluster) in graph.clusters.iter().enumerate() {
        let has_all = |roles: &[&str]| roles.iter().all(|role| graph.has(index, role));
        let is_director = graph.on(index, "Registrar").any(|service| service.director.is_some());
        let found = STEMS.iter().find(|(roles, ..)| has_all(roles));
        let (pool, machine) = match found {
            _ if is_director => ("director-", "director-server-"),
            Some((_, pool, machine)) => (*pool, *machine),
            None => continue,
        };
        stems.entry(cluster.fqdn.to_lowercase()).or_insert(pool);
        of_machines
            .extend(cluster.machines.iter().map(|fqdn| (fqdn.value.to_lowercase(), machine)));
    }
    for (fqdn, stem) in of_machines {
        stems.entry(fqdn).or_insert(stem);
    }
    stems
}

struct Writer<'a> {
    pseudonyms: &'a Pseudonyms,
    xml: String,
}

impl Writer<'_> {
    /// `around` is the namespace of the element around this one. Nesting is limited where the XML is parsed.
    fn element(&mut self, node: Node, around: Option<&str>, depth: usize) {
        let name = self.pseudonyms.render(of_name(node.tag_name().name()));
        let namespace = node.tag_name().namespace();
        let indent = " ".repeat(depth * INDENT);
        self.xml.push_str(&format!("{indent}<{name}"));
        if namespace != around {
            let uri = namespace.map(|uri| self.pseudonyms.render(of_namespace(uri)));
            self.attribute("xmlns", &uri.unwrap_or_default());
        }
        for (number, attribute) in node.attributes().enumerate() {
            self.written_attribute(node, &attribute, number);
        }
        let text = self.pseudonyms.render(text(node));
        let mut children = elements(node).peekable();
        if text.is_empty() && children.peek().is_none() {
            self.xml.push_str(" />\n");
            return;
        }
        self.xml.push('>');
        self.xml.push_str(&xml::text(&text));
        if children.peek().is_some() {
            self.xml.push('\n');
            children.for_each(|child| self.element(child, namespace, depth + 1));
            self.xml.push_str(&indent);
        }
        self.xml.push_str(&format!("</{name}>\n"));
    }

    fn written_attribute(&mut self, node: Node, attribute: &Attribute, number: usize) {
        let pieces = of_value(node.tag_name().name(), Some(attribute.name()), attribute.value());
        let value = self.pseudonyms.render(pieces);
        let name = self.pseudonyms.render(of_name(attribute.name()));
        match attribute.namespace() {
            None => self.attribute(&name, &value),
            Some(roxmltree::NS_XML_URI) => self.attribute(&format!("xml:{name}"), &value),
            Some(uri) => {
                let uri = self.pseudonyms.render(of_namespace(uri));
                self.attribute(&format!("xmlns:n{number}"), &uri);
                self.attribute(&format!("n{number}:{name}"), &value);
            }
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.xml.push_str(&format!(" {name}=\"{}\"", xml::text(value)));
    }
}
