//! What is done with the reservations of a family's booking: each card has one of its own (a card has at most one live
//! reservation), they know the first of them, and whatever takes places takes all of them or none. One card alone is
//! the smallest family and runs no statement more. How a family parts stands in [`parting`].

use std::collections::{BTreeMap, BTreeSet};

use domain::card::Stage;
use domain::id::{CardId, ReservationId};
use domain::journal::{Entry, Slot};
use domain::offer::Withdrawal;
use domain::reservation::{Channel, MOST_IN_PARTY, Pins, State, Visitor, WrongState, hold_ran_out};
use domain::rules::RuleSet;
use domain::time::{SLOT_MINUTES, Start, day_of, instant_at};
use jiff::SignedDuration;
use jiff::civil::Date;

use super::{
    BookingError, Reservation, Together, Wish, changed_meanwhile, end, find, free_expired, insert,
    is_by_telephone, keep, live_of, may_leave, may_still_change, places, reservation, still_open, unplaced,
};
use crate::act::Act;
use crate::capacity::{self, Shift};
use crate::card;
use crate::error::Result;
use crate::journal::Recorded;
use crate::keys::Keys;
use crate::tx::{Reader, Tx};
use crate::{bind, contact, offer, statements, wish};

mod parting;

statements! { "reservation.party":
    MEMBERS = "SELECT id, service, site, day, start, card_id, state, held_until, channel, language, party_id,
        visitor, pins, number_issue, key_version, version, over, changes, web_changes FROM reservation WHERE party_id = $1 ORDER BY id";
    MOVE = "UPDATE reservation SET day = $1, start = $2, party_id = $3, over = 0, version = version + 1,
        changes = changes + 1, web_changes = web_changes + $4
        WHERE id = $5 AND state = 'booked' AND version = $6";
    CONFIRM = "UPDATE reservation SET state = 'booked', held_until = NULL, visitor = $1, version = version + 1
        WHERE id = $2 AND state = 'held' AND held_until >= $3";
    SET_PARTY = "UPDATE reservation SET party_id = $1, version = version + 1 WHERE id = $2 AND version = $3";
    SET_VISITOR = "UPDATE reservation SET visitor = $1, pins = $2, version = version + 1
        WHERE id = $3 AND state = 'booked' AND version = $4";
}

/// The reservations of a booking in the order in which its cards came into it, those that ended too. Alone, a
/// reservation is its own booking, and nothing is asked.
pub fn everyone(reader: &mut Reader<'_>, of: &Reservation) -> Result<Vec<Reservation>> {
    match of.party {
        Some(party) => reader.rows(&MEMBERS, bind![party], reservation),
        None => Ok(vec![of.clone()]),
    }
}

/// Everybody of a booking by its name, those that ended too: a family, or somebody alone.
pub(crate) fn of_booking(reader: &mut Reader<'_>, booking: ReservationId) -> Result<Vec<Reservation>> {
    let members = reader.rows(&MEMBERS, bind![booking], reservation)?;
    if members.is_empty() { Ok(find(reader, booking)?.into_iter().collect()) } else { Ok(members) }
}

/// [`everyone`] who has a place in the same state as the one that is looked at: held together, booked together.
pub fn together(reader: &mut Reader<'_>, of: &Reservation) -> Result<Vec<Reservation>> {
    let mut members = everyone(reader, of)?;
    members.retain(|member| member.state == of.state);
    Ok(members)
}

/// The reservation that speaks for a booking: the one that was asked for while it is booked, or else the first of its
/// family that is, so that the number of a card that was taken out still opens the booking of the others.
pub fn speaker(reader: &mut Reader<'_>, of: &Reservation) -> Result<Reservation> {
    if of.state == State::Booked {
        return Ok(of.clone());
    }
    let booked = everyone(reader, of)?.into_iter().find(|member| member.state == State::Booked);
    Ok(booked.unwrap_or_else(|| of.clone()))
}

/// No card twice, and not more than a booking may have.
fn can_be_one(cards: &[CardId]) -> Result<(), BookingError> {
    if cards.len() > MOST_IN_PARTY {
        return Err(BookingError::PartyFull);
    }
    let different: BTreeSet<CardId> = cards.iter().copied().collect();
    if different.len() == cards.len() { Ok(()) } else { Err(BookingError::AnotherParty) }
}

/// Refuses a card that is not notified, or waits for the city's decision.
fn bookable(tx: &mut Tx<'_>, card: CardId) -> Result<(), BookingError> {
    match card::find(tx, card)? {
        None => Err(BookingError::NotFound),
        Some(card) if card.suspended => Err(BookingError::Suspended),
        Some(card) if card.stage == Stage::Notified => Ok(()),
        Some(card) => Err(BookingError::NotBookable(card.stage)),
    }
}

/// Refuses a card on the web that is booked by telephone only.
fn on_the_web(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    card: CardId,
    channel: Channel,
) -> Result<(), BookingError> {
    if channel == Channel::Web && is_by_telephone(tx, rules, card, day_of(act.at))? {
        return Err(BookingError::ByTelephone);
    }
    Ok(())
}

/// Ends the hold that a card may have elsewhere; a booking is an error.
fn give_back(tx: &mut Tx<'_>, act: &Act, card: CardId, shifts: &mut Vec<Shift>) -> Result<(), BookingError> {
    if let Some(live) = live_of(tx, card)? {
        if live.state == State::Booked {
            return Err(BookingError::AlreadyBooked(live.id));
        }
        end(tx, act, &live, State::Released, live.channel)?;
        shifts.push(Shift { slot: live.slot, channel: live.channel, take: false });
    }
    Ok(())
}

/// Holds a place for each card until `minutes` from now, for all or for none. A hold of the same card in another slot
/// is given back in the same transaction, so a citizen never has two and never none while choosing.
pub fn hold(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wishes: &[Wish],
    minutes: u16,
) -> Result<Vec<Reservation>, BookingError> {
    can_be_one(&wishes.iter().map(|wish| wish.card).collect::<Vec<_>>())?;
    let until = act.at.saturating_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(act.at);
    let (mut shifts, mut held, mut last) = (Vec::new(), Vec::new(), None);
    let mut party = None;
    for wish in wishes {
        bookable(tx, wish.card)?;
        on_the_web(tx, act, rules, wish.card, wish.channel)?;
        give_back(tx, act, wish.card, &mut shifts)?;
        let id: ReservationId = tx.id(act);
        if wishes.len() > 1 {
            party.get_or_insert(id);
        }
        let entry = Entry::PlaceHeld { reservation: id, card: Some(wish.card), slot: wish.slot.clone() };
        let recorded = tx.record(act, &entry)?;
        let together = Together { party, ..Together::default() };
        held.push(insert(tx, &recorded, keys, id, wish, together, Some(until))?);
        shifts.push(Shift { slot: wish.slot.clone(), channel: wish.channel, take: true });
        last = Some(recorded);
    }
    let Some(recorded) = last else { return Err(BookingError::NotFound) };
    capacity::shift(tx, &recorded, rules, &shifts, &mut |tx, slot| free_expired(tx, act, slot))?;
    Ok(held)
}

/// Books all at once or none, without a hold: the telephone, the counter, the taking over of reservations. With each
/// card is said who comes.
pub fn book(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wishes: &[(Wish, Option<Visitor>)],
) -> Result<Vec<Reservation>, BookingError> {
    book_with(tx, act, keys, rules, wishes, None)
}

/// [`book`], beyond the places of a slot where there is a reason for it.
pub(super) fn book_with(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wishes: &[(Wish, Option<Visitor>)],
    reason: Option<&str>,
) -> Result<Vec<Reservation>, BookingError> {
    can_be_one(&wishes.iter().map(|(wish, _)| wish.card).collect::<Vec<_>>())?;
    let (mut shifts, mut booked, mut last) = (Vec::new(), Vec::new(), None);
    let mut party = None;
    for (wish, visitor) in wishes {
        bookable(tx, wish.card)?;
        still_open(tx, &wish.slot)?;
        shifts.push(Shift { slot: wish.slot.clone(), channel: wish.channel, take: true });
        give_back(tx, act, wish.card, &mut shifts)?;
        let id: ReservationId = tx.id(act);
        if wishes.len() > 1 {
            party.get_or_insert(id);
        }
        let together = Together { party, visitor: *visitor, ..Together::default() };
        let entry = booked_entry(id, Some(wish.card), &wish.slot, wish.channel, together);
        let recorded = tx.record(act, &entry)?;
        booked.push(insert(tx, &recorded, keys, id, wish, together, None)?);
        card::show_booked(tx, &recorded, wish.card)?;
        last = Some(recorded);
    }
    let Some(recorded) = last else { return Err(BookingError::NotFound) };
    places::take(tx, act, rules, &recorded, &shifts, &mut booked, reason)?;
    Ok(booked)
}

pub(crate) fn booked_entry(
    reservation: ReservationId,
    card: Option<CardId>,
    slot: &Slot,
    channel: Channel,
    together: Together,
) -> Entry {
    let Together { party, visitor, pins } = together;
    Entry::Booked { reservation, card, slot: slot.clone(), channel, party, visitor, pins }
}

/// 予約完了: makes bookings of holds that have not run out, of all or of none; with each is said who comes. Confirming
/// twice is the same as once.
pub fn confirm(
    tx: &mut Tx<'_>,
    act: &Act,
    holds: &[(ReservationId, Option<Visitor>)],
) -> Result<Vec<Reservation>, BookingError> {
    let mut confirmed = Vec::new();
    for (id, visitor) in holds {
        let Some(held) = find(tx, *id)? else { return Err(BookingError::NotFound) };
        match (held.state, held.held_until) {
            (State::Booked, _) => {
                confirmed.push(held);
                continue;
            }
            (State::Held, Some(until)) if !hold_ran_out(until, act.at) => {}
            (State::Held | State::Released, _) => return Err(BookingError::HoldRanOut),
            (from, _) => return Err(WrongState { from, wanted: State::Booked }.into()),
        }
        if let Some(card) = held.card {
            bookable(tx, card)?;
        }
        let card = held.card;
        // Of a renewal it was said before the hold.
        let visitor = visitor.or(held.visitor);
        let together = Together { party: held.party, visitor, pins: held.pins };
        let recorded = tx.record(act, &booked_entry(*id, card, &held.slot, held.channel, together))?;
        if tx.execute(&CONFIRM, bind![visitor, id, act.at])? == 0 {
            // Another transaction confirmed or freed it in the meantime; all of this one is run again on what is true
            // now.
            return Err(changed_meanwhile(tx, &CONFIRM));
        }
        if let Some(card) = card {
            card::show_booked(tx, &recorded, card)?;
        }
        let version = held.version + 1;
        confirmed.push(Reservation { state: State::Booked, held_until: None, visitor, version, ..held });
    }
    Ok(confirmed)
}

/// Gives back the places that are held together, before other cards are chosen.
pub fn release(tx: &mut Tx<'_>, act: &Act, rules: &RuleSet, id: ReservationId) -> Result<(), BookingError> {
    let Some(held) = find(tx, id)?.filter(|held| held.state == State::Held) else { return Ok(()) };
    let (mut shifts, mut last) = (Vec::new(), None);
    for held in together(tx, &held)? {
        last = Some(end(tx, act, &held, State::Released, held.channel)?);
        shifts.push(Shift { slot: held.slot, channel: held.channel, take: false });
    }
    if let Some(recorded) = last {
        capacity::shift(tx, &recorded, rules, &shifts, &mut |_, _| Ok(Vec::new()))?;
    }
    Ok(())
}

/// 取消: frees the places, of all or of none. Cancelling twice is the same as once.
pub fn cancel(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    ids: &[ReservationId],
    by: Channel,
) -> Result<Vec<Reservation>, BookingError> {
    let (mut shifts, mut cancelled, mut last) = (Vec::new(), Vec::new(), None);
    let mut left = Bookings::new();
    for id in ids {
        let Some(booked) = find(tx, *id)? else { return Err(BookingError::NotFound) };
        if booked.state == State::Cancelled {
            cancelled.push(booked);
            continue;
        }
        may_leave(tx, act, rules, &booked)?;
        shifts.extend(offer::leave(tx, act, booked.id)?);
        let recorded = end(tx, act, &booked, State::Cancelled, by)?;
        if let Some(card) = booked.card {
            card::refresh_progress(tx, &recorded, card)?;
        }
        left.entry(contact::booking_of(&booked)).or_insert_with(|| booked.clone());
        shifts.push(Shift { slot: booked.slot.clone(), channel: booked.channel, take: false });
        cancelled.push(Reservation { state: State::Cancelled, version: booked.version + 1, ..booked });
        last = Some(recorded);
    }
    if let Some(recorded) = last {
        tell(tx, act, &recorded, left)?;
        capacity::shift(tx, &recorded, rules, &shifts, &mut |_, _| Ok(Vec::new()))?;
    }
    Ok(cancelled)
}

/// The bookings that an act changed, each with one of its reservations as it was before.
type Bookings = BTreeMap<ReservationId, Reservation>;

/// Tells by mail what became of bookings, where an address was given, and ends the wishes that wait for nothing any more.
fn tell(tx: &mut Tx<'_>, act: &Act, recorded: &Recorded, changed: Bookings) -> Result<()> {
    for (booking, reservation) in changed {
        contact::told(tx, act, recorded, &reservation)?;
        wish::after_change(tx, act, booking)?;
    }
    Ok(())
}

/// The booking of a reservation as it was shown: so many people, all of them booked. If it has others now, nothing is
/// done with people whom nobody saw.
pub(crate) fn as_shown(
    tx: &mut Tx<'_>,
    id: ReservationId,
    people: usize,
) -> Result<Vec<Reservation>, BookingError> {
    let Some(booked) = find(tx, id)? else { return Err(BookingError::NotFound) };
    if booked.state != State::Booked {
        return Err(WrongState { from: booked.state, wanted: State::Booked }.into());
    }
    let members = together(tx, &booked)?;
    if members.len() == people { Ok(members) } else { Err(BookingError::AnotherParty) }
}

/// 取消 of a whole booking, which was shown with so many people.
pub fn cancel_all(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    people: usize,
    by: Channel,
) -> Result<(), BookingError> {
    let ids: Vec<_> = as_shown(tx, id, people)?.iter().map(|member| member.id).collect();
    cancel(tx, act, rules, &ids, by).map(drop)
}

/// 変更 of a whole booking to the starts of a day, one for each person in their order. At no moment one of them has no
/// place.
pub fn move_all(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    day: Date,
    starts: &[Start],
    by: Channel,
) -> Result<(), BookingError> {
    let members = as_shown(tx, id, starts.len())?;
    relocate(tx, act, rules, &places::to_starts(members, day, starts), &How::asked(by)).map(drop)
}

/// How bookings are moved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How<'a> {
    /// By which way it was asked, or agreed to.
    pub(crate) by: Channel,
    /// Why it goes beyond the places of a slot, where it does.
    pub(crate) reason: Option<&'a str>,
    /// The places are those of an offer, and so taken already.
    pub(crate) is_offered: bool,
}

impl How<'_> {
    /// The citizen asks for another time.
    pub(crate) fn asked(by: Channel) -> Self {
        Self { by, reason: None, is_offered: false }
    }

    /// The citizen agreed to what was offered.
    pub(crate) fn offered(by: Channel) -> Self {
        Self { by, reason: None, is_offered: true }
    }
}

/// Moves bookings, all or none. Those who go to another day than the rest of their family leave its booking, and are
/// one booking among themselves. Who has no place any more, by no doing of their own, may always move.
pub(crate) fn relocate(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    moves: &[(ReservationId, Slot)],
    how: &How<'_>,
) -> Result<Vec<Reservation>, BookingError> {
    let (mut shifts, mut moved, mut last) = (Vec::new(), Vec::new(), None);
    let mut left = Bookings::new();
    let by = how.by;
    let forced = how.is_offered || by == Channel::Web && is_forced(tx, rules, moves)?;
    for (id, to) in moves {
        let Some(booked) = find(tx, *id)? else { return Err(BookingError::NotFound) };
        if booked.state != State::Booked {
            return Err(WrongState { from: booked.state, wanted: State::Booked }.into());
        }
        if booked.slot == *to {
            moved.push(booked);
            continue;
        }
        may_leave(tx, act, rules, &booked)?;
        if by == Channel::Web && !forced && booked.web_changes_left(rules, day_of(act.at)) == Some(0) {
            return Err(BookingError::NoMoreChanges);
        }
        still_open(tx, to)?;
        let card = booked.card;
        if let Some(card) = card {
            bookable(tx, card)?;
        }
        shifts.extend(offer::give_up(tx, act, &[*id], Withdrawal::Moved)?);
        let (from, channel) = (booked.slot.clone(), booked.channel);
        let entry =
            Entry::Moved { reservation: *id, card, from: from.clone(), to: to.clone(), channel, by, forced };
        let mut recorded = tx.record(act, &entry)?;
        let party = parting::party_after(tx, &booked, to, moves)?;
        if party != booked.party {
            let entry = Entry::PartyChanged { reservation: *id, card, from: booked.party, to: party };
            recorded = tx.record(act, &entry)?;
        }
        let on_web = u32::from(by == Channel::Web && !forced);
        if tx.execute(&MOVE, bind![to.day, to.start, party, on_web, id, booked.version])? == 0 {
            return Err(changed_meanwhile(tx, &MOVE));
        }
        left.entry(contact::booking_of(&booked)).or_insert_with(|| booked.clone());
        shifts.push(Shift { slot: from, channel, take: false });
        if !how.is_offered {
            shifts.push(Shift { slot: to.clone(), channel, take: true });
        }
        if let Some(changed) = parting::name_the_rest(tx, act, &booked, to, moves)? {
            recorded = changed;
        }
        let version = booked.version + 1;
        let (changes, web_changes) = (booked.changes + 1, booked.web_changes + on_web);
        let slot = to.clone();
        moved.push(Reservation { slot, party, version, over: false, changes, web_changes, ..booked });
        last = Some(recorded);
    }
    if let Some(recorded) = last {
        tell(tx, act, &recorded, left)?;
        places::take(tx, act, rules, &recorded, &shifts, &mut moved, how.reason)?;
    }
    Ok(moved)
}

/// Whether somebody of those who are moved has no place of their own any more.
fn is_forced(
    tx: &mut Tx<'_>,
    rules: &RuleSet,
    moves: &[(ReservationId, Slot)],
) -> Result<bool, BookingError> {
    for (id, _) in moves {
        if let Some(booked) = find(tx, *id)?
            && unplaced::is_undecided(tx, rules, &booked)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whom to add to a booking.
#[derive(Debug, Clone)]
pub struct Addition {
    /// The card.
    pub card: CardId,
    /// By which way it was asked.
    pub channel: Channel,
    /// The citizen's language, as a code.
    pub language: String,
    /// Who comes for it.
    pub visitor: Option<Visitor>,
}

/// Books one more card into a booking: in a slot that the family has, or directly after or before its slots.
///
/// [`BookingError::Full`] where none of them has a place.
pub fn add(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    id: ReservationId,
    addition: &Addition,
) -> Result<Reservation, BookingError> {
    let Some(booked) = find(tx, id)? else { return Err(BookingError::NotFound) };
    if booked.state != State::Booked {
        return Err(WrongState { from: booked.state, wanted: State::Booked }.into());
    }
    may_leave(tx, act, rules, &booked)?;
    still_open(tx, &booked.slot)?;
    let everyone = everyone(tx, &booked)?;
    let placed: Vec<&Reservation> = everyone.iter().filter(|member| member.state.takes_a_place()).collect();
    if placed.len() >= MOST_IN_PARTY {
        return Err(BookingError::PartyFull);
    }
    bookable(tx, addition.card)?;
    on_the_web(tx, act, rules, addition.card, addition.channel)?;
    // What is offered is offered to those who were of the booking then.
    let mut shifts = offer::give_up(tx, act, &[booked.id], Withdrawal::Party)?;
    give_back(tx, act, addition.card, &mut shifts)?;
    let starts: BTreeSet<Start> = placed.iter().map(|member| member.slot.start).collect();
    let Some(start) = beside(tx, act, rules, &booked.slot, &starts, addition.channel)? else {
        return Err(BookingError::Full);
    };
    let slot = Slot { start, ..booked.slot.clone() };
    // The one that was found stands for all: who adds, moves or cancels at this moment comes after.
    let party = booked.party.unwrap_or(booked.id);
    // A card comes into a booking of cards, not of renewals.
    if booked.card.is_none() {
        return Err(BookingError::NotFound);
    }
    if booked.party.is_none() {
        let entry =
            Entry::PartyChanged { reservation: booked.id, card: booked.card, from: None, to: Some(party) };
        tx.record(act, &entry)?;
        if tx.execute(&SET_PARTY, bind![party, booked.id, booked.version])? == 0 {
            return Err(changed_meanwhile(tx, &SET_PARTY));
        }
    }
    let new: ReservationId = tx.id(act);
    let together = Together { party: Some(party), visitor: addition.visitor, ..Together::default() };
    let entry = booked_entry(new, Some(addition.card), &slot, addition.channel, together);
    let recorded = tx.record(act, &entry)?;
    if booked.party.is_some() {
        for member in everyone.iter().filter(|member| member.state == State::Booked) {
            keep(tx, &recorded, member)?;
        }
    }
    let wish = Wish {
        card: addition.card,
        slot: slot.clone(),
        channel: addition.channel,
        language: addition.language.clone(),
    };
    let added = insert(tx, &recorded, keys, new, &wish, together, None)?;
    card::show_booked(tx, &recorded, addition.card)?;
    contact::told(tx, act, &recorded, &booked)?;
    shifts.push(Shift { slot, channel: addition.channel, take: true });
    capacity::shift(tx, &recorded, rules, &shifts, &mut |tx, slot| free_expired(tx, act, slot))?;
    Ok(added)
}

/// The first of a family's starts that has a place for this way of booking and has not begun, then the one directly after them, then the one
/// directly before.
fn beside(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    of: &Slot,
    starts: &BTreeSet<Start>,
    channel: Channel,
) -> Result<Option<Start>> {
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return Ok(None) };
    let after = Start::new(last.minutes() + SLOT_MINUTES).ok();
    let before = first.minutes().checked_sub(SLOT_MINUTES).and_then(|minutes| Start::new(minutes).ok());
    let used = capacity::used(tx, of.service, &of.site, of.day, of.day)?;
    let free = |start: &Start| {
        let used = used.iter().find(|(_, known, _)| known == start).map(|(_, _, used)| *used);
        let grant = rules.grant(of.service, &of.site, of.day, *start);
        grant.free(channel, act.at, used.unwrap_or_default()) > 0
            && instant_at(of.day, start.minutes()) > act.at
    };
    Ok(starts.iter().copied().chain(after).chain(before).find(free))
}

/// Changes who comes for a card, until its slot begins. Saying the same again changes nothing.
pub fn set_visitor(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReservationId,
    visitor: Option<Visitor>,
) -> Result<(), BookingError> {
    set_coming(tx, act, id, visitor, None)
}

/// [`set_visitor`], and of a renewal whether the PINs are known; none leaves what was said of them.
pub fn set_coming(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReservationId,
    visitor: Option<Visitor>,
    pins: Option<Pins>,
) -> Result<(), BookingError> {
    let Some(booked) = find(tx, id)? else { return Err(BookingError::NotFound) };
    if booked.state != State::Booked {
        return Err(WrongState { from: booked.state, wanted: State::Booked }.into());
    }
    let pins = pins.or(booked.pins);
    if booked.visitor == visitor && booked.pins == pins {
        return Ok(());
    }
    may_still_change(tx, act, &booked)?;
    if act.at >= instant_at(booked.slot.day, booked.slot.start.minutes()) {
        return Err(BookingError::TooLate);
    }
    let entry = Entry::VisitorChanged {
        reservation: id,
        card: booked.card,
        from: booked.visitor,
        to: visitor,
        pins_from: booked.pins,
        pins_to: pins,
    };
    let recorded = tx.record(act, &entry)?;
    if tx.execute(&SET_VISITOR, bind![visitor, pins, id, booked.version])? == 0 {
        return Err(changed_meanwhile(tx, &SET_VISITOR));
    }
    Ok(contact::told(tx, act, &recorded, &booked)?)
}
