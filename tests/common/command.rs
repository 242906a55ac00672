//! The program as people and scripts run it: in a folder of its own, with a clean environment.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

/// A folder that goes when the test ends.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("lynt-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect(name)
    }

    /// The names in a folder, sorted.
    pub fn list(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(name)).expect(name);
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("a name in UTF-8");
        let mut names: Vec<String> = entries.flatten().map(name).collect();
        names.sort();
        names
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What git, which must succeed, prints in `folder`.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = try_git(folder, arguments);
    assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Runs git in `folder`, whatever git's own settings are here and whoever runs the tests.
pub fn try_git(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    let settings = ["user.name=t", "user.email=t@x", "commit.gpgSign=false", "core.autocrlf=false"];
    for setting in settings {
        command.args(["-c", setting]);
    }
    command.env("GIT_CONFIG_GLOBAL", folder.join("no-such-file")).env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(arguments).current_dir(folder).output().expect("git runs")
}

/// Variables that change what lynt prints or writes.
const VARIABLES: [&str; 16] = [
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "CI",
    "COLUMNS",
    "TERM",
    "LANG",
    "LC_ALL",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "GITHUB_STEP_SUMMARY",
    "LYNT_BASELINE",
    "LYNT_CONFIG",
    "LYNT_TODAY",
    "SOURCE_DATE_EPOCH",
];

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lynt"));
    command.args(arguments).current_dir(folder);
    VARIABLES.iter().for_each(|name| {
        command.env_remove(name);
    });
    // No configuration above the folder counts.
    command.env("HOME", folder).env("USERPROFILE", folder);
    command
}

/// Runs `lynt <arguments>` in `folder` with `input` as its standard input.
pub fn lynt(folder: impl AsRef<Path>, arguments: &[&str], input: &[u8]) -> Output {
    lynt_with(folder, arguments, input, &[])
}

/// As [`lynt`], with these variables set.
pub fn lynt_with(
    folder: impl AsRef<Path>,
    arguments: &[&str],
    input: &[u8],
    variables: &[(&str, &str)],
) -> Output {
    let mut command = command(folder.as_ref(), arguments);
    command.envs(variables.iter().copied());
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = streams.spawn().expect("lynt runs");
    // A program that never reads its input closes it.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("lynt ends")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// Standard output of a run that must succeed and say nothing on standard error.
pub fn printed(folder: &Folder, arguments: &[&str], input: &str) -> String {
    let output = lynt(folder, arguments, input.as_bytes());
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    text(&output.stdout)
}

/// `place name: message` of each problem on standard error of a run that must fail and print nothing.
pub fn told(folder: &Folder, arguments: &[&str], input: &str) -> Vec<String> {
    let output = lynt(folder, arguments, input.as_bytes());
    let stderr = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()), "{stderr}");
    let mut told: Vec<String> = Vec::new();
    for line in stderr.lines() {
        if let Some(problem) = line.strip_prefix("error[") {
            told.push(problem.replacen(']', "", 1));
        } else if let (Some(place), Some(last)) =
            (line.trim().strip_prefix("--> "), told.last_mut())
        {
            *last = format!("{place} {last}");
        }
    }
    assert!(!told.is_empty(), "{stderr}");
    told
}

/// A case: arguments, exit code, and parts of standard output and standard error.
pub type Case<'c> = (&'c [&'c str], i32, &'c [&'c str], &'c [&'c str]);

pub fn run_cases(folder: &Folder, input: impl AsRef<[u8]>, cases: &[Case<'_>]) {
    for (arguments, code, out, err) in cases {
        let output = lynt(folder, arguments, input.as_ref());
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let all = format!("lynt {arguments:?}\n--- out\n{stdout}--- err\n{stderr}");
        assert_eq!(output.status.code(), Some(*code), "{all}");
        for part in *out {
            assert!(stdout.contains(part), "no {part:?} on standard output: {all}");
        }
        for part in *err {
            assert!(stderr.contains(part), "no {part:?} on standard error: {all}");
        }
        if out.is_empty() {
            assert_eq!(stdout, "", "{all}");
        }
    }
}
