//! `lynt report`: a page that an auditor can sign, and whether it still holds.

mod origin;
mod parts;
mod verify;

use super::Output;
use super::baselined::BaselineArguments;
use super::checker::{Checker, Looking, verdict};
use super::configured::WrongRules;
use super::input::Input;
use super::rule_files::RuleFiles;
use super::setup::{Asked, Selecting};
use super::since::SinceArguments;
use super::today::TodayArguments;
use crate::Timings;
use crate::audit::{Audit, Manifest, Part, annexes, page};
use crate::file::write_whole;
use crate::report::{Outcome, Report};
use crate::source::{Problem, Sources};
use origin::Origin;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  lynt report -o audit.html topology/
  lynt report -o audit.html --annexes annexes/ topology/   CSV and Markdown
  lynt report -o audit.html --since v2026.3 topology/      what changed
  lynt report --verify audit.html                          does it still hold?

The page needs no script and loads nothing. Of the same commit, on the same day (--today), it is the same to the \
last byte. It is verified in the folder in which it was made.

Exit codes: 0 written, nothing at or above --fail-on; 1 written, violations; 2 could not check or not write.
With --verify: 0 all agree, 1 something differs, 2 could not verify.";

/// What makes a report, and can't be said where one is verified: the page says it.
const NOT_TO_VERIFY: [&str; 19] = [
    "output",
    "annexes",
    "title",
    "paths",
    "allow_empty",
    "exclude",
    "tracked",
    "max_file_size",
    "config",
    "isolated",
    "rules",
    "limit",
    "select",
    "extend_select",
    "ignore",
    "since",
    "baseline",
    "no_baseline",
    "today",
];

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
    #[command(flatten)]
    since: SinceArguments,
    #[command(flatten)]
    baseline: BaselineArguments,
    #[command(flatten)]
    today: TodayArguments,
    /// Write the page into this file, whole or not at all, instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Write the tables as CSV and all of it as Markdown into this folder, which must be there
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    annexes: Option<PathBuf>,
    /// What the page is called [default: what lynt.toml says, else after the topology]
    #[arg(long, value_name = "TEXT", help_heading = "Output")]
    title: Option<String>,
    /// Say whether this page, the files and the rules still agree
    #[arg(long, value_name = "FILE", conflicts_with_all = NOT_TO_VERIFY, help_heading = "Output")]
    verify: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    if let Some(file) = &arguments.verify {
        return verify::run(file, output);
    }
    let mut sources = Sources::default();
    if arguments.output.is_none() && io::stdout().is_terminal() {
        let problem = Problem::error("usage", "a page of HTML is not for a terminal");
        let problem = problem.help("name a file: `lynt report -o audit.html`");
        return output.could_not_check(&[problem], &sources);
    }
    let made = match arguments.make(&Origin::Now, &mut sources, output)? {
        Ok(made) => made,
        Err(wrong) => return wrong.tell(output, &sources),
    };
    let mut files: Vec<(PathBuf, &str)> = Vec::new();
    if let Some(folder) = &arguments.annexes {
        files.extend(made.annexes.iter().map(|(name, text)| (folder.join(name), text.as_str())));
    }
    files.extend(arguments.output.iter().map(|file| (file.clone(), made.page.as_str())));
    for (file, text) in files {
        if let Err(problem) = write_whole(&file, &|out| out.write_all(text.as_bytes())) {
            return output.could_not_check(&[problem], &sources);
        }
    }
    if arguments.output.is_none() {
        output.out.write_all(made.page.as_bytes())?;
    }
    Ok(made.verdict)
}

/// A report, not yet written.
struct Made {
    page: String,
    annexes: Vec<(&'static str, String)>,
    manifest: Manifest,
    verdict: u8,
}

impl Arguments {
    /// Checks, and makes page and annexes.
    fn make(
        &self,
        origin: &Origin<'_>,
        sources: &mut Sources,
        output: &mut Output,
    ) -> io::Result<Result<Made, WrongRules>> {
        let Self { input, rule_files, selecting, today, .. } = self;
        let wrong = |problems: Vec<Problem>| Ok(Err(WrongRules::Settings(problems)));
        if input.reads_standard_input() {
            let message = "what comes from standard input can't be verified later";
            let problem = Problem::error("usage", message);
            return wrong(vec![problem.help("name the topology's folder or file")]);
        }
        let asked = Asked { input, rule_files, selecting, today, options: &|_| {} };
        let prepared = match asked.prepare(sources) {
            Ok(prepared) => prepared,
            Err(problems) => return Ok(Err(problems)),
        };
        prepared.warn(output)?;
        let found = self.baseline.all(&prepared, &rule_files.config, input.is_tracked(), sources);
        let baselines = match found {
            Ok(baselines) => baselines,
            Err(problems) => return wrong(problems),
        };
        let allow_empty = self.allow_empty;
        let looking = Looking { allow_empty, proofs: true, subjects: true, ignores: true };
        let checker = Checker { prepared: &prepared, input, rule_files, baselines, looking };
        let mut outcomes = checker.outcomes(sources, &mut Timings::default());
        let problems: Vec<Problem> =
            outcomes.iter().flat_map(|outcome| outcome.problems.iter().cloned()).collect();
        if !problems.is_empty() {
            return wrong(problems);
        }
        let gone = match checker.compare(&self.since.by_id(), &mut outcomes, sources, output)? {
            Ok(gone) => gone,
            Err(problems) => return wrong(problems),
        };
        Ok(match self.audit(&checker, &outcomes, gone, origin, sources) {
            Ok(made) => Ok(made),
            Err(problems) => Err(WrongRules::Settings(problems)),
        })
    }

    fn audit(
        &self,
        checker: &Checker<'_>,
        outcomes: &[Outcome],
        gone: Vec<Vec<crate::violation::Finding>>,
        origin: &Origin<'_>,
        sources: &Sources,
    ) -> Result<Made, Vec<Problem>> {
        let prepared = checker.prepared;
        let parts = parts::parts(checker, outcomes, gone, sources)?;
        let report = Report {
            outcomes,
            problems: &[],
            sources,
            rules: &prepared.selected_rules(&|check| checker.is_on(check)),
            rule_files: &prepared.rule_files(),
            exit_code: verdict(outcomes),
        };
        let today = self.today.date()?;
        let arguments = self.words(outcomes, today);
        let manifest = origin.manifest(checker, &report, arguments, today);
        let setting = |key: &str| -> String {
            let first = prepared.topologies.first().map(|(_, setup)| &prepared.setups[*setup]);
            first.map_or(String::new(), |setup| setup.configuration.config.text(key).to_owned())
        };
        let people = [setting("report.prepared-by"), setting("report.reviewed-by")];
        let title = self.title.clone().unwrap_or_else(|| setting("report.title"));
        let title = if title.is_empty() { default_title(outcomes, &parts) } else { title };
        let audit = Audit {
            title: &title,
            people: [&people[0], &people[1]],
            manifest: &manifest,
            report: &report,
            parts: &parts,
        };
        let page = page(&audit).map_err(|error| {
            vec![Problem::error("internal-error", format!("the page could not be made: {error}"))]
        })?;
        Ok(Made {
            page,
            annexes: self.annexes.as_ref().map_or(Vec::new(), |_| annexes(&audit)),
            verdict: report.exit_code,
            manifest: manifest.clone(),
        })
    }

    /// What makes the same report: revisions by their ids, and the day.
    fn words(&self, outcomes: &[Outcome], today: crate::date::Date) -> Vec<String> {
        let mut words = self.rule_files.words();
        words.extend(self.selecting.words());
        words.extend(self.baseline.words());
        words.extend(self.allow_empty.then(|| "--allow-empty".to_owned()));
        let since = outcomes.iter().find_map(|outcome| outcome.since.as_ref());
        words.extend(since.map(|since| format!("--since={}", since.commit)));
        words.extend(self.title.iter().map(|title| format!("--title={title}")));
        words.push(format!("--today={today}"));
        words.extend(self.input.words());
        words
    }
}

fn default_title(outcomes: &[Outcome], parts: &[Part]) -> String {
    let names = outcomes.iter().zip(parts).map(|(outcome, part)| match part.name.as_str() {
        "" => outcome.path.as_str(),
        name => name,
    });
    match names.collect::<Vec<_>>().as_slice() {
        ["."] => "Policy audit".to_owned(),
        names => format!("Policy audit of {}", names.join(", ")),
    }
}
