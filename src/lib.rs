//! lynt
pub mod datalog;
pub mod source;
pub mod spelling;
