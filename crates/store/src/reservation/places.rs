//! The places of reservations that are made or moved together.

use domain::id::ReservationId;
use domain::journal::Slot;
use domain::reservation::Limit;
use domain::rules::RuleSet;
use domain::time::Start;
use jiff::civil::Date;

use super::{BookingError, Reservation, by_staff, flag_over, free_expired};
use crate::act::Act;
use crate::capacity::{self, Shift};
use crate::journal::Recorded;
use crate::tx::Tx;

/// The moves of the people of a booking, in their order, to the starts of a day.
pub(super) fn to_starts(
    members: Vec<Reservation>,
    day: Date,
    starts: &[Start],
) -> Vec<(ReservationId, Slot)> {
    let to = |(member, start): (Reservation, &Start)| (member.id, Slot { day, start: *start, ..member.slot });
    members.into_iter().zip(starts).map(to).collect()
}

/// Takes the places of reservations, the last thing of a transaction. Where there is a reason, a full slot gives one
/// beyond its places; then the reservation is flagged, and the journal says why.
pub(super) fn take(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    recorded: &Recorded,
    shifts: &[Shift],
    reservations: &mut [Reservation],
    reason: Option<&str>,
) -> Result<(), BookingError> {
    let mut full = |tx: &mut Tx<'_>, slot: &Slot| free_expired(tx, act, slot);
    let Some(reason) = reason else {
        return Ok(capacity::shift(tx, recorded, rules, shifts, &mut full)?);
    };
    for slot in capacity::shift_beyond(tx, recorded, rules, shifts, &mut full)? {
        // The places of a slot are alike: the last who came into it are those beyond.
        let last = reservations.iter_mut().rev().find(|one| one.slot == slot && !one.over);
        let Some(one) = last else { return Err(BookingError::NotFound) };
        let recorded = by_staff::overridden(tx, act, one, Limit::Places, reason)?;
        flag_over(tx, &recorded, one.id)?;
        one.over = true;
    }
    Ok(())
}
