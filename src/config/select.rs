//! `select`, `extend-select` and `ignore` → the rules that run.

use super::{Config, Origin, Value};
use crate::checks::CHECKS;
use crate::rules::{ALL, Rules};
use crate::source::{Problem, Severity};
use crate::spelling::nearest;
use std::collections::BTreeSet;

/// The rules that run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Their ids, those of the checks of ignores too.
    pub ids: BTreeSet<String>,
}

/// How exactly a name means a rule, and whether the command line says it: greater ones count more.
type Rank = (Exactness, bool);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exactness {
    All,
    Group,
    Id,
}

/// The rules that `config` selects: the most exact name decides, of equally exact ones that on the command
/// line, of these the one that ignores.
///
/// # Errors
/// Names that are neither a rule nor a group.
pub fn select(config: &Config, rules: &Rules) -> Result<Selection, Vec<Problem>> {
    let lists = ["rules.select", "rules.extend-select", "rules.ignore"];
    let mut unknown: Vec<Problem> = lists
        .iter()
        .flat_map(|list| config.texts(list))
        .filter(|(name, _)| rules_named(rules, name).is_empty())
        .map(|(name, origin)| unknown_rule(rules, name, *origin))
        .collect();
    if !unknown.is_empty() {
        unknown.sort_by_key(|problem| problem.labels.first().map(|label| label.span));
        return Err(unknown);
    }
    let all = (Exactness::All, false);
    let default = config.get("rules.select", "").is_none().then_some(all);
    let is_selected = |(id, group): &(&str, &str)| {
        let best = |list| config.texts(list).iter().filter_map(|name| rank(name, id, group)).max();
        let wanted = default.max(best("rules.select")).max(best("rules.extend-select"));
        let off = is_off(config, id).then_some((Exactness::Id, false));
        wanted > off.max(best("rules.ignore"))
    };
    let ids = ids_and_groups(rules).into_iter().filter(is_selected);
    Ok(Selection { ids: ids.map(|(id, _)| id.to_owned()).collect() })
}

fn rank((name, origin): &(String, Origin), id: &str, group: &str) -> Option<Rank> {
    let exactness = match name.as_str() {
        name if name == id => Exactness::Id,
        name if name == group => Exactness::Group,
        ALL => Exactness::All,
        _ => return None,
    };
    Some((exactness, matches!(origin, Origin::Option(_))))
}

fn is_off(config: &Config, id: &str) -> bool {
    let check = CHECKS.iter().find(|check| check.id == id);
    if let Some(key) = check.and_then(|check| check.level) {
        return Severity::named(config.text(key)).is_none();
    }
    let level = config.get("rule.*.level", id).map(|setting| &setting.value);
    matches!(level, Some(Value::Text(level)) if level == "off")
}

fn ids_and_groups(rules: &Rules) -> Vec<(&str, &str)> {
    let violations = rules.violations().into_iter();
    let violations = violations.map(|rule| (rule.id.as_str(), rule.group.as_str()));
    violations.chain(CHECKS.iter().map(|check| (check.id, check.group))).collect()
}

/// The rules of that id or group; all of them for `all`.
pub fn rules_named<'r>(rules: &'r Rules, name: &str) -> Vec<&'r str> {
    let named = ids_and_groups(rules).into_iter();
    let named = named.filter(|(id, group)| name == ALL || *id == name || *group == name);
    named.map(|(id, _)| id).collect()
}

/// `name` is neither a rule nor a group.
pub fn unknown_rule(rules: &Rules, name: &str, origin: Origin) -> Problem {
    let known = ids_and_groups(rules).into_iter().flat_map(|(id, group)| [id, group]);
    let message = format!("no rule or group is called `{name}`");
    let problem = match origin {
        Origin::Option(option) => Problem::error("unknown-rule", format!("`{option}`: {message}")),
        Origin::Text(span) => Problem::error("unknown-rule", message).at(span, ""),
    };
    problem.help("`lynt rule` lists the rules and their groups").did_you_mean(nearest(name, known))
}
