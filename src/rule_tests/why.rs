//! A difference between findings and marks → why it is so.

use super::judge::PlacedMark;
use super::{Difference, Near};
use crate::datalog::program::{Kind, Violation};
use crate::eval::Limits;
use crate::facts::{Cell, Facts};
use crate::print::{Names, Printer};
use crate::proof::{Prover, Size, Teller, why_not};
use crate::rules::RuleSet;
use crate::source::{FileId, Sources, Span};
use crate::violation::Finding;
use std::ops::Range;

/// Of so many subjects it is told why no finding is about them.
const MOST_SUBJECTS: usize = 3;

/// So many relations are told about for one subject, those under a rule's own included.
const MOST_RELATIONS: usize = 6;

/// Says why marks are not met.
pub(super) struct Explainer<'e> {
    pub(super) set: &'e RuleSet,
    pub(super) facts: &'e Facts,
    pub(super) sources: &'e Sources,
    pub(super) limits: Limits,
}

impl Explainer<'_> {
    /// Why `mark` is not met; takes the finding that was meant out of `unexpected`, if there is one
    /// elsewhere.
    pub(super) fn missing(&self, mark: &PlacedMark, unexpected: &mut Vec<Finding>) -> Difference {
        let program = &self.set.program;
        let rule = program.violations.iter().find(|rule| rule.id == mark.rule);
        let Some(rule) = rule else {
            return Difference::Missing { mark: mark.clone(), severity: None, near: Vec::new() };
        };
        let subjects = self.subjects(rule, mark);
        let is_meant = |finding: &Finding| {
            finding.rule == rule.id
                && (self.points_at(finding, mark) || self.is_about(finding, rule, &subjects))
        };
        if let Some(at) = unexpected.iter().position(is_meant) {
            return Difference::Misplaced { mark: mark.clone(), finding: unexpected.remove(at) };
        }
        let severity = Some(rule.severity);
        Difference::Missing { mark: mark.clone(), severity, near: self.near(rule, &subjects) }
    }

    fn points_at(&self, finding: &Finding, mark: &PlacedMark) -> bool {
        let line = line(&self.sources.file(mark.span.file).text, mark.span);
        finding.labels.iter().any(|label| is_on(label.span, mark.span.file, &line))
    }

    fn is_about(&self, finding: &Finding, rule: &Violation, subjects: &[Cell]) -> bool {
        let kind = self.set.program.relations[rule.relation].columns[0].kind;
        let printer = Printer::new(&self.set.program, self.facts);
        let mut names = subjects.iter().map(|&cell| printer.value(kind, cell, Names::Full));
        names.any(|name| name == finding.subject.name)
    }

    /// What the marked line speaks of, as far as the rule may be about it.
    fn subjects(&self, rule: &Violation, mark: &PlacedMark) -> Vec<Cell> {
        let line = line(&self.sources.file(mark.span.file).text, mark.span);
        let (mut owners, mut others) = (Vec::new(), Vec::new());
        for (relation, declared) in self.set.program.relations.iter().enumerate() {
            let table = self.facts.store.table(relation);
            let is_fact = !declared.role.is_derived();
            for row in (0..table.rows).filter(|_| is_fact) {
                if self.facts.place(relation, row).is_some_and(|p| is_on(p, mark.span.file, &line))
                {
                    let mut cells = declared.columns.iter().zip(table.row(row));
                    owners.extend(cells.next().map(|(column, cell)| (column.kind, cell)));
                    others.extend(cells.map(|(column, cell)| (column.kind, cell)));
                }
            }
        }
        let owners = self.fitting(rule, &owners);
        if owners.is_empty() { self.fitting(rule, &others) } else { owners }
    }

    /// Those that the first column of the rule may hold, each once.
    fn fitting(&self, rule: &Violation, found: &[(Kind, Cell)]) -> Vec<Cell> {
        let kind = self.set.program.relations[rule.relation].columns[0].kind;
        let mut cells: Vec<Cell> = found
            .iter()
            .filter(|(found, cell)| fits(kind, *found, *cell, self.facts))
            .map(|(_, cell)| *cell)
            .collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// How near each rule comes to a finding about `subjects`; without such about anything.
    fn near(&self, rule: &Violation, subjects: &[Cell]) -> Vec<Near> {
        let columns = &self.set.program.relations[rule.relation].columns;
        let mut asked: Vec<Vec<Option<Cell>>> = Vec::new();
        for &subject in subjects.iter().take(MOST_SUBJECTS) {
            let mut cells = vec![None; columns.len()];
            cells[0] = Some(subject);
            asked.push(cells);
        }
        if asked.is_empty() {
            asked.push(vec![None; columns.len()]);
        }
        let prover = Prover::new(&self.set.program, self.facts, self.limits, Size::default());
        let printer = Printer::new(&self.set.program, self.facts);
        let teller = Teller::new(&prover, &printer, &self.set.sources);
        let mut near = Vec::new();
        for cells in asked {
            let mut open = vec![(rule.relation, cells)];
            let mut at = 0;
            while at < open.len().min(MOST_RELATIONS) {
                let (relation, cells) = open[at].clone();
                let attempts = why_not(relation, &cells, &teller);
                for failed in attempts.iter().flat_map(|attempt| &attempt.failed) {
                    if !open.contains(failed) {
                        open.push(failed.clone());
                    }
                }
                near.push(Near { what: teller.row(relation, &cells), attempts });
                at += 1;
            }
        }
        near
    }
}

/// Whether a column of the kind `wanted` may hold the entity `cell`, found in one of the kind `found`.
fn fits(wanted: Kind, found: Kind, cell: Cell, facts: &Facts) -> bool {
    match (wanted, found) {
        (Kind::Of(wanted), Kind::Entity) => {
            let named = usize::try_from(cell).ok().and_then(|at| facts.names.entities.get(at));
            named.is_some_and(|named| named.kind == wanted)
        }
        (Kind::Entity, found) => found.is_entity(),
        (wanted, found) => wanted.is_entity() && wanted == found,
    }
}

/// The bytes of the line that `span` begins in.
fn line(text: &str, span: Span) -> Range<usize> {
    let at = (span.start as usize).min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    start..text[at..].find('\n').map_or(text.len(), |end| at + end)
}

fn is_on(span: Span, file: FileId, line: &Range<usize>) -> bool {
    span.file == file && line.contains(&(span.start as usize))
}
