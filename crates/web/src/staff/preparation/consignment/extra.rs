//! Cards in the box that are on no list: counted, given back to the city at once, with what is known of them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{ConsignmentId, OperationId};
use domain::journal::CityRecord;
use store::Lane;
use store::op::{Operation, once};

use super::arrival::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON, REMARK};
use crate::staff::wording::list_name;
use crate::staff::{Layout, Task};

/// The form of the extra cards.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/extra.html")]
pub(crate) struct ExtraPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: ConsignmentId,
    pub(crate) list: String,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

impl Page for ExtraPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for count, reason and receiver.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

async fn page(app: &App, signed: &Signed, id: ConsignmentId, form: Form) -> Result<Response, PageError> {
    let consignment = app.db.read(move |reader| store::consignment::find(reader, id)).await?;
    let consignment = consignment.filter(|found| !found.is_opening).ok_or(PageError::NotFound)?;
    let mut layout = signed.layout("一覧表にないカード").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&ExtraPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        list: list_name(consignment.list_date, &consignment.box_name, false),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// Records them.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, COUNTED, REMARK, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let counted = field::number(&mut form, COUNTED, "余りの枚数");
    let reason = field::remark(&mut form);
    if reason.is_empty() && form.fault(REMARK).is_none() {
        form.refuse_ja(REMARK, "余りの理由、または分かっていることを入力してください。");
    }
    let city = field::city(&mut form, &signed);
    let (Some(cards), Some((person, record))) = (counted, city) else {
        return page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("extra {id} {cards} {person} {reason}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::consignment::desk::close::extra(tx, &act, id, cards, &reason, (&person, record))
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("/consignments/{id}/close"))),
        Err(error) => Err(failed(error)),
    }
}
