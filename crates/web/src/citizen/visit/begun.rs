//! A visit that has begun: its cookie, the one way into its pages, and where its reservation stands.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use data_encoding::BASE32_NOPAD;
use domain::id::{CardId, ReservationId, VisitId};
use domain::journal::{Actor, Slot};
use domain::renewal::Coming;
use domain::reservation::{State, hold_ran_out};
use domain::rules::RuleSet;
use domain::service::Service;
use domain::time::{Start, day_of, instant_at};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::card::Card;
use store::keys::Keys;
use store::reservation::shown::{Shown, Whom};
use store::reservation::{Reservation, party, unplaced};
use store::visit::{About, LIFE, Visit, VisitCard};
use store::{Lane, Reader};
use subtle::ConstantTimeEq;

use super::effort::{Task, has_worked};
use super::people::{Group, Name};
use super::proof::Proven;
use super::turn::Turn;
use crate::App;
use crate::citizen::route;
use crate::kit::cookie::{self, Cookie, SameSite};
use crate::kit::page::see_other;
use crate::kit::{Asked, PageError};

/// The cookie of a visit. Its path is the visit's own, so two tabs are two visits.
const COOKIE: &str = "__Secure-visit";

/// What a visit begins with.
#[derive(Debug, Clone)]
pub(crate) enum Beginning {
    /// To book for a card that was proven and whose notice was posted on a day.
    Book(CardId, Option<Date>),
    /// To book renewals, with who comes for each.
    Renew(Vec<Coming>),
    /// To look at a reservation, of a card or of a renewal.
    Look(Option<CardId>, ReservationId),
}

/// Begins a visit and leads to its first page.
pub(crate) async fn begin(app: &App, asked: &Asked, with: Beginning) -> Result<Response, PageError> {
    let mut bits = [0; 32];
    app.chance.fill(&mut bits);
    let secret = BASE32_NOPAD.encode(&bits);
    let (act, hash, language) = (app.act(Actor::Citizen), hash(&secret), asked.language.code());
    let about = match &with {
        Beginning::Book(card, _) => About::Card(*card, None),
        Beginning::Renew(coming) => About::Renewals(coming.clone()),
        Beginning::Look(Some(card), reservation) => About::Card(*card, Some(*reservation)),
        Beginning::Look(None, reservation) => About::Renewal(*reservation),
    };
    let (visit, until) =
        app.db.write(Lane::Public, move |tx| store::visit::begin(tx, &act, &hash, language, &about)).await?;
    let to_book = match &with {
        Beginning::Book(_, posted_on) => Some((Service::Issuance, *posted_on, 1)),
        Beginning::Renew(coming) => Some((Service::Renewal, None, coming.len())),
        Beginning::Look(..) => None,
    };
    let first = match to_book {
        Some((service, posted_on, people)) => {
            let group = Group { people, is_booked: false };
            app.proofs.keep(Proven { id: visit, posted_on, group, service }, hash, until, app.now());
            route::days(visit)
        }
        None => route::show(visit),
    };
    let mut response = see_other(&first);
    let path = route::visit(visit);
    let cookie = Cookie {
        name: COOKIE,
        value: &secret,
        path: &path,
        max_age: u32::try_from(LIFE.as_secs()).ok(),
        same_site: SameSite::Lax,
    };
    response.headers_mut().append(header::SET_COOKIE, cookie.header().map_err(PageError::internal)?);
    Ok(response)
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The people of a booking, in the order in which their cards came into it; at least one.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    /// The first, whose number is the booking's.
    pub(crate) first: Reservation,
    /// The others of the family.
    others: Vec<Reservation>,
    /// The ends of the keys of all of them; none for somebody alone.
    ends: Vec<String>,
    /// Whether a closure or a change of the rules left somebody of them without a place. Then no deadline and no count
    /// keeps them from another one.
    pub(crate) is_unplaced: bool,
}

impl Booking {
    /// Everybody.
    pub(crate) fn people(&self) -> impl Iterator<Item = &Reservation> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// How many.
    pub(crate) fn count(&self) -> usize {
        1 + self.others.len()
    }

    /// When each of them comes.
    pub(crate) fn starts(&self) -> Vec<Start> {
        self.people().map(|person| person.slot.start).collect()
    }

    /// Their versions, in the order of the store, as a form sends them along.
    pub(crate) fn versions(&self) -> String {
        let mut versions: Vec<_> = self.people().map(|person| (person.id, person.version)).collect();
        versions.sort_unstable();
        // Letters stand between the digits, or they could look like a number that is refused.
        versions.iter().map(|(_, version)| version.to_string()).collect::<Vec<_>>().join("v")
    }

    /// What tells each of a family from the others; nothing for somebody alone.
    pub(crate) fn names(&self) -> Vec<Name> {
        let ends = self.ends.iter().cloned();
        if self.others.is_empty() { Vec::new() } else { (1..).zip(ends).map(Name::from).collect() }
    }

    /// A reservation belongs to this booking.
    pub(crate) fn has(&self, other: &Reservation) -> bool {
        self.person(other.id).is_some() || other.party.is_some() && other.party == self.first.party
    }

    /// One of them by their reservation.
    pub(crate) fn person(&self, id: ReservationId) -> Option<&Reservation> {
        self.people().find(|person| person.id == id)
    }

    /// The slot of the one who comes first: it sets the deadlines of all.
    fn earliest(&self) -> &Slot {
        self.people().map(|person| &person.slot).min().unwrap_or(&self.first.slot)
    }
}

/// Reads what [`Booking::versions`] wrote.
pub(crate) fn read_versions(text: &str) -> Result<Shown, PageError> {
    let versions: Result<Vec<u32>, _> = text.split('v').map(str::parse).collect();
    let versions = versions.map_err(|_| PageError::BadRequest)?;
    Ok(Shown { whom: Whom::All, versions })
}

/// A visit with the booking it makes or looks at.
pub(crate) struct Opened {
    /// The visit.
    pub(crate) visit: Visit,
    reservation: Option<Reservation>,
    /// Everybody of its booking, those too who were taken out, with the ends of their keys if they are several.
    people: Vec<(Reservation, String)>,
    /// Whether somebody of them has no place any more.
    is_unplaced: bool,
    /// Whether a card of theirs is not to be handed out, or not before the city decides.
    asks_to_call: bool,
}

/// A visit whose cookie opens it and whose turn it is to choose a day and a time.
pub(crate) async fn admitted(app: &App, headers: &HeaderMap, visit: &str) -> Result<Proven, PageError> {
    let proven = proven(app, headers, visit).await?;
    let now = app.now();
    match turn(app, headers, &proven)? {
        Turn::In { waited: false } => Ok(proven),
        Turn::In { waited: true } => {
            // The thirty minutes begin when the door opens.
            lengthen(app, proven.id).await?;
            Ok(proven)
        }
        Turn::Wait(ahead) => {
            if app.proofs.ends_within(proven.id, now, store::visit::LIFE / 2) {
                lengthen(app, proven.id).await?;
            }
            let task = if ahead.is_second { Some(Task::new(app, proven.id, now)?) } else { None };
            Err(PageError::Wait(ahead, task))
        }
    }
}

/// Whether it is the turn of a visit. A card was proven by its key and a booking by its number; who begins a renewal has
/// proven nothing.
pub(crate) fn turn(app: &App, headers: &HeaderMap, visit: &Proven) -> Result<Turn, PageError> {
    let is_proven = visit.service != Service::Renewal || visit.group.is_booked;
    let has_standing = is_proven || has_worked(app, headers, visit.id)?;
    Ok(app.turns.ask(visit.id, has_standing, app.now()))
}

async fn lengthen(app: &App, visit: VisitId) -> Result<(), PageError> {
    let now = app.now();
    app.db.write(Lane::Public, move |tx| store::visit::lengthen(tx, visit, now)).await?;
    app.proofs.forget(visit);
    Ok(())
}

/// A visit whose cookie opens it, where nothing more is asked of it: without the database if this node has proven
/// it before.
pub(crate) async fn proven(app: &App, headers: &HeaderMap, visit: &str) -> Result<Proven, PageError> {
    let (id, secret) = claim(headers, visit)?;
    if let Some(proven) = app.proofs.find(id, &secret, app.now()) {
        return Ok(proven);
    }
    in_visit(app, headers, visit).await.map(|visit| Proven::from(&visit))
}

/// The visit of a page, if its cookie opens it.
pub(crate) async fn in_visit(app: &App, headers: &HeaderMap, visit: &str) -> Result<Visit, PageError> {
    open(app, headers, visit, false).await.map(|opened| opened.visit)
}

/// [`in_visit`], with its reservation read in the same snapshot.
pub(crate) async fn opened(app: &App, headers: &HeaderMap, visit: &str) -> Result<Opened, PageError> {
    open(app, headers, visit, true).await
}

async fn open(
    app: &App,
    headers: &HeaderMap,
    visit: &str,
    with_reservation: bool,
) -> Result<Opened, PageError> {
    let (id, secret) = claim(headers, visit)?;
    let (now, keys, rules) = (app.now(), app.keys.clone(), app.rules());
    let opened = app
        .db
        .read(move |reader| {
            let found = store::visit::find(reader, id, now)?;
            // A foreign cookie learns nothing more than that.
            let Some(visit) = found.filter(|visit| bool::from(visit.secret.ct_eq(&secret))) else {
                return Ok::<_, store::Error>(None);
            };
            let reservation = match visit.reservation.filter(|_| with_reservation) {
                Some(reservation) => store::reservation::find(reader, reservation)?,
                None => None,
            };
            let (mut people, mut is_unplaced) = (Vec::new(), false);
            let (mut suspended, mut recalled) = (false, false);
            if let Some(reservation) = &reservation {
                for person in party::everyone(reader, reservation)? {
                    let end = match person.card.filter(|_| person.party.is_some()) {
                        Some(card) => key_end(reader, &keys, card)?,
                        None => String::new(),
                    };
                    is_unplaced |= is_unplaced_now(reader, &rules, &person, now)?;
                    let may_ask =
                        person.card.is_some() && matches!(person.state, State::Booked | State::Cancelled);
                    if may_ask && store::recall::asks_to_call(reader, person.id)? {
                        suspended |= person.state == State::Booked;
                        recalled |= person.state == State::Cancelled;
                    }
                    people.push((person, end));
                }
            }
            // Where one of a family was recalled, the others go on with their booking.
            let asks_to_call =
                suspended || recalled && people.iter().all(|(person, _)| person.state != State::Booked);
            Ok(Some(Opened { visit, reservation, people, is_unplaced, asks_to_call }))
        })
        .await?;
    let opened = opened.ok_or(PageError::VisitEnded)?;
    app.proofs.remember(&opened.visit, now);
    Ok(opened)
}

/// Whether a booking has no place any more. Where fewer places than bookings are left is looked up only of those whom
/// something would keep from moving.
fn is_unplaced_now(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    person: &Reservation,
    now: Timestamp,
) -> Result<bool, store::Error> {
    let is_kept = || {
        person.web_changes_left(rules, day_of(now)) == Some(0) || now >= rules.move_away_until(&person.slot)
    };
    if person.state != State::Booked {
        return Ok(false);
    }
    if unplaced::is_closed(rules, person) {
        Ok(true)
    } else {
        Ok(is_kept() && unplaced::is_undecided(reader, rules, person)?)
    }
}

/// The visit that an address names, and the hash of the secret in its cookie.
fn claim(headers: &HeaderMap, visit: &str) -> Result<(VisitId, [u8; 32]), PageError> {
    let id = visit.parse().map_err(|_| PageError::NotFound)?;
    let secret = cookie::read(headers, COOKIE).map(hash).ok_or(PageError::VisitEnded)?;
    Ok((id, secret))
}

/// The end of the 予約キー of a card.
pub(crate) fn key_end(reader: &mut Reader<'_>, keys: &Keys, card: CardId) -> Result<String, store::Error> {
    match store::card::find(reader, card)? {
        Some(found) => {
            let Card { key_issue, key_version, .. } = found;
            VisitCard { card, key_issue, key_version }.key_end(keys)
        }
        None => Ok(String::new()),
    }
}

/// Until when the citizen can do what here. Booking for a day and moving to it has its own deadline, which decides the
/// days that are offered.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Until when it can be moved away.
    pub move_away: Timestamp,
    /// Until when it can be cancelled.
    pub cancel: Timestamp,
    /// The first day it could be moved to now; none: there is none.
    pub first: Option<Date>,
    /// How many times it can still be moved here; none: without limit.
    pub changes_left: Option<u32>,
    /// Whether it lost its place, and so can be moved or cancelled whatever the time.
    pub is_unplaced: bool,
    /// The present instant.
    pub now: Timestamp,
}

impl Deadlines {
    /// Whether it can still be moved away.
    pub fn may_move(&self) -> bool {
        self.is_unplaced || self.in_time() && !self.is_used_up()
    }

    /// Whether the time for moving it has not passed.
    fn in_time(&self) -> bool {
        self.now < self.move_away
    }

    /// Whether it was moved here as often as it may be.
    pub fn is_used_up(&self) -> bool {
        self.changes_left == Some(0)
    }

    /// Whether only this keeps it from being moved, which the page says with the telephone.
    pub fn by_telephone(&self) -> bool {
        !self.is_unplaced && self.in_time() && self.is_used_up()
    }

    /// Whether it can still be cancelled.
    pub fn may_cancel(&self) -> bool {
        self.is_unplaced || self.now < self.cancel
    }
}

/// The deadlines of a booking.
pub(crate) fn deadlines(app: &App, booking: &Booking) -> Deadlines {
    let (rules, today) = (app.rules(), app.today());
    // A family is moved together: whoever was moved most often decides.
    let left = booking.people().filter_map(|person| person.web_changes_left(&rules, today)).min();
    // What they did not ask for themselves is none of their changes.
    let left = left.filter(|_| !booking.is_unplaced);
    let of = deadlines_of(app, booking.earliest());
    Deadlines { changes_left: left, is_unplaced: booking.is_unplaced, ..of }
}

/// The deadlines of one slot.
pub(crate) fn deadlines_of(app: &App, slot: &Slot) -> Deadlines {
    let (rules, now) = (app.rules(), app.now());
    let first = rules.bookable_days(slot.service, &slot.site, now, None).map(|window| window.first);
    let (move_away, cancel) = (rules.move_away_until(slot), rules.cancel_until(slot));
    Deadlines { move_away, cancel, first, changes_left: None, is_unplaced: false, now }
}

/// Whether the slot of a reservation has begun.
pub(crate) fn has_begun(reservation: &Reservation, now: Timestamp) -> bool {
    now >= instant_at(reservation.slot.day, reservation.slot.start.minutes())
}

/// Where the booking of a visit stands, and so which page is the right one.
pub(crate) enum Standing {
    /// Nothing is chosen yet.
    Choosing,
    /// Places are held until an instant.
    Held(Booking, Timestamp),
    /// The places are no longer held, or not all of them.
    RanOut,
    /// It is booked.
    Booked(Booking),
    /// It was cancelled.
    Cancelled(Reservation),
    /// Its day came: issued, sent away, or not come.
    Over(Booking),
    /// A card is not to be handed out, or not before the city decides: the page says to call, and nothing else.
    Call,
}

impl Opened {
    /// Where the booking stands now.
    pub(crate) fn standing(&self, now: Timestamp) -> Standing {
        let Some(reservation) = self.reservation.clone() else { return Standing::Choosing };
        if self.asks_to_call {
            return Standing::Call;
        }
        // Whoever of the family is booked is the booking, also where the one who was asked for is no more.
        if let Some(booked) = self.those(|person| person.state == State::Booked) {
            return Standing::Booked(booked);
        }
        let held = |person: &Reservation| match (person.state, person.held_until) {
            (State::Held, Some(until)) if !hold_ran_out(until, now) => Some(until),
            _ => None,
        };
        match reservation.state {
            State::Held | State::Released => {
                let until: Option<Vec<Timestamp>> =
                    self.people.iter().map(|(person, _)| held(person)).collect();
                let until = until.and_then(|until| until.into_iter().min());
                until
                    .zip(self.those(|_| true))
                    .map_or(Standing::RanOut, |(until, all)| Standing::Held(all, until))
            }
            State::Cancelled => Standing::Cancelled(reservation),
            State::Booked | State::Served | State::Unserved | State::NotCome => {
                let over = self.those(|person| person.state.takes_a_place());
                over.map_or(Standing::Cancelled(reservation), Standing::Over)
            }
        }
    }

    /// Those of the booking who are in such a state.
    fn those(&self, wanted: impl Fn(&Reservation) -> bool) -> Option<Booking> {
        let these = self.people.iter().filter(|(person, _)| wanted(person)).cloned();
        let (mut people, ends): (Vec<Reservation>, Vec<String>) = these.unzip();
        if people.is_empty() {
            return None;
        }
        let first = people.remove(0);
        Some(Booking { first, others: people, ends, is_unplaced: self.is_unplaced })
    }
}

impl Standing {
    /// Leads to the page that fits, from one that does not: after Back, a reload, or another tab.
    pub(crate) fn go_on(&self, visit: VisitId) -> Response {
        see_other(&match self {
            Self::Choosing => route::days(visit),
            // Of renewals it was said before, who comes.
            Self::Held(held, _) if held.first.card.is_none() => route::check(visit),
            Self::Held(..) => route::who(visit),
            Self::RanOut => route::check(visit),
            Self::Booked(_) => route::done(visit),
            Self::Cancelled(_) => route::cancelled(visit),
            Self::Over(_) | Self::Call => route::show(visit),
        })
    }
}
