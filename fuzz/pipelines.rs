//! What is tried with a topology, an export and an ignore. The tests of the package replay the corpora through
//! the same functions.

use crate::reports;
use lynt::datalog::late::Late;
use lynt::date::Date;
use lynt::discover::TopologyFiles;
use lynt::import::{Imported, anonymise, import, is_export};
use lynt::proof::Size;
use lynt::report::{Outcome, Rule};
use lynt::rules::Rules;
use lynt::source::{Problem, Severity, Sources, Span};
use lynt::suppress::{Known, Policy, filter};
use lynt::topology::{self, Entity, Topology, Value};
use lynt::violation::Finding;
use lynt::{Options, Timings, check};
use toml::de::DeTable;

/// One text of so many gets what takes long: proofs, a second time. Which texts depends on the text alone.
const THOROUGH_OF: usize = 16;

/// What ignores are tried on: it has findings on lines 1, 2 and 7, and of two entities.
const IGNORED: [&str; 3] = [
    "[[pool]]\nfqdn = \"a.x\" ",
    "\nbackup-registrar = \"b.x\"\n\n",
    "[[sba]]\nfqdn = \"s.x\"\n[[pool]]\nfqdn = \"c.x\"\n",
];

/// A run in which every rule is selected, as reports tell of it.
pub struct Lynt {
    rules: &'static Rules,
    told: Vec<Rule>,
    known: Known<'static>,
    policy: Policy,
    /// The findings of [`IGNORED`].
    found: Vec<Finding>,
}

impl Lynt {
    pub fn new() -> Self {
        // They are as long as the run.
        let rules: &'static Rules = Box::leak(Box::new(Rules::shipped()));
        // Their documentation is the same whatever the topology, and most of what some formats write.
        let without_docs = |violation| Rule { docs: Late::default(), ..Rule::of(violation) };
        let told = rules.violations().into_iter().map(without_docs).collect();
        let policy = Policy::new(Date::new(2026, 11, 26).expect("a day"));
        let known = Known::of(rules.violations(), &|_| true, &policy);
        let lynt = Self { rules, told, known, policy, found: Vec::new() };
        let found = lynt.check(&sources(IGNORED.concat()), None).findings;
        assert!(found.len() > 3, "{found:?}");
        Self { found, ..lynt }
    }

    fn check(&self, sources: &Sources, proofs: Option<Size>) -> Outcome {
        let topology = TopologyFiles { path: "t.toml".to_owned(), files: vec![0] };
        let ignores = Some(&self.policy);
        let options = Options { ignores, proofs, subjects: true, ..Options::default() };
        check(self.rules, sources, &topology, &options, &mut Timings::default())
    }

    /// Reads `text` as a topology, by lynt's own reader and by toml: both say the same, and it is wrong as TOML
    /// where the whole text is.
    ///
    /// # Panics
    /// Where something does not hold that must.
    pub fn try_text(&self, text: &str) {
        let sources = sources(text.to_owned());
        let program = &self.rules.set.program;
        let read = topology::parse(program, &sources, &[0]);
        let by_toml = topology::parse_by_toml(program, &sources, &[0]);
        let is_toml = DeTable::parse(text).is_ok();
        match (&read, &by_toml) {
            (Ok(read), Ok(by_toml)) => {
                assert!(is_toml);
                assert_alike(read, by_toml);
                let entities = read.entities.iter().map(|entity| entity.place);
                let places = entities.chain(read.values.iter().map(|value| value.span));
                places.for_each(|place| assert_inside(place, text));
            }
            (Err(read), Err(by_toml)) => {
                assert_eq!(read, by_toml);
                let says = |name: &str| read.iter().any(|problem| problem.name == name);
                assert!(!is_toml || !says("toml-syntax"), "{read:?}");
                // `[pool]` beside `[[pool]]` is told in our words.
                assert!(is_toml || says("toml-syntax") || says("wrong-type"), "{read:?}");
                assert!(!read.is_empty());
                assert!(read.iter().all(|problem| !problem.labels.is_empty()), "{read:?}");
                assert_placed(read, text);
            }
            _ => panic!("{:?}\n{:?}", read.err(), by_toml.err()),
        }
    }

    /// Checks `text` as a topology and reports it in some formats: which depends on the text alone.
    ///
    /// # Panics
    /// Where something does not hold that must.
    pub fn try_topology(&self, text: &str) {
        let sources = sources(text.to_owned());
        let proofs = is_thorough(text.as_bytes()).then(Size::default);
        let mut outcome = self.check(&sources, proofs);
        outcome.fail_on = Some(Severity::Warning);
        for finding in &outcome.findings {
            assert!(!finding.labels.is_empty(), "{finding:?} has no place");
            finding.labels.iter().for_each(|label| assert_inside(label.span, text));
            assert_line(&finding.message);
        }
        assert_placed(&outcome.problems, text);
        let is_whole = outcome.problems.is_empty();
        let said_nothing = outcome.findings.is_empty() && outcome.examined.is_empty();
        assert!(is_whole || said_nothing, "a verdict on a part");
        assert!(!is_whole || outcome.examined.len() >= self.told.len(), "a rule was left out");
        let formats = reports::some(sum(text.as_bytes()));
        reports::hold(&sources, &self.told, &outcome, formats);
    }

    /// Imports `bytes`; whatever becomes TOML is a topology whose keys are right, the same every time, with every
    /// place in the export, and can be made anonymous.
    ///
    /// # Panics
    /// Where something does not hold that must.
    pub fn try_import(&self, bytes: &[u8]) {
        let imported = match import(bytes) {
            Ok(imported) => imported,
            Err(error) => {
                assert_line(&error.message);
                error.help.iter().for_each(|help| assert_line(help));
                return error.place.iter().for_each(|place| assert_there(*place, bytes));
            }
        };
        assert!(is_export(bytes), "it was imported");
        let sources = sources(imported.toml.clone());
        let read = topology::parse(&self.rules.set.program, &sources, &[0]);
        assert!(read.as_ref().is_ok_and(|read| !read.entities.is_empty()), "{:?}", read.err());
        assert_told(&imported, bytes);
        if is_thorough(bytes) {
            assert_eq!(import(bytes).expect("as before"), imported);
            match anonymise(bytes) {
                Ok(anonymised) => {
                    assert_eq!(import(anonymised.export.as_bytes()), Ok(anonymised.imported));
                }
                // A site where none can stand, among services, gets a name with a blank.
                Err(error) => {
                    assert!(error.message.starts_with("the JSON was cut off"), "{error:?}")
                }
            }
        }
    }

    /// Puts `text` into a comment of a topology that has findings, and above it: whatever it says, the same is found,
    /// hidden or not, and what hides it is an ignore that names its rule.
    ///
    /// # Panics
    /// Where something does not hold that must.
    pub fn try_ignore(&self, text: &str) {
        let (above, beside) = text.split_once('\n').unwrap_or((text, text));
        let above: String = above.split('\r').map(|line| format!("# lynt:{line}\n")).collect();
        let beside = format!("#{beside}").replace(['\r', '\n'], " ");
        let [head, body, tail] = IGNORED;
        let sources = sources(format!("{head}{beside}{body}{above}{tail}"));
        let text = &sources.file(0).text;
        let found = self.found.iter().cloned().map(|mut finding| {
            let spans = finding.labels.iter_mut().map(|label| &mut label.span);
            spans.chain(&mut finding.subject.place).for_each(|span| {
                let is_behind = |end: usize| span.start as usize >= end;
                let first = if is_behind(head.len()) { beside.len() } else { 0 };
                let second = if is_behind(head.len() + body.len()) { above.len() } else { 0 };
                let range = span.range();
                *span = Span::new(0, range.start + first + second..range.end + first + second);
            });
            finding.fixes.clear();
            finding
        });
        let found: Vec<Finding> = found.collect();
        let filtered = filter(&sources, &[0], || self.known.clone(), &self.policy, found.clone());
        let is_rule = |finding: &&Finding| self.told.iter().any(|rule| rule.id == finding.rule);
        let (rules, checks): (Vec<&Finding>, Vec<&Finding>) =
            filtered.findings.iter().partition(is_rule);
        assert!(
            rules.iter().map(|finding| &finding.id).eq(found.iter().map(|finding| &finding.id))
        );
        for check in &checks {
            check.labels.iter().for_each(|label| assert_inside(label.span, text));
            assert_line(&check.message);
        }
        for finding in &filtered.findings {
            let Some(hidden) = &finding.suppression else { continue };
            let place = hidden.place.expect("an ignore stands somewhere");
            let comment = &text[place.range()];
            let says = |part: &str| comment.contains(part);
            assert!(says("ignore") && says(&finding.rule) && says(":"), "{comment}: {finding:?}");
            assert!(!hidden.reason.trim().is_empty(), "{comment}");
            assert!(hidden.days_left.is_none_or(|days| days >= 0), "{comment}");
            let at_fault = |check: &&&Finding| {
                check
                    .labels
                    .iter()
                    .any(|label| place.start <= label.span.start && label.span.end <= place.end)
            };
            let wrong =
                checks.iter().find(|check| check.rule == "malformed-ignore" && at_fault(check));
            assert!(wrong.is_none(), "{comment}: {wrong:?}");
        }
        for ignore in &filtered.ignores {
            assert!(text[ignore.place.range()].starts_with('#'), "{ignore:?} is no comment");
            for name in &ignore.names {
                assert_eq!(text[name.place.range()], name.rule);
                assert!(
                    name.removal.start <= name.place.start && name.place.end <= name.removal.end
                );
            }
        }
    }
}

fn sources(text: String) -> Sources {
    let mut sources = Sources::default();
    sources.add("t.toml", text);
    sources
}

fn is_thorough(bytes: &[u8]) -> bool {
    sum(bytes).is_multiple_of(THOROUGH_OF)
}

fn sum(bytes: &[u8]) -> usize {
    bytes.iter().fold(bytes.len(), |sum, &byte| sum.wrapping_mul(31) ^ usize::from(byte))
}

fn assert_alike(one: &Topology, other: &Topology) {
    let entity =
        |Entity { kind, name, place, values }: &Entity| (*kind, *name, *place, values.clone());
    assert!(one.entities.iter().map(entity).eq(other.entities.iter().map(entity)));
    let value = |Value { relation, datum, span }: &Value| (*relation, *datum, *span);
    assert!(one.values.iter().map(value).eq(other.values.iter().map(value)));
    assert!(one.texts.iter().eq(other.texts.iter()));
}

fn assert_placed(problems: &[Problem], text: &str) {
    for problem in problems {
        assert!(!problem.message.is_empty());
        problem.labels.iter().for_each(|label| assert_inside(label.span, text));
    }
}

fn assert_inside(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} is outside of its file");
}

fn assert_line(text: &str) {
    assert!(!text.is_empty() && !text.contains(['\n', '\r']), "{text:?} is not a line");
}

/// That a line and column are in a file. Every character takes a byte at least.
fn assert_there((line, column): (u32, u32), bytes: &[u8]) {
    // Of an archive it is the document in it that has places.
    if bytes.starts_with(b"PK") {
        return;
    }
    let lines = 1 + bytes.iter().filter(|&&byte| byte == b'\n').count();
    assert!(line > 0 && line as usize <= lines, "line {line}");
    assert!(column > 0 && column as usize <= 1 + bytes.len(), "column {column}");
}

/// That notes and origins are places of the export.
fn assert_told(imported: &Imported, bytes: &[u8]) {
    for note in &imported.notes {
        assert_line(&note.message);
        note.place.iter().for_each(|place| assert_there(*place, bytes));
    }
    let lines = imported.toml.split_inclusive('\n').scan(0, |start, line| {
        *start += line.len();
        Some(*start - line.len())
    });
    for place in lines.filter_map(|start| imported.origins.place(start)) {
        assert_there(place, bytes);
    }
}
