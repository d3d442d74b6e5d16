//! Guide letters (交付のご案内): parts of at most fifty, in list order, transferred to the city and posted by it.
//!
//! The key on a letter is derived and stored nowhere; a letter row only says which issue of the key it shows.

use domain::card::Stage;
use domain::consignment::PostBlock;
use domain::id::{CardId, EntryId, LetterBatchId};
use domain::journal::{CityRecord, Entry};
use domain::number::{ControlNumber, Number, NumberKind};
use domain::service::SiteCode;
use domain::stuffing::{Counts, TakenOut};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::card::{self, Card, Change, StepError};
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, former, notice, statements, stuffing};

statements! { "letter":
    WAITING = "SELECT c.id AS id FROM card c JOIN consignment s ON s.id = c.consignment_id
        WHERE c.progress = 'prepared' AND c.key_issue = 0 AND s.site = $1 AND s.state = 'taken' AND c.way = 'stored'
        AND c.suspended = 0 ORDER BY c.id LIMIT $2";
    WAITING_COUNT = "SELECT COUNT(*) AS n FROM
        (SELECT 1 AS one FROM card c JOIN consignment s ON s.id = c.consignment_id
         WHERE c.progress = 'prepared' AND c.key_issue = 0 AND s.site = $1 AND s.state = 'taken'
         AND c.way = 'stored' AND c.suspended = 0 LIMIT $2) t";
    OPEN_COUNT = "SELECT COUNT(*) AS n FROM letter_batch WHERE state IN ('printed', 'transferred') AND site = $1";
    INSERT_BATCH = "INSERT INTO letter_batch (id, site, state, letters, version, printed_at)
        VALUES ($1, $2, 'printed', $3, $4, $5)";
    INSERT = "INSERT INTO letter (card_id, key_issue, letter_batch_id, n, site) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    FIND = "SELECT id, site, state, letters, version, printed_at, transferred_at, receiver, posted_on, poster
        FROM letter_batch WHERE id = $1";
    LIST = "SELECT id, site, state, letters, version, printed_at, transferred_at, receiver, posted_on, poster
        FROM letter_batch WHERE site = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    LETTERS = "SELECT l.card_id AS id, l.key_issue AS key_issue, c.key_issue AS holds, c.key_version AS key_version,
        c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line, COALESCE(c.list_date, s.list_date) AS list_date, c.stage AS stage,
        l.stuffed_by AS stuffed_by, l.taken_out AS taken_out, c.post_block AS post_block
        FROM letter l JOIN card c ON c.id = l.card_id JOIN consignment s ON s.id = c.consignment_id
        WHERE l.letter_batch_id = $1 ORDER BY l.n";
    TRANSFER = "UPDATE letter_batch SET state = 'transferred', transferred_at = $1, receiver = $2
        WHERE id = $3 AND state = 'printed'";
    SUPERSEDE = "UPDATE letter SET taken_out = 'reissued' WHERE card_id = $1 AND key_issue = $2 AND taken_out IS NULL
        AND letter_batch_id IN (SELECT b.id FROM letter_batch b WHERE b.state = 'printed')";
    POST = "UPDATE letter_batch SET state = 'posted', posted_on = $1, poster = $2 WHERE id = $3 AND state = 'transferred'";
}

/// Letters in one part (and one PDF).
pub const PART: u32 = 50;

/// How far a part has come. *Transferred* and *posted* are two facts: booking opens from the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartState {
    /// Printed.
    Printed,
    /// With the city.
    Transferred,
    /// Posted by the city.
    Posted,
}

/// A part of letters.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its id.
    pub id: LetterBatchId,
    /// At which site.
    pub site: SiteCode,
    /// How far it has come.
    pub state: PartState,
    /// How many letters.
    pub letters: u32,
    /// The version of the letter.
    pub version: String,
    /// When it was printed first.
    pub printed_at: Timestamp,
    /// When the city took it over.
    pub transferred_at: Option<Timestamp>,
    /// Who of the city took it over.
    pub receiver: Option<String>,
    /// The city's date of posting.
    pub posted_on: Option<Date>,
    /// Who of the city posted it.
    pub poster: Option<String>,
}

/// A letter of a part.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Whether the key on this letter still holds; a later reprint ends it.
    pub holds: bool,
    /// The card's stage.
    pub stage: Stage,
    /// Whether its envelope was checked.
    pub stuffed: bool,
    /// Why it is no longer in the part, if it was taken out.
    pub taken_out: Option<TakenOut>,
    /// Where its envelope is sorted to.
    pub post_block: PostBlock,
    key_issue: u32,
    key_version: u32,
}

impl Letter {
    /// The 予約キー on the letter, derived again.
    pub fn key(&self, keys: &Keys) -> Result<Number> {
        let set = keys.version(self.key_version)?;
        Ok(Number::derive(set.number.bits(), NumberKind::BookingKey, self.card.to_bytes(), self.key_issue))
    }
}

/// Why letters were not printed or moved on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// No card waits for a letter.
    #[error("no card waits for a letter")]
    Empty,
    /// The count of the person differs from the program's.
    #[error("counted {counted}, expected {expected}")]
    CountDiffers {
        /// What the program expects.
        expected: u32,
        /// What was counted.
        counted: u32,
    },
    /// Letters, notices and cards of the part do not agree yet.
    #[error("letters, notices and cards do not agree: {0:?}")]
    NotStuffed(Counts),
    /// The part is not in the state that the step needs.
    #[error("the part is not ready for this step")]
    NotReady,
    /// The posting date lies before the transfer or in the future.
    #[error("the posting date cannot be")]
    ImpossibleDate,
    /// The card's stage allows no letter.
    #[error("a card that is {0} gets no letter")]
    NoLetter(Stage),
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

fn part(row: &Row<'_>) -> Result<Part> {
    let state = match row.get::<String>("state")?.as_str() {
        "printed" => PartState::Printed,
        "transferred" => PartState::Transferred,
        "posted" => PartState::Posted,
        _ => return Err(Error::Broken("letter_batch.state is no state".to_owned())),
    };
    Ok(Part {
        id: row.get("id")?,
        site: row.get("site")?,
        state,
        letters: row.get("letters")?,
        version: row.get("version")?,
        printed_at: row.get("printed_at")?,
        transferred_at: row.get("transferred_at")?,
        receiver: row.get("receiver")?,
        posted_on: row.get("posted_on")?,
        poster: row.get("poster")?,
    })
}

/// The cards that wait for their first letter: set up by the city and back (交付前設定済), in list order.
pub fn waiting(reader: &mut Reader<'_>, site: &SiteCode, limit: u32) -> Result<Vec<CardId>> {
    reader.rows(&WAITING, bind![site, limit], |row| row.get("id"))
}

/// How many cards wait for their first letter, counted no further than `limit`.
pub fn waiting_up_to(reader: &mut Reader<'_>, site: &SiteCode, limit: u32) -> Result<u32> {
    reader.one(&WAITING_COUNT, bind![site, limit], |row| row.get("n"))
}

/// How many parts the city has not posted yet.
pub fn parts_open(reader: &mut Reader<'_>, site: &SiteCode) -> Result<u32> {
    reader.one(&OPEN_COUNT, bind![site], |row| row.get("n"))
}

/// Makes the next part of letters: gives each card its first key.
pub fn print(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    site: &SiteCode,
    version: &str,
) -> Result<LetterBatchId, LetterError> {
    let cards = waiting(tx, site, PART)?;
    let count = u32::try_from(cards.len()).unwrap_or(PART);
    if count == 0 {
        return Err(LetterError::Empty);
    }
    let id: LetterBatchId = tx.id(act);
    let recorded = tx.record(act, &Entry::LettersPrinted { letters: id, count })?;
    tx.execute_one(&INSERT_BATCH, bind![id, site, count, version, act.at])?;
    for (n, card) in (1_u32..).zip(cards) {
        give_key(tx, &recorded, keys, card, 1)?;
        if tx.execute(&INSERT, bind![card, 1_u32, id, n, site])? == 0 {
            // Somebody else prints the same letters at this moment; this part takes the next ones.
            tx.run_again(&INSERT);
            return Err(Error::Conflict.into());
        }
    }
    Ok(id)
}

/// Gives a card its next key; the one before it ends.
pub(crate) fn give_key(
    tx: &mut Tx<'_>,
    recorded: &crate::journal::Recorded,
    keys: &Keys,
    card: CardId,
    issue: u32,
) -> Result<()> {
    let (version, set) = keys.newest()?;
    let key = Number::derive(set.number.bits(), NumberKind::BookingKey, card.to_bytes(), issue);
    // What a former system printed ends with the first letter of ours.
    former::end(tx, card)?;
    card::set_key(tx, recorded, card, issue, version, &key.lookup(set.lookup.bits()))
}

/// Prints a card's letter again: the key before it ends, a live reservation stays.
pub fn reprint(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    card: &Card,
    version: &str,
) -> Result<LetterBatchId, LetterError> {
    // A card that came notified from a former contractor has no letter of ours yet.
    let had_a_letter = card.key_issue > 0 || card.stage == Stage::Notified;
    if !matches!(card.stage, Stage::Prepared | Stage::Notified) || !had_a_letter {
        return Err(LetterError::NoLetter(card.stage));
    }
    let issue = card.key_issue + 1;
    let id: LetterBatchId = tx.id(act);
    let recorded = tx.record(act, &Entry::LetterReissued { card: card.id, issue })?;
    tx.record(act, &Entry::LettersPrinted { letters: id, count: 1 })?;
    tx.execute_one(&INSERT_BATCH, bind![id, card.site, 1_u32, version, act.at])?;
    // The letter before it, where the city has not taken it over yet, is no longer of its part.
    tx.execute(&SUPERSEDE, bind![card.id, card.key_issue])?;
    notice::prepared(tx, &recorded, card.id, id)?;
    give_key(tx, &recorded, keys, card.id, issue)?;
    if tx.execute(&INSERT, bind![card.id, issue, id, 1_u32, card.site])? == 0 {
        // Somebody else, or the same press, reissues it at this moment; all of this one is run again.
        tx.run_again(&INSERT);
        return Err(Error::Conflict.into());
    }
    Ok(id)
}

/// Transfers a part to the city, counted (引継ぎ), once letters, notices and cards agree. Booking does not open yet.
pub fn transfer(
    tx: &mut Tx<'_>,
    act: &Act,
    id: LetterBatchId,
    counted: u32,
    receiver: &str,
    recorded_by: CityRecord,
) -> Result<(), LetterError> {
    if find(tx, id)?.is_none_or(|part| part.state != PartState::Printed) {
        return Err(LetterError::NotReady);
    }
    stuffing::lock(tx, id)?;
    let counts = stuffing::counts(tx, id)?;
    if !counts.agree() {
        return Err(LetterError::NotStuffed(counts));
    }
    if counts.letters != counted {
        return Err(LetterError::CountDiffers { expected: counts.letters, counted });
    }
    tx.record(act, &Entry::LettersTransferred { letters: id, count: counted, recorded: recorded_by })?;
    if tx.execute(&TRANSFER, bind![act.at, receiver, id])? == 0 {
        return Err(LetterError::NotReady);
    }
    Ok(())
}

/// The city, by a named person, posted the part on a date: its cards become 交付通知書発送, and booking opens from there.
pub fn post(
    tx: &mut Tx<'_>,
    act: &Act,
    id: LetterBatchId,
    on: Date,
    poster: &str,
    recorded_by: CityRecord,
) -> Result<(), LetterError> {
    let Some(part) = find(tx, id)?.filter(|part| part.state == PartState::Transferred) else {
        return Err(LetterError::NotReady);
    };
    let transferred = part.transferred_at.map(domain::time::day_of);
    if on > domain::time::day_of(act.at) || transferred.is_some_and(|day| on < day) {
        return Err(LetterError::ImpossibleDate);
    }
    let letters: Vec<Letter> =
        letters(tx, id)?.into_iter().filter(|letter| letter.taken_out.is_none()).collect();
    let count = u32::try_from(letters.len()).unwrap_or(u32::MAX);
    let entry = Entry::LettersPosted { letters: id, count, on, recorded: recorded_by };
    let recorded = tx.record(act, &entry)?;
    if tx.execute(&POST, bind![on, poster, id])? == 0 {
        return Err(LetterError::NotReady);
    }
    for letter in letters {
        // A letter printed again for a card that was notified before changes nothing of its stage.
        if letter.stage == Stage::Prepared {
            let change = Change { stage: Some(Stage::Notified), ..Change::default() };
            card::step(tx, &recorded, letter.card, &change)?;
            card::set_posted(tx, &recorded, letter.card, on)?;
        }
    }
    Ok(notice::posted(tx, &recorded, id)?)
}

/// A part by its id.
pub fn find(reader: &mut Reader<'_>, id: LetterBatchId) -> Result<Option<Part>> {
    reader.row(&FIND, bind![id], part)
}

/// The parts of a site, newest first, before an id (`None` for the first page).
pub fn list(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    before: Option<LetterBatchId>,
    limit: u32,
) -> Result<Vec<Part>> {
    let before = before.map_or_else(|| "~".to_owned(), |id| id.to_string());
    reader.rows(&LIST, bind![site, before, limit], part)
}

/// The letters of a part, in list order.
pub fn letters(reader: &mut Reader<'_>, id: LetterBatchId) -> Result<Vec<Letter>> {
    reader.rows(&LETTERS, bind![id], |row| {
        let (key_issue, holds): (u32, u32) = (row.get("key_issue")?, row.get("holds")?);
        Ok(Letter {
            card: row.get("id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            holds: key_issue == holds,
            stage: row.get("stage")?,
            stuffed: row.get::<Option<EntryId>>("stuffed_by")?.is_some(),
            taken_out: row.get("taken_out")?,
            post_block: row.get("post_block")?,
            key_issue,
            key_version: row.get("key_version")?,
        })
    })
}
