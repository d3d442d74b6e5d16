//! What is done with one renewal: arrived, renewed, sent away, left; cancelled, and who comes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{ReceptionId, ReservationId};
use domain::reception::Reason;
use domain::reservation::Channel;
use domain::service::Service;
use store::op::{Operation, once};
use store::reception::{ReceptionError, Unserved};
use store::reservation::{BookingError, party};
use store::{Act, Lane, Tx};

use super::{book, route, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::counter::reception::sentence;
use crate::staff::desk::Signed;
use crate::staff::field;

pub(super) const CHANNEL: &str = "channel";
pub(super) const REASON: &str = "reason";
/// How many people are cancelled together; none: this one alone.
const ALL: &str = "all";

/// Does a step of the reception once, and shows the renewal again.
async fn step(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    form: Form,
    operation: Operation,
    step: impl Fn(&mut Tx<'_>, &Act, ReceptionId) -> Result<(), ReceptionError> + Send + 'static,
) -> Result<Response, PageError> {
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            let Some(visit) = store::reception::of_reservation(tx, id)? else {
                return Err(ReceptionError::NotFound);
            };
            step(tx, &act, visit.id)
        })
    });
    match done.await {
        Ok(()) => Ok(see_other(&route::renewal(id))),
        Err(error) => show::page(app, signed, id, form, Some(sentence(error)?)).await,
    }
}

/// 来庁: the visitor is here.
pub(crate) async fn arrive(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("arrive {id}"));
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            let found = store::reservation::find(tx, id)?;
            if found.is_none_or(|found| found.slot.service != Service::Renewal) {
                return Err(ReceptionError::NotFound);
            }
            store::reception::arrive(tx, &act, id).map(drop)
        })
    });
    match done.await {
        // Another operator received the same visitor: the page shows it.
        Ok(()) | Err(ReceptionError::Already(_)) => Ok(see_other(&route::renewal(id))),
        Err(error) => show::page(&app, &signed, id, form, Some(sentence(error)?)).await,
    }
}

/// 更新完了: the city renewed the certificates.
pub(crate) async fn done(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, field::PERSON])?;
    let operation = field::operation(&form)?;
    let Some((renewer, recorded)) = field::city(&mut form, &signed) else {
        return show::page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("renewed {id} {renewer}"));
    step(&app, &signed, id, form, operation, move |tx, act, visit| {
        store::reception::renewed(tx, act, visit, &renewer, recorded)
    })
    .await
}

/// 持ち帰り: sent away with a reason.
pub(crate) async fn send_away(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, REASON, field::REMARK])?;
    let operation = field::operation(&form)?;
    let remark = field::remark(&mut form);
    let reason: Option<Reason> = form.typed(REASON).parse().ok();
    let Some(reason) = reason.filter(|reason| Reason::of(Service::Renewal).any(|of| of == *reason)) else {
        form.refuse_ja(REASON, "理由を選んでください。");
        return show::page(&app, &signed, id, form, None).await;
    };
    if form.is_refused() {
        return show::page(&app, &signed, id, form, None).await;
    }
    let operation = Operation::new(operation, &format!("sent away {id} {reason} {remark}"));
    step(&app, &signed, id, form, operation, move |tx, act, visit| {
        store::reception::send_away(tx, act, visit, &Unserved::SentAway(reason), &remark)
    })
    .await
}

/// 途中退出.
pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("left {id}"));
    step(&app, &signed, id, form, operation, |tx, act, visit| {
        store::reception::send_away(tx, act, visit, &Unserved::Left, "")
    })
    .await
}

/// 取消, of this one or of everybody of its booking.
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, CHANNEL, ALL])?;
    let operation = field::operation(&form)?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return show::page(&app, &signed, id, form, None).await;
    };
    let all: Option<usize> = match form.typed(ALL) {
        "" => None,
        people => Some(people.parse().map_err(|_| PageError::BadRequest)?),
    };
    let operation = Operation::new(operation, &format!("cancel {id} {channel} {}", form.typed(ALL)));
    let (act, rules) = (app.act(signed.actor()), app.rules());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| match all {
            Some(people) => party::cancel_all(tx, &act, &rules, id, people, channel),
            None => store::reservation::cancel(tx, &act, &rules, id, channel).map(drop),
        })
    });
    ended(&app, &signed, id, form, done.await).await
}

/// Who comes, and whether the PINs are known.
pub(crate) async fn coming(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let ([who, ..], [pins, ..]) = (book::VISITORS, book::PINS);
    let mut form = fields.form(&[field::OPERATION, who, pins])?;
    let operation = field::operation(&form)?;
    let Some(coming) = book::coming(&mut form, 0) else {
        return show::page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("coming {id} {}", coming.code()));
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            party::set_coming(tx, &act, id, Some(coming.visitor), Some(coming.pins))
        })
    });
    ended(&app, &signed, id, form, done.await).await
}

/// After something was changed: the renewal again, or why it was not done.
async fn ended(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    form: Form,
    done: Result<(), BookingError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => {
            app.availability_changed();
            Ok(see_other(&route::renewal(id)))
        }
        Err(error) => show::page(app, signed, id, form, Some(refusal(error)?)).await,
    }
}

/// What a refused change means for the person at the counter.
pub(super) fn refusal(error: BookingError) -> Result<String, PageError> {
    Ok(match error {
        BookingError::Received => "受付が始まっているため変えられません。受付を終わらせてください。",
        BookingError::Over => "予約の日を過ぎているため変えられません。",
        BookingError::TooLate => "予約の時間を過ぎているため変えられません。",
        BookingError::DayClosed => "その日は締めたため予約できません。",
        BookingError::Full => "選んだ時間は、いま埋まりました。別の時間を選んでください。",
        BookingError::Limited(limit) => {
            return Ok(format!("{}の時間のため予約できません。別の日時を選んでください。", limit.label()));
        }
        BookingError::AnotherParty => {
            "一緒の予約が、ほかの操作で変わっています。いまの内容を確かめて、もう一度操作してください。"
        }
        BookingError::WrongState(wrong) => {
            return Ok(format!("「{}」の予約は変えられません。", wrong.from.label()));
        }
        BookingError::NotFound => return Err(PageError::NotFound),
        BookingError::StaleRules => return Err(PageError::Full),
        BookingError::Reused(_) => return Err(field::stale()),
        BookingError::Store(error) => return Err(error.into()),
        other => return Err(PageError::internal(other)),
    }
    .to_owned())
}
