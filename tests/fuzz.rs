//! What fuzzing found worth keeping runs with every test: `fuzz/seeds/`, and the texts that the rule
//! language's own tests are made of.

#[allow(dead_code, reason = "the fuzzer tries most texts in a quicker way")]
#[path = "../fuzz/rules.rs"]
mod rules;

#[path = "engines/lowered.rs"]
mod lowered;
#[path = "engines/naive.rs"]
mod naive;
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

#[test]
fn rule_texts() {
    let seeds = seeds("rules");
    assert!(seeds.len() >= 20);
    for (name, bytes) in &seeds {
        println!("{name}");
        if let Ok(text) = std::str::from_utf8(bytes) {
            rules::try_text(text);
        }
    }
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
