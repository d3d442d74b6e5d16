//! Moving a reservation to another day or time, in one step and with its number.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::journal::{Slot, Subject};
use domain::reservation::State as Booking;
use domain::time::era_date;
use jiff::civil::Date;
use store::Lane;
use store::journal::View;
use store::op::{Operation, once};

use super::new::problem;
use super::say;
use super::slots::{CHANNEL, DAY, Goto, Pressed, Purpose, START, SlotsPage, look, pressed};
use crate::App;
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
    let day = goto.day.filter(|day| !day.is_empty()).map(|day| field::day_in(&day)).transpose()?;
    page(&app, &signed, field::id(&id)?, day, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    day: Option<Date>,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(reservation) = store::reservation::find(reader, id)? else { return Ok(None) };
        let Some(card) = reservation.card else { return Ok(None) };
        let card = store::card::find(reader, card)?;
        Ok::<_, store::Error>(card.map(|card| (card, reservation)))
    });
    let (card, reservation) = found.await?.ok_or(PageError::NotFound)?;
    if reservation.state != Booking::Booked {
        return Ok(see_other(&route::reservation(id)));
    }
    let known = look(app, day).await?;
    let subjects = vec![Subject::Reservation(id), Subject::Card(card.id)];
    let view = View { screen: "move", asked: id.to_string(), subjects, found: 1 };
    let control = wording::control(card.control_number);
    let layout = signed.layout(format!("予約の変更 {control}")).within(Task::Reservations);
    let purpose = Purpose {
        title: "予約の変更".to_owned(),
        say: say(&card, Some(&reservation)),
        control,
        card_href: route::card(card.id),
        now: Some(format!("{} {}", era_date(reservation.slot.day), reservation.slot.start)),
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
    let mut form = fields.form(&[field::OPERATION, DAY, START, CHANNEL])?;
    let operation = field::operation(&form)?;
    let Some(Pressed { day, start, channel }) = pressed(&mut form)? else {
        let day = form.typed(DAY).parse().ok();
        return page(&app, &signed, id, day, form, None).await;
    };
    if day < app.today() {
        let problem = "過ぎた日には変更できません。".to_owned();
        return page(&app, &signed, id, None, form, Some(problem)).await;
    }
    let business = business(&app, day);
    let slot = Slot { service: business.service, site: business.site, day, start };
    let operation = Operation::new(operation, &format!("move {id} {day} {start} {channel}"));
    let moved = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            store::reservation::move_to(tx, act, rules, id, &slot, channel).map(drop)
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
    page(&app, &signed, id, Some(day), form, Some(problem)).await
}
