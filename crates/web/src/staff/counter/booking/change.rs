//! Moving a reservation to another day or time, in one step and with its number: a family together, or one of it.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::reservation::State as Booking;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::Lane;
use store::card::Card;
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::by_staff::{self, Move};
use store::reservation::shown::Whom;
use store::reservation::{BookingError, Reservation, party};

use super::new::problem;
use super::slots::{
    ALONE, CHANNEL, CONTROL, DAY, Goto, Half, LIMIT, Person, Pressed, Problem, Purpose, REASON, START,
    SlotsPage, Wanted, look, opens_from, pressed,
};
use crate::App;
use crate::citizen::visit::people;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError, respond};
use crate::staff::Task;
use crate::staff::counter::reservation::show;
use crate::staff::counter::reservation::shown::{AsShown, SHOWN, changed_since};
use crate::staff::counter::say::{Facts, Saying};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::{field, wording};

/// Shows the times of a day for a reservation.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(goto): Query<Goto>,
    signed: Signed,
) -> Result<Response, PageError> {
    let whom = whom(goto.alone.is_some());
    let wished = Wished { whom, day: goto.day()?, half: goto.half() };
    page(&app, &signed, field::id(&id)?, wished, Form::fresh(), Problem::default()).await
}

fn whom(alone: bool) -> Whom {
    if alone { Whom::Alone } else { Whom::All }
}

/// Who is moved, and when they would like to come.
struct Wished {
    whom: Whom,
    day: Option<Date>,
    half: Half,
}

async fn page(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    wished: Wished,
    form: Form,
    problem: Problem,
) -> Result<Response, PageError> {
    let Wished { whom, day, half } = wished;
    let alone = whom == Whom::Alone;
    let found = app.db.read(move |reader| {
        let Some(reservation) = store::reservation::find(reader, id)? else { return Ok(None) };
        let mut people = party::together(reader, &reservation)?;
        let is_family = people.len() > 1;
        if alone {
            people = vec![reservation.clone()];
        }
        let shown = AsShown::of(&reservation, people.iter()).text();
        let mut found = Vec::new();
        for person in people {
            let Some(card) = person.card else { return Ok(None) };
            let Some(card) = store::card::find(reader, card)? else { return Ok(None) };
            found.push((card, person));
        }
        let facts = match reservation.card {
            Some(card) => Facts::read(reader, card)?,
            None => None,
        };
        Ok::<_, store::Error>(facts.map(|facts| (found, reservation, is_family, shown, facts)))
    });
    let (people, reservation, is_family, shown, facts) = found.await?.ok_or(PageError::NotFound)?;
    if reservation.state != Booking::Booked {
        // It ended while its times were looked at: the page of the reservation says so.
        return match problem.sentence {
            Some(sentence) => show::page(app, signed, id, Form::fresh(), Some(sentence)).await,
            None => Ok(see_other(&route::reservation(id))),
        };
    }
    let own = people.iter().find(|(_, person)| person.id == id).ok_or(PageError::NotFound)?;
    let opens_from = opens_from(app, people.iter().map(|(card, _)| card.posted_on));
    // A reservation stays in the count of the way by which it was booked.
    let channel = reservation.channel;
    let known = look(
        app,
        &business(app, app.today()),
        Wanted { day, half, people: people.len(), opens_from, channel },
    )
    .await?;
    let both =
        |(card, person): &(Card, Reservation)| [Subject::Reservation(person.id), Subject::Card(card.id)];
    let subjects = people.iter().flat_map(both).collect();
    let found = u32::try_from(people.len()).unwrap_or(u32::MAX);
    let view = View { screen: "move", asked: id.to_string(), subjects, found };
    let control = wording::control(own.0.control_number);
    let starts: Vec<String> = people.iter().map(|(_, person)| person.slot.start.to_string()).collect();
    let person = |(card, _): &(Card, Reservation)| Person {
        word: CONTROL,
        control: wording::control(card.control_number),
        href: route::card(card.id),
        field: None,
        without_href: None,
    };
    let other_way = is_family.then(|| route::move_to(id, None));
    let layout = signed.layout(format!("予約の変更 {control}")).within(Task::Reservations);
    let purpose = Purpose {
        title: "予約の変更".to_owned(),
        say: Some(Saying::of(&facts, &app.rules(), app.now())),
        people: people.iter().map(person).collect(),
        with: String::new(),
        family_href: None,
        alone_href: other_way.clone().filter(|_| !alone).map(|href| format!("{href}?alone=1")),
        all_href: other_way.filter(|_| alone),
        now: Some(format!("{} {}", era_date(reservation.slot.day), starts.join("・"))),
        shown,
        may_override: signed.may(Permission::OverrideRules),
        here: route::move_to(id, None),
        asks_language: false,
        offers: None,
    };
    let operation = app.operation();
    signed
        .shows(app, view, || respond(&SlotsPage::new(layout, purpose, &known, form, problem, operation)))
        .await
}

/// Moves the reservation to the time that was pressed.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    take(&app, &id, &signed, &fields, false).await
}

/// [`change`] beyond a rule, with a reason.
pub(crate) async fn beyond(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    take(&app, &id, &signed, &fields, true).await
}

async fn take(
    app: &App,
    id: &str,
    signed: &Signed,
    fields: &Fields,
    beyond: bool,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(id)?;
    let mut form = fields.form(&[field::OPERATION, DAY, START, LIMIT, REASON, CHANNEL, ALONE, SHOWN])?;
    let operation = field::operation(&form)?;
    let whom = whom(!form.typed(ALONE).is_empty());
    let at = |day: Option<Date>| Wished { whom, day, half: Half::Any };
    let Some(Pressed { day, starts, channel, reason }) = pressed(&mut form, beyond)? else {
        let day: Option<Date> = form.typed(DAY).parse().ok();
        let offer = super::beyond::again(app, signed, &form, day);
        return page(app, signed, id, at(day), form, Problem { sentence: None, offer }).await;
    };
    if day < app.today() {
        let problem = "過ぎた日には変更できません。".to_owned().into();
        return page(app, signed, id, at(None), form, problem).await;
    }
    let shown = AsShown::read(&form)?;
    let asks_for = format!(
        "move {id} {day} {} {channel} {whom:?} {}",
        people::written(&starts),
        reason.as_deref().unwrap_or_default()
    );
    let operation = Operation::new(operation, &asks_for);
    let (versions, wanted) =
        (shown.versions(whom), Move { day, starts: starts.clone(), by: channel, reason });
    let moved = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| by_staff::move_to(tx, act, rules, id, &versions, &wanted))
    });
    let moved = moved.await;
    app.availability_changed();
    let problem = match moved {
        Ok(()) => return Ok(see_other(&route::reservation(id))),
        Err(BookingError::ChangedSince) => {
            let chosen = format!("{} {}", month_day_ja(day), people::written(&starts));
            changed_since(app, id, whom, &shown, Some(chosen)).await?.into()
        }
        Err(error) => match super::beyond::offer(app, signed, &error, day, &starts) {
            Some(offer) => Problem { sentence: None, offer: Some(offer) },
            None => problem(error)?.into(),
        },
    };
    page(app, signed, id, at(Some(day)), form, problem).await
}
