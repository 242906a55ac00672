//! What the rules looked at, by name: only reports that list it pay for it.

use crate::atom::Subject;
use crate::datalog::program::{Kind, Program, Violation};
use crate::facts::{Cell, Facts};
use crate::print::Printer;
use rustc_hash::FxHashMap;

/// The subjects of all rules; many rules look at the same ones, so each is named once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    /// Each subject once.
    pub all: Vec<Subject>,
    /// For each selected rule, sorted by id, its subjects: indices into `all`.
    pub of_rules: Vec<Vec<u32>>,
}

/// Names what the selected rules looked at.
pub fn subjects(
    program: &Program,
    facts: &Facts,
    selected: &dyn Fn(&Violation) -> bool,
) -> Subjects {
    let printer = Printer::new(program, facts);
    let mut rules: Vec<&Violation> =
        program.violations.iter().filter(|rule| rule.is_rule() && selected(rule)).collect();
    rules.sort_by(|one, other| one.id.cmp(&other.id));
    let mut subjects = Subjects::default();
    let mut known: FxHashMap<String, FxHashMap<Cell, u32>> = FxHashMap::default();
    for rule in rules {
        let kind = program.relations[rule.examined].columns[0].kind;
        let known = known.entry(namespace(program, kind)).or_default();
        let table = facts.store.table(rule.examined);
        let of_rule = (0..table.rows).map(|row| {
            let cell = table.columns[0].cell(row);
            *known.entry(cell).or_insert_with(|| {
                subjects.all.push(Subject::of(program, facts, &printer, kind, cell));
                u32::try_from(subjects.all.len() - 1).unwrap_or(u32::MAX)
            })
        });
        let of_rule = of_rule.collect();
        subjects.of_rules.push(of_rule);
    }
    subjects
}

/// Values of kinds with the same namespace are the same if their numbers are.
fn namespace(program: &Program, kind: Kind) -> String {
    if kind.is_entity() { String::new() } else { program.kind_name(kind).to_owned() }
}
