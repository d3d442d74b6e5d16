//! The fourth step: what was chosen, before it is confirmed.

use askama::Template;
use domain::id::{OperationId, VisitId};
use domain::time::{Start, minute_of};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Appointment;
use crate::citizen::belongings::Belongings;
use crate::citizen::{Layout, Venue, route};
use crate::kit::{Page, Texts};

/// The page that shows what was chosen, with a way to change each part.
#[derive(Template)]
#[template(path = "citizen/visit/check.html")]
pub struct CheckPage {
    texts: Texts,
    layout: Layout,
    day: Date,
    start: Start,
    place: Venue,
    held_until_minute: u16,
    belongings: Belongings,
    operation: OperationId,
    days_href: String,
    times_href: String,
    book_href: String,
}

impl CheckPage {
    /// The page for a place held until an instant.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        appointment: Appointment,
        held_until: Timestamp,
        belongings: Belongings,
        operation: OperationId,
    ) -> Self {
        let Appointment { day, start, place } = appointment;
        Self {
            texts: layout.texts(),
            layout,
            day,
            start,
            place,
            held_until_minute: minute_of(held_until),
            belongings,
            operation,
            days_href: route::days(visit),
            times_href: route::times(visit, day),
            book_href: route::book(visit),
        }
    }
}

impl Page for CheckPage {}
