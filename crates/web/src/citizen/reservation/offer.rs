//! Other places that are held for a booking: the citizen takes them, gives them back, or goes another way. Until one of
//! these is done nothing changes, and nothing of it is cancelled.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OfferId, OperationId, VisitId};
use domain::journal::Actor;
use domain::offer::{Reason, State as Standing};
use domain::reservation::Channel;
use jiff::Timestamp;
use store::Lane;
use store::offer::{Offer, OfferError, answer};
use store::op::{Operation, once};
use store::reservation::BookingError;

use super::show::Banner;
use crate::App;
use crate::citizen::visit::Appointment;
use crate::citizen::visit::begun::{self, Booking, deadlines, opened};
use crate::citizen::visit::done::moment;
use crate::citizen::visit::ended::{Reason as Refusal, RefusedPage};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Page, PageError, Texts, respond};

/// What is offered.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The offer.
    pub id: OfferId,
    /// Why.
    pub reason: Reason,
    /// When and where.
    pub to: Appointment,
    /// Until when the places are held.
    pub until: Timestamp,
}

impl Offered {
    /// Why it is offered, in a message.
    pub fn why(&self) -> &'static str {
        why(self.reason)
    }

    /// What it is called, in a message.
    pub fn title(&self) -> &'static str {
        title(self.reason)
    }

    /// Until when the places are held, for people.
    pub fn until(&self, texts: &Texts) -> String {
        moment(*texts, &self.until)
    }
}

/// Why other places are offered, in a message that says that nothing was cancelled.
pub(crate) fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Rules => key!("offer-why-rules"),
        Reason::Closure => key!("offer-why-closure"),
        Reason::Wish => key!("offer-why-wish"),
        Reason::Staff => key!("offer-why-staff"),
    }
}

/// What such an offer is called, in a message.
pub(crate) fn title(reason: Reason) -> &'static str {
    if reason == Reason::Wish { key!("offer-title-wish") } else { key!("offer-title") }
}

/// What a page or a mail tells of an offer.
pub(crate) fn told(app: &App, offer: &Offer) -> Option<Offered> {
    let first = offer.standing().next()?;
    let starts = offer.standing().map(|place| place.to.start).collect();
    let to = frame::appointment(app, &first.to, starts);
    Some(Offered { id: offer.id, reason: offer.reason, to, until: offer.until })
}

/// The offer of a booking that can be answered now.
pub(super) async fn open(app: &App, booking: &Booking) -> Result<Option<Offered>, PageError> {
    let (of, now) = (booking.first.id, app.now());
    let found = app.db.read(move |reader| store::offer::open_of(reader, of)).await?;
    let answerable = |offer: &Offer| offer.seen(now) == Standing::Open && offer.is_granted(&app.rules());
    Ok(found.filter(answerable).and_then(|offer| told(app, &offer)))
}

/// The page of an offer.
#[derive(Template)]
#[template(path = "citizen/reservation/offer.html")]
pub struct OfferPage {
    texts: Texts,
    layout: Layout,
    offered: Offered,
    from: Appointment,
    operation: OperationId,
    decline_operation: OperationId,
    accept_href: String,
    decline_href: String,
    back_href: String,
    move_href: Option<String>,
    cancel_href: Option<String>,
}

impl OfferPage {
    /// The question for a booking; `ways`: whether it can be moved to another time here, and whether it can be cancelled.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        offered: Offered,
        from: Appointment,
        ways: (bool, bool),
        operations: [OperationId; 2],
    ) -> Self {
        let [operation, decline_operation] = operations;
        Self {
            texts: layout.texts(),
            layout,
            offered,
            from,
            operation,
            decline_operation,
            accept_href: route::offer_accept(visit),
            decline_href: route::offer_decline(visit),
            back_href: route::show(visit),
            move_href: ways.0.then(|| route::days(visit)),
            cancel_href: ways.1.then(|| route::cancel(visit)),
        }
    }
}

impl Page for OfferPage {}

/// Shows what is offered.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        begun::Standing::Booked(booked) => booked,
        other => return Ok(other.go_on(id)),
    };
    let Some(offered) = open(&app, &booked).await? else { return Ok(see_other(&route::show(id))) };
    let from = frame::appointment(&app, &booked.first.slot, booked.starts());
    let can = deadlines(&app, &booked);
    let layout = frame::layout(&app, &asked);
    let operations = [app.operation(), app.operation()];
    let page = OfferPage::new(layout, id, offered, from, (can.may_move(), can.may_cancel()), operations);
    Ok(respond(&page))
}

const OPERATION: &str = "operation";
const OFFER: &str = "offer";

/// An answer to an offer of the booking of a visit.
struct Answer {
    visit: VisitId,
    operation: OperationId,
    offer: OfferId,
    reason: Reason,
}

/// Reads an answer. An offer of somebody else's booking is none; where the booking went on meanwhile, the visit's own page
/// answers.
async fn read(
    app: &App,
    visit: &str,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Result<Answer, Response>, PageError> {
    let form = fields.form(&[OPERATION, OFFER])?;
    let operation = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let offer: OfferId = form.typed(OFFER).parse().map_err(|_| PageError::BadRequest)?;
    let opened = opened(app, headers, visit).await?;
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        begun::Standing::Booked(booked) => booked,
        other => return Ok(Err(other.go_on(id))),
    };
    let found = app.db.read(move |reader| store::offer::find(reader, offer)).await?;
    let is_theirs =
        |offer: &Offer| offer.places.iter().any(|place| booked.person(place.reservation).is_some());
    let Some(found) = found.filter(is_theirs) else { return Err(PageError::NotFound) };
    Ok(Ok(Answer { visit: id, operation, offer, reason: found.reason }))
}

/// Moves the booking to the places that are held for it.
pub(crate) async fn accept(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let answer = match read(&app, &visit, &headers, &fields).await? {
        Ok(answer) => answer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (id, offer) = (answer.visit, answer.offer);
    let operation = Operation::new(answer.operation, &format!("accept {offer}"));
    let done = app.write_offer(Lane::Public, Actor::Citizen, move |tx, act, rules| {
        once(tx, act, &operation, |tx| answer::accept(tx, act, rules, offer, Channel::Web).map(drop))
    });
    let done = done.await;
    if done.is_ok() {
        app.availability_changed();
        app.proofs.forget(id);
        return Ok(see_other(&route::changed(id, Banner::Accepted.code())));
    }
    if let Err(OfferError::Booking(BookingError::NotBookable(_) | BookingError::Suspended)) = done {
        return Ok(respond(&RefusedPage::new(frame::layout(&app, &asked).at(route::show(id)), Refusal::Ask)));
    }
    after(&app, id, done)
}

/// Gives the places back; the booking is as it was.
pub(crate) async fn decline(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let answer = match read(&app, &visit, &headers, &fields).await? {
        Ok(answer) => answer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (id, offer) = (answer.visit, answer.offer);
    let operation = Operation::new(answer.operation, &format!("decline {offer}"));
    let done = app.write_offer(Lane::Public, Actor::Citizen, move |tx, act, _| {
        once(tx, act, &operation, |tx| answer::decline(tx, act, offer, Channel::Web))
    });
    let done = done.await;
    if done.is_ok() {
        app.availability_changed();
        let banner = if answer.reason == Reason::Wish { Banner::DeclinedWish } else { Banner::Declined };
        return Ok(see_other(&route::changed(id, banner.code())));
    }
    after(&app, id, done)
}

/// What an answer that was not taken leads to.
fn after(app: &App, id: VisitId, done: Result<(), OfferError>) -> Result<Response, PageError> {
    let banner = match done {
        Ok(()) => return Ok(see_other(&route::show(id))),
        Err(OfferError::Store(error) | OfferError::Booking(BookingError::Store(error))) => {
            return Err(error.into());
        }
        // The rules keep changing: in a moment they will stand.
        Err(OfferError::Booking(BookingError::StaleRules)) => return Err(PageError::Full),
        Err(OfferError::Reused(_) | OfferError::Booking(BookingError::Reused(_))) => {
            return Err(PageError::Conflict("the form is stale".to_owned()));
        }
        // Only of an offer that is made.
        Err(error @ (OfferError::SamePlace | OfferError::TooLong)) => return Err(PageError::internal(error)),
        // Another tab was faster with the same answer.
        Err(OfferError::Ended(Standing::Accepted)) => Banner::Accepted,
        // It ran out, somebody else answered or took it back, or the counter is closed there too by now.
        Err(OfferError::Ended(_) | OfferError::PlaceClosed | OfferError::NotFound) => Banner::OfferEnded,
        // The booking itself went on at the same moment.
        Err(OfferError::Booking(_)) => Banner::Changed,
    };
    app.availability_changed();
    Ok(see_other(&route::changed(id, banner.code())))
}
