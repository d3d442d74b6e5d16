//! Personal data: one table, each field sealed, and the ledger in which the city decides what may be held.
//!
//! Nothing is held unless the city agreed to the field (11(4)イ). Nothing here ever writes a value to a log.

use std::collections::BTreeMap;

use domain::id::CardId;
use domain::journal::{BusinessDay, Entry, Subject};
use jiff::civil::Date;

use crate::act::Act;
use crate::error::Result;
use crate::keys::Keys;
use crate::tx::{Reader, Tx};
use crate::value::{Bind, Param};
use crate::{bind, statements};

statements! { "privacy":
    DECISION = "SELECT field, agreed, decided_by, decided_on FROM ledger WHERE field = $1";
    DECISIONS = "SELECT field, agreed, decided_by, decided_on FROM ledger ORDER BY field";
    DECIDE = "INSERT INTO ledger (field, agreed, decided_by, decided_on, entry_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (field) DO UPDATE SET agreed = excluded.agreed, decided_by = excluded.decided_by,
        decided_on = excluded.decided_on, entry_id = excluded.entry_id";
    HOLD = "INSERT INTO personal (subject, field, sealed, lookup, key_version) VALUES ($1, $2, $3, $4, $5)";
    OPEN = "SELECT subject, sealed, key_version FROM personal WHERE subject = $1 AND field = $2";
    OPEN_OF_DAY = "SELECT r.card_id AS card_id, p.subject AS subject, p.sealed AS sealed, p.key_version AS key_version
        FROM reservation r JOIN personal p ON p.subject = 'card:' || r.card_id AND p.field = $1
        WHERE r.service = $2 AND r.site = $3 AND r.day = $4
        AND r.state IN ('booked', 'served', 'unserved', 'not_come') ORDER BY r.start, r.id";
    FIND_CARD = "SELECT c.id AS id FROM personal p JOIN card c ON c.id = SUBSTR(p.subject, 6)
        JOIN consignment s ON s.id = c.consignment_id
        WHERE p.field = $1 AND p.lookup = $2 AND s.state = 'taken' ORDER BY c.id";
    FIND_CARDS = "SELECT p.lookup AS lookup FROM personal p JOIN card c ON c.id = SUBSTR(p.subject, 6)
        JOIN consignment s ON s.id = c.consignment_id
        WHERE p.field = $1 AND p.lookup IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
        AND s.state = 'taken' ORDER BY p.lookup";
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
}

fn decision(row: &crate::value::Row<'_>) -> Result<Decision> {
    Ok(Decision {
        field: row.get("field")?,
        agreed: row.get("agreed")?,
        decided_by: row.get("decided_by")?,
        decided_on: row.get("decided_on")?,
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

/// Writes down the city's decision.
pub fn decide(tx: &mut Tx<'_>, act: &Act, decision: &Decision) -> Result<()> {
    let entry = Entry::LedgerDecided {
        field: decision.field.clone(),
        agreed: decision.agreed,
        on: decision.decided_on,
    };
    let recorded = tx.record(act, &entry)?;
    tx.execute_one(
        &DECIDE,
        bind![decision.field, decision.agreed, decision.decided_by, decision.decided_on, recorded.entry()],
    )
}

/// Holds a field of a card that is being staged; its entry follows when the consignment is taken.
pub(crate) fn hold_staged(
    tx: &mut Tx<'_>,
    keys: &Keys,
    subject: &Subject,
    field: &str,
    value: &str,
    nonce: [u8; 24],
) -> Result<()> {
    let (version, set) = keys.newest()?;
    let sealed = Keys::seal(set, &subject.to_string(), field, value, nonce)?;
    tx.execute_one(&HOLD, bind![subject, field, sealed, Keys::blind(set, field, value), version])
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
        let lookup = Keys::blind(set, NOTICE_NUMBER, value);
        let cards: Vec<CardId> =
            reader.rows(&FIND_CARD, bind![NOTICE_NUMBER, lookup], |row| row.get("id"))?;
        if let Some(card) = cards.first() {
            return Ok(Some(*card));
        }
    }
    Ok(None)
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
            let params: Vec<Param<'_>> =
                std::iter::once(NOTICE_NUMBER.bind()).chain(asked.map(Bind::bind)).collect();
            let found: Vec<[u8; 32]> = reader.rows(&FIND_CARDS, &params, |row| row.get("lookup"))?;
            let places = lookups.iter().enumerate().filter(|(_, lookup)| found.contains(lookup));
            taken.extend(places.map(|(place, _)| part * AT_ONCE + place));
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
    let sealed = reader.rows(&OPEN_OF_DAY, bind![field, day.service, day.site, day.day], |row| {
        Ok((
            row.get::<CardId>("card_id")?,
            row.get::<String>("subject")?,
            row.get::<Vec<u8>>("sealed")?,
            row.get::<u32>("key_version")?,
        ))
    })?;
    let open = |(card, subject, sealed, version): (CardId, String, Vec<u8>, u32)| {
        Ok((card, Keys::open(keys.version(version)?, &subject, field, &sealed)?))
    };
    sealed.into_iter().map(open).collect()
}
