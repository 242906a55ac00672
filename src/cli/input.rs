//! Which topologies a command reads.

use super::configured::{ConfigArguments, around};
use crate::discover::{Configuration, Discovered, Request, TopologyFiles, discover, display};
use crate::report::shell_word;
use crate::size;
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
    /// How large a file may be, such as 1GiB; all files together: four times that [default: 128MiB]
    #[arg(long, value_name = "SIZE", value_parser = bytes, help_heading = "Input")]
    max_file_size: Option<u64>,
}

/// Reads a size on the command line.
///
/// # Errors
/// What is wrong with it, for clap.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    size::parse(text).map_err(|why| format!("it {why}"))
}

/// A number of things.
///
/// # Errors
/// What is wrong with it, for clap.
pub(super) fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "it is a whole number from 0 up".to_owned())
}

impl Counting {
    /// All files of folders, of at most so many bytes.
    pub(super) fn up_to(max_file_size: Option<u64>) -> Self {
        Self { max_file_size, ..Self::default() }
    }

    /// The globs of files that are left out.
    pub(super) fn excluded(&self) -> &[String] {
        &self.exclude
    }

    /// What follows a command so that the same files count: ` --tracked`.
    fn arguments(&self) -> String {
        let exclude = self.exclude.iter().map(|glob| format!(" --exclude {}", shell_word(glob)));
        let tracked = if self.tracked { " --tracked" } else { "" };
        let size = self.size_word().map_or(String::new(), |word| format!(" {word}"));
        exclude.collect::<String>() + tracked + &size
    }

    /// The configuration that counts in a folder, as these options would have it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn configuration(
        &self,
        config: &ConfigArguments,
        folder: &Path,
        sources: &mut Sources,
    ) -> Result<Configuration, Vec<Problem>> {
        let mut configuration = around(config, folder, sources)?;
        configuration.set_max_file_size(self.max_file_size);
        Ok(configuration)
    }

    fn size_word(&self) -> Option<String> {
        let size = size::shown(self.max_file_size?).replace(' ', "");
        Some(format!("--max-file-size={size}"))
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
        let tracked = tracked.into_iter().chain(self.counting.size_word());
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
        let Counting { exclude, tracked, max_file_size } = &self.counting;
        let (stdin_name, choice) = (self.stdin_filename.as_str(), &config.choice()?);
        let (tracked, max_file_size) = (*tracked, *max_file_size);
        discover(&Request { paths, exclude, tracked, stdin_name, max_file_size, choice }, sources)
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
