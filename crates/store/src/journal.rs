//! The journal and the register of views: written in the same transaction as the fact, numbered by the sealer.
//!
//! Entries are inserted without a number, so that writers never wait for each other here.

use domain::id::{AccessId, EntryId};
use domain::journal::{Actor, Entry, Subject};
use domain::scan::ScanScreen;
use domain::service::SiteCode;
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::{Bind, Row};
use crate::{bind, statements};

statements! { "journal":
    INSERT = "INSERT INTO journal (id, at, day, kind, version, actor, data) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    INSERT_SUBJECT = "INSERT INTO journal_subject (subject, entry_id) VALUES ($1, $2)";
    INSERT_REMARK = "INSERT INTO remark (entry_id, body) VALUES ($1, $2)";
    INSERT_ACCESS = "INSERT INTO access (id, at, day, actor, screen, asked, subjects, found)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    OF_SUBJECT = "SELECT j.id AS id, j.seq AS seq, j.at AS at, j.day AS day, j.actor AS actor, j.data AS data,
        r.body AS remark
        FROM journal_subject s JOIN journal j ON j.id = s.entry_id LEFT JOIN remark r ON r.entry_id = j.id
        WHERE s.subject = $1 ORDER BY s.entry_id";
    SEQ_OF_SUBJECT = "SELECT j.id AS id, j.data AS data
        FROM journal_subject s JOIN journal j ON j.id = s.entry_id
        WHERE s.subject = $1 AND j.seq IS NOT NULL AND j.seq <= $2 ORDER BY j.seq";
    // One row for a view of one record, and one statement for every 25 of a list; the last one says its end twice.
    INSERT_SHOWN = "INSERT INTO access_subject (access_id, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    INSERT_MANY = "INSERT INTO access_subject (access_id, subject) VALUES
        ($1, $2), ($1, $3), ($1, $4), ($1, $5), ($1, $6),
        ($1, $7), ($1, $8), ($1, $9), ($1, $10), ($1, $11),
        ($1, $12), ($1, $13), ($1, $14), ($1, $15), ($1, $16),
        ($1, $17), ($1, $18), ($1, $19), ($1, $20), ($1, $21),
        ($1, $22), ($1, $23), ($1, $24), ($1, $25), ($1, $26),
        ($1, $27), ($1, $28), ($1, $29), ($1, $30), ($1, $31),
        ($1, $32), ($1, $33), ($1, $34), ($1, $35), ($1, $36),
        ($1, $37), ($1, $38), ($1, $39), ($1, $40), ($1, $41),
        ($1, $42), ($1, $43), ($1, $44), ($1, $45), ($1, $46),
        ($1, $47), ($1, $48), ($1, $49), ($1, $50), ($1, $51)
        ON CONFLICT DO NOTHING";
}

/// Proof that an entry was written in this transaction. Functions that change facts ask for it, so a write
/// that is not in the journal does not compile.
#[derive(Debug, Clone, Copy)]
pub struct Recorded {
    entry: EntryId,
    at: Timestamp,
}

impl Recorded {
    /// The entry.
    pub fn entry(&self) -> EntryId {
        self.entry
    }

    /// Its instant.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// An entry as it was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its id.
    pub id: EntryId,
    /// Its number, once sealed.
    pub seq: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// The business day.
    pub day: Date,
    /// Who.
    pub actor: Actor,
    /// What.
    pub entry: Entry,
    /// Free text, where there was some and it is still kept.
    pub remark: Option<String>,
}

/// What somebody looked at.
#[derive(Debug, Clone)]
pub struct View {
    /// Which screen, as a code word.
    pub screen: &'static str,
    /// What was asked for: a filter or an id, never what a person typed into a search for a number.
    pub asked: String,
    /// The records that were shown.
    pub subjects: Vec<Subject>,
    /// How many rows were shown.
    pub found: u32,
}

/// A row of the register of views.
#[derive(Debug, Clone)]
pub struct Viewed {
    /// Its id.
    pub id: AccessId,
    /// Its number, once sealed.
    pub seq: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// Which screen.
    pub screen: String,
    /// What was asked for.
    pub asked: String,
    /// The records, as `noun:id`, separated by blanks.
    pub subjects: String,
    /// How many rows were shown.
    pub found: u32,
}

impl Tx<'_> {
    /// Writes an entry and proves it.
    pub fn record(&mut self, act: &Act, entry: &Entry) -> Result<Recorded> {
        let id: EntryId = self.id(act);
        let data =
            serde_json::to_string(entry).map_err(|error| Error::Broken(format!("journal entry: {error}")))?;
        self.execute_one(
            &INSERT,
            bind![id, act.at, day_of(act.at), entry.kind(), entry.version(), act.actor, data],
        )?;
        for subject in entry.subjects() {
            self.execute_one(&INSERT_SUBJECT, bind![subject, id])?;
        }
        Ok(Recorded { entry: id, at: act.at })
    }

    /// Adds a person's own words to an entry of this transaction.
    pub fn remark(&mut self, recorded: &Recorded, text: &str) -> Result<()> {
        if text.is_empty() { Ok(()) } else { self.execute_one(&INSERT_REMARK, bind![recorded.entry, text]) }
    }
}

pub(crate) fn written(row: &Row<'_>) -> Result<Written> {
    Ok(Written {
        id: row.get("id")?,
        seq: row.get("seq")?,
        at: row.get("at")?,
        day: row.get("day")?,
        actor: row.get("actor")?,
        entry: entry(row)?,
        remark: row.get("remark")?,
    })
}

pub(crate) fn entry(row: &Row<'_>) -> Result<Entry> {
    let data: String = row.get("data")?;
    serde_json::from_str(&data).map_err(|error| Error::Decode {
        statement: "journal",
        column: "data",
        row: row.get::<String>("id").unwrap_or_else(|_| "without id".to_owned()),
        why: error.to_string(),
    })
}

/// The story of a thing, oldest first.
pub fn of(reader: &mut Reader<'_>, subject: &Subject) -> Result<Vec<Written>> {
    reader.rows(&OF_SUBJECT, bind![subject], written)
}

/// The sealed entries about a thing up to a number, in their order; what reports of closed days are made of.
pub fn sealed_of(reader: &mut Reader<'_>, subject: &Subject, through: i64) -> Result<Vec<Entry>> {
    reader.rows(&SEQ_OF_SUBJECT, bind![subject, through], entry)
}

pub(crate) fn viewed_row(row: &Row<'_>) -> Result<Viewed> {
    Ok(Viewed {
        id: row.get("id")?,
        seq: row.get("seq")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        screen: row.get("screen")?,
        asked: row.get("asked")?,
        subjects: row.get("subjects")?,
        found: row.get("found")?,
    })
}

/// Writes down that somebody looked at records (11(4)キ). The answer is given after this is committed.
pub fn viewed(tx: &mut Tx<'_>, act: &Act, view: &View) -> Result<()> {
    let id: AccessId = tx.id(act);
    let subjects: Vec<String> = view.subjects.iter().map(ToString::to_string).collect();
    tx.execute_one(
        &INSERT_ACCESS,
        bind![id, act.at, day_of(act.at), act.actor, view.screen, view.asked, subjects.join(" "), view.found],
    )?;
    for many in subjects.chunks(MANY) {
        let (Some(first), Some(last)) = (many.first(), many.last()) else { continue };
        if many.len() == 1 {
            tx.execute(&INSERT_SHOWN, bind![id, first])?;
            continue;
        }
        let mut params = vec![Bind::bind(&id)];
        params.extend((0..MANY).map(|n| Bind::bind(many.get(n).unwrap_or(last))));
        tx.execute(&INSERT_MANY, &params)?;
    }
    Ok(())
}

/// How many subjects one statement writes: those of a page of a list.
const MANY: usize = 50;

/// The back of a card was scanned, or an Individual Number typed: who, where and when, and nothing of what it was.
pub fn back_scanned(tx: &mut Tx<'_>, act: &Act, site: &SiteCode, screen: ScanScreen) -> Result<()> {
    tx.record(act, &Entry::BackScanned { site: site.clone(), screen }).map(drop)
}
