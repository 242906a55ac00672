//! The entities of the TOML, and what the export leaves open about them.

use super::deployment::Kind;
use super::sites::Site;

pub struct Entities {
    pub kind: Kind,
    /// FQDNs of pools.
    pub active_management: Option<String>,
    pub standby_management: Option<String>,
    pub sites: Vec<Site>,
    pub pools: Vec<Pool>,
    pub sbas: Vec<Sba>,
    pub edge_pools: Vec<EdgePool>,
}

/// A Front End pool or a Director pool.
pub struct Pool {
    pub fqdn: String,
    pub site: Option<String>,
    pub is_director: bool,
    pub edition: Option<Edition>,
    pub version: Option<&'static str>,
    pub backup_registrars: Vec<String>,
    pub failover: Failover,
    pub front_end_servers: Option<FrontEndServers>,
    pub back_end: Option<BackEnd>,
    pub file_store: Option<String>,
}

pub struct Sba {
    pub fqdn: String,
    pub site: Option<String>,
    pub backup_registrars: Vec<String>,
    pub version: Option<&'static str>,
    pub failover: Failover,
}

pub struct EdgePool {
    pub fqdn: String,
    pub site: Option<String>,
    pub next_hop: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Enterprise,
    Standard,
}

/// Of a Registrar to its backup.
#[derive(Default)]
pub struct Failover {
    pub is_automatic: Option<bool>,
    pub failure_detection_seconds: Option<u32>,
    pub failback_detection_seconds: Option<u32>,
}

pub enum FrontEndServers {
    Number(usize),
    Fqdns(Vec<String>),
}

pub struct BackEnd {
    pub sql_server: String,
    pub is_always_on: bool,
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
