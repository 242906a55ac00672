//! Which rules a command runs, and how much they may cost.

use super::Output;
use crate::discover::{display, rule_files};
use crate::eval::{Limit, Limits};
use crate::report::shell_word;
use crate::rules::Rules;
use crate::source::{Problem, Sources};
use std::io;
use std::path::PathBuf;

/// Custom rules and limits.
#[derive(clap::Args)]
pub(super) struct RuleFiles {
    /// Add custom rules: *.dl files, or folders of such (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "Rules")]
    pub(super) rules: Vec<PathBuf>,
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

/// What is wrong with rules, and the sources in which it is placed.
pub(super) type WrongRules = (Vec<Problem>, Sources);

impl RuleFiles {
    /// What follows a command so that it finds the same rules: ` --rules house`.
    pub(super) fn arguments(&self) -> String {
        let option = |path: &PathBuf| format!(" --rules {}", shell_word(&display(path)));
        self.rules.iter().map(option).collect()
    }

    /// The shipped rules and the custom ones.
    pub(super) fn load(&self) -> Result<Rules, WrongRules> {
        load(&self.rules)
    }
}

/// The shipped rules and those of `paths`.
pub(super) fn load(paths: &[PathBuf]) -> Result<Rules, WrongRules> {
    let shipped = Rules::shipped();
    if paths.is_empty() {
        return Ok(shipped);
    }
    let mut sources = Sources::default();
    match rule_files(paths, &mut sources) {
        Ok(_) => shipped.with_custom(sources.files.into_iter().map(|file| (file.path, file.text))),
        Err(problems) => Err((problems, sources)),
    }
}

/// Says on standard error what is doubtful in custom rules.
pub(super) fn warn(rules: &Rules, output: &Output) -> io::Result<()> {
    output.warn(&rules.warnings, &rules.set.sources)
}
