//! Entities → TOML.
//!
//! Everything from the export goes through `escape::toml_string`; comments hold none of it.

use super::deployment::Kind;
use super::entities::{BackEnd, Edition, Entities, Failover, FrontEndServers, Pool, by_hand};
use super::sites::SiteKind;
use crate::escape::toml_string;

/// Arrays that would make a line longer than this many characters get a line per value.
const MAX_LINE: usize = 100;

/// The whole file. Keys stand in the order of the documentation.
pub fn write(entities: &Entities) -> String {
    let source = match entities.kind {
        Kind::AsXml => "the output of Get-CsTopology -AsXml",
        Kind::TopologyBuilder => "a file of Topology Builder (.tbxml)",
        Kind::Cmdlets => "the output of cmdlets, as JSON",
    };
    let mut toml = Toml { text: format!("# Imported by lynt from {source}.\n\nschema = 1\n") };
    if entities.active_management.is_some() || entities.standby_management.is_some() {
        toml.table("[central-management]");
        toml.text("active", entities.active_management.as_deref());
        toml.text("standby", entities.standby_management.as_deref());
    }
    for site in &entities.sites {
        toml.table("[[site]]");
        toml.text("name", Some(&site.name));
        match &site.kind {
            SiteKind::Central => toml.text("kind", Some("central")),
            SiteKind::Branch(central_site) => {
                toml.text("kind", Some("branch"));
                toml.text("central-site", central_site.as_deref());
                if central_site.is_none() {
                    toml.line("# central-site = \"?\"  # TODO: not in the export");
                }
            }
        }
    }
    for pool in &entities.pools {
        write_pool(&mut toml, pool);
    }
    for sba in &entities.sbas {
        toml.table("[[sba]]");
        toml.text("fqdn", Some(&sba.fqdn));
        toml.text("site", sba.site.as_deref());
        toml.one_or_several("backup-registrar", &sba.backup_registrars);
        toml.text("version", sba.version);
        toml.failover(&sba.failover);
    }
    for edge_pool in &entities.edge_pools {
        toml.table("[[edge-pool]]");
        toml.text("fqdn", Some(&edge_pool.fqdn));
        toml.text("site", edge_pool.site.as_deref());
        toml.text("next-hop", edge_pool.next_hop.as_deref());
    }
    toml.table("# Not in the export, to be added by hand:");
    for (table, keys) in by_hand(entities) {
        toml.line(&format!("#   {table:<22} {keys}"));
    }
    toml.text
}

fn write_pool(toml: &mut Toml, pool: &Pool) {
    let Pool {
        fqdn,
        site,
        is_director,
        edition,
        version,
        backup_registrars,
        failover,
        front_end_servers,
        back_end,
        file_store,
    } = pool;
    toml.table("[[pool]]");
    toml.text("fqdn", Some(fqdn));
    toml.text("site", site.as_deref());
    toml.text("role", is_director.then_some("director"));
    toml.text("edition", edition.map(edition_name));
    toml.text("version", *version);
    toml.one_or_several("backup-registrar", backup_registrars);
    toml.failover(failover);
    match front_end_servers {
        Some(FrontEndServers::Number(number)) => toml.key("front-end-servers", number),
        Some(FrontEndServers::Fqdns(fqdns)) => toml.array("front-end-servers", fqdns),
        None => {}
    }
    if let Some(BackEnd { sql_server, is_always_on }) = back_end {
        let availability = if *is_always_on { ", high-availability = \"alwayson-ag\"" } else { "" };
        toml.key(
            "back-end",
            format_args!("{{ sql-server = {}{availability} }}", toml_string(sql_server)),
        );
    }
    toml.text("file-store", file_store.as_deref());
}

fn edition_name(edition: Edition) -> &'static str {
    match edition {
        Edition::Enterprise => "enterprise",
        Edition::Standard => "standard",
    }
}

struct Toml {
    text: String,
}

impl Toml {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn table(&mut self, header: &str) {
        self.line("");
        self.line(header);
    }

    fn key(&mut self, key: &str, value: impl std::fmt::Display) {
        self.line(&format!("{key} = {value}"));
    }

    fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.key(key, toml_string(value));
        }
    }

    fn one_or_several(&mut self, key: &str, values: &[String]) {
        match values {
            [] => {}
            [value] => self.text(key, Some(value)),
            values => self.array(key, values),
        }
    }

    fn array(&mut self, key: &str, values: &[String]) {
        let values: Vec<String> = values.iter().map(|value| toml_string(value)).collect();
        let line = format!("{key} = [{}]", values.join(", "));
        if line.chars().count() <= MAX_LINE {
            self.line(&line);
        } else {
            self.line(&format!("{key} = [\n    {},\n]", values.join(",\n    ")));
        }
    }

    fn failover(&mut self, failover: &Failover) {
        let Failover { is_automatic, failure_detection_seconds, failback_detection_seconds } =
            failover;
        if let Some(is_automatic) = is_automatic {
            self.key("automatic-failover", is_automatic);
        }
        if let Some(seconds) = failure_detection_seconds {
            self.key("failure-detection-interval", seconds);
        }
        if let Some(seconds) = failback_detection_seconds {
            self.key("failback-detection-interval", seconds);
        }
    }
}
