//! `lynt baseline`: today's findings → `lynt-baseline.toml`.

use super::baselined::BaselineFile;
use super::checker::{Checker, Looking};
use super::input::Input;
use super::rule_files::RuleFiles;
use super::setup::{Asked, Prepared, Selecting};
use super::today::TodayArguments;
use super::{CLEAN, Output};
use crate::Timings;
use crate::baseline::{Baseline, Entry, New, gone, pruned, with_added};
use crate::checks::is_check;
use crate::date::Date;
use crate::discover::{Baselined, Baselines, display};
use crate::escape::escape;
use crate::file::{rewrite, write_whole};
use crate::report::Outcome;
use crate::source::{Problem, Sources};
use crate::violation::Finding;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

const EXAMPLES: &str = "\
Examples:
  lynt baseline topology/                    record what is found today
  lynt baseline --reason 'before CHG-4711' topology/
  lynt check topology/                       only what is new fails
  lynt check --no-baseline topology/         everything
  lynt baseline --prune topology/            remove the entries that are gone

The file is lynt-baseline.toml beside lynt.toml, or where lynt.toml says. Without a lynt.toml it is searched \
for from the topology upward, and written into the topology's folder. An entry is the violation itself, such \
as asymmetric-backup of two pools: lines, messages and the rest of the topology may change as they like. \
Recording only adds, --prune only removes.

Exit codes: 0 done, 2 could not check or not write.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    rule_files: RuleFiles,
    #[command(flatten)]
    selecting: Selecting,
    #[command(flatten)]
    file: BaselineFile,
    /// Remove the entries whose findings are gone; add none
    #[arg(long, help_heading = "Baseline")]
    prune: bool,
    /// Why the findings are let be
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "adoption",
        conflicts_with = "prune",
        help_heading = "Baseline"
    )]
    reason: String,
    #[command(flatten)]
    today: TodayArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let mut sources = Sources::default();
    let Arguments { input, rule_files, selecting, today, .. } = arguments;
    let asked = Asked { input, rule_files, selecting, today, options: &|_| {} };
    let prepared = match asked.prepare(&mut sources) {
        Ok(prepared) => prepared,
        Err(wrong) => return wrong.tell(output, &sources),
    };
    prepared.warn(output)?;
    let found = arguments.found(&prepared, &mut sources);
    let (baselined, outcomes) = match found {
        Ok(found) => found,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    let recorder =
        Recorder { arguments, prepared: &prepared, outcomes: &outcomes, baselined: &baselined };
    for (path, topologies) in recorder.by_file() {
        if let Err(problem) = recorder.write(path, &topologies, &sources, output)? {
            return output.could_not_check(&[problem], &sources);
        }
    }
    Ok(CLEAN)
}

impl Arguments {
    /// The baselines of the topologies, and what is found in these without them.
    fn found(
        &self,
        prepared: &Prepared,
        sources: &mut Sources,
    ) -> Result<(Vec<Baselined>, Vec<Outcome>), Vec<Problem>> {
        if self.input.reads_standard_input() {
            let message = "what comes from standard input has no place to be known by";
            return Err(vec![
                Problem::error("usage", message).help("name the topology's folder or file"),
            ]);
        }
        // What git does not track yet is added to all the same, not written over.
        let baselined = self.file.all(prepared, self.prune, Baselines::new(false), sources)?;
        if self.prune && baselined.iter().all(|baselined| baselined.baseline.is_none()) {
            let paths: BTreeSet<String> =
                baselined.iter().map(|baselined| display(&baselined.path)).collect();
            let paths: Vec<String> = paths.into_iter().collect();
            let message = format!("there is no {}", paths.join(", "));
            return Err(vec![
                Problem::error("unreadable", message).help("`lynt baseline` writes one"),
            ]);
        }
        let Self { input, rule_files, .. } = self;
        let (baselines, looking) = (BTreeMap::new(), Looking::AT_FINDINGS);
        let checker = Checker { prepared, input, rule_files, baselines, looking };
        let outcomes = checker.outcomes(sources, &mut Timings::default());
        let problems: Vec<Problem> =
            outcomes.iter().flat_map(|outcome| outcome.problems.iter().cloned()).collect();
        if problems.is_empty() { Ok((baselined, outcomes)) } else { Err(problems) }
    }
}

/// What is known of all topologies, in one order.
struct Recorder<'r> {
    arguments: &'r Arguments,
    prepared: &'r Prepared,
    outcomes: &'r [Outcome],
    baselined: &'r [Baselined],
}

impl<'r> Recorder<'r> {
    /// The topologies of each baseline, by its path.
    fn by_file(&self) -> BTreeMap<&'r Path, Vec<usize>> {
        let mut by_file: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
        for (at, baselined) in self.baselined.iter().enumerate() {
            by_file.entry(&baselined.path).or_default().push(at);
        }
        by_file
    }

    /// Writes one baseline, if anything changes, and says what did.
    fn write(
        &self,
        path: &Path,
        topologies: &[usize],
        sources: &Sources,
        output: &mut Output,
    ) -> io::Result<Result<(), Problem>> {
        let known = topologies.first().and_then(|&at| self.baselined[at].baseline.as_ref());
        let old = known.map(|known| (sources.file(known.file).text.as_str(), known));
        let (text, done) = match (self.arguments.prune, old) {
            (true, Some((text, known))) => self.pruned(text, known, topologies),
            (true, None) => return Ok(Ok(())),
            (false, old) => self.added(old, topologies),
        };
        let written = match old {
            Some((old, _)) if old == text => Ok(()),
            Some((old, _)) => rewrite(path, old, &text),
            None => write_whole(path, &|out| out.write_all(text.as_bytes())),
        };
        if written.is_ok() {
            for line in done {
                writeln!(output.out, "{}: {}", escape(&display(path)), escape(&line))?;
            }
            self.tell_firm(topologies, output)?;
        }
        Ok(written)
    }

    /// The text without what is gone, and what that was.
    fn pruned(&self, text: &str, known: &Baseline, topologies: &[usize]) -> (String, Vec<String>) {
        let mut all = BTreeSet::new();
        for &at in topologies {
            let setup = &self.prepared.setups[self.prepared.topologies[at].1];
            let (topology, findings) = (&self.baselined[at].topology, &self.outcomes[at].findings);
            all.extend(gone(known, topology, &|rule| !setup.is_off(rule), findings));
        }
        let all: Vec<usize> = all.into_iter().collect();
        let mut lines: Vec<String> =
            all.iter().map(|&at| format!("removed {}", known.entries[at])).collect();
        let left = known.entries.len() - all.len();
        lines.push(format!("{} removed, {left} left", all.len()));
        (pruned(text, known, &all), lines)
    }

    /// The text with what is new, and how much that is.
    fn added(&self, old: Option<(&str, &Baseline)>, topologies: &[usize]) -> (String, Vec<String>) {
        let known: BTreeSet<(String, String)> =
            old.iter().flat_map(|(_, known)| &known.entries).map(Entry::identity).collect();
        let new: Vec<New<'_>> = topologies.iter().flat_map(|&at| self.recordable(at)).collect();
        let number = new.iter().filter(|new| !known.contains(&new.identity())).count();
        let text = with_added(old, &new);
        (text, vec![format!("{number} added, {} there before", known.len())])
    }

    /// The findings of a topology that can be recorded.
    fn recordable(&self, at: usize) -> impl Iterator<Item = New<'_>> {
        let setup = &self.prepared.setups[self.prepared.topologies[at].1];
        let (topology, added): (&str, Date) = (&self.baselined[at].topology, setup.policy.today);
        let reason = self.arguments.reason.as_str();
        let firm = &setup.policy.firm;
        let open = self.outcomes[at].open().filter(|finding| !is_check(&finding.rule));
        open.filter(|finding| !firm.contains_key(&finding.rule))
            .map(move |Finding { atom, .. }| New { atom, topology, added, reason })
    }

    /// Names the rules whose findings were not recorded since nothing may hide them.
    fn tell_firm(&self, topologies: &[usize], output: &Output) -> io::Result<()> {
        let mut left: BTreeMap<&str, &str> = BTreeMap::new();
        for &at in topologies {
            let firm = &self.prepared.setups[self.prepared.topologies[at].1].policy.firm;
            let said =
                self.outcomes[at].open().filter_map(|finding| firm.get_key_value(&finding.rule));
            left.extend(said.map(|(rule, said)| (rule.as_str(), said.as_str())));
        }
        let problems: Vec<Problem> = left
            .into_iter()
            .map(|(rule, said)| {
                Problem::warning(
                    "not-suppressible",
                    format!(
                        "findings of `{rule}` can't be hidden ({said}), so they are not recorded"
                    ),
                )
            })
            .collect();
        output.warn(&problems, &Sources::default())
    }
}
