//! Everything that stands in a day's report, and the comparison of days.
//!
//! A day's visitors are folded from the entries about the day. What was done besides (bookings for whatever day, cards,
//! letters, incidents) is counted from the close before to the close of the day, so that nothing falls between two
//! reports: also what citizens booked in the evening and on days when nobody worked. Before the first close there is
//! none before it, and the day itself is the beginning.

use std::collections::BTreeMap;

use domain::correction::End;
use domain::id::{EntryId, ReservationId};
use domain::journal::{Actor, BusinessDay, Entry, Subject};
use domain::place::PlaceKind;
use domain::report::{AtClose, DayCounts, Main, Work};
use domain::service::SiteCode;
use domain::time::{day_of, instant_at};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{CloseError, Closed, closed, counts};
use crate::error::Result;
use crate::tx::Reader;
use crate::value::Row;
use crate::{bind, incident, journal, statements};

// Joins are written in the order in which they are walked: from the entries of the window to what they are about.
// Whether a batch is of the site stands in its row, which never changes that.
statements! { "report.day":
    BEFORE = "SELECT c.through_seq AS through_seq, j.at AS at FROM day_close c JOIN journal j ON j.id = c.entry_id
        WHERE c.service = $1 AND c.site = $2 AND c.through_seq < $3 ORDER BY c.through_seq DESC LIMIT 1";
    ENTRIES = "SELECT j.id AS id, j.seq AS seq, j.at AS at, j.actor AS actor, j.data AS data FROM journal j
        WHERE j.at >= $1 AND j.at < $2 AND COALESCE(j.seq, $3) > $4 AND COALESCE(j.seq, $3) <= $5
        AND j.kind IN ('booked', 'moved', 'cancelled', 'incident_opened', 'incident_ended', 'end_corrected')
        ORDER BY j.at, j.id";
    CONSIGNMENTS = "SELECT j.id AS id, j.data AS data
        FROM journal j CROSS JOIN journal_subject s CROSS JOIN consignment k
        WHERE j.at >= $1 AND j.at < $2 AND COALESCE(j.seq, $3) > $4 AND COALESCE(j.seq, $3) <= $5
        AND j.kind = 'consignment_taken' AND s.entry_id = j.id AND k.id = substr(s.subject, 13) AND k.site = $6";
    BATCHES = "SELECT j.id AS id, j.data AS data FROM journal j CROSS JOIN journal_subject s CROSS JOIN batch k
        WHERE j.at >= $1 AND j.at < $2 AND COALESCE(j.seq, $3) > $4 AND COALESCE(j.seq, $3) <= $5
        AND j.kind IN ('batch_sent', 'batch_returned', 'cards_returned') AND s.entry_id = j.id AND k.id = substr(s.subject, 7)
        AND k.site = $6";
    LETTERS = "SELECT j.id AS id, j.data AS data FROM journal j CROSS JOIN journal_subject s CROSS JOIN letter_batch k
        WHERE j.at >= $1 AND j.at < $2 AND COALESCE(j.seq, $3) > $4 AND COALESCE(j.seq, $3) <= $5
        AND j.kind IN ('letters_printed', 'letters_posted') AND s.entry_id = j.id AND k.id = substr(s.subject, 9)
        AND k.site = $6";
    INSPECTED = "SELECT COUNT(*) AS n
        FROM journal j CROSS JOIN card_step t CROSS JOIN card c CROSS JOIN consignment k
        WHERE j.at >= $1 AND j.at < $2 AND COALESCE(j.seq, $3) > $4 AND COALESCE(j.seq, $3) <= $5
        AND j.kind = 'card_inspected' AND t.entry_id = j.id AND t.stage_from = 'listed' AND t.stage_to = 'inspected'
        AND c.id = t.card_id AND k.id = c.consignment_id AND k.site = $6";
    LATER = "SELECT j.id AS id, j.seq AS seq, j.at AS at, j.actor AS actor, j.data AS data
        FROM journal_subject s JOIN journal j ON j.id = s.entry_id
        WHERE s.subject = $1 AND j.kind = 'end_corrected' AND COALESCE(j.seq, $2) > $3 ORDER BY s.entry_id";
    PLACES = "SELECT p.kind AS kind, (SELECT COUNT(*) FROM card c WHERE c.place_id = p.id)
        - (SELECT COUNT(*) FROM consignment s CROSS JOIN card d
            WHERE s.state IN ('staged', 'dropped') AND d.consignment_id = s.id AND d.place_id = p.id) AS n
        FROM place p WHERE p.site = $1 AND p.kind <> 'citizen' ORDER BY p.kind, p.id";
    COMPARED = "SELECT c.day AS day, c.city_count AS city_count, j.data AS data
        FROM day_close c JOIN journal j ON j.id = c.entry_id
        WHERE c.service = $1 AND c.site = $2 AND c.day <= $3 ORDER BY c.day DESC LIMIT $4";
}

/// The number that entries without one count as: later than every other.
const LAST: i64 = i64::MAX;

/// The report of a day: of a closed day for ever the same, but for what is noted as later.
#[derive(Debug, Clone)]
pub struct DayReport {
    /// The day's visitors.
    pub counts: DayCounts,
    /// What was done besides, since the close before.
    pub work: Work,
    /// How things stood at the close; of an open day as of now. Closes of the first version did not say.
    pub state: Option<AtClose>,
    /// Whether and when the day was closed.
    pub closed: Option<Closed>,
    /// 訂正: what was corrected about days that were closed, since the close before.
    pub corrections: Vec<Corrected>,
    /// What was corrected about this day after its close. It stands in the report of a later day.
    pub later: Vec<Corrected>,
}

/// A correction of an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// The entry.
    pub entry: EntryId,
    /// When it was corrected.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// The day of the reservation.
    pub day: BusinessDay,
    /// The reservation.
    pub reservation: ReservationId,
    /// The end before.
    pub from: End,
    /// The end after.
    pub to: End,
    seq: Option<i64>,
}

impl Corrected {
    /// A correction that is not numbered yet.
    pub fn told(
        entry: EntryId,
        at: Timestamp,
        actor: Actor,
        day: BusinessDay,
        reservation: ReservationId,
        (from, to): (End, End),
    ) -> Self {
        Self { entry, at, actor, day, reservation, from, to, seq: None }
    }
}

/// The entries that a report reads besides those about its day.
struct Window {
    from: Timestamp,
    until: Timestamp,
    after: i64,
    through: i64,
}

/// The report of a day.
pub fn report(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<DayReport, CloseError> {
    let closed = closed(reader, day)?;
    let counts = counts(reader, day)?;
    let window = window(reader, day, closed.as_ref())?;
    let (work, corrected) = work(reader, day, &window)?;
    let corrections = of_closed_days(reader, day, corrected)?;
    let (state, later) = match &closed {
        Some(closed) => (closed.state.clone(), later(reader, day, closed.through_seq)?),
        None => (Some(state(reader, &day.site, &counts)?), Vec::new()),
    };
    Ok(DayReport { counts, work, state, closed, corrections, later })
}

/// How things stand now.
pub(super) fn state(reader: &mut Reader<'_>, site: &SiteCode, counts: &DayCounts) -> Result<AtClose> {
    let mut places: BTreeMap<PlaceKind, u32> = BTreeMap::new();
    for (kind, cards) in
        reader.rows(&PLACES, bind![site], |row| Ok((row.get::<PlaceKind>("kind")?, row.get::<u32>("n")?)))?
    {
        if cards > 0 {
            *places.entry(kind).or_default() += cards;
        }
    }
    Ok(AtClose { places, open_incidents: incident::how_many(reader, site)?, main: Main::from(counts) })
}

fn window(reader: &mut Reader<'_>, day: &BusinessDay, closed: Option<&Closed>) -> Result<Window> {
    let through = closed.map_or(LAST, |closed| closed.through_seq);
    let before = reader.row(&BEFORE, bind![day.service, day.site, through], |row| {
        Ok((row.get::<i64>("through_seq")?, row.get::<Timestamp>("at")?))
    })?;
    let last = closed.map_or(day.day, |closed| day_of(closed.at));
    let first = before.map_or(day.day, |(_, at)| day_of(at));
    Ok(Window {
        from: instant_at(first.min(last), 0),
        // The end of the day is the beginning of the next.
        until: instant_at(last, 24 * 60),
        after: before.map_or(0, |(seq, _)| seq),
        through,
    })
}

fn work(reader: &mut Reader<'_>, day: &BusinessDay, window: &Window) -> Result<(Work, Vec<Corrected>)> {
    let Window { from, until, after, through } = window;
    let mut work = Work::default();
    let mut corrected = Vec::new();
    for (at, entry) in reader.rows(&ENTRIES, bind![from, until, LAST, after, through], |row| {
        Ok((correction(row)?, journal::entry(row)?))
    })? {
        work.take(day, &entry);
        corrected.extend(at);
    }
    for statement in [&CONSIGNMENTS, &BATCHES, &LETTERS] {
        let entries =
            reader.rows(statement, bind![from, until, LAST, after, through, day.site], journal::entry)?;
        for entry in &entries {
            work.take(day, entry);
        }
    }
    work.inspected =
        reader.one(&INSPECTED, bind![from, until, LAST, after, through, day.site], |row| row.get("n"))?;
    Ok((work, corrected))
}

fn correction(row: &Row<'_>) -> Result<Option<Corrected>> {
    let Entry::EndCorrected { reservation, day, from, to, .. } = journal::entry(row)? else {
        return Ok(None);
    };
    Ok(Some(Corrected {
        entry: row.get("id")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        seq: row.get("seq")?,
        day,
        reservation,
        from,
        to,
    }))
}

/// Those corrections that came after the close of the day they are about; the others are in that day's counts.
fn of_closed_days(
    reader: &mut Reader<'_>,
    of: &BusinessDay,
    corrected: Vec<Corrected>,
) -> Result<Vec<Corrected>> {
    let mut ends: BTreeMap<Date, Option<i64>> = BTreeMap::new();
    let mut kept = Vec::new();
    for correction in corrected {
        let day = &correction.day;
        if day.service != of.service || day.site != of.site {
            continue;
        }
        let end = if let Some(end) = ends.get(&day.day) {
            *end
        } else {
            let end = closed(reader, day)?.map(|closed| closed.through_seq);
            ends.insert(day.day, end);
            end
        };
        if end.is_some_and(|end| correction.seq.unwrap_or(LAST) > end) {
            kept.push(correction);
        }
    }
    Ok(kept)
}

/// What was corrected about a day after its close.
fn later(reader: &mut Reader<'_>, day: &BusinessDay, through: i64) -> Result<Vec<Corrected>> {
    let rows = reader.rows(&LATER, bind![Subject::Day(day.clone()), LAST, through], correction)?;
    Ok(rows.into_iter().flatten().collect())
}

/// The last closed days up to a day, the latest first: what the city counted, and the main figures where the close
/// says them.
pub fn compared(
    reader: &mut Reader<'_>,
    until: &BusinessDay,
    days: u32,
) -> Result<Vec<(Date, u32, Option<Main>)>> {
    reader.rows(&COMPARED, bind![until.service, until.site, until.day, days], |row| {
        let main = match journal::entry(row)? {
            Entry::DayClosed { state, .. } => state.map(|state| state.main),
            _ => None,
        };
        Ok((row.get("day")?, row.get("city_count")?, main))
    })
}
