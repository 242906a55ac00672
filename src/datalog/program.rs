//! A checked program: names are ids, kinds agree, every variable is bound.

use super::ast::{Compare, Form, Operator};
use super::clauses::Clauses;
use super::late::Late;
use crate::source::{Severity, Span};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Index into [`Program::relations`].
pub type RelationId = usize;
/// Index into [`Program::entities`].
pub type EntityId = usize;
/// Index into [`Program::enums`].
pub type EnumId = usize;
/// Index into [`Program::params`].
pub type ParamId = usize;
/// Index into [`Program::violations`].
pub type ViolationId = usize;
/// Index into the variables of one scope: a rule, a label, a placeholder.
pub type VarId = usize;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// Any entity.
    Entity,
    /// An entity of one kind.
    Of(EntityId),
    /// A value of an enum.
    Enum(EnumId),
    /// A whole number without a unit.
    Int,
    /// A whole number with a unit: index into [`Program::units`].
    Unit(usize),
    /// True or false.
    Bool,
    /// A text; of a topology, compared without case and outer blanks.
    Text,
}

impl Kind {
    /// Whether values are 64-bit numbers; all others are ids of 32 bits.
    pub fn is_number(self) -> bool {
        matches!(self, Kind::Int | Kind::Unit(_))
    }

    /// Whether values are entities.
    pub fn is_entity(self) -> bool {
        matches!(self, Kind::Entity | Kind::Of(_))
    }
}

/// A checked program.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Program {
    /// The number of the topology's schema, where the program says it.
    pub schema: Option<i64>,
    /// Enums in the order of declaration.
    pub enums: Vec<EnumDecl>,
    /// Units; `Seconds` and `Minutes` come first.
    pub units: Vec<UnitDecl>,
    /// Entities in the order of declaration.
    pub entities: Vec<EntityDecl>,
    /// All relations: those of the vocabulary, derived ones, violations.
    pub relations: Vec<Relation>,
    /// Parameters in the order of declaration.
    pub params: Vec<Param>,
    /// Rules.
    pub clauses: Clauses,
    /// The texts that rules name, each once.
    pub texts: BTreeSet<String>,
    /// Violations in the order of declaration.
    pub violations: Vec<Violation>,
    /// For each relation its stratum: relations that read each other share one, all else that a relation
    /// reads is in a lower one.
    pub strata: Vec<usize>,
    /// The relation that holds names which resolve to nothing, if the program has one.
    pub unresolved: Option<RelationId>,
}

/// The values of an enum.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct EnumDecl {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Late<String>,
    /// Lowest first.
    pub values: Vec<String>,
}

/// A kind of whole numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct UnitDecl {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Late<String>,
    /// Seconds in one, for units of time, which may be written as `45s` or `1h30m`.
    pub seconds: Option<i64>,
}

/// A table of the topology.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct EntityDecl {
    /// The kind's name: `Pool`.
    pub name: String,
    /// Its documentation.
    pub docs: Late<String>,
    /// What one of them is called in a sentence: `pool`, `SBA`.
    pub noun: String,
    /// The table's name in TOML.
    pub table: String,
    /// The key that names an entity; None for a table that stands once.
    pub by: Option<String>,
    /// All keys, by path (`back-end.witness`).
    pub keys: BTreeMap<String, Key>,
    /// The relation of all entities of this kind.
    pub relation: RelationId,
    /// The relation from an entity to its name as a text; None where `by` is.
    pub name_relation: Option<RelationId>,
}

impl EntityDecl {
    /// Whether the names are FQDNs: one namespace for all such kinds, compared without case and
    /// without a trailing dot.
    pub fn is_fqdn(&self) -> bool {
        self.by.as_deref() == Some("fqdn")
    }
}

/// One key of a table and the relations that its value goes to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Key {
    /// Documentation.
    pub docs: Late<String>,
    /// Where one value goes.
    pub one: Option<RelationId>,
    /// Where the elements of an array go.
    pub each: Option<RelationId>,
    /// Where the entries of a table of free keys go.
    pub entries: Option<RelationId>,
    /// What holds where the key is absent.
    pub default: Option<Default>,
}

/// What holds where a key is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Default {
    /// A constant.
    Value(Constant),
    /// The value of a key of a table that stands once.
    Key {
        /// The table.
        entity: EntityId,
        /// The key in it.
        path: String,
    },
}

/// A relation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Relation {
    /// Its name: `Backup`, `Pool`, `Pool.version`.
    pub name: String,
    /// Its documentation.
    pub docs: Late<String>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Where its rows come from.
    pub role: Role,
    /// The group of its file.
    pub group: String,
    /// Its name in the text.
    pub span: Span,
}

/// A column.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
}

/// Where the rows of a relation come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The entities of a kind.
    Member(EntityId),
    /// A key with one value: a function from the entity to the value.
    Key {
        /// The kind.
        entity: EntityId,
        /// The key's path.
        path: String,
    },
    /// Keys that are read into a relation, or a file of facts where there are none.
    Input(Vec<From>),
    /// Names that resolve to nothing.
    Unresolved,
    /// Rules.
    Derived,
    /// Rules; each row is reported.
    Violation(ViolationId),
    /// What a violation's rule looked at.
    Examined(ViolationId),
}

impl Role {
    /// Whether rules derive the rows.
    pub fn is_derived(&self) -> bool {
        matches!(self, Role::Derived | Role::Violation(_) | Role::Examined(_))
    }
}

/// A key that is read into a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct From {
    /// The kind whose table it is; None for `any`.
    pub entity: Option<EntityId>,
    /// The key's path.
    pub path: String,
    /// How it is written.
    pub form: Form,
}

/// A number that the configuration may set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Late<String>,
    /// Its kind.
    pub kind: Kind,
    /// What holds unless it is set.
    pub default: i64,
    /// What holds.
    pub value: i64,
}

/// A variable.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Var {
    /// As written; looked-up keys are called by their path.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
}

/// A rule whose dotted terms were turned into atoms.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clause {
    /// The relation that it derives.
    pub head: RelationId,
    /// Its arguments; never [`Term::Any`].
    pub terms: Vec<Term>,
    /// What must hold, in the order of the text.
    pub body: Vec<Literal>,
    /// Variables of the head and the body, those inside aggregates too.
    pub vars: Vec<Var>,
    /// The rule in the text.
    pub span: Span,
}

/// A body without a head: which assignments satisfy it is asked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Query {
    /// What must hold, in the order of the text.
    pub body: Vec<Literal>,
    /// All variables.
    pub vars: Vec<Var>,
    /// Those that the text names outside of braces, in its order, unless they begin with `_`.
    pub named: Vec<VarId>,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Term {
    /// `_`
    Any,
    /// A variable.
    Var(VarId),
    /// A constant.
    Constant(Constant),
    /// A parameter.
    Param(ParamId),
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Constant {
    /// A number, in the unit of its column.
    Number(i64),
    /// A value of an enum: 0 is the lowest.
    Enum(EnumId, u32),
    /// True or false.
    Bool(bool),
    /// A text.
    Text(String),
    /// An entity by its name.
    Entity(Kind, String),
}

/// A condition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Literal {
    /// A row that must, or must not, be there.
    Atom(Atom),
    /// A comparison.
    Compare {
        /// Which.
        compare: Compare,
        /// The left side.
        left: Expr,
        /// The right side.
        right: Expr,
        /// In the text.
        span: Span,
    },
    /// A test of a text.
    Test(Test),
    /// Binds a new variable.
    Let {
        /// The variable.
        var: VarId,
        /// Its value.
        value: Expr,
        /// In the text.
        span: Span,
    },
    /// Binds a new variable to what a set of assignments amounts to.
    Aggregate(Aggregate),
}

/// `Backup(p, q)`, `!Backup(q, p)`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Atom {
    /// The relation.
    pub relation: RelationId,
    /// The arguments.
    pub terms: Vec<Term>,
    /// Whether the row must be absent.
    pub negated: bool,
    /// In the text.
    pub span: Span,
}

/// `p.fqdn.starts_with("fe-")`, without case where texts come from a topology.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Test {
    /// The text.
    pub subject: Term,
    /// What is tested.
    pub kind: TestKind,
    /// For what, in the form in which texts are compared.
    pub pattern: String,
    /// Whether the test must fail.
    pub negated: bool,
    /// In the text.
    pub span: Span,
}

/// What is tested of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TestKind {
    /// The text begins with the pattern.
    StartsWith,
    /// The text ends with the pattern.
    EndsWith,
    /// The pattern occurs in the text.
    Contains,
    /// The text is the pattern, in which `*` stands for any characters and `?` for one.
    Matches,
}

impl TestKind {
    /// As it is written.
    pub const NAMES: [(&'static str, TestKind); 4] = [
        ("starts_with", TestKind::StartsWith),
        ("ends_with", TestKind::EndsWith),
        ("contains", TestKind::Contains),
        ("matches", TestKind::Matches),
    ];

    /// Whether `text` passes; both are in the form in which texts are compared.
    pub fn passes(self, text: &str, pattern: &str) -> bool {
        match self {
            TestKind::StartsWith => text.starts_with(pattern),
            TestKind::EndsWith => text.ends_with(pattern),
            TestKind::Contains => text.contains(pattern),
            TestKind::Matches => matches_glob(text, pattern),
        }
    }
}

/// `*` any characters, `?` one. Linear in the text for each `*`: only the last one is ever tried anew.
fn matches_glob(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut t, mut p) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                t += 1;
                p += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                t = from + 1;
                p = star + 1;
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// `count { .. }`, `sum n { .. }` over the distinct assignments of the variables that occur only
/// inside the braces.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Aggregate {
    /// The variable that holds the result.
    pub var: VarId,
    /// What is computed.
    pub operation: Operation,
    /// What is summed or compared; [`Term::Any`] for `count`.
    pub of: Term,
    /// Between the braces.
    pub body: Vec<Literal>,
    /// Variables from outside that the body or the value uses, in ascending order.
    pub outer: Vec<VarId>,
    /// Variables that occur only in the body, in ascending order.
    pub inner: Vec<VarId>,
    /// In the text.
    pub span: Span,
}

/// What an aggregate computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operation {
    /// The number of assignments; 0 of none.
    Count,
    /// The sum; 0 of none.
    Sum,
    /// The least value; fails on none.
    Min,
    /// The greatest value; fails on none.
    Max,
}

/// A term or arithmetic; 64-bit, saturating.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Expr {
    /// A term.
    Term(Term),
    /// Arithmetic.
    Binary(Operator, Box<Expr>, Box<Expr>),
}

impl Expr {
    /// Calls `visit` with each term.
    pub fn each_term<'e>(&'e self, visit: &mut impl FnMut(&'e Term)) {
        match self {
            Expr::Term(term) => visit(term),
            Expr::Binary(_, left, right) => {
                left.each_term(visit);
                right.each_term(visit);
            }
        }
    }

    /// Whether something is computed.
    pub fn is_arithmetic(&self) -> bool {
        matches!(self, Expr::Binary(..))
    }
}

/// How a relation's rows are reported: as violations, or as outcomes of a simulation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Violation {
    /// In kebab-case: `asymmetric-backup`.
    pub id: String,
    /// The folder of its file.
    pub group: String,
    /// Its documentation.
    pub docs: Late<Docs>,
    /// The relation.
    pub relation: RelationId,
    /// The relation of what the rule looked at: one column, the subjects.
    pub examined: RelationId,
    /// How grave.
    pub severity: Severity,
    /// Of an outcome of a simulation: its mode, a value of the enum `Mode`. None for a violation.
    pub mode: Option<u32>,
    /// The relations that its report reads: its rows, what it examined, what its texts and fixes look up.
    pub reads: BTreeSet<RelationId>,
    /// What its report says.
    pub telling: Late<Telling>,
    /// The name in the text.
    pub span: Span,
}

/// The documentation of a violation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docs {
    /// A title, then Markdown.
    pub text: String,
    /// Documents that say so.
    pub sources: Vec<String>,
}

impl Docs {
    /// The first line: what the rule is about, in one sentence.
    pub fn title(&self) -> &str {
        self.text.lines().next().unwrap_or("")
    }

    /// What follows the title, in Markdown.
    pub fn body(&self) -> &str {
        self.text.split_once('\n').map_or("", |(_, body)| body).trim()
    }
}

/// What the report of a violation says, of any of its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Telling {
    /// What is wrong; always said.
    pub message: Say,
    /// Where; the first one that matches is the primary one.
    pub labels: Vec<Say>,
    /// The law and its consequence.
    pub notes: Vec<Say>,
    /// What to do.
    pub helps: Vec<Say>,
    /// What mends it; the first one whose condition holds is the best.
    pub fixes: Vec<KeyFix>,
    /// Which column holds a misspelt name, and the kind whose names are offered.
    pub suggest: Vec<(VarId, EntityId)>,
}

impl Violation {
    /// Whether it is a violation, and not an outcome of a simulation.
    pub fn is_rule(&self) -> bool {
        self.mode.is_none()
    }
}

impl Telling {
    /// A message and nothing else.
    pub fn plain(message: Say) -> Self {
        let (labels, notes, helps) = (Vec::new(), Vec::new(), Vec::new());
        Self { message, labels, notes, helps, fixes: Vec::new(), suggest: Vec::new() }
    }

    /// Everything that it says.
    pub fn says(&self) -> impl Iterator<Item = &Say> {
        let says = [&self.labels, &self.notes, &self.helps].into_iter().flatten();
        says.chain([&self.message])
    }

    /// Calls `read` with each relation that the texts and the fixes look up.
    pub fn each_relation(&self, read: &mut dyn FnMut(RelationId)) {
        self.says().for_each(|say| say.each_relation(read));
        for fix in &self.fixes {
            fix.relations.iter().for_each(|&relation| read(relation));
            fix.body
                .iter()
                .for_each(|literal| literal.each_atom(&mut |atom, _| read(atom.relation)));
            fix.text.each_relation(read);
        }
    }
}

/// A key of an entity that mends a violation when it is set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyFix {
    /// Whether it is the one right answer.
    pub is_safe: bool,
    /// The entity whose key is set: a column of the violation.
    pub subject: VarId,
    /// The key's path.
    pub path: String,
    /// The relations that hold the key's value now.
    pub relations: Vec<RelationId>,
    /// The new value.
    pub value: Term,
    /// The kind of the value.
    pub kind: Kind,
    /// What must hold; the violation's columns are bound.
    pub body: Vec<Literal>,
    /// The violation's columns, then the variables of the condition and the text.
    pub vars: Vec<Var>,
    /// What the fix does.
    pub text: Template,
}

/// A text that is said for each match of a pattern.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Say {
    /// Where it points; [`Anchor::Nothing`] where it is always said.
    pub anchor: Anchor,
    /// What must hold; the violation's columns are bound.
    pub body: Vec<Literal>,
    /// The violation's columns, then the variables of the pattern and the text.
    pub vars: Vec<Var>,
    /// What is said.
    pub text: Template,
    /// Said where the pattern matches nothing.
    pub otherwise: Option<Box<Say>>,
}

impl Say {
    /// A text that is always said and points nowhere.
    pub fn plain(text: Template) -> Self {
        Self { anchor: Anchor::Nothing, body: Vec::new(), vars: Vec::new(), text, otherwise: None }
    }
}

/// Where a text points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anchor {
    /// Nowhere.
    Nothing,
    /// At the facts that prove this literal of the body.
    Literal(usize),
    /// At an entity's name.
    Entity(VarId),
}

/// A text with placeholders.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Template {
    /// In the order of the text.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Part {
    /// As it stands.
    Text(String),
    /// A value. The body looks up dotted terms; where it fails, `unknown` is printed.
    Value {
        /// Lookups.
        body: Vec<Literal>,
        /// What is printed.
        term: Term,
    },
    /// What an entity of its kind is called: `pool`, `SBA`.
    Noun {
        /// Lookups.
        body: Vec<Literal>,
        /// The entity.
        term: Term,
    },
    /// All values, sorted.
    List {
        /// What is listed.
        body: Vec<Literal>,
        /// What is printed of each match.
        term: Term,
    },
}

impl Term {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Term::Constant(Constant::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The variable, if it is one.
    pub fn var(&self) -> Option<VarId> {
        match self {
            Term::Var(var) => Some(*var),
            _ => None,
        }
    }
}

impl Literal {
    /// Calls `visit` with each variable that must be bound before the literal can be judged; for a
    /// positive atom none.
    pub fn each_read(&self, visit: &mut impl FnMut(VarId)) {
        let mut term = |term: &Term| {
            if let Term::Var(var) = term {
                visit(*var);
            }
        };
        match self {
            Literal::Atom(atom) if atom.negated => atom.terms.iter().for_each(term),
            Literal::Atom(_) => {}
            Literal::Compare { left, right, .. } => {
                left.each_term(&mut |found| term(found));
                right.each_term(&mut |found| term(found));
            }
            Literal::Test(test) => term(&test.subject),
            Literal::Let { value, .. } => value.each_term(&mut |found| term(found)),
            Literal::Aggregate(aggregate) => aggregate.outer.iter().for_each(|&var| visit(var)),
        }
    }

    /// Calls `visit` with each variable of the literal but those that occur only inside its braces.
    pub fn each_var(&self, visit: &mut dyn FnMut(VarId)) {
        match self {
            Literal::Atom(atom) => atom.terms.iter().filter_map(Term::var).for_each(visit),
            Literal::Let { var, .. } => {
                visit(*var);
                self.each_read(&mut |var| visit(var));
            }
            Literal::Aggregate(aggregate) => {
                visit(aggregate.var);
                aggregate.outer.iter().for_each(|&var| visit(var));
            }
            _ => self.each_read(&mut |var| visit(var)),
        }
    }

    /// Calls `visit` with each term, those inside braces too.
    pub fn each_term<'l>(&'l self, visit: &mut dyn FnMut(&'l Term)) {
        match self {
            Literal::Atom(atom) => atom.terms.iter().for_each(visit),
            Literal::Compare { left, right, .. } => {
                left.each_term(&mut |term| visit(term));
                right.each_term(&mut |term| visit(term));
            }
            Literal::Test(test) => visit(&test.subject),
            Literal::Let { value, .. } => value.each_term(&mut |term| visit(term)),
            Literal::Aggregate(aggregate) => {
                visit(&aggregate.of);
                aggregate.body.iter().for_each(|literal| literal.each_term(visit));
            }
        }
    }

    /// Calls `visit` with each atom, those inside braces too, and whether it must be complete first.
    pub fn each_atom<'l>(&'l self, visit: &mut dyn FnMut(&'l Atom, bool)) {
        match self {
            Literal::Atom(atom) => visit(atom, atom.negated),
            Literal::Aggregate(aggregate) => {
                for literal in &aggregate.body {
                    literal.each_atom(&mut |atom, _| visit(atom, true));
                }
            }
            Literal::Compare { .. } | Literal::Test(_) | Literal::Let { .. } => {}
        }
    }
}

impl Constant {
    /// Whether the value is known only once a topology is loaded.
    pub fn is_name(&self) -> bool {
        matches!(self, Constant::Text(_) | Constant::Entity(..))
    }
}

impl Template {
    /// Calls `visit` with each term.
    fn each_term<'t>(&'t self, visit: &mut dyn FnMut(&'t Term)) {
        for part in &self.parts {
            if let Part::Value { body, term }
            | Part::Noun { body, term }
            | Part::List { body, term } = part
            {
                body.iter().for_each(|literal| literal.each_term(visit));
                visit(term);
            }
        }
    }

    /// Calls `visit` with each relation that the template reads.
    fn each_relation(&self, visit: &mut dyn FnMut(RelationId)) {
        for part in &self.parts {
            let (Part::Value { body, .. } | Part::Noun { body, .. } | Part::List { body, .. }) =
                part
            else {
                continue;
            };
            body.iter().for_each(|literal| literal.each_atom(&mut |atom, _| visit(atom.relation)));
        }
    }
}

impl Say {
    /// Calls `visit` with each term of the pattern and the text.
    pub fn each_term<'s>(&'s self, visit: &mut dyn FnMut(&'s Term)) {
        self.body.iter().for_each(|literal| literal.each_term(visit));
        self.text.each_term(visit);
        if let Some(otherwise) = &self.otherwise {
            otherwise.each_term(visit);
        }
    }

    /// Calls `visit` with each relation that the pattern and the text read.
    fn each_relation(&self, visit: &mut dyn FnMut(RelationId)) {
        self.body.iter().for_each(|literal| literal.each_atom(&mut |atom, _| visit(atom.relation)));
        self.text.each_relation(visit);
        if let Some(otherwise) = &self.otherwise {
            otherwise.each_relation(visit);
        }
    }
}

impl Program {
    /// Notes what a run needs to know of all rules before it looks at any: the texts that they name, and what
    /// the reports of violations read.
    pub(super) fn note_reads(&mut self) {
        for clause in self.clauses.iter() {
            let mut note = |term: &Term| self.texts.extend(term.text().map(str::to_owned));
            clause.terms.iter().for_each(&mut note);
            clause.body.iter().for_each(|literal| literal.each_term(&mut note));
        }
        for violation in &mut self.violations {
            let reads = &mut violation.reads;
            violation.telling.each_relation(&mut |relation| _ = reads.insert(relation));
            if !violation.telling.fixes.is_empty() {
                // Whether a key that a fix sets holds a name that nothing has.
                reads.extend(self.unresolved);
            }
        }
    }

    /// The relation called `name`.
    pub fn relation_named(&self, name: &str) -> Option<RelationId> {
        self.relations.iter().position(|relation| relation.name == name)
    }

    /// The kind's name as rules write it.
    pub fn kind_name(&self, kind: Kind) -> &str {
        match kind {
            Kind::Entity => "Entity",
            Kind::Of(entity) => &self.entities[entity].name,
            Kind::Enum(id) => &self.enums[id].name,
            Kind::Int => "Int",
            Kind::Unit(unit) => &self.units[unit].name,
            Kind::Bool => "Bool",
            Kind::Text => "Text",
        }
    }

    /// The key of which `relation` is the function, if it is one.
    pub fn key_path(&self, relation: RelationId) -> Option<&str> {
        match &self.relations[relation].role {
            Role::Key { path, .. } => Some(path),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_of_texts() {
        let cases = [
            (TestKind::StartsWith, "fe-lon", "fe-", true),
            (TestKind::EndsWith, "fe-lon", "lon", true),
            (TestKind::Contains, "fe-lon", "-l", true),
            (TestKind::Contains, "fe-lon", "x", false),
            (TestKind::Matches, "fe-lon", "fe-*", true),
            (TestKind::Matches, "fe-lon", "f?-*n", true),
            (TestKind::Matches, "fe-lon", "*-", false),
            (TestKind::Matches, "", "*", true),
            (TestKind::Matches, "aXbXc", "a*X?", true),
            (TestKind::Matches, "aXbXcd", "a*X?", false),
            (TestKind::Matches, "é", "?", true),
        ];
        for (kind, text, pattern, passes) in cases {
            assert_eq!(kind.passes(text, pattern), passes, "{text} {kind:?} {pattern}");
        }
    }
}
