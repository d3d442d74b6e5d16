//! How many reservations the days of a range have.

use domain::reservation::State;
use domain::service::{Service, SiteCode};
use jiff::civil::Date;

use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "reservation.days":
    COUNTS = "SELECT r.day AS day, r.state AS state, COUNT(*) AS n FROM reservation r
        WHERE r.service = $1 AND r.site = $2 AND r.day >= $3 AND r.day <= $4
        AND r.state IN ('booked', 'served', 'unserved', 'not_come')
        GROUP BY r.day, r.state ORDER BY r.day, r.state";
}

/// How many reservations of each state the days from `from` until `until`, both included, have. Cancelled ones are
/// not counted.
pub fn counts(
    reader: &mut Reader<'_>,
    service: Service,
    site: &SiteCode,
    from: Date,
    until: Date,
) -> Result<Vec<(Date, State, u32)>> {
    reader.rows(&COUNTS, bind![service, site, from, until], |row| {
        Ok((row.get("day")?, row.get("state")?, row.get("n")?))
    })
}
