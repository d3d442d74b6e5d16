//! Wishes for an earlier day: left for a booking that has a place, changed, taken back, and ended when they are met or their
//! booking is over. A wish touches nothing of its booking; what is offered to it is an offer like any other
//! ([`crate::offer`]). Whose turn it is stands in [`turn`].

pub mod list;
pub mod turn;

use domain::id::{ReservationId, WishId};
use domain::journal::Entry;
use domain::offer::{Reason, Withdrawal};
use domain::reservation::State as Reserved;
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::day_of;
use domain::wish::{State, Wish};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::reservation::{self, BookingError, Reservation, by_staff, party};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, capacity, contact, offer, reception, statements};

statements! { "wish":
    LEAVE = "INSERT INTO wish (id, booking_id, service, site, from_day, until_day, weekdays, times, state, left_at,
        ended_at, entry_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, NULL, $10) ON CONFLICT DO NOTHING";
    OPEN_OF = "SELECT id, booking_id, from_day, until_day, weekdays, times, left_at FROM wish
        WHERE booking_id = $1 AND state = 'open'";
    AHEAD = "SELECT COUNT(*) AS n FROM wish WHERE service = $1 AND site = $2 AND state = 'open' AND id < $3";
    COUNT = "SELECT COUNT(*) AS n FROM wish WHERE service = $1 AND site = $2 AND state = 'open'";
    END = "UPDATE wish SET state = $1, ended_at = $2 WHERE id = $3 AND state = 'open'";
}

/// A wish that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its id; in the order of these they are served.
    pub id: WishId,
    /// The booking that would rather come earlier.
    pub booking: ReservationId,
    /// What is wished.
    pub wish: Wish,
    /// When it was left.
    pub left_at: Timestamp,
}

/// Why a wish was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WishError {
    /// The city takes no wishes.
    #[error("wishes are not taken")]
    NotTaken,
    /// There is no such booking, or nobody of it has a place to come to.
    #[error("not found")]
    NotFound,
    /// No open day of it is before that of the booking and can still be booked on the web.
    #[error("no day is left that is earlier")]
    NoDay,
    /// The booking changed at this moment.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn waiting(row: &Row<'_>) -> Result<Waiting> {
    let wish = Wish {
        from: row.get("from_day")?,
        until: row.get("until_day")?,
        weekdays: row.get("weekdays")?,
        times: row.get("times")?,
    };
    Ok(Waiting { id: row.get("id")?, booking: row.get("booking_id")?, wish, left_at: row.get("left_at")? })
}

/// The wish of a booking, by its name, that waits.
fn open_by(reader: &mut Reader<'_>, booking: ReservationId) -> Result<Option<Waiting>> {
    reader.row(&OPEN_OF, bind![booking], waiting)
}

/// The wish that waits for the booking of a reservation.
pub fn open_of(reader: &mut Reader<'_>, of: &Reservation) -> Result<Option<Waiting>> {
    open_by(reader, contact::booking_of(of))
}

/// How many wishes of the same counter came before one and wait too.
pub fn ahead(reader: &mut Reader<'_>, service: Service, site: &SiteCode, id: WishId) -> Result<u32> {
    reader.one(&AHEAD, bind![service, site, id], |row| row.get("n"))
}

/// How many wishes wait, at all counters together.
pub fn waiting_count(reader: &mut Reader<'_>) -> Result<u32> {
    let counters = turn::counters(reader)?;
    let count = |(service, site): (Service, SiteCode)| {
        reader.one(&COUNT, bind![service, site], |row| row.get::<u32>("n"))
    };
    counters.into_iter().map(count).sum()
}

/// The days that a booking of a day can wish for now: those that the web still books and that are earlier. None: there is
/// none, or no wishes are taken.
pub fn window(rules: &RuleSet, of: &Reservation, now: Timestamp) -> Option<(Date, Date)> {
    let (service, site) = (of.slot.service, &of.slot.site);
    if !rules.takes_wishes(service, day_of(now)) {
        return None;
    }
    let first = rules.bookable_days(service, site, now, None)?.first;
    let last = rules.previous_open_day(service, site, of.slot.day)?;
    (first <= last).then_some((first, last))
}

/// The open days of [`window`] on which everybody of a booking may come: none is before the first visit that the posting of
/// their letters allows.
pub fn days(reader: &mut Reader<'_>, rules: &RuleSet, of: &Reservation, now: Timestamp) -> Result<Vec<Date>> {
    let Some((mut first, last)) = window(rules, of, now) else { return Ok(Vec::new()) };
    for person in party::together(reader, of)? {
        if let Some(opens) = by_staff::opens(reader, rules, person.card, &of.slot)? {
            first = first.max(opens);
        }
    }
    let days = first.series(1.day()).take_while(|day| *day <= last);
    Ok(days.filter(|day| rules.is_open(of.slot.service, &of.slot.site, *day)).collect())
}

/// Leaves a wish for the booking of a reservation. One that waits for it ends in its favour, and so does its turn.
pub fn leave(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    wanted: &Wish,
) -> Result<WishId, WishError> {
    let Some(found) = reservation::find(tx, id)? else { return Err(WishError::NotFound) };
    let booked = party::speaker(tx, &found)?;
    if booked.state != Reserved::Booked || reception::of_reservation(tx, booked.id)?.is_some() {
        return Err(WishError::NotFound);
    }
    let (service, site) = (booked.slot.service, &booked.slot.site);
    if !rules.takes_wishes(service, day_of(act.at)) {
        return Err(WishError::NotTaken);
    }
    if capacity::epoch_for_share(tx)? != rules.epoch() {
        return Err(BookingError::StaleRules.into());
    }
    let days = days(tx, rules, &booked, act.at)?;
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Err(WishError::NoDay) };
    let wish = Wish { from: wanted.from.max(*first), until: wanted.until.min(*last), ..*wanted };
    if !days.iter().any(|day| wish.has(*day)) {
        return Err(WishError::NoDay);
    }
    let booking = contact::booking_of(&booked);
    end_of(tx, act, booking, State::Replaced)?;
    let new: WishId = tx.id(act);
    let recorded = tx.record(act, &Entry::WishLeft { wish: new, reservation: booking, wanted: wish })?;
    let Wish { from, until, weekdays, times } = wish;
    let inserted = tx.execute(
        &LEAVE,
        bind![new, booking, service, site, from, until, weekdays, times, act.at, recorded.entry()],
    )?;
    if inserted == 0 {
        // Another tab left one at this moment.
        tx.run_again(&LEAVE);
        return Err(Error::Conflict.into());
    }
    // Who cancels or moves the booking at this moment comes before all of this, or finds the wish.
    reservation::keep(tx, &recorded, &booked)?;
    Ok(new)
}

/// Takes the wish of a reservation's booking back, and with it the places that are held for it. Without one nothing is done.
pub fn withdraw(tx: &mut Tx<'_>, act: &Act, id: ReservationId) -> Result<(), WishError> {
    let Some(found) = reservation::find(tx, id)? else { return Err(WishError::NotFound) };
    let booking = contact::booking_of(&found);
    let Some(recorded) = end_of(tx, act, booking, State::Withdrawn)? else { return Ok(()) };
    let people = party::of_booking(tx, booking)?;
    let mut freed = Vec::new();
    for person in people.iter().filter(|person| person.state == Reserved::Booked) {
        let open = offer::open_of(tx, person.id)?;
        if open.is_some_and(|open| open.reason == Reason::Wish) {
            freed.extend(offer::give_up(tx, act, &[person.id], Withdrawal::Wish)?);
        }
    }
    Ok(capacity::give_back(tx, &recorded, &freed)?)
}

/// Ends the wish of a booking, if it has one.
pub(crate) fn end_of(
    tx: &mut Tx<'_>,
    act: &Act,
    booking: ReservationId,
    state: State,
) -> Result<Option<Recorded>> {
    match open_by(tx, booking)? {
        Some(open) => end(tx, act, &open, state).map(Some),
        None => Ok(None),
    }
}

fn end(tx: &mut Tx<'_>, act: &Act, open: &Waiting, state: State) -> Result<Recorded> {
    let entry = Entry::WishEnded { wish: open.id, reservation: open.booking, state };
    let recorded = tx.record(act, &entry)?;
    if tx.execute(&END, bind![state, act.at, open.id])? == 0 {
        // Another ended it at this moment: all of this is run again on what is true now.
        tx.run_again(&END);
        return Err(Error::Conflict);
    }
    Ok(recorded)
}

/// After a booking was moved or somebody of it cancelled: its wish ends where nobody has a place any more, or where they
/// come as early as they wished.
pub(crate) fn after_change(tx: &mut Tx<'_>, act: &Act, booking: ReservationId) -> Result<()> {
    let Some(open) = open_by(tx, booking)? else { return Ok(()) };
    let people = party::of_booking(tx, booking)?;
    let booked = people.iter().filter(|person| person.state == Reserved::Booked);
    if booked.map(|person| person.slot.day).min().is_none_or(|day| day <= open.wish.from) {
        end(tx, act, &open, State::Ended)?;
    }
    Ok(())
}
