//! What rule text says → checked program. Every problem of every file is found in one run.

mod alone;
mod body;
mod custom;
pub(in crate::datalog) use body::bound_by;
pub use custom::refuse_changes;
mod declare;
mod fix;
mod hints;
mod say;
mod stratify;

use super::FactsFrom;
use super::ast::{ClauseItem, File, Item, LiteralItem, TermItem, ViolationItem, Word};
use super::program::{Constant, Kind, ParamId, Program, Query, RelationId, ViolationId};
use crate::source::{Problem, Severity, Sources, Span};
use crate::spelling::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// Checks all files as one program. The program may be used only if no error was reported.
pub fn check<'a>(
    files: &'a [File],
    sources: &'a Sources,
    facts: FactsFrom,
    problems: &'a mut Vec<Problem>,
) -> Program {
    check_query(files, &[], sources, facts, problems).0
}

/// Checks all files as one program, and a question about it.
pub fn check_query<'a>(
    files: &'a [File],
    question: &'a [LiteralItem],
    sources: &'a Sources,
    facts: FactsFrom,
    problems: &'a mut Vec<Problem>,
) -> (Program, Query) {
    let mut checker = Checker {
        program: Program::default(),
        kinds: BTreeMap::new(),
        relations: BTreeMap::new(),
        params: BTreeMap::new(),
        param_places: Vec::new(),
        broken: files.iter().flat_map(|file| &file.broken).cloned().collect(),
        doubtful: BTreeSet::new(),
        undeclared: BTreeMap::new(),
        said: BTreeSet::new(),
        examines_told: BTreeSet::new(),
        sources,
        facts,
        problems,
    };
    if facts == FactsFrom::Files {
        checker.refuse_topology(files);
    }
    let parts = checker.declare(files);
    // Violations first: a rule's clause looks whether its violation says what it examines.
    for (violation, id) in parts.violations {
        if facts == FactsFrom::Topology {
            checker.violation(violation, id);
        }
    }
    for clause in parts.clauses {
        checker.clause(clause);
    }
    checker.stratify();
    checker.report_undeclared();
    // What was not understood may read or derive them.
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    if !checker.problems.iter().any(is_error) {
        checker.warn_of_idle_relations();
    }
    let query = checker.query(question);
    checker.report_undeclared();
    checker.program.note_reads();
    (checker.program, query)
}

struct Checker<'a> {
    program: Program,
    /// Kinds by name, and where they are declared (None: built in).
    kinds: BTreeMap<String, (Kind, Option<Span>)>,
    relations: BTreeMap<String, RelationId>,
    params: BTreeMap<String, ParamId>,
    /// Where each parameter is declared.
    param_places: Vec<Span>,
    /// Names of declarations that could not be read, or that are declared twice: nothing is said about
    /// the places that use them.
    broken: BTreeSet<String>,
    /// Columns whose kind is unknown.
    doubtful: BTreeSet<(RelationId, usize)>,
    /// What is to be said about relations that nothing declares, by their names.
    undeclared: BTreeMap<String, Problem>,
    /// Relations that labels, notes and messages read.
    said: BTreeSet<RelationId>,
    /// Violations that say what they examine.
    examines_told: BTreeSet<ViolationId>,
    sources: &'a Sources,
    facts: FactsFrom,
    problems: &'a mut Vec<Problem>,
}

/// What is checked once everything is declared.
struct Parts<'f> {
    clauses: Vec<&'f ClauseItem>,
    violations: Vec<(&'f ViolationItem, usize)>,
}

impl Checker<'_> {
    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn kind(&mut self, word: &Word) -> Option<Kind> {
        if let Some((kind, _)) = self.kinds.get(&word.node) {
            return Some(*kind);
        }
        if self.broken.contains(word.node.as_str()) {
            return None;
        }
        let near = nearest(&word.node, self.kinds.keys().map(String::as_str));
        let problem = Problem::error("undeclared-kind", format!("unknown kind `{}`", word.node))
            .at(word.span, "no entity, enum or unit has this name")
            .help(Self::kind_help(&word.node))
            .did_you_mean(near);
        self.report(problem);
        None
    }

    fn relation(&mut self, word: &Word) -> Option<RelationId> {
        if let Some(relation) = self.relations.get(&word.node)
            && !self.broken.contains(&word.node)
        {
            return Some(*relation);
        }
        if self.broken.contains(word.node.as_str()) {
            return None;
        }
        self.report_undeclared_relation(word);
        None
    }

    /// The constant that `term` stands for in a column of `kind`; None (reported) where it can't.
    fn constant(&mut self, term: &TermItem, kind: Kind) -> Option<Constant> {
        match (term, kind) {
            (TermItem::Number(number), kind) if kind.is_number() => {
                Some(Constant::Number(number.node))
            }
            (TermItem::Bool(value), Kind::Bool) => Some(Constant::Bool(value.node)),
            (TermItem::Text(text), Kind::Text) => Some(Constant::Text(text.node.clone())),
            (TermItem::Text(text), Kind::Enum(id)) => self.enum_value(text, id),
            (TermItem::Text(text), kind) if kind.is_entity() => {
                Some(Constant::Entity(kind, text.node.clone()))
            }
            (TermItem::Duration(seconds), Kind::Unit(unit)) => {
                self.duration(seconds.node, unit, term.span())
            }
            _ => {
                let wanted = self.program.kind_name(kind).to_owned();
                let found = constant_kind(term);
                let message = format!("expected {wanted}, found {found}");
                let mut problem = Problem::error("type-mismatch", message)
                    .at(term.span(), format!("this is {found}"));
                problem.help = self.constant_help(term, kind);
                self.report(problem);
                None
            }
        }
    }

    fn enum_value(&mut self, text: &Word, id: usize) -> Option<Constant> {
        let declared = &self.program.enums[id];
        if let Some(at) = declared.values.iter().position(|value| *value == text.node) {
            return Some(Constant::Enum(id, u32::try_from(at).ok()?));
        }
        let values = declared.values.join(", ");
        let near = nearest(&text.node, declared.values.iter().map(String::as_str));
        let message = format!("`{}` is no {}", text.node, declared.name);
        let problem = Problem::error("type-mismatch", message)
            .at(text.span, "")
            .help(format!("its values are {values}"))
            .did_you_mean(near);
        self.report(problem);
        None
    }

    fn duration(&mut self, seconds: i64, unit: usize, span: Span) -> Option<Constant> {
        let declared = &self.program.units[unit];
        let problem = match declared.seconds {
            Some(one) if seconds % one == 0 => return Some(Constant::Number(seconds / one)),
            Some(_) => format!("this is no whole number of {}", declared.name.to_lowercase()),
            None => format!("expected {}, found a duration", declared.name),
        };
        self.report(Problem::error("type-mismatch", problem).at(span, ""));
        None
    }

    /// The group of the file in which `span` is: the name of its folder, or the file's own name where
    /// that is `rules`.
    fn group(&self, span: Span) -> String {
        let path = &self.sources.file(span.file).path;
        let mut parts = path.rsplit(['/', '\\']);
        let file = parts.next().unwrap_or("");
        match parts.next() {
            Some(folder) if folder != "rules" => folder.to_owned(),
            _ => file.trim_end_matches(".dl").to_owned(),
        }
    }
}

fn constant_kind(term: &TermItem) -> &'static str {
    match term {
        TermItem::Number(_) => "a number",
        TermItem::Duration(_) => "a duration",
        TermItem::Text(_) => "a text",
        TermItem::Bool(_) => "true or false",
        TermItem::Any(_) => "`_`",
        TermItem::Name(_) | TermItem::Dotted { .. } => "a variable",
    }
}

impl<'f> Parts<'f> {
    fn of(files: &'f [File]) -> Self {
        let items = || files.iter().flat_map(|file| &file.items);
        let clauses = items().filter_map(|item| match item {
            Item::Clause(clause) => Some(clause),
            _ => None,
        });
        Self { clauses: clauses.collect(), violations: Vec::new() }
    }
}
