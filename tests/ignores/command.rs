//! Ignores as people and scripts meet them: reports, `--add-ignore`, `lynt waivers`.

use crate::common::command::{Folder, lynt, lynt_with, printed, text};
use std::fs;
use std::path::Path;

const TODAY: (&str, &str) = ("LYNT_TODAY", "2026-11-23");

/// Standard output and standard error, behind the exit code.
fn run(folder: &Folder, arguments: &[&str]) -> String {
    run_on(folder, arguments, TODAY)
}

fn run_on(folder: &Folder, arguments: &[&str], variable: (&str, &str)) -> String {
    let output = lynt_with(folder, arguments, b"", &[variable]);
    let code = output.status.code().expect("a code");
    format!("{code}\n{}{}", text(&output.stdout), text(&output.stderr))
}

fn contains(whole: &str, parts: &[&str]) {
    for part in parts {
        match part.strip_prefix('!') {
            Some(part) => assert!(!whole.contains(part), "{part:?} is in {whole}"),
            None => assert!(whole.contains(part), "no {part:?} in {whole}"),
        }
    }
}

const POOL: &str = "# lynt: ignore[self-backup] until 2026-12-31 by netops: CHG-4711\n[[pool]]\nfqdn = \"p.x\"\nversion = \"sfb-2015\"\nbackup-registrar = \"p.x\"\n";

#[test]
fn what_is_ignored_is_counted_and_does_not_fail() {
    let folder = Folder::new("ignores-report");
    folder.write("t.toml", POOL);
    let human = [
        "0\nok: 1 pool holds against 71 rules\n",
        "ignored: 1 finding; the next ignore ends 2026-12-31, in 38 days\n",
        "!note: the ignore",
        "!error[self-backup]",
    ];
    contains(&run(&folder, &["check", "t.toml"]), &human);
    contains(&run(&folder, &["check", "-f", "concise", "t.toml"]), &["0\n", "!self-backup"]);
    contains(
        &run(&folder, &["check", "--no-ignores", "t.toml"]),
        &["1\nerror[self-backup]", "1 violation", "!ignored:", "!malformed"],
    );
    contains(
        &run(&folder, &["check", "-f", "json", "t.toml"]),
        &[
            "\"status\": \"ignored\"",
            "\"reason\": \"CHG-4711\"",
            "\"by\": \"netops\"",
            "\"until\": \"2026-12-31\"",
            "\"days_left\": 38",
            "\"ignored\": 1",
            "\"errors\": 0",
        ],
    );
    contains(
        &run(&folder, &["check", "-f", "junit", "t.toml"]),
        &["failures=\"0\"", "<skipped message=\"ignored until 2026-12-31 by netops: CHG-4711\">"],
    );
    contains(
        &run(&folder, &["check", "-f", "sarif", "t.toml"]),
        &["\"results\": []", "\"ignored\": 1"],
    );
    contains(
        &run(&folder, &["check", "-f", "csv", "t.toml"]),
        &["\nignored,0,t.toml,error,self-backup", "CHG-4711,netops,2026-12-31\r\n"],
    );
    contains(
        &run(&folder, &["check", "-f", "tap", "t.toml"]),
        &["# findings of t.toml ignored by comments: 1\n", "!not ok"],
    );
    contains(
        &run(&folder, &["check", "-f", "markdown", "t.toml"]),
        &["Findings ignored by comments: 1.", "!### "],
    );
    contains(&run(&folder, &["check", "-f", "gitlab", "t.toml"]), &["0\n[]\n"]);
}

#[test]
fn the_day_decides() {
    let folder = Folder::new("ignores-day");
    folder.write("t.toml", POOL);
    let soon = "note: the ignore at t.toml:1 ends 2026-12-31";
    let cases: &[(&str, &[&str])] = &[
        ("2026-11-30", &["0\n", "in 31 days\n", "!note: the ignore"]),
        ("2026-12-01", &["0\n", soon, "in 30 days\n"]),
        ("2026-12-30", &["0\n", soon, "tomorrow\n"]),
        ("2026-12-31", &["0\n", soon, "today\n"]),
        (
            "2027-01-01",
            &[
                "1\n",
                "error[self-backup]",
                "= note: the ignore at t.toml:1 expired 2026-12-31",
                "!unused",
                "!ignored:",
            ],
        ),
    ];
    for (day, parts) in cases {
        contains(&run(&folder, &["check", "--today", day, "t.toml"]), parts);
        contains(&run_on(&folder, &["check", "t.toml"], ("LYNT_TODAY", day)), parts);
    }
    // What hides nothing does not end: it may go at once.
    let idle = format!("{POOL}# lynt: ignore[asymmetric-backup] until 2026-12-24: lab\n");
    folder.write("idle.toml", idle);
    let told = run(&folder, &["check", "--today", "2026-12-20", "idle.toml"]);
    contains(
        &told,
        &["unused-ignore", "ignore at idle.toml:1 ends", "!ignore at idle.toml:6 ends"],
    );
    // 2027-01-01 in UTC; the option counts more.
    let epoch = ("SOURCE_DATE_EPOCH", "1798761600");
    contains(&run_on(&folder, &["check", "t.toml"], epoch), &["1\n", "expired 2026-12-31"]);
    contains(&run_on(&folder, &["check", "--today", "2026-12-31", "t.toml"], epoch), &["0\n"]);
    let both = [("LYNT_TODAY", "2026-12-31"), epoch];
    assert_eq!(lynt_with(&folder, &["check", "t.toml"], b"", &both).status.code(), Some(0));
    for (name, value) in [
        ("LYNT_TODAY", "tomorrow"),
        ("SOURCE_DATE_EPOCH", "1e9"),
        ("SOURCE_DATE_EPOCH", "99999999999999"),
    ] {
        contains(&run_on(&folder, &["check", "t.toml"], (name, value)), &["2\n", name, value]);
    }
    contains(
        &run(&folder, &["check", "--today", "2026-02-30", "t.toml"]),
        &["2\n", "a date is written `2026-12-31`"],
    );
    // Without any of these it is now: after this test was written, and before the ignore's last year.
    folder.write("now.toml", POOL.replace("2026-12-31", "9999-12-31"));
    contains(&run_on(&folder, &["check", "now.toml"], ("X", "")), &["0\n", "ends 9999-12-31"]);
    folder.write("then.toml", POOL.replace("2026-12-31", "2025-12-31"));
    contains(&run_on(&folder, &["check", "then.toml"], ("X", "")), &["1\n", "expired 2025-12-31"]);
}

#[test]
fn configured_policies_count() {
    let folder = Folder::new("ignores-policy");
    folder.write(
        "t.toml",
        format!("{POOL}# lynt: ignore[unknown-site]: nothing\n# lynt: ignore[x\n"),
    );
    let check = |setting: &str| run(&folder, &["check", "--config", setting, "t.toml"]);
    contains(
        &check("suppressions.unused = \"off\""),
        &["!unused-ignore", "error[malformed-ignore]"],
    );
    contains(&check("suppressions.unused = \"error\""), &["error[unused-ignore]"]);
    contains(&check("suppressions.unused = \"note\""), &["note[unused-ignore]"]);
    contains(
        &check("rule.malformed-ignore.level = \"warning\""),
        &["0\n", "warning[malformed-ignore]"],
    );
    contains(&check("rules.ignore = [\"ignores\"]"), &["0\nok:", "!-ignore]"]);
    contains(
        &check("rules.select = [\"self-backup\"]"),
        &["0\nok:", "!-ignore]", "ignored: 1 finding"],
    );
    contains(
        &check("rules.select = [\"unused-ignore\", \"unknown-site\"]"),
        &[
            "0\n",
            "warning[unused-ignore]",
            "docs: lynt rule unused-ignore --config",
            "!why:",
            "!malformed",
        ],
    );
    contains(
        &check("suppressions.max-days = 37"),
        &["1\n", "error[self-backup]", "2026-12-31 is more than 37 days from 2026-11-23"],
    );
    contains(
        &check("rule.self-backup.suppressible = false"),
        &["1\n", "error[self-backup]", "this rule can't be ignored", "--config:1"],
    );
    contains(
        &check("rule.unused-ignore.suppressible = false"),
        &["!2\n", "warning[unused-ignore]"],
    );
    let all = printed(&folder, &["rule"], "");
    contains(&all, &["\nignores\n  malformed-ignore ", "  unused-ignore ", "72 rules"]);
    contains(
        &printed(&folder, &["rule", "malformed-ignore"], ""),
        &["# malformed-ignore\n", "(error, group ignores)", "## How to fix"],
    );
}

#[test]
fn ignores_are_added_and_hide_what_was_open() {
    let folder = Folder::new("ignores-add");
    let a = "\u{feff}[[pool]]\r\nfqdn = \"p.x\"\r\nbackup-registrar = \"p.x\" # self\r\n";
    let b = "pool = [\n  { fqdn = \"q.x\", backup-registrar = \"gone.x\" },\n]\n";
    folder
        .write("t/a.toml", a)
        .write("t/b.toml", b)
        .write("t/lynt.toml", "[suppressions]\nmax-days = 90\n");
    let add = [
        "check",
        "--add-ignore",
        "CHG-4711: to be rebuilt",
        "--until",
        "2026-12-31",
        "--by",
        "Jane Doe",
        "t",
    ];
    let expected = "0\nt/a.toml:1: p.x: self-backup, unknown-version\nt/b.toml:2: q.x: unknown-backup, unknown-version\nadded 2 ignores in 2 files\n";
    assert_eq!(run(&folder, &add), expected);
    let terms = "until 2026-12-31 by Jane Doe: CHG-4711: to be rebuilt";
    let of_a =
        format!("\u{feff}# lynt: ignore[self-backup, unknown-version] {terms}\r\n{}", &a[3..]);
    assert_eq!(folder.read("t/a.toml"), of_a);
    let of_b = b.replacen(
        "  {",
        &format!("  # lynt: ignore[unknown-backup, unknown-version] {terms}\n  {{"),
        1,
    );
    assert_eq!(folder.read("t/b.toml"), of_b);
    contains(&run(&folder, &["check", "t"]), &["0\nok: 2 pools hold", "ignored: 4 findings"]);
    assert_eq!(run(&folder, &add), "0\nnothing to ignore\n");
    assert_eq!((folder.read("t/a.toml"), folder.read("t/b.toml")), (of_a, of_b));
    assert_eq!(folder.list("t"), ["a.toml", "b.toml", "lynt.toml"], "no other file is left");
    contains(
        &run(&folder, &["waivers", "t"]),
        &[
            "self-backup      p.x      Jane Doe  2026-12-31  38         yes   t/a.toml:1  CHG-4711: to be rebuilt\n",
        ],
    );
}

#[test]
fn what_can_not_be_added_is_not() {
    let folder = Folder::new("ignores-refused");
    let pool = POOL.split_once('\n').expect("lines").1;
    folder.write("t/a.toml", pool);
    let refused = |arguments: &[&str], parts: &[&str]| {
        let all: Vec<&str> = ["check", "--add-ignore"].iter().chain(arguments).copied().collect();
        let said = run(&folder, &all);
        contains(&said, &["2\n", "error["]);
        contains(&said, parts);
        assert_eq!(folder.read("t/a.toml"), pool);
    };
    refused(&["", "t"], &["the configuration wants a reason"]);
    refused(&["a\nb", "t"], &["a comment is one line"]);
    refused(&["a", "--by", "x: y", "t"], &["`--by` can't"]);
    refused(&["a", "--until", "2026-11-22", "t"], &["`--until` lies in the past"]);
    refused(
        &["a", "--config", "suppressions.require-until = true", "t"],
        &["wants an end, `--until DATE`"],
    );
    refused(
        &["a", "--until", "2027-11-22", "--config", "suppressions.max-days = 9", "t"],
        &["the configuration allows 9"],
    );
    refused(&["a", "-"], &["standard input can't be changed"]);
    folder.write("u/a.toml", "x = 1\n");
    refused(&["a", "t", "u"], &["u/a.toml:1:1"]);
    let said = run(&folder, &["check", "--add-ignore", "a", "--no-ignores", "t"]);
    contains(&said, &["2\n", "--no-ignores"]);
    let said = run(&folder, &["check", "--until", "2026-12-31", "t"]);
    contains(&said, &["2\n", "--add-ignore"]);
    // What has no room, or can't be ignored, stays open and is told; the rest is added.
    folder.write(
        "v/a.toml",
        format!("pool = [{{ fqdn = \"q.x\", backup-registrar = \"q.x\" }}] # full\n{}", ""),
    );
    folder.write("v/b.toml", pool);
    contains(
        &run(&folder, &["check", "--add-ignore", "a", "v"]),
        &[
            "1\nv/b.toml:1: p.x: self-backup\n",
            "added 1 ignore in 1 file",
            "no ignore was added for self-backup:q.x: there is no room",
            "v/a.toml:1:",
        ],
    );
    folder.write("w/a.toml", pool);
    contains(
        &run(
            &folder,
            &[
                "check",
                "--add-ignore",
                "a",
                "--config",
                "rule.self-backup.suppressible = false",
                "w",
            ],
        ),
        &["1\nnothing to ignore\n", "this rule can't be ignored"],
    );
    assert_eq!(folder.read("w/a.toml"), pool);
}

/// Nobody finds half a file, or another one in its place.
#[cfg(unix)]
#[test]
fn links_are_refused_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("ignores-links");
    let pool = POOL.split_once('\n').expect("lines").1;
    folder.write("real/a.toml", pool).write("t/b.toml", pool.replace("p.x", "q.x"));
    symlink(folder.0.join("real/a.toml"), folder.0.join("t/a.toml")).expect("a link");
    let add = |path: &str| run(&folder, &["check", "--add-ignore", "a", path]);
    contains(&add("t"), &["2\n", "could not write t/a.toml: it is a link, or no regular file"]);
    assert_eq!(folder.read("t/b.toml"), pool.replace("p.x", "q.x"), "no file is written then");
    fs::hard_link(folder.0.join("real/a.toml"), folder.0.join("real/b.toml")).expect("a link");
    fs::remove_file(folder.0.join("t/a.toml")).expect("it goes");
    contains(&add("real/a.toml"), &["2\n", "several names"]);
    assert_eq!(folder.read("real/a.toml"), pool);
    let permissions = |path: &Path| fs::metadata(path).expect("it is there").permissions();
    let path = folder.0.join("t/b.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("it is ours");
    contains(&add("t"), &["0\n", "added 1 ignore"]);
    assert_eq!(permissions(&path).mode() & 0o777, 0o640);
}

#[test]
fn the_register_lists_every_ignore() {
    let folder = Folder::new("ignores-register");
    let rest = "\n# lynt: ignore[unknown-version]: unused, \"quoted\"\n[[pool]]\nfqdn = \"q.x\" # lynt: ignore[self-backup]\nversion = \"sfb-2015\"\n\n# lynt: ignore[unknown-version, unpaired-pool] until 2026-01-31 by =netops: -1\n[[pool]]\nfqdn = \"r.x\"\n";
    folder.write("t.toml", format!("# lynt: ignore-file[unknown-site]: none\n{POOL}{rest}"));
    let human = "0
rule             subject  owner    until       days left  used       place      reason
unknown-site                                              no         t.toml:1   none
self-backup      p.x      netops   2026-12-31  38         yes        t.toml:2   CHG-4711
unknown-version                                           no         t.toml:8   unused, \"quoted\"
self-backup                                               malformed  t.toml:10
unknown-version  r.x      =netops  2026-01-31  -296       expired    t.toml:13  -1
unpaired-pool             =netops  2026-01-31  -296       not run    t.toml:13  -1
";
    let arguments = ["waivers", "--config", "rules.ignore = [\"unpaired-pool\"]", "t.toml"];
    let found = run(&folder, &arguments);
    // Of an expired ignore that is enough; that its rule was not run does not matter any more.
    assert_eq!(found, human.replace("not run  ", "expired  "));
    let csv = run(&folder, &["waivers", "-f", "csv", "t.toml"]);
    contains(
        &csv,
        &[
            "0\nrule,subject,owner,until,days left,added,days old,used,place,topology,reason\r\n",
            "self-backup,p.x,netops,2026-12-31,38,,,yes,t.toml:2,t.toml,CHG-4711\r\n",
            "unknown-version,,,,,,,no,t.toml:8,t.toml,\"unused, \"\"quoted\"\"\"\r\n",
            ",'=netops,2026-01-31,'-296,,,expired,t.toml:13,t.toml,'-1\r\n",
        ],
    );
    let json = run(&folder, &["waivers", "-f", "json", "t.toml"]);
    let json: serde_json::Value = serde_json::from_str(&json[2..]).expect("JSON");
    let first = json.as_array().expect("an array").get(1).expect("a waiver");
    let expected = serde_json::json!({"topology": "t.toml", "rule": "self-backup", "subject": "p.x", "reason": "CHG-4711", "by": "netops", "until": "2026-12-31", "days_left": 38, "added": null, "days_old": null, "used": "yes", "place": "t.toml:2"});
    assert_eq!(*first, expected);
    folder.write("none.toml", "[[pool]]\nfqdn = \"p.x\"\n");
    folder.write("two.toml", POOL);
    assert_eq!(
        run(&folder, &["waivers", "none.toml"]),
        "0\nno comment ignores anything, and no baseline knows anything\n"
    );
    contains(&run(&folder, &["waivers", "t.toml", "two.toml"]), &["  topology  reason\n"]);
    contains(
        &run(&folder, &["waivers", "--config", "rules.ignore = [\"self-backup\"]", "t.toml"]),
        &["38         not run"],
    );
    contains(&run(&folder, &["waivers", "nowhere.toml"]), &["2\n", "could not read nowhere.toml"]);
    folder.write("bad.toml", "[[pool]]\n");
    contains(&run(&folder, &["waivers", "bad.toml"]), &["2\n", "bad.toml:1:1"]);
}

#[test]
fn ignores_on_standard_input_count() {
    let folder = Folder::new("ignores-stdin");
    let output = lynt(&folder, &["check", "--today", "2026-11-23", "-"], POOL.as_bytes());
    contains(&text(&output.stdout), &["ok: 1 pool", "ignored: 1 finding"]);
}
