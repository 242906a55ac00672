//! Random choices that the fuzzer makes: each is read out of its bytes. Where they end, the choices go on
//! as those of a seed, so that every input is a whole program.

#[path = "../tests/oracle/choices.rs"]
mod choices;

use std::cell::RefCell;

/// Bytes that are left, and the state of what follows them.
struct Input {
    bytes: Vec<u8>,
    at: usize,
    state: u64,
}

thread_local! {
    static INPUT: RefCell<Input> = const { RefCell::new(Input { bytes: Vec::new(), at: 0, state: 0 }) };
}

/// From now on choices are those of `bytes`.
pub fn choose_by(bytes: &[u8]) {
    INPUT.set(Input { bytes: bytes.to_vec(), at: 0, state: 0 });
}

/// The choices of the input; any number of them share it.
pub struct Random;

impl Random {
    pub fn new(_: u64) -> Self {
        Self
    }

    fn next(&mut self) -> u64 {
        INPUT.with_borrow_mut(|input| {
            if let Some(&byte) = input.bytes.get(input.at) {
                input.at += 1;
                return u64::from(byte);
            }
            input.state = input.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            input.state >> 33
        })
    }
}
