//! What `docs/rules.md` shows is so: its programs compile, its errors are the named ones, its
//! topologies load, and its screens are what lynt prints. `LYNT_BLESS=1` writes the screens anew.

mod common;

use common::Checked;
use lynt::datalog::compile;
use lynt::datalog::lower::{Origin, lower};
use lynt::datalog::program::{Constant, Program, TestKind};
use lynt::eval::{self, Limits};
use lynt::examples::examples;
use lynt::facts::collect;
use lynt::report::{Examined, Outcome};
use lynt::rules::RuleSet;
use lynt::source::{Problem, Severity, Sources};
use lynt::violation::Finding;
use lynt::{Options, topology, violation};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let text = fs::read_to_string(root().join(&path));
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()));
    text.replace("\r\n", "\n")
}

/// A fenced block of the page.
struct Block {
    /// What stands behind the opening fence.
    tag: String,
    /// The line of the opening fence, counted from 1.
    line: usize,
    /// What is between the fences.
    text: String,
    /// Where that stands in the page.
    range: Range<usize>,
}

fn page() -> String {
    read("docs/rules.md")
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize, usize)> = None;
    let mut offset = 0;
    for (line, text) in (1..).zip(page.split_inclusive('\n')) {
        if let Some(tag) = text.strip_prefix("```") {
            open = match open {
                None => Some((tag.trim().to_owned(), line, offset + text.len())),
                Some((tag, line, start)) => {
                    let range = start..offset;
                    blocks.push(Block { tag, line, text: page[range.clone()].to_owned(), range });
                    None
                }
            };
        }
        offset += text.len();
    }
    assert!(open.is_none(), "a block of the page is not closed");
    blocks
}

fn tagged(tag: &str) -> Vec<Block> {
    let is_so = |block: &Block| block.tag.split(' ').next() == Some(tag);
    let found: Vec<Block> = blocks(&page()).into_iter().filter(is_so).collect();
    assert!(!found.is_empty(), "the page has no block `{tag}`");
    found
}

/// A program of the page with what it may lean on.
struct Compiled {
    sources: Sources,
    program: Option<Program>,
    /// All but warnings about relations that nothing reads or derives.
    problems: Vec<Problem>,
}

/// Which file of [`Compiled::sources`] is the page's.
const PAGE: u32 = 2;

fn compiled(text: &str) -> Compiled {
    let mut sources = Sources::default();
    for path in ["rules/vocabulary.dl", "rules/shared.dl"] {
        sources.add(path, read(path));
    }
    assert_eq!(sources.add("rules/page/page.dl", text), PAGE);
    let (program, mut problems) = compile(&sources);
    problems.retain(|problem| !matches!(problem.name, "unread-relation" | "underived-relation"));
    Compiled { sources, program, problems }
}

impl Compiled {
    /// `line: severity: name` of each problem, sorted.
    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .problems
            .iter()
            .map(|problem| {
                let span = problem.labels.first().expect("a problem of a rule has a place").span;
                assert_eq!(span.file, PAGE, "{problem:?}");
                let (line, _) = self.sources.line_column(span);
                format!("{line}: {}: {}", problem.severity.as_str(), problem.name)
            })
            .collect();
        lines.sort();
        lines
    }
}

#[test]
fn only_known_tags_are_used() {
    let known = ["lynt", "lynt-error", "lynt-wrong", "toml", "facts", "text", "console", "ebnf"];
    for block in blocks(&page()) {
        let tag = block.tag.split(' ').next().expect("a word");
        assert!(known.contains(&tag), "line {}: `{}`", block.line, block.tag);
    }
}

#[test]
fn programs_compile() {
    for block in tagged("lynt") {
        let compiled = compiled(&block.text);
        assert_eq!(compiled.problems, [], "the block in line {}", block.line);
    }
}

#[test]
fn errors_are_the_named_ones() {
    for block in tagged("lynt-error") {
        let mut named = Vec::new();
        for (line, text) in (1..).zip(block.text.lines()) {
            let Some((_, names)) = text.split_once("// error: ") else { continue };
            named.extend(names.split(", ").map(|name| format!("{line}: error: {}", name.trim())));
        }
        named.sort();
        assert!(!named.is_empty(), "the block in line {} names no error", block.line);
        assert_eq!(compiled(&block.text).lines(), named, "the block in line {}", block.line);
    }
}

#[test]
fn topologies_load() {
    let program = compiled("").program.expect("the vocabulary compiles");
    for block in tagged("toml") {
        let mut sources = Sources::default();
        let file = sources.add("topology.toml", block.text.as_str());
        let problems = topology::parse(&program, &sources, &[file]).err().unwrap_or_default();
        assert_eq!(problems, [], "the block in line {}", block.line);
    }
}

/// Examples in the documentation comments of the page's own rules.
#[test]
fn examples_land_where_they_are_marked() {
    let mut ran = 0;
    for block in tagged("lynt") {
        let program = compiled(&block.text).program.expect("the block compiles");
        for rule in &program.violations {
            for example in examples(&rule.docs.text) {
                let mut sources = Sources::default();
                for file in &example.files {
                    sources.add(file.name.as_str(), file.text.as_str());
                }
                let checked = run(&program, sources);
                let differences = checked.differences(|id| id == rule.id);
                assert_eq!(differences, [""; 0], "{}", rule.id);
                let own = |finding: &Finding| finding.rule == rule.id;
                assert_eq!(
                    checked.outcome.findings.iter().any(own),
                    example.violates,
                    "{}",
                    rule.id
                );
                ran += 1;
            }
        }
    }
    assert!(ran > 0, "the page shows no example of an example");
}

/// A block `console` shows what a command prints that finds the last program, the last topology, and the
/// files of facts and of rules so far, `text` the report of the last program about the last topology.
/// A program with a path behind `lynt` is a file of rules; behind `lynt-wrong` it is one for the next
/// screen only.
#[test]
fn screens_are_real() {
    let page = page();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("facts")).expect("the folder is made");
    let (mut toml, mut lynt) = (String::new(), String::new());
    let (mut screens, mut wrong) = (Vec::new(), None);
    for block in blocks(&page) {
        let write = |name: &str| fs::write(folder.join(name), &block.text).expect("it is written");
        let screen = match block.tag.split_once(' ').unwrap_or((&block.tag, "")) {
            ("toml", _) => {
                write("topology.toml");
                toml = block.text;
                continue;
            }
            ("lynt", path) => {
                write("program.dl");
                if !path.is_empty() {
                    let above = folder.join(path);
                    let above = above.parent().expect("a folder");
                    fs::create_dir_all(above).expect("the folder is made");
                    write(path);
                }
                lynt = block.text;
                continue;
            }
            ("lynt-wrong", path) => {
                write(path);
                wrong = Some(folder.join(path));
                continue;
            }
            ("facts", name) => {
                write(&format!("facts/{name}.facts"));
                continue;
            }
            ("text", _) => report(&lynt, &toml),
            ("console", _) => printed(&block.text, &folder),
            _ => continue,
        };
        if let Some(file) = wrong.take() {
            fs::remove_file(file).expect("the wrong rules are removed");
        }
        if env::var_os("LYNT_BLESS").is_some() {
            screens.push((block.range, screen));
        } else {
            assert_eq!(screen, block.text, "line {}; LYNT_BLESS=1 writes it anew", block.line);
        }
    }
    if env::var_os("LYNT_BLESS").is_some() {
        let mut blessed = page.clone();
        for (range, screen) in screens.into_iter().rev() {
            blessed.replace_range(range, &screen);
        }
        fs::write(root().join("docs/rules.md"), blessed).expect("the page is written");
    }
}

/// What the command in the first line prints, that line included.
fn printed(console: &str, folder: &Path) -> String {
    let prompt = console.lines().next().expect("a command");
    let words = shell_words(prompt);
    assert_eq!(words[..2], ["$", "lynt"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_lynt"));
    for variable in ["FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    let output = command.args(&words[2..]).current_dir(folder).output().expect("lynt runs");
    // Where lynt could not work, what it says is the screen.
    let (text, other) = match output.status.code() {
        Some(2) => (output.stderr, output.stdout),
        _ => (output.stdout, output.stderr),
    };
    assert!(other.is_empty(), "{}", String::from_utf8_lossy(&other));
    let text = String::from_utf8(text).expect("reports are UTF-8");
    let lines = text.lines().map(str::trim_end);
    lines.fold(format!("{prompt}\n"), |text, line| text + line + "\n")
}

/// Splits a command at blanks that do not stand between single quotes.
fn shell_words(prompt: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in prompt.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn report(lynt: &str, toml: &str) -> String {
    let program = compiled(lynt).program.expect("the block compiles");
    let mut sources = Sources::default();
    sources.add("topology.toml", toml);
    run(&program, sources).human()
}

/// Checks a topology by the rules of the page.
fn run(program: &Program, sources: Sources) -> Checked {
    let files: Vec<u32> = (0..).take(sources.files.len()).collect();
    let parsed = topology::parse(program, &sources, &files).expect("a topology");
    let lowered = lower(program);
    let texts = lowered.relations.iter().filter_map(|relation| match &relation.origin {
        Origin::Constant(Constant::Text(text)) => Some(text.as_str()),
        _ => None,
    });
    let everything = (0..program.relations.len()).collect();
    let mut facts = collect(program, parsed, &everything, texts);
    let limits = Limits::default();
    eval::derive(program, &everything, &mut facts, &limits).expect("within the limits");
    let set = RuleSet { program: program.clone(), sources: Sources::default() };
    let explained = violation::explain(&set, &facts, &Options::default());
    let explained = explained.expect("within the limits");
    let examined = explained.examined.into_iter();
    let outcome = Outcome {
        path: "topology.toml".to_owned(),
        findings: explained.findings,
        examined: examined.map(|(rule, subjects)| Examined { rule, subjects }).collect(),
        population: explained.population,
        ..Outcome::default()
    };
    Checked { sources, outcome }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// The texts in quotes that begin right behind `opening`, wherever it stands in `source`.
fn quoted_after<'s>(source: &'s str, opening: &str) -> Vec<&'s str> {
    let texts = source.split(opening).skip(1);
    texts.filter_map(|text| text.trim_start().strip_prefix('"')?.split('"').next()).collect()
}

/// The words of `const <name>: &[&str] = &[ .. ];`.
fn words_of<'s>(source: &'s str, name: &str) -> Vec<&'s str> {
    let list = source.split(&format!("const {name}: &[&str]")).nth(1).expect("the list");
    let list = list.split(';').next().expect("its end");
    list.split('"').skip(1).step_by(2).collect()
}

#[test]
fn the_page_names_every_word_and_every_problem() {
    let parser = read("src/datalog/parse.rs");
    let mut words = words_of(&parser, "DECLARATIONS");
    words.extend(words_of(&parser, "PROPERTIES"));
    words.extend(TestKind::NAMES.iter().map(|(name, _)| *name));
    let body = read("src/datalog/check/body.rs");
    let arms = body.lines().filter(|line| line.contains("\" => Operation::"));
    let aggregates: Vec<&str> = arms.filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(aggregates.len(), 4, "{aggregates:?}");
    words.extend(aggregates);

    let sources: Vec<String> =
        files_below(&root().join("src/datalog")).into_iter().map(read).collect();
    let mut problems = BTreeSet::new();
    for source in &sources {
        for opening in ["Problem::error(", "Problem::warning("] {
            problems.extend(quoted_after(source, opening));
        }
        // The names of what is unbound stand apart from their problem.
        problems.extend(source.split('"').filter(|text| {
            text.strip_prefix("unsafe-")
                .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_lowercase()))
        }));
    }
    assert!(problems.len() > 20 && problems.contains("unsafe-negation"), "{problems:?}");

    let page = page();
    words.extend(problems);
    let missing: Vec<&&str> =
        words.iter().filter(|word| !page.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "the page does not name {missing:?}");
}

/// The table of problems says rightly which ones are warnings, and names no other ones.
#[test]
fn the_table_of_problems_is_right() {
    let page = page();
    let table = page.split("## All errors and warnings").nth(1).expect("the section");
    let table = table.split("\n## ").next().expect("its end");
    let sources: String = files_below(&root().join("src/datalog")).into_iter().map(read).collect();
    let warnings: BTreeSet<&str> =
        quoted_after(&sources, "Problem::warning(").into_iter().collect();
    let mut rows = 0;
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let name = line.split('`').nth(1).expect("a name");
        let severity = if warnings.contains(name) { Severity::Warning } else { Severity::Error };
        assert!(line.contains(&format!("| {} |", severity.as_str())), "{line}");
        assert!(sources.contains(&format!("\"{name}\"")), "no problem is called {name}");
        rows += 1;
    }
    assert!(rows > 20);
}
