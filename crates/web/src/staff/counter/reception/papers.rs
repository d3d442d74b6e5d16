//! 書類確認: the papers were checked with the check sheet.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReceptionId;
use store::op::Operation;

use super::{go_on, step};
use crate::App;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Writes down that the papers were checked.
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReceptionId = field::id(&id)?;
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("papers {id}"));
    let done =
        step(&app, &signed, operation, move |tx, act| store::reception::check_papers(tx, act, id)).await;
    go_on(&app, &signed, id, form, done).await
}
