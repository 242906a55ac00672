//! Any text as a rule file: no panic, every problem inside a file, and a program that is accepted runs.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../rules.rs"]
mod rules;

fuzz_target!(|text: &str| rules::try_some(text));
