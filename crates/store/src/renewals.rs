//! The renewals of a day (11(7), 11(8)): by time, on the frozen list, and what is so otherwise by now. They have no card,
//! so nothing here knows one.

use std::collections::BTreeMap;

use domain::day_list::{Difference, Now};
use domain::id::{ReceptionId, ReservationId};
use domain::journal::{Actor, BusinessDay};
use domain::reservation::{Channel, Pins, State, Visitor};
use domain::time::Start;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::day_list::{self, Days};
use crate::error::Result;
use crate::tx::Reader;
use crate::value::Row;
use crate::{bind, statements};

statements! { "renewals":
    OF_DAY = "SELECT r.id AS id, r.start AS start, r.state AS state, r.channel AS channel, r.language AS language,
        r.party_id AS party_id, r.visitor AS visitor, r.pins AS pins, v.id AS reception_id, v.state AS reception_state
        FROM reservation r LEFT JOIN reception v ON v.reservation_id = r.id
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3
        AND r.state IN ('booked', 'served', 'unserved', 'not_come') ORDER BY r.start, r.id";
    LISTED = "SELECT r.id AS id, l.start AS start, r.state AS state, r.channel AS channel, r.language AS language,
        r.party_id AS party_id, r.visitor AS visitor, r.pins AS pins, v.id AS reception_id, v.state AS reception_state
        FROM day_list_line l JOIN reservation r ON r.id = l.reservation_id
        LEFT JOIN reception v ON v.reservation_id = r.id
        WHERE l.service = $1 AND l.site = $2 AND l.day = $3 ORDER BY l.start, l.reservation_id";
    CHANGED = "SELECT l.start AS listed, r.id AS id, r.day AS day, r.start AS start, r.state AS state
        FROM day_list_line l JOIN reservation r ON r.id = l.reservation_id
        WHERE l.service = $1 AND l.site = $2 AND l.day = $3
        AND (r.day <> l.day OR r.start <> l.start OR r.state = 'cancelled') ORDER BY l.start, r.id";
    ADDED = "SELECT r.id AS id, r.start AS start
        FROM day_list d JOIN reservation r ON r.service = d.service AND r.site = d.site AND r.day = d.day
        WHERE d.service = $1 AND d.site = $2 AND d.day = $3
        AND r.state IN ('booked', 'served', 'unserved', 'not_come')
        AND NOT EXISTS (SELECT 1 FROM day_list_line l WHERE l.service = d.service AND l.site = d.site
        AND l.day = d.day AND l.reservation_id = r.id)
        ORDER BY r.start, r.id";
}

/// A line of the day.
#[derive(Debug, Clone)]
pub struct Line {
    /// The reservation.
    pub id: ReservationId,
    /// The start.
    pub start: Start,
    /// Its state.
    pub state: State,
    /// By which way it was made.
    pub channel: Channel,
    /// The citizen's language.
    pub language: String,
    /// The first reservation it was booked with; none: alone.
    pub party: Option<ReservationId>,
    /// Who comes.
    pub visitor: Option<Visitor>,
    /// Whether the PINs are known.
    pub pins: Option<Pins>,
    /// The reception, once the visitor came.
    pub reception: Option<(ReceptionId, domain::reception::State)>,
}

fn line(row: &Row<'_>) -> Result<Line> {
    let reception = row.get::<Option<_>>("reception_id")?;
    let state = row.get::<Option<_>>("reception_state")?;
    Ok(Line {
        id: row.get("id")?,
        start: row.get("start")?,
        state: row.get("state")?,
        channel: row.get("channel")?,
        language: row.get("language")?,
        party: row.get("party_id")?,
        visitor: row.get("visitor")?,
        pins: row.get("pins")?,
        reception: reception.zip(state),
    })
}

/// Everybody who has or had a place on a day, by time; cancelled ones are not among them.
pub fn of_day(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Vec<Line>> {
    reader.rows(&OF_DAY, bind![day.service, day.site, day.day], line)
}

/// The lines of the frozen list of a day, by the time for which they were listed.
pub fn listed(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Vec<Line>> {
    reader.rows(&LISTED, bind![day.service, day.site, day.day], line)
}

/// A renewal that is otherwise than on the frozen list.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The reservation.
    pub reservation: ReservationId,
    /// When it was to be, where it stands on the list.
    pub listed: Option<Start>,
    /// How it is otherwise.
    pub difference: Difference,
    /// When and by whom it was seen.
    pub seen: Option<(Timestamp, Actor)>,
}

/// What is otherwise than on the frozen list of a day, by time.
pub fn differences(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Vec<Changed>> {
    let asked = bind![day.service, day.site, day.day];
    let otherwise = reader.rows(&CHANGED, asked, |row| {
        let listed: Start = row.get("listed")?;
        let now = Now {
            day: row.get::<Date>("day")?,
            start: row.get("start")?,
            cancelled: row.get::<State>("state")? == State::Cancelled,
            card_ended: false,
        };
        let reservation = row.get("id")?;
        let difference = Difference::of(day.day, listed, now);
        Ok(difference.map(|difference| Changed { reservation, listed: Some(listed), difference, seen: None }))
    })?;
    let mut found: Vec<Changed> = otherwise.into_iter().flatten().collect();
    found.extend(reader.rows(&ADDED, asked, |row| {
        let difference = Difference::Added { start: row.get("start")? };
        Ok(Changed { reservation: row.get("id")?, listed: None, difference, seen: None })
    })?);
    if !found.is_empty() {
        let seen: BTreeMap<(ReservationId, String), (Timestamp, Actor)> =
            day_list::seen(reader, &Days::from(day.clone()))?
                .into_iter()
                .map(|((_, id, code), seen)| ((id, code), seen))
                .collect();
        for one in &mut found {
            one.seen = seen.get(&(one.reservation, one.difference.code())).copied();
        }
    }
    let when = |one: &Changed| match one.difference {
        Difference::Added { start } | Difference::Time { start } => Some(start),
        _ => one.listed,
    };
    found.sort_by_key(|one| (when(one), one.reservation));
    Ok(found)
}
