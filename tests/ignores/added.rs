//! Ignores that lynt writes: `lynt check --add-ignore`, as edits.

use super::{check_texts, date, policy};
use lynt::fix::{Edit, apply};
use lynt::report::Outcome;
use lynt::rules::Rules;
use lynt::source::{FileId, Sources};
use lynt::suppress::Policy;
use lynt::suppress::add::{Addition, Terms, add};

pub fn terms() -> Terms {
    Terms { reason: "CHG-4711".to_owned(), until: None, by: None }
}

/// The text of a file with its edits.
pub fn edited(sources: &Sources, addition: &Addition, file: FileId) -> String {
    let added = addition.added.get(&file).into_iter().flatten();
    let edits: Vec<Edit> = added.map(|added| added.edit.clone()).collect();
    apply(&edits, sources).remove(&file).unwrap_or_else(|| sources.file(file).text.clone())
}

fn add_to(
    rules: &Rules,
    text: &str,
    terms: &Terms,
    policy: &Policy,
) -> (String, Addition, Outcome) {
    let (sources, outcome) = check_texts(rules, &[("t.toml", text)], Some(policy));
    let addition = add(&sources, &outcome.findings, terms, policy);
    (edited(&sources, &addition, 0), addition, outcome)
}

#[test]
fn a_comment_is_added_above_the_table_or_behind_the_line() {
    let rules = Rules::shipped();
    let pool = |name: &str| format!("{{ fqdn = \"{name}\", backup-registrar = \"{name}\" }}");
    let both = "ignore[self-backup, unknown-version]: CHG-4711";
    let (p, q) = (pool("p.x"), pool("q.x"));
    let cases = [
        (
            "[[pool]]\nfqdn = \"p.x\"\nbackup-registrar = \"p.x\"\n".to_owned(),
            format!("# lynt: {both}\n[[pool]]\nfqdn = \"p.x\"\nbackup-registrar = \"p.x\"\n"),
            "one comment a table",
        ),
        (
            "\u{feff}[[site]]\r\nname = \"s\"\r\n# of p\r\n\t[[pool]]\r\nfqdn = \"p.x\" # p\r\nversion = \"sfb-2015\"\r\nbackup-registrar = \"p.x\"".to_owned(),
            "\u{feff}[[site]]\r\nname = \"s\"\r\n# of p\r\n\t# lynt: ignore[self-backup]: CHG-4711\r\n\t[[pool]]\r\nfqdn = \"p.x\" # p\r\nversion = \"sfb-2015\"\r\nbackup-registrar = \"p.x\"".to_owned(),
            "byte order mark, CRLF, indentation and comments stay",
        ),
        (
            "\u{feff}[[pool]]\r\nfqdn = \"p.x\"\r\n".to_owned(),
            "\u{feff}# lynt: ignore[unknown-version]: CHG-4711\r\n[[pool]]\r\nfqdn = \"p.x\"\r\n".to_owned(),
            "behind the byte order mark",
        ),
        (
            format!("pool = [\n  {p}, # p\n  {q},\n]\n"),
            format!("pool = [\n  # lynt: {both}\n  {p}, # p\n  # lynt: {both}\n  {q},\n]\n"),
            "above an inline table on a line of its own",
        ),
        (format!("pool = [{p}]"), format!("pool = [{p}] # lynt: {both}"), "the last line"),
    ];
    for (text, expected, why) in cases {
        let (found, ..) = add_to(&rules, &text, &terms(), &policy());
        assert_eq!(found, expected, "{why}");
        let (again, addition, outcome) = add_to(&rules, &found, &terms(), &policy());
        assert_eq!((again, addition.added.len(), outcome.open().count()), (found, 0, 0), "{why}");
    }
}

#[test]
fn a_comment_says_where_it_is_and_what_it_is_about() {
    let text = "[[pool]]\nfqdn = \"p.x\"\nbackup-registrar = \"p.x\"\n";
    let text = format!("{text}{}", text.replace("p.x", "q.x"));
    let terms = Terms {
        until: Some(date("2026-12-31")),
        by: Some(" Jane Doe ".to_owned()),
        reason: " lab: all of it\t".to_owned(),
    };
    let (found, addition, _) = add_to(&Rules::shipped(), &text, &terms, &policy());
    let comment =
        "# lynt: ignore[self-backup, unknown-version] until 2026-12-31 by Jane Doe: lab: all of it";
    assert_eq!(found.matches(comment).count(), 2, "{found}");
    for added in &addition.added[&0] {
        assert_eq!(found.lines().nth(added.line - 1), Some(comment));
        assert_eq!(added.rules, ["self-backup", "unknown-version"]);
    }
    let subjects: Vec<_> = addition.added[&0].iter().map(|added| added.subject.as_str()).collect();
    assert_eq!(subjects, ["p.x", "q.x"]);
}

#[test]
fn what_can_not_be_ignored_is_said() {
    let rules = Rules::shipped();
    let text =
        "pool = [{ fqdn = \"p.x\", version = \"sfb-2015\", backup-registrar = \"p.x\" }] # full\n";
    let (found, addition, _) = add_to(&rules, text, &terms(), &policy());
    assert_eq!(found, text);
    let said: Vec<_> = addition.refused.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        said,
        ["no ignore was added for self-backup:p.x: there is no room for a comment on its line"]
    );

    let said = ("self-backup".to_owned(), "lynt.toml:4".to_owned());
    let firm = Policy { firm: [said].into(), ..policy() };
    let text = "[[pool]]\nfqdn = \"p.x\"\nbackup-registrar = \"p.x\"\n";
    let (found, addition, _) = add_to(&rules, text, &terms(), &firm);
    assert_eq!(found, format!("# lynt: ignore[unknown-version]: CHG-4711\n{text}"));
    let said: Vec<_> = addition.refused.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        said,
        ["no ignore was added for self-backup:p.x: this rule can't be ignored (lynt.toml:4)"]
    );
}

#[test]
fn terms_that_would_not_count_are_refused() {
    let with = |reason: &str, by: Option<&str>, until: Option<&str>| Terms {
        reason: reason.to_owned(),
        by: by.map(str::to_owned),
        until: until.map(date),
    };
    let strict = Policy { require_until: true, ..policy() };
    let short = Policy { max_days: Some(10), ..policy() };
    let lax = Policy { require_reason: false, ..policy() };
    let cases = [
        (with("lab", None, None), policy(), None),
        (with("", None, None), lax.clone(), None),
        (with("", Some("me"), None), lax, None),
        (with("lab", Some("Jane Doe"), Some("2026-11-23")), policy(), None),
        (with("lab", None, Some("2026-12-03")), short.clone(), None),
        (with(" ", None, None), policy(), Some("wants a reason")),
        (with("a\nb", None, None), policy(), Some("a comment is one line")),
        (with("a\u{1b}[31m", None, None), policy(), Some("a comment is one line")),
        (with("lab", Some("a\rb"), None), policy(), Some("a comment is one line")),
        (with("lab", Some("a: b"), None), policy(), Some("`--by` can't")),
        (with("lab", Some(" "), None), policy(), Some("`--by` can't")),
        (with("lab", Some("me until now"), None), policy(), Some("`--by` can't")),
        (with("lab", Some("me until 2027-01-01"), None), policy(), Some("`--by` can't")),
        (with("lab", Some("one by one"), None), policy(), Some("`--by` can't")),
        (with("lab", None, Some("2026-11-22")), policy(), Some("lies in the past")),
        (with("lab", None, None), strict, Some("wants an end")),
        (with("lab", None, None), short.clone(), Some("wants an end")),
        (
            with("lab", None, Some("2026-12-04")),
            short,
            Some("11 days ahead, the configuration allows 10"),
        ),
    ];
    for (terms, policy, expected) in cases {
        let found = terms.problem(&policy).map(|problem| problem.message);
        let fits = match (&found, expected) {
            (Some(found), Some(expected)) => found.contains(expected),
            (found, expected) => found.is_none() && expected.is_none(),
        };
        assert!(fits, "{terms:?}: {found:?}, expected {expected:?}");
    }
}
