//! Every rule's examples run as tests, and every trap of the product's documentation is one.

mod common;

use common::{Checked, assert_snapshot, check_texts};
use lynt::examples::examples;
use lynt::rules::Rules;

#[test]
fn examples_of_every_rule_land_where_they_are_marked() {
    let rules = Rules::shipped();
    let mut ran = 0;
    for rule in rules.violations() {
        let examples = examples(&rule.docs);
        assert!(examples.iter().any(|example| example.violates), "{} shows no violation", rule.id);
        assert!(examples.iter().any(|example| !example.violates), "{} shows no remedy", rule.id);
        let mut reports = String::new();
        for example in &examples {
            let files: Vec<(&str, &str)> =
                example.files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
            let checked = check_texts(&rules, &files);
            assert_eq!(checked.outcome.problems, [], "{}: an example is no topology", rule.id);
            let of_rule = |line: &String| line.ends_with(&format!(" {}", rule.id));
            let (judged, marked) = (checked.judged(&rule.id), checked.marked());
            assert_eq!(judged, marked, "{}: findings (left) and marks differ", rule.id);
            assert_eq!(marked.iter().any(of_rule), example.violates, "{}: marks", rule.id);
            if example.violates {
                // Without the closing lines, which speak of all rules.
                let report = checked.human();
                let end = report.find("\nexamined ").and_then(|at| report[..at].rfind("\n\n"));
                reports.push_str(&report[..end.map_or(report.len(), |at| at + 1)]);
            }
            ran += 1;
        }
        assert_snapshot(&format!("rules/{}.txt", rule.id), &reports);
    }
    println!("{ran} examples of {} rules", rules.violations().len());
}

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
