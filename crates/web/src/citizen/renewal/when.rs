//! From when on can be renewed? The first day, from the expiry date that is typed (8(10)). The date shows the birthday, so
//! it is neither stored nor logged nor part of an address: it comes with a form and is forgotten with the answer.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::service::Service;
use domain::validity::renewal_start;
use jiff::civil::Date;

use crate::App;
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

/// The fields of the expiry date.
pub(crate) const EXPIRY: [&str; 3] = ["year", "month", "day"];

/// The message after a field of the date: 年, 月, 日.
pub(crate) fn part(field: &str) -> &'static str {
    match field {
        "year" => key!("expiry-year"),
        "month" => key!("expiry-month"),
        _ => key!("expiry-day"),
    }
}

/// Reads the expiry date and answers the first day of renewal; what is wrong becomes the fault of a field.
pub(crate) fn read_expiry(form: &mut Form) -> Option<Date> {
    let [year, month, day] = EXPIRY;
    let number = |text: &str| {
        let digits: String = text
            .trim()
            .chars()
            .map(|sign| match sign {
                '０'..='９' => char::from_u32(u32::from(sign) - 0xFEE0).unwrap_or(sign),
                other => other,
            })
            .collect();
        digits.parse::<i16>().ok()
    };
    if form.is_refused() {
        return None;
    }
    let typed = EXPIRY.map(|field| number(form.typed(field)));
    let expiry = match typed {
        // The years of the era are asked back: 10 could be Reiwa or Heisei.
        [Some(year), Some(month), Some(day)] if (2016..=2100).contains(&year) => {
            let small = |part: i16| i8::try_from(part).ok();
            small(month).zip(small(day)).and_then(|(month, day)| Date::new(year, month, day).ok())
        }
        [Some(_), Some(_), Some(_)] => {
            form.refuse(year, key!("error-expiry-year"));
            return None;
        }
        _ => {
            let missing = EXPIRY.into_iter().zip(typed).find(|(_, part)| part.is_none());
            form.refuse(missing.map_or(year, |(field, _)| field), key!("error-expiry-empty"));
            return None;
        }
    };
    let start = expiry.and_then(|expiry| renewal_start(expiry).ok());
    if start.is_none() {
        form.refuse(
            if typed[1].is_some_and(|month| (1..=12).contains(&month)) { day } else { month },
            key!("error-expiry-date"),
        );
    }
    start
}

/// The page of the calculator.
#[derive(Template)]
#[template(path = "citizen/renewal/when.html")]
pub struct WhenPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    first: Option<Date>,
    /// Whether the first day is still to come.
    ahead: bool,
    /// The last day that can be booked now.
    last: Option<Date>,
}

impl WhenPage {
    /// The page, with the answer once there is one.
    pub fn new(layout: Layout, form: Form, first: Option<Date>, today: Date, last: Option<Date>) -> Self {
        let ahead = first.is_some_and(|first| first > today);
        Self { texts: layout.texts(), layout: layout.with_form(&form), form, first, ahead, last }
    }

    /// The first day lies behind what can be booked now.
    fn too_far(&self) -> bool {
        self.first.zip(self.last).is_some_and(|(first, last)| first > last)
    }
}

impl Page for WhenPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for the expiry date.
pub(crate) async fn show(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let layout = frame::layout(&app, &asked).at(route::RENEWAL_WHEN);
    respond(&WhenPage::new(layout, Form::fresh(), None, app.today(), None))
}

/// Tells the first day. Nothing of it is kept.
pub(crate) async fn tell(
    State(app): State<Arc<App>>,
    asked: Asked,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&EXPIRY)?;
    let first = read_expiry(&mut form);
    let window = app.rules().bookable_days(Service::Renewal, &app.settings.site, app.now(), None);
    let layout = frame::layout(&app, &asked).at(route::RENEWAL_WHEN);
    Ok(respond(&WhenPage::new(layout, form, first, app.today(), window.map(|window| window.last))))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(year: &str, month: &str, day: &str) -> Result<Date, &'static str> {
        let sent = [("year", year), ("month", month), ("day", day)];
        let mut form = Fields::of(&sent).form(&EXPIRY).unwrap();
        read_expiry(&mut form).ok_or_else(|| form.faults()[0].field)
    }

    #[test]
    fn r8_10_the_first_day_is_told_from_what_people_type() {
        assert_eq!(read("2025", "8", "17"), Ok(date(2025, 5, 18)));
        assert_eq!(read("２０２８", "０２", " 29 "), Ok(date(2027, 11, 30)));
        assert_eq!(read("10", "8", "17"), Err("year"));
        assert_eq!(read("", "8", "17"), Err("year"));
        assert_eq!(read("2026", "x", "17"), Err("month"));
        assert_eq!(read("2026", "13", "17"), Err("month"));
        assert_eq!(read("2027", "2", "29"), Err("day"));
    }
}
