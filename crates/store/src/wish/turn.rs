//! Whose turn it is: places that are free are offered to the wishes that they fit, in the order in which these were left.
//!
//! What is free is looked at in a snapshot, a portion of wishes at a time and three statements for each, however many they
//! are; what is planned there is held one booking a transaction, so that nobody waits for it and a crash loses nothing: what
//! was not held is planned again. A wish has one offer at a time, and no day twice.

use std::collections::{BTreeMap, BTreeSet};

use domain::capacity::{Grant, Used};
use domain::id::{ReservationId, WishId};
use domain::journal::Slot;
use domain::offer::Reason;
use domain::reservation::{Channel, State as Reserved};
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::{Start, instant_at};
use domain::wish::{Free, State};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{Waiting, end, waiting};
use crate::act::Act;
use crate::error::Result;
use crate::offer::{self, Making, OfferError};
use crate::reservation;
use crate::tx::{Reader, Tx};
use crate::{bind, capacity, statements};

statements! { "wish.turn":
    COUNTERS = "SELECT DISTINCT service, site FROM wish WHERE state = 'open' ORDER BY service, site";
    WAITING = "SELECT w.id AS id, w.booking_id AS booking_id, w.from_day AS from_day, w.until_day AS until_day,
        w.weekdays AS weekdays, w.times AS times, w.left_at AS left_at FROM wish w
        WHERE w.service = $1 AND w.site = $2 AND w.state = 'open' AND w.id > $3
        AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.booking_id = w.booking_id AND o.state = 'open')
        ORDER BY w.id LIMIT $4";
    PEOPLE = "SELECT w.id AS wish_id, r.id AS id, r.day AS day, r.start AS start, r.channel AS channel
        FROM wish w JOIN reservation r ON r.id = w.booking_id
        WHERE w.service = $1 AND w.site = $2 AND w.state = 'open' AND w.id > $3 AND w.id <= $4 AND r.state = 'booked'
        UNION SELECT w.id AS wish_id, r.id AS id, r.day AS day, r.start AS start, r.channel AS channel
        FROM wish w JOIN reservation r ON r.party_id = w.booking_id
        WHERE w.service = $1 AND w.site = $2 AND w.state = 'open' AND w.id > $3 AND w.id <= $4 AND r.state = 'booked'
        ORDER BY 4, 2";
    ASKED = "SELECT DISTINCT w.id AS wish_id, p.day AS day FROM wish w JOIN offer o ON o.booking_id = w.booking_id
        JOIN offer_place p ON p.offer_id = o.id
        WHERE w.service = $1 AND w.site = $2 AND w.state = 'open' AND w.id > $3 AND w.id <= $4
        AND o.reason = 'wish' AND o.made_at >= w.left_at AND o.state <> 'open'";
    LOCK = "UPDATE wish SET state = 'open' WHERE id = $1 AND state = 'open'";
}

/// Wishes that are looked at in one snapshot.
pub const PORTION: u32 = 200;

/// What is to be offered to a wish.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Which wish.
    pub wish: WishId,
    /// A place for each of its booking.
    pub places: Vec<(ReservationId, Slot)>,
}

/// What is to be done for a portion of the wishes of a counter.
#[derive(Debug, Clone, Default)]
pub struct Round {
    /// What is to be offered, in the order of the wishes.
    pub planned: Vec<Planned>,
    /// What waits for nothing any more.
    pub over: Vec<Waiting>,
    /// After which wish the next portion begins; none: this was the last.
    pub next: Option<WishId>,
}

/// The counters for which somebody waits.
pub fn counters(reader: &mut Reader<'_>) -> Result<Vec<(Service, SiteCode)>> {
    reader.rows(&COUNTERS, bind![], |row| Ok((row.get("service")?, row.get("site")?)))
}

/// Somebody of a booking with a wish.
struct Person {
    id: ReservationId,
    day: Date,
    channel: Channel,
}

/// Plans a portion of the wishes of a counter that nothing is offered to, those after `after`. What is planned for one is
/// not free for the next. Offered are places that the web may give now, to everybody of a booking together, and that their
/// own way of booking may have, in whose count they stand.
pub fn plan(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    (service, site): (Service, &SiteCode),
    after: Option<WishId>,
    now: Timestamp,
) -> Result<Round> {
    let begin = after.map_or_else(String::new, |after| after.to_string());
    let wishes = reader.rows(&WAITING, bind![service, site, begin, PORTION], waiting)?;
    let Some(last) = wishes.last().map(|last| last.id) else { return Ok(Round::default()) };
    let is_full = u32::try_from(wishes.len()).is_ok_and(|count| count == PORTION);
    let mut round = Round { next: is_full.then_some(last), ..Round::default() };
    let mut people: BTreeMap<WishId, Vec<Person>> = BTreeMap::new();
    for (wish, person) in reader.rows(&PEOPLE, bind![service, site, begin, last], |row| {
        let person = Person { id: row.get("id")?, day: row.get("day")?, channel: row.get("channel")? };
        Ok((row.get::<WishId>("wish_id")?, person))
    })? {
        people.entry(wish).or_default().push(person);
    }
    let mut asked: BTreeMap<WishId, BTreeSet<Date>> = BTreeMap::new();
    for (wish, day) in reader
        .rows(&ASKED, bind![service, site, begin, last], |row| Ok((row.get("wish_id")?, row.get("day")?)))?
    {
        asked.entry(wish).or_default().insert(day);
    }
    let takes = rules.takes_wishes(service, domain::time::day_of(now));
    let days = rules.bookable_days(service, site, now, None).filter(|_| takes);
    let until = wishes.iter().map(|waiting| waiting.wish.until).max();
    let mut places = match days.zip(until) {
        Some((days, until)) => {
            Places::read(reader, rules, (service, site), (days.first, days.last.min(until)), now)?
        }
        None => Places::none(now),
    };
    for waiting in wishes {
        let people = people.remove(&waiting.id).unwrap_or_default();
        let Some(one) = people.first() else {
            round.over.push(waiting);
            continue;
        };
        // Where the rules take no wishes for now they wait; a day that the web books no more comes never again.
        if days.is_some_and(|days| waiting.wish.until < days.first) {
            round.over.push(waiting);
            continue;
        }
        let asked = asked.remove(&waiting.id).unwrap_or_default();
        let fit = waiting.wish.first_fit(people.len(), one.day, &asked, places.of(one.channel));
        let Some((day, starts)) = fit else { continue };
        // Who would have come first still comes first.
        let to = |start| Slot { service, site: site.clone(), day, start };
        let seated: Vec<_> = people.iter().map(|one| one.id).zip(starts.into_iter().map(to)).collect();
        places.take(&seated, one.channel);
        round.planned.push(Planned { wish: waiting.id, places: seated });
    }
    Ok(round)
}

/// What is free at a counter, as it becomes less while it is planned.
struct Places {
    now: Timestamp,
    slots: BTreeMap<(Date, Start), (Grant, Used)>,
    /// What the web and a way of booking may both have.
    of: BTreeMap<Channel, Free>,
}

impl Places {
    fn none(now: Timestamp) -> Self {
        Self { now, slots: BTreeMap::new(), of: BTreeMap::new() }
    }

    fn read(
        reader: &mut Reader<'_>,
        rules: &RuleSet,
        (service, site): (Service, &SiteCode),
        (first, last): (Date, Date),
        now: Timestamp,
    ) -> Result<Self> {
        let used = capacity::used(reader, service, site, first, last)?;
        let used: BTreeMap<_, _> = used.into_iter().map(|(day, start, used)| ((day, start), used)).collect();
        let mut places = Self::none(now);
        for day in first.series(1.day()).take_while(|day| *day <= last) {
            for (start, grant) in rules.slots(service, site, day) {
                let used = used.get(&(day, start)).copied().unwrap_or_default();
                if grant.free(Channel::Web, now, used) > 0 && now < instant_at(day, start.minutes()) {
                    places.slots.insert((day, start), (grant, used));
                }
            }
        }
        Ok(places)
    }

    fn of(&mut self, channel: Channel) -> &Free {
        let (slots, now) = (&self.slots, self.now);
        self.of.entry(channel).or_insert_with(|| {
            let mut free = Free::new();
            for ((day, start), (grant, used)) in slots {
                let both = grant.free(Channel::Web, now, *used).min(grant.free(channel, now, *used));
                free.entry(*day).or_default().insert(*start, both);
            }
            free
        })
    }

    fn take(&mut self, places: &[(ReservationId, Slot)], channel: Channel) {
        for (_, slot) in places {
            if let Some((_, used)) = self.slots.get_mut(&(slot.day, slot.start)) {
                match channel {
                    Channel::Web => used.web += 1,
                    Channel::Telephone | Channel::Counter => used.desk += 1,
                    Channel::WalkIn => used.walk_in += 1,
                }
            }
        }
        self.of.clear();
    }
}

/// Holds what was planned for a wish and offers it; answers whether it did. A booking that went on since it was planned,
/// and a place that somebody else took, are left: they are looked at again in the next round.
pub fn give(tx: &mut Tx<'_>, act: &Act, rules: &RuleSet, planned: &Planned) -> Result<bool, OfferError> {
    // Locked first, so that whoever takes it back at this moment comes before all of this or after it.
    if tx.execute(&LOCK, bind![planned.wish])? == 0 {
        return Ok(false);
    }
    let Some((first, to)) = planned.places.first() else { return Ok(false) };
    if offer::open_of(tx, *first)?.is_some() {
        return Ok(false);
    }
    let booked = reservation::find(tx, *first)?;
    if booked.is_none_or(|booked| booked.state != Reserved::Booked || booked.slot.day <= to.day) {
        return Ok(false);
    }
    let Some(until) = rules.wish_until(to, act.at).filter(|until| *until > act.at) else { return Ok(false) };
    let making = Making { places: planned.places.clone(), reason: Reason::Wish, until, offering: None };
    offer::make(tx, act, rules, &making)?;
    Ok(true)
}

/// Ends wishes that wait for nothing any more, where they still wait.
pub fn end_over(tx: &mut Tx<'_>, act: &Act, over: &[Waiting]) -> Result<()> {
    for waiting in over {
        if tx.execute(&LOCK, bind![waiting.id])? > 0 {
            end(tx, act, waiting, State::Ended)?;
        }
    }
    Ok(())
}
