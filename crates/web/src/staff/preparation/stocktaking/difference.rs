//! The reason of a difference, said by a person and checked against the records.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use domain::stocktaking::Reason;
use store::Lane;
use store::op::{Operation, once};
use store::stocktaking::difference::ExplainError;

use super::count::page;
use super::{box_href, in_box};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, REMARK};

/// Which card a form is about, for the page that shows it again.
pub(crate) const CARD: &str = "card";
/// Why it differs.
pub(crate) const REASON: &str = "reason";

/// Writes down why a card differs.
pub(crate) async fn explain(
    State(app): State<Arc<App>>,
    Path((stocktaking, place, card)): Path<(String, String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = in_box((stocktaking, place))?;
    let card: CardId = field::id(&card)?;
    let mut form = fields.form(&[OPERATION, REASON, REMARK])?;
    form.fill(CARD, card.to_string());
    let operation = field::operation(&form)?;
    let reason: Option<Reason> = form.typed(REASON).parse().ok();
    if reason.is_none() {
        form.refuse_ja(REASON, "差の理由を選んでください。");
    }
    let remark = field::remark(&mut form);
    if reason == Some(Reason::Other) && remark.is_empty() && form.fault(REMARK).is_none() {
        form.refuse_ja(REMARK, "「その他」のときは、備考を入力してください。");
    }
    let Some(reason) = reason.filter(|_| !form.is_refused()) else {
        return page(&app, &signed, of, None, form, None).await;
    };
    let operation = Operation::new(operation, &format!("difference {of:?} {card} {reason} {remark}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::stocktaking::difference::explain(tx, &act, of, card, reason, &remark)
            })
        })
        .await;
    let problem = match done {
        Ok(()) => return Ok(see_other(&box_href(of))),
        Err(ExplainError::Before) => "この差の理由は、ほかの人が先に記録しました。".to_owned(),
        Err(ExplainError::Otherwise(place)) => format!(
            "理由と記録が合いません。このカードの記録の場所は「{place}」です。先に「カードを箱に入れる」の画面で、\
            今ある場所に入れてから、もう一度選んでください。"
        ),
        Err(ExplainError::NoIncident) => "先に、事故として記録してください。".to_owned(),
        Err(ExplainError::NotSo) => "この差には使えない理由です。".to_owned(),
        Err(ExplainError::NotFound) => return Err(PageError::NotFound),
        Err(ExplainError::Reused(_)) => return Err(field::stale()),
        Err(ExplainError::Store(error)) => return Err(error.into()),
    };
    page(&app, &signed, of, None, form, Some(problem)).await
}
