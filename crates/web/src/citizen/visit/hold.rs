//! Holding a time: the place is taken, and stays the citizen's for some minutes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId};
use domain::journal::{Actor, Slot};
use domain::reservation::Channel;
use domain::service::Service;
use domain::time::Start;
use jiff::civil::Date;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::{BookingError, Wish};
use store::visit::Visit;

use super::begun::in_visit;
use super::ended::{Reason, RefusedPage};
use super::proof::Proven;
use super::{Again, days, times};
use crate::App;
use crate::citizen::{frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, PageError, respond};

const OPERATION: &str = "operation";
const DAY: &str = "day";
const START: &str = "start";

/// Holds the time that was pressed.
pub(crate) async fn hold(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION, DAY, START])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let start: Start = form.typed(START).parse().map_err(|_| PageError::BadRequest)?;
    let visit = in_visit(&app, &headers, &visit).await?;
    let slot = Slot { service: Service::Issuance, site: app.settings.site.clone(), day, start };
    if !is_offered(&app, &visit, &slot) {
        return days::page(&app, &asked, Proven::from(&visit), Some(Again::DayClosed)).await;
    }
    match take(&app, &asked, &visit, &slot, operation).await {
        Ok(_) => Ok(see_other(&route::check(visit.id))),
        // The rules changed in the meantime, and the slot is gone.
        Err(BookingError::Full) if !is_offered(&app, &visit, &slot) => {
            days::page(&app, &asked, Proven::from(&visit), Some(Again::DayClosed)).await
        }
        Err(BookingError::Full) => {
            // The picture said otherwise, so it is old.
            app.availability_changed();
            times::page(&app, &asked, Proven::from(&visit), day, Some(Again::Taken)).await
        }
        // The visit shows this booking, so another time is a wish to change it.
        Err(BookingError::AlreadyBooked(booked)) if visit.reservation == Some(booked) => {
            Ok(see_other(&route::change(visit.id, day, start)))
        }
        Err(BookingError::AlreadyBooked(booked)) => go_to(&app, &visit, booked).await,
        Err(BookingError::NotBookable(_) | BookingError::NotFound) => {
            Ok(respond(&RefusedPage::new(frame::layout(&app, &asked).at(route::key()), Reason::Ask)))
        }
        // The rules keep changing: in a moment they will stand.
        Err(BookingError::StaleRules) => Err(PageError::Full),
        Err(BookingError::Store(error)) => Err(error.into()),
        Err(other) => Err(PageError::internal(other)),
    }
}

/// Whether the rules let the web book the slot for this card now; whether it is full, the store says.
pub(crate) fn is_offered(app: &App, visit: &Visit, slot: &Slot) -> bool {
    let (rules, now) = (app.rules(), app.now());
    let first = days::first_visit(app, visit.posted_on);
    let window = rules.bookable_days(slot.service, &slot.site, now, first);
    window.is_some_and(|window| window.first <= slot.day && slot.day <= window.last)
        && rules.grant(slot.service, &slot.site, slot.day, slot.start).places > 0
}

async fn take(
    app: &App,
    asked: &Asked,
    visit: &Visit,
    slot: &Slot,
    pressed: OperationId,
) -> Result<ReservationId, BookingError> {
    let asks_for = format!("hold {} {} {}", visit.id, slot.day, slot.start);
    match try_take(app, asked, visit, slot, Operation::new(pressed, &asks_for)).await {
        // Back, and another time of the same page: a new wish. A card never has two holds, so it is safe to
        // give it an operation of its own.
        Err(BookingError::Reused(_)) => {
            try_take(app, asked, visit, slot, Operation::new(app.operation(), &asks_for)).await
        }
        other => other,
    }
}

async fn try_take(
    app: &App,
    asked: &Asked,
    visit: &Visit,
    slot: &Slot,
    operation: Operation,
) -> Result<ReservationId, BookingError> {
    let keys = app.keys.clone();
    let minutes = frame::hold_minutes(app);
    let wish = Wish {
        card: visit.card,
        slot: slot.clone(),
        channel: Channel::Web,
        language: asked.language.code().to_owned(),
    };
    let id = visit.id;
    let held = app.write_with_rules(Lane::Public, Actor::Citizen, move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            let held = store::reservation::hold(tx, act, &keys, rules, &wish, minutes)?;
            store::visit::set_reservation(tx, id, Some(held.id))?;
            Ok::<_, BookingError>(held.id)
        })
    });
    let held = held.await?;
    if visit.reservation.is_some() {
        // The place that was held before is free again, or the button was pressed twice.
        app.availability_changed();
    } else {
        app.availability_shifted(slot, true);
    }
    Ok(held)
}

/// The card was booked in another tab or by telephone: the visit shows that reservation.
async fn go_to(app: &App, visit: &Visit, booked: ReservationId) -> Result<Response, PageError> {
    let id = visit.id;
    app.db.write(Lane::Public, move |tx| store::visit::set_reservation(tx, id, Some(booked))).await?;
    Ok(see_other(&route::show(id)))
}
