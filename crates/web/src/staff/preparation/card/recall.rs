//! 引抜き指示: the city wants a card back. The page says what ends with it before anything is done; later the card goes
//! to a named person of the city.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::reservation::State as Booking;
use domain::time::month_day_ja;
use store::Lane;
use store::card::StepError;
use store::journal::View;
use store::op::{Operation, once};
use store::recall::RecallError;

use super::show;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};
use crate::staff::wording::control;
use crate::staff::{Layout, Task};

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/card/recall.html")]
pub(crate) struct RecallPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) by_paper: bool,
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) place: String,
    /// The reservation that ends with it.
    pub(crate) reservation: Option<String>,
    /// Whether the card can be recalled as it is now.
    pub(crate) fits: bool,
    pub(crate) operation: OperationId,
}

impl Page for RecallPage {
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
        Ok::<_, store::Error>(Some((card, store::reservation::live_of(reader, id)?)))
    });
    let (card, live) = found.await?.ok_or(PageError::NotFound)?;
    let view = View { screen: "recall", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout("市の引抜き指示").within(Task::Storage);
    layout.refused = form.is_refused();
    let fits = store::recall::fits(&card);
    let booked = live.filter(|live| live.state == Booking::Booked);
    Ok(respond(&RecallPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        by_paper: signed.city_record() == CityRecord::Paper,
        id,
        control: control(card.control_number),
        place: card.place_name,
        reservation: booked.map(|live| format!("{} {}", month_day_ja(live.slot.day), live.slot.start)),
        fits,
        operation: app.operation(),
    }))
}

/// Writes the recall down.
pub(crate) async fn recall(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let Some((person, record)) = field::city(&mut form, &signed) else {
        return page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("recall {id} {person}"));
    // Rules that changed between loading and writing are loaded once more.
    let mut done = Err(RecallError::StaleRules);
    for _ in 0..3 {
        let (act, rules) = (app.act(signed.actor()), app.rules());
        let (person, operation) = (person.clone(), operation.clone());
        done = app
            .db
            .write(Lane::Staff, move |tx| {
                once(tx, &act, &operation, |tx| {
                    store::recall::recall(tx, &act, &rules, id, &person, record).map(drop)
                })
            })
            .await;
        if done != Err(RecallError::StaleRules) {
            break;
        }
        app.reload_rules().await?;
    }
    match done {
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

/// A recalled card went to the city.
pub(crate) async fn pass(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let Some((person, record)) = field::city(&mut form, &signed) else {
        return show::page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("pass the recalled card {id} {person}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::recall::pass(tx, &act, id, &person, record))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&route::card(id))),
        Err(error) => Err(PageError::Conflict(sentence(error)?)),
    }
}

/// What a refusal means; what is no matter of the person is an error page.
fn sentence(error: RecallError) -> Result<String, PageError> {
    Ok(match error {
        RecallError::Already => "このカードの引抜き指示は、ほかの人が先に記録しました。".to_owned(),
        RecallError::NotHere(place) => format!(
            "このカードはいま「{}」にあり、ここからは引き抜けません。カードの場所を確かめてください。",
            place.label()
        ),
        RecallError::Received => {
            "このカードの来庁者を受け付けています。窓口の受付を、持ち帰りまたは途中退出にしてから記録してください。"
                .to_owned()
        }
        RecallError::DayOpen(day) => format!(
            "{}の予約の結果がまだ記録されていません。その日を締めてから記録してください。",
            month_day_ja(day)
        ),
        RecallError::Step(StepError::WrongStage(_)) => {
            "このカードは交付済か、すでに終了しています。".to_owned()
        }
        RecallError::Step(StepError::NoCard) => return Err(PageError::NotFound),
        RecallError::Step(StepError::Changed) => {
            "同時にほかの人がカードを動かしました。カードの場所を確かめてやり直してください。".to_owned()
        }
        RecallError::StaleRules => "予約枠の規則が変わったところです。もう一度押してください。".to_owned(),
        RecallError::Reused(_) => return Err(field::stale()),
        RecallError::Store(error) | RecallError::Step(StepError::Store(error)) => return Err(error.into()),
        other => return Err(PageError::internal(other)),
    })
}
