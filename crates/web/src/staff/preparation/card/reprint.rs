//! A letter printed again: the key before it ends, a live reservation stays.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use store::Lane;
use store::card::StepError;
use store::letter::LetterError;
use store::op::{Operation, once};

use super::super::letter::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// Makes the letter, as a part of its own.
pub(crate) async fn reprint(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let form = fields.form(&[OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("reprint {id}"));
    let (act, keys) = (app.act(signed.actor()), app.keys.clone());
    let version = app.settings.letter_version.clone();
    let printed = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                let card = store::card::find(tx, id)?.ok_or(LetterError::Step(StepError::NoCard))?;
                store::letter::reprint(tx, &act, &keys, &card, &version)
            })
        })
        .await;
    match printed {
        Ok(part) => Ok(see_other(&format!("/letters/{part}"))),
        Err(LetterError::Step(StepError::NoCard)) => Err(PageError::NotFound),
        Err(error) => Err(failed(error)),
    }
}
