//! `lynt --version`: which lynt this is, and what it is made of.

use super::{CLEAN, Output};
use crate::report::sha256;
use crate::rules::Rules;
use std::io::{self, Write};

/// Prints the version, and if `verbose` also what lynt was built from.
pub(super) fn run(verbose: bool, output: &mut Output) -> io::Result<u8> {
    let out = &mut output.out;
    writeln!(out, "lynt {}", env!("CARGO_PKG_VERSION"))?;
    if verbose {
        let (rules, crepe) = match cfg!(feature = "compiled") {
            true => ("compiled", env!("LYNT_CREPE")),
            false => ("interpreted", "none"),
        };
        writeln!(out, "commit: {}", env!("LYNT_COMMIT"))?;
        writeln!(out, "target: {}", env!("LYNT_TARGET"))?;
        writeln!(out, "rules: {rules}")?;
        writeln!(out, "rules-sha256: {}", sha256::of_files(&Rules::shipped().set.sources))?;
        writeln!(out, "crepe: {crepe}")?;
    }
    Ok(CLEAN)
}
