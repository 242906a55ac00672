//! What is tried with each text. The tests of the package replay the corpus through the same function.

use lynt::datalog::compile_custom;
use lynt::datalog::lower::lower;
use lynt::datalog::parse::parse;
use lynt::source::{Severity, Sources};

const VOCABULARY: &str = include_str!("../tests/rule-language/vocabulary.dl");

/// One text of so many is not only parsed but compiled, which takes a hundred times as long.
const COMPILED_OF: usize = 512;

/// Parses `text`, and compiles it as custom rules on top of a small vocabulary now and then: which texts
/// depends on the text alone.
///
/// # Panics
/// Where something does not hold that must.
pub fn try_some(text: &str) {
    let mut problems = Vec::new();
    parse(0, text, &mut problems);
    for problem in &problems {
        let place = problem.labels.first().map(|label| label.span.range());
        assert!(place.is_some_and(|place| text.get(place).is_some()), "{problem:?}");
    }
    let sum = text.bytes().fold(text.len(), |sum, byte| sum.wrapping_mul(31) ^ usize::from(byte));
    if sum.is_multiple_of(COMPILED_OF) {
        try_text(text);
    }
}

/// Compiles `text` as custom rules on top of a small vocabulary.
///
/// # Panics
/// Where something does not hold that must.
pub fn try_text(text: &str) {
    let mut sources = Sources::default();
    sources.add("vocabulary.dl", VOCABULARY);
    let first = sources.add("rules/own.dl", text);
    let (program, problems) = compile_custom(&sources, first);
    for problem in &problems {
        for label in &problem.labels {
            let file = sources.file(label.span.file);
            assert!(
                file.text.get(label.span.range()).is_some(),
                "{problem:?} is outside of its file"
            );
        }
        assert!(!problem.labels.is_empty(), "{problem:?} has no place");
        assert!(!problem.message.contains('\n'), "{problem:?} is more than a line");
    }
    let failed = problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(failed, program.is_none());
    if let Some(program) = program {
        lower(&program);
    }
}
