//! The city's transfer of what it received from J-LIS, counted by both: with it the desk of a consignment begins.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{ConsignmentId, OperationId};
use domain::journal::CityRecord;
use store::Lane;
use store::consignment::desk::{Counted, DeskError};
use store::op::{Operation, once};

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};
use crate::staff::wording::list_name;
use crate::staff::{Layout, Task};

/// How many boxes.
const BOXES: &str = "boxes";
/// What was counted before, as it was shown: `boxes-cards`.
const BEFORE: &str = "before";

/// The form of the transfer.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/arrival.html")]
pub(crate) struct ArrivalPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: ConsignmentId,
    pub(crate) list: String,
    pub(crate) cards: u32,
    /// The count that stands, where both count again.
    pub(crate) before: Option<String>,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

impl Page for ArrivalPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for boxes, count and giver.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let stands = app.db.read(move |reader| store::consignment::desk::arrival(reader, id)).await?;
    let mut form = Form::fresh();
    if let Some(arrival) = stands {
        form.fill(BEFORE, format!("{}-{}", arrival.boxes, arrival.cards));
    }
    page(&app, &signed, id, form).await
}

/// What was counted before, as the form names it.
fn before(text: &str) -> Option<Counted> {
    let (boxes, cards) = text.split_once('-')?;
    Some(Counted { boxes: boxes.parse().ok()?, cards: cards.parse().ok()? })
}

async fn page(app: &App, signed: &Signed, id: ConsignmentId, form: Form) -> Result<Response, PageError> {
    let consignment = app.db.read(move |reader| store::consignment::find(reader, id)).await?;
    let consignment = consignment.filter(|found| !found.is_opening).ok_or(PageError::NotFound)?;
    let before = before(form.typed(BEFORE)).map(|was| format!("{}箱　{}枚", was.boxes, was.cards));
    let mut layout = signed.layout("市からの受け取り").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&ArrivalPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        list: list_name(consignment.list_date, &consignment.box_name, false),
        cards: consignment.cards,
        before,
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// Records the transfer.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, BOXES, COUNTED, BEFORE, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let counted = field::number(&mut form, COUNTED, "数えた枚数");
    let boxes = field::number(&mut form, BOXES, "箱の数");
    let city = field::city(&mut form, &signed);
    let (Some(counted), Some(boxes), Some((person, record))) = (counted, boxes, city) else {
        return page(&app, &signed, id, form).await;
    };
    let before = match form.typed(BEFORE) {
        "" => None,
        typed => Some(before(typed).ok_or(PageError::BadRequest)?),
    };
    let operation = Operation::new(operation, &format!("arrival {id} {boxes} {counted} {before:?} {person}"));
    let counted = Counted { boxes, cards: counted };
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::consignment::desk::arrive(tx, &act, id, counted, before, (&person, record))
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("/consignments/{id}"))),
        Err(error) => Err(failed(error)),
    }
}

/// What remains of the errors of a desk once its form has its sentences.
pub(super) fn failed(error: DeskError) -> PageError {
    match error {
        DeskError::Store(error) => error.into(),
        DeskError::NotFound => PageError::NotFound,
        DeskError::Reused(_) => field::stale(),
        DeskError::Already => PageError::Conflict(
            "すでに記録されているか、受け入れが完了しています。一覧表の画面を開き直してください。".to_owned(),
        ),
        DeskError::NotArrived => {
            PageError::Conflict("先に、市からの受け取り（箱と枚数）を記録してください。".to_owned())
        }
        other @ (DeskError::StillOpen
        | DeskError::Untold
        | DeskError::CountDiffers { .. }
        | DeskError::NeedsCity) => PageError::internal(other),
    }
}
