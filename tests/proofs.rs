//! Every proof is checked step by step against the facts and the rules, by plain loops: a leaf is a
//! fact, a step is its rule under the values that it names, what is absent is absent, what is counted
//! is so many.

mod common;

#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/generate.rs"]
mod generate;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/model.rs"]
mod model;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/random.rs"]
mod random;

use lynt::datalog::ast::{Compare, Operator};
use lynt::datalog::program::{Aggregate, Atom, Clause, Expr, Literal, Operation, Program, Term};
use lynt::discover::TopologyFiles;
use lynt::eval::Limits;
use lynt::examples::examples;
use lynt::facts::Facts;
use lynt::proof::{Absence, Proof, Prover, Size, Tuple};
use lynt::rules::{Plan, Rules};
use lynt::source::Sources;
use lynt::{Options, Timings, load};
use std::collections::BTreeSet;

type Binding = Vec<Option<i64>>;

/// What a proof may lean on.
struct Verifier<'a> {
    program: &'a Program,
    facts: &'a Facts,
    /// Tuples proved so far in this proof.
    proved: BTreeSet<(usize, Vec<i64>)>,
    steps: usize,
}

impl Verifier<'_> {
    fn has(&self, relation: usize, row: &[i64]) -> bool {
        let table = self.facts.store.table(relation);
        (0..table.rows).any(|at| table.row(at) == row)
    }

    fn term(&self, term: &Term, binding: &Binding) -> Option<i64> {
        match term {
            Term::Any => None,
            Term::Var(var) => binding[*var],
            Term::Constant(constant) => Some(self.facts.names.id(self.program, constant)),
            Term::Param(param) => Some(self.program.params[*param].default),
        }
    }

    fn fits(&self, atom: &Atom, binding: &Binding, row: &[i64]) -> bool {
        let mut pairs = atom.terms.iter().zip(row);
        pairs.all(|(term, cell)| self.term(term, binding).is_none_or(|value| value == *cell))
    }

    fn verify(&mut self, proof: &Proof) {
        self.steps += 1;
        match proof {
            Proof::Fact(tuple) => {
                assert!(!self.program.relations[tuple.relation].role.is_derived(), "{tuple:?}");
                assert!(self.has(tuple.relation, &tuple.row), "no such fact: {tuple:?}");
            }
            Proof::Above(tuple) => {
                let known = (tuple.relation, tuple.row.clone());
                assert!(self.proved.contains(&known), "not above: {tuple:?}");
            }
            Proof::Folded(tuple) => panic!("folded though deep enough: {tuple:?}"),
            Proof::Derived { tuple, clause, binding, premises } => {
                self.derived(tuple, clause, binding, premises);
            }
            Proof::Absent(absence) => self.absent(absence),
            Proof::Holds { literal, binding, .. } => self.holds(literal, binding),
            Proof::Counted { aggregate, binding, total, rows, .. } => {
                self.counted(aggregate, binding, *total);
                rows.iter().flatten().for_each(|row| self.verify(row));
            }
        }
    }

    fn derived(&mut self, tuple: &Tuple, clause: &Clause, binding: &Binding, premises: &[Proof]) {
        assert_eq!(clause.head, tuple.relation);
        let head: Vec<Option<i64>> =
            clause.terms.iter().map(|term| self.term(term, binding)).collect();
        assert_eq!(head, tuple.row.iter().copied().map(Some).collect::<Vec<_>>());
        assert_eq!(premises.len(), clause.body.len(), "one premise a literal");
        // Known only once its premises are: a proof that leans on itself is none.
        for (literal, premise) in clause.body.iter().zip(premises) {
            self.answers(literal, premise, binding);
            self.verify(premise);
        }
        self.proved.insert((tuple.relation, tuple.row.clone()));
    }

    /// Whether a premise is about its literal.
    fn answers(&self, literal: &Literal, premise: &Proof, binding: &Binding) {
        match (literal, premise) {
            (Literal::Atom(atom), Proof::Absent(absence)) => {
                assert!(atom.negated && atom.relation == absence.relation);
                let cells: Vec<_> = atom.terms.iter().map(|t| self.term(t, binding)).collect();
                assert_eq!(cells, absence.cells);
            }
            (
                Literal::Atom(atom),
                Proof::Fact(tuple) | Proof::Above(tuple) | Proof::Derived { tuple, .. },
            ) => {
                assert!(!atom.negated && atom.relation == tuple.relation);
                assert!(self.fits(atom, binding, &tuple.row), "{atom:?} {tuple:?}");
            }
            (Literal::Aggregate(one), Proof::Counted { aggregate, .. }) => {
                assert!(std::ptr::eq(one, *aggregate));
            }
            (
                Literal::Compare { .. } | Literal::Test(_) | Literal::Let { .. },
                Proof::Holds { literal: told, binding: values, .. },
            ) => {
                assert!(std::ptr::eq(literal, *told));
                assert_eq!(values, binding);
            }
            _ => panic!("{premise:?} is no proof of {literal:?}"),
        }
    }

    fn absent(&self, absence: &Absence) {
        let table = self.facts.store.table(absence.relation);
        let rows = (0..table.rows).map(|at| table.row(at));
        let fits = |row: &Vec<i64>, cells: &[Option<i64>]| {
            row.iter().zip(cells).all(|(cell, wanted)| wanted.is_none_or(|wanted| wanted == *cell))
        };
        let all: Vec<Vec<i64>> = rows.collect();
        assert!(!all.iter().any(|row| fits(row, &absence.cells)), "there is one: {absence:?}");
        for near in &absence.near {
            assert!(all.contains(near) && Some(near[0]) == absence.cells[0], "{absence:?}");
        }
    }

    fn expr(&self, expr: &Expr, binding: &Binding) -> i64 {
        match expr {
            Expr::Term(term) => self.term(term, binding).expect("a bound term"),
            Expr::Binary(operator, left, right) => {
                let (left, right) = (self.expr(left, binding), self.expr(right, binding));
                match operator {
                    Operator::Add => left.saturating_add(right),
                    Operator::Subtract => left.saturating_sub(right),
                    Operator::Multiply => left.saturating_mul(right),
                }
            }
        }
    }

    fn is_true(&self, literal: &Literal, binding: &Binding) -> bool {
        match literal {
            Literal::Compare { compare, left, right, .. } => {
                let (left, right) = (self.expr(left, binding), self.expr(right, binding));
                match compare {
                    Compare::Equal => left == right,
                    Compare::NotEqual => left != right,
                    Compare::Less => left < right,
                    Compare::LessEqual => left <= right,
                    Compare::Greater => left > right,
                    Compare::GreaterEqual => left >= right,
                }
            }
            Literal::Test(test) => {
                let text = self.term(&test.subject, binding).expect("a bound text");
                let text =
                    usize::try_from(text).ok().and_then(|at| self.facts.names.canonical.get(at));
                text.is_some_and(|text| test.kind.passes(text, &test.pattern)) != test.negated
            }
            Literal::Let { var, value, .. } => binding[*var] == Some(self.expr(value, binding)),
            Literal::Atom(atom) => {
                let table = self.facts.store.table(atom.relation);
                let found = (0..table.rows).any(|at| self.fits(atom, binding, &table.row(at)));
                found != atom.negated
            }
            Literal::Aggregate(_) => panic!("no aggregate stands inside another one here"),
        }
    }

    fn holds(&self, literal: &Literal, binding: &Binding) {
        assert!(self.is_true(literal, binding), "{literal:?} does not hold");
    }

    /// Counts again, by trying every row of every atom.
    fn counted(&self, aggregate: &Aggregate, binding: &Binding, total: usize) {
        let mut outside = binding.clone();
        aggregate.inner.iter().for_each(|&var| outside[var] = None);
        let mut found = vec![outside];
        for literal in &aggregate.body {
            if let Literal::Atom(atom) = literal
                && !atom.negated
            {
                found = found.iter().flat_map(|binding| self.extended(atom, binding)).collect();
            }
        }
        for literal in &aggregate.body {
            if let Literal::Let { var, value, .. } = literal {
                found
                    .iter_mut()
                    .for_each(|binding| binding[*var] = Some(self.expr(value, binding)));
            }
        }
        let conditions = aggregate
            .body
            .iter()
            .filter(|literal| !matches!(literal, Literal::Atom(a) if !a.negated));
        for literal in conditions {
            found.retain(|binding| self.is_true(literal, binding));
        }
        let assignments: BTreeSet<(Vec<Option<i64>>, Option<i64>)> = found
            .iter()
            .map(|binding| {
                let inner = aggregate.inner.iter().map(|&var| binding[var]).collect();
                (inner, self.term(&aggregate.of, binding))
            })
            .collect();
        assert_eq!(assignments.len(), total);
        let values = assignments.iter().filter_map(|(_, value)| *value);
        let result = match aggregate.operation {
            Operation::Count => i64::try_from(total).ok(),
            Operation::Sum => Some(values.fold(0, i64::saturating_add)),
            Operation::Min => values.min(),
            Operation::Max => values.max(),
        };
        assert_eq!(result, binding[aggregate.var]);
    }

    fn extended(&self, atom: &Atom, binding: &Binding) -> Vec<Binding> {
        let table = self.facts.store.table(atom.relation);
        let mut all = Vec::new();
        for row in (0..table.rows).map(|at| table.row(at)) {
            let mut found = binding.clone();
            let mut fits = self.fits(atom, &found, &row);
            for (term, cell) in atom.terms.iter().zip(&row) {
                if let Term::Var(var) = term {
                    fits &= found[*var].is_none_or(|value| value == *cell);
                    found[*var] = Some(*cell);
                }
            }
            all.extend(fits.then_some(found));
        }
        all
    }
}

fn facts(rules: &Rules, plan: &Plan, texts: &[(String, String)]) -> Option<Facts> {
    let mut sources = Sources::default();
    let files = texts.iter().map(|(name, text)| sources.add(name, text)).collect();
    let topology = TopologyFiles { path: "topology".to_owned(), files };
    let options = Options { allow_empty: true, ..Options::default() };
    load(rules, &sources, &topology, plan, &options, &mut Timings::default()).ok()
}

/// Proves and checks every row of the relations; how many steps were checked.
fn verify_all(program: &Program, facts: &Facts, relations: &[usize]) -> usize {
    let size = Size { depth: 500, rows: usize::MAX };
    let prover = Prover::new(program, facts, Limits::default(), size);
    let mut steps = 0;
    for &relation in relations {
        let table = facts.store.table(relation);
        for row in (0..table.rows).map(|at| table.row(at)) {
            let proof = prover.prove(relation, &row).expect("what was derived has a proof");
            let mut verifier = Verifier { program, facts, proved: BTreeSet::new(), steps: 0 };
            verifier.verify(&proof);
            steps += verifier.steps;
        }
        let columns = program.relations[relation].columns.len();
        assert!(prover.prove(relation, &vec![i64::from(u32::MAX); columns]).is_none());
    }
    steps
}

fn violations(program: &Program) -> Vec<usize> {
    let rules = program.violations.iter().filter(|rule| rule.is_rule());
    rules.map(|rule| rule.relation).collect()
}

#[test]
fn proofs_of_every_example_are_right() {
    let rules = Rules::shipped();
    let plan = rules.plan(&|_| true);
    let relations = violations(&rules.set.program);
    let mut steps = 0;
    for rule in rules.violations() {
        for example in examples(&rule.docs.text).into_iter().filter(|example| example.violates) {
            let texts: Vec<(String, String)> =
                example.files.into_iter().map(|file| (file.name, file.text)).collect();
            let facts = facts(&rules, &plan, &texts).expect("an example is a topology");
            steps += verify_all(&rules.set.program, &facts, &relations);
        }
    }
    println!("{steps} steps of proofs checked");
    assert!(steps > 1_000);
}

#[test]
fn proofs_on_random_topologies_are_right() {
    let rules = Rules::shipped();
    let plan = rules.plan(&|_| true);
    let relations = violations(&rules.set.program);
    let mut steps = 0;
    for seed in 0..60 {
        let texts = model::written(&generate::topology(seed), seed);
        if let Some(facts) = facts(&rules, &plan, &texts) {
            steps += verify_all(&rules.set.program, &facts, &relations);
        }
    }
    println!("{steps} steps of proofs checked");
    assert!(steps > 5_000);
}

const RECURSIVE: &str = "
/// From `p` the backup registrars lead to `q`, in one step or more.
relation Leads(p: Pool, q: Pool);
Leads(p, q) <- Leads(p, r), Leads(r, q);
Leads(p, q) <- Backup(p, q);

/// Two relations that read each other.
relation Odd(p: Pool, q: Pool);
relation Even(p: Pool, q: Pool);
Odd(p, q) <- Even(p, r), Backup(r, q);
Odd(p, q) <- Backup(p, q);
Even(p, q) <- Odd(p, r), Backup(r, q);

/// A pool is in a ring.
violation InRing(p: Pool) { severity: note; message: \"{p}\"; label p: \"\"; }
InRing(p) <- Leads(p, p), Odd(p, _), Even(p, _);
";

#[test]
fn proofs_of_recursions_go_back_to_facts() {
    let files = [("ring.dl".to_owned(), RECURSIVE.to_owned())];
    let rules = Rules::shipped().with_custom(files).expect("the rules are right");
    let program = &rules.set.program;
    let own: Vec<usize> =
        ["Leads", "Odd", "Even", "InRing"].map(|name| program.relation_named(name).unwrap()).into();
    let plan = rules.plan_for(own.iter().copied().collect());
    let mut steps = 0;
    for (pools, ring) in [(1, true), (2, true), (3, true), (8, true), (24, true), (24, false)] {
        let pool = |at: usize| {
            let next = if at + 1 == pools && !ring { at } else { (at + 1) % pools };
            format!("[[pool]]\nfqdn = \"p{at}.a\"\nbackup-registrar = \"p{next}.a\"\n")
        };
        let text: String = (0..pools).map(pool).collect();
        let facts = facts(&rules, &plan, &[("t.toml".to_owned(), text)]).expect("a topology");
        steps += verify_all(program, &facts, &own);
    }
    println!("{steps} steps of proofs checked");
    assert!(steps > 10_000);
}

/// A chain of 700: no stack is deep enough for a proof of every step, so it is folded.
#[test]
fn deep_proofs_are_folded() {
    let files = [(
        "ring.dl".to_owned(),
        RECURSIVE.replace("Leads(p, r), Leads(r, q)", "Leads(p, r), Backup(r, q)"),
    )];
    let rules = Rules::shipped().with_custom(files).expect("the rules are right");
    let program = &rules.set.program;
    let odd = program.relation_named("Odd").unwrap();
    let plan = rules.plan_for([odd].into());
    let pool = |at: usize| {
        format!("[[pool]]\nfqdn = \"p{at:04}.a\"\nbackup-registrar = \"p{:04}.a\"\n", at + 1)
    };
    let text: String = (0..700).map(pool).collect();
    let facts = facts(&rules, &plan, &[("t.toml".to_owned(), text)]).expect("a topology");
    let size = Size { depth: usize::MAX, rows: 1 };
    let prover = Prover::new(program, &facts, Limits::default(), size);
    let table = facts.store.table(odd);
    let longest = (0..table.rows).map(|at| table.row(at)).max_by_key(|row| row[1] - row[0]);
    let proof = prover.prove(odd, &longest.expect("a row")).expect("a proof");
    assert!(format!("{proof:?}").contains("Folded"));
}
