//! 訂正: the person in charge says how a visit really ended, with a reason.
//!
//! A closed day's report stays as it is; the report of the next closed day tells of the correction.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::correction::End;
use domain::id::{OperationId, ReservationId};
use domain::journal::{CityRecord, Subject};
use domain::reception::Reason;
use domain::service::Service;
use domain::time::era_date;
use store::Lane;
use store::card::StepError;
use store::correction::{Correction, CorrectionError};
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::BookingError;

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::reception::unserved::REASON;
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};
use crate::staff::{field, renewal, wording};

/// The end as the person saw it.
const FROM: &str = "from";
/// The end as it should be.
const TO: &str = "to";

/// An end that may be chosen, without the reason of those who were sent away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) code: &'static str,
    pub(crate) label: &'static str,
}

const AWAY: Choice = Choice { code: "sent_away", label: "持ち帰り" };
const LEFT: Choice = Choice { code: "left", label: "途中退出" };
const ISSUED: Choice = Choice { code: "issued", label: "交付" };
/// What the end of a renewal is called; the visitor takes the own card home.
const RENEWED: Choice = Choice { code: ISSUED.code, label: "更新完了" };

/// The page of a correction.
#[derive(Template)]
#[template(path = "staff/counter/reservation/correct.html")]
pub(crate) struct CorrectPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: ReservationId,
    pub(crate) when: String,
    pub(crate) reservation_href: String,
    /// 管理番号 and place of the card; a renewal has none of ours.
    pub(crate) card: Option<(String, String)>,
    pub(crate) now: String,
    pub(crate) from: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) from_paper: bool,
    /// Whether the day is closed, so that the correction stands in a later report.
    pub(crate) closed: bool,
    pub(crate) operation: OperationId,
}

impl Page for CorrectPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// The end in a form's field.
pub(crate) fn code(end: End) -> String {
    match end {
        End::Issued => ISSUED.code.to_owned(),
        End::Left => LEFT.code.to_owned(),
        End::NotCome => "not_come".to_owned(),
        End::SentAway { reason } => format!("{} {reason}", AWAY.code),
    }
}

fn read(code: &str) -> Option<End> {
    match code.split_once(' ') {
        Some((away, reason)) if away == AWAY.code => Some(End::SentAway { reason: reason.parse().ok()? }),
        None if code == ISSUED.code => Some(End::Issued),
        None if code == LEFT.code => Some(End::Left),
        None if code == "not_come" => Some(End::NotCome),
        _ => None,
    }
}

/// What an end of a visit for a service may be corrected to.
pub(crate) fn choices(service: Service, from: End) -> Vec<Choice> {
    let done = if service == Service::Renewal { RENEWED } else { ISSUED };
    let away = Reason::ALL.iter().any(|reason| from.to(End::SentAway { reason: *reason }).is_ok());
    let mut choices = Vec::new();
    choices.extend(Some(AWAY).filter(|_| away));
    choices.extend(Some(LEFT).filter(|_| from.to(End::Left).is_ok()));
    choices.extend(Some(done).filter(|_| from.to(End::Issued).is_ok()));
    choices
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let known = app
        .db
        .read(move |reader| {
            let Some(reservation) = store::reservation::find(reader, id)? else { return Ok(None) };
            let card = match reservation.card {
                Some(card) => store::card::find(reader, card)?,
                None => None,
            };
            let end = store::correction::end_of(reader, &reservation)?.map(|(end, _)| end);
            let closed = store::report::closed(reader, &reservation.slot.business_day())?.is_some();
            Ok::<_, store::Error>(Some((reservation, card, end, closed)))
        })
        .await?;
    let Some((reservation, card, end, closed)) = known else { return Err(PageError::NotFound) };
    let service = reservation.slot.service;
    let mut subjects = vec![Subject::Reservation(id)];
    subjects.extend(card.as_ref().map(|card| Subject::Card(card.id)));
    signed.viewed(app, View { screen: "correct", asked: id.to_string(), subjects, found: 1 }).await?;
    let Some(end) = end.filter(|end| !choices(service, *end).is_empty()) else {
        return Err(PageError::Conflict(
            "この予約には訂正できる結果がありません。予約の画面で今の状態を確かめてください。".to_owned(),
        ));
    };
    let mut layout = signed.layout("結果の訂正").within(Task::Reports);
    layout.refused = form.is_refused();
    Ok(respond(&CorrectPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id,
        when: format!("{} {}", era_date(reservation.slot.day), reservation.slot.start),
        reservation_href: page_of(service, id),
        card: card.map(|card| (wording::control(card.control_number), card.place_name)),
        now: end.words(service),
        from: code(end),
        choices: choices(service, end),
        reasons: Reason::of(reservation.slot.service).collect(),
        from_paper: signed.city_record() == CityRecord::Paper,
        closed,
        operation: app.operation(),
    }))
}

/// The page of a reservation of a service.
fn page_of(service: Service, id: ReservationId) -> String {
    if service == Service::Renewal { renewal::route::renewal(id) } else { route::reservation(id) }
}

/// Corrects the end.
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form =
        fields.form(&[field::OPERATION, FROM, TO, REASON, field::PERSON, field::PAPER, field::REMARK])?;
    let operation = field::operation(&form)?;
    let Some(from) = read(form.typed(FROM)) else { return Err(PageError::BadRequest) };
    let to = wanted(&mut form, from);
    let issuer = match to {
        Some(End::Issued) => field::city(&mut form, &signed).map(|(issuer, _)| issuer),
        _ => None,
    };
    let remark = field::remark(&mut form);
    if remark.is_empty() && form.fault(field::REMARK).is_none() {
        form.refuse_ja(field::REMARK, "訂正の理由を入力してください。");
    }
    let Some(to) = to.filter(|_| !form.is_refused()) else {
        return page(&app, &signed, id, form, None).await;
    };
    let said = format!("correct {id} {} {} {remark} {issuer:?}", code(from), code(to));
    let operation = Operation::new(operation, &said);
    let correction = Correction { from, to, issuer, remark };
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::correction::correct(tx, &act, id, &correction)?;
                let corrected = store::reservation::find(tx, id)?.ok_or(CorrectionError::NotFound)?;
                Ok::<_, CorrectionError>(corrected.slot.service)
            })
        })
        .await;
    let problem = match done {
        Ok(service) => return Ok(see_other(&page_of(service, id))),
        Err(CorrectionError::Changed) => {
            "ほかの人が先に訂正しました。今の結果を確かめて、必要ならもう一度訂正してください。".to_owned()
        }
        Err(CorrectionError::BookedAgain) => {
            "このカードには新しい予約があります。交付に訂正するときは、先にその予約を取り消してください。"
                .to_owned()
        }
        Err(CorrectionError::CardAt(place)) => format!(
            "カードは「{}」にあるため、交付に訂正できません。カードの画面を確かめてください。",
            place.label()
        ),
        Err(CorrectionError::Step(StepError::Changed)) => {
            "同時にほかの人がカードを動かしました。画面を確かめてやり直してください。".to_owned()
        }
        Err(CorrectionError::NotCorrectable(_)) => "この結果には訂正できません。".to_owned(),
        Err(CorrectionError::NotFound) => return Err(PageError::NotFound),
        Err(CorrectionError::Reused(_)) => return Err(field::stale()),
        Err(
            CorrectionError::Store(error)
            | CorrectionError::Step(StepError::Store(error))
            | CorrectionError::Booking(BookingError::Store(error)),
        ) => return Err(error.into()),
        Err(other) => return Err(PageError::internal(other)),
    };
    page(&app, &signed, id, form, Some(problem)).await
}

/// The end that was chosen, where it is one that this end may be corrected to.
fn wanted(form: &mut Form, from: End) -> Option<End> {
    let chosen = form.typed(TO).to_owned();
    let to = if chosen == AWAY.code {
        let Ok(reason) = form.typed(REASON).parse() else {
            form.refuse_ja(REASON, "持ち帰りの理由を選んでください。");
            return None;
        };
        Some(End::SentAway { reason })
    } else {
        read(&chosen)
    };
    match to {
        Some(to) if from == to => form.refuse_ja(TO, "今と同じ結果です。正しい結果を選んでください。"),
        Some(to) if from.to(to).is_ok() => {}
        _ => form.refuse_ja(TO, "正しい結果を選んでください。"),
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g15_an_end_survives_its_field() {
        for end in [End::Issued, End::Left, End::NotCome, End::SentAway { reason: Reason::Notice }] {
            assert_eq!(read(&code(end)), Some(end));
        }
        assert_eq!(read("sent_away nothing"), None);
        let of_issuance = |end| choices(Service::Issuance, end);
        assert_eq!(of_issuance(End::Issued), []);
        assert_eq!(of_issuance(End::Left), [AWAY, ISSUED]);
        assert_eq!(of_issuance(End::NotCome), [AWAY, LEFT, ISSUED]);
        assert_eq!(choices(Service::Renewal, End::Left), [AWAY, RENEWED]);
    }
}
