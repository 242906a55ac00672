//! What a system does to files and streams: pipes that close, full devices, folders where files should be,
//! named pipes, odd names. Every run ends with 0, 1 or 2 and says what is wrong once.
#![cfg(unix)]

mod common;

use common::command::{Folder, command, text};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

const POOL: &str = "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"sfb-2015\"\n";
/// A topology with one violation.
const SELF: &str = "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"sfb-2015\"\n\
                    backup-registrar = \"p.contoso.com\"\n";
/// A rule whose own example fails, since it marks nothing.
const FAILING: &str = r#"/// A pool is there.
///
/// ## Violates
/// ```toml
/// [[pool]]
/// fqdn = "p.contoso.com"
/// ```
violation PoolThere(p: Pool) {
    severity: warning;
    examines: Pool(p);
    message: "`{p}` is there";
    label p: "here";
}
PoolThere(p) <- Pool(p);
"#;
/// A rule file with a warning: nothing reads the relation.
const DOUBTFUL: &str = "/// `p` is there.
relation There(p: Pool);
There(p) <- Pool(p);
";
/// How long a run may take before it counts as one that never ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a run came to.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    /// That the run ended with `code`, and said one error if it could not work, none otherwise.
    fn expect(&self, code: i32, part: &str, what: &str) {
        let Self { out, err, .. } = self;
        let all = format!("{what}\n--- out\n{out}--- err\n{err}");
        assert_eq!(self.code, Some(code), "{all}");
        assert!(!err.contains("panicked"), "{all}");
        assert!(out.contains(part) || err.contains(part), "no {part:?}: {all}");
        let lines = out.lines().chain(err.lines());
        let errors = lines.filter(|line| line.starts_with("error")).count();
        if code == 2 {
            assert_eq!(errors, 1, "{all}");
        } else {
            assert_eq!(err, "", "{all}");
        }
    }
}

/// Runs a command to its end, which must come.
fn end(mut command: Command, folder: &Folder) -> Ended {
    let mut child = command
        .stdout(File::create(folder.0.join(".out")).expect("a file"))
        .stderr(File::create(folder.0.join(".err")).expect("a file"))
        .spawn()
        .expect("lynt runs");
    let start = Instant::now();
    let code = loop {
        match child.try_wait().expect("a status") {
            Some(status) => break status.code(),
            None if start.elapsed() > PATIENCE => {
                let _ = child.kill();
                panic!("{command:?} does not end");
            }
            None => sleep(Duration::from_millis(5)),
        }
    };
    let read = |name| String::from_utf8_lossy(&fs::read(folder.0.join(name)).expect(name)).into();
    Ended { code, out: read(".out"), err: read(".err") }
}

fn run(folder: &Folder, arguments: &[impl AsRef<OsStr>]) -> Ended {
    let mut command = command(folder.as_ref(), &[]);
    command.args(arguments).stdin(Stdio::null());
    end(command, folder)
}

/// The commands that read a topology, each with what it comes to where a pool names itself as its backup,
/// and where there is nothing in the topology.
const READERS: [(&[&str], i32, i32); 6] = [
    (&["check"], 1, 2),
    (&["facts"], 0, 0),
    (&["waivers"], 0, 0),
    (&["query", "Pool(p)"], 0, 2),
    (&["explain", "self-backup:p"], 0, 2),
    (&["simulate"], 0, 0),
];

fn with(arguments: &[&str], path: impl AsRef<OsStr>) -> Vec<OsString> {
    let arguments = arguments.iter().map(OsString::from);
    arguments.chain([path.as_ref().to_owned()]).collect()
}

fn make_pipe(folder: &Folder, name: &str) {
    let path = folder.0.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
    assert!(made.success());
}

/// A folder with everything in it that a path may lead to.
fn oddities(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("self.toml", SELF).write("-x.toml", SELF).write("looped/self.toml", SELF);
    folder.write("none/notes.txt", "no topology").write("empty.toml", "").write("empty/e.toml", "");
    folder.write("dangling/self.toml", SELF).write("circle/self.toml", SELF);
    folder.write("piped/self.toml", SELF);
    let link = |to: &str, at: &str| symlink(to, folder.0.join(at)).expect("a link");
    link(".", "looped/again");
    link("../looped", "looped/around");
    link("nowhere.toml", "dangling/x.toml");
    link("x.toml", "circle/x.toml");
    make_pipe(&folder, "piped/x.toml");
    folder
}

#[test]
fn every_command_that_reads_a_topology_says_what_a_path_leads_to() {
    let folder = oddities("io-paths");
    let unreadable = [
        ("nowhere.toml", "could not read nowhere.toml: No such file"),
        ("self.toml/", "could not read self.toml/: Not a directory"),
        ("self.toml/x.toml", "could not read self.toml/x.toml: Not a directory"),
        ("none", "no *.toml files in none"),
        ("dangling", "could not read dangling/x.toml: No such file"),
        ("circle", "could not read circle/x.toml: Too many levels of symbolic links"),
        ("piped", "could not read piped/x.toml: it is no regular file"),
    ];
    for (arguments, found, nothing) in READERS {
        for (path, part) in unreadable {
            run(&folder, &with(arguments, path)).expect(2, part, &format!("{arguments:?} {path}"));
        }
        let readable = [&["self.toml"][..], &["looped"], &["./-x.toml"], &["--", "-x.toml"]];
        for path in readable {
            let arguments = [arguments, path].concat();
            run(&folder, &arguments).expect(found, "", &format!("{arguments:?}"));
        }
        for path in ["empty.toml", "empty"] {
            let part = if nothing == 2 { "there is nothing to check" } else { "" };
            run(&folder, &with(arguments, path)).expect(nothing, part, &format!("{arguments:?}"));
        }
    }
    // What is left out is not looked at.
    let left_out = ["facts", "--exclude", "x.toml", "piped"];
    run(&folder, &left_out).expect(0, "piped/self.toml", "--exclude");
}

#[test]
fn every_command_that_reads_other_files_says_what_a_path_leads_to() {
    let folder = oddities("io-others");
    folder.write("house/x.toml", POOL).write("empty.dl", "").write("empty.xml", "");
    make_pipe(&folder, "rules/x.dl");
    make_pipe(&folder, "pipe.toml");
    let cases: [(&[&str], &str); 20] = [
        (&["rule", "--rules", "house"], "no *.dl files in house"),
        (&["rule", "--rules", "rules"], "could not read rules/x.dl: it is no regular file"),
        (&["rule", "--rules", "nowhere.dl"], "could not read nowhere.dl"),
        (&["check", "--rules", "rules", "self.toml"], "rules/x.dl: it is no regular file"),
        (&["check", "--config", "house", "self.toml"], "could not read house: Is a directory"),
        (&["check", "--config", "nowhere", "self.toml"], "could not read nowhere: No such file"),
        (&["test", "rules"], "could not read rules/x.dl: it is no regular file"),
        (&["test", "piped"], "could not read piped/x.toml: it is no regular file"),
        (&["test", "pipe.toml"], "could not read pipe.toml: it is no regular file"),
        (&["test", "dangling"], "could not read dangling/x.toml"),
        (&["test", "nowhere"], "could not read nowhere"),
        (&["test", "empty.dl"], "there is nothing to test in empty.dl"),
        (&["test", "looped"], "there is nothing to test in looped"),
        (&["import", "house"], "could not read house: Is a directory"),
        (&["import", "self.toml/x"], "could not read self.toml/x: Not a directory"),
        (&["import", "empty.xml"], "empty.xml: the file is empty"),
        (&["import", "--", "-x.toml"], "-x.toml:1:1"),
        (&["run", "house"], "could not read house: Is a directory"),
        (&["run", "empty.dl"], "the program derives nothing"),
        (&["schema", "config", "--rules", "rules"], "rules/x.dl: it is no regular file"),
    ];
    for (arguments, part) in cases {
        run(&folder, arguments).expect(2, part, &format!("{arguments:?}"));
    }
    run(&folder, &["rule", "--rules", "empty.dl"]).expect(0, "self-backup", "no rules in a file");
    let mut from_folder = command(folder.as_ref(), &["check", "-"]);
    from_folder.stdin(File::open(folder.0.join("house")).expect("a folder"));
    let part = "could not read <stdin>: Is a directory";
    end(from_folder, &folder).expect(2, part, "standard input is a folder");
}

/// A folder below the named one is told by its own name.
#[test]
fn a_folder_that_can_not_be_read_is_told() {
    let folder = Folder::new("io-locked");
    folder.write("t/p.toml", POOL).write("t/locked/x.toml", "");
    let locked = folder.0.join("t/locked");
    let set = |mode| {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(&locked, permissions).expect("permissions");
    };
    set(0o0);
    // Whoever may read everywhere, as root, is not held by permissions.
    let (code, part) = match fs::read_dir(&locked) {
        Ok(_) => (0, "ok: 1 pool"),
        Err(_) => (2, "could not read t/locked: Permission denied (os error 13)\n"),
    };
    let ended = run(&folder, &["check", "t"]);
    set(0o755);
    ended.expect(code, part, "a locked folder");
}

/// As shells make of `lynt check <(generate)`.
#[test]
fn a_named_pipe_that_is_named_is_read() {
    let folder = Folder::new("io-pipe");
    folder.write("p.toml", POOL);
    let export = include_str!("../examples/litware/Topology.xml");
    let topologies = READERS.map(|(arguments, found, _)| (with(arguments, "pipe"), found, SELF));
    let others = [
        (with(&["import"], "pipe"), 0, export),
        (with(&["rule", "pool-there", "--rules"], "pipe"), 0, FAILING),
        (with(&["check", "p.toml", "--rules"], "pipe"), 0, FAILING),
        (with(&["check", "p.toml", "--config"], "pipe"), 0, "output.fail-on = \"never\"\n"),
    ];
    make_pipe(&folder, "pipe");
    for (arguments, code, content) in topologies.into_iter().chain(others) {
        let pipe = folder.0.join("pipe");
        let writer = thread::spawn(move || {
            let opened = OpenOptions::new().write(true).open(pipe);
            opened.and_then(|mut pipe| pipe.write_all(content.as_bytes()))
        });
        let ended = run(&folder, &arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {}{}", ended.out, ended.err);
        writer.join().expect("the writer ends").expect("all is read");
    }
    let mut adding = command(folder.as_ref(), &["check", "--add-ignore", "CHG-1", "pipe"]);
    adding.stdin(Stdio::null());
    let pipe = folder.0.join("pipe");
    thread::spawn(move || fs::write(pipe, SELF));
    end(adding, &folder).expect(2, "could not write pipe: it is a link, or no regular", "a pipe");
}

#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_utf8() {
    let folder = Folder::new("io-names");
    let name = OsStr::from_bytes(b"d/\xff\xfe.toml");
    fs::create_dir(folder.0.join("d")).expect("a folder");
    fs::write(folder.0.join(name), SELF).expect("a file");
    for (arguments, found, _) in READERS {
        for path in [OsStr::new("d"), name] {
            run(&folder, &with(arguments, path)).expect(found, "", &format!("{arguments:?}"));
        }
        let wrong = OsStr::from_bytes(b"\xff.toml");
        let part = "could not read \u{fffd}.toml";
        run(&folder, &with(arguments, wrong)).expect(2, part, &format!("{arguments:?}"));
    }
    let shown = run(&folder, &with(&["check"], name)).out;
    assert!(shown.contains("d/\u{fffd}\u{fffd}.toml:4:20"), "{shown}");
    let written = with(&["check", "self.toml", "-f"], OsStr::from_bytes(b"json=\xff"));
    run(&folder, &written).expect(2, "invalid UTF-8", "a report's name");
    let import = with(&["import"], OsStr::from_bytes(b"\xff.xml"));
    run(&folder, &import).expect(2, "could not read \u{fffd}.xml", "an export's name");
}

/// What a report says to run must run, whatever the file is called.
#[test]
fn a_path_like_an_option_can_be_pasted() {
    let folder = oddities("io-dash");
    let shown = run(&folder, &["check", "--", "-x.toml"]).out;
    let line = shown.lines().find_map(|line| line.trim().strip_prefix("= why: lynt "));
    let arguments: Vec<&str> = line.expect("the command").split(' ').collect();
    assert_eq!(arguments, ["explain", "self-backup:p", "./-x.toml"], "{shown}");
    run(&folder, &arguments).expect(0, "self-backup", "the command that was shown");
}

#[test]
fn ten_thousand_files_are_one_topology() {
    let folder = Folder::new("io-many");
    for number in 0..10_000 {
        let pool = POOL.replace("p.contoso", &format!("p{number}.contoso"));
        folder.write(&format!("t/{}/{number}.toml", number % 100), pool);
    }
    run(&folder, &["check", "t"]).expect(0, "10000 pools hold", "check");
    let counted = run(&folder, &["query", "let n = count { Pool(p) }", "t"]);
    counted.expect(0, "10000", "query");
    folder
        .write("t/99/9999.toml", "[[pool]]\nfqdn = 1\n")
        .write("t/0/0.toml", "[[pol]]\n[[pool]]\nfqdn=\"a\"");
    let told = run(&folder, &["check", "-f", "concise", "t"]);
    assert_eq!((told.code, told.out.lines().count()), (Some(2), 2), "{}{}", told.out, told.err);
}

/// lynt reads standard input before the path behind it, so that the path can go meanwhile.
#[test]
fn a_file_that_vanishes_is_told() {
    let folder = Folder::new("io-vanish");
    for path in ["gone.toml", "gone/x.toml"] {
        folder.write(path, POOL);
        let named = path.split('/').next().expect("a name");
        let mut reading = command(folder.as_ref(), &["check", "-", named]);
        let (reader, mut writer) = io::pipe().expect("a pipe");
        reading.stdin(reader);
        let remover = thread::spawn({
            let path = folder.0.join(named);
            move || {
                // The pipe holds less than this, so lynt has begun to read.
                let much = "#".repeat(1 << 20) + "\n" + POOL;
                writer.write_all(much.as_bytes()).expect("lynt reads");
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
            }
        });
        let ended = end(reading, &folder);
        remover.join().expect("the thread ends").expect("the file goes");
        ended.expect(2, &format!("could not read {named}: No such file"), named);
    }
}

#[test]
fn what_can_not_be_written_is_told() {
    let folder = Folder::new("io-targets");
    let export = include_str!("../examples/litware/Topology.xml");
    folder.write("self.toml", SELF).write("p.toml", POOL).write("t.xml", export);
    folder.write("folder/x.toml", POOL).write("pool-there.dl", FAILING);
    folder.write("path.dl", "input Edge(x: Int);\nrelation Path(x: Int);\nPath(x) <- Edge(x);\n");
    folder.write("facts/Edge.facts", "1\n");
    // Root may write everywhere, but not below a file, nor into a folder of the kernel.
    let mut targets = vec![
        ("p.toml/x", "Not a directory"),
        ("nowhere/x", "No such file"),
        ("folder", "Is a directory"),
    ];
    if cfg!(target_os = "linux") {
        targets.push(("/proc/x", "No such file"));
        targets.push(("/dev/full", "No space left on device"));
    }
    for (target, why) in &targets {
        let part = format!("could not write {target}: {why}");
        let (json, junit) = (format!("json={target}"), format!("junit={target}"));
        let cases: [&[&str]; 5] = [
            &["check", "-f", &json, "p.toml"],
            &["check", "-f", &json, "-f", &junit.replace(target, "j.xml"), "p.toml"],
            &["check", "-f", &json, "nothing/here.toml"],
            &["test", "-f", &junit, "pool-there.dl"],
            &["import", "t.xml", "--force", "-o", target],
        ];
        for arguments in cases {
            let ended = run(&folder, arguments);
            if arguments.contains(&"nothing/here.toml") {
                // Both are wrong, and both are told.
                let all = format!("{}{}", ended.out, ended.err);
                assert!(all.contains(&part) && all.contains("could not read nothing"), "{all}");
                assert_eq!(ended.code, Some(2));
                continue;
            }
            ended.expect(2, &part, &format!("{arguments:?}"));
        }
        assert!(folder.read("j.xml").contains("<testsuite"), "the other report is whole");
        fs::remove_file(folder.0.join("j.xml")).expect("it goes");
    }
    for target in ["p.toml", "p.toml/x", "/proc/x", "/dev/full"] {
        if !cfg!(target_os = "linux") && target.starts_with('/') {
            continue;
        }
        let part = format!("could not write {target}");
        let cases: [&[&str]; 4] = [
            &["facts", "--out", target, "p.toml"],
            &["run", "path.dl", "--facts", "facts", "--out", target],
            &["man", "--out", target],
            &["new", "rule", "pool-alone", "--out", target],
        ];
        for arguments in cases {
            run(&folder, arguments).expect(2, &part, &format!("{arguments:?}"));
        }
    }
    let mut github = command(folder.as_ref(), &["check", "-f", "github", "p.toml"]);
    github.env("GITHUB_STEP_SUMMARY", "p.toml/x").stdin(Stdio::null());
    end(github, &folder).expect(2, "could not write p.toml/x", "the summary of a step");
    assert_eq!(
        folder.list("."),
        [
            ".err",
            ".out",
            "facts",
            "folder",
            "p.toml",
            "path.dl",
            "pool-there.dl",
            "self.toml",
            "t.xml"
        ]
    );
}

/// Commands that print, and what they come to.
const PRINTERS: [(&[&str], i32); 25] = [
    (&[], 0),
    (&["--help"], 0),
    (&["--version", "-v"], 0),
    (&["check", "--help"], 0),
    (&["check", "many.toml"], 1),
    (&["check", "-f", "json", "many.toml"], 1),
    (&["check", "--show-files", "many.toml"], 0),
    (&["check", "--show-settings", "many.toml"], 0),
    (&["facts", "many.toml"], 0),
    (&["waivers", "many.toml"], 0),
    (&["query", "Sba(s)", "many.toml"], 0),
    (&["explain", "sba-without-registrar:s1", "many.toml"], 0),
    (&["simulate", "--matrix", "many.toml"], 0),
    (&["report", "many.toml"], 1),
    (&["graph", "many.toml"], 0),
    (&["diff", "many.toml", "many.toml"], 0),
    (&["rule"], 0),
    (&["rule", "--emit", "crepe"], 0),
    (&["vocabulary"], 0),
    (&["schema", "topology"], 0),
    (&["completions", "bash"], 0),
    (&["man"], 0),
    (&["import", "t.xml"], 0),
    (&["test", "pool-there.dl"], 1),
    (&["new", "rule", "pool-alone", "--stdout"], 0),
];

/// So many violations that reports do not fit into a pipe.
fn printing(name: &str) -> Folder {
    let folder = Folder::new(name);
    let many = (0..300).map(|number| {
        format!("[[sba]]\nfqdn = \"s{number}.contoso.com\"\nversion = \"sfb-2015\"\n")
    });
    let export = include_str!("../examples/litware/Topology.xml");
    folder.write("many.toml", many.collect::<String>()).write("pool-there.dl", FAILING);
    folder.write("t.xml", export).write("wrong.toml", "[[pool]\n").write("doubtful.dl", DOUBTFUL);
    folder
}

#[test]
fn a_reader_that_goes_early_changes_no_verdict() {
    let folder = printing("io-closed");
    let mut misspelt = "[[site]]\nname = \"London\"\n".to_owned();
    for number in 0..300 {
        let pool = POOL.replace("p.", &format!("p{number}-{}.", "x".repeat(250)));
        misspelt.push_str(&format!("{pool}site = \"Lodon\"\n"));
    }
    folder.write("misspelt.toml", &misspelt);
    let diff = run(&folder, &["check", "--fix", "--diff", "misspelt.toml"]);
    assert!(diff.code == Some(1) && diff.out.len() > 80_000, "{}", diff.err);
    // What comes after the first 64 KiB counts too.
    let later: [(&[&str], i32); 2] = [
        (&["facts", "many.toml", "misspelt.toml", "wrong.toml"], 2),
        (&["check", "--fix", "--diff", "misspelt.toml"], 1),
    ];
    for (arguments, code) in PRINTERS.into_iter().chain(later) {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let mut closed = command(folder.as_ref(), arguments);
        let output = closed.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped()).output();
        let output = output.expect("lynt runs");
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {err}");
        // Notes about an export, what was mended, what is wrong with a file.
        let speaks = ["import", "--diff", "wrong.toml"];
        let speaks = arguments.iter().any(|word| speaks.contains(word));
        assert!(err.is_empty() || speaks, "{arguments:?}: {err}");
        assert!(!err.contains("could not write"), "{arguments:?}: {err}");
    }
    // As `lynt check many.toml | head -1`.
    let mut head = command(folder.as_ref(), &["check", "many.toml"]);
    let mut child = head.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("lynt runs");
    let mut line = String::new();
    let out = child.stdout.take().expect("a pipe");
    BufReader::with_capacity(64, out).read_line(&mut line).expect("a line");
    assert!(line.starts_with("error[sba-without-registrar]"), "{line}");
    let output = child.wait_with_output().expect("lynt ends");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
}

/// Nobody can be told, but the verdict stays.
#[test]
fn a_lost_standard_error_changes_no_verdict() {
    let folder = printing("io-error");
    let cases: [(&[&str], i32); 7] = [
        (&["check", "--timings", "many.toml"], 1),
        (&["check", "--fix", "--diff", "many.toml"], 1),
        (&["check", "--fix", "many.toml"], 1),
        (&["check", "nowhere.toml"], 2),
        (&["check", "--nonsense"], 2),
        (&["import", "t.xml"], 0),
        (&["check", "--rules", "doubtful.dl", "many.toml"], 1),
    ];
    for (arguments, code) in cases {
        let (reader, closed) = io::pipe().expect("a pipe");
        drop(reader);
        let mut streams = vec![Stdio::from(closed)];
        if cfg!(target_os = "linux") {
            let full = OpenOptions::new().write(true).open("/dev/full").expect("the device");
            streams.push(Stdio::from(full));
        }
        for stream in streams {
            let mut lost = command(folder.as_ref(), arguments);
            let output = lost.stdin(Stdio::null()).stderr(stream).output().expect("lynt runs");
            assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told_once() {
    let folder = printing("io-full");
    for (arguments, _) in PRINTERS {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("the device");
        let mut printing = command(folder.as_ref(), arguments);
        let output = printing.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped()).output();
        let output = output.expect("lynt runs");
        let told = "error: could not write the output: No space left on device (os error 28)\n";
        assert_eq!(text(&output.stderr), told, "{arguments:?}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
