//! What all formats say: sites, clusters and the services on them, not yet connected.
//!
//! Keys are what services and clusters refer to each other by: GUIDs, numbers or names.
//! An empty key is one that nothing can refer to. Everything is ordered, so that the order in the export does not matter.

use super::placed::{Counts, Offset, Placed};
use super::quote;
use roxmltree::Node;

/// Which program wrote the export.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    AsXml,
    TopologyBuilder,
    /// Cmdlets, as JSON.
    Cmdlets,
}

pub struct Deployment {
    pub kind: Kind,
    pub sites: Vec<Site>,
    pub clusters: Vec<Cluster>,
    pub sql_instances: Vec<SqlInstance>,
    pub services: Vec<Service>,
    /// Elements and roles that are not known.
    pub unknown: Counts,
    /// Where the topology begins.
    pub at: Offset,
}

/// Bytes of a name. An FQDN has 255 at most; a name stands wherever it is referred to, so that a very long one would
/// make a small export a TOML without end.
pub const MAX_NAME: usize = 1_000;

impl Deployment {
    /// Where a name is longer than [`MAX_NAME`].
    pub fn long_name(&self) -> Option<Offset> {
        let is_long = |name: &str| name.len() > MAX_NAME;
        let sites = self.sites.iter().map(|site| (site.name.value.as_str(), site.name.at));
        let clusters = self.clusters.iter().map(|cluster| (cluster.fqdn.as_str(), cluster.at));
        let instances = self.sql_instances.iter().map(|sql| (sql.name.as_str(), sql.at));
        let services = self.services.iter();
        let shares = services.map(|service| (service.share.value.as_str(), service.share.at));
        let mut names = sites.chain(clusters).chain(instances).chain(shares);
        names.find(|(name, _)| is_long(name)).map(|(_, at)| at)
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    pub id: String,
    pub name: Placed<String>,
    pub is_branch: bool,
    /// Ids that may be those of the central site of a branch, the likeliest first.
    pub central_sites: Vec<Placed<String>>,
    pub at: Offset,
}

#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cluster {
    /// Without a trailing dot; empty when the export names none.
    pub fqdn: String,
    pub key: String,
    pub site_id: Placed<String>,
    /// FQDNs, as the cluster's.
    pub machines: Vec<Placed<String>>,
    /// Of the FQDN.
    pub at: Offset,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct SqlInstance {
    pub key: String,
    pub cluster: String,
    /// Empty for the default instance.
    pub name: String,
    /// Where it is.
    pub always_on: Option<Offset>,
    pub at: Offset,
}

#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    pub role: String,
    pub key: String,
    /// `ServiceVersion` as written; empty when absent.
    pub version: Placed<String>,
    /// The key of a cluster or of an SQL instance.
    pub installed_on: String,
    pub depends_on: Vec<Dependency>,
    /// Where it is called so.
    pub director: Option<Offset>,
    /// Of a Central Management service.
    pub is_active: Option<Placed<bool>>,
    /// Of a file store.
    pub share: Placed<String>,
    /// Attributes of a Registrar (name, value) that look like its failover settings.
    pub failover: Vec<(String, Placed<String>)>,
    pub at: Offset,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    pub service: String,
    pub usage: String,
    pub at: Offset,
}

/// Which children an element is known to have, in either format. An element that is not a parent here is not looked into.
const KNOWN: &[(&str, &[&str])] = &[
    ("PartialTopology", &["InternalDomains", "SimpleUrlConfiguration", "CentralSites", "Services"]),
    ("Topology", &["InternalDomains", "Sites", "Clusters", "SqlInstances", "Services"]),
    ("Sites", &["CentralSite", "RemoteSite"]),
    ("CentralSites", &["CentralSite"]),
    ("CentralSite", &["Name", "Location", "Clusters", "RemoteSites"]),
    ("RemoteSites", &["RemoteSite"]),
    ("RemoteSite", &["Name", "Location", "Clusters"]),
    ("Clusters", &["Cluster"]),
    ("Cluster", &["ClusterId", "Machine", "Machines", "SqlInstances"]),
    ("Machines", &["Machine"]),
    ("Machine", &["NetInterface"]),
    ("SqlInstances", &["SqlInstance"]),
    ("SqlInstance", &["SqlInstanceId"]),
    ("SqlInstanceId", &["ClusterId"]),
    ("Services", &["Service"]),
    ("Service", &["ServiceId", "DependsOn", "InstalledOn", "Ports"]),
    ("DependsOn", &["Dependency"]),
    ("Dependency", &["ServiceId"]),
    ("InstalledOn", &["ClusterId", "SqlInstanceId"]),
    // What is read of these stands in attributes.
    ("RegistrarService", &[]),
    ("CentralMgmtService", &[]),
    ("FileStoreService", &[]),
];

/// Roles that real exports have.
pub const ROLES: &[&str] = &[
    "ApplicationServer",
    "ApplicationStore",
    "ArchivingStore",
    "CentralMgmt",
    "CentralMgmtStore",
    "ConfServices",
    "EdgeServer",
    "FileStore",
    "ManagementServices",
    "MediationServer",
    "MonitoringStore",
    "PstnGateway",
    "Registrar",
    "UserServices",
    "UserStore",
    "WacService",
    "WebServices",
];

/// Counts what is not known in the XML, and puts the deployment in order.
pub fn complete(mut deployment: Deployment, topology: Node) -> Deployment {
    count_unknown_elements(topology, &mut deployment.unknown);
    in_order(deployment)
}

/// Puts in order what came in the order of the export, and counts the roles that are not known.
pub fn in_order(mut deployment: Deployment) -> Deployment {
    for service in &mut deployment.services {
        if service.role.is_empty() {
            deployment.unknown.add("a service without a role".to_owned(), service.at);
        } else if !ROLES.contains(&service.role.as_str()) {
            let role = format!("the role {}", quote::name(&service.role));
            deployment.unknown.add(role, service.at);
        }
        service.depends_on.sort();
        service.failover.sort();
    }
    for cluster in &mut deployment.clusters {
        cluster.machines.sort_by_key(|fqdn| fqdn.value.to_lowercase());
    }
    deployment.sites.sort();
    deployment.clusters.sort();
    deployment.sql_instances.sort();
    deployment.services.sort();
    deployment
}

fn count_unknown_elements(topology: Node, unknown: &mut Counts) {
    let mut to_visit = vec![topology];
    while let Some(parent) = to_visit.pop() {
        let parent_name = parent.tag_name().name();
        let Some((_, known)) = KNOWN.iter().find(|(name, _)| *name == parent_name) else {
            continue;
        };
        for child in elements(parent) {
            let name = child.tag_name().name();
            // A service has one element more, named after its role: `RegistrarService`.
            if known.contains(&name) || (parent_name == "Service" && name.ends_with("Service")) {
                to_visit.push(child);
            } else {
                let element = format!("the element {} in `{parent_name}`", quote::name(name));
                unknown.add(element, offset(child));
            }
        }
    }
}

/// Reads all sites. Branch sites are unseen in real exports: whatever stands where a site does and is no
/// `CentralSite` is taken for one.
pub fn read_sites(topology: Node) -> Vec<Site> {
    topology
        .descendants()
        .filter(|node| is_site(*node))
        .map(|node| {
            let is_branch = node.tag_name().name() != "CentralSite";
            let around = node
                .ancestors()
                .skip(1)
                .find(|node| is_site(*node))
                .map(|node| placed(node, "SiteId"));
            let named = node
                .attributes()
                .filter(|a| names_central_site(a.name()))
                .map(|a| Placed::new(a.value().trim().to_owned(), Offset(a.range().start)));
            let inside = elements(node)
                .filter(|child| names_central_site(child.tag_name().name()))
                .map(|child| placed(child, "SiteId"));
            let mut guesses: Vec<Placed<String>> = named.chain(inside).collect();
            guesses.sort();
            let central_sites = around.into_iter().chain(guesses);
            Site {
                id: attribute(node, "SiteId"),
                name: child(node, "Name").map_or(Placed::new(String::new(), offset(node)), text),
                is_branch,
                central_sites: if is_branch { central_sites.collect() } else { Vec::new() },
                at: offset(node),
            }
        })
        .collect()
}

/// Is `node` a central site or a branch site?
pub fn is_site(node: Node) -> bool {
    let parent = node.parent_element().map(|parent| parent.tag_name().name());
    node.has_attribute("SiteId") && matches!(parent, Some("Sites" | "CentralSites" | "RemoteSites"))
}

fn names_central_site(name: &str) -> bool {
    name.contains("CentralSite") || name.contains("Parent")
}

/// The `Service` elements of a topology.
pub fn services<'a, 'input: 'a>(
    topology: Node<'a, 'input>,
) -> impl Iterator<Item = Node<'a, 'input>> {
    children(topology, "Services").flat_map(|services| children(services, "Service"))
}

/// Adds what the element named after the role says; it is the same in both formats.
pub fn read_role_element(node: Node, service: &mut Service) {
    for element in elements(node) {
        match element.tag_name().name() {
            "RegistrarService" => {
                let director = placed(element, "IsDirector");
                service.director =
                    boolean(&director.value).unwrap_or_default().then_some(director.at);
                service.failover = failover_attributes(element);
            }
            "CentralMgmtService" => {
                let active = placed(element, "IsActive");
                service.is_active =
                    boolean(&active.value).map(|is_active| Placed::new(is_active, active.at));
            }
            "FileStoreService" => service.share = placed(element, "ShareName"),
            _ => {}
        }
    }
}

/// Where failover settings stand is unseen, so they are looked for by name.
fn failover_attributes(registrar: Node) -> Vec<(String, Placed<String>)> {
    let attributes = registrar.descendants().flat_map(|node| node.attributes());
    let looks_so = |name: &str| {
        ["Failover", "Failure", "Failback", "Detection"].iter().any(|part| name.contains(part))
    };
    attributes
        .filter(|a| looks_so(a.name()))
        .map(|a| {
            let value = Placed::new(a.value().trim().to_owned(), Offset(a.range().start));
            (a.name().to_owned(), value)
        })
        .collect()
}

/// Where an SQL instance names its primary node of AlwaysOn.
pub fn always_on(sql_instance: Node) -> Option<Offset> {
    let primary = placed(sql_instance, "AlwaysOnPrimaryNodeFqdn");
    (!primary.value.is_empty()).then_some(primary.at)
}

/// The FQDNs of the `machines` of the cluster `fqdn`; a machine without one has the cluster's.
pub fn machine_fqdns<'a, 'input: 'a>(
    machines: impl Iterator<Item = Node<'a, 'input>>,
    fqdn: &str,
) -> Vec<Placed<String>> {
    machines
        .map(|machine| self::fqdn(machine))
        .map(|own| own.map(|own| if own.is_empty() { fqdn.to_owned() } else { own }))
        .collect()
}

/// The `Fqdn` of an element without its trailing dot, or nothing.
pub fn fqdn(node: Node) -> Placed<String> {
    placed(node, "Fqdn").map(|fqdn| fqdn.strip_suffix('.').unwrap_or(&fqdn).to_owned())
}

/// Where an element begins.
pub fn offset(node: Node) -> Offset {
    Offset(node.range().start)
}

/// As [`attribute`], with the place of the attribute; without one that of the element.
pub fn placed(node: Node, name: &str) -> Placed<String> {
    let at = node.attribute_node(name).map_or(node.range().start, |found| found.range().start);
    Placed::new(attribute(node, name), Offset(at))
}

/// The value of an attribute without outer blanks, or nothing.
pub fn attribute(node: Node, name: &str) -> String {
    node.attribute(name).unwrap_or_default().trim().to_owned()
}

/// An XML Schema boolean.
pub fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The child elements of `node`.
pub fn elements<'a, 'input: 'a>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

/// The child elements of `node` with that name, of whatever namespace: they differ between the formats.
pub fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    elements(node).filter(move |child| child.tag_name().name() == name)
}

/// The first of `children`.
pub fn child<'a, 'input: 'a>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    children(node, name).next()
}

fn text(node: Node) -> Placed<String> {
    let text: String = node
        .children()
        .filter_map(|child| if child.is_text() { child.text() } else { None })
        .collect();
    Placed::new(text.trim().to_owned(), offset(node))
}
