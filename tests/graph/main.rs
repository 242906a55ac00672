//! Pictures: what they show, in every form, and that names can't break them.

#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code, reason = "the program's own parts are not used here")]
#[path = "../../examples/generate.rs"]
mod generate;

mod command;
mod drawn;
mod forms;
mod layout;
mod picture;
mod random;
mod safe;
mod stable;
