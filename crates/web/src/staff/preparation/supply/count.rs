//! A kind was counted. A count that differs from the records needs a reason.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::SupplyId;
use domain::supply::MOST_PIECES;
use store::Lane;
use store::op::{Operation, once};
use store::supply::Record;

use super::INDEX;
use super::show::{self, VERSION};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, REMARK};

/// Records the count.
pub(crate) async fn count(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: SupplyId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, VERSION, COUNTED, REMARK])?;
    let (operation, version) = (field::operation(&form)?, show::version(&form)?);
    let counted = field::count(&mut form, COUNTED, "数えた数");
    if counted.is_some_and(|counted| counted > MOST_PIECES) {
        form.refuse_ja(COUNTED, format!("数えた数は{MOST_PIECES}までで入力してください。"));
    }
    let remark = field::remark(&mut form);
    let (Some(pieces), false) = (counted, form.is_refused()) else {
        return show::page(&app, &signed, id, form).await;
    };
    let of = Record { supply: id, version, day: app.today(), pieces, remark };
    let operation = Operation::new(operation, &format!("count supplies {of:?}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::supply::count(tx, &act, &site, &of))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("{INDEX}/{id}"))),
        Err(error) => {
            let unit = show::find(&app, id).await?.0.setting.unit;
            show::refuse(&mut form, COUNTED, &unit, error)?;
            show::page(&app, &signed, id, form).await
        }
    }
}
