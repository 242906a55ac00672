//! `lynt rule`: the list of rules, one rule's documentation, what is compiled.

use super::configured::{ConfigArguments, here, rules};
use super::rule_files::warn;
use super::{CLEAN, Output};
use crate::checks::CHECKS;
use crate::config::{Origin, unknown_rule};
use crate::datalog::crepe;
use crate::datalog::lower::lower;
use crate::report::Rule;
use crate::rules::Rules;
use crate::source::{FileId, Sources};
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  lynt rule                      all rules, by group
  lynt rule asymmetric-backup    what it checks, why, examples, how to fix
  lynt rule --rules house/       those of one's own too
  lynt rule --emit crepe         the crepe program that the rules become";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The rule to show; all are listed without it
    id: Option<String>,
    #[command(flatten)]
    config: ConfigArguments,
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
    let mut sources = Sources::default();
    let configuration = match here(&arguments.config, &mut sources) {
        Ok(configuration) => configuration,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    let rules = match rules(&configuration, &arguments.rules) {
        Ok(rules) => rules,
        Err(wrong) => return wrong.tell(output, &sources),
    };
    warn(&rules, output)?;
    let all = all_rules(&rules);
    let rule = match &arguments.id {
        None => None,
        Some(id) => match all.iter().find(|rule| rule.id == *id) {
            Some(rule) => Some(rule),
            None => {
                let problem = unknown_rule(&rules, id, Origin::Option("lynt rule"));
                return output.could_not_check(&[problem], &Sources::default());
            }
        },
    };
    match (arguments.emit, rule) {
        (Some(Emit::Crepe), _) => {
            output.out.write_all(crepe::emit(&lower(&Rules::shipped().set.program)).as_bytes())?
        }
        (Some(Emit::Rule), rule) => emit_text(&rules, rule, output)?,
        (None, Some(rule)) => show(rule, output)?,
        (None, None) => list(all, output)?,
    }
    Ok(CLEAN)
}

/// The rules, and the checks of ignores and of the baseline.
fn all_rules(rules: &Rules) -> Vec<Rule> {
    let checks = CHECKS.iter().map(|check| Rule::of_check(check, check.severity));
    rules.violations().into_iter().map(Rule::of).chain(checks).collect()
}

fn emit_text(rules: &Rules, rule: Option<&Rule>, output: &mut Output) -> io::Result<()> {
    let stands = |file: FileId, rule: &Rule| {
        let mut violations = rules.violations().into_iter();
        violations.any(|violation| violation.id == rule.id && violation.span.file == file)
    };
    for (file, source) in (0..).zip(&rules.set.sources.files) {
        if rule.is_none_or(|rule| stands(file, rule)) {
            writeln!(output.out, "// {}", source.path)?;
            output.out.write_all(source.text.as_bytes())?;
        }
    }
    Ok(())
}

fn list(mut rules: Vec<Rule>, output: &mut Output) -> io::Result<()> {
    rules.sort_by(|one, other| (&one.group, &one.id).cmp(&(&other.group, &other.id)));
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut group = "";
    for rule in &rules {
        if rule.group != group {
            if !group.is_empty() {
                writeln!(output.out)?;
            }
            writeln!(output.out, "{}", rule.group)?;
            group = &rule.group;
        }
        let severity = rule.severity.as_str();
        writeln!(output.out, "  {:<width$}  {severity:<7}  {}", rule.id, rule.docs.title())?;
    }
    writeln!(output.out, "\n{} rules; `lynt rule ID` shows one", rules.len())
}

fn show(rule: &Rule, output: &mut Output) -> io::Result<()> {
    let out = &mut output.out;
    let Rule { id, group, severity, docs } = rule;
    writeln!(out, "# {id}\n\n{} ({}, group {group})\n", docs.title(), severity.as_str())?;
    writeln!(out, "{}", rule.help())
}
