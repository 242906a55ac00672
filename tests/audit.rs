//! `lynt report`: the same page of the same files, and a verification that says what changed.

mod common;

use common::command::{Folder, command, git, lynt, lynt_with, run_cases, text};
use lynt::audit::{digest_of, embedded};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const POOLS: &str = "\
[[pool]]
fqdn = \"fe-lon.contoso.com\"
version = \"sfb-2015\"
backup-registrar = \"fe-ams.contoso.com\"

[[pool]]
fqdn = \"fe-ams.contoso.com\"
version = \"sfb-2015\"

[[pool]]
fqdn = \"fe-par.contoso.com\"
version = \"sfb-2015\"
backup-registrar = \"fe-old.contoso.com\" # lynt: ignore[unknown-backup] until 2026-12-31 by netops: CHG-4711, <b> is built
";

const SBA: &str = "[[sba]]\nfqdn = \"sba-leeds.contoso.com\"\nversion = \"sfb-2015\"\n";

const RULE: &str = "\
/// A pool is called so.
violation Called(p: Pool) {
    severity: note;
    examines: Pool(p);
    message: \"pool `{p}` is called so\";
    label p: \"here\";
    help: \"call it otherwise\";
    source: \"us\";
}

Called(p) <- Pool(p);
";

const DAY: &str = "--today=2026-06-30";

/// A folder with a topology of two files, a baseline, a configuration and a rule of its own.
fn audited(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("topology/london.toml", POOLS).write("topology/branches.toml", SBA);
    folder.write(
        "topology/lynt.toml",
        "[report]\ntitle = \"All of <it>\"\nprepared-by = \"K. Larsen\"\n",
    );
    folder.write("own/called.dl", RULE);
    let baseline = ["baseline", "--select", "sba-without-registrar", DAY, "topology"];
    assert_eq!(lynt(&folder, &baseline, b"").status.code(), Some(0));
    folder
}

const MAKE: [&str; 7] = ["report", "-o", "a.html", DAY, "--rules", "own", "topology"];

fn make(folder: &Folder) -> String {
    let output = lynt(folder, &MAKE, b"");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
    folder.read("a.html")
}

/// The exit code of the verification of `a.html`, and what differs.
fn verify(folder: &Folder) -> (Option<i32>, Vec<String>) {
    let output = lynt(folder, &["report", "--verify", "a.html"], b"");
    let stdout = text(&output.stdout);
    let differs = stdout.lines().filter_map(|line| line.strip_prefix("differs: "));
    (output.status.code(), differs.map(str::to_owned).collect())
}

/// The verification says this, each line in part, and nothing else.
fn assert_differs(folder: &Folder, expected: &[&str], why: &str) {
    let (code, differs) = verify(folder);
    assert_eq!(code, Some(i32::from(!expected.is_empty())), "{why}: {differs:#?}");
    let agrees = differs.len() == expected.len()
        && differs.iter().zip(expected).all(|(line, part)| line.contains(part));
    assert!(agrees, "{why}: {differs:#?}, not {expected:#?}");
}

/// A page whose digest is that of what it says now.
fn signed(page: &str) -> String {
    let (told, own) = digest_of(page).expect("the page tells its digest");
    page.replace(&told, &own)
}

/// HTML as it reads.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    marks.iter().fold(text, |text, (mark, char)| text.replace(mark, char))
}

/// The JSON report in a page.
fn report_of(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"lynt-report\">").expect("the data");
    let (data, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(data).expect("JSON")
}

/// The rows of the table with that caption's id, as plain cells.
fn rows(page: &str, id: &str) -> Vec<Vec<String>> {
    let (_, rest) = page.split_once(&format!("<caption id=\"{id}\">")).expect(id);
    let (_, body) = rest.split_once("<tbody>").expect("its body");
    let (body, _) = body.split_once("</tbody>").expect("its end");
    let row = |row: &str| -> Vec<String> {
        let cells = row.replace("</th>", "</td>");
        let cells: Vec<String> =
            cells.split("</td>").map(|cell| plain(cell).trim().to_owned()).collect();
        cells[..cells.len() - 1].to_vec()
    };
    body.split("</tr>").filter(|row| row.contains("<t")).map(row).collect()
}

#[test]
fn the_same_files_make_the_same_page() {
    let folder = audited("audit-same");
    let page = make(&folder);
    assert_eq!(make(&folder), page);
    // Elsewhere, under the same names; by standard output; by variables that only change how a terminal looks.
    let other = audited("audit-elsewhere");
    assert_eq!(make(&other), page);
    let printed = lynt_with(
        &folder,
        &[&MAKE[..1], &MAKE[3..]].concat(),
        b"",
        &[("COLUMNS", "40"), ("FORCE_COLOR", "1"), ("LANG", "tr_TR.UTF-8"), ("TZ", "Asia/Tokyo")],
    );
    assert_eq!(text(&printed.stdout), page);
    assert!(!page.contains(&folder.0.display().to_string()), "no path of this machine");
    assert!(page.contains("<title>All of &lt;it&gt;</title>") && page.contains("K. Larsen"));
    assert_differs(&folder, &[], "nothing changed");
}

#[test]
fn the_day_is_that_of_the_run_or_of_the_sources() {
    let folder = audited("audit-day");
    let arguments = ["report", "topology"];
    let day = |variable: (&str, &str)| {
        let output = lynt_with(&folder, &arguments, b"", &[variable]);
        embedded(&text(&output.stdout)).expect("a page").today
    };
    assert_eq!(day(("SOURCE_DATE_EPOCH", "1767225599")), "2025-12-31");
    assert_eq!(day(("LYNT_TODAY", "2026-06-30")), "2026-06-30");
    let bad = lynt_with(&folder, &arguments, b"", &[("SOURCE_DATE_EPOCH", "soon")]);
    assert_eq!((bad.status.code(), text(&bad.stdout)), (Some(2), String::new()));
}

#[test]
fn the_verification_says_what_changed() {
    let folder = audited("audit-verify");
    let page = make(&folder);
    let changed = |name: &str| {
        let text = folder.read(name);
        // The last letter of a comment, or of a text that no verdict hangs on.
        text + "# \n"
    };
    let rule = RULE.replace("is called so\"", "is called sp\"");
    let cases: [(&str, Option<String>, &[&str]); 8] = [
        (
            "topology/london.toml",
            Some(changed("topology/london.toml")),
            &["topology: topology/london.toml: it was changed"],
        ),
        (
            "topology/lynt.toml",
            Some(changed("topology/lynt.toml")),
            &["configuration: topology/lynt.toml: it was changed"],
        ),
        (
            "topology/lynt-baseline.toml",
            Some(changed("topology/lynt-baseline.toml")),
            &["baseline: topology/lynt-baseline.toml: it was changed"],
        ),
        (
            "own/called.dl",
            Some(rule),
            &["rules: own/called.dl: it was changed", "rules: they are not those of the page"],
        ),
        (
            "topology/new.toml",
            Some("# new\n".to_owned()),
            &["topology: topology/new.toml: it is new"],
        ),
        ("topology/branches.toml", None, &["topology: topology/branches.toml: it is not there"]),
        (
            "topology/lynt-baseline.toml",
            None,
            &["baseline: topology/lynt-baseline.toml: it is not there"],
        ),
        (
            "topology/london.toml",
            Some("[[".to_owned()),
            &["topology/london.toml: it was changed", "made again: it can't be made"],
        ),
    ];
    for (name, text, expected) in cases {
        let before = fs::read(folder.0.join(name)).ok();
        match text {
            Some(text) => drop(folder.write(name, text)),
            None => fs::remove_file(folder.0.join(name)).expect("it is removed"),
        }
        assert_differs(&folder, expected, name);
        match before {
            Some(before) => drop(folder.write(name, before)),
            None => fs::remove_file(folder.0.join(name)).expect("it is removed"),
        }
    }
    assert_differs(&folder, &[], "all is as it was");
    assert_eq!(folder.read("a.html"), page, "a verification writes nothing");
}

#[test]
fn a_page_that_was_changed_is_told_even_with_a_new_digest() {
    let folder = audited("audit-changed");
    let page = make(&folder);
    let manifest = embedded(&page).expect("a page");
    let (told, _) = digest_of(&page).expect("a digest");
    let cases = [
        ("a word outside of the data", page.replacen("Sign-off", "Sign-of ", 1)),
        ("a verdict", page.replacen(">violated<", ">holds<", 1)),
        ("the report's data", page.replacen("\"exit_code\": 1", "\"exit_code\": 0", 1)),
        ("lynt's version", page.replacen("\"version\": \"", "\"version\": \"9", 1)),
        ("the digest of the rules", page.replacen(&manifest.rules_sha256, &"a".repeat(64), 1)),
        (
            "the day in the data",
            page.replacen("\"today\": \"2026-06-30\"", "\"today\": \"2026-07-30\"", 1),
        ),
        ("a byte at the end", format!("{page}\n")),
        ("a byte at the beginning", format!(" {page}")),
        ("a file of the data", page.replacen(&manifest.files[0].sha256, &"a".repeat(64), 1)),
    ];
    for (what, changed) in cases {
        assert_ne!(changed, page, "{what}");
        folder.write("a.html", &changed);
        let (code, differs) = verify(&folder);
        assert_eq!(code, Some(1), "{what}");
        assert!(
            differs[0].starts_with("page: it was changed after it was written"),
            "{what}: {differs:#?}"
        );
        folder.write("a.html", signed(&changed));
        let (code, differs) = verify(&folder);
        assert_eq!(code, Some(1), "{what}, with a new digest");
        assert!(!differs.is_empty() && !differs[0].starts_with("page: "), "{what}: {differs:#?}");
    }
    folder.write("a.html", page.replace(&told, &told.to_uppercase()));
    assert_eq!(verify(&folder).0, Some(1), "a digest in other letters");
    folder.write("a.html", page.replace("<code id=\"lynt-digest\">", "<code>"));
    assert_differs(&folder, &["it tells no SHA-256"], "no digest");
}

#[test]
fn what_is_no_page_cannot_be_verified() {
    let folder = audited("audit-no-page");
    let page = make(&folder);
    let manifest = |data: Value| format!("<script id=\"lynt-manifest\">{data}</script>");
    let good = serde_json::to_value(embedded(&page).expect("a page")).expect("JSON");
    let with = |key: &str, value: Value| {
        let mut data = good.clone();
        data[key] = value;
        manifest(data)
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", vec![]),
        ("binary", vec![0xff, 0, 0x9f, 0x92]),
        ("another page", b"<!DOCTYPE html><p>lynt</p>".to_vec()),
        ("half a page", page.as_bytes()[..page.len() / 3].to_vec()),
        ("no JSON", b"<script id=\"lynt-manifest\">{</script>".to_vec()),
        ("deep JSON", format!("id=\"lynt-manifest\">{}</script>", "[".repeat(1_000_000)).into()),
        ("another form", with("schema", json!("lynt-audit/2")).into()),
        ("no arguments", with("arguments", json!(7)).into()),
        (
            "a number as a path",
            with("files", json!([{"role": "topology", "path": 7, "sha256": ""}])).into(),
        ),
    ];
    for (what, bytes) in cases {
        folder.write("a.html", bytes);
        let output = lynt(&folder, &["report", "--verify", "a.html"], b"");
        let stderr = text(&output.stderr);
        assert_eq!(
            (output.status.code(), text(&output.stdout)),
            (Some(2), String::new()),
            "{what}"
        );
        assert_eq!(stderr.matches("error[").count(), 1, "{what}: {stderr}");
    }
    run_cases(
        &folder,
        "",
        &[
            (&["report", "--verify", "none.html"], 2, &[], &["could not read none.html"]),
            (&["report", "--verify", "topology"], 2, &[], &["could not read topology"]),
            (&["report", "--verify", "a.html", "-o", "b.html"], 2, &[], &["cannot be used with"]),
            (&["report", "--verify", "a.html", "topology"], 2, &[], &["cannot be used with"]),
        ],
    );
}

/// All files below a folder with what is in them.
fn state(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        match entry.file_type().expect("a type").is_dir() {
            true => files.extend(state(&entry.path())),
            false => files.push((entry.path(), fs::read(entry.path()).expect("a file"))),
        }
    }
    files.sort();
    files
}

#[test]
fn a_hostile_page_writes_nothing() {
    let folder = audited("audit-hostile");
    let page = make(&folder);
    let manifest = embedded(&page).expect("a page");
    fs::create_dir(folder.0.join("annexes")).expect("a folder");
    let absolute = folder.0.join("topology").display().to_string();
    let cases: [(&[&str], i32); 14] = [
        (&["-o", "b.html", "--", "topology"], 2),
        (&["-ob.html", "--", "topology"], 2),
        (&["--output=topology/london.toml", "topology"], 2),
        (&["--annexes", "annexes", "topology"], 2),
        (&["--annexes=annexes", "--", "topology"], 2),
        (&["--verify", "a.html"], 2),
        (&["--verify=a.html"], 2),
        (&["--help"], 2),
        (&["--", "-o", "b.html"], 1),
        (&["--", "-"], 1),
        (&["--", &absolute], 1),
        (&["--rules=/", "--limit=seconds=1", "topology"], 1),
        (&["--config=output.format=[\"sarif=b.sarif\",\"human=c.txt\"]", "--", "topology"], 1),
        (&["--title=\u{1b}[2J\u{202e}", "--", "no\u{1b}[2Jwhere"], 1),
    ];
    for (arguments, code) in cases {
        let mut hostile = manifest.clone();
        hostile.arguments = arguments.iter().map(|&word| word.to_owned()).collect();
        let changed = page.replace(&manifest.json(), &hostile.json());
        folder.write("a.html", signed(&changed));
        let before = state(&folder.0);
        let output = lynt(&folder, &["report", "--verify", "a.html"], b"[[pool]]\nfqdn = \"x\"\n");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(
            !said.contains('\u{1b}') && !said.contains('\u{202e}') && !said.contains("panicked"),
            "{said:?}"
        );
        assert!(before == state(&folder.0), "{arguments:?} wrote something");
    }
}

/// A device has no end.
#[cfg(unix)]
#[test]
fn a_hostile_page_makes_nothing_read_without_end() {
    let folder = audited("audit-device");
    let page = make(&folder);
    let manifest = embedded(&page).expect("a page");
    let mut hostile = manifest.clone();
    hostile.files[0].path = "/dev/zero".to_owned();
    folder.write("a.html", signed(&page.replace(&manifest.json(), &hostile.json())));
    let (code, differs) = verify(&folder);
    assert_eq!(code, Some(1));
    assert!(differs[0].ends_with("/dev/zero: it is not there"), "{differs:#?}");
}

/// The commit and the flag that a report of `topology` tells.
fn commit_of(folder: &Path) -> (Option<String>, bool) {
    let output = lynt(folder, &["report", "--isolated", DAY, "topology"], b"");
    let manifest = embedded(&text(&output.stdout)).expect("a page");
    (manifest.commit, manifest.is_dirty)
}

#[test]
fn the_commit_and_whether_all_is_as_it_has_it() {
    let folder = Folder::new("audit-commit");
    folder
        .write("topology/london.toml", POOLS)
        .write("topology/branches.toml", SBA)
        .write("notes.txt", "x");
    assert_eq!(commit_of(&folder.0), (None, false), "no repository");
    git(&folder.0, &["init", "--quiet", "--initial-branch", "main"]);
    assert_eq!(commit_of(&folder.0), (None, false), "no commit");
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "next"]);
    let id = git(&folder.0, &["rev-parse", "HEAD"]).trim().to_owned();
    let of = |is_dirty: bool| (Some(id.clone()), is_dirty);
    assert_eq!(commit_of(&folder.0), of(false), "clean");
    folder.write("notes.txt", "y").write("other.toml", "# not of the topology\n");
    assert_eq!(commit_of(&folder.0), of(false), "other files");
    folder.write("topology/new.toml", "# new\n");
    assert_eq!(commit_of(&folder.0), of(true), "a file that git does not track");
    fs::remove_file(folder.0.join("topology/new.toml")).expect("removed");
    folder.write("topology/branches.toml", format!("{SBA}# \n"));
    assert_eq!(commit_of(&folder.0), of(true), "a changed file");
    git(&folder.0, &["add", "--all"]);
    assert_eq!(commit_of(&folder.0), of(true), "a staged file");
    fs::remove_file(folder.0.join("topology/branches.toml")).expect("removed");
    assert_eq!(commit_of(&folder.0), of(true), "a file that is gone");
    git(&folder.0, &["reset", "--quiet", "--hard"]);
    let tree = folder.0.join("tree");
    git(&folder.0, &["worktree", "add", "--quiet", "tree"]);
    assert_eq!(commit_of(&tree), of(false), "another work tree");
    fs::write(tree.join("topology/london.toml"), "# nothing\n[[site]]\nname = \"x\"\n")
        .expect("written");
    assert_eq!((commit_of(&tree), commit_of(&folder.0)), (of(true), of(false)), "each for itself");
}

#[test]
fn a_commit_that_is_not_that_of_the_files_is_told() {
    let folder = Folder::new("audit-forged");
    folder.write("topology/london.toml", POOLS);
    git(&folder.0, &["init", "--quiet", "--initial-branch", "main"]);
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "first"]);
    let first = git(&folder.0, &["rev-parse", "HEAD"]).trim().to_owned();
    folder.write("topology/london.toml", format!("{POOLS}# \n"));
    git(&folder.0, &["commit", "--quiet", "--all", "--message", "second"]);
    let second = git(&folder.0, &["rev-parse", "HEAD"]).trim().to_owned();
    let arguments = ["report", "-o", "a.html", DAY, "topology"];
    lynt(&folder, &arguments, b"");
    let page = folder.read("a.html");
    assert_differs(&folder, &[], "as it was");
    let nowhere = "0123456789abcdef0123456789abcdef01234567";
    let cases = [
        (page.replace(&second, &first), "commit: the page has the files as "),
        (page.replace(&second, nowhere), "commit: git does not know 0123456789"),
        (page.replace(&second, "HEAD"), "commit: git does not know HEAD"),
        (page.replace(&second, "--output=x"), "commit: git does not know --output=x"),
        (
            page.replace("\"is_dirty\": false", "\"is_dirty\": true"),
            "commit: the page has the files not as ",
        ),
    ];
    for (changed, expected) in cases {
        folder.write("a.html", signed(&changed));
        let (code, differs) = verify(&folder);
        assert!(
            code == Some(1) && differs[0].starts_with(expected),
            "{differs:#?}, not {expected}"
        );
    }
    // Later commits change nothing as long as the files are the same.
    folder.write("a.html", &page).write("notes.txt", "x");
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "third"]);
    assert_differs(&folder, &[], "the commit is an older one");
}

#[test]
fn the_matrix_says_what_the_json_report_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let arguments = ["report", DAY, "--isolated", "examples/broken"];
    let page = text(&lynt(root, &arguments, b"").stdout);
    let json = lynt(root, &["check", "-f", "json", "--isolated", DAY, "examples/broken"], b"");
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let topology = &json["topologies"][0];
    let rows = rows(&page, "t1-matrix");
    let rules = topology["rules"].as_array().expect("the rules");
    assert_eq!(rows.len(), rules.len());
    let mut empty = 0;
    for (row, rule) in rows.iter().zip(rules) {
        let name = rule["name"].as_str().expect("a name");
        assert_eq!(row[0], name);
        let columns = ["examined", "violations", "ignored", "baseline", "unchanged"];
        let told = columns.map(|column| rule[column].to_string());
        assert_eq!(told.each_ref(), [&row[2], &row[4], &row[5], &row[6], &row[7]], "{name}");
        let found = json["findings"].as_array().expect("findings").iter();
        assert_eq!(found.filter(|it| it["rule"] == name).count().to_string(), row[4], "{name}");
        if row[2] == "0" {
            assert_eq!(row[8], "not evidence", "{name}");
            empty += 1;
        } else {
            assert_eq!(row[8] == "holds", row[4] == "0", "{name}");
            assert_ne!(row[8], "not evidence", "{name}");
        }
    }
    assert!(empty > 0 && empty < rows.len());
    assert_eq!(report_of(&page)["topologies"][0]["rules"], topology["rules"]);
}

#[test]
fn a_topology_of_which_nothing_is_looked_at_is_no_evidence() {
    let folder = Folder::new("audit-nothing");
    folder.write("topology/t.toml", "schema = 1\n\n[deployment]\nname = \"x\"\n");
    let output = lynt(&folder, &["report", DAY, "topology"], b"");
    let page = text(&output.stdout);
    let rows = rows(&page, "t1-matrix");
    assert!(rows.len() > 50 && rows.iter().all(|row| row[2] == "0" && row[8] == "not evidence"));
    assert!(page.contains("No evidence: nothing was looked at") && !page.contains("verdict good"));
}

#[test]
fn every_finding_reads_as_on_a_terminal() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = text(&lynt(root, &["report", DAY, "examples/broken"], b"").stdout);
    let check = ["check", "--proof", "--unicode=always", DAY, "examples/broken"];
    let terminal = lynt_with(root, &check, b"", &[("COLUMNS", "100")]);
    let terminal = text(&terminal.stdout);
    let (_, rest) = page.split_once("<h3 id=\"t1-findings\"").expect("the findings");
    let (findings, _) = rest.split_once("<h3 ").expect("their end");
    let blocks = findings.split("<pre ").skip(1).map(|block| {
        let (block, _) = block.split_once("</pre>").expect("its end");
        plain(&format!("<pre {block}"))
    });
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| line.trim_end().to_owned()).collect()
    };
    let shown = lines(&blocks.collect::<Vec<_>>().join("\n"));
    let printed = lines(&terminal);
    assert!(shown.len() > 1000 && printed.len() >= shown.len());
    for (shown, printed) in shown.iter().zip(&printed) {
        assert_eq!(shown, printed);
    }
    assert!(printed[shown.len()..].iter().all(|line| !line.contains('│')), "a finding is missing");
}

/// What is wider than a narrow page scrolls within reach of a keyboard, or it breaks its lines.
#[test]
fn nothing_is_out_of_reach_on_a_narrow_page() {
    let folder = audited("audit-narrow");
    let page = make(&folder);
    let tags = page.split("<pre").skip(1).map(|rest| rest.split('>').next().expect("a tag"));
    let (said, shown): (Vec<&str>, Vec<&str>) = tags.partition(|tag| tag.contains("said"));
    assert_eq!(said, [" class=\"said\""]);
    assert!(shown.len() > 1 && shown.iter().all(|tag| tag.contains("tabindex=\"0\"")));
    assert!(page.contains(".said { white-space: pre-wrap;"));
    let (_, rest) = page.split_once("<pre class=\"said\">").expect("the verdict");
    let (lines, _) = rest.split_once("</pre>").expect("its end");
    assert!(lines.lines().all(|line| !line.starts_with(' ')), "the page breaks lines: {lines}");
}

/// The records of a CSV text (RFC 4180), each with as many fields as the first.
fn records(csv: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut chars = csv.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if field.is_empty() => loop {
                match chars.next().expect("a quoted field ends") {
                    '"' if chars.peek() == Some(&'"') => field.push(chars.next().expect("a quote")),
                    '"' => {
                        let next = chars.peek().copied();
                        assert!(matches!(next, Some(',' | '\r' | '\n')), "{next:?} after a quote");
                        break;
                    }
                    char => field.push(char),
                }
            },
            '"' => panic!("a quote in a bare field after {field}"),
            ',' => record.push(std::mem::take(&mut field)),
            '\r' => assert_eq!(chars.peek(), Some(&'\n'), "a bare carriage return"),
            '\n' => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            char => field.push(char),
        }
    }
    assert!(record.is_empty() && field.is_empty(), "the last line ends");
    assert!(records.iter().all(|record: &Vec<String>| record.len() == records[0].len()));
    records
}

#[test]
fn annexes_have_the_rows_of_the_page() {
    let folder = audited("audit-annexes");
    folder.write(
        "topology/odd.toml",
        "[[site]]\nname = \"a,\\\"b\\\"\\n|*<i>\"\n\n[[site]]\nname = \"=1+1\"\n",
    );
    fs::create_dir(folder.0.join("annexes")).expect("a folder");
    let arguments = ["report", "-o", "a.html", "--annexes", "annexes", DAY, "topology"];
    assert_eq!(lynt(&folder, &arguments, b"").status.code(), Some(1));
    let page = folder.read("a.html");
    assert_differs(&folder, &[], "annexes change nothing");
    let names = [
        "audit.md",
        "baseline.csv",
        "failover.csv",
        "findings.csv",
        "ignores.csv",
        "population.csv",
        "verdict.csv",
    ];
    assert_eq!(folder.list("annexes"), names);
    let of = |name: &str| -> Vec<Vec<String>> {
        let records = records(&folder.read(&format!("annexes/{name}.csv")));
        assert!(records[1..].iter().all(|record| record[0] == "topology"), "{name}");
        records[1..].iter().map(|record| record[1..].to_vec()).collect()
    };
    // A spreadsheet must not take a name for a formula.
    let safe = |cell: &String| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
    let bare = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(safe).collect()).collect()
    };
    assert_eq!(bare(of("verdict")), rows(&page, "t1-matrix"));
    assert_eq!(bare(of("ignores")), rows(&page, "t1-ignores-table"));
    assert_eq!(bare(of("baseline")), rows(&page, "t1-baseline-table"));
    let found = report_of(&page);
    let findings = found["findings"].as_array().expect("findings").len();
    assert_eq!(of("findings").len(), findings);
    let population: Vec<Vec<String>> = of("population");
    let examined: usize =
        rows(&page, "t1-matrix").iter().map(|row| row[2].parse::<usize>().expect("a number")).sum();
    assert_eq!(population.len(), examined);
    let odd = "a,\"b\"\\u{a}|*<i>";
    assert!(population.iter().any(|row| row[2] == odd), "{odd} is one field");
    for row in population.iter().flatten() {
        assert!(!row.starts_with(['=', '+', '-', '@']), "{row} is a formula");
    }
    let markdown = folder.read("annexes/audit.md");
    assert!(!markdown.contains("<i>") && !markdown.contains("<b>"), "names are no HTML");
    for line in markdown.lines().filter(|line| line.starts_with('|')) {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!(bars >= 4, "{line}");
    }
}

/// What is left out of a page, and what was not tried, it says; the annexes have all findings.
#[test]
fn a_large_topology_is_shortened_and_says_so() {
    let folder = Folder::new("audit-large");
    let pools = (0..1_101).map(|at| {
        format!(
            "[[pool]]\nfqdn = \"p{at:04}.x\"\nsite = \"A\"\nbackup-registrar = \"none{at}.x\"\n"
        )
    });
    folder.write("t.toml", format!("[[site]]\nname = \"A\"\n{}", pools.collect::<String>()));
    fs::create_dir(folder.0.join("annexes")).expect("a folder");
    let select = ["--select", "unknown-backup", DAY, "t.toml"];
    let arguments = [&["report", "-o", "a.html", "--annexes", "annexes"], &select[..]].concat();
    assert_eq!(lynt(&folder, &arguments, b"").status.code(), Some(1));
    let page = folder.read("a.html");
    let parts = [
        "<p>1000 of 1101 are shown, in the order of the files. ",
        "<li>and 101 more: <code>--annexes</code> writes all into <code>population.csv</code></li>",
        "when one thing fails: not tried, see the limits.",
        "<li>The picture shows sites: there are more than 500 pools.</li>",
        "<li>Single failures were not tried: there are 1,102, more than 600. \
         <code>lynt simulate --matrix</code> tries them.</li>",
    ];
    for part in parts {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("id=\"t1-f1000\"") && !page.contains("id=\"t1-f1001\""));
    for name in ["findings", "population"] {
        let records = records(&folder.read(&format!("annexes/{name}.csv")));
        assert_eq!(records.len(), 1_102, "{name}: a head and all rows");
    }
    let markdown = folder.read("annexes/audit.md");
    for part in ["more than 500 pools.", "were not tried", "not tried, see the limits"] {
        assert!(markdown.contains(part), "{part}");
    }
}

/// What is new since a revision, what is gone, and what is as it was: the same in page and annex.
#[test]
fn changes_since_a_revision_are_told() {
    let folder = Folder::new("audit-since");
    let pool = |name: &str| {
        format!("[[pool]]\nfqdn = \"{name}.x\"\nversion = \"sfb-2015\"\nsite = \"Nowhere & Co\"\n")
    };
    folder.write("topology/same.toml", pool("same")).write("topology/gone.toml", pool("gone"));
    git(&folder.0, &["init", "--quiet", "--initial-branch", "main"]);
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "first"]);
    let first = git(&folder.0, &["rev-parse", "HEAD"]).trim().to_owned();
    fs::remove_file(folder.0.join("topology/gone.toml")).expect("removed");
    folder.write("topology/new.toml", pool("new"));
    fs::create_dir(folder.0.join("annexes")).expect("a folder");
    let since = ["--since", "HEAD", "--select", "unknown-site", DAY, "topology"];
    let arguments = [&["report", "-o", "a.html", "--annexes", "annexes"], &since[..]].concat();
    assert_eq!(lynt(&folder, &arguments, b"").status.code(), Some(1));
    let page = folder.read("a.html");
    let told: Vec<(String, String)> = rows(&page, "t1-changes-table")
        .iter()
        .map(|row| (row[0].clone(), row[2].clone()))
        .collect();
    let expected = [("new", "pool new.x"), ("gone", "pool gone.x"), ("as it was", "pool same.x")];
    assert_eq!(told, expected.map(|(what, subject)| (what.to_owned(), subject.to_owned())));
    let markdown = folder.read("annexes/audit.md");
    let (_, changes) = markdown.split_once("\n### Changes\n").expect("the changes");
    for (what, subject) in expected {
        let row = format!("| {what} | unknown-site | {subject} | ");
        assert!(changes.contains(&row), "{row} in {changes}");
    }
    assert!(changes.contains("Nowhere &amp; Co"), "{changes}");
    assert!(page.contains(&format!("Since {first}</caption>")), "names of commits move");
    assert_differs(&folder, &[], "as it was made");
    git(&folder.0, &["add", "--all"]);
    git(&folder.0, &["commit", "--quiet", "--message", "second"]);
    let output = lynt(&folder, &["report", "--verify", "a.html"], b"");
    let said = text(&output.stdout);
    // The files were not those of the first commit, and still are not.
    assert_eq!((output.status.code(), said.contains("agrees")), (Some(0), true), "{said}");
}

/// Where findings are open that don't fail, the page does not say that nothing is open.
#[test]
fn what_is_open_and_does_not_fail_is_no_clean_pass() {
    let folder = audited("audit-open");
    let arguments = ["report", DAY, "--rules", "own", "--select", "called", "topology"];
    let output = lynt(&folder, &arguments, b"");
    let page = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(page.contains(": Nothing that fails is open</strong>"));
    assert!(!page.contains(": Nothing is open</strong>"));
    assert_eq!(rows(&page, "t1-matrix")[0].last().map(String::as_str), Some("open"));
}

#[test]
fn what_cannot_be_reported_is_refused() {
    let folder = audited("audit-refused");
    let before = state(&folder.0);
    run_cases(
        &folder,
        POOLS,
        &[
            (&["report", "-"], 2, &[], &["standard input can't be verified"]),
            (&["report", "topology", "-"], 2, &[], &["standard input can't be verified"]),
            (
                &["report", "-o", "none/a.html", "topology"],
                2,
                &[],
                &["could not write none/a.html"],
            ),
            (&["report", "-o", "topology", "topology"], 2, &[], &["could not write topology"]),
            (&["report", "--annexes", "none", "topology"], 2, &[], &["could not write none/"]),
            (&["report", "none"], 2, &[], &["none"]),
            (&["report", "--since", "HEAD", "topology"], 2, &[], &["no work tree"]),
            (&["report", "--today", "soon", "topology"], 2, &[], &["soon"]),
        ],
    );
    assert!(before == state(&folder.0), "nothing is written");
}

#[test]
fn several_topologies_share_a_page() {
    let folder = audited("audit-several");
    folder.write("other/t.toml", SBA).write("clean/t.toml", "[[site]]\nname = \"London\"\n");
    let arguments =
        ["report", "-o", "a.html", DAY, "--select", "backup,sba", "topology", "other", "clean"];
    let output = lynt(&folder, &arguments, b"");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
    let page = folder.read("a.html");
    for (number, path) in ["topology", "other", "clean"].iter().enumerate() {
        assert!(
            page.contains(&format!("<h2 id=\"t{}\">Topology {path}</h2>", number + 1)),
            "{path}"
        );
        assert_eq!(report_of(&page)["topologies"][number]["path"], **path);
    }
    assert_differs(&folder, &[], "several");
    folder.write("other/t.toml", format!("{SBA}# \n"));
    assert_differs(&folder, &["topology: other/t.toml: it was changed"], "the second");
}

/// What is made with variables is verified without them, and the other way round.
#[test]
fn variables_do_not_change_the_verification() {
    let folder = audited("audit-variables");
    folder.write("strict.toml", "[output]\nfail-on = \"note\"\n").write("none.toml", "");
    make(&folder);
    let with = [
        ("LYNT_CONFIG", "strict.toml"),
        ("LYNT_BASELINE", "none.toml"),
        ("LYNT_TODAY", "2027-01-01"),
    ];
    let verify = ["report", "--verify", "a.html"];
    let output = lynt_with(&folder, &verify, b"", &with);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    lynt_with(&folder, &MAKE, b"", &with[..1]);
    let output = command(&folder.0, &verify).output().expect("lynt runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}
