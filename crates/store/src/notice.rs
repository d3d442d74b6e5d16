//! 交付通知書の再送と返戻: a request is followed from the citizen who asked to the city's posting; a notice that came back
//! is what the city told of it.
//!
//! How far a request is follows from its letter: a new one is made ([`letter::reprint`](crate::letter::reprint)), the city
//! takes its part over, and posts it. Nothing of it is written down twice.

use domain::card::Stage;
use domain::id::{CardId, LetterBatchId, NoticeRequestId, NoticeReturnId};
use domain::journal::{CityRecord, Entry};
use domain::notice::{Asked, Ended, State, Undelivered};
use domain::number::ControlNumber;
use domain::service::SiteCode;
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::card::{self, Card};
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "notice":
    ASK = "INSERT INTO notice_request (id, card_id, site, asked, entry_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (card_id) WHERE ended_by IS NULL DO NOTHING";
    FIND = "SELECT card_id, ended FROM notice_request WHERE id = $1";
    END = "UPDATE notice_request SET ended = $1, ended_by = $2 WHERE id = $3 AND ended_by IS NULL";
    PREPARED = "UPDATE notice_request SET letter_batch_id = $1 WHERE card_id = $2 AND ended_by IS NULL";
    POSTED = "UPDATE notice_request SET ended = 'posted', ended_by = $1 WHERE ended_by IS NULL AND letter_batch_id = $2
        AND card_id IN (SELECT l.card_id FROM letter l WHERE l.letter_batch_id = $2 AND l.taken_out IS NULL)";
    OPEN = "SELECT q.id AS id, q.card_id AS card_id, q.asked AS asked, j.at AS at, q.letter_batch_id AS part,
        b.state AS part_state, b.transferred_at AS transferred_at, b.receiver AS receiver, b.posted_on AS posted_on,
        q.ended AS ended, e.at AS ended_at, c.control_number AS control_number, c.stage AS stage, c.suspended AS suspended
        FROM notice_request q JOIN journal j ON j.id = q.entry_id JOIN card c ON c.id = q.card_id
        LEFT JOIN letter_batch b ON b.id = q.letter_batch_id LEFT JOIN journal e ON e.id = q.ended_by
        WHERE q.site = $1 AND q.ended_by IS NULL ORDER BY q.id";
    OF_CARD = "SELECT q.id AS id, q.card_id AS card_id, q.asked AS asked, j.at AS at, q.letter_batch_id AS part,
        b.state AS part_state, b.transferred_at AS transferred_at, b.receiver AS receiver, b.posted_on AS posted_on,
        q.ended AS ended, e.at AS ended_at, c.control_number AS control_number, c.stage AS stage, c.suspended AS suspended
        FROM notice_request q JOIN journal j ON j.id = q.entry_id JOIN card c ON c.id = q.card_id
        LEFT JOIN letter_batch b ON b.id = q.letter_batch_id LEFT JOIN journal e ON e.id = q.ended_by
        WHERE q.card_id = $1 ORDER BY q.id DESC LIMIT $2";
    CAME_BACK = "INSERT INTO notice_return (id, card_id, site, came_on, reason, entry_id) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (card_id) WHERE over_by IS NULL DO NOTHING";
    POSTED_AGAIN = "UPDATE notice_return SET over_by = $1 WHERE over_by IS NULL
        AND card_id IN (SELECT l.card_id FROM letter l WHERE l.letter_batch_id = $2 AND l.taken_out IS NULL)";
    RETURNED = "SELECT r.card_id AS card_id, r.came_on AS came_on, r.reason AS reason, r.over_by AS over_by,
        c.control_number AS control_number
        FROM notice_return r JOIN card c ON c.id = r.card_id
        WHERE r.site = $1 AND r.over_by IS NULL AND c.stage = 'notified' ORDER BY r.id";
    RETURNED_OF = "SELECT r.card_id AS card_id, r.came_on AS came_on, r.reason AS reason, r.over_by AS over_by,
        c.control_number AS control_number
        FROM notice_return r JOIN card c ON c.id = r.card_id WHERE r.card_id = $1 ORDER BY r.id DESC LIMIT $2";
}

/// A request for a notice.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its id.
    pub id: NoticeRequestId,
    /// Of which card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// How it was asked.
    pub asked: Asked,
    /// When.
    pub at: Timestamp,
    /// How far it is, or was when it ended.
    pub state: State,
    /// The part of its letter.
    pub part: Option<LetterBatchId>,
    /// When the city took the papers over, and who did.
    pub transferred: Option<(Timestamp, String)>,
    /// The city's date of posting.
    pub posted_on: Option<Date>,
    /// How and when it ended.
    pub ended: Option<(Ended, Timestamp)>,
    /// Whether its card can still be issued.
    pub is_alive: bool,
}

/// A notice that came back.
#[derive(Debug, Clone)]
pub struct Returned {
    /// Of which card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// The day on which it was with the city again.
    pub on: Date,
    /// Why, as the city tells it.
    pub reason: Undelivered,
    /// Whether the city posted a notice after it.
    pub is_over: bool,
}

/// Why it was not written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// There is no such card or request.
    #[error("not found")]
    NotFound,
    /// The notice of the card is not posted, or its card is no longer to be issued.
    #[error("the card has no notice that could be sent again")]
    NotNotified,
    /// It was written down before.
    #[error("it is open already")]
    Open,
    /// The request ended before.
    #[error("it ended before")]
    Over(Ended),
    /// The day lies before the posting or in the future.
    #[error("the day cannot be")]
    ImpossibleDate,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Whether a notice of a card can be asked for again, or have come back: the city posted it, and the card waits for its
/// citizen.
pub fn fits(card: &Card) -> bool {
    card.stage == Stage::Notified && !card.suspended
}

/// A citizen asks for the notice again.
pub fn ask(tx: &mut Tx<'_>, act: &Act, id: CardId, asked: Asked) -> Result<NoticeRequestId, NoticeError> {
    let card = card::find(tx, id)?.ok_or(NoticeError::NotFound)?;
    if !fits(&card) {
        return Err(NoticeError::NotNotified);
    }
    if is_asked(tx, id)? {
        return Err(NoticeError::Open);
    }
    let request: NoticeRequestId = tx.id(act);
    let recorded = tx.record(act, &Entry::NoticeAsked { request, card: id, asked })?;
    if tx.execute(&ASK, bind![request, id, card.site, asked, recorded.entry()])? == 0 {
        // Somebody else writes the same down at this moment; looked at again, it is open.
        tx.run_again(&ASK);
        return Err(Error::Conflict.into());
    }
    Ok(request)
}

fn is_asked(reader: &mut Reader<'_>, card: CardId) -> Result<bool> {
    Ok(of_card(reader, card, 1)?.first().is_some_and(|request| request.ended.is_none()))
}

/// A person ends a request without a posting.
pub fn end(tx: &mut Tx<'_>, act: &Act, id: NoticeRequestId, why: Ended) -> Result<CardId, NoticeError> {
    let found =
        tx.row(&FIND, bind![id], |row| Ok((row.get("card_id")?, row.get::<Option<Ended>>("ended")?)))?;
    let (card, before) = found.ok_or(NoticeError::NotFound)?;
    if let Some(before) = before {
        return Err(NoticeError::Over(before));
    }
    let recorded = tx.record(act, &Entry::NoticeRequestEnded { request: id, card, why })?;
    if tx.execute(&END, bind![why, recorded.entry(), id])? == 0 {
        tx.run_again(&END);
        return Err(Error::Conflict.into());
    }
    Ok(card)
}

/// A new letter was made: it is the one of the card's open request.
pub(crate) fn prepared(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    card: CardId,
    part: LetterBatchId,
) -> Result<()> {
    tx.execute(&PREPARED, bind![part, card]).map(drop)
}

/// The city posted a part: the requests of its letters end, and what had come back is on its way again.
pub(crate) fn posted(tx: &mut Tx<'_>, recorded: &Recorded, part: LetterBatchId) -> Result<()> {
    tx.execute(&POSTED, bind![recorded.entry(), part])?;
    tx.execute(&POSTED_AGAIN, bind![recorded.entry(), part]).map(drop)
}

/// Writes down what the city, by a named person, tells of a notice that came back. The person stands in the remark.
pub fn came_back(
    tx: &mut Tx<'_>,
    act: &Act,
    id: CardId,
    (on, reason): (Date, Undelivered),
    (person, record): (&str, CityRecord),
) -> Result<(), NoticeError> {
    let card = card::find(tx, id)?.ok_or(NoticeError::NotFound)?;
    if card.stage != Stage::Notified {
        return Err(NoticeError::NotNotified);
    }
    if on > day_of(act.at) || card.posted_on.is_some_and(|posted| on < posted) {
        return Err(NoticeError::ImpossibleDate);
    }
    if returned_of(tx, id, 1)?.first().is_some_and(|before| !before.is_over) {
        return Err(NoticeError::Open);
    }
    let back: NoticeReturnId = tx.id(act);
    let recorded = tx.record(act, &Entry::NoticeCameBack { card: id, on, reason, recorded: record })?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    if tx.execute(&CAME_BACK, bind![back, id, card.site, on, reason, recorded.entry()])? == 0 {
        tx.run_again(&CAME_BACK);
        return Err(Error::Conflict.into());
    }
    Ok(())
}

fn request(row: &Row<'_>) -> Result<Request> {
    let part: Option<LetterBatchId> = row.get("part")?;
    let state = match row.get::<Option<String>>("part_state")?.as_deref() {
        None => State::Asked,
        Some("printed") => State::Prepared,
        Some(_) => State::WithCity,
    };
    let transferred: Option<Timestamp> = row.get("transferred_at")?;
    let receiver: Option<String> = row.get("receiver")?;
    let (ended, ended_at): (Option<Ended>, Option<Timestamp>) = (row.get("ended")?, row.get("ended_at")?);
    let (stage, suspended): (Stage, bool) = (row.get("stage")?, row.get("suspended")?);
    Ok(Request {
        id: row.get("id")?,
        card: row.get("card_id")?,
        control_number: card::control_number(row)?,
        asked: row.get("asked")?,
        at: row.get("at")?,
        state,
        part,
        transferred: transferred.zip(receiver),
        posted_on: row.get("posted_on")?,
        ended: ended.zip(ended_at),
        is_alive: stage == Stage::Notified && !suspended,
    })
}

/// The requests of a site that did not end, the oldest first. They are few.
pub fn open(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Request>> {
    reader.rows(&OPEN, bind![site], request)
}

/// The last requests of a card, the newest first.
pub fn of_card(reader: &mut Reader<'_>, card: CardId, limit: u32) -> Result<Vec<Request>> {
    reader.rows(&OF_CARD, bind![card, limit], request)
}

fn back(row: &Row<'_>) -> Result<Returned> {
    Ok(Returned {
        card: row.get("card_id")?,
        control_number: card::control_number(row)?,
        on: row.get("came_on")?,
        reason: row.get("reason")?,
        is_over: row.get::<Option<domain::id::EntryId>>("over_by")?.is_some(),
    })
}

/// The notices of a site that are with the city again and whose cards wait, in the order in which it was told.
pub fn returned(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Returned>> {
    reader.rows(&RETURNED, bind![site], back)
}

/// The last notices of a card that came back, the newest first.
pub fn returned_of(reader: &mut Reader<'_>, card: CardId, limit: u32) -> Result<Vec<Returned>> {
    reader.rows(&RETURNED_OF, bind![card, limit], back)
}

/// What is under way with the notice of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Now {
    /// It was asked for again on a day, and this is how far that is.
    Asked(Date, State),
    /// It came back, and nothing was posted since.
    Returned(Date, Undelivered),
}

/// What is under way with the notice of a card; a request comes before what came back.
pub fn now(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Now>> {
    if let Some(request) = of_card(reader, card, 1)?.into_iter().find(|request| request.ended.is_none()) {
        return Ok(Some(Now::Asked(day_of(request.at), request.state)));
    }
    let back = returned_of(reader, card, 1)?.into_iter().find(|back| !back.is_over);
    Ok(back.map(|back| Now::Returned(back.on, back.reason)))
}
