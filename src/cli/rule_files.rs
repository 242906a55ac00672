//! Which rules a command runs, and how much they may cost.

use super::Output;
use super::configured::{ConfigArguments, WrongRules, rules};
use super::input::OneInput;
use crate::discover::{Configuration, TopologyFiles, display, search};
use crate::eval::{Limit, Limits};
use crate::report::shell_word;
use crate::rules::Rules;
use crate::source::Sources;
use std::io;
use std::path::{Path, PathBuf};

/// The configuration, custom rules and limits.
#[derive(clap::Args)]
pub(super) struct RuleFiles {
    #[command(flatten)]
    pub(super) config: ConfigArguments,
    /// Add custom rules: *.dl files, or folders of such (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "Rules")]
    rules: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) limits: LimitArguments,
}

/// How much an evaluation may cost.
#[derive(clap::Args)]
pub(super) struct LimitArguments {
    /// How much rules may cost: rows, steps, bytes or seconds, as in `--limit seconds=10` (repeatable)
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit, help_heading = "Rules")]
    limit: Vec<(Limit, u64)>,
}

impl LimitArguments {
    /// The usual limits with those that were set.
    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        self.limit.iter().for_each(|&(limit, most)| *limits.get_mut(limit) = most);
        limits
    }
}

fn limit(text: &str) -> Result<(Limit, u64), String> {
    let (name, number) =
        text.split_once('=').ok_or("write a name and a number: `steps=1000000`")?;
    let known = Limit::NAMES.iter().find(|(known, _)| *known == name);
    let (_, limit) = known.ok_or("limits are called rows, steps, bytes and seconds")?;
    let number = number.replace('_', "").parse();
    Ok((*limit, number.map_err(|_| "the limit is no whole number from 0 up")?))
}

impl RuleFiles {
    /// What follows a command so that it finds the same rules: ` --rules house`.
    pub(super) fn arguments(&self) -> String {
        let option = |path: &PathBuf| format!(" --rules {}", shell_word(&display(path)));
        self.config.arguments() + &self.rules.iter().map(option).collect::<String>()
    }

    /// These options as words of a command line.
    pub(super) fn words(&self) -> Vec<String> {
        let rules = self.rules.iter().map(|path| format!("--rules={}", display(path)));
        let limits = self.limits.limit.iter();
        let limits = limits.map(|(limit, most)| format!("--limit={}={most}", limit.name()));
        self.config.words().into_iter().chain(rules).chain(limits).collect()
    }

    /// What follows `lynt rule` in the current folder so that it finds the rules of `configuration`.
    pub(super) fn arguments_here(&self, configuration: &Configuration) -> String {
        let custom = configuration.config.texts("rules.paths");
        let found = search(Path::new("")).map(|path| display(&path));
        match &configuration.path {
            Some(path)
                if !custom.is_empty()
                    && found.as_ref() != Some(path)
                    && !self.config.names_file() =>
            {
                format!(" --config {}{}", shell_word(path), self.arguments())
            }
            _ => self.arguments(),
        }
    }

    /// The rules as a configuration and the command line want them.
    pub(super) fn rules(&self, configuration: &Configuration) -> Result<Rules, WrongRules> {
        rules(configuration, &self.rules)
    }
}

/// The one topology that a command asks, and the rules by which it asks.
pub(super) struct Asked {
    pub(super) rules: Rules,
    pub(super) topology: TopologyFiles,
    /// The files of the topology and of its configuration.
    pub(super) sources: Sources,
}

impl RuleFiles {
    /// Reads the topology that is asked and the rules that count for it; an exit code where that
    /// can't be, which was told.
    pub(super) fn ask(
        &self,
        input: &OneInput,
        output: &mut Output,
    ) -> io::Result<Result<Asked, u8>> {
        let mut sources = Sources::default();
        let (topology, configuration) = match input.discover(&self.config, &mut sources) {
            Ok(found) => found,
            Err(problems) => return output.could_not_check(&problems, &sources).map(Err),
        };
        let rules = match self.rules(&configuration) {
            Ok(rules) => rules,
            Err(wrong) => return wrong.tell(output, &sources).map(Err),
        };
        warn(&rules, output)?;
        Ok(Ok(Asked { rules, topology, sources }))
    }
}

/// Says on standard error what is doubtful in custom rules.
pub(super) fn warn(rules: &Rules, output: &Output) -> io::Result<()> {
    output.warn(&rules.warnings, &rules.set.sources)
}
