//! `lynt check`: topologies → report and verdict.

use super::Output;
use super::adding::Adding;
use super::baselined::BaselineArguments;
use super::checker::{Checker, Looking, verdict};
use super::clock::Clock;
use super::configured::WrongRules;
use super::input::{Input, number};
use super::mend::FixArguments;
use super::rule_files::RuleFiles;
use super::setup::{Asked, Prepared, Selecting, Setup};
use super::showing::Showing;
use super::since::SinceArguments;
use super::targets::{self, Target};
use super::today::TodayArguments;
use crate::config::{Config, Origin, Value};
use crate::discover::TopologyFiles;
use crate::mend::mend;
use crate::report::{Outcome, Report};
use crate::source::{Problem, Sources};
use clap::ValueEnum;
use std::io::{self, Write};
use std::mem::ManuallyDrop;

const EXAMPLES: &str = "\
Examples:
  lynt check                                 the topology in the current folder
  lynt check topology/                       the *.toml of a folder, together
  lynt check -f concise topology/            one line a violation
  lynt check -f human -f sarif=lynt.sarif -f junit=lynt.xml topology/
  lynt check --select backup,sba-without-registrar topology/
  lynt check --rules house/ topology/        with rules of your own
  lynt check --fix topology/                 mend what has one right answer
  lynt check --diff topology/                what --fix would change
  lynt check --fail-on warning topology/     warnings fail too
  lynt check --tracked                       only what git tracks, as in a hook
  lynt check --since main topology/          only what main does not have
  lynt check --show-settings topology/       what is in force, and who says so
  lynt check --add-ignore 'CHG-4711' --until 2026-12-31 topology/
  git show HEAD~1:lab.toml | lynt check -    a TOML from standard input

Exit codes: 0 nothing at or above --fail-on, 1 violations, 2 could not check.";

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
    #[command(flatten)]
    selecting: Selecting,
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = targets::parse, help = targets::help(), help_heading = "Output")]
    format: Vec<Target>,
    /// Print the proof of each violation below it
    #[arg(long, help_heading = "Output")]
    proof: bool,
    /// Print so many violations at most in `human`; all of them count
    #[arg(long, value_name = "NUMBER", value_parser = number, help_heading = "Output")]
    max_findings: Option<usize>,
    /// List in SARIF what is hidden too, with what hides it; GitHub takes these for open
    #[arg(long, help_heading = "Output")]
    sarif_suppressed: bool,
    /// Print how long each part took to standard error
    #[arg(long, help_heading = "Output")]
    timings: bool,
    /// The least severity for which the exit code is 1 [default: error]
    #[arg(long, value_name = "SEVERITY", value_enum, help_heading = "Verdict")]
    fail_on: Option<FailOn>,
    /// Look at no ignore: show everything
    #[arg(long, help_heading = "Ignores", conflicts_with = "add_ignore")]
    no_ignores: bool,
    #[command(flatten)]
    adding: Adding,
    #[command(flatten)]
    today: TodayArguments,
    #[command(flatten)]
    baseline: BaselineArguments,
    #[command(flatten)]
    since: SinceArguments,
    #[command(flatten)]
    fixes: FixArguments,
    #[command(flatten)]
    showing: Showing,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    fn as_str(self) -> &'static str {
        match self {
            FailOn::Error => "error",
            FailOn::Warning => "warning",
            FailOn::Note => "note",
            FailOn::Never => "never",
        }
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let mut clock = Clock::default();
    let mut sources = Sources::default();
    let targets = targets::all(&arguments.format).unwrap_or_default();
    let prepared = match arguments.prepare(&mut sources) {
        // The process ends with the check, and to free the rules piece by piece takes longer than many a check.
        Ok(prepared) => ManuallyDrop::new(prepared),
        Err(wrong) => return could_not_look(wrong, &targets, sources, output),
    };
    if arguments.showing.is_asked() {
        return arguments.showing.show(&prepared, &sources, output);
    }
    prepared.warn(output)?;
    (clock.read, clock.started) = (prepared.read, prepared.started);
    let wrong = WrongRules::Settings;
    let targets = match arguments.targets(&prepared) {
        Ok(wanted) => wanted,
        Err(problems) => return could_not_look(wrong(problems), &targets, sources, output),
    };
    let Arguments { input, rule_files, .. } = arguments;
    let found =
        arguments.baseline.all(&prepared, &rule_files.config, input.is_tracked(), &mut sources);
    let baselines = match found {
        Ok(baselines) => baselines,
        Err(problems) => return could_not_look(wrong(problems), &targets, sources, output),
    };
    let looking = arguments.looking(&targets);
    let checker = Checker { prepared: &prepared, input, rule_files, baselines, looking };
    let run = Run { arguments, targets: &targets, checker };
    if let Err(problems) = run.mend(&mut sources, output)? {
        return could_not_look(wrong(problems), &targets, sources, output);
    }
    let mut outcomes = run.checker.outcomes(&sources, &mut clock.arrows);
    let compared = run.checker.compare(&arguments.since, &mut outcomes, &sources, output)?;
    if let Err(problems) = compared {
        return could_not_look(wrong(problems), &targets, sources, output);
    }
    clock.checked();
    output.verdict = verdict(&outcomes);
    if arguments.adding.is_asked() {
        return arguments.adding.add(&prepared, &outcomes, &sources, output);
    }
    if arguments.fixes.is_diff() {
        return output.out.flush().map(|()| output.verdict);
    }
    let code = run.report(&outcomes, &sources, output)?;
    if arguments.timings {
        clock.write();
    }
    Ok(code)
}

/// Reports what kept lynt from looking at topologies.
fn could_not_look(
    wrong: WrongRules,
    targets: &[Target],
    sources: Sources,
    output: &mut Output,
) -> io::Result<u8> {
    wrong.tell(output, &sources)?;
    let (problems, sources) = wrong.placed(sources);
    let report = Report {
        outcomes: &[],
        problems: &problems,
        sources: &sources,
        rules: &[],
        rule_files: &Sources::default(),
        exit_code: output.verdict,
    };
    targets::write(targets, &report, output)
}

impl Arguments {
    fn prepare(&self, sources: &mut Sources) -> Result<Prepared, WrongRules> {
        let usage = |problem| WrongRules::Settings(vec![problem]);
        targets::all(&self.format).map_err(usage)?;
        let Self { input, rule_files, selecting, today, .. } = self;
        let options = &|config: &mut Config| self.set_options(config);
        Asked { input, rule_files, selecting, today, options }.prepare(sources)
    }

    /// What other options than those about rules say.
    fn set_options(&self, config: &mut Config) {
        if let Some(fail_on) = self.fail_on {
            let value = Value::Text(fail_on.as_str().to_owned());
            config.set("output.fail-on", value, Origin::Option("--fail-on"));
        }
        if !self.format.is_empty() {
            let origin = Origin::Option("--format");
            let written = self.format.iter().map(|target| (target.written(), origin));
            config.set("output.format", Value::Texts(written.collect()), origin);
        }
    }

    fn looking(&self, targets: &[Target]) -> Looking {
        let carries_proofs = targets.iter().any(|target| target.format.carries_proofs);
        Looking {
            allow_empty: self.allow_empty,
            proofs: self.proof || carries_proofs,
            subjects: targets.iter().any(|target| target.format.names_subjects),
            ignores: !self.no_ignores,
        }
    }

    /// The reports that are asked for. Those of the first topology's configuration count for all.
    fn targets(&self, prepared: &Prepared) -> Result<Vec<Target>, Vec<Problem>> {
        let first = prepared.topologies.first().map(|(_, setup)| &prepared.setups[*setup]);
        match first {
            Some(setup) if self.format.is_empty() => setup.targets(),
            _ => targets::all(&self.format).map_err(|problem| vec![problem]),
        }
    }
}

/// A run over what was prepared.
struct Run<'r> {
    arguments: &'r Arguments,
    targets: &'r [Target],
    checker: Checker<'r>,
}

impl Run<'_> {
    /// Makes fixes in `sources` and in the files, where that is asked for.
    fn mend(
        &self,
        sources: &mut Sources,
        output: &mut Output,
    ) -> io::Result<Result<(), Vec<Problem>>> {
        let Arguments { adding, fixes, input, .. } = self.arguments;
        let writes = adding.is_asked() || fixes.is_wanted() && !fixes.is_diff();
        if writes && input.reads_standard_input() {
            let problem = Problem::error("usage", "standard input can't be changed")
                .help("write it to a file first; `--diff` shows what fixes would change");
            return Ok(Err(vec![problem]));
        }
        if !fixes.is_wanted() {
            return Ok(Ok(()));
        }
        let mend_one = |sources: &Sources, topology: &TopologyFiles, setup: &Setup| {
            self.checker.with_options(topology, setup, |options| {
                mend(&setup.rules, sources, topology, options, fixes.with_unsafe())
            })
        };
        fixes.mend(self.checker.prepared, sources, &mend_one, output)
    }

    fn report(
        &self,
        outcomes: &[Outcome],
        sources: &Sources,
        output: &mut Output,
    ) -> io::Result<u8> {
        let Arguments { proof, sarif_suppressed, max_findings, .. } = self.arguments;
        for style in [&mut output.style, &mut output.file_style] {
            (style.proofs, style.hidden) = (*proof, *sarif_suppressed);
            style.most = max_findings.unwrap_or(usize::MAX);
        }
        let prepared = self.checker.prepared;
        let report = Report {
            outcomes,
            problems: &[],
            sources,
            rules: &prepared.selected_rules(&|check| self.checker.is_on(check)),
            rule_files: &prepared.rule_files(),
            exit_code: output.verdict,
        };
        targets::write(self.targets, &report, output)
    }
}
