//! Fixes on random topologies, a third of them with ignores and a third with a baseline: what they promise is
//! so. The findings that are said to be fixed are gone, what is hidden is left alone, nothing new has come, a
//! second time changes nothing, and only lines that were reported are touched.

mod common;

#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/generate.rs"]
mod generate;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/model.rs"]
mod model;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/random.rs"]
mod random;

use common::command::{Case as Told, Folder, lynt, printed, run_cases, text};
use lynt::baseline::{Baseline, Known, New, with_added};
use lynt::checks::{STALE, is_check};
use lynt::date::Date;
use lynt::discover::TopologyFiles;
use lynt::fix::{Edit, apply};
use lynt::mend::{Mended, mend};
use lynt::report::Outcome;
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::suppress::Policy;
use lynt::suppress::add::{Terms, add};
use lynt::violation::Finding;
use lynt::{Options, Timings, check};
use random::Random;
use std::collections::BTreeSet;
use std::fs;

/// A debug build, being slow, tries fewer.
const TOPOLOGIES: u64 = if cfg!(debug_assertions) { 60 } else { 1_000 };

struct Case {
    sources: Sources,
    topology: TopologyFiles,
    policy: Policy,
    /// Half of what was found, every third time.
    baseline: Baseline,
}

impl Case {
    /// A random topology with slips of the pen, written with CRLF or with a byte order mark now and then.
    fn new(seed: u64) -> Self {
        let mut sources = Sources::default();
        let mut random = Random::new(seed);
        let texts = model::written(&generate::topology(seed), seed);
        let files = texts.iter().map(|(name, text)| {
            let text = &with_slips(text, &mut random);
            let text = match seed % 4 {
                1 => text.replace('\n', "\r\n"),
                2 => format!("\u{feff}{text}"),
                _ => text.clone(),
            };
            sources.add(name, text)
        });
        let topology = TopologyFiles { path: "topology".to_owned(), files: files.collect() };
        let policy = Policy::new(Date::new(2026, 11, 26).expect("a day"));
        Self { sources, topology, policy, baseline: Baseline::default() }
    }

    /// Hides some of what is found, every third time by ignores and every third time by a baseline.
    fn hide(&mut self, rules: &Rules, seed: u64) {
        let open = self.check(rules, &self.sources).findings.into_iter();
        let open = open.filter(|finding| !is_check(&finding.rule)).enumerate();
        let some: Vec<Finding> =
            open.filter(|(at, _)| at % 2 == 0).map(|(_, finding)| finding).collect();
        if seed % 3 == 1 {
            let terms = Terms { reason: "known".to_owned(), until: None, by: None };
            let addition = add(&self.sources, &some, &terms, &self.policy);
            let edits: Vec<Edit> =
                addition.added.values().flatten().map(|added| added.edit.clone()).collect();
            for (file, text) in apply(&edits, &self.sources) {
                self.sources.files[file as usize].text = text;
            }
        }
        if seed % 3 == 2 {
            let new = some.iter().map(|finding| New {
                atom: &finding.atom,
                topology: "",
                added: self.policy.today,
                reason: "known",
            });
            let text = with_added(None, &new.collect::<Vec<_>>());
            let mut sources = Sources::default();
            let file = sources.add("lynt-baseline.toml", text);
            self.baseline =
                lynt::baseline::parse(&sources, file).expect("what was written is read");
        }
    }

    fn with_options<R>(&self, run: impl FnOnce(&Options<'_>) -> R) -> R {
        let (stale, firm) = (Some(STALE.severity), &self.policy.firm);
        let baseline = Some(Known { baseline: &self.baseline, topology: "", stale, firm });
        run(&Options { ignores: Some(&self.policy), baseline, ..Options::default() })
    }

    fn check(&self, rules: &Rules, sources: &Sources) -> Outcome {
        self.with_options(|options| {
            check(rules, sources, &self.topology, options, &mut Timings::default())
        })
    }
}

/// Lines with a backup registrar are lost, and names lose a letter.
fn with_slips(text: &str, random: &mut Random) -> String {
    let keys = ["backup-registrar = ", "home = ", "next-hop = ", "site = "];
    let slip = |line: &str| {
        let key = keys.iter().find(|key| line.trim_start().starts_with(**key));
        let Some(key) = key.filter(|_| line.ends_with('"')) else { return Some(line.to_owned()) };
        match random.below(6) {
            0 if key.starts_with("backup") => None,
            1 => Some(format!("{}\"", &line[..line.len() - 2])),
            _ => Some(line.to_owned()),
        }
    };
    text.lines().filter_map(slip).map(|line| line + "\n").collect()
}

/// What rules found; checks of ignores are known by their lines, and an entry of the baseline that hides
/// nothing any more is what a fix leaves.
fn ids(outcome: &Outcome) -> BTreeSet<String> {
    let found = outcome.findings.iter().filter(|finding| !is_check(&finding.rule));
    found.map(|finding| finding.id.clone()).collect()
}

/// What is hidden, by ignores and by the baseline.
fn hidden(outcome: &Outcome) -> BTreeSet<String> {
    let hidden = outcome.findings.iter().filter(|finding| finding.suppression.is_some());
    hidden.map(|finding| finding.id.clone()).collect()
}

/// Lines that are gone or new, from the old text and the new one.
fn touched(old: &str, new: &str) -> Vec<String> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, mut new) = (lines(old), lines(new));
    let mut gone = Vec::new();
    for line in old {
        match new.iter().position(|other| *other == line) {
            Some(at) => drop(new.remove(at)),
            None => gone.push(line),
        }
    }
    gone.append(&mut new);
    gone
}

#[test]
fn fixes_do_what_they_promise() {
    let rules = Rules::shipped();
    let (mut fixed, mut refused, mut kept) = (0, 0, 0);
    for seed in 0..TOPOLOGIES {
        let mut case = Case::new(seed);
        if !case.check(&rules, &case.sources).problems.is_empty() {
            continue;
        }
        case.hide(&rules, seed);
        let before = case.check(&rules, &case.sources);
        kept += hidden(&before).len();
        for with_unsafe in [false, true] {
            let run = |sources: &Sources| -> Mended {
                case.with_options(|options| {
                    mend(&rules, sources, &case.topology, options, with_unsafe)
                })
            };
            let mended = run(&case.sources);
            let after = case.check(&rules, &mended.sources);
            assert_eq!(after.problems, [], "seed {seed}");
            let (old, new) = (ids(&before), ids(&after));
            assert!(new.is_subset(&old), "seed {seed}: new findings {:?}", new.difference(&old));
            let gone: BTreeSet<&str> = before
                .findings
                .iter()
                .filter(|finding| !new.contains(&finding.id))
                .map(|finding| finding.handle.as_str())
                .collect();
            for one in &mended.fixed {
                assert!(!hidden(&before).contains(&one.handle), "seed {seed}: {one:?} was hidden");
                // An ignore may hide nothing only after another fix.
                let rule = one.handle.split(':').next().unwrap_or("");
                let is_gone = gone.contains(one.handle.as_str()) || is_check(rule);
                assert!(is_gone, "seed {seed}: {one:?} is still there");
            }
            let again = run(&mended.sources);
            assert_eq!(again.fixed, [], "seed {seed}: a second time");
            assert_eq!(again.sources, mended.sources, "seed {seed}: a second time");
            let lines: usize = case
                .sources
                .files
                .iter()
                .zip(&mended.sources.files)
                .map(|(old, new)| touched(&old.text, &new.text).len())
                .sum();
            // A value that is replaced is a line gone and a line come, a key that is added one come.
            assert!(lines <= 2 * mended.fixed.len(), "seed {seed}: {lines} lines");
            fixed += mended.fixed.len();
            let could =
                |finding: &&Finding| finding.fixes.iter().any(|fix| fix.is_safe || with_unsafe);
            refused += after.findings.iter().filter(could).count();
        }
    }
    println!("{fixed} violations fixed, {refused} fixes refused, {kept} findings hidden");
    assert!(fixed > 40 && refused > 0 && kept > 100);
}

const TOPOLOGY: &str = "# Contoso\r
[[pool]]\r
fqdn = \"fe-lon.contoso.com\" # London\r
version = \"sfb-2015\"\r
backup-registrar = \"fe-ams.contoso.com\"\r
\r
[[pool]]\r
  fqdn = \"fe-ams.contoso.com\"   # Amsterdam\r
  version = \"sfb-2015\"\r
\r
[[sba]]\r
fqdn = \"sba-leeds.contoso.com\"\r
backup-registrar = 'fe-lonn.contoso.com' # typo\r
";

#[test]
fn files_are_mended_and_nothing_else_in_them_changes() {
    let folder = Folder::new("mend");
    folder.write("t/pools.toml", TOPOLOGY).write("t/other.toml", "[deployment]\nname = \"c\"\n");
    let output = lynt(&folder, &["check", "--diff", "t"], b"");
    assert_eq!(output.status.code(), Some(1));
    let diff = text(&output.stdout);
    assert!(diff.contains("+  backup-registrar = \"fe-lon.contoso.com\"\n"), "{diff}");
    assert!(text(&output.stderr).ends_with("would fix 2 violations in 1 file\n"));
    assert_eq!(folder.read("t/pools.toml"), TOPOLOGY, "--diff writes nothing");
    let output = lynt(&folder, &["check", "--fix", "t"], b"");
    assert!(text(&output.stderr).ends_with("fixed 2 violations in 1 file\n"));
    let expected = TOPOLOGY
        .replace("Amsterdam\r\n", "Amsterdam\r\n  backup-registrar = \"fe-lon.contoso.com\"\r\n")
        .replace("'fe-lonn.contoso.com'", "\"fe-lon.contoso.com\"");
    assert_eq!(folder.read("t/pools.toml"), expected);
    assert_eq!(folder.list("t"), ["other.toml", "pools.toml"], "no temporary file is left");
    let output = lynt(&folder, &["check", "--fix", "t"], b"");
    assert!(text(&output.stderr).ends_with("nothing to fix\n"), "{}", text(&output.stderr));
    assert_eq!(folder.read("t/pools.toml"), expected);
}

#[test]
fn what_can_not_be_mended_is_told() {
    let folder = Folder::new("mend-not");
    folder.write("t.toml", TOPOLOGY).write("broken.toml", "[[pool]]\nfqdn = 1\n");
    let cases: &[Told<'_>] = &[
        (&["check", "--fix", "-"], 2, &[], &["standard input can't be changed", "--diff"]),
        (&["check", "--fix", "broken.toml"], 2, &["could not check"], &["nothing to fix"]),
        (&["check", "--fixx", "t.toml"], 2, &[], &["--fix"]),
    ];
    run_cases(&folder, TOPOLOGY, cases);
    assert!(printed_diff(&folder).contains("--- <stdin>\n"));
    #[cfg(unix)]
    {
        let link = folder.0.join("link.toml");
        std::os::unix::fs::symlink("t.toml", link).expect("a link");
        let told: &[Told<'_>] = &[(&["check", "--fix", "link.toml"], 2, &[], &["it is a link"])];
        run_cases(&folder, "", told);
        assert_eq!(fs::read_to_string(folder.0.join("t.toml")).expect("a file"), TOPOLOGY);
    }
    let listed = printed(&folder, &["check", "--help"], "");
    assert!(listed.contains("--unsafe-fixes"));
}

fn printed_diff(folder: &Folder) -> String {
    text(&lynt(folder, &["check", "--diff", "-"], TOPOLOGY.as_bytes()).stdout)
}

/// Ignores that hide nothing go; what is ignored is not mended, and what moves down by a line is not new.
#[test]
fn ignores_are_mended_too() {
    let folder = Folder::new("mend-ignores");
    let topology = |first: &str, second: &str, third: &str| {
        format!(
            "{first}[[pool]]\nfqdn = \"fe-lon.x\"\nversion = \"sfb-2015\"\nbackup-registrar = \"fe-ams.x\"\n\n\
             [[pool]]\nfqdn = \"fe-ams.x\"\n{second}version = \"sfb-2015\"\n\n\
             {third}[[sba]]\nfqdn = \"sba.x\"\nversion = \"sfb-2015\"\nbackup-registrar = \"fe-lonn.x\"\n"
        )
    };
    let typo = "# lynt: ignore[sba-unknown-registrar]: it is meant so\n";
    let unused = "# lynt: ignore[self-backup, unknown-site]: gone\n# lynt: ignore-file[unknown-home]: gone\n";
    folder.write("t.toml", topology(unused, "", typo));
    let output = lynt(&folder, &["check", "--fix", "t.toml"], b"");
    let stderr = text(&output.stderr);
    // The comment in front of another one moves up to the top of the file, where it is none for a table.
    for part in [
        "fixed unused-ignore:t.toml:1,self-backup: remove the comment",
        "fixed asymmetric-backup:fe-lon",
        "in 1 file",
    ] {
        assert!(stderr.contains(part), "no {part:?} in {stderr}");
    }
    assert!(!stderr.contains("sba-unknown-registrar"), "{stderr}");
    let fixed = topology("", "backup-registrar = \"fe-lon.x\"\n", typo);
    assert_eq!(folder.read("t.toml"), fixed);
    let output = lynt(&folder, &["check", "--fix", "t.toml"], b"");
    assert!(text(&output.stderr).ends_with("nothing to fix\n"));
    // Where ignores are not looked at, they are neither unused nor in the way.
    folder.write("t.toml", topology(unused, "", typo));
    lynt(&folder, &["check", "--fix", "--no-ignores", "t.toml"], b"");
    let mended =
        topology(unused, "backup-registrar = \"fe-lon.x\"\n", typo).replace("fe-lonn", "fe-lon");
    assert_eq!(folder.read("t.toml"), mended);
}
