//! 市民へ連絡: somebody did it, and says how it ended.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::TellingId;
use domain::recall::Told;
use store::Lane;
use store::op::{Operation, once};
use store::telling::TellingError;

use super::list;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// The button that was pressed.
const TOLD: &str = "told";

/// Writes it down.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: TellingId = field::id(&id)?;
    let form = fields.form(&[OPERATION, TOLD])?;
    let told: Told = form.typed(TOLD).parse().map_err(|_| PageError::BadRequest)?;
    let operation = Operation::new(field::operation(&form)?, &format!("told {id} {told}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::telling::end(tx, &act, id, told, ""))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(route::RECALLS)),
        Err(TellingError::Over(told)) => {
            let problem = format!("この連絡は、ほかの人が先に「{}」で終えました。", told.label());
            list::page(&app, &signed, Some(problem)).await
        }
        Err(TellingError::NotFound) => Err(PageError::NotFound),
        Err(TellingError::Reused(_)) => Err(field::stale()),
        Err(TellingError::Store(error)) => Err(error.into()),
    }
}
