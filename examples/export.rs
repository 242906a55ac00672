//! N → an export of N pools and their SBAs in each form that administrators have, always the same bytes.
//!
//! Pools are paired two by two across central sites; each has eight Front End Servers, an SQL server, a file store
//! and the services of a real one. Each SBA stands in a branch site with a gateway. Services have as many ports
//! as real ones, which is what makes exports large.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;

const HELP: &str = "\
Writes an export of N pools and 4N SBAs to standard output.

Usage: export FORM N

  FORM  xml (Get-CsTopology -AsXml), tbxml (Topology Builder), json (the script in docs/export.md)
  N     pools, 2 or more; 50 are more than 5 MB of XML
";

const TOPOLOGY: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008";
const ROLES: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008";
const WRITABLE: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.WritableTopology.2008";
const BUILDER: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.TopologyBuilder.2008";

/// Pools that share a central site.
const POOLS_PER_SITE: usize = 2;

const SBAS_PER_POOL: usize = 4;

const FRONT_END_SERVERS: usize = 8;

/// Ports of a service. Web services have most of them.
const PORTS: usize = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let pools = arguments.get(1).and_then(|pools| pools.parse().ok()).filter(|pools| *pools > 1);
    let export = match (arguments.as_slice(), pools) {
        (["xml", _], Some(pools)) => as_xml(&Deployment::new(pools)),
        (["tbxml", _], Some(pools)) => tbxml(&Deployment::new(pools)),
        (["json", _], Some(pools)) => json(&Deployment::new(pools)),
        _ => {
            let _ = io::stderr().write_all(HELP.as_bytes());
            return ExitCode::from(2);
        }
    };
    match io::stdout().write_all(export.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

/// What an export tells of.
pub struct Deployment {
    sites: Vec<Site>,
    clusters: Vec<Cluster>,
    services: Vec<Service>,
}

struct Site {
    name: String,
    /// The index of its central site.
    central: Option<usize>,
}

struct Cluster {
    fqdn: String,
    site: usize,
    /// Counted from 1 in its site.
    number: usize,
    machines: Vec<String>,
    /// The name of an SQL instance on it.
    sql: Option<&'static str>,
}

struct Service {
    role: &'static str,
    /// The index of the cluster.
    on: usize,
    /// Counted from 1 by site and role.
    instance: usize,
    /// Services by index, and whether each is the backup Registrar.
    needs: Vec<(usize, bool)>,
    /// Attributes of the element that is named after the role.
    settings: Vec<(&'static str, String)>,
}

impl Deployment {
    /// Of so many pools, two at least; of an odd number the last one is unpaired.
    pub fn new(pools: usize) -> Self {
        let mut all = Self { sites: Vec::new(), clusters: Vec::new(), services: Vec::new() };
        let central_sites = pools.div_ceil(POOLS_PER_SITE);
        for site in 0..central_sites {
            all.sites.push(Site { name: format!("Region {:03}", site + 1), central: None });
        }
        let registrars: Vec<usize> =
            (0..pools).map(|pool| all.pool(pool, pool % central_sites)).collect();
        for (pool, &registrar) in registrars.iter().enumerate() {
            if let Some(&partner) = registrars.get(pool ^ 1) {
                all.services[registrar].needs.push((partner, true));
            }
            for sba in 0..SBAS_PER_POOL {
                all.sba(pool * SBAS_PER_POOL + sba, pool % central_sites, registrar);
            }
        }
        for (state, pool) in [("true", 0), ("false", 1)] {
            let on = all.services[registrars[pool]].on;
            all.service("CentralMgmt", on, &[], &[("IsActive", state)]);
        }
        for (site, &registrar) in registrars.iter().enumerate().step_by(10) {
            let on = all.cluster(format!("edge-{site:03}"), site % central_sites, 2, None);
            all.service("EdgeServer", on, &[registrar], &[]);
        }
        all
    }

    /// A pool with what it stands on; the index of its Registrar.
    fn pool(&mut self, pool: usize, site: usize) -> usize {
        let on = self.cluster(format!("fe-{pool:03}"), site, FRONT_END_SERVERS, None);
        let sql = self.cluster(format!("sql-{pool:03}"), site, 1, Some("rtc"));
        let files = self.cluster(format!("files-{pool:03}"), site, 1, None);
        let user_store = self.service("UserStore", sql, &[], &[]);
        let share = format!("share{pool}");
        let file_store = self.service("FileStore", files, &[], &[("ShareName", &share)]);
        let users = self.service("UserServices", on, &[user_store, file_store], &[]);
        for role in ["WebServices", "ConfServices", "ApplicationServer", "MediationServer"] {
            self.service(role, on, &[users, file_store], &[]);
        }
        let settings = [("FailureDetectionInterval", "PT300S"), ("IsDirector", "false")];
        self.service("Registrar", on, &[users], &settings)
    }

    fn sba(&mut self, sba: usize, central: usize, registrar: usize) {
        let site = self.sites.len();
        self.sites.push(Site { name: format!("Branch {sba:03}"), central: Some(central) });
        let on = self.cluster(format!("sba-{sba:03}"), site, 1, None);
        let gateway = self.cluster(format!("gw-{sba:03}"), site, 1, None);
        let gateway = self.service("PstnGateway", gateway, &[], &[]);
        let users = self.services[registrar].needs[0].0;
        let settings = [("FailureDetectionInterval", "PT120S"), ("IsDirector", "false")];
        let own = self.service("Registrar", on, &[users], &settings);
        self.services[own].needs.push((registrar, true));
        self.service("MediationServer", on, &[gateway, own], &[]);
    }

    fn cluster(
        &mut self,
        host: String,
        site: usize,
        machines: usize,
        sql: Option<&'static str>,
    ) -> usize {
        let fqdn = format!("{host}.fabrikam.example");
        let number = 1 + self.clusters.iter().filter(|cluster| cluster.site == site).count();
        let machines = match machines {
            1 => vec![fqdn.clone()],
            _ => (1..=machines).map(|at| format!("{host}-{at}.fabrikam.example")).collect(),
        };
        self.clusters.push(Cluster { fqdn, site, number, machines, sql });
        self.clusters.len() - 1
    }

    fn service(
        &mut self,
        role: &'static str,
        on: usize,
        needs: &[usize],
        settings: &[(&'static str, &str)],
    ) -> usize {
        let site = self.clusters[on].site;
        let same = |other: &&Service| other.role == role && self.clusters[other.on].site == site;
        let instance = 1 + self.services.iter().filter(same).count();
        let needs = needs.iter().map(|&needed| (needed, false)).collect();
        let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.services.push(Service { role, on, instance, needs, settings });
        self.services.len() - 1
    }

    fn fqdn_of(&self, service: usize) -> &str {
        &self.clusters[self.services[service].on].fqdn
    }

    fn site_of(&self, cluster: &Cluster) -> &str {
        &self.sites[cluster.site].name
    }
}

/// As `Get-CsTopology -AsXml` prints it.
pub fn as_xml(all: &Deployment) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<Topology xmlns=\"{TOPOLOGY}\" Signature=\"{}\">\n",
        guid(0, 0)
    );
    xml += &domains("");
    xml += "  <Sites>\n";
    for (index, Site { name, central }) in all.sites.iter().enumerate() {
        let id = index + 1;
        let (kind, parent) = match central {
            None => ("CentralSite", String::new()),
            Some(central) => ("RemoteSite", format!(" CentralSiteId=\"{}\"", central + 1)),
        };
        let _ = write!(
            xml,
            "    <{kind} SiteId=\"{id}\"{parent}>\n      <Name>{name}</Name>\n      <Location City=\"{name}\" CountryCode=\"GB\" />\n    </{kind}>\n"
        );
    }
    xml += "  </Sites>\n  <Clusters>\n";
    for cluster in &all.clusters {
        let Cluster { fqdn, site, number, machines, .. } = cluster;
        let _ = write!(
            xml,
            "    <Cluster RequiresReplication=\"true\" RequiresSetup=\"true\" Fqdn=\"{fqdn}\">\n      <ClusterId SiteId=\"{}\" Number=\"{number}\" />\n",
            site + 1
        );
        for (ordinal, machine) in machines.iter().enumerate() {
            let _ = write!(
                xml,
                "      <Machine OrdinalInCluster=\"{}\" Fqdn=\"{machine}\" FaultDomain=\"{machine}\" UpgradeDomain=\"{machine}\">\n{}      </Machine>\n",
                ordinal + 1,
                interfaces("        ", "")
            );
        }
        xml += "    </Cluster>\n";
    }
    xml += "  </Clusters>\n  <SqlInstances>\n";
    for cluster in all.clusters.iter().filter(|cluster| cluster.sql.is_some()) {
        let _ = write!(xml, "    <SqlInstance>\n{}    </SqlInstance>\n", host(cluster, "      "));
    }
    xml += "  </SqlInstances>\n  <Services>\n";
    for service in &all.services {
        let Service { role, on, needs, .. } = service;
        let id = |of: &Service| {
            let site = all.clusters[of.on].site + 1;
            format!(
                "<ServiceId SiteId=\"{site}\" RoleName=\"{}\" Instance=\"{}\" />",
                of.role, of.instance
            )
        };
        let _ = write!(
            xml,
            "    <Service RoleVersion=\"1\" ServiceVersion=\"7\" Type=\"Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.{role}Service\">\n      {}\n      <DependsOn>\n",
            id(service)
        );
        for &(needed, is_backup) in needs {
            let usage = if is_backup { "BackupRegistrar" } else { "Default" };
            let _ = write!(
                xml,
                "        <Dependency Usage=\"{usage}\">\n          {}\n        </Dependency>\n",
                id(&all.services[needed])
            );
        }
        let _ = write!(
            xml,
            "      </DependsOn>\n      <InstalledOn>\n{}      </InstalledOn>\n",
            host(&all.clusters[*on], "        ")
        );
        xml += &role_element(service, "      ");
        xml += "    </Service>\n";
    }
    xml + "  </Services>\n</Topology>\n"
}

/// The id of a cluster, or of the SQL instance on it.
fn host(cluster: &Cluster, indent: &str) -> String {
    let Cluster { site, number, sql, .. } = cluster;
    let id = format!("<ClusterId SiteId=\"{}\" Number=\"{number}\" />", site + 1);
    match sql {
        None => format!("{indent}{id}\n"),
        Some(name) => format!(
            "{indent}<SqlInstanceId Name=\"{name}\">\n{indent}  {id}\n{indent}</SqlInstanceId>\n"
        ),
    }
}

fn domains(namespace: &str) -> String {
    format!(
        "  <InternalDomains AllowAllDomains=\"false\" DefaultDomain=\"fabrikam.example\"{namespace}>\n    <InternalDomain Name=\"fabrikam.example\" Authoritative=\"false\" AllowSubDomains=\"false\" />\n  </InternalDomains>\n"
    )
}

fn interfaces(indent: &str, namespace: &str) -> String {
    ["Primary", "External"]
        .map(|side| format!("{indent}<NetInterface InterfaceSide=\"{side}\" InterfaceNumber=\"1\" IPAddress=\"0.0.0.0\"{namespace} />\n"))
        .concat()
}

/// The ports of a service, and the element that is named after its role.
fn role_element(service: &Service, indent: &str) -> String {
    let Service { role, settings, .. } = service;
    let mut xml = format!("{indent}<Ports xmlns=\"{ROLES}\">\n");
    for port in 0..PORTS {
        let _ = writeln!(
            xml,
            "{indent}  <Port Owner=\"urn:component:{role}\" Usage=\"Usage{port}\" InterfaceSide=\"Primary\" InterfaceNumber=\"1\" Port=\"{}\" Protocol=\"Mtls\" UrlPath=\"/\" AuthorizesRequests=\"true\" ConfiguredPort=\"{}\" />",
            5060 + port,
            8080 + port
        );
    }
    let _ = writeln!(xml, "{indent}</Ports>");
    let element = match *role {
        "WebServices" => "WebService",
        "ConfServices" => "ConfService",
        "ApplicationServer" => "ApplicationServerService",
        "Registrar" => "RegistrarService",
        "FileStore" => "FileStoreService",
        "CentralMgmt" => "CentralMgmtService",
        _ => return xml,
    };
    let settings = settings.iter().map(|(name, value)| format!(" {name}=\"{value}\""));
    let _ =
        writeln!(xml, "{indent}<{element} xmlns=\"{ROLES}\"{} />", settings.collect::<String>());
    xml
}

/// As Topology Builder saves it.
pub fn tbxml(all: &Deployment) -> String {
    let namespace = format!(" xmlns=\"{TOPOLOGY}\"");
    let mut xml = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<TopologyBuilder IsFreeFromChanges=\"true\" xmlns=\"{BUILDER}\">\n<NewTopology>\n<PartialTopology IsPublished=\"true\" Signature=\"{}\" xmlns=\"{WRITABLE}\">\n{}  <CentralSites>\n",
        guid(0, 0),
        domains(&namespace)
    );
    for (index, Site { name, .. }) in
        all.sites.iter().enumerate().filter(|(_, site)| site.central.is_none())
    {
        let _ = writeln!(
            xml,
            "    <CentralSite SiteId=\"{}\">\n      <Name{namespace}>{name}</Name>",
            index + 1
        );
        xml += &clusters(all, index, "      ");
        xml += "      <RemoteSites>\n";
        for (branch, Site { name, .. }) in
            all.sites.iter().enumerate().filter(|(_, site)| site.central == Some(index))
        {
            let _ = writeln!(
                xml,
                "        <RemoteSite SiteId=\"{}\">\n          <Name{namespace}>{name}</Name>",
                branch + 1
            );
            xml += &clusters(all, branch, "          ");
            xml += "        </RemoteSite>\n";
        }
        xml += "      </RemoteSites>\n    </CentralSite>\n";
    }
    xml += "  </CentralSites>\n  <Services>\n";
    for (index, service) in all.services.iter().enumerate() {
        let Service { role, on, needs, .. } = service;
        let on = if all.clusters[*on].sql.is_some() { guid(2, *on) } else { guid(1, *on) };
        let _ = writeln!(
            xml,
            "    <Service UniqueId=\"{}\" RoleName=\"{role}\" RoleVersion=\"1\" InstalledOn=\"{on}\" ServiceVersion=\"7\" Type=\"Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.{role}Service\">\n      <DependsOn>",
            guid(3, index)
        );
        for &(needed, is_backup) in needs {
            let usage = if is_backup { "BackupRegistrar" } else { "Default" };
            let _ = writeln!(
                xml,
                "        <Dependency ServiceUniqueId=\"{}\" Usage=\"{usage}\" />",
                guid(3, needed)
            );
        }
        let _ =
            write!(xml, "      </DependsOn>\n{}    </Service>\n", role_element(service, "      "));
    }
    xml + "  </Services>\n</PartialTopology>\n</NewTopology>\n</TopologyBuilder>\n"
}

/// The clusters of a site, with their SQL instances.
fn clusters(all: &Deployment, site: usize, indent: &str) -> String {
    let namespace = format!(" xmlns=\"{TOPOLOGY}\"");
    let mut xml = format!("{indent}<Clusters>\n");
    for (index, cluster) in
        all.clusters.iter().enumerate().filter(|(_, cluster)| cluster.site == site)
    {
        let Cluster { fqdn, machines, sql, .. } = cluster;
        let _ = writeln!(
            xml,
            "{indent}  <Cluster IsSingleMachineOnly=\"{}\" UniqueId=\"{}\" RequiresReplication=\"true\" RequiresSetup=\"true\" Fqdn=\"{fqdn}\">\n{indent}    <Machines>",
            machines.len() == 1,
            guid(1, index)
        );
        for machine in machines {
            let _ = write!(
                xml,
                "{indent}      <Machine Fqdn=\"{machine}\">\n{}{indent}      </Machine>\n",
                interfaces(&format!("{indent}        "), &namespace)
            );
        }
        let instance = sql.map_or(String::new(), |name| {
            format!(
                "{indent}      <SqlInstance UniqueId=\"{}\" Name=\"{name}\" />\n",
                guid(2, index)
            )
        });
        let _ = write!(
            xml,
            "{indent}    </Machines>\n{indent}    <SqlInstances>\n{instance}{indent}    </SqlInstances>\n{indent}  </Cluster>\n"
        );
    }
    xml + &format!("{indent}</Clusters>\n")
}

/// The same one for the same thing.
fn guid(kind: usize, index: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{index:012x}")
}

/// Services as cmdlets call them.
const CALLED: &[(&str, &str)] = &[
    ("UserStore", "UserDatabase"),
    ("UserServices", "UserServer"),
    ("WebServices", "WebServer"),
    ("ConfServices", "ConferencingServer"),
    ("CentralMgmt", "CentralManagement"),
];

/// As the script in `docs/export.md` writes it, which `ConvertTo-Json` indents further.
pub fn json(all: &Deployment) -> String {
    let called = |role: &'static str| {
        CALLED.iter().find(|(known, _)| *known == role).map_or(role, |(_, name)| name)
    };
    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Site { name, central } in &all.sites {
        let kind = if central.is_some() { "BranchSite" } else { "CentralSite" };
        let item = format!(
            "{{\"Identity\": \"Site:{name}\", \"DisplayName\": \"{name}\", \"SiteType\": \"{kind}\"}}"
        );
        lists.entry("sites").or_default().push(item);
    }
    for (index, cluster) in all.clusters.iter().enumerate() {
        let Cluster { fqdn, machines, .. } = cluster;
        let services = all.services.iter().filter(|service| service.on == index);
        let services = services.map(|service| format!("{}:{fqdn}", called(service.role)));
        let item = format!(
            "{{\"Identity\": \"{fqdn}\", \"Fqdn\": \"{fqdn}\", \"Site\": \"Site:{}\", \"Services\": {}, \"Computers\": {}}}",
            all.site_of(cluster),
            texts(services),
            texts(machines.iter().cloned())
        );
        lists.entry("pools").or_default().push(item);
    }
    for (index, service) in all.services.iter().enumerate() {
        let Some((list, more)) = told(all, index) else { continue };
        let cluster = &all.clusters[service.on];
        let (fqdn, site) = (&cluster.fqdn, all.site_of(cluster));
        let item = format!(
            "{{\"PoolFqdn\": \"{fqdn}\", \"SiteId\": \"Site:{site}\", \"Version\": 7{more}}}"
        );
        lists.entry(list).or_default().push(item);
    }
    let mut text = "{\n\"lynt\": 1".to_owned();
    for (list, items) in lists {
        let _ = write!(text, ",\n\"{list}\": [\n{}\n]", items.join(",\n"));
    }
    text + "\n}\n"
}

/// The list that a service stands in, and what is particular to it.
fn told(all: &Deployment, index: usize) -> Option<(&'static str, String)> {
    let Service { role, on, needs, settings, .. } = &all.services[index];
    let needed = |role: &str, name: &str, is_backup: bool| {
        let found = needs
            .iter()
            .find(|(at, backup)| all.services[*at].role == role && *backup == is_backup);
        found.map_or("null".to_owned(), |(at, _)| format!("\"{name}:{}\"", all.fqdn_of(*at)))
    };
    let set = |name: &str| {
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    };
    Some(match *role {
        "Registrar" => {
            let seconds = set("FailureDetectionInterval")
                .and_then(|span| span.strip_prefix("PT")?.strip_suffix('S'))
                .unwrap_or_default();
            let (backup, users) = (
                needed("Registrar", "Registrar", true),
                needed("UserServices", "UserServer", false),
            );
            (
                "registrars",
                format!(
                    ", \"BackupRegistrar\": {backup}, \"UserServer\": {users}, \"FailureDetectionInterval\": {{\"Ticks\": {seconds}0000000}}"
                ),
            )
        }
        "UserServices" => (
            "userServers",
            format!(", \"UserDatabase\": {}", needed("UserStore", "UserDatabase", false)),
        ),
        "UserStore" => {
            let Cluster { fqdn, sql, .. } = &all.clusters[*on];
            (
                "userDatabases",
                format!(
                    ", \"Identity\": \"UserDatabase:{fqdn}\", \"SqlInstanceName\": \"{}\"",
                    sql.unwrap_or_default()
                ),
            )
        }
        "FileStore" => {
            let dependents = (0..all.services.len()).filter(|&other| {
                all.services[other].role == "UserServices"
                    && all.services[other].needs.contains(&(index, false))
            });
            let dependents = dependents.map(|other| format!("UserServer:{}", all.fqdn_of(other)));
            (
                "fileStores",
                format!(
                    ", \"ShareName\": \"{}\", \"DependentServiceList\": {}",
                    set("ShareName")?,
                    texts(dependents)
                ),
            )
        }
        "EdgeServer" => {
            ("edgeServers", format!(", \"Registrar\": {}", needed("Registrar", "Registrar", false)))
        }
        "CentralMgmt" => ("centralManagement", format!(", \"Active\": {}", set("IsActive")?)),
        _ => return None,
    })
}

fn texts(texts: impl Iterator<Item = String>) -> String {
    format!("[{}]", texts.map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", "))
}
