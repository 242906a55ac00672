//! What a violation says: severity, message, labels, notes, help.

use super::Checker;
use super::body::Scope;
use crate::datalog::ast::{
    LiteralItem, PatternItem, PlaceholderItem, Property, SayItem, TermItem, ViolationItem, Word,
};
use crate::datalog::parse::parse_placeholder;
use crate::datalog::program::{
    Anchor, Constant, Kind, Literal, Part, RelationId, Say, Template, Term, VarId,
};
use crate::source::{Problem, Severity, Span};
use crate::spelling::nearest;
use std::collections::{BTreeMap, BTreeSet};

impl Checker<'_> {
    pub(super) fn violation(&mut self, item: &ViolationItem, id: usize) {
        let mut told: BTreeMap<&str, Span> = BTreeMap::new();
        let before = self.problems.len();
        for property in &item.properties {
            self.refuse_repeated(&property.node, property.span, &mut told);
            self.property(item, id, &property.node, property.span);
        }
        self.merge_unknown_variables(before);
        let kind = if item.is_outcome { "mode" } else { "severity" };
        let unfit = if item.is_outcome { "severity" } else { "mode" };
        if let Some(&span) = told.get(unfit) {
            let what = if item.is_outcome { "an outcome" } else { "a violation" };
            let problem = Problem::error("syntax", format!("{what} has no `{unfit}`"))
                .at(span, "")
                .help(format!("write `{kind}`"));
            self.report(problem);
        }
        for needed in [kind, "message", "label"] {
            // A line that could not be read may be the one.
            if item.whole && !told.contains_key(needed) {
                let line = match needed {
                    "severity" => "severity: warning;".to_owned(),
                    "mode" => "mode: \"..\";".to_owned(),
                    "message" => "message: \"..\";".to_owned(),
                    _ => format!(
                        "label {}: \"..\";",
                        item.columns.first().map_or("p", |c| &c.name.node)
                    ),
                };
                let message = format!("`{}` has no `{needed}`", item.name.node);
                let problem = Problem::error("missing-line", message).at(item.name.span, "");
                self.report(problem.help(format!("add a line such as `{line}`")));
            }
        }
        if item.columns.is_empty() {
            let problem =
                Problem::error("arity", "a violation needs a subject as its first column")
                    .at(item.name.span, "");
            self.report(problem);
        }
        self.refuse_same_id(id);
    }

    fn refuse_same_id(&mut self, id: usize) {
        let violation = &self.program.violations[id];
        let before = self.program.violations[..id].iter().find(|other| other.id == violation.id);
        let name = |relation: RelationId| &self.program.relations[relation].name;
        // The same name twice was reported as such.
        let before = before.filter(|before| name(before.relation) != name(violation.relation));
        if let Some(before) = before {
            let message = format!("two rules have the id `{}`", violation.id);
            let problem = Problem::error("duplicate-declaration", message)
                .at(violation.span, "again here")
                .at(before.span, "first here")
                .help("give one of them another name");
            self.report(problem);
        }
    }

    fn refuse_repeated<'p>(
        &mut self,
        property: &'p Property,
        span: Span,
        told: &mut BTreeMap<&'p str, Span>,
    ) {
        let (name, may_repeat) = match property {
            Property::Severity(_) => ("severity", false),
            Property::Mode(_) => ("mode", false),
            Property::Examines(_) => ("examines", false),
            Property::Message(_) => ("message", false),
            Property::Label(_) => ("label", true),
            Property::Note(_) => ("note", true),
            Property::Help(_) => ("help", true),
            Property::Source(_) => ("source", true),
            Property::Suggest { .. } => ("suggest", true),
            Property::Fix(_) => ("fix", true),
        };
        if let Some(before) = told.insert(name, span)
            && !may_repeat
        {
            let problem = Problem::error("duplicate-declaration", format!("`{name}` stands twice"))
                .at(span, "again here")
                .at(before, "first here");
            self.report(problem);
        }
    }

    fn property(&mut self, item: &ViolationItem, id: usize, property: &Property, span: Span) {
        match property {
            Property::Severity(word) => {
                if let Some(severity) = self.severity(word) {
                    self.program.violations[id].severity = severity;
                }
            }
            Property::Mode(word) => {
                let kind = Word { node: "Mode".to_owned(), span: word.span };
                if let Some(Kind::Enum(modes)) = self.kind(&kind)
                    && let Some(Constant::Enum(_, mode)) = self.enum_value(word, modes)
                {
                    self.program.violations[id].mode = Some(mode);
                }
            }
            Property::Examines(items) => {
                self.examines_told.insert(id);
                self.examines(id, items, span);
            }
            Property::Message(text) => {
                let mut scope = self.column_scope(item);
                let text = self.template(&mut scope, text);
                let message = Say { vars: scope.into_vars(), ..Say::plain(text) };
                self.program.violations[id].telling.message = message;
            }
            Property::Label(say) => {
                if let Some(say) = self.say(item, say) {
                    self.refuse_pointless_label(&say, span);
                    self.program.violations[id].telling.labels.push(say);
                }
            }
            Property::Note(say) => {
                if let Some(say) = self.say(item, say) {
                    self.program.violations[id].telling.notes.push(say);
                }
            }
            Property::Help(say) => {
                if let Some(say) = self.say(item, say) {
                    self.program.violations[id].telling.helps.push(say);
                }
            }
            Property::Source(word) => {
                self.program.violations[id].docs.sources.push(word.node.clone());
            }
            Property::Suggest { column, kind } => self.suggest(item, id, column, kind),
            Property::Fix(fix) => {
                let fix = self.fix(item, fix);
                self.program.violations[id].telling.fixes.extend(fix);
            }
        }
    }

    fn severity(&mut self, word: &Word) -> Option<Severity> {
        let severity = Severity::named(&word.node);
        if severity.is_none() {
            let message = format!("unknown severity `{}`", word.node);
            let problem = Problem::error("syntax", message)
                .at(word.span, "")
                .help("write error, warning or note")
                .did_you_mean(nearest(&word.node, Severity::ALL.map(Severity::as_str)));
            self.report(problem);
        }
        severity
    }

    fn refuse_pointless_label(&mut self, say: &Say, span: Span) {
        if say.anchor == Anchor::Nothing {
            let problem = Problem::error("syntax", "this label points nowhere")
                .at(span, "")
                .help("say where: `label p: \"..\";`, `label p.version: \"..\";` or `label Backup(p, q): \"..\";`");
            self.report(problem);
        }
    }

    fn suggest(&mut self, item: &ViolationItem, id: usize, column: &Word, kind: &Word) {
        let Some(at) = item.columns.iter().position(|c| c.name.node == column.node) else {
            let scope = self.column_scope(item);
            return self.report_unknown_variable(&scope, column);
        };
        let Some(offered) = self.kind(kind) else { return };
        let column_kind =
            self.program.relations[self.program.violations[id].relation].columns[at].kind;
        match offered {
            Kind::Of(entity) if column_kind == Kind::Text => {
                self.program.violations[id].telling.suggest.push((at, entity));
            }
            _ => {
                let message = "`suggest` wants a column of kind Text and a kind of entity";
                self.report(
                    Problem::error("type-mismatch", message).at(column.span.to(kind.span), ""),
                );
            }
        }
    }

    /// A scope in which the violation's columns are bound.
    pub(super) fn column_scope(&mut self, item: &ViolationItem) -> Scope {
        let mut scope = Scope::new();
        for column in &item.columns {
            let kind = self.kinds.get(&column.kind.node).map(|(kind, _)| *kind);
            let var = scope.declare(&column.name.node, kind, column.name.span);
            if kind.is_none() {
                scope.excuse(var);
            }
        }
        scope
    }

    fn say(&mut self, item: &ViolationItem, say: &SayItem) -> Option<Say> {
        let mut scope = self.column_scope(item);
        let given: BTreeSet<VarId> = (0..scope.len()).collect();
        let mut body = Vec::new();
        let anchor = match &say.pattern {
            None => Some(Anchor::Nothing),
            Some(pattern) => self.pattern(&mut scope, pattern, &mut body),
        };
        let text = self.template(&mut scope, &say.text);
        let otherwise = match &say.otherwise {
            None => None,
            Some(inner) => Some(Box::new(self.say(item, inner)?)),
        };
        self.check_body_bound_given(&scope, &body, &given);
        self.remember_said(&body);
        Some(Say { anchor: anchor?, body, vars: scope.into_vars(), text, otherwise })
    }

    pub(super) fn remember_said(&mut self, body: &[Literal]) {
        let mut said: Vec<RelationId> = Vec::new();
        body.iter().for_each(|literal| literal.each_atom(&mut |atom, _| said.push(atom.relation)));
        self.said.extend(said);
    }

    fn pattern(
        &mut self,
        scope: &mut Scope,
        pattern: &PatternItem,
        body: &mut Vec<Literal>,
    ) -> Option<Anchor> {
        match pattern {
            PatternItem::Atom(atom) => {
                let item = LiteralItem::Atom { negated: false, atom: atom.clone() };
                self.declare_names(scope, &[], std::slice::from_ref(&item));
                *body = self.body(scope, std::slice::from_ref(&item));
                Some(Anchor::Literal(body.len().checked_sub(1)?))
            }
            PatternItem::Term(TermItem::Name(word)) => {
                let mut lookups = BTreeMap::new();
                let term = TermItem::Name(word.clone());
                match self.term(scope, &term, None, body, &mut lookups)? {
                    (Term::Var(var), Some(kind)) if kind.is_entity() => Some(Anchor::Entity(var)),
                    // A column of a kind that is not known.
                    (Term::Var(_), None) => None,
                    _ => {
                        let message = format!("`{}` is no entity and has no place", word.node);
                        self.report(Problem::error("type-mismatch", message).at(word.span, ""));
                        None
                    }
                }
            }
            PatternItem::Term(term @ TermItem::Dotted { .. }) => {
                let mut lookups = BTreeMap::new();
                self.term(scope, term, None, body, &mut lookups)?;
                Some(Anchor::Literal(body.len().checked_sub(1)?))
            }
            PatternItem::Term(term) => {
                let problem = Problem::error("syntax", "a constant has no place")
                    .at(term.span(), "name an entity, a key or an atom");
                self.report(problem);
                None
            }
        }
    }

    /// Splits a text at its placeholders; `{{` and `}}` stand for braces.
    pub(super) fn template(&mut self, scope: &mut Scope, word: &Word) -> Template {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = word.node.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let found = &rest[at..];
            if found.starts_with("{{") || found.starts_with("}}") {
                literal.push_str(&found[..1]);
                rest = &found[2..];
                continue;
            }
            let Some(end) = found.find('}').filter(|_| found.starts_with('{')) else {
                let offset = self.offset_in(word, word.node.len() - found.len());
                let brace = Span::new(word.span.file, offset..offset + 1);
                let problem = Problem::error("syntax", "a brace without its partner")
                    .at(brace, "")
                    .help("write `{{` or `}}` for a brace itself");
                self.report(problem);
                break;
            };
            let offset = self.offset_in(word, word.node.len() - found.len() + 1);
            let part = self.placeholder(scope, word.span, &found[1..end], offset);
            parts.push(Part::Text(std::mem::take(&mut literal)));
            parts.extend(part);
            rest = &found[end + 1..];
        }
        literal.push_str(rest);
        parts.push(Part::Text(literal));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Template { parts }
    }

    /// The place in the file of byte `at` of a quoted text.
    fn offset_in(&self, word: &Word, at: usize) -> usize {
        let start = word.span.start as usize + 1;
        let raw = self.sources.text(word.span).get(1..).unwrap_or("");
        let (mut read, mut letters) = (0, raw.char_indices());
        while let Some((offset, letter)) = letters.next() {
            if read >= at {
                return start + offset;
            }
            // What an escape stands for takes one byte.
            let escape = letter == '\\' && letters.next().is_some();
            read += if escape { 1 } else { letter.len_utf8() };
        }
        start
    }

    fn placeholder(
        &mut self,
        scope: &mut Scope,
        span: Span,
        text: &str,
        offset: usize,
    ) -> Option<Part> {
        let item = parse_placeholder(span.file, text, offset, self.problems)?;
        let mut body = Vec::new();
        match item {
            PlaceholderItem::Term(term) => {
                self.refuse_wildcard(&term)?;
                let mut lookups = BTreeMap::new();
                let (term, _) = self.term(scope, &term, None, &mut body, &mut lookups)?;
                Some(Part::Value { body, term })
            }
            PlaceholderItem::Noun(item) => {
                self.refuse_wildcard(&item)?;
                let mut lookups = BTreeMap::new();
                let (term, kind) = self.term(scope, &item, None, &mut body, &mut lookups)?;
                if kind.is_some_and(|kind| !kind.is_entity()) {
                    let message = "`noun` wants an entity";
                    self.report(Problem::error("type-mismatch", message).at(item.span(), ""));
                    return None;
                }
                Some(Part::Noun { body, term })
            }
            PlaceholderItem::List { term, body: items } => {
                self.refuse_wildcard(&term)?;
                let outside = scope.open();
                self.declare_names(scope, &[], &items);
                let mut body = self.body(scope, &items);
                let mut lookups = BTreeMap::new();
                let term = self.term(scope, &term, None, &mut body, &mut lookups);
                scope.close();
                self.check_body_bound_given(scope, &body, &(0..outside).collect());
                self.remember_said(&body);
                Some(Part::List { body, term: term?.0 })
            }
        }
    }
}
