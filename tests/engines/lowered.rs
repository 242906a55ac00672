//! The plain Datalog that crepe compiles, run by the definition: lowering keeps the meaning, and its
//! rules have the form that crepe needs. This compares many programs; crepe itself compiles few.

use crate::naive::{self, Rows};
use crate::run::{Listed, derived};
use crate::stand_alone::{listed, rows};
use lynt::datalog::late::Late;
use lynt::datalog::lower::{Block, LowRelation, Lowered, Projection, Step};
use lynt::datalog::program::{Clause, Column, Literal, Program, Relation, Role, Term, VarId};
use lynt::engine::{fold, prepare, project};
use lynt::facts::{Facts, Table};
use lynt::source::Span;
use std::collections::BTreeSet;

/// What the lowered program derives, in the relations of `program`.
pub fn derive(program: &Program, lowered: &Lowered, facts: &Facts) -> Listed {
    let mut facts = facts.clone();
    prepare(program, lowered, &mut facts);
    lowered.clauses.iter().for_each(assert_fits_crepe);
    for step in &lowered.steps {
        match step {
            Step::Fold(at) => fold(&mut facts.store, lowered, *at),
            Step::Project(Projection { from, columns, to }) => {
                project(&mut facts.store, *from, columns, *to);
            }
            Step::Block(block) => run(block, lowered, &mut facts),
        }
    }
    derived(program).map(|id| (id, listed(&facts, id))).collect()
}

fn run(block: &Block, lowered: &Lowered, facts: &mut Facts) {
    let clauses: Vec<Clause> =
        block.clauses.iter().map(|&at| lowered.clauses[at].clone()).collect();
    let relations = lowered.relations.iter().map(relation).collect();
    let strata = strata(&clauses, lowered.relations.len());
    let program =
        Program { relations, clauses: clauses.into_iter().collect(), strata, ..Program::default() };
    let given: Rows = rows(&program, facts);
    let derived = naive::derive(&program, &facts.names, given);
    for &output in &block.outputs {
        let mut table = Table::new(lowered.relations[output].columns.iter().copied());
        derived[output].iter().for_each(|row| table.push(row));
        facts.store.put_table(output, table);
    }
}

fn relation(lowered: &LowRelation) -> Relation {
    let columns = lowered.columns.iter().map(|&kind| Column { name: String::new(), kind });
    let (name, docs, group) = (lowered.name.clone(), Late::default(), String::new());
    let (role, span) = (Role::Derived, Span { file: 0, start: 0, end: 0 });
    Relation { name, docs, columns: columns.collect(), role, group, span }
}

/// The least strata in which what a negation reads is below.
fn strata(clauses: &[Clause], relations: usize) -> Vec<usize> {
    let mut strata = vec![0; relations];
    loop {
        let before = strata.clone();
        for clause in clauses {
            for literal in &clause.body {
                literal.each_atom(&mut |atom, complete| {
                    let least = strata[atom.relation] + usize::from(complete);
                    strata[clause.head] = strata[clause.head].max(least);
                });
            }
        }
        if strata == before {
            return strata;
        }
        assert!(strata.iter().all(|&stratum| stratum <= relations), "a block has strata");
    }
}

/// crepe takes literals in their order: everything must be bound before it is read, no variable may be
/// new twice in an atom, and `let` would bind anew.
fn assert_fits_crepe(clause: &Clause) {
    let mut bound: BTreeSet<VarId> = BTreeSet::new();
    for literal in &clause.body {
        literal.each_read(&mut |var| assert!(bound.contains(&var), "{clause:#?}"));
        match literal {
            Literal::Atom(atom) if atom.negated => {}
            Literal::Atom(atom) => {
                let mut new: Vec<VarId> = atom.terms.iter().filter_map(Term::var).collect();
                new.retain(|var| !bound.contains(var));
                let distinct: BTreeSet<VarId> = new.iter().copied().collect();
                assert_eq!(new.len(), distinct.len(), "{clause:#?}");
                bound.extend(distinct);
            }
            Literal::Let { var, .. } => assert!(bound.insert(*var), "{clause:#?}"),
            Literal::Compare { .. } => {}
            Literal::Test(_) | Literal::Aggregate(_) => panic!("lowering leaves none: {clause:#?}"),
        }
    }
    let mut head = clause.terms.iter().filter_map(Term::var);
    assert!(head.all(|var| bound.contains(&var)), "{clause:#?}");
}
