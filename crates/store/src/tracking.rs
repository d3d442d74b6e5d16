//! 追跡番号: under which number the post has a card that the city mailed, as the city tells it. "Unknown" is an answer too,
//! and told as such.

use domain::card::{Cause, Stage};
use domain::id::CardId;
use domain::journal::{CityRecord, Entry};
use domain::tracking::TrackingNumber;
use jiff::Timestamp;

use crate::act::Act;
use crate::card::{self, Card, StepError};
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "tracking":
    FIND = "SELECT number, recorded_at FROM tracking WHERE card_id = $1";
    BY_NUMBER = "SELECT card_id FROM tracking WHERE number = $1";
    WRITE = "INSERT INTO tracking (card_id, number, recorded_at) VALUES ($1, $2, $3)
        ON CONFLICT (card_id) DO UPDATE SET number = excluded.number, recorded_at = excluded.recorded_at";
    FORGET = "DELETE FROM tracking WHERE card_id = $1";
}

/// What the city told of a card's mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The number; none: the city does not know it.
    pub number: Option<TrackingNumber>,
    /// When it was recorded.
    pub at: Timestamp,
}

/// Why a number was not recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrackingError {
    /// There is no such card.
    #[error("not found")]
    NotFound,
    /// The city did not mail this card.
    #[error("the card was not mailed by the city")]
    NotMailed,
    /// Another card has this number.
    #[error("another card has the number")]
    Taken,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Whether a card has a tracking number to be told: the city mailed it.
pub fn fits(card: &Card) -> bool {
    card.stage == Stage::Ended && card.cause == Some(Cause::MailedByCity)
}

/// What the city told of a card's mail; none: nothing yet.
pub fn of(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Told>> {
    reader.row(&FIND, bind![card], |row: &Row<'_>| {
        let number: Option<String> = row.get("number")?;
        let read = |text: String| {
            TrackingNumber::read(&text).map_err(|error| Error::Broken(format!("tracking number: {error}")))
        };
        Ok(Told { number: number.map(read).transpose()?, at: row.get("recorded_at")? })
    })
}

/// The card that is in the post under a number.
pub fn by_number(reader: &mut Reader<'_>, number: TrackingNumber) -> Result<Option<CardId>> {
    reader.row(&BY_NUMBER, bind![number.digits()], |row| row.get("card_id"))
}

/// Writes down what the city, by a named person, told; the person stands in the remark. What was told before is replaced: a
/// card that is mailed again has another number, and the journal keeps both.
pub fn record(
    tx: &mut Tx<'_>,
    act: &Act,
    id: CardId,
    number: Option<TrackingNumber>,
    (person, recorded_by): (&str, CityRecord),
) -> Result<(), TrackingError> {
    let card = card::held(tx, id)?.ok_or(TrackingError::NotFound)?;
    if !fits(&card) {
        return Err(TrackingError::NotMailed);
    }
    if let Some(number) = number
        && by_number(tx, number)?.is_some_and(|other| other != id)
    {
        return Err(TrackingError::Taken);
    }
    if of(tx, id)?.is_some_and(|told| told.number == number) {
        return Ok(());
    }
    let recorded = tx.record(act, &Entry::TrackingTold { card: id, number, recorded: recorded_by })?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    tx.execute(&WRITE, bind![id, number.map(TrackingNumber::digits), act.at])?;
    Ok(())
}

/// The card was mailed again: under which number, nobody has told yet. The journal keeps what was told before.
pub(crate) fn forget(tx: &mut Tx<'_>, _recorded: &Recorded, card: CardId) -> Result<()> {
    tx.execute(&FORGET, bind![card]).map(drop)
}

impl From<StepError> for TrackingError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Store(error) => Self::Store(error),
            other => Self::Store(Error::Broken(other.to_string())),
        }
    }
}
