//! `lynt completions`: a script by which a shell completes lynt's command line.

use super::{CLEAN, Output};
use clap_complete::{Shell, generate};
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  lynt completions bash > ~/.local/share/bash-completion/completions/lynt
  lynt completions zsh > \"${fpath[1]}/_lynt\"
  lynt completions fish > ~/.config/fish/completions/lynt.fish
  lynt completions powershell >> $PROFILE";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// For which shell
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    // The generator panics where it can't write, so it writes to memory.
    let mut script = Vec::new();
    generate(arguments.shell, &mut super::command_line(|_| true), "lynt", &mut script);
    output.out.write_all(&script)?;
    Ok(CLEAN)
}
