//! The addresses of these screens.

use domain::day_list::Duty;
use domain::id::ReservationId;
use jiff::civil::Date;

/// The renewals of a day.
pub(crate) fn day(day: Date) -> String {
    format!("/renewals/days/{day}")
}

/// A duty of a day.
pub(crate) fn duty(day: Date, duty: Duty) -> String {
    format!("/renewals/duty/{day}/{duty}")
}

/// A renewal.
pub(crate) fn renewal(id: ReservationId) -> String {
    format!("/renewals/{id}")
}

/// The counts of a day.
pub(crate) fn report(day: Date) -> String {
    format!("/renewals/reports/{day}")
}

/// Booking, on a day or on the first one with a free place.
pub(crate) const BOOK: &str = "/renewals/book";
