//! What fuzzing found worth keeping runs with every test: `fuzz/seeds/`, and the texts that the rule
//! language's own tests are made of.

#[allow(dead_code, reason = "the fuzzer tries most texts in a quicker way")]
#[path = "../fuzz/rules.rs"]
mod rules;

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
