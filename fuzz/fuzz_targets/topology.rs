//! Any text as a topology: no panic, every place inside the file, and a report in every format.

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

fuzz_target!(|text: &str| LYNT.with(|lynt| lynt.try_topology(text)));
