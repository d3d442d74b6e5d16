//! Many live reservations at once, for the figures of a full calendar.
//!
//! They are written in bulk behind the program's back, with the counts of their slots but without a story in the
//! journal: `verify` is not clean afterwards. What counts places and reads days finds what it needs.

use domain::id::{Id, ReservationId};
use domain::journal::Slot;
use domain::reservation::{Channel, State};
use domain::time::instant_at;

use super::fill::{Home, Sink, row};
use crate::bind;
use crate::error::Result;

const RESERVATIONS: &str = "reservation (id, service, site, day, start, state, channel, language, number_issue, key_version, version)";
const USAGE: &str = "slot_usage (service, site, day, start, web, telephone, counter, walk_in, ceiling, over)";
/// Slots whose rows are made before they are written.
const SLOTS: usize = 1_000;

/// Books so many people on the web in each of the slots, of which none may be used yet. Not to be called inside an
/// asynchronous runtime.
pub fn fill_booked(home: &Home, slots: &[Slot], people: u32) -> Result<()> {
    let mut sink = Sink::open(home)?;
    let lite = sink.is_sqlite();
    sink.run("BEGIN")?;
    let mut booked = 0_u128;
    for slots in slots.chunks(SLOTS) {
        let (mut reservations, mut usage) = (Vec::new(), Vec::new());
        for slot in slots {
            let Slot { service, site, day, start } = slot;
            let milliseconds = u64::try_from(instant_at(*day, 0).as_millisecond()).unwrap_or(0);
            for _ in 0..people {
                booked += 1;
                let id = ReservationId::from_parts(milliseconds, booked);
                let (state, channel) = (State::Booked, Channel::Web);
                reservations.push(row(
                    lite,
                    bind![id, service, site, day, start, state, channel, "ja", 1_u32, 1_u32, 1_u32],
                ));
            }
            usage.push(row(
                lite,
                bind![service, site, day, start, people, 0_u32, 0_u32, 0_u32, people, 0_u32],
            ));
        }
        sink.insert(RESERVATIONS, &reservations)?;
        sink.insert(USAGE, &usage)?;
    }
    sink.run("COMMIT")?;
    sink.settle(&["reservation", "slot_usage"])
}
