//! Booking for a card.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::CardId;
use domain::journal::{Slot, Subject};
use jiff::civil::Date;
use store::Lane;
use store::card::Card;
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::{BookingError, Reservation, Wish};

use super::say;
use super::slots::{CHANNEL, DAY, Goto, LANGUAGE, Pressed, Purpose, START, SlotsPage, look, pressed};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, PageError, respond};
use crate::staff::Task;
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::{field, wording};

/// Shows the times of a day for a card.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(card): Path<String>,
    Query(goto): Query<Goto>,
    signed: Signed,
) -> Result<Response, PageError> {
    let day = goto.day.filter(|day| !day.is_empty()).map(|day| field::day_in(&day)).transpose()?;
    page(&app, &signed, field::id(&card)?, day, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    day: Option<Date>,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let (card, live) = found(app, id).await?;
    if let Some(live) = live.filter(|live| live.state == domain::reservation::State::Booked) {
        return Ok(see_other(&route::reservation(live.id)));
    }
    // A card that cannot be booked has its own sentence on its page.
    if card.stage != domain::card::Stage::Notified {
        return Ok(see_other(&route::card(id)));
    }
    let known = look(app, day).await?;
    let view = View { screen: "book", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    let control = wording::control(card.control_number);
    let layout = signed.layout(format!("予約を取る {control}")).within(Task::Reservations);
    let purpose = Purpose {
        title: "予約を取る".to_owned(),
        say: say(&card, None),
        control,
        card_href: route::card(id),
        now: None,
        here: route::book(id, None),
        asks_language: true,
    };
    let operation = app.operation();
    signed
        .shows(app, view, || respond(&SlotsPage::new(layout, purpose, &known, form, problem, operation)))
        .await
}

async fn found(app: &App, id: CardId) -> Result<(Card, Option<Reservation>), PageError> {
    let found = app.db.read(move |reader| {
        let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
        Ok::<_, store::Error>(Some((card, store::reservation::live_of(reader, id)?)))
    });
    found.await?.ok_or(PageError::NotFound)
}

/// Books the time that was pressed.
pub(crate) async fn book(
    State(app): State<Arc<App>>,
    Path(card): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&card)?;
    let mut form = fields.form(&[field::OPERATION, DAY, START, CHANNEL, LANGUAGE])?;
    let operation = field::operation(&form)?;
    let language = Language::from_code(form.typed(LANGUAGE)).ok_or(PageError::BadRequest)?;
    let Some(Pressed { day, start, channel }) = pressed(&mut form)? else {
        let day = form.typed(DAY).parse().ok();
        return page(&app, &signed, id, day, form, None).await;
    };
    let business = business(&app, day);
    if day < app.today() {
        let problem = "過ぎた日の予約は取れません。".to_owned();
        return page(&app, &signed, id, None, form, Some(problem)).await;
    }
    let slot = Slot { service: business.service, site: business.site, day, start };
    let wish = Wish { card: id, slot, channel, language: language.code().to_owned() };
    let operation = Operation::new(operation, &format!("book {id} {day} {start} {channel}"));
    let keys = app.keys.clone();
    let booked = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            store::reservation::book(tx, act, &keys, rules, &wish).map(|booked| booked.id)
        })
    });
    let problem = match booked.await {
        Ok(booked) => {
            app.availability_changed();
            return Ok(see_other(&route::reservation(booked)));
        }
        Err(BookingError::AlreadyBooked(booked)) => return Ok(see_other(&route::reservation(booked))),
        Err(error) => {
            app.availability_changed();
            problem(error)?
        }
    };
    page(&app, &signed, id, Some(day), form, Some(problem)).await
}

/// The sentence for a place that was not taken.
pub(super) fn problem(error: BookingError) -> Result<String, PageError> {
    let sentence = match error {
        BookingError::Full => "この時間は、たった今埋まりました。別の時間を選んでください。",
        BookingError::DayClosed => "この日は締めが済んでいるため、予約を取れません。",
        BookingError::Received => "受付が始まっているため変更できません。受付の画面で終わらせてください。",
        BookingError::Over => "予約の日を過ぎているため変更できません。",
        BookingError::NotBookable(_) => {
            "このカードは、いまは予約を取れません。カードの画面を確かめてください。"
        }
        BookingError::StaleRules => "予約枠の規則が変わったところです。もう一度押してください。",
        BookingError::WrongState(wrong) => {
            return Ok(format!("「{}」の予約は変更できません。", wrong.from.label()));
        }
        BookingError::NotFound => return Err(PageError::NotFound),
        BookingError::Reused(_) => return Err(field::stale()),
        BookingError::Store(error) => return Err(error.into()),
        other => return Err(PageError::internal(other)),
    };
    Ok(sentence.to_owned())
}
