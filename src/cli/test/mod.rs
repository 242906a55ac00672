//! `lynt test`: the examples of rules and marked topologies, run and judged.

mod human;
mod json;
mod junit;
mod warnings;

use super::configured::{ConfigArguments, WrongRules, configured_rules};
use super::rule_files::{LimitArguments, warn};
use super::{CLEAN, Output, VIOLATIONS};
use crate::datalog::program::Violation;
use crate::discover::{TestFiles, TopologyFiles, display, rule_files, test_files};
use crate::file::write_whole;
use crate::report::Style;
use crate::rule_tests::{Test, Tested, Tests, run as run_tests};
use crate::rules::Rules;
use crate::source::{Problem, Sources};
use clap::ValueEnum;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  lynt test                                  the rules in the current folder
  lynt test house/ -v                        each example by name
  lynt test house/site-code.dl               one rule
  lynt test house/ tests/                    rules, and marked topologies
  lynt test house/ -f human -f junit=lynt-test.xml
  lynt test --strict house/                  warnings fail too
  lynt test --shipped                        the rules that lynt ships

A rule's tests are the TOML blocks below `## Violates` and `## Complies` in its documentation.
`#~ rule-id` at a line's end says that the first label of a finding of that rule is on this line.
Warnings name rules without an example of either kind, and conditions that no test makes false: \
without them every test has the same violations.

Exit codes: 0 all tests pass, 1 some fail, 2 rules that do not compile, or nothing to test.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Rule files (*.dl), marked topologies (*.toml with `#~ rule-id`), folders of both; without a path
    /// the current folder
    #[arg(value_name = "PATH", help_heading = "Input")]
    paths: Vec<PathBuf>,
    /// Test the rules that lynt ships: beside those of PATH, or without a path them alone
    #[arg(long, help_heading = "Rules")]
    shipped: bool,
    #[command(flatten)]
    config: ConfigArguments,
    #[command(flatten)]
    limits: LimitArguments,
    /// How the result is printed, and into which file instead of standard output (repeatable): human,
    /// json, junit [default: human]
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = target, help_heading = "Output")]
    format: Vec<Target>,
    /// Print failures only
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,
    /// Name each test, what other rules find in it, and conditions that could not be judged
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
    /// Warnings fail too
    #[arg(long, help_heading = "Verdict")]
    strict: bool,
}

/// How much is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    Quiet,
    Usual,
    Verbose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Junit,
}

/// One report, and its file.
type Target = (Format, Option<PathBuf>);

fn target(text: &str) -> Result<Target, String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let format = Format::from_str(name, false)
        .map_err(|_| "there is no such format\n  [possible values: human, json, junit]")?;
    match file {
        Some("") => Err("there is no file name behind `=`".to_owned()),
        None | Some("-") => Ok((format, None)),
        Some(file) => Ok((format, Some(PathBuf::from(file)))),
    }
}

/// What the run came to, for all formats.
struct Report<'r> {
    tested: &'r Tested,
    /// The files of the rules, then those of topologies.
    sources: &'r Sources,
    /// Rules without tests, and conditions that no test makes false.
    warnings: &'r [Problem],
    detail: Detail,
    /// Whether warnings fail.
    strict: bool,
    exit_code: u8,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let targets = match targets(&arguments.format) {
        Ok(targets) => targets,
        Err(problem) => return output.could_not_check(&[problem], &Sources::default()),
    };
    let mut settings = Sources::default();
    let (rules, files) = match load(arguments, &mut settings) {
        Ok(loaded) => loaded,
        Err(wrong) => return wrong.tell(output, &settings),
    };
    warn(&rules, output)?;
    let mut sources = rules.set.sources.clone();
    let topologies = match files.read_topologies(&mut sources) {
        Ok(topologies) => topologies,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    let tested = test(arguments, &rules, &topologies, &sources);
    if tests(&tested).next().is_none() {
        let problem = nothing_to_test(arguments, &tested);
        return output.could_not_check(&[problem], &Sources::default());
    }
    let warnings = warnings::of(&tested);
    let doubtful = warnings.len() + rules.warnings.len();
    let fails = !tests(&tested).all(Test::passes) || (arguments.strict && doubtful > 0);
    output.verdict = if fails { VIOLATIONS } else { CLEAN };
    let detail = match (arguments.quiet, arguments.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Verbose,
        _ => Detail::Usual,
    };
    let report = Report {
        tested: &tested,
        sources: &sources,
        warnings: &warnings,
        detail,
        strict: arguments.strict,
        exit_code: output.verdict,
    };
    write(&targets, &report, output)
}

/// The reports that are asked for; the human one where none is.
fn targets(wanted: &[Target]) -> Result<Vec<Target>, Problem> {
    if wanted.is_empty() {
        return Ok(vec![(Format::Human, None)]);
    }
    let mut files = BTreeSet::new();
    for (_, file) in wanted {
        if !files.insert(file) {
            let place = file.as_deref().map_or("standard output".to_owned(), display);
            let message = format!("`--format`: two reports can't both go to {place}");
            let help = "give each but one a file of its own: `-f human -f junit=lynt-test.xml`";
            return Err(Problem::error("usage", message).help(help));
        }
    }
    Ok(wanted.to_vec())
}

/// The shipped rules with those of the paths and of their configurations, and where marked topologies are.
/// Other settings don't count: what a rule's examples show is so without them.
fn load(arguments: &Arguments, settings: &mut Sources) -> Result<(Rules, TestFiles), WrongRules> {
    let here = [PathBuf::from(".")];
    let paths = match (arguments.paths.as_slice(), arguments.shipped) {
        ([], true) => &[],
        ([], false) => here.as_slice(),
        (paths, _) => paths,
    };
    let files = test_files(paths).map_err(WrongRules::Settings)?;
    let mut rules: Vec<PathBuf> = files.rules.iter().cloned().collect();
    let configured = configured_rules(&arguments.config, paths, settings);
    rules.extend(configured.map_err(WrongRules::Settings)?);
    let mut sources = Sources::default();
    if let Err(problems) = rule_files(&rules, &mut sources) {
        return Err(WrongRules::Rules(problems, sources));
    }
    let shipped = Rules::shipped();
    if rules.is_empty() {
        return Ok((shipped, files));
    }
    let custom = sources.files.into_iter().map(|file| (file.path, file.text));
    let custom = shipped.with_custom(custom);
    let rules = custom.map_err(|(problems, sources)| WrongRules::Rules(problems, sources))?;
    Ok((rules, files))
}

fn test(
    arguments: &Arguments,
    rules: &Rules,
    topologies: &[TopologyFiles],
    sources: &Sources,
) -> Tested {
    let tested = |rule: &Violation| arguments.shipped || rules.is_custom(rule);
    let limits = arguments.limits.limits();
    run_tests(&Tests { rules, tested: &tested, topologies, sources, limits })
}

/// All tests.
fn tests(tested: &Tested) -> impl Iterator<Item = &Test> {
    tested.rules.iter().flat_map(|rule| &rule.examples).chain(&tested.topologies)
}

/// Nothing was shown to be right.
fn nothing_to_test(arguments: &Arguments, tested: &Tested) -> Problem {
    let paths: Vec<String> = arguments.paths.iter().map(|path| display(path)).collect();
    let place = if paths.is_empty() { "the current folder".to_owned() } else { paths.join(", ") };
    if tested.rules.is_empty() {
        let message =
            format!("there is nothing to test in {place}: no rule and no marked topology");
        return Problem::error("nothing-to-test", message).help(
            "`lynt new rule ID` begins a rule; `lynt test --shipped` tests those that lynt ships",
        );
    }
    let message = format!("there is nothing to test in {place}: no rule has an example");
    Problem::error("nothing-to-test", message)
        .help("write TOML below `## Violates` and `## Complies` in the rule's documentation, as in `lynt rule self-backup`")
}

/// Writes all reports, those in files first: a reader that closes the pipe must not cost a file.
fn write(targets: &[Target], report: &Report, output: &mut Output) -> io::Result<u8> {
    let in_file = output.file_style;
    let mut problems = Vec::new();
    for (format, file) in targets {
        if let Some(file) = file {
            let fill = |out: &mut dyn Write| write_as(*format, report, &in_file, out);
            problems.extend(write_whole(Path::new(file), &fill).err());
        }
    }
    let mut exit_code = report.exit_code;
    if !problems.is_empty() {
        exit_code = output.could_not_check(&problems, &Sources::default())?;
    }
    let report = Report { exit_code, ..*report };
    for (format, _) in targets.iter().filter(|(_, file)| file.is_none()) {
        write_as(*format, &report, &output.style, &mut output.out)?;
    }
    output.out.flush()?;
    Ok(exit_code)
}

fn write_as(format: Format, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Junit => junit::write(report, out),
    }
}
