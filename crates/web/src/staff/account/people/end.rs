//! Ending an account: its roles and its sessions end with it, and its name stays in the journal.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::PersonId;
use store::Lane;
use store::op::{Operation, once};

use super::{fresh_grant, operation, refused, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::account::OPERATION;
use crate::staff::desk::Signed;

const VERSION: &str = "version";
const CONFIRM: &str = "confirm";

/// Ends the account. Nobody ends their own.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    let form = fields.form(&[VERSION, CONFIRM, OPERATION])?;
    let version: u32 = form.typed(VERSION).parse().map_err(|_| PageError::BadRequest)?;
    let pressed = operation(&form)?;
    if id == signed.session().person {
        return Err(PageError::Conflict(
            "自分のアカウントは終了できません。ほかの管理者に依頼してください。".to_owned(),
        ));
    }
    if form.typed(CONFIRM).is_empty() {
        let mut shown = fresh_grant(&app);
        shown.refuse_ja(CONFIRM, "終了してよいことを確かめて、チェックを入れてください。");
        return show::page(&app, &signed, id, shown, None).await;
    }
    let operation = Operation::new(pressed, &format!("end account {id} version {version}"));
    let act = app.act(signed.actor());
    let (by, roles) = (signed.session().person, signed.roles().to_vec());
    app.db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::person::may_keep(tx, by, &roles, id)?;
                store::person::end(tx, &act, id, version)
            })
        })
        .await
        .map_err(refused)?;
    Ok(see_other(&format!("/people/{id}?done=ended")))
}
