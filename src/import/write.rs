//! Entities → TOML.
//!
//! Everything from the export goes through `escape::toml_string`; comments hold none of it.

use super::deployment::Kind;
use super::entities::{BackEnd, Edition, Entities, Failover, FrontEndServers, Pool, by_hand};
use super::placed::{Offset, Placed};
use super::sites::SiteKind;
use crate::escape::toml_string;

/// Arrays that would make a line longer than this many characters get a line per value.
const MAX_LINE: usize = 100;

/// The whole file, and where in the export each of its values comes from: offsets of values in it, ascending.
/// Keys stand in the order of the documentation.
pub fn write(entities: &Entities) -> (String, Vec<(usize, Offset)>) {
    let source = match entities.kind {
        Kind::AsXml => "the output of Get-CsTopology -AsXml",
        Kind::TopologyBuilder => "a file of Topology Builder (.tbxml)",
        Kind::Cmdlets => "the output of cmdlets, as JSON",
    };
    let text = format!("# Imported by lynt from {source}.\n\nschema = 1\n");
    let mut toml = Toml { text, origins: Vec::new() };
    let management = [&entities.active_management, &entities.standby_management];
    if let Some(first) = management.into_iter().flatten().next() {
        toml.line("");
        // The table has no name whose place could be its own.
        toml.origin(first.at);
        toml.line("[central-management]");
        toml.text("active", entities.active_management.as_ref());
        toml.text("standby", entities.standby_management.as_ref());
    }
    for site in &entities.sites {
        toml.table("[[site]]");
        toml.text("name", Some(&site.name));
        let at = site.kind.at;
        match &site.kind.value {
            SiteKind::Central => toml.text("kind", Some(&Placed::new("central", at))),
            SiteKind::Branch(central_site) => {
                toml.text("kind", Some(&Placed::new("branch", at)));
                toml.text("central-site", central_site.as_ref());
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
        toml.text("site", sba.site.as_ref());
        toml.one_or_several("backup-registrar", &sba.backup_registrars);
        toml.text("version", sba.version.as_ref());
        toml.failover(&sba.failover);
    }
    for edge_pool in &entities.edge_pools {
        toml.table("[[edge-pool]]");
        toml.text("fqdn", Some(&edge_pool.fqdn));
        toml.text("site", edge_pool.site.as_ref());
        toml.text("next-hop", edge_pool.next_hop.as_ref());
    }
    toml.table("# Not in the export, to be added by hand:");
    for (table, keys) in by_hand(entities) {
        toml.line(&format!("#   {table:<22} {keys}"));
    }
    (toml.text, toml.origins)
}

fn write_pool(toml: &mut Toml, pool: &Pool) {
    let Pool {
        fqdn,
        site,
        director,
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
    toml.text("site", site.as_ref());
    toml.text("role", director.map(|at| Placed::new("director", at)).as_ref());
    let edition =
        edition.as_ref().map(|edition| Placed::new(edition_name(edition.value), edition.at));
    toml.text("edition", edition.as_ref());
    toml.text("version", version.as_ref());
    toml.one_or_several("backup-registrar", backup_registrars);
    toml.failover(failover);
    match front_end_servers {
        Some(FrontEndServers::Number(number)) => toml.key("front-end-servers", Some(number)),
        Some(FrontEndServers::Fqdns(fqdns)) => toml.array("front-end-servers", fqdns),
        None => {}
    }
    if let Some(back_end) = back_end {
        toml.back_end(back_end);
    }
    toml.text("file-store", file_store.as_ref());
}

fn edition_name(edition: Edition) -> &'static str {
    match edition {
        Edition::Enterprise => "enterprise",
        Edition::Standard => "standard",
    }
}

struct Toml {
    text: String,
    origins: Vec<(usize, Offset)>,
}

impl Toml {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Says where what follows comes from.
    fn origin(&mut self, at: Offset) {
        self.origins.push((self.text.len(), at));
    }

    fn table(&mut self, header: &str) {
        self.line("");
        self.line(header);
    }

    fn key(&mut self, key: &str, value: Option<&Placed<impl std::fmt::Display>>) {
        if let Some(Placed { value, at }) = value {
            self.text.push_str(&format!("{key} = "));
            self.origin(*at);
            self.line(&value.to_string());
        }
    }

    fn text(&mut self, key: &str, value: Option<&Placed<impl AsRef<str>>>) {
        let quoted = value.map(|value| Placed::new(toml_string(value.value.as_ref()), value.at));
        self.key(key, quoted.as_ref());
    }

    fn one_or_several(&mut self, key: &str, values: &[Placed<String>]) {
        match values {
            [] => {}
            [value] => self.text(key, Some(value)),
            values => self.array(key, values),
        }
    }

    fn array(&mut self, key: &str, values: &[Placed<String>]) {
        let quoted: Vec<String> = values.iter().map(|value| toml_string(&value.value)).collect();
        let line = format!("{key} = [{}]", quoted.join(", "));
        let (start, between, end) = match line.chars().count() <= MAX_LINE {
            true => ("[", ", ", "]"),
            false => ("[\n    ", ",\n    ", ",\n]"),
        };
        self.text.push_str(&format!("{key} = {start}"));
        for (index, (quoted, Placed { at, .. })) in quoted.iter().zip(values).enumerate() {
            self.text.push_str(if index == 0 { "" } else { between });
            self.origin(*at);
            self.text.push_str(quoted);
        }
        self.line(end);
    }

    fn back_end(&mut self, BackEnd { sql_server, always_on }: &BackEnd) {
        self.text.push_str("back-end = { sql-server = ");
        self.origin(sql_server.at);
        self.text.push_str(&toml_string(&sql_server.value));
        if let Some(at) = always_on {
            self.text.push_str(", high-availability = ");
            self.origin(*at);
            self.text.push_str("\"alwayson-ag\"");
        }
        self.line(" }");
    }

    fn failover(&mut self, failover: &Failover) {
        let Failover { is_automatic, failure_detection_seconds, failback_detection_seconds } =
            failover;
        self.key("automatic-failover", is_automatic.as_ref());
        self.key("failure-detection-interval", failure_detection_seconds.as_ref());
        self.key("failback-detection-interval", failback_detection_seconds.as_ref());
    }
}
