//! Confirming what was checked: the hold becomes a booking.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId};
use domain::journal::Actor;
use domain::service::Service;
use store::op::{Operation, once};
use store::reservation::{BookingError, party};
use store::{Lane, Tx};

use super::begun::in_visit;
use super::ended::{ExpiredPage, Reason, RefusedPage};
use super::people::visitors_from_address;
use crate::App;
use crate::citizen::attempt::{Caller, Unproven, may};
use crate::citizen::{frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, PageError, respond};

const OPERATION: &str = "operation";
const RESERVATION: &str = "reservation";
const WHO: &str = "who";

/// Books the place that was shown.
pub(crate) async fn book(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION, RESERVATION, WHO])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let shown: ReservationId = form.typed(RESERVATION).parse().map_err(|_| PageError::BadRequest)?;
    let visit = in_visit(&app, &headers, &visit).await?;
    if visit.reservation != Some(shown) {
        // Another time was chosen after this page was shown: nobody books what they do not see.
        let who = form.typed(WHO);
        let known = visitors_from_address(who, visit.others + 1).is_some();
        return Ok(see_other(&if known { route::checked(visit.id, who) } else { route::check(visit.id) }));
    }
    let people = visit.people;
    let is_renewal = visit.service() == Service::Renewal;
    let visitors = if is_renewal {
        // Who comes for a renewal stands with the hold.
        vec![None; people]
    } else {
        let Some(visitors) = visitors_from_address(form.typed(WHO), people) else {
            return Ok(see_other(&route::who(visit.id)));
        };
        visitors.into_iter().map(Some).collect()
    };
    if is_renewal && !visit.is_booked && !may(&app, caller, Unproven::Booking).await? {
        let layout = frame::layout(&app, &asked).at(route::check(visit.id));
        return Ok(respond(&RefusedPage::new(layout, Reason::TooMany)));
    }
    let act = app.act(Actor::Citizen);
    let operation = Operation::new(operation, &format!("book {shown} {}", form.typed(WHO)));
    let booked = app
        .db
        .write(Lane::Public, move |tx| {
            once(tx, &act, &operation, |tx| {
                let holds = if people == 1 { vec![shown] } else { held_with(tx, shown)? };
                if holds.len() != people {
                    return Err(BookingError::HoldRanOut);
                }
                let holds: Vec<_> = holds.into_iter().zip(visitors.iter().copied()).collect();
                party::confirm(tx, &act, &holds).map(drop)
            })
        })
        .await;
    let layout = || frame::layout(&app, &asked).at(route::check(visit.id));
    match booked {
        // Where it has gone further already, the page that is sent to says how it stands.
        Ok(()) | Err(BookingError::WrongState(_)) => {
            // From now on its people are those of the booking.
            app.proofs.forget(visit.id);
            app.turns.leave(visit.id);
            Ok(see_other(&route::done(visit.id)))
        }
        Err(BookingError::HoldRanOut) => {
            Ok(respond(&ExpiredPage::new(layout(), visit.id, frame::hold_minutes(&app, visit.service()))))
        }
        // One of a family cannot be booked any more: their page says who, and the others go on.
        Err(BookingError::NotBookable(_) | BookingError::Suspended | BookingError::NotFound)
            if people > 1 =>
        {
            Ok(see_other(&route::family(visit.id)))
        }
        Err(BookingError::NotBookable(_) | BookingError::Suspended | BookingError::NotFound) => {
            Ok(respond(&RefusedPage::new(layout().at(route::key()), Reason::Ask)))
        }
        Err(BookingError::Reused(_)) => Err(PageError::Conflict("the form is stale".to_owned())),
        Err(BookingError::Store(error)) => Err(error.into()),
        Err(other) => Err(PageError::internal(other)),
    }
}

/// Everybody whose place is held together with one that was shown, in their order.
fn held_with(tx: &mut Tx<'_>, shown: ReservationId) -> Result<Vec<ReservationId>, BookingError> {
    let Some(held) = store::reservation::find(tx, shown)? else { return Err(BookingError::NotFound) };
    Ok(party::everyone(tx, &held)?.into_iter().map(|person| person.id).collect())
}
