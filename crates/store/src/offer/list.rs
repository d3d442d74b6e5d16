//! The offers of the last weeks, for the staff's lists: what was offered to whom, until when, and what became of it.

use std::collections::BTreeMap;

use domain::id::{Id, OfferId};
use domain::journal::Slot;
use domain::proposal::Placed;
use jiff::Timestamp;

use super::{Offer, Place, offer, place};
use crate::error::Result;
use crate::tx::Reader;
use crate::value::Row;
use crate::{bind, statements};

statements! { "offer.list":
    SINCE = "SELECT o.id AS id, o.booking_id AS booking_id, o.offering_id AS offering_id, o.reason AS reason,
        o.state AS state, o.until AS until, o.made_at AS made_at, o.ended_at AS ended_at, r.service AS service,
        r.site AS site, r.day AS day, r.start AS start
        FROM offer o JOIN reservation r ON r.id = o.booking_id WHERE o.id > $1 ORDER BY o.id DESC LIMIT $2";
    PLACES_SINCE = "SELECT p.offer_id AS offer_id, p.reservation_id AS reservation_id, p.state AS state,
        p.channel AS channel, p.service AS service, p.site AS site, p.day AS day, p.start AS start,
        p.from_day AS from_day, p.from_start AS from_start FROM offer_place p
        WHERE p.offer_id > $1 ORDER BY p.offer_id, p.reservation_id";
}

/// An offer of a list, with where the first of its booking is now.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The offer.
    pub offer: Offer,
    /// The first of the booking.
    pub booking: Placed,
}

/// The smallest id that an offer which was made at an instant can have.
fn first_at(at: Timestamp) -> OfferId {
    // Before 1970 nothing was offered.
    OfferId::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), 0)
}

/// The offers that were made since an instant, the last first, at most `limit`: two statements, however many they are.
pub fn since(reader: &mut Reader<'_>, at: Timestamp, limit: u32) -> Result<Vec<Listed>> {
    let after = first_at(at);
    let mut places: BTreeMap<OfferId, Vec<Place>> = BTreeMap::new();
    let of = |row: &Row<'_>| Ok((row.get::<OfferId>("offer_id")?, place(row)?));
    for (offer, place) in reader.rows(&PLACES_SINCE, bind![after], of)? {
        places.entry(offer).or_default().push(place);
    }
    reader.rows(&SINCE, bind![after, limit], |row| {
        let found = offer(row)?;
        let slot = Slot {
            service: row.get("service")?,
            site: row.get("site")?,
            day: row.get("day")?,
            start: row.get("start")?,
        };
        // One for which there was no place has none.
        let places = places.remove(&found.id).unwrap_or_default();
        let booking = Placed { reservation: found.booking, slot };
        Ok(Listed { offer: Offer { places, ..found }, booking })
    })
}
