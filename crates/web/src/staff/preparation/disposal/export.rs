//! The cards whose last day is over or near, and those that the city destroyed, as paper and files for the city.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::disposal::Standing;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::era_date;
use jiff::ToSpan;
use jiff::civil::Date;
use store::disposal::{Disposed, Kept};

use super::{DEADLINES, DISPOSALS, months, months_words};
use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::list_line;

/// How many days back what the city destroyed is listed.
pub(super) const DISPOSED_DAYS: i32 = 365;

const KEPT_COLUMNS: &[Column] = &[
    // Said by the days beside it, and counted above the list: on paper the numbers need its place.
    column("standing", "区分").look(Look::Code).off_paper(),
    column("control", "管理番号").look(Look::Control).links(),
    column("list_line", "一覧").look(Look::Code).for_eyes(),
    column("list_date", "一覧日付").look(Look::Code).in_files(),
    column("line", "一覧番号").look(Look::Count).in_files(),
    column("posted", "発送日").look(Look::Code),
    column("reminded", "勧奨の送付日").look(Look::Code),
    column("last_day", "保管期限").look(Look::Code),
    column("reason", "延長の理由"),
    column("until", "延長の期限").look(Look::Code),
    column("by", "延長を記録した人").in_files(),
    column("booked", "予約").look(Look::Code).needs(Permission::SeeReservations),
    column("place", "今ある場所").off_paper(),
];

/// The cards whose last day is over or near, as they are arranged.
pub(crate) static DEADLINE_CELLS: Listing = Listing {
    list: StaffList::Deadlines,
    columns: KEPT_COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: DEADLINES,
    address: "/layouts/deadlines",
    task: Task::Storage,
};

const DISPOSED_COLUMNS: &[Column] = &[
    column("day", "廃棄した日").look(Look::Code),
    column("control", "管理番号").look(Look::Control).links(),
    column("list_line", "一覧").look(Look::Code).for_eyes(),
    column("list_date", "一覧日付").look(Look::Code).in_files(),
    column("line", "一覧番号").look(Look::Count).in_files(),
    column("person", "市の担当者"),
];

/// What the city destroyed, as it is arranged.
pub(crate) static DISPOSED: Listing = Listing {
    list: StaffList::Disposals,
    columns: DISPOSED_COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: DISPOSALS,
    address: "/layouts/disposals",
    task: Task::Storage,
};

/// From which day on it is listed what the city destroyed.
pub(super) fn since(today: Date) -> Date {
    today.saturating_sub(DISPOSED_DAYS.days())
}

/// The cards with the names of those who said why one is kept for longer: those past their last day first.
pub(super) async fn read(app: &App) -> Result<(Vec<Kept>, Names), PageError> {
    let (site, today, months) = (app.settings.site.clone(), app.today(), months(&app.rules(), app.today()));
    let (mut kept, names) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((
                store::disposal::kept(reader, &site, months, today)?,
                Names::people(reader)?,
            ))
        })
        .await?;
    kept.sort_by_key(|card| (card.standing, card.last_day, card.card));
    Ok((kept, names))
}

/// A card as a row: a cell for every column.
pub(super) fn cells(names: &Names, card: &Kept) -> Vec<Cell> {
    let extension = card.extension.as_ref();
    vec![
        Cell::text(card.standing.label()),
        Cell::text(card.control_number.digits()),
        Cell::text(list_line(card.list_date, card.line)),
        Cell::Day(card.list_date),
        Cell::Number(i64::from(card.line)),
        Cell::Day(card.posted_on),
        Cell::Day(card.reminded_on),
        Cell::Day(card.last_day),
        Cell::text(extension.map(|extension| extension.reason.label()).unwrap_or_default()),
        extension.map_or_else(Cell::empty, |extension| Cell::Day(extension.until)),
        Cell::text(extension.map(|extension| names.actor(extension.by)).unwrap_or_default()),
        card.booked.map_or_else(Cell::empty, |(_, day, _)| Cell::Day(day)),
        Cell::text(card.place_name.as_str()),
    ]
}

/// A card that the city destroyed as a row: a cell for every column.
pub(super) fn disposed_cells(card: &Disposed) -> Vec<Cell> {
    vec![
        Cell::Day(card.on),
        Cell::text(card.control_number.digits()),
        Cell::text(list_line(card.list_date, card.line)),
        Cell::Day(card.list_date),
        Cell::Number(i64::from(card.line)),
        Cell::text(card.person.as_str()),
    ]
}

/// The cards whose last day is over or near.
pub(crate) async fn deadlines(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "deadlines")?;
    let (kept, names) = read(&app).await?;
    let today = app.today();
    let counted = |standing: Standing| {
        let cards = kept.iter().filter(|card| card.standing == standing).count();
        format!("{} {cards}枚", standing.label())
    };
    let list = List {
        title: "保管期限の一覧".to_owned(),
        name: "deadlines",
        task: Task::Storage,
        screen: "deadlines_file",
        asked: file,
        words: vec![
            format!("{}現在、カードが手元にあるもの", era_date(today)),
            [Standing::Past, Standing::Soon, Standing::Extended].map(counted).join("、"),
            months_words(months(&app.rules(), today)),
        ],
        subjects: kept.iter().map(|card| Subject::Card(card.card)).collect(),
        listing: &DEADLINE_CELLS,
        paper: Paper::Plain,
        rows: Short(kept.iter().map(|card| cells(&names, card)).collect()),
    };
    export(&app, &signed, list, form, asked).await
}

/// What the city destroyed.
pub(crate) async fn disposed(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "disposals")?;
    let (site, today) = (app.settings.site.clone(), app.today());
    let disposed = app.db.read(move |reader| store::disposal::disposed(reader, &site, since(today))).await?;
    let list = List {
        title: "市が廃棄したカード".to_owned(),
        name: "disposals",
        task: Task::Storage,
        screen: "disposals_file",
        asked: file,
        words: vec![format!("{}から{}まで", era_date(since(today)), era_date(today))],
        subjects: disposed.iter().map(|card| Subject::Card(card.card)).collect(),
        listing: &DISPOSED,
        paper: Paper::Plain,
        rows: Short(disposed.iter().map(disposed_cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
