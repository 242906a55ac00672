//! `-f FORMAT[=FILE]`: which reports go where.

use super::Output;
use crate::discover::display;
use crate::file::{append, write_whole};
use crate::report::{FORMATS, Format, Report};
use crate::source::{Problem, Sources};
use crate::spelling::nearest;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// One report of a run.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// How it is written.
    pub format: &'static Format,
    /// Where it goes; none for standard output.
    pub file: Option<PathBuf>,
}

impl Target {
    /// As it is written: `sarif=lynt.sarif`.
    pub(super) fn written(&self) -> String {
        let name = self.format.name;
        self.file.as_ref().map_or(name.to_owned(), |file| format!("{name}={}", display(file)))
    }
}

/// What `--help` says of `--format`.
pub(super) fn help() -> String {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    format!(
        "How violations are reported, and into which file instead of standard output (repeatable): {} \
         [default: {}]",
        names.join(", "),
        FORMATS[0].name
    )
}

/// Reads `FORMAT[=FILE]`.
///
/// # Errors
/// What is wrong with it, for clap.
pub(super) fn parse(text: &str) -> Result<Target, String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let Some(format) = FORMATS.iter().find(|format| format.name == name) else {
        return Err(unknown_format(name));
    };
    match file {
        Some("") => Err("there is no file name behind `=`".to_owned()),
        None | Some("-") => Ok(Target { format, file: None }),
        Some(file) => Ok(Target { format, file: Some(PathBuf::from(file)) }),
    }
}

fn unknown_format(name: &str) -> String {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let near = nearest(name, names.iter().copied());
    let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    format!("there is no such format{near}\n  [possible values: {}]", names.join(", "))
}

/// The reports that are asked for; the first format on standard output where none is.
///
/// # Errors
/// Two of them would mix on standard output or overwrite each other.
pub(super) fn all(wanted: &[Target]) -> Result<Vec<Target>, Problem> {
    if wanted.is_empty() {
        return Ok(vec![Target { format: &FORMATS[0], file: None }]);
    }
    let mut files = BTreeSet::new();
    for target in wanted {
        if !files.insert(target.file.as_deref()) {
            return Err(twice(target.file.as_deref()));
        }
    }
    Ok(wanted.to_vec())
}

fn twice(file: Option<&Path>) -> Problem {
    let place = match file {
        Some(file) => display(file),
        None => "standard output".to_owned(),
    };
    Problem::error("usage", format!("`--format`: two reports can't both go to {place}"))
        .help("give each but one a file of its own: `-f human -f sarif=lynt.sarif`")
}

/// Writes all reports, those in files first: a reader that closes the pipe must not cost a file.
/// What could not be written is told on standard error, and makes the exit code 2.
pub(super) fn write(
    targets: &[Target],
    report: &Report<'_>,
    output: &mut Output,
) -> io::Result<u8> {
    let style = output.file_style;
    let mut problems = Vec::new();
    for target in targets {
        if let Some(file) = &target.file {
            let fill = |out: &mut dyn Write| (target.format.write)(report, &style, out);
            problems.extend(write_whole(file, &fill).err());
        }
        problems.extend(target.format.beside.and_then(|(variable, write)| {
            let file = std::env::var_os(variable).filter(|file| !file.is_empty())?;
            append(Path::new(&file), &|out| write(report, &style, out)).err()
        }));
    }
    let mut report = *report;
    if !problems.is_empty() {
        report.exit_code = output.could_not_check(&problems, &Sources::default())?;
    }
    let told = report.outcomes.is_empty() && !report.problems.is_empty();
    let on_standard_output = targets.iter().filter(|target| target.file.is_none());
    for target in on_standard_output.filter(|target| !(told && target.format.is_for_people)) {
        (target.format.write)(&report, &output.style, &mut output.out)?;
    }
    output.out.flush()?;
    Ok(report.exit_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_format_and_perhaps_a_file() {
        let cases = [
            ("human", Ok(("human", None))),
            ("human=-", Ok(("human", None))),
            ("concise=a=b.txt", Ok(("concise", Some("a=b.txt")))),
            ("concise=", Err("there is no file name behind `=`")),
            ("humna", Err("there is no such format; did you mean `human`?")),
            ("", Err("there is no such format")),
        ];
        for (text, expected) in cases {
            let found = parse(text);
            let found = found
                .as_ref()
                .map(|target| (target.format.name, target.file.as_deref().and_then(Path::to_str)));
            match (found, expected) {
                (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{found}"),
                (found, expected) => assert_eq!(found.ok(), expected.ok(), "{text}"),
            }
        }
    }
}
