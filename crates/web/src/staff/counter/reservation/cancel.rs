//! Cancelling for a citizen who telephoned or came to the counter.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::reservation::Channel;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::reservation::by_staff;
use store::reservation::shown::Whom;

use super::show;
use super::shown::{AsShown, SHOWN, changed_since};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field;

const CHANNEL: &str = "channel";
/// All of a family are cancelled together; nothing: this one alone.
const ALL: &str = "all";

/// Cancels.
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, CHANNEL, ALL, SHOWN])?;
    let operation = field::operation(&form)?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return show::page(&app, &signed, id, form, None).await;
    };
    let (all, shown) = (!form.typed(ALL).is_empty(), AsShown::read(&form)?);
    let versions = shown.versions(Whom::All);
    let (act, rules) = (app.act(signed.actor()), app.rules());
    let operation = Operation::new(operation, &format!("cancel {id} {channel} {}", form.typed(ALL)));
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| by_staff::cancel(tx, &act, &rules, id, &versions, all, channel))
        })
        .await;
    let problem = match done {
        Ok(()) => {
            app.availability_changed();
            return Ok(see_other(&route::reservation(id)));
        }
        Err(BookingError::Received) => {
            "受付が始まっているため取り消せません。受付の画面で終わらせてください。".to_owned()
        }
        Err(BookingError::Over) => "予約の日を過ぎているため取り消せません。".to_owned(),
        Err(BookingError::WrongState(wrong)) => {
            format!("「{}」の予約は取り消せません。", wrong.from.label())
        }
        Err(BookingError::ChangedSince) => changed_since(&app, id, Whom::All, &shown, None).await?,
        Err(BookingError::NotFound) => return Err(PageError::NotFound),
        Err(BookingError::Reused(_)) => return Err(field::stale()),
        Err(BookingError::Store(error)) => return Err(error.into()),
        Err(other) => return Err(PageError::internal(other)),
    };
    show::page(&app, &signed, id, form, Some(problem)).await
}
