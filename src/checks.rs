//! What is checked of ignores and of the baseline: as rules, but of what no rule can see.

use crate::source::Severity;

/// What is checked of ignores, or of the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its id.
    pub id: &'static str,
    /// Its group.
    pub group: &'static str,
    /// How grave its findings are, unless that is configured.
    pub severity: Severity,
    /// The key of the configuration that says how grave they are; None: `level` of its id, as for rules.
    pub level: Option<&'static str>,
    /// A title, then Markdown.
    pub docs: &'static str,
}

impl Check {
    /// The first line of the documentation.
    pub fn title(&self) -> &'static str {
        self.docs.lines().next().unwrap_or("")
    }
}

/// An ignore with a mistake.
pub const MALFORMED: Check = Check {
    id: "malformed-ignore",
    group: "ignores",
    severity: Severity::Error,
    level: None,
    docs: include_str!("checks/malformed-ignore.md"),
};

/// An entry of the baseline that hides nothing.
pub const STALE: Check = Check {
    id: "stale-baseline",
    group: "baseline",
    severity: Severity::Warning,
    level: Some("baseline.stale"),
    docs: include_str!("checks/stale-baseline.md"),
};

/// An ignore that hides nothing.
pub const UNUSED: Check = Check {
    id: "unused-ignore",
    group: "ignores",
    severity: Severity::Warning,
    level: Some("suppressions.unused"),
    docs: include_str!("checks/unused-ignore.md"),
};

/// All of them, sorted by id.
pub const CHECKS: &[Check] = &[MALFORMED, STALE, UNUSED];

/// Whether a finding of `rule` is about an ignore or the baseline.
pub fn is_check(rule: &str) -> bool {
    CHECKS.iter().any(|check| check.id == rule)
}
