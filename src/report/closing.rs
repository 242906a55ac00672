//! Outcomes → the lines that say what they come to.

use super::wrap::wrap;
use super::{Examined, Outcome, Since};
use crate::escape::escape;
use crate::source::Severity;
use crate::suppress::Ignore;
use crate::suppression::Hider;
use crate::violation::Finding;

/// How many days before its end an ignore is named.
const SOON: i64 = 30;

/// How many ignores that end soon are named.
const MOST_ENDING: usize = 5;

/// What became of `outcome`; a clean one names its path only where there are `several`.
pub fn of_one(outcome: &Outcome, several: bool, columns: usize) -> String {
    verdict(outcome, several, columns)
        + &ignored(outcome, columns)
        + &baseline(outcome)
        + &since(outcome)
        + &configuration(outcome)
}

/// That findings were left out.
pub fn not_shown(findings: usize) -> String {
    format!("not shown: {} (`--max-findings`)\n", count(findings, "finding"))
}

fn verdict(outcome: &Outcome, several: bool, columns: usize) -> String {
    let path = escape(&outcome.path);
    let rules = count(outcome.examined.len(), "rule");
    match fate(outcome) {
        Fate::Unchecked => {
            let problems = count(outcome.problems.len(), "problem");
            let ran = outcome.problems.iter().any(|problem| problem.name == "limit-reached");
            let verdict = if ran { "no verdict" } else { "no rule was run" };
            format!("could not check {path}: {problems}; {verdict}\n")
        }
        Fate::Violates => {
            let violations = violations(outcome.open());
            let examined = match population(outcome) {
                Some((population, _)) => {
                    wrap("examined ", &format!("{population} with {rules}"), columns) + "\n"
                }
                None => String::new(),
            };
            format!("{violations} in {path}\n{examined}{}", not_evidence(outcome, columns))
        }
        Fate::Holds => {
            let path = if several { format!("{path}: ") } else { String::new() };
            let holds = match population(outcome) {
                Some((population, _)) if lets_be(outcome) => {
                    format!("nothing new in {population} with {rules}")
                }
                Some((population, 1)) => format!("{population} holds against {rules}"),
                Some((population, _)) => format!("{population} hold against {rules}"),
                None => format!("no violation of {rules}"),
            };
            let ok = wrap("ok: ", &format!("{path}{holds}"), columns);
            format!("{ok}\n{}", not_evidence(outcome, columns))
        }
        Fate::Vacuous if outcome.examined.is_empty() => {
            format!("nothing was examined in {path}: no rule was run\n")
        }
        Fate::Vacuous => {
            format!("nothing was examined in {path}: {rules} found nothing to look at\n")
        }
    }
}

/// Whether the baseline or a revision hides anything: then the rules don't hold.
fn lets_be(outcome: &Outcome) -> bool {
    let kinds = [Hider::Baseline, Hider::Revision].into_iter();
    kinds.flat_map(|kind| outcome.hidden_by(kind)).next().is_some()
}

/// What became of all `outcomes` together.
pub fn of_all(outcomes: &[Outcome]) -> String {
    let of = |wanted| outcomes.iter().filter(|outcome| fate(outcome) == wanted).count();
    let violations = violations(outcomes.iter().flat_map(Outcome::open));
    let parts = [
        (of(Fate::Violates), format!(" with {violations}")),
        (of(Fate::Holds), " ok".to_owned()),
        (of(Fate::Vacuous), " where nothing was examined".to_owned()),
        (of(Fate::Unchecked), " that could not be checked".to_owned()),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts.map(|(number, what)| format!("{number}{what}")).collect();
    format!("{}: {}\n", count(outcomes.len(), "topology"), parts.join(", "))
}

/// What a check comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Unchecked,
    Violates,
    Holds,
    /// No rule looked at anything: that proves nothing.
    Vacuous,
}

fn fate(outcome: &Outcome) -> Fate {
    if outcome.problems.iter().any(|problem| problem.severity == Severity::Error) {
        Fate::Unchecked
    } else if outcome.open().next().is_some() {
        Fate::Violates
    } else if outcome.examined.iter().any(|examined| examined.subjects > 0) {
        Fate::Holds
    } else {
        Fate::Vacuous
    }
}

/// `6 violations (4 errors, 2 warnings)`.
fn violations<'a>(findings: impl Iterator<Item = &'a Finding> + Clone) -> String {
    let kinds = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let number = findings.clone().filter(|finding| finding.severity == severity).count();
        (number > 0).then(|| count(number, severity.as_str()))
    });
    let kinds: Vec<_> = kinds.into_iter().flatten().collect();
    format!("{} ({})", count(findings.count(), "violation"), kinds.join(", "))
}

/// `14 pools, 32 SBAs` and how many these are; none if there are none.
fn population(outcome: &Outcome) -> Option<(String, usize)> {
    let present = outcome.population.iter().filter(|(_, number)| *number > 0);
    let counts: Vec<_> = present.map(|(noun, number)| count(*number, noun)).collect();
    let all =
        outcome.population.iter().fold(0, |sum: usize, (_, number)| sum.saturating_add(*number));
    (all > 0).then(|| (escape(&counts.join(", ")).into_owned(), all))
}

/// The rules that looked at nothing, if there are such.
fn not_evidence(outcome: &Outcome, columns: usize) -> String {
    let vacuous = outcome.examined.iter().filter(|examined| examined.subjects == 0);
    let rules: Vec<_> = vacuous.map(|Examined { rule, subjects: _ }| escape(rule)).collect();
    if rules.is_empty() {
        return String::new();
    }
    let text = format!("{} looked at nothing", rules.join(", "));
    wrap("not evidence: ", &text, columns) + "\n"
}

/// How many findings are ignored, and which ignores end soon.
fn ignored(outcome: &Outcome, columns: usize) -> String {
    let ignored = outcome.hidden_by(Hider::Ignore);
    let number = ignored.clone().count();
    if number == 0 {
        return String::new();
    }
    let next = ignored.filter_map(|(_, by)| Some((by.days_left?, by.until?))).min();
    let next = next.map_or(String::new(), |(days, until)| {
        format!("; the next ignore ends {until}, {}", in_days(days))
    });
    let text = format!("{}{next}", count(number, "finding"));
    wrap("ignored: ", &text, columns) + "\n" + &ending(outcome, columns)
}

/// The ignores that end soon, the first ones by name.
fn ending(outcome: &Outcome, columns: usize) -> String {
    let ends_soon = |ignore: &&Ignore| ignore.hides() && ignore.days_left <= Some(SOON);
    let mut soon: Vec<&Ignore> =
        outcome.ignores.iter().filter(|ignore| ignore.until.is_some()).filter(ends_soon).collect();
    soon.sort_by_key(|ignore| ignore.days_left);
    let line = |ignore: &&Ignore| {
        let until = ignore.until.map_or(String::new(), |until| until.to_string());
        let days = in_days(ignore.days_left.unwrap_or(0));
        let text = format!("the ignore at {} ends {until}, {days}", escape(&ignore.at));
        wrap("note: ", &text, columns) + "\n"
    };
    let named: String = soon.iter().take(MOST_ENDING).map(line).collect();
    match soon.len().saturating_sub(MOST_ENDING) {
        0 => named,
        more => format!("{named}note: {more} more end within {SOON} days\n"),
    }
}

fn in_days(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

/// How many findings the baseline hides.
fn baseline(outcome: &Outcome) -> String {
    match (outcome.hidden_by(Hider::Baseline).count(), &outcome.baseline) {
        (0, _) | (_, None) => String::new(),
        (number, Some(path)) => format!("{}: {}\n", escape(path), count(number, "known finding")),
    }
}

/// With what revision the topology was compared, and how much is not new.
fn since(outcome: &Outcome) -> String {
    outcome.since.as_ref().map_or(String::new(), |Since { name, commit }| {
        let number = outcome.hidden_by(Hider::Revision).count();
        let verb = if number == 1 { "is" } else { "are" };
        let short = &commit[..commit.len().min(12)];
        let called = match name == commit {
            true => short.to_owned(),
            false => format!("{} ({short})", escape(name)),
        };
        format!("since {called}: {} {verb} not new\n", count(number, "finding"))
    })
}

/// What was in force, if anything was.
fn configuration(outcome: &Outcome) -> String {
    let path = outcome.configuration.as_ref();
    path.map_or(String::new(), |path| format!("configuration: {}\n", escape(path)))
}

/// `1 pool`, `2 pools`.
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {}", plural(noun)) }
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_have_a_plural() {
        let cases = [
            (0, "SBA", "0 SBAs"),
            (1, "Edge pool", "1 Edge pool"),
            (2, "Edge pool", "2 Edge pools"),
            (2, "Central Management store", "2 Central Management stores"),
            (3, "topology", "3 topologies"),
            (3, "gateway", "3 gateways"),
        ];
        for (number, noun, counted) in cases {
            assert_eq!(count(number, noun), counted);
        }
    }
}
