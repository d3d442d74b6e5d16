//! A reservation that was found.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::VisitId;
use domain::reservation::State as Reserved;
use jiff::civil::Date;
use store::reservation::Reservation;

use crate::App;
use crate::citizen::belongings::{self, Belongings};
use crate::citizen::visit::Appointment;
use crate::citizen::visit::begun::{Standing, has_begun, opened};
use crate::citizen::visit::done::number_code;
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::qr::TooLong;
use crate::kit::{Asked, Page, PageError, Texts, respond};

/// Whether the citizen can change and cancel here.
#[derive(Debug, Clone)]
pub enum Cancel {
    /// Until its slot begins.
    Until {
        /// The day of the reservation.
        day: Date,
        /// The page that asks once more.
        href: String,
        /// The days to change to.
        days_href: String,
    },
    /// The time for it is over.
    ByTelephone,
}

/// A sentence above the reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Banner {
    /// The citizen went back from cancelling, or it could not be done.
    NotCancelled,
    /// It was moved to the time that is shown.
    Moved,
}

impl Banner {
    fn key(self) -> &'static str {
        match self {
            Self::NotCancelled => key!("banner-not-cancelled"),
            Self::Moved => key!("banner-moved"),
        }
    }
}

/// The page of a reservation.
#[derive(Template)]
#[template(path = "citizen/reservation/show.html")]
pub struct ShowPage {
    texts: Texts,
    layout: Layout,
    banner: Option<Banner>,
    number: String,
    code: String,
    appointment: Appointment,
    belongings: Belongings,
    cancel: Cancel,
    calendar_href: String,
}

impl ShowPage {
    /// `cancel_until` is the day until whose booked time the citizen can cancel here, `None` when it is over.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        number: &str,
        appointment: Appointment,
        belongings: Belongings,
        cancel_until: Option<Date>,
        banner: Option<Banner>,
    ) -> Result<Self, TooLong> {
        let cancel = cancel_until.map_or(Cancel::ByTelephone, |day| Cancel::Until {
            day,
            href: route::cancel(visit),
            days_href: route::days(visit),
        });
        Ok(Self {
            texts: layout.texts(),
            layout,
            banner,
            number: number.to_owned(),
            code: number_code(number)?,
            appointment,
            belongings,
            cancel,
            calendar_href: route::calendar(visit),
        })
    }
}

impl Page for ShowPage {}

/// Shows the reservation of a visit.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(reservation) | Standing::Over(reservation) => {
            page(&app, &asked, id, &reservation, None)
        }
        other => Ok(other.go_on(id)),
    }
}

/// Shows the reservation after it was moved.
pub(crate) async fn moved(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(reservation) => page(&app, &asked, id, &reservation, Some(Banner::Moved)),
        other => Ok(other.go_on(id)),
    }
}

/// The page of a reservation that is or was booked.
pub(super) fn page(
    app: &App,
    asked: &Asked,
    visit: VisitId,
    reservation: &Reservation,
    banner: Option<Banner>,
) -> Result<Response, PageError> {
    let number = reservation.number(&app.keys)?.to_string();
    let appointment = frame::appointment(app, &reservation.slot);
    let open = reservation.state == Reserved::Booked && !has_begun(reservation, app.now());
    let until = open.then_some(appointment.day);
    let layout = frame::layout(app, asked).at(route::show(visit));
    let page = ShowPage::new(layout, visit, &number, appointment, belongings::ISSUANCE, until, banner);
    Ok(respond(&page.map_err(PageError::internal)?))
}
