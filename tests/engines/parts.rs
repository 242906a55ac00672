//! Random programs are worth comparing: each part of the language changes what many of them mean.

use crate::random_program::{self, Generated};
use crate::run::{Run, meant};
use lynt::datalog::program::{Aggregate, Clause, Constant, Expr, Literal, Program, Term, VarId};
use lynt::source::Span;

/// How many programs are tried.
const PROGRAMS: u64 = 300;

/// A part of the language, a program without it, and in how many programs of a hundred it must matter.
type Part = (&'static str, fn(&mut Program), usize);

const PARTS: [Part; 8] = [
    (
        "recursion",
        |program| retain_clauses(program, |program, clause| !is_recursive(program, clause)),
        20,
    ),
    (
        "rules with several atoms",
        |program| retain_clauses(program, |_, clause| atoms(clause) < 2),
        50,
    ),
    ("facts", |program| retain_clauses(program, |_, clause| !clause.body.is_empty()), 20),
    ("negated atoms", |program| retain_literals(program, |literal| !is_negated(literal)), 10),
    (
        "comparisons",
        |program| retain_literals(program, |literal| !matches!(literal, Literal::Compare { .. })),
        10,
    ),
    (
        "tests of texts",
        |program| retain_literals(program, |literal| !matches!(literal, Literal::Test(_))),
        5,
    ),
    ("arithmetic", |program| each_literal(program, &forget_arithmetic), 5),
    ("aggregates", |program| each_literal(program, &forget_aggregate), 10),
];

#[test]
fn each_part_of_the_language_matters() {
    let mut matters = [0; PARTS.len()];
    for seed in 0..PROGRAMS {
        let Generated { program, facts } = random_program::program(seed);
        let run = Run::new(&program, &program.text(), &facts);
        let whole = run.meant();
        for (matters, (_, forget, _)) in matters.iter_mut().zip(PARTS) {
            let mut less = run.compiled.program.clone();
            forget(&mut less);
            *matters += usize::from(meant(&less, &run.facts) != whole);
        }
    }
    println!("of {PROGRAMS} random programs");
    for (matters, (name, _, least)) in matters.iter().zip(PARTS) {
        println!("{matters:8} mean something else without {name}");
        assert!(matters * 100 >= least * 300, "{name} matter in {matters} programs only");
    }
}

fn retain_clauses(program: &mut Program, keep: fn(&Program, &Clause) -> bool) {
    let clauses = program.clauses.iter().filter(|clause| keep(program, clause)).cloned();
    program.clauses = clauses.collect();
}

fn retain_literals(program: &mut Program, keep: fn(&Literal) -> bool) {
    change_clauses(program, &|clause| clause.body.retain(keep));
}

fn each_literal(program: &mut Program, change: &dyn Fn(&mut Literal)) {
    change_clauses(program, &|clause| clause.body.iter_mut().for_each(change));
}

fn change_clauses(program: &mut Program, change: &dyn Fn(&mut Clause)) {
    for head in 0..program.relations.len() {
        program.clauses.of_mut(head).iter_mut().for_each(change);
    }
}

fn is_recursive(program: &Program, clause: &Clause) -> bool {
    clause.body.iter().any(|literal| match literal {
        Literal::Atom(atom) => program.strata[atom.relation] == program.strata[clause.head],
        _ => false,
    })
}

fn atoms(clause: &Clause) -> usize {
    let is_atom = |literal: &&Literal| matches!(literal, Literal::Atom(_)) && !is_negated(literal);
    clause.body.iter().filter(is_atom).count()
}

fn is_negated(literal: &Literal) -> bool {
    matches!(literal, Literal::Atom(atom) if atom.negated)
}

fn forget_arithmetic(literal: &mut Literal) {
    if let Literal::Let { var, value, span } = literal
        && value.is_arithmetic()
    {
        *literal = zero(*var, *span);
    }
}

fn forget_aggregate(literal: &mut Literal) {
    if let Literal::Aggregate(Aggregate { var, span, .. }) = literal {
        *literal = zero(*var, *span);
    }
}

fn zero(var: VarId, span: Span) -> Literal {
    Literal::Let { var, value: Expr::Term(Term::Constant(Constant::Number(0))), span }
}
