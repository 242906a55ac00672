//! The keys of `lynt.toml`: one row each.

/// A key of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its path; `*` stands for a name that the user gives.
    pub path: &'static str,
    /// What its value is.
    pub form: Form,
    /// What holds where it is not set, as TOML that is JSON too; empty where nothing does.
    pub default: &'static str,
    /// What it does, in one line.
    pub docs: &'static str,
}

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// An array of texts.
    Texts,
    /// True or false.
    Bool,
    /// A number of days.
    Days,
    /// A number of bytes, such as "256MiB".
    Size,
    /// A number, or a duration such as "30m".
    Param,
}

/// The most that a number of days may be: a hundred years.
pub const MOST_DAYS: i64 = 36_525;

/// Severities, and that there is none.
const LEVELS: Form = Form::Choice(&["error", "warning", "note", "off"]);

/// What `output.fail-on` may be.
const FAIL_ON: Form = Form::Choice(&["error", "warning", "note", "never"]);

const fn key(path: &'static str, form: Form, default: &'static str, docs: &'static str) -> Key {
    Key { path, form, default, docs }
}

/// All keys, in the order of the documentation.
pub const KEYS: &[Key] = &[
    key("required-version", Form::Text, "", "The versions of lynt that may read this file"),
    key(
        "topology.include",
        Form::Texts,
        r#"["**/*.toml"]"#,
        "The files of folders that belong to the topology, as globs relative to this file",
    ),
    key(
        "topology.exclude",
        Form::Texts,
        "[]",
        "The files of folders that don't, as globs relative to this file",
    ),
    key(
        "topology.max-file-size",
        Form::Size,
        r#""128MiB""#,
        "How large a file of the topology, or its baseline, may be; all files together: four times that",
    ),
    key(
        "rules.paths",
        Form::Texts,
        "[]",
        "Custom rules: *.dl files, or folders of such, relative to this file",
    ),
    key("rules.select", Form::Texts, r#"["all"]"#, "The rules that are run: ids, groups, or `all`"),
    key("rules.extend-select", Form::Texts, "[]", "Rules that are run too"),
    key(
        "rules.ignore",
        Form::Texts,
        "[]",
        "Rules that are not run; of two that name a rule the more exact one counts",
    ),
    key(
        "rule.*.level",
        LEVELS,
        "",
        "How grave the rule's violations are, or `off`; else what the rule itself says",
    ),
    key(
        "rule.*.suppressible",
        Form::Bool,
        "true",
        "Whether comments can ignore the rule's violations",
    ),
    key(
        "rule.*.params.*",
        Form::Param,
        "",
        "A parameter that the rule reads; it holds for all rules that read it",
    ),
    key("params.*", Form::Param, "", "A parameter of rules; else what the rules say"),
    key(
        "suppressions.require-reason",
        Form::Bool,
        "true",
        "Whether each ignore comment has to say why",
    ),
    key(
        "suppressions.require-until",
        Form::Bool,
        "false",
        "Whether each ignore comment has to say until when it counts",
    ),
    key(
        "suppressions.max-days",
        Form::Days,
        "",
        "How many days an ignore may last from today; each then needs an end",
    ),
    key(
        "suppressions.unused",
        LEVELS,
        r#""warning""#,
        "How grave it is that an ignore hides nothing",
    ),
    key(
        "baseline.file",
        Form::Text,
        r#""lynt-baseline.toml""#,
        "The baseline: findings that are known and hidden; relative to this file",
    ),
    key(
        "baseline.stale",
        LEVELS,
        r#""warning""#,
        "How grave it is that an entry of the baseline hides nothing",
    ),
    key("report.title", Form::Text, "", "What `lynt report` calls its page"),
    key("report.prepared-by", Form::Text, "", "Who makes audit reports"),
    key("report.reviewed-by", Form::Text, "", "Who reads them before they are signed"),
    key("output.format", Form::Texts, r#"["human"]"#, "How violations are reported"),
    key("output.fail-on", FAIL_ON, r#""error""#, "The least severity for which the exit code is 1"),
];

/// Where a key stands in [`KEYS`].
///
/// # Panics
/// Where there is no such key: paths are literals of the program.
pub fn index(path: &str) -> usize {
    KEYS.iter().position(|key| key.path == path).expect("the program names keys that there are")
}
