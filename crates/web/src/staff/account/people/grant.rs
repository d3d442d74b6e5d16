//! Granting a role for a site and a period.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::PersonId;
use store::Lane;
use store::op::{Operation, once};
use store::person::{Grant, PersonError};

use super::{FROM, Granting, ROLE, SITE, UNTIL, not_theirs, operation, refused, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::account::OPERATION;
use crate::staff::desk::Signed;

/// Grants the role.
pub(crate) async fn grant(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    let mut form = fields.form(&[ROLE, SITE, FROM, UNTIL, OPERATION])?;
    let pressed = operation(&form)?;
    let Some(granting) = Granting::read(&app, &mut form) else {
        return show::page(&app, &signed, id, form, None).await;
    };
    let granted = granting.to(id);
    let operation = Operation::new(pressed, &format!("grant {granted:?}"));
    let act = app.act(signed.actor());
    let (wanted, by, roles) = (granted.clone(), signed.session().person, signed.roles().to_vec());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                if store::person::find(tx, id)?.is_none_or(|person| person.ended) {
                    return Err(PersonError::NotFound);
                }
                store::person::may_decide(tx, by, &roles, id, wanted.role)?;
                // Known already: nothing to do, and the page says so.
                if store::person::grants(tx, id)?.contains(&wanted) {
                    return Ok(false);
                }
                store::person::grant_role(tx, &act, &wanted)?;
                Ok(true)
            })
        })
        .await;
    match done {
        Ok(true) => Ok(see_other(&format!("/people/{id}?done=granted"))),
        Ok(false) => {
            form.refuse_ja(ROLE, already(&granted));
            show::page(&app, &signed, id, form, None).await
        }
        Err(PersonError::NotTheirs) => {
            form.refuse_ja(ROLE, not_theirs(granted.role));
            show::page(&app, &signed, id, form, None).await
        }
        Err(error) => Err(refused(error)),
    }
}

fn already(granted: &Grant) -> String {
    format!("同じ期間・履行場所の「{}」の役割がすでにあります。", granted.role.label())
}
