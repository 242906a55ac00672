//! Settings → the rules that they are about.

use super::{Config, Setting, Value};
use crate::checks::{CHECKS, MALFORMED, STALE, UNUSED, is_check};
use crate::datalog::lex::duration_seconds;
use crate::datalog::program::{Kind, Param, ParamId, Program};
use crate::rules::Rules;
use crate::source::{Problem, Severity, Span};
use crate::spelling::nearest;
use std::collections::BTreeSet;

/// Sets the levels and parameters of `rules`.
///
/// # Errors
/// Settings of rules and parameters that there are not, and values that they can't have, sorted by place.
pub fn apply(config: &Config, rules: &mut Rules) -> Result<(), Vec<Problem>> {
    let mut problems = unknown_rules(config, rules);
    problems.extend(checks(config));
    for (id, setting) in config.all("rule.*.level") {
        let rule =
            rules.set.program.violations.iter_mut().find(|rule| rule.is_rule() && rule.id == id);
        if let (Some(rule), Value::Text(level)) = (rule, &setting.value) {
            // A rule that is off has its own severity, should the command line name it.
            rule.severity = Severity::named(level).unwrap_or(rule.severity);
        }
    }
    for (name, setting) in config.all("params.*") {
        match param(rules, name, setting) {
            Ok((param, value)) => rules.set.program.params[param].value = value,
            Err(problem) => problems.push(problem),
        }
        problems.extend(
            setting.under.iter().filter_map(|(rule, place)| unread(rules, name, rule, *place)),
        );
    }
    problems.sort_by_key(|problem| problem.labels.first().map(|label| label.span));
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn unknown_rules(config: &Config, rules: &Rules) -> Vec<Problem> {
    let violations = rules.violations();
    let checks = CHECKS.iter().map(|check| check.id);
    let known: Vec<&str> = violations.iter().map(|rule| rule.id.as_str()).chain(checks).collect();
    let unknown = config.rules.iter().filter(|(rule, _)| !known.contains(&rule.as_str()));
    let problem = |(rule, place): &(String, Span)| {
        Problem::error("unknown-rule", format!("no rule is called `{rule}`"))
            .at(*place, "")
            .help("`lynt rule` lists the rules")
            .did_you_mean(nearest(rule, known.iter().copied()))
    };
    unknown.map(problem).collect()
}

/// What can't be set of the checks of ignores and of the baseline.
fn checks(config: &Config) -> Vec<Problem> {
    let cases = [
        ("rule.*.level", UNUSED.id, "write `unused` in `[suppressions]`"),
        ("rule.*.level", STALE.id, "write `stale` in `[baseline]`"),
        ("rule.*.suppressible", STALE.id, "only `stale` in `[baseline]` silences it"),
        ("rule.*.suppressible", MALFORMED.id, "an ignore with a mistake is never hidden"),
    ];
    let set = cases.into_iter().filter_map(|(path, check, help)| {
        let key = path.rsplit('.').next().unwrap_or(path);
        let place = config.get(path, check)?.name.span()?;
        let message = format!("`{key}` of `{check}` can't be set here");
        Some(Problem::error("unknown-key", message).at(place, "").help(help))
    });
    set.collect()
}

/// The parameter and its value.
fn param(rules: &Rules, name: &str, setting: &Setting) -> Result<(ParamId, i64), Problem> {
    let program = &rules.set.program;
    let Some(id) = program.params.iter().position(|param| param.name == name) else {
        let known = program.params.iter().map(|param| param.name.as_str());
        let names: Vec<&str> = known.clone().collect();
        let problem = Problem::error("unknown-param", format!("no rule has a parameter `{name}`"))
            .help(format!("there are {}", names.join(", ")))
            .did_you_mean(nearest(name, known));
        return Err(setting.name.place(problem));
    };
    let value = param_value(program, &program.params[id], &setting.value);
    let value = value.map_err(|(message, help)| {
        let problem = Problem::error("unknown-value", format!("`{name}` {message}")).help(help);
        setting.origin.place(problem)
    })?;
    Ok((id, value))
}

/// The value in the parameter's unit; otherwise what is wrong with it, and what to write.
fn param_value(program: &Program, param: &Param, value: &Value) -> Result<i64, (String, String)> {
    let kind = program.kind_name(param.kind).to_lowercase();
    let unit = match param.kind {
        Kind::Unit(unit) => Some(&program.units[unit]),
        _ => None,
    };
    let one = unit.and_then(|unit| unit.seconds);
    let write = format!("write a number of {kind}");
    match (value, one) {
        (Value::Number(number), _) if *number >= 0 || unit.is_none() => Ok(*number),
        (Value::Number(_), _) => Err(("can't be negative".to_owned(), write)),
        (Value::Text(text), Some(one)) => match duration_seconds(text.trim()) {
            Some(seconds) if seconds % one == 0 => Ok(seconds / one),
            Some(_) => {
                let message = format!("is no whole number of {kind}");
                Err((message, write + ", or a duration such as \"2h\""))
            }
            None => {
                let help = write + ", or a duration such as \"30m\", \"1h30m\", \"2h\"";
                Err(("is no duration".to_owned(), help))
            }
        },
        _ => {
            let of_kind = unit.map_or(String::new(), |_| format!(" of {kind}"));
            Err((format!("is a number{of_kind}"), "write it without quotes".to_owned()))
        }
    }
}

/// A parameter under a rule that does not read it.
fn unread(rules: &Rules, name: &str, rule: &str, place: Span) -> Option<Problem> {
    let program = &rules.set.program;
    let id = program.params.iter().position(|param| param.name == name)?;
    let known = rules.violations().into_iter().find(|known| known.id == rule);
    if known.is_none() && !is_check(rule) {
        return None;
    }
    let read = known.map_or(BTreeSet::new(), |known| rules.params_of(known));
    if read.contains(&id) {
        return None;
    }
    let names: Vec<&str> = read.iter().map(|&id| program.params[id].name.as_str()).collect();
    let help = match names.as_slice() {
        [] => "it reads no parameters; `[params]` sets those of all rules".to_owned(),
        names => format!("it reads {}; `[params]` sets those of all rules", names.join(", ")),
    };
    let message = format!("`{rule}` does not read the parameter `{name}`");
    Some(Problem::error("unknown-param", message).at(place, "").help(help))
}
