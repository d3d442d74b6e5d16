//! Cancelling for a citizen who telephoned or came to the counter.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::reservation::Channel;
use domain::time::day_of;
use store::op::{Operation, Reused, once};
use store::reservation::BookingError;
use store::{Act, Lane, Tx};

use super::show;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field;

const CHANNEL: &str = "channel";

/// Why it was not cancelled.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// The visitor is here or was: how the visit ends is said at the counter.
    #[error("the visitor was received")]
    Received,
    /// The day is over: who did not come is set when the day is closed.
    #[error("the day is over")]
    Past,
    /// The booking.
    #[error(transparent)]
    Booking(#[from] BookingError),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::Booking(error.into())
    }
}

impl From<Reused> for Refusal {
    fn from(error: Reused) -> Self {
        Self::Booking(error.into())
    }
}

/// Cancels.
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, CHANNEL])?;
    let operation = field::operation(&form)?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return show::page(&app, &signed, id, form, None).await;
    };
    let (act, rules) = (app.act(signed.actor()), app.rules());
    let operation = Operation::new(operation, &format!("cancel {id} {channel}"));
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| cancel_for(tx, &act, &rules, id, channel))
        })
        .await;
    let problem = match done {
        Ok(()) => {
            app.availability_changed();
            return Ok(see_other(&route::reservation(id)));
        }
        Err(Refusal::Received) => {
            "受付が始まっているため取り消せません。受付の画面で終わらせてください。".to_owned()
        }
        Err(Refusal::Past) => "予約の日を過ぎているため取り消せません。".to_owned(),
        Err(Refusal::Booking(BookingError::NotFound)) => return Err(PageError::NotFound),
        Err(Refusal::Booking(BookingError::Reused(_))) => return Err(field::stale()),
        Err(Refusal::Booking(BookingError::WrongState(wrong))) => {
            format!("「{}」の予約は取り消せません。", wrong.from.label())
        }
        Err(Refusal::Booking(BookingError::Store(error))) => return Err(error.into()),
        Err(Refusal::Booking(other)) => return Err(PageError::internal(other)),
    };
    show::page(&app, &signed, id, form, Some(problem)).await
}

fn cancel_for(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &domain::rules::RuleSet,
    id: ReservationId,
    channel: Channel,
) -> Result<(), Refusal> {
    let booked = store::reservation::find(tx, id)?.ok_or(BookingError::NotFound)?;
    if store::reception::of_reservation(tx, id)?.is_some() {
        return Err(Refusal::Received);
    }
    if booked.slot.day < day_of(act.at) {
        return Err(Refusal::Past);
    }
    store::reservation::cancel(tx, act, rules, id, channel)?;
    Ok(())
}
