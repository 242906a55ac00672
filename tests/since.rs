//! `--since`: only what a revision does not have, in real repositories.

mod common;

use common::command::{Case, Folder, git, lynt, run_cases, text, try_git};

const LONDON: &str = "\
[[pool]]
fqdn = \"fe-lon.contoso.com\"
version = \"sfb-2015\"
backup-registrar = \"fe-ams.contoso.com\"

[[pool]]
fqdn = \"fe-ams.contoso.com\"
version = \"sfb-2015\"
backup-registrar = \"fe-lon.contoso.com\"

[[pool]]
fqdn = \"fe-par.contoso.com\"
version = \"sfb-2015\"
";

const SBA: &str = "[[sba]]\nfqdn = \"sba-leeds.contoso.com\"\nversion = \"sfb-2015\"\n";

const RULES: &str = "backup,sba,references,ignores,baseline";

/// A repository with two pools and an SBA without a registrar, committed.
fn repository(name: &str) -> Folder {
    let folder = Folder::new(name);
    git(&folder.0, &["init", "--quiet", "--initial-branch", "main"]);
    folder.write("topology/london.toml", LONDON).write("topology/branches.toml", SBA);
    commit(&folder);
    folder
}

fn commit(folder: &Folder) {
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "next"]);
}

/// The exit code and the places and rules of what is shown.
fn shown(folder: &Folder, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
    let since = ["check", "--since", "HEAD", "--select", RULES, "-f", "concise"];
    let output = lynt(folder, &[&since, arguments].concat(), b"");
    let head = |line: &str| line.split("]: ").next().unwrap_or(line).to_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    (output.status.code(), said.lines().map(head).collect())
}

fn assert_shown(folder: &Folder, expected: &[&str]) {
    let (code, found) = shown(folder, &["topology"]);
    assert_eq!(found, expected);
    assert_eq!(code, Some(i32::from(expected.iter().any(|line| line.contains(" error[")))));
}

#[test]
fn only_what_is_new_is_shown_where_it_was_changed() {
    let folder = repository("since");
    assert_shown(&folder, &[]);
    let human = ["check", "--since", "HEAD", "--select", RULES, "topology"];
    let id = git(&folder.0, &["rev-parse", "HEAD"]);
    let closing = format!("since HEAD ({}): 1 finding is not new\n", &id[..12]);
    let ok = "ok: nothing new in ";
    run_cases(&folder, "", &[(&human, 0, &[ok, &closing], &[])]);
    // What is known moves, and stays known.
    folder.write("topology/branches.toml", format!("# moved\n\n{SBA}"));
    assert_shown(&folder, &[]);
    // Nor is a name new that is written in another way.
    folder.write("topology/branches.toml", SBA.replace("sba-leeds", "SBA-Leeds"));
    assert_shown(&folder, &[]);
    folder.write("topology/branches.toml", SBA);
    // The line that was changed leads, though a person would also edit the other one.
    let broken = LONDON.replace("backup-registrar = \"fe-lon", "backup-registrar = \"fe-par");
    folder.write("topology/london.toml", &broken);
    assert_shown(
        &folder,
        &[
            "topology/london.toml:9:20: error[asymmetric-backup",
            "topology/london.toml:9:20: error[asymmetric-backup",
            "topology/london.toml:9:20: error[multiple-partners",
        ],
    );
    let all = lynt(
        &folder,
        &["check", "--select", "asymmetric-backup", "-f", "concise", "topology"],
        b"",
    );
    assert!(text(&all.stdout).starts_with("topology/london.toml:4:20: error[asym"), "without it");
    // A line that is gone has no place.
    folder.write(
        "topology/london.toml",
        LONDON.replace("backup-registrar = \"fe-lon.contoso.com\"\n", ""),
    );
    let (code, found) = shown(&folder, &["topology"]);
    assert_eq!(
        (code, found[0].as_str()),
        (Some(1), "topology/london.toml:4:20: error[asymmetric-backup")
    );
    // So has a file that is gone.
    folder.write("topology/london.toml", LONDON);
    let with_registrar = SBA.to_owned() + "backup-registrar = \"fe-lon.contoso.com\"\n";
    folder.write("topology/branches.toml", with_registrar);
    commit(&folder);
    std::fs::remove_file(folder.0.join("topology/london.toml")).expect("it goes");
    assert_shown(&folder, &["topology/branches.toml:4:20: error[sba-unknown-registrar"]);
    // A file that git does not know is new as a whole.
    folder.write("topology/london.toml", LONDON);
    folder.write("topology/york.toml", SBA.replace("leeds", "york"));
    let (_, found) = shown(&folder, &["topology"]);
    assert!(found.iter().all(|line| line.starts_with("topology/york.toml:2:8: ")), "{found:?}");
    assert_eq!(found.len(), 1, "{found:?}");
}

/// What was hidden then, and is not now, is new.
#[test]
fn what_loses_its_excuse_is_new() {
    let folder = repository("since-excuses");
    let ignored = format!("# lynt: ignore[sba-without-registrar]: soon\n{SBA}");
    folder.write("topology/branches.toml", &ignored);
    let broken = LONDON.replace("backup-registrar = \"fe-lon.contoso.com\"\n", "");
    folder.write("topology/london.toml", broken);
    let record = lynt(&folder, &["baseline", "--select", RULES, "topology"], b"");
    assert_eq!(record.status.code(), Some(0));
    commit(&folder);
    assert_shown(&folder, &[]);
    folder.write("topology/branches.toml", SBA);
    let (code, found) = shown(&folder, &["topology"]);
    assert_eq!(code, Some(1));
    assert!(
        found[0].starts_with("topology/branches.toml:2:8: error[sba-without-registrar"),
        "{found:?}"
    );
    folder.write("topology/branches.toml", &ignored);
    assert_shown(&folder, &[]);
    let baseline = folder.read("topology/lynt-baseline.toml");
    folder.write("topology/lynt-baseline.toml", "version = 1\n");
    let (code, found) = shown(&folder, &["topology"]);
    assert_eq!(
        (code, found[0].as_str()),
        (Some(1), "topology/london.toml:4:20: error[asymmetric-backup")
    );
    // An ignore that hides nothing is known by its text, wherever it stands.
    folder.write("topology/lynt-baseline.toml", baseline);
    let unused = ignored.replace("registrar]", "registrar, self-backup]");
    folder.write("topology/branches.toml", &unused);
    let (_, found) = shown(&folder, &["topology"]);
    assert_eq!(found, ["topology/branches.toml:1:39: warning[unused-ignore"]);
    commit(&folder);
    folder.write("topology/branches.toml", format!("# one more line\n\n{unused}"));
    assert_shown(&folder, &[]);
}

/// The files of then are chosen as those of now: by globs, by nested configurations, by names.
#[test]
fn files_of_then_are_those_that_belonged_to_the_topology() {
    let folder = repository("since-files");
    folder.write("topology/lynt.toml", "[topology]\nexclude = [\"old/**\"]\n");
    // Each of these would make known what is new.
    let known = SBA.replace("leeds", "york");
    for path in ["old/a.toml", ".hidden/a.toml", "lab/a.toml", "a.txt", "skipped/a.toml"] {
        folder.write(&format!("topology/{path}"), &known);
    }
    folder.write("topology/lab/lynt.toml", "").write("york.toml", &known);
    commit(&folder);
    for path in ["lab/lynt.toml", "lab/a.toml", "skipped/a.toml"] {
        std::fs::remove_file(folder.0.join("topology").join(path)).expect("it goes");
    }
    folder.write("topology/york.toml", &known);
    let (code, found) = shown(&folder, &["--exclude", "skipped", "topology"]);
    assert_eq!((code, found.len()), (Some(1), 1), "{found:?}");
    // A topology that is one file, from a folder below, by a path that goes up.
    folder.write("york.toml", format!("# moved\n{known}"));
    let (code, found) = shown(&folder, &["york.toml"]);
    assert_eq!((code, found.len()), (Some(0), 0), "{found:?}");
    let below = lynt(
        folder.0.join("topology"),
        &["check", "--since", "HEAD", "--select", RULES, "../york.toml"],
        b"",
    );
    assert_eq!(below.status.code(), Some(0), "{}", text(&below.stderr));
    let text_of_stdin =
        known + "[[sba]]\nfqdn = \"sba-bath.contoso.com\"\nversion = \"sfb-2015\"\n";
    let arguments = [
        "check",
        "--since",
        "HEAD",
        "--select",
        "sba-without-registrar",
        "-f",
        "concise",
        "--stdin-filename",
        "york.toml",
        "-",
    ];
    let piped = lynt(&folder, &arguments, text_of_stdin.as_bytes());
    assert_eq!(text(&piped.stdout).lines().count(), 1, "{}", text(&piped.stdout));
    assert!(text(&piped.stdout).starts_with("york.toml:5:8: "), "{}", text(&piped.stdout));
}

/// A repository's configuration may name programs that convert files; none of them runs.
#[test]
fn nothing_that_the_repository_names_runs() {
    let folder = repository("since-hostile");
    folder.write(".gitattributes", "*.toml filter=odd=name diff=odd\n*.dl filter=slow\n");
    commit(&folder);
    for key in
        ["filter.odd=name.clean", "filter.slow.process", "diff.odd.textconv", "diff.odd.command"]
    {
        git(&folder.0, &["config", key, "touch ran; cat"]);
    }
    git(&folder.0, &["config", "filter.odd=name.required", "true"]);
    folder.write("topology/branches.toml", format!("{SBA}{}", SBA.replace("leeds", "york")));
    assert_shown(&folder, &["topology/branches.toml:5:8: error[sba-without-registrar"]);
    let report = lynt(&folder, &["report", "--since", "HEAD", "-o", "a.html", "topology"], b"");
    assert_eq!(report.status.code(), Some(1), "{}", text(&report.stderr));
    let names = folder.list("");
    assert_eq!(names, [".git", ".gitattributes", "a.html", "topology"]);
    // They would: git itself runs one of them.
    try_git(&folder.0, &["diff", "--no-ext-diff", "--no-textconv", "HEAD"]);
    assert!(folder.list("").contains(&"ran".to_owned()), "git runs filters");
}

#[test]
fn what_can_not_be_compared_is_told() {
    let folder = repository("since-wrong");
    let unknown = "error[unknown-revision]: git knows no commit `mian`";
    let cases: &[Case<'_>] = &[
        (
            &["check", "--since", "mian", "topology"],
            2,
            &[],
            &[unknown, "a shallow clone lacks old ones"],
        ),
        (
            &["check", "--since=--output=x", "topology"],
            2,
            &[],
            &["git knows no commit `--output=x`"],
        ),
        (&["check", "--since", "", "topology"], 2, &[], &["git knows no commit ``"]),
        (&["check", "--since", "HEAD:topology", "topology"], 2, &[], &["git knows no commit"]),
        (
            &["check", "--since", "mian", "-f", "json", "topology"],
            2,
            &["\"unknown-revision\""],
            &["error["],
        ),
    ];
    run_cases(&folder, "", cases);
    assert_eq!(folder.list(""), [".git", "topology"]);
    let outside = Folder::new("since-outside");
    outside.write("t.toml", LONDON);
    run_cases(
        &outside,
        "",
        &[(&["check", "--since", "HEAD", "t.toml"], 2, &[], &["error[no-work-tree]"])],
    );
    // Then it was no topology: all is new, and that is said.
    folder.write("topology/london.toml", "[[pool]\n");
    commit(&folder);
    folder.write("topology/london.toml", LONDON);
    let warning = "warning[unchecked-revision]: topology could not be checked as it was at HEAD";
    let check = ["check", "--since", "HEAD", "--select", RULES, "topology"];
    run_cases(&folder, "", &[(&check, 1, &["error[sba-without-registrar]"], &[warning])]);
    std::fs::write(folder.0.join("topology/london.toml"), b"\xff\xfe[").expect("it is written");
    commit(&folder);
    folder.write("topology/london.toml", LONDON);
    run_cases(&folder, "", &[(&check, 1, &["error[sba-without-registrar]"], &[warning])]);
    // An earlier commit has it too.
    let first = ["check", "--since", "HEAD~2", "--select", RULES, "-f", "json", "topology"];
    run_cases(
        &folder,
        "",
        &[(
            &first,
            0,
            &["\"status\": \"unchanged\"", "\"unchanged\": 1", "\"name\": \"HEAD~2\""],
            &[],
        )],
    );
}
