//! `lynt man`: manual pages out of what `--help` says.

use super::{CLEAN, Output};
use crate::file::{unwritable, write_whole};
use crate::source::{Problem, Sources};
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  lynt man > lynt.1                  the page of lynt itself
  lynt man | man -l -                to read it at once
  lynt man --out ~/.local/share/man/man1

With --out there is a page for each command too: lynt-check.1, lynt-new-rule.1.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Write lynt.1 and a page for each command into this folder, which must be there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    // Of `lynt help` there is nothing more to say.
    let mut lynt = super::command_line(|_| true).disable_help_subcommand(true);
    lynt.build();
    let Some(folder) = &arguments.out else {
        output.out.write_all(&page(&lynt, None)?)?;
        return Ok(CLEAN);
    };
    match write_pages(&lynt, folder) {
        Ok(()) => Ok(CLEAN),
        Err(problem) => output.could_not_check(&[problem], &Sources::default()),
    }
}

fn write_pages(lynt: &Command, folder: &Path) -> Result<(), Problem> {
    if !folder.is_dir() {
        let why = "there is no such folder";
        return Err(unwritable(folder, &why).help("make the folder first"));
    }
    let mut open = vec![(lynt, None)];
    while let Some((command, above)) = open.pop() {
        let path = folder.join(format!("{}.1", name(command)));
        let page = page(command, above).map_err(|error| unwritable(&path, &error))?;
        write_whole(&path, &|out| out.write_all(&page))?;
        open.extend(command.get_subcommands().map(|below| (below, Some(command))));
    }
    Ok(())
}

/// `lynt-new-rule` for `lynt new rule`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

/// The page of a command, which is one of `above`.
fn page(command: &Command, above: Option<&Command>) -> io::Result<Vec<u8>> {
    // All options in one line say less than `[OPTIONS]`.
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
    // An empty date must be seen as one.
    let man = Man::new(command.clone().override_usage(usage))
        .date("\"\"")
        .source(concat!("lynt ", env!("CARGO_PKG_VERSION")))
        .manual("lynt");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut rest = Roff::default();
    if let Some(text) = command.get_after_help() {
        paragraphs(&text.to_string(), &mut rest);
    }
    if let Some(above) = above {
        rest.control("SH", ["SEE ALSO"]).text([roman(format!("{}(1)", name(above)))]);
    }
    rest.to_writer(&mut page)?;
    Ok(page)
}

/// What stands below the options: paragraphs, of which those with indented lines keep their lines.
fn paragraphs(text: &str, page: &mut Roff) {
    for paragraph in text.split("\n\n") {
        let (first, rest) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        let paragraph = if first == "Examples:" {
            page.control("SH", ["EXAMPLES"]);
            rest
        } else if let Some(codes) = paragraph.strip_prefix("Exit codes: ") {
            page.control("SH", ["EXIT STATUS"]);
            codes
        } else {
            page.control("PP", []);
            paragraph
        };
        let keeps_lines = paragraph.lines().any(|line| line.starts_with(' '));
        if keeps_lines {
            page.control("nf", []);
        }
        paragraph.lines().for_each(|line| {
            page.text([roman(line)]);
        });
        if keeps_lines {
            page.control("fi", []);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_keep_their_lines_and_prose_does_not() {
        let mut page = Roff::default();
        paragraphs(
            "Examples:\n  lynt a\n  lynt b\n\n.prose\nhere.\n\nExit codes: 0 clean.",
            &mut page,
        );
        let expected = ".SH EXAMPLES\n.nf\n  lynt a\n  lynt b\n.fi\n.PP\n\\&.prose\nhere.\n\
                        .SH \"EXIT STATUS\"\n0 clean.\n";
        assert_eq!(page.to_roff(), expected);
    }
}
