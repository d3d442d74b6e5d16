//! Ending a field: nothing more is held, and what is held is deleted by a job.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use store::Lane;
use store::op::{Operation, once};

use super::show::CONFIRM;
use super::{field_in, href, refused, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Ends the field for the city.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(of): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = field_in(&of)?;
    let form = fields.form(&[field::OPERATION, CONFIRM])?;
    let pressed = field::operation(&form)?;
    if form.typed(CONFIRM).is_empty() {
        let mut shown = Form::fresh();
        shown.refuse_ja(CONFIRM, "削除してよいことを確かめて、チェックを入れてください。");
        return show::page(&app, &signed, of, shown, None).await;
    }
    let operation = Operation::new(pressed, &format!("end {of}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| once(tx, &act, &operation, |tx| store::ledger::end(tx, &act, of)));
    done.await.map_err(refused)?;
    Ok(see_other(&format!("{}?done=ended", href(of))))
}
