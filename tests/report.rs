//! Outcomes in, reports out.

use std::io::{self, Write};

use lynt::atom::{Atom, Subject};
use lynt::report::{Examined, FORMATS, Outcome, Report, Style, write_problems};
use lynt::source::{FileId, Label, Problem, Severity, Sources, Span};
use lynt::violation::Finding;

const PLAIN: Style =
    Style { color: false, ascii: false, width: 100, proofs: true, hidden: false, most: usize::MAX };

fn report(format: &str, outcomes: &[Outcome], sources: &Sources, style: Style) -> String {
    let format = FORMATS.iter().find(|row| row.name == format).expect("a format of this name");
    let mut out = Vec::new();
    (format.write)(&run(outcomes, sources), &style, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn run<'r>(outcomes: &'r [Outcome], sources: &'r Sources) -> Report<'r> {
    Report { outcomes, problems: &[], sources, rules: &[], rule_files: sources, exit_code: 1 }
}

fn problems(problems: &[Problem], sources: &Sources, style: Style) -> String {
    let mut out = Vec::new();
    write_problems(problems, sources, &style, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// A label on the first `what` in the file that comes after `after`.
fn label(sources: &Sources, file: FileId, after: &str, what: &str, text: &str) -> Label {
    let whole = &sources.file(file).text;
    let from = whole.find(after).expect("the text has `after`") + after.len();
    let start = from + whole[from..].find(what).expect("the text has `what`");
    Label { span: Span::new(file, start..start + what.len()), text: text.into() }
}

fn finding(rule: &str, message: &str, labels: Vec<Label>) -> Finding {
    Finding {
        rule: rule.into(),
        id: format!("{rule}:mi-fe01.contoso.com"),
        atom: Atom::default(),
        subject: Subject::default(),
        severity: Severity::Error,
        message: message.into(),
        labels,
        notes: Vec::new(),
        helps: Vec::new(),
        sources: Vec::new(),
        fixes: Vec::new(),
        handle: format!("{rule}:mi-fe01"),
        proof: None,
        suppression: None,
    }
}

fn examined(rules: &[(&str, usize)]) -> Vec<Examined> {
    rules.iter().map(|&(rule, subjects)| Examined { rule: rule.into(), subjects }).collect()
}

fn population(counts: &[(&str, usize)]) -> Vec<(String, usize)> {
    counts.iter().map(|&(noun, number)| (noun.into(), number)).collect()
}

/// The problem `name` with one unnamed label on `range` of a file that holds `text`.
fn shown(text: &str, ranges: &[(std::ops::Range<usize>, &str)], style: Style) -> String {
    let mut sources = Sources::default();
    let file = sources.add("a.toml", text);
    let mut problem = Problem::error("name", "message");
    for (range, text) in ranges {
        problem = problem.at(Span::new(file, range.clone()), *text);
    }
    problems(&[problem], &sources, style)
}

/// Two pools, of which one names a third one, and two findings about them.
fn broken() -> (Outcome, Sources) {
    let mut sources = Sources::default();
    let pools = sources.add(
        "broken/pools.toml",
        r#"# Milan and Rome back each other up.
[[pool]]
fqdn = "mi-fe01.contoso.com"
site = "Milan"
version = "2013"

backup-registrar = "rm-fe01.contoso.com"

[[pool]]
fqdn = "rm-fe01.contoso.com"
site = "Rome"

backup-registrar = "na-fe01.contoso.com"
"#,
    );
    let branches = sources.add(
        "broken/branches.toml",
        "[[sba]]\nfqdn = \"lecce-sba01.contoso.com\"\nbackup-registrar = \"rm-fe1.contoso.com\"\n",
    );
    let asymmetric = Finding {
        notes: vec![
            "since Lync Server 2013, backup between Front End pools is 1:1 and reciprocal; a pool \
             that is named by two others cannot take over the users of both of them"
                .into(),
        ],
        helps: vec![
            "pair rm-fe01 with mi-fe01\nbroken/pools.toml:13\n- backup-registrar = \
             \"na-fe01.contoso.com\"\n+ backup-registrar = \"mi-fe01.contoso.com\""
                .into(),
        ],
        sources: vec!["JJ205033".into()],
        ..finding(
            "asymmetric-backup",
            "`mi-fe01` and `rm-fe01` are not each other's backup registrar",
            vec![
                label(
                    &sources,
                    pools,
                    "backup-registrar = ",
                    "\"rm-fe01.contoso.com\"",
                    "mi-fe01 names rm-fe01,",
                ),
                label(&sources, pools, "", "\"na-fe01.contoso.com\"", "but rm-fe01 names na-fe01"),
            ],
        )
    };
    let unknown = Finding {
        severity: Severity::Warning,
        helps: vec!["a similar pool exists".into()],
        ..finding(
            "unknown-registrar",
            "SBA `lecce-sba01` is backed up by a pool that does not exist",
            vec![
                label(
                    &sources,
                    branches,
                    "",
                    "\"rm-fe1.contoso.com\"",
                    "no [[pool]] has this fqdn",
                ),
                label(
                    &sources,
                    pools,
                    "fqdn = \"mi-",
                    "\"rm-fe01.contoso.com\"",
                    "did you mean this pool?",
                ),
            ],
        )
    };
    let outcome = Outcome {
        path: "broken".into(),
        findings: vec![asymmetric, unknown],
        examined: examined(&[
            ("asymmetric-backup", 2),
            ("self-backup", 0),
            ("unknown-registrar", 1),
        ]),
        population: population(&[("pool", 2), ("SBA", 1), ("user group", 0)]),
        ..Outcome::default()
    };
    (outcome, sources)
}

/// A topology that could not be checked.
fn typo() -> (Outcome, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("typo/lync.toml", "[[pool]]\nbackup-registrat = \"a\"\n");
    let key = label(&sources, file, "", "backup-registrat", "").span;
    let unknown = Problem::error("unknown-key", "a pool has no key `backup-registrat`")
        .at(key, "")
        .did_you_mean(Some("backup-registrar"));
    let unreadable = Problem::error("unreadable", "cannot read `typo/users.toml`: not UTF-8");
    (
        Outcome { path: "typo".into(), problems: vec![unknown, unreadable], ..Outcome::default() },
        sources,
    )
}

#[test]
fn findings_show_the_lines_they_are_about() {
    let (outcome, sources) = broken();
    assert_eq!(
        report("human", &[outcome], &sources, PLAIN),
        r#"error[asymmetric-backup]: `mi-fe01` and `rm-fe01` are not each other's backup registrar
   ┌─ broken/pools.toml:7:20
   │
 7 │ backup-registrar = "rm-fe01.contoso.com"
   │                    ^^^^^^^^^^^^^^^^^^^^^ mi-fe01 names rm-fe01,
   ·
13 │ backup-registrar = "na-fe01.contoso.com"
   │                    --------------------- but rm-fe01 names na-fe01
   │
   = note: since Lync Server 2013, backup between Front End pools is 1:1 and reciprocal; a pool that
           is named by two others cannot take over the users of both of them
   = help: pair rm-fe01 with mi-fe01
       broken/pools.toml:13
       - backup-registrar = "na-fe01.contoso.com"
       + backup-registrar = "mi-fe01.contoso.com"
   = source: JJ205033
   = why: lynt explain asymmetric-backup:mi-fe01
   = docs: lynt rule asymmetric-backup

warning[unknown-registrar]: SBA `lecce-sba01` is backed up by a pool that does not exist
  ┌─ broken/branches.toml:3:20
  │
3 │ backup-registrar = "rm-fe1.contoso.com"
  │                    ^^^^^^^^^^^^^^^^^^^^ no [[pool]] has this fqdn
  │
  ┌─ broken/pools.toml:7:20
  │
7 │ backup-registrar = "rm-fe01.contoso.com"
  │                    --------------------- did you mean this pool?
  │
  = help: a similar pool exists
  = why: lynt explain unknown-registrar:mi-fe01
  = docs: lynt rule unknown-registrar

2 violations (1 error, 1 warning) in broken
examined 2 pools, 1 SBA with 3 rules
not evidence: self-backup looked at nothing
"#
    );
}

#[test]
fn ascii_draws_with_ascii() {
    let (outcome, sources) = broken();
    let outcome = Outcome { findings: outcome.findings[..1].to_vec(), ..outcome };
    let style = Style { ascii: true, width: 60, ..PLAIN };
    assert_eq!(
        report("human", &[outcome], &sources, style),
        r#"error[asymmetric-backup]: `mi-fe01` and `rm-fe01` are not each other's backup registrar
   --> broken/pools.toml:7:20
   |
 7 | backup-registrar = "rm-fe01.contoso.com"
   |                    ^^^^^^^^^^^^^^^^^^^^^ mi-fe01 names rm-fe01,
   .
13 | backup-registrar = "na-fe01.contoso.com"
   |                    --------------------- but rm-fe01 names na-fe01
   |
   = note: since Lync Server 2013, backup between Front End
           pools is 1:1 and reciprocal; a pool that is named
           by two others cannot take over the users of both
           of them
   = help: pair rm-fe01 with mi-fe01
       broken/pools.toml:13
       - backup-registrar = "na-fe01.contoso.com"
       + backup-registrar = "mi-fe01.contoso.com"
   = source: JJ205033
   = why: lynt explain asymmetric-backup:mi-fe01
   = docs: lynt rule asymmetric-backup

1 violation (1 error) in broken
examined 2 pools, 1 SBA with 3 rules
not evidence: self-backup looked at nothing
"#
    );
}

#[test]
fn colour_is_ansi() {
    let (outcome, sources) = broken();
    let outcome = Outcome { findings: outcome.findings[1..].to_vec(), ..outcome };
    let style = Style { color: true, ..PLAIN };
    let human = report("human", std::slice::from_ref(&outcome), &sources, style);
    assert_eq!(
        human.replace('\u{1b}', "^"),
        r#"^[1;33mwarning[unknown-registrar]^[0;1m: SBA `lecce-sba01` is backed up by a pool that does not exist^[0m
  ^[2m┌─^[0m broken/branches.toml:3:20
  ^[2m│^[0m
^[2m3^[0m ^[2m│^[0m backup-registrar = ^[33m"rm-fe1.contoso.com"^[0m
  ^[2m│^[0m                    ^[33m^^^^^^^^^^^^^^^^^^^^^[0m ^[33mno [[pool]] has this fqdn^[0m
  ^[2m│^[0m
  ^[2m┌─^[0m broken/pools.toml:7:20
  ^[2m│^[0m
^[2m7^[0m ^[2m│^[0m backup-registrar = "rm-fe01.contoso.com"
  ^[2m│^[0m                    ^[34m---------------------^[0m ^[34mdid you mean this pool?^[0m
  ^[2m│^[0m
  ^[36m=^[0m help: a similar pool exists
  ^[36m=^[0m why: lynt explain unknown-registrar:mi-fe01
  ^[36m=^[0m docs: lynt rule unknown-registrar

1 violation (1 warning) in broken
examined 2 pools, 1 SBA with 3 rules
not evidence: self-backup looked at nothing
"#
    );
    let concise = report("concise", &[outcome], &sources, style);
    assert_eq!(
        concise.replace('\u{1b}', "^"),
        r"broken/branches.toml:3:20: ^[1;33mwarning[unknown-registrar]^[0;1m: SBA `lecce-sba01` is backed up by a pool that does not exist^[0m
"
    );
}

#[test]
fn problems_stop_the_check() {
    let (outcome, sources) = typo();
    assert_eq!(
        report("human", &[outcome], &sources, PLAIN),
        r#"error[unknown-key]: a pool has no key `backup-registrat`
  ┌─ typo/lync.toml:2:1
  │
2 │ backup-registrat = "a"
  │ ^^^^^^^^^^^^^^^^
  │
  = help: did you mean `backup-registrar`?

error[unreadable]: cannot read `typo/users.toml`: not UTF-8

could not check typo: 2 problems; no rule was run
"#
    );
}

#[test]
fn concise_is_a_line_each() {
    let (mut broken, sources) = broken();
    broken.findings.push(finding("no-site", "nothing\nis here", Vec::new()));
    assert_eq!(
        report("concise", &[broken], &sources, PLAIN),
        r"broken/pools.toml:7:20: error[asymmetric-backup]: `mi-fe01` and `rm-fe01` are not each other's backup registrar
broken/branches.toml:3:20: warning[unknown-registrar]: SBA `lecce-sba01` is backed up by a pool that does not exist
broken: error[no-site]: nothing\u{a}is here
"
    );
    let (typo, sources) = typo();
    assert_eq!(
        report("concise", &[typo], &sources, PLAIN),
        r"typo/lync.toml:2:1: error[unknown-key]: a pool has no key `backup-registrat`
typo: error[unreadable]: cannot read `typo/users.toml`: not UTF-8
"
    );
    assert_eq!(report("concise", &[Outcome::default()], &sources, PLAIN), "");
}

#[test]
fn a_clean_run_says_what_was_examined() {
    let rules =
        |subjects| examined(&[("a", 3), ("self-backup", subjects), ("unknown-next-hop", subjects)]);
    let of = |examined: Vec<Examined>, counts: &[(&str, usize)]| {
        let outcome = Outcome {
            path: "here".into(),
            examined,
            population: population(counts),
            ..Outcome::default()
        };
        report("human", &[outcome], &Sources::default(), Style { width: 50, ..PLAIN })
    };
    let cases = [
        (
            of(rules(1), &[("pool", 14), ("SBA", 32), ("user group", 9), ("Edge pool", 0)]),
            "ok: 14 pools, 32 SBAs, 9 user groups hold against\n    3 rules\n",
        ),
        (of(examined(&[("a", 1)]), &[("pool", 1)]), "ok: 1 pool holds against 1 rule\n"),
        (of(rules(1), &[]), "ok: no violation of 3 rules\n"),
        (
            of(rules(0), &[("pool", 2)]),
            "ok: 2 pools hold against 3 rules\n\
             not evidence: self-backup, unknown-next-hop looked\n              at nothing\n",
        ),
        (
            of(examined(&[("a", 0), ("b", 0)]), &[("pool", 2)]),
            "nothing was examined in here: 2 rules found nothing to look at\n",
        ),
        (of(Vec::new(), &[]), "nothing was examined in here: no rule was run\n"),
    ];
    for (output, expected) in cases {
        assert_eq!(output, expected);
    }
}

#[test]
fn several_topologies_have_totals() {
    let (broken, sources) = broken();
    let labels = Vec::new();
    let broken =
        Outcome { findings: vec![finding("no-site", "no pool has a site", labels)], ..broken };
    let clean = Outcome {
        path: "clean".into(),
        examined: examined(&[("no-site", 2)]),
        population: population(&[("pool", 2)]),
        ..Outcome::default()
    };
    let empty = Outcome {
        path: "empty".into(),
        examined: examined(&[("no-site", 0)]),
        ..Outcome::default()
    };
    let unread = Outcome {
        path: "unread".into(),
        problems: vec![Problem::error("unreadable", "cannot read `unread`")],
        ..Outcome::default()
    };
    assert_eq!(
        report("human", &[broken, clean, empty, unread], &sources, PLAIN),
        r"error[no-site]: no pool has a site
 = why: lynt explain no-site:mi-fe01
 = docs: lynt rule no-site

1 violation (1 error) in broken
examined 2 pools, 1 SBA with 3 rules
not evidence: self-backup looked at nothing

ok: clean: 2 pools hold against 1 rule

nothing was examined in empty: 1 rule found nothing to look at

error[unreadable]: cannot read `unread`

could not check unread: 1 problem; no rule was run

4 topologies: 1 with 1 violation (1 error), 1 ok, 1 where nothing was examined, 1 that could not be checked
"
    );
}

#[test]
fn text_from_outside_cannot_act() {
    let mut sources = Sources::default();
    let file =
        sources.add("a\u{1b}[2J\n.toml", "x = \"\u{1b}[31m\u{202e}a\u{200b}b\u{9b}\u{2028}c\"\n");
    let span = label(&sources, file, "", "c", "").span;
    let problem = Problem::error("name", "one\nerror[forged]: two\u{1b}[0m")
        .at(span, "the\n`c` \u{2066}")
        .help("type\rthis\n\u{1b}]0;title\u{7}\n  that");
    let outcome = Outcome { path: "a\n".into(), problems: vec![problem], ..Outcome::default() };
    assert_eq!(
        report("human", std::slice::from_ref(&outcome), &sources, PLAIN),
        r#"error[name]: one\u{a}error[forged]: two\u{1b}[0m
  ┌─ a\u{1b}[2J\u{a}.toml:1:17
  │
1 │ x = "␛[31m�a�b��c"
  │                 ^ the\u{a}`c` \u{2066}
  │
  = help: type\u{d}this
      \u{1b}]0;title\u{7}
        that

could not check a\u{a}: 1 problem; no rule was run
"#
    );
    let style = Style { ascii: true, ..PLAIN };
    assert_eq!(
        report("concise", &[outcome], &sources, style),
        r"a\u{1b}[2J\u{a}.toml:1:17: error[name]: one\u{a}error[forged]: two\u{1b}[0m
"
    );
}

#[test]
fn carets_stand_under_what_is_meant() {
    let array =
        "members = [\n  \"a\",\n  \"b\",\n\n\n  \"c\",\n  \"d\",\n\n[[pool]]\nfqdn = \"x\"\n";
    let cases = [
        (
            "tabs",
            shown("\ta\tb = 1\n", &[(3..4, "here")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:4
  │
1 │     a   b = 1
  │         ^ here
",
        ),
        (
            "CJK",
            shown("東京 = 1", &[(3..6, "here")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:2
  │
1 │ 東京 = 1
  │   ^^ here
",
        ),
        (
            "combining characters",
            shown("e\u{301}x", &[(1..3, "here")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:2
  │
1 │ éx
  │ ^ here
",
        ),
        (
            "combining at the start",
            shown("\u{301}x", &[(0..2, "here")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:1
  │
1 │ �x
  │ ^ here
",
        ),
        (
            "CRLF",
            shown("a = 1\r\nb = 2\r\n", &[(7..14, "here")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:2:1
  │
2 │ b = 2
  │ ^^^^^ here
",
        ),
        (
            "byte order mark",
            shown("\u{feff}a = 1\n", &[(0..4, "here")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:1
  │
1 │ a = 1
  │ ^ here
",
        ),
        (
            "end of a line",
            shown("a =\nb\n", &[(3..3, "a value")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:4
  │
1 │ a =
  │    ^ a value
",
        ),
        (
            "line break",
            shown("a =\r\nb\n", &[(4..5, "a value")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:5
  │
1 │ a =
  │    ^ a value
",
        ),
        (
            "end of the file",
            shown("a = 1\n", &[(6..6, "more")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:2:1
  │
2 │
  │ ^ more
",
        ),
        (
            "end without a line break",
            shown("a = 1", &[(5..5, "more")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:6
  │
1 │ a = 1
  │      ^ more
",
        ),
        (
            "beyond the end",
            shown("a = 1", &[(900..1000, "more")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:6
  │
1 │ a = 1
  │      ^ more
",
        ),
        (
            "inside a character",
            shown("é東", &[(1..3, "here")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:2
  │
1 │ é東
  │ ^^^ here
",
        ),
        (
            "no text",
            shown("", &[(0..0, "empty")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:1
  │
1 │
  │ ^ empty
",
        ),
        (
            "over several lines",
            shown(array, &[(10..49, "never closed"), (59..62, "x")], PLAIN),
            r#"error[name]: message
   ┌─ a.toml:1:11
   │
 1 │   members = [
   │ ╭───────────^
 2 │ │   "a",
 3 │ │   "b",
 4 │ │
   · │
 8 │ │
 9 │ │ [[pool]]
   │ ╰──────^ never closed
10 │   fqdn = "x"
   │          --- x
"#,
        ),
        (
            "one line between",
            shown("a\nb\nc\n", &[(0..1, "one"), (4..5, "two")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:1
  │
1 │ a
  │ ^ one
2 │ b
3 │ c
  │ - two
",
        ),
        (
            "behind its first line",
            shown("a = \"\nb\nc\n", &[(5..9, "no quote")], PLAIN),
            r#"error[name]: message
  ┌─ a.toml:1:6
  │
1 │ a = "
  │      ^ no quote
"#,
        ),
        (
            "two on one line",
            shown("a = b", &[(4..5, "right"), (0..1, "left")], PLAIN),
            r"error[name]: message
  ┌─ a.toml:1:5
  │
1 │ a = b
  │ -   ^ right
  │ │
  │ left
",
        ),
    ];
    for (name, output, expected) in cases {
        assert_eq!(output, expected, "{name}");
    }
    let other = vec![Label { span: Span::new(7, 0..1), text: "gone".into() }];
    let problem = Problem { labels: other, ..Problem::error("name", "in no file") };
    assert_eq!(problems(&[problem], &Sources::default(), PLAIN), "error[name]: in no file\n");
}

#[test]
fn long_lines_are_clipped_around_labels() {
    let style = Style { width: 60, ..PLAIN };
    let ascii = Style { ascii: true, ..style };
    let names: Vec<_> = (10..60).map(|n| format!("\"pool{n}.contoso.com\"")).collect();
    let line = format!("members = [{}]\n", names.join(", "));
    let at = |n: usize| 11 + (n - 10) * 22..31 + (n - 10) * 22;
    let wide = "東".repeat(100);
    let cases = [
        (
            "at the start",
            shown(&line, &[(at(10), "one")], style),
            r#"error[name]: message
  ┌─ a.toml:1:12
  │
1 │ members = ["pool10.contoso.com", "pool11.contoso.com", …
  │            ^^^^^^^^^^^^^^^^^^^^ one
"#,
        ),
        (
            "in the middle",
            shown(&line, &[(at(30), "one")], style),
            r#"error[name]: message
  ┌─ a.toml:1:452
  │
1 │ …29.contoso.com", "pool30.contoso.com", "pool31.contoso…
  │                   ^^^^^^^^^^^^^^^^^^^^ one
"#,
        ),
        (
            "at the end",
            shown(&line, &[(at(59), "one")], style),
            r#"error[name]: message
  ┌─ a.toml:1:1090
  │
1 │ …o.com", "pool58.contoso.com", "pool59.contoso.com"]
  │                                ^^^^^^^^^^^^^^^^^^^^ one
"#,
        ),
        (
            "a long text",
            shown(&line, &[(at(59), "a text that wants room")], style),
            r#"error[name]: message
  ┌─ a.toml:1:1090
  │
1 │ …toso.com", "pool59.contoso.com"]
  │             ^^^^^^^^^^^^^^^^^^^^ a text that wants room
"#,
        ),
        (
            "two",
            shown(&line, &[(at(40), "one,"), (at(12), "two")], style),
            r#"error[name]: message
  ┌─ a.toml:1:672
  │
1 │ …", "pool12.contoso.com", "p…", "pool40.contoso.com", "…
  │     --------------------        ^^^^^^^^^^^^^^^^^^^^ one,
  │     │
  │     two
"#,
        ),
        (
            "three",
            shown(&line, &[(at(40), "one,"), (at(12), "two"), (at(50), "three")], style),
            r#"error[name]: message
  ┌─ a.toml:1:672
  │
1 │ …"pool12.contoso.co…"pool40.contoso.co…"pool50.contoso.…
  │  -------------------^^^^^^^^^^^^^^^^^^^----------------- three
  │  │                  │
  │  │                  one,
  │  two
"#,
        ),
        (
            "ASCII",
            shown(&line, &[(at(40), "one,"), (at(12), "two")], ascii),
            r#"error[name]: message
  --> a.toml:1:672
  |
1 | ..., "pool12.contoso.com", ... "pool40.contoso.com", ...
  |      --------------------      ^^^^^^^^^^^^^^^^^^^^ one,
  |      |
  |      two
"#,
        ),
        (
            "longer than the line",
            shown(&line, &[(10..1110, "all")], style),
            r#"error[name]: message
  ┌─ a.toml:1:11
  │
1 │ …["pool10.contoso.com", "pool11.contoso.com", "pool12.c…
  │  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ all
"#,
        ),
        (
            "behind the end",
            shown(&line, &[(1110..1110, "end")], style),
            r#"error[name]: message
  ┌─ a.toml:1:1111
  │
1 │ ….com", "pool58.contoso.com", "pool59.contoso.com"]
  │                                                    ^ end
"#,
        ),
        (
            "wide",
            shown(&wide, &[(150..153, "one")], style),
            r"error[name]: message
  ┌─ a.toml:1:51
  │
1 │ …東東東東東東東東東東東東東東東東東東東東東東東東東東東…
  │                            ^^ one
",
        ),
        (
            "far from the start",
            shown(
                &format!("{}x{}", "a".repeat(9999), "b".repeat(9999)),
                &[(9999..10000, "x")],
                style,
            ),
            r"error[name]: message
  ┌─ a.toml:1:10000
  │
1 │ …aaaaaaaaaaaaaaaaaaaaaaaaaaxbbbbbbbbbbbbbbbbbbbbbbbbbbb…
  │                            ^ x
",
        ),
        (
            "over lines",
            shown(&format!("{line}{line}"), &[(at(40).start..1111 + at(50).end, "all")], style),
            r#"error[name]: message
  ┌─ a.toml:1:672
  │
1 │   …", "pool39.contoso.com", "pool40.contoso.com", "pool…
  │ ╭───────────────────────────^
2 │ │ …com", "pool50.contoso.com", "pool51.contoso.com", "p…
  │ ╰───────────────────────────^ all
"#,
        ),
        (
            "no room",
            shown(&line, &[(at(30), "one")], Style { width: 0, ..style }),
            r#"error[name]: message
  ┌─ a.toml:1:452
  │
1 │ …"pool30.contoso.co…
  │  ^^^^^^^^^^^^^^^^^^^ one
"#,
        ),
    ];
    for (name, output, expected) in cases {
        assert_eq!(output, expected, "{name}");
    }
}

#[test]
fn nothing_acts_and_nothing_panics_whatever_the_text() {
    const PIECES: [&str; 24] = [
        "a",
        "b = ",
        "\"x\"",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\0",
        "\u{1b}[31m",
        "é",
        "東",
        "e\u{301}",
        "\u{301}",
        "\u{202e}",
        "\u{200b}",
        "\u{2028}",
        "\u{85}",
        "\u{feff}",
        "👩\u{200d}💻",
        "\u{7f}",
        " ",
        "[",
        "ﷺ",
        "a long piece without anything in it that would matter to anybody at all",
    ];
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..3000 {
        let mut text = |most| -> String {
            (0..random.below(most)).map(|_| PIECES[random.below(PIECES.len())]).collect()
        };
        let (path, message, content, help) = (text(4), text(6), text(60), text(8));
        let mut sources = Sources::default();
        sources.add(path.clone(), content.clone());
        sources.add(message.clone(), help.clone());
        let labels = (0..random.below(5)).map(|_| {
            let start = random.below(content.len() + 9);
            let end = start + random.below(content.len() + 9);
            let file = FileId::try_from(random.below(10) / 4).expect("small");
            Label { span: Span::new(file, start..end), text: message.clone() }
        });
        let labels = labels.collect();
        let rule = path.clone();
        let (notes, helps, documents) = (vec![help.clone()], vec![help.clone()], vec![help]);
        let finding =
            Finding { notes, helps, sources: documents, ..finding(&rule, &message, labels) };
        let examined = vec![Examined { rule, subjects: random.below(2) }];
        let population = vec![(message, random.below(3))];
        let findings = vec![finding];
        let outcome = Outcome { path, findings, examined, population, ..Outcome::default() };
        let style = Style {
            color: random.below(2) == 0,
            ascii: random.below(2) == 0,
            width: random.below(90),
            proofs: true,
            hidden: false,
            most: usize::MAX,
        };
        for format in ["human", "concise"] {
            let output = report(format, std::slice::from_ref(&outcome), &sources, style);
            assert_eq!(output, report(format, std::slice::from_ref(&outcome), &sources, style));
            assert!(!acts(&without_colours(&output)), "{output:?}");
            if outcome.findings[0].labels.iter().any(|label| label.span.file < 2)
                && format == "human"
            {
                assert!(output.contains('^') || output.contains('╭'), "{output}");
            }
            assert!(style.color || !output.contains('\u{1b}'));
        }
    }
}

#[test]
fn carets_underline_what_is_meant_wherever_a_line_is_clipped() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3000 {
        let length = 1 + random.below(400);
        let line: String = (0..length)
            .map(|_| char::from(b'a' + u8::try_from(random.below(26)).expect("small")))
            .collect();
        let mut ranges = Vec::new();
        for _ in 0..1 + random.below(4) {
            let start = random.below(length);
            ranges.push((start..(start + 1 + random.below(40)).min(length), ""));
        }
        let style = Style { width: 24 + random.below(80), ..PLAIN };
        let output = shown(&line, &ranges, style);
        let lines: Vec<_> = output.lines().collect();
        assert!(lines[3].chars().count() <= style.width, "{output}");
        let underlined = lines[3].chars().zip(lines[4].chars()).filter(|(_, below)| *below == '^');
        let underlined: String = underlined.map(|(above, _)| above).collect();
        let meant = &line[ranges[0].0.clone()];
        assert!(!underlined.starts_with('…'), "{output}");
        assert!(underlined.split('…').all(|piece| meant.contains(piece)), "{meant}\n{output}");
        assert!(underlined.contains('…') || underlined == meant, "{meant}\n{output}");
    }
}

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

/// `output` without the colours a report may have.
fn without_colours(output: &str) -> String {
    let codes = ["0", "0;1", "1;31", "1;33", "1;36", "2", "31", "33", "34", "36"];
    codes.iter().fold(output.to_owned(), |text, code| text.replace(&format!("\u{1b}[{code}m"), ""))
}

fn acts(output: &str) -> bool {
    output.chars().any(|char| {
        (char.is_control() && char != '\n')
            || "\u{61c}\u{feff}".contains(char)
            || ('\u{200b}'..='\u{200f}').contains(&char)
            || ('\u{2028}'..='\u{202e}').contains(&char)
            || ('\u{2060}'..='\u{2069}').contains(&char)
    })
}

#[test]
fn errors_of_the_writer_are_returned() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::new(io::ErrorKind::StorageFull, "full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (outcome, sources) = broken();
    for format in FORMATS {
        let outcomes = std::slice::from_ref(&outcome);
        let error = (format.write)(&run(outcomes, &sources), &PLAIN, &mut Full);
        assert_eq!(error.expect_err("full").kind(), io::ErrorKind::StorageFull);
    }
}
