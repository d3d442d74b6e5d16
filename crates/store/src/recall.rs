//! 引抜き指示: the city wants a card back (11(5)ウ(キ)). Its process ends at once, so that nobody books or gets it any
//! more; it is found where it lies, taken out, and goes to a named person of the city.
//!
//! A reservation for it ends in the same transaction and stands among the differences of a frozen list. Who tells the
//! citizen is the city's matter, which knows why.

use domain::card::{Cause, Stage};
use domain::id::{CardId, ReservationId};
use domain::journal::{CityRecord, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::reservation::{Channel, State};
use domain::rules::RuleSet;
use domain::service::SiteCode;
use jiff::civil::Date;

use crate::act::Act;
use crate::capacity::{self, Shift};
use crate::card::{self, Card, Change, StepError};
use crate::error::{Error, Result};
use crate::reservation::{self, BookingError, Reservation};
use crate::tx::{Reader, Tx};
use crate::{bind, incident, place, statements};

statements! { "recall":
    WAITING = "SELECT c.id AS id, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, p.name AS place_name, p.kind AS place_kind
        FROM card c JOIN place p ON p.id = c.place_id JOIN consignment s ON s.id = c.consignment_id
        WHERE c.cause = 'recalled' AND p.site = $1 AND p.kind IN ('box', 'desk', 'tray', 'missing')
        ORDER BY c.id";
    HOW_MANY = "SELECT COUNT(*) AS n FROM card c JOIN place p ON p.id = c.place_id
        WHERE c.cause = 'recalled' AND p.site = $1 AND p.kind IN ('box', 'desk', 'tray', 'missing')";
}

/// A card that the city wants back and does not have yet.
#[derive(Debug, Clone)]
pub struct Waiting {
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
    /// What kind of place that is.
    pub place_kind: PlaceKind,
}

/// Why a card was not recalled, or not passed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecallError {
    /// The card was recalled before.
    #[error("the card was recalled before")]
    Already,
    /// The card is not here, so that nobody can take it out.
    #[error("the card is at {0}")]
    NotHere(PlaceKind),
    /// Its visitor was received.
    #[error("its visitor was received")]
    Received,
    /// Its reservation is of a day that was not closed yet.
    #[error("the day of its reservation is over and not closed")]
    DayOpen(Date),
    /// The rules changed since they were loaded: load them and try again.
    #[error("the rules have changed")]
    StaleRules,
    /// The card cannot take the step.
    #[error(transparent)]
    Step(#[from] StepError),
    /// Its reservation cannot end.
    #[error(transparent)]
    Booking(BookingError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<BookingError> for RecallError {
    fn from(error: BookingError) -> Self {
        match error {
            BookingError::StaleRules => Self::StaleRules,
            BookingError::Received => Self::Received,
            BookingError::Store(error) => Self::Store(error),
            other => Self::Booking(other),
        }
    }
}

/// Whether a card is where it can be taken out.
fn is_here(kind: PlaceKind) -> bool {
    matches!(kind, PlaceKind::Box | PlaceKind::Desk | PlaceKind::Tray | PlaceKind::Missing)
}

/// Whether the city may recall a card as it is now.
pub fn fits(card: &Card) -> bool {
    !matches!(card.stage, Stage::Issued | Stage::Ended) && is_here(card.place_kind)
}

/// Whether a card was recalled and is not with the city yet.
pub fn waits(card: &Card) -> bool {
    card.cause == Some(Cause::Recalled) && is_here(card.place_kind)
}

/// The city, by a named person, wants the card back. Answers the reservation that ended with it.
pub fn recall(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: CardId,
    person: &str,
    recorded_by: CityRecord,
) -> Result<Option<ReservationId>, RecallError> {
    // Who books or pulls the card at this moment comes before or after.
    card::lock(tx, id)?;
    let Some(card) = card::find(tx, id)? else { return Err(StepError::NoCard.into()) };
    if card.cause == Some(Cause::Recalled) {
        return Err(RecallError::Already);
    }
    if !is_here(card.place_kind) {
        return Err(RecallError::NotHere(card.place_kind));
    }
    let live = reservation::live_of(tx, id)?;
    if let Some(live) = &live {
        end(tx, act, rules, live)?;
    }
    let recorded = tx.record(act, &Entry::CardRecalled { card: id, recorded: recorded_by })?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    let change = Change { stage: Some(Stage::Ended), cause: Some(Cause::Recalled), ..Change::default() };
    card::step(tx, &recorded, id, &change)?;
    Ok(live.filter(|live| live.state == State::Booked).map(|live| live.id))
}

/// Ends what keeps a place for a card: a booking is cancelled, a hold is given back.
fn end(tx: &mut Tx<'_>, act: &Act, rules: &RuleSet, live: &Reservation) -> Result<(), RecallError> {
    if live.state == State::Booked {
        let cancelled = reservation::cancel(tx, act, rules, live.id, Channel::Counter);
        return cancelled.map(drop).map_err(|error| match error {
            BookingError::Over => RecallError::DayOpen(live.slot.day),
            other => other.into(),
        });
    }
    let recorded = reservation::end(tx, act, live, State::Released, live.channel)?;
    let freed = Shift { slot: live.slot.clone(), channel: live.channel, take: false };
    let shifted = capacity::shift(tx, &recorded, rules, &[freed], &mut |_, _| Ok(Vec::new()));
    Ok(shifted.map_err(BookingError::from)?)
}

/// A recalled card was taken out of its box: it lies on the desk, apart from those that are handed out.
pub(crate) fn take_out(tx: &mut Tx<'_>, act: &Act, card: &Card) -> Result<(), StepError> {
    if card.place_kind == PlaceKind::Desk {
        return Ok(());
    }
    let desk = place::the(tx, &card.site, PlaceKind::Desk)?;
    let recorded = tx.record(act, &Entry::CardPlaced { card: card.id, place: desk })?;
    card::step(tx, &recorded, card.id, &Change { place: Some(desk), ..Change::default() })?;
    if card.place_kind == PlaceKind::Missing {
        incident::found(tx, act, card.id)?;
    }
    Ok(())
}

/// A recalled card went to a named person of the city. One that nobody finds cannot.
pub fn pass(
    tx: &mut Tx<'_>,
    act: &Act,
    id: CardId,
    person: &str,
    recorded_by: CityRecord,
) -> Result<(), RecallError> {
    let Some(card) = card::find(tx, id)? else { return Err(StepError::NoCard.into()) };
    if !waits(&card) || card.place_kind == PlaceKind::Missing {
        return Err(RecallError::NotHere(card.place_kind));
    }
    let city = place::the(tx, &card.site, PlaceKind::City)?;
    let recorded = tx.record(act, &Entry::RecalledCardPassed { card: id, recorded: recorded_by })?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    card::step(tx, &recorded, id, &Change { place: Some(city), ..Change::default() })?;
    Ok(())
}

/// The cards that the city wants back and does not have yet, in the order in which they came. They are few.
pub fn waiting(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Waiting>> {
    reader.rows(&WAITING, bind![site], |row| {
        Ok(Waiting {
            card: row.get("id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            place_name: row.get("place_name")?,
            place_kind: row.get("place_kind")?,
        })
    })
}

/// How many these are.
pub fn how_many(reader: &mut Reader<'_>, site: &SiteCode) -> Result<u32> {
    reader.one(&HOW_MANY, bind![site], |row| row.get("n"))
}
