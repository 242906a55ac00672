//! Tests → JSON.

use super::human::problem;
use super::{Report, tests};
use crate::report::places::Places;
use crate::report::proof::{attempts_json, json as proof_json};
use crate::report::quiet_json::write_pretty;
use crate::rule_tests::{Difference, Literals, Near, Test, TestKind};
use crate::source::{Problem, Span};
use crate::violation::Finding;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes one document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { report, places: &Places::new(report.sources) };
    write_pretty(&page.document(), out)
}

struct Page<'p> {
    report: &'p Report<'p>,
    places: &'p Places<'p>,
}

impl Page<'_> {
    fn document(&self) -> Value {
        let tested = self.report.tested;
        let mut all = Vec::new();
        for rule in &tested.rules {
            all.extend(rule.examples.iter().map(|test| self.test(test, Some(&rule.id))));
        }
        all.extend(tested.topologies.iter().map(|test| self.test(test, None)));
        let passed = tests(tested).filter(|test| test.passes()).count();
        let warnings = self.report.warnings.iter().map(|warning| self.problem(warning));
        json!({
            "schema": "lynt-test-json/1",
            "tests": all,
            "warnings": warnings.collect::<Vec<_>>(),
            "conditions": tested.literals.iter().map(|of| self.literals(of)).collect::<Vec<_>>(),
            "summary": {
                "rules": tested.rules.len(),
                "examples": tested.rules.iter().map(|rule| rule.examples.len()).sum::<usize>(),
                "topologies": tested.topologies.len(),
                "passed": passed,
                "failed": all.len() - passed,
                "warnings": self.report.warnings.len(),
                "exit_code": self.report.exit_code,
            },
        })
    }

    fn test(&self, test: &Test, rule: Option<&str>) -> Value {
        let Test { kind, place, marks, problems, differences, beside } = test;
        let (kind, path) = match kind {
            TestKind::Violates => ("violates", None),
            TestKind::Complies => ("complies", None),
            TestKind::Topology(path) => ("topology", Some(path)),
        };
        json!({
            "rule": rule,
            "kind": kind,
            "topology": path,
            "place": place.map(|place| self.place(place)),
            "marks": marks,
            "passed": test.passes(),
            "problems": problems.iter().map(|problem| self.problem(problem)).collect::<Vec<_>>(),
            "differences": differences.iter().map(|of| self.difference(of)).collect::<Vec<_>>(),
            "beside": beside.iter().map(|finding| self.finding(finding)).collect::<Vec<_>>(),
        })
    }

    fn difference(&self, difference: &Difference) -> Value {
        let message = problem(difference).message;
        match difference {
            Difference::Unexpected(finding) => json!({
                "kind": "not-marked",
                "message": message,
                "finding": self.finding(finding),
            }),
            Difference::Misplaced { mark, finding } => json!({
                "kind": "mark-elsewhere",
                "message": message,
                "mark": self.place(mark.span),
                "finding": self.finding(finding),
            }),
            Difference::Missing { mark, severity: _, near } => json!({
                "kind": "not-found",
                "message": message,
                "rule": mark.rule,
                "mark": self.place(mark.span),
                "near": near.iter().map(|near| self.near(near)).collect::<Vec<_>>(),
            }),
        }
    }

    fn near(&self, near: &Near) -> Value {
        let Near { what, attempts } = near;
        json!({"atom": what, "rules": attempts_json(attempts, self.places)})
    }

    fn finding(&self, finding: &Finding) -> Value {
        let Finding { rule, id, severity, message, labels, proof, .. } = finding;
        json!({
            "rule": rule,
            "id": id,
            "level": severity.as_str(),
            "message": message,
            "place": labels.first().map(|label| self.place(label.span)),
            "proof": proof.as_ref().map(|proof| proof_json(proof, self.places)),
        })
    }

    fn problem(&self, problem: &Problem) -> Value {
        let Problem { severity, name, message, labels, help } = problem;
        json!({
            "name": name,
            "level": severity.as_str(),
            "message": message,
            "places": labels.iter().map(|label| self.place(label.span)).collect::<Vec<_>>(),
            "help": help,
        })
    }

    fn literals(&self, literals: &Literals) -> Value {
        let Literals { clause, idle, unjudged, rules } = literals;
        let all = |spans: &[Span]| -> Vec<Value> {
            let text = |span: Span| self.report.sources.text(span);
            spans
                .iter()
                .map(|&span| json!({"text": text(span), "place": self.place(span)}))
                .collect()
        };
        json!({
            "clause": self.place(*clause),
            "rules": rules,
            "never_false": all(idle),
            "not_judged": all(unjudged),
        })
    }

    fn place(&self, span: Span) -> Value {
        match self.places.place(span) {
            Some((path, line, column)) => json!({"path": path, "line": line, "column": column}),
            None => Value::Null,
        }
    }
}
