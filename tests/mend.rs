//! Fixes on random topologies, a third of them with ignores and a third with a baseline: what they promise is
//! so. The findings that are said to be fixed are gone, what is ignored is left alone, nothing new has come, a
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

#[path = "mend/promises.rs"]
mod promises;

use common::command::{Case as Told, Folder, lynt, printed, run_cases, text};
use lynt::rules::Rules;
use promises::{Counts, hold};
use std::fs;

/// A debug build, being slow, tries fewer.
const TOPOLOGIES: u64 = if cfg!(debug_assertions) { 60 } else { 1_000 };

#[test]
fn fixes_do_what_they_promise() {
    let rules = Rules::shipped();
    let mut counts = Counts::default();
    for seed in 0..TOPOLOGIES {
        hold(&rules, seed, &[false, true], |_| true, &mut counts);
    }
    let Counts { fixed, refused, kept } = counts;
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

/// Of two findings of one pool the second is mended after the first, when it is the only one: it is called what the
/// report before called it.
#[test]
fn what_is_mended_is_called_as_in_the_report() {
    let pool = |name: &str, keys: &str| {
        format!("[[pool]]\nfqdn = \"{name}.x\"\nversion = \"sfb-2015\"\n{keys}\n")
    };
    let topology = [
        pool("fe5", "backup-registrar = [\"fe3.x\", \"fe4.x\"]"),
        pool("fe3", ""),
        pool("fe4", ""),
        // What can't be mended, so that fixes are tried one after the other.
        pool("fe7", "backup-registrar = \"fe8.x\""),
        pool("fe8", "backup-registrar = \"fe9.x\""),
        pool("fe9", "backup-registrar = \"fe8.x\""),
    ];
    let arguments = ["check", "--unsafe-fixes", "--diff", "--select", "asymmetric-backup", "-"];
    let folder = Folder::new("mend-names");
    let told = text(&lynt(&folder, &arguments, topology.concat().as_bytes()).stderr);
    for part in ["asymmetric-backup:fe5,fe3: ", "asymmetric-backup:fe5,fe4: ", "2 violations"] {
        assert!(told.contains(part), "no {part:?} in {told}");
    }
}

/// Fixes of rules that a user wrote: only those of the selected rules are made, unsafe ones only where they are asked
/// for, and none that does not mend.
#[test]
fn fixes_of_own_rules_are_tried_before_they_are_made() {
    let folder = Folder::new("mend-own");
    let topology = "[[pool]]\nfqdn = \"p.x\"\nversion = \"sfb-2015\"\nfront-end-servers = 2\nautomatic-failover = false\n";
    let rule = |name: &str, fix: &str, condition: &str| {
        format!(
            "/// A pool.\nviolation {name}(p: Pool) {{ severity: error; message: \"{{p}}\"; label Backup(p, _): \"\"; {fix}: \"set it\"; }}\n{name}(p) <- Pool(p), ({condition});\n"
        )
    };
    let number = rule("FewServers", "fix p.front-end-servers = 3", "p.front-end-servers < 3");
    let switch = rule(
        "NoFailover",
        "fix unsafe p.automatic-failover = true",
        "p.automatic-failover == false",
    );
    let no_use = rule("Hopeless", "fix p.front-end-servers = 4", "p.front-end-servers < 9");
    folder.write("own.dl", number + &switch + &no_use);
    let with_three = topology.replace("= 2", "= 3");
    let with_failover = topology.replace("false", "true");
    let cases: &[(&[&str], i32, &str)] = &[
        (&["--fix", "--select", "few-servers"], 0, &with_three),
        (&["--fix", "--unsafe-fixes", "--select", "few-servers"], 0, &with_three),
        (&["--fix", "--select", "no-failover"], 1, topology),
        (&["--fix", "--unsafe-fixes", "--select", "no-failover"], 0, &with_failover),
        (&["--fix", "--unsafe-fixes", "--select", "hopeless"], 1, topology),
    ];
    for (options, code, expected) in cases {
        folder.write("t.toml", topology);
        let check = ["check", "--rules", "own.dl", "t.toml"];
        let output = lynt(&folder, &[&check, *options].concat(), b"");
        assert_eq!(folder.read("t.toml"), *expected, "{options:?}: {}", text(&output.stderr));
        assert_eq!(output.status.code(), Some(*code), "{options:?}: {}", text(&output.stdout));
        if *code != 0 {
            let found = text(&output.stdout);
            assert!(
                found.contains("--> t.toml:2:8"),
                "no label fits, so the subject has it: {found}"
            );
        }
    }
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
