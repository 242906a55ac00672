//! What is tried with a topology, an export and an ignore. The tests of the package replay the corpora through
//! the same functions.

use lynt::date::Date;
use lynt::discover::TopologyFiles;
use lynt::import::{anonymise, import, is_export};
use lynt::report::{FORMATS, Outcome, Report, Rule, Style};
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::suppress::Policy;
use lynt::{Options, Timings, check};
use std::collections::BTreeSet;

/// A run in which every rule is selected, as reports tell of it.
pub struct Lynt {
    rules: Rules,
    told: Vec<Rule>,
    policy: Policy,
}

impl Lynt {
    pub fn new() -> Self {
        let rules = Rules::shipped();
        let told = rules.violations().into_iter().map(Rule::of).collect();
        Self { rules, told, policy: Policy::new(Date::new(2026, 11, 26).expect("a day")) }
    }

    fn check(&self, sources: &Sources, ignores: bool) -> Outcome {
        let topology = TopologyFiles { path: "t.toml".to_owned(), files: vec![0] };
        let ignores = ignores.then_some(&self.policy);
        let options = Options { ignores, subjects: true, ..Options::default() };
        check(&self.rules, sources, &topology, &options, &mut Timings::default())
    }

    /// Checks `text` as a topology and reports it in every format.
    ///
    /// # Panics
    /// Where something does not hold that must.
    pub fn try_topology(&self, text: &str) -> Outcome {
        let mut sources = Sources::default();
        sources.add("t.toml", text);
        let outcome = self.check(&sources, true);
        let labels = outcome.findings.iter().flat_map(|finding| &finding.labels);
        for label in labels.chain(outcome.problems.iter().flat_map(|problem| &problem.labels)) {
            assert!(text.get(label.span.range()).is_some(), "{label:?} is outside of its file");
        }
        let is_whole = outcome.problems.is_empty();
        assert!(is_whole || outcome.findings.is_empty(), "a verdict on a part");
        assert!(is_whole || outcome.problems.iter().all(|problem| !problem.message.contains('\n')));
        let style =
            Style { color: false, ascii: false, width: 80, proofs: false, hidden: false };
        let report = Report {
            outcomes: std::slice::from_ref(&outcome),
            problems: &[],
            sources: &sources,
            rules: &self.told,
            rule_files: &self.rules.set.sources,
            exit_code: if is_whole { u8::from(!outcome.findings.is_empty()) } else { 2 },
        };
        for format in FORMATS {
            let mut printed = Vec::new();
            (format.write)(&report, &style, &mut printed).expect("memory takes everything");
            let printed = String::from_utf8(printed).expect("reports are text");
            let is_raw = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
            assert!(!printed.contains(is_raw), "{} prints a control character", format.name);
        }
        outcome
    }

    /// Imports `bytes`; whatever becomes TOML is a topology whose keys are right, twice the same, and can be made
    /// anonymous.
    ///
    /// # Panics
    /// Where something does not hold that must.
    pub fn try_import(&self, bytes: &[u8]) {
        let imported = match import(bytes) {
            Ok(imported) => imported,
            Err(error) => {
                assert!(!error.message.is_empty() && !error.message.contains('\n'), "{error:?}");
                assert!(error.place.is_none_or(|(line, column)| line > 0 && column > 0));
                assert!(anonymise(bytes).is_err(), "{error:?}");
                return;
            }
        };
        assert!(is_export(bytes), "it was imported");
        let mut sources = Sources::default();
        sources.add("t.toml", imported.toml.clone());
        let outcome = self.check(&sources, false);
        let is_empty = |name: &str| name == "nothing-to-check";
        assert!(outcome.problems.iter().all(|p| is_empty(p.name)), "{:?}", outcome.problems);
        assert_eq!(import(bytes).expect("as before").toml, imported.toml);
        if let Ok(anonymised) = anonymise(bytes) {
            assert!(import(anonymised.export.as_bytes()).is_ok(), "what is anonymous is an export");
        }
    }

    /// Puts `text` into a comment of a topology that has findings: whatever it says, the same is found, hidden or
    /// not, and what hides it is an ignore.
    ///
    /// # Panics
    /// Where something does not hold that must.
    pub fn try_ignore(&self, text: &str) {
        let comment: String = text.lines().map(|line| format!("# lynt: {line}\n")).collect();
        let mut sources = Sources::default();
        let text = format!(
            "{comment}[[pool]]\nfqdn = \"a.x\" # lynt: {}\nbackup-registrar = \"b.x\"\n\n[[sba]]\nfqdn = \"s.x\"\n",
            text.lines().next().unwrap_or("")
        );
        sources.add("t.toml", text);
        let (with, without) = (self.check(&sources, true), self.check(&sources, false));
        let ids = |outcome: &Outcome| -> BTreeSet<String> {
            let rules = outcome.findings.iter().filter(|finding| {
                self.told.iter().any(|rule| rule.id == finding.rule)
            });
            rules.map(|finding| finding.id.clone()).collect()
        };
        // A comment can't be TOML only where it has what no comment may have.
        if without.problems.is_empty() {
            assert_eq!(ids(&with), ids(&without), "an ignore hides, and takes nothing away");
            assert!(!ids(&without).is_empty());
            assert!(without.findings.iter().all(|finding| finding.suppression.is_none()));
        } else {
            assert_eq!(with.problems, without.problems);
        }
    }
}
