//! Adding a card of the family to a booking, with its own key: at a time of the booking, or directly after or before.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::id::{OperationId, VisitId};
use domain::journal::Actor;
use domain::reservation::Channel;
use domain::service::Service;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::reservation::party::Addition;

use super::show::{Banner, may_add};
use crate::App;
use crate::citizen::attempt::Caller;
use crate::citizen::visit::Appointment;
use crate::citizen::visit::begun::{Booking, Standing, opened};
use crate::citizen::visit::ended::Reason;
use crate::citizen::visit::family::{Obstacle, end_of, proved};
use crate::citizen::visit::key::{NUMBER, by_telephone};
use crate::citizen::visit::who::{Question, WHO, answer};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

/// Why nobody was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The card whose key ends so cannot be booked.
    Card(String, Obstacle),
    /// There is no place at the times of the booking, nor directly after or before.
    NoPlace,
}

/// The page that asks for the key.
#[derive(Template)]
#[template(path = "citizen/reservation/add.html")]
pub struct AddPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    appointment: Appointment,
    questions: Vec<Question>,
    problem: Option<Problem>,
    operation: OperationId,
    add_href: String,
    back_href: String,
}

impl AddPage {
    /// The question for a booking, and what went wrong.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        appointment: Appointment,
        problem: Option<Problem>,
        operation: OperationId,
        form: Form,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout: layout.with_form(&form),
            form,
            appointment,
            questions: Question::of(1, &[]),
            problem,
            operation,
            add_href: route::add(visit),
            back_href: route::show(visit),
        }
    }
}

impl Page for AddPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for the key of another card.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(booked) if may_add(&app, &booked) => {
            Ok(page(&app, &asked, id, &booked, None, Form::fresh()))
        }
        Standing::Booked(_) => Ok(see_other(&route::show(id))),
        other => Ok(other.go_on(id)),
    }
}

fn page(
    app: &App,
    asked: &Asked,
    visit: VisitId,
    booked: &Booking,
    problem: Option<Problem>,
    form: Form,
) -> Response {
    let layout = frame::layout(app, asked).at(route::add(visit));
    let appointment = frame::appointment(app, &booked.first.slot, booked.starts());
    respond(&AddPage::new(layout, visit, appointment, problem, app.operation(), form))
}

const OPERATION: &str = "operation";

/// Proves the key and adds its card.
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let [who, ..] = WHO;
    let mut form = fields.form(&[OPERATION, NUMBER, who])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        Standing::Booked(booked) => booked,
        other => return Ok(other.go_on(id)),
    };
    let proven = proved(&app, caller, &mut form).await?;
    let visitor = answer(&mut form, who);
    let (Some((card, live)), Some(visitor)) = (proven, visitor) else {
        return Ok(page(&app, &asked, id, &booked, None, form));
    };
    // Sent twice: the card is in this booking already, or came into it since the booking was read above.
    if live.as_ref().is_some_and(|live| booked.has(live)) {
        return Ok(see_other(&route::changed(id, Banner::Added.code())));
    }
    if !may_add(&app, &booked) {
        return Ok(see_other(&route::changed(id, Banner::Changed.code())));
    }
    let posted =
        card.posted_on.and_then(|day| app.rules().opens_from(Service::Issuance, &app.settings.site, day));
    let by_telephone = by_telephone(&app, &card).await?.map(Obstacle::Refused);
    let obstacle = Obstacle::of(&card, live.as_ref())
        .or(by_telephone)
        .or_else(|| posted.is_some_and(|first| booked.first.slot.day < first).then_some(EARLY));
    if let Some(obstacle) = obstacle {
        let problem = Problem::Card(end_of(&app, &card)?, obstacle);
        return Ok(page(&app, &asked, id, &booked, Some(problem), form));
    }
    let (to, keys) = (booked.first.id, app.keys.clone());
    let addition = Addition {
        card: card.id,
        channel: Channel::Web,
        language: asked.language.code().to_owned(),
        visitor: Some(visitor),
    };
    let operation = Operation::new(operation, &format!("add {to} {} {visitor}", card.id));
    let done = app.write_with_rules(Lane::Public, Actor::Citizen, move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            store::reservation::party::add(tx, act, &keys, rules, to, &addition).map(drop)
        })
    });
    match done.await {
        Ok(()) => {
            app.availability_changed();
            app.proofs.forget(id);
            Ok(see_other(&route::changed(id, Banner::Added.code())))
        }
        Err(BookingError::Full) => {
            app.availability_changed();
            Ok(page(&app, &asked, id, &booked, Some(Problem::NoPlace), form))
        }
        Err(BookingError::StaleRules) => Err(PageError::Full),
        Err(BookingError::Reused(_)) => Err(PageError::Conflict("the form is stale".to_owned())),
        Err(BookingError::Store(error)) => Err(error.into()),
        // The booking or the card went on at the same moment: the page says how it stands now.
        Err(_) => Ok(see_other(&route::changed(id, Banner::Changed.code()))),
    }
}

/// The notice of the card was posted too late for the day of the booking.
const EARLY: Obstacle = Obstacle::Refused(Reason::Early);

impl AddPage {
    fn problem_text(&self) -> Option<String> {
        Some(match self.problem.as_ref()? {
            Problem::Card(end, obstacle) => self.texts.with(obstacle.key(), "end", end),
            Problem::NoPlace => self.texts.get(key!("add-no-place")).into_owned(),
        })
    }
}
