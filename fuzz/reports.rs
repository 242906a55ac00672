//! What holds of every report, whatever the topology: it is text that terminals and its readers can bear, and what
//! is for machines has its form.

use lynt::report::{FORMATS, Format, Outcome, Report, Rule, Style};
use lynt::source::Sources;
use serde_json::Value;

/// Of so many formats a text gets one.
const ONE_OF: usize = 4;

/// Some of the formats; every one is among those of some `sum`.
pub fn some(sum: usize) -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().skip(sum % ONE_OF).step_by(ONE_OF)
}

/// Writes a report in `formats`.
///
/// # Panics
/// Where something does not hold that must.
pub fn hold(
    sources: &Sources,
    rules: &[Rule],
    outcome: &Outcome,
    formats: impl Iterator<Item = &'static Format>,
) {
    let exit_code = if outcome.problems.is_empty() { u8::from(outcome.fails()) } else { 2 };
    let outcomes = std::slice::from_ref(outcome);
    let rule_files = &Sources::default();
    let report = Report { outcomes, problems: &[], sources, rules, rule_files, exit_code };
    let style = Style {
        color: false,
        ascii: false,
        width: 80,
        proofs: true,
        hidden: true,
        most: usize::MAX,
    };
    for format in formats {
        let mut printed = Vec::new();
        (format.write)(&report, &style, &mut printed).expect("memory takes everything");
        if let Some((_, write)) = format.beside {
            write(&report, &style, &mut printed).expect("memory takes everything");
        }
        let printed = String::from_utf8(printed).expect("reports are text");
        let is_raw = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        assert!(!printed.contains(is_raw), "{} prints a control character", format.name);
        assert_form(format.name, &printed, outcome);
    }
}

fn assert_form(format: &str, printed: &str, outcome: &Outcome) {
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("it is JSON");
    match format {
        "json" | "sarif" | "gitlab" => drop(json(printed)),
        "jsonl" => printed.lines().for_each(|line| drop(json(line))),
        "junit" => {
            let junit = roxmltree::Document::parse(printed).expect("it is XML");
            let failures = junit.descendants().filter(|node| node.has_tag_name("failure"));
            assert!(outcome.problems.is_empty() || failures.count() == 0);
        }
        "concise" => {
            let said = outcome.open().count() + outcome.problems.len();
            assert_eq!(printed.lines().count(), said, "{printed}");
            assert!(printed.lines().all(|line| line.starts_with("t.toml:")), "{printed}");
        }
        _ => {}
    }
}
