//! How much an evaluation may cost.

use crate::print::grouped;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// The most that one evaluation may take. What is beyond ends it with an error, never with a part of
/// the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows that rules derive, all relations together.
    pub rows: u64,
    /// Rows that are looked at.
    pub steps: u64,
    /// Bytes of derived rows and of indices.
    pub bytes: u64,
    /// Seconds of the clock.
    pub seconds: u64,
}

impl Default for Limits {
    /// A check of 100,000 pools by all rules stays far below; a cross product of two large relations
    /// ends within half a minute.
    fn default() -> Self {
        Self { rows: 50_000_000, steps: 2_000_000_000, bytes: 8 << 30, seconds: 600 }
    }
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::rows`]
    Rows,
    /// [`Limits::steps`]
    Steps,
    /// [`Limits::bytes`]
    Bytes,
    /// [`Limits::seconds`]
    Seconds,
}

impl Limit {
    /// As `--limit` calls them.
    pub const NAMES: [(&'static str, Limit); 4] = [
        ("rows", Limit::Rows),
        ("steps", Limit::Steps),
        ("bytes", Limit::Bytes),
        ("seconds", Limit::Seconds),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, limit)| *limit == self).map_or("", |(name, _)| name)
    }
}

impl Limits {
    /// The limit that is called so.
    pub fn get_mut(&mut self, limit: Limit) -> &mut u64 {
        match limit {
            Limit::Rows => &mut self.rows,
            Limit::Steps => &mut self.steps,
            Limit::Bytes => &mut self.bytes,
            Limit::Seconds => &mut self.seconds,
        }
    }

    /// `2,000,000,000 steps`
    pub fn describe(mut self, limit: Limit) -> String {
        let most = i64::try_from(*self.get_mut(limit)).unwrap_or(i64::MAX);
        format!("{} {}", grouped(most), limit.name())
    }
}

/// So many steps pass between two looks at the clock.
const STRIDE: u64 = 1 << 16;

/// Counts what an evaluation costs.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) limits: Limits,
    steps: Cell<u64>,
    /// At this step the limits are looked at.
    next_look: Cell<u64>,
    end: Option<Instant>,
    reached: Cell<Option<Limit>>,
}

impl Meter {
    pub(super) fn new(limits: Limits) -> Self {
        let end = Instant::now().checked_add(Duration::from_secs(limits.seconds));
        let next_look = Cell::new(limits.steps.min(STRIDE));
        Self { limits, steps: Cell::new(0), next_look, end, reached: Cell::new(None) }
    }

    /// Counts a step; whether one may go on.
    #[inline]
    pub(super) fn step(&self) -> bool {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        steps < self.next_look.get() || self.look(steps)
    }

    #[cold]
    fn look(&self, steps: u64) -> bool {
        if self.reached.get().is_some() {
            return false;
        }
        if steps >= self.limits.steps {
            self.reach(Limit::Steps);
        } else if self.end.is_some_and(|end| Instant::now() >= end) {
            self.reach(Limit::Seconds);
        } else {
            self.next_look.set(self.limits.steps.min(steps + STRIDE));
        }
        self.reached.get().is_none()
    }

    /// From now on no step may be taken.
    pub(super) fn reach(&self, limit: Limit) {
        self.reached.set(Some(limit));
        self.next_look.set(0);
    }

    pub(super) fn reached(&self) -> Option<Limit> {
        self.reached.get()
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Limits, Meter};

    #[test]
    fn the_step_that_reaches_the_limit_is_not_taken() {
        for most in [1, 2, 3] {
            let meter = Meter::new(Limits { steps: most, ..Limits::default() });
            let taken = (0..5).filter(|_| meter.step()).count() as u64;
            assert_eq!((taken, meter.reached()), (most - 1, Some(Limit::Steps)));
        }
    }
}
