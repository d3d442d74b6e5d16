//! The frozen list of an open day: what it held, who got it, and what is so otherwise by now (11(5)ウ(オ)).
//!
//! Lines are written once and never changed. Differences are found from the reservations each time; stored is only
//! that a person saw one.

use std::collections::BTreeMap;

use domain::card::Stage;
use domain::day_list::{Difference, Duty, Now};
use domain::id::{CardId, ReservationId};
use domain::journal::{Actor, BusinessDay, CityRecord, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::reservation::State;
use domain::service::Service;
use domain::time::{Start, day_of};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::card;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, renewals, report, statements};

statements! { "day_list":
    KNOWN = "SELECT l.day AS day, j.at AS at, j.actor AS actor, l.receiver AS receiver, t.at AS transferred_at,
        t.actor AS transferred_by,
        (SELECT COUNT(*) FROM day_list_line n WHERE n.service = l.service AND n.site = l.site AND n.day = l.day) AS lines
        FROM day_list l JOIN journal j ON j.id = l.entry_id LEFT JOIN journal t ON t.id = l.transfer_id
        WHERE l.service = $1 AND l.site = $2 AND l.day >= $3 AND l.day <= $4 ORDER BY l.day";
    FREEZE_LINES = "INSERT INTO day_list_line (service, site, day, reservation_id, start)
        SELECT service, site, day, id, start FROM reservation
        WHERE service = $1 AND site = $2 AND day = $3 AND state IN ('booked', 'served', 'unserved', 'not_come')
        ON CONFLICT DO NOTHING";
    FREEZE = "INSERT INTO day_list (service, site, day, entry_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    TRANSFER = "UPDATE day_list SET receiver = $1, transfer_id = $2
        WHERE service = $3 AND site = $4 AND day = $5 AND transfer_id IS NULL";
    LINES = "SELECT l.reservation_id AS id, l.start AS start, r.channel AS channel, r.language AS language,
        r.party_id AS party_id, r.visitor AS visitor, c.id AS card_id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line, COALESCE(c.list_date, s.list_date) AS list_date,
        p.name || COALESCE('-' || c.position, '') AS place_name
        FROM day_list_line l JOIN reservation r ON r.id = l.reservation_id JOIN card c ON c.id = r.card_id
        JOIN consignment s ON s.id = c.consignment_id JOIN place p ON p.id = c.place_id
        WHERE l.service = $1 AND l.site = $2 AND l.day = $3 ORDER BY l.start, l.reservation_id";
    CHANGED = "SELECT l.day AS listed_day, l.start AS listed, r.id AS id, r.day AS day, r.start AS start,
        r.state AS state, c.id AS card_id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line, c.stage AS stage,
        COALESCE(c.list_date, s.list_date) AS list_date, p.name || COALESCE('-' || c.position, '') AS place_name, p.kind AS place_kind
        FROM day_list_line l JOIN reservation r ON r.id = l.reservation_id JOIN card c ON c.id = r.card_id
        JOIN consignment s ON s.id = c.consignment_id JOIN place p ON p.id = c.place_id
        WHERE l.service = $1 AND l.site = $2 AND l.day >= $3 AND l.day <= $4
        AND (r.day <> l.day OR r.start <> l.start OR r.state = 'cancelled' OR c.stage = 'ended')
        ORDER BY l.day, l.start, r.id";
    ADDED = "SELECT r.id AS id, r.day AS day, r.start AS start, c.id AS card_id, c.control_number AS control_number,
        COALESCE(c.list_line, c.line) AS line, COALESCE(c.list_date, s.list_date) AS list_date, p.name || COALESCE('-' || c.position, '') AS place_name, p.kind AS place_kind
        FROM day_list d JOIN reservation r ON r.service = d.service AND r.site = d.site AND r.day = d.day
        JOIN card c ON c.id = r.card_id JOIN consignment s ON s.id = c.consignment_id
        JOIN place p ON p.id = c.place_id
        WHERE d.service = $1 AND d.site = $2 AND d.day >= $3 AND d.day <= $4
        AND r.state IN ('booked', 'served', 'unserved', 'not_come')
        AND NOT EXISTS (SELECT 1 FROM day_list_line l WHERE l.service = d.service AND l.site = d.site
        AND l.day = d.day AND l.reservation_id = r.id)
        ORDER BY r.day, r.start, r.id";
    SEEN = "SELECT s.day AS day, s.reservation_id AS id, s.difference AS difference, j.at AS at, j.actor AS actor
        FROM day_list_seen s JOIN journal j ON j.id = s.entry_id
        WHERE s.service = $1 AND s.site = $2 AND s.day >= $3 AND s.day <= $4";
    SEE = "INSERT INTO day_list_seen (service, site, day, reservation_id, difference, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    DUTIES = "SELECT d.day AS day, d.duty AS duty, t.actor AS owner, j.at AS done_at, j.actor AS done_by
        FROM duty d LEFT JOIN journal t ON t.id = d.taken_id LEFT JOIN journal j ON j.id = d.done_id
        WHERE d.service = $1 AND d.site = $2 AND d.day >= $3 AND d.day <= $4";
    TAKE = "INSERT INTO duty (service, site, day, duty, taken_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (service, site, day, duty) DO UPDATE SET taken_id = excluded.taken_id";
    DONE = "INSERT INTO duty (service, site, day, duty, done_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (service, site, day, duty) DO UPDATE SET done_id = excluded.done_id WHERE duty.done_id IS NULL";
}

/// A list that was frozen.
#[derive(Debug, Clone)]
pub struct DayList {
    /// Of which day.
    pub day: Date,
    /// How many reservations it has.
    pub lines: u32,
    /// When it was frozen.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Its transfer to the city, once it was.
    pub transfer: Option<Transfer>,
}

/// The transfer of a list to the city.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Who of the city took it.
    pub receiver: String,
    /// When.
    pub at: Timestamp,
    /// Who wrote it down.
    pub by: Actor,
}

/// A line of a frozen list.
#[derive(Debug, Clone)]
pub struct Line {
    /// The reservation.
    pub reservation: ReservationId,
    /// When the visitor was to come.
    pub start: Start,
    /// By which way it was booked.
    pub channel: domain::reservation::Channel,
    /// The citizen's language.
    pub language: String,
    /// The first reservation of the family it was booked with; none: alone.
    pub party: Option<ReservationId>,
    /// Who comes, where it was asked.
    pub visitor: Option<domain::reservation::Visitor>,
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Where the card is now.
    pub place_name: String,
}

/// A reservation that is otherwise than on the frozen list.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The day of the list.
    pub day: Date,
    /// The reservation.
    pub reservation: ReservationId,
    /// When it was to be, where it stands on the list.
    pub listed: Option<Start>,
    /// How it is otherwise.
    pub difference: Difference,
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Where the card is.
    pub place_name: String,
    /// What kind of place that is.
    pub place_kind: PlaceKind,
    /// When and by whom it was seen.
    pub seen: Option<(Timestamp, Actor)>,
}

/// How a duty of a day stands.
#[derive(Debug, Clone)]
pub struct DutyOf {
    /// Of which day.
    pub day: Date,
    /// Which duty.
    pub duty: Duty,
    /// Who took it.
    pub owner: Option<Actor>,
    /// When and by whom it was said to be done.
    pub done: Option<(Timestamp, Actor)>,
}

/// Why a list or a duty did not take a step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// The list was frozen before.
    #[error("the list was frozen before")]
    Already,
    /// The day is over or closed.
    #[error("the day is over")]
    Over,
    /// There is no frozen list of that day.
    #[error("the list is not frozen")]
    NotFrozen,
    /// The list was transferred before.
    #[error("the list was transferred before")]
    Transferred,
    /// The reservation changed again, or stands as listed.
    #[error("there is no such difference any more")]
    Changed,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// The days of a service at a site that a question is about, both inclusive.
#[derive(Debug, Clone)]
pub struct Days {
    /// The first day, with service and site.
    pub from: BusinessDay,
    /// The last day.
    pub until: Date,
}

impl From<BusinessDay> for Days {
    fn from(day: BusinessDay) -> Self {
        Self { until: day.day, from: day }
    }
}

/// The frozen lists of some days.
pub fn known(reader: &mut Reader<'_>, days: &Days) -> Result<Vec<DayList>> {
    let Days { from, until } = days;
    reader.rows(&KNOWN, bind![from.service, from.site, from.day, until], |row| {
        let receiver: Option<String> = row.get("receiver")?;
        let at: Option<Timestamp> = row.get("transferred_at")?;
        let by: Option<Actor> = row.get("transferred_by")?;
        let transfer = receiver.zip(at).zip(by).map(|((receiver, at), by)| Transfer { receiver, at, by });
        Ok(DayList {
            day: row.get("day")?,
            lines: row.get("lines")?,
            at: row.get("at")?,
            by: row.get("actor")?,
            transfer,
        })
    })
}

/// The frozen list of a day.
pub fn find(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Option<DayList>> {
    Ok(known(reader, &Days::from(day.clone()))?.pop())
}

/// The lines of a frozen list, by time.
pub fn lines(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Vec<Line>> {
    reader.rows(&LINES, bind![day.service, day.site, day.day], |row| {
        Ok(Line {
            reservation: row.get("id")?,
            start: row.get("start")?,
            channel: row.get("channel")?,
            language: row.get("language")?,
            party: row.get("party_id")?,
            visitor: row.get("visitor")?,
            card: row.get("card_id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            place_name: row.get("place_name")?,
        })
    })
}

/// What is otherwise than on the frozen lists of some days, by day and time.
pub fn differences(reader: &mut Reader<'_>, days: &Days) -> Result<Vec<Changed>> {
    let Days { from, until } = days;
    let asked = bind![from.service, from.site, from.day, until];
    let otherwise = reader.rows(&CHANGED, asked, |row| {
        let (day, listed): (Date, Start) = (row.get("listed_day")?, row.get("listed")?);
        let now = Now {
            day: row.get("day")?,
            start: row.get("start")?,
            cancelled: row.get::<State>("state")? == State::Cancelled,
            card_ended: row.get::<Stage>("stage")? == Stage::Ended,
        };
        let difference = Difference::of(day, listed, now);
        difference.map(|difference| changed(row, day, Some(listed), difference)).transpose()
    })?;
    let mut found: Vec<Changed> = otherwise.into_iter().flatten().collect();
    found.extend(reader.rows(&ADDED, asked, |row| {
        changed(row, row.get("day")?, None, Difference::Added { start: row.get("start")? })
    })?);
    if !found.is_empty() {
        let seen = seen(reader, days)?;
        for one in &mut found {
            one.seen = seen.get(&(one.day, one.reservation, one.difference.code())).copied();
        }
    }
    let when = |one: &Changed| match one.difference {
        Difference::Added { start } | Difference::Time { start } => Some(start),
        _ => one.listed,
    };
    found.sort_by_key(|one| (one.day, when(one), one.reservation));
    Ok(found)
}

/// Which difference of which day was seen of a reservation.
type SeenKey = (Date, ReservationId, String);

/// The differences of some days that a person saw, with when and by whom.
pub(crate) fn seen(reader: &mut Reader<'_>, days: &Days) -> Result<BTreeMap<SeenKey, (Timestamp, Actor)>> {
    let Days { from, until } = days;
    let seen = reader.rows(&SEEN, bind![from.service, from.site, from.day, until], |row| {
        let key = (row.get("day")?, row.get("id")?, row.get("difference")?);
        Ok((key, (row.get("at")?, row.get("actor")?)))
    })?;
    Ok(seen.into_iter().collect())
}

fn changed(row: &Row<'_>, day: Date, listed: Option<Start>, difference: Difference) -> Result<Changed> {
    Ok(Changed {
        day,
        reservation: row.get("id")?,
        listed,
        difference,
        card: row.get("card_id")?,
        control_number: card::control_number(row)?,
        line: row.get("line")?,
        list_date: row.get("list_date")?,
        place_name: row.get("place_name")?,
        place_kind: row.get("place_kind")?,
        seen: None,
    })
}

/// Freezes the list of a day as it is at this moment; answers how many reservations it has.
pub fn freeze(tx: &mut Tx<'_>, act: &Act, day: &BusinessDay) -> Result<u32, ListError> {
    let BusinessDay { service, site, day: of } = day;
    if *of < day_of(act.at) || report::closed(tx, day)?.is_some() {
        return Err(ListError::Over);
    }
    // How many there are, only the statement that writes them knows: two would see two moments on PostgreSQL.
    let lines = tx.execute(&FREEZE_LINES, bind![service, site, of])?;
    let lines = u32::try_from(lines).map_err(|_| Error::Broken("lines of a list".to_owned()))?;
    let recorded = tx.record(act, &Entry::ListFrozen { day: day.clone(), lines })?;
    if tx.execute(&FREEZE, bind![service, site, of, recorded.entry()])? == 0 {
        return Err(ListError::Already);
    }
    Ok(lines)
}

/// The frozen list goes to a named person of the city.
pub fn transfer(
    tx: &mut Tx<'_>,
    act: &Act,
    day: &BusinessDay,
    receiver: &str,
    recorded: CityRecord,
) -> Result<(), ListError> {
    let Some(list) = find(tx, day)? else { return Err(ListError::NotFrozen) };
    if list.transfer.is_some() {
        return Err(ListError::Transferred);
    }
    let recorded = tx.record(act, &Entry::ListTransferred { day: day.clone(), recorded })?;
    let entry = recorded.entry();
    if tx.execute(&TRANSFER, bind![receiver, entry, day.service, day.site, day.day])? == 0 {
        return Err(ListError::Transferred);
    }
    Ok(())
}

/// A person saw a difference of a day of any service, as its code says it.
pub fn see(
    tx: &mut Tx<'_>,
    act: &Act,
    day: &BusinessDay,
    reservation: ReservationId,
    code: &str,
) -> Result<(), ListError> {
    let same = |id: ReservationId, difference: &Difference| id == reservation && difference.code() == code;
    let known = if day.service == Service::Renewal {
        let found = renewals::differences(tx, day)?;
        found.iter().find(|one| same(one.reservation, &one.difference)).map(|one| one.seen.is_some())
    } else {
        let found = differences(tx, &Days::from(day.clone()))?;
        found.iter().find(|one| same(one.reservation, &one.difference)).map(|one| one.seen.is_some())
    };
    match known {
        None => return Err(ListError::Changed),
        Some(true) => return Ok(()),
        Some(false) => {}
    }
    let entry = Entry::DifferenceSeen { day: day.clone(), reservation, difference: code.to_owned() };
    let recorded = tx.record(act, &entry)?;
    let entry = recorded.entry();
    if tx.execute(&SEE, bind![day.service, day.site, day.day, reservation, code, entry])? == 0 {
        // Somebody else saw it at this moment; all of this one is run again and finds that.
        tx.run_again(&SEE);
        return Err(Error::Conflict.into());
    }
    Ok(())
}

/// How the duties of some days stand; those that nobody took or did are not among them.
pub fn duties(reader: &mut Reader<'_>, days: &Days) -> Result<Vec<DutyOf>> {
    let Days { from, until } = days;
    reader.rows(&DUTIES, bind![from.service, from.site, from.day, until], |row| {
        let at: Option<Timestamp> = row.get("done_at")?;
        let by: Option<Actor> = row.get("done_by")?;
        Ok(DutyOf {
            day: row.get("day")?,
            duty: row.get("duty")?,
            owner: row.get("owner")?,
            done: at.zip(by),
        })
    })
}

/// Takes a duty of a day; whoever took it before gives it up.
pub fn take(tx: &mut Tx<'_>, act: &Act, day: &BusinessDay, duty: Duty) -> Result<(), ListError> {
    let recorded = tx.record(act, &Entry::DutyTaken { day: day.clone(), duty })?;
    tx.execute(&TAKE, bind![day.service, day.site, day.day, duty, recorded.entry()])?;
    Ok(())
}

/// Says that a duty of a day is done. Who says it second changes nothing.
pub fn done(tx: &mut Tx<'_>, act: &Act, day: &BusinessDay, duty: Duty) -> Result<(), ListError> {
    let recorded = tx.record(act, &Entry::DutyDone { day: day.clone(), duty })?;
    if tx.execute(&DONE, bind![day.service, day.site, day.day, duty, recorded.entry()])? == 0 {
        return Err(ListError::Already);
    }
    Ok(())
}
