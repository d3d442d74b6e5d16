//! Questions to the journal and to the register of views: who did what, who looked at this record, within a time.
//!
//! An answer is walked along one index, page by page: the record's, the person's, the kind's or that of time. The
//! comparison of rows leaves the engines no other choice (see `card`).

use domain::id::{AccessId, CardId, EntryId};
use domain::journal::{Actor, BusinessDay, Subject};
use domain::number::ControlNumber;
use jiff::Timestamp;

use crate::error::Result;
use crate::journal::{Viewed, Written, viewed_row, written};
use crate::tx::Reader;
use crate::value::Row;
use crate::{bind, card, statements};

statements! { "question":
    ENTRIES = "SELECT j.id AS id, j.seq AS seq, j.at AS at, j.day AS day, j.actor AS actor, j.data AS data,
        r.body AS remark, c.id AS card_id, c.control_number AS control_number
        FROM journal j LEFT JOIN remark r ON r.entry_id = j.id LEFT JOIN card c ON c.id =
        (SELECT MIN(substr(s.subject, 6)) FROM journal_subject s WHERE s.entry_id = j.id AND s.subject LIKE 'card:%')
        WHERE (j.at, j.id) > ($1, $2) AND j.at < $3 ORDER BY j.at, j.id LIMIT $4";
    ENTRIES_OF_ACTOR = "SELECT j.id AS id, j.seq AS seq, j.at AS at, j.day AS day, j.actor AS actor, j.data AS data,
        r.body AS remark, c.id AS card_id, c.control_number AS control_number
        FROM journal j LEFT JOIN remark r ON r.entry_id = j.id LEFT JOIN card c ON c.id =
        (SELECT MIN(substr(s.subject, 6)) FROM journal_subject s WHERE s.entry_id = j.id AND s.subject LIKE 'card:%')
        WHERE (j.actor, j.at, j.id) > ($1, $2, $3) AND j.actor <= $1 AND j.at < $4 AND ($5 = '' OR j.kind = $5)
        ORDER BY j.actor, j.at, j.id LIMIT $6";
    ENTRIES_OF_KIND = "SELECT j.id AS id, j.seq AS seq, j.at AS at, j.day AS day, j.actor AS actor, j.data AS data,
        r.body AS remark, c.id AS card_id, c.control_number AS control_number
        FROM journal j LEFT JOIN remark r ON r.entry_id = j.id LEFT JOIN card c ON c.id =
        (SELECT MIN(substr(s.subject, 6)) FROM journal_subject s WHERE s.entry_id = j.id AND s.subject LIKE 'card:%')
        WHERE (j.kind, j.at, j.id) > ($1, $2, $3) AND j.kind <= $1 AND j.at < $4
        ORDER BY j.kind, j.at, j.id LIMIT $5";
    ENTRIES_OF_SUBJECT = "SELECT j.id AS id, j.seq AS seq, j.at AS at, j.day AS day, j.actor AS actor, j.data AS data,
        r.body AS remark, c.id AS card_id, c.control_number AS control_number
        FROM journal_subject q CROSS JOIN journal j LEFT JOIN remark r ON r.entry_id = j.id LEFT JOIN card c ON c.id =
        (SELECT MIN(substr(s.subject, 6)) FROM journal_subject s WHERE s.entry_id = j.id AND s.subject LIKE 'card:%')
        WHERE (q.subject, q.entry_id) > ($1, $2) AND q.subject <= $1 AND j.id = q.entry_id
        AND j.at >= $3 AND j.at < $4 AND ($5 = '' OR j.actor = $5) AND ($6 = '' OR j.kind = $6)
        ORDER BY q.subject, q.entry_id LIMIT $7";
    VIEWS = "SELECT a.id AS id, a.seq AS seq, a.at AS at, a.actor AS actor, a.screen AS screen, a.asked AS asked,
        a.subjects AS subjects, a.found AS found FROM access a
        WHERE (a.at, a.id) > ($1, $2) AND a.at < $3 ORDER BY a.at, a.id LIMIT $4";
    VIEWS_OF_ACTOR = "SELECT a.id AS id, a.seq AS seq, a.at AS at, a.actor AS actor, a.screen AS screen,
        a.asked AS asked, a.subjects AS subjects, a.found AS found FROM access a
        WHERE (a.actor, a.at, a.id) > ($1, $2, $3) AND a.actor <= $1 AND a.at < $4
        ORDER BY a.actor, a.at, a.id LIMIT $5";
    VIEWS_OF_SUBJECT = "SELECT a.id AS id, a.seq AS seq, a.at AS at, a.actor AS actor, a.screen AS screen,
        a.asked AS asked, a.subjects AS subjects, a.found AS found FROM access_subject q CROSS JOIN access a
        WHERE (q.subject, q.access_id) > ($1, $2) AND q.subject <= $1 AND a.id = q.access_id
        AND a.at >= $3 AND a.at < $4 AND ($5 = '' OR a.actor = $5) ORDER BY q.subject, q.access_id LIMIT $6";
    DAYS_OF_CARD = "SELECT DISTINCT r.service AS service, r.site AS site, r.day AS day FROM reservation r
        WHERE r.card_id = $1 ORDER BY r.service, r.site, r.day";
}

/// What is asked. What is left open is not asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who acted or looked.
    pub actor: Option<Actor>,
    /// About which record.
    pub record: Option<Subject>,
    /// The kind of entry; views have none.
    pub kind: Option<String>,
    /// From this instant on.
    pub from: Timestamp,
    /// Before this instant.
    pub until: Timestamp,
}

/// How far an answer was read: the instant and the id of the last row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The instant.
    pub at: Timestamp,
    /// The id; empty before the first row.
    pub id: String,
}

/// An entry of an answer, with the card that it is about.
#[derive(Debug, Clone)]
pub struct Told {
    /// The entry.
    pub written: Written,
    /// Its card with the 管理番号.
    pub card: Option<(CardId, ControlNumber)>,
}

impl Question {
    /// The beginning of the answer.
    pub fn start(&self) -> Cursor {
        Cursor { at: self.from, id: String::new() }
    }
}

impl Told {
    /// The place of the entry in its answer.
    pub fn cursor(&self) -> Cursor {
        Cursor { at: self.written.at, id: self.written.id.to_string() }
    }
}

impl Viewed {
    /// The place of the view in its answer.
    pub fn cursor(&self) -> Cursor {
        Cursor { at: self.at, id: self.id.to_string() }
    }
}

fn told(row: &Row<'_>) -> Result<Told> {
    let card = match row.get::<Option<CardId>>("card_id")? {
        Some(id) => Some((id, card::control_number(row)?)),
        None => None,
    };
    Ok(Told { written: written(row)?, card })
}

/// The next entries of an answer, oldest first.
pub fn entries(reader: &mut Reader<'_>, asked: &Question, after: &Cursor, limit: u32) -> Result<Vec<Told>> {
    let actor = asked.actor.map(|actor| actor.to_string()).unwrap_or_default();
    let kind = asked.kind.clone().unwrap_or_default();
    let Question { from, until, .. } = asked;
    let Cursor { at, id } = after;
    if let Some(record) = &asked.record {
        let bound = bind![record, id, from, until, actor, kind, limit];
        return reader.rows(&ENTRIES_OF_SUBJECT, bound, told);
    }
    if !actor.is_empty() {
        return reader.rows(&ENTRIES_OF_ACTOR, bind![actor, at, id, until, kind, limit], told);
    }
    if !kind.is_empty() {
        return reader.rows(&ENTRIES_OF_KIND, bind![kind, at, id, until, limit], told);
    }
    reader.rows(&ENTRIES, bind![at, id, until, limit], told)
}

/// The next views of an answer, oldest first.
pub fn views(reader: &mut Reader<'_>, asked: &Question, after: &Cursor, limit: u32) -> Result<Vec<Viewed>> {
    let actor = asked.actor.map(|actor| actor.to_string()).unwrap_or_default();
    let Question { from, until, .. } = asked;
    let Cursor { at, id } = after;
    if let Some(record) = &asked.record {
        let mut found = Vec::new();
        for subject in shown_as(reader, record)? {
            let bound = bind![subject, id, from, until, actor, limit];
            found.extend(reader.rows(&VIEWS_OF_SUBJECT, bound, viewed_row)?);
        }
        // A view that showed the record in two ways is one view.
        found.sort_by_key(|view| view.id);
        found.dedup_by_key(|view| view.id);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        return Ok(found);
    }
    if !actor.is_empty() {
        return reader.rows(&VIEWS_OF_ACTOR, bind![actor, at, id, until, limit], viewed_row);
    }
    reader.rows(&VIEWS, bind![at, id, until, limit], viewed_row)
}

/// The record, and under which other subjects views have shown it: a card also in the lists of the days for which it
/// is or was booked.
fn shown_as(reader: &mut Reader<'_>, record: &Subject) -> Result<Vec<Subject>> {
    let mut subjects = vec![record.clone()];
    if let Subject::Card(card) = record {
        subjects.extend(reader.rows(&DAYS_OF_CARD, bind![card], |row| {
            let day =
                BusinessDay { service: row.get("service")?, site: row.get("site")?, day: row.get("day")? };
            Ok(Subject::Day(day))
        })?);
    }
    Ok(subjects)
}

/// The ids that rows of the two registers have; for cursors from outside.
pub fn is_id(text: &str) -> bool {
    text.parse::<EntryId>().is_ok() || text.parse::<AccessId>().is_ok()
}
