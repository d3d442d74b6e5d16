//! 受付: the visitor is here and the reservation matches.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReservationId;
use store::op::Operation;
use store::reception::ReceptionError;

use super::{sentence, step};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::counter::{reservation, route};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Receives the visitor of a reservation.
pub(crate) async fn arrive(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("arrive {id}"));
    let arrived = step(&app, &signed, operation, move |tx, act| store::reception::arrive(tx, act, id)).await;
    match arrived {
        // Somebody else was faster with the same visitor: their reception is the one to go on with.
        Ok(reception) | Err(ReceptionError::Already(reception)) => {
            Ok(see_other(&route::reception(reception)))
        }
        Err(error) => reservation::show::page(&app, &signed, id, Form::fresh(), Some(sentence(error)?)).await,
    }
}
