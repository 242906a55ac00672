//! Files that are not complete, and signals that must not leave them behind.
//!
//! Until a file is begun, an interrupt ends the program as it ends any other. From then on a thread waits for signals:
//! it removes what is not complete, and then the signal does what it does otherwise. So a shell sees 130 or 143.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The files. They are the only thing in lynt that belongs to the process, as signals do.
static INCOMPLETE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The files that are not complete. No interrupt ends the run while they are borrowed.
pub fn incomplete() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    #[cfg(unix)]
    signals::watch();
    lock()
}

fn lock() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    INCOMPLETE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
mod signals {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;
    use std::sync::{Once, mpsc};
    use std::{fs, io, thread};

    /// Waits for signals from now on. Where the system has no thread left for that, an interrupt leaves a file
    /// behind, as it does where there are no such signals.
    pub(super) fn watch() {
        static WATCH: Once = Once::new();
        WATCH.call_once(|| _ = start());
    }

    fn start() -> io::Result<()> {
        let (sender, receiver) = mpsc::channel::<Signals>();
        let wait = move || {
            let mut signals = receiver.recv().ok()?;
            signals.forever().next().map(end)
        };
        thread::Builder::new().name("interrupt".to_owned()).spawn(wait)?;
        // Only now: a signal that nobody waits for would be lost.
        let signals = Signals::new([SIGINT, SIGTERM])?;
        sender.send(signals).map_err(io::Error::other)
    }

    fn end(signal: i32) {
        let incomplete = super::lock();
        incomplete.iter().for_each(|file| _ = fs::remove_file(file));
        let _ = emulate_default_handler(signal);
    }
}
