//! Cards that the city mails (8(4): 申請時来庁, 勤務地等経由, 居所地経由, and kinds that settings add): after inspection to
//! the city as a counted batch of their own; the city sets the PINs and mails them, which ends their process here.
//!
//! What was not delivered comes back to the city. Its process stays ended: only its place changes, and the city
//! mails it again or decides otherwise.

use domain::batch::CardEnd;
use domain::card::{Cause, Stage};
use domain::id::{BatchId, CardId};
use domain::journal::{CityRecord, Entry};
use domain::place::PlaceKind;
use domain::time::day_of;
use jiff::civil::Date;

use super::back::end_card;
use super::{BatchError, cards, find};
use crate::act::Act;
use crate::card::{self, Card, Change, StepError};
use crate::error::Result;
use crate::tx::{Reader, Tx};
use crate::{bind, pickup, place, statements, tracking};

statements! { "batch.mail":
    MAILED_ON = "SELECT b.mailed_on AS mailed_on FROM batch_card k JOIN batch b ON b.id = k.batch_id
        WHERE k.card_id = $1 AND b.mailed_on IS NOT NULL ORDER BY b.id DESC LIMIT 1";
    MAILED = "UPDATE batch SET state = 'mailed', mailed_on = $1, giver = $2
        WHERE id = $3 AND kind IN ('mail', 'via_residence', 'express') AND state = 'sent'";
}

/// The city's date of posting of the batch with which a card was mailed; where it was mailed again, not that one.
pub fn mailed_on(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Date>> {
    reader.row(&MAILED_ON, bind![card], |row| row.get("mailed_on"))
}

/// The city, by a named person, mailed the cards of a batch on a date: their process ends here, and they are in the
/// post.
pub fn mailed(
    tx: &mut Tx<'_>,
    act: &Act,
    id: BatchId,
    on: Date,
    poster: &str,
    recorded_by: CityRecord,
) -> Result<(), BatchError> {
    let Some(out) = find(tx, id)?.filter(|batch| batch.is_out() && batch.kind.is_mailed()) else {
        return Err(BatchError::NotOut);
    };
    if on > day_of(act.at) || on < day_of(out.sent_at) {
        return Err(BatchError::ImpossibleDate);
    }
    let post = place::the(tx, &out.site, PlaceKind::Post)?;
    let entry = Entry::BatchMailed { batch: id, cards: out.still_out, on, recorded: recorded_by };
    let recorded = tx.record(act, &entry)?;
    if tx.execute(&MAILED, bind![on, poster, id])? == 0 {
        return Err(BatchError::NotOut);
    }
    for card in cards(tx, id)?.into_iter().filter(|card| card.ended.is_none()) {
        end_card(tx, act, &out, card.id, CardEnd::Mailed)?;
        let change = Change {
            stage: Some(Stage::Ended),
            cause: Some(Cause::MailedByCity),
            place: Some(post),
            batch: Some(id),
        };
        card::step(tx, &recorded, card.id, &change)?;
    }
    Ok(())
}

/// What happened to a card that the city had mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting {
    /// 郵便から戻った: it was not delivered and is with the city again.
    CameBack,
    /// The city mailed it once more.
    MailedAgain,
}

impl Posting {
    /// From which kind of place to which the card goes.
    fn way(self) -> (PlaceKind, PlaceKind) {
        match self {
            Self::CameBack => (PlaceKind::Post, PlaceKind::City),
            Self::MailedAgain => (PlaceKind::City, PlaceKind::Post),
        }
    }

    /// Whether it can happen to a card as it is now.
    pub fn fits(self, card: &Card) -> bool {
        card.stage == Stage::Ended
            && card.cause == Some(Cause::MailedByCity)
            && card.place_kind == self.way().0
            && (self == Self::CameBack || !card.suspended)
    }
}

/// Writes down what the city, by a named person, says of a card that it mailed. The person stands in the remark.
pub fn post(
    tx: &mut Tx<'_>,
    act: &Act,
    id: CardId,
    what: Posting,
    on: Date,
    person: &str,
    recorded_by: CityRecord,
) -> Result<(), BatchError> {
    let card = card::held(tx, id)?.ok_or(StepError::NoCard)?;
    // Whoever came for it at the counter is served first.
    if !what.fits(&card) || pickup::is_open(tx, id)? {
        return Err(StepError::Changed.into());
    }
    if on > day_of(act.at) {
        return Err(BatchError::ImpossibleDate);
    }
    let entry = match what {
        Posting::CameBack => Entry::CardCameBack { card: id, on, recorded: recorded_by },
        Posting::MailedAgain => Entry::CardMailedAgain { card: id, on, recorded: recorded_by },
    };
    let to = place::the(tx, &card.site, what.way().1)?;
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    if what == Posting::MailedAgain {
        // It is another piece of mail, with a number that nobody has told yet.
        tracking::forget(tx, &recorded, id)?;
    }
    let change = Change { place: Some(to), cause: card.cause, ..Change::default() };
    Ok(card::step(tx, &recorded, id, &change)?)
}
