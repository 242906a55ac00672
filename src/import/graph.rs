//! Deployment → which service stands on which cluster and which needs which.

use super::deployment::{Cluster, Deployment, Service, SqlInstance};
use super::placed::{Notes, Offset};
use super::quote;
use std::collections::BTreeMap;

pub struct Graph<'a> {
    pub clusters: &'a [Cluster],
    /// For each cluster what is installed on it, in the order of the services.
    services_on: Vec<Vec<&'a Service>>,
    services: BTreeMap<&'a str, &'a Service>,
    hosts: BTreeMap<&'a str, Host<'a>>,
}

/// Where a service is installed.
#[derive(Clone, Copy)]
pub struct Host<'a> {
    /// Index of the cluster.
    pub cluster: usize,
    pub sql_instance: Option<&'a SqlInstance>,
}

/// A service that another one needs.
pub struct Needed<'a> {
    pub usage: &'a str,
    /// Of the dependency.
    pub at: Offset,
    pub service: &'a Service,
    pub host: Host<'a>,
}

/// Connects the deployment. What refers to nothing becomes a note.
pub fn connect<'a>(deployment: &'a Deployment, notes: &mut Notes) -> Graph<'a> {
    let mut graph = Graph {
        clusters: &deployment.clusters,
        services_on: deployment.clusters.iter().map(|_| Vec::new()).collect(),
        services: BTreeMap::new(),
        hosts: BTreeMap::new(),
    };
    for (index, cluster) in deployment.clusters.iter().enumerate() {
        let host = Host { cluster: index, sql_instance: None };
        insert_once(&mut graph.hosts, (&cluster.key, cluster.at), host, "cluster", notes);
    }
    for instance in &deployment.sql_instances {
        match graph.hosts.get(instance.cluster.as_str()).copied() {
            Some(host) => {
                let host = Host { sql_instance: Some(instance), ..host };
                let key = (instance.key.as_str(), instance.at);
                insert_once(&mut graph.hosts, key, host, "SQL instance", notes);
            }
            None => {
                let who = format!("the SQL instance {}", quote::name(&instance.key));
                notes.say_at(instance.at, dangling(&who, "stands on", &instance.cluster));
            }
        }
    }
    for service in &deployment.services {
        let key = (service.key.as_str(), service.at);
        insert_once(&mut graph.services, key, service, "service", notes);
        match graph.hosts.get(service.installed_on.as_str()) {
            Some(host) => graph.services_on[host.cluster].push(service),
            None => {
                let who = format!("a service {}", quote::name(&service.role));
                notes.say_at(service.at, dangling(&who, "is installed on", &service.installed_on));
            }
        }
    }
    note_dangling_dependencies(&graph, notes);
    graph
}

impl<'a> Graph<'a> {
    /// The services of that role on a cluster.
    pub fn on(&self, cluster: usize, role: &str) -> impl Iterator<Item = &'a Service> {
        let services = self.services_on.get(cluster).map(Vec::as_slice).unwrap_or_default();
        services.iter().copied().filter(move |service| service.role == role)
    }

    pub fn has(&self, cluster: usize, role: &str) -> bool {
        self.on(cluster, role).next().is_some()
    }

    /// The services of one of these roles that the services of `role` on a cluster need.
    pub fn needed_by(&self, cluster: usize, role: &str, needed_roles: &[&str]) -> Vec<Needed<'a>> {
        let dependencies = self.on(cluster, role).flat_map(|service| &service.depends_on);
        let needed = dependencies.filter_map(|dependency| {
            let service = *self.services.get(dependency.service.as_str())?;
            let host = *self.hosts.get(service.installed_on.as_str())?;
            Some(Needed { usage: &dependency.usage, at: dependency.at, service, host })
        });
        needed.filter(|needed| needed_roles.contains(&needed.service.role.as_str())).collect()
    }

    /// The role of the service with that key, if there is one.
    pub fn role_of(&self, service: &str) -> Option<&'a str> {
        self.services.get(service).map(|service| service.role.as_str())
    }
}

fn insert_once<'a, T>(
    all: &mut BTreeMap<&'a str, T>,
    (key, at): (&'a str, Offset),
    value: T,
    what: &str,
    notes: &mut Notes,
) {
    if key.is_empty() {
        return;
    }
    if all.contains_key(key) {
        notes.say_at(
            at,
            format!(
                "several parts of the export have the id {} of a {what}: only one was read",
                quote::name(key)
            ),
        );
    } else {
        all.insert(key, value);
    }
}

fn note_dangling_dependencies(graph: &Graph, notes: &mut Notes) {
    for (cluster, services) in graph.clusters.iter().zip(&graph.services_on) {
        for service in services {
            let unknown = service
                .depends_on
                .iter()
                .filter(|d| !graph.services.contains_key(d.service.as_str()));
            let who = || {
                format!(
                    "the service {} of {}",
                    quote::name(&service.role),
                    quote::name(&cluster.fqdn)
                )
            };
            for dependency in unknown {
                let message = dangling(&who(), "depends on", &dependency.service);
                notes.say_at(dependency.at, message);
            }
        }
    }
}

fn dangling(who: &str, does: &str, key: &str) -> String {
    if key.is_empty() {
        format!("{who} {does} nothing that the export names")
    } else {
        format!("{who} {does} {}, which the export does not have", quote::name(key))
    }
}
