//! The addresses that these screens lead to.

use domain::day_list::Duty;
use domain::id::{CardId, IncidentId, PlaceId, ReceptionId, ReservationId};
use jiff::civil::Date;

/// The list of reservations of a day.
pub(crate) fn day(day: Date) -> String {
    format!("/reservations/{day}")
}

/// The frozen list of a day, and what changed since.
pub(crate) fn list(day: Date) -> String {
    format!("/list/{day}")
}

/// A duty of a day.
pub(crate) fn duty(day: Date, duty: Duty) -> String {
    format!("/duty/{day}/{duty}")
}

/// A reservation.
pub(crate) fn reservation(id: ReservationId) -> String {
    format!("/reservation/{id}")
}

/// Booking for a card, on a day or on the first one with a free place.
pub(crate) fn book(card: CardId, day: Option<Date>) -> String {
    on(format!("/book/{card}"), day)
}

/// Booking for a card together with others of its family, on a day.
pub(crate) fn book_with(card: CardId, with: &str, day: Date) -> String {
    let with = if with.is_empty() { String::new() } else { format!("&with={with}") };
    format!("/book/{card}?day={day}{with}")
}

/// Adding a card of the family to those that are to be booked.
pub(crate) fn book_family(card: CardId) -> String {
    format!("/book/{card}/family")
}

/// Moving a reservation to a day or to the first one with a free place.
pub(crate) fn move_to(id: ReservationId, day: Option<Date>) -> String {
    on(format!("/reservation/{id}/move"), day)
}

/// Choosing other places that are held for a reservation and offered.
pub(crate) fn offer(id: ReservationId) -> String {
    format!("/reservation/{id}/offer")
}

fn on(page: String, day: Option<Date>) -> String {
    day.map_or(page.clone(), |day| format!("{page}?day={day}"))
}

/// A reception.
pub(crate) fn reception(id: ReceptionId) -> String {
    format!("/receptions/{id}")
}

/// The close of a day.
pub(crate) fn close(day: Date) -> String {
    format!("/close/{day}")
}

/// Pulling the cards of a day.
pub(crate) fn pull(day: Date) -> String {
    format!("/pull/{day}")
}

/// The counts of a day.
pub(crate) fn report(day: Date) -> String {
    format!("/reports/{day}")
}

/// A card.
pub(crate) fn card(id: CardId) -> String {
    format!("/cards/{id}")
}

/// A place.
pub(crate) fn place(id: PlaceId) -> String {
    format!("/places/{id}")
}

/// Correcting how a reservation's visit ended.
pub(crate) fn correct(id: ReservationId) -> String {
    format!("/reservation/{id}/correct")
}

/// Writing down that something is wrong with a card.
pub(crate) fn incident(card: CardId) -> String {
    format!("/cards/{card}/incident")
}

/// An incident, with its search list.
pub(crate) fn incident_page(id: IncidentId) -> String {
    format!("/incidents/{id}")
}

/// Writing down that a card is not to be handed out.
pub(crate) fn recall(card: CardId) -> String {
    format!("/cards/{card}/recall")
}

/// Writing down that an applicant withdraws.
pub(crate) fn withdraw(card: CardId) -> String {
    format!("/cards/{card}/withdraw")
}

/// Writing down what the city decided of a card that waits.
pub(crate) fn decide(card: CardId) -> String {
    format!("/cards/{card}/decide")
}

/// The cards that are not to be handed out, and the citizens who have to be told.
pub(crate) const RECALLS: &str = "/recalls";

/// The incidents that are open.
pub(crate) const INCIDENTS: &str = "/incidents";

/// Putting cards away.
pub(crate) const PUT_AWAY: &str = "/storage/put";
