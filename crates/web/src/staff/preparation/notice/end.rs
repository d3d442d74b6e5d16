//! A request ended without a posting.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{CardId, NoticeRequestId};
use domain::notice::Ended;
use store::Lane;
use store::notice::NoticeError;
use store::op::{Operation, once};

use super::{card, sentence};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// The field of the reason.
const WHY: &str = "why";

/// Writes it down.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path((card, id)): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (of, id): (CardId, NoticeRequestId) = (field::id(&card)?, field::id(&id)?);
    let mut form = fields.form(&[OPERATION, WHY])?;
    let operation = field::operation(&form)?;
    let chosen: Option<Ended> = form.typed(WHY).parse().ok();
    let Some(why) = chosen.filter(|why| Ended::CHOICES.contains(why)) else {
        form.refuse_ja(WHY, "依頼を終える理由を選んでください。");
        return card::page(&app, &signed, of, form, None).await;
    };
    let operation = Operation::new(operation, &format!("end {id} {why}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| match store::notice::end(tx, &act, id, why)? {
                card if card == of => Ok(()),
                _ => Err(NoticeError::NotFound),
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&card::href(of))),
        Err(error) => {
            let problem = sentence(error)?;
            card::page(&app, &signed, of, form, Some(problem)).await
        }
    }
}
