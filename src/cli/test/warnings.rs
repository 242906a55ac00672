//! Tests → what they leave open: rules without an example, conditions that no test makes false.

use crate::rule_tests::{Literals, TestKind, Tested, TestedRule};
use crate::source::Problem;

/// What the tests leave open.
pub(super) fn of(tested: &Tested) -> Vec<Problem> {
    let mut warnings: Vec<Problem> = tested.rules.iter().filter_map(without_example).collect();
    let idle = tested.literals.iter().filter(|literals| !literals.idle.is_empty());
    warnings.extend(idle.map(never_false));
    warnings
}

fn without_example(rule: &TestedRule) -> Option<Problem> {
    let has = |kind| rule.examples.iter().any(|test| test.kind == kind);
    let (lacks, help) = match (has(TestKind::Violates), has(TestKind::Complies)) {
        (true, true) => return None,
        (true, false) => ("no complying example", "write one below `## Complies`"),
        (false, true) => ("no violating example", "write one below `## Violates`"),
        (false, false) => ("no example", "write some below `## Violates` and `## Complies`"),
    };
    let problem = Problem::warning("no-example", format!("`{}` has {lacks}", rule.id))
        .at(rule.span, "")
        .help(format!("{help}, as in `lynt rule self-backup`"));
    Some(problem)
}

fn never_false(literals: &Literals) -> Problem {
    let Literals { idle, rules, .. } = literals;
    let (what, help) = match idle.len() {
        1 => (
            "this condition".to_owned(),
            "without it every test has the same violations: add a complying example in which only it fails, or leave it out",
        ),
        number => (
            format!("these {number} conditions"),
            "without any one of them every test has the same violations: for each add a complying example in which only it fails, or leave it out",
        ),
    };
    let message = format!("no test of {} makes {what} false", names(rules));
    let problem = Problem::warning("never-false", message).help(help);
    idle.iter().fold(problem, |problem, &span| problem.at(span, ""))
}

/// `a`, `b` and 3 other rules
fn names(rules: &[String]) -> String {
    let named: Vec<String> = rules.iter().take(2).map(|rule| format!("`{rule}`")).collect();
    match rules.len() {
        0..=2 => named.join(" and "),
        3 => format!("{} and one other rule", named.join(", ")),
        number => format!("{} and {} other rules", named.join(", "), number - 2),
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn rules_are_named_or_counted() {
        let rules: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let cases = [
            (1, "`a`"),
            (2, "`a` and `b`"),
            (3, "`a`, `b` and one other rule"),
            (4, "`a`, `b` and 2 other rules"),
        ];
        for (number, expected) in cases {
            assert_eq!(names(&rules[..number]), expected);
        }
    }
}
