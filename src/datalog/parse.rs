//! Tokens → what rule text says.

use super::Spanned;
use super::ast::{
    AtomItem, ClauseItem, ColumnItem, Compare, DefaultItem, EntityItem, EnumItem, ExprItem, File,
    FixItem, Form, FromItem, InputItem, Item, KeyItem, LiteralItem, Operator, ParamItem,
    PatternItem, PlaceholderItem, Property, RelationItem, SayItem, TermItem, UnitItem, ValueItem,
    ViolationItem, Word,
};
use super::lex::{Token, TokenKind, lex};
use crate::source::{FileId, Problem, Span};
use crate::spelling::nearest;

mod habits;
mod mended_condition;
mod mended_declaration;
mod mended_rule;

use habits::At;

/// Words that begin a declaration.
const DECLARATIONS: &[&str] =
    &["enum", "unit", "schema", "entity", "input", "relation", "violation", "outcome", "param"];

/// Declarations that end with a brace.
const BLOCKS: &[&str] = &["enum", "entity", "violation"];

/// Words that begin a line of a violation's block.
const PROPERTIES: &[&str] = &[
    "severity", "mode", "examines", "message", "label", "note", "help", "source", "suggest", "fix",
];

/// What `let` can make of the rows of a body.
const AGGREGATES: &[&str] = &["count", "sum", "min", "max"];

/// Aggregates or parentheses inside each other; deeper text is refused, so that no input overflows
/// the stack.
const MAX_DEPTH: usize = 64;

/// Parses one file. After an error it goes on behind the next `;` or at the next declaration that
/// begins a line.
pub fn parse(file: FileId, text: &str, problems: &mut Vec<Problem>) -> File {
    let mut lexed = Vec::new();
    let tokens = lex(file, text, &mut lexed);
    let end = "the file ends";
    let given_up = Vec::new();
    let mut parser =
        Parser { tokens: &tokens, at: 0, text, begin: 0, depth: 0, end, given_up, problems };
    let (mut items, mut broken) = (Vec::new(), Vec::new());
    while parser.peek() != &TokenKind::End {
        if parser.skip_stray_end() {
            continue;
        }
        let start = parser.at;
        match parser.item() {
            Ok(item) => items.push(item),
            Err(Wrong) => {
                broken.extend(parser.declared_name(start));
                parser.skip_to_next_item(start);
            }
        }
    }
    let given_up = parser.given_up;
    lexed.retain(|problem| !is_within(problem, &given_up));
    problems.append(&mut lexed);
    File { file, items, broken }
}

/// Parses a whole text as the body of a rule; a `;` may end it.
pub fn parse_body(file: FileId, text: &str, problems: &mut Vec<Problem>) -> Vec<LiteralItem> {
    let tokens = lex(file, text, problems);
    let end = "the question ends";
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        text,
        begin: 0,
        depth: 0,
        end,
        given_up: Vec::new(),
        problems,
    };
    parser.whole_body().unwrap_or_default()
}

/// Whether a problem lies in what was given up because of another one before it.
fn is_within(problem: &Problem, given_up: &[Span]) -> bool {
    problem.labels.first().is_some_and(|label| {
        given_up.iter().any(|span| label.span.start > span.start && label.span.start < span.end)
    })
}

/// Parses what stands between the braces of a placeholder; `offset` is its place in the file.
pub fn parse_placeholder(
    file: FileId,
    text: &str,
    offset: usize,
    problems: &mut Vec<Problem>,
) -> Option<PlaceholderItem> {
    let mut lexed = Vec::new();
    let mut tokens = lex(file, text, &mut lexed);
    let shift = u32::try_from(offset).unwrap_or(u32::MAX);
    let labels = lexed.iter_mut().flat_map(|problem| &mut problem.labels);
    for span in labels.map(|label| &mut label.span).chain(tokens.iter_mut().map(|t| &mut t.span)) {
        span.start = span.start.saturating_add(shift);
        span.end = span.end.saturating_add(shift);
    }
    problems.append(&mut lexed);
    let (begin, end) = (offset, "the placeholder ends");
    let given_up = Vec::new();
    let mut parser =
        Parser { tokens: &tokens, at: 0, text, begin, depth: 0, end, given_up, problems };
    parser.placeholder().ok()
}

/// An error was reported; what was being parsed is given up.
struct Wrong;

type Parsed<T> = Result<T, Wrong>;

struct Parser<'a> {
    /// Ends with [`TokenKind::End`].
    tokens: &'a [Token],
    at: usize,
    text: &'a str,
    /// Where `text` begins in the file.
    begin: usize,
    depth: usize,
    /// What is said where more text was expected.
    end: &'static str,
    /// What was given up, from a mistake to where parsing went on.
    given_up: Vec<Span>,
    problems: &'a mut Vec<Problem>,
}

// What all parts use.
impl<'a> Parser<'a> {
    fn token(&self) -> &'a Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> &'a TokenKind {
        &self.token().kind
    }

    fn peek_second(&self) -> &'a TokenKind {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].kind
    }

    fn span(&self) -> Span {
        self.token().span
    }

    fn previous_span(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), TokenKind::Sign(found) if *found == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), TokenKind::Name(name) if name == word)
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.advance();
        }
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, sign: &str, after: &str) -> Parsed<()> {
        if self.eat(sign) {
            return Ok(());
        }
        let what = format!("`{sign}` {after}");
        match sign {
            ";" => self.expect_end(sign, &what),
            _ if self.on_new_line() => self.expected_before_line_end(&what),
            _ => self.expected(&what),
        }
    }

    fn expected<T>(&mut self, what: &str) -> Parsed<T> {
        let found = match self.peek() {
            TokenKind::Unread => return Err(Wrong),
            TokenKind::End => self.end.to_owned(),
            TokenKind::Name(name) => format!("found `{name}`"),
            TokenKind::Number(_) | TokenKind::Duration(_) => "found a number".to_owned(),
            TokenKind::Text(_) => "found a text".to_owned(),
            TokenKind::Doc(_) => "found documentation".to_owned(),
            TokenKind::Sign(sign) | TokenKind::Foreign(sign) => format!("found `{sign}`"),
        };
        let mut problem = Problem::error("syntax", format!("expected {what}, {found}"));
        problem.help = self.habit_help().map(str::to_owned);
        let span = self.span();
        self.wrong(problem.at(span, ""))
    }

    /// The `;` or `}` that ends something. Where it is missing at the end of a line, the place is that
    /// end, and nothing but the sign is lost.
    fn expect_end(&mut self, sign: &str, what: &str) -> Parsed<()> {
        if self.eat(sign) || sign == ";" && self.full_stop() {
            return Ok(());
        }
        let is_end = self.on_new_line() || self.begins_rule() || self.peek() == &TokenKind::End;
        if !is_end || self.peek() == &TokenKind::Unread {
            return self.expected(what);
        }
        let end = self.end_of_previous();
        self.problems.push(Problem::error("syntax", format!("expected {what}")).at(end, ""));
        Ok(())
    }

    fn wrong<T>(&mut self, problem: Problem) -> Parsed<T> {
        self.problems.push(problem);
        Err(Wrong)
    }

    fn name(&mut self, what: &str) -> Parsed<Word> {
        let span = self.span();
        match self.peek() {
            TokenKind::Name(name) if name != "_" => {
                self.advance();
                Ok(Spanned { node: name.clone(), span })
            }
            _ => self.expected(what),
        }
    }

    fn quoted(&mut self, what: &str) -> Parsed<Word> {
        let span = self.span();
        match self.peek() {
            TokenKind::Text(text) => {
                self.advance();
                Ok(Spanned { node: text.clone(), span })
            }
            _ => self.expected(what),
        }
    }

    fn documentation(&mut self) -> String {
        let mut lines = Vec::new();
        while let TokenKind::Doc(line) = self.peek() {
            lines.push(line.as_str());
            self.advance();
        }
        lines.join("\n")
    }

    /// Elements separated by `,` up to `close`; a comma may stand before it.
    fn list<T>(
        &mut self,
        close: &str,
        mut element: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut elements = Vec::new();
        while !self.eat(close) {
            let goes_on = matches!(self.peek(), TokenKind::Doc(_)) || !self.begins_item();
            if close == "}" && !goes_on {
                self.expect_end(close, "`}` after this list")?;
                break;
            }
            elements.push(element(self)?);
            if !self.eat(",") && !self.is_sign(close) {
                let what = format!("`,` or `{close}`");
                let ends = close == ")" && self.begins_item();
                return if ends {
                    self.expected_before_line_end(&what)
                } else {
                    self.expected(&what)
                };
            }
        }
        Ok(elements)
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_DEPTH {
            let span = self.span();
            let problem = Problem::error("syntax", "this is nested too deeply").at(span, "");
            return self
                .wrong(problem.help(format!("at most {MAX_DEPTH} may stand inside each other")));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Goes on behind the `;` or the `}` that ends the item begun at `start`, or before a declaration
    /// or a rule that begins a line.
    fn skip_to_next_item(&mut self, start: usize) {
        let wrong = self.span();
        self.find_next_item(start);
        self.given_up.push(Span { end: self.span().start, ..wrong });
    }

    fn find_next_item(&mut self, start: usize) {
        let mut depth = self.open_braces(start);
        let is_block = self.first_word(start).is_some_and(|word| BLOCKS.contains(&word));
        while self.peek() != &TokenKind::End {
            if self.at > start && (self.begins_item() || self.begins_unknown_item()) {
                return;
            }
            let kind = self.peek();
            self.advance();
            match kind {
                TokenKind::Sign("{") => depth += 1,
                TokenKind::Sign("}") => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && is_block {
                        return;
                    }
                }
                TokenKind::Sign(";") if depth == 0 => return,
                _ => {}
            }
        }
    }

    /// The word with which the item begun at `start` begins.
    fn first_word(&self, start: usize) -> Option<&'a str> {
        let mut kinds = self.tokens[start..].iter().map(|token| &token.kind);
        match kinds.find(|kind| !matches!(kind, TokenKind::Doc(_)))? {
            TokenKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The name that the item begun at `start` declares.
    fn declared_name(&self, start: usize) -> Option<String> {
        let is_declaration = |word: &&str| nearest(word, DECLARATIONS.iter().copied()).is_some();
        self.first_word(start).filter(is_declaration)?;
        let mut kinds = self.tokens[start..self.at].iter().map(|token| &token.kind);
        kinds.find(|kind| !matches!(kind, TokenKind::Doc(_)))?;
        match kinds.next() {
            Some(TokenKind::Name(name)) if !DECLARATIONS.contains(&name.as_str()) => {
                Some(name.clone())
            }
            _ => Some(String::new()),
        }
    }

    /// Whether a line begins here with a declaration, its documentation or a rule.
    fn begins_item(&self) -> bool {
        let start = self.span().start as usize;
        if start > 0 && self.text.as_bytes().get(start - 1) != Some(&b'\n') {
            return false;
        }
        match self.peek() {
            TokenKind::Doc(_) => true,
            TokenKind::Name(name) => {
                DECLARATIONS.contains(&name.as_str()) || self.peek_second() == &TokenKind::Sign("(")
            }
            _ => false,
        }
    }
}

// Declarations.
impl Parser<'_> {
    fn item(&mut self) -> Parsed<Item> {
        let docs_span = self.span();
        let docs = self.documentation();
        let TokenKind::Name(word) = self.peek() else {
            if self.peek() == &TokenKind::End {
                let message = "nothing stands below this documentation";
                return self.wrong(
                    Problem::error("syntax", message)
                        .at(docs_span, "")
                        .help("write `//` for a comment"),
                );
            }
            return self.no_item();
        };
        let declaration = word.as_str();
        if let Some(word) = self.lacks_word() {
            return if word == "param" { self.param(docs) } else { self.declared(docs) };
        }
        if !DECLARATIONS.contains(&declaration) && self.peek_second() == &TokenKind::Sign("(") {
            if !docs.is_empty() {
                let message = "documentation stands above declarations, this is a rule";
                self.problems.push(
                    Problem::error("syntax", message)
                        .at(docs_span, "")
                        .help("write `//` for a comment"),
                );
            }
            return self.clause();
        }
        let declaration = self.declaration_word(declaration)?;
        self.advance();
        match declaration {
            "schema" => self.schema(),
            "enum" => self.enumeration(docs),
            "unit" => self.unit(docs),
            "entity" => self.entity(docs),
            "input" => self.input(docs),
            "relation" => self.relation(docs),
            "violation" => self.violation(docs, false),
            "outcome" => self.violation(docs, true),
            _ => self.param(docs),
        }
    }

    fn schema(&mut self) -> Parsed<Item> {
        let span = self.span();
        let TokenKind::Number(node) = *self.peek() else {
            return self.expected("the schema's number");
        };
        self.advance();
        self.expect(";", "after the schema's number")?;
        Ok(Item::Schema(Spanned { node, span }))
    }

    fn enumeration(&mut self, docs: String) -> Parsed<Item> {
        let name = self.name("the enum's name")?;
        self.expect("{", "before the values")?;
        let values = self.list("}", |parser| parser.quoted("a value in quotes"))?;
        Ok(Item::Enum(EnumItem { docs, name, values }))
    }

    fn unit(&mut self, docs: String) -> Parsed<Item> {
        let name = self.name("the unit's name")?;
        self.expect(";", "after the unit's name")?;
        Ok(Item::Unit(UnitItem { docs, name }))
    }

    fn entity(&mut self, docs: String) -> Parsed<Item> {
        let name = self.name("the entity's name")?;
        let noun = if self.eat_word("as") { Some(self.quoted("a noun in quotes")?) } else { None };
        if !self.eat_word("from") {
            return self.expected("`from` and the table's name");
        }
        let table = self.name("the table's name")?;
        let by = if self.eat_word("by") { Some(self.name("a key")?) } else { None };
        self.expect("{", "before the keys")?;
        let keys = self.list("}", Self::key)?;
        Ok(Item::Entity(EntityItem { docs, name, noun, table, by, keys }))
    }

    fn key(&mut self) -> Parsed<KeyItem> {
        let docs = self.documentation();
        if !docs.is_empty() && self.begins_item() {
            return self.expected("`}` after the keys");
        }
        let name = self.name("a key")?;
        if self.eat("{") {
            let keys = self.nested(|parser| parser.list("}", Self::key))?;
            return Ok(KeyItem::Table { docs, name, keys });
        }
        self.expect(":", "and the key's kind")?;
        let kind = self.name("the key's kind")?;
        let default = if self.eat("=") { Some(self.default_value()?) } else { None };
        Ok(KeyItem::Value { docs, name, kind, default })
    }

    fn default_value(&mut self) -> Parsed<DefaultItem> {
        match self.term()? {
            TermItem::Dotted { base, mut path } if path.len() == 1 => {
                let key = path.remove(0);
                Ok(DefaultItem::Key { table: base, key })
            }
            term => Ok(DefaultItem::Value(term)),
        }
    }

    fn input(&mut self, docs: String) -> Parsed<Item> {
        let name = self.name("the relation's name")?;
        let columns = self.columns()?;
        let mut from = Vec::new();
        if self.eat_word("from") {
            from.push(self.table_and_key()?);
            while self.eat(",") {
                from.push(self.table_and_key()?);
            }
        }
        self.expect(";", "after the declaration")?;
        Ok(Item::Input(InputItem { docs, name, columns, from }))
    }

    fn table_and_key(&mut self) -> Parsed<FromItem> {
        let table = self.name("a table")?;
        let key = if self.eat(".") { Some(self.name("a key")?) } else { None };
        let form = if self.eat("[") {
            self.expect("]", "after `[`")?;
            Form::Each
        } else if self.eat("{") {
            self.expect("}", "after `{`")?;
            Form::Entries
        } else {
            Form::One
        };
        Ok(FromItem { table, key, form })
    }

    fn columns(&mut self) -> Parsed<Vec<ColumnItem>> {
        self.expect_columns()?;
        self.list(")", |parser| {
            let name = parser.name("a column's name")?;
            parser.expect_kind_of(&name)?;
            let kind = parser.name("the column's kind")?;
            Ok(ColumnItem { name, kind })
        })
    }

    fn relation(&mut self, docs: String) -> Parsed<Item> {
        let name = self.name("the relation's name")?;
        let columns = self.columns()?;
        self.expect(";", "after the declaration")?;
        Ok(Item::Relation(RelationItem { docs, name, columns }))
    }

    fn param(&mut self, docs: String) -> Parsed<Item> {
        let name = self.name("the parameter's name")?;
        self.expect_kind_of_param(&name)?;
        let kind = self.name("the parameter's kind")?;
        self.expect("=", "and the parameter's default")?;
        let default = self.term()?;
        self.expect(";", "after the declaration")?;
        Ok(Item::Param(ParamItem { docs, name, kind, default }))
    }

    fn violation(&mut self, docs: String, is_outcome: bool) -> Parsed<Item> {
        let name = self.name("the violation's name")?;
        let columns = self.columns()?;
        self.violation_lines(docs, is_outcome, name, columns)
    }

    fn violation_lines(
        &mut self,
        docs: String,
        is_outcome: bool,
        name: Word,
        columns: Vec<ColumnItem>,
    ) -> Parsed<Item> {
        self.open_lines()?;
        let (mut properties, mut whole) = (Vec::new(), true);
        while !self.eat("}") {
            if self.peek() == &TokenKind::End || self.begins_item() {
                self.expect_end("}", "`}` after the violation's lines")?;
                break;
            }
            let start = self.at;
            match self.property() {
                Ok(node) => {
                    let span = self.tokens[start].span.to(self.previous_span());
                    properties.push(Spanned { node, span });
                }
                Err(Wrong) => {
                    whole = false;
                    self.skip_property(start);
                }
            }
        }
        Ok(Item::Violation(ViolationItem { is_outcome, docs, name, columns, properties, whole }))
    }

    /// Goes on behind the `;` that ends the line begun at `start`, or before what begins another one.
    fn skip_property(&mut self, start: usize) {
        let wrong = self.span();
        self.find_next_property(start);
        self.given_up.push(Span { end: self.span().start, ..wrong });
    }

    fn find_next_property(&mut self, start: usize) {
        let mut depth = self.open_braces(start);
        while self.peek() != &TokenKind::End && !self.begins_item() {
            if self.at > start && self.begins_property() {
                return;
            }
            match self.peek() {
                TokenKind::Sign("{") => depth += 1,
                TokenKind::Sign("}") if depth == 0 => return,
                TokenKind::Sign("}") => depth -= 1,
                TokenKind::Sign(";") if depth == 0 => return self.advance(),
                _ => {}
            }
            self.advance();
        }
    }

    /// How many braces are open of those that stand between the token `start` and this one.
    fn open_braces(&self, start: usize) -> usize {
        let read = self.tokens[start..self.at].iter().map(|token| &token.kind);
        let opened = read.clone().filter(|kind| **kind == TokenKind::Sign("{")).count();
        let closed = read.filter(|kind| **kind == TokenKind::Sign("}")).count();
        opened.saturating_sub(closed)
    }

    fn begins_property(&self) -> bool {
        let before = &self.text[..self.span().start as usize];
        let begins_line = before.trim_end_matches([' ', '\t']).ends_with('\n');
        begins_line && PROPERTIES.iter().any(|property| self.is_word(property))
    }

    fn property(&mut self) -> Parsed<Property> {
        let word = self.name("a line such as `message: \"..\";`")?;
        let property = match word.node.as_str() {
            "severity" => {
                self.colon("after `severity`")?;
                Property::Severity(self.severity()?)
            }
            "mode" => {
                self.colon("after `mode`")?;
                Property::Mode(self.quoted("the mode in quotes")?)
            }
            "examines" => {
                self.colon("after `examines`")?;
                Property::Examines(self.body()?)
            }
            "message" => {
                self.colon("after `message`")?;
                Property::Message(self.quoted("the message in quotes")?)
            }
            "source" => {
                self.colon("after `source`")?;
                Property::Source(self.quoted("the source in quotes")?)
            }
            "label" => Property::Label(self.say()?),
            "note" => Property::Note(self.say()?),
            "help" => Property::Help(self.say()?),
            "suggest" => {
                let column = self.name("the column that holds the name")?;
                self.expect(":", "after the column")?;
                Property::Suggest { column, kind: self.name("an entity's kind")? }
            }
            "fix" => Property::Fix(self.fix()?),
            _ => return self.unknown_property(&word),
        };
        self.expect(";", "at the end of the line")?;
        Ok(property)
    }

    fn fix(&mut self) -> Parsed<FixItem> {
        let is_unsafe = self.eat_word("unsafe");
        let key = self.term()?;
        self.expect("=", "after the key")?;
        let value = self.term()?;
        let condition = if self.eat_word("if") { self.body()? } else { Vec::new() };
        self.colon("before the text")?;
        let text = self.quoted("what the fix does, in quotes")?;
        Ok(FixItem { is_unsafe, key, value, condition, text })
    }

    fn say(&mut self) -> Parsed<SayItem> {
        let pattern = match self.peek() {
            TokenKind::Sign(":" | "=") | TokenKind::Text(_) => None,
            _ => Some(self.pattern()?),
        };
        self.colon("before the text")?;
        let text = self.quoted("a text in quotes")?;
        let otherwise =
            if self.eat_word("else") { Some(Box::new(self.nested(Self::say)?)) } else { None };
        Ok(SayItem { pattern, text, otherwise })
    }

    fn pattern(&mut self) -> Parsed<PatternItem> {
        if self.peek_second() == &TokenKind::Sign("(") {
            return Ok(PatternItem::Atom(self.atom()?));
        }
        Ok(PatternItem::Term(self.term()?))
    }

    fn placeholder(&mut self) -> Parsed<PlaceholderItem> {
        let item = if self.is_word("list") && self.peek_second() != &TokenKind::End {
            self.advance();
            let term = self.term()?;
            self.expect(":", "and what is listed")?;
            PlaceholderItem::List { term, body: self.body()? }
        } else if self.is_word("noun") && self.peek_second() != &TokenKind::End {
            self.advance();
            PlaceholderItem::Noun(self.term()?)
        } else {
            PlaceholderItem::Term(self.term()?)
        };
        if self.peek() != &TokenKind::End {
            return self.expected("the end of the placeholder");
        }
        Ok(item)
    }
}

// Rules.
impl Parser<'_> {
    fn clause(&mut self) -> Parsed<Item> {
        let head = self.atom()?;
        let body = if self.arrow() { self.body()? } else { Vec::new() };
        let what = match (self.begins_item() || self.begins_rule(), body.is_empty()) {
            (true, _) => "`;` at the end of the rule",
            (false, true) => "`<-` or `;` after this part of the rule",
            (false, false) => "`,` or `;` after this part of the rule",
        };
        if !self.ends_with_comma() {
            self.expect_end(";", what)?;
        }
        let span = head.span.to(self.previous_span());
        Ok(Item::Clause(ClauseItem { head, body, span }))
    }

    fn whole_body(&mut self) -> Parsed<Vec<LiteralItem>> {
        let body = self.body()?;
        self.eat(";");
        if self.peek() != &TokenKind::End {
            return self.expected("`,` or the end of the question");
        }
        Ok(body)
    }

    fn body(&mut self) -> Parsed<Vec<LiteralItem>> {
        let mut literals = vec![self.literal()?];
        while self.another_condition()? {
            literals.push(self.literal()?);
        }
        Ok(literals)
    }

    fn literal(&mut self) -> Parsed<LiteralItem> {
        let negated = self.negation();
        self.refuse_misplaced_aggregate()?;
        match (self.peek(), self.peek_second()) {
            (TokenKind::Sign("("), _) => self.condition(negated),
            (TokenKind::Name(word), _) if word == "let" && !negated => self.binding(),
            (TokenKind::Name(_), TokenKind::Sign("(")) => {
                Ok(LiteralItem::Atom { negated, atom: self.atom()? })
            }
            (TokenKind::Name(_) | TokenKind::Text(_) | TokenKind::Number(_), _) => {
                self.bare_condition(negated)
            }
            _ => self.expected("a condition such as `Backup(p, q)` or `(p != q)`"),
        }
    }

    fn atom(&mut self) -> Parsed<AtomItem> {
        let name = self.name("a relation's name")?;
        self.expect("(", "after the relation's name")?;
        let open = self.previous_span();
        let terms = self.arguments(open)?;
        let span = name.span.to(self.previous_span());
        Ok(AtomItem { name, terms, span })
    }

    fn term(&mut self) -> Parsed<TermItem> {
        let span = self.span();
        let term = match self.peek() {
            TokenKind::Name(name) if name == "_" => TermItem::Any(span),
            TokenKind::Name(name) if name == "true" || name == "false" => {
                TermItem::Bool(Spanned { node: name == "true", span })
            }
            TokenKind::Name(_) => return self.dotted(),
            TokenKind::Number(node) => TermItem::Number(Spanned { node: *node, span }),
            TokenKind::Duration(node) => TermItem::Duration(Spanned { node: *node, span }),
            TokenKind::Text(text) => TermItem::Text(Spanned { node: text.clone(), span }),
            TokenKind::Sign("-") => return self.negative_number(),
            _ => return self.expected("a variable, a constant or `_`"),
        };
        self.advance();
        Ok(term)
    }

    fn negative_number(&mut self) -> Parsed<TermItem> {
        let start = self.span();
        self.advance();
        let span = start.to(self.span());
        match *self.peek() {
            TokenKind::Number(number) => {
                self.advance();
                Ok(TermItem::Number(Spanned { node: -number, span }))
            }
            _ => self.expected("a number after `-`"),
        }
    }

    fn dotted(&mut self) -> Parsed<TermItem> {
        let base = self.name("a variable")?;
        let mut path = Vec::new();
        // `p.fqdn.starts_with(` : the last name is a test, not a key.
        while self.is_sign(".") && !self.is_test_call() {
            self.advance();
            path.push(self.name("a key after `.`")?);
        }
        Ok(if path.is_empty() { TermItem::Name(base) } else { TermItem::Dotted { base, path } })
    }

    /// Whether `.name(` comes next.
    fn is_test_call(&self) -> bool {
        self.is_sign(".")
            && matches!(self.peek_second(), TokenKind::Name(_))
            && self.tokens.get(self.at + 2).map(|token| &token.kind) == Some(&TokenKind::Sign("("))
    }

    fn condition(&mut self, outer_not: bool) -> Parsed<LiteralItem> {
        let open = self.span();
        self.expect("(", "before the condition")?;
        let is_sign = self.is_sign("!");
        let inner_not = self.negation();
        self.refuse_misplaced_aggregate()?;
        if matches!((self.peek(), self.peek_second()), (TokenKind::Name(_), TokenKind::Sign("("))) {
            return self.nested(|parser| parser.atom_in_parentheses(outer_not != inner_not));
        }
        let start = self.span();
        let literal =
            self.nested(|parser| parser.condition_inside(start, outer_not != inner_not))?;
        if let (true, LiteralItem::Compare { span, .. }) = (is_sign, &literal) {
            let help = "write `!(..)`, or turn the comparison round";
            let span = *span;
            return self.wrong(
                Problem::error("syntax", "`!` belongs before the parenthesis of a comparison")
                    .at(span, "")
                    .help(help),
            );
        }
        if self.is_sign(",") {
            return self.several_in_parentheses();
        }
        self.close(")", "after the condition", open)?;
        Ok(literal)
    }

    fn condition_inside(&mut self, start: Span, negated: bool) -> Parsed<LiteralItem> {
        let left = self.expression()?;
        if self.is_test_call() {
            return self.test(left, negated, start);
        }
        if self.eat_word("is") {
            return self.presence(left, negated, start);
        }
        let compare = self.comparison(start)?;
        let right = self.expression()?;
        let span = start.to(self.previous_span());
        let compare = if negated { compare.negate() } else { compare };
        Ok(LiteralItem::Compare { compare, left, right, span })
    }

    fn test(&mut self, subject: ExprItem, negated: bool, start: Span) -> Parsed<LiteralItem> {
        let ExprItem::Term(subject) = subject else {
            return self.expected("a single text before the test");
        };
        self.advance();
        let test = self.name("the name of a test")?;
        self.expect("(", "after the test's name")?;
        let pattern = self.quoted("a text in quotes")?;
        self.expect(")", "after the text")?;
        let span = start.to(self.previous_span());
        Ok(LiteralItem::Test { negated, subject, test, pattern, span })
    }

    fn presence(&mut self, left: ExprItem, negated: bool, start: Span) -> Parsed<LiteralItem> {
        let known = if self.eat_word("unknown") {
            false
        } else if self.eat_word("known") {
            true
        } else {
            return self.expected("`unknown` or `known` after `is`");
        };
        let ExprItem::Term(term) = left else {
            return self.expected("a single key before `is`");
        };
        let span = start.to(self.previous_span());
        Ok(LiteralItem::Presence { term, known: known != negated, span })
    }

    /// The sign between two sides, of which the left one begins at `start`.
    fn comparison(&mut self, start: Span) -> Parsed<Compare> {
        let compare = match self.peek() {
            TokenKind::Sign("==") => Compare::Equal,
            TokenKind::Sign("!=") => Compare::NotEqual,
            TokenKind::Sign("<") => Compare::Less,
            TokenKind::Sign("<=") => Compare::LessEqual,
            TokenKind::Sign(">") => Compare::Greater,
            TokenKind::Sign(">=") => Compare::GreaterEqual,
            TokenKind::Sign("<-") => return self.less_than_negative(),
            TokenKind::Sign(")") => return self.truth_without_comparison(start),
            _ => {
                return match self.translated(At::Comparison) {
                    Some("!=") => Ok(Compare::NotEqual),
                    Some("<=") => Ok(Compare::LessEqual),
                    Some(">=") => Ok(Compare::GreaterEqual),
                    Some(_) => Ok(Compare::Equal),
                    None => self.expected("a comparison such as `==` or `<`"),
                };
            }
        };
        self.advance();
        Ok(compare)
    }

    /// `(x <-5)`: the lexer reads `<-` as the arrow of a rule.
    fn less_than_negative(&mut self) -> Parsed<Compare> {
        let span = self.span();
        self.wrong(
            Problem::error("syntax", "`<-` is the arrow of a rule")
                .at(span, "")
                .help("put a blank between `<` and `-`"),
        )
    }

    fn expression(&mut self) -> Parsed<ExprItem> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                TokenKind::Sign("+") => Operator::Add,
                TokenKind::Sign("-") => Operator::Subtract,
                _ => return Ok(left),
            };
            self.advance();
            let right = Box::new(self.product()?);
            left = ExprItem::Binary { operator, left: Box::new(left), right };
            self.limit_length(&left)?;
        }
    }

    fn product(&mut self) -> Parsed<ExprItem> {
        let mut left = self.factor()?;
        while self.eat("*") {
            let right = Box::new(self.factor()?);
            left = ExprItem::Binary { operator: Operator::Multiply, left: Box::new(left), right };
            self.limit_length(&left)?;
        }
        Ok(left)
    }

    /// A chain of operators is as deep as it is long, and later steps recurse over it.
    fn limit_length(&mut self, expr: &ExprItem) -> Parsed<()> {
        if expr.depth() > MAX_DEPTH {
            let span = expr.span();
            let problem = Problem::error("syntax", "this calculation is too long").at(span, "");
            return self.wrong(problem.help("bind parts of it with `let`"));
        }
        Ok(())
    }

    fn factor(&mut self) -> Parsed<ExprItem> {
        if self.eat("(") {
            let inner = self.nested(Self::expression)?;
            self.expect(")", "after the expression")?;
            return Ok(inner);
        }
        Ok(ExprItem::Term(self.term()?))
    }

    fn binding(&mut self) -> Parsed<LiteralItem> {
        let start = self.span();
        self.advance();
        let variable = self.name("a new variable after `let`")?;
        self.bind(start, variable)
    }

    /// What stands behind the variable of a `let` that begins at `start`.
    fn bind(&mut self, start: Span, variable: Word) -> Parsed<LiteralItem> {
        if self.is_sign("=") || self.translated(At::Let).is_none() {
            self.expect("=", "and a value")?;
        }
        let value = match self.peek() {
            TokenKind::Name(word) if is_aggregate(word, self.peek_second()) => self.aggregate()?,
            _ => {
                self.refuse_atom_as_value()?;
                ValueItem::Expr(self.expression()?)
            }
        };
        let span = start.to(self.previous_span());
        Ok(LiteralItem::Let { variable, value, span })
    }

    fn aggregate(&mut self) -> Parsed<ValueItem> {
        let operation = self.name("an aggregate")?;
        self.refuse_parentheses_of(&operation)?;
        let of = if self.is_sign("{") { None } else { Some(self.term()?) };
        self.refuse_parentheses_of(&operation)?;
        let open = self.span();
        self.expect("{", "before what the aggregate ranges over")?;
        let body = self.nested(Self::body)?;
        self.close("}", "after what the aggregate ranges over", open)?;
        Ok(ValueItem::Aggregate { operation, of, body })
    }
}

/// `count {`, `sum n {`: a variable of such a name is followed by neither.
fn is_aggregate(word: &str, next: &TokenKind) -> bool {
    let follows = matches!(
        next,
        TokenKind::Name(_)
            | TokenKind::Number(_)
            | TokenKind::Duration(_)
            | TokenKind::Text(_)
            | TokenKind::Sign("(" | ":")
    );
    next == &TokenKind::Sign("{") || follows && AGGREGATES.contains(&word)
}
