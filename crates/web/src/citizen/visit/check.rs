//! The fourth step: what was chosen, before it is confirmed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId, VisitId};
use domain::time::{Start, minute_of};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Appointment;
use super::begun::{Standing, opened};
use super::ended::ExpiredPage;
use crate::App;
use crate::citizen::belongings::{self, Belongings};
use crate::citizen::{Layout, Venue, frame, route};
use crate::kit::{Asked, Page, PageError, Texts, respond};

/// The page that shows what was chosen, with a way to change each part.
#[derive(Template)]
#[template(path = "citizen/visit/check.html")]
pub struct CheckPage {
    texts: Texts,
    layout: Layout,
    day: Date,
    start: Start,
    place: Venue,
    held_until_minute: u16,
    belongings: Belongings,
    operation: OperationId,
    reservation: ReservationId,
    days_href: String,
    times_href: String,
    book_href: String,
}

impl CheckPage {
    /// The page for a place held until an instant.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        reservation: ReservationId,
        appointment: Appointment,
        held_until: Timestamp,
        belongings: Belongings,
        operation: OperationId,
    ) -> Self {
        let Appointment { day, start, place } = appointment;
        Self {
            texts: layout.texts(),
            layout,
            day,
            start,
            place,
            held_until_minute: minute_of(held_until),
            belongings,
            operation,
            reservation,
            days_href: route::days(visit),
            times_href: route::times(visit, day),
            book_href: route::book(visit),
        }
    }
}

impl Page for CheckPage {}

/// Shows what was chosen while it is held.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let layout = frame::layout(&app, &asked);
    match opened.standing(app.now()) {
        Standing::Held(held, until) => {
            let appointment = frame::appointment(&app, &held.slot);
            let (belongings, operation) = (belongings::ISSUANCE, app.operation());
            Ok(respond(&CheckPage::new(layout, id, held.id, appointment, until, belongings, operation)))
        }
        Standing::RanOut => Ok(respond(&ExpiredPage::new(layout, id, frame::hold_minutes(&app)))),
        other => Ok(other.go_on(id)),
    }
}
