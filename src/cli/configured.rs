//! Which configuration counts, and the rules as it wants them.

use super::Output;
use crate::config::{Origin, apply};
use crate::discover::{Choice, Configuration, Configurations, display, rule_files};
use crate::report::shell_word;
use crate::rules::Rules;
use crate::source::{Problem, Sources};
use std::path::{Path, PathBuf};
use std::{env, io};

/// Which `lynt.toml` counts.
#[derive(clap::Args)]
pub(super) struct ConfigArguments {
    /// A file that counts instead of the lynt.toml that is found, or a setting as TOML, such as
    /// `--config 'output.fail-on = "note"'` (repeatable)
    #[arg(long, value_name = "FILE|SETTING", help_heading = "Configuration")]
    config: Vec<String>,
    /// Let no lynt.toml count
    #[arg(long, help_heading = "Configuration")]
    isolated: bool,
    /// Whether the environment names no file.
    #[arg(skip)]
    is_alone: bool,
}

/// The variable that names a file instead of `--config FILE`.
const VARIABLE: &str = "LYNT_CONFIG";

impl ConfigArguments {
    /// From now on no file counts that the environment names.
    pub(super) fn forget_environment(&mut self) {
        self.is_alone = true;
    }

    /// Which configuration counts.
    ///
    /// # Errors
    /// The options contradict each other.
    pub(super) fn choice(&self) -> Result<Choice, Vec<Problem>> {
        let (inline, files): (Vec<&String>, Vec<&String>) =
            self.config.iter().partition(|text| is_setting(text));
        let usage = |message: &str| Err(vec![Problem::error("usage", message)]);
        let file = match (files.as_slice(), self.isolated) {
            ([], true) => None,
            ([], false) if self.is_alone => None,
            ([], false) => env::var_os(VARIABLE).filter(|file| !file.is_empty()).map(PathBuf::from),
            (_, true) => return usage("`--isolated` lets no file count, `--config` names one"),
            ([file], false) => Some(PathBuf::from(file)),
            _ => return usage("`--config`: two files are named, one can count"),
        };
        let inline = inline.into_iter().cloned().collect();
        Ok(Choice { isolated: self.isolated, file, inline, apart: false })
    }

    /// Whether a file is named here or in the environment.
    pub(super) fn names_file(&self) -> bool {
        self.choice().is_ok_and(|choice| choice.file.is_some())
    }

    /// These options as words of a command line; a file that the environment names is among them.
    pub(super) fn words(&self) -> Vec<String> {
        let file = self.choice().ok().and_then(|choice| choice.file);
        let file = file.map(|file| format!("--config={}", display(&file)));
        let settings = self.config.iter().filter(|text| is_setting(text));
        let settings = settings.map(|text| format!("--config={text}"));
        let isolated = self.isolated.then(|| "--isolated".to_owned());
        file.into_iter().chain(settings).chain(isolated).collect()
    }

    /// What follows a command so that the same configuration counts, whatever the environment names:
    /// ` --isolated`.
    pub(super) fn arguments(&self) -> String {
        let words = self.words().into_iter();
        let words = words.map(|word| word.replacen("--config=", "--config ", 1));
        let word = |word: String| match word.split_once(' ') {
            Some((option, value)) => format!(" {option} {}", shell_word(value)),
            None => format!(" {word}"),
        };
        words.map(word).collect()
    }
}

/// Whether `--config` has a setting, and no file.
fn is_setting(text: &str) -> bool {
    text.contains('=') && !Path::new(text).is_file()
}

/// What keeps rules from running.
pub(super) enum WrongRules {
    /// Problems of rule files, placed in these sources.
    Rules(Vec<Problem>, Sources),
    /// Problems of settings, placed in the sources of the run.
    Settings(Vec<Problem>),
}

impl WrongRules {
    /// Tells it on standard error.
    pub(super) fn tell(&self, output: &mut Output, sources: &Sources) -> io::Result<u8> {
        match self {
            WrongRules::Rules(problems, sources) => output.could_not_check(problems, sources),
            WrongRules::Settings(problems) => output.could_not_check(problems, sources),
        }
    }

    /// The problems with the sources that they are placed in; `sources` are those of the run.
    pub(super) fn placed(self, sources: Sources) -> (Vec<Problem>, Sources) {
        match self {
            WrongRules::Rules(problems, sources) => (problems, sources),
            WrongRules::Settings(problems) => (problems, sources),
        }
    }
}

/// The configuration that counts in the current folder.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn here(
    arguments: &ConfigArguments,
    sources: &mut Sources,
) -> Result<Configuration, Vec<Problem>> {
    around(arguments, Path::new(""), sources)
}

/// The configuration that counts in a folder, which need not be there.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn around(
    arguments: &ConfigArguments,
    folder: &Path,
    sources: &mut Sources,
) -> Result<Configuration, Vec<Problem>> {
    let choice = arguments.choice()?;
    let mut configurations = Configurations::new(&choice, sources)?;
    let at = configurations.of(folder, sources)?;
    Ok(configurations.found.swap_remove(at))
}

/// The shipped rules and those that the configuration and `paths`, from the command line, name, with the
/// levels and parameters of the configuration.
pub(super) fn rules(configuration: &Configuration, paths: &[PathBuf]) -> Result<Rules, WrongRules> {
    let mut all = rule_paths(configuration).map_err(WrongRules::Settings)?;
    all.extend_from_slice(paths);
    let mut rules =
        with_custom(&all).map_err(|(problems, sources)| WrongRules::Rules(problems, sources))?;
    apply(&configuration.config, &mut rules).map_err(WrongRules::Settings)?;
    Ok(rules)
}

/// Where the custom rules are that the configurations of `paths` name.
///
/// # Errors
/// Everything that is wrong with the configurations, and what they name and is not there.
pub(super) fn configured_rules(
    arguments: &ConfigArguments,
    paths: &[PathBuf],
    sources: &mut Sources,
) -> Result<Vec<PathBuf>, Vec<Problem>> {
    let choice = arguments.choice()?;
    let mut configurations = Configurations::new(&choice, sources)?;
    for path in paths {
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        configurations.of(folder, sources)?;
    }
    let found = configurations.found.iter().map(rule_paths);
    Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
}

/// Where the custom rules of a configuration are.
fn rule_paths(configuration: &Configuration) -> Result<Vec<PathBuf>, Vec<Problem>> {
    let (mut paths, mut missing) = (Vec::new(), Vec::new());
    for (path, origin) in configuration.config.texts("rules.paths") {
        let path = configuration.resolve(Path::new(path), *origin);
        match path.exists() {
            true => paths.push(path),
            false => missing.push(no_such_path(&path, *origin)),
        }
    }
    if missing.is_empty() { Ok(paths) } else { Err(missing) }
}

fn no_such_path(path: &Path, origin: Origin) -> Problem {
    let problem = Problem::error("unreadable", format!("there is no {}", display(path)));
    origin.place(problem).help("paths are relative to the folder of the configuration")
}

/// The shipped rules and those of `paths`.
pub(super) fn with_custom(paths: &[PathBuf]) -> Result<Rules, (Vec<Problem>, Sources)> {
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
