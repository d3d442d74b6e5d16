//! What was written down of extra cards in error is taken back, with its reason, before the desk closes.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{ConsignmentId, EntryId, OperationId};
use store::Lane;
use store::consignment::desk::close;
use store::op::{Operation, once};

use super::arrival::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, REMARK};
use crate::staff::{Layout, Task};

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/withdraw.html")]
pub(crate) struct WithdrawPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: ConsignmentId,
    pub(crate) entry: EntryId,
    pub(crate) cards: u32,
    pub(crate) receiver: String,
    pub(crate) reason: String,
    pub(crate) operation: OperationId,
}

impl Page for WithdrawPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for the reason.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path((id, entry)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, (field::id(&id)?, field::id(&entry)?), Form::fresh()).await
}

async fn page(
    app: &App,
    signed: &Signed,
    (id, entry): (ConsignmentId, EntryId),
    form: Form,
) -> Result<Response, PageError> {
    let desk = app.db.read(move |reader| close::stands(reader, id)).await?.ok_or(PageError::NotFound)?;
    let extra = desk.extra.into_iter().find(|extra| extra.entry == entry).ok_or(PageError::NotFound)?;
    let mut layout = signed.layout("余りの記録の取消").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&WithdrawPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        entry,
        cards: extra.cards,
        receiver: extra.receiver,
        reason: extra.reason,
        operation: app.operation(),
    }))
}

/// Takes it back.
pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    Path((id, entry)): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (id, entry): (ConsignmentId, EntryId) = (field::id(&id)?, field::id(&entry)?);
    let mut form = fields.form(&[OPERATION, REMARK])?;
    let operation = field::operation(&form)?;
    let reason = field::remark(&mut form);
    if reason.is_empty() && form.fault(REMARK).is_none() {
        form.refuse_ja(REMARK, "取り消す理由を入力してください。");
    }
    if form.is_refused() {
        return page(&app, &signed, (id, entry), form).await;
    }
    let operation = Operation::new(operation, &format!("withdraw-extra {id} {entry} {reason}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| close::withdraw_extra(tx, &act, id, entry, &reason))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("/consignments/{id}/close"))),
        Err(error) => Err(failed(error)),
    }
}
