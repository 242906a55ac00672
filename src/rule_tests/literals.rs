//! A rule → the same rule with one of its literals left out.
//!
//! A literal of the text is several ones of the checked program: the keys that it reaches with a dot are
//! looked up by atoms of their own. They go with it, unless another literal reads them too. A variable
//! that nothing else binds, or of which nothing else tells what it is, then stands for anything of its
//! kind.

use crate::datalog::program::{
    Aggregate, Atom, Clause, EntityId, Expr, Kind, Literal, Operation, Program, Role, Term, VarId,
};
use crate::source::Span;
use std::collections::BTreeSet;

/// A rule's body without one of its literals.
pub(super) struct Without {
    /// The literal.
    pub(super) span: Span,
    /// The rest; None where the rule means nothing without it.
    pub(super) body: Option<Vec<Literal>>,
}

/// What is left.
enum Left {
    Body(Vec<Literal>),
    /// Less than a rule.
    Nothing,
    /// The same: the literal only says what a variable is.
    Same,
}

/// The body of `clause` without each of its literals, those between the braces of aggregates too, but
/// not those that only say what a variable is.
pub(super) fn without_each(program: &Program, clause: &Clause) -> Vec<Without> {
    let columns = &program.relations[clause.head].columns;
    let pairs = || clause.terms.iter().zip(columns);
    let read = pairs().filter_map(|(term, _)| term.var()).collect();
    let told = pairs().filter(|(_, column)| matches!(column.kind, Kind::Of(_)));
    let told = told.filter_map(|(term, _)| term.var()).collect();
    let conjunction = Conjunction {
        program,
        clause,
        body: &clause.body,
        given: BTreeSet::new(),
        wanted: Wanted { read, told },
    };
    conjunction.without_each()
}

/// What must be known of variables.
#[derive(Default)]
struct Wanted {
    /// These have a value.
    read: BTreeSet<VarId>,
    /// Of these it is known which kind of entity they are.
    told: BTreeSet<VarId>,
}

/// Literals that hold together: a body, or what stands between braces.
struct Conjunction<'p> {
    program: &'p Program,
    clause: &'p Clause,
    body: &'p [Literal],
    /// Variables from outside the braces.
    given: BTreeSet<VarId>,
    /// What is wanted by what stands around.
    wanted: Wanted,
}

impl Conjunction<'_> {
    fn without_each(&self) -> Vec<Without> {
        let mut all = Vec::new();
        for (at, literal) in self.body.iter().enumerate() {
            if self.is_part(at) {
                continue;
            }
            let span = span(literal);
            match self.without(at) {
                Left::Body(body) => all.push(Without { span, body: Some(body) }),
                Left::Nothing => all.push(Without { span, body: None }),
                Left::Same => {}
            }
            if let Literal::Aggregate(aggregate) = literal {
                all.extend(self.inside(at, aggregate));
            }
        }
        all
    }

    /// The body with an aggregate whose braces lack one literal.
    fn inside(&self, at: usize, aggregate: &Aggregate) -> Vec<Without> {
        let conjunction = Conjunction {
            program: self.program,
            clause: self.clause,
            body: &aggregate.body,
            given: aggregate.outer.iter().copied().collect(),
            wanted: Wanted { read: aggregate.of.var().into_iter().collect(), ..Wanted::default() },
        };
        let mut all = conjunction.without_each();
        for without in &mut all {
            without.body = without.body.take().and_then(|inside| {
                let mut body = self.body.to_vec();
                body[at] = Literal::Aggregate(with_body(aggregate, inside)?);
                Some(body)
            });
        }
        all
    }

    /// Whether a literal looks up a key: it belongs to another literal, to the head, or to what an
    /// aggregate sums.
    fn is_part(&self, at: usize) -> bool {
        lookup(self.program, &self.body[at]).is_some()
    }

    fn without(&self, at: usize) -> Left {
        let left_out = &self.body[at];
        let is_inside = |part: usize| {
            let (part, whole) = (span(&self.body[part]), span(left_out));
            whole.start <= part.start && part.end <= whole.end
        };
        let mut gone: BTreeSet<usize> =
            (0..self.body.len()).filter(|&part| self.is_part(part) && is_inside(part)).collect();
        gone.insert(at);
        while let Some(part) =
            gone.iter().copied().find(|&part| part != at && self.reads(part, &gone))
        {
            gone.remove(&part);
        }
        let kept = (0..self.body.len()).filter(|part| !gone.contains(part));
        let mut body = kept.map(|part| self.body[part].clone()).collect();
        match self.complete(&mut body) {
            None => Left::Nothing,
            Some(added) if member(self.program, left_out).is_some_and(|of| added.contains(&of)) => {
                Left::Same
            }
            Some(_) => Left::Body(body),
        }
    }

    /// Whether what is not `gone`, or what stands around, reads the key that is looked up at `part`.
    fn reads(&self, part: usize, gone: &BTreeSet<usize>) -> bool {
        let Some((_, value)) = lookup(self.program, &self.body[part]) else { return false };
        let mut reads = self.wanted.read.contains(&value);
        for (at, literal) in self.body.iter().enumerate() {
            if !gone.contains(&at) {
                literal.each_var(&mut |var| reads |= var == value);
            }
        }
        reads
    }

    /// Adds atoms such as `Pool(p)` for variables that nothing binds or that are of an unknown kind; which
    /// ones. None where a variable is no entity, or of any kind.
    fn complete(&self, body: &mut Vec<Literal>) -> Option<Vec<(EntityId, VarId)>> {
        let mut added = Vec::new();
        while let Some(var) = self.lacking(body) {
            let Kind::Of(entity) = self.clause.vars[var].kind else { return None };
            let atom = Atom {
                relation: self.program.entities[entity].relation,
                terms: vec![Term::Var(var)],
                negated: false,
                span: self.clause.span,
            };
            body.push(Literal::Atom(atom));
            added.push((entity, var));
        }
        Some(added)
    }

    /// A variable that is read and not bound, or has keys and may be of any kind.
    fn lacking(&self, body: &[Literal]) -> Option<VarId> {
        let (bound, told) = (self.bound(body), self.told(body));
        let mut wanted = Wanted { read: self.wanted.read.clone(), told: self.wanted.told.clone() };
        body.iter().for_each(|literal| self.want(literal, &mut wanted));
        let calculated: BTreeSet<VarId> =
            body.iter().filter_map(|literal| calculates(self.program, literal)).collect();
        // What is calculated from others is bound once they are.
        let is_unbound = |var: &&VarId| !bound.contains(var) && !calculated.contains(var);
        let unbound = wanted.read.iter().find(is_unbound);
        unbound.or(wanted.told.iter().find(|var| !told.contains(var))).copied()
    }

    /// What a literal wants to be known.
    fn want(&self, literal: &Literal, wanted: &mut Wanted) {
        if let Some(owner) = owner(self.program, literal) {
            wanted.read.insert(owner);
            wanted.told.insert(owner);
            return;
        }
        literal.each_read(&mut |var| {
            wanted.read.insert(var);
        });
        if let Literal::Aggregate(aggregate) = literal {
            for var in aggregate.body.iter().filter_map(|inside| owner(self.program, inside)) {
                wanted.told.extend(Some(var).filter(|var| aggregate.outer.contains(var)));
            }
        }
    }

    fn bound(&self, body: &[Literal]) -> BTreeSet<VarId> {
        let mut bound = self.given.clone();
        loop {
            let before = bound.len();
            for literal in body {
                let mut ready = owner(self.program, literal).is_none_or(|of| bound.contains(&of));
                literal.each_read(&mut |var| ready &= bound.contains(&var));
                match literal {
                    _ if !ready => {}
                    Literal::Atom(atom) if !atom.negated && !is_key(self.program, atom) => {
                        bound.extend(atom.terms.iter().filter_map(Term::var));
                    }
                    _ => bound.extend(calculates(self.program, literal)),
                }
            }
            if bound.len() == before {
                return bound;
            }
        }
    }

    /// Variables of which a literal tells which kind of entity they are.
    fn told(&self, body: &[Literal]) -> BTreeSet<VarId> {
        let kind = |var: VarId| self.clause.vars[var].kind;
        let mut told = self.given.clone();
        for literal in body {
            match literal {
                Literal::Atom(atom) if !atom.negated => {
                    let columns = &self.program.relations[atom.relation].columns;
                    let owner = owner(self.program, literal);
                    let tells = |(term, column): (&Term, &crate::datalog::program::Column)| {
                        let var = term.var().filter(|var| Some(*var) != owner);
                        var.filter(|_| matches!(column.kind, Kind::Of(_)))
                    };
                    told.extend(atom.terms.iter().zip(columns).filter_map(tells));
                }
                Literal::Let { var, value: Expr::Term(Term::Var(of)), .. }
                    if matches!(kind(*of), Kind::Of(_)) =>
                {
                    told.insert(*var);
                }
                Literal::Aggregate(aggregate) => {
                    let of = aggregate.of.var().filter(|&of| matches!(kind(of), Kind::Of(_)));
                    told.extend(of.map(|_| aggregate.var));
                }
                _ => {}
            }
        }
        told
    }
}

/// An aggregate over other literals; None where nothing is left to count.
fn with_body(aggregate: &Aggregate, body: Vec<Literal>) -> Option<Aggregate> {
    let mut used = BTreeSet::new();
    for literal in &body {
        literal.each_var(&mut |var| {
            used.insert(var);
        });
    }
    let of = |vars: &[VarId]| vars.iter().copied().filter(|var| used.contains(var)).collect();
    let (outer, inner): (Vec<VarId>, Vec<VarId>) = (of(&aggregate.outer), of(&aggregate.inner));
    let counts_nothing = aggregate.operation == Operation::Count && inner.is_empty();
    let is_left = !body.is_empty() && !counts_nothing;
    is_left.then(|| Aggregate { body, outer, inner, ..aggregate.clone() })
}

fn is_key(program: &Program, atom: &Atom) -> bool {
    matches!(program.relations[atom.relation].role, Role::Key { .. })
}

/// The variable whose key a literal looks up or asks for.
fn owner(program: &Program, literal: &Literal) -> Option<VarId> {
    match literal {
        Literal::Atom(atom) if is_key(program, atom) => atom.terms.first()?.var(),
        _ => None,
    }
}

/// Where a literal looks up a key: whose, and the variable that holds the value.
fn lookup(program: &Program, literal: &Literal) -> Option<(VarId, VarId)> {
    match literal {
        Literal::Atom(atom) if is_key(program, atom) && !atom.negated => {
            Some((atom.terms.first()?.var()?, atom.terms.get(1)?.var()?))
        }
        _ => None,
    }
}

/// The variable that a literal binds to what it calculates or looks up from others.
fn calculates(program: &Program, literal: &Literal) -> Option<VarId> {
    match literal {
        Literal::Let { var, .. } => Some(*var),
        Literal::Aggregate(aggregate) => Some(aggregate.var),
        _ => lookup(program, literal).map(|(_, value)| value),
    }
}

/// The kind and the variable of an atom such as `Pool(p)`.
fn member(program: &Program, literal: &Literal) -> Option<(EntityId, VarId)> {
    match literal {
        Literal::Atom(atom) if !atom.negated => match program.relations[atom.relation].role {
            Role::Member(entity) => Some((entity, atom.terms.first()?.var()?)),
            _ => None,
        },
        _ => None,
    }
}

fn span(literal: &Literal) -> Span {
    match literal {
        Literal::Atom(atom) => atom.span,
        Literal::Compare { span, .. } | Literal::Let { span, .. } => *span,
        Literal::Test(test) => test.span,
        Literal::Aggregate(aggregate) => aggregate.span,
    }
}
