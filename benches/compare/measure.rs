//! A command → what its process cost.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// What a process cost from its start to its end, with the processes that it waited for.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// The time that passed.
    pub wall: Duration,
    /// The time of all cores, in the program and in the kernel.
    pub cpu: Duration,
    /// The most memory that was resident, in bytes. Linux counts in what the parent had when it started the process, so
    /// the bench keeps small: whatever takes memory runs in a process of its own.
    pub memory: u64,
}

impl Cost {
    /// The least times of both, since the machine may be shared, and the most memory.
    #[must_use]
    pub fn best(self, other: Self) -> Self {
        Self {
            wall: self.wall.min(other.wall),
            cpu: self.cpu.min(other.cpu),
            memory: self.memory.max(other.memory),
        }
    }
}

/// Where [`run`] puts what a process prints: a file in the process's folder.
pub const OUT: &str = "out";

/// The same for what it prints to standard error.
pub const ERR: &str = "err";

/// Runs `arguments`, the first of which is the program, in `folder`.
///
/// # Errors
/// Where the program can't be run, or ends with a code that is none of `codes`.
pub fn run(folder: &Path, arguments: &[String], codes: &[i32]) -> io::Result<Cost> {
    let mut command = Command::new(&arguments[0]);
    command.args(&arguments[1..]).current_dir(folder).stdin(Stdio::null());
    command.stdout(File::create(folder.join(OUT))?).stderr(File::create(folder.join(ERR))?);
    let start = Instant::now();
    let used = command.spawn()?.wait4()?;
    let wall = start.elapsed();
    if used.status.code().is_none_or(|code| !codes.contains(&code)) {
        let told = std::fs::read_to_string(folder.join(ERR))?;
        let command = arguments.join(" ");
        return Err(io::Error::other(format!("`{command}` ends with {}\n{told}", used.status)));
    }
    Ok(Cost { wall, cpu: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss })
}
