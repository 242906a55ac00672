//! Output of cmdlets, as JSON → deployment.
//!
//! Keys are names as the cmdlets print them: `Registrar:fe.contoso.com`. A Director's Registrar is called so too.

use super::deployment::{
    Cluster, Dependency, Deployment, Kind, Service, Site, SqlInstance, boolean, in_order,
};
use super::json::{At, Wrong, at, list};
use super::offsets::Offsets;
use super::placed::{Counts, Notes, Offset, Placed};
use super::quote;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What the script writes.
pub const KEYS: &[&str] = &[
    "backups",
    "centralManagement",
    "directors",
    "edgeServers",
    "fileStores",
    "lynt",
    "pools",
    "registrars",
    "sites",
    "userDatabases",
    "userServers",
];

/// The version of the script.
const VERSION: u64 = 1;

/// Roles as cmdlets call them, and as XML does. What has no row there says nothing here.
pub const ROLES: &[(&str, &str)] = &[
    ("ApplicationDatabase", "ApplicationStore"),
    ("ApplicationServer", "ApplicationServer"),
    ("ArchivingDatabase", "ArchivingStore"),
    ("CentralManagement", "CentralMgmt"),
    ("CentralManagementDatabase", "CentralMgmtStore"),
    ("ConferencingServer", "ConfServices"),
    ("Director", "Registrar"),
    ("EdgeServer", "EdgeServer"),
    ("FileStore", "FileStore"),
    ("ManagementServer", "ManagementServices"),
    ("MediationServer", "MediationServer"),
    ("MonitoringDatabase", "MonitoringStore"),
    ("PstnGateway", "PstnGateway"),
    ("Registrar", "Registrar"),
    ("UserDatabase", "UserStore"),
    ("UserServer", "UserServices"),
    ("WacService", "WacService"),
    ("WebServer", "WebServices"),
];

/// Reads what the script wrote; `offsets` are those of its values. Notes say what its parts disagree on, or was
/// inferred.
pub fn read(
    export: &Map<String, Value>,
    offsets: &Offsets,
    notes: &mut Notes,
) -> Result<Deployment, Wrong> {
    if !export.contains_key("pools") {
        return Err(Wrong::new(
            "",
            "this JSON is no export for lynt: it has no `pools`",
            "docs/export.md has the script that writes one",
        ));
    }
    if let Some(version) = export.get("lynt").and_then(Value::as_u64).filter(|&v| v > VERSION) {
        return Err(Wrong::new(
            "lynt",
            &format!("the export is of version {version}, and this lynt reads {VERSION}"),
            "use a newer lynt, or the script of this one",
        ));
    }
    let mut reader = Reader::new(offsets);
    for key in export.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        reader.unknown.add(format!("the key {}", quote::name(key)), offsets.of(key));
    }
    reader.add_sites(export, notes)?;
    reader.add_pools(export)?;
    reader.add_databases(export)?;
    reader.add_registrars(export)?;
    reader.add_others(export)?;
    reader.add_file_stores(export)?;
    reader.add_backups(export, notes)?;
    reader.add_what_only_pools_tell(notes);
    Ok(reader.deployment())
}

struct Reader<'a> {
    offsets: &'a Offsets,
    sites: Vec<Site>,
    /// By FQDN in lower case.
    clusters: BTreeMap<String, Cluster>,
    /// By server and name, in lower case.
    sql_instances: BTreeMap<String, SqlInstance>,
    /// By key, in lower case.
    services: BTreeMap<String, Service>,
    /// Role and pool of each service that `Get-CsPool` prints.
    of_pools: BTreeMap<(String, String), Offset>,
    unknown: Counts,
}

/// `Registrar:fe.contoso.com` or `UserDatabase:sql.contoso.com\rtc` or a bare FQDN.
struct Reference {
    /// Empty where there is none.
    role: String,
    fqdn: String,
    instance: String,
}

impl Reference {
    fn new(text: &str) -> Self {
        let (role, rest) = text.split_once(':').unwrap_or(("", text));
        let (fqdn, instance) = rest.split_once('\\').unwrap_or((rest, ""));
        let fqdn = fqdn.trim().strip_suffix('.').unwrap_or(fqdn.trim());
        Self { role: role.trim().to_owned(), fqdn: fqdn.to_owned(), instance: instance.to_owned() }
    }

    /// The key of the service that this means, whatever the case.
    fn key(&self, role: &str) -> String {
        let host = if self.instance.is_empty() {
            self.fqdn.to_lowercase()
        } else {
            format!("{}\\{}", self.fqdn, self.instance).to_lowercase()
        };
        format!("{role}:{host}")
    }
}

/// A site by its identity, `Site:Redmond` or `Redmond`; without case.
pub fn site_name(text: &str) -> &str {
    let is_prefixed = text.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("site:"));
    if is_prefixed { text.get(5..).unwrap_or_default().trim() } else { text }
}

impl<'a> Reader<'a> {
    fn new(offsets: &'a Offsets) -> Self {
        Self {
            offsets,
            sites: Vec::new(),
            clusters: BTreeMap::new(),
            sql_instances: BTreeMap::new(),
            services: BTreeMap::new(),
            of_pools: BTreeMap::new(),
            unknown: Counts::default(),
        }
    }

    fn add_sites(&mut self, export: &Map<String, Value>, notes: &mut Notes) -> Result<(), Wrong> {
        for item in list(export, "sites", "") {
            let site = item.object()?;
            let identity = at(site, "Identity", &item.path).text()?;
            let name = site_name(&identity).to_owned();
            let kind = at(site, "SiteType", &item.path).text()?;
            if kind.is_empty() {
                let name = quote::name(&name);
                notes.say_at(
                    self.offsets.of(&item.path),
                    format!("the `SiteType` of {name} is absent: it was read as a central site"),
                );
            }
            let is_branch =
                !kind.is_empty() && !kind.to_lowercase().contains("central") && kind != "0";
            self.sites.push(Site {
                id: name.to_lowercase(),
                name: Placed::new(name, self.offsets.of(&format!("{}.Identity", item.path))),
                is_branch,
                central_sites: Vec::new(),
                at: self.offsets.of(&format!("{}.SiteType", item.path)),
            });
        }
        Ok(())
    }

    fn add_pools(&mut self, export: &Map<String, Value>) -> Result<(), Wrong> {
        for item in list(export, "pools", "") {
            let pool = item.object()?;
            let mut fqdn = at(pool, "Fqdn", &item.path).text()?;
            if fqdn.is_empty() {
                fqdn = at(pool, "Identity", &item.path).text()?;
            }
            let fqdn = Reference::new(&fqdn).fqdn;
            let site = self.placed(&at(pool, "Site", &item.path))?;
            self.cluster(&fqdn, &site, self.offsets.of(&format!("{}.Fqdn", item.path)));
            let computers = list(pool, "Computers", &item.path);
            let computer = |computer: &At| {
                let fqdn = Reference::new(&computer.name()?).fqdn;
                Ok(Placed::new(fqdn, self.offsets.of(&computer.path)))
            };
            let computers: Vec<Placed<String>> =
                computers.iter().map(computer).collect::<Result<_, _>>()?;
            if let Some(cluster) = self.clusters.get_mut(&fqdn.to_lowercase()) {
                cluster.machines = computers;
            }
            for service in list(pool, "Services", &item.path) {
                let offset = self.offsets.of(&service.path);
                let reference = Reference::new(&service.name()?);
                let known =
                    ROLES.iter().find(|(role, _)| role.eq_ignore_ascii_case(&reference.role));
                match known {
                    Some((role, _)) => {
                        self.of_pools.insert(((*role).to_owned(), fqdn.to_lowercase()), offset);
                    }
                    None => {
                        let role = format!("the role {}", quote::name(&reference.role));
                        self.unknown.add(role, offset);
                    }
                }
            }
        }
        Ok(())
    }

    /// A text and its place.
    fn placed(&self, at: &At) -> Result<Placed<String>, Wrong> {
        Ok(Placed::new(at.text()?, self.offsets.of(&at.path)))
    }

    /// Adds a cluster that is not there yet.
    fn cluster(&mut self, fqdn: &str, site: &Placed<String>, at: Offset) {
        let site_id = Placed::new(site_name(&site.value).to_lowercase(), site.at);
        let key = fqdn.to_lowercase();
        let cluster = self.clusters.entry(key.clone()).or_default();
        if cluster.fqdn.is_empty() {
            *cluster = Cluster { fqdn: fqdn.to_owned(), key, site_id, machines: Vec::new(), at };
        } else if cluster.site_id.value.is_empty() {
            cluster.site_id = site_id;
        }
    }

    fn add_databases(&mut self, export: &Map<String, Value>) -> Result<(), Wrong> {
        for item in list(export, "userDatabases", "") {
            let database = item.object()?;
            let identity = at(database, "Identity", &item.path).text()?;
            let pool = at(database, "PoolFqdn", &item.path).text()?;
            let site = self.placed(&at(database, "SiteId", &item.path))?;
            let name = at(database, "SqlInstanceName", &item.path).text()?;
            let identity = Reference::new(if identity.is_empty() { &pool } else { &identity });
            let offset = self.offsets.of(&item.path);
            self.cluster(&identity.fqdn, &site, offset);
            let name = if name.is_empty() { identity.instance.clone() } else { name };
            self.add_database(&identity, name, offset);
        }
        Ok(())
    }

    fn add_database(&mut self, identity: &Reference, name: String, at: Offset) {
        let cluster = identity.fqdn.to_lowercase();
        let key = format!("{cluster}\\{}", name.to_lowercase());
        let instance = SqlInstance { key: key.clone(), cluster, name, always_on: None, at };
        self.sql_instances.insert(key.clone(), instance);
        self.add_service(identity.key("UserDatabase"), "UserStore", key, at);
    }

    fn add_service(
        &mut self,
        key: String,
        role: &str,
        installed_on: String,
        at: Offset,
    ) -> &mut Service {
        self.services.entry(key.to_lowercase()).or_insert_with(|| Service {
            role: role.to_owned(),
            key,
            installed_on,
            at,
            ..Service::default()
        })
    }

    /// The service `prefix` of an item of a list, installed on its pool.
    fn add_item(&mut self, item: &At, prefix: &str, role: &str) -> Result<&mut Service, Wrong> {
        let object = item.object()?;
        let pool = at(object, "PoolFqdn", &item.path).text()?;
        let site = self.placed(&at(object, "SiteId", &item.path))?;
        let version = self.placed(&at(object, "Version", &item.path))?;
        let pool = Reference::new(&pool);
        let offset = self.offsets.of(&item.path);
        self.cluster(&pool.fqdn, &site, offset);
        let service = self.add_service(pool.key(prefix), role, pool.fqdn.to_lowercase(), offset);
        service.version = version;
        Ok(service)
    }

    fn add_registrars(&mut self, export: &Map<String, Value>) -> Result<(), Wrong> {
        for item in list(export, "registrars", "") {
            let object = item.object()?;
            let mut needed = Vec::new();
            for (key, prefix) in [
                ("BackupRegistrar", "Registrar"),
                ("UserServer", "UserServer"),
                ("EdgeServer", "EdgeServer"),
            ] {
                needed.extend(self.references(object, key, prefix, &item.path)?);
            }
            let mut failover = Vec::new();
            for key in ["FailureDetectionInterval", "FailbackDetectionInterval"] {
                let value = at(object, key, &item.path);
                let span = Placed::new(value.time_span()?, self.offsets.of(&value.path));
                failover.push((key.to_owned(), span));
            }
            let key = "EnableAutomaticFailover";
            failover.push((key.to_owned(), self.placed(&at(object, key, &item.path))?));
            failover.retain(|(_, value)| !value.value.is_empty());
            let service = self.add_item(&item, "Registrar", "Registrar")?;
            service.depends_on = needed;
            service.failover = failover;
        }
        for item in list(export, "directors", "") {
            let offset = self.offsets.of(&item.path);
            self.add_item(&item, "Registrar", "Registrar")?.director = Some(offset);
        }
        Ok(())
    }

    fn add_others(&mut self, export: &Map<String, Value>) -> Result<(), Wrong> {
        for item in list(export, "userServers", "") {
            let object = item.object()?;
            let databases = list(object, "UserDatabase", &item.path);
            for named in databases {
                let database = Reference::new(&named.name()?);
                let offset = self.offsets.of(&named.path);
                if !self.services.contains_key(&database.key("UserDatabase").to_lowercase()) {
                    self.cluster(&database.fqdn, &Placed::new(String::new(), offset), offset);
                    self.add_database(&database, database.instance.clone(), offset);
                }
            }
            let needed = self.references(object, "UserDatabase", "UserDatabase", &item.path)?;
            self.add_item(&item, "UserServer", "UserServices")?.depends_on = needed;
        }
        for item in list(export, "edgeServers", "") {
            let needed = self.references(item.object()?, "Registrar", "Registrar", &item.path)?;
            self.add_item(&item, "EdgeServer", "EdgeServer")?.depends_on = needed;
        }
        for item in list(export, "centralManagement", "") {
            let active = self.placed(&at(item.object()?, "Active", &item.path))?;
            let service = self.add_item(&item, "CentralManagement", "CentralMgmt")?;
            service.is_active =
                boolean(&active.value).map(|is_active| Placed::new(is_active, active.at));
        }
        Ok(())
    }

    /// Which pool keeps its files where is told by the store: by what depends on it.
    fn add_file_stores(&mut self, export: &Map<String, Value>) -> Result<(), Wrong> {
        for item in list(export, "fileStores", "") {
            let object = item.object()?;
            let share = self.placed(&at(object, "ShareName", &item.path))?;
            let pool = Reference::new(&at(object, "PoolFqdn", &item.path).text()?);
            let site = self.placed(&at(object, "SiteId", &item.path))?;
            let offset = self.offsets.of(&item.path);
            self.cluster(&pool.fqdn, &site, offset);
            let key = format!("{}\\{}", pool.key("FileStore"), share.value.to_lowercase());
            let host = pool.fqdn.to_lowercase();
            self.add_service(key.clone(), "FileStore", host, offset).share = share;
            for dependent in list(object, "DependentServiceList", &item.path) {
                let offset = self.offsets.of(&dependent.path);
                let dependent = Reference::new(&dependent.name()?);
                if !dependent.role.eq_ignore_ascii_case("UserServer") {
                    continue;
                }
                if let Some(user_server) =
                    self.services.get_mut(&dependent.key("UserServer").to_lowercase())
                {
                    user_server.depends_on.push(needed(key.clone(), offset));
                }
            }
        }
        Ok(())
    }

    /// No page shows the fields of a relation, so a pool named in one is taken for the other one of the pair. It is
    /// compared with what the Registrar says, and counts where that says nothing.
    fn add_backups(&mut self, export: &Map<String, Value>, notes: &mut Notes) -> Result<(), Wrong> {
        for item in list(export, "backups", "") {
            let object = item.object()?;
            let pool = Reference::new(&at(object, "Pool", &item.path).text()?);
            let offset = self.offsets.of(&item.path);
            let mut texts = Vec::new();
            texts_in(object.get("Relation").unwrap_or(&Value::Null), &mut texts);
            let others: BTreeSet<String> = texts
                .into_iter()
                .map(|text| Reference::new(text).fqdn.to_lowercase())
                .filter(|fqdn| *fqdn != pool.fqdn.to_lowercase())
                .filter(|fqdn| self.services.contains_key(&format!("registrar:{fqdn}")))
                .collect();
            let Some(registrar) = self.services.get_mut(&pool.key("Registrar").to_lowercase())
            else {
                continue;
            };
            let named: BTreeSet<String> = registrar
                .depends_on
                .iter()
                .filter_map(|other| other.service.strip_prefix("Registrar:").map(str::to_lowercase))
                .collect();
            for other in others.difference(&named) {
                let (pool, other) = (quote::name(&pool.fqdn), quote::name(other));
                notes.say_at(offset, format!("`Get-CsPoolBackupRelationship` of {pool} names {other}, `BackupRegistrar` of its Registrar does not"));
            }
            if named.is_empty() {
                let dependency = |other: &String| needed(format!("Registrar:{other}"), offset);
                registrar.depends_on.extend(others.iter().map(dependency));
            }
        }
        Ok(())
    }

    /// A Registrar, User Server or Edge Server that stands in `Services` alone is one all the same.
    fn add_what_only_pools_tell(&mut self, notes: &mut Notes) {
        for ((role, pool), offset) in std::mem::take(&mut self.of_pools) {
            let read =
                ["Registrar", "Director", "UserServer", "EdgeServer"].contains(&role.as_str());
            let prefix = if role == "Director" { "Registrar" } else { &role };
            let key = format!("{prefix}:{pool}");
            if !read || self.services.contains_key(&key.to_lowercase()) {
                continue;
            }
            notes.say_at(
                offset,
                format!(
                    "`Get-CsPool` says that {} has a service {}, `Get-CsService` does not",
                    quote::name(&pool),
                    quote::name(&role)
                ),
            );
            let name = ROLES.iter().find(|(known, _)| *known == role).map_or("", |(_, name)| *name);
            let service = self.add_service(key, name, pool, offset);
            service.director = (role == "Director").then_some(offset);
        }
    }

    /// The services under a key, whatever they are prefixed with.
    fn references(
        &self,
        object: &Map<String, Value>,
        key: &str,
        prefix: &str,
        path: &str,
    ) -> Result<Vec<Dependency>, Wrong> {
        let mut found = Vec::new();
        for name in list(object, key, path) {
            let reference = Reference::new(&name.name()?);
            if !reference.fqdn.is_empty() {
                found.push(needed(reference.key(prefix), self.offsets.of(&name.path)));
            }
        }
        Ok(found)
    }

    fn deployment(self) -> Deployment {
        in_order(Deployment {
            kind: Kind::Cmdlets,
            sites: self.sites,
            clusters: self
                .clusters
                .into_values()
                .filter(|cluster| !cluster.key.is_empty())
                .collect(),
            sql_instances: self.sql_instances.into_values().collect(),
            services: self.services.into_values().collect(),
            unknown: self.unknown,
            at: self.offsets.of(""),
        })
    }
}

fn needed(service: String, at: Offset) -> Dependency {
    Dependency { service, usage: "Default".to_owned(), at }
}

fn texts_in<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts_in(value, texts)),
        Value::Object(object) => object.values().for_each(|value| texts_in(value, texts)),
        _ => {}
    }
}
