//! 保留: what the city decided of a card that waited for it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, OperationId, RecallId};
use domain::journal::{CityRecord, Subject};
use domain::recall::{Decision, State as Recalled};
use domain::reservation::State as Booking;
use domain::time::month_day_ja;
use store::journal::View;
use store::op::{Operation, once};

use super::recall::sentence;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};
use crate::staff::wording::control;
use crate::staff::{Layout, Task};

/// The field of the decision.
const DECISION: &str = "decision";
/// The field of what was shown.
const RECALL: &str = "recall";

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/card/decide.html")]
pub(crate) struct DecidePage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) by_paper: bool,
    pub(crate) id: CardId,
    /// The recall that waits; none: nothing does any more.
    pub(crate) recall: Option<RecallId>,
    pub(crate) control: String,
    pub(crate) cause: String,
    pub(crate) place: String,
    pub(crate) reservation: Option<String>,
    pub(crate) operation: OperationId,
}

impl DecidePage {
    fn is(&self, decision: Decision) -> bool {
        self.form.typed(DECISION) == decision.code()
    }
}

impl Page for DecidePage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
        let open = store::recall::open_of(reader, id)?;
        Ok::<_, store::Error>(Some((card, open, store::reservation::live_of(reader, id)?)))
    });
    let (card, open, live) = found.await?.ok_or(PageError::NotFound)?;
    let view = View { screen: "recall", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout("保留のカードの市の判断").within(Task::Storage);
    layout.refused = form.is_refused();
    let open = open.filter(|open| open.state == Recalled::Suspended);
    let booked = live.filter(|live| live.state == Booking::Booked);
    Ok(respond(&DecidePage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        by_paper: signed.city_record() == CityRecord::Paper,
        id,
        recall: open.map(|open| open.id),
        control: control(card.control_number),
        cause: open
            .map(|open| format!("{}（{}）", open.cause.label(), open.source.label()))
            .unwrap_or_default(),
        place: card.place_name,
        reservation: booked.map(|live| format!("{} {}", month_day_ja(live.slot.day), live.slot.start)),
        operation: app.operation(),
    }))
}

/// Writes down what the city decided.
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, RECALL, DECISION, PERSON, PAPER])?;
    let recall: RecallId = form.typed(RECALL).parse().map_err(|_| PageError::BadRequest)?;
    let operation = field::operation(&form)?;
    let decision: Option<Decision> = form.typed(DECISION).parse().ok();
    if decision.is_none() {
        form.refuse_ja(DECISION, "市が決めたことを選んでください。".to_owned());
    }
    let (Some((person, record)), Some(decision)) = (field::city(&mut form, &signed), decision) else {
        return page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("decide {recall} {decision} {person}"));
    let done = app.write_recall(signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            store::recall::decide(tx, act, rules, recall, decision, (&person, record)).map(drop)
        })
    });
    match done.await {
        Ok(()) => {
            app.availability_changed();
            Ok(see_other(&route::card(id)))
        }
        Err(error) => {
            let problem = sentence(error)?;
            page(&app, &signed, id, form, Some(problem)).await
        }
    }
}
