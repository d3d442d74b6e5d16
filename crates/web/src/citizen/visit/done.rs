//! The end of a booking: number, date, place, belongings.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::id::VisitId;
use domain::time::{day_of, minute_of};
use jiff::Timestamp;

use super::Appointment;
use super::begun::{Booking, Deadlines, Standing, deadlines, opened};
use super::people::{ListFor, Person, belongings, people};
use crate::App;
use crate::citizen::mail::offer::{Offer, offer};
use crate::citizen::{Layout, calendar_file, frame, route};
use crate::key;
use crate::kit::page::Cache;
use crate::kit::qr::TooLong;
use crate::kit::{Asked, Page, PageError, Texts, qr, respond};

/// The page of a booking just made.
#[derive(Template)]
#[template(path = "citizen/visit/done.html")]
pub struct DonePage {
    texts: Texts,
    layout: Layout,
    number: String,
    code: String,
    appointment: Appointment,
    people: Vec<Person>,
    lists: Vec<ListFor>,
    deadlines: Deadlines,
    calendar_href: String,
    show_href: String,
    offer: Option<Offer>,
}

impl DonePage {
    /// `number` is shown as it is given (4-5-5); the QR code holds its digits alone.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        number: &str,
        appointment: Appointment,
        people: Vec<Person>,
        deadlines: Deadlines,
        offer: Option<Offer>,
    ) -> Result<Self, TooLong> {
        Ok(Self {
            texts: layout.texts(),
            layout,
            number: number.to_owned(),
            code: number_code(number)?,
            appointment,
            lists: belongings(&people),
            people,
            deadlines,
            calendar_href: route::calendar(visit),
            show_href: route::show(visit),
            offer,
        })
    }
}

impl Page for DonePage {}

/// An instant for people: 11月24日(火) 9時00分.
pub(crate) fn moment(texts: Texts, at: &Timestamp) -> String {
    let day = texts.month_day(day_of(*at));
    texts.with2(key!("appointment-when"), "day", day, "time", texts.minute(minute_of(*at)))
}

/// Everybody of a booking, as its pages list them.
pub(crate) fn people_of(booking: &Booking) -> Vec<Person> {
    let visitors: Vec<_> = booking.people().map(|person| person.visitor).collect();
    let mut people = people(&booking.starts(), &booking.names(), &visitors);
    for (person, reservation) in people.iter_mut().zip(booking.people()) {
        person.pins = reservation.pins;
    }
    people
}

/// Shows the booking just made.
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
            let number = booked.first.number(&app.keys)?.to_string();
            let appointment = frame::appointment(&app, &booked.first.slot, booked.starts());
            let (layout, deadlines) = (frame::layout(&app, &asked), deadlines(&app, &booked));
            let offer = offer(&app, id, &booked).await?;
            let people = people_of(&booked);
            let page = DonePage::new(layout, id, &number, appointment, people, deadlines, offer);
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
    let appointment = frame::appointment(&app, &booked.first.slot, booked.starts());
    let start = appointment.start().unwrap_or(booked.first.slot.start);
    let uid = format!("{}@{}", booked.first.id, app.settings.public.host());
    let layout = frame::layout(&app, &asked);
    let file = calendar_file::visit(&layout, &appointment, start, &uid, app.now());
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
