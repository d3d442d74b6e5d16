//! An incident is opened: what is wrong with the card, and who of the city was told, when.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, ConsignmentId, OperationId};
use domain::incident::Kind;
use domain::journal::Subject;
use domain::stocktaking::Reason;
use domain::time::minute_of;
use jiff::civil::Date;
use store::Lane;
use store::card::StepError;
use store::incident::{IncidentError, Opening};
use store::journal::View;
use store::op::{Operation, once};
use store::stocktaking::count::InBox;
use store::stocktaking::difference::{ExplainError, explain};
use store::{Act, Tx};

use super::show::told;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::preparation::stocktaking::box_href;
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

/// What is wrong.
pub(crate) const KIND: &str = "what";
/// When the city was told.
pub(crate) const TOLD: &str = "told";
/// The city is told later.
pub(crate) const LATER: &str = "later";
/// The close from which the person came.
pub(crate) const CLOSE: &str = "close";
/// The pull from which the person came: nobody finds a card that is to be taken out.
pub(crate) const PULL: &str = "pull";
/// The stock-taking from which the person came, and its box: nobody finds a card that was expected in it.
pub(crate) const COUNTED: &str = "counted";

/// The consignment from whose desk the person came: a card of its list is not in the box.
pub(crate) const DESK: &str = "desk";

/// The form.
#[derive(Template)]
#[template(path = "staff/counter/incident/open.html")]
pub(crate) struct OpenPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) card_href: String,
    pub(crate) place: String,
    pub(crate) kinds: &'static [Kind],
    /// Within how many minutes the city is told.
    pub(crate) within: u16,
    pub(crate) operation: OperationId,
}

impl Page for OpenPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// From which close or pull the person comes, if from one.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Came {
    #[serde(default)]
    close: String,
    #[serde(default)]
    pull: String,
    #[serde(default)]
    stocktaking: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    desk: String,
}

/// Shows the form for a card.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(came): Query<Came>,
    signed: Signed,
) -> Result<Response, PageError> {
    let mut form = Form::fresh();
    form.fill(TOLD, wording::minute(minute_of(app.now())));
    // An address that somebody changed by hand leads back nowhere; what it says decides nothing else.
    let day = |text: &str| text.parse::<Date>().map(|day| day.to_string()).unwrap_or_default();
    form.fill(CLOSE, day(&came.close));
    form.fill(PULL, day(&came.pull));
    form.fill(DESK, came.desk.parse::<ConsignmentId>().map(|id| id.to_string()).unwrap_or_default());
    let counted = format!("{}.{}", came.stocktaking, came.place);
    if in_box(&counted).is_some() {
        form.fill(COUNTED, counted);
    }
    if [PULL, COUNTED, DESK].iter().any(|field| !form.typed(field).is_empty()) {
        form.fill(KIND, Kind::Missing.code());
    }
    page(&app, &signed, field::id(&id)?, form, None).await
}

/// The box of a stock-taking, as the form names it.
fn in_box(text: &str) -> Option<InBox> {
    let (stocktaking, place) = text.split_once('.')?;
    Some(InBox { stocktaking: stocktaking.parse().ok()?, place: place.parse().ok()? })
}

async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let card = app.db.read(move |reader| store::card::find(reader, id)).await?.ok_or(PageError::NotFound)?;
    let view =
        View { screen: "incident", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout("事故の記録").within(Task::Storage);
    layout.refused = form.is_refused();
    Ok(respond(&OpenPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id,
        control: wording::control(card.control_number),
        card_href: route::card(id),
        place: card.place_name,
        kinds: Kind::ALL,
        within: app.rules().custody(app.today()).told_minutes,
        operation: app.operation(),
    }))
}

/// Opens the incident.
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[
        field::OPERATION,
        KIND,
        field::REMARK,
        field::PERSON,
        TOLD,
        LATER,
        CLOSE,
        PULL,
        COUNTED,
        DESK,
    ])?;
    let operation = field::operation(&form)?;
    let (today, now) = (app.today(), app.now());
    let kind: Option<Kind> = form.typed(KIND).parse().ok();
    if kind.is_none() {
        form.refuse_ja(KIND, "何が起きたかを選んでください。");
    }
    let remark = field::remark(&mut form);
    if remark.is_empty() && form.fault(field::REMARK).is_none() {
        form.refuse_ja(field::REMARK, "起きたことと、どこを探したかを入力してください。");
    }
    // Who searches first says so, and tells the city within the time that the rules give.
    let told = if form.typed(LATER).is_empty() {
        let (person, at) = (field::person(&mut form), told(&mut form, today, now));
        person.zip(at)
    } else {
        None
    };
    let (Some(kind), false) = (kind, form.is_refused()) else {
        return page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("incident {id} {kind} {told:?} {remark}"));
    let opening = Opening { card: id, day: business(&app, today), kind, told, remark };
    let counted = match form.typed(COUNTED) {
        "" => None,
        typed => Some(in_box(typed).ok_or(PageError::BadRequest)?),
    };
    let desk: Option<ConsignmentId> = match form.typed(DESK) {
        "" => None,
        typed => Some(typed.parse().map_err(|_| PageError::BadRequest)?),
    };
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                let incident = store::incident::open(tx, &act, &opening)?;
                if let Some(of) = counted {
                    lost(tx, &act, of, id)?;
                }
                Ok(incident.to_string())
            })
        })
        .await;
    let problem = match done {
        Ok(_) => {
            let day = |field| form.typed(field).parse::<Date>().ok();
            let back = day(CLOSE).map(route::close).or_else(|| day(PULL).map(route::pull));
            let back = back.or_else(|| counted.map(box_href));
            let back = back.or_else(|| desk.map(|id| format!("/consignments/{id}/close")));
            return Ok(see_other(&back.unwrap_or_else(|| route::INCIDENTS.to_owned())));
        }
        Err(IncidentError::Already(_)) => {
            "このカードには、まだ終わっていない事故の記録があります。".to_owned()
        }
        Err(IncidentError::NotHere(place)) => {
            format!("このカードはいま「{}」にあり、ここでは事故を記録できません。", place.label())
        }
        Err(IncidentError::Early) => "市へ知らせた時刻が、今より後になっています。".to_owned(),
        Err(IncidentError::Step(StepError::Changed)) => {
            "同時にほかの人がカードを動かしました。カードの場所を確かめてやり直してください。".to_owned()
        }
        Err(IncidentError::NotFound) => return Err(PageError::NotFound),
        Err(IncidentError::Reused(_)) => return Err(field::stale()),
        Err(IncidentError::Store(error) | IncidentError::Step(StepError::Store(error))) => {
            return Err(error.into());
        }
        Err(other) => return Err(PageError::internal(other)),
    };
    page(&app, &signed, id, form, Some(problem)).await
}

/// The incident is the reason why the card was missing in its box. One that was said meanwhile stays.
fn lost(tx: &mut Tx<'_>, act: &Act, of: InBox, card: CardId) -> Result<(), store::Error> {
    match explain(tx, act, of, card, Reason::Lost, "") {
        Err(ExplainError::Store(error)) => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
