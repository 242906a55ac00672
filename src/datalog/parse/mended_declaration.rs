//! Declarations that are nearly right, and lines of violations: said once, with what to write.

use super::habits::At;
use super::{DECLARATIONS, PROPERTIES, Parsed, Parser, Wrong};
use crate::datalog::ast::{Item, RelationItem, Word};
use crate::datalog::lex::TokenKind;
use crate::source::{Problem, Severity};
use crate::spelling::nearest;

/// Lines that a violation might have, and which it has in their place.
const SYNONYMS: &[(&[&str], &str)] = &[
    (&["level", "grade", "priority"], "severity"),
    (&["msg", "text", "error", "warning"], "message"),
    (&["at", "where", "place", "span"], "label"),
    (&["hint", "fix", "remedy", "solution"], "help"),
    (&["reference", "link", "url", "see"], "source"),
    (&["scope", "applies"], "examines"),
    (&["reason", "why", "info"], "note"),
];

/// Lines that a violation might have, whose place is its documentation.
const DESCRIPTIONS: &[&str] = &["title", "description", "summary", "docs", "doc", "name"];

impl Parser<'_> {
    /// Whether a line begins here with what may have been meant as a declaration or a rule.
    pub(super) fn begins_unknown_item(&self) -> bool {
        let starts_line = self.on_new_line()
            && self.text_at(self.span().start - 1, self.span().start) == Some("\n");
        let is_two_words = matches!(
            (self.peek(), self.peek_second()),
            (TokenKind::Name(word), TokenKind::Name(_)) if word != "let" && word != "not"
        );
        starts_line && is_two_words
    }

    /// The word that is missing before a declaration: `Old(p: Pool);`, `limit: Int = 5;`
    pub(super) fn lacks_word(&mut self) -> Option<&'static str> {
        let kind = |at: usize| self.tokens.get(self.at + at).map(|token| &token.kind);
        let is_name = |at: usize| matches!(kind(at), Some(TokenKind::Name(_)));
        let is_sign = |at: usize, sign| kind(at) == Some(&TokenKind::Sign(sign));
        let TokenKind::Name(name) = self.peek() else { return None };
        if DECLARATIONS.contains(&name.as_str()) {
            return None;
        }
        let (word, what) = if is_sign(1, "(") && is_name(2) && is_sign(3, ":") && is_name(4) {
            ("relation", "`relation` or `violation`")
        } else if is_sign(1, ":") && is_name(2) && is_sign(3, "=") {
            ("param", "`param`")
        } else {
            return None;
        };
        let message = format!("expected {what} before `{name}`");
        let help = format!("a declaration begins with a word: `{word} {name}..`");
        let span = self.span();
        self.report(message, span, help);
        Some(word)
    }

    /// A relation or a violation whose word is missing.
    pub(super) fn declared(&mut self, docs: String) -> Parsed<Item> {
        let name = self.name("a name")?;
        let columns = self.columns()?;
        if self.is_sign("{") {
            return self.violation_lines(docs, false, name, columns);
        }
        self.expect(";", "after the declaration")?;
        Ok(Item::Relation(RelationItem { docs, name, columns }))
    }

    /// The `{` before the lines of a violation.
    pub(super) fn open_lines(&mut self) -> Parsed<()> {
        let is_line = |kind: &TokenKind| matches!(kind, TokenKind::Name(word) if PROPERTIES.contains(&word.as_str()));
        // Another sign may stand in place of the brace.
        let is_other = !is_line(self.peek()) && is_line(self.peek_second());
        if self.is_sign("{") || !is_line(self.peek()) && !is_other {
            return self.expect("{", "before the violation's lines");
        }
        let place = if is_other { self.span() } else { self.end_of_previous() };
        let help = "the lines of a violation stand between `{` and `}`";
        self.report("expected `{` before the violation's lines", place, help);
        if is_other {
            self.advance();
        }
        Ok(())
    }

    /// What is not even a word, where a declaration or a rule begins.
    pub(super) fn no_item<T>(&mut self) -> Parsed<T> {
        let is_decl = self.is_sign(".")
            && matches!(self.peek_second(), TokenKind::Name(word) if ["decl", "type"].contains(&word.as_str()));
        if !is_decl {
            return self.expected("a declaration or a rule");
        }
        let span = self.span().to(self.tokens[self.at + 1].span);
        self.wrong(
            Problem::error("syntax", "expected a declaration or a rule, found `.`")
                .at(span, "")
                .help("a relation is declared so: `relation Name(p: Pool);`"),
        )
    }

    /// The declaration that `word` begins, or that it was meant to begin.
    pub(super) fn declaration_word(&mut self, word: &str) -> Parsed<&'static str> {
        let near = nearest(word, DECLARATIONS.iter().copied());
        if near == Some(word) {
            return near.ok_or(Wrong);
        }
        let is_capital = word.starts_with(|c: char| c.is_ascii_uppercase());
        if near.is_none() && is_capital {
            self.advance();
            return self.expected("`(` after the relation's name");
        }
        let help = match word {
            "rule" | "fact" | "if" | "clause" => {
                "a rule begins with what it derives: `Head(p) <- Condition(p);`".to_owned()
            }
            _ => format!("declarations begin with {}", DECLARATIONS.join(", ")),
        };
        let message = format!("`{word}` begins neither a declaration nor a rule");
        let span = self.span();
        let problem = Problem::error("syntax", message).at(span, "").help(help);
        self.problems.push(problem.did_you_mean(near));
        near.ok_or(Wrong).inspect_err(|_| self.advance())
    }

    /// The `(` before the columns of a relation or a violation.
    pub(super) fn expect_columns(&mut self) -> Parsed<()> {
        if self.eat("(") {
            return Ok(());
        }
        let before = self.previous_span();
        let name = self.text_at(before.start, before.end).unwrap_or("A").to_owned();
        let end = self.end_of_previous();
        let message = format!("expected `(` and the columns of `{name}`");
        let help = format!("say of what it speaks: `{name}(p: Pool)`");
        self.wrong(Problem::error("syntax", message).at(end, "").help(help))
    }

    /// The `:` between a column and its kind.
    pub(super) fn expect_kind_of(&mut self, column: &Word) -> Parsed<()> {
        if self.eat(":") {
            return Ok(());
        }
        let (name, next) = (&column.node, self.peek());
        let help = match next {
            TokenKind::Name(second) if name.starts_with(char::is_uppercase) => {
                format!("the name comes first: `{second}: {name}`")
            }
            TokenKind::Name(kind) => format!("write `{name}: {kind}`"),
            _ => format!("say of which kind it is, such as `{name}: Pool`"),
        };
        let named = matches!(next, TokenKind::Name(_));
        let found = if named { column.span.to(self.span()) } else { column.span };
        let message = format!("expected `:` and the kind of column `{name}`");
        self.wrong(Problem::error("syntax", message).at(found, "").help(help))
    }
    /// The `:` between a parameter and its kind.
    pub(super) fn expect_kind_of_param(&mut self, param: &Word) -> Parsed<()> {
        if self.eat(":") {
            return Ok(());
        }
        let (name, end) = (&param.node, self.end_of_previous());
        let message = format!("expected `:` and the kind of parameter `{name}`");
        let help = format!("write `param {name}: Int = 5;`");
        self.wrong(Problem::error("syntax", message).at(end, "").help(help))
    }

    /// The `:` behind the first words of a line of a violation.
    pub(super) fn colon(&mut self, after: &str) -> Parsed<()> {
        if self.translated(At::Colon).is_some() { Ok(()) } else { self.expect(":", after) }
    }

    pub(super) fn severity(&mut self) -> Parsed<Word> {
        let TokenKind::Text(text) = self.peek() else {
            return self.name("error, warning or note");
        };
        let word = Word { node: text.clone(), span: self.span() };
        let near = nearest(text, Severity::ALL.map(Severity::as_str));
        let help = near
            .map_or("write error, warning or note".to_owned(), |near| format!("write `{near}`"));
        self.report("a severity stands without quotes", word.span, help);
        self.advance();
        // A second word on it would be one too many.
        Ok(Word { node: "note".to_owned(), ..word })
    }

    pub(super) fn unknown_property<T>(&mut self, word: &Word) -> Parsed<T> {
        let name = word.node.as_str();
        let message = format!("a violation has no line `{name}`");
        let problem = Problem::error("syntax", message).at(word.span, "");
        if DESCRIPTIONS.contains(&name) {
            return self.wrong(problem.help("describe it above, in lines that begin with `///`"));
        }
        let same = SYNONYMS.iter().find(|(names, _)| names.contains(&name)).map(|row| row.1);
        let near = same.or_else(|| nearest(name, PROPERTIES.iter().copied()));
        let help = format!("its lines begin with {}", PROPERTIES.join(", "));
        self.wrong(problem.help(help).did_you_mean(near))
    }
}
