//! Conditions that are nearly right: said once, and read as they were meant where that is certain.

use super::habits::At;
use super::{AGGREGATES, Parsed, Parser, Wrong, is_aggregate};
use crate::datalog::ast::{LiteralItem, TermItem, Word};
use crate::datalog::lex::TokenKind;
use crate::source::{Label, Problem, Span};

impl Parser<'_> {
    /// Goes behind a `!`, or behind what was meant as one.
    pub(super) fn negation(&mut self) -> bool {
        let negates = match (self.peek(), self.peek_second()) {
            // `NOT` may be a relation, and `not` a variable.
            (TokenKind::Name(word), TokenKind::Sign("(")) => word == "not",
            (TokenKind::Name(_), next) => matches!(next, TokenKind::Name(_)),
            _ => true,
        };
        self.eat("!") || negates && self.translated(At::Not).is_some()
    }

    /// A comparison or a test without its parentheses.
    pub(super) fn bare_condition(&mut self, negated: bool) -> Parsed<LiteralItem> {
        let (start, at, before) = (self.span(), self.at, self.problems.len());
        if let (TokenKind::Name(word), TokenKind::Sign("=") | TokenKind::Foreign(":=")) =
            (self.peek(), self.peek_second())
        {
            return self.forgotten_let(Word { node: word.clone(), span: start });
        }
        if matches!(self.peek(), TokenKind::Name(word) if word.starts_with(char::is_uppercase))
            && !matches!(self.peek_second(), TokenKind::Sign("."))
        {
            self.advance();
            return self.expected("`(` after the relation's name");
        }
        if let Ok(literal) = self.condition_inside(start, negated) {
            if self.is_sign(")") {
                let help = "a comparison or a test stands in parentheses";
                self.report("expected `(` before the condition", start, help);
                self.advance();
                return Ok(literal);
            }
            let not = if negated { "!" } else { "" };
            let help = match self.read_since(start) {
                Some(text) if self.problems.len() == before => format!("write `{not}({text})`"),
                _ => "put `(` before and `)` behind it".to_owned(),
            };
            let span = start.to(self.previous_span());
            self.report("a comparison or a test stands in parentheses", span, help);
            return Ok(literal);
        }
        self.problems.truncate(before);
        self.at = at;
        let what = match (self.term(), self.read_since(start)) {
            (Ok(_), Some(text)) => text.to_owned(),
            _ => "p.version".to_owned(),
        };
        self.problems.truncate(before);
        let help = format!("say with what it is compared, in parentheses: `({what} == ..)`");
        let problem = Problem::error("syntax", "expected a condition such as `Backup(p, q)`");
        self.wrong(problem.at(start, "").help(help))
    }

    /// `n = count { .. }`, without `let`.
    fn forgotten_let(&mut self, variable: Word) -> Parsed<LiteralItem> {
        let (start, name) = (variable.span, variable.node.as_str());
        let help = format!("write `let {name} = ..`, or `({name} == ..)` to compare");
        self.advance();
        let value = self.tokens.get(self.at + 1).map(|token| &token.kind);
        let after = self.tokens.get(self.at + 2).map(|token| &token.kind);
        let makes = match (value, after) {
            (Some(TokenKind::Name(word)), Some(next)) => is_aggregate(word, next),
            _ => false,
        };
        self.report("a new variable begins with `let`", start, help);
        if !makes {
            // It may have been meant as a comparison.
            return Err(Wrong);
        }
        self.advance();
        let value = self.aggregate()?;
        let span = start.to(self.previous_span());
        Ok(LiteralItem::Let { variable, value, span })
    }

    /// `count { .. } > 3`, where only a condition may stand.
    pub(super) fn refuse_misplaced_aggregate(&mut self) -> Parsed<()> {
        let TokenKind::Name(word) = self.peek() else { return Ok(()) };
        let braces = matches!(self.peek_second(), TokenKind::Sign("{" | "("));
        if !braces || !AGGREGATES.contains(&word.as_str()) {
            return Ok(());
        }
        let span = self.span();
        self.wrong(
            Problem::error("syntax", format!("`{word}` stands behind `let` only"))
                .at(span, "")
                .help("name the number first: `let n = count { .. }, (n > 3)`"),
        )
    }

    /// `count(..)`, `count : { .. }`: what an aggregate ranges over stands in braces.
    pub(super) fn refuse_parentheses_of(&mut self, operation: &Word) -> Parsed<()> {
        match (self.peek(), self.peek_second()) {
            (TokenKind::Sign("(" | ":"), _) | (TokenKind::Name(_), TokenKind::Sign("(")) => {}
            _ => return Ok(()),
        }
        let span = self.span();
        let (name, value) = match operation.node.as_str() {
            "count" => ("count", ""),
            other => (other, " n"),
        };
        self.wrong(
            Problem::error("syntax", format!("what `{name}` ranges over stands in braces"))
                .at(span, "")
                .help(format!("write `{name}{value} {{ .. }}`")),
        )
    }

    /// `(Backup(p, q))`, as a rule behind a `!`.
    pub(super) fn atom_in_parentheses(&mut self, negated: bool) -> Parsed<LiteralItem> {
        let before = self.problems.len();
        let atom = self.atom()?;
        if self.eat(")") {
            let not = if negated { "!" } else { "" };
            let help = match self.read_since(atom.span) {
                Some(text) => {
                    format!("write `{not}{}`", text.trim_end_matches(')').to_owned() + ")")
                }
                None => "remove the parentheses".to_owned(),
            };
            if self.problems.len() == before {
                self.report("an atom stands without parentheses around it", atom.span, help);
            }
            return Ok(LiteralItem::Atom { negated, atom });
        }
        self.several_in_parentheses()
    }

    /// `(a == b, c == d)`, `!(Pool(p), Sba(s))`
    pub(super) fn several_in_parentheses<T>(&mut self) -> Parsed<T> {
        if !self.is_sign(",") {
            return self.expected("`)` after the condition");
        }
        let span = self.span();
        self.wrong(
            Problem::error("syntax", "parentheses hold one condition").at(span, "").help(
                "write each condition by itself; to negate several together, give them a relation of their own",
            ),
        )
    }

    /// `(p.automatic-failover)`
    pub(super) fn truth_without_comparison<T>(&mut self, start: Span) -> Parsed<T> {
        let text = self.read_since(start).unwrap_or("p.version");
        let help = format!("say with what it is compared: `({text} == ..)`");
        let message = "expected a comparison such as `==` or `<`, found `)`";
        let span = self.span();
        self.wrong(Problem::error("syntax", message).at(span, "").help(help))
    }

    /// `let q = Backup(p, q)`
    pub(super) fn refuse_atom_as_value(&mut self) -> Parsed<()> {
        let is_atom = matches!(self.peek(), TokenKind::Name(_));
        if !is_atom || self.peek_second() != &TokenKind::Sign("(") {
            return Ok(());
        }
        let span = self.span();
        self.wrong(
            Problem::error("syntax", "an atom is no value")
                .at(span, "")
                .help("an atom binds its variables without `let`: write `Backup(p, q)`"),
        )
    }

    /// The terms of an atom whose parenthesis opened at `open`.
    pub(super) fn arguments(&mut self, open: Span) -> Parsed<Vec<TermItem>> {
        let before = self.problems.len();
        let terms = self.list(")", Self::argument);
        if terms.is_err() && self.problems.len() > before {
            self.point_at_opening(open);
        }
        terms
    }

    fn argument(&mut self) -> Parsed<TermItem> {
        let term = self.term()?;
        let (what, help) = match self.peek() {
            TokenKind::Sign("+" | "-" | "*") => {
                ("calculation", "calculate before it: `let m = n + 1`")
            }
            TokenKind::Sign("{") => ("aggregate", "make it before: `let n = count { .. }`"),
            TokenKind::Sign("(") => ("atom", "write it as a condition of its own, behind a comma"),
            TokenKind::Sign("==" | "!=" | "<" | "<=" | ">" | ">=" | "=") => {
                ("comparison", "write it as a condition of its own, behind a comma")
            }
            _ => return Ok(term),
        };
        let span = self.span();
        let problem = Problem::error("syntax", format!("no {what} stands in an atom"));
        self.wrong(problem.at(span, "").help(help))
    }

    /// The sign that closes what `open` opened.
    pub(super) fn close(&mut self, sign: &str, after: &str, open: Span) -> Parsed<()> {
        let closed = self.expect(sign, after);
        if closed.is_err() {
            self.point_at_opening(open);
        }
        closed
    }

    fn point_at_opening(&mut self, open: Span) {
        if let Some(problem) = self.problems.last_mut()
            && problem.message.starts_with("expected")
        {
            problem.labels.push(Label { span: open, text: "opened here".to_owned() });
        }
    }
}
