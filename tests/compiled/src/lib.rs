//! Only tests: `build.rs` lowers programs to crepe, `tests/` runs them.
