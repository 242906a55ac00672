//! `lynt import`: an export of the deployment → TOML.

use super::file::{unwritable, write_whole};
use super::{CLEAN, Output, tell};
use crate::discover::display;
use crate::import::{ImportError, import};
use crate::source::{Problem, Sources};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  lynt import Topology.xml                          the TOML on standard output
  lynt import Topology.xml -o topology/imported.toml
  lynt import Contoso.tbxml | lynt check -

The export comes from the Skype for Business Server Management Shell:
  (Get-CsTopology -AsXml).ToString() > Topology.xml
What the export does not know (users, hosting, recovery claims) is listed on standard error.";

/// Turn an export of Get-CsTopology -AsXml, or a Topology Builder file, into TOML
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The export, `-` for standard input
    file: PathBuf,
    /// Where the TOML goes; standard output without it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "output")]
    force: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let bytes = match read(&arguments.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("could not read {}: {error}", display(&arguments.file));
            return output
                .could_not_check(&[Problem::error("unreadable", message)], &Sources::default());
        }
    };
    let imported = match import(&bytes) {
        Ok(imported) => imported,
        Err(error) => {
            let path = display(&arguments.file);
            return output.could_not_check(&[problem(&path, error)], &Sources::default());
        }
    };
    match &arguments.output {
        None => output.out.write_all(imported.toml.as_bytes())?,
        Some(path) => {
            if let Err(problem) = write_file(path, &imported.toml, arguments.force) {
                return output.could_not_check(&[problem], &Sources::default());
            }
        }
    }
    output.out.flush()?;
    let mut notes = String::new();
    for note in &imported.notes {
        notes.push_str(&format!("note: {note}\n"));
    }
    tell(notes.as_bytes());
    Ok(CLEAN)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path)
}

/// Why an export, which reports call `path`, could not be read.
pub(super) fn problem(path: &str, error: ImportError) -> Problem {
    let place = match error.place {
        Some((line, column)) => format!("{path}:{line}:{column}"),
        None => path.to_owned(),
    };
    let problem = Problem::error("import", format!("{place}: {}", error.message));
    match error.help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// Writes a file that is not there yet, unless it may be overwritten.
fn write_file(path: &Path, text: &str, force: bool) -> Result<(), Problem> {
    if !force && path.exists() {
        return Err(unwritable(path, &"the file exists").help("`--force` overwrites it"));
    }
    write_whole(path, &|out| out.write_all(text.as_bytes()))
}
