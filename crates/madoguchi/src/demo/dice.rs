//! The chance of a demo city: the same seed gives the same city.

use domain::journal::Actor;
use jiff::Timestamp;
use store::Act;
use web::kit::clock::{Chance as _, SeededChance};

/// Dice with a seed. Never for keys or passwords.
pub(super) struct Dice(SeededChance);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(SeededChance::new(seed))
    }

    fn bits(&self) -> u64 {
        let mut bits = [0; 8];
        self.0.fill(&mut bits);
        u64::from_be_bytes(bits)
    }

    /// A number from 0 to below `end`; 0 where `end` is 0.
    pub(super) fn below(&self, end: u32) -> u32 {
        let product = u128::from(self.bits()) * u128::from(end);
        // The upper half of the product is below `end`.
        u32::try_from(product >> 64).unwrap_or_default()
    }

    /// True that many times in a hundred.
    pub(super) fn percent(&self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// A position in a list of this length, near its beginning more often than at its end.
    pub(super) fn early(&self, length: usize) -> usize {
        let end = u32::try_from(length).unwrap_or(u32::MAX);
        let first = self.below(end).min(self.below(end));
        usize::try_from(if self.percent(70) { first.min(self.below(end)) } else { self.below(end) })
            .unwrap_or(0)
    }

    /// An act of somebody at an instant.
    pub(super) fn act(&self, at: Timestamp, actor: Actor) -> Act {
        let mut seed = [0; 16];
        self.0.fill(&mut seed);
        Act::new(at, actor, seed)
    }

    /// 24 random bytes.
    pub(super) fn nonce(&self) -> [u8; 24] {
        let mut nonce = [0; 24];
        self.0.fill(&mut nonce);
        nonce
    }
}
