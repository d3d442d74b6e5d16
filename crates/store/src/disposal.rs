//! 保管期限と廃棄: the cards that nobody collected in time, what puts that off, the city's instruction to recall them, and the
//! city's word that it destroyed them.
//!
//! An instruction is a recall like any other ([`recall`]), with a cause of its own: reservation, pull, close and the way to the
//! city are its. What is added is the end: the city says when it destroyed a card that it has by one.

use domain::card::Cause;
use domain::disposal::{Months, Reason, Standing, near};
use domain::id::{CardId, RecallId, ReservationId};
use domain::journal::{Actor, CityRecord, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::recall::{Source, State};
use domain::rules::RuleSet;
use domain::service::SiteCode;
use domain::time::{Start, day_of};
use jiff::civil::Date;

use crate::act::Act;
use crate::card;
use crate::error::{Error, Result};
use crate::recall::{self, Order, RecallError};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "disposal":
    KEPT = "SELECT c.id AS id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, c.posted_on AS posted_on, p.name || COALESCE('-' || c.position, '') AS place_name,
        (SELECT MAX(m.sent_on) FROM reminder_card k JOIN reminder m ON m.id = k.reminder_id
         WHERE k.card_id = c.id) AS reminded_on,
        x.reason AS reason, x.until_day AS until_day, j.actor AS actor,
        r.id AS reservation_id, r.day AS day, r.start AS start
        FROM place p JOIN card c ON c.place_id = p.id JOIN consignment s ON s.id = c.consignment_id
        LEFT JOIN storage_extension x ON x.card_id = c.id LEFT JOIN journal j ON j.id = x.entry_id
        LEFT JOIN reservation r ON r.card_id = c.id AND r.state = 'booked'
        WHERE p.site = $1 AND p.kind IN ('box', 'desk', 'tray') AND s.state = 'taken' AND c.stage = 'notified'
        AND c.suspended = 0 AND c.posted_on <= $2
        AND EXISTS (SELECT 1 FROM reminder_card k JOIN reminder m ON m.id = k.reminder_id
         WHERE k.card_id = c.id AND m.sent_on IS NOT NULL)
        ORDER BY c.posted_on, c.id";
    EXTEND = "INSERT INTO storage_extension (card_id, reason, until_day, entry_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (card_id) DO UPDATE SET reason = excluded.reason, until_day = excluded.until_day,
        entry_id = excluded.entry_id";
    END_EXTENSION = "DELETE FROM storage_extension WHERE card_id = $1";
    EXTENSION = "SELECT x.reason AS reason, x.until_day AS until_day, j.actor AS actor FROM storage_extension x
        JOIN journal j ON j.id = x.entry_id WHERE x.card_id = $1";
    UNDER_WAY = "SELECT k.id AS id, k.card_id AS card_id, k.state AS state, j.at AS at,
        c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, p.name || COALESCE('-' || c.position, '') AS place_name, p.kind AS place_kind
        FROM recall k JOIN card c ON c.id = k.card_id JOIN place p ON p.id = c.place_id
        JOIN consignment s ON s.id = c.consignment_id JOIN journal j ON j.id = k.entry_id
        WHERE k.cause = 'kept_too_long' AND k.site = $1 AND k.state IN ('suspended', 'ended', 'passed')
        AND NOT EXISTS (SELECT 1 FROM disposal d WHERE d.card_id = k.card_id) ORDER BY k.id";
    DISPOSED = "SELECT d.card_id AS card_id, d.disposed_on AS disposed_on, d.person AS person,
        c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date
        FROM disposal d JOIN card c ON c.id = d.card_id JOIN consignment s ON s.id = c.consignment_id
        WHERE d.site = $1 AND d.disposed_on >= $2 ORDER BY d.disposed_on DESC, d.card_id";
    INSERT = "INSERT INTO disposal (card_id, site, disposed_on, person, entry_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (card_id) DO NOTHING";
    OF_CARD = "SELECT card_id, disposed_on, person FROM disposal WHERE card_id = $1";
}

/// Why a card is kept for longer, until when, and who said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// Why.
    pub reason: Reason,
    /// Until which day.
    pub until: Date,
    /// Who.
    pub by: Actor,
}

/// A card whose last day is over or near.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// The city's date of the first posting of its notice.
    pub posted_on: Date,
    /// When the city reminded of it last.
    pub reminded_on: Date,
    /// Its last day.
    pub last_day: Date,
    /// Where it is.
    pub place_name: String,
    /// Where it stands.
    pub standing: Standing,
    /// Why it is kept for longer, if somebody said so.
    pub extension: Option<Extension>,
    /// The reservation that it has.
    pub booked: Option<(ReservationId, Date, Start)>,
}

/// A card that is to be destroyed by the city's instruction.
#[derive(Debug, Clone)]
pub struct UnderWay {
    /// The recall.
    pub recall: RecallId,
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// The day of the instruction.
    pub since: Date,
    /// How far the recall is: with the city when it was passed.
    pub state: State,
    /// Where it is.
    pub place_name: String,
    /// What kind of place that is.
    pub place_kind: PlaceKind,
}

/// A card that the city destroyed.
#[derive(Debug, Clone)]
pub struct Disposed {
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// On which day.
    pub on: Date,
    /// Who of the city says so.
    pub person: String,
}

/// Why nothing was written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisposalError {
    /// There is no such card.
    #[error("not found")]
    NotFound,
    /// The card is not kept: it was handed out or recalled.
    #[error("the card is not kept")]
    NotKept,
    /// The day lies in the past.
    #[error("the day is over")]
    Early,
    /// None of the cards is as it was shown.
    #[error("no card is left")]
    Empty,
    /// The count of the person differs.
    #[error("counted {counted}, expected {expected}")]
    CountDiffers {
        /// What is recorded.
        expected: u32,
        /// What was counted.
        counted: u32,
    },
    /// The day lies before a card was with the city, or in the future.
    #[error("the day cannot be")]
    ImpossibleDate,
    /// A card is no longer where it was shown.
    #[error("a card moved on")]
    Changed,
    /// It cannot be recalled.
    #[error(transparent)]
    Recall(RecallError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<RecallError> for DisposalError {
    fn from(error: RecallError) -> Self {
        match error {
            RecallError::Store(error) => Self::Store(error),
            other => Self::Recall(other),
        }
    }
}

fn extension(row: &Row<'_>) -> Result<Option<Extension>> {
    let (reason, until): (Option<Reason>, Option<Date>) = (row.get("reason")?, row.get("until_day")?);
    let by: Option<Actor> = row.get("actor")?;
    Ok(reason.zip(until).zip(by).map(|((reason, until), by)| Extension { reason, until, by }))
}

/// The cards of a site whose last day is over or within a month, those that were posted first at the head.
pub fn kept(reader: &mut Reader<'_>, site: &SiteCode, months: Months, today: Date) -> Result<Vec<Kept>> {
    let rows = reader.rows(&KEPT, bind![site, months.posted_by(near(today))], |row| {
        let (posted_on, reminded_on): (Date, Date) = (row.get("posted_on")?, row.get("reminded_on")?);
        let last_day = months.last_day(posted_on, reminded_on);
        let extension = extension(row)?;
        let reservation: Option<ReservationId> = row.get("reservation_id")?;
        let (day, start): (Option<Date>, Option<Start>) = (row.get("day")?, row.get("start")?);
        Ok(Kept {
            card: row.get("id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            posted_on,
            reminded_on,
            last_day,
            place_name: row.get("place_name")?,
            standing: Standing::of(last_day, extension.map(|extension| extension.until), today),
            extension,
            booked: reservation.zip(day).zip(start).map(|((id, day), start)| (id, day, start)),
        })
    })?;
    Ok(rows.into_iter().filter(|kept| kept.standing != Standing::Later).collect())
}

/// Why a card is kept for longer, where somebody said so.
pub fn extension_of(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Extension>> {
    Ok(reader.row(&EXTENSION, bind![card], extension)?.flatten())
}

/// A card is kept until a day, whatever its last day is. Said again, the last word stands.
pub fn extend(
    tx: &mut Tx<'_>,
    act: &Act,
    id: CardId,
    reason: Reason,
    until: Date,
) -> Result<(), DisposalError> {
    let card = card::find(tx, id)?.ok_or(DisposalError::NotFound)?;
    if !crate::notice::fits(&card) {
        return Err(DisposalError::NotKept);
    }
    if until < day_of(act.at) {
        return Err(DisposalError::Early);
    }
    let recorded = tx.record(act, &Entry::StorageExtended { card: id, reason, until })?;
    Ok(tx.execute_one(&EXTEND, bind![id, reason, until, recorded.entry()])?)
}

/// A card is no longer kept for longer.
pub fn end_extension(tx: &mut Tx<'_>, act: &Act, id: CardId) -> Result<(), DisposalError> {
    if extension_of(tx, id)?.is_none() {
        return Ok(());
    }
    tx.record(act, &Entry::StorageExtensionEnded { card: id })?;
    tx.execute(&END_EXTENSION, bind![id])?;
    Ok(())
}

/// What came of an instruction.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Ordered {
    /// Cards that are recalled now.
    pub recalled: u32,
    /// Those that are not: since they were shown they were reserved, moved on, or are kept for longer.
    pub left_out: u32,
}

/// The city's person instructs that cards past their last day are destroyed: each is recalled. One that has a reservation is
/// left out, for somebody has to say what becomes of that.
pub fn order(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    site: &SiteCode,
    months: Months,
    wanted: &[CardId],
    (person, recorded): (&str, CityRecord),
) -> Result<Ordered, RecallError> {
    let past = kept(tx, site, months, day_of(act.at))?;
    let mut recalled = 0;
    for id in wanted {
        let is_past = |kept: &&Kept| kept.card == *id && kept.standing == Standing::Past;
        if past.iter().find(is_past).is_none_or(|kept| kept.booked.is_some()) {
            continue;
        }
        let order = Order {
            card: *id,
            cause: Cause::KeptTooLong,
            source: Source::City,
            city: Some((person.to_owned(), recorded)),
            until: None,
            booked: None,
        };
        match recall::record(tx, act, rules, &order) {
            Ok(_) => recalled += 1,
            // Nothing was written: who books, receives or recalls the card at this moment was first.
            Err(
                RecallError::Already | RecallError::Booked | RecallError::Received | RecallError::NotHere(_),
            ) => {}
            Err(error) => return Err(error),
        }
    }
    let left_out = u32::try_from(wanted.len()).unwrap_or(u32::MAX).saturating_sub(recalled);
    Ok(Ordered { recalled, left_out })
}

fn under_way_of(row: &Row<'_>) -> Result<UnderWay> {
    Ok(UnderWay {
        recall: row.get("id")?,
        card: row.get("card_id")?,
        control_number: card::control_number(row)?,
        line: row.get("line")?,
        list_date: row.get("list_date")?,
        since: day_of(row.get("at")?),
        state: row.get("state")?,
        place_name: row.get("place_name")?,
        place_kind: row.get("place_kind")?,
    })
}

/// The cards that are to be destroyed and of which the city did not say so yet, in the order of its instruction.
pub fn under_way(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<UnderWay>> {
    reader.rows(&UNDER_WAY, bind![site], under_way_of)
}

/// The cards that lie on the desk, taken out to be destroyed, go to a named person of the city who counted them.
pub fn pass(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    counted: u32,
    (person, recorded): (&str, CityRecord),
) -> Result<u32, DisposalError> {
    let these: Vec<UnderWay> = under_way(tx, site)?.into_iter().filter(is_on_desk).collect();
    let expected = u32::try_from(these.len()).unwrap_or(u32::MAX);
    if these.is_empty() {
        return Err(DisposalError::Empty);
    }
    if expected != counted {
        return Err(DisposalError::CountDiffers { expected, counted });
    }
    for card in &these {
        recall::pass(tx, act, card.card, person, recorded)?;
    }
    Ok(expected)
}

/// Whether a card was taken out and can be given to the city.
pub fn is_on_desk(card: &UnderWay) -> bool {
    card.state == State::Ended && card.place_kind == PlaceKind::Desk
}

/// The city, by a named person, destroyed cards that it has by its instruction, on a day. All of them are as they were shown,
/// or nothing is written down.
pub fn dispose(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    cards: &[CardId],
    on: Date,
    (person, recorded_by): (&str, CityRecord),
) -> Result<u32, DisposalError> {
    let with_city = under_way(tx, site)?;
    if cards.is_empty() {
        return Err(DisposalError::Empty);
    }
    for id in cards {
        let found = with_city.iter().find(|card| card.card == *id && card.state == State::Passed);
        let card = found.ok_or(DisposalError::Changed)?;
        if on > day_of(act.at) || on < card.since {
            return Err(DisposalError::ImpossibleDate);
        }
        let recorded = tx.record(act, &Entry::CardDisposed { card: *id, on, recorded: recorded_by })?;
        tx.remark(&recorded, &format!("市の担当者：{person}"))?;
        if tx.execute(&INSERT, bind![id, site, on, person, recorded.entry()])? == 0 {
            tx.run_again(&INSERT);
            return Err(Error::Conflict.into());
        }
    }
    Ok(u32::try_from(cards.len()).unwrap_or(u32::MAX))
}

/// The cards that the city destroyed since a day, the last first.
pub fn disposed(reader: &mut Reader<'_>, site: &SiteCode, since: Date) -> Result<Vec<Disposed>> {
    reader.rows(&DISPOSED, bind![site, since], |row| {
        Ok(Disposed {
            card: row.get("card_id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            on: row.get("disposed_on")?,
            person: row.get("person")?,
        })
    })
}

/// When the city destroyed a card, and who of it says so.
pub fn of_card(reader: &mut Reader<'_>, card: CardId) -> Result<Option<(Date, String)>> {
    reader.row(&OF_CARD, bind![card], |row| Ok((row.get("disposed_on")?, row.get("person")?)))
}
