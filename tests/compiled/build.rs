//! Lowers programs to crepe: random ones, those of `tests/engines/cases.rs`, and those that others wrote.

#![allow(clippy::unwrap_used, reason = "a build that can't go on had better end")]

#[allow(dead_code, reason = "only texts of programs are asked for")]
#[path = "../datalog_cases/case.rs"]
mod case;
#[path = "../engines/cases.rs"]
mod cases;
#[path = "../oracle/random.rs"]
mod random;
#[allow(dead_code, reason = "facts are made when tests run")]
#[path = "../engines/random_program.rs"]
mod random_program;
#[path = "../engines/random_rule.rs"]
mod random_rule;
#[allow(dead_code, reason = "variants need more")]
#[path = "../engines/syntax.rs"]
mod syntax;

use lynt::datalog::compile;
use lynt::datalog::crepe::emit;
use lynt::datalog::lower::lower;
use lynt::source::Sources;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// How many random programs are compiled, unless `LYNT_COMPILED` says it.
const PROGRAMS: u64 = 60;

/// In so many test programs they stand: rustc takes a quarter of a GiB for each program of a crate.
const PARTS: usize = 6;

fn main() {
    println!("cargo::rerun-if-changed=../datalog-cases");
    println!("cargo::rerun-if-env-changed=LYNT_COMPILED");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    for part in 0..PARTS {
        fs::write(out.join(format!("random_{part}.rs")), random_programs(part).text()).unwrap();
    }
    fs::write(out.join("others.rs"), programs_of_others().text()).unwrap();
}

fn random_programs(part: usize) -> Emitted {
    let count = env::var("LYNT_COMPILED").map_or(PROGRAMS, |count| count.parse().unwrap());
    let mut emitted = Emitted::default();
    for seed in (0..count).skip(part).step_by(PARTS) {
        let text = random_program::program(seed).program.text();
        assert!(emitted.add(&format!("random_{seed}"), &text), "{text}");
    }
    for (at, (_, text, _)) in cases::CASES.iter().enumerate().skip(part).step_by(PARTS) {
        assert!(emitted.add(&format!("case_{at}"), text), "{text}");
    }
    emitted
}

fn programs_of_others() -> Emitted {
    let mut emitted = Emitted::default();
    for folder in case::folders(Path::new("../datalog-cases")) {
        let case = case::Case::read(&folder);
        emitted.add(&case.name, &case.text);
    }
    emitted
}

/// A module for each program, and a table of all.
#[derive(Default)]
struct Emitted {
    modules: String,
    table: String,
}

impl Emitted {
    /// Adds a program unless it is refused; whether it was added.
    fn add(&mut self, name: &str, text: &str) -> bool {
        let mut sources = Sources::default();
        sources.add(name, text);
        let Some(program) = compile(&sources).0 else { return false };
        let rust = emit(&lower(&program));
        let module = name.replace('-', "_");
        self.modules.push_str(&format!(
            "#[allow(unused_imports, unused_variables, reason = \"generated\")]
mod {module} {{
    use super::{{Column, Hashing, Indices, Lowered, Reader, Store, fold, in_order, project}};
{rust}}}
"
        ));
        self.table.push_str(&format!("    ({name:?}, {module}::run),\n"));
        true
    }

    fn text(&self) -> String {
        let Self { modules, table } = self;
        format!("{modules}\nconst PROGRAMS: &[(&str, Compiled)] = &[\n{table}];\n")
    }
}
