//! Cancelling: asked once more, then done.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId, VisitId};
use domain::journal::{Actor, Slot};
use domain::reservation::Channel;
use domain::service::Service;
use domain::time::Start;
use jiff::civil::Date;

use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::reservation::shown::unchanged;

use super::show::{self, Banner};
use crate::App;
use crate::citizen::visit::Appointment;
use crate::citizen::visit::begun::{Standing, deadlines, opened, read_versions};
use crate::citizen::{Layout, frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Page, PageError, Texts, respond};

/// The page that asks once more.
#[derive(Template)]
#[template(path = "citizen/reservation/cancel.html")]
pub struct CancelPage {
    texts: Texts,
    layout: Layout,
    appointment: Appointment,
    operation: OperationId,
    reservation: ReservationId,
    versions: String,
    people: usize,
    back_href: String,
    cancel_href: String,
}

impl CancelPage {
    /// The question for a reservation.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        reservation: ReservationId,
        appointment: Appointment,
        operation: OperationId,
        versions: String,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout,
            people: appointment.people(),
            appointment,
            operation,
            reservation,
            versions,
            back_href: route::show(visit),
            cancel_href: route::cancel(visit),
        }
    }
}

impl Page for CancelPage {}

/// Asks once more.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(booked) if deadlines(&app, &booked).may_cancel() => {
            let appointment = frame::appointment(&app, &booked.first.slot, booked.starts());
            let layout = frame::layout(&app, &asked);
            Ok(respond(&CancelPage::new(
                layout,
                id,
                booked.first.id,
                appointment,
                app.operation(),
                booked.versions(),
            )))
        }
        Standing::Booked(_) => Ok(see_other(&route::show(id))),
        other => Ok(other.go_on(id)),
    }
}

const OPERATION: &str = "operation";
const RESERVATION: &str = "reservation";
const VERSIONS: &str = "versions";
const PEOPLE: &str = "people";

/// Cancels the whole booking as it was shown, until its deadline.
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION, RESERVATION, VERSIONS, PEOPLE])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let shown: ReservationId = form.typed(RESERVATION).parse().map_err(|_| PageError::BadRequest)?;
    let versions = read_versions(form.typed(VERSIONS))?;
    let people: usize = form.typed(PEOPLE).parse().map_err(|_| PageError::BadRequest)?;
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        // The visit went on to another reservation in the meantime: what is cancelled is what was shown.
        Standing::Booked(booked) if booked.person(shown).is_some() => booked,
        other => return Ok(other.go_on(id)),
    };
    if !deadlines(&app, &booked).may_cancel() {
        return show::page(&app, &asked, id, &booked, Some(Banner::NotCancelled)).await;
    }
    let (act, rules) = (app.act(Actor::Citizen), app.rules());
    let operation = Operation::new(operation, &format!("cancel {shown} {people}"));
    let done = app
        .db
        .write(Lane::Public, move |tx| {
            once(tx, &act, &operation, |tx| {
                unchanged(tx, shown, &versions)?;
                store::reservation::party::cancel_all(tx, &act, &rules, shown, people, Channel::Web)
            })
        })
        .await;
    match done {
        Ok(()) => {
            booked.people().for_each(|person| app.availability_shifted(&person.slot, false));
            app.proofs.forget(id);
            Ok(see_other(&route::cancelled(id)))
        }
        Err(BookingError::Store(error)) => Err(error.into()),
        Err(BookingError::AnotherParty | BookingError::ChangedSince) => {
            Ok(see_other(&route::changed(id, Banner::Changed.code())))
        }
        // Somebody else ended it at the same moment: the page says how it stands now.
        Err(_) => Ok(see_other(&route::show(id))),
    }
}

/// The page after it was cancelled.
#[derive(Template)]
#[template(path = "citizen/reservation/cancelled.html")]
pub struct CancelledPage {
    texts: Texts,
    layout: Layout,
    is_renewal: bool,
    day: Date,
    start: Start,
}

impl CancelledPage {
    /// Says what was cancelled.
    pub fn new(layout: Layout, service: Service, day: Date, start: Start) -> Self {
        Self { texts: layout.texts(), layout, is_renewal: service == Service::Renewal, day, start }
    }
}

impl Page for CancelledPage {}

/// Says that it was cancelled.
pub(crate) async fn cancelled(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    match opened.standing(app.now()) {
        Standing::Cancelled(reservation) => {
            let Slot { service, day, start, .. } = reservation.slot;
            Ok(respond(&CancelledPage::new(frame::layout(&app, &asked), service, day, start)))
        }
        other => Ok(other.go_on(opened.visit.id)),
    }
}
