//! Receptions: a visitor's way through the counter, each step guarded by the state before it.

use domain::card::Stage;
use domain::check_sheet::{Collected, Sheet};
use domain::id::{CardId, ReceptionId, ReservationId};
use domain::journal::{BusinessDay, CityRecord, Entry};
use domain::offer::Withdrawal;
use domain::place::PlaceKind;
use domain::reception::{Reason, State, WrongState};
use domain::reservation::{Pins, State as Booking};
use domain::service::{Service, SiteCode};
use domain::time::day_of;
use domain::wish::State::Ended;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::card::{self, Change, StepError};
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::reservation::{self, BookingError};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, contact, offer, place, report, statements, wish};

statements! { "reception":
    INSERT = "INSERT INTO reception (id, reservation_id, card_id, service, site, day, state, arrived_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, 'arrived', $7, 1) ON CONFLICT (reservation_id) DO NOTHING";
    FIND = "SELECT id, reservation_id, card_id, service, site, day, state, reason, receiver, issuer, arrived_at
        FROM reception WHERE id = $1";
    OF_RESERVATION = "SELECT id, reservation_id, card_id, service, site, day, state, reason, receiver, issuer, arrived_at
        FROM reception WHERE reservation_id = $1";
    OF_DAY = "SELECT id, reservation_id, card_id, service, site, day, state, reason, receiver, issuer, arrived_at
        FROM reception WHERE service = $1 AND site = $2 AND day = $3 ORDER BY arrived_at, id";
    STEP = "UPDATE reception SET state = $1, reason = $2, receiver = $3, issuer = $4, version = version + 1
        WHERE id = $5 AND state = $6";
}

/// A reception.
#[derive(Debug, Clone)]
pub struct Reception {
    /// Its id.
    pub id: ReceptionId,
    /// The reservation it belongs to.
    pub reservation: ReservationId,
    /// The card; none: a renewal.
    pub card: Option<CardId>,
    /// The day of the service at the site.
    pub day: BusinessDay,
    /// Where the matter stands.
    pub state: State,
    /// Why the visitor was sent away.
    pub reason: Option<Reason>,
    /// Who of the city took papers and card over.
    pub receiver: Option<String>,
    /// Who of the city issued the card.
    pub issuer: Option<String>,
    /// When the visitor arrived.
    pub arrived_at: Timestamp,
}

/// Why a reception did not take a step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceptionError {
    /// There is no such reception or reservation.
    #[error("not found")]
    NotFound,
    /// The reservation is for another day.
    #[error("the reservation is for {0}")]
    AnotherDay(Date),
    /// The visitor was received already.
    #[error("the visitor was received already")]
    Already(ReceptionId),
    /// The reservation lives no more.
    #[error("the reservation is {0}")]
    NotLive(Booking),
    /// The day was closed.
    #[error("the day is closed")]
    DayClosed,
    /// The card still lies where it is stored.
    #[error("the card is in {0}")]
    NotPulled(String),
    /// 保留: its card must not be handed out until the city decides.
    #[error("the card waits for the city's decision")]
    Suspended,
    /// Other places are held for the reservation, because it could not be kept, and its citizen has still time to answer.
    #[error("an offer waits for its answer")]
    Offered,
    /// The state does not allow it, or somebody else was faster.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The card cannot take the step.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The reservation cannot take the step.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn reception(row: &Row<'_>) -> Result<Reception> {
    Ok(Reception {
        id: row.get("id")?,
        reservation: row.get("reservation_id")?,
        card: row.get("card_id")?,
        day: BusinessDay { service: row.get("service")?, site: row.get("site")?, day: row.get("day")? },
        state: row.get("state")?,
        reason: row.get("reason")?,
        receiver: row.get("receiver")?,
        issuer: row.get("issuer")?,
        arrived_at: row.get("arrived_at")?,
    })
}

/// A reception by its id.
pub fn find(reader: &mut Reader<'_>, id: ReceptionId) -> Result<Option<Reception>> {
    reader.row(&FIND, bind![id], reception)
}

/// The reception of a reservation.
pub fn of_reservation(reader: &mut Reader<'_>, id: ReservationId) -> Result<Option<Reception>> {
    reader.row(&OF_RESERVATION, bind![id], reception)
}

/// The receptions of a day, in the order of arrival.
pub fn of_day(
    reader: &mut Reader<'_>,
    service: Service,
    site: &SiteCode,
    day: Date,
) -> Result<Vec<Reception>> {
    reader.rows(&OF_DAY, bind![service, site, day], reception)
}

/// 受付: the visitor is here, the reservation matches; the card comes to the counter.
pub fn arrive(tx: &mut Tx<'_>, act: &Act, id: ReservationId) -> Result<ReceptionId, ReceptionError> {
    let Some(booked) = reservation::find(tx, id)? else { return Err(ReceptionError::NotFound) };
    if let Some(before) = of_reservation(tx, id)? {
        return Err(ReceptionError::Already(before.id));
    }
    let today = day_of(act.happened());
    if booked.state != Booking::Booked {
        return Err(ReceptionError::NotLive(booked.state));
    }
    if booked.slot.day != today {
        return Err(ReceptionError::AnotherDay(booked.slot.day));
    }
    let day = booked.slot.business_day();
    if report::closed(tx, &day)?.is_some() {
        return Err(ReceptionError::DayClosed);
    }
    let card = booked.card;
    if let Some(card) = card
        && card::find(tx, card)?.is_some_and(|card| card.suspended)
    {
        return Err(ReceptionError::Suspended);
    }
    let reception: ReceptionId = tx.id(act);
    let entry = Entry::Arrived { reception, reservation: id, card, day: day.clone() };
    let recorded = tx.record(act, &entry)?;
    let inserted =
        tx.execute(&INSERT, bind![reception, id, card, day.service, day.site, day.day, act.happened()])?;
    if inserted == 0 {
        // Another operator received the same visitor at this moment.
        tx.run_again(&INSERT);
        return Err(Error::Conflict.into());
    }
    // Who cancels or moves it at this moment finds the visitor here; what was offered to it is not needed.
    reservation::keep(tx, &recorded, &booked)?;
    offer::give_up_now(tx, act, &recorded, id, Withdrawal::Ended)?;
    wish::end_of(tx, act, contact::booking_of(&booked), Ended)?;
    let Some(card) = card else { return Ok(reception) };
    // A card that nobody took out of its box yet stays there, for all that anybody knows; and one that nobody finds
    // is not at the counter because its citizen is.
    let Some(known) = card::find(tx, card)? else { return Err(ReceptionError::NotFound) };
    if !known.place_kind.is_storage() && known.place_kind != PlaceKind::Missing {
        let counter = place::the(tx, &day.site, PlaceKind::Counter)?;
        card::step(tx, &recorded, card, &Change { place: Some(counter), ..Change::default() })?;
    }
    Ok(reception)
}

/// What a check sheet says once every line of it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Which sheet.
    pub sheet: Sheet,
    /// What became of the 通知カード.
    pub notice_card: Collected,
    /// What became of the 住基カード or the older 個人番号カード.
    pub old_card: Collected,
}

/// 書類確認済: the papers were checked with the check sheet.
pub fn check_papers(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReceptionId,
    checked: Checked,
) -> Result<(), ReceptionError> {
    let (at, card) = of_card(tx, id)?;
    let Checked { sheet, notice_card, old_card } = checked;
    let entry = Entry::PapersChecked {
        reception: id,
        reservation: Some(at.reservation),
        card: Some(card),
        sheet: Some(sheet),
        notice_card: Some(notice_card),
        old_card: Some(old_card),
        pins: None,
    };
    let recorded = tx.record(act, &entry)?;
    step(tx, &recorded, &at, State::Checked, &Known::default())
}

/// 書類確認済 of a renewal: every line of the sheet for who came was looked at; whether the PINs are known decides the
/// lines.
pub fn check_renewal(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReceptionId,
    (sheet, pins): (Sheet, Pins),
) -> Result<(), ReceptionError> {
    let Some(at) = find(tx, id)?.filter(|at| at.card.is_none()) else { return Err(ReceptionError::NotFound) };
    let entry = Entry::PapersChecked {
        reception: id,
        reservation: Some(at.reservation),
        card: None,
        sheet: Some(sheet),
        notice_card: None,
        old_card: None,
        pins: Some(pins),
    };
    let recorded = tx.record(act, &entry)?;
    step(tx, &recorded, &at, State::Checked, &Known::default())
}

/// 市へ引継ぎ: papers and card go to a named person of the city.
pub fn pass_to_city(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReceptionId,
    receiver: &str,
) -> Result<(), ReceptionError> {
    let (at, of) = of_card(tx, id)?;
    let Some(card) = card::held(tx, of)? else { return Err(ReceptionError::NotFound) };
    if card.place_kind == PlaceKind::Missing {
        return Err(StepError::WrongPlace { from: PlaceKind::Missing, to: PlaceKind::City }.into());
    }
    if card.place_kind.is_storage() {
        return Err(ReceptionError::NotPulled(card.place_name));
    }
    let recorded = tx.record(act, &Entry::PassedToCity { reception: id, card: of })?;
    step(tx, &recorded, &at, State::WithCity, &Known { receiver: Some(receiver), ..Known::default() })?;
    let city = place::the(tx, &at.day.site, PlaceKind::City)?;
    card::step(tx, &recorded, of, &Change { place: Some(city), ..Change::default() })?;
    Ok(())
}

/// カード交付完了: the city issued the card; `issuer` is who of the city did.
pub fn issue(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReceptionId,
    issuer: &str,
    recorded_by: CityRecord,
) -> Result<(), ReceptionError> {
    let (at, card) = of_card(tx, id)?;
    let entry = Entry::Issued {
        reception: id,
        reservation: at.reservation,
        card: Some(card),
        day: at.day.clone(),
        recorded: recorded_by,
    };
    let recorded = tx.record(act, &entry)?;
    step(tx, &recorded, &at, State::Issued, &Known { issuer: Some(issuer), ..Known::default() })?;
    reservation::set_state(tx, &recorded, at.reservation, Booking::Booked, Booking::Served)?;
    let citizen = place::the(tx, &at.day.site, PlaceKind::Citizen)?;
    let change = Change { stage: Some(Stage::Issued), place: Some(citizen), ..Change::default() };
    card::step(tx, &recorded, card, &change)?;
    Ok(())
}

/// 更新完了: the city renewed the certificates; `renewer` is who of the city did. The papers go to the city together
/// with the citizen's own card and come back at once, so there is one step once they were checked.
pub fn renewed(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReceptionId,
    renewer: &str,
    recorded_by: CityRecord,
) -> Result<(), ReceptionError> {
    let Some(at) = find(tx, id)?.filter(|at| at.card.is_none()) else { return Err(ReceptionError::NotFound) };
    if at.state != State::Checked {
        return Err(WrongState { from: at.state, wanted: State::Issued }.into());
    }
    let entry = Entry::Issued {
        reception: id,
        reservation: at.reservation,
        card: None,
        day: at.day.clone(),
        recorded: recorded_by,
    };
    let recorded = tx.record(act, &entry)?;
    let known = Known { issuer: Some(renewer), ..Known::default() };
    write(tx, &recorded, &at, State::Issued, &known)?;
    reservation::set_state(tx, &recorded, at.reservation, Booking::Booked, Booking::Served)?;
    Ok(())
}

/// The reception of a visitor for a card, and the card.
fn of_card(tx: &mut Tx<'_>, id: ReceptionId) -> Result<(Reception, CardId), ReceptionError> {
    let at = find(tx, id)?;
    at.and_then(|at| at.card.map(|card| (at, card))).ok_or(ReceptionError::NotFound)
}

/// How a visit ends without the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unserved {
    /// 持ち帰り, with a reason.
    SentAway(Reason),
    /// 途中退出.
    Left,
}

/// The visitor goes without the card: it comes back to the tray, to be put away by scan, and may be booked again.
pub fn send_away(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReceptionId,
    unserved: &Unserved,
    remark: &str,
) -> Result<(), ReceptionError> {
    let Some(at) = find(tx, id)? else { return Err(ReceptionError::NotFound) };
    let (reservation, card, day) = (at.reservation, at.card, at.day.clone());
    let (entry, state, reason) = match unserved {
        Unserved::SentAway(reason) => {
            let entry = Entry::SentAway { reception: id, reservation, card, day, reason: *reason };
            (entry, State::SentAway, Some(*reason))
        }
        Unserved::Left => (Entry::Left { reception: id, reservation, card, day }, State::Left, None),
    };
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, remark)?;
    step(tx, &recorded, &at, state, &Known { reason, ..Known::default() })?;
    reservation::set_state(tx, &recorded, at.reservation, Booking::Booked, Booking::Unserved)?;
    let Some(card) = at.card else { return Ok(()) };
    let Some(known) = card::held(tx, card)? else { return Err(ReceptionError::NotFound) };
    if known.place_kind.is_storage() || known.place_kind == PlaceKind::Missing {
        card::refresh_progress(tx, &recorded, card)?;
    } else {
        let tray = place::the(tx, &at.day.site, PlaceKind::Tray)?;
        card::step(tx, &recorded, card, &Change { place: Some(tray), ..Change::default() })?;
    }
    Ok(())
}

/// 不来庁: set by a person when the day is being closed.
pub fn not_come(tx: &mut Tx<'_>, act: &Act, id: ReservationId) -> Result<(), ReceptionError> {
    let Some(booked) = reservation::find(tx, id)? else { return Err(ReceptionError::NotFound) };
    if let Some(before) = of_reservation(tx, id)? {
        return Err(ReceptionError::Already(before.id));
    }
    if booked.state == Booking::NotCome {
        return Ok(());
    }
    if booked.state != Booking::Booked {
        return Err(ReceptionError::NotLive(booked.state));
    }
    if booked.slot.day > day_of(act.at) {
        return Err(ReceptionError::AnotherDay(booked.slot.day));
    }
    if offer::waits(tx, id, act.at)? {
        return Err(ReceptionError::Offered);
    }
    let entry = Entry::NotCome { reservation: id, card: booked.card, day: booked.slot.business_day() };
    let recorded = tx.record(act, &entry)?;
    reservation::set_state_of(tx, &recorded, &booked, Booking::NotCome)?;
    offer::give_up_now(tx, act, &recorded, id, Withdrawal::Ended)?;
    wish::end_of(tx, act, contact::booking_of(&booked), Ended)?;
    if let Some(card) = booked.card {
        card::refresh_progress(tx, &recorded, card)?;
    }
    Ok(())
}

/// Sets for everybody who is still expected on a day that they did not come, and answers how many these were.
pub fn none_came(tx: &mut Tx<'_>, act: &Act, day: &BusinessDay) -> Result<u32, ReceptionError> {
    let waiting = reservation::waiting_of(tx, day)?;
    for id in &waiting {
        not_come(tx, act, *id)?;
    }
    // A day has a few hundred places.
    Ok(u32::try_from(waiting.len()).unwrap_or(u32::MAX))
}

/// What becomes known with a step; what was known before stays.
#[derive(Default)]
struct Known<'a> {
    reason: Option<Reason>,
    receiver: Option<&'a str>,
    issuer: Option<&'a str>,
}

fn step(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    at: &Reception,
    to: State,
    known: &Known<'_>,
) -> Result<(), ReceptionError> {
    at.state.to(to)?;
    write(tx, recorded, at, to, known)
}

/// Writes a step that the caller has looked up in the table of its service.
fn write(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    at: &Reception,
    to: State,
    known: &Known<'_>,
) -> Result<(), ReceptionError> {
    let receiver = known.receiver.or(at.receiver.as_deref());
    let issuer = known.issuer.or(at.issuer.as_deref());
    if tx.execute(&STEP, bind![to, known.reason, receiver, issuer, at.id, at.state])? == 0 {
        return Err(WrongState { from: at.state, wanted: to }.into());
    }
    Ok(())
}
