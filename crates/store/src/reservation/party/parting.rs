//! A family parts: some go to another day, the others stay.
//!
//! A booking has the name of its first reservation, and by it are found its members and its mail address. So whoever
//! goes with the first keeps the name, and those who stay get the name of the first of them: no two bookings share one.

use domain::id::ReservationId;
use domain::journal::{Entry, Slot};

use super::{BookingError, MEMBERS, Reservation, SET_PARTY, changed_meanwhile, everyone, reservation};
use crate::act::Act;
use crate::bind;
use crate::journal::Recorded;
use crate::tx::Tx;

type Move = (ReservationId, Slot);

fn goes(moves: &[Move], id: ReservationId) -> bool {
    moves.iter().any(|(moved, _)| *moved == id)
}

/// Whether somebody with a place stays behind on another day.
fn parts(tx: &mut Tx<'_>, booked: &Reservation, to: &Slot, moves: &[Move]) -> Result<bool, BookingError> {
    Ok(everyone(tx, booked)?.into_iter().any(|member| {
        !goes(moves, member.id)
            && member.state.takes_a_place()
            && member.slot.business_day() != to.business_day()
    }))
}

/// In whose booking a reservation is once it was moved: its family's if nobody with a place stays behind on another
/// day, or else that of those who go with it.
pub(super) fn party_after(
    tx: &mut Tx<'_>,
    booked: &Reservation,
    to: &Slot,
    moves: &[Move],
) -> Result<Option<ReservationId>, BookingError> {
    let Some(party) = booked.party else { return Ok(None) };
    if !parts(tx, booked, to, moves)? {
        return Ok(Some(party));
    }
    Ok(match moves {
        [(first, _), _, ..] => Some(if goes(moves, party) { party } else { *first }),
        _ => None,
    })
}

/// After the first of a family was moved: gives those who stay on another day a name of their own, and answers the last
/// entry of it; none where nothing has to be named.
pub(super) fn name_the_rest(
    tx: &mut Tx<'_>,
    act: &Act,
    booked: &Reservation,
    to: &Slot,
    moves: &[Move],
) -> Result<Option<Recorded>, BookingError> {
    let Some(party) = booked.party.filter(|party| *party == booked.id) else { return Ok(None) };
    if !parts(tx, booked, to, moves)? {
        return Ok(None);
    }
    let mut rest = tx.rows(&MEMBERS, bind![party], reservation)?;
    rest.retain(|member| !goes(moves, member.id));
    // Who ended stays with those who have a place: by their number the booking of the others is still found.
    let named = rest.iter().find(|member| member.state.takes_a_place()).map(|member| member.id);
    let named = named.filter(|_| rest.len() > 1);
    let mut last = None;
    for member in rest {
        let entry =
            Entry::PartyChanged { reservation: member.id, card: member.card, from: Some(party), to: named };
        last = Some(tx.record(act, &entry)?);
        if tx.execute(&SET_PARTY, bind![named, member.id, member.version])? == 0 {
            return Err(changed_meanwhile(tx, &SET_PARTY));
        }
    }
    Ok(last)
}
