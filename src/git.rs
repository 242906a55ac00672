//! A folder → what git knows of it. The program `git` is run; it writes nothing, fetches nothing, and
//! runs nothing that a repository's configuration names.

use crate::source::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs, io};

/// The topmost folder of the work tree that holds `folder`, without symbolic links.
///
/// # Errors
/// There is no such folder or no git, or git finds no work tree there.
pub fn root(folder: &Path) -> Result<PathBuf, Problem> {
    WorkTree::around(folder).map(|(tree, _)| tree.root)
}

/// The files below `folder` that are in git's index, told from `folder`: what was committed or staged,
/// whether it is still there or not. Those of submodules that are checked out are among them.
///
/// # Errors
/// As [`root`], and git can't read its index.
pub fn tracked(folder: &Path) -> Result<BTreeSet<PathBuf>, Problem> {
    let (tree, below) = WorkTree::around(folder)?;
    let pathspec = pathspec(&below);
    let arguments = ["ls-files", "-z", "--full-name", "--recurse-submodules", "--"];
    let listed = tree.run(arguments.map(OsStr::new).into_iter().chain([pathspec.as_os_str()]))?;
    let paths = listed.split(|&byte| byte == 0).filter(|path| !path.is_empty()).map(path);
    Ok(paths.filter_map(|path| Some(path.strip_prefix(&below).ok()?.to_path_buf())).collect())
}

/// A content of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    id: String,
    /// How large it is.
    pub bytes: u64,
}

/// A commit of the work tree around a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    tree: WorkTree,
    /// Where the folder is in the work tree.
    below: PathBuf,
    /// The commit's id.
    pub commit: String,
}

impl Revision {
    /// The commit that `name` means, such as `main`, `HEAD~1` or an id, for what is in `folder`.
    ///
    /// # Errors
    /// As [`root`], and there is no such commit.
    pub fn of(folder: &Path, name: &str) -> Result<Self, Problem> {
        let (tree, below) = WorkTree::around(folder)?;
        let commit = format!("{name}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
        let found = tree.run(arguments.map(OsStr::new).into_iter()).map_err(|_| {
            let message = format!("git knows no commit `{name}`");
            let help =
                "name a branch, a tag or a commit that is there: a shallow clone lacks old ones";
            Problem::error("unknown-revision", message).help(help)
        })?;
        let commit = String::from_utf8_lossy(&found).trim().to_owned();
        Ok(Self { tree, below, commit })
    }

    /// The regular files below the folder, told from it, each with its content.
    ///
    /// # Errors
    /// git can't read the commit.
    pub fn files(&self) -> Result<BTreeMap<PathBuf, Blob>, Problem> {
        let pathspec = pathspec(&self.below);
        let arguments = ["ls-tree", "-r", "-l", "-z", "--full-tree", &self.commit, "--"];
        let arguments = arguments.map(OsStr::new);
        let listed = self.tree.run(arguments.into_iter().chain([pathspec.as_os_str()]))?;
        // `100644 blob 0123abcd    4711<tab>path`; links and submodules have other modes.
        let entry = |line: &[u8]| {
            let tab = line.iter().position(|&byte| byte == b'\t')?;
            let head = std::str::from_utf8(&line[..tab]).ok()?;
            let mut words = head.strip_prefix("100")?.split_ascii_whitespace().skip(2);
            let (id, bytes) = (words.next()?.to_owned(), words.next()?.parse().ok()?);
            let path = path(&line[tab + 1..]);
            Some((path.strip_prefix(&self.below).ok()?.to_path_buf(), Blob { id, bytes }))
        };
        Ok(listed.split(|&byte| byte == 0).filter_map(entry).collect())
    }

    /// A content.
    ///
    /// # Errors
    /// git can't read it.
    pub fn content(&self, blob: &Blob) -> Result<Vec<u8>, Problem> {
        self.tree.run(["cat-file", "blob", &blob.id].map(OsStr::new).into_iter())
    }

    /// The files below the folder that are not as the commit has them, told from the folder.
    ///
    /// # Errors
    /// git can't compare them.
    pub fn changed_files(&self) -> Result<BTreeSet<PathBuf>, Problem> {
        let pathspec = pathspec(&self.below);
        let arguments = ["--name-only", "-z", &self.commit, "--"];
        let arguments = arguments.map(OsStr::new).into_iter().chain([pathspec.as_os_str()]);
        let listed = self.tree.diff(arguments)?;
        let paths = listed.split(|&byte| byte == 0).filter(|path| !path.is_empty()).map(path);
        Ok(paths
            .filter_map(|path| Some(path.strip_prefix(&self.below).ok()?.to_path_buf()))
            .collect())
    }

    /// The lines of a file of the folder that are not as the commit has them, counted from 0.
    ///
    /// # Errors
    /// git can't compare them.
    pub fn changed_lines(&self, file: &Path) -> Result<Vec<Range<usize>>, Problem> {
        let pathspec = pathspec(&self.below.join(file));
        let arguments = ["--text", "--unified=0", &self.commit, "--"];
        let arguments = arguments.map(OsStr::new).into_iter().chain([pathspec.as_os_str()]);
        let printed = self.tree.diff(arguments)?;
        let hunks = printed.split(|&byte| byte == b'\n').filter_map(|line| {
            let head = std::str::from_utf8(line).ok()?.strip_prefix("@@ -")?;
            let (_, new) = head.split_once(" +")?;
            let (new, _) = new.split_once(" @@")?;
            let (first, count) = new.split_once(',').unwrap_or((new, "1"));
            let (first, count): (usize, usize) = (first.parse().ok()?, count.parse().ok()?);
            Some(first.saturating_sub(1)..first.saturating_sub(1) + count)
        });
        Ok(hunks.collect())
    }
}

/// What names one path of the work tree, whatever its characters.
fn pathspec(below: &Path) -> OsString {
    let mut pathspec = OsString::from(":(top,literal)");
    // git writes `/` on every system.
    let names: Vec<&OsStr> = below.iter().collect();
    pathspec.push(names.join(OsStr::new("/")));
    pathspec
}

/// Variables that name a repository. Hooks get them, often relative to their current folder.
const REPOSITORY: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

/// Variables that change what a pathspec means.
const PATHSPECS: [&str; 4] =
    ["GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"];

/// Settings that count more than a repository's own, which may be hostile: no program that watches files,
/// no hook, no repository without a work tree that lies about among files, no transport.
const SETTINGS: [&str; 4] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "safe.bareRepository=explicit",
    "protocol.allow=never",
];

/// A work tree and how git finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct WorkTree {
    /// Its topmost folder, without symbolic links.
    root: PathBuf,
    /// Whether it is the one that the variables of a hook name.
    of_hook: bool,
}

impl WorkTree {
    /// The work tree that holds `folder`, and where in it the folder is. What a hook's variables say counts
    /// for the work tree around the current folder, and not for others such as its submodules.
    fn around(folder: &Path) -> Result<(Self, PathBuf), Problem> {
        let real = fs::canonicalize(folder).map_err(|error| {
            Problem::error("unreadable", format!("could not read {}: {error}", folder.display()))
        })?;
        let found = topmost(&real, false);
        let is_hook = env::var_os("GIT_DIR").or(env::var_os("GIT_INDEX_FILE")).is_some();
        let of_hook = if is_hook { topmost(Path::new("."), true).ok() } else { None };
        // A repository may be elsewhere than its work tree, so that only the hook's variables lead to it.
        let is_same = |root: &PathBuf| found.as_ref().map_or(true, |found| found == root);
        let of_hook = of_hook.filter(|root| real.starts_with(root) && is_same(root));
        let tree = match of_hook {
            Some(root) => Self { root, of_hook: true },
            None => Self { root: found?, of_hook: false },
        };
        let below = real.strip_prefix(&tree.root).unwrap_or(Path::new("")).to_path_buf();
        Ok((tree, below))
    }

    /// What git prints.
    fn run<'a>(&self, arguments: impl Iterator<Item = &'a OsStr>) -> Result<Vec<u8>, Problem> {
        self.run_without(&[], arguments)
    }

    /// What git prints of how files differ from a commit. To compare them it would convert them by filters,
    /// which are programs that the repository's configuration names.
    fn diff<'a>(&self, arguments: impl Iterator<Item = &'a OsStr>) -> Result<Vec<u8>, Problem> {
        let listing = ["config", "--null", "--name-only", "--get-regexp", r"^filter\."];
        let listed = run(self.folder(), self.of_hook, &[], &listing.map(OsStr::new))?;
        let filters = listed.stdout.split(|&byte| byte == 0).filter(|key| !key.is_empty());
        let filters: Vec<PathBuf> = filters.map(path).collect();
        let settled = [
            "diff",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--no-renames",
            "--ignore-submodules=all",
        ];
        self.run_without(&filters, settled.map(OsStr::new).into_iter().chain(arguments))
    }

    fn folder(&self) -> &Path {
        if self.of_hook { Path::new(".") } else { &self.root }
    }

    /// What git prints where these keys of its configuration are empty.
    fn run_without<'a>(
        &self,
        keys: &[PathBuf],
        arguments: impl Iterator<Item = &'a OsStr>,
    ) -> Result<Vec<u8>, Problem> {
        let arguments: Vec<&OsStr> = arguments.collect();
        let output = run(self.folder(), self.of_hook, keys, &arguments)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let command = arguments.first().map_or("".into(), |name| name.to_string_lossy());
        let message = format!("`git {command}` failed: {}", complaint(&output));
        Err(Problem::error("git-failed", message))
    }
}

/// The topmost folder of the work tree that git finds around `folder`.
fn topmost(folder: &Path, of_hook: bool) -> Result<PathBuf, Problem> {
    let output = run(folder, of_hook, &[], &["rev-parse", "--show-toplevel"].map(OsStr::new))?;
    let printed = output.stdout.strip_suffix(b"\n").filter(|_| output.status.success());
    let real = printed.and_then(|printed| fs::canonicalize(path(printed)).ok());
    real.ok_or_else(|| {
        let folder = folder.display();
        let message = format!("git finds no work tree around {folder}: {}", complaint(&output));
        Problem::error("no-work-tree", message)
    })
}

/// Runs git in `folder`, with a hook's variables or without. `empty`: keys of its configuration that have no value.
fn run(
    folder: &Path,
    of_hook: bool,
    empty: &[PathBuf],
    arguments: &[&OsStr],
) -> Result<Output, Problem> {
    let mut command = Command::new("git");
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    let forgotten = if of_hook { &[] } else { REPOSITORY.as_slice() };
    for name in forgotten.iter().chain(&PATHSPECS) {
        command.env_remove(name);
    }
    let count = env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok());
    let first: usize = count.unwrap_or(0);
    for (at, key) in (first..).zip(empty) {
        command.env(format!("GIT_CONFIG_KEY_{at}"), key);
        command.env(format!("GIT_CONFIG_VALUE_{at}"), "");
        command.env("GIT_CONFIG_COUNT", (at + 1).to_string());
    }
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("LC_ALL", "C");
    command.arg("--no-pager").args(arguments).current_dir(folder).stdin(Stdio::null());
    command.output().map_err(|error| no_git(&error))
}

fn no_git(error: &io::Error) -> Problem {
    let problem = Problem::error("no-git", format!("could not run git: {error}"));
    match error.kind() {
        io::ErrorKind::NotFound => problem.help("the program `git` must be on the PATH"),
        _ => problem,
    }
}

/// The first line in which git says what is wrong.
fn complaint(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    let is_fatal = |line: &&str| line.starts_with("fatal: ") || line.starts_with("error: ");
    let line = told.lines().find(is_fatal).or(told.lines().find(|line| !line.is_empty()));
    line.map_or_else(|| output.status.to_string(), str::to_owned)
}

/// A path as git prints it.
#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A path as git prints it: always in UTF-8.
#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
