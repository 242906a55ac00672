//! Which topologies a command reads.

use crate::discover::{TopologyFiles, discover};
use crate::source::{Problem, Sources};
use std::path::PathBuf;

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
