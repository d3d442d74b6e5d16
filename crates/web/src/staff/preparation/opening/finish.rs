//! The end of a portion: taken, counted by hand, or undone as a whole.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ConsignmentId;
use store::Lane;
use store::consignment::TakeError;
use store::op::{Operation, once};
use store::opening::draft::DraftError;

use super::begin::failed;
use super::portion;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION};

/// Takes the portion.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, COUNTED])?;
    let operation = field::operation(&form)?;
    let Some(counted) = field::number(&mut form, COUNTED, "数えた枚数") else {
        return portion::page(&app, &signed, id, None, None, form).await;
    };
    let operation = Operation::new(operation, &format!("take portion {id} {counted}"));
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::opening::draft::take(tx, &act, id, counted))
    });
    let sentence = match done.await {
        Ok(()) => {
            app.learn_former().await?;
            return Ok(see_other(&format!("/consignments/{id}")));
        }
        Err(DraftError::CountDiffers { expected, counted }) => {
            field::refuse_count(&mut form, expected, counted, "枚");
            return portion::page(&app, &signed, id, None, None, form).await;
        }
        Err(DraftError::Empty) => "まだ1枚も読み取っていません。",
        Err(DraftError::Known) => {
            "この組の番号のどれかが、そのあいだにほかの組で引き継がれました。この組を取りやめて、残りを読み取ってください。"
        }
        Err(DraftError::Take(TakeError::SameList(_))) => {
            "同じ日に同じ名前の組が確定しています。この組を取りやめ、別の名前で作ってください。"
        }
        Err(error) => return Err(failed(error)),
    };
    form.refuse_ja(COUNTED, sentence);
    portion::page(&app, &signed, id, None, None, form).await
}

/// Undoes the portion.
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let form = fields.form(&[OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("undo portion {id}"));
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::opening::draft::undo(tx, &act, id))
    });
    done.await.map_err(failed)?;
    Ok(see_other("/taking-over"))
}
