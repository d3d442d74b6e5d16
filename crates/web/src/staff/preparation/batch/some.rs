//! Some cards of a batch leave the city's hands: given back, or kept for good with a cause. Each is ticked on the list.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::batch::BatchKind;
use domain::card::Cause;
use domain::id::{BatchId, CardId, OperationId};
use domain::journal::CityRecord;
use store::Lane;
use store::batch::{BatchCard, BatchError};
use store::op::{Operation, once};

use super::send::failed;
use super::show::find;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};
use crate::staff::wording::{control, list_line, short};
use crate::staff::{Layout, Task};

/// The ticked cards.
const CARD: &str = "card";
/// What became of them: given back, or the cause for which the city keeps them.
const WHAT: &str = "what";
/// They were given back.
const RETURNED: &str = "returned";

/// The cards that the city has of a batch, to be ticked.
#[derive(Template)]
#[template(path = "staff/preparation/batch/some.html")]
pub(crate) struct SomePage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: BatchId,
    pub(crate) kind: BatchKind,
    pub(crate) rows: Vec<Row>,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

/// A card that the city has.
pub(crate) struct Row {
    pub(crate) id: CardId,
    pub(crate) ticked: bool,
    pub(crate) list_line: String,
    pub(crate) control: String,
    pub(crate) remarks: String,
}

impl SomePage {
    /// What may have become of the cards, and which is chosen.
    fn choices(&self) -> Vec<(&'static str, String, bool)> {
        let usual = if self.kind.comes_back() { RETURNED } else { self.kind.group().usual_cause().code() };
        let typed = self.form.typed(WHAT);
        let chosen = if typed.is_empty() { usual } else { typed };
        let back = self.kind.comes_back().then(|| (RETURNED, "返った".to_owned(), chosen == RETURNED));
        let kept = Cause::KEPT.iter().map(|cause| {
            (cause.code(), format!("市が引き取った（{}）", cause.label()), chosen == cause.code())
        });
        back.into_iter().chain(kept).collect()
    }
}

impl Page for SomePage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Shows the cards that the city has.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, &[], Form::fresh()).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: BatchId,
    ticked: &[CardId],
    form: Form,
) -> Result<Response, PageError> {
    let (batch, cards) = find(app, signed, id, "batch").await?;
    if !batch.is_out() {
        return Ok(see_other(&format!("/batches/{id}")));
    }
    let mut layout =
        signed.layout(format!("引継ぎ {}：一部の返却・引き取り", short(id))).within(Task::Preparation);
    layout.refused = form.is_refused();
    let row = |card: &BatchCard| Row {
        id: card.id,
        ticked: ticked.contains(&card.id),
        list_line: list_line(card.list_date, card.line),
        control: control(card.control_number),
        remarks: card.remarks.clone(),
    };
    Ok(respond(&SomePage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        kind: batch.kind,
        rows: cards.iter().filter(|card| card.ended.is_none()).map(row).collect(),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// Records what became of the ticked cards.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: BatchId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, COUNTED, WHAT, PERSON, PAPER])?;
    let ticked: Vec<CardId> = fields.all(CARD)?.into_iter().map(field::id).collect::<Result<_, _>>()?;
    let operation = field::operation(&form)?;
    let cause = match form.typed(WHAT) {
        RETURNED => None,
        text => {
            Some(text.parse().ok().filter(|cause| Cause::KEPT.contains(cause)).ok_or(PageError::BadRequest)?)
        }
    };
    let counted = field::number(&mut form, COUNTED, "数えた枚数");
    if ticked.is_empty() {
        form.refuse_ja(CARD, "返った、または市が引き取ったカードに印を付けてください。");
    }
    let city = field::city(&mut form, &signed);
    let (Some(counted), Some((person, record))) = (counted, city) else {
        return page(&app, &signed, id, &ticked, form).await;
    };
    let words: Vec<String> = ticked.iter().map(ToString::to_string).collect();
    let request = format!("some {id} {} {cause:?} {counted} {person}", words.join(" "));
    let operation = Operation::new(operation, &request);
    let (act, these) = (app.act(signed.actor()), ticked.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| match cause {
                None => store::batch::take_some_back(tx, &act, id, &these, counted, &person, record),
                Some(cause) => store::batch::keep(tx, &act, id, &these, cause, (counted, &person), record),
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("/batches/{id}"))),
        Err(BatchError::CountDiffers { expected, counted }) => {
            form.refuse_ja(
                COUNTED,
                format!("枚数が合いません。印を付けたのは{expected}枚、数えたのは{counted}枚です。"),
            );
            page(&app, &signed, id, &ticked, form).await
        }
        Err(error) => Err(failed(error)),
    }
}
