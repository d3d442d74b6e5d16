//! Ending a role of a person, at every site.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::PersonId;
use domain::permission::Role;
use store::Lane;
use store::op::{Operation, once};
use store::person::PersonError;

use super::{ROLE, operation, refused};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::account::OPERATION;
use crate::staff::desk::Signed;

/// Ends the role. Nobody ends their own: the last administrator would lock everybody out.
pub(crate) async fn end_role(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    let form = fields.form(&[ROLE, OPERATION])?;
    let role: Role = form.typed(ROLE).parse().map_err(|_| PageError::BadRequest)?;
    if id == signed.session().person {
        return Err(PageError::Conflict(
            "自分の役割は終了できません。ほかの管理者に依頼してください。".to_owned(),
        ));
    }
    let operation = Operation::new(operation(&form)?, &format!("end role {role} of {id}"));
    let act = app.act(signed.actor());
    let (by, roles) = (signed.session().person, signed.roles().to_vec());
    app.db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::person::may_decide(tx, by, &roles, id, role)?;
                store::person::end_role(tx, &act, id, role)?;
                Ok::<_, PersonError>(())
            })
        })
        .await
        .map_err(refused)?;
    Ok(see_other(&format!("/people/{id}?done=role-ended")))
}
