//! Strata: what a negation or an aggregate reads is complete before it.

use super::Checker;
use crate::datalog::FactsFrom;
use crate::datalog::program::{Atom, Clause, Literal, RelationId, Role, Term, VarId};
use crate::datalog::strata::components;
use crate::source::Problem;
use std::collections::{BTreeSet, VecDeque};

/// So many steps of a cycle are shown.
const MAX_STEPS: usize = 4;

/// So many relations of a cycle are named.
const MAX_NAMES: usize = 10;

impl Checker<'_> {
    pub(super) fn stratify(&mut self) {
        let edges = self.reads();
        let strata = components(&edges);
        let mut problems = Vec::new();
        let mut cycles = BTreeSet::new();
        let mut clauses: Vec<&Clause> = self.program.clauses.iter().collect();
        clauses.sort_by_key(|clause| clause.span);
        for clause in clauses {
            // One report a cycle: the first rule that is in the way.
            if !cycles.contains(&strata[clause.head]) {
                let problem = self.negation_cycle(clause, &edges, &strata);
                cycles.extend(problem.as_ref().map(|_| strata[clause.head]));
                problems.extend(problem);
            }
            problems.extend(self.arithmetic_in_recursion(clause, &strata));
            problems.extend(aggregate_in_recursion(clause, &strata));
        }
        self.problems.append(&mut problems);
        self.program.strata = strata;
    }

    /// For each relation the relations that its rules read.
    fn reads(&self) -> Vec<Vec<RelationId>> {
        let mut reads = vec![BTreeSet::new(); self.program.relations.len()];
        for clause in self.program.clauses.iter() {
            each_atom(clause, &mut |atom, _| {
                reads[clause.head].insert(atom.relation);
            });
        }
        reads.into_iter().map(|read| read.into_iter().collect()).collect()
    }

    fn negation_cycle(
        &self,
        clause: &Clause,
        edges: &[Vec<RelationId>],
        strata: &[usize],
    ) -> Option<Problem> {
        let mut found = None;
        each_atom(clause, &mut |atom, complete| {
            if complete && strata[atom.relation] == strata[clause.head] && found.is_none() {
                found = Some(atom);
            }
        });
        let atom = found?;
        let way = path(edges, atom.relation, clause.head);
        let what = if atom.negated { "its own absence" } else { "an aggregate over itself" };
        let message = format!("{} depends on {what}", self.quoted(clause.head));
        let mut problem = Problem::error("negation-cycle", message)
            .at(atom.span, "must be complete before this rule can be judged")
            .help(self.cycle_help(clause.head, &way));
        for step in way.windows(2).take(MAX_STEPS) {
            if let Some(read) = self.read_of(step[0], step[1]) {
                let text = format!("but {} needs {}", self.quoted(step[0]), self.quoted(step[1]));
                problem = problem.at(read.span, text);
            }
        }
        Some(problem)
    }

    fn quoted(&self, relation: RelationId) -> String {
        format!("`{}`", self.program.relations[relation].name)
    }

    /// How to break the cycle that leads from `head` along `way` to `head`.
    fn cycle_help(&self, head: RelationId, way: &[RelationId]) -> String {
        if way.len() == 1 {
            return format!("let {} read another relation than itself", self.quoted(head));
        }
        let cycle = std::iter::once(&head).chain(way);
        let mut names: Vec<String> = cycle.map(|&relation| self.quoted(relation)).collect();
        if names.len() > MAX_NAMES {
            let left_out = names.len() - MAX_NAMES;
            let middle = MAX_NAMES / 2;
            names.splice(middle..middle + left_out, [format!("{left_out} more")]);
        }
        format!("break the cycle in one place: {}", names.join(" needs "))
    }

    /// Where a rule of `head` reads `read`.
    fn read_of(&self, head: RelationId, read: RelationId) -> Option<&Atom> {
        let mut found = None;
        for clause in self.program.clauses.of(head) {
            each_atom(clause, &mut |atom, _| {
                found = found.or((atom.relation == read).then_some(atom));
            });
        }
        found
    }

    /// New values in a recursion might never end.
    fn arithmetic_in_recursion(&self, clause: &Clause, strata: &[usize]) -> Option<Problem> {
        let mut recursive = false;
        each_atom(clause, &mut |atom, _| {
            recursive |= strata[atom.relation] == strata[clause.head];
        });
        if !recursive {
            return None;
        }
        let computed = computed_vars(clause);
        let var = clause.terms.iter().filter_map(Term::var).find(|var| computed.contains(var))?;
        let place = clause.body.iter().find_map(|literal| match literal {
            Literal::Let { var: bound, span, .. } if *bound == var => Some(*span),
            _ => None,
        });
        let head = &self.program.relations[clause.head].name;
        let message = format!(
            "`{}` is computed and goes into `{head}`, on which this rule depends: that might never end",
            clause.vars[var].name
        );
        Some(
            Problem::error("arithmetic-in-recursion", message)
                .at(place.unwrap_or(clause.span), "")
                .help("count or sum over a relation that is complete, or take the value from one"),
        )
    }

    /// Relations that nothing reads or derives are probably mistakes. What a program of its own derives
    /// is its output and need not be read.
    pub(super) fn warn_of_idle_relations(&mut self) {
        let mut read: BTreeSet<RelationId> = BTreeSet::new();
        for clause in self.program.clauses.iter() {
            each_atom(clause, &mut |atom, _| {
                read.insert(atom.relation);
            });
        }
        read.extend(self.said.iter().copied());
        let derived: BTreeSet<RelationId> =
            self.program.clauses.iter().map(|clause| clause.head).collect();
        let mut problems = Vec::new();
        for (id, relation) in self.program.relations.iter().enumerate() {
            let name = &relation.name;
            let reported = matches!(relation.role, Role::Violation(_));
            if !matches!(relation.role, Role::Derived) && !reported {
                continue;
            }
            if !derived.contains(&id) {
                let message = format!("no rule derives `{name}`");
                problems
                    .push(Problem::warning("underived-relation", message).at(relation.span, ""));
            } else if self.facts == FactsFrom::Topology && !reported && !read.contains(&id) {
                let message = format!("no rule and no label reads `{name}`");
                problems.push(Problem::warning("unread-relation", message).at(relation.span, ""));
            }
        }
        self.problems.append(&mut problems);
    }
}

/// What an aggregate amounts to is computed between the rules that it reads and those that read it.
fn aggregate_in_recursion(clause: &Clause, strata: &[usize]) -> Option<Problem> {
    let reads_itself = |literal: &Literal| match literal {
        Literal::Atom(atom) => strata[atom.relation] == strata[clause.head],
        _ => false,
    };
    let aggregates = clause.body.iter().any(|literal| matches!(literal, Literal::Aggregate(_)));
    let problem = Problem::error("aggregate-in-recursion", "an aggregate in a recursive rule")
        .at(clause.span, "this rule reads what it derives")
        .help("put the aggregate into a relation of its own");
    (aggregates && clause.body.iter().any(reads_itself)).then_some(problem)
}

fn each_atom<'c>(clause: &'c Clause, visit: &mut dyn FnMut(&'c Atom, bool)) {
    clause.body.iter().for_each(|literal| literal.each_atom(visit));
}

/// Variables whose value comes out of arithmetic, directly or through another `let`.
fn computed_vars(clause: &Clause) -> BTreeSet<VarId> {
    let mut computed = BTreeSet::new();
    loop {
        let before = computed.len();
        for literal in &clause.body {
            if let Literal::Let { var, value, .. } = literal {
                let mut new = value.is_arithmetic();
                literal.each_read(&mut |read| new |= computed.contains(&read));
                if new {
                    computed.insert(*var);
                }
            }
        }
        if computed.len() == before {
            return computed;
        }
    }
}

/// A shortest chain of reads from `from` to `to`, both named.
fn path(edges: &[Vec<RelationId>], from: RelationId, to: RelationId) -> Vec<RelationId> {
    let mut came_from = vec![None; edges.len()];
    let mut queue = VecDeque::from([from]);
    while let Some(node) = queue.pop_front() {
        if node == to {
            break;
        }
        for &next in &edges[node] {
            if next != from && came_from[next].is_none() {
                came_from[next] = Some(node);
                queue.push_back(next);
            }
        }
    }
    let mut chain = vec![to];
    while let Some(before) =
        came_from[chain[chain.len() - 1]].filter(|_| chain.last() != Some(&from))
    {
        chain.push(before);
    }
    chain.reverse();
    chain
}
