//! Years of visits at once, for the figures of a city that has been at work for long.
//!
//! Each card that was issued gets a reservation that was served and its reception, spread over past days. Neither the
//! journal nor the counts of the slots know of them, so `verify` is not clean afterwards; pages of a day read what
//! they would read.

use domain::id::{CardId, Id, ReceptionId, ReservationId};
use domain::reception::State as Received;
use domain::reservation::{Channel, State as Reserved};
use domain::service::{Service, SiteCode};
use domain::time::{Start, instant_at};
use jiff::civil::Date;

use super::fill::{Home, Sink, row};
use crate::bind;
use crate::error::{Error, Result};

/// The visits.
#[derive(Debug, Clone)]
pub struct Past {
    /// Where they were.
    pub site: SiteCode,
    /// The days, oldest first.
    pub days: Vec<Date>,
    /// The cards that were issued, in their order.
    pub cards: Vec<CardId>,
}

const RESERVATIONS: &str = "reservation (id, service, site, day, start, card_id, state, channel, language, number_issue, key_version, version)";
const RECEPTIONS: &str = "reception (id, reservation_id, card_id, service, site, day, state, receiver, issuer, arrived_at, version)";

/// Starts of a day, ten minutes each from nine.
const STARTS: usize = 48;
/// Rows that are made before they are written.
const ROWS: usize = 5_000;

/// Writes the visits. Not to be called inside an asynchronous runtime.
pub fn fill_past(home: &Home, past: &Past) -> Result<()> {
    let mut sink = Sink::open(home)?;
    let lite = sink.is_sqlite();
    let each = past.cards.len().div_ceil(past.days.len().max(1)).max(1);
    sink.run("BEGIN")?;
    let (mut reservations, mut receptions) = (Vec::new(), Vec::new());
    for (day, cards) in past.days.iter().zip(past.cards.chunks(each)) {
        for (n, card) in cards.iter().enumerate() {
            let minute = u16::try_from(540 + n % STARTS * 10).unwrap_or(540);
            let start = Start::new(minute).map_err(|_| Error::Broken(format!("{minute} is no start")))?;
            let at = instant_at(*day, minute);
            let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
            let id = ReservationId::from_parts(milliseconds, n as u128);
            let (service, site) = (Service::Issuance, &past.site);
            let (served, web) = (Reserved::Served, Channel::Web);
            reservations.push(row(
                lite,
                bind![id, service, site, day, start, card, served, web, "ja", 1_u32, 1_u32, 2_u32],
            ));
            let reception = ReceptionId::from_parts(milliseconds, n as u128);
            let (issued, city) = (Received::Issued, "市 一郎");
            receptions.push(row(
                lite,
                bind![reception, id, card, service, site, day, issued, city, city, at, 5_u32],
            ));
        }
        if reservations.len() >= ROWS {
            sink.insert(RESERVATIONS, &reservations)?;
            sink.insert(RECEPTIONS, &receptions)?;
            reservations.clear();
            receptions.clear();
        }
    }
    sink.insert(RESERVATIONS, &reservations)?;
    sink.insert(RECEPTIONS, &receptions)?;
    sink.run("COMMIT")?;
    sink.settle(&["reservation", "reception"])
}
