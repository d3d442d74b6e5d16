//! Taking a batch back from the city, counted by both.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::BatchId;
use store::Lane;
use store::batch::BatchError;
use store::op::{Operation, once};

use super::send::failed;
use super::show;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};

/// Records the return.
pub(crate) async fn take_back(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: BatchId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, COUNTED, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let counted = field::number(&mut form, COUNTED, "数えた枚数");
    let city = field::city(&mut form, &signed);
    let (Some(counted), Some((person, record))) = (counted, city) else {
        return show::page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("return {id} {counted} {person}"));
    let act = app.act(signed.actor());
    let back = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::batch::take_back(tx, &act, id, counted, &person, record))
        })
        .await;
    match back {
        Ok(()) => Ok(see_other(&format!("/batches/{id}"))),
        Err(BatchError::CountDiffers { expected, counted }) => {
            field::refuse_count(&mut form, expected, counted, "枚");
            show::page(&app, &signed, id, form).await
        }
        Err(error) => Err(failed(error)),
    }
}
