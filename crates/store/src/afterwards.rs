//! What was done on paper while the system was down, entered afterwards: the usual acts of the counter, in their order,
//! with the time at which they happened.
//!
//! Nothing here is another way to a fact: every step is the one that the screens take, with its guards. What the records
//! say already is left as it is, so that a line that is entered twice does no harm; what contradicts them is refused
//! whole. One entry more says that it was entered afterwards, when it happened and who checked the papers.

use domain::card::Stage;
use domain::id::{CardId, PersonId, PlaceId, ReservationId};
use domain::journal::{Actor, BusinessDay, CityRecord, Entry, Subject};
use domain::number::ControlNumber;
use domain::outage::OnPaper;
use domain::place::PlaceKind;
use domain::reception::{Reason, State};
use domain::reservation::State as Booking;
use domain::service::SiteCode;
use domain::time::day_of;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::card::{self, Card, StepError};
use crate::error::Error;
use crate::pull::{self, Pulled};
use crate::reception::{self, Checked, Reception, ReceptionError, Unserved};
use crate::reservation::{self, Reservation};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, journal, report, statements};

statements! { "afterwards":
    OF_DAY = "SELECT j.id AS id, j.at AS at, j.actor AS actor, j.data AS data, c.control_number AS control_number
        FROM journal_subject q CROSS JOIN journal j LEFT JOIN card c ON c.id =
        (SELECT MIN(substr(s.subject, 6)) FROM journal_subject s WHERE s.entry_id = j.id AND s.subject LIKE 'card:%')
        WHERE q.subject = $1 AND j.id = q.entry_id AND j.kind = 'entered_afterwards' ORDER BY q.entry_id";
}

/// How many ended reservations of a card are searched for the day's.
const ENDED: u32 = 10;

/// What was done on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paper {
    /// The card was handed over.
    HandedOver {
        /// What the check sheet on paper says.
        checked: Checked,
        /// Who checked the papers.
        checked_by: PersonId,
        /// Who of the city issued the card.
        issuer: String,
        /// How the city's act is recorded.
        record: CityRecord,
    },
    /// Nobody came.
    NotCome,
    /// The visitor was sent away.
    SentAway {
        /// Why.
        reason: Reason,
        /// The operator's words.
        remark: String,
    },
    /// The card was put into a box.
    PutBack {
        /// Which one.
        place: PlaceId,
    },
}

impl Paper {
    fn what(&self) -> OnPaper {
        match self {
            Self::HandedOver { .. } => OnPaper::HandedOver,
            Self::NotCome => OnPaper::NotCome,
            Self::SentAway { .. } => OnPaper::SentAway,
            Self::PutBack { .. } => OnPaper::PutBack,
        }
    }
}

/// What was scanned for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A card.
    Card(CardId),
    /// A reservation.
    Reservation(ReservationId),
}

/// What a line came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entered {
    /// It is recorded now.
    Recorded,
    /// The records said so before.
    Before,
}

/// Why a line was not taken; nothing of it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AfterwardsError {
    /// The card has no reservation of that day at this counter.
    #[error("no reservation of that day")]
    NoReservation,
    /// The reservation is of a renewal, which this way does not know.
    #[error("the reservation is of a renewal")]
    Renewal,
    /// The city wants the card back, or has not decided yet: it must not have been handed out.
    #[error("the card was recalled or is suspended")]
    Recalled,
    /// The records say that the visit ended in another way.
    #[error("the visit ended as {0}")]
    Otherwise(State),
    /// The card is at a stage at which it does not lie in a box.
    #[error("the card is {0}")]
    Stage(Stage),
    /// The card did not come out of its box for that day.
    #[error("the card cannot be pulled")]
    NotPulled,
    /// A step of the reception.
    #[error(transparent)]
    Reception(#[from] ReceptionError),
    /// A step of the card.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Enters a line: what was done, when it happened, with the reservation of that day or the card.
pub fn enter(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    (of, happened): (Of, Timestamp),
    paper: &Paper,
) -> Result<Entered, AfterwardsError> {
    let act = &act.happened_at(happened);
    if let Paper::PutBack { place } = paper {
        return put_back(tx, act, site, (of, happened), *place);
    }
    let booked = of_day(tx, site, of, happened)?.ok_or(AfterwardsError::NoReservation)?;
    if report::closed(tx, &booked.slot.business_day())?.is_some() {
        return Err(ReceptionError::DayClosed.into());
    }
    let before = reception::of_reservation(tx, booked.id)?;
    // Whoever came by the paper has a reservation that lives, or a visit in the records.
    if !matches!(paper, Paper::NotCome) && before.is_none() && booked.state != Booking::Booked {
        return Err(ReceptionError::NotLive(booked.state).into());
    }
    match paper {
        Paper::HandedOver { checked, checked_by, issuer, record } => {
            let Some(id) = booked.card else { return Err(AfterwardsError::Renewal) };
            match before.as_ref().map(|visit| visit.state) {
                Some(State::Issued) => return Ok(Entered::Before),
                Some(ended @ (State::SentAway | State::Left)) => {
                    return Err(AfterwardsError::Otherwise(ended));
                }
                None | Some(State::Arrived | State::Checked | State::WithCity) => {}
            }
            let card = free(tx, id)?;
            note(tx, act, &booked, paper.what(), Some(*checked_by))?;
            if matches!(card.place_kind, PlaceKind::Box | PlaceKind::Desk | PlaceKind::Missing)
                && !matches!(
                    pull::pull(tx, act, id, &booked.slot.business_day())?,
                    Pulled::Pulled | Pulled::Before
                )
            {
                return Err(AfterwardsError::NotPulled);
            }
            hand_over(tx, act, (&booked, before), *checked, (issuer, *record))?;
        }
        Paper::NotCome => {
            if booked.state == Booking::NotCome {
                return Ok(Entered::Before);
            }
            if let Some(visit) = before {
                return Err(AfterwardsError::Otherwise(visit.state));
            }
            note(tx, act, &booked, paper.what(), None)?;
            reception::not_come(tx, act, booked.id)?;
        }
        Paper::SentAway { reason, remark } => {
            match before.as_ref().map(|visit| visit.state) {
                Some(State::SentAway) => return Ok(Entered::Before),
                Some(ended @ (State::Issued | State::Left)) => return Err(AfterwardsError::Otherwise(ended)),
                None | Some(State::Arrived | State::Checked | State::WithCity) => {}
            }
            note(tx, act, &booked, paper.what(), None)?;
            let visit = match before {
                Some(visit) => visit.id,
                None => reception::arrive(tx, act, booked.id)?,
            };
            reception::send_away(tx, act, visit, &Unserved::SentAway(*reason), remark)?;
        }
        Paper::PutBack { .. } => {}
    }
    Ok(Entered::Recorded)
}

/// A line that was entered.
#[derive(Debug, Clone)]
pub struct Line {
    /// When it was entered.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// What was entered.
    pub entry: Entry,
    /// The card's number; none: a renewal.
    pub control_number: Option<ControlNumber>,
}

/// What was entered afterwards about a day, in the order in which it was entered.
pub fn of(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Vec<Line>, Error> {
    reader.rows(&OF_DAY, bind![Subject::Day(day.clone())], |row: &Row<'_>| {
        let has_card = row.get::<Option<u32>>("control_number")?.is_some();
        Ok(Line {
            at: row.get("at")?,
            actor: row.get("actor")?,
            entry: journal::entry(row)?,
            control_number: has_card.then(|| card::control_number(row)).transpose()?,
        })
    })
}

/// The steps that are left between where the visit stands and the issue.
fn hand_over(
    tx: &mut Tx<'_>,
    act: &Act,
    (booked, before): (&Reservation, Option<Reception>),
    checked: Checked,
    (issuer, record): (&str, CityRecord),
) -> Result<(), ReceptionError> {
    let (visit, state) = match before {
        Some(visit) => (visit.id, visit.state),
        None => (reception::arrive(tx, act, booked.id)?, State::Arrived),
    };
    if state == State::Arrived {
        reception::check_papers(tx, act, visit, checked)?;
    }
    if matches!(state, State::Arrived | State::Checked) {
        reception::pass_to_city(tx, act, visit, issuer)?;
    }
    reception::issue(tx, act, visit, issuer, record)
}

fn put_back(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    (of, happened): (Of, Timestamp),
    place: PlaceId,
) -> Result<Entered, AfterwardsError> {
    let id = match of {
        Of::Card(id) => id,
        Of::Reservation(id) => {
            let booked = reservation::find(tx, id)?.ok_or(AfterwardsError::NoReservation)?;
            booked.card.ok_or(AfterwardsError::Renewal)?
        }
    };
    let booked = of_day(tx, site, Of::Card(id), happened)?;
    let card = free(tx, id)?;
    if card.place == place {
        return Ok(Entered::Before);
    }
    if !matches!(card.stage, Stage::Prepared | Stage::Notified) {
        return Err(AfterwardsError::Stage(card.stage));
    }
    let day = BusinessDay {
        service: domain::service::Service::Issuance,
        site: site.clone(),
        day: day_of(happened),
    };
    let entry = Entry::EnteredAfterwards {
        what: OnPaper::PutBack,
        reservation: booked.map(|booked| booked.id),
        card: Some(id),
        day,
        happened_at: happened,
        checked_by: None,
    };
    tx.record(act, &entry)?;
    card::put_away(tx, act, id, place)?;
    Ok(Entered::Recorded)
}

/// The card, if it may be handed out and put away.
fn free(reader: &mut Tx<'_>, id: CardId) -> Result<Card, AfterwardsError> {
    let card = card::find(reader, id)?.ok_or(StepError::NoCard)?;
    if card.suspended || crate::recall::waits(&card) { Err(AfterwardsError::Recalled) } else { Ok(card) }
}

/// The reservation of the day on which it happened: of the card, or the one that was scanned.
fn of_day(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    of: Of,
    happened: Timestamp,
) -> Result<Option<Reservation>, AfterwardsError> {
    let day = day_of(happened);
    let found = match of {
        Of::Reservation(id) => match reservation::find(reader, id)? {
            Some(booked) if booked.slot.day != day => {
                return Err(ReceptionError::AnotherDay(booked.slot.day).into());
            }
            found => found,
        },
        Of::Card(card) => {
            let of_day = |booked: &Reservation| booked.slot.day == day;
            match reservation::live_of(reader, card)?.filter(of_day) {
                Some(live) => Some(live),
                None => reservation::ended_of(reader, card, ENDED)?.into_iter().find(of_day),
            }
        }
    };
    Ok(found.filter(|booked| booked.slot.site == *site))
}

/// Writes down that a line was entered afterwards.
fn note(
    tx: &mut Tx<'_>,
    act: &Act,
    booked: &Reservation,
    what: OnPaper,
    checked_by: Option<PersonId>,
) -> Result<(), Error> {
    let entry = Entry::EnteredAfterwards {
        what,
        reservation: Some(booked.id),
        card: booked.card,
        day: booked.slot.business_day(),
        happened_at: act.happened(),
        checked_by,
    };
    tx.record(act, &entry).map(drop)
}
