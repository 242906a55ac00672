//! Report → JUnit XML: a suite for each rule, a case for each subject that the rule looked at.
//!
//! Valid against the schema of Ant's JUnit task. It wants a host, dates and durations: they are
//! always the same here, so that the same run gives the same report.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::by_rule::by_rule;
use super::lines::{of_finding, of_problem};
use super::places::Places;
use super::{Outcome, Report, Style};
use crate::atom::Subject;
use crate::escape::escape;
use crate::source::Problem;
use crate::violation::Finding;
use crate::xml::{lines as xml_lines, text as xml};

/// Writes one document.
pub fn write(report: &Report<'_>, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")?;
    let mut document = Document { report, places: Places::new(report.sources), suites: 0, out };
    if !report.problems.is_empty() {
        document.problems(report.problems, "")?;
    }
    report.outcomes.iter().try_for_each(|outcome| document.outcome(outcome))?;
    document.out.write_all(b"</testsuites>\n")
}

struct Document<'a> {
    report: &'a Report<'a>,
    places: Places<'a>,
    /// Suites so far.
    suites: usize,
    out: &'a mut dyn Write,
}

/// A test.
struct Case<'a> {
    name: String,
    fate: Fate<'a>,
}

enum Fate<'a> {
    Holds,
    /// Nothing is claimed: the message says why.
    Skipped(String, String),
    /// Kind of the failure, message, text.
    Failed(&'static str, &'a str, String),
    Unchecked(&'static str, &'a str, String),
}

impl Document<'_> {
    fn outcome(&mut self, outcome: &Outcome) -> io::Result<()> {
        if !outcome.problems.is_empty() {
            return self.problems(&outcome.problems, &outcome.path);
        }
        let mut found = by_rule(&outcome.findings);
        let named = &outcome.subjects;
        for (at, examined) in outcome.examined.iter().enumerate() {
            let members = named.of_rules.get(at).map_or(&[][..], Vec::as_slice);
            let subjects = members.iter().filter_map(|&at| named.all.get(at as usize));
            let findings = found.remove(examined.rule.as_str()).unwrap_or_default();
            let cases = self.cases(subjects, &findings, outcome);
            self.rule(&examined.rule, examined.subjects, &cases, outcome)?;
        }
        for (rule, findings) in found {
            let cases = self.cases(std::iter::empty(), &findings, outcome);
            self.rule(rule, 0, &cases, outcome)?;
        }
        Ok(())
    }

    fn rule(
        &mut self,
        rule: &str,
        examined: usize,
        cases: &[Case<'_>],
        outcome: &Outcome,
    ) -> io::Result<()> {
        let known = self.report.rules.binary_search_by(|known| known.id.as_str().cmp(rule));
        let known = known.ok().map(|at| &self.report.rules[at]);
        let mut properties = vec![("examined", examined.to_string())];
        if let Some(rule) = known {
            properties.push(("level", rule.severity.as_str().to_owned()));
            properties.push(("group", rule.group.clone()));
        }
        self.suite(rule, &outcome.path, &properties, cases)
    }

    /// The subjects with what was found of them, then findings about what was not looked at. Where
    /// there are such, nobody can tell which of the subjects pass.
    fn cases<'c>(
        &self,
        subjects: impl Iterator<Item = &'c Subject>,
        findings: &[&'c Finding],
        outcome: &Outcome,
    ) -> Vec<Case<'c>> {
        let mut found: BTreeMap<(&str, &str), Vec<&'c Finding>> = BTreeMap::new();
        for finding in findings {
            found.entry(key(&finding.subject)).or_default().push(finding);
        }
        let subjects = subjects.map(|subject| (subject, found.remove(&key(subject))));
        let subjects: Vec<_> = subjects.collect();
        let without = || match found.is_empty() {
            true => Fate::Holds,
            false => skipped("not judged by itself: what the rule found is about other subjects"),
        };
        let fate = |findings: Option<Vec<&'c Finding>>| {
            findings.map_or_else(without, |findings| self.fate(&findings, outcome))
        };
        let about_subjects = subjects
            .into_iter()
            .map(|(subject, findings)| Case { name: subject.to_string(), fate: fate(findings) });
        let mut cases: Vec<Case<'_>> = about_subjects.collect();
        cases.extend(found.values().map(|findings| Case {
            name: findings[0].subject.to_string(),
            fate: self.fate(findings, outcome),
        }));
        if cases.is_empty() {
            let fate = skipped("the rule looked at nothing: that it found nothing is no evidence");
            cases.push(Case { name: "nothing to look at".to_owned(), fate });
        }
        cases
    }

    /// Findings below `--fail-on` fail nothing, but what they are about does not pass either; nor does
    /// that of which all findings are ignored.
    fn fate<'c>(&self, findings: &[&'c Finding], outcome: &Outcome) -> Fate<'c> {
        let texts: Vec<String> = findings.iter().map(|finding| self.text(finding)).collect();
        let text = texts.join("\n\n");
        let open = findings.iter().filter(|finding| finding.suppression.is_none());
        let Some(gravest) = open.max_by_key(|finding| finding.severity) else {
            let by = findings.first().and_then(|finding| finding.suppression.as_ref());
            return by.map_or(Fate::Holds, |by| Fate::Skipped(by.to_string(), text));
        };
        let severity = gravest.severity.as_str();
        if outcome.is_failure(gravest.severity) {
            Fate::Failed(severity, &gravest.message, text)
        } else {
            Fate::Skipped(format!("{severity}, below --fail-on: {}", gravest.message), text)
        }
    }

    fn text(&self, finding: &Finding) -> String {
        let severity = finding.severity.as_str();
        let mut lines = vec![format!("{severity}: {}", escape(&finding.message))];
        lines.extend(finding.suppression.iter().map(|by| escape(&by.to_string()).into_owned()));
        lines.extend(of_finding(finding, &self.places));
        lines.join("\n")
    }

    fn problems(&mut self, problems: &[Problem], path: &str) -> io::Result<()> {
        let case = |problem: &Problem| {
            let text = of_problem(problem, &self.places).join("\n");
            let name = problem.labels.iter().find_map(|label| self.places.place(label.span));
            let name = name.map_or(problem.name.to_owned(), |(path, line, column)| {
                format!("{} at {path}:{line}:{column}", problem.name)
            });
            (name, text)
        };
        let told: Vec<_> = problems.iter().map(case).collect();
        let cases = problems.iter().zip(told).map(|(problem, (name, text))| {
            let fate = Fate::Unchecked(problem.name, problem.message.as_str(), text);
            Case { name, fate }
        });
        let cases: Vec<Case<'_>> = cases.collect();
        self.suite("could-not-check", path, &[], &cases)
    }

    fn suite(
        &mut self,
        name: &str,
        path: &str,
        properties: &[(&str, String)],
        cases: &[Case<'_>],
    ) -> io::Result<()> {
        let count = |of: fn(&Fate<'_>) -> bool| cases.iter().filter(|case| of(&case.fate)).count();
        writeln!(
            self.out,
            "  <testsuite id=\"{}\" name=\"{}\" package=\"{}\" tests=\"{}\" failures=\"{}\" \
             errors=\"{}\" skipped=\"{}\" hostname=\"localhost\" \
             timestamp=\"1970-01-01T00:00:00\" time=\"0\">",
            self.suites,
            xml(name),
            xml(path),
            cases.len(),
            count(|fate| matches!(fate, Fate::Failed(..))),
            count(|fate| matches!(fate, Fate::Unchecked(..))),
            count(|fate| matches!(fate, Fate::Skipped(..))),
        )?;
        self.suites += 1;
        let exit_code = [("exit-code", self.report.exit_code.to_string())];
        self.out.write_all(b"    <properties>\n")?;
        for (name, value) in properties.iter().chain(&exit_code) {
            writeln!(self.out, "      <property name=\"{name}\" value=\"{}\"/>", xml(value))?;
        }
        self.out.write_all(b"    </properties>\n")?;
        cases.iter().try_for_each(|case| self.case(name, path, case))?;
        self.out.write_all(b"    <system-out/>\n    <system-err/>\n  </testsuite>\n")
    }

    /// Readers that don't look at suites tell cases apart by class and name.
    fn case(&mut self, suite: &str, path: &str, case: &Case<'_>) -> io::Result<()> {
        let Case { name, fate } = case;
        let several = self.report.outcomes.len() > 1;
        let name = if several { format!("{name} in {path}") } else { name.clone() };
        let (suite, name) = (xml(suite), xml(&name));
        write!(self.out, "    <testcase classname=\"lynt.{suite}\" name=\"{name}\" time=\"0\"")?;
        let (element, message, text, kind) = match fate {
            Fate::Holds => return self.out.write_all(b"/>\n"),
            Fate::Skipped(message, text) => ("skipped", message.as_str(), text, None),
            Fate::Failed(kind, message, text) => ("failure", *message, text, Some(kind)),
            Fate::Unchecked(kind, message, text) => ("error", *message, text, Some(kind)),
        };
        write!(self.out, ">\n      <{element} message=\"{}\"", xml(message))?;
        if let Some(kind) = kind {
            write!(self.out, " type=\"{}\"", xml(kind))?;
        }
        writeln!(self.out, ">{}</{element}>\n    </testcase>", xml_lines(text))
    }
}

fn skipped<'c>(why: &str) -> Fate<'c> {
    Fate::Skipped(why.to_owned(), String::new())
}

fn key(subject: &Subject) -> (&str, &str) {
    (&subject.kind, &subject.name)
}
