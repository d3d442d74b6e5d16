//! Counted batches: cards go to the city for 交付前設定 and come back, counted by both (11(5)ウ(ウ)). Those that the
//! city mails go in batches of their own, in [`mail`].

use domain::batch::{BatchKind, BatchState};
use domain::card::Stage;
use domain::consignment::{ApplicationMethod, Way};
use domain::id::{BatchId, CardId, ConsignmentId};
use domain::journal::{CityRecord, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::SiteCode;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::card::{self, Change, StepError};
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, place, statements};

pub mod mail;

statements! { "batch":
    INSERT = "INSERT INTO batch (id, site, kind, state, cards, receiver, sent_at)
        VALUES ($1, $2, $3, 'sent', $4, $5, $6)";
    ADD = "INSERT INTO batch_card (batch_id, card_id) VALUES ($1, $2)";
    RETURN = "UPDATE batch SET state = 'returned', returned_at = $1, giver = $2 WHERE id = $3 AND kind = 'setup' AND state = 'sent'";
    FIND = "SELECT id, site, kind, state, cards, receiver, sent_at, returned_at, giver, mailed_on
        FROM batch WHERE id = $1";
    LIST = "SELECT id, site, kind, state, cards, receiver, sent_at, returned_at, giver, mailed_on FROM batch
        WHERE site = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    CARDS = "SELECT c.id AS id, COALESCE(c.list_line, c.line) AS line, c.control_number AS control_number,
        c.method AS method, COALESCE(c.list_date, s.list_date) AS list_date
        FROM batch_card b JOIN card c ON c.id = b.card_id JOIN consignment s ON s.id = c.consignment_id
        WHERE b.batch_id = $1 ORDER BY c.id";
    READY = "SELECT c.id AS id FROM card c JOIN consignment s ON s.id = c.consignment_id
        JOIN place p ON p.id = c.place_id
        WHERE c.consignment_id = $1 AND c.progress = 'inspected' AND p.kind = 'desk' AND s.state = 'taken'
        AND c.way = 'stored' ORDER BY c.line";
    READY_COUNTS = "SELECT c.consignment_id AS consignment, c.method AS method, c.way AS way, COUNT(*) AS n
        FROM card c JOIN place p ON p.id = c.place_id WHERE c.progress = 'inspected' AND p.kind = 'desk'
        GROUP BY c.consignment_id, c.method, c.way ORDER BY c.consignment_id, c.method, c.way";
}

/// A batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// At which site.
    pub site: SiteCode,
    /// What it went for.
    pub kind: BatchKind,
    /// How far it has come.
    pub state: BatchState,
    /// How many cards.
    pub cards: u32,
    /// Who of the city took it over.
    pub receiver: String,
    /// When it went.
    pub sent_at: Timestamp,
    /// When it came back.
    pub returned_at: Option<Timestamp>,
    /// Who of the city gave it back, or mailed its cards.
    pub giver: Option<String>,
    /// The city's date of posting, for cards that it mails.
    pub mailed_on: Option<Date>,
}

impl Batch {
    /// Whether its cards are with the city now.
    pub fn is_out(&self) -> bool {
        self.state == BatchState::Sent
    }
}

/// A card of a batch.
#[derive(Debug, Clone)]
pub struct BatchCard {
    /// The card.
    pub id: CardId,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// 申請方式.
    pub method: ApplicationMethod,
}

/// Inspected cards on the desk of one consignment and one application method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// The consignment.
    pub consignment: ConsignmentId,
    /// 申請方式.
    pub method: ApplicationMethod,
    /// Who gives the cards to the citizen.
    pub way: Way,
    /// How many.
    pub cards: u32,
}

/// Why a batch was not transferred.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// There is nothing to transfer.
    #[error("no cards are ready")]
    Empty,
    /// The count of the person differs from the program's.
    #[error("counted {counted}, expected {expected}")]
    CountDiffers {
        /// What the program expects.
        expected: u32,
        /// What was counted.
        counted: u32,
    },
    /// There is no such batch, or it is no longer with the city.
    #[error("the batch is not with the city")]
    NotOut,
    /// The date of posting lies before the transfer or in the future.
    #[error("the date of posting cannot be")]
    ImpossibleDate,
    /// A card cannot take the step.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn batch(row: &Row<'_>) -> Result<Batch> {
    Ok(Batch {
        id: row.get("id")?,
        site: row.get("site")?,
        kind: row.get("kind")?,
        state: row.get("state")?,
        cards: row.get("cards")?,
        receiver: row.get("receiver")?,
        sent_at: row.get("sent_at")?,
        returned_at: row.get("returned_at")?,
        giver: row.get("giver")?,
        mailed_on: row.get("mailed_on")?,
    })
}

/// The cards of a consignment that are inspected, on the desk, and of a method that comes back for storage.
pub fn ready(reader: &mut Reader<'_>, consignment: ConsignmentId) -> Result<Vec<CardId>> {
    reader.rows(&READY, bind![consignment], |row| row.get("id"))
}

/// The inspected cards on the desk, by consignment and application method. What was inspected is of a consignment
/// that was taken.
pub fn ready_counts(reader: &mut Reader<'_>) -> Result<Vec<Ready>> {
    reader.rows(&READY_COUNTS, bind![], |row| {
        Ok(Ready {
            consignment: row.get("consignment")?,
            method: row.get("method")?,
            way: row.get("way")?,
            cards: row.get("n")?,
        })
    })
}

/// Transfers what is ready of a consignment to the city, counted by both.
pub fn send(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    consignment: ConsignmentId,
    counted: u32,
    receiver: &str,
    recorded_by: CityRecord,
) -> Result<BatchId, BatchError> {
    let cards = ready(tx, consignment)?;
    let expected = u32::try_from(cards.len()).map_err(|_| Error::Broken("too many cards".to_owned()))?;
    if expected == 0 {
        return Err(BatchError::Empty);
    }
    if expected != counted {
        return Err(BatchError::CountDiffers { expected, counted });
    }
    let id: BatchId = tx.id(act);
    let city = place::the(tx, site, PlaceKind::City)?;
    let recorded = tx.record(act, &Entry::BatchSent { batch: id, cards: expected, recorded: recorded_by })?;
    tx.execute_one(&INSERT, bind![id, site, BatchKind::Setup, expected, receiver, act.at])?;
    for card in cards {
        tx.execute_one(&ADD, bind![id, card])?;
        let change = Change { place: Some(city), batch: Some(id), ..Change::default() };
        card::step(tx, &recorded, card, &change)?;
    }
    Ok(id)
}

/// Takes a batch back from the city: its cards are set up (交付前設定済) and on the desk.
pub fn take_back(
    tx: &mut Tx<'_>,
    act: &Act,
    id: BatchId,
    counted: u32,
    giver: &str,
    recorded_by: CityRecord,
) -> Result<(), BatchError> {
    let Some(out) = find(tx, id)?.filter(|batch| batch.is_out() && batch.kind == BatchKind::Setup) else {
        return Err(BatchError::NotOut);
    };
    if out.cards != counted {
        return Err(BatchError::CountDiffers { expected: out.cards, counted });
    }
    let desk = place::the(tx, &out.site, PlaceKind::Desk)?;
    let recorded =
        tx.record(act, &Entry::BatchReturned { batch: id, cards: counted, recorded: recorded_by })?;
    if tx.execute(&RETURN, bind![act.at, giver, id])? == 0 {
        return Err(BatchError::NotOut);
    }
    for card in cards(tx, id)? {
        let change =
            Change { stage: Some(Stage::Prepared), place: Some(desk), batch: Some(id), ..Change::default() };
        card::step(tx, &recorded, card.id, &change)?;
    }
    Ok(())
}

/// A batch by its id.
pub fn find(reader: &mut Reader<'_>, id: BatchId) -> Result<Option<Batch>> {
    reader.row(&FIND, bind![id], batch)
}

/// The batches of a site, newest first, before an id (`None` for the first page).
pub fn list(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    before: Option<BatchId>,
    limit: u32,
) -> Result<Vec<Batch>> {
    let before = before.map_or_else(|| "~".to_owned(), |id| id.to_string());
    reader.rows(&LIST, bind![site, before, limit], batch)
}

/// The cards of a batch in list order.
pub fn cards(reader: &mut Reader<'_>, id: BatchId) -> Result<Vec<BatchCard>> {
    reader.rows(&CARDS, bind![id], |row| {
        Ok(BatchCard {
            id: row.get("id")?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            control_number: card::control_number(row)?,
            method: row.get("method")?,
        })
    })
}
