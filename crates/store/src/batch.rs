//! Counted batches: the cards of each group go to the city and come back, counted by both (11(5)ウ(イ), (ウ)). How a group
//! is transferred stands in [`mod@group`], how cards come back or stay in [`back`], what the city mails in [`mail`].

use std::collections::HashMap;

use domain::batch::{BatchKind, BatchState, CardEnd};
use domain::card::{Finding, Pass, Stage};
use domain::consignment::{ApplicationMethod, Way};
use domain::group::{Facts, remarks};
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

pub mod back;
pub mod group;
pub mod mail;

pub use back::{keep, take_back, take_some_back};

statements! { "batch":
    INSERT = "INSERT INTO batch (id, site, kind, state, cards, receiver, sent_at)
        VALUES ($1, $2, $3, 'sent', $4, $5, $6)";
    ADD = "INSERT INTO batch_card (batch_id, card_id) VALUES ($1, $2)";
    FIND = "SELECT b.id AS id, b.site AS site, b.kind AS kind, b.state AS state, b.cards AS cards,
        b.receiver AS receiver, b.sent_at AS sent_at, b.returned_at AS returned_at, b.giver AS giver,
        b.mailed_on AS mailed_on,
        (SELECT COUNT(*) FROM batch_card k WHERE k.batch_id = b.id AND k.ended IS NULL) AS still_out
        FROM batch b WHERE b.id = $1";
    LIST = "SELECT b.id AS id, b.site AS site, b.kind AS kind, b.state AS state, b.cards AS cards,
        b.receiver AS receiver, b.sent_at AS sent_at, b.returned_at AS returned_at, b.giver AS giver,
        b.mailed_on AS mailed_on,
        (SELECT COUNT(*) FROM batch_card k WHERE k.batch_id = b.id AND k.ended IS NULL) AS still_out
        FROM batch b WHERE b.site = $1 AND b.id < $2 ORDER BY b.id DESC LIMIT $3";
    OUT = "SELECT b.id AS id, b.site AS site, b.kind AS kind, b.state AS state, b.cards AS cards,
        b.receiver AS receiver, b.sent_at AS sent_at, b.returned_at AS returned_at, b.giver AS giver,
        b.mailed_on AS mailed_on,
        (SELECT COUNT(*) FROM batch_card k WHERE k.batch_id = b.id AND k.ended IS NULL) AS still_out
        FROM batch b WHERE b.state = 'sent' AND b.site = $1 ORDER BY b.id DESC LIMIT $2";
    CARDS = "SELECT c.id AS id, COALESCE(c.list_line, c.line) AS line, c.control_number AS control_number,
        c.method AS method, c.way AS way, c.short_validity AS short_validity, c.stage AS stage,
        COALESCE(c.list_date, s.list_date) AS list_date, b.ended AS ended, b.ended_at AS ended_at
        FROM batch_card b JOIN card c ON c.id = b.card_id JOIN consignment s ON s.id = c.consignment_id
        WHERE b.batch_id = $1 ORDER BY c.id";
    FOUND = "SELECT i.card_id AS card_id, i.pass AS pass, i.finding AS finding
        FROM batch_card b JOIN inspection i ON i.card_id = b.card_id WHERE b.batch_id = $1 ORDER BY i.card_id, i.pass";
    READY = "SELECT c.id AS id FROM card c JOIN consignment s ON s.id = c.consignment_id
        JOIN place p ON p.id = c.place_id
        WHERE c.consignment_id = $1 AND c.progress = 'inspected' AND p.kind = 'desk' AND s.state = 'taken'
        AND c.sorted_into = 'at_issue' ORDER BY c.line";
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
    /// How many of its cards the city has.
    pub still_out: u32,
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
    /// Who gives the card to the citizen.
    pub way: Way,
    /// The stage of its process now.
    pub stage: Stage,
    /// What the city must know of it: 備考 of the list.
    pub remarks: String,
    /// How it left the city's hands; none: the city has it.
    pub ended: Option<CardEnd>,
    /// When.
    pub ended_at: Option<Timestamp>,
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
    /// A card waits for the city's decision on a recall: it comes back first.
    #[error("a card is suspended")]
    Suspended,
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
        still_out: row.get("still_out")?,
    })
}

/// The inspected cards of a consignment on the desk that go to 交付前設定, in list order.
pub fn ready(reader: &mut Reader<'_>, consignment: ConsignmentId) -> Result<Vec<CardId>> {
    reader.rows(&READY, bind![consignment], |row| row.get("id"))
}

/// Transfers what is ready of a consignment to the city for 交付前設定, counted by both.
pub fn send(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    consignment: ConsignmentId,
    counted: u32,
    receiver: &str,
    recorded: CityRecord,
) -> Result<BatchId, BatchError> {
    let cards = ready(tx, consignment)?;
    hand_over(tx, act, site, BatchKind::Setup, &cards, (counted, receiver), |batch, cards| Entry::BatchSent {
        batch,
        cards,
        recorded,
    })
}

/// Gives cards to a named person of the city as a batch. Who counted another number than the program has none.
fn hand_over(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    kind: BatchKind,
    cards: &[CardId],
    (counted, receiver): (u32, &str),
    entry: impl FnOnce(BatchId, u32) -> Entry,
) -> Result<BatchId, BatchError> {
    let expected = u32::try_from(cards.len()).map_err(|_| Error::Broken("too many cards".to_owned()))?;
    if expected == 0 {
        return Err(BatchError::Empty);
    }
    if expected != counted {
        return Err(BatchError::CountDiffers { expected, counted });
    }
    let id: BatchId = tx.id(act);
    let city = place::the(tx, site, PlaceKind::City)?;
    let recorded = tx.record(act, &entry(id, expected))?;
    tx.execute_one(&INSERT, bind![id, site, kind, expected, receiver, act.at])?;
    for card in cards {
        tx.execute_one(&ADD, bind![id, card])?;
        let change = Change { place: Some(city), batch: Some(id), ..Change::default() };
        card::step(tx, &recorded, *card, &change)?;
    }
    Ok(id)
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

/// The batches of a site that are with the city, newest first.
pub fn out(reader: &mut Reader<'_>, site: &SiteCode, limit: u32) -> Result<Vec<Batch>> {
    reader.rows(&OUT, bind![site, limit], batch)
}

/// The cards of a batch in list order.
pub fn cards(reader: &mut Reader<'_>, id: BatchId) -> Result<Vec<BatchCard>> {
    let mut found: HashMap<CardId, Vec<(Pass, Finding)>> = HashMap::new();
    let rows = reader.rows(&FOUND, bind![id], |row| {
        Ok((row.get::<CardId>("card_id")?, (row.get("pass")?, row.get("finding")?)))
    })?;
    for (card, finding) in rows {
        found.entry(card).or_default().push(finding);
    }
    reader.rows(&CARDS, bind![id], |row| {
        let card = row.get("id")?;
        let (method, way) = (row.get("method")?, row.get("way")?);
        let findings = found.get(&card).map_or(&[][..], Vec::as_slice);
        let facts = Facts { method, way, findings, short_validity: row.get("short_validity")? };
        Ok(BatchCard {
            id: card,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            control_number: card::control_number(row)?,
            method,
            way,
            stage: row.get("stage")?,
            remarks: remarks(&facts),
            ended: row.get("ended")?,
            ended_at: row.get("ended_at")?,
        })
    })
}
