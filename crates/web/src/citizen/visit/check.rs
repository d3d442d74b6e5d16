//! The fourth step: what was chosen, before it is confirmed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::id::{OperationId, ReservationId, VisitId};
use domain::reservation::Visitor;
use domain::time::minute_of;
use jiff::Timestamp;
use jiff::civil::Date;

use super::Appointment;
use super::begun::{Booking, Standing, opened};
use super::done::people_of;
use super::ended::ExpiredPage;
use super::people::{ListFor, Person, belongings, people, visitors_from_address};
use crate::App;
use crate::citizen::renewal::when::{EXPIRY, read_expiry};
use crate::citizen::{Layout, Venue, frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

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
    who_href: Option<String>,
    book_href: String,
    start: Option<StartCheck>,
    what: &'static str,
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
        let Chosen { reservation, appointment, people, held_until, who } = chosen;
        let (what, is_renewal) = (appointment.what(), appointment.is_renewal());
        let Appointment { day, place, .. } = appointment;
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
            who_href: (!is_renewal).then(|| route::who(visit)),
            book_href: route::book(visit),
            start: is_renewal.then(|| StartCheck::asked(visit)),
            what,
        }
    }
}

impl CheckPage {
    /// The same page after an expiry date was typed into it.
    #[must_use]
    pub fn with_start(self, start: StartCheck) -> Self {
        Self { layout: self.layout.with_form(&start.form), start: Some(start), ..self }
    }
}

impl Page for CheckPage {
    fn status(&self) -> StatusCode {
        self.start.as_ref().map_or(StatusCode::OK, |start| start.form.status())
    }
}

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
        Standing::Held(held, held_until) if held.first.card.is_none() => {
            let chosen = renewals(app, &held, held_until);
            Ok(respond(&CheckPage::new(layout.at(route::check(id)), id, chosen, app.operation())))
        }
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
        Standing::RanOut => {
            let minutes = frame::hold_minutes(app, opened.visit.service());
            Ok(respond(&ExpiredPage::new(layout, id, minutes)))
        }
        other => Ok(other.go_on(id)),
    }
}

/// What is held for renewals: who comes was said before.
fn renewals(app: &App, held: &Booking, held_until: Timestamp) -> Chosen {
    Chosen {
        reservation: held.first.id,
        appointment: frame::appointment(app, &held.first.slot, held.starts()),
        people: people_of(held),
        held_until,
        who: String::new(),
    }
}

/// Tells whether the chosen day lies in the period of renewal of an expiry date that is typed. Nothing of it is kept.
pub(crate) async fn when(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&EXPIRY)?;
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Held(held, held_until) if held.first.card.is_none() => {
            let first = read_expiry(&mut form);
            let answer = first.map(|first| (first, held.first.slot.day < first));
            let layout = frame::layout(&app, &asked).at(route::check(id));
            let page = CheckPage::new(layout, id, renewals(&app, &held, held_until), app.operation());
            Ok(respond(&page.with_start(StartCheck { form, answer, href: route::check_when(id) })))
        }
        other => Ok(other.go_on(id)),
    }
}

/// The question from when on can be renewed, beside the day that was chosen.
pub struct StartCheck {
    form: Form,
    /// The first day of renewal, and whether the chosen day is before it.
    answer: Option<(Date, bool)>,
    href: String,
}

impl StartCheck {
    /// The question before anything was typed.
    fn asked(visit: VisitId) -> Self {
        Self { form: Form::fresh(), answer: None, href: route::check_when(visit) }
    }

    /// The question with an answer, for a sample.
    pub fn answered(visit: VisitId, first: Date, too_early: bool) -> Self {
        Self { answer: Some((first, too_early)), ..Self::asked(visit) }
    }
}
