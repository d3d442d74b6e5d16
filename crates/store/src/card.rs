//! Cards: the one function that changes stage and place. Their lists are in [`list`](mod@list).

use domain::card::{Cause, Finding, Pass, Progress, Stage, WrongStage};
use domain::consignment::{ApplicationMethod, PostBlock, Way};
use domain::group::Group;
use domain::id::{BatchId, CardId, ConsignmentId, EntryId, PlaceId, ReservationId};
use domain::journal::{Actor, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::SiteCode;
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::consignment::desk;
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, group, incident, place, privacy, statements};

pub mod list;

pub use list::{Filter, Listed, counts_up_to, in_place, list, of_consignment};

statements! { "card":
    FIND = "SELECT c.id AS id, c.consignment_id AS consignment_id, COALESCE(c.list_line, c.line) AS line,
        c.control_number AS control_number, c.method AS method, c.way AS way, c.post_block AS post_block,
        c.short_validity AS short_validity, c.stage AS stage, c.cause AS cause, c.progress AS progress,
        c.place_id AS place_id, c.steps AS steps, c.key_issue AS key_issue, c.key_version AS key_version,
        c.posted_on AS posted_on, c.suspended AS suspended, c.sorted_into AS sorted_into, c.sorted_by_rule AS sorted_by_rule,
        p.kind AS place_kind, p.name || COALESCE('-' || c.position, '') AS place_name, c.position AS position,
        COALESCE(c.list_date, s.list_date) AS list_date, s.site AS site
        FROM card c JOIN place p ON p.id = c.place_id JOIN consignment s ON s.id = c.consignment_id
        WHERE c.id = $1 AND s.state = 'taken'";
    BY_CONTROL_NUMBER = "SELECT c.id AS id FROM card c JOIN consignment s ON s.id = c.consignment_id
        WHERE c.control_number = $1 AND s.state = 'taken'";
    BY_KEY = "SELECT c.id AS id FROM card c WHERE c.key_lookup = $1";
    LOCK = "UPDATE card SET steps = steps WHERE id = $1";
    HEAD = "SELECT id, stage, place_id, steps, position FROM card WHERE id = $1";
    STEP = "UPDATE card SET stage = $1, cause = COALESCE($2, cause), place_id = $3, progress = $4,
        since_day = CASE WHEN progress = $4 THEN since_day ELSE $5 END, steps = $6,
        position = CASE WHEN place_id = $3 THEN position ELSE NULL END
        WHERE id = $7 AND stage = $8 AND place_id = $9 AND steps = $10";
    INSERT_STEP = "INSERT INTO card_step
        (card_id, n, entry_id, at, stage_from, stage_to, place_from, place_to, position, batch_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    STEPS = "SELECT t.n AS n, t.entry_id AS entry_id, t.at AS at, t.stage_from AS stage_from,
        t.stage_to AS stage_to, f.name || COALESCE('-' || b.position, '') AS place_from, p.name || COALESCE('-' || t.position, '') AS place_to,
        f.kind AS kind_from, p.kind AS kind_to, j.actor AS actor, j.kind AS entry_kind, r.body AS remark
        FROM card_step t JOIN place p ON p.id = t.place_to LEFT JOIN place f ON f.id = t.place_from
        LEFT JOIN card_step b ON b.card_id = t.card_id AND b.n = t.n - 1 JOIN journal j ON j.id = t.entry_id LEFT JOIN remark r ON r.entry_id = t.entry_id WHERE t.card_id = $1 ORDER BY t.n";
    SET_PROGRESS = "UPDATE card SET progress = $1, since_day = CASE WHEN progress = $1 THEN since_day ELSE $2 END
        WHERE id = $3 AND stage = $4";
    SHOW_BOOKED = "UPDATE card SET progress = 'booked',
        since_day = CASE WHEN progress = 'booked' THEN since_day ELSE $1 END
        WHERE id = $2 AND stage = 'notified' AND suspended = 0";
    SET_SUSPENDED = "UPDATE card SET suspended = $1 WHERE id = $2";
    BOOKED = "SELECT id FROM reservation WHERE card_id = $1 AND state = 'booked'";
    SET_KEY = "UPDATE card SET key_issue = $1, key_version = $2, key_lookup = $3 WHERE id = $4";
    SET_POSTED = "UPDATE card SET posted_on = $1 WHERE id = $2";
    INSPECT = "INSERT INTO inspection (card_id, pass, finding, entry_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (card_id, pass) DO NOTHING";
    INSPECTED = "SELECT pass, finding FROM inspection WHERE card_id = $1 ORDER BY pass";
    UNINSPECT = "DELETE FROM inspection WHERE card_id = $1 AND pass = $2";
    INSPECTED_OF = "SELECT i.card_id AS card_id, i.pass AS pass, i.finding AS finding
        FROM card c JOIN inspection i ON i.card_id = c.id WHERE c.consignment_id = $1";
    LAST_STORED = "SELECT p.id AS id, p.name AS name FROM card_step t JOIN place p ON p.id = t.place_to
        WHERE t.card_id = $1 AND p.kind = 'box' ORDER BY t.n DESC LIMIT 1";
    INSPECTION_COUNTS = "SELECT i.pass AS pass, i.finding AS finding, COUNT(*) AS n
        FROM card c JOIN inspection i ON i.card_id = c.id WHERE c.consignment_id = $1
        GROUP BY i.pass, i.finding ORDER BY i.pass, i.finding";
}

/// A card as its page shows it.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its id.
    pub id: CardId,
    /// The consignment it came with.
    pub consignment: ConsignmentId,
    /// The site of the consignment.
    pub site: SiteCode,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// 申請方式.
    pub method: ApplicationMethod,
    /// Who gives the card to the citizen.
    pub way: Way,
    /// Delivery office of the applicant's postal code.
    pub post_block: PostBlock,
    /// Whether its validity was short when it came, where the list told.
    pub short_validity: Option<bool>,
    /// The stage of its process.
    pub stage: Stage,
    /// Why it ended, if it did.
    pub cause: Option<Cause>,
    /// What lists show.
    pub progress: Progress,
    /// Where it is.
    pub place: PlaceId,
    /// The kind of place.
    pub place_kind: PlaceKind,
    /// The place's name, with the position in it where the card has one.
    pub place_name: String,
    /// Its position (位置) in a box whose slots are numbered.
    pub position: Option<u32>,
    /// How many steps its story has.
    pub steps: u32,
    /// The issue of its 予約キー; 0 before the first letter.
    pub key_issue: u32,
    /// The version of the keys from which it is derived.
    pub key_version: u32,
    /// The city's date of posting of the notice.
    pub posted_on: Option<Date>,
    /// 保留: it must not be handed out until the city decides.
    pub suspended: bool,
    /// The group into which it was sorted, once its passes were done.
    pub sorted_into: Option<Group>,
    /// The group that the rule named; a person put it elsewhere where this differs.
    pub sorted_by_rule: Option<Group>,
}

/// One step of a card's story.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its number, from 1.
    pub n: u32,
    /// The entry that says why.
    pub entry: EntryId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The stage before; none for the first step.
    pub stage_from: Option<Stage>,
    /// The stage after.
    pub stage_to: Stage,
    /// The place before; none for the first step.
    pub place_from: Option<String>,
    /// The place after.
    pub place_to: String,
    /// Whether it went from box to box.
    pub between_boxes: bool,
    /// The kind of its entry.
    pub entry_kind: String,
    /// What stands beside its entry.
    pub remark: Option<String>,
}

/// What a step changes; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change {
    /// The stage that is wanted.
    pub stage: Option<Stage>,
    /// The cause of an end; it stays through every later move.
    pub cause: Option<Cause>,
    /// The place that is wanted.
    pub place: Option<PlaceId>,
    /// The batch with which it moves.
    pub batch: Option<BatchId>,
}

/// Why a card cannot take a step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// There is no such card.
    #[error("no such card")]
    NoCard,
    /// The stage does not allow it.
    #[error(transparent)]
    WrongStage(#[from] WrongStage),
    /// The card is not where it could be moved from, or the place is none where cards are stored.
    #[error("a card cannot be moved from {from} to {to}")]
    WrongPlace {
        /// The kind of place where it is.
        from: PlaceKind,
        /// The kind of place where it should go.
        to: PlaceKind,
    },
    /// The label was never seen on its card: it is paired at the desk of its consignment first.
    #[error("the label is not paired with its card")]
    Unpaired,
    /// Somebody else moved the card at the same moment.
    #[error("the card was changed by somebody else")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

pub(crate) fn control_number(row: &Row<'_>) -> Result<ControlNumber> {
    let base: u32 = row.get("control_number")?;
    ControlNumber::from_base(base)
        .map_err(|_| Error::Broken(format!("control number {base} is out of range")))
}

fn card(row: &Row<'_>) -> Result<Card> {
    Ok(Card {
        id: row.get("id")?,
        consignment: row.get("consignment_id")?,
        site: row.get("site")?,
        list_date: row.get("list_date")?,
        line: row.get("line")?,
        control_number: control_number(row)?,
        method: row.get("method")?,
        way: row.get("way")?,
        post_block: row.get("post_block")?,
        short_validity: row.get("short_validity")?,
        stage: row.get("stage")?,
        cause: row.get("cause")?,
        progress: row.get("progress")?,
        place: row.get("place_id")?,
        place_kind: row.get("place_kind")?,
        place_name: row.get("place_name")?,
        position: row.get("position")?,
        steps: row.get("steps")?,
        key_issue: row.get("key_issue")?,
        key_version: row.get("key_version")?,
        posted_on: row.get("posted_on")?,
        suspended: row.get("suspended")?,
        sorted_into: row.get("sorted_into")?,
        sorted_by_rule: row.get("sorted_by_rule")?,
    })
}

/// A card by its id; cards of a consignment that is not taken do not exist.
pub fn find(reader: &mut Reader<'_>, id: CardId) -> Result<Option<Card>> {
    reader.row(&FIND, bind![id], card)
}

/// A card by its 管理番号.
pub fn by_control_number(reader: &mut Reader<'_>, number: ControlNumber) -> Result<Option<CardId>> {
    reader.row(&BY_CONTROL_NUMBER, bind![number.base()], |row| row.get("id"))
}

/// A card by the keyed hash of its 予約キー that holds now.
pub fn by_key(reader: &mut Reader<'_>, lookup: &[u8; 32]) -> Result<Option<CardId>> {
    reader.row(&BY_KEY, bind![lookup], |row| row.get("id"))
}

/// The story of a card, oldest first.
pub fn steps(reader: &mut Reader<'_>, id: CardId) -> Result<Vec<Step>> {
    reader.rows(&STEPS, bind![id], |row| {
        Ok(Step {
            n: row.get("n")?,
            entry: row.get("entry_id")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            entry_kind: row.get("entry_kind")?,
            remark: row.get("remark")?,
            stage_from: row.get("stage_from")?,
            stage_to: row.get("stage_to")?,
            place_from: row.get("place_from")?,
            place_to: row.get("place_to")?,
            between_boxes: {
                let from: Option<PlaceKind> = row.get("kind_from")?;
                from.is_some_and(PlaceKind::is_storage) && row.get::<PlaceKind>("kind_to")?.is_storage()
            },
        })
    })
}

/// The box in which a card lay last, which is where it goes back to; none if it was never put away.
pub fn last_stored(reader: &mut Reader<'_>, id: CardId) -> Result<Option<(PlaceId, String)>> {
    reader.row(&LAST_STORED, bind![id], |row| Ok((row.get("id")?, row.get("name")?)))
}

/// Has the card to oneself until the end of the transaction, so that what is read of it now still holds when it is
/// moved.
pub(crate) fn lock(tx: &mut Tx<'_>, id: CardId) -> Result<()> {
    tx.execute(&LOCK, bind![id]).map(drop)
}

/// A card by its id, to oneself as after [`lock`]: whoever decides by where it is decides by what still holds at the step.
pub(crate) fn held(tx: &mut Tx<'_>, id: CardId) -> Result<Option<Card>> {
    lock(tx, id)?;
    find(tx, id)
}

/// Takes one step of a card's story: the only function that changes its stage or its place.
///
/// The stage follows the table in `domain::card` and is guarded again in the `WHERE`, together with the place and
/// the number of the step, so that two people at once cannot both succeed.
pub fn step(tx: &mut Tx<'_>, recorded: &Recorded, id: CardId, change: &Change) -> Result<(), StepError> {
    let head = tx.row(&HEAD, bind![id], |row| {
        let stood = row.get::<Option<u32>>("position")?;
        Ok((row.get::<Stage>("stage")?, row.get::<PlaceId>("place_id")?, row.get::<u32>("steps")?, stood))
    })?;
    let Some((stage, place, steps, stood)) = head else { return Err(StepError::NoCard) };
    let stage_to = match change.stage {
        Some(wanted) => stage.to(wanted)?,
        None => stage,
    };
    let place_to = change.place.unwrap_or(place);
    let progress = Progress::of(stage_to, booked(tx, id)?.is_some());
    let changed = tx.execute(
        &STEP,
        bind![
            stage_to,
            change.cause,
            place_to,
            progress,
            day_of(recorded.at()),
            steps + 1,
            id,
            stage,
            place,
            steps
        ],
    )?;
    if changed == 0 {
        return Err(StepError::Changed);
    }
    let position = if place_to == place { stood } else { place::stand(tx, id, place_to)? };
    tx.execute_one(
        &INSERT_STEP,
        bind![
            id,
            steps + 1,
            recorded.entry(),
            recorded.at(),
            stage,
            stage_to,
            place,
            place_to,
            position,
            change.batch
        ],
    )?;
    Ok(privacy::card_went(tx, recorded, id, stage, stage_to)?)
}

fn booked(reader: &mut Reader<'_>, id: CardId) -> Result<Option<ReservationId>> {
    reader.row(&BOOKED, bind![id], |row| row.get("id"))
}

/// Writes what lists show anew, from the stage and the live reservation, and answers it. Called by every function that
/// books, cancels or ends a reservation.
pub(crate) fn refresh_progress(tx: &mut Tx<'_>, recorded: &Recorded, id: CardId) -> Result<Progress> {
    let stage: Stage = tx.one(&HEAD, bind![id], |row| row.get("stage"))?;
    let progress = Progress::of(stage, booked(tx, id)?.is_some());
    if tx.execute(&SET_PROGRESS, bind![progress, day_of(recorded.at()), id, stage])? == 0 {
        // The city recalled the card at this moment; all of this one is run again on what is true now.
        tx.run_again(&SET_PROGRESS);
        return Err(Error::Conflict);
    }
    Ok(progress)
}

/// [`refresh_progress`] of a card that was just booked. Where it was recalled or suspended after it was looked at, all of
/// the booking is run again, and finds that it cannot be.
pub(crate) fn show_booked(tx: &mut Tx<'_>, recorded: &Recorded, id: CardId) -> Result<()> {
    if tx.execute(&SHOW_BOOKED, bind![day_of(recorded.at()), id])? == 1 {
        return Ok(());
    }
    tx.run_again(&SHOW_BOOKED);
    Err(Error::Conflict)
}

/// 保留: the card waits for the city's decision, or no longer.
pub(crate) fn set_suspended(tx: &mut Tx<'_>, _recorded: &Recorded, id: CardId, is: bool) -> Result<()> {
    tx.execute_one(&SET_SUSPENDED, bind![is, id])
}

/// Gives the card a key: the issue, the version of the keys, and the hash under which it is found.
pub(crate) fn set_key(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    id: CardId,
    issue: u32,
    version: u32,
    lookup: &[u8; 32],
) -> Result<()> {
    tx.execute_one(&SET_KEY, bind![issue, version, lookup, id])
}

/// Writes down the city's date of posting.
pub(crate) fn set_posted(tx: &mut Tx<'_>, _recorded: &Recorded, id: CardId, on: Date) -> Result<()> {
    tx.execute_one(&SET_POSTED, bind![on, id])
}

/// Puts a card into a storage place by scan, from the desk, the tray, another box, or after it was found. What is
/// with the city, at the counter or in a citizen's hands comes back by its own act first.
pub fn put_away(tx: &mut Tx<'_>, act: &Act, id: CardId, place: PlaceId) -> Result<(), StepError> {
    // A card that somebody misses at this moment is found by this scan, or is still here when they look.
    let Some(card) = held(tx, id)? else { return Err(StepError::NoCard) };
    let to = place::find(tx, place)?
        .map(|place| place.kind)
        .ok_or_else(|| Error::Broken("no such place".to_owned()))?;
    let from = card.place_kind;
    let movable = matches!(from, PlaceKind::Desk | PlaceKind::Tray | PlaceKind::Box | PlaceKind::Missing);
    if !movable || !to.is_storage() {
        return Err(StepError::WrongPlace { from, to });
    }
    // A label without its card must not put the card away.
    if card.stage == Stage::Listed && !desk::is_paired(tx, id)? {
        return Err(StepError::Unpaired);
    }
    let recorded = tx.record(act, &Entry::CardPlaced { card: id, place })?;
    step(tx, &recorded, id, &Change { place: Some(place), ..Change::default() })?;
    if from == PlaceKind::Missing {
        incident::found(tx, act, id)?;
    }
    Ok(())
}

/// The findings of a card's inspection so far.
pub fn inspected(reader: &mut Reader<'_>, id: CardId) -> Result<Vec<(Pass, Finding)>> {
    reader.rows(&INSPECTED, bind![id], |row| Ok((row.get("pass")?, row.get("finding")?)))
}

/// The findings of a whole consignment.
pub fn inspected_of(
    reader: &mut Reader<'_>,
    consignment: ConsignmentId,
) -> Result<Vec<(CardId, Pass, Finding)>> {
    reader.rows(&INSPECTED_OF, bind![consignment], |row| {
        Ok((row.get("card_id")?, row.get("pass")?, row.get("finding")?))
    })
}

/// How many cards of a consignment have each finding, by pass.
pub fn inspection_counts(
    reader: &mut Reader<'_>,
    consignment: ConsignmentId,
) -> Result<Vec<(Pass, Finding, u32)>> {
    reader.rows(&INSPECTION_COUNTS, bind![consignment], |row| {
        Ok((row.get("pass")?, row.get("finding")?, row.get("n")?))
    })
}

/// What the scan of a card in a pass of the inspection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inspection {
    /// The finding is written down; the card still has passes to go, or needs the city.
    Noted,
    /// The finding is written down, and with it every pass is good: the card is inspected (検品済).
    Complete,
    /// This pass was done before; nothing changed.
    Before(Finding),
}

/// Writes down what a pass found. After the last of three good passes the card becomes 検品済; any other finding
/// keeps it listed, for the city to see. Either way the third pass sorts it into its group (11(5)ウ(イ)).
pub fn inspect(
    tx: &mut Tx<'_>,
    act: &Act,
    id: CardId,
    pass: Pass,
    finding: Finding,
) -> Result<Inspection, StepError> {
    let Some(card) = find(tx, id)? else { return Err(StepError::NoCard) };
    let mut before = inspected(tx, id)?;
    if let Some((_, finding)) = before.iter().find(|(done, _)| *done == pass) {
        return Ok(Inspection::Before(*finding));
    }
    if card.stage != Stage::Listed {
        return Err(WrongStage { from: card.stage, wanted: Stage::Inspected }.into());
    }
    let recorded = tx.record(act, &Entry::CardInspected { card: id, pass, finding })?;
    if tx.execute(&INSPECT, bind![id, pass, finding, recorded.entry()])? == 0 {
        return Err(StepError::Changed);
    }
    before.push((pass, finding));
    group::by_rule(tx, &recorded, &card, &before)?;
    let all_good =
        before.len() == Pass::ALL.len() && before.iter().all(|(_, finding)| *finding == Finding::Good);
    if !all_good {
        return Ok(Inspection::Noted);
    }
    step(tx, &recorded, id, &Change { stage: Some(Stage::Inspected), ..Change::default() })?;
    Ok(Inspection::Complete)
}

/// Takes the last finding of a pass back, while the card is still listed: the undo of the scan screen.
pub fn undo_inspection(tx: &mut Tx<'_>, act: &Act, id: CardId, pass: Pass) -> Result<(), StepError> {
    let Some(card) = find(tx, id)? else { return Err(StepError::NoCard) };
    if card.stage != Stage::Listed {
        return Err(WrongStage { from: card.stage, wanted: Stage::Listed }.into());
    }
    group::is_here(&card)?;
    let recorded = tx.record(act, &Entry::InspectionUndone { card: id, pass })?;
    group::undo(tx, &recorded, id)?;
    if tx.execute(&UNINSPECT, bind![id, pass])? == 0 { Err(StepError::Changed) } else { Ok(()) }
}
