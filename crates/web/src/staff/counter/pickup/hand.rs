//! The card is handed over against a signature on the form.

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
use crate::staff::field::{self, OPERATION};

/// The citizen signed for it.
pub(super) const SIGNED_FOR: &str = "signed_for";

/// Writes it down.
pub(crate) async fn hand(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, PICKUP, SIGNED_FOR])?;
    let (operation, pickup) = (field::operation(&form)?, act::pickup(&form)?);
    if form.typed(SIGNED_FOR).is_empty() {
        form.refuse_ja(SIGNED_FOR, "申請書に受け取りの自署をもらってから、印を付けてください。");
        return show::page(&app, &signed, id, form, None).await;
    }
    let operation = Operation::new(operation, &format!("pickup handed {pickup}"));
    let hand = move |tx: &mut store::Tx<'_>, act: &store::Act| store::pickup::hand(tx, act, pickup);
    act::done(&app, &signed, id, form, operation, hand).await
}
