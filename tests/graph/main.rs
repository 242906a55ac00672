//! Pictures: what they show, in every form, and that names can't break them.

#[path = "../common/mod.rs"]
mod common;
mod forms;
mod picture;
