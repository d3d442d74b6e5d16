//! A new one-time password for somebody who forgot theirs; all of their sessions end.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::PersonId;
use store::Lane;
use store::op::{Operation, once};
use store::person::PersonError;

use super::new::OneTimePage;
use super::{operation, refused};
use crate::App;
use crate::kit::{Fields, Form, PageError, respond};
use crate::staff::account::{OPERATION, frame, one_time};
use crate::staff::desk::Signed;

/// Sets the password and shows it.
pub(crate) async fn reset(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    let form = fields.form(&[OPERATION])?;
    let pressed = operation(&form)?;
    if id == signed.session().person {
        return Err(PageError::Conflict(
            "自分のパスワードは「パスワードの変更」で変更してください。".to_owned(),
        ));
    }
    let person = app.db.read(move |reader| store::person::find(reader, id)).await?;
    let person = person.filter(|person| !person.ended).ok_or(PageError::NotFound)?;
    let password = one_time::of(&app, pressed)?;
    let hash = one_time::hash(&app, &password).await?;
    let operation = Operation::new(pressed, &format!("reset the password of {id}"));
    let act = app.act(signed.actor());
    let (by, roles) = (signed.session().person, signed.roles().to_vec());
    app.db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::person::may_keep(tx, by, &roles, id)?;
                Ok::<_, PersonError>(store::person::set_password(tx, &act, id, &hash, true, None)?)
            })
        })
        .await
        .map_err(refused)?;
    let shown = one_time::holds(&app, id, &password).await?.then_some(password);
    let layout = frame(&signed, "仮パスワード", &Form::fresh());
    Ok(respond(&OneTimePage::new(layout, id, person.login, person.name, shown)))
}
