//! 住民記録との突合: the day on which each stored card was last looked up in the resident register, and what was found.
//!
//! A card has one row, that of its last check; those before are in the journal. What was found stays until the card is
//! looked up again.

use domain::card::Stage;
use domain::id::CardId;
use domain::journal::{Actor, Entry};
use domain::number::ControlNumber;
use domain::register_check::{Finding, is_checked};
use domain::service::SiteCode;
use domain::stocktaking::is_counted;
use domain::time::day_of;
use jiff::civil::Date;

use crate::act::Act;
use crate::card::{self, StepError};
use crate::error::Result;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "register_check":
    // Those never looked up come first, then those looked up longest ago.
    DUE = "SELECT c.id AS id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, p.name || COALESCE('-' || c.position, '') AS place_name, k.checked_on AS checked_on
        FROM place p JOIN card c ON c.place_id = p.id JOIN consignment s ON s.id = c.consignment_id
        LEFT JOIN register_check k ON k.card_id = c.id
        WHERE p.site = $1 AND p.kind IN ('box', 'desk', 'tray') AND s.state = 'taken'
        AND c.stage IN ('prepared', 'notified') AND (k.checked_on IS NULL OR k.checked_on < $2)
        ORDER BY COALESCE(k.checked_on, ''), c.control_number LIMIT $3";
    COUNTS = "SELECT COUNT(*) AS cards,
        COALESCE(SUM(CASE WHEN k.checked_on >= $1 THEN 1 ELSE 0 END), 0) AS done,
        COALESCE(SUM(CASE WHEN k.checked_on = $2 THEN 1 ELSE 0 END), 0) AS today
        FROM place p JOIN card c ON c.place_id = p.id JOIN consignment s ON s.id = c.consignment_id
        LEFT JOIN register_check k ON k.card_id = c.id
        WHERE p.site = $3 AND p.kind IN ('box', 'desk', 'tray') AND s.state = 'taken'
        AND c.stage IN ('prepared', 'notified')";
    FOUND = "SELECT c.id AS id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, p.name || COALESCE('-' || c.position, '') AS place_name, c.stage AS stage,
        k.checked_on AS checked_on, k.finding AS finding, j.actor AS actor
        FROM register_check k JOIN card c ON c.id = k.card_id JOIN place p ON p.id = c.place_id
        JOIN consignment s ON s.id = c.consignment_id JOIN journal j ON j.id = k.entry_id
        WHERE k.finding <> 'nothing' AND p.site = $1 AND p.kind IN ('box', 'desk', 'tray', 'missing')
        ORDER BY k.checked_on, c.id";
    OF_CARD = "SELECT checked_on, finding FROM register_check WHERE card_id = $1";
    RECORD = "INSERT INTO register_check (card_id, checked_on, finding, entry_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (card_id) DO UPDATE SET checked_on = excluded.checked_on, finding = excluded.finding,
        entry_id = excluded.entry_id";
}

/// A card that is to be looked up.
#[derive(Debug, Clone)]
pub struct Due {
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Where it is.
    pub place_name: String,
    /// When it was last looked up; none: never.
    pub checked_on: Option<Date>,
}

/// A card of which the register says something.
#[derive(Debug, Clone)]
pub struct Found {
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Where it is.
    pub place_name: String,
    /// The stage of its process: whether the city knows of it already.
    pub stage: Stage,
    /// When it was looked up.
    pub checked_on: Date,
    /// What was found.
    pub finding: Finding,
    /// Who looked.
    pub by: Actor,
}

/// How far the month is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// How many cards are looked up each month.
    pub cards: u32,
    /// How many were since the month began.
    pub done: u32,
    /// How many were today.
    pub today: u32,
}

fn line(row: &Row<'_>) -> Result<(CardId, ControlNumber, u32, Date, String)> {
    let control_number = card::control_number(row)?;
    Ok((row.get("id")?, control_number, row.get("line")?, row.get("list_date")?, row.get("place_name")?))
}

/// The next cards that were not looked up since a day, those of the longest time first.
pub fn due(reader: &mut Reader<'_>, site: &SiteCode, since: Date, limit: u32) -> Result<Vec<Due>> {
    reader.rows(&DUE, bind![site, since, limit], |row| {
        let (card, control_number, line, list_date, place_name) = line(row)?;
        Ok(Due { card, control_number, line, list_date, place_name, checked_on: row.get("checked_on")? })
    })
}

/// How many cards there are, and how many were looked up since a day and today.
pub fn counts(reader: &mut Reader<'_>, site: &SiteCode, since: Date, today: Date) -> Result<Counts> {
    reader.one(&COUNTS, bind![since, today, site], |row| {
        Ok(Counts { cards: row.get("cards")?, done: row.get("done")?, today: row.get("today")? })
    })
}

/// The cards that are still here and of which the register says something, the oldest finding first. They are few.
pub fn found(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Found>> {
    reader.rows(&FOUND, bind![site], |row| {
        let (card, control_number, line, list_date, place_name) = line(row)?;
        Ok(Found {
            card,
            control_number,
            line,
            list_date,
            place_name,
            stage: row.get("stage")?,
            checked_on: row.get("checked_on")?,
            finding: row.get("finding")?,
            by: row.get("actor")?,
        })
    })
}

/// When a card was last looked up, and what was found.
pub fn of_card(reader: &mut Reader<'_>, card: CardId) -> Result<Option<(Date, Finding)>> {
    reader.row(&OF_CARD, bind![card], |row| Ok((row.get("checked_on")?, row.get("finding")?)))
}

/// Writes down what the register says of a stored card. Said again, the last word stands.
pub fn record(tx: &mut Tx<'_>, act: &Act, id: CardId, finding: Finding) -> Result<(), StepError> {
    let Some(card) = card::find(tx, id)? else { return Err(StepError::NoCard) };
    if !is_checked(card.stage) || !is_counted(card.place_kind) {
        return Err(StepError::WrongPlace { from: card.place_kind, to: card.place_kind });
    }
    let recorded = tx.record(act, &Entry::RegisterChecked { card: id, finding })?;
    Ok(tx.execute_one(&RECORD, bind![id, day_of(act.at), finding, recorded.entry()])?)
}
