//! A portion that is being scanned: opened by one, scanned by several, taken or undone as a whole.

use domain::card::Stage;
use domain::consignment::{ApplicationMethod, PostBlock};
use domain::id::{ConsignmentId, PlaceId};
use domain::journal::Entry;
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::SiteCode;
use domain::time::day_of;
use jiff::civil::Date;

use super::{Stock, add};
use crate::act::Act;
use crate::consignment::{self, Header, TakeError};
use crate::error::{Error, Result};
use crate::former::Hashed;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, card, meta, place, statements};

statements! { "opening.draft":
    BEGIN = "INSERT INTO opening (id, site, name, state, stage, posted_on, opens, method, lines, entry_id)
        VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, 0, $8)";
    FIND = "SELECT id, site, name, state, stage, posted_on, opens, method, lines FROM opening WHERE id = $1";
    OPEN = "SELECT id, site, name, state, stage, posted_on, opens, method, lines FROM opening
        WHERE state = 'open' ORDER BY id DESC LIMIT $1";
    GROW = "UPDATE opening SET lines = lines + 1 WHERE id = $1 AND state = 'open'";
    ADD = "INSERT INTO opening_line (opening_id, n, control_number, place_id, former, key_version)
        VALUES ($1, $2, $3, $4, $5, $6)";
    BY_FORMER = "SELECT l.opening_id AS opening_id, l.n AS n FROM opening_line l WHERE l.former = $1";
    LINES = "SELECT l.n AS n, l.control_number AS control_number, l.place_id AS place_id, l.former AS former,
        l.key_version AS key_version, p.name AS place_name
        FROM opening_line l JOIN place p ON p.id = l.place_id WHERE l.opening_id = $1 AND l.n > $2 ORDER BY l.n";
    END = "UPDATE opening SET state = $1 WHERE id = $2 AND state = 'open'";
    DROP_LINES = "DELETE FROM opening_line WHERE opening_id = $1";
    BECOMES = "INSERT INTO consignment
        (id, site, state, received_on, list_date, box, cards, staged_at, entry_id, kind)
        VALUES ($1, $2, 'taken', $3, $4, $5, $6, $7, $8, 'opening')";
}

/// Cards of one portion at most: it is taken in one transaction, which nobody else should wait for.
pub const MOST: u32 = 300;

/// How far a portion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is being scanned.
    Open,
    /// Its cards are there.
    Taken,
    /// It was undone.
    Dropped,
}

/// What holds for every card of a portion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where the cards are.
    pub site: SiteCode,
    /// What the portion is called.
    pub name: String,
    /// How far its cards are.
    pub stage: Stage,
    /// When their letters were posted; needed for cards that are notified.
    pub posted_on: Option<Date>,
    /// Whether the number that is scanned stood on the letter and opens the booking.
    pub opens: bool,
    /// 申請方式.
    pub method: ApplicationMethod,
}

/// A portion that is or was scanned.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its id, which is the consignment's once it is taken.
    pub id: ConsignmentId,
    /// What holds for its cards.
    pub plan: Plan,
    /// How far it is.
    pub state: State,
    /// How many cards were scanned.
    pub lines: u32,
}

/// A card that was scanned.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its running number, from 1.
    pub n: u32,
    /// Its new 管理番号.
    pub control_number: ControlNumber,
    /// Where it lies.
    pub place: PlaceId,
    /// The name of that place.
    pub place_name: String,
    /// Its former number.
    former: Option<Hashed>,
}

impl Line {
    /// Whether its former number is known.
    pub fn has_former(&self) -> bool {
        self.former.is_some()
    }
}

/// Why a portion was not begun, scanned or taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// There is no such portion.
    #[error("no such portion")]
    NoDraft,
    /// It was taken or undone.
    #[error("the portion is no longer open")]
    Ended,
    /// Its letters were posted, and nobody said when; or they were not, and somebody did.
    #[error("stage and date of posting do not fit")]
    Posting,
    /// It has as many cards as a portion may have.
    #[error("the portion is full")]
    Full,
    /// The place is none where cards lie.
    #[error("no place for cards")]
    NoPlace,
    /// The number belongs to a card, or to another portion.
    #[error("the number belongs to another card")]
    Known,
    /// Nothing was scanned.
    #[error("the portion is empty")]
    Empty,
    /// The count of the person differs from the program's.
    #[error("counted {counted}, expected {expected}")]
    CountDiffers {
        /// What the program expects.
        expected: u32,
        /// What was counted.
        counted: u32,
    },
    /// It cannot become a consignment.
    #[error(transparent)]
    Take(#[from] TakeError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn draft(row: &Row<'_>) -> Result<Draft> {
    let state = match row.get::<String>("state")?.as_str() {
        "open" => State::Open,
        "taken" => State::Taken,
        "dropped" => State::Dropped,
        _ => return Err(Error::Broken("opening.state is no state".to_owned())),
    };
    Ok(Draft {
        id: row.get("id")?,
        plan: Plan {
            site: row.get("site")?,
            name: row.get("name")?,
            stage: row.get("stage")?,
            posted_on: row.get("posted_on")?,
            opens: row.get("opens")?,
            method: row.get("method")?,
        },
        state,
        lines: row.get("lines")?,
    })
}

/// Whether cards of a stage may lie in a place of this kind when they are taken over. What the city has not set up
/// yet waits on the desk, where transfers look for it.
pub fn holds_stock(kind: PlaceKind, stage: Stage) -> bool {
    match stage {
        Stage::Listed | Stage::Inspected => kind == PlaceKind::Desk,
        _ => kind.is_storage() || kind == PlaceKind::Desk,
    }
}

/// Opens a portion.
pub fn begin(tx: &mut Tx<'_>, act: &Act, plan: &Plan) -> Result<ConsignmentId, DraftError> {
    let posted = plan.stage == Stage::Notified;
    let date_fits = match plan.posted_on {
        Some(day) => posted && day <= day_of(act.at),
        None => !posted,
    };
    if !date_fits || (plan.opens && !posted) || !domain::opening::STAGES.contains(&plan.stage) {
        return Err(DraftError::Posting);
    }
    let id: ConsignmentId = tx.id(act);
    let recorded = tx.record(act, &Entry::OpeningBegun { consignment: id })?;
    let Plan { site, name, stage, posted_on, opens, method } = plan;
    tx.execute_one(&BEGIN, bind![id, site, name, stage, posted_on, opens, method, recorded.entry()])?;
    Ok(id)
}

/// A portion by its id.
pub fn find(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Option<Draft>> {
    reader.row(&FIND, bind![id], draft)
}

/// The portions that are being scanned, newest first.
pub fn open(reader: &mut Reader<'_>, limit: u32) -> Result<Vec<Draft>> {
    reader.rows(&OPEN, bind![limit], draft)
}

/// The cards that were scanned, after a running number (0 for all).
pub fn lines(reader: &mut Reader<'_>, id: ConsignmentId, after: u32) -> Result<Vec<Line>> {
    reader.rows(&LINES, bind![id, after], |row| {
        let former: Option<[u8; 32]> = row.get("former")?;
        let version = row.get("key_version")?;
        Ok(Line {
            n: row.get("n")?,
            control_number: card::control_number(row)?,
            place: row.get("place_id")?,
            place_name: row.get("place_name")?,
            former: former.map(|lookup| Hashed { lookup, version }),
        })
    })
}

/// What a scan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// The card is in the portion, under this running number.
    Added(u32),
    /// It was in the portion before.
    Before(u32),
}

/// Adds a card that lies in a place, with its former number if it has one. It gets a new 管理番号.
pub fn scan(
    tx: &mut Tx<'_>,
    id: ConsignmentId,
    at: PlaceId,
    former: Option<Hashed>,
) -> Result<Scanned, DraftError> {
    let place = place::find(tx, at)?.ok_or(DraftError::NoPlace)?;
    let stage = find(tx, id)?.ok_or(DraftError::NoDraft)?.plan.stage;
    if !holds_stock(place.kind, stage) {
        return Err(DraftError::NoPlace);
    }
    if let Some(former) = former {
        let known = tx.row(&BY_FORMER, bind![former.lookup], |row| {
            Ok((row.get::<ConsignmentId>("opening_id")?, row.get::<u32>("n")?))
        })?;
        match known {
            Some((of, n)) if of == id => return Ok(Scanned::Before(n)),
            Some(_) => return Err(DraftError::Known),
            None => {}
        }
    }
    // Whoever scans into the same portion at this moment waits here, and gets the next number.
    if tx.execute(&GROW, bind![id])? == 0 {
        return Err(DraftError::Ended);
    }
    let n = find(tx, id)?.ok_or(DraftError::NoDraft)?.lines;
    if n > MOST {
        return Err(DraftError::Full);
    }
    let number = meta::take_numbers(tx, "control_number", 1)?;
    let version = former.map_or(0, |former| former.version);
    tx.execute_one(&ADD, bind![id, n, number, at, former.map(|former| former.lookup), version])?;
    Ok(Scanned::Added(n))
}

fn still_open(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Draft, DraftError> {
    let draft = find(reader, id)?.ok_or(DraftError::NoDraft)?;
    if draft.state == State::Open { Ok(draft) } else { Err(DraftError::Ended) }
}

/// Undoes a portion as a whole: nothing of it is left but that it was begun and undone. Its 管理番号 are not given
/// again.
pub fn undo(tx: &mut Tx<'_>, act: &Act, id: ConsignmentId) -> Result<(), DraftError> {
    let draft = still_open(tx, id)?;
    tx.record(act, &Entry::OpeningDropped { consignment: id, cards: draft.lines })?;
    end(tx, id, "dropped")
}

fn end(tx: &mut Tx<'_>, id: ConsignmentId, state: &str) -> Result<(), DraftError> {
    if tx.execute(&END, bind![state, id])? == 0 {
        // Somebody else, or the same press, ended it at this moment; all of this one is run again.
        tx.run_again(&END);
        return Err(Error::Conflict.into());
    }
    tx.execute(&DROP_LINES, bind![id])?;
    Ok(())
}

/// Takes a portion, counted by hand: all of its cards are there at once.
pub fn take(tx: &mut Tx<'_>, act: &Act, id: ConsignmentId, counted: u32) -> Result<(), DraftError> {
    let Draft { plan, lines: count, .. } = still_open(tx, id)?;
    if count == 0 {
        return Err(DraftError::Empty);
    }
    if count != counted {
        return Err(DraftError::CountDiffers { expected: count, counted });
    }
    let scanned = lines(tx, id, 0)?;
    end(tx, id, "taken")?;
    if u32::try_from(scanned.len()).ok() != Some(count) {
        // Somebody scanned between the two statements; all of this is run again on what is true now.
        tx.run_again(&LINES);
        return Err(Error::Conflict.into());
    }
    let today = day_of(act.at);
    let Plan { site, name, stage, posted_on, opens, method } = plan;
    let header = Header { site, received_on: today, list_date: today, box_name: name, file_hash: None };
    consignment::taken_before(tx, &header)?;
    let recorded = tx.record(act, &Entry::OpeningTaken { consignment: id, cards: count })?;
    let Header { site, box_name, .. } = &header;
    tx.execute_one(&BECOMES, bind![id, site, today, today, box_name, count, act.at, recorded.entry()])?;
    for line in scanned {
        let (label, letter) = if opens { (None, line.former) } else { (line.former, None) };
        let stock = Stock {
            n: line.n,
            label,
            letter,
            stage,
            posted_on,
            place: line.place,
            list_date: None,
            list_line: None,
            method,
            post_block: PostBlock::Unknown,
            short_validity: None,
        };
        let number = i64::from(line.control_number.base());
        match add(tx, act, id, recorded.entry(), number, &stock) {
            Err(TakeError::NoticeTaken { .. }) => return Err(DraftError::Known),
            other => other?,
        }
    }
    Ok(())
}
