//! A sixth of the random programs.

include!("random.rs");
