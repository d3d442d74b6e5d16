//! The day itself: the board, the scan box, reservations, the counter, cards that came back from the post, the close of a day and its counts.
//!
//! The service of these screens is the issuance at the site of this counter; below the handlers both are
//! arguments, so that another service or site is another business day and nothing else.

pub(crate) mod booking;
pub(crate) mod close;
pub(crate) mod duties;
pub(crate) mod file;
pub(crate) mod incident;
pub(crate) mod list;
pub(crate) mod pickup;
pub(crate) mod reception;
pub(crate) mod report;
pub(crate) mod reservation;
pub(crate) mod route;
#[cfg(test)]
mod samples;
pub(crate) mod say;
pub(crate) mod scan;
pub(crate) mod story;
pub(crate) mod today;

use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::service::Service;
use jiff::civil::Date;

use self::list::Issuances;
use super::desk::{Access, Desk};
use super::listing::Listing;
use crate::App;

/// The lists of this part.
pub(crate) const LISTINGS: &[&Listing] = &[
    &incident::export::LISTING,
    &incident::search::LISTING,
    &reservation::list::LISTING,
    &reservation::list::FROZEN,
    &reservation::days::LISTING,
];

/// Registers the screens of this part.
pub(crate) fn routes(desk: Desk) -> Desk {
    let may = Access::May;
    let desk = desk
        .get("/", may(Permission::SeeToday), today::show)
        .post("/scan", may(Permission::SeeCards), scan::scan)
        .get("/reservations", may(Permission::SeeReservations), reservation::day::first)
        .get("/reservations/days", may(Permission::SeeReservations), reservation::days::show)
        .get("/lists/reservations/{file}", may(Permission::SeeReservations), reservation::days::file)
        .get("/reservations/{day}", may(Permission::SeeReservations), reservation::day::show)
        .get("/reservation/{id}", may(Permission::SeeReservations), reservation::show::show)
        .post("/reservation/{id}/cancel", may(Permission::Reserve), reservation::cancel::cancel)
        .get("/reservation/{id}/move", may(Permission::Reserve), booking::change::show)
        .post("/reservation/{id}/move", may(Permission::Reserve), booking::change::change)
        .post("/reservation/{id}/move/beyond", may(Permission::OverrideRules), booking::change::beyond)
        .get("/reservation/{id}/offer", may(Permission::Reserve), booking::offer::show)
        .post("/reservation/{id}/offer", may(Permission::Reserve), booking::offer::offer)
        .get("/reservation/{id}/correct", may(Permission::CloseDay), reservation::correct::show)
        .post("/reservation/{id}/correct", may(Permission::CloseDay), reservation::correct::correct)
        .get("/book/{card}", may(Permission::Reserve), booking::new::show)
        .post("/book/{card}", may(Permission::Reserve), booking::new::book)
        .post("/book/{card}/beyond", may(Permission::OverrideRules), booking::new::book_beyond)
        .post("/walk-in/{card}", may(Permission::ReceiveVisitors), booking::today::walk_in)
        .post("/reservation/{id}/today", may(Permission::ReceiveVisitors), booking::today::swap)
        .post("/book/{card}/family", may(Permission::Reserve), booking::family::choose)
        .post("/reservation/{id}/family", may(Permission::Reserve), booking::family::add)
        .post("/reservation/{id}/visitor", may(Permission::Reserve), reservation::visitor::change)
        .post("/reservation/{id}/arrive", may(Permission::ReceiveVisitors), reception::arrive::arrive);
    let desk = desk
        .get("/counter", may(Permission::ReceiveVisitors), reception::counter::show)
        .get("/receptions/{id}", may(Permission::SeeReservations), reception::show::show)
        .post("/receptions/{id}/papers", may(Permission::ReceiveVisitors), reception::papers::check)
        .post("/receptions/{id}/to-city", may(Permission::ReceiveVisitors), reception::to_city::pass)
        .post("/receptions/{id}/issued", may(Permission::RecordIssue), reception::issued::issue)
        .post("/receptions/{id}/sent-away", may(Permission::ReceiveVisitors), reception::unserved::send_away)
        .post("/receptions/{id}/left", may(Permission::ReceiveVisitors), reception::unserved::leave);
    let desk = desk
        .get("/cards/{id}/pickup", may(Permission::ReceiveVisitors), pickup::show::show)
        .post("/cards/{id}/pickup/begin", may(Permission::ReceiveVisitors), pickup::begin::begin)
        .post("/cards/{id}/pickup/came", may(Permission::ReceiveVisitors), pickup::came::came)
        .post("/cards/{id}/pickup/handed", may(Permission::ReceiveVisitors), pickup::hand::hand)
        .post("/cards/{id}/pickup/end", may(Permission::ReceiveVisitors), pickup::end::end);
    let desk = desk
        .get("/list", may(Permission::SeeReservations), list::show::first)
        .get("/list/{day}", may(Permission::SeeReservations), list::show::show)
        .post("/list/{day}/freeze", may(Permission::TransferBatches), list::act::freeze::<Issuances>)
        .post("/list/{day}/transfer", may(Permission::TransferBatches), list::act::transfer::<Issuances>)
        .post("/list/{day}/seen", may(Permission::TransferBatches), list::act::see::<Issuances>)
        .post("/duty/{day}/{duty}/take", may(Permission::TransferBatches), list::duty::take::<Issuances>)
        .post("/duty/{day}/{duty}/done", may(Permission::TransferBatches), list::duty::done);
    desk.get("/close/{day}", may(Permission::CloseDay), close::show::show)
        .post("/close/{day}", may(Permission::CloseDay), close::done::close)
        .post("/close/{day}/not-come", may(Permission::CloseDay), close::not_come::set)
        .post("/close/{day}/none-came", may(Permission::CloseDay), close::not_come::set_all)
        .get("/cards/{id}/incident", may(Permission::MoveCards), incident::open::show)
        .post("/cards/{id}/incident", may(Permission::MoveCards), incident::open::open)
        .get("/lists/incidents/{file}", may(Permission::SeeCards), incident::export::file)
        .get(route::INCIDENTS, may(Permission::SeeCards), incident::list::show)
        .get("/incidents/{id}", may(Permission::SeeCards), incident::show::show)
        .post("/incidents/{id}/told", may(Permission::MoveCards), incident::show::tell)
        .get("/lists/incidents/{id}/{file}", may(Permission::SeeCards), incident::search::file)
        .post("/incidents/{id}/end", may(Permission::CloseDay), incident::end::end)
        .get("/reports", may(Permission::SeeReports), report::list::show)
        .get("/reports/{day}", may(Permission::SeeReports), report::day::show)
}

/// The service of these screens.
pub(crate) const SERVICE: Service = Service::Issuance;

/// A day of this counter.
pub(crate) fn business(app: &App, day: Date) -> BusinessDay {
    BusinessDay { service: SERVICE, site: app.settings.site.clone(), day }
}

/// The name of the site of a day on papers.
pub(crate) fn site_name(app: &App, day: &BusinessDay) -> String {
    app.rules().site(&day.site, day.day).map_or_else(|| day.site.to_string(), |site| site.name_ja.clone())
}
