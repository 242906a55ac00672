//! Checked program → plain Datalog for crepe: literals in an order in which everything is bound in
//! time, constants and parameters as one-row relations, aggregates as folds between blocks.

use super::ast::Compare;
use super::program::{
    Aggregate, Atom, Clause, Constant, Expr, Kind, Literal, Operation, ParamId, Program,
    RelationId, Role, Term, TestKind, Var, VarId,
};
use super::strata::components;
use crate::source::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Plain Datalog, cut into blocks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lowered {
    /// The program's relations, then the added ones.
    pub relations: Vec<LowRelation>,
    /// Rules without constants of unknown ids, without aggregates, in joining order. Not among what the build
    /// writes: a run needs the steps only.
    #[serde(skip)]
    pub clauses: Vec<Clause>,
    /// What is computed between blocks.
    pub folds: Vec<Fold>,
    /// What runs, in this order.
    pub steps: Vec<Step>,
}

/// A relation of the lowered program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LowRelation {
    /// For readers of what the build writes, and not there in a run; not unique.
    #[serde(skip)]
    pub name: String,
    /// Its columns' kinds.
    pub columns: Vec<Kind>,
    /// Where its rows come from.
    pub origin: Origin,
}

/// Where the rows of a lowered relation come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Origin {
    /// The relation of the program with the same id.
    Program,
    /// One row: the id of a text or an entity.
    Constant(Constant),
    /// One row: the value of a parameter.
    Param(ParamId),
    /// The texts that pass a test.
    Test(TestKind, String),
    /// Rules that lowering added.
    Added,
    /// A fold.
    Fold(usize),
}

/// An aggregate: for each row of `context`, what the rows of `assignments` that begin with it amount to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fold {
    /// What is computed.
    pub operation: Operation,
    /// The outer variables' assignments.
    pub context: RelationId,
    /// Outer, then inner variables.
    pub assignments: RelationId,
    /// The column of `assignments` that is summed or compared; 0 for a count.
    pub column: usize,
    /// The outer variables, then the result.
    pub result: RelationId,
}

/// What completes one relation, or some that read each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    /// Rules that run together.
    Block(Block),
    /// The relation `to` has some columns of the rows of `from`: its only rule says just that.
    Project(Projection),
    /// An index into [`Lowered::folds`].
    Fold(usize),
}

/// Columns of a complete relation as the rows of another one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Projection {
    /// The relation that is complete.
    pub from: RelationId,
    /// Its columns that are taken, in this order.
    pub columns: Vec<usize>,
    /// The relation that gets them.
    pub to: RelationId,
}

/// The rules of a relation, or of some that read each other: they are compiled and run together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Block {
    /// For readers of what the build writes, and not there in a run; unique.
    #[serde(skip)]
    pub name: String,
    /// Relations that are read and come from elsewhere, ascending.
    pub inputs: Vec<RelationId>,
    /// Relations that the block derives, ascending.
    pub outputs: Vec<RelationId>,
    /// Indices into [`Lowered::clauses`], where they are.
    #[serde(skip)]
    pub clauses: Vec<usize>,
}

impl Lowered {
    /// Which steps read one of `changed`, directly or through other steps.
    pub fn steps_after(&self, changed: &BTreeSet<RelationId>) -> Vec<bool> {
        let mut changed = changed.clone();
        let mut affected = Vec::new();
        for step in &self.steps {
            affected.push(self.with_ends(step, |inputs, outputs| {
                let reads = inputs.iter().any(|input| changed.contains(input));
                if reads {
                    changed.extend(outputs);
                }
                reads
            }));
        }
        affected
    }

    /// Which steps must run so that the relations in `needed` are complete; what those steps read and
    /// derive is added to `needed`.
    pub fn steps_for(&self, needed: &mut BTreeSet<RelationId>) -> Vec<bool> {
        let mut is_needed = vec![false; self.relations.len()];
        needed.iter().for_each(|&relation| is_needed[relation] = true);
        let mut wanted = vec![false; self.steps.len()];
        for (step, wanted) in self.steps.iter().zip(&mut wanted).rev() {
            *wanted = self.with_ends(step, |inputs, outputs| {
                let is_wanted = outputs.iter().any(|&output| is_needed[output]);
                if is_wanted {
                    inputs.iter().chain(outputs).for_each(|&end| is_needed[end] = true);
                }
                is_wanted
            });
        }
        needed.extend((0..is_needed.len()).filter(|&relation| is_needed[relation]));
        wanted
    }

    /// Calls `visit` with what a step reads, and with what it completes.
    fn with_ends<R>(
        &self,
        step: &Step,
        visit: impl FnOnce(&[RelationId], &[RelationId]) -> R,
    ) -> R {
        match step {
            Step::Block(block) => visit(&block.inputs, &block.outputs),
            Step::Project(Projection { from, to, .. }) => visit(&[*from], &[*to]),
            Step::Fold(fold) => {
                let Fold { context, assignments, result, .. } = self.folds[*fold];
                visit(&[context, assignments], &[result])
            }
        }
    }
}

/// Lowers a program.
pub fn lower(program: &Program) -> Lowered {
    let relations = program.relations.iter().map(|relation| LowRelation {
        name: relation.name.clone(),
        columns: relation.columns.iter().map(|column| column.kind).collect(),
        origin: Origin::Program,
    });
    let mut lowering = Lowering {
        program,
        relations: relations.collect(),
        clauses: Vec::new(),
        folds: Vec::new(),
        added: BTreeMap::new(),
    };
    for clause in program.clauses.iter() {
        lowering.clause(clause.clone());
    }
    let steps = lowering.steps();
    let Lowering { relations, clauses, folds, .. } = lowering;
    Lowered { relations, clauses, folds, steps }
}

struct Lowering<'p> {
    program: &'p Program,
    relations: Vec<LowRelation>,
    clauses: Vec<Clause>,
    folds: Vec<Fold>,
    /// One-row relations and tests that exist already.
    added: BTreeMap<Origin, RelationId>,
}

impl Lowering<'_> {
    fn clause(&mut self, mut clause: Clause) {
        while let Some(at) = next_aggregate(&clause.body) {
            let Literal::Aggregate(aggregate) = clause.body.remove(at) else { return };
            let atom = self.aggregate(&clause, aggregate);
            clause.body.push(Literal::Atom(atom));
        }
        let mut names = Names { lowering: self, vars: BTreeMap::new(), atoms: Vec::new() };
        clause.body = names.body(clause.body, &mut clause.vars);
        clause.terms = clause
            .terms
            .into_iter()
            .map(|term| names.term(term, &mut clause.vars, clause.span))
            .collect();
        let constants = std::mem::take(&mut names.atoms);
        clause.body.splice(0..0, constants);
        join_equal(&mut clause);
        clause.body = self.plan(split_repeated(clause.body, &mut clause.vars));
        self.clauses.push(clause);
    }

    /// Adds the rules and the fold of an aggregate; the atom that reads its result.
    fn aggregate(&mut self, clause: &Clause, mut aggregate: Aggregate) -> Atom {
        let mut vars = clause.vars.clone();
        let of = self.of_var(&mut aggregate, &mut vars);
        let kinds = |ids: &[VarId]| ids.iter().map(|&var| vars[var].kind).collect::<Vec<_>>();
        let terms = |ids: &[VarId]| ids.iter().map(|&var| Term::Var(var)).collect::<Vec<_>>();
        let span = aggregate.span;
        let all: Vec<VarId> = aggregate.outer.iter().chain(&aggregate.inner).copied().collect();
        let mut result_columns = kinds(&aggregate.outer);
        result_columns.push(clause.vars[aggregate.var].kind);

        let context = self.add("Context", kinds(&aggregate.outer), Origin::Added);
        let assignments = self.add("Assignments", kinds(&all), Origin::Added);
        let fold = self.folds.len();
        let result = self.add("Aggregate", result_columns, Origin::Fold(fold));
        let column = of.and_then(|var| all.iter().position(|&other| other == var)).unwrap_or(0);
        let operation = aggregate.operation;
        self.folds.push(Fold { operation, context, assignments, column, result });

        let body = context_body(&clause.body);
        let atom = |relation, terms| Atom { relation, terms, negated: false, span };
        self.clause(Clause {
            head: context,
            terms: terms(&aggregate.outer),
            body,
            vars: vars.clone(),
            span,
        });
        let mut inside = vec![Literal::Atom(atom(context, terms(&aggregate.outer)))];
        inside.extend(aggregate.body);
        self.clause(Clause { head: assignments, terms: terms(&all), body: inside, vars, span });

        let mut read = terms(&aggregate.outer);
        read.push(Term::Var(aggregate.var));
        atom(result, read)
    }

    /// The variable that is summed or compared; a constant becomes one.
    fn of_var(&self, aggregate: &mut Aggregate, vars: &mut Vec<Var>) -> Option<VarId> {
        let value = match &aggregate.of {
            Term::Any => return None,
            Term::Var(var) => return Some(*var),
            constant => constant.clone(),
        };
        let kind = vars[aggregate.var].kind;
        vars.push(Var { name: "constant".to_owned(), kind });
        let var = vars.len() - 1;
        let span = aggregate.span;
        aggregate.body.push(Literal::Let { var, value: Expr::Term(value), span });
        aggregate.inner.push(var);
        Some(var)
    }

    fn add(&mut self, name: &str, columns: Vec<Kind>, origin: Origin) -> RelationId {
        let name = name.to_owned();
        self.relations.push(LowRelation { name, columns, origin });
        self.relations.len() - 1
    }

    /// The one-row relation or the test, made once.
    fn add_once(&mut self, name: &str, kind: Kind, origin: Origin) -> RelationId {
        if let Some(&relation) = self.added.get(&origin) {
            return relation;
        }
        let relation = self.add(name, vec![kind], origin.clone());
        self.added.insert(origin, relation);
        relation
    }

    /// Puts literals into an order in which conditions come as soon as their variables are bound and
    /// atoms with bound arguments come first; what is equal keeps the order of the text.
    fn plan(&self, mut body: Vec<Literal>) -> Vec<Literal> {
        let mut bound: BTreeSet<VarId> = BTreeSet::new();
        // An aggregate's result may mention what a `let` binds, but must not bind it before: crepe's `let`
        // would bind it anew instead of comparing.
        let mut lets: BTreeSet<VarId> = body.iter().filter_map(let_var).collect();
        let mut planned = Vec::new();
        while !body.is_empty() {
            let scores = body.iter().map(|literal| {
                if waits_for(literal, &lets) { 0 } else { self.score(literal, &bound) }
            });
            let best = scores.enumerate().max_by_key(|(at, score)| (*score, usize::MAX - at));
            let literal = body.remove(best.map_or(0, |(at, _)| at));
            match &literal {
                Literal::Atom(atom) if !atom.negated => {
                    bound.extend(atom.terms.iter().filter_map(Term::var));
                }
                Literal::Let { var, .. } => {
                    bound.insert(*var);
                    lets.remove(var);
                }
                _ => {}
            }
            planned.push(literal);
        }
        planned
    }

    /// How soon a literal should come; 0: not yet.
    fn score(&self, literal: &Literal, bound: &BTreeSet<VarId>) -> usize {
        let mut ready = true;
        literal.each_read(&mut |var| ready &= bound.contains(&var));
        let Literal::Atom(atom) = literal else { return if ready { 1000 } else { 0 } };
        if atom.negated {
            return if ready { 900 } else { 0 };
        }
        let is_bound = |term: &Term| match term {
            Term::Var(var) => bound.contains(var),
            Term::Constant(_) | Term::Param(_) => true,
            Term::Any => false,
        };
        let known = atom.terms.iter().filter(|term| is_bound(term)).count();
        let one_row =
            matches!(self.relations[atom.relation].origin, Origin::Constant(_) | Origin::Param(_));
        let functional = atom.relation < self.program.relations.len()
            && matches!(self.program.relations[atom.relation].role, Role::Key { .. })
            && atom.terms.first().is_some_and(is_bound);
        match (one_row, known == atom.terms.len(), functional) {
            (true, ..) => 800,
            (_, true, _) => 700,
            (_, _, true) => 600,
            _ => 1 + known,
        }
    }
}

/// The variable that a `let` binds.
fn let_var(literal: &Literal) -> Option<VarId> {
    match literal {
        Literal::Let { var, .. } => Some(*var),
        _ => None,
    }
}

/// Whether a literal, not a `let` itself, mentions one of the variables that a `let` has yet to bind.
fn waits_for(literal: &Literal, lets: &BTreeSet<VarId>) -> bool {
    let mut waits = false;
    literal.each_var(&mut |var| waits |= lets.contains(&var));
    waits && let_var(literal).is_none()
}

/// The aggregate whose outer variables need no other aggregate.
fn next_aggregate(body: &[Literal]) -> Option<usize> {
    let is_aggregate = |literal: &Literal| matches!(literal, Literal::Aggregate(_));
    let results: BTreeSet<VarId> = body
        .iter()
        .filter_map(|literal| match literal {
            Literal::Aggregate(aggregate) => Some(aggregate.var),
            _ => None,
        })
        .collect();
    let bound = super::check::bound_by(&context_body(body), &BTreeSet::new());
    let ready = |literal: &Literal| {
        let mut ready = is_aggregate(literal);
        literal.each_read(&mut |var| ready &= bound.contains(&var) && !results.contains(&var));
        ready
    };
    body.iter().position(ready).or_else(|| body.iter().position(is_aggregate))
}

/// The literals that can be judged without any aggregate.
fn context_body(body: &[Literal]) -> Vec<Literal> {
    let plain: Vec<Literal> =
        body.iter().filter(|literal| !matches!(literal, Literal::Aggregate(_))).cloned().collect();
    let bound = super::check::bound_by(&plain, &BTreeSet::new());
    let judged = |literal: &Literal| {
        let mut ready = true;
        literal.each_read(&mut |var| ready &= bound.contains(&var));
        ready
    };
    plain.into_iter().filter(judged).collect()
}

/// Turns constants of unknown id, parameters and tests into atoms.
struct Names<'l, 'p> {
    lowering: &'l mut Lowering<'p>,
    /// The variable that holds a constant or a parameter.
    vars: BTreeMap<Origin, VarId>,
    /// Atoms that bind those variables.
    atoms: Vec<Literal>,
}

impl Names<'_, '_> {
    fn body(&mut self, body: Vec<Literal>, vars: &mut Vec<Var>) -> Vec<Literal> {
        body.into_iter().map(|literal| self.literal(literal, vars)).collect()
    }

    fn literal(&mut self, literal: Literal, vars: &mut Vec<Var>) -> Literal {
        match literal {
            Literal::Atom(atom) => {
                let Atom { relation, terms, negated, span } = atom;
                let terms = terms.into_iter().map(|term| self.term(term, vars, span)).collect();
                Literal::Atom(Atom { relation, terms, negated, span })
            }
            Literal::Compare { compare, left, right, span } => {
                let left = self.expr(left, vars, span);
                let right = self.expr(right, vars, span);
                Literal::Compare { compare, left, right, span }
            }
            Literal::Test(test) => {
                let origin = Origin::Test(test.kind, test.pattern);
                let relation = self.lowering.add_once("Test", Kind::Text, origin);
                let terms = vec![self.term(test.subject, vars, test.span)];
                Literal::Atom(Atom { relation, terms, negated: test.negated, span: test.span })
            }
            Literal::Let { var, value, span } => {
                let value = self.expr(value, vars, span);
                Literal::Let { var, value, span }
            }
            aggregate @ Literal::Aggregate(_) => aggregate,
        }
    }

    fn expr(&mut self, expr: Expr, vars: &mut Vec<Var>, span: Span) -> Expr {
        match expr {
            Expr::Term(term) => Expr::Term(self.term(term, vars, span)),
            Expr::Binary(operator, left, right) => {
                let left = Box::new(self.expr(*left, vars, span));
                let right = Box::new(self.expr(*right, vars, span));
                Expr::Binary(operator, left, right)
            }
        }
    }

    fn term(&mut self, term: Term, vars: &mut Vec<Var>, span: Span) -> Term {
        let (origin, kind, name) = match term {
            Term::Constant(constant) if constant.is_name() => {
                let kind = match &constant {
                    Constant::Entity(kind, _) => *kind,
                    _ => Kind::Text,
                };
                (Origin::Constant(constant), kind, "Constant")
            }
            Term::Param(param) => {
                (Origin::Param(param), self.lowering.program.params[param].kind, "Param")
            }
            other => return other,
        };
        if let Some(&var) = self.vars.get(&origin) {
            return Term::Var(var);
        }
        let relation = self.lowering.add_once(name, kind, origin.clone());
        vars.push(Var { name: name.to_lowercase(), kind });
        let var = vars.len() - 1;
        self.vars.insert(origin, var);
        let terms = vec![Term::Var(var)];
        self.atoms.push(Literal::Atom(Atom { relation, terms, negated: false, span }));
        Term::Var(var)
    }
}

/// `(p.version == q.version)`: two variables that atoms bind and that must be equal become one, so
/// that the atoms join on it instead of trying all rows. What a `let` binds is none of these, though an
/// aggregate's result mentions it in an atom.
fn join_equal(clause: &mut Clause) {
    let lets: BTreeSet<VarId> = clause.body.iter().filter_map(let_var).collect();
    let in_atoms: BTreeSet<VarId> = clause
        .body
        .iter()
        .filter_map(|literal| match literal {
            Literal::Atom(atom) if !atom.negated => Some(atom),
            _ => None,
        })
        .flat_map(|atom| atom.terms.iter().filter_map(Term::var))
        .filter(|var| !lets.contains(var))
        .collect();
    while let Some((at, kept, dropped)) = equal_pair(&clause.body, &in_atoms) {
        clause.body.remove(at);
        let rename = |term: &mut Term| {
            if *term == Term::Var(dropped) {
                *term = Term::Var(kept);
            }
        };
        clause.terms.iter_mut().for_each(rename);
        for literal in &mut clause.body {
            rename_in(literal, &rename);
        }
    }
}

fn equal_pair(body: &[Literal], in_atoms: &BTreeSet<VarId>) -> Option<(usize, VarId, VarId)> {
    body.iter().enumerate().find_map(|(at, literal)| match literal {
        Literal::Compare {
            compare: Compare::Equal,
            left: Expr::Term(Term::Var(left)),
            right: Expr::Term(Term::Var(right)),
            ..
        } if in_atoms.contains(left) && in_atoms.contains(right) => Some((at, *left, *right)),
        _ => None,
    })
}

fn rename_in(literal: &mut Literal, rename: &dyn Fn(&mut Term)) {
    match literal {
        Literal::Atom(atom) => atom.terms.iter_mut().for_each(rename),
        Literal::Compare { left, right, .. } => {
            rename_in_expr(left, rename);
            rename_in_expr(right, rename);
        }
        Literal::Let { value, .. } => rename_in_expr(value, rename),
        // Lowering has turned both into atoms.
        Literal::Test(_) | Literal::Aggregate(_) => {}
    }
}

fn rename_in_expr(expr: &mut Expr, rename: &dyn Fn(&mut Term)) {
    match expr {
        Expr::Term(term) => rename(term),
        Expr::Binary(_, left, right) => {
            rename_in_expr(left, rename);
            rename_in_expr(right, rename);
        }
    }
}

/// `Rel(x, x)` does not compile where `x` is new: the second one becomes a variable of its own that
/// is compared.
fn split_repeated(body: Vec<Literal>, vars: &mut Vec<Var>) -> Vec<Literal> {
    let mut split = Vec::new();
    for literal in body {
        let Literal::Atom(mut atom) = literal else {
            split.push(literal);
            continue;
        };
        let span = atom.span;
        let mut seen = BTreeSet::new();
        let mut compares = Vec::new();
        for term in atom.terms.iter_mut().filter(|_| !atom.negated) {
            let Term::Var(var) = *term else { continue };
            if seen.insert(var) {
                continue;
            }
            vars.push(vars[var].clone());
            let copy = Term::Var(vars.len() - 1);
            compares.push(Literal::Compare {
                compare: Compare::Equal,
                left: Expr::Term(Term::Var(var)),
                right: Expr::Term(copy.clone()),
                span,
            });
            *term = copy;
        }
        split.push(Literal::Atom(atom));
        split.extend(compares);
    }
    split
}

// Steps.
impl Lowering<'_> {
    /// One step for each component of relations that read each other, after the steps of what it reads.
    fn steps(&self) -> Vec<Step> {
        let mut edges = vec![Vec::new(); self.relations.len()];
        let mut clauses: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for clause in &self.clauses {
            edges[clause.head].extend(reads(clause));
        }
        for fold in &self.folds {
            edges[fold.result].extend([fold.context, fold.assignments]);
        }
        let component = components(&edges);
        for (at, clause) in self.clauses.iter().enumerate() {
            clauses.entry(component[clause.head]).or_default().push(at);
        }
        let mut steps: BTreeMap<usize, Step> =
            clauses.into_iter().map(|(own, clauses)| (own, self.step(clauses))).collect();
        for (at, fold) in self.folds.iter().enumerate() {
            steps.insert(component[fold.result], Step::Fold(at));
        }
        steps.into_values().collect()
    }

    /// The step that these rules are, all those of their heads.
    fn step(&self, clauses: Vec<usize>) -> Step {
        if let [only] = clauses[..]
            && let Some(projection) = projection(&self.clauses[only])
        {
            return Step::Project(projection);
        }
        let outputs: BTreeSet<RelationId> =
            clauses.iter().map(|&at| self.clauses[at].head).collect();
        let inputs: BTreeSet<RelationId> =
            clauses.iter().flat_map(|&at| reads(&self.clauses[at])).collect();
        let name = outputs.first().map(|&first| format!("{}_{first}", self.relations[first].name));
        Step::Block(Block {
            name: name.unwrap_or_default(),
            inputs: inputs.difference(&outputs).copied().collect(),
            outputs: outputs.into_iter().collect(),
            clauses,
        })
    }
}

/// The relations that the body of a rule reads.
fn reads(clause: &Clause) -> Vec<RelationId> {
    let mut read = Vec::new();
    for literal in &clause.body {
        literal.each_atom(&mut |atom, _| read.push(atom.relation));
    }
    read
}

/// What a rule takes of one relation, where that is all that it says.
fn projection(clause: &Clause) -> Option<Projection> {
    let [Literal::Atom(atom)] = &clause.body[..] else { return None };
    let is_plain = |term: &Term| matches!(term, Term::Var(_) | Term::Any);
    let vars: Vec<VarId> = atom.terms.iter().filter_map(Term::var).collect();
    let distinct: BTreeSet<VarId> = vars.iter().copied().collect();
    let is_projection = atom.terms.iter().all(is_plain) && distinct.len() == vars.len();
    if !is_projection || atom.negated || atom.relation == clause.head {
        return None;
    }
    let column = |term: &Term| {
        let var = term.var()?;
        atom.terms.iter().position(|own| own.var() == Some(var))
    };
    let columns = clause.terms.iter().map(column).collect::<Option<Vec<usize>>>()?;
    Some(Projection { from: atom.relation, columns, to: clause.head })
}
