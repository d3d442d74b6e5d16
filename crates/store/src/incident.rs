//! Incidents with cards (事故): opened when something is wrong and the city was told, ended by a person.
//!
//! A card that nobody finds moves to the place 所在不明 with its incident; whoever scans it again ends it.

use domain::card::Stage;
use domain::id::{CardId, IncidentId};
use domain::incident::{Cause, Kind, Outcome};
use domain::journal::{BusinessDay, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::SiteCode;
use domain::time::day_of;
use jiff::Timestamp;

use crate::act::Act;
use crate::card::{self, Change, StepError};
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, place, recall, statements};

statements! { "incident":
    INSERT = "INSERT INTO incident (id, card_id, service, site, day, kind, told_to, told_at, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (card_id) WHERE ended_by IS NULL DO NOTHING";
    FIND = "SELECT i.id AS id, i.card_id AS card_id, c.control_number AS control_number, p.kind AS place_kind,
        p.name AS place_name, i.service AS service, i.site AS site, i.day AS day, i.kind AS kind, i.told_to AS told_to,
        i.told_at AS told_at, i.outcome AS outcome, i.cause AS cause, j.at AS at, r.body AS remark
        FROM incident i JOIN card c ON c.id = i.card_id JOIN place p ON p.id = c.place_id
        JOIN journal j ON j.id = i.entry_id LEFT JOIN remark r ON r.entry_id = i.entry_id WHERE i.id = $1";
    OPEN = "SELECT i.id AS id, i.card_id AS card_id, c.control_number AS control_number, p.kind AS place_kind,
        p.name AS place_name, i.service AS service, i.site AS site, i.day AS day, i.kind AS kind, i.told_to AS told_to,
        i.told_at AS told_at, i.outcome AS outcome, i.cause AS cause, j.at AS at, r.body AS remark
        FROM incident i JOIN card c ON c.id = i.card_id JOIN place p ON p.id = c.place_id
        JOIN journal j ON j.id = i.entry_id LEFT JOIN remark r ON r.entry_id = i.entry_id
        WHERE i.site = $1 AND i.ended_by IS NULL ORDER BY i.id";
    ENDED = "SELECT i.id AS id, i.card_id AS card_id, c.control_number AS control_number, p.kind AS place_kind,
        p.name AS place_name, i.service AS service, i.site AS site, i.day AS day, i.kind AS kind, i.told_to AS told_to,
        i.told_at AS told_at, i.outcome AS outcome, i.cause AS cause, j.at AS at, r.body AS remark
        FROM incident i JOIN card c ON c.id = i.card_id JOIN place p ON p.id = c.place_id
        JOIN journal j ON j.id = i.ended_by LEFT JOIN remark r ON r.entry_id = i.ended_by
        WHERE i.site = $1 AND i.ended_by IS NOT NULL ORDER BY i.id DESC LIMIT $2";
    OPEN_OF_CARD = "SELECT id, service, site, day, kind FROM incident WHERE card_id = $1 AND ended_by IS NULL";
    HOW_MANY = "SELECT COUNT(*) AS n FROM incident i WHERE i.site = $1 AND i.ended_by IS NULL";
    STANDING = "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN i.told_at IS NULL THEN 1 ELSE 0 END), 0) AS untold,
        COALESCE(SUM(CASE WHEN i.told_at IS NULL AND j.at < $1 THEN 1 ELSE 0 END), 0) AS late
        FROM incident i JOIN journal j ON j.id = i.entry_id WHERE i.site = $2 AND i.ended_by IS NULL";
    TELL = "UPDATE incident SET told_to = $1, told_at = $2
        WHERE id = $3 AND told_at IS NULL AND ended_by IS NULL";
    END = "UPDATE incident SET outcome = $1, cause = $2, ended_by = $3 WHERE id = $4 AND ended_by IS NULL";
}

/// An incident as lists show it.
#[derive(Debug, Clone)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// What kind of place the card is in now.
    pub place_kind: PlaceKind,
    /// Its name.
    pub place_name: String,
    /// The day on which it was opened, of the service at the site.
    pub day: BusinessDay,
    /// What is wrong.
    pub kind: Kind,
    /// Who of the city was told, and when; none: nobody yet.
    pub told: Option<(String, Timestamp)>,
    /// How it ended, if it did.
    pub outcome: Option<Outcome>,
    /// Why it came to it, if somebody said so at its end.
    pub cause: Option<Cause>,
    /// When it was opened, or when it ended.
    pub at: Timestamp,
    /// What was said when it was opened, or when it ended.
    pub remark: String,
}

/// What is said when an incident is opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The card.
    pub card: CardId,
    /// For which service at which site, and the present day.
    pub day: BusinessDay,
    /// What is wrong.
    pub kind: Kind,
    /// Who of the city was told, and when; none: they are told within the time that the rules give.
    pub told: Option<(String, Timestamp)>,
    /// What happened, in the person's own words.
    pub remark: String,
}

/// Why an incident was not opened or ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IncidentError {
    /// There is no such card or incident.
    #[error("not found")]
    NotFound,
    /// The card has an open incident.
    #[error("the card has an open incident")]
    Already(IncidentId),
    /// The card is not in the contractor's hands, or its process is over.
    #[error("the card is not here but at {0}")]
    NotHere(PlaceKind),
    /// The city is said to have been told in the future.
    #[error("the city was told in the future")]
    Early,
    /// The incident ended before.
    #[error("the incident ended before")]
    Over,
    /// The city was told before.
    #[error("the city was told before")]
    Told,
    /// It does not end before the city was told.
    #[error("the city was not told yet")]
    NotTold,
    /// An incident of this kind does not end so.
    #[error("it does not end so")]
    NotSo,
    /// The card cannot be moved.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn incident(row: &Row<'_>) -> Result<Incident> {
    Ok(Incident {
        id: row.get("id")?,
        card: row.get("card_id")?,
        control_number: card::control_number(row)?,
        place_kind: row.get("place_kind")?,
        place_name: row.get("place_name")?,
        day: BusinessDay { service: row.get("service")?, site: row.get("site")?, day: row.get("day")? },
        kind: row.get("kind")?,
        told: row.get::<Option<String>>("told_to")?.zip(row.get("told_at")?),
        outcome: row.get("outcome")?,
        cause: row.get("cause")?,
        at: row.get("at")?,
        remark: row.get::<Option<String>>("remark")?.unwrap_or_default(),
    })
}

/// An incident by its id, as it was opened.
pub fn find(reader: &mut Reader<'_>, id: IncidentId) -> Result<Option<Incident>> {
    reader.row(&FIND, bind![id], incident)
}

/// The open incidents of a site, the oldest first. They are few.
pub fn open_at(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Incident>> {
    reader.rows(&OPEN, bind![site], incident)
}

/// The last incidents of a site that ended, the latest first.
pub fn ended_at(reader: &mut Reader<'_>, site: &SiteCode, limit: u32) -> Result<Vec<Incident>> {
    reader.rows(&ENDED, bind![site, limit], incident)
}

/// How many incidents of a site are open.
pub fn how_many(reader: &mut Reader<'_>, site: &SiteCode) -> Result<u32> {
    reader.one(&HOW_MANY, bind![site], |row| row.get("n"))
}

/// The open incidents of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many are open.
    pub open: u32,
    /// Of how many of them the city was not told yet.
    pub untold: u32,
    /// Of these, how many were written down before the instant that was asked for.
    pub late: u32,
}

/// How the open incidents of a site stand; late are those of which the city was not told and which were written down
/// before an instant.
pub fn standing(reader: &mut Reader<'_>, site: &SiteCode, before: Timestamp) -> Result<Standing> {
    reader.one(&STANDING, bind![before, site], |row| {
        Ok(Standing { open: row.get("n")?, untold: row.get("untold")?, late: row.get("late")? })
    })
}

/// What is open about a card.
pub fn open_of(reader: &mut Reader<'_>, id: CardId) -> Result<Option<(IncidentId, Kind)>> {
    Ok(about(reader, id)?.map(|(id, _, kind)| (id, kind)))
}

fn about(reader: &mut Reader<'_>, id: CardId) -> Result<Option<(IncidentId, BusinessDay, Kind)>> {
    reader.row(&OPEN_OF_CARD, bind![id], |row| {
        let day = BusinessDay { service: row.get("service")?, site: row.get("site")?, day: row.get("day")? };
        Ok((row.get("id")?, day, row.get("kind")?))
    })
}

/// Opens an incident. A card that nobody finds moves to 所在不明; any other stays where it lies.
pub fn open(tx: &mut Tx<'_>, act: &Act, opening: &Opening) -> Result<IncidentId, IncidentError> {
    // A card that is handed over or put away at this moment is not missing.
    let Some(card) = card::held(tx, opening.card)? else { return Err(IncidentError::NotFound) };
    if let Some((id, _)) = open_of(tx, card.id)? {
        return Err(IncidentError::Already(id));
    }
    let is_lost = opening.kind == Kind::Missing;
    let elsewhere = match card.place_kind {
        PlaceKind::Citizen | PlaceKind::Post => true,
        PlaceKind::City | PlaceKind::Missing => is_lost,
        _ => false,
    };
    // A card that the city wants back can be missing too.
    let is_over = matches!(card.stage, Stage::Issued | Stage::Ended) && !recall::waits(&card);
    if elsewhere || is_over {
        return Err(IncidentError::NotHere(card.place_kind));
    }
    if opening.told.as_ref().is_some_and(|(_, at)| *at > act.at) {
        return Err(IncidentError::Early);
    }
    let id: IncidentId = tx.id(act);
    let day = BusinessDay { day: day_of(act.at), ..opening.day.clone() };
    let entry = Entry::IncidentOpened { incident: id, card: card.id, day: day.clone(), what: opening.kind };
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, &opening.remark)?;
    let told = opening.told.as_ref().map_or((None, None), |(who, at)| (Some(who), Some(*at)));
    let inserted = tx.execute(
        &INSERT,
        bind![id, card.id, day.service, day.site, day.day, opening.kind, told.0, told.1, recorded.entry()],
    )?;
    if inserted == 0 {
        // Another operator opened one for the same card at this moment.
        tx.run_again(&INSERT);
        return Err(Error::Conflict.into());
    }
    if is_lost {
        let missing = place::the(tx, &card.site, PlaceKind::Missing)?;
        card::step(tx, &recorded, card.id, &Change { place: Some(missing), ..Change::default() })?;
    }
    Ok(id)
}

/// The city was told of an incident that was opened without that.
pub fn tell(
    tx: &mut Tx<'_>,
    act: &Act,
    id: IncidentId,
    who: &str,
    at: Timestamp,
) -> Result<(), IncidentError> {
    let Some(found) = find(tx, id)? else { return Err(IncidentError::NotFound) };
    if found.outcome.is_some() {
        return Err(IncidentError::Over);
    }
    if at > act.at {
        return Err(IncidentError::Early);
    }
    tx.record(act, &Entry::IncidentTold { incident: id, card: found.card })?;
    if tx.execute(&TELL, bind![who, at, id])? == 0 { Err(IncidentError::Told) } else { Ok(()) }
}

/// Ends an incident of which the city was told. A missing card that was found lies on the tray from here on, to be put away by scan; one that
/// the city has not set up yet is on the desk.
pub fn end(
    tx: &mut Tx<'_>,
    act: &Act,
    id: IncidentId,
    outcome: Outcome,
    cause: Cause,
    remark: &str,
) -> Result<(), IncidentError> {
    let Some(found) = find(tx, id)? else { return Err(IncidentError::NotFound) };
    if found.outcome.is_some() {
        return Err(IncidentError::Over);
    }
    if !found.kind.may_end(outcome) {
        return Err(IncidentError::NotSo);
    }
    if found.told.is_none() {
        return Err(IncidentError::NotTold);
    }
    let Some(card) = card::find(tx, found.card)? else { return Err(IncidentError::NotFound) };
    let day = BusinessDay { day: day_of(act.at), ..found.day };
    let ended = Entry::IncidentEnded { incident: id, card: card.id, day, outcome, cause: Some(cause) };
    let recorded = tx.record(act, &ended)?;
    tx.remark(&recorded, remark)?;
    if tx.execute(&END, bind![outcome, cause, recorded.entry(), id])? == 0 {
        return Err(IncidentError::Over);
    }
    if outcome == Outcome::Found && card.place_kind == PlaceKind::Missing {
        let kind = if matches!(card.stage, Stage::Prepared | Stage::Notified) {
            PlaceKind::Tray
        } else {
            PlaceKind::Desk
        };
        let to = place::the(tx, &card.site, kind)?;
        card::step(tx, &recorded, card.id, &Change { place: Some(to), ..Change::default() })?;
    }
    Ok(())
}

/// Ends the search for a card that was scanned again. Whatever else is open about it stays open.
pub(crate) fn found(tx: &mut Tx<'_>, act: &Act, card: CardId) -> Result<()> {
    let Some((id, day, Kind::Missing)) = about(tx, card)? else { return Ok(()) };
    let day = BusinessDay { day: day_of(act.at), ..day };
    let entry = Entry::IncidentEnded { incident: id, card, day, outcome: Outcome::Found, cause: None };
    let recorded = tx.record(act, &entry)?;
    tx.execute_one(&END, bind![Outcome::Found, None::<Cause>, recorded.entry(), id])
}
