//! How the desk of a consignment stands, the cards that are on no list, and the close.
//!
//! A card counts as missing where nobody had it before its passes were done. Whether it ever came (its label was paired,
//! or a pass was done) decides whether the city's count was without it.

use domain::card::{Pass, Progress};
use domain::id::{CardId, ConsignmentId, EntryId, IncidentId};
use domain::journal::{Actor, CityRecord, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use jiff::Timestamp;

use super::super::{Consignment, find};
use super::{Arrival, DeskError, arrival, lock};
use crate::act::Act;
use crate::card;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::{bind, statements};

statements! { "consignment.desk.close":
    ADD_EXTRA = "INSERT INTO extra_card (entry_id, consignment_id, cards, receiver, at) VALUES ($1, $2, $3, $4, $5)";
    EXTRA = "SELECT x.entry_id AS entry_id, x.cards AS cards, x.receiver AS receiver, x.at AS at, j.actor AS actor,
        r.body AS reason FROM extra_card x JOIN journal j ON j.id = x.entry_id
        LEFT JOIN remark r ON r.entry_id = x.entry_id
        WHERE x.consignment_id = $1 AND x.withdrawn_by IS NULL ORDER BY x.entry_id";
    WITHDRAW = "UPDATE extra_card SET withdrawn_by = $1
        WHERE entry_id = $2 AND consignment_id = $3 AND withdrawn_by IS NULL";
    UNDONE = "SELECT c.id AS id, c.line AS line, c.control_number AS control_number, c.progress AS progress,
        p.kind AS place_kind, (SELECT COUNT(*) FROM inspection n WHERE n.card_id = c.id) AS passes,
        CASE WHEN EXISTS (SELECT 1 FROM pairing q WHERE q.card_id = c.id)
            OR EXISTS (SELECT 1 FROM inspection n WHERE n.card_id = c.id) THEN 1 ELSE 0 END AS came,
        i.id AS incident, i.told_to AS told_to, j.actor AS actor, r.body AS reason
        FROM card c JOIN place p ON p.id = c.place_id
        LEFT JOIN incident i ON p.kind = 'missing' AND i.card_id = c.id AND i.id =
            (SELECT MAX(m.id) FROM incident m WHERE m.card_id = c.id AND m.kind = 'missing')
        LEFT JOIN journal j ON j.id = i.entry_id LEFT JOIN remark r ON r.entry_id = i.entry_id
        WHERE c.consignment_id = $1 AND (SELECT COUNT(*) FROM inspection n WHERE n.card_id = c.id) < 3
        ORDER BY c.line";
    SCANNED = "SELECT n.pass AS pass, COUNT(*) AS n FROM card c JOIN place p ON p.id = c.place_id
        JOIN inspection n ON n.card_id = c.id
        WHERE c.consignment_id = $1 AND ((p.kind <> 'missing' AND c.progress <> 'ended')
            OR (SELECT COUNT(*) FROM inspection d WHERE d.card_id = c.id) = 3)
        GROUP BY n.pass ORDER BY n.pass";
    CLOSE = "INSERT INTO consignment_close (consignment_id, missing, extra, person, at, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (consignment_id) DO NOTHING";
    KEEP = "INSERT INTO close_missing (card_id, consignment_id, incident_id, came) VALUES ($1, $2, $3, $4)";
    CLOSED = "SELECT k.missing AS missing, k.extra AS extra, k.person AS person, k.at AS at, j.actor AS actor
        FROM consignment_close k JOIN journal j ON j.id = k.entry_id WHERE k.consignment_id = $1";
    MISSED = "SELECT c.id AS id, c.line AS line, c.control_number AS control_number, c.progress AS progress,
        p.kind AS place_kind, (SELECT COUNT(*) FROM inspection n WHERE n.card_id = c.id) AS passes,
        m.came AS came, i.id AS incident, i.told_to AS told_to, j.actor AS actor, r.body AS reason
        FROM close_missing m JOIN card c ON c.id = m.card_id JOIN place p ON p.id = c.place_id
        JOIN incident i ON i.id = m.incident_id JOIN journal j ON j.id = i.entry_id
        LEFT JOIN remark r ON r.entry_id = i.entry_id WHERE m.consignment_id = $1 ORDER BY c.line";
}

/// Cards that are on no list.
#[derive(Debug, Clone)]
pub struct Extra {
    /// The entry that says so.
    pub entry: EntryId,
    /// How many.
    pub cards: u32,
    /// Who wrote it down.
    pub by: Actor,
    /// Who of the city took them back.
    pub receiver: String,
    /// When.
    pub at: Timestamp,
    /// Why they came, as far as is known.
    pub reason: String,
}

/// A card of the list whose passes are not done.
#[derive(Debug, Clone)]
pub struct Undone {
    /// The card.
    pub id: CardId,
    /// Its line.
    pub line: u32,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// What lists show.
    pub progress: Progress,
    /// How many passes are done.
    pub passes: u32,
    /// Whether it was here: its label was paired, or a pass was done. Where the desk is closed: by then.
    pub came: bool,
    /// Whether nobody knows where it is now.
    pub is_missing: bool,
    /// What is written down of it, where it is or was missing.
    pub incident: Option<Told>,
}

/// What is written down of a missing card.
#[derive(Debug, Clone)]
pub struct Told {
    /// The incident.
    pub id: IncidentId,
    /// Who wrote it down.
    pub by: Actor,
    /// Who of the city was told; none: nobody yet.
    pub told_to: Option<String>,
    /// What was said.
    pub reason: String,
}

/// The close of a desk.
#[derive(Debug, Clone)]
pub struct Closed {
    /// Cards of the list that were missing.
    pub missing: u32,
    /// Cards that were on no list.
    pub extra: u32,
    /// Who of the city agreed, where there were differences.
    pub person: Option<String>,
    /// Who closed it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// How a desk stands.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The consignment.
    pub consignment: Consignment,
    /// The city's transfer; none: it has not begun.
    pub arrival: Option<Arrival>,
    /// The cards that are here and whose passes are not done.
    pub open: Vec<Undone>,
    /// The missing cards: those of now, or where it is closed those of then, found since or not.
    pub missing: Vec<Undone>,
    /// How many cards ended before their passes were done, such as a withdrawn application.
    pub ended: u32,
    /// How many cards were scanned in each pass, of those that are not missing.
    pub scanned: Vec<(Pass, u32)>,
    /// The cards that are on no list.
    pub extra: Vec<Extra>,
    /// The close, where it is closed.
    pub closed: Option<Closed>,
}

impl Desk {
    /// How many cards are on no list.
    pub fn extra_cards(&self) -> u32 {
        self.extra.iter().map(|extra| extra.cards).sum()
    }

    /// How many cards never came.
    pub fn never_came(&self) -> u32 {
        count(self.missing.iter().filter(|card| !card.came).count())
    }

    /// How many cards must have come by what is known: those of the list without those that never came, and those on no
    /// list.
    pub fn explained(&self) -> u32 {
        self.consignment.cards.saturating_sub(self.never_came()).saturating_add(self.extra_cards())
    }

    /// How many cards each pass must scan: a card that turned up after the close is scanned like any other.
    pub fn expected(&self) -> u32 {
        let away = count(self.missing.iter().filter(|card| card.is_missing).count());
        self.consignment.cards.saturating_sub(away).saturating_sub(self.ended)
    }

    /// Whether there is a difference that needs the city's name.
    pub fn differs(&self) -> bool {
        !self.missing.is_empty() || !self.extra.is_empty()
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn undone(row: &crate::value::Row<'_>) -> Result<Undone> {
    let incident: Option<IncidentId> = row.get("incident")?;
    // The words of a remark may be gone by now: they are deleted on their day.
    let incident = match incident {
        None => None,
        Some(id) => Some(Told {
            id,
            by: row.get("actor")?,
            told_to: row.get("told_to")?,
            reason: row.get::<Option<String>>("reason")?.unwrap_or_default(),
        }),
    };
    Ok(Undone {
        id: row.get("id")?,
        line: row.get("line")?,
        control_number: card::control_number(row)?,
        progress: row.get("progress")?,
        passes: row.get("passes")?,
        came: row.get("came")?,
        is_missing: row.get::<PlaceKind>("place_kind")? == PlaceKind::Missing,
        incident,
    })
}

/// Records cards that are on no list: they go back to a named person of the city at once.
pub fn extra(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    cards: u32,
    reason: &str,
    (receiver, recorded): (&str, CityRecord),
) -> Result<(), DeskError> {
    lock(tx, id)?;
    if arrival(tx, id)?.is_none() {
        return Err(DeskError::NotArrived);
    }
    if closed(tx, id)?.is_some() {
        return Err(DeskError::Already);
    }
    let written = tx.record(act, &Entry::ExtraCards { consignment: id, cards, recorded })?;
    tx.remark(&written, reason)?;
    tx.execute_one(&ADD_EXTRA, bind![written.entry(), id, cards, receiver, act.at])?;
    Ok(())
}

/// Takes back what was written down of extra cards in error, before the close.
pub fn withdraw_extra(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    extra: EntryId,
    reason: &str,
) -> Result<(), DeskError> {
    lock(tx, id)?;
    if closed(tx, id)?.is_some() {
        return Err(DeskError::Already);
    }
    let found = extras(tx, id)?.into_iter().find(|found| found.entry == extra).ok_or(DeskError::Already)?;
    let entry = Entry::ExtraCardsWithdrawn { consignment: id, of: extra, cards: found.cards };
    let written = tx.record(act, &entry)?;
    tx.remark(&written, reason)?;
    if tx.execute(&WITHDRAW, bind![written.entry(), extra, id])? == 0 {
        return Err(DeskError::Already);
    }
    Ok(())
}

fn extras(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Vec<Extra>> {
    reader.rows(&EXTRA, bind![id], |row| {
        // The words of a remark may be gone by now: they are deleted on their day.
        Ok(Extra {
            entry: row.get("entry_id")?,
            cards: row.get("cards")?,
            by: row.get("actor")?,
            receiver: row.get("receiver")?,
            at: row.get("at")?,
            reason: row.get::<Option<String>>("reason")?.unwrap_or_default(),
        })
    })
}

/// How the desk of a consignment stands.
pub fn stands(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Option<Desk>> {
    let Some(consignment) = find(reader, id)? else { return Ok(None) };
    let arrival = arrival(reader, id)?;
    let closed = closed(reader, id)?;
    // One statement says of each card whether it is here or missing, so that none is both, or neither.
    let undone_now = reader.rows(&UNDONE, bind![id], undone)?;
    let (missing, here): (Vec<Undone>, Vec<Undone>) =
        undone_now.into_iter().partition(|card| card.is_missing);
    let (over, open): (Vec<Undone>, Vec<Undone>) =
        here.into_iter().partition(|card| card.progress == Progress::Ended);
    let missing = if closed.is_some() { reader.rows(&MISSED, bind![id], undone)? } else { missing };
    let scanned = reader.rows(&SCANNED, bind![id], |row| Ok((row.get("pass")?, row.get("n")?)))?;
    let extra = extras(reader, id)?;
    let ended = count(over.len());
    Ok(Some(Desk { consignment, arrival, open, missing, ended, scanned, extra, closed }))
}

/// The close of a desk, where it is closed.
pub fn closed(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Option<Closed>> {
    reader.row(&CLOSED, bind![id], |row| {
        Ok(Closed {
            missing: row.get("missing")?,
            extra: row.get("extra")?,
            person: row.get("person")?,
            by: row.get("actor")?,
            at: row.get("at")?,
        })
    })
}

/// Closes the desk of a consignment. Where there are differences, somebody of the city agrees.
pub fn close(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ConsignmentId,
    city: Option<(&str, CityRecord)>,
) -> Result<(), DeskError> {
    lock(tx, id)?;
    let desk = stands(tx, id)?.filter(|desk| !desk.consignment.is_opening).ok_or(DeskError::NotFound)?;
    if desk.closed.is_some() {
        return Err(DeskError::Already);
    }
    let Some(arrival) = &desk.arrival else { return Err(DeskError::NotArrived) };
    if !desk.open.is_empty() {
        return Err(DeskError::StillOpen);
    }
    let (counted, explained) = (arrival.cards, desk.explained());
    if counted != explained {
        return Err(DeskError::CountDiffers { counted, explained });
    }
    if desk.missing.iter().any(|card| card.incident.as_ref().is_none_or(|told| told.told_to.is_none())) {
        return Err(DeskError::Untold);
    }
    if desk.differs() && city.is_none() {
        return Err(DeskError::NeedsCity);
    }
    let (missing, extra) = (count(desk.missing.len()), desk.extra_cards());
    let recorded = city.map(|(_, recorded)| recorded);
    let written = tx.record(act, &Entry::ConsignmentClosed { consignment: id, missing, extra, recorded })?;
    let person = city.map(|(person, _)| person.to_owned());
    if tx.execute(&CLOSE, bind![id, missing, extra, person, act.at, written.entry()])? == 0 {
        return Err(DeskError::Already);
    }
    for card in &desk.missing {
        let told = card
            .incident
            .as_ref()
            .ok_or_else(|| Error::Broken("a missing card without an incident".into()))?;
        tx.execute_one(&KEEP, bind![card.id, id, told.id, card.came])?;
    }
    Ok(())
}
