//! The command line: parse, call, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    lynt::cli::run(std::env::args_os())
}
