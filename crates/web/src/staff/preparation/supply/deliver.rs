//! Supplies were delivered.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::SupplyId;
use domain::supply::MOST_PIECES;
use store::Lane;
use store::op::{Operation, once};
use store::supply::Record;

use super::INDEX;
use super::show::{self, DELIVERED_ON, NOTE, PIECES, VERSION};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// Records the delivery.
pub(crate) async fn deliver(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: SupplyId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, VERSION, DELIVERED_ON, PIECES, NOTE])?;
    let (operation, version) = (field::operation(&form)?, show::version(&form)?);
    let day = field::day(&mut form, DELIVERED_ON, "納品日");
    let pieces = field::number(&mut form, PIECES, "納品された数");
    if pieces.is_some_and(|pieces| pieces > MOST_PIECES) {
        form.refuse_ja(PIECES, format!("納品された数は{MOST_PIECES}までで入力してください。"));
    }
    let remark = field::remark_in(&mut form, NOTE);
    let (Some(day), Some(pieces), false) = (day, pieces, form.is_refused()) else {
        return show::page(&app, &signed, id, form).await;
    };
    let of = Record { supply: id, version, day, pieces, remark };
    let operation = Operation::new(operation, &format!("deliver supplies {of:?}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::supply::deliver(tx, &act, &site, &of))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("{INDEX}/{id}"))),
        Err(error) => {
            show::refuse(&mut form, PIECES, "", error)?;
            show::page(&app, &signed, id, form).await
        }
    }
}
