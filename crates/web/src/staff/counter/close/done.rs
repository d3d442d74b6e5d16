//! The close itself: the city's count is compared, and the day's figures stand from here on.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::journal::BusinessDay;
use jiff::civil::Date;
use store::Lane;
use store::op::{Operation, once};
use store::report::CloseError;

use super::show::{self, CITY_COUNT};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Closes a day.
pub(crate) async fn close(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let day = field::day_in(&day)?;
    let mut form = fields.form(&[field::OPERATION, CITY_COUNT, field::REMARK])?;
    let of = business(&app, day);
    let next = show::next(&app, &of);
    match try_close(&app, &signed, &of, next, "市の交付件数", &mut form).await? {
        Closing::Done => Ok(see_other(&route::close(day))),
        Closing::Open(problem) => show::page(&app, &signed, day, form, &fields, problem).await,
    }
}

/// What became of a close.
pub(in crate::staff) enum Closing {
    /// The day is closed.
    Done,
    /// It is still open: what is wrong stands at the form, or is this sentence.
    Open(Option<String>),
}

/// Closes a day with the city's count as the form has it, under the name that the count has there.
pub(in crate::staff) async fn try_close(
    app: &App,
    signed: &Signed,
    day: &BusinessDay,
    next: Option<Date>,
    count: &str,
    form: &mut Form,
) -> Result<Closing, PageError> {
    let operation = field::operation(form)?;
    let counted = field::count(form, CITY_COUNT, count);
    let remark = field::remark(form);
    let Some(counted) = counted.filter(|_| !form.is_refused()) else { return Ok(Closing::Open(None)) };
    let (act, of) = (app.act(signed.actor()), day.clone());
    let operation = Operation::new(operation, &format!("close {day} {counted} {remark}"));
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::report::close(tx, &act, &of, next, counted, &remark).map(drop))
    });
    let problem = match done.await {
        Ok(()) => return Ok(Closing::Done),
        Err(CloseError::CountDiffers { city, ours }) => {
            let sentence = format!(
                "市の件数{city}件と、このシステムの件数{ours}件が違います。数え直し、違いが残るときは備考に理由を入力してください。"
            );
            form.refuse_ja(CITY_COUNT, sentence);
            return Ok(Closing::Open(None));
        }
        Err(CloseError::Already) => "この日はほかの人が先に締めました。".to_owned(),
        Err(CloseError::TooEarly) => "この日はまだ来ていません。".to_owned(),
        Err(CloseError::Open { waiting, here }) => {
            format!("来庁前の人が{waiting}人、受付中の人が{here}人残っています。")
        }
        Err(CloseError::CardsOut(cards)) => format!("箱の外にあるカードが{}枚残っています。", cards.len()),
        Err(CloseError::NotTold(count)) => format!(
            "市へ知らせていない事故が{count}件あります。市の担当者に知らせて、事故の記録の画面に記録してください。"
        ),
        Err(CloseError::Reused(_)) => return Err(field::stale()),
        Err(CloseError::Store(error)) => return Err(error.into()),
        Err(other) => return Err(PageError::internal(other)),
    };
    Ok(Closing::Open(Some(problem)))
}
