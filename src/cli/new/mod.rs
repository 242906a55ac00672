//! `lynt new rule`: a documented rule that passes its tests, to begin with.

use super::{CLEAN, Output};
use crate::checks::is_check;
use crate::datalog::program::Program;
use crate::discover::display;
use crate::file::{unwritable, write_whole};
use crate::report::shell_word;
use crate::rules::Rules;
use crate::source::{Problem, Sources};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  lynt new rule pool-without-owner
  lynt new rule pool-without-owner --out house/
  lynt new rule pool-without-owner --out house/owners.dl
  lynt new rule pool-without-owner --stdout

The id names the bad thing and reads well after \"ignore\": `pool-without-owner`, not `check-owners`.";

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Rule(RuleArguments),
}

/// Write a documented rule that passes `lynt test`, to be changed into what you want
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
struct RuleArguments {
    /// The rule's id in kebab-case, which names the bad thing: `pool-without-owner`
    id: String,
    /// A folder, or the file itself (*.dl); without it the folder `rules`, where there is none the
    /// current one
    #[arg(long, value_name = "PATH", conflicts_with = "stdout", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Print the rule instead
    #[arg(long, help_heading = "Output")]
    stdout: bool,
}

/// The rule `new-rule`, with another name when it is written.
const TEMPLATE: &str = include_str!("rule.dl");

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let What::Rule(arguments) = &arguments.what;
    let written = rule(&arguments.id).and_then(|text| {
        if arguments.stdout {
            return Ok((text, None));
        }
        let path = path(arguments)?;
        write_new(&path, &text)?;
        Ok((text, Some(path)))
    });
    match written {
        Err(problem) => return output.could_not_check(&[problem], &Sources::default()),
        Ok((text, None)) => output.out.write_all(text.as_bytes())?,
        Ok((_, Some(path))) => next_steps(&path, output)?,
    }
    Ok(CLEAN)
}

fn next_steps(path: &Path, output: &mut Output) -> io::Result<()> {
    let file = shell_word(&display(path));
    writeln!(
        output.out,
        "wrote {file}, a rule that passes its tests; open it and make it yours, then\n\n  \
         lynt test {file}\n  lynt check --rules {file} topology/"
    )
}

/// The text of a rule with this id.
fn rule(id: &str) -> Result<String, Problem> {
    refuse_form(id)?;
    let name = relation_name(id);
    let rules = Rules::shipped();
    refuse_taken(id, &name, &rules.set.program)?;
    let text = TEMPLATE.replace("NewRule", &name).replace("new-rule", id);
    // The rule must be what was asked for, whatever the name turns out to mean.
    match rules.with_custom([(format!("{id}.dl"), text.clone())]) {
        Ok(rules) if rules.violations().iter().any(|rule| rule.id == id) => Ok(text),
        _ => Err(wrong_id(id, "it can't be made into a rule's name").help(NAMING)),
    }
}

const NAMING: &str = "an id has small letters and digits, words joined by `-`, and begins with a letter: `pool-without-owner`";

fn wrong_id(id: &str, why: &str) -> Problem {
    Problem::error("usage", format!("`{id}` is no id of a rule: {why}"))
}

fn refuse_form(id: &str) -> Result<(), Problem> {
    if is_kebab_case(id) {
        return Ok(());
    }
    let near = kebab_case(id);
    let near = Some(near.as_str()).filter(|near| is_kebab_case(near));
    Err(wrong_id(id, "it is not in kebab-case").help(NAMING).did_you_mean(near))
}

fn is_kebab_case(id: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    id.split('-').all(|word| !word.is_empty() && word.chars().all(is_part))
        && id.starts_with(|c: char| c.is_ascii_lowercase())
}

/// What `id` may have been meant to be: `Pool Names`, `poolNames` and `pool_names` are `pool-names`.
fn kebab_case(id: &str) -> String {
    let mut kebab = String::new();
    let mut before = ' ';
    for letter in id.trim().trim_end_matches(".dl").chars() {
        let begins = letter.is_ascii_uppercase() && !before.is_ascii_uppercase();
        if (begins || !letter.is_ascii_alphanumeric()) && !kebab.is_empty() && !kebab.ends_with('-')
        {
            kebab.push('-');
        }
        kebab.extend(Some(letter.to_ascii_lowercase()).filter(char::is_ascii_alphanumeric));
        before = letter;
    }
    kebab.trim_end_matches('-').to_owned()
}

/// `pool-names` → `PoolNames`. The rule's id is read back from the name: where words run into each other
/// there, `_` stands between them.
fn relation_name(id: &str) -> String {
    let mut name = String::new();
    let mut before = "";
    for word in id.split('-') {
        let runs_on = word.starts_with(|c: char| c.is_ascii_digit())
            || (before.len() == 1 && word.len() == 1);
        if runs_on && !before.is_empty() {
            name.push('_');
        }
        name.push_str(&word[..1].to_ascii_uppercase());
        name.push_str(&word[1..]);
        before = word;
    }
    name
}

/// A name that lynt's own rules have is not free.
fn refuse_taken(id: &str, name: &str, program: &Program) -> Result<(), Problem> {
    let has_rule = is_check(id) || program.violations.iter().any(|rule| rule.id == id);
    let has_name = program.relation_named(name).is_some()
        || program.enums.iter().any(|kind| kind.name == name)
        || program.units.iter().any(|kind| kind.name == name)
        || program.entities.iter().any(|kind| kind.name == name);
    let (what, see) = match (has_rule, has_name) {
        (true, _) => ("lynt ships a rule with this id", format!("`lynt rule {id}` shows it")),
        (_, true) => {
            let see = format!("`lynt vocabulary {name}` shows it");
            ("lynt has something else of this name", see)
        }
        _ => return Ok(()),
    };
    let help = format!("{see}; call yours `our-{id}`, or what makes it different");
    Err(Problem::error("usage", format!("`{id}` is taken: {what}")).help(help))
}

/// Where the rule goes.
fn path(arguments: &RuleArguments) -> Result<PathBuf, Problem> {
    let file = format!("{}.dl", arguments.id);
    let Some(out) = &arguments.out else {
        let rules = Path::new("rules");
        return Ok(if rules.is_dir() { rules.join(file) } else { PathBuf::from(file) });
    };
    if out.is_dir() {
        return Ok(out.join(file));
    }
    if out.extension().is_none_or(|extension| extension != "dl") {
        let why = "there is no such folder, and a rule's file ends in .dl";
        return Err(unwritable(out, &why).help("make the folder first"));
    }
    Ok(out.clone())
}

fn write_new(path: &Path, text: &str) -> Result<(), Problem> {
    if path.symlink_metadata().is_ok() {
        let help = "choose another id, or another place with `--out`";
        return Err(unwritable(path, &"the file exists").help(help));
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            let why = format!("there is no folder {}", display(folder));
            Err(unwritable(path, &why).help("make the folder first"))
        }
        _ => write_whole(path, &|out| out.write_all(text.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_back_from_names() {
        let cases = [
            ("pool-without-owner", "PoolWithoutOwner"),
            ("x", "X"),
            ("a-b-c", "A_B_C"),
            ("a-sba-b", "ASbaB"),
            ("dr-2010", "Dr_2010"),
            ("p2-3x-y", "P2_3xY"),
        ];
        for (id, name) in cases {
            assert_eq!(relation_name(id), name);
            assert!(rule(id).is_ok(), "{id}: {:?}", rule(id));
        }
    }

    #[test]
    fn another_spelling_is_offered() {
        let cases = [
            ("Pool Names", "pool-names"),
            ("poolNames", "pool-names"),
            ("pool_names.dl", "pool-names"),
            ("--pool--names-", "pool-names"),
            ("SBAMissing", "sbamissing"),
            ("Größe", "gr-e"),
        ];
        for (text, id) in cases {
            assert_eq!(kebab_case(text), id);
            assert!(refuse_form(text).is_err(), "{text}");
        }
        for text in ["", "-", "2nd-pool", "a\u{1b}b"] {
            assert!(refuse_form(text).is_err(), "{text}");
        }
    }
}
