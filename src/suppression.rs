//! What hides a finding.

use crate::date::Date;
use crate::source::Span;
use std::fmt;

/// What hides a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// What kind of thing it is.
    pub kind: Hider,
    /// The comment, or the entry of the baseline.
    pub place: Option<Span>,
    /// Why; empty where none is given.
    pub reason: String,
    /// Who answers for it.
    pub by: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// How many days from the day of the check to `until`.
    pub days_left: Option<i64>,
}

/// What can hide findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hider {
    /// A comment in the topology.
    Ignore,
    /// An entry of the baseline.
    Baseline,
    /// A revision of the topology that has the finding too.
    Revision,
}

/// All that can hide findings.
pub const HIDERS: [Hider; 3] = [Hider::Ignore, Hider::Baseline, Hider::Revision];

impl Hider {
    /// What a finding is that this hides: a word of all formats.
    pub fn status(self) -> &'static str {
        match self {
            Hider::Ignore => "ignored",
            Hider::Baseline => "baseline",
            Hider::Revision => "unchanged",
        }
    }
}

/// What a finding is that nothing hides.
pub const OPEN: &str = "open";

/// `ignored until 2026-12-31 by netops: CHG-4711`.
impl fmt::Display for Suppression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.status())?;
        if let Some(until) = self.until {
            write!(f, " until {until}")?;
        }
        if let Some(by) = &self.by {
            write!(f, " by {by}")?;
        }
        if self.reason.is_empty() { Ok(()) } else { write!(f, ": {}", self.reason) }
    }
}
