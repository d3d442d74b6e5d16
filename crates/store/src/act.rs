//! An act: who does something, when, and the chance from which its ids are made.
//!
//! It is made outside the transaction, because a transaction may run again and must then make the same ids.

use domain::id::Id;
use domain::journal::Actor;
use jiff::Timestamp;

/// Who, when, and the seed of new ids.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    /// The instant by the program's clock.
    pub at: Timestamp,
    /// Who acts.
    pub actor: Actor,
    seed: u128,
}

impl Act {
    /// Describes an act. `seed` is 128 random bits.
    pub fn new(at: Timestamp, actor: Actor, seed: [u8; 16]) -> Self {
        Self { at, actor, seed: u128::from_le_bytes(seed) }
    }

    /// The n-th id of the act: the instant and the seed counted up, so that ids of one act are in order.
    pub fn id<T: Id>(&self, n: u32) -> T {
        // Instants before 1970 do not occur; they would only lose their order.
        let milliseconds = u64::try_from(self.at.as_millisecond()).unwrap_or(0);
        // The highest of the 80 random bits stays free, so that counting up never wraps.
        let random = (self.seed & ((1 << 79) - 1)) + u128::from(n);
        T::from_parts(milliseconds, random)
    }
}
