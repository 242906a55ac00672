//! The programs that are compared: how each is found, prepared and run.

use super::measure::run;
use std::env;
use std::io;
use std::path::Path;
use std::process::Command;

/// The rules that every program checks.
pub const NAMED: &[&str] = &[
    "asymmetric-backup",
    "multiple-partners",
    "sba-without-registrar",
    "dr-claimed-for-sba-users",
];

/// A program that is compared. All run in a folder of prepared files (see [`super::exports`]).
#[derive(Clone, Debug)]
pub struct Program {
    /// What the tables call it.
    pub name: &'static str,
    /// What it is and reads, for the reader of the tables.
    pub about: String,
    /// What is run beforehand, outside of the time.
    pub prepare: Vec<String>,
    /// What is run: a program and its arguments.
    pub arguments: Vec<String>,
    /// Whether the topology's files follow as arguments.
    pub reads_toml: bool,
    /// The exit codes that mean that it worked.
    pub codes: &'static [i32],
}

impl Program {
    /// lynt itself with its usual report; `named` selects the four rules.
    pub fn lynt(name: &'static str, named: bool) -> Self {
        let mut arguments = vec![LYNT.to_owned(), "check".to_owned()];
        if named {
            arguments.extend(["--select".to_owned(), NAMED.join(",")]);
        }
        Self {
            name,
            about: String::new(),
            prepare: Vec::new(),
            arguments,
            reads_toml: true,
            codes: &[0, 1],
        }
    }

    /// The checker that is written by hand: this very executable.
    pub fn minimal() -> io::Result<Self> {
        let own = env::current_exe()?.display().to_string();
        Ok(Self {
            name: "minimal checker",
            about: "`minimal.rs`, reads TOML".to_owned(),
            prepare: Vec::new(),
            arguments: vec![own, "minimal".to_owned()],
            reads_toml: true,
            codes: &[0],
        })
    }

    /// Prepares `folder` for this program.
    ///
    /// # Errors
    /// Where that fails.
    pub fn prepare(&self, folder: &Path) -> io::Result<()> {
        if self.prepare.is_empty() {
            return Ok(());
        }
        run(folder, &self.prepare, &[0]).map(|_| ())
    }

    /// The command for the topology that `files` make.
    pub fn command(&self, files: &[String]) -> Vec<String> {
        let files = if self.reads_toml { files } else { &[] };
        self.arguments.iter().chain(files).cloned().collect()
    }
}

/// The path of lynt.
pub const LYNT: &str = env!("CARGO_BIN_EXE_lynt");

/// A program that may be missing. In its commands `PROGRAM` stands for the path at which it is found, `HERE` for the
/// folder of this file.
struct Other {
    name: &'static str,
    /// Prints the path of the program, where its name on the PATH may be a script in front of it.
    find: &'static [&'static str],
    on_path: &'static str,
    /// Arguments after which it prints its version.
    version: &'static [&'static str],
    about: &'static str,
    package: &'static str,
    prepare: &'static [&'static str],
    arguments: &'static [&'static str],
    reads_toml: bool,
    codes: &'static [i32],
}

const OTHERS: &[Other] = &[
    Other {
        name: "Python",
        find: &["python3", "-c", "import sys, tomllib; print(sys.executable)"],
        on_path: "",
        version: &["--version"],
        about: "`four.py`, reads TOML by `tomllib`",
        package: "Debian's `python3`, 3.11 or later",
        prepare: &[],
        arguments: &["PROGRAM", "HERE/four.py"],
        reads_toml: true,
        codes: &[0],
    },
    Other {
        name: "DuckDB",
        find: &[
            "python3",
            "-c",
            "import duckdb_cli as d, pathlib; print(pathlib.Path(d.__file__).with_name('duckdb'))",
        ],
        on_path: "duckdb",
        version: &["--version"],
        about: "`duckdb.sql` and `four.sql`, reads CSV, two threads",
        package: "PyPI's `duckdb-cli`",
        prepare: &[],
        arguments: &[
            "PROGRAM",
            "-no-init",
            "-bail",
            "-noheader",
            "-list",
            "-separator",
            "\t",
            "-c",
            ".read HERE/duckdb.sql",
            "-c",
            ".read HERE/four.sql",
        ],
        reads_toml: false,
        codes: &[0],
    },
    Other {
        name: "clingo",
        find: &[],
        on_path: "clingo",
        version: &["--version"],
        about: "`four.lp`, reads facts",
        package: "Debian's `gringo`",
        prepare: &[],
        arguments: &["PROGRAM", "-V0", "--out-ifs=\\n", "HERE/four.lp", "facts.lp"],
        reads_toml: false,
        // 10 where there is an answer, 30 where it is the only one.
        codes: &[10, 30],
    },
    Other {
        name: "SWI-Prolog",
        find: &[],
        on_path: "swipl",
        version: &["--version"],
        about: "`four.pl`, loads compiled facts",
        package: "Debian's `swi-prolog-core`",
        prepare: &["PROGRAM", "-g", "qcompile(facts)", "-t", "halt"],
        arguments: &["PROGRAM", "-g", "main", "-t", "halt", "facts.qlf", "HERE/four.pl"],
        reads_toml: false,
        codes: &[0],
    },
    Other {
        name: "SQLite",
        find: &[],
        on_path: "sqlite3",
        version: &["--version"],
        about: "`four.sql`, reads a database with indices (`sqlite.sql`)",
        package: "Debian's `sqlite3`",
        prepare: &["PROGRAM", "-bail", "four.db", ".read HERE/sqlite.sql"],
        arguments: &[
            "PROGRAM",
            "-readonly",
            "-bail",
            "-list",
            "-separator",
            "\t",
            "four.db",
            ".read HERE/four.sql",
        ],
        reads_toml: false,
        codes: &[0],
    },
];

/// The other programs that are installed, and a line about each that is not.
pub fn others() -> (Vec<Program>, Vec<String>) {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for other in OTHERS {
        match other.found() {
            Some(program) => found.push(program),
            None => missing.push(format!("{}: install {}", other.name, other.package)),
        }
    }
    (found, missing)
}

impl Other {
    fn found(&self) -> Option<Program> {
        let (path, version) = self.path_and_version()?;
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/compare");
        let filled = |words: &[&str]| {
            let fill = |word: &&str| word.replace("PROGRAM", &path).replace("HERE", here);
            words.iter().map(fill).collect()
        };
        Some(Program {
            name: self.name,
            about: format!("{version}, {}", self.about),
            prepare: filled(self.prepare),
            arguments: filled(self.arguments),
            reads_toml: self.reads_toml,
            codes: self.codes,
        })
    }

    fn path_and_version(&self) -> Option<(String, String)> {
        let path = first_line(self.find).unwrap_or_else(|| self.on_path.to_owned());
        let command: Vec<&str> = [path.as_str()].iter().chain(self.version).copied().collect();
        let version = first_line(&command)?;
        // The number is the first word that begins with one, maybe after a `v`.
        let is_number =
            |word: &&str| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
        let number = version.split_whitespace().find(is_number)?;
        let number = number.trim_start_matches('v').to_owned();
        Some((path, number))
    }
}

/// The first line that a command prints; None where it can't be run or fails.
fn first_line(command: &[&str]) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}
