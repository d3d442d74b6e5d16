//! The end of a booking: number, date, place, belongings.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::id::VisitId;
use jiff::civil::Date;

use super::Appointment;
use super::begun::{Standing, opened};
use crate::App;
use crate::citizen::belongings::{self, Belongings};
use crate::citizen::{Layout, calendar_file, frame, route};
use crate::kit::page::Cache;
use crate::kit::qr::TooLong;
use crate::kit::{Asked, Page, PageError, Texts, qr, respond};

/// The page of a reservation just made.
#[derive(Template)]
#[template(path = "citizen/visit/done.html")]
pub struct DonePage {
    texts: Texts,
    layout: Layout,
    number: String,
    code: String,
    appointment: Appointment,
    belongings: Belongings,
    cancel_until: Date,
    calendar_href: String,
    show_href: String,
}

impl DonePage {
    /// `number` is shown as it is given (4-5-5); the QR code holds its digits alone. `cancel_until` is the
    /// day until whose booked time the citizen can cancel here.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        number: &str,
        appointment: Appointment,
        belongings: Belongings,
        cancel_until: Date,
    ) -> Result<Self, TooLong> {
        Ok(Self {
            texts: layout.texts(),
            layout,
            number: number.to_owned(),
            code: number_code(number)?,
            appointment,
            belongings,
            cancel_until,
            calendar_href: route::calendar(visit),
            show_href: route::show(visit),
        })
    }
}

impl Page for DonePage {}

/// Shows the reservation just made.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(booked) => {
            let number = booked.number(&app.keys)?.to_string();
            let appointment = frame::appointment(&app, &booked.slot);
            let (layout, day) = (frame::layout(&app, &asked), appointment.day);
            let page = DonePage::new(layout, id, &number, appointment, belongings::ISSUANCE, day);
            Ok(respond(&page.map_err(PageError::internal)?))
        }
        other => Ok(other.go_on(id)),
    }
}

/// The appointment for a calendar program.
pub(crate) async fn calendar(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let Standing::Booked(booked) = opened.standing(app.now()) else { return Err(PageError::NotFound) };
    let (layout, appointment) = (frame::layout(&app, &asked), frame::appointment(&app, &booked.slot));
    let uid = format!("{}@{}", booked.id, app.settings.public.host());
    let file = calendar_file::issuance(&layout, &appointment, &uid, app.now());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(calendar_file::MEDIA_TYPE)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"madoguchi.ics\"")),
        (header::CACHE_CONTROL, Cache::Never.header()),
    ];
    Ok((headers, file).into_response())
}

/// The QR code of a number, for the scanner at the reception: digits alone.
pub(crate) fn number_code(number: &str) -> Result<String, TooLong> {
    qr::data_uri(&number.chars().filter(char::is_ascii_digit).collect::<String>())
}
