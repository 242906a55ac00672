//! Rule files → one rule set.

use crate::datalog;
use crate::datalog::lower::{Lowered, Origin, lower};
use crate::datalog::program::{Constant, Program, RelationId, Violation};
use crate::source::Sources;
use std::collections::BTreeSet;

mod shipped {
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

/// A checked program and the files that it stands in.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// The program.
    pub program: Program,
    /// Its files; spans of the program count in these.
    pub sources: Sources,
}

/// The shipped rules, ready to run.
#[derive(Debug)]
pub struct Rules {
    /// The checked program.
    pub set: RuleSet,
    /// What the compiled rules were made from.
    pub lowered: Lowered,
}

/// What has to run and to be loaded for some of the rules.
#[derive(Clone, Debug)]
pub struct Plan {
    /// For each step of the lowered program whether it runs.
    pub steps: Vec<bool>,
    /// The relations that must be complete; those of the vocabulary need facts, others none.
    pub relations: BTreeSet<RelationId>,
}

impl Rules {
    /// The rules that lynt ships, `rules/**/*.dl`.
    ///
    /// # Panics
    /// Never in a built lynt: the build checked the same text.
    pub fn shipped() -> Self {
        let mut sources = Sources::default();
        for (path, text) in shipped::FILES {
            sources.add(*path, *text);
        }
        let (program, _) = datalog::compile(&sources);
        let program = program.expect("the build checked the shipped rules");
        let lowered = lower(&program).expect("the build lowered the shipped rules");
        Self { set: RuleSet { program, sources }, lowered }
    }

    /// What has to run for the rules that are `selected`.
    pub fn plan(&self, selected: &dyn Fn(&Violation) -> bool) -> Plan {
        let rules = self.set.program.violations.iter().filter(|rule| rule.is_rule());
        let violations = rules.filter(|rule| selected(rule));
        self.plan_for(violations.flat_map(Violation::reads).collect())
    }

    /// What has to run so that these relations are complete.
    pub fn plan_for(&self, mut relations: BTreeSet<RelationId>) -> Plan {
        let steps = self.lowered.steps_for(&mut relations);
        Plan { steps, relations }
    }

    /// The texts that rules name.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.lowered.relations.iter().filter_map(|relation| match &relation.origin {
            Origin::Constant(Constant::Text(text)) => Some(text.as_str()),
            _ => None,
        })
    }

    /// All violations, sorted by id.
    pub fn violations(&self) -> Vec<&Violation> {
        let rules = self.set.program.violations.iter().filter(|rule| rule.is_rule());
        let mut violations: Vec<&Violation> = rules.collect();
        violations.sort_by(|one, other| one.id.cmp(&other.id));
        violations
    }
}
