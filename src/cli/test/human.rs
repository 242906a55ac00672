//! Tests → a line for each rule, failures with their why, warnings, and what it all comes to.

use super::{Detail, Report, tests};
use crate::cli::CLEAN;
use crate::escape::escape;
use crate::report::places::Places;
use crate::report::proof::Trees;
use crate::report::{Style, write_problems};
use crate::rule_tests::{Difference, Near, Test, TestKind, TestedRule};
use crate::source::{Problem, Severity, Sources, Span};
use crate::violation::Finding;
use std::io::{self, Write};

/// Writes the report.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let places = &Places::new(report.sources);
    let mut page = Page { report, style, trees: Trees { places, style }, out, is_empty: true };
    if report.detail > Detail::Quiet {
        page.lines()?;
    }
    for rule in &report.tested.rules {
        for test in rule.examples.iter().filter(|test| !test.passes()) {
            page.failure(test, &rule.id)?;
        }
    }
    for test in report.tested.topologies.iter().filter(|test| !test.passes()) {
        page.failure(test, "")?;
    }
    if report.detail > Detail::Quiet || report.strict {
        page.warnings()?;
    }
    if report.detail > Detail::Quiet || report.exit_code != CLEAN {
        page.closing()?;
    }
    Ok(())
}

/// Why a test failed, as text without colours.
pub(super) fn why(test: &Test, report: &Report) -> String {
    let style = &Style {
        color: false,
        ascii: true,
        width: 100,
        proofs: false,
        hidden: false,
        most: usize::MAX,
    };
    let places = &Places::new(report.sources);
    let mut out = Vec::new();
    let trees = Trees { places, style };
    let mut page = Page { report, style, trees, out: &mut out, is_empty: true };
    // Writing to memory does not fail.
    let _ = page.differences(test);
    String::from_utf8_lossy(&out).into_owned()
}

/// `violating example of `site-code``, `topology house/berlin`
pub(super) fn name(test: &Test, rule: &str) -> String {
    match &test.kind {
        TestKind::Violates => format!("violating example of `{rule}`"),
        TestKind::Complies => format!("complying example of `{rule}`"),
        TestKind::Topology(path) => format!("marked topology {path}"),
    }
}

/// `path:line`
pub(super) fn line_of(span: Span, sources: &Sources) -> String {
    let (line, _) = sources.line_column(span);
    format!("{}:{line}", sources.file(span.file).path)
}

/// `1 rule`, `2 rules`
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ if noun.ends_with('y') => format!("{number} {}ies", &noun[..noun.len() - 1]),
        _ => format!("{number} {noun}s"),
    }
}

struct Page<'p> {
    report: &'p Report<'p>,
    style: &'p Style,
    trees: Trees<'p>,
    out: &'p mut dyn Write,
    is_empty: bool,
}

impl Page<'_> {
    /// An empty line before a block, but not before the first one.
    fn gap(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.is_empty, false) { Ok(()) } else { writeln!(self.out) }
    }

    fn lines(&mut self) -> io::Result<()> {
        let tested = self.report.tested;
        let ids = tested.rules.iter().map(|rule| rule.id.len());
        let paths = tested.topologies.iter().map(|test| topology(test).chars().count());
        let width = ids.chain(paths).max().unwrap_or(0);
        for rule in &tested.rules {
            self.line(&rule.id, width, &rule.examples, &of_rule(rule))?;
            if self.report.detail == Detail::Verbose {
                rule.examples.iter().try_for_each(|test| self.detail(test, &rule.id))?;
            }
        }
        for test in &tested.topologies {
            let found = count(test.marks, "mark");
            self.line(topology(test), width, std::slice::from_ref(test), &found)?;
            if self.report.detail == Detail::Verbose {
                self.beside(test)?;
            }
        }
        Ok(())
    }

    fn line(&mut self, name: &str, width: usize, tests: &[Test], what: &str) -> io::Result<()> {
        let word = match (tests.is_empty(), tests.iter().all(Test::passes)) {
            (true, _) => "none",
            (_, true) => "ok",
            (_, false) => "FAIL",
        };
        self.is_empty = false;
        writeln!(self.out, "{word:<4}  {:<width$}  {what}", escape(name))
    }

    /// One example, and what does not matter in it.
    fn detail(&mut self, test: &Test, rule: &str) -> io::Result<()> {
        let place = test.place.map(|place| line_of(place, self.report.sources));
        let word = if test.passes() { "ok" } else { "FAIL" };
        let place = escape(place.as_deref().unwrap_or("")).into_owned();
        writeln!(self.out, "      {word:<4}  {place}  {}", name(test, rule))?;
        self.beside(test)
    }

    fn beside(&mut self, test: &Test) -> io::Result<()> {
        for finding in &test.beside {
            let Finding { severity, rule, message, .. } = finding;
            let message = escape(message);
            writeln!(self.out, "            beside it: {}[{rule}]: {message}", severity.as_str())?;
        }
        Ok(())
    }

    fn failure(&mut self, test: &Test, rule: &str) -> io::Result<()> {
        let place = test.place.map(|place| line_of(place, self.report.sources));
        let place = place.map_or(String::new(), |place| format!(", {place}"));
        let title = format!("FAILED: {}{place}", name(test, rule));
        self.gap()?;
        writeln!(self.out, "{}", escape(&title))?;
        self.differences(test)
    }

    fn differences(&mut self, test: &Test) -> io::Result<()> {
        test.problems.iter().try_for_each(|problem| self.problem(problem))?;
        test.differences.iter().try_for_each(|difference| self.difference(difference))
    }

    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        self.gap()?;
        write_problems(std::slice::from_ref(problem), self.report.sources, self.style, self.out)
    }

    fn difference(&mut self, difference: &Difference) -> io::Result<()> {
        self.problem(&problem(difference))?;
        match difference {
            Difference::Unexpected(finding) => match &finding.proof {
                Some(proof) => {
                    writeln!(self.out, "\nwhy it is found:")?;
                    self.trees.write(proof, "  ", self.out)
                }
                None => Ok(()),
            },
            Difference::Misplaced { .. } => Ok(()),
            Difference::Missing { near, .. } => near.iter().try_for_each(|near| self.near(near)),
        }
    }

    fn near(&mut self, near: &Near) -> io::Result<()> {
        let Near { what, attempts } = near;
        let what = escape(what);
        if attempts.is_empty() {
            return writeln!(self.out, "\n{what} does not hold: no rule derives it");
        }
        writeln!(self.out, "\n{what} does not hold; so near comes each rule:")?;
        self.trees.write_attempts(attempts, self.out)
    }

    fn warnings(&mut self) -> io::Result<()> {
        self.report.warnings.iter().try_for_each(|warning| self.problem(warning))?;
        let all = &self.report.tested.literals;
        let unjudged: Vec<Span> = all.iter().flat_map(|of| &of.unjudged).copied().collect();
        if self.report.detail < Detail::Verbose || unjudged.is_empty() {
            return Ok(());
        }
        let what = count(unjudged.len(), "condition");
        self.gap()?;
        writeln!(self.out, "not judged, {what} without which a rule means nothing:")?;
        for literal in unjudged {
            let place = line_of(literal, self.report.sources);
            let text = one_line(self.report.sources.text(literal));
            writeln!(self.out, "  {}: {}", escape(&place), escape(&text))?;
        }
        Ok(())
    }

    fn closing(&mut self) -> io::Result<()> {
        let Report { tested, warnings, .. } = self.report;
        let failed = tests(tested).filter(|test| !test.passes()).count();
        let examples = tested.rules.iter().map(|rule| rule.examples.len()).sum();
        let mut what = vec![count(tested.rules.len(), "rule"), count(examples, "example")];
        if !tested.topologies.is_empty() {
            what.push(count(tested.topologies.len(), "marked topology"));
        }
        let passed = tests(tested).count() - failed;
        let mut comes_to = format!("{passed} passed, {failed} failed");
        if !warnings.is_empty() {
            comes_to.push_str(&format!(", {}", count(warnings.len(), "warning")));
        }
        self.gap()?;
        writeln!(self.out, "{}: {comes_to}", what.join(", "))
    }
}

fn topology(test: &Test) -> &str {
    match &test.kind {
        TestKind::Topology(path) => path,
        _ => "",
    }
}

/// `2 examples`, `1 of 2 examples failed`
fn of_rule(rule: &TestedRule) -> String {
    let failed = rule.examples.iter().filter(|test| !test.passes()).count();
    let examples = count(rule.examples.len(), "example");
    if failed == 0 { examples } else { format!("{failed} of {examples} failed") }
}

/// The text on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A difference as it is reported.
pub(super) fn problem(difference: &Difference) -> Problem {
    match difference {
        Difference::Unexpected(finding) => unexpected(finding),
        Difference::Misplaced { mark, finding } => {
            let rule = &mark.rule;
            let message = format!("the first label of `{rule}` is not on the line that is marked");
            let problem = Problem::error("mark-elsewhere", message)
                .at(mark.span, "marked here")
                .help("move the mark, or let the rule's first `label` point at the marked line");
            match finding.labels.first() {
                Some(label) => problem.at(label.span, "the first label is here"),
                None => problem,
            }
        }
        Difference::Missing { mark, severity, .. } => {
            let what = severity.map_or("finding", Severity::as_str);
            let article = if what.starts_with(['a', 'e']) { "an" } else { "a" };
            let message = format!("`{}` finds nothing where {article} {what} is marked", mark.rule);
            let label = format!("{article} {what} is expected on this line");
            Problem::error("not-found", message).at(mark.span, label)
        }
    }
}

fn unexpected(finding: &Finding) -> Problem {
    let Finding { rule, severity, message, labels, .. } = finding;
    let message = format!("this {} of `{rule}` is not marked: {message}", severity.as_str());
    let help =
        format!("if it is right, write `#~ {rule}` at the end of the line of the first label");
    let problem = Problem::error("not-marked", message).help(help);
    labels.iter().fold(problem, |problem, label| problem.at(label.span, label.text.clone()))
}
