//! Taking the reservations of a file, line by line in portions. What was taken stays taken if the program ends in the
//! middle; the same file goes on where it stopped.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::OperationId;
use domain::journal::Slot;
use domain::opening::Booked;
use domain::service::Service;
use store::Lane;
use store::reservation::BookingError;
use store::takeover::{CHUNK, Line, Outcome};

use super::super::check::gone;
use super::{Checked, result};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Twelve digits were asked back: they are no Individual Numbers.
pub(super) const CONFIRMED: &str = "confirmed";
/// Places beyond those of a slot are allowed.
const OVER: &str = "over";

/// Takes them.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    Path(operation): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let operation: OperationId = field::id(&operation)?;
    let mut form = fields.form(&[CONFIRMED, OVER])?;
    let Some(checked) = app.former.reservations.find(operation, app.now(), signed.session().person) else {
        return Ok(gone(&signed, "/taking-over/reservations"));
    };
    if checked.questions > 0 && form.typed(CONFIRMED).is_empty() {
        form.refuse_ja(CONFIRMED, "12桁の数字が個人番号でないことを確かめて、印を付けてください。");
        return Ok(result::before(&signed, operation, &checked, form));
    }
    let mut done = checked.done.lock().await;
    if done.is_none() {
        *done = Some(take_now(&app, &signed, &checked, !form.typed(OVER).is_empty()).await?);
        app.availability_changed();
        app.learn_former().await?;
    }
    drop(done);
    Ok(see_other(&format!("/taking-over/reservations/{operation}")))
}

async fn take_now(
    app: &App,
    signed: &Signed,
    checked: &Checked,
    over: bool,
) -> Result<Vec<Outcome>, PageError> {
    let site = &app.settings.site;
    let line = |booked: &Booked| Line {
        former: booked.former.clone(),
        control: booked.control,
        slot: Slot { service: Service::Issuance, site: site.clone(), day: booked.day, start: booked.start },
        channel: booked.channel,
        number: booked.number.clone(),
    };
    let mut outcomes = Vec::with_capacity(checked.lines.len());
    for portion in checked.lines.chunks(CHUNK) {
        let (lines, keys): (Vec<Line>, _) = (portion.iter().map(line).collect(), app.keys.clone());
        let taken = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
            store::takeover::take(tx, act, &keys, rules, &lines, over)
        });
        outcomes.extend(taken.await.map_err(failed)?);
    }
    Ok(outcomes)
}

fn failed(error: BookingError) -> PageError {
    match error {
        BookingError::Store(error) => error.into(),
        BookingError::StaleRules => {
            PageError::Conflict("予約枠の規則が変わったところです。もう一度押してください。".to_owned())
        }
        other => PageError::internal(other),
    }
}
