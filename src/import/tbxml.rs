//! Topology Builder's file (.tbxml) → deployment.
//!
//! Keys are GUIDs; clusters stand inside their site, SQL instances inside their cluster.

use super::deployment::{Cluster, Dependency, Deployment, Kind, Service, SqlInstance};
use super::deployment::{
    always_on, attribute, children, complete, fqdn, is_site, machine_fqdns, offset, placed,
    read_role_element, read_sites, services,
};
use super::placed::{Counts, Placed};
use roxmltree::Node;

/// Reads a `PartialTopology` element.
pub fn read(topology: Node) -> Deployment {
    let clusters: Vec<Node> =
        topology.descendants().filter(|node| node.tag_name().name() == "Cluster").collect();
    let deployment = Deployment {
        kind: Kind::TopologyBuilder,
        sites: read_sites(topology),
        clusters: clusters.iter().map(|node| read_cluster(*node)).collect(),
        sql_instances: clusters.iter().flat_map(|node| read_sql_instances(*node)).collect(),
        services: services(topology).map(read_service).collect(),
        unknown: Counts::default(),
        at: offset(topology),
    };
    complete(deployment, topology)
}

fn read_cluster(node: Node) -> Cluster {
    let fqdn = fqdn(node);
    let machines = children(node, "Machines").flat_map(|machines| children(machines, "Machine"));
    let site = node.ancestors().find(|node| is_site(*node));
    Cluster {
        key: guid(node, "UniqueId"),
        site_id: Placed::new(
            site.map(|site| attribute(site, "SiteId")).unwrap_or_default(),
            fqdn.at,
        ),
        machines: machine_fqdns(machines, &fqdn.value),
        at: fqdn.at,
        fqdn: fqdn.value,
    }
}

fn read_sql_instances(cluster: Node) -> impl Iterator<Item = SqlInstance> {
    let instances =
        children(cluster, "SqlInstances").flat_map(|instances| children(instances, "SqlInstance"));
    instances.map(move |node| SqlInstance {
        key: guid(node, "UniqueId"),
        cluster: guid(cluster, "UniqueId"),
        name: attribute(node, "Name"),
        always_on: always_on(node),
        at: offset(node),
    })
}

fn read_service(node: Node) -> Service {
    let dependencies =
        children(node, "DependsOn").flat_map(|depends_on| children(depends_on, "Dependency"));
    let mut service = Service {
        role: attribute(node, "RoleName"),
        key: guid(node, "UniqueId"),
        version: placed(node, "ServiceVersion"),
        installed_on: guid(node, "InstalledOn"),
        depends_on: dependencies
            .map(|d| Dependency {
                service: guid(d, "ServiceUniqueId"),
                usage: attribute(d, "Usage"),
                at: offset(d),
            })
            .collect(),
        at: offset(node),
        ..Service::default()
    };
    read_role_element(node, &mut service);
    service
}

/// GUIDs are compared without case.
fn guid(node: Node, name: &str) -> String {
    attribute(node, name).to_lowercase()
}
