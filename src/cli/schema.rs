//! `lynt schema`: JSON Schemas.

use super::configured::with_custom;
use super::rule_files::warn;
use super::{CLEAN, Output};
use crate::report::json;
use crate::rules::Rules;
use crate::schema::{config, topology};
use crate::source::{Problem, Sources};
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  lynt schema topology > topology.schema.json
  lynt schema config > lynt.schema.json
  lynt schema config --rules house/ > lynt.schema.json
  lynt schema output > lynt-output.schema.json

An editor that knows TOML schemas completes and checks a file whose first line is
  #:schema ./topology.schema.json";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Of what
    what: What,
    /// Offer the ids and parameters of custom rules too: *.dl files, or folders of such (repeatable);
    /// for `config`
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Of a file of a topology
    Topology,
    /// Of lynt.toml
    Config,
    /// Of `lynt check -f json` and `-f jsonl`
    Output,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    if arguments.what != What::Config && !arguments.rules.is_empty() {
        let problem = Problem::error("usage", "`--rules` is for `lynt schema config`")
            .help("custom rules add nothing to topologies, nor to what lynt writes");
        return output.could_not_check(&[problem], &Sources::default());
    }
    let schema = match arguments.what {
        What::Output => json::SCHEMA.to_owned(),
        What::Topology => format!("{:#}\n", topology(&Rules::shipped().set.program)),
        What::Config => match with_custom(&arguments.rules) {
            Ok(rules) => {
                warn(&rules, output)?;
                format!("{:#}\n", config(&rules))
            }
            Err((problems, sources)) => return output.could_not_check(&problems, &sources),
        },
    };
    output.out.write_all(schema.as_bytes())?;
    Ok(CLEAN)
}
