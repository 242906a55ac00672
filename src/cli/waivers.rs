//! `lynt waivers`: the register of what comments ignore.

use super::columns::align;
use super::input::Input;
use super::rule_files::RuleFiles;
use super::setup::{Asked, Prepared, Selecting, Setup};
use super::today::TodayArguments;
use super::{CLEAN, COULD_NOT_CHECK, Output};
use crate::escape::escape;
use crate::report::{Outcome, csv_row};
use crate::source::Sources;
use crate::suppress::{Ignore, Name};
use crate::{Options, Timings, check};
use clap::ValueEnum;
use serde::Serialize;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  lynt waivers topology/
  lynt waivers -f csv topology/ > waivers.csv
  lynt waivers --today 2026-12-31 topology/      as it will be then

A row for each rule that an ignore names and each subject that it hides. `used` says what it does:
  yes        it hides a finding
  no         it hides nothing
  expired    its last day is over
  malformed  it has a mistake, so it hides nothing; `lynt check` says which
  not run    the rule was not run

Exit codes: 0 listed, 2 could not check.";

/// List what comments ignore: rule, subject, reason, owner, until when, and whether it is used
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    rule_files: RuleFiles,
    #[command(flatten)]
    today: TodayArguments,
    /// How the register is printed
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Human, help_heading = "Output")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Csv,
    Json,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let mut sources = Sources::default();
    let Arguments { input, rule_files, today, .. } = arguments;
    let selecting = &Selecting::default();
    let asked = Asked { input, rule_files, selecting, today, options: &|_| {} };
    let prepared = match asked.prepare(&mut sources) {
        Ok(prepared) => prepared,
        Err(wrong) => return wrong.tell(output, &sources),
    };
    prepared.warn(output)?;
    let (mut waivers, mut code) = (Vec::new(), CLEAN);
    let outcomes = outcomes(arguments, &prepared, &sources);
    for ((_, setup), outcome) in prepared.topologies.iter().zip(&outcomes) {
        if !outcome.problems.is_empty() {
            code = output.could_not_check(&outcome.problems, &sources)?;
        }
        let setup = &prepared.setups[*setup];
        waivers.extend(outcome.ignores.iter().flat_map(|ignore| rows(ignore, outcome, setup)));
    }
    if code != COULD_NOT_CHECK {
        write(&waivers, arguments.format, output)?;
    }
    Ok(code)
}

fn outcomes(arguments: &Arguments, prepared: &Prepared, sources: &Sources) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (topology, setup) in &prepared.topologies {
        let setup = &prepared.setups[*setup];
        let options = Options {
            selected: &|rule| setup.is_selected(rule),
            allow_empty: true,
            limits: arguments.rule_files.limits.limits(),
            ignores: Some(&setup.policy),
            ..Options::default()
        };
        outcomes.push(check(&setup.rules, sources, topology, &options, &mut Timings::default()));
    }
    outcomes
}

/// A row of the register.
#[derive(Serialize)]
struct Waiver {
    topology: String,
    rule: String,
    /// Empty where nothing is hidden.
    subject: String,
    reason: String,
    by: Option<String>,
    until: Option<String>,
    days_left: Option<i64>,
    used: &'static str,
    /// `path:line`
    place: String,
}

/// The register as a table: its columns, and a row for each rule that an ignore names, and each subject of it.
pub(super) fn register(
    outcome: &Outcome,
    setup: &Setup,
) -> (&'static [&'static str], Vec<Vec<String>>) {
    let waivers = outcome.ignores.iter().flat_map(|ignore| rows(ignore, outcome, setup));
    (&COLUMNS, waivers.map(|waiver| waiver.cells().to_vec()).collect())
}

/// A row for each rule that an ignore names, and each subject of it.
fn rows(ignore: &Ignore, outcome: &Outcome, setup: &Setup) -> Vec<Waiver> {
    let mut rows = Vec::new();
    for name in &ignore.names {
        let mut subjects: Vec<&str> = name.subjects.iter().map(String::as_str).collect();
        subjects.sort_unstable();
        subjects.dedup();
        if subjects.is_empty() {
            subjects.push("");
        }
        rows.extend(subjects.into_iter().map(|subject| Waiver {
            topology: outcome.path.clone(),
            rule: name.rule.clone(),
            subject: subject.to_owned(),
            reason: ignore.reason.clone(),
            by: ignore.by.clone(),
            until: ignore.until.map(|until| until.to_string()),
            days_left: ignore.days_left,
            used: used(ignore, name, setup),
            place: ignore.at.clone(),
        }));
    }
    rows
}

fn used(ignore: &Ignore, name: &Name, setup: &Setup) -> &'static str {
    match name {
        _ if !ignore.mistakes.is_empty() => "malformed",
        _ if ignore.has_expired() => "expired",
        name if !setup.selected.contains(&name.rule) => "not run",
        name if setup.policy.firm.contains_key(&name.rule) => "no",
        name if name.subjects.is_empty() => "no",
        _ => "yes",
    }
}

const COLUMNS: [&str; 9] =
    ["rule", "subject", "owner", "until", "days left", "used", "place", "topology", "reason"];

impl Waiver {
    fn cells(&self) -> [String; COLUMNS.len()] {
        let days = self.days_left.map_or(String::new(), |days| days.to_string());
        let (by, until) =
            (self.by.clone().unwrap_or_default(), self.until.clone().unwrap_or_default());
        let texts = [&self.rule, &self.subject, &by, &until, &days, self.used, &self.place];
        let [rule, subject, by, until, days, used, place] = texts.map(str::to_owned);
        [rule, subject, by, until, days, used, place, self.topology.clone(), self.reason.clone()]
    }
}

fn write(waivers: &[Waiver], format: Format, output: &mut Output) -> io::Result<()> {
    match format {
        Format::Human => output.out.write_all(table(waivers).as_bytes()),
        Format::Csv => {
            let header = COLUMNS.map(str::to_owned);
            let rows = waivers.iter().map(|waiver| csv_row(&waiver.cells()));
            let text: String = std::iter::once(csv_row(&header)).chain(rows).collect();
            output.out.write_all(text.as_bytes())
        }
        Format::Json => {
            serde_json::to_writer_pretty(&mut output.out, waivers)?;
            writeln!(output.out)
        }
    }
}

/// The topology is a column only where there are several.
fn table(waivers: &[Waiver]) -> String {
    if waivers.is_empty() {
        return "no comment ignores anything\n".to_owned();
    }
    let several = waivers.iter().any(|waiver| waiver.topology != waivers[0].topology);
    let shown = |cells: [String; COLUMNS.len()]| -> Vec<String> {
        let cells = cells.into_iter().zip(COLUMNS);
        let cells = cells.filter(|(_, column)| several || *column != "topology");
        cells.map(|(cell, _)| escape(&cell).into_owned()).collect()
    };
    let rows = waivers.iter().map(|waiver| shown(waiver.cells()));
    let lines: Vec<Vec<String>> =
        std::iter::once(shown(COLUMNS.map(str::to_owned))).chain(rows).collect();
    let mut text = String::new();
    align(&lines, &mut text);
    text
}
