//! The city's decision on a proposal.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::LedgerId;
use store::Lane;
use store::op::{Operation, once};

use super::{field_in, href, refused};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

const VERSION: &str = "version";
const ANSWER: &str = "answer";

/// Approves the version that was shown, or refuses it.
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(of): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = field_in(&of)?;
    let form = fields.form(&[field::OPERATION, VERSION, ANSWER])?;
    let pressed = field::operation(&form)?;
    let version: LedgerId = form.typed(VERSION).parse().map_err(|_| PageError::BadRequest)?;
    let (agreed, told) = match form.typed(ANSWER) {
        "approve" => (true, "approved"),
        "refuse" => (false, "refused"),
        _ => return Err(PageError::BadRequest),
    };
    let operation = Operation::new(pressed, &format!("decide {version} {agreed}"));
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::ledger::decide(tx, &act, version, agreed))
    });
    done.await.map_err(refused)?;
    Ok(see_other(&format!("{}?done={told}", href(of))))
}
