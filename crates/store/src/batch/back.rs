//! Cards of a batch leave the city's hands: given back, all or some of them, or kept for good with a cause.
//!
//! What went for 交付前設定 comes back set up. What the city cleared comes back inspected and goes on as it was applied
//! for. Each card ends once; the batch ends with its last.

use domain::batch::{BatchKind, BatchState, CardEnd};
use domain::card::{Cause, Stage};
use domain::id::{BatchId, CardId};
use domain::journal::{CityRecord, Entry};
use domain::place::PlaceKind;

use super::{Batch, BatchCard, BatchError, cards, find};
use crate::act::Act;
use crate::card::{self, Change};
use crate::error::Error;
use crate::tx::Tx;
use crate::{bind, group, place, statements};

statements! { "batch.back":
    END_CARD = "UPDATE batch_card SET ended = $1, ended_at = $2 WHERE batch_id = $3 AND card_id = $4 AND ended IS NULL";
    LEFT_OUT = "SELECT COUNT(*) AS n FROM batch_card WHERE batch_id = $1 AND ended IS NULL";
    BACK = "SELECT COUNT(*) AS n FROM batch_card WHERE batch_id = $1 AND ended = 'returned'";
    END = "UPDATE batch SET state = $1, returned_at = $2, giver = $3 WHERE id = $4 AND state = 'sent'";
}

/// Takes back all that the city still has of a batch.
pub fn take_back(
    tx: &mut Tx<'_>,
    act: &Act,
    id: BatchId,
    counted: u32,
    giver: &str,
    recorded: CityRecord,
) -> Result<(), BatchError> {
    let out = returning(tx, id)?;
    let these = still_out(tx, id)?;
    back(tx, act, &out, &these, (counted, giver), recorded)
}

/// Takes some cards of a batch back; the city keeps the others for now.
pub fn take_some_back(
    tx: &mut Tx<'_>,
    act: &Act,
    id: BatchId,
    wanted: &[CardId],
    counted: u32,
    giver: &str,
    recorded: CityRecord,
) -> Result<(), BatchError> {
    let out = returning(tx, id)?;
    let these = chosen(still_out(tx, id)?, wanted)?;
    back(tx, act, &out, &these, (counted, giver), recorded)
}

/// The city keeps cards of a batch: their process ends with the cause, and they stay with the city.
pub fn keep(
    tx: &mut Tx<'_>,
    act: &Act,
    id: BatchId,
    wanted: &[CardId],
    cause: Cause,
    (counted, person): (u32, &str),
    recorded: CityRecord,
) -> Result<(), BatchError> {
    let out = find(tx, id)?.filter(Batch::is_out).ok_or(BatchError::NotOut)?;
    let these = chosen(still_out(tx, id)?, wanted)?;
    let cards = same_count(&these, counted)?;
    for kept in &these {
        if card::held(tx, kept.id)?.is_some_and(|card| card.suspended) {
            return Err(BatchError::Suspended);
        }
    }
    let written = tx.record(act, &Entry::CardsKept { batch: id, cause, cards, recorded })?;
    tx.remark(&written, &format!("市の担当者：{person}"))?;
    for kept in &these {
        end_card(tx, act, &out, kept.id, CardEnd::Kept)?;
        let (stage, cause) = (Some(Stage::Ended), Some(cause));
        card::step(tx, &written, kept.id, &Change { stage, cause, batch: Some(id), ..Change::default() })?;
    }
    end(tx, act, id, person)
}

/// A batch that is with the city and may come back.
fn returning(tx: &mut Tx<'_>, id: BatchId) -> Result<Batch, BatchError> {
    find(tx, id)?.filter(|batch| batch.is_out() && batch.kind.comes_back()).ok_or(BatchError::NotOut)
}

/// The cards of a batch that the city has.
fn still_out(tx: &mut Tx<'_>, id: BatchId) -> Result<Vec<BatchCard>, BatchError> {
    Ok(cards(tx, id)?.into_iter().filter(|card| card.ended.is_none()).collect())
}

/// Those of the cards that were named; each must be among them.
fn chosen(out: Vec<BatchCard>, wanted: &[CardId]) -> Result<Vec<BatchCard>, BatchError> {
    if wanted.is_empty() {
        return Err(BatchError::Empty);
    }
    if wanted.iter().any(|id| out.iter().all(|card| card.id != *id)) {
        return Err(BatchError::NotOut);
    }
    Ok(out.into_iter().filter(|card| wanted.contains(&card.id)).collect())
}

fn same_count(these: &[BatchCard], counted: u32) -> Result<u32, BatchError> {
    let expected = u32::try_from(these.len()).map_err(|_| Error::Broken("too many cards".to_owned()))?;
    if expected == counted { Ok(expected) } else { Err(BatchError::CountDiffers { expected, counted }) }
}

fn back(
    tx: &mut Tx<'_>,
    act: &Act,
    out: &Batch,
    these: &[BatchCard],
    (counted, giver): (u32, &str),
    recorded: CityRecord,
) -> Result<(), BatchError> {
    let cards = same_count(these, counted)?;
    let (batch, sorted) = (out.id, out.kind.group());
    let entry = if out.kind == BatchKind::Setup && cards == out.cards {
        Entry::BatchReturned { batch, cards, recorded }
    } else {
        Entry::CardsReturned { batch, group: sorted, cards, recorded }
    };
    let desk = place::the(tx, &out.site, PlaceKind::Desk)?;
    let written = tx.record(act, &entry)?;
    if cards != out.cards {
        tx.remark(&written, &format!("市の担当者：{giver}"))?;
    }
    let stage = if out.kind.comes_back_set_up() { Stage::Prepared } else { Stage::Inspected };
    for returned in these {
        end_card(tx, act, out, returned.id, CardEnd::Returned)?;
        // A card with a short validity was inspected before it went; any other with a question becomes so now.
        let stage = (returned.stage != stage).then_some(stage);
        let change = Change { stage, place: Some(desk), batch: Some(batch), ..Change::default() };
        card::step(tx, &written, returned.id, &change)?;
        if sorted.is_decided_by_city() {
            group::cleared(tx, &written, returned.id, returned.method, returned.way)?;
        }
    }
    end(tx, act, batch, giver)
}

pub(super) fn end_card(
    tx: &mut Tx<'_>,
    act: &Act,
    batch: &Batch,
    card: CardId,
    how: CardEnd,
) -> Result<(), BatchError> {
    if tx.execute(&END_CARD, bind![how, act.at, batch.id, card])? == 0 {
        return Err(BatchError::NotOut);
    }
    Ok(())
}

/// Ends the batch where the city has none of it any more.
fn end(tx: &mut Tx<'_>, act: &Act, id: BatchId, giver: &str) -> Result<(), BatchError> {
    if tx.one(&LEFT_OUT, bind![id], |row| row.get::<u32>("n"))? > 0 {
        return Ok(());
    }
    let back: u32 = tx.one(&BACK, bind![id], |row| row.get("n"))?;
    let state = if back == 0 { BatchState::Kept } else { BatchState::Returned };
    tx.execute(&END, bind![state, act.at, giver, id])?;
    Ok(())
}
