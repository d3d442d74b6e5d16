//! 引き抜き: the cards of a day's reservations come out of their boxes onto the tray, and what lies on the tray for
//! nobody goes back.
//!
//! What is to be pulled is found from reservations and places each time, so that whatever was booked, moved or
//! cancelled since the list was printed is seen at once.

use domain::card::Stage;
use domain::id::{CardId, ReservationId};
use domain::journal::{BusinessDay, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::reservation::State;
use domain::time::Start;
use jiff::civil::Date;

use crate::act::Act;
use crate::card::{self, Change, StepError};
use crate::error::Result;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, incident, place, recall, reception, reservation, statements};

statements! { "pull":
    WANTED = "SELECT r.id AS id, r.start AS start, c.id AS card_id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date,
        p.name || COALESCE('-' || c.position, '') AS place_name, p.kind AS place_kind
        FROM reservation r JOIN card c ON c.id = r.card_id JOIN consignment s ON s.id = c.consignment_id
        JOIN place p ON p.id = c.place_id
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3 AND r.state = 'booked' AND c.suspended = 0
        ORDER BY r.start, r.id";
    ASTRAY = "SELECT c.id AS card_id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line, COALESCE(c.list_date, s.list_date) AS list_date
        FROM place p JOIN card c ON c.place_id = p.id JOIN consignment s ON s.id = c.consignment_id
        WHERE p.site = $1 AND p.kind = 'tray' AND c.stage <> 'ended' AND NOT EXISTS
        (SELECT 1 FROM reservation r WHERE r.card_id = c.id AND r.state = 'booked' AND r.day >= $2 AND r.day <= $3)
        ORDER BY s.list_date, c.line, c.id";
    PROGRESS = "SELECT COUNT(*) AS wanted, COALESCE(SUM(CASE WHEN p.kind IN ('box', 'desk', 'missing') THEN 1 ELSE 0 END), 0) AS left_over
        FROM reservation r JOIN card c ON c.id = r.card_id JOIN place p ON p.id = c.place_id
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3 AND r.state = 'booked' AND c.suspended = 0";
}

/// A card that a reservation of the day wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The reservation.
    pub reservation: ReservationId,
    /// When the visitor comes.
    pub start: Start,
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Where it is, with the position in it where the card has one.
    pub place_name: String,
    /// What kind of place that is.
    pub place_kind: PlaceKind,
}

impl Wanted {
    /// Whether it still lies where it has to be taken out.
    pub fn is_left(&self) -> bool {
        is_out_of(self.place_kind)
    }
}

/// A card that lies on the tray for nobody.
#[derive(Debug, Clone)]
pub struct Astray {
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
}

/// What the scan of a card came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// It is on the tray now.
    Pulled,
    /// It was on the tray, or further, before.
    Before,
    /// The city wants it back: it goes apart, and to the city.
    Recalled,
    /// 保留: it stays where it is until the city decides.
    Suspended,
    /// Nobody comes for it on that day.
    NotOfTheDay,
}

fn is_out_of(kind: PlaceKind) -> bool {
    matches!(kind, PlaceKind::Box | PlaceKind::Desk | PlaceKind::Missing)
}

/// The cards of a day's reservations, by time.
pub fn wanted(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Vec<Wanted>> {
    reader.rows(&WANTED, bind![day.service, day.site, day.day], |row| {
        Ok(Wanted {
            reservation: row.get("id")?,
            start: row.get("start")?,
            card: row.get("card_id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            place_name: row.get("place_name")?,
            place_kind: row.get("place_kind")?,
        })
    })
}

/// The cards on the tray for which nobody comes between today and the day: cancelled, moved or not come.
pub fn astray(reader: &mut Reader<'_>, day: &BusinessDay, today: Date) -> Result<Vec<Astray>> {
    reader.rows(&ASTRAY, bind![day.site, today, day.day], |row: &Row<'_>| {
        Ok(Astray {
            card: row.get("card_id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
        })
    })
}

/// How many cards a day wants, and how many of them are still to be taken out.
pub fn progress(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<(u32, u32)> {
    reader.one(&PROGRESS, bind![day.service, day.site, day.day], |row| {
        Ok((row.get("wanted")?, row.get("left_over")?))
    })
}

/// Takes a card out of its box for the day, by scan.
pub fn pull(tx: &mut Tx<'_>, act: &Act, id: CardId, day: &BusinessDay) -> Result<Pulled, StepError> {
    // Two scans of one card at once: the second finds it on the tray.
    let Some(card) = card::held(tx, id)? else { return Err(StepError::NoCard) };
    if recall::waits(&card) {
        recall::take_out(tx, act, &card)?;
        return Ok(Pulled::Recalled);
    }
    if card.suspended {
        return Ok(Pulled::Suspended);
    }
    let of_the_day = |live: &reservation::Reservation| {
        card.stage == Stage::Notified && live.state == State::Booked && live.slot.business_day() == *day
    };
    let Some(live) = reservation::live_of(tx, id)?.filter(of_the_day) else { return Ok(Pulled::NotOfTheDay) };
    if !is_out_of(card.place_kind) {
        return Ok(Pulled::Before);
    }
    // Whose visitor is here already is brought to the counter at once.
    let here = reception::of_reservation(tx, live.id)?.is_some();
    let to = place::the(tx, &day.site, if here { PlaceKind::Counter } else { PlaceKind::Tray })?;
    let recorded = tx.record(act, &Entry::CardPulled { card: id, place: card.place, day: day.clone() })?;
    card::step(tx, &recorded, id, &Change { place: Some(to), ..Change::default() })?;
    if card.place_kind == PlaceKind::Missing {
        incident::found(tx, act, id)?;
    }
    Ok(Pulled::Pulled)
}
