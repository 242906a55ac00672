//! Notes on the whole export: what was inferred, what is not known, what is to be added by hand.

use super::deployment::{Deployment, Kind, Service};
use super::entities::{Entities, by_hand};
use super::graph::Graph;
use super::quote;
use std::collections::{BTreeMap, BTreeSet};

/// How much of a list a note shows: only damaged exports have more.
const MAX_LISTED: usize = 20;

/// Notes on what the export leaves open or was inferred from it.
pub fn open_ends(deployment: &Deployment, graph: &Graph, entities: &Entities) -> Vec<String> {
    let mut notes = Vec::new();
    note_inferred_values(entities, &mut notes);
    note_pools_without_backup(entities, &mut notes);
    // Cmdlets have names for them that are documented.
    if deployment.kind != Kind::Cmdlets {
        note_failover_attributes(&deployment.services, &mut notes);
    }
    let usages = unusual_usages(&deployment.services, graph);
    if !usages.is_empty() {
        let usages = counted(&usages);
        notes.push(format!("dependencies with a `Usage` other than `Default`: {usages}"));
    }
    if !deployment.unknown.is_empty() {
        let unknown = counted(&deployment.unknown);
        notes.push(format!("elements and roles that are not known here: {unknown}"));
    }
    for (table, keys) in by_hand(entities) {
        notes.push(format!("not in the export, to be added by hand: {table}: {keys}"));
    }
    notes
}

/// Names in backticks.
pub fn names<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    listed(names.into_iter().map(|name| quote::name(name.as_ref())))
}

fn note_inferred_values(entities: &Entities, notes: &mut Vec<String>) {
    let of_pools = entities.pools.iter().map(|pool| pool.version);
    let of_sbas = entities.sbas.iter().map(|sba| sba.version);
    if of_pools.chain(of_sbas).any(|version| version == Some("sfb-2019")) {
        notes.push("`ServiceVersion` 8 was read as `sfb-2019`; it may be the Subscription Edition, `sfb-se`".to_owned());
    }
    let mut back_ends = entities.pools.iter().filter_map(|pool| pool.back_end.as_ref());
    if back_ends.any(|back_end| back_end.is_always_on) {
        notes.push("AlwaysOn was read as `alwayson-ag`; it may be a failover cluster instance, `alwayson-fci`".to_owned());
    }
}

/// How an export tells of pairs is inferred: better say where none was seen.
fn note_pools_without_backup(entities: &Entities, notes: &mut Vec<String>) {
    let front_end_pools = || entities.pools.iter().filter(|pool| !pool.is_director);
    let alone: Vec<&str> = front_end_pools()
        .filter(|pool| pool.backup_registrars.is_empty())
        .map(|pool| pool.fqdn.as_str())
        .collect();
    match front_end_pools().count() {
        0 => notes.push("the export has no Front End pool".to_owned()),
        2.. if !alone.is_empty() => {
            let alone = names(alone);
            notes.push(format!("no backup registrar of these pools was found: {alone}"));
        }
        _ => {}
    }
}

fn note_failover_attributes(services: &[Service], notes: &mut Vec<String>) {
    let registrars = services.iter().filter(|service| service.role == "Registrar");
    let attributes = registrars.flat_map(|registrar| &registrar.failover);
    let attributes: BTreeSet<&String> = attributes.map(|(name, _)| name).collect();
    if !attributes.is_empty() {
        let attributes = names(attributes);
        notes.push(format!("failover settings were told by attribute names, compare them with `Get-CsService -Registrar`: {attributes}"));
    }
}

fn unusual_usages(services: &[Service], graph: &Graph) -> BTreeMap<String, usize> {
    let mut usages = BTreeMap::new();
    for service in services {
        for dependency in service.depends_on.iter().filter(|d| d.usage != "Default") {
            let usage = quote::name(&dependency.usage);
            let role = quote::name(&service.role);
            let needed = quote::name(graph.role_of(&dependency.service).unwrap_or("?"));
            *usages.entry(format!("{usage} of {role} on {needed}")).or_default() += 1;
        }
    }
    usages
}

fn counted(counts: &BTreeMap<String, usize>) -> String {
    listed(counts.iter().map(|(what, count)| format!("{what} ({count})")))
}

fn listed(all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = all.collect();
    let more = all.len().saturating_sub(MAX_LISTED);
    all.truncate(MAX_LISTED);
    match more {
        0 => all.join(", "),
        more => format!("{} and {more} more", all.join(", ")),
    }
}
