//! One run with a bit of everything: several labels in two files, an odd name, a warning, a note, a
//! rule that looked at nothing, what is ignored, ignores that are wrong or hide nothing, and a topology
//! that could not be checked.

use lynt::checks::CHECKS;
use lynt::datalog::program::Docs;
use lynt::date::Date;
use lynt::discover::TopologyFiles;
use lynt::proof::Size;
use lynt::report::{Outcome, Report, Rule};
use lynt::rules::Rules;
use lynt::source::{Severity, Sources};
use lynt::suppress::Policy;
use lynt::{Options, Timings, check};

const POOLS: &str = r#"# Zürich and Genève back each other up.
[[pool]]
fqdn = "fe-zrh.contoso.com"
version = "sfb-2015"
backup-registrar = "fe-gva.contoso.com"

[[pool]] # neither its version nor its users are known
fqdn = "fe-bsl.contoso.com"

[[user-group]]
name = "=1+1"
home = "nowhere.contoso.com"

# lynt: ignore[unknown-version, asymmetric-backup] until 2026-12-31 by =netops: =CHG-4711, "Rome"
[[pool]]
fqdn = "fe-rom.contoso.com"

[[pool]]
fqdn = "fe-mil.contoso.com" # lynt: ignore[unknown-versoin]: <b>
version = "sfb-2015"
"#;

const MORE: &str = r#"[[pool]]
fqdn = "fe-gva.contoso.com"
version = "sfb-2015"
backup-registrar = "fe-brn.contoso.com"

[[pool]]
fqdn = "fe-brn.contoso.com"
version = "sfb-2015"
backup-registrar = "fe-gva.contoso.com"

[[sba]]
version = "sfb-2015"
fqdn = "<b>&amp;'\"]](x) |*_`%0A,;\u001b[31m\u202e\ufffe\n::error::\r##vso[task.complete]#x\\.contoso.com"
"#;

const TYPO: &str = "[[pool]]\nfqdn = \"p.contoso.com\"\nbackup-registrat = \"q.contoso.com\"\n";

const SELECTED: [&str; 6] = [
    "asymmetric-backup",
    "dr-claimed-automatic",
    "sba-without-registrar",
    "unknown-home",
    "unknown-version",
    "unpaired-empty-pool",
];

pub struct Fixed {
    sources: Sources,
    outcomes: Vec<Outcome>,
    rules: Vec<Rule>,
    rule_files: Sources,
}

impl Fixed {
    pub fn new() -> Self {
        let rules = Rules::shipped();
        let mut sources = Sources::default();
        let topologies = [
            topology("topology", &[("pools.toml", POOLS), ("more [2] é.toml", MORE)], &mut sources),
            topology("typo", &[("typo.toml", TYPO)], &mut sources),
        ];
        let policy = Policy::new(Date::new(2026, 11, 23).expect("a date"));
        let options = Options {
            selected: &|rule| SELECTED.contains(&rule.id.as_str()),
            subjects: true,
            proofs: Some(Size::default()),
            ignores: Some(&policy),
            ..Options::default()
        };
        let check = |topology: &TopologyFiles| Outcome {
            configuration: Some(format!("{}/lynt.toml", topology.path)),
            fail_on: Some(Severity::Error),
            ..check(&rules, &sources, topology, &options, &mut Timings::default())
        };
        let outcomes = topologies.iter().map(check).collect();
        let shipped = rules.violations().into_iter().filter(|rule| (options.selected)(rule));
        let mut rule_files = Sources::default();
        rule_files.add("rules/vocabulary.dl", "fixed\n");
        let mut reported: Vec<Rule> = shipped.map(with_fixed_docs).collect();
        reported.extend(CHECKS.iter().map(|check| Rule::of_check(check, check.severity)));
        reported.sort_by(|one, other| one.id.cmp(&other.id));
        Self { outcomes, rules: reported, rule_files, sources }
    }

    pub fn report(&self) -> Report<'_> {
        Report {
            outcomes: &self.outcomes,
            problems: &[],
            sources: &self.sources,
            rules: &self.rules,
            rule_files: &self.rule_files,
            exit_code: 2,
        }
    }
}

fn topology(path: &str, files: &[(&str, &str)], sources: &mut Sources) -> TopologyFiles {
    let files = files.iter().map(|(name, text)| sources.add(format!("{path}/{name}"), *text));
    TopologyFiles { path: path.to_owned(), files: files.collect() }
}

/// A rule whose documentation does not change with the shipped one's.
fn with_fixed_docs(rule: &lynt::datalog::program::Violation) -> Rule {
    let body = "## What it checks\nFirst this, \"quoted\".\n\nThen `that`.\n\n## Why\nBecause.";
    let Docs { sources, .. } = &*rule.docs;
    let text = format!("{}\n\n{body}", rule.docs.title());
    Rule { docs: Docs { text, sources: sources.clone() }.into(), ..Rule::of(rule) }
}
