//! Confirming what was checked: the hold becomes a booking.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId};
use domain::journal::Actor;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;

use super::begun::in_visit;
use super::ended::{ExpiredPage, Reason, RefusedPage};
use crate::App;
use crate::citizen::{frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, PageError, respond};

const OPERATION: &str = "operation";
const RESERVATION: &str = "reservation";

/// Books the place that was shown.
pub(crate) async fn book(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION, RESERVATION])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let shown: ReservationId = form.typed(RESERVATION).parse().map_err(|_| PageError::BadRequest)?;
    let visit = in_visit(&app, &headers, &visit).await?;
    if visit.reservation != Some(shown) {
        // Another time was chosen after this page was shown: nobody books what they do not see.
        return Ok(see_other(&route::check(visit.id)));
    }
    let act = app.act(Actor::Citizen);
    let operation = Operation::new(operation, &format!("book {shown}"));
    let booked = app
        .db
        .write(Lane::Public, move |tx| {
            once(tx, &act, &operation, |tx| store::reservation::confirm(tx, &act, shown).map(drop))
        })
        .await;
    let layout = || frame::layout(&app, &asked).at(route::check(visit.id));
    match booked {
        // Where it has gone further already, the page that is sent to says how it stands.
        Ok(()) | Err(BookingError::WrongState(_)) => Ok(see_other(&route::done(visit.id))),
        Err(BookingError::HoldRanOut) => {
            Ok(respond(&ExpiredPage::new(layout(), visit.id, frame::hold_minutes(&app))))
        }
        Err(BookingError::NotBookable(_) | BookingError::NotFound) => {
            Ok(respond(&RefusedPage::new(layout().at(route::key()), Reason::Ask)))
        }
        Err(BookingError::Reused(_)) => Err(PageError::Conflict("the form is stale".to_owned())),
        Err(BookingError::Store(error)) => Err(error.into()),
        Err(other) => Err(PageError::internal(other)),
    }
}
