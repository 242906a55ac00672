//! Rules and their tests → literals that no test ever makes false: without one of these every test has
//! the same violations.

use super::literals::without_each;
use crate::datalog::program::{Literal, Program, RelationId, Violation};
use crate::eval::{Limits, derive};
use crate::facts::{Facts, Table};
use crate::rules::Rules;
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

/// A literal of a rule, as far as tests tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literals {
    /// The rule in the text.
    pub clause: Span,
    /// Its literals that no test makes false.
    pub idle: Vec<Span>,
    /// Those of which that can't be said: without them the rule means nothing.
    pub unjudged: Vec<Span>,
    /// The ids of the tested rules that read what the rule derives.
    pub rules: Vec<String>,
}

/// What the evaluation of a rule without one literal may cost: it may join what has nothing in common.
const LIMITS: Limits = Limits { rows: 200_000, steps: 5_000_000, bytes: 1 << 30, seconds: 10 };

/// A rule without one literal.
struct Mutant {
    /// The relation of the rule, and which of its rules.
    clause: (RelationId, usize),
    literal: Span,
    body: Option<Vec<Literal>>,
    /// Whether a test has other violations without the literal.
    is_noticed: bool,
    /// Whether a test was tried.
    is_tried: bool,
}

/// Leaves out one literal after the other.
pub(super) struct Mutants<'t> {
    /// One rule of which is another one for a moment.
    program: Program,
    sources: &'t Sources,
    /// The tested rules that are derived from a relation, by the relation.
    readers: BTreeMap<RelationId, Vec<&'t Violation>>,
    /// For each relation those that read it.
    read_by: BTreeMap<RelationId, BTreeSet<RelationId>>,
    mutants: Vec<Mutant>,
}

impl<'t> Mutants<'t> {
    /// The rules from which violations of `tested` rules are derived: custom ones, and if a shipped rule
    /// is tested also shipped ones.
    pub(super) fn new(rules: &'t Rules, tested: &[&'t Violation]) -> Self {
        let program = rules.set.program.clone();
        let (mut readers, mut read_by) = (BTreeMap::new(), BTreeMap::new());
        for clause in program.clauses.iter() {
            for relation in reads(&clause.body) {
                read_by.entry(relation).or_insert_with(BTreeSet::new).insert(clause.head);
            }
        }
        for &rule in tested {
            for relation in program.clauses.sources(BTreeSet::from([rule.relation]), 0) {
                readers.entry(relation).or_insert_with(Vec::new).push(rule);
            }
        }
        let mut mutants = Vec::new();
        let heads = readers.keys().flat_map(|&head| program.clauses.of(head).iter().enumerate());
        for (at, clause) in heads {
            let readers = readers.get(&clause.head).map_or(&[][..], Vec::as_slice);
            let is_custom = clause.span.file >= rules.first_custom;
            let is_tested = is_custom || readers.iter().any(|rule| !rules.is_custom(rule));
            if readers.is_empty() || !is_tested {
                continue;
            }
            mutants.extend(without_each(&program, clause).into_iter().map(|without| Mutant {
                clause: (clause.head, at),
                literal: without.span,
                body: without.body,
                is_noticed: false,
                is_tried: false,
            }));
        }
        Self { program, sources: &rules.set.sources, readers, read_by, mutants }
    }

    /// Tries one test, whose `facts` are complete: the violations of `rules` count.
    pub(super) fn try_on(&mut self, facts: &mut Facts, rules: &[&Violation]) {
        for at in 0..self.mutants.len() {
            let mutant = &self.mutants[at];
            let Some(body) = mutant.body.as_ref().filter(|_| !mutant.is_noticed) else { continue };
            let (head, clause) = mutant.clause;
            let mut body = body.clone();
            let answers = self.answers(head, rules);
            if answers.is_empty() {
                continue;
            }
            let affected = self.between(head, &answers);
            mem::swap(&mut self.program.clauses.of_mut(head)[clause].body, &mut body);
            let differs = differs(&self.program, facts, &affected, &answers);
            mem::swap(&mut self.program.clauses.of_mut(head)[clause].body, &mut body);
            self.mutants[at].is_noticed = differs.unwrap_or(false);
            self.mutants[at].is_tried |= differs.is_some();
            if differs.is_none() {
                self.mutants[at].body = None;
            }
        }
    }

    /// The violations among those of `rules` that are derived from `head`.
    fn answers(&self, head: RelationId, rules: &[&Violation]) -> Vec<RelationId> {
        let readers = self.readers.get(&head).into_iter().flatten();
        let counts = |rule: &&&Violation| rules.iter().any(|other| other.id == rule.id);
        readers.filter(counts).map(|rule| rule.relation).collect()
    }

    /// `head` and what is derived from it, as far as `answers` are derived from that.
    fn between(&self, head: RelationId, answers: &[RelationId]) -> BTreeSet<RelationId> {
        let mut after = BTreeSet::from([head]);
        let mut open = vec![head];
        while let Some(relation) = open.pop() {
            for &reader in self.read_by.get(&relation).into_iter().flatten() {
                if after.insert(reader) {
                    open.push(reader);
                }
            }
        }
        after.retain(|relation| {
            let mut readers = self.readers.get(relation).into_iter().flatten();
            readers.any(|rule| answers.contains(&rule.relation))
        });
        after
    }

    /// Per rule of the text what is known of its literals; rules of which all literals were false in some
    /// test are left out, and those that a rule reads whose tests `failed`.
    pub(super) fn literals(&self, failed: &BTreeSet<String>) -> Vec<Literals> {
        let mut all: BTreeMap<Span, Literals> = BTreeMap::new();
        for mutant in self.mutants.iter().filter(|mutant| !mutant.is_noticed) {
            let (head, clause) = mutant.clause;
            let clause = &self.program.clauses.of(head)[clause];
            let readers = self.readers.get(&clause.head).into_iter().flatten();
            let rules: Vec<String> = readers.map(|rule| rule.id.clone()).collect();
            if rules.iter().any(|rule| failed.contains(rule)) {
                continue;
            }
            let literals = all.entry(clause.span).or_insert_with(|| Literals {
                clause: clause.span,
                idle: Vec::new(),
                unjudged: Vec::new(),
                rules,
            });
            let span = self.whole(mutant.literal);
            match (&mutant.body, mutant.is_tried) {
                (Some(_), true) => literals.idle.push(span),
                (None, _) => literals.unjudged.push(span),
                (Some(_), false) => {}
            }
        }
        all.into_values().collect()
    }

    /// A literal with its parentheses and its `!`.
    fn whole(&self, literal: Span) -> Span {
        let text = &self.sources.file(literal.file).text;
        let (mut start, mut end) = (literal.start as usize, literal.end as usize);
        loop {
            let (before, after) = (text[..start].trim_end(), &text[end..]);
            let blanks = after.len() - after.trim_start().len();
            match (before.chars().next_back(), after.trim_start().starts_with(')')) {
                (Some('!'), _) => {}
                (Some('('), true) => end += blanks + 1,
                _ => return Span::new(literal.file, start..end),
            }
            start = before.len() - 1;
        }
    }
}

/// Whether `answers` are others once the `affected` relations are derived by `program`; None where that
/// costs too much. `facts` are in the end what they were.
fn differs(
    program: &Program,
    facts: &mut Facts,
    affected: &BTreeSet<RelationId>,
    answers: &[RelationId],
) -> Option<bool> {
    let known: Vec<(RelationId, Table)> =
        affected.iter().map(|&id| (id, mem::take(facts.store.table_mut(id)))).collect();
    let derived = derive(program, affected, facts, &LIMITS);
    let differs =
        known.iter().any(|(id, table)| answers.contains(id) && facts.store.table(*id) != table);
    known.into_iter().for_each(|(id, table)| facts.store.put_table(id, table));
    derived.ok().map(|()| differs)
}

fn reads(body: &[Literal]) -> BTreeSet<RelationId> {
    let mut relations = BTreeSet::new();
    for literal in body {
        literal.each_atom(&mut |atom, _| {
            relations.insert(atom.relation);
        });
    }
    relations
}
