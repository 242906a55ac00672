//! Any text in comments that may be ignores: the same is found, hidden or not.

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

fuzz_target!(|text: &str| LYNT.with(|lynt| lynt.try_ignore(text)));
