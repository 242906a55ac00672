//! A conjunction → the order in which its literals are judged.
//!
//! Conditions come as soon as what they read is known; of the atoms the one comes next that is
//! expected to have the fewest rows. What is equal keeps the order of the text.

use super::index::hash;
use crate::datalog::ast::{Compare, Operator};
use crate::datalog::program::{
    Aggregate, Atom, Expr, Literal, Operation, Program, RelationId, Role, Term, Test, TestKind,
    VarId,
};
use crate::facts::{Cell, Names, Store, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;

/// What is done one after the other; each operation multiplies or filters the assignments.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) operations: Vec<Op>,
    /// The indices that the operations, those inside aggregates too, refer to by number.
    pub(super) needs: Vec<Need>,
}

/// An index that a plan looks rows up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) relation: RelationId,
    pub(super) columns: Vec<usize>,
}

/// One operation.
#[derive(Debug)]
pub(super) enum Op {
    /// Goes on with each row that fits.
    Rows(Lookup),
    /// Goes on where no row fits.
    Absent(Lookup),
    /// Goes on where the comparison holds.
    Compare { compare: Compare, left: Value, right: Value },
    /// Goes on where the text passes.
    Test { subject: Slot, kind: TestKind, pattern: String, negated: bool },
    /// Binds a variable.
    Let { var: VarId, value: Value },
    /// Binds a variable to what an aggregate amounts to.
    Fold(Fold),
}

/// Rows of a relation.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) relation: RelationId,
    /// Which rows.
    pub(super) part: Part,
    /// The index into [`Plan::needs`] and what its columns must hold; None: all rows are tried.
    pub(super) index: Option<(usize, Vec<Slot>)>,
    /// Variables that a row binds.
    pub(super) binds: Vec<(usize, VarId)>,
    /// What other columns must hold.
    pub(super) checks: Vec<(usize, Slot)>,
}

/// Which rows of a growing relation are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Those known when the round began.
    All,
    /// Those that the round before brought.
    New,
    /// Those that were known before that.
    Old,
}

/// A value that is known when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Var(VarId),
    Cell(Cell),
}

/// A slot, or arithmetic over slots.
#[derive(Debug)]
pub(super) enum Value {
    Slot(Slot),
    Binary(Operator, Box<Value>, Box<Value>),
}

/// An aggregate.
#[derive(Debug)]
pub(super) struct Fold {
    pub(super) var: VarId,
    pub(super) operation: Operation,
    /// What is summed or compared; None for a count.
    pub(super) of: Option<Slot>,
    pub(super) operations: Vec<Op>,
    pub(super) outer: Vec<VarId>,
    pub(super) inner: Vec<VarId>,
    /// Whether no two ways through `operations` give the same assignment.
    pub(super) distinct: bool,
    /// Results by the values of `outer`.
    pub(super) known: RefCell<FxHashMap<Vec<Cell>, Option<Cell>>>,
}

/// Makes plans from what is known of the tables.
pub(super) struct Planner<'a> {
    pub(super) program: &'a Program,
    pub(super) names: &'a Names,
    pub(super) store: &'a Store,
}

/// A literal and, for an atom of a growing relation, the rows that it stands for.
pub(super) type Given<'l> = (&'l Literal, Part);

impl Planner<'_> {
    /// A plan for `body` where the variables in `bound` are known. With `first` that literal is joined
    /// first.
    pub(super) fn plan(&self, body: &[Given], bound: &[bool], first: Option<usize>) -> Plan {
        let mut planning = Planning { planner: self, needs: Vec::new() };
        let operations = planning.operations(body, bound.to_vec(), first);
        Plan { operations, needs: planning.needs }
    }

    fn cell(&self, term: &Term) -> Option<Slot> {
        match term {
            Term::Any => None,
            Term::Var(var) => Some(Slot::Var(*var)),
            Term::Constant(constant) => Some(Slot::Cell(self.names.id(self.program, constant))),
            Term::Param(param) => Some(Slot::Cell(self.program.params[*param].value)),
        }
    }

    /// How many rows an atom is expected to have for each assignment so far.
    fn fan_out(&self, atom: &Atom, bound: &[bool]) -> f64 {
        let columns = known_columns(atom, bound);
        if columns.first() == Some(&0)
            && matches!(self.program.relations[atom.relation].role, Role::Key { .. })
        {
            return 1.0;
        }
        fan_out(self.store.table(atom.relation), &columns)
    }
}

fn is_known(term: &Term, bound: &[bool]) -> bool {
    match term {
        Term::Any => false,
        Term::Var(var) => bound[*var],
        Term::Constant(_) | Term::Param(_) => true,
    }
}

fn known_columns(atom: &Atom, bound: &[bool]) -> Vec<usize> {
    (0..atom.terms.len()).filter(|&column| is_known(&atom.terms[column], bound)).collect()
}

/// So many rows tell how a table's values are spread.
const SAMPLE: usize = 256;

/// How many rows have the same cells in `columns`, on average, judged by a sample.
pub(super) fn fan_out(table: &Table, columns: &[usize]) -> f64 {
    let rows = table.rows as f64;
    if columns.is_empty() || table.rows == 0 {
        return rows;
    }
    if columns.len() == table.columns.len() {
        return 0.5;
    }
    let sample = table.rows.min(SAMPLE);
    let stride = table.rows / sample;
    let seen: FxHashSet<u64> = (0..sample)
        .map(|at| hash(columns.iter().map(|&column| table.columns[column].cell(at * stride))))
        .collect();
    let distinct = seen.len() as f64;
    // Where most of a sample differs, so does most of the table; else the sample has seen all values.
    let share = distinct / sample as f64;
    if share > 0.7 { 1.0 / share } else { rows / distinct }
}

struct Planning<'p, 'a> {
    planner: &'p Planner<'a>,
    needs: Vec<Need>,
}

impl Planning<'_, '_> {
    fn operations(
        &mut self,
        body: &[Given],
        mut bound: Vec<bool>,
        first: Option<usize>,
    ) -> Vec<Op> {
        let mut left: Vec<Given> = body.to_vec();
        let mut operations = Vec::new();
        if let Some(first) = first {
            operations.extend(self.take(left.remove(first), &mut bound));
        }
        while !left.is_empty() {
            let cost = |(literal, _): &Given| self.cost(literal, &left, &bound);
            let costs: Vec<f64> = left.iter().map(cost).collect();
            let best = (0..left.len()).min_by(|&one, &other| costs[one].total_cmp(&costs[other]));
            operations.extend(self.take(left.remove(best.unwrap_or(0)), &mut bound));
        }
        operations
    }

    /// How late a literal should come; infinite: not yet.
    fn cost(&self, literal: &Literal, left: &[Given], bound: &[bool]) -> f64 {
        let ready = {
            let mut ready = true;
            literal.each_read(&mut |var| ready &= bound[var]);
            ready
        };
        match literal {
            Literal::Atom(atom) if !atom.negated => self.planner.fan_out(atom, bound),
            Literal::Compare { .. } if !ready => match self.equates(literal, left, bound) {
                Some(_) => -1.0,
                None => f64::INFINITY,
            },
            _ if !ready => f64::INFINITY,
            Literal::Aggregate(_) => 1.5,
            Literal::Atom(_) => -1.0,
            _ => -2.0,
        }
    }

    /// `(p.version == q.version)` where one side is known: the other one, which an atom binds later, is
    /// known then too.
    fn equates(&self, literal: &Literal, left: &[Given], bound: &[bool]) -> Option<(VarId, Slot)> {
        let Literal::Compare {
            compare: Compare::Equal,
            left: Expr::Term(one),
            right: Expr::Term(other),
            ..
        } = literal
        else {
            return None;
        };
        let in_atom = |var: VarId| {
            left.iter().any(|(literal, _)| match literal {
                Literal::Atom(atom) => !atom.negated && atom.terms.contains(&Term::Var(var)),
                _ => false,
            })
        };
        for (known, open) in [(one, other), (other, one)] {
            if let Term::Var(var) = open
                && !bound[*var]
                && is_known(known, bound)
                && in_atom(*var)
            {
                return Some((*var, self.planner.cell(known)?));
            }
        }
        None
    }

    fn take(&mut self, (literal, part): Given, bound: &mut [bool]) -> Option<Op> {
        match literal {
            Literal::Atom(atom) => {
                let lookup = self.lookup(atom, part, bound);
                Some(if atom.negated { Op::Absent(lookup) } else { Op::Rows(lookup) })
            }
            Literal::Compare { compare, left, right, .. } => {
                // One side that is not known equals the other one, else it would not be the turn of this.
                match (Value::of(self.planner, left)?, Value::of(self.planner, right)?) {
                    (Value::Slot(Slot::Var(var)), value) | (value, Value::Slot(Slot::Var(var)))
                        if !bound[var] =>
                    {
                        bound[var] = true;
                        Some(Op::Let { var, value })
                    }
                    (left, right) => Some(Op::Compare { compare: *compare, left, right }),
                }
            }
            Literal::Test(Test { subject, kind, pattern, negated, .. }) => Some(Op::Test {
                subject: self.planner.cell(subject)?,
                kind: *kind,
                pattern: pattern.clone(),
                negated: *negated,
            }),
            Literal::Let { var, value, .. } => {
                let value = Value::of(self.planner, value)?;
                Some(self.bind(*var, value, bound))
            }
            Literal::Aggregate(aggregate) => {
                let fold = self.fold(aggregate, bound);
                bound[aggregate.var] = true;
                Some(Op::Fold(fold))
            }
        }
    }

    /// A variable that is known already is compared.
    fn bind(&self, var: VarId, value: Value, bound: &mut [bool]) -> Op {
        if bound[var] {
            let left = Value::Slot(Slot::Var(var));
            return Op::Compare { compare: Compare::Equal, left, right: value };
        }
        bound[var] = true;
        Op::Let { var, value }
    }

    fn lookup(&mut self, atom: &Atom, part: Part, bound: &mut [bool]) -> Lookup {
        let program = self.planner.program;
        let known = known_columns(atom, bound);
        let is_key = matches!(program.relations[atom.relation].role, Role::Key { .. });
        let columns = match part {
            // The new rows are few and come one after the other.
            Part::New => Vec::new(),
            _ if is_key && known.first() == Some(&0) => vec![0],
            _ => known.clone(),
        };
        let slot = |column: usize| self.planner.cell(&atom.terms[column]);
        let key: Vec<Slot> = columns.iter().filter_map(|&column| slot(column)).collect();
        let mut checks: Vec<(usize, Slot)> = known
            .iter()
            .filter(|column| !columns.contains(column))
            .filter_map(|&column| Some((column, slot(column)?)))
            .collect();
        let mut binds = Vec::new();
        for (column, term) in atom.terms.iter().enumerate() {
            let Term::Var(var) = *term else { continue };
            if known.contains(&column) {
                continue;
            }
            if bound[var] {
                checks.push((column, Slot::Var(var)));
            } else if !atom.negated {
                bound[var] = true;
                binds.push((column, var));
            }
        }
        let index = (!columns.is_empty()).then(|| (self.need(atom.relation, columns), key));
        Lookup { relation: atom.relation, part, index, binds, checks }
    }

    fn need(&mut self, relation: RelationId, columns: Vec<usize>) -> usize {
        let need = Need { relation, columns };
        let found = self.needs.iter().position(|other| *other == need);
        found.unwrap_or_else(|| {
            self.needs.push(need);
            self.needs.len() - 1
        })
    }

    fn fold(&mut self, aggregate: &Aggregate, bound: &[bool]) -> Fold {
        let body: Vec<Given> = aggregate.body.iter().map(|literal| (literal, Part::All)).collect();
        let operations = self.operations(&body, bound.to_vec(), None);
        Fold {
            var: aggregate.var,
            operation: aggregate.operation,
            of: self.planner.cell(&aggregate.of),
            operations,
            outer: aggregate.outer.clone(),
            inner: aggregate.inner.clone(),
            distinct: self.is_distinct(&aggregate.body),
            known: RefCell::default(),
        }
    }

    /// Different rows of relations without repetitions, all of whose columns are named, are different
    /// assignments.
    fn is_distinct(&self, body: &[Literal]) -> bool {
        let relations = &self.planner.program.relations;
        body.iter().all(|literal| match literal {
            Literal::Atom(atom) if !atom.negated => {
                let role = &relations[atom.relation].role;
                let repeats = matches!(role, Role::Input(_) | Role::Unresolved);
                !repeats && !atom.terms.contains(&Term::Any)
            }
            _ => true,
        })
    }
}

impl Value {
    fn of(planner: &Planner, expr: &Expr) -> Option<Self> {
        Some(match expr {
            Expr::Term(term) => Value::Slot(planner.cell(term)?),
            Expr::Binary(operator, left, right) => Value::Binary(
                *operator,
                Box::new(Value::of(planner, left)?),
                Box::new(Value::of(planner, right)?),
            ),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::{Given, Op, Part, Planner, fan_out};
    use crate::datalog::compile;
    use crate::datalog::program::{Kind, Program};
    use crate::facts::{Cell, Names, Store, Table};
    use crate::source::Sources;

    /// A table of numbers: for each column what it holds in a row.
    fn table(rows: Cell, columns: &[fn(Cell) -> Cell]) -> Table {
        let mut table = Table::new(columns.iter().map(|_| Kind::Int));
        for row in 0..rows {
            table.push(&columns.iter().map(|cell| cell(row)).collect::<Vec<Cell>>());
        }
        table
    }

    #[test]
    fn a_table_is_judged_by_how_often_its_values_stand_in_it() {
        let none = table(0, &[|row| row, |row| row]);
        let small = table(100, &[|row| row, |row| row % 20]);
        let most = table(100, &[|row| row % 80, |row| row % 60]);
        // Of these every tenth row is looked at.
        let large = table(2_560, &[|row| row / 20, |row| row / 10 % 192]);
        for (table, columns, rows) in [
            (&none, &[][..], 0.0),
            (&none, &[0], 0.0),
            (&none, &[0, 1], 0.0),
            (&small, &[], 100.0),
            (&small, &[0], 1.0),
            (&small, &[1], 5.0),
            (&small, &[0, 1], 0.5),
            (&most, &[0], 1.25),
            (&most, &[1], 100.0 / 60.0),
            (&large, &[0], 20.0),
            (&large, &[1], 256.0 / 192.0),
        ] {
            assert_eq!(fan_out(table, columns), rows, "{columns:?} of {}", table.rows);
        }
    }

    const DECLARED: &str = "entity Pool from pool by fqdn { servers: Int }
relation Few(x: Int);
relation Many(x: Int, y: Int);
relation Wide(x: Int, y: Int);
relation Near(p: Pool, x: Int);
relation Ring(p: Pool);
relation Head(x: Int);
";

    /// Operations in their order: with the columns of the index in which an atom is looked up.
    fn told(program: &Program, operations: &[Op], needs: &[super::Need]) -> String {
        let told = operations.iter().map(|operation| match operation {
            Op::Rows(lookup) | Op::Absent(lookup) => {
                let not = if matches!(operation, Op::Absent(_)) { "!" } else { "" };
                let name = &program.relations[lookup.relation].name;
                let columns = lookup.index.as_ref().map(|(need, _)| &needs[*need].columns);
                format!("{not}{name}{}", columns.map_or(String::new(), |of| format!("{of:?}")))
            }
            Op::Compare { .. } => "compare".to_owned(),
            Op::Test { .. } => "test".to_owned(),
            Op::Let { .. } => "let".to_owned(),
            Op::Fold(fold) => {
                let seen = if fold.distinct { "" } else { " once each" };
                format!("count{seen} ({})", told(program, &fold.operations, needs))
            }
        });
        told.collect::<Vec<String>>().join(", ")
    }

    #[test]
    fn what_is_expected_to_leave_the_fewest_rows_comes_next() {
        for (body, new, order) in [
            ("Many(x, _), Few(x)", None, "Few, Many[0]"),
            ("Few(x), Wide(x, _), Many(_, x)", None, "Few, Many[1], Wide[0]"),
            // Conditions, absences, what is known in full.
            (
                "Few(x), Few(y), Many(x, y), !Many(y, x), (x != y)",
                None,
                "Few, Many[0], compare, !Many[0, 1], Few[0]",
            ),
            ("Few(x), Few(x), Many(_, y), (y == x)", None, "Few, let, Few[0], Many[1]"),
            ("Few(x), Few(x), Many(_, y), (x == y)", None, "Few, let, Few[0], Many[1]"),
            // An aggregate comes behind what has one row.
            (
                "Few(x), let n = count { Few(y), (y < x) }, (n > 1), Many(x, _), Wide(x, _)",
                None,
                "Few, Many[0], count (Few, compare), compare, Wide[0]",
            ),
            // What may be found twice is counted once.
            ("let x = count { Few(y), !Many(y, _) }", None, "count (Few, !Many[0])"),
            ("let x = count { Many(y, _) }", None, "count once each (Many)"),
            // A key has one value, whatever its table looks like, and is looked up by what has it.
            (
                "Ring(p), Near(p, x), (p.servers > x)",
                None,
                "Ring, Pool.servers[0], Near[0], compare",
            ),
            ("Ring(p), (p.servers == x), Few(x)", None, "Few, let, Ring, Pool.servers[0]"),
            ("Ring(p), (p.servers == 5), Few(x)", None, "let, Few, Ring, Pool.servers[0]"),
            // New rows come first and one after the other.
            ("Few(x), Many(3, x)", Some(1), "Many, Few[0]"),
        ] {
            let mut sources = Sources::default();
            sources.add("rules.dl", format!("{DECLARED}Head(x) <- {body};"));
            let (program, problems) = compile(&sources);
            let program = program.unwrap_or_else(|| panic!("{body}: {problems:?}"));
            let mut store = Store::new(program.relations.len());
            for (name, rows) in [
                ("Few", table(10, &[|row| row])),
                ("Many", table(1_000, &[|row| row, |row| row % 100])),
                ("Wide", table(1_000, &[|row| row % 10, |row| row])),
                ("Near", table(100, &[|row| row % 20, |row| row])),
                ("Ring", table(20, &[|row| row])),
                ("Pool.servers", table(100, &[|row| row % 10, |row| row % 3])),
            ] {
                store.put_table(program.relation_named(name).unwrap(), rows);
            }
            let clause = &program.clauses.of(program.relation_named("Head").unwrap())[0];
            let part = |at| if Some(at) == new { Part::New } else { Part::All };
            let given: Vec<Given> =
                clause.body.iter().enumerate().map(|(at, literal)| (literal, part(at))).collect();
            let planner = Planner { program: &program, names: &Names::default(), store: &store };
            let plan = planner.plan(&given, &vec![false; clause.vars.len()], new);
            assert_eq!(told(&program, &plan.operations, &plan.needs), order, "{body}");
        }
    }
}
