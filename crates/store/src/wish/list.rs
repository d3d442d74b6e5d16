//! The wishes that wait, for the staff's list: in the order in which they are served, with who comes together.

use domain::id::ReservationId;
use domain::journal::Slot;
use jiff::Timestamp;

use super::{Waiting, waiting};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "wish.list":
    ALL = "SELECT w.id AS id, w.booking_id AS booking_id, w.from_day AS from_day, w.until_day AS until_day,
        w.weekdays AS weekdays, w.times AS times, w.left_at AS left_at, r.id AS reservation, r.service AS service,
        r.site AS site, r.day AS day, r.start AS start, o.until AS offered_until
        FROM wish w JOIN reservation r ON r.id = w.booking_id
        LEFT JOIN offer o ON o.booking_id = w.booking_id AND o.state = 'open' AND o.until > $1
        WHERE w.state = 'open' AND r.state = 'booked'
        UNION SELECT w.id AS id, w.booking_id AS booking_id, w.from_day AS from_day, w.until_day AS until_day,
        w.weekdays AS weekdays, w.times AS times, w.left_at AS left_at, r.id AS reservation, r.service AS service,
        r.site AS site, r.day AS day, r.start AS start, o.until AS offered_until
        FROM wish w JOIN reservation r ON r.party_id = w.booking_id
        LEFT JOIN offer o ON o.booking_id = w.booking_id AND o.state = 'open' AND o.until > $1
        WHERE w.state = 'open' AND r.state = 'booked'
        ORDER BY 9, 10, 1, 11, 12, 8";
}

/// A wish that waits, with its booking.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The wish.
    pub waiting: Waiting,
    /// How many of the same service and site come before it.
    pub ahead: u32,
    /// Who comes first of the booking, and when.
    pub first: (ReservationId, Slot),
    /// How many come together.
    pub people: u32,
    /// Until when an answer to what is offered to the booking is awaited; none: nothing is offered to it now.
    pub offered_until: Option<Timestamp>,
}

/// Every wish that waits at an instant, by service and site in the order of their turns: one statement.
pub fn all(reader: &mut Reader<'_>, now: Timestamp) -> Result<Vec<Listed>> {
    let mut listed: Vec<Listed> = Vec::new();
    let rows = reader.rows(&ALL, bind![now], |row| {
        let slot = Slot {
            service: row.get("service")?,
            site: row.get("site")?,
            day: row.get("day")?,
            start: row.get("start")?,
        };
        Ok((waiting(row)?, (row.get::<ReservationId>("reservation")?, slot), row.get("offered_until")?))
    })?;
    for (waiting, first, offered_until) in rows {
        match listed.last_mut() {
            // The next of the same booking: who comes first stands there already.
            Some(last) if last.waiting.id == waiting.id => last.people += 1,
            last => {
                let counter = |slot: &Slot| (slot.service, slot.site.clone());
                let same = last.filter(|last| counter(&last.first.1) == counter(&first.1));
                let ahead = same.map_or(0, |last| last.ahead + 1);
                listed.push(Listed { waiting, ahead, first, people: 1, offered_until });
            }
        }
    }
    Ok(listed)
}
