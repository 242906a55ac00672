//! Any text as a topology's TOML: read alike by lynt's own reader, by toml piece by piece, and as a whole.

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

fuzz_target!(|text: &str| LYNT.with(|lynt| lynt.try_text(text)));
