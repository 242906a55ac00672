//! Proofs → what people read: texts, places in the topology, places of rules.

use super::{Absence, Proof, Prover, Tuple};
use crate::datalog::ast::Compare;
use crate::datalog::program::{
    Aggregate, Atom, Clause, Constant, Expr, Literal, Operation, Role, Term, TestKind, Var,
};
use crate::eval::Binding;
use crate::facts::Cell;
use crate::print::Printer;
use crate::source::{Sources, Span};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// One step of a proof as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What kind of step.
    pub kind: ToldKind,
    /// `Backup("fe-lon.contoso.com", "fe-ams.contoso.com")`
    pub text: String,
    /// Where the rule stands that derives it: a file of rules, line and column counted from 1.
    pub rule: Option<RulePlace>,
    /// Where the topology says it.
    pub places: Vec<Span>,
    /// From what it follows.
    pub children: Vec<Told>,
}

/// A place in a file of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePlace {
    /// The file's path.
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

/// What kind of step of a proof something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldKind {
    /// The topology says it.
    Fact,
    /// A rule derives it from its children.
    Derived,
    /// Nothing says it.
    Absent,
    /// What is there instead of something absent.
    Near,
    /// A condition on values.
    Condition,
    /// What rows amount to; the children are the rows.
    Aggregate,
    /// Several facts that are counted as one.
    Row,
    /// Proved above.
    Above,
    /// Derived, below the depth that was asked for.
    Folded,
}

impl ToldKind {
    /// As JSON calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            ToldKind::Fact => "fact",
            ToldKind::Derived => "derived",
            ToldKind::Absent => "absent",
            ToldKind::Near => "near",
            ToldKind::Condition => "condition",
            ToldKind::Aggregate => "aggregate",
            ToldKind::Row => "row",
            ToldKind::Above => "above",
            ToldKind::Folded => "folded",
        }
    }
}

impl Told {
    fn new(kind: ToldKind, text: String) -> Self {
        Self { kind, text, rule: None, places: Vec::new(), children: Vec::new() }
    }
}

/// Puts proofs into words.
pub struct Teller<'t, 'a> {
    pub(super) prover: &'t Prover<'a>,
    printer: &'t Printer<'a>,
    rule_sources: &'t Sources,
    /// Places of rules that were looked up.
    places: RefCell<FxHashMap<Span, RulePlace>>,
}

impl<'t, 'a> Teller<'t, 'a> {
    /// A teller for what `prover` proves by rules that stand in `rule_sources`.
    pub fn new(
        prover: &'t Prover<'a>,
        printer: &'t Printer<'a>,
        rule_sources: &'t Sources,
    ) -> Self {
        Self { prover, printer, rule_sources, places: RefCell::default() }
    }

    /// Where a rule stands.
    pub(super) fn rule(&self, span: Span) -> RulePlace {
        let mut places = self.places.borrow_mut();
        let place = places.entry(span).or_insert_with(|| {
            let (line, column) = self.rule_sources.line_column(span);
            RulePlace { path: self.rule_sources.file(span.file).path.clone(), line, column }
        });
        place.clone()
    }

    /// Puts a proof into words.
    pub fn tell(&self, proof: &Proof) -> Told {
        match proof {
            Proof::Fact(tuple) => self.tuple(tuple, ToldKind::Fact),
            Proof::Above(tuple) => self.tuple(tuple, ToldKind::Above),
            Proof::Folded(tuple) => self.tuple(tuple, ToldKind::Folded),
            Proof::Derived { tuple, clause, premises, .. } => Told {
                rule: Some(self.rule(clause.span)),
                places: Vec::new(),
                children: premises
                    .iter()
                    .filter(|premise| !is_plain(premise))
                    .map(|premise| self.tell(premise))
                    .collect(),
                ..self.tuple(tuple, ToldKind::Derived)
            },
            Proof::Absent(absence) => self.absence(absence),
            Proof::Holds { literal, clause, binding } => {
                Told::new(ToldKind::Condition, self.literal(literal, clause, binding))
            }
            Proof::Counted { aggregate, clause, binding, total, rows } => {
                self.counted(aggregate, clause, binding, *total, rows)
            }
        }
    }

    pub(super) fn tuple(&self, tuple: &Tuple, kind: ToldKind) -> Told {
        let cells: Vec<Option<Cell>> = tuple.row.iter().copied().map(Some).collect();
        let told = Told::new(kind, self.row(tuple.relation, &cells));
        let places = match kind {
            ToldKind::Fact | ToldKind::Near => {
                self.prover.solver().places(tuple.relation, &tuple.row)
            }
            _ => Vec::new(),
        };
        Told { places, ..told }
    }

    /// `Backup("a", "b")`, `"a".version = "sfb-2015"`; `_` stands for any value.
    pub fn row(&self, relation: usize, cells: &[Option<Cell>]) -> String {
        let declared = &self.prover.program.relations[relation];
        let mut words = declared.columns.iter().zip(cells).map(|(column, cell)| {
            cell.map_or("_".to_owned(), |cell| self.printer.term(column.kind, cell))
        });
        match &declared.role {
            Role::Key { path, .. } => {
                let (owner, value) = (words.next(), words.next());
                format!("{}.{path} = {}", owner.unwrap_or_default(), value.unwrap_or_default())
            }
            _ => format!("{}({})", declared.name, words.collect::<Vec<_>>().join(", ")),
        }
    }

    pub(super) fn absence(&self, absence: &Absence) -> Told {
        let Absence { relation, cells, near, total } = absence;
        let mut told = Told::new(ToldKind::Absent, self.absent(*relation, cells));
        for row in near {
            let tuple = Tuple { relation: *relation, row: row.clone() };
            told.children.push(self.tuple(&tuple, ToldKind::Near));
        }
        if *total > near.len() {
            let more = total - near.len();
            told.children.push(Told::new(ToldKind::Near, format!("{more} more")));
        } else if let (0, Some(Some(first))) = (*total, cells.first()) {
            self.tell_subject(*relation, *first, &mut told);
        }
        told
    }

    /// What has nothing of the kind is shown itself; what is of another kind says of which.
    fn tell_subject(&self, relation: usize, subject: Cell, told: &mut Told) {
        let program = self.prover.program;
        let named =
            usize::try_from(subject).ok().and_then(|at| self.prover.facts.names.entities.get(at));
        let (Some(named), true) = (named, program.relations[relation].columns[0].kind.is_entity())
        else {
            return;
        };
        if matches!(program.relations[relation].role, Role::Member(_)) {
            let of_kind =
                Tuple { relation: program.entities[named.kind].relation, row: vec![subject] };
            told.children.push(self.tuple(&of_kind, ToldKind::Near));
        } else {
            told.places.push(named.place);
        }
    }

    fn absent(&self, relation: usize, cells: &[Option<Cell>]) -> String {
        match &self.prover.program.relations[relation].role {
            Role::Key { path, .. } if cells.get(1).is_some_and(Option::is_none) => {
                let kind = self.prover.program.relations[relation].columns[0].kind;
                let owner = cells[0].map_or("_".to_owned(), |cell| self.printer.term(kind, cell));
                format!("{owner}.{path} is unknown")
            }
            _ => format!("no {}", self.row(relation, cells)),
        }
    }

    fn counted(
        &self,
        aggregate: &Aggregate,
        clause: &Clause,
        binding: &Binding,
        total: usize,
        rows: &[Vec<Proof>],
    ) -> Told {
        let mut told = Told::new(ToldKind::Aggregate, self.aggregate(aggregate, clause, binding));
        for row in rows {
            let mut facts: Vec<Told> = row.iter().map(|proof| self.tell(proof)).collect();
            if facts.len() == 1 {
                told.children.append(&mut facts);
            } else {
                let text = format!("row {}", told.children.len() + 1);
                told.children.push(Told { children: facts, ..Told::new(ToldKind::Row, text) });
            }
        }
        if total > rows.len() {
            let more = format!("{} more", total - rows.len());
            told.children.push(Told::new(ToldKind::Row, more));
        }
        told
    }

    /// A literal with the values of its variables; what is not bound keeps its name.
    pub(super) fn literal(&self, literal: &Literal, clause: &Clause, binding: &Binding) -> String {
        let vars = &clause.vars;
        match literal {
            Literal::Atom(atom) => self.atom(atom, vars, binding),
            Literal::Compare { compare, left, right, .. } => {
                let (left, right) =
                    (self.expr(left, vars, binding), self.expr(right, vars, binding));
                format!("{left} {} {right}", compare.as_str())
            }
            Literal::Test(test) => {
                let subject = self.term(&test.subject, vars, binding);
                let not = if test.negated { "!" } else { "" };
                format!("{not}{subject}.{}(\"{}\")", test_name(test.kind), test.pattern)
            }
            Literal::Let { var, value, .. } => {
                let text = self.expr(value, vars, binding);
                let result = binding[*var].map(|cell| self.printer.term(vars[*var].kind, cell));
                match result.filter(|result| *result != text) {
                    Some(result) => format!("{} = {text} = {result}", vars[*var].name),
                    None => format!("{} = {text}", vars[*var].name),
                }
            }
            Literal::Aggregate(aggregate) => self.aggregate(aggregate, clause, binding),
        }
    }

    fn atom(&self, atom: &Atom, vars: &[Var], binding: &Binding) -> String {
        let declared = &self.prover.program.relations[atom.relation];
        let cells = self.prover.solver().cells(atom, binding);
        if atom.negated {
            return self.absent(atom.relation, &cells);
        }
        let mut words = atom.terms.iter().zip(&declared.columns).map(|(term, column)| {
            match self.prover.solver().term(term, binding) {
                Some(cell) => self.printer.term(column.kind, cell),
                None => self.term(term, vars, binding),
            }
        });
        match &declared.role {
            Role::Key { path, .. } => {
                let (owner, value) = (words.next(), words.next());
                format!("{}.{path} = {}", owner.unwrap_or_default(), value.unwrap_or_default())
            }
            _ => format!("{}({})", declared.name, words.collect::<Vec<_>>().join(", ")),
        }
    }

    fn aggregate(&self, aggregate: &Aggregate, clause: &Clause, binding: &Binding) -> String {
        let vars = &clause.vars;
        let operation = match aggregate.operation {
            Operation::Count => "count",
            Operation::Sum => "sum",
            Operation::Min => "min",
            Operation::Max => "max",
        };
        let of = match aggregate.operation {
            Operation::Count => String::new(),
            _ => format!(" {}", self.term(&aggregate.of, vars, binding)),
        };
        let body: Vec<String> =
            aggregate.body.iter().map(|literal| self.literal(literal, clause, binding)).collect();
        let text = format!("{operation}{of} {{ {} }}", body.join(", "));
        match binding[aggregate.var] {
            Some(result) => {
                format!("{text} = {}", self.printer.term(vars[aggregate.var].kind, result))
            }
            None => text,
        }
    }

    fn expr(&self, expr: &Expr, vars: &[Var], binding: &Binding) -> String {
        match expr {
            Expr::Term(term) => self.term(term, vars, binding),
            Expr::Binary(operator, left, right) => format!(
                "{} {} {}",
                self.expr(left, vars, binding),
                operator.as_str(),
                self.expr(right, vars, binding)
            ),
        }
    }

    fn term(&self, term: &Term, vars: &[Var], binding: &Binding) -> String {
        match term {
            Term::Any => "_".to_owned(),
            Term::Var(var) => match binding[*var] {
                Some(cell) => self.printer.term(vars[*var].kind, cell),
                None => vars[*var].name.clone(),
            },
            Term::Param(param) => self.prover.program.params[*param].value.to_string(),
            Term::Constant(Constant::Number(number)) => number.to_string(),
            Term::Constant(Constant::Bool(value)) => value.to_string(),
            Term::Constant(Constant::Enum(id, at)) => {
                let value = self.prover.program.enums[*id].values.get(*at as usize);
                format!("\"{}\"", value.map_or("", String::as_str))
            }
            Term::Constant(Constant::Text(text) | Constant::Entity(_, text)) => {
                format!("\"{text}\"")
            }
        }
    }
}

/// Whether a condition only repeats what its neighbour says: that a value is the one wanted, or that a
/// variable stands for it.
fn is_plain(proof: &Proof) -> bool {
    match proof {
        Proof::Holds {
            literal: Literal::Compare { compare: Compare::Equal, left, right, .. },
            ..
        } => !left.is_arithmetic() && !right.is_arithmetic(),
        Proof::Holds { literal: Literal::Let { value, .. }, .. } => !value.is_arithmetic(),
        _ => false,
    }
}

fn test_name(kind: TestKind) -> &'static str {
    TestKind::NAMES.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name)
}
