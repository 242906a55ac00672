//! Files that a command writes: whole or not at all. Nothing else in lynt writes a file.

use crate::discover::display;
use crate::interrupt::incomplete;
use crate::source::Problem;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// How many files that killed runs left are passed over.
const MOST_LEFT: u32 = 100;

/// What fills a file.
pub type Fill<'f> = &'f dyn Fn(&mut dyn Write) -> io::Result<()>;

/// Writes a file beside `path` and renames it, so that nobody ever sees half of it. A link is
/// followed; what is no regular file, such as a device, can't be replaced and is written to.
///
/// # Errors
/// The one problem `unwritable`.
pub fn write_whole(path: &Path, fill: Fill<'_>) -> Result<(), Problem> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let written = match fs::metadata(&target) {
        Ok(old) if old.is_file() => replace(&target, Some(old.permissions()), fill),
        Ok(_) => {
            OpenOptions::new().write(true).open(&target).and_then(|file| fill_file(file, fill))
        }
        Err(_) => replace(&target, None, fill),
    };
    written.map_err(|error| unwritable(path, &error))
}

/// Writes files (name, text) into `folder`, which is made if it is missing. They are written beside their places
/// first, and moved only once all of them are complete.
///
/// # Errors
/// The one problem `unwritable`. A file that stands there is old or new, never half.
pub fn write_all(folder: &Path, files: &[(String, String)]) -> Result<(), Problem> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let mut written = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        let beside = write_beside(&path, text).map_err(|error| unwritable(&path, &error))?;
        written.push((beside, path));
    }
    written.into_iter().try_for_each(|(beside, path)| {
        beside.complete(&path).map_err(|error| unwritable(&path, &error))
    })
}

fn write_beside(path: &Path, text: &str) -> io::Result<Beside> {
    if path.is_dir() {
        return Err(io::Error::other("this is a folder"));
    }
    let (beside, mut file) = Beside::create(path)?;
    file.write_all(text.as_bytes())?;
    Ok(beside)
}

/// Replaces a text that was read from `path` by another one, whole or not at all.
///
/// # Errors
/// The file is a link or has several names, it has changed since it was read, or can't be written; then
/// it is as it was.
pub fn rewrite(path: &Path, old: &str, new: &str) -> Result<(), Problem> {
    unchanged(path, old)?;
    let permissions = fs::metadata(path).map(|data| data.permissions()).ok();
    let fill = |out: &mut dyn Write| out.write_all(new.as_bytes());
    replace(path, permissions, &fill).map_err(|error| unwritable(path, &error))
}

/// A file and its new text.
pub struct Rewrite<'r> {
    /// Where it stands.
    pub path: &'r str,
    /// The text that was read; None: the file is new.
    pub old: Option<&'r str>,
    /// The text that it gets.
    pub new: &'r str,
}

impl Rewrite<'_> {
    /// Whether it can be made.
    fn check(&self) -> Result<(), Problem> {
        let path = Path::new(self.path);
        match self.old {
            Some(old) => unchanged(path, old),
            None if fs::symlink_metadata(path).is_ok() => {
                Err(unwritable(path, &"it was written meanwhile; run lynt again"))
            }
            None => Ok(()),
        }
    }

    fn make(&self) -> Result<(), Problem> {
        let (path, new) = (Path::new(self.path), self.new);
        self.check()?;
        match self.old {
            Some(old) => rewrite(path, old, new),
            None => write_whole(path, &|out| out.write_all(new.as_bytes())),
        }
    }

    /// Puts back what was there.
    fn undo(&self) -> Result<(), Problem> {
        let path = Path::new(self.path);
        match self.old {
            Some(old) => rewrite(path, self.new, old),
            None => fs::remove_file(path).map_err(|error| unwritable(path, &error)),
        }
    }
}

/// Writes several files: nothing where anything speaks against one of them beforehand; where one can't be
/// written, what was written before it is put back.
///
/// # Errors
/// What could not be written, or not be put back.
pub fn rewrite_all(files: &[Rewrite<'_>]) -> Result<(), Vec<Problem>> {
    let wrong: Vec<Problem> = files.iter().filter_map(|file| file.check().err()).collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    for (at, file) in files.iter().enumerate() {
        if let Err(problem) = file.make() {
            let undone = files[..at].iter().filter_map(|file| file.undo().err());
            return Err(std::iter::once(problem).chain(undone).collect());
        }
    }
    Ok(())
}

/// Whether `path` can be rewritten, and still has the text `old`.
///
/// # Errors
/// Why not.
pub fn unchanged(path: &Path, old: &str) -> Result<(), Problem> {
    let data = fs::symlink_metadata(path).map_err(|error| unwritable(path, &error))?;
    if !data.is_file() {
        return Err(unwritable(path, &"it is a link, or no regular file; name the file itself"));
    }
    if names(&data) > 1 {
        return Err(unwritable(path, &"the file has several names (hard links)"));
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| {
        // One byte more is enough to see that there is more.
        file.take(old.len() as u64 + 1).read_to_end(&mut bytes)
    });
    match read {
        Ok(_) if bytes == old.as_bytes() => Ok(()),
        Ok(_) => Err(unwritable(path, &"it was changed since it was read; run lynt again")),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Under how many names a file is known.
#[cfg(unix)]
fn names(data: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(data)
}

#[cfg(not(unix))]
fn names(_: &fs::Metadata) -> u64 {
    1
}

/// Writes to the end of a file, which need not be there yet.
///
/// # Errors
/// The one problem `unwritable`.
pub fn append(path: &Path, fill: Fill<'_>) -> Result<(), Problem> {
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.and_then(|file| fill_file(file, fill)).map_err(|error| unwritable(path, &error))
}

/// Why `path` was not written.
pub fn unwritable(path: &Path, why: &dyn std::fmt::Display) -> Problem {
    Problem::error("unwritable", format!("could not write {}: {why}", display(path)))
}

fn replace(target: &Path, permissions: Option<fs::Permissions>, fill: Fill<'_>) -> io::Result<()> {
    let (beside, file) = Beside::create(target)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    fill_file(file, fill)?;
    beside.complete(target)
}

/// A file in the folder of its place: until it is complete it goes when it is dropped, and when the run is
/// interrupted.
#[derive(Debug)]
pub struct Beside(PathBuf);

impl Beside {
    /// A new file beside `target`. What a run that was killed has left must not be in the way, since in a container
    /// all runs may have the same process id.
    ///
    /// # Errors
    /// It can't be made.
    pub fn create(target: &Path) -> io::Result<(Self, File)> {
        let name = target.file_name().ok_or_else(|| io::Error::other("this is no file name"))?;
        let mut incomplete = incomplete();
        let mut number = 0;
        loop {
            let mut name = OsString::from(name);
            name.push(format!(".lynt-{}-{number}", std::process::id()));
            let beside = target.with_file_name(name);
            match OpenOptions::new().write(true).create_new(true).open(&beside) {
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && number < MOST_LEFT =>
                {
                    number += 1;
                }
                opened => {
                    let file = opened?;
                    incomplete.insert(beside.clone());
                    return Ok((Self(beside), file));
                }
            }
        }
    }

    /// Moves the file, which is complete, to its place.
    ///
    /// # Errors
    /// It can't be moved; then it goes.
    pub fn complete(self, target: &Path) -> io::Result<()> {
        let mut incomplete = incomplete();
        fs::rename(&self.0, target)?;
        incomplete.remove(&self.0);
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if incomplete().remove(&self.0) {
            let _ = fs::remove_file(&self.0);
        }
    }
}

fn fill_file(file: File, fill: Fill<'_>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    fill(&mut out)?;
    out.flush()?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    match file.metadata()?.is_file() {
        true => file.sync_all(),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_not_in_the_way() {
        let folder = std::env::temp_dir().join(format!("lynt-file-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let target = folder.join("report.txt");
        let left = folder.join(format!("report.txt.lynt-{}-0", std::process::id()));
        fs::write(&left, "half").expect("a file");
        write_whole(&target, &|out| out.write_all(b"whole")).expect("it is written");
        assert_eq!(fs::read(&target).expect("it is there"), b"whole");
        assert_eq!(fs::read(&left).expect("it is there"), b"half");
        let failed = write_whole(&target, &|out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&target).expect("it is there"), b"whole");
        assert_eq!(fs::read_dir(&folder).expect("it is read").count(), 2);
        fs::remove_dir_all(&folder).expect("it goes");
    }

    #[test]
    fn where_one_of_several_can_not_be_written_the_others_are_put_back() {
        let folder = std::env::temp_dir().join(format!("lynt-several-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let (one, new, nowhere) = (path("one.toml"), path("new.toml"), path("none/x.toml"));
        fs::write(&one, "old").expect("a file");
        let file = |path, old| Rewrite { path, old, new: "new" };
        let files = [file(&one, Some("old")), file(&new, None), file(&nowhere, None)];
        let failed = rewrite_all(&files).expect_err("there is no such folder");
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert_eq!(fs::read(&one).expect("it is there"), b"old");
        assert_eq!(fs::read_dir(&folder).expect("it is read").count(), 1);
        rewrite_all(&files[..2]).expect("they are written");
        assert_eq!(fs::read(&new).expect("it is there"), b"new");
        let failed = rewrite_all(&files[..2]).expect_err("one has changed, one is there");
        assert_eq!(failed.len(), 2, "{failed:?}");
        fs::remove_dir_all(&folder).expect("it goes");
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = std::env::temp_dir().join(format!("lynt-rewrite-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("t.toml");
        fs::write(&path, "theirs").expect("a file");
        let refused = rewrite(&path, "read", "ours").expect_err("it has another text");
        assert!(refused.message.contains("it was changed since it was read"), "{refused:?}");
        assert_eq!(fs::read(&path).expect("it is there"), b"theirs");
        rewrite(&path, "theirs", "ours").expect("it has that text");
        assert_eq!(fs::read(&path).expect("it is there"), b"ours");
        assert!(rewrite(&folder, "", "ours").is_err(), "a folder is no file");
        assert!(
            rewrite(&folder.join("gone.toml"), "", "ours").is_err(),
            "nor is what is not there"
        );
        assert_eq!(fs::read_dir(&folder).expect("it is read").count(), 1);
        fs::remove_dir_all(&folder).expect("it goes");
    }
}
