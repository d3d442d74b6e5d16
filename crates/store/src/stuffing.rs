//! 封入の照合: for each letter of a part the sleeve and the 交付通知書 of the same card, into one envelope.
//!
//! An envelope is recorded only whole; what is half scanned lives on the screen. Every change of a part takes its row
//! first, so that nothing is stuffed or taken out while the city takes the part over.

use domain::consignment::PostBlock;
use domain::id::{CardId, EntryId, LetterBatchId};
use domain::journal::Entry;
use domain::number::ControlNumber;
use domain::stuffing::{Counts, TakenOut};
use jiff::civil::Date;

use crate::act::Act;
use crate::card;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::letter::{self, LetterError, PartState};
use crate::tx::{Reader, Tx};
use crate::{bind, statements};

statements! { "stuffing":
    LOCK = "UPDATE letter_batch SET letters = letters WHERE id = $1";
    COUNTS = "SELECT COUNT(*) AS printed,
        COALESCE(SUM(CASE WHEN l.taken_out IS NULL AND l.stuffed_by IS NULL AND c.stage = 'notified' THEN 1 ELSE 0 END), 0)
        AS by_city,
        COALESCE(SUM(CASE WHEN l.taken_out IS NULL THEN 1 ELSE 0 END), 0) AS letters,
        COALESCE(SUM(CASE WHEN l.taken_out IS NULL AND (l.stuffed_by IS NOT NULL OR c.stage = 'notified')
        THEN 1 ELSE 0 END), 0) AS notices,
        COALESCE(SUM(CASE WHEN l.taken_out IS NULL AND c.suspended = 0
        AND (c.stage = 'notified' OR (c.stage = 'prepared' AND l.stuffed_by IS NOT NULL)) THEN 1 ELSE 0 END), 0) AS cards
        FROM letter l JOIN card c ON c.id = l.card_id WHERE l.letter_batch_id = $1";
    ENVELOPE = "SELECT l.key_issue AS key_issue, l.stuffed_by AS stuffed_by,
        l.taken_out AS taken_out, c.post_block AS post_block, c.suspended AS suspended, c.stage AS stage,
        c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date
        FROM letter l JOIN card c ON c.id = l.card_id JOIN consignment s ON s.id = c.consignment_id
        WHERE l.card_id = $1 AND l.letter_batch_id = $2 ORDER BY l.key_issue DESC LIMIT 1";
    STUFF = "UPDATE letter SET stuffed_by = $1
        WHERE card_id = $2 AND key_issue = $3 AND stuffed_by IS NULL AND taken_out IS NULL";
    UNDO = "UPDATE letter SET stuffed_by = NULL
        WHERE card_id = $1 AND key_issue = $2 AND stuffed_by IS NOT NULL AND taken_out IS NULL";
    TAKE_OUT = "UPDATE letter SET taken_out = $1 WHERE card_id = $2 AND key_issue = $3 AND taken_out IS NULL";
    SET_BLOCK = "UPDATE card SET post_block = $1 WHERE id = $2";
}

/// What is known of the envelope of a card in a part.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Whether it was checked.
    pub stuffed: bool,
    /// Why its letter is no longer in the part.
    pub taken_out: Option<TakenOut>,
    /// Where it is sorted to.
    pub post_block: PostBlock,
    /// Whether its card can still be issued: neither suspended nor recalled since the letter was printed.
    pub is_ready: bool,
    key_issue: u32,
}

/// What came of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuffed {
    /// It is recorded.
    Noted,
    /// It was recorded before; nothing changed.
    Before,
    /// Its letter was taken out.
    Out,
    /// Its card was suspended or recalled.
    Held,
    /// The part has no letter of this card.
    OtherPart,
}

/// Keeps everybody else from changing a part until this transaction is over.
pub(crate) fn lock(tx: &mut Tx<'_>, id: LetterBatchId) -> Result<()> {
    tx.execute_one(&LOCK, bind![id])
}

/// Takes a part for a change, if it is still here.
pub(crate) fn printed(tx: &mut Tx<'_>, id: LetterBatchId) -> Result<(), LetterError> {
    if tx.execute(&LOCK, bind![id])? == 0 {
        return Err(LetterError::NotReady);
    }
    match letter::find(tx, id)? {
        Some(part) if part.state == PartState::Printed => Ok(()),
        _ => Err(LetterError::NotReady),
    }
}

/// How far a part is. A letter that is made again for a card whose notice was posted needs no envelope of ours: the city
/// makes the new notice and puts both into one (11(5)ウ(エ)), and the card stays in its box.
pub fn counts(reader: &mut Reader<'_>, id: LetterBatchId) -> Result<Counts> {
    reader.one(&COUNTS, bind![id], |row| {
        Ok(Counts {
            printed: row.get("printed")?,
            by_city: row.get("by_city")?,
            letters: row.get("letters")?,
            notices: row.get("notices")?,
            cards: row.get("cards")?,
        })
    })
}

/// The envelope of a card in a part; none: the part has no letter of it.
pub fn envelope(reader: &mut Reader<'_>, id: LetterBatchId, card: CardId) -> Result<Option<Envelope>> {
    reader.row(&ENVELOPE, bind![card, id], |row| {
        let stage: domain::card::Stage = row.get("stage")?;
        let suspended: bool = row.get("suspended")?;
        Ok(Envelope {
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            stuffed: row.get::<Option<EntryId>>("stuffed_by")?.is_some(),
            taken_out: row.get("taken_out")?,
            post_block: row.get("post_block")?,
            is_ready: !suspended
                && matches!(stage, domain::card::Stage::Prepared | domain::card::Stage::Notified),
            key_issue: row.get("key_issue")?,
        })
    })
}

/// Letter, sleeve and notice of a card were seen to belong together: they go into one envelope.
pub fn stuff(tx: &mut Tx<'_>, act: &Act, id: LetterBatchId, card: CardId) -> Result<Stuffed, LetterError> {
    printed(tx, id)?;
    let Some(envelope) = envelope(tx, id, card)? else { return Ok(Stuffed::OtherPart) };
    if envelope.taken_out.is_some() {
        return Ok(Stuffed::Out);
    }
    if envelope.stuffed {
        return Ok(Stuffed::Before);
    }
    if !envelope.is_ready {
        return Ok(Stuffed::Held);
    }
    let recorded = tx.record(act, &Entry::LetterStuffed { letters: id, card })?;
    tx.execute_one(&STUFF, bind![recorded.entry(), card, envelope.key_issue])?;
    Ok(Stuffed::Noted)
}

/// Takes the check of an envelope back; answers whether there was one.
pub fn undo(tx: &mut Tx<'_>, act: &Act, id: LetterBatchId, card: CardId) -> Result<bool, LetterError> {
    printed(tx, id)?;
    let Some(envelope) = envelope(tx, id, card)?.filter(|it| it.stuffed && it.taken_out.is_none()) else {
        return Ok(false);
    };
    tx.record(act, &Entry::StuffingUndone { letters: id, card })?;
    tx.execute_one(&UNDO, bind![card, envelope.key_issue])?;
    Ok(true)
}

/// What happens to the card of a letter that is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then<'v> {
    /// Its key ends; a new letter is made from the card's page when it is wanted.
    Nothing,
    /// A new letter of this version is made at once, as a part of its own.
    Again(&'v str),
}

/// Takes a letter out of its part: its key ends, and answers the part of the new letter where one is made.
pub fn take_out(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    (id, card): (LetterBatchId, CardId),
    why: TakenOut,
    then: Then<'_>,
) -> Result<Option<LetterBatchId>, LetterError> {
    printed(tx, id)?;
    let envelope = envelope(tx, id, card)?.filter(|envelope| envelope.taken_out.is_none());
    let envelope = envelope.ok_or(LetterError::Empty)?;
    let found = card::find(tx, card)?.ok_or_else(|| Error::Broken("a letter has no card".to_owned()))?;
    let again = then != Then::Nothing;
    let recorded = tx.record(act, &Entry::LetterTakenOut { letters: id, card, why, again })?;
    tx.execute_one(&TAKE_OUT, bind![why, card, envelope.key_issue])?;
    match then {
        Then::Again(version) => letter::reprint(tx, act, keys, &found, version).map(Some),
        Then::Nothing => {
            // The next issue stands on no paper: nobody has the key that holds.
            if found.key_issue == envelope.key_issue {
                letter::give_key(tx, &recorded, keys, card, found.key_issue + 1)?;
            }
            Ok(None)
        }
    }
}

/// Sets the 郵便区 of a card right, where the notice says otherwise than the list.
pub fn set_block(tx: &mut Tx<'_>, act: &Act, card: CardId, block: PostBlock) -> Result<(), LetterError> {
    tx.record(act, &Entry::PostBlockSet { card, block })?;
    Ok(tx.execute_one(&SET_BLOCK, bind![block, card])?)
}

/// Checks every envelope of a part at one moment, for the data of demonstrations and tests.
pub fn stuff_all(tx: &mut Tx<'_>, act: &Act, id: LetterBatchId) -> Result<(), LetterError> {
    for letter in letter::letters(tx, id)? {
        stuff(tx, act, id, letter.card)?;
    }
    Ok(())
}
