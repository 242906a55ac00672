//! Tests → JUnit XML: a suite for each rule, a case for each example; then a suite for warnings.
//!
//! Valid against the schema of Ant's JUnit task. It wants a host, dates and durations: they are
//! always the same here, so that the same run gives the same report.

use super::Report;
use super::human::{line_of, name, problem, why};
use crate::rule_tests::Test;
use crate::source::Problem;
use crate::xml::{lines, text as xml};
use std::io::{self, Write};

/// Writes one document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let tested = report.tested;
    let mut suites = Vec::new();
    for rule in &tested.rules {
        let cases = rule.examples.iter().map(|test| case(test, &rule.id, report));
        let package = report.sources.file(rule.span.file).path.as_str();
        suites.push(Suite { name: &rule.id, package, cases: cases.collect() });
    }
    let topologies = tested.topologies.iter().map(|test| case(test, "", report)).collect();
    suites.push(Suite { name: "marked topologies", package: "", cases: topologies });
    let warnings = report.warnings.iter().map(|warning| of_warning(warning, report)).collect();
    suites.push(Suite { name: "warnings", package: "", cases: warnings });
    suites.retain(|suite| !suite.cases.is_empty());
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")?;
    for (id, suite) in suites.iter().enumerate() {
        suite.write(id, out)?;
    }
    out.write_all(b"</testsuites>\n")
}

struct Suite<'r> {
    name: &'r str,
    package: &'r str,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    /// What is said instead of "passed".
    fate: Option<Fate>,
}

struct Fate {
    /// `failure`, `error` or `skipped`.
    element: &'static str,
    kind: &'static str,
    message: String,
    text: String,
}

fn case(test: &Test, rule: &str, report: &Report) -> Case {
    let place = test.place.map(|place| format!(" at {}", line_of(place, report.sources)));
    let name = format!("{}{}", name(test, rule), place.unwrap_or_default());
    let element = if test.problems.is_empty() { "failure" } else { "error" };
    let differences = test.differences.iter().map(problem);
    let first = test.problems.iter().cloned().chain(differences).next();
    let fate = first.map(|Problem { name: kind, message, .. }| Fate {
        element,
        kind,
        message,
        text: why(test, report),
    });
    Case { name, fate }
}

/// A warning fails where it makes the run fail.
fn of_warning(warning: &Problem, report: &Report) -> Case {
    let Problem { name: kind, message, labels, help, .. } = warning;
    let place = labels.first().map(|label| format!(" at {}", line_of(label.span, report.sources)));
    let conditions = labels.iter().map(|label| report.sources.text(label.span));
    let mut text: Vec<&str> = conditions.collect();
    text.extend(help.as_deref());
    let element = if report.strict { "failure" } else { "skipped" };
    let fate = Fate { element, kind, message: message.clone(), text: text.join("\n") };
    Case { name: format!("{kind}{}", place.unwrap_or_default()), fate: Some(fate) }
}

impl Suite<'_> {
    fn write(&self, id: usize, out: &mut dyn Write) -> io::Result<()> {
        let Suite { name, package, cases } = self;
        let count = |element: &str| {
            let fates = cases.iter().filter_map(|case| case.fate.as_ref());
            fates.filter(|fate| fate.element == element).count()
        };
        writeln!(
            out,
            "  <testsuite id=\"{id}\" name=\"{}\" package=\"{}\" tests=\"{}\" failures=\"{}\" \
             errors=\"{}\" skipped=\"{}\" hostname=\"localhost\" \
             timestamp=\"1970-01-01T00:00:00\" time=\"0\">\n    <properties/>",
            xml(name),
            xml(package),
            cases.len(),
            count("failure"),
            count("error"),
            count("skipped"),
        )?;
        cases.iter().try_for_each(|case| case.write(name, out))?;
        out.write_all(b"    <system-out/>\n    <system-err/>\n  </testsuite>\n")
    }
}

impl Case {
    fn write(&self, suite: &str, out: &mut dyn Write) -> io::Result<()> {
        let (suite, name) = (xml(suite), xml(&self.name));
        write!(out, "    <testcase classname=\"lynt.{suite}\" name=\"{name}\" time=\"0\"")?;
        let Some(Fate { element, kind, message, text }) = &self.fate else {
            return out.write_all(b"/>\n");
        };
        write!(out, ">\n      <{element} message=\"{}\"", xml(message))?;
        if *element != "skipped" {
            write!(out, " type=\"{}\"", xml(kind))?;
        }
        writeln!(out, ">{}</{element}>\n    </testcase>", lines(text.trim()))
    }
}
