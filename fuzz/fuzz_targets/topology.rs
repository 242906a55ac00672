//! Any text as a topology: no panic, every place inside the file, and a report in every format.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../pipelines.rs"]
mod pipelines;

thread_local! {
    static LYNT: pipelines::Lynt = pipelines::Lynt::new();
}

fuzz_target!(|text: &str| drop(LYNT.with(|lynt| lynt.try_topology(text))));
