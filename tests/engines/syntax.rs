//! Programs as they are written: the syntax of the rule language as plain data, and its text.

use std::fmt::{self, Display, Formatter};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int,
    Color,
    Bool,
}

/// The values of the enum `Color`, lowest first.
pub const COLORS: [&str; 3] = ["red", "green", "blue"];

#[derive(Clone)]
pub struct Relation {
    pub name: String,
    pub columns: Vec<Kind>,
    pub is_input: bool,
}

/// A variable of a rule: an index into its names and kinds.
pub type Var = usize;

#[derive(Clone, PartialEq)]
pub enum Term {
    Any,
    Var(Var),
    /// As it is written.
    Constant(String),
    /// Index into the program's parameters.
    Param(usize),
}

impl Term {
    /// The variable, if it is one.
    pub fn var(&self) -> Option<Var> {
        match self {
            Term::Var(var) => Some(*var),
            _ => None,
        }
    }
}

#[derive(Clone)]
pub enum Expr {
    Term(Term),
    Binary(&'static str, Box<Expr>, Box<Expr>),
}

#[derive(Clone)]
pub struct Atom {
    pub relation: usize,
    pub terms: Vec<Term>,
    pub negated: bool,
}

#[derive(Clone)]
pub struct Aggregate {
    pub var: Var,
    pub operation: &'static str,
    pub of: Option<Term>,
    pub body: Vec<Literal>,
}

#[derive(Clone)]
pub enum Literal {
    Atom(Atom),
    Compare { left: Expr, sign: &'static str, right: Expr, negated: bool },
    Test { subject: Var, test: &'static str, pattern: &'static str, negated: bool },
    Let { var: Var, value: Expr },
    Aggregate(Aggregate),
}

impl Expr {
    fn each_term<'e>(&'e self, visit: &mut dyn FnMut(&'e Term)) {
        match self {
            Expr::Term(term) => visit(term),
            Expr::Binary(_, left, right) => {
                left.each_term(visit);
                right.each_term(visit);
            }
        }
    }
}

impl Literal {
    /// Calls `visit` with each variable, those inside braces too, and whether it is an atom's.
    pub fn each_var(&self, visit: &mut dyn FnMut(Var, bool)) {
        match self {
            Literal::Atom(atom) => {
                atom.terms.iter().filter_map(Term::var).for_each(|var| visit(var, true));
            }
            Literal::Compare { left, right, .. } => {
                for side in [left, right] {
                    side.each_term(&mut |term| {
                        term.var().into_iter().for_each(|var| visit(var, false))
                    });
                }
            }
            Literal::Test { subject, .. } => visit(*subject, false),
            Literal::Let { var, value } => {
                visit(*var, false);
                value.each_term(&mut |term| {
                    term.var().into_iter().for_each(|var| visit(var, false))
                });
            }
            Literal::Aggregate(aggregate) => {
                visit(aggregate.var, false);
                aggregate.of.iter().filter_map(Term::var).for_each(|var| visit(var, false));
                aggregate.body.iter().for_each(|literal| literal.each_var(visit));
            }
        }
    }

    /// Calls `visit` with each atom, those inside braces too.
    pub fn each_atom_mut(&mut self, visit: &mut dyn FnMut(&mut Atom)) {
        match self {
            Literal::Atom(atom) => visit(atom),
            Literal::Aggregate(aggregate) => {
                aggregate.body.iter_mut().for_each(|literal| literal.each_atom_mut(visit));
            }
            _ => {}
        }
    }

    /// Whether it is an atom without `!`, which binds its variables.
    pub fn is_positive_atom(&self) -> bool {
        matches!(self, Literal::Atom(atom) if !atom.negated)
    }

    /// Whether it binds nothing.
    pub fn is_condition(&self) -> bool {
        matches!(
            self,
            Literal::Atom(Atom { negated: true, .. })
                | Literal::Compare { .. }
                | Literal::Test { .. }
        )
    }
}

#[derive(Clone)]
pub struct Rule {
    pub head: usize,
    pub terms: Vec<Term>,
    /// Nothing for a fact.
    pub body: Vec<Literal>,
    /// The names of its variables; two that are never visible together may share one.
    pub names: Vec<String>,
    /// The kinds of its variables.
    pub kinds: Vec<Kind>,
}

#[derive(Clone, Default)]
pub struct Program {
    pub relations: Vec<Relation>,
    /// Parameters of kind `Int`, and their values.
    pub params: Vec<(String, i64)>,
    pub rules: Vec<Rule>,
}

impl Program {
    /// Declarations and rules, a text each; their order has no meaning.
    pub fn items(&self) -> Vec<String> {
        let colors = COLORS.map(|color| format!("\"{color}\"")).join(", ");
        let mut items = vec![format!("enum Color {{ {colors} }}")];
        items.extend(
            self.params.iter().map(|(name, value)| format!("param {name}: Int = {value};")),
        );
        items.extend(self.relations.iter().map(Relation::to_string));
        items.extend(self.rules.iter().map(|rule| Written { program: self, rule }.rule()));
        items
    }

    pub fn text(&self) -> String {
        self.items().join("\n")
    }
}

impl Display for Relation {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let word = if self.is_input { "input" } else { "relation" };
        let columns = self.columns.iter().enumerate();
        let columns: Vec<String> = columns.map(|(at, kind)| format!("c{at}: {kind:?}")).collect();
        write!(to, "{word} {}({});", self.name, columns.join(", "))
    }
}

/// Writes one rule.
struct Written<'p> {
    program: &'p Program,
    rule: &'p Rule,
}

impl Written<'_> {
    fn rule(&self) -> String {
        let head = self.head(self.rule.head, &self.rule.terms);
        if self.rule.body.is_empty() {
            format!("{head};")
        } else {
            format!("{head} <- {};", self.body(&self.rule.body))
        }
    }

    fn head(&self, relation: usize, terms: &[Term]) -> String {
        let terms: Vec<String> = terms.iter().map(|term| self.term(term)).collect();
        format!("{}({})", self.program.relations[relation].name, terms.join(", "))
    }

    fn body(&self, body: &[Literal]) -> String {
        let literals: Vec<String> = body.iter().map(|literal| self.literal(literal)).collect();
        literals.join(", ")
    }

    fn literal(&self, literal: &Literal) -> String {
        let not = |negated: &bool| if *negated { "!" } else { "" };
        match literal {
            Literal::Atom(Atom { relation, terms, negated }) => {
                format!("{}{}", not(negated), self.head(*relation, terms))
            }
            Literal::Compare { left, sign, right, negated } => {
                format!("{}({} {sign} {})", not(negated), self.expr(left), self.expr(right))
            }
            Literal::Test { subject, test, pattern, negated } => {
                format!("{}({}.{test}(\"{pattern}\"))", not(negated), self.rule.names[*subject])
            }
            Literal::Let { var, value } => {
                format!("let {} = {}", self.rule.names[*var], self.expr(value))
            }
            Literal::Aggregate(Aggregate { var, operation, of, body }) => {
                let of = of.as_ref().map(|of| format!("{} ", self.term(of))).unwrap_or_default();
                let var = &self.rule.names[*var];
                format!("let {var} = {operation} {of}{{ {} }}", self.body(body))
            }
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Term(term) => self.term(term),
            Expr::Binary(operator, left, right) => {
                format!("({} {operator} {})", self.expr(left), self.expr(right))
            }
        }
    }

    fn term(&self, term: &Term) -> String {
        match term {
            Term::Any => "_".to_owned(),
            Term::Var(var) => self.rule.names[*var].clone(),
            Term::Constant(text) => text.clone(),
            Term::Param(param) => self.program.params[*param].0.clone(),
        }
    }
}
