//! `lynt check`: topologies → report and verdict.

use super::input::Input;
use super::mend::FixArguments;
use super::rule_files::{RuleFiles, warn};
use super::targets::{self, Target};
use super::{CLEAN, COULD_NOT_CHECK, Output, VIOLATIONS};
use crate::datalog::program::Violation;
use crate::proof::Size;
use crate::report::{Outcome, Report, Rule};
use crate::rules::Rules;
use crate::source::{Problem, Severity, Sources};
use crate::spelling::nearest;
use crate::{Options, Timings, check};
use clap::ValueEnum;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::{Duration, Instant};

const EXAMPLES: &str = "\
Examples:
  lynt check                                 the topology in the current folder
  lynt check topology/                       all *.toml of a folder, as one topology
  lynt check -f concise topology/            one line a violation
  lynt check -f human -f sarif=lynt.sarif -f junit=lynt.xml topology/
  lynt check --select backup,sba-without-registrar topology/
  lynt check --rules house/ topology/        with rules of your own
  lynt check --fix topology/                 mend what has one right answer
  lynt check --diff topology/                what --fix would change
  lynt check --fail-on warning topology/     warnings fail too
  git show HEAD~1:lab.toml | lynt check -    a TOML from standard input

Exit codes: 0 nothing at or above --fail-on, 1 violations, 2 could not check.";

/// Check topologies
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Let a topology without anything in it pass
    #[arg(long, help_heading = "Input")]
    allow_empty: bool,
    #[command(flatten)]
    rule_files: RuleFiles,
    /// Check only these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    select: Vec<String>,
    /// Leave out these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    ignore: Vec<String>,
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = targets::parse, help = targets::help(), help_heading = "Output")]
    format: Vec<Target>,
    /// Print the proof of each violation below it
    #[arg(long, help_heading = "Output")]
    proof: bool,
    #[command(flatten)]
    fixes: FixArguments,
    /// Print how long each part took to standard error
    #[arg(long, help_heading = "Output")]
    timings: bool,
    /// The least severity for which the exit code is 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error, help_heading = "Verdict")]
    fail_on: FailOn,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    fn least(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Note => Some(Severity::Note),
            FailOn::Never => None,
        }
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let targets = match targets::all(&arguments.format) {
        Ok(targets) => targets,
        Err(problem) => return output.could_not_check(&[problem], &Sources::default()),
    };
    let mut clock = Clock::default();
    let rules = match arguments.rule_files.load() {
        Ok(rules) => rules,
        Err((problems, sources)) => return output.could_not_check(&problems, &sources),
    };
    warn(&rules, output)?;
    let mut sources = Sources::default();
    let looked = look(arguments, &targets, &rules, &mut sources, &mut clock, output)?;
    let (looked, problems) = match looked {
        Ok(looked) => (looked, Vec::new()),
        Err(problems) => (Looked::default(), problems),
    };
    if !problems.is_empty() {
        output.could_not_check(&problems, &sources)?;
    } else {
        output.verdict = verdict(&looked.outcomes, arguments.fail_on);
    }
    if arguments.fixes.is_diff() {
        output.out.flush()?;
        return Ok(output.verdict);
    }
    let report = Report {
        outcomes: &looked.outcomes,
        problems: &problems,
        sources: &sources,
        rules: &looked.rules,
        rule_files: &rules.set.sources,
        fail_on: arguments.fail_on.least(),
        exit_code: output.verdict,
    };
    output.style.proofs = arguments.proof;
    output.file_style.proofs = arguments.proof;
    let reporting = Instant::now();
    let code = targets::write(&targets, &report, output)?;
    if arguments.timings {
        clock.write(reporting.elapsed())?;
    }
    Ok(code)
}

/// What a run found.
#[derive(Default)]
struct Looked {
    outcomes: Vec<Outcome>,
    /// The selected rules, sorted by id.
    rules: Vec<Rule>,
}

fn look(
    arguments: &Arguments,
    targets: &[Target],
    rules: &Rules,
    sources: &mut Sources,
    clock: &mut Clock,
    output: &mut Output,
) -> io::Result<Result<Looked, Vec<Problem>>> {
    let selected = match select(rules, &arguments.select, &arguments.ignore) {
        Ok(selected) => selected,
        Err(problems) => return Ok(Err(problems)),
    };
    clock.started = clock.start.elapsed();
    let topologies = match arguments.input.discover(sources) {
        Ok(topologies) => topologies,
        Err(problems) => return Ok(Err(problems)),
    };
    clock.read = clock.start.elapsed() - clock.started;
    let is_selected = |violation: &Violation| selected.contains(violation.id.as_str());
    let options = Options {
        selected: &is_selected,
        allow_empty: arguments.allow_empty,
        limits: arguments.rule_files.limits.limits(),
        proofs: (arguments.proof || targets.iter().any(|target| target.format.carries_proofs))
            .then(Size::default),
        subjects: targets.iter().any(|target| target.format.names_subjects),
        ignores: None,
    };
    if arguments.fixes.is_wanted() {
        if arguments.input.reads_standard_input() && !arguments.fixes.is_diff() {
            let problem = Problem::error("usage", "standard input can't be mended")
                .help("write it to a file first, or see what would change with `--diff`");
            return Ok(Err(vec![problem]));
        }
        let mended = arguments.fixes.mend(rules, sources, &topologies, &options, output)?;
        if let Err(problems) = mended {
            return Ok(Err(problems));
        }
    }
    let outcomes = topologies
        .iter()
        .map(|topology| Outcome {
            path_arguments: arguments.input.arguments(&topology.path),
            rule_arguments: arguments.rule_files.arguments(),
            ..check(rules, sources, topology, &options, &mut clock.arrows)
        })
        .collect();
    let all = rules.violations().into_iter();
    let rules = all.filter(|violation| is_selected(violation)).map(Rule::of).collect();
    Ok(Ok(Looked { outcomes, rules }))
}

/// What `--timings` prints.
struct Clock {
    start: Instant,
    started: Duration,
    read: Duration,
    arrows: Timings,
}

impl Default for Clock {
    fn default() -> Self {
        let (zero, arrows) = (Duration::ZERO, Timings::default());
        Self { start: Instant::now(), started: zero, read: zero, arrows }
    }
}

impl Clock {
    fn write(&self, reporting: Duration) -> io::Result<()> {
        let Timings { parse, facts, rules, explain } = self.arrows;
        let mut text = String::new();
        for (name, time) in [
            ("start", self.started),
            ("read", self.read),
            ("parse", parse),
            ("facts", facts),
            ("rules", rules),
            ("report", reporting + explain),
            ("all", self.start.elapsed()),
        ] {
            text.push_str(&format!("{name:<7}{:>10.2} ms\n", time.as_secs_f64() * 1000.0));
        }
        io::stderr().write_all(text.as_bytes())
    }
}

fn verdict(outcomes: &[Outcome], fail_on: FailOn) -> u8 {
    if outcomes.iter().any(|outcome| !outcome.problems.is_empty()) {
        return COULD_NOT_CHECK;
    }
    let mut findings = outcomes.iter().flat_map(|outcome| &outcome.findings);
    let fails = |severity| fail_on.least().is_some_and(|least| severity >= least);
    if findings.any(|finding| fails(finding.severity)) { VIOLATIONS } else { CLEAN }
}

/// The ids of the rules that run.
fn select<'r>(
    rules: &'r Rules,
    select: &[String],
    ignore: &[String],
) -> Result<BTreeSet<&'r str>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut named = |option: &str, names: &[String]| -> BTreeSet<&'r str> {
        let mut ids = BTreeSet::new();
        for name in names {
            let found = rules_named(rules, name);
            if found.is_empty() {
                problems.push(unknown_rule(rules, name, option));
            }
            ids.extend(found);
        }
        ids
    };
    let wanted = named("--select", select);
    let unwanted = named("--ignore", ignore);
    if !problems.is_empty() {
        return Err(problems);
    }
    let wanted =
        if select.is_empty() { rules_named(rules, "all").into_iter().collect() } else { wanted };
    Ok(wanted.difference(&unwanted).copied().collect())
}

/// The rules of that id or group; all of them for `all`.
fn rules_named<'r>(rules: &'r Rules, name: &str) -> Vec<&'r str> {
    let violations = rules.violations().into_iter();
    violations
        .filter(|violation| name == "all" || violation.id == name || violation.group == name)
        .map(|violation| violation.id.as_str())
        .collect()
}

/// `name` is neither a rule nor a group.
pub(super) fn unknown_rule(rules: &Rules, name: &str, option: &str) -> Problem {
    let violations = rules.violations();
    let ids = violations.iter().map(|violation| violation.id.as_str());
    let groups = violations.iter().map(|violation| violation.group.as_str());
    let near = nearest(name, ids.chain(groups));
    Problem::error("unknown-rule", format!("`{option}`: no rule or group is called `{name}`"))
        .help("`lynt rule` lists the rules and their groups")
        .did_you_mean(near)
}
