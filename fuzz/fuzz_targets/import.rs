//! Any bytes as an export: no panic, one word about what is wrong, and a topology where nothing is.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target tries one of them")]
#[path = "../pipelines.rs"]
mod pipelines;
#[path = "../reports.rs"]
mod reports;

thread_local! {
    static LYNT: pipelines::Lynt = pipelines::Lynt::new();
}

fuzz_target!(|bytes: &[u8]| LYNT.with(|lynt| lynt.try_import(bytes)));
