//! 受取勧奨: rounds of reminders. A round is a list that was made by the city's word and stands as it was made; that the city
//! sent it, or does not, is told afterwards. What came of it is computed from the cards and their reservations.
//!
//! A card is on one list that is not sent at most, so that two people who make a round at once do not make it twice.

use std::collections::{HashMap, HashSet};

use domain::card::Stage;
use domain::consignment::PostBlock;
use domain::id::{CardId, ReminderId};
use domain::journal::{CityRecord, Entry};
use domain::number::ControlNumber;
use domain::reminder::{Counts, Criteria, MOST, Since, State};
use domain::service::SiteCode;
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::card;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "reminder":
    TARGETS = "SELECT c.id AS id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, c.posted_on AS posted_on, c.post_block AS post_block,
        p.name || COALESCE('-' || c.position, '') AS place_name,
        (SELECT MAX(m.sent_on) FROM reminder_card k JOIN reminder m ON m.id = k.reminder_id
         WHERE k.card_id = c.id) AS reminded_on,
        CASE WHEN EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = c.id AND r.state IN ('served', 'unserved'))
        THEN 1 ELSE 0 END AS came,
        CASE WHEN EXISTS (SELECT 1 FROM notice_return b WHERE b.card_id = c.id AND b.over_by IS NULL)
        THEN 1 ELSE 0 END AS returned
        FROM place p JOIN card c ON c.place_id = p.id JOIN consignment s ON s.id = c.consignment_id
        WHERE p.site = $1 AND p.kind IN ('box', 'desk', 'tray') AND s.state = 'taken' AND c.progress = 'notified'
        AND c.suspended = 0 AND c.posted_on <= $2
        AND NOT EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = c.id AND r.state IN ('held', 'booked'))
        AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.card_id = c.id AND i.ended_by IS NULL)
        AND NOT EXISTS (SELECT 1 FROM reminder_card k JOIN reminder m ON m.id = k.reminder_id
         WHERE k.card_id = c.id AND (m.state = 'listed' OR m.sent_on > $3))
        ORDER BY c.posted_on, c.id LIMIT $4";
    NEXT = "SELECT COALESCE(MAX(number), 0) + 1 AS number FROM reminder WHERE site = $1";
    INSERT = "INSERT INTO reminder (id, site, number, made_on, posted_days, again_days, cards, ordered_by, state, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'listed', $9) ON CONFLICT (site, number) DO NOTHING";
    INSERT_CARD = "INSERT INTO reminder_card (reminder_id, n, card_id, posted_on) VALUES ($1, $2, $3, $4)";
    SENT = "UPDATE reminder SET state = 'sent', sent_on = $1, sender = $2 WHERE id = $3 AND state = 'listed'";
    WITHDRAW = "UPDATE reminder SET state = 'withdrawn' WHERE id = $1 AND state = 'listed'";
    FIND = "SELECT m.id AS id, m.number AS number, m.site AS site, m.made_on AS made_on, j.at AS at,
        m.posted_days AS posted_days, m.again_days AS again_days, m.cards AS cards, m.ordered_by AS ordered_by,
        m.state AS state, m.sent_on AS sent_on, m.sender AS sender
        FROM reminder m JOIN journal j ON j.id = m.entry_id WHERE m.id = $1";
    LIST = "SELECT m.id AS id, m.number AS number, m.site AS site, m.made_on AS made_on, j.at AS at,
        m.posted_days AS posted_days, m.again_days AS again_days, m.cards AS cards, m.ordered_by AS ordered_by,
        m.state AS state, m.sent_on AS sent_on, m.sender AS sender
        FROM reminder m JOIN journal j ON j.id = m.entry_id WHERE m.site = $1 ORDER BY m.number DESC";
    CARDS = "SELECT c.id AS id, k.reminder_id AS reminder_id, k.posted_on AS posted_on,
        c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, c.post_block AS post_block, c.stage AS stage,
        p.name || COALESCE('-' || c.position, '') AS place_name,
        CASE WHEN EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = k.card_id AND r.state = 'booked')
        THEN 1 ELSE 0 END AS is_booked,
        CASE WHEN EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = k.card_id AND r.id > k.reminder_id
         AND r.state IN ('booked', 'served', 'unserved', 'not_come', 'cancelled')) THEN 1 ELSE 0 END AS was_booked,
        CASE WHEN EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = k.card_id AND r.id > k.reminder_id
         AND r.state IN ('served', 'unserved')) THEN 1 ELSE 0 END AS came
        FROM reminder_card k JOIN card c ON c.id = k.card_id JOIN consignment s ON s.id = c.consignment_id
        JOIN place p ON p.id = c.place_id WHERE k.reminder_id = $1 ORDER BY k.n";
    COUNTS = "SELECT t.reminder_id AS reminder_id, t.stage AS stage, t.is_booked AS is_booked, t.was_booked AS was_booked,
        t.came AS came, COUNT(*) AS n FROM (SELECT k.reminder_id AS reminder_id, c.stage AS stage,
        CASE WHEN EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = k.card_id AND r.state = 'booked')
        THEN 1 ELSE 0 END AS is_booked,
        CASE WHEN EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = k.card_id AND r.id > k.reminder_id
         AND r.state IN ('booked', 'served', 'unserved', 'not_come', 'cancelled')) THEN 1 ELSE 0 END AS was_booked,
        CASE WHEN EXISTS (SELECT 1 FROM reservation r WHERE r.card_id = k.card_id AND r.id > k.reminder_id
         AND r.state IN ('served', 'unserved')) THEN 1 ELSE 0 END AS came
        FROM reminder m JOIN reminder_card k ON k.reminder_id = m.id JOIN card c ON c.id = k.card_id
        WHERE m.site = $1) t GROUP BY t.reminder_id, t.stage, t.is_booked, t.was_booked, t.came
        ORDER BY t.reminder_id, t.stage, t.is_booked, t.was_booked, t.came";
    OF_CARD = "SELECT m.id AS id, m.number AS number, m.site AS site, m.made_on AS made_on, j.at AS at,
        m.posted_days AS posted_days, m.again_days AS again_days, m.cards AS cards, m.ordered_by AS ordered_by,
        m.state AS state, m.sent_on AS sent_on, m.sender AS sender
        FROM reminder_card k JOIN reminder m ON m.id = k.reminder_id JOIN journal j ON j.id = m.entry_id
        WHERE k.card_id = $1 ORDER BY m.id DESC";
    SENT_TO = "SELECT MAX(m.sent_on) AS sent_on FROM reminder_card k JOIN reminder m ON m.id = k.reminder_id
        WHERE k.card_id = $1";
}

/// A card that the city may remind of.
#[derive(Debug, Clone)]
pub struct Target {
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// The city's date of posting of its notice.
    pub posted_on: Date,
    /// The pile of its envelope.
    pub post_block: PostBlock,
    /// Where it is.
    pub place_name: String,
    /// When the city reminded of it last.
    pub reminded_on: Option<Date>,
    /// Somebody came for it before, and went without it.
    pub came: bool,
    /// Its notice came back, and none was posted since.
    pub returned: bool,
}

impl Target {
    /// Whether the list has it unless a person says otherwise: nobody came for it, and its notice arrived.
    pub fn is_plain(&self) -> bool {
        !self.came && !self.returned
    }
}

/// A round of reminders.
#[derive(Debug, Clone)]
pub struct Reminder {
    /// Its id.
    pub id: ReminderId,
    /// Its number at the site, from 1.
    pub number: u32,
    /// At which site.
    pub site: SiteCode,
    /// The day on which its list was made, from which ages are counted.
    pub made_on: Date,
    /// When its list was made.
    pub at: Timestamp,
    /// Whom it is for.
    pub criteria: Criteria,
    /// How many cards are on its list.
    pub cards: u32,
    /// Who of the city ordered it.
    pub ordered_by: String,
    /// How far it is.
    pub state: State,
    /// The day on which the city sent it, and who of the city says so.
    pub sent: Option<(Date, String)>,
}

/// A card on the list of a round, with what became of it since.
#[derive(Debug, Clone)]
pub struct Reminded {
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// The city's date of posting of its notice, as it was when the list was made.
    pub posted_on: Date,
    /// The pile of its envelope.
    pub post_block: PostBlock,
    /// Where it is now.
    pub place_name: String,
    /// How far it is now.
    pub stage: Stage,
    /// What became of it.
    pub since: Since,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Made {
    /// The round.
    pub id: ReminderId,
    /// Cards that were wanted and are not on its list: since they were shown they were reserved, moved on, or are on
    /// another list.
    pub left_out: u32,
}

/// Why nothing was written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReminderError {
    /// There is no such round.
    #[error("not found")]
    NotFound,
    /// None of the wanted cards can be reminded of now.
    #[error("no card is left")]
    Empty,
    /// More cards than a round may have.
    #[error("{0} cards are too many")]
    TooMany(u32),
    /// It was sent or withdrawn before.
    #[error("it is {0}")]
    Over(State),
    /// The day lies before the list was made or in the future.
    #[error("the day cannot be")]
    ImpossibleDate,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// The cards of a site that a round of a day may be for, those of the oldest posting first; `limit` at most.
pub fn targets(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    criteria: Criteria,
    today: Date,
    limit: u32,
) -> Result<Vec<Target>> {
    let (posted_by, not_after) = (criteria.posted_by(today), criteria.not_reminded_after(today));
    reader.rows(&TARGETS, bind![site, posted_by, not_after, limit], |row| {
        Ok(Target {
            card: row.get("id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            posted_on: row.get("posted_on")?,
            post_block: row.get("post_block")?,
            place_name: row.get("place_name")?,
            reminded_on: row.get("reminded_on")?,
            came: row.get("came")?,
            returned: row.get("returned")?,
        })
    })
}

/// Makes the list of a round of those of the wanted cards that can still be reminded of, by the word of the city's person.
/// It stands in the order in which the city sends: by the pile of the envelope, then by the posting.
pub fn make(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    criteria: Criteria,
    wanted: &[CardId],
    (person, recorded_by): (&str, CityRecord),
) -> Result<Made, ReminderError> {
    let wanted: HashSet<CardId> = wanted.iter().copied().collect();
    let asked = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
    if asked > MOST {
        return Err(ReminderError::TooMany(asked));
    }
    let today = day_of(act.at);
    // The number comes first: a round that another makes from here on takes the same one, and one of the two is run again;
    // one that was made before is seen by what follows.
    let number: u32 = tx.one(&NEXT, bind![site], |row| row.get("number"))?;
    let mut targets = targets(tx, site, criteria, today, u32::MAX)?;
    targets.retain(|target| wanted.contains(&target.card));
    if targets.is_empty() {
        return Err(ReminderError::Empty);
    }
    targets.sort_by_cached_key(|target| (target.post_block.code(), target.posted_on, target.card));
    // At most as many as were asked for.
    let count = u32::try_from(targets.len()).unwrap_or(asked);
    let id: ReminderId = tx.id(act);
    let Criteria { posted, again } = criteria;
    let recorded = tx.record(
        act,
        &Entry::ReminderListed { reminder: id, number, count, posted, again, recorded: recorded_by },
    )?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    let entry = recorded.entry();
    let inserted =
        tx.execute(&INSERT, bind![id, site, number, today, posted, again, count, person, entry])?;
    if inserted == 0 {
        // Somebody else makes a round at this moment; whom it is for is looked up again after it.
        tx.run_again(&INSERT);
        return Err(Error::Conflict.into());
    }
    for (n, target) in (1_u32..).zip(&targets) {
        tx.execute_one(&INSERT_CARD, bind![id, n, target.card, target.posted_on])?;
    }
    Ok(Made { id, left_out: asked.saturating_sub(count) })
}

fn listed(tx: &mut Tx<'_>, id: ReminderId) -> Result<Reminder, ReminderError> {
    let reminder = find(tx, id)?.ok_or(ReminderError::NotFound)?;
    if reminder.state == State::Listed { Ok(reminder) } else { Err(ReminderError::Over(reminder.state)) }
}

/// The city, by a named person, sent the reminders of a round on a day.
pub fn sent(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReminderId,
    on: Date,
    (person, recorded_by): (&str, CityRecord),
) -> Result<(), ReminderError> {
    let reminder = listed(tx, id)?;
    if on > day_of(act.at) || on < reminder.made_on {
        return Err(ReminderError::ImpossibleDate);
    }
    let recorded = tx.record(act, &Entry::ReminderSent { reminder: id, on, recorded: recorded_by })?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    if tx.execute(&SENT, bind![on, person, id])? == 0 {
        tx.run_again(&SENT);
        return Err(Error::Conflict.into());
    }
    Ok(())
}

/// The city, by a named person, does not send the reminders of a round.
pub fn withdraw(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReminderId,
    (person, recorded_by): (&str, CityRecord),
) -> Result<(), ReminderError> {
    listed(tx, id)?;
    let recorded = tx.record(act, &Entry::ReminderWithdrawn { reminder: id, recorded: recorded_by })?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    if tx.execute(&WITHDRAW, bind![id])? == 0 {
        tx.run_again(&WITHDRAW);
        return Err(Error::Conflict.into());
    }
    Ok(())
}

fn reminder(row: &Row<'_>) -> Result<Reminder> {
    let (sent_on, sender): (Option<Date>, Option<String>) = (row.get("sent_on")?, row.get("sender")?);
    Ok(Reminder {
        id: row.get("id")?,
        number: row.get("number")?,
        site: row.get("site")?,
        made_on: row.get("made_on")?,
        at: row.get("at")?,
        criteria: Criteria { posted: row.get("posted_days")?, again: row.get("again_days")? },
        cards: row.get("cards")?,
        ordered_by: row.get("ordered_by")?,
        state: row.get("state")?,
        sent: sent_on.zip(sender),
    })
}

fn since(row: &Row<'_>) -> Result<Since> {
    Ok(Since { is_booked: row.get("is_booked")?, was_booked: row.get("was_booked")?, came: row.get("came")? })
}

/// A round by its id.
pub fn find(reader: &mut Reader<'_>, id: ReminderId) -> Result<Option<Reminder>> {
    reader.row(&FIND, bind![id], reminder)
}

/// The rounds of a site, the newest first. There are a few in a year.
pub fn list(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Reminder>> {
    reader.rows(&LIST, bind![site], reminder)
}

/// The cards of a round in the order of its list, with what became of each.
pub fn cards(reader: &mut Reader<'_>, id: ReminderId) -> Result<Vec<Reminded>> {
    reader.rows(&CARDS, bind![id], |row| {
        Ok(Reminded {
            card: row.get("id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            posted_on: row.get("posted_on")?,
            post_block: row.get("post_block")?,
            place_name: row.get("place_name")?,
            stage: row.get("stage")?,
            since: since(row)?,
        })
    })
}

/// The counts of every round of a site.
pub fn counts(reader: &mut Reader<'_>, site: &SiteCode) -> Result<HashMap<ReminderId, Counts>> {
    let rows = reader.rows(&COUNTS, bind![site], |row| {
        let n: u32 = row.get("n")?;
        Ok((row.get::<ReminderId>("reminder_id")?, row.get::<Stage>("stage")?, since(row)?, n))
    })?;
    let mut counts: HashMap<ReminderId, Counts> = HashMap::new();
    for (id, stage, since, cards) in rows {
        counts.entry(id).or_default().take(stage, since, cards);
    }
    Ok(counts)
}

/// The rounds on whose lists a card is or was, the newest first.
pub fn of_card(reader: &mut Reader<'_>, card: CardId) -> Result<Vec<Reminder>> {
    reader.rows(&OF_CARD, bind![card], reminder)
}

/// The day on which the city reminded of a card last.
pub fn sent_to(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Date>> {
    reader.one(&SENT_TO, bind![card], |row| row.get("sent_on"))
}
