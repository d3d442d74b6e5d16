//! The fourth step: what was chosen, before it is confirmed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId, VisitId};
use domain::reservation::Visitor;
use domain::time::minute_of;
use jiff::Timestamp;
use jiff::civil::Date;

use super::Appointment;
use super::begun::{Standing, opened};
use super::ended::ExpiredPage;
use super::people::{ListFor, Person, belongings, people, visitors_from_address};
use crate::App;
use crate::citizen::{Layout, Venue, frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Page, PageError, Texts, respond};

/// The page that shows what was chosen, with a way to change each part.
#[derive(Template)]
#[template(path = "citizen/visit/check.html")]
pub struct CheckPage {
    texts: Texts,
    layout: Layout,
    day: Date,
    place: Venue,
    held_until_minute: u16,
    people: Vec<Person>,
    lists: Vec<ListFor>,
    operation: OperationId,
    reservation: ReservationId,
    who: String,
    days_href: String,
    times_href: String,
    who_href: String,
    book_href: String,
}

/// What is held: the first of the reservations, when and where, and who comes.
pub struct Chosen {
    /// The first reservation.
    pub reservation: ReservationId,
    /// When and where.
    pub appointment: Appointment,
    /// The people.
    pub people: Vec<Person>,
    /// Until when the places are held.
    pub held_until: Timestamp,
    /// Who comes for each, as in the address.
    pub who: String,
}

impl CheckPage {
    /// The page for places that are held.
    pub fn new(layout: Layout, visit: VisitId, chosen: Chosen, operation: OperationId) -> Self {
        let Chosen { reservation, appointment: Appointment { day, place, .. }, people, held_until, who } =
            chosen;
        Self {
            texts: layout.texts(),
            layout,
            day,
            place,
            held_until_minute: minute_of(held_until),
            lists: belongings(&people),
            people,
            operation,
            reservation,
            who,
            days_href: route::days(visit),
            times_href: route::times(visit, day),
            who_href: route::who(visit),
            book_href: route::book(visit),
        }
    }
}

impl Page for CheckPage {}

/// Shows what was chosen while it is held; who comes is asked first.
pub(crate) async fn unanswered(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    page(&app, &asked, &headers, &visit, "").await
}

/// Shows what was chosen while it is held.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path((visit, who)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    page(&app, &asked, &headers, &visit, &who).await
}

async fn page(
    app: &App,
    asked: &Asked,
    headers: &HeaderMap,
    visit: &str,
    who: &str,
) -> Result<Response, PageError> {
    let opened = opened(app, headers, visit).await?;
    let id = opened.visit.id;
    let layout = frame::layout(app, asked);
    match opened.standing(app.now()) {
        Standing::Held(held, held_until) => {
            let Some(visitors) = visitors_from_address(who, held.count()) else {
                return Ok(see_other(&route::who(id)));
            };
            let visitors: Vec<Option<Visitor>> = visitors.into_iter().map(Some).collect();
            let chosen = Chosen {
                reservation: held.first.id,
                appointment: frame::appointment(app, &held.first.slot, held.starts()),
                people: people(&held.starts(), &held.names(), &visitors),
                held_until,
                who: who.to_owned(),
            };
            Ok(respond(&CheckPage::new(layout, id, chosen, app.operation())))
        }
        Standing::RanOut => Ok(respond(&ExpiredPage::new(layout, id, frame::hold_minutes(app)))),
        other => Ok(other.go_on(id)),
    }
}
