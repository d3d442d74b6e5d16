//! The places of reservations that are made or moved together.

use std::collections::BTreeSet;

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
pub(crate) fn to_starts(
    members: Vec<Reservation>,
    day: Date,
    starts: &[Start],
) -> Vec<(ReservationId, Slot)> {
    let to = |(member, start): (Reservation, &Start)| (member.id, Slot { day, start: *start, ..member.slot });
    members.into_iter().zip(starts).map(to).collect()
}

/// Takes the places of reservations, the last thing of a transaction. Where there is a reason, a slot gives one
/// beyond the share of the way of booking, and a full one beyond its places; the journal says why, and a reservation
/// beyond the places is flagged.
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
    // Those beyond the places of a slot came into it last: from the end of the list, the places before the shares.
    let mut marked = BTreeSet::new();
    let mut beyond = capacity::shift_beyond(tx, recorded, rules, shifts, &mut full)?;
    beyond.sort_by_key(|(_, limit)| *limit != Limit::Places);
    for (slot, limit) in beyond {
        // The places of a slot are alike: the last who came into it are those beyond.
        let last = reservations
            .iter_mut()
            .rev()
            .find(|one| one.slot == slot && !one.over && !marked.contains(&one.id));
        let Some(one) = last else { return Err(BookingError::NotFound) };
        marked.insert(one.id);
        let recorded = by_staff::overridden(tx, act, one, limit, reason)?;
        if limit == Limit::Places {
            flag_over(tx, &recorded, one.id)?;
            one.over = true;
        }
    }
    Ok(())
}
