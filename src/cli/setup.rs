//! Topologies and their configurations, with the options of the command line → what checks need.

use super::Output;
use super::configured::WrongRules;
use super::input::Input;
use super::rule_files::{RuleFiles, warn};
use super::targets::{self, Target};
use super::today::TodayArguments;
use crate::checks::{CHECKS, Check, MALFORMED, STALE, UNUSED};
use crate::config::{Config, Origin, Value, select};
use crate::datalog::program::Violation;
use crate::discover::{Configuration, Discovered, TopologyFiles};
use crate::report::Rule;
use crate::rules::Rules;
use crate::source::{Problem, Severity, Sources};
use crate::suppress::Policy;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Which rules are run.
#[derive(clap::Args, Default)]
pub(super) struct Selecting {
    /// Check only these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    select: Vec<String>,
    /// Check these rules or groups too, whatever lynt.toml ignores
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    extend_select: Vec<String>,
    /// Leave out these rules or groups; of two that name a rule the more exact one counts
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    ignore: Vec<String>,
}

impl Selecting {
    /// These options as words of a command line.
    pub(super) fn words(&self) -> Vec<String> {
        let lists = [
            ("--select", &self.select),
            ("--extend-select", &self.extend_select),
            ("--ignore", &self.ignore),
        ];
        let named = lists.into_iter().filter(|(_, names)| !names.is_empty());
        named.map(|(option, names)| format!("{option}={}", names.join(","))).collect()
    }

    /// `--select` replaces all that a file says of rules, the others add to it.
    fn apply(&self, config: &mut Config) {
        if !self.select.is_empty() {
            for path in ["rules.select", "rules.extend-select", "rules.ignore"] {
                config.set(path, Value::Texts(Vec::new()), Origin::Option("--select"));
            }
        }
        let lists = [
            ("rules.select", "--select", &self.select),
            ("rules.extend-select", "--extend-select", &self.extend_select),
            ("rules.ignore", "--ignore", &self.ignore),
        ];
        for (path, option, names) in lists.into_iter().filter(|(.., names)| !names.is_empty()) {
            let origin = Origin::Option(option);
            let mut all = config.texts(path).to_vec();
            all.extend(names.iter().map(|name| (name.clone(), origin)));
            config.set(path, Value::Texts(all), origin);
        }
    }
}

/// A configuration and what it comes to.
pub(super) struct Setup {
    /// The configuration, with the options of the command line over it.
    pub configuration: Configuration,
    /// The rules as it wants them.
    pub rules: Rules,
    /// The ids of those that run.
    pub selected: BTreeSet<String>,
    /// What ignores need to count.
    pub policy: Policy,
    /// How grave it is that an entry of the baseline hides nothing; None: that is not looked for.
    pub stale: Option<Severity>,
    /// What follows `lynt rule` so that it finds the same rules.
    pub rule_arguments: String,
}

impl Setup {
    /// Whether a rule runs.
    pub(super) fn is_selected(&self, rule: &Violation) -> bool {
        self.selected.contains(&rule.id)
    }

    /// Whether there is a rule of this id that does not run.
    pub(super) fn is_off(&self, id: &str) -> bool {
        !self.selected.contains(id) && self.rules.violations().iter().any(|known| known.id == id)
    }
}

/// What checks need.
pub(super) struct Prepared {
    /// The topologies, each with its setup: an index into `setups`.
    pub topologies: Vec<(TopologyFiles, usize)>,
    /// One for each configuration.
    pub setups: Vec<Setup>,
    /// How long it took to read the topologies.
    pub read: Duration,
    /// How long it took to read the rules.
    pub started: Duration,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub input: &'a Input,
    pub rule_files: &'a RuleFiles,
    pub selecting: &'a Selecting,
    pub today: &'a TodayArguments,
    /// Sets what other options say.
    pub options: &'a dyn Fn(&mut Config),
}

impl Asked<'_> {
    /// Reads topologies, configurations and rules.
    ///
    /// # Errors
    /// Everything that keeps rules from running.
    pub(super) fn prepare(&self, sources: &mut Sources) -> Result<Prepared, WrongRules> {
        let start = Instant::now();
        let found = self.input.discover(&self.rule_files.config, sources);
        let Discovered { topologies, configurations } = found.map_err(WrongRules::Settings)?;
        let read = start.elapsed();
        let setups = configurations.into_iter().map(|found| self.setup(found, sources));
        let setups = setups.collect::<Result<Vec<Setup>, WrongRules>>()?;
        Ok(Prepared { topologies, setups, read, started: start.elapsed() - read })
    }

    /// What a configuration comes to, with the options of the command line over it.
    ///
    /// # Errors
    /// Everything that keeps rules from running.
    pub(super) fn setup(
        &self,
        configuration: Configuration,
        sources: &Sources,
    ) -> Result<Setup, WrongRules> {
        let today = self.today.date().map_err(WrongRules::Settings)?;
        let rules = self.rule_files.rules(&configuration)?;
        let rule_arguments = self.rule_files.arguments_here(&configuration);
        let mut configuration = configuration;
        let config = &mut configuration.config;
        self.selecting.apply(config);
        (self.options)(config);
        let selected = select(config, &rules).map_err(WrongRules::Settings)?.ids;
        let mut policy = config.policy(sources, today);
        // A check that is off has its own severity, should the command line name it.
        let level = |check: Check, configured: Option<Severity>| {
            configured.or(Some(check.severity)).filter(|_| selected.contains(check.id))
        };
        policy.malformed = level(MALFORMED, policy.malformed);
        policy.unused = level(UNUSED, policy.unused);
        let stale = level(STALE, config.stale());
        Ok(Setup { configuration, rules, selected, policy, stale, rule_arguments })
    }
}

impl Setup {
    /// The reports that the configuration asks for; the first format on standard output where it asks for
    /// none.
    ///
    /// # Errors
    /// What it asks for that there is not, or can't be together.
    pub(super) fn targets(&self) -> Result<Vec<Target>, Vec<Problem>> {
        let (mut targets, mut problems) = (Vec::new(), Vec::new());
        let wanted = self.configuration.config.texts("output.format");
        for (text, origin) in wanted {
            match targets::parse(text) {
                Ok(Target { format, file }) => {
                    let resolve = |file: PathBuf| self.configuration.output(&file, *origin);
                    match file.map(resolve).transpose() {
                        Ok(file) => targets.push(Target { format, file }),
                        Err(problem) => problems.push(problem),
                    }
                }
                Err(why) => {
                    let why = why.lines().next().unwrap_or("").to_owned();
                    problems.push(origin.place(Problem::error("unknown-value", why)));
                }
            }
        }
        if problems.is_empty() {
            let first = wanted.first().map(|(_, origin)| *origin);
            let placed = |problem: Problem| match first {
                Some(origin) => origin.place(problem),
                None => problem,
            };
            return targets::all(&targets).map_err(|problem| vec![placed(problem)]);
        }
        Err(problems)
    }
}

impl Prepared {
    /// What reports tell of the rules that run in any topology, sorted by id. `is_on`: whether what a check
    /// looks at is looked at.
    pub(super) fn selected_rules(&self, is_on: &dyn Fn(&Check) -> bool) -> Vec<Rule> {
        let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
        for setup in &self.setups {
            let violations = setup.rules.violations().into_iter();
            let own = violations.filter(|rule| setup.is_selected(rule)).map(Rule::of);
            let levels = [setup.policy.malformed, setup.stale, setup.policy.unused];
            let checks = CHECKS.iter().zip(levels).filter(|(check, _)| is_on(check));
            let checks = checks.filter_map(|(check, level)| Some(Rule::of_check(check, level?)));
            for rule in own.chain(checks) {
                rules.entry(rule.id.clone()).or_insert(rule);
            }
        }
        rules.into_values().collect()
    }

    /// The files of all rules in force, each once.
    pub(super) fn rule_files(&self) -> Sources {
        let mut all = Sources::default();
        for file in self.setups.iter().flat_map(|setup| &setup.rules.set.sources.files) {
            if !all.files.contains(file) {
                all.files.push(file.clone());
            }
        }
        all
    }

    /// Says on standard error what is doubtful in custom rules.
    pub(super) fn warn(&self, output: &Output) -> io::Result<()> {
        self.setups.iter().try_for_each(|setup| warn(&setup.rules, output))
    }
}
