//! Files and streams → their bytes, and never more than a limit.

use super::{display, unreadable};
use crate::size;
use crate::source::{Problem, Sources};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// So many times the limit of one file is the limit of all files of a run together.
const FILES: u64 = 4;

/// Bytes of a `lynt.toml`. It is read before it can say anything.
const CONFIGURATION: u64 = 1 << 20;

/// Bytes of a file of rules; all shipped ones together have a sixtieth of it.
const RULES: u64 = 16 << 20;

/// How much may be read.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// Bytes of one file.
    file: u64,
    /// Bytes of all files together.
    all: u64,
    /// Bytes that were read so far.
    read: u64,
    /// What raises the limits.
    help: &'static str,
}

impl Quota {
    /// Of files of which one may have `file` bytes, where `read` bytes were read so far.
    pub fn of_files(file: u64, read: u64) -> Self {
        let help = "`--max-file-size SIZE` raises the limit, and so does `max-file-size` under `[topology]` in lynt.toml; all files together may have four times as much";
        Self { file, all: file.saturating_mul(FILES), read, help }
    }

    /// Of configurations.
    pub(super) fn of_configuration() -> Self {
        let help = "nothing raises this limit: is this a configuration?";
        Self { file: CONFIGURATION, all: u64::MAX, read: 0, help }
    }

    /// Of rules, to which those in `sources` belong.
    pub fn of_rules(sources: &Sources) -> Self {
        let help = "nothing raises this limit: are these rules?";
        Self { file: RULES, all: RULES * FILES, read: sources.bytes(), help }
    }

    /// The bytes of a file, a pipe or a device.
    ///
    /// # Errors
    /// It can't be read, or has more bytes than it may.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, Problem> {
        let shown = display(path);
        let unreadable = |error: io::Error| unreadable(&shown, &error);
        let file = File::open(path).map_err(unreadable)?;
        let known = file.metadata().map_err(unreadable)?.len();
        self.refuse(&shown, known)?;
        self.drain(file, known, &shown)
    }

    /// The bytes of standard input, which reports call `name`.
    ///
    /// # Errors
    /// It can't be read, or has more bytes than it may.
    pub fn read_stdin(&self, name: &str) -> Result<Vec<u8>, Problem> {
        self.drain(io::stdin().lock(), 0, name)
    }

    /// Refuses a file of so many bytes, if it is too large.
    ///
    /// # Errors
    /// It is.
    pub(super) fn refuse(&self, name: &str, bytes: u64) -> Result<(), Problem> {
        let why = if bytes > self.file {
            format!("it is larger than {}", size::shown(self.file))
        } else if bytes > self.left() {
            format!("the files of this run are larger than {} together", size::shown(self.all))
        } else {
            return Ok(());
        };
        let problem = Problem::error("too-large", format!("could not read {name}: {why}"));
        Err(problem.help(self.help))
    }

    /// Reads at most one byte more than there may be; `expected`: how many there are, as far as is known.
    fn drain(&self, from: impl Read, expected: u64, name: &str) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
        let most = self.file.min(self.left()).saturating_add(1);
        from.take(most).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
        self.refuse(name, bytes.len() as u64)?;
        Ok(bytes)
    }

    fn left(&self) -> u64 {
        self.all.saturating_sub(self.read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives bytes for ever, and counts them.
    struct Endless(usize);

    impl Read for &mut Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += buffer.len();
            buffer.fill(0);
            Ok(buffer.len())
        }
    }

    #[test]
    fn one_byte_more_than_the_limit_is_read_and_no_more() {
        for (file, read, why) in [(10, 0, "10 bytes"), (10, 35, "40 bytes together")] {
            let quota = Quota::of_files(file, read);
            let mut endless = Endless(0);
            let refused = quota.drain(&mut endless, 0, "t.toml").expect_err("it has no end");
            assert!(refused.message.ends_with(why), "{refused:?}");
            assert_eq!(endless.0 as u64, file.min(40 - read) + 1);
        }
        let quota = Quota::of_files(10, 35);
        assert_eq!(quota.drain(&b"12345"[..], 5, "t.toml"), Ok(b"12345".to_vec()));
        assert!(quota.drain(&b"123456"[..], 6, "t.toml").is_err());
    }
}
