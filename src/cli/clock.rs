//! How long each part of a check took.

use super::tell;
use crate::Timings;
use std::time::{Duration, Instant};

/// What `--timings` prints.
pub(super) struct Clock {
    start: Instant,
    /// How long it took to read the rules.
    pub started: Duration,
    /// How long it took to read the topologies.
    pub read: Duration,
    /// How long the checks took.
    pub arrows: Timings,
    /// When the checks were done.
    done: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        let (zero, arrows) = (Duration::ZERO, Timings::default());
        let now = Instant::now();
        Self { start: now, started: zero, read: zero, arrows, done: now }
    }
}

impl Clock {
    /// From now on reports are written.
    pub(super) fn checked(&mut self) {
        self.done = Instant::now();
    }

    /// Writes it to standard error.
    pub(super) fn write(&self) {
        let Timings { parse, facts, rules, explain } = self.arrows;
        let mut text = String::new();
        for (name, time) in [
            ("start", self.started),
            ("read", self.read),
            ("parse", parse),
            ("facts", facts),
            ("rules", rules),
            ("report", self.done.elapsed() + explain),
            ("all", self.start.elapsed()),
        ] {
            text.push_str(&format!("{name:<7}{:>10.2} ms\n", time.as_secs_f64() * 1000.0));
        }
        tell(text.as_bytes());
    }
}
