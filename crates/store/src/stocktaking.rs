//! Stock-takings (棚卸) of a site: begun by a person, closed when every box is counted and every difference has its reason.
//!
//! Boxes are counted in [`count`](mod@count), differences get their reasons in [`difference`](mod@difference).

use domain::id::{PersonId, PlaceId, StocktakingId};
use domain::journal::{Actor, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::{Service, SiteCode};
use domain::stocktaking::BoxState;
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::card;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

pub mod count;
pub mod difference;

/// A stock-taking with who began and closed it; a condition follows.
macro_rules! stocktakings {
    ($rest:literal) => {
        concat!(
            "SELECT s.id AS id, s.site AS site, s.day AS day, s.sample AS sample, b.at AS began, b.actor AS begun_by,
        c.at AS closed, c.actor AS closed_by FROM stocktaking s JOIN journal b ON b.id = s.entry_id
        LEFT JOIN journal c ON c.id = s.closed_by WHERE ",
            $rest
        )
    };
}

statements! { "stocktaking":
    INSERT = "INSERT INTO stocktaking (id, site, day, sample, entry_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (site) WHERE closed_by IS NULL DO NOTHING";
    FIND = stocktakings!("s.id = $1");
    LAST = stocktakings!("s.site = $1 AND s.id < $2 ORDER BY s.id DESC LIMIT $3");
    BOXES = "SELECT p.id AS id, p.kind AS kind, p.name AS name, b.state AS state, b.sampled AS sampled,
        b.expected AS expected, f.at AS frozen, b.first_person AS first_person, i.at AS first_at,
        b.second_person AS second_person, k.at AS second_at
        FROM place p LEFT JOIN stocktaking_box b ON b.stocktaking_id = $1 AND b.place_id = p.id
        LEFT JOIN journal f ON f.id = b.frozen_by LEFT JOIN journal i ON i.id = b.first_by
        LEFT JOIN journal k ON k.id = b.second_by
        WHERE p.site = $2 AND p.kind IN ('box', 'desk', 'tray') ORDER BY p.id";
    COUNTS = "SELECT c.place_id AS place_id, COUNT(c.first_seen) AS first_seen, COUNT(c.second_seen) AS second_seen,
        COALESCE(SUM(CASE WHEN c.difference = 'missing' THEN 1 ELSE 0 END), 0) AS missing,
        COALESCE(SUM(CASE WHEN c.difference = 'extra' THEN 1 ELSE 0 END), 0) AS extra,
        COALESCE(SUM(CASE WHEN c.difference IS NOT NULL AND c.reason IS NULL THEN 1 ELSE 0 END), 0) AS open
        FROM stocktaking_card c WHERE c.stocktaking_id = $1 GROUP BY c.place_id ORDER BY c.place_id";
    VISITED = "SELECT DISTINCT c.place_id AS place_id FROM reservation r JOIN card c ON c.id = r.card_id
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3 AND r.state = 'booked' ORDER BY c.place_id";
    HOLD_OPEN = "UPDATE stocktaking SET sample = sample WHERE id = $1 AND closed_by IS NULL";
    CLOSE = "UPDATE stocktaking SET closed_by = $1 WHERE id = $2 AND closed_by IS NULL";
    SKIPPED = "SELECT c.control_number AS control_number FROM place p JOIN card c ON c.place_id = p.id
        JOIN consignment s ON s.id = c.consignment_id
        WHERE p.site = $1 AND p.kind IN ('box', 'desk', 'tray') AND s.state = 'taken'
        AND NOT EXISTS (SELECT 1 FROM stocktaking_card x WHERE x.card_id = c.id AND x.stocktaking_id = $2)
        AND NOT EXISTS (SELECT 1 FROM card_step t WHERE t.card_id = c.id AND t.at >= $3)
        ORDER BY c.control_number LIMIT $4";
    STAYED_AWAY = "SELECT COUNT(DISTINCT x.card_id) AS n FROM stocktaking_card x
        WHERE x.stocktaking_id = $1 AND x.standing <> 'extra' AND NOT EXISTS
        (SELECT 1 FROM stocktaking_card y WHERE y.card_id = x.card_id AND y.stocktaking_id = $2
            AND y.standing <> 'extra')";
    TOTAL = "SELECT COUNT(DISTINCT x.card_id) AS n FROM stocktaking_card x
        WHERE x.stocktaking_id = $1 AND x.standing <> 'extra'";
    ISSUED = "SELECT COUNT(DISTINCT x.card_id) AS n FROM stocktaking_card x JOIN card c ON c.id = x.card_id
        WHERE x.stocktaking_id = $1 AND x.standing <> 'extra' AND c.stage = 'issued' AND NOT EXISTS
        (SELECT 1 FROM stocktaking_card y WHERE y.card_id = x.card_id AND y.stocktaking_id = $2
            AND y.standing <> 'extra')";
}

/// A stock-taking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stocktaking {
    /// Its id.
    pub id: StocktakingId,
    /// Of which site.
    pub site: SiteCode,
    /// The day on which it began.
    pub day: Date,
    /// How many hundredths of the boxes are counted a second time although they agree.
    pub sample: u32,
    /// When it began.
    pub began: Timestamp,
    /// Who began it.
    pub begun_by: Actor,
    /// When it was closed, and by whom; none: it is open.
    pub closed: Option<(Timestamp, Actor)>,
}

/// A count of a box that ended, or is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Who counts, or counted.
    pub person: PersonId,
    /// When the count ended; none: it is under way.
    pub ended: Option<Timestamp>,
    /// How many cards were scanned.
    pub seen: u32,
}

/// A box of a stock-taking whose count began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// How far it has come.
    pub state: BoxState,
    /// Whether it is counted a second time although it agrees.
    pub sampled: bool,
    /// How many cards were expected when its count began.
    pub expected: u32,
    /// When that was.
    pub frozen: Timestamp,
    /// The first count.
    pub first: Counted,
    /// The second count, where there is one.
    pub second: Option<Counted>,
    /// How many cards are missing after the last count.
    pub missing: u32,
    /// How many belong elsewhere after the last count.
    pub extra: u32,
    /// How many of these have no reason yet.
    pub open: u32,
}

/// A place that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    /// Which.
    pub id: PlaceId,
    /// What kind of place: a box, the desk or the tray.
    pub kind: PlaceKind,
    /// Its name.
    pub name: String,
    /// How far it has come; none: its count did not begin.
    pub taken: Option<Taken>,
}

/// What changed since another stock-taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// How many cards the other one had.
    pub before: u32,
    /// How many came since.
    pub came: u32,
    /// How many left since.
    pub left: u32,
    /// How many of those are issued.
    pub issued: u32,
}

/// Why a stock-taking was not begun or closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StocktakingError {
    /// The site has one that is open.
    #[error("there is an open one")]
    Open,
    /// There is none, or it is closed.
    #[error("not found, or closed")]
    Over,
    /// So many boxes are not counted, or have differences without a reason.
    #[error("{0} boxes are not done")]
    NotDone(u32),
    /// These cards lie in a box by the records and were in none when it was counted.
    #[error("{} cards were counted nowhere", .0.len())]
    Skipped(Vec<ControlNumber>),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn stocktaking(row: &Row<'_>) -> Result<Stocktaking> {
    let closed: Option<Timestamp> = row.get("closed")?;
    let closed_by: Option<Actor> = row.get("closed_by")?;
    Ok(Stocktaking {
        id: row.get("id")?,
        site: row.get("site")?,
        day: row.get("day")?,
        sample: row.get("sample")?,
        began: row.get("began")?,
        begun_by: row.get("begun_by")?,
        closed: closed.zip(closed_by),
    })
}

/// A stock-taking by its id.
pub fn find(reader: &mut Reader<'_>, id: StocktakingId) -> Result<Option<Stocktaking>> {
    reader.row(&FIND, bind![id], stocktaking)
}

/// The last ones of a site, the newest first.
pub fn last(reader: &mut Reader<'_>, site: &SiteCode, limit: u32) -> Result<Vec<Stocktaking>> {
    reader.rows(&LAST, bind![site, "~", limit], stocktaking)
}

/// The one before another.
pub fn before(reader: &mut Reader<'_>, of: &Stocktaking) -> Result<Option<Stocktaking>> {
    reader.row(&LAST, bind![of.site, of.id.to_string(), 1_u32], stocktaking)
}

/// Begins a stock-taking of a site.
pub fn begin(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    sample: u32,
) -> Result<StocktakingId, StocktakingError> {
    let id: StocktakingId = tx.id(act);
    let sample = sample.min(100);
    let recorded =
        tx.record(act, &Entry::StocktakingBegun { stocktaking: id, site: site.clone(), sample })?;
    let inserted = tx.execute(&INSERT, bind![id, site, day_of(act.at), sample, recorded.entry()])?;
    if inserted == 0 { Err(StocktakingError::Open) } else { Ok(id) }
}

/// The places of a stock-taking in the order of their ids, with how far each has come. Of a closed one, only those that
/// were counted.
pub fn boxes(reader: &mut Reader<'_>, of: &Stocktaking) -> Result<Vec<Counting>> {
    let counts = reader.rows(&COUNTS, bind![of.id], |row| {
        let seen: [u32; 5] = [
            row.get("first_seen")?,
            row.get("second_seen")?,
            row.get("missing")?,
            row.get("extra")?,
            row.get("open")?,
        ];
        Ok((row.get::<PlaceId>("place_id")?, seen))
    })?;
    let counts: std::collections::BTreeMap<PlaceId, [u32; 5]> = counts.into_iter().collect();
    let mut places = reader.rows(&BOXES, bind![of.id, of.site], |row| {
        let id: PlaceId = row.get("id")?;
        let counts = counts.get(&id).copied().unwrap_or_default();
        let state: Option<BoxState> = row.get("state")?;
        let taken = state.map(|state| taken(row, state, counts)).transpose()?;
        Ok(Counting { id, kind: row.get("kind")?, name: row.get("name")?, taken })
    })?;
    if of.closed.is_some() {
        places.retain(|place| place.taken.is_some());
    }
    Ok(places)
}

fn taken(row: &Row<'_>, state: BoxState, counts: [u32; 5]) -> Result<Taken> {
    let [first_seen, second_seen, missing, extra, open] = counts;
    let second: Option<PersonId> = row.get("second_person")?;
    let second_at: Option<Timestamp> = row.get("second_at")?;
    Ok(Taken {
        state,
        sampled: row.get("sampled")?,
        expected: row.get("expected")?,
        frozen: row.get("frozen")?,
        first: Counted { person: row.get("first_person")?, ended: row.get("first_at")?, seen: first_seen },
        second: second.map(|person| Counted { person, ended: second_at, seen: second_seen }),
        missing,
        extra,
        open,
    })
}

/// The places in which the cards of a day's visits lie: they are counted first.
pub fn visited(
    reader: &mut Reader<'_>,
    service: Service,
    site: &SiteCode,
    day: Date,
) -> Result<Vec<PlaceId>> {
    reader.rows(&VISITED, bind![service, site, day], |row| row.get("place_id"))
}

/// How many cards a stock-taking had where they belong.
pub fn total(reader: &mut Reader<'_>, id: StocktakingId) -> Result<u32> {
    reader.one(&TOTAL, bind![id], |row| row.get("n"))
}

/// What changed since another one.
pub fn changed(reader: &mut Reader<'_>, id: StocktakingId, before: StocktakingId) -> Result<Changed> {
    Ok(Changed {
        before: total(reader, before)?,
        came: reader.one(&STAYED_AWAY, bind![id, before], |row| row.get("n"))?,
        left: reader.one(&STAYED_AWAY, bind![before, id], |row| row.get("n"))?,
        issued: reader.one(&ISSUED, bind![before, id], |row| row.get("n"))?,
    })
}

/// Cards that are named where some were counted nowhere.
const NAMED: u32 = 20;

/// Has an open stock-taking to oneself until the end of the transaction: nobody closes it while the count of a box begins,
/// nor begins one while it is closed. False: there is none that is open.
fn hold_open(tx: &mut Tx<'_>, id: StocktakingId) -> Result<bool> {
    Ok(tx.execute(&HOLD_OPEN, bind![id])? > 0)
}

/// Closes a stock-taking: every box of the site is counted, and every difference has its reason. A card that lies in a
/// box by the records, took no step since the beginning and was in no box when it was counted was moved behind the
/// program's back, and keeps it from closing.
pub fn close(tx: &mut Tx<'_>, act: &Act, id: StocktakingId) -> Result<(), StocktakingError> {
    if !hold_open(tx, id)? {
        return Err(StocktakingError::Over);
    }
    let Some(found) = find(tx, id)? else { return Err(StocktakingError::Over) };
    let boxes = boxes(tx, &found)?;
    let is_done = |place: &Counting| place.taken.as_ref().is_some_and(|taken| taken.state == BoxState::Done);
    let left = boxes.iter().filter(|place| !is_done(place)).count();
    if left > 0 {
        return Err(StocktakingError::NotDone(u32::try_from(left).unwrap_or(u32::MAX)));
    }
    let skipped = tx.rows(&SKIPPED, bind![found.site, id, found.began, NAMED], card::control_number)?;
    if !skipped.is_empty() {
        return Err(StocktakingError::Skipped(skipped));
    }
    let sum =
        |of: &dyn Fn(&Taken) -> u32| boxes.iter().filter_map(|place| place.taken.as_ref()).map(of).sum();
    let recorded = tx.record(
        act,
        &Entry::StocktakingClosed {
            stocktaking: id,
            boxes: u32::try_from(boxes.len()).unwrap_or(u32::MAX),
            cards: sum(&|taken| taken.expected),
            missing: sum(&|taken| taken.missing),
            extra: sum(&|taken| taken.extra),
        },
    )?;
    tx.execute_one(&CLOSE, bind![recorded.entry(), id])?;
    Ok(())
}
