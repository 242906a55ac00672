//! Which topologies a command reads.

use super::configured::ConfigArguments;
use crate::discover::{Configuration, Discovered, Request, TopologyFiles, discover, display};
use crate::report::shell_word;
use crate::source::{Problem, Sources};
use std::path::{Path, PathBuf};

/// What standard input is called where nobody says.
const STDIN: &str = "<stdin>";

/// Which files of folders count.
#[derive(clap::Args, Clone, Default)]
pub(super) struct Counting {
    /// Leave out files of folders that match, such as `archive/**` (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    exclude: Vec<String>,
    /// Leave out files that git does not track; one that is named is an error
    #[arg(long, help_heading = "Input")]
    tracked: bool,
}

impl Counting {
    /// The globs of files that are left out.
    pub(super) fn excluded(&self) -> &[String] {
        &self.exclude
    }

    /// What follows a command so that the same files count: ` --tracked`.
    fn arguments(&self) -> String {
        let exclude = self.exclude.iter().map(|glob| format!(" --exclude {}", shell_word(glob)));
        let tracked = if self.tracked { " --tracked" } else { "" };
        exclude.collect::<String>() + tracked
    }
}

/// The paths on the command line.
#[derive(clap::Args)]
pub(super) struct Input {
    /// Files, or folders whose *.toml files together are one topology; `-` reads standard input
    #[arg(value_name = "PATH", help_heading = "Input")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    counting: Counting,
    /// What standard input is called in reports
    #[arg(long, value_name = "NAME", default_value = STDIN, help_heading = "Input")]
    stdin_filename: String,
}

impl Input {
    /// A topology's path as it follows a command, with a blank before it, and which of its files count;
    /// no path for the current folder.
    pub(super) fn arguments(&self, path: &str) -> String {
        let path = match path {
            "." => String::new(),
            stdin if stdin == self.stdin_filename => " -".to_owned(),
            path => format!(" {}", shell_word(path)),
        };
        path + &self.counting.arguments()
    }

    /// These options and paths as words of a command line.
    pub(super) fn words(&self) -> Vec<String> {
        let exclude = self.counting.exclude.iter().map(|glob| format!("--exclude={glob}"));
        let tracked = self.counting.tracked.then(|| "--tracked".to_owned());
        let paths = self.paths.iter().map(|path| display(path));
        exclude.chain(tracked).chain(std::iter::once("--".to_owned())).chain(paths).collect()
    }

    /// Whether only those files count that git tracks.
    pub(super) fn is_tracked(&self) -> bool {
        self.counting.tracked
    }

    /// The globs of files that are left out.
    pub(super) fn excluded(&self) -> &[String] {
        &self.counting.exclude
    }

    /// Whether a topology comes from standard input.
    pub(super) fn reads_standard_input(&self) -> bool {
        self.paths.iter().any(|path| path == Path::new("-"))
    }

    /// Reads the topologies and their configurations into `sources`; those of the current folder, where no
    /// path is named.
    pub(super) fn discover(
        &self,
        config: &ConfigArguments,
        sources: &mut Sources,
    ) -> Result<Discovered, Vec<Problem>> {
        let here = [PathBuf::from(".")];
        let paths = if self.paths.is_empty() { &here } else { self.paths.as_slice() };
        let Counting { exclude, tracked } = &self.counting;
        let (stdin_name, choice) = (self.stdin_filename.as_str(), &config.choice()?);
        discover(&Request { paths, exclude, tracked: *tracked, stdin_name, choice }, sources)
    }
}

/// The one topology that a command asks.
#[derive(clap::Args)]
pub(super) struct OneInput {
    /// A file, or a folder whose *.toml files together are one topology; `-` reads standard input
    #[arg(value_name = "PATH", default_value = ".", help_heading = "Input")]
    path: PathBuf,
    #[command(flatten)]
    counting: Counting,
}

impl OneInput {
    /// What a command line with this path and these options says.
    pub(super) fn of(path: PathBuf, counting: Counting) -> Self {
        Self { path, counting }
    }

    /// Reads the topology and its configuration into `sources`.
    pub(super) fn discover(
        &self,
        config: &ConfigArguments,
        sources: &mut Sources,
    ) -> Result<(TopologyFiles, Configuration), Vec<Problem>> {
        let Discovered { topologies, mut configurations } =
            self.input().discover(config, sources)?;
        let (topology, configuration) = self.one_of(topologies)?;
        Ok((topology, configurations.swap_remove(configuration)))
    }

    /// What a command that takes several topologies would be told.
    pub(super) fn input(&self) -> Input {
        let (paths, counting) = (vec![self.path.clone()], self.counting.clone());
        Input { paths, counting, stdin_filename: STDIN.to_owned() }
    }

    /// The one topology that is meant, with the number of its configuration.
    ///
    /// # Errors
    /// There are several.
    pub(super) fn one_of(
        &self,
        mut topologies: Vec<(TopologyFiles, usize)>,
    ) -> Result<(TopologyFiles, usize), Vec<Problem>> {
        // A folder with others below it that are topologies of their own means its own.
        let own = display(&self.path);
        if topologies.len() > 1 && topologies.iter().any(|(found, _)| same(&found.path, &own)) {
            topologies.retain(|(found, _)| same(&found.path, &own));
        }
        if topologies.len() > 1 {
            let paths: Vec<&str> =
                topologies.iter().map(|(found, _)| found.path.as_str()).collect();
            let message = format!("{own} holds {} topologies", paths.len());
            let help = format!("name one of {}", paths.join(", "));
            return Err(vec![Problem::error("usage", message).help(help)]);
        }
        topologies.pop().ok_or_else(Vec::new)
    }
}

/// Whether two paths are written alike but for a `/` at their end.
fn same(one: &str, other: &str) -> bool {
    Path::new(one) == Path::new(other)
}
