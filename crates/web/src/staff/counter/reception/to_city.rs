//! 市へ引継ぎ: papers and card go to a named person of the city.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReceptionId;
use store::op::Operation;

use super::{go_on, show, step};
use crate::App;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Writes down who of the city took papers and card over.
pub(crate) async fn pass(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReceptionId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, field::PERSON])?;
    let operation = field::operation(&form)?;
    let Some(receiver) = field::person(&mut form) else {
        return show::page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("to-city {id} {receiver}"));
    let done =
        step(&app, &signed, operation, move |tx, act| store::reception::pass_to_city(tx, act, id, &receiver))
            .await;
    go_on(&app, &signed, id, form, done).await
}
