//! What people write who know another language: said once, with what it is here, and read as it was
//! meant, so that the rest of the rule is checked too.

use super::Parser;
use crate::datalog::lex::TokenKind;
use crate::source::Problem;

/// Where something stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// Behind the head of a rule.
    Arrow,
    /// Between two conditions.
    Between,
    /// Before a condition.
    Not,
    /// Between what is compared.
    Comparison,
    /// Behind the variable of a `let`.
    Let,
    /// Behind the first word of a line of a violation.
    Colon,
}

/// Where, what is written elsewhere, and what is written here.
const HABITS: &[(At, &[&str], &str)] = &[
    (
        At::Arrow,
        &[":-", "->", "=>", "<=>", "<=", "=", "==", ":", ":=", "if", "when", "where"],
        "<-",
    ),
    (At::Between, &["&&", "&", "and"], ","),
    (At::Not, &["not", "~", "\\+"], "!"),
    (At::Comparison, &["=", "===", ":=", "equals"], "=="),
    (At::Comparison, &["<>", "/=", "!==", "\\=", "~="], "!="),
    (At::Comparison, &["=<"], "<="),
    (At::Comparison, &["=>"], ">="),
    (At::Let, &["==", ":=", "be", "is"], "="),
    (At::Colon, &["=", ":=", "=>"], ":"),
];

/// Words and signs of other languages that have no counterpart where they stand, and what to do.
const UNKNOWN: &[(&[&str], &str)] = &[
    (&["or", "||", "|"], "write one rule for each alternative, all with the same head"),
    (&["and", "&&", "&"], "conditions are separated by `,`, each with parentheses of its own"),
    (&["in"], "write one rule for each value, or list the values as facts"),
    (
        &["like", "contains", "matches", "starts_with", "ends_with", "startswith", "endswith"],
        "a text is tested so: `(p.fqdn.starts_with(\"fe-\"))`, or with ends_with, contains, matches",
    ),
    (&["/", "%"], "there is no division: instead of `a / b > c` write `a > c * b`"),
    (&["not", "~", "\\+"], "*not* is written `!`, before a condition"),
    (&[":-", "->"], "the arrow of a rule is written `<-`"),
];

impl Parser<'_> {
    /// The word or sign that comes next.
    fn written(&self) -> Option<&str> {
        match self.peek() {
            TokenKind::Name(word) => Some(word),
            TokenKind::Sign(sign) | TokenKind::Foreign(sign) => Some(sign),
            _ => None,
        }
    }

    /// Goes behind what another language writes here, says so, and gives what lynt writes.
    pub(super) fn translated(&mut self, at: At) -> Option<&'static str> {
        let found = self.written()?;
        let (_, _, here) = HABITS.iter().find(|row| row.0 == at && is_among(found, row.1))?;
        let message = match (at, found) {
            (At::Comparison, "=") => {
                "`=` belongs to `let`; a comparison is written `==`".to_owned()
            }
            _ => format!("`{found}` is written `{here}` here"),
        };
        let span = self.span();
        self.problems.push(Problem::error("syntax", message).at(span, ""));
        self.advance();
        Some(here)
    }

    /// What to do in place of the word or sign that comes next.
    pub(super) fn habit_help(&self) -> Option<&'static str> {
        let found = self.written()?;
        UNKNOWN.iter().find(|row| is_among(found, row.0)).map(|row| row.1)
    }
}

fn is_among(found: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(found))
}
