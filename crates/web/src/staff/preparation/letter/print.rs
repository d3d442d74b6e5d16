//! The next part of letters: its cards get their keys.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use store::Lane;
use store::letter::LetterError;
use store::op::{Operation, once};

use super::{failed, list};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// Makes the part.
pub(crate) async fn print(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, "print the next part of letters");
    let (act, keys, site) = (app.act(signed.actor()), app.keys.clone(), app.settings.site.clone());
    let version = app.settings.letter_version.clone();
    let printed = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::letter::print(tx, &act, &keys, &site, &version))
        })
        .await;
    match printed {
        Ok(part) => Ok(see_other(&format!("/letters/{part}"))),
        Err(LetterError::Empty) => {
            form.refuse_ja("print", "案内を待っているカードはありません。");
            list::page(&app, &signed, form).await
        }
        Err(error) => Err(failed(error)),
    }
}
