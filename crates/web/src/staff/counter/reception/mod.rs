//! The counter: who is here, and one visitor's way step by step, each an act of a person.

pub(crate) mod arrive;
pub(crate) mod counter;
pub(crate) mod issued;
pub(crate) mod papers;
pub(crate) mod show;
pub(crate) mod to_city;
pub(crate) mod unserved;

use axum::response::Response;
use domain::id::ReceptionId;
use domain::time::month_day_ja;
use store::card::StepError;
use store::op::{Operation, once};
use store::reception::ReceptionError;
use store::reservation::BookingError;
use store::{Act, Lane, Tx};

use super::route;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Does a step once, however often its form is sent.
async fn step<T>(
    app: &App,
    signed: &Signed,
    operation: Operation,
    step: impl Fn(&mut Tx<'_>, &Act) -> Result<T, ReceptionError> + Send + 'static,
) -> Result<T, ReceptionError>
where
    T: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
{
    let act = app.act(signed.actor());
    app.db.write(Lane::Staff, move |tx| once(tx, &act, &operation, |tx| step(tx, &act))).await
}

/// After a step of a reception: its page again, which shows the next one, or says what went wrong.
async fn go_on(
    app: &App,
    signed: &Signed,
    id: ReceptionId,
    form: Form,
    done: Result<(), ReceptionError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&route::reception(id))),
        Err(error) => show::page(app, signed, id, form, Some(sentence(error)?)).await,
    }
}

/// What a refused step means for the person at the counter; what is no matter of theirs is an error page.
pub(in crate::staff) fn sentence(error: ReceptionError) -> Result<String, PageError> {
    Ok(match error {
        ReceptionError::NotFound => return Err(PageError::NotFound),
        ReceptionError::AnotherDay(day) => {
            format!("{}の予約です。今日の受付はできません。", month_day_ja(day))
        }
        ReceptionError::Already(_) => "すでに受け付けています。".to_owned(),
        ReceptionError::NotLive(state) => {
            format!("予約が「{}」になっているため受け付けられません。", state.label())
        }
        ReceptionError::DayClosed => {
            "今日は締めたため受け付けられません。業務責任者に知らせてください。".to_owned()
        }
        ReceptionError::Suspended => {
            "このカードは保留です。市が決めるまで渡せません。受け付けずに、市の担当へつないでください。"
                .to_owned()
        }
        ReceptionError::NotPulled(place) => {
            format!(
                "カードはまだ「{place}」にあります。引き抜いて窓口へ持ってきてから、市へ引き継いでください。"
            )
        }
        ReceptionError::WrongState(wrong) => {
            format!("ほかの人が先に進めました。いまは「{}」です。", wrong.from.label())
        }
        ReceptionError::Step(StepError::WrongStage(_)) => {
            "カードの状態が変わっています。カードの画面を確かめてください。".to_owned()
        }
        ReceptionError::Step(StepError::WrongPlace { .. }) => {
            "このカードは所在不明になっています。見つけたら、先に箱に入れる画面で読み取ってください。"
                .to_owned()
        }
        ReceptionError::Step(StepError::Changed) => {
            "同時にほかの人がカードを動かしました。画面を確かめてやり直してください。".to_owned()
        }
        ReceptionError::Reused(_) => return Err(field::stale()),
        ReceptionError::Store(error)
        | ReceptionError::Step(StepError::Store(error))
        | ReceptionError::Booking(BookingError::Store(error)) => return Err(error.into()),
        ReceptionError::Booking(BookingError::WrongState(wrong)) => {
            format!("予約が「{}」になっています。画面を確かめてください。", wrong.from.label())
        }
        other => return Err(PageError::internal(other)),
    })
}
