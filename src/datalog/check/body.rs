//! Rules: every name found, kinds that agree, dotted terms looked up, every variable bound.

use super::Checker;
use super::hints::is_alike;
use crate::datalog::FactsFrom;
use crate::datalog::ast::{
    AtomItem, ClauseItem, ExprItem, LiteralItem, Operator, TermItem, ValueItem, Word,
};
use crate::datalog::program::{
    Aggregate, Atom, Clause, EntityId, Expr, Kind, Literal, Operation, Query, RelationId, Role,
    Term, Test, TestKind, Var, VarId,
};
use crate::source::{Problem, Span};
use crate::spelling::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// The variables of one rule, label or placeholder.
#[derive(Default)]
pub(super) struct Scope {
    vars: Vec<ScopeVar>,
    /// Names that are visible: those of the rule, then those of each pair of braces around.
    names: Vec<BTreeMap<String, VarId>>,
    /// Variables of literals that could not be understood: whether they are bound is not judged.
    excused: BTreeSet<VarId>,
    /// A literal could not be understood.
    failed: bool,
    /// An atom lacks arguments: what nothing binds or tells may have stood there.
    lacks_arguments: bool,
}

struct ScopeVar {
    name: String,
    /// None until an atom or a `let` tells.
    kind: Option<Kind>,
    /// Where it is first used.
    first: Span,
    /// How often it is written.
    uses: usize,
    /// Where it is written.
    places: Vec<Span>,
    /// Whether it stands for a looked-up key.
    looked_up: bool,
}

impl Scope {
    pub(super) fn new() -> Self {
        Self { names: vec![BTreeMap::new()], ..Self::default() }
    }

    /// None until something tells it.
    pub(super) fn kind(&self, var: VarId) -> Option<Kind> {
        self.vars[var].kind
    }

    pub(super) fn find(&self, name: &str) -> Option<VarId> {
        self.names.iter().rev().find_map(|names| names.get(name)).copied()
    }

    fn add(&mut self, name: &str, kind: Option<Kind>, first: Span) -> VarId {
        let (name, places) = (name.to_owned(), Vec::new());
        self.vars.push(ScopeVar { name, kind, first, uses: 0, places, looked_up: false });
        self.vars.len() - 1
    }

    /// Declares `name` in the innermost braces unless it is visible already.
    pub(super) fn declare(&mut self, name: &str, kind: Option<Kind>, first: Span) -> VarId {
        if let Some(var) = self.find(name) {
            return var;
        }
        let var = self.add(name, kind, first);
        if let Some(names) = self.names.last_mut() {
            names.insert(name.to_owned(), var);
        }
        var
    }

    /// Says nothing about whether `var` is bound or what it is.
    pub(super) fn excuse(&mut self, var: VarId) {
        self.excused.insert(var);
    }

    /// Opens braces: what is declared until [`Self::close`] is visible only there. How many variables
    /// there are outside.
    pub(super) fn open(&mut self) -> usize {
        self.names.push(BTreeMap::new());
        self.vars.len()
    }

    /// Closes the innermost braces.
    pub(super) fn close(&mut self) {
        self.names.pop();
    }

    /// How many variables there are.
    pub(super) fn len(&self) -> usize {
        self.vars.len()
    }

    pub(super) fn into_vars(self) -> Vec<Var> {
        let kind = |var: &ScopeVar| var.kind.unwrap_or(Kind::Int);
        self.vars.iter().map(|var| Var { name: var.name.clone(), kind: kind(var) }).collect()
    }

    /// Names that may be meant by a misspelt one.
    pub(super) fn visible_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flat_map(|names| names.keys().map(String::as_str))
    }

    /// The written name that is nearest to `name`, of the variables in `vars`.
    pub(super) fn nearest_of(&self, name: &str, vars: &BTreeSet<VarId>) -> Option<&str> {
        let written = vars.iter().map(|&var| &self.vars[var]).filter(|var| !var.looked_up);
        nearest(name, written.map(|var| var.name.as_str()))
    }

    pub(super) fn name(&self, var: VarId) -> &str {
        &self.vars[var].name
    }

    /// What the visible variable `name` is, if anything tells.
    pub(super) fn kind_of(&self, name: &str) -> Option<Kind> {
        self.vars[self.find(name)?].kind
    }

    /// Whether `term` is a variable of a literal that could not be understood.
    fn is_excused(&self, term: &TermItem) -> bool {
        let TermItem::Name(word) = term else { return false };
        self.find(&word.node).is_some_and(|var| self.excused.contains(&var))
    }

    /// Where `var` stands in the part of the text that is `span`.
    fn place_in(&self, var: VarId, span: Span) -> Span {
        let is_in = |place: &&Span| {
            place.file == span.file && place.start >= span.start && place.end <= span.end
        };
        self.vars[var].places.iter().find(is_in).copied().unwrap_or(span)
    }
}

/// What a looked-up key is bound to, within one conjunction.
type Lookups = BTreeMap<(VarId, RelationId), VarId>;

// Rules and questions.
impl Checker<'_> {
    /// A question: what stands between its commas, and the variables that it names.
    pub(super) fn query(&mut self, items: &[LiteralItem]) -> Query {
        let mut scope = Scope::new();
        self.declare_names(&mut scope, &[], items);
        let named = (0..scope.len()).filter(|&var| !scope.name(var).starts_with('_')).collect();
        let body = self.body(&mut scope, items);
        self.check_body_bound(&scope, &body);
        Query { body, vars: scope.into_vars(), named }
    }

    pub(super) fn clause(&mut self, item: &ClauseItem) {
        let mut scope = Scope::new();
        let head = self.relation(&item.head.name);
        self.declare_names(&mut scope, std::slice::from_ref(&item.head), &item.body);
        let body = self.body(&mut scope, &item.body);
        let Some(head) = head else { return self.offer_declaration(&scope, &item.head) };
        if !self.program.relations[head].role.is_derived() {
            return self.report_underived_head(&item.head);
        }
        let Some((terms, body)) = self.head_terms(&mut scope, head, &item.head, body) else {
            return;
        };
        let reported = self.check_bound(&scope, &terms, &item.head, &body);
        self.warn_of_singletons(&scope, &reported);
        let clause = Clause { head, terms, body, vars: scope.into_vars(), span: item.span };
        if let Role::Violation(id) = self.program.relations[head].role {
            self.examine_by_default(id, &clause);
        }
        self.program.clauses.push(clause);
    }

    /// What stands between the braces of `examines`.
    pub(super) fn examines(&mut self, violation: usize, items: &[LiteralItem], span: Span) {
        let mut scope = Scope::new();
        self.declare_names(&mut scope, &[], items);
        let body = self.body(&mut scope, items);
        if scope.failed {
            return;
        }
        let subject = body.iter().find_map(|literal| match literal {
            Literal::Atom(atom) if !atom.negated => match atom.terms.first() {
                Some(Term::Var(var)) => Some(*var),
                _ => None,
            },
            _ => None,
        });
        let Some(subject) = subject else {
            let problem = Problem::error("syntax", "`examines` names no subject")
                .at(span, "")
                .help("its first atom must begin with a variable: `examines: FrontEnd(p);`");
            return self.report(problem);
        };
        self.check_body_bound(&scope, &body);
        self.add_examined_clause(violation, subject, body, scope.into_vars(), span);
    }

    /// A custom rule that does not say what it examines looks at the first argument of its first atom.
    fn examine_by_default(&mut self, violation: usize, clause: &Clause) {
        let told = self.examines_told.contains(&violation);
        let first = clause.body.iter().find_map(|literal| match literal {
            Literal::Atom(atom) if !atom.negated => match atom.terms.first() {
                Some(Term::Var(var)) => Some((*var, literal.clone())),
                _ => None,
            },
            _ => None,
        });
        if let (false, Some((subject, literal))) = (told, first) {
            self.add_examined_clause(
                violation,
                subject,
                vec![literal],
                clause.vars.clone(),
                clause.span,
            );
        }
    }

    fn add_examined_clause(
        &mut self,
        violation: usize,
        subject: VarId,
        body: Vec<Literal>,
        vars: Vec<Var>,
        span: Span,
    ) {
        let head = self.program.violations[violation].examined;
        let kind = vars[subject].kind;
        let first = self.program.clauses.of(head).is_empty();
        let column = &mut self.program.relations[head].columns[0].kind;
        match *column {
            _ if first => *column = kind,
            known if known == kind => {}
            known if known.is_entity() && kind.is_entity() => *column = Kind::Entity,
            // Rules of one violation that look at unlike things: those of the first kind count.
            _ => return,
        }
        let terms = vec![Term::Var(subject)];
        self.program.clauses.push(Clause { head, terms, body, vars, span });
    }

    fn report_underived_head(&mut self, item: &AtomItem) {
        let message = format!("`{}` is an input, which no rule can derive", item.name.node);
        let problem = Problem::error("derives-input", message)
            .at(item.name.span, "")
            .help("a rule's head must be a `relation` or a `violation`");
        self.report(problem);
    }

    /// The head's arguments; lookups of dotted ones are added to the body.
    fn head_terms(
        &mut self,
        scope: &mut Scope,
        head: RelationId,
        item: &AtomItem,
        mut body: Vec<Literal>,
    ) -> Option<(Vec<Term>, Vec<Literal>)> {
        self.check_arity(head, item)?;
        let mut lookups = Lookups::new();
        let mut terms = Vec::new();
        for (column, term) in item.terms.iter().enumerate() {
            let wanted = self.column_kind(head, column);
            if let TermItem::Any(span) = term {
                let problem =
                    Problem::error("wildcard-in-head", "`_` stands for nothing in a head")
                        .at(*span, "name a variable that the body binds");
                self.report(problem);
                continue;
            }
            let (term_found, kind) = self.term(scope, term, wanted, &mut body, &mut lookups)?;
            if let Some(wanted) = wanted {
                self.check_head_kind(scope, term, kind, wanted, head, column);
            }
            terms.push(term_found);
        }
        (terms.len() == item.terms.len()).then_some((terms, body))
    }

    fn check_head_kind(
        &mut self,
        scope: &Scope,
        term: &TermItem,
        kind: Option<Kind>,
        wanted: Kind,
        head: RelationId,
        column: usize,
    ) {
        let Some(kind) = kind else { return };
        if kind == wanted || (wanted == Kind::Entity && kind.is_entity()) {
            return;
        }
        if kind == Kind::Entity && wanted.is_entity() {
            if scope.lacks_arguments || scope.is_excused(term) {
                return;
            }
            let wanted_name = self.program.kind_name(wanted).to_owned();
            let relation = self.program.relations[head].name.clone();
            let message =
                format!("`{relation}` holds a {wanted_name} here, this may be any entity");
            let name = self.text(term.span());
            let problem = Problem::error("type-mismatch", message)
                .at(term.span(), "")
                .help(format!("add `{wanted_name}({name})` to the body"));
            return self.report(problem);
        }
        self.report_kind_clash(scope, term, kind, wanted, Some((head, column)));
    }

    fn text(&self, span: Span) -> String {
        self.sources.text(span).to_owned()
    }

    fn check_arity(&mut self, relation: RelationId, item: &AtomItem) -> Option<()> {
        let declared = &self.program.relations[relation];
        if declared.columns.len() == item.terms.len() {
            return Some(());
        }
        let columns: Vec<String> = declared
            .columns
            .iter()
            .map(|column| format!("{}: {}", column.name, self.program.kind_name(column.kind)))
            .collect();
        let message = format!(
            "`{}` has {} {}, found {}",
            declared.name,
            columns.len(),
            if columns.len() == 1 { "column" } else { "columns" },
            item.terms.len()
        );
        let name = declared.name.clone();
        let declared_at = declared.span;
        let problem = Problem::error("arity", message)
            .at(item.span, "")
            .at(declared_at, "declared here")
            .help(format!("its columns are `{name}({})`", columns.join(", ")));
        self.report(problem);
        None
    }
}

// Names and kinds.
impl Checker<'_> {
    /// Declares the variables of a conjunction (not those that stand only inside braces) and takes
    /// their kinds from the atoms, so that the order of literals does not matter.
    pub(super) fn declare_names(
        &mut self,
        scope: &mut Scope,
        heads: &[AtomItem],
        body: &[LiteralItem],
    ) {
        for term in heads.iter().flat_map(|head| &head.terms) {
            self.declare_term(scope, term);
        }
        for literal in body {
            match literal {
                LiteralItem::Atom { atom, .. } => {
                    atom.terms.iter().for_each(|term| self.declare_term(scope, term));
                }
                LiteralItem::Compare { left, right, .. } => {
                    self.declare_expr(scope, left);
                    self.declare_expr(scope, right);
                }
                LiteralItem::Presence { term, .. } => self.declare_term(scope, term),
                LiteralItem::Test { subject, .. } => self.declare_term(scope, subject),
                LiteralItem::Let { variable, value, .. } => {
                    self.declare_term(scope, &TermItem::Name(variable.clone()));
                    if let ValueItem::Expr(expr) = value {
                        self.declare_expr(scope, expr);
                    }
                }
            }
        }
        for literal in body {
            if let LiteralItem::Atom { negated, atom } = literal {
                if !self.is_understood(atom) {
                    excuse_words(scope, literal);
                }
                scope.lacks_arguments |= self.lacks_arguments(atom);
                if !negated {
                    self.take_kinds(scope, atom);
                }
            }
        }
        self.take_kinds_of_lets(scope, body);
    }

    /// Whether an atom's relation is declared with so many columns, of kinds that are known.
    fn is_understood(&self, atom: &AtomItem) -> bool {
        let Some(relation) = self.known_relation(atom) else { return false };
        self.program.relations[relation].columns.len() == atom.terms.len()
            && (0..atom.terms.len()).all(|column| self.column_kind(relation, column).is_some())
    }

    /// The relation of an atom, where it is declared and in one way only.
    fn known_relation(&self, atom: &AtomItem) -> Option<RelationId> {
        let name = &atom.name.node;
        self.relations.get(name).filter(|_| !self.broken.contains(name)).copied()
    }

    fn lacks_arguments(&self, atom: &AtomItem) -> bool {
        self.known_relation(atom).is_some_and(|relation| {
            atom.terms.len() < self.program.relations[relation].columns.len()
        })
    }

    /// None where the column's kind is unknown, which was reported.
    fn column_kind(&self, relation: RelationId, column: usize) -> Option<Kind> {
        if self.doubtful.contains(&(relation, column)) {
            return None;
        }
        Some(self.program.relations[relation].columns.get(column)?.kind)
    }

    /// A condition may stand before the `let` that tells the kind of its variable.
    fn take_kinds_of_lets(&self, scope: &mut Scope, body: &[LiteralItem]) {
        loop {
            let mut found = false;
            for literal in body {
                let LiteralItem::Let { variable, value, .. } = literal else { continue };
                let Some(var) = scope.find(&variable.node) else { continue };
                if scope.vars[var].kind.is_none() {
                    scope.vars[var].kind = self.kind_of_value(scope, value);
                    found |= scope.vars[var].kind.is_some();
                }
            }
            if !found {
                return;
            }
        }
    }

    fn kind_of_value(&self, scope: &Scope, value: &ValueItem) -> Option<Kind> {
        match value {
            ValueItem::Expr(expr) => self.hint(scope, expr),
            ValueItem::Aggregate { operation, of: None, .. } => {
                (operation.node == "count").then_some(Kind::Int)
            }
            ValueItem::Aggregate { of: Some(TermItem::Name(word)), body, .. } => {
                let inside = body.iter().find_map(|literal| match literal {
                    LiteralItem::Atom { negated: false, atom } => self.kind_in_atom(word, atom),
                    _ => None,
                });
                inside.or_else(|| self.hint(scope, &ExprItem::Term(TermItem::Name(word.clone()))))
            }
            ValueItem::Aggregate { .. } => None,
        }
    }

    fn kind_in_atom(&self, word: &Word, atom: &AtomItem) -> Option<Kind> {
        let relation = self.known_relation(atom)?;
        let is_it =
            |term: &TermItem| matches!(term, TermItem::Name(name) if name.node == word.node);
        let column = atom.terms.iter().position(is_it)?;
        self.column_kind(relation, column)
    }

    fn declare_expr(&mut self, scope: &mut Scope, expr: &ExprItem) {
        match expr {
            ExprItem::Term(term) => self.declare_term(scope, term),
            ExprItem::Binary { left, right, .. } => {
                self.declare_expr(scope, left);
                self.declare_expr(scope, right);
            }
        }
    }

    fn declare_term(&mut self, scope: &mut Scope, term: &TermItem) {
        let (TermItem::Name(word) | TermItem::Dotted { base: word, .. }) = term else { return };
        if matches!(term, TermItem::Name(_)) && self.params.contains_key(&word.node) {
            return;
        }
        let var = scope.declare(&word.node, None, word.span);
        if self.broken.contains(&word.node) {
            // A parameter that could not be read.
            scope.excuse(var);
        }
        scope.vars[var].uses += 1;
        scope.vars[var].places.push(word.span);
    }

    /// Narrows the kinds of an atom's variables to those of its columns.
    fn take_kinds(&mut self, scope: &mut Scope, atom: &AtomItem) {
        let Some(relation) = self.known_relation(atom) else { return };
        for (column, term) in atom.terms.iter().enumerate() {
            let (TermItem::Name(word), Some(kind)) = (term, self.column_kind(relation, column))
            else {
                continue;
            };
            let Some(var) = scope.find(&word.node) else { continue };
            match scope.vars[var].kind {
                None => {
                    scope.vars[var].kind = Some(kind);
                    scope.vars[var].first = word.span;
                }
                Some(known) if narrower(known, kind).is_some() => {
                    scope.vars[var].kind = narrower(known, kind);
                }
                Some(known) => {
                    self.report_kind_clash(scope, term, known, kind, Some((relation, column)));
                }
            }
        }
    }

    pub(super) fn report_kind_clash(
        &mut self,
        scope: &Scope,
        term: &TermItem,
        known: Kind,
        wanted: Kind,
        column: Option<(RelationId, usize)>,
    ) {
        let name = self.text(term.span());
        let (known, wanted) = (self.program.kind_name(known), self.program.kind_name(wanted));
        let message = match column {
            Some((relation, column)) => {
                let relation = &self.program.relations[relation];
                let column = &relation.columns[column].name;
                format!("`{}` wants {wanted} as `{column}`, `{name}` is {known}", relation.name)
            }
            None => format!("expected {wanted}, `{name}` is {known}"),
        };
        let mut problem = Problem::error("type-mismatch", message).at(term.span(), "");
        if let TermItem::Name(word) = term
            && let Some(var) = scope.find(&word.node)
            && scope.vars[var].first != term.span()
        {
            problem = problem.at(scope.vars[var].first, format!("{known} because first used here"));
        }
        self.report(problem);
    }

    /// Checks literals in the order of the text and turns dotted terms into atoms before them.
    pub(super) fn body(&mut self, scope: &mut Scope, items: &[LiteralItem]) -> Vec<Literal> {
        let mut body = Vec::new();
        let mut lookups = Lookups::new();
        for item in items {
            // What could not be understood was reported; the rest of the body is still checked.
            if self.literal(scope, item, &mut body, &mut lookups).is_none() {
                scope.failed = true;
                excuse_words(scope, item);
            }
        }
        body
    }

    fn literal(
        &mut self,
        scope: &mut Scope,
        item: &LiteralItem,
        body: &mut Vec<Literal>,
        lookups: &mut Lookups,
    ) -> Option<()> {
        match item {
            LiteralItem::Atom { negated, atom } => {
                let literal = self.atom(scope, atom, *negated, body, lookups)?;
                body.push(Literal::Atom(literal));
            }
            LiteralItem::Compare { compare, left, right, span } => {
                let hint = self.hint(scope, left).or_else(|| self.hint(scope, right));
                let (left_expr, left_kind) = self.expr(scope, left, hint, body, lookups)?;
                let (right_expr, right_kind) = self.expr(scope, right, hint, body, lookups)?;
                let (left_span, right_span) = (left.span(), right.span());
                self.check_comparable(
                    (left_span, left_kind),
                    (right_span, right_kind),
                    compare.is_order(),
                );
                body.push(Literal::Compare {
                    compare: *compare,
                    left: left_expr,
                    right: right_expr,
                    span: *span,
                });
            }
            LiteralItem::Presence { term, known, span } => {
                let literal = self.presence(scope, term, *known, *span, body, lookups)?;
                body.push(literal);
            }
            LiteralItem::Test { negated, subject, test, pattern, span } => {
                self.refuse_wildcard(subject)?;
                let (subject_term, kind) =
                    self.term(scope, subject, Some(Kind::Text), body, lookups)?;
                if kind.is_some_and(|kind| kind != Kind::Text) {
                    self.report_kind_clash(scope, subject, kind?, Kind::Text, None);
                    return None;
                }
                let kind = self.test_kind(test)?;
                // In the form in which the texts of either kind of program are compared.
                let pattern = match self.facts {
                    FactsFrom::Topology => pattern.node.to_lowercase(),
                    FactsFrom::Files => pattern.node.clone(),
                };
                let test =
                    Test { subject: subject_term, kind, pattern, negated: *negated, span: *span };
                body.push(Literal::Test(test));
            }
            LiteralItem::Let { variable, value, span } => {
                self.binding(scope, variable, value, *span, body, lookups)?;
            }
        }
        Some(())
    }

    pub(super) fn atom(
        &mut self,
        scope: &mut Scope,
        item: &AtomItem,
        negated: bool,
        body: &mut Vec<Literal>,
        lookups: &mut Lookups,
    ) -> Option<Atom> {
        let relation = self.relation(&item.name)?;
        self.check_arity(relation, item)?;
        let mut terms = Vec::new();
        for (column, term) in item.terms.iter().enumerate() {
            let wanted = self.column_kind(relation, column);
            let (found, kind) = self.term(scope, term, wanted, body, lookups)?;
            // Clashes of plain variables in positive atoms were reported when their kinds were taken.
            if let (Some(kind), Some(wanted)) = (kind, wanted)
                && narrower(kind, wanted).is_none()
                && (negated || !matches!(term, TermItem::Name(_)))
            {
                self.report_kind_clash(scope, term, kind, wanted, Some((relation, column)));
            }
            terms.push(found);
        }
        Some(Atom { relation, terms, negated, span: item.span })
    }

    fn presence(
        &mut self,
        scope: &mut Scope,
        term: &TermItem,
        known: bool,
        span: Span,
        body: &mut Vec<Literal>,
        lookups: &mut Lookups,
    ) -> Option<Literal> {
        let TermItem::Dotted { base, path } = term else {
            let problem = Problem::error("syntax", "only a key can be unknown")
                .at(term.span(), "")
                .help("write `(p.version is unknown)`; for an atom write `!Atom(..)`");
            self.report(problem);
            return None;
        };
        let steps = self.steps(scope, base, path, body, lookups)?;
        let (subject, relation) = steps;
        let terms = vec![Term::Var(subject), Term::Any];
        Some(Literal::Atom(Atom { relation, terms, negated: !known, span }))
    }

    fn test_kind(&mut self, word: &Word) -> Option<TestKind> {
        let known = TestKind::NAMES;
        if let Some((_, kind)) = known.iter().find(|(name, _)| *name == word.node) {
            return Some(*kind);
        }
        let near = nearest(&word.node, known.iter().map(|(name, _)| *name));
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let problem = Problem::error("syntax", format!("unknown test `{}`", word.node))
            .at(word.span, "")
            .help(format!("tests of a text are {}", names.join(", ")))
            .did_you_mean(near);
        self.report(problem);
        None
    }

    fn check_comparable(
        &mut self,
        (left_span, left): (Span, Option<Kind>),
        (right_span, right): (Span, Option<Kind>),
        ordered: bool,
    ) {
        let (Some(left), Some(right)) = (left, right) else { return };
        let problem = if narrower(left, right).is_none() {
            let (left, right) = (self.program.kind_name(left), self.program.kind_name(right));
            Problem::error("type-mismatch", format!("{left} can't be compared with {right}"))
                .at(left_span, format!("this is {left},"))
                .at(right_span, format!("and this {right}"))
        } else if ordered && left == Kind::Bool {
            Problem::error("type-mismatch", "true and false have no order")
                .at(left_span.to(right_span), "")
                .help("compare them with `==` or `!=`")
        } else {
            return;
        };
        self.report(problem);
    }

    /// The kind that an expression has by itself; None for a constant.
    fn hint(&self, scope: &Scope, expr: &ExprItem) -> Option<Kind> {
        match expr {
            ExprItem::Term(TermItem::Name(word)) => match self.params.get(&word.node) {
                Some(param) => Some(self.program.params[*param].kind),
                None => scope.find(&word.node).and_then(|var| scope.vars[var].kind),
            },
            ExprItem::Term(TermItem::Dotted { base, path }) => {
                let mut kind = scope.find(&base.node).and_then(|var| scope.vars[var].kind);
                let mut rest = path.as_slice();
                while let (Some(Kind::Of(entity)), false) = (kind, rest.is_empty()) {
                    let (relation, used) = self.find_key(entity, rest)?;
                    kind = Some(self.program.relations[relation].columns[1].kind);
                    rest = &rest[used..];
                }
                if rest.is_empty() { kind } else { None }
            }
            ExprItem::Term(_) => None,
            ExprItem::Binary { operator, left, right } => {
                let (left, right) = (self.hint(scope, left), self.hint(scope, right));
                match (operator, left) {
                    (Operator::Multiply, Some(Kind::Int)) => right.or(left),
                    _ => left.or(right),
                }
            }
        }
    }

    fn expr(
        &mut self,
        scope: &mut Scope,
        item: &ExprItem,
        hint: Option<Kind>,
        body: &mut Vec<Literal>,
        lookups: &mut Lookups,
    ) -> Option<(Expr, Option<Kind>)> {
        let (operator, left_item, right_item) = match item {
            ExprItem::Term(term) => {
                self.refuse_wildcard(term)?;
                let (term, kind) = self.term(scope, term, hint, body, lookups)?;
                return Some((Expr::Term(term), kind));
            }
            ExprItem::Binary { operator, left, right } => (*operator, left, right),
        };
        let (left_hint, right_hint) = if operator == Operator::Multiply {
            // In a product only one side has the unit.
            (self.hint(scope, left_item), self.hint(scope, right_item))
        } else {
            let own = self.hint(scope, left_item).or_else(|| self.hint(scope, right_item));
            (own.or(hint), own.or(hint))
        };
        let (left, left_kind) = self.expr(scope, left_item, left_hint, body, lookups)?;
        let (right, right_kind) = self.expr(scope, right_item, right_hint, body, lookups)?;
        let kind = self.arithmetic_kind(operator, left_kind, right_kind, item.span())?;
        Some((Expr::Binary(operator, Box::new(left), Box::new(right)), kind))
    }

    pub(super) fn refuse_wildcard(&mut self, term: &TermItem) -> Option<()> {
        let TermItem::Any(span) = term else { return Some(()) };
        let problem = Problem::error(
            "wildcard-in-comparison",
            "`_` stands for any value and can't be used here",
        )
        .at(*span, "")
        .help("use a variable that an atom binds");
        self.report(problem);
        None
    }

    fn arithmetic_kind(
        &mut self,
        operator: Operator,
        left: Option<Kind>,
        right: Option<Kind>,
        span: Span,
    ) -> Option<Option<Kind>> {
        let (Some(left), Some(right)) = (left, right) else {
            // What nothing tells was reported.
            let is_product = operator == Operator::Multiply;
            return Some(left.or(right).filter(|_| !is_product));
        };
        let kind = match (operator, left, right) {
            (_, left, right) if !left.is_number() || !right.is_number() => None,
            (Operator::Multiply, Kind::Int, unit) | (Operator::Multiply, unit, Kind::Int) => {
                Some(unit)
            }
            (Operator::Add | Operator::Subtract, left, right) if left == right => Some(left),
            _ => None,
        };
        if kind.is_none() {
            let is_text = [left, right].into_iter().find(|kind| !kind.is_number());
            let name = |kind| self.program.kind_name(kind);
            let (message, help) = match (is_text, operator) {
                (Some(kind), _) => (format!("{} is no number", name(kind)), None),
                (None, Operator::Multiply) => (
                    format!("{} can't be multiplied by {}", name(left), name(right)),
                    Some("one side must be a number without a unit"),
                ),
                (None, Operator::Add | Operator::Subtract) => {
                    (format!("{} and {} have different units", name(left), name(right)), None)
                }
            };
            let mut problem = Problem::error("type-mismatch", message).at(span, "");
            problem.help = help.map(str::to_owned);
            self.report(problem);
        }
        kind.map(Some)
    }

    /// A term, with lookups of its dots added to `body`.
    pub(super) fn term(
        &mut self,
        scope: &mut Scope,
        item: &TermItem,
        hint: Option<Kind>,
        body: &mut Vec<Literal>,
        lookups: &mut Lookups,
    ) -> Option<(Term, Option<Kind>)> {
        match item {
            TermItem::Any(_) => Some((Term::Any, None)),
            TermItem::Name(word) => {
                // A violation's column hides a parameter of the same name.
                if let Some(var) = scope.find(&word.node) {
                    return Some((Term::Var(var), scope.vars[var].kind));
                }
                if let Some(&param) = self.params.get(&word.node) {
                    return Some((Term::Param(param), Some(self.program.params[param].kind)));
                }
                self.report_unknown_variable(scope, word);
                None
            }
            TermItem::Dotted { base, path } => {
                let (subject, relation) = self.steps(scope, base, path, body, lookups)?;
                let var = self.look_up(scope, subject, relation, item.span(), body, lookups);
                Some((Term::Var(var), scope.vars[var].kind))
            }
            constant => {
                let kind = hint.unwrap_or(match constant {
                    TermItem::Text(_) => Kind::Text,
                    TermItem::Bool(_) => Kind::Bool,
                    TermItem::Duration(_) => Kind::Unit(0),
                    _ => Kind::Int,
                });
                let constant = self.constant(constant, kind)?;
                Some((Term::Constant(constant), Some(kind)))
            }
        }
    }

    pub(super) fn report_unknown_variable(&mut self, scope: &Scope, word: &Word) {
        let is_lost = [word.node.as_str(), ""].iter().any(|name| self.broken.contains(*name));
        if scope.lacks_arguments || is_lost {
            return;
        }
        let near = nearest(&word.node, scope.visible_names()).map(str::to_owned);
        let near = near.or_else(|| self.key_of_a_variable(scope, &word.node));
        let message = format!("unknown variable `{}`", word.node);
        let mut problem = Problem::error("unknown-variable", message).at(word.span, "");
        problem.help = scope.known_names();
        self.report(problem.did_you_mean(near.as_deref()));
    }

    /// Follows a dotted term up to its last key: the entity that has it, and the key's relation.
    fn steps(
        &mut self,
        scope: &mut Scope,
        base: &Word,
        path: &[Word],
        body: &mut Vec<Literal>,
        lookups: &mut Lookups,
    ) -> Option<(VarId, RelationId)> {
        let Some(mut subject) = scope.find(&base.node) else {
            self.report_unknown_variable(scope, base);
            return None;
        };
        let span = base.span.to(path[path.len() - 1].span);
        let mut rest = path;
        loop {
            let entity = self.entity_of(scope, subject, base, &rest[0])?;
            let Some((relation, used)) = self.find_key(entity, rest) else {
                self.report_unknown_key(entity, rest);
                return None;
            };
            if used == rest.len() {
                return Some((subject, relation));
            }
            subject = self.look_up(scope, subject, relation, span, body, lookups);
            rest = &rest[used..];
        }
    }

    fn entity_of(
        &mut self,
        scope: &Scope,
        subject: VarId,
        base: &Word,
        key: &Word,
    ) -> Option<EntityId> {
        let name = scope.name(subject);
        let problem = match scope.vars[subject].kind {
            Some(Kind::Of(entity)) => return Some(entity),
            Some(Kind::Entity) => {
                let owner = self.program.entities.iter().find(|e| e.keys.contains_key(&key.node));
                let owner = owner.map_or("Pool", |owner| owner.name.as_str());
                Problem::error("type-mismatch", format!("`{name}` may be any entity"))
                    .at(base.span, format!("has no certain key `{}`", key.node))
                    .help(format!("say what it is: `{owner}({name})`"))
            }
            Some(kind) => {
                let kind = self.program.kind_name(kind);
                Problem::error("type-mismatch", format!("`{name}` is {kind} and has no keys"))
                    .at(base.span, "")
            }
            None if scope.excused.contains(&subject) || scope.lacks_arguments => return None,
            None => Problem::error("unsafe-lookup", format!("nothing tells what `{name}` is"))
                .at(base.span, "")
                .help(format!("add an atom with `{name}`, such as `Pool({name})`")),
        };
        self.report(problem);
        None
    }

    /// The relation of the key with which `path` begins, and how many names it takes.
    fn find_key(&self, entity: EntityId, path: &[Word]) -> Option<(RelationId, usize)> {
        let declared = &self.program.entities[entity];
        if declared.by.as_deref() == Some(path.first()?.node.as_str()) {
            return Some((declared.name_relation?, 1));
        }
        let mut name = String::new();
        for (at, word) in path.iter().enumerate() {
            if at > 0 {
                name.push('.');
            }
            name.push_str(&word.node);
            let relation = declared.keys.get(&name).and_then(|key| key.one);
            if let Some(relation) = relation
                && matches!(self.program.relations[relation].role, Role::Key { .. })
            {
                return Some((relation, at + 1));
            }
        }
        None
    }

    fn report_unknown_key(&mut self, entity: EntityId, path: &[Word]) {
        let declared = &self.program.entities[entity];
        let word = &path[0];
        let prefix = format!("{}.", word.node);
        let mut inside = declared.keys.keys().filter(|key| key.starts_with(&prefix));
        let problem = match declared.keys.get(&word.node).and_then(|key| key.relations().next()) {
            Some(relation) => {
                let relation = &self.program.relations[relation].name;
                Problem::error("unknown-key", format!("`{}` may hold several values", word.node))
                    .at(word.span, "")
                    .help(format!("write an atom of `{relation}`"))
            }
            None if path.len() == 1 && inside.next().is_some() => {
                let keys: Vec<&str> = declared.keys.keys().map(String::as_str).collect();
                let keys: Vec<&str> =
                    keys.into_iter().filter(|key| key.starts_with(&prefix)).collect();
                Problem::error("unknown-key", format!("`{}` is a table", word.node))
                    .at(word.span, "")
                    .help(format!("name one of its keys: {}", keys.join(", ")))
            }
            None => {
                let last = if inside.next().is_some() { &path[1] } else { word };
                let span = word.span.to(last.span);
                let name = if last.span == word.span {
                    word.node.clone()
                } else {
                    format!("{prefix}{}", last.node)
                };
                let keys = declared.keys.keys().map(String::as_str).chain(declared.by.as_deref());
                let near = nearest(&name, keys);
                let message = format!("`[[{}]]` has no key `{name}`", declared.table);
                let further = self.key_one_step_further(entity, &name);
                let vocabulary = format!("`lynt vocabulary {}` lists its keys", declared.name);
                Problem::error("unknown-key", message)
                    .at(span, "")
                    .help(vocabulary)
                    .did_you_mean(near.or(further.as_deref()))
            }
        };
        self.report(problem);
    }

    /// The variable that holds the value of a key, with the atom that looks it up.
    fn look_up(
        &mut self,
        scope: &mut Scope,
        subject: VarId,
        relation: RelationId,
        span: Span,
        body: &mut Vec<Literal>,
        lookups: &mut Lookups,
    ) -> VarId {
        if let Some(&var) = lookups.get(&(subject, relation)) {
            return var;
        }
        let kind = self.program.relations[relation].columns[1].kind;
        let path = self.program.key_path(relation).unwrap_or("name");
        let name = format!("{}.{path}", scope.name(subject));
        let var = scope.add(&name, Some(kind), span);
        scope.vars[var].looked_up = true;
        let terms = vec![Term::Var(subject), Term::Var(var)];
        body.push(Literal::Atom(Atom { relation, terms, negated: false, span }));
        lookups.insert((subject, relation), var);
        var
    }
}

// `let` and aggregates.
impl Checker<'_> {
    fn binding(
        &mut self,
        scope: &mut Scope,
        variable: &Word,
        value: &ValueItem,
        span: Span,
        body: &mut Vec<Literal>,
        lookups: &mut Lookups,
    ) -> Option<()> {
        if self.params.contains_key(&variable.node) {
            let message = format!("`{}` is a parameter", variable.node);
            let problem = Problem::error("rebound-variable", message)
                .at(variable.span, "choose another name for the variable");
            self.report(problem);
            return None;
        }
        let var = scope.find(&variable.node)?;
        let known = scope.vars[var].kind;
        let kind = match value {
            ValueItem::Expr(expr) => {
                let (value, kind) = self.expr(scope, expr, known, body, lookups)?;
                body.push(Literal::Let { var, value, span });
                kind
            }
            ValueItem::Aggregate { operation, of, body: items } => {
                let (aggregate, kind) =
                    self.aggregate(scope, var, operation, of.as_ref(), items, span)?;
                body.push(Literal::Aggregate(aggregate));
                kind
            }
        };
        // Of one that something else binds, that is reported.
        if known.is_none() {
            scope.vars[var].kind = kind;
        }
        Some(())
    }

    fn aggregate(
        &mut self,
        scope: &mut Scope,
        var: VarId,
        operation: &Word,
        of: Option<&TermItem>,
        items: &[LiteralItem],
        span: Span,
    ) -> Option<(Aggregate, Option<Kind>)> {
        let computed = self.operation(operation, of)?;
        of.map_or(Some(()), |term| self.refuse_wildcard(term))?;
        let outside = scope.open();
        self.declare_names(scope, &[], items);
        let mut body = self.body(scope, items);
        let mut lookups = Lookups::new();
        let of_found = match of {
            None => Some((Term::Any, Some(Kind::Int))),
            Some(term) => self.term(scope, term, None, &mut body, &mut lookups),
        };
        // In braces a variable that stands once is what is counted.
        scope.vars[outside..].iter_mut().for_each(|var| var.uses += 1);
        scope.close();
        let (of_term, kind) = of_found?;
        if computed == Operation::Sum && kind.is_some_and(|kind| !kind.is_number()) {
            self.report_kind_clash(scope, of?, kind?, Kind::Int, None);
            return None;
        }
        let mut used = BTreeSet::from_iter(of_term.var());
        body.iter().for_each(|literal| {
            literal.each_var(&mut |var| {
                used.insert(var);
            })
        });
        let (outer, inner): (Vec<VarId>, Vec<VarId>) =
            used.iter().copied().partition(|&var| var < outside);
        if computed == Operation::Count && inner.is_empty() && !scope.failed {
            let problem = Problem::error("unsafe-aggregate", "this counts nothing")
                .at(span, "no variable occurs only inside the braces")
                .help("name what is counted: `count { Partner(p, q) }` counts each `q`, `_` is not counted");
            self.report(problem);
        }
        let aggregate =
            Aggregate { var, operation: computed, of: of_term, body, outer, inner, span };
        Some((aggregate, kind))
    }

    fn operation(&mut self, word: &Word, of: Option<&TermItem>) -> Option<Operation> {
        let operation = match word.node.as_str() {
            "count" => Operation::Count,
            "sum" => Operation::Sum,
            "min" => Operation::Min,
            "max" => Operation::Max,
            unknown => {
                let near = nearest(unknown, ["count", "sum", "min", "max"]);
                let problem = Problem::error("syntax", format!("unknown aggregate `{unknown}`"))
                    .at(word.span, "")
                    .help("aggregates are count, sum, min, max")
                    .did_you_mean(near);
                self.report(problem);
                return None;
            }
        };
        let fits = of.is_some() != (operation == Operation::Count);
        if !fits {
            let message = match operation {
                Operation::Count => "`count` takes nothing before its braces".to_owned(),
                _ => format!("`{0}` wants a value: `{0} n {{ .. }}`", word.node),
            };
            let help = match operation {
                Operation::Count => "write `count { .. }`".to_owned(),
                _ => format!("say of what, such as `{} g.users {{ .. }}`", word.node),
            };
            self.report(Problem::error("syntax", message).at(word.span, "").help(help));
            return None;
        }
        Some(operation)
    }
}

// Every variable bound.
impl Checker<'_> {
    /// Reports what nothing binds; these variables.
    fn check_bound(
        &mut self,
        scope: &Scope,
        terms: &[Term],
        head: &AtomItem,
        body: &[Literal],
    ) -> BTreeSet<VarId> {
        if scope.lacks_arguments || self.broken.contains("") {
            return (0..scope.len()).collect();
        }
        let bound = bound_or_waiting(body, bound_by(body, &scope.excused));
        let mut reported = BTreeSet::new();
        for (term, item) in terms.iter().zip(&head.terms) {
            if let Term::Var(var) = term
                && !bound.contains(var)
                && reported.insert(*var)
            {
                let name = scope.name(*var);
                let message = format!("nothing in the body binds `{name}`");
                let help = self.binding_help(scope, body, *var, &bound);
                let problem = Problem::error("unsafe-head", message).at(item.span(), "").help(help);
                self.report(problem);
            }
        }
        self.check_literals_bound(scope, body, &bound, BTreeSet::new(), &mut reported);
        reported
    }

    pub(super) fn check_body_bound(&mut self, scope: &Scope, body: &[Literal]) {
        self.check_body_bound_given(scope, body, &BTreeSet::new());
    }

    pub(super) fn check_body_bound_given(
        &mut self,
        scope: &Scope,
        body: &[Literal],
        given: &BTreeSet<VarId>,
    ) {
        if scope.lacks_arguments || self.broken.contains("") {
            return;
        }
        let known = given.union(&scope.excused).copied().collect();
        let bound = bound_or_waiting(body, bound_by(body, &known));
        self.check_literals_bound(scope, body, &bound, given.clone(), &mut BTreeSet::new());
    }

    /// Where `bound` is bound; no `let` may make one that is in `taken`.
    fn check_literals_bound(
        &mut self,
        scope: &Scope,
        body: &[Literal],
        bound: &BTreeSet<VarId>,
        mut taken: BTreeSet<VarId>,
        reported: &mut BTreeSet<VarId>,
    ) {
        for literal in body {
            let (name, what, span) = match literal {
                // One that is not negated reads nothing.
                Literal::Atom(atom) => ("unsafe-negation", "the negated atom", atom.span),
                Literal::Compare { span, .. } => ("unsafe-comparison", "the comparison", *span),
                Literal::Test(test) => ("unsafe-comparison", "the test", test.span),
                Literal::Let { var, span, .. } => {
                    self.check_bound_once(scope, body, *var, *span, &mut taken);
                    ("unsafe-comparison", "the value", *span)
                }
                Literal::Aggregate(aggregate) => {
                    let span = aggregate.span;
                    self.check_bound_once(scope, body, aggregate.var, span, &mut taken);
                    self.check_new_inside(scope, aggregate);
                    let inner = bound_by(&aggregate.body, bound);
                    let inner = bound_or_waiting(&aggregate.body, inner);
                    let taken = BTreeSet::new();
                    self.check_literals_bound(scope, &aggregate.body, &inner, taken, reported);
                    self.check_aggregate_bound(scope, aggregate, bound, reported);
                    continue;
                }
            };
            literal.each_read(&mut |var| {
                if !bound.contains(&var) && reported.insert(var) {
                    let variable = scope.name(var);
                    let message = format!("{what} uses `{variable}`, which nothing binds");
                    let near = scope.nearest_of(variable, bound);
                    let help = match (name, near) {
                        ("unsafe-negation", None) => {
                            format!("add an atom with `{variable}`, or write `_` for any value")
                        }
                        _ => self.binding_help(scope, body, var, bound),
                    };
                    let place = scope.place_in(var, span);
                    self.problems.push(Problem::error(name, message).at(place, "").help(help));
                }
            });
        }
    }

    /// What an aggregate takes from outside its braces must be known before it.
    fn check_aggregate_bound(
        &mut self,
        scope: &Scope,
        aggregate: &Aggregate,
        bound: &BTreeSet<VarId>,
        reported: &mut BTreeSet<VarId>,
    ) {
        for &var in &aggregate.outer {
            if !bound.contains(&var) && reported.insert(var) {
                let name = scope.name(var);
                let message = format!("the aggregate uses `{name}`, which nothing binds");
                let problem = Problem::error("unsafe-aggregate", message)
                    .at(scope.place_in(var, aggregate.span), "")
                    .help(format!(
                        "`{name}` stands outside the braces too: bind it there, or give what is inside another name"
                    ));
                self.report(problem);
            }
        }
    }

    /// `let` makes a new variable: one that an atom, another `let` or a column binds is an error.
    fn check_bound_once(
        &mut self,
        scope: &Scope,
        body: &[Literal],
        var: VarId,
        span: Span,
        taken: &mut BTreeSet<VarId>,
    ) {
        let in_atom = body.iter().any(|literal| match literal {
            Literal::Atom(atom) => !atom.negated && atom.terms.contains(&Term::Var(var)),
            _ => false,
        });
        if in_atom || !taken.insert(var) {
            self.report_rebound(scope, var, span);
        }
    }

    /// A `let` in braces makes a new variable too: one that also stands outside of them is an error.
    fn check_new_inside(&mut self, scope: &Scope, aggregate: &Aggregate) {
        for literal in &aggregate.body {
            match literal {
                Literal::Let { var, span, .. }
                | Literal::Aggregate(Aggregate { var, span, .. })
                    if aggregate.outer.contains(var) =>
                {
                    self.report_rebound(scope, *var, *span);
                }
                _ => {}
            }
        }
    }

    fn report_rebound(&mut self, scope: &Scope, var: VarId, span: Span) {
        let name = scope.name(var);
        let problem = Problem::error("rebound-variable", format!("`{name}` is bound twice"))
            .at(span, "`let` makes a new variable")
            .help(format!("write `({name} == ..)` to compare"));
        self.report(problem);
    }

    fn warn_of_singletons(&mut self, scope: &Scope, reported: &BTreeSet<VarId>) {
        // A misspelt variable is one that nothing binds and one that is used only once.
        let is_said = |id: VarId| {
            let mut said = reported.iter().chain(&scope.excused);
            said.any(|&other| other == id || is_alike(scope.name(id), scope.name(other)))
        };
        let is_single = |id: &VarId| {
            let var = &scope.vars[*id];
            var.uses == 1 && !var.looked_up && !var.name.starts_with('_') && !is_said(*id)
        };
        let single: Vec<VarId> = (0..scope.len()).filter(is_single).collect();
        for (at, &id) in single.iter().enumerate() {
            let is_twin = |other: &&VarId| scope.name(**other).eq_ignore_ascii_case(scope.name(id));
            if single[..at].iter().any(|other| is_twin(&other)) {
                continue;
            }
            let problem = match single[at + 1..].iter().find(is_twin) {
                Some(&twin) => warn_of_twins(&scope.vars[id], &scope.vars[twin]),
                None => warn_of_singleton(&scope.vars[id]),
            };
            self.problems.push(problem);
        }
    }
}

/// Two variables that only case tells apart, each used once.
fn warn_of_twins(one: &ScopeVar, other: &ScopeVar) -> Problem {
    let message = format!("`{}` and `{}` are two variables", one.name, other.name);
    Problem::warning("singleton-variable", message)
        .at(one.first, "used only once,")
        .at(other.first, "and so is this one")
        .help("case matters in names; write them alike if they are meant to be one")
}

fn warn_of_singleton(var: &ScopeVar) -> Problem {
    let help = match var.kind {
        Some(Kind::Text | Kind::Enum(_)) if var.name.len() > 2 => format!(
            "write `_` if any value will do, or `\"{}\"` if this one is meant; is it misspelt?",
            var.name
        ),
        _ => "write `_` if any value will do; is it misspelt?".to_owned(),
    };
    let message = format!("`{}` is used only once", var.name);
    Problem::warning("singleton-variable", message).at(var.first, "").help(help)
}

/// The narrower of two kinds, if a value can be of both.
pub(super) fn narrower(one: Kind, other: Kind) -> Option<Kind> {
    match (one, other) {
        (one, other) if one == other => Some(one),
        (Kind::Entity, other) if other.is_entity() => Some(other),
        (one, Kind::Entity) if one.is_entity() => Some(one),
        _ => None,
    }
}

/// The variables that a body binds, given those in `given`.
pub(in crate::datalog) fn bound_by(body: &[Literal], given: &BTreeSet<VarId>) -> BTreeSet<VarId> {
    let mut bound = given.clone();
    for literal in body {
        if let Literal::Atom(atom) = literal
            && !atom.negated
        {
            bound.extend(atom.terms.iter().filter_map(Term::var));
        }
    }
    // A `let` may use what a later one binds.
    loop {
        let before = bound.len();
        for literal in body {
            let Some(var) = let_var(literal) else { continue };
            let mut ready = true;
            literal.each_read(&mut |read| ready &= bound.contains(&read));
            if ready {
                bound.insert(var);
            }
        }
        if bound.len() == before {
            return bound;
        }
    }
}

/// What is bound, and the variables of each `let` that waits for what nothing binds: of these two, only
/// the latter is reported.
fn bound_or_waiting(body: &[Literal], mut bound: BTreeSet<VarId>) -> BTreeSet<VarId> {
    let lets: BTreeMap<VarId, &Literal> =
        body.iter().filter_map(|literal| Some((let_var(literal)?, literal))).collect();
    let mut waiting: BTreeSet<VarId> = BTreeSet::new();
    loop {
        let before = waiting.len();
        for (var, literal) in &lets {
            let mut waits = false;
            literal.each_read(&mut |read| {
                let is_root = !lets.contains_key(&read) && !bound.contains(&read);
                waits |= waiting.contains(&read) || is_root;
            });
            if waits && !bound.contains(var) {
                waiting.insert(*var);
            }
        }
        if waiting.len() == before {
            bound.append(&mut waiting);
            return bound;
        }
    }
}

/// The variable that a `let` makes.
fn let_var(literal: &Literal) -> Option<VarId> {
    match literal {
        Literal::Let { var, .. } => Some(*var),
        Literal::Aggregate(aggregate) => Some(aggregate.var),
        _ => None,
    }
}

fn excuse_words(scope: &mut Scope, item: &LiteralItem) {
    each_word(item, &mut |word| {
        let var = scope.find(&word.node);
        scope.excused.extend(var);
    });
}

/// Calls `visit` with each variable of a literal.
fn each_word(item: &LiteralItem, visit: &mut dyn FnMut(&Word)) {
    match item {
        LiteralItem::Atom { atom, .. } => atom.terms.iter().for_each(|term| term_word(term, visit)),
        LiteralItem::Compare { left, right, .. } => {
            expr_words(left, visit);
            expr_words(right, visit);
        }
        LiteralItem::Presence { term, .. } => term_word(term, visit),
        LiteralItem::Test { subject, .. } => term_word(subject, visit),
        LiteralItem::Let { variable, value, .. } => {
            visit(variable);
            match value {
                ValueItem::Expr(expr) => expr_words(expr, visit),
                ValueItem::Aggregate { of, body, .. } => {
                    of.iter().for_each(|term| term_word(term, visit));
                    body.iter().for_each(|literal| each_word(literal, visit));
                }
            }
        }
    }
}

fn expr_words(expr: &ExprItem, visit: &mut dyn FnMut(&Word)) {
    match expr {
        ExprItem::Term(term) => term_word(term, visit),
        ExprItem::Binary { left, right, .. } => {
            expr_words(left, visit);
            expr_words(right, visit);
        }
    }
}

fn term_word(term: &TermItem, visit: &mut dyn FnMut(&Word)) {
    if let TermItem::Name(word) | TermItem::Dotted { base: word, .. } = term {
        visit(word);
    }
}
