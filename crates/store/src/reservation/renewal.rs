//! Reservations for the renewal of certificates (11(7)). Nobody is known beforehand and nothing of anybody is stored:
//! a reservation of a renewal has no card, only its place, who comes, and whether the PINs are known. Confirming,
//! moving and cancelling are those of every booking ([`super::party`]).

use domain::id::ReservationId;
use domain::journal::{Entry, Slot};
use domain::renewal::Coming;
use domain::reservation::{Channel, MOST_IN_PARTY, State};
use domain::rules::RuleSet;
use domain::time::{Start, day_of};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{
    BookingError, New, Reservation, Together, end, find, free_expired, insert_row, party, still_open,
};
use crate::act::Act;
use crate::capacity::{self, Shift};
use crate::error::Error;
use crate::keys::Keys;
use crate::tx::Tx;

/// The people of one booking of renewals, each with a slot, and who comes.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The people.
    pub people: Vec<(Slot, Coming)>,
    /// By which way.
    pub channel: Channel,
    /// The citizen's language, as a code.
    pub language: String,
}

/// Holds a place for each person until `minutes` from now, for all or for none. What the same visit held before is
/// given back in the same transaction: a visit has at most one hold.
pub fn hold(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wish: &Wish,
    minutes: u16,
    before: Option<ReservationId>,
) -> Result<Vec<Reservation>, BookingError> {
    let mut shifts = Vec::new();
    let before = match before {
        Some(before) => find(tx, before)?.filter(|before| before.state == State::Held),
        None => None,
    };
    if let Some(before) = before {
        for held in party::together(tx, &before)? {
            end(tx, act, &held, State::Released, held.channel)?;
            shifts.push(Shift { slot: held.slot, channel: held.channel, take: false });
        }
    }
    let until = act.at.saturating_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(act.at);
    take(tx, act, keys, rules, wish, Some(until), shifts)
}

/// Books all at once or none, without a hold: the telephone and the counter, bound by the rules that bind the staff.
pub fn book(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wish: &Wish,
) -> Result<Vec<Reservation>, BookingError> {
    for (slot, _) in &wish.people {
        still_open(tx, slot)?;
        within(act, rules, slot)?;
    }
    take(tx, act, keys, rules, wish, None, Vec::new())
}

/// 変更 of a whole booking by the staff, bound by the rules that bind them.
pub fn move_all(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    day: Date,
    starts: &[Start],
    by: Channel,
) -> Result<(), BookingError> {
    let Some(booked) = find(tx, id)?.filter(|booked| booked.card.is_none()) else {
        return Err(BookingError::NotFound);
    };
    for start in starts {
        within(act, rules, &Slot { day, start: *start, ..booked.slot.clone() })?;
    }
    party::move_all(tx, act, rules, id, day, starts, by)
}

/// Refuses a slot that a rule keeps from the staff: beyond the window, after their deadline, begun, or over.
fn within(act: &Act, rules: &RuleSet, slot: &Slot) -> Result<(), BookingError> {
    if slot.day < day_of(act.at) {
        return Err(BookingError::Over);
    }
    rules.staff_limit(slot, act.at).map_or(Ok(()), |limit| Err(BookingError::Limited(limit)))
}

fn take(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wish: &Wish,
    held_until: Option<Timestamp>,
    mut shifts: Vec<Shift>,
) -> Result<Vec<Reservation>, BookingError> {
    if wish.people.len() > MOST_IN_PARTY {
        return Err(BookingError::PartyFull);
    }
    let (mut taken, mut last, mut party) = (Vec::new(), None, None);
    for (slot, coming) in &wish.people {
        let id: ReservationId = tx.id(act);
        if wish.people.len() > 1 {
            party.get_or_insert(id);
        }
        let together = Together { party, visitor: Some(coming.visitor), pins: Some(coming.pins) };
        let entry = match held_until {
            Some(_) => Entry::PlaceHeld { reservation: id, card: None, slot: slot.clone() },
            None => party::booked_entry(id, None, slot, wish.channel, together),
        };
        let recorded = tx.record(act, &entry)?;
        let (channel, language) = (wish.channel, wish.language.as_str());
        let new = New { id, card: None, slot, channel, language, held_until };
        // Ids are new and no card stands in the way.
        let Some(row) = insert_row(tx, &recorded, keys, &new, together)? else {
            return Err(Error::Conflict.into());
        };
        taken.push(row);
        shifts.push(Shift { slot: slot.clone(), channel, take: true });
        last = Some(recorded);
    }
    let Some(recorded) = last else { return Err(BookingError::NotFound) };
    capacity::shift(tx, &recorded, rules, &shifts, &mut |tx, slot| free_expired(tx, act, slot))?;
    Ok(taken)
}
