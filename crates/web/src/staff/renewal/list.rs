//! The list of a day for the city, who did not come, and the close.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::journal::BusinessDay;
use store::Lane;
use store::day_list::ListError;
use store::op::{Operation, once};
use store::reception::ReceptionError;
use store::report::CloseError;

use super::{business, day, route};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::counter::file::{CsvQuery, Form as Wanted};
use crate::staff::counter::list::act::{sentence, step};
use crate::staff::desk::Signed;
use crate::staff::field;

const RESERVATION: &str = "reservation";
const DIFFERENCE: &str = "difference";

async fn go_on(
    app: &App,
    signed: &Signed,
    of: &BusinessDay,
    form: Form,
    done: Result<(), ListError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&route::day(of.day))),
        Err(error) => day::page(app, signed, of, form, Some(sentence(error)?)).await,
    }
}

/// Freezes the list.
pub(crate) async fn freeze(
    State(app): State<Arc<App>>,
    Path(of): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = business(&app, field::day_in(&of)?);
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("freeze {of}"));
    let day = of.clone();
    let done =
        step(&app, &signed, operation, move |tx, act| store::day_list::freeze(tx, act, &day).map(drop));
    let done = done.await;
    go_on(&app, &signed, &of, form, done).await
}

/// Writes down who of the city took the list.
pub(crate) async fn transfer(
    State(app): State<Arc<App>>,
    Path(of): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = business(&app, field::day_in(&of)?);
    let mut form = fields.form(&[field::OPERATION, field::PERSON])?;
    let operation = field::operation(&form)?;
    let Some(receiver) = field::person(&mut form) else {
        return day::page(&app, &signed, &of, form, None).await;
    };
    let operation = Operation::new(operation, &format!("transfer {of} {receiver}"));
    let (day, recorded) = (of.clone(), signed.city_record());
    let done = step(&app, &signed, operation, move |tx, act| {
        store::day_list::transfer(tx, act, &day, &receiver, recorded)
    });
    let done = done.await;
    go_on(&app, &signed, &of, form, done).await
}

/// Writes down that a difference was seen.
pub(crate) async fn see(
    State(app): State<Arc<App>>,
    Path(of): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = business(&app, field::day_in(&of)?);
    let form = fields.form(&[field::OPERATION, RESERVATION, DIFFERENCE])?;
    let reservation: ReservationId = field::id(form.typed(RESERVATION))?;
    let code = form.typed(DIFFERENCE).to_owned();
    let operation = Operation::new(field::operation(&form)?, &format!("see {of} {reservation} {code}"));
    let day = of.clone();
    let done = step(&app, &signed, operation, move |tx, act| {
        store::renewals::see(tx, act, &day, reservation, &code)
    });
    let done = done.await;
    go_on(&app, &signed, &of, form, done).await
}

/// The frozen list as a file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    Query(query): Query<CsvQuery>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (of, wanted) = Wanted::split(&address);
    let of = business(&app, field::day_in(of)?);
    let asked = of.clone();
    let lines = app.db.read(move |reader| {
        let frozen = store::day_list::find(reader, &asked)?;
        let lines = store::renewals::listed(reader, &asked)?;
        Ok::<_, store::Error>(frozen.map(|_| lines))
    });
    let Some(lines) = lines.await? else { return Err(PageError::NotFound) };
    day::export(&app, &signed, &of, &lines, wanted, query, "renewals_list").await
}

/// Sets for everybody who is still expected that they did not come.
pub(crate) async fn none_came(
    State(app): State<Arc<App>>,
    Path(of): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = business(&app, field::day_in(&of)?);
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("none came {of}"));
    let (act, day) = (app.act(signed.actor()), of.clone());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::reception::none_came(tx, &act, &day).map(drop))
    });
    match done.await {
        Err(ReceptionError::AnotherDay(_)) => {
            let problem = "この日はまだ来ていません。".to_owned();
            day::page(&app, &signed, &of, form, Some(problem)).await
        }
        Err(ReceptionError::Reused(_)) => Err(field::stale()),
        Err(ReceptionError::Store(error)) => Err(error.into()),
        // Done; or somebody was received or cancelled at this moment: the page shows who is left.
        Ok(()) | Err(_) => Ok(see_other(&route::day(of.day))),
    }
}

/// Closes the day, compared with the city's count.
pub(crate) async fn close(
    State(app): State<Arc<App>>,
    Path(of): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = business(&app, field::day_in(&of)?);
    let mut form = fields.form(&[field::OPERATION, day::CITY_COUNT, field::REMARK])?;
    let operation = field::operation(&form)?;
    let counted = field::count(&mut form, day::CITY_COUNT, "市の更新件数");
    let remark = field::remark(&mut form);
    let Some(counted) = counted.filter(|_| !form.is_refused()) else {
        return day::page(&app, &signed, &of, form, None).await;
    };
    let operation = Operation::new(operation, &format!("close {of} {counted} {remark}"));
    let (act, day) = (app.act(signed.actor()), of.clone());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            store::report::close(tx, &act, &day, None, counted, &remark).map(drop)
        })
    });
    let problem = match done.await {
        Ok(()) => return Ok(see_other(&route::day(of.day))),
        Err(CloseError::CountDiffers { city, ours }) => {
            let sentence = format!(
                "市の件数{city}件と、このシステムの件数{ours}件が違います。数え直し、違いが残るときは備考に理由を入力してください。"
            );
            form.refuse_ja(day::CITY_COUNT, sentence);
            return day::page(&app, &signed, &of, form, None).await;
        }
        Err(CloseError::Already) => "この日はほかの人が先に締めました。".to_owned(),
        Err(CloseError::TooEarly) => "この日はまだ来ていません。".to_owned(),
        Err(CloseError::Open { waiting, here }) => {
            format!("来庁前の人が{waiting}人、受付中の人が{here}人残っています。")
        }
        Err(CloseError::Reused(_)) => return Err(field::stale()),
        Err(CloseError::Store(error)) => return Err(error.into()),
        Err(other) => return Err(PageError::internal(other)),
    };
    day::page(&app, &signed, &of, form, Some(problem)).await
}
