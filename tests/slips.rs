//! A slip of the pen in a right rule gives one report, not a cascade.

use lynt::datalog::compile_custom;
use lynt::datalog::lex::{Token, TokenKind, lex};
use lynt::source::Sources;
use std::path::Path;
use std::{fs, iter};

/// Rules with everything in them: labels with `else`, aggregates, parameters, recursion.
const RULES: &[&str] = &[
    "capacity/too-many-users-in-region.dl",
    "environments/production-paired-with-lab.dl",
    "legacy/backup-ring.dl",
    "users/users-across-border.dl",
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).expect("a rule file").replace("\r\n", "\n")
}

/// What is told about `text` beside the vocabulary: line, severity, name, message.
fn reports(vocabulary: &Sources, text: &str) -> Vec<String> {
    let mut sources = vocabulary.clone();
    let file = sources.add("slip.dl", text);
    let (_, problems) = compile_custom(&sources, file);
    let mut reports = Vec::new();
    for problem in problems {
        let place = problem.labels.first().expect("a problem of a rule has a place").span;
        if place.file == file {
            let (line, _) = sources.line_column(place);
            let severity = problem.severity.as_str();
            reports.push(format!("{line}: {severity}[{}]: {}", problem.name, problem.message));
        }
    }
    reports
}

/// Writes another text in place of each token for which `slip` gives one; asserts that nobody is told two
/// things, and gives how many slips there were.
fn slip(slip: impl Fn(&Token, &str) -> Option<String>) -> usize {
    let mut vocabulary = Sources::default();
    for path in ["rules/vocabulary.dl", "rules/shared.dl"] {
        vocabulary.add(path, read(path));
    }
    let mut slips = 0;
    for rule in RULES {
        let text = read(&format!("examples/custom-rules/{rule}"));
        assert_eq!(reports(&vocabulary, &text), Vec::<String>::new(), "{rule}");
        for token in lex(0, &text, &mut Vec::new()) {
            let range = token.span.range();
            let right = &text[range.clone()];
            if matches!(token.kind, TokenKind::Doc(_) | TokenKind::End) {
                continue;
            }
            let Some(wrong) = slip(&token, right).filter(|wrong| wrong != right) else { continue };
            let line = 1 + text[..range.start].matches('\n').count();
            let mut slipped = text.clone();
            slipped.replace_range(range, &wrong);
            let told = reports(&vocabulary, &slipped);
            assert!(told.len() <= 1, "{rule}:{line}: `{wrong}` for `{right}`: {told:#?}");
            slips += 1;
        }
    }
    slips
}

#[test]
fn a_word_or_sign_left_out_is_one_mistake() {
    assert!(slip(|_, _| Some(" ".to_owned())) > 500);
}

#[test]
fn a_word_or_sign_written_twice_is_one_mistake() {
    assert!(slip(|_, right| Some(format!("{right} {right}"))) > 500);
}

#[test]
fn what_another_language_writes_is_one_mistake() {
    let habits = [
        ("<-", ":-"),
        ("!", "not "),
        ("==", "="),
        ("!=", "<>"),
        (">=", "=>"),
        (",", " and "),
        (";", "."),
        (":", "="),
        ("(", "["),
        (")", "]"),
        ("{", "("),
    ];
    let slips = slip(|_, right| {
        let quoted = right.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let habit = habits.iter().find(|(here, _)| *here == right);
        quoted.map(|text| format!("'{text}'")).or(habit.map(|(_, there)| (*there).to_owned()))
    });
    assert!(slips > 300);
}

/// But for the names of parameters: where one is misspelt at its declaration, each rule and each message that
/// names it is told so.
#[test]
fn two_letters_swapped_are_one_mistake() {
    let slips = slip(|token, right| match &token.kind {
        TokenKind::Name(_) if right.len() > 3 && !right.starts_with("max-") => {
            let (first, second) = (&right[1..2], &right[2..3]);
            Some(iter::once(&right[..1]).chain([second, first, &right[3..]]).collect())
        }
        _ => None,
    });
    assert!(slips > 100);
}
