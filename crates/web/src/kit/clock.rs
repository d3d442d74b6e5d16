//! Clock and chance as things that are handed in: the program's own, and those that move by hand.
//!
//! This is the one place that asks the machine for the time or for random bytes.

use domain::id::{Id, OperationId};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands until it is moved: for tests and for cities made as a demo.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows this instant.
    pub fn new(instant: Timestamp) -> Self {
        Self(Mutex::new(instant))
    }

    /// Shows another instant, earlier ones too.
    pub fn set(&self, instant: Timestamp) {
        *self.0.lock() = instant;
    }

    /// Moves by a duration; at the end of representable time it stays there.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock();
        *now = now.saturating_add(by).unwrap_or(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

/// A source of random bytes.
pub trait Chance: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    /// Fills the buffer; without random bytes no secret can be made, so the process ends.
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            tracing::error!(%error, "the operating system gives no random bytes");
            std::process::abort();
        }
    }
}

/// A source that gives the same bytes for the same seed: for tests and samples only.
#[derive(Debug)]
pub struct SeededChance {
    seed: u64,
    drawn: Mutex<u64>,
}

impl SeededChance {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: Mutex::new(0) }
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        let mut drawn = self.drawn.lock();
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(drawn.to_be_bytes());
            *drawn += 1;
            chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
        }
    }
}

/// Makes an id of this instant: `new_id(now, chance, CardId::from_parts)`.
///
/// An instant before 1970 counts as 1970.
pub fn new_id<T>(now: Timestamp, chance: &dyn Chance, from_parts: impl FnOnce(u64, u128) -> T) -> T {
    let mut random = [0; 16];
    chance.fill(&mut random);
    from_parts(u64::try_from(now.as_millisecond()).unwrap_or(0), u128::from_be_bytes(random) >> 48)
}

/// An operation id for a form: one press of its button, however often it is sent.
pub fn new_operation(now: Timestamp, chance: &dyn Chance) -> OperationId {
    new_id(now, chance, OperationId::from_parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let start: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let clock = ManualClock::new(start);
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::from_mins(10));
        assert_eq!(clock.now().to_string(), "2026-11-24T00:10:00Z");
        clock.set(start);
        assert_eq!(clock.now(), start);
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_once() {
        let (one, two) = (SeededChance::new(7), SeededChance::new(7));
        let (mut a, mut b, mut c) = ([0; 40], [0; 40], [0; 40]);
        one.fill(&mut a);
        two.fill(&mut b);
        one.fill(&mut c);
        assert_eq!(a, b);
        assert_ne!(a, c);
    }

    #[test]
    fn ids_differ_within_a_millisecond() {
        let (now, chance) = ("2026-11-24T00:00:00Z".parse().unwrap(), SeededChance::new(1));
        assert_ne!(new_operation(now, &chance), new_operation(now, &chance));
    }
}
