//! What single failures leave to users × the same of another topology → the failures that differ.

use crate::rules::Rules;
use crate::simulate::{MOST_FAILURES, Scenario, Simulator, Users, failures_of, modes};
use crate::source::Problem;
use crate::topology::{Topology, canonical_name};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What single failures do that they did not, or did and don't.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Failures {
    /// What may be left to users, the worst first, at last `unknown`.
    pub modes: Vec<String>,
    /// The failures that differ: none first, then pools, SBAs and sites by name.
    pub rows: Vec<Row>,
    /// Whether there are too many to try.
    pub untried: bool,
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What fails: `pool fe-lon.contoso.com`, `nothing`.
    pub failure: String,
    /// Users by mode in OLD, where it can fail there.
    pub old: Option<Vec<Mode>>,
    /// Users by mode in NEW, where it can fail there.
    pub new: Option<Vec<Mode>>,
}

/// The users to whom the same is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mode {
    /// What is left to them.
    pub mode: String,
    /// How many there are; at least so many, where `at_least` is set.
    pub users: i64,
    /// Whether there are groups of unknown size.
    pub at_least: bool,
    /// How many groups they are in.
    pub groups: usize,
}

impl Mode {
    /// Without the mode.
    pub(super) fn users(&self) -> Users {
        let Self { users, at_least, groups, .. } = *self;
        Users { users, at_least, groups }
    }
}

/// `on-backup-registrar 12,000`
impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.mode, self.users())
    }
}

/// What a failure is the same by: its kind's place among kinds, and a canonical name.
type Key = (usize, String);

/// What a failure is called, and users by mode.
type Matrix = BTreeMap<Key, (String, Vec<Users>)>;

/// Compares what single failures leave to users. A failure that only one side can have is told where it changes
/// anything.
///
/// # Errors
/// A limit of the rules.
pub fn failures(rules: &Rules, old: Topology, new: Topology) -> Result<Failures, Vec<Problem>> {
    let program = &rules.set.program;
    let most = failures_of(program, &old).max(failures_of(program, &new));
    if most > MOST_FAILURES {
        return Ok(Failures { untried: true, ..Failures::default() });
    }
    let simulator = |topology| Simulator::new(rules, topology).map_err(|problem| vec![problem]);
    let (old, new) = (simulator(old)?, simulator(new)?);
    let mut modes: Vec<String> = modes(program).iter().rev().cloned().collect();
    let (old, new) = (matrix(old, modes.len())?, matrix(new, modes.len())?);
    let normal = modes.len().saturating_sub(1);
    modes.push("unknown".to_owned());
    let harm = |users: &[Users]| -> Vec<Users> {
        users.iter().enumerate().filter(|(at, _)| *at != normal).map(|(_, users)| *users).collect()
    };
    let all: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    let rows = all.into_iter().filter_map(|key| {
        let (before, after) = (old.get(key), new.get(key));
        let differs = match (before, after) {
            // More users in all are more users to whom nothing happens; that is told once.
            (Some((_, before)), Some((_, after))) if key.0 == 0 => before != after,
            (Some((_, before)), Some((_, after))) => harm(before) != harm(after),
            (Some((_, own)), None) => is_harm(own, &old),
            (None, after) => after.is_some_and(|(_, own)| is_harm(own, &new)),
        };
        let told = |row: &(String, Vec<Users>)| named(&modes, &row.1);
        let (failure, _) = after.or(before)?;
        differs.then(|| Row {
            failure: failure.clone(),
            old: before.map(told),
            new: after.map(told),
        })
    });
    let rows = rows.collect();
    Ok(Failures { modes, rows, untried: false })
}

/// Whether a failure changes what it is when nothing fails.
fn is_harm(users: &[Users], matrix: &Matrix) -> bool {
    matrix.first_key_value().is_none_or(|(_, (_, normal))| normal.as_slice() != users)
}

fn matrix(mut simulator: Simulator<'_>, modes: usize) -> Result<Matrix, Vec<Problem>> {
    let normal = simulator.run(&Scenario::default())?.by_mode(modes);
    let mut matrix = Matrix::from([((0, String::new()), ("nothing".to_owned(), normal))]);
    for (kind, name) in simulator.single_failures() {
        let users = simulator.run(&Scenario::single(kind, &name))?.by_mode(modes);
        let rank = ["pool", "SBA", "site"].iter().position(|known| *known == kind);
        let canonical = canonical_name(kind != "site", &name).into_owned();
        let key = (1 + rank.unwrap_or(0), canonical);
        matrix.insert(key, (format!("{kind} {name}"), users));
    }
    Ok(matrix)
}

/// The modes that anybody is in.
fn named(modes: &[String], users: &[Users]) -> Vec<Mode> {
    let known = modes.iter().zip(users).filter(|(_, users)| users.groups > 0);
    let mode = |(mode, &Users { users, at_least, groups }): (&String, &Users)| Mode {
        mode: mode.clone(),
        users,
        at_least,
        groups,
    };
    known.map(mode).collect()
}
