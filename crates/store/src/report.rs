//! The counts of a day, read from the journal, and the close of the day.
//!
//! Closing stores the number of the last entry that belongs to the day; its report reads up to there, for ever
//! the same. Later entries about the day are corrections (訂正), told in the report of the next closed day.

mod day;

use std::ops::RangeInclusive;

use domain::id::CardId;
use domain::journal::{BusinessDay, Entry, Subject};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::report::{AtClose, Contradiction, DayCounts, Fold};
use domain::service::{Service, SiteCode};
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::sealer;
use crate::tx::{Reader, Tx};
use crate::{bind, card, incident, journal, statements};

pub use day::{Corrected, DayReport, compared, report};

/// The statements of the parts, for the registry.
pub(crate) static PARTS: [&[&crate::statement::Statement]; 1] = [day::STATEMENTS];

// Where a card may lie out is asked as one place each: joined with the table of places, a database expects as many cards
// on the tray as in any box, and reads all cards.
statements! { "report":
    CLOSED = "SELECT c.through_seq AS through_seq, c.city_count AS city_count, j.at AS at, j.actor AS actor,
        j.data AS data
        FROM day_close c JOIN journal j ON j.id = c.entry_id
        WHERE c.service = $1 AND c.site = $2 AND c.day = $3";
    // One step for each day that has reservations, not one for each reservation.
    NOT_CLOSED = "WITH RECURSIVE d (day) AS (
            SELECT MAX(r.day) FROM reservation r WHERE r.service = $1 AND r.site = $2 AND r.day >= $3 AND r.day < $4
            AND r.state IN ('booked', 'served', 'unserved', 'not_come')
            UNION ALL SELECT (SELECT MAX(r.day) FROM reservation r
                WHERE r.service = $1 AND r.site = $2 AND r.day >= $3 AND r.day < d.day
                AND r.state IN ('booked', 'served', 'unserved', 'not_come'))
            FROM d WHERE d.day IS NOT NULL)
        SELECT d.day AS day FROM d WHERE d.day IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM day_close c WHERE c.service = $1 AND c.site = $2 AND c.day = d.day)
        ORDER BY d.day DESC";
    CLOSE = "INSERT INTO day_close (service, site, day, through_seq, city_count, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (service, site, day) DO NOTHING";
    OUT = "SELECT c.id AS id, c.control_number AS control_number, 'tray' AS kind FROM card c
        WHERE c.place_id = (SELECT p.id FROM place p WHERE p.site = $1 AND p.kind = 'tray')
        AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.card_id = c.id AND i.ended_by IS NULL)
        AND NOT EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = c.id
        AND r.state = 'booked' AND r.day >= $2 AND r.day <= $3)
        UNION ALL SELECT c.id AS id, c.control_number AS control_number, 'counter' AS kind FROM card c
        WHERE c.place_id = (SELECT p.id FROM place p WHERE p.site = $1 AND p.kind = 'counter')
        AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.card_id = c.id AND i.ended_by IS NULL)
        UNION ALL SELECT c.id AS id, c.control_number AS control_number, 'desk' AS kind FROM card c
        WHERE c.place_id = (SELECT p.id FROM place p WHERE p.site = $1 AND p.kind = 'desk') AND c.cause = 'recalled'
        AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.card_id = c.id AND i.ended_by IS NULL)
        ORDER BY id";
}

/// A day that was closed.
#[derive(Debug, Clone)]
pub struct Closed {
    /// The number of the last entry that its report reads.
    pub through_seq: i64,
    /// What the city counted as issued.
    pub city_count: u32,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: domain::journal::Actor,
    /// How things stood; closes of the first version did not say.
    pub state: Option<AtClose>,
}

/// Why a day was not closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// The day has not come yet.
    #[error("the day has not come yet")]
    TooEarly,
    /// It was closed before.
    #[error("the day was closed before")]
    Already,
    /// Visitors are still here or expected.
    #[error("{waiting} expected and {here} here")]
    Open {
        /// Booked, and nobody set whether they came.
        waiting: u32,
        /// With us at this moment.
        here: u32,
    },
    /// Cards lie on the tray or at the counter and are not put away.
    #[error("cards are not put away")]
    CardsOut(Vec<(CardId, ControlNumber, PlaceKind)>),
    /// The city was not told yet of so many open incidents.
    #[error("the city was not told of {0} incidents")]
    NotTold(u32),
    /// The city counted otherwise, and no reason was given.
    #[error("the city counted {city}, the program {ours}")]
    CountDiffers {
        /// The city's count.
        city: u32,
        /// The program's.
        ours: u32,
    },
    /// The entries contradict each other.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Whether, when and by whom a day was closed.
pub fn closed(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Option<Closed>> {
    reader.row(&CLOSED, bind![day.service, day.site, day.day], |row| {
        Ok(Closed {
            through_seq: row.get("through_seq")?,
            city_count: row.get("city_count")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            state: match journal::entry(row)? {
                Entry::DayClosed { state, .. } => state,
                _ => None,
            },
        })
    })
}

/// The days before this one, back to `first`, that had reservations and were not closed, the latest first.
pub fn not_closed(reader: &mut Reader<'_>, before: &BusinessDay, first: Date) -> Result<Vec<Date>> {
    reader.rows(&NOT_CLOSED, bind![before.service, before.site, first, before.day], |row| row.get("day"))
}

/// The counts of a day: of a closed day for ever the same, of an open one as of now.
pub fn counts(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<DayCounts, CloseError> {
    let entries = match closed(reader, day)? {
        Some(closed) => journal::sealed_of(reader, &Subject::Day(day.clone()), closed.through_seq)?,
        None => journal::of(reader, &Subject::Day(day.clone()))?
            .into_iter()
            .map(|written| written.entry)
            .collect(),
    };
    fold(day, &entries)
}

fn fold(day: &BusinessDay, entries: &[Entry]) -> Result<DayCounts, CloseError> {
    let mut fold = Fold::default();
    for entry in entries {
        fold.take(day, entry)?;
    }
    Ok(fold.counts()?)
}

/// The cards that lie on the tray or at the counter of a site and should not: all but those of which the city was
/// told, and those on the tray for whoever comes on these days (11(5)オ: tomorrow's cards are pulled today). A card
/// that the city recalled and that was taken out goes to the city, and does not stay on the desk either.
pub fn cards_out(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    pulled_for: RangeInclusive<Date>,
) -> Result<Vec<(CardId, ControlNumber, PlaceKind)>> {
    reader.rows(&OUT, bind![site, pulled_for.start(), pulled_for.end()], |row| {
        Ok((row.get("id")?, card::control_number(row)?, row.get("kind")?))
    })
}

/// The days for whose visitors cards may lie on the tray while a day is closed: up to the next open day.
pub fn pulled_meanwhile(day: Date, next: Option<Date>) -> RangeInclusive<Date> {
    // Without a next open day nothing is pulled for it, and the range is empty.
    let after = day.tomorrow().unwrap_or(day);
    after..=next.unwrap_or(day)
}

/// Closes a day: nobody is expected or here any more, every card is away, or pulled for the `next` open day, or has an
/// open incident of which the city was told; the count is the city's, or a remark says why not.
pub fn close(
    tx: &mut Tx<'_>,
    act: &Act,
    day: &BusinessDay,
    next: Option<Date>,
    city_count: u32,
    remark: &str,
) -> Result<DayCounts, CloseError> {
    if day.day > day_of(act.at) {
        return Err(CloseError::TooEarly);
    }
    if closed(tx, day)?.is_some() {
        return Err(CloseError::Already);
    }
    let counts = counts(tx, day)?;
    if !counts.is_complete() {
        return Err(CloseError::Open { waiting: counts.waiting, here: counts.here });
    }
    let untold = incident::standing(tx, &day.site, act.at)?.untold;
    if untold > 0 {
        return Err(CloseError::NotTold(untold));
    }
    // Who comes for a renewal brings the card and takes it home again: the tray is the issuance's.
    if day.service != Service::Renewal {
        let out = cards_out(tx, &day.site, pulled_meanwhile(day.day, next))?;
        if !out.is_empty() {
            return Err(CloseError::CardsOut(out));
        }
    }
    if counts.issued != city_count && remark.is_empty() {
        return Err(CloseError::CountDiffers { city: city_count, ours: counts.issued });
    }
    let state = day::state(tx, &day.site, &counts)?;
    let recorded = tx.record(act, &Entry::DayClosed { day: day.clone(), city_count, state: Some(state) })?;
    tx.remark(&recorded, remark)?;
    let through_seq = sealer::seal_now(tx, recorded.entry(), act.at)?;
    let closed =
        tx.execute(&CLOSE, bind![day.service, day.site, day.day, through_seq, city_count, recorded.entry()])?;
    let counts = DayCounts { city_issued: Some(city_count), ..counts };
    // Another operator closed it at this moment, or somebody recorded something of the day between the look and the
    // numbering: all of this is run again on what is true now.
    if closed == 0 || self::counts(tx, day)? != counts {
        tx.run_again(&CLOSE);
        return Err(Error::Conflict.into());
    }
    Ok(counts)
}
