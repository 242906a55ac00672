//! `lynt simulate`: who gets which service when something fails.

use super::configured::{ConfigArguments, WrongRules, rules};
use super::input::Input;
use super::{CLEAN, Output};
use crate::discover::TopologyFiles;
use crate::escape::escape;
use crate::print::grouped as number;
use crate::report::places::Places;
use crate::report::wrapped;
use crate::rules::Rules;
use crate::simulate::{Group, Scenario, Simulated, Simulator};
use crate::source::{Problem, Sources};
use crate::topology;
use clap::ValueEnum;
use serde::Serialize;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  lynt simulate --down fe-lon.contoso.com topology/
  lynt simulate --down fe-lon.contoso.com --failed-over fe-lon.contoso.com
  lynt simulate --site-down London --early topology/
  lynt simulate --wan-down Leeds topology/
  lynt simulate --matrix topology/              every single failure
  lynt simulate --matrix --failed-over all -f json topology/

Modes, best first: normal, failed-over, on-backup-registrar, resiliency, offline.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    config: ConfigArguments,
    /// A pool, an SBA or an Edge pool that is down (repeatable)
    #[arg(long, value_name = "FQDN", help_heading = "Scenario")]
    down: Vec<String>,
    /// A site that is down, with its pools, SBAs and users (repeatable)
    #[arg(long, value_name = "SITE", help_heading = "Scenario")]
    site_down: Vec<String>,
    /// A branch site whose WAN link is down (repeatable)
    #[arg(long, value_name = "SITE", help_heading = "Scenario")]
    wan_down: Vec<String>,
    /// Look before the failure detection interval has passed
    #[arg(long, help_heading = "Scenario")]
    early: bool,
    /// A pool for which an administrator has run Invoke-CsPoolFailOver; `all`: every pool that is down
    #[arg(long, value_name = "POOL", help_heading = "Scenario")]
    failed_over: Vec<String>,
    /// The Central Management store was failed over before its pool
    #[arg(long, help_heading = "Scenario")]
    central_management_moved: bool,
    /// An Edge pool whose next hop was changed to a pool that is up; `all`: every one
    #[arg(long, value_name = "FQDN", help_heading = "Scenario")]
    next_hop_moved: Vec<String>,
    /// Try each pool, SBA and site by itself, and print who is affected
    #[arg(long, conflicts_with_all = ["down", "site_down", "wan_down"])]
    matrix: bool,
    /// Leave out user groups that have all services
    #[arg(long, conflicts_with = "matrix")]
    affected: bool,
    /// How the answer is printed
    #[arg(short, long, value_enum, default_value_t = Form::Human)]
    format: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Human,
    Json,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let mut sources = Sources::default();
    let found = match arguments.input.discover(&arguments.config, &mut sources) {
        Ok(found) => found,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    let rules: Result<Vec<Rules>, WrongRules> =
        found.configurations.iter().map(|configuration| rules(configuration, &[])).collect();
    let rules = match rules {
        Ok(rules) => rules,
        Err(wrong) => return wrong.tell(output, &sources),
    };
    let mut answers = Vec::new();
    for (topology, configuration) in &found.topologies {
        match answer(&rules[*configuration], arguments, topology, &sources) {
            Ok(answer) => answers.push(answer),
            Err(problems) => return output.could_not_check(&problems, &sources),
        }
    }
    match arguments.format {
        Form::Json => {
            serde_json::to_writer_pretty(&mut output.out, &answers)?;
            writeln!(output.out)?;
        }
        Form::Human => {
            for answer in &answers {
                write_human(answer, arguments, found.topologies.len() > 1, output)?;
            }
        }
    }
    Ok(CLEAN)
}

/// What is said of one topology.
#[derive(Serialize)]
struct Answer {
    topology: String,
    /// The modes, best first.
    modes: Vec<String>,
    /// Without `--matrix` one.
    failures: Vec<Failure>,
    /// With `--matrix`: the failure that takes normal service from most users.
    #[serde(skip_serializing_if = "Option::is_none")]
    worst: Option<String>,
}

/// What one scenario does.
#[derive(Serialize)]
struct Failure {
    /// What fails, as a sentence part.
    failure: String,
    /// By mode, worst first; modes that nobody is in are left out.
    totals: Vec<Total>,
    /// Worst first, then by name.
    groups: Vec<Row>,
}

/// User groups and users of one mode.
#[derive(Serialize)]
struct Total {
    mode: String,
    groups: usize,
    /// At least so many, where `at_least` is set.
    users: i64,
    /// Whether there are groups of unknown size.
    at_least: bool,
}

/// What becomes of one user group.
#[derive(Serialize)]
struct Row {
    group: String,
    users: Option<i64>,
    mode: String,
    why: String,
    notes: Vec<String>,
    places: Vec<Place>,
}

/// A fact and where it stands.
#[derive(Serialize)]
struct Place {
    path: String,
    line: usize,
    column: usize,
    text: String,
}

/// The mode of a group whose home the topology does not know.
const UNKNOWN: &str = "unknown";

fn answer(
    rules: &Rules,
    arguments: &Arguments,
    files: &TopologyFiles,
    sources: &Sources,
) -> Result<Answer, Vec<Problem>> {
    let topology = topology::parse(&rules.set.program, sources, &files.files)?;
    let mut simulator = Simulator::new(rules, topology).map_err(|problem| vec![problem])?;
    let modes = simulator.modes().to_vec();
    let places = Places::new(sources);
    let mut failures = Vec::new();
    for (failure, scenario) in scenarios(arguments, &simulator) {
        let simulated = simulator.run(&scenario)?;
        failures.push(describe(failure, &simulated, &modes, &places));
    }
    let worst = arguments.matrix.then(|| worst(&failures)).flatten();
    Ok(Answer { topology: files.path.clone(), modes, failures, worst })
}

fn scenarios(arguments: &Arguments, simulator: &Simulator<'_>) -> Vec<(String, Scenario)> {
    let base = Scenario {
        down: arguments.down.clone(),
        sites_down: arguments.site_down.clone(),
        wans_down: arguments.wan_down.clone(),
        early: arguments.early,
        failed_over: arguments.failed_over.clone(),
        central_management_moved: arguments.central_management_moved,
        next_hops_moved: arguments.next_hop_moved.clone(),
    };
    if !arguments.matrix {
        return vec![(sentence(&base), base)];
    }
    let failures = simulator.single_failures().into_iter().map(|(kind, name)| {
        let mut scenario = base.clone();
        match kind {
            "site" => scenario.sites_down.push(name.clone()),
            _ => scenario.down.push(name.clone()),
        }
        (format!("{kind} {name}"), scenario)
    });
    failures.collect()
}

/// What a scenario says, as a sentence part.
fn sentence(scenario: &Scenario) -> String {
    let mut parts = Vec::new();
    let mut add = |names: &[String], one: &str, many: &str| {
        if !names.is_empty() {
            let verb = if names.len() == 1 { one } else { many };
            parts.push(format!("{} {verb}", names.join(" and ")));
        }
    };
    add(&scenario.down, "is down", "are down");
    let sites: Vec<String> =
        scenario.sites_down.iter().map(|site| format!("site {site}")).collect();
    add(&sites, "is down", "are down");
    let wans: Vec<String> =
        scenario.wans_down.iter().map(|site| format!("the WAN link of {site}")).collect();
    add(&wans, "is down", "are down");
    if scenario.failed_over == ["all"] {
        parts.push("every pool that is down was failed over".to_owned());
    } else {
        add(&scenario.failed_over, "was failed over", "were failed over");
    }
    if parts.is_empty() {
        return "nothing is down".to_owned();
    }
    let phase = if scenario.early { "before" } else { "after" };
    format!("{}; {phase} the failure detection interval", parts.join(", "))
}

fn describe(
    failure: String,
    simulated: &Simulated,
    modes: &[String],
    places: &Places<'_>,
) -> Failure {
    let mut groups: Vec<&Group> = simulated.groups.iter().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.mode.map_or(u32::MAX, |mode| mode)));
    let rows: Vec<Row> = groups.iter().map(|group| row(group, modes, places)).collect();
    let worst_first = modes.iter().rev().map(String::as_str);
    let totals = std::iter::once(UNKNOWN).chain(worst_first).filter_map(|mode| total(mode, &rows));
    Failure { failure, totals: totals.collect(), groups: rows }
}

fn total(mode: &str, rows: &[Row]) -> Option<Total> {
    let of_mode: Vec<&Row> = rows.iter().filter(|row| row.mode == mode).collect();
    let users = of_mode.iter().filter_map(|row| row.users).fold(0, i64::saturating_add);
    let at_least = of_mode.iter().any(|row| row.users.is_none());
    (!of_mode.is_empty()).then(|| Total {
        mode: mode.to_owned(),
        groups: of_mode.len(),
        users,
        at_least,
    })
}

fn row(group: &Group, modes: &[String], places: &Places<'_>) -> Row {
    let mode = group.mode.and_then(|mode| modes.get(mode as usize));
    let (mode, why) = match (mode, &group.why) {
        (Some(mode), Some(why)) => (mode.clone(), why.message.clone()),
        _ => (
            UNKNOWN.to_owned(),
            "its home is no Front End pool and no SBA of this topology".to_owned(),
        ),
    };
    let why_of = group.why.as_ref();
    let labels = why_of.map_or(&[][..], |why| &why.labels).iter();
    let facts = labels.filter_map(|label| {
        let (path, line, column) = places.place(label.span)?;
        Some(Place { path: path.to_owned(), line, column, text: label.text.clone() })
    });
    Row {
        group: group.name.clone(),
        users: group.users,
        mode,
        why,
        notes: why_of.map_or(Vec::new(), |why| why.notes.clone()),
        places: facts.collect(),
    }
}

/// The failure that takes normal service from most users; of equal ones the first.
fn worst(failures: &[Failure]) -> Option<String> {
    let hurt = |failure: &Failure| -> i64 { without_service(failure).0 };
    let most = failures.iter().map(hurt).max().filter(|&most| most > 0)?;
    failures.iter().find(|failure| hurt(failure) == most).map(|failure| failure.failure.clone())
}

/// Users and groups that don't have all that a pool gives: neither normal nor failed over.
fn without_service(failure: &Failure) -> (i64, usize) {
    let hurt = failure
        .totals
        .iter()
        .filter(|total| !matches!(total.mode.as_str(), "normal" | "failed-over" | UNKNOWN));
    hurt.fold((0, 0), |(users, groups), total| (users + total.users, groups + total.groups))
}

fn write_human(
    answer: &Answer,
    arguments: &Arguments,
    several: bool,
    output: &mut Output,
) -> io::Result<()> {
    if several {
        writeln!(output.out, "{}:", escape(&answer.topology))?;
    }
    if arguments.matrix {
        return write_matrix(answer, output);
    }
    for failure in &answer.failures {
        write_failure(failure, arguments.affected, output)?;
    }
    Ok(())
}

fn write_failure(failure: &Failure, affected: bool, output: &mut Output) -> io::Result<()> {
    let width = output.style.width;
    let out = &mut output.out;
    writeln!(out, "{}\n", wrapped("", &escape(&failure.failure), width))?;
    let rows = failure.groups.iter().filter(|row| !affected || row.mode != "normal");
    for row in rows {
        let users = match row.users {
            Some(users) => format!("{} users", number(users)),
            None => "number of users unknown".to_owned(),
        };
        writeln!(out, "{:<19}  {} ({users})", row.mode, escape(&row.group))?;
        writeln!(out, "{}", wrapped("    ", &escape(&row.why), width))?;
        for place in &row.places {
            let Place { path, line, column, text } = place;
            writeln!(out, "      {}:{line}:{column} {}", escape(path), escape(text))?;
        }
        for note in &row.notes {
            writeln!(out, "{}", wrapped("    note: ", &escape(note), width))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", wrapped("", &totals(&failure.totals), width))
}

fn write_matrix(answer: &Answer, output: &mut Output) -> io::Result<()> {
    let width = output.style.width;
    let out = &mut output.out;
    for failure in &answer.failures {
        writeln!(
            out,
            "{}",
            wrapped(&format!("{}: ", escape(&failure.failure)), &totals(&failure.totals), width)
        )?;
        for total in failure.totals.iter().filter(|total| total.mode != "normal") {
            let groups = failure.groups.iter().filter(|row| row.mode == total.mode);
            let names: Vec<String> = groups.map(|row| escape(&row.group).into_owned()).collect();
            writeln!(
                out,
                "{}",
                wrapped(&format!("    {:<19}  ", total.mode), &names.join(", "), width)
            )?;
        }
    }
    let Some(worst) = &answer.worst else {
        return writeln!(out, "\nno single failure takes service from anybody");
    };
    let hurt =
        answer.failures.iter().find(|failure| failure.failure == *worst).map(without_service);
    let (users, groups) = hurt.unwrap_or_default();
    let groups =
        if groups == 1 { "1 user group".to_owned() } else { format!("{groups} user groups") };
    let text = format!(
        "{}: {} users of {groups} are neither normal nor failed over",
        escape(worst),
        number(users)
    );
    writeln!(out, "\n{}", wrapped("worst: ", &text, width))
}

fn totals(totals: &[Total]) -> String {
    let parts: Vec<String> = totals
        .iter()
        .map(|total| {
            let at_least = if total.at_least { "at least " } else { "" };
            format!("{}: {at_least}{} users", total.mode, number(total.users))
        })
        .collect();
    if parts.is_empty() { "there are no user groups".to_owned() } else { parts.join(", ") }
}
