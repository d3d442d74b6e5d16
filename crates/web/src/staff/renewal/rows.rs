//! The renewals of a day as a list: its columns and rows, for the screen, papers and files.

use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::{BusinessDay, Subject};
use domain::permission::Permission;
use domain::reception::State as Visit;
use domain::reservation::{Pins, State as Booking};
use jiff::Timestamp;
use jiff::civil::Date;
use store::renewals::Line as Stored;

use super::route;
use crate::App;
use crate::kit::PageError;
use crate::staff::counter::file::Form as Wanted;
use crate::staff::counter::reservation::list::paper;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Short};
use crate::staff::listing::{Column, Line, Listing, Look, column};
use crate::staff::{Task, wording};

const COLUMNS: &[Column] = &[
    column("day", "予約日").look(Look::Code).in_files(),
    column("time", "時刻").look(Look::Time),
    column("reservation", "予約").look(Look::Code).links(),
    column("standing", "状態").look(Look::Code).on_screen(),
    column("visitor", "来庁者"),
    column("pins", "暗証番号"),
    column("family", "家族"),
    column("channel", "予約方法").look(Look::Code),
    column("language", "言語").on_screen(),
    column("remark", "備考").off_screen(),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Renewals,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeReservations,
    href: "/renewals",
    address: "/layouts/renewals",
    task: Task::Reservations,
};

const FROZEN_COLUMNS: &[Column] = &[
    column("day", "予約日").look(Look::Code).in_files(),
    column("time", "時刻").look(Look::Time),
    column("reservation", "予約").look(Look::Code),
    column("standing", "状態").look(Look::Code).on_screen(),
    column("visitor", "来庁者"),
    column("pins", "暗証番号"),
    column("family", "家族"),
    column("channel", "予約方法").look(Look::Code),
    column("language", "言語").on_screen(),
    column("remark", "備考"),
];

/// The list, as it is arranged.
pub(crate) static FROZEN: Listing = Listing {
    list: StaffList::FrozenRenewals,
    columns: FROZEN_COLUMNS,
    sorts: true,
    has_screen: false,
    permission: Permission::SeeReservations,
    href: "/renewals",
    address: "/layouts/frozen_renewals",
    task: Task::Reservations,
};

/// Where a renewal stands, in one word.
pub(super) fn standing_of(state: Booking, visit: Option<Visit>) -> &'static str {
    match (state, visit) {
        (_, Some(Visit::Issued)) => "更新済",
        (_, Some(Visit::Arrived | Visit::WithCity)) => "受付中",
        (state, visit) => wording::standing(state, visit),
    }
}

fn standing(line: &Stored) -> &'static str {
    standing_of(line.state, line.reception.map(|(_, state)| state))
}

/// The renewals as rows, each with the page that it leads to: a cell for every column.
pub(in crate::staff) fn lines(day: Date, stored: &[Stored]) -> Vec<Line> {
    let families = wording::families(&stored.iter().map(|line| (line.id, line.party)).collect::<Vec<_>>());
    let one = |(line, family): (&Stored, String)| {
        let cells = vec![
            Cell::Day(day),
            Cell::text(line.start.to_string()),
            Cell::text(wording::short(line.id)),
            Cell::text(standing(line)),
            Cell::text(wording::visitor(line.visitor)),
            Cell::text(line.pins.map_or("", Pins::label)),
            Cell::text(family),
            Cell::text(line.channel.label()),
            Cell::text(wording::language(&line.language)),
            Cell::text(remark(line)),
        ];
        Line::new(route::renewal(line.id), cells)
    };
    stored.iter().zip(families).map(one).collect()
}

/// What the reader of the list must know: the PINs to be set anew, the language, and where the visit stands.
fn remark(line: &Stored) -> String {
    let begun = line.reception.is_some() || line.state != Booking::Booked;
    let pins = line.pins.filter(|pins| *pins == Pins::Forgotten).map_or("", Pins::label);
    let parts = [pins, wording::language(&line.language), if begun { standing(line) } else { "" }];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("・")
}

/// Lines of a day, as they were at an instant, as the file that is wanted.
pub(super) async fn export(
    app: &std::sync::Arc<App>,
    signed: &Signed,
    (day, as_of): (&BusinessDay, Timestamp),
    lines: Vec<Line>,
    listing: &'static Listing,
    (wanted, asked): (Wanted, export::Asked),
) -> Result<Response, PageError> {
    let (name, title) =
        if listing.has_screen { ("renewals", "更新") } else { ("renewals_list", "更新の確定") };
    let list = List {
        title: format!("{title} {}", day.day),
        name,
        task: Task::Reservations,
        screen: name,
        asked: day.to_string(),
        words: Vec::new(),
        subjects: vec![Subject::Day(day.clone())],
        listing,
        paper: paper(app, day, as_of),
        rows: Short(lines.into_iter().map(|line| line.cells).collect()),
    };
    export::export(app, signed, list, wanted, asked).await
}
