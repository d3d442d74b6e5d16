//! Reservations: hold, confirm, move, cancel, expiry, and what is found by number or by day.
//!
//! A hold is a reservation row; confirming changes only the row, because the place is already taken. What is done with
//! the reservations of a family, of which one card alone is the smallest, stands in [`party`].

pub mod by_staff;
pub mod party;
pub(crate) mod places;
pub mod renewal;
pub mod shown;
pub mod unplaced;

use domain::card::Stage;
use domain::id::{CardId, ReservationId};
use domain::journal::{BusinessDay, Entry, Slot};
use domain::number::{Number, NumberKind};
use domain::reservation::{Channel, Pins, State, Visitor, WrongState};
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::capacity::{self, Shift, ShiftError};
use crate::card;
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::keys::Keys;
use crate::statement::Statement;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, offer, reception, report, statements};

pub mod days;

statements! { "reservation":
    INSERT = "INSERT INTO reservation (id, service, site, day, start, card_id, state, held_until, channel, language,
        party_id, visitor, pins, number_issue, key_version, number_lookup, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15, 1) ON CONFLICT DO NOTHING";
    FIND = "SELECT id, service, site, day, start, card_id, state, held_until, channel, language, party_id,
        visitor, pins, number_issue, key_version, version, over, changes, web_changes FROM reservation WHERE id = $1";
    LIVE_OF_CARD = "SELECT id, service, site, day, start, card_id, state, held_until, channel, language, party_id,
        visitor, pins, number_issue, key_version, version, over, changes, web_changes FROM reservation
        WHERE card_id = $1 AND state IN ('held', 'booked')";
    WAITING = "SELECT r.id AS id FROM reservation r WHERE r.service = $1 AND r.site = $2 AND r.day = $3
        AND r.state = 'booked' AND NOT EXISTS (SELECT 1 FROM reception v WHERE v.reservation_id = r.id)
        ORDER BY r.start, r.id";
    ENDED_OF = "SELECT id, service, site, day, start, card_id, state, held_until, channel, language, party_id,
        visitor, pins, number_issue, key_version, version, over, changes, web_changes FROM reservation
        WHERE card_id = $1 AND state IN ('cancelled', 'served', 'unserved', 'not_come') ORDER BY id DESC LIMIT $2";
    NOT_COME_OF = "SELECT COUNT(*) AS n FROM reservation WHERE card_id = $1 AND state = 'not_come'";
    BY_NUMBER = "SELECT id FROM reservation WHERE number_lookup = $1";
    SET_STATE = "UPDATE reservation SET state = $1, held_until = NULL, version = version + 1
        WHERE id = $2 AND state = $3";
    SET_STATE_AT = "UPDATE reservation SET state = $1, held_until = NULL, version = version + 1
        WHERE id = $2 AND version = $3";
    KEEP_AT = "UPDATE reservation SET version = version + 1 WHERE id = $1 AND version = $2";
    FLAG_OVER = "UPDATE reservation SET over = 1 WHERE id = $1";
    EXPIRED_IN_SLOT = "SELECT id, card_id, channel FROM reservation
        WHERE service = $1 AND site = $2 AND day = $3 AND start = $4 AND state = 'held' AND held_until < $5
        ORDER BY id";
    EXPIRED = "SELECT id, service, site, day, start, card_id, state, held_until, channel, language, party_id,
        visitor, pins, number_issue, key_version, version, over, changes, web_changes FROM reservation
        WHERE state = 'held' AND held_until < $1 ORDER BY held_until, id LIMIT $2";
    OF_DAY = "SELECT r.id AS id, r.start AS start, r.state AS state, r.channel AS channel,
        r.language AS language, r.party_id AS party_id, r.visitor AS visitor, r.over AS over, r.card_id AS card_id,
        c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, p.name || COALESCE('-' || c.position, '') AS place_name, p.kind AS place_kind, c.stage AS stage,
        v.id AS reception_id, v.state AS reception_state
        FROM reservation r JOIN card c ON c.id = r.card_id JOIN consignment s ON s.id = c.consignment_id
        JOIN place p ON p.id = c.place_id LEFT JOIN reception v ON v.reservation_id = r.id
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3
        AND r.state IN ('booked', 'served', 'unserved', 'not_come') ORDER BY r.start, r.id";
    STANDINGS = "SELECT r.start AS start, r.state AS state, v.state AS reception
        FROM reservation r LEFT JOIN reception v ON v.reservation_id = r.id
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3
        AND r.state IN ('booked', 'served', 'unserved', 'not_come')";
    COUNT_OF_DAY = "SELECT COUNT(*) AS n FROM reservation r WHERE r.service = $1 AND r.site = $2 AND r.day = $3
        AND r.state IN ('booked', 'served', 'unserved', 'not_come')";
}

/// A reservation.
#[derive(Debug, Clone)]
pub struct Reservation {
    /// Its id.
    pub id: ReservationId,
    /// Which slot it takes.
    pub slot: Slot,
    /// For which card; none: a renewal, whose card is the citizen's own.
    pub card: Option<CardId>,
    /// Its state.
    pub state: State,
    /// Until when it is held, while it is.
    pub held_until: Option<Timestamp>,
    /// By which way it was made.
    pub channel: Channel,
    /// The citizen's language, as a code.
    pub language: String,
    /// The first reservation of the family it was booked with; none: alone.
    pub party: Option<ReservationId>,
    /// Who comes; none: not asked.
    pub visitor: Option<Visitor>,
    /// Of a renewal, whether the PINs are known.
    pub pins: Option<Pins>,
    /// The issue of its 予約番号.
    pub number_issue: u32,
    /// The version of the keys from which the number is derived.
    pub key_version: u32,
    /// Rises with every change.
    pub version: u32,
    /// Whether it took a place beyond those of its slot.
    pub over: bool,
    /// How many times it was moved.
    pub changes: u32,
    /// How many times of them by the citizen on the web.
    pub web_changes: u32,
}

impl Reservation {
    /// How many times the citizen can still move it on the web by the rules of today; none: without limit.
    pub fn web_changes_left(&self, rules: &RuleSet, today: Date) -> Option<u32> {
        let most = rules.booking(self.slot.service, today).map_or(0, |booking| booking.web_changes);
        (most > 0).then(|| u32::from(most).saturating_sub(self.web_changes))
    }

    /// The 予約番号, derived again; it is stored nowhere.
    pub fn number(&self, keys: &Keys) -> Result<Number> {
        let set = keys.version(self.key_version)?;
        Ok(Number::derive(set.number.bits(), NumberKind::Reservation, self.id.to_bytes(), self.number_issue))
    }
}

/// A line of the day's list.
#[derive(Debug, Clone)]
pub struct OfDay {
    /// The reservation.
    pub id: ReservationId,
    /// The start.
    pub start: domain::time::Start,
    /// Its state.
    pub state: State,
    /// By which way it was made.
    pub channel: Channel,
    /// The citizen's language.
    pub language: String,
    /// The first reservation of the family it was booked with; none: alone.
    pub party: Option<ReservationId>,
    /// Who comes; none: not asked.
    pub visitor: Option<Visitor>,
    /// Whether it took a place beyond those of its slot.
    pub over: bool,
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: domain::number::ControlNumber,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// Where the card is.
    pub place_name: String,
    /// The kind of place.
    pub place_kind: domain::place::PlaceKind,
    /// The card's stage.
    pub stage: Stage,
    /// The reception, once the visitor came.
    pub reception: Option<(domain::id::ReceptionId, domain::reception::State)>,
}

/// Why a reservation was not made or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookingError {
    /// The slot grants no more.
    #[error("the slot is full")]
    Full,
    /// The rules changed since the grant was computed: load them and try again.
    #[error("the rules have changed")]
    StaleRules,
    /// The card is not notified (yet, or no more).
    #[error("the card cannot be booked at its stage {0}")]
    NotBookable(Stage),
    /// 保留: the card waits for the city's decision.
    #[error("the card waits for the city's decision")]
    Suspended,
    /// There is no such card or reservation.
    #[error("not found")]
    NotFound,
    /// The card has a live reservation already.
    #[error("the card is booked already")]
    AlreadyBooked(ReservationId),
    /// The visitor was received: how the visit ends is said at the counter.
    #[error("the visitor was received")]
    Received,
    /// The day of the reservation is over: who did not come is set when the day is closed.
    #[error("the day is over")]
    Over,
    /// The card is in no box, so it cannot be in the visitor's hand today.
    #[error("the card is not stored")]
    NotStored(domain::place::PlaceKind),
    /// The day was closed, and takes nobody any more.
    #[error("the day is closed")]
    DayClosed,
    /// A rule binds the staff, and nobody with the permission went beyond it.
    #[error("a rule binds it: {0}")]
    Limited(domain::reservation::Limit),
    /// The booking was changed since it was shown.
    #[error("the booking was changed since it was shown")]
    ChangedSince,
    /// The citizen moved it on the web as often as the rules allow: by telephone from here on.
    #[error("it was moved on the web as often as it may be")]
    NoMoreChanges,
    /// Nobody came for the card so often that it is booked by telephone only.
    #[error("the card is booked by telephone only")]
    ByTelephone,
    /// The slot has begun, or its deadline passed.
    #[error("the time for it is over")]
    TooLate,
    /// A booking has no more cards than the family may have.
    #[error("the booking has as many cards as it may")]
    PartyFull,
    /// The reservations that were named are not those of one booking, or no longer all of them.
    #[error("the booking has changed")]
    AnotherParty,
    /// The hold ran out before it was confirmed.
    #[error("the hold ran out")]
    HoldRanOut,
    /// The reservation is not in a state that allows it.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<ShiftError> for BookingError {
    fn from(error: ShiftError) -> Self {
        match error {
            ShiftError::Full(_) => Self::Full,
            ShiftError::StaleRules => Self::StaleRules,
            ShiftError::Store(error) => Self::Store(error),
        }
    }
}

/// What is wanted of a hold or a booking.
#[derive(Debug, Clone)]
pub struct Wish {
    /// For which card.
    pub card: CardId,
    /// Which slot.
    pub slot: Slot,
    /// By which way.
    pub channel: Channel,
    /// The citizen's language, as a code.
    pub language: String,
}

/// With whom a reservation is made, and who comes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Together {
    party: Option<ReservationId>,
    visitor: Option<Visitor>,
    pins: Option<Pins>,
}

fn reservation(row: &Row<'_>) -> Result<Reservation> {
    Ok(Reservation {
        id: row.get("id")?,
        slot: Slot {
            service: row.get("service")?,
            site: row.get("site")?,
            day: row.get("day")?,
            start: row.get("start")?,
        },
        card: row.get("card_id")?,
        state: row.get("state")?,
        held_until: row.get("held_until")?,
        channel: row.get("channel")?,
        language: row.get("language")?,
        party: row.get("party_id")?,
        visitor: row.get("visitor")?,
        pins: row.get("pins")?,
        number_issue: row.get("number_issue")?,
        key_version: row.get("key_version")?,
        version: row.get("version")?,
        over: row.get("over")?,
        changes: row.get("changes")?,
        web_changes: row.get("web_changes")?,
    })
}

/// A reservation by its id.
pub fn find(reader: &mut Reader<'_>, id: ReservationId) -> Result<Option<Reservation>> {
    reader.row(&FIND, bind![id], reservation)
}

/// Who is booked for a day and was not received, by time.
pub(crate) fn waiting_of(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Vec<ReservationId>> {
    reader.rows(&WAITING, bind![day.service, day.site, day.day], |row| row.get("id"))
}

/// The live reservation of a card.
pub fn live_of(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Reservation>> {
    reader.row(&LIVE_OF_CARD, bind![card], reservation)
}

/// The last reservations of a card that ended, the latest first.
pub fn ended_of(reader: &mut Reader<'_>, card: CardId, limit: u32) -> Result<Vec<Reservation>> {
    reader.rows(&ENDED_OF, bind![card, limit], reservation)
}

/// Whether nobody came for a card so often that the rules of a day leave it to the telephone and the counter. Of a
/// renewal nobody is known, so this is asked of cards alone.
pub fn is_by_telephone(reader: &mut Reader<'_>, rules: &RuleSet, card: CardId, today: Date) -> Result<bool> {
    let most = rules.booking(Service::Issuance, today).map_or(0, |booking| booking.not_come_then_telephone);
    if most == 0 {
        return Ok(false);
    }
    let times: u32 = reader.one(&NOT_COME_OF, bind![card], |row| row.get("n"))?;
    Ok(times >= u32::from(most))
}

/// A reservation by its 予約番号, tried under every version of the keys. Every failure is the same `None`.
pub fn by_number(reader: &mut Reader<'_>, keys: &Keys, number: &Number) -> Result<Option<ReservationId>> {
    let mut found = None;
    // Every version is asked, whether found or not, so that the time tells nothing.
    for (_, set) in keys.newest_first() {
        let hit = reader.row(&BY_NUMBER, bind![number.lookup(set.lookup.bits())], |row| row.get("id"))?;
        found = found.or(hit);
    }
    Ok(found)
}

/// Where one reservation of a day stands, for those who only count.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// When it begins.
    pub start: domain::time::Start,
    /// Its state.
    pub state: State,
    /// The reception's, once the visitor came.
    pub reception: Option<domain::reception::State>,
}

/// Where each of the reservations of [`of_day`] stands, in no order.
pub fn standings(
    reader: &mut Reader<'_>,
    service: Service,
    site: &SiteCode,
    day: Date,
) -> Result<Vec<Standing>> {
    reader.rows(&STANDINGS, bind![service, site, day], |row| {
        Ok(Standing { start: row.get("start")?, state: row.get("state")?, reception: row.get("reception")? })
    })
}

/// How many reservations [`of_day`] has.
pub fn count_of_day(reader: &mut Reader<'_>, service: Service, site: &SiteCode, day: Date) -> Result<u32> {
    reader.one(&COUNT_OF_DAY, bind![service, site, day], |row| row.get("n"))
}

/// Everybody who has or had a place on a day, by time; cancelled ones are not among them.
pub fn of_day(reader: &mut Reader<'_>, service: Service, site: &SiteCode, day: Date) -> Result<Vec<OfDay>> {
    reader.rows(&OF_DAY, bind![service, site, day], |row| {
        let reception = row.get::<Option<_>>("reception_id")?;
        let state = row.get::<Option<_>>("reception_state")?;
        Ok(OfDay {
            id: row.get("id")?,
            start: row.get("start")?,
            state: row.get("state")?,
            channel: row.get("channel")?,
            language: row.get("language")?,
            party: row.get("party_id")?,
            visitor: row.get("visitor")?,
            over: row.get("over")?,
            card: row.get("card_id")?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            place_name: row.get("place_name")?,
            place_kind: row.get("place_kind")?,
            stage: row.get("stage")?,
            reception: reception.zip(state),
        })
    })
}

/// Holds a place for a citizen until `minutes` from now: [`party::hold`] for one card.
pub fn hold(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wish: &Wish,
    minutes: u16,
) -> Result<Reservation, BookingError> {
    party::hold(tx, act, keys, rules, std::slice::from_ref(wish), minutes).and_then(one)
}

/// Books at once, without a hold: [`party::book`] for one card of whose visitor nothing was asked.
pub fn book(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    wish: &Wish,
) -> Result<Reservation, BookingError> {
    party::book(tx, act, keys, rules, &[(wish.clone(), None)]).and_then(one)
}

/// 予約完了: makes a booking of a hold that has not run out: [`party::confirm`] for one card of whose visitor nothing
/// was asked.
pub fn confirm(tx: &mut Tx<'_>, act: &Act, id: ReservationId) -> Result<Reservation, BookingError> {
    party::confirm(tx, act, &[(id, None)]).and_then(one)
}

/// 取消: frees the place. Cancelling twice is the same as once.
pub fn cancel(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    by: Channel,
) -> Result<Reservation, BookingError> {
    party::cancel(tx, act, rules, &[id], by).and_then(one)
}

/// 変更: moves a booking to another slot in one step, so that at no moment it has no place; its number stays. Moving
/// to the slot that it has changes nothing. One that is moved to another day without the rest of its family leaves
/// the family's booking.
pub fn move_to(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: ReservationId,
    to: &Slot,
    by: Channel,
) -> Result<Reservation, BookingError> {
    party::relocate(tx, act, rules, &[(id, to.clone())], &party::How::asked(by)).and_then(one)
}

/// The one that was asked for of those that were done.
fn one(done: Vec<Reservation>) -> Result<Reservation, BookingError> {
    done.into_iter().next().ok_or(BookingError::NotFound)
}

/// Flags a reservation whose place is one beyond those of its slot.
pub(crate) fn flag_over(tx: &mut Tx<'_>, _recorded: &Recorded, id: ReservationId) -> Result<()> {
    tx.execute_one(&FLAG_OVER, bind![id])
}

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    keys: &Keys,
    id: ReservationId,
    wish: &Wish,
    together: Together,
    held_until: Option<Timestamp>,
) -> Result<Reservation, BookingError> {
    let Wish { card, slot, channel, language } = wish;
    let new = New { id, card: Some(*card), slot, channel: *channel, language, held_until };
    if let Some(inserted) = insert_row(tx, recorded, keys, &new, together)? {
        return Ok(inserted);
    }
    // Somebody else held or booked for the card at this moment; their row was not visible before they
    // committed.
    match live_of(tx, *card)? {
        Some(live) if live.state == State::Booked => Err(BookingError::AlreadyBooked(live.id)),
        // All of this one is run again: the same press finds its result, another one gives that hold back.
        Some(_) => {
            tx.run_again(&INSERT);
            Err(BookingError::Store(Error::Conflict))
        }
        None => Err(BookingError::Store(Error::Conflict)),
    }
}

/// A row to be inserted.
pub(crate) struct New<'a> {
    id: ReservationId,
    card: Option<CardId>,
    slot: &'a Slot,
    channel: Channel,
    language: &'a str,
    held_until: Option<Timestamp>,
}

/// Inserts the row of a hold or a booking; none where another row stands in its way.
fn insert_row(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    keys: &Keys,
    new: &New<'_>,
    together: Together,
) -> Result<Option<Reservation>> {
    let Together { party, visitor, pins } = together;
    let New { id, card, slot, channel, language, held_until } = *new;
    let state = if held_until.is_some() { State::Held } else { State::Booked };
    let (key_version, set) = keys.newest()?;
    let number = Number::derive(set.number.bits(), NumberKind::Reservation, id.to_bytes(), 1);
    let Slot { service, site, day, start } = slot;
    let inserted = tx.execute(
        &INSERT,
        bind![
            id,
            service,
            site,
            day,
            start,
            card,
            state,
            held_until,
            channel,
            language,
            party,
            visitor,
            pins,
            key_version,
            number.lookup(set.lookup.bits())
        ],
    )?;
    Ok((inserted == 1).then(|| Reservation {
        id,
        slot: slot.clone(),
        card,
        state,
        held_until,
        channel,
        language: language.to_owned(),
        party,
        visitor,
        pins,
        number_issue: 1,
        key_version,
        version: 1,
        over: false,
        changes: 0,
        web_changes: 0,
    }))
}

/// Whether a booking can still leave its place: nobody came for it, and its day is not over, unless nobody could come on
/// it because the rules grant nothing at its time.
fn may_leave(tx: &mut Tx<'_>, act: &Act, rules: &RuleSet, booked: &Reservation) -> Result<(), BookingError> {
    let Slot { service, site, day, start } = &booked.slot;
    match may_still_change(tx, act, booked) {
        Err(BookingError::Over) if rules.grant(*service, site, *day, *start).places == 0 => Ok(()),
        other => other,
    }
}

/// Whether something of a booking can still be changed where it is.
fn may_still_change(tx: &mut Tx<'_>, act: &Act, booked: &Reservation) -> Result<(), BookingError> {
    if reception::of_reservation(tx, booked.id)?.is_some() {
        return Err(BookingError::Received);
    }
    if booked.slot.day < day_of(act.at) { Err(BookingError::Over) } else { Ok(()) }
}

pub(crate) fn still_open(tx: &mut Tx<'_>, slot: &Slot) -> Result<(), BookingError> {
    match report::closed(tx, &slot.business_day())? {
        Some(_) => Err(BookingError::DayClosed),
        None => Ok(()),
    }
}

/// Another transaction changed the row in the meantime: all of this one is run again on what is true now.
fn changed_meanwhile(tx: &mut Tx<'_>, statement: &'static Statement) -> BookingError {
    tx.run_again(statement);
    BookingError::Store(Error::Conflict)
}

/// Frees holds that ran out, at most `limit`; the job that runs every minute. Answers how many.
pub fn expire(tx: &mut Tx<'_>, act: &Act, rules: &RuleSet, limit: u32) -> Result<u32, BookingError> {
    let expired = tx.rows(&EXPIRED, bind![act.at, limit], reservation)?;
    let mut shifts = Vec::new();
    let mut last = None;
    for held in &expired {
        last = Some(end(tx, act, held, State::Released, held.channel)?);
        shifts.push(Shift { slot: held.slot.clone(), channel: held.channel, take: false });
    }
    if let Some(recorded) = last {
        capacity::shift(tx, &recorded, rules, &shifts, &mut |_, _| Ok(Vec::new()))?;
    }
    Ok(u32::try_from(expired.len()).unwrap_or(limit))
}

/// Ends a reservation that takes its place no longer. The place itself is freed by the caller's shift.
pub(crate) fn end(
    tx: &mut Tx<'_>,
    act: &Act,
    reservation: &Reservation,
    to: State,
    by: Channel,
) -> Result<Recorded, BookingError> {
    reservation.state.to(to)?;
    let (id, card, slot) = (reservation.id, reservation.card, reservation.slot.clone());
    let entry = match to {
        State::Cancelled => Entry::Cancelled { reservation: id, card, slot, channel: by },
        _ => Entry::HoldReleased { reservation: id, card, slot },
    };
    let recorded = tx.record(act, &entry)?;
    set_state_of(tx, &recorded, reservation, to)?;
    Ok(recorded)
}

/// Changes the state of a reservation as it was read in this transaction. Who received the visitor, moved or ended it
/// in the meantime has raised its version, and then all of this one is run again.
pub(crate) fn set_state_of(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    reservation: &Reservation,
    to: State,
) -> Result<(), BookingError> {
    reservation.state.to(to)?;
    if tx.execute(&SET_STATE_AT, bind![to, reservation.id, reservation.version])? == 0 {
        return Err(changed_meanwhile(tx, &SET_STATE_AT));
    }
    Ok(())
}

/// Keeps a reservation as it was read in this transaction: whoever would end or move it at this moment comes after.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    reservation: &Reservation,
) -> Result<(), BookingError> {
    if tx.execute(&KEEP_AT, bind![reservation.id, reservation.version])? == 0 {
        return Err(changed_meanwhile(tx, &KEEP_AT));
    }
    Ok(())
}

/// Changes the state along the table, guarded by the state it had.
pub(crate) fn set_state(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    id: ReservationId,
    from: State,
    to: State,
) -> Result<(), BookingError> {
    from.to(to)?;
    if tx.execute(&SET_STATE, bind![to, id, from])? == 0 {
        return Err(WrongState { from, wanted: to }.into());
    }
    Ok(())
}

/// How many holds of a slot have run out and were not freed yet.
pub(crate) fn expired_in(reader: &mut Reader<'_>, slot: &Slot, now: Timestamp) -> Result<usize> {
    let Slot { service, site, day, start } = slot;
    let expired = reader.rows(&EXPIRED_IN_SLOT, bind![service, site, day, start, now], |row| {
        row.get::<ReservationId>("id")
    })?;
    Ok(expired.len())
}

/// Corrects an end that was recorded wrongly; the table of steps does not go back, and the caller has looked the end
/// up in the table of corrections.
pub(crate) fn correct_state(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    reservation: &Reservation,
    to: State,
) -> Result<(), BookingError> {
    if tx.execute(&SET_STATE_AT, bind![to, reservation.id, reservation.version])? == 0 {
        return Err(changed_meanwhile(tx, &SET_STATE_AT));
    }
    Ok(())
}

/// Ends the slot's holds that ran out and answers in whose counts they stood.
pub(crate) fn free_expired(tx: &mut Tx<'_>, act: &Act, slot: &Slot) -> Result<Vec<Channel>> {
    let Slot { service, site, day, start } = slot;
    let expired = tx.rows(&EXPIRED_IN_SLOT, bind![service, site, day, start, act.at], |row| {
        Ok((
            row.get::<ReservationId>("id")?,
            row.get::<Option<CardId>>("card_id")?,
            row.get::<Channel>("channel")?,
        ))
    })?;
    let mut freed = Vec::new();
    for (id, card, channel) in expired {
        tx.record(act, &Entry::HoldReleased { reservation: id, card, slot: slot.clone() })?;
        if tx.execute(&SET_STATE, bind![State::Released, id, State::Held])? == 0 {
            // Another transaction ended it in the meantime; all of this one is run again on what is true now.
            tx.run_again(&SET_STATE);
            return Err(Error::Conflict);
        }
        freed.push(channel);
    }
    freed.extend(offer::free_expired(tx, act, slot)?);
    Ok(freed)
}
