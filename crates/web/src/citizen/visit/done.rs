//! The end of a booking: number, date, place, belongings.

use askama::Template;
use domain::id::VisitId;
use jiff::civil::Date;

use super::Appointment;
use crate::citizen::belongings::Belongings;
use crate::citizen::{Layout, route};
use crate::kit::qr::TooLong;
use crate::kit::{Page, Texts, qr};

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
}

impl DonePage {
    /// `number` is shown as it is given (4-5-5); the QR code holds its digits alone. `cancel_until` is the
    /// last day on which the citizen can cancel here.
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
        })
    }
}

impl Page for DonePage {}

/// The QR code of a number, for the scanner at the reception: digits alone.
pub(crate) fn number_code(number: &str) -> Result<String, TooLong> {
    qr::data_uri(&number.chars().filter(char::is_ascii_digit).collect::<String>())
}
