//! `lynt diff`: two topologies → what differs, and what that does.

mod side;

use super::configured::WrongRules;
use super::input::{Counting, OneInput};
use super::rule_files::{RuleFiles, warn};
use super::setup::{Asked, Selecting, Setup};
use super::today::TodayArguments;
use super::{CLEAN, Output, VIOLATIONS};
use crate::Options;
use crate::compare::{
    Difference, Locator, SCHEMA, check, entities, failures, fill, findings, write_human,
    write_markdown,
};
use crate::source::{FileId, Problem, Sources};
use crate::topology::{self, Topology};
use crate::violation::Finding;
use clap::ValueEnum;
use side::{Side, in_side};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  lynt diff topology/ Topology.xml            what the deployment has become
  lynt diff main:topology topology/           what a branch does
  lynt diff HEAD~1:topology HEAD:topology
  lynt diff -f json yesterday.xml today.xml
  lynt diff --no-verdict lab.toml topology/   entities and keys alone

Each side is a folder, a file, an export that `lynt import` reads, `-` for
standard input, or REV:PATH, a path as it was at a commit; a path that is there
counts as such. Signs: - OLD, + NEW, ~ changed. Where one side is an export,
what no export tells is taken from the other side, and that is said.

Exit codes: 0 alike, 1 different, 2 could not compare.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// What was: a folder, a file, an export, `-`, or REV:PATH
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// What is; its configuration counts for both sides, unless it is an export
    #[arg(value_name = "NEW")]
    new: PathBuf,
    #[command(flatten)]
    counting: Counting,
    /// Compare what no export tells, too
    #[arg(long, help_heading = "Input")]
    all_keys: bool,
    /// Compare entities and keys, neither findings nor failures
    #[arg(long, help_heading = "Verdict")]
    no_verdict: bool,
    #[command(flatten)]
    rule_files: RuleFiles,
    #[command(flatten)]
    selecting: Selecting,
    #[command(flatten)]
    today: TodayArguments,
    /// How the differences are printed
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Human, help_heading = "Output")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Markdown,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let mut sources = Sources::default();
    let sides = match arguments.sides(&mut sources) {
        Ok(sides) => sides,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    let setup = match arguments.setup(&sides, &sources) {
        Ok(setup) => setup,
        Err(wrong) => return wrong.tell(output, &sources),
    };
    warn(&setup.rules, output)?;
    let compared = Comparison { arguments, sources: &sources, setup: &setup, sides: &sides };
    let difference = match compared.difference() {
        Ok(difference) => difference,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    match arguments.format {
        Format::Human => write_human(&difference, &output.style, &mut output.out)?,
        Format::Markdown => write_markdown(&difference, &mut output.out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut output.out, &difference)?;
            writeln!(output.out)?;
        }
    }
    Ok(if difference.alike { CLEAN } else { VIOLATIONS })
}

impl Arguments {
    /// OLD and NEW.
    fn sides(&self, sources: &mut Sources) -> Result<[Side; 2], Vec<Problem>> {
        let stdin = Path::new("-");
        if self.old == stdin && self.new == stdin {
            let message = "both sides are standard input, which can be read once";
            return Err(vec![Problem::error("usage", message).help("write one of them to a file")]);
        }
        let mut read = |what: &str, path: &PathBuf| {
            Side::read(path, &self.counting, &self.rule_files.config, sources)
                .map_err(|problems| in_side(what, problems))
        };
        let (old, new) = (read("OLD", &self.old), read("NEW", &self.new));
        match (old, new) {
            (Ok(old), Ok(new)) => Ok([old, new]),
            (old, new) => Err([old.err(), new.err()].into_iter().flatten().flatten().collect()),
        }
    }

    /// What the configuration of NEW comes to; where NEW alone is an export, that of OLD.
    fn setup(&self, [old, new]: &[Side; 2], sources: &Sources) -> Result<Setup, WrongRules> {
        let side = if new.export.is_some() && old.export.is_none() { old } else { new };
        let input = &OneInput::of(self.new.clone(), self.counting.clone()).input();
        let Self { rule_files, selecting, today, .. } = self;
        let asked = Asked { input, rule_files, selecting, today, options: &|_| {} };
        asked.setup(side.configuration.clone(), sources)
    }
}

/// What is compared, and how.
struct Comparison<'c> {
    arguments: &'c Arguments,
    sources: &'c Sources,
    setup: &'c Setup,
    sides: &'c [Side; 2],
}

impl Comparison<'_> {
    fn difference(&self) -> Result<Difference, Vec<Problem>> {
        let program = &self.setup.rules.set.program;
        let (topologies, left_out) = self.topologies()?;
        let [old, new] = &topologies;
        let exports = self.sides.iter().filter_map(|side| Some((side, side.export.as_ref()?)));
        let exports = exports
            .flat_map(|(side, export)| side.topology.files.iter().map(move |file| (*file, export)));
        let locator = Locator::new(self.sources, exports.collect());
        let entities = entities(program, old, new, &locator);
        let (mut found, mut failed) = (None, None);
        if !self.arguments.no_verdict {
            let [before, after] = [self.check(0, old)?, self.check(1, new)?];
            found = Some(findings(program, [old, new], &before, &after, &locator));
            failed = Some(failures(&self.setup.rules, old.clone(), new.clone())?);
        }
        let [before, after] = self.sides;
        let difference = Difference {
            schema: SCHEMA,
            alike: true,
            old: before.told(),
            new: after.told(),
            left_out,
            entities,
            findings: found,
            failures: failed,
        };
        Ok(difference.judged())
    }

    /// What the sides say, and what was taken from one for the other, which is an export.
    fn topologies(&self) -> Result<([Topology; 2], Vec<String>), Vec<Problem>> {
        let program = &self.setup.rules.set.program;
        let parse = |what: &str, side: &Side| {
            let parsed = topology::parse(program, self.sources, &side.topology.files);
            let parsed = parsed.and_then(|topology| match topology.entities.is_empty() {
                true => Err(vec![nothing(&side.topology.path)]),
                false => Ok(topology),
            });
            parsed.map_err(|problems| in_side(what, problems))
        };
        let [before, after] = self.sides;
        let (old, new) = match (parse("OLD", before), parse("NEW", after)) {
            (Ok(old), Ok(new)) => (old, new),
            (old, new) => {
                return Err([old.err(), new.err()].into_iter().flatten().flatten().collect());
            }
        };
        Ok(match (before.export.is_some(), after.export.is_some()) {
            _ if self.arguments.all_keys => ([old, new], Vec::new()),
            (true, false) => {
                let (filled, taken) = fill(program, &old, &new);
                ([filled, new], taken)
            }
            (false, true) => {
                let (filled, taken) = fill(program, &new, &old);
                ([old, filled], taken)
            }
            _ => ([old, new], Vec::new()),
        })
    }

    /// What the rules find. Values that an export took from the other side keep the ignores above them.
    fn check(&self, at: usize, topology: &Topology) -> Result<Vec<Finding>, Vec<Problem>> {
        let is_filled = self.sides[at].export.is_some() && !self.arguments.all_keys;
        let read = self.sides.iter().enumerate().filter(|(side, _)| *side == at || is_filled);
        let files: Vec<FileId> =
            read.flat_map(|(_, side)| side.topology.files.iter().copied()).collect();
        let options = Options {
            selected: &|rule| self.setup.is_selected(rule),
            limits: self.arguments.rule_files.limits.limits(),
            ignores: Some(&self.setup.policy),
            ..Options::default()
        };
        check(&self.setup.rules, topology.clone(), self.sources, &files, &options)
            .map_err(|problem| vec![problem])
    }
}

/// Against nothing everything would differ.
fn nothing(path: &str) -> Problem {
    Problem::error("nothing-to-check", format!("there is nothing to compare in {path}"))
        .help("a topology begins with tables such as `[[site]]` and `[[pool]]`")
}
