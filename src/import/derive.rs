//! Deployment → the entities of the TOML.
//!
//! What a cluster is follows from the services on it. Branch sites, SBAs, Directors and backup registrars are
//! unseen in public exports; what is inferred about them is said in a note.

use super::deployment::{Deployment, boolean};
use super::entities::{BackEnd, EdgePool, Edition, Entities, Failover, FrontEndServers, Pool, Sba};
use super::graph::{Graph, Needed, connect};
use super::interval;
use super::notes::{names, open_ends};
use super::quote;
use super::sites::name_sites;
use std::collections::{BTreeMap, BTreeSet};

/// What the service version of a Registrar means; 5 and 6 are inferred.
const VERSIONS: &[(&str, &str)] =
    &[("5", "lync-2010"), ("6", "lync-2013"), ("7", "sfb-2015"), ("8", "sfb-2019")];

/// The entities, and notes on what could not be told.
pub fn derive(deployment: Deployment) -> (Entities, Vec<String>) {
    let mut notes = Vec::new();
    let (sites, site_names) = name_sites(&deployment.sites, &mut notes);
    let graph = connect(&deployment, &mut notes);
    let mut entities = Entities {
        kind: deployment.kind,
        active_management: central_management(&graph, true, &mut notes),
        standby_management: central_management(&graph, false, &mut notes),
        sites,
        pools: Vec::new(),
        sbas: Vec::new(),
        edge_pools: Vec::new(),
    };
    let mut derivation = Derivation { graph: &graph, site_names: &site_names, notes: &mut notes };
    derivation.add_clusters(&mut entities);
    notes.extend(open_ends(&deployment, &graph, &entities));
    (entities, notes)
}

struct Derivation<'a> {
    graph: &'a Graph<'a>,
    site_names: &'a BTreeMap<String, String>,
    notes: &'a mut Vec<String>,
}

impl<'a> Derivation<'a> {
    /// Clusters are sorted by FQDN as written; the entities are sorted without regard to case.
    fn add_clusters(&mut self, entities: &mut Entities) {
        let mut order: Vec<usize> = (0..self.graph.clusters.len()).collect();
        order.sort_by_key(|&cluster| self.graph.clusters[cluster].fqdn.to_lowercase());
        let mut taken = BTreeSet::new();
        for cluster in order {
            let is_registrar = self.graph.has(cluster, "Registrar");
            let is_edge = self.graph.has(cluster, "EdgeServer");
            if !is_registrar && !is_edge {
                continue;
            }
            let fqdn = &self.graph.clusters[cluster].fqdn;
            if fqdn.is_empty() {
                self.notes.push(
                    "a cluster with a Registrar or an Edge Server has no FQDN and was left out"
                        .to_owned(),
                );
            } else if !taken.insert(fqdn.to_lowercase()) {
                self.notes.push(format!(
                    "several clusters are called {}: only one was read",
                    quote::name(fqdn)
                ));
            } else if is_registrar {
                self.add_registrar(cluster, entities);
                if is_edge {
                    self.notes.push(format!(
                        "{} is an Edge pool as well, which was left out",
                        quote::name(fqdn)
                    ));
                }
            } else {
                let edge_pool = self.edge_pool(cluster);
                entities.edge_pools.push(edge_pool);
            }
        }
    }

    fn add_registrar(&mut self, cluster: usize, entities: &mut Entities) {
        let has_users = self.graph.has(cluster, "UserServices");
        if self.graph.on(cluster, "Registrar").any(|service| service.is_director) {
            if has_users {
                self.notes.push(format!(
                    "{} is called a Director but has user services: it was read as a Director",
                    self.name(cluster)
                ));
            }
            let director = self.director(cluster);
            entities.pools.push(director);
        } else if has_users {
            let pool = self.front_end_pool(cluster);
            entities.pools.push(pool);
        } else {
            let sba = self.sba(cluster);
            entities.sbas.push(sba);
        }
    }

    fn front_end_pool(&mut self, cluster: usize) -> Pool {
        let user_store = self.one_of(cluster, "UserServices", "UserStore");
        let edition = user_store.as_ref().map(|store| {
            if store.host.cluster == cluster { Edition::Standard } else { Edition::Enterprise }
        });
        if edition.is_none() {
            self.notes.push(format!(
                "no user store of {} was found: its `edition` is not known",
                self.name(cluster)
            ));
        }
        let back_end = user_store
            .filter(|_| edition == Some(Edition::Enterprise))
            .and_then(|store| self.back_end(&store));
        Pool {
            fqdn: self.fqdn(cluster),
            site: self.site(cluster),
            is_director: false,
            edition,
            version: self.version(cluster),
            backup_registrars: self.fqdns_needed(cluster, &["Registrar"]),
            failover: self.failover(cluster),
            front_end_servers: self.front_end_servers(cluster),
            back_end,
            file_store: self.file_store(cluster),
        }
    }

    fn director(&mut self, cluster: usize) -> Pool {
        // A Director has no backup registrar, so what it needs other Registrars for is something else.
        let registrars = self.fqdns_needed(cluster, &["Registrar"]);
        if !registrars.is_empty() {
            self.notes.push(format!(
                "the Director {} depends on the Registrar of {}, which says nothing about a backup",
                self.name(cluster),
                names(&registrars)
            ));
        }
        Pool {
            fqdn: self.fqdn(cluster),
            site: self.site(cluster),
            is_director: true,
            edition: None,
            version: self.version(cluster),
            backup_registrars: Vec::new(),
            failover: Failover::default(),
            front_end_servers: None,
            back_end: None,
            file_store: None,
        }
    }

    fn sba(&mut self, cluster: usize) -> Sba {
        let backup_registrars = self.fqdns_needed(cluster, &["Registrar", "UserServices"]);
        if backup_registrars.is_empty() {
            self.notes
                .push(format!("no backup registrar of the SBA {} was found", self.name(cluster)));
        }
        Sba {
            fqdn: self.fqdn(cluster),
            site: self.site(cluster),
            backup_registrars,
            version: self.version(cluster),
            failover: self.failover(cluster),
        }
    }

    fn edge_pool(&mut self, cluster: usize) -> EdgePool {
        let next_hop = self
            .one_of(cluster, "EdgeServer", "Registrar")
            .map(|registrar| self.fqdn(registrar.host.cluster));
        if next_hop.is_none() {
            self.notes
                .push(format!("no next hop of the Edge pool {} was found", self.name(cluster)));
        }
        EdgePool { fqdn: self.fqdn(cluster), site: self.site(cluster), next_hop }
    }

    fn fqdn(&self, cluster: usize) -> String {
        self.graph.clusters[cluster].fqdn.clone()
    }

    fn name(&self, cluster: usize) -> String {
        quote::name(&self.graph.clusters[cluster].fqdn)
    }

    fn site(&mut self, cluster: usize) -> Option<String> {
        let id = &self.graph.clusters[cluster].site_id;
        let site = self.site_names.get(id).cloned();
        if site.is_none() {
            self.notes.push(format!("the site of {} is not in the export", self.name(cluster)));
        }
        site
    }

    fn version(&mut self, cluster: usize) -> Option<&'static str> {
        let written =
            self.graph.on(cluster, "Registrar").map(|service| service.version.as_str()).max()?;
        let version =
            VERSIONS.iter().find(|(number, _)| *number == written).map(|(_, version)| *version);
        if version.is_none() {
            let found = if written.is_empty() { "absent".to_owned() } else { quote::name(written) };
            self.notes.push(format!(
                "the `ServiceVersion` of {} is {found}: add `version`",
                self.name(cluster)
            ));
        }
        version
    }

    /// FQDNs of the other clusters whose services the Registrar of this one needs, sorted, each once.
    fn fqdns_needed(&self, cluster: usize, roles: &[&str]) -> Vec<String> {
        let needed = self.graph.needed_by(cluster, "Registrar", roles);
        let others =
            needed.iter().map(|needed| needed.host.cluster).filter(|&other| other != cluster);
        let fqdns: BTreeMap<String, String> =
            others.map(|other| self.fqdn(other)).map(|fqdn| (fqdn.to_lowercase(), fqdn)).collect();
        fqdns.into_values().filter(|fqdn| !fqdn.is_empty()).collect()
    }

    /// The service of the role `needed` that the role `needing` needs; the first by name where there are several.
    fn one_of(&mut self, cluster: usize, needing: &str, needed: &str) -> Option<Needed<'a>> {
        let mut found = self.graph.needed_by(cluster, needing, &[needed]);
        let place = |needed: &Needed| {
            let instance = needed.host.sql_instance.map(|instance| instance.name.to_lowercase());
            (
                self.graph.clusters[needed.host.cluster].fqdn.to_lowercase(),
                instance,
                needed.service.share.to_lowercase(),
            )
        };
        found.sort_by_cached_key(|needed| (needed.usage != "Default", place(needed)));
        found.dedup_by_key(|needed| place(needed));
        if found.len() > 1 {
            let fqdns: Vec<String> =
                found.iter().map(|needed| self.fqdn(needed.host.cluster)).collect();
            self.notes.push(format!("`{needing}` of {} depends on several of `{needed}`, of which the first was taken: {}", self.name(cluster), names(&fqdns)));
        }
        found.into_iter().next()
    }

    fn failover(&mut self, cluster: usize) -> Failover {
        let mut failover = Failover::default();
        for (name, value) in
            self.graph.on(cluster, "Registrar").flat_map(|registrar| &registrar.failover)
        {
            let understood = if name.contains("Failback") {
                set_once(&mut failover.failback_detection_seconds, interval::seconds(value))
            } else if name.contains("Failure") || name.contains("Detection") {
                set_once(&mut failover.failure_detection_seconds, interval::seconds(value))
            } else {
                // Some other switch of that name taken for this one would be a false alarm.
                name.contains("Auto") && set_once(&mut failover.is_automatic, boolean(value))
            };
            if !understood {
                let (name, value) = (quote::name(name), quote::name(value));
                self.notes.push(format!(
                    "the attribute {name} of the Registrar of {} was not understood: {value}",
                    self.name(cluster)
                ));
            }
        }
        failover
    }

    fn front_end_servers(&mut self, cluster: usize) -> Option<FrontEndServers> {
        let cluster = &self.graph.clusters[cluster];
        let distinct: BTreeSet<String> =
            cluster.machines.iter().map(|fqdn| fqdn.to_lowercase()).collect();
        let are_named = distinct.len() == cluster.machines.len()
            && !distinct.contains(&cluster.fqdn.to_lowercase());
        match cluster.machines.len() {
            0 => None,
            _ if are_named => Some(FrontEndServers::Fqdns(cluster.machines.clone())),
            number => Some(FrontEndServers::Number(number)),
        }
    }

    fn back_end(&self, user_store: &Needed) -> Option<BackEnd> {
        let instance = user_store.host.sql_instance;
        let server = self.fqdn(user_store.host.cluster);
        let name = instance.map(|instance| instance.name.as_str()).unwrap_or_default();
        Some(server).filter(|server| !server.is_empty()).map(|server| BackEnd {
            sql_server: if name.is_empty() { server } else { format!("{server}\\{name}") },
            is_always_on: instance.is_some_and(|instance| instance.is_always_on),
        })
    }

    fn file_store(&mut self, cluster: usize) -> Option<String> {
        let store = self.one_of(cluster, "UserServices", "FileStore")?;
        let (server, share) = (store.host.cluster, store.service.share.clone());
        let server = self.fqdn(server);
        if server.is_empty() || share.is_empty() {
            None
        } else {
            Some(format!("\\\\{server}\\{share}"))
        }
    }
}

fn central_management(graph: &Graph, is_active: bool, notes: &mut Vec<String>) -> Option<String> {
    let holds = |cluster: usize| {
        graph.on(cluster, "CentralMgmt").any(|service| service.is_active == Some(is_active))
    };
    let holders = (0..graph.clusters.len())
        .filter(|&cluster| holds(cluster))
        .map(|cluster| graph.clusters[cluster].fqdn.clone());
    let mut fqdns: Vec<String> = holders.filter(|fqdn| !fqdn.is_empty()).collect();
    fqdns.sort_by_key(|fqdn| fqdn.to_lowercase());
    if fqdns.len() > 1 {
        let state = if is_active { "active" } else { "standby" };
        notes.push(format!(
            "Central Management is {state} on several pools, of which the first was taken: {}",
            names(&fqdns)
        ));
    }
    fqdns.into_iter().next()
}

/// Keeps what is there already; is there a `value`?
fn set_once<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let is_some = value.is_some();
    if slot.is_none() {
        *slot = value;
    }
    is_some
}
