//! The four rules by hand: `toml_parser`'s events → vectors and hash maps → a line for each finding.
//!
//! What somebody would write in an afternoon who wants these four rules, soon and fast, and nothing else: no
//! schema, no places, no messages. It means what the rules mean, and is what lynt's speed is measured by.

use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::io::{self, Write};
use toml_parser::parser::{Event, EventKind, parse_document};
use toml_parser::{ParseError, Source};

/// What the four rules need of a topology. FQDNs are in lower case without a trailing dot.
#[derive(Debug, Default)]
pub struct Topology<'t> {
    /// The version of what names none.
    pub default_version: Option<Cow<'t, str>>,
    /// The pools.
    pub pools: Vec<Pool<'t>>,
    /// The SBAs.
    pub sbas: Vec<Sba<'t>>,
    /// The user groups.
    pub groups: Vec<Group<'t>>,
    /// The recovery claims.
    pub claims: Vec<Claim<'t>>,
}

/// A pool.
#[derive(Debug, Default)]
pub struct Pool<'t> {
    /// Its name.
    pub fqdn: Cow<'t, str>,
    /// `front-end` or `director`.
    pub role: Option<Cow<'t, str>>,
    /// Its own version.
    pub version: Option<Cow<'t, str>>,
    /// What it names as its backup registrar, whatever that is.
    pub backups: Vec<Cow<'t, str>>,
}

/// An SBA.
#[derive(Debug, Default)]
pub struct Sba<'t> {
    /// Its name.
    pub fqdn: Cow<'t, str>,
    /// What it names as its backup registrar, whatever that is.
    pub backups: Vec<Cow<'t, str>>,
}

/// A user group.
#[derive(Debug, Default)]
pub struct Group<'t> {
    /// Its name.
    pub name: Cow<'t, str>,
    /// The FQDN on which it is homed.
    pub home: Cow<'t, str>,
}

/// A recovery claim.
#[derive(Debug, Default)]
pub struct Claim<'t> {
    /// Its name.
    pub name: Cow<'t, str>,
    /// Whether full service is promised.
    pub is_full: bool,
    /// The names of the groups that it covers.
    pub covers: Vec<Cow<'t, str>>,
}

/// Reads files that make one topology.
///
/// # Errors
/// What is no TOML, and tables that have no header of their own, which this reader does not know.
pub fn read<'t>(texts: &[&'t str]) -> Result<Topology<'t>, String> {
    let mut topology = Topology::default();
    for &text in texts {
        let source = Source::new(text);
        let tokens = source.lex().into_vec();
        let mut reader = Reader {
            source,
            topology: &mut topology,
            table: Table::Root,
            key: Key::Other,
            in_header: false,
            follows_dot: false,
            open_tables: 0,
            error: None,
        };
        let mut error = None;
        parse_document(&tokens, &mut |event| reader.event(event), &mut error);
        if let Some(error) = error.or(reader.error) {
            return Err(error.description().to_owned());
        }
    }
    Ok(topology)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Root,
    Deployment,
    Pool,
    Sba,
    Group,
    Claim,
    Other,
}

impl Table {
    fn called(name: &str) -> Self {
        match name {
            "deployment" => Table::Deployment,
            "pool" => Table::Pool,
            "sba" => Table::Sba,
            "user-group" => Table::Group,
            "disaster-recovery" => Table::Claim,
            _ => Table::Other,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Name,
    DefaultVersion,
    Role,
    Version,
    Backup,
    Home,
    Level,
    Covers,
    Other,
}

impl Key {
    fn called(name: &str, table: Table) -> Self {
        match (table, name) {
            (Table::Pool | Table::Sba, "fqdn") | (Table::Group | Table::Claim, "name") => Key::Name,
            (Table::Deployment, "default-version") => Key::DefaultVersion,
            (Table::Pool, "role") => Key::Role,
            (Table::Pool, "version") => Key::Version,
            (Table::Pool | Table::Sba, "backup-registrar") => Key::Backup,
            (Table::Group, "home") => Key::Home,
            (Table::Claim, "service-level") => Key::Level,
            (Table::Claim, "covers") => Key::Covers,
            _ => Key::Other,
        }
    }
}

struct Reader<'r, 't> {
    source: Source<'t>,
    topology: &'r mut Topology<'t>,
    table: Table,
    key: Key,
    in_header: bool,
    follows_dot: bool,
    /// How many inline tables are open.
    open_tables: usize,
    error: Option<ParseError>,
}

impl<'t> Reader<'_, 't> {
    fn event(&mut self, event: Event) {
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                (self.in_header, self.table) = (true, Table::Root);
            }
            EventKind::StdTableClose => self.in_header = false,
            EventKind::ArrayTableClose => {
                self.in_header = false;
                self.begin();
            }
            EventKind::InlineTableOpen => self.open_tables += 1,
            EventKind::InlineTableClose => self.open_tables -= 1,
            EventKind::SimpleKey if self.open_tables == 0 => self.name(event),
            EventKind::KeySep => self.follows_dot = true,
            EventKind::KeyValSep => self.follows_dot = false,
            EventKind::Scalar if self.key != Key::Other && self.open_tables == 0 => {
                self.value(event);
            }
            _ => {}
        }
    }

    /// A part of a header or of a key. What has a dot is none of ours.
    fn name(&mut self, event: Event) {
        let Some(raw) = self.source.get(event) else { return };
        let mut name = Cow::Borrowed("");
        raw.decode_key(&mut name, &mut self.error);
        let is_first = !std::mem::take(&mut self.follows_dot);
        if self.in_header {
            self.table = if is_first { Table::called(&name) } else { Table::Other };
            self.key = Key::Other;
            return;
        }
        self.key = if is_first { Key::called(&name, self.table) } else { Key::Other };
        if self.table == Table::Root && is_first && Table::called(&name) != Table::Other {
            self.error = Some(ParseError::new("tables are read that have a header only"));
        }
    }

    /// A new entity.
    fn begin(&mut self) {
        let topology = &mut self.topology;
        match self.table {
            Table::Pool => topology.pools.push(Pool::default()),
            Table::Sba => topology.sbas.push(Sba::default()),
            Table::Group => topology.groups.push(Group::default()),
            Table::Claim => topology.claims.push(Claim::default()),
            Table::Root | Table::Deployment | Table::Other => {}
        }
    }

    /// A value of a key of the last entity, alone or in an array.
    fn value(&mut self, event: Event) {
        let Some(raw) = self.source.get(event) else { return };
        let mut text = Cow::Borrowed("");
        let _ = raw.decode_scalar(&mut text, &mut self.error);
        let topology = &mut self.topology;
        match self.table {
            Table::Deployment => topology.default_version = Some(text),
            Table::Pool => {
                let Some(pool) = topology.pools.last_mut() else { return };
                match self.key {
                    Key::Name => pool.fqdn = canonical(text),
                    Key::Role => pool.role = Some(text),
                    Key::Version => pool.version = Some(text),
                    _ => pool.backups.push(canonical(text)),
                }
            }
            Table::Sba => {
                let Some(sba) = topology.sbas.last_mut() else { return };
                match self.key {
                    Key::Name => sba.fqdn = canonical(text),
                    _ => sba.backups.push(canonical(text)),
                }
            }
            Table::Group => {
                let Some(group) = topology.groups.last_mut() else { return };
                match self.key {
                    Key::Name => group.name = trimmed(text),
                    _ => group.home = canonical(text),
                }
            }
            Table::Claim => {
                let Some(claim) = topology.claims.last_mut() else { return };
                match self.key {
                    Key::Name => claim.name = trimmed(text),
                    Key::Level => claim.is_full = text == "full",
                    _ => claim.covers.push(trimmed(text)),
                }
            }
            Table::Root | Table::Other => {}
        }
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.trim().len() == text.len() { text } else { text.trim().to_owned().into() }
}

fn canonical(name: Cow<'_, str>) -> Cow<'_, str> {
    let name = trimmed(name);
    if name.ends_with('.') || name.bytes().any(|byte| byte.is_ascii_uppercase() || byte >= 128) {
        return name.strip_suffix('.').unwrap_or(&name).to_lowercase().into();
    }
    name
}

impl Topology<'_> {
    /// The version that counts for a pool; None where it is unknown.
    pub fn version_of<'a>(&'a self, pool: &'a Pool<'_>) -> Option<&'a str> {
        pool.version.as_deref().or(self.default_version.as_deref())
    }
}

/// Writes `rule TAB name [TAB name]` for each finding of the four rules.
///
/// # Errors
/// Where `out` can't be written.
pub fn check(topology: &Topology<'_>, out: &mut dyn Write) -> io::Result<()> {
    check_pairs(topology, out)?;
    for sba in topology.sbas.iter().filter(|sba| sba.backups.is_empty()) {
        writeln!(out, "sba-without-registrar\t{}", sba.fqdn)?;
    }
    check_claims(topology, out)
}

/// Both rules about the backup registrars of Front End pools.
fn check_pairs(topology: &Topology<'_>, out: &mut dyn Write) -> io::Result<()> {
    let pools = &topology.pools;
    let is_front_end =
        |pool: &Pool<'_>| pool.role.as_deref().is_none_or(|role| role == "front-end");
    let front_ends: FxHashMap<&str, usize> = (pools.iter().enumerate())
        .filter(|(_, pool)| is_front_end(pool))
        .map(|(at, pool)| (&*pool.fqdn, at))
        .collect();
    let is_2013 = |pool: &Pool<'_>| topology.version_of(pool).is_some_and(|v| v != "lync-2010");
    let is_2013: Vec<bool> = pools.iter().map(is_2013).collect();
    let mut misnamed = vec![false; pools.len()];
    let mut backups: Vec<Vec<usize>> = vec![Vec::new(); pools.len()];
    for (at, pool) in pools.iter().enumerate().filter(|(_, pool)| is_front_end(pool)) {
        for name in &pool.backups {
            match front_ends.get(&**name) {
                Some(&backup) if backup != at => backups[at].push(backup),
                _ => misnamed[at] = true,
            }
        }
        backups[at].sort_unstable();
        backups[at].dedup();
    }
    let mut partners = vec![0_usize; pools.len()];
    for (p, named) in backups.iter().enumerate() {
        for &q in named.iter().filter(|&&q| is_2013[p] || is_2013[q]) {
            partners[p] += 1;
            if backups[q].binary_search(&p).is_ok() {
                continue;
            }
            partners[q] += 1;
            if !misnamed[q] {
                writeln!(out, "asymmetric-backup\t{}\t{}", pools[p].fqdn, pools[q].fqdn)?;
            }
        }
    }
    for (pool, _) in pools.iter().zip(&partners).filter(|(_, partners)| **partners >= 2) {
        writeln!(out, "multiple-partners\t{}", pool.fqdn)?;
    }
    Ok(())
}

/// The rule about full service that is promised to users on SBAs.
fn check_claims(topology: &Topology<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sbas: FxHashSet<&str> = topology.sbas.iter().map(|sba| &*sba.fqdn).collect();
    let on_sba: FxHashSet<&str> = (topology.groups.iter())
        .filter(|group| sbas.contains(&*group.home))
        .map(|group| &*group.name)
        .collect();
    for claim in topology.claims.iter().filter(|claim| claim.is_full) {
        for group in claim.covers.iter().filter(|group| on_sba.contains(&***group)) {
            writeln!(out, "dr-claimed-for-sba-users\t{}\t{group}", claim.name)?;
        }
    }
    Ok(())
}
