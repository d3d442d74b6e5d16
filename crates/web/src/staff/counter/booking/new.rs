//! Booking for a card.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::card::Stage;
use domain::id::CardId;
use domain::journal::{Slot, Subject};
use domain::reservation::{MOST_IN_PARTY, State as Booking};
use jiff::civil::Date;
use store::Lane;
use store::card::Card;
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::{BookingError, Reservation, Wish, party};

use super::say;
use super::slots::{
    CHANNEL, DAY, Goto, LANGUAGE, Person, Pressed, Purpose, START, SlotsPage, VISITORS, WITH, look, pressed,
    visitor,
};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, PageError, respond};
use crate::staff::Task;
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::{field, wording};

/// The others of a family in an address: ids of cards, joined by commas.
pub(super) fn others(text: &str) -> Result<Vec<CardId>, PageError> {
    let ids: Result<Vec<CardId>, _> =
        text.split(',').filter(|id| !id.is_empty()).map(str::parse::<CardId>).collect();
    ids.map_err(|_| PageError::BadRequest)
}

/// [`others`] as a text.
pub(super) fn joined(others: &[CardId]) -> String {
    others.iter().map(CardId::to_string).collect::<Vec<_>>().join(",")
}

/// Shows the times of a day for a card, or for a family's cards.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(card): Path<String>,
    Query(goto): Query<Goto>,
    signed: Signed,
) -> Result<Response, PageError> {
    let with = others(goto.with.as_deref().unwrap_or_default())?;
    page(&app, &signed, field::id(&card)?, with, goto.day()?, Form::fresh(), None).await
}

/// The page of times for a card and the others of its family, with a form as it stands.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    with: Vec<CardId>,
    day: Option<Date>,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let asked = with.clone();
    let found = app.db.read(move |reader| {
        let mut found = Vec::new();
        for id in std::iter::once(id).chain(asked.iter().copied()) {
            let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
            let live = store::reservation::live_of(reader, id)?;
            found.push((card, live.filter(|live| live.state == Booking::Booked)));
        }
        Ok::<_, store::Error>(Some(found))
    });
    let found: Vec<(Card, Option<Reservation>)> = found.await?.ok_or(PageError::NotFound)?;
    let Some(((first, live), _)) = found.split_first() else { return Err(PageError::NotFound) };
    if let Some(live) = live {
        return Ok(see_other(&route::reservation(live.id)));
    }
    // A card that cannot be booked has its own sentence on its page.
    if first.stage != Stage::Notified {
        return Ok(see_other(&route::card(id)));
    }
    let refused = found.iter().find(|(card, live)| live.is_some() || card.stage != Stage::Notified);
    let problem = problem.or_else(|| {
        refused.map(|(card, live)| {
            let control = wording::control(card.control_number);
            format!(
                "管理番号 {control} の方は一緒に予約できません。外してください。「{}」",
                say(card, live.as_ref())
            )
        })
    });
    let known = look(app, day).await?;
    let subjects = found.iter().map(|(card, _)| Subject::Card(card.id)).collect();
    let view = View { screen: "book", asked: id.to_string(), subjects, found: found_count(found.len()) };
    let control = wording::control(first.control_number);
    let layout = signed.layout(format!("予約を取る {control}")).within(Task::Reservations);
    let person = |((card, _), field): (&(Card, Option<Reservation>), &'static str)| Person {
        control: wording::control(card.control_number),
        href: route::card(card.id),
        field: Some(field),
        without_href: (card.id != id).then(|| {
            let rest: Vec<CardId> = with.iter().copied().filter(|other| *other != card.id).collect();
            route::book_with(id, &joined(&rest), known.day)
        }),
    };
    let purpose = Purpose {
        title: "予約を取る".to_owned(),
        say: say(first, None),
        people: found.iter().zip(VISITORS).map(person).collect(),
        with: joined(&with),
        family_href: (found.len() < MOST_IN_PARTY).then(|| route::book_family(id)),
        all_href: None,
        alone_href: None,
        now: None,
        here: route::book(id, None),
        asks_language: true,
    };
    let operation = app.operation();
    signed
        .shows(app, view, || respond(&SlotsPage::new(layout, purpose, &known, form, problem, operation)))
        .await
}

fn found_count(found: usize) -> u32 {
    u32::try_from(found).unwrap_or(u32::MAX)
}

/// Books the time that was pressed, for all or for nobody.
pub(crate) async fn book(
    State(app): State<Arc<App>>,
    Path(card): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&card)?;
    let [one, two, three, four] = VISITORS;
    let mut form =
        fields.form(&[field::OPERATION, DAY, START, CHANNEL, LANGUAGE, WITH, one, two, three, four])?;
    let operation = field::operation(&form)?;
    let language = Language::from_code(form.typed(LANGUAGE)).ok_or(PageError::BadRequest)?;
    let with = others(form.typed(WITH))?;
    let Some(Pressed { day, starts, channel }) = pressed(&mut form)? else {
        let day = form.typed(DAY).parse().ok();
        return page(&app, &signed, id, with, day, form, None).await;
    };
    let business = business(&app, day);
    if day < app.today() {
        let problem = "過ぎた日の予約は取れません。".to_owned();
        return page(&app, &signed, id, with, None, form, Some(problem)).await;
    }
    let cards: Vec<CardId> = std::iter::once(id).chain(with.iter().copied()).collect();
    if starts.len() != cards.len() {
        return Err(PageError::BadRequest);
    }
    let mut wishes = Vec::new();
    let mut asks_for = format!("book {day} {channel}");
    for ((card, start), field) in cards.iter().zip(&starts).zip(VISITORS) {
        let slot = Slot { service: business.service, site: business.site.clone(), day, start: *start };
        let visitor = visitor(&form, field)?;
        asks_for.extend([" ", &card.to_string(), " ", &start.to_string(), " ", form.typed(field)]);
        wishes.push((Wish { card: *card, slot, channel, language: language.code().to_owned() }, visitor));
    }
    let operation = Operation::new(operation, &asks_for);
    let keys = app.keys.clone();
    let booked = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            let booked = party::book(tx, act, &keys, rules, &wishes)?;
            booked.first().map(|booked| booked.id).ok_or(BookingError::NotFound)
        })
    });
    let problem = match booked.await {
        Ok(booked) => {
            app.availability_changed();
            return Ok(see_other(&route::reservation(booked)));
        }
        // Of a family, the page says whose it is.
        Err(BookingError::AlreadyBooked(booked)) if with.is_empty() => {
            return Ok(see_other(&route::reservation(booked)));
        }
        Err(BookingError::AlreadyBooked(_) | BookingError::NotBookable(_)) if !with.is_empty() => {
            return page(&app, &signed, id, with, Some(day), form, None).await;
        }
        Err(error) => {
            app.availability_changed();
            problem(error)?
        }
    };
    page(&app, &signed, id, with, Some(day), form, Some(problem)).await
}

/// The sentence for a place that was not taken.
pub(crate) fn problem(error: BookingError) -> Result<String, PageError> {
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
        BookingError::NotStored(_) => "カードが箱にないため、今日はお渡しできません。",
        BookingError::AlreadyBooked(_) => "この方には、もう予約があります。",
        BookingError::PartyFull => "一緒に予約できるのは4人までです。",
        BookingError::AnotherParty => {
            "ご家族の予約が、ほかの操作で変わっています。いまの内容を確かめて、もう一度操作してください。"
        }
        BookingError::TooLate => "予約の時間を過ぎているため変更できません。",
        BookingError::NotFound => return Err(PageError::NotFound),
        BookingError::Reused(_) => return Err(field::stale()),
        BookingError::Store(error) => return Err(error.into()),
        other @ BookingError::HoldRanOut => return Err(PageError::internal(other)),
    };
    Ok(sentence.to_owned())
}
