//! Holding a time: the place is taken, and stays the citizen's for some minutes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId};
use domain::journal::{Actor, Slot};
use domain::reservation::Channel;
use domain::rules::RuleSet;
use domain::service::Service;
use domain::time::Start;
use jiff::civil::Date;
use store::keys::Keys;
use store::op::{Operation, once};
use store::reservation::{BookingError, Reservation, Wish, party, renewal};
use store::visit::Visit;
use store::{Act, Lane, Tx};

use super::begun::{in_visit, turn};
use super::ended::{Reason, RefusedPage};
use super::proof::Proven;
use super::turn::Turn;
use super::{Again, days, people, times};
use crate::App;
use crate::citizen::attempt::{Caller, Unproven, may};
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
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION, DAY, START])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let starts = people::read(form.typed(START)).ok_or(PageError::BadRequest)?;
    let visit = in_visit(&app, &headers, &visit).await?;
    // Nobody takes a place past those who wait; the page of days says how long.
    if let Turn::Wait(_) = turn(&app, &headers, &Proven::from(&visit))? {
        return Ok(see_other(&route::days(visit.id)));
    }
    if !is_offered(&app, &visit, day, &starts) {
        return days::page(&app, &asked, Proven::from(&visit), Some(Again::DayClosed)).await;
    }
    // The visit shows a booking, so another time is a wish to change it.
    if visit.is_booked {
        return Ok(see_other(&route::change(visit.id, day, &starts)));
    }
    if starts.len() != visit.people {
        return times::page(&app, &asked, Proven::from(&visit), day, Some(Again::OtherPeople)).await;
    }
    let is_renewal = visit.service() == Service::Renewal;
    // Nobody proved anything for a renewal, so what one address may hold is limited.
    if is_renewal && !may(&app, caller, Unproven::Hold).await? {
        let layout = frame::layout(&app, &asked).at(route::days(visit.id));
        return Ok(respond(&RefusedPage::new(layout, Reason::TooMany)));
    }
    match take(&app, &asked, &visit, day, &starts, operation).await {
        Ok(()) if is_renewal => Ok(see_other(&route::check(visit.id))),
        Ok(()) => Ok(see_other(&route::who(visit.id))),
        // The rules changed in the meantime, and the slot is gone.
        Err(BookingError::Full) if !is_offered(&app, &visit, day, &starts) => {
            days::page(&app, &asked, Proven::from(&visit), Some(Again::DayClosed)).await
        }
        Err(BookingError::Full) => {
            // The picture said otherwise, so it is old.
            app.availability_changed();
            times::page(&app, &asked, Proven::from(&visit), day, Some(Again::Taken)).await
        }
        Err(BookingError::AlreadyBooked(booked)) if visit.others == 0 => go_to(&app, &visit, booked).await,
        // One of the family cannot be booked any more: their page says who, and the others go on.
        Err(
            BookingError::AlreadyBooked(_)
            | BookingError::NotBookable(_)
            | BookingError::Suspended
            | BookingError::NotFound,
        ) if visit.others > 0 => Ok(see_other(&route::family(visit.id))),
        Err(BookingError::NotBookable(_) | BookingError::Suspended | BookingError::NotFound) => {
            Ok(respond(&RefusedPage::new(frame::layout(&app, &asked).at(route::key()), Reason::Ask)))
        }
        Err(BookingError::ByTelephone) => {
            let layout = frame::layout(&app, &asked).at(route::key());
            Ok(respond(&RefusedPage::new(layout, Reason::Telephone)))
        }
        // Another tab changed the family at this moment.
        Err(BookingError::AnotherParty) => {
            app.proofs.forget(visit.id);
            Ok(see_other(&route::family(visit.id)))
        }
        // The rules keep changing: in a moment they will stand.
        Err(BookingError::StaleRules) => Err(PageError::Full),
        Err(BookingError::Store(error)) => Err(error.into()),
        Err(other) => Err(PageError::internal(other)),
    }
}

/// Whether the rules let the web book these slots for this visit now; whether they are full, the store says.
pub(crate) fn is_offered(app: &App, visit: &Visit, day: Date, starts: &[Start]) -> bool {
    let (rules, now, service, site) = (app.rules(), app.now(), visit.service(), &app.settings.site);
    let first = days::first_visit(app, visit.posted_on);
    let window = rules.bookable_days(service, site, now, first);
    window.is_some_and(|window| window.first <= day && day <= window.last)
        && starts.iter().all(|start| rules.grant(service, site, day, *start).places > 0)
}

async fn take(
    app: &App,
    asked: &Asked,
    visit: &Visit,
    day: Date,
    starts: &[Start],
    pressed: OperationId,
) -> Result<(), BookingError> {
    let asks_for = format!("hold {} {day} {}", visit.id, people::written(starts));
    match try_take(app, asked, visit, day, starts, Operation::new(pressed, &asks_for)).await {
        // Back, and another time of the same page: a new wish. A card never has two holds, so it is safe to
        // give it an operation of its own.
        Err(BookingError::Reused(_)) => {
            try_take(app, asked, visit, day, starts, Operation::new(app.operation(), &asks_for)).await
        }
        other => other,
    }
}

async fn try_take(
    app: &App,
    asked: &Asked,
    visit: &Visit,
    day: Date,
    starts: &[Start],
    operation: Operation,
) -> Result<(), BookingError> {
    let keys = app.keys.clone();
    let minutes = frame::hold_minutes(app, visit.service());
    let slot = |start: &Start| Slot {
        service: visit.service(),
        site: app.settings.site.clone(),
        day,
        start: *start,
    };
    let slots: Vec<Slot> = starts.iter().map(slot).collect();
    let (of, wished, language) = (visit.clone(), slots.clone(), asked.language.code());
    let held = app.write_with_rules(Lane::Public, Actor::Citizen, move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            if of.service() == Service::Renewal {
                let held = hold_renewals(tx, act, &keys, rules, &of, &wished, language, minutes)?;
                store::visit::set_reservation(tx, of.id, held.first().map(|held| held.id))?;
                return Ok(());
            }
            let cards = store::visit::cards(tx, &of)?;
            let wishes: Vec<Wish> = cards
                .iter()
                .zip(&wished)
                .map(|(card, slot)| Wish {
                    card: card.card,
                    slot: slot.clone(),
                    channel: Channel::Web,
                    language: language.to_owned(),
                })
                .collect();
            if cards.len() != wished.len() {
                return Err(BookingError::AnotherParty);
            }
            let held = party::hold(tx, act, &keys, rules, &wishes, minutes)?;
            let first = held.first().map(|held| held.id);
            store::visit::set_reservation(tx, of.id, first)?;
            Ok::<_, BookingError>(())
        })
    });
    held.await?;
    if visit.reservation.is_some() {
        // The place that was held before is free again, or the button was pressed twice.
        app.availability_changed();
    } else {
        for slot in &slots {
            app.availability_shifted(slot, true);
        }
    }
    Ok(())
}

/// Holds the renewals of a visit, and gives back what it held before.
#[expect(clippy::too_many_arguments, reason = "a transaction is a plain function")]
fn hold_renewals(
    tx: &mut Tx<'_>,
    act: &Act,
    keys: &Keys,
    rules: &RuleSet,
    of: &Visit,
    slots: &[Slot],
    language: &str,
    minutes: u16,
) -> Result<Vec<Reservation>, BookingError> {
    if of.coming.len() != slots.len() {
        return Err(BookingError::AnotherParty);
    }
    // Another tab of the same visit may have held something since the page was shown.
    let now = store::visit::find(tx, of.id, act.at)?.and_then(|visit| visit.reservation);
    let people = slots.iter().cloned().zip(of.coming.iter().copied()).collect();
    let wish = renewal::Wish { people, channel: Channel::Web, language: language.to_owned() };
    renewal::hold(tx, act, keys, rules, &wish, minutes, now)
}

/// The card was booked in another tab or by telephone: the visit shows that reservation.
async fn go_to(app: &App, visit: &Visit, booked: ReservationId) -> Result<Response, PageError> {
    let id = visit.id;
    app.db.write(Lane::Public, move |tx| store::visit::set_reservation(tx, id, Some(booked))).await?;
    Ok(see_other(&route::show(id)))
}
