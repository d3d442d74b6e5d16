//! Freezing a list, its transfer to the city, and seeing a difference.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::journal::BusinessDay;
use store::day_list::ListError;
use store::op::{Operation, once};
use store::{Act, Lane, Tx};

use super::Lists;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// The reservation that is otherwise.
const RESERVATION: &str = "reservation";
/// How it is otherwise, as its code.
const DIFFERENCE: &str = "difference";

/// Does a step once, however often its form is sent.
pub(super) async fn step(
    app: &App,
    signed: &Signed,
    operation: Operation,
    step: impl Fn(&mut Tx<'_>, &Act) -> Result<(), ListError> + Send + 'static,
) -> Result<(), ListError> {
    let act = app.act(signed.actor());
    app.db.write(Lane::Staff, move |tx| once(tx, &act, &operation, |tx| step(tx, &act))).await
}

/// What a refused step means; what is no matter of the person is an error page.
pub(super) fn sentence(error: ListError) -> Result<String, PageError> {
    Ok(match error {
        ListError::Already => "ほかの人が先に確定しています。いまの内容は下のとおりです。",
        ListError::Over => "この日は終わったか、締めが済んでいるため、リストを確定できません。",
        ListError::NotFrozen => "リストがまだ確定していません。確定してから引き継いでください。",
        ListError::Transferred => "すでに市へ引き継いでいます。",
        ListError::Changed => "予約がもう一度変わりました。いまの内容を確かめてください。",
        ListError::Reused(_) => return Err(field::stale()),
        ListError::Store(error) => return Err(error.into()),
    }
    .to_owned())
}

async fn go_on<L: Lists>(
    app: &App,
    signed: &Signed,
    day: &BusinessDay,
    form: Form,
    done: Result<(), ListError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&L::address(day.day))),
        Err(error) => L::page(app, signed, day, form, Some(sentence(error)?)).await,
    }
}

/// The day of an address.
pub(super) fn day_of<L: Lists>(app: &App, day: &str) -> Result<BusinessDay, PageError> {
    Ok(BusinessDay { service: L::SERVICE, site: app.settings.site.clone(), day: field::day_in(day)? })
}

/// Freezes the list.
pub(in crate::staff) async fn freeze<L: Lists>(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let day = day_of::<L>(&app, &day)?;
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("freeze {day}"));
    let of = day.clone();
    let done =
        step(&app, &signed, operation, move |tx, act| store::day_list::freeze(tx, act, &of).map(drop)).await;
    go_on::<L>(&app, &signed, &day, form, done).await
}

/// Writes down who of the city took the list.
pub(in crate::staff) async fn transfer<L: Lists>(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let day = day_of::<L>(&app, &day)?;
    let mut form = fields.form(&[field::OPERATION, field::PERSON])?;
    let operation = field::operation(&form)?;
    let Some(receiver) = field::person(&mut form) else {
        return L::page(&app, &signed, &day, form, None).await;
    };
    let operation = Operation::new(operation, &format!("transfer {day} {receiver}"));
    let (of, recorded) = (day.clone(), signed.city_record());
    let done = step(&app, &signed, operation, move |tx, act| {
        store::day_list::transfer(tx, act, &of, &receiver, recorded)
    });
    let done = done.await;
    go_on::<L>(&app, &signed, &day, form, done).await
}

/// Writes down that a difference was seen.
pub(in crate::staff) async fn see<L: Lists>(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let day = day_of::<L>(&app, &day)?;
    let form = fields.form(&[field::OPERATION, RESERVATION, DIFFERENCE])?;
    let reservation: ReservationId = field::id(form.typed(RESERVATION))?;
    let code = form.typed(DIFFERENCE).to_owned();
    let operation = Operation::new(field::operation(&form)?, &format!("see {day} {reservation} {code}"));
    let of = day.clone();
    let done =
        step(&app, &signed, operation, move |tx, act| store::day_list::see(tx, act, &of, reservation, &code));
    let done = done.await;
    go_on::<L>(&app, &signed, &day, form, done).await
}
