//! What the staff do for citizens at the telephone and at the counter: the same places as everybody's, bound by the
//! rules that bind the staff, beyond them only with a reason; and never on a booking that somebody changed since it was
//! shown.
//!
//! Who may give a reason is the caller's to ask: it is a permission of its own.

use domain::id::{CardId, ReservationId};
use domain::journal::{Entry, Slot};
use domain::reservation::{Channel, Limit, State, Visitor};
use domain::rules::RuleSet;
use domain::time::{Start, day_of};
use jiff::civil::Date;

use super::party::How;
use super::shown::{Shown, unchanged};
use super::{BookingError, Reservation, Wish, find, party, places};
use crate::act::Act;
use crate::card;
use crate::error::Result;
use crate::journal::Recorded;
use crate::keys::Keys;
use crate::tx::{Reader, Tx};

/// Books at once, for all or for nobody. `reason` is given by a person who may go beyond the rules.
pub fn book(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wishes: &[(Wish, Option<Visitor>)],
    reason: Option<&str>,
) -> Result<Vec<Reservation>, BookingError> {
    let slots = wishes.iter().map(|(wish, _)| (wish.card, &wish.slot));
    let limits = limits(tx, act, rules, slots, reason)?;
    let booked = party::book_with(tx, act, keys, rules, wishes, reason)?;
    say_why(tx, act, &booked, &limits, reason)?;
    Ok(booked)
}

/// Where a booking goes.
#[derive(Debug, Clone)]
pub struct Move {
    /// On which day.
    pub day: Date,
    /// The starts, one for each person in their order.
    pub starts: Vec<Start>,
    /// By which way it was asked.
    pub by: Channel,
    /// Why it goes beyond the rules, where it does.
    pub reason: Option<String>,
}

/// Moves a booking, or one of it. At no moment one of them has no place.
pub fn move_to(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    shown: &Shown,
    wanted: &Move,
) -> Result<(), BookingError> {
    let people = unchanged(tx, id, shown)?;
    if people.len() != wanted.starts.len() {
        return Err(BookingError::AnotherParty);
    }
    let reason = wanted.reason.as_deref();
    let cards: Vec<CardId> = people.iter().filter_map(|person| person.card).collect();
    let moves = places::to_starts(people, wanted.day, &wanted.starts);
    let slots = cards.into_iter().zip(moves.iter().map(|(_, slot)| slot));
    let limits = limits(tx, act, rules, slots, reason)?;
    let moved = party::relocate(tx, act, rules, &moves, &How { by: wanted.by, reason, is_offered: false })?;
    say_why(tx, act, &moved, &limits, reason)
}

/// 取消 of one of a booking, or of all of it. What is cancelled already stays so.
pub fn cancel(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    shown: &Shown,
    all: bool,
    by: Channel,
) -> Result<(), BookingError> {
    if find(tx, id)?.is_some_and(|booked| booked.state == State::Cancelled) {
        return Ok(());
    }
    let people = unchanged(tx, id, shown)?;
    let ids: Vec<ReservationId> =
        people.iter().map(|person| person.id).filter(|person| all || *person == id).collect();
    party::cancel(tx, act, rules, &ids, by).map(drop)
}

/// Which rule each slot goes beyond. Without a reason the first one is the answer; a day that is over nobody gets.
fn limits<'a>(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    slots: impl Iterator<Item = (CardId, &'a Slot)>,
    reason: Option<&str>,
) -> Result<Vec<Option<Limit>>, BookingError> {
    let mut limits = Vec::new();
    for (card, slot) in slots {
        match limit(tx, act, rules, Some(card), slot)? {
            Some(limit) if reason.is_none() => return Err(BookingError::Limited(limit)),
            limit => limits.push(limit),
        }
    }
    Ok(limits)
}

/// The first day of a visit that the posting of a card's letter allows at the counter of a slot; none: any day, as for a
/// renewal.
pub(crate) fn opens(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    card: Option<CardId>,
    slot: &Slot,
) -> Result<Option<Date>> {
    let Some(card) = card else { return Ok(None) };
    let posted = card::find(reader, card)?.and_then(|card| card.posted_on);
    Ok(posted.and_then(|on| rules.opens_from(slot.service, &slot.site, on)))
}

/// Which rule keeps a slot from the staff, for a card or for a renewal.
pub(crate) fn limit(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    card: Option<CardId>,
    slot: &Slot,
) -> Result<Option<Limit>, BookingError> {
    if slot.day < day_of(act.at) {
        return Err(BookingError::Over);
    }
    let too_soon = opens(tx, rules, card, slot)?.is_some_and(|opens| slot.day < opens);
    Ok(rules.staff_limit(slot, act.at).or(too_soon.then_some(Limit::Window)))
}

fn say_why(
    tx: &mut Tx<'_>,
    act: &Act,
    reservations: &[Reservation],
    limits: &[Option<Limit>],
    reason: Option<&str>,
) -> Result<(), BookingError> {
    let Some(reason) = reason else { return Ok(()) };
    for (reservation, limit) in reservations.iter().zip(limits) {
        if let Some(limit) = limit {
            overridden(tx, act, reservation, *limit, reason)?;
        }
    }
    Ok(())
}

/// Writes down that a reservation went beyond a rule, with the reason.
pub(super) fn overridden(
    tx: &mut Tx<'_>,
    act: &Act,
    reservation: &Reservation,
    limit: Limit,
    reason: &str,
) -> Result<Recorded, BookingError> {
    let slot = reservation.slot.clone();
    let entry = Entry::RuleOverridden { reservation: reservation.id, card: reservation.card, slot, limit };
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, reason)?;
    Ok(recorded)
}
