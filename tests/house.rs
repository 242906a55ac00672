//! The house rules: who may import whom, what every rule has, and that documents name what exists.

use lynt::datalog::program::{Kind, Role};
use lynt::rules::Rules;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The modules in the order of `src/lib.rs`.
fn modules() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    let module = |line: &str| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned());
    lib.lines().filter_map(module).collect()
}

#[test]
fn a_module_imports_only_modules_above_it() {
    let modules = modules();
    assert!(modules.len() > 10);
    let mut wrong = Vec::new();
    for path in files_below(&root().join("src"), "rs") {
        let below = path.strip_prefix(root().join("src")).expect("below src");
        let name = below.iter().next().expect("a name").to_string_lossy().replace(".rs", "");
        let Some(place) = modules.iter().position(|module| *module == name) else { continue };
        let text = fs::read_to_string(&path).expect("a source file");
        for (line, text) in (1..).zip(text.lines()) {
            for found in text.split("crate::").skip(1) {
                let imported: String =
                    found.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let at = modules.iter().position(|module| *module == imported);
                if at.is_some_and(|at| at > place) {
                    wrong.push(format!("{}:{line} imports {imported}", below.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// `src/…:line` of each line of code that holds one of `words`, in files that are not `allowed`.
fn used(words: &[&str], allowed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in files_below(&root().join("src"), "rs") {
        let shown = path.strip_prefix(root()).expect("below").to_string_lossy().replace('\\', "/");
        if allowed.contains(&shown.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(&text);
        for (line, code) in (1..).zip(code.lines()) {
            let code = code.split("//").next().unwrap_or(code);
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{shown}:{line}"));
            }
        }
    }
    found
}

const NONE: [String; 0] = [];

#[test]
fn one_module_writes_files() {
    let words = [
        "fs::write",
        "File::create",
        "File::options",
        "OpenOptions",
        "fs::rename",
        "fs::copy",
        "fs::create_dir",
        "DirBuilder",
        "fs::hard_link",
        "symlink(",
        "symlink_file",
        "symlink_dir",
        "set_permissions",
        "set_len",
    ];
    assert_eq!(used(&words, &["src/file.rs"]), NONE);
    let removing = ["remove_file", "remove_dir"];
    assert_eq!(used(&removing, &["src/file.rs", "src/interrupt.rs"]), NONE);
}

/// `src/discover/quota.rs` reads files. The two others read no more than they know to be there.
#[test]
fn one_module_reads_files() {
    let words =
        ["fs::read(", "read_to_string", "read_to_end", "File::open", "stdin()", "BufReader"];
    let allowed = [
        "src/discover/quota.rs",
        "src/file.rs",
        "src/cli/diff/side.rs",
        // An entry of an archive that is in memory.
        "src/import/archive.rs",
    ];
    assert_eq!(used(&words, &allowed), NONE);
}

#[test]
fn only_git_is_run() {
    let words = ["process::Command", "process::{Command", "libc::", "exec("];
    assert_eq!(used(&words, &["src/git.rs"]), NONE);
    // The table of subcommands makes clap's.
    assert_eq!(used(&["Command::new("], &["src/git.rs", "src/cli/mod.rs"]), NONE);
    let git = fs::read_to_string(root().join("src/git.rs")).expect("a source file");
    assert_eq!(git.matches("Command::new(").count(), git.matches("Command::new(\"git\")").count());
}

#[test]
fn nothing_reaches_the_network() {
    let words = ["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "ToSocketAddrs"];
    assert_eq!(used(&words, &[]), NONE);
    // Addresses are texts that `--anonymise` knows by their form.
    let addresses = ["src/import/anonymise/pieces.rs", "src/import/anonymise/pseudonyms.rs"];
    assert_eq!(used(&["std::net"], &addresses), NONE);
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("a lock file");
    let network = [
        "async-std",
        "curl",
        "curl-sys",
        "hyper",
        "isahc",
        "mio",
        "native-tls",
        "openssl",
        "reqwest",
        "rustls",
        "smol",
        "socket2",
        "tokio",
        "ureq",
    ];
    let found = network.iter().filter(|name| lock.contains(&format!("name = \"{name}\"\n")));
    assert_eq!(found.collect::<Vec<_>>(), [""; 0].iter().collect::<Vec<_>>());
}

/// The tests that docs/security.md names are there.
#[test]
fn promises_have_tests() {
    let page = fs::read_to_string(root().join("docs/security.md")).expect("the page");
    let mut promises = 0;
    for line in page.lines().filter(|line| line.starts_with("| ") || line.starts_with("Test: ")) {
        let words: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        for (at, file) in words.iter().enumerate().filter(|(_, word)| word.starts_with("tests/")) {
            let text = fs::read_to_string(root().join(file)).expect(file);
            let is_name = |word: &&&str| word.contains('_') && !word.contains(['/', ' ', '=']);
            let name = at.checked_sub(1).and_then(|at| words.get(at)).filter(is_name);
            if let Some(name) = name {
                assert!(text.contains(&format!("fn {name}()")), "no test {name} in {file}");
            }
            assert!(text.contains("#[test]") || text.contains("proptest!"), "no test in {file}");
            promises += 1;
        }
    }
    assert!(promises > 20, "{promises}");
}

#[test]
fn the_main_program_is_short() {
    let main = fs::read_to_string(root().join("src/main.rs")).expect("main.rs");
    assert!(main.lines().count() <= 20);
}

#[test]
fn every_rule_is_documented_and_says_what_it_examines() {
    let rules = Rules::shipped();
    let sections = ["## What it checks", "## Why", "## Violates", "## Complies", "## How to fix"];
    for rule in rules.violations() {
        let path = &rules.set.sources.file(rule.span.file).path;
        assert_eq!(
            *path,
            format!("rules/{}/{}.dl", rule.group, rule.id),
            "a file is named as its rule"
        );
        let positions: Vec<_> =
            sections.iter().map(|section| rule.docs.text.find(section)).collect();
        assert!(positions.iter().all(Option::is_some), "{}: sections {positions:?}", rule.id);
        assert!(positions.is_sorted(), "{}: the sections' order", rule.id);
        assert!(rule.docs.title().ends_with('.'), "{}: the title is a sentence", rule.id);
        let text = &rules.set.sources.file(rule.span.file).text;
        assert!(text.contains("examines:"), "{} says nothing of what it examines", rule.id);
    }
}

#[test]
fn every_declaration_of_the_vocabulary_is_documented() {
    let program = Rules::shipped().set.program;
    for relation in &program.relations {
        assert!(!relation.docs.trim().is_empty(), "{}", relation.name);
    }
    for kind in &program.enums {
        assert!(!kind.docs.trim().is_empty(), "{}", kind.name);
    }
}

/// A name that resolves to nothing must never go unseen.
#[test]
fn every_key_that_refers_has_a_rule_for_its_unresolved_names() {
    let rules = Rules::shipped();
    let program = &rules.set.program;
    let texts: String = rules.set.sources.files.iter().map(|file| file.text.as_str()).collect();
    let mut keys = BTreeSet::new();
    for entity in &program.entities {
        for (path, key) in &entity.keys {
            let refers = key.relations().any(|relation| {
                let relation = &program.relations[relation];
                let kind = relation.columns.last().map(|column| column.kind);
                kind.is_some_and(Kind::is_entity) && relation.role != Role::Unresolved
            });
            if refers {
                keys.insert(path.clone());
            }
        }
    }
    assert_eq!(keys.len(), 9, "{keys:?}");
    for key in keys {
        let rule = texts.lines().any(|line| {
            line.contains("<- Unresolved(") && line.contains(&format!("\"{key}\""))
                || line.contains("Unresolved(")
                    && line.contains(&format!("\"{key}\""))
                    && line.trim_end().ends_with(';')
        });
        assert!(rule, "no rule reports unresolved names under `{key}`");
    }
}

#[test]
fn paths_named_in_documents_exist() {
    let mut documents = files_below(&root().join("docs"), "md");
    documents
        .extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name)));
    let folders = ["src/", "rules/", "examples/", "tests/", "docs/", ".ci/"];
    let mut missing = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).expect("a document");
        let words = text.split(|c: char| c.is_whitespace() || "`()[],;:\"'".contains(c));
        for word in words.map(|word| word.trim_end_matches(['.', '#'])) {
            let word = word.split('#').next().unwrap_or(word);
            let is_path = folders.iter().any(|folder| word.starts_with(folder));
            if is_path && !word.contains(['<', '*', '{', '|']) && !root().join(word).exists() {
                missing.push(format!("{}: {word}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
