//! Atoms and subjects: what findings are about, as data.

use crate::common::command::Folder;
use crate::common::topologies;
use lynt::atom::Value;
use lynt::datalog::compile;
use lynt::eval::{self, Limits};
use lynt::rules::{RuleSet, Rules};
use lynt::source::Sources;
use lynt::{Options, Timings, check, facts, topology, violation};
use std::path::{Path, PathBuf};

/// Rules that look at one thing and tell of another one, at the store and tell of its pool: no case
/// of their subjects can be said to pass.
const ABOUT_OTHERS: [&str; 3] = [
    "central-management-standby-not-partner",
    "dr-single-edge-site",
    "unpaired-central-management",
];

/// What a finding is about has been looked at, and every subject that was counted has a name.
#[test]
fn findings_are_about_what_was_examined() {
    let rules = Rules::shipped();
    let mut sources = Sources::default();
    let examples = ["examples/broken", "examples/broken-alone", "examples/contoso"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = Vec::new();
    for example in examples {
        match example {
            "examples/broken-alone" => {
                let files = std::fs::read_dir(root.join(example)).expect("the folder is read");
                paths.extend(files.flatten().map(|entry| entry.path()));
            }
            _ => paths.push(root.join(example)),
        }
    }
    let topologies = paths.into_iter().flat_map(|path| topologies(path, &mut sources));
    let topologies: Vec<_> = topologies.collect();
    let options = Options { subjects: true, ..Options::default() };
    let mut findings = 0;
    for topology in &topologies {
        let outcome = check(&rules, &sources, topology, &options, &mut Timings::default());
        assert_eq!(outcome.problems, []);
        let named = &outcome.subjects;
        assert_eq!(named.of_rules.len(), outcome.examined.len());
        for (examined, members) in outcome.examined.iter().zip(&named.of_rules) {
            assert_eq!(examined.subjects, members.len(), "{}", examined.rule);
            let members: Vec<_> = members.iter().map(|&at| &named.all[at as usize]).collect();
            assert!(members.iter().all(|subject| !subject.name.is_empty()), "{}", examined.rule);
            for finding in outcome.findings.iter().filter(|found| found.rule == examined.rule) {
                let subject = &finding.subject;
                let elsewhere = ABOUT_OTHERS.contains(&examined.rule.as_str());
                assert_eq!(members.contains(&subject), !elsewhere, "{}", finding.id);
                assert_eq!(finding.atom.predicate, finding.rule);
                let first = &finding.atom.arguments[0].value;
                assert_eq!(*first, Value::Text(subject.name.clone()), "{}", finding.id);
                findings += 1;
            }
        }
    }
    assert!(findings > 69, "{findings}");
}

const RULES: &str = r#"
/// Everything there is, or nothing.
violation Odd(p: Pool, n: Int, s: Seconds, b: Bool, v: Version, t: Text) {
    severity: note;
    message: "odd";
    label p: "here";
}
Odd(p, n, s, b, v, t) <-
    Pool(p), let n = 0 - 3, let s = p.failure-detection-interval, let b = p.automatic-failover,
    let v = p.version, let t = p.operating-system;
"#;

#[test]
fn arguments_have_kinds_and_types() {
    let mut rule_files = Sources::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let vocabulary = std::fs::read_to_string(folder.join("vocabulary.dl")).expect("it is there");
    rule_files.add("rules/vocabulary.dl", vocabulary);
    rule_files.add("rules/x/x.dl", RULES);
    let (program, problems) = compile(&rule_files);
    let program = program.unwrap_or_else(|| panic!("{problems:#?}"));
    let mut sources = Sources::default();
    let file = sources.add(
        "t.toml",
        "[[pool]]\nfqdn = \"P.contoso.com\"\nfailure-detection-interval = \"5m\"\n\
         automatic-failover = true\nversion = \"sfb-2015\"\noperating-system = \"a \\\"b\\\"\"\n",
    );
    let parsed = topology::parse(&program, &sources, &[file]).expect("a topology");
    let everything = (0..program.relations.len()).collect();
    let mut facts = facts::collect(&program, parsed, &everything, []);
    eval::derive(&program, &everything, &mut facts, &Limits::default()).expect("within the limits");
    let set = RuleSet { program, sources: rule_files };
    let explained = violation::explain(&set, &facts, &Options::default());
    let findings = explained.expect("within the limits").findings;
    let atoms: Vec<String> = findings.iter().map(|finding| finding.atom.to_string()).collect();
    let odd = "odd(\"P.contoso.com\", -3, 300, true, \"sfb-2015\", \"a \\\"b\\\"\")";
    assert_eq!(atoms, [odd]);
    let kinds = findings[0].atom.arguments.iter().map(|argument| argument.kind.as_str());
    let kinds: Vec<&str> = kinds.collect();
    assert_eq!(kinds, ["Pool", "Int", "Seconds", "Bool", "Version", "Text"]);
    assert_eq!(findings[0].atom.arguments[1].value, Value::Number(-3));
    assert_eq!(findings[0].atom.arguments[3].value, Value::Bool(true));
    let subject = &findings[0].subject;
    assert_eq!(subject.to_string(), "pool P.contoso.com");
    assert_eq!(sources.text(subject.place.expect("a place")), "\"P.contoso.com\"");
}

/// Naming subjects costs something: only formats that name them make a check do it.
#[test]
fn subjects_are_named_only_on_request() {
    let rules = Rules::shipped();
    let folder = Folder::new("subjects");
    folder.write("t.toml", "[[pool]]\nfqdn = \"p.contoso.com\"\n");
    let mut sources = Sources::default();
    let topologies = topologies(folder.0.clone(), &mut sources);
    for subjects in [false, true] {
        let options = Options { subjects, ..Options::default() };
        let outcome = check(&rules, &sources, &topologies[0], &options, &mut Timings::default());
        assert_eq!(!outcome.subjects.all.is_empty(), subjects);
    }
}
