//! Folders → the `lynt.toml` that counts for them.

use super::tracked::Tracked;
use super::{Quota, add, bare, display};
use crate::config::{Config, Origin, Value, parse};
use crate::size;
use crate::source::{FileId, Problem, Sources};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::{env, fs, path};

/// What the file is called.
pub const CONFIGURATION: &str = "lynt.toml";

/// Which configuration counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Whether no file counts.
    pub isolated: bool,
    /// The file that counts instead of those that are found.
    pub file: Option<PathBuf>,
    /// Texts of TOML that count more than any file, the last one most.
    pub inline: Vec<String>,
    /// Whether folders with a file are topologies of their own though no file is looked for.
    pub apart: bool,
}

impl Choice {
    /// Whether a folder that holds a file is a topology of its own.
    fn parts(&self) -> bool {
        self.apart || (self.file.is_none() && !self.isolated)
    }
}

/// A configuration that counts for some topology.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Its file's path as reports print it; None where there is no file.
    pub path: Option<String>,
    /// Its file.
    pub file: Option<FileId>,
    /// The folder of its file, from the current folder; empty where there is no file.
    pub folder: PathBuf,
    /// The settings of the file, and those of the command line's texts over them.
    pub config: Config,
    /// Whether a folder below that holds a configuration is a topology of its own.
    pub(super) parts: bool,
    /// Its globs of files.
    pub(super) globs: Globs,
}

impl Configuration {
    /// Whether a file of a folder would count.
    pub fn counts(&self, path: &Path) -> bool {
        let path = full(path);
        self.globs.include(&path) && !self.globs.exclude(&path)
    }

    /// A path that stands at `origin`: one in the file is relative to the file's folder.
    pub fn resolve(&self, path: &Path, origin: Origin) -> PathBuf {
        let is_in_file = self.file.is_some() && origin.span().map(|span| span.file) == self.file;
        if is_in_file { self.folder.join(path) } else { path.to_path_buf() }
    }

    /// Where a file goes that is named at `origin`. The configuration may be another's than whoever runs lynt, so one
    /// in the file stays in the file's folder, and out of git's.
    ///
    /// # Errors
    /// It would be elsewhere.
    pub fn output(&self, path: &Path, origin: Origin) -> Result<PathBuf, Problem> {
        let file = self.resolve(path, origin);
        let is_in_file = self.file.is_some() && origin.span().map(|span| span.file) == self.file;
        if !is_in_file || (is_below(path) && really_below(&file, &self.folder)) {
            return Ok(file);
        }
        let message = format!("{} is not in the folder of the configuration", display(path));
        let problem = origin.place(Problem::error("outside", message));
        Err(problem.help("only the command line may name a file elsewhere, as `-f FORMAT=FILE`"))
    }

    /// Sets how many bytes a file may have, where the command line says it.
    pub fn set_max_file_size(&mut self, bytes: Option<u64>) {
        if let Some(bytes) = bytes {
            let size = Value::Text(size::shown(bytes));
            self.config.set("topology.max-file-size", size, Origin::Option("--max-file-size"));
        }
    }
}

/// Whether a path leads downwards, and not into a repository of git.
fn is_below(path: &Path) -> bool {
    path.components().all(|part| match part {
        Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        Component::CurDir => true,
        _ => false,
    })
}

/// Whether a file, which need not be there yet, is below `folder` where links are followed.
fn really_below(file: &Path, folder: &Path) -> bool {
    let is_link = fs::symlink_metadata(file).is_ok();
    let around = file.parent().unwrap_or(Path::new(""));
    let place = fs::canonicalize(full(if is_link { file } else { around }));
    match (place, fs::canonicalize(full(folder))) {
        (Ok(place), Ok(folder)) => place.strip_prefix(folder).is_ok_and(is_below),
        // What is not there can't be written, which is told then.
        (_, Ok(_)) => !is_link,
        _ => false,
    }
}

fn wrong_glob(glob: &str, origin: Origin, error: &ignore::Error) -> Problem {
    let why = bare(error);
    origin.place(Problem::error("unknown-value", format!("`{glob}` is no glob: {why}")))
}

/// Which files of folders belong to a topology. As in `.gitignore`: a glob without a `/` means a name in any
/// folder, one that begins with `!` takes back what others before it say.
#[derive(Clone, Debug)]
pub(super) struct Globs {
    folder: PathBuf,
    includes_all: bool,
    include: Gitignore,
    exclude: Gitignore,
}

impl Globs {
    /// The globs of a configuration in `folder`, a path from the root.
    fn new(config: &Config, folder: PathBuf) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut compile = |key: &str| {
            let mut builder = GitignoreBuilder::new(&folder);
            builder.allow_unclosed_class(false);
            for (glob, origin) in config.texts(key) {
                if let Err(error) = builder.add_line(None, glob) {
                    problems.push(wrong_glob(glob, *origin, &error));
                }
            }
            builder.build().unwrap_or_else(|_| Gitignore::empty())
        };
        let (include, exclude) = (compile("topology.include"), compile("topology.exclude"));
        let includes_all = config.get("topology.include", "").is_none();
        match problems.is_empty() {
            true => Ok(Self { folder, includes_all, include, exclude }),
            false => Err(problems),
        }
    }

    pub(super) fn include(&self, path: &Path) -> bool {
        self.includes_all || self.matches(&self.include, path)
    }

    pub(super) fn exclude(&self, path: &Path) -> bool {
        self.matches(&self.exclude, path)
    }

    /// Globs say nothing of what is not below their folder.
    fn matches(&self, globs: &Gitignore, path: &Path) -> bool {
        let below = path.strip_prefix(&self.folder);
        below.is_ok_and(|path| globs.matched_path_or_any_parents(path, false).is_ignore())
    }
}

/// The configurations that were asked for, each read once.
pub struct Configurations<'c> {
    choice: &'c Choice,
    inline: Config,
    /// In the order in which they were asked for.
    pub found: Vec<Configuration>,
    /// By file; None: it is wrong, which was said.
    known: BTreeMap<Option<PathBuf>, Option<usize>>,
    /// Which files count; one that is named counts all the same.
    pub(super) tracked: Tracked,
    /// How many bytes a file may have, whatever they say.
    pub(super) max_file_size: Option<u64>,
}

impl<'c> Configurations<'c> {
    /// Reads the texts of the command line into `sources`.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn new(choice: &'c Choice, sources: &mut Sources) -> Result<Self, Vec<Problem>> {
        let (mut inline, mut problems) = (Config::default(), Vec::new());
        for text in &choice.inline {
            let file = sources.add("--config", text.as_str());
            match parse(sources, file) {
                Ok(config) => inline = inline.overlaid(config),
                Err(mut wrong) => problems.append(&mut wrong),
            }
        }
        match problems.is_empty() {
            true => {
                let (known, tracked) = (BTreeMap::new(), Tracked::default());
                let (found, max_file_size) = (Vec::new(), None);
                Ok(Self { choice, inline, found, known, tracked, max_file_size })
            }
            false => Err(problems),
        }
    }

    /// The configuration for what is in `folder`: an index into `found`.
    ///
    /// # Errors
    /// Everything that is wrong with it, where that was not said yet.
    pub fn of(&mut self, folder: &Path, sources: &mut Sources) -> Result<usize, Vec<Problem>> {
        let file = match (&self.choice.file, self.choice.isolated) {
            (_, true) => None,
            (Some(file), _) => Some(file.clone()),
            (None, _) => self.search(folder).map_err(|problem| vec![problem])?,
        };
        if let Some(known) = self.known.get(&file) {
            return known.ok_or_else(Vec::new);
        }
        let read = self.read(file.as_deref(), sources);
        let at = read.is_ok().then_some(self.found.len());
        self.known.insert(file, at);
        let mut read = read?;
        read.set_max_file_size(self.max_file_size);
        self.found.push(read);
        Ok(self.found.len() - 1)
    }

    /// The nearest file that counts.
    fn search(&mut self, folder: &Path) -> Result<Option<PathBuf>, Problem> {
        for file in around(folder, CONFIGURATION) {
            if self.tracked.counts(&file)? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    fn read(
        &self,
        file: Option<&Path>,
        sources: &mut Sources,
    ) -> Result<Configuration, Vec<Problem>> {
        let parts = self.choice.parts();
        let Some(path) = file else {
            let (folder, config) = (PathBuf::new(), self.inline.clone());
            let globs = Globs::new(&config, full(&folder))?;
            return Ok(Configuration { path: None, file: None, folder, config, parts, globs });
        };
        let shown = display(path);
        let read = Quota::of_configuration().read(path);
        let file = read.and_then(|bytes| add(shown.clone(), bytes, sources));
        let file = file.map_err(|problem| vec![problem])?;
        let config = parse(sources, file)?.overlaid(self.inline.clone());
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let globs = Globs::new(&config, full(&folder))?;
        Ok(Configuration { path: Some(shown), file: Some(file), folder, config, parts, globs })
    }
}

/// The nearest `lynt.toml` from `folder` upward to the root of the repository or the home folder.
pub fn search(folder: &Path) -> Option<PathBuf> {
    around(folder, CONFIGURATION).into_iter().next()
}

/// Each file of this name from `folder` upward to the root of the repository or the home folder, the nearest
/// first.
pub(super) fn around(folder: &Path, name: &str) -> Vec<PathBuf> {
    let (start, home) = (full(folder), env::home_dir());
    let ends = |around: &&Path| around.join(".git").exists() || home.as_deref() == Some(*around);
    let last = start.ancestors().find(ends);
    let folders =
        start.ancestors().take_while(|around| last.is_none_or(|last| around.starts_with(last)));
    let files = folders.map(|around| around.join(name)).filter(|file| file.is_file());
    files.map(|file| if folder.is_absolute() { file } else { from_here(&file) }).collect()
}

/// A path from the root.
pub(super) fn full(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let is_above = path.components().any(|part| part == Component::ParentDir);
    let canonical = is_above.then(|| fs::canonicalize(path).ok()).flatten();
    let plain = || path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    canonical.unwrap_or_else(plain)
}

/// A path from the root, told from the current folder where they have a folder in common.
fn from_here(path: &Path) -> PathBuf {
    told_from(&full(Path::new("")), path)
}

/// A path from the root, told from `folder` where they have a folder in common.
pub(super) fn told_from(folder: &Path, path: &Path) -> PathBuf {
    for (up, around) in folder.ancestors().enumerate() {
        if let (Ok(below), Some(_)) = (path.strip_prefix(around), around.parent()) {
            return std::iter::repeat_n(Path::new(".."), up).collect::<PathBuf>().join(below);
        }
    }
    path.to_path_buf()
}
