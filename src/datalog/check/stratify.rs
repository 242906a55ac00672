//! Strata: what a negation or an aggregate reads is complete before it.

use super::Checker;
use crate::datalog::program::{Clause, Literal, RelationId, Role, Term, VarId};
use crate::datalog::strata::components;
use crate::source::{Problem, Span};
use std::collections::{BTreeSet, VecDeque};

impl Checker<'_> {
    pub(super) fn stratify(&mut self) {
        let edges = self.reads();
        let strata = components(&edges);
        let mut problems = Vec::new();
        for clause in &self.program.clauses {
            problems.extend(self.negation_cycle(clause, &edges, &strata));
            problems.extend(self.arithmetic_in_recursion(clause, &strata));
        }
        self.problems.append(&mut problems);
        self.program.strata = strata;
    }

    /// For each relation the relations that its rules read.
    fn reads(&self) -> Vec<Vec<RelationId>> {
        let mut reads = vec![BTreeSet::new(); self.program.relations.len()];
        for clause in &self.program.clauses {
            each_atom(clause, &mut |relation, _, _| {
                reads[clause.head].insert(relation);
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
        each_atom(clause, &mut |relation, complete, span| {
            if complete && strata[relation] == strata[clause.head] && found.is_none() {
                found = Some((relation, span));
            }
        });
        let (relation, span) = found?;
        let names: Vec<String> = path(edges, relation, clause.head)
            .into_iter()
            .chain([relation])
            .map(|relation| format!("`{}`", self.program.relations[relation].name))
            .collect();
        let head = &self.program.relations[clause.head].name;
        let message = format!("`{head}` depends on its own absence or on an aggregate over itself");
        Some(
            Problem::error("negation-cycle", message)
                .at(span, "must be complete before this rule can be judged")
                .help(format!("the cycle: {}", names.join(" needs "))),
        )
    }

    /// New values in a recursion might never end.
    fn arithmetic_in_recursion(&self, clause: &Clause, strata: &[usize]) -> Option<Problem> {
        let mut recursive = false;
        each_atom(clause, &mut |relation, _, _| {
            recursive |= strata[relation] == strata[clause.head];
        });
        if !recursive {
            return None;
        }
        let computed = computed_vars(clause);
        let var = clause.terms.iter().filter_map(Term::var).find(|var| computed.contains(var))?;
        let head = &self.program.relations[clause.head].name;
        let message = format!(
            "`{}` is computed and feeds `{head}`, which this rule reads: that might never end",
            clause.vars[var].name
        );
        Some(
            Problem::error("arithmetic-in-recursion", message)
                .at(clause.span, "")
                .help("count or sum over a relation that is complete, or take the value from one"),
        )
    }

    /// Relations that nothing reads or derives are probably mistakes.
    pub(super) fn warn_of_idle_relations(&mut self) {
        let mut read: BTreeSet<RelationId> = BTreeSet::new();
        for clause in &self.program.clauses {
            each_atom(clause, &mut |relation, _, _| {
                read.insert(relation);
            });
        }
        read.extend(self.said.iter().copied());
        let derived: BTreeSet<RelationId> =
            self.program.clauses.iter().map(|clause| clause.head).collect();
        let mut problems = Vec::new();
        for (id, relation) in self.program.relations.iter().enumerate() {
            let name = &relation.name;
            let reported = matches!(relation.role, Role::Violation(_) | Role::Examined(_));
            if !matches!(relation.role, Role::Derived) && !reported {
                continue;
            }
            if !derived.contains(&id) {
                let message = format!("no rule derives `{name}`");
                problems
                    .push(Problem::warning("underived-relation", message).at(relation.span, ""));
            } else if !reported && !read.contains(&id) {
                let message = format!("no rule and no label reads `{name}`");
                problems.push(Problem::warning("unread-relation", message).at(relation.span, ""));
            }
        }
        self.problems.append(&mut problems);
    }
}

fn each_atom(clause: &Clause, visit: &mut dyn FnMut(RelationId, bool, Span)) {
    for literal in &clause.body {
        literal.each_atom(&mut |atom, complete| visit(atom.relation, complete, atom.span));
    }
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
