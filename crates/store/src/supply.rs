//! 用品の在庫: what is left of letters, envelopes, 目隠しシール and other kinds. A delivery or a count is a row with its
//! entry; what is used follows from the letters and is written down nowhere.
//!
//! Whoever records or changes something says which version they saw, so two people who count at once are told.

use domain::id::{EntryId, Id, SupplyId};
use domain::journal::{Actor, Entry};
use domain::service::SiteCode;
use domain::supply::{Known, Move, Setting};
use domain::time::{day_of, instant_at};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::op::Reused;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

// Ids are in the order of time, so what was printed or stuffed since a count has a greater id than its entry, and what
// was printed or stuffed since a day one greater than the least id of that day.
statements! { "supply":
    KNOWN = "SELECT k.id AS id, k.version AS version, k.name AS name, k.unit AS unit, k.basis AS basis, k.pieces AS pieces,
        k.letters AS letters, k.delivery_days AS delivery_days, k.stock AS stock, j.at AS counted_at,
        CASE WHEN k.counted_by IS NULL THEN 0 WHEN k.basis = 'printed'
        THEN CAST((SELECT COALESCE(SUM(b.letters), 0) FROM letter_batch b WHERE b.site = k.site AND b.id > k.counted_by) AS BIGINT)
        ELSE (SELECT COUNT(*) FROM letter l WHERE l.site = k.site AND l.stuffed_by > k.counted_by) END AS since,
        CASE WHEN k.basis = 'printed'
        THEN CAST((SELECT COALESCE(SUM(b.letters), 0) FROM letter_batch b WHERE b.site = $1 AND b.id >= $2 AND b.id < $3) AS BIGINT)
        ELSE (SELECT COUNT(*) FROM letter l WHERE l.site = $1 AND l.stuffed_by >= $2 AND l.stuffed_by < $3) END AS lately,
        (SELECT b.printed_at FROM letter_batch b WHERE b.site = $1 ORDER BY b.id LIMIT 1) AS first
        FROM supply k LEFT JOIN journal j ON j.id = k.counted_by
        WHERE k.site = $1 AND k.ended_by IS NULL ORDER BY k.id";
    ANY = "SELECT id FROM supply WHERE site = $1 LIMIT 1";
    ADD = "INSERT INTO supply (id, site, name, unit, basis, pieces, letters, delivery_days, version, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9) ON CONFLICT (site, name) WHERE ended_by IS NULL DO NOTHING";
    OTHER = "SELECT id FROM supply WHERE site = $1 AND name = $2 AND ended_by IS NULL AND id <> $3";
    CHANGE = "UPDATE supply SET name = $1, unit = $2, basis = $3, pieces = $4, letters = $5, delivery_days = $6,
        version = version + 1 WHERE id = $7 AND version = $8 AND ended_by IS NULL";
    END = "UPDATE supply SET ended_by = $1, version = version + 1 WHERE id = $2 AND version = $3 AND ended_by IS NULL";
    DELIVER = "UPDATE supply SET stock = stock + $1, version = version + 1
        WHERE id = $2 AND version = $3 AND ended_by IS NULL AND counted_by IS NOT NULL";
    COUNT = "UPDATE supply SET stock = $1, counted_by = $2, version = version + 1
        WHERE id = $3 AND version = $4 AND ended_by IS NULL";
    NOTE = "INSERT INTO supply_move (supply_id, version, entry_id, move, day, pieces, expected, remark)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    MOVES = "SELECT m.move AS move, m.day AS day, m.pieces AS pieces, m.expected AS expected, m.remark AS remark, j.at AS at,
        j.actor AS actor FROM supply_move m JOIN journal j ON j.id = m.entry_id
        WHERE m.supply_id = $1 ORDER BY m.version DESC LIMIT $2";
}

/// A kind with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// Its id.
    pub id: SupplyId,
    /// Its version, which every change raises.
    pub version: u32,
    /// What the person in charge set.
    pub setting: Setting,
    /// Its stock and its use.
    pub known: Known,
    /// When it was counted last.
    pub counted_at: Option<Timestamp>,
}

impl Supply {
    /// What must be left by the records; none: it was never counted.
    pub fn expected(&self) -> Option<i64> {
        let used = i64::try_from(self.setting.used_by(self.known.letters_since)).unwrap_or(i64::MAX);
        self.known.counted.map(|counted| i64::from(counted).saturating_sub(used))
    }
}

/// A delivery or a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Which of the two.
    pub what: Move,
    /// The day on which it came or was counted.
    pub day: Date,
    /// How many came, or were counted.
    pub pieces: u32,
    /// What was left by the records when it was counted; none: the first count, or a delivery.
    pub expected: Option<i64>,
    /// Why the count differs, or what is to be said of the delivery.
    pub remark: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who recorded it.
    pub actor: Actor,
}

/// Why it was not recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SupplyError {
    /// There is no such kind at the site.
    #[error("there is no such kind")]
    NotFound,
    /// Somebody recorded or changed something since the person looked.
    #[error("somebody changed it since")]
    Stale,
    /// Another kind has the name.
    #[error("another kind has the name")]
    NameTaken,
    /// It was never counted, so nobody knows to what a delivery is added.
    #[error("it was never counted")]
    NotCounted,
    /// The count differs from the records, and nobody says why.
    #[error("counted {counted}, expected {expected}")]
    Differs {
        /// What is left by the records.
        expected: i64,
        /// What was counted.
        counted: u32,
    },
    /// The day lies in the future.
    #[error("the day cannot be")]
    ImpossibleDate,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn supply(row: &Row<'_>) -> Result<Supply> {
    let first: Option<Timestamp> = row.get("first")?;
    Ok(Supply {
        id: row.get("id")?,
        version: row.get("version")?,
        setting: Setting {
            name: row.get("name")?,
            unit: row.get("unit")?,
            basis: row.get("basis")?,
            pieces: row.get("pieces")?,
            letters: row.get("letters")?,
            delivery_days: row.get("delivery_days")?,
        },
        known: Known {
            counted: row.get("stock")?,
            letters_since: row.get("since")?,
            letters_lately: row.get("lately")?,
            first: first.map(day_of),
        },
        counted_at: row.get("counted_at")?,
    })
}

/// The least id of a day.
fn least_id(day: Date) -> EntryId {
    EntryId::from_parts(u64::try_from(instant_at(day, 0).as_millisecond()).unwrap_or(0), 0)
}

/// The kinds of a site with their use since the last count and from one day until before another, in one statement.
pub fn known(reader: &mut Reader<'_>, site: &SiteCode, (from, before): (Date, Date)) -> Result<Vec<Supply>> {
    reader.rows(&KNOWN, bind![site, least_id(from), least_id(before)], supply)
}

/// What came and was counted of a kind, newest first.
pub fn moves(reader: &mut Reader<'_>, id: SupplyId, limit: u32) -> Result<Vec<Moved>> {
    reader.rows(&MOVES, bind![id, limit], |row| {
        Ok(Moved {
            what: row.get("move")?,
            day: row.get("day")?,
            pieces: row.get("pieces")?,
            expected: row.get("expected")?,
            remark: row.get("remark")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
        })
    })
}

/// Gives a site the kinds with which it begins, if it never had one.
pub fn begin(tx: &mut Tx<'_>, act: &Act, site: &SiteCode) -> Result<(), SupplyError> {
    if tx.row(&ANY, bind![site], |_| Ok(()))?.is_none() {
        for setting in Setting::first() {
            add(tx, act, site, &setting)?;
        }
    }
    Ok(())
}

/// Adds a kind.
pub fn add(tx: &mut Tx<'_>, act: &Act, site: &SiteCode, setting: &Setting) -> Result<SupplyId, SupplyError> {
    let id: SupplyId = tx.id(act);
    let recorded = tx.record(act, &Entry::SupplyAdded { supply: id, name: setting.name.clone() })?;
    let Setting { name, unit, basis, pieces, letters, delivery_days } = setting;
    let entry = recorded.entry();
    let values = bind![id, site, name, unit, basis, pieces, letters, delivery_days, entry];
    if tx.execute(&ADD, values)? == 0 { Err(SupplyError::NameTaken) } else { Ok(id) }
}

/// A kind as somebody saw it.
fn seen(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    (id, version): (SupplyId, u32),
) -> Result<Supply, SupplyError> {
    let today = day_of(act.at);
    let found = known(tx, site, (today, today))?.into_iter().find(|supply| supply.id == id);
    match found {
        None => Err(SupplyError::NotFound),
        Some(supply) if supply.version != version => Err(SupplyError::Stale),
        Some(supply) => Ok(supply),
    }
}

/// Changes how a kind is used and ordered. Its stock stays; what was used since the last count is computed anew.
pub fn change(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    (id, version): (SupplyId, u32),
    setting: &Setting,
) -> Result<(), SupplyError> {
    seen(tx, act, site, (id, version))?;
    let Setting { name, unit, basis, pieces, letters, delivery_days } = setting;
    if tx.row(&OTHER, bind![site, name, id], |_| Ok(()))?.is_some() {
        return Err(SupplyError::NameTaken);
    }
    tx.record(act, &Entry::SupplyChanged { supply: id, name: name.clone() })?;
    changed(tx.execute(&CHANGE, bind![name, unit, basis, pieces, letters, delivery_days, id, version])?)
}

/// Ends a kind: it is no longer used. What came and was counted of it stays.
pub fn end(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    (id, version): (SupplyId, u32),
) -> Result<(), SupplyError> {
    let supply = seen(tx, act, site, (id, version))?;
    let recorded = tx.record(act, &Entry::SupplyEnded { supply: id, name: supply.setting.name })?;
    changed(tx.execute(&END, bind![recorded.entry(), id, version])?)
}

/// Of two people who saw the same version the later one finds no row.
fn changed(rows: u64) -> Result<(), SupplyError> {
    if rows == 0 { Err(SupplyError::Stale) } else { Ok(()) }
}

/// What is recorded of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Which kind.
    pub supply: SupplyId,
    /// The version that was seen.
    pub version: u32,
    /// The day.
    pub day: Date,
    /// How many.
    pub pieces: u32,
    /// Why a count differs, or what is to be said of a delivery.
    pub remark: String,
}

/// Pieces were delivered.
pub fn deliver(tx: &mut Tx<'_>, act: &Act, site: &SiteCode, of: &Record) -> Result<(), SupplyError> {
    let supply = seen(tx, act, site, (of.supply, of.version))?;
    if of.day > day_of(act.at) {
        return Err(SupplyError::ImpossibleDate);
    }
    if supply.known.counted.is_none() {
        return Err(SupplyError::NotCounted);
    }
    let (name, pieces) = (supply.setting.name, of.pieces);
    let entry = Entry::SupplyDelivered { supply: of.supply, name, pieces, on: of.day };
    let recorded = tx.record(act, &entry)?;
    changed(tx.execute(&DELIVER, bind![of.pieces, of.supply, of.version])?)?;
    note(tx, recorded.entry(), Move::Delivered, of, None)
}

/// Somebody counted. Where the count differs from the records, a reason is asked for.
pub fn count(tx: &mut Tx<'_>, act: &Act, site: &SiteCode, of: &Record) -> Result<(), SupplyError> {
    let supply = seen(tx, act, site, (of.supply, of.version))?;
    let expected = supply.expected();
    if let Some(expected) = expected
        && expected != i64::from(of.pieces)
        && of.remark.is_empty()
    {
        return Err(SupplyError::Differs { expected, counted: of.pieces });
    }
    let entry =
        Entry::SupplyCounted { supply: of.supply, name: supply.setting.name, pieces: of.pieces, expected };
    let recorded = tx.record(act, &entry)?;
    changed(tx.execute(&COUNT, bind![of.pieces, recorded.entry(), of.supply, of.version])?)?;
    note(tx, recorded.entry(), Move::Counted, of, expected)
}

fn note(
    tx: &mut Tx<'_>,
    entry: EntryId,
    what: Move,
    of: &Record,
    expected: Option<i64>,
) -> Result<(), SupplyError> {
    // Each is a version of its kind, which keeps them in order whatever the clocks of two nodes say.
    let made = of.version + 1;
    Ok(tx.execute_one(&NOTE, bind![of.supply, made, entry, what, of.day, of.pieces, expected, of.remark])?)
}
