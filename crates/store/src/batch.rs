//! Counted batches: cards go to the city for 交付前設定 and come back, counted by both (11(5)ウ(ウ)).

use domain::card::Stage;
use domain::id::{BatchId, CardId, ConsignmentId};
use domain::journal::{CityRecord, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::SiteCode;
use jiff::Timestamp;

use crate::act::Act;
use crate::card::{self, Change, StepError};
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, place, statements};

statements! { "batch":
    INSERT = "INSERT INTO batch (id, site, state, cards, receiver, sent_at) VALUES ($1, $2, 'sent', $3, $4, $5)";
    ADD = "INSERT INTO batch_card (batch_id, card_id) VALUES ($1, $2)";
    RETURN = "UPDATE batch SET state = 'returned', returned_at = $1, giver = $2 WHERE id = $3 AND state = 'sent'";
    FIND = "SELECT id, site, state, cards, receiver, sent_at, returned_at, giver FROM batch WHERE id = $1";
    LIST = "SELECT id, site, state, cards, receiver, sent_at, returned_at, giver FROM batch
        WHERE site = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    CARDS = "SELECT c.id AS id, COALESCE(c.list_line, c.line) AS line, c.control_number AS control_number, COALESCE(c.list_date, s.list_date) AS list_date
        FROM batch_card b JOIN card c ON c.id = b.card_id JOIN consignment s ON s.id = c.consignment_id
        WHERE b.batch_id = $1 ORDER BY c.id";
    READY = "SELECT c.id AS id, c.method AS method FROM card c JOIN consignment s ON s.id = c.consignment_id
        JOIN place p ON p.id = c.place_id
        WHERE c.consignment_id = $1 AND c.progress = 'inspected' AND p.kind = 'desk' AND s.state = 'taken'
        ORDER BY c.line";
    READY_COUNTS = "SELECT c.consignment_id AS consignment, c.method AS method, COUNT(*) AS n
        FROM card c JOIN place p ON p.id = c.place_id WHERE c.progress = 'inspected' AND p.kind = 'desk'
        GROUP BY c.consignment_id, c.method ORDER BY c.consignment_id, c.method";
}

/// A batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// At which site.
    pub site: SiteCode,
    /// Whether it came back.
    pub returned: bool,
    /// How many cards.
    pub cards: u32,
    /// Who of the city took it over.
    pub receiver: String,
    /// When it went.
    pub sent_at: Timestamp,
    /// When it came back.
    pub returned_at: Option<Timestamp>,
    /// Who of the city gave it back.
    pub giver: Option<String>,
}

/// A card of a batch.
#[derive(Debug, Clone)]
pub struct BatchCard {
    /// The card.
    pub id: CardId,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: jiff::civil::Date,
    /// 管理番号.
    pub control_number: ControlNumber,
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
    /// There is no such batch, or it came back already.
    #[error("the batch is not with the city")]
    NotOut,
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
        returned: row.get::<String>("state")? == "returned",
        cards: row.get("cards")?,
        receiver: row.get("receiver")?,
        sent_at: row.get("sent_at")?,
        returned_at: row.get("returned_at")?,
        giver: row.get("giver")?,
    })
}

/// The cards of a consignment that are inspected, on the desk, and of a method that comes back for storage.
pub fn ready(reader: &mut Reader<'_>, consignment: ConsignmentId) -> Result<Vec<CardId>> {
    let cards = reader.rows(&READY, bind![consignment], |row| {
        Ok((row.get::<CardId>("id")?, row.get::<domain::consignment::ApplicationMethod>("method")?))
    })?;
    Ok(cards.into_iter().filter(|(_, method)| method.is_stored()).map(|(id, _)| id).collect())
}

/// How many cards are ready of each consignment that has any, as [`ready`] has them. What was inspected is of a
/// consignment that was taken.
pub fn ready_counts(reader: &mut Reader<'_>) -> Result<Vec<(ConsignmentId, u32)>> {
    let counts = reader.rows(&READY_COUNTS, bind![], |row| {
        let method: domain::consignment::ApplicationMethod = row.get("method")?;
        Ok((row.get::<ConsignmentId>("consignment")?, method, row.get::<u32>("n")?))
    })?;
    let mut ready: Vec<(ConsignmentId, u32)> = Vec::new();
    for (consignment, _, n) in counts.into_iter().filter(|(_, method, _)| method.is_stored()) {
        match ready.last_mut().filter(|(last, _)| *last == consignment) {
            Some((_, count)) => *count += n,
            None => ready.push((consignment, n)),
        }
    }
    Ok(ready)
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
    tx.execute_one(&INSERT, bind![id, site, expected, receiver, act.at])?;
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
    let Some(out) = find(tx, id)?.filter(|batch| !batch.returned) else { return Err(BatchError::NotOut) };
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
        })
    })
}
