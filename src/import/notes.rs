//! Notes on the whole export: what was inferred, what is not known, what is to be added by hand.

use super::deployment::{Deployment, Kind, Service};
use super::entities::{Entities, by_hand};
use super::graph::Graph;
use super::placed::{Counts, Notes};
use super::quote;
use std::collections::BTreeSet;

/// How much of a list a note shows: only damaged exports have more.
const MAX_LISTED: usize = 20;

/// Says what the export leaves open or was inferred from it.
pub fn note_open_ends(
    deployment: &Deployment,
    graph: &Graph,
    entities: &Entities,
    notes: &mut Notes,
) {
    note_inferred_values(entities, notes);
    note_pools_without_backup(entities, notes);
    // Cmdlets have names for them that are documented.
    if deployment.kind != Kind::Cmdlets {
        note_failover_attributes(&deployment.services, notes);
    }
    note_unusual_usages(&deployment.services, graph, notes);
    note_unknown(&deployment.unknown, notes);
    for (table, keys) in by_hand(entities) {
        notes.say(format!("not in the export, to be added by hand: {table}: {keys}"));
    }
}

/// Names in backticks.
pub fn names<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    listed(names.into_iter().map(|name| quote::name(name.as_ref())))
}

fn note_inferred_values(entities: &Entities, notes: &mut Notes) {
    let of_pools = entities.pools.iter().map(|pool| pool.version.as_ref());
    let of_sbas = entities.sbas.iter().map(|sba| sba.version.as_ref());
    if of_pools.chain(of_sbas).flatten().any(|version| version.value == "sfb-2019") {
        notes.say("`ServiceVersion` 8 was read as `sfb-2019`; it may be the Subscription Edition, `sfb-se`".to_owned());
    }
    let mut back_ends = entities.pools.iter().filter_map(|pool| pool.back_end.as_ref());
    if back_ends.any(|back_end| back_end.always_on.is_some()) {
        notes.say("AlwaysOn was read as `alwayson-ag`; it may be a failover cluster instance, `alwayson-fci`".to_owned());
    }
}

/// How an export tells of pairs is inferred: better say where none was seen.
fn note_pools_without_backup(entities: &Entities, notes: &mut Notes) {
    let front_end_pools = || entities.pools.iter().filter(|pool| pool.director.is_none());
    let alone: Vec<&str> = front_end_pools()
        .filter(|pool| pool.backup_registrars.is_empty())
        .map(|pool| pool.fqdn.value.as_str())
        .collect();
    match front_end_pools().count() {
        0 => notes.say("the export has no Front End pool".to_owned()),
        2.. if !alone.is_empty() => {
            let alone = names(alone);
            notes.say(format!("no backup registrar of these pools was found: {alone}"));
        }
        _ => {}
    }
}

fn note_failover_attributes(services: &[Service], notes: &mut Notes) {
    let registrars = services.iter().filter(|service| service.role == "Registrar");
    let attributes = registrars.flat_map(|registrar| &registrar.failover);
    let attributes: BTreeSet<&String> = attributes.map(|(name, _)| name).collect();
    if !attributes.is_empty() {
        let attributes = names(attributes);
        notes.say(format!("failover settings were told by attribute names, compare them with `Get-CsService -Registrar`: {attributes}"));
    }
}

fn note_unusual_usages(services: &[Service], graph: &Graph, notes: &mut Notes) {
    let mut usages = Counts::default();
    for service in services {
        for dependency in service.depends_on.iter().filter(|d| d.usage != "Default") {
            let usage = quote::name(&dependency.usage);
            let role = quote::name(&service.role);
            let needed = quote::name(graph.role_of(&dependency.service).unwrap_or("?"));
            usages.add(format!("{usage} of {role} on {needed}"), dependency.at);
        }
    }
    if usages.iter().len() > 0 {
        let usages = listed(usages.iter().map(|(what, times, _)| format!("{what} ({times})")));
        notes.say(format!("dependencies with a `Usage` other than `Default`: {usages}"));
    }
}

/// What is not known may matter, so each kind of it is said, with its first place.
fn note_unknown(unknown: &Counts, notes: &mut Notes) {
    for (what, times, first) in unknown.iter().take(MAX_LISTED) {
        let more = match times {
            1 => String::new(),
            times => format!(" (the first of {times})"),
        };
        notes.say_at(
            first,
            format!("{what} is not known here{more}, so what it says may be missing"),
        );
    }
    let more = unknown.iter().len().saturating_sub(MAX_LISTED);
    if more > 0 {
        notes.say(format!("{more} more kinds of elements and roles are not known here"));
    }
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
