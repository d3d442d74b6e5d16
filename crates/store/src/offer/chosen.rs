//! An offer whose places the staff choose, for one booking as they see it: what they found together with a citizen who
//! wants to think it over, or what suits somebody for whom the program would propose another time.
//!
//! The rules that bind the staff bind it, and it goes beyond none of them.

use domain::id::{OfferId, ReservationId};
use domain::offer::Reason;
use domain::rules::RuleSet;
use domain::time::{Start, day_of};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Making, OfferError, bulk, make};
use crate::act::Act;
use crate::capacity;
use crate::error::Result;
use crate::reservation::shown::{Shown, unchanged};
use crate::reservation::{BookingError, Reservation, by_staff, places, unplaced};
use crate::tx::{Reader, Tx};

/// What was chosen.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The day.
    pub day: Date,
    /// The starts, one for each person of the booking in their order.
    pub starts: Vec<Start>,
    /// Until when they are held: before the day begins on which they are.
    pub until: Timestamp,
}

/// Holds the chosen places for everybody of a booking, and offers them. Of two who choose at once, the second is told that
/// the booking is no longer as it was shown; so is whoever was slower than its citizen.
pub fn offer(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    shown: &Shown,
    chosen: &Chosen,
) -> Result<OfferId, OfferError> {
    let Chosen { day, starts, until } = chosen;
    if day_of(*until) >= *day || *until < act.at {
        return Err(OfferError::TooLong);
    }
    let people = unchanged(tx, id, shown)?;
    if people.len() != starts.len() {
        return Err(BookingError::AnotherParty.into());
    }
    if capacity::epoch_for_share(tx)? != rules.epoch() {
        return Err(BookingError::StaleRules.into());
    }
    let reason = reason(tx, rules, &people)?;
    let cards: Vec<_> = people.iter().map(|person| person.card).collect();
    let places = places::to_starts(people, *day, starts);
    for ((_, slot), card) in places.iter().zip(cards) {
        if let Some(limit) = by_staff::limit(tx, act, rules, card, slot)? {
            return Err(BookingError::Limited(limit).into());
        }
    }
    make(tx, act, rules, &Making { places, reason, until: *until, offering: None })
}

/// Whoever has no place any more cannot stay; everybody else has what the staff chose.
fn reason(reader: &mut Reader<'_>, rules: &RuleSet, people: &[Reservation]) -> Result<Reason> {
    for person in people {
        if unplaced::is_undecided(reader, rules, person)? {
            return Ok(bulk::reason(rules, people));
        }
    }
    Ok(Reason::Staff)
}
