//! Random topologies: most are nearly right, so that every rule is reached; some are wild.

use crate::model::{
    Claim, Edge, Group, Management, Pool, Sba, Servers, Site, Text, Topology, VERSIONS, Version,
};
use crate::random::Random;

const INTERVALS: [i64; 10] = [60, 89, 90, 119, 120, 121, 240, 300, 301, 600];
const SERVERS: [i64; 11] = [0, 1, 2, 2, 4, 11, 12, 13, 15, 16, 17];
const USERS: [i64; 20] = [
    0, 1, 24, 25, 499, 500, 501, 999, 1000, 1001, 1999, 2000, 2499, 2500, 2501, 4999, 5000, 5001,
    6660, 6661,
];
const TIMES: [i64; 12] = [0, 1, 4, 5, 6, 14, 15, 29, 30, 31, 60, 90];
const SYSTEMS: [&str; 3] = ["windows server 2012", "windows server 2016", "windows server 2019"];
const HIGH_AVAILABILITY: [&str; 5] =
    ["none", "mirroring", "clustering", "alwayson-ag", "alwayson-fci"];
const SERVICES: [&str; 15] = [
    "im-presence",
    "conferencing",
    "enterprise-voice",
    "response-groups",
    "call-park",
    "group-call-pickup",
    "location-information",
    "announcements",
    "call-park-settings",
    "response-group-settings",
    "monitoring-data",
    "archiving-data",
    "persistent-chat",
    "xmpp",
    "voice-mail",
];

/// The topology of this seed; it has at least one table.
pub fn topology(seed: u64) -> Topology {
    let mut random = Random::new(seed);
    let wild = random.pick(&[1, 3, 6, 6, 10, 35]);
    let migrating = random.percent(10);
    let topology = Topology::default();
    let mut maker = Maker { random, wild, migrating, topology, fqdns: Vec::new() };
    maker.everything();
    maker.topology
}

struct Maker {
    random: Random,
    /// How many decisions of a hundred go astray.
    wild: usize,
    /// Whether pools of several versions stand side by side.
    migrating: bool,
    topology: Topology,
    /// Every FQDN of the topology.
    fqdns: Vec<String>,
}

/// What the two pools of a pair have in common.
struct Pair {
    edition: &'static str,
    version: Version,
    hosting: &'static str,
    system: &'static str,
    high_availability: &'static str,
    servers: i64,
}

impl Maker {
    /// Whether to go astray here.
    fn odd(&mut self) -> bool {
        self.random.percent(self.wild)
    }

    /// The value, unless the key is left out.
    fn known<T>(&mut self, value: T) -> Option<T> {
        (!self.odd()).then_some(value)
    }

    /// `usual`, or something among `others`.
    fn mostly<T: Clone>(&mut self, usual: T, others: &[T]) -> T {
        if self.odd() { self.random.pick(others) } else { usual }
    }

    /// One of the names, whatever it names, or a name of nothing.
    fn wrong_name(&mut self) -> String {
        match self.random.any(&self.fqdns) {
            Some(name) if self.random.percent(70) => name,
            _ => format!("gone{}.contoso.com", self.random.below(3)),
        }
    }

    fn wrong_site(&mut self) -> String {
        let names: Vec<String> = self.topology.sites.iter().map(|site| site.name.clone()).collect();
        match self.random.any(&names) {
            Some(name) if self.random.percent(50) => name,
            // Names of sites differ in case.
            Some(name) if self.random.percent(50) => name.to_uppercase(),
            _ => "nowhere".to_owned(),
        }
    }

    fn site_name(&mut self, right: Text) -> Text {
        if self.odd() {
            return if self.random.percent(50) { None } else { Some(self.wrong_site()) };
        }
        right
    }

    fn fqdn(&mut self, right: Text) -> Text {
        if self.odd() {
            return if self.random.percent(50) { None } else { Some(self.wrong_name()) };
        }
        right
    }

    /// Backup registrars: mostly the right one alone.
    fn backups(&mut self, right: Text) -> Vec<String> {
        let mut names: Vec<String> = right.into_iter().collect();
        if self.odd() {
            names.truncate(self.random.below(2));
            for _ in 0..self.random.below(3) {
                names.push(self.wrong_name());
            }
            let double = self.random.any(&names).filter(|_| self.random.percent(10));
            names.extend(double);
        }
        names
    }

    fn sites_of(&self, kind: &str) -> Vec<String> {
        let of_kind = |site: &&Site| site.kind.unwrap_or("central") == kind;
        self.topology.sites.iter().filter(of_kind).map(|site| site.name.clone()).collect()
    }

    fn everything(&mut self) {
        let base = self.random.pick(&VERSIONS).0;
        if self.random.percent(40) {
            self.topology.default_version = Some(base);
        }
        if self.random.percent(20) {
            self.topology.deployment_name = Some("Contoso".to_owned());
        }
        let pools = self.random.below(9);
        let sbas = self.random.below(7).min(self.random.below(7));
        let edges = self.random.below(4);
        self.fqdns.extend((0..pools).map(|at| format!("fe{at}.contoso.com")));
        self.fqdns.extend((0..sbas).map(|at| format!("sba{at}.contoso.com")));
        self.fqdns.extend((0..edges).map(|at| format!("edge{at}.contoso.com")));
        self.sites();
        self.pools(pools, base);
        self.sbas(sbas, base);
        self.edges(edges);
        self.groups();
        self.claims();
        if self.random.percent(60) {
            self.management();
        }
        if self.topology.is_empty() {
            self.topology.deployment_name = Some("Nothing else".to_owned());
        }
    }

    fn sites(&mut self) {
        for at in 0..self.random.below(6) {
            let mut site = Site { name: format!("site{at}"), ..Site::default() };
            site.region = self.mostly(Some("emea"), &[None, Some("americas")]).map(str::to_owned);
            if at > 0 && self.random.percent(55) {
                site.kind = Some("branch");
                let branches = self.sites_of("branch");
                let is_wrong = !branches.is_empty() && self.random.percent(6);
                let all = if is_wrong { branches } else { self.sites_of("central") };
                let central = self.random.any(&all);
                site.central_site = self.site_name(central);
            } else {
                site.kind = self.random.pick(&[None, Some("central")]);
            }
            self.topology.sites.push(site);
        }
    }

    fn version(&mut self, version: Version) -> Option<Version> {
        let version = self.mostly(version, &VERSIONS.map(|(version, _)| version));
        if self.topology.default_version == Some(version) && self.random.percent(50) {
            return None;
        }
        self.known(version)
    }

    fn intervals(&mut self) -> (Option<i64>, Option<i64>) {
        if self.random.percent(60) {
            return (None, None);
        }
        let failure = self.mostly(300, &INTERVALS);
        let failback = self.mostly(600, &INTERVALS);
        (self.known(failure), self.known(failback))
    }

    fn pools(&mut self, count: usize, base: Version) {
        let central = self.sites_of("central");
        let mut pair = self.pair(base);
        let directors: Vec<bool> = (0..count).map(|_| self.odd()).collect();
        for at in 0..count {
            if at % 2 == 0 {
                pair = self.pair(base);
            }
            let partner = at ^ 1;
            let has_partner = partner < count && (!directors[partner] || self.odd());
            let right = has_partner.then(|| self.fqdns[partner].clone());
            let site = (!central.is_empty()).then(|| central[at % central.len()].clone());
            let pool = self.pool(at, &pair, site, right, directors[at]);
            self.topology.pools.push(pool);
        }
    }

    fn pair(&mut self, base: Version) -> Pair {
        Pair {
            edition: self.random.pick(&["enterprise", "enterprise", "standard"]),
            version: if self.migrating {
                self.random.pick(&VERSIONS).0
            } else {
                self.mostly(base, &VERSIONS.map(|(version, _)| version))
            },
            hosting: self.random.pick(&["physical", "virtual"]),
            system: self.random.pick(&SYSTEMS),
            high_availability: self.random.pick(&HIGH_AVAILABILITY),
            servers: self.random.pick(&[2, 3, 3, 3, 4, 4, 12, 16]),
        }
    }

    /// The number of the server on which a pool keeps its data: its own, that of its partner, or any.
    fn kept(&mut self, at: usize) -> usize {
        if self.random.percent(5) {
            return at & !1;
        }
        self.mostly(at, &[0, 1, 2])
    }

    fn pool(&mut self, at: usize, pair: &Pair, site: Text, partner: Text, director: bool) -> Pool {
        let (failure, failback) = self.intervals();
        let edition = self.mostly(pair.edition, &["enterprise", "standard"]);
        let servers = if edition == "standard" { 1 } else { pair.servers };
        let servers = self.mostly(servers, &SERVERS);
        let sql = self.kept(at);
        let instance = self.random.pick(&["", "\\rtc", "\\lync"]);
        let store = self.kept(at);
        let hosting = self.mostly(pair.hosting, &["physical", "virtual"]);
        let system = self.mostly(pair.system, &SYSTEMS);
        let high_availability = self.mostly(pair.high_availability, &HIGH_AVAILABILITY);
        let has_witness = high_availability == "mirroring" && self.random.percent(70);
        let witness = has_witness.then(|| "sql-witness".to_owned());
        let wide = self.odd();
        Pool {
            fqdn: self.fqdns[at].clone(),
            site: self.site_name(site),
            role: if director {
                Some("director")
            } else {
                self.random.pick(&[None, Some("front-end")])
            },
            edition: self.known(edition),
            version: self.version(pair.version),
            backups: if director && !self.odd() { Vec::new() } else { self.backups(partner) },
            automatic_failover: self.mostly(Some(true), &[None, Some(false)]),
            failure,
            failback,
            servers: self.servers(at, servers),
            hosting: self.known(hosting),
            operating_system: self.known(system.to_owned()),
            sql_server: self.known(format!("sql{sql}{instance}")),
            high_availability: self.known(high_availability),
            witness: self.mostly(witness, &[None]),
            file_store: self.known(format!("\\\\files{store}\\lync")),
            capacity: self.mostly(None, &[0, 1000, 2500, 5000, 19_980, 20_000, 106_000].map(Some)),
            purpose: self.mostly(None, &[Some("large-meetings")]),
            data_centers: if wide {
                let names = ["north", "south", "NORTH "].map(str::to_owned);
                (0..self.random.below(4)).map(|_| self.random.pick(&names)).collect()
            } else {
                vec!["north".to_owned()]
            },
            state: self.mostly(None, &[Some("active"), Some("decommissioning")]),
        }
    }

    /// A number, or as many names, or nothing.
    fn servers(&mut self, at: usize, count: i64) -> Option<Servers> {
        if count == 0 || self.random.percent(70) {
            return self.known(Servers::Number(count));
        }
        let mut names: Vec<String> = (0..count).map(|n| format!("s{at}-{n}.contoso.com")).collect();
        if self.odd() {
            // The same server twice.
            names.push(names[0].to_uppercase());
        }
        self.known(Servers::Named(names))
    }

    fn sbas(&mut self, count: usize, base: Version) {
        let branches: Vec<Site> = self
            .topology
            .sites
            .iter()
            .filter(|site| site.kind == Some("branch"))
            .cloned()
            .collect();
        for at in 0..count {
            let branch = self.random.any(&branches);
            let central = branch.as_ref().and_then(|site| site.central_site.clone());
            let pools = |near: bool| -> Vec<String> {
                let fits =
                    |pool: &&Pool| pool.role != Some("director") && (!near || pool.site == central);
                self.topology.pools.iter().filter(fits).map(|pool| pool.fqdn.clone()).collect()
            };
            let (near, all) = (pools(true), pools(false));
            let right = self.random.any(if near.is_empty() { &all } else { &near });
            let (failure, failback) = self.intervals();
            let mut backups = self.backups(right);
            if self.random.percent(4) {
                backups.extend(self.random.any(&all));
            }
            let sba = Sba {
                fqdn: self.fqdns[self.topology.pools.len() + at].clone(),
                kind: self.random.pick(&[None, Some("appliance"), Some("server")]),
                site: self.site_name(branch.map(|site| site.name)),
                version: self.version(base),
                backups,
                automatic_failover: self.mostly(Some(true), &[None, Some(false)]),
                failure,
                failback,
            };
            self.topology.sbas.push(sba);
        }
    }

    fn edges(&mut self, count: usize) {
        let central = self.sites_of("central");
        let first = self.topology.pools.len() + self.topology.sbas.len();
        for at in 0..count {
            let site = (!central.is_empty()).then(|| central[at % central.len()].clone());
            let hops: Vec<String> =
                self.topology.pools.iter().map(|pool| pool.fqdn.clone()).collect();
            let hop = self.random.any(&hops);
            let edge = Edge {
                fqdn: self.fqdns[first + at].clone(),
                site: self.site_name(site),
                next_hop: self.fqdn(hop),
                federation_route: self.random.pick(&[None, Some(true), Some(false)]),
            };
            self.topology.edges.push(edge);
        }
    }

    fn groups(&mut self) {
        let homes = &self.fqdns[..self.topology.pools.len() + self.topology.sbas.len()];
        let homes: Vec<String> = homes.to_vec();
        for at in 0..self.random.below(7) {
            let home = self.random.any(&homes);
            let users = self.users(home.as_deref());
            let sba = self.topology.sbas.iter().find(|sba| Some(&sba.fqdn) == home.as_ref());
            let location = match sba {
                Some(sba) => sba.site.clone(),
                None if self.random.percent(15) => {
                    self.random.any(&self.topology.sbas).and_then(|sba| sba.site)
                }
                None => self.random.any(&self.sites_of("central")),
            };
            let group = Group {
                name: format!("group{at}"),
                home: self.fqdn(home),
                users: self.known(users),
                location: self.site_name(location),
                enterprise_voice: self.random.pick(&[None, Some(true), Some(false)]),
            };
            self.topology.groups.push(group);
        }
    }

    /// A number of users near some limit, often one of the limits of the pool at hand.
    fn users(&mut self, home: Option<&str>) -> i64 {
        let home = self.topology.pools.iter().find(|pool| Some(pool.fqdn.as_str()) == home);
        let servers = match home.and_then(|pool| pool.servers.as_ref()) {
            Some(Servers::Number(number)) => *number,
            Some(Servers::Named(names)) => i64::try_from(names.len()).expect("they are few"),
            None => 3,
        };
        let mut limits = vec![2500, 5000, 80_000, 106_000, servers * 6660];
        limits.extend(home.and_then(|pool| pool.capacity));
        if !self.random.percent(40) {
            return if self.random.percent(50) { 300 } else { self.random.pick(&USERS) };
        }
        let limit = self.random.pick(&limits) / self.random.pick(&[1, 2]);
        (limit + self.random.pick(&[-1, 0, 0, 1])).max(0)
    }

    fn claims(&mut self) {
        let groups: Vec<String> =
            self.topology.groups.iter().map(|group| group.name.clone()).collect();
        for at in 0..self.random.below(5) {
            let mut covers: Vec<String> =
                (0..self.random.below(3)).filter_map(|_| self.random.any(&groups)).collect();
            if self.odd() {
                covers.push("nobody".to_owned());
            }
            let level = self.random.pick(&["full", "full", "voice"]);
            let usual = self.random.pick(&[None, Some("manual")]);
            let mut services = Vec::new();
            for _ in 0..self.random.below(3) {
                let usual = self.random.pick(&SERVICES[..6]);
                services.push(self.mostly(usual, &SERVICES));
            }
            let (rto, rpo) = (self.random.pick(&TIMES), self.random.pick(&TIMES));
            let claim = Claim {
                name: format!("claim{at}"),
                covers,
                level: self.known(level),
                invocation: self.mostly(usual, &[Some("automatic")]),
                rto: self.random.pick(&[None, Some(rto), Some(30)]),
                rpo: self.random.pick(&[None, Some(rpo), Some(30)]),
                services,
            };
            self.topology.claims.push(claim);
        }
    }

    fn management(&mut self) {
        let pool = self.random.any(&self.topology.pools);
        let active = pool.as_ref().map(|pool| pool.fqdn.clone());
        let partner = pool.and_then(|pool| pool.backups.first().cloned());
        let standby = match self.random.below(10) {
            0..6 => partner,
            6 => self.random.any(&self.topology.pools).map(|pool| pool.fqdn),
            _ => None,
        };
        let management = Management { active: self.fqdn(active), standby: self.fqdn(standby) };
        self.topology.management = Some(management);
    }
}
