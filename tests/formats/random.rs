//! Reports made of odd texts, with places anywhere.

use lynt::atom::{Argument, Atom, Subject, Value};
use lynt::datalog::program::Docs;
use lynt::date::Date;
use lynt::examined::Subjects;
use lynt::proof::{RulePlace, Told, ToldKind};
use lynt::report::{Examined, Outcome, Report, Rule};
use lynt::source::{FileId, Label, Problem, Severity, Sources, Span};
use lynt::suppression::{HIDERS, Suppression};
use lynt::violation::Finding;

/// Marsaglia's xorshift64.
pub struct Random(pub u64);

const PIECES: [&str; 34] = [
    "a",
    "b = ",
    "\"x\"",
    "'",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "\u{b}",
    "\u{1b}[31m",
    "é",
    "東",
    "e\u{301}",
    "\u{202e}",
    "\u{200b}",
    "\u{2028}",
    "\u{85}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "👩\u{200d}💻",
    "\u{7f}",
    " ",
    "<b>&amp;]]>",
    "`*_|#~",
    "[x](http://y)",
    "::error::",
    "##vso[task.complete]",
    "=1+1",
    "%0A%",
    ",;:",
    "\\",
    "...",
];

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    fn text(&mut self, most: usize) -> String {
        (0..self.below(most)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }

    fn texts(&mut self) -> Vec<String> {
        (0..self.below(3)).map(|_| self.text(6)).collect()
    }

    fn severity(&mut self) -> Severity {
        [Severity::Error, Severity::Warning, Severity::Note][self.below(3)]
    }
}

/// A report and what it is about.
pub struct Made {
    sources: Sources,
    outcomes: Vec<Outcome>,
    problems: Vec<Problem>,
    rules: Vec<Rule>,
    exit_code: u8,
}

impl Made {
    pub fn new(random: &mut Random) -> Self {
        let mut sources = Sources::default();
        for number in 0..3 {
            sources.add(format!("{number}{}", random.text(4)), random.text(60));
        }
        let rules: Vec<Rule> = ["a-rule", "b-rule", "c-rule"]
            .map(|id| Rule {
                id: id.to_owned(),
                group: random.text(3),
                severity: random.severity(),
                docs: Docs { text: random.text(25), sources: random.texts() }.into(),
            })
            .into();
        let fail_on = [None, Some(random.severity())][random.below(2)];
        let outcomes = (0..random.below(3))
            .map(|_| Outcome { fail_on, ..outcome(random, &sources) })
            .collect();
        let problems = (0..random.below(2)).map(|_| problem(random, &sources)).collect();
        let exit_code = u8::try_from(random.below(3)).expect("small");
        Self { sources, outcomes, problems, rules, exit_code }
    }

    pub fn report(&self) -> Report<'_> {
        Report {
            outcomes: &self.outcomes,
            problems: &self.problems,
            sources: &self.sources,
            rules: &self.rules,
            rule_files: &self.sources,
            exit_code: self.exit_code,
        }
    }
}

fn outcome(random: &mut Random, sources: &Sources) -> Outcome {
    let (path, files) = (random.text(4), vec![0, 1]);
    if random.below(4) == 0 {
        let problems = (0..1 + random.below(3)).map(|_| problem(random, sources)).collect();
        return Outcome { path, files, problems, ..Outcome::default() };
    }
    let all: Vec<Subject> = (0..4).map(|_| subject(random)).collect();
    let findings: Vec<Finding> =
        (0..random.below(6)).map(|_| finding(random, sources, &all)).collect();
    let of_rules = [vec![0, 1, 2], vec![], vec![1]].to_vec();
    let examined = ["a-rule", "b-rule", "c-rule"]
        .iter()
        .zip(&of_rules)
        .map(|(rule, subjects)| Examined { rule: (*rule).to_owned(), subjects: subjects.len() });
    Outcome {
        path,
        files,
        examined: examined.collect(),
        population: vec![(random.text(3), random.below(3))],
        findings,
        configuration: [None, Some(random.text(4))][random.below(2)].clone(),
        subjects: Subjects { all, of_rules },
        ..Outcome::default()
    }
}

fn subject(random: &mut Random) -> Subject {
    Subject { kind: random.text(3), name: random.text(6), place: None }
}

/// About one of the subjects, of which not all were examined.
fn finding(random: &mut Random, sources: &Sources, subjects: &[Subject]) -> Finding {
    let rule = ["a-rule", "b-rule", "c-rule", "no-rule"][random.below(4)].to_owned();
    let values = [Value::Text(random.text(6)), Value::Number(-3), Value::Bool(true)];
    let arguments = values.map(|value| Argument { kind: random.text(2), value });
    Finding {
        id: format!("{rule}:{}", random.text(4)),
        atom: Atom { predicate: rule.clone(), arguments: arguments.into() },
        subject: subjects[random.below(subjects.len())].clone(),
        severity: random.severity(),
        message: random.text(8),
        labels: labels(random, sources),
        notes: random.texts(),
        helps: random.texts(),
        sources: random.texts(),
        fixes: Vec::new(),
        handle: random.text(4),
        proof: Some(proof(random, sources, 3)),
        suppression: (random.below(4) == 0).then(|| suppression(random)),
        rule,
    }
}

fn suppression(random: &mut Random) -> Suppression {
    let until = [None, Date::new(2026, 12, 31)][random.below(2)];
    Suppression {
        kind: HIDERS[random.below(HIDERS.len())],
        place: (random.below(3) > 0).then(|| Span::new(0, 0..random.below(9))),
        reason: random.text(6),
        by: random.texts().pop(),
        until,
        days_left: until.map(|_| 38),
    }
}

fn proof(random: &mut Random, sources: &Sources, depth: usize) -> Told {
    let kinds =
        [ToldKind::Fact, ToldKind::Derived, ToldKind::Absent, ToldKind::Near, ToldKind::Row];
    let rule = RulePlace { path: random.text(3), line: 1, column: 1 };
    let children = if depth == 0 { 0 } else { random.below(3) };
    Told {
        kind: kinds[random.below(kinds.len())],
        text: random.text(6),
        rule: (random.below(2) == 0).then_some(rule),
        places: labels(random, sources).into_iter().map(|label| label.span).collect(),
        children: (0..children).map(|_| proof(random, sources, depth - 1)).collect(),
    }
}

fn problem(random: &mut Random, sources: &Sources) -> Problem {
    Problem {
        labels: labels(random, sources),
        help: random.texts().pop(),
        ..Problem::error("a-problem", random.text(8))
    }
}

/// Places in files and behind their ends, and in no file.
fn labels(random: &mut Random, sources: &Sources) -> Vec<Label> {
    let label = |random: &mut Random| {
        let file = random.below(4);
        let length = sources.files.get(file).map_or(9, |file| file.text.len()) + 9;
        let start = random.below(length);
        let span =
            Span::new(FileId::try_from(file).expect("small"), start..start + random.below(9));
        Label { span, text: random.text(5) }
    };
    (0..random.below(4)).map(|_| label(random)).collect()
}
