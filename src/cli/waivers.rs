//! `lynt waivers`: the register of what comments ignore and the baseline knows.

use super::baselined::BaselineArguments;
use super::checker::{Checker, Looking};
use super::columns::align;
use super::input::Input;
use super::rule_files::RuleFiles;
use super::setup::{Asked, Selecting, Setup};
use super::today::TodayArguments;
use super::{CLEAN, COULD_NOT_CHECK, Output};
use crate::Timings;
use crate::baseline::gone;
use crate::discover::Baselined;
use crate::escape::escape;
use crate::report::places::Places;
use crate::report::{Outcome, csv_row};
use crate::source::{Sources, Span};
use crate::suppress::{Ignore, Name};
use clap::ValueEnum;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  lynt waivers topology/
  lynt waivers -f csv topology/ > waivers.csv
  lynt waivers --today 2026-12-31 topology/      as it will be then

A row for each rule that an ignore names and each subject that it hides, and for each entry of the baseline.
`used` says what it does:
  yes        the ignore hides a finding
  no         it hides nothing
  expired    its last day is over
  malformed  it has a mistake, so it hides nothing; `lynt check` says which
  baseline   the finding of the entry is there
  stale      the finding of the entry is gone
  not run    the rule was not run

Exit codes: 0 listed, 2 could not check.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    rule_files: RuleFiles,
    #[command(flatten)]
    today: TodayArguments,
    #[command(flatten)]
    baseline: BaselineArguments,
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
    let (config, is_tracked) = (&rule_files.config, input.is_tracked());
    let baselines = match arguments.baseline.all(&prepared, config, is_tracked, &mut sources) {
        Ok(baselines) => baselines,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    let (mut waivers, mut code) = (Vec::new(), CLEAN);
    let looking = Looking { allow_empty: true, ..Looking::AT_FINDINGS };
    let baselined = BTreeMap::new();
    let checker = Checker { prepared: &prepared, input, rule_files, baselines: baselined, looking };
    let outcomes = checker.outcomes(&sources, &mut Timings::default());
    for ((_, setup), outcome) in prepared.topologies.iter().zip(&outcomes) {
        if !outcome.problems.is_empty() {
            code = output.could_not_check(&outcome.problems, &sources)?;
        }
        let setup = &prepared.setups[*setup];
        waivers.extend(outcome.ignores.iter().flat_map(|ignore| rows(ignore, outcome, setup)));
        if let Some(baselined) = baselines.get(&outcome.path) {
            waivers.extend(known(baselined, outcome, setup, &sources));
        }
    }
    if code != COULD_NOT_CHECK {
        write(&waivers, arguments.format, output)?;
    }
    Ok(code)
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
    /// The day on which the baseline's entry was recorded.
    added: Option<String>,
    days_old: Option<i64>,
    used: &'static str,
    /// `path:line`
    place: String,
}

/// The columns of a part of the register, and its rows.
pub(super) type Part = (Vec<&'static str>, Vec<Vec<String>>);

/// What of the register is about the comments of a topology.
pub(super) fn ignores(outcome: &Outcome, setup: &Setup) -> Part {
    let waivers = outcome.ignores.iter().flat_map(|ignore| rows(ignore, outcome, setup));
    part(waivers, &["added", "days old", "topology"])
}

/// What of the register is about the baseline of a topology.
pub(super) fn baseline(
    baselined: &Baselined,
    outcome: &Outcome,
    setup: &Setup,
    sources: &Sources,
) -> Part {
    let waivers = known(baselined, outcome, setup, sources).into_iter();
    part(waivers, &["owner", "until", "days left", "topology"])
}

/// The rows without some of the columns.
fn part(waivers: impl Iterator<Item = Waiver>, without: &[&str]) -> Part {
    let is_kept = |at: &usize| !without.contains(&COLUMNS[*at]);
    let kept: Vec<usize> = (0..COLUMNS.len()).filter(is_kept).collect();
    let rows = waivers.map(|waiver| {
        let cells = waiver.cells();
        kept.iter().map(|&at| cells[at].clone()).collect()
    });
    (kept.iter().map(|&at| COLUMNS[at]).collect(), rows.collect())
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
            added: None,
            days_old: None,
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

/// A row for each entry of the baseline that is about this topology.
fn known(
    baselined: &Baselined,
    outcome: &Outcome,
    setup: &Setup,
    sources: &Sources,
) -> Vec<Waiver> {
    let Some(baseline) = &baselined.baseline else { return Vec::new() };
    let gone = gone(baseline, &baselined.topology, &|rule| !setup.is_off(rule), &outcome.findings);
    let used = |at: usize, rule: &str| match rule {
        _ if gone.binary_search(&at).is_ok() => "stale",
        rule if setup.is_off(rule) => "not run",
        rule if setup.policy.firm.contains_key(rule) => "no",
        _ => "baseline",
    };
    let places = Places::new(sources);
    let place = |span: Span| {
        places.place(span).map_or(String::new(), |(path, line, _)| format!("{path}:{line}"))
    };
    let entries = baseline.about(&baselined.topology);
    let rows = entries.map(|(at, entry)| Waiver {
        topology: outcome.path.clone(),
        rule: entry.rule.clone(),
        subject: entry.arguments(),
        reason: entry.reason.clone(),
        by: None,
        until: None,
        days_left: None,
        added: entry.added.map(|added| added.to_string()),
        days_old: entry.added.map(|added| added.days_until(setup.policy.today)),
        used: used(at, &entry.rule),
        place: place(entry.place),
    });
    rows.collect()
}

const COLUMNS: [&str; 11] = [
    "rule",
    "subject",
    "owner",
    "until",
    "days left",
    "added",
    "days old",
    "used",
    "place",
    "topology",
    "reason",
];

impl Waiver {
    fn cells(&self) -> [String; COLUMNS.len()] {
        let days = |days: Option<i64>| days.map_or(String::new(), |days| days.to_string());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            self.rule.clone(),
            self.subject.clone(),
            text(&self.by),
            text(&self.until),
            days(self.days_left),
            text(&self.added),
            days(self.days_old),
            self.used.to_owned(),
            self.place.clone(),
            self.topology.clone(),
            self.reason.clone(),
        ]
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

/// The topology is a column only where there are several, days only where any row has them.
fn table(waivers: &[Waiver]) -> String {
    let Some(first) = waivers.first() else {
        return "no comment ignores anything, and no baseline knows anything\n".to_owned();
    };
    let is_shown = |column: &str| match column {
        "topology" => waivers.iter().any(|waiver| waiver.topology != first.topology),
        "owner" => waivers.iter().any(|waiver| waiver.by.is_some()),
        "until" | "days left" => waivers.iter().any(|waiver| waiver.until.is_some()),
        "added" | "days old" => waivers.iter().any(|waiver| waiver.added.is_some()),
        _ => true,
    };
    let shown = |cells: [String; COLUMNS.len()]| -> Vec<String> {
        let cells = cells.into_iter().zip(COLUMNS).filter(|(_, column)| is_shown(column));
        cells.map(|(cell, _)| escape(&cell).into_owned()).collect()
    };
    let rows = waivers.iter().map(|waiver| shown(waiver.cells()));
    let lines: Vec<Vec<String>> =
        std::iter::once(shown(COLUMNS.map(str::to_owned))).chain(rows).collect();
    let mut text = String::new();
    align(&lines, &mut text);
    text
}
