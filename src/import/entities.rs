//! The entities of the TOML, and what the export leaves open about them.

use super::deployment::Kind;
use super::placed::{Offset, Placed};
use super::sites::Site;

pub struct Entities {
    pub kind: Kind,
    /// FQDNs of pools.
    pub active_management: Option<Placed<String>>,
    pub standby_management: Option<Placed<String>>,
    pub sites: Vec<Site>,
    pub pools: Vec<Pool>,
    pub sbas: Vec<Sba>,
    pub edge_pools: Vec<EdgePool>,
}

impl Entities {
    /// Whether there is nothing that could be checked.
    pub fn is_empty(&self) -> bool {
        let Self { sites, pools, sbas, edge_pools, .. } = self;
        sites.is_empty() && pools.is_empty() && sbas.is_empty() && edge_pools.is_empty()
    }
}

/// A Front End pool or a Director pool.
pub struct Pool {
    pub fqdn: Placed<String>,
    pub site: Option<Placed<String>>,
    /// Where it is called one.
    pub director: Option<Offset>,
    pub edition: Option<Placed<Edition>>,
    pub version: Option<Placed<&'static str>>,
    pub backup_registrars: Vec<Placed<String>>,
    pub failover: Failover,
    pub front_end_servers: Option<FrontEndServers>,
    pub back_end: Option<BackEnd>,
    pub file_store: Option<Placed<String>>,
}

pub struct Sba {
    pub fqdn: Placed<String>,
    pub site: Option<Placed<String>>,
    pub backup_registrars: Vec<Placed<String>>,
    pub version: Option<Placed<&'static str>>,
    pub failover: Failover,
}

pub struct EdgePool {
    pub fqdn: Placed<String>,
    pub site: Option<Placed<String>>,
    pub next_hop: Option<Placed<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Enterprise,
    Standard,
}

/// Of a Registrar to its backup.
#[derive(Default)]
pub struct Failover {
    pub is_automatic: Option<Placed<bool>>,
    pub failure_detection_seconds: Option<Placed<u32>>,
    pub failback_detection_seconds: Option<Placed<u32>>,
}

pub enum FrontEndServers {
    Number(Placed<usize>),
    Fqdns(Vec<Placed<String>>),
}

pub struct BackEnd {
    pub sql_server: Placed<String>,
    /// Where it is.
    pub always_on: Option<Offset>,
}

/// What the export does not say: a table of the TOML, and its keys.
pub fn by_hand(entities: &Entities) -> impl Iterator<Item = (&'static str, &'static str)> {
    let failovers = entities
        .pools
        .iter()
        .map(|pool| &pool.failover)
        .chain(entities.sbas.iter().map(|sba| &sba.failover));
    let has_failover_settings = failovers.into_iter().any(Failover::is_known);
    let has_pools = !entities.pools.is_empty();
    let has_sbas = !entities.sbas.is_empty();
    let has_management =
        entities.active_management.is_some() || entities.standby_management.is_some();
    let is_cmdlets = entities.kind == Kind::Cmdlets;
    let has_back_end = entities.pools.iter().any(|pool| pool.back_end.is_some());
    let rows = [
        (!has_management, "[central-management]", "active, standby"),
        (!entities.sites.is_empty(), "[[site]]", "region"),
        (
            has_pools,
            "[[pool]]",
            "hosting, operating-system, capacity, purpose, data-centers, state",
        ),
        (is_cmdlets && has_back_end, "[[pool]]", "back-end.high-availability"),
        (
            has_pools && !has_failover_settings,
            "[[pool]]",
            "automatic-failover, failure-detection-interval, failback-detection-interval",
        ),
        (has_sbas, "[[sba]]", "kind = \"server\" where it is a Survivable Branch Server"),
        (
            has_sbas && !has_failover_settings,
            "[[sba]]",
            "automatic-failover, failure-detection-interval, failback-detection-interval",
        ),
        (!entities.edge_pools.is_empty(), "[[edge-pool]]", "federation-route"),
        (true, "[[user-group]]", "who is homed where, and how many users"),
        (true, "[[disaster-recovery]]", "which recovery is claimed for whom"),
    ];
    rows.into_iter().filter(|(applies, ..)| *applies).map(|(_, table, keys)| (table, keys))
}

impl Failover {
    fn is_known(&self) -> bool {
        let Failover { is_automatic, failure_detection_seconds, failback_detection_seconds } = self;
        is_automatic.is_some()
            || failure_detection_seconds.is_some()
            || failback_detection_seconds.is_some()
    }
}
