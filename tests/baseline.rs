//! The baseline: what it knows is hidden whatever else changes, what is new is not, what is gone is told; its
//! file changes only where entries come or go.

mod common;

#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/generate.rs"]
mod generate;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/model.rs"]
mod model;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/random.rs"]
mod random;

use common::command::{Folder, git, printed, run_cases, told};
use lynt::baseline::{Baseline, Known, New, gone, parse, pruned, with_added};
use lynt::checks::{STALE, is_check};
use lynt::date::Date;
use lynt::discover::TopologyFiles;
use lynt::report::Outcome;
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::suppression::Hider;
use lynt::{Options, Timings, check};
use random::Random;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A debug build, being slow, tries fewer.
const TOPOLOGIES: u64 = if cfg!(debug_assertions) { 100 } else { 1_000 };

const BROKEN: &str = "\
[[pool]]
fqdn = \"fe-lon.contoso.com\"
version = \"sfb-2015\"
backup-registrar = \"fe-ams.contoso.com\"

[[pool]]
fqdn = \"fe-ams.contoso.com\"
version = \"sfb-2015\"

[[sba]]
fqdn = \"sba-leeds.contoso.com\"
version = \"sfb-2015\"
";

const SELECT: &[&str] = &["--select", "asymmetric-backup,sba-without-registrar,stale-baseline"];

fn with<'a>(command: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [command, SELECT, more].concat()
}

#[test]
fn what_is_recorded_is_hidden_until_it_is_gone() {
    let folder = Folder::new("baseline");
    folder.write("topology/t.toml", BROKEN);
    let record = with(&["baseline", "--today", "2026-11-23", "topology"], &[]);
    let check = with(&["check", "topology"], &[]);
    let concise = with(&["check", "-f", "concise", "topology"], &[]);
    assert_eq!(
        printed(&folder, &record, ""),
        "topology/lynt-baseline.toml: 2 added, 0 there before\n"
    );
    let text = folder.read("topology/lynt-baseline.toml");
    let entries = "version = 1

[[finding]]
rule = \"asymmetric-backup\"
subject = [\"fe-lon.contoso.com\", \"fe-ams.contoso.com\"]
added = 2026-11-23
reason = \"adoption\"

[[finding]]
rule = \"sba-without-registrar\"
subject = [\"sba-leeds.contoso.com\"]
added = 2026-11-23
reason = \"adoption\"
";
    assert!(text.ends_with(entries), "{text}");
    assert_eq!(
        printed(&folder, &record, ""),
        "topology/lynt-baseline.toml: 0 added, 2 there before\n"
    );
    assert_eq!(folder.read("topology/lynt-baseline.toml"), text);
    let clean = printed(&folder, &check, "");
    assert!(clean.contains("topology/lynt-baseline.toml: 2 known findings\n"), "{clean}");
    assert_eq!(printed(&folder, &concise, ""), "");
    // Lines move, another file comes, another finding comes: only that one is open.
    let more = "[[sba]]\nfqdn = \"sba-york.contoso.com\"\nversion = \"sfb-2015\"\n";
    folder.write("topology/a.toml", more).write("topology/t.toml", format!("# moved\n\n{BROKEN}"));
    let new = "topology/a.toml:2:8: error[sba-without-registrar]:";
    run_cases(&folder, "", &[(&concise, 1, &[new], &[])]);
    // Names are written in another way.
    let written = BROKEN.replace("fe-lon.contoso.com", "FE-LON.contoso.com.");
    folder.write(
        "topology/t.toml",
        written.replace("\"fe-ams.contoso.com\"\nversion", "\"fe-AMS.contoso.com\"\nversion"),
    );
    run_cases(&folder, "", &[(&concise, 1, &[new], &[])]);
    folder.write("topology/a.toml", "");
    assert_eq!(
        printed(&folder, &record, ""),
        "topology/lynt-baseline.toml: 0 added, 2 there before\n"
    );
    folder.write("topology/a.toml", more);
    // One finding is mended.
    folder.write(
        "topology/t.toml",
        BROKEN.replace("backup-registrar = \"fe-ams.contoso.com\"\n", ""),
    );
    let stale = "topology/lynt-baseline.toml:7:11: warning[stale-baseline]: `asymmetric-backup` no longer finds";
    run_cases(&folder, "", &[(&concise, 1, &[new, stale], &[])]);
    let prune = with(&["baseline", "--prune", "topology"], &[]);
    let pruned = "topology/lynt-baseline.toml: removed asymmetric-backup(\"fe-lon.contoso.com\", \"fe-ams.contoso.com\")
topology/lynt-baseline.toml: 1 removed, 1 left\n";
    assert_eq!(printed(&folder, &prune, ""), pruned);
    let left = folder.read("topology/lynt-baseline.toml");
    assert!(!left.contains("asymmetric-backup") && left.contains("sba-leeds"), "{left}");
    // It does not add, and adding does not remove.
    assert!(!left.contains("sba-york"), "{left}");
    run_cases(&folder, "", &[(&concise, 1, &[new], &[])]);
    printed(&folder, &record, "");
    assert_eq!(printed(&folder, &concise, ""), "");
    // A rule that there is not hides nothing, and is not said to have found something once.
    let misspelt = folder.read("topology/lynt-baseline.toml").replace("sba-without", "sba-witout");
    folder.write("topology/lynt-baseline.toml", misspelt);
    let no_rule = "warning[stale-baseline]: no rule is called `sba-witout-registrar`: this entry";
    run_cases(&folder, "", &[(&concise, 1, &[no_rule], &[])]);
    let human = with(&["check", "topology"], &[]);
    run_cases(&folder, "", &[(&human, 1, &["did you mean `sba-without-registrar`?"], &[])]);
}

#[test]
fn which_file_counts() {
    let folder = Folder::new("baseline-file");
    folder.write("repo/.git/HEAD", "").write("repo/topology/t.toml", BROKEN);
    folder.write("repo/lynt.toml", "").write("repo/lab.toml", BROKEN);
    let record = |more: &[&'static str]| printed(&folder, &with(&["baseline"], more), "");
    let open = "2 violations";
    let checks: &[&[&str]] = &[&["repo/topology"], &["repo/lab.toml"]];
    // Beside the configuration; topologies are told apart.
    assert_eq!(record(&["repo/topology"]), "repo/lynt-baseline.toml: 2 added, 0 there before\n");
    assert!(folder.read("repo/lynt-baseline.toml").contains("topology = \"topology\"\n"));
    run_cases(
        &folder,
        "",
        &[
            (&with(&["check"], checks[0]), 0, &["2 known findings"], &[]),
            (&with(&["check"], checks[1]), 1, &[open], &[]),
            (&with(&["check", "--isolated"], checks[0]), 1, &[open], &[]),
            (&with(&["check", "--no-baseline"], checks[0]), 1, &[open], &[]),
        ],
    );
    assert_eq!(record(&["repo/lab.toml"]), "repo/lynt-baseline.toml: 2 added, 2 there before\n");
    run_cases(&folder, "", &[(&with(&["check"], checks[1]), 0, &["2 known findings"], &[])]);
    // What lynt.toml names counts, and what the command line names counts more.
    folder.write("repo/lynt.toml", "[baseline]\nfile = \"known/b.toml\"\n");
    let absent = ["repo/lynt.toml:2:8", "there is no repo/known/b.toml", "`lynt baseline` writes"];
    let named = ["--config", "baseline.file = \"repo/none.toml\"", "repo/topology"];
    run_cases(
        &folder,
        "",
        &[
            (&with(&["check"], checks[0]), 2, &[], &absent),
            (&["waivers", "repo/topology"], 2, &[], &absent),
            (&with(&["report", "-o", "r.html"], checks[0]), 2, &[], &absent),
            (&with(&["check"], &named), 2, &[], &["--config:1:17", "there is no repo/none.toml"]),
            (&with(&["check", "--no-baseline"], checks[0]), 1, &[open], &[]),
            (
                &with(&["baseline", "--prune"], checks[0]),
                2,
                &[],
                &["there is no repo/known/b.toml"],
            ),
        ],
    );
    fs::create_dir(folder.0.join("repo/known")).expect("a folder");
    assert_eq!(record(&["repo/topology"]), "repo/known/b.toml: 2 added, 0 there before\n");
    assert!(folder.read("repo/known/b.toml").contains("topology = \"../topology\"\n"));
    run_cases(
        &folder,
        "",
        &[(&with(&["check"], checks[0]), 0, &["repo/known/b.toml: 2 known"], &[])],
    );
    let named = ["--baseline", "repo/lynt-baseline.toml", "repo/topology"];
    run_cases(
        &folder,
        "",
        &[(&with(&["check"], &named), 0, &["repo/lynt-baseline.toml: 2 known"], &[])],
    );
    folder.write("bare/t.toml", "[[site]]\nname = \"A\"\n");
    let missing = ["--baseline", "repo/none.toml", "repo/topology"];
    run_cases(
        &folder,
        "",
        &[
            (
                &with(&["check"], &missing),
                2,
                &[],
                &["could not read repo/none.toml", "`lynt baseline` writes one"],
            ),
            (&with(&["baseline", "--prune"], &missing), 2, &[], &["could not read repo/none.toml"]),
            (&with(&["baseline"], &["-"]), 2, &[], &["standard input has no place to be known by"]),
            (
                &["baseline", "--prune", "bare"],
                2,
                &[],
                &["there is no bare/lynt-baseline.toml", "`lynt baseline` writes one"],
            ),
        ],
    );
}

#[test]
fn how_stale_entries_count() {
    let folder = Folder::new("baseline-stale");
    folder.write("t.toml", BROKEN.replace("backup-registrar = \"fe-ams.contoso.com\"\n", ""));
    let entry = "[[finding]]\nrule = \"asymmetric-backup\"\nsubject = [\"fe-lon.contoso.com\", \"fe-ams.contoso.com\"]\n";
    folder.write("lynt-baseline.toml", format!("version = 1\n\n{entry}"));
    let check = ["check", "--select", "asymmetric-backup,stale-baseline", "."];
    let without = ["check", "--select", "self-backup,stale-baseline", "."];
    for (stale, code, out) in
        [("error", 1, "error[stale"), ("warning", 0, "warning[stale"), ("note", 0, "note[stale")]
    {
        folder.write("lynt.toml", format!("[baseline]\nstale = \"{stale}\"\n"));
        run_cases(&folder, "", &[(&check, code, &[out], &[]), (&without, 0, &["ok: "], &[])]);
    }
    folder.write("lynt.toml", "[baseline]\nstale = \"off\"\n");
    run_cases(
        &folder,
        "",
        &[(&["check", "--select", "all", "--ignore", "sba,pools", "."], 0, &["ok: "], &[])],
    );
    // Of another topology nothing is known.
    folder.write("lynt.toml", "");
    folder.write("lynt-baseline.toml", format!("version = 1\n\n{entry}topology = \"lab\"\n"));
    run_cases(&folder, "", &[(&check, 0, &["ok: "], &[])]);
}

/// The register has a row for each entry, with its age and whether its finding is there.
#[test]
fn the_register_lists_entries() {
    let folder = Folder::new("baseline-waivers");
    folder.write("repo/lynt.toml", "").write("repo/topology/t.toml", BROKEN);
    folder.write("repo/lab.toml", "[[pool]]\nfqdn = \"p.x\"\n");
    printed(&folder, &with(&["baseline", "--today", "2026-11-23", "repo/topology"], &[]), "");
    let today = ["waivers", "--today", "2026-12-03"];
    let table = |more: &[&'static str]| printed(&folder, &[&today, more].concat(), "");
    let all = "\
rule                   subject                                   added       days old  used      place                       reason
asymmetric-backup      fe-lon.contoso.com, fe-ams.contoso.com    2026-11-23  10        baseline  repo/lynt-baseline.toml:7   adoption
sba-without-registrar  sba-leeds.contoso.com                     2026-11-23  10        baseline  repo/lynt-baseline.toml:14  adoption
";
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeezed(&table(&["repo/topology"])), squeezed(all));
    // Of another topology, and where no baseline counts, there is none.
    let none = "no comment ignores anything, and no baseline knows anything\n";
    assert_eq!(table(&["repo/lab.toml"]), none);
    for more in ["--no-baseline", "--isolated"] {
        assert_eq!(table(&[more, "repo/topology"]), none);
    }
    // What is gone, what was not run, and what nothing hides are told apart.
    folder.write(
        "repo/topology/t.toml",
        BROKEN.replace("fe-ams.contoso.com\"\n\n", "fe-rom.contoso.com\"\n\n"),
    );
    assert!(table(&["repo/topology"]).contains("10        stale     repo/lynt-baseline.toml:7"));
    let cases = [
        ("rules.ignore = [\"sba\"]", "not run"),
        ("rule.sba-without-registrar.suppressible = false", "no"),
    ];
    for (setting, used) in cases {
        let csv = table(&["-f", "csv", "--config", setting, "repo/topology"]);
        let row = format!(
            "sba-without-registrar,sba-leeds.contoso.com,,,,2026-11-23,10,{used},repo/lynt-baseline.toml:14,repo/topology,adoption\r\n"
        );
        assert!(csv.contains(&row), "{csv}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&table(&["-f", "json", "repo/topology"])).expect("JSON");
    assert_eq!(json[1]["days_old"], 10);
    assert_eq!(json[1]["used"], "baseline");
    // A wrong baseline is no empty register.
    folder.write("repo/lynt-baseline.toml", "");
    assert_eq!(told(&folder, &["waivers", "repo/topology"], "").len(), 1);
}

/// SARIF has what the baseline or a revision hides only where that is asked for.
#[test]
fn sarif_says_what_hides_a_finding() {
    let folder = Folder::new("baseline-sarif");
    folder.write("t/t.toml", BROKEN.split("\n[[sba]]").next().expect("pools"));
    git(&folder.0, &["init", "--quiet"]);
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "first"]);
    folder.write("t/t.toml", BROKEN);
    printed(&folder, &["baseline", "--select", "sba", "--today", "2026-11-23", "t"], "");
    let results = |more: &[&'static str]| {
        let sarif = ["check", "-f", "sarif", "--since", "HEAD", "t"];
        let log = printed(&folder, &with(&sarif, more), "");
        let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
        log["runs"][0]["results"].as_array().expect("results").clone()
    };
    assert_eq!(results(&[]), [] as [serde_json::Value; 0]);
    let hidden = results(&["--sarif-suppressed"]);
    let by: Vec<_> = hidden
        .iter()
        .map(|result| {
            let by = &result["suppressions"][0];
            let uri = &by["location"]["physicalLocation"]["artifactLocation"]["uri"];
            [&result["ruleId"], &by["kind"], &by["properties"]["status"], &by["justification"], uri]
                .map(|value| value.as_str().unwrap_or("").to_owned())
        })
        .collect();
    let expected = [
        ["asymmetric-backup", "external", "unchanged", "HEAD has it too", ""],
        ["sba-without-registrar", "external", "baseline", "adoption", "t/lynt-baseline.toml"],
    ];
    assert_eq!(by, expected);
}

/// What nothing may hide is neither hidden nor recorded.
#[test]
fn firm_rules_stay() {
    let folder = Folder::new("baseline-firm");
    folder
        .write("t.toml", BROKEN)
        .write("lynt.toml", "[rule.asymmetric-backup]\nsuppressible = false\n");
    let record = with(&["baseline", "."], &[]);
    run_cases(
        &folder,
        "",
        &[(
            &record,
            0,
            &["1 added"],
            &["findings of `asymmetric-backup` can't be hidden (lynt.toml:2)"],
        )],
    );
    folder.write("lynt.toml", "");
    printed(&folder, &record, "");
    folder.write("lynt.toml", "[rule.asymmetric-backup]\nsuppressible = false\n");
    let note = "the baseline can't hide this rule's findings (lynt.toml:2)";
    run_cases(
        &folder,
        "",
        &[(&with(&["check", "."], &[]), 1, &["error[asymmetric-backup]", note], &[])],
    );
}

/// Everything that is wrong with a baseline is said, each in its place.
#[test]
fn wrong_files() {
    let entry = "[[finding]]\nrule = \"r\"\nsubject = [\"a\"]\n";
    let cases: &[(&str, &[&str])] = &[
        ("", &["lynt-baseline.toml:1:1 missing-key: the baseline has no `version`"]),
        (
            "version = 2\n",
            &["lynt-baseline.toml:1:11 unknown-value: this lynt reads baselines of version 1"],
        ),
        (
            "version = \"1\"\n",
            &["lynt-baseline.toml:1:11 wrong-type: `version` wants a number, found a text"],
        ),
        (
            "version = 1\n[[finding]]\nrul = \"r\"\nsubject = \"a\"\nadded = \"2026\"\n",
            &[
                "lynt-baseline.toml:2:1 missing-key: this entry has no `rule`",
                "lynt-baseline.toml:3:1 unknown-key: `[[finding]]` has no key `rul`",
                "lynt-baseline.toml:4:11 wrong-type: `subject` wants an array, found a text",
                "lynt-baseline.toml:5:9 wrong-type: `added` wants a date such as 2026-12-31, found a text",
            ],
        ),
        (
            "version = 1\n[[finding]]\nrule = 1\nsubject = [1.5, [2]]\nadded = 2026-11-23T00:00:00Z\n",
            &[
                "lynt-baseline.toml:3:8 wrong-type: `rule` wants a text, found a number",
                "lynt-baseline.toml:4:12 wrong-type: `subject` wants texts, numbers, true or false, found a number with a point",
                "lynt-baseline.toml:4:17 wrong-type: `subject` wants texts, numbers, true or false, found an array",
                "lynt-baseline.toml:5:9 wrong-type: `added` wants a date such as 2026-12-31, found a date",
            ],
        ),
        (
            "version = 1\nfinding = []\n",
            &["lynt-baseline.toml:2:1 wrong-type: each finding is a table of its own"],
        ),
        (
            "version = 1\n[findings]\n",
            &["lynt-baseline.toml:2:2 unknown-key: the baseline has no key `findings`"],
        ),
        (
            "version = \n[[findin]]\n",
            &[
                "lynt-baseline.toml:1:11 toml-syntax: string values must be quoted, expected literal string",
            ],
        ),
    ];
    let folder = Folder::new("baseline-wrong");
    folder.write("t.toml", BROKEN);
    for (text, expected) in cases {
        folder.write("lynt-baseline.toml", text);
        assert_eq!(told(&folder, &["check", "."], ""), *expected, "{text}");
        assert_eq!(told(&folder, &["baseline", "."], ""), *expected, "{text}");
        assert_eq!(folder.read("lynt-baseline.toml"), *text, "a wrong file is left alone");
    }
    folder.write("lynt-baseline.toml", format!("version = 1\n{entry}\n{entry}"));
    let twice = ["lynt-baseline.toml:8:11 duplicate-entry: this finding is listed twice"];
    assert_eq!(told(&folder, &["check", "."], ""), twice);
    fs::write(folder.0.join("lynt-baseline.toml"), b"\xff\xfe").expect("a file");
    assert_eq!(told(&folder, &["check", "."], "").len(), 1);
}

/// Comments, spaces and line ends of what stays are as they were.
#[test]
fn what_stays_is_not_touched() {
    let old = "# ours\r\nversion = 1 # one\r\n\r\n# Rome\r\n[[finding]]\r\nrule='b'\r\nsubject = [ \"x\" , 3, true ]\r\nreason = \"CHG-1\" # soon\r\n\r\n# last\r\n";
    let read = |text: &str| {
        let mut sources = Sources::default();
        let file = sources.add("b.toml", text);
        parse(&sources, file).expect("it is right")
    };
    let atom = |rule: &str| lynt::atom::Atom { predicate: rule.to_owned(), arguments: Vec::new() };
    let (a, b, c) = (atom("a"), atom("b"), atom("c"));
    let added = Date::new(2026, 11, 23).expect("a day");
    let new = [&c, &a, &b].map(|atom| New { atom, topology: "", added, reason: "" });
    let text = with_added(Some((old, &read(old))), &new);
    let block = |rule: &str| {
        format!("[[finding]]\r\nrule = \"{rule}\"\r\nsubject = []\r\nadded = 2026-11-23\r\n")
    };
    let (head, rest) = old.split_at(old.find("# Rome").expect("it is there"));
    let [a, b, c] = ["a", "b", "c"].map(block);
    let expected = format!("{head}{a}\r\n{rest}\r\n{b}\r\n{c}");
    assert_eq!(text, expected);
    assert_eq!(with_added(Some((&text, &read(&text))), &new), text, "a second time adds nothing");
    let back = pruned(&text, &read(&text), &[0, 2, 3]);
    assert_eq!(back, old);
    assert_eq!(pruned(&text, &read(&text), &[]), text);
    assert_eq!(pruned(old, &read(old), &[0]), "# ours\r\nversion = 1 # one\r\n");
    let open_end = with_added(Some(("version = 1", &read("version = 1"))), &new[..1]);
    assert_eq!(open_end, format!("version = 1\n\n{}", c.replace("\r\n", "\n")));
}

struct Case {
    sources: Sources,
    topology: TopologyFiles,
}

impl Case {
    fn new(texts: &[(String, String)]) -> Self {
        let mut sources = Sources::default();
        let files =
            texts.iter().map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
        Self { sources, topology: TopologyFiles { path: "topology".to_owned(), files } }
    }

    fn check(&self, rules: &Rules, baseline: &Baseline) -> Outcome {
        let (stale, firm) = (Some(STALE.severity), &BTreeMap::new());
        let known = Known { baseline, topology: "", stale, firm };
        let options = Options { baseline: Some(known), ..Options::default() };
        check(rules, &self.sources, &self.topology, &options, &mut Timings::default())
    }
}

/// Names may be written in another case and with a dot at the end.
fn same(atom: &str) -> String {
    atom.replace(".\"", "\"").to_lowercase()
}

fn atoms(outcome: &Outcome) -> BTreeSet<String> {
    let found = outcome.findings.iter().filter(|finding| !is_check(&finding.rule));
    found.map(|finding| same(&finding.atom.to_string())).collect()
}

/// Random topologies, recorded, then with lines lost: open is what is new, stale is what is gone.
#[test]
fn random_topologies() {
    let rules = Rules::shipped();
    let today = Date::new(2026, 11, 26).expect("a day");
    let (mut recorded, mut new, mut left) = (0, 0, 0);
    for seed in 0..TOPOLOGIES {
        let mut random = Random::new(seed);
        let texts = model::written(&generate::topology(seed), seed);
        let texts: Vec<(String, String)> =
            texts.into_iter().map(|(name, text)| (name.to_string(), text)).collect();
        let before = Case::new(&texts);
        let found = before.check(&rules, &Baseline::default());
        if !found.problems.is_empty() {
            continue;
        }
        let all = found.findings.iter().map(|finding| New {
            atom: &finding.atom,
            topology: "",
            added: today,
            reason: "",
        });
        let text = with_added(None, &all.collect::<Vec<_>>());
        let mut sources = Sources::default();
        let file = sources.add("lynt-baseline.toml", text.as_str());
        let baseline = parse(&sources, file).expect("what was written is read");
        let hidden = before.check(&rules, &baseline);
        assert_eq!(hidden.open().count(), 0, "seed {seed}");
        assert_eq!(hidden.hidden_by(Hider::Baseline).count(), found.findings.len(), "seed {seed}");
        recorded += found.findings.len();
        let lose = |text: &str, random: &mut Random| -> String {
            let kept = text
                .lines()
                .filter(|line| !line.starts_with("backup-registrar") || random.below(3) > 0);
            format!("# later\n{}\n", kept.collect::<Vec<_>>().join("\n"))
        };
        let texts: Vec<(String, String)> =
            texts.iter().map(|(name, text)| (name.clone(), lose(text, &mut random))).collect();
        let after = Case::new(&texts);
        let plain = after.check(&rules, &Baseline::default());
        let known = after.check(&rules, &baseline);
        let (old, now) = (atoms(&found), atoms(&plain));
        let open: BTreeSet<String> = known
            .open()
            .filter(|finding| !is_check(&finding.rule))
            .map(|finding| same(&finding.atom.to_string()))
            .collect();
        assert_eq!(open, now.difference(&old).cloned().collect(), "seed {seed}");
        let stale: BTreeSet<String> = known
            .findings
            .iter()
            .filter(|finding| finding.rule == STALE.id)
            .map(|finding| same(&finding.subject.name))
            .collect();
        assert_eq!(stale, old.difference(&now).cloned().collect(), "seed {seed}");
        let gone = gone(&baseline, "", &|_| true, &plain.findings);
        let pruned = pruned(&text, &baseline, &gone);
        let file = sources.add("lynt-baseline.toml", pruned);
        let baseline = parse(&sources, file).expect("what was written is read");
        let entries: BTreeSet<String> =
            baseline.entries.iter().map(|entry| same(&entry.to_string())).collect();
        assert_eq!(entries, old.intersection(&now).cloned().collect(), "seed {seed}");
        new += open.len();
        left += entries.len();
    }
    println!("{recorded} recorded, {new} new, {left} left");
    assert!(recorded > 500 && new > 50 && left > 100 && left < recorded);
}
