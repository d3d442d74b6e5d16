//! Durations as figures: percentiles, and the clock of a server under measurement.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use web::kit::clock::Clock;

/// The duration below which so many of a hundred lie, in milliseconds.
pub(crate) fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times[rank].as_secs_f64() * 1000.0
}

/// Asks so often, but not much longer than a spell: what is far too slow shows it in a few.
pub(crate) fn repeat(times: usize, spell: Duration, mut ask: impl FnMut() -> Duration) -> Vec<Duration> {
    let began = Instant::now();
    let mut taken = vec![ask()];
    while taken.len() < times && began.elapsed() < spell {
        taken.push(ask());
    }
    taken
}

/// A clock that begins at an instant of the city and goes on as ours does: what ages, ages as in operation.
pub(crate) struct Running {
    from: Timestamp,
    began: Instant,
}

impl Running {
    pub(crate) fn from(instant: Timestamp) -> Self {
        Self { from: instant, began: Instant::now() }
    }
}

impl Clock for Running {
    fn now(&self) -> Timestamp {
        self.from + SignedDuration::try_from(self.began.elapsed()).expect("a bench is short")
    }
}
