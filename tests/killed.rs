//! Runs that are killed or interrupted while they write, and runs that write at once: whenever that is, each file has
//! its old text or its new one, and the next run works as if there had been none before it. An interrupt leaves no
//! other file, and ends the run as the signal ends any program.
#![cfg(unix)]

mod common;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/random.rs"]
mod random;

use common::command::{Folder, command, lynt, text};
use random::Random;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often each command is killed; runs that were over before the signal came don't count.
const KILLS: usize = 25;
/// How often each command is interrupted.
const INTERRUPTED: usize = 16;
/// How often each command runs twice at once.
const RACES: usize = 5;
/// Files of the topology.
const FILES: usize = 6;
/// A rule that has safe and unsafe fixes.
const SELECT: [&str; 2] = ["--select", "asymmetric-backup"];
/// What an export is turned into.
const EXPORT: &str = include_str!("import/litware.tbxml");

/// The texts of a folder by path.
type Texts = BTreeMap<String, Vec<u8>>;

/// The commands that write, each with the exit code of a run that nothing disturbs.
const COMMANDS: [(&[&str], i32); 8] = [
    (&["check", "--fix", "topology"], 1),
    (&["check", "--unsafe-fixes", "topology"], 1),
    (&["check", "--add-ignore", "CHG-4711", "topology"], 0),
    (&["baseline", "--today", "2026-11-23", "topology"], 0),
    (&["baseline", "--today", "2026-11-23", "--baseline", "known.toml", "topology"], 0),
    (&["check", "-f", "sarif=lynt.sarif", "topology"], 1),
    (&["import", "export.tbxml", "--force", "-o", "topology/00.toml"], 0),
    (&["facts", "--out", "facts", "topology"], 0),
];

/// A command that takes long.
const REPORT: (&[&str], i32) =
    (&["report", "--today", "2026-11-23", "-o", "report.html", "topology"], 1);

/// What ends a run: its name, and its number, of which a shell makes 128 and so many more.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Signal(&'static str, i32);

const KILL: Signal = Signal("KILL", 9);
const INTERRUPTS: [Signal; 2] = [Signal("INT", 2), Signal("TERM", 15)];

/// The interrupts that end a program started from here: where a shell runs the tests in the background, it has them
/// and all that they start ignore SIGINT.
fn interrupts() -> Vec<Signal> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    INTERRUPTS.into_iter().filter(|signal| ignored >> (signal.1 - 1) & 1 == 0).collect()
}

/// Where a run was when it died.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Died {
    before: usize,
    within: usize,
    after: usize,
    /// The signal ended it.
    interrupted: usize,
}

#[test]
fn a_killed_run_leaves_each_file_old_or_new() {
    let start = Instant::now();
    let mut all = Died::default();
    for (seed, (arguments, code)) in (0_u64..).zip(COMMANDS) {
        let killed = Killed::new("killed", arguments, code);
        let died = killed.many(KILLS, &[KILL], &mut Random::new(seed));
        println!("{arguments:?}, {:?} of {:?} writing: {died:?}", killed.writing, killed.whole);
        assert!(died.within > 0, "{arguments:?}: {died:?}");
        all.before += died.before;
        all.within += died.within;
        all.after += died.after;
        all.interrupted += died.interrupted;
    }
    println!("{all:?} in {:?}", start.elapsed());
    assert!(all.before > 10 && all.within > 40 && all.after > 10, "{all:?}");
    assert!(all.interrupted >= 200);
}

#[test]
fn an_interrupted_run_leaves_no_other_file() {
    let mut all = Died::default();
    for (seed, (arguments, code)) in (100_u64..).zip(COMMANDS) {
        let killed = Killed::new("interrupted", arguments, code);
        let died = killed.many(INTERRUPTED, &interrupts(), &mut Random::new(seed));
        println!("{arguments:?}: {died:?}");
        all.interrupted += died.interrupted;
        all.before += died.before;
        all.within += died.within;
        all.after += died.after;
    }
    println!("{all:?}");
    assert!(all.before > 5 && all.after > 5, "{all:?}");
    assert!(all.interrupted > 40, "{all:?}");
}

/// A pipe keeps lynt waiting: nobody fills it, before a file is begun, or nobody empties it, after one is complete.
#[test]
fn a_signal_ends_a_run_that_waits() {
    for Signal(name, number) in interrupts() {
        let folder = Folder::new("interrupted-waiting");
        let made = Command::new("mkfifo").arg(folder.0.join("pipe")).status();
        assert!(made.expect("mkfifo runs").success());
        let waiting: [(&[&str], &[&str]); 2] = [
            (&["check", "-f", "json=r.json", "-"], &["pipe"]),
            (&["check", "-f", "json=r.json", "-f", "github", "none.toml"], &["pipe", "r.json"]),
        ];
        for (arguments, files) in waiting {
            let mut command = command(folder.as_ref(), arguments);
            command.env("GITHUB_STEP_SUMMARY", "pipe").stdin(Stdio::piped());
            let streams = command.stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = streams.spawn().expect("lynt runs");
            let start = Instant::now();
            while folder.list(".") != files && start.elapsed() < Duration::from_secs(20) {}
            sleep(Duration::from_millis(100));
            send(name, &child);
            let status = child.wait().expect("lynt ends");
            assert_eq!(status.signal(), Some(number), "{arguments:?}: {status}");
            assert_eq!(folder.list("."), files, "{arguments:?}");
        }
    }
}

/// Both write the same files. One may find that the other was faster, and say so; no file is half of one.
#[test]
fn runs_at_once_do_not_disturb_each_other() {
    for (arguments, code) in COMMANDS.into_iter().chain([REPORT]) {
        let killed = Killed::new("at-once", arguments, code);
        for _ in 0..RACES {
            killed.reset();
            let mut children = [killed.start(), killed.start(), killed.start()];
            let codes = children.each_mut().map(|child| child.wait().expect("lynt ends").code());
            let texts = killed.texts();
            killed.judge(&texts);
            assert_eq!(texts.keys().find(|name| is_left(name)), None, "{arguments:?}");
            assert!(codes.contains(&Some(code)), "{arguments:?}: {codes:?}");
            let known = |found: &Option<i32>| [Some(0), Some(code), Some(2)].contains(found);
            assert!(codes.iter().all(known), "{arguments:?}: {codes:?}");
        }
    }
}

/// Sends a signal to a run, which may be over.
fn send(signal: &str, child: &Child) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-s", signal, &id]).stderr(Stdio::null()).status();
    sent.expect("kill runs");
}

/// A command, and what becomes of it undisturbed.
struct Killed {
    folder: Folder,
    arguments: Vec<&'static str>,
    code: i32,
    old: Texts,
    new: Texts,
    /// How long a run takes.
    whole: Duration,
    /// How long it takes from the first file that it begins to the last that it ends.
    writing: Duration,
}

impl Killed {
    /// `name`: of a folder that no other test has.
    fn new(name: &str, arguments: &[&'static str], code: i32) -> Self {
        let folder = Folder::new(name);
        let has_rules = !["import", "facts"].contains(&arguments[0]);
        let select: &[&str] = if has_rules { &SELECT } else { &[] };
        let arguments = [arguments, select].concat();
        let (old, new) = (start_of(arguments[0]), Texts::new());
        let (whole, writing) = (Duration::ZERO, Duration::ZERO);
        let mut killed = Self { folder, arguments, code, old, new, whole, writing };
        killed.reset();
        killed.new = killed.undisturbed();
        assert!(killed.new != killed.old, "{:?} writes nothing", killed.arguments);
        killed.measure();
        killed
    }

    /// The folder as it is before each run.
    fn reset(&self) {
        for entry in fs::read_dir(&self.folder).expect("a folder").flatten() {
            let path = entry.path();
            let gone =
                if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            gone.expect("it goes");
        }
        for (name, text) in &self.old {
            self.folder.write(name, text);
        }
    }

    /// The texts after a run to its end, without what earlier runs left.
    fn undisturbed(&self) -> Texts {
        let output = lynt(&self.folder, &self.arguments, b"");
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(self.code), "{:?}: {said}", self.arguments);
        let mut texts = self.texts();
        texts.retain(|name, _| !is_left(name));
        texts
    }

    /// The shortest times of some runs.
    fn measure(&mut self) {
        let runs = [(); 3].map(|()| {
            self.reset();
            let start = Instant::now();
            let mut child = self.start();
            self.wait_for(&mut child, |names| names.iter().any(|name| is_left(name)));
            let began = Instant::now();
            self.wait_for(&mut child, |_| self.texts() == self.new);
            let writing = began.elapsed();
            child.wait().expect("lynt ends");
            (start.elapsed(), writing)
        });
        let shortest = |times: [Duration; 3]| times.into_iter().min().expect("there are some");
        (self.whole, self.writing) =
            (shortest(runs.map(|run| run.0)), shortest(runs.map(|run| run.1)));
    }

    fn start(&self) -> Child {
        let mut command = command(self.folder.as_ref(), &self.arguments);
        let streams = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        streams.spawn().expect("lynt runs")
    }

    /// Looks at the names of all files until they are as wanted, or the run is over.
    fn wait_for(&self, child: &mut Child, are_wanted: impl Fn(&[String]) -> bool) {
        while !are_wanted(&self.names()) && child.try_wait().expect("a status").is_none() {}
    }

    /// Ends so many runs by these signals in turn. Some more are over before that.
    fn many(&self, runs: usize, signals: &[Signal], random: &mut Random) -> Died {
        let (mut died, mut seen) = (Died::default(), BTreeSet::new());
        for round in 0.. {
            if died.interrupted == runs {
                break;
            }
            assert!(round < 20 * runs, "{:?}: {died:?}", self.arguments);
            self.reset();
            let mut child = self.start();
            // At any time; as soon as it writes; while it writes.
            let span = [self.whole * 6 / 5, Duration::ZERO, self.writing][round % 3];
            if round % 3 > 0 {
                // It writes late, and looking all the time would slow it down.
                sleep(self.whole / 3);
                self.wait_for(&mut child, |names| names.iter().any(|name| is_left(name)));
            }
            let micros = usize::try_from(span.as_micros()).expect("a short time");
            sleep(Duration::from_micros(random.below(micros + 1) as u64));
            let Signal(name, number) = signals[round % signals.len()];
            send(name, &child);
            let status = child.wait().expect("lynt ends");
            let texts = self.texts();
            self.judge(&texts);
            died.interrupted += usize::from(status.signal() == Some(number));
            assert!([None, Some(number)].contains(&status.signal()), "{status}");
            if !signals.contains(&KILL) {
                let left = texts.keys().find(|name| is_left(name));
                assert_eq!(left, None, "{:?}, SIG{name}", self.arguments);
            }
            if texts == self.old {
                died.before += 1;
            } else if texts == self.new {
                died.after += 1;
            } else {
                died.within += 1;
                if seen.insert(self.progress(&texts)) {
                    let next = self.undisturbed();
                    assert!(next == self.new, "{:?} after {seen:?}", self.arguments);
                }
            }
        }
        died
    }

    /// Every file has its old text or its new one; what else is there bears the name of a half-written one.
    fn judge(&self, texts: &Texts) {
        for (name, text) in texts.iter().filter(|(name, _)| !is_left(name)) {
            let known = [&self.old, &self.new].map(|texts| texts.get(name));
            assert!(known.contains(&Some(text)), "{:?}: {name}", self.arguments);
        }
        let gone = self.old.keys().find(|name| !texts.contains_key(*name));
        assert_eq!(gone, None, "{:?}", self.arguments);
    }

    /// Which files have their new text, and beside which one half a file is left.
    fn progress(&self, texts: &Texts) -> Vec<String> {
        let done = texts.iter().filter(|(name, text)| {
            is_left(name)
                || (self.old.get(*name) != Some(text) && self.new.get(*name) == Some(text))
        });
        let plain = |name: &str| {
            name.split_once(".lynt-").map_or(name.to_owned(), |(name, _)| format!("half of {name}"))
        };
        done.map(|(name, _)| plain(name)).collect()
    }

    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        list(self.folder.as_ref(), "", &mut names);
        names
    }

    fn texts(&self) -> Texts {
        // A file that is being written may be renamed meanwhile.
        let read = |name: String| Some((fs::read(self.folder.0.join(&name)).ok()?, name));
        let read = self.names().into_iter().filter_map(read);
        read.map(|(text, name)| (name, text)).collect()
    }
}

/// The paths of all files below a folder.
fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_str().expect("a name in UTF-8"));
        match entry.file_type().expect("it is known").is_dir() {
            true => list(&entry.path(), &format!("{name}/"), names),
            false => names.push(name),
        }
    }
}

/// Whether a file is one that a run writes beside another, such as `t.toml.lynt-4711-0`.
fn is_left(name: &str) -> bool {
    let numbers = name.rsplit_once(".lynt-").and_then(|(_, numbers)| numbers.split_once('-'));
    numbers.is_some_and(|(process, number)| {
        process.parse::<u32>().is_ok() && number.parse::<u32>().is_ok()
    })
}

/// What is there before the command `name` is run: a topology in which every file has a violation with a safe
/// fix and one with an unsafe fix, one of the topology's findings in a baseline, an old report.
fn start_of(name: &str) -> Texts {
    let mut texts = Texts::new();
    for file in 0..FILES {
        let pool = |name: &str, backup: &str| {
            let backup = match backup {
                "" => String::new(),
                backup => {
                    format!("backup-registrar = \"fe-{backup}{file:02}.contoso.com\" # old\n")
                }
            };
            let name = format!("fe-{name}{file:02}.contoso.com");
            format!("[[pool]]\nfqdn = \"{name}\"\nversion = \"sfb-2015\"\n{backup}\n")
        };
        // Of a pool that one other names as its backup it is clear what it must name, of one that two name not.
        let pools = [("a", "b"), ("b", ""), ("c", "e"), ("d", "e"), ("e", "")];
        let topology: String = pools.map(|(name, backup)| pool(name, backup)).concat();
        texts.insert(format!("topology/{file:02}.toml"), topology.into_bytes());
    }
    let entry = "rule = \"asymmetric-backup\"\nsubject = [\"fe-a00.contoso.com\", \"fe-b00.contoso.com\"]\n";
    let baseline = format!("version = 1\n\n[[finding]]\n{entry}topology = \"topology\"\n");
    texts.insert("known.toml".to_owned(), baseline.into_bytes());
    texts.insert("lynt.sarif".to_owned(), b"old\n".to_vec());
    if name == "import" {
        texts.insert("export.tbxml".to_owned(), EXPORT.into());
    }
    texts
}
