//! One offer: what is held for whom until when. Staff write down what the citizen said by telephone or at the counter, or
//! take the offer back. Of two who answer at once one is written down, and the other is told.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OfferId, OperationId};
use domain::journal::Subject;
use domain::offer::State as Standing;
use domain::permission::Permission;
use domain::proposal::Placed;
use domain::reservation::Channel;
use domain::rules::RuleSet;
use store::journal::View;
use store::offer::{Offer, OfferError, answer};
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::{Act, Lane, Tx};

use super::affected::{self, Affected, route_of, times};
use super::frame;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::layout::Layout;
use crate::staff::wording::moment;

/// By which way the citizen said it.
const CHANNEL: &str = "channel";
/// The operation of taking it back, which stands beside the answers.
const TAKE_BACK: &str = "take_back";

/// What is known of an offer.
#[derive(Debug, Clone)]
pub(in super::super) struct Known {
    /// The offer.
    pub(in super::super) offer: Offer,
    /// The first of the booking.
    pub(in super::super) booking: Affected,
    /// How it stands.
    pub(in super::super) state: Standing,
}

/// The page of an offer.
#[derive(Template)]
#[template(path = "staff/account/rules/offer.html")]
pub(in super::super) struct OfferPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    problem: Option<String>,
    id: OfferId,
    booking: Affected,
    state: &'static str,
    reason: &'static str,
    /// Nobody has to be told by the city: who wished sees it under the number.
    is_wish: bool,
    from: String,
    to: String,
    people: usize,
    until: String,
    made: String,
    ended: String,
    may_answer: bool,
    may_take_back: bool,
    channels: [Channel; 2],
    operation: OperationId,
    take_back: OperationId,
}

impl OfferPage {
    /// The page for somebody who may write down an answer, or take the offer back.
    pub(in super::super) fn new(
        layout: Layout,
        form: Form,
        problem: Option<String>,
        known: Known,
        (answers, takes_back): (bool, bool),
        [operation, take_back]: [OperationId; 2],
    ) -> Self {
        let Known { offer, booking, state } = known;
        let is_open = state == Standing::Open;
        let standing = offer.places.iter();
        Self {
            texts: Texts::new(Language::JA),
            layout,
            form,
            problem,
            id: offer.id,
            state: state.label(),
            reason: offer.reason.label(),
            is_wish: !offer.reason.is_forced(),
            from: times(standing.clone().map(|place| &place.from)),
            to: times(standing.map(|place| &place.to)),
            people: offer.places.len(),
            until: moment(offer.until),
            made: moment(offer.made_at),
            ended: offer.ended_at.map(moment).unwrap_or_default(),
            may_answer: answers && is_open,
            may_take_back: takes_back && is_open,
            booking,
            channels: [Channel::Telephone, Channel::Counter],
            operation,
            take_back,
        }
    }
}

impl Page for OfferPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows an offer.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: OfferId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let (keys, now) = (app.keys.clone(), app.now());
    let read = move |reader: &mut store::Reader<'_>| {
        let Some(offer) = store::offer::find(reader, id)? else { return Ok(None) };
        let Some(first) = store::reservation::find(reader, offer.booking)? else { return Ok(None) };
        let placed = Placed { reservation: first.id, slot: first.slot };
        let booking = affected::read(reader, &keys, &[placed])?.pop();
        Ok::<_, store::Error>(booking.map(|booking| Known { state: offer.seen(now), offer, booking }))
    };
    let known = app.db.read(read).await?.ok_or(PageError::NotFound)?;
    let mut subjects: Vec<Subject> =
        known.offer.places.iter().map(|place| Subject::Reservation(place.reservation)).collect();
    if subjects.is_empty() {
        subjects.push(Subject::Reservation(known.offer.booking));
    }
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let view = View { screen: "offer", asked: id.to_string(), subjects, found };
    let layout = frame(signed, "代わりの日時の案内", &form);
    let may = (signed.may(Permission::Reserve), signed.may(Permission::ChangeRules));
    let operations = [app.operation(), app.operation()];
    let page = OfferPage::new(layout, form, problem, known, may, operations);
    signed.shows(app, view, || respond(&page)).await
}

/// Reads by which way the citizen said it.
fn channel(form: &mut Form) -> Option<Channel> {
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return None;
    };
    Some(channel)
}

/// 同意: moves the booking.
pub(crate) async fn accept(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    said(&app, &signed, &id, &fields, "accept", |tx, act, rules, id, by| {
        answer::accept(tx, act, rules, id, by).map(drop)
    })
    .await
}

/// 辞退: gives the places back.
pub(crate) async fn decline(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let decline = |tx: &mut Tx<'_>, act: &Act, _: &RuleSet, id, by| answer::decline(tx, act, id, by);
    said(&app, &signed, &id, &fields, "decline", decline).await
}

/// Writes down what the citizen said, and by which way.
async fn said(
    app: &App,
    signed: &Signed,
    id: &str,
    fields: &Fields,
    word: &str,
    answer: fn(&mut Tx<'_>, &Act, &RuleSet, OfferId, Channel) -> Result<(), OfferError>,
) -> Result<Response, PageError> {
    let id: OfferId = field::id(id)?;
    let mut form = fields.form(&[field::OPERATION, CHANNEL])?;
    let pressed = field::operation(&form)?;
    let Some(by) = channel(&mut form) else { return page(app, signed, id, form, None).await };
    let operation = Operation::new(pressed, &format!("{word} {id} {by}"));
    let done = app.write_offer(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| answer(tx, act, rules, id, by))
    });
    answered(app, signed, id, form, done.await).await
}

/// 取下げ: takes it back, with a reason.
pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: OfferId = field::id(&id)?;
    let mut form = fields.form(&[TAKE_BACK, field::REMARK])?;
    let pressed: OperationId = form.typed(TAKE_BACK).parse().map_err(|_| PageError::BadRequest)?;
    let remark = field::remark(&mut form);
    if remark.is_empty() && form.fault(field::REMARK).is_none() {
        form.refuse_ja(field::REMARK, "理由を入力してください。記録簿に残ります。");
    }
    if form.is_refused() {
        return page(&app, &signed, id, form, None).await;
    }
    let operation = Operation::new(pressed, &format!("withdraw {id} {remark}"));
    let done = app.write_offer(Lane::Staff, signed.actor(), move |tx, act, _| {
        once(tx, act, &operation, |tx| answer::withdraw(tx, act, id, &remark))
    });
    answered(&app, &signed, id, form, done.await).await
}

async fn answered(
    app: &App,
    signed: &Signed,
    id: OfferId,
    form: Form,
    done: Result<(), OfferError>,
) -> Result<Response, PageError> {
    app.availability_changed();
    let problem = match done {
        Ok(()) => return Ok(see_other(&route_of(id))),
        Err(OfferError::Ended(state)) => {
            format!("この案内は、先に「{}」になりました。何も変えていません。", state.label())
        }
        Err(OfferError::PlaceClosed) => {
            "押さえてある日時も、その後に休みになりました。取り下げて、もう一度枠を押さえてください。"
                .to_owned()
        }
        Err(OfferError::NotFound) => return Err(PageError::NotFound),
        // Only of an offer that is made.
        Err(error @ (OfferError::SamePlace | OfferError::TooLong)) => return Err(PageError::internal(error)),
        Err(OfferError::Reused(_)) => return Err(field::stale()),
        Err(OfferError::Store(error) | OfferError::Booking(BookingError::Store(error))) => {
            return Err(error.into());
        }
        Err(OfferError::Booking(BookingError::StaleRules)) => return Err(PageError::Full),
        Err(OfferError::Booking(_)) => {
            "予約が、案内した後に変わりました。予約の画面で確かめてください。何も変えていません。".to_owned()
        }
    };
    page(app, signed, id, form, Some(problem)).await
}
