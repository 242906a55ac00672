//! The same input gives the same bytes: however often, in whatever order the files of a folder were made, from whatever
//! folder, under whatever locale and time zone, and on however many processors.
#![cfg(unix)]

mod common;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/random.rs"]
mod random;

use common::command::{Folder, command, text};
use lynt::report::FORMATS;
use random::Random;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

/// How often a check is repeated, in all formats. A debug build, being slow, repeats less.
const CHECKS: usize = if cfg!(debug_assertions) { 25 } else { 100 };
/// How often each other command is repeated.
const REPEATS: usize = if cfg!(debug_assertions) { 3 } else { 10 };

const DAY: &str = "--today=2026-12-01";

/// Commands before the topology's path.
const COMMANDS: [&[&str]; 16] = [
    &["report", DAY],
    &["graph"],
    &["graph", "--down", "fe-lon-01.contoso.com"],
    &["graph", "-f", "dot"],
    &["graph", "-f", "mermaid"],
    &["diff", "other.toml"],
    &["diff", "-f", "json", "other.toml"],
    &["diff", "-f", "markdown", "other.toml"],
    &["query", "BackupRegistrar(p, q)"],
    &["query", "-f", "json", "BackupRegistrar(p, q)"],
    &["explain", "--not", "self-backup:z2.contoso.com"],
    &["simulate", "--matrix"],
    &["simulate", "--matrix", "-f", "json"],
    &["waivers", DAY],
    &["facts"],
    &["check", DAY, "--diff"],
];

/// A file that breaks rules, ignores, and is ignored.
const WRONG: &str = r#"# lynt: ignore-file[self-backup] until 2027-01-01 by us: CHG-1
[[pool]]
fqdn = "z1.contoso.com"
backup-registrar = "z1.contoso.com"

[[pool]]
fqdn = "z2.contoso.com"
version = "sfb-2015"
site = "Lodnon"
backup-registrar = "fe-lon-01.contoso.com"

[[sba]]
fqdn = "z3.contoso.com"
version = "sfb-2015"

[[user-group]]
name = "Z users"
home = "z4.contoso.com" # lynt: ignore[unknown-home]: goes soon

[[user-group]]
name = "More"
home = "z1.contoso.com"
users = 100000
"#;

/// A right topology and [`WRONG`].
fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/contoso");
    let names = fs::read_dir(root).expect("the example").flatten();
    let mut files: BTreeMap<String, String> = names
        .map(|file| {
            let name = file.file_name().into_string().expect("a name");
            (name, fs::read_to_string(file.path()).expect("a text"))
        })
        .collect();
    files.insert("z.toml".to_owned(), WRONG.to_owned());
    files
}

/// A folder with the topology `t`, its files made in an order of `seed`.
fn topology(name: &str, seed: u64) -> Folder {
    let folder = Folder::new(name);
    let mut files: Vec<(String, String)> = files().into_iter().collect();
    let mut random = Random::new(seed);
    for at in (1..files.len()).rev() {
        files.swap(at, random.below(at + 1));
    }
    for (name, text) in files {
        folder.write(&format!("t/{name}"), text);
    }
    let other =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/legacy-2010.toml"));
    folder.write("other.toml", other.expect("the example"));
    folder
}

/// What a run prints on both streams, and its exit code.
fn said(mut command: Command) -> String {
    let streams = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = streams.output().expect("lynt runs");
    assert_ne!(output.status.code(), None, "{command:?}");
    format!("{:?}\n{}--- err\n{}", output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    said(command(folder, arguments))
}

/// A check of `path` in all formats at once: what each printed, by its name.
fn check(folder: &Path, path: &str, prepare: impl Fn(&mut Command)) -> BTreeMap<String, String> {
    let out = folder.join("out");
    fs::create_dir_all(&out).expect("a folder");
    let file = |name: &str| out.join(name).to_str().expect("a path").to_owned();
    let formats =
        FORMATS.iter().map(|format| format!("-f={0}={1}", format.name, file(format.name)));
    let formats: Vec<String> = formats.collect();
    let mut arguments = vec!["check", DAY, path];
    arguments.extend(formats.iter().map(String::as_str));
    let mut command = command(folder, &arguments);
    prepare(&mut command);
    let mut all = BTreeMap::from([("streams".to_owned(), said(command))]);
    for format in FORMATS {
        let text = fs::read_to_string(file(format.name)).expect("a report");
        assert!(text.len() > 100, "{}: {text}", format.name);
        all.insert(format.name.to_owned(), text);
    }
    fs::remove_dir_all(out).expect("it goes");
    all
}

/// That two runs printed the same; the first line that differs says where not.
fn assert_same(what: &str, one: &str, other: &str) {
    let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    assert!(one == other, "{what} differs: {differs:#?}, {} and {} bytes", one.len(), other.len());
}

fn assert_all_same(what: &str, one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) {
    for ((format, one), other) in one.iter().zip(other.values()) {
        assert_same(&format!("{format}, {what}"), one, other);
    }
}

#[test]
fn a_check_gives_the_same_bytes_however_often() {
    let folder = topology("determinism-often", 0);
    let first = check(folder.as_ref(), "t", |_| {});
    assert!(first["streams"].starts_with("Some(1)"), "{}", first["streams"]);
    for number in 1..CHECKS {
        let again = check(folder.as_ref(), "t", |_| {});
        assert_all_same(&format!("run {number}"), &first, &again);
    }
}

#[test]
fn every_command_gives_the_same_bytes_however_often() {
    let folder = topology("determinism-commands", 0);
    for arguments in COMMANDS {
        let arguments = [arguments, &["t"]].concat();
        let first = run(folder.as_ref(), &arguments);
        assert!(!first.starts_with("Some(2)"), "{arguments:?}: {first}");
        for _ in 1..REPEATS {
            assert_same(&format!("{arguments:?}"), &first, &run(folder.as_ref(), &arguments));
        }
    }
}

#[test]
fn the_order_in_which_files_were_made_does_not_show() {
    let (first, other) = (topology("determinism-order", 0), topology("determinism-other", 1));
    let checked = check(first.as_ref(), "t", |_| {});
    assert_all_same("another order", &checked, &check(other.as_ref(), "t", |_| {}));
    for arguments in COMMANDS {
        let arguments = [arguments, &["t"]].concat();
        let (one, other) = (run(first.as_ref(), &arguments), run(other.as_ref(), &arguments));
        assert_same(&format!("{arguments:?}, another order"), &one, &other);
    }
}

/// But for the path by which it is called.
#[test]
fn the_current_folder_does_not_show() {
    let folder = topology("determinism-folder", 0);
    let above = folder.0.parent().expect("a folder above");
    let name = folder.0.file_name().and_then(|name| name.to_str()).expect("a name");
    let full = folder.0.join("t");
    let full = full.to_str().expect("a path");
    let (relative, below) = (format!("{name}/t"), folder.0.join("t/x"));
    fs::create_dir(&below).expect("a folder");
    let first = check(folder.as_ref(), "t", |_| {});
    let cases = [
        (folder.as_ref(), full),
        (folder.as_ref(), "./t"),
        (folder.as_ref(), "t/"),
        (above, relative.as_str()),
        (below.as_path(), ".."),
        (below.as_path(), "../../t"),
    ];
    for (from, path) in cases {
        let arguments = |path| ["check", DAY, "-f", "concise", path];
        let told = run(from, &arguments(path));
        let shown = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
        let told = told.replace(&format!("{shown}/"), "t/");
        assert_same(path, &run(folder.as_ref(), &arguments("t")), &told);
    }
    // Absolute ones in all formats.
    let again = check(folder.as_ref(), full, |_| {});
    for format in ["jsonl", "csv", "tap", "github", "azure", "human", "markdown"] {
        let told = again[format].replace(&format!("{full}/"), "t/").replace(full, "t");
        assert_same(format, &first[format], &told);
    }
}

#[test]
fn locale_time_zone_and_processors_do_not_show() {
    let folder = topology("determinism-environment", 0);
    let environments: [&[(&str, &str)]; 3] = [
        &[("LANG", "C"), ("TZ", "Pacific/Kiritimati"), ("TERM", "dumb"), ("USER", "x")],
        &[("LC_ALL", "de_DE.UTF-8"), ("TZ", "Etc/GMT+12"), ("TERM", "xterm-256color")],
        &[("LC_ALL", "tr_TR.UTF-8"), ("LANGUAGE", "ar"), ("TMPDIR", "/nowhere"), ("PWD", "/x")],
    ];
    let first = check(folder.as_ref(), "t", |_| {});
    let plain: Vec<String> = COMMANDS
        .iter()
        .map(|arguments| run(folder.as_ref(), &[*arguments, &["t"]].concat()))
        .collect();
    for variables in environments {
        let again = check(folder.as_ref(), "t", |command| {
            command.envs(variables.iter().copied());
        });
        assert_all_same(&format!("{variables:?}"), &first, &again);
        for (arguments, plain) in COMMANDS.iter().zip(&plain) {
            let mut command = command(folder.as_ref(), &[*arguments, &["t"]].concat());
            command.envs(variables.iter().copied());
            assert_same(&format!("{arguments:?}, {variables:?}"), plain, &said(command));
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_number_of_processors_does_not_show() {
    let folder = topology("determinism-processors", 0);
    let arguments = ["check", DAY, "-f", "json", "t"];
    let all = run(folder.as_ref(), &arguments);
    let mut one = Command::new("taskset");
    one.args(["-c", "0", env!("CARGO_BIN_EXE_lynt")]).args(arguments).current_dir(&folder);
    one.env("HOME", folder.as_ref());
    match one.output() {
        Ok(_) => assert_same("one processor", &all, &said(one)),
        Err(_) => println!("taskset is not installed, so it judged nothing"),
    }
}

/// Without `--today` it is the day in UTC, wherever the machine is.
#[test]
fn the_day_is_that_of_utc() {
    let folder = topology("determinism-day", 0);
    let waivers = |zone: &str| {
        let mut command = command(folder.as_ref(), &["waivers", "t"]);
        command.env("TZ", zone);
        said(command)
    };
    let (first, second, third) =
        (waivers("Pacific/Kiritimati"), waivers("Etc/GMT+12"), waivers("Pacific/Kiritimati"));
    // Midnight may be between two of them.
    assert!(first == second || second == third, "{first}{second}{third}");
}
