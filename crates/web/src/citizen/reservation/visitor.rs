//! Changing who comes for a card, until its slot begins.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::id::{OperationId, ReservationId, VisitId};
use domain::journal::Actor;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;

use super::show::Banner;
use crate::App;
use crate::citizen::renewal::coming;
use crate::citizen::visit::begun::{Booking, Standing, has_begun, opened};
use crate::citizen::visit::people::Name;
use crate::citizen::visit::who::{Question, WHO, answer};
use crate::citizen::{Layout, frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

/// The page of the question.
#[derive(Template)]
#[template(path = "citizen/reservation/visitor.html")]
pub struct VisitorPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    questions: Vec<Question>,
    operation: OperationId,
    visitor_href: String,
    back_href: String,
}

impl VisitorPage {
    /// The question for a reservation; the form holds the present answer.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        reservation: ReservationId,
        name: Option<Name>,
        operation: OperationId,
        form: Form,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout: layout.with_form(&form),
            form,
            questions: Question::of(1, name.as_slice()),
            operation,
            visitor_href: route::visitor(visit, reservation),
            back_href: route::show(visit),
        }
    }
}

impl Page for VisitorPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks who comes.
pub(crate) async fn show(
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
    let Some(person) = booked.person(of).filter(|person| !has_begun(person, app.now())) else {
        return Ok(see_other(&route::show(id)));
    };
    if person.card.is_none() {
        return Ok(coming::show(&app, &asked, id, person, name_of(&booked, of)));
    }
    let mut form = Form::fresh();
    let [who, ..] = WHO;
    form.fill(who, person.visitor.map_or("", |visitor| visitor.code()));
    Ok(page(&app, &asked, id, &booked, of, form))
}

fn page(
    app: &App,
    asked: &Asked,
    visit: VisitId,
    booked: &Booking,
    of: ReservationId,
    form: Form,
) -> Response {
    let name = name_of(booked, of);
    let layout = frame::layout(app, asked).at(route::visitor(visit, of));
    respond(&VisitorPage::new(layout, visit, of, name, app.operation(), form))
}

/// What tells one of a family from the others.
fn name_of(booked: &Booking, of: ReservationId) -> Option<Name> {
    let mut names = booked.people().map(|person| person.id).zip(booked.names());
    names.find(|(id, _)| *id == of).map(|(_, name)| name)
}

const OPERATION: &str = "operation";

/// Takes the answer.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Path((visit, reservation)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let [who, ..] = WHO;
    let mut form = fields.form(&[OPERATION, who])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let of: ReservationId = reservation.parse().map_err(|_| PageError::NotFound)?;
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        Standing::Booked(booked) if booked.person(of).is_some() => booked,
        Standing::Booked(_) => return Ok(see_other(&route::changed(id, Banner::Changed.code()))),
        other => return Ok(other.go_on(id)),
    };
    if booked.first.card.is_none() {
        return coming::change(&app, &asked, id, of, name_of(&booked, of), &fields).await;
    }
    let Some(visitor) = answer(&mut form, who) else {
        return Ok(page(&app, &asked, id, &booked, of, form));
    };
    let act = app.act(Actor::Citizen);
    let operation = Operation::new(operation, &format!("visitor {of} {visitor}"));
    let done = app.db.write(Lane::Public, move |tx| {
        once(tx, &act, &operation, |tx| store::reservation::party::set_visitor(tx, &act, of, Some(visitor)))
    });
    match done.await {
        Ok(()) => Ok(see_other(&route::changed(id, Banner::Visitor.code()))),
        Err(BookingError::Reused(_)) => Err(PageError::Conflict("the form is stale".to_owned())),
        Err(BookingError::Store(error)) => Err(error.into()),
        // The slot has begun, or the visitor was received: the page says what is possible now.
        Err(_) => Ok(see_other(&route::show(id))),
    }
}
