//! 返戻: what the city tells of a 交付通知書 that the post brought back to it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use domain::notice::Undelivered;
use store::Lane;
use store::notice::NoticeError;
use store::op::{Operation, once};

use super::{card, sentence};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};

/// The day.
const ON: &str = "on";
/// Why.
pub(super) const REASON: &str = "reason";

/// Writes it down.
pub(crate) async fn came_back(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, ON, REASON, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let on = field::day(&mut form, ON, "戻った日");
    let reason: Option<Undelivered> = form.typed(REASON).parse().ok();
    if reason.is_none() {
        form.refuse_ja(REASON, "戻った理由を選んでください。");
    }
    let city = field::city(&mut form, &signed);
    let (Some(on), Some(reason), Some((person, record))) = (on, reason, city) else {
        return card::page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("came back {id} {on} {reason} {person}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::notice::came_back(tx, &act, id, (on, reason), (&person, record))
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&card::href(id))),
        Err(error @ NoticeError::ImpossibleDate) => {
            form.refuse_ja(ON, sentence(error)?);
            card::page(&app, &signed, id, form, None).await
        }
        Err(error) => {
            let problem = sentence(error)?;
            card::page(&app, &signed, id, form, Some(problem)).await
        }
    }
}
