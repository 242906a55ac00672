//! Any text in a comment that may be an ignore: the same is found, hidden or not.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../pipelines.rs"]
mod pipelines;

thread_local! {
    static LYNT: pipelines::Lynt = pipelines::Lynt::new();
}

fuzz_target!(|text: &str| LYNT.with(|lynt| lynt.try_ignore(text)));
