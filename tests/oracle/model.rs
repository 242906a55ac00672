//! A topology as the oracle sees it: plain values, absent where the file says nothing, names in
//! lower case and without a trailing dot. And how it is written down as TOML.

use crate::random::Random;
use std::fmt::Write;

/// Product versions, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    Lync2010,
    Lync2013,
    Sfb2015,
    Sfb2019,
    SfbSe,
}

use Version::{Lync2010, Lync2013, Sfb2015, Sfb2019, SfbSe};

pub const VERSIONS: [(Version, &str); 5] = [
    (Lync2010, "lync-2010"),
    (Lync2013, "lync-2013"),
    (Sfb2015, "sfb-2015"),
    (Sfb2019, "sfb-2019"),
    (SfbSe, "sfb-se"),
];

/// A word of a fixed list: `enterprise`, `manual`.
pub type Word = Option<&'static str>;

/// A name or a text.
pub type Text = Option<String>;

#[derive(Clone, Default)]
pub struct Topology {
    pub deployment_name: Text,
    pub default_version: Option<Version>,
    pub management: Option<Management>,
    pub sites: Vec<Site>,
    pub pools: Vec<Pool>,
    pub sbas: Vec<Sba>,
    pub edges: Vec<Edge>,
    pub groups: Vec<Group>,
    pub claims: Vec<Claim>,
}

#[derive(Clone, Default)]
pub struct Management {
    pub active: Text,
    pub standby: Text,
}

#[derive(Clone, Default)]
pub struct Site {
    pub name: String,
    pub kind: Word,
    pub central_site: Text,
    pub region: Text,
}

#[derive(Clone)]
pub enum Servers {
    Number(i64),
    Named(Vec<String>),
}

#[derive(Clone, Default)]
pub struct Pool {
    pub fqdn: String,
    pub site: Text,
    pub role: Word,
    pub edition: Word,
    pub version: Option<Version>,
    pub backups: Vec<String>,
    pub automatic_failover: Option<bool>,
    pub failure: Option<i64>,
    pub failback: Option<i64>,
    pub servers: Option<Servers>,
    pub hosting: Word,
    pub operating_system: Text,
    pub sql_server: Text,
    pub high_availability: Word,
    pub witness: Text,
    pub file_store: Text,
    pub capacity: Option<i64>,
    pub purpose: Word,
    pub data_centers: Vec<String>,
    pub state: Word,
}

#[derive(Clone, Default)]
pub struct Sba {
    pub fqdn: String,
    pub kind: Word,
    pub site: Text,
    pub version: Option<Version>,
    pub backups: Vec<String>,
    pub automatic_failover: Option<bool>,
    pub failure: Option<i64>,
    pub failback: Option<i64>,
}

#[derive(Clone, Default)]
pub struct Edge {
    pub fqdn: String,
    pub site: Text,
    pub next_hop: Text,
    pub federation_route: Option<bool>,
}

#[derive(Clone, Default)]
pub struct Group {
    pub name: String,
    pub home: Text,
    pub users: Option<i64>,
    pub location: Text,
    pub enterprise_voice: Option<bool>,
}

#[derive(Clone, Default)]
pub struct Claim {
    pub name: String,
    pub covers: Vec<String>,
    pub level: Word,
    pub invocation: Word,
    pub rto: Option<i64>,
    pub rpo: Option<i64>,
    pub services: Vec<&'static str>,
}

impl Topology {
    pub fn is_empty(&self) -> bool {
        self.deployment_name.is_none()
            && self.default_version.is_none()
            && self.management.is_none()
            && self.entities() == 0
    }

    /// How many tables with a name there are.
    pub fn entities(&self) -> usize {
        self.sites.len()
            + self.pools.len()
            + self.sbas.len()
            + self.edges.len()
            + self.groups.len()
            + self.claims.len()
    }

    /// The topology without the entity that has this number.
    pub fn without(&self, mut number: usize) -> Self {
        fn cut<T>(list: &mut Vec<T>, number: &mut usize) {
            if *number < list.len() {
                list.remove(*number);
                *number = usize::MAX;
            } else if *number != usize::MAX {
                *number -= list.len();
            }
        }
        let mut less = self.clone();
        cut(&mut less.claims, &mut number);
        cut(&mut less.groups, &mut number);
        cut(&mut less.edges, &mut number);
        cut(&mut less.sbas, &mut number);
        cut(&mut less.pools, &mut number);
        cut(&mut less.sites, &mut number);
        less
    }
}

/// The topology as TOML in one to three files, in the various ways in which one may write it.
pub fn written(topology: &Topology, seed: u64) -> Vec<(String, String)> {
    let mut random = Random::new(seed);
    let mut tables = tables(topology, &mut random);
    random.shuffle(&mut tables);
    let files = 1 + random.below(3).min(random.below(3));
    let mut texts = vec![String::new(); files];
    for table in tables {
        texts[random.below(files)].push_str(&table);
    }
    let name = |at: usize| format!("{}.toml", ["first", "second", "third"][at]);
    texts.into_iter().enumerate().map(|(at, text)| (name(at), text)).collect()
}

fn tables(topology: &Topology, random: &mut Random) -> Vec<String> {
    let mut tables = Vec::new();
    if topology.deployment_name.is_some() || topology.default_version.is_some() {
        let mut table = Table::new("[deployment]", random);
        table.text("name", &topology.deployment_name);
        table.version("default-version", topology.default_version);
        tables.push(table.text);
    }
    if let Some(management) = &topology.management {
        let mut table = Table::new("[central-management]", random);
        table.fqdn("active", &management.active);
        table.fqdn("standby", &management.standby);
        tables.push(table.text);
    }
    for site in &topology.sites {
        let mut table = Table::new("[[site]]", random);
        table.name("name", &site.name);
        table.word("kind", site.kind);
        table.text("central-site", &site.central_site);
        table.loose_text("region", &site.region);
        table.tags();
        tables.push(table.text);
    }
    for pool in &topology.pools {
        tables.push(pool_table(pool, random));
    }
    for sba in &topology.sbas {
        let mut table = Table::new("[[sba]]", random);
        table.fqdn("fqdn", &Some(sba.fqdn.clone()));
        table.word("kind", sba.kind);
        table.text("site", &sba.site);
        table.version("version", sba.version);
        table.fqdns("backup-registrar", &sba.backups);
        table.value("automatic-failover", sba.automatic_failover);
        table.seconds("failure-detection-interval", sba.failure);
        table.seconds("failback-detection-interval", sba.failback);
        table.tags();
        tables.push(table.text);
    }
    for edge in &topology.edges {
        let mut table = Table::new("[[edge-pool]]", random);
        table.fqdn("fqdn", &Some(edge.fqdn.clone()));
        table.text("site", &edge.site);
        table.fqdn("next-hop", &edge.next_hop);
        table.value("federation-route", edge.federation_route);
        table.tags();
        tables.push(table.text);
    }
    for group in &topology.groups {
        let mut table = Table::new("[[user-group]]", random);
        table.name("name", &group.name);
        table.fqdn("home", &group.home);
        table.value("users", group.users);
        table.text("location", &group.location);
        table.value("enterprise-voice", group.enterprise_voice);
        table.tags();
        tables.push(table.text);
    }
    for claim in &topology.claims {
        let mut table = Table::new("[[disaster-recovery]]", random);
        table.name("name", &claim.name);
        table.array("covers", &claim.covers);
        table.word("service-level", claim.level);
        table.word("invocation", claim.invocation);
        table.minutes("rto", claim.rto);
        table.minutes("rpo", claim.rpo);
        table.array("services", &claim.services);
        table.tags();
        tables.push(table.text);
    }
    tables
}

fn pool_table(pool: &Pool, random: &mut Random) -> String {
    let mut table = Table::new("[[pool]]", random);
    table.fqdn("fqdn", &Some(pool.fqdn.clone()));
    table.text("site", &pool.site);
    table.word("role", pool.role);
    table.word("edition", pool.edition);
    table.version("version", pool.version);
    table.fqdns("backup-registrar", &pool.backups);
    table.value("automatic-failover", pool.automatic_failover);
    table.seconds("failure-detection-interval", pool.failure);
    table.seconds("failback-detection-interval", pool.failback);
    match &pool.servers {
        Some(Servers::Number(number)) => table.value("front-end-servers", Some(number)),
        Some(Servers::Named(names)) => table.array("front-end-servers", names),
        None => {}
    }
    table.word("hosting", pool.hosting);
    table.loose_text("operating-system", &pool.operating_system);
    table.loose_text("back-end.sql-server", &pool.sql_server);
    table.word("back-end.high-availability", pool.high_availability);
    table.loose_text("back-end.witness", &pool.witness);
    table.loose_text("file-store", &pool.file_store);
    table.value("capacity", pool.capacity);
    table.word("purpose", pool.purpose);
    table.array("data-centers", &pool.data_centers);
    table.word("state", pool.state);
    table.tags();
    table.text
}

/// One table being written.
struct Table<'r> {
    text: String,
    random: &'r mut Random,
}

impl<'r> Table<'r> {
    fn new(header: &str, random: &'r mut Random) -> Self {
        Self { text: format!("{header}\n"), random }
    }

    fn line(&mut self, key: &str, value: &str) {
        writeln!(self.text, "{key} = {value}").expect("writing to memory");
    }

    fn value(&mut self, key: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.line(key, &value.to_string());
        }
    }

    fn name(&mut self, key: &str, name: &str) {
        self.line(key, &format!("{name:?}"));
    }

    fn word(&mut self, key: &str, word: Word) {
        self.value(key, word.map(|word| format!("{word:?}")));
    }

    fn text(&mut self, key: &str, text: &Text) {
        self.value(key, text.as_ref().map(|text| format!("{text:?}")));
    }

    /// A text that is compared without case and outer blanks.
    fn loose_text(&mut self, key: &str, text: &Text) {
        if let Some(text) = text {
            let blanks = if self.random.percent(10) { "  " } else { "" };
            let text = format!("{blanks}{}{blanks}", self.recased(text));
            self.line(key, &format!("{text:?}"));
        }
    }

    fn version(&mut self, key: &str, version: Option<Version>) {
        let word = VERSIONS.iter().find(|(one, _)| Some(*one) == version);
        self.word(key, word.map(|(_, word)| *word));
    }

    fn fqdn(&mut self, key: &str, name: &Text) {
        if let Some(name) = name {
            let name = self.spelt(name);
            self.name(key, &name);
        }
    }

    /// One name as a name or as an array, several as an array.
    fn fqdns(&mut self, key: &str, names: &[String]) {
        let names: Vec<String> = names.iter().map(|name| self.spelt(name)).collect();
        match names.as_slice() {
            [name] if self.random.percent(80) => self.name(key, name),
            names => self.array(key, names),
        }
    }

    fn array(&mut self, key: &str, items: &[impl std::fmt::Debug]) {
        // No names and no key are the same; now and then the empty array is written.
        if !items.is_empty() || (key != "front-end-servers" && self.random.percent(5)) {
            self.line(key, &format!("{items:?}"));
        }
    }

    fn seconds(&mut self, key: &str, seconds: Option<i64>) {
        if let Some(seconds) = seconds {
            let text = match self.random.below(3) {
                0 => format!("\"{seconds}s\""),
                1 if seconds % 60 == 0 => format!("\"{}m\"", seconds / 60),
                _ => seconds.to_string(),
            };
            self.line(key, &text);
        }
    }

    fn minutes(&mut self, key: &str, minutes: Option<i64>) {
        if let Some(minutes) = minutes {
            let text = match self.random.below(3) {
                0 if minutes > 60 => format!("\"{}h{}m\"", minutes / 60, minutes % 60),
                1 => format!("\"{}s\"", minutes * 60),
                _ => format!("\"{minutes}m\""),
            };
            self.line(key, &text);
        }
    }

    fn tags(&mut self) {
        if self.random.percent(5) {
            self.line("tags", "{ owner = \"voice\", cost-centre = \"12\" }");
        }
    }

    fn spelt(&mut self, name: &str) -> String {
        let dot = if self.random.percent(10) { "." } else { "" };
        format!("{}{dot}", self.recased(name))
    }

    fn recased(&mut self, text: &str) -> String {
        if self.random.percent(80) {
            return text.to_owned();
        }
        let recase = |c: char| if self.random.percent(50) { c.to_ascii_uppercase() } else { c };
        text.chars().map(recase).collect()
    }
}
