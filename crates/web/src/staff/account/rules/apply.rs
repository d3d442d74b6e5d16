//! A proposed change is made: with the city's agreement, and only if nobody changed the rules since it was told.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::rules::What;
use store::Lane;
use store::op::{Operation, once};
use store::rules::ChangeError;

use super::propose::{AGREEMENT, EPOCH};
use super::{edit, fields, propose};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::{agreement, field};

/// Makes the change.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    signed: Signed,
    sent: Fields,
) -> Result<Response, PageError> {
    let more: Vec<&'static str> = edit::MORE.into_iter().chain(AGREEMENT).chain(["back"]).collect();
    let mut form = fields::taken(&sent, &more)?;
    let pressed = field::operation(&form)?;
    let epoch: i64 = form.typed(EPOCH).parse().map_err(|_| PageError::BadRequest)?;
    let (today, rules) = (app.today(), app.reload_rules().await?);
    let (kind, asked) = edit::asked(&mut form, &app.settings.site, &rules, today)?;
    // Somebody went on to midnight, or back to the form.
    let Some((mut change, why)) = asked.filter(|_| form.typed("back").is_empty()) else {
        return Ok(edit::page(&signed, form, kind, &rules, today));
    };
    // Only what closes a counter cannot wait for the city.
    let may_wait = kind.closes() && matches!(change.what, What::Say { .. });
    let Some((agreed, agreement)) = agreement::read(&mut form, &app, &signed, may_wait) else {
        return propose::page(&app, &signed, form, (kind, change), None).await;
    };
    change.agreement = agreement;
    let operation = Operation::new(pressed, &format!("change {epoch} {agreed} {why} {change:?}"));
    let (act, wanted) = (app.act(signed.actor()), change.clone());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            store::rules::change(tx, &act, epoch, &wanted, agreed, &why)?;
            Ok::<_, ChangeError>(())
        })
    });
    match done.await {
        Ok(()) => {
            app.reload_rules().await?;
            let done = if matches!(change.what, What::Agree { .. }) { "agreed" } else { "changed" };
            Ok(see_other(&format!("/rules?done={done}")))
        }
        Err(ChangeError::Stale) => {
            change.agreement = None;
            propose::page(&app, &signed, form, (kind, change), Some(epoch)).await
        }
        Err(error) => propose::refused(&app, &signed, form, kind, error).await,
    }
}
