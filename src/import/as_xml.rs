//! `Get-CsTopology -AsXml` → deployment.
//!
//! A cluster's key is its site's id and a number, a service's is its site's id, its role and an instance.

use super::deployment::{Cluster, Dependency, Deployment, Kind, Service, SqlInstance};
use super::deployment::{
    always_on, attribute, child, children, complete, fqdn, machine_fqdns, offset, placed,
    read_role_element, read_sites, services,
};
use super::placed::{Counts, Placed};
use roxmltree::Node;

/// Reads a `Topology` element.
pub fn read(topology: Node) -> Deployment {
    let clusters =
        children(topology, "Clusters").flat_map(|clusters| children(clusters, "Cluster"));
    let sql_instances =
        children(topology, "SqlInstances").flat_map(|instances| children(instances, "SqlInstance"));
    let deployment = Deployment {
        kind: Kind::AsXml,
        sites: read_sites(topology),
        clusters: clusters.map(read_cluster).collect(),
        sql_instances: sql_instances.filter_map(read_sql_instance).collect(),
        services: services(topology).map(read_service).collect(),
        unknown: Counts::default(),
        at: offset(topology),
    };
    complete(deployment, topology)
}

fn read_cluster(node: Node) -> Cluster {
    let fqdn = fqdn(node);
    Cluster {
        key: cluster_key(node),
        site_id: child(node, "ClusterId")
            .map_or(Placed::new(String::new(), fqdn.at), |id| placed(id, "SiteId")),
        machines: machine_fqdns(children(node, "Machine"), &fqdn.value),
        at: fqdn.at,
        fqdn: fqdn.value,
    }
}

fn read_sql_instance(node: Node) -> Option<SqlInstance> {
    let id = child(node, "SqlInstanceId")?;
    Some(SqlInstance {
        key: sql_instance_key(id),
        cluster: cluster_key(id),
        name: attribute(id, "Name"),
        always_on: always_on(node),
        at: offset(node),
    })
}

fn read_service(node: Node) -> Service {
    let dependencies =
        children(node, "DependsOn").flat_map(|depends_on| children(depends_on, "Dependency"));
    let mut service = Service {
        role: child(node, "ServiceId").map(|id| attribute(id, "RoleName")).unwrap_or_default(),
        key: service_key(node),
        version: placed(node, "ServiceVersion"),
        installed_on: child(node, "InstalledOn").map(installed_on).unwrap_or_default(),
        depends_on: dependencies
            .map(|d| Dependency {
                service: service_key(d),
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

fn installed_on(node: Node) -> String {
    child(node, "SqlInstanceId").map_or_else(|| cluster_key(node), sql_instance_key)
}

/// The key in the `ClusterId` of `parent`, as in `1/3`.
fn cluster_key(parent: Node) -> String {
    let key = |id| format!("{}/{}", attribute(id, "SiteId"), attribute(id, "Number"));
    child(parent, "ClusterId").map(key).unwrap_or_default()
}

/// As in `1/3\rtc`; no cluster's key has a backslash.
fn sql_instance_key(id: Node) -> String {
    format!("{}\\{}", cluster_key(id), attribute(id, "Name").to_lowercase())
}

/// The key in the `ServiceId` of `parent` as `Get-CsService` prints it: `1-Registrar-1`.
fn service_key(parent: Node) -> String {
    let key = |id| {
        format!(
            "{}-{}-{}",
            attribute(id, "SiteId"),
            attribute(id, "RoleName"),
            attribute(id, "Instance")
        )
    };
    child(parent, "ServiceId").map(key).unwrap_or_default()
}
