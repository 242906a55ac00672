//! Rules and simulation prove each other: a claim of full service is flagged exactly where some single
//! failure of a pool, with its failover finished, leaves the group without it.

mod common;
#[allow(dead_code, reason = "another test uses more of it")]
#[path = "oracle/random.rs"]
mod random;

use common::check_texts;
use lynt::rules::Rules;
use lynt::simulate::{Scenario, Simulator};
use lynt::source::Sources;
use lynt::topology;
use random::Random;
use std::collections::BTreeSet;
use std::fmt::Write;

/// A topology of a few Front End pools and SBAs, versions known, in which pools mostly come in pairs.
fn random_topology(random: &mut Random) -> String {
    let versions = ["lync-2010", "lync-2013", "sfb-2015", "sfb-2015", "sfb-2019"];
    let pools = 1 + random.below(5);
    let sbas = random.below(4);
    let mut toml = String::new();
    let default = versions[random.below(versions.len())];
    for pool in 0..pools {
        let version = if random.below(4) == 0 { versions[random.below(5)] } else { default };
        let mut backups = Vec::new();
        if random.below(5) != 0 {
            backups.push(format!(
                "p{}.x",
                if random.below(4) == 0 { random.below(pools) } else { pool ^ 1 }
            ));
        }
        if random.below(8) == 0 {
            backups.push(["p0.x", "s0.x", "gone.x"][random.below(3)].to_owned());
        }
        writeln!(toml, "[[pool]]\nfqdn = \"p{pool}.x\"\nversion = \"{version}\"").expect("memory");
        writeln!(toml, "backup-registrar = {backups:?}").expect("memory");
        if random.below(3) == 0 {
            writeln!(toml, "automatic-failover = {}", random.below(2) == 0).expect("memory");
        }
    }
    for sba in 0..sbas {
        writeln!(toml, "[[sba]]\nfqdn = \"s{sba}.x\"\nversion = \"{default}\"").expect("memory");
        if random.below(6) != 0 {
            writeln!(toml, "backup-registrar = \"p{}.x\"", random.below(pools)).expect("memory");
        }
    }
    if random.below(2) == 0 {
        writeln!(toml, "[central-management]\nactive = \"p0.x\"").expect("memory");
        writeln!(toml, "[[edge-pool]]\nfqdn = \"e.x\"\nnext-hop = \"p0.x\"").expect("memory");
    }
    let groups = 1 + random.below(4);
    for group in 0..groups {
        let home = random.below(pools + sbas);
        let home = if home < pools { format!("p{home}.x") } else { format!("s{}.x", home - pools) };
        writeln!(toml, "[[user-group]]\nname = \"g{group}\"\nhome = \"{home}\"").expect("memory");
    }
    let covered: Vec<String> =
        (0..groups).filter(|_| random.below(4) != 0).map(|group| format!("g{group}")).collect();
    writeln!(toml, "[[disaster-recovery]]\nname = \"c\"\nservice-level = \"full\"")
        .expect("memory");
    writeln!(toml, "covers = {covered:?}").expect("memory");
    toml
}

/// Groups that the claim rules say are promised too much.
fn flagged(rules: &Rules, toml: &str) -> BTreeSet<String> {
    let claims =
        ["dr-claimed-for-sba-users", "dr-claimed-for-unpaired-pool", "dr-claimed-on-lync-2010"];
    let checked = check_texts(rules, &[("t.toml", toml)]);
    assert_eq!(checked.outcome.problems, [], "{toml}");
    let findings = checked.outcome.findings.iter();
    findings
        .filter(|finding| claims.contains(&finding.rule.as_str()))
        .filter_map(|finding| finding.id.split_once(":c,").map(|(_, group)| group.to_owned()))
        .collect()
}

/// Covered groups that some single failure, or none, leaves without all services.
fn left_without(rules: &Rules, toml: &str) -> BTreeSet<String> {
    let mut sources = Sources::default();
    let file = sources.add("t.toml", toml);
    let topology = topology::parse(&rules.set.program, &sources, &[file]).expect("it is right");
    let mut simulator = Simulator::new(rules, topology).expect("within the limits");
    let modes = simulator.modes().to_vec();
    let covered = toml.rsplit("covers = ").next().expect("a claim");
    let pools = simulator.single_failures().into_iter().filter(|(kind, _)| *kind == "pool");
    let failures: Vec<Option<String>> =
        std::iter::once(None).chain(pools.map(|(_, pool)| Some(pool))).collect();
    let mut without = BTreeSet::new();
    for failure in failures {
        let scenario = Scenario {
            down: failure.into_iter().collect(),
            failed_over: vec!["all".to_owned()],
            central_management_moved: true,
            next_hops_moved: vec!["all".to_owned()],
            ..Scenario::default()
        };
        let simulated = simulator.run(&scenario).expect("the scenario is right");
        for group in simulated.groups {
            let mode = group.mode.map(|mode| modes[mode as usize].as_str());
            let all_services = matches!(mode, Some("normal" | "failed-over"));
            if !all_services && covered.contains(&format!("\"{}\"", group.name)) {
                without.insert(group.name);
            }
        }
    }
    without
}

#[test]
fn a_claim_is_flagged_exactly_where_a_failure_breaks_it() {
    let rules = Rules::shipped();
    let topologies = if cfg!(debug_assertions) { 1_000 } else { 10_000 };
    let mut random = Random::new(20_131);
    let (mut broken, mut kept) = (0, 0);
    for _ in 0..topologies {
        let toml = random_topology(&mut random);
        let (flagged, without) = (flagged(&rules, &toml), left_without(&rules, &toml));
        assert_eq!(flagged, without, "flagged (left) and broken by a failure\n{toml}");
        broken += without.len();
        kept += usize::from(without.is_empty());
    }
    println!(
        "{topologies} topologies: {broken} promises broken, {kept} topologies keep all of theirs"
    );
    assert!(broken > topologies / 2 && kept > topologies / 20);
}

/// Every group with a home has exactly one outcome, whatever is down.
#[test]
fn every_group_has_exactly_one_outcome() {
    let rules = Rules::shipped();
    let mut random = Random::new(7);
    for _ in 0..200 {
        let toml = random_topology(&mut random);
        let mut sources = Sources::default();
        let file = sources.add("t.toml", toml.as_str());
        let topology = topology::parse(&rules.set.program, &sources, &[file]).expect("it is right");
        let mut simulator = Simulator::new(&rules, topology).expect("within the limits");
        let names: Vec<String> =
            simulator.single_failures().into_iter().map(|(_, name)| name).collect();
        for early in [false, true] {
            let down = names.iter().filter(|_| random.below(3) == 0).cloned().collect();
            let scenario = Scenario { down, early, ..Scenario::default() };
            let outcomes = simulator.outcomes_of(&scenario).expect("the scenario is right");
            assert!(outcomes.iter().all(|count| *count == 1), "{outcomes:?} {scenario:?}\n{toml}");
        }
    }
}
