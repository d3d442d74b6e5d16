//! 返戻カードの窓口での受け取り: a card that the post brought back is handed over at the counter. Its process ended with the
//! mail and stays ended; only its place goes on, from the city to the counter and to the citizen.

use domain::id::{CardId, PickupId};
use domain::journal::Entry;
use domain::number::ControlNumber;
use domain::pickup::{NotHanded, State};
use domain::place::PlaceKind;
use domain::reservation::Visitor;
use domain::service::SiteCode;
use jiff::Timestamp;

use crate::act::Act;
use crate::batch::mail::Posting;
use crate::card::{self, Card, Change, StepError};
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, place, statements};

statements! { "pickup":
    BEGIN = "INSERT INTO pickup (id, card_id, site, visitor, copies, state, begun_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (card_id) WHERE ended_by IS NULL DO NOTHING";
    COME = "UPDATE pickup SET state = $1 WHERE id = $2 AND state = $3";
    END = "UPDATE pickup SET state = $1, why = $2, ended_by = $3 WHERE id = $4 AND state = $5 AND ended_by IS NULL";
    FIND = "SELECT id, card_id, state FROM pickup WHERE id = $1";
    OF_CARD = "SELECT p.id AS id, p.card_id AS card_id, p.visitor AS visitor, p.copies AS copies, p.state AS state,
        p.why AS why, j.at AS at, e.at AS ended_at, c.control_number AS control_number
        FROM pickup p JOIN card c ON c.id = p.card_id JOIN journal j ON j.id = p.begun_by
        LEFT JOIN journal e ON e.id = p.ended_by WHERE p.card_id = $1 ORDER BY p.id DESC LIMIT $2";
    OPEN = "SELECT p.id AS id, p.card_id AS card_id, p.visitor AS visitor, p.copies AS copies, p.state AS state,
        p.why AS why, j.at AS at, e.at AS ended_at, c.control_number AS control_number
        FROM pickup p JOIN card c ON c.id = p.card_id JOIN journal j ON j.id = p.begun_by
        LEFT JOIN journal e ON e.id = p.ended_by WHERE p.site = $1 AND p.ended_by IS NULL ORDER BY p.id";
    IS_OPEN = "SELECT id FROM pickup WHERE card_id = $1 AND ended_by IS NULL";
}

/// A citizen who came for a card that had come back.
#[derive(Debug, Clone)]
pub struct Pickup {
    /// Its id.
    pub id: PickupId,
    /// For which card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Who came.
    pub visitor: Visitor,
    /// How many copies of identity papers were made.
    pub copies: u32,
    /// How far it is.
    pub state: State,
    /// Why the card was not handed over.
    pub why: Option<NotHanded>,
    /// When the papers went to the city.
    pub at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Why it was not written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickupError {
    /// There is no such card, or nobody came for it.
    #[error("not found")]
    NotFound,
    /// The card did not come back from the post, or waits for the city's decision.
    #[error("the card is not one that came back")]
    NotBack,
    /// Somebody came for it already, and that is not over.
    #[error("it is open already")]
    Open,
    /// It is further than the form says.
    #[error("it is {} already", .0.code())]
    Further(State),
    /// The card is not where it should be: an incident, or an act of another screen, came between.
    #[error("the card is at {}", .0.code())]
    Elsewhere(PlaceKind),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<StepError> for PickupError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::NoCard => Self::NotFound,
            StepError::Store(error) => Self::Store(error),
            // The card is held for the whole of the transaction, so no step of it can come between.
            other => Self::Store(Error::Broken(other.to_string())),
        }
    }
}

/// Whether a card can be handed over so: the post brought it back, the city has it, and nothing holds it.
pub fn fits(card: &Card) -> bool {
    Posting::MailedAgain.fits(card)
}

/// Whether somebody came for a card and it is not over.
pub fn is_open(reader: &mut Reader<'_>, card: CardId) -> Result<bool> {
    Ok(reader.row(&IS_OPEN, bind![card], |row| row.get::<PickupId>("id"))?.is_some())
}

/// A citizen came: the form is filled in, the papers are copied, and a named person of the city took both over.
pub fn begin(
    tx: &mut Tx<'_>,
    act: &Act,
    id: CardId,
    (visitor, copies): (Visitor, u32),
    person: &str,
) -> Result<PickupId, PickupError> {
    let card = card::held(tx, id)?.ok_or(PickupError::NotFound)?;
    if is_open(tx, id)? {
        return Err(PickupError::Open);
    }
    if !fits(&card) {
        return Err(PickupError::NotBack);
    }
    let pickup: PickupId = tx.id(act);
    let recorded = tx.record(act, &Entry::PickupBegun { pickup, card: id, visitor, copies })?;
    tx.remark(&recorded, &format!("受け取った市の担当者：{person}"))?;
    let (state, entry) = (State::WithCity, recorded.entry());
    if tx.execute(&BEGIN, bind![pickup, id, card.site, visitor, copies, state, entry])? == 0 {
        tx.run_again(&BEGIN);
        return Err(Error::Conflict.into());
    }
    Ok(pickup)
}

/// A named person of the city gave the card out: it lies at the counter.
pub fn came(tx: &mut Tx<'_>, act: &Act, id: PickupId, person: &str) -> Result<(), PickupError> {
    let (card, state) = locked(tx, id)?;
    if state != State::WithCity {
        return Err(PickupError::Further(state));
    }
    is_at(&card, PlaceKind::City)?;
    let recorded = tx.record(act, &Entry::PickupCardCame { pickup: id, card: card.id })?;
    tx.remark(&recorded, &format!("渡した市の担当者：{person}"))?;
    let to = place::the(tx, &card.site, PlaceKind::Counter)?;
    card::step(tx, &recorded, card.id, &Change { place: Some(to), ..Change::default() })?;
    Ok(tx.execute_one(&COME, bind![State::AtCounter, id, State::WithCity])?)
}

/// The citizen signed for the card and has it.
pub fn hand(tx: &mut Tx<'_>, act: &Act, id: PickupId) -> Result<(), PickupError> {
    let (card, state) = locked(tx, id)?;
    if state != State::AtCounter {
        return Err(PickupError::Further(state));
    }
    is_at(&card, PlaceKind::Counter)?;
    let recorded = tx.record(act, &Entry::PickupHanded { pickup: id, card: card.id })?;
    let to = place::the(tx, &card.site, PlaceKind::Citizen)?;
    card::step(tx, &recorded, card.id, &Change { place: Some(to), ..Change::default() })?;
    let why: Option<NotHanded> = None;
    Ok(tx.execute_one(&END, bind![State::Handed, why, recorded.entry(), id, State::AtCounter])?)
}

/// It ended without a handover. What lies at the counter goes back to a named person of the city; `person` is not needed
/// before the card came.
pub fn end(
    tx: &mut Tx<'_>,
    act: &Act,
    id: PickupId,
    seen: State,
    why: NotHanded,
    person: Option<&str>,
) -> Result<(), PickupError> {
    let (card, state) = locked(tx, id)?;
    if !state.is_open() || state != seen {
        return Err(PickupError::Further(state));
    }
    let recorded = tx.record(act, &Entry::PickupEnded { pickup: id, card: card.id, why })?;
    // What nobody finds stays what it is: its incident goes on.
    if card.place_kind == PlaceKind::Counter {
        let person = person.ok_or_else(|| Error::Broken("nobody took the card back".to_owned()))?;
        tx.remark(&recorded, &format!("カードを受け取った市の担当者：{person}"))?;
        let to = place::the(tx, &card.site, PlaceKind::City)?;
        card::step(tx, &recorded, card.id, &Change { place: Some(to), ..Change::default() })?;
    }
    Ok(tx.execute_one(&END, bind![State::NotHanded, why, recorded.entry(), id, state])?)
}

fn is_at(card: &Card, place: PlaceKind) -> Result<(), PickupError> {
    if card.place_kind == place { Ok(()) } else { Err(PickupError::Elsewhere(card.place_kind)) }
}

/// The card of a pick-up, held until the end of the transaction, and how far it is.
fn locked(tx: &mut Tx<'_>, id: PickupId) -> Result<(Card, State), PickupError> {
    let find = |tx: &mut Tx<'_>| {
        tx.row(&FIND, bind![id], |row| Ok((row.get::<CardId>("card_id")?, row.get::<State>("state")?)))
    };
    let (card, _) = find(tx)?.ok_or(PickupError::NotFound)?;
    card::lock(tx, card)?;
    let (card, state) = find(tx)?.ok_or(PickupError::NotFound)?;
    let card = card::find(tx, card)?.ok_or(PickupError::NotFound)?;
    Ok((card, state))
}

fn pickup(row: &Row<'_>) -> Result<Pickup> {
    Ok(Pickup {
        id: row.get("id")?,
        card: row.get("card_id")?,
        control_number: card::control_number(row)?,
        visitor: row.get("visitor")?,
        copies: row.get("copies")?,
        state: row.get("state")?,
        why: row.get("why")?,
        at: row.get("at")?,
        ended_at: row.get("ended_at")?,
    })
}

/// Who came for a card, the last first.
pub fn of_card(reader: &mut Reader<'_>, card: CardId, limit: u32) -> Result<Vec<Pickup>> {
    reader.rows(&OF_CARD, bind![card, limit], pickup)
}

/// What is not over at a site, the oldest first. They are few.
pub fn open(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Pickup>> {
    reader.rows(&OPEN, bind![site], pickup)
}
