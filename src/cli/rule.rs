//! `lynt rule`: the list of rules, one rule's documentation, what is compiled.

use super::check::unknown_rule;
use super::rule_files::{load, warn};
use super::{CLEAN, Output};
use crate::datalog::crepe;
use crate::datalog::program::Violation;
use crate::report::Rule;
use crate::rules::Rules;
use crate::source::Sources;
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  lynt rule                      all rules, by group
  lynt rule asymmetric-backup    what it checks, why, examples, how to fix
  lynt rule --rules house/       those of one's own too
  lynt rule --emit crepe         the crepe program that the rules become";

/// List the rules, or show one
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The rule to show; all are listed without it
    id: Option<String>,
    /// Add custom rules: *.dl files, or folders of such (repeatable)
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Print what the rules are turned into
    #[arg(long, value_name = "WHAT")]
    emit: Option<Emit>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// The Rust text with `crepe!` blocks that is compiled into lynt
    Crepe,
    /// The rule's own text
    Rule,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let rules = match load(&arguments.rules) {
        Ok(rules) => rules,
        Err((problems, sources)) => return output.could_not_check(&problems, &sources),
    };
    warn(&rules, output)?;
    let rule = match &arguments.id {
        None => None,
        Some(id) => match rules.violations().into_iter().find(|rule| rule.id == *id) {
            Some(rule) => Some(rule),
            None => {
                let problem = unknown_rule(&rules, id, "lynt rule");
                return output.could_not_check(&[problem], &Sources::default());
            }
        },
    };
    match (arguments.emit, rule) {
        (Some(Emit::Crepe), _) => output.out.write_all(crepe::emit(&rules.lowered).as_bytes())?,
        (Some(Emit::Rule), rule) => emit_text(&rules, rule, output)?,
        (None, Some(rule)) => show(rule, output)?,
        (None, None) => list(&rules, output)?,
    }
    Ok(CLEAN)
}

fn emit_text(rules: &Rules, rule: Option<&Violation>, output: &mut Output) -> io::Result<()> {
    for (file, source) in (0..).zip(&rules.set.sources.files) {
        if rule.is_none_or(|rule| rule.span.file == file) {
            writeln!(output.out, "// {}", source.path)?;
            output.out.write_all(source.text.as_bytes())?;
        }
    }
    Ok(())
}

fn list(rules: &Rules, output: &mut Output) -> io::Result<()> {
    let mut violations = rules.violations();
    violations.sort_by(|one, other| one.group.cmp(&other.group).then(one.id.cmp(&other.id)));
    let width = violations.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut group = "";
    for rule in &violations {
        if rule.group != group {
            if !group.is_empty() {
                writeln!(output.out)?;
            }
            writeln!(output.out, "{}", rule.group)?;
            group = &rule.group;
        }
        let severity = rule.severity.as_str();
        writeln!(output.out, "  {:<width$}  {severity:<7}  {}", rule.id, rule.title())?;
    }
    writeln!(output.out, "\n{} rules; `lynt rule ID` shows one", violations.len())
}

fn show(rule: &Violation, output: &mut Output) -> io::Result<()> {
    let out = &mut output.out;
    let Rule { id, group, severity, title, .. } = &Rule::of(rule);
    writeln!(out, "# {id}\n\n{title} ({}, group {group})\n", severity.as_str())?;
    writeln!(out, "{}", Rule::of(rule).help())
}
