//! `lynt schema`: JSON Schemas.

use super::{CLEAN, Output};
use crate::report::json;
use clap::ValueEnum;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  lynt schema output > lynt-output.schema.json";

/// Print the JSON Schema of what lynt writes
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Of what
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Of `lynt check -f json` and `-f jsonl`
    Output,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let schema = match arguments.what {
        What::Output => json::SCHEMA,
    };
    output.out.write_all(schema.as_bytes())?;
    Ok(CLEAN)
}
