//! Offers: places that are held for a booking that has one elsewhere, until its citizen answers or the deadline is over.
//!
//! A held place is taken in its slot like any other ([`crate::capacity`]), in the count of the way by which the booking
//! was made, so nobody else gets it. The booking itself is touched by nothing but its acceptance ([`answer`]).

pub mod answer;
pub mod bulk;
pub mod chosen;
pub mod list;

use domain::id::{OfferId, OfferingId, ReservationId};
use domain::journal::{Entry, Slot};
use domain::offer::{Proposed, Reason, State, Withdrawal};
use domain::reservation::{Channel, WrongState};
use domain::rules::RuleSet;
use jiff::Timestamp;

use crate::act::Act;
use crate::capacity::{self, Shift};
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::reservation::{self, BookingError, Reservation, party, still_open};
use crate::tx::{Reader, Tx};
use crate::value::{Column, Row, Value};
use crate::{bind, contact, reception, statements};

statements! { "offer":
    INSERT = "INSERT INTO offer (id, booking_id, offering_id, reason, state, until, made_at, ended_at, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    INSERT_PLACE = "INSERT INTO offer_place (offer_id, reservation_id, state, channel, service, site, day, start,
        from_day, from_start) VALUES ($1, $2, 'held', $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    FIND = "SELECT id, booking_id, offering_id, reason, state, until, made_at, ended_at FROM offer WHERE id = $1";
    PLACES = "SELECT reservation_id, state, channel, service, site, day, start, from_day, from_start
        FROM offer_place WHERE offer_id = $1 ORDER BY reservation_id";
    HELD_FOR = "SELECT offer_id FROM offer_place WHERE reservation_id = $1 AND state = 'held'";
    LAST_OF = "SELECT id, booking_id, offering_id, reason, state, until, made_at, ended_at FROM offer
        WHERE booking_id = $1 ORDER BY id DESC LIMIT 1";
    END = "UPDATE offer SET state = $1, ended_at = $2 WHERE id = $3 AND state = 'open'";
    END_PLACES = "UPDATE offer_place SET state = $1 WHERE offer_id = $2 AND state = 'held'";
    FREE_PLACE = "UPDATE offer_place SET state = 'freed'
        WHERE offer_id = $1 AND reservation_id = $2 AND state = 'held'";
    RAN_OUT = "SELECT id FROM offer WHERE state = 'open' AND until < $1 ORDER BY until, id LIMIT $2";
    RAN_OUT_IN_SLOT = "SELECT DISTINCT o.id AS id FROM offer_place p JOIN offer o ON o.id = p.offer_id
        WHERE p.service = $1 AND p.site = $2 AND p.day = $3 AND p.start = $4 AND p.state = 'held' AND o.until < $5
        ORDER BY o.id";
}

/// What became of a place of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// It is held.
    Held,
    /// The reservation moved to it.
    Taken,
    /// It was given back.
    Freed,
}

impl Column for Holding {
    fn read(value: &Value) -> std::result::Result<Self, String> {
        match String::read(value)?.as_str() {
            "held" => Ok(Self::Held),
            "taken" => Ok(Self::Taken),
            "freed" => Ok(Self::Freed),
            _ => Err("no state of an offered place".to_owned()),
        }
    }
}

/// A place that is or was held for a reservation.
#[derive(Debug, Clone)]
pub struct Place {
    /// For which.
    pub reservation: ReservationId,
    /// What became of it.
    pub holding: Holding,
    /// In whose count it stands.
    pub channel: Channel,
    /// Where the reservation was when it was offered.
    pub from: Slot,
    /// The place.
    pub to: Slot,
}

/// An offer.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// The booking: the first of its reservations.
    pub booking: ReservationId,
    /// With which others it was made; none: alone.
    pub offering: Option<OfferingId>,
    /// Why.
    pub reason: Reason,
    /// How it stands. Whoever shows it asks [`Offer::seen`].
    pub state: State,
    /// Until when the places are held.
    pub until: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The places, in the order of the booking; none where there was none to be had.
    pub places: Vec<Place>,
}

impl Offer {
    /// How it stands at an instant, also before the job came round.
    pub fn seen(&self, now: Timestamp) -> State {
        self.state.seen(self.until, now)
    }

    /// The places that still stand for somebody: held, or taken.
    pub fn standing(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| place.holding != Holding::Freed)
    }

    /// Whether each of its places is one that the rules still grant.
    pub fn is_granted(&self, rules: &RuleSet) -> bool {
        self.standing().all(|place| {
            let Slot { service, site, day, start } = &place.to;
            rules.grant(*service, site, *day, *start).places > 0
        })
    }
}

/// Why an offer was not made or answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// There is no such offer.
    #[error("not found")]
    NotFound,
    /// It was answered, withdrawn, or ran out before.
    #[error("the offer is {0} already")]
    Ended(State),
    /// Somebody of the booking would be offered the slot in which they are.
    #[error("a place is the one that the reservation has")]
    SamePlace,
    /// The places would be held until the day on which they are, or until a moment that is over.
    #[error("the deadline does not come before the day of the places")]
    TooLong,
    /// The rules grant nothing any more where the places are held.
    #[error("the places that are held are closed by now")]
    PlaceClosed,
    /// The booking does not allow it.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn offer(row: &Row<'_>) -> Result<Offer> {
    Ok(Offer {
        id: row.get("id")?,
        booking: row.get("booking_id")?,
        offering: row.get("offering_id")?,
        reason: row.get("reason")?,
        state: row.get("state")?,
        until: row.get("until")?,
        made_at: row.get("made_at")?,
        ended_at: row.get("ended_at")?,
        places: Vec::new(),
    })
}

fn place(row: &Row<'_>) -> Result<Place> {
    let to = Slot {
        service: row.get("service")?,
        site: row.get("site")?,
        day: row.get("day")?,
        start: row.get("start")?,
    };
    Ok(Place {
        reservation: row.get("reservation_id")?,
        holding: row.get("state")?,
        channel: row.get("channel")?,
        from: Slot { day: row.get("from_day")?, start: row.get("from_start")?, ..to.clone() },
        to,
    })
}

fn with_places(reader: &mut Reader<'_>, found: Option<Offer>) -> Result<Option<Offer>> {
    let Some(found) = found else { return Ok(None) };
    let places = reader.rows(&PLACES, bind![found.id], place)?;
    Ok(Some(Offer { places, ..found }))
}

/// An offer by its id.
pub fn find(reader: &mut Reader<'_>, id: OfferId) -> Result<Option<Offer>> {
    let found = reader.row(&FIND, bind![id], offer)?;
    with_places(reader, found)
}

/// The offer that holds a place for a reservation, also after its deadline if the job did not come round yet.
pub fn open_of(reader: &mut Reader<'_>, reservation: ReservationId) -> Result<Option<Offer>> {
    let held: Option<OfferId> = reader.row(&HELD_FOR, bind![reservation], |row| row.get("offer_id"))?;
    match held {
        Some(id) => find(reader, id),
        None => Ok(None),
    }
}

/// The last offer of a booking, however it stands.
pub fn last_of(reader: &mut Reader<'_>, of: &Reservation) -> Result<Option<Offer>> {
    let found = reader.row(&LAST_OF, bind![contact::booking_of(of)], offer)?;
    with_places(reader, found)
}

/// What is to be offered: a place for each of a booking.
#[derive(Debug, Clone)]
pub struct Making {
    /// For whom which place.
    pub places: Vec<(ReservationId, Slot)>,
    /// Why.
    pub reason: Reason,
    /// Until when they are held.
    pub until: Timestamp,
    /// With which others; none: alone.
    pub offering: Option<OfferingId>,
}

/// Holds places for a whole booking, for everybody of it or nobody, and offers them; tells by mail where an address was
/// given. An offer that is open before it ends in its favour.
///
/// Who cannot stay where they are may have any place of a slot; who only wishes for another day has the places that
/// their way of booking may have.
pub fn make(tx: &mut Tx<'_>, act: &Act, rules: &RuleSet, making: &Making) -> Result<OfferId, OfferError> {
    let Some((first, _)) = making.places.first() else { return Err(OfferError::NotFound) };
    let people = party::as_shown(tx, *first, making.places.len())?;
    let mut places = Vec::new();
    for person in &people {
        let Some((_, to)) = making.places.iter().find(|(id, _)| *id == person.id) else {
            return Err(BookingError::AnotherParty.into());
        };
        if *to == person.slot {
            // It would take two places of one slot, and its acceptance would move nobody.
            return Err(OfferError::SamePlace);
        }
        if reception::of_reservation(tx, person.id)?.is_some() {
            return Err(BookingError::Received.into());
        }
        still_open(tx, to)?;
        let (reservation, card) = (person.id, person.card);
        places.push(Proposed { reservation, card, from: person.slot.clone(), to: to.clone() });
    }
    let ids: Vec<ReservationId> = people.iter().map(|person| person.id).collect();
    let mut shifts = give_up(tx, act, &ids, Withdrawal::Replaced)?;
    let id: OfferId = tx.id(act);
    let entry = Entry::PlacesOffered {
        offer: id,
        places: places.clone(),
        reason: making.reason,
        until: making.until,
        offering: making.offering,
    };
    let recorded = tx.record(act, &entry)?;
    let Some(one) = people.first() else { return Err(OfferError::NotFound) };
    insert(tx, &recorded, id, contact::booking_of(one), making, State::Open)?;
    for (person, place) in people.iter().zip(&places) {
        let (Slot { service, site, day, start }, from) = (&place.to, &place.from);
        let inserted = tx.execute(
            &INSERT_PLACE,
            bind![id, person.id, person.channel, service, site, day, start, from.day, from.start],
        )?;
        if inserted == 0 {
            tx.run_again(&INSERT_PLACE);
            return Err(Error::Conflict.into());
        }
        // Who moves or ends it at this moment comes after, and then finds the offer.
        reservation::keep(tx, &recorded, person)?;
        shifts.push(Shift { slot: place.to.clone(), channel: person.channel, take: true });
    }
    contact::offered(tx, act, &recorded, one)?;
    let mut full = |tx: &mut Tx<'_>, slot: &Slot| reservation::free_expired(tx, act, slot);
    let taken = if making.reason.is_forced() {
        capacity::shift_within_all(tx, &recorded, rules, &shifts, &mut full)
    } else {
        capacity::shift(tx, &recorded, rules, &shifts, &mut full)
    };
    taken.map_err(BookingError::from)?;
    Ok(id)
}

/// Writes down that there was no other place for a booking.
pub(crate) fn no_place(
    tx: &mut Tx<'_>,
    act: &Act,
    one: &Reservation,
    reservations: Vec<ReservationId>,
    making: &Making,
) -> Result<OfferId, OfferError> {
    let id: OfferId = tx.id(act);
    let (reason, offering) = (making.reason, making.offering);
    let entry = Entry::NoPlaceFound { offer: id, reservations, reason, offering };
    let recorded = tx.record(act, &entry)?;
    insert(tx, &recorded, id, contact::booking_of(one), making, State::NoPlace)?;
    Ok(id)
}

fn insert(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    id: OfferId,
    booking: ReservationId,
    making: &Making,
    state: State,
) -> Result<()> {
    let ended = (state != State::Open).then(|| recorded.at());
    let Making { reason, until, offering, .. } = making;
    let inserted = tx.execute(
        &INSERT,
        bind![id, booking, offering, reason, state, until, recorded.at(), ended, recorded.entry()],
    )?;
    if inserted == 0 {
        // Somebody else offered something to the booking at this moment.
        tx.run_again(&INSERT);
        return Err(Error::Conflict);
    }
    Ok(())
}

/// Ends an open offer and answers the places that are to be given back. Another who ended it at this moment was first:
/// then all of this one is run again on what is true now.
fn end(tx: &mut Tx<'_>, recorded: &Recorded, offer: &Offer, state: State) -> Result<Vec<Shift>> {
    if tx.execute(&END, bind![state, recorded.at(), offer.id])? == 0 {
        tx.run_again(&END);
        return Err(Error::Conflict);
    }
    let places = if state == State::Accepted { "taken" } else { "freed" };
    tx.execute(&END_PLACES, bind![places, offer.id])?;
    let held = offer.places.iter().filter(|place| place.holding == Holding::Held);
    Ok(held.map(|place| Shift { slot: place.to.clone(), channel: place.channel, take: false }).collect())
}

fn everyone(offer: &Offer) -> Vec<ReservationId> {
    offer.standing().map(|place| place.reservation).collect()
}

/// Ends what is offered to reservations that go another way, and answers the places that their caller gives back.
pub(crate) fn give_up(
    tx: &mut Tx<'_>,
    act: &Act,
    ids: &[ReservationId],
    why: Withdrawal,
) -> Result<Vec<Shift>> {
    let mut freed = Vec::new();
    for id in ids {
        let Some(open) = open_of(tx, *id)? else { continue };
        let entry = Entry::OfferWithdrawn { offer: open.id, reservations: everyone(&open), why };
        let recorded = tx.record(act, &entry)?;
        freed.extend(end(tx, &recorded, &open, State::Withdrawn)?);
    }
    Ok(freed)
}

/// Gives up the places of those who leave their booking; the rest of the family keeps its offer.
pub(crate) fn leave(tx: &mut Tx<'_>, act: &Act, id: ReservationId) -> Result<Vec<Shift>> {
    let Some(open) = open_of(tx, id)? else { return Ok(Vec::new()) };
    let mine = |place: &&Place| place.reservation == id && place.holding == Holding::Held;
    let Some(place) = open.places.iter().find(mine) else { return Ok(Vec::new()) };
    if open.standing().count() == 1 {
        return give_up(tx, act, &[id], Withdrawal::Ended);
    }
    if tx.execute(&FREE_PLACE, bind![open.id, id])? == 0 {
        tx.run_again(&FREE_PLACE);
        return Err(Error::Conflict);
    }
    Ok(vec![Shift { slot: place.to.clone(), channel: place.channel, take: false }])
}

/// [`give_up`] for a reservation whose visitor came or whose day ended, at once.
pub(crate) fn give_up_now(
    tx: &mut Tx<'_>,
    act: &Act,
    recorded: &Recorded,
    id: ReservationId,
    why: Withdrawal,
) -> Result<()> {
    let freed = give_up(tx, act, &[id], why)?;
    capacity::give_back(tx, recorded, &freed)
}

/// Whether a reservation waits for the answer to an offer without which it cannot be kept: then nobody can say that its
/// visitor did not come.
pub(crate) fn waits(reader: &mut Reader<'_>, id: ReservationId, now: Timestamp) -> Result<bool> {
    let open = open_of(reader, id)?;
    Ok(open.is_some_and(|open| open.reason.is_forced() && open.seen(now) == State::Open))
}

/// Frees the places of offers that nobody answered in time, at most `limit` offers; the job that runs every minute.
/// Answers how many.
pub fn expire(tx: &mut Tx<'_>, act: &Act, limit: u32) -> Result<u32> {
    let ids: Vec<OfferId> = tx.rows(&RAN_OUT, bind![act.at, limit], |row| row.get("id"))?;
    let (mut freed, mut last) = (Vec::new(), None);
    for id in &ids {
        let (recorded, places) = ran_out(tx, act, *id)?;
        freed.extend(places);
        last = Some(recorded);
    }
    if let Some(recorded) = last {
        capacity::give_back(tx, &recorded, &freed)?;
    }
    Ok(u32::try_from(ids.len()).unwrap_or(limit))
}

fn ran_out(tx: &mut Tx<'_>, act: &Act, id: OfferId) -> Result<(Recorded, Vec<Shift>)> {
    let Some(open) = find(tx, id)? else { return Err(Error::Broken(format!("no offer {id}"))) };
    let recorded = tx.record(act, &Entry::OfferExpired { offer: id, reservations: everyone(&open) })?;
    let freed = end(tx, &recorded, &open, State::Expired)?;
    Ok((recorded, freed))
}

/// Ends the offers that hold places of a slot beyond their deadline, and answers in whose counts these stood; what they
/// held elsewhere is given back here.
pub(crate) fn free_expired(tx: &mut Tx<'_>, act: &Act, slot: &Slot) -> Result<Vec<Channel>> {
    let Slot { service, site, day, start } = slot;
    let ids: Vec<OfferId> =
        tx.rows(&RAN_OUT_IN_SLOT, bind![service, site, day, start, act.at], |row| row.get("id"))?;
    let mut channels = Vec::new();
    for id in ids {
        let (recorded, freed) = ran_out(tx, act, id)?;
        let (here, elsewhere): (Vec<Shift>, Vec<Shift>) =
            freed.into_iter().partition(|place| place.slot == *slot);
        capacity::give_back(tx, &recorded, &elsewhere)?;
        channels.extend(here.into_iter().map(|place| place.channel));
    }
    Ok(channels)
}

impl From<WrongState> for OfferError {
    fn from(wrong: WrongState) -> Self {
        Self::Booking(wrong.into())
    }
}
