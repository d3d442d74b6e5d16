//! An act: who does something, when, and the chance from which its ids are made.
//!
//! It is made outside the transaction, because a transaction may run again and must then make the same ids.

use domain::id::Id;
use domain::journal::Actor;
use jiff::Timestamp;
use parking_lot::Mutex;

/// Ids have 80 random bits; one stays free, so that counting up never wraps.
const RANDOM: u128 = (1 << 79) - 1;

/// How far the seeds of two acts of one millisecond are apart: more than one act ever makes ids.
const APART: u128 = 1 << 32;

/// Who, when, and the seed of new ids.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    /// The instant by the program's clock.
    pub at: Timestamp,
    /// Who acts.
    pub actor: Actor,
    /// When it happened, where it is entered afterwards.
    happened: Option<Timestamp>,
    milliseconds: u64,
    seed: u128,
}

impl Act {
    /// Describes an act. `seed` is 128 random bits.
    pub fn new(at: Timestamp, actor: Actor, seed: [u8; 16]) -> Self {
        // Instants before 1970 do not occur; they would only lose their order.
        let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
        Self { at, actor, happened: None, milliseconds, seed: u128::from_le_bytes(seed) & RANDOM }
    }

    /// The same act for something that happened before and is entered now.
    #[must_use]
    pub fn happened_at(&self, happened: Timestamp) -> Self {
        Self { happened: Some(happened), ..*self }
    }

    /// When it happened: at its own instant, unless it is entered afterwards.
    pub fn happened(&self) -> Timestamp {
        self.happened.unwrap_or(self.at)
    }

    /// The n-th id of the act: the instant and the seed counted up, so that ids of one act are in order.
    pub fn id<T: Id>(&self, n: u32) -> T {
        T::from_parts(self.milliseconds, self.seed + u128::from(n))
    }
}

/// The acts of one node, in an order that its ids show: also within a millisecond, and also while the clock stands
/// still or is moved back by hand.
#[derive(Debug, Default)]
pub struct Acts {
    last: Mutex<(u64, u128)>,
}

impl Acts {
    /// Describes the next act. `seed` is 128 random bits.
    pub fn next(&self, at: Timestamp, actor: Actor, seed: [u8; 16]) -> Act {
        let mut act = Act::new(at, actor, seed);
        let mut last = self.last.lock();
        if act.milliseconds <= last.0 {
            act.milliseconds = last.0;
            act.seed = last.1 + APART;
            if act.seed > RANDOM {
                act.milliseconds += 1;
                act.seed = u128::from_le_bytes(seed) & (RANDOM >> 1);
            }
        }
        *last = (act.milliseconds, act.seed);
        act
    }
}

#[cfg(test)]
mod tests {
    use domain::id::EntryId;

    use super::*;

    #[test]
    fn acts_of_a_clock_that_stands_or_goes_back_are_in_order() {
        let acts = Acts::default();
        let at: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let earlier: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let mut before: Option<EntryId> = None;
        for (n, at) in [at, at, earlier, at, at].into_iter().enumerate() {
            let seed = [u8::try_from(255 - n * 50).unwrap(); 16];
            let act = acts.next(at, Actor::System, seed);
            assert_eq!(act.at, at);
            let (first, last): (EntryId, EntryId) = (act.id(1), act.id(u32::MAX));
            assert!(before.is_none_or(|before| before < first));
            before = Some(last);
        }
    }
}
