//! A citizen asked for the 交付通知書 again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use domain::notice::Asked;
use store::Lane;
use store::op::{Operation, once};

use super::{card, sentence};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// The button that was pressed.
const ASKED: &str = "asked";

/// Writes it down.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let form = fields.form(&[OPERATION, ASKED])?;
    let asked: Asked = form.typed(ASKED).parse().map_err(|_| PageError::BadRequest)?;
    let operation = Operation::new(field::operation(&form)?, &format!("ask {id} {asked}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::notice::ask(tx, &act, id, asked))
        })
        .await;
    match done {
        Ok(_) => Ok(see_other(&card::href(id))),
        Err(error) => {
            let problem = sentence(error)?;
            card::page(&app, &signed, id, form, Some(problem)).await
        }
    }
}
