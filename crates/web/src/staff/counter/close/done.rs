//! The close itself: the city's count is compared, and the day's figures stand from here on.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use store::Lane;
use store::op::{Operation, once};
use store::report::CloseError;

use super::show::{self, CITY_COUNT};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
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
    let operation = field::operation(&form)?;
    let counted = field::count(&mut form, CITY_COUNT, "市の交付件数");
    let remark = field::remark(&mut form);
    let Some(counted) = counted.filter(|_| !form.is_refused()) else {
        return show::page(&app, &signed, day, form, &fields, None).await;
    };
    let business = business(&app, day);
    let (act, next) = (app.act(signed.actor()), show::next(&app, &business));
    let operation = Operation::new(operation, &format!("close {day} {counted} {remark}"));
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::report::close(tx, &act, &business, next, counted, &remark).map(drop)
            })
        })
        .await;
    let problem = match done {
        Ok(()) => return Ok(see_other(&route::close(day))),
        Err(CloseError::CountDiffers { city, ours }) => {
            let sentence = format!(
                "市の件数{city}件と、このシステムの件数{ours}件が違います。数え直し、違いが残るときは備考に理由を入力してください。"
            );
            form.refuse_ja(CITY_COUNT, sentence);
            return show::page(&app, &signed, day, form, &fields, None).await;
        }
        Err(CloseError::Already) => "この日はほかの人が先に締めました。".to_owned(),
        Err(CloseError::TooEarly) => "この日はまだ来ていません。".to_owned(),
        Err(CloseError::Open { waiting, here }) => {
            format!("来庁前の人が{waiting}人、受付中の人が{here}人残っています。")
        }
        Err(CloseError::CardsOut(cards)) => format!("箱の外にあるカードが{}枚残っています。", cards.len()),
        Err(CloseError::Reused(_)) => return Err(field::stale()),
        Err(CloseError::Store(error)) => return Err(error.into()),
        Err(other) => return Err(PageError::internal(other)),
    };
    show::page(&app, &signed, day, form, &fields, Some(problem)).await
}
