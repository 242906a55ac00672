//! Rules that are nearly right: what is missing or too many is said where it is, and read as if it were
//! right, so that one mistake makes one error and the rest of the rule is checked too.

use super::habits::At;
use super::{Parsed, Parser};
use crate::datalog::lex::TokenKind;
use crate::source::{Problem, Span};

/// A head of so many tokens is looked through for its end.
const MAX_HEAD: usize = 100;

/// Texts up to so many characters are repeated in a help.
const MAX_SHOWN: usize = 60;

// Places.
impl Parser<'_> {
    pub(super) fn report(
        &mut self,
        message: impl Into<String>,
        span: Span,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::error("syntax", message).at(span, "").help(help));
    }

    /// The text between two places of the file.
    pub(super) fn text_at(&self, start: u32, end: u32) -> Option<&str> {
        let at = |place: u32| (place as usize).checked_sub(self.begin);
        self.text.get(at(start)?..at(end)?)
    }

    /// The text from `start` up to what was read last, if it is short enough to be repeated.
    pub(super) fn read_since(&self, start: Span) -> Option<&str> {
        let text = self.text_at(start.start, self.previous_span().end)?;
        (text.len() <= MAX_SHOWN && !text.contains('\n')).then_some(text)
    }

    /// Behind the last character that was read.
    pub(super) fn end_of_previous(&self) -> Span {
        let before = self.previous_span();
        Span { start: before.end, ..before }
    }

    /// Something is missing at the end of what was read, since a line ends there.
    pub(super) fn expected_before_line_end<T>(&mut self, what: &str) -> Parsed<T> {
        let end = self.end_of_previous();
        self.wrong(Problem::error("syntax", format!("expected {what}")).at(end, ""))
    }

    /// Whether what comes next stands on another line than what was read last.
    pub(super) fn on_new_line(&self) -> bool {
        let between = self.text_at(self.previous_span().end, self.span().start);
        between.is_some_and(|text| text.contains('\n'))
    }

    /// Whether a head and an arrow come next.
    pub(super) fn begins_rule(&self) -> bool {
        let mut kinds = self.tokens[self.at..].iter().take(MAX_HEAD).map(|token| &token.kind);
        let is_atom = matches!(kinds.next(), Some(TokenKind::Name(_)))
            && kinds.next() == Some(&TokenKind::Sign("("));
        let signs = [")", ";", "{", "}", "<-"].map(TokenKind::Sign);
        is_atom
            && kinds.find(|kind| signs.contains(kind) || **kind == TokenKind::End)
                == Some(&signs[0])
            && matches!(kinds.next(), Some(TokenKind::Sign("<-") | TokenKind::Foreign(":-")))
    }

    fn begins_condition(&self) -> bool {
        match (self.peek(), self.peek_second()) {
            (TokenKind::Sign("!" | "("), _) | (TokenKind::Name(_), TokenKind::Sign("(")) => true,
            (TokenKind::Name(word), TokenKind::Name(_)) => word == "let" || word == "not",
            _ => false,
        }
    }
}

// Rules and their ends.
impl Parser<'_> {
    /// Whether a body follows: behind the arrow, what was meant as one, or where it was forgotten.
    pub(super) fn arrow(&mut self) -> bool {
        if self.eat("<-") || self.translated(At::Arrow).is_some() {
            return true;
        }
        let is_body = self.is_sign(",") || self.begins_condition();
        if !is_body || self.begins_item() || self.begins_rule() {
            return false;
        }
        let place = if self.is_sign(",") { self.span() } else { self.end_of_previous() };
        self.report(
            "expected `<-` between the head and its conditions",
            place,
            "a rule is written `Head(p) <- Condition(p), Another(p);`",
        );
        self.eat(",");
        true
    }

    /// Goes behind the comma before another condition, or says that it is missing or too many.
    pub(super) fn another_condition(&mut self) -> Parsed<bool> {
        if !self.eat(",") {
            self.refuse_comparison_of_nothing()?;
            return Ok(self.translated(At::Between).is_some() || self.lacks_comma());
        }
        while self.is_sign(",") {
            let span = self.span();
            self.report("a comma too many", span, "write one comma between two conditions");
            self.advance();
        }
        let ends = matches!(self.peek(), TokenKind::Sign(";" | "}" | ".") | TokenKind::End);
        if !ends && !self.begins_rule() {
            return Ok(true);
        }
        let span = self.previous_span();
        let help = if ends { "remove the comma" } else { "a rule ends with `;`" };
        self.report("no condition follows this comma", span, help);
        Ok(false)
    }

    /// `let n = count { .. } > 3`
    fn refuse_comparison_of_nothing(&mut self) -> Parsed<()> {
        let TokenKind::Sign(sign @ ("==" | "!=" | "<" | "<=" | ">" | ">=")) = self.peek() else {
            return Ok(());
        };
        let span = self.span();
        self.wrong(
            Problem::error("syntax", format!("`{sign}` compares nothing here"))
                .at(span, "")
                .help("a comparison is a condition of its own, in parentheses: `, (n > 3)`"),
        )
    }

    /// Whether the rule ended with a comma in place of its `;`, which was said.
    pub(super) fn ends_with_comma(&self) -> bool {
        self.at > 0
            && self.tokens[self.at - 1].kind == TokenKind::Sign(",")
            && !matches!(self.peek(), TokenKind::Sign(";" | "."))
    }

    fn lacks_comma(&mut self) -> bool {
        if !self.begins_condition() || self.begins_item() || self.begins_rule() {
            return false;
        }
        let end = self.end_of_previous();
        self.report("expected `,` between two conditions", end, "a comma means *and*");
        true
    }

    /// A full stop at the end of a line, where Prolog ends a rule.
    pub(super) fn full_stop(&mut self) -> bool {
        let next = &self.tokens[(self.at + 1).min(self.tokens.len() - 1)];
        let between = self.text_at(self.span().end, next.span.start);
        let ends_line = between.is_some_and(|text| text.contains('\n'));
        if !self.is_sign(".") || !(ends_line || next.kind == TokenKind::End) {
            return false;
        }
        let span = self.span();
        self.report("a rule ends with `;`, found `.`", span, "write `;` in place of the full stop");
        self.advance();
        true
    }

    /// A `;` where nothing has to end, such as behind the `}` of a violation.
    pub(super) fn skip_stray_end(&mut self) -> bool {
        if !self.is_sign(";") {
            return false;
        }
        let span = self.span();
        self.report("this `;` ends nothing", span, "remove it");
        self.advance();
        true
    }
}
