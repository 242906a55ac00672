//! `lynt.toml` as a text: what is wrong with it is located, what is right selects, grades and sets.

use lynt::config::{Config, Origin, Value, apply, keys::KEYS, parse, select};
use lynt::date::Date;
use lynt::rules::Rules;
use lynt::source::{Problem, Severity, Sources};
use std::collections::BTreeSet;

fn read(text: &str) -> (Sources, Result<Config, Vec<Problem>>) {
    let mut sources = Sources::default();
    let file = sources.add("lynt.toml", text);
    let config = parse(&sources, file);
    (sources, config)
}

fn good(text: &str) -> Config {
    let (_, config) = read(text);
    config.unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

/// Everything that is wrong with a configuration: `line:column name: message; help`.
fn wrong(rules: &Rules, text: &str) -> Vec<String> {
    let (sources, config) = read(text);
    let problems = config.and_then(|config| {
        let mut rules = rules.clone();
        apply(&config, &mut rules)?;
        select(&config, &rules)
    });
    let problems = problems.err().unwrap_or_default();
    let line = |problem: &Problem| {
        let place = sources.place(problem.labels[0].span).replace("lynt.toml:", "");
        let help = problem.help.as_ref().map_or(String::new(), |help| format!("; {help}"));
        format!("{place} {}: {}{help}", problem.name, problem.message)
    };
    problems.iter().map(line).collect()
}

#[test]
fn every_mistake_is_located() {
    let rules = Rules::shipped();
    let top = "its keys are required-version, topology, rules, rule, params, suppressions, baseline, report, output";
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        (
            "required-version = ",
            &["1:20 toml-syntax: string values must be quoted, expected literal string"],
        ),
        (
            "[rules]\nselect = [\"all\"\n[output]\nfail-on = \"eror\"\n",
            &[
                "2:10 toml-syntax: unclosed array, expected `]`",
                "4:11 unknown-value: `output.fail-on` can't be `eror`; did you mean `error`?",
            ],
        ),
        // What toml takes such a word for, `note` for a number, is not told as well.
        (
            "[output]\nfail-on = note\n[rule.self-backup]\nlevel = eror\n",
            &[
                "2:11 toml-syntax: string values must be quoted, expected literal string",
                "4:9 toml-syntax: string values must be quoted, expected literal string",
            ],
        ),
        ("[rules]\nselect = []\n[rules]\n", &["3:2 toml-syntax: duplicate key"]),
        (
            "[rule.self-backup]\nlevel = \"off\"\nlevel = \"off\"\n",
            &["3:1 toml-syntax: duplicate key"],
        ),
        // Keys.
        ("rule = 1", &["1:8 wrong-type: `rule` wants a table, found a number"]),
        (
            "colour = 1",
            &[&format!("1:1 unknown-key: the configuration has no key `colour`; {top}")],
        ),
        (
            "[rulse]\nselect = []",
            &["1:2 unknown-key: the configuration has no key `rulse`; did you mean `rules`?"],
        ),
        ("[[rules]]", &["1:1 wrong-type: `rules` wants a table, found an array"]),
        (
            "[rules]\nslect = []",
            &["2:1 unknown-key: `[rules]` has no key `slect`; did you mean `select`?"],
        ),
        (
            "[rules]\nselect.x = []",
            &["2:1 wrong-type: `rules.select` wants an array of texts, found a table"],
        ),
        (
            "[rule.self-backup]\nlvl = \"off\"",
            &[
                "2:1 unknown-key: `[rule.self-backup]` has no key `lvl`; its keys are level, suppressible, params",
            ],
        ),
        (
            "[suppressions]\nrequire-reasons = true",
            &[
                "2:1 unknown-key: `[suppressions]` has no key `require-reasons`; did you mean `require-reason`?",
            ],
        ),
        (
            "[bookkeeping]\nfile = \"x\"",
            &[&format!("1:2 unknown-key: the configuration has no key `bookkeeping`; {top}")],
        ),
        // Types.
        (
            "required-version = 1",
            &["1:20 wrong-type: `required-version` wants a text, found a number"],
        ),
        (
            "[rules]\npaths = \"rules\"",
            &["2:9 wrong-type: `rules.paths` wants an array of texts, found a text"],
        ),
        (
            "[rules]\npaths = [\"rules\", 1, true]",
            &[
                "2:19 wrong-type: `rules.paths` wants an array of texts, found a number",
                "2:22 wrong-type: `rules.paths` wants an array of texts, found true or false",
            ],
        ),
        (
            "[suppressions]\nrequire-reason = \"yes\"",
            &["2:18 wrong-type: `suppressions.require-reason` wants true or false, found a text"],
        ),
        (
            "[suppressions]\nmax-days = \"30\"",
            &["2:12 wrong-type: `suppressions.max-days` wants a number of days, found a text"],
        ),
        (
            "[suppressions]\nmax-days = -1",
            &["2:12 unknown-value: `suppressions.max-days` is a number of days from 0 to 36525"],
        ),
        (
            "[suppressions]\nmax-days = 1.5",
            &[
                "2:12 wrong-type: `suppressions.max-days` wants a number of days, found a number with a point",
            ],
        ),
        (
            "[suppressions]\nmax-days = 2026-12-31",
            &["2:12 wrong-type: `suppressions.max-days` wants a number of days, found a date"],
        ),
        // Values.
        (
            "required-version = \">=99\"\ncolour = 1",
            &[&format!(
                "1:20 required-version: this is lynt {}, the configuration wants >=99; install such a version",
                env!("CARGO_PKG_VERSION")
            )],
        ),
        (
            "required-version = \"new\"",
            &[
                "1:20 unknown-value: `new` says no versions; write such as \">=0.3\" or \">=0.3, <1\"",
            ],
        ),
        (
            "[rule.self-backup]\nlevel = \"eror\"",
            &["2:9 unknown-value: `rule.self-backup.level` can't be `eror`; did you mean `error`?"],
        ),
        (
            "[rule.self-backup]\nlevel = \"fatal\"",
            &[
                "2:9 unknown-value: `rule.self-backup.level` can't be `fatal`; it is one of error, warning, note, off",
            ],
        ),
        (
            "[output]\nfail-on = \"off\"",
            &[
                "2:11 unknown-value: `output.fail-on` can't be `off`; it is one of error, warning, note, never",
            ],
        ),
        (
            "[suppressions]\nunused = \"never\"",
            &[
                "2:10 unknown-value: `suppressions.unused` can't be `never`; it is one of error, warning, note, off",
            ],
        ),
        // Rules.
        (
            "[rule.self-bakcup]",
            &["1:7 unknown-rule: no rule is called `self-bakcup`; did you mean `self-backup`?"],
        ),
        (
            "[rule.self-bakcup]\nlevel = \"off\"\nsuppressible = false\nparams = { max-front-ends = 1 }",
            &["1:7 unknown-rule: no rule is called `self-bakcup`; did you mean `self-backup`?"],
        ),
        (
            "[rule.self-bakcup]",
            &["1:7 unknown-rule: no rule is called `self-bakcup`; did you mean `self-backup`?"],
        ),
        (
            "[rule]\nbackup.level = \"off\"\ncolour.suppressible = true",
            &[
                "2:1 unknown-rule: no rule is called `backup`; did you mean `asymmetric-backup`?",
                "3:1 unknown-rule: no rule is called `colour`; `lynt rule` lists the rules",
            ],
        ),
        (
            "[rules]\nselect = [\"all\", \"bakcup\"]\nignore = [\"self-bakcup\"]\nextend-select = [\"colour\"]",
            &[
                "2:18 unknown-rule: no rule or group is called `bakcup`; did you mean `backup`?",
                "3:11 unknown-rule: no rule or group is called `self-bakcup`; did you mean `self-backup`?",
                "4:18 unknown-rule: no rule or group is called `colour`; `lynt rule` lists the rules and their groups",
            ],
        ),
        (
            "[rule.unused-ignore]\nlevel = \"off\"",
            &[
                "1:7 unknown-key: `level` of `unused-ignore` can't be set here; write `unused` in `[suppressions]`",
            ],
        ),
        (
            "[rule.malformed-ignore]\nsuppressible = true",
            &[
                "1:7 unknown-key: `suppressible` of `malformed-ignore` can't be set here; an ignore with a mistake is never hidden",
            ],
        ),
        // Parameters.
        (
            "[params]\nmax-front-end = 3",
            &[
                "2:1 unknown-param: no rule has a parameter `max-front-end`; did you mean `max-front-ends`?",
            ],
        ),
        (
            "[params]\ncolour = 3",
            &[
                "2:1 unknown-param: no rule has a parameter `colour`; there are users-per-front-end, max-users-per-pool, max-users-per-pool-2019, users-per-standard-edition, users-per-standard-edition-after-failover, max-front-ends, max-front-ends-2019, max-users-on-appliance, max-users-on-server",
            ],
        ),
        (
            "[params]\nmax-front-ends = \"3\"",
            &["2:18 unknown-value: `max-front-ends` is a number; write it without quotes"],
        ),
        (
            "[params]\nmax-users-per-pool = \"many\"",
            &[
                "2:22 unknown-value: `max-users-per-pool` is a number of users; write it without quotes",
            ],
        ),
        (
            "[params]\nmax-users-per-pool = -1",
            &[
                "2:22 unknown-value: `max-users-per-pool` can't be negative; write a number of users",
            ],
        ),
        (
            "[params]\nmax-front-ends = 99999999999999999999",
            &["2:18 unknown-value: `params.max-front-ends` does not fit into 64 bits"],
        ),
        (
            "[params]\nmax-front-ends = 1.5",
            &[
                "2:18 wrong-type: `params.max-front-ends` wants a number or a duration such as \"30m\", found a number with a point",
            ],
        ),
        (
            "[rule.self-backup]\nparams = { max-front-ends = 3 }",
            &[
                "1:7 unknown-param: `self-backup` does not read the parameter `max-front-ends`; it reads no parameters; `[params]` sets those of all rules",
            ],
        ),
        (
            "[rule.sba-too-many-users]\nparams.users-per-front-end = 3",
            &[
                "1:7 unknown-param: `sba-too-many-users` does not read the parameter `users-per-front-end`; it reads max-users-on-appliance, max-users-on-server; `[params]` sets those of all rules",
            ],
        ),
        (
            "[rule.unused-ignore]\nparams.max-front-ends = 3",
            &[
                "1:7 unknown-param: `unused-ignore` does not read the parameter `max-front-ends`; it reads no parameters; `[params]` sets those of all rules",
            ],
        ),
        (
            "[params]\nusers-per-front-end = 1\n[rule.pool-over-capacity]\nparams.users-per-front-end = 2",
            &[
                "4:30 duplicate-param: `users-per-front-end` is set to two values; a parameter holds for all rules that read it: set it once, in `[params]`",
            ],
        ),
        // Several at once.
        (
            "colour = 1\n[rules]\npaths = 1\n[rule.x]\ny = 1\n",
            &[
                &format!("1:1 unknown-key: the configuration has no key `colour`; {top}"),
                "3:9 wrong-type: `rules.paths` wants an array of texts, found a number",
                "5:1 unknown-key: `[rule.x]` has no key `y`; its keys are level, suppressible, params",
            ],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(wrong(&rules, text), *expected, "{text}");
        // A byte order mark and the other line end change no line.
        let other = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(wrong(&rules, &other).len(), expected.len(), "{text}");
    }
}

fn selected(rules: &Rules, config: &Config) -> BTreeSet<String> {
    select(config, rules).expect("the names are known").ids
}

#[test]
fn the_most_exact_name_selects() {
    let rules = Rules::shipped();
    let option = |config: &mut Config, path: &str, option: &'static str, names: &[&str]| {
        let origin = Origin::Option(option);
        let names = names.iter().map(|name| ((*name).to_owned(), origin)).collect();
        config.set(path, Value::Texts(names), origin);
    };
    // Of self-backup, asymmetric-backup (both of the group backup), unknown-site and unused-ignore
    // those that run.
    let runs = |config: &Config| {
        let ids = selected(&rules, config);
        let asked = ["self-backup", "asymmetric-backup", "unknown-site", "unused-ignore"];
        let letters = asked.iter().zip("saUi".chars()).filter(|(id, _)| ids.contains(**id));
        letters.map(|(_, letter)| letter).collect::<String>()
    };
    let cases = [
        ("", "saUi", "all by default"),
        ("[rules]\nselect = []", "", "none"),
        ("[rules]\nselect = [\"backup\"]", "sa", "a group"),
        (
            "[rules]\nselect = [\"ignores\", \"self-backup\"]",
            "si",
            "the checks of ignores are a group",
        ),
        ("[rules]\nselect = [\"self-backup\"]", "s", "an id"),
        ("[rules]\nignore = [\"backup\"]", "Ui", "all but a group"),
        (
            "[rules]\nignore = [\"backup\"]\nextend-select = [\"self-backup\"]",
            "sUi",
            "an id is more exact",
        ),
        (
            "[rules]\nignore = [\"self-backup\"]\nextend-select = [\"backup\"]",
            "aUi",
            "so it is the other way round",
        ),
        (
            "[rules]\nignore = [\"self-backup\"]\nextend-select = [\"self-backup\"]",
            "aUi",
            "ignore wins where both are as exact",
        ),
        ("[rules]\nselect = [\"references\"]\nextend-select = [\"backup\"]", "saU", "both"),
        (
            "[rules]\nignore = [\"all\"]\nselect = [\"backup\"]",
            "sa",
            "a group is more exact than all",
        ),
        ("[rule.self-backup]\nlevel = \"off\"", "aUi", "off"),
        (
            "[rule.self-backup]\nlevel = \"off\"\n[rules]\nextend-select = [\"self-backup\"]",
            "aUi",
            "off stays off",
        ),
        ("[suppressions]\nunused = \"off\"", "saU", "off"),
    ];
    for (text, expected, why) in cases {
        assert_eq!(runs(&good(text)), expected, "{why}: {text}");
    }
    let off = "[rules]\nignore = [\"asymmetric-backup\"]\n[rule.self-backup]\nlevel = \"off\"\n[suppressions]\nunused = \"off\"";
    for (names, expected) in [
        (&["all"][..], "U"),
        (&["backup"], "U"),
        (&["self-backup", "unused-ignore"], "sUi"),
        (&["asymmetric-backup"], "aU"),
    ] {
        let mut config = good(off);
        option(&mut config, "rules.extend-select", "--extend-select", names);
        assert_eq!(
            runs(&config),
            expected,
            "an id on the command line wins over the file: {names:?}"
        );
    }
    let mut config = good("");
    option(&mut config, "rules.ignore", "--ignore", &["bakcup"]);
    let problems = select(&config, &rules).expect_err("there is no such group");
    assert_eq!(problems[0].message, "`--ignore`: no rule or group is called `bakcup`");
}

#[test]
fn levels_and_parameters_change_the_rules() {
    let mut rules = Rules::shipped();
    let config = good(
        "[rule.self-backup]\nlevel = \"note\"\n[rule.unknown-version]\nlevel = \"error\"\n[rule.unknown-site]\nlevel = \"off\"\n\
         [params]\nmax-front-ends = 3\n[rule.sba-too-many-users]\nparams = { max-users-on-appliance = 7 }\n",
    );
    apply(&config, &mut rules).expect("it is sound");
    let severity =
        |id: &str| rules.violations().iter().find(|rule| rule.id == id).map(|rule| rule.severity);
    assert_eq!(severity("self-backup"), Some(Severity::Note));
    assert_eq!(severity("unknown-version"), Some(Severity::Error));
    assert_eq!(
        severity("unknown-site"),
        Some(Severity::Error),
        "should it be named, it is as grave as ever"
    );
    let values: Vec<(&str, i64, i64)> = rules
        .set
        .program
        .params
        .iter()
        .map(|param| (param.name.as_str(), param.default, param.value))
        .filter(|(_, default, value)| default != value)
        .collect();
    assert_eq!(values, [("max-front-ends", 12, 3), ("max-users-on-appliance", 1000, 7)]);
}

/// A rule reads a parameter in a clause, through relations, or in what it says.
#[test]
fn a_parameter_may_be_set_under_each_rule_that_reads_it() {
    let rules = Rules::shipped();
    let cases = [
        ("sba-too-many-users", "max-users-on-appliance", true),
        ("too-many-front-ends", "max-front-ends", true),
        ("pool-over-capacity", "users-per-front-end", true),
        ("pair-over-capacity", "users-per-standard-edition-after-failover", true),
        ("pool-over-capacity", "max-front-ends", false),
        ("self-backup", "users-per-front-end", false),
    ];
    for (rule, param, reads) in cases {
        let text = format!("[rule.{rule}]\nparams.{param} = 3");
        assert_eq!(wrong(&rules, &text).is_empty(), reads, "{text}");
    }
    let said = "/// T.\nviolation Said(p: Pool) {\n    severity: note;\n    message: \"`{p}`: {only-said}\";\n    label p: \"here\";\n}\n/// D.\nparam only-said: Minutes = 5;\nSaid(p) <- Pool(p);\n";
    let rules = rules
        .with_custom([("custom/said.dl".to_owned(), said.to_owned())])
        .map_err(|(problems, _)| problems)
        .expect("it compiles");
    assert_eq!(wrong(&rules, "[rule.said]\nparams.only-said = \"1h30m\""), Vec::<String>::new());
    let cases = [
        (
            "\"90s\"",
            "1:20 unknown-value: `only-said` is no whole number of minutes; write a number of minutes, or a duration such as \"2h\"",
        ),
        (
            "\"soon\"",
            "1:20 unknown-value: `only-said` is no duration; write a number of minutes, or a duration such as \"30m\", \"1h30m\", \"2h\"",
        ),
        ("-5", "1:20 unknown-value: `only-said` can't be negative; write a number of minutes"),
    ];
    for (value, expected) in cases {
        assert_eq!(wrong(&rules, &format!("params.only-said = {value}")), [expected]);
    }
    let mut changed = rules.clone();
    apply(&good("params.only-said = \"1h30m\""), &mut changed).expect("a duration");
    assert_eq!(changed.set.program.params.last().map(|param| param.value), Some(90));
}

#[test]
fn the_policy_of_ignores_is_configured() {
    let today = Date::parse("2026-11-23").expect("a date");
    let (sources, config) = read(
        "[suppressions]\nrequire-reason = false\nrequire-until = true\nmax-days = 180\nunused = \"error\"\n\
         [rule.self-backup]\nsuppressible = false\n[rule.unknown-site]\nsuppressible = true\n[rule.malformed-ignore]\nlevel = \"warning\"\n",
    );
    let policy = config.expect("it is sound").policy(&sources, today);
    let plain = Config::default().policy(&sources, today);
    assert_eq!((plain.require_reason, plain.require_until, plain.max_days), (true, false, None));
    assert_eq!((plain.unused, plain.malformed), (Some(Severity::Warning), Some(Severity::Error)));
    assert_eq!(
        (policy.require_reason, policy.require_until, policy.max_days),
        (false, true, Some(180))
    );
    assert_eq!((policy.unused, policy.malformed), (Some(Severity::Error), Some(Severity::Warning)));
    let firm: Vec<_> =
        policy.firm.iter().map(|(rule, said)| (rule.as_str(), said.as_str())).collect();
    assert_eq!(firm, [("self-backup", "lynt.toml:7")]);
    let off = good("[suppressions]\nunused = \"off\"\n[rule.malformed-ignore]\nlevel = \"off\"")
        .policy(&sources, today);
    assert_eq!((off.unused, off.malformed), (None, None));
}

#[test]
fn a_later_text_wins_key_by_key() {
    let config = good(
        "[rule.self-backup]\nlevel = \"note\"\n[output]\nfail-on = \"note\"\nformat = [\"concise\"]\n[params]\nmax-front-ends = 3",
    );
    let later = good(
        "rule.self-backup.level = \"off\"\nrule.too-many-front-ends.params.max-front-ends = 4",
    );
    let config = config.overlaid(later);
    assert_eq!(
        config.get("rule.*.level", "self-backup").map(|set| &set.value),
        Some(&Value::Text("off".to_owned()))
    );
    assert_eq!(
        config.get("params.*", "max-front-ends").map(|set| &set.value),
        Some(&Value::Number(4))
    );
    assert_eq!((config.fail_on(), config.texts("output.format").len()), (Some(Severity::Note), 1));
    assert_eq!(good("[output]\nfail-on = \"never\"").fail_on(), None);
    assert_eq!(Config::default().fail_on(), Some(Severity::Error));
}

/// What the table of keys calls a default is a value that the key may have.
#[test]
fn defaults_are_sound() {
    for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
        let path = key.path.replace('*', "self-backup");
        good(&format!("{path} = {}", key.default));
    }
}

/// Whatever the text: an answer, with every problem in its place, and no panic.
#[test]
fn any_text_is_answered() {
    let pieces = [
        "[",
        "]",
        "rule",
        ".",
        "self-backup",
        "=",
        "\"",
        "\n",
        "level",
        "off",
        "{",
        "}",
        ",",
        "params",
        "'''",
        "max-days",
        "9",
        "-",
        "\u{feff}",
        "é",
        "#",
        "required-version",
        ">=0.1",
        "true",
        "select",
        "rules",
    ];
    let rules = Rules::shipped();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("it is below a usize")
    };
    let mut read_well = 0;
    for _ in 0..3000 {
        let text: String = (0..next(14)).map(|_| pieces[next(pieces.len())]).collect();
        let (sources, config) = read(&text);
        match config {
            Ok(config) => {
                read_well += 1;
                let _ = apply(&config, &mut rules.clone());
                let _ = select(&config, &rules);
            }
            Err(problems) => {
                assert!(!problems.is_empty(), "{text:?}");
                for label in problems.iter().flat_map(|problem| &problem.labels) {
                    let range = label.span.range();
                    assert!(range.end <= text.len() && text.get(range).is_some(), "{text:?}");
                    sources.place(label.span);
                }
            }
        }
    }
    assert!((10..2990).contains(&read_well), "{read_well}");
}
