//! Personal data: one table, each field sealed, and the ledger in which the city decides what may be held.
//!
//! Nothing is held unless the city agreed to the field (11(4)イ). Nothing here ever writes a value to a log.

use std::collections::BTreeMap;

use domain::card::Stage;
use domain::id::{CardId, ConsignmentId, ReminderId};
use domain::journal::{BusinessDay, Entry, Subject};
use domain::ledger::{Deletion, Field};
use domain::time::day_of;
use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::act::Act;
use crate::error::Result;
use crate::journal::Recorded;
use crate::keys::Keys;
use crate::tx::{Reader, Tx};
use crate::value::{Bind, Param, Row};
use crate::{bind, contact, rows, statements, values};

statements! { "privacy":
    DECISION = "SELECT field, agreed, decided_by, decided_on, retention_days FROM ledger WHERE field = $1";
    DECISIONS = "SELECT field, agreed, decided_by, decided_on, retention_days FROM ledger ORDER BY field";
    DECIDE = "INSERT INTO ledger (field, agreed, decided_by, decided_on, retention_days, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (field) DO UPDATE SET agreed = excluded.agreed, decided_by = excluded.decided_by,
        decided_on = excluded.decided_on, retention_days = excluded.retention_days, entry_id = excluded.entry_id";
    HOLD = "INSERT INTO personal (subject, field, sealed, lookup, key_version, delete_on)
        VALUES ($1, $2, $3, $4, $5, $6)";
    HOLD_MANY = rows!("INSERT INTO personal (subject, field, sealed, lookup, key_version, delete_on)", 6);
    DELETE_ON = "UPDATE personal SET delete_on = $1 WHERE subject = $2 AND field = $3";
    DELETE = "DELETE FROM personal WHERE subject = $1 AND field = $2";
    DUE = "SELECT subject, field FROM personal WHERE delete_on < $1 ORDER BY delete_on, subject LIMIT $2";
    OF_FIELD = "SELECT subject, field FROM personal WHERE field = $1 ORDER BY subject LIMIT $2";
    OPEN = "SELECT subject, sealed, key_version FROM personal WHERE subject = $1 AND field = $2";
    OPEN_OF_DAY = "SELECT r.card_id AS card_id, p.subject AS subject, p.sealed AS sealed, p.key_version AS key_version
        FROM reservation r JOIN personal p ON p.subject = 'card:' || r.card_id AND p.field = $1
        WHERE r.service = $2 AND r.site = $3 AND r.day = $4
        AND r.state IN ('booked', 'served', 'unserved', 'not_come') ORDER BY r.start, r.id";
    OPEN_OF_REMINDER = "SELECT k.card_id AS card_id, p.subject AS subject, p.sealed AS sealed, p.key_version AS key_version
        FROM reminder_card k JOIN personal p ON p.subject = 'card:' || k.card_id AND p.field = $1
        WHERE k.reminder_id = $2 ORDER BY k.n";
    OPEN_OF_CONSIGNMENT = "SELECT c.id AS card_id, p.subject AS subject, p.sealed AS sealed, p.key_version AS key_version
        FROM card c JOIN personal p ON p.subject = 'card:' || c.id AND p.field = $1
        WHERE c.consignment_id = $2 ORDER BY c.id";
    FIND_CARD = "SELECT c.id AS id FROM personal p JOIN card c ON c.id = SUBSTR(p.subject, 6)
        JOIN consignment s ON s.id = c.consignment_id
        WHERE p.lookup = $1 AND s.state = 'taken' ORDER BY c.id";
    HELD = "SELECT lookup FROM personal WHERE lookup IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
        $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)";
    DROP = "DELETE FROM personal WHERE subject = $1";
}

/// The field of the number on the 交付通知書, the reference that city, contractor and citizen share.
pub const NOTICE_NUMBER: &str = "notice_number";

/// A decision of the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// On which field.
    pub field: String,
    /// Whether it may be held.
    pub agreed: bool,
    /// By whom, as the city wrote it.
    pub decided_by: String,
    /// When.
    pub decided_on: Date,
    /// For how many days it is kept; none: nothing was said of it when the house was set up.
    pub retention_days: Option<u32>,
}

fn decision(row: &crate::value::Row<'_>) -> Result<Decision> {
    Ok(Decision {
        field: row.get("field")?,
        agreed: row.get("agreed")?,
        decided_by: row.get("decided_by")?,
        decided_on: row.get("decided_on")?,
        retention_days: row.get("retention_days")?,
    })
}

/// The city's decision on a field; `None` while there is none, which counts as no.
pub fn decided(reader: &mut Reader<'_>, field: &str) -> Result<Option<Decision>> {
    reader.row(&DECISION, bind![field], decision)
}

/// Every decision.
pub fn decisions(reader: &mut Reader<'_>) -> Result<Vec<Decision>> {
    reader.rows(&DECISIONS, bind![], decision)
}

/// Writes down what the city decided when the house was set up. Later decisions are made in [`crate::ledger`].
pub fn decide(tx: &mut Tx<'_>, act: &Act, decision: &Decision) -> Result<()> {
    let entry = Entry::LedgerDecided {
        field: decision.field.clone(),
        agreed: decision.agreed,
        on: decision.decided_on,
        version: None,
    };
    let recorded = tx.record(act, &entry)?;
    set_decision(tx, &recorded, decision)
}

/// Puts a decision in force.
pub(crate) fn set_decision(tx: &mut Tx<'_>, recorded: &Recorded, decision: &Decision) -> Result<()> {
    let Decision { field, agreed, decided_by, decided_on, retention_days } = decision;
    tx.execute_one(&DECIDE, bind![field, agreed, decided_by, decided_on, retention_days, recorded.entry()])
}

/// Proof that the city allows a field. Only [`allowed`] makes one, and nothing is held without it: **the one place
/// where the ledger is asked**.
#[derive(Debug)]
pub struct Allowed {
    field: Field,
    retention_days: Option<u32>,
}

impl Allowed {
    /// The last day on which a value may be held whose days are counted from this one; none: without end.
    pub fn until(&self, from: Date) -> Option<Date> {
        // A day that no calendar has any more is as good as without end.
        self.retention_days.and_then(|days| from.checked_add(Span::new().days(days)).ok())
    }
}

/// Whether the city allows a field, as of this transaction.
pub fn allowed(reader: &mut Reader<'_>, field: Field) -> Result<Option<Allowed>> {
    let decision = decided(reader, field.code())?.filter(|decision| decision.agreed);
    Ok(decision.map(|decision| Allowed { field, retention_days: decision.retention_days }))
}

/// A value that is to be held.
#[derive(Debug)]
pub(crate) struct Holding<'v> {
    /// Of whom or of what.
    pub subject: &'v Subject,
    /// The value.
    pub value: &'v str,
    /// 24 random bytes.
    pub nonce: [u8; 24],
    /// The last day on which it may be held; none: until its day is known.
    pub delete_on: Option<Date>,
}

/// Holds values. Of cards that are being staged the entry follows when the consignment is taken; everything
/// else is recorded by whoever calls.
pub(crate) fn hold(tx: &mut Tx<'_>, keys: &Keys, allowed: &Allowed, holdings: &[Holding<'_>]) -> Result<()> {
    let (version, set) = keys.newest()?;
    let field = allowed.field.code();
    let sealed = holdings
        .iter()
        .map(|Holding { subject, value, nonce, .. }| {
            Keys::seal(set, &subject.to_string(), field, value, *nonce)
        })
        .collect::<Result<Vec<_>>>()?;
    let blinds: Vec<_> = holdings.iter().map(|holding| Keys::blind(set, field, holding.value)).collect();
    let rows: Vec<_> = holdings
        .iter()
        .zip(sealed.iter().zip(&blinds))
        .map(|(holding, (sealed, blind))| {
            values![holding.subject, field, sealed, blind, version, holding.delete_on]
        })
        .collect();
    tx.insert(&HOLD_MANY, &HOLD, &rows)
}

/// Says until which day a value may be held. What is not held stays so.
pub(crate) fn delete_on(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    subject: &Subject,
    field: Field,
    day: Option<Date>,
) -> Result<()> {
    tx.execute(&DELETE_ON, bind![day, subject, field]).map(drop)
}

/// Begins or ends the retention of a card's fields: its days are counted from the end of its process.
pub(crate) fn card_went(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    card: CardId,
    from: Stage,
    to: Stage,
) -> Result<()> {
    let is_over = |stage| matches!(stage, Stage::Issued | Stage::Ended);
    if is_over(from) == is_over(to) {
        return Ok(());
    }
    let field = Field::NoticeNumber;
    let until = allowed(tx, field)?.and_then(|allowed| allowed.until(day_of(recorded.at())));
    let until = until.filter(|_| is_over(to));
    delete_on(tx, recorded, &Subject::Card(card), field, until)
}

/// Deletes a value that somebody asked to be deleted.
pub(crate) fn delete(tx: &mut Tx<'_>, _recorded: &Recorded, subject: &Subject, field: Field) -> Result<bool> {
    Ok(tx.execute(&DELETE, bind![subject, field])? > 0)
}

/// Deletes what the city ended and what is past its last day, at most `limit` values, and answers how many.
pub fn sweep(tx: &mut Tx<'_>, act: &Act, limit: u32) -> Result<u32> {
    let mut gone: BTreeMap<(Field, Deletion), Vec<String>> = BTreeMap::new();
    let mut rest = limit;
    for &field in Field::ALL {
        if rest == 0 || allowed(tx, field)?.is_some() {
            continue;
        }
        let found: Vec<String> = tx.rows(&OF_FIELD, bind![field, rest], |row| row.get("subject"))?;
        rest -= u32::try_from(found.len()).unwrap_or(rest).min(rest);
        if !found.is_empty() {
            gone.insert((field, Deletion::Ended), found);
        }
    }
    let due = tx.rows(&DUE, bind![day_of(act.at), rest], |row| {
        Ok((row.get::<Field>("field")?, row.get::<String>("subject")?))
    })?;
    for (field, subject) in due {
        if !gone.contains_key(&(field, Deletion::Ended)) {
            gone.entry((field, Deletion::Retention)).or_default().push(subject);
        }
    }
    let mut deleted = 0;
    for ((field, why), subjects) in gone {
        let count = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
        let recorded = tx.record(act, &Entry::PersonalDeleted { field, count, why })?;
        for subject in subjects {
            tx.execute_one(&DELETE, bind![subject, field])?;
            if field == Field::MailAddress {
                contact::gone(tx, &recorded, &subject)?;
            }
        }
        deleted += count;
    }
    Ok(deleted)
}

/// Whether there is anything to [`sweep`]: looking first keeps an idle house from writing.
pub fn has_to_sweep(reader: &mut Reader<'_>, now: Timestamp) -> Result<bool> {
    for &field in Field::ALL {
        if allowed(reader, field)?.is_none()
            && reader.row(&OF_FIELD, bind![field, 1_u32], |_| Ok(()))?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(reader.row(&DUE, bind![day_of(now), 1_u32], |_| Ok(()))?.is_some())
}

/// Opens a field.
pub fn open(reader: &mut Reader<'_>, keys: &Keys, subject: &Subject, field: &str) -> Result<Option<String>> {
    let sealed = reader.row(&OPEN, bind![subject, field], |row| {
        Ok((row.get::<Vec<u8>>("sealed")?, row.get::<u32>("key_version")?))
    })?;
    sealed
        .map(|(sealed, version)| Keys::open(keys.version(version)?, &subject.to_string(), field, &sealed))
        .transpose()
}

/// Finds the card with a notice number, under every version of the keys. Cards of a consignment that was not taken
/// are not found.
pub fn card_with_notice(reader: &mut Reader<'_>, keys: &Keys, value: &str) -> Result<Option<CardId>> {
    for (_, set) in keys.newest_first() {
        if let Some(card) = card_with(reader, &Keys::blind(set, NOTICE_NUMBER, value))? {
            return Ok(Some(card));
        }
    }
    Ok(None)
}

fn card_with(reader: &mut Reader<'_>, lookup: &[u8; 32]) -> Result<Option<CardId>> {
    let cards: Vec<CardId> = reader.rows(&FIND_CARD, bind![lookup], |row| row.get("id"))?;
    Ok(cards.first().copied())
}

/// How many notice numbers one statement looks for.
const AT_ONCE: usize = 32;

/// Which of these notice numbers belong to cards, by their places among them: as [`card_with_notice`], for a whole list.
pub fn taken_notices(reader: &mut Reader<'_>, keys: &Keys, values: &[&str]) -> Result<Vec<usize>> {
    let mut taken = Vec::new();
    for (_, set) in keys.newest_first() {
        for (part, values) in values.chunks(AT_ONCE).enumerate() {
            let lookups: Vec<[u8; 32]> =
                values.iter().map(|value| Keys::blind(set, NOTICE_NUMBER, value)).collect();
            // A part that is not full asks for its last number more than once.
            let asked = lookups.iter().chain(lookups.last().into_iter().cycle()).take(AT_ONCE);
            let params: Vec<Param<'_>> = asked.map(Bind::bind).collect();
            // Hardly a number of a new list is held, so whose card it is is asked only of those that are.
            let held: Vec<[u8; 32]> = reader.rows(&HELD, &params, |row| row.get("lookup"))?;
            for (place, lookup) in lookups.iter().enumerate() {
                if held.contains(lookup) && card_with(reader, lookup)?.is_some() {
                    taken.push(part * AT_ONCE + place);
                }
            }
        }
    }
    taken.sort_unstable();
    taken.dedup();
    Ok(taken)
}

/// Deletes every field of a subject that was never taken.
pub(crate) fn drop_all(tx: &mut Tx<'_>, subject: &Subject) -> Result<()> {
    tx.execute(&DROP, bind![subject]).map(drop)
}

/// Opens a field of every card that has or had a place on a day, for the day's list; what is not held is not there.
pub fn open_of_day(
    reader: &mut Reader<'_>,
    keys: &Keys,
    day: &BusinessDay,
    field: &str,
) -> Result<BTreeMap<CardId, String>> {
    let sealed = reader.rows(&OPEN_OF_DAY, bind![field, day.service, day.site, day.day], sealed_of)?;
    opened(keys, field, sealed)
}

/// Opens a field of every card on the list of a round of reminders; what is not held is not there.
pub fn open_of_reminder(
    reader: &mut Reader<'_>,
    keys: &Keys,
    reminder: ReminderId,
    field: &str,
) -> Result<BTreeMap<CardId, String>> {
    let sealed = reader.rows(&OPEN_OF_REMINDER, bind![field, reminder], sealed_of)?;
    opened(keys, field, sealed)
}

/// Opens a field of every card of a consignment; what is not held is not there.
pub fn open_of_consignment(
    reader: &mut Reader<'_>,
    keys: &Keys,
    consignment: ConsignmentId,
    field: &str,
) -> Result<BTreeMap<CardId, String>> {
    let sealed = reader.rows(&OPEN_OF_CONSIGNMENT, bind![field, consignment], sealed_of)?;
    opened(keys, field, sealed)
}

/// What is sealed of a card: its subject, the value, and the version of the keys.
type Sealed = (CardId, String, Vec<u8>, u32);

fn sealed_of(row: &Row<'_>) -> Result<Sealed> {
    Ok((row.get("card_id")?, row.get("subject")?, row.get("sealed")?, row.get("key_version")?))
}

fn opened(keys: &Keys, field: &str, sealed: Vec<Sealed>) -> Result<BTreeMap<CardId, String>> {
    let open = |(card, subject, sealed, version): Sealed| {
        Ok((card, Keys::open(keys.version(version)?, &subject, field, &sealed)?))
    };
    sealed.into_iter().map(open).collect()
}
