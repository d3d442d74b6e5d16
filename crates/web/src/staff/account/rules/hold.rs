//! Holding other places for those whom a change of the rules left without one, and offering them: for all of them at once
//! or for some. It is done in small portions; if the program ends in the middle, a job goes on.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::id::ReservationId;
use domain::time::{day_of, end_of_day};
use jiff::ToSpan;
use jiff::civil::Date;
use store::Lane;
use store::offer::OfferError;
use store::op::{Operation, once};

use super::affected::Affected;
use super::over::{self, KEPT};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// The last day on which an offer can be answered.
pub(super) const UNTIL: &str = "until";
/// All to whom nothing is offered, or those who were chosen.
pub(super) const SCOPE: &str = "scope";
/// The operation of this form, which stands beside another.
const OPERATION: &str = "hold_operation";

/// The longest time for which places are held, in days.
pub(crate) const LONGEST: i32 = 30;

/// Fills the deadline that the rules give, and the scope, where nothing is typed. Where bookings of several services or
/// sites are without a place, nobody has less time than their own rule gives.
pub(super) fn fill(app: &App, form: &mut Form, of: &[Affected]) {
    if form.typed(UNTIL).is_empty() && form.fault(UNTIL).is_none() {
        let (rules, now) = (app.rules(), app.now());
        let counters: BTreeSet<_> = of.iter().map(|one| (one.slot.service, &one.slot.site)).collect();
        let until = counters.into_iter().filter_map(|(service, site)| rules.offer_until(service, site, now));
        let until = until.max();
        form.fill(UNTIL, until.map_or_else(String::new, |until| day_of(until).to_string()));
    }
    if form.typed(SCOPE).is_empty() {
        form.fill(SCOPE, "all");
    }
}

/// Holds and offers.
pub(crate) async fn hold(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[field::OPERATION, OPERATION, field::REMARK, UNTIL, SCOPE])?;
    let pressed = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let chosen = fields.all(KEPT)?.into_iter().map(str::parse).collect::<Result<Vec<ReservationId>, _>>();
    let chosen = chosen.map_err(|_| PageError::BadRequest)?;
    let until = until(&mut form, app.today());
    let is_for_all = form.typed(SCOPE) == "all";
    if !is_for_all && chosen.is_empty() {
        form.refuse_ja(KEPT, "枠を押さえる予約を選んでください。");
    }
    let Some(until) = until.filter(|_| !form.is_refused()) else {
        return over::page(&app, &signed, form, None, chosen).await;
    };
    let chosen = Some(chosen).filter(|_| !is_for_all);
    let operation = Operation::new(pressed, &format!("hold {until} {chosen:?}"));
    let act = app.act(signed.actor());
    let begun = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            store::offer::bulk::begin(tx, &act, end_of_day(until), chosen.as_deref())
                .map_err(OfferError::Store)
        })
    });
    match begun.await {
        Ok(_) => {}
        Err(OfferError::Store(error)) => return Err(error.into()),
        Err(_) => return Err(field::stale()),
    }
    app.hold_places().await?;
    Ok(see_other("/rules/over?held=1"))
}

fn until(form: &mut Form, today: Date) -> Option<Date> {
    let until = field::day(form, UNTIL, "返事の期限")?;
    if until < today || until > today.saturating_add(LONGEST.days()) {
        form.refuse_ja(UNTIL, format!("返事の期限は、今日から{LONGEST}日後までの日にしてください。"));
        return None;
    }
    Some(until)
}
