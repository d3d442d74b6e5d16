//! A visit that has begun: its cookie, the one way into its pages, and where its reservation stands.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use data_encoding::BASE32_NOPAD;
use domain::id::{CardId, ReservationId, VisitId};
use domain::journal::Actor;
use domain::reservation::{State, hold_ran_out};
use domain::time::instant_at;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::Lane;
use store::reservation::Reservation;
use store::visit::{LIFE, Visit};
use subtle::ConstantTimeEq;

use super::proof::Proven;
use crate::App;
use crate::citizen::route;
use crate::kit::cookie::{self, Cookie, SameSite};
use crate::kit::page::see_other;
use crate::kit::{Asked, PageError};

/// The cookie of a visit. Its path is the visit's own, so two tabs are two visits.
const COOKIE: &str = "__Secure-visit";

/// Begins a visit for a card that was proven and leads to its first page.
pub(crate) async fn begin(
    app: &App,
    asked: &Asked,
    card: CardId,
    reservation: Option<ReservationId>,
) -> Result<Response, PageError> {
    let mut bits = [0; 32];
    app.chance.fill(&mut bits);
    let secret = BASE32_NOPAD.encode(&bits);
    let (act, hash, language) = (app.act(Actor::Citizen), hash(&secret), asked.language.code());
    let visit = app
        .db
        .write(Lane::Public, move |tx| store::visit::begin(tx, &act, &hash, language, card, reservation))
        .await?;
    let first = if reservation.is_some() { route::show(visit) } else { route::days(visit) };
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

/// A visit with the reservation it makes or looks at.
pub(crate) struct Opened {
    /// The visit.
    pub(crate) visit: Visit,
    reservation: Option<Reservation>,
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
    let now = app.now();
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
            Ok(Some(Opened { visit, reservation }))
        })
        .await?;
    let opened = opened.ok_or(PageError::VisitEnded)?;
    app.proofs.remember(&opened.visit, now);
    Ok(opened)
}

/// The visit that an address names, and the hash of the secret in its cookie.
fn claim(headers: &HeaderMap, visit: &str) -> Result<(VisitId, [u8; 32]), PageError> {
    let id = visit.parse().map_err(|_| PageError::NotFound)?;
    let secret = cookie::read(headers, COOKIE).map(hash).ok_or(PageError::VisitEnded)?;
    Ok((id, secret))
}

/// Whether the slot of a reservation has begun; from then on it cannot be cancelled here.
pub(crate) fn has_begun(reservation: &Reservation, now: Timestamp) -> bool {
    now >= instant_at(reservation.slot.day, reservation.slot.start.minutes())
}

/// Where the reservation of a visit stands, and so which page is the right one.
pub(crate) enum Standing {
    /// Nothing is chosen yet.
    Choosing,
    /// A place is held until an instant.
    Held(Reservation, Timestamp),
    /// The place is no longer held.
    RanOut,
    /// It is booked.
    Booked(Reservation),
    /// It was cancelled.
    Cancelled(Reservation),
    /// Its day came: issued, sent away, or not come.
    Over(Reservation),
}

impl Opened {
    /// Where the reservation stands now.
    pub(crate) fn standing(&self, now: Timestamp) -> Standing {
        let Some(reservation) = self.reservation.clone() else { return Standing::Choosing };
        match (reservation.state, reservation.held_until) {
            (State::Held, Some(until)) if !hold_ran_out(until, now) => Standing::Held(reservation, until),
            (State::Held | State::Released, _) => Standing::RanOut,
            (State::Booked, _) => Standing::Booked(reservation),
            (State::Cancelled, _) => Standing::Cancelled(reservation),
            (State::Served | State::Unserved | State::NotCome, _) => Standing::Over(reservation),
        }
    }
}

impl Standing {
    /// Leads to the page that fits, from one that does not: after Back, a reload, or another tab.
    pub(crate) fn go_on(&self, visit: VisitId) -> Response {
        see_other(&match self {
            Self::Choosing => route::days(visit),
            Self::Held(..) | Self::RanOut => route::check(visit),
            Self::Booked(_) => route::done(visit),
            Self::Cancelled(_) => route::cancelled(visit),
            Self::Over(_) => route::show(visit),
        })
    }
}
