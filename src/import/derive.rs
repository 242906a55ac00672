//! Deployment → the entities of the TOML.
//!
//! What a cluster is follows from the services on it. Branch sites, SBAs, Directors and backup registrars are
//! unseen in public exports; what is inferred about them is said in a note.

use super::deployment::{Cluster, Deployment, boolean};
use super::entities::{BackEnd, EdgePool, Edition, Entities, Failover, FrontEndServers, Pool, Sba};
use super::graph::{Graph, Needed, connect};
use super::interval;
use super::notes::{names, note_open_ends};
use super::placed::{Notes, Offset, Placed};
use super::quote;
use super::sites::name_sites;
use std::collections::{BTreeMap, BTreeSet};

/// What the service version of a Registrar means; 5 and 6 are inferred.
const VERSIONS: &[(&str, &str)] =
    &[("5", "lync-2010"), ("6", "lync-2013"), ("7", "sfb-2015"), ("8", "sfb-2019")];

/// The entities; notes say what could not be told.
pub fn derive(deployment: &Deployment, notes: &mut Notes) -> Entities {
    let (sites, site_names) = name_sites(&deployment.sites, notes);
    let graph = connect(deployment, notes);
    let mut entities = Entities {
        kind: deployment.kind,
        active_management: central_management(&graph, true, notes),
        standby_management: central_management(&graph, false, notes),
        sites,
        pools: Vec::new(),
        sbas: Vec::new(),
        edge_pools: Vec::new(),
    };
    let mut derivation = Derivation { graph: &graph, site_names: &site_names, notes: &mut *notes };
    derivation.add_clusters(&mut entities);
    note_open_ends(deployment, &graph, &entities, notes);
    entities
}

struct Derivation<'a> {
    graph: &'a Graph<'a>,
    site_names: &'a BTreeMap<String, String>,
    notes: &'a mut Notes,
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
            let Cluster { fqdn, at, .. } = &self.graph.clusters[cluster];
            if fqdn.is_empty() {
                self.notes.say_at(
                    *at,
                    "a cluster with a Registrar or an Edge Server has no FQDN and was left out",
                );
            } else if !taken.insert(fqdn.to_lowercase()) {
                self.notes.say_at(
                    *at,
                    format!("several clusters are called {}: only one was read", quote::name(fqdn)),
                );
            } else if is_registrar {
                self.add_registrar(cluster, entities);
                if is_edge {
                    self.notes.say_at(
                        *at,
                        format!(
                            "{} is an Edge pool as well, which was left out",
                            quote::name(fqdn)
                        ),
                    );
                }
            } else {
                let edge_pool = self.edge_pool(cluster);
                entities.edge_pools.push(edge_pool);
            }
        }
    }

    fn add_registrar(&mut self, cluster: usize, entities: &mut Entities) {
        let has_users = self.graph.has(cluster, "UserServices");
        if self.director_at(cluster).is_some() {
            if has_users {
                self.notes.say_at(
                    self.at(cluster),
                    format!(
                        "{} is called a Director but has user services: it was read as a Director",
                        self.name(cluster)
                    ),
                );
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
            let is_here = store.host.cluster == cluster;
            let edition = if is_here { Edition::Standard } else { Edition::Enterprise };
            Placed::new(edition, store.at)
        });
        if edition.is_none() {
            self.notes.say_at(
                self.at(cluster),
                format!(
                    "no user store of {} was found: its `edition` is not known",
                    self.name(cluster)
                ),
            );
        }
        let back_end = user_store
            .filter(|_| {
                edition.as_ref().is_some_and(|edition| edition.value == Edition::Enterprise)
            })
            .and_then(|store| self.back_end(&store));
        Pool {
            fqdn: self.fqdn(cluster),
            site: self.site(cluster),
            director: None,
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
            self.notes.say_at(self.at(cluster), format!(
                "the Director {} depends on the Registrar of {}, which says nothing about a backup",
                self.name(cluster),
                names(registrars.iter().map(|registrar| &registrar.value))
            ));
        }
        Pool {
            fqdn: self.fqdn(cluster),
            site: self.site(cluster),
            director: self.director_at(cluster),
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
            let message =
                format!("no backup registrar of the SBA {} was found", self.name(cluster));
            self.notes.say_at(self.at(cluster), message);
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
            .map(|registrar| Placed::new(self.fqdn(registrar.host.cluster).value, registrar.at));
        if next_hop.is_none() {
            let message = format!("no next hop of the Edge pool {} was found", self.name(cluster));
            self.notes.say_at(self.at(cluster), message);
        }
        EdgePool { fqdn: self.fqdn(cluster), site: self.site(cluster), next_hop }
    }

    fn fqdn(&self, cluster: usize) -> Placed<String> {
        let Cluster { fqdn, at, .. } = &self.graph.clusters[cluster];
        Placed::new(fqdn.clone(), *at)
    }

    fn at(&self, cluster: usize) -> Offset {
        self.graph.clusters[cluster].at
    }

    /// Where a Registrar is called a Director.
    fn director_at(&self, cluster: usize) -> Option<Offset> {
        self.graph.on(cluster, "Registrar").find_map(|service| service.director)
    }

    fn name(&self, cluster: usize) -> String {
        quote::name(&self.graph.clusters[cluster].fqdn)
    }

    fn site(&mut self, cluster: usize) -> Option<Placed<String>> {
        let id = &self.graph.clusters[cluster].site_id;
        let site = self.site_names.get(&id.value).cloned();
        if site.is_none() {
            let message = format!("the site of {} is not in the export", self.name(cluster));
            self.notes.say_at(id.at, message);
        }
        site.map(|site| Placed::new(site, id.at))
    }

    fn version(&mut self, cluster: usize) -> Option<Placed<&'static str>> {
        let registrars = self.graph.on(cluster, "Registrar");
        let Placed { value: written, at } = registrars.map(|service| &service.version).max()?;
        let version =
            VERSIONS.iter().find(|(number, _)| number == written).map(|(_, version)| *version);
        if version.is_none() {
            let found = if written.is_empty() { "absent".to_owned() } else { quote::name(written) };
            self.notes.say_at(
                *at,
                format!("the `ServiceVersion` of {} is {found}: add `version`", self.name(cluster)),
            );
        }
        version.map(|version| Placed::new(version, *at))
    }

    /// FQDNs of the other clusters whose services the Registrar of this one needs, sorted, each once.
    fn fqdns_needed(&self, cluster: usize, roles: &[&str]) -> Vec<Placed<String>> {
        let needed = self.graph.needed_by(cluster, "Registrar", roles);
        let others = needed.iter().filter(|needed| needed.host.cluster != cluster);
        let fqdns = others.map(|needed| {
            let fqdn = self.fqdn(needed.host.cluster).value;
            (fqdn.to_lowercase(), Placed::new(fqdn, needed.at))
        });
        let fqdns: BTreeMap<String, Placed<String>> = fqdns.collect();
        fqdns.into_values().filter(|fqdn| !fqdn.value.is_empty()).collect()
    }

    /// The service of the role `needed` that the role `needing` needs; the first by name where there are several.
    fn one_of(&mut self, cluster: usize, needing: &str, needed: &str) -> Option<Needed<'a>> {
        let mut found = self.graph.needed_by(cluster, needing, &[needed]);
        let place = |needed: &Needed| {
            let instance = needed.host.sql_instance.map(|instance| instance.name.to_lowercase());
            (
                self.graph.clusters[needed.host.cluster].fqdn.to_lowercase(),
                instance,
                needed.service.share.value.to_lowercase(),
            )
        };
        found.sort_by_cached_key(|needed| (needed.usage != "Default", place(needed)));
        found.dedup_by_key(|needed| place(needed));
        if found.len() > 1 {
            let fqdns = found.iter().map(|needed| self.fqdn(needed.host.cluster).value);
            let fqdns: Vec<String> = fqdns.collect();
            self.notes.say_at(found[0].at, format!("`{needing}` of {} depends on several of `{needed}`, of which the first was taken: {}", self.name(cluster), names(&fqdns)));
        }
        found.into_iter().next()
    }

    fn failover(&mut self, cluster: usize) -> Failover {
        let mut failover = Failover::default();
        for (name, value) in
            self.graph.on(cluster, "Registrar").flat_map(|registrar| &registrar.failover)
        {
            let seconds = placed(interval::seconds(&value.value), value.at);
            let understood = if name.contains("Failback") {
                set_once(&mut failover.failback_detection_seconds, seconds)
            } else if name.contains("Failure") || name.contains("Detection") {
                set_once(&mut failover.failure_detection_seconds, seconds)
            } else {
                // Some other switch of that name taken for this one would be a false alarm.
                name.contains("Auto")
                    && set_once(&mut failover.is_automatic, placed(boolean(&value.value), value.at))
            };
            if !understood {
                let (at, name, value) = (value.at, quote::name(name), quote::name(&value.value));
                self.notes.say_at(
                    at,
                    format!(
                        "the attribute {name} of the Registrar of {} was not understood: {value}",
                        self.name(cluster)
                    ),
                );
            }
        }
        failover
    }

    fn front_end_servers(&mut self, cluster: usize) -> Option<FrontEndServers> {
        let cluster = &self.graph.clusters[cluster];
        let distinct: BTreeSet<String> =
            cluster.machines.iter().map(|fqdn| fqdn.value.to_lowercase()).collect();
        let are_named = distinct.len() == cluster.machines.len()
            && !distinct.contains(&cluster.fqdn.to_lowercase());
        match cluster.machines.len() {
            0 => None,
            _ if are_named => Some(FrontEndServers::Fqdns(cluster.machines.clone())),
            number => Some(FrontEndServers::Number(Placed::new(number, cluster.machines[0].at))),
        }
    }

    fn back_end(&self, user_store: &Needed) -> Option<BackEnd> {
        let instance = user_store.host.sql_instance;
        let server = self.fqdn(user_store.host.cluster).value;
        let name = instance.map(|instance| instance.name.as_str()).unwrap_or_default();
        let at = instance.map_or(user_store.service.at, |instance| instance.at);
        Some(server).filter(|server| !server.is_empty()).map(|server| {
            let server = if name.is_empty() { server } else { format!("{server}\\{name}") };
            let always_on = instance.and_then(|instance| instance.always_on);
            BackEnd { sql_server: Placed::new(server, at), always_on }
        })
    }

    fn file_store(&mut self, cluster: usize) -> Option<Placed<String>> {
        let store = self.one_of(cluster, "UserServices", "FileStore")?;
        let (server, share) = (store.host.cluster, store.service.share.clone());
        let server = self.fqdn(server).value;
        let is_known = !server.is_empty() && !share.value.is_empty();
        is_known.then(|| share.map(|share| format!("\\\\{server}\\{share}")))
    }
}

fn central_management(graph: &Graph, is_active: bool, notes: &mut Notes) -> Option<Placed<String>> {
    let holds = |cluster: usize| {
        let told =
            graph.on(cluster, "CentralMgmt").filter_map(|service| service.is_active.as_ref());
        told.filter(|told| told.value == is_active).map(|told| told.at).next()
    };
    let holders = graph
        .clusters
        .iter()
        .enumerate()
        .filter_map(|(index, cluster)| Some(Placed::new(cluster.fqdn.clone(), holds(index)?)));
    let mut fqdns: Vec<Placed<String>> = holders.filter(|fqdn| !fqdn.value.is_empty()).collect();
    fqdns.sort_by_key(|fqdn| fqdn.value.to_lowercase());
    if fqdns.len() > 1 {
        let state = if is_active { "active" } else { "standby" };
        notes.say_at(
            fqdns[0].at,
            format!(
                "Central Management is {state} on several pools, of which the first was taken: {}",
                names(fqdns.iter().map(|fqdn| &fqdn.value))
            ),
        );
    }
    fqdns.into_iter().next()
}

fn placed<T>(value: Option<T>, at: Offset) -> Option<Placed<T>> {
    value.map(|value| Placed::new(value, at))
}

/// Keeps what is there already; is there a `value`?
fn set_once<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let is_some = value.is_some();
    if slot.is_none() {
        *slot = value;
    }
    is_some
}
