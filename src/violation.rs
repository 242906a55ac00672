//! Tuples → violations as people read them: message, labelled places, notes, help.

use crate::Options;
use crate::atom::{Atom, Subject};
use crate::datalog::program::{
    Anchor, EntityId, KeyFix, Kind, Literal, Part, Program, Say, Template, Term, Var, Violation,
};
use crate::escape::{escape, toml_string};
use crate::eval::{Binding, Limits, Search};
use crate::facts::{Cell, Facts};
use crate::fix::{Change, Fix};
use crate::print::{Names, Printer, enumerate};
use crate::proof::{Prover, Size, Teller, Told};
use crate::rules::RuleSet;
use crate::source::{Label, Problem, Severity, Sources, Span};
use crate::spelling::nearest;
use crate::suppression::Suppression;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// A violation as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// `rule:subject`, and more arguments where the rule has them; names in full.
    pub id: String,
    /// The row that it is.
    pub atom: Atom,
    /// What it is about: the atom's first argument.
    pub subject: Subject,
    /// How grave.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where; the first one is where a person would edit. Empty where the rule's facts have no place.
    pub labels: Vec<Label>,
    /// The law and its consequence.
    pub notes: Vec<String>,
    /// What to do.
    pub helps: Vec<String>,
    /// Documents that say so.
    pub sources: Vec<String>,
    /// What mends it, the best first.
    pub fixes: Vec<Fix>,
    /// The shortest id by which `lynt explain` finds it; empty where there is nothing to explain.
    pub handle: String,
    /// Why it is so, where that was asked for.
    pub proof: Option<Told>,
    /// What hides it; None: it is open.
    pub suppression: Option<Suppression>,
}

/// Sorts by file, place, rule and id; findings without a place come last.
pub fn sort(findings: &mut [Finding]) {
    let place = |finding: &Finding| {
        let place = finding.labels.first().map(|label| (label.span.file, label.span.start));
        (place.is_none(), place)
    };
    findings.sort_by(|one, other| {
        place(one)
            .cmp(&place(other))
            .then_with(|| one.rule.cmp(&other.rule))
            .then_with(|| one.id.cmp(&other.id))
    });
}

/// How many places one label may point at.
const MOST_PLACES: usize = 10;

/// How many names a list in a message shows.
const MOST_NAMES: usize = 10;

/// How many names are compared in search of suggestions, all findings of a rule together: a large
/// topology with many misspelt names must not take minutes.
const MOST_COMPARED: usize = 1_000_000;

/// What was found, and what the rules looked at.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// Sorted by file, place and rule.
    pub findings: Vec<Finding>,
    /// For each selected rule how many distinct subjects it looked at, sorted by rule.
    pub examined: Vec<(String, usize)>,
    /// What all of them looked at together: what one of a kind is called, and how many.
    pub population: Vec<(String, usize)>,
}

/// What becomes of one user group in a simulation.
#[derive(Clone, Debug)]
pub struct Became {
    /// The group's id.
    pub group: Cell,
    /// Its mode, a value of the enum `Mode`.
    pub mode: u32,
    /// Why.
    pub why: Finding,
}

/// Turns the tuples of outcomes into what becomes of user groups, sorted by group.
pub fn outcomes(program: &Program, facts: &Facts) -> Vec<Became> {
    let explainer = Explainer::new(program, facts, Limits::default(), Size::default());
    let mut all = Vec::new();
    for outcome in &program.violations {
        let Some(mode) = outcome.mode else { continue };
        let table = facts.store.table(outcome.relation);
        for row in 0..table.rows {
            let row = table.row(row);
            let why = explainer.finding(outcome, &row, &mut 0);
            all.push(Became { group: row[0], mode, why });
        }
    }
    all.sort_by(|one, other| (one.group, &one.why.id).cmp(&(other.group, &other.why.id)));
    all
}

/// Turns the tuples of the selected violations into findings.
///
/// # Errors
/// A limit was reached while a rule's texts looked something up.
pub fn explain(set: &RuleSet, facts: &Facts, options: &Options<'_>) -> Result<Explained, Problem> {
    let Options { selected, limits, proofs, .. } = options;
    let program = &set.program;
    let explainer = Explainer::new(program, facts, *limits, proofs.unwrap_or_default());
    let mut teller = explainer.teller(&set.sources);
    let teller = proofs.map(|_| &mut teller);
    let mut explained = Explained::default();
    let mut looked_at = vec![false; facts.names.entities.len()];
    let rules = program.violations.iter().filter(|violation| violation.is_rule());
    for violation in rules.filter(|violation| selected(violation)) {
        let table = facts.store.table(violation.examined);
        explained.examined.push((violation.id.clone(), table.rows));
        if program.relations[violation.examined].columns[0].kind.is_entity() {
            for &id in facts.store.ids(violation.examined, 0) {
                // A rule may name an entity that the topology does not have.
                if let Some(looked_at) = looked_at.get_mut(id as usize) {
                    *looked_at = true;
                }
            }
        }
        explained.findings.extend(explainer.findings(violation, teller.as_deref()));
        if let Some(limit) = explainer.prover.solver().reached() {
            let most = limits.describe(limit);
            let message = format!("limit reached in the texts of rule `{}`: {most}", violation.id);
            return Err(Problem::error("limit-reached", message));
        }
    }
    explained.examined.sort();
    explained.population = population(program, facts, &looked_at);
    sort(&mut explained.findings);
    Ok(explained)
}

fn population(program: &Program, facts: &Facts, looked_at: &[bool]) -> Vec<(String, usize)> {
    let mut counts = vec![0; program.entities.len()];
    for (named, _) in
        facts.names.entities.iter().zip(looked_at).filter(|(_, looked_at)| **looked_at)
    {
        counts[named.kind] += 1;
    }
    let nouns = program.entities.iter().map(|entity| entity.noun.clone());
    nouns.zip(counts).filter(|(_, count)| *count > 0).collect()
}

fn entities_by_kind(program: &Program, facts: &Facts) -> Vec<Vec<usize>> {
    let mut by_kind = vec![Vec::new(); program.entities.len()];
    for (at, named) in facts.names.entities.iter().enumerate() {
        by_kind[named.kind].push(at);
    }
    by_kind
}

struct Explainer<'a> {
    program: &'a Program,
    facts: &'a Facts,
    prover: Prover<'a>,
    printer: Printer<'a>,
    /// Entities by kind, for suggestions; sorted when first needed.
    by_kind: OnceCell<Vec<Vec<usize>>>,
}

impl<'a> Explainer<'a> {
    fn new(program: &'a Program, facts: &'a Facts, limits: Limits, size: Size) -> Self {
        let prover = Prover::new(program, facts, limits, size);
        let printer = Printer::new(program, facts);
        Self { program, facts, prover, printer, by_kind: OnceCell::new() }
    }

    fn teller<'t>(&'t self, rule_sources: &'t Sources) -> Teller<'t, 'a> {
        Teller::new(&self.prover, &self.printer, rule_sources)
    }

    fn findings(&self, violation: &'a Violation, teller: Option<&Teller>) -> Vec<Finding> {
        let table = self.facts.store.table(violation.relation);
        let rows: Vec<Vec<Cell>> = (0..table.rows).map(|row| table.row(row)).collect();
        let mut budget = MOST_COMPARED;
        let mut findings = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let mut finding = self.finding(violation, row, &mut budget);
            // Rows are sorted: those of one subject are neighbours.
            let beside = [at.wrapping_sub(1), at + 1].map(|other| rows.get(other));
            let alone = beside.iter().flatten().all(|other| other[0] != row[0]);
            finding.handle = self.handle(violation, row, if alone { 1 } else { row.len() });
            finding.proof = teller
                .and_then(|teller| Some(teller.tell(&self.prover.prove(violation.relation, row)?)));
            findings.push(finding);
        }
        findings
    }

    /// `rule:subject`, with the first `arguments` of the row.
    fn handle(&self, violation: &Violation, row: &[Cell], arguments: usize) -> String {
        let columns = &self.program.relations[violation.relation].columns;
        let words: Vec<String> = columns
            .iter()
            .zip(row)
            .take(arguments)
            .map(|(column, &cell)| self.printer.word_for(column.kind, cell, Names::Short))
            .collect();
        format!("{}:{}", violation.id, words.join(","))
    }

    fn finding(&self, violation: &'a Violation, row: &[Cell], budget: &mut usize) -> Finding {
        let columns = &self.program.relations[violation.relation].columns;
        let arguments: Vec<String> = columns
            .iter()
            .zip(row)
            .map(|(c, &cell)| self.printer.value(c.kind, cell, Names::Full))
            .collect();
        let mut labels: Vec<Label> = Vec::new();
        for say in &violation.telling.labels {
            labels.extend(self.labels(say, row));
        }
        if labels.is_empty() {
            labels.extend(self.subject_label(columns[0].kind, row));
        }
        let mut helps = self.says(&violation.telling.helps, row, Names::Full);
        let mut fixes = self.key_fixes(violation, row);
        for &(column, kind) in &violation.telling.suggest {
            if let Some((name, place)) = self.suggestion(row[column], kind, budget) {
                helps.insert(0, format!("did you mean `{}`?", escape(name)));
                fixes.extend(self.name_fix(row[column], kind, name, labels.first()));
                labels.push(Label { span: place, text: "did you mean this one?".to_owned() });
                break;
            }
        }
        dedup_labels(&mut labels);
        Finding {
            rule: violation.id.clone(),
            id: format!("{}:{}", violation.id, arguments.join(",")),
            atom: Atom::of(self.program, &self.printer, violation, row),
            subject: self.subject(columns[0].kind, row[0]),
            severity: violation.severity,
            message: self
                .says(std::slice::from_ref(&violation.telling.message), row, Names::Full)
                .concat(),
            labels,
            notes: self.says(&violation.telling.notes, row, Names::Short),
            helps,
            sources: violation.docs.sources.clone(),
            fixes,
            handle: String::new(),
            proof: None,
            suppression: None,
        }
    }

    fn subject(&self, kind: Kind, cell: Cell) -> Subject {
        Subject::of(self.program, self.facts, &self.printer, kind, cell)
    }

    /// The fixes whose conditions hold and that find a place.
    fn key_fixes(&self, violation: &'a Violation, row: &[Cell]) -> Vec<Fix> {
        violation.telling.fixes.iter().filter_map(|fix| self.key_fix(fix, row)).collect()
    }

    fn key_fix(&self, fix: &'a KeyFix, row: &[Cell]) -> Option<Fix> {
        let mut binding: Binding = vec![None; fix.vars.len().max(row.len())];
        row.iter().enumerate().for_each(|(column, &cell)| binding[column] = Some(cell));
        let mut found = None;
        self.prover.solver().solve(&fix.body, &binding, &mut |satisfied| {
            found = Some(satisfied.clone());
            Search::Stop
        });
        let found = found?;
        let value = self.prover.solver().term(&fix.value, &found)?;
        let text = self.toml(fix.kind, value);
        let subject = found[fix.subject]?;
        let change = match self.values_of(subject, fix).as_slice() {
            [] => Change::Add { name: self.entity_place(subject)?, key: fix.path.clone(), text },
            [place] => Change::Replace { value: *place, was: None, text },
            // An array: which of its names should go, nobody knows.
            _ => return None,
        };
        let title = self.text(&fix.text, &fix.vars, &found, Names::Full);
        Some(Fix { title, is_safe: fix.is_safe, changes: vec![change] })
    }

    /// Where the values of an entity's key stand, those that name nothing too.
    fn values_of(&self, subject: Cell, fix: &KeyFix) -> Vec<Span> {
        let rows = fix.relations.iter().flat_map(|&relation| {
            let columns = self.program.relations[relation].columns.len();
            let mut cells = vec![None; columns];
            cells[0] = Some(subject);
            let rows = self.prover.solver().rows(relation, &cells);
            rows.into_iter().filter_map(move |row| self.facts.place(relation, row))
        });
        let mut places: Vec<Span> = rows.collect();
        if let (Some(unresolved), Some(key)) =
            (self.program.unresolved, self.facts.names.text(&fix.path))
        {
            let cells = [Some(subject), Some(Cell::from(key)), None];
            let rows = self.prover.solver().rows(unresolved, &cells).into_iter();
            places.extend(rows.filter_map(|row| self.facts.place(unresolved, row)));
        }
        places.sort();
        places.dedup();
        places
    }

    /// A value as TOML has it.
    fn toml(&self, kind: Kind, cell: Cell) -> String {
        match kind {
            Kind::Int | Kind::Unit(_) => cell.to_string(),
            Kind::Bool => self.printer.word(kind, cell).to_owned(),
            _ => toml_string(self.printer.word(kind, cell)),
        }
    }

    /// The misspelt name becomes the only one that is near enough to be meant.
    fn name_fix(
        &self,
        text: Cell,
        kind: EntityId,
        near: &str,
        label: Option<&Label>,
    ) -> Option<Fix> {
        let name = self.facts.names.written.get(usize::try_from(text).ok()?)?;
        let by_kind = self.by_kind.get()?;
        let others = by_kind[kind].iter().map(|&at| self.facts.names.entities[at].name.as_str());
        if nearest(name, others.filter(|other| *other != near)).is_some() {
            return None;
        }
        let change = Change::Replace {
            value: label?.span,
            was: Some(name.clone()),
            text: toml_string(near),
        };
        let title = format!("write `{}`", escape(near));
        Some(Fix { title, is_safe: true, changes: vec![change] })
    }

    /// Where no label matches: the subject's name.
    fn subject_label(&self, kind: Kind, row: &[Cell]) -> Option<Label> {
        let place = self.entity_place(*row.first()?).filter(|_| kind.is_entity())?;
        Some(Label { span: place, text: String::new() })
    }

    fn entity_place(&self, id: Cell) -> Option<Span> {
        let named = self.facts.names.entities.get(usize::try_from(id).ok()?)?;
        Some(named.place)
    }

    /// The name nearest to a misspelt one, and its place.
    fn suggestion(&self, text: Cell, kind: EntityId, budget: &mut usize) -> Option<(&str, Span)> {
        let name = self.facts.names.written.get(usize::try_from(text).ok()?)?;
        let by_kind = self.by_kind.get_or_init(|| entities_by_kind(self.program, self.facts));
        let of_kind = || by_kind[kind].iter().map(|&at| &self.facts.names.entities[at]);
        *budget = budget.checked_sub(by_kind[kind].len())?;
        let near = nearest(name, of_kind().map(|named| named.name.as_str()))?;
        let place = of_kind().find(|named| named.name == near)?.place;
        Some((near, place))
    }

    fn binding(say: &Say, row: &[Cell]) -> Binding {
        let mut binding = vec![None; say.vars.len().max(row.len())];
        row.iter().enumerate().for_each(|(column, &cell)| binding[column] = Some(cell));
        binding
    }

    fn matches(&self, say: &'a Say, row: &[Cell]) -> Vec<Binding> {
        let mut matches = Vec::new();
        self.prover.solver().solve(&say.body, &Self::binding(say, row), &mut |found| {
            matches.push(found.clone());
            if matches.len() < MOST_PLACES { Search::Continue } else { Search::Stop }
        });
        matches
    }

    fn labels(&self, say: &'a Say, row: &[Cell]) -> Vec<Label> {
        let mut labels = Vec::new();
        for found in self.matches(say, row) {
            let places = match say.anchor {
                Anchor::Nothing => Vec::new(),
                Anchor::Entity(var) => {
                    found[var].and_then(|id| self.entity_place(id)).into_iter().collect()
                }
                Anchor::Literal(at) => match &say.body[at] {
                    Literal::Atom(atom) => self.prover.solver().atom_places(atom, &found),
                    _ => Vec::new(),
                },
            };
            let text = self.text(&say.text, &say.vars, &found, Names::Short);
            labels.extend(places.into_iter().map(|span| Label { span, text: text.clone() }));
        }
        labels.sort_by_key(|label| label.span);
        labels.truncate(MOST_PLACES);
        match &say.otherwise {
            Some(otherwise) if labels.is_empty() => self.labels(otherwise, row),
            _ => labels,
        }
    }

    fn says(&self, says: &'a [Say], row: &[Cell], names: Names) -> Vec<String> {
        let mut texts = Vec::new();
        for say in says {
            let mut found: Vec<String> = self
                .matches(say, row)
                .iter()
                .map(|binding| self.text(&say.text, &say.vars, binding, names))
                .collect();
            found.sort();
            found.dedup();
            if let (true, Some(otherwise)) = (found.is_empty(), &say.otherwise) {
                found = self.says(std::slice::from_ref(otherwise), row, names);
            }
            texts.append(&mut found);
        }
        texts
    }

    /// What a rule says, with values in it that can't break its lines.
    fn text(
        &self,
        template: &'a Template,
        vars: &[Var],
        binding: &Binding,
        names: Names,
    ) -> String {
        let mut text = String::new();
        for part in &template.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Value { body, term } => {
                    let value = self.prover.solver().values(body, binding, term).into_iter().next();
                    match value {
                        Some(value) => {
                            let value = self.printer.value(self.kind(term, vars), value, names);
                            text.push_str(&escape(&value));
                        }
                        None => text.push_str("unknown"),
                    }
                }
                Part::Noun { body, term } => {
                    let entity =
                        self.prover.solver().values(body, binding, term).into_iter().next();
                    text.push_str(entity.map_or("entity", |entity| self.printer.noun(entity)));
                }
                Part::List { body, term } => {
                    let kind = self.kind(term, vars);
                    let values = self.prover.solver().values(body, binding, term);
                    let shown: Vec<String> = values
                        .iter()
                        .take(MOST_NAMES)
                        .map(|&value| escape(&self.printer.value(kind, value, names)).into_owned())
                        .collect();
                    text.push_str(&enumerate(&shown, values.len() - shown.len()));
                }
            }
        }
        text
    }

    fn kind(&self, term: &Term, vars: &[Var]) -> Kind {
        match term {
            Term::Var(var) => vars[*var].kind,
            Term::Param(param) => self.program.params[*param].kind,
            Term::Constant(_) | Term::Any => Kind::Int,
        }
    }
}

/// The same place is labelled once: the first text wins.
fn dedup_labels(labels: &mut Vec<Label>) {
    let mut seen = BTreeSet::new();
    labels.retain(|label| seen.insert(label.span));
}
