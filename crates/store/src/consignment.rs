//! Consignments: a list of cards is staged in portions and becomes visible by one change of its header's state.
//!
//! A crash between two portions leaves a staged header that nobody sees and that stands in nobody's way; a job
//! discards it.

use domain::card::{Progress, Stage};
use domain::consignment::{ApplicationMethod, Line, Way};
use domain::group::Group;
use domain::id::{CardId, ConsignmentId, EntryId, PlaceId};
use domain::journal::{Entry, Subject};
use domain::ledger::Field;
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::SiteCode;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::privacy::{self, Holding};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, former, meta, place, rows, statements, values};

pub mod desk;

statements! { "consignment":
    STAGE = "INSERT INTO consignment (id, site, state, received_on, list_date, box, cards, file_hash, staged_at)
        VALUES ($1, $2, 'staged', $3, $4, $5, 0, $6, $7)";
    STAGED = "SELECT state, cards FROM consignment WHERE id = $1";
    TAKEN_FILE = "SELECT id FROM consignment WHERE file_hash = $1 AND state = 'taken'";
    TAKEN_LIST = "SELECT id FROM consignment WHERE site = $1 AND list_date = $2 AND box = $3 AND state = 'taken'";
    ADD_CARD = "INSERT INTO card (id, consignment_id, line, control_number, method, way, post_block, short_validity,
        stage, progress, place_id, steps, key_issue, key_version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    ADD_CARDS = rows!("INSERT INTO card (id, consignment_id, line, control_number, method, way, post_block,
        short_validity, stage, progress, place_id, steps, key_issue, key_version)", 14);
    ADD_STEP = "INSERT INTO card_step (card_id, n, entry_id, at, stage_to, place_to)
        VALUES ($1, $2, $3, $4, $5, $6)";
    ADD_STEPS = rows!("INSERT INTO card_step (card_id, n, entry_id, at, stage_to, place_to)", 6);
    GROWN = "UPDATE consignment SET cards = cards + $1 WHERE id = $2 AND state = 'staged'";
    TAKE = "UPDATE consignment SET state = 'taken', entry_id = $1 WHERE id = $2 AND state = 'staged'";
    TAKEN_MEANWHILE = "SELECT c.line AS line FROM card c JOIN personal p ON p.subject = 'card:' || c.id
        JOIN personal o ON o.lookup = p.lookup AND o.subject <> p.subject
        JOIN card k ON k.id = SUBSTR(o.subject, 6)
        JOIN consignment s ON s.id = k.consignment_id
        WHERE c.consignment_id = $1 AND s.state = 'taken' ORDER BY c.line LIMIT 1";
    LIST = "SELECT c.id AS id, c.site AS site, c.state AS state, c.received_on AS received_on,
        c.list_date AS list_date, c.box AS box, c.cards AS cards, c.kind AS kind,
        CASE WHEN EXISTS (SELECT 1 FROM arrival a WHERE a.consignment_id = c.id) THEN 1 ELSE 0 END AS is_counted,
        CASE WHEN EXISTS (SELECT 1 FROM consignment_close k WHERE k.consignment_id = c.id) THEN 1 ELSE 0 END AS is_closed
        FROM consignment c WHERE c.state = 'taken' AND c.id < $1 ORDER BY c.id DESC LIMIT $2";
    FIND = "SELECT c.id AS id, c.site AS site, c.state AS state, c.received_on AS received_on,
        c.list_date AS list_date, c.box AS box, c.cards AS cards, c.kind AS kind,
        CASE WHEN EXISTS (SELECT 1 FROM arrival a WHERE a.consignment_id = c.id) THEN 1 ELSE 0 END AS is_counted,
        CASE WHEN EXISTS (SELECT 1 FROM consignment_close k WHERE k.consignment_id = c.id) THEN 1 ELSE 0 END AS is_closed
        FROM consignment c WHERE c.id = $1 AND c.state = 'taken'";
    PROGRESS = "SELECT progress, COUNT(*) AS n FROM card WHERE consignment_id = $1 GROUP BY progress ORDER BY progress";
    PROGRESS_OF_PAGE = "SELECT c.consignment_id AS id, c.progress AS progress, COUNT(*) AS n FROM card c
        WHERE c.consignment_id IN (SELECT s.id FROM consignment s
            WHERE s.state = 'taken' AND s.id < $1 ORDER BY s.id DESC LIMIT $2)
        GROUP BY c.consignment_id, c.progress ORDER BY c.consignment_id, c.progress";
    LINES = "SELECT c.id AS id, COALESCE(c.list_line, c.line) AS line, c.control_number AS control_number, c.method AS method,
        c.way AS way, c.short_validity AS short_validity, c.sorted_into AS sorted_into, c.progress AS progress,
        p.name || COALESCE('-' || c.position, '') AS place FROM card c JOIN place p ON p.id = c.place_id WHERE c.consignment_id = $1 ORDER BY c.line";
    LEFT_BEHIND = "SELECT id FROM consignment WHERE state = 'dropped' OR (state = 'staged' AND staged_at < $1)
        ORDER BY id LIMIT 10";
    LEFT_CARDS = "SELECT id FROM card WHERE consignment_id = $1 ORDER BY id LIMIT $2";
    DROP_STEPS = "DELETE FROM card_step WHERE card_id = $1";
    DROP_CARD = "DELETE FROM card WHERE id = $1";
    DROP = "DELETE FROM consignment WHERE id = $1 AND state IN ('staged', 'dropped')";
}

/// How many lines are staged in one transaction: well under 20 ms of writing.
pub const CHUNK: usize = 100;

/// The header of a consignment.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Header {
    /// Where it arrived.
    pub site: SiteCode,
    /// When the city received it.
    pub received_on: Date,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// The box, as J-LIS numbered it.
    pub box_name: String,
    /// SHA-256 of the file, where there was one.
    pub file_hash: Option<[u8; 32]>,
}

/// A consignment that was taken.
#[derive(Debug, Clone)]
pub struct Consignment {
    /// Its id.
    pub id: ConsignmentId,
    /// Where it arrived.
    pub site: SiteCode,
    /// When the city received it.
    pub received_on: Date,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// The box.
    pub box_name: String,
    /// How many cards.
    pub cards: u32,
    /// Whether it is a portion of opening stock of a former contractor.
    pub is_opening: bool,
    /// Whether the city's transfer was counted.
    pub is_counted: bool,
    /// Whether its desk is closed.
    pub is_closed: bool,
}

/// Why a consignment was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
    /// The same file was taken before.
    #[error("the file was taken before")]
    SameFile(ConsignmentId),
    /// A list of the same date and box was taken before.
    #[error("a list of this date and box was taken before")]
    SameList(ConsignmentId),
    /// A notice number belongs to a card already; the line is named.
    #[error("the notice number of line {line} belongs to another card")]
    NoticeTaken {
        /// The line on the list.
        line: u32,
    },
    /// The staged header is gone: it was discarded, or taken by somebody else.
    #[error("the staged consignment is gone")]
    Gone,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn consignment(row: &Row<'_>) -> Result<Consignment> {
    Ok(Consignment {
        id: row.get("id")?,
        site: row.get("site")?,
        received_on: row.get("received_on")?,
        list_date: row.get("list_date")?,
        box_name: row.get("box")?,
        cards: row.get("cards")?,
        is_opening: row.get::<String>("kind")? == "opening",
        is_counted: row.get("is_counted")?,
        is_closed: row.get("is_closed")?,
    })
}

/// Whether this file, or a list of this date and box, was taken before.
pub fn taken_before(reader: &mut Reader<'_>, header: &Header) -> Result<(), TakeError> {
    if let Some(hash) = &header.file_hash
        && let Some(id) = reader.row(&TAKEN_FILE, bind![hash], |row| row.get("id"))?
    {
        return Err(TakeError::SameFile(id));
    }
    let same = reader
        .rows(&TAKEN_LIST, bind![header.site, header.list_date, header.box_name], |row| row.get("id"))?;
    match same.first() {
        Some(id) => Err(TakeError::SameList(*id)),
        None => Ok(()),
    }
}

/// The lines of a list whose notice numbers belong to cards already.
pub fn known_notices<'l>(
    reader: &mut Reader<'_>,
    keys: &Keys,
    lines: impl IntoIterator<Item = &'l Line>,
) -> Result<Vec<u32>> {
    let numbered: Vec<(u32, &str)> = lines
        .into_iter()
        .filter_map(|line| line.notice.as_ref().map(|notice| (line.line, notice.as_str())))
        .collect();
    let notices: Vec<&str> = numbered.iter().map(|(_, notice)| *notice).collect();
    let taken = privacy::taken_notices(reader, keys, &notices)?;
    Ok(taken.into_iter().filter_map(|place| numbered.get(place).map(|(line, _)| *line)).collect())
}

/// Begins to stage a consignment. Nobody sees it yet.
pub fn stage(tx: &mut Tx<'_>, act: &Act, header: &Header) -> Result<ConsignmentId, TakeError> {
    taken_before(tx, header)?;
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

/// A portion of lines with the random values that their sealed fields need.
#[derive(Debug, Clone)]
pub struct Portion {
    /// The consignment.
    pub consignment: ConsignmentId,
    /// The site, for its desk.
    pub site: SiteCode,
    /// The entry under which the consignment will be taken, made before the first portion.
    pub entry: EntryId,
    /// The lines, each with 24 random bytes.
    pub lines: Vec<(Line, [u8; 24])>,
}

/// Stages a portion of lines. Control numbers are given in the order of the list.
pub fn stage_lines(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    portion: &Portion,
    notice_agreed: bool,
) -> Result<(), TakeError> {
    let state: Option<String> = tx.row(&STAGED, bind![portion.consignment], |row| row.get("state"))?;
    if state.as_deref() != Some("staged") {
        return Err(TakeError::Gone);
    }
    let count =
        u32::try_from(portion.lines.len()).map_err(|_| Error::Broken("a portion is too large".to_owned()))?;
    let desk = place::the(tx, &portion.site, PlaceKind::Desk)?;
    let last = meta::take_numbers(tx, "control_number", count)?;
    // The list was read as the ledger stood then; it is asked again where the numbers are held.
    let allowed = if notice_agreed { privacy::allowed(tx, Field::NoticeNumber)? } else { None };
    if allowed.is_some() {
        let known = known_notices(tx, keys, portion.lines.iter().map(|(line, _)| line))?;
        if let Some(line) = known.first() {
            return Err(TakeError::NoticeTaken { line: *line });
        }
    }
    add_cards(tx, act, portion, last - i64::from(count), desk)?;
    if let Some(allowed) = &allowed {
        let cards: Vec<Subject> =
            portion.lines.iter().map(|(line, _)| Subject::Card(card_id(act, line))).collect();
        let held = portion.lines.iter().zip(&cards).filter_map(|((line, nonce), subject)| {
            let value = line.notice.as_ref()?.as_str();
            Some(Holding { subject, value, nonce: *nonce, delete_on: None })
        });
        privacy::hold(tx, keys, allowed, &held.collect::<Vec<_>>())?;
    }
    tx.execute_one(&GROWN, bind![count, portion.consignment])?;
    Ok(())
}

/// The id of the card on a line: in the order of the list, and the same when a portion is staged again.
fn card_id(act: &Act, line: &Line) -> CardId {
    act.id(line.line)
}

/// The cards of a portion with the first step of each; their control numbers follow `before`.
fn add_cards(tx: &mut Tx<'_>, act: &Act, portion: &Portion, before: i64, desk: PlaceId) -> Result<()> {
    let (stage, progress) = (Stage::Listed, Progress::of(Stage::Listed, false));
    let ids: Vec<CardId> = portion.lines.iter().map(|(line, _)| card_id(act, line)).collect();
    let lines = || portion.lines.iter().zip(&ids).zip(before + 1..);
    let cards: Vec<_> = lines()
        .map(|(((line, _), id), control_number)| {
            values![
                id,
                portion.consignment,
                line.line,
                control_number,
                line.method,
                line.way,
                line.post_block,
                line.short_validity,
                stage,
                progress,
                desk,
                1_i64,
                0_i64,
                0_i64
            ]
        })
        .collect();
    tx.insert(&ADD_CARDS, &ADD_CARD, &cards)?;
    let steps: Vec<_> = ids.iter().map(|id| values![id, 1_i64, portion.entry, act.at, stage, desk]).collect();
    tx.insert(&ADD_STEPS, &ADD_STEP, &steps)
}

/// The numbers of a staged consignment were compared with those of every consignment that was taken.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// How many were taken, by [`TAKEN`].
    taken: i64,
}

/// The counter of consignments that were taken. Whoever takes one waits for whoever takes another.
const TAKEN: &str = "consignments_taken";

/// Compares the numbers of a staged consignment with those of all that were taken. This looks at each of its lines, so
/// it is done before [`take`], beside other writers.
pub fn compare(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Compared, TakeError> {
    let taken = meta::last_number(reader, TAKEN)?;
    match reader.row(&TAKEN_MEANWHILE, bind![id], |row| row.get("line"))? {
        Some(line) => Err(TakeError::NoticeTaken { line }),
        None => Ok(Compared { taken }),
    }
}

/// Makes a staged consignment visible: all of its cards at once.
///
/// `act` must be the one with which its lines were staged, and its first id of an entry their entry.
pub fn take(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    header: &Header,
    expected: u32,
    compared: Compared,
) -> Result<EntryId, TakeError> {
    taken_before(tx, header)?;
    let staged =
        tx.row(&STAGED, bind![id], |row| Ok((row.get::<String>("state")?, row.get::<u32>("cards")?)))?;
    let Some((_, cards)) = staged.filter(|(state, _)| state == "staged") else { return Err(TakeError::Gone) };
    if cards != expected {
        return Err(Error::Broken(format!("{cards} of {expected} cards were staged")).into());
    }
    // Another list with the same number may have been taken since the comparison; what was taken stays so.
    if meta::take_numbers(tx, TAKEN, 1)? != compared.taken + 1 {
        compare(tx, id)?;
    }
    let recorded = tx.record(act, &Entry::ConsignmentTaken { consignment: id, cards })?;
    if tx.execute(&TAKE, bind![recorded.entry(), id])? == 0 {
        return Err(TakeError::Gone);
    }
    Ok(recorded.entry())
}

/// Discards what a crash left staged before `before`, and what was given up, a portion at a time. Answers whether there may be more.
pub fn discard_left_behind(tx: &mut Tx<'_>, before: Timestamp) -> Result<bool> {
    let ids: Vec<ConsignmentId> = tx.rows(&LEFT_BEHIND, bind![before], |row| row.get("id"))?;
    let Some(id) = ids.first() else { return Ok(false) };
    let portion = u32::try_from(CHUNK).unwrap_or(100);
    let cards: Vec<CardId> = tx.rows(&LEFT_CARDS, bind![id, portion], |row| row.get("id"))?;
    for card in &cards {
        privacy::drop_all(tx, &Subject::Card(*card))?;
        former::drop_all(tx, *card)?;
        tx.execute(&DROP_STEPS, bind![card])?;
        tx.execute(&DROP_CARD, bind![card])?;
    }
    if cards.len() < CHUNK {
        tx.execute(&DROP, bind![id])?;
    }
    Ok(true)
}

/// Consignments that were taken, newest first, before an id (`None` for the first page).
pub fn list(reader: &mut Reader<'_>, before: Option<ConsignmentId>, limit: u32) -> Result<Vec<Consignment>> {
    reader.rows(&LIST, bind![before_text(before), limit], consignment)
}

/// The end of a page of ids; the greatest text of a ULID sorts before `~`.
fn before_text(before: Option<ConsignmentId>) -> String {
    before.map_or_else(|| "~".to_owned(), |id| id.to_string())
}

/// A consignment by its id.
pub fn find(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Option<Consignment>> {
    reader.row(&FIND, bind![id], consignment)
}

/// How many cards have each progress, of each of the consignments that [`list`] shows.
pub fn progress_of_page(
    reader: &mut Reader<'_>,
    before: Option<ConsignmentId>,
    limit: u32,
) -> Result<Vec<(ConsignmentId, Progress, u32)>> {
    reader.rows(&PROGRESS_OF_PAGE, bind![before_text(before), limit], |row| {
        Ok((row.get("id")?, row.get("progress")?, row.get("n")?))
    })
}

/// How many of a consignment's cards have each progress.
pub fn progress(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Vec<(Progress, u32)>> {
    reader.rows(&PROGRESS, bind![id], |row| Ok((row.get("progress")?, row.get("n")?)))
}

/// A line of カード発行一覧表 with what matters of its card.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The card.
    pub id: CardId,
    /// Its line on the list.
    pub line: u32,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// 申請方式.
    pub method: ApplicationMethod,
    /// Who gives the card to the citizen.
    pub way: Way,
    /// Whether its validity was short when it came, where the list told.
    pub short_validity: Option<bool>,
    /// The group into which it was sorted.
    pub sorted_into: Option<Group>,
    /// What lists show.
    pub progress: Progress,
    /// The name of the place where it is.
    pub place: String,
}

/// The lines of a consignment in the order of its list.
pub fn lines(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Vec<Checked>> {
    reader.rows(&LINES, bind![id], |row| {
        Ok(Checked {
            id: row.get("id")?,
            line: row.get("line")?,
            control_number: crate::card::control_number(row)?,
            method: row.get("method")?,
            way: row.get("way")?,
            short_validity: row.get("short_validity")?,
            sorted_into: row.get("sorted_into")?,
            progress: row.get("progress")?,
            place: row.get("place")?,
        })
    })
}
