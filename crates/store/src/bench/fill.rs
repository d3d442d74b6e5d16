//! Many cards at once, for the figures of a large city.
//!
//! The rows are written in bulk behind the program's back: each has its first step and its notice number, but no
//! story of its own, so `verify` is not clean afterwards. Lists, keys and bookings find what they need.

use std::path::PathBuf;

use domain::card::{Cause, Progress, Stage};
use domain::consignment::{ApplicationMethod, PostBlock};
use domain::id::{CardId, ConsignmentId, EntryId, Id, PlaceId};
use domain::journal::Subject;
use domain::number::{Number, NumberKind};
use domain::service::SiteCode;
use domain::time::instant_at;
use jiff::civil::Date;

use crate::bind;
use crate::db::Durability;
use crate::engine::{postgres as pg, sqlite};
use crate::error::{Error, Result};
use crate::keys::{KeySet, Keys};
use crate::privacy::NOTICE_NUMBER;
use crate::value::Param;

/// Where a database lies.
#[derive(Debug, Clone)]
pub enum Home {
    /// The file of an embedded database.
    File(PathBuf),
    /// A schema on a PostgreSQL server.
    Server {
        /// The URL of the server.
        url: String,
        /// The schema.
        schema: String,
    },
}

/// Cards of one progress.
#[derive(Debug, Clone)]
pub struct Group {
    /// What lists show of them.
    pub progress: Progress,
    /// How many.
    pub cards: u32,
    /// The places over which they are spread; at least one.
    pub places: Vec<PlaceId>,
}

/// What is written.
#[derive(Debug, Clone)]
pub struct Many {
    /// Where the cards arrived.
    pub site: SiteCode,
    /// When the city received them, and when it posted the notices of those that are posted.
    pub day: Date,
    /// An entry of the journal to which the first steps point.
    pub entry: EntryId,
    /// The cards, oldest first.
    pub groups: Vec<Group>,
}

/// Cards of one consignment.
const CONSIGNMENT: u32 = 500;
/// Rows of one statement.
const ROWS: usize = 250;
/// 管理番号 far away from those that the counter gives.
pub(super) const FIRST_CONTROL_NUMBER: u32 = 50_000_000;

const CONSIGNMENTS: &str =
    "consignment (id, site, state, received_on, list_date, box, cards, staged_at, entry_id)";
const CARDS: &str =
    "card (id, consignment_id, line, control_number, method, post_block, short_validity, stage, cause,
    progress, place_id, steps, key_issue, key_version, key_lookup, posted_on)";
const STEPS: &str = "card_step (card_id, n, entry_id, at, stage_to, place_to)";
const PERSONAL: &str = "personal (subject, field, sealed, lookup, key_version)";

/// Writes the cards and answers their ids, group by group. Not to be called inside an asynchronous runtime.
pub fn fill_cards(home: &Home, keys: &Keys, many: &Many) -> Result<Vec<Vec<CardId>>> {
    let mut sink = Sink::open(home)?;
    let (version, set) = keys.newest()?;
    let at = instant_at(many.day, 9 * 60);
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    sink.run("BEGIN")?;
    let (mut consignments, mut written, mut all) = (0_u32, 0_u32, Vec::new());
    for group in &many.groups {
        let mut ids = Vec::new();
        let stage = stage_of(group.progress);
        let has_letter = matches!(stage, Stage::Notified | Stage::Issued);
        let cause = (stage == Stage::Ended).then_some(Cause::Withdrawn);
        let posted = has_letter.then_some(many.day);
        for first in (0..group.cards).step_by(CONSIGNMENT as usize) {
            consignments += 1;
            let arrived = milliseconds + u64::from(consignments);
            let count = CONSIGNMENT.min(group.cards - first);
            let consignment = ConsignmentId::from_parts(arrived, 0);
            let name = format!("多{consignments}");
            let header =
                bind![consignment, many.site, "taken", many.day, many.day, name, count, at, many.entry];
            sink.insert(CONSIGNMENTS, &[row(sink.is_sqlite(), header)])?;
            let (mut cards, mut steps, mut personal) = (Vec::new(), Vec::new(), Vec::new());
            for line in 1..=count {
                written += 1;
                let id = CardId::from_parts(arrived, u128::from(line));
                let place = group.places[written as usize % group.places.len()];
                let lookup = has_letter.then(|| key(set, id).lookup(set.lookup.bits()));
                let (issue, key_version): (u32, u32) = if has_letter { (1, version) } else { (0, 0) };
                let control = FIRST_CONTROL_NUMBER + written;
                let (method, block) = (ApplicationMethod::AtIssue, PostBlock::Other);
                let card = bind![
                    id,
                    consignment,
                    line,
                    control,
                    method,
                    block,
                    false,
                    stage,
                    cause,
                    group.progress,
                    place,
                    1_u32,
                    issue,
                    key_version,
                    lookup,
                    posted
                ];
                cards.push(row(sink.is_sqlite(), card));
                steps.push(row(sink.is_sqlite(), bind![id, 1_u32, many.entry, at, stage, place]));
                let (subject, notice) = (Subject::Card(id).to_string(), format!("ZZZ-{written:06}"));
                let mut nonce = [0; 24];
                nonce[..4].copy_from_slice(&written.to_le_bytes());
                let sealed = Keys::seal(set, &subject, NOTICE_NUMBER, &notice, nonce)?;
                let blind = Keys::blind(set, NOTICE_NUMBER, &notice);
                personal.push(row(sink.is_sqlite(), bind![subject, NOTICE_NUMBER, sealed, blind, version]));
                ids.push(id);
            }
            sink.insert(CARDS, &cards)?;
            sink.insert(STEPS, &steps)?;
            sink.insert(PERSONAL, &personal)?;
        }
        all.push(ids);
    }
    sink.run("COMMIT")?;
    sink.settle(&["consignment", "card", "card_step", "personal"])?;
    Ok(all)
}

/// The 予約キー of a card that [`fill_cards`] wrote.
pub fn key_of(keys: &Keys, card: CardId) -> Result<Number> {
    keys.newest().map(|(_, set)| key(set, card))
}

fn key(set: &KeySet, card: CardId) -> Number {
    Number::derive(set.number.bits(), NumberKind::BookingKey, card.to_bytes(), 1)
}

fn stage_of(progress: Progress) -> Stage {
    match progress {
        Progress::Listed => Stage::Listed,
        Progress::Inspected => Stage::Inspected,
        Progress::Prepared => Stage::Prepared,
        Progress::Notified | Progress::Booked => Stage::Notified,
        Progress::Issued => Stage::Issued,
        Progress::Ended => Stage::Ended,
    }
}

/// A connection of its own.
pub(super) enum Sink {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

impl Sink {
    pub(super) fn open(home: &Home) -> Result<Self> {
        Ok(match home {
            Home::File(file) => Self::Sqlite(sqlite::open(file, Durability::Full)?),
            Home::Server { url, schema } => {
                Self::Postgres(Box::new(pg::address(url, Some(schema), None)?.connect()?))
            }
        })
    }

    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    pub(super) fn run(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                connection.execute_batch(sql).map_err(|error| Error::Broken(error.to_string()))
            }
            Self::Postgres(client) => {
                client.batch_execute(sql).map_err(|error| Error::Broken(pg::text(&error)))
            }
        }
    }

    /// How many rows a statement wrote.
    pub(super) fn changes(&mut self, sql: &str) -> Result<u64> {
        match self {
            Self::Sqlite(connection) => {
                let rows = connection.execute(sql, []).map_err(|error| Error::Broken(error.to_string()))?;
                Ok(u64::try_from(rows).unwrap_or(u64::MAX))
            }
            Self::Postgres(client) => {
                client.execute(sql, &[]).map_err(|error| Error::Broken(pg::text(&error)))
            }
        }
    }

    /// The one number that a query answers.
    pub(super) fn count(&mut self, sql: &str) -> Result<u64> {
        let found: i64 = match self {
            Self::Sqlite(connection) => connection
                .query_row(sql, [], |row| row.get(0))
                .map_err(|error| Error::Broken(error.to_string()))?,
            Self::Postgres(client) => {
                client.query_one(sql, &[]).map_err(|error| Error::Broken(pg::text(&error)))?.get(0)
            }
        };
        Ok(u64::try_from(found).unwrap_or(0))
    }

    pub(super) fn insert(&mut self, into: &str, rows: &[String]) -> Result<()> {
        rows.chunks(ROWS)
            .try_for_each(|rows| self.run(&format!("INSERT INTO {into} VALUES {}", rows.join(","))))
    }

    /// What the databases do by themselves after a while: statistics, a map of what is
    /// visible to all, and the log moved into the file.
    pub(super) fn settle(&mut self, tables: &[&str]) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection
                .execute_batch("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")
                .map_err(|error| Error::Broken(error.to_string())),
            Self::Postgres(_) => {
                tables.iter().try_for_each(|table| self.run(&format!("VACUUM (ANALYZE) {table}")))?;
                // Without it the pages would be written for minutes while commits wait for the same disk.
                self.run("CHECKPOINT")
            }
        }
    }
}

/// One row as literals. The texts are ours; quotes are doubled all the same.
pub(super) fn row(sqlite: bool, values: &[Param<'_>]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::from("(");
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        match value {
            Param::Null => text.push_str("NULL"),
            Param::Int(number) => text.push_str(&number.to_string()),
            Param::Text(words) => {
                text.push('\'');
                text.push_str(&words.replace('\'', "''"));
                text.push('\'');
            }
            Param::Blob(bytes) => {
                text.push_str(if sqlite { "x'" } else { "'\\x" });
                for byte in *bytes {
                    text.push(char::from(HEX[usize::from(byte >> 4)]));
                    text.push(char::from(HEX[usize::from(byte & 15)]));
                }
                text.push('\'');
            }
        }
    }
    text.push(')');
    text
}
