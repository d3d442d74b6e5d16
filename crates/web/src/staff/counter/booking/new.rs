//! Booking for a card.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::CardId;
use domain::journal::{Slot, Subject};
use domain::permission::Permission;
use domain::reservation::{Channel, MOST_IN_PARTY};
use domain::time::month_day_ja;
use jiff::civil::Date;
use store::Lane;
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::{BookingError, Wish, by_staff};

use super::slots::{
    CHANNEL, CONTROL, DAY, Goto, Half, LANGUAGE, LIMIT, Person, Pressed, Problem, Purpose, REASON, START,
    SlotsPage, VISITORS, WITH, Wanted, look, opens_from, pressed, visitor,
};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, PageError, respond};
use crate::staff::Task;
use crate::staff::counter::reservation::show;
use crate::staff::counter::say::{Facts, Saying};
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
    let wished = Wished { with, day: goto.day()?, half: goto.half() };
    page(&app, &signed, field::id(&card)?, wished, Form::fresh(), Problem::default()).await
}

/// Who is to be booked besides the card of the page, and when.
pub(super) struct Wished {
    pub(super) with: Vec<CardId>,
    pub(super) day: Option<Date>,
    pub(super) half: Half,
}

impl Wished {
    pub(super) fn of(with: Vec<CardId>, day: Option<Date>) -> Self {
        Self { with, day, half: Half::Any }
    }
}

/// The page of times for a card and the others of its family, with a form as it stands.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    wished: Wished,
    form: Form,
    mut problem: Problem,
) -> Result<Response, PageError> {
    let Wished { with, day, half } = wished;
    let asked = with.clone();
    let found = app.db.read(move |reader| {
        let mut found = Vec::new();
        for id in std::iter::once(id).chain(asked.iter().copied()) {
            let Some(facts) = Facts::read(reader, id)? else { return Ok(None) };
            found.push(facts);
        }
        Ok::<_, store::Error>(Some(found))
    });
    let found: Vec<Facts> = found.await?.ok_or(PageError::NotFound)?;
    let Some(first) = found.first() else { return Err(PageError::NotFound) };
    if let Some(booked) = first.booked() {
        return Ok(see_other(&route::reservation(booked.id)));
    }
    // A card that cannot be booked has its own sentence on its page.
    if !first.is_bookable() {
        return Ok(see_other(&route::card(id)));
    }
    let (rules, now) = (app.rules(), app.now());
    if problem.sentence.is_none() {
        problem.sentence = found.iter().find(|facts| !facts.is_bookable()).map(|facts| {
            let control = wording::control(facts.card.control_number);
            let said = Saying::of(facts, &rules, now).words;
            format!("管理番号 {control} の方は一緒に予約できません。外してください。「{said}」")
        });
    }
    let opens_from = opens_from(app, found.iter().map(|facts| facts.card.posted_on));
    // By telephone the reserve of the counter is missing; the store says so if it was the last place.
    let channel = Channel::Counter;
    let known = look(
        app,
        &business(app, app.today()),
        Wanted { day, half, people: found.len(), opens_from, channel },
    )
    .await?;
    let subjects = found.iter().map(|facts| Subject::Card(facts.card.id)).collect();
    let view = View { screen: "book", asked: id.to_string(), subjects, found: found_count(found.len()) };
    let control = wording::control(first.card.control_number);
    let layout = signed.layout(format!("予約を取る {control}")).within(Task::Reservations);
    let person = |(Facts { card, .. }, field): (&Facts, &'static str)| Person {
        word: CONTROL,
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
        say: Some(Saying::of(first, &rules, now)),
        people: found.iter().zip(VISITORS).map(person).collect(),
        with: joined(&with),
        family_href: (found.len() < MOST_IN_PARTY).then(|| route::book_family(id)),
        all_href: None,
        alone_href: None,
        now: None,
        shown: String::new(),
        may_override: signed.may(Permission::OverrideRules),
        here: route::book(id, None),
        asks_language: true,
        offers: None,
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
    take(&app, &card, &signed, &fields, false).await
}

/// [`book`] beyond a rule, with a reason.
pub(crate) async fn book_beyond(
    State(app): State<Arc<App>>,
    Path(card): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    take(&app, &card, &signed, &fields, true).await
}

async fn take(
    app: &App,
    card: &str,
    signed: &Signed,
    fields: &Fields,
    beyond: bool,
) -> Result<Response, PageError> {
    let id: CardId = field::id(card)?;
    let [one, two, three, four] = VISITORS;
    let mut form = fields.form(&[
        field::OPERATION,
        DAY,
        START,
        LIMIT,
        REASON,
        CHANNEL,
        LANGUAGE,
        WITH,
        one,
        two,
        three,
        four,
    ])?;
    let operation = field::operation(&form)?;
    let language = Language::from_code(form.typed(LANGUAGE)).ok_or(PageError::BadRequest)?;
    let with = others(form.typed(WITH))?;
    let Some(Pressed { day, starts, channel, reason }) = pressed(&mut form, beyond)? else {
        let day: Option<Date> = form.typed(DAY).parse().ok();
        let offer = super::beyond::again(app, signed, &form, day);
        let problem = Problem { sentence: None, offer };
        return page(app, signed, id, Wished::of(with, day), form, problem).await;
    };
    let business = business(app, day);
    if day < app.today() {
        let problem = "過ぎた日の予約は取れません。".to_owned().into();
        return page(app, signed, id, Wished::of(with, None), form, problem).await;
    }
    let cards: Vec<CardId> = std::iter::once(id).chain(with.iter().copied()).collect();
    if starts.len() != cards.len() {
        return Err(PageError::BadRequest);
    }
    let mut wishes = Vec::new();
    let mut asks_for = format!("book {day} {channel} {}", reason.as_deref().unwrap_or_default());
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
            let booked = by_staff::book(tx, act, &keys, rules, &wishes, reason.as_deref())?;
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
            // Somebody else was faster: the page shows that booking, and says that it is not the one that was pressed.
            let problem = format!(
                "この方には、先にほかの操作で予約が入っていました。選んだ{} {}では予約していません。いまの予約を確かめてください。",
                month_day_ja(day),
                form.typed(START)
            );
            return show::page(app, signed, booked, Form::fresh(), Some(problem)).await;
        }
        Err(BookingError::AlreadyBooked(_) | BookingError::NotBookable(_) | BookingError::Suspended)
            if !with.is_empty() =>
        {
            return page(app, signed, id, Wished::of(with, Some(day)), form, Problem::default()).await;
        }
        Err(error) => {
            app.availability_changed();
            match super::beyond::offer(app, signed, &error, day, &starts) {
                Some(offer) => Problem { sentence: None, offer: Some(offer) },
                None => problem(error)?.into(),
            }
        }
    };
    page(app, signed, id, Wished::of(with, Some(day)), form, problem).await
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
        BookingError::Suspended => {
            "保留のカードです。市が決めるまで、予約を取ることも変えることもできません。市の担当へつないでください。"
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
        BookingError::Limited(_) => "この日時の予約は、締切や期間の決まりで取れません。",
        BookingError::ChangedSince => {
            "予約が、ほかの操作で変わっています。いまの内容を確かめて、もう一度操作してください。"
        }
        BookingError::NotFound => return Err(PageError::NotFound),
        BookingError::Reused(_) => return Err(field::stale()),
        BookingError::Store(error) => return Err(error.into()),
        other @ (BookingError::HoldRanOut | BookingError::NoMoreChanges | BookingError::ByTelephone) => {
            return Err(PageError::internal(other));
        }
    };
    Ok(sentence.to_owned())
}
