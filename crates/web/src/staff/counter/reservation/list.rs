//! The list of a day: its columns and rows, for the screen, papers and files.

use std::collections::BTreeMap;

use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::id::CardId;
use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::reservation::State as Booking;
use jiff::Timestamp;
use jiff::civil::Date;
use store::day_list::Line as Frozen;
use store::reservation::OfDay;

use crate::App;
use crate::staff::counter::{route, site_name};
use crate::staff::export::Paper;
use crate::staff::listing::{Column, Line, Listing, Look, column};
use crate::staff::{Task, wording};

/// The word for a place beyond those of the slot.
const OVER: &str = "定員超過";

/// What is known of a day: its reservations, and the numbers of the 交付通知書 where the city agreed to them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The reservations in order of time.
    pub(crate) lines: Vec<OfDay>,
    /// The numbers by card.
    pub(crate) notices: BTreeMap<CardId, String>,
}

/// Reads a day.
pub(crate) async fn read(app: &App, day: &BusinessDay) -> Result<Known, store::Error> {
    let (keys, day) = (app.keys.clone(), day.clone());
    app.db
        .read(move |reader| {
            let lines = store::reservation::of_day(reader, day.service, &day.site, day.day)?;
            let field = store::privacy::NOTICE_NUMBER;
            Ok(Known { lines, notices: store::privacy::open_of_day(reader, &keys, &day, field)? })
        })
        .await
}

/// The columns of the reservations of a day. The shared reference is the number of the 交付通知書 where the city agreed to
/// it, else date and line of カード発行一覧表; files have each apart.
const COLUMNS: &[Column] = &[
    column("day", "予約日").look(Look::Code).in_files(),
    column("time", "時刻").look(Look::Time),
    column("control", "管理番号").look(Look::Control).links(),
    column("reference", "照会番号").look(Look::Code).for_eyes(),
    column("notice", "交付通知書番号").look(Look::Code).in_files(),
    column("list_date", "一覧日付").look(Look::Code).in_files(),
    column("line", "一覧番号").look(Look::Count).in_files(),
    column("standing", "状態").look(Look::Code).on_screen(),
    column("place", "保管場所").needs(Permission::SeeCards),
    column("visitor", "来庁者"),
    column("family", "家族"),
    column("channel", "予約方法").look(Look::Code),
    column("over", "定員超過").look(Look::Tag).on_screen(),
    column("language", "言語").on_screen(),
    column("remark", "備考").off_screen(),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Reservations,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeReservations,
    href: "/reservations",
    address: "/layouts/reservations",
    task: Task::Reservations,
};

/// The columns of the frozen list: what was written down when it was frozen.
const FROZEN_COLUMNS: &[Column] = &[
    column("day", "予約日").look(Look::Code).in_files(),
    column("time", "時刻").look(Look::Time),
    column("control", "管理番号").look(Look::Control),
    column("reference", "照会番号").look(Look::Code).for_eyes(),
    column("notice", "交付通知書番号").look(Look::Code).in_files(),
    column("list_date", "一覧日付").look(Look::Code).in_files(),
    column("line", "一覧番号").look(Look::Count).in_files(),
    column("place", "保管場所").needs(Permission::SeeCards),
    column("visitor", "来庁者"),
    column("family", "家族"),
    column("channel", "予約方法").look(Look::Code),
    column("remark", "備考"),
];

/// The list, as it is arranged.
pub(crate) static FROZEN: Listing = Listing {
    list: StaffList::Frozen,
    columns: FROZEN_COLUMNS,
    sorts: true,
    has_screen: false,
    permission: Permission::SeeReservations,
    href: "/list",
    address: "/layouts/frozen",
    task: Task::Reservations,
};

/// The reservations as rows, each with the page that it leads to: a cell for every column.
pub(crate) fn lines(day: Date, known: &Known) -> Vec<Line> {
    let families = known.lines.iter().map(|line| (line.id, line.party)).collect::<Vec<_>>();
    let one = |(line, family): (&OfDay, String)| {
        let (notice, standing) = (known.notices.get(&line.card).cloned().unwrap_or_default(), standing(line));
        let cells = vec![
            Cell::Day(day),
            Cell::text(line.start.to_string()),
            Cell::text(line.control_number.digits()),
            Cell::text(reference(&notice, line.list_date, line.line)),
            Cell::text(notice),
            Cell::Day(line.list_date),
            Cell::Number(i64::from(line.line)),
            Cell::text(standing),
            Cell::text(line.place_name.as_str()),
            Cell::text(wording::visitor(line.visitor)),
            Cell::text(family),
            Cell::text(line.channel.label()),
            Cell::text(if line.over { OVER } else { "" }),
            Cell::text(wording::language(&line.language)),
            Cell::text(remark(line)),
        ];
        let href = line.reception.map_or_else(|| route::reservation(line.id), |(id, _)| route::reception(id));
        Line::new(href, cells)
    };
    known.lines.iter().zip(wording::families(&families)).map(one).collect()
}

/// The frozen list as rows: a cell for every column.
pub(crate) fn frozen(day: Date, lines: &[Frozen], notices: &BTreeMap<CardId, String>) -> Vec<Vec<Cell>> {
    let families: Vec<_> = lines.iter().map(|line| (line.reservation, line.party)).collect();
    let one = |(line, family): (&Frozen, String)| {
        let notice = notices.get(&line.card).cloned().unwrap_or_default();
        vec![
            Cell::Day(day),
            Cell::text(line.start.to_string()),
            Cell::text(line.control_number.digits()),
            Cell::text(reference(&notice, line.list_date, line.line)),
            Cell::text(notice),
            Cell::Day(line.list_date),
            Cell::Number(i64::from(line.line)),
            Cell::text(line.place_name.as_str()),
            Cell::text(wording::visitor(line.visitor)),
            Cell::text(family),
            Cell::text(line.channel.label()),
            Cell::text(wording::language(&line.language)),
        ]
    };
    lines.iter().zip(wording::families(&families)).map(one).collect()
}

/// What the city knows a card by: the notice's number, else date and line of カード発行一覧表.
fn reference(notice: &str, list_date: Date, line: u32) -> String {
    if notice.is_empty() { wording::list_line(list_date, line) } else { notice.to_owned() }
}

fn standing(line: &OfDay) -> &'static str {
    wording::standing(line.state, line.reception.map(|(_, state)| state))
}

/// The paper of a day's list as it stood at an instant.
pub(in crate::staff) fn paper(app: &App, day: &BusinessDay, as_of: Timestamp) -> Paper {
    let (service, site) = (day.service.label().to_owned(), site_name(app, day));
    Paper::Day { service, site, day: day.day, as_of, time: "time" }
}

/// What the reader of the list must know: the language, a place beyond those of the slot, and where the visit stands once
/// it began.
fn remark(line: &OfDay) -> String {
    let begun = line.reception.is_some() || line.state != Booking::Booked;
    let over = if line.over { OVER } else { "" };
    let parts = [wording::language(&line.language), over, if begun { standing(line) } else { "" }];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("・")
}
