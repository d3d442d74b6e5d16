//! The consignment desk: it begins with the city's transfer, counted by both; a label is paired with its card before
//! its first scan; and it closes when what was expected and what was scanned agree, or each difference is explained
//! with two names, the operator's and the city's.
//!
//! A card of the list that is not in the box is an open incident like every card that nobody finds, so that it is found
//! again by its scan. A card that is on no list has no record here but a count: it goes back to the city at once.

use domain::card::{Finding, Pass};
use domain::consignment::confirms;
use domain::id::{CardId, ConsignmentId};
use domain::journal::{CityRecord, Entry, Subject};
use domain::number::ControlNumber;
use jiff::Timestamp;

use super::{Consignment, find};
use crate::act::Act;
use crate::card::{self, Card, Inspection, StepError};
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::tx::{Reader, Tx};
use crate::{bind, privacy, statements};

statements! { "consignment.desk":
    ARRIVE = "INSERT INTO arrival (consignment_id, boxes, cards, giver, at, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (consignment_id) DO NOTHING";
    ARRIVAL = "SELECT boxes, cards, giver, at FROM arrival WHERE consignment_id = $1";
    PAIR = "INSERT INTO pairing (card_id, entry_id) VALUES ($1, $2) ON CONFLICT (card_id) DO NOTHING";
    PAIRED = "SELECT 1 AS one FROM pairing WHERE card_id = $1 UNION SELECT 1 AS one FROM inspection WHERE card_id = $1";
    ADD_EXTRA = "INSERT INTO extra_card (entry_id, consignment_id, cards, receiver, at) VALUES ($1, $2, $3, $4, $5)";
    EXTRA = "SELECT x.cards AS cards, x.receiver AS receiver, x.at AS at, r.body AS reason
        FROM extra_card x LEFT JOIN remark r ON r.entry_id = x.entry_id
        WHERE x.consignment_id = $1 ORDER BY x.entry_id";
    MISSING = "SELECT c.id AS id, c.line AS line, c.control_number AS control_number, i.told_to AS told_to,
        r.body AS reason
        FROM card c JOIN place p ON p.id = c.place_id
        LEFT JOIN incident i ON i.card_id = c.id AND i.kind = 'missing' AND i.outcome IS NULL
        LEFT JOIN remark r ON r.entry_id = i.entry_id
        WHERE c.consignment_id = $1 AND p.kind = 'missing' ORDER BY c.line";
    OPEN = "SELECT c.id AS id, c.line AS line, c.control_number AS control_number,
        (SELECT COUNT(*) FROM inspection i WHERE i.card_id = c.id) AS passes
        FROM card c JOIN place p ON p.id = c.place_id
        WHERE c.consignment_id = $1 AND c.progress = 'listed' AND p.kind <> 'missing'
        AND (SELECT COUNT(*) FROM inspection i WHERE i.card_id = c.id) < 3 ORDER BY c.line LIMIT $2";
    CLOSE = "INSERT INTO consignment_close (consignment_id, missing, extra, person, at, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (consignment_id) DO NOTHING";
    CLOSED = "SELECT missing, extra, person, at FROM consignment_close WHERE consignment_id = $1";
}

/// The city's transfer of a consignment.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// How many boxes.
    pub boxes: u32,
    /// How many cards both counted.
    pub cards: u32,
    /// Who of the city gave them.
    pub giver: String,
    /// When.
    pub at: Timestamp,
}

/// Cards that are on no list.
#[derive(Debug, Clone)]
pub struct Extra {
    /// How many.
    pub cards: u32,
    /// Who of the city took them back.
    pub receiver: String,
    /// When.
    pub at: Timestamp,
    /// Why they came, as far as is known.
    pub reason: String,
}

/// A card of the list that is not here, or whose passes are not done.
#[derive(Debug, Clone)]
pub struct Open {
    /// The card.
    pub id: CardId,
    /// Its line.
    pub line: u32,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// How many passes are done.
    pub passes: u32,
}

/// A card of the list that is missing.
#[derive(Debug, Clone)]
pub struct Missing {
    /// The card.
    pub id: CardId,
    /// Its line.
    pub line: u32,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Who of the city was told.
    pub told_to: String,
    /// What was said.
    pub reason: String,
}

/// The close of a desk.
#[derive(Debug, Clone)]
pub struct Closed {
    /// Cards of the list that were missing.
    pub missing: u32,
    /// Cards that were on no list.
    pub extra: u32,
    /// Who of the city agreed, where there were differences.
    pub person: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How a desk stands.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The consignment.
    pub consignment: Consignment,
    /// The city's transfer; none: it has not begun.
    pub arrival: Option<Arrival>,
    /// The cards whose passes are not done, no more than asked for.
    pub open: Vec<Open>,
    /// The missing cards.
    pub missing: Vec<Missing>,
    /// The cards that are on no list.
    pub extra: Vec<Extra>,
    /// The close, where it is closed.
    pub closed: Option<Closed>,
}

impl Desk {
    /// How many cards are on no list.
    pub fn extra_cards(&self) -> u32 {
        self.extra.iter().map(|extra| extra.cards).sum()
    }

    /// How many cards must have come by what is known: those of the list without the missing, and those on no list.
    pub fn explained(&self) -> u32 {
        let missing = u32::try_from(self.missing.len()).unwrap_or(u32::MAX);
        self.consignment.cards.saturating_sub(missing).saturating_add(self.extra_cards())
    }

    /// Whether there is a difference that needs the city's name.
    pub fn differs(&self) -> bool {
        !self.missing.is_empty() || !self.extra.is_empty()
    }
}

/// Why the desk did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// There is no such consignment, or it needs no desk.
    #[error("no such consignment")]
    NotFound,
    /// The city's transfer is not recorded yet.
    #[error("the transfer is not recorded")]
    NotArrived,
    /// It was recorded, or closed, before.
    #[error("it was done before")]
    Already,
    /// Passes are to be done.
    #[error("passes are to be done")]
    StillOpen,
    /// The city's count is not explained by the list, the missing and the extra cards.
    #[error("transferred {counted}, explained {explained}")]
    CountDiffers {
        /// What both counted at the transfer.
        counted: u32,
        /// What the list, the missing and the extra cards make.
        explained: u32,
    },
    /// There are differences, and nobody of the city is named.
    #[error("a difference needs the city's name")]
    NeedsCity,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Records the city's transfer.
pub fn arrive(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    (boxes, cards): (u32, u32),
    giver: &str,
    recorded: CityRecord,
) -> Result<(), DeskError> {
    find(tx, id)?.filter(|consignment| !consignment.is_opening).ok_or(DeskError::NotFound)?;
    let written = tx.record(act, &Entry::ConsignmentArrived { consignment: id, boxes, cards, recorded })?;
    if tx.execute(&ARRIVE, bind![id, boxes, cards, giver, act.at, written.entry()])? == 0 {
        return Err(DeskError::Already);
    }
    Ok(())
}

/// The city's transfer of a consignment.
pub fn arrival(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Option<Arrival>> {
    reader.row(&ARRIVAL, bind![id], |row| {
        Ok(Arrival {
            boxes: row.get("boxes")?,
            cards: row.get("cards")?,
            giver: row.get("giver")?,
            at: row.get("at")?,
        })
    })
}

/// What a scan in a pass came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// There is no such card.
    NoCard,
    /// The card is of another list.
    OtherList,
    /// The city's transfer is not recorded yet.
    NotArrived,
    /// It is the first scan of a new label: list line and notice are to be confirmed.
    Unpaired(CardId),
    /// The finding is written down, or was before.
    Done(CardId, Inspection),
}

/// Writes down a scan of the desk. Opening stock has labels that were paired when it was taken over.
pub fn inspect(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    number: ControlNumber,
    pass: Pass,
    finding: Finding,
) -> Result<Scanned, StepError> {
    let Some(card) = card::by_control_number(tx, number)? else { return Ok(Scanned::NoCard) };
    let Some(consignment) = find(tx, id)? else { return Ok(Scanned::OtherList) };
    if card::find(tx, card)?.is_none_or(|found| found.consignment != id) {
        return Ok(Scanned::OtherList);
    }
    if !consignment.is_opening {
        if arrival(tx, id)?.is_none() {
            return Ok(Scanned::NotArrived);
        }
        if !is_paired(tx, card)? {
            return Ok(Scanned::Unpaired(card));
        }
    }
    Ok(Scanned::Done(card, card::inspect(tx, act, card, pass, finding)?))
}

/// Whether the label of a card was paired, or the card was scanned before pairings were written down.
pub fn is_paired(reader: &mut Reader<'_>, card: CardId) -> Result<bool> {
    Ok(!reader.rows(&PAIRED, bind![card], |row| row.get::<i64>("one"))?.is_empty())
}

/// The number on the 交付通知書 of a card, where the city agreed that it is held.
fn notice(reader: &mut Reader<'_>, keys: &Keys, card: CardId) -> Result<Option<String>> {
    privacy::open(reader, keys, &Subject::Card(card), privacy::NOTICE_NUMBER)
}

/// Pairs a new label with its card, where what was typed from paper and card confirms it: the last digits of the notice
/// number or all of it, or the list line where the city refused that the number is held.
pub fn pair(tx: &mut Tx<'_>, act: &Act, keys: &Keys, card: &Card, typed: &str) -> Result<bool> {
    let number = notice(tx, keys, card.id)?;
    if !confirms(typed, number.as_deref(), card.line) {
        return Ok(false);
    }
    if !is_paired(tx, card.id)? {
        let written = tx.record(act, &Entry::CardPaired { card: card.id })?;
        tx.execute(&PAIR, bind![card.id, written.entry()])?;
    }
    Ok(true)
}

/// Records cards that are on no list: they go back to a named person of the city at once.
pub fn extra(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    cards: u32,
    reason: &str,
    receiver: &str,
    recorded: CityRecord,
) -> Result<(), DeskError> {
    if arrival(tx, id)?.is_none() {
        return Err(DeskError::NotArrived);
    }
    if closed(tx, id)?.is_some() {
        return Err(DeskError::Already);
    }
    let written = tx.record(act, &Entry::ExtraCards { consignment: id, cards, recorded })?;
    tx.remark(&written, reason)?;
    tx.execute_one(&ADD_EXTRA, bind![written.entry(), id, cards, receiver, act.at])?;
    Ok(())
}

/// How the desk of a consignment stands, with no more open cards than asked for.
pub fn stands(reader: &mut Reader<'_>, id: ConsignmentId, most: u32) -> Result<Option<Desk>> {
    let Some(consignment) = find(reader, id)? else { return Ok(None) };
    let arrival = arrival(reader, id)?;
    let open = reader.rows(&OPEN, bind![id, most], |row| {
        Ok(Open {
            id: row.get("id")?,
            line: row.get("line")?,
            control_number: card::control_number(row)?,
            passes: row.get("passes")?,
        })
    })?;
    let missing = reader.rows(&MISSING, bind![id], |row| {
        Ok(Missing {
            id: row.get("id")?,
            line: row.get("line")?,
            control_number: card::control_number(row)?,
            told_to: row.get::<Option<String>>("told_to")?.unwrap_or_default(),
            reason: row.get::<Option<String>>("reason")?.unwrap_or_default(),
        })
    })?;
    let extra = reader.rows(&EXTRA, bind![id], |row| {
        Ok(Extra {
            cards: row.get("cards")?,
            receiver: row.get("receiver")?,
            at: row.get("at")?,
            reason: row.get::<Option<String>>("reason")?.unwrap_or_default(),
        })
    })?;
    let closed = closed(reader, id)?;
    Ok(Some(Desk { consignment, arrival, open, missing, extra, closed }))
}

/// The close of a desk, where it is closed.
pub fn closed(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Option<Closed>> {
    reader.row(&CLOSED, bind![id], |row| {
        Ok(Closed {
            missing: row.get("missing")?,
            extra: row.get("extra")?,
            person: row.get("person")?,
            at: row.get("at")?,
        })
    })
}

/// Closes the desk of a consignment. Where there are differences, somebody of the city agrees.
pub fn close(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    city: Option<(&str, CityRecord)>,
) -> Result<(), DeskError> {
    let desk = stands(tx, id, 1)?.filter(|desk| !desk.consignment.is_opening).ok_or(DeskError::NotFound)?;
    if desk.closed.is_some() {
        return Err(DeskError::Already);
    }
    let Some(arrival) = &desk.arrival else { return Err(DeskError::NotArrived) };
    if !desk.open.is_empty() {
        return Err(DeskError::StillOpen);
    }
    let (counted, explained) = (arrival.cards, desk.explained());
    if counted != explained {
        return Err(DeskError::CountDiffers { counted, explained });
    }
    if desk.differs() && city.is_none() {
        return Err(DeskError::NeedsCity);
    }
    let missing = u32::try_from(desk.missing.len()).unwrap_or(u32::MAX);
    let extra = desk.extra_cards();
    let recorded = city.map(|(_, recorded)| recorded);
    let written = tx.record(act, &Entry::ConsignmentClosed { consignment: id, missing, extra, recorded })?;
    let person = city.map(|(person, _)| person.to_owned());
    if tx.execute(&CLOSE, bind![id, missing, extra, person, act.at, written.entry()])? == 0 {
        return Err(DeskError::Already);
    }
    Ok(())
}
