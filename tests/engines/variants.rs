//! Programs that are written otherwise and mean the same.

use crate::random::Random;
use crate::random_program::constant;
use crate::syntax::{Atom, Kind, Literal, Program, Relation, Rule, Term, Var};
use std::collections::{BTreeMap, BTreeSet};

/// Names that are something else to Rust or crepe, or differ in little.
const RELATIONS: [&str; 16] = [
    "Type", "Final", "Move", "Self", "Crepe", "SBA", "Sba", "SbA", "R", "R1", "R-1", "R_1", "Vec",
    "String", "Store", "Column",
];
const VARIABLES: [&str; 20] = [
    "type", "self", "crate", "match", "in", "fn", "let1", "x", "X", "x1", "x-1", "x_1", "_x",
    "store", "row", "rows", "runtime", "column_0", "field_0", "v_x_0",
];

/// How a program is written otherwise.
type Change = fn(&mut Program, &mut Random);

const CHANGES: [(&str, &[Change]); 5] = [
    ("renamed", &[rename]),
    ("reordered", &[reorder]),
    ("split", &[split]),
    ("with redundant rules", &[add_redundant]),
    ("with all of these", &[add_redundant, split, reorder, rename]),
];

/// A program that means the same; its first relations are those of the original.
pub struct Variant {
    pub how: &'static str,
    pub program: Program,
    pub text: String,
}

/// All variants of a program, one for each kind of change and one with all of them.
pub fn variants(program: &Program, random: &mut Random) -> Vec<Variant> {
    let changed = |(how, changes): (&'static str, &[Change])| {
        let mut program = program.clone();
        changes.iter().for_each(|change| change(&mut program, random));
        let mut items = program.items();
        random.shuffle(&mut items);
        Variant { how, text: items.join("\n"), program }
    };
    CHANGES.into_iter().map(changed).collect()
}

/// `count` of the names in random order, then such names with numbers.
fn names(pool: &[&str], count: usize, random: &mut Random) -> Vec<String> {
    let mut names: Vec<String> = pool.iter().map(|name| (*name).to_owned()).collect();
    random.shuffle(&mut names);
    names.extend((names.len()..count).map(|at| format!("Z{at}z")));
    names
}

fn rename(program: &mut Program, random: &mut Random) {
    let new = names(&RELATIONS, program.relations.len(), random);
    for (relation, name) in program.relations.iter_mut().zip(new) {
        relation.name = name;
    }
    for rule in &mut program.rules {
        let old: BTreeSet<String> = rule.names.iter().cloned().collect();
        let new = names(&VARIABLES, old.len(), random);
        let new: BTreeMap<String, String> = old.into_iter().zip(new).collect();
        rule.names.iter_mut().for_each(|name| *name = new[name].clone());
    }
}

fn reorder(program: &mut Program, random: &mut Random) {
    random.shuffle(&mut program.rules);
    program.rules.iter_mut().for_each(|rule| reorder_body(&mut rule.body, random));
}

fn reorder_body(body: &mut [Literal], random: &mut Random) {
    random.shuffle(body);
    for literal in body {
        if let Literal::Aggregate(aggregate) = literal {
            reorder_body(&mut aggregate.body, random);
        }
    }
}

fn split(program: &mut Program, random: &mut Random) {
    for at in 0..program.rules.len() {
        if random.percent(70) {
            split_rule(program, at, random);
        }
    }
}

/// Moves some atoms, and conditions on what they bind, into a relation of their own.
fn split_rule(program: &mut Program, at: usize, random: &mut Random) {
    let helper = program.relations.len();
    let rule = &mut program.rules[at];
    let (mut moved, rest): (Vec<Literal>, Vec<Literal>) = std::mem::take(&mut rule.body)
        .into_iter()
        .partition(|literal| literal.is_positive_atom() && random.percent(60));
    let bound = vars(&moved);
    let is_bound = |literal: &Literal| vars(std::slice::from_ref(literal)).is_subset(&bound);
    let (conditions, rest): (Vec<Literal>, Vec<Literal>) = rest
        .into_iter()
        .partition(|literal| literal.is_condition() && is_bound(literal) && random.percent(50));
    moved.extend(conditions);
    rule.body = rest;
    if moved.is_empty() {
        return;
    }
    let mut needed = vars(&rule.body);
    needed.extend(rule.terms.iter().filter_map(Term::var));
    let mut needed: Vec<Var> = bound.intersection(&needed).copied().collect();
    random.shuffle(&mut needed);
    let columns = needed.iter().map(|&var| rule.kinds[var]).collect();
    let terms: Vec<Term> = needed.into_iter().map(Term::Var).collect();
    let atom = Atom { relation: helper, terms: terms.clone(), negated: false };
    rule.body.push(Literal::Atom(atom));
    let (names, kinds) = (rule.names.clone(), rule.kinds.clone());
    let name = format!("Helper{helper}");
    program.relations.push(Relation { name, columns, is_input: false });
    program.rules.push(Rule { head: helper, terms, body: moved, names, kinds });
}

fn vars(body: &[Literal]) -> BTreeSet<Var> {
    let mut vars = BTreeSet::new();
    let mut add = |var, _| {
        vars.insert(var);
    };
    body.iter().for_each(|literal| literal.each_var(&mut add));
    vars
}

fn add_redundant(program: &mut Program, random: &mut Random) {
    let originals = program.rules.clone();
    for rule in originals {
        match random.below(6) {
            0 => program.rules.push(rule),
            1 | 2 => program.rules.extend(instance(rule, random)),
            3 => program.rules.push(tautology(program, rule.head)),
            _ => {}
        }
    }
}

/// The rule with a constant in the place of a variable that only atoms and the head have.
fn instance(mut rule: Rule, random: &mut Random) -> Option<Rule> {
    let positive = rule.body.iter().filter(|literal| literal.is_positive_atom());
    let mut candidates = vars(&positive.cloned().collect::<Vec<_>>());
    for literal in &rule.body {
        literal.each_var(&mut |var, in_atom| {
            if !in_atom {
                candidates.remove(&var);
            }
        });
    }
    let candidates: Vec<Var> = candidates.into_iter().collect();
    let var = random.any(&candidates)?;
    let value = constant(random, rule.kinds[var]);
    let replace = |term: &mut Term| {
        if *term == Term::Var(var) {
            *term = value.clone();
        }
    };
    rule.terms.iter_mut().for_each(replace);
    let in_atom = &mut |atom: &mut Atom| atom.terms.iter_mut().for_each(replace);
    rule.body.iter_mut().for_each(|literal| literal.each_atom_mut(in_atom));
    Some(rule)
}

/// `R(x, y) <- R(x, y), R(x, _);`
fn tautology(program: &Program, head: usize) -> Rule {
    let kinds: Vec<Kind> = program.relations[head].columns.clone();
    let names = (0..kinds.len()).map(|at| format!("x{at}")).collect();
    let terms: Vec<Term> = (0..kinds.len()).map(Term::Var).collect();
    let mut open = terms.clone();
    open.iter_mut().skip(1).for_each(|term| *term = Term::Any);
    let atom = |terms| Literal::Atom(Atom { relation: head, terms, negated: false });
    Rule { head, body: vec![atom(terms.clone()), atom(open)], terms, names, kinds }
}
