//! Rule files → one rule set.

use crate::checks::{CHECKS, is_check};
use crate::datalog;
use crate::datalog::lower::Lowered;
use crate::datalog::program::{ParamId, Program, Query, RelationId, Term, Violation};
use crate::source::{FileId, Problem, Sources};
use std::collections::BTreeSet;

mod shipped {
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));

    /// The checked program and what it was lowered to, as the build wrote them.
    pub(super) const CHECKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/checked"));
}

/// What selects all rules, where a rule or a group could be named.
pub const ALL: &str = "all";

/// A checked program and the files that it stands in.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// The program.
    pub program: Program,
    /// Its files; spans of the program count in these.
    pub sources: Sources,
}

/// The shipped rules and perhaps custom ones, ready to run.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The checked program.
    pub set: RuleSet,
    /// What the compiled rules were made from: the shipped ones.
    pub lowered: Lowered,
    /// Relations with lower ids are shipped, those from here on custom.
    pub shipped: RelationId,
    /// Which of the program's files are custom: those from here on.
    pub first_custom: FileId,
    /// What is doubtful in custom rules.
    pub warnings: Vec<Problem>,
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
    /// Never in a built lynt: the build checked the same text, and wrote what this reads.
    pub fn shipped() -> Self {
        let mut sources = Sources::default();
        for (path, text) in shipped::FILES {
            sources.add(*path, *text);
        }
        let (program, lowered): (Program, Lowered) =
            postcard::from_bytes(shipped::CHECKED).expect("the build wrote it with the same types");
        let shipped = program.relations.len();
        let first_custom = file_id(&sources);
        let set = RuleSet { program, sources };
        Self { set, lowered, shipped, first_custom, warnings: Vec::new() }
    }

    /// Adds custom rules, files by path and text, to the shipped ones.
    ///
    /// # Errors
    /// Everything that is wrong with them, and the sources in which the problems are placed.
    pub fn with_custom(
        self,
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, (Vec<Problem>, Sources)> {
        let mut sources = self.set.sources;
        for (path, text) in files {
            sources.add(path, text);
        }
        let (program, mut problems) = datalog::compile_custom(&sources, self.first_custom);
        let taken = program.iter().flat_map(|program| taken_ids(program, self.first_custom));
        let taken: Vec<Problem> = taken.collect();
        let program = program.filter(|_| taken.is_empty());
        problems.extend(taken);
        let is_custom = |problem: &Problem| {
            problem.labels.first().is_some_and(|label| label.span.file >= self.first_custom)
        };
        match program {
            Some(program) => Ok(Self {
                set: RuleSet { program, sources },
                warnings: problems.into_iter().filter(is_custom).collect(),
                ..self
            }),
            None => Err((problems, sources)),
        }
    }

    /// Understands a question: the body of a rule, whose file in the returned rules is `name`.
    ///
    /// # Errors
    /// Everything that is wrong with it, and the sources in which the problems are placed.
    pub fn with_query(
        self,
        name: &str,
        text: &str,
    ) -> Result<(Self, Query), (Vec<Problem>, Sources)> {
        let RuleSet { program: before, mut sources } = self.set;
        sources.add(name, text);
        match datalog::compile_query(&sources, self.first_custom) {
            (Some((mut program, query)), _) => {
                // Parameters stay as they were set.
                for (param, before) in program.params.iter_mut().zip(&before.params) {
                    param.value = before.value;
                }
                Ok((Self { set: RuleSet { program, sources }, ..self }, query))
            }
            (None, problems) => Err((problems, sources)),
        }
    }

    /// Whether a rule is custom.
    pub fn is_custom(&self, rule: &Violation) -> bool {
        rule.relation >= self.shipped
    }

    /// What has to run for the rules that are `selected`.
    pub fn plan(&self, selected: &dyn Fn(&Violation) -> bool) -> Plan {
        let rules = self.set.program.violations.iter().filter(|rule| rule.is_rule());
        let chosen = rules.filter(|rule| selected(rule));
        self.plan_for(chosen.flat_map(|rule| &rule.reads).copied().collect())
    }

    /// What has to run so that these relations are complete.
    pub fn plan_for(&self, relations: BTreeSet<RelationId>) -> Plan {
        let mut relations = self.set.program.clauses.sources(relations, self.shipped);
        let mut shipped = relations.clone();
        shipped.retain(|&relation| relation < self.shipped);
        let steps = self.lowered.steps_for(&mut shipped);
        relations.extend(shipped.into_iter().filter(|&relation| relation < self.shipped));
        Plan { steps, relations }
    }

    /// The parameters that a rule reads, directly or through relations.
    pub fn params_of(&self, rule: &Violation) -> BTreeSet<ParamId> {
        let mut params = BTreeSet::new();
        let mut visit = |term: &Term| {
            if let Term::Param(param) = term {
                params.insert(*param);
            }
        };
        rule.telling.says().for_each(|say| say.each_term(&mut visit));
        let clauses = &self.set.program.clauses;
        let read = clauses.sources(rule.reads.clone(), 0);
        for clause in read.iter().flat_map(|&relation| clauses.of(relation)) {
            clause.terms.iter().for_each(&mut visit);
            clause.body.iter().for_each(|literal| literal.each_term(&mut visit));
        }
        params
    }

    /// The texts that rules name.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.set.program.texts.iter().map(String::as_str)
    }

    /// All violations, sorted by id.
    pub fn violations(&self) -> Vec<&Violation> {
        let rules = self.set.program.violations.iter().filter(|rule| rule.is_rule());
        let mut violations: Vec<&Violation> = rules.collect();
        violations.sort_by(|one, other| one.id.cmp(&other.id));
        violations
    }
}

fn file_id(sources: &Sources) -> FileId {
    FileId::try_from(sources.files.len()).unwrap_or(FileId::MAX)
}

/// Rules with ids that mean something else: what lynt reports of ignores and the baseline, or several rules.
fn taken_ids(program: &Program, first_custom: FileId) -> Vec<Problem> {
    let shipped = program.violations.iter().filter(|rule| rule.span.file < first_custom);
    let mut groups: BTreeSet<&str> = shipped.map(|rule| rule.group.as_str()).collect();
    groups.extend(CHECKS.iter().map(|check| check.group));
    groups.insert(ALL);
    let problems = program.violations.iter().filter(|rule| rule.is_rule()).filter_map(|rule| {
        let id = &rule.id;
        let (message, see) = if is_check(id) {
            let see = format!("`lynt rule {id}` shows that check");
            (format!("lynt checks something of its own as `{id}`"), see)
        } else if groups.contains(id.as_str()) {
            (format!("`{id}` selects several rules"), "`lynt rule` lists the groups".to_owned())
        } else {
            return None;
        };
        let problem = Problem::error("duplicate-declaration", message);
        let problem = problem.at(program.relations[rule.relation].span, "");
        Some(problem.help(format!("give the rule another name; {see}")))
    });
    problems.collect()
}
