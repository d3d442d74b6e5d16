//! Holding places for all whom a change of the rules left without one: planned from a snapshot, done in small portions
//! that hold nobody up, and taken up again where it was if the program ended between two of them.
//!
//! What is done is known from the offers themselves: each names the work it belongs to, and a booking has at most one of
//! each. So whoever goes on, and however often, no booking is offered twice.

use std::collections::btree_map::Entry as Slots;
use std::collections::{BTreeMap, BTreeSet};

use domain::id::{OfferId, OfferingId, ReservationId};
use domain::journal::{Actor, Entry, Slot};
use domain::offer::{FreePlaces, Reason, State as Standing, Work};
use domain::reservation::State;
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::{Start, day_of};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Making, OfferError, list, make, no_place};
use crate::act::Act;
use crate::capacity;
use crate::error::{Error, Result};
use crate::reservation::{self, BookingError, Reservation, by_staff, party, unplaced};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, reception, statements};

statements! { "offer.bulk":
    BEGIN = "INSERT INTO offering (id, state, until, chosen, actor, begun_at, entry_id)
        VALUES ($1, 'running', $2, $3, $4, $5, $6)";
    RUNNING = "SELECT id, state, until, chosen, actor, begun_at FROM offering WHERE state = 'running' ORDER BY id LIMIT 1";
    END = "UPDATE offering SET state = 'done' WHERE id = $1 AND state = 'running'";
    OFFERED = "SELECT booking_id, state FROM offer WHERE offering_id = $1 ORDER BY booking_id";
    HAS_OFFER = "SELECT id FROM offer WHERE offering_id = $1 AND booking_id = $2";
}

/// Bookings for which places are held in one transaction: few, so that nobody waits for them for long.
pub const PORTION: usize = 5;
/// Bookings that are planned from one snapshot.
const PLANNED: usize = 40;
/// How far ahead bookings without a place are looked for; nobody books further.
const DAYS: i32 = 366;
/// How long an answer that was no is remembered: who declined is asked again only by name.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(60 * 24);
/// More offers than a city makes in that time.
const MOST: u32 = 20_000;

/// The work: which bookings, and until when the offers stand.
#[derive(Debug, Clone)]
pub struct Offering {
    /// Its id.
    pub id: OfferingId,
    /// Whether it is done.
    pub state: Work,
    /// Until when the places are held.
    pub until: Timestamp,
    /// The reservations that a person chose; none: everybody without a place to whom nothing is offered.
    pub chosen: Option<Vec<ReservationId>>,
    /// Who began it, and stands in the journal for all of it.
    pub actor: Actor,
    /// When.
    pub begun_at: Timestamp,
}

/// A booking with what is to be offered to it.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Its people, as they were when it was planned.
    people: Vec<Reservation>,
    /// Why.
    reason: Reason,
    /// The day and the start of each; none: there is no place.
    places: Option<Vec<(ReservationId, Slot)>>,
}

/// Begins to hold places.
pub fn begin(
    tx: &mut Tx<'_>,
    act: &Act,
    until: Timestamp,
    chosen: Option<&[ReservationId]>,
) -> Result<OfferingId> {
    let id: OfferingId = tx.id(act);
    let recorded = tx.record(act, &Entry::OfferingBegun { offering: id, until })?;
    let chosen = chosen.map(|ids| {
        // Ids are separated by blanks, as in the register of views.
        ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    });
    tx.execute_one(&BEGIN, bind![id, until, chosen, act.actor, act.at, recorded.entry()])?;
    Ok(id)
}

/// The oldest work that is not done.
pub fn running(reader: &mut Reader<'_>) -> Result<Option<Offering>> {
    reader.row(&RUNNING, bind![], |row| {
        let chosen: Option<String> = row.get("chosen")?;
        let read = |id: &str| {
            id.parse::<ReservationId>()
                .map_err(|error| Error::Broken(format!("a chosen reservation: {error}")))
        };
        Ok(Offering {
            id: row.get("id")?,
            state: row.get("state")?,
            until: row.get("until")?,
            chosen: chosen.map(|ids| ids.split_whitespace().map(read).collect()).transpose()?,
            actor: row.get("actor")?,
            begun_at: row.get("begun_at")?,
        })
    })
}

/// Plans the next bookings of the work, in the order of their visits; none are left when it answers nothing.
pub fn plan(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    work: &Offering,
    now: Timestamp,
) -> Result<Vec<Planned>> {
    let today = day_of(now);
    let done: BTreeSet<ReservationId> =
        reader.rows(&OFFERED, bind![work.id], |row| row.get("booking_id"))?.into_iter().collect();
    let answered = answered(reader, rules, now)?;
    let until = today.saturating_add(DAYS.days());
    let mut undecided = unplaced::bookings(reader, rules, today, until)?;
    undecided.sort_by_key(|one| (one.slot.day, one.slot.start));
    let mut seen = BTreeSet::new();
    let mut free: BTreeMap<(Service, SiteCode), FreePlaces> = BTreeMap::new();
    let mut planned = Vec::new();
    for one in undecided {
        if planned.len() == PLANNED {
            break;
        }
        let is_chosen = work.chosen.as_ref().is_some_and(|chosen| chosen.contains(&one.reservation));
        let is_wanted = match answered.get(&one.booking) {
            Some(Answer::Waiting) => false,
            Some(Answer::Declined) => is_chosen,
            None => work.chosen.is_none() || is_chosen,
        };
        if !is_wanted || done.contains(&one.booking) || !seen.insert(one.booking) {
            continue;
        }
        let Some(found) = reservation::find(reader, one.reservation)? else { continue };
        if found.state != State::Booked || is_here(reader, &found)? {
            continue;
        }
        let people = party::together(reader, &found)?;
        let key = (found.slot.service, found.slot.site.clone());
        let picture = match free.entry(key) {
            Slots::Occupied(known) => known.into_mut(),
            Slots::Vacant(unknown) => {
                let picture = free_places(reader, rules, unknown.key(), today)?;
                unknown.insert(picture)
            }
        };
        let within = window(reader, rules, work, &people, now)?;
        let starts: Vec<Start> = people.iter().map(|person| person.slot.start).collect();
        let found_places = within.and_then(|within| picture.place(&starts, found.slot.day, &within));
        let places = found_places.map(|(day, seats)| {
            let to = |(person, start): (&Reservation, Start)| {
                (person.id, Slot { day, start, ..person.slot.clone() })
            };
            people.iter().zip(seats).map(to).collect()
        });
        planned.push(Planned { reason: reason(rules, &people), people, places });
    }
    Ok(planned)
}

/// Why a booking has no place: its time is closed, or there are fewer places than bookings.
pub(super) fn reason(rules: &RuleSet, people: &[Reservation]) -> Reason {
    let closed = |person: &Reservation| {
        let Slot { service, site, day, start } = &person.slot;
        rules.grant(*service, site, *day, *start).places == 0
    };
    if people.iter().any(closed) { Reason::Closure } else { Reason::Rules }
}

/// Whether the visitor is here already.
fn is_here(reader: &mut Reader<'_>, found: &Reservation) -> Result<bool> {
    Ok(reception::of_reservation(reader, found.id)?.is_some())
}

/// What became of an offer that was made before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// It is open, at places that the rules still grant.
    Waiting,
    /// The citizen did not want it.
    Declined,
}

fn answered(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    now: Timestamp,
) -> Result<BTreeMap<ReservationId, Answer>> {
    let since = now.saturating_sub(REMEMBERED).unwrap_or(now);
    let mut answers = BTreeMap::new();
    // The last one of a booking comes first.
    for listed in list::since(reader, since, MOST)? {
        let offer = listed.offer;
        // What was offered to a wish is no answer to this: it ends in favour of what is offered now.
        if offer.reason == Reason::Wish {
            continue;
        }
        let answer = match offer.seen(now) {
            Standing::Open if offer.is_granted(rules) => Some(Answer::Waiting),
            Standing::Declined => Some(Answer::Declined),
            _ => None,
        };
        answers.entry(offer.booking).or_insert(answer);
    }
    Ok(answers.into_iter().filter_map(|(booking, answer)| Some((booking, answer?))).collect())
}

/// What is free of a service at a site from today on, by all ways of booking: who is sent away by a closure was promised
/// a place already.
fn free_places(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    (service, site): &(Service, SiteCode),
    today: Date,
) -> Result<FreePlaces> {
    let days = rules.booking(*service, today).map_or(0, |booking| i32::from(booking.window_days));
    let last = today.saturating_add(days.days());
    let used: BTreeMap<(Date, Start), u32> = capacity::taken(reader, *service, site, today, last)?
        .into_iter()
        .map(|(day, start, taken)| ((day, start), taken))
        .collect();
    let mut free = FreePlaces::default();
    let all = std::iter::successors(Some(today), |day| day.tomorrow().ok());
    for day in all.take_while(|day| *day <= last) {
        for (start, grant) in rules.slots(*service, site, day) {
            let taken = used.get(&(day, start)).copied().unwrap_or_default();
            free.set(day, start, u32::from(grant.places).saturating_sub(taken));
        }
    }
    Ok(free)
}

/// The days that may be offered to a booking: after the day on which it is to answer, not before the first visit that the
/// posting of its letters allows, and as far ahead as reservations are taken.
fn window(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    work: &Offering,
    people: &[Reservation],
    now: Timestamp,
) -> Result<Option<std::ops::RangeInclusive<Date>>> {
    let today = day_of(now);
    let Some(slot) = people.first().map(|person| &person.slot) else { return Ok(None) };
    let Some(booking) = rules.booking(slot.service, today) else { return Ok(None) };
    let Ok(mut first) = day_of(work.until).tomorrow() else { return Ok(None) };
    for person in people {
        if let Some(opens) = by_staff::opens(reader, rules, person.card, slot)? {
            first = first.max(opens);
        }
    }
    let last = today.saturating_add(i64::from(booking.window_days).days());
    Ok((first <= last).then_some(first..=last))
}

/// Does a portion of what was planned and answers for how many. A booking that changed since, or that another node was
/// faster with, is left for the next plan; so is one whose places somebody took.
pub fn portion(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    work: &Offering,
    planned: &[Planned],
) -> Result<u32, OfferError> {
    if capacity::epoch_for_share(tx)? != rules.epoch() {
        return Err(BookingError::StaleRules.into());
    }
    let mut done = 0;
    for one in planned {
        let Some(first) = one.people.first() else { continue };
        let booking = crate::contact::booking_of(first);
        let known: Option<OfferId> = tx.row(&HAS_OFFER, bind![work.id, booking], |row| row.get("id"))?;
        if known.is_some() || !is_unchanged(tx, &one.people)? {
            continue;
        }
        let mut making =
            Making { places: Vec::new(), reason: one.reason, until: work.until, offering: Some(work.id) };
        match &one.places {
            None => {
                let ids = one.people.iter().map(|person| person.id).collect();
                no_place(tx, act, first, ids, &making)?;
            }
            Some(places) if has_room(tx, rules, places)? => {
                making.places.clone_from(places);
                make(tx, act, rules, &making)?;
            }
            Some(_) => continue,
        }
        done += 1;
    }
    Ok(done)
}

fn is_unchanged(tx: &mut Tx<'_>, people: &[Reservation]) -> Result<bool> {
    for person in people {
        let now = reservation::find(tx, person.id)?;
        if now.is_none_or(|now| now.version != person.version || now.state != State::Booked) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether all places are still free: looked up before anything is written, because what was written stays.
fn has_room(tx: &mut Tx<'_>, rules: &RuleSet, places: &[(ReservationId, Slot)]) -> Result<bool> {
    let mut wanted: BTreeMap<&Slot, u32> = BTreeMap::new();
    for (_, slot) in places {
        *wanted.entry(slot).or_default() += 1;
    }
    for (slot, people) in wanted {
        let room = capacity::room(tx, rules, slot)?;
        if room.taken + people > u32::from(room.places) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Writes down that the work is done; another node may have been faster.
pub fn end(tx: &mut Tx<'_>, act: &Act, id: OfferingId) -> Result<()> {
    if tx.execute(&END, bind![id])? == 0 {
        return Ok(());
    }
    let of = |row: &Row<'_>| row.get::<Standing>("state");
    let all = tx.rows(&OFFERED, bind![id], of)?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let without = all.iter().filter(|state| **state == Standing::NoPlace).count();
    let entry =
        Entry::OfferingEnded { offering: id, offered: count(all.len() - without), without: count(without) };
    tx.record(act, &entry).map(drop)
}
