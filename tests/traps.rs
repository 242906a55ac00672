//! The 23 traps of the product's documentation, each a test with its number.

mod common;

use common::{Checked, check_texts};
use lynt::import::import;
use lynt::rules::Rules;
use lynt::simulate::{Scenario, Simulator};
use lynt::source::{Severity, Sources};
use lynt::topology;

/// A topology whose pools are given as (name, version, backup registrars as TOML).
fn pools(rows: &[(&str, &str, &str)]) -> String {
    let mut text = String::new();
    for (name, version, backup) in rows {
        text.push_str(&format!(
            "[[pool]]\nfqdn = \"{name}.contoso.com\"\nversion = \"{version}\"\n"
        ));
        if !backup.is_empty() {
            text.push_str(&format!("backup-registrar = {backup}\n"));
        }
    }
    text
}

fn check_one(text: &str) -> Checked {
    let checked = check_texts(&Rules::shipped(), &[("t.toml", text)]);
    assert_eq!(checked.outcome.problems, []);
    checked
}

/// The ids of all findings, such as `asymmetric-backup:p1.contoso.com,p2.contoso.com`, without the domain.
fn ids(checked: &Checked) -> Vec<String> {
    let mut ids: Vec<String> = checked
        .outcome
        .findings
        .iter()
        .map(|finding| finding.id.replace(".contoso.com", ""))
        .collect();
    ids.sort();
    ids
}

#[test]
fn trap_1_any_number_of_sbas_may_name_one_pool() {
    let mut text = pools(&[
        ("p1", "sfb-2015", "\"p2.contoso.com\""),
        ("p2", "sfb-2015", "\"p1.contoso.com\""),
    ]);
    for sba in 0..50 {
        text.push_str(&format!(
            "[[sba]]\nfqdn = \"s{sba}.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p1.contoso.com\"\n"
        ));
    }
    assert_eq!(ids(&check_one(&text)), [""; 0]);
}

#[test]
fn trap_2_lync_2010_semantics_end_where_either_end_is_2013_or_later() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("fan-in between 2010 pools is fine", "lync-2010", "lync-2010", &[]),
        (
            "a hub of 2013 may back up no other pool",
            "lync-2010",
            "lync-2013",
            &[
                "asymmetric-backup:p1,hub",
                "asymmetric-backup:p2,hub",
                "mixed-version-pair:hub,p1",
                "mixed-version-pair:hub,p2",
                "multiple-partners:hub",
            ],
        ),
        (
            "spokes of 2013 must be named back",
            "lync-2013",
            "lync-2010",
            &[
                "asymmetric-backup:p1,hub",
                "asymmetric-backup:p2,hub",
                "mixed-version-pair:hub,p1",
                "mixed-version-pair:hub,p2",
                "multiple-partners:hub",
            ],
        ),
    ];
    for (reason, spokes, hub, expected) in cases {
        let text = pools(&[
            ("p1", spokes, "\"hub.contoso.com\""),
            ("p2", spokes, "\"hub.contoso.com\""),
            ("hub", hub, ""),
        ]);
        assert_eq!(ids(&check_one(&text)), *expected, "{reason}");
    }
}

#[test]
fn trap_3_a_pool_that_names_itself_is_only_that() {
    let text = pools(&[("p1", "sfb-2015", "\"P1.contoso.com.\"")]);
    assert_eq!(ids(&check_one(&text)), ["self-backup:p1"]);
}

#[test]
fn trap_4_a_dangling_name_is_only_unknown() {
    let text = pools(&[("p1", "sfb-2015", "\"gone.contoso.com\"")]);
    assert_eq!(ids(&check_one(&text)), ["unknown-backup:p1,gone"]);
    // The partner names it back under its right name: still one cause.
    let text = pools(&[
        ("p1", "sfb-2015", "\"gone.contoso.com\""),
        ("p2", "sfb-2015", "\"p1.contoso.com\""),
    ]);
    assert_eq!(ids(&check_one(&text)), ["unknown-backup:p1,gone"]);
}

#[test]
fn trap_5_one_finding_a_pool_and_no_pair_twice() {
    let text = pools(&[
        ("p1", "sfb-2015", "\"p2.contoso.com\""),
        ("p2", "sfb-2015", "\"p3.contoso.com\""),
        ("p3", "sfb-2015", "\"p2.contoso.com\""),
    ]);
    let checked = check_one(&text);
    assert_eq!(ids(&checked), ["asymmetric-backup:p1,p2", "multiple-partners:p2"]);
    let message =
        checked.outcome.findings.iter().find(|finding| finding.rule == "multiple-partners");
    let message = &message.expect("it was found").message;
    assert!(message.contains("p1.contoso.com and p3.contoso.com"), "{message}");
    // An array of names is what the product forbids, written down.
    let text = pools(&[
        ("p1", "sfb-2015", "[\"p2.contoso.com\", \"p3.contoso.com\"]"),
        ("p2", "sfb-2015", "\"p1.contoso.com\""),
        ("p3", "sfb-2015", "\"p1.contoso.com\""),
    ]);
    assert_eq!(ids(&check_one(&text)), ["multiple-partners:p1"]);
}

#[test]
fn trap_7_a_target_of_the_wrong_role_is_only_that() {
    let rest = "[[sba]]\nfqdn = \"s1.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p0.contoso.com\"\n\
        [[edge-pool]]\nfqdn = \"e1.contoso.com\"\n\
        [[pool]]\nfqdn = \"d1.contoso.com\"\nrole = \"director\"\nversion = \"sfb-2015\"\n\
        [[pool]]\nfqdn = \"p0.contoso.com\"\nversion = \"sfb-2015\"\n";
    for target in ["s1", "e1", "d1"] {
        let text = pools(&[("p1", "sfb-2015", &format!("\"{target}.contoso.com\""))]) + rest;
        assert_eq!(ids(&check_one(&text)), [format!("backup-not-front-end-pool:p1,{target}")]);
        let text = format!(
            "[[sba]]\nfqdn = \"s2.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"{target}.contoso.com\"\n{rest}"
        );
        assert_eq!(
            ids(&check_one(&text)),
            [format!("sba-registrar-not-front-end-pool:s2,{target}")]
        );
    }
}

#[test]
fn trap_8_an_sba_whose_pool_is_unpaired_is_no_violation() {
    let text = pools(&[("p1", "sfb-2015", "")])
        + "[[sba]]\nfqdn = \"s1.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p1.contoso.com\"\n";
    assert_eq!(ids(&check_one(&text)), [""; 0]);
}

/// What is absent is unknown, never different; and a rule that names a text which the topology does
/// not have still works.
#[test]
fn an_sba_alone_has_no_registrar() {
    let text = "[[sba]]\nfqdn = \"s1.contoso.com\"\nversion = \"sfb-2015\"\n";
    assert_eq!(ids(&check_one(text)), ["sba-without-registrar:s1"]);
    let text = pools(&[("p1", "sfb-2015", "\"p2.contoso.com\""), ("p2", "sfb-2015", "")])
        .replace("version = \"sfb-2015\"\n", "");
    assert_eq!(ids(&check_one(&text)), ["unknown-version:p1", "unknown-version:p2"]);
}

/// The mode of the only user group in a scenario.
fn mode(toml: &str, scenario: &Scenario) -> String {
    let rules = Rules::shipped();
    let mut sources = Sources::default();
    let file = sources.add("t.toml", toml);
    let topology = topology::parse(&rules.set.program, &sources, &[file]).expect("it is right");
    let mut simulator = Simulator::new(&rules, topology).expect("within the limits");
    let modes = simulator.modes().to_vec();
    let simulated = simulator.run(scenario).expect("the scenario is right");
    simulated.groups[0].mode.map_or("unknown".to_owned(), |mode| modes[mode as usize].clone())
}

/// The ids of rules that found something.
fn rules_of(checked: &Checked) -> Vec<&str> {
    let mut rules: Vec<&str> =
        checked.outcome.findings.iter().map(|finding| finding.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

const PAIR: &str = "[[pool]]\nfqdn = \"p1.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p2.contoso.com\"\n\
    [[pool]]\nfqdn = \"p2.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p1.contoso.com\"\n";

#[test]
fn trap_6_what_is_absent_is_unknown_and_not_different() {
    for key in [
        "operating-system = \"Windows Server 2012 R2\"",
        "hosting = \"virtual\"",
        "edition = \"standard\"",
        "file-store = \"x\"",
    ] {
        let text = PAIR.replacen("version", &format!("{key}\nversion"), 1);
        assert_eq!(ids(&check_one(&text)), [""; 0], "{key}");
    }
}

#[test]
fn trap_9_failing_over_a_pool_does_not_help_users_of_its_sbas() {
    let toml = format!(
        "{PAIR}[[sba]]\nfqdn = \"s.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p1.contoso.com\"\n\
         [[user-group]]\nname = \"g\"\nhome = \"s.contoso.com\"\n"
    );
    let down = vec!["p1.contoso.com".to_owned()];
    for failed_over in [vec![], down.clone()] {
        let scenario = Scenario { down: down.clone(), failed_over, ..Scenario::default() };
        assert_eq!(mode(&toml, &scenario), "resiliency");
    }
    let both = vec!["s.contoso.com".to_owned(), "p1.contoso.com".to_owned()];
    let scenario = Scenario { down: both, failed_over: down, ..Scenario::default() };
    assert_eq!(mode(&toml, &scenario), "offline", "the partner is not the SBA's backup");
}

#[test]
fn trap_10_an_sba_may_be_older_than_its_pool_but_not_newer() {
    let case = |sba: &str, pool: &str| {
        let text = format!(
            "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"{pool}\"\n\
             [[sba]]\nfqdn = \"s.contoso.com\"\nversion = \"{sba}\"\nbackup-registrar = \"p.contoso.com\"\n"
        );
        rules_of(&check_one(&text)).join(" ")
    };
    assert_eq!(case("lync-2010", "lync-2013"), "");
    assert_eq!(case("lync-2010", "sfb-2015"), "");
    assert_eq!(case("lync-2013", "lync-2010"), "sba-newer-than-registrar");
    assert_eq!(case("sfb-2015", "lync-2013"), "sba-version-not-documented");
    assert_eq!(case("lync-2013", "sfb-2019"), "sba-version-not-documented");
}

#[test]
fn trap_11_two_sbas_at_a_branch_are_fine_three_are_not_documented() {
    for (sbas, expected) in [(1, ""), (2, ""), (3, "too-many-sbas")] {
        let mut text = format!(
            "[[site]]\nname = \"C\"\n[[site]]\nname = \"B\"\nkind = \"branch\"\ncentral-site = \"C\"\n{}",
            PAIR.replace("version", "site = \"C\"\nversion")
        );
        for sba in 0..sbas {
            text.push_str(&format!(
                "[[sba]]\nfqdn = \"s{sba}.contoso.com\"\nsite = \"B\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p1.contoso.com\"\n"
            ));
        }
        let checked = check_one(&text);
        let found: Vec<_> =
            rules_of(&checked).into_iter().filter(|rule| *rule != "same-site-pair").collect();
        assert_eq!(found.join(" "), expected, "{sbas} SBAs");
    }
}

#[test]
fn trap_12_limits_of_the_planning_tool_are_no_limits_of_the_product() {
    let mut text = String::new();
    for site in 0..12 {
        text.push_str(&format!(
            "[[site]]\nname = \"c{site}\"\n[[pool]]\nfqdn = \"p{site}.contoso.com\"\nsite = \"c{site}\"\n\
             version = \"sfb-2015\"\nbackup-registrar = \"p{}.contoso.com\"\n\
             [[user-group]]\nname = \"g{site}\"\nhome = \"p{site}.contoso.com\"\nusers = 30000\n",
            site ^ 1
        ));
    }
    for site in 0..20 {
        text.push_str(&format!(
            "[[site]]\nname = \"b{site}\"\nkind = \"branch\"\ncentral-site = \"c0\"\n"
        ));
    }
    assert_eq!(ids(&check_one(&text)), [""; 0]);
}

#[test]
fn trap_13_branch_users_make_a_warning_at_most() {
    for kind in ["appliance", "server"] {
        let text = format!(
            "{PAIR}[[sba]]\nfqdn = \"s.contoso.com\"\nkind = \"{kind}\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p1.contoso.com\"\n\
             [[user-group]]\nname = \"g\"\nhome = \"s.contoso.com\"\nusers = 9000\n"
        );
        let checked = check_one(&text);
        let of_sba = |finding: &&lynt::violation::Finding| finding.rule == "sba-too-many-users";
        let severities: Vec<_> = checked
            .outcome
            .findings
            .iter()
            .filter(of_sba)
            .map(|finding| finding.severity)
            .collect();
        assert_eq!(severities, [Severity::Warning], "{kind}");
    }
}

#[test]
fn trap_14_a_pair_in_one_site_is_a_warning() {
    let text =
        format!("[[site]]\nname = \"S\"\n{}", PAIR.replace("version", "site = \"S\"\nversion"));
    let checked = check_one(&text);
    assert_eq!(rules_of(&checked), ["same-site-pair"]);
    assert_eq!(checked.outcome.findings[0].severity, Severity::Warning);
}

#[test]
fn trap_15_automatic_failover_is_voice_and_does_not_stop_a_pool_failover() {
    let toml = format!(
        "{}[[user-group]]\nname = \"g\"\nhome = \"p1.contoso.com\"\n",
        PAIR.replacen("version", "automatic-failover = false\nversion", 1)
    );
    let down = vec!["p1.contoso.com".to_owned()];
    let before = Scenario { down: down.clone(), ..Scenario::default() };
    assert_eq!(mode(&toml, &before), "offline");
    assert_eq!(mode(&toml, &Scenario { failed_over: down, ..before }), "failed-over");
    assert_eq!(rules_of(&check_one(&toml)), ["automatic-failover-off"]);
}

#[test]
fn trap_16_two_front_ends() {
    let cases = [
        ("sfb-2015", "", "enterprise-pool-too-small"),
        ("lync-2013", "", "enterprise-pool-too-small"),
        ("sfb-2019", "", "two-front-ends-unsupported"),
        ("sfb-2015", "purpose = \"large-meetings\"", ""),
        ("sfb-2019", "purpose = \"large-meetings\"", "two-front-ends-unsupported"),
    ];
    for (version, purpose, expected) in cases {
        let text = PAIR.replace("sfb-2015", version).replacen(
            "version",
            &format!("edition = \"enterprise\"\nfront-end-servers = 2\n{purpose}\nversion"),
            1,
        );
        assert_eq!(rules_of(&check_one(&text)).join(" "), expected, "{version} {purpose}");
    }
}

#[test]
fn trap_17_sba_users_count_to_their_pool_but_not_to_its_partner() {
    let text = |homed: u32, on_sba: u32| {
        format!(
            "{}[[sba]]\nfqdn = \"s.contoso.com\"\nkind = \"server\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p1.contoso.com\"\n\
             [[user-group]]\nname = \"g\"\nhome = \"p1.contoso.com\"\nusers = {homed}\n\
             [[user-group]]\nname = \"b\"\nhome = \"s.contoso.com\"\nusers = {on_sba}\n",
            PAIR.replace("version", "capacity = 2500\nversion")
        )
    };
    assert_eq!(rules_of(&check_one(&text(2400, 100))), [""; 0]);
    assert_eq!(ids(&check_one(&text(2400, 101))), ["pool-over-capacity:p1"]);
    // After a failover p2 serves those 2,500, and none of the SBA's.
    assert_eq!(rules_of(&check_one(&text(2500, 0))), [""; 0]);
}

#[test]
fn trap_18_an_export_can_not_tell_2019_from_subscription_edition() {
    let export = include_str!("../examples/litware/Topology.xml");
    let export = export.replace("ServiceVersion=\"7\"", "ServiceVersion=\"8\"");
    let imported = import(export.as_bytes()).expect("the export is right");
    assert!(imported.toml.contains("version = \"sfb-2019\""));
    assert!(
        imported.notes.iter().any(|note| note.message.contains("Subscription Edition")),
        "{:?}",
        imported.notes
    );
}

#[test]
fn trap_19_the_effective_minimum_is_90_seconds_and_defaults_are_fine() {
    let found = |interval: &str| {
        let text = PAIR.replacen("version", &format!("{interval}\nversion"), 1);
        rules_of(&check_one(&text)).join(" ")
    };
    assert_eq!(found(""), "");
    assert_eq!(found("failure-detection-interval = 89"), "failover-interval-too-short");
    assert_eq!(found("failure-detection-interval = 90"), "");
    assert_eq!(found("failure-detection-interval = \"5m\"\nfailback-detection-interval = 600"), "");
}

#[test]
fn trap_20_fqdns_are_compared_without_case_and_trailing_dot() {
    let text = PAIR.replace("\"p2.contoso.com\"\n[[pool]]", "\"P2.Contoso.com.\"\n[[pool]]");
    assert!(text.contains("P2.Contoso.com."));
    assert_eq!(ids(&check_one(&text)), [""; 0]);
}

#[test]
fn trap_21_a_director_has_no_backup_and_no_users_but_is_a_good_next_hop() {
    let director =
        "[[pool]]\nfqdn = \"d.contoso.com\"\nrole = \"director\"\nversion = \"sfb-2015\"\n";
    let edge = "[[edge-pool]]\nfqdn = \"e.contoso.com\"\nnext-hop = \"d.contoso.com\"\n";
    let claim = "[[user-group]]\nname = \"g\"\nhome = \"p1.contoso.com\"\n\
        [[disaster-recovery]]\nname = \"c\"\nservice-level = \"full\"\ncovers = [\"g\"]\n";
    assert_eq!(ids(&check_one(&format!("{PAIR}{director}{edge}{claim}"))), [""; 0]);
    let hop = edge.replace("d.contoso.com", "p1.contoso.com");
    assert_eq!(
        rules_of(&check_one(&format!("{PAIR}{director}{hop}{claim}"))),
        ["dr-edge-next-hop-blocks-failover"]
    );
    let backed = format!("{PAIR}{director}backup-registrar = \"p1.contoso.com\"\n");
    assert_eq!(rules_of(&check_one(&backed)), ["director-with-backup"]);
    let homed = format!("{PAIR}{director}[[user-group]]\nname = \"g\"\nhome = \"d.contoso.com\"\n");
    assert!(rules_of(&check_one(&homed)).contains(&"users-on-director"));
}

#[test]
fn trap_22_a_group_that_is_covered_twice_gives_one_finding_that_names_the_cause() {
    let text = "[[pool]]\nfqdn = \"p1.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p2.contoso.com\"\n\
        [[pool]]\nfqdn = \"p2.contoso.com\"\nversion = \"sfb-2015\"\n\
        [[user-group]]\nname = \"g\"\nhome = \"p1.contoso.com\"\n\
        [[disaster-recovery]]\nname = \"c\"\nservice-level = \"full\"\ncovers = [\"g\", \"g\"]\n";
    let checked = check_one(text);
    let claims: Vec<_> = checked
        .outcome
        .findings
        .iter()
        .filter(|finding| finding.rule == "dr-claimed-for-unpaired-pool")
        .collect();
    assert_eq!(claims.len(), 1);
    let said = format!("{:?} {:?}", claims[0].labels, claims[0].notes);
    assert!(said.contains("asymmetric-backup") || said.contains("does not name"), "{said}");
}

#[test]
fn trap_23_a_standby_follows_from_pairing_and_need_not_be_written() {
    let text = format!("{PAIR}[central-management]\nactive = \"p1.contoso.com\"\n");
    assert_eq!(ids(&check_one(&text)), [""; 0]);
}
