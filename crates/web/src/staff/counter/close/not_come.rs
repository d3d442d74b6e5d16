//! 不来庁: set by a person for those who were ticked, or for everybody who is left once the last time is over; for
//! all of them or none.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::reservation::State as Booking;
use jiff::civil::Date;
use store::Lane;
use store::op::{Operation, once};
use store::reception::ReceptionError;
use store::reservation::BookingError;

use super::show::{self, ABSENT, LEFT};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Sets that the ticked ones did not come.
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let day = field::day_in(&day)?;
    let mut form = fields.form(&[field::OPERATION, ABSENT])?;
    let operation = field::operation(&form)?;
    let ticked: Result<Vec<ReservationId>, _> = fields.all(ABSENT)?.into_iter().map(str::parse).collect();
    let ticked = ticked.map_err(|_| PageError::BadRequest)?;
    if ticked.is_empty() {
        form.refuse_ja(ABSENT, "不来庁にする人を選んでください。");
        return show::page(&app, &signed, day, form, &fields, None).await;
    }
    let business = business(&app, day);
    let act = app.act(signed.actor());
    let operation = Operation::new(operation, &format!("not-come {day} {ticked:?}"));
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                for id in &ticked {
                    let of_day = store::reservation::find(tx, *id)?
                        .is_some_and(|booked| booked.slot.business_day() == business);
                    if !of_day {
                        return Err(ReceptionError::NotFound);
                    }
                    store::reception::not_come(tx, &act, *id)?;
                }
                Ok(())
            })
        })
        .await;
    answer(&app, &signed, day, form, &fields, done).await
}

/// Sets that nobody who is left came. The form says how many the person saw, and nothing else than that is done.
pub(crate) async fn set_all(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let day = field::day_in(&day)?;
    let form = fields.form(&[field::OPERATION, LEFT])?;
    let operation = field::operation(&form)?;
    let seen: u32 = form.typed(LEFT).parse().map_err(|_| PageError::BadRequest)?;
    if !show::is_over(&app, day) {
        let problem = "この日の予約の時間がまだ終わっていません。";
        return show::page(&app, &signed, day, form, &fields, Some(problem.to_owned())).await;
    }
    let business = business(&app, day);
    let act = app.act(signed.actor());
    let operation = Operation::new(operation, &format!("none-came {day} {seen}"));
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| match store::reception::none_came(tx, &act, &business)? {
                set if set == seen => Ok(()),
                // Undone with everything that was set: somebody came or cancelled since the page was shown.
                _ => Err(ReceptionError::NotLive(Booking::Booked)),
            })
        })
        .await;
    answer(&app, &signed, day, form, &fields, done).await
}

async fn answer(
    app: &App,
    signed: &Signed,
    day: Date,
    form: Form,
    fields: &Fields,
    done: Result<(), ReceptionError>,
) -> Result<Response, PageError> {
    let problem = match done {
        Ok(()) => return Ok(see_other(&route::close(day))),
        Err(ReceptionError::Offered) => {
            "残っている人の中に、代わりの日時を案内して返事を待っている人がいます。不来庁にはできません。\
            返事を記録するか、案内の期限が過ぎてから締めてください。"
        }
        Err(ReceptionError::NotLive(Booking::Booked)) => {
            "画面を開いた後に、来庁した人か予約を取り消した人がいます。残っている人を確かめてやり直してください。"
        }
        Err(ReceptionError::Already(_)) => {
            "選んだ人の中に、受付が始まった人がいます。確かめて選び直してください。"
        }
        Err(ReceptionError::NotLive(_) | ReceptionError::Booking(BookingError::WrongState(_))) => {
            "選んだ人の中に、取り消された予約があります。確かめて選び直してください。"
        }
        Err(ReceptionError::AnotherDay(_)) => "この日はまだ来ていません。",
        Err(ReceptionError::NotFound) => return Err(PageError::NotFound),
        Err(ReceptionError::Reused(_)) => return Err(field::stale()),
        Err(ReceptionError::Store(error) | ReceptionError::Booking(BookingError::Store(error))) => {
            return Err(error.into());
        }
        Err(other) => return Err(PageError::internal(other)),
    };
    show::page(app, signed, day, form, fields, Some(problem.to_owned())).await
}
