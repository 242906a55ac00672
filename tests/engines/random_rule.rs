//! One random rule: atoms first, then what their variables allow, in random order.

use crate::random::Random;
use crate::random_program::constant;
use crate::syntax::{Aggregate, Atom, Expr, Kind, Literal, Program, Rule, Term, Var};

const PATTERNS: [&str; 8] = ["a", "b", "B", "*b*", "?", "a*", "??", ""];
const TESTS: [&str; 4] = ["starts_with", "ends_with", "contains", "matches"];
const SIGNS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
const OPERATORS: [&str; 3] = ["+", "-", "*"];

/// What a rule may read.
pub struct Sources<'s> {
    /// Relations that are complete: under `!` and in braces too.
    pub below: &'s [usize],
    /// Relations of the rule's own layer, of which it reads at least one; empty where it is not
    /// recursive.
    pub own: &'s [usize],
}

pub struct RuleMaker<'m> {
    random: &'m mut Random,
    program: &'m Program,
    sources: &'m Sources<'m>,
    names: Vec<String>,
    kinds: Vec<Kind>,
    /// The variables that are visible and bound here.
    known: Vec<Var>,
    /// Of these, the ones that must not get into the head of a recursive rule.
    computed: Vec<Var>,
    /// How many braces are around.
    depth: usize,
}

impl<'m> RuleMaker<'m> {
    pub fn new(random: &'m mut Random, program: &'m Program, sources: &'m Sources<'m>) -> Self {
        let (names, kinds, known, computed) = Default::default();
        Self { random, program, sources, names, kinds, known, computed, depth: 0 }
    }

    pub fn rule(mut self, head: usize) -> Rule {
        let mut body = self.chain(head);
        if body.is_empty() {
            body = self.atoms();
            body.extend(self.wanted_by(head));
        }
        self.conditions(&mut body);
        if self.sources.own.is_empty() && self.random.percent(25) {
            body.extend(self.aggregate());
            self.conditions(&mut body);
        }
        let terms = self.head(head);
        self.random.shuffle(&mut body);
        Rule { head, terms, body, names: self.names, kinds: self.kinds }
    }

    fn columns(&self, relation: usize) -> &'m [Kind] {
        &self.program.relations[relation].columns
    }

    /// `R(x, z) <- R(x, y), S(y, z)`, where the columns allow it.
    fn chain(&mut self, head: usize) -> Vec<Literal> {
        let &[kind, other] = self.columns(head) else { return Vec::new() };
        let binary = |&&id: &&usize| self.columns(id) == [kind, kind];
        let links: Vec<usize> = self.sources.own.iter().filter(binary).copied().collect();
        let all = [self.sources.own, self.sources.below].concat();
        let all: Vec<usize> = all.iter().filter(binary).copied().collect();
        if kind != other || links.is_empty() || self.random.percent(40) {
            return Vec::new();
        }
        let relations = [self.random.pick(&links), self.random.pick(&all)];
        let [x, y, z] = [0; 3].map(|_| Term::Var(self.new_var(kind)));
        let ends = [vec![x, y.clone()], vec![y, z]];
        let links = relations.into_iter().zip(ends);
        links.map(|(relation, terms)| atom(relation, terms, false)).collect()
    }

    fn atoms(&mut self) -> Vec<Literal> {
        let mut relations = Vec::new();
        relations.extend(self.random.any(self.sources.own));
        let all = [self.sources.own, self.sources.below].concat();
        for _ in 0..self.random.pick(&[1, 1, 1, 2, 2]) {
            relations.push(self.random.pick(&all));
        }
        relations.into_iter().map(|relation| self.atom(relation, 12)).collect()
    }

    /// An atom that binds a variable of a kind that the head wants and no other one has.
    fn wanted_by(&mut self, head: usize) -> Option<Literal> {
        let mut kinds = self.columns(head).iter();
        let missing = kinds.find(|&&kind| self.known_of(kind).is_empty())?;
        let mut sources = self.sources.below.to_vec();
        sources.retain(|&relation| self.columns(relation).contains(missing));
        let relation = self.random.any(&sources)?;
        Some(self.atom(relation, 0))
    }

    /// An atom that binds new variables, `any` of a hundred arguments being `_`.
    fn atom(&mut self, relation: usize, any: usize) -> Literal {
        let mut terms = Vec::new();
        for &kind in self.columns(relation) {
            let argument = self.argument(kind, any, &terms);
            terms.push(argument);
        }
        atom(relation, terms, false)
    }

    /// An argument, seldom one that the atom has already.
    fn argument(&mut self, kind: Kind, any: usize, others: &[Term]) -> Term {
        let mut known = self.known_of(kind);
        if self.random.percent(85) {
            known.retain(|var| !others.contains(&Term::Var(*var)));
        }
        if self.random.percent(any) {
            Term::Any
        } else if self.random.percent(8) {
            self.fixed(kind)
        } else if !known.is_empty() && self.random.percent(65) {
            Term::Var(self.random.pick(&known))
        } else {
            Term::Var(self.new_var(kind))
        }
    }

    /// A constant or a parameter.
    fn fixed(&mut self, kind: Kind) -> Term {
        if kind == Kind::Int && self.random.percent(30) {
            return Term::Param(self.random.below(self.program.params.len()));
        }
        constant(self.random, kind)
    }

    fn known_of(&self, kind: Kind) -> Vec<Var> {
        self.known.iter().filter(|&&var| self.kinds[var] == kind).copied().collect()
    }

    /// A variable whose name nothing visible has; those in braces have names of their own.
    fn new_var(&mut self, kind: Kind) -> Var {
        let prefix = ["x", "in_", "deep_"][self.depth];
        self.kinds.push(kind);
        self.names.push(format!("{prefix}{}", self.known.len()));
        self.known.push(self.kinds.len() - 1);
        self.kinds.len() - 1
    }

    fn conditions(&mut self, body: &mut Vec<Literal>) {
        for _ in 0..self.random.pick(&[0, 0, 0, 1, 1, 2]) {
            let literal = match self.random.below(10) {
                0..3 => self.negated_atom(),
                3..6 => self.compare(),
                6 | 7 => self.test(),
                _ => self.binding(),
            };
            body.extend(literal);
        }
    }

    fn negated_atom(&mut self) -> Option<Literal> {
        let relation = self.random.pick(self.sources.below);
        let columns = self.columns(relation).iter();
        let terms = columns.map(|&kind| {
            let known = self.known_of(kind);
            match self.random.below(10) {
                0..8 if !known.is_empty() => Term::Var(self.random.pick(&known)),
                0..9 => self.fixed(kind),
                _ => Term::Any,
            }
        });
        Some(atom(relation, terms.collect(), true))
    }

    fn compare(&mut self) -> Option<Literal> {
        let var = self.random.any(&self.known)?;
        let kind = self.kinds[var];
        let mut others = self.known_of(kind);
        others.retain(|&other| other != var);
        let right = match self.random.any(&others) {
            _ if kind == Kind::Int && self.random.percent(40) => self.expr(),
            Some(other) if self.random.percent(75) => Expr::Term(Term::Var(other)),
            _ => Expr::Term(self.fixed(kind)),
        };
        let signs = if kind == Kind::Bool { &SIGNS[..2] } else { &SIGNS[..] };
        let mut sides = [Expr::Term(Term::Var(var)), right];
        self.random.shuffle(&mut sides);
        let [left, right] = sides;
        let (sign, negated) = (self.random.pick(signs), self.random.percent(10));
        Some(Literal::Compare { left, sign, right, negated })
    }

    fn test(&mut self) -> Option<Literal> {
        let texts = self.known_of(Kind::Text);
        let subject = self.random.any(&texts)?;
        let (test, pattern) = (self.random.pick(&TESTS), self.random.pick(&PATTERNS));
        Some(Literal::Test { subject, test, pattern, negated: self.random.percent(30) })
    }

    /// `let`: arithmetic, or another name for a variable.
    fn binding(&mut self) -> Option<Literal> {
        if self.random.percent(20) {
            let source = self.random.any(&self.known)?;
            let var = self.new_var(self.kinds[source]);
            if self.computed.contains(&source) {
                self.computed.push(var);
            }
            return Some(Literal::Let { var, value: Expr::Term(Term::Var(source)) });
        }
        let value = self.expr();
        let var = self.new_var(Kind::Int);
        self.computed.push(var);
        Some(Literal::Let { var, value })
    }

    /// Arithmetic of one or two operators.
    fn expr(&mut self) -> Expr {
        let [left, right, last] = [0; 3].map(|_| self.number());
        let expr = Expr::Binary(self.random.pick(&OPERATORS), left.into(), right.into());
        if self.random.percent(70) {
            return expr;
        }
        let mut sides = [expr, last];
        self.random.shuffle(&mut sides);
        let [left, right] = sides.map(Box::new);
        Expr::Binary(self.random.pick(&OPERATORS), left, right)
    }

    fn number(&mut self) -> Expr {
        let known = self.known_of(Kind::Int);
        match self.random.any(&known) {
            Some(var) if self.random.percent(75) => Expr::Term(Term::Var(var)),
            _ => Expr::Term(self.fixed(Kind::Int)),
        }
    }

    /// An aggregate over one or two atoms, whose arguments are of the rule or new.
    fn aggregate(&mut self) -> Option<Literal> {
        let outside = self.known.clone();
        self.depth += 1;
        let count = self.random.pick(&[1, 1, 2]);
        let relations = (0..count).map(|_| self.random.pick(self.sources.below));
        let relations: Vec<usize> = relations.collect();
        let mut body: Vec<Literal> =
            relations.into_iter().map(|relation| self.atom(relation, 20)).collect();
        self.conditions(&mut body);
        if self.depth == 1 && self.random.percent(15) {
            body.extend(self.aggregate());
        }
        let inside = self.known[outside.len()..].to_vec();
        let amount = self.amount(&inside);
        self.depth -= 1;
        self.known = outside;
        self.random.shuffle(&mut body);
        let (operation, of) = amount?;
        let kind = of.as_ref().and_then(Term::var).map_or(Kind::Int, |var| self.kinds[var]);
        let var = self.new_var(kind);
        Some(Literal::Aggregate(Aggregate { var, operation, of, body }))
    }

    /// The operation and what it is made of: mostly a variable from `inside`.
    fn amount(&mut self, inside: &[Var]) -> Option<(&'static str, Option<Term>)> {
        let operation = self.random.pick(&["count", "sum", "min", "max"]);
        let mut values: Vec<Var> =
            if self.random.percent(90) { inside.to_vec() } else { self.known.clone() };
        if operation == "sum" {
            values.retain(|&var| self.kinds[var] == Kind::Int);
        } else {
            // True and false have no order.
            values.retain(|&var| self.kinds[var] != Kind::Bool);
        }
        match self.random.any(&values) {
            _ if operation == "count" => (!inside.is_empty()).then_some(("count", None)),
            Some(var) if self.random.percent(95) => Some((operation, Some(Term::Var(var)))),
            _ => Some((operation, Some(Term::Param(0)))),
        }
    }

    fn head(&mut self, head: usize) -> Vec<Term> {
        let recursive = !self.sources.own.is_empty();
        let columns = self.columns(head).iter();
        let terms = columns.map(|&kind| {
            let mut known = self.known_of(kind);
            known.retain(|var| !recursive || !self.computed.contains(var));
            match self.random.any(&known) {
                Some(var) if self.random.percent(93) => Term::Var(var),
                _ => self.fixed(kind),
            }
        });
        terms.collect()
    }
}

fn atom(relation: usize, terms: Vec<Term>, negated: bool) -> Literal {
    Literal::Atom(Atom { relation, terms, negated })
}
