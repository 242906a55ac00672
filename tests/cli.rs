//! The command line as people and scripts meet it: exit codes, streams, errors that say what to do.

mod common;

use common::command::{Folder, lynt, lynt_with, run_cases, text};
use common::exports::deflated;
use std::fs;

const POOL: &str = "[[pool]]\nfqdn = \"p.contoso.com\"\nversion = \"sfb-2015\"\n";

#[test]
fn verdicts_and_streams() {
    let folder = Folder::new("verdicts");
    folder.write("clean/pools.toml", POOL);
    folder.write("self.toml", format!("{POOL}backup-registrar = \"P.contoso.com.\"\n"));
    folder.write("unknown.toml", "[[pool]]\nfqdn = \"p.contoso.com\"\n");
    folder.write("empty.toml", "# nothing\n");
    folder.write("none/readme.txt", "no topology");
    run_cases(
        &folder,
        POOL.as_bytes(),
        &[
            (&[], 0, &["lynt check [PATH]..."], &[]),
            (&["--version"], 0, &["lynt 0."], &[]),
            (&["--help"], 0, &["Examples:", "import"], &[]),
            (&["check", "clean"], 0, &["ok: 1 pool holds against"], &[]),
            (&["check", "clean/pools.toml"], 0, &["ok: 1 pool holds"], &[]),
            (&["check", "./clean/"], 0, &["ok: 1 pool holds"], &[]),
            (&["check", "-"], 0, &["ok: 1 pool holds"], &[]),
            (&["check", "self.toml"], 1, &["error[self-backup]", "self.toml:4:20"], &[]),
            (&["check", "self.toml", "clean"], 1, &["error[self-backup]", "2 topologies"], &[]),
            (
                &["check", "-f", "concise", "self.toml"],
                1,
                &["self.toml:4:20: error[self-backup]: "],
                &[],
            ),
            (&["check", "unknown.toml"], 0, &["warning[unknown-version]"], &[]),
            (
                &["check", "--fail-on", "warning", "unknown.toml"],
                1,
                &["warning[unknown-version]"],
                &[],
            ),
            (&["check", "--fail-on", "never", "self.toml"], 0, &["error[self-backup]"], &[]),
            (&["check", "--ignore", "self-backup", "self.toml"], 0, &["ok:"], &[]),
            (&["check", "--select", "sba", "self.toml"], 0, &["nothing was examined"], &[]),
            (
                &["check", "--ignore", "backup,references", "self.toml"],
                0,
                &["ok: 1 pool holds"],
                &[],
            ),
            (&["check", "empty.toml"], 2, &["there is nothing to check in empty.toml"], &[]),
            (&["check", "--allow-empty", "empty.toml"], 0, &["nothing was examined"], &[]),
            (&["check", "none"], 2, &[], &["no *.toml files in none"]),
            (
                &["facts", "self.toml"],
                0,
                &["BackupRegistrar(\"p.contoso.com\", \"p.contoso.com\").", "// self.toml:4:20"],
                &[],
            ),
            (&["rule"], 0, &["asymmetric-backup", "backup\n"], &[]),
            (&["rule", "self-backup"], 0, &["# self-backup", "## How to fix", "## Source"], &[]),
            (&["rule", "--emit", "crepe"], 0, &["crepe::crepe! {", "@input"], &[]),
            (&["rule", "self-backup", "--emit", "rule"], 0, &["violation SelfBackup"], &[]),
            (&["vocabulary"], 0, &["Pool: [[pool]], named by `fqdn`", "enum Version"], &[]),
            (&["vocabulary", "Pool"], 0, &["backup-registrar: Entity or [Entity]"], &[]),
        ],
    );
}

/// On a terminal of 80 columns no line of help is cut, and no example runs on into a second line.
#[test]
fn help_fits_a_terminal() {
    let folder = Folder::new("help");
    let help = |arguments: &[&str]| {
        let output = lynt_with(&folder, arguments, b"", &[("COLUMNS", "80")]);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        text(&output.stdout)
    };
    let all = help(&["--help"]);
    let (_, commands) = all.split_once("\nCommands:\n").expect("commands");
    let (commands, _) = commands.split_once("\n\n").expect("an end");
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = commands.lines().filter(is_name).filter_map(|line| line.split_whitespace().next());
    let mut helps: Vec<(&str, String)> = names.map(|name| (name, help(&["help", name]))).collect();
    assert!(helps.len() > 15 && helps.iter().any(|(name, _)| *name == "waivers"));
    helps.push(("new rule", help(&["new", "rule", "--help"])));
    helps.push(("lynt", all.clone()));
    for (name, told) in helps {
        for line in told.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
        let examples = told.split_once("Examples:\n").map_or("", |(_, examples)| examples);
        for line in examples.lines().take_while(|line| !line.is_empty()) {
            let begins = |program: &&str| line.starts_with(&format!("  {program} "));
            assert!(["lynt", "git", "cat"].iter().any(begins), "{name}: {line}");
        }
    }
}

/// What a command's own help begins with is what `lynt --help` says of it.
#[test]
fn commands_are_called_alike_everywhere() {
    let folder = Folder::new("commands");
    let help = |arguments: &[&str]| text(&lynt_with(&folder, arguments, b"", &[]).stdout);
    let all = help(&["--help"]);
    let (_, commands) = all.split_once("\nCommands:\n").expect("commands");
    let (commands, _) = commands.split_once("\n\n").expect("an end");
    // Lines that go on with what the one above says begin further right.
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let commands = commands.lines().filter(is_name);
    let commands = commands.filter_map(|line| line.trim().split_once(' '));
    let told: Vec<(&str, &str)> = commands.map(|(name, about)| (name, about.trim())).collect();
    assert!(told.len() > 15, "{told:?}");
    for (name, about) in told.into_iter().filter(|(name, _)| *name != "help") {
        for arguments in [["help", name], [name, "--help"]] {
            let own = help(&arguments);
            assert!(own.starts_with(about), "{arguments:?}: {own}");
        }
    }
}

#[test]
fn a_typo_in_every_argument_is_answered() {
    let folder = Folder::new("typos");
    folder.write("clean.toml", POOL);
    run_cases(
        &folder,
        b"",
        &[
            (&["chekc"], 2, &[], &["unrecognized subcommand", "check"]),
            (&["check", "--formt", "human"], 2, &[], &["--format"]),
            (&["check", "-f", "humna", "clean.toml"], 2, &[], &["human", "concise"]),
            (
                &["check", "--select", "self-bakcup", "clean.toml"],
                2,
                &[],
                &["no rule or group is called `self-bakcup`", "did you mean `self-backup`?"],
            ),
            (&["check", "--ignore", "bakcup", "clean.toml"], 2, &[], &["did you mean `backup`?"]),
            (&["check", "--fail-on", "eror", "clean.toml"], 2, &[], &["error"]),
            (&["check", "--color", "alwys", "clean.toml"], 2, &[], &["always"]),
            (
                &["check", "--exclude", "[", "."],
                2,
                &[],
                &["`--exclude [` is no glob: unclosed character class; missing ']'\n"],
            ),
            (
                &["check", "--max-findings", "few", "."],
                2,
                &[],
                &["'few' for '--max-findings <NUMBER>': it is a whole number from 0 up"],
            ),
            (
                &["explain", "unused-ignore:t.toml:1", "."],
                2,
                &[],
                &["lynt checks `unused-ignore` itself", "`lynt rule unused-ignore`"],
            ),
            (
                &["explain", "--depth", "deep", "self-backup:a", "."],
                2,
                &[],
                &["'deep' for '--depth <RULES>': it is a whole number from 0 up"],
            ),
            (&["check", "cleen.toml"], 2, &[], &["could not read cleen.toml"]),
            (&["check", "clean.toml", "nowhere"], 2, &[], &["could not read nowhere"]),
            (&["rule", "self-bakcup"], 2, &[], &["did you mean `self-backup`?"]),
            (&["rule", "--emit", "crpe"], 2, &[], &["crepe"]),
            (&["vocabulary", "Poool"], 2, &[], &["did you mean `Pool`?"]),
            (
                &["facts", "--relation", "BackupRegistar"],
                2,
                &[],
                &["did you mean `BackupRegistrar`?"],
            ),
            (&["facts", "cleen.toml"], 2, &[], &["could not read cleen.toml"]),
            (&["import", "nowhere.xml"], 2, &[], &["could not read nowhere.xml"]),
            (&["import", "clean.toml"], 2, &[], &["clean.toml:1:1"]),
            (&["import", "-"], 2, &[], &["-:", "empty"]),
        ],
    );
}

#[test]
fn mistakes_in_files_are_located_and_all_told() {
    let folder = Folder::new("mistakes");
    folder.write("syntax.toml", "[[pool]]\nfqdn = \"p.contoso.com\nversion = 1\n");
    folder.write("utf16.toml", [0xff, 0xfe, b'[', 0, b'[', 0]);
    folder.write("latin1.toml", b"[[pool]]\nfqdn = \"p.contoso.com\"\nsite = \"Z\xfcrich\"\n");
    folder.write("bom.toml", format!("\u{feff}{}", POOL.replace('\n', "\r\n")));
    folder.write("Cargo.toml", "[package]\nname = \"x\"\n");
    folder.write("schema.toml", format!("schema = 2\n{POOL}"));
    folder.write(
        "many.toml",
        "[[pool]]\nfqdn = \"p.contoso.com\"\nvresion = \"sfb-2015\"\nedition = \"entreprise\"\nusers = 3\n\
         failure-detection-interval = \"5 minutes\"\nback-end = { sql = \"x\" }\nsite = 3\n\
         [[pol]]\n[pool]\n[[sba]]\nregistrar = \"p.contoso.com\"\n[[sba]]\nfqdn = \"P.contoso.com.\"\nversion = \"sfb-2015\"\n",
    );
    run_cases(
        &folder,
        b"",
        &[
            (
                &["check", "syntax.toml"],
                2,
                &["error[toml-syntax]", "syntax.toml:2:22", "no rule was run"],
                &[],
            ),
            (
                &["check", "utf16.toml"],
                2,
                &[],
                &["utf16.toml:1:1", "UTF-16", "Set-Content -Encoding utf8"],
            ),
            (&["check", "latin1.toml"], 2, &[], &["latin1.toml:3:10", "not UTF-8"]),
            (&["check", "bom.toml"], 0, &["ok:"], &[]),
            (&["check", "Cargo.toml"], 2, &["error[foreign-file]", "--exclude"], &[]),
            (&["check", "schema.toml"], 2, &["schema.toml:1:10", "reads schema 1 only"], &[]),
            (&["check", "--exclude", "[lmsu]*.toml", "."], 2, &["foreign-file"], &[]),
            (
                &["check", "--exclude", "[lmsu]*.toml", "--exclude", "Cargo.toml", "."],
                0,
                &["ok: 1 pool"],
                &[],
            ),
        ],
    );
    let output = lynt(&folder.0, &["check", "-f", "concise", "many.toml"], b"");
    let expected = [
        "many.toml:3:1: error[unknown-key]: `[[pool]]` has no key `vresion`",
        "many.toml:4:11: error[unknown-value]: `edition` can't be `entreprise`",
        "many.toml:5:1: error[unknown-key]: `[[pool]]` has no key `users`",
        "many.toml:6:30: error[unknown-value]: `failure-detection-interval` is no duration",
        "many.toml:7:14: error[unknown-key]: `back-end of [[pool]]` has no key `sql`",
        "many.toml:8:8: error[wrong-type]: `site` wants a name in quotes, found a number",
        "many.toml:9:3: error[unknown-table]: unknown table `pol`",
        "many.toml:10:2: error[wrong-type]: `pool` is written `[[pool]]`",
        "many.toml:11:1: error[missing-key]: this `[[sba]]` has no `fqdn`",
        "many.toml:12:1: error[unknown-key]: `[[sba]]` has no key `registrar`",
        "many.toml:14:8: error[duplicate-fqdn]: a `[[pool]]` and a `[[sba]]` have the fqdn `P.contoso.com.`",
    ];
    assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), expected);
    let human = text(&lynt(&folder.0, &["check", "many.toml"], b"").stdout);
    for part in [
        "did you mean `version`?",
        "did you mean `enterprise`?",
        "did you mean `backup-registrar`?",
        "did you mean `pool`?",
        "did you mean `sql-server`?",
        "first here",
    ] {
        assert!(human.contains(part), "{part}: {human}");
    }
}

#[test]
fn a_folder_is_one_topology_and_a_nested_configuration_begins_another() {
    let folder = Folder::new("folders");
    folder.write("t/pools.toml", format!("{POOL}backup-registrar = \"q.contoso.com\"\n"));
    folder.write(
        "t/more/pools.toml",
        POOL.replace("p.c", "q.c") + "backup-registrar = \"p.contoso.com\"\n",
    );
    folder.write("t/.hidden/pools.toml", POOL);
    folder.write("t/ignored/pools.toml", POOL);
    folder.write("t/.gitignore", "ignored/\n");
    folder.write("t/lynt-baseline.toml", "version = 1\n");
    folder.write("t/notes.txt", "not TOML");
    folder.write("t/lab/lynt.toml", "");
    folder.write("t/lab/pools.toml", POOL);
    run_cases(
        &folder,
        b"",
        &[(
            &["check", "t"],
            0,
            &["ok: t: 2 pools hold", "ok: t/lab: 1 pool holds", "2 topologies: 2 ok"],
            &[],
        )],
    );
}

#[test]
fn what_could_act_never_reaches_the_output_raw() {
    let folder = Folder::new("escape");
    let name = "\\u001b[31mevil\\u202e.contoso.com\\n::error::x";
    folder.write(
        "t.toml",
        format!(
            "[[sba]]\nfqdn = \"{name}\"\nversion = \"sfb-2015\"\n\
             [[user-group]]\nname = \"{name}\"\nhome = \"{name}\"\n"
        ),
    );
    let cases: [(&[&str], &str); 4] = [
        (&["check", "-f", "human", "t.toml"], "sba-without-registrar"),
        (&["check", "-f", "concise", "t.toml"], "sba-without-registrar"),
        (&["facts", "t.toml"], "Sba.kind"),
        (&["simulate", "t.toml"], "resiliency"),
    ];
    for (arguments, part) in cases {
        let output = text(&lynt(&folder.0, arguments, b"").stdout);
        assert!(output.contains(part), "{arguments:?}: {output}");
        assert!(!output.contains(['\u{1b}', '\u{202e}']), "{output:?}");
        // GitHub looks for commands behind the blanks that a line begins with.
        assert!(!output.lines().any(|line| line.trim_start().starts_with("::")), "{output:?}");
    }
}

#[test]
fn colour_and_boxes_follow_the_options() {
    let folder = Folder::new("colour");
    folder.write("self.toml", format!("{POOL}backup-registrar = \"p.contoso.com\"\n"));
    let has = |arguments: &[&str], part: &str| {
        text(&lynt(&folder.0, arguments, b"").stdout).contains(part)
    };
    assert!(!has(&["check", "self.toml"], "\u{1b}["), "a pipe is not coloured");
    assert!(has(&["check", "--color", "always", "self.toml"], "\u{1b}["));
    assert!(has(&["check", "self.toml"], "-->") && !has(&["check", "self.toml"], "┌"));
    assert!(has(&["check", "--unicode", "always", "self.toml"], "┌─ self.toml:4:20"));
}

#[test]
fn an_import_is_written_whole_or_not_at_all() {
    let folder = Folder::new("import");
    let export = include_bytes!("../examples/litware/Topology.xml");
    folder.write("Topology.xml", export).write("old.toml", "mine\n");
    folder.write("cut.xml", &export[..export.len() / 2]);
    let odd = include_bytes!("import/odd.xml");
    folder
        .write("odd.xml", odd)
        .write("odd.zip", deflated("DocItemSet.xml", odd))
        .write("cut.zip", deflated("DocItemSet.xml", b"Topology"));
    run_cases(
        &folder,
        export,
        &[
            (&["import", "Topology.xml"], 0, &["schema = 1"], &["note: "]),
            (
                &["import", "odd.xml"],
                0,
                &["schema = 1"],
                &["note: odd.xml:95:3: the element `Trusted`"],
            ),
            (
                &["import", "odd.zip"],
                0,
                &["schema = 1"],
                &["note: odd.zip(DocItemSet.xml):95:3: the element"],
            ),
            (&["import", "cut.zip"], 2, &[], &["error[import]: cut.zip(DocItemSet.xml):1:1: "]),
            (&["import", "-"], 0, &["schema = 1"], &["note: "]),
            // Places are those of the export that is written; without one there are none.
            (&["import", "odd.xml", "--anonymise"], 0, &["schema = 1"], &["\nnote: the element `"]),
            (
                &["import", "odd.xml", "--anonymise", "--keep-form", "-o", "shared.xml"],
                0,
                &[],
                &["note: shared.xml:", "the element `"],
            ),
            (
                &["import", "Topology.xml", "-o", "old.toml"],
                2,
                &[],
                &["the file exists", "--force"],
            ),
            (&["import", "cut.xml", "-o", "cut.toml"], 2, &[], &["cut.xml:"]),
            (
                &["import", "Topology.xml", "-o", "nowhere/new.toml"],
                2,
                &[],
                &["could not write nowhere/new.toml"],
            ),
            (&["import", "Topology.xml", "-o", "new.toml"], 0, &[], &["note: "]),
            (&["check", "new.toml"], 0, &["ok: "], &[]),
        ],
    );
    assert_eq!(fs::read_to_string(folder.0.join("old.toml")).expect("it is there"), "mine\n");
    assert!(!folder.0.join("cut.toml").exists());
    let left: Vec<_> = fs::read_dir(&folder.0).expect("the folder").flatten().collect();
    assert_eq!(left.len(), 8, "no temporary file is left: {left:?}");
}
