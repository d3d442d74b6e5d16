//! The consignment desk: it begins with the city's transfer, counted by both; a label is paired with its card before
//! its first scan; and it closes ([`close`]) when what was expected and what was scanned agree, or each difference is
//! explained with two names, the operator's and the city's.
//!
//! A card of the list that is not in the box is an open incident like every card that nobody finds, and its first scan
//! ends the search. A card that is on no list has no record here but a count: it goes back to the city at once.

pub mod close;

use domain::card::{Finding, Pass, Stage};
use domain::consignment::confirms;
use domain::id::{CardId, ConsignmentId};
use domain::journal::{CityRecord, Entry, Subject};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use jiff::Timestamp;

use super::find;
use crate::act::Act;
use crate::card::{self, Card, Change, Inspection, StepError};
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::tx::{Reader, Tx};
use crate::{bind, incident, place, privacy, statements};

statements! { "consignment.desk":
    LOCK = "UPDATE consignment SET cards = cards WHERE id = $1";
    ARRIVE = "INSERT INTO arrival (consignment_id, boxes, cards, giver, at, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (consignment_id) DO NOTHING";
    RECOUNT = "UPDATE arrival SET boxes = $1, cards = $2, giver = $3, at = $4, entry_id = $5
        WHERE consignment_id = $6 AND boxes = $7 AND cards = $8";
    ARRIVAL = "SELECT boxes, cards, giver, at FROM arrival WHERE consignment_id = $1";
    PAIR = "INSERT INTO pairing (card_id, entry_id) VALUES ($1, $2) ON CONFLICT (card_id) DO NOTHING";
    PAIRED = "SELECT 1 AS one FROM pairing WHERE card_id = $1
        UNION SELECT 1 AS one FROM inspection WHERE card_id = $1
        UNION SELECT 1 AS one FROM card c JOIN consignment s ON s.id = c.consignment_id
        WHERE c.id = $1 AND s.kind = 'opening'";
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

/// What both counted at the city's transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Boxes.
    pub boxes: u32,
    /// Cards.
    pub cards: u32,
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
    /// It was recorded, changed or closed before.
    #[error("it was done before")]
    Already,
    /// Passes are to be done.
    #[error("passes are to be done")]
    StillOpen,
    /// The city was not told yet of a card that is missing.
    #[error("the city was not told of a missing card")]
    Untold,
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

/// Has the desk of a consignment to oneself until the end of the transaction: whoever counts it again, adds to it or
/// closes it does so one after the other.
fn lock(tx: &mut Tx<'_>, id: ConsignmentId) -> Result<()> {
    tx.execute(&LOCK, bind![id]).map(drop)
}

/// Records the city's transfer. Until the desk is closed both may count again: then `before` is what was shown to them,
/// and nothing is changed where it stands otherwise by now.
pub fn arrive(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    counted: Counted,
    before: Option<Counted>,
    (giver, recorded): (&str, CityRecord),
) -> Result<(), DeskError> {
    find(tx, id)?.filter(|consignment| !consignment.is_opening).ok_or(DeskError::NotFound)?;
    lock(tx, id)?;
    if close::closed(tx, id)?.is_some() {
        return Err(DeskError::Already);
    }
    let Counted { boxes, cards } = counted;
    let written = tx.record(act, &Entry::ConsignmentArrived { consignment: id, boxes, cards, recorded })?;
    let done = match before {
        None => tx.execute(&ARRIVE, bind![id, boxes, cards, giver, act.at, written.entry()])?,
        Some(before) => tx.execute(
            &RECOUNT,
            bind![boxes, cards, giver, act.at, written.entry(), id, before.boxes, before.cards],
        )?,
    };
    if done == 0 { Err(DeskError::Already) } else { Ok(()) }
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
    OtherList(CardId),
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
    let Some(found) = card::find(tx, card)? else { return Ok(Scanned::NoCard) };
    let Some(consignment) = find(tx, id)?.filter(|_| found.consignment == id) else {
        return Ok(Scanned::OtherList(card));
    };
    if !consignment.is_opening && arrival(tx, id)?.is_none() {
        return Ok(Scanned::NotArrived);
    }
    if !is_paired(tx, card)? {
        return Ok(Scanned::Unpaired(card));
    }
    turned_up(tx, act, &found)?;
    Ok(Scanned::Done(card, card::inspect(tx, act, card, pass, finding)?))
}

/// A card that nobody found before its passes were done is scanned: it lies on the desk, and the search is over.
fn turned_up(tx: &mut Tx<'_>, act: &Act, card: &Card) -> Result<(), StepError> {
    if card.place_kind != PlaceKind::Missing || card.stage != Stage::Listed {
        return Ok(());
    }
    let desk = place::the(tx, &card.site, PlaceKind::Desk)?;
    let recorded = tx.record(act, &Entry::CardPlaced { card: card.id, place: desk })?;
    card::step(tx, &recorded, card.id, &Change { place: Some(desk), ..Change::default() })?;
    Ok(incident::found(tx, act, card.id)?)
}

/// Whether the label of a card is known to be on its card: it was paired, or scanned before pairings were written down,
/// or taken over from a former contractor with its card.
pub fn is_paired(reader: &mut Reader<'_>, card: CardId) -> Result<bool> {
    Ok(!reader.rows(&PAIRED, bind![card], |row| row.get::<i64>("one"))?.is_empty())
}

/// The number on the 交付通知書 of a card, where the city agreed that it is held.
fn notice(reader: &mut Reader<'_>, keys: &Keys, card: CardId) -> Result<Option<String>> {
    privacy::open(reader, keys, &Subject::Card(card), privacy::NOTICE_NUMBER)
}

/// Pairs a new label with its card, where what was typed from paper and card confirms it: the last digits of the notice
/// number or all of it, or the list line where the city refused that the number is held. Answers whether it does.
pub fn pair(tx: &mut Tx<'_>, act: &Act, keys: &Keys, card: &Card, typed: &str) -> Result<bool> {
    let number = notice(tx, keys, card.id)?;
    if !confirms(typed, number.as_deref(), card.line) {
        return Ok(false);
    }
    if !is_paired(tx, card.id)? {
        let written = tx.record(act, &Entry::CardPaired { card: card.id })?;
        if tx.execute(&PAIR, bind![card.id, written.entry()])? == 0 {
            // Somebody else paired it at this moment: what was written down here is undone, and it is found paired.
            tx.run_again(&PAIR);
            return Err(Error::Conflict);
        }
    }
    Ok(true)
}
