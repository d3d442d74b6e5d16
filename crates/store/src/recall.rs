//! 交付中止: a card that is not to be handed out, because the city wants it back (11(5)ウ(キ)), the applicant withdrew, or
//! the register says so. One way for all causes: it is found where it lies, taken out, and goes to a named person of the
//! city.
//!
//! Where it has a reservation, whoever records it says what becomes of it. Cancelled, it ends in the same transaction,
//! stands among the differences of a frozen list, and somebody has to tell the citizen ([`telling`]).
//! Kept, the card is suspended: its process and its reservation stay, nobody receives its visitor or books it anew, and the city
//! decides. So does a card wait that is with the city or in the post, where nobody can take it out.

use domain::card::{Cause, Stage};
use domain::id::{CardId, RecallId, ReservationId};
use domain::journal::{CityRecord, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::recall::{Booked, Decision, Source, State};
use domain::reservation::{Channel, State as Booking};
use domain::rules::RuleSet;
use domain::service::SiteCode;
use domain::time::{Start, day_of};
use jiff::civil::Date;

use crate::act::Act;
use crate::capacity::{self, Shift};
use crate::card::{self, Card, Change, StepError};
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::reservation::{self, BookingError, Reservation};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, incident, place, reception, statements, telling};

statements! { "recall":
    INSERT = "INSERT INTO recall (id, card_id, site, cause, source, state, until_day, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (card_id) WHERE state IN ('suspended', 'ended') DO NOTHING";
    SET_STATE = "UPDATE recall SET state = $1 WHERE id = $2 AND state = $3";
    OPEN_OF = "SELECT id, card_id, cause, source, state, until_day FROM recall
        WHERE card_id = $1 AND state IN ('suspended', 'ended')";
    LAST_OF = "SELECT id, card_id, cause, source, state, until_day FROM recall WHERE card_id = $1
        ORDER BY id DESC LIMIT 1";
    FIND = "SELECT id, card_id, cause, source, state, until_day FROM recall WHERE id = $1";
    WAITING = "SELECT k.id AS id, k.card_id AS card_id, k.cause AS cause, k.source AS source, k.state AS state,
        k.until_day AS until_day, c.control_number AS control_number, COALESCE(c.list_line, c.line) AS line,
        COALESCE(c.list_date, s.list_date) AS list_date, p.name || COALESCE('-' || c.position, '') AS place_name, p.kind AS place_kind,
        r.id AS reservation_id, r.day AS day, r.start AS start
        FROM recall k JOIN card c ON c.id = k.card_id JOIN place p ON p.id = c.place_id
        JOIN consignment s ON s.id = c.consignment_id
        LEFT JOIN reservation r ON r.card_id = k.card_id AND r.state = 'booked'
        WHERE k.site = $1 AND k.state IN ('suspended', 'ended') ORDER BY k.id";
    WORK = "SELECT COALESCE(SUM(CASE WHEN k.state = 'ended' THEN 1 ELSE 0 END), 0) AS to_pass,
        COALESCE(SUM(CASE WHEN k.state = 'suspended' THEN 1 ELSE 0 END), 0) AS suspended,
        COALESCE(SUM(CASE WHEN k.until_day < $1 THEN 1 ELSE 0 END), 0) AS late,
        COALESCE(SUM(CASE WHEN k.until_day = $1 THEN 1 ELSE 0 END), 0) AS due,
        (SELECT COUNT(*) FROM telling t WHERE t.site = $2 AND t.ended_by IS NULL) AS to_tell
        FROM recall k WHERE k.site = $2 AND k.state IN ('suspended', 'ended')";
    ASKS_TO_CALL = "SELECT r.id AS id FROM reservation r JOIN card c ON c.id = r.card_id
        WHERE r.id = $1 AND ((r.state = 'booked' AND c.suspended = 1) OR (r.state = 'cancelled'
        AND EXISTS (SELECT 1 FROM telling t WHERE t.reservation_id = r.id)))";
}

/// A recall of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recall {
    /// Its id.
    pub id: RecallId,
    /// The card.
    pub card: CardId,
    /// Why.
    pub cause: Cause,
    /// Who said so.
    pub source: Source,
    /// How far it has come.
    pub state: State,
    /// The day by which the city wants the card.
    pub until: Option<Date>,
}

/// A card that is not to be handed out, and is not with the city by this yet.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The recall.
    pub recall: Recall,
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
    /// The reservation that waits for the city's decision with it.
    pub booked: Option<(ReservationId, Date, Start)>,
}

/// How much is to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Cards that go to the city.
    pub to_pass: u32,
    /// Cards that wait for the city's decision.
    pub suspended: u32,
    /// Of both, those that the city wanted before today.
    pub late: u32,
    /// Of both, those that it wants today.
    pub due: u32,
    /// Citizens who have to be told.
    pub to_tell: u32,
}

/// What is recorded.
#[derive(Debug, Clone)]
pub struct Order {
    /// The card.
    pub card: CardId,
    /// Why.
    pub cause: Cause,
    /// Who said so.
    pub source: Source,
    /// Who of the city, and how their word was recorded, where it is the city's.
    pub city: Option<(String, CityRecord)>,
    /// The day by which the city wants it.
    pub until: Option<Date>,
    /// What becomes of its reservation, where one was shown.
    pub booked: Option<Booked>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// The recall.
    pub recall: RecallId,
    /// How far it is.
    pub state: State,
    /// The reservation that was cancelled with it.
    pub cancelled: Option<ReservationId>,
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
    /// It has a reservation, and nobody said what becomes of it.
    #[error("it has a reservation, and nobody said what becomes of it")]
    Booked,
    /// Who said so cannot give this cause.
    #[error("{0} cannot give the cause {1}")]
    NotTheirs(Source, Cause),
    /// The city wants it by a day that is over.
    #[error("the day is over")]
    Early,
    /// It waits for no decision.
    #[error("it waits for no decision")]
    Decided,
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

fn recall(row: &Row<'_>) -> Result<Recall> {
    Ok(Recall {
        id: row.get("id")?,
        card: row.get("card_id")?,
        cause: row.get("cause")?,
        source: row.get("source")?,
        state: row.get("state")?,
        until: row.get("until_day")?,
    })
}

/// Whether a card is where it can be taken out.
fn is_here(kind: PlaceKind) -> bool {
    matches!(kind, PlaceKind::Box | PlaceKind::Desk | PlaceKind::Tray | PlaceKind::Missing)
}

/// Whether a card was recalled, so that its process is over and it is for the city alone.
fn is_recalled(card: &Card) -> bool {
    card.stage == Stage::Ended && card.cause.is_some_and(Cause::is_recall)
}

/// What a recall of a card as it is now comes to, where it has no reservation; none: it cannot be recalled.
fn becomes(card: &Card) -> Option<State> {
    let by_mail = card.stage == Stage::Ended && card.cause == Some(Cause::MailedByCity);
    match card.place_kind {
        _ if card.suspended || is_recalled(card) => None,
        // Its batch comes back, counted by both; in the post nobody has it.
        PlaceKind::City if card.stage == Stage::Inspected => Some(State::Suspended),
        PlaceKind::Post if by_mail => Some(State::Suspended),
        // It came back from the post, and the city keeps it.
        PlaceKind::City if by_mail => Some(State::Passed),
        kind if is_here(kind) && !matches!(card.stage, Stage::Issued | Stage::Ended) => Some(State::Ended),
        _ => None,
    }
}

/// Whether a card may be recalled as it is now.
pub fn fits(card: &Card) -> bool {
    becomes(card).is_some()
}

/// Whether a card was recalled and is not with the city yet.
pub fn waits(card: &Card) -> bool {
    is_recalled(card) && is_here(card.place_kind)
}

/// The card is not to be handed out: its process ends, or waits for the city's decision.
pub fn record(tx: &mut Tx<'_>, act: &Act, rules: &RuleSet, order: &Order) -> Result<Done, RecallError> {
    if !order.source.causes().contains(&order.cause) {
        return Err(RecallError::NotTheirs(order.source, order.cause));
    }
    if order.until.is_some_and(|until| until < day_of(act.at)) {
        return Err(RecallError::Early);
    }
    // Who books, receives or pulls the card at this moment comes before or after.
    let Some(card) = card::held(tx, order.card)? else { return Err(StepError::NoCard.into()) };
    if card.suspended || is_recalled(&card) {
        return Err(RecallError::Already);
    }
    let live = reservation::live_of(tx, card.id)?;
    let booked = live.as_ref().filter(|live| live.state == Booking::Booked);
    if let Some(booked) = booked
        && reception::of_reservation(tx, booked.id)?.is_some()
    {
        return Err(RecallError::Received);
    }
    let Some(mut state) = becomes(&card) else { return Err(RecallError::NotHere(card.place_kind)) };
    match (booked, order.booked) {
        (Some(_), None) => return Err(RecallError::Booked),
        (Some(_), Some(Booked::Suspend)) => state = State::Suspended,
        (Some(_), Some(Booked::Cancel)) | (None, _) => {}
    }
    if let Some(live) = live.as_ref().filter(|_| state != State::Suspended) {
        end(tx, act, rules, live)?;
    }
    let id: RecallId = tx.id(act);
    let entry = Entry::CardStopped {
        recall: id,
        card: card.id,
        cause: order.cause,
        source: order.source,
        recorded: order.city.as_ref().map(|(_, recorded)| *recorded),
        state,
        until: order.until,
        reservation: booked.map(|booked| booked.id),
    };
    let recorded = tx.record(act, &entry)?;
    if let Some((person, _)) = &order.city {
        tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    }
    let inserted = tx.execute(
        &INSERT,
        bind![id, card.id, card.site, order.cause, order.source, state, order.until, recorded.entry()],
    )?;
    if inserted == 0 {
        return Err(RecallError::Already);
    }
    if state == State::Suspended {
        card::set_suspended(tx, &recorded, card.id, true)?;
        if let Some(live) = &live {
            // Who is received with it at this moment comes before, and is found, or after.
            reservation::keep(tx, &recorded, live)?;
        }
        return Ok(Done { recall: id, state, cancelled: None });
    }
    let cancelled = booked.map(|booked| booked.id);
    stop(tx, act, &recorded, &card, order.cause, cancelled)?;
    Ok(Done { recall: id, state, cancelled })
}

/// Ends the process of a card, or says why it had ended, and asks that the citizen be told whose reservation ended with it.
fn stop(
    tx: &mut Tx<'_>,
    act: &Act,
    recorded: &Recorded,
    card: &Card,
    cause: Cause,
    cancelled: Option<ReservationId>,
) -> Result<(), RecallError> {
    let stage = (card.stage != Stage::Ended).then_some(Stage::Ended);
    card::step(tx, recorded, card.id, &Change { stage, cause: Some(cause), ..Change::default() })?;
    if let Some(reservation) = cancelled {
        telling::ask(tx, act, card.id, reservation, &card.site)?;
    }
    Ok(())
}

/// The city, by a named person, decided of a card that waited for it.
pub fn decide(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: RecallId,
    decision: Decision,
    (person, recorded_by): (&str, CityRecord),
) -> Result<State, RecallError> {
    let waiting = find(tx, id)?.filter(|recall| recall.state == State::Suspended);
    let Some(waiting) = waiting else { return Err(RecallError::Decided) };
    let Some(card) = card::held(tx, waiting.card)? else { return Err(StepError::NoCard.into()) };
    let free = Card { suspended: false, ..card.clone() };
    let state = match decision {
        Decision::Lift => State::Lifted,
        // What its batch or the post still has is decided when it is back.
        Decision::End => match becomes(&free) {
            Some(state) if state != State::Suspended => state,
            _ => return Err(RecallError::NotHere(card.place_kind)),
        },
    };
    let live = reservation::live_of(tx, card.id)?.filter(|_| decision == Decision::End);
    if let Some(live) = &live {
        end(tx, act, rules, live)?;
    }
    let entry = Entry::SuspensionDecided { recall: id, card: card.id, state, recorded: recorded_by };
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    if tx.execute(&SET_STATE, bind![state, id, State::Suspended])? == 0 {
        return Err(RecallError::Decided);
    }
    card::set_suspended(tx, &recorded, card.id, false)?;
    if decision == Decision::End {
        let cancelled = live.filter(|live| live.state == Booking::Booked).map(|live| live.id);
        stop(tx, act, &recorded, &card, waiting.cause, cancelled)?;
    }
    Ok(state)
}

/// Ends what keeps a place for a card: a booking is cancelled, a hold is given back.
fn end(tx: &mut Tx<'_>, act: &Act, rules: &RuleSet, live: &Reservation) -> Result<(), RecallError> {
    if live.state == Booking::Booked {
        let cancelled = reservation::cancel(tx, act, rules, live.id, Channel::Counter);
        return cancelled.map(drop).map_err(|error| match error {
            BookingError::Over => RecallError::DayOpen(live.slot.day),
            other => other.into(),
        });
    }
    let recorded = reservation::end(tx, act, live, Booking::Released, live.channel)?;
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
    let Some(card) = card::held(tx, id)? else { return Err(StepError::NoCard.into()) };
    if !waits(&card) || card.place_kind == PlaceKind::Missing {
        return Err(RecallError::NotHere(card.place_kind));
    }
    let city = place::the(tx, &card.site, PlaceKind::City)?;
    let recorded = tx.record(act, &Entry::RecalledCardPassed { card: id, recorded: recorded_by })?;
    tx.remark(&recorded, &format!("市の担当者：{person}"))?;
    card::step(tx, &recorded, id, &Change { place: Some(city), ..Change::default() })?;
    if let Some(open) = open_of(tx, id)? {
        tx.execute_one(&SET_STATE, bind![State::Passed, open.id, State::Ended])?;
    }
    Ok(())
}

/// A recall by its id.
pub fn find(reader: &mut Reader<'_>, id: RecallId) -> Result<Option<Recall>> {
    reader.row(&FIND, bind![id], recall)
}

/// What is still to be done of a card.
pub fn open_of(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Recall>> {
    reader.row(&OPEN_OF, bind![card], recall)
}

/// The last recall of a card, whatever became of it.
pub fn last_of(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Recall>> {
    reader.row(&LAST_OF, bind![card], recall)
}

/// The cards of a site that are not to be handed out and are not with the city by this yet, in the order in which it was
/// recorded. They are few.
pub fn waiting(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Waiting>> {
    reader.rows(&WAITING, bind![site], |row| {
        let reservation: Option<ReservationId> = row.get("reservation_id")?;
        let (day, start): (Option<Date>, Option<Start>) = (row.get("day")?, row.get("start")?);
        Ok(Waiting {
            recall: recall(row)?,
            control_number: card::control_number(row)?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            place_name: row.get("place_name")?,
            place_kind: row.get("place_kind")?,
            booked: reservation.zip(day).zip(start).map(|((id, day), start)| (id, day, start)),
        })
    })
}

/// How much of it is to be done on a day.
pub fn work(reader: &mut Reader<'_>, site: &SiteCode, today: Date) -> Result<Work> {
    reader.one(&WORK, bind![today, site], |row| {
        Ok(Work {
            to_pass: row.get("to_pass")?,
            suspended: row.get("suspended")?,
            late: row.get("late")?,
            due: row.get("due")?,
            to_tell: row.get("to_tell")?,
        })
    })
}

/// Whether the citizen of a reservation is asked to call: its card waits for the city's decision, or it was cancelled with a recall.
pub fn asks_to_call(reader: &mut Reader<'_>, reservation: ReservationId) -> Result<bool> {
    Ok(reader.row(&ASKS_TO_CALL, bind![reservation], |row| row.get::<ReservationId>("id"))?.is_some())
}
