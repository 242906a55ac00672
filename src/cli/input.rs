//! Which topologies a command reads.

use crate::discover::{TopologyFiles, discover};
use crate::report::shell_word;
use crate::source::{Problem, Sources};
use std::path::{Path, PathBuf};

/// The paths on the command line.
#[derive(clap::Args)]
pub(super) struct Input {
    /// Files, or folders whose *.toml files together are one topology; `-` reads standard input
    #[arg(value_name = "PATH", help_heading = "Input")]
    paths: Vec<PathBuf>,
    /// Leave out files of folders that match, such as `archive/**` (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    exclude: Vec<String>,
    /// What standard input is called in reports
    #[arg(long, value_name = "NAME", default_value = "<stdin>", help_heading = "Input")]
    stdin_filename: String,
}

impl Input {
    /// A topology's path as it follows a command, with a blank before it; nothing for the current folder.
    pub(super) fn arguments(&self, path: &str) -> String {
        match path {
            "." => String::new(),
            stdin if stdin == self.stdin_filename => " -".to_owned(),
            path => format!(" {}", shell_word(path)),
        }
    }

    /// Whether one of the topologies is standard input.
    pub(super) fn reads_standard_input(&self) -> bool {
        self.paths.iter().any(|path| path == Path::new("-"))
    }

    /// Reads the topologies into `sources`; those of the current folder, where no path is named.
    pub(super) fn discover(
        &self,
        sources: &mut Sources,
    ) -> Result<Vec<TopologyFiles>, Vec<Problem>> {
        let here = [PathBuf::from(".")];
        let paths = if self.paths.is_empty() { &here } else { self.paths.as_slice() };
        discover(paths, &self.exclude, &self.stdin_filename, sources)
    }
}

/// The one topology that a command asks.
#[derive(clap::Args)]
pub(super) struct OneInput {
    /// A file, or a folder whose *.toml files together are one topology; `-` reads standard input
    #[arg(value_name = "PATH", default_value = ".", help_heading = "Input")]
    path: PathBuf,
    /// Leave out files of the folder that match, such as `archive/**` (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    exclude: Vec<String>,
}

impl OneInput {
    /// Reads the topology into `sources`.
    pub(super) fn discover(&self, sources: &mut Sources) -> Result<TopologyFiles, Vec<Problem>> {
        let path = std::slice::from_ref(&self.path);
        let mut found = discover(path, &self.exclude, "<stdin>", sources)?;
        if found.len() > 1 {
            let paths: Vec<&str> = found.iter().map(|topology| topology.path.as_str()).collect();
            let message = format!("{} holds {} topologies", self.path.display(), found.len());
            let help = format!("name one of {}", paths.join(", "));
            return Err(vec![Problem::error("usage", message).help(help)]);
        }
        found.pop().ok_or_else(Vec::new)
    }
}
