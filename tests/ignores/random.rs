//! Random topologies with random ignores: a finding is hidden exactly where a second, naive reading of
//! the same lines says so, and what lynt adds hides what was open.

use super::added::{edited, terms};
use super::random::Random;
use super::{check_texts, policy};
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::suppress::add::add;
use lynt::suppress::{Known, Policy, filter};
use lynt::violation::Finding;
use std::collections::{BTreeMap, BTreeSet};

const CASES: u64 = 200;

/// An ignore that is somewhere in a text.
#[derive(Clone, Debug)]
struct Comment {
    rules: Vec<&'static str>,
    is_for_file: bool,
    is_sound: bool,
    is_expired: bool,
}

/// A line of a text, as it was meant.
#[derive(Clone, Debug)]
enum Line {
    /// A header, and the name that its table will have.
    Header(String, String),
    Key(String),
    /// Lines of a string: what looks like a comment is none.
    Text(String),
    Blank,
    /// A comment that says nothing to lynt.
    Remark,
    Alone(Comment),
}

/// A line and the ignore behind it.
type Written = (Line, Option<Comment>);

const RULES: &[&str] = &[
    "self-backup",
    "asymmetric-backup",
    "unknown-backup",
    "unknown-version",
    "unpaired-pool",
    "multiple-partners",
    "sba-without-registrar",
    "sba-unknown-registrar",
    "unknown-site",
    "unpaired-central-management",
    "sba-with-several-registrars",
];

impl Comment {
    fn random(random: &mut Random) -> Self {
        let mut rules: Vec<&str> = (0..1 + random.below(3)).map(|_| random.pick(RULES)).collect();
        let mut seen = BTreeSet::new();
        rules.retain(|rule| seen.insert(*rule));
        Self {
            rules,
            is_for_file: false,
            is_sound: !random.percent(10),
            is_expired: random.percent(15),
        }
    }

    fn text(&self) -> String {
        let word = if self.is_for_file { "ignore-file" } else { "ignore" };
        let until = if self.is_expired { " until 2026-01-31" } else { " until 2026-12-31" };
        let reason = if self.is_sound { ": a reason" } else { "" };
        format!("# lynt: {word}[{}]{until}{reason}", self.rules.join(", "))
    }
}

fn random_file(random: &mut Random, file: usize, names: &mut Vec<String>) -> Vec<Written> {
    let mut lines: Vec<Written> = Vec::new();
    if random.percent(20) {
        let comment = Comment { is_for_file: true, ..Comment::random(random) };
        lines.push((Line::Alone(comment), None));
        if random.percent(50) {
            lines.push((Line::Blank, None));
        }
    }
    for table in 0..1 + random.below(5) {
        for _ in 0..random.below(3) {
            lines.push((between(random), None));
        }
        let kind = random.pick(&["pool", "pool", "sba"]);
        let name = format!("{}{file}{table}.x", &kind[..1]);
        let mut keys = vec![format!("fqdn = \"{name}\"")];
        let registrar = || -> &str { "backup-registrar" };
        let target = |random: &mut Random| random.any(names).unwrap_or_else(|| "gone.x".to_owned());
        match random.below(5) {
            0 => keys.push(format!("{} = \"{name}\"", registrar())),
            1 => keys.push(format!("{} = \"gone.x\"", registrar())),
            2 => keys.push(format!(
                "{} = [\"{}\", \"{}\"]",
                registrar(),
                target(random),
                target(random)
            )),
            3 => keys.push(format!("{} = \"{}\"", registrar(), target(random))),
            _ => {}
        }
        if random.percent(60) {
            keys.push("version = \"sfb-2015\"".to_owned());
        }
        if random.percent(20) {
            keys.push("site = \"nowhere\"".to_owned());
        }
        random.shuffle(&mut keys);
        push(random, &mut lines, Line::Header(format!("[[{kind}]]"), name.clone()));
        for key in keys {
            push(random, &mut lines, Line::Key(key));
            if random.percent(8) {
                lines.push((between(random), None));
            }
        }
        if kind == "pool" && random.percent(20) {
            lines.push((Line::Text("file-store = '''".to_owned()), None));
            lines.push((Line::Text(Comment::random(random).text()), None));
            push(random, &mut lines, Line::Text("'''".to_owned()));
        }
        if random.percent(15) {
            push(random, &mut lines, Line::Key(format!("[{kind}.tags]")));
            push(
                random,
                &mut lines,
                Line::Key("owner = \"# lynt: ignore[self-backup]: no\"".to_owned()),
            );
        }
        names.push(name);
    }
    if file == 0 && random.percent(30) && !names.is_empty() {
        push(
            random,
            &mut lines,
            Line::Header("[central-management]".to_owned(), "central-management".to_owned()),
        );
        let active = random.pick(names);
        push(random, &mut lines, Line::Key(format!("active = \"{active}\"")));
    }
    lines
}

fn between(random: &mut Random) -> Line {
    match random.below(4) {
        0 => Line::Blank,
        1 => Line::Remark,
        _ => Line::Alone(Comment::random(random)),
    }
}

fn push(random: &mut Random, lines: &mut Vec<Written>, line: Line) {
    let comment = random.percent(15).then(|| Comment::random(random));
    lines.push((line, comment));
}

fn render(random: &mut Random, lines: &[Written]) -> String {
    let end = random.pick(&["\n", "\r\n"]);
    let mut text = random.pick(&["", "", "\u{feff}"]).to_owned();
    for (line, comment) in lines {
        let written = match line {
            Line::Header(text, _) | Line::Key(text) | Line::Text(text) => text.clone(),
            Line::Blank => String::new(),
            Line::Remark => "# lynt is our checker".to_owned(),
            Line::Alone(comment) => comment.text(),
        };
        text.push_str(&written);
        if let Some(comment) = comment {
            text.push_str(&format!("  {}", comment.text()));
        }
        text.push_str(end);
    }
    text
}

/// Every ignore of a file with the lines and tables that it reaches, told line by line.
#[derive(Debug)]
struct Reach {
    comment: Comment,
    line: usize,
    /// The name of the table that it speaks of.
    table: Option<String>,
}

fn reaches(lines: &[Written]) -> Vec<Reach> {
    let mut all = Vec::new();
    let mut table: Option<String> = None;
    for (at, (line, behind)) in lines.iter().enumerate() {
        if let Line::Header(_, name) = line {
            table = Some(name.clone());
        }
        let alone = match line {
            Line::Alone(comment) => Some(comment),
            _ => None,
        };
        // Only comments until the next header: it speaks of that one's table.
        let next =
            lines[at..].iter().find(|(line, _)| !matches!(line, Line::Alone(_) | Line::Remark));
        let of_next = match next {
            Some((Line::Header(_, name), _)) => Some(name.clone()),
            _ => None,
        };
        for comment in alone.into_iter().chain(behind) {
            let table =
                if alone.is_some() { of_next.clone().or(table.clone()) } else { table.clone() };
            all.push(Reach { comment: comment.clone(), line: at, table });
        }
    }
    all
}

/// The ids of findings that are hidden, and how many names hide nothing.
fn naive(
    sources: &Sources,
    files: &[Vec<Written>],
    findings: &[Finding],
) -> (BTreeSet<String>, usize) {
    let reaches: Vec<Vec<Reach>> = files.iter().map(|lines| reaches(lines)).collect();
    let mut hidden = BTreeSet::new();
    // File, ignore, rule.
    let mut used: BTreeSet<(usize, usize, &str)> = BTreeSet::new();
    let mut by_table: BTreeMap<&str, usize> = BTreeMap::new();
    for (file, lines) in files.iter().enumerate() {
        for (line, _) in lines {
            if let Line::Header(_, name) = line {
                by_table.insert(name, file);
            }
        }
    }
    for finding in findings {
        let label = finding.labels[0].span;
        let line = sources.line_column(label).0 - 1;
        let subject = finding.subject.name.as_str();
        let home = by_table.get(subject).copied();
        let mut meant = Vec::new();
        for (file, of_file) in reaches.iter().enumerate() {
            for (at, reach) in of_file.iter().enumerate() {
                let Some(rule) = reach.comment.rules.iter().find(|rule| **rule == finding.rule)
                else {
                    continue;
                };
                let here = label.file as usize == file;
                let rank = if reach.comment.is_for_file {
                    (here || home == Some(file)).then_some(if here { 2 } else { 3 })
                } else if here && reach.line == line {
                    Some(0)
                } else {
                    (reach.table.as_deref() == Some(subject)).then_some(1)
                };
                meant.extend(rank.map(|rank| (rank, file, at, *rule)));
            }
        }
        meant.sort();
        let of = |&&(_, file, at, _): &&(i32, usize, usize, &str)| {
            let Comment { is_sound, is_expired, .. } = reaches[file][at].comment;
            is_sound && !is_expired
        };
        match meant.iter().find(of) {
            Some(&(_, file, at, rule)) => {
                hidden.insert(finding.id.clone());
                used.insert((file, at, rule));
            }
            None => used.extend(meant.iter().map(|&(_, file, at, rule)| (file, at, rule))),
        }
    }
    let sound = |reach: &&Reach| reach.comment.is_sound;
    let names: usize =
        reaches.iter().flatten().filter(sound).map(|reach| reach.comment.rules.len()).sum();
    let used = used.iter().filter(|(file, at, _)| reaches[*file][*at].comment.is_sound).count();
    (hidden, names - used)
}

#[test]
fn a_finding_is_hidden_exactly_where_a_naive_reading_says_so() {
    let rules = Rules::shipped();
    let policy = policy();
    let (mut all_hidden, mut all_open, mut all_unused) = (0, 0, 0);
    for seed in 0..CASES {
        let mut random = Random::new(seed);
        let mut names = Vec::new();
        let files: Vec<Vec<Written>> = (0..1 + random.below(2))
            .map(|file| random_file(&mut random, file, &mut names))
            .collect();
        let texts: Vec<String> = files.iter().map(|lines| render(&mut random, lines)).collect();
        let paths = ["a.toml", "b.toml"];
        let named: Vec<(&str, &str)> =
            paths.into_iter().zip(texts.iter().map(String::as_str)).collect();
        let (sources, outcome) = check_texts(&rules, &named, None);

        let (expected, unused) = naive(&sources, &files, &outcome.findings);
        let known = Known::of(rules.violations(), &|_| true, &policy);
        let ids: Vec<u32> = (0..).take(named.len()).collect();
        let filtered = filter(&sources, &ids, || known.clone(), &policy, outcome.findings);
        let of_rules =
            || filtered.findings.iter().filter(|finding| finding.subject.kind != "ignore");
        let hidden: BTreeSet<String> = of_rules()
            .filter(|finding| finding.suppression.is_some())
            .map(|finding| finding.id.clone())
            .collect();
        assert_eq!(hidden, expected, "seed {seed}\n{texts:#?}");
        let found =
            filtered.findings.iter().filter(|finding| finding.rule == "unused-ignore").count();
        assert_eq!(found, unused, "seed {seed}\n{texts:#?}");
        all_hidden += hidden.len();
        all_open += of_rules().count() - hidden.len();
        all_unused += unused;

        if seed % 4 == 0 {
            all_can_be_ignored(&rules, &policy, &sources, &filtered.findings, seed);
        }
    }
    // The cases are worth something only if each of these happens often.
    assert!(
        all_hidden > 100 && all_open > 100 && all_unused > 100,
        "{all_hidden} {all_open} {all_unused}"
    );
}

fn all_can_be_ignored(
    rules: &Rules,
    policy: &Policy,
    sources: &Sources,
    findings: &[Finding],
    seed: u64,
) {
    let addition = add(sources, findings, &terms(), policy);
    assert_eq!(addition.refused, [], "seed {seed}");
    let texts: Vec<(&str, String)> = (0..)
        .zip(&sources.files)
        .map(|(file, source)| (source.path.as_str(), edited(sources, &addition, file)))
        .collect();
    let named: Vec<(&str, &str)> =
        texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (again, outcome) = check_texts(rules, &named, Some(policy));
    let open: Vec<&str> = outcome
        .open()
        .filter(|finding| finding.subject.kind != "ignore")
        .map(|finding| finding.id.as_str())
        .collect();
    assert!(open.is_empty(), "seed {seed}: {open:?}\n{texts:#?}");
    assert!(add(&again, &outcome.findings, &terms(), policy).added.is_empty(), "seed {seed}");
    for (source, (_, text)) in sources.files.iter().zip(&texts) {
        let kept: String =
            text.split_inclusive('\n').filter(|line| !line.contains(": CHG-4711")).collect();
        let bom = |text: &str| text.trim_start_matches('\u{feff}').to_owned();
        assert_eq!(bom(&kept), bom(&source.text), "seed {seed}");
        assert_eq!(text.starts_with('\u{feff}'), source.text.starts_with('\u{feff}'));
    }
}
