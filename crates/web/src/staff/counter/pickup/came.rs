//! A named person of the city gave the card out.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use store::op::Operation;

use super::act::PICKUP;
use super::{act, show};
use crate::App;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PERSON};

/// The name on the card is the one on the form.
pub(super) const SAME: &str = "same";

/// Writes it down.
pub(crate) async fn came(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, PICKUP, SAME, PERSON])?;
    let (operation, pickup) = (field::operation(&form)?, act::pickup(&form)?);
    if form.typed(SAME).is_empty() {
        form.refuse_ja(SAME, "カードと申請書の氏名が同じか確かめて、印を付けてください。");
    }
    let person = field::person(&mut form);
    let (false, Some(person)) = (form.is_refused(), person) else {
        return show::page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("pickup came {pickup} {person}"));
    let came = move |tx: &mut store::Tx<'_>, act: &store::Act| store::pickup::came(tx, act, pickup, &person);
    act::done(&app, &signed, id, form, operation, came).await
}
