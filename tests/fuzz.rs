//! What fuzzing found worth keeping runs with every test: `fuzz/seeds/`, and the texts that the rule
//! language's own tests are made of.

#[path = "../fuzz/pipelines.rs"]
mod pipelines;
#[path = "../fuzz/reports.rs"]
mod reports;

#[allow(dead_code, reason = "the fuzzer tries most texts in a quicker way")]
#[path = "../fuzz/rules.rs"]
mod rules;

#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/generate.rs"]
mod generate;
#[path = "engines/lowered.rs"]
mod lowered;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/model.rs"]
mod model;
#[path = "engines/naive.rs"]
mod naive;
#[path = "mend/promises.rs"]
mod promises;
#[path = "../fuzz/choices.rs"]
mod random;
#[path = "engines/random_program.rs"]
mod random_program;
#[path = "engines/random_rule.rs"]
mod random_rule;
#[allow(dead_code, reason = "its own tests ask for more")]
#[path = "engines/run.rs"]
mod run;
#[allow(dead_code, reason = "its own tests ask for more")]
#[path = "engines/stand_alone.rs"]
mod stand_alone;
#[allow(dead_code, reason = "variants need more")]
#[path = "engines/syntax.rs"]
mod syntax;

use lynt::rules::Rules;
use pipelines::Lynt;
use std::fs;
use std::path::Path;

/// The files of a corpus, sorted.
fn seeds(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let entries = fs::read_dir(&folder).expect("the corpus is there");
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a file")))
        .collect();
    files.sort();
    files
}

/// Seeds in which runs found something wrong, and what that was.
const FOUND: [(&str, &str); 6] = [
    ("toml/text-without-quotes.toml", "a text without quotes was called a number with a point"),
    ("toml/name-with-a-line-break.toml", "reports have a line for a problem, whatever it names"),
    ("import/malformed-utf-16.json", "the column of an error counted bytes"),
    (
        "import/vertical-tab.xml",
        "it was imported, but not taken for an export where files are told apart",
    ),
    (
        "fixes/called-as-in-the-report",
        "a mended violation had a shorter name than in the report, once it was the only one of its pool",
    ),
    ("fixes/a-second-time", "a fix that another one stood in the way of took a second run"),
];

#[test]
fn what_was_found_is_among_the_seeds() {
    for (name, what) in FOUND {
        let (corpus, file) = name.split_once('/').expect("a corpus");
        let is_there = seeds(corpus).iter().any(|(path, _)| path.ends_with(file));
        assert!(is_there, "{name}: {what}");
    }
}

#[test]
fn rule_texts() {
    replay(&texts("rules"), 20, |text| rules::try_text(text));
    for cases in [include_str!("rule-language/right.txt"), include_str!("rule-language/wrong.txt")]
    {
        for case in cases.split("=== ").skip(1) {
            let (title, rest) = case.split_once('\n').expect("a title");
            println!("{title}");
            rules::try_text(rest.split("---\n").next().unwrap_or(""));
        }
    }
}

/// Choices as programs with facts, of which the engines derive what they mean.
#[test]
fn engines() {
    let seeds = seeds("engines");
    assert!(seeds.len() >= 20);
    for (name, bytes) in &seeds {
        random::choose_by(bytes);
        let random_program::Generated { program, facts } = random_program::program(0);
        let text = program.text();
        assert_eq!(run::Run::new(&program, &text, &facts).dissent(), None, "{name}\n{text}");
    }
}

/// Tries each of the inputs, of which there are so many at least.
#[allow(clippy::print_stdout, reason = "shown only where the test fails")]
fn replay<I>(inputs: &[(String, I)], least: usize, mut attempt: impl FnMut(&I)) {
    assert!(inputs.len() >= least);
    for (name, input) in inputs {
        println!("{name}");
        attempt(input);
    }
}

/// The seeds of a corpus that are texts.
fn texts(name: &str) -> Vec<(String, String)> {
    let text = |(name, bytes)| Some((name, String::from_utf8(bytes).ok()?));
    seeds(name).into_iter().filter_map(text).collect()
}

/// Texts as topologies; what is worth keeping for one of the two is tried by both.
#[test]
fn topologies() {
    let lynt = Lynt::new();
    let texts: Vec<_> = texts("toml").into_iter().chain(texts("topology")).collect();
    replay(&texts, 20, |text| {
        lynt.try_text(text);
        lynt.try_topology(text);
    });
}

#[test]
fn exports() {
    let lynt = Lynt::new();
    replay(&seeds("import"), 10, |bytes| lynt.try_import(bytes));
}

#[test]
fn ignores() {
    let lynt = Lynt::new();
    replay(&texts("ignores"), 10, |text| lynt.try_ignore(text));
}

/// Choices as topologies with slips, ignores and a baseline, of which fixes do what they promise.
#[test]
fn fixes() {
    let rules = Rules::shipped();
    let mut counts = promises::Counts::default();
    replay(&seeds("fixes"), 5, |bytes| {
        random::choose_by(bytes);
        let kind = bytes.first().copied().unwrap_or(0).into();
        promises::hold(&rules, kind, &[false, true], |_| true, &mut counts);
    });
    assert!(counts.fixed > 0 && counts.kept > 0);
}
