//! Changing to another day or time: asked once more with both beside each other, then done in one step. The days and
//! times are those of a booking; until the last step the reservation keeps its place.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, ReservationId, VisitId};
use domain::journal::{Actor, Slot};
use domain::reservation::Channel;
use domain::time::Start;
use jiff::civil::Date;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::reservation::shown::unchanged;

use super::show::{self, Banner};
use crate::App;
use crate::citizen::visit::begun::{Booking, Standing, deadlines, opened, read_versions};
use crate::citizen::visit::ended::{Reason, RefusedPage};
use crate::citizen::visit::hold::is_offered;
use crate::citizen::visit::proof::Proven;
use crate::citizen::visit::{Again, Appointment, days, people, times};
use crate::citizen::{Layout, frame, route};
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Page, PageError, Texts, respond};

/// The page that asks once more.
#[derive(Template)]
#[template(path = "citizen/reservation/change.html")]
pub struct ChangePage {
    texts: Texts,
    layout: Layout,
    from: Appointment,
    to: Appointment,
    operation: OperationId,
    reservation: ReservationId,
    versions: String,
    days_href: String,
    times_href: String,
    back_href: String,
    move_href: String,
    starts: String,
    /// It cannot be moved here again after this.
    is_last: bool,
}

impl ChangePage {
    /// The question for a reservation and the slot that was pressed.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        reservation: ReservationId,
        from: Appointment,
        to: Appointment,
        operation: OperationId,
        versions: String,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout,
            operation,
            reservation,
            versions,
            days_href: route::days(visit),
            times_href: route::times(visit, to.day),
            back_href: route::show(visit),
            move_href: route::move_to(visit),
            starts: people::written(&to.starts),
            is_last: false,
            from,
            to,
        }
    }
}

impl Page for ChangePage {}

/// Asks once more.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Path((visit, day, minute)): Path<(String, String, String)>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let day: Date = day.parse().map_err(|_| PageError::NotFound)?;
    let starts = people::from_address(&minute).ok_or(PageError::NotFound)?;
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(booked) if !deadlines(&app, &booked).may_move() => {
            show::page(&app, &asked, id, &booked, Some(why_not(&app, &booked))).await
        }
        Standing::Booked(booked) if is_there(&booked, day, &starts) => Ok(see_other(&route::show(id))),
        Standing::Booked(booked) => {
            if !is_offered(&app, &opened.visit, day, &starts) {
                return days::page(&app, &asked, Proven::from(&opened.visit), Some(Again::DayClosed)).await;
            }
            if starts.len() != booked.count() {
                let proven = Proven::from(&opened.visit);
                return times::page(&app, &asked, proven, day, Some(Again::OtherPeople)).await;
            }
            let from = frame::appointment(&app, &booked.first.slot, booked.starts());
            let slot = Slot { day, ..booked.first.slot.clone() };
            let to = frame::appointment(&app, &slot, starts);
            let layout = frame::layout(&app, &asked);
            let mut page =
                ChangePage::new(layout, id, booked.first.id, from, to, app.operation(), booked.versions());
            page.is_last = deadlines(&app, &booked).changes_left == Some(1);
            Ok(respond(&page))
        }
        other => Ok(other.go_on(id)),
    }
}

/// Why a booking is not moved here any more.
fn why_not(app: &App, booked: &Booking) -> Banner {
    if deadlines(app, booked).by_telephone() { Banner::NoMoreChanges } else { Banner::NotMoved }
}

/// Whether a booking is at these times already.
fn is_there(booked: &Booking, day: Date, starts: &[Start]) -> bool {
    booked.first.slot.day == day && booked.starts() == starts
}

const OPERATION: &str = "operation";
const RESERVATION: &str = "reservation";
const VERSIONS: &str = "versions";
const DAY: &str = "day";
const START: &str = "start";

/// Changes the whole booking in one step, until its deadline.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION, RESERVATION, VERSIONS, DAY, START])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let shown: ReservationId = form.typed(RESERVATION).parse().map_err(|_| PageError::BadRequest)?;
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let starts = people::read(form.typed(START)).ok_or(PageError::BadRequest)?;
    let versions = read_versions(form.typed(VERSIONS))?;
    let opened = opened(&app, &headers, &visit).await?;
    let (id, proven) = (opened.visit.id, Proven::from(&opened.visit));
    let booked = match opened.standing(app.now()) {
        // The visit went on to another reservation in the meantime: what is changed is what was shown.
        Standing::Booked(booked) if booked.person(shown).is_some() => booked,
        other => return Ok(other.go_on(id)),
    };
    if !deadlines(&app, &booked).may_move() {
        return show::page(&app, &asked, id, &booked, Some(why_not(&app, &booked))).await;
    }
    if !is_there(&booked, day, &starts) && !is_offered(&app, &opened.visit, day, &starts) {
        return days::page(&app, &asked, proven, Some(Again::DayClosed)).await;
    }
    let operation = Operation::new(operation, &format!("move {shown} {day} {}", people::written(&starts)));
    let done = app.write_with_rules(Lane::Public, Actor::Citizen, move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            unchanged(tx, shown, &versions)?;
            store::reservation::party::move_all(tx, act, rules, shown, day, &starts, Channel::Web)
        })
    });
    match done.await {
        Ok(()) => {
            app.availability_changed();
            Ok(see_other(&route::moved(id)))
        }
        Err(BookingError::Full) => {
            app.availability_changed();
            times::page(&app, &asked, proven, day, Some(Again::Taken)).await
        }
        Err(BookingError::DayClosed) => days::page(&app, &asked, proven, Some(Again::DayClosed)).await,
        Err(BookingError::NoMoreChanges) => Ok(see_other(&route::changed(id, Banner::NoMoreChanges.code()))),
        Err(BookingError::AnotherParty | BookingError::ChangedSince) => {
            Ok(see_other(&route::changed(id, Banner::Changed.code())))
        }
        Err(BookingError::NotBookable(_) | BookingError::Suspended) => {
            Ok(respond(&RefusedPage::new(frame::layout(&app, &asked).at(route::show(id)), Reason::Ask)))
        }
        // The rules keep changing: in a moment they will stand.
        Err(BookingError::StaleRules) => Err(PageError::Full),
        Err(BookingError::Reused(_)) => Err(PageError::Conflict("the form is stale".to_owned())),
        Err(BookingError::Store(error)) => Err(error.into()),
        // It was cancelled, received or moved at the same moment: the page says how it stands now.
        Err(_) => Ok(see_other(&route::show(id))),
    }
}
