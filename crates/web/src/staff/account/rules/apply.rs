//! A proposed change is made: with the city's agreement, and only if nobody changed the rules since it was told.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::journal::CityRecord;
use domain::rules::{Agreed, Change, TimeOfDay, What};
use domain::time::{day_of, era_date, minute_of};
use store::Lane;
use store::op::{Operation, once};
use store::rules::ChangeError;

use super::fields::Kind;
use super::propose::{AGREED, AGREED_AT, AGREED_ON, AGREEMENT, EPOCH};
use super::{edit, fields, propose};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::{field, wording};

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
    let (kind, asked) = edit::asked(&mut form, &rules, today)?;
    // Somebody went on to midnight, or back to the form.
    let Some((mut change, why)) = asked.filter(|_| form.typed("back").is_empty()) else {
        return Ok(edit::page(&signed, form, kind, &rules, today));
    };
    let Some((agreed, agreement)) = agreement(&mut form, &app, &signed, kind, &change) else {
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

/// The city's agreement: by the city's own account, or by name and time. An emergency may be agreed to afterwards.
fn agreement(
    form: &mut Form,
    app: &App,
    signed: &Signed,
    kind: Kind,
    change: &Change,
) -> Option<(Agreed, Option<String>)> {
    if signed.city_record() == CityRecord::Account {
        let now = app.now();
        let told =
            format!("{}（市のアカウント、{} {}）", signed.name(), era_date(day_of(now)), wording::time(now));
        return Some((Agreed::Account, Some(told)));
    }
    match form.typed(AGREED) {
        "later" if kind.closes() && matches!(change.what, What::Say { .. }) => Some((Agreed::Later, None)),
        "now" => {
            let person = field::person(form);
            let on = field::day(form, AGREED_ON, "同意した日");
            let at: Option<TimeOfDay> = form.typed(AGREED_AT).trim().parse().ok();
            if at.is_none() {
                form.refuse_ja(AGREED_AT, "同意した時刻を、例のように入力してください（9:00）。");
            }
            let (on, at, now) = (on?, at?, app.now());
            if (on, at.minutes()) > (day_of(now), minute_of(now)) {
                form.refuse_ja(AGREED_ON, "同意した日時が、いまより後になっています。");
                return None;
            }
            Some((Agreed::Told, Some(format!("{}（市、{} {at}）", person?, era_date(on)))))
        }
        _ => {
            form.refuse_ja(AGREED, "市の同意を選んでください。");
            None
        }
    }
}
