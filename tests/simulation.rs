//! The truth table of failures, one row a case, and the topology that the documentation of the table
//! walks through.

mod common;

use common::command::{Folder, lynt, run_cases, text};
use lynt::rules::Rules;
use lynt::simulate::{Scenario, Simulator};
use lynt::source::Sources;
use lynt::topology;

/// The modes of all groups, by group name.
fn modes(rules: &Rules, toml: &str, scenario: &Scenario) -> Vec<(String, String)> {
    let mut sources = Sources::default();
    let file = sources.add("t.toml", toml);
    let topology =
        topology::parse(&rules.set.program, &sources, &[file]).expect("the topology is right");
    let mut simulator = Simulator::new(rules, topology).expect("within the limits");
    let names = simulator.modes().to_vec();
    let simulated = simulator.run(scenario).expect("the scenario is right");
    let mode =
        |mode: Option<u32>| mode.map_or("unknown".to_owned(), |at| names[at as usize].clone());
    simulated.groups.into_iter().map(|group| (group.name, mode(group.mode))).collect()
}

fn list(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A pair of pools P and Q; `p` and `q` are further lines of each, `rest` other tables.
fn pair(version: &str, p: &str, q: &str, rest: &str) -> String {
    format!(
        "[[site]]\nname = \"Branch\"\nkind = \"branch\"\n\
         [[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"{version}\"\n{p}\n\
         [[pool]]\nfqdn = \"q.contoso.com\"\nversion = \"{version}\"\n{q}\n{rest}\n\
         [[user-group]]\nname = \"users\"\nhome = \"p.contoso.com\"\n"
    )
}

const P_NAMES_Q: &str = "backup-registrar = \"q.contoso.com\"";
const Q_NAMES_P: &str = "backup-registrar = \"p.contoso.com\"";

#[test]
fn a_group_homed_on_a_pool() {
    let rules = Rules::shipped();
    let sound = pair("sfb-2015", P_NAMES_Q, Q_NAMES_P, "");
    let off = pair("sfb-2015", &format!("{P_NAMES_Q}\nautomatic-failover = false"), Q_NAMES_P, "");
    let alone = pair("sfb-2015", "", "", "");
    let dangling = pair("sfb-2015", "backup-registrar = \"gone.contoso.com\"", "", "");
    let one_way = pair("sfb-2015", P_NAMES_Q, "", "");
    let old = pair("lync-2010", P_NAMES_Q, Q_NAMES_P, "");
    let mixed = sound.replacen("sfb-2015", "lync-2013", 1);
    let unknown = sound.replace("version = \"sfb-2015\"", "");
    let store = pair(
        "sfb-2015",
        P_NAMES_Q,
        Q_NAMES_P,
        "[central-management]\nactive = \"p.contoso.com\"\nstandby = \"q.contoso.com\"",
    );
    let edge = pair(
        "sfb-2015",
        P_NAMES_Q,
        Q_NAMES_P,
        "[[edge-pool]]\nfqdn = \"e.contoso.com\"\nnext-hop = \"p.contoso.com\"",
    );
    let three = pair(
        "sfb-2015",
        P_NAMES_Q,
        Q_NAMES_P,
        "[[pool]]\nfqdn = \"r.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"q.contoso.com\"",
    );
    let p = "p.contoso.com";
    let q = "q.contoso.com";
    let down = |names: &[&str]| Scenario { down: list(names), ..Scenario::default() };
    let early = |scenario: Scenario| Scenario { early: true, ..scenario };
    let asked = |scenario: Scenario| Scenario { failed_over: list(&[p]), ..scenario };
    let cases = [
        ("up", &sound, down(&[]), "normal"),
        ("the partner alone is down", &sound, down(&[q]), "normal"),
        ("down, no backup", &alone, down(&[p]), "offline"),
        ("down, unknown backup", &dangling, down(&[p]), "offline"),
        ("both down", &sound, down(&[p, q]), "offline"),
        ("both down, failover asked", &sound, asked(down(&[p, q])), "offline"),
        ("down, backup up, early", &sound, early(down(&[p])), "offline"),
        ("2010: down, backup up, early", &old, early(down(&[p])), "offline"),
        ("down, backup up, late, automatic (assumed)", &sound, down(&[p]), "resiliency"),
        ("2010: down, backup up, late", &old, down(&[p]), "resiliency"),
        ("down, backup up, late, automatic off", &off, down(&[p]), "offline"),
        ("one-way relation, late", &one_way, down(&[p]), "resiliency"),
        ("failover ended, sound pair", &sound, asked(down(&[p])), "failed-over"),
        (
            "failover ended before the interval passed",
            &sound,
            asked(early(down(&[p]))),
            "failed-over",
        ),
        ("failover ended, automatic off", &off, asked(down(&[p])), "failed-over"),
        ("2010: failover asked, no such cmdlet", &old, asked(down(&[p])), "resiliency"),
        ("failover asked, mixed versions", &mixed, asked(down(&[p])), "resiliency"),
        ("failover asked, versions unknown", &unknown, asked(down(&[p])), "resiliency"),
        ("failover asked, one-way relation", &one_way, asked(down(&[p])), "resiliency"),
        ("failover asked, a third pool is tied", &three, asked(down(&[p])), "resiliency"),
        ("failover asked, Central Management on the pool", &store, asked(down(&[p])), "resiliency"),
        (
            "Central Management failed over first",
            &store,
            Scenario { central_management_moved: true, ..asked(down(&[p])) },
            "failed-over",
        ),
        ("failover asked, the Edge's next hop is the pool", &edge, asked(down(&[p])), "resiliency"),
        ("the Edge pool is down too", &edge, asked(down(&[p, "e.contoso.com"])), "failed-over"),
        (
            "the Edge's next hop was changed",
            &edge,
            Scenario { next_hops_moved: list(&["e.contoso.com"]), ..asked(down(&[p])) },
            "failed-over",
        ),
        ("failed over although it is up", &sound, asked(down(&[])), "normal"),
    ];
    for (reason, toml, scenario, expected) in &cases {
        let found = modes(&rules, toml, scenario);
        assert_eq!(found, [("users".to_owned(), (*expected).to_owned())], "{reason}");
    }
}

#[test]
fn a_group_homed_on_an_sba() {
    let rules = Rules::shipped();
    let toml = |version: &str, sba: &str| {
        pair(
            version,
            P_NAMES_Q,
            Q_NAMES_P,
            &format!("[[sba]]\nfqdn = \"s.contoso.com\"\nsite = \"Branch\"\nversion = \"{version}\"\n{sba}"),
        )
        .replace("home = \"p.contoso.com\"", "home = \"s.contoso.com\"")
    };
    let registrar = "backup-registrar = \"p.contoso.com\"";
    let off = format!("{registrar}\nautomatic-failover = false");
    let (s, p, q) = ("s.contoso.com", "p.contoso.com", "q.contoso.com");
    /// Reason, lines of the SBA, what is down, WAN down, early, failed over, mode.
    type Case<'c> = (&'c str, &'c str, &'c [&'c str], bool, bool, bool, &'c str);
    let cases: &[Case<'_>] = &[
        ("all up", registrar, &[], false, false, false, "normal"),
        ("WAN down", registrar, &[], true, false, false, "resiliency"),
        ("pool down", registrar, &[p], false, false, false, "resiliency"),
        ("pool down, early", registrar, &[p], false, true, false, "resiliency"),
        ("pool down and failed over", registrar, &[p], false, false, true, "resiliency"),
        ("pool and partner down", registrar, &[p, q], false, false, false, "resiliency"),
        ("pool down, WAN down", registrar, &[p], true, false, true, "resiliency"),
        ("SBA down, early", registrar, &[s], false, true, false, "offline"),
        ("SBA down, late", registrar, &[s], false, false, false, "on-backup-registrar"),
        ("SBA down, automatic off", &off, &[s], false, false, false, "offline"),
        ("SBA down, WAN down", registrar, &[s], true, false, false, "offline"),
        ("SBA and pool down", registrar, &[s, p], false, false, false, "offline"),
        ("SBA and pool down, pool failed over", registrar, &[s, p], false, false, true, "offline"),
        ("no registrar", "", &[], false, false, false, "resiliency"),
        ("no registrar, SBA down", "", &[s], false, false, false, "offline"),
    ];
    for version in ["lync-2010", "sfb-2015"] {
        for (reason, sba, down, wan, early, failed_over, expected) in cases {
            let scenario = Scenario {
                down: list(down),
                wans_down: if *wan { list(&["Branch"]) } else { Vec::new() },
                early: *early,
                failed_over: if *failed_over { list(&[p]) } else { Vec::new() },
                ..Scenario::default()
            };
            let found = modes(&rules, &toml(version, sba), &scenario);
            assert_eq!(
                found,
                [("users".to_owned(), (*expected).to_owned())],
                "{version}: {reason}"
            );
        }
    }
}

const LONDON: &str = r#"
[deployment]
default-version = "sfb-2015"
[[site]]
name = "London"
[[site]]
name = "Amsterdam"
[[site]]
name = "Leeds"
kind = "branch"
central-site = "London"
[[site]]
name = "Cardiff"
kind = "branch"
central-site = "London"
[[pool]]
fqdn = "lon.contoso.com"
site = "London"
backup-registrar = "ams.contoso.com"
[[pool]]
fqdn = "ams.contoso.com"
site = "Amsterdam"
backup-registrar = "lon.contoso.com"
[[sba]]
fqdn = "leeds.contoso.com"
site = "Leeds"
backup-registrar = "lon.contoso.com"
[[sba]]
fqdn = "cardiff.contoso.com"
site = "Cardiff"
backup-registrar = "lon.contoso.com"
[[user-group]]
name = "amsterdam-office"
home = "ams.contoso.com"
location = "Amsterdam"
[[user-group]]
name = "cardiff"
home = "cardiff.contoso.com"
location = "Cardiff"
[[user-group]]
name = "leeds"
home = "leeds.contoso.com"
location = "Leeds"
[[user-group]]
name = "london-office"
home = "lon.contoso.com"
location = "London"
"#;

#[test]
fn london_and_its_branches() {
    let rules = Rules::shipped();
    let lon = "lon.contoso.com";
    let base = Scenario::default();
    let cases: &[(&str, Scenario, [&str; 4])] = &[
        // Amsterdam office, Cardiff, Leeds, London office.
        ("nothing is down", base.clone(), ["normal", "normal", "normal", "normal"]),
        (
            "London down, early",
            Scenario { down: list(&[lon]), early: true, ..base.clone() },
            ["normal", "resiliency", "resiliency", "offline"],
        ),
        (
            "London down, late",
            Scenario { down: list(&[lon]), ..base.clone() },
            ["normal", "resiliency", "resiliency", "resiliency"],
        ),
        (
            "London failed over: its branches stay in resiliency",
            Scenario { down: list(&[lon]), failed_over: list(&["all"]), ..base.clone() },
            ["normal", "resiliency", "resiliency", "failed-over"],
        ),
        (
            "London and Amsterdam down",
            Scenario { down: list(&[lon, "ams.contoso.com"]), ..base.clone() },
            ["offline", "resiliency", "resiliency", "offline"],
        ),
        (
            "the SBA of Leeds down",
            Scenario { down: list(&["LEEDS.contoso.com."]), ..base.clone() },
            ["normal", "normal", "on-backup-registrar", "normal"],
        ),
        (
            "the SBA of Leeds and London down, London failed over",
            Scenario {
                down: list(&["leeds.contoso.com", lon]),
                failed_over: list(&[lon]),
                ..base.clone()
            },
            ["normal", "resiliency", "offline", "failed-over"],
        ),
        (
            "site London down",
            Scenario { sites_down: list(&["London"]), failed_over: list(&["all"]), ..base.clone() },
            ["normal", "resiliency", "resiliency", "offline"],
        ),
        (
            "site Leeds down",
            Scenario { sites_down: list(&["Leeds"]), ..base.clone() },
            ["normal", "normal", "offline", "normal"],
        ),
        (
            "the WAN link of Leeds down",
            Scenario { wans_down: list(&["Leeds"]), ..base },
            ["normal", "normal", "resiliency", "normal"],
        ),
    ];
    for (reason, scenario, expected) in cases {
        let found = modes(&rules, LONDON, scenario);
        let found: Vec<&str> = found.iter().map(|(_, mode)| mode.as_str()).collect();
        assert_eq!(found, *expected, "{reason}");
    }
}

#[test]
fn names_that_do_not_exist_are_all_told_with_suggestions() {
    let rules = Rules::shipped();
    let mut sources = Sources::default();
    let file = sources.add("t.toml", LONDON);
    let topology = topology::parse(&rules.set.program, &sources, &[file]).expect("it is right");
    let mut simulator = Simulator::new(&rules, topology).expect("within the limits");
    let scenario = Scenario {
        down: list(&["lno.contoso.com", "lon"]),
        sites_down: list(&["Londn"]),
        wans_down: list(&["London"]),
        failed_over: list(&["leeds.contoso.com"]),
        ..Scenario::default()
    };
    let problems = simulator.run(&scenario).expect_err("the names are wrong");
    let helps: Vec<_> =
        problems.iter().map(|problem| problem.help.as_deref().unwrap_or("")).collect();
    assert_eq!(
        helps,
        [
            "did you mean `lon.contoso.com`?",
            "did you mean `lon.contoso.com`?",
            "did you mean `London`?",
            "",
            "name a branch site; for the loss of a central site use `--site-down`",
        ]
    );
    assert!(problems[4].message.contains("central site"), "{:?}", problems[4]);
    let sound = simulator.run(&Scenario::default()).expect("an error leaves nothing behind");
    assert!(sound.groups.iter().all(|group| group.mode == Some(0)));
}

/// What the command says of a failure, in each of its forms.
#[test]
fn the_command_says_who_is_hurt() {
    let folder = Folder::new("simulate");
    let [p, q] = ["p", "q"].map(|name| format!("{name}.contoso.com"));
    folder.write("pair.toml", PAIR);
    folder.write("calm.toml", "[[pool]]\nfqdn = \"p.contoso.com\"\n");
    run_cases(
        &folder,
        "",
        &[
            (
                &["simulate", "--matrix", "pair.toml"],
                0,
                &[
                    "pool p.contoso.com: unknown: at least 0 users, resiliency: 7 users\n",
                    "    unknown              lost\n    resiliency           staff\n",
                    "\nworst: pool p.contoso.com: 7 users of 1 user group are neither normal nor failed over\n",
                ],
                &[],
            ),
            (
                &["simulate", "--matrix", "calm.toml"],
                0,
                &["\nno single failure takes service from anybody\n"],
                &[],
            ),
            (
                &["simulate", "--down", &p, "--failed-over", "all", "pair.toml"],
                0,
                &[
                    "p.contoso.com is down, every pool that is down was failed over; after the failure",
                    "\nfailed-over          staff (7 users)\n",
                    "\nunknown              lost (number of users unknown)\n    its home is no Front End pool",
                ],
                &[],
            ),
            (
                &["simulate", "--down", &q, "--affected", "pair.toml", "calm.toml"],
                2,
                &[],
                &[
                    "no pool or SBA or Edge pool called `q.contoso.com`",
                    "did you mean `p.contoso.com`?",
                ],
            ),
        ],
    );
    let affected = lynt(&folder, &["simulate", "--down", &q, "--affected", "pair.toml"], b"");
    assert!(!text(&affected.stdout).contains("staff"), "its service is normal");
    let output = lynt(&folder, &["simulate", "-f", "json", "--matrix", "pair.toml"], b"");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let failures = json[0]["failures"].as_array().expect("failures");
    assert_eq!(
        (failures.len(), &json[0]["worst"], &failures[0]["groups"][1]["mode"]),
        (2, &"pool p.contoso.com".into(), &"resiliency".into())
    );
}

/// A pair, a group whose home is there and one whose home is not.
const PAIR: &str = "\
[[pool]]
fqdn = \"p.contoso.com\"
version = \"sfb-2015\"
backup-registrar = \"q.contoso.com\"

[[pool]]
fqdn = \"q.contoso.com\"
version = \"sfb-2015\"
backup-registrar = \"p.contoso.com\"

[[user-group]]
name = \"staff\"
home = \"p.contoso.com\"
users = 7

[[user-group]]
name = \"lost\"
home = \"gone.contoso.com\"
";
