//! How an ignore is written: one comment a row.

use super::{check_texts, date, policy};
use lynt::checks::CHECKS;
use lynt::examples::{examples, marks};
use lynt::rules::Rules;
use lynt::source::Severity;
use lynt::suppress::Policy;

/// What a comment at the end of the line of a finding does: `hidden`, or `open` and why; then what is
/// said of the comment, with the characters of it that are pointed at and the help.
fn said(rules: &Rules, comment: &str, policy: &Policy) -> Vec<String> {
    let text = format!(
        "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p.contoso.com\" {comment}\n"
    );
    let (sources, outcome) = check_texts(rules, &[("t.toml", &text)], Some(policy));
    let mut lines = Vec::new();
    for finding in &outcome.findings {
        let line = match (finding.rule.as_str(), &finding.suppression) {
            ("self-backup", Some(_)) => "hidden".to_owned(),
            ("self-backup", None) => {
                let why = finding.notes.iter().find(|note| note.contains("ignore at"));
                why.map_or("open".to_owned(), |why| {
                    why.replace("the ignore at t.toml:4", "open: it")
                })
            }
            (_, suppression) => {
                let at = sources.text(finding.labels[0].span);
                let hidden = if suppression.is_some() { "hidden " } else { "" };
                let severity = finding.severity.as_str();
                format!(
                    "{hidden}{severity} at `{at}`: {}; {}",
                    finding.message,
                    finding.helps.join("; ")
                )
            }
        };
        lines.push(line);
    }
    lines
}

const WRITE: &str = "write `# lynt: ignore[rule, rule] until 2026-12-31 by whom: reason`";
const DATE: &str = "a date is written `2026-12-31`";

type Row<'r> = (&'r str, &'r [&'r str]);

/// The rows of a table: `WRITE` and `DATE` stand for the helps that they are.
fn run(rules: &Rules, policy: &Policy, rows: &[Row<'_>]) {
    for (comment, expected) in rows {
        let expected: Vec<String> = expected
            .iter()
            .map(|line| {
                line.replace("; WRITE", &format!("; {WRITE}"))
                    .replace("; DATE", &format!("; {DATE}"))
            })
            .collect();
        assert_eq!(said(rules, comment, policy), expected, "{comment}");
    }
}

#[test]
fn ignores_that_count() {
    let rows: &[Row<'_>] = &[
        ("# lynt: ignore[self-backup]: lab", &["hidden"]),
        ("#lynt:ignore[self-backup]:lab", &["hidden"]),
        ("#\t lynt:   ignore [ self-backup ]  :   lab  ", &["hidden"]),
        ("# lynt: ignore[self-backup] until 2026-12-31: lab", &["hidden"]),
        ("# lynt: ignore[self-backup] until 2026-11-23: the last day", &["hidden"]),
        ("# lynt: ignore[self-backup] until 9999-12-31: forever", &["hidden"]),
        ("# lynt: ignore[self-backup] until 2028-02-29: a leap day", &["hidden"]),
        ("# lynt: ignore[self-backup] by netops: lab", &["hidden"]),
        ("# lynt: ignore[self-backup] until 2027-01-01 by Jane Doe (netops): lab", &["hidden"]),
        ("# lynt: ignore[self-backup] by Jane Doe until 2027-01-01: lab", &["hidden"]),
        (
            "# lynt: ignore[self-backup]: until 2020-01-01: a reason, as it stands behind a colon",
            &["hidden"],
        ),
        ("# lynt: ignore[self-backup]: see https://chg.contoso.com/4711 ]", &["hidden"]),
        ("# lynt: ignore[self-backup]: Grüße aus 東京", &["hidden"]),
    ];
    run(&Rules::shipped(), &policy(), rows);
}

#[test]
fn ignores_that_do_not_count() {
    let rows: &[Row<'_>] = &[
        // Expired: the finding is back, and the ignore is not unused.
        ("# lynt: ignore[self-backup] until 2026-11-22: lab", &["open: it expired 2026-11-22"]),
        // No reason.
        (
            "# lynt: ignore[self-backup]",
            &[
                "open: it does not count: no reason is given",
                "error at ``: no reason is given; write `: reason` at its end",
            ],
        ),
        (
            "# lynt: ignore[self-backup]: ",
            &[
                "open: it does not count: no reason is given",
                "error at ``: no reason is given; write `: reason` at its end",
            ],
        ),
        (
            "# lynt: ignore[self-backup] lab",
            &[
                "open: it does not count: expected `until`, `by`, or `:` and the reason",
                "error at `lab`: expected `until`, `by`, or `:` and the reason; WRITE",
            ],
        ),
        (
            "# lynt: ignore[self-backup] because of a: lab",
            &[
                "open: it does not count: expected `until`, `by`, or `:` and the reason",
                "error at `because of a`: expected `until`, `by`, or `:` and the reason; WRITE",
            ],
        ),
        // Dates.
        (
            "# lynt: ignore[self-backup] until: lab",
            &[
                "open: it does not count: `until` names no date",
                "error at `until`: `until` names no date; DATE",
            ],
        ),
        (
            "# lynt: ignore[self-backup] until tomorrow: lab",
            &[
                "open: it does not count: `tomorrow` is no date",
                "error at `tomorrow`: `tomorrow` is no date; DATE, and there must be such a day",
            ],
        ),
        (
            "# lynt: ignore[self-backup] until 2027-02-29: lab",
            &[
                "open: it does not count: `2027-02-29` is no date",
                "error at `2027-02-29`: `2027-02-29` is no date; DATE, and there must be such a day",
            ],
        ),
        (
            "# lynt: ignore[self-backup] until 31.12.2026: lab",
            &[
                "open: it does not count: `31.12.2026` is no date",
                "error at `31.12.2026`: `31.12.2026` is no date; DATE, and there must be such a day",
            ],
        ),
        (
            "# lynt: ignore[self-backup] until 2026-12-31T10:00: lab",
            &[
                "open: it does not count: `2026-12-31T10` is no date",
                "error at `2026-12-31T10`: `2026-12-31T10` is no date; DATE, and there must be such a day",
            ],
        ),
        (
            "# lynt: ignore[self-backup] until 2027-01-01 until 2027-01-02: lab",
            &[
                "open: it does not count: `until` stands twice",
                "error at `until`: `until` stands twice; WRITE",
            ],
        ),
        // Owners.
        (
            "# lynt: ignore[self-backup] by: lab",
            &[
                "open: it does not count: `by` names nobody",
                "error at `by`: `by` names nobody; WRITE",
            ],
        ),
        (
            "# lynt: ignore[self-backup] by until 2027-01-01: lab",
            &[
                "open: it does not count: `by` names nobody",
                "error at `by`: `by` names nobody; WRITE",
            ],
        ),
        (
            "# lynt: ignore[self-backup] by a by b: lab",
            &[
                "open: it does not count: `by` stands twice",
                "error at `by`: `by` stands twice; WRITE",
            ],
        ),
        // Rules.
        (
            "# lynt: ignore[self-bakcup]: lab",
            &[
                "open",
                "error at `self-bakcup`: no rule is called `self-bakcup`; did you mean `self-backup`?",
            ],
        ),
        (
            "# lynt: ignore[SELF-BACKUP]: lab",
            &[
                "open",
                "error at `SELF-BACKUP`: no rule is called `SELF-BACKUP`; did you mean `self-backup`?",
            ],
        ),
        (
            "# lynt: ignore[colour, self-backup]: lab",
            &[
                "open: it does not count: no rule is called `colour`",
                "error at `colour`: no rule is called `colour`; `lynt rule` lists the rules",
            ],
        ),
        (
            "# lynt: ignore[all]: lab",
            &["open", "error at `all`: no rule is called `all`; `lynt rule` lists the rules"],
        ),
        (
            "# lynt: ignore[backup]: lab",
            &[
                "open",
                "error at `backup`: `backup` is a group of rules; name each rule: `lynt rule` lists them by group",
            ],
        ),
        (
            "# lynt: ignore[malformed-ignore]: lab",
            &[
                "open",
                "error at `malformed-ignore`: `malformed-ignore` can't be ignored; mend the ignore that is wrong",
            ],
        ),
        ("# lynt: ignore[]: lab", &["open", "error at `[]`: a rule's name is missing; WRITE"]),
        (
            "# lynt: ignore[self-backup,]: lab",
            &[
                "open: it does not count: a rule's name is missing",
                "error at `[self-backup,]`: a rule's name is missing; WRITE",
            ],
        ),
        (
            "# lynt: ignore[self-backup, self-backup]: lab",
            &[
                "open: it does not count: `self-backup` is named twice",
                "error at `self-backup`: `self-backup` is named twice; once is enough",
            ],
        ),
        (
            "# lynt: ignore[self-backup: lab",
            &["open", "error at `[self-backup: lab`: `]` is missing; WRITE"],
        ),
        (
            "# lynt: ignore self-backup: lab",
            &[
                "open",
                "error at `self-backup: lab`: no rules are named: what is ignored stands between `[` and `]`; WRITE",
            ],
        ),
        // Words.
        (
            "# lynt: ingore[self-backup]: lab",
            &["open", "error at `ingore`: `lynt: ingore` is unknown; did you mean `lynt: ignore`?"],
        ),
        (
            "# lynt: ignore-flie[self-backup]: lab",
            &[
                "open",
                "error at `ignore-flie`: `lynt: ignore-flie` is unknown; did you mean `lynt: ignore-file`?",
            ],
        ),
        (
            "# lynt: disable[self-backup]: lab",
            &["open", "error at `disable`: `lynt: disable` is unknown; WRITE"],
        ),
        ("# lynt:", &["open", "error at ``: nothing is said behind `lynt:`; WRITE"]),
        (
            "# lynt ignore[self-backup]: lab",
            &[
                "open",
                "error at `lynt ignore[self-backup]: lab`: this is no ignore, but looks like one; WRITE",
            ],
        ),
        (
            "# Lynt: Ignore[self-backup]: lab",
            &[
                "open",
                "error at `Lynt: Ignore[self-backup]: lab`: this is no ignore, but looks like one; WRITE",
            ],
        ),
        (
            "# lynt: ignore-file[self-backup]: lab",
            &[
                "open: it does not count: `ignore-file` stands at the top of a file, before any key or table",
                "error at `# lynt: ignore-file[self-backup]: lab`: `ignore-file` stands at the top of a file, before any key or table; write `ignore` here, or move the comment to the first line",
            ],
        ),
        // All mistakes of one comment.
        (
            "# lynt: ignore[colour, backup] until never",
            &[
                "open",
                "error at `colour`: no rule is called `colour`; `lynt rule` lists the rules",
                "error at `backup`: `backup` is a group of rules; name each rule: `lynt rule` lists them by group",
                "error at `never`: `never` is no date; DATE, and there must be such a day",
            ],
        ),
        // What does not speak to lynt.
        ("# lynt checks this, and ignores nothing", &["open"]),
        ("# see # lynt: ignore[self-backup]: lab", &["open"]),
        ("# noqa", &["open"]),
    ];
    run(&Rules::shipped(), &policy(), rows);
}

#[test]
fn the_mistakes_of_a_comment_have_ids_of_their_own() {
    let text = "# lynt: ignore[colour, backup] until never\n[[site]]\nname = \"a\"\n";
    let (_, outcome) = check_texts(&Rules::shipped(), &[("t.toml", text)], Some(&policy()));
    let ids: Vec<&str> = outcome.findings.iter().map(|finding| finding.id.as_str()).collect();
    let of_comment = "malformed-ignore:t.toml:1";
    assert_eq!(ids, [of_comment, &format!("{of_comment},2"), &format!("{of_comment},3")]);
}

const MOVE: &str = ", or move it to the line of a finding, into the table of its subject, or right above that table";

#[test]
fn ignores_that_hide_nothing() {
    let whole = format!(
        "warning at `asymmetric-backup`: this ignore of `asymmetric-backup` hides nothing; remove the comment{MOVE}"
    );
    let part = format!(
        "warning at `asymmetric-backup`: this ignore of `asymmetric-backup` hides nothing; remove `asymmetric-backup` from the list{MOVE}"
    );
    let own = format!(
        "warning at `unused-ignore`: this ignore of `unused-ignore` hides nothing; remove `unused-ignore` from the list{MOVE}"
    );
    let hidden = format!("hidden {whole}");
    let rows: &[Row<'_>] = &[
        ("# lynt: ignore[asymmetric-backup]: lab", &["open", &whole]),
        ("# lynt: ignore[asymmetric-backup] until 2020-01-01: lab", &["open", &whole]),
        ("# lynt: ignore[self-backup, asymmetric-backup]: lab", &["hidden", &part]),
        ("# lynt: ignore[asymmetric-backup, self-backup]: lab", &["hidden", &part]),
        ("# lynt: ignore[asymmetric-backup, unused-ignore]: it comes and goes", &["open", &hidden]),
        ("# lynt: ignore[self-backup, unused-ignore]: it comes and goes", &["hidden", &own]),
        (
            "# lynt: ignore[asymmetric-backup]",
            &["open", "error at ``: no reason is given; write `: reason` at its end"],
        ),
    ];
    run(&Rules::shipped(), &policy(), rows);
}

#[test]
fn the_policy_decides() {
    let rules = Rules::shipped();
    let lax = Policy { require_reason: false, unused: None, malformed: None, ..policy() };
    run(
        &rules,
        &lax,
        &[
            ("# lynt: ignore[self-backup]", &["hidden"]),
            ("# lynt: ignore[self-backup]:", &["hidden"]),
            ("# lynt: ignore[asymmetric-backup]", &["open"]),
            ("# lynt: ignore[self-backup", &["open"]),
            ("# lynt: ignore[self-backup, x]", &["open: it does not count: no rule is called `x`"]),
        ],
    );
    let strict = Policy { require_until: true, unused: Some(Severity::Error), ..policy() };
    let no_end = "error at ``: no end is given; write `until 2026-12-31` behind the `]`";
    run(
        &rules,
        &strict,
        &[
            (
                "# lynt: ignore[self-backup]: lab",
                &["open: it does not count: no end is given", no_end],
            ),
            ("# lynt: ignore[self-backup] until 2100-01-01: lab", &["hidden"]),
        ],
    );
    let short = Policy { max_days: Some(100), ..policy() };
    let far = "2027-03-04 is more than 100 days from 2026-11-23";
    run(
        &rules,
        &short,
        &[
            ("# lynt: ignore[self-backup] until 2027-03-03: day 100", &["hidden"]),
            (
                "# lynt: ignore[self-backup] until 2027-03-04: day 101",
                &[
                    &format!("open: it does not count: {far}"),
                    &format!("error at `2027-03-04`: {far}; write `until 2027-03-03` or earlier"),
                ],
            ),
            (
                "# lynt: ignore[self-backup]: lab",
                &[
                    "open: it does not count: no end is given",
                    "error at ``: no end is given; write `until 2027-03-03` behind the `]`",
                ],
            ),
        ],
    );
    let said = ("self-backup".to_owned(), "lynt.toml:4".to_owned());
    let firm = Policy { firm: [said].into(), ..policy() };
    run(
        &rules,
        &firm,
        &[
            (
                "# lynt: ignore[self-backup]: lab",
                &["open: it does not count: this rule can't be ignored (lynt.toml:4)"],
            ),
            ("# lynt: ignore[self-backup] until 2026-01-01: lab", &["open: it expired 2026-01-01"]),
        ],
    );
    let tomorrow = Policy::new(date("2027-01-01"));
    run(
        &rules,
        &tomorrow,
        &[("# lynt: ignore[self-backup] until 2026-12-31: lab", &["open: it expired 2026-12-31"])],
    );
}

/// The examples in the documentation of the checks of ignores are run, as those of rules are.
#[test]
fn documented_examples_land_where_they_are_marked() {
    let rules = Rules::shipped();
    for check in CHECKS.iter().filter(|check| check.group == "ignores") {
        let examples = examples(check.docs);
        assert_eq!(examples.iter().filter(|example| example.violates).count(), 1, "{}", check.id);
        for example in examples {
            let text = &example.files[0].text;
            let (sources, outcome) = check_texts(&rules, &[("t.toml", text)], Some(&policy()));
            let found: Vec<_> = outcome
                .open()
                .map(|finding| {
                    (sources.line_column(finding.labels[0].span).0, finding.rule.as_str())
                })
                .collect();
            let marked: Vec<_> = marks(text).into_iter().map(|mark| (mark.line, mark.id)).collect();
            assert_eq!(found, marked, "{text}");
            assert_eq!(marked.iter().any(|(_, id)| *id == check.id), example.violates);
        }
        let sections =
            ["## What it checks", "## Why", "## Violates", "## Complies", "## How to fix"];
        let positions: Vec<_> = sections.iter().map(|section| check.docs.find(section)).collect();
        assert!(positions.is_sorted() && positions.iter().all(Option::is_some), "{}", check.id);
    }
}
