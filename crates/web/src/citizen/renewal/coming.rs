//! Changing who comes for a renewal, until its slot begins: the same questions as before the booking. A change that would
//! take two visits is refused at the field, and the booking stays as it is.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, ReservationId, VisitId};
use domain::journal::Actor;
use domain::renewal::TwoVisits;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::{BookingError, Reservation, party};

use super::questions::{ANSWER, PINS, Questions, WHO, YES, read};
use crate::App;
use crate::citizen::reservation::show::Banner;
use crate::citizen::visit::people::Name;
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

const OPERATION: &str = "operation";

/// The page of the questions.
#[derive(Template)]
#[template(path = "citizen/renewal/coming.html")]
pub struct ComingPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    questions: Vec<Questions>,
    operation: OperationId,
    visitor_href: String,
    back_href: String,
}

impl ComingPage {
    /// The questions for a reservation; the form holds the present answers.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        reservation: ReservationId,
        name: Option<Name>,
        operation: OperationId,
        form: Form,
    ) -> Self {
        let questions = Questions::of(1).into_iter().map(|one| Questions { name: name.clone(), ..one });
        Self {
            texts: layout.texts(),
            layout: layout.with_form(&form),
            form,
            questions: questions.collect(),
            operation,
            visitor_href: route::visitor(visit, reservation),
            back_href: route::show(visit),
        }
    }
}

impl Page for ComingPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The page with what is known of a person.
pub(crate) fn show(
    app: &App,
    asked: &Asked,
    visit: VisitId,
    person: &Reservation,
    name: Option<Name>,
) -> Response {
    let mut form = Form::fresh();
    let ([who, ..], [pins, ..], [answer, ..]) = (WHO, PINS, ANSWER);
    form.fill(who, person.visitor.map_or("", |visitor| visitor.code()));
    form.fill(pins, person.pins.map_or("", |pins| pins.code()));
    if person.visitor == Some(domain::reservation::Visitor::Proxy) {
        form.fill(answer, YES);
    }
    page(app, asked, visit, person.id, name, form)
}

fn page(
    app: &App,
    asked: &Asked,
    visit: VisitId,
    of: ReservationId,
    name: Option<Name>,
    form: Form,
) -> Response {
    let layout = frame::layout(app, asked).at(route::visitor(visit, of));
    respond(&ComingPage::new(layout, visit, of, name, app.operation(), form))
}

/// Takes the answers.
pub(crate) async fn change(
    app: &App,
    asked: &Asked,
    visit: VisitId,
    of: ReservationId,
    name: Option<Name>,
    fields: &Fields,
) -> Result<Response, PageError> {
    let ([who, ..], [pins, ..], [answer, ..]) = (WHO, PINS, ANSWER);
    let mut form = fields.form(&[OPERATION, who, pins, answer])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let questions = Questions::of(1);
    let coming = match questions.first().and_then(|of| read(&mut form, of)) {
        Some(Ok(coming)) => coming,
        Some(Err(TwoVisits::NoAnswer)) => {
            form.refuse(answer, key!("error-answer"));
            return Ok(page(app, asked, visit, of, name, form));
        }
        Some(Err(TwoVisits::NoPins)) => {
            form.refuse(pins, key!("error-proxy-pins"));
            return Ok(page(app, asked, visit, of, name, form));
        }
        None => return Ok(page(app, asked, visit, of, name, form)),
    };
    let act = app.act(Actor::Citizen);
    let operation = Operation::new(operation, &format!("coming {of} {}", coming.code()));
    let done = app.db.write(Lane::Public, move |tx| {
        once(tx, &act, &operation, |tx| {
            party::set_coming(tx, &act, of, Some(coming.visitor), Some(coming.pins))
        })
    });
    match done.await {
        Ok(()) => Ok(see_other(&route::changed(visit, Banner::Visitor.code()))),
        Err(BookingError::Reused(_)) => Err(PageError::Conflict("the form is stale".to_owned())),
        Err(BookingError::Store(error)) => Err(error.into()),
        // The slot has begun, or the visitor was received: the page says what is possible now.
        Err(_) => Ok(see_other(&route::show(visit))),
    }
}
