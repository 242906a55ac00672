//! Where an ignore stands: which findings it reaches.

use super::{brief, check_texts, policy};
use lynt::fix::{apply, edits};
use lynt::rules::Rules;
use lynt::suppress::Policy;
use std::collections::BTreeSet;

const SELF: &str = "fqdn = \"p.x\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p.x\"\n";
const OPEN: &str = "self-backup:p.x";
const HIDDEN: &str = "(self-backup:p.x)";

fn check(files: &[(&str, &str)], policy: &Policy) -> Vec<String> {
    let (sources, outcome) = check_texts(&Rules::shipped(), files, Some(policy));
    outcome.findings.iter().map(|finding| brief(&sources, finding)).collect()
}

#[test]
fn an_ignore_reaches_its_line_and_its_table() {
    const I: &str = "# lynt: ignore[self-backup]: lab";
    let keys = SELF.replace("p.x", "q.x").replace("backup-registrar = \"q.x\"\n", "");
    let cases: &[(String, &[&str], &str)] = &[
        (format!("[[pool]]\n{SELF}{I}\n"), &[HIDDEN], "a line of its own at the table's end"),
        (format!("[[pool]]\n{I}\n{SELF}"), &[HIDDEN], "below the header"),
        (format!("[[pool]] {I}\n{SELF}"), &[HIDDEN], "on the header"),
        (format!("{I}\n[[pool]]\n{SELF}"), &[HIDDEN], "above the header"),
        (format!("{I}\n# a word\n[[pool]]\n{SELF}"), &[HIDDEN], "above another comment"),
        (
            format!("{I}\n  {I}\n[[pool]]\n{SELF}"),
            &["t.toml:2:18: unused-ignore", HIDDEN],
            "one is enough: the first",
        ),
        (
            format!("{I}\n\n[[pool]]\n{SELF}"),
            &["t.toml:1:16: unused-ignore", OPEN],
            "an empty line parts them",
        ),
        (
            format!("[[pool]]\n{keys}{I}\n[[pool]]\n{SELF}"),
            &[HIDDEN],
            "above the header, not at the end of the table before",
        ),
        (
            format!("[[pool]]\n{keys}{I}\n\n[[pool]]\n{SELF}"),
            &["t.toml:4:16: unused-ignore", OPEN],
            "at the end of another table",
        ),
        (
            format!("[[pool]]\n{SELF}{I}\n\n[[pool]]\n{keys}"),
            &[HIDDEN],
            "at the end of its own table",
        ),
        (
            format!("[[pool]]\n{SELF}{I}\n[[pool]]\n{keys}"),
            &[OPEN, "t.toml:5:16: unused-ignore"],
            "above the next header",
        ),
        (format!("[[pool]]\n{SELF}[pool.tags]\na = \"b\" {I}\n"), &[HIDDEN], "in a table below"),
        (
            format!("[[pool]]\n{SELF}tags = {{ a = \"b\" }} {I}\n"),
            &[HIDDEN],
            "behind an inline table",
        ),
        (
            format!("[[pool]]\n{SELF}front-end-servers = [\n  \"a\", {I}\n]\n"),
            &[HIDDEN],
            "within an array",
        ),
        (
            format!("[[pool]]\n{SELF}[[site]] {I}\nname = \"s\"\n"),
            &[OPEN, "t.toml:5:25: unused-ignore"],
            "on another header",
        ),
    ];
    for (text, expected, why) in cases {
        assert_eq!(check(&[("t.toml", text)], &policy()), *expected, "{why}\n{text}");
        // The same in the other line end, and behind a byte order mark.
        let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let found = check(&[("t.toml", &text)], &policy());
        let expected: Vec<&str> = expected.to_vec();
        let columns = |lines: &[String]| -> Vec<String> {
            lines.iter().map(|line| line.replace("t.toml:1:17", "t.toml:1:16")).collect()
        };
        assert_eq!(columns(&found), expected, "{why}, CRLF");
    }
}

#[test]
fn inline_tables_have_lines_too() {
    const I: &str = "# lynt: ignore[self-backup]: lab";
    let pool = |name: &str| {
        format!("{{ fqdn = \"{name}\", version = \"sfb-2015\", backup-registrar = \"{name}\" }}")
    };
    let (p, q) = (pool("p.x"), pool("q.x"));
    let q_open = "self-backup:q.x";
    let cases: &[(String, &[&str], &str)] = &[
        (format!("pool = [\n  {p}, {I}\n  {q},\n]\n"), &[HIDDEN, q_open], "on its line"),
        (format!("pool = [\n  {I}\n  {p},\n  {q},\n]\n"), &[HIDDEN, q_open], "above it"),
        (
            format!("pool = [\n  {p},\n  {I}\n  {q},\n]\n"),
            &[OPEN, "(self-backup:q.x)"],
            "below it is above the next",
        ),
        (
            format!("{I}\npool = [\n  {p},\n  {q},\n]\n"),
            &["t.toml:1:16: unused-ignore", OPEN, q_open],
            "above the array",
        ),
        (format!("pool = [{p}, {q}] {I}\n"), &[HIDDEN, "(self-backup:q.x)"], "two on one line"),
    ];
    for (text, expected, why) in cases {
        assert_eq!(check(&[("t.toml", text)], &policy()), *expected, "{why}\n{text}");
    }
}

#[test]
fn what_only_looks_like_a_comment_hides_nothing() {
    const I: &str = "# lynt: ignore[self-backup]: lab";
    let cases = [
        format!("[[pool]]\n{SELF}file-store = \"{I}\"\n"),
        format!("[[pool]]\n{SELF}file-store = '{I}'\n"),
        format!("[[pool]]\n{SELF}file-store = \"\"\"\n{I}\n\"\"\"\n"),
        format!("[[pool]]\n{SELF}file-store = '''\n{I}\n'''\n"),
        format!("[[pool]]\n{SELF}file-store = \"\"\"a\\\"\"\" \"\"\n{I}\"\"\"\n"),
        format!("[[pool]]\n{SELF}tags = {{ \"# lynt: ignore[self-backup]: x\" = \"{I}\" }}\n"),
    ];
    for text in cases {
        assert_eq!(check(&[("t.toml", &text)], &policy()), [OPEN], "{text}");
        let text = text + &format!("{I}\n");
        assert_eq!(check(&[("t.toml", &text)], &policy()), [HIDDEN], "{text}");
    }
}

#[test]
fn an_ignore_for_a_file_stands_at_its_top() {
    const F: &str = "# lynt: ignore-file[self-backup]: lab";
    let other = SELF.replace("p.x", "q.x");
    let other_open = "self-backup:q.x";
    let cases: &[(&str, &[&str])] = &[
        (&format!("{F}\n[[pool]]\n{SELF}"), &[HIDDEN, other_open]),
        (&format!("# a word\n\n  {F}\n\nschema = 1\n[[pool]]\n{SELF}"), &[HIDDEN, other_open]),
        (
            &format!("schema = 1 {F}\n[[pool]]\n{SELF}"),
            &["a.toml:1:12: malformed-ignore", OPEN, other_open],
        ),
        (&format!("[[pool]]\n{SELF}{F}\n"), &[OPEN, "a.toml:5:1: malformed-ignore", other_open]),
        (
            &format!("{}\n[[pool]]\n{SELF}", F.replace("self", "asymmetric")),
            &["a.toml:1:21: unused-ignore", OPEN, other_open],
        ),
        (
            &format!("{}\n[[pool]]\n{SELF}", F.replace("self-", "unused-ignore, asymmetric-")),
            &["(a.toml:1:36: unused-ignore)", OPEN, other_open],
        ),
    ];
    let other = format!("[[pool]]\n{other}");
    for (text, expected) in cases {
        assert_eq!(check(&[("a.toml", text), ("b.toml", &other)], &policy()), *expected, "{text}");
    }
}

/// The subject's table and the primary place may be in different files: an ignore in either counts.
#[test]
fn a_finding_is_reached_from_its_subject_and_from_its_place() {
    const I: &str = "# lynt: ignore[unpaired-central-management]: lab";
    let rules = Rules::shipped();
    let pool =
        |comment: &str| format!("{comment}\n[[pool]]\nfqdn = \"p.x\"\nversion = \"sfb-2015\"\n");
    let store = |comment: &str| format!("[central-management]\nactive = \"p.x\" {comment}\n");
    let found = |one: &str, other: &str| {
        let files = [("a.toml", pool(one)), ("b.toml", store(other))];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        let (_, outcome) = check_texts(&rules, &files, Some(&policy()));
        let of = |rule: &str| {
            outcome.findings.iter().filter(move |found| found.rule == rule).collect::<Vec<_>>()
        };
        let finding = of("unpaired-central-management")[0].clone();
        assert_eq!(
            finding.labels[0].span.file, 1,
            "it points at the store, its subject is the pool"
        );
        (finding.suppression.is_some(), of("unused-ignore").len())
    };
    assert_eq!(found("", ""), (false, 0));
    assert_eq!(found(I, ""), (true, 0));
    assert_eq!(found("", I), (true, 0));
    assert_eq!(found(I, I), (true, 1), "one is enough");
    assert_eq!(
        found("", "\n# lynt: ignore[unpaired-central-management]: lab"),
        (false, 1),
        "the store is not the subject"
    );
}

/// Where ignores that do not count would hide a finding: each is told of once, the nearest first, twenty of them at most.
#[test]
fn of_many_ignores_that_do_not_count_twenty_are_told_of() {
    let rules = Rules::shipped();
    let said = ("self-backup".to_owned(), "lynt.toml:4".to_owned());
    let firm = Policy { firm: [said].into(), ..policy() };
    let (right, wrong) = ("# lynt: ignore[self-backup]: lab\n", "# lynt: ignore[self-backup]\n");
    let cases = [
        (&policy(), 0, 2, "3 wrong, 0 right, line 7 first"),
        (&policy(), 0, 18, "19 wrong, 0 right, line 23 first"),
        (&policy(), 0, 19, "20 wrong, 0 right, line 24 first"),
        (&policy(), 0, 20, "20 wrong, 0 right, line 25 first"),
        (&firm, 15, 15, "5 wrong, 15 right, line 5 first"),
        (&firm, 25, 1, "0 wrong, 20 right, line 5 first"),
    ];
    for (policy, rights, wrongs, expected) in cases {
        let text = format!(
            "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"sfb-2015\"\n\n{}{}backup-registrar = \"p.contoso.com\" {wrong}",
            right.repeat(rights),
            wrong.repeat(wrongs),
        );
        let (_, outcome) = check_texts(&rules, &[("t.toml", &text)], Some(policy));
        let finding = outcome.findings.iter().find(|it| it.rule == "self-backup").expect("found");
        let told: Vec<_> = finding
            .notes
            .iter()
            .filter_map(|it| it.strip_prefix("the ignore at t.toml:"))
            .collect();
        let all = told.len();
        let right = told.iter().filter(|it| it.ends_with("can't be ignored (lynt.toml:4)")).count();
        let first = told.first().and_then(|it| it.split(' ').next()).expect("one is told of");
        assert_eq!(format!("{} wrong, {right} right, line {first} first", all - right), expected);
        let lines: BTreeSet<_> = told.iter().map(|it| it.split(' ').next()).collect();
        assert_eq!(lines.len(), all, "{told:?}");
    }
}

#[test]
fn rules_that_did_not_run_are_not_unused() {
    let rules = Rules::shipped();
    let text = format!("# lynt: ignore[unknown-version]: lab\n[[pool]]\n{SELF}");
    let mut sources = lynt::source::Sources::default();
    let file = sources.add("t.toml", text);
    let topology = lynt::discover::TopologyFiles { path: "t".to_owned(), files: vec![file] };
    let policy = policy();
    for (selected, unused) in [("self-backup", 0), ("unknown-version", 1)] {
        let is_selected = |rule: &lynt::datalog::program::Violation| rule.id == selected;
        let options = lynt::Options {
            selected: &is_selected,
            ignores: Some(&policy),
            ..lynt::Options::default()
        };
        let outcome =
            lynt::check(&rules, &sources, &topology, &options, &mut lynt::Timings::default());
        let found: Vec<_> =
            outcome.findings.iter().filter(|finding| finding.rule == "unused-ignore").collect();
        assert_eq!(found.len(), unused, "{selected}");
    }
}

/// What a later fix engine is given: each name alone, or the comment where nothing of it is left.
#[test]
fn the_fix_of_an_unused_ignore_removes_it() {
    let rules = Rules::shipped();
    let keys = SELF;
    let cases = [
        (
            format!("# lynt: ignore[unknown-backup]: a\n[[pool]]\n{keys}"),
            format!("[[pool]]\n{keys}"),
        ),
        (
            format!("[[pool]] # lynt: ignore[unknown-backup]: a\r\n{keys}"),
            format!("[[pool]]\r\n{keys}"),
        ),
        (
            format!(
                "\u{feff}# lynt: ignore-file[unknown-backup, unpaired-pool]: a\n[[pool]]\n{keys}"
            ),
            format!("\u{feff}[[pool]]\n{keys}"),
        ),
        (
            format!("# lynt: ignore[unknown-backup, self-backup]: a\n[[pool]]\n{keys}"),
            format!("# lynt: ignore[self-backup]: a\n[[pool]]\n{keys}"),
        ),
        (
            format!("# lynt: ignore[self-backup , unknown-backup]: a\n[[pool]]\n{keys}"),
            format!("# lynt: ignore[self-backup]: a\n[[pool]]\n{keys}"),
        ),
        (
            format!(
                "# lynt: ignore[stretched-pool,self-backup,unknown-backup]: a\n[[pool]]\n{keys}"
            ),
            format!("# lynt: ignore[self-backup]: a\n[[pool]]\n{keys}"),
        ),
        (format!("[[pool]]\n{keys}# lynt: ignore[unknown-backup]: a"), format!("[[pool]]\n{keys}")),
    ];
    for (text, expected) in cases {
        let (sources, outcome) = check_texts(&rules, &[("t.toml", &text)], Some(&policy()));
        let fixes = outcome.findings.iter().flat_map(|finding| &finding.fixes);
        let all: BTreeSet<_> =
            fixes.flat_map(|fix| edits(fix, &sources).expect("there is a place")).collect();
        let all: Vec<_> = all.into_iter().collect();
        assert_eq!(apply(&all, &sources).get(&0), Some(&expected), "{text}");
    }
}
