//! `lynt import`: an export of the deployment → TOML.

use super::input::bytes;
use super::updating::Updating;
use super::{CLEAN, Output, tell};
use crate::config::Config;
use crate::discover::{Quota, display};
use crate::file::{unwritable, write_whole};
use crate::import::{Anonymised, ImportError, Imported, Note, anonymise, import, named};
use crate::source::{Problem, Sources};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  lynt import Topology.xml                          the TOML on standard output
  lynt import Topology.xml -o topology/imported.toml
  lynt import Contoso.tbxml | lynt check -
  lynt import config.zip                            of Export-CsConfiguration
  lynt import export.json                           of docs/export.md's script
  lynt import --update topology/ Topology.xml       what changed, into the files
  lynt import --update topology/ --diff Topology.xml
  lynt import Topology.xml --anonymise              the TOML under pseudonyms
  lynt import Topology.xml --anonymise --keep-form -o anonymous.xml

The export comes from the Skype for Business Server Management Shell:
  (Get-CsTopology -AsXml).ToString() > Topology.xml
What the export does not know (users, hosting, recovery claims) is listed on standard error; \
--update leaves it as it is, with comments and order.

Exit codes: 0 written, or nothing to write; 1 with --diff, where anything would change; \
2 could not read or write.";

const LOOK_IT_OVER: &str = "names, texts, addresses and ids were replaced; versions, numbers up to five digits and the product's own words were kept: look the file over before you share it";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(mut_arg("config", |config| config.requires("update")))]
#[command(mut_arg("isolated", |isolated| isolated.requires("update")))]
pub(super) struct Arguments {
    /// The export, `-` for standard input
    file: PathBuf,
    /// How large the export may be, and with --update a file of the topology, such as 1GiB
    /// [default: 128MiB]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    max_file_size: Option<u64>,
    /// Where the TOML goes; standard output without it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "output")]
    force: bool,
    /// Replace names, sites, domains, addresses, paths, ids and texts by pseudonyms; also --anonymize
    // As `visible_alias` it would not stand in the manual page.
    #[arg(long, alias = "anonymize")]
    anonymise: bool,
    /// With --anonymise: write the export in its own form, not TOML
    #[arg(long, requires = "anonymise")]
    keep_form: bool,
    #[command(flatten)]
    updating: Updating,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let bytes = match arguments.read() {
        Ok(bytes) => bytes,
        Err(problem) => return output.could_not_check(&[problem], &Sources::default()),
    };
    if let Some(topology) = arguments.updating.topology() {
        let size = arguments.max_file_size;
        return arguments.updating.run(topology, (&arguments.file, &bytes), size, output);
    }
    let (text, notes) = match read_export(&bytes, arguments) {
        Ok(read) => read,
        Err(error) => {
            let path = display(&arguments.file);
            return output.could_not_check(&[problem(&path, error)], &Sources::default());
        }
    };
    match &arguments.output {
        None => output.out.write_all(text.as_bytes())?,
        Some(path) => {
            if let Err(problem) = write_file(path, &text, arguments.force) {
                return output.could_not_check(&[problem], &Sources::default());
            }
        }
    }
    output.out.flush()?;
    let notes: String = notes.iter().map(|note| format!("note: {note}\n")).collect();
    tell(notes.as_bytes());
    Ok(CLEAN)
}

impl Arguments {
    fn read(&self) -> Result<Vec<u8>, Problem> {
        let default = Config::default().max_file_size();
        let quota = Quota::of_files(self.max_file_size.unwrap_or(default), 0);
        match self.file == Path::new("-") {
            true => quota.read_stdin("-"),
            false => quota.read(&self.file),
        }
    }
}

/// What is written, and the notes on it.
fn read_export(bytes: &[u8], arguments: &Arguments) -> Result<(String, Vec<String>), ImportError> {
    if !arguments.anonymise {
        let Imported { toml, notes, document, .. } = import(bytes)?;
        let name = named(&display(&arguments.file), document);
        return Ok((toml, notes.iter().map(|note| located(&name, note)).collect()));
    }
    let Anonymised { export, imported } = anonymise(bytes)?;
    let Imported { toml, notes, .. } = imported;
    // Places are those in the export under pseudonyms, which may be nowhere.
    let written = arguments.output.as_deref().filter(|_| arguments.keep_form);
    let said = |note: &Note| match written {
        Some(path) => located(&display(path), note),
        None => note.message.clone(),
    };
    let mut notes: Vec<String> = notes.iter().map(said).collect();
    notes.push(LOOK_IT_OVER.to_owned());
    Ok((if arguments.keep_form { export } else { toml }, notes))
}

/// A note of an export, which reports call `name`.
fn located(name: &str, note: &Note) -> String {
    match note.place {
        Some((line, column)) => format!("{name}:{line}:{column}: {}", note.message),
        None => note.message.clone(),
    }
}

/// Why an export, which reports call `path`, could not be read.
pub(super) fn problem(path: &str, error: ImportError) -> Problem {
    let name = named(path, error.document);
    let place = match error.place {
        Some((line, column)) => format!("{name}:{line}:{column}"),
        None => name,
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
