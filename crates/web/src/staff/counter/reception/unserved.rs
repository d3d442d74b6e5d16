//! The visitor goes without the card: sent away for a reason, or gone before the end.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReceptionId;
use domain::reception::Reason;
use store::op::Operation;
use store::reception::Unserved;

use super::{go_on, show, step};
use crate::App;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// The field of the reason.
pub(crate) const REASON: &str = "reason";
/// The field of the remark about somebody who left, beside the one about somebody who was sent away.
pub(crate) const LEFT_REMARK: &str = "left_remark";

/// 持ち帰り.
pub(crate) async fn send_away(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReceptionId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, REASON, field::REMARK])?;
    let reason: Option<Reason> = form.typed(REASON).parse().ok();
    let remark = field::remark(&mut form);
    match reason {
        None => form.refuse_ja(REASON, "持ち帰りの理由を選んでください。"),
        Some(Reason::Other) if remark.is_empty() && form.fault(field::REMARK).is_none() => {
            form.refuse_ja(field::REMARK, "理由が「その他」のときは備考を入力してください。");
        }
        Some(_) => {}
    }
    match reason.filter(|_| !form.is_refused()) {
        Some(reason) => end(&app, &signed, id, form, Unserved::SentAway(reason), remark).await,
        None => show::page(&app, &signed, id, form, None).await,
    }
}

/// 途中退出.
pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReceptionId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, LEFT_REMARK])?;
    let remark = field::remark_in(&mut form, LEFT_REMARK);
    if form.is_refused() {
        return show::page(&app, &signed, id, form, None).await;
    }
    end(&app, &signed, id, form, Unserved::Left, remark).await
}

async fn end(
    app: &App,
    signed: &Signed,
    id: ReceptionId,
    form: Form,
    how: Unserved,
    remark: String,
) -> Result<Response, PageError> {
    let operation = Operation::new(field::operation(&form)?, &format!("end {id} {how:?} {remark}"));
    let done =
        step(app, signed, operation, move |tx, act| store::reception::send_away(tx, act, id, &how, &remark))
            .await;
    go_on(app, signed, id, form, done).await
}
