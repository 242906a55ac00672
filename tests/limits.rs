//! How much is read: never more than the limits, whatever a path leads to, and what is beyond is told with what
//! raises them.
#![cfg(unix)]

mod common;

use common::command::{Case, Folder, git, lynt, run_cases, text};
use std::fs::File;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

const POOL: &str = "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"sfb-2015\"\n";
/// One byte more than a file may have.
const BEYOND: u64 = (128 << 20) + 1;

/// The commands that read a topology from the path behind them.
const READERS: [&[&str]; 10] = [
    &["check"],
    &["facts"],
    &["waivers"],
    &["query", "Pool(p)"],
    &["explain", "self-backup:p"],
    &["simulate"],
    &["graph"],
    &["baseline"],
    &["report", "-o", "r.html"],
    &["diff", "pool.toml"],
];

/// A file of so many bytes that takes no place.
fn sparse(folder: &Folder, name: &str, bytes: u64) {
    let file = File::create(folder.0.join(name)).expect("a file");
    file.set_len(bytes).expect("a length");
}

/// That a run says once that something is larger than it may be.
fn assert_too_large(folder: &Folder, arguments: &[&str], part: &str) {
    let output = lynt(folder, arguments, b"");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let all = format!("lynt {arguments:?}\n--- out\n{out}--- err\n{err}");
    assert_eq!(output.status.code(), Some(2), "{all}");
    let told = format!("{out}{err}");
    assert_eq!(told.matches("[too-large]").count(), 1, "{all}");
    assert!(told.contains(part), "no {part:?}: {all}");
}

#[test]
fn a_file_beyond_the_limit_is_refused_by_every_command() {
    let folder = Folder::new("limits-file");
    folder.write("pool.toml", POOL);
    sparse(&folder, "large.toml", BEYOND);
    std::fs::create_dir(folder.0.join("t")).expect("a folder");
    sparse(&folder, "t/large.toml", BEYOND);
    for arguments in READERS {
        for path in ["large.toml", "t"] {
            let file = if path == "t" { "t/large.toml" } else { path };
            let part = format!("could not read {file}: it is larger than 128 MiB");
            assert_too_large(&folder, &[arguments, &[path]].concat(), &part);
        }
    }
    assert_too_large(&folder, &["import", "large.toml"], "large.toml: it is larger than 128 MiB");
    assert!(!folder.0.join("r.html").exists());
}

/// What has no end is read up to the limit; this test ends, and takes no more memory than that.
#[cfg(target_os = "linux")]
#[test]
fn what_has_no_end_is_read_up_to_the_limit() {
    let folder = Folder::new("limits-endless");
    folder
        .write("pool.toml", POOL)
        .write("path.dl", "input Edge(x: Int);\nrelation P(x: Int);\nP(x) <- Edge(x);\n");
    std::fs::create_dir(folder.0.join("facts")).expect("a folder");
    symlink("/dev/zero", folder.0.join("facts/Edge.facts")).expect("a link");
    let endless = "could not read /dev/zero: it is larger than";
    for arguments in READERS {
        assert_too_large(&folder, &[arguments, &["/dev/zero"]].concat(), endless);
    }
    let others: [(&[&str], &str); 8] = [
        (&["import", "/dev/zero"], "128 MiB"),
        (&["check", "--config", "/dev/zero", "pool.toml"], "1 MiB"),
        (&["check", "--rules", "/dev/zero", "pool.toml"], "16 MiB"),
        (&["check", "--baseline", "/dev/zero", "pool.toml"], "128 MiB"),
        (&["rule", "--rules", "/dev/zero"], "16 MiB"),
        (&["test", "/dev/zero"], "16 MiB"),
        (&["run", "/dev/zero"], "16 MiB"),
        (&["report", "--verify", "/dev/zero"], "1 GiB"),
    ];
    for (arguments, limit) in others {
        assert_too_large(&folder, arguments, &format!("{endless} {limit}"));
    }
    let facts = ["run", "path.dl", "--facts", "facts", "--max-file-size", "1MiB"];
    assert_too_large(&folder, &facts, "could not read facts/Edge.facts: it is larger than 1 MiB");
    for arguments in [["check", "-"], ["import", "-"], ["run", "-"]] {
        let zero = File::open("/dev/zero").expect("the device");
        let mut command = common::command::command(folder.as_ref(), &arguments);
        let output = command.stdin(Stdio::from(zero)).output().expect("lynt ends");
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
        assert!(err.contains("it is larger than"), "{arguments:?}: {err}");
    }
}

/// No more is held than the limit, and what a program needs itself.
#[cfg(target_os = "linux")]
#[test]
fn what_is_refused_takes_no_memory() {
    let folder = Folder::new("limits-memory");
    let check = format!("ulimit -v 400000; exec {} check /dev/zero", env!("CARGO_BIN_EXE_lynt"));
    let output = Command::new("sh").args(["-c", &check]).current_dir(&folder).output();
    let output = output.expect("sh runs");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("it is larger than 128 MiB"));
}

#[test]
fn limits_are_raised_by_an_option_or_the_configuration() {
    let folder = Folder::new("limits-raised");
    let long = format!("{POOL}#{}\n", "x".repeat(2000));
    folder.write("t/lynt.toml", "[topology]\nmax-file-size = \"1KiB\"\n").write("t/a.toml", &long);
    folder.write("small.toml", POOL).write("long.toml", &long);
    let beyond = "could not read t/a.toml: it is larger than 1 KiB";
    let help = "help: `--max-file-size SIZE` raises the limit";
    let cases: [Case<'_>; 9] = [
        (&["check", "t"], 2, &[], &[beyond, help]),
        (&["check", "--max-file-size", "1MiB", "t"], 0, &["ok:"], &[]),
        (&["check", "--isolated", "t"], 0, &["ok:"], &[]),
        (&["check", "--config", "topology.max-file-size = \"3KiB\"", "t"], 0, &["ok:"], &[]),
        (&["check", "--max-file-size=200bytes", "small.toml"], 0, &["ok:"], &[]),
        (&["check", "--max-file-size", "1 KiB", "long.toml"], 2, &[], &["larger than 1 KiB"]),
        (&["import", "--max-file-size", "1KiB", "long.toml"], 2, &[], &["larger than 1 KiB"]),
        (
            &["check", "--show-settings", "--max-file-size", "2GiB", "small.toml"],
            0,
            &["topology.max-file-size = \"2 GiB\"", "# --max-file-size"],
            &[],
        ),
        (&["check", "--show-settings", "small.toml"], 0, &["max-file-size = \"128MiB\""], &[]),
    ];
    run_cases(&folder, "", &cases);
}

#[test]
fn all_files_of_a_run_may_have_four_times_as_much() {
    let folder = Folder::new("limits-run");
    for number in 0..5 {
        let pool = POOL.replace("p.contoso", &format!("p{number}.contoso"));
        folder.write(&format!("t/{number}.toml"), format!("{pool}#{}\n", "x".repeat(830)));
    }
    let beyond = "could not read t/4.toml: the files of this run are larger than 4 KiB together";
    let three = ["t/0.toml", "t/1.toml", "t/2.toml"];
    let several = [&["check", "--max-file-size", "1KiB"], three.as_slice()].concat();
    let cases: [Case<'_>; 3] = [
        (&["check", "--max-file-size", "1KiB", "t"], 2, &[], &[beyond]),
        (&["check", "--max-file-size", "2KiB", "t"], 0, &["ok:"], &[]),
        (&several, 0, &["ok:"], &[]),
    ];
    run_cases(&folder, "", &cases);
}

#[test]
fn a_size_that_is_none_is_told() {
    let folder = Folder::new("limits-sizes");
    folder.write("t/p.toml", POOL).write("t/lynt.toml", "[topology]\nmax-file-size = \"1GB\"\n");
    folder.write("n/p.toml", POOL).write("n/lynt.toml", "[topology]\nmax-file-size = 1000\n");
    let unit = "it is a whole number and a unit: bytes, KiB, MiB or GiB, as in `256MiB`";
    let cases: [Case<'_>; 6] = [
        (&["check", "--max-file-size", "1GB", "t"], 2, &[], &["--max-file-size", unit]),
        (&["check", "--max-file-size", "1000", "t"], 2, &[], &[unit]),
        (&["check", "--max-file-size", "0MiB", "t"], 2, &[], &["it is at least 1 byte"]),
        (&["check", "--max-file-size", "5GiB", "t"], 2, &[], &["it is at most 4095 MiB"]),
        (
            &["check", "t"],
            2,
            &[],
            &["t/lynt.toml:2:17", "`topology.max-file-size` is a whole number and a unit"],
        ),
        (
            &["check", "n"],
            2,
            &[],
            &["n/lynt.toml:2:17", "wants a size such as \"256MiB\", found a number"],
        ),
    ];
    run_cases(&folder, "", &cases);
}

/// What git has is measured before it is read.
#[test]
fn what_a_commit_has_is_within_the_limits() {
    let folder = Folder::new("limits-git");
    folder.write("t/p.toml", format!("{POOL}#{}\n", "x".repeat(2000)));
    let at = folder.as_ref();
    for arguments in [["init", "-q"].as_slice(), &["add", "."], &["commit", "-q", "-m", "x"]] {
        git(at, arguments);
    }
    folder.write("t/p.toml", POOL);
    let beyond = "larger than 1 KiB";
    let cases: [Case<'_>; 4] = [
        (&["check", "--max-file-size", "1KiB", "--since", "HEAD", "t"], 2, &[], &[beyond]),
        (&["check", "--since", "HEAD", "t"], 0, &["ok:"], &[]),
        (&["diff", "--max-file-size", "1KiB", "HEAD:t", "t"], 2, &[], &[beyond, "HEAD:t/p.toml"]),
        (&["diff", "--max-file-size", "1KiB", "HEAD:t/p.toml", "t"], 2, &[], &[beyond]),
    ];
    run_cases(&folder, "", &cases);
}

/// What is not printed counts all the same, in the verdict, the sums and every other report.
#[test]
fn people_are_shown_as_many_findings_as_they_ask_for() {
    let folder = Folder::new("limits-findings");
    for name in ["a", "b"] {
        let sbas = (0..300)
            .map(|at| format!("[[sba]]\nfqdn = \"s{at}.{name}\"\nversion = \"sfb-2015\"\n"));
        folder.write(&format!("{name}.toml"), sbas.collect::<String>());
    }
    let select = ["check", "--select", "sba-without-registrar"];
    let shown = |most: &[&str]| {
        let output = lynt(&folder, &[&select, most, &["a.toml", "b.toml"]].concat(), b"");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    for (most, printed, left) in [("0", 0, ["300", "300"]), ("7", 7, ["293", "300"])] {
        let human = shown(&["--max-findings", most]);
        assert_eq!(human.matches("error[sba-without-registrar]").count(), printed, "{most}");
        for left in left {
            assert!(human.contains(&format!("not shown: {left} findings (`--max-findings`)")));
        }
        assert!(human.contains("300 violations (300 errors) in b.toml"));
        assert!(human.contains("with 600 violations"), "{human}");
    }
    assert!(!shown(&["--max-findings", "600"]).contains("not shown"));
    let json = shown(&["--max-findings", "1", "-f", "jsonl"]);
    assert_eq!(json.matches("\"rule\":\"sba-without-registrar\"").count(), 600);
}
