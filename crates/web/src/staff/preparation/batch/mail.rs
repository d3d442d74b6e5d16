//! Recording that the city mailed the cards of a batch.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::BatchId;
use store::Lane;
use store::batch::BatchError;
use store::op::{Operation, once};

use super::send::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};

/// The city's date of posting.
pub(super) const POSTED_ON: &str = "posted_on";

/// Records that the city mailed a batch.
pub(crate) async fn mailed(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: BatchId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, POSTED_ON, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let on = field::day(&mut form, POSTED_ON, "市が発送した日");
    let city = field::city(&mut form, &signed);
    let (Some(on), Some((person, record))) = (on, city) else {
        return super::show::page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("mailed {id} {on} {person}"));
    let act = app.act(signed.actor());
    let mailed = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::batch::mail::mailed(tx, &act, id, on, &person, record))
        })
        .await;
    match mailed {
        Ok(()) => Ok(see_other(&format!("/batches/{id}"))),
        Err(BatchError::ImpossibleDate) => {
            form.refuse_ja(POSTED_ON, "発送した日は、引継ぎの日から今日までの日にしてください。");
            super::show::page(&app, &signed, id, form).await
        }
        Err(error) => Err(failed(error)),
    }
}
