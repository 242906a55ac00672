//! `lynt report --verify`: a page → whether page, files and rules still agree.

use super::super::{CLEAN, Output, VIOLATIONS, command_line};
use super::{Arguments, Made, Origin};
use crate::audit::{Manifest, digest_of, embedded};
use crate::discover::{Quota, add, display};
use crate::escape::escape;
use crate::report::sha256;
use crate::source::{Problem, Sources};
use clap::FromArgMatches;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(file: &Path, output: &mut Output) -> io::Result<u8> {
    let mut sources = Sources::default();
    let (page, manifest) = match read(file) {
        Ok(found) => found,
        Err(problem) => return output.could_not_check(&[problem], &sources),
    };
    let mut differences = Vec::new();
    differences.extend(page_differs(&page));
    differences.extend(files_differ(&manifest));
    let arguments = match arguments(&manifest) {
        Ok(arguments) => arguments,
        Err(problem) => return output.could_not_check(&[problem], &sources),
    };
    let made = arguments.make(&Origin::Again(&manifest), &mut sources, output)?;
    match made {
        Ok(made) => differences.extend(made_again(&page, &manifest, &made, differences.is_empty())),
        Err(wrong) => {
            wrong.tell(output, &sources)?;
            differences.push("made again: it can't be made from the files of today".to_owned());
        }
    }
    tell(file, &manifest, &differences, output)
}

/// The page and its manifest.
fn read(file: &Path) -> Result<(String, Manifest), Problem> {
    let shown = display(file);
    let unreadable = |why: &dyn std::fmt::Display| {
        Problem::error("unreadable", format!("could not read {shown}: {why}"))
    };
    let bytes = quota().read(file)?;
    let page = String::from_utf8(bytes).map_err(|_| unreadable(&"it is not UTF-8"))?;
    match embedded(&page) {
        Some(manifest) => Ok((page, manifest)),
        None => {
            let message = format!("{shown} holds no report of lynt");
            let help = "name a page that `lynt report -o FILE` has written";
            Err(Problem::error("no-report", message).help(help))
        }
    }
}

/// Bytes of a page or of a file that it names, which may be large: the page tells what else made it only
/// when it is read.
const MOST: u64 = 1 << 30;

fn quota() -> Quota {
    Quota::of_files(MOST, 0)
}

fn page_differs(page: &str) -> Option<String> {
    match digest_of(page) {
        Some((told, own)) if told == own => None,
        Some((told, own)) => Some(format!(
            "page: it was changed after it was written: its SHA-256 is {own}, it says {told}"
        )),
        None => Some("page: it was changed after it was written: it tells no SHA-256".to_owned()),
    }
}

/// The files of the manifest that are not as it says.
fn files_differ(manifest: &Manifest) -> Vec<String> {
    let differs = manifest.files.iter().filter_map(|file| {
        // What is no file, such as a device, may have no end.
        let is_file = fs::metadata(&file.path).is_ok_and(|data| data.is_file());
        let text = if is_file { quota().read(Path::new(&file.path)).ok() } else { None };
        let what = match text.map(digest) {
            None => "it is not there",
            Some(now) if now == file.sha256 => return None,
            Some(_) => "it was changed",
        };
        Some(format!("{}: {}: {what}", file.role, file.path))
    });
    differs.collect()
}

/// The digest of a file as lynt reads it.
fn digest(bytes: Vec<u8>) -> String {
    let mut sources = Sources::default();
    let file = add(String::new(), bytes, &mut sources);
    file.map_or(String::new(), |file| sha256::of_text(&sources.file(file).text))
}

/// What a page was made by. Nothing of it says where anything is written.
fn arguments(manifest: &Manifest) -> Result<Arguments, Problem> {
    let words = ["lynt", "report"].into_iter().map(str::to_owned);
    let words = words.chain(manifest.arguments.iter().cloned()).map(OsString::from);
    let matches = command_line(|name| name == "report").try_get_matches_from(words).ok();
    let report = matches.as_ref().and_then(|matches| matches.subcommand_matches("report"));
    match report.and_then(|report| Arguments::from_arg_matches(report).ok()) {
        Some(mut arguments) if arguments.only_reads() => {
            // Files that the environment named then are among the words.
            arguments.rule_files.config.forget_environment();
            arguments.baseline.forget_environment();
            Ok(arguments)
        }
        _ => Err(Problem::error("no-report", "the page says by no right options how it was made")),
    }
}

impl Arguments {
    /// Whether nothing is written but standard output.
    fn only_reads(&self) -> bool {
        self.output.is_none() && self.annexes.is_none() && self.verify.is_none()
    }
}

/// How the report that is made of the files of today differs from the page.
fn made_again(page: &str, then: &Manifest, made: &Made, rest_agrees: bool) -> Vec<String> {
    let now = &made.manifest;
    let mut differences = Vec::new();
    if now.version != then.version {
        let (now, then) = (&now.version, &then.version);
        differences.push(format!("lynt: this is {now}, the page was written by {then}"));
    }
    if now.rules_sha256 != then.rules_sha256 {
        differences.push("rules: they are not those of the page".to_owned());
    }
    let known: BTreeMap<_, _> =
        then.files.iter().map(|file| ((&file.role, &file.path), file)).collect();
    let new = now.files.iter().filter(|file| !known.contains_key(&(&file.role, &file.path)));
    differences.extend(new.map(|file| format!("{}: {}: it is new", file.role, file.path)));
    if rest_agrees {
        differences.extend(commit_differs(then, now));
    }
    if made.page != page && rest_agrees && differences.is_empty() {
        differences.push("made again: the page comes out otherwise".to_owned());
    }
    differences
}

/// How the commit differs, of files that are as the page has them.
fn commit_differs(then: &Manifest, now: &Manifest) -> Option<String> {
    let commit = then.commit.as_ref()?;
    if now.commit != then.commit {
        return Some(format!("commit: git does not know {commit} here"));
    }
    let (from, to) = if then.is_dirty { ("not as", "as") } else { ("as", "not as") };
    (now.is_dirty != then.is_dirty).then(|| {
        format!(
            "commit: the page has the files {from} {commit} has them, they are {to} it has them"
        )
    })
}

fn tell(
    file: &Path,
    manifest: &Manifest,
    differences: &[String],
    output: &mut Output,
) -> io::Result<u8> {
    let shown = display(file);
    let shown = escape(&shown);
    for difference in differences {
        writeln!(output.out, "differs: {}", escape(difference))?;
    }
    let number = manifest.files.len();
    if differences.is_empty() {
        writeln!(
            output.out,
            "{shown} agrees: the page, {number} files and the rules are as they were"
        )?;
        return Ok(CLEAN);
    }
    writeln!(output.out, "{shown} does not agree with what is here")?;
    Ok(VIOLATIONS)
}
