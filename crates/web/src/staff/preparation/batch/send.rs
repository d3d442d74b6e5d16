//! Transferring what is ready of a consignment to the city, counted by both.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{ConsignmentId, OperationId};
use domain::journal::CityRecord;
use store::Lane;
use store::batch::BatchError;
use store::op::{Operation, once};

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};
use crate::staff::wording::list_name;
use crate::staff::{Layout, Task};

/// The form of a transfer to the city.
#[derive(Template)]
#[template(path = "staff/preparation/batch/send.html")]
pub(crate) struct SendPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: ConsignmentId,
    pub(crate) list: String,
    pub(crate) ready: usize,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

impl Page for SendPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for count and receiver.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

async fn page(app: &App, signed: &Signed, id: ConsignmentId, form: Form) -> Result<Response, PageError> {
    let (consignment, ready) = app
        .db
        .read(move |reader| {
            let consignment = store::consignment::find(reader, id)?;
            Ok::<_, store::Error>((consignment, store::batch::ready(reader, id)?.len()))
        })
        .await?;
    let consignment = consignment.ok_or(PageError::NotFound)?;
    let mut layout = signed.layout("市へ引継ぎ（交付前設定）").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&SendPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        list: list_name(consignment.list_date, &consignment.box_name, consignment.is_opening),
        ready,
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// Transfers.
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, COUNTED, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let counted = field::number(&mut form, COUNTED, "数えた枚数");
    let city = field::city(&mut form, &signed);
    let (Some(counted), Some((person, record))) = (counted, city) else {
        return page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("send {id} {counted} {person}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let sent = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::batch::send(tx, &act, &site, id, counted, &person, record))
        })
        .await;
    match sent {
        Ok(batch) => Ok(see_other(&format!("/batches/{batch}"))),
        Err(BatchError::CountDiffers { expected, counted }) => {
            field::refuse_count(&mut form, expected, counted, "枚");
            page(&app, &signed, id, form).await
        }
        Err(BatchError::Empty) => {
            form.refuse_ja(COUNTED, "引き継げるカードがありません。検品が済んだカードだけを引き継げます。");
            page(&app, &signed, id, form).await
        }
        Err(error) => Err(failed(error)),
    }
}

/// What remains of the errors of a batch once its form has its sentences.
pub(in crate::staff::preparation) fn failed(error: BatchError) -> PageError {
    match error {
        BatchError::Store(error) => error.into(),
        BatchError::NotOut => {
            PageError::Conflict("この引継ぎはすでに返却または発送が記録されています。".to_owned())
        }
        BatchError::Suspended => PageError::Conflict(
            "交付保留のカードが含まれています。返却を記録してから、カードの画面で市の決定を記録してください。".to_owned(),
        ),
        BatchError::Step(_) | BatchError::Reused(_) => PageError::Conflict(
            "ほかの人が先に同じカードを動かしました。一覧を開き直してください。".to_owned(),
        ),
        other => PageError::internal(other),
    }
}
