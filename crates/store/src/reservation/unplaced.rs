//! Reservations that were booked in places which a change of the rules took away. Nobody loses a place by it: each stays
//! until a person decided. Kept ones are flagged as beyond the places, with the reason in the journal.

use domain::id::ReservationId;
use domain::journal::Slot;
use domain::offer::Withdrawal;
use domain::proposal::Placed;
use domain::reservation::{Limit, State};
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use jiff::civil::Date;

use super::{BookingError, Reservation, by_staff, find, flag_over};
use crate::act::Act;
use crate::error::Result;
use crate::tx::{Reader, Tx};
use crate::{bind, capacity, offer, rules as stored, statements};

statements! { "reservation.unplaced":
    OF_DAY = "SELECT id, service, site, day, start, state, party_id, over FROM reservation
        WHERE service = $1 AND site = $2 AND day = $3 AND state IN ('held', 'booked') ORDER BY start, id";
}

/// The reservations without a place of their own on which nobody decided yet, in the order of their slots, and there in
/// that in which they were made: who booked last does not fit first. Those that the staff took beyond the places on
/// purpose are decided.
pub fn undecided(reader: &mut Reader<'_>, rules: &RuleSet, from: Date, until: Date) -> Result<Vec<Placed>> {
    let all = everyone(reader, rules, from, until)?;
    Ok(all.into_iter().map(|one| Placed { reservation: one.reservation, slot: one.slot }).collect())
}

/// A reservation without a place, with the booking to which it belongs.
#[derive(Debug, Clone)]
pub struct Unplaced {
    /// Which.
    pub reservation: ReservationId,
    /// Its slot.
    pub slot: Slot,
    /// The first of its family, or itself.
    pub booking: ReservationId,
    state: State,
}

/// [`undecided`] where they are booked; for whom a citizen still chooses is nothing to decide.
pub fn bookings(reader: &mut Reader<'_>, rules: &RuleSet, from: Date, until: Date) -> Result<Vec<Unplaced>> {
    let mut all = everyone(reader, rules, from, until)?;
    all.retain(|one| one.state == State::Booked);
    Ok(all)
}

fn everyone(reader: &mut Reader<'_>, rules: &RuleSet, from: Date, until: Date) -> Result<Vec<Unplaced>> {
    let sites = rules.all_sites();
    let mut undecided = Vec::new();
    for service in Service::ALL {
        for site in &sites {
            for day in stored::crowded(reader, rules, *service, site, (from, until))? {
                undecided.extend(of_day(reader, rules, (*service, site), day)?);
            }
        }
    }
    Ok(undecided)
}

fn of_day(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    (service, site): (Service, &SiteCode),
    day: Date,
) -> Result<Vec<Unplaced>> {
    let placed = reader.rows(&OF_DAY, bind![service, site, day], |row| {
        let slot = Slot {
            service: row.get("service")?,
            site: row.get("site")?,
            day: row.get("day")?,
            start: row.get("start")?,
        };
        let (reservation, state) = (row.get("id")?, row.get("state")?);
        let booking = row.get::<Option<ReservationId>>("party_id")?.unwrap_or(reservation);
        Ok((Unplaced { reservation, slot, booking, state }, row.get::<bool>("over")?))
    })?;
    let mut undecided = Vec::new();
    for of_slot in placed.chunk_by(|(one, _), (other, _)| one.slot == other.slot) {
        let Some((first, _)) = of_slot.first() else { continue };
        let places = usize::from(rules.grant(service, site, day, first.slot.start).places);
        // Who was taken beyond the places on purpose has none of them.
        let others: Vec<&Unplaced> =
            of_slot.iter().filter(|(_, over)| !over).map(|(placed, _)| placed).collect();
        undecided.extend(others.get(places..).unwrap_or_default().iter().map(|one| (*one).clone()));
    }
    Ok(undecided)
}

/// Whether the rules grant nothing at the time of a reservation any more, and nobody decided that it stays.
pub fn is_closed(rules: &RuleSet, booked: &Reservation) -> bool {
    let Slot { service, site, day, start } = &booked.slot;
    !booked.over && rules.grant(*service, site, *day, *start).places == 0
}

/// Whether a booked reservation has no place of its own any more, and nobody decided that it stays.
pub fn is_undecided(reader: &mut Reader<'_>, rules: &RuleSet, booked: &Reservation) -> Result<bool> {
    let Slot { service, site, day, .. } = &booked.slot;
    if booked.over || is_closed(rules, booked) {
        return Ok(!booked.over);
    }
    // Only where more is taken than granted it is worth looking who came last.
    let room = capacity::room(reader, rules, &booked.slot)?;
    if room.taken <= u32::from(room.places) {
        return Ok(false);
    }
    let all = of_day(reader, rules, (*service, site), *day)?;
    Ok(all.iter().any(|one| one.reservation == booked.id))
}

/// Keeps a reservation beyond the places of its slot, for a reason. Answers whether there was anything to decide: one
/// that was moved, cancelled or kept meanwhile, or whose slot has places for all by now, is left as it is.
pub fn keep(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    reason: &str,
) -> Result<bool, BookingError> {
    if capacity::epoch_for_share(tx)? != rules.epoch() {
        return Err(BookingError::StaleRules);
    }
    let Some(found) = find(tx, id)? else { return Err(BookingError::NotFound) };
    if found.state != State::Booked || found.over {
        return Ok(false);
    }
    let Slot { service, site, day, .. } = &found.slot;
    if !of_day(tx, rules, (*service, site), *day)?.iter().any(|placed| placed.reservation == id) {
        return Ok(false);
    }
    let recorded = by_staff::overridden(tx, act, &found, Limit::Places, reason)?;
    flag_over(tx, &recorded, id)?;
    offer::give_up_now(tx, act, &recorded, id, Withdrawal::Staff)?;
    Ok(true)
}
