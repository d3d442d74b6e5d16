//! The counter of renewals (11(7), 11(8)): the day by time, its list for the city, booking by telephone and at the counter,
//! the reception, and the close. Visitors bring their own card, so there is no storage, no pull and no tray; what is
//! handled is places and people, and nobody's name.

pub(crate) mod act;
pub(crate) mod book;
pub(crate) mod day;
pub(crate) mod list;
pub(crate) mod route;
pub(crate) mod rows;
#[cfg(test)]
mod samples;
pub(crate) mod show;

use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::service::Service;
use jiff::civil::Date;

use self::list::Renewals;
use super::counter::list::{act as lists, duty};
use super::counter::report;
use super::desk::{Access, Desk};
use super::listing::Listing;
use crate::App;

/// The lists of this part.
pub(crate) const LISTINGS: &[&Listing] = &[&rows::LISTING, &rows::FROZEN];

/// Registers the screens of this part.
pub(crate) fn routes(desk: Desk) -> Desk {
    let may = Access::May;
    let desk = desk
        .get("/renewals", may(Permission::SeeReservations), day::first)
        .get("/renewals/book", may(Permission::Reserve), book::show)
        .post("/renewals/book", may(Permission::Reserve), book::book)
        .get("/renewals/reports/{day}", may(Permission::SeeReports), report::day::renewals)
        .get("/renewals/days/{day}", may(Permission::SeeReservations), day::show)
        .post("/renewals/days/{day}/freeze", may(Permission::TransferBatches), lists::freeze::<Renewals>)
        .post("/renewals/days/{day}/transfer", may(Permission::TransferBatches), lists::transfer::<Renewals>)
        .post("/renewals/days/{day}/seen", may(Permission::TransferBatches), lists::see::<Renewals>)
        .post("/renewals/duty/{day}/{duty}/take", may(Permission::TransferBatches), duty::take::<Renewals>)
        .get("/renewals/lists/{day}", may(Permission::SeeReservations), list::file)
        .post("/renewals/days/{day}/none-came", may(Permission::CloseDay), list::none_came)
        .post("/renewals/days/{day}/close", may(Permission::CloseDay), list::close);
    desk.get("/renewals/{id}", may(Permission::SeeReservations), show::show)
        .post("/renewals/{id}/arrive", may(Permission::ReceiveVisitors), act::arrive)
        .post("/renewals/{id}/papers", may(Permission::ReceiveVisitors), act::check)
        .post("/renewals/{id}/done", may(Permission::RecordIssue), act::done)
        .post("/renewals/{id}/sent-away", may(Permission::ReceiveVisitors), act::send_away)
        .post("/renewals/{id}/left", may(Permission::ReceiveVisitors), act::leave)
        .post("/renewals/{id}/cancel", may(Permission::Reserve), act::cancel)
        .post("/renewals/{id}/coming", may(Permission::Reserve), act::coming)
        .get("/renewals/{id}/move", may(Permission::Reserve), book::moving)
        .post("/renewals/{id}/move", may(Permission::Reserve), book::move_to)
}

/// A day of renewals at this counter.
pub(crate) fn business(app: &App, day: Date) -> BusinessDay {
    BusinessDay { service: Service::Renewal, site: app.settings.site.clone(), day }
}
