//! What becomes of the users when something fails: scenarios → the outcome of every user group.

use crate::datalog::program::{EntityId, Kind, Program, RelationId};
use crate::engine::{derive, derive_again};
use crate::eval::Limits;
use crate::facts::{Cell, Facts, Table, collect};
use crate::print::grouped;
use crate::rules::{Plan, Rules};
use crate::source::Problem;
use crate::spelling::nearest;
use crate::topology::Topology;
use crate::violation::{Finding, outcomes};
use std::collections::BTreeSet;
use std::fmt;

/// What fails, and what administrators have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Pools, SBAs and Edge pools that are down.
    pub down: Vec<String>,
    /// Sites that are down, with all that stands there and everybody who works there.
    pub sites_down: Vec<String>,
    /// Branch sites whose WAN link is down.
    pub wans_down: Vec<String>,
    /// Whether failure detection intervals have not passed yet.
    pub early: bool,
    /// Pools for which Invoke-CsPoolFailOver has ended; `all` stands for every pool that is down.
    pub failed_over: Vec<String>,
    /// Whether the Central Management store was failed over first.
    pub central_management_moved: bool,
    /// Edge pools whose next hop was changed to a pool that is up; `all` stands for every one.
    pub next_hops_moved: Vec<String>,
}

/// How many single failures a table of them tries; a topology with more gets none.
pub const MOST_FAILURES: usize = 600;

/// What can fail by itself: what it is called, and its table.
const FAILING: [(&str, &str); 3] = [("pool", "pool"), ("SBA", "sba"), ("site", "site")];

/// What modes are called, best first.
pub fn modes(program: &Program) -> &[String] {
    let kind = program.enums.iter().find(|kind| kind.name == "Mode");
    kind.map_or(&[], |modes| &modes.values)
}

/// How many single failures a topology can have.
pub fn failures_of(program: &Program, topology: &Topology) -> usize {
    let tables = FAILING.map(|(_, table)| table);
    let fails = |kind: EntityId| tables.contains(&program.entities[kind].table.as_str());
    topology.entities.iter().filter(|entity| fails(entity.kind)).count()
}

impl Scenario {
    /// A failure that [`Simulator::single_failures`] names.
    pub fn single(kind: &str, name: &str) -> Self {
        let names = vec![name.to_owned()];
        match kind {
            "site" => Self { sites_down: names, ..Self::default() },
            _ => Self { down: names, ..Self::default() },
        }
    }
}

/// What becomes of all user groups in one scenario.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// One for each user group, in the order of their names.
    pub groups: Vec<Group>,
}

/// The users to whom the same is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// How many there are; at least so many, where `at_least` is set.
    pub users: i64,
    /// Whether there are groups of unknown size.
    pub at_least: bool,
    /// How many groups they are in.
    pub groups: usize,
}

impl Simulated {
    /// The users of each of so many modes, the worst mode first, at last those of whom nothing is known.
    pub fn by_mode(&self, modes: usize) -> Vec<Users> {
        let mut sums = vec![Users::default(); modes + 1];
        for group in &self.groups {
            let mode = group.mode.and_then(|mode| usize::try_from(mode).ok());
            let at = mode.filter(|&mode| mode < modes).map_or(modes, |mode| modes - 1 - mode);
            let Users { users, at_least, groups } = &mut sums[at];
            *users = users.saturating_add(group.users.unwrap_or(0));
            *at_least |= group.users.is_none();
            *groups += 1;
        }
        sums
    }
}

/// `12,000`; `12,000+` where there are groups of unknown size; nothing where there is no group.
impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.groups, self.at_least) {
            (0, _) => Ok(()),
            (_, true) => write!(f, "{}+", grouped(self.users)),
            (_, false) => f.write_str(&grouped(self.users)),
        }
    }
}

/// What becomes of one user group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How many users it has, if that is known.
    pub users: Option<i64>,
    /// The value of the enum `Mode`; None where the group's home is no Front End pool and no SBA.
    pub mode: Option<u32>,
    /// Why.
    pub why: Option<Finding>,
}

/// A topology that is asked about failures.
pub struct Simulator<'a> {
    rules: &'a Rules,
    facts: Facts,
    plan: Plan,
    relations: Relations,
}

/// The relations of a scenario, and those that a report reads.
struct Relations {
    down: RelationId,
    site_down: RelationId,
    wan_down: RelationId,
    early: RelationId,
    failed_over: RelationId,
    central_management_moved: RelationId,
    next_hop_moved: RelationId,
    failed: RelationId,
    users: RelationId,
    site_kind: RelationId,
}

impl Relations {
    fn of(program: &Program) -> Option<Self> {
        let named = |name: &str| program.relation_named(name);
        Some(Self {
            down: named("Down")?,
            site_down: named("SiteDown")?,
            wan_down: named("WanDown")?,
            early: named("Early")?,
            failed_over: named("FailedOver")?,
            central_management_moved: named("CentralManagementMoved")?,
            next_hop_moved: named("NextHopMoved")?,
            failed: named("Failed")?,
            users: named("UserGroup.users")?,
            site_kind: named("Site.kind")?,
        })
    }

    fn scenario(&self) -> BTreeSet<RelationId> {
        let Self { down, site_down, wan_down, early, failed_over, .. } = *self;
        let Self { central_management_moved, next_hop_moved, .. } = *self;
        [down, site_down, wan_down, early, failed_over, central_management_moved, next_hop_moved]
            .into()
    }
}

impl<'a> Simulator<'a> {
    /// Prepares a topology for questions.
    ///
    /// # Errors
    /// A limit of the rules was reached.
    ///
    /// # Panics
    /// Never with the shipped rules: `rules/failover.dl` declares what is looked up.
    pub fn new(rules: &'a Rules, topology: Topology) -> Result<Self, Problem> {
        let program = &rules.set.program;
        let relations = Relations::of(program).expect("rules/failover.dl declares the scenario");
        let reports = program.violations.iter().filter(|outcome| !outcome.is_rule());
        let mut needed: BTreeSet<RelationId> =
            reports.flat_map(|report| &report.reads).copied().collect();
        needed.extend([relations.failed, relations.users, relations.site_kind]);
        needed.extend(program.entities.iter().map(|entity| entity.relation));
        let plan = rules.plan_for(needed);
        let mut facts = collect(program, topology, &plan.relations, rules.texts());
        derive(rules, &plan, &mut facts, &Limits::default())?;
        Ok(Self { rules, facts, plan, relations })
    }

    /// What becomes of every user group.
    ///
    /// # Errors
    /// Every name that the topology does not have, or that can't fail in this way; a limit that was
    /// reached.
    pub fn run(&mut self, scenario: &Scenario) -> Result<Simulated, Vec<Problem>> {
        self.set(scenario)?;
        self.derive_again()?;
        if scenario.failed_over.iter().any(|name| name == "all") {
            self.fail_over_what_is_down();
            self.derive_again()?;
        }
        Ok(self.simulated())
    }

    fn derive_again(&mut self) -> Result<(), Vec<Problem>> {
        let changed = self.relations.scenario();
        derive_again(self.rules, &self.plan, &changed, &mut self.facts, &Limits::default())
            .map_err(|problem| vec![problem])
    }

    /// How many outcomes each user group has, in the order of their names: one, where the rules are right.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn outcomes_of(&mut self, scenario: &Scenario) -> Result<Vec<usize>, Vec<Problem>> {
        self.run(scenario)?;
        let became = outcomes(&self.rules.set.program, &self.facts);
        let count = |group: Cell| became.iter().filter(|became| became.group == group).count();
        Ok(self.ids_of("user-group").into_iter().map(count).collect())
    }

    /// Every single failure: each pool, SBA and site, as the name of a kind of failure and of what fails.
    pub fn single_failures(&self) -> Vec<(&'static str, String)> {
        let mut failures = Vec::new();
        for (kind, table) in FAILING {
            failures.extend(self.names(table).map(|name| (kind, name.to_owned())));
        }
        failures
    }

    /// What modes are called, best first.
    pub fn modes(&self) -> &'a [String] {
        modes(&self.rules.set.program)
    }

    /// Names of the entities of a table, sorted.
    fn names(&self, table: &str) -> impl Iterator<Item = &str> {
        let kind = self.kind(table);
        let named = self.facts.names.entities.iter().filter(move |named| Some(named.kind) == kind);
        named.map(|named| named.name.as_str())
    }

    fn kind(&self, table: &str) -> Option<EntityId> {
        self.rules.set.program.entities.iter().position(|entity| entity.table == table)
    }

    fn set(&mut self, scenario: &Scenario) -> Result<(), Vec<Problem>> {
        let Scenario { down, sites_down, wans_down, early, failed_over, .. } = scenario;
        let Scenario { central_management_moved, next_hops_moved, .. } = scenario;
        let is_all = |name: &&String| *name == "all";
        let mut problems = Vec::new();
        let mut rows = |option: &str, names: Vec<&String>, tables: &[&str]| -> Vec<Cell> {
            let mut ids = Vec::new();
            for name in names {
                match self.resolve(option, name, tables) {
                    Ok(id) => ids.push(id),
                    Err(problem) => problems.push(problem),
                }
            }
            ids
        };
        let fqdns = ["pool", "sba", "edge-pool"];
        let down = rows("--down", down.iter().collect(), &fqdns);
        let sites_down = rows("--site-down", sites_down.iter().collect(), &["site"]);
        let wans_down = rows("--wan-down", wans_down.iter().collect(), &["site"]);
        let named = failed_over.iter().filter(|name| !is_all(name)).collect();
        let failed_over = rows("--failed-over", named, &["pool"]);
        let named = next_hops_moved.iter().filter(|name| !is_all(name)).collect();
        let mut moved = rows("--next-hop-moved", named, &["edge-pool"]);
        problems.extend(wans_down.iter().filter_map(|&site| self.refuse_central(site)));
        if !problems.is_empty() {
            return Err(problems);
        }
        if next_hops_moved.iter().any(|name| name == "all") {
            moved = self.ids_of("edge-pool");
        }
        let relations = &self.relations;
        let flag = |set: bool| if set { vec![vec![]] } else { Vec::new() };
        let one = |ids: Vec<Cell>| ids.into_iter().map(|id| vec![id]).collect::<Vec<_>>();
        let tables = [
            (relations.down, one(down)),
            (relations.site_down, one(sites_down)),
            (relations.wan_down, one(wans_down)),
            (relations.early, flag(*early)),
            (relations.failed_over, one(failed_over)),
            (relations.central_management_moved, flag(*central_management_moved)),
            (relations.next_hop_moved, one(moved)),
        ];
        for (relation, rows) in tables {
            self.put(relation, rows);
        }
        Ok(())
    }

    fn put(&mut self, relation: RelationId, mut rows: Vec<Vec<Cell>>) {
        let columns = &self.rules.set.program.relations[relation].columns;
        let mut table = Table::new(columns.iter().map(|column| column.kind));
        rows.sort_unstable();
        rows.dedup();
        rows.iter().for_each(|row| table.push(row));
        self.facts.store.put_table(relation, table);
    }

    fn fail_over_what_is_down(&mut self) {
        let pools: BTreeSet<Cell> = self.ids_of("pool").into_iter().collect();
        let failed =
            self.facts.store.ids(self.relations.failed, 0).iter().map(|&id| Cell::from(id));
        let rows = failed.filter(|id| pools.contains(id)).map(|id| vec![id]).collect();
        self.put(self.relations.failed_over, rows);
    }

    fn ids_of(&self, table: &str) -> Vec<Cell> {
        let kind = self.kind(table);
        let entities = (0..).zip(&self.facts.names.entities);
        entities.filter(|(_, named)| Some(named.kind) == kind).map(|(id, _)| id).collect()
    }

    /// The entity of one of `tables` that is called `name`.
    fn resolve(&self, option: &str, name: &str, tables: &[&str]) -> Result<Cell, Problem> {
        let program = &self.rules.set.program;
        for table in tables {
            let kind = self.kind(table).map_or(Kind::Entity, Kind::Of);
            if let Some(id) = self.facts.names.entity(program, kind, name) {
                return Ok(Cell::from(id));
            }
        }
        let known: Vec<&str> = tables.iter().flat_map(|table| self.names(table)).collect();
        // A host name is short for the FQDN that begins with it.
        let host = known.iter().copied().find(|fqdn| {
            fqdn.split_once('.').is_some_and(|(host, _)| host.eq_ignore_ascii_case(name))
        });
        let near = host.or_else(|| nearest(name, known));
        let wanted = tables.join(" or ").replace("sba", "SBA").replace("edge-pool", "Edge pool");
        let message = format!("`{option}`: the topology has no {wanted} called `{name}`");
        Err(Problem::error("unknown-name", message).did_you_mean(near))
    }

    /// Only a branch site hangs on one WAN link.
    fn refuse_central(&self, site: Cell) -> Option<Problem> {
        let kinds = self.relations.site_kind;
        let named = self.facts.names.entities.get(usize::try_from(site).ok()?)?;
        let (sites, values) = (self.facts.store.ids(kinds, 0), self.facts.store.ids(kinds, 1));
        let row = sites.iter().position(|&id| Cell::from(id) == site)?;
        let message = format!("`--wan-down`: `{}` is a central site", named.name);
        (values[row] == 0).then(|| {
            Problem::error("unknown-name", message)
                .help("name a branch site; for the loss of a central site use `--site-down`")
        })
    }

    fn simulated(&self) -> Simulated {
        let mut became = outcomes(&self.rules.set.program, &self.facts);
        let (owners, numbers) = (
            self.facts.store.ids(self.relations.users, 0),
            self.facts.store.numbers(self.relations.users, 1),
        );
        let users: rustc_hash::FxHashMap<Cell, i64> =
            owners.iter().map(|&id| Cell::from(id)).zip(numbers.iter().copied()).collect();
        became.dedup_by_key(|became| became.group);
        let mut by_group: rustc_hash::FxHashMap<Cell, _> =
            became.into_iter().map(|became| (became.group, (became.mode, became.why))).collect();
        let groups = self.ids_of("user-group").into_iter().map(|id| {
            let (mode, why) = by_group.remove(&id).unzip();
            let at = usize::try_from(id).unwrap_or(usize::MAX);
            let name = self.facts.names.entities.get(at).map_or("", |named| &named.name);
            Group { name: name.to_owned(), users: users.get(&id).copied(), mode, why }
        });
        Simulated { groups: groups.collect() }
    }
}
