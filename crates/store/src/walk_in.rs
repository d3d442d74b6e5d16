//! Visitors without a reservation for today: who has none takes the first free place of the day, and who has one for
//! another day swaps it (11(6)オ). The card still lies in its box, so the day's pull shows it from then on.

use domain::id::{CardId, ReservationId};
use domain::journal::{BusinessDay, Slot};
use domain::place::PlaceKind;
use domain::reservation::Channel;
use domain::rules::RuleSet;
use domain::time::{SLOT_MINUTES, day_of, minute_of};

use crate::act::Act;
use crate::error::Result;
use crate::keys::Keys;
use crate::reservation::{self, BookingError, Reservation, Wish};
use crate::tx::{Reader, Tx};
use crate::{capacity, card};

/// The first slot of today that has not ended and has a place free for a way of booking.
fn first_free(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    act: &Act,
    day: &BusinessDay,
    channel: Channel,
) -> Result<Option<Slot>> {
    let BusinessDay { service, site, day: today } = day;
    let used = capacity::used(reader, *service, site, *today, *today)?;
    let now = minute_of(act.at);
    let free = rules.slots(*service, site, *today).into_iter().find(|(start, grant)| {
        let used = used.iter().find(|(_, known, _)| known == start).map(|(.., used)| *used);
        start.minutes() + SLOT_MINUTES > now && grant.free(channel, act.at, used.unwrap_or_default()) > 0
    });
    Ok(free.map(|(start, _)| Slot { service: *service, site: site.clone(), day: *today, start }))
}

/// Whether the card can be in the visitor's hand today: it waits in its box, or lies on the tray already.
fn is_at_hand(tx: &mut Tx<'_>, id: CardId) -> Result<(), BookingError> {
    let Some(card) = card::find(tx, id)? else { return Err(BookingError::NotFound) };
    match card.place_kind {
        PlaceKind::Box | PlaceKind::Tray => Ok(()),
        other => Err(BookingError::NotStored(other)),
    }
}

/// Books the first free place of today for a visitor who came without a reservation.
pub fn book(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    card: CardId,
    day: &BusinessDay,
    language: &str,
) -> Result<Reservation, BookingError> {
    is_at_hand(tx, card)?;
    let Some(slot) = first_free(tx, rules, act, day, Channel::WalkIn)? else {
        return Err(BookingError::Full);
    };
    let wish = Wish { card, slot, channel: Channel::WalkIn, language: language.to_owned() };
    reservation::book(tx, act, keys, rules, &wish)
}

/// Moves the reservation of a visitor who came on another day to the first free place of today.
pub fn swap(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
) -> Result<Reservation, BookingError> {
    let Some(booked) = reservation::find(tx, id)? else { return Err(BookingError::NotFound) };
    let Some(card) = booked.card else { return Err(BookingError::NotFound) };
    let day = BusinessDay { day: day_of(act.at), ..booked.slot.business_day() };
    is_at_hand(tx, card)?;
    let Some(slot) = first_free(tx, rules, act, &day, booked.channel)? else {
        return Err(BookingError::Full);
    };
    reservation::move_to(tx, act, rules, id, &slot, Channel::Counter)
}
