//! It ended without a handover: what lies at the counter goes back to a named person of the city.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use domain::pickup::{NotHanded, State as How};
use store::op::Operation;

use super::act::PICKUP;
use super::{act, show};
use crate::App;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PERSON};

/// The state that the form was for.
const STATE: &str = "state";
/// Why.
pub(super) const WHY: &str = "why";

/// Writes it down.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, PICKUP, STATE, WHY, PERSON])?;
    let (operation, pickup) = (field::operation(&form)?, act::pickup(&form)?);
    let seen: How = form.typed(STATE).parse().map_err(|_| PageError::BadRequest)?;
    let why: Option<NotHanded> = form.typed(WHY).parse().ok();
    if why.is_none() {
        form.refuse_ja(WHY, "渡さない理由を選んでください。");
    }
    // Nobody has to take back what the city still has.
    let person = if seen == How::AtCounter { field::person(&mut form) } else { None };
    let (false, Some(why)) = (form.is_refused(), why) else {
        return show::page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("pickup ended {pickup} {seen} {why} {person:?}"));
    let end = move |tx: &mut store::Tx<'_>, act: &store::Act| {
        store::pickup::end(tx, act, pickup, seen, why, person.as_deref())
    };
    act::done(&app, &signed, id, form, operation, end).await
}
