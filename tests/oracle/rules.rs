//! What every rule must find, in plain sets and loops, written from the product's documentation.
//!
//! Each function gives what its rule's findings are about: one name, or two with a comma between
//! them, as in a finding's id. Identifiers in brackets are those of the
//! documents: TechNet library ids, or pages of the product's documentation. What is absent is
//! unknown: it is neither equal to nor different from anything.

use crate::model::Version::{self, Lync2010, Lync2013, Sfb2015, Sfb2019};
use crate::model::{Claim, Group, Pool, Sba, Servers, Site, Text, Topology};
use std::collections::BTreeSet;

/// What the one `[central-management]` table is called.
const CENTRAL_MANAGEMENT: &str = "central-management";

/// Finds what one rule finds.
pub type Find = fn(&Topology) -> Vec<String>;

pub const RULES: &[(&str, Find)] = &[
    ("asymmetric-backup", asymmetric_backup),
    ("automatic-failover-off", automatic_failover_off),
    ("back-end-ha-mismatch", back_end_ha_mismatch),
    ("backup-not-front-end-pool", backup_not_front_end_pool),
    ("branch-users-homed-on-pool", branch_users_homed_on_pool),
    ("branch-without-central-site", branch_without_central_site),
    ("central-management-not-on-front-end-pool", central_management_not_on_front_end_pool),
    ("central-management-standby-not-partner", central_management_standby_not_partner),
    ("central-site-not-central", central_site_not_central),
    ("central-site-without-pool", central_site_without_pool),
    ("cross-region-pair", cross_region_pair),
    ("decommissioning-still-referenced", decommissioning_still_referenced),
    ("director-with-backup", director_with_backup),
    ("dr-claimed-automatic", dr_claimed_automatic),
    ("dr-claimed-for-sba-users", dr_claimed_for_sba_users),
    ("dr-claimed-for-unpaired-pool", dr_claimed_for_unpaired_pool),
    ("dr-claimed-on-lync-2010", dr_claimed_on_lync_2010),
    ("dr-edge-next-hop-blocks-failover", dr_edge_next_hop_blocks_failover),
    ("dr-rpo-below-target", dr_rpo_below_target),
    ("dr-rto-below-target", dr_rto_below_target),
    ("dr-service-not-covered", dr_service_not_covered),
    ("dr-single-edge-site", dr_single_edge_site),
    ("enterprise-pool-too-small", enterprise_pool_too_small),
    ("failover-interval-too-short", failover_interval_too_short),
    ("home-not-pool-or-sba", home_not_pool_or_sba),
    ("interval-without-backup", interval_without_backup),
    ("mirror-without-witness", mirror_without_witness),
    ("mixed-edition-pair", mixed_edition_pair),
    ("mixed-hosting-pair", mixed_hosting_pair),
    ("mixed-os-pair", mixed_os_pair),
    ("mixed-version-pair", mixed_version_pair),
    ("multiple-partners", multiple_partners),
    ("next-hop-not-pool", next_hop_not_pool),
    ("pair-over-capacity", pair_over_capacity),
    ("pool-over-capacity", pool_over_capacity),
    ("same-site-pair", same_site_pair),
    ("sba-newer-than-registrar", sba_newer_than_registrar),
    ("sba-outside-branch-site", sba_outside_branch_site),
    ("sba-registrar-in-other-site", sba_registrar_in_other_site),
    ("sba-registrar-not-front-end-pool", sba_registrar_not_front_end_pool),
    ("sba-too-many-users", sba_too_many_users),
    ("sba-unknown-registrar", sba_unknown_registrar),
    ("sba-version-not-documented", sba_version_not_documented),
    ("sba-with-several-registrars", sba_with_several_registrars),
    ("sba-without-registrar", sba_without_registrar),
    ("self-backup", self_backup),
    ("shared-file-store", shared_file_store),
    ("shared-file-store-in-site", shared_file_store_in_site),
    ("shared-sql-server", shared_sql_server),
    ("sql-mirroring-unsupported", sql_mirroring_unsupported),
    ("standard-edition-multiple-servers", standard_edition_multiple_servers),
    ("stretched-pool", stretched_pool),
    ("three-version-coexistence", three_version_coexistence),
    ("too-many-front-ends", too_many_front_ends),
    ("too-many-sbas", too_many_sbas),
    ("two-front-ends-unsupported", two_front_ends_unsupported),
    ("unknown-backup", unknown_backup),
    ("unknown-central-management-pool", unknown_central_management_pool),
    ("unknown-central-site", unknown_central_site),
    ("unknown-group-in-claim", unknown_group_in_claim),
    ("unknown-home", unknown_home),
    ("unknown-next-hop", unknown_next_hop),
    ("unknown-site", unknown_site),
    ("unknown-version", unknown_version),
    ("unpaired-central-management", unpaired_central_management),
    ("unpaired-empty-pool", unpaired_empty_pool),
    ("unpaired-pool", unpaired_pool),
    ("users-on-director", users_on_director),
    ("voice-resiliency-without-backup", voice_resiliency_without_backup),
];

// ---- What the rules have in common -------------------------------------------------------------

/// What stands under an FQDN.
#[derive(Clone, Copy)]
enum Named<'t> {
    FrontEnd(&'t Pool),
    Sba,
    Director,
    Edge,
    Nothing,
}

fn named<'t>(t: &'t Topology, name: &str) -> Named<'t> {
    if let Some(pool) = t.pools.iter().find(|pool| pool.fqdn == name) {
        return if is_front_end(pool) { Named::FrontEnd(pool) } else { Named::Director };
    }
    if t.sbas.iter().any(|sba| sba.fqdn == name) {
        return Named::Sba;
    }
    if t.edges.iter().any(|edge| edge.fqdn == name) { Named::Edge } else { Named::Nothing }
}

fn is_nothing(t: &Topology, name: &str) -> bool {
    matches!(named(t, name), Named::Nothing)
}

/// Something is there, but it is no Front End pool.
fn is_no_front_end(t: &Topology, name: &str) -> bool {
    matches!(named(t, name), Named::Director | Named::Sba | Named::Edge)
}

fn is_front_end(pool: &Pool) -> bool {
    pool.role != Some("director")
}

fn front_ends(t: &Topology) -> Vec<&Pool> {
    t.pools.iter().filter(|pool| is_front_end(pool)).collect()
}

/// Whether `p` names `q`, another Front End pool.
fn backs(p: &Pool, q: &Pool) -> bool {
    p.fqdn != q.fqdn && is_front_end(p) && is_front_end(q) && p.backups.contains(&q.fqdn)
}

fn version(t: &Topology, own: Option<Version>) -> Option<Version> {
    own.or(t.default_version)
}

/// Known to be Lync Server 2013 or later.
fn is_modern(t: &Topology, pool: &Pool) -> bool {
    version(t, pool.version) >= Some(Lync2013)
}

/// Tied by a backup relation in either direction.
fn related(p: &Pool, q: &Pool) -> bool {
    backs(p, q) || backs(q, p)
}

/// Tied by a relation to which the law of Lync Server 2013 applies: one end is 2013 or later.
fn tied(t: &Topology, p: &Pool, q: &Pool) -> bool {
    related(p, q) && (is_modern(t, p) || is_modern(t, q))
}

/// Each names the other, and neither has anything to do with a third Front End pool.
fn only_each_other(t: &Topology, p: &Pool, q: &Pool) -> bool {
    let relatives = |p: &Pool| t.pools.iter().filter(|r| related(p, r)).count();
    backs(p, q) && backs(q, p) && relatives(p) == 1 && relatives(q) == 1
}

/// The tied pools of which `bad` holds.
fn pairs(t: &Topology, bad: impl Fn(&Pool, &Pool) -> bool) -> Vec<String> {
    two_pools(t, |p, q| p.fqdn < q.fqdn && tied(t, p, q) && bad(p, q))
}

/// Any two pools, in this order, of which `bad` holds.
fn two_pools(t: &Topology, bad: impl Fn(&Pool, &Pool) -> bool) -> Vec<String> {
    let others = |p| t.pools.iter().map(move |q| (p, q));
    let both = t.pools.iter().flat_map(others);
    both.filter(|(p, q)| bad(p, q)).map(|(p, q)| two(&p.fqdn, &q.fqdn)).collect()
}

/// A finding about two things.
fn two(first: &str, second: &str) -> String {
    format!("{first},{second}")
}

/// Who names what.
type Links<'t> = Vec<(&'t str, &'t str)>;

fn each<'t>(owner: &'t str, names: &'t [String]) -> Links<'t> {
    names.iter().map(|name| (owner, name.as_str())).collect()
}

fn pool_backups(t: &Topology) -> Links<'_> {
    t.pools.iter().flat_map(|pool| each(&pool.fqdn, &pool.backups)).collect()
}

fn sba_backups(t: &Topology) -> Links<'_> {
    t.sbas.iter().flat_map(|sba| each(&sba.fqdn, &sba.backups)).collect()
}

fn homes(t: &Topology) -> Links<'_> {
    t.groups.iter().filter_map(|group| link(&group.name, &group.home)).collect()
}

fn next_hops(t: &Topology) -> Links<'_> {
    t.edges.iter().filter_map(|edge| link(&edge.fqdn, &edge.next_hop)).collect()
}

fn stores(t: &Topology) -> Links<'_> {
    let Some(management) = &t.management else { return Vec::new() };
    let names = [&management.active, &management.standby];
    names.into_iter().filter_map(|name| link(CENTRAL_MANAGEMENT, name)).collect()
}

fn link<'t>(owner: &'t str, name: &'t Text) -> Option<(&'t str, &'t str)> {
    name.as_deref().map(|name| (owner, name))
}

/// The links to a name of which `bad` holds.
fn links(links: Links<'_>, bad: impl Fn(&str) -> bool) -> Vec<String> {
    links.into_iter().filter(|(_, name)| bad(name)).map(|(owner, name)| two(owner, name)).collect()
}

/// The Front End pools of which `bad` holds.
fn pools(t: &Topology, bad: impl Fn(&Pool) -> bool) -> Vec<String> {
    front_ends(t).into_iter().filter(|p| bad(p)).map(|p| p.fqdn.clone()).collect()
}

/// The SBAs of which `bad` holds.
fn sbas(t: &Topology, bad: impl Fn(&Sba) -> bool) -> Vec<String> {
    t.sbas.iter().filter(|s| bad(s)).map(|s| s.fqdn.clone()).collect()
}

/// The claims of which `bad` holds.
fn claims(t: &Topology, bad: impl Fn(&Claim) -> bool) -> Vec<String> {
    t.claims.iter().filter(|c| bad(c)).map(|c| c.name.clone()).collect()
}

/// The claims, each with a group that it covers, of which `bad` holds.
fn promises(t: &Topology, bad: impl Fn(&Claim, &Group) -> bool) -> Vec<String> {
    let each = |c| covered(t, c).into_iter().map(move |group| (c, group));
    let all = t.claims.iter().flat_map(each);
    all.filter(|(c, group)| bad(c, group)).map(|(c, group)| two(&c.name, &group.name)).collect()
}

fn known_and_equal<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one == other)
}

fn known_and_different<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

/// A text as it is compared: without case and outer blanks.
fn loose(text: &str) -> String {
    text.trim().to_lowercase()
}

fn loose_text(text: &Text) -> Text {
    text.as_deref().map(loose)
}

fn site<'t>(t: &'t Topology, name: &Text) -> Option<&'t Site> {
    t.sites.iter().find(|site| Some(&site.name) == name.as_ref())
}

fn site_name<'t>(t: &'t Topology, name: &Text) -> Option<&'t str> {
    site(t, name).map(|site| site.name.as_str())
}

fn is_branch(site: &Site) -> bool {
    site.kind == Some("branch")
}

/// The central site that a branch site is associated with, if it is one.
fn central_site<'t>(t: &'t Topology, branch: &Site) -> Option<&'t Site> {
    site(t, &branch.central_site).filter(|central| !is_branch(central))
}

fn servers(pool: &Pool) -> Option<i64> {
    match pool.servers.as_ref()? {
        Servers::Number(number) => Some(*number),
        Servers::Named(names) => {
            let distinct: BTreeSet<String> = names.iter().map(|name| loose(name)).collect();
            i64::try_from(distinct.len()).ok()
        }
    }
}

/// The users homed there, as far as they are counted.
fn users(t: &Topology, home: &str) -> i64 {
    let homed = t.groups.iter().filter(|group| group.home.as_deref() == Some(home));
    homed.map(|group| group.users.unwrap_or(0)).sum()
}

/// The users of a pool with those of its SBAs. [JJ205293: users homed on the SBAs that are associated
/// with a pool are counted to the pool]
fn served(t: &Topology, pool: &Pool) -> i64 {
    let of_sba = |sba: &&Sba| sba.backups.contains(&pool.fqdn);
    let at_branches: i64 = t.sbas.iter().filter(of_sba).map(|sba| users(t, &sba.fqdn)).sum();
    users(t, &pool.fqdn) + at_branches
}

/// What a pool can carry. [capacity planning: a Standard Edition server 2,500 users, 5,000 after a
/// failover; a Front End Server 6,660; a pool 80,000, 2019 and later 106,000]
fn carries(t: &Topology, pool: &Pool, after_failover: bool) -> Option<i64> {
    if pool.capacity.is_some() {
        return pool.capacity;
    }
    match pool.edition? {
        "standard" if after_failover => Some(5000),
        "standard" => Some(2500),
        _ => {
            let most = if version(t, pool.version)? >= Sfb2019 { 106_000 } else { 80_000 };
            let servers = servers(pool).filter(|servers| *servers > 0)?;
            Some((servers * 6660).min(most))
        }
    }
}

fn covered<'t>(t: &'t Topology, claim: &Claim) -> Vec<&'t Group> {
    t.groups.iter().filter(|group| claim.covers.contains(&group.name)).collect()
}

fn home<'t>(t: &'t Topology, group: &Group) -> Named<'t> {
    group.home.as_deref().map_or(Named::Nothing, |name| named(t, name))
}

/// The Front End pools whose users a claim covers.
fn covered_pools<'t>(t: &'t Topology, claim: &Claim) -> Vec<&'t Pool> {
    let homes = covered(t, claim).into_iter().map(|group| home(t, group));
    homes.filter_map(|home| if let Named::FrontEnd(p) = home { Some(p) } else { None }).collect()
}

/// The pools that full claims cover, where they are of 2013 or later: they are to be failed over.
fn promised_pools(t: &Topology) -> Vec<&Pool> {
    let full = t.claims.iter().filter(|claim| is_full(claim));
    let pools = full.flat_map(|claim| covered_pools(t, claim));
    pools.filter(|pool| is_modern(t, pool)).collect()
}

fn is_full(claim: &Claim) -> bool {
    claim.level == Some("full")
}

// ---- Backup registrars -------------------------------------------------------------------------

/// Relations between Front End pools are always 1:1 and reciprocal: if P1 is the backup of P2, P2
/// must be the backup of P1. Between Lync Server 2010 pools they need not be. Where P1 names a pool
/// that does not exist, that may be P2 misspelt: one cause, one finding, `unknown-backup`. [JJ205033]
//
fn asymmetric_backup(t: &Topology) -> Vec<String> {
    let is_other_front_end = |q: &Pool, name: &String| {
        *name != q.fqdn && front_ends(t).iter().any(|pool| pool.fqdn == *name)
    };
    let misnames = |q: &Pool| q.backups.iter().any(|name| !is_other_front_end(q, name));
    two_pools(t, |p, q| tied(t, p, q) && !backs(q, p) && !misnames(q))
}

/// ... and neither can be the backup of any other Front End pool. SBAs don't count. [JJ205033]
fn multiple_partners(t: &Topology) -> Vec<String> {
    pools(t, |p| t.pools.iter().filter(|q| tied(t, p, q)).count() > 1)
}

/// The backup registrar is a pool of the topology. [gg195767: what names a pool is removed before it]
fn unknown_backup(t: &Topology) -> Vec<String> {
    links(pool_backups(t), |name| is_nothing(t, name))
}

/// The backup registrar is another pool. Directors have none at all. [Gg398347: in a different
/// central site]
fn self_backup(t: &Topology) -> Vec<String> {
    pools(t, |p| p.backups.contains(&p.fqdn))
}

/// The backup is an Enterprise Edition pool or a Standard Edition server, no SBA, Director or Edge
/// pool. [JJ204773]
fn backup_not_front_end_pool(t: &Topology) -> Vec<String> {
    let of_front_ends = |(owner, _): &(&str, &str)| matches!(named(t, owner), Named::FrontEnd(_));
    let backups = pool_backups(t).into_iter().filter(of_front_ends).collect();
    links(backups, |name| is_no_front_end(t, name))
}

/// Directors home no users: Set-CsDirector has no BackupRegistrar. A dangling name is
/// `unknown-backup`. [Set-CsDirector]
fn director_with_backup(t: &Topology) -> Vec<String> {
    let names = |p: &Pool| p.backups.iter().any(|name| !is_nothing(t, name));
    let directors = t.pools.iter().filter(|p| !is_front_end(p) && names(p));
    directors.map(|p| p.fqdn.clone()).collect()
}

/// No backup registrar at all, not even a wrong one, and none is to be had by completing a one-way
/// relation: then `asymmetric-backup` speaks.
fn has_no_backup(t: &Topology, pool: &Pool) -> bool {
    pool.backups.is_empty() && !t.pools.iter().any(|q| tied(t, pool, q))
}

/// ... on a pool that stays.
fn is_unpaired(t: &Topology, pool: &Pool) -> bool {
    has_no_backup(t, pool) && pool.state != Some("decommissioning")
}

/// Users of whom it is not known that there are none.
fn homes_users(t: &Topology, pool: &Pool) -> bool {
    t.groups.iter().any(|group| group.home.as_ref() == Some(&pool.fqdn) && group.users != Some(0))
}

/// A primary Registrar pool has a backup Registrar pool. [Gg398347]
fn unpaired_pool(t: &Topology) -> Vec<String> {
    pools(t, |p| is_unpaired(t, p) && homes_users(t, p))
}

/// The same where the pool is known to home no users. A pool of SBAs is no empty pool.
fn unpaired_empty_pool(t: &Topology) -> Vec<String> {
    let has_sba = |p: &Pool| t.sbas.iter().any(|sba| sba.backups.contains(&p.fqdn));
    let is_empty = |p: &Pool| !t.groups.is_empty() && !homes_users(t, p) && !has_sba(p);
    pools(t, |p| is_unpaired(t, p) && is_empty(p))
}

/// The primary pool must be configured to fail over; with EnableAutomaticFailover off, the backup is
/// not used. Without a backup that could be used there is nothing to switch. [Gg398347,
/// Set-CsRegistrar]
fn automatic_failover_off(t: &Topology) -> Vec<String> {
    let is_off = |switch: Option<bool>| switch == Some(false);
    let mut found = pools(t, |p| is_off(p.automatic_failover) && is_backed(t, p));
    found.extend(sbas(t, |s| is_off(s.automatic_failover) && !registrars(t, s).is_empty()));
    found
}

fn is_backed(t: &Topology, pool: &Pool) -> bool {
    t.pools.iter().any(|q| backs(pool, q))
}

fn is_shorter(least: i64, failure: Option<i64>, failback: Option<i64>) -> bool {
    let is_backwards = matches!((failure, failback), (Some(over), Some(back)) if back <= over);
    failure.is_some_and(|seconds| seconds < least) || is_backwards
}

/// A pool's interval below 90 seconds counts as 90; an SBA's below 120, or failover and failback close
/// together, may not work as expected. Without a backup they are of no use at all.
/// [front-end-general-settings, registrar-sba-settings]
fn failover_interval_too_short(t: &Topology) -> Vec<String> {
    let mut found = pools(t, |p| !p.backups.is_empty() && is_shorter(90, p.failure, p.failback));
    found.extend(sbas(t, |s| !s.backups.is_empty() && is_shorter(120, s.failure, s.failback)));
    found
}

/// The intervals can't be used without a backup Registrar. That an SBA has none is a finding of its
/// own. [Set-CsRegistrar]
fn interval_without_backup(t: &Topology) -> Vec<String> {
    let is_set = |p: &Pool| p.failure.is_some() || p.failback.is_some();
    let idle = t.pools.iter().filter(|p| is_set(p) && has_no_backup(t, p));
    idle.map(|p| p.fqdn.clone()).collect()
}

// ---- Pairs -------------------------------------------------------------------------------------

/// Enterprise Edition only with Enterprise Edition, Standard with Standard. [JJ204697]
fn mixed_edition_pair(t: &Topology) -> Vec<String> {
    pairs(t, |p, q| known_and_different(p.edition, q.edition))
}

/// While versions differ, failover in disaster mode is not supported. [upgrade]
fn mixed_version_pair(t: &Topology) -> Vec<String> {
    pairs(t, |p, q| known_and_different(version(t, p.version), version(t, q.version)))
}

/// Physical pools only with physical, virtual only with virtual. [JJ204697]
fn mixed_hosting_pair(t: &Topology) -> Vec<String> {
    pairs(t, |p, q| known_and_different(p.hosting, q.hosting))
}

/// Paired pools run the same operating system. [JJ204697]
fn mixed_os_pair(t: &Topology) -> Vec<String> {
    let system = |pool: &Pool| loose_text(&pool.operating_system);
    pairs(t, |p, q| known_and_different(system(p), system(q)))
}

/// The backup stands in a different central site. [Gg398347]
fn same_site_pair(t: &Topology) -> Vec<String> {
    pairs(t, |p, q| known_and_equal(site_name(t, &p.site), site_name(t, &q.site)))
}

/// Within one world region, pairs lose less data. [JJ204697]
fn cross_region_pair(t: &Topology) -> Vec<String> {
    let region = |pool: &Pool| site(t, &pool.site).and_then(|site| loose_text(&site.region));
    pairs(t, |p, q| known_and_different(region(p), region(q)))
}

/// The pools of 2013 or later that share something with another pool.
fn sharing(t: &Topology, shared: impl Fn(&Pool, &Pool) -> bool) -> Vec<String> {
    let shares = |p: &Pool| t.pools.iter().any(|q| p.fqdn != q.fqdn && shared(p, q));
    let found = t.pools.iter().filter(|p| is_modern(t, p) && shares(p));
    found.map(|p| p.fqdn.clone()).collect()
}

/// A database server supports one Enterprise Edition Front End pool. Its instances can't be told from
/// its text. [server collocation]
fn shared_sql_server(t: &Topology) -> Vec<String> {
    let server = |pool: &Pool| {
        let counts = is_front_end(pool) && pool.edition == Some("enterprise");
        loose_text(&pool.sql_server).filter(|_| counts)
    };
    sharing(t, |p, q| known_and_equal(server(p), server(q)))
}

fn share_files(p: &Pool, q: &Pool) -> bool {
    known_and_equal(loose_text(&p.file_store), loose_text(&q.file_store))
}

/// A file share serves several pools only if all are in the same site. [server collocation]
fn shared_file_store(t: &Topology) -> Vec<String> {
    let apart =
        |p: &Pool, q: &Pool| known_and_different(site_name(t, &p.site), site_name(t, &q.site));
    sharing(t, |p, q| share_files(p, q) && apart(p, q))
}

/// In one site a pair shares its fate. [server collocation]
fn shared_file_store_in_site(t: &Topology) -> Vec<String> {
    let together =
        |p: &Pool, q: &Pool| known_and_equal(site_name(t, &p.site), site_name(t, &q.site));
    pairs(t, |p, q| share_files(p, q) && together(p, q))
}

/// If both pools have Back End high availability, it is the same solution. [back end server]
fn back_end_ha_mismatch(t: &Topology) -> Vec<String> {
    let solution = |pool: &Pool| pool.high_availability.filter(|solution| *solution != "none");
    pairs(t, |p, q| known_and_different(solution(p), solution(q)))
}

/// Each pool must be able to carry all users of both; those of the other pool's SBAs are not failed
/// over. Only a sound pair can be failed over: both 2013 or later, of one version, each the only
/// partner of the other. The first pool is the one that takes over. [JJ204697, JJ205033]
fn pair_over_capacity(t: &Topology) -> Vec<String> {
    let is_sound = |p: &Pool, q: &Pool| {
        let same = known_and_equal(version(t, p.version), version(t, q.version));
        only_each_other(t, p, q) && same && is_modern(t, p)
    };
    let over = |q: &Pool, p: &Pool| {
        let load = served(t, q) + users(t, &p.fqdn);
        carries(t, q, true).is_some_and(|most| load > most)
    };
    two_pools(t, |q, p| is_sound(p, q) && over(q, p) && !is_over_capacity(t, q))
}

// ---- Pools -------------------------------------------------------------------------------------

fn is_over_capacity(t: &Topology, pool: &Pool) -> bool {
    is_modern(t, pool) && carries(t, pool, false).is_some_and(|most| served(t, pool) > most)
}

/// A pool carries its users and those of its SBAs. [JJ205293]
fn pool_over_capacity(t: &Topology) -> Vec<String> {
    pools(t, |p| is_over_capacity(t, p))
}

fn enterprise_servers(pool: &Pool) -> Option<i64> {
    servers(pool).filter(|_| pool.edition == Some("enterprise"))
}

/// From 2019 on a pool of two Front Ends can't be published. [high availability]
fn two_front_ends_unsupported(t: &Topology) -> Vec<String> {
    pools(t, |p| version(t, p.version) >= Some(Sfb2019) && enterprise_servers(p) == Some(2))
}

/// At least three Front Ends; 2013 and 2015 pools for large meetings have two. [topologies and
/// components, large meetings]
fn enterprise_pool_too_small(t: &Topology) -> Vec<String> {
    let is_small = |p: &Pool| match (version(t, p.version), enterprise_servers(p)) {
        (Some(version), Some(servers)) if version >= Sfb2019 => servers < 2,
        (Some(Lync2013 | Sfb2015), Some(servers)) => {
            servers < 3 && p.purpose != Some("large-meetings")
        }
        _ => false,
    };
    pools(t, is_small)
}

/// At most 12 Front Ends, 16 from 2019 on. [capacity planning]
fn too_many_front_ends(t: &Topology) -> Vec<String> {
    let most = |p: &Pool| match version(t, p.version)? {
        Lync2010 => None,
        Lync2013 | Sfb2015 => Some(12),
        _ => Some(16),
    };
    let is_over =
        |p: &Pool| matches!((servers(p), most(p)), (Some(servers), Some(most)) if servers > most);
    pools(t, |p| p.edition != Some("standard") && is_over(p))
}

/// Standard Edition is one server.
fn standard_edition_multiple_servers(t: &Topology) -> Vec<String> {
    pools(t, |p| p.edition == Some("standard") && servers(p) > Some(1))
}

/// No pool of Front Ends or Directors spreads over data centres, since 2013. [supported topologies]
fn stretched_pool(t: &Topology) -> Vec<String> {
    let spread = |p: &&Pool| {
        let places: BTreeSet<String> = p.data_centers.iter().map(|name| loose(name)).collect();
        is_modern(t, p) && places.len() > 1
    };
    t.pools.iter().filter(spread).map(|p| p.fqdn.clone()).collect()
}

/// SQL mirroring ended with 2015. [back end server]
fn sql_mirroring_unsupported(t: &Topology) -> Vec<String> {
    let late = |p: &Pool| version(t, p.version) >= Some(Sfb2019);
    pools(t, |p| p.high_availability == Some("mirroring") && late(p))
}

/// A mirror wants a witness, to fail over by itself. [back end server]
fn mirror_without_witness(t: &Topology) -> Vec<String> {
    let mirrors = |p: &Pool| matches!(version(t, p.version), Some(Lync2013 | Sfb2015));
    pools(t, |p| p.high_availability == Some("mirroring") && p.witness.is_none() && mirrors(p))
}

/// 2015 runs beside 2010 or 2013, not beside both. The finding is about the first pool of 2010.
/// [upgrade]
fn three_version_coexistence(t: &Topology) -> Vec<String> {
    let of = |wanted: Version| {
        let pools = t.pools.iter().filter(move |p| version(t, p.version) == Some(wanted));
        pools.map(|p| p.fqdn.clone()).min()
    };
    let all = of(Lync2013).is_some() && of(Sfb2015).is_some();
    of(Lync2010).filter(|_| all).into_iter().collect()
}

/// Nothing that stays names a pool that is on its way out. [gg195767]
//
/// Where such a pool no longer names its partner back, `asymmetric-backup` speaks too.
fn decommissioning_still_referenced(t: &Topology) -> Vec<String> {
    let leaves = |name: &str| {
        let pool = t.pools.iter().find(|pool| pool.fqdn == name);
        pool.is_some_and(|pool| pool.state == Some("decommissioning"))
    };
    let all = [pool_backups(t), sba_backups(t), next_hops(t), homes(t), stores(t)].concat();
    let still = all.into_iter().filter(|(owner, name)| leaves(name) && !leaves(owner));
    still.map(|(_, name)| name.to_owned()).collect()
}

// ---- Survivable branches -----------------------------------------------------------------------

/// Every SBA is associated with a Front End pool, its backup registrar. [connecting a survivable
/// branch appliance]
fn sba_without_registrar(t: &Topology) -> Vec<String> {
    sbas(t, |s| s.backups.is_empty())
}

/// ... which is in the topology. [JJ688026]
fn sba_unknown_registrar(t: &Topology) -> Vec<String> {
    links(sba_backups(t), |name| is_nothing(t, name))
}

/// ... and no SBA, Director or Edge pool. [JJ204773]
fn sba_registrar_not_front_end_pool(t: &Topology) -> Vec<String> {
    links(sba_backups(t), |name| is_no_front_end(t, name))
}

/// ... and one. [connecting a survivable branch appliance]
//
/// Where the second one stands at another site, `sba-registrar-in-other-site` speaks of it too.
fn sba_with_several_registrars(t: &Topology) -> Vec<String> {
    sbas(t, |s| registrars(t, s).len() > 1)
}

/// The Front End pools that an SBA names.
fn registrars<'t>(t: &'t Topology, sba: &Sba) -> Vec<&'t Pool> {
    front_ends(t).into_iter().filter(|pool| sba.backups.contains(&pool.fqdn)).collect()
}

/// The SBAs, each with one of its pools, of whose versions `bad` holds, where both are known.
fn sba_versions(t: &Topology, bad: impl Fn(Version, Version) -> bool) -> Vec<String> {
    let is_bad = |sba: Option<Version>, pool: Option<Version>| matches!((sba, pool), (Some(sba), Some(pool)) if bad(sba, pool));
    associations(t, |s, p| is_bad(version(t, s.version), version(t, p.version)))
}

/// The SBAs, each with one of its pools, of which `bad` holds.
fn associations(t: &Topology, bad: impl Fn(&Sba, &Pool) -> bool) -> Vec<String> {
    let each = |s| registrars(t, s).into_iter().map(move |p| (s, p));
    let all = t.sbas.iter().flat_map(each);
    all.filter(|(s, p)| bad(s, p)).map(|(s, p)| two(&s.fqdn, &p.fqdn)).collect()
}

/// A 2013 SBA can't be associated with a 2010 pool. [JJ721896]
fn sba_newer_than_registrar(t: &Topology) -> Vec<String> {
    sba_versions(t, |sba, pool| sba > Lync2010 && pool == Lync2010)
}

/// 2019 knows SBAs of 2015; no SBA that is newer than its pool is documented. [system requirements]
fn sba_version_not_documented(t: &Topology) -> Vec<String> {
    sba_versions(t, |sba, pool| {
        (sba < Sfb2015 && pool >= Sfb2019) || (sba > pool && pool > Lync2010)
    })
}

/// An SBA is associated with a pool in the central site of its branch. [supported topologies]
fn sba_registrar_in_other_site(t: &Topology) -> Vec<String> {
    associations(t, |s, p| {
        let branch = site(t, &s.site).filter(|site| is_branch(site));
        let central = branch.and_then(|branch| central_site(t, branch));
        known_and_different(site_name(t, &p.site), central.map(|site| site.name.as_str()))
    })
}

/// Up to two Survivable Branch Appliances at a branch site, as documented since 2013. [branch-site
/// resiliency]
fn too_many_sbas(t: &Topology) -> Vec<String> {
    let over = |branch: &&Site| {
        let modern = |s: &&Sba| s.kind != Some("server") && version(t, s.version) >= Some(Lync2013);
        let here = t.sbas.iter().filter(|s| s.site.as_ref() == Some(&branch.name));
        here.filter(modern).count() > 2
    };
    let branches = t.sites.iter().filter(|site| is_branch(site));
    branches.filter(over).map(|site| site.name.clone()).collect()
}

/// SBAs stand in branch sites. [sites]
fn sba_outside_branch_site(t: &Topology) -> Vec<String> {
    sbas(t, |s| site(t, &s.site).is_some_and(|site| !is_branch(site)))
}

/// Each branch site is associated with one central site. A dangling name is `unknown-central-site`.
/// [sites]
//
/// What it names is judged by other rules.
fn branch_without_central_site(t: &Topology) -> Vec<String> {
    let alone = |branch: &&Site| is_branch(branch) && branch.central_site.is_none();
    t.sites.iter().filter(alone).map(|site| site.name.clone()).collect()
}

/// A central site has at least one Front End pool or Standard Edition server. A pool of unknown site
/// may be it; so may be one that the topology does not have, if it has none. [sites]
fn central_site_without_pool(t: &Topology) -> Vec<String> {
    let sites: Vec<_> = front_ends(t).iter().map(|p| site_name(t, &p.site)).collect();
    if sites.is_empty() || sites.contains(&None) {
        return Vec::new();
    }
    let is_bare = |site: &&Site| !is_branch(site) && !sites.contains(&Some(site.name.as_str()));
    t.sites.iter().filter(is_bare).map(|site| site.name.clone()).collect()
}

/// A Survivable Branch Appliance is for up to 1,000 users, a server for up to 5,000. [branch-site
/// resiliency requirements, sites]
fn sba_too_many_users(t: &Topology) -> Vec<String> {
    let most = |s: &Sba| if s.kind == Some("server") { 5000 } else { 1000 };
    sbas(t, |s| users(t, &s.fqdn) > most(s))
}

/// Branch users register with the Registrar at the branch site, if it has one. [Gg412772]
fn branch_users_homed_on_pool(t: &Topology) -> Vec<String> {
    let has_sba = |location: &Site| t.sbas.iter().any(|s| s.site.as_ref() == Some(&location.name));
    let away = |group: &&Group| {
        matches!(home(t, group), Named::FrontEnd(_))
            && site(t, &group.location).is_some_and(|site| is_branch(site) && has_sba(site))
    };
    t.groups.iter().filter(away).map(|group| group.name.clone()).collect()
}

// ---- Central Management ------------------------------------------------------------------------

/// The pool of the active Central Management store, where it is a Front End pool of 2013 or later.
fn management_pool(t: &Topology) -> Option<&Pool> {
    match named(t, t.management.as_ref()?.active.as_ref()?) {
        Named::FrontEnd(pool) if is_modern(t, pool) => Some(pool),
        _ => None,
    }
}

/// The pool of the standby, where it is a Front End pool.
fn standby_pool(t: &Topology) -> Option<&Pool> {
    match named(t, t.management.as_ref()?.standby.as_ref()?) {
        Named::FrontEnd(pool) => Some(pool),
        _ => None,
    }
}

/// On a pool without a partner the Central Management store has no standby. If one is said to be
/// somewhere else, that is the finding. [JJ205376]
fn unpaired_central_management(t: &Topology) -> Vec<String> {
    let is_alone =
        |pool: &&Pool| pool.backups.is_empty() && !t.pools.iter().any(|q| tied(t, pool, q));
    let alone = management_pool(t).filter(is_alone).filter(|_| standby_pool(t).is_none());
    alone.map(|pool| pool.fqdn.clone()).into_iter().collect()
}

/// The standby is in the partner of the pool that has the active store. A backup of either pool that
/// is misnamed may be the other one. [JJ205376]
fn central_management_standby_not_partner(t: &Topology) -> Vec<String> {
    let is_misnamed = |p: &Pool| {
        let is_other = |name: &String| *name != p.fqdn && !is_no_front_end(t, name);
        p.backups.iter().any(|name| is_nothing(t, name) || !is_other(name))
    };
    match (management_pool(t), standby_pool(t)) {
        (Some(p), Some(q)) if !tied(t, p, q) && !is_misnamed(p) && !is_misnamed(q) => {
            vec![two(&p.fqdn, &q.fqdn)]
        }
        _ => Vec::new(),
    }
}

/// Both are in Front End pools. [JJ205376]
fn central_management_not_on_front_end_pool(t: &Topology) -> Vec<String> {
    links(stores(t), |name| is_no_front_end(t, name))
}

// ---- Claims of recovery ------------------------------------------------------------------------

/// Disaster recovery is not extended to users homed on an SBA: they stay in resiliency mode. [JJ205033]
fn dr_claimed_for_sba_users(t: &Topology) -> Vec<String> {
    promises(t, |c, group| is_full(c) && matches!(home(t, group), Named::Sba))
}

/// Whether the pool has a partner to fail over to, as far as is known. The pair must be sound: both
/// 2013 or later, of one version, each the only partner of the other. A version that is unknown may
/// be the right one. [Invoke-CsPoolFailOver, upgrade]
fn may_fail_over(t: &Topology, p: &Pool) -> bool {
    let own = version(t, p.version);
    let fits = |q: &Pool| {
        let other = version(t, q.version);
        !known_and_different(own, other) && other != Some(Lync2010)
    };
    own != Some(Lync2010) && t.pools.iter().any(|q| only_each_other(t, p, q) && fits(q))
}

/// A pool can be failed over only if it has a backup pool. [Invoke-CsPoolFailOver]
fn dr_claimed_for_unpaired_pool(t: &Topology) -> Vec<String> {
    let unsound = |p: &Pool| version(t, p.version) != Some(Lync2010) && !may_fail_over(t, p);
    let bad = |group: &Group| matches!(home(t, group), Named::FrontEnd(p) if unsound(p));
    promises(t, |c, group| is_full(c) && bad(group))
}

/// Failover and failback of a pool are always manual. [JJ204773]
fn dr_claimed_automatic(t: &Topology) -> Vec<String> {
    claims(t, |c| is_full(c) && c.invocation == Some("automatic"))
}

/// Lync Server 2010 has no pool failover, only voice resiliency. [Invoke-CsPoolFailOver]
fn dr_claimed_on_lync_2010(t: &Topology) -> Vec<String> {
    let old = |p: &Pool| version(t, p.version) == Some(Lync2010);
    let bad = |group: &Group| matches!(home(t, group), Named::FrontEnd(p) if old(p));
    promises(t, |c, group| is_full(c) && bad(group))
}

/// A pool that is the next hop of an Edge pool can't be failed over before that is changed. [JJ204678]
fn dr_edge_next_hop_blocks_failover(t: &Topology) -> Vec<String> {
    let promised = promised_pools(t);
    let blocks = |hop: &str| promised.iter().any(|p| p.fqdn == hop && may_fail_over(t, p));
    let edges = next_hops(t).into_iter().filter(|(_, hop)| blocks(hop));
    edges.map(|(edge, _)| edge.to_owned()).collect()
}

/// What pool failover does not cover. [JJ205184, the backup prerequisites of the ABC procedure]
fn dr_service_not_covered(t: &Topology) -> Vec<String> {
    let uncovered = [
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
    claims(t, |c| is_full(c) && c.services.iter().any(|service| uncovered.contains(service)))
}

/// Whether a full claim promises less than the target of a pool whose users it covers: the first
/// number for 2013, the second from 2015 on.
fn is_below_target(
    t: &Topology,
    claim: &Claim,
    promised: Option<i64>,
    targets: (i64, i64),
) -> bool {
    let below = |pool: &&Pool| match (promised, version(t, pool.version)) {
        (None, _) | (_, None | Some(Lync2010)) => false,
        (Some(promised), Some(Lync2013)) => promised < targets.0,
        (Some(promised), Some(_)) => promised < targets.1,
    };
    is_full(claim) && covered_pools(t, claim).iter().any(below)
}

/// Engineering target for the recovery time: 30 minutes (2013), 15 (later). [JJ205079]
fn dr_rto_below_target(t: &Topology) -> Vec<String> {
    claims(t, |c| is_below_target(t, c, c.rto, (30, 15)))
}

/// Engineering target for the recovery point: 30 minutes (2013), 5 (later). [JJ205079]
fn dr_rpo_below_target(t: &Topology) -> Vec<String> {
    claims(t, |c| is_below_target(t, c, c.rpo, (30, 5)))
}

/// For disaster recovery there are Edge pools at separate sites. [Edge Server disaster recovery]
fn dr_single_edge_site(t: &Topology) -> Vec<String> {
    let sites: BTreeSet<_> = t.edges.iter().map(|edge| site_name(t, &edge.site)).collect();
    let is_single = sites.len() == 1 && !promised_pools(t).is_empty();
    sites.into_iter().filter(|_| is_single).flatten().map(str::to_owned).collect()
}

/// Voice survives through a backup registrar only, which takes over by itself or, if the claim says
/// so, by hand. [Gg398347, Set-CsRegistrar]
fn voice_resiliency_without_backup(t: &Topology) -> Vec<String> {
    let is_off = |p: &Pool| p.automatic_failover == Some(false) && is_backed(t, p);
    promises(t, |c, group| {
        let by_itself = c.invocation != Some("manual");
        let alone = |p: &Pool| p.backups.is_empty() || (by_itself && is_off(p));
        c.level == Some("voice") && matches!(home(t, group), Named::FrontEnd(p) if alone(p))
    })
}

// ---- References --------------------------------------------------------------------------------

/// Users are homed on a pool or an SBA of the topology.
fn unknown_home(t: &Topology) -> Vec<String> {
    links(homes(t), |name| is_nothing(t, name))
}

/// ... and not on an Edge pool.
fn home_not_pool_or_sba(t: &Topology) -> Vec<String> {
    links(homes(t), |name| matches!(named(t, name), Named::Edge))
}

/// Directors home no users. [overview of the Director]
fn users_on_director(t: &Topology) -> Vec<String> {
    links(homes(t), |name| matches!(named(t, name), Named::Director))
}

/// The next hop of an Edge pool is in the topology.
fn unknown_next_hop(t: &Topology) -> Vec<String> {
    links(next_hops(t), |name| is_nothing(t, name))
}

/// ... and is a Front End pool or a Director pool.
fn next_hop_not_pool(t: &Topology) -> Vec<String> {
    links(next_hops(t), |name| matches!(named(t, name), Named::Sba | Named::Edge))
}

/// The pools of the Central Management store are in the topology.
fn unknown_central_management_pool(t: &Topology) -> Vec<String> {
    links(stores(t), |name| is_nothing(t, name))
}

fn is_no_site(t: &Topology, name: &str) -> bool {
    t.sites.iter().all(|site| site.name != name)
}

/// Pools, SBAs, Edge pools and groups name sites of the topology.
fn unknown_site(t: &Topology) -> Vec<String> {
    let pools = t.pools.iter().map(|pool| (&pool.fqdn, &pool.site));
    let sbas = t.sbas.iter().map(|sba| (&sba.fqdn, &sba.site));
    let edges = t.edges.iter().map(|edge| (&edge.fqdn, &edge.site));
    let groups = t.groups.iter().map(|group| (&group.name, &group.location));
    let all = pools.chain(sbas).chain(edges).chain(groups);
    let all = all.filter_map(|(owner, name)| link(owner, name)).collect();
    links(all, |name| is_no_site(t, name))
}

fn central_sites(t: &Topology) -> Links<'_> {
    t.sites.iter().filter_map(|site| link(&site.name, &site.central_site)).collect()
}

/// A branch names a central site of the topology.
fn unknown_central_site(t: &Topology) -> Vec<String> {
    links(central_sites(t), |name| is_no_site(t, name))
}

/// ... and no branch site. [sites]
fn central_site_not_central(t: &Topology) -> Vec<String> {
    let is_branch = |name: &str| t.sites.iter().any(|site| site.name == name && is_branch(site));
    links(central_sites(t), is_branch)
}

/// A claim covers groups of the topology.
fn unknown_group_in_claim(t: &Topology) -> Vec<String> {
    let all = t.claims.iter().flat_map(|claim| each(&claim.name, &claim.covers)).collect();
    links(all, |name| t.groups.iter().all(|group| group.name != name))
}

/// Without a version, the rules about versions can't judge.
fn unknown_version(t: &Topology) -> Vec<String> {
    let pools = t.pools.iter().map(|pool| (&pool.fqdn, pool.version));
    let sbas = t.sbas.iter().map(|sba| (&sba.fqdn, sba.version));
    let silent = pools.chain(sbas).filter(|(_, own)| version(t, *own).is_none());
    silent.map(|(fqdn, _)| fqdn.clone()).collect()
}
