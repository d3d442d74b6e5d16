//! A card that was taken out goes to a named person of the city.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use store::Lane;
use store::op::{Operation, once};

use super::recall::sentence;
use super::show;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};

/// Writes it down.
pub(crate) async fn pass(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let Some((person, record)) = field::city(&mut form, &signed) else {
        return show::page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("pass the recalled card {id} {person}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::recall::pass(tx, &act, id, &person, record))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&route::card(id))),
        Err(error) => Err(PageError::Conflict(sentence(error)?)),
    }
}
