//! Keys → whether an export can tell them.

/// What it means that an export does not have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// That the deployment has no such thing.
    Always,
    /// Nothing: where it can't be told, the key is left out.
    WhereWritten,
    /// Nothing: no export has it, people keep it.
    Never,
}

/// The keys that an export tells, by table; an empty key is the table itself.
const TOLD: &[(&str, &[(&str, Telling)])] = &[
    (
        "central-management",
        &[
            ("", Telling::WhereWritten),
            ("active", Telling::WhereWritten),
            ("standby", Telling::Always),
        ],
    ),
    (
        "site",
        &[
            ("", Telling::Always),
            ("kind", Telling::Always),
            ("central-site", Telling::WhereWritten),
        ],
    ),
    (
        "pool",
        &[
            ("", Telling::Always),
            ("site", Telling::WhereWritten),
            ("role", Telling::Always),
            ("edition", Telling::WhereWritten),
            ("version", Telling::WhereWritten),
            ("backup-registrar", Telling::Always),
            ("automatic-failover", Telling::WhereWritten),
            ("failure-detection-interval", Telling::WhereWritten),
            ("failback-detection-interval", Telling::WhereWritten),
            ("front-end-servers", Telling::WhereWritten),
            ("back-end.sql-server", Telling::Always),
            ("back-end.high-availability", Telling::WhereWritten),
            ("file-store", Telling::Always),
        ],
    ),
    (
        "sba",
        &[
            ("", Telling::Always),
            ("site", Telling::WhereWritten),
            ("backup-registrar", Telling::Always),
            ("version", Telling::WhereWritten),
            ("automatic-failover", Telling::WhereWritten),
            ("failure-detection-interval", Telling::WhereWritten),
            ("failback-detection-interval", Telling::WhereWritten),
        ],
    ),
    (
        "edge-pool",
        &[("", Telling::Always), ("site", Telling::WhereWritten), ("next-hop", Telling::Always)],
    ),
];

/// What it means that an export does not have a key of a table; an empty key is the table itself.
pub fn telling(table: &str, key: &str) -> Telling {
    let keys = TOLD.iter().find(|(told, _)| *told == table).map_or(&[][..], |(_, keys)| keys);
    keys.iter().find(|(told, _)| *told == key).map_or(Telling::Never, |(_, telling)| *telling)
}

/// Where a key stands in the order in which an import writes the keys of a table; an empty key, for the name,
/// is the first one. A table of keys stands where the first of them does. None: no export tells it.
pub fn rank(table: &str, key: &str) -> Option<usize> {
    let (_, keys) = TOLD.iter().find(|(told, _)| *told == table)?;
    let is_below = |told: &str| told.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    keys.iter().position(|(told, _)| *told == key || !key.is_empty() && is_below(told))
}
