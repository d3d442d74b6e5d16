//! Reservations of a former contractor: each line of its file takes a place like any other booking.
//!
//! A line has its effect once, however often its file comes: the reservation that it became is remembered by a keyed
//! hash of card, day and time. A place beyond those of a slot needs the person's word and is flagged; nothing is
//! dropped in silence.

use domain::card::Stage;
use domain::id::{CardId, ReservationId};
use domain::journal::{Entry, Slot};
use domain::number::ControlNumber;
use domain::opening::FormerNumber;
use domain::reservation::{Channel, State};
use domain::rules::RuleSet;
use domain::time::instant_at;

use crate::act::Act;
use crate::capacity::{self, Shift, ShiftError};
use crate::error::Error;
use crate::former::{self, Hashed, Kind};
use crate::keys::Keys;
use crate::reservation::party::booked_entry;
use crate::reservation::{
    BookingError, Together, Wish, end, flag_over, free_expired, insert, live_of, still_open,
};
use crate::statement::Statement;
use crate::tx::Tx;
use crate::{bind, card, statements};

statements! { "takeover":
    LOCK_CARD = "UPDATE card SET progress = progress WHERE id = $1";
}

/// How many lines are taken in one transaction: well under 20 ms of writing.
pub const CHUNK: usize = 20;

/// A line of the file.
#[derive(Debug, Clone)]
pub struct Line {
    /// What the former system called the card.
    pub former: Option<FormerNumber>,
    /// The same as our 管理番号, if it is one.
    pub control: Option<ControlNumber>,
    /// Which slot.
    pub slot: Slot,
    /// In whose count.
    pub channel: Channel,
    /// The number that the former system gave the reservation.
    pub number: Option<FormerNumber>,
}

/// Why a line was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No card is known by the number.
    UnknownCard,
    /// The card is at a stage that has no reservation.
    NotBookable(Stage),
    /// The card has a reservation at another time.
    BookedElsewhere,
    /// The time has passed.
    Past,
    /// The slot grants nothing: closed, or no start of a slot.
    NoSlot,
    /// The day was closed.
    DayClosed,
    /// Every place is taken, and nobody allowed more.
    Full,
    /// The former number of the reservation belongs to another one.
    NumberTaken,
}

/// What a line came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is a reservation now.
    Taken {
        /// For which card.
        card: CardId,
        /// Which.
        reservation: ReservationId,
        /// Whether it takes a place beyond those of its slot.
        over: bool,
    },
    /// It was taken before.
    Already {
        /// For which card.
        card: CardId,
        /// Which.
        reservation: ReservationId,
    },
    /// It was not taken.
    Refused(Refused),
}

/// Takes some lines, in their order. `over` allows places beyond those of a slot.
pub fn take(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    lines: &[Line],
    over: bool,
) -> Result<Vec<Outcome>, BookingError> {
    // Whether a slot has room is said of these rules.
    if capacity::epoch_for_share(tx)? != rules.epoch() {
        return Err(BookingError::StaleRules);
    }
    lines.iter().map(|line| one(tx, act, keys, rules, line, over)).collect()
}

fn one(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    line: &Line,
    over: bool,
) -> Result<Outcome, BookingError> {
    let refused = |why| Ok(Outcome::Refused(why));
    let Some(id) = card_of(tx, keys, line)? else { return refused(Refused::UnknownCard) };
    // Who takes the same card at this moment comes after.
    tx.execute_one(&LOCK_CARD, bind![id])?;
    let slot = &line.slot;
    let name = format!("{id}/{}/{}", slot.business_day(), slot.start);
    if let Some(reservation) = former::of_line(tx, keys, &name)? {
        return Ok(Outcome::Already { card: id, reservation });
    }
    if instant_at(slot.day, slot.start.minutes()) < act.at {
        return refused(Refused::Past);
    }
    let Some(card) = card::find(tx, id)? else { return refused(Refused::UnknownCard) };
    if card.stage != Stage::Notified {
        return refused(Refused::NotBookable(card.stage));
    }
    match still_open(tx, slot) {
        Err(BookingError::DayClosed) => return refused(Refused::DayClosed),
        other => other?,
    }
    let live = live_of(tx, id)?;
    if live.as_ref().is_some_and(|live| live.state == State::Booked) {
        return refused(Refused::BookedElsewhere);
    }
    let number = match &line.number {
        Some(number) if former::reservation(tx, keys, Some(number))?.is_some() => {
            return refused(Refused::NumberTaken);
        }
        Some(number) => Some(former::hashed(keys, Kind::Reservation, number)?),
        None => None,
    };
    let room = capacity::room(tx, rules, slot)?;
    if room.places == 0 {
        return refused(Refused::NoSlot);
    }
    // A hold of the same card in the slot is given back with the booking.
    let own = live.as_ref().is_some_and(|live| live.slot == *slot);
    let is_over = room.is_full() && !own && !has_expired(tx, act, slot)?;
    if is_over && !over {
        return refused(Refused::Full);
    }
    let reservation = book(tx, act, keys, rules, &Wanted { line, id, name: &name, number, is_over })?;
    Ok(Outcome::Taken { card: id, reservation, over: is_over })
}

struct Wanted<'a> {
    line: &'a Line,
    id: CardId,
    name: &'a str,
    number: Option<Hashed>,
    is_over: bool,
}

fn book(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wanted: &Wanted<'_>,
) -> Result<ReservationId, BookingError> {
    let Wanted { line, id, name, number, is_over } = *wanted;
    let mut shifts = Vec::new();
    let mut released = None;
    if let Some(live) = live_of(tx, id)? {
        released = Some(end(tx, act, &live, State::Released, live.channel)?);
        shifts.push(Shift { slot: live.slot.clone(), channel: live.channel, take: false });
    }
    let (slot, channel) = (line.slot.clone(), line.channel);
    let reservation: ReservationId = tx.id(act);
    let booked = booked_entry(reservation, Some(id), &slot, channel, Together::default());
    let recorded = tx.record(act, &booked)?;
    tx.record(act, &Entry::ReservationTakenOver { reservation, card: id, over: is_over })?;
    let wish = Wish { card: id, slot: slot.clone(), channel, language: "ja".to_owned() };
    insert(tx, &recorded, keys, reservation, &wish, Together::default(), None)?;
    former::keep_reservation(tx, keys, reservation, name, number)?;
    card::refresh_progress(tx, &recorded, id)?;
    if !is_over {
        shifts.push(Shift { slot: slot.clone(), channel, take: true });
    }
    // They were promised elsewhere: no share keeps them out.
    let shifted =
        capacity::shift_within_all(tx, &released.unwrap_or(recorded), rules, &shifts, &mut |tx, slot| {
            free_expired(tx, act, slot)
        });
    let shifted = match shifted {
        Ok(()) if is_over => capacity::take_beyond(tx, &recorded, rules, &slot, channel),
        other => other,
    };
    if is_over && shifted.is_ok() {
        flag_over(tx, &recorded, reservation)?;
    }
    match shifted {
        Err(ShiftError::Full(_)) => {
            // Somebody took or freed the last place since this was looked up; all of it is run again.
            let statement: &'static Statement = &LOCK_CARD;
            tx.run_again(statement);
            Err(BookingError::Store(Error::Conflict))
        }
        other => {
            other?;
            Ok(reservation)
        }
    }
}

/// Whether the slot is full only because of holds that ran out, which the booking frees.
fn has_expired(tx: &mut Tx<'_>, act: &Act, slot: &Slot) -> Result<bool, BookingError> {
    Ok(crate::reservation::expired_in(tx, slot, act.at)? > 0)
}

fn card_of(tx: &mut Tx<'_>, keys: &Keys, line: &Line) -> Result<Option<CardId>, Error> {
    let former = match &line.former {
        Some(number) => former::card(tx, keys, number)?,
        None => None,
    };
    match (former, line.control) {
        (None, Some(control)) => card::by_control_number(tx, control),
        (former, _) => Ok(former),
    }
}
