//! カード交付完了: the city issued the card. Recorded by the city's own account, or from a paper the city signed.

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

/// Writes down that the city issued the card.
pub(crate) async fn issue(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReceptionId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, field::PERSON, field::PAPER])?;
    let operation = field::operation(&form)?;
    let Some((issuer, record)) = field::city(&mut form, &signed) else {
        return show::page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("issued {id} {issuer}"));
    let done =
        step(&app, &signed, operation, move |tx, act| store::reception::issue(tx, act, id, &issuer, record))
            .await;
    go_on(&app, &signed, id, form, done).await
}
