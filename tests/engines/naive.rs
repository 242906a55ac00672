//! What a checked program means. Nothing here is clever, so that it can be read as the definition; it
//! shares no code with the engines.
//!
//! A relation is the set of its rows. Strata are computed one after the other, since what a negation or
//! an aggregate reads is in a lower one. In a stratum every rule gives its rows for every assignment
//! that satisfies its body, again and again until no new row comes.

use lynt::datalog::ast::{Compare, Operator};
use lynt::datalog::program::{Aggregate, Atom, Expr, Literal, Operation, Program, Term, VarId};
use lynt::facts::Names;
use std::collections::BTreeSet;

/// A row: ids and numbers.
pub type Row = Vec<i64>;

/// The rows of each relation, by relation.
pub type Rows = Vec<BTreeSet<Row>>;

/// Values of variables; None: not bound yet.
type Assignment = Vec<Option<i64>>;

/// The rows of all relations: those that are `given`, and what the rules add.
pub fn derive(program: &Program, names: &Names, given: Rows) -> Rows {
    let mut meaning = Meaning { program, names, rows: given };
    let strata: BTreeSet<usize> = program.strata.iter().copied().collect();
    for stratum in strata {
        while meaning.grows(stratum) {}
    }
    meaning.rows
}

struct Meaning<'p> {
    program: &'p Program,
    names: &'p Names,
    rows: Rows,
}

impl Meaning<'_> {
    /// Applies every rule of a stratum once; whether a new row came.
    fn grows(&mut self, stratum: usize) -> bool {
        let mut grew = false;
        let clauses = self.program.clauses.iter();
        for clause in clauses.filter(|clause| self.program.strata[clause.head] == stratum) {
            for found in self.satisfying(&clause.body, &vec![None; clause.vars.len()]) {
                let row = clause.terms.iter().map(|term| self.value(term, &found)).collect();
                let row: Option<Row> = row;
                grew |= self.rows[clause.head].insert(row.expect("the body binds the head"));
            }
        }
        grew
    }

    /// All assignments that extend `given` and satisfy `body`: its literals are taken one at a time,
    /// conditions as soon as their variables are bound.
    fn satisfying(&self, body: &[Literal], given: &Assignment) -> Vec<Assignment> {
        let mut found = vec![given.clone()];
        let mut left: Vec<&Literal> = body.iter().collect();
        while let (Some(any), false) = (found.first(), left.is_empty()) {
            let is_bound = |var: &VarId| any[*var].is_some();
            let ready = |literal: &&Literal| reads(literal).iter().all(is_bound);
            let condition = |literal: &&Literal| !binds_rows(literal) && ready(literal);
            let next = left.iter().position(condition);
            let next = next.or_else(|| left.iter().position(|literal| binds_rows(literal)));
            let literal = left.remove(next.expect("the checker found everything bound"));
            found =
                found.iter().flat_map(|assignment| self.extended(literal, assignment)).collect();
        }
        found
    }

    /// The assignments that extend one assignment and satisfy one literal.
    fn extended(&self, literal: &Literal, given: &Assignment) -> Vec<Assignment> {
        let holds = |holds: bool| if holds { vec![given.clone()] } else { Vec::new() };
        match literal {
            Literal::Atom(atom) if atom.negated => holds(self.matches(atom, given).is_empty()),
            Literal::Atom(atom) => self.matches(atom, given),
            Literal::Compare { compare, left, right, .. } => {
                holds(compares(*compare, self.computed(left, given), self.computed(right, given)))
            }
            Literal::Test(test) => {
                let id = self.value(&test.subject, given).expect("the subject is bound");
                let text = usize::try_from(id).ok().and_then(|id| self.names.canonical.get(id));
                let passes = text.is_some_and(|text| test.kind.passes(text, &test.pattern));
                holds(passes != test.negated)
            }
            Literal::Let { var, value, .. } => with(given, *var, Some(self.computed(value, given))),
            Literal::Aggregate(aggregate) => {
                with(given, aggregate.var, self.aggregated(aggregate, given))
            }
        }
    }

    /// The assignments under which an atom is one of the rows.
    fn matches(&self, atom: &Atom, given: &Assignment) -> Vec<Assignment> {
        let rows = self.rows[atom.relation].iter();
        rows.filter_map(|row| self.matched(&atom.terms, row, given)).collect()
    }

    fn matched(&self, terms: &[Term], row: &Row, given: &Assignment) -> Option<Assignment> {
        let mut found = given.clone();
        for (term, &cell) in terms.iter().zip(row) {
            match (term, self.value(term, &found)) {
                (Term::Var(var), None) => found[*var] = Some(cell),
                (_, Some(value)) if value != cell => return None,
                _ => {}
            }
        }
        Some(found)
    }

    /// The value of a term; None for `_` and for a variable that is not bound yet.
    fn value(&self, term: &Term, assignment: &Assignment) -> Option<i64> {
        match term {
            Term::Any => None,
            Term::Var(var) => assignment[*var],
            Term::Constant(constant) => Some(self.names.id(self.program, constant)),
            Term::Param(param) => Some(self.program.params[*param].default),
        }
    }

    fn computed(&self, expr: &Expr, assignment: &Assignment) -> i64 {
        let (operator, left, right) = match expr {
            Expr::Term(term) => return self.value(term, assignment).expect("the term is bound"),
            Expr::Binary(operator, left, right) => (operator, left, right),
        };
        let (left, right) = (self.computed(left, assignment), self.computed(right, assignment));
        match operator {
            Operator::Add => left.saturating_add(right),
            Operator::Subtract => left.saturating_sub(right),
            Operator::Multiply => left.saturating_mul(right),
        }
    }

    /// What the distinct assignments of the variables that occur only inside the braces amount to; the
    /// least and the greatest of none is None.
    fn aggregated(&self, aggregate: &Aggregate, given: &Assignment) -> Option<i64> {
        let inside = self.satisfying(&aggregate.body, given);
        let distinct: BTreeSet<(Vec<Option<i64>>, Option<i64>)> = inside
            .iter()
            .map(|found| {
                let own = aggregate.inner.iter().map(|&var| found[var]).collect();
                (own, self.value(&aggregate.of, found))
            })
            .collect();
        let values = distinct.iter().filter_map(|(_, value)| *value);
        match aggregate.operation {
            Operation::Count => i64::try_from(distinct.len()).ok(),
            Operation::Sum => Some(saturated(values.map(i128::from).sum())),
            Operation::Min => values.min(),
            Operation::Max => values.max(),
        }
    }
}

/// Whether a literal can be taken at any time and binds what it mentions.
fn binds_rows(literal: &Literal) -> bool {
    matches!(literal, Literal::Atom(atom) if !atom.negated)
}

/// The variables that a condition needs.
fn reads(literal: &Literal) -> Vec<VarId> {
    let terms: Vec<&Term> = match literal {
        Literal::Atom(atom) => atom.terms.iter().collect(),
        Literal::Compare { left, right, .. } => [terms_of(left), terms_of(right)].concat(),
        Literal::Test(test) => vec![&test.subject],
        Literal::Let { value, .. } => terms_of(value),
        Literal::Aggregate(aggregate) => return aggregate.outer.clone(),
    };
    terms.into_iter().filter_map(Term::var).collect()
}

fn terms_of(expr: &Expr) -> Vec<&Term> {
    match expr {
        Expr::Term(term) => vec![term],
        Expr::Binary(_, left, right) => [terms_of(left), terms_of(right)].concat(),
    }
}

fn compares(compare: Compare, left: i64, right: i64) -> bool {
    match compare {
        Compare::Equal => left == right,
        Compare::NotEqual => left != right,
        Compare::Less => left < right,
        Compare::LessEqual => left <= right,
        Compare::Greater => left > right,
        Compare::GreaterEqual => left >= right,
    }
}

/// `let` makes a new variable; without a value there is no assignment.
fn with(given: &Assignment, var: VarId, value: Option<i64>) -> Vec<Assignment> {
    assert_eq!(given[var], None, "`let` makes a new variable");
    let mut found = given.clone();
    found[var] = value;
    value.map(|_| found).into_iter().collect()
}

/// The nearest number of 64 bits.
fn saturated(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}
