//! Opening stock: the cards that lie in the cabinets when a contractor takes over, in portions.
//!
//! A portion is a consignment of its own kind; a card of it has its first step at the stage and in the place where it
//! was found. A portion from a file is staged and becomes visible by one change of its header's state, like every
//! list; a portion that is scanned is a draft without cards until it is taken, and may be scanned by several people.

use domain::card::{Progress, Stage};
use domain::consignment::{ApplicationMethod, PostBlock, Way};
use domain::group::Group;
use domain::id::{CardId, ConsignmentId, EntryId, PlaceId};
use domain::journal::Entry;
use domain::number::ControlNumber;
use jiff::civil::Date;

use crate::act::Act;
use crate::card;
use crate::consignment::{self, Header, TakeError};
use crate::error::{Error, Result};
use crate::former::{self, Hashed};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, meta, place, statements};

pub mod draft;

statements! { "opening":
    STAGE = "INSERT INTO consignment (id, site, state, received_on, list_date, box, cards, file_hash, staged_at, kind)
        VALUES ($1, $2, 'staged', $3, $4, $5, 0, $6, $7, 'opening')";
    STAGED = "SELECT state, cards FROM consignment WHERE id = $1 AND kind = 'opening'";
    ADD_CARD = "INSERT INTO card (id, consignment_id, line, control_number, method, post_block, short_validity, stage,
        progress, place_id, steps, key_issue, key_version, posted_on, list_date, list_line, sorted_into,
        sorted_by_rule)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 0, 0, $11, $12, $13, $14, $14)";
    ADD_STEP = "INSERT INTO card_step (card_id, n, entry_id, at, stage_to, place_to, position)
        VALUES ($1, 1, $2, $3, $4, $5, $6)";
    GROWN = "UPDATE consignment SET cards = cards + $1 WHERE id = $2 AND state = 'staged'";
    TAKE = "UPDATE consignment SET state = 'taken', entry_id = $1 WHERE id = $2 AND state = 'staged'";
    ABANDON = "UPDATE consignment SET state = 'dropped' WHERE state = 'staged' AND kind = 'opening' AND file_hash = $1";
    IN_DRAFT = "SELECT c.line AS line FROM card c JOIN former_key f ON f.card_id = c.id
        JOIN opening_line l ON l.former = f.lookup WHERE c.consignment_id = $1 ORDER BY c.line LIMIT 1";
    PORTIONS = "SELECT id, received_on, box, cards FROM consignment
        WHERE kind = 'opening' AND state = 'taken' AND id < $1 ORDER BY id DESC LIMIT $2";
    PROGRESS = "SELECT c.consignment_id AS id, c.progress AS progress, COUNT(*) AS n FROM card c
        WHERE c.consignment_id IN (SELECT s.id FROM consignment s
            WHERE s.kind = 'opening' AND s.state = 'taken' AND s.id < $1 ORDER BY s.id DESC LIMIT $2)
        GROUP BY c.consignment_id, c.progress ORDER BY c.consignment_id, c.progress";
    RESEND = "SELECT c.id AS id, c.consignment_id AS consignment_id, c.line AS line,
        c.control_number AS control_number, c.posted_on AS posted_on,
        p.name || COALESCE('-' || c.position, '') AS place_name, s.box AS box
        FROM consignment s CROSS JOIN card c CROSS JOIN place p
        WHERE s.kind = 'opening' AND s.state = 'taken' AND c.consignment_id = s.id AND p.id = c.place_id
        AND c.stage = 'notified' AND c.key_issue = 0 AND c.id > $1
        AND NOT EXISTS (SELECT 1 FROM former_key f WHERE f.card_id = c.id AND f.opens = 1)
        ORDER BY c.id LIMIT $2";
    RESEND_COUNT = "SELECT COUNT(*) AS n FROM consignment s CROSS JOIN card c
        WHERE s.kind = 'opening' AND s.state = 'taken' AND c.consignment_id = s.id
        AND c.stage = 'notified' AND c.key_issue = 0
        AND NOT EXISTS (SELECT 1 FROM former_key f WHERE f.card_id = c.id AND f.opens = 1)";
}

/// A card of a portion, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// Its running number in the portion, from 1.
    pub n: u32,
    /// The label on its sleeve in the former system.
    pub label: Option<Hashed>,
    /// The number on its letter, which opens its booking.
    pub letter: Option<Hashed>,
    /// How far it is.
    pub stage: Stage,
    /// When its letter was posted.
    pub posted_on: Option<Date>,
    /// Where it lies.
    pub place: PlaceId,
    /// The date of its カード発行一覧表, where it is known.
    pub list_date: Option<Date>,
    /// Its line there.
    pub list_line: Option<u32>,
    /// 申請方式.
    pub method: ApplicationMethod,
    /// 郵便区.
    pub post_block: PostBlock,
    /// Whether its validity is short, where the file tells.
    pub short_validity: Option<bool>,
}

/// Begins to stage a portion. Nobody sees it yet. Leftovers of the same file are given up with [`abandon`] before.
pub fn stage(tx: &mut Tx<'_>, act: &Act, header: &Header) -> Result<ConsignmentId, TakeError> {
    consignment::taken_before(tx, header)?;
    let id: ConsignmentId = tx.id(act);
    tx.execute_one(
        &STAGE,
        bind![
            id,
            header.site,
            header.received_on,
            header.list_date,
            header.box_name,
            header.file_hash,
            act.at
        ],
    )?;
    Ok(id)
}

/// Gives up what a crash left of the same file, so that its numbers are free for another try. Who was just staging
/// it finds it gone. What is left is removed in portions by [`consignment::discard_left_behind`].
pub fn abandon(tx: &mut Tx<'_>, file_hash: &[u8; 32]) -> Result<()> {
    tx.execute(&ABANDON, bind![file_hash]).map(drop)
}

/// Stages a portion of lines under the entry with which all will be taken.
pub fn stage_lines(
    tx: &mut Tx<'_>,
    act: &Act,
    consignment: ConsignmentId,
    entry: EntryId,
    lines: &[Stock],
) -> Result<(), TakeError> {
    let state: Option<String> = tx.row(&STAGED, bind![consignment], |row| row.get("state"))?;
    if state.as_deref() != Some("staged") {
        return Err(TakeError::Gone);
    }
    let count = u32::try_from(lines.len()).map_err(|_| Error::Broken("a portion is too large".to_owned()))?;
    let last = meta::take_numbers(tx, "control_number", count)?;
    for (number, line) in (last - i64::from(count) + 1..).zip(lines) {
        add(tx, act, consignment, entry, number, line)?;
    }
    tx.execute_one(&GROWN, bind![count, consignment])?;
    Ok(())
}

/// The group of a card that the former contractor inspected: it lies here to be handed out, unless its validity is
/// short. What was not inspected is sorted when it is; what went on needs no group.
fn sorted_into(line: &Stock) -> Option<Group> {
    (line.stage == Stage::Inspected).then(|| match line.short_validity {
        Some(true) => Group::ShortValidity,
        _ => Group::of_method(line.method, Way::Stored),
    })
}

/// Writes a card with its first step and its former numbers.
fn add(
    tx: &mut Tx<'_>,
    act: &Act,
    consignment: ConsignmentId,
    entry: EntryId,
    control_number: i64,
    line: &Stock,
) -> Result<(), TakeError> {
    // Ids in the order of the portion; the first of an act is that of the header or the entry.
    let id: CardId = act.id(line.n + 1);
    let progress = Progress::of(line.stage, false);
    tx.execute_one(
        &ADD_CARD,
        bind![
            id,
            consignment,
            line.n,
            control_number,
            line.method,
            line.post_block,
            line.short_validity,
            line.stage,
            progress,
            line.place,
            line.posted_on,
            line.list_date,
            line.list_line,
            sorted_into(line)
        ],
    )?;
    let position = place::stand(tx, id, line.place)?;
    tx.execute_one(&ADD_STEP, bind![id, entry, act.at, line.stage, line.place, position])?;
    let label = line.label.filter(|label| line.letter != Some(*label));
    for (number, opens) in [(line.letter, true), (label, false)] {
        if let Some(number) = number
            && !former::keep(tx, number, id, opens)?
        {
            return Err(TakeError::NoticeTaken { line: line.n });
        }
    }
    Ok(())
}

/// Makes a staged portion visible: all of its cards at once.
///
/// `act` must be the one with which its lines were staged, and its first id of an entry their entry.
pub fn take(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    header: &Header,
    expected: u32,
) -> Result<EntryId, TakeError> {
    consignment::taken_before(tx, header)?;
    let staged =
        tx.row(&STAGED, bind![id], |row| Ok((row.get::<String>("state")?, row.get::<u32>("cards")?)))?;
    let Some((_, cards)) = staged.filter(|(state, _)| state == "staged") else { return Err(TakeError::Gone) };
    if cards != expected {
        return Err(Error::Broken(format!("{cards} of {expected} cards were staged")).into());
    }
    // Somebody may have scanned a card of the file since it was checked.
    if let Some(line) = tx.row(&IN_DRAFT, bind![id], |row| row.get("line"))? {
        return Err(TakeError::NoticeTaken { line });
    }
    let recorded = tx.record(act, &Entry::OpeningTaken { consignment: id, cards })?;
    if tx.execute(&TAKE, bind![recorded.entry(), id])? == 0 {
        return Err(TakeError::Gone);
    }
    Ok(recorded.entry())
}

/// A portion that was taken.
#[derive(Debug, Clone)]
pub struct Portion {
    /// The consignment.
    pub id: ConsignmentId,
    /// When it was taken.
    pub on: Date,
    /// What it is called.
    pub name: String,
    /// How many cards.
    pub cards: u32,
}

fn end_of(before: Option<ConsignmentId>) -> String {
    before.map_or_else(|| "~".to_owned(), |id| id.to_string())
}

/// Portions that were taken, newest first, before an id (`None` for the first page).
pub fn portions(reader: &mut Reader<'_>, before: Option<ConsignmentId>, limit: u32) -> Result<Vec<Portion>> {
    reader.rows(&PORTIONS, bind![end_of(before), limit], |row| {
        Ok(Portion {
            id: row.get("id")?,
            on: row.get("received_on")?,
            name: row.get("box")?,
            cards: row.get("cards")?,
        })
    })
}

/// How many cards have each progress, of each of the portions that [`portions`] shows.
pub fn progress(
    reader: &mut Reader<'_>,
    before: Option<ConsignmentId>,
    limit: u32,
) -> Result<Vec<(ConsignmentId, Progress, u32)>> {
    reader.rows(&PROGRESS, bind![end_of(before), limit], |row| {
        Ok((row.get("id")?, row.get("progress")?, row.get("n")?))
    })
}

/// A card whose letter must be sent again: it was posted by the former system, and its number was not taken over.
#[derive(Debug, Clone)]
pub struct Resend {
    /// The card.
    pub id: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// When its former letter was posted.
    pub posted_on: Option<Date>,
    /// Where it is.
    pub place_name: String,
    /// The portion it came with.
    pub portion: String,
}

fn resend(row: &Row<'_>) -> Result<Resend> {
    Ok(Resend {
        id: row.get("id")?,
        control_number: card::control_number(row)?,
        posted_on: row.get("posted_on")?,
        place_name: row.get("place_name")?,
        portion: row.get("box")?,
    })
}

/// A page of the cards whose letters must be sent again, after an id (`None` for the first page).
pub fn to_resend(reader: &mut Reader<'_>, after: Option<CardId>, limit: u32) -> Result<Vec<Resend>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    reader.rows(&RESEND, bind![after, limit], resend)
}

/// How many letters must be sent again.
pub fn resend_count(reader: &mut Reader<'_>) -> Result<u32> {
    reader.one(&RESEND_COUNT, bind![], |row| row.get("n"))
}
