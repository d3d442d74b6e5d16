//! Taking one card out of a family's booking: asked once more, then cancelled alone. The others keep their places.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId, VisitId};
use domain::journal::Actor;
use domain::reservation::Channel;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;

use super::show::Banner;
use crate::App;
use crate::citizen::visit::Appointment;
use crate::citizen::visit::begun::{Standing, deadlines_of, opened};
use crate::citizen::visit::done::people_of;
use crate::citizen::visit::people::Person;
use crate::citizen::{Layout, frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Page, PageError, Texts, respond};

/// The page that asks once more.
#[derive(Template)]
#[template(path = "citizen/reservation/take_out.html")]
pub struct TakeOutPage {
    texts: Texts,
    layout: Layout,
    person: Person,
    appointment: Appointment,
    operation: OperationId,
    take_out_href: String,
    back_href: String,
}

impl TakeOutPage {
    /// The question for one person of a booking.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        reservation: ReservationId,
        person: Person,
        appointment: Appointment,
        operation: OperationId,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout,
            person,
            appointment,
            operation,
            take_out_href: route::take_out(visit, reservation),
            back_href: route::show(visit),
        }
    }
}

impl Page for TakeOutPage {}

/// Asks once more.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Path((visit, reservation)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let of: ReservationId = reservation.parse().map_err(|_| PageError::NotFound)?;
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        Standing::Booked(booked) => booked,
        other => return Ok(other.go_on(id)),
    };
    let mut people = booked.people().zip(people_of(&booked));
    match people.find(|(reservation, _)| reservation.id == of) {
        Some((reservation, person))
            if booked.is_unplaced || deadlines_of(&app, &reservation.slot).may_cancel() =>
        {
            let layout = frame::layout(&app, &asked);
            let appointment = frame::appointment(&app, &reservation.slot, vec![person.start]);
            Ok(respond(&TakeOutPage::new(layout, id, of, person, appointment, app.operation())))
        }
        _ => Ok(see_other(&route::show(id))),
    }
}

const OPERATION: &str = "operation";

/// Takes the card out, until its deadline.
pub(crate) async fn take_out(
    State(app): State<Arc<App>>,
    Path((visit, reservation)): Path<(String, String)>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let of: ReservationId = reservation.parse().map_err(|_| PageError::NotFound)?;
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        Standing::Booked(booked) => booked,
        other => return Ok(other.go_on(id)),
    };
    let Some(person) = booked.person(of) else {
        // Pressed twice: it is out already.
        return Ok(see_other(&route::changed(id, Banner::TakenOut.code())));
    };
    if !booked.is_unplaced && !deadlines_of(&app, &person.slot).may_cancel() {
        return Ok(see_other(&route::changed(id, Banner::NotCancelled.code())));
    }
    let (act, rules) = (app.act(Actor::Citizen), app.rules());
    let operation = Operation::new(operation, &format!("take out {of}"));
    let done = app.db.write(Lane::Public, move |tx| {
        once(tx, &act, &operation, |tx| {
            store::reservation::cancel(tx, &act, &rules, of, Channel::Web).map(drop)
        })
    });
    match done.await {
        Ok(()) => {
            app.availability_shifted(&person.slot, false);
            app.proofs.forget(id);
            Ok(see_other(&route::changed(id, Banner::TakenOut.code())))
        }
        Err(BookingError::Store(error)) => Err(error.into()),
        // Received, or ended by somebody else at the same moment: the page says how it stands now.
        Err(_) => Ok(see_other(&route::changed(id, Banner::NotCancelled.code()))),
    }
}
