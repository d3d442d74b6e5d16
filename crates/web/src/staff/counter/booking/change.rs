//! Moving a reservation to another day or time, in one step and with its number: a family together, or one of it.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::journal::{Slot, Subject};
use domain::reservation::State as Booking;
use domain::time::era_date;
use jiff::civil::Date;
use store::Lane;
use store::card::Card;
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::{Reservation, party};

use super::new::problem;
use super::say;
use super::slots::{ALONE, CHANNEL, DAY, Goto, Person, Pressed, Purpose, START, SlotsPage, look, pressed};
use crate::App;
use crate::citizen::visit::people;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError, respond};
use crate::staff::Task;
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
    let alone = goto.alone.is_some();
    page(&app, &signed, field::id(&id)?, alone, goto.day()?, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    alone: bool,
    day: Option<Date>,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(reservation) = store::reservation::find(reader, id)? else { return Ok(None) };
        let mut people = party::together(reader, &reservation)?;
        let is_family = people.len() > 1;
        if alone {
            people = vec![reservation.clone()];
        }
        let mut found = Vec::new();
        for person in people {
            let Some(card) = person.card else { return Ok(None) };
            let Some(card) = store::card::find(reader, card)? else { return Ok(None) };
            found.push((card, person));
        }
        Ok::<_, store::Error>(Some((found, reservation, is_family)))
    });
    let (people, reservation, is_family) = found.await?.ok_or(PageError::NotFound)?;
    if reservation.state != Booking::Booked {
        return Ok(see_other(&route::reservation(id)));
    }
    let own = people.iter().find(|(_, person)| person.id == id).ok_or(PageError::NotFound)?;
    let known = look(app, day).await?;
    let both =
        |(card, person): &(Card, Reservation)| [Subject::Reservation(person.id), Subject::Card(card.id)];
    let subjects = people.iter().flat_map(both).collect();
    let found = u32::try_from(people.len()).unwrap_or(u32::MAX);
    let view = View { screen: "move", asked: id.to_string(), subjects, found };
    let control = wording::control(own.0.control_number);
    let starts: Vec<String> = people.iter().map(|(_, person)| person.slot.start.to_string()).collect();
    let person = |(card, _): &(Card, Reservation)| Person {
        control: wording::control(card.control_number),
        href: route::card(card.id),
        field: None,
        without_href: None,
    };
    let other_way = is_family.then(|| route::move_to(id, None));
    let layout = signed.layout(format!("予約の変更 {control}")).within(Task::Reservations);
    let purpose = Purpose {
        title: "予約の変更".to_owned(),
        say: say(&own.0, Some(&reservation)),
        people: people.iter().map(person).collect(),
        with: String::new(),
        family_href: None,
        alone_href: other_way.clone().filter(|_| !alone).map(|href| format!("{href}?alone=1")),
        all_href: other_way.filter(|_| alone),
        now: Some(format!("{} {}", era_date(reservation.slot.day), starts.join("・"))),
        here: route::move_to(id, None),
        asks_language: false,
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
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, DAY, START, CHANNEL, ALONE])?;
    let operation = field::operation(&form)?;
    let alone = !form.typed(ALONE).is_empty();
    let Some(Pressed { day, starts, channel }) = pressed(&mut form)? else {
        let day = form.typed(DAY).parse().ok();
        return page(&app, &signed, id, alone, day, form, None).await;
    };
    if day < app.today() {
        let problem = "過ぎた日には変更できません。".to_owned();
        return page(&app, &signed, id, alone, None, form, Some(problem)).await;
    }
    let Some(start) = starts.first().copied() else { return Err(PageError::BadRequest) };
    let business = business(&app, day);
    let slot = Slot { service: business.service, site: business.site, day, start };
    let asks_for = format!("move {id} {day} {} {channel} {alone}", people::written(&starts));
    let operation = Operation::new(operation, &asks_for);
    let moved = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            if alone {
                return store::reservation::move_to(tx, act, rules, id, &slot, channel).map(drop);
            }
            party::move_all(tx, act, rules, id, day, &starts, channel)
        })
    });
    let problem = match moved.await {
        Ok(()) => {
            app.availability_changed();
            return Ok(see_other(&route::reservation(id)));
        }
        Err(error) => {
            app.availability_changed();
            problem(error)?
        }
    };
    page(&app, &signed, id, alone, Some(day), form, Some(problem)).await
}
